#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Holds the keep rules against a naive second implementation, on random timelines: KEEP_TIMELINES of them, from
KEEP_SEED on.  The driver runs in time zones with summer time, which must not matter."""

import calendar
import os
import random
import subprocess
import sys
from datetime import datetime, timedelta, timezone

DRIVER = os.path.join(os.environ.get("BUILDDIR", "build"), "tests", "keep_driver")
RULES = ["last", "hourly", "daily", "weekly", "monthly", "quarterly", "yearly"]
WITHIN, FUTURE = len(RULES), len(RULES) + 1
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Shanghai"]
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)

# Days on which clocks are changed somewhere, leap days, ends of years that are in the first week of the next, and days
# that the month before does not have.
ODD_DAYS = [(2026, 3, 29), (2026, 10, 25), (2026, 3, 8), (2026, 11, 1), (2026, 4, 5), (2026, 10, 4), (2024, 2, 29),
            (2023, 2, 28), (2025, 12, 29), (2020, 12, 31), (2021, 1, 3), (2000, 2, 29), (1969, 12, 31), (2038, 1, 19),
            (2099, 12, 31), (2100, 2, 28), (2026, 3, 31),
            (2027, 3, 30), (2026, 5, 31), (2028, 3, 31)]


def moment(instant):
    return EPOCH + timedelta(seconds=instant)


def instant_of(when):
    return round((when - EPOCH).total_seconds())


# ---- the second implementation


PERIODS = {
    "hourly": lambda when: (when.year, when.month, when.day, when.hour),
    "daily": lambda when: when.date(),
    "weekly": lambda when: tuple(when.isocalendar())[:2],
    "monthly": lambda when: (when.year, when.month),
    "quarterly": lambda when: (when.year, (when.month + 2) // 3),
    "yearly": lambda when: when.year,
}


def months_before(when, months):
    year, month = when.year, when.month
    for _ in range(months):
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    return when.replace(year=year, month=month, day=min(when.day, calendar.monthrange(year, month)[1]))


def limit_of(newest, number, unit):
    unit = unit.rstrip("s")
    if unit in ("month", "year"):
        return months_before(newest, number * (12 if unit == "year" else 1))
    return newest - timedelta(**{unit + "s": number})


def decide(counts, within, now, instants):
    """The reasons to keep each snapshot, as sets of rules; snapshots are oldest first."""
    reasons = [set() for _ in instants]
    present = [place for place, instant in enumerate(instants) if instant <= now]
    for place, instant in enumerate(instants):
        if instant > now:
            reasons[place].add(FUTURE)
    for rule, number in counts.items():
        if rule == "last":
            for place in present[-number:]:
                reasons[place].add(0)
            continue
        newest_of = {}
        for place in present:
            newest_of[PERIODS[rule](moment(instants[place]))] = place  # a later one replaces an earlier one
        for period in sorted(newest_of)[-number:]:
            reasons[newest_of[period]].add(RULES.index(rule))
    if within and present:
        limit = limit_of(moment(instants[present[-1]]), *within)
        for place in present:
            if moment(instants[place]) >= limit:
                reasons[place].add(WITHIN)
    return [sum(1 << reason for reason in found) for found in reasons]


# ---- timelines


def make_timeline(luck):
    start = datetime(*luck.choice(ODD_DAYS), tzinfo=timezone.utc) if luck.random() < 0.6 else \
        datetime(luck.randint(1975, 2095), 1, 1, tzinfo=timezone.utc) + timedelta(days=luck.randrange(366))
    step = luck.choice([60, 1800, 3600, 3600 * 6, 86400, 86400 * 7, 86400 * 30, 86400 * 120])
    when = instant_of(start) - luck.randrange(step * 10)
    instants = []
    for _ in range(luck.choice([0, 1, 2, 5, 20, 40, 80])):
        instants.append(when)
        # On time, late, twice in a second, after a pause, at an hour's or a day's very end.
        kind = luck.random()
        when += step if kind < 0.5 else 0 if kind < 0.55 else step * luck.randint(2, 40) if kind < 0.6 else \
            luck.randint(0, 2 * step)
        if luck.random() < 0.1:
            size = luck.choice([3600, 86400])
            when += -when % size - luck.randint(0, 1)
    instants.sort()
    last = instants[-1] if instants else when
    now = last + luck.choice([0, 1, step, 86400 * 400])
    if instants and luck.random() < 0.3:
        now = luck.choice(instants) + luck.choice([-1, 0, 0, 1])
    return instants, now


def add_limits(luck, instants, now, within):
    """Snapshots at the very edge of what the newest one keeps within a duration."""
    newest = max((instant for instant in instants if instant <= now), default=None)
    if within and newest is not None and luck.random() < 0.7:
        limit = instant_of(limit_of(moment(newest), *within))
        instants += [limit + luck.choice([-1, 0, 1]) for _ in range(2)]
        instants.sort()


def make_policy(luck):
    counts = {rule: luck.choice([1, 1, 2, 3, 7, 24, 100000]) for rule in RULES if luck.random() < 0.35}
    within = None
    if not counts or luck.random() < 0.3:
        unit = luck.choice(["hour", "day", "week", "month", "year"])
        number = luck.choice([1, 1, 2, 3, 12, 30])
        within = number, unit + ("s" if number > 1 else "")
    return counts, within


def main():
    total, seed = int(os.environ.get("KEEP_TIMELINES", 2000)), int(os.environ.get("KEEP_SEED", 1))
    cases, lines = [], []
    for number in range(total):
        luck = random.Random(seed * 1000003 + number)
        instants, now = make_timeline(luck)
        counts, within = make_policy(luck)
        add_limits(luck, instants, now, within)
        words = ["%s=%d" % item for item in counts.items()] + (["within=%d%s" % within] if within else [])
        cases.append((counts, within, now, instants, words))
        lines.append(" ".join(words + ["|", str(now)] + [str(instant) for instant in instants]))
    failed, kept, all_snapshots = 0, 0, 0
    for place, zone in enumerate(ZONES):
        share = range(place, total, len(ZONES))
        done = subprocess.run([DRIVER], input="".join(lines[i] + "\n" for i in share), stdout=subprocess.PIPE,
                              text=True, check=True, env={**os.environ, "TZ": zone})
        answers = done.stdout.splitlines()
        if len(answers) != len(share):
            print("FAILED: %d answers to %d timelines" % (len(answers), len(share)))
            failed += 1
        for number, answer in zip(share, answers):
            got = [int(word) for word in answer.split()]
            expected = decide(*cases[number][:4])
            kept, all_snapshots = kept + sum(map(bool, got)), all_snapshots + len(got)
            if got != expected:
                failed += 1
                print("FAILED: timeline %d, %s in %s\n  got      %s\n  expected %s" %
                      (number, lines[number], zone, got, expected))
    print("%d timelines, %d of %d snapshots kept" % (total, kept, all_snapshots))
    print("%d passed, %d failed" % (total - failed, failed))
    return 1 if failed or not total else 0


sys.exit(main())
