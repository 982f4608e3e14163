#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What schedulers see: the journal's priorities, units, completion."""

import email
import email.header
import json
import os
import re
import shutil
import signal
import subprocess

import kit


class Journal(kit.Case):
    """Standard error as the journal's: a file that stands for its socket."""

    def messages(self, job, *words, claimed=None):
        path = self.path("journal")
        with open(path, "wb") as journal:
            status = os.fstat(journal.fileno())
            stream = claimed or "%d:%d" % (status.st_dev, status.st_ino)
            subprocess.run([kit.PROGRAM, "run", job, *words], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                           stderr=journal, check=False, env=kit.clean_environment(JOURNAL_STREAM=stream))
        return self.read("journal").decode()

    def setUp(self):
        super().setUp()
        self.table("account.csv", "id,name", "A1,Acme")

    def test_priorities(self):
        rules = 'alerts = ( { coverage_below = 1; name = "a"; }, { coverage_below = 1; name = "b"; severity = "warning"; } );'
        said = self.messages(self.job(more=rules))
        self.assertRegex(said, r'(?m)^<3>alert "a": ')
        self.assertRegex(said, r'(?m)^<4>alert "b": ')
        self.assertRegex(said, r'(?m)^<6>no measure has data')

    def test_json(self):
        said = self.messages(self.job(more="alerts = ( { coverage_below = 1; } );"), "--log-format", "json")
        for line in said.splitlines():
            self.assertRegex(line, r"^<[346]>\{")
            json.loads(line[3:])

    def test_another_stream(self):
        self.assertTrue(self.messages(self.job(), claimed="1:2").startswith("crmval: "))


class Many(kit.Case):
    """Several jobs in one run."""

    def setUp(self):
        super().setUp()
        self.table("account.csv", "id,name,owner,region", "A1,Acme,E1,North")
        self.table("opportunity.csv", "id,account,stage,approved_on,closed_on,outcome", "O1,A1,x,2025-01-05,2025-03-01,won")

    def good(self, name):
        return self.job(name=name, more='reports = ( { file = "%s.json"; } );' % os.path.basename(name))

    def test_the_others_go_on(self):
        first, last = self.good("a.conf"), self.good("c.conf")
        broken = self.write("b.conf", "job = { };\n")
        done = self.run_raw("run", first, broken, last)
        self.assertEqual((done.status, done.output), (78, ""))
        self.assertIn("%s: ended with status 78\n" % broken, done.messages)
        self.assertIn("1 of 3 jobs need attention", done.messages)
        self.assertEqual(self.read("a.conf.json").replace(b'"a"', b'"c"').split(b"provenance")[0],
                         self.read("c.conf.json").split(b"provenance")[0])

    def test_the_worst_status(self):
        rule = 'alerts = ( { coverage_below = 1; } );'
        alert, missing = self.job(name="a.conf", more=rule), self.path("none.conf")
        self.assertEqual(self.run_raw("run", alert, self.good("b.conf")).status, 1)
        self.assertEqual(self.run_raw("run", missing, alert).status, 66)
        self.assertEqual(self.run_raw("run", alert, missing).status, 66)

    def test_folder(self):
        self.good("jobs/b.conf")
        self.good("jobs/a.conf")
        self.good("jobs/.hidden.conf")
        self.write("jobs/notes.txt", "no job")
        self.table("jobs/account.csv", "id,name", "A1,Acme")
        done = self.run_raw("run", self.path("jobs"), "--verbose")
        self.assertIn("2 jobs are done", done.messages)
        self.assertEqual(sorted(name for name in os.listdir(self.path("jobs")) if name.endswith(".json")),
                         ["a.conf.json", "b.conf.json"])

    def test_empty_folder(self):
        os.mkdir(self.path("jobs"))
        self.refused(66, "run", "jobs", says="no job is in this folder")

    def test_one_output(self):
        self.refused(64, "run", self.good("a.conf"), self.good("b.conf"), "--output", "x.json", says="--output")

    def start(self):
        """Two jobs, the first of which waits for an archive that is held; the process, and the first job's number."""
        self.addCleanup(os.close, self.hold_archive("archive"))
        stuck = self.job(name="a.conf", more='archive = { directory = "archive"; };')
        process = subprocess.Popen([kit.PROGRAM, "run", "--wait", "100", stuck, self.good("b.conf")], cwd=self.folder,
                                   stderr=subprocess.PIPE, env=kit.clean_environment())
        self.addCleanup(process.stderr.close)
        child = ""
        while not child and process.poll() is None:
            with open("/proc/%d/task/%d/children" % (process.pid, process.pid), encoding="ascii") as children:
                child = children.read()
        return process, int(child)

    def test_killed(self):
        """A job that dies by a signal leaves the others alone."""
        process, child = self.start()
        os.kill(child, signal.SIGKILL)
        messages = process.stderr.read().decode()
        self.assertEqual(process.wait(), 137, messages)
        self.assertIn("a.conf: ended with status 137", messages)
        self.assertTrue(os.path.exists(self.path("b.conf.json")))

    def test_terminated(self):
        """What ends the whole ends the job that runs, and none is begun after it."""
        process, _ = self.start()
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(), -signal.SIGTERM)
        self.assertEqual(process.stderr.read(), b"")  # closed by the job, too, so that it has ended
        self.assertFalse(os.path.exists(self.path("b.conf.json")))


class Nagios(kit.Case):
    """One line and a status from 0 to 3, whatever happens."""

    RUN = {"SOURCE_DATE_EPOCH": "1767225600"}

    def setUp(self):
        super().setUp()
        self.table("account.csv", "id,name,owner,region", "A1,Acme,E1,North")
        self.table("opportunity.csv", "id,account,stage,approved_on,closed_on,outcome",
                   "O1,A1,x,2025-01-05,2025-03-01,won", "O2,A1,x,2025-01-05,2025-03-01,lost")

    def archive(self, rules="", name="job.conf"):
        job = self.job(name=name, more='dimensions = ( { plugin = "deal_control"; } ); alerts = ( %s ); '
                       'archive = { directory = "archive"; };' % rules)
        self.assertIn(self.run_raw("run", job, environment=kit.clean_environment(**self.RUN)).status, (0, 1))

    def check(self, *words, hours=0):
        now = str(int(self.RUN["SOURCE_DATE_EPOCH"]) + 3600 * hours)
        done = self.run_raw("check", "--nagios", *words, environment=kit.clean_environment(SOURCE_DATE_EPOCH=now))
        self.assertEqual(done.output.count("\n"), 1, done.output)
        return done.status, done.output

    def test_ok(self):
        self.archive()
        status, line = self.check("archive", hours=2)
        self.assertEqual(status, 0)
        self.assertRegex(line, r"^CRMVAL OK: job 50\.0 \([0-9.]+ to [0-9.]+\), made 2026-01-01T00:00:00Z \| overall=50;;;0;100 "
                               r"deal_control=50;;;0;100 coverage=[0-9.]+;;;0;1 age=7200s;;;0\n$")
        self.assertEqual(self.check("archive/job-20260101T000000Z.gz", hours=2), (status, line))

    def test_alerts(self):
        warning = '{ score_below = 60; severity = "warning"; }'
        self.archive(warning)
        status, line = self.check("archive")
        self.assertEqual(status, 1)
        self.assertIn("CRMVAL WARNING: ", line)
        self.assertIn("; overall: the score of 50.00 is below 60 |", line)
        self.archive(warning + ', { name = "a|b"; node = "approved_to_won"; value_below = 0.6; }', name="two.conf")
        status, line = self.check("archive", "--job", "two")
        self.assertEqual(status, 2)
        self.assertIn("; Approved to won: the value of 0.5 is below 0.6, and 1 more |", line)
        self.assertEqual(line.count("|"), 1)

    def test_age(self):
        self.archive()
        self.assertEqual(self.check("archive", "--max-age", "3", hours=3)[0], 0)
        status, line = self.check("archive", "--max-age", "3", hours=4)
        self.assertEqual(status, 2)
        self.assertIn("the last result is 4.0 hours old", line)
        # A clock that was set back.
        self.assertEqual(self.check("archive", "--max-age", "3", hours=-50)[0], 0)

    def test_unknown(self):
        self.archive()
        for words in (("nowhere",), ("account.csv",), (), ("archive", "archive"), ("archive", "--job", "another")):
            status, line = self.check(*words)
            self.assertEqual((status, line[:16]), (3, "CRMVAL UNKNOWN: "))


class Completion(kit.Case):
    SCRIPT = os.path.join(kit.ROOT, "conf", "completion", "crmval")

    def complete(self, *words):
        """What bash offers after these words, the last of which is being written."""
        if not shutil.which("bash"):
            self.skipTest("there is no bash")
        script = ('source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); compopt() { :; }; '
                  '_crmval; printf "%s\\n" "${COMPREPLY[@]}"')
        environment = kit.clean_environment(PATH=os.path.dirname(kit.PROGRAM) + ":" + os.environ["PATH"])
        done = subprocess.run(["bash", "-c", script, "bash", self.SCRIPT, *words], stdout=subprocess.PIPE,
                              cwd=self.folder, check=True, env=environment)
        return done.stdout.decode().split()

    def test_commands(self):
        commands = re.findall(r"(?m)^  crmval (\w+)", self.run_ok("--help").output)
        self.assertIn("run", commands)
        self.assertEqual(sorted(self.complete("crmval", "")), sorted(set(commands)))
        self.assertEqual(self.complete("crmval", "de"), ["demo"])

    def test_options(self):
        offered = self.complete("crmval", "run", "--")
        for option in ("--format", "--threads", "--breakdown"):
            self.assertIn(option, offered)
        self.assertEqual(self.complete("crmval", "run", "--thr"), ["--threads"])

    def test_values(self):
        for value in ("text", "json", "csv"):
            self.assertIn(value, self.complete("crmval", "run", "--format", ""))
        self.assertEqual(sorted(self.complete("crmval", "run", "--log-format", "")), ["json", "text"])
        self.assertIn("size_class", self.complete("crmval", "run", "--breakdown", ""))

    def test_words(self):
        self.write("mine.conf", "")
        self.assertIn("mine.conf", self.complete("crmval", "run", ""))
        self.assertIn("describe", self.complete("crmval", "plugin", "d"))


class Mail(kit.Case):
    def mail(self, *words, script="mail-report", **environment):
        self.write("mailer", "#!/bin/sh\ncat >letter\n")
        os.chmod(self.path("mailer"), 0o755)
        done = subprocess.run([os.path.join(kit.ROOT, "conf", script), *words], cwd=self.folder, check=True,
                              env=kit.clean_environment(CRMVAL_MAILER=self.path("mailer"), **environment))
        self.assertEqual(done.returncode, 0)
        return email.message_from_bytes(self.read("letter"))

    def test_report(self):
        self.write("weekly.html", "<p>61.2</p>")
        self.write("weekly.txt", "61.2 of 100")
        letter = self.mail("weekly.html", "CRM-Wert, 客户", "a@example.org", "b@example.org")
        self.assertEqual(str(email.header.make_header(email.header.decode_header(letter["Subject"]))), "CRM-Wert, 客户")
        self.assertEqual(letter["To"], "a@example.org, b@example.org")
        text, report = letter.get_payload()
        self.assertEqual(text.get_payload(decode=True), b"61.2 of 100")
        self.assertEqual((report.get_filename(), report.get_content_type()), ("weekly.html", "text/html"))
        self.assertEqual(report.get_payload(decode=True), b"<p>61.2</p>")

    def test_failure(self):
        self.write("bin/systemctl", "#!/bin/sh\necho \"$*\"; exit 3\n")
        os.chmod(self.path("bin/systemctl"), 0o755)
        letter = self.mail("weekly", script="systemd/mail-failure", PATH=self.path("bin") + ":" + os.environ["PATH"])
        self.assertEqual(letter["To"], "root")
        self.assertIn("weekly needs attention", letter["Subject"])
        self.assertIn("status --full --lines=50 crmval@weekly.service", letter.get_payload())


if __name__ == "__main__":
    kit.main()
