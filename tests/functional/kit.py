# SPDX-License-Identifier: MIT
"""What the functional tests share: a folder for each test, the program as its users run it, tables, jobs, results."""

import atexit
import csv
import datetime
import fcntl
import gzip
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from functools import lru_cache

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.environ.get("SRCDIR") or os.path.dirname(os.path.dirname(HERE))
DATA = os.path.join(ROOT, "..", "shared", "data")
PROGRAM = os.path.abspath(os.environ.get("CRMVAL", "crmval"))
PERIOD = ("2025-01-01", "2025-12-31")
BASELINE = ("2024-01-01", "2024-12-31")
NOBODY = 65534

# A plugin, but for what evaluate() does and for its name.
DIMENSION = r"""
#include <crmval/plugin.h>
#include <stdlib.h>
#include <string.h>

static int evaluate(const struct crmval_batch *batch, const struct crmval_observations *out, struct crmval_error *error)
{
	(void)batch;
	(void)out;
	(void)error;
	%s
	return CRMVAL_OK;
}

static const struct crmval_indicator indicators[] = {{"size", "Size"}};
static const struct crmval_measure measures[] = {{"rows", "Rows", "size", "count", "How many", "accounts; 1",
						  CRMVAL_SUM_OF, CRMVAL_HIGHER, CRMVAL_GROWTH, 0, 0, NULL}};
static const struct crmval_input inputs[] = {{"id", "id", CRMVAL_FILLED, 0, NULL, NULL, NULL}};
static const struct crmval_answer answers[] = {{"rows", "id"}};
static const struct crmval_view views[] = {{"account", inputs, 1, 1, answers, evaluate}};
static const struct crmval_dimension dimension = {
	sizeof dimension, 1, 1, 0, 1, "Accounts", indicators, measures, NULL, views};

CRMVAL_EXPORT const struct crmval_plugin crmval_plugin_v1 = {
	CRMVAL_MAGIC, CRMVAL_ABI_MAJOR, CRMVAL_ABI_MINOR, sizeof crmval_plugin_v1, 0, "%s", "1", "a test",
	&dimension, NULL, NULL};
"""


def clean_environment(**changes):
    """The caller's environment without what might tell on the program; a change to None removes."""
    environment = {key: value for key, value in os.environ.items()
                   if not key.startswith("LC_") and key not in ("LANG", "LANGUAGE", "TZ", "SOURCE_DATE_EPOCH")}
    environment.update(changes)
    return {key: value for key, value in environment.items() if value is not None}


def is_sanitized():
    """Sanitizers turn signals into exits, take address space without bound, and keep what is freed."""
    with open(PROGRAM, "rb") as program:
        content = program.read()
    return b"__asan_init" in content or b"__tsan_init" in content


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def window(days):
    return "[ %s, %s ]" % tuple(map(quoted, days))


def encode_table(header, rows, encoding="utf-8", newline="\n", delimiter=",", quoting=csv.QUOTE_MINIMAL):
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator=newline, delimiter=delimiter, quoting=quoting)
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def decode_table(content, encoding="utf-8-sig"):
    """The header and the rows of a CSV file."""
    rows = list(csv.reader(io.StringIO(content.decode(encoding), newline="")))
    return rows[0], rows[1:]


@lru_cache(maxsize=None)
def demo_once(scale, seed):
    """A folder with demo data, made once for all tests: each file is synced to the disk, which takes its time."""
    folder = tempfile.TemporaryDirectory(prefix="functional.")
    atexit.register(folder.cleanup)
    subprocess.run([PROGRAM, "demo", folder.name, "--scale", scale, "--seed", seed], check=True,
                   env=clean_environment())
    return folder.name


@lru_cache(maxsize=None)
def has_sanitizers():
    with open(PROGRAM, "rb") as program:
        content = program.read()
    return b"__asan_init" in content or b"__tsan_init" in content


def counts_coverage():
    """For which children write files, as nothing else may let them."""
    with open(PROGRAM, "rb") as program:
        return b"__gcov_" in program.read()


class Done:
    """What came of a run of the program."""

    def __init__(self, process):
        self.status = process.returncode
        self.raw = process.stdout
        self.output = process.stdout.decode() if process.stdout is not None else ""
        self.messages = process.stderr.decode()


class Case(unittest.TestCase):
    maxDiff = 4000
    has_plugins = False  # whose folder, and all above, must be trusted, as those of a build tree may not be

    def setUp(self):
        build = os.environ.get("BUILDDIR")
        place = os.path.join(build, "tests") if build and not self.has_plugins else None
        self.folder = tempfile.mkdtemp(prefix="functional.", dir=place if place and os.path.isdir(place) else None)
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    # ---- files

    def path(self, name):
        return os.path.join(self.folder, name)

    def read(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()

    def write(self, name, content):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        if isinstance(content, str):
            content = content.encode()
        if name.endswith(".gz"):
            content = gzip.compress(content, mtime=0)
        with open(self.path(name), "wb") as file:
            file.write(content)
        return self.path(name)

    def table(self, name, header, *rows, **form):
        """A CSV file; header and rows may be given as text with delimiters in it."""
        def cells(row):
            return row.split(form.get("delimiter", ",")) if isinstance(row, str) else row
        return self.write(name, encode_table(cells(header), map(cells, rows), **form))

    def job(self, sources=None, name="job.conf", period=PERIOD, baseline=BASELINE, more="", in_job=""):
        """A job file; sources are texts of libconfig groups, by default one of CSV files beside it."""
        sources = sources or ['{ plugin = "csv"; }']
        before = "baseline = %s; " % window(baseline) if baseline else ""
        return self.write(name, "job = { period = %s; %s%s };\nsources = ( %s );\n%s\n" %
                          (window(period), before, in_job, ",\n".join(sources), more))

    def listing(self, folder="."):
        """All files below a folder of the test, with their content."""
        found = {}
        for place, _, names in os.walk(self.path(folder)):
            for name in names:
                with open(os.path.join(place, name), "rb") as file:
                    found[os.path.relpath(os.path.join(place, name), self.folder)] = file.read()
        return found

    # ---- the program

    def as_nobody(self):
        """How to run the program as one whom permissions bind."""
        if os.geteuid() != 0:
            return {}
        os.chmod(self.folder, 0o755)
        nobody = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
        try:
            usable = self.run_raw("plugin", "list", **nobody).status == 0
        except OSError:
            usable = False
        if not usable:
            self.skipTest("the program cannot be run by another user from here")
        return nobody

    def run_raw(self, *words, environment=None, stdout=subprocess.PIPE, **more):
        process = subprocess.run([PROGRAM, *words], stdin=subprocess.DEVNULL, stdout=stdout, stderr=subprocess.PIPE,
                                 cwd=more.pop("cwd", self.folder), env=environment or clean_environment(), timeout=120,
                                 check=False, **more)
        return Done(process)

    def run_ok(self, *words, **more):
        """A run that must succeed without a word, but for the one that says that there was nothing to score."""
        done = self.run_raw(*words, **more)
        spoken = [line for line in done.messages.splitlines() if not line.startswith("crmval: no measure has data")]
        self.assertEqual((done.status, spoken), (0, []), words)
        return done

    def refused(self, status, *words, says=(), **more):
        """A run that must fail: with this status, nothing on standard output, and messages that match all of `says`."""
        done = self.run_raw(*words, **more)
        self.assertEqual(done.status, status, (words, done.messages))
        self.assertEqual(done.output, "", words)
        self.assertTrue(done.messages.startswith("crmval: "), done.messages)
        for pattern in [says] if isinstance(says, str) else says:
            self.assertRegex(done.messages, pattern)
        return done

    def result(self, *words, **more):
        """The result of a run as an object; a job name is supplied where none is given."""
        words = words or ("job.conf",)
        return json.loads(self.run_ok("run", *words, "--format", "json", **more).output)

    def compile(self, name, source):
        """A plugin in the folder plugins, from C."""
        compiler = os.environ.get("CC", "cc").split()
        if not shutil.which(compiler[0]):
            self.skipTest("no C compiler")
        os.makedirs(self.path("plugins"), exist_ok=True)
        subprocess.run([*compiler, "-I", os.path.join(ROOT, "core"), "-fPIC", "-shared", "-o",
                        self.path("plugins/%s.so" % name), self.write(name + ".c", source)],
                       check=True, capture_output=True)

    def hold_archive(self, archive):
        """Holds an archive's lock as a run would, until the descriptor is closed."""
        os.makedirs(self.path(archive), exist_ok=True)
        lock = os.open(self.path(archive + "/.crmval-lock"), os.O_RDWR | os.O_CREAT, 0o640)
        fcntl.flock(lock, fcntl.LOCK_EX)
        return lock

    def await_lock(self, process, archive):
        """Until a run waits for the lock of an archive that is held: then it has seen its inputs, and read none."""
        folder, lock = "/proc/%d/fd" % process.pid, os.path.realpath(self.path(archive + "/.crmval-lock"))
        while process.poll() is None:
            try:
                if any(os.readlink(os.path.join(folder, fd)) == lock for fd in os.listdir(folder)):
                    break
            except FileNotFoundError:
                pass
        self.assertIsNone(process.poll())

    def demo(self, scale="0.1", seed="3", name="demo"):
        """Demo data in a folder of the test."""
        shutil.copytree(demo_once(scale, seed), self.path(name))
        return name

    def shared_data(self, *names):
        """The path of a file among the public data that lie beside the project, where they do."""
        path = os.path.join(DATA, *names)
        if not os.path.exists(path):
            self.skipTest("the public data are not beside the project")
        return os.path.realpath(path)


def seconds(day):
    """A day's first second, since 1970."""
    return int(datetime.datetime.fromisoformat(day + "T00:00:00+00:00").timestamp())


def measures(result):
    """All measures of a result by id."""
    return {measure["id"]: measure for dimension in result["dimensions"] for indicator in dimension["indicators"]
            for measure in indicator["measures"]}


def facts(result):
    """A result without what tells of its files: names, bytes, hashes, lines."""
    copy = json.loads(json.dumps(result))
    del copy["provenance"]["inputs"], copy["provenance"]["job_sha256"], copy["provenance"]["reading_sha256"]
    for entity in copy["data"].values():
        del entity["examples"]
    return json.dumps(copy)


def close(result):
    """The closing line, and the exit status."""
    failed = len(result.failures) + len(result.errors)
    skipped = len(result.skipped)
    line = "%d passed, %d failed" % (result.testsRun - failed - skipped, failed)
    print(line + (", %d skipped" % skipped if skipped else ""))
    return 1 if failed or not result.testsRun else 0


def main():
    """Runs the tests of the script that calls it, or those that its words name."""
    loader = unittest.defaultTestLoader
    module = sys.modules["__main__"]
    suite = loader.loadTestsFromNames(sys.argv[1:], module) if sys.argv[1:] else loader.loadTestsFromModule(module)
    sys.exit(close(unittest.TextTestRunner(stream=sys.stdout).run(suite)))
