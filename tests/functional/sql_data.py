# SPDX-License-Identifier: MIT
"""Tables of a random data set put into databases, and the jobs that read them there."""

import datetime
import re

import database

FLAGS = {word: value for value, words in ((True, "true TRUE yes Yes Y t T 1"), (False, "false FALSE No n F 0"))
         for word in words.split()}
WHOLE = re.compile(r"0|-?[1-9][0-9]{0,8}")
NUMBER = re.compile(r"(0|-?[1-9][0-9]{0,14})(\.[0-9]{1,9})?|-0\.[0-9]*[1-9][0-9]*")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def is_day(text):
    try:
        return bool(DAY.fullmatch(text) and datetime.date.fromisoformat(text))
    except ValueError:
        return False


def is_double(text):
    """Whether the text is the shortest of the double that it stands for."""
    number = float(text)
    return text == (str(int(number)) if number == int(number) else repr(number)) and "e" not in text


def kinds(cells):
    """The types that give back the very texts that a column holds."""
    filled = [cell for cell in cells if cell]
    found = []
    if filled and all(is_day(cell) for cell in filled):
        found.append("day")
    if filled and all(NUMBER.fullmatch(cell) for cell in filled):
        found.append("decimal")
        if all(is_double(cell) for cell in filled):
            found.append("double")
    if filled and all(WHOLE.fullmatch(cell) for cell in filled):
        found.append("whole")
    return found


class Column:
    """How a column is declared, and what its cells become; empty ones are NULL, or not."""
    POSTGRESQL = {"text": ["text", "varchar", "varchar(4000)"], "day": ["date"], "decimal": ["numeric"],
                  "double": ["double precision"], "whole": ["integer", "bigint"], "flag": ["boolean"]}
    SQLITE = {"text": ["text", "varchar(10)", ""], "day": ["date", "text"], "decimal": ["text"], "double": ["real",
                             "double precision"],
              "whole": ["integer", "bigint", ""], "flag": ["boolean", "integer"]}

    def __init__(self, random, name, cells, is_flag=False):
        self.name, self.cells = name, cells
        self.kind = random.choice(kinds(cells) + ["text"])
        if is_flag and random.random() < 0.5 and set(cells) <= {"", *FLAGS}:
            self.kind = "flag"
        self.has_null = self.kind != "text" or random.random() < 0.5
        self.postgresql = random.choice(self.POSTGRESQL[self.kind])
        self.sqlite = random.choice(self.SQLITE[self.kind])
        longest = max(map(len, cells), default=0)
        if self.kind == "text" and 0 < longest < 40 and random.random() < 0.2:
            self.postgresql = "char(%d)" % (longest + 3)

    def value(self, row):
        """What SQLite is given."""
        cell = self.cells[row]
        if cell == "":
            return None if self.has_null else ""
        if self.kind == "flag":
            return int(FLAGS[cell])
        return {"double": float, "whole": int}.get(self.kind, str)(cell)

    def text(self, row):
        """What COPY reads."""
        cell = self.cells[row]
        if cell == "" and self.has_null:
            return "\\N"
        if self.kind == "flag":
            return "ft"[FLAGS[cell]]
        for character, code in (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r")):
            cell = cell.replace(character, code)
        return cell


def tables_of(random, sheets, flags):
    """{name: [Column]} of the reference's sheets."""
    made = {}
    for name, sheet in sheets.items():
        rows = [row + [""] * (len(sheet.columns) - len(row)) for row in sheet.rows]
        made[name] = [Column(random, column, [row[place] for row in rows], (name, column) in flags)
                      for place, column in enumerate(sheet.columns)]
    return made


def to_sqlite(tables, path):
    statements = []
    for name, columns in tables.items():
        statements.append("CREATE TABLE %s (%s)" % (database.quoted(name), ", ".join(
            "%s %s" % (database.quoted(column.name), column.sqlite) for column in columns)))
        rows = [[column.value(row) for column in columns] for row in range(len(columns[0].cells))]
        statements.append(("INSERT INTO %s VALUES (%s)" % (database.quoted(name), ", ".join("?" * len(columns))), rows))
    database.sqlite(path, *statements)


def to_postgresql(tables, server, schema):
    script = ["SET client_min_messages = error; BEGIN; DROP SCHEMA IF EXISTS %s CASCADE; CREATE SCHEMA %s;" % (schema,
                                                                                                               schema)]
    for name, columns in tables.items():
        place = "%s.%s" % (schema, database.quoted(name))
        script.append("CREATE TABLE %s (%s);" % (place, ", ".join(
            "%s %s" % (database.quoted(column.name), column.postgresql) for column in columns)))
        script.append("COPY %s FROM stdin;" % place)
        script += ["\t".join(column.text(row) for column in columns) for row in range(len(columns[0].cells))]
        script.append("\\.")
    server.sql(content="\n".join(script) + "\nCOMMIT;\n")
