#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What an earlier program left, tests/upgrade: its archive is read and added to, its job files run, and the same data come
to the same numbers.  Neither is ever changed; a release adds a folder of its own."""

import gzip
import json
import os
import re

import kit

FOLDER = os.path.join(kit.ROOT, "tests", "upgrade")
LAST_RUN, WEEK = 1768435200 + 604800, 604800  # 2026-01-22
JOBS = ("every-key", "plain")


class Upgrade(kit.Case):
    def setUp(self):
        super().setUp()
        for place, _, names in os.walk(FOLDER):
            for name in names:
                with open(os.path.join(place, name), "rb") as file:
                    content = file.read()
                path = os.path.join(self.folder, os.path.relpath(place, FOLDER), name)
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, "wb") as file:
                    file.write(content)
        self.old = self.snapshots()
        self.assertEqual(len(self.old), 6)

    def snapshots(self):
        return {name: content for name, content in self.listing("archive").items() if name.endswith(".gz")}

    @staticmethod
    def week(number):
        return kit.clean_environment(SOURCE_DATE_EPOCH=str(LAST_RUN + number * WEEK))

    def of_job(self, job, snapshots=None):
        return sorted(name for name in snapshots or self.old if os.path.basename(name).startswith(job + "-2"))

    def told(self, *words):
        return json.loads(self.run_ok(*words, "--format", "json", environment=self.week(0)).output)

    # ---- the archive

    def test_list_and_verify(self):
        listed = self.told("archive", "list", "archive")["snapshots"]
        self.assertEqual(sorted("archive/" + entry["file"] for entry in listed), sorted(self.old))
        for entry in listed:
            self.assertEqual(entry["overall"]["score"], self.result_in("archive/" + entry["file"])["overall"]["score"])
        self.run_ok("archive", "verify", "archive")

    def result_in(self, name):
        """What the earlier program wrote, read without ours: from the snapshot's second line to the one brace that ends it."""
        text = gzip.decompress(self.old[name]).decode()
        return json.JSONDecoder().raw_decode(text, text.index("\n") + 1)[0]

    def test_show(self):
        for name in self.old:
            self.assertEqual(self.told("show", name), self.result_in(name), name)
            for form in ("text", "csv", "html", "prometheus"):
                self.assertTrue(self.run_ok("show", name, "--format", form).raw, (name, form))
            self.run_ok("show", name, "--format", "snapshot", "--output", "copy.gz")
            self.run_ok("archive", "verify", "copy.gz")

    def test_compare(self):
        for job in JOBS:
            first, _, last = self.of_job(job)
            change = self.told("compare", first, last)
            scores = [self.result_in(name)["overall"]["score"] for name in (first, last)]
            self.assertEqual([change["from"], change["to"]], scores)
            self.assertAlmostEqual(sum(part["points"] for part in change["parts"]), scores[1] - scores[0], places=8)

    def test_trend(self):
        text = self.run_ok("trend", "archive", "--format", "json").output
        for name in self.old:
            self.assertIn(str(self.result_in(name)["overall"]["score"]), text, name)

    def test_rescore(self):
        """By the job that it was made by, an old snapshot comes to what it was."""
        for job in JOBS:
            for name in self.of_job(job):
                again, before = self.told("rescore", name, job + ".conf"), self.result_in(name)
                self.assertEqual(numbers(again["overall"], before["overall"]), numbers(before["overall"]), name)

    def test_monitoring(self):
        for job in JOBS:
            done = self.run_raw("check", "--nagios", "archive", "--job", job, environment=self.week(0))
            self.assertEqual(done.status, 0, done.output)

    def test_prune(self):
        self.run_ok("archive", "prune", "--keep", "last=1", "archive", environment=self.week(1))
        self.assertEqual(sorted(self.snapshots()), sorted(self.of_job(job)[-1] for job in JOBS))
        self.run_ok("archive", "verify", "archive")

    # ---- the jobs

    def test_run(self):
        """The data are those of the last run: so are all numbers, but for what windows that go by the day look at."""
        for job in JOBS:
            self.run_ok("check", job + ".conf")
            self.run_ok("run", job + ".conf", environment=self.week(1))
            now = self.snapshots()
            self.assertEqual({name: now[name] for name in self.old}, self.old)
            new = self.of_job(job, now)[-1]
            before, after = self.result_in(self.of_job(job)[-1]), self.told("show", new)
            for key in ("overall", "dimensions", "breakdowns"):
                self.assertEqual(numbers(after[key], before[key]), numbers(before[key]), (job, key))
            change = self.told("compare", self.of_job(job)[-1], new)
            self.assertEqual((change["change"], change["parts"]), (0, []))
        self.run_ok("archive", "verify", "archive")
        self.assertEqual(len(self.snapshots()), 8)

    def test_reports(self):
        """Each of them is written, and is what it was called."""
        self.run_ok("run", "every-key.conf", environment=self.week(1))
        for name, begins in (("json", b"{"), ("csv", b"breakdown,"), ("html", b"<!DOCTYPE html>"), ("prom", b"# HELP"), ("gz", b"\x1f\x8b")):
            self.assertEqual(self.read("every-key." + name)[:len(begins)].lower(), begins.lower(), name)
        self.assertRegex(self.read("every-key.txt").decode(), "[一-龥]")

    def test_every_key_is_there(self):
        """The job that is said to have them all has those that the reference of the time had: none was taken out of it."""
        keys = set(re.findall(r"(?m)^\s*(\w+) =", self.read("every-key.conf").decode()))
        self.assertGreater(len(keys), 60)

    def test_keep_rules(self):
        """Of an old archive and an old job's own rules: those of the other job are left alone."""
        self.run_ok("run", "every-key.conf", "--set", "archive.keep.last=1", "--set", "archive.keep.daily=1", "--set",
                    "archive.keep.weekly=1", "--set", "archive.keep.monthly=1", "--set", "archive.keep.quarterly=1", "--set",
                    "archive.keep.yearly=1", "--set", 'archive.keep.within="1 hour"', environment=self.week(1))
        now = self.snapshots()
        self.assertEqual(self.of_job("plain", now), self.of_job("plain"))
        self.assertEqual(len(self.of_job("every-key", now)), 1)


# Of how sure a number is, a later program may know better.
UNSURE = {"low", "high", "gained_low", "gained_high", "standard_error"}


def numbers(new, old=None):
    """A node without what the old one has no key for, since keys may be added, and without intervals."""
    old = new if old is None else old
    if isinstance(old, dict):
        return {key: numbers(new[key], value) for key, value in old.items() if key not in UNSURE}
    if isinstance(old, list) and len(old) == len(new):
        return [numbers(a, b) for a, b in zip(new, old)]
    return new


if __name__ == "__main__":
    kit.main()
