#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What is wrong with the data is counted, shown by file and line, and never repaired in silence."""

import hashlib

import kit

OPPORTUNITY = "id,account,owner,approved_on,closed_on,outcome,amount"


class Counts(kit.Case):
    def setUp(self):
        super().setUp()
        self.table("account.csv", "id,name,owner,size_class,key_market", "A1,Acme,E1,large,yes", "A2,Bolt,,SMALL,0")
        self.table("employee.csv", "id,name,manager", "E1,Eva,", "E2,Max,E1")

    def data(self, *words):
        """What is said of the data; only what somebody asks for is read, so somebody asks for all units."""
        return self.result(*(words or (self.job(),)), "--breakdown", "team,employee,region,size_class")["data"]

    def test_rejected_rows(self):
        self.write("opportunity.csv", (
            OPPORTUNITY + "\n"
            "O1,A1,E1,2025-01-01,2025-02-01,won,10\n"
            "O2,A1,E1,2025-01-01\n"                          # line 3: too few
            'O3,A1,E1,2025-01-01,2025-02-01,won,"1\n0"\n'    # lines 4 and 5: one row, an amount that is none
            "O4,A1,E1,2025-01-01,2025-02-01,won,10,11\n"     # line 6: too many
            'O5,A1,E1,2025-01-01,2025-02-01,"won"x,10\n'     # line 7: text after a quote
            "\n"                                             # line 8: blank
            "O6,A1,E1,2025-01-01,2025-02-01,lost,10\n").encode() +
            b"O7,A1,E1,2025-01-01,2025-02-01,won,1\xff\n"    # line 10: no UTF-8, and no number
            b"O8,A1,E1,2025-01-01,2025-02-01,won,1\0\n")     # line 11: a NUL
        opportunity = self.data(self.job(more="limits = { examples = 100; };"))["opportunity"]
        self.assertEqual(opportunity["rows"] + opportunity["rejected"], 8)
        self.assertGreaterEqual(opportunity["rejected"], 4)
        examples = "\n".join(opportunity["examples"])
        for line, says in ((3, "rejected: 4 fields .* 7"), (4, 'amount "1'), (6, "rejected: 8 fields .* 7"),
                           (7, "rejected: .*quote"), (10, ""), (11, "NUL")):
            self.assertRegex(examples, r"opportunity\.csv:%d: .*%s" % (line, says))
        self.assertEqual(sum(opportunity["skipped"].values()), 1)
        self.assertIn("blank", " ".join(opportunity["skipped"]))
        lines = [int(example.split(":")[1]) for example in opportunity["examples"]]
        self.assertEqual(lines, sorted(lines))

    def test_text_that_is_not_in_the_encoding(self):
        # Latin-1 that is read as UTF-8: counted and shown, and not two units of one name in silence.
        self.write("account.csv", b"id,name,region\nA1,Acme,M\xfcnchen\nA2,Bolt,M\xe4nchen\nA3,Corp,Bonn\n")
        self.table("opportunity.csv", OPPORTUNITY, "O1,A1,,2025-01-01,2025-02-01,won,1",
                   "O2,A2,,2025-01-01,2025-02-01,won,1")
        result = self.result(self.job(), "--breakdown", "region")
        units = [unit["unit"] for unit in result["breakdowns"]["region"]]
        self.assertEqual(len(units), len(set(units)), units)
        account = result["data"]["account"]
        self.assertEqual(account["rejected"] + account["unreadable"].get("region", 0), 2)
        self.assertRegex(account["examples"][0], r"account\.csv:2: .*(UTF-8|encoding)")

    def test_byte_of_a_rejected_row(self):
        start = OPPORTUNITY + "\nO1,A1,E1,2025-01-01,2025-02-01,won,10\n"
        self.write("opportunity.csv", start + "O2,A1\n")
        self.assertIn("byte %d" % len(start), self.data()["opportunity"]["examples"][0])

    def test_duplicates(self):
        self.table("opportunity.csv", OPPORTUNITY, "O1,A1,E1,2025-01-01,2025-02-01,won,10",
                   "O2,A1,E1,2025-01-01,2025-02-01,lost,10", "O1,A1,E1,2025-01-01,2025-02-01,lost,10",
                   "O1,A1,E1,2025-01-01,2025-02-01,lost,10", ",A1,E1,2025-01-01,2025-02-01,lost,10",
                   ",A1,E1,2025-01-01,2025-02-01,lost,10", "o1,A1,E1,2025-01-01,2025-02-01,won,10")
        result = self.result(self.job())
        self.assertEqual((result["data"]["opportunity"]["rows"], result["data"]["opportunity"]["duplicates"]), (5, 2))
        # O1 as it first came and o1, which is another id, are won; O2 and the two without id are lost.
        won = kit.measures(result)["approved_to_won"]
        self.assertEqual((won["numerator"], won["denominator"]), (2, 5))

    def test_dangling(self):
        self.table("opportunity.csv", OPPORTUNITY, "O1,A9,E1,2025-01-01,2025-02-01,won,10", "O2,A1,E9,,,,",
                   "O3,A8,E8,,,,", "O4,,,,,,")
        data = self.data()
        self.assertEqual(data["opportunity"]["dangling"], {"account": 2, "owner": 2})
        self.assertEqual(data["account"]["dangling"], {})
        self.table("account.csv", "id,name,owner", "A1,Acme,E1", "A2,Bolt,E3")
        self.assertEqual(self.data()["account"]["dangling"], {"owner": 1})

    def test_references_into_what_no_source_has_are_not_checked(self):
        self.table("activity.csv", "id,opportunity,account,employee,occurred_on,minutes", "T1,O9,A9,E1,2025-01-01,10")
        self.table("contact.csv", "id,account,reports_to", "C1,A9,C7", "C2,A1,C1")
        data = self.data()
        self.assertEqual(data["contact"]["dangling"], {"account": 1, "reports_to": 1})
        self.assertNotIn("opportunity", data["activity"]["dangling"])

    def test_unreadable(self):
        self.table("opportunity.csv", OPPORTUNITY,
                   ["O1", "A1", "E1", "2025-02-30", "2025-02-01", "won", "10"],
                   ["O2", "A1", "E1", "01.02.2025", "2025-02-01T25:00", "Won ", "1,000"],
                   ["O3", "A1", "E1", "2025-01-01", "2025-1-2", "victory", "ten"],
                   ["O4", "A1", "E1", "2025-01-01 ", " 2025-01-02 10:11:12", " LOST", " 1e3 "],
                   ["O5", "A1", "E1", "2025-01-01T10:00:00.000+0800", "2025-02-01T23:59:59Z", "abandoned", "NaN"],
                   ["O6", "A1", "E1", "", " ", "", "1e999"])
        result = self.result(self.job(more="limits = { examples = 100; };"))
        opportunity = result["data"]["opportunity"]
        self.assertEqual(opportunity["unreadable"],
                         {"approved_on": 2, "closed_on": 2, "outcome": 1, "amount": 4})
        self.assertEqual(len(opportunity["examples"]), 9)
        for says in (':2: approved_on "2025-02-30" is not a date', ':3: amount "1,000" is not a number',
                     ':4: outcome "victory"', ':6: amount "NaN"', ':7: amount "1e999"'):
            self.assertTrue(any(says in example for example in opportunity["examples"]), says)
        # Approved, closed in the period and of known outcome: O4 lost, O5 abandoned.
        won = kit.measures(result)["approved_to_won"]
        self.assertEqual((won["numerator"], won["denominator"]), (0, 2))

    def test_examples_are_the_first(self):
        self.table("opportunity.csv", OPPORTUNITY, *("O%d,A1,E1,,,,x%d" % (i, i) for i in range(5000)))
        for most in (0, 1, 5, 7):
            # In the order of the file, whichever of its pieces is read first.
            for chunk, threads in ((1 << 20, "1"), (64, "1"), (64, "2"), (64, "8"), (4096, "8")):
                job = self.job(['{ plugin = "csv"; entities = { opportunity = { chunk_bytes = %d; }; }; }' % chunk],
                               more="limits = { examples = %d; };" % most)
                opportunity = self.data(job, "--threads", threads)["opportunity"]
                self.assertEqual(opportunity["unreadable"], {"amount": 5000})
                self.assertEqual([example.split(":")[1] for example in opportunity["examples"]],
                                 [str(i + 2) for i in range(most)])

    def test_examples_of_the_first_file_come_first(self):
        for number in range(9):
            self.table("deals-%d.csv" % number, OPPORTUNITY, *("O%d-%d,A1,E1,,,,x" % (number, i) for i in range(3)))
        job = self.job(['{ plugin = "csv"; entities = { opportunity = { file = "deals-*.csv"; }; }; }'])
        for threads in ("1", "2", "8"):
            self.assertEqual([example.split(": ")[0].lstrip("./") for example in
                              self.data(job, "--threads", threads)["opportunity"]["examples"]],
                             ["deals-0.csv:2", "deals-0.csv:3", "deals-0.csv:4", "deals-1.csv:2", "deals-1.csv:3"])

    def test_first_of_duplicates_whichever_piece_is_read_first(self):
        # Of each of 500 ids the first of 10 rows is won, the others are lost.
        self.table("opportunity.csv", OPPORTUNITY, *("O%d,A1,E1,2025-01-01,2025-02-01,%s,1" % (
            i % 500, "won" if i < 500 else "lost") for i in range(5000)))
        for chunk, threads in ((1 << 20, "1"), (64, "1"), (64, "2"), (64, "8")):
            result = self.result(self.job(['{ plugin = "csv"; entities = { opportunity = { chunk_bytes = %d; }; }; }' %
                                           chunk]), "--threads", threads)
            won = kit.measures(result)["approved_to_won"]
            self.assertEqual((won["numerator"], won["denominator"]), (500, 500))
            self.assertEqual(result["data"]["opportunity"]["duplicates"], 4500)

    def test_lines_in_files_with_line_ends_in_cells(self):
        names = ("one\r\nmore\r\nlines", "two\nlines")
        rows = [["A%d" % i, names[i % 2], "E1", "large" if i != 40 else "huge", "1"] for i in range(50)]
        self.table("account.csv", "id,name,owner,size_class,key_market", *rows)
        # Before A40: the header, 20 rows of two lines, 20 of three.
        self.assertIn("account.csv:102: ", self.data()["account"]["examples"][0])
        self.table("account.csv", "id,name,owner,size_class,key_market", *rows, newline="\r\n")
        self.assertIn("account.csv:102: ", self.data()["account"]["examples"][0])

    def test_files_of_examples(self):
        for name in ("deals-1.csv", "deals-2.csv"):
            self.table(name, OPPORTUNITY, "%s,A1,E1,,,,x" % name, "2%s,A1,E1,,,,1" % name, "3%s,A1" % name)
        job = self.job(['{ plugin = "csv"; entities = { opportunity = { file = "deals-*.csv"; }; }; }'])
        opportunity = self.data(job)["opportunity"]
        self.assertEqual([example.split(" ")[0].lstrip("./") for example in opportunity["examples"]],
                         ["deals-1.csv:2:", "deals-1.csv:4:", "deals-2.csv:2:", "deals-2.csv:4:"])
        self.assertEqual((opportunity["rows"], opportunity["rejected"]), (4, 2))

    def test_reports_show_it(self):
        self.table("opportunity.csv", OPPORTUNITY, "O1,A1,E9,2025-01-01,,,x", "O1,A1,E1,,,,", "O2,A1")
        text = self.run_ok("run", self.job(), "--format", "text", "--breakdown", "employee").output
        for says in ("1 rejected", "1 duplicate", "1 dangling owner", "1 unreadable amount", "opportunity.csv:2: ",
                     "opportunity.csv:4: "):
            self.assertIn(says, " ".join(text.split()))

    def test_inputs_and_missing_fields(self):
        self.table("opportunity.csv", "id,account", "O1,A1")
        result = self.result(self.job())
        missing = result["data"]["opportunity"]["missing_fields"]
        for field in ("owner", "approved_on", "amount", "stage"):
            self.assertIn(field, missing)
        self.assertNotIn("account", missing)
        names = [entry["name"].lstrip("./") for entry in result["provenance"]["inputs"]]
        self.assertEqual(sorted(names), ["account.csv", "employee.csv", "opportunity.csv"])
        for entry in result["provenance"]["inputs"]:
            content = self.read(entry["name"])
            self.assertEqual(entry["bytes"], len(content))
            self.assertEqual(entry["sha256"], hashlib.sha256(content).hexdigest())


    def test_hashes_are_the_job_s_to_choose(self):
        for choice, filled in (("always", True), ("never", False)):
            result = self.result(self.job(more='limits = { hash_inputs = "%s"; };' % choice))
            self.assertEqual([entry["sha256"] is not None for entry in result["provenance"]["inputs"]], [filled] * 2)


class Sources(kit.Case):
    """Several sources may feed one entity: the first row with an id wins, in the order of the sources."""

    def setUp(self):
        super().setUp()
        for folder, outcomes in (("old", "won lost won"), ("new", "lost won lost")):
            self.table(folder + "/account.csv", "id,name", "A1,Acme", "A%s,Own" % folder)
            self.table(folder + "/opportunity.csv", "id,account,approved_on,closed_on,outcome",
                       *("O%s,A1,2025-01-01,2025-02-01,%s" % (i if i < 2 else folder, outcome)
                         for i, outcome in enumerate(outcomes.split())))

    def sources(self, *folders):
        return ['{ plugin = "csv"; directory = "%s"; }' % folder for folder in folders]

    def won(self, *folders, threads="2"):
        result = self.result(self.job(self.sources(*folders)), "--threads", threads)
        opportunity = result["data"]["opportunity"]
        won = kit.measures(result)["approved_to_won"]
        return won["numerator"], won["denominator"], opportunity["rows"], opportunity["duplicates"]

    def test_first_source_wins(self):
        # Old: O0 won, O1 lost, Oold won.  New: O0 lost, O1 won, Onew lost.
        for threads in ("1", "8"):
            self.assertEqual(self.won("old", "new", threads=threads), (2, 4, 4, 2))
            self.assertEqual(self.won("new", "old", threads=threads), (2, 4, 4, 2))
        self.table("new/opportunity.csv", "id,account,approved_on,closed_on,outcome",
                   "O0,A1,2025-01-01,2025-02-01,lost", "O1,A1,2025-01-01,2025-02-01,lost")
        self.assertEqual(self.won("old", "new"), (2, 3, 3, 2))
        self.assertEqual(self.won("new", "old"), (1, 3, 3, 2))

    def test_sources_with_columns_of_their_own(self):
        self.table("new/opportunity.csv", "Deal;Customer;Booked;End;How", "X1;A1;02/01/2025;15/06/2025;Gewonnen",
                   "X2;Anew;02/01/2025;15/06/2025;Verloren", delimiter=";")
        mapped = """{ plugin = "csv"; directory = "new"; entities = { opportunity = { delimiter = ";";
            fields = ( ( "id", "Deal" ), ( "account", "Customer" ), ( "approved_on", "Booked" ), ( "closed_on", "End" ),
                       ( "outcome", "How" ) );
            values = ( ( "outcome", ( ( "Gewonnen", "won" ), ( "Verloren", "lost" ) ) ) );
            date_format = "%d/%m/%Y"; }; }; }"""
        result = self.result(self.job(self.sources("old") + [mapped]))
        won = kit.measures(result)["approved_to_won"]
        self.assertEqual((won["numerator"], won["denominator"]), (3, 5))
        self.assertEqual(result["data"]["opportunity"]["dangling"], {})
        self.assertEqual(result["data"]["opportunity"]["source"], "csv+csv")

    def test_what_empty_cells_stand_for(self):
        """Words of a mapping may be nothing; so are blanks."""
        self.table("new/opportunity.csv", "id,account,approved_on,closed_on,outcome,budget_participation",
                   *("X%d,A1,2025-01-01,,,%s" % (i, cell) for i, cell in enumerate((" ", "J", "N", "", "false", "true"))))
        for words, yes in (("( \"J\", \"true\" ), ( \"N\", \"false\" ), ( \"\", \"true\" )", 4),
                           ("( \"J\", \"true\" ), ( \"N\", \"false\" )", 2)):
            mapped = '''{ plugin = "csv"; directory = "new"; entities = { opportunity = {
                values = ( ( "budget_participation", ( %s ) ) ); }; }; }''' % words
            measure = kit.measures(self.result(self.job([mapped])))["budget_participation"]
            self.assertEqual((measure["numerator"], measure["denominator"]), (yes, 6))

    def test_references_across_sources(self):
        self.table("deals/opportunity.csv", "id,account,approved_on,closed_on,outcome", "O9,Anew,2025-01-01,,",
                   "O8,Aold,2025-01-01,,", "O7,A3,2025-01-01,,")
        result = self.result(self.job(self.sources("deals", "old", "new")))
        self.assertEqual(result["data"]["opportunity"]["dangling"], {"account": 1})

    def test_one_source_lacks_the_id(self):
        self.table("new/opportunity.csv", "account,approved_on,closed_on,outcome", "A1,2025-01-01,2025-02-01,lost")
        self.assertEqual(self.won("old", "new"), (2, 4, 4, 0))

    def test_same_file_twice(self):
        job = self.job(['{ plugin = "csv"; directory = "old"; entities = { opportunity = { file = ( "opportunity.csv",'
                        ' "oppor*.csv" ); }; }; }'])
        self.refused(78, "run", job, says="same file")

    def test_files_of_one_table_with_other_columns(self):
        self.table("old/more.csv", "id,account,approved_on,closed_on,result", "O5,A1,2025-01-01,2025-02-01,won")
        job = self.job(['{ plugin = "csv"; directory = "old"; entities = { opportunity = { file = ( "opportunity.csv",'
                        ' "more.csv" ); }; }; }'])
        self.refused(65, "run", job, says=["more.csv", "outcome|result"])


if __name__ == "__main__":
    kit.main()
