#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What each type of each database is as text: one table per case, told apart by the teams of its only employee."""

import kit
import database

# (type, value in SQL, text of the cell; None: missing)
POSTGRESQL = [
    ("text", "' padded '", "padded"), ("text", "''", None), ("text", "NULL", None), ("text", r"E'a\tb\\N\nc\\d'",
                                                                                     "a\tb\\N\nc\\d"),
    ("text", r"'\N'", "\\N"), ("varchar(9)", "'華東 \U0001f600'", "華東 \U0001f600"), ("char(9)", "'ab'", "ab"),
    ("\"char\"", "'x'", "x"),
    ("name", "'n'", "n"), ("smallint", "-32768", "-32768"), ("bigint", "9223372036854775807", "9223372036854775807"),
    ("numeric", "0.10", "0.10"), ("numeric", "12345678901234567890.123456789", "12345678901234567890.123456789"),
    ("numeric", "'NaN'", "NaN"), ("double precision", "0.1::float8 + 0.2", "0.30000000000000004"), ("double precision",
                                                                                                    "5", "5"),
    ("double precision", "1e300", "1e+300"), ("double precision", "'-0'", "-0"), ("double precision", "'Infinity'",
                                                                                  "Infinity"),
    ("real", "0.1", "0.1"), ("money", "1234.5", "$1,234.50"), ("boolean", "true", "true"), ("boolean", "false",
                                                                                            "false"),
    ("boolean", "NULL", None), ("date", "'2025-02-28'", "2025-02-28"), ("date", "'infinity'", "infinity"),
    ("date", "'0044-03-15 BC'", "0044-03-15 BC"), ("timestamp", "'2025-03-01 23:59:59.5'", "2025-03-01 23:59:59.5"),
    ("timestamptz", "'2025-03-01 00:30:00+02'", "2025-02-28 22:30:00+00"), ("time", "'10:00'", "10:00:00"),
    ("interval", "'1 day 2 hours'", "P1DT2H"), ("uuid", "'00000000-0000-0000-0000-00000000000a'",
                                                "00000000-0000-0000-0000-00000000000a"),
    ("jsonb", "'{\"a\": 1}'", "{\"a\": 1}"), ("text[]", "'{a,b}'", "{a,b}"), ("crm.mood", "'glad'", "glad"),
    ("crm.yes", "true", "true"),
    ("inet", "'10.0.0.1'", "10.0.0.1"), ("bit(3)", "B'101'", "101"), ("oid", "42", "42"),
]
SQLITE = [
    ("text", "' padded '", "padded"), ("text", "''", None), ("text", "NULL", None), ("text", "'華東 \U0001f600'",
                                                                                     "華東 \U0001f600"),
    ("varchar(2)", "'longer than that'", "longer than that"), ("text", "'a' || char(10) || 'b'", "a\nb"),
    ("integer", "-9223372036854775808", "-9223372036854775808"), ("integer", "'soon'", "soon"), ("", "0", "0"),
    ("real", "5", "5"),
    ("", "5.0", "5"), ("real", "0.1 + 0.2", "0.30000000000000004"), ("real", "-1234567.89", "-1234567.89"), ("real",
                                                                                                             "0.0001",
                                                                                                             "0.0001"),
    ("real", "12345678901234.56", "12345678901234.56"), ("real", "1e300", "1e+300"), ("real", "1e-7", "1e-07"),
    ("real", "-0.0", "0"),
    ("real", "9e999", "inf"), ("numeric", "'1.50'", "1.5"), ("text", "'1.50'", "1.50"), ("date", "'2025-02-28'",
                                                                                         "2025-02-28"),
    ("boolean", "true", "1"), ("boolean", "'false'", "false"),
]
# By ODBC the driver has a word in it.
ODBC_POSTGRESQL = [case for case in POSTGRESQL if case[0] in (
    "text", "varchar(9)", "char(9)", "smallint", "bigint", "numeric", "inet", "crm.mood") or case[:2] in (
        ("double precision", "5"), ("double precision", "0.1::float8 + 0.2"), ("real", "0.1"), ("date",
                                                                                                "'2025-02-28'"))] + [
            ("boolean", "true", "1"), ("boolean", "false", "0"), ("text", "repeat('0123456789', 3000)",
                                                                  "0123456789" * 3000)]
ODBC_SQLITE = [case for case in SQLITE if case[0] not in ("real", "", "numeric")] + [
    ("real", "5", "5"), ("real", "-1234567.89", "-1234567.89"), ("text", "hex(zeroblob(9000))", "0" * 18000)]


class Types(kit.Case):
    def hold(self, cases, driver, connection):
        parts = " ".join('p%d = { from = "%s%d"; };' % (number, "t", number) for number in range(len(cases)))
        self.write("odbc.ini", "\n".join(self.dsn) + "\n")
        self.table("opportunity.csv", "id,owner,approved_on,closed_on,outcome",
                   *("o%d,e%d,2025-02-01,2025-03-01,won" % (number, number) for number in range(len(cases))))
        self.job(['{ plugin = "csv"; }',
                  '{ plugin = "sql"; driver = "%s"; connection = %s; entities = { employee = { parts = { %s }; }; }; }'
                  % (driver, kit.quoted(connection), parts)], in_job='breakdown = [ "team" ];')
        result = self.result(environment=kit.clean_environment(ODBCINI=self.path("odbc.ini"), ODBCSYSINI=self.folder))
        self.assertEqual(result["data"]["employee"]["rows"], len(cases))
        expected = sorted({text for _, _, text in cases if text}, key=str.encode)
        expected += ["(none)"] if any(text is None for _, _, text in cases) else []
        self.assertEqual([unit["unit"] for unit in result["breakdowns"]["team"]], expected)

    def fill(self, cases, quote="%s"):
        for number, (kind, value, _) in enumerate(cases):
            yield "CREATE TABLE %s (id text, team %s)" % (quote % ("t%d" % number), kind)
            yield "INSERT INTO %s VALUES ('e%d', %s)" % (quote % ("t%d" % number), number, value)

    def postgresql(self, cases):
        server = database.server(self)
        server.sql("SET client_min_messages = error; DROP SCHEMA IF EXISTS crm CASCADE; CREATE SCHEMA crm;"
                   "CREATE TYPE crm.mood AS ENUM ('glad'); CREATE DOMAIN crm.yes AS boolean", *self.fill(cases,
                                                                                                         "crm.%s"))
        self.dsn = []
        return server

    def test_postgresql(self):
        server = self.postgresql(POSTGRESQL)
        self.hold(POSTGRESQL, "postgresql", server.connection() + " options='-c search_path=crm'")

    def test_postgresql_in_latin1(self):
        """What another encoding holds comes as UTF-8."""
        server = database.server(self)
        server.sql("DROP DATABASE IF EXISTS latin")
        server.sql("CREATE DATABASE latin ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0")
        self.dsn = []
        server.sql("CREATE TABLE t0 (id text, team text)", "INSERT INTO t0 VALUES ('e0', 'Größe')", database="latin")
        self.hold([("text", "", "Größe")], "postgresql", server.connection("latin"))

    def test_sqlite(self):
        self.dsn = []
        database.sqlite(self.path("crm.db"), *self.fill(SQLITE))
        self.hold(SQLITE, "sqlite", "crm.db")

    def test_sqlite_in_utf16(self):
        self.dsn = []
        database.sqlite(self.path("crm.db"), "PRAGMA encoding = 'UTF-16'", *self.fill(SQLITE))
        self.hold(SQLITE, "sqlite", "crm.db")

    def test_odbc_postgresql(self):
        server = self.postgresql(ODBC_POSTGRESQL)
        self.dsn = ["[pg]", "Driver = " + database.odbc_driver(self, "postgresql"), "Servername = " + server.folder,
                    "Database = postgres", "UserName = " + database.OWNER, "BoolsAsChar = 0",
                    "MaxLongVarcharSize = 8190"]
        self.hold(ODBC_POSTGRESQL, "odbc", "pg")

    def test_odbc_sqlite(self):
        self.dsn = ["[lite]", "Driver = " + database.odbc_driver(self, "sqlite"), "Database = " + self.path("crm.db")]
        database.sqlite(self.path("crm.db"), *self.fill(ODBC_SQLITE))
        self.hold(ODBC_SQLITE, "odbc", "lite")


if __name__ == "__main__":
    kit.main()
