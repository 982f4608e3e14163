# SPDX-License-Identifier: MIT
"""Metrics for Prometheus: what the result says, in the form that it takes, and all that the dashboard asks for."""

import json
import os
import re
import shutil
import subprocess
import unittest

import kit
from test_worklist import Data

SAMPLE = re.compile(r'^(\w+)\{((?:\w+="(?:[^"\\]|\\.)*",?)+)\} (\S+)$')


def samples(text):
    """Metrics by name and labels."""
    found = {}
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        name, labels, value = SAMPLE.match(line).groups()
        pairs = re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', labels)
        key = (name,) + tuple(re.sub(r"\\(.)", lambda m: "\n" if m[1] == "n" else m[1], value) for _, value in pairs[1:])
        assert key not in found, key
        found[key] = float(value)
    return found


class Metrics(kit.Case):
    def test_what_the_result_says(self):
        self.demo()
        data = Data(self.path("demo"))
        for row in data.table("employee"):
            row["team"] = 'a "\\ b'
        data.table("order")[0]["amount"] = "much"
        data.write("employee")
        data.write("order")
        job = self.read("demo/job.conf").decode()
        self.write("demo/job.conf", job + 'alerts = ( { name = "low \\"1\\""; score_below = 99; severity = "critical"; } );\n')
        done = self.run_raw("run", "demo/job.conf", "--format", "prometheus",
                            environment=kit.clean_environment(SOURCE_DATE_EPOCH="1700000000"))
        self.assertEqual(done.status, 1)
        self.write("demo/job.conf", job)
        result = self.result("demo/job.conf")
        found = samples(done.output)
        self.assertEqual(found["crmval_score",], result["overall"]["score"])
        self.assertEqual(found["crmval_score_low",], result["overall"]["low"])
        self.assertEqual(found["crmval_coverage_ratio",], result["overall"]["coverage"])
        for dimension in result["dimensions"]:
            self.assertEqual(found["crmval_dimension_score", dimension["id"]], dimension["score"])
            for indicator in dimension["indicators"]:
                self.assertEqual(found["crmval_indicator_score", dimension["id"], indicator["id"]], indicator["score"])
                for measure in indicator["measures"]:
                    self.assertEqual(found.get(("crmval_measure_value", dimension["id"], measure["id"])), measure["value"])
        for unit in result["breakdowns"]["team"]:
            self.assertEqual(found.get(("crmval_unit_score", "team", unit["unit"])), unit["overall"]["score"])
        self.assertNotIn("employee", {key[1] for key in found if key[0] == "crmval_unit_score"})
        unreadable = sum(result["data"]["order"]["unreadable"].values())
        self.assertGreater(unreadable, 0)
        self.assertEqual(found["crmval_data_unreadable_cells", "order"], unreadable)
        self.assertEqual(found["crmval_data_rows", "account"], result["data"]["account"]["rows"])
        self.assertEqual(found["crmval_alert_firing", 'low "1"', "critical"], 1)
        self.assertEqual(found["crmval_last_success_timestamp_seconds",], 1700000000)
        self.assertEqual(found["crmval_period_end_timestamp_seconds",], kit.seconds("2026-01-01"))

    @unittest.skipUnless(shutil.which("promtool"), "needs promtool")
    def test_promtool_has_nothing_to_say(self):
        self.demo()
        self.run_ok("run", "demo/job.conf", "--output", "crmval.prom")
        checked = subprocess.run(["promtool", "check", "metrics"], input=self.read("crmval.prom"), capture_output=True,
                                 check=False)
        self.assertEqual((checked.returncode, checked.stdout, checked.stderr), (0, b"", b""))

    def test_the_dashboard_asks_for_what_is_there(self):
        self.demo()
        text = self.run_ok("run", "demo/job.conf", "--format", "prometheus").output
        with open(os.path.join(kit.ROOT, "conf", "grafana.json"), encoding="utf-8") as file:
            dashboard = json.load(file)
        asked = {name for panel in dashboard["panels"] for target in panel["targets"]
                 for name in re.findall(r"crmval_\w+", target["expr"])}
        asked |= {name for variable in dashboard["templating"]["list"]
                  for name in re.findall(r"crmval_\w+", json.dumps(variable))}
        there = set(re.findall(r"^# TYPE (\w+) gauge$", text, re.M)) | {"crmval_alert_firing"}
        self.assertLessEqual(asked, there)
        self.assertEqual(len({panel["id"] for panel in dashboard["panels"]}), len(dashboard["panels"]))

    @unittest.skipUnless(shutil.which("promtool"), "needs promtool")
    def test_prometheus_answers_the_dashboard(self):
        """Each question of the dashboard, asked of Prometheus' own engine with a run's metrics, has an answer."""
        self.demo()
        job = self.read("demo/job.conf").decode()
        self.write("demo/job.conf", job + 'alerts = ( { name = "low"; score_below = 1; } );\n')
        text = self.run_ok("run", "demo/job.conf", "--format", "prometheus").output
        series = [{"series": line.rpartition(" ")[0], "values": line.rpartition(" ")[2] + "x10"}
                  for line in text.splitlines() if not line.startswith("#")]
        with open(os.path.join(kit.ROOT, "conf", "grafana.json"), encoding="utf-8") as file:
            dashboard = json.load(file)
        asked = [(panel["title"], target["expr"].replace("$job_name", "demo").replace("$breakdown", "team"))
                 for panel in dashboard["panels"] for target in panel["targets"]]
        self.assertGreater(len(asked), 10)
        for _, question in asked:
            self.assertNotIn("$", question)
        rules = {"groups": [{"name": "g", "rules": [
            {"record": "answers:%d" % i, "expr": "count(%s) > bool 0" % question} for i, (_, question) in enumerate(asked)]}]}
        self.write("rules.json", json.dumps(rules))
        self.write("test.json", json.dumps({"rule_files": ["rules.json"], "evaluation_interval": "1m", "tests": [{
            "interval": "1m", "input_series": series, "promql_expr_test": [
                {"expr": "answers:%d" % i, "eval_time": "5m", "exp_samples": [{"labels": "answers:%d" % i, "value": 1}]}
                for i in range(len(asked))]}]}))
        checked = subprocess.run(["promtool", "test", "rules", "test.json"], cwd=self.folder, capture_output=True, text=True,
                                 check=False)
        self.assertEqual(checked.returncode, 0, checked.stdout[-2000:] + checked.stderr[-2000:])
