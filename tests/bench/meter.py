# SPDX-License-Identifier: MIT
"""What a command takes: seconds, seconds of the processors, peak memory; of it, its children and, if need be, a server."""
import os
import signal
import statistics
import subprocess
import threading
import time

TICK = os.sysconf("SC_CLK_TCK")


class Failed(Exception):
    pass


class Usage:
    def __init__(self, wall, cpu):
        self.wall, self.cpu = wall, cpu


def descendants(pid):
    found = [pid]
    for parent in found:
        try:
            for task in os.listdir("/proc/%d/task" % parent):
                with open("/proc/%d/task/%s/children" % (parent, task), encoding="ascii") as stream:
                    found += [int(word) for word in stream.read().split() if int(word) not in found]
        except OSError:
            pass
    return found


def resident(pid):
    """The memory of a process and its children in KiB, what they share once."""
    total = 0
    for process in descendants(pid):
        try:
            with open("/proc/%d/smaps_rollup" % process, encoding="ascii") as stream:
                total += sum(int(line.split()[1]) for line in stream if line.startswith("Pss:"))
        except (OSError, ValueError):
            pass
    return total


def highest(pid):
    """The most that a process has held so far, in KiB; unlike what wait4 tells, not counting what it was before exec."""
    try:
        with open("/proc/%d/status" % pid, encoding="ascii", errors="replace") as stream:
            return next((int(line.split()[1]) for line in stream if line.startswith("VmHWM:")), 0)
    except OSError:
        return 0


def server_cpu(pid):
    """What a server and its ended children have used."""
    with open("/proc/%d/stat" % pid, encoding="ascii") as stream:
        fields = stream.read().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / TICK


class Task:
    """A command that can be run again and again.

    before: called ahead of each run, not timed.  server: the id of a server's process that works for it.
    """

    def __init__(self, name, words, stdin=None, before=None, server=None, statuses=(0,), seconds=1200):
        self.name, self.words, self.stdin, self.before, self.server = name, words, stdin, before, server
        self.statuses, self.seconds = statuses, seconds
        self.memory = None

    def start(self):
        if self.before:
            self.before()
        return subprocess.Popen(self.words, stdin=open(self.stdin, "rb") if self.stdin else subprocess.DEVNULL,
                                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True)

    def finish(self, process):
        guard = threading.Timer(self.seconds, os.killpg, (process.pid, signal.SIGKILL))
        guard.start()
        messages = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        guard.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        process.stderr.close()
        if process.returncode not in self.statuses:
            raise Failed("%s: status %d: %s" % (self.name, process.returncode, messages.decode(errors="replace")[-600:]))
        return usage

    def run(self):
        others = descendants(self.server) if self.server else []
        used = server_cpu(self.server) if self.server else 0
        process = self.start()
        start = time.monotonic()
        usage = self.finish(process)
        wall = time.monotonic() - start
        # What a server's session used is told once it has ended.
        while self.server and set(descendants(self.server)) - set(others):
            time.sleep(0.01)
        return Usage(wall, usage.ru_utime + usage.ru_stime + (server_cpu(self.server) - used if self.server else 0))

    def weigh(self):
        """Runs it once, watched, for its peak memory in MiB."""
        process = self.start()
        peak, ended = [0], threading.Event()

        def watch():
            while not ended.wait(0.005):
                peak[0] = max(peak[0], highest(process.pid),
                              resident(process.pid) + (resident(self.server) if self.server else 0))

        watcher = threading.Thread(target=watch)
        watcher.start()
        try:
            self.finish(process)
        finally:
            ended.set()
            watcher.join()
        self.memory = peak[0] / 1024


class Pairs:
    """Two tasks in turns: medians of both, and of the ratios within each pair."""

    def __init__(self, ours, peer, runs):
        pairs = [(ours.run(), peer.run()) for _ in range(runs)]
        self.runs = runs
        self.ours = {what: statistics.median(getattr(mine, what) for mine, _ in pairs) for what in ("wall", "cpu")}
        self.peer = {what: statistics.median(getattr(other, what) for _, other in pairs) for what in ("wall", "cpu")}
        self.ratio = {what: statistics.median(getattr(other, what) / max(getattr(mine, what), 1e-4)
                                              for mine, other in pairs) for what in ("wall", "cpu")}
        for numbers, task in ((self.ours, ours), (self.peer, peer)):
            numbers["memory"] = task.memory
        if ours.memory and peer.memory:
            self.ratio["memory"] = peer.memory / ours.memory


def forget(paths):
    """Lets files go from the page cache."""
    for path in paths:
        handle = os.open(path, os.O_RDONLY)
        os.fsync(handle)
        os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(handle)


def remember(paths):
    """Has files in the page cache."""
    for path in paths:
        with open(path, "rb", buffering=0) as stream:
            while stream.read(1 << 20):
                pass


