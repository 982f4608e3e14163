#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Why the score moved: what compare says of pairs of snapshots, against a second implementation; restated history."""

import csv
import io
import itertools
import json
import os
import random
import re
import shutil
import sys

import kit

sys.path.append(os.path.join(kit.ROOT, "tests", "reference"))

import change  # noqa: E402
import witness  # noqa: E402

DIMENSIONS = {"customer_management": ["relationship_closeness", "solution_penetration", "customer_insight"],
              "deal_control": ["conversion", "process_control", "relationship_control"],
              "resource_management": ["resource_matching", "process_collaboration", "resource_return"],
              "employee_growth": ["advancement", "fulfilment"],
              "strategic_alignment": ["direction_achievement"]}
MEASURES = {"customer_management": ["units_per_customer", "solution_win_rate", "new_customers", "company_relationship"],
            "deal_control": ["approved_to_won", "budget_participation", "decision_role_coverage"],
            "resource_management": ["sales", "presales_roi", "large_on_time"],
            "employee_growth": ["advancement_rate"],
            "strategic_alignment": ["strategic_sales", "strategic_market_share", "goal_attainment"]}
SNAPSHOTS = int(os.environ.get("CRMVAL_TEST_SNAPSHOTS", "6"))


def settings(rng):
    """What a job may say of a dimension."""
    dimensions = []
    for name, indicators in DIMENSIONS.items():
        is_kept = name == "customer_management"  # at least one, of some weight
        if rng.random() < 0.25 and not is_kept:
            continue
        weights = "".join("%s = { weight = %g; }; " % (each, rng.choice((0 if len(indicators) > 1 else 2, 1, 3)))
                          for each in indicators
                          if rng.random() < 0.3)
        measures = ""
        for each in MEASURES[name]:
            said = ""
            if rng.random() < 0.3:
                said += "weight = %g; " % rng.choice((0 if name == "customer_management" else 2, 0.5, 4))
            if rng.random() < 0.3:
                said += 'basis = "%s"; ' % rng.choice(("growth", "change", "value"))
                said += "scale = ((%g, 5.0), (%g, 60.0), (%g, 95.0)); " % (rng.choice((-0.5, 0.0)), 0.25, 3e6)
            if rng.random() < 0.2:
                said += "baseline = %g; " % rng.choice((0.2, 0.7))
            measures += "%s = { %s}; " % (each, said) if said else ""
        dimensions.append('{ plugin = "%s"; weight = %g; indicators = { %s}; measures = { %s}; }' %
                          (name, rng.choice((2 if is_kept else 0, 1, 1, 2)), weights, measures))
    return "dimensions = (\n%s);\n" % ",\n".join(dimensions)


class Compare(kit.Case):
    def snapshot(self, name, **job):
        """Of a job that is written first; or that is there."""
        if job:
            self.job(['{ plugin = "csv"; directory = "%s"; }' % job.pop("data")], name=name + ".conf", **job)
        self.run_ok("run", name + ".conf", "--format", "snapshot", "--output", name + ".gz", "--quiet")
        return name + ".gz"

    def random_snapshot(self, rng, name):
        """Another seed's data, some of them lost; other settings, other windows."""
        data = self.demo(scale="0.05", seed=str(rng.randrange(3)), name="data_" + name)
        for lost in ("relationship", "project_history", "growth_record", "expense", "strategic_goal"):
            if rng.random() < 0.12:
                os.remove(self.path("%s/%s.csv" % (data, lost)))
        more = 'score = { aggregation = "%s"; missing = "%s"; min_coverage = %g; };\n' % (
            rng.choice(("arithmetic", "geometric")), rng.choice(("renormalise", "renormalise", "zero")),
            rng.choice((0, 0, 0.5, 0.8)))
        if rng.random() < 0.7:
            more += settings(rng)
        return self.snapshot(name, data=data, in_job='name = "%s"; breakdown = ( "team", "region" );' % name,
                             period=rng.choice((kit.PERIOD, ("2025-02-01", "2026-01-15"), ("2025-07-01", "2025-12-31"))),
                             baseline=rng.choice((kit.BASELINE, kit.BASELINE, ("2023-06-01", "2024-12-31"), None)),
                             more=more)

    def compared(self, old, new, status=0):
        done = self.run_raw("compare", old, new, "--format", "json", "--quiet")
        self.assertEqual(done.status, status, done.messages)
        return json.loads(done.raw)

    def check_scope(self, told, sides, place):
        """The parts add up to the change, and are those of the second implementation."""
        expected = change.changes(*sides)
        if expected is None:
            self.assertIsNone(told["change"], place)
            return 0
        self.assertAlmostEqual(told["change"], told["to"] - told["from"], delta=1e-9)
        self.assertAlmostEqual(sum(part["points"] for part in told["parts"]), told["change"], delta=1e-9, msg=place)
        found = {}
        for part in told["parts"]:
            path = tuple(part[key] for key in ("dimension", "indicator", "measure") if part[key] is not None)
            self.assertNotIn((path, part["effect"]), found)
            found[path, part["effect"]] = part["points"]
        for key in set(found) | set(expected):
            self.assertAlmostEqual(found.get(key, 0.0), expected.get(key, 0.0), delta=2e-7, msg=(place, key))
        return len(found)

    def test_second_implementation(self):
        rng = random.Random(5)
        names = ["s%d" % i for i in range(SNAPSHOTS)]
        parts, effects = 0, set()
        for name in names:
            self.random_snapshot(rng, name)
        witnesses = {name: witness.Witness(self.path(name + ".gz")) for name in names}
        for old, new in itertools.combinations(names, 2):
            pair = witnesses[old], witnesses[new]
            done = self.run_raw("compare", old + ".gz", new + ".gz", "--format", "json", "--quiet")
            if done.status == 65:
                continue  # no measure in common
            told = json.loads(done.raw)
            parts += self.check_scope(told, [change.Side(each) for each in pair], (old, new))
            effects |= {part["effect"] for part in told["parts"]}
            for breakdown, units in told["breakdowns"].items():
                listed = [each.units(breakdown) for each in pair]
                self.assertEqual({unit["unit"] for unit in units}, set(listed[0]) | set(listed[1]))
                for unit in units:
                    if all(unit["unit"] in names_of for names_of in listed):
                        sides = [change.Side(each, breakdown, names_of.index(unit["unit"]))
                                 for each, names_of in zip(pair, listed)]
                        parts += self.check_scope(unit, sides, (old, new, unit["unit"]))
        print("compare: %d parts of %s" % (parts, " ".join(sorted(effects))))
        self.assertGreater(parts, 1000)
        self.assertLessEqual({"numerator", "denominator", "baseline", "scale", "weight", "missing", "absent", "days",
                              "aggregation"}, effects)

    # ---- what is told

    def test_formats(self):
        self.demo(scale="0.05")
        self.snapshot("old", data="demo", in_job='name = "w"; breakdown = ( "team" );')
        self.snapshot("new", data="demo", in_job='name = "w"; breakdown = ( "team" );',
                      period=("2025-03-01", "2026-02-28"), more='score = { aggregation = "geometric"; };')
        told = self.compared("old.gz", "new.gz")
        self.assertEqual((told["format"], told["restated"]), ("crmval-change-1", None))
        self.assertIn(told["verdict"], ("moved", "noise"))
        for dimension in told["dimensions"]:
            own = sum(part["dimension_points"] or 0 for part in told["parts"] if part["dimension"] == dimension["id"])
            self.assertAlmostEqual(own, dimension["change"], delta=1e-9)
            for indicator in dimension["indicators"]:
                own = sum(part["indicator_points"] or 0 for part in told["parts"]
                          if (part["dimension"], part["indicator"]) == (dimension["id"], indicator["id"]))
                self.assertAlmostEqual(own, indicator["change"], delta=1e-9)
        moves = [unit["change"] for unit in told["breakdowns"]["team"] if unit["change"] is not None]
        self.assertEqual(moves, sorted(moves, reverse=True))
        # The same as CSV, whose rows of effects add up to that of the score.
        rows = list(csv.DictReader(io.StringIO(self.run_ok("compare", "old.gz", "new.gz", "--format", "csv").output)))
        company = [row for row in rows if not row["unit"] and row["points"]]
        self.assertAlmostEqual(sum(float(row["points"]) for row in company if row["effect"] != "score"),
                               float(company[0]["points"]), delta=1e-9)
        self.assertEqual({row["unit"] for row in rows} - {""}, {unit["unit"] for unit in told["breakdowns"]["team"]})
        # And as text.
        text = self.run_ok("compare", "old.gz", "new.gz").output
        self.assertRegex(text, r"\n  %.1f to %.1f, [+-]" % (told["from"], told["to"]))
        self.assertIn("Old score", text)
        self.assertIn("What did it", text)
        self.assertRegex(text, r"smaller parts? together")
        self.assertLessEqual(max(map(len, text.splitlines())), 80)
        # Backwards all of it is negated.
        back = self.run_raw("compare", "new.gz", "old.gz", "--format", "json")
        self.assertIn("perhaps the two are swapped", back.messages)
        key = ("dimension", "indicator", "measure", "effect")
        there = {tuple(part[each] for each in key): part["points"] for part in told["parts"]}
        back = {tuple(part[each] for each in key): part["points"] for part in json.loads(back.raw)["parts"]}
        self.assertEqual(set(there), set(back))
        for each, points in there.items():
            self.assertAlmostEqual(points, -back[each], delta=1e-9)

    def restated(self, old, new):
        told = self.compared(old, new)
        return told["restated"], {(each["kind"], each["name"]) for each in told["restated"]["differences"]}, told

    def test_restated(self):
        self.demo(scale="0.05")
        self.snapshot("old", data="demo", in_job='name = "w";')
        shutil.copy(self.path("old.conf"), self.path("same.conf"))
        with open(self.path("old.conf"), encoding="utf-8") as file:
            job = file.read()
        told, what, _ = self.restated("old.gz", "old.gz")
        self.assertEqual((told["late_data"], told["changed_definitions"], told["either"], what), (0, 0, 0, set()))
        # Other weights alone.
        self.write("weights.conf", job + 'dimensions = ( { plugin = "deal_control"; weight = 3; } );\n')
        self.run_ok("run", "weights.conf", "--format", "snapshot", "--output", "weights.gz")
        told, what, whole = self.restated("old.gz", "weights.gz")
        self.assertEqual((told["late_data"], told["either"]), (0, 0))
        self.assertAlmostEqual(told["changed_definitions"], whole["change"], delta=1e-9)
        self.assertIn(("job", "w"), what)
        # Data that came late, by the same job.
        header, rows = kit.decode_table(self.read("demo/opportunity.csv"))
        place = header.index("outcome")
        for row in rows[::7]:
            row[place] = "won"
        self.table("demo/opportunity.csv", header, *rows[:-5])
        self.snapshot("same")
        told, what, whole = self.restated("old.gz", "same.gz")
        self.assertEqual((told["changed_definitions"], told["either"]), (0, 0))
        self.assertAlmostEqual(told["late_data"], whole["change"], delta=1e-9)
        self.assertNotEqual(told["late_data"], 0)
        self.assertLessEqual({("entity", "opportunity"), ("input", "demo/opportunity.csv")}, what)
        self.assertNotIn(("job", "w"), what)
        # It is no chance if the same window gives other numbers.
        self.assertEqual({part["verdict"] for part in whole["parts"] if part["effect"] != "missing"}, {"moved"})
        text = self.run_ok("compare", "old.gz", "same.gz").output
        self.assertIn("Told anew: both are of the same job and period", text)
        self.assertRegex(text, r"by late data")
        # Other weights as well: each part is owed to what it is owed to.
        self.write("two.conf", job + 'dimensions = ( { plugin = "deal_control"; weight = 3; }, '
                   '{ plugin = "resource_management"; } );\n')
        self.run_ok("run", "two.conf", "--format", "snapshot", "--output", "two.gz")
        told, what, whole = self.restated("old.gz", "two.gz")
        self.assertEqual((told["either"], ("job", "w") in what, ("reading", "w") in what), (0, True, False))
        self.assertNotEqual(told["late_data"], 0)
        self.assertNotEqual(told["changed_definitions"], 0)
        for cause in ("late_data", "changed_definitions"):
            self.assertAlmostEqual(told[cause], sum(part["points"] for part in whole["parts"] if part["cause"] == cause),
                                   delta=1e-9)
        for part in whole["parts"]:
            self.assertEqual(part["cause"] == "late_data", part["effect"] in ("numerator", "denominator", "baseline", "missing"),
                             part)
        # The sources are elsewhere, but read in the same way.
        shutil.copytree(self.path("demo"), self.path("moved"))
        self.write("moved.conf", job.replace('directory = "demo"', '# comment\n  directory="moved"'))
        self.run_ok("run", "moved.conf", "--format", "snapshot", "--output", "moved.gz")
        told, what, whole = self.restated("old.gz", "moved.gz")
        self.assertEqual((told["changed_definitions"], told["either"]), (0, 0))
        self.assertNotEqual(told["late_data"], 0)
        # The same bytes, read in another way: that is no late data, though there are other rows.
        mapped = job.replace('directory = "demo"; }', 'directory = "demo"; entities = { opportunity = '
                             '{ skip = ( ( "lost", "outcome = \'lost\'" ) ); }; }; }')
        self.assertNotEqual(mapped, job)
        self.write("mapped.conf", mapped)
        self.run_ok("run", "mapped.conf", "--format", "snapshot", "--output", "mapped.gz")
        told, what, whole = self.restated("same.gz", "mapped.gz")
        self.assertEqual((told["late_data"], told["either"]), (0, 0))
        self.assertAlmostEqual(told["changed_definitions"], whole["change"], delta=1e-9)
        self.assertLessEqual({("reading", "w"), ("entity", "opportunity")}, what)
        # Both: nobody can tell, and what has changed is named.
        told, what, whole = self.restated("old.gz", "mapped.gz")
        self.assertAlmostEqual(told["either"], whole["change"], delta=1e-9)
        self.assertLessEqual({("reading", "w"), ("input", "demo/opportunity.csv")}, what)
        self.assertIn("how the data are read", self.run_ok("compare", "old.gz", "mapped.gz").output)
        # A parameter as well: then who can tell of the measures of its dimension?
        self.write("both.conf", job + 'dimensions = ( { plugin = "customer_management"; params = { verify_within_days = 30; '
                   "}; }, " + ", ".join('{ plugin = "%s"; }' % each for each in list(DIMENSIONS)[1:]) + " );\n")
        self.run_ok("run", "both.conf", "--format", "snapshot", "--output", "both.gz")
        told, what, whole = self.restated("old.gz", "both.gz")
        self.assertIn(("parameter", "customer_management.verify_within_days"), what)
        self.assertNotEqual(told["either"], 0)
        self.assertAlmostEqual(told["late_data"] + told["changed_definitions"] + told["either"], whole["change"], delta=1e-9)

    def test_refused(self):
        self.demo(scale="0.05")
        self.snapshot("euro", data="demo", in_job='currency = "EUR";')
        self.snapshot("yuan", data="demo", in_job='currency = "CNY";')
        self.refused(65, "compare", "euro.gz", "yuan.gz", says="EUR, the new one in CNY")
        one = 'dimensions = ( { plugin = "%s"; } );'
        self.snapshot("deals", data="demo", more=one % "deal_control")
        self.snapshot("growth", data="demo", more=one % "employee_growth")
        self.refused(65, "compare", "deals.gz", "growth.gz", says="no measure in common")
        self.refused(66, "compare", "deals.gz", "none.gz", says="none.gz")
        self.refused(64, "compare", "deals.gz", says="takes two snapshots")
        self.refused(64, "compare", "deals.gz", "growth.gz", "--format", "html", says="no HTML")
        self.refused(65, "compare", "deals.gz", "deals.conf", says="deals.conf")
        # Without a score on one side there is no change, but the rest is told.
        self.snapshot("covered", data="demo", more=one % "deal_control" + "\nscore = { min_coverage = 1.0; };")
        os.remove(self.path("demo/participant.csv"))
        os.remove(self.path("demo/decision_member.csv"))
        self.snapshot("rare", data="demo", more=one % "deal_control" + "\nscore = { min_coverage = 1.0; };")
        told = self.compared("covered.gz", "rare.gz", status=1)
        self.assertEqual((told["change"], told["to"]), (None, None))
        self.assertTrue(re.search("coverage", told["to_reason"]))
        self.assertTrue(any(part["indicator_points"] is None or part["points"] is None for part in told["parts"]) or
                        told["parts"] == [])


if __name__ == "__main__":
    kit.main()
