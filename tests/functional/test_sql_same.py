#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The same data give the same result from CSV files, archives, and databases by each of their drivers.

Environment SQL_SEEDS=FROM..TO: which random data sets of each kind.
"""

import json
import os
import random
import re
import sys

import database
import kit
import sql_data

sys.path.append(os.path.join(os.path.dirname(kit.HERE), "reference"))

import export  # noqa: E402
import generate  # noqa: E402
import libconfig  # noqa: E402
from schema import ENTITIES  # noqa: E402

FIRST, LAST = map(int, os.environ.get("SQL_SEEDS", "1..2").split(".."))
FLAGS = {(entity, field) for entity, fields in ENTITIES.items() for field, kind in fields.items() if kind == "flag"}
MAPPING = os.path.join(kit.ROOT, "conf", "salesforce.conf")
PLACES = ("plugin", "path", "directory")


def sheets_of(settings, folder):
    """All tables of a source of files, as the reference reads them."""
    source = export.PLUGINS[settings["plugin"]](settings, folder)
    if settings["plugin"] == "csv":
        names = os.listdir(source.directory)
    else:
        names = [name for place in source.folders for name in os.listdir(place)]
        for path in source.archives:
            with export.zipfile.ZipFile(path) as archive:
                names += archive.namelist()
    names = sorted({name[:-4] for name in names if name.endswith(".csv") and "/" not in name})
    return {name: source.sheet(name, {}) for name in names}


def plain(result, ragged=()):
    """A result without what tells of files, or where the rows were found; in tables no row is ragged."""
    result = json.loads(result)
    for entity in ragged:
        result["data"][entity].update(rejected=0, examples=[])
    del result["provenance"]
    for entity in result["data"].values():
        del entity["source"]
        entity["examples"] = [example.split(": ", 1)[1] for example in entity["examples"]]
        entity["skipped"] = {what: count for what, count in entity["skipped"].items()
                             if not what.startswith(("blank lines", "bytes ", "cells "))}
    return json.dumps(result, indent=1)


class Same(kit.Case):
    ragged = ()

    def sources(self, settings):
        """The drivers that are here, with the source that reads by each."""
        server = database.server(self)
        lines = ["[lite]", "Driver = " + database.odbc_driver(self, "sqlite"), "Database = " + self.path("crm.db"),
                 "[pg]", "Driver = " + database.odbc_driver(self, "postgresql"), "Servername = " + server.folder,
                 "Database = postgres", "UserName = " + database.OWNER, "BoolsAsChar = 0"]
        self.write("odbc.ini", "\n".join(lines) + "\n")
        rest = {key: value for key, value in settings.items() if key not in PLACES}
        if settings["plugin"] == "salesforce":
            rest["mapping"] = MAPPING
        return {name: {"plugin": "sql", "driver": name.split()[0], "connection": connection, **rest}
                for name, connection in (
                    ("sqlite", self.path("crm.db")),
                    ("postgresql", server.connection() + " options='-c search_path=crm'"),
                    ("odbc postgresql", "DSN=pg"), ("odbc sqlite", "lite"))}

    def outcome(self, job, name):
        """Status, and the result or what was said instead of it."""
        done = self.run_raw("run", job, "--format", "json", "--threads", "2",
                            environment=kit.clean_environment(ODBCINI=self.path("odbc.ini"), ODBCSYSINI=self.folder))
        if done.output and not name:
            self.ragged = [entity for entity, counts in json.loads(done.output)["data"].items() if counts["rejected"]]
        return done.status, plain(done.output, self.ragged) if done.output else done.messages

    def without_dots(self, folder, path, tables):
        """This driver takes what precedes a dot in a column's name for the name of a table."""
        os.remove(self.path("crm.db"))
        for columns in tables.values():
            for column in columns:
                column.name = column.name.replace(".", "_")
        sql_data.to_sqlite(tables, self.path("crm.db"))
        for name in (path, os.path.join(folder, "mapping.conf")):
            if os.path.exists(name):
                with open(name, encoding="utf-8") as file:
                    text = file.read()
                self.write(name, re.sub(r"\b(a)\.(b) ", r"\1_\2 ", text, flags=re.IGNORECASE))

    def hold(self, kind, seed):
        folder = self.path("%s-%d" % (kind, seed))
        job = generate.generate(seed, folder, kind)
        settings = job.get("sources", [{"plugin": "csv", "directory": "export"}])[0]
        tables = sql_data.tables_of(random.Random(seed), sheets_of(settings, folder),
                                    FLAGS if kind == "plain" else set())
        if os.path.exists(self.path("crm.db")):
            os.remove(self.path("crm.db"))
        sql_data.to_sqlite(tables, self.path("crm.db"))
        sql_data.to_postgresql(tables, database.server(self), "crm")
        with open(os.path.join(folder, "job.conf"), encoding="utf-8") as file:
            lines = file.read().split("\n")
        place = next(number for number, line in enumerate(lines) if line.startswith("sources = "))
        expected = self.outcome(os.path.join(folder, "job.conf"), "")
        for name, source in self.sources(settings).items():
            lines[place] = "sources = %s;" % libconfig.write([source])
            path = os.path.join(folder, name.replace(" ", "-") + ".conf")
            self.write(path, "\n".join(lines))
            if name == "odbc sqlite":
                self.without_dots(folder, path, tables)
            status, result = self.outcome(path, name)
            if expected[0] in (0, 1):
                self.assertEqual(result, expected[1], "%s %d by %s" % (kind, seed, name))
            self.assertEqual(status, expected[0], "%s %d by %s: %s" % (kind, seed, name, result[:300]))

    def hold_all(self, kind):
        database.server(self)
        for seed in range(FIRST, LAST + 1):
            self.hold(kind, seed)

    def test_plain(self):
        self.hold_all("plain")

    def test_mapping(self):
        self.hold_all("mapping")

    def test_salesforce(self):
        self.hold_all("salesforce")


if __name__ == "__main__":
    kit.main()
