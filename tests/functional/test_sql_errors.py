#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Databases that fail, and jobs that ask for what must not be: a clear end, no result, nothing written."""

import json
import os
import re
import sqlite3
import subprocess
import threading

import database
import kit

TABLE = ["CREATE TABLE account (id text, name text)", "INSERT INTO account VALUES ('a', 'A'), ('b', 'B')"]
SEVERAL = ["SELECT 'a' AS id; DROP TABLE account", "SELECT 'a' AS id; SELECT 'b' AS id",
           "SELECT 'a' AS id;; DROP TABLE account;",
           "SELECT 'a' AS id) TO STDOUT; DROP TABLE account; --", "SELECT 'a' AS id) q; DELETE FROM account; --",
           "SELECT 'a' AS id /* ; */ ; DROP TABLE account", "; DROP TABLE account",
           "SELECT 'a' AS id; -- \n DELETE FROM account"]
WRITING = ["DELETE FROM account", "INSERT INTO account VALUES ('x', 'x')", "UPDATE account SET name = 'x'",
           "DROP TABLE account",
           "DELETE FROM account RETURNING id", "CREATE TABLE x AS SELECT 'a' AS id", "VACUUM", "BEGIN", "COMMIT",
           "CREATE TEMP TABLE x (id text)", "SELECT id FROM account) q; --",
           "WITH d AS (DELETE FROM account RETURNING id) SELECT * FROM d"]
POSTGRESQL = ["COPY account TO PROGRAM 'touch /tmp/x'", "DO 'BEGIN DELETE FROM account; END'", "SET ROLE postgres",
              "SELECT $1 AS id",
              "SELECT nextval('s') AS id", "SELECT lo_creat(-1) AS id", "SELECT id FROM account FOR UPDATE",
              "SELECT set_config('transaction_read_only', 'off', true) AS id", "SELECT erase() AS id", "CALL erase()",
              "LOCK TABLE account", "NOTIFY x", "SELECT 1 AS id INTO x"]
SQLITE = ["ATTACH 'other.db' AS other", "PRAGMA writable_schema = 1", "PRAGMA journal_mode = WAL",
          "SELECT load_extension('x') AS id",
          "SELECT ?1 AS id", "SELECT :a AS id", "EXPLAIN DELETE FROM account", "SELECT writefile('x', 'y') AS id",
          "-- nothing", "DETACH main",
          "SELECT * FROM pragma_user_version(7)", "SELECT \"no such\" AS id", "REINDEX", "ANALYZE"]
NAMES = ['we"ird', "x'; DROP TABLE account; --", "a b", "a.b", "`", "select", "é€", "%s%n", "a\\b", "[x]"]


class Errors(kit.Case):
    def source(self, driver, connection, entities="", more=""):
        return '{ plugin = "sql"; driver = "%s"; connection = %s; entities = { %s }; %s }' % (
            driver, kit.quoted(connection), entities, more)

    def query(self, driver, connection, text, more=""):
        self.job([self.source(driver, connection, "account = { query = %s; };" % kit.quoted(text), more)])

    def environment(self):
        return kit.clean_environment(ODBCINI=self.path("odbc.ini"), ODBCSYSINI=self.folder)

    def fails(self, status, *says):
        return self.refused(status, "run", "job.conf", "--format", "json", says=says, environment=self.environment())

    def fails_any(self, text):
        """Whatever the reason."""
        done = self.run_raw("run", "job.conf", "--format", "json", environment=self.environment())
        self.assertIn(done.status, (65, 69, 74, 77, 78), (text, done.messages))
        self.assertEqual(done.output, "", text)

    def names(self, driver, connection):
        """Tables and columns of odd names are found by them."""
        parts = " ".join('p%d = { table = %s; fields = ( ("name", %s) ); };' % (
            number, kit.quoted(name), kit.quoted(name)) for number, name in enumerate(NAMES))
        self.job([self.source(driver, connection, "account = { parts = { %s }; };" % parts)])
        done = self.run_ok("check", "job.conf", environment=self.environment())
        self.assertEqual(len(re.findall("account.* 2 of +8 fields", done.output)), len(NAMES), done.output)
        done = self.run_ok("run", "job.conf", "--format", "json", environment=self.environment())
        self.assertRegex(done.output, '"account": {\n +"rows": %d,' % len(NAMES))

    @staticmethod
    def of_odd_names(schema=""):
        """Statements that make them, a row in each."""
        for number, name in enumerate(map(database.quoted, NAMES)):
            yield "CREATE TABLE %s%s (id text, %s text)" % (schema, name, name)
            yield "INSERT INTO %s%s VALUES (%d, 2)" % (schema, name, number)


class Sqlite(Errors):
    def setUp(self):
        super().setUp()
        database.sqlite(self.path("crm.db"), *TABLE)

    def test_injection(self):
        before = self.listing()
        for text in SEVERAL + WRITING + SQLITE:
            self.query("sqlite", "crm.db", text)
            self.fails_any(text)
        after = self.listing()
        del after["job.conf"]
        self.assertEqual(after, before)

    def test_names(self):
        database.sqlite(self.path("crm.db"), *self.of_odd_names())
        self.names("sqlite", "crm.db")

    def test_files(self):
        for name, content, status, says in (("missing.db", None, 66, "No such file"), ("text.db",
                                                                                       b"no database, but long " * 99,
                                                                                       65,
                                            "file is not a database.*SQLite code 26"), (".", None, 66,
                                                                                        "is not a file")):
            if content:
                self.write(name, content)
            self.job([self.source("sqlite", name)])
            self.fails(status, says)

    def test_broken_file(self):
        content = bytearray(self.read("crm.db"))
        content[4096:8192] = os.urandom(4096)
        self.write("crm.db", bytes(content))
        self.job([self.source("sqlite", "crm.db")])
        self.fails(65, "table account: .*malformed.*SQLite code 11")

    def test_blob(self):
        database.sqlite(self.path("crm.db"), "INSERT INTO account VALUES (x'00ff', 'C')")
        self.job([self.source("sqlite", "crm.db")])
        self.fails(65, 'table account: column "id" holds a blob .rowid 3.')

    def test_failing_query(self):
        self.query("sqlite", "crm.db", "SELECT abs(-9223372036854775807 - (id = 'b')) AS id FROM account")
        self.fails(65, "query of account: integer overflow .SQLite code 1.")
        self.query("sqlite", "crm.db", "SELECT id, nam FROM account")
        self.fails(78, "query of account: no such column: nam")
        self.query("sqlite", "crm.db", "SELECT id, name, name FROM account")
        self.fails(78, "two columns are called \"name\"")
        self.job([self.source("sqlite", "crm.db", 'account = { table = "accounts"; };')])
        self.fails(66, 'no table or view "accounts"')
        self.job([self.source("sqlite", "crm.db", 'account = { table = "account"; query = "SELECT 1"; };')])
        self.fails(78, "both table and query")

    def test_timeout(self):
        self.query("sqlite", "crm.db",
                   "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) AS id FROM n",
                   "statement_timeout = 0.1;")
        self.fails(74, "query of account: .*longer than statement_timeout")

    def test_one_state(self):
        """While another program commits all the time, all connections see one of the states between."""
        pad = "x" * 300
        database.sqlite(self.path("crm.db"), "PRAGMA journal_mode = WAL", "DROP TABLE account",
                        "CREATE TABLE account (id integer primary key, name text)",
                        "CREATE TABLE employee (id integer primary key, name text)",
                        *(("INSERT INTO %s VALUES (?, ?)" % table, [(row, pad) for row in range(70000)])
                          for table in ("account", "employee")))
        stop = threading.Event()

        def write():
            connection = sqlite3.connect(self.path("crm.db"), timeout=60)
            row = 0
            while not stop.is_set():
                row += 1
                for table in ("account", "employee"):
                    connection.execute("INSERT INTO %s VALUES (?, 'new')" % table, (70000 + row,))
                connection.commit()
            connection.close()
        writer = threading.Thread(target=write)
        writer.start()
        try:
            self.job([self.source("sqlite", "crm.db")], name="job.conf")
            for _ in range(3):
                data = self.result("job.conf", "--threads", "4")["data"]
                self.assertEqual(data["account"]["rows"], data["employee"]["rows"])
        finally:
            stop.set()
            writer.join()

    def test_no_database_for_a_while(self):
        """What looks like no database is opened anew, twice each time, until it is one; or, of what is none, 20 times."""
        garble = os.path.join(os.environ.get("BUILDDIR", ""), "tests", "faults", ".libs", "garble.so")
        if not os.path.exists(garble):
            self.skipTest("the library that garbles files is not built")
        with open(kit.PROGRAM, "rb") as program:
            if b"__tsan_init" in program.read():
                self.skipTest("the thread sanitizer has calls of its own")
        database.sqlite(self.path("crm.db"), "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE "
                        "i < 200000) INSERT INTO account SELECT i, 'of a length that makes several splits' FROM n")
        self.job([self.source("sqlite", "crm.db")])
        right = self.result()["data"]

        def run(opens, spared=0, threads="1"):
            environment = kit.clean_environment(
                LD_PRELOAD=garble, ASAN_OPTIONS="verify_asan_link_order=0", GARBLE_FILE=self.path("crm.db"),
                GARBLE_OPENS=str(opens), GARBLE_SPARED=str(spared))
            return self.run_raw("run", "job.conf", "--threads", threads, "--format", "json", environment=environment)
        for opens in 1, 2, 10, 38:
            done = run(opens)
            self.assertEqual(done.status, 0, (opens, done.messages))
            self.assertEqual(json.loads(done.output)["data"], right, opens)
        for opens in 40, 1000:
            done = run(opens)
            self.assertEqual((done.status, done.output), (65, ""), opens)
            self.assertRegex(done.messages, "crm.db: file is not a database.*SQLite code 26")
        done = run(1000, spared=2, threads="4")  # where one could read it, the others are done without
        self.assertEqual(done.status, 0, done.messages)
        self.assertEqual(json.loads(done.output)["data"], right)

    def test_locked(self):
        connection = sqlite3.connect(self.path("crm.db"), isolation_level=None)
        connection.execute("BEGIN EXCLUSIVE")
        self.job([self.source("sqlite", "crm.db")])
        self.fails(75, "database is locked.*try again later")
        connection.close()


class Postgresql(Errors):
    def setUp(self):
        super().setUp()
        self.server = database.server(self)
        self.server.sql("SET client_min_messages = error; DROP SCHEMA IF EXISTS crm CASCADE; CREATE SCHEMA crm; "
                        "SET search_path = crm", *TABLE, "CREATE SEQUENCE s",
                        "CREATE FUNCTION erase() RETURNS text LANGUAGE plpgsql AS "
                        "'BEGIN DELETE FROM crm.account; RETURN 1; END'")
        self.connection = self.server.connection() + " options='-c search_path=crm'"

    def unchanged(self):
        self.assertEqual(self.server.sql("SELECT string_agg(id || name, ',' ORDER BY id) FROM crm.account"), ["aA,bB"])
        self.assertEqual(self.server.sql("SELECT count(*) FROM pg_class WHERE relnamespace = 'crm'::regnamespace"),
                         ["2"])
        self.assertEqual(self.server.sql("SELECT is_called FROM crm.s"), ["f"])

    def start(self, text):
        """A run, which waits for the lock number 7 where it reads."""
        self.query("postgresql", self.connection, text)
        return subprocess.Popen([kit.PROGRAM, "run", "job.conf", "--format", "json"], cwd=self.folder,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=kit.clean_environment(), text=True)

    def wait(self, event="advisory"):
        return self.server.wait_for("SELECT coalesce(max(pid), 0) FROM pg_stat_activity "
                                    "WHERE application_name = 'crmval' AND wait_event = '%s'" % event)

    def end(self, process, status, says):
        output, messages = process.communicate(timeout=60)
        self.assertEqual(process.returncode, status, messages)
        self.assertRegex(messages, says)
        return output

    LOCKED = "SELECT id, name FROM account, (SELECT pg_advisory_xact_lock_shared(7)) w"

    def test_injection(self):
        for text in SEVERAL + WRITING + POSTGRESQL:
            self.query("postgresql", self.connection, text)
            if "set_config" in text or "lo_creat" in text:
                text = "SELECT %s::text || erase() AS id" % text[7:-6]
                self.query("postgresql", self.connection, text)
            self.fails_any(text)
        self.unchanged()

    def test_names(self):
        self.server.sql(*self.of_odd_names("crm."))
        self.names("postgresql", self.connection)

    def test_not_there(self):
        self.job([self.source("postgresql", "host=%s dbname=x" % self.folder)])
        self.fails(69, "cannot connect: .*No such file")
        self.job([self.source("postgresql", self.server.connection("nowhere"))])
        self.fails(69, 'cannot connect: .*database "nowhere" does not exist')

    def test_failing_query(self):
        for text, status, says in (("SELECT (1 / (ascii(id) - 98))::text AS id FROM account", 65,
                                    "division by zero .SQLSTATE 22012."),
                                   ("SELECT id, nam FROM account", 78, 'column "nam" does not exist.*42703'),
                                   ("SELECT id, name, id FROM account", 78, 'two columns are called "id"'),
                                   ("SELECT", 78, "no column"), ("SELECT id FROM", 78, "syntax error.*42601"),
                                   ("SELECT id || pg_sleep(9)::text AS id FROM account", 74,
                                    "statement timeout .SQLSTATE 57014.")):
            self.query("postgresql", self.connection, text, "statement_timeout = 0.2;")
            self.fails(status, "query of account: .*" + says)

    def test_binary(self):
        self.server.sql("ALTER TABLE crm.account ALTER name TYPE bytea USING name::bytea")
        self.job([self.source("postgresql", self.connection, 'account = { fields = ( ("region", "name") ); };')],
                 in_job='breakdown = [ "region" ];')
        self.fails(65, 'table account: column "name" is of type bytea')

    def test_rights(self):
        self.server.sql("CREATE ROLE nobody LOGIN", "GRANT USAGE ON SCHEMA crm TO nobody")
        self.addCleanup(self.server.sql, "DROP OWNED BY nobody", "DROP ROLE nobody")
        with open(os.path.join(self.server.data, "pg_hba.conf"), encoding="utf-8") as file:
            rules = file.read()
        self.addCleanup(self.rules, rules)
        self.rules("local all nobody trust\n" + rules)
        self.job([self.source("postgresql", self.server.connection(user="nobody"),
                              'account = { table = "crm.account"; };')])
        self.fails(77, "table crm.account: permission denied for table account .SQLSTATE 42501.")

    def rules(self, text):
        with open(os.path.join(self.server.data, "pg_hba.conf"), "w", encoding="utf-8") as file:
            file.write(text)
        self.server.sql("SELECT pg_reload_conf()")
        self.server.wait_for("SELECT count(*) FROM pg_hba_file_rules HAVING count(*) = %d" % text.count("\n"))

    def test_lost_before_a_row_came(self):
        """It is tried once more, and the new connection sees what the lost one saw."""
        with database.Session(self.server) as session:
            session.run("SELECT pg_advisory_lock(7)")
            process = self.start(self.LOCKED)
            first = self.wait()
            self.server.sql("INSERT INTO crm.account SELECT i, i FROM generate_series(1, 50) i")
            self.server.sql("SELECT pg_terminate_backend(%s)" % first)
            self.server.wait_for("SELECT coalesce(max(pid), 0) FROM pg_stat_activity WHERE application_name = 'crmval' "
                                 "AND wait_event = 'advisory' AND pid <> %s" % first)
            session.run("SELECT pg_advisory_unlock(7)")
            self.assertIn('"rows": 2', self.end(process, 0, "^crmval: no measure.*\n$"))

    def test_lost_twice(self):
        with database.Session(self.server) as session:
            session.run("SELECT pg_advisory_lock(7)")
            process = self.start(self.LOCKED)
            for _ in range(2):
                self.server.sql("SELECT pg_terminate_backend(%s)" % self.wait())
            self.assertEqual(self.end(process, 69, "query of account: terminating connection.*SQLSTATE 57P01"), "")

    def test_lost_amid_rows(self):
        with database.Session(self.server) as session:
            session.run("SELECT pg_advisory_lock(7)")
            process = self.start("SELECT i::text AS id, repeat('x', 1000) AS name FROM generate_series(1, 20000) i "
                                 "UNION ALL SELECT 'last', pg_advisory_xact_lock_shared(7)::text")
            self.server.sql("SELECT pg_terminate_backend(%s)" % self.wait())
            self.assertEqual(self.end(process, 69, "query of account: "), "")

    def test_server_is_killed(self):
        process = self.start("SELECT i::text AS id, pg_sleep(60)::text AS name FROM generate_series(1, 2) i")
        self.wait("PgSleep")
        self.server.kill()
        self.assertEqual(self.end(process, 69, "query of account: |cannot connect"), "")
        self.server.start()

    def test_one_state(self):
        """What is committed after it began is not seen."""
        with database.Session(self.server) as session:
            session.run("SELECT pg_advisory_lock(7)")
            process = self.start(self.LOCKED)
            self.wait()
            self.server.sql("INSERT INTO crm.account SELECT i, i FROM generate_series(1, 50) i",
                            "DELETE FROM crm.account WHERE id = 'a'")
            session.run("SELECT pg_advisory_unlock(7)")
            self.assertIn('"rows": 2', self.end(process, 0, "no measure"))

    def test_rewritten_meanwhile(self):
        """A table that was truncated between the snapshot and the lock looks empty, and must not be believed."""
        for change in ("TRUNCATE crm.account", "ALTER TABLE crm.account ADD extra float DEFAULT random()"):
            with database.Session(self.server) as session:
                session.run("BEGIN")
                session.run("LOCK TABLE crm.account")
                process = self.start("SELECT id, name FROM account")
                self.wait("relation")
                session.run(change)
                session.run("COMMIT")
                self.assertEqual(self.end(process, 75, "query of account: account was truncated or written anew"), "")


class Odbc(Errors):
    def setUp(self):
        super().setUp()
        self.server = database.server(self)
        self.server.sql("SET client_min_messages = error; DROP SCHEMA IF EXISTS crm CASCADE; CREATE SCHEMA crm; "
                        "SET search_path = crm", *TABLE)
        database.sqlite(self.path("crm.db"), *TABLE)
        self.write("odbc.ini", "\n".join([
            "[lite]", "Driver = " + database.odbc_driver(self, "sqlite"), "Database = " + self.path("crm.db"),
            "NoCreat = 1",
            "[pg]", "Driver = " + database.odbc_driver(self, "postgresql"), "Servername = " + self.server.folder,
            "Database = postgres", "UserName = " + database.OWNER, "ConnSettings = SET search_path=crm", ""]))

    def test_injection(self):
        content = self.read("crm.db")
        for number, text in enumerate(SEVERAL + WRITING + ["SELECT ? AS id"]):
            self.query("odbc", ("lite", "pg")[number % 2], text)
            self.fails_any(text)
        self.assertEqual(self.read("crm.db"), content)
        self.assertEqual(self.server.sql("SELECT count(*) FROM crm.account"), ["2"])

    def test_names(self):
        self.server.sql(*self.of_odd_names("crm."))
        self.names("odbc", "pg")

    def test_failures(self):
        self.job([self.source("odbc", "nowhere")])
        self.fails(78, "cannot connect: .*Data source name not found.*SQLSTATE IM002")
        for name, says in (("lite", "no such column: nam .*SQLSTATE"), ("pg",
                                                                        'column "nam" does not exist.*SQLSTATE 42703')):
            self.query("odbc", name, "SELECT id, nam FROM account")
            done = self.run_raw("run", "job.conf", environment=self.environment())
            self.assertRegex(done.messages, "query of account: .*" + says)
            self.assertIn(done.status, (74, 78))
        self.query("odbc", "pg", "SELECT 1 / (ascii(id) - 98) AS id FROM account")
        self.fails(65, "division by zero.*SQLSTATE 22012")
        self.job([self.source("odbc", "lite", more='isolation = "none";')])
        self.fails(78, 'isolation "none" is not known')
        self.write("odbc.ini", re.sub("Servername = .*", "Servername = " + self.folder, self.read("odbc.ini").decode()))
        self.job([self.source("odbc", "pg")])
        self.fails(69, "cannot connect: .*No such file.*SQLSTATE 08001")

    def test_lost(self):
        self.query("odbc", "pg", "SELECT id, pg_sleep(60) AS name FROM account")
        process = subprocess.Popen([kit.PROGRAM, "run", "job.conf", "--format", "json"], cwd=self.folder, text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=self.environment())
        for _ in range(2):
            self.server.sql("SELECT pg_terminate_backend(%s)" % self.server.wait_for(
                "SELECT coalesce(max(pid), 0) FROM pg_stat_activity WHERE wait_event = 'PgSleep' "
                "AND query LIKE '%pg_sleep(60)%'"))
        output, messages = process.communicate(timeout=60)
        self.assertEqual((process.returncode, output), (69, ""), messages)
        self.assertRegex(messages, "query of account: .*SQLSTATE")


if __name__ == "__main__":
    kit.main()
