#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Hand-worked cells and measures of the reference: every expected number is derived in the comment beside it."""

import math
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import load
import measures as formulas
from worked import ACCOUNTS, EMPLOYEES, Z, data, evaluate, measures, sums, worked


class Cells(unittest.TestCase):
    def day(self, text):
        return load.parse_cell("order", "signed_on", text)

    def unreadable(self, entity, field, *texts):
        for text in texts:
            with self.assertRaises(load.Unreadable, msg=text):
                load.parse_cell(entity, field, text)

    def test_dates(self):
        first = self.day("2025-01-01")
        self.assertEqual(self.day(" 2025-01-01T23:59:59.999-08:00\t"), first)
        self.assertEqual(self.day("2025-01-01 00:00:00"), first)
        self.assertEqual(self.day("2025-03-01") - first, 59)  # 31 + 28
        self.assertIsNone(self.day(" \t "))
        self.unreadable("order", "signed_on", "2025-02-29", "2025-1-1", "20250101", "2025-01-01X", "2025-01-01T25:00")

    def test_numbers(self):
        self.assertEqual(load.parse_cell("order", "quantity", " 1.5e2 "), 150.0)
        self.unreadable("order", "quantity", "1,000", "nan", "inf", "1e999", "0x10", "9223372036854775808", "1_0")

    def test_flags_and_words(self):
        self.assertIs(load.parse_cell("contact", "is_key", "Yes"), True)
        self.assertIs(load.parse_cell("contact", "is_key", "F"), False)
        self.unreadable("contact", "is_key", "2", "on")
        self.assertEqual(load.parse_cell("opportunity", "outcome", "WON"), "won")
        self.unreadable("opportunity", "outcome", "win")
        self.assertEqual(load.parse_cell("decision_member", "role", "Öl ECONOMIC"), "Öl economic")
        self.assertEqual(load.parse_cell("employee", "team", "East"), "East")

    def test_counts(self):
        counts = data({"account": "id,owner;a,e1;a,e1;,e9;b,e2;A,", "employee": "id,hired_on;e1,soon;e2,2025-01-01"}
                      ).counts(0)
        self.assertEqual(counts["account"]["rows"], 4)
        self.assertEqual(counts["account"]["duplicates"], 1)
        self.assertEqual(counts["account"]["dangling"], {"owner": 1})
        self.assertEqual(counts["employee"]["unreadable"], {"hired_on": 1})

    def test_references_into_the_unmapped_are_not_checked(self):
        self.assertEqual(data({"account": "id,owner;a,e1"}).counts(0)["account"]["dangling"], {})

    def test_currency(self):
        loaded = data({"order": "id,amount,currency,signed_on;1,10,usd,2025-01-02;2,10,USD,2025-01-01;3,10,eur,;4,10,,",
                       "exchange_rate": "currency,from_on,rate;Usd,2025-01-02,2;USD,2025-01-02,3;USD,2025-01-03,9"})
        amounts = [loaded.amount(row, 0) for row in loaded.rows("order")]
        self.assertEqual(amounts, [30.0, None, 10.0, 10.0])  # two rates on a day: the higher; before the first: none
        self.assertEqual(loaded.counts(0)["order"]["unreadable"], {"amount": 1})

    def test_the_day_of_an_opportunity(self):
        loaded = data({"opportunity": "id,amount,currency,outcome,closed_on;1,10,usd,won,2025-01-01"
                                      ";2,10,usd,,2025-01-01;3,10,usd,lost,",
                       "exchange_rate": "currency,from_on,rate;usd,2025-01-01,2;usd,2025-02-01,3"})
        end = load.parse_day("2025-12-31")
        self.assertEqual([loaded.amount(row, end) for row in loaded.rows("opportunity")], [20.0, 30.0, None])


class Customers(unittest.TestCase):
    def test_relationships(self):
        tables = {"contact": "id,account,is_key,influence;c,a,yes,9;d,b,yes,;k,b,no,3", "employee": EMPLOYEES,
                  "relationship": "id,employee,contact,level,recorded_on;1,e1,c,5,2025-01-01;2,e1,c,2,2025-02-01"
                                  ";3,e1,c,3,2025-02-01;4,e2,c,5,2025-01-01;5,,d,1,2025-01-01;6,e1,d,5,2026-01-01"
                                  ";7,e1,,5,2025-01-01;8,zz,d,,2025-03-01"}
        # c: e1 is at 3 (the higher of the day), e2 left on P.to: gone; influence 9 counts 5: 5*3/5 of 5.
        # d: e1's record is later; the two without employee are one, at empty = 0 of 2025-03-01: 0 of 1.
        self.assertEqual(sums(worked("company_relationship", tables, "customer_management")), (2, 3.0, 6.0))
        # pairs: e1-c 5*3/5, e2-c 5*5/5 (gone, but a pair), unknown-d 0 of 1
        self.assertEqual(sums(worked("employee_relationship", tables, "customer_management")), (3, 8.0, 11.0))

    def test_levels_are_clamped(self):
        tables = {"relationship": "id,contact,level,recorded_on;1,c,-2,2025-01-01;2,d,7,2025-01-01;3,e,3,2025-01-01"}
        node = worked("employee_relationship", tables, "customer_management", params={"level_max": 4.0})
        self.assertEqual(sums(node), (3, 1.75, 3.0))  # 0 + 4/4 + 3/4

    def test_relationships_without_contacts(self):
        tables = {"relationship": "id,contact,level,recorded_on;1,c,5,2025-01-01;2,d,4,2025-01-01;3,c,1,2025-03-01"}
        result = evaluate(tables, "customer_management")
        self.assertEqual(sums(measures(result)["employee_relationship"]), (2, 1.0, 2.0))  # (1 + 4)/5
        self.assertEqual(measures(result)["company_relationship"]["reason"], "unmapped: contact.is_key")

    def test_penetration(self):
        tables = {"account": ACCOUNTS, "product": "id,category;p,x;q,X;r,y;s,",
                  "opportunity": "id,account;o,b",
                  "order": "id,account,opportunity,product,signed_on,quantity;1,a,,p,2025-12-31,2;2,a,,q,2020-01-01,9"
                           ";3,,o,r,2025-01-01,;4,b,,s,2026-01-01,7;5,b,,r,,7;6,zz,o,p,2025-01-01,4"}
        # categories x, X, y. a: x, X; b: y and x (the order whose account dangles has that of its opportunity)
        self.assertEqual(sums(worked("category_penetration", tables, "customer_management")), (2, 4.0, 6.0))
        node = worked("units_per_customer", tables, "customer_management", settings={
            "units_per_customer": {"basis": "value", "scale": [[0, 0], [10, 100]]}})
        self.assertEqual(sums(node), (2, 6.0, 2.0))  # a 2, b 0 + 4
        self.assertEqual((node["score"], node["standard_error"]), (30.0, 1.0))

    def test_growth_is_per_day(self):
        tables = {"project_history": "id,created_on;1,2025-01-01;2,2025-01-10;3,2025-01-05;4,2025-01-11;5,2024-12-31"
                                     ";6,2024-12-12;7,2024-12-11"}
        node = worked("history_accumulation", tables, "customer_management",
                      period=("2025-01-01", "2025-01-10"), baseline=("2024-12-12", "2024-12-31"))
        # 3 in 10 days over 2 in 20 days: 0.3/0.1 - 1 = 2; se^2 = 3/100/0.01 + (0.3*root(2)/20/0.01)^2 = 3 + 4.5
        self.assertAlmostEqual(node["basis_value"], 2.0, 14)
        self.assertEqual((node["score"], node["before"], node["gained"]), (100.0, 50.0, 50.0))
        # score's se: (S(2 + 2.74) - S(2 - 2.74))/2 = (100 - 0)/2 = 50, so low = 100 - 1.96*50
        self.assertAlmostEqual(node["low"], 100 - Z * 50, 9)
        self.assertEqual(node["high"], 100.0)

    def test_no_baseline(self):
        tables = {"contact": "id,created_on;1,2025-01-01"}
        for baseline in (None, ("2024-01-01", "2024-12-31")):
            node = worked("network_accumulation", tables, "customer_management", baseline=baseline)
            self.assertEqual((node["status"], node["value"], node["reason"], node["score"], node["before"]),
                             ("no_data", 1.0, "no baseline", None, None))

    def test_edges_of_the_checks(self):
        tables = {"contact": "id,account,is_key,email,influence,reports_to,verified_on;c,a,y,,1,,;d,a,yes,,5,,"
                             ";e,a,,,0.9,,"}
        result = measures(evaluate({**tables, "relationship": "id,contact,level,recorded_on;1,c,5,2025-12-31"},
                                   "customer_management"))
        self.assertEqual(sums(result["network_accuracy"]), (3, 2.0, 6.0))  # 1 and 5 are in range; nobody is verified
        self.assertEqual(sums(result["company_relationship"]), (2, 1.0, 6.0))  # c on P.to: 1 of 1; d nothing: 0 of 5
        tables = {"contact": "id,is_key;,yes", "relationship": "id,contact,level,recorded_on;1,c,5,2025-01-01"}
        self.assertEqual(sums(worked("company_relationship", tables, "customer_management")), (1, 0.0, 1.0))

    def test_first_order(self):
        tables = {"account": "id;a;b;c", "order": "id,account,signed_on;1,a,2025-05-01;2,a,2021-01-01;3,b,2025-01-01"
                                                  ";4,b,2026-01-01;5,b,2025-01-01;6,c,2026-02-01;7,c,2025-12-31"}
        self.assertEqual(worked("new_customers", tables, "customer_management")["value"], 2.0)  # b, c

    def test_incubated(self):
        tables = {"opportunity": "id,created_on,approved_on,amount;1,2025-01-01,2025-01-01,5;2,,2025-12-31,7"
                                 ";3,2024-12-31,2025-01-01,;4,2024-01-01,2024-12-31,8"}
        result = measures(evaluate(tables, "customer_management"))
        self.assertEqual(sums(result["incubated_count"]), (2, 2.0, None))
        self.assertEqual(sums(result["incubated_amount"]), (2, 7.0, None))  # the row without amount is a row
        self.assertEqual(result["incubated_amount"]["baseline"]["value"], 8.0)

    def test_coverage(self):
        tables = {"account": "id,churned_on;a,;b,2025-06-30;c,2024-12-31;d,;e,2026-01-01;f,",
                  "order": "id,account,signed_on;1,a,2022-12-31;2,b,2024-01-02;3,c,2024-06-01;4,d,2024-12-31"
                           ";5,e,2024-01-02;6,a,2023-12-31;7,f,2025-12-31;8,f,2025-03-01"}
        result = measures(evaluate(tables, "customer_management"))
        # H = 2022-12-31 = 2024-01-01 - 366, not after B.from - 365: the rule does not bite
        # customers on 2025-01-01: latest order on or after 2024-01-02: b, d, e (a's is one day older; c has churned)
        # lost: b churned in P; d's order + 365 = 2025-12-31 <= P.to; e churns later, not in P
        self.assertEqual(sums(result["lost_customers"]), (3, 2.0, 3.0))
        self.assertEqual(result["lost_customers"]["score"], 0.0)  # 2/3 is over 0.2
        self.assertEqual(sums(result["new_customers"]), (1, 1.0, None))  # f
        self.assertEqual(result["new_customers"]["baseline"]["value"], 4.0)  # b, c, d, e

    def test_lost_by_the_latest_order(self):
        tables = {"account": "id,churned_on;a,2025-01-01;b,;c,;d,;e,", "order": "id,account,signed_on"
                  ";1,a,2024-06-01;2,b,2020-01-01;3,b,2024-06-01;4,c,2024-06-01;5,c,2025-01-01;6,d,2024-06-01"
                  ";7,d,2025-12-31;8,e,2025-01-01;9,b,2024-03-01;10,d,2025-03-01"}
        # a churned on P.from: still a customer, then lost; b: the latest of three counts, 2024-06-01 + 365 passed;
        # c: 2025-01-01 + 365 = 2026-01-01 is later than P.to; d ordered on P.to; e had no order before P.from
        self.assertEqual(sums(worked("lost_customers", tables, "customer_management")), (4, 2.0, 4.0))

    def test_lower_is_better(self):
        tables = {"account": "id;a;b", "order": "id,account,signed_on;1,a,2022-06-01;2,a,2023-06-01;3,b,2023-01-01"
                                                ";4,b,2023-12-31;5,b,2024-12-31"}
        node = worked("lost_customers", tables, "customer_management", settings={"lost_customers": {"basis": "change"}})
        # 2024: a is lost, b is not: 1/2; 2025: b, whose order of 2024-12-31 + 365 is P.to, is lost: 1/1.
        self.assertEqual((node["value"], node["baseline"]["value"], node["basis_value"]), (1.0, 0.5, 0.5))
        self.assertEqual((node["score"], node["before"], node["gained"]), (0.0, 50.0, -50.0))

    def test_change_of_sums_is_per_day(self):
        tables = {"account": "id;a", "order": "id,account,signed_on,quantity;1,a,2025-01-01,30;2,a,2024-12-31,10",
                  "contact": "id,created_on;1,2025-01-01;2,2025-01-10;3,2024-12-31"}
        settings = {name: {"basis": "change", "scale": [[-100, 0], [100, 100]]}
                    for name in ("units_per_customer", "network_accumulation")}
        result = measures(evaluate(tables, "customer_management", settings=settings,
                                   period=("2025-01-01", "2025-01-10"), baseline=("2024-12-12", "2024-12-31")))
        self.assertAlmostEqual(result["network_accumulation"]["basis_value"], 2 / 10 - 1 / 20, 15)
        self.assertEqual(result["units_per_customer"]["basis_value"], 20.0)
        # growth is: 30/10 over 10/20, less 1
        node = worked("units_per_customer", tables, "customer_management", period=("2025-01-01", "2025-01-10"),
                      baseline=("2024-12-12", "2024-12-31"))
        self.assertEqual((node["basis_value"], node["score"]), (5.0, 100.0))

    def test_history_start(self):
        for first, known in (("2023-01-01", True), ("2023-01-02", False)):  # 2024-01-01 - 365 days = 2023-01-01
            tables = {"account": "id;a", "order": "id,account,signed_on;1,," + first + ";2,a,2024-05-01"}
            node = worked("new_customers", tables, "customer_management")
            self.assertEqual((node["value"], node["status"] == "ok"), (0.0, known))

    def test_network(self):
        tables = {"contact": "id,account,title,department,email,phone,influence,reports_to,verified_on"
                             ";c,a,x,x,a@b.cn,,9,,2025-07-04;d,a,,,,123456,3,c,2025-07-03;e,b,x,,,,bad,c,2026-01-01"
                             ";f,b,,,x@y,,,f,;g,b,,,,,,zz,"}
        result = measures(evaluate(tables, "customer_management"))
        # c: title, department, email, influence, is reported to, verified: 6; d: phone, influence, reports_to,
        # verified: 4; e: title, reports_to, verified: 3; f: email, reports_to: 2; g: 0 (dangling)
        self.assertEqual(sums(result["network_completeness"]), (5, 15.0, 30.0))
        # P.to - 180 = 2025-07-04. c: email ok, influence 9 bad, verified: 2/3; d: phone bad, influence, reports_to,
        # verified a day too old: 2/4; e: reports_to of another account, verified later: 0/2; f: email bad, itself,
        # never: 0/3; g: dangling, never: 0/2
        self.assertEqual(sums(result["network_accuracy"]), (5, 4.0, 14.0))

    def test_syntax(self):
        for text, sound in (("a.b+c@x-y.co", True), ("a" * 64 + "@b.c", True), ("a" * 65 + "@b.c", False),
                            ("a@b", False), ("a@-b.c", False), ("a@b.c.", False), ("a@b@c.d", False), ("@b.c", False)):
            self.assertEqual(formulas.email_is_sound(text), sound, text)
        for text, sound in (("+1 (23) 4-5.67", True), ("123456", False), ("1234567x", False),
                            ("１２３４５６７", False)):
            self.assertEqual(formulas.phone_is_sound(text), sound, text)

    def test_history(self):
        tables = {"project_history": "id,account,product,vendor,amount,signed_on,decision_maker,verified_on,ours"
                                     ";1,a,p,v,0,2025-12-31,c,2025-12-31,yes;2,b,zz,,-1,,c,,;3,a,p,v,1,2026-01-01,c,,"
                                     ";4,,p,,5,2025-01-01,c,,no",
                  "product": "id;p", "contact": "id,account;c,a"}
        result = measures(evaluate(tables, "customer_management"))
        # 1: all 6; 2: amount, decision_maker; 3 is later; 4: product, amount, signed_on, decision_maker
        self.assertEqual(sums(result["history_completeness"]), (3, 12.0, 18.0))
        # 1: amount 0 bad, product, decision_maker, verified: 3/4; 2: amount, product, decision_maker, verified: 0/4;
        # 4: amount, product good, decision_maker of no account, verified: 2/4
        self.assertEqual(sums(result["history_accuracy"]), (3, 5.0, 12.0))
        self.assertEqual(sums(result["solution_win_rate"]), (2, 1.0, 2.0))


class Deals(unittest.TestCase):
    opportunities = ("id,account,amount,product,project_size,created_on,approved_on,closed_on,outcome,need,competitor,"
                     "next_step,expected_close_on,customer_time_rank,competitor_minutes,budget_participation,"
                     "tender_participation"
                     ";o,a,10,p,large,2025-01-02,2025-01-01,2025-12-31,won,n,,,2020-01-01,1,,yes,"
                     ";p,a,0,,,,2025-12-31,,,,,,2025-12-31,,60,,y"
                     ";q,b,,,small,,2024-01-01,2024-12-31,lost,,,,,2,0,,"
                     ";r,b,,,small,,2024-01-01,2025-01-01,lost,,,,,,60,,"
                     ";s,,,,,,2026-01-01,,,,,,,1,,,"
                     ";t,,,,,,,2025-05-05,won,,,,,,,,")

    def test_opportunities(self):
        tables = {"opportunity": self.opportunities, "product": "id;p",
                  "activity": "id,opportunity,occurred_on,minutes;1,p,2025-12-31,60;2,p,2026-01-01,60"
                              ";3,r,2020-01-01,30;4,r,2025-12-31,30.5;5,p,2025-01-01,"}
        result = measures(evaluate(tables, "deal_control"))
        self.assertEqual(sums(result["approved_to_won"]), (2, 1.0, 2.0))  # o, r; t was never approved
        # active: o, p, r (q closed before). o has rank 1; p 60 is not more than 60; r 60.5 is
        self.assertEqual(sums(result["customer_time_lead"]), (3, 2.0, 3.0))
        self.assertEqual(sums(result["budget_participation"]), (3, 1.0, 3.0))
        # o: amount, product, need, expected; p: amount, expected; r: none
        self.assertEqual(sums(result["opportunity_completeness"]), (3, 6.0, 18.0))
        # o: amount, approved before created, closed after: 2/3; p: amount 0 bad, expected on P.to good: 1/2; r: 1/1
        self.assertEqual(sums(result["opportunity_accuracy"]), (3, 4.0, 6.0))

    def test_days_that_are_equal(self):
        tables = {"opportunity": "id,amount,created_on,approved_on,closed_on,outcome,expected_close_on"
                                 ";o,,2025-01-01,2025-01-01,2025-01-01,lost,;p,,,2025-01-01,2026-01-01,lost,2025-12-30"}
        # o: both checks pass; p is closed later, so still open at P.to, where it was expected a day before: 1/2
        self.assertEqual(sums(worked("opportunity_accuracy", tables, "deal_control")), (2, 3.0, 4.0))

    def test_decision_chain(self):
        tables = {"opportunity": self.opportunities, "contact": "id,account,influence;c,a,4;d,b,2",
                  "decision_member": "id,opportunity,contact,role,stance,value_proposition,value_fit,verified_on"
                                     ";1,o,c,Economic,2,v,0.5,2025-12-31;2,o,d,economic,-3,,2,"
                                     ";3,p,zz,boss,,,,2025-01-01"
                                     ";4,q,c,user,1,v,1,2025-12-31;5,,c,user,1,v,1,;6,r,,,-2,,,"}
        result = measures(evaluate(tables, "deal_control"))
        self.assertEqual(sums(result["decision_role_coverage"]), (3, 1.0, 12.0))
        # 1: 5; 2: contact, role, stance: 3; 3: role, verified: 2 (its contact dangles); 6: stance
        self.assertEqual(sums(result["decision_chain_completeness"]), (4, 11.0, 20.0))
        # 1: 3/3; 2: contact of b, stance -3, never verified: 0/3; 3: dangling, too old: 0/2; 6: stance of 2: 1/2
        self.assertEqual(sums(result["decision_chain_accuracy"]), (4, 4.0, 10.0))
        # 1: 4*0.5 of 4; 2: 2*1 of 2; 3 and 6: 1*0 of 1
        self.assertEqual(sums(result["value_projection"]), (4, 4.0, 8.0))


class Resources(unittest.TestCase):
    def test_matching(self):
        tables = {"opportunity": "id,project_size,amount,outcome,closed_on,approved_on;l,large,1,,,2025-01-01"
                                 ";m,,100,,,2025-01-01;n,,99,,,;x,,,,,",
                  "resource_request": "id,opportunity,requested_on,assigned_on,needed_on,ready_on,skill_match"
                                      ";1,l,2025-01-01,2025-01-03,2025-12-31,2025-12-31,2"
                                      ";2,m,2025-12-29,2026-01-01,2025-01-01,2025-01-02,"
                                      ";3,n,2025-12-30,2025-12-30,2025-06-01,,0.5"
                                      ";4,x,2024-12-31,2024-12-31,2025-06-01,,",
                  "participant": "id,opportunity,function;1,l,Presales;2,l,presales;3,m,test;4,n,test"}
        params = {"large_project_amount": 100.0}
        result = measures(evaluate(tables, "resource_management", params=params))
        self.assertEqual(sums(result["large_on_time"]), (2, 1.0, 2.0))
        self.assertEqual(sums(result["small_on_time"]), (1, 0.0, 1.0))
        self.assertEqual(sums(result["large_skill_match"]), (2, 1.0, 2.0))  # 2 counts as 1, empty as 0
        # requested + 2 days inside P: 1 (assigned on the 2nd day), 2 (29 + 2 = 31, assigned a day late)
        self.assertEqual(sums(result["dispatch_timeliness"]), (2, 1.0, 2.0))
        self.assertEqual(sums(result["function_coverage"]), (2, 2.0, 10.0))  # l, m: one each of 5

    def test_size_needs_a_field(self):
        tables = {"opportunity": "id,amount;o,5",
                  "resource_request": "id,opportunity,needed_on,ready_on;1,o,2025-01-01,"}
        for params, status in (({}, "no_data"), ({"large_project_amount": 5.0}, "ok")):
            self.assertEqual(worked("large_on_time", tables, "resource_management", params=params)["status"], status)

    def test_collaboration(self):
        tables = {"opportunity": "id,approved_on,outcome,closed_on;o,2025-01-01,won,2025-12-31;p,,lost,2025-01-01"
                                 ";q,2025-01-01,,",
                  "participant": "id,opportunity,function,responsibility,score,acknowledged,disputed;1,o,x,y,0,yes,"
                                 ";2,o,x,,50,yes,yes;3,p,x,y,,yes,no;4,q,,y,50,yes,no"}
        result = measures(evaluate(tables, "resource_management"))
        self.assertEqual(sums(result["role_clarity"]), (3, 1.0, 3.0))  # 1, 2, 4: p was never approved
        self.assertEqual(sums(result["scoring_coverage"]), (3, 2.0, 3.0))  # 1, 2, 3
        self.assertEqual(sums(result["scoring_acceptance"]), (2, 1.0, 2.0))

    def test_money(self):
        tables = {"opportunity": "id,outcome,closed_on,amount;o,won,2025-01-01,300;p,won,2025-02-01,"
                                 ";q,won,2024-02-01,50;r,lost,2025-02-01,900",
                  "expense": "id,kind,amount,spent_on;1,Presales,10,2025-12-31;2,presales,50,2025-01-01"
                             ";3,travel,99,2025-01-01;4,presales,50,2024-01-01;5,presales,,2024-01-01",
                  "order": "id,signed_on,amount;1,2025-01-01,3;2,2025-12-31,4;3,2026-01-01,9;4,2024-01-01,10"
                           ";5,2025-06-01,"}
        result = measures(evaluate(tables, "resource_management"))
        cost, roi, sales = (result[name] for name in ("presales_cost_ratio", "presales_roi", "sales"))
        self.assertEqual(sums(cost), (4, 60.0, 300.0))
        self.assertEqual(cost["score"], 0.0)  # 0.2 is the end of the scale
        # R = 0.2: squares 10^2 + 50^2 + (0.2*300)^2 + 0 = 6200; se^2 = 4/3 * 6200/300^2
        self.assertAlmostEqual(cost["standard_error"], math.sqrt(4 / 3 * 6200 / 90000), 14)
        self.assertEqual(sums(roi), (4, 300.0, 60.0))
        self.assertEqual(roi["basis_value"], 4.0)  # 5 over 50/50, less 1
        self.assertEqual((sales["value"], sales["standard_error"]), (7.0, 5.0))
        # (7/365)/(10/366) - 1
        self.assertAlmostEqual(sales["basis_value"], 7 * 366 / 3650 - 1, 14)


class People(unittest.TestCase):
    def test_growth(self):
        tables = {"employee": "id,hired_on,left_on,sales;a,2025-03-01,,yes;b,2025-03-01,2025-12-31,y;c,2024-01-01,,1"
                              ";d,2024-01-01,2026-01-01,t;e,2024-01-01,,true;f,2024-01-01,2025-01-01,yes;g,2024-01-01,,"
                              ";h,2025-01-01,,yes",
                  "growth_record": "id,employee,stage,entered_on;1,c,subsistence,2024-01-01;2,c,Comfortable,2025-12-31"
                                   ";3,d,comfortable,2025-01-01;4,d,subsistence,2025-01-01;5,e,affluent,2024-05-01"
                                   ";6,e,fulfilled,2026-01-01;7,f,affluent,2024-01-01;8,g,subsistence,2024-01-01"
                                   ";9,b,affluent,2025-04-01;10,h,comfortable,2024-06-01"}
        result = measures(evaluate(tables, "employee_growth"))
        # newcomers: a stays; b (no record by 2025-03-01) left on P.to; c stays. d is comfortable, the higher of the
        # day; f had left on P.from; g is no salesperson; h has a record by then, comfortable
        self.assertEqual(sums(result["newcomer_retention"]), (3, 2.0, 3.0))
        # c rose on P.to; d stands still; h (hired on P.from: employed then) stands still
        self.assertEqual(sums(result["advancement_rate"]), (3, 1.0, 3.0))
        self.assertEqual(sums(result["fulfilment_rate"]), (1, 0.0, 1.0))  # e, a day late

    def test_stage_on_the_day_of_hiring(self):
        tables = {"employee": "id,hired_on;a,2025-06-01;b,2025-06-01", "growth_record": "id,employee,stage,entered_on"
                  ";1,a,affluent,2025-05-01;2,b,,2025-05-01;3,b,subsistence,2025-06-01"}
        # a was affluent by the day of hiring; b's latest record by then is of that day
        self.assertEqual(sums(worked("newcomer_retention", tables, "employee_growth")), (1, 1.0, 1.0))

    def test_everybody_where_sales_is_unmapped(self):
        tables = {"employee": "id,hired_on;a,2025-01-01", "growth_record": "id,employee,stage,entered_on"}
        self.assertEqual(worked("newcomer_retention", tables, "employee_growth")["value"], 1.0)


class Strategy(unittest.TestCase):
    def test_goals(self):
        tables = {"strategic_goal": "id,baseline,target,actual,weight;1,100,50,75,2;2,0,10,99,;3,0,10,,1;4,5,5,5,9"
                                    ";5,0,1,1,-3;6,,1,1,9"}
        # 2*0.5 of 2; 1*1 of 1; 0 of 1; the target is the baseline; weight -3 counts 0; no baseline
        node = worked("goal_attainment", tables, "strategic_alignment")
        self.assertEqual(sums(node), (4, 2.0, 4.0))
        self.assertEqual((node["score"], node["before"], node["gained"]), (50.0, None, None))

    def test_stated_baseline(self):
        tables = {"strategic_goal": "id,baseline,target,actual,owner;1,0,10,5,e"}
        result = evaluate(tables, "strategic_alignment", breakdown=["employee"],
                          settings={"goal_attainment": {"baseline": 0.25}})
        node = measures(result)["goal_attainment"]
        self.assertEqual((node["before"], node["gained"]), (25.0, 25.0))
        # m = 1: R' = 2.5/5 = 0.5; R'(1 - R') etc: squares 0 + 2*0.25 + 2*0.25 = 1; se^2 = 5/4 * 1/25
        self.assertAlmostEqual(node["gained_low"], 25 - Z * 100 * math.sqrt(0.05), 9)
        unit = result["breakdowns"]["employee"][0]
        self.assertEqual(unit["unit"], "e")
        self.assertIsNone(measures(unit)["goal_attainment"]["before"])

    def test_unknown_products_and_amounts(self):
        tables = {"project_history": "id,account,product,signed_on,amount,ours;1,a,p,2025-01-01,,no"
                                     ";2,a,p,2025-01-01,4,yes",
                  "product": "id,strategic;p,yes", "account": ACCOUNTS, "order": "id,signed_on,product,amount"
                  ";1,2025-01-01,p,;2,2025-01-01,p,3"}
        result = measures(evaluate(tables, "strategic_alignment"))
        self.assertEqual(sums(result["strategic_market_share"]), (2, 4.0, 4.0))
        self.assertEqual(sums(result["strategic_sales"]), (2, 3.0, None))
        tables = {"project_history": "id,account,product,signed_on,amount,decision_maker,verified_on;1,,p,,,,",
                  "contact": "id,account"}
        # entity product is unmapped: its check does not apply, verified_on's does
        self.assertEqual(sums(worked("history_accuracy", tables, "customer_management")), (1, 0.0, 1.0))

    def test_market_share(self):
        tables = {"project_history": "id,account,product,signed_on,amount,ours;1,a,p,2025-01-01,30,yes"
                                     ";2,a,p,2025-01-02,70,no;3,b,p,2025-01-01,9,yes;4,a,q,2025-01-01,9,yes"
                                     ";5,a,p,2024-01-01,10,yes;6,a,p,2024-01-01,30,",
                  "product": "id,strategic;p,yes;q,no", "account": ACCOUNTS,
                  "order": "id,signed_on,product,amount;1,2025-01-01,p,5;2,2025-01-01,q,5;3,2025-01-01,,5"}
        result = measures(evaluate(tables, "strategic_alignment"))
        node = result["strategic_market_share"]
        self.assertEqual(sums(node), (2, 30.0, 100.0))
        self.assertAlmostEqual(node["basis_value"], 0.05, 15)  # 0.3 - 0.25
        self.assertAlmostEqual(node["score"], 75.0, 9)
        self.assertEqual(sums(result["strategic_sales"]), (1, 5.0, None))


if __name__ == "__main__":
    unittest.main()
