# SPDX-License-Identifier: MIT
"""Databases for tests: one PostgreSQL server of our own for all of them, SQLite files, ODBC's files."""

import atexit
import ctypes
import glob
import os
import pwd
import shutil
import signal
import sqlite3
import subprocess
import tempfile

PASSWORD = "canary-7f3a-Pass'}{;word"
READER, OWNER = "crm reader", "keeper"
ODBC_DRIVERS = {"sqlite": "libsqlite3odbc.so", "postgresql": "psqlodbcw.so"}
PR_SET_PDEATHSIG = 1
HBA = "local all %s trust\nlocal all all scram-sha-256\nhost all all 127.0.0.1/32 scram-sha-256\n" % OWNER
SETTINGS = {"listen_addresses": "", "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off",
            "shared_buffers": "16MB", "max_connections": "20", "autovacuum": "off", "logging_collector": "off",
            "log_statement": "all", "TimeZone": "Asia/Shanghai", "DateStyle": "German, DMY", "bytea_output": "escape"}


def programs():
    """The folder of the newest server that is installed, or None."""
    found = glob.glob("/usr/lib/postgresql/*/bin/postgres")
    best = max(found, key=lambda path: int(path.split("/")[-3]), default=shutil.which("postgres"))
    return os.path.dirname(best) if best else None


class Server:
    """A PostgreSQL server on a socket in a folder of its own, run by a user that is not root."""

    def __init__(self):
        self.programs = programs()
        self.folder = tempfile.mkdtemp(prefix="crmval-pg.", dir="/tmp")
        self.data, self.log = os.path.join(self.folder, "data"), os.path.join(self.folder, "log")
        self.who = {}
        if os.getuid() == 0:
            names = [entry.pw_name for entry in pwd.getpwall()]
            user = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
            self.who = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
            os.chown(self.folder, user.pw_uid, user.pw_gid)
        os.chmod(self.folder, 0o755)
        self.process = None
        atexit.register(self.remove)
        self.run("initdb", "-D", self.data, "-U", OWNER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        with open(os.path.join(self.data, "pg_hba.conf"), "w", encoding="utf-8") as file:
            file.write(HBA)
        self.start()
        self.sql(content="CREATE ROLE \"%s\" LOGIN PASSWORD '%s'" % (READER, PASSWORD.replace("'", "''")))

    def run(self, name, *words):
        subprocess.run([os.path.join(self.programs, name), *words], check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.PIPE, cwd="/", env={"PATH": os.environ["PATH"], "LC_ALL": "C"}, **self.who)

    def start(self):
        """It ends with this process, however that ends."""
        settings = dict(SETTINGS, unix_socket_directories=self.folder)
        words = [word for pair in settings.items() for word in ("-c", "%s=%s" % pair)]
        libc = ctypes.CDLL(None)
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen([os.path.join(self.programs, "postgres"), "-D", self.data, *words],
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/",
                                            env={"PATH": os.environ["PATH"], "LC_ALL": "C"}, **self.who,
                                            preexec_fn=lambda: libc.prctl(PR_SET_PDEATHSIG, signal.SIGQUIT))
        ready = [os.path.join(self.programs, "pg_isready"), "-q", "-h", self.folder]
        while subprocess.run(ready, check=False).returncode:
            if self.process.poll() is not None:
                raise RuntimeError("the server did not start: " + self.statements())

    def kill(self):
        """As a crash would."""
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait()
        self.process = None

    def remove(self):
        if self.process:
            self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def sql(self, *statements, database="postgres", user=OWNER, content=None):
        """Runs statements, content being the standard input; returns what comes, row by row."""
        words = [word for statement in statements for word in ("-c", statement)]
        done = subprocess.run(["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-h", self.folder, "-U", user, "-d", database,
                               *words],
                              input=content, capture_output=True, check=False, text=True,
                              env=dict(os.environ, PGCLIENTENCODING="UTF8"))
        if done.returncode:
            raise RuntimeError(done.stderr)
        return done.stdout.splitlines()

    def wait_for(self, statement):
        """Until the number that it asks for is not 0."""
        with subprocess.Popen(["psql", "-XqAt", "-h", self.folder, "-U", OWNER, "postgres"], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, text=True) as process:
            number = "0"
            while number in ("0", ""):
                process.stdin.write("SELECT pg_sleep(0.01) \\g /dev/null\n" + statement + ";\n")
                process.stdin.flush()
                number = process.stdout.readline().strip()
        return number

    def connection(self, database="postgres", user=OWNER):
        return "host=%s dbname=%s user='%s'" % (self.folder, database, user)

    def statements(self):
        """The log, where every statement stands."""
        with open(self.log, encoding="utf-8") as file:
            return file.read()


class Session:
    """A session with the server that lasts, for locks and transactions."""

    def __init__(self, server):
        self.process = subprocess.Popen(["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-h", server.folder, "-U", OWNER,
                                         "postgres"],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()

    def run(self, statement):
        """Returns when it is done."""
        self.process.stdin.write(statement + ";\n\\echo done\n")
        self.process.stdin.flush()
        while self.process.stdout.readline() not in ("done\n", ""):
            pass


class Servers:
    """The server, started when it is first asked for."""
    one = None


def server(case):
    """The server of all tests; the test is skipped where none is installed."""
    if not programs() or not shutil.which("psql"):
        case.skipTest("PostgreSQL is not installed")
    if not Servers.one:
        Servers.one = Server()
    return Servers.one


def sqlite(path, *statements):
    """Runs statements on a file, which is made; a statement may be a pair of it and rows of parameters."""
    connection = sqlite3.connect(path)
    for statement in statements:
        if isinstance(statement, str):
            connection.execute(statement)
        else:
            connection.executemany(*statement)
    connection.commit()
    connection.close()
    return path


def odbc_driver(case, name):
    """The path of an ODBC driver; the test is skipped where it is not installed."""
    for folder in glob.glob("/usr/lib/*/odbc") + ["/usr/lib/odbc"]:
        path = os.path.join(folder, ODBC_DRIVERS[name])
        if os.path.exists(path):
            return path
    return case.skipTest("the ODBC driver of %s is not installed" % name)


def quoted(name):
    return '"' + name.replace('"', '""') + '"'
