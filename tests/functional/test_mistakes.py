#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The mistakes that people make, each answered with what is wrong, where and what to do; the reference job file."""

import json
import os
import re
import shutil

import kit


class Job(kit.Case):
    """78: the job file, with its line, the key and the key that was meant."""

    def setUp(self):
        super().setUp()
        self.demo()

    def check_wrong(self, text, *says, count=1):
        self.write("job.conf", text)
        messages = []
        for command in ("run", "check"):
            done = self.refused(78, command, "job.conf", says=says)
            lines = done.messages.splitlines()
            self.assertEqual(lines[-1], "crmval: %d problem%s in the job" % (count, "s" if count > 1 else ""))
            self.assertEqual(len(lines), count + 1)
            messages.append(done.messages)
        self.assertEqual(*messages)

    def whole(self, job="", source="", entity="", more=""):
        source += ' entities = { %s };' % entity if entity else ""
        return ('job = {\n period = [ "2025-01-01", "2025-12-31" ]; %s\n};\nsources = (\n { plugin = "csv"; '
                'directory = "demo"; %s }\n);\n%s\n' % (job, source, more))

    def test_misspelt_keys(self):
        for text, line, key, near in (
                (self.whole(job="braekdown = \"team\";"), 2, r"job\.braekdown", "breakdown"),
                (self.whole(source='directry = "x";'), 5, r"sources\.\[0\]\.directry", "directory"),
                (self.whole(entity="oportunity = { };"), 5, r"entities\.oportunity", "opportunity"),
                (self.whole(entity='order = { fiels = ( ); };'), 5, r"order\.fiels", "fields"),
                (self.whole(entity='order = { fields = ( ( "amuont", "amount" ) ); };'), 5, r"fields", "amount"),
                (self.whole(entity='order = { fields = ( ( "amount", "amuont" ) ); };'), 5, r"order\.fields", "amount"),
                (self.whole(more="score = { agregation = 1; };"), 7, r"score\.agregation", "aggregation"),
                (self.whole(more='score = { aggregation = "geometrical"; };'), 7, r"score\.aggregation", "geometric"),
                (self.whole(more="scores = { };"), 7, "scores", "score"),
                (self.whole(more='dimensions = ( { plugin = "deal_contrl"; } );'), 7, "deal_contrl", "deal_control"),
                (self.whole(more='dimensions = ( { plugin = "deal_control"; params = { verify_days = 1; }; } );'), 7,
                 r"params\.verify_days", "verify_within_days"),
                (self.whole(more='dimensions = ( { plugin = "deal_control"; measures = { approved_to_wn = {}; }; } );'),
                 7, r"measures\.approved_to_wn", "approved_to_won"),
                (self.whole(more="limits = { rejected_row = 1; };"), 7, r"limits\.rejected_row", "rejected_rows")):
            self.check_wrong(text, r"\Acrmval: job\.conf:%d: .*%s" % (line, key), near)

    def test_dates(self):
        for period, says in (
                ('[ "2025-12-31", "2025-01-01" ]', "ends before it begins"),
                ('[ "31.12.2024", "2025-01-01" ]', "YYYY-MM-DD"), ('[ "2025-02-29", "2025-03-01" ]', "day that exists"),
                ('[ "2025-01-01" ]', "needs 2"), ('"last-quartr"', 'did you mean "last-quarter"'),
                ('[ 2025, 2026 ]', "text|two dates"), ('""', "two dates|window"), ('"none"', "window|two dates")):
            self.check_wrong('job = { period = %s; };\nsources = ( { plugin = "csv"; directory = "demo"; } );' % period,
                             r"job\.conf:1: job\.period", says)

    def test_windows(self):
        for baseline in (("2024-01-01", "2025-01-01"), ("2025-12-31", "2026-01-01"), ("2025-03-01", "2025-04-01"),
                         ("2024-01-01", "2027-01-01")):
            self.check_wrong(self.whole(job="baseline = %s;" % kit.window(baseline)),
                             r"job\.baseline: overlaps the period")
        for baseline in (("2024-01-01", "2024-12-31"), ("2026-01-01", "2026-12-31"), ("2024-01-02", "2024-12-31")):
            self.write("job.conf", self.whole(job="baseline = %s;" % kit.window(baseline)))
            self.run_ok("run", "job.conf")

    def test_breakdown(self):
        self.check_wrong(self.whole(job='breakdown = ( "team", "country" );'), "country",
                         "known here: team, employee, region, size_class")
        self.refused(78, "run", "demo/job.conf", "--breakdown", "regions", says='--breakdown: .*did you mean "region"')

    def test_values(self):
        scale = 'dimensions = ( { plugin = "deal_control"; measures = { approved_to_won = { scale = ( %s ); }; }; } );'
        for more, says in (
                ("score = { min_coverage = 1.5; };", r"score\.min_coverage: .*between 0 and 1"),
                ("score = { min_coverage = \"1\"; };", r"score\.min_coverage: must be a number"),
                ("limits = { rejected_rows = 3000000000; };", r"limits\.rejected_rows|job\.conf:7"),
                ("limits = { rejected_rows = -1; };", r"limits\.rejected_rows: must be between 0 and"),
                ("limits = { examples = 1.5; };", r"limits\.examples: must be a whole number"),
                ("plugins = { deadline = 1e999; };", r"plugins\.deadline"),
                ('dimensions = ( { plugin = "deal_control"; weight = -1; } );', "weight: must be"),
                ('dimensions = ( { plugin = "deal_control"; weight = 0; } );', r"all weights are 0"),
                ('dimensions = ( { plugin = "deal_control"; }, { plugin = "deal_control"; } );', "twice"),
                ('dimensions = ( { plugin = "csv"; } );', "is a source, not a dimension"),
                (scale % "( 0, 0 )", "scale: has 1 elements and needs 2"),
                (scale % "( 1, 0 ), ( 0, 1 )", r"scale.*must be|scale.*rise"),
                (scale % "( 0, 0 ), ( 1, 101 )", r"scale.*between 0 and 100"),
                (scale % "( 0, 0 ), ( 1, 100 ), ( 2, 50 )", r"scale.*only (rise|fall)|scale.*turns"),
                ('reports = ( { file = "x.pdf"; } );', "format"),
                ("dimensions = { };", "must be a list"), ("score = ( );", "must be a group")):
            self.check_wrong(self.whole(more=more), r"job\.conf:7: ", says)

    def test_all_are_told_at_once(self):
        self.check_wrong(self.whole(job='naem = "x"; breakdown = ( "teem" );', entity="oder = { };",
                                    more="limits = { examples = -1; };\nscore = { missing = \"all\"; };"),
                         r"job\.naem", "teem", "oder", r"job\.conf:7: limits\.examples", r"job\.conf:8: score\.missing",
                         count=5)

    def test_all_are_told_at_once_that_plugins_know(self):
        self.check_wrong(self.whole(source='directry = "x";', more='dimensions = ( { plugin = "deal_contrl"; },\n'
                                    ' { plugin = "employee_growth"; params = { day = 1; }; } );'),
                         "directry", "deal_contrl", r"job\.conf:8: .*day", count=3)

    def test_syntax(self):
        for text, line in (("job = {\n", "[12]"), ('job = { name = "x; };\n', "[12]"), ("job: {}\njob: {}\n", 2),
                           ("job = {\n period = ( 1 2 );\n};", 2)):
            self.check_wrong(text, r"job\.conf:%s: " % line)

    def test_what_is_no_job_file(self):
        self.refused(78, "check", "demo", says=["demo: ", "regular file"])
        self.refused(66, "run", "nothing", says="nothing: ")
        os.mkdir(self.path("empty"))
        self.refused(66, "run", "empty", says="no job is in this folder")
        self.refused(78, "run", "demo/account.csv", says=r"account\.csv:1: syntax error")
        self.refused(78, "run", "/dev/null", says="regular file")
        self.write("empty.conf", "")
        self.refused(78, "run", "empty.conf", says=["job: is missing", "sources: is missing"])
        self.write("nul.conf", "job = { name = \"a\0b\"; };")
        self.refused(78, "run", "nul.conf", says=r"nul\.conf.*NUL")
        self.write("include.conf", '@include "demo/job.conf"\n')
        self.refused(78, "run", "include.conf", says=r"include\.conf:1.*@include")
        self.write("large.conf", "# " + "x" * (1 << 20))
        self.refused(78, "run", "large.conf", says=["large.conf", "MiB|bytes"])
        os.mkfifo(self.path("pipe.conf"))
        self.refused(78, "run", "pipe.conf", says="regular file")

    def test_mark_at_the_beginning(self):
        self.write("job.conf", b"\xef\xbb\xbf" + self.whole().replace("\n", "\r\n").encode())
        self.run_ok("run", "job.conf")

    def test_command_line(self):
        for words, says in ((["--set", "score.agregation=geometric"], r"--set score\.agregation: .*aggregation"),
                            (["--set", "score.aggregation"], "KEY=VALUE"), (["--set", "=1"], "--set"),
                            (["--set", "sources.[7].directory=x"], r"sources\.\[7\]"),
                            (["--set", "score.min_coverage=2"], r"--set score\.min_coverage: .*between 0 and 1"),
                            (["--period", "2025-12-31..2025-01-01"], "--period: .*ends before"),
                            (["--period", "2025-01-01"], "--period: .*FROM..TO"),
                            (["--baseline", "2025-06-01..2025-06-30"], "--baseline: overlaps")):
            self.refused(78, "run", "demo/job.conf", *words, says=says)

    def test_sources(self):
        self.check_wrong(self.whole().replace('"csv"', '"excel"'), 'no plugin "excel"', "known here: .*csv")
        self.check_wrong(self.whole().replace('"csv"', '"deal_control"'), "is a dimension, not a source")
        for entity, says in (('delimiter = ";;";', "one ASCII character"), ('encoding = "utf8x";', "utf8x.*iconv"),
                             ('delimiter = "\\"";', "delimiter")):
            self.write("job.conf", self.whole(entity="order = { %s };" % entity))
            self.refused(78, "run", "job.conf", says=says)

    def test_wrong_directory(self):
        self.write("job.conf", self.whole().replace('"demo"', '"dmeo"'))
        self.refused(66, "run", "job.conf", says=[r"directory .*/dmeo: No such file"])
        os.mkdir(self.path("dmeo"))
        self.refused(66, "run", "job.conf", says=["no table of any entity", "check where it points"])
        self.write("job.conf", self.whole().replace('"demo"', '"demo/order.csv"'))
        self.refused(66, "run", "job.conf", says=["demo/order.csv is not a folder"])

    def test_wrong_delimiter(self):
        # All columns run into one: the entity has no id, and check says so.
        self.table("account.csv", "id;name", "A1;Acme")
        self.table("employee.csv", "id,name", "E1,Eva")
        done = self.run_raw("check", self.job())
        self.assertRegex(done.messages, 'account.csv has no column "id"')
        text = done.output
        self.assertRegex(text, r"account +0 of +8 fields")
        self.assertRegex(text, r"id is not mapped")


class Data(kit.Case):
    """Odd data that are no error, and how they show."""

    def test_empty_file(self):
        self.write("account.csv", "")
        self.refused(65, "run", self.job(), says=["account.csv", "no header: the file is empty"])

    def test_header_alone(self):
        self.table("account.csv", "id,name,owner")
        self.table("opportunity.csv", "id,account,approved_on,closed_on,outcome")
        result = self.result(self.job())
        self.assertEqual(result["data"]["opportunity"]["rows"], 0)
        won = kit.measures(result)["approved_to_won"]
        self.assertEqual((won["status"], won["reason"], won["value"], won["score"]),
                         ("no_data", "no applicable row", None, None))
        self.assertIsNone(result["overall"]["score"])
        self.assertTrue(result["overall"]["reason"])
        self.assertIn("No score", self.run_ok("run", "job.conf", "--format", "text").output)

    def test_huge_numbers(self):
        self.table("account.csv", "id,name", "A1,Acme")
        self.table("opportunity.csv", "id,account,approved_on,created_on,amount",
                   "O1,A1,2025-01-01,,9007199254740993", "O2,A1,2025-01-01,,9e15", "O3,A1,2025-01-01,,1e300",
                   "O4,A1,2025-01-01,,1e99999", "O5,A1,2025-01-01,," + "9" * 500,
                   "O6,A1,2025-01-01,,0." + "0" * 300 + "1",
                   "O7,A1,2025-01-01,,-9e15", "O8,A1,2025-01-01,,0x10", "O9,A1,2025-01-01,,inf")
        job = self.job(in_job='name = "huge";', more='limits = { examples = 100; };')
        result = self.result(job)
        amount = kit.measures(result)["incubated_amount"]
        unreadable = result["data"]["opportunity"]["unreadable"]["amount"]
        # 2^53 + 1 is read as 2^53; what is too large for a sum is unreadable, not infinite.
        self.assertEqual(unreadable, 5)
        self.assertAlmostEqual(amount["numerator"], 9007199254740992, delta=2)
        self.assertEqual(amount["rows"], 9)

    def test_a_row_without_applicable_number_shifts_nothing(self):
        self.table("opportunity.csv", "id,account,approved_on,closed_on,outcome",
                   "O1,,0001-01-01,9999-12-31,won", "O2,,2025-01-01,2025-12-31,won", "O3,,2025-01-01,2026-01-01,won",
                   "O4,,2025-01-01,2024-12-31,won", "O5,,2025-01-01,2025-01-01,lost")
        won = kit.measures(self.result(self.job()))["approved_to_won"]
        self.assertEqual((won["numerator"], won["denominator"]), (1, 2))
        self.assertEqual((won["baseline"]["numerator"], won["baseline"]["denominator"]), (1, 1))

    def test_names_that_reports_must_escape(self):
        names = ['=1+1', "</script>", 'a"b', "a,b", "二", "\x1b[31m", "a\nb"]
        self.table("account.csv", ["id", "region"], *([str(i), name] for i, name in enumerate(names)))
        self.table("opportunity.csv", "id,account,approved_on,closed_on,outcome",
                   *("O%d,%d,2025-01-01,2025-02-01,won" % (i, i) for i in range(len(names))))
        job = self.job(in_job='breakdown = "region";')
        units = {unit["unit"] for unit in self.result(job)["breakdowns"]["region"]}
        self.assertLessEqual(set(names), units)
        for form in ("text", "csv"):
            output = self.run_ok("run", job, "--format", form).output
            self.assertNotIn("\x1b", output if form == "text" else "")
        header, rows = kit.decode_table(output.encode())
        place = header.index("unit")
        cells = {row[place] for row in rows}
        self.assertIn("a,b", cells)
        self.assertIn('a"b', cells)
        self.assertNotIn("=1+1", cells, "a spreadsheet would compute it")


class Reference(kit.Case):
    """conf/crmval.conf, the commented reference."""

    def setUp(self):
        super().setUp()
        shutil.copyfile(os.path.join(kit.ROOT, "conf", "crmval.conf"), self.path("crmval.conf"))
        self.demo()

    def test_runs_over_demo_data(self):
        self.assertIn("The job is good.", self.run_ok("check", "crmval.conf").output)
        result = self.result("crmval.conf")
        self.assertEqual([name for name, measure in kit.measures(result).items() if measure["status"] == "failed"], [])
        self.assertGreater(result["overall"]["coverage"], 0.9)

    def test_defaults_are_the_defaults(self):
        plain = self.job(['{ plugin = "csv"; directory = "demo"; }'],
                         in_job='name = "crmval"; breakdown = ( "team", "region" ); currency = "CNY";')
        reference, bare = self.result("crmval.conf"), self.result(plain)
        for result in (reference, bare):
            del result["provenance"]["job_sha256"], result["provenance"]["reading_sha256"]
        self.assertEqual(json.dumps(reference["dimensions"]), json.dumps(bare["dimensions"]))
        self.assertEqual(json.dumps(reference["data"]), json.dumps(bare["data"]))

    def test_every_key_is_known(self):
        # Each line "# key = value;" is a key that has no default: it is switched on, one at a time.
        text = self.read("crmval.conf").decode()
        switched = re.findall(r"^\s*# \w+ = .+;$", text, flags=re.M)
        self.assertGreaterEqual(len(switched), 5)
        for line in switched:
            self.write("on.conf", text.replace(line, line.replace("# ", "", 1)))
            done = self.run_raw("check", "on.conf")
            self.assertNotIn("is not a known key", done.messages)
            self.assertEqual((done.status, done.messages), (0, ""), line)

    def test_every_key_that_the_page_lists_is_in_it(self):
        path = os.path.join(kit.ROOT, "man", "crmval.conf.5")
        if not os.path.exists(path):
            self.skipTest("no manual page")
        with open(path, encoding="utf-8") as file:
            keys = set(re.findall(r"^\.It Ic (\w+)", file.read(), flags=re.M))
        self.assertGreater(len(keys), 20)
        text = self.read("crmval.conf").decode()
        self.assertEqual({key for key in keys if not re.search(r"\b%s\b" % key, text)}, set())

    def test_a_misspelt_key_of_it_names_the_right_one(self):
        text = self.read("crmval.conf").decode()
        for key in ("breakdown", "currency", "dimensions", "aggregation", "min_coverage", "rejected_share", "examples",
                    "hash_inputs", "directories", "sandbox", "deadline", "memory_mb", "entities", "indicators"):
            wrong = key[:-2] + key[-1] + key[-2]
            self.write("wrong.conf", re.sub(r"^(\s*)%s = " % key, r"\1%s = " % wrong, text, count=1, flags=re.M))
            self.refused(78, "run", "wrong.conf",
                         says=[r"wrong\.conf:\d+: .*\b%s: " % wrong, 'did you mean "%s"' % key])


if __name__ == "__main__":
    kit.main()
