#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs the functional tests, which use the program as people do: environment CRMVAL, CRMVAL_PLUGIN_PATH.

As many modules at a time as there are processors; FUNCTIONAL names some of them, as in "determinism shards", or with a
minus before the first those that are left out."""

import os
import re
import subprocess
import sys
import tempfile
import unittest

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "functional")
sys.path.insert(0, FOLDER)

import kit  # noqa: E402

NAME = 64  # bytes of a module's name in the pipe, so that a worker reads one
LONG = ("test_torture", "test_determinism", "test_shards_sql", "test_store", "test_sql_errors", "test_vendors")  # begun first
ALONE = ("test_slurm",)  # when all others are done: its daemons have a rhythm of their own


def modules():
    names = [name[:-3] for name in os.listdir(FOLDER) if re.fullmatch(r"test_\w+\.py", name)]
    wanted = os.environ.get("FUNCTIONAL", "").split()
    if wanted:
        is_without = wanted[0].startswith("-")
        listed = {"test_" + word.lstrip("-") for word in wanted}
        if not listed <= set(names):
            sys.exit("FUNCTIONAL: no such module: " + ", ".join(sorted(listed - set(names))))
        names = [name for name in names if (name in listed) != is_without]
    return sorted(names, key=lambda name: (LONG.index(name) if name in LONG else len(LONG), name))


def work(names):
    """Runs what comes, until nothing more does; a server that modules need is started once."""
    os.set_inheritable(names, False)
    whole = unittest.TestResult()
    while name := os.read(names, NAME).decode().strip():
        print("== " + name, flush=True)
        done = unittest.TextTestRunner(stream=sys.stdout).run(unittest.defaultTestLoader.loadTestsFromName(name))
        whole.testsRun += done.testsRun
        for kind in ("failures", "errors", "skipped"):
            getattr(whole, kind).extend(getattr(done, kind))
    return kit.close(whole)


def run(names, workers):
    """Runs modules, so many at a time; how many tests passed, failed and were skipped."""
    source, sink = os.pipe()
    for name in names:
        os.write(sink, name.encode().ljust(NAME))
    os.close(sink)
    counts, running = [0, 0, 0], []
    for _ in range(min(workers, len(names))):
        out = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")
        running.append((out, subprocess.Popen([sys.executable, os.path.abspath(__file__), str(source)], pass_fds=[source],
                                              stdout=out, stderr=subprocess.STDOUT)))
    os.close(source)
    for out, process in running:
        process.wait()
        out.seek(0)
        lines = out.read().splitlines()
        closing = re.fullmatch(r"(\d+) passed, (\d+) failed(?:, (\d+) skipped)?", lines[-1] if lines else "")
        print("\n".join(lines[:-1] if closing else lines + ["FAILED: a worker ended, status %d" % process.returncode]))
        for i, number in enumerate(closing.groups("0") if closing else (0, 1, 0)):
            counts[i] += int(number)
    return counts


def main():
    names = modules()
    together = run([name for name in names if name not in ALONE], len(os.sched_getaffinity(0)))
    counts = [sum(pair) for pair in zip(together, run([name for name in names if name in ALONE], 1))]
    print("%d passed, %d failed" % tuple(counts[:2]) + (", %d skipped" % counts[2] if counts[2] else ""))
    return 1 if counts[1] or not counts[0] else 0


sys.exit(work(int(sys.argv[1])) if sys.argv[1:] else main())
