#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Public data that others wrote, through the CSV source; what is expected is computed from the files, here."""

import csv
import datetime
import os
import re

import kit

JOB = os.path.join(kit.ROOT, "tests", "functional", "workshop.conf")
PERIOD = ("2023-08-01", "2024-01-28")
BASELINE = ("2023-02-01", "2023-07-31")
CLOSED = {"Closed Won", "Closed Lost"}


class Workshop(kit.Case):
    def setUp(self):
        super().setUp()
        self.files = {}
        for name in ("Account", "Contact", "Opportunity", "Task"):
            path = self.shared_data("data_cloud_workshop", name + ".csv")
            with open(path, encoding="utf-8-sig", newline="") as file:
                self.files[name] = list(csv.DictReader(file))
        if os.path.realpath(os.path.join(os.path.dirname(JOB), "../../../shared/data")) != os.path.realpath(kit.DATA):
            self.skipTest("the job file does not reach the public data from here")
        self.result_of_job = self.result(JOB)
        self.measures = kit.measures(self.result_of_job)

    def closed_in(self, window):
        return [deal for deal in self.files["Opportunity"]
                if deal["StageName"] in CLOSED and window[0] <= deal["CloseDate"] <= window[1]]

    def won_in(self, window):
        return [deal for deal in self.closed_in(window) if deal["StageName"] == "Closed Won"]

    def test_all_is_read(self):
        data = self.result_of_job["data"]
        for entity, name in (("account", "Account"), ("contact", "Contact"), ("opportunity", "Opportunity"),
                             ("activity", "Task")):
            self.assertEqual(data[entity]["rows"], len(self.files[name]))
            for count in ("rejected", "duplicates"):
                self.assertEqual(data[entity][count], 0)
            self.assertEqual((data[entity]["unreadable"], data[entity]["dangling"]), ({}, {}))
        self.assertEqual(data["opportunity"]["rows"], 50)

    def test_approved_to_won(self):
        measure = self.measures["approved_to_won"]
        for window, got in ((PERIOD, measure), (BASELINE, measure["baseline"])):
            closed, won = self.closed_in(window), self.won_in(window)
            self.assertEqual((got["numerator"], got["denominator"], got["rows"]), (len(won), len(closed), len(closed)))
        self.assertEqual((measure["numerator"], measure["denominator"]), (7, 9))
        self.assertAlmostEqual(measure["score"], 100 * 7 / 9, places=8)
        self.assertAlmostEqual(measure["before"], 100 * 5 / 6, places=8)
        self.assertAlmostEqual(measure["gained"], 100 * (7 / 9 - 5 / 6), places=8)

    def test_opportunity_accuracy(self):
        active = [deal for deal in self.files["Opportunity"] if deal["CreatedDate"][:10] <= PERIOD[1]
                  and not (deal["StageName"] in CLOSED and deal["CloseDate"] < PERIOD[0])]
        passed = applies = 0
        for deal in active:
            if deal["Amount"]:
                applies += 1
                passed += float(deal["Amount"]) > 0
            if deal["StageName"] in CLOSED:
                applies += 1
                passed += deal["CloseDate"] >= deal["CreatedDate"][:10]
            if deal["StageName"] not in CLOSED or deal["CloseDate"] > PERIOD[1]:
                applies += 1
                passed += deal["CloseDate"] >= PERIOD[1]
        measure = self.measures["opportunity_accuracy"]
        self.assertEqual((measure["rows"], measure["numerator"], measure["denominator"]),
                         (len(active), passed, applies))
        self.assertEqual((passed, applies), (73, 88))
        self.assertAlmostEqual(measure["score"], 100 * 73 / 88, places=8)

    def test_sums(self):
        entered = [deal for deal in self.files["Opportunity"] if PERIOD[0] <= deal["CreatedDate"][:10] <= PERIOD[1]]
        people = [person for person in self.files["Contact"] if PERIOD[0] <= person["CreatedDate"][:10] <= PERIOD[1]]
        amount = sum(round(float(deal["Amount"]) * 100) for deal in entered) / 100
        for name, value in (("incubated_count", len(entered)), ("incubated_amount", amount),
                            ("network_accumulation", len(people))):
            measure = self.measures[name]
            self.assertAlmostEqual(measure["value"], value, delta=1e-6)
            # Everything was entered in one go: there is nothing before, and so no growth.
            self.assertEqual((measure["status"], measure["score"]), ("no_data", None))
            self.assertIn("no baseline", measure["reason"])

    def test_overall_rests_on_deal_control(self):
        overall = self.result_of_job["overall"]
        conversion, control = 100 * 7 / 9, 100 * 73 / 88
        # Of five dimensions one, of its three indicators two, of the last one's six measures one.
        self.assertAlmostEqual(overall["score"], (conversion + control) / 2, places=8)
        self.assertAlmostEqual(overall["coverage"], (1 / 3 + 1 / 18) / 5, places=8)

    def test_region(self):
        state = {account["Id"]: account["BillingState"] for account in self.files["Account"]}
        expected = {}
        for deal in self.closed_in(PERIOD):
            unit = expected.setdefault(state[deal["AccountId"]] or "(none)", [0, 0])
            unit[0] += deal["StageName"] == "Closed Won"
            unit[1] += 1
        found = {unit["unit"]: kit.measures(unit)["approved_to_won"]
                 for unit in self.result_of_job["breakdowns"]["region"]}
        self.assertEqual({name: [won["numerator"], won["denominator"]] for name, won in found.items() if won["rows"]},
                         expected)

    def test_owner(self):
        units = self.result_of_job["breakdowns"]["employee"]
        owners = {deal["OwnerId"] for deal in self.closed_in(PERIOD)}
        self.assertEqual({unit["unit"] for unit in units if kit.measures(unit)["approved_to_won"]["rows"]}, owners)

    def test_every_other_measure_names_what_is_missing(self):
        with open(JOB, encoding="utf-8") as file:
            mapped = {}
            groups = re.findall(r"^\t\t\t(\w+) = \{.*?fields = \((.*?)\);", file.read(), flags=re.M | re.S)
            for entity, fields in groups:
                mapped[entity] = set(re.findall(r'\( "(\w+)",', fields))
        self.assertEqual(len(mapped), 4)
        computed = {"approved_to_won", "opportunity_accuracy", "incubated_count", "incubated_amount",
                    "network_accumulation"}
        for name, measure in self.measures.items():
            if name in computed:
                continue
            self.assertEqual((measure["status"], measure["score"]), ("no_data", None), name)
            fields = re.findall(r"\b([a-z_]+)\.([a-z_]+)\b", measure["reason"])
            self.assertTrue(fields, (name, measure["reason"]))
            for entity, field in fields:
                self.assertNotIn(field, mapped.get(entity, ()), (name, measure["reason"]))
        for name, fields in (("network_completeness", {"contact.influence", "contact.verified_on"}),
                             ("network_accuracy", {"contact.influence", "contact.verified_on"}),
                             ("opportunity_completeness", {"opportunity.competitor"}),
                             ("budget_participation", {"opportunity.budget_participation"}),
                             ("goal_attainment", {"strategic_goal." + field for field in
                                                  ("id", "baseline", "target", "actual")})):
            self.assertEqual(set(re.findall(r"[a-z_]+\.[a-z_]+", self.measures[name]["reason"])), fields)

    def test_check_names_the_same(self):
        text = re.sub(r"\n {4}", " ", self.run_ok("check", JOB).output)  # lines that go on
        for name, measure in self.measures.items():
            if "mapped" in measure.get("reason", ""):
                self.assertRegex(text, r"\n  %s +%s\n" % (name, re.escape(measure["reason"])))
        self.assertRegex(text, "Measures: 5 of 43")


class DataLoader(kit.Case):
    """Fixtures of Data Loader: each is read with the rows that it has, or refused with a reason."""

    def job_of(self, name, column, entity="", **more):
        """A job in which a file holds the contacts."""
        path = self.shared_data("dataloader", name)
        fields = ", ".join("( %s, %s )" % (kit.quoted(field), kit.quoted(place))
                           for field, place in {"id": column, **more}.items())
        source = '{ plugin = "csv"; directory = %s; entities = { contact = { file = %s; %s fields = ( %s ); }; }; }'
        return self.job([source % (kit.quoted(os.path.dirname(path)), kit.quoted(name), entity, fields)],
                        period=("2009-01-01", "2010-12-31"), baseline=None)

    def contact(self, *words, **more):
        """What is said of the contacts: rows, rejected, duplicates."""
        result = self.result(self.job_of(*words, **more))
        self.network = kit.measures(result)["network_accumulation"]
        contact = result["data"]["contact"]
        return contact["rows"], contact["rejected"], contact["duplicates"]

    def test_accounts(self):
        with open(self.shared_data("dataloader", "accountData.csv"), encoding="latin-1", newline="") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual(self.contact("accountData.csv", "ID", 'encoding = "ISO-8859-1";'), (len(rows), 0, 0))

    def test_opportunities(self):
        with open(self.shared_data("dataloader", "opportunityData.csv"), encoding="latin-1", newline="") as file:
            rows = list(csv.DictReader(file))
        self.contact("opportunityData.csv", "ID", created_on="CREATEDDATE")
        in_window = [row for row in rows if "2009-01-01" <= row["CREATEDDATE"][:10] <= "2010-12-31"]
        self.assertEqual(self.network["value"], len(in_window))

    def test_counts(self):
        for name, column, expected in (
                ("20kRows.csv", "COLUMN1", (10, 0, 19990)), ("acctsWithBinaryDataInRTF.csv", "Name", (1, 0, 0)),
                ("csvEscapedQuotes.csv", "column1", (2, 0, 0)), ("csvtext.csv", "column1", (2, 0, 0)),
                ("emptyFirstRowFieldValueInCsvTemplate.csv", "ID", (2, 0, 0)),
                ("csvtext_BOM_UTF8.csv", "column1", (2, 0, 0)), ("csvtext_BOM_UTF16LE.csv", "column1", (2, 0, 0)),
                ("csvtext_BOM_UTF16BE.csv", "column1", (2, 0, 0))):
            self.assertEqual(self.contact(name, column), expected, name)

    def test_separator(self):
        self.assertEqual(self.contact("csvSeparator.csv", "some,column3", 'delimiter = "!";'), (2, 0, 0))
        self.refused(78, "run", self.job_of("csvSeparator.csv", "some,column3"), says="known here: column1")

    def test_utf_32_under_the_mark_of_utf_16(self):
        for name in ("csvtext_BOM_UTF32LE.csv", "csvtext_BOM_UTF32BE.csv"):
            self.refused(65, "run", self.job_of(name, "column1"), says=[name, "NUL byte|encoding"])

    def test_dates_with_time_and_zone(self):
        for name, column, read in (("dateEndingInZ.csv", "DATE", 1), ("dateEndingInZ.csv", "DATE_ONLY", 1),
                                   ("dateOnlyWithTimeZone.csv", "DATE_ONLY", 2),
                                   ("dateUsingDefaultTimeZone.csv", "DATE", 1),
                                   ("dateWithTimeZone.csv", "DATE_ONLY", 2),
                                   ("dateWithTimeZone.csv", "DATE", 0)):  # 2010-10-14T12:00:00.000Z-0300: two zones
            self.contact(name, "ACCOUNTNUMBER__C", created_on=column)
            self.assertEqual(self.network["value"], read, (name, column))

    def test_two_styles_in_one_file(self):
        # The day stands as written: of the six in ISO style all are read, of the six others none.
        self.assertEqual(self.contact("timeZoneFormatTesting.csv", "Name", created_on="Date"), (12, 0, 0))
        self.assertEqual(self.network["value"], 6)
        result = self.result("job.conf")
        self.assertEqual(result["data"]["contact"]["unreadable"], {"created_on": 6})
        self.assertIn('created_on "07/15/2009 02:14:45+0800" is not a date', result["data"]["contact"]["examples"][0])


class Spreadsheet(kit.Case):
    """A Salesforce export that a spreadsheet saved again: two-digit years, 12 hours, minimal quotes."""

    def read_file(self, name):
        with open(self.shared_data("sf_excel_resaved", name), encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    def job_of(self, deals):
        folder = kit.quoted(os.path.dirname(self.shared_data("sf_excel_resaved", "Opportunity.csv")))
        return self.job(["""{ plugin = "csv"; directory = %s; entities = {
            account = { file = "Account.csv"; fields = ( ( "id", "Id" ), ( "key_market", "IsDeleted" ) ); };
            opportunity = { file = "Opportunity.csv"; fields = ( ( "id", "Id" ), ( "account", "AccountId" ),
                ( "approved_on", "Opp Creation Date_Simulated" ), ( "closed_on", "Opp Close Date_Simulated" ),
                ( "created_on", "CreatedDate" ), ( "outcome", "StageName" ), ( "amount", "Amount" ) );
                values = ( ( "outcome", ( %s ) ) ); date_format = "%%m/%%d/%%y"; };
            contact = { file = "OpportunityHistory.csv"; fields = ( ( "id", "Id" ), ( "created_on", "CreatedDate" ),
                ( "verified_on", "CloseDate" ) ); date_formats = ( ( "created_on", "%%m/%%d/%%y %%I:%%M %%p" ),
                ( "verified_on", "%%m/%%d/%%y" ) ); };
            }; }""" % (folder, ", ".join("( %s, %s )" % (kit.quoted(stage), kit.quoted(
                {"Closed Won": "won", "Closed Lost": "lost"}.get(stage, ""))) for stage in sorted(deals)))],
            period=("2024-01-01", "2024-12-31"), baseline=("2026-01-01", "2026-12-31"))

    def test_dates_of_its_style(self):
        deals, history = self.read_file("Opportunity.csv"), self.read_file("OpportunityHistory.csv")
        result = self.result(self.job_of({deal["StageName"] for deal in deals}))
        data, found = result["data"], kit.measures(result)
        self.assertEqual((data["opportunity"]["rows"], data["contact"]["rows"]), (len(deals), len(history)))
        self.assertEqual((data["opportunity"]["unreadable"], data["contact"]["unreadable"]), ({}, {}))

        def year(text, form):
            return datetime.datetime.strptime(text, form).year if text else None
        closed = [deal for deal in deals if deal["StageName"].startswith("Closed ") and
                  year(deal["Opp Close Date_Simulated"], "%m/%d/%y") == 2024 and deal["Opp Creation Date_Simulated"]]
        won = [deal for deal in closed if deal["StageName"] == "Closed Won"]
        self.assertGreater(len(won), 0)
        self.assertEqual((found["approved_to_won"]["numerator"], found["approved_to_won"]["denominator"]),
                         (len(won), len(closed)))
        entered = [row for row in history if year(row["CreatedDate"], "%m/%d/%y %I:%M %p") == 2026]
        self.assertEqual(found["network_accumulation"]["baseline"]["value"], len(entered))

    def test_without_the_format_all_is_unreadable(self):
        deals = self.read_file("Opportunity.csv")
        job = self.job_of({deal["StageName"] for deal in deals})
        text = self.read("job.conf").decode().replace('date_format = "%m/%d/%y";', "")
        self.write("job.conf", text)
        opportunity = self.result(job)["data"]["opportunity"]
        dated = sum(bool(deal["Opp Close Date_Simulated"]) for deal in deals)
        self.assertEqual(opportunity["unreadable"]["closed_on"], dated)


if __name__ == "__main__":
    kit.main()
