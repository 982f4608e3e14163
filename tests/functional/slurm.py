# SPDX-License-Identifier: MIT
"""A Slurm cluster of one machine for tests: munged, slurmctld and slurmd of our own, on loopback, in a temporary folder."""

import atexit
import ctypes
import getpass
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile

CONF = """ClusterName=crmval
SlurmctldHost=%(host)s(127.0.0.1)
SlurmUser=%(user)s
SlurmdUser=%(user)s
AuthType=auth/munge
AuthInfo=socket=%(folder)s/munge.socket
CryptoType=crypto/munge
SlurmctldPort=%(control)d
SlurmdPort=%(daemon)d
StateSaveLocation=%(folder)s/state
SlurmdSpoolDir=%(folder)s/spool
SlurmctldPidFile=%(folder)s/slurmctld.pid
SlurmdPidFile=%(folder)s/slurmd.pid
SlurmctldLogFile=%(folder)s/slurmctld.log
SlurmdLogFile=%(folder)s/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
MailProg=/bin/true
ReturnToService=2
SlurmdParameters=config_overrides
SchedulerParameters=sched_interval=1,batch_sched_delay=0,sched_min_interval=0
RequeueExit=75
NodeName=%(host)s NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""
PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "sinfo", "scontrol")
WAIT = 600  # tenths of a second


def find(name):
    return shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin:/sbin")


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def end_with_parent():
    """So that a test that is killed leaves no daemon behind."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


def need(case):
    """The test is skipped where Slurm and munge are not installed."""
    if not all(map(find, PROGRAMS)):
        case.skipTest("Slurm is not installed")


class Cluster:
    """Ends with the process, or earlier by remove()."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="crmval-slurm.", dir="/tmp")
        self.daemons = []
        atexit.register(self.remove)
        os.chmod(self.folder, 0o755)
        control, daemon = free_ports(2)
        self.conf = os.path.join(self.folder, "slurm.conf")
        for name in ("state", "spool"):
            os.mkdir(os.path.join(self.folder, name))
        with open(self.conf, "w", encoding="utf-8") as file:
            file.write(CONF % {"host": socket.gethostname().split(".")[0], "user": getpass.getuser(),
                               "folder": self.folder, "control": control, "daemon": daemon})
        key = os.path.join(self.folder, "munge.key")
        with open(key, "wb") as file:
            file.write(os.urandom(128))
        os.chmod(key, 0o600)
        self.environment = dict(os.environ, SLURM_CONF=self.conf)
        self.start("munged", "--foreground", "--force", "--socket=" + self.path("munge.socket"), "--key-file=" + key,
                   "--pid-file=" + self.path("munged.pid"), "--seed-file=" + self.path("munged.seed"), "--log-file="
                   + self.path("munged.log"), "--num-threads=1")
        self.wait(lambda: os.path.exists(self.path("munge.socket")))
        self.start("slurmctld", "-D", "-i", "-f", self.conf)
        self.start("slurmd", "-D", "-f", self.conf, "-N", socket.gethostname().split(".")[0])
        self.wait(lambda: self.run("sinfo", "-h", "-o", "%T").strip() == "idle")

    def path(self, name):
        return os.path.join(self.folder, name)

    def start(self, name, *words):
        log = open(self.path(name + ".out"), "wb")
        self.daemons.append(subprocess.Popen([find(name), *words], stdout=log, stderr=log, env=self.environment,
                                             stdin=subprocess.DEVNULL, start_new_session=True,
                                             preexec_fn=end_with_parent))

    def wait(self, ready):
        for _ in range(WAIT):
            if ready():
                return
            if any(daemon.poll() is not None for daemon in self.daemons):
                raise RuntimeError("a daemon ended: see " + self.folder)
            try:
                self.daemons[-1].wait(0.1)
            except subprocess.TimeoutExpired:
                pass
        raise RuntimeError("the cluster does not start: see " + self.folder)

    def run(self, name, *words, check=True, **more):
        done = subprocess.run([find(name), *words], env=self.environment, capture_output=True, text=True, check=False, **more)
        if check and done.returncode:
            raise RuntimeError(done.stderr)
        return done.stdout

    # ---- jobs

    def jobs(self):
        """What the controller knows of all tasks: dicts."""
        records = self.run("scontrol", "-o", "show", "job", check=False).splitlines()
        return [dict(re.findall(r"(\w+)=(\S*)", record)) for record in records if record.startswith("JobId=")]

    def restarted(self):
        """How many tasks were put off and wait."""
        return sum(job["Restarts"] != "0" and job["JobState"] == "PENDING" and job["Reason"] == "BeginTime"
                   for job in self.jobs())

    def hasten(self):
        """Lets tasks that were put off start soon: what starts in the second of its requeueing is refused as revoked."""
        waiting = [job for job in self.jobs() if job["JobState"] == "PENDING" and job["Restarts"] != "0"]
        for job in waiting:
            name = "%s_%s" % (job["ArrayJobId"], job["ArrayTaskId"]) if "ArrayJobId" in job else job["JobId"]
            self.run("scontrol", "update", "JobId=" + name, "StartTime=now+2seconds")

    def outcome(self, number):
        """State and exit code of a job, once it has ended."""
        def ended():
            return all(job["JobState"] not in ("PENDING", "RUNNING", "COMPLETING") for job in self.jobs())
        self.wait(ended)
        job = next(job for job in self.jobs() if job["JobId"] == number)
        return job["JobState"], job["ExitCode"]

    def remove(self):
        for daemon in reversed(self.daemons):
            daemon.terminate()
            daemon.wait(30)
        self.daemons = []
        shutil.rmtree(self.folder, ignore_errors=True)
