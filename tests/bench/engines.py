# SPDX-License-Identifier: MIT
"""How each engine is filled from CSV files and asked: scripts, all made of one evaluation.  Statements end with ";" and
a new line, commands of a shell with a new line."""
import json
import os

import evaluation
from evaluation import COLUMNS, table_of

# Tables that others refer to: worth an index where the engine has no joins but by one.
KEYED = ("account", "contact", "opportunity", "product", "employee")


def typed(entity, header):
    """[(column, type)] of a whole file; what the evaluation does not need is text."""
    return [(name, COLUMNS[entity].get(name, "text")) for name in header]


class DuckDB(evaluation.Dialect):
    types = {"text": "VARCHAR", "date": "DATE", "number": "DOUBLE", "flag": "BOOLEAN", "?": "VARCHAR"}
    best = ["SET preserve_insertion_order = false;\n"]

    def matches(self, column, pattern):
        return "regexp_matches(%s, '%s')" % (column, pattern)

    def latest_pairs(self, end):
        return ("SELECT employee, contact, arg_max(level, (recorded_on, level)) AS level FROM (%s) "
                "GROUP BY employee, contact" % evaluation.levels(end))

    def write(self, query, path):
        return "COPY (%s) TO '%s' (HEADER);\n" % (query, path)

    def read(self, entity, header, path):
        return ("read_csv('%s', header = true, delim = ',', quote = '\"', escape = '\"', auto_detect = false, "
                "columns = {%s})" % (path, ", ".join("'%s': '%s'" % (name, self.types[kind])
                                                     for name, kind in typed(entity, header))))

    def load(self, headers, folder, suffix=".csv"):
        """Only the columns that are needed, for one evaluation."""
        return ["CREATE TEMP TABLE %s AS SELECT %s FROM %s;\n" % (
            table_of(entity), ", ".join("CASE WHEN %s IS NOT NULL THEN TRUE END AS %s" % (name, name) if kind == "?"
                                        else name for name, kind in columns.items()),
            self.read(entity, headers[entity], os.path.join(folder, entity + suffix)))
            for entity, columns in COLUMNS.items()]

    def keep(self, headers, folder):
        """All columns, to stay."""
        return ["CREATE TABLE %s AS SELECT * FROM %s;\n" % (
            table_of(entity), self.read(entity, headers[entity], os.path.join(folder, entity + ".csv")))
            for entity in COLUMNS]


class SQLite(evaluation.Dialect):
    types = {"text": "text", "date": "date", "number": "numeric", "flag": "boolean", "?": "text"}
    start = ["PRAGMA journal_mode = OFF;\n", "PRAGMA synchronous = OFF;\n", "PRAGMA cache_size = -1000000;\n",
             "PRAGMA temp_store = MEMORY;\n"]

    def day(self, date):
        return "'%s'" % date

    def after(self, column, days):
        return "date(%s, '+%d days')" % (column, days)

    def matches(self, column, pattern):
        return "%s REGEXP '%s'" % (column, pattern)

    def latest_pairs(self, end):
        # Columns beside max() are those of the row that has it.
        return ("SELECT employee, contact, level FROM (SELECT employee, contact, level, max(recorded_on || level) "
                "FROM (%s) GROUP BY employee, contact)" % evaluation.levels(end))

    def prepare(self, table, key):
        return ["CREATE INDEX %s_%s ON %s (%s);\n" % (table, key, table, key)]

    def write(self, query, path):
        return ".output '%s'\n%s;\n.output\n" % (path, query)

    def fill(self, headers, folder, columns_of):
        """Imports whole files, which is all that there is, and copies columns with their types."""
        script = [".mode csv\n", ".headers on\n"]
        for entity in COLUMNS:
            columns, path = columns_of(entity), os.path.join(folder, entity + ".csv")
            script.append("CREATE TEMP TABLE s_%s (%s);\n" % (entity, ", ".join(
                name + " text" for name in headers[entity])))
            script.append(".import --csv --skip 1 --schema temp '%s' s_%s\n" % (path, entity))
            script.append("CREATE TABLE \"%s\" (%s);\n" % (entity, ", ".join("%s %s" % (name, self.types[kind])
                                                                             for name, kind in columns)))
            script.append("INSERT INTO \"%s\" SELECT %s FROM s_%s;\n" % (entity, ", ".join(
                "CASE %s WHEN 'true' THEN 1 WHEN 'false' THEN 0 END" % name if kind == "flag" else "nullif(%s, '')" % name
                for name, kind in columns), entity))
            script.append("DROP TABLE s_%s;\n" % entity)
            if entity in KEYED:
                script.append("CREATE UNIQUE INDEX %s_id ON %s (id);\n" % (entity, entity))
        return script + ["CREATE VIEW orders AS SELECT * FROM \"order\";\n"]

    def load(self, headers, folder):
        return self.start + self.fill(headers, folder, lambda entity: list(COLUMNS[entity].items()))

    def keep(self, headers, folder):
        return self.start + self.fill(headers, folder, lambda entity: typed(entity, headers[entity])) + ["ANALYZE;\n"]

    def ask(self):
        """What comes before the queries where the tables are there already."""
        return self.start + [".mode csv\n", ".headers on\n"]


class PostgreSQL(evaluation.Dialect):
    types = {"text": "text", "date": "date", "number": "double precision", "flag": "boolean", "?": "text"}

    def matches(self, column, pattern):
        return "%s ~ '%s'" % (column, pattern)

    def latest_pairs(self, end):
        return ("SELECT DISTINCT ON (employee, contact) employee, contact, recorded_on, level FROM (%s) l "
                "ORDER BY employee, contact, recorded_on DESC, level DESC" % evaluation.levels(end))

    def prepare(self, table, key):
        return ["ANALYZE %s;\n" % table]

    def write(self, query, path):
        return "\\copy (%s) TO '%s' (FORMAT csv, HEADER)\n" % (query, path)

    def load(self, headers, folder):
        script = ["DROP SCHEMA IF EXISTS public CASCADE;\n", "CREATE SCHEMA public;\n"]
        for entity in COLUMNS:
            script.append("CREATE UNLOGGED TABLE \"%s\" (%s);\n" % (entity, ", ".join(
                "\"%s\" %s" % (name, self.types[kind]) for name, kind in typed(entity, headers[entity]))))
            script.append("\\copy \"%s\" FROM '%s' (FORMAT csv, HEADER)\n" % (
                entity, os.path.join(folder, entity + ".csv")))
        return script + ["CREATE VIEW orders AS SELECT * FROM \"order\";\n", "ANALYZE;\n"]


class Polars(evaluation.Dialect):
    """Its script is no SQL but JSON around it; engine_polars.cjs reads it."""
    without = ("employee",)  # it has no subqueries that look at the row around them, as stages on a day do

    def day(self, date):
        return "CAST('%s' AS DATE)" % date

    def after(self, column, days):
        return "(%s + INTERVAL '%d days')" % (column, days)

    def matches(self, column, pattern):
        return "regexp_like(%s, '%s')" % (column, pattern)

    def latest_pairs(self, end):
        return PostgreSQL.latest_pairs(self, end)

    def script(self, headers, folder, results):
        plan = evaluation.Plan(self)
        return json.dumps({
            "tables": [{"name": table_of(entity), "path": os.path.join(folder, entity + ".csv"),
                        "types": dict(typed(entity, headers[entity])), "columns": list(columns)}
                       for entity, columns in COLUMNS.items()],
            "stages": [{"name": table, "query": query} for table, _, query in plan.stages],
            "results": [{"path": os.path.join(results, fact + ".csv"), "query": query}
                        for fact, query in plan.results.items()]})
