#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Holds crmval against the reference on random data: every node, every key.

usage: differ.py CRMVAL SEED_FROM SEED_TO [--kinds KIND,...] [--threads N] [--plugins DIRECTORY] [--keep]
                 [--show N]

Both seeds are included; each is made in all kinds that generate.py knows, or in those named. The environment is
passed on, so CRMVAL_PLUGIN_PATH says where the plugins are; --plugins sets it. A data set that shows a difference is
kept, one line per difference says `path: ours / theirs` (ours is the reference), at most N of them (10). Exit 1 where
any seed failed.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile

import generate
from scoring import MissingData
from schema import IDLE

POINTS = ("score", "low", "high", "before", "gained", "gained_low", "gained_high")
MEASURE_NUMBERS = ("rows", "numerator", "denominator", "value", "standard_error", "basis_value", "weight")
TALLY_NUMBERS = ("rows", "numerator", "denominator", "value", "standard_error")
ABSENT = "absent"


class Comparison:
    """Collects the differences between two results."""

    def __init__(self, job):
        self.job = job
        self.differences = []

    def say(self, path, ours, theirs):
        self.differences.append("%s: %s / %s" % (path, ours, theirs))

    def same(self, path, ours, theirs):
        if ours != theirs:
            self.say(path, ours, theirs)

    def number(self, path, ours, theirs):
        numbers = all(isinstance(one, (int, float)) and not isinstance(one, bool) for one in (ours, theirs))
        if numbers:
            if abs(ours - theirs) > 1e-9 * max(1.0, abs(ours), abs(theirs)):
                self.say(path, repr(ours), repr(theirs))
        elif ours is not None or theirs is not None:
            self.say(path, ours, theirs)

    def numbers(self, path, keys, ours, theirs):
        for key in keys:
            self.number(path + "." + key, ours.get(key), theirs.get(key, ABSENT))

    def node(self, path, ours, theirs, keys):
        """The keys that every node with a score has; a reason is asked for where there is no score."""
        self.numbers(path, POINTS + keys, ours, theirs)
        if ours["score"] is None and not theirs.get("reason"):
            self.say(path + ".reason", ours.get("reason"), theirs.get("reason", ABSENT))

    def baseline(self, path, ours, theirs):
        """A baseline without a value, and no baseline, say the same."""
        stated = ours is not None and ours["rows"] is None
        ours, theirs = ours or {}, theirs or {}
        if ours.get("value") is None and theirs.get("value") is None:
            return
        keys = ("value", "standard_error") if stated else TALLY_NUMBERS
        for key in keys:
            self.number(path + "." + key, ours.get(key), theirs.get(key))

    def measure(self, path, ours, theirs):
        for key in ("status", "better", "basis"):
            self.same(path + "." + key, ours[key], theirs.get(key, ABSENT))
        if ours["rows"] == 0 and ours["value"] is None:
            # Where nothing applies, 0 and null say the same.
            theirs = {key: None if key in TALLY_NUMBERS[1:3] and value == 0 else value for key, value in theirs.items()}
            theirs["rows"] = theirs.get("rows") or 0
            ours = {**ours, "numerator": None, "denominator": None}
        self.node(path, ours, theirs, MEASURE_NUMBERS)
        self.baseline(path + ".baseline", ours["baseline"], theirs.get("baseline"))

    def children(self, path, key, ours, theirs, compare):
        """Compares the children of a node by their ids."""
        their_children = {child.get("id"): child for child in theirs.get(key) or []}
        self.same(path + "." + key, [child["id"] for child in ours[key]],
                  [child.get("id") for child in theirs.get(key) or []])
        for child in ours[key]:
            if child["id"] in their_children:
                compare(path + "." + child["id"], child, their_children[child["id"]])

    def indicator(self, path, ours, theirs):
        self.node(path, ours, theirs, ("coverage", "weight"))
        self.children(path, "measures", ours, theirs, self.measure)

    def dimension(self, path, ours, theirs):
        self.node(path, ours, theirs, ("coverage", "weight"))
        self.children(path, "indicators", ours, theirs, self.indicator)

    def tree(self, path, ours, theirs):
        self.node(path + "overall", ours["overall"], theirs.get("overall") or {}, ("coverage",))
        self.children(path + "dimensions", "dimensions", ours, theirs, self.dimension)

    def data(self, ours, theirs):
        for entity, counts in ours.items():
            their_counts = theirs.get(entity)
            if their_counts is None:
                if self.reads_all() and entity != "exchange_rate":
                    self.say("data." + entity, "there", ABSENT)
                continue
            their_counts = dict(their_counts, skipped=dict(their_counts.get("skipped") or {}))
            # A cell is counted as often as a condition looks at it, and which ones do is not the reference's to know.
            their_counts["skipped"].pop("cells in conditions that are no flags", None)
            for key in ("rows", "rejected", "duplicates", "skipped", "missing_fields"):
                self.same("data.%s.%s" % (entity, key), counts[key], their_counts.get(key, ABSENT))
            if self.reads_all():
                self.same("data.%s.newest" % entity, counts["newest"], their_counts.get("newest", ABSENT))
            for kind in ("dangling", "unreadable"):
                mine, other = counts[kind], their_counts.get(kind) or {}
                for field in sorted(set(mine) | set(other)):
                    if field in other or (self.reads_all() and (entity, field) not in IDLE):
                        self.same("data.%s.%s.%s" % (entity, kind, field), mine.get(field, 0), other.get(field, 0))

    def reads_all(self):
        """Whether every field is read, so that all are counted: all dimensions, all breakdowns."""
        return len(self.job["dimensions"]) == 5 and len(self.job["breakdown"]) == 4

    def result(self, ours, theirs):
        self.same("format", ours["format"], theirs.get("format", ABSENT))
        self.same("ranges", ours.get("ranges"), theirs.get("ranges"))
        self.same("period", ours["period"], theirs.get("period", ABSENT))
        self.same("baseline", ours["baseline"], theirs.get("baseline", ABSENT))
        self.tree("", ours, theirs)
        for breakdown, units in ours["breakdowns"].items():
            their_units = (theirs.get("breakdowns") or {}).get(breakdown) or []
            self.same("breakdowns." + breakdown, [unit["unit"] for unit in units],
                      [unit.get("unit") for unit in their_units])
            by_name = {unit.get("unit"): unit for unit in their_units}
            for unit in units:
                if unit["unit"] in by_name:
                    self.tree("%s[%s]." % (breakdown, unit["unit"]), unit, by_name[unit["unit"]])
        self.data(ours["data"], theirs.get("data") or {})


def nearest_the_cause(line):
    """Sorts the data's counts first, then the company's tallies, then what follows from them."""
    path = line.split(":")[0]
    if path.startswith("data."):
        return 0
    tallied = path.rsplit(".", 1)[-1] in ("status",) + TALLY_NUMBERS
    return (1 if tallied else 3) + ("[" in path)


def run(options, directory):
    """The program's (status, result or None, what it said on standard error)."""
    environment = dict(os.environ)
    if options.plugins:
        environment["CRMVAL_PLUGIN_PATH"] = os.path.abspath(options.plugins)
    command = [os.path.abspath(options.crmval), "run", "job.conf", "--format", "json", "--threads", options.threads]
    done = subprocess.run(command, cwd=directory, env=environment, capture_output=True, check=False)
    try:
        return done.returncode, json.loads(done.stdout.decode()), done.stderr.decode(errors="replace")
    except ValueError:
        return done.returncode, None, done.stderr.decode(errors="replace")


def differences(options, kind, seed, directory):
    """One line per difference between the two on one seed."""
    job = generate.generate(seed, directory, kind)
    try:
        ours = generate.evaluate(directory, job)
    except MissingData as error:
        ours, why = None, str(error)
    status, theirs, said = run(options, directory)
    if ours is None:
        return ["missing = fail: ended (%s) / exit %d" % (why[:60], status)] if status in (0, 1) else []
    if status not in (0, 1) or theirs is None:
        return ["exit: 0 / %d %s" % (status, said.strip()[:500])]
    comparison = Comparison(job)
    comparison.result(ours, theirs)
    return comparison.differences


def main():
    parser = argparse.ArgumentParser(description="hold crmval against the reference")
    parser.add_argument("crmval")
    parser.add_argument("seed_from", type=int)
    parser.add_argument("seed_to", type=int)
    parser.add_argument("--kinds", default=",".join(generate.KINDS))
    parser.add_argument("--threads", default="2")
    parser.add_argument("--plugins", help="where the plugins are (CRMVAL_PLUGIN_PATH)")
    parser.add_argument("--keep", action="store_true", help="keep every data set")
    parser.add_argument("--show", type=int, default=10, help="differences shown per seed")
    options = parser.parse_args()
    passed = failed = 0
    seeds = range(options.seed_from, options.seed_to + 1)
    for kind, seed in ((kind, seed) for kind in options.kinds.split(",") for seed in seeds):
        directory = tempfile.mkdtemp(prefix="crmval-differ-%s-%d-" % (kind, seed))
        found = differences(options, kind, seed, directory)
        failed += bool(found)
        passed += not found
        if found or options.keep:
            print("%s seed %d: %s, data in %s" % (
                kind, seed, "%d differences" % len(found) if found else "same", directory))
        else:
            shutil.rmtree(directory)
        for line in sorted(found, key=nearest_the_cause)[:options.show]:
            print("  " + line)
    print("%d passed, %d failed" % (passed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
