#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every exit status that the interface promises, provoked; and what a run leaves behind that failed."""

import fcntl
import json
import os
import re
import shutil
import signal
import subprocess
import threading

import kit


class Input(kit.Case):
    """65 and 66: data that are refused, or not there."""

    def accounts(self, content, more=""):
        self.write("account.csv", content)
        return self.job(more=more)

    def test_unclosed_quote(self):
        job = self.accounts('id,name\nA1,Acme\nA2,"open\nA3,x\n')
        self.refused(65, "run", job, says=[r"account\.csv:3: ", "quote", "never closed"])

    def test_unclosed_quote_in_the_header(self):
        self.refused(65, "run", self.accounts('id,"name\nA1,Acme\n'), says=r"account\.csv:1: ")

    def test_gzip_cut_short(self):
        rows = b"id,name\n" + b"".join(b"A%d,%d\n" % (i, i * i) for i in range(5000))
        self.write("account.csv.gz", rows)
        whole = self.read("account.csv.gz")
        job = self.job()
        self.assertEqual(self.result(job)["data"]["account"]["rows"], 5000)
        for size in (len(whole) - 1, len(whole) - 9, len(whole) // 2, 12):
            with open(self.path("account.csv.gz"), "wb") as file:
                file.write(whole[:size])
            self.refused(65, "run", job, says=[r"account\.csv\.gz", "cut short"])

    def test_gzip_corrupt(self):
        self.write("account.csv.gz", b"id,name\n" + b"".join(b"A%d,%d\n" % (i, i * i) for i in range(5000)))
        spoilt = bytearray(self.read("account.csv.gz"))
        spoilt[-6] ^= 1  # of the checksum
        with open(self.path("account.csv.gz"), "wb") as file:
            file.write(spoilt)
        self.refused(65, "run", self.job(), says=r"account\.csv\.gz")

    def test_limits(self):
        self.table("account.csv", "id,name", "A1,Acme")
        self.table("employee.csv", "id,name", "E1,Eva")
        rows = ["O%d,A1,E1,2025-01-01" % i for i in range(8)]
        for spoilt, limit, says in (
                (["X,A1,E1"] * 2, "rejected_rows = 1", "limits.rejected_rows"),
                (["X,A1,E1"] * 2, "rejected_share = 0.1", "limits.rejected_share"),
                (["P1,A1,E1,soon", "P2,A1,E1,never"], "unreadable_share = 0.1", "limits.unreadable_share"),
                (["P1,A9,E1,", "P2,A8,E1,"], "dangling_share = 0.1", "limits.dangling_share")):
            self.write("opportunity.csv", "\n".join(["id,account,owner,approved_on"] + rows + spoilt) + "\n")
            self.refused(65, "run", self.job(more="limits = { %s; };" % limit), says=["opportunity", says])
            number = float(limit.split("=")[1])
            enough = "%s= %s" % (limit.split("=")[0], 2 if number == 1 else "0.2")
            self.run_ok("run", self.job(more="limits = { %s; };" % enough))

    def test_header(self):
        for content, says in (("", "empty"), ("\n\n", "header|id"), ("id,name,id\nA,b,c\n", '"id"'),
                              ("id,na\x00me\nA,b\n", "account.csv"), (b"id,n\xe4me\nA,b\n", "encoding")):
            self.refused(65, "run", self.accounts(content), says=["account.csv", says])

    def test_missing(self):
        self.refused(66, "run", "nowhere.conf", says=["nowhere.conf", "no such file"])
        self.refused(66, "run", self.job(['{ plugin = "csv"; directory = "nowhere"; }']), says="/nowhere")
        self.refused(66, "run", self.job(), says=["no table", "job.conf:2"])
        self.refused(66, "check", self.job(), says="no table")
        for entity in ('file = "gone.csv"; ', 'file = "gone-*.csv"; ', ""):
            job = self.job(['{ plugin = "csv"; entities = { account = { %s}; }; }' % entity])
            self.refused(66, "run", job, says="gone" if entity else "account.csv")

    def test_no_regular_file(self):
        os.mkdir(self.path("account.csv"))
        self.refused(66, "run", self.job(), says=["account.csv", "folder"])
        os.rmdir(self.path("account.csv"))
        os.mkfifo(self.path("account.csv"))
        self.refused(66, "run", self.job(), says=["account.csv", "pipe"])

    def test_link_that_leads_nowhere(self):
        os.symlink("gone", self.path("account.csv"))
        self.refused(66, "run", self.job(), says="account.csv")


class Output(kit.Case):
    """73 and 74, and no half file."""

    def test_folder_missing(self):
        job = self.demo() + "/job.conf"
        before = self.listing()
        self.refused(73, "run", job, "--output", "none/out.json", "--format", "json", says="none/out.json")
        report = self.job(['{ plugin = "csv"; directory = "demo"; }'], more='reports = ( { file = "none/r.json"; } );')
        self.refused(73, "run", report, says="none/r.json")
        os.remove(report)
        self.assertEqual(self.listing(), before)

    def test_folder_in_the_way(self):
        job = self.demo() + "/job.conf"
        os.mkdir(self.path("out"))
        before = sorted(os.listdir(self.folder))
        self.refused(73, "run", job, "--output", "out", says="out: ")
        self.assertEqual(sorted(os.listdir(self.folder)), before)

    def test_demo_where_nothing_can_be_made(self):
        self.write("file", "")
        for place in ("none/demo", "file/demo", "file"):
            self.refused(73, "demo", place, "--scale", "0.01", says=place)
        self.assertEqual(self.listing(), {"file": b""})

    def test_disk_full(self):
        # A limit of file size makes each write fail: the old file stays, nothing is left beside it.
        with open(kit.PROGRAM, "rb") as program:
            if b"__tsan_init" in program.read():
                self.skipTest("the thread sanitizer maps files of its own, which the limit forbids")
        if kit.counts_coverage():
            self.skipTest("what counts coverage writes files of its own, which the limit forbids")
        job = self.demo() + "/job.conf"
        self.write("out", "old")
        before = self.listing()
        script = 'ulimit -S -f 1; trap "" XFSZ; exec "$0" run "$1" --format json --output out'
        done = subprocess.run(["sh", "-c", script, kit.PROGRAM, job], cwd=self.folder, env=kit.clean_environment(),
                              stderr=subprocess.PIPE, check=False, timeout=120)
        self.assertEqual(done.returncode, 74, done.stderr)
        self.assertEqual(self.listing(), before)

    def test_failed_run_keeps_the_last_result(self):
        self.table("account.csv", "id,name", "A1,Acme")
        job = self.job(more='reports = ( { file = "r.json"; } );')
        self.run_ok("run", job)
        self.write("account.csv", 'id,name\nA1,"open\n')
        before = self.listing()
        self.refused(65, "run", job, "--output", "out", says="account.csv:2")
        self.assertEqual(self.listing(), before)


class Later(kit.Case):
    """75: try later."""

    def test_input_changes_while_it_is_read(self):
        self.write("account.csv", "id,name\n" + "".join("A%d,x\n" % i for i in range(200000)))
        job, done = self.job(), threading.Event()

        def touch():
            moment = 10 ** 18
            while not done.is_set():
                moment += 1
                os.utime(self.path("account.csv"), ns=(moment, moment))

        thread = threading.Thread(target=touch)
        thread.start()
        try:
            # Should the thread ever sleep through a whole run, there are more.
            for _ in range(20):
                run = self.run_raw("run", job)
                if run.status != 0:
                    break
        finally:
            done.set()
            thread.join()
        self.assertEqual(run.status, 75, run.messages)
        self.assertRegex(run.messages, r"account\.csv changed while it was read; try again later")

    def test_two_demos_in_one_folder(self):
        demo = self.demo()
        before = self.listing()
        folder = os.open(self.path(demo), os.O_RDONLY)
        self.addCleanup(os.close, folder)
        fcntl.flock(folder, fcntl.LOCK_EX)
        self.refused(75, "demo", demo, "--seed", "9", says="try later")
        self.assertEqual(self.listing(), before)


class Permission(kit.Case):
    """77: what may not be read or written, and plugins that cannot be trusted."""

    has_plugins = True

    def test_unreadable_data(self):
        self.table("account.csv", "id,name", "A1,Acme")
        job, nobody = self.job(), self.as_nobody()
        os.chmod(self.path("account.csv"), 0)
        self.refused(77, "run", job, says=r"account\.csv: Permission denied", **nobody)

    def test_unreadable_job(self):
        self.table("account.csv", "id,name", "A1,Acme")
        job, nobody = self.job(), self.as_nobody()
        os.chmod(job, 0)
        self.refused(77, "run", job, says=r"job\.conf: not permitted", **nobody)

    def test_unreadable_folder(self):
        self.table("in/account.csv", "id,name", "A1,Acme")
        job, nobody = self.job(['{ plugin = "csv"; directory = "in"; }']), self.as_nobody()
        os.chmod(self.path("in"), 0)
        self.addCleanup(os.chmod, self.path("in"), 0o700)
        self.refused(77, "run", job, says="Permission denied", **nobody)

    def test_folder_that_may_not_be_written(self):
        self.table("account.csv", "id,name", "A1,Acme")
        job, nobody = self.job(), self.as_nobody()
        os.mkdir(self.path("out"), 0o555)
        self.refused(77, "run", job, "--output", "out/r", "--format", "json", says="out/r", **nobody)

    def own_plugins(self):
        """A folder with copies of the plugins, and the environment in which only they are found."""
        folder = self.path("plugins")
        os.mkdir(folder, 0o755)
        for source in os.environ["CRMVAL_PLUGIN_PATH"].split(":"):
            for name in os.listdir(source) if os.path.isdir(source) else []:
                if name.endswith(".so") and not os.path.exists(os.path.join(folder, name)):
                    shutil.copyfile(os.path.realpath(os.path.join(source, name)), os.path.join(folder, name))
                    os.chmod(os.path.join(folder, name), 0o644)
        return folder, kit.clean_environment(CRMVAL_PLUGIN_PATH=folder)

    def test_plugin_that_others_may_write(self):
        self.table("account.csv", "id,name", "A1,Acme")
        job = self.job()
        folder, environment = self.own_plugins()
        self.run_ok("run", job, environment=environment)
        for name in ("csv.so", "deal_control.so"):
            os.chmod(os.path.join(folder, name), 0o666)
            self.refused(77, "run", job, environment=environment, says=[name, "chmod o-w"])
            self.refused(77, "check", job, environment=environment, says=[name, "chmod o-w"])
            os.chmod(os.path.join(folder, name), 0o644)
        os.chmod(folder, 0o777)
        self.refused(77, "run", job, environment=environment, says="chmod o-w")

    def test_plugin_that_is_a_link(self):
        self.table("account.csv", "id,name", "A1,Acme")
        folder, environment = self.own_plugins()
        os.rename(os.path.join(folder, "csv.so"), self.path("elsewhere.so"))
        os.symlink(self.path("elsewhere.so"), os.path.join(folder, "csv.so"))
        self.refused(77, "run", self.job(), environment=environment, says=["csv.so", "symbolic link"])

    def test_plugin_of_somebody_else(self):
        if os.geteuid() != 0:
            self.skipTest("only root can give files away")
        self.table("account.csv", "id,name", "A1,Acme")
        folder, environment = self.own_plugins()
        os.chown(os.path.join(folder, "csv.so"), kit.NOBODY, kit.NOBODY)
        self.refused(77, "run", self.job(), environment=environment, says=["csv.so", "belongs to"])


class Failing(kit.Case):
    def plugin(self, name, body):
        """A job over demo data with two dimensions: one whose evaluate() has this body, and deal_control."""
        self.compile(name, kit.DIMENSION % (body, name))
        self.demo()
        return self.job(['{ plugin = "csv"; directory = "demo"; }'], more="""
            dimensions = ( { plugin = "%s"; }, { plugin = "deal_control"; } );
            plugins = { directories = ( "plugins" ); deadline = 2; };""" % name)


class Degraded(Failing):
    """1: a dimension failed; all others are scored, and the result says what happened."""

    def check_failed(self, name, body, says):
        job = self.plugin(name, body)
        done = self.run_raw("run", job, "--format", "json", "--output", "out.json")
        self.assertEqual((done.status, done.output), (1, ""), done.messages)
        self.assertRegex(done.messages, r"\Acrmval: .*%s.*%s.*\n\Z" % (name, says))
        result = json.loads(self.read("out.json"))
        failed, other = result["dimensions"]
        measure = failed["indicators"][0]["measures"][0]
        self.assertEqual((failed["id"], failed["score"], measure["status"]), (name, None, "failed"))
        self.assertRegex(measure["reason"], says)
        self.assertGreater(other["score"], 0)
        self.assertEqual(result["overall"]["coverage"], 0.5)
        text = self.run_raw("run", job, "--format", "text")
        self.assertEqual(text.status, 1)
        self.assertRegex(text.output, says)
        for measure in (measure["id"], other["indicators"][0]["measures"][0]["id"]):
            explained = self.run_raw("explain", job, measure)
            self.assertEqual(explained.status, 1, explained.messages)
            self.assertRegex(explained.messages, says)

    def test_says_no(self):
        self.check_failed("says_no", 'strcpy(error->message, "not today"); return error->code = CRMVAL_EDATA;',
                          "not today")

    def test_crashes(self):
        self.check_failed("crashes", "abort();", "crash|abort|ABRT")

    def test_exits(self):
        self.check_failed("exits", "exit(0);", "exit|ended")

    def test_hangs(self):
        self.check_failed("hangs", "for (volatile int i = 0;; i++) ;", "2 s|deadline|seconds")

    def test_gives_nonsense(self):
        self.check_failed("nonsense", "if (batch->row_count) out[0].numerator[0] = 1e300;", "1e\\+300")

    def test_failing_is_of_no_concern_with_weight_0(self):
        job = self.plugin("crashes", "abort();")
        done = self.run_raw("run", job, "--set", "dimensions.[0].weight=0", "--format", "json")
        self.assertIn(done.status, (0, 1))
        self.assertEqual(json.loads(done.output)["overall"]["coverage"], 1)

    def test_missing_fails_the_run(self):
        self.table("account.csv", "id,name", "A1,Acme")
        job = self.job(more='score = { missing = "fail"; };')
        self.refused(65, "run", job, "--output", "out", says=["company_relationship", "renormalise"])
        self.assertFalse(os.path.exists(self.path("out")))


def heed_signals():
    """What a shell starts in the background ignores SIGINT, and so does what that starts in turn."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


class Signals(Failing):
    def test_ends_by_the_signal_and_leaves_nothing(self):
        # A dimension that hangs makes sure that the signal comes in the middle of the run.
        job = self.plugin("hangs", "for (;;) ;")
        before = self.listing()
        for number in (signal.SIGTERM, signal.SIGINT):
            with subprocess.Popen([kit.PROGRAM, "run", job, "--output", "out", "--set", "plugins.deadline=100"],
                                  cwd=self.folder, env=kit.clean_environment(), stderr=subprocess.PIPE,
                                  preexec_fn=heed_signals) as process:
                children = set()
                while process.poll() is None and not children:
                    with open("/proc/%d/task/%d/children" % (process.pid, process.pid), encoding="ascii") as file:
                        children = set(file.read().split())
                process.send_signal(number)
                process.communicate(timeout=60)
            self.assertEqual(process.returncode, -number)
            self.assertEqual(self.listing(), before)


def hears_hangups():
    """Whatever these tests were started by, as nohup."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


class Each(Failing):
    """One test for each status that the manual pages list, named by it; as the shell sees it."""

    PAGES = ("crmval.1", "crmval-operations.7", "zh_CN/crmval.1", "zh_CN/crmval-operations.7")

    def shell(self, *words, before="", **more):
        """The status that a shell gets, which says 128+N of what a signal ended; and what was said."""
        script = before + '"$@"; exit $?'
        done = subprocess.run(["sh", "-c", script, "sh", kit.PROGRAM, *words], cwd=self.folder, timeout=120, check=False,
                              env=kit.clean_environment(), stdin=subprocess.DEVNULL, capture_output=True, **more)
        return done.returncode, done.stderr.decode()

    def ends(self, status, says, *words, **more):
        got, said = self.shell(*words, **more)
        self.assertEqual(got, status, said)
        self.assertRegex(said, says)

    def accounts(self, more="", **form):
        self.table("account.csv", "id,name,owner,region", "A1,Acme,E1,North")
        return self.job(more=more, **form)

    def test_all_are_here(self):
        here = {name[5:].replace("_", "+") for name in dir(self) if re.match(r"test_\d", name)}
        for page in self.PAGES:
            with open(os.path.join(kit.ROOT, "man", page), encoding="utf-8") as file:
                text = file.read()
            listed = re.findall(r"(?m)^\.It ([0-9][0-9+N]*)$", text[text.index(".Bl -tag -width 128+N"):])
            self.assertEqual(set(listed), here, page)
            self.assertEqual(len(listed), len(here), page)

    def test_0(self):
        self.ends(0, r"\A\Z", "run", "--quiet", self.accounts())

    def test_1(self):
        rule = 'alerts = ( { name = "all"; coverage_below = 1; } );'
        self.ends(1, 'alert "all": .*coverage', "run", self.accounts(rule))

    def test_64(self):
        self.ends(64, "--frequently", "run", "--frequently", self.accounts())

    def test_65(self):
        job = self.accounts()
        self.write("account.csv", 'id,name\nA1,"Acme\n')
        self.ends(65, "account.csv:2: ", "run", job)

    def test_66(self):
        self.ends(66, "/gone", "run", self.job(['{ plugin = "csv"; directory = "gone"; }']))

    def test_69(self):
        source = '{ plugin = "sql"; driver = "postgresql"; connection = "host=%s user=x"; }' % self.folder
        self.ends(69, "cannot connect.*No such file", "run", self.job([source]))

    def test_70(self):
        """What cannot be blamed on the data or the job: here, a source that brings more rows than it announced."""
        with open(os.path.join(kit.ROOT, "tests", "contract", "old_source.c"), encoding="utf-8") as file:
            source = file.read()
        self.assertIn("rows_at_most = 3;", source)
        self.compile("old_source", source.replace("rows_at_most = 3;", "rows_at_most = 2;"))
        job = self.job(['{ plugin = "old_source"; }'], more='plugins = { directories = ( "plugins" ); };')
        self.ends(70, r"account: more rows than the source announced \(2\)", "run", job)

    def test_71(self):
        """With less and less of it, memory ends at some time, and is then said to be what is missing."""
        if kit.has_sanitizers():
            self.skipTest("sanitizers need more address space than there can be a limit to")
        job, status = self.demo() + "/job.conf", 0
        for kilobytes in range(32 << 10, 1 << 10, -512):
            status, said = self.shell("run", job, before="ulimit -v %d; " % kilobytes)
            if status != 0:
                break
        self.assertEqual(status, 71, said)
        self.assertRegex(said, "out of memory")

    def test_73(self):
        self.ends(73, "none/out.json", "run", self.accounts(), "--output", "none/out.json")

    def test_74(self):
        with open("/dev/full", "wb") as full:
            done = self.run_raw("run", self.accounts(), "--format", "json", stdout=full)
        self.assertEqual(done.status, 74)
        self.assertRegex(done.messages, "standard output: .*No space left")
        self.ends(74, "/dev/full: .*No space left", "run", self.accounts(), "--output", "/dev/full")

    def test_75(self):
        job = self.accounts('archive = { directory = "archive"; };')
        lock = self.hold_archive("archive")
        self.ends(75, "/archive: another run holds it", "run", job)
        os.close(lock)
        self.ends(0, "no measure has data", "run", job)

    def test_77(self):
        job = self.accounts('archive = { directory = "archive"; };')
        os.symlink("elsewhere", self.path("archive"))
        self.ends(77, "/archive: .*link", "run", job)

    def test_78(self):
        self.ends(78, r"job\.conf:3: .*weigth", "run", self.accounts("score = { weigth = 1; };"))

    def test_128_N(self):
        """Signals that a terminal, a service manager and the kernel send."""
        job = self.plugin("hangs", "for (;;) ;")
        script = '"$@" & child=$!; while ! grep -q . /proc/$child/task/$child/children; do :; done; kill -%s $child; wait $child'
        for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGKILL):
            done = subprocess.run(["sh", "-c", script % int(number), "sh", kit.PROGRAM, "run", job, "--set",
                                   "plugins.deadline=100"], cwd=self.folder, env=kit.clean_environment(), check=False,
                                  timeout=120, capture_output=True, preexec_fn=hears_hangups)
            self.assertEqual(done.returncode, 128 + number, done.stderr)


if __name__ == "__main__":
    kit.main()
