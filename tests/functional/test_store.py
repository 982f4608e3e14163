#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Results in databases: what is in the tables, whose rows give way, what is refused."""

import json
import os
import sqlite3
import subprocess

import database
import kit

TABLES = ("crmval_result", "crmval_unit", "crmval_score", "crmval_measure", "crmval_data")
SCORES = ("weight", "score", "score_low", "score_high", "score_before", "gained", "gained_low", "gained_high", "coverage",
          "reason")
KEYS = {"score_low": "low", "score_high": "high", "score_before": "before"}
TALLIES = ("row_count", "numerator", "denominator", "value", "standard_error")


def scores(node):
    return {name: node.get(KEYS.get(name, name)) for name in SCORES}


def expected(result):
    """The tables' rows as the result in JSON tells them: dicts, by table, without what all rows have."""
    rows = {name: [] for name in TABLES}
    scopes = [("", "", result)] + [(breakdown, unit["unit"], unit) for breakdown, units in result["breakdowns"].items()
                                   for unit in units]
    for breakdown, unit, scope in scopes:
        place = {"breakdown": breakdown, "unit": unit}
        rows["crmval_unit"].append(dict(place))
        rows["crmval_score"].append(dict(place, dimension="", indicator="", title=None, **dict(scores(scope["overall"]), weight=1)))
        for dimension in scope["dimensions"]:
            place["dimension"] = dimension["id"]
            rows["crmval_score"].append(dict(place, indicator="", title=dimension["title"], **scores(dimension)))
            for indicator in dimension["indicators"]:
                place["indicator"] = indicator["id"]
                rows["crmval_score"].append(dict(place, title=indicator["title"], **scores(indicator)))
                for measure in indicator["measures"]:
                    before = measure["baseline"] or {}
                    rows["crmval_measure"].append(dict(
                        place, measure=measure["id"], title=measure["title"], measure_unit=measure["unit"],
                        better=measure["better"], status=measure["status"], basis=measure["basis"],
                        basis_value=measure["basis_value"],
                        **dict(scores(measure), coverage=measure["score"] is not None),
                        **{name: measure["rows" if name == "row_count" else name] for name in TALLIES},
                        **{"baseline_" + name: before.get("rows" if name == "row_count" else name) for name in TALLIES}))
    return rows


def spelled(rows):
    """Rows in an order of their own, numbers as they print."""
    return sorted(json.dumps(row, sort_keys=True) for row in rows)


def number(value):
    return float(value) if isinstance(value, (int, float)) else value


class Stored:
    """What holds for each database; subclasses say how they are reached."""

    def setUp(self):
        super().setUp()
        self.demo()
        self.connection = self.make()

    def report(self, more=""):
        return '{ plugin = "sql"; driver = "%s"; connection = %s; %s }' % (self.driver, kit.quoted(self.connection), more)

    def store_job(self, job="one", reports=None, period=kit.PERIOD, name="job.conf", in_job=""):
        return self.job(['{ plugin = "csv"; directory = "demo"; }'], name=name, period=period,
                        more="reports = ( %s );" % (reports or self.report()),
                        in_job='name = "%s"; breakdown = "team,size_class"; %s' % (job, in_job))

    def everything(self):
        return {name: spelled(self.rows(name)) for name in TABLES}

    def test_tables_say_what_the_result_says(self):
        self.store_job()
        result = self.result()
        wanted = expected(result)
        for name in ("crmval_unit", "crmval_score", "crmval_measure"):
            got = self.rows(name)
            for row in got:
                self.assertEqual((row.pop("job"), row.pop("period_from"), row.pop("period_to")), ("one",) + kit.PERIOD)
            self.assertEqual(spelled({key: number(value) for key, value in row.items()} for row in got),
                             spelled({key: number(value) for key, value in row.items()} for row in wanted[name]), name)
        self.assertEqual([(row["job_sha256"], row["baseline_from"], row["baseline_to"]) for row in self.rows("crmval_result")],
                         [(result["provenance"]["job_sha256"],) + kit.BASELINE])
        data = {row["entity"]: (row["row_count"], row["duplicates"], row["newest"]) for row in self.rows("crmval_data")}
        self.assertEqual(data, {name: (entity["rows"], entity["duplicates"], entity["newest"])
                                for name, entity in result["data"].items()})

    def test_only_own_rows_give_way(self):
        self.store_job("other", name="other.conf")
        self.store_job("one", period=("2025-01-02", "2026-01-01"), name="later.conf")
        self.store_job("one")
        for name in ("other.conf", "later.conf", "job.conf"):
            self.run_ok("run", name)
        before = self.everything()
        self.assertEqual(sum(len(rows) for rows in before.values()) % 3, 0)
        self.run_ok("run", "job.conf")
        self.assertEqual(self.everything(), before)
        # Another result of the same job and period: its rows are others, those of the others are as they were.
        self.write("demo/expense.csv", b"id\n")
        self.run_ok("run", "job.conf")
        after = self.everything()

        def foreign(tables):
            return {name: [row for row in rows if '"one"' not in row or "2026-01-01" in row] for name, rows in tables.items()}
        self.assertEqual(foreign(after), foreign(before))
        self.assertNotEqual(after, before)

    def test_what_fails_leaves_all_as_it_was(self):
        self.store_job()
        self.run_ok("run", "job.conf")
        before = self.everything()
        self.refuse_measures()
        self.write("demo/expense.csv", b"id\n")
        self.refused(73, "run", "job.conf", says="not today")
        self.assertEqual(self.everything(), before)

    def test_versions(self):
        self.store_job()
        self.run_ok("run", "job.conf")
        before = self.everything()
        self.execute("UPDATE crmval_schema SET version = 2")
        self.refused(73, "run", "job.conf", says="made by a newer crmval: they are of version 2, and this one writes 1")
        self.execute("UPDATE crmval_schema SET version = 0")
        self.refused(73, "run", "job.conf", says="of version 0, which this crmval cannot bring up to 1")
        self.execute("DELETE FROM crmval_schema")
        self.refused(73, "run", "job.conf", says="crmval")
        self.assertEqual(self.everything(), before)

    def test_at_the_same_time(self):
        jobs = ["one", "two", "three"]
        for job in jobs:
            self.store_job(job, name=job + ".conf")
        runs = [subprocess.Popen([kit.PROGRAM, "run", job + ".conf"], cwd=self.folder, env=kit.clean_environment())
                for job in jobs * 2]
        self.assertEqual([run.wait(120) for run in runs], [0] * 6)
        self.assertEqual(sorted(row["job"] for row in self.rows("crmval_result")), sorted(jobs))

    def test_nothing_on_a_dry_run(self):
        self.store_job()
        self.run_ok("run", "--dry-run", "job.conf")
        self.run_ok("check", "job.conf")
        self.assertFalse(self.has_tables())

    def test_language(self):
        self.store_job(reports=self.report('language = "zh_CN";'))
        self.run_ok("run", "job.conf")
        self.assertIn("客户的管理能力", [row["title"] for row in self.rows("crmval_score")])


class Sqlite(Stored, kit.Case):
    driver = "sqlite"

    def make(self):
        return "results.db"

    def open(self):
        connection = sqlite3.connect(self.path("results.db"))
        connection.row_factory = sqlite3.Row
        return connection

    def rows(self, table):
        connection = self.open()
        rows = [dict(row) for row in connection.execute("SELECT * FROM %s" % table)]
        connection.close()
        return rows

    def execute(self, *statements):
        connection = self.open()
        for statement in statements:
            connection.execute(statement)
        connection.commit()
        connection.close()

    def refuse_measures(self):
        self.execute("CREATE TRIGGER no BEFORE INSERT ON crmval_measure WHEN new.measure = 'sales' "
                     "BEGIN SELECT RAISE(ABORT, 'not today'); END")

    def has_tables(self):
        return os.path.exists(self.path("results.db"))

    def test_a_file_that_is_none(self):
        self.store_job()
        self.write("results.db", b"no database, but a text that is long enough to be looked at" * 20)
        self.refused(73, "run", "job.conf", says="results.db: .*not a database")

    def test_no_folder(self):
        self.connection = "nowhere/results.db"
        self.store_job()
        self.refused(73, "run", "job.conf", says="nowhere/results.db: .*unable to open")

    def test_written_by_another(self):
        self.store_job()
        self.run_ok("run", "job.conf")
        self.execute("PRAGMA journal_mode = WAL")
        self.run_ok("run", "job.conf")


class Postgresql(Stored, kit.Case):
    driver = "postgresql"

    def make(self):
        self.server = database.server(self)
        self.addCleanup(self.server.sql, "DROP SCHEMA IF EXISTS results CASCADE")
        self.server.sql("DROP SCHEMA IF EXISTS results CASCADE", "CREATE SCHEMA results AUTHORIZATION \"%s\"" % database.READER)
        return self.server.connection() + " options='-c search_path=results'"

    def rows(self, table):
        lines = self.server.sql("SELECT row_to_json(r) FROM results.%s AS r" % table)
        return [json.loads(line) for line in lines]

    def execute(self, *statements):
        self.server.sql("SET search_path = results", *statements)

    def refuse_measures(self):
        self.execute("ALTER TABLE crmval_measure ADD CONSTRAINT \"not today\" CHECK (measure <> 'sales') NOT VALID")

    def has_tables(self):
        return self.server.sql("SELECT count(*) FROM pg_class WHERE relnamespace = 'results'::regnamespace") != ["0"]

    def test_password_file(self):
        self.connection = "host=%s dbname=postgres user='%s' options='-c search_path=results'" % (
            self.server.folder, database.READER)
        self.write("secret", database.PASSWORD.encode())
        os.chmod(self.path("secret"), 0o600)
        self.store_job(reports=self.report('password_file = "secret";'))
        self.run_ok("run", "job.conf")
        self.assertEqual(len(self.rows("crmval_result")), 1)
        os.chmod(self.path("secret"), 0o644)
        done = self.refused(77, "run", "job.conf", says="others may use it")
        self.assertNotIn(database.PASSWORD, done.messages)

    def test_password_in_the_job(self):
        self.connection += " password=%s" % "canary"
        self.store_job()
        for command in ("run", "check"):
            done = self.run_raw(command, "job.conf")
            self.assertEqual(done.status, 78)
            self.assertRegex(done.messages, "connection holds a password; take it out")
            self.assertNotIn("canary", done.messages)

    def test_not_permitted(self):
        self.addCleanup(self.server.sql, "DROP SCHEMA IF EXISTS closed CASCADE")
        self.server.sql("DROP SCHEMA IF EXISTS closed CASCADE", "CREATE SCHEMA closed")
        self.connection = "host=%s dbname=postgres user='%s' options='-c search_path=closed'" % (
            self.server.folder, database.READER)
        self.write("secret", database.PASSWORD.encode())
        os.chmod(self.path("secret"), 0o600)
        self.store_job(reports=self.report('password_file = "secret";'))
        self.refused(73, "run", "job.conf", says="no schema has been selected")
        self.server.sql("GRANT USAGE ON SCHEMA closed TO \"%s\"" % database.READER)
        self.refused(77, "run", "job.conf", says="permission denied for schema closed")

    def test_not_reachable(self):
        self.connection = "host=%s dbname=postgres" % self.path("nowhere")
        self.store_job()
        self.refused(69, "run", "job.conf", says="cannot connect")


class Jobs(kit.Case):
    """Reports that are wrong are found before any data are read."""

    def wrong(self, report, says):
        self.job(["{ plugin = \"csv\"; directory = \"nowhere\"; }"], more="reports = ( %s );" % report)
        self.refused(78, "check", "job.conf", says=says)

    def test_problems(self):
        self.wrong('{ plugin = "csv"; }', r"job.conf:3: plugin csv \(.*\) cannot store results")
        self.wrong('{ plugin = "deal_control"; }', r"plugin deal_control \(.*\) cannot store results")
        self.wrong('{ plugin = "sqll"; driver = "sqlite"; connection = "a"; }', "sqll")
        self.wrong('{ plugin = "sql"; connection = "a"; }', "driver: is missing")
        self.wrong('{ plugin = "sql"; driver = "sqlite"; connection = "a"; file = "b"; }', "file")
        self.wrong('{ plugin = "sql"; driver = "oracle"; connection = "a"; }', "oracle")



if __name__ == "__main__":
    kit.main()
