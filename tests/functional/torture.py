# SPDX-License-Identifier: MIT
"""Lets the calls of a command fail, one after another, and judges what came of it."""

import collections
import functools
import json
import mmap
import multiprocessing
import os
import random
import re
import shutil
import sqlite3
import struct
import subprocess
import tempfile

import kit

SHIM = os.path.join(os.environ.get("BUILDDIR", ""), "tests", "faults", ".libs", "torture.so")
SOURCE = os.path.join(kit.ROOT, "tests", "faults", "torture.c")
PROCESSES = 32  # of which the library counts apart
MEMORY_FILES = "/dev/shm"  # where folders come and go sooner
MEMORY = ("malloc", "calloc", "realloc", "aligned", "strdup")

# What a failure may come to: by its call, else the last.  1: a dimension failed.
STATUSES = dict.fromkeys(MEMORY + ("mmap", "mprotect", "madvise", "memfd", "fork", "thread", "pipe", "poll"), (0, 1, 71))
STATUSES.update(dict.fromkeys(("prctl", "capset", "rlimit", "landlock", "seccomp"), (0, 1, 71, 77)))
STATUSES["stat"] = (0, 1, 65, 66, 71, 73, 74, 75, 77, 78)  # what cannot be looked at counts as no file, or no plugin
OTHERS = (0, 1, 66, 71, 73, 74, 75, 77)
BROKEN = 99  # the status that sanitizers are told to end with


def call_names():
    with open(SOURCE, encoding="utf-8") as file:
        return re.findall(r"\bX\((\w+), E", file.read())


Point = collections.namedtuple("Point", "calls process at is_on")


CONFINED = re.compile(rb"landlock \d+(, seccomp)?|seccomp|none")  # what the reports say of how plugins were confined


def is_to_go(name):
    """Whether the next run sweeps it, or SQLite when it opens the database beside it."""
    return os.path.basename(name).startswith(".") or name.endswith(("-journal", ".crmval-demo"))


def visible(names):
    return {name for name in names if not is_to_go(name)}


@functools.lru_cache(maxsize=None)
def is_sanitized(by="__asan_init"):
    with open(kit.PROGRAM, "rb") as file:
        return by.encode() in file.read()


class State:
    """The memory that the library shares with us."""

    def __init__(self, path):
        self.names = call_names()
        self.size = 268 + 4 * PROCESSES * len(self.names)
        with open(path, "wb") as file:
            file.truncate(self.size)
        with open(path, "r+b") as file:
            self.memory = mmap.mmap(file.fileno(), self.size)
        self.path = path

    def clear(self):
        self.memory[:] = bytes(self.size)

    def failed(self):
        return struct.unpack_from("I", self.memory, 4)[0]

    def first(self):
        return self.names[struct.unpack_from("I", self.memory, 8)[0]]

    def where(self):
        """Who made it."""
        return self.memory[12:268].split(b"\0")[0].decode()

    def counts(self):
        """How often each process made each call."""
        width = len(self.names)
        return [dict(zip(self.names, struct.unpack_from("%dI" % width, self.memory, 268 + 4 * width * process)))
                for process in range(PROCESSES)]


def standing(result):
    """What is said of each dimension that did not fail."""
    return {dimension["id"]: dimension for dimension in result.get("dimensions", ())
            if not any(measure["status"] == "failed" for indicator in dimension["indicators"]
                       for measure in indicator["measures"])}


class Torture(kit.Case):
    """A test has a folder `out`, which the command may write to, and words; what they come to untroubled is `right`."""

    def setUp(self):
        super().setUp()
        if not os.path.exists(SHIM):
            self.skipTest("the library that makes calls fail is not built")
        if is_sanitized("__tsan_init"):
            self.skipTest("the thread sanitizer has calls of its own")
        if is_sanitized() and not is_sanitized("libasan.so"):
            self.skipTest("clang's sanitizers are in the program, before what is preloaded")
        os.makedirs(self.path("out"))
        self.state = State(self.path("state"))
        self.before = {}
        self.tally = collections.Counter()
        self.right_status = 0  # or 1, where an alert is to be told
        self.more_statuses = ()

    # ---- a run

    def environment(self, point=None):
        found = kit.clean_environment(
            LD_PRELOAD=SHIM, SOURCE_DATE_EPOCH="1760000000", TORTURE_STATE=self.state.path, MALLOC_PERTURB_="165",
            ASAN_OPTIONS="verify_asan_link_order=0:allocator_may_return_null=1:exitcode=%d" % BROKEN,
            UBSAN_OPTIONS="exitcode=%d" % BROKEN,
            LSAN_OPTIONS=os.environ.get("LSAN_OPTIONS", "") + ":exitcode=%d" % BROKEN)
        if point:
            found.update(TORTURE_CALLS=",".join(point.calls), TORTURE_PROCESS=str(point.process),
                         TORTURE_AT=str(point.at))
            if point.is_on:
                found["TORTURE_ON"] = "1"
        return found

    def start_afresh(self):
        """Puts the folder back as it was before."""
        shutil.rmtree(self.path("out"))
        os.mkdir(self.path("out"))
        for name, content in self.before.items():
            self.write_raw(name, content)

    def write_raw(self, name, content):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "wb") as file:
            file.write(content)

    def run_at(self, words, point=None):
        self.state.clear()
        self.start_afresh()
        try:
            return self.run_raw(*words, environment=self.environment(point))
        except subprocess.TimeoutExpired:
            self.fail("%s, %s: does not end" % (words, point))

    # ---- its judgement

    def alike(self, content, other):
        return content == other or CONFINED.sub(b"", content) == CONFINED.sub(b"", other)

    def is_same(self, name, content, others):
        return name in others and self.alike(content, others[name])

    def folder_content(self):
        """All files by name; of databases what is in them."""
        found = self.listing("out")
        for name in found:
            if name.endswith(".db"):
                with sqlite3.connect(self.path(name)) as database:
                    found[name] = "\n".join(database.iterdump()).encode()
                database.close()
        return found

    def judge(self, words, point):
        """Of a run that failed at a point: what is wrong with it, or None."""
        done = self.run_at(words, point)
        if not self.state.failed():
            self.tally["not reached"] += 1
            return None
        self.tally[self.state.first(), done.status] += 1
        after = self.folder_content()
        if is_sanitized() and "GetThreadStackTopAndBottom" in done.messages:
            return None  # the sanitizer's own question at the start of a thread, which takes memory
        if done.status == BROKEN or "Sanitizer" in done.messages or "exit %d" % BROKEN in done.messages:
            return "the sanitizers complain", done
        if is_sanitized() and "cannot allocate memory for thread-local data" in done.messages:
            return None  # of a library that ends, which is not waited for in other builds
        if done.status not in STATUSES.get(self.state.first(), OTHERS) + self.more_statuses:
            if point.process and self.state.first() == "write" and done.status in (70, 78):
                return None  # the plugin's tables did not come through
            if done.status == 65 and "SQLite code 11" in done.messages:
                return None  # which SQLite makes of some pages that cannot be read
            if self.state.first() not in MEMORY or done.status != 74 or "Cannot allocate memory" not in done.messages:
                return "status %d" % done.status, done
        if "crashed" in done.messages:
            return "a crash", done
        # As of an old snapshot that cannot be read, and so is left alone.
        is_said = done.status == self.right.status and done.messages != self.right.messages
        for name, content in after.items():
            if is_to_go(name):
                continue
            if name.endswith(".gz") and self.state.first() in ("landlock", "seccomp"):
                self.run_ok("archive", "verify", name)  # it tells of that, in other bytes
            elif done.status != 1 and not is_said and not self.is_same(name, content, self.old_files) and \
                    not self.is_same(name, content, self.right_files):
                return name + " is neither old nor new", done
        for name in self.before:
            if name not in after and name in self.right_files:
                return name + " is lost", done
        if done.status == 0 or done.status == self.right.status and self.alike(done.raw, self.right.raw):
            if done.status != self.right.status or not self.alike(done.raw, self.right.raw):
                if self.state.first() == "stat" and not point.process and point.at <= 2:
                    return None  # where a program that is not installed looks for its own plugins: others' then
                return "status 0, and another result", done
            if visible(after) != visible(self.right_files) and not is_said:
                return "the right status, and other files", done
            return None
        if not re.search(r"^(crmval: |CRMVAL UNKNOWN).*\n", done.messages + done.output, re.M):
            return "status %d, and not a word" % done.status, done
        if done.status == 1 and done.output.startswith("{"):
            right, degraded = standing(json.loads(self.right.output)), standing(json.loads(done.output))
            if len(degraded) == len(right):
                return "status 1, though nothing failed", done
            for name, dimension in degraded.items():
                if dimension != right[name]:
                    return name + " has not failed, but has other scores", done
        return None

    # ---- all points

    def points(self, words):
        """Those of a run that is left alone, which is the right one; and how many calls it makes, by name."""
        self.start_afresh()
        self.old_files = self.folder_content()
        self.right = self.run_at(words)
        self.assertEqual(self.right.status, self.right_status)
        if not self.right_status:
            self.assertEqual(self.right.messages, "")
        self.right_files = self.folder_content()
        counts = self.state.counts()
        whole = collections.Counter()
        groups = [MEMORY] + [(name,) for name in self.state.names if name not in MEMORY]
        found = []
        for process, each in enumerate(counts):
            whole.update(each)
            for group in groups:
                for at in range(1, sum(each[name] for name in group) + 1):
                    found += [Point(group, process, at, is_on) for is_on in (False, True)]
        return found, +whole

    def judge_all(self, words, points):
        wrong = []
        for point in points:
            found = self.judge(words, point)
            if found:
                who = self.state.first() + " " + os.path.basename(self.state.where())
                wrong.append((point, who, found[0], found[1].status, found[1].messages[-2000:]))
        return wrong

    def judge_apart(self, words, points, sink):
        """In a process of its own, over a copy of the folder."""
        place = MEMORY_FILES if os.access(MEMORY_FILES, os.W_OK) else None
        with tempfile.TemporaryDirectory(prefix="functional.", dir=place) as folder:
            self.folder = shutil.copytree(self.folder, os.path.join(folder, "copy"))
            self.state = State(self.path("state"))
            self.tally.clear()
            sink.send((self.judge_all(words, points), self.tally))

    def torture(self, words, most=None, seed=1, rounds=1, workers=1, of=None):
        """What was taken badly, of all points or so many, or of a call's, each so often; by so many processes at once."""
        points, calls = self.points(words)
        points = [point for point in points if not of or of in point.calls]
        if most and most < len(points):
            points = random.Random(seed).sample(points, most)
        points *= rounds
        if workers == 1:
            return self.judge_all(words, points), calls, len(points)
        wrong, running = [], []
        fork = multiprocessing.get_context("fork")
        for number in range(workers):
            source, sink = fork.Pipe(duplex=False)
            running.append((source, fork.Process(target=self.judge_apart, args=(words, points[number::workers], sink))))
            running[-1][1].start()
            sink.close()
        for source, process in running:
            found, tally = source.recv()
            process.join()
            wrong += found
            self.tally.update(tally)
        return wrong, calls, len(points)
