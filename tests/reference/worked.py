# SPDX-License-Identifier: MIT
"""What the tests of the reference share: tiny data sets written in a line, and a job over one dimension."""

import csv
import io

import load
import reference
from schema import ENTITIES

Z = 1.959963984540054
ACCOUNTS = "id,owner,region,size_class,key_market,churned_on;a,e1,East,large,yes,;b,e2,West,small,no,2025-06-30"
EMPLOYEES = "id,team,region,hired_on,left_on;e1,One,North,2020-01-01,;e2,Two,South,2020-01-01,2025-12-31"


def data(tables, currency="EUR"):
    """Data from {entity: CSV text, rows divided by ;}."""
    made = {}
    for entity, text in tables.items():
        reader = csv.DictReader(io.StringIO(text.replace(";", "\n")))
        made[entity] = load.Table(entity, [field for field in ENTITIES[entity] if field in reader.fieldnames])
        for record in reader:
            made[entity].add(record)
    return load.Data(made, currency)


def evaluate(tables, dimension, params=None, settings=None, breakdown=(), score=None,
             baseline=("2024-01-01", "2024-12-31"), period=("2025-01-01", "2025-12-31")):
    """The result of a job over one dimension."""
    job = {"period": period, "baseline": baseline, "breakdown": list(breakdown), "currency": "EUR", "score": score,
           "dimensions": [{"plugin": dimension, "params": params or {}, "measures": settings or {}}]}
    return reference.Evaluation(data(tables), job).result()


def measures(tree):
    return {measure["id"]: measure for dimension in tree["dimensions"] for indicator in dimension["indicators"]
            for measure in indicator["measures"]}


def worked(name, tables, dimension, **job):
    """One measure of the company."""
    return measures(evaluate(tables, dimension, **job))[name]


def sums(node):
    return node["rows"], node["numerator"], node["denominator"]
