#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Holds merged shards against one run on random data, byte for byte.

usage: shards.py CRMVAL SEED_FROM SEED_TO [--kinds KIND,...] [--counts N,...] [--keep]

Each seed is made in all kinds that generate.py knows; of each, one run's status, words and result in JSON and as text are
those of crmval merge, however many parts there are. The job gets alerts, and limits of its own. Exit 1 where any differs.
"""

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile

import generate

ALERTS = """alerts = ( { score_below = 55; }, { older_than = 30; }, { rejected_above = 0; severity = "warning"; },
	%s%s { score_below = 1; } );
"""
OF_TEAMS = '{ score_below = 40; breakdown = "team"; },'
OF_A_DIMENSION = '{ node = "deal_control"; coverage_below = 0.5; },'
# What is said of a job where it is read, and where to look further.
OF_THE_RUN = (b"crmval: job.conf:", b"crmval: no measure has data")


def run(options, folder, *words):
    done = subprocess.run([options.crmval, *words, "--date", "2026-01-15"], cwd=folder, capture_output=True, check=False)
    words = [line for line in done.stderr.splitlines() if not line.startswith(OF_THE_RUN)]
    return done.returncode, done.stdout, b"\n".join(words)


def extend_job(folder, seed, has_teams):
    """Alerts, and every other time limits that may be passed, or examples that are cut off."""
    chance = random.Random(seed)
    path = os.path.join(folder, "job.conf")
    with open(path, encoding="utf-8") as file:
        text = file.read()
    if "alerts" not in text:
        text += ALERTS % (OF_TEAMS if has_teams else "", "" if "dimensions" in text else OF_A_DIMENSION)
    if "limits" not in text:
        text += "limits = { examples = %d; %s };\n" % (
            chance.choice([0, 1, 3, 50]),
            chance.choice(["", "", "unreadable_share = 0.1;", "dangling_share = 0.2;", "rejected_share = 0.05;"]))
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def breakdowns(seed):
    return random.Random(seed + 1).choice([[], ["--breakdown", "team,employee,region,size_class"], ["--breakdown", "employee"],
                                           ["--breakdown", ""]])


def differences(options, kind, seed, folder, statuses):
    generate.generate(seed, folder, kind)
    more = breakdowns(seed)
    extend_job(folder, seed, any("team" in word for word in more))
    whole = {form: run(options, folder, "run", "job.conf", "--format", form, *more) for form in ("json", "text")}
    status = whole["json"][0]
    statuses[status] = statuses.get(status, 0) + 1
    found = []
    for count in options.counts:
        parts, failed = [], None
        for number in range(1, count + 1):
            part = "%s-%d-of-%d.gz" % (kind, number, count)
            status, _, words = run(options, folder, "run", "job.conf", "--shard", "%d/%d" % (number, count), "--output", part,
                                   "--threads", str(number % 3 + 1), *more)
            if status not in (0, 1):
                failed = status, b"", words
                break
            parts.append(part)
        random.Random(seed).shuffle(parts)
        for form, expected in whole.items():
            got = failed or run(options, folder, "merge", *parts, "--format", form)
            for name, ours, theirs in zip(("status", "output", "words"), expected, got):
                if ours != theirs:
                    found.append("%d parts, %s: %s: %r / %r" % (count, form, name, first_difference(ours, theirs),
                                                                first_difference(theirs, ours)))
    return found


def first_difference(ours, theirs):
    if isinstance(ours, int):
        return ours
    for one, other in zip(ours.splitlines() + [b""], theirs.splitlines() + [b""]):
        if one != other:
            return one[:200]
    return ours[-200:]


def main():
    parser = argparse.ArgumentParser(description="hold merged shards against one run")
    parser.add_argument("crmval")
    parser.add_argument("seed_from", type=int)
    parser.add_argument("seed_to", type=int)
    parser.add_argument("--kinds", default=",".join(generate.KINDS))
    parser.add_argument("--counts", default="1,2,3,7")
    parser.add_argument("--keep", action="store_true", help="keep every data set")
    options = parser.parse_args()
    options.counts = [int(count) for count in options.counts.split(",")]
    passed = failed = 0
    statuses = {}
    for seed in range(options.seed_from, options.seed_to + 1):
        for kind in options.kinds.split(","):
            folder = tempfile.mkdtemp(prefix="crmval-shards-%s-%d-" % (kind, seed))
            found = differences(options, kind, seed, folder, statuses)
            failed += bool(found)
            passed += not found
            if found or options.keep:
                print("%s seed %d: %s, data in %s" % (kind, seed, "other" if found else "same", folder))
            else:
                shutil.rmtree(folder)
            for line in found[:6]:
                print("  " + line)
    print("statuses of the runs: %s" % ", ".join("%d: %d" % pair for pair in sorted(statuses.items())))
    print("%d passed, %d failed" % (passed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
