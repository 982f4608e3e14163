#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every command and option: what it gives, where it goes, and that wrong usage is told from wrong jobs."""

import csv
import io
import json
import os
import re
import stat
import subprocess

import kit

COMMANDS = ("run", "check", "explain", "worklist", "plugin", "demo")
INDICATORS = {
    "customer_management": ["relationship_closeness", "solution_penetration", "opportunity_incubation",
                            "customer_coverage", "customer_insight"],
    "deal_control": ["conversion", "process_control", "relationship_control"],
    "resource_management": ["resource_matching", "process_collaboration", "resource_integration", "resource_return"],
    "employee_growth": ["newcomer_survival", "advancement", "fulfilment"],
    "strategic_alignment": ["direction_achievement"],
}


class Help(kit.Case):
    def test_help_goes_to_standard_output_and_names_all(self):
        for words in (["--help"], ["-h"], *([command, "--help"] for command in COMMANDS)):
            text = self.run_ok(*words).output
            for word in COMMANDS:
                self.assertIn("crmval %s" % word, text)
        for option in ("period", "baseline", "breakdown", "set", "date", "format", "output", "threads", "dry-run",
                       "profile", "quiet", "verbose", "log-format", "scale", "seed", "directory"):
            self.assertIn("--" + option, text)

    def test_version_is_one_line(self):
        self.assertRegex(self.run_ok("--version").output, r"\Acrmval [0-9]+\.[0-9]+(\.[0-9]+)?\n\Z")
        self.assertEqual(self.run_ok("-V").output, self.run_ok("--version").output)


class Usage(kit.Case):
    """64, with what was wrong and where to look."""

    def test_words(self):
        for words, says in (
                ([], "command is missing"), (["rnu", "x"], "rnu"), (["run"], "takes job files"),
                (["run", "a", "b", "--output", "c"], "cannot write to one file"), (["check"], "one job file"), (["explain", "a"], "measure"),
                (["plugin"], "list"), (["plugin", "lst"], "list"), (["plugin", "describe"], "describe"),
                (["demo"], "one directory"), (["demo", "a", "b"], "one directory")):
            self.refused(64, *words, says=[says, "crmval --help"])

    def test_values_of_options(self):
        for option, value, says in (
                ("--format", "xml", "text, json"), ("--threads", "0", "1 to"), ("--threads", "two", "whole number"),
                ("--threads", "1.5", "whole number"), ("--threads", "-1", "1 to"), ("--threads", "", "whole number"),
                ("--date", "2025-02-30", "YYYY-MM-DD"), ("--date", "today", "YYYY-MM-DD"),
                ("--log-format", "xml", "text and json")):
            self.refused(64, "run", "job.conf", option, value, says=says)
        for option, value in (("--scale", "0"), ("--scale", "nan"), ("--scale", "inf"), ("--seed", "-1"),
                              ("--seed", "1.5")):
            self.refused(64, "demo", "d", option, value, says=option)
        self.assertEqual(os.listdir(self.folder), [])

    def test_options_of_other_commands(self):
        for words in (["run", "job.conf", "--scale", "2"], ["check", "job.conf", "--output", "x"],
                      ["explain", "job.conf", "x", "--dry-run"], ["demo", "d", "--period", "x"],
                      ["plugin", "list", "--threads", "2"]):
            self.refused(64, *words, says="takes no option " + words[-2 if words[-1] != "--dry-run" else -1])

    def test_unknown_and_incomplete_options_name_the_option(self):
        for words, says in ((["run", "job.conf", "--bogus"], "--bogus"), (["run", "job.conf", "--output"], "--output"),
                            (["run", "job.conf", "--dry-run=yes"], "--dry-run")):
            done = self.run_raw(*words)
            self.assertEqual((done.status, done.output), (64, ""))
            self.assertIn(says, done.messages)

    def test_day_of_the_environment(self):
        self.refused(64, "run", "job.conf", environment=kit.clean_environment(SOURCE_DATE_EPOCH="yesterday"),
                     says="SOURCE_DATE_EPOCH")


class Streams(kit.Case):
    """Data on standard output, all else on standard error, nothing at all where nothing was asked."""

    def test_silent_on_success(self):
        demo = self.demo()
        self.assertEqual(self.run_ok("run", demo + "/job.conf").output, "")

    def test_no_score_is_said(self):
        """Rows that no measure can score, here for want of a baseline, are as good as none."""
        self.table("order.csv", "id,account,opportunity,signed_on,amount", "D1,A1,O1,2025-05-01,100")
        done = self.run_raw("run", self.job(baseline=None, more='dimensions = ( { plugin = "resource_management"; } );'))
        self.assertEqual((done.status, done.output), (0, ""))
        self.assertRegex(done.messages, r"\Acrmval: no measure has data, so there is no score; .*\n\Z")

    def test_formats(self):
        job = self.demo() + "/job.conf"
        result = json.loads(self.run_ok("run", job, "--format", "json").output)
        self.assertEqual(result["format"], "crmval-result-1")
        rows = list(csv.DictReader(io.StringIO(self.run_ok("run", job, "--format", "csv").output)))
        self.assertEqual(float(rows[0]["score"]), result["overall"]["score"])
        text = self.run_ok("run", job, "--format", "text").output
        self.assertIn("%.1f of 100" % result["overall"]["score"], text)
        self.assertNotIn("\x1b", text, "no colour where nobody watches")
        for line in text.splitlines():
            self.assertEqual(line, line.rstrip(), "white space at the end")

    def test_output_file_has_what_standard_output_would(self):
        job = self.demo() + "/job.conf"
        for form in ("text", "json", "csv"):
            done = self.run_ok("run", job, "--format", form, "--output", "out")
            self.assertEqual(done.output, "")
            self.assertEqual(self.read("out"), self.run_ok("run", job, "--format", form).raw)

    def test_output_file_without_format_is_text(self):
        job = self.demo() + "/job.conf"
        self.run_ok("run", job, "--output", "out")
        self.assertEqual(self.read("out"), self.run_ok("run", job, "--format", "text").raw)

    def test_output_heeds_the_umask_and_the_mode_of_what_it_replaces(self):
        job = self.demo() + "/job.conf"
        self.run_ok("run", job, "--output", "new", umask=0o027)
        self.assertEqual(stat.S_IMODE(os.stat(self.path("new")).st_mode), 0o640)
        self.write("old", "old")
        os.chmod(self.path("old"), 0o604)
        self.run_ok("run", job, "--output", "old", umask=0o027)
        self.assertEqual(self.read("old"), self.read("new"))
        self.assertEqual(stat.S_IMODE(os.stat(self.path("old")).st_mode), 0o604)

    def test_output_leaves_what_is_no_regular_file_alone(self):
        # As root, --output /dev/null must not put a regular file in the place of the device.
        os.mkfifo(self.path("pipe"))
        reader = os.open(self.path("pipe"), os.O_RDONLY | os.O_NONBLOCK)
        self.addCleanup(os.close, reader)
        self.run_raw("run", self.demo() + "/job.conf", "--format", "csv", "--breakdown", "", "--output", "pipe")
        self.assertTrue(stat.S_ISFIFO(os.lstat(self.path("pipe")).st_mode), "the pipe was replaced by a file")

    def test_dry_run_writes_nothing(self):
        demo = self.demo()
        self.job(['{ plugin = "csv"; directory = "%s"; }' % demo], more='reports = ( { file = "r.json"; } );')
        before = self.listing()
        self.run_ok("run", "job.conf", "--dry-run", "--output", "out")
        self.assertEqual(self.run_ok("run", "job.conf", "--dry-run", "--format", "json").output[:1], "{")
        self.assertEqual(self.listing(), before)

    def test_profile_is_of_all_rooms_tables_and_dimensions(self):
        job = self.demo() + "/job.conf"
        plain = self.run_ok("run", job, "--format", "json")
        done = self.run_raw("run", job, "--format", "json", "--profile", "--quiet")
        self.assertEqual((done.status, done.raw, plain.messages), (0, plain.raw, ""))
        lines = [line[len("crmval: "):].split() for line in done.messages.splitlines()]
        rooms = lines[1:7]
        self.assertEqual([room[0] for room in rooms], ["prepare", "load", "link", "evaluate", "score", "write"])
        whole = lines[7]
        for column, place in ((1, -3), (2, -2)): # by the clock, of processors; last the memory
            self.assertAlmostEqual(sum(float(room[column]) for room in rooms), float(whole[place]), delta=0.0061)
        self.assertGreater(float(whole[-1]), 1)
        data = json.loads(plain.output)["data"]
        tables = {line[0]: line for line in lines[9:-6]}
        self.assertEqual({name: int(line[-2].replace(",", "")) for name, line in tables.items()},
                         {name: entity["rows"] + entity.get("duplicates", 0) for name, entity in data.items()
                          if entity["rows"]})
        self.assertEqual({line[1] for line in tables.values()}, {"(csv)"})
        self.assertEqual(int(rooms[1][3].replace(",", "")), sum(int(t[-2].replace(",", "")) for t in tables.values()))
        self.assertEqual([line[0] for line in lines[-5:]], ["customer_management", "deal_control",
                         "resource_management", "employee_growth", "strategic_alignment"])
        self.assertTrue(all(float(line[1]) > 0 and float(line[2]) > 0 for line in lines[-5:])) # confining, evaluating
        self.assertEqual(int(rooms[3][3].replace(",", "")), sum(int(line[-1].replace(",", "")) for line in lines[-5:]))

    def test_reports_are_written_beside_the_job(self):
        demo = self.demo()
        self.job(['{ plugin = "csv"; directory = "../%s"; }' % demo], name="jobs/job.conf",
                 more='reports = ( { file = "r.json"; }, { file = "r.txt"; }, { file = "r.csv"; },'
                      ' { file = "other"; format = "json"; } );')
        self.assertEqual(self.run_ok("run", "jobs/job.conf").output, "")
        self.assertEqual(self.read("jobs/r.json"), self.run_ok("run", "jobs/job.conf", "--format", "json").raw)
        self.assertEqual(self.read("jobs/r.txt"), self.run_ok("run", "jobs/job.conf", "--format", "text").raw)
        self.assertEqual(self.read("jobs/r.csv"), self.run_ok("run", "jobs/job.conf", "--format", "csv").raw)
        self.assertEqual(self.read("jobs/other"), self.read("jobs/r.json"))

    def test_quiet_drops_warnings_and_keeps_errors(self):
        demo = self.demo()
        job = self.job(['{ plugin = "csv"; directory = "%s"; }' % demo], baseline=("2024-06-01", "2024-06-30"))
        done = self.run_raw("run", job)
        self.assertEqual(done.status, 0)
        self.assertRegex(done.messages, r"\Acrmval: .*job\.conf:1: job\.baseline: .*30 days.*\n\Z")
        self.assertEqual(self.run_raw("run", job, "--quiet").messages, "")
        self.refused(66, "run", "nowhere.conf", "--quiet", says="nowhere.conf")

    def test_verbose_tells_where_the_time_went(self):
        done = self.run_raw("run", self.demo() + "/job.conf", "--verbose")
        self.assertEqual((done.status, done.output), (0, ""))
        for room in ("load", "link", "evaluate"):
            self.assertIn(room, done.messages)

    def test_log_as_json(self):
        self.write("wrong.conf", 'job = { period = [ "x", "y" ]; nmae = "a\\"b"; };')
        job = self.job(['{ plugin = "csv"; directory = "%s"; }' % self.demo()], baseline=("2024-06-01", "2024-06-30"))
        for words, status, levels in ((["run", "wrong.conf"], 78, {"error"}), (["check", "wrong.conf"], 78, {"error"}),
                                      (["run", job], 0, {"warning"}),
                                      (["run", job, "--verbose"], 0, {"warning", "info"}),
                                      (["run", "none.conf"], 66, {"error"})):
            done = self.run_raw(*words, "--log-format", "json")
            lines = [json.loads(line) for line in done.messages.splitlines()]
            self.assertEqual(done.status, status)
            self.assertTrue(lines)
            self.assertEqual({line["level"] for line in lines}, levels)
            self.assertTrue(all(line["message"] for line in lines))


class Settings(kit.Case):
    """What the command line sets."""

    def test_windows(self):
        job = self.demo() + "/job.conf"
        result = self.result(job, "--period", "2025-01-01..2025-06-30", "--baseline", "2024-01-01..2024-06-30")
        self.assertEqual(result["period"], {"from": "2025-01-01", "to": "2025-06-30"})
        self.assertEqual(result["baseline"], {"from": "2024-01-01", "to": "2024-06-30"})

    def test_no_baseline(self):
        result = self.result(self.demo() + "/job.conf", "--baseline", "none")
        self.assertIsNone(result["baseline"])
        self.assertEqual(kit.measures(result)["sales"]["status"], "no_data")
        self.assertIn("no baseline", kit.measures(result)["sales"]["reason"])
        self.assertGreater(kit.measures(result)["sales"]["value"], 0)
        self.assertIsNone(result["overall"]["gained"])

    def test_named_windows_start_from_the_day(self):
        job = self.demo() + "/job.conf"
        by_option = self.result(job, "--period", "last-quarter", "--baseline", "previous", "--date", "2025-08-15")
        self.assertEqual(by_option["period"], {"from": "2025-04-01", "to": "2025-06-30"})
        self.assertEqual(by_option["baseline"], {"from": "2025-01-01", "to": "2025-03-31"})
        day = kit.clean_environment(SOURCE_DATE_EPOCH="1755216000")  # 2025-08-15, midnight UTC
        by_environment = self.result(job, "--period", "last-quarter", "--baseline", "previous", environment=day)
        self.assertEqual(by_option["overall"], by_environment["overall"])
        self.assertEqual(by_environment["period"], {"from": "2025-04-01", "to": "2025-06-30"})

    def test_breakdown(self):
        demo = self.demo()
        job = self.job(['{ plugin = "csv"; directory = "%s"; }' % demo])
        self.assertEqual(self.result(job)["breakdowns"], {})
        result = self.result(job, "--breakdown", "region,team")
        self.assertEqual(sorted(result["breakdowns"]), ["region", "team"])
        for units in result["breakdowns"].values():
            names = [unit["unit"].encode() for unit in units]
            self.assertEqual(names, sorted(names, key=lambda name: (name == b"(none)", name)))
        self.assertEqual(self.result(demo + "/job.conf", "--breakdown", "team")["breakdowns"].keys(), {"team"})

    def test_units_add_up_to_the_whole(self):
        result = self.result(self.demo() + "/job.conf")
        whole = kit.measures(result)
        for units in result["breakdowns"].values():
            parts = [kit.measures(unit) for unit in units]
            for name, measure in whole.items():
                self.assertEqual(sum(part[name]["rows"] or 0 for part in parts), measure["rows"], name)
                for key in ("numerator", "denominator"):
                    if measure[key] is not None:
                        total = sum(part[name][key] or 0 for part in parts)
                        self.assertAlmostEqual(total, measure[key], delta=1e-9 * max(1, abs(total)), msg=name)

    def test_set(self):
        job = self.demo() + "/job.conf"
        plain = self.result(job)
        geometric = self.result(job, "--set", "score.aggregation=geometric")
        self.assertLess(geometric["overall"]["score"], plain["overall"]["score"])
        weighted = self.result(job, "--set", "dimensions.[0].weight=0", "--set", "dimensions.[1].weight=3")
        self.assertEqual([dimension["weight"] for dimension in weighted["dimensions"]], [0, 0.5] + [1 / 6] * 3)
        scores = [dimension["score"] for dimension in plain["dimensions"]]
        self.assertAlmostEqual(weighted["overall"]["score"], scores[1] / 2 + sum(scores[2:]) / 6, places=8)
        named = self.result(job, "--set", "job.name=other")
        self.assertEqual(named["job"], "other")

    def test_language(self):
        job = self.demo() + "/job.conf"
        plain, chinese = self.result(job), self.result(job, "--set", "job.language=zh_CN")
        self.assertEqual(chinese["dimensions"][0]["title"], "客户的管理能力")
        self.assertEqual(kit.measures(chinese)["sales"]["score"], kit.measures(plain)["sales"]["score"])
        self.assertEqual(chinese["overall"], plain["overall"])
        self.assertIn("客户的管理能力", self.run_ok("run", job, "--set", "job.language=zh_CN", "--format", "text").output)

    def test_each_report_has_its_language(self):
        demo = self.demo()
        self.job(['{ plugin = "csv"; directory = "%s"; }' % demo], more='reports = ( { file = "a.json"; language = '
                 '"zh_CN"; }, { file = "b.json"; language = "en"; }, { file = "c.json"; } );', in_job='language = "zh_CN";')
        self.run_ok("run", "job.conf")
        titles = [json.loads(self.read(name))["dimensions"][0]["title"] for name in ("a.json", "b.json", "c.json")]
        self.assertEqual(titles, ["客户的管理能力", "Customer management", "客户的管理能力"])

    def test_same_bytes_whoever_says_it(self):
        demo = self.demo()
        job = self.job(['{ plugin = "csv"; directory = "%s"; }' % demo], in_job='breakdown = ( "team" );')
        self.job(['{ plugin = "csv"; directory = "%s"; }' % demo], name="bare.conf", baseline=None,
                 in_job='name = "job";')
        said = self.result("bare.conf", "--baseline", "2024-01-01..2024-12-31", "--breakdown", "team")
        self.assertEqual(kit.facts(self.result(job)), kit.facts(said))


class Target(kit.Case):
    def test_points_lead_there(self):
        """The score and what each change brings, as the text has them, make the target."""
        job = self.demo() + "/job.conf"
        score = self.result(job)["overall"]["score"]

        def told(target):
            return self.run_ok("run", job, "--target", target, "--format", "text").output
        section = told("75").split("\nThe least changes that lead to 75.0\n")[1].split("\n\n")[0]
        points = [float(text) for text in re.findall(r"\+(\d+\.\d)(?: points)?$", section, re.M)]
        self.assertGreater(len(points), 5)
        self.assertAlmostEqual(score + sum(points), 75, delta=0.05 * len(points))
        self.assertRegex(section, r"and \d+ more, none by more than \d+\.\d%: \+\d+\.\d points")
        self.assertIn("The target of 1.0 is reached", told("1"))


class Explain(kit.Case):
    def test_numbers_are_those_of_the_run(self):
        job = self.demo() + "/job.conf"
        won = kit.measures(self.result(job))["approved_to_won"]
        text = self.run_ok("explain", job, "approved_to_won").output
        for key in ("numerator", "denominator", "rows"):
            self.assertRegex(text, r"%s +%d\n" % (key, won[key]))
        self.assertRegex(text, r"\n  score +%s\n" % re.escape("%.15g" % won["score"]))
        for word in ("Approved to won", "Deal control", "Formula", "Baseline", "higher is better"):
            self.assertIn(word, text)

    def test_every_measure_can_be_explained(self):
        job = self.demo() + "/job.conf"
        names = kit.measures(self.result(job))
        self.assertEqual(len(names), 43)
        for name in names:
            self.assertTrue(self.run_ok("explain", job, name).output.startswith(name + ": "))

    def test_unknown_measure(self):
        self.refused(64, "explain", self.demo() + "/job.conf", "aproved_to_won", says='did you mean "approved_to_won"')


class Plugins(kit.Case):
    def test_list(self):
        lines = self.run_ok("plugin", "list").output.splitlines()
        found = {tuple(line.split()[:2]) for line in lines}
        self.assertLessEqual({("dimension", name) for name in INDICATORS} | {("source", "csv")}, found)

    def test_describe(self):
        self.assertIn("delimiter", self.run_ok("plugin", "describe", "csv").output)
        for name, indicators in INDICATORS.items():
            text = self.run_ok("plugin", "describe", name).output
            titles = re.findall(r"^(\w+): ", text, flags=re.M)
            self.assertEqual([title for title in titles if title in indicators], indicators)

    def test_describe_what_is_not_there(self):
        self.refused(78, "plugin", "describe", "deal_contol", says='did you mean "deal_control"')
        for name in ("../csv", "/etc/passwd", "csv.so", ""):
            self.refused(78, "plugin", "describe", name, says="no name of a plugin")


class Demo(kit.Case):
    def test_all_that_the_model_asks_for(self):
        result = self.result(self.demo(scale="1", seed="1") + "/job.conf")
        self.assertEqual({dimension["id"]: [indicator["id"] for indicator in dimension["indicators"]]
                          for dimension in result["dimensions"]}, INDICATORS)
        for dimension in result["dimensions"]:
            for node in [dimension, *dimension["indicators"]]:
                self.assertTrue(0 <= node["score"] <= 100, node["id"])
                self.assertEqual(node["coverage"], 1, node["id"])
        for name, measure in kit.measures(result).items():
            self.assertEqual((measure["status"], measure.get("reason")), ("ok", None), name)

    def test_same_bytes_for_the_same_seed(self):
        for name, seed in (("a", "5"), ("b", "5"), ("c", "6")):
            self.assertEqual(self.run_ok("demo", name, "--scale", "0.1", "--seed", seed).output, "")
        contents = [{os.path.basename(name): text for name, text in self.listing(name).items()} for name in "abc"]
        self.assertEqual(contents[0], contents[1])
        self.assertNotEqual(contents[0]["order.csv"], contents[2]["order.csv"])

    def test_scale(self):
        rows = [self.result(self.demo(scale=scale, name="d" + scale) + "/job.conf")["data"]["order"]["rows"]
                for scale in ("0.1", "0.4")]
        self.assertAlmostEqual(rows[1] / rows[0], 4, delta=1)

    def test_writes_again_where_it_wrote(self):
        demo = self.demo(scale="0.2")
        before = self.read("demo/order.csv")
        self.run_ok("demo", demo, "--scale", "0.1")
        self.assertLess(len(self.read("demo/order.csv")), len(before))
        self.assertEqual(set(os.listdir(self.path(demo))) - {"job.conf"},
                         {name + ".csv" for name in self.result(demo + "/job.conf")["data"] if name != "exchange_rate"})

    def test_touches_nothing_of_others(self):
        self.write("mine/account.csv", "id\nA1\n")
        self.refused(77, "demo", "mine", says=["account.csv", "new or an empty directory"])
        self.assertEqual(self.listing("mine"), {"mine/account.csv": b"id\nA1\n"})

    def test_says_what_next(self):
        done = self.run_raw("demo", "d", "--scale", "0.1", "--verbose")
        self.assertEqual((done.status, done.output), (0, ""))
        self.assertIn("crmval run d/job.conf", done.messages)


class Check(kit.Case):
    def test_what_is_there_and_what_is_not(self):
        self.table("account.csv", "id,name,owner", "A1,Acme,")
        self.table("opportunity.csv", "id,account,outcome,approved_on,closed_on", "O1,A1,won,2025-01-02,2025-02-03")
        text = self.run_ok("check", self.job()).output
        self.assertRegex(text, r"account +3 of +8 fields +.*account\.csv")
        self.assertRegex(text, r"contact +no source has it")
        without = re.findall(r"^  (\w+) +.*(?:not mapped|no source|maps)", text, flags=re.M)
        self.assertNotIn("approved_to_won", without)
        computed = int(re.search(r"Measures: (\d+) of 43 can be computed", text).group(1))
        ok = [name for name, measure in kit.measures(self.result()).items()
              if "mapped" not in measure.get("reason", "") and "source" not in measure.get("reason", "")]
        self.assertEqual(computed, len(ok))

    def test_reads_no_rows(self):
        self.table("account.csv", "id,name", "A1,Acme")
        with open(self.path("account.csv"), "ab") as file:
            file.write(b'"never closed')
        self.run_ok("check", self.job())

    def test_wrong_job(self):
        self.write("job.conf", "job = { };")
        self.refused(78, "check", "job.conf", says=["job.period", "sources"])


class FullDisk(kit.Case):
    """What cannot be written is told, whatever the command."""

    def setUp(self):
        super().setUp()
        if not os.path.exists("/dev/full") or not stat.S_ISCHR(os.stat("/dev/full").st_mode):
            self.skipTest("there is no /dev/full")

    def check_full(self, *words):
        with open("/dev/full", "wb", buffering=0) as full:
            done = self.run_raw(*words, stdout=full)
        self.assertEqual(done.status, 74, words)
        self.assertRegex(done.messages, "No space left on device")

    def test_run(self):
        job = self.demo() + "/job.conf"
        for form in ("text", "json", "csv"):
            self.check_full("run", job, "--format", form)

    def test_other_commands(self):
        job = self.demo() + "/job.conf"
        for words in (["check", job], ["explain", job, "approved_to_won"], ["plugin", "list"],
                      ["plugin", "describe", "csv"], ["--help"], ["--version"]):
            self.check_full(*words)

    def test_closed_standard_output(self):
        job = self.demo() + "/job.conf"
        done = subprocess.run(["sh", "-c", 'exec "$0" run "$1" --format json >&-', kit.PROGRAM, job], cwd=self.folder,
                              env=kit.clean_environment(), stderr=subprocess.PIPE, check=False, timeout=120)
        self.assertEqual(done.returncode, 74, done.stderr)


if __name__ == "__main__":
    kit.main()
