#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Why the score moved from one snapshot to another, by what crmval(1) says of compare, from the snapshots' sums alone.

usage: change.py OLD NEW     the parts, largest first
"""

import itertools
import math
import sys

import scoring
from witness import Witness

KINDS = {"arithmetic": (lambda x: x, lambda y: y, lambda x: 1.0),
         "geometric": (lambda x: math.log(max(x, 1.0)), math.exp, lambda x: 1.0 / x if x > 1 else 0.0)}


class Side:
    """One result as a tree of nodes: id, weight, score, coverage, children; of a measure what its score is made from."""

    def __init__(self, witness, breakdown=None, unit=0):
        self.witness = witness
        self.is_company = breakdown is None
        self.policy = witness.scoring["missing"]
        self.kind = witness.scoring["aggregation"]
        self.min_coverage = witness.scoring["min_coverage"]
        self.days = [witness.days("period"), witness.days("baseline")]
        tree = witness.tree(breakdown, unit)
        entries = {(dimension["id"], entry.id): (place, entry) for dimension, indicators in witness.dimensions
                   for _, measures in indicators.values() for place, entry in measures}
        sums = witness.sums[breakdown, unit]
        self.root = self.node("overall", tree["overall"], tree["dimensions"])
        for dimension in self.root["children"].values():
            for indicator in dimension["children"].values():
                for measure in indicator["children"].values():
                    self.fill(measure, *entries[dimension["id"], measure["id"]], sums)

    def node(self, name, told, children=()):
        below = {"dimensions": "indicators", "indicators": "measures"}
        made = {"id": name, "weight": told.get("weight"), "score": told["score"], "coverage": told.get("coverage")}
        made["children"] = {}
        for child in children:
            grand = next((child[key] for key in below.values() if key in child), ())
            made["children"][child["id"]] = self.node(child["id"], child, grand)
            made["children"][child["id"]]["told"] = child
        made["weightless"] = bool(children) and not any(child["weight"] for child in made["children"].values())
        return made

    def fill(self, measure, place, entry, sums):
        settings = entry.settings
        stated = settings["baseline"] if self.is_company else None
        now, before = measure["told"], measure["told"]["baseline"]
        _, n, d, *_ = sums.get((place, 0), (0, 0, 0))
        daily = entry.growth_per_day if settings["basis"] == "growth" else entry.per_day and settings["basis"] == "change"
        measure.update(kind="sum" if entry.kind == "sum" else "ratio", basis=settings["basis"], daily=daily,
                       scale=settings["scale"], n=n, d=d, value=now["value"], stated=stated is not None,
                       baseline=before["value"] if before else None, days=tuple(self.days),
                       no_scale=not settings["scale"])


# ---- a measure


def value_of(state):
    if state["kind"] == "sum":
        return state["n"]
    return state["n"] / state["d"]


def score_of(state):
    value, baseline = value_of(state), state["baseline"]
    if state["daily"]:
        value = value / state["days"][0]
        baseline = baseline / state["days"][1]
    if state["basis"] == "growth":
        value = float(value) / baseline - 1
    elif state["basis"] == "change":
        value = float(value) - baseline
    return scoring.score_at(state["scale"], float(value))


def measure_changes(old, new):
    """{effect: points of the measure}: each the average over all orders in which the factors may change."""
    if old["kind"] != new["kind"] or (old["basis"] == new["basis"] and old["daily"] != new["daily"]):
        return {"definition": new["score"] - old["score"]}
    factors = {"numerator": ["n"], "denominator": ["d"]}
    if old["basis"] != new["basis"]:
        factors["basis"] = ["basis", "daily", "baseline", "days", "scale"]
    else:
        factors["stated_baseline" if old["stated"] or new["stated"] else "baseline"] = ["baseline"]
        factors["days"] = ["days"]
        factors["scale"] = ["scale"]
    factors = {effect: keys for effect, keys in factors.items() if any(old[key] != new[key] for key in keys)}
    orders = list(itertools.permutations(factors))
    effects = dict.fromkeys(factors, 0.0)
    for order in orders:
        state = dict(old)
        score = score_of(state)
        for effect in order:
            state.update({key: new[key] for key in factors[effect]})
            reached = score_of(state)
            effects[effect] += (reached - score) / len(orders)
            score = reached
    return effects


# ---- a node


def absence(sides, old, new):
    """Why a child has a score, or counts, on one side only."""
    if old is None or new is None:
        return "absent"
    if old["score"] is None and new["score"] is None:
        return "policy"
    place = 0 if old["score"] is None else 1
    without, with_score = (old, new) if place == 0 else (new, old)
    if not without["children"] and "kind" in without:
        if without["value"] is None:
            return "missing"
        if without["basis"] != with_score["basis"]:
            return "basis"
        return "scale" if without["no_scale"] else "missing"
    if without["weightless"]:
        return "weight"
    covered = without["coverage"]
    mine, other = sides[place], sides[1 - place]
    if any_known(mine, without) and round(covered, 10) < mine.min_coverage and round(covered, 10) >= other.min_coverage:
        return "min_coverage"
    incomplete = mine.policy == "fail" and any(child["weight"] > 0 and child["score"] is None
                                               for child in without["children"].values())
    if mine.policy != other.policy and (incomplete or with_score["coverage"] == 0):
        return "policy"
    reasons = set()
    for name in set(old["children"]) | set(new["children"]):
        pair = old["children"].get(name), new["children"].get(name)
        has = [child is not None and child["score"] is not None for child in pair]
        if has[1 - place] and not has[place]:
            reasons.add(absence(sides, *pair))
    return reasons.pop() if len(reasons) == 1 else "missing"


def any_known(side, node):
    return side.policy == "zero" or any(child["score"] is not None and child["weight"] > 0
                                        for child in node["children"].values())


def shares(side, node):
    """{id: (share, score)} of what counts in a node's mean."""
    counted = {name: (child["weight"], child["score"] or 0.0) for name, child in node["children"].items()
               if child["score"] is not None or side.policy == "zero"}
    total = math.fsum(weight for weight, _ in counted.values())
    return {name: (weight / total, score) for name, (weight, score) in counted.items()}


def mean(counted, kind):
    f, inverse, _ = KINDS[kind]
    return inverse(math.fsum(share * f(score) for share, score in counted.values()))


def mean_changes(old, new, kind):
    """{id: (slope, weight effect, presence effect)} between two sets of shares, by one kind of mean."""
    f, _, derivative = KINDS[kind]
    sums = [math.fsum(share * f(score) for share, score in side.values()) for side in (old, new)]
    rise = mean(new, kind) - mean(old, kind)
    if kind == "arithmetic":
        factor = 1.0
    else:
        factor = rise / (sums[1] - sums[0]) if abs(sums[1] - sums[0]) > 1e-7 else (mean(new, kind) + mean(old, kind)) / 2
    both = [name for name in old if name in new]
    parts = [math.fsum(side[name][0] for name in both) for side in (old, new)]
    if max(parts) > 0:
        q = [{name: side[name][0] / part if part > 0 else None for name in both} for side, part in zip((old, new), parts)]
        q = [q[0] if parts[0] > 0 else q[1], q[1] if parts[1] > 0 else q[0]]
        level = math.fsum((q[0][name] + q[1][name]) / 2 * (f(old[name][1]) + f(new[name][1])) / 2 for name in both)
    else:
        q, level = [dict.fromkeys(both, 0.0)] * 2, sum(sums) / 2
    found = {}
    for name in set(old) | set(new):
        if name in both:
            (p0, x0), (p1, x1) = old[name], new[name]
            secant = (f(x1) - f(x0)) / (x1 - x0) if abs(x1 - x0) > 1e-6 else derivative((x0 + x1) / 2)
            change = q[1][name] - q[0][name]
            found[name] = (factor * (p0 + p1) / 2 * secant,
                           factor * sum(parts) / 2 * change * ((f(x0) + f(x1)) / 2 - level), 0.0)
        else:
            share, score = (old.get(name) or new.get(name))
            found[name] = (0.0, 0.0, (factor if name in new else -factor) * share * (f(score) - level))
    return found


def node_changes(sides, old, new, path=()):
    """{(path, effect): points of the node} of a node that has a score on both sides."""
    if "kind" in old:
        return {(path, effect): points for effect, points in measure_changes(old, new).items()}
    counted = shares(sides[0], old), shares(sides[1], new)
    kinds = [side.kind for side in sides]
    splits = [mean_changes(*counted, kind) for kind in kinds]
    found = {}

    def add(where, effect, points):
        found[where, effect] = found.get((where, effect), 0.0) + points

    for name in splits[0]:
        slope, weight, presence = (sum(column) / 2 for column in zip(splits[0][name], splits[1][name]))
        pair = old["children"].get(name), new["children"].get(name)
        where = path + (name,)
        scores = [child["score"] if child else None for child in pair]
        if None not in scores:
            for (below, effect), points in node_changes(sides, *pair, where).items():
                add(below, effect, slope * points)
        elif name in counted[0] and name in counted[1]:
            add(where, absence(sides, *pair), slope * ((scores[1] or 0.0) - (scores[0] or 0.0)))
        add(where, "weight", weight)
        if presence:
            add(where, absence(sides, *pair), presence)
    add(path, "aggregation", (mean(counted[0], kinds[1]) - mean(counted[0], kinds[0]) +
                              mean(counted[1], kinds[1]) - mean(counted[1], kinds[0])) / 2)
    return found


def changes(old, new):
    """{((dimension, indicator, measure), effect): points of the overall score}, None where one side has none."""
    if old.root["score"] is None or new.root["score"] is None:
        return None
    return node_changes((old, new), old.root, new.root)


def main():
    found = changes(*(Side(Witness(path)) for path in sys.argv[1:3])) or {}
    for (path, effect), points in sorted(found.items(), key=lambda item: -abs(item[1])):
        if abs(points) >= 5e-11:
            print("%+.10f %s %s" % (points, "/".join(path) or "overall", effect))
    return 0


if __name__ == "__main__":
    sys.exit(main())
