#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Clocks that jump, summer time, time zones, SOURCE_DATE_EPOCH: what snapshots are called and in which order they are,
which day named windows start from, what is pruned; and that results do not know of any of it."""

import datetime
import glob
import json
import os
import re
import subprocess
import zoneinfo

import kit

HOUR, DAY = 3600, 86400
NOON = 1767268800  # 2026-01-01 12:00:00 UTC
UTC = datetime.timezone.utc
# Where clocks are put forward and back: by an hour, at midnight, by half an hour, by a whole day once; and where they never are.
CHANGES = {
    "Europe/Berlin": ((2026, 3, 29, 1), (2026, 10, 25, 1)),
    "America/New_York": ((2026, 3, 8, 7), (2026, 11, 1, 6)),
    "America/Santiago": ((2026, 9, 6, 4), (2026, 4, 5, 3)),
    "Australia/Lord_Howe": ((2026, 10, 3, 15, 30), (2026, 4, 4, 15)),
    "Pacific/Apia": ((2011, 12, 30, 10), (2012, 3, 31, 14)),
    "Asia/Shanghai": ((2026, 3, 29, 1), (2026, 10, 25, 1)),
}


def moment(*words):
    return int(datetime.datetime(*words, tzinfo=UTC).timestamp())


def stamp(instant):
    return datetime.datetime.fromtimestamp(instant, UTC).strftime("%Y%m%dT%H%M%SZ")


class Clock(kit.Case):
    def setUp(self):
        super().setUp()
        self.table("account.csv", "id,name,owner,region", "A1,Acme,E1,North")
        self.table("opportunity.csv", "id,account,stage,approved_on,closed_on,outcome",
                   "O1,A1,x,2025-01-05,2025-03-01,won", "O2,A1,x,2025-01-05,2025-03-01,lost")
        self.settings()

    def settings(self, **form):
        self.job(more='dimensions = ( { plugin = "deal_control"; } ); archive = { directory = "archive"; };', **form)

    def names(self):
        return sorted(name for name in os.listdir(self.path("archive")) if not name.startswith("."))

    def listed(self):
        """As archive list has them: the oldest first."""
        done = self.run_ok("archive", "list", "archive", "--format", "json")
        return [entry["file"] for entry in json.loads(done.output)["snapshots"]]

    # ---- ways to tell the time

    @staticmethod
    def epoch(now, **more):
        return kit.clean_environment(SOURCE_DATE_EPOCH=str(now), **more)

    def machine(self, now, **more):
        """The machine's own clock stands at a moment; what measures how long things take goes on."""
        found = glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")
        environment = kit.clean_environment(LD_PRELOAD=found[0] if found else None, FAKETIME=str(now), FAKETIME_FMT="%s",
                                            FAKETIME_DONT_FAKE_MONOTONIC="1", NO_FAKE_STAT="1", ASAN_OPTIONS="verify_asan_link_order=0",
                                            **more)
        if not found or kit.has_sanitizers():
            self.skipTest("the machine's clock cannot be told another time: libfaketime is not installed, or sanitizers do "
                          "not go with it")
        return environment

    def check_order(self, instants, environment_of):
        """Runs at these moments, in this order: names tell them in UTC, and list puts them in theirs."""
        expected, results, texts = [], set(), set()
        for instant in instants:
            done = self.run_ok("run", "job.conf", "--format", "json", environment=environment_of(instant))
            # By a clock that is before the data, their newest date is another.
            if instant >= moment(2026, 1, 1):
                results.add(done.raw)
            texts.add(re.sub(rb'"newest": .*', b"", done.raw))
            again = sum(name.startswith("job-" + stamp(instant)) for name in expected)
            expected.append("job-%s%s.gz" % (stamp(instant), "_%04d" % (again + 1) if again else ""))
        self.assertEqual(self.names(), sorted(expected))
        self.assertEqual(self.listed(), sorted(expected))
        self.assertEqual(len(texts), 1)
        self.assertLessEqual(len(results), 1)
        self.run_ok("archive", "verify", "archive")


class Jumps(Clock):
    SEQUENCE = [NOON, NOON + 1, NOON + 1, NOON + 9 * 366 * DAY, NOON + HOUR, NOON - 3 * 365 * DAY, NOON + 1, NOON + DAY]

    def test_between_runs(self):
        self.check_order(self.SEQUENCE, self.epoch)

    def test_between_runs_of_the_machine(self):
        self.check_order(self.SEQUENCE, self.machine)

    def test_2038(self):
        """The second in which 32 bits are full, and those around it; and others that the calendar has in store."""
        end = 2 ** 31
        self.check_order([end - 2, end - 1, end, end + 1, 2 ** 32, moment(2100, 2, 28, 23, 59, 59), moment(2100, 3, 1),
                          0, 253402300799], self.epoch)
        done = self.run_ok("archive", "prune", "--keep", "last=1", "archive", environment=self.epoch(end))
        self.assertEqual(self.names(), ["job-%s.gz" % stamp(now) for now in (
            end, end + 1, moment(2100, 2, 28, 23, 59, 59), moment(2100, 3, 1), 2 ** 32, 253402300799)], done.output)

    def test_2038_of_the_machine(self):
        self.check_order([2 ** 31 - 1, 2 ** 31, 2 ** 31 + 1], self.machine)

    def test_prune_with_the_clock_set_back(self):
        """What is to come by the clock stays and counts for no rule; when the clock is right again, it counts."""
        for hour in range(6):
            self.run_ok("run", "job.conf", environment=self.epoch(NOON + hour * HOUR))
        before = self.names()
        for clock in (self.epoch, self.machine):
            told = self.run_ok("archive", "prune", "--dry-run", "--keep", "last=1", "--format", "json", "archive",
                               environment=clock(NOON + 2 * HOUR)).output
            told = {entry["file"]: (entry["action"], entry["reasons"]) for entry in json.loads(told)["snapshots"]}
            expected = [("remove", [])] * 2 + [("keep", ["last"])] + [("keep", ["future"])] * 3
            self.assertEqual(told, dict(zip(before, expected)))
        self.run_ok("archive", "prune", "--keep", "last=1", "archive", environment=self.epoch(NOON - DAY))
        self.assertEqual(self.names(), before)
        self.run_ok("archive", "prune", "--keep", "last=1", "archive", environment=self.machine(NOON + 9 * HOUR))
        self.assertEqual(self.names(), before[-1:])

    def test_within_a_run(self):
        """While it waits for its archive, the clock goes a year forward or back: it waits on, and is of when it began."""
        for number, jump in enumerate((366 * DAY, -366 * DAY)):
            began = NOON + number * DAY
            self.write("clock", str(began))
            environment = self.machine(began, FAKETIME_TIMESTAMP_FILE=self.path("clock"), FAKETIME_NO_CACHE="1")
            del environment["FAKETIME"]
            lock = self.hold_archive("archive")
            with subprocess.Popen([kit.PROGRAM, "run", "--wait", "3600", "job.conf"], cwd=self.folder, env=environment,
                                  stderr=subprocess.PIPE) as process:
                self.await_lock(process, "archive")
                self.write("clock.new", str(began + jump))
                os.rename(self.path("clock.new"), self.path("clock"))
                for _ in range(20):  # it looks for the lock again and again
                    self.await_switches(process)
                self.assertIsNone(process.poll())
                os.close(lock)
                messages = process.communicate(timeout=60)[1]
            self.assertEqual((process.returncode, messages), (0, b""))
            self.assertIn("job-%s.gz" % stamp(began), self.names())
        self.assertEqual(len(self.names()), 2)

    @staticmethod
    def await_switches(process):
        """Until it slept once more."""
        def count():
            with open("/proc/%d/status" % process.pid, encoding="ascii") as file:
                return int(re.search(r"(?m)^voluntary_ctxt_switches:\s*(\d+)", file.read())[1])
        before = count()
        while process.poll() is None and count() == before:
            pass


class Zones(Clock):
    def around(self, change):
        """A second before and after, and when local time is an hour on."""
        at = moment(*change)
        return [at - HOUR, at - 1, at, at + 1, at + HOUR - 1, at + HOUR]

    def test_summer_time(self):
        """Local hours that are twice or never there make no two snapshots one, and no order another."""
        self.machine(0)  # or the test is skipped, once
        for zone, changes in CHANGES.items():
            for change in changes:
                with self.subTest(zone=zone, change=change):
                    for name in os.listdir(self.path("archive")) if os.path.isdir(self.path("archive")) else []:
                        os.remove(self.path("archive/" + name))
                    self.check_order(self.around(change), lambda now, zone=zone: self.machine(now, TZ=zone))

    def test_keep_by_utc(self):
        """Of a night that is an hour longer, each hour has its snapshot; days are those of UTC."""
        at = moment(*CHANGES["Europe/Berlin"][1])
        for instant in range(at - 3 * HOUR, at + 4 * HOUR, HOUR):
            self.run_ok("run", "job.conf", environment=self.machine(instant, TZ="Europe/Berlin"))
        before = self.names()
        self.run_ok("archive", "prune", "--keep", "hourly=4", "archive",
                    environment=self.machine(at + 4 * HOUR, TZ="Europe/Berlin"))
        self.assertEqual(self.names(), before[-4:])
        self.run_ok("archive", "prune", "--keep", "daily=1", "archive",
                    environment=self.machine(at + 4 * HOUR, TZ="Europe/Berlin"))
        self.assertEqual(self.names(), before[-1:])

    def check_yesterday(self, day, environment, case):
        done = self.run_ok("run", "named.conf", "--format", "json", environment=environment)
        yesterday = str(day - datetime.timedelta(days=1))
        self.assertEqual(json.loads(done.output)["period"], {"from": yesterday, "to": yesterday}, case)

    def test_the_day_of_named_windows(self):
        """It is the machine's own, whatever summer time does to it; with SOURCE_DATE_EPOCH it is that of UTC."""
        named = 'job = { period = "last-1-days"; };\nsources = ( { plugin = "csv"; } );\n'
        self.write("named.conf", named + 'dimensions = ( { plugin = "deal_control"; } );\n')
        for zone, changes in CHANGES.items():
            local = zoneinfo.ZoneInfo(zone)
            for change in changes:
                day = datetime.datetime.fromtimestamp(moment(*change), local).date()
                midnight = datetime.datetime(day.year, day.month, day.day, tzinfo=local)
                midnights = [int(midnight.timestamp()), int((midnight + datetime.timedelta(days=1)).timestamp())]
                for now in self.around(change)[1:4:2] + [second for at in midnights for second in (at - 1, at)]:
                    here, there = (datetime.datetime.fromtimestamp(now, where).date() for where in (local, UTC))
                    self.check_yesterday(here, self.machine(now, TZ=zone), (zone, now))
                    if now in midnights:
                        self.check_yesterday(there, self.epoch(now, TZ=zone), (zone, now))

    def test_zones_that_are_none(self):
        """They are UTC; no day is another for it, and no byte."""
        results = set()
        for zone in (None, "", "UTC", "UTC0", ":", ":/etc/localtime", "/etc/localtime", "Nowhere/At_All", ":/etc/passwd", "../../etc",
                     "/dev/null", "CET-1CEST,M3.5.0,M10.5.0/3", "<+99>-99", "X" * 4000, "\x01", "客户"):
            done = self.run_ok("run", "job.conf", "--dry-run", "--format", "json", environment=kit.clean_environment(TZ=zone))
            results.add(done.raw)
        self.assertEqual(len(results), 1)


class Epoch(Clock):
    def test_valid(self):
        for text in ("0", "1", "0001", "1767268800", "2147483647", "2147483648", "4294967296", "253402300799"):
            self.run_ok("run", "job.conf", environment=self.epoch(text))
            self.assertIn("job-%s.gz" % stamp(int(text)), "".join(self.names()).replace("_2", ""))

    def test_invalid(self):
        for text in ("", " ", "-1", "+1", "1.5", "1e3", "0x10", " 5", "5 ", "5\n", "1,000", "nan", "inf", "253402300800",
                     "9223372036854775808", "99999999999999999999", "tomorrow", "１"):
            self.refused(64, "run", "job.conf", environment=self.epoch(text), says="SOURCE_DATE_EPOCH")
            self.assertFalse(os.path.exists(self.path("archive")), text)

    def test_every_command(self):
        """What it says of the clock is for all that look at one."""
        self.run_ok("run", "job.conf", environment=self.epoch(NOON))
        for words in (("check", "job.conf"), ("archive", "prune", "--keep", "last=1", "archive"), ("trend", "archive")):
            self.refused(64, *words, environment=self.epoch("soon"), says="SOURCE_DATE_EPOCH")


if __name__ == "__main__":
    kit.main()
