#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Passwords: from where they are taken, where they are refused, and that they are found nowhere."""

import glob
import os
import resource
import signal
import subprocess
from urllib.parse import quote

import database
import kit

CANARY = "canary-7f3a"
READ_ALL = 'entities = { account = { query = "SELECT id, name FROM crm.account"; }; };'


def allow_cores():
    resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


class Secrets(kit.Case):
    def setUp(self):
        super().setUp()
        self.server = database.server(self)
        self.server.sql("DROP SCHEMA IF EXISTS crm CASCADE", "CREATE SCHEMA crm",
                        "CREATE TABLE crm.account (id text, name text)", "INSERT INTO crm.account VALUES ('a', 'A')",
                        'GRANT USAGE ON SCHEMA crm TO "%s"' % database.READER,
                        'GRANT SELECT ON crm.account TO "%s"' % database.READER)
        self.said = []

    def tearDown(self):
        for text in self.said + [content.decode(errors="replace") for name, content in self.listing().items()
                                 if not name.startswith("secret")]:
            place = text.find(CANARY)
            self.assertEqual(place, -1, text[max(place - 200, 0):place])

    def secret(self, name="secret", content=database.PASSWORD + "\n", mode=0o600):
        self.write(name, content)
        os.chmod(self.path(name), mode)
        return name

    def source(self, connection=None, more="", driver="postgresql", entities=READ_ALL):
        connection = self.server.connection(user=database.READER) if connection is None else connection
        return '{ plugin = "sql"; driver = "%s"; connection = %s; %s %s }' % (driver, kit.quoted(connection), more,
                                                                              entities)

    def environment(self, **changes):
        return kit.clean_environment(ODBCINI=self.path("odbc.ini"), ODBCSYSINI=self.folder, HOME=self.folder, **changes)

    def reads(self, *sources, in_job="", **changes):
        """The source is read, and nothing tells the password."""
        self.job(list(sources), more=in_job)
        for command in (("check", "job.conf", "--verbose"), ("run", "job.conf", "--format", "json", "--verbose"),
                        ("run", "job.conf", "--format", "text", "--log-format", "json")):
            done = self.run_raw(*command, environment=self.environment(**changes))
            self.assertEqual(done.status, 0, done.messages)
            self.said += [done.output, done.messages]
        self.assertIn("account", self.said[-4])

    def fails(self, status, says, *sources, job=True, **changes):
        """It is refused, and the refusal does not quote it; job: nor is the job searched, which holds it."""
        self.job(list(sources), name="job.conf" if job else "secret.conf")
        done = self.refused(status, "run", "job.conf" if job else "secret.conf", says=says,
                            environment=self.environment(**changes))
        self.said.append(done.messages)

    # ---- where they come from

    def test_password_file(self):
        self.secret()
        self.reads(self.source(more='password_file = "secret";'),
                   in_job='reports = ( { file = "r.json"; }, { file = "r.csv"; } );')

    def test_uri(self):
        self.secret()
        uri = "postgresql://%s@%s/postgres" % (quote(database.READER), quote(self.server.folder, safe=""))
        self.reads(self.source(uri, 'password_file = "secret";'))

    def test_credential(self):
        self.secret("secrets/crm")
        self.reads(self.source(more='credential = "crm";'), CREDENTIALS_DIRECTORY=self.path("secrets"))
        self.fails(66, "CREDENTIALS_DIRECTORY", self.source(more='credential = "crm";'))
        self.fails(78, "no slash", self.source(more='credential = "../crm";'),
                   CREDENTIALS_DIRECTORY=self.path("secrets"))
        self.fails(66, "No such file", self.source(more='credential = "erp";'),
                   CREDENTIALS_DIRECTORY=self.path("secrets"))

    def test_passfile_and_service(self):
        self.secret("secret", "*:*:*:*:%s\n" % database.PASSWORD.replace("\\", "\\\\").replace(":", "\\:"))
        self.reads(self.source(self.server.connection(user=database.READER) + " passfile=" + self.path("secret")))
        self.secret("secret-service", "[crm]\nhost=%s\nuser=%s\ndbname=postgres\npassword=%s\n" % (
            self.server.folder, database.READER, database.PASSWORD))
        self.reads(self.source("service=crm"), PGSERVICEFILE=self.path("secret-service"))

    def test_odbc(self):
        lines = ["[pg]", "Driver = " + database.odbc_driver(self, "postgresql"), "Servername = " + self.server.folder,
                 "Database = postgres", "UserName = " + database.READER]
        self.write("odbc.ini", "\n".join(lines))
        self.secret()
        self.reads(self.source("pg", 'password_file = "secret";', "odbc"))
        self.reads(self.source("DSN=pg;", 'password_file = "secret";', "odbc"))
        self.secret(content="wrong-" + CANARY)
        self.fails(69, "cannot connect: .*SQLSTATE", self.source("pg", 'password_file = "secret";', "odbc"))
        self.server.sql(content="ALTER ROLE \"%s\" PASSWORD 'simple-%s'" % (database.READER, CANARY))
        self.addCleanup(self.server.sql, content="ALTER ROLE \"%s\" PASSWORD '%s'" % (
            database.READER, database.PASSWORD.replace("'", "''")))
        self.secret("secret.ini", "\n".join(lines + ["Password = simple-" + CANARY]))
        os.rename(self.path("secret.ini"), self.path("odbc.ini"))
        self.reads(self.source("pg", driver="odbc"))
        os.rename(self.path("odbc.ini"), self.path("secret.ini"))

    # ---- where they are refused

    def test_in_connection(self):
        host = quote(self.server.folder, safe="")
        for connection in ("host=x password=" + CANARY, "host=x password='%s'" % CANARY, "host=x sslpassword=" + CANARY,
                           "host=x pasword=" + CANARY, "host=x %s" % CANARY, "host=x password = '" + CANARY,
                           "postgresql://me:%s@%s/db" % (CANARY, host), "postgresql://me:p@%s@%s/db" % (CANARY, host),
                           "postgresql://me:%s/x@%s/db" % (CANARY, host), "postgres://me:%s#@h/db" % CANARY,
                           "postgresql://me:%s" % CANARY, "postgresql://h/db?password=" + CANARY,
                           "postgresql://h/db?pasword=" + CANARY, "postgresql://me:%%zz%s@h/db" % CANARY,
                           "postgresql://[::1/%s" % CANARY, "postgresql://me:%s@" % CANARY):
            self.fails(78, "connection", self.source(connection), job=False)

    def test_in_odbc_connection(self):
        for connection in ("DSN=pg;PWD=" + CANARY, "DSN=pg;pwd={%s}" % CANARY, "DSN=pg;Password=" + CANARY,
                           "DSN={pg;x};UID=me; PWD =" + CANARY, "DSN=pg;" + CANARY, "DSN=pg;x={%s" % CANARY,
                           "DSN=pg;Auth_Token=" + CANARY, "DSN=pg;ClientSecret=" + CANARY, "pg@" + CANARY):
            self.fails(78, "connection", self.source(connection, driver="odbc"), job=False)

    def test_in_environment(self):
        self.fails(77, "PGPASSWORD", self.source(), PGPASSWORD=database.PASSWORD)

    def test_files_that_are_refused(self):
        source = self.source(more='password_file = "secret";')
        for mode in (0o640, 0o604, 0o620, 0o602, 0o610):
            self.secret(mode=mode)
            self.fails(77, "others may use it: chmod 600", source)
        self.secret(content="\n")
        self.fails(78, "holds no password", source)
        self.secret(content="x\0" + CANARY)
        self.fails(78, "NUL byte", source)
        self.secret(content="x" * 5000)
        self.fails(78, "too long", source)
        os.remove(self.path("secret"))
        self.fails(66, "No such file", source)
        os.mkdir(self.path("secret"), 0o700)
        self.fails(77, "no regular file", source)
        self.fails(78, "both password_file and credential", self.source(more='password_file = "a"; credential = "b";'))
        self.fails(78, "knows no passwords", self.source("x.db", 'password_file = "a";', "sqlite"))

    def test_wrong(self):
        self.secret(content="wrong-" + CANARY)
        self.fails(77, "password authentication failed", self.source(more='password_file = "secret";'))

    # ---- where they might be seen

    def test_while_it_runs(self):
        """Not in the words or the environment of any process, and not in a core."""
        self.secret()
        self.job([self.source(more='password_file = "secret";',
                              entities='entities = { account = { query = "SELECT id, name '
                              'FROM crm.account, (SELECT pg_advisory_xact_lock_shared(7)) w"; }; };')])
        with database.Session(self.server) as session:
            session.run("SELECT pg_advisory_lock(7)")
            process = subprocess.Popen([kit.PROGRAM, "run", "job.conf"], cwd=self.folder, env=self.environment(),
                                       stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=allow_cores)
            self.server.wait_for("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'crmval' "
                                 "AND wait_event = 'advisory'")
            for name in glob.glob("/proc/[0-9]*/cmdline") + ["/proc/%d/environ" % process.pid]:
                try:
                    with open(name, "rb") as file:
                        self.said.append(file.read().decode(errors="replace"))
                except OSError:
                    pass
            process.send_signal(signal.SIGABRT)
            ending = os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
            output = process.communicate()
        self.said += [text.decode() for text in output]
        self.assertEqual((ending.si_code, ending.si_status), (os.CLD_KILLED, signal.SIGABRT))  # and not os.CLD_DUMPED


if __name__ == "__main__":
    kit.main()
