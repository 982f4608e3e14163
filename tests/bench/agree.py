# SPDX-License-Identifier: MIT
"""Whether an engine's results are ours: rows, numerator and denominator of each measure, window, breakdown and unit."""
import csv
import json
import os

from evaluation import BREAKDOWNS


def ours(path):
    """{(breakdown, unit, measure, window): (rows, numerator, denominator)} of a result of crmval."""
    with open(path, encoding="utf-8") as stream:
        result = json.load(stream)
    found = {}

    def take(breakdown, unit, node):
        for dimension in node["dimensions"]:
            for indicator in dimension["indicators"]:
                for measure in indicator["measures"]:
                    for window, numbers in (("p", measure), ("b", measure["baseline"])):
                        if numbers and numbers["rows"]:
                            found[breakdown, unit, measure["id"], window] = tuple(
                                numbers[name] or 0 for name in ("rows", "numerator", "denominator"))

    take("company", "", result)
    for breakdown in BREAKDOWNS:
        for unit in result["breakdowns"][breakdown]:
            take(breakdown, unit["unit"], unit)
    return found


def theirs(plan, folder):
    """The same of the files that an engine wrote."""
    tables = {}
    for fact in plan.results:
        with open(os.path.join(folder, fact + ".csv"), newline="", encoding="utf-8") as stream:
            tables[fact] = list(csv.DictReader(stream))
    found = {}
    for (measure, window), places in plan.places.items():
        for fact, *columns in places:
            for row in tables[fact]:
                numbers = [float(row[column[0]] or 0) * column[1] if column else 0 for column in columns]
                key = row["breakdown"], row["unit"], measure, window
                if numbers[0]:
                    found[key] = tuple(map(sum, zip(found.get(key, (0, 0, 0)), numbers)))
    return found


def differences(mine, other):
    """What differs, as lines; no more than by the rounding of sums."""
    lines = ["%s: %s and %s" % (key, mine.get(key), other.get(key)) for key in sorted(mine.keys() ^ other.keys())]
    for key in mine.keys() & other.keys():
        if any(abs(a - b) > 1e-9 * max(abs(a), abs(b)) for a, b in zip(mine[key], other[key])):
            lines.append("%s: %s and %s" % (key, mine[key], other[key]))
    return lines
