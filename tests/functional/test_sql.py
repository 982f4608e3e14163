#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Jobs over tables of databases: what is found, what is read, what is refused."""

import kit
import database

COLUMNS = "id text, name text, owner text, size_class text, churned_on date"
ROWS = [("a1", "One", "e1", "large", None), ("a2", "Two", "e2", "small", "2025-03-01"), ("a3", "Three", "e9", None,
                                                                                         None)]


class Sql(kit.Case):
    """A test on a database of its own."""

    def sqlite(self, *statements, name="crm.db"):
        return database.sqlite(self.path(name), *statements)

    def source(self, driver, connection, more=""):
        return '{ plugin = "sql"; driver = "%s"; connection = %s; %s }' % (driver, kit.quoted(connection), more)

    def entities(self, result):
        return {name: entry["rows"] for name, entry in result["data"].items() if entry["rows"]}


class Sqlite(Sql):
    def setUp(self):
        super().setUp()
        self.sqlite("CREATE TABLE account (%s)" % COLUMNS,
                    ("INSERT INTO account VALUES (?, ?, ?, ?, ?)", ROWS),
                    "CREATE VIEW employee AS SELECT 'e1' AS id, 'Ann' AS name UNION SELECT 'e2', 'Bob'")

    def test_tables_and_views(self):
        self.job([self.source("sqlite", "crm.db")])
        result = self.result()
        self.assertEqual(self.entities(result), {"account": 3, "employee": 2})
        self.assertEqual([entry["name"] for entry in result["provenance"]["inputs"]], ["crm.db"])

    def test_query(self):
        self.job([self.source("sqlite", "crm.db", 'entities = { account = { query = "SELECT id, upper(name) AS name '
                              'FROM account WHERE owner <> \'e9\' ;\n "; }; };')])
        self.assertEqual(self.entities(self.result()), {"account": 2, "employee": 2})

    def test_check(self):
        self.job([self.source("sqlite", "crm.db")])
        done = self.run_ok("check", "job.conf")
        self.assertRegex(done.output, r"account +5 of +8 fields  crm.db/account")


class Postgresql(Sql):
    def setUp(self):
        super().setUp()
        self.server = database.server(self)
        self.server.sql("DROP SCHEMA IF EXISTS crm CASCADE", "CREATE SCHEMA crm",
                        "CREATE TABLE crm.account (%s)" % COLUMNS,
                        "INSERT INTO crm.account VALUES ('a1', 'One', 'e1', 'large', NULL), ('a2', 'Two', 'e2', "
                        "'small', '2025-03-01'), ('a3', 'Three', 'e9', NULL, NULL)",
                        "CREATE VIEW crm.employee AS VALUES ('e1', 'Ann'), ('e2', 'Bob')",
                        "ALTER VIEW crm.employee RENAME column1 TO id",
                        "ALTER VIEW crm.employee RENAME column2 TO name")

    def test_tables_and_views(self):
        self.job([self.source("postgresql", self.server.connection() + " options='-c search_path=crm'")])
        self.assertEqual(self.entities(self.result()), {"account": 3, "employee": 2})

    def test_schema(self):
        self.job([self.source("postgresql", self.server.connection(),
                              'entities = { account = { table = "crm.account"; }; };')])
        self.assertEqual(self.entities(self.result()), {"account": 3})

    def test_query(self):
        self.job([self.source("postgresql", self.server.connection(),
                              'entities = { account = { query = "SELECT id, name FROM crm.account '
                              'WHERE owner <> \'e9\'"; }; };')])
        self.assertEqual(self.entities(self.result()), {"account": 2})


if __name__ == "__main__":
    kit.main()
