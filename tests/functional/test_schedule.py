#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A day and a night of hourly runs under a false clock: what is kept, reported, refused and told, hour by hour."""

import datetime
import json
import os

import kit

DAWN = 1767225600  # 2026-01-01 00:00:00 UTC
HOUR = 3600
KEEP = "keep = { last = 2; hourly = 4; daily = 2; };"
HEADER = "id,account,stage,approved_on,closed_on,outcome"


def instant(name):
    """The moment that a snapshot's name tells."""
    text = name.rsplit("-", 1)[1].split(".")[0].split("_")[0]
    return int(datetime.datetime.strptime(text + "+0000", "%Y%m%dT%H%M%SZ%z").timestamp())


def kept(moments, now):
    """The keep rules once more: two newest, newest of four hours, newest of two days; what is to come is left alone."""
    past = sorted((moment for moment in moments if moment <= now), reverse=True)
    keep = set(past[:2]) | {moment for moment in moments if moment > now}
    for length, count in ((HOUR, 4), (24 * HOUR, 2)):
        newest = {}
        for moment in past:
            newest.setdefault(moment // length, moment)
        keep |= {newest[period] for period in sorted(newest, reverse=True)[:count]}
    return keep


class Schedule(kit.Case):
    def deals(self, won, lost):
        outcomes = ["won"] * won + ["lost"] * lost
        self.table("opportunity.csv", HEADER, *["O%d,A1,x,2025-01-05,2025-12-20,%s" % (number, outcome)
                                                for number, outcome in enumerate(outcomes)])

    def run_at(self, now, *words):
        """The exit status and messages of the scheduler's command at that moment."""
        done = self.run_raw("run", self.path("hourly.conf"), *words,
                            environment=kit.clean_environment(SOURCE_DATE_EPOCH=str(now)))
        self.assertEqual(done.output, "")
        return done.status, done.messages

    def report(self):
        return json.loads(self.read("report.json"))

    def test_a_day(self):
        self.table("account.csv", "id,name,owner,region", "A1,Acme,E1,North")
        self.job(name="hourly.conf", more='dimensions = ( { plugin = "deal_control"; } );\n'
                 'archive = { directory = "archive"; %s };\nreports = ( { file = "report.json"; } );\n'
                 'limits = { rows_lost_share = 0.5; };\n'
                 'alerts = ( { name = "fell"; node = "approved_to_won"; dropped_by = 5; },\n'
                 '{ name = "stale"; older_than = 11; entity = "opportunity"; } );' % KEEP)
        expected, score = set(), None
        for hour in range(25):
            now = DAWN + HOUR * hour
            self.deals(*((80, 20) if hour < 6 else (20, 80) if hour < 9 else (20, 19) if hour < 11 else (20, 80)))
            status, said = 0, ""
            if hour == 6:
                status, said = 1, 'alert "fell": Approved to won: the score fell by 60.00 points, from 80.00 to 20.00'
            elif 9 <= hour < 11:
                status, said = 65, "opportunity: 39 rows, and 100 in the snapshot before"
            elif hour == 13:
                status, said = 75, "another run holds it"
            elif hour == 15:
                os.rename(self.path("opportunity.csv"), self.path("away"))
                os.mkdir(self.path("opportunity.csv"))
                status, said = 66, "opportunity.csv"
            elif hour == 18:
                now -= 10 * HOUR  # a clock that was set back; what is to come by it stays
            before, report = self.listing("archive") if hour else {}, self.read("report.json") if hour else b""
            lock = self.hold_archive("archive") if hour == 13 else None
            got = self.run_at(now)
            if lock is not None:
                os.close(lock)
            if hour == 15:
                os.rmdir(self.path("opportunity.csv"))
            self.assertEqual(got[0], status, (hour, got))
            self.assertIn(said, got[1], hour)
            if status == 0:
                self.assertEqual(got[1], "", hour)
            if status > 1:
                self.assertEqual((self.listing("archive"), self.read("report.json")), (before, report), hour)
                continue
            expected = kept(expected | {now}, now)
            names = [name for name in os.listdir(self.path("archive")) if not name.startswith(".")]
            self.assertEqual({instant(name) for name in names}, expected, hour)
            score = self.report()["overall"]["score"]
        # The last run was that of hour 24, of the next day; all that is left is whole.
        self.assertEqual(score, self.report()["overall"]["score"])
        self.assertIn(DAWN + 24 * HOUR, expected)
        self.run_ok("archive", "verify", "archive")

    def test_stale(self):
        """Nothing new arrives: after eleven days somebody is told."""
        self.table("account.csv", "id,name,owner,region", "A1,Acme,E1,North")
        self.deals(3, 1)
        job = 'alerts = ( { name = "stale"; older_than = 11; entity = "opportunity"; } );'
        self.job(name="hourly.conf", period=("2025-01-01", "2026-06-30"), baseline=None, more=job)
        self.assertEqual(self.run_at(DAWN - HOUR)[0], 0)     # 31 December, eleven days after the 20th
        status, said = self.run_at(DAWN + HOUR)
        self.assertEqual(status, 1)
        self.assertIn('alert "stale": opportunity: the newest date, 2025-12-20, is more than 11 days old', said)


if __name__ == "__main__":
    kit.main()
