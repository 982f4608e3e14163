#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What the mapping that comes with plugin salesforce makes of its objects, by numbers worked out by hand."""

import re

import salesforce_export as export
import kit

ZIP = export.set_name(1)
OPPORTUNITY = "Id,AccountId,OwnerId,StageName,Amount,CloseDate,IsClosed,IsWon,CreatedDate,CurrencyIsoCode"


class Org(export.Case):
    """The period is 2025, the baseline 2024."""

    def setUp(self):
        super().setUp()
        self.org = export.Export()
        self.org.add("Account", "Id,Name,OwnerId,BillingCountry", "001#1,Acme,005#1,US", "001#2,Bolt,005#2,DE")

    def won(self, *deals):
        """Opportunities that were won: (number, amount, day, currency)."""
        row = "006#%d,001#1,005#1,Closed Won,%s,%s,1,1,2024-01-01 09:00:00,%s"
        return self.org.add("Opportunity", OPPORTUNITY, *(row % (deal + ("",) * (4 - len(deal))) for deal in deals))

    def run_org(self, entities="", more="", **job):
        self.write(ZIP, export.zipped(self.org.files()))
        self.done = self.result(self.export_job(ZIP, entities, more, **job))
        self.data = self.done["data"]
        return kit.measures(self.done)

    def windows(self, measure, *how, key="numerator", **job):
        """A number of a measure in the period and in the baseline."""
        found = self.run_org(*how, **job)[measure]
        return found[key], found["baseline"][key]


class Advice(Org):
    """What `crmval check` tells a CRM administrator."""

    def setUp(self):
        super().setUp()
        self.won((1, 5, "2025-06-01"))
        self.org.add("Contact", "Id,AccountId,LastName", "003#1,001#1,Lee")

    def page(self, *how):
        """The page, and the same without its line breaks."""
        self.write(ZIP, export.zipped(self.org.files()))
        text = self.run_ok("check", self.export_job(ZIP, *how)).output
        self.assertLess(max(map(len, text.splitlines())), 120)
        self.assertNotRegex(text, r"\(null\)|\bNULL\b|\t")
        return text, " ".join(text.split())

    def test_page(self):
        text, flow = self.page()
        for says in (r"opportunity +\d+ of 21 fields +%s/Opportunity\.csv" % ZIP, r"closed_on = if\(IsClosed",
                     "OpportunityContactRole, which could feed it, is not there", "The job is good"):
            self.assertRegex(text, says)
        for says in (r"opportunity\.approved_on.{,20} It comes from OpportunityHistory",
                     r"contact\.influence.{,20} Salesforce has no field .{,200}\"Influence__c\"",
                     r"growth_record.{,20} Salesforce has no object .{,300}\"Growth_Record__c\""):
            self.assertRegex(flow, says)
        advised = re.findall(r"(?m)^  (\w+\.\w+)", text[text.index("What would give it"):])
        self.assertNotIn("opportunity.amount", advised)
        self.assertNotIn("expense.amount", advised)  # nor fields of what is not there at all
        self.assertEqual(sorted(set(advised)), sorted(advised))

    def test_tables_without_rows(self):
        """Weekly exports have a file of each object, and most are headers alone: what is there is not yet of use."""
        def computed(text):
            top, below = re.findall(r"(?m)^(?:measures +|Measures: )(\d+) of 43 can be computed$", text)
            self.assertEqual(top, below)
            return int(top)
        asset = "Id,AccountId,Name,Product2Id,IsCompetitorProduct,Price,PurchaseDate,CreatedDate"
        before = computed(self.page()[0])
        self.org.add("Asset", asset)
        self.org.add("Order", "Id,AccountId,EffectiveDate,Status,TotalAmount")
        text, _ = self.page()
        self.assertEqual(computed(text), before)
        for says in (r"project_history +\d+ of 12 fields +%s/Asset\.csv \(no rows\)\n" % ZIP,
                     r"order +\d+ of +8 fields +%s/Order\.csv \(no rows\)\n" % ZIP,
                     r"order +\d+ of +8 fields +%s/Opportunity\.csv\n" % ZIP,
                     r"lookup order reads %s/Order\.csv \(no rows\)\n" % ZIP,
                     r"history_accumulation +no rows: project_history\n"):
            self.assertRegex(text, says)
        self.org.add("Asset", asset, "02i#1,001#1,Pump,,0,5,2025-05-05,2025-05-05")
        text, _ = self.page()
        self.assertGreater(computed(text), before)
        self.assertNotIn("Asset.csv (no rows)", text)

    def test_what_most_measures_wait_for_comes_first(self):
        text, _ = self.page()
        advice = text[text.index("What would give it"):text.index("Measures: ")]
        waiting = [int(count or 0) for count in re.findall(r"(?m)^  \w+(?:\.\w+)?(?: \((\d+) measures?\))?$", advice)]
        self.assertGreater(len(waiting), 20)
        self.assertEqual(waiting, sorted(waiting, reverse=True))
        self.assertGreater(waiting[0], waiting[-1])

    def test_no_person_accounts(self):
        self.assertRegex(self.page()[0], r"contact +Account does not feed it, since it has no PersonContactId")

    def test_advice_can_be_taken(self):
        _, flow = self.page()
        objects = {"account": "Account", "contact": "Contact", "opportunity": "Opportunity"}
        taken = {entity: [] for entity in objects}
        for entity, field, column in re.findall(r'entities\.(\w+)\.fields = \( \("(\w+)", "(\w+__c)"\) \)', flow):
            if entity in objects:
                taken[entity].append('( "%s", "%s" )' % (field, column))
                header, rows = self.org.objects[objects[entity]]
                self.org.objects[objects[entity]] = (header + [column], [row + [""] for row in rows])
        self.assertEqual([len(fields) for fields in taken.values()], [2, 3, 6])
        _, flow = self.page("\n".join("%s = { fields = ( %s ); };" % (entity, ", ".join(fields))
                                      for entity, fields in taken.items()))
        self.assertNotRegex(flow, r"entities\.(account|contact|opportunity)\.fields = \( \(\"(?!project_size)")

    def test_advised_objects_can_be_added(self):
        _, flow = self.page()
        objects = re.findall(r"entities\.(\w+) = (\{ from = \"(\w+__c)\"; fields = \(.*?\); \})", flow)
        self.assertEqual(sorted(entity for entity, *_ in objects),
                         ["expense", "growth_record", "relationship", "resource_request"])
        for entity, text, name in objects:
            columns = [column for column in re.findall(r'"\w+", "(\w+)"', text) if column != "Id"]
            self.org.add(name, ["Id"] + columns, ["a00#1"] + [""] * len(columns))
        self.run_org("\n".join("%s = %s;" % (entity, text) for entity, text, _ in objects))
        for entity, *_ in objects:
            self.assertEqual(self.data[entity]["rows"], 1, entity)


class Deals(Org):
    def setUp(self):
        super().setUp()
        deal = "006#%d,001#1,005#1,%s,%d,2026-06-01,0,0,%s 10:00:00,"
        self.org.add("Opportunity", OPPORTUNITY, deal % (1, "Negotiation/Review", 100, "2024-12-01"),
                     deal % (2, "Id. Decision Makers", 10, "2024-02-01"), deal % (3, "Prospecting", 1000, "2024-02-01"),
                     deal % (4, "Id. Decision Makers", 10000, "2024-02-01"), deal % (5, "Prospecting", 4, "2024-02-01"),
                     deal % (6, "Value Proposition", 3, "2025-06-01"))
        # In no order; deal 1 is at half on 2025-03-01, 2 for the first time in 2024, 3 never, 4 in 2026 since the other
        # row is deleted, 5 has no history, 6 is there on the day it was entered.
        self.org.add("OpportunityHistory", "Id,OpportunityId,Probability,StageName,CreatedDate,IsDeleted",
                     "008#1,006#1,90,Negotiation/Review,2026-04-01 08:00:00,0",
                     "008#2,006#2,60,Id. Decision Makers,2025-02-01 08:00:00,0",
                     "008#3,006#1,50,Value Proposition,2025-03-01 23:59:59,0",
                     "008#4,006#3,20,Needs Analysis,2025-02-01 08:00:00,0",
                     "008#5,006#2,75,Proposal/Price Quote,2024-06-01 08:00:00,0",
                     "008#6,006#4,50,Value Proposition,2025-05-01 08:00:00,1",
                     "008#7,006#1,10,Prospecting,2025-01-05 08:00:00,0",
                     "008#8,006#2,20,Needs Analysis,2024-07-01 08:00:00,0",
                     "008#9,006#4,60,Id. Decision Makers,2026-01-05 08:00:00,0",
                     "008#10,006#6,50,Value Proposition,2025-06-01 10:00:00,0")

    def approved(self, lookup=""):
        more = "lookups = { approval = { %s }; };" % lookup if lookup else ""
        found = self.run_org("", more)
        return [(found[name]["numerator"], found[name]["baseline"]["numerator"])
                for name in ("incubated_count", "incubated_amount")]

    def test_approval(self):
        self.assertEqual(self.approved(), [(1, 1), (100, 10)])

    def test_history_in_several_parts(self):
        for number in range(3):
            def part(name, header, rows, number=number):
                if name != "OpportunityHistory":
                    return (header, rows) if number == 0 else None
                return header, rows[number::3] + rows[:2]
            self.write("in/" + export.set_name(number + 1), export.zipped(self.org.changed(part).files()))
        for threads in ("1", "8"):
            found = kit.measures(self.result(self.export_job("in"), "--threads", threads))
            self.assertEqual((found["incubated_amount"]["numerator"],
                              found["incubated_amount"]["baseline"]["numerator"]), (100, 10))

    def test_another_approval(self):
        self.assertEqual(self.approved('by = "if(Probability >= 60, OpportunityId)";'), [(0, 1), (0, 10)])
        stage = 'by = "OpportunityId"; skip = ( ( "other stages", "StageName != \'Id. Decision Makers\'" ) );'
        self.assertEqual(self.approved(stage), [(1, 0), (10, 0)])
        found = self.run_org('opportunity = { fields = ( ( "approved_on", "CreatedDate" ), ( "created_on", "" ) ); };')
        self.assertEqual(found["incubated_count"]["numerator"], 1)

    def test_outcome(self):
        self.org.add("Opportunity", OPPORTUNITY, *("006#%d,001#1,005#1,%s,1,%s,%d,%d,2024-01-01,"
                                                   % deal for deal in (
                                                       (1, "Closed Won", "2025-06-01", 1, 1),
                                                       (2, "Closed Lost", "2025-06-01", 1, 0),
                                                       (4, "Negotiation/Review", "2025-06-01", 0, 0),
                                                       (6, "Closed Won", "2024-06-01", 1, 1))))
        self.org.add("OpportunityHistory", "Id,OpportunityId,Probability,StageName,CreatedDate",
                     *("008#%d,006#%d,50,x,2024-02-01" % (i, i) for i in (1, 2, 4, 6)))
        self.assertEqual(self.windows("approved_to_won"), (1, 1))
        self.assertEqual(self.windows("approved_to_won", key="denominator"), (2, 1))
        self.org = self.org.changed(lambda name, header, rows: (
            [header[i] for i in range(len(header)) if header[i] not in ("IsClosed", "IsWon")],
            [[row[i] for i in range(len(header)) if header[i] not in ("IsClosed", "IsWon")] for row in rows]))
        self.assertEqual(self.windows("approved_to_won"), (1, 1))
        self.assertEqual(self.windows("approved_to_won", key="denominator"), (2, 1))

    def test_roles_of_those_who_decide(self):
        for roles, expected in ((("Decision Maker", "Technical Buyer", "Business User", "Executive Sponsor"), 4),
                                (("Economic Buyer", "Economic Decision Maker", "Evaluator", "Influencer"), 2)):
            self.org.add("OpportunityContactRole", "Id,OpportunityId,ContactId,Role",
                         *("00K#%d,006#1,003#%d,%s" % (i, i, role) for i, role in enumerate(roles)))
            found = self.run_org()["decision_role_coverage"]
            self.assertEqual((found["numerator"], found["denominator"]), (expected, 4 * found["rows"]))

    def test_activities(self):
        self.org.add("Task", "Id,WhatId,AccountId,OwnerId,Status,IsClosed,ActivityDate,CompletedDateTime,"
                     "CallDurationInSeconds", "00T#1,006#1,001#1,005#1,Completed,1,2025-06-01,2025-06-03 10:00:00,1800",
                     "00T#2,006#1,001#1,005#1,Not Started,0,2025-06-01,,60000",
                     "00T#3,001#1,001#1,005#1,Completed,1,2025-06-01,,60000",
                     "00T#4,006#1,001#1,005#1,Completed,1,2025-06-01,2026-02-01 10:00:00,60000")
        self.org.add("Event", "Id,WhatId,AccountId,OwnerId,ActivityDateTime,ActivityDate,DurationInMinutes,"
                     "IsAllDayEvent",
                     "00U#1,006#1,001#1,005#1,2025-06-01 15:00:00,2025-06-01,60,0",
                     "00U#2,006#2,001#1,005#1,2025-06-01 00:00:00,2025-06-01,1440,1")
        # 30 minutes of a task and 60 of an event; a whole day counts as 8 hours.
        header, rows = self.org.objects["Opportunity"]
        for minutes, expected in (((89, 479), 2), ((90, 479), 1), ((89, 480), 1), ((90, 480), 0)):
            self.org.objects["Opportunity"] = (header + ["Theirs__c"], [
                row + [str(minutes[i])] if i < 2 else row + ["999999"] for i, row in enumerate(rows)])
            found = self.run_org('opportunity = { fields = ( ( "competitor_minutes", "Theirs__c" ) ); };')
            self.assertEqual(found["customer_time_lead"]["numerator"], expected, minutes)
        activity = self.data["activity"]
        self.assertEqual((activity["rows"], activity["dangling"]), (5, {}))
        self.assertEqual([count for what, count in activity["skipped"].items() if "not completed" in what], [1])


class Projects(Org):
    def setUp(self):
        super().setUp()
        self.org.add("Opportunity", OPPORTUNITY + ",Description,NextStep", *(
            "006#%d,001#1,005#1,Prospecting,900,2026-06-01,0,0,2025-02-01,,%s" % (i, rest)
            for i, rest in ((1, ","), (2, "needs it,call"))))
        self.org.add("OpportunityHistory", "Id,OpportunityId,Probability,CreatedDate", "008#1,006#1,50,2025-03-01",
                     "008#2,006#2,60,2025-03-01")
        self.org.add("User", "Id,LastName,UserType", "005#1,Eva,Standard", "005#2,Bob,Standard")

    def test_teams(self):
        self.org.add("OpportunityTeamMember", "Id,OpportunityId,UserId,TeamMemberRole,CreatedDate,Task__c,IsDeleted",
                     "00q#1,006#1,005#1,Sales Rep,2025-02-02,leads,0", "00q#2,006#1,005#2,Pre-Sales Consultant,2025-02-02,,0",
                     "00q#3,006#2,005#2,delivery,2025-02-02,builds,0", "00q#4,006#2,005#2,test,2025-02-02,x,1",
                     "00q#5,006#2,005#1,,2025-02-02,looks on,0")
        found = self.run_org('participant = { fields = ( ( "responsibility", "Task__c" ) ); };'
                             'opportunity = { fields = ( ( "project_size", "=\'large\'" ) ); };')
        self.assertEqual((found["role_clarity"]["numerator"], found["role_clarity"]["denominator"]), (2, 4))
        # Presales of the first, delivery of the second, of five functions each.
        self.assertEqual((found["function_coverage"]["numerator"], found["function_coverage"]["denominator"]), (2, 10))
        participant = self.data["participant"]
        self.assertEqual((participant["rows"], participant["dangling"], sum(participant["skipped"].values())), (4, {}, 1))

    def filled(self):
        found = self.run_org()["opportunity_completeness"]
        return found["numerator"] if found["status"] == "ok" else None

    def test_what_opportunities_hold(self):
        self.assertIsNone(self.filled())  # without products and competitors
        self.org.add("OpportunityCompetitor", "Id,OpportunityId,CompetitorName", "00J#1,006#2,Other")
        self.org.add("Product2", "Id,Name,Family", "01t#1,Pump,Hardware")
        self.org.add("PricebookEntry", "Id,Product2Id", "01u#1,01t#1")
        self.org.add("OpportunityLineItem", "Id,OpportunityId,PricebookEntryId,Quantity,TotalPrice")
        # Amount and expected day of both; need, next step and competitor of the second.
        self.assertEqual(self.filled(), 2 + 2 + 3)
        self.org.add("OpportunityLineItem", "Id,OpportunityId,PricebookEntryId,Quantity,TotalPrice",
                     "00k#1,006#1,01u#1,1,5", "00k#2,006#1,,1,4", "00k#3,006#2,,1,7", "00k#4,006#2,01u#1,1,6",
                     "00k#5,006#2,,1,5")
        # The product of the greatest price counts: of the second it is not known.
        self.assertEqual(self.filled(), 2 + 2 + 3 + 1)

    def test_what_customers_bought(self):
        self.org.add("Asset", "Id,AccountId,Product2Id,IsCompetitorProduct,IsInternal,Price,Quantity,PurchaseDate,CreatedDate",
                     "02i#1,001#1,,0,0,10,2,2025-05-01,2025-05-02", "02i#2,001#1,,1,0,5,,2025-06-01,2025-06-02",
                     "02i#3,001#1,,1,0,5,1,2024-06-01,2024-06-02", "02i#4,001#2,,0,1,5,1,2025-06-01,2025-06-02")
        found = self.run_org()["solution_win_rate"]
        self.assertEqual((found["numerator"], found["denominator"]), (1, 2))
        self.assertEqual((found["baseline"]["numerator"], found["baseline"]["denominator"]), (0, 1))


class Orders(Org):
    def setUp(self):
        super().setUp()
        self.org.add("Product2", "Id,Name,Family", "01t#1,Pump,Hardware", "01t#2,Care,Service", "01t#3,App,Software")
        self.org.add("PricebookEntry", "Id,Product2Id", "01u#1,01t#2")
        self.won((1, 99, "2025-06-01"), (2, 9, "2025-07-01"), (3, 7, "2024-07-01"))
        header, rows = self.org.objects["Opportunity"]
        lost = [export.ident("006", 4)] + rows[0][1:]
        lost[header.index("StageName")], lost[header.index("IsWon")] = "Closed Lost", "0"
        rows.append(lost)
        self.org.add("OpportunityLineItem", "Id,OpportunityId,PricebookEntryId,Quantity,TotalPrice",
                     ["00k#1", "006#1", export.ident("01u", 1)[:15], "4", "40"], "00k#2,006#4,01u#1,5,100")

    def add_orders(self):
        self.org.add("Order", "Id,AccountId,OpportunityId,EffectiveDate,Status,StatusCode,TotalAmount",
                     "801#1,001#1,006#1,2025-02-01,Activated,Activated,25", "801#2,001#1,,2025-02-01,Draft,Draft,500",
                     "801#3,001#2,,2025-03-01,Shipped,Activated,7", "801#4,001#2,,2024-03-01,Shipped,Activated,3")
        self.org.add("OrderItem", "Id,OrderId,Product2Id,PricebookEntryId,Quantity,UnitPrice,IsDeleted",
                     "802#1,801#1,01t#1,,2,10,0", "802#2,801#1,,01u#1,1,5,0", "802#3,801#2,01t#3,,1,500,0",
                     "802#4,801#1,01t#3,,1,1000,1")

    def test_orders_and_their_products(self):
        self.add_orders()
        found = self.run_org()
        sales = found["sales"]
        self.assertEqual((sales["numerator"], sales["baseline"]["numerator"]), (2 * 10 + 1 * 5 + 7, 3))
        # Acme bought hardware and, by way of the price book, service, of three families; Bolt nothing that is known.
        self.assertEqual((found["category_penetration"]["numerator"], found["category_penetration"]["denominator"]),
                         (2, 6))
        self.assertEqual(found["units_per_customer"]["numerator"], 3)
        order = self.data["order"]
        self.assertEqual((order["rows"], order["duplicates"], order["dangling"]), (4, 0, {}))
        self.assertEqual(sum(order["skipped"].values()), 4)

    def test_where_there_are_no_orders(self):
        for header_only in (False, True):
            if header_only:
                self.org.add("Order", "Id,AccountId,OpportunityId,EffectiveDate,Status,TotalAmount")
                self.org.add("OrderItem", "Id,OrderId,Product2Id,Quantity,UnitPrice")
            found = self.run_org()
            self.assertEqual(found["sales"]["numerator"], 40 + 9)  # of the first deal the product, not the amount
            self.assertEqual(found["sales"]["baseline"]["numerator"], 7)
            self.assertEqual((found["category_penetration"]["numerator"], found["units_per_customer"]["numerator"]),
                             (1, 4))
            self.assertEqual(self.data["order"]["rows"], 3)

    def test_a_part_switched_off(self):
        without = 'order = { parts = { %s = { from = ""; }; }; };'
        self.assertEqual(self.windows("sales", without % "won_opportunities"), (40, 0))
        self.add_orders()
        self.assertEqual(self.windows("sales", without % "orders"), (25, 0))

    def test_a_part_of_one_s_own(self):
        self.add_orders()
        self.org.add("Sale__c", "Id,Account__c,Value__c,Day__c", "a01#1,001#2,70,2025-05-05")
        own = """order = { parts = { own = { from = "Sale__c"; fields = ( ( "id", "Id" ), ( "account", "Account__c" ),
                 ( "amount", "Value__c" ), ( "signed_on", "Day__c" ) ); }; }; };"""
        self.assertEqual(self.windows("sales", own), (32 + 70, 3))

    def test_teams(self):
        self.add_orders()
        self.org.add("User", "Id,LastName,IsActive,UserRoleId,UserType,CreatedDate",
                     "005#1,Eva,1,00E#1,Standard,2020-01-01 10:00:00", "005#2,Bob,1,,Standard,2020-01-01 10:00:00",
                     "005#3,Guest,1,,Guest,2020-01-01 10:00:00")
        self.org.add("UserRole", "Id,Name", "00E#1,East")
        self.run_org(in_job='breakdown = "team";')
        self.assertEqual({unit["unit"]: kit.measures(unit)["sales"]["numerator"]
                          for unit in self.done["breakdowns"]["team"]}, {"East": 25, "(none)": 7})
        self.assertEqual((self.data["employee"]["rows"], sum(self.data["employee"]["skipped"].values())), (2, 1))


class Contacts(Org):
    HEADER = "Id,AccountId,LastName,Title,Department,Email,Phone,ReportsToId,CreatedDate,Influence__c,Verified__c"
    CUSTOM = 'contact = { fields = ( ( "influence", "Influence__c" ), ( "verified_on", "Verified__c" ) ); };'

    def test_person_accounts(self):
        self.org.add("Account", "Id,Name,IsPersonAccount,PersonContactId,PersonEmail,PersonTitle,PersonMobilePhone,"
                     "CreatedDate", "001#1,Acme,0,,,,,2024-01-01", "001#8,Ann,1,003#8,,,5551234567,2025-01-01",
                     ["001#9", "Joe", "1", export.ident("003", 9)[:15], "joe@example.com", "Dr", "", "2024-01-01"],
                     "001#2,Bolt,0,%s,,,,2024-01-01" % export.NULL_ID)
        self.org.add("Contact", self.HEADER, "003#1,001#1,Lee,CEO,Board,lee@example.com,,,2025-02-01,5,2025-06-01",
                     "003#2,001#1,Poe,,,,5551234567,003#1,2025-02-01,,", "003#9,001#9,Joe,,,,,,2025-02-01,,")
        found = self.run_org(self.CUSTOM)
        # Lee has all six, since Poe reports to him; Poe a phone and a superior; Joe's title and e-mail address are in
        # Account; Ann has a phone, and is in Account alone.
        complete = found["network_completeness"]
        self.assertEqual((complete["rows"], complete["numerator"], complete["denominator"]), (4, 6 + 2 + 2 + 1, 24))
        self.assertEqual(found["network_accumulation"]["numerator"], 4)
        contact = self.data["contact"]
        self.assertEqual((contact["rows"], contact["duplicates"], contact["dangling"]), (4, 0, {}))

    def test_custom_fields(self):
        self.org.add("Contact", self.HEADER, "003#1,001#1,Lee,,,,,,2025-02-01,5,2025-12-01")
        self.assertIn("influence", self.run_org()["network_completeness"]["reason"])
        found = self.run_org(self.CUSTOM)["network_completeness"]
        self.assertEqual((found["status"], found["numerator"]), ("ok", 2))
        self.refused(78, "run", self.export_job(ZIP, self.CUSTOM.replace("Influence__c", "Influenze__c")),
                     says=["Influenze__c", 'did you mean "Influence__c"'])


class Currencies(Org):
    def setUp(self):
        super().setUp()
        # Units for one US dollar.
        self.org.add("CurrencyType", "Id,IsoCode,ConversionRate,IsCorporate,IsActive", "01L#1,USD,1,1,1",
                     "01L#2,EUR,0.8,0,1", "01L#3,MXN,16,0,1")

    def sales_in(self, currency):
        return self.windows("sales", in_job='currency = "%s";' % currency if currency else "")

    def test_static_rates(self):
        self.won((1, 160, "2025-06-01", "MXN"), (2, 8, "2025-06-01", "EUR"), (3, 5, "2025-06-01", "USD"),
                 (4, 32, "2024-06-01", "MXN"))
        for currency, expected in (("USD", (10 + 10 + 5, 2)), ("EUR", (8 + 8 + 4, 1.6)), ("MXN", (160 + 160 + 80, 32)),
                                   ("usd", (25, 2))):
            for got, value in zip(self.sales_in(currency), expected):
                self.assertAlmostEqual(got, value, places=9, msg=currency)

    def test_dated_rates(self):
        self.org.add("DatedConversionRate", "Id,IsoCode,StartDate,NextStartDate,ConversionRate",
                     "04w#1,MXN,2025-01-01,2025-07-01,20", "04w#2,EUR,2025-07-01,9999-12-31,0.8",
                     "04w#3,EUR,2025-01-01,2025-07-01,0.5", "04w#4,MXN,2025-07-01,9999-12-31,16")
        self.won((1, 100, "2025-03-01", "MXN"), (2, 160, "2025-08-01", "MXN"), (3, 4, "2025-06-30", "EUR"),
                 (4, 4, "2025-07-01", "EUR"), (5, 10, "2025-03-01", "USD"), (6, 32, "2024-06-01", "MXN"))
        # In dollars: 100/20 + 160/16 + 4/0.5 + 4/0.8 + 10; before the first dated rate, at the static one: 32/16.
        # In euros: 5 * 0.5 + 10 * 0.8 + 4 + 4 + 10 * 0.5; 2 * 0.8.
        for currency, expected in (("USD", (5 + 10 + 8 + 5 + 10, 2)), ("EUR", (2.5 + 8 + 4 + 4 + 5, 1.6))):
            for got, value in zip(self.sales_in(currency), expected):
                self.assertAlmostEqual(got, value, places=9, msg=currency)

    def test_dated_rates_that_begin_on_different_days(self):
        self.org.add("DatedConversionRate", "Id,IsoCode,StartDate,NextStartDate,ConversionRate",
                     "04w#1,EUR,2025-01-01,2025-03-01,0.5", "04w#2,EUR,2025-03-01,9999-12-31,0.8",
                     "04w#3,MXN,2025-01-01,2025-02-01,20", "04w#4,MXN,2025-02-01,9999-12-31,25")
        self.won((1, 100, "2025-01-15", "MXN"), (2, 100, "2025-02-15", "MXN"), (3, 100, "2025-04-01", "MXN"),
                 (4, 10, "2025-02-01", "USD"), (5, 10, "2025-04-01", "USD"), (6, 7, "2025-04-01", "EUR"),
                 (7, 32, "2024-06-01", "MXN"))
        # In dollars 5, 4, 4, 10, 10, 14, 8.75; a dollar is 0.5 euros until March, 0.8 after that and before the year.
        for currency, expected in (("USD", (5 + 4 + 4 + 10 + 10 + 8.75, 2)), ("", (5 + 4 + 4 + 10 + 10 + 8.75, 2)),
                                   ("EUR", (2.5 + 2 + 3.2 + 5 + 8 + 7, 1.6))):
            for got, value in zip(self.sales_in(currency), expected):
                self.assertAlmostEqual(got, value, places=9, msg=currency)
        self.assertEqual(self.data["exchange_rate"]["rows"], 3 + 4)

    def test_a_currency_that_the_organisation_does_not_have(self):
        self.won((1, 160, "2025-06-01", "MXN"), (2, 5, "2025-06-01", "USD"))
        self.assertEqual(self.sales_in("JPY"), (0, 0))
        self.assertEqual(self.data["order"]["unreadable"], {"amount": 2})

    def test_no_corporate_currency(self):
        header, rows = self.org.objects["CurrencyType"]
        self.org.objects["CurrencyType"] = (header, [["0" if name == "IsCorporate" else cell for name, cell in
                                                      zip(header, row)] for row in rows])
        self.won((1, 160, "2025-06-01", "MXN"), (2, 5, "2025-06-01", "EUR"))
        self.assertEqual(self.sales_in("EUR"), (5, 0))
        self.assertEqual(self.data["order"]["unreadable"], {"amount": 1})

    def test_no_rate(self):
        self.won((1, 160, "2025-06-01", "GBP"), (2, 5, "2025-06-01", "USD"), (3, 6, "2025-06-01", ""))
        self.assertEqual(self.sales_in("USD"), (11, 0))
        self.assertEqual(self.data["order"]["unreadable"], {"amount": 1})

    def test_one_currency(self):
        del self.org.objects["CurrencyType"]
        self.org = self.won((1, 5, "2025-06-01")).changed(
            lambda name, header, rows: (header[:-2] + header[-1:], [row[:-2] + row[-1:] for row in rows])
            if name == "Opportunity" else (header, rows))
        for currency in ("", "USD"):
            self.assertEqual(self.sales_in(currency), (5, 0))


if __name__ == "__main__":
    kit.main()
