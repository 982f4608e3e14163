# SPDX-License-Identifier: MIT
"""Reads ENTITY.csv files into typed rows, resolves references, converts money (model, section 1)."""

import csv
import datetime
import math
import os
import re

from schema import CLOSED, ENTITIES, PLANNED

WHITE = " \t\n\v\f\r"
DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
                  r"(?:[T ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:[.,][0-9]+)?)?"
                  r"(?: ?(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?))?)?")
NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
FLAGS = {"true": True, "yes": True, "y": True, "t": True, "1": True,
         "false": False, "no": False, "n": False, "f": False, "0": False}
LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


class Unreadable(ValueError):
    """A cell that holds something, but nothing of its type."""


def parse_day(text):
    """The day as a serial number, so that days can be added and subtracted."""
    match = DATE.fullmatch(text)
    if not match:
        raise Unreadable(text)
    hour, minute, second = (int(part or 0) for part in match.group(4, 5, 6))
    if hour > 23 or minute > 59 or second > 60:
        raise Unreadable(text)
    try:
        return datetime.date(*(int(part) for part in match.group(1, 2, 3))).toordinal()
    except ValueError as error:
        raise Unreadable(text) from error


def parse_number(text):
    if not NUMBER.fullmatch(text):
        raise Unreadable(text)
    number = float(text)
    if not math.isfinite(number) or abs(number) >= 2.0 ** 63:
        raise Unreadable(text)
    return number


def parse_cell(entity, field, text):
    """The typed value of a cell, None where it is missing."""
    text = text.strip(WHITE)
    kind = ENTITIES[entity][field]
    if text == "":
        return None
    if kind == "date":
        return parse_day(text)
    if kind in ("number", "money"):
        return parse_number(text)
    if kind == "flag":
        if text.translate(LOWER) not in FLAGS:
            raise Unreadable(text)
        return FLAGS[text.translate(LOWER)]
    if kind == "closed":
        if text.translate(LOWER) not in CLOSED[entity, field]:
            raise Unreadable(text)
        return text.translate(LOWER)
    if kind == "word":
        return text.translate(LOWER)
    return text


class Row:
    """One row: row["field"] is its value or None; dangling names the references that lead nowhere."""

    def __init__(self, entity, cells):
        self.entity = entity
        self.cells = cells
        self.dangling = set()

    def __getitem__(self, field):
        return self.cells.get(field)

    def filled_reference(self, field):
        """Whether a reference is filled, be it with the id of nobody."""
        return self[field] is not None or field in self.dangling


class Table:
    """The rows of one entity, in file order, and what was counted while reading them."""

    def __init__(self, entity, fields):
        self.entity = entity
        self.fields = fields
        self.rows = []
        self.by_id = {}
        self.children = {}
        self.duplicates = self.rejected = 0
        self.skipped = {}
        self.unreadable = dict.fromkeys(fields, 0)
        self.dangling = {field: 0 for field in fields if ENTITIES[entity][field].startswith("->")}

    def add(self, record):
        cells, unreadable = {}, []
        for field in self.fields:
            try:
                cells[field] = parse_cell(self.entity, field, record.get(field) or "")
            except Unreadable:
                unreadable.append(field)
        self.take(cells, unreadable)

    def take(self, cells, unreadable):
        """Adds a row of typed cells, and the fields that could not be read, unless its id was there before."""
        row = Row(self.entity, cells)
        if row["id"] is not None and row["id"] in self.by_id:
            self.duplicates += 1
            return
        for field in unreadable:
            self.unreadable[field] += 1
        if row["id"] is not None:
            self.by_id[row["id"]] = row
        self.rows.append(row)


def newest_day(table, window_end):
    """The latest date of what has happened, up to the end of the window or today; None where there is none."""
    limit = min(window_end, datetime.date.today().toordinal())
    days = [row[field] for field in table.fields for row in table.rows
            if ENTITIES[table.entity][field] == "date" and field not in PLANNED and row[field] is not None
            and row[field] <= limit]
    return str(datetime.date.fromordinal(max(days))) if days else None


class Data:
    """All tables that are mapped; an entity that is not in tables is unmapped."""

    def __init__(self, tables, currency=None):
        self.tables = tables
        self.currency = (currency or "").translate(LOWER)
        self.rates = {}
        for table in tables.values():
            self.link(table)
        for row in self.rows("exchange_rate"):
            if None not in (row["currency"], row["from_on"], row["rate"]):
                base = row["base"] if self.currency and row["base"] != self.currency else None
                self.rates.setdefault(row["currency"], []).append((row["from_on"], row["rate"], base))

    def link(self, table):
        for field in table.dangling:
            target = self.tables.get(ENTITIES[table.entity][field][2:])
            for row in table.rows:
                if target and row[field] is not None and row[field] not in target.by_id:
                    row.cells[field] = None
                    row.dangling.add(field)
                    table.dangling[field] += 1
                if row[field] is not None:
                    table.children.setdefault((field, row[field]), []).append(row)

    def mapped(self, entity, field):
        return entity in self.tables and field in self.tables[entity].fields

    def rows(self, entity):
        return self.tables[entity].rows if entity in self.tables else []

    def find(self, entity, key):
        """The row with that id; None too where the entity is unmapped."""
        return self.tables[entity].by_id.get(key) if entity in self.tables and key is not None else None

    def follow(self, row, field):
        return self.find(ENTITIES[row.entity][field][2:], row[field])

    def children(self, entity, field, row):
        """The rows of an entity whose reference leads to row."""
        if entity not in self.tables or row["id"] is None:
            return []
        return self.tables[entity].children.get((field, row["id"]), [])

    def amount(self, row, window_end):
        """The row's amount in the job's currency, None where it is missing or has no rate."""
        amount, code = row["amount"], row["currency"]
        if amount is None or code is None or code == self.currency:
            return amount
        if row.entity == "opportunity":
            day = row["closed_on"] if row["outcome"] is not None else window_end
        else:
            day = row["spent_on" if row.entity == "expense" else "signed_on"]
        rate = self.rate(code, day)
        if rate and rate[2]:
            home = self.rate(self.currency, day)
            rate = (day, rate[1] / home[1]) if home and home[2] == rate[2] else None
        return amount * rate[1] if rate else None

    def rate(self, code, day):
        """The latest of a currency at or before a day, the highest of its day."""
        known = [rate for rate in self.rates.get(code, []) if day is not None and rate[0] <= day]
        return max(known, key=lambda rate: (*rate[:2], rate[2] or "")) if known else None

    def counts(self, window_end):
        """The data section of the result; amounts without a rate count as unreadable at that day."""
        section = {}
        for entity, table in self.tables.items():
            unreadable = dict(table.unreadable)
            if "amount" in unreadable:
                unreadable["amount"] += sum(1 for row in table.rows if row["amount"] is not None
                                            and self.amount(row, window_end) is None)
            section[entity] = {
                "rows": len(table.rows), "newest": newest_day(table, window_end), "rejected": table.rejected, "duplicates": table.duplicates,
                "skipped": dict(table.skipped),
                "dangling": {field: count for field, count in table.dangling.items() if count},
                "unreadable": {field: count for field, count in unreadable.items() if count},
                "missing_fields": [field for field in ENTITIES[entity] if field not in table.fields],
            }
        return section


def read_directory(directory, currency=None):
    tables = {}
    for entity, fields in ENTITIES.items():
        path = os.path.join(directory, entity + ".csv")
        if not os.path.exists(path):
            continue
        with open(path, newline="", encoding="utf-8-sig") as stream:
            reader = csv.DictReader(stream, strict=True)
            table = Table(entity, [field for field in fields if field in (reader.fieldnames or [])])
            if "id" in fields and "id" not in table.fields:
                continue
            for record in reader:
                table.add(record)
        tables[entity] = table
    return Data(tables, currency)
