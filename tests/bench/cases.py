# SPDX-License-Identifier: MIT
"""The cases: which tasks are held against each other, on which data."""
import csv
import datetime
import gzip
import json
import os
import shutil
import subprocess
import sys

import agree
import clean
import engines
import evaluation
import salesforce_export
from evaluation import COLUMNS
from meter import Failed, Pairs, Task, forget, remember
from peers import NOT_ASKED_FOR, Peers, database

BEST = "DuckDB at its best"
HERE = os.path.dirname(os.path.abspath(__file__))
ALL_PEERS = "duckdb,polars,sqlite,postgresql,miller,igzip,libdeflate,gzip"
SALESFORCE_JOB = """job = { period = [ "2024-01-01", "2024-12-31" ]; baseline = [ "2023-01-01", "2023-12-31" ];
	currency = "EUR"; };
sources = ( { plugin = "salesforce"; path = "WE_00D000000000000EAA_1.ZIP"; } );
"""


class Figures:
    """What was measured, kept in a file: a case that is measured again takes the place of what it was."""

    def __init__(self, path):
        self.path, self.rows, self.facts = path, {}, {}
        if os.path.exists(path):
            with open(path, encoding="utf-8") as stream:
                kept = json.load(stream)
            self.rows, self.facts = {tuple(row["key"]): row for row in kept["rows"]}, kept["facts"]

    def add(self, key, **what):
        self.rows[tuple(key)] = dict(what, key=key, date=datetime.date.today().isoformat())
        with open(self.path + ".part", "w", encoding="utf-8") as stream:
            json.dump({"rows": list(self.rows.values()), "facts": self.facts}, stream, indent=1)
        os.replace(self.path + ".part", self.path)


class NoServer:
    def skipTest(self, why):
        raise Failed(why)


class Bench:
    def __init__(self, program, inflate, folder, options):
        self.program, self.inflate, self.folder = program, inflate, folder
        self.runs, self.slow, self.archive = int(options["runs"]), int(options["slow"]), float(options["archive"])
        self.scales, self.threads = ([int(word) for word in options[name].split(",")] for name in ("scales", "threads"))
        os.makedirs(folder, exist_ok=True)
        self.figures = Figures(os.path.join(folder, "figures.json"))
        self.peers = Peers(os.path.join(folder, "peers"),
                           (ALL_PEERS if options["peers"] == "all" else options["peers"]).split(","))
        self.output = os.path.join(folder, "output")
        self.results = os.path.join(self.output, "results")
        shutil.rmtree(self.output, ignore_errors=True)
        os.makedirs(self.results)
        self.figures.facts.setdefault("versions", {}).update(self.peers.versions)
        self.figures.facts["absent"] = {name: why for name, why in self.peers.absent.items() if why != NOT_ASKED_FOR}
        self.server = None

    def close(self):
        if self.server:
            self.server.remove()

    def say(self, text):
        print(text, flush=True)

    # ---- data

    def data(self, scale, kind="clean"):
        """The folder of the demo data of a scale: as crmval writes them ("demo"), clean, or compressed ("gz")."""
        folder = os.path.join(self.folder, "data", "%s-%d" % (kind, scale))
        if os.path.exists(os.path.join(folder, "done")):
            return folder
        self.say("making %s data of scale %d" % (kind, scale))
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        if kind == "demo":
            subprocess.run([self.program, "demo", folder, "--scale", str(scale)], check=True)
        else:
            source = self.data(scale, "demo" if kind == "clean" else "clean")
            shutil.copy(os.path.join(source, "job.conf"), folder)
            if kind == "clean":
                clean.clean(source, folder)
            else:
                self.compress(source, folder)
        with open(os.path.join(folder, "done"), "w", encoding="ascii"):
            return folder

    def compress(self, source, folder):
        for entity in COLUMNS:
            with open(os.path.join(source, entity + ".csv"), "rb") as plain, \
                    gzip.open(os.path.join(folder, entity + ".csv.gz"), "wb", compresslevel=6) as packed:
                shutil.copyfileobj(plain, packed, 1 << 20)
        self.write_job(folder, "plugin = \"csv\"; directory = \".\"; entities = { %s };" % " ".join(
            "%s = { file = \"%s.csv.gz\"; };" % (entity, entity) for entity in COLUMNS))

    def write_job(self, folder, source, name="job.conf"):
        path = os.path.join(folder, name)
        with open(path, "w", encoding="utf-8") as job:
            job.write("job = { name = \"demo\"; period = [ \"%s\", \"%s\" ]; baseline = [ \"%s\", \"%s\" ];\n"
                      "\tbreakdown = [ \"team\", \"employee\", \"region\", \"size_class\" ]; currency = \"CNY\"; };\n"
                      "sources = ( { %s } );\n" % (*evaluation.PERIOD, *evaluation.BASELINE, source))
        return path

    def files(self, folder, suffix=".csv"):
        return [os.path.join(folder, entity + suffix) for entity in COLUMNS]

    def headers(self, folder):
        return {entity: next(clean.rows_of(folder, entity)) for entity in COLUMNS}

    # ---- tasks

    def ours(self, job, threads, *words, before=None):
        return Task("crmval", [self.program, "run", job, "--threads", str(threads),
                               "--set", "limits.hash_inputs=\"never\"", "--format", "csv",
                               "--output", os.path.join(self.output, "ours.csv"), *words], before=before, statuses=(0, 1))

    def result(self, job):
        path = os.path.join(self.output, "ours.json")
        Task("crmval", [self.program, "run", job, "--format", "json", "--output", path], statuses=(0, 1)).run()
        return agree.ours(path)

    def queries(self, dialect):
        return evaluation.Plan(dialect).script(dialect, self.results)

    def script(self, name, statements):
        path = os.path.join(self.output, name + ".sql")
        with open(path, "w", encoding="utf-8") as stream:
            stream.writelines(statements)
        return path

    def duckdb(self, name, statements, threads, place=":memory:", before=None):
        return Task(name, [sys.executable, os.path.join(HERE, "engine_duckdb.py"), self.peers.places["duckdb"], place,
                           self.script("duckdb", statements), "threads=%d" % threads], before=before)

    def sqlite(self, name, statements, place, before=None):
        return Task(name, [self.peers.places["sqlite"], "-bail", place], stdin=self.script("sqlite", statements),
                    before=before)

    def postgresql(self, name, statements, threads=2):
        if not self.server:
            database.SETTINGS.update(shared_buffers="2GB", work_mem="512MB", maintenance_work_mem="512MB",
                                     log_statement="none", max_wal_size="8GB", TimeZone="UTC", DateStyle="ISO, YMD")
            self.server = database.server(NoServer())
        start = "SET max_parallel_workers_per_gather = %d;\n" % (threads - 1)
        words = ["psql", "-Xq", "-v", "ON_ERROR_STOP=1", "-h", self.server.folder, "-U", database.OWNER, "-d", "postgres",
                 "-f", self.script("postgresql", [start, *statements])]
        return Task(name, words, server=self.server.process.pid)

    # ---- measuring

    def check(self, task, dialect, expected):
        """Runs a task, watched; its results must be ours.  Returns how many there are."""
        for name in os.listdir(self.results):
            os.remove(os.path.join(self.results, name))
        task.weigh()
        plan = evaluation.Plan(dialect)
        found = agree.theirs(plan, self.results)
        expected = {key: value for key, value in expected.items() if key[2] in plan.measures()}
        lines = agree.differences(expected, found)
        if lines:
            raise Failed("%s: %d of %d results differ, as %s" % (task.name, len(lines), len(expected), lines[0]))
        self.say("%s: %d results are ours" % (task.name, len(found)))
        return len(found)

    def pair(self, case, scale, threads, ours, peer, runs=None, checked=None):
        """Measures two tasks in turns; what is not to be had is said instead of a figure."""
        for task in (ours, peer):
            if not task.memory:
                task.weigh()
        pairs = Pairs(ours, peer, runs or self.runs)
        self.figures.add([case, scale, threads, peer.name], ours=pairs.ours, peer=pairs.peer, ratio=pairs.ratio,
                         runs=pairs.runs, checked=checked, load=os.getloadavg()[1])
        self.say("%s, scale %s, %d threads: crmval %.2f s (CPU %.2f), %s %.2f s (CPU %.2f), ratio %.2f (CPU %.2f)" % (
            case, scale, threads, pairs.ours["wall"], pairs.ours["cpu"], peer.name, pairs.peer["wall"],
            pairs.peer["cpu"], pairs.ratio["wall"], pairs.ratio["cpu"]))

    # ---- cases

    def csv(self):
        for scale in self.scales:
            folder = self.data(scale)
            remember(self.files(folder))
            job = os.path.join(folder, "job.conf")
            expected, headers = self.result(job), self.headers(folder)
            self.figures.facts["size-%d" % scale] = sum(map(os.path.getsize, self.files(folder)))
            for threads in self.threads:
                ours = self.ours(job, threads)
                self.pair("csv", scale, threads, ours, Task("cat FILES > /dev/null", ["cat", *self.files(folder)]))
                self.csv_duckdb(scale, threads, ours, folder, headers, expected)
                self.csv_polars(scale, threads, ours, folder, headers, expected)
            ours = self.ours(job, max(self.threads))
            if scale <= self.slow:
                self.csv_sqlite(scale, ours, folder, headers, expected)
                self.csv_postgresql(scale, ours, folder, headers, expected)
                self.csv_miller(scale, ours, folder, expected)

    def csv_duckdb(self, scale, threads, ours, folder, headers, expected):
        if "duckdb" not in self.peers:
            return
        dialect = engines.DuckDB()
        queries, load = self.queries(dialect), dialect.load(headers, folder)
        for name, statements in ((BEST, dialect.best + load + queries), ("DuckDB at its defaults", load + queries)):
            task = self.duckdb(name, statements, threads)
            checked = self.check(task, dialect, expected)
            self.pair("csv", scale, threads, ours, task, checked=checked)
        place = os.path.join(self.folder, "data", "duckdb-%d.db" % scale)
        if not os.path.exists(place):
            self.duckdb("loading", dialect.keep(headers, folder), 2, place + ".part").run()
            os.rename(place + ".part", place)
        remember([place])
        task = self.duckdb("DuckDB, loaded before", dialect.best + queries, threads, place)
        checked = self.check(task, dialect, expected)
        self.pair("csv", scale, threads, ours, task, checked=checked)

    def csv_polars(self, scale, threads, ours, folder, headers, expected):
        if "polars" not in self.peers:
            return
        dialect = engines.Polars()
        path = self.script("polars", [dialect.script(headers, folder, self.results)])
        task = Task("Polars", ["env", "POLARS_MAX_THREADS=%d" % threads, "node",
                               os.path.join(HERE, "engine_polars.cjs"), self.peers.places["polars"], path])
        checked = self.check(task, dialect, expected)
        self.pair("csv", scale, threads, ours, task, checked=checked)

    def csv_sqlite(self, scale, ours, folder, headers, expected):
        if "sqlite" not in self.peers:
            return
        dialect, place = engines.SQLite(), os.path.join(self.output, "sqlite.db")

        def before():
            if os.path.exists(place):
                os.remove(place)

        task = self.sqlite("SQLite, import and queries", dialect.load(headers, folder) + self.queries(dialect),
                           place, before)
        checked = self.check(task, dialect, expected)
        self.pair("csv", scale, max(self.threads), ours, task, min(self.runs, 3), checked)

    def csv_postgresql(self, scale, ours, folder, headers, expected):
        if "postgresql" not in self.peers:
            return
        dialect = engines.PostgreSQL()
        task = self.postgresql("PostgreSQL, COPY and queries", dialect.load(headers, folder) + self.queries(dialect))
        checked = self.check(task, dialect, expected)
        self.pair("csv", scale, max(self.threads), ours, task, min(self.runs, 3), checked)

    def csv_miller(self, scale, ours, folder, expected):
        """One sum by one key over one file, against the whole evaluation: the sales of each product."""
        if "miller" not in self.peers:
            return
        words = [self.peers.places["miller"], "--icsv", "--ojson", "filter",
                 "$signed_on >= \"%s\" && $signed_on <= \"%s\"" % evaluation.PERIOD, "then",
                 "stats1", "-a", "sum", "-f", "amount", "-g", "product", os.path.join(folder, "order.csv")]
        done = subprocess.run(words, check=True, capture_output=True)
        total = sum(group.get("amount_sum") or 0 for group in json.loads(done.stdout))
        if total != expected["company", "", "sales", "p"][1]:
            raise Failed("Miller: sales are %s" % total)
        task = Task("Miller, one sum by one key over one file", words)
        self.pair("csv", scale, max(self.threads), ours, task, checked=1)

    def cold(self):
        scale, threads = max(self.scales), max(self.threads)
        folder = self.data(scale)
        files = self.files(folder)
        job = os.path.join(folder, "job.conf")
        ours = self.ours(job, threads, before=lambda: forget(files))
        cat = Task("cat FILES > /dev/null", ["cat", *files], before=lambda: forget(files))
        self.pair("cold", scale, threads, ours, cat)
        if "duckdb" in self.peers:
            dialect = engines.DuckDB()
            expected = self.result(job)
            task = self.duckdb(BEST, dialect.best + dialect.load(self.headers(folder), folder) + self.queries(dialect),
                               threads, before=lambda: forget(files))
            checked = self.check(task, dialect, expected)
            self.pair("cold", scale, threads, ours, task, min(self.runs, 3), checked)

    def gz(self):
        scale, threads = max(self.scales), max(self.threads)
        folder = self.data(scale, "gz")
        files = self.files(folder, ".csv.gz")
        remember(files)
        job = os.path.join(folder, "job.conf")
        expected, ours = self.result(job), self.ours(job, threads)
        largest_first = " ".join(sorted(files, key=os.path.getsize, reverse=True))
        for name, option in (("igzip", "-dc"), ("libdeflate", "-c"), ("gzip", "-dc")):
            if name in self.peers:
                listed = "printf '%%s\\0' %s | xargs -0 -n 1 -P %d %s %s > /dev/null" % (
                    largest_first, threads, self.peers.places[name], option)
                self.pair("gz", scale, threads, ours, Task("inflating alone, " + name, ["sh", "-c", listed]))
        if "duckdb" in self.peers:
            dialect = engines.DuckDB()
            load = dialect.load(self.headers(self.data(scale)), folder, ".csv.gz")
            task = self.duckdb(BEST, dialect.best + load + self.queries(dialect), threads)
            checked = self.check(task, dialect, expected)
            self.pair("gz", scale, threads, ours, task, min(self.runs, 3), checked)

    def zip(self):
        folder = os.path.join(self.folder, "data", "zip-%d" % self.archive)
        path = os.path.join(folder, "WE_00D000000000000EAA_1.ZIP")
        os.makedirs(folder, exist_ok=True)
        if not os.path.exists(path):
            self.say("making an export of %d MB" % self.archive)
            salesforce_export.write(path, self.archive, os.environ.get("EXPORT_HEADERS"))
        with open(os.path.join(folder, "job.conf"), "w", encoding="utf-8") as job:
            job.write(SALESFORCE_JOB)
        remember([path])
        for threads in self.threads:
            ours = self.ours(os.path.join(folder, "job.conf"), threads)
            for name, words in (("inflating alone", ()), ("inflating and finding separators", ("scan",))):
                task = Task(name, [self.inflate, str(threads), path, *words])
                self.pair("zip", "%d MB" % self.archive, threads, ours, task)

    def databases(self):
        scale, threads = min(self.slow, max(self.scales)), max(self.threads)
        folder = self.data(scale)
        headers, expected = self.headers(folder), self.result(os.path.join(folder, "job.conf"))
        if "sqlite" in self.peers:
            dialect, place = engines.SQLite(), os.path.join(self.folder, "data", "sqlite-%d.db" % scale)
            if not os.path.exists(place):
                self.sqlite("loading", dialect.keep(headers, folder), place + ".part").run()
                os.rename(place + ".part", place)
            job = self.write_job(self.output, "plugin = \"sql\"; driver = \"sqlite\"; connection = \"%s\";" % place,
                                 "sqlite.conf")
            self.database("sqlite", scale, threads, job, expected, dialect, self.sqlite(
                "SQLite, queries", dialect.ask() + self.queries(dialect), place))
        if "postgresql" in self.peers:
            dialect = engines.PostgreSQL()
            self.postgresql("loading", dialect.load(headers, folder)).run()
            job = self.write_job(self.output, "plugin = \"sql\"; driver = \"postgresql\"; connection = \"%s\";" %
                                 self.server.connection(user=database.OWNER).replace("\\", "\\\\"), "postgresql.conf")
            self.database("postgresql", scale, threads, job, expected, dialect, self.postgresql(
                "PostgreSQL, queries", self.queries(dialect)))

    def database(self, case, scale, threads, job, expected, dialect, task):
        if agree.differences(expected, self.result(job)):
            raise Failed("%s: a run on the database differs from that on files" % case)
        ours = self.ours(job, threads)
        if case == "postgresql":
            ours.server = self.server.process.pid
        checked = self.check(task, dialect, expected)
        self.pair(case, scale, threads, ours, task, min(self.runs, 3), checked)

    def self(self):
        """What options and data cost crmval itself: the peer is crmval, too."""
        threads = max(self.threads)
        folder = self.data(1, "demo")
        small = self.ours(os.path.join(folder, "job.conf"), threads)
        self.pair("self", 1, threads, small, Task("the demo data", small.words, statuses=(0, 1)), max(self.runs, 15))
        scale = max(self.scales)
        folder = self.data(scale)
        remember(self.files(folder))
        job = os.path.join(folder, "job.conf")
        plain = self.ours(job, threads, "--breakdown", "")
        for name, task in self.variants(scale, threads, folder, job):
            task.name = name
            self.pair("self", scale, threads, plain, task)

    def variants(self, scale, threads, folder, job):
        yield "four breakdowns", self.ours(job, threads)
        yield "20,000 units", self.ours(self.units_job(folder), threads, "--breakdown", "region")
        yield "inputs hashed", Task("", [word.replace("never", "always") for word in self.ours(job, threads).words],
                                    statuses=(0, 1))
        yield "data as crmval demo writes them", self.ours(os.path.join(self.data(scale, "demo"), "job.conf"), threads)

    def units_job(self, folder):
        """A job that takes accounts from a file of their own, where every account has one of 20,000 regions."""
        rows = clean.rows_of(folder, "account")
        header = next(rows)
        region = header.index("region")
        with open(os.path.join(folder, "account-units.csv"), "w", newline="", encoding="utf-8") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(header)
            for number, row in enumerate(rows):
                row[region] = "Region %05d" % (number * 7919 % 20000)
                writer.writerow(row)
        return self.write_job(folder, "plugin = \"csv\"; directory = \".\"; entities = { account = { "
                              "file = \"account-units.csv\"; }; };", "units.conf")
