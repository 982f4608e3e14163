#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Hand-worked tallies, scores and units of the reference: every expected number is derived beside it."""

import math
import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import cautious
import generate
import load
import reference
import scoring
from worked import ACCOUNTS, EMPLOYEES, Z, data, evaluate, measures, sums


class Tallies(unittest.TestCase):
    def test_sum(self):
        result = scoring.tally("sum", [(3.0, None), (-4.0, None)])
        self.assertEqual((result["value"], result["standard_error"]), (-1.0, 5.0))  # root of 9 + 16
        nothing = scoring.tally("sum", [])
        self.assertEqual((nothing["value"], nothing["standard_error"]), (0.0, 0.0))

    def test_share(self):
        # 7 of 7: R' = 9/11; with d = 1 the formula is R'(1 - R')/(m + 3) = 18/121/10
        result = scoring.tally("share", [(1.0, 1.0)] * 7)
        self.assertEqual(result["value"], 1.0)
        self.assertAlmostEqual(result["standard_error"], math.sqrt(18 / 1210), 15)

    def test_weighted_share(self):
        # rows 1/1, 0/3: mean d 2, R' = (1 + 4)/(4 + 8) = 5/12;
        # squares: (7/12)^2 + (15/12)^2 + 2 (14/12)^2 + 2 (10/12)^2 = (49 + 225 + 392 + 200)/144 = 866/144;
        # se^2 = 6/5 * 866/144 / 144
        result = scoring.tally("share", [(1.0, 1.0), (0.0, 3.0)])
        self.assertEqual(result["value"], 0.25)
        self.assertAlmostEqual(result["standard_error"], math.sqrt(1.2 * 866 / 144 / 144), 15)

    def test_ratio(self):
        # 2 and 4 over 1 and 1: R = 3, se^2 = 2/1 * (1 + 1)/4 = 1
        self.assertEqual(scoring.tally("ratio", [(2.0, 1.0), (4.0, 1.0)])["standard_error"], 1.0)
        self.assertEqual(scoring.tally("ratio", [(-6.0, 2.0)])["standard_error"], 3.0)  # m = 1: |R|

    def test_no_data(self):
        for rows in ([], [(1.0, 0.0)], [(1.0, 1.0), (1.0, -1.0)]):
            self.assertIsNone(scoring.tally("ratio", rows)["value"])

    def test_scale(self):
        points = [(0.0, 0.0), (1.0, 50.0), (3.0, 100.0)]
        self.assertEqual([scoring.score_at(points, x) for x in (-1, 0.5, 1, 2, 9)], [0.0, 25.0, 50.0, 75.0, 100.0])
        # x = 1, se = 1: (S(2) - S(0))/2 = 37.5
        self.assertEqual(scoring.score_error(points, 1.0, 1.0), 37.5)

    def test_combine(self):
        # (3*80 + 1*40)/4 = 70; se = root((3/4*2)^2 + (1/4*8)^2) = 2.5
        self.assertEqual(scoring.combine([(3, (80.0, 2.0)), (1, (40.0, 8.0))], False), (70.0, 2.5))
        # root(100 * 1) = 10 (0 counts as 1); d/d: 0.5*10/100 * 4 = 0.2, 0.5*10/1 * 0.3 = 1.5
        mean, error = scoring.combine([(1, (100.0, 4.0)), (1, (0.0, 0.3))], True)
        self.assertAlmostEqual(mean, 10.0, 12)
        self.assertAlmostEqual(error, math.hypot(0.2, 1.5), 12)


class Tree(unittest.TestCase):
    # company_relationship 0.6 (influence 1, level 3), solution_win_rate 1/2; all other measures have no data
    tables = {"contact": "id,account,is_key;c,a,yes", "account": ACCOUNTS, "employee": EMPLOYEES,
              "relationship": "id,employee,contact,level,recorded_on;1,e2,c,3,2025-01-01;2,e1,c,3,2025-01-01",
              "project_history": "id,account,signed_on,ours;1,a,2025-01-01,yes;2,b,2025-01-01,no;3,b,2024-01-01,yes"}

    def node(self, result, *path):
        node = result
        for key, name in zip(("dimensions", "indicators", "measures"), path):
            node = next(child for child in node[key] if child["id"] == name)
        return node

    def test_renormalise(self):
        result = evaluate(self.tables, "customer_management")
        penetration = self.node(result, "customer_management", "solution_penetration")
        self.assertEqual((penetration["score"], penetration["before"], penetration["gained"]), (50.0, 100.0, -50.0))
        self.assertAlmostEqual(penetration["coverage"], 1 / 3, 15)
        # closeness (60 + 60)/2 and penetration 50 of five indicators
        self.assertAlmostEqual(result["overall"]["score"], 55.0, 9)
        self.assertAlmostEqual(result["overall"]["coverage"], (1 + 1 / 3) / 5, 15)
        # se of penetration: R' = 3/6, 0.25/5; of closeness: m = 1: root(5/4 (2(1-R')^2 + 2R'^2 + (0.6-R')^2)/25),
        # R' = 2.6/5; m = 2 (the pairs): R' = 3.2/6, residuals 2 (0.6-R')^2, factor 6/5, over 36
        one, two = 2.6 / 5, 3.2 / 6
        first = 1.25 * (2 * (1 - one) ** 2 + 2 * one ** 2 + (0.6 - one) ** 2) / 25
        second = 1.2 * (2 * (1 - two) ** 2 + 2 * two ** 2 + 2 * (0.6 - two) ** 2) / 36
        closeness = math.sqrt(first + second) / 2 * 100
        error = math.hypot(closeness, 100 * math.sqrt(0.05)) / 2
        self.assertAlmostEqual(result["overall"]["high"], 55 + Z * error, 8)

    def test_zero(self):
        result = evaluate(self.tables, "customer_management", score={"missing": "zero"})
        # closeness 60, penetration (0 + 0 + 50)/3, the three others 0
        self.assertAlmostEqual(result["overall"]["score"], (60 + 50 / 3) / 5, 9)
        # gained only where both are: penetration, whose win rate fell from 1 to 1/2
        self.assertAlmostEqual(result["overall"]["gained"], -50.0, 9)
        self.assertAlmostEqual(result["overall"]["before"], 100 / 3 / 5, 9)

    def test_geometric(self):
        result = evaluate(self.tables, "customer_management", score={"aggregation": "geometric"})
        self.assertAlmostEqual(result["overall"]["score"], math.sqrt(60 * 50), 9)

    def test_weights(self):
        result = evaluate(self.tables, "customer_management", settings={
            "company_relationship": {"weight": 3.0, "scale": [[0, 0], [1.2, 100]]}})
        # (3*50 + 60)/4
        node = self.node(result, "customer_management", "relationship_closeness")
        self.assertAlmostEqual(node["score"], 52.5, 9)
        self.assertEqual([measure["weight"] for measure in node["measures"]], [0.75, 0.25])

    def test_all_weights_zero(self):
        result = evaluate(self.tables, "customer_management", settings={
            "company_relationship": {"weight": 0}, "employee_relationship": {"weight": 0}})
        node = self.node(result, "customer_management", "relationship_closeness")
        self.assertEqual((node["score"], node["coverage"]), (None, 0.0))
        self.assertEqual([measure["weight"] for measure in node["measures"]], [0.0, 0.0])

    def test_gained_reaches_its_floor(self):
        tables = {"project_history": "id,signed_on,ours;1,2025-01-01,no;2,2024-01-01,yes"}
        node = self.node(evaluate(tables, "customer_management"), "customer_management", "solution_penetration")
        # from 100 to 0; both have the se root(0.24/4)
        self.assertEqual((node["gained"], node["gained_low"]), (-100.0, -100.0))
        self.assertAlmostEqual(node["gained_high"], -100 + Z * 100 * self.half_error(), 9)

    def half_error(self):
        # m = 1: R' = 2/5 or 3/5: se = root(0.06) = 0.2449; the scale ends at 0 and at 1, so half of it counts, twice
        return math.hypot(math.sqrt(0.06) / 2, math.sqrt(0.06) / 2)

    def test_min_coverage(self):
        result = evaluate(self.tables, "customer_management", score={"min_coverage": 0.27})
        penetration = self.node(result, "customer_management", "solution_penetration")
        self.assertEqual(penetration["score"], 50.0)  # covered 1/3
        self.assertIsNone(result["overall"]["score"])  # covered 4/15 = 0.2667
        result = evaluate(self.tables, "customer_management", score={"min_coverage": 0.26})
        self.assertIsNotNone(result["overall"]["score"])

    def test_coverage_on_the_edge_is_enough(self):
        tables = {"strategic_goal": "id,baseline,target,actual;1,0,10,5"}
        job = {"period": ["2025-01-01", "2025-12-31"], "score": {"min_coverage": 0.5}, "dimensions": [
            {"plugin": "strategic_alignment", "measures": {"goal_attainment": {"weight": 2.0}}}]}
        self.assertEqual(reference.Evaluation(data(tables), job).result()["overall"]["score"], 50.0)

    def test_default_scale_of_what_is_better_lower(self):
        tables = {"opportunity": "id,outcome,closed_on,amount;1,won,2025-01-01,100",
                  "expense": "id,kind,amount,spent_on;1,presales,5,2025-01-01"}
        node = measures(evaluate(tables, "resource_management"))["presales_cost_ratio"]
        self.assertEqual((node["value"], node["score"]), (0.05, 75.0))  # a quarter of the way from 100 at 0 to 0 at 0.2

    def test_files(self):
        with tempfile.TemporaryDirectory() as directory:
            for name, text in (("product", "id,extra,category\r\np,x,\"a, \"\"b\"\"\"\r\n"), ("account", "name\na\n")):
                with open(os.path.join(directory, name + ".csv"), "w", encoding="utf-8", newline="") as stream:
                    stream.write(text)
            found = load.read_directory(directory)
        self.assertEqual(list(found.tables), ["product"])  # an entity without a mapped id is unmapped
        self.assertEqual(found.rows("product")[0]["category"], 'a, "b"')
        self.assertEqual(found.counts(0)["product"]["missing_fields"], ["name", "strategic"])

    def test_fail(self):
        with self.assertRaises(scoring.MissingData) as caught:
            evaluate(self.tables, "customer_management", score={"missing": "fail"})
        self.assertIn("category_penetration", str(caught.exception))
        self.assertNotIn("solution_win_rate", str(caught.exception))

    def test_weight_zero_is_never_missed(self):
        tables = {"strategic_goal": "id,baseline,target,actual,owner;1,0,10,5,e"}
        job = {"period": ["2025-01-01", "2025-12-31"], "score": {"missing": "fail"}, "breakdown": ["employee"],
               "dimensions": [{"plugin": "strategic_alignment", "measures": {
                   "strategic_sales": {"weight": 0.0}, "strategic_market_share": {"weight": 0.0}}}]}
        result = reference.Evaluation(data(tables), job).result()
        self.assertEqual(result["overall"]["score"], 50.0)
        self.assertIsNone(result["overall"]["before"])
        self.assertEqual(result["breakdowns"]["employee"][0]["overall"]["score"], 50.0)

    def test_not_rated_is_missing_to_its_parent(self):
        for policy, score in (("renormalise", 60.0), ("zero", 60 / 5)):
            result = evaluate(self.tables, "customer_management", score={"min_coverage": 0.25, "missing": policy},
                              settings={"solution_win_rate": {"weight": 0.5}})
            # penetration is covered 0.5/2.5 = 0.2: not rated; overall is covered (1 + 0.2)/5 = 0.24
            penetration = self.node(result, "customer_management", "solution_penetration")
            self.assertEqual((penetration["score"], penetration["gained"]), (None, None))
            self.assertIsNone(result["overall"]["score"])
            result = evaluate(self.tables, "customer_management", score={"min_coverage": 0.22, "missing": policy},
                              settings={"solution_win_rate": {"weight": 0.5}})
            self.assertAlmostEqual(result["overall"]["score"], score, 9)

    def test_change(self):
        node = self.node(evaluate(self.tables, "customer_management", settings={
            "solution_win_rate": {"basis": "change", "scale": [[-1, 0], [1, 100]]}}),
            "customer_management", "solution_penetration", "solution_win_rate")
        # 1/2 - 1 = -0.5: 25 points, before S(0) = 50; se^2 = 0.25/5 + (3/5 * 2/5)/4
        self.assertEqual((node["basis_value"], node["score"]), (-0.5, 25.0))
        self.assertEqual((node["before"], node["gained"]), (50.0, -25.0))
        self.assertAlmostEqual(node["gained_high"], -25 + Z * 50 * math.sqrt(0.05 + 0.06), 9)


class Cautious(unittest.TestCase):
    scale = [(0.0, 0.0), (1.0, 100.0)]

    def ends(self, at):
        return at(-1.0), at(1.0)

    def test_windows(self):
        # 7 of 7: (7 + 2)/(7 + 4), and root(11/9 * (9 (2/11)^2 + 2 (9/11)^2))/11 = root(2)/11
        value, error = cautious.estimate("share", scoring.tally("share", [(1.0, 1.0)] * 7), None)
        self.assertEqual(value, 9 / 11)
        self.assertAlmostEqual(error, math.sqrt(2) / 11, 14)
        # of 1/1 and 0/3: rows of 10/4, 1.6 of them; (1 + 5)/(4 + 10) = 3/7, off by 4/7, 9/7, 10/7 twice and 7.5/7 twice
        value, error = cautious.estimate("share", scoring.tally("share", [(1.0, 1.0), (0.0, 3.0)]), None)
        self.assertEqual(value, 3 / 7)
        self.assertAlmostEqual(error, math.sqrt(5.6 / 3.6 * (16 + 81 + 200 + 112.5)) / 7 / 14, 14)
        # 3 and 5: 8 + 8/4 = 10, the error root(34 + 4 * 34/2)
        rows = scoring.tally("sum", [(3.0, None), (5.0, None)])
        self.assertEqual(cautious.estimate("sum", rows, None), (10.0, math.sqrt(102)))
        # without rows: 2 and root(68) of the other window, or nothing
        nothing = scoring.tally("sum", [])
        self.assertEqual(cautious.estimate("sum", nothing, rows), (2.0, math.sqrt(68)))
        self.assertEqual(cautious.estimate("sum", nothing, nothing), (0.0, 0.0))
        self.assertEqual(cautious.estimate("sum", nothing, None), (0.0, 0.0))
        self.assertEqual(cautious.estimate("ratio", scoring.tally("ratio", [(-6.0, 2.0)]), None), (-3.0, 3.0))
        stated = {"rows": None, "value": 4.0, "standard_error": 0.0}
        for kind in ("sum", "share", "ratio"):
            self.assertEqual(cautious.estimate(kind, stated, nothing), (4.0, 0.0))
        self.assertEqual(cautious.estimate("sum", nothing, stated), (0.0, 0.0))

    def test_how_values_spread(self):
        # a ratio of 3, error 1: e^(1/3) times as much or as little; of -3: 1 more or less
        rows = scoring.tally("ratio", [(2.0, 1.0), (4.0, 1.0)])
        self.assertEqual(self.ends(cautious.value_at("ratio", rows, None)), (3 * math.exp(-1 / 3), 3 * math.exp(1 / 3)))
        rows = scoring.tally("ratio", [(-6.0, 2.0)])
        self.assertEqual(self.ends(cautious.value_at("ratio", rows, None)), (-6.0, 0.0))
        self.assertEqual(self.ends(cautious.against("change", (0.5, 0.3), (0.2, 0.4))), (0.3 - 0.5, 0.3 + 0.5))
        # 6/2: the errors are 3/10 and 4/10 of the values
        low, high = self.ends(cautious.against("growth", (6.0, 1.8), (2.0, 0.8)))
        self.assertAlmostEqual(low, 3 * math.exp(-0.5) - 1, 14)
        self.assertAlmostEqual(high, 3 * math.exp(0.5) - 1, 14)
        # 1.8 / 2 = 0.9 and 6 * 0.8 / 4 = 1.2
        self.assertEqual(self.ends(cautious.against("growth", (-6.0, 1.8), (2.0, 0.8))), (-5.5, -2.5))

    def told(self, spread, expected):
        for told, number in zip(spread, expected, strict=True):
            self.assertAlmostEqual(told, number, 10)

    def test_measure(self):
        # in the middle of the scale nothing bends within three errors of 10
        self.told(cautious.of_measure(self.scale, cautious.bell(0.5, 0.1), 50.0, False),
                  (50 - Z * 10, 50.0, 50 + Z * 10, Z * 10, Z * 10, 0.0, 0.0))
        # on the end of a scale that falls: at the end itself 0 is 5 less than the mean of 10 and 0
        self.told(cautious.of_measure([(0.0, 100.0), (1.0, 0.0)], cautious.bell(1.0, 0.1), 0.0, False),
                  (0.0, 0.0, Z * 10, 0.0, Z * 10, 5.0, 0.0))
        # the scale ends two errors above, or more: what is cut off the place an error further, or two and a half
        self.told(cautious.of_measure([(0.0, 0.0), (0.7, 100.0)], cautious.bell(0.5, 0.1), 500 / 7, False)[6:], (5 / 0.7,))
        self.told(cautious.of_measure([(0.0, 0.0), (0.75, 100.0)], cautious.bell(0.5, 0.1), 200 / 3, False)[6:], (2.5 / 0.75,))
        self.told(cautious.of_measure([(0.0, 0.0), (0.775, 100.0)], cautious.bell(0.5, 0.1), 50.0, False)[6:],
                  (1.25 / 0.775,))
        # the score may lie outside
        self.told(cautious.of_measure(self.scale, cautious.bell(0.5, 0.1), 90.0, False)[:5],
                  (50 - Z * 10, 90.0, 90.0, 40 + Z * 10, 0.0))
        # of logarithms, one to each side of the step: 0 is half of ln 100 less than the mean, ln 100 as much more
        whole = math.log(100)
        self.told(cautious.of_measure([(0.0, 0.0), (1e-9, 100.0)], cautious.bell(0.0, 0.1), 0.5, True),
                  (0.0, 0.5, 100.0, 0.0, whole, whole / 2, whole / 2))

    def test_node(self):
        children = [(3.0, cautious.Spread(0, 0, 0, 4.0, 8.0, 1.0, 0.0)), (1.0, cautious.Spread(0, 0, 0, 16.0, 0, 2.0, 4.0))]
        # down (3*1 + 2)/4 and root((3/4*4)^2 + (1/4*16)^2) = 5; up 4/4 and 6
        self.assertEqual(cautious.of_node(children, 73.0, False), (66.75, 73.0, 80.0, 5.0, 6.0, 1.25, 1.0))
        self.assertEqual(cautious.of_node(children, 2.0, False)[:3], (0.0, 2.0, 9.0))
        self.assertEqual(cautious.of_node(children, 98.0, False)[:3], (91.75, 98.0, 100.0))
        halves = [(1.0, cautious.Spread(0, 0, 0, math.log(4), math.log(2), math.log(2), 0.0))]
        self.told(cautious.of_node(halves, 40.0, True)[:3], (5.0, 40.0, 80.0))

    def test_gained(self):
        now, before = (cautious.Spread(*ends, 0, 0, 0, 0) for ends in ((46.0, 50.0, 62.0), (15.0, 20.0, 23.0)))
        self.assertEqual(cautious.gained(now, before), (30 - 5, 30 + 13))  # 4 and 3; 12 and 5
        self.assertEqual(cautious.gained(now, cautious.certain(20.0)), (26.0, 42.0))

    def test_tree(self):
        tables = {"project_history": "id,signed_on,ours;1,2025-01-01,no;2,2024-01-01,yes"}
        result = evaluate(tables, "customer_management", score={"ranges": "cautious"})
        rate = measures(result)["solution_win_rate"]
        # now 0 of 1: 2/5 with the error root(5/3 * (3 * 0.16 + 2 * 0.36)/25) = root(0.08), before 3/5, mirrored
        high = 40 + Z * 100 * math.sqrt(0.08)
        self.assertEqual((rate["score"], rate["low"]), (0.0, 0.0))
        self.assertAlmostEqual(rate["high"], high, 9)
        # from 100 down to the lower end before, from 0 up to the upper end now
        self.assertEqual((rate["gained"], rate["gained_low"]), (-100.0, -100.0))
        self.assertAlmostEqual(rate["gained_high"], -100 + math.sqrt(2) * high, 9)
        # alone in its branch it hands up all, also what bends
        spread = cautious.of_measure(self.scale, cautious.bell(0.4, math.sqrt(0.08)), 0.0, False)
        overall = result["overall"]
        self.assertEqual((overall["score"], overall["low"]), (0.0, 0.0))
        self.assertAlmostEqual(overall["high"], min(100, high + spread.higher), 9)
        self.assertEqual(result["ranges"], "cautious")
        self.assertNotIn("sums", rate)
        self.assertNotIn("sums", rate["baseline"])

    def test_zero(self):
        tables = {"strategic_goal": "id,baseline,target,actual,owner;1,0,10,5,e"}
        result = evaluate(tables, "strategic_alignment", score={"ranges": "cautious", "missing": "zero"})
        node = measures(result)["goal_attainment"]
        # 1/2 of 1: (0.5 + 2)/5 = 0.5, error root(5/3 * (2 * 0.25 + 2 * 0.25)/25) = root(1/15)
        high = Z * 100 * math.sqrt(1 / 15)
        self.assertAlmostEqual(node["high"], min(100, 50 + high), 9)
        spread = cautious.of_measure(self.scale, cautious.bell(0.5, math.sqrt(1 / 15)), 50.0, False)
        weight = node["weight"]  # the others are 0 for certain
        self.assertAlmostEqual(result["overall"]["high"], weight * (50 + spread.above + spread.higher), 9)


class Units(unittest.TestCase):
    def test_breakdowns(self):
        result = evaluate(Tree.tables, "customer_management", breakdown=["team", "employee", "region", "size_class"])
        names = {key: [unit["unit"] for unit in units] for key, units in result["breakdowns"].items()}
        self.assertEqual(names, {"team": ["One", "Two"], "employee": ["e1", "e2"], "region": ["East", "West"],
                                 "size_class": ["large", "small"]})
        two = measures(result["breakdowns"]["team"][1])
        self.assertEqual(sums(two["employee_relationship"]), (1, 0.6, 1.0))  # e2's own, though account a is e1's
        self.assertEqual(sums(two["solution_win_rate"]), (1, 0.0, 1.0))
        self.assertEqual(two["solution_win_rate"]["baseline"]["rows"], 1)
        east = measures(result["breakdowns"]["region"][0])
        self.assertEqual(east["employee_relationship"]["rows"], 2)  # the region of the contact's account

    def test_none_is_last(self):
        tables = {"order": "id,signed_on,amount,account,opportunity;1,2025-01-01,1,,;2,2025-01-01,2,a,o"
                           ";3,2025-01-01,4,,o;4,2025-01-01,8,zz,",
                  "account": "id,owner,region;a,z,\u534e;b,,Z", "opportunity": "id,owner,account;o,\u4e1c,b"}
        result = evaluate(tables, "resource_management", breakdown=["employee", "region", "team"])
        found = {key: [(unit["unit"], measures(unit)["sales"]["value"]) for unit in units]
                 for key, units in result["breakdowns"].items()}
        # the opportunity's owner goes before the account's; its account comes after the order's own
        self.assertEqual(found["employee"], [("\u4e1c", 6.0), ("(none)", 9.0)])
        self.assertEqual(found["region"], [("Z", 4.0), ("\u534e", 2.0), ("(none)", 9.0)])
        self.assertEqual(found["team"], [("(none)", 15.0)])  # entity employee is unmapped

    def test_region_of_the_employee(self):
        tables = {"strategic_goal": "id,baseline,target,actual,owner;1,0,1,1,e1;2,0,1,1,e2", "employee": EMPLOYEES}
        result = evaluate(tables, "strategic_alignment", breakdown=["region", "size_class"])
        self.assertEqual([unit["unit"] for unit in result["breakdowns"]["region"]], ["North", "South"])
        self.assertEqual([unit["unit"] for unit in result["breakdowns"]["size_class"]], ["(none)"])

    def test_units_add_up(self):
        for seed in range(8):
            with tempfile.TemporaryDirectory() as directory:
                job = generate.generate(seed, directory)
                job["score"]["missing"] = "renormalise"
                result = reference.evaluate(os.path.join(directory, "export"), job)
            for units in result["breakdowns"].values():
                for name, whole in measures(result).items():
                    parts = [measures(unit)[name] for unit in units]
                    for key in ("rows", "numerator", "denominator"):
                        total = math.fsum(part[key] or 0 for part in parts)
                        self.assertAlmostEqual(total, whole[key] or 0, delta=1e-9 * max(1.0, abs(total)))


if __name__ == "__main__":
    unittest.main()
