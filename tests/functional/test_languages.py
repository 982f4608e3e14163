# SPDX-License-Identifier: MIT
"""Languages: messages by the environment, reports by the job or the environment, what programs read in English."""

import json
import os
import shutil
import subprocess
import tempfile
import unittest

import kit

CHINESE = {"LC_ALL": "C.UTF-8", "LANGUAGE": "zh_CN"}


class Languages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.own = tempfile.TemporaryDirectory(prefix="functional.")
        cls.addClassCleanup(cls.own.cleanup)
        cls.folder = os.path.join(cls.own.name, "demo")
        shutil.copytree(kit.demo_once("0.2", "1"), cls.folder)

    def run_in(self, environment, *words):
        return subprocess.run([kit.PROGRAM, *words], cwd=self.folder, env=kit.clean_environment(**environment),
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8", check=False)

    def test_messages_by_the_environment(self):
        self.assertIn("there is no such file", self.run_in({}, "run", "none").stderr)
        self.assertIn("没有这个文件", self.run_in(CHINESE, "run", "none").stderr)
        # A locale that is not installed is understood all the same.
        self.assertIn("没有这个文件", self.run_in({"LANG": "zh_CN.UTF-8"}, "run", "none").stderr)
        self.assertIn("there is no such file", self.run_in({"LANG": "de_DE.UTF-8"}, "run", "none").stderr)

    def test_log_lines_for_programs_are_english(self):
        line = json.loads(self.run_in(CHINESE, "run", "--log-format", "json", "none").stderr)
        self.assertIn("there is no such file", line["message"])

    def test_a_report_is_in_the_language_of_the_job_else_of_the_environment(self):
        for environment, words, is_chinese in (({}, [], False), (CHINESE, [], True),
                                               ({}, ["--set", "job.language=zh_CN"], True),
                                               (CHINESE, ["--set", "job.language=en"], False)):
            report = self.run_in(environment, "run", "--format", "text", *words, "job.conf").stdout
            self.assertEqual("打单过程的管控能力" in report, is_chinese, (environment, words))
            self.assertEqual("Deal control" in report, not is_chinese, (environment, words))
            self.assertEqual("CRM 价值" in report, is_chinese, (environment, words))

    def test_what_cannot_be_told_is_translated_but_in_ids(self):
        for form, name in (("text", "（无）"), ("html", "（无）"), ("json", "(none)"), ("csv", "(none)")):
            report = self.run_in({}, "run", "--format", form, "--set", "job.language=zh_CN", "job.conf").stdout
            self.assertEqual(("（无）" in report, "(none)" in report), (name == "（无）", name == "(none)"), form)

    def test_what_is_wrong_with_the_data_is_translated_but_in_results(self):
        data = os.path.join(self.own.name, "bad")
        os.mkdir(data)
        with open(os.path.join(data, "opportunity.csv"), "w", encoding="utf-8") as file:
            file.write('id,account,amount,created_on\nO1,A1,x,2025-02-30\nO2\nO3,A1,1,2025-01-01,5\nO4,A1,"1"1,2025-01-01\n')
        with open(os.path.join(data, "job.conf"), "w", encoding="utf-8") as file:
            file.write('job = { name = "bad"; period = ["2025-01-01", "2025-12-31"]; };\n'
                       'sources = ( { plugin = "csv"; directory = "."; } );\n')
        results = [json.loads(self.run_in(environment, "run", "--format", "json", data + "/job.conf").stdout)
                   for environment in ({}, CHINESE)]
        for result in results:
            self.assertEqual(result["data"]["opportunity"]["examples"], [
                'opportunity.csv:2: amount "x" is not a number', 'opportunity.csv:2: created_on "2025-02-30" is not a date',
                "opportunity.csv:3: rejected: 1 field where the header has 4 (byte 48)",
                "opportunity.csv:4: rejected: 5 fields where the header has 4 (byte 51)",
                "opportunity.csv:5: rejected: text after a closing quote (byte 72)"])
        for form in ("text", "html"):
            report = self.run_in(CHINESE, "run", "--format", form, data + "/job.conf").stdout.replace("&quot;", '"')
            for text in ('opportunity.csv:2: amount "x" 不是数字', 'created_on "2025-02-30" 不是日期',
                         "opportunity.csv:3：已拒收：有 1 个字段，而表头有 4 个（第 48 字节）",
                         "opportunity.csv:4：已拒收：有 5 个字段，而表头有 4 个（第 51 字节）",
                         "opportunity.csv:5：已拒收：闭合引号之后还有文字（第 72 字节）"):
                self.assertTrue(text in report, (form, text))

    def test_a_trend_has_titles_and_monitoring_its_language(self):
        self.run_in({}, "run", "--quiet", "--set", "archive.directory=archive", "job.conf")
        for environment, title, words in (({}, "Deal control", ", made 20"), (CHINESE, "打单过程的管控能力", "，生成于 20")):
            trend = self.run_in(environment, "trend", "archive").stdout
            self.assertIn("2 " + title, trend)
            self.assertNotIn("deal_control", trend)
            line = self.run_in(environment, "check", "--nagios", "archive").stdout
            self.assertIn(words, line)
            self.assertTrue(line.startswith("CRMVAL OK: demo "), line)
            self.assertIn(" deal_control=", line)  # performance data are for programs
        self.assertIn("deal_control", self.run_in(CHINESE, "trend", "--format", "csv", "archive").stdout)

    def test_what_programs_read_does_not_depend_on_the_environment(self):
        for form in ("json", "csv"):
            results = [self.run_in(environment, "run", "--format", form, "job.conf").stdout
                       for environment in ({}, CHINESE)]
            self.assertTrue(results[0])
            self.assertEqual(*results)

    def test_a_snapshot_does_not_depend_on_the_environment(self):
        fixed = {"SOURCE_DATE_EPOCH": "1767225600"}
        for name, environment in (("a.gz", fixed), ("b.gz", {**CHINESE, **fixed})):
            self.assertEqual(self.run_in(environment, "run", "--output", name, "job.conf").returncode, 0)
        with open(os.path.join(self.folder, "a.gz"), "rb") as a, open(os.path.join(self.folder, "b.gz"), "rb") as b:
            self.assertEqual(a.read(), b.read())

    def test_columns_align_where_characters_are_wide(self):
        lines = self.run_in(CHINESE, "run", "--format", "text", "job.conf").stdout.splitlines()
        rows = [line for line in lines if line.endswith("100%")]
        self.assertGreater(len(rows), 10)

        def width(text):
            return sum(2 if "\u2e80" <= character <= "\uffef" else 1 for character in text)

        self.assertEqual({width(line) for line in rows}, {80})


if __name__ == "__main__":
    unittest.main()
