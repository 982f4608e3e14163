#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes demo data as engines like them best: no stray spaces, no second row of an id, no reference to nobody, every
date, number and flag in one spelling or not at all.  So they may declare types and trust keys, and need not try cells.

usage: clean.py FROM TO
"""
import csv
import datetime
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "reference"))

from load import FLAGS, LOWER, NUMBER, WHITE  # noqa: E402
from schema import CLOSED, ENTITIES  # noqa: E402

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?=$|[T ])")


def clean_date(text):
    match = DAY.match(text)
    try:
        return datetime.date.fromisoformat(match.group()).isoformat() if match else ""
    except ValueError:
        return ""


def clean_number(text):
    return text if NUMBER.fullmatch(text) else ""


def clean_flag(text):
    known = FLAGS.get(text.translate(LOWER))
    return "" if known is None else "true" if known else "false"


def cleaner(entity, field, ids):
    """A function from what stands in a cell to what shall."""
    kind = ENTITIES[entity][field]
    if kind.startswith("->"):
        known = ids[kind[2:]]
        return lambda text: text if text in known else ""
    if kind == "closed":
        words = CLOSED[entity, field]
        return lambda text: text.translate(LOWER) if text.translate(LOWER) in words else ""
    if kind == "word":
        return lambda text: text.translate(LOWER)
    return {"date": clean_date, "number": clean_number, "money": clean_number, "flag": clean_flag}.get(kind, str)


class Column(dict):
    """Remembers what became of a cell; columns of few values are quick then."""
    MOST = 1 << 16

    def __init__(self, function):
        super().__init__()
        self.function = function

    def __missing__(self, text):
        made = self.function(text.strip(WHITE))
        if len(self) < self.MOST:
            self[text] = made
        return made


def rows_of(folder, entity):
    with open(os.path.join(folder, entity + ".csv"), newline="", encoding="utf-8") as stream:
        yield from csv.reader(stream)


def ids_of(folder, entity):
    rows = rows_of(folder, entity)
    next(rows)
    return {row[0].strip(WHITE) for row in rows} - {""}


def clean_table(source, target, entity, ids):
    rows = rows_of(source, entity)
    header = next(rows)
    columns = [Column(cleaner(entity, field, ids)) for field in header]
    seen = set()
    with open(os.path.join(target, entity + ".csv"), "w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        for row in rows:
            key = row[0]
            if key in seen:
                continue
            seen.add(key)
            writer.writerow([column[cell] for column, cell in zip(columns, row)])


def clean(source, target):
    os.makedirs(target, exist_ok=True)
    wanted = {kind[2:] for fields in ENTITIES.values() for kind in fields.values() if kind.startswith("->")}
    ids = {entity: ids_of(source, entity) for entity in wanted}
    entities = [entity for entity in ENTITIES if os.path.exists(os.path.join(source, entity + ".csv"))]
    for entity in entities:
        clean_table(source, target, entity, ids)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    clean(*sys.argv[1:])
