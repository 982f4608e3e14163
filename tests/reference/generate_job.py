# SPDX-License-Identifier: MIT
"""A random job: windows, parameters, weights, scales, and how it is written as libconfig."""

import datetime
import json

import libconfig
import measures  # noqa: F401  (the measures enter themselves into the registry)
import processes  # noqa: F401
from registry import PARAMS, indicators

BREAKDOWNS = ["team", "employee", "region", "size_class"]


def windows(random):
    """(period, baseline) as pairs of days."""
    start = datetime.date(2024, 1, 1) + datetime.timedelta(random.randint(0, 500))
    length = random.choice([28, 90, 181, 365, 365])
    period = start, start + datetime.timedelta(length - 1)
    base_length = random.choice([length, length, length, length + 1, max(length - 20, 10)])
    end = start - datetime.timedelta(random.choice([1, 1, 2, 40]))
    return period, (end - datetime.timedelta(base_length - 1), end)


def params(random, dimension, churn):
    chosen = {}
    if dimension == "customer_management":
        if churn != 365:
            chosen["churn_after_days"] = float(churn)
        if random.random() < 0.4:
            chosen["level_max"] = random.choice([5.0, 4.0, 3.0])
    if dimension in ("customer_management", "deal_control") and random.random() < 0.5:
        chosen["verify_within_days"] = random.choice([90.0, 30.0, 180.0, 0.0])
    if dimension == "deal_control" and random.random() < 0.3:
        chosen["required_roles"] = random.choice([["economic"], ["coach", "user", "blocker"]])
    if dimension == "resource_management":
        if random.random() < 0.6:
            chosen["large_project_amount"] = random.choice([100000.0, 99999.99, 150000.0])
        if random.random() < 0.4:
            chosen["dispatch_days"] = random.choice([0.0, 1.0, 3.0])
        if random.random() < 0.3:
            chosen["required_functions"] = random.choice([["presales", "test"], ["delivery"]])
    return chosen


def scale(random, measure, basis):
    """Points with x strictly rising and y monotone."""
    count = random.randint(2, 4)
    if basis == "growth":
        xs = random.sample([-1.0, -0.5, -0.25, -0.1, 0.0, 0.1, 0.3, 0.5, 1.0, 2.5], count)
    elif basis == "change" or measure.kind == "share":
        xs = random.sample([0.0, 0.1, 0.25, 0.4, 0.5, 0.75, 0.9, 1.0, 1.25], count)
    elif measure.id in ("incubated_amount", "sales", "strategic_sales"):
        xs = random.sample([0.0, 50000.0, 250000.5, 1000000.0, 3000000.0], count)
    else:
        xs = random.sample([0.0, 0.5, 2.0, 5.0, 10.0, 25.0, 80.0], count)
    ys = sorted((random.choice([0.0, 5.0, 20.0, 50.0, 62.5, 80.0, 100.0]) for _ in xs), reverse=random.random() < 0.2)
    return [list(point) for point in zip(sorted(xs), ys)]


def measure_settings(random, measure, has_baseline):
    chosen = {}
    if random.random() < 0.3:
        chosen["weight"] = random.choice([0.0, 0.5, 1.0, 2.0, 3.25])
    basis = measure.default_basis
    if random.random() < 0.15:
        basis = chosen["basis"] = random.choice(["value"] * (4 if measure.state else 1) + ["growth", "change"])
    if measure.default_scale(basis) is None or random.random() < 0.2:
        chosen["scale"] = scale(random, measure, basis)
    if random.random() < 0.1 and (has_baseline or measure.kind == "share"):
        chosen["baseline"] = (random.choice([0.0, 0.4, 0.75, 1.0]) if measure.kind == "share" else
                              random.choice([0.0, 3.0, 12.5, 250000.0]))
    return chosen


def usable(weights):
    """Weights that are not all 0 (an absent one is 1)."""
    return any(weight is None or weight > 0 for weight in weights)


def dimension_settings(random, dimension, churn, has_baseline):
    setting = {"plugin": dimension}
    if random.random() < 0.4:
        setting["weight"] = random.choice([0.5, 1.0, 2.0, 0.1])
    chosen = params(random, dimension, churn)
    if chosen:
        setting["params"] = chosen
    groups = {indicator: {"weight": random.choice([0.0, 1.0, 1.5, 4.0])}
              for indicator in indicators(dimension) if random.random() < 0.25}
    if groups and usable([groups.get(indicator, {}).get("weight") for indicator in indicators(dimension)]):
        setting["indicators"] = groups
    settings = {}
    for entries in indicators(dimension).values():
        part = {entry.id: measure_settings(random, entry, has_baseline) for entry in entries}
        if not usable([part[entry.id].get("weight") for entry in entries]):
            for chosen in part.values():
                chosen.pop("weight", None)
        settings.update({name: chosen for name, chosen in part.items() if chosen})
    if settings:
        setting["measures"] = settings
    return setting


def make(random):
    """A job for the reference; churn and spare_baseline tell the data what the edges are."""
    period, base = (tuple(day.isoformat() for day in window) for window in windows(random))
    has_baseline = random.random() < 0.93
    churn = random.choice([365, 365, 60, 120])
    dimensions = list(PARAMS)
    if random.random() < 0.1:
        random.shuffle(dimensions)
        if random.random() < 0.5:
            dimensions = dimensions[:random.randint(1, 4)]
    breakdown = list(BREAKDOWNS)
    if random.random() < 0.2:
        breakdown = random.sample(BREAKDOWNS, random.randint(0, 3))
    return {
        "name": "seed", "period": list(period), "baseline": list(base) if has_baseline else None,
        "spare_baseline": list(base), "churn": churn, "breakdown": breakdown, "currency": random.choice(["EUR", "eur"]),
        "dimensions": [dimension_settings(random, name, churn, has_baseline) for name in dimensions],
        "score": {"aggregation": random.choice(["arithmetic", "arithmetic", "geometric"]),
                  "missing": random.choice(["renormalise"] * 12 + ["zero"] * 7 + ["fail"]),
                  "min_coverage": random.choice([0.0, 0.0, 0.37, 0.62, 0.83])},
    }


def ranges(random):
    """The setting of that name, which may stay out; drawn after the data, which it leaves as they are."""
    return random.choice([{}, {"ranges": "model"}, {"ranges": "cautious"}])


def value_text(random, value):
    """A value in libconfig's syntax; numbers that are whole are sometimes written as integers."""
    if isinstance(value, dict):
        return "{ " + " ".join("%s = %s;" % (key, value_text(random, part)) for key, part in value.items()) + " }"
    if isinstance(value, list) and (not value or isinstance(value[0], str)):
        return "[ " + ", ".join(value_text(random, part) for part in value) + " ]"
    if isinstance(value, list):
        return "( " + ", ".join(value_text(random, part) for part in value) + " )"
    if isinstance(value, str):
        return json.dumps(value)
    return str(int(value)) if value == int(value) and random.random() < 0.3 else repr(float(value))


def as_libconfig(job, random):
    head = {key: job[key] for key in ("name", "period", "baseline", "breakdown", "currency") if job[key]}
    lines = ["job = %s;" % value_text(random, head),
             "sources = %s;" % libconfig.write(job.get("sources", [{"plugin": "csv", "directory": "export"}])),
             "dimensions = ( %s );" % ",\n\t".join(value_text(random, setting) for setting in job["dimensions"]),
             "score = %s;" % value_text(random, job["score"])]
    return "\n".join(lines) + "\n"
