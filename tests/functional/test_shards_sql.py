#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs in parts on databases: the parts' rows are chosen there, and the merged result is that of one run on the files.

Environment SQL_SEEDS=FROM..TO: which random data sets of each kind.
"""

import gzip
import json
import os
import random
import sys

import database
import kit
import sql_data
from test_sql_same import FLAGS, MAPPING, PLACES, sheets_of

sys.path.append(os.path.join(os.path.dirname(kit.HERE), "reference"))

import generate  # noqa: E402
import libconfig  # noqa: E402

FIRST, LAST = map(int, os.environ.get("SQL_SEEDS", "1..1").split(".."))

SHARED = {"activity": "opportunity", "decision_member": "opportunity", "relationship": "contact", "project_history": "id"}


def shard_entities(content):
    """What a part says of its entities' rows, by entity."""
    lines = gzip.decompress(content).decode().splitlines()
    parsed = [json.loads(line) for line in lines[1:] if line.startswith("{\"")]
    names = [line["entity"]["name"] for line in parsed if "entity" in line]
    return dict(zip(names, [line["shard_entity"] for line in parsed if "shard_entity" in line]))


class Databases(kit.Case):
    def setUp(self):
        super().setUp()
        self.demo(scale="1")
        self.tables = {}
        for file in sorted(os.listdir(self.path("demo"))):
            if file.endswith(".csv"):
                header, rows = kit.decode_table(self.read("demo/" + file))
                place = header.index("id")
                self.put(file[:-4], header, list({row[place]: row for row in rows}.values()))

    def put(self, name, header, rows):
        self.tables[name] = header, rows
        self.write("demo/%s.csv" % name, kit.encode_table(header, rows))

    def whole_of_files(self):
        self.job(['{ plugin = "csv"; directory = "demo"; }'], name="files.conf", in_job='breakdown = "team"; name = "same";')
        return self.result("files.conf")

    def check(self, source, is_chosen, of=3):
        """Merged parts are one run on the database, and but for its inputs, on the files; returns the parts."""
        self.job([source], in_job='breakdown = "team"; name = "same";')
        names = ["part-%d.gz" % number for number in range(1, of + 1)]
        for number, name in enumerate(names, 1):
            self.run_ok("run", "job.conf", "--shard", "%d/%d" % (number, of), "--output", name)
        merged = self.run_ok("merge", "--format", "json", *names).output
        self.assertEqual(merged, self.run_ok("run", "job.conf", "--format", "json").output)
        ours, files = json.loads(merged), self.whole_of_files()
        self.assertEqual((ours["overall"], ours["dimensions"], ours["breakdowns"]),
                         (files["overall"], files["dimensions"], files["breakdowns"]))
        parts = [shard_entities(self.read(name)) for name in names]
        for entity, chosen in is_chosen.items():
            told = [part[entity] for part in parts]
            self.assertEqual([one["is_chosen"] for one in told], [chosen] * of, entity)
            self.assertEqual(told[0]["by"], SHARED.get(entity), entity)
            count = len(self.tables[entity][1])
            if chosen:
                self.assertEqual(sum(one["seen"] for one in told), count, entity)
                self.assertTrue(all(count / of / 3 < one["seen"] < count / of * 3 for one in told), told)
            else:
                self.assertEqual([one["seen"] for one in told], [count] * of, entity)
        return parts


class Sqlite(Databases):
    def make(self):
        path = self.path("crm.db")
        for name, (header, rows) in self.tables.items():
            database.sqlite(path, "CREATE TABLE %s (%s)" % (database.quoted(name), ", ".join(map(database.quoted, header))),
                            ("INSERT INTO %s VALUES (%s)" % (database.quoted(name), ", ".join("?" * len(header))),
                             [[cell or None for cell in row] for row in rows]))
        return '{ plugin = "sql"; driver = "sqlite"; connection = "crm.db"; }'

    def test_rows_are_chosen(self):
        source = self.make()
        self.check(source, {"activity": 1, "decision_member": 1, "relationship": 1, "project_history": 1, "account": 0})

    def test_ids_that_stand_twice(self):
        header, rows = self.tables["activity"]
        place = header.index("opportunity")
        again = [" %s\t" % rows[0][0] if i == 0 else cell for i, cell in enumerate(rows[0])]
        again[place] = next(row[place] for row in rows if row[place] and row[place] != rows[0][place])
        rows.append(again)
        self.put("activity", header, rows)
        self.check(self.make(), {"activity": 0, "decision_member": 1})

    def test_views_are_read_whole(self):
        source = self.make()
        database.sqlite(self.path("crm.db"), "ALTER TABLE activity RENAME TO kept",
                        "CREATE VIEW activity AS SELECT * FROM kept")
        self.check(source, {"activity": 0, "decision_member": 1})

    def test_numbers_and_white_space(self):
        """Ids are what their texts are, whatever the database holds."""
        numbers = {}
        for name in ("opportunity", "activity"):
            header, rows = self.tables[name]
            for row in rows:
                for i, field in enumerate(header):
                    if (field == "opportunity" or (name == "opportunity" and field == "id")) and row[i]:
                        number = numbers.setdefault(row[i], len(numbers) + 7)
                        row[i] = number if number % 3 else " %d  " % number
            self.put(name, header, rows)
        for name in ("decision_member", "participant", "resource_request", "expense", "order"):
            header, rows = self.tables[name]
            place = header.index("opportunity")
            for row in rows:
                row[place] = numbers.get(row[place], row[place])
            self.put(name, header, rows)
        self.check(self.make(), {"activity": 1, "decision_member": 1})


class Postgresql(Databases):
    BLOCKS = 2200  # more than a table may have that is read in one go

    def make(self, filled=("activity",)):
        self.server = database.server(self)
        self.addCleanup(self.server.sql, "DROP SCHEMA IF EXISTS shards CASCADE")
        self.server.sql("DROP SCHEMA IF EXISTS shards CASCADE", "CREATE SCHEMA shards")
        for name, (header, rows) in self.tables.items():
            columns = ", ".join("%s text" % database.quoted(field) for field in header)
            self.server.sql("CREATE TABLE shards.%s (%s)" % (database.quoted(name), columns))
            content = kit.encode_table(header, rows).decode()
            self.server.sql("\\copy shards.%s FROM STDIN (FORMAT csv, HEADER)" % database.quoted(name), content=content)
            if name in filled:
                self.server.sql("ALTER TABLE shards.%s ADD filler text" % database.quoted(name),
                                "ALTER TABLE shards.%s ALTER filler SET STORAGE PLAIN" % database.quoted(name),
                                "UPDATE shards.%s SET filler = repeat('x', 7000)" % database.quoted(name))
        return '{ plugin = "sql"; driver = "postgresql"; connection = %s; }' % kit.quoted(
            self.server.connection() + " options='-c search_path=shards'")

    def test_rows_are_chosen(self):
        source = self.make()
        log = len(self.server.statements())
        self.check(source, {"activity": 1, "decision_member": 0})
        copies = [line for line in self.server.statements()[log:].splitlines() if "COPY (SELECT" in line and '"activity"' in line]
        self.assertTrue(copies and sum("md5(" in line for line in copies) >= 3, copies)

    def test_ids_that_stand_twice(self):
        header, rows = self.tables["activity"]
        again = list(rows[0])
        again[header.index("opportunity")] = ""
        rows.append(again)
        self.put("activity", header, rows)
        self.check(self.make(), {"activity": 0})


class RandomSets(kit.Case):
    """Whatever the data: in SQLite, and in PostgreSQL in tables of partitions, of which even small ones are not numbered."""
    chosen = 0

    def spread(self, server, tables):
        script = ["SET search_path = shards;"]
        for name, columns in tables.items():
            place, first = database.quoted(name), database.quoted(columns[0].name)
            script += ["ALTER TABLE %s RENAME TO crmval_rest;" % place,
                       "CREATE TABLE %s (LIKE crmval_rest) PARTITION BY LIST (%s);" % (place, first),
                       "ALTER TABLE %s ATTACH PARTITION crmval_rest DEFAULT;" % place,
                       "ALTER TABLE crmval_rest RENAME TO %s;" % database.quoted(name + " rest")]
        server.sql(content="\n".join(script))

    def outcome(self, *words):
        done = self.run_raw(*words, "--format", "json", "--date", "2026-01-15")
        return done.status, done.output, [line for line in done.messages.splitlines() if ".conf:" not in line
                                          and "no measure has data" not in line]

    def merged(self, job, count):
        names = ["part-%d.gz" % number for number in range(1, count + 1)]
        for number, name in enumerate(names, 1):
            done = self.run_raw("run", job, "--shard", "%d/%d" % (number, count), "--output", name, "--date", "2026-01-15")
            if done.status not in (0, 1):
                return done.status, "", done.messages.splitlines()
            RandomSets.chosen += sum(one["is_chosen"] for one in shard_entities(self.read(name)).values())
        return self.outcome("merge", *names)

    def hold(self, kind, seed):
        folder = self.path("%s-%d" % (kind, seed))
        job = generate.generate(seed, folder, kind)
        settings = job.get("sources", [{"plugin": "csv", "directory": "export"}])[0]
        tables = sql_data.tables_of(random.Random(seed), sheets_of(settings, folder), FLAGS if kind == "plain" else set())
        sql_data.to_sqlite(tables, os.path.join(folder, "crm.db"))
        server = database.server(self)
        sql_data.to_postgresql(tables, server, "shards")
        self.spread(server, tables)
        with open(os.path.join(folder, "job.conf"), encoding="utf-8") as file:
            lines = file.read().split("\n")
        place = next(number for number, line in enumerate(lines) if line.startswith("sources = "))
        rest = {key: value for key, value in settings.items() if key not in PLACES}
        if settings["plugin"] == "salesforce":
            rest["mapping"] = MAPPING
        for driver, connection in (("sqlite", os.path.join(folder, "crm.db")),
                                   ("postgresql", server.connection() + " options='-c search_path=shards'")):
            lines[place] = "sources = %s;" % libconfig.write([dict(rest, plugin="sql", driver=driver, connection=connection)])
            path = os.path.join(folder, driver + ".conf")
            self.write(path, "\n".join(lines))
            whole = self.outcome("run", path)
            count = 2 + seed % 3
            self.assertEqual(self.merged(path, count), whole, "%s %d by %s in %d" % (kind, seed, driver, count))

    def test_they_are_the_same(self):
        self.addCleanup(database.server(self).sql, "DROP SCHEMA IF EXISTS shards CASCADE")
        for seed in range(FIRST, LAST + 1):
            for kind in generate.KINDS:
                self.hold(kind, seed)
        self.assertGreater(RandomSets.chosen, 0)


if __name__ == "__main__":
    kit.main()
