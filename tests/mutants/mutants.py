#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Do the tests notice wrong code? Lets each conditional jump of the compiled code be taken always, then never.

usage: mutants.py BUILD [--files FILE,...] [--sample N] [--seed N] [--quick | --suites] [--least SHARE] [--log FILE]
                  [--again FILE]

BUILD is a folder built for this alone, without optimisation, so that a jump of the code is a condition of the source
(make mutants makes it): its programs are changed in place, a jump at a time, and put back. Each changed program runs the
suites that are said to cover its file, then the scripts named for it, then all other suites but the slowest, and is killed
where any fails, crashes, takes too long, or waits for itself. --quick runs these suites and the first script alone,
--suites no script at all, --sample takes N mutants of each file at random, --again those that the FILE of an earlier --log
says survived. Who is root has each test in a /tmp of its own,
in memory, unless BUILD or the sources lie below /tmp.

Survivors that are known and explained stand in survivors.txt, by file, function, the line of source, which of its jumps,
and what was done to it; others are shown. Exit 1 where fewer than SHARE (0.85) are killed.

The jumps jp and jnp are left out: they are the half of a comparison of doubles that tells NaN.
"""

import argparse
import collections
import os
import random
import re
import resource
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.path.dirname(os.path.dirname(HERE))
PROGRAMS = ("tests/unit", "crmval", "tests/keep_driver")
JUMP = re.compile(r"^\s*([0-9a-f]+):\t((?:[0-9a-f]{2} )+)\s*\t(j[a-z]+)\s")
PLACE = re.compile(r"^(/\S+):(\d+)")
SYMBOL = re.compile(r"^([0-9a-f]+) <(.+)>:$")
FORMS = ("always", "never")
FAILED = re.compile(rb"(^|\n)FAILED ")
STUCK_SECONDS = 3
# What is drawn at random: a part of it notices nearly as much.
FEWER = {"CRMVAL_TEST_PAIRS": "200", "PROPERTY_MODELS": "200", "CSV_ROUNDS": "500"}
OWN_TMP = ["unshare", "-m", "sh", "-c", 'mount -t tmpfs none /tmp && cd /tmp && exec "$@"', "sh"]

# Suites that take longest, and have little to do with most of the files.
SLOWEST = ("confine", "csv_chunks", "demo", "hostile", "lockdown", "salesforce", "snapshot", "sql_number", "zip")

# What covers a file: suites that run first, one after the other, and scripts for what the suites let live.
DIFFER = ("tests/reference/differ.py", "{crmval}", "1", "4", "--kinds", "plain")
KEEP = ("tests/keep_check.py",)


def functional(name):
    return ("tests/functional/test_%s.py" % name,)


SCORES = ("score", "reach", "estimate", "aggregate", "properties", "cover")
COMPARES = ("compare", "compare_parts", "compare_split", "report_change", "compare_measure", "compare_random")
READS = ("csv_header", "csv", "csv_file", "csv_text", "csv_window", "csv_fails", "csv_files", "csv_gzip", "csv_chunks")
PACKED = ("salesforce_text",)
ALSO_PACKED = {
    **{name: PACKED for name in ("csv_file.c", "csv_input.c", "csv_rows.c", "csv_text.c", "csv_worker.c")},
    "csv_window.c": (*PACKED, "salesforce")}
TARGETS = {
    "core/missing.c": (SCORES, (DIFFER,)),
    "core/reach.c": (("reach", "cover"), (DIFFER,)),
    "core/score.c": (SCORES, (DIFFER,)),
    "core/scale.c": (SCORES, (DIFFER,)),
    "core/weighing.c": (("sensitivity",), (functional("snapshots"),)),
    "core/estimate.c": (SCORES, (DIFFER,)),
    "core/result.c": ((), (DIFFER, functional("data_quality"), functional("snapshots"), functional("entities"))),
    "core/tally.c": (("tally", "sum"), (DIFFER,)),
    "core/tally.h": (("tally", "sum"), (DIFFER,)),
    "core/tally_expect.c": (("tally", "sum"), (DIFFER,)),
    "core/tally_repeats.c": (("tally", "sum"), (DIFFER,)),
    "core/tally_repeats.h": (("tally", "sum"), (DIFFER,)),
    "core/tally_sums.h": (("tally", "sum"), (DIFFER,)),
    "core/sum.c": (("sum", "sum_text", "tally"), (DIFFER,)),
    "core/archive.c": (("archive", "archive_fails", "prune", "replace"), (functional("faults"), functional("archive"))),
    "core/archive_last.c": (("archive_last", "archive", "archive_fails"),
                            (functional("archive"), functional("operations"))),
    "core/archive_name.c": (("archive", "archive_fails"), (functional("archive"),)),
    "core/archive_table.c": (("archive_table",), (functional("archive"),)),
    "core/archive_prune.c": (("prune",), (KEEP, functional("archive"))),
    "core/keep.c": (("keep", "archive"), (KEEP,)),
    "core/replace.c": (("replace", "replace_fails", "archive_fails"), (functional("faults"),)),
    "core/compare.c": (COMPARES, (functional("compare"),)),
    "core/compare_mean.c": (COMPARES, (functional("compare"),)),
    "core/compare_measure.c": (COMPARES, (functional("compare"),)),
    "core/compare_nodes.c": (COMPARES, (functional("compare"),)),
    "core/compare_split.c": (COMPARES, (functional("compare"),)),
    "core/compare_units.c": (COMPARES, (functional("compare"),)),
    "plugins/dimensions/common.h": (("dimensions", "dimension_needs", "customer_management", "deal_control",
                                     "employee_growth", "resource_management", "strategic_alignment"), (DIFFER,)),
    **{"plugins/dimensions/%s.c" % name: ((name, "dimensions", "dimension_needs"), (DIFFER,)) for name in (
        "customer_management", "deal_control", "employee_growth", "resource_management", "strategic_alignment")},
    **{"plugins/sources/%s" % name: (READS + ALSO_PACKED.get(name, ()),
                                     (functional("data_quality"), functional("exports_broken"))) for name in (
        "csv.c", "csv_chain.c", "csv_file.c", "csv_gzip.c", "csv_header.c", "csv_input.c", "csv_rows.c", "csv_rows.h",
        "csv_scan.c", "csv_scan.h", "csv_table.c", "csv_text.c", "csv_window.c", "csv_worker.c")},
}

Site = collections.namedtuple("Site", "program offset bytes")
Mutant = collections.namedtuple("Mutant", "file function line nth form sites")


class Text:
    """Lines of source, for names of jumps that outlast other changes of the file."""

    lines = {}

    @classmethod
    def of(cls, file, line):
        if file not in cls.lines:
            with open(os.path.join(SOURCE, file), encoding="utf-8") as stream:
                cls.lines[file] = stream.read().split("\n")
        return " ".join(cls.lines[file][line - 1].split())


def offset_of(program):
    """How far addresses of code lie from where they are in the file."""
    sections = subprocess.run(["readelf", "-SW", program], capture_output=True, text=True, check=True).stdout
    found = re.search(r"\.text\s+PROGBITS\s+([0-9a-f]+)\s+([0-9a-f]+)", sections)
    return int(found.group(1), 16) - int(found.group(2), 16)


def defines(file, function):
    """Whether the function is the file's own: functions of headers may be told as those of the file that includes them."""
    Text.of(file, 1)
    begins = re.compile(r"[a-z].*\b%s\(" % re.escape(function))
    return any(begins.match(line) for line in Text.lines[file])


def jumps_of(program):
    """{(file, function, number of the jump): (line, [site])}; code of headers is there more than once."""
    away = offset_of(program)
    found = {}
    listing = subprocess.Popen(["objdump", "-dl", "-j", ".text", program], stdout=subprocess.PIPE, text=True,
                               errors="replace")
    function, file, line, seen = "", "", 0, collections.Counter()
    for text in listing.stdout:
        symbol, place, jump = SYMBOL.match(text), PLACE.match(text), JUMP.match(text)
        if symbol:
            function, file, seen = symbol.group(2), "", collections.Counter()
        elif place:
            file, line = os.path.relpath(os.path.normpath(place.group(1)), SOURCE), int(place.group(2))
        elif jump and file in TARGETS and jump.group(3) not in ("jmp", "jp", "jnp") and defines(file, function):
            key = file, function, seen[file]
            seen[file] += 1
            site = Site(program, int(jump.group(1), 16) - away, bytes.fromhex(jump.group(2)))
            found.setdefault(key, (line, []))[1].append(site)
    listing.wait()
    return found


def mutants_of(build):
    """All mutants, in the order of the sources."""
    programs = [os.path.join(build, name) for name in PROGRAMS]
    plugins = os.path.join(build, "plugins", ".libs")
    programs += sorted(os.path.join(plugins, name) for name in os.listdir(plugins) if name.endswith(".so"))
    jumps = {}
    for program in programs:
        for key, (line, sites) in jumps_of(program).items():
            known = jumps.setdefault(key, (line, []))
            if known[0] != line:
                sys.exit("mutants: %s is not the same code in %s; build it anew" % (key, program))
            known[1].extend(sites)
    nth, result = collections.Counter(), []
    for (file, function, _), (line, sites) in sorted(jumps.items()):
        # What no unit test can reach at all would need no jump; what is in a program alone is for the scripts.
        nth[file, function, line] += 1
        result += [Mutant(file, function, line, nth[file, function, line], form, sites) for form in FORMS]
    return result


def changed(code, form):
    """The bytes of a conditional jump that is taken always, or never."""
    if form == "never":
        return b"\x90" * len(code)
    if code[0] == 0x0F:
        return b"\x90\xe9" + code[2:]
    return b"\xeb" + code[1:]


def write(site, code):
    for _ in range(50):
        try:
            with open(site.program, "r+b") as stream:
                stream.seek(site.offset)
                stream.write(code)
            return
        except OSError:  # it still runs
            time.sleep(0.1)
    sys.exit("mutants: %s stays busy" % site.program)


def has_own_tmp(build):
    """Whether each test may get a /tmp of its own, in memory: it is quick, and what a mutant leaves there is gone."""
    if any(path.startswith("/tmp/") for path in (build, SOURCE)):
        return False
    return subprocess.run(OWN_TMP + ["true"], stderr=subprocess.DEVNULL).returncode == 0


class Watch:
    """Tells whether a suite waits for itself: all its threads sleep, it has no child, and that for some seconds."""

    def __init__(self, process):
        self.tasks, self.since = "/proc/%d/task" % process.pid, None

    def sleeps(self):
        try:
            for task in os.listdir(self.tasks):
                with open("%s/%s/stat" % (self.tasks, task)) as stat, \
                        open("%s/%s/children" % (self.tasks, task)) as children:
                    if stat.read().rsplit(")", 1)[1].split()[0] != "S" or children.read():
                        return False
            return True
        except OSError:
            return False

    def is_stuck(self):
        self.since = (self.since or time.monotonic()) if self.sleeps() else None
        return self.since is not None and time.monotonic() - self.since > STUCK_SECONDS


class Runner:
    """Runs tests on the programs as they are."""

    def __init__(self, build):
        self.build = build
        self.has_own_tmp = has_own_tmp(build)
        self.scratch = "/tmp" if self.has_own_tmp else tempfile.mkdtemp(prefix="mutants-")
        crmval = os.path.join(build, "crmval")
        self.names = {"crmval": crmval}
        self.environment = {
            **os.environ, "CRMVAL": crmval, "BUILDDIR": build, "SRCDIR": SOURCE, "TMPDIR": self.scratch,
            "CRMVAL_PLUGIN_PATH": os.path.join(build, "plugins", ".libs"), "PYTHON": sys.executable,
            "CRMVAL_LOCALE_PATH": os.path.join(build, "po"), "PYTHONDONTWRITEBYTECODE": "1", "WITHOUT_SLURM": "yes",
            **FEWER}
        for name in ("LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE"):
            self.environment.pop(name, None)
        self.usual = {}

    def limits(self, seconds):
        def impose():
            os.setsid()
            resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
            resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 35, 1 << 35))
            resource.setrlimit(resource.RLIMIT_DATA, (1 << 31, 1 << 31))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        return impose

    @staticmethod
    def judge(process, is_suite, seconds):
        """Whether it passes; what fails is not waited for. The wall's clock ends a script that waits for ever."""
        end, watch, told = time.monotonic() + 60 + 10 * seconds, Watch(process), b""
        while time.monotonic() < end:
            if select.select([process.stdout], [], [], 0.2)[0]:
                some = os.read(process.stdout.fileno(), 1 << 16)
                if not some:
                    return process.wait() == 0
                told = told[-16:] + some
                if is_suite and FAILED.search(told):
                    return False
            elif is_suite and watch.is_stuck():
                return False
        return False

    def run(self, command, is_suite, seconds):
        """Whether it passes. Time is the processor's, since the machine has others."""
        process = subprocess.Popen((OWN_TMP if self.has_own_tmp else []) + command,
                                   cwd="/" if self.has_own_tmp else self.scratch, env=self.environment,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                   preexec_fn=self.limits(int(seconds) + 1))
        try:
            return self.judge(process, is_suite, seconds)
        finally:
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except OSError:
                pass
            process.stdout.close()
            process.wait()
            self.clean()

    def clean(self):
        for name in [] if self.has_own_tmp else os.listdir(self.scratch):
            path = os.path.join(self.scratch, name)
            shutil.rmtree(path, ignore_errors=True) if os.path.isdir(path) else os.unlink(path)

    def command(self, test):
        """Of suites, or of a script with its arguments."""
        if test[0].startswith("tests/"):
            script = os.path.join(SOURCE, test[0])
            return [sys.executable, script] + [word.format(**self.names) for word in test[1:]]
        return [os.path.join(self.build, "tests/unit"), *test]

    def passes(self, test):
        """Whether it passes, in not much more than the time that it takes where the code is right."""
        command, is_suite = self.command(test), not test[0].startswith("tests/")
        if test not in self.usual:
            start = resource.getrusage(resource.RUSAGE_CHILDREN)
            if not self.run(command, is_suite, 600):
                sys.exit("mutants: %s fails where nothing was changed" % " ".join(command))
            end = resource.getrusage(resource.RUSAGE_CHILDREN)
            self.usual[test] = end.ru_utime + end.ru_stime - start.ru_utime - start.ru_stime
        return self.run(command, is_suite, 5 * self.usual[test] + 0.3)

    def close(self):
        if not self.has_own_tmp:
            shutil.rmtree(self.scratch, ignore_errors=True)


def tests_of(file, options):
    suites, scripts = TARGETS[file]
    with open(os.path.join(SOURCE, "tests", "main.c"), encoding="utf-8") as stream:
        every = re.findall(r"^\tSUITE\((\w+)\)", stream.read(), re.MULTILINE)
    others = tuple(suite for suite in every if suite not in suites + SLOWEST)
    more = [] if options.suites else [*scripts[:1]] if options.quick else [*scripts, others]
    return [(suite,) for suite in suites] + more


def killer(runner, mutant, options):
    """The test that noticed, or None."""
    tests = tests_of(mutant.file, options)
    for test in tests:
        if test not in runner.usual:
            runner.passes(test)
    try:
        for site in mutant.sites:
            write(site, changed(site.bytes, mutant.form))
        return next((" ".join(test) for test in tests if not runner.passes(test)), None)
    finally:
        for site in mutant.sites:
            write(site, site.bytes)


def name_of(mutant):
    return "%s\t%s\t%s\t%d\t%s" % (mutant.file, mutant.function, Text.of(mutant.file, mutant.line), mutant.nth,
                                   mutant.form)


def explained():
    with open(os.path.join(HERE, "survivors.txt"), encoding="utf-8") as stream:
        lines = [line.rstrip("\n") for line in stream if line.strip() and not line.startswith("#")]
    return {line.rsplit("\t", 1)[0]: line.rsplit("\t", 1)[1] for line in lines}


def chosen(mutants, options):
    by_file, survived = {}, None
    if options.again:
        with open(options.again, encoding="utf-8") as log:
            survived = {line.rstrip("\n").split("\t", 2)[2] for line in log if line.startswith("SURVIVED\t")}
    for mutant in mutants:
        if not options.files or mutant.file in options.files.split(","):
            if survived is None or name_of(mutant) in survived:
                by_file.setdefault(mutant.file, []).append(mutant)
    for file, some in by_file.items():
        if options.sample and options.sample < len(some):
            some = random.Random("%d %s" % (options.seed, file)).sample(some, options.sample)
        yield file, some


def main():
    parser = argparse.ArgumentParser(description="do the tests notice wrong code?")
    parser.add_argument("build")
    parser.add_argument("--files")
    parser.add_argument("--sample", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--suites", action="store_true")
    parser.add_argument("--least", type=float, default=0.85)
    parser.add_argument("--log", default=os.devnull)
    parser.add_argument("--again")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # what is changed is put back
    runner, reasons = Runner(os.path.abspath(options.build)), explained()
    killed = total = known = 0
    try:
        with open(options.log, "a", encoding="utf-8") as log:
            for file, mutants in chosen(mutants_of(runner.build), options):
                alive = []
                for mutant in mutants:
                    by = killer(runner, mutant, options)
                    print(by or "SURVIVED", mutant.line, name_of(mutant), sep="\t", file=log, flush=True)
                    if not by:
                        alive.append(mutant)
                killed, total = killed + len(mutants) - len(alive), total + len(mutants)
                print("%s: %d of %d killed" % (file, len(mutants) - len(alive), len(mutants)), flush=True)
                for mutant in alive:
                    known += name_of(mutant) in reasons
                    print("  %d\t%s\t%s" % (mutant.line, name_of(mutant), reasons.get(name_of(mutant), "unexplained")))
    finally:
        runner.close()
    print("mutants: %d of %d killed, %d of the others explained" % (killed, total, known))
    is_enough = total > 0 and killed >= options.least * total
    print("%d passed, %d failed" % (is_enough, not is_enough))
    return 0 if is_enough else 1


if __name__ == "__main__":
    sys.exit(main())
