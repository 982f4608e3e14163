#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Alerts of a job: what fires ends the run with status 1, on standard error and in every report."""

import json
import os
import re

import kit


class Alerts(kit.Case):
    def setUp(self):
        super().setUp()
        # Two of three deals are won; the newest is of 10 December, and 31 December is planned or past the period.
        self.table("opportunity.csv", "id,account,stage,approved_on,closed_on,outcome,expected_close_on",
                   "O1,A1,x,2025-01-05,2025-03-01,won,2025-12-31", "O2,A1,x,2025-01-05,2025-12-10,won,",
                   "O3,A2,x,2025-01-05,2025-05-01,lost,", "O4,A2,x,2026-01-05,,,")
        self.table("account.csv", "id,name,owner,region", "A1,Acme,E1,North", "A2,Bolt,E1,South")
        self.table("employee.csv", "id,name,team", "E1,Ann,East")

    def alerts(self, rules, *arguments, status=1, **form):
        job = self.job(more="alerts = ( %s );" % rules, in_job='breakdown = ( "region" );', **form)
        done = self.run_raw("run", job, "--format", "json", *arguments)
        self.assertEqual(done.status, status, done.messages)
        return done, json.loads(done.output)["alerts"]

    def test_quiet(self):
        done, alerts = self.alerts('{ node = "approved_to_won"; value_below = 0.66; }', status=0)
        self.assertEqual(done.messages, "")
        self.assertEqual(alerts, [{"rule": "value_below 0.66", "severity": "critical", "fired": 0, "message": None}])

    def test_every_report(self):
        rules = '{ name = "won"; node = "approved_to_won"; value_below = 0.67; severity = "warning"; }'
        files = 'reports = ( { file = "r.txt"; }, { file = "r.csv"; }, { file = "r.json"; } );'
        job = self.job(more="alerts = ( %s ); %s" % (rules, files))
        done = self.run_raw("run", job)
        self.assertEqual(done.status, 1, done.messages)
        self.assertIn('alert "won": Approved to won: the value of 0.666667 is below 0.67', done.messages)
        for name in ("r.txt", "r.csv", "r.json"):
            self.assertIn(b"Approved to won: the value of 0.666667 is below 0.67", self.read(name), name)

    def test_units(self):
        _, alerts = self.alerts('{ node = "approved_to_won"; value_below = 0.5; breakdown = "region"; }')
        self.assertEqual(alerts[0]["fired"], 1)
        self.assertEqual(alerts[0]["message"], "region South: Approved to won: the value of 0 is below 0.5")

    def test_freshness(self):
        done, alerts = self.alerts('{ older_than = 21; entity = "opportunity"; }', status=0)
        self.assertEqual(json.loads(done.output)["data"]["opportunity"]["newest"], "2025-12-10")
        # 31 December is 21 days after the 10th.
        _, alerts = self.alerts('{ older_than = 20; entity = "opportunity"; }')
        self.assertEqual(alerts[0]["message"],
                         "opportunity: the newest date, 2025-12-10, is more than 20 days old")

    def test_no_date(self):
        """An entity that is missing altogether is too old where the rule names it."""
        _, alerts = self.alerts('{ older_than = 3; entity = "activity"; }')
        self.assertEqual(alerts[0]["message"], "activity: no date is known, which should be no more than 3 days old")
        self.alerts('{ older_than = 4000; }', status=0)

    def test_day_of_the_run(self):
        """A period that is not over is judged by the day of the run."""
        rules = '{ older_than = 0; entity = "opportunity"; }'
        _, alerts = self.alerts(rules, "--date", "2025-03-01", status=0)
        self.assertEqual(alerts[0]["fired"], 0)
        _, alerts = self.alerts(rules, "--date", "2025-03-02")
        self.assertIn("2025-03-01", alerts[0]["message"])

    def test_rejected(self):
        self.write("account.csv", b"id,name,owner,region\nA1,Acme,E1,North\nA2,Bolt,E1\n")
        _, alerts = self.alerts("{ rejected_above = 0; }, { rejected_share_above = 0.5; }")
        self.assertEqual([alert["fired"] for alert in alerts], [1, 0])

    def test_since_the_last_snapshot(self):
        """A halved export, and a score that fell; the snapshot of another job, or a damaged one, does not count."""
        rules = '{ rows_lost_above = 0.4; }, { dropped_by = 1; node = "approved_to_won"; }'
        more = 'archive = { directory = "archive"; };'
        self.table("opportunity.csv", "id,account,stage,approved_on,closed_on,outcome",
                   *["O%d,A1,x,2025-01-05,2025-03-01,won" % i for i in range(40)])
        before = {"SOURCE_DATE_EPOCH": "1767225600"}
        job = self.job(more="alerts = ( %s ); %s" % (rules, more))
        self.assertEqual(self.run_raw("run", job, environment=kit.clean_environment(**before)).status, 0)
        other = self.job(name="other.conf", more=more)
        self.table("opportunity.csv", "id,account,stage,approved_on,closed_on,outcome",
                   *["O%d,A1,x,2025-01-05,2025-03-01,lost" % i for i in range(20)])
        self.assertEqual(self.run_raw("run", other, environment=kit.clean_environment(**before)).status, 0)
        done = self.run_raw("run", job, "--format", "json")
        self.assertEqual(done.status, 1)
        lost, dropped = json.loads(done.output)["alerts"]
        self.assertEqual(lost["message"], "opportunity: 20 rows, and 40 in the snapshot before: 0.5 of them are gone")
        self.assertIn("Approved to won: the score fell by 100.00 points, from 100.00 to 0.00", dropped["message"])
        # That run is now the one before, and nothing has changed since.
        self.assertEqual(self.run_raw("run", job).status, 0)

    def test_limit_since_the_last_snapshot(self):
        """By configuration a halved export is refused, and the archive stays as it was."""
        more = 'limits = { rows_lost_share = 0.5; }; archive = { directory = "archive"; };'
        rows = ["O%d,A1,x,2025-01-05,2025-03-01,won" % i for i in range(40)]
        header = "id,account,stage,approved_on,closed_on,outcome"
        self.table("opportunity.csv", header, *rows)
        job = self.job(more=more)
        self.run_ok("run", job, environment=kit.clean_environment(SOURCE_DATE_EPOCH="1767225600"))
        before = self.listing("archive")
        self.table("opportunity.csv", header, *rows[:19])
        self.refused(65, "run", job, says=["opportunity: 19 rows, and 40 in the snapshot before", "rows_lost_share"])
        self.assertEqual(self.listing("archive"), before)
        self.table("opportunity.csv", header, *rows[:20])
        self.run_ok("run", job)

    def test_damaged_snapshot(self):
        job = self.job(more='alerts = ( { rows_lost_above = 0.4; } ); archive = { directory = "archive"; };')
        self.run_ok("run", job, environment=kit.clean_environment(SOURCE_DATE_EPOCH="1767225600"))
        name = "archive/job-20260101T000000Z.gz"
        content = bytearray(self.read(name))
        content[-20] ^= 1
        self.write("archive/x", bytes(content))
        os.rename(self.path("archive/x"), self.path(name))
        done = self.run_raw("run", job)
        self.assertEqual(done.status, 0)
        self.assertIn("job-20260101T000000Z.gz", done.messages)

    def test_mistakes(self):
        for rules, says in (
                ("{ }", "score_below: is missing"),
                ("{ score_below = 101; }", "must be between 0 and 100"),
                ("{ score_below = 5; value_below = 3; }", "make two rules of it"),
                ("{ score_below = 5; entity = \"account\"; }", "entity: means nothing beside score_below"),
                ("{ older_than = 5; node = \"conversion\"; }", "node: means nothing beside older_than"),
                ("{ older_than = 5; entity = \"acount\"; }", "did you mean \"account\""),
                ("{ score_below = 5; node = \"conversions\"; }", "did you mean conversion"),
                ("{ score_below = 5; breakdown = \"team\"; }", "add it there"),
                ("{ score_below = 5; unit = \"East\"; }", "needs the breakdown"),
                ("{ value_below = 5; node = \"conversion\"; }", "is for a measure"),
                ("{ score_below = 5; severity = \"loud\"; }", "known here: warning, critical")):
            job = self.job(more="alerts = ( %s );" % rules)
            self.refused(78, "check", job, says="job.conf:.*" + re.escape(says))


if __name__ == "__main__":
    kit.main()
