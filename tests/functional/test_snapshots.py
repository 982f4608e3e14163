#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Snapshots: they show what the run showed, follow from their tallies, last; trend and rescore go on from them."""

import csv
import io
import json
import os
import sys

import kit

sys.path.append(os.path.join(kit.ROOT, "tests", "reference"))

import witness  # noqa: E402

NIGHT = kit.clean_environment(SOURCE_DATE_EPOCH="1767225600")  # 2026-01-01
BREAKDOWN = 'name = "kept"; breakdown = ( "team", "employee", "region", "size_class" ); currency = "CNY";'
# Jobs that score the same data in other ways.
OTHERS = {
    "geometric": 'score = { aggregation = "geometric"; missing = "zero"; };',
    "covered": 'score = { min_coverage = 0.9; };',
    "cautious": 'score = { ranges = "cautious"; };',
    "weighted": """dimensions = (
        { plugin = "employee_growth"; weight = 3; measures = { advancement_rate = { weight = 0.5; }; }; },
        { plugin = "deal_control"; weight = 0.25; indicators = { conversion = { weight = 7; }; };
          measures = { approved_to_won = { scale = ((0.0, 10.0), (0.4, 55.5), (0.6, 90.0)); };
                       budget_participation = { basis = "growth"; baseline = 0.3; };
                       tender_participation = { basis = "change"; }; }; },
        { plugin = "strategic_alignment"; weight = 0; });""",
}


class Snapshots(kit.Case):
    def setUp(self):
        super().setUp()
        self.demo(scale="0.2", seed="3")
        self.source = ['{ plugin = "csv"; directory = "demo"; }']

    def kept(self, name, *options, more="", in_job=BREAKDOWN):
        """A run's snapshot, its job and its other reports."""
        self.job(self.source, name=name + ".conf", more=more, in_job=in_job)
        for form in ("gz", "txt", "json", "csv"):
            self.run_ok("run", name + ".conf", "--output", "%s.%s" % (name, form), *options, environment=NIGHT)
        return name + ".gz"

    def check_shown(self, name):
        for form, word in (("txt", "text"), ("json", "json"), ("csv", "csv"), ("gz", "snapshot")):
            self.run_ok("show", name + ".gz", "--format", word, "--output", "shown." + form)
            self.assertEqual(self.read("shown." + form), self.read("%s.%s" % (name, form)), (name, word))
        self.assertEqual(witness.Witness(self.path(name + ".gz")).differences(), [])

    def test_shown(self):
        self.kept("plain")
        self.check_shown("plain")
        # Standard output gets text, and JSON as the result was printed.
        self.assertEqual(self.run_ok("show", "plain.gz").raw, self.read("plain.txt"))
        self.assertEqual(witness.Witness(self.path("plain.gz")).result_bytes, self.read("plain.json"))

    def test_shown_of_other_jobs(self):
        for name, more in OTHERS.items():
            self.kept(name, more=more)
            self.check_shown(name)

    def test_language(self):
        self.kept("chinese", in_job=BREAKDOWN + ' language = "zh_CN";')
        self.check_shown("chinese")
        self.kept("english")
        in_chinese = self.run_ok("show", "english.gz", "--language", "zh_CN", "--format", "json")
        self.assertEqual(json.loads(in_chinese.raw)["dimensions"], self.json("chinese.json")["dimensions"])

    def json(self, name):
        return json.loads(self.read(name))

    def test_witness_notices(self):
        self.kept("plain")
        told = witness.Witness(self.path("plain.gz"))
        place = next(key for key, sums in told.sums.items() if sums and key[0] == "team")
        key = min(told.sums[place])
        rows, n, *rest = told.sums[place][key]
        told.sums[place][key] = (rows, n + 1, *rest)
        self.assertNotEqual(told.differences(), [])

    def test_made(self):
        """Another night: the same payload and the same file but for the first line."""
        self.kept("plain")
        self.run_ok("run", "plain.conf", "--output", "later.gz",
                    environment=kit.clean_environment(SOURCE_DATE_EPOCH="1767312000"))
        one, other = (witness.Witness(self.path(name)).header for name in ("plain.gz", "later.gz"))
        self.assertEqual((one.pop("made"), other.pop("made")), ("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"))
        self.assertEqual(one, other)

    def test_damaged(self):
        self.kept("plain", in_job="")
        whole = self.read("plain.gz")
        for name, content in (("cut.gz", whole[:-1]), ("long.gz", whole + b"\0"),
                              ("bent.gz", whole[:-9] + bytes([whole[-9] ^ 1]) + whole[-8:])):
            with open(self.path(name), "wb") as file:
                file.write(content)
            self.refused(65, "show", name, says=r"^crmval: %s: .*take it from a backup" % name)
        self.refused(66, "show", "nowhere.gz", says="nowhere.gz")
        self.refused(65, "show", "demo/account.csv", says="it is not a snapshot")
        self.refused(64, "check", "plain.conf", "--format", "snapshot")

    def test_version_1(self):
        """Snapshots of every format that there was are read for ever; this one was written when the format was made."""
        path = os.path.join(kit.ROOT, "tests", "snapshots", "version-1.gz")
        told = witness.Witness(path)
        self.assertEqual(told.differences(), [])
        self.assertEqual(self.run_ok("show", path, "--format", "json").raw, told.result_bytes)
        table = csv.DictReader(io.StringIO(self.run_ok("show", path, "--format", "csv").output))
        told_score = {row["unit"]: float(row["score"]) for row in table if not row["dimension"]}
        self.assertEqual(told_score, {"": told.result["overall"]["score"],
                                      **{unit["unit"]: unit["overall"]["score"]
                                         for unit in told.result["breakdowns"]["team"]}})

    def test_described(self):
        """The manual page knows every kind of line, and every key of the first one."""
        self.kept("plain")
        told = witness.Witness(self.path("plain.gz"))
        with open(os.path.join(kit.ROOT, "man", "crmval-snapshot.5"), encoding="utf-8") as file:
            tags = " ".join(line for line in file if line.startswith(".It Ic ")).split()
        self.assertEqual([name for name in [*told.header, *dict(told.lines)] if name not in tags], [])

    # ---- rescore

    def test_rescore(self):
        """The same scores as if the job had been run on the data, of which the snapshot's may be more."""
        self.kept("plain")
        for name, more in OTHERS.items():
            self.kept(name, more=more)
            again = self.run_ok("rescore", "plain.gz", name + ".conf", "--format", "json").raw
            self.assertEqual(again.partition(b'\n  "data": {')[0], self.read(name + ".json").partition(b'\n  "data": {')[0])
            self.run_ok("rescore", "plain.gz", name + ".conf", "--format", "csv", "--output", "again.csv")
            self.assertEqual(self.read("again.csv"), self.read(name + ".csv"))
        again = self.run_ok("rescore", "plain.gz", "plain.conf", "--format", "json")
        self.assertEqual(again.raw, self.read("plain.json"))

    def test_rescore_needs_nothing(self):
        self.kept("plain")
        os.rename(self.path("demo"), self.path("gone"))
        done = self.run_ok("rescore", "plain.gz", "plain.conf", "--format", "json",
                           environment=kit.clean_environment(CRMVAL_PLUGIN_PATH="/nonexistent"))
        self.assertEqual(done.raw, self.read("plain.json"))

    def test_rescore_says_what_it_cannot(self):
        self.kept("plain", in_job='breakdown = ( "team" );')
        self.job(self.source, name="other.conf", period=("2025-02-01", "2025-12-31"), in_job='breakdown = ( "region" );',
                 baseline=("2023-01-01", "2023-12-31"),
                 more='dimensions = ( { plugin = "deal_control"; params = { required_roles = [ "user" ]; }; } );')
        done = self.run_raw("rescore", "plain.gz", "other.conf", "--format", "json")
        self.assertEqual(done.status, 0)
        for said in ("job.period is not applied: the tallies are of 2025-01-01 to 2025-12-31", "job.baseline is not applied",
                     "job.breakdown is not applied for region", "params.required_roles of deal_control is not applied"):
            self.assertIn(said, done.messages)
        self.assertEqual(json.loads(done.raw)["breakdowns"], {})

    def test_rescore_refuses(self):
        self.kept("plain", in_job="")
        self.job(self.source, name="wrong.conf", more="""dimensions = (
            { plugin = "deal_contrl"; },
            { plugin = "employee_growth"; measures = { advancement_rat = { weight = 1; }; }; indicators = { x = { }; }; });""")
        self.refused(78, "rescore", "plain.gz", "wrong.conf", says=(
            r'wrong.conf:\d+: dimension deal_contrl is not in the snapshot; did you mean "deal_control"',
            r'wrong.conf:\d+: .*advancement_rat.*did you mean "advancement_rate"', "3 problems in the job"))

    def test_sensitivity(self):
        """The same whatever the threads; where it says that two units swap, they do."""
        self.kept("plain", in_job='breakdown = ( "team" );')
        words = ("rescore", "plain.gz", "plain.conf", "--sensitivity", "--draws", "200", "--format", "json")
        told = self.run_ok(*words, "--threads", "1").raw
        self.assertEqual(told, self.run_ok(*words, "--threads", "4").raw)
        self.assertNotEqual(told, self.run_ok(*words, "--seed", "2").raw)
        told = json.loads(told)
        self.assertEqual((told["format"], told["draws"], told["seed"]), ("crmval-sensitivity-1", 200, 1))
        self.assertEqual(told["overall"]["score"], self.json("plain.json")["overall"]["score"])
        self.assertLess(told["overall"]["low"], told["overall"]["median"])
        teams = {team["unit"]: team["overall"]["score"] for team in self.json("plain.json")["breakdowns"]["team"]}
        ranked = told["breakdowns"]["team"]
        self.assertEqual({team["unit"]: team["score"] for team in ranked}, teams)
        self.assertEqual([team["score"] for team in ranked], sorted(teams.values(), reverse=True))
        self.assertAlmostEqual(sum(team["first"] for team in ranked), 1)
        swapped = 0
        for team in ranked[:-1]:
            if team["swap"]["weights"]:
                weights = ", ".join('{ plugin = "%s"; weight = %.17g; }' % weight
                                    for weight in team["swap"]["weights"].items())
                self.job(self.source, name="swap.conf", in_job='breakdown = ( "team" );',
                         more="dimensions = ( %s );" % weights)
                again = json.loads(self.run_ok("rescore", "plain.gz", "swap.conf", "--format", "json").raw)
                scores = {unit["unit"]: unit["overall"]["score"] for unit in again["breakdowns"]["team"]}
                self.assertAlmostEqual(scores[team["unit"]], scores[team["swap"]["with"]], 7)
                swapped += 1
        self.assertGreater(swapped, 0)
        rows = list(csv.DictReader(io.StringIO(self.run_ok(*words[:-1], "csv").output)))
        self.assertEqual([row["unit"] for row in rows], [""] + [team["unit"] for team in ranked])
        self.refused(64, *words[:-1], "snapshot")
        self.refused(64, "rescore", "plain.gz", "plain.conf", "--sensitivity", "--draws", "0")

    # ---- the archive, and trend

    def test_archive_and_trend(self):
        for night in range(4):
            more = 'archive = { directory = "archive"; };'
            more += 'dimensions = ( { plugin = "deal_control"; } );' if night == 3 else ""
            self.job(self.source, name="night.conf", in_job='name = "night";', more=more)
            self.run_ok("run", "night.conf",
                        environment=kit.clean_environment(SOURCE_DATE_EPOCH=str(1767225600 + 86400 * night)))
        names = sorted(name for name in os.listdir(self.path("archive")) if name.endswith(".gz"))
        self.assertEqual(names, ["night-2026010%dT000000Z.gz" % day for day in (1, 2, 3, 4)])
        trend = json.loads(self.run_ok("trend", "archive", "--format", "json").raw)
        self.assertEqual(trend["format"], "crmval-trend-1")
        self.assertEqual([point["file"] for point in trend["snapshots"]], names)
        headers = [witness.Witness(self.path("archive/" + name)).header for name in names]
        for point, header in zip(trend["snapshots"], headers):
            for key in ("job", "made", "period", "baseline", "definitions", "overall", "dimensions"):
                self.assertEqual(point[key], header[key])
        rows = list(csv.DictReader(io.StringIO(self.run_ok("trend", "archive", "--format", "csv").output)))
        self.assertEqual(len(rows), 3 * 6 + 2)
        self.assertEqual(float(rows[0]["score"]), headers[0]["overall"]["score"])
        self.assertEqual(rows[-1]["dimension"], "deal_control")
        text = self.run_ok("trend", "archive").output
        self.assertIn("night 4 snapshots", text)
        self.assertIn("* 2026-01-04", text)
        self.assertNotIn("* 2026-01-03", text)

    def test_trend_goes_on(self):
        self.job(self.source, name="night.conf", more='archive = { directory = "archive"; };')
        for night in range(2):
            self.run_ok("run", "night.conf",
                        environment=kit.clean_environment(SOURCE_DATE_EPOCH=str(1767225600 + 86400 * night)))
        first = self.path("archive/night-20260101T000000Z.gz")
        os.chmod(first, 0o600)
        with open(first, "r+b") as file:
            file.seek(40)
            file.write(b"#")
        done = self.run_raw("trend", "archive", "--format", "json")
        self.assertEqual(done.status, 1)
        self.assertIn("archive/night-20260101T000000Z.gz: its first line is damaged", done.messages)
        self.assertEqual(len(json.loads(done.raw)["snapshots"]), 1)
        self.refused(66, "trend", "nowhere")


if __name__ == "__main__":
    kit.main()
