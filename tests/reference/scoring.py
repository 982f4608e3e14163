# SPDX-License-Identifier: MIT
"""From rows to scores: tallies, basis, scale, weights, missing data, before, gained, uncertainty (model, section 4).

DECISIONS where the text leaves room, with the other reading in brackets:
 1. A stated baseline "holds for the company": the units of a breakdown keep the baseline of their own rows, and have
    none where the measure is a state.  [The same stated number for every unit.]
 2. Without a baseline window a stated baseline of what is compared per day counts as none.  [Divide by P's days.]
 3. `change` divides sums by days, units_per_customer not: the text names it only under `growth`.
 4. A measure of basis `value` that has no data now but had a value before has a before, and no score.
 5. The policy for missing children holds for before as it does for the score: under `zero` a child without a before
    counts 0 there, under `fail` the node has no before; a missing before never ends the run.  [Always renormalise.]
 6. Under `zero` a node all of whose children are missing is rated: 0, geometric 1.  [It is missing.]
 7. A node under min_coverage keeps its own before on show, but is missing to its parent in score, before and gained.
    [Its before goes up.]
 8. Under `fail` the run ends if any child of positive weight, at any level of the company, is missing; in a unit a
    node with a missing child is not rated and not gained.  A child of weight 0 is never missed.
 9. Where one sibling has a weight and another none, the other's is 1.  If all weights are 0, the node is not rated.
10. gained of a node: aggregate of the scores less aggregate of the befores over those children that have both, level by
    level, renormalised; a child that is not rated has neither.
11. The rule of H takes the value of a window away; under it the window has no rows, also for the list of units.

And in cautious ranges, crmval.conf(5):
12. A sum gets half its mean row added, and four times its mean square: n/(2m), 4(nn)/m; what a window without rows borrows
    from the other one is borrowed before both are divided by days.  [Divided first; scaled by days.]
13. A stated baseline has no rows: nothing is borrowed from it, nor from the rows of the window that it overrules.
14. "Above 0" is asked of the windows' values as cautious ranges have them.  [Of what results show.]
15. The four numbers of a node are handed up as they are, not those of its range after it was cut.  [Cut first.]
16. A measure's range is stretched to its score before its distances from the score are handed up.  [After.]
17. Ranges enter what was gained after nodes' were cut, in points under geometric aggregation, too.  [Uncut; logarithms.]
18. Under `zero` a missing child is 0 for certain, geometric 1.  The two halves of gained have ranges of their own, over
    the children that have both.
"""

import math
from fractions import Fraction

import cautious
from cautious import QUANTILE
from registry import indicators

ABSENT = {"rows": 0, "numerator": None, "denominator": None, "value": None, "standard_error": None}


class MissingData(Exception):
    """Under `fail`: names the children of the company that are missing."""


def exact_root(square):
    return math.sqrt(square) if square > 0 else 0.0


def share_error(pairs, total_n, total_d):
    """The linearised standard error with four rows added, of exact numbers."""
    m = len(pairs)
    mean = total_d / m
    ratio = (total_n + 2 * mean) / (total_d + 4 * mean)
    residuals = sum((n - ratio * d) ** 2 for n, d in pairs)
    residuals += 2 * (mean - ratio * mean) ** 2 + 2 * (ratio * mean) ** 2
    return exact_root(Fraction(m + 4, m + 3) * residuals / (total_d + 4 * mean) ** 2)


def ratio_error(pairs, total_n, total_d):
    m = len(pairs)
    ratio = total_n / total_d
    if m == 1:
        return float(abs(ratio))
    return exact_root(Fraction(m, m - 1) * sum((n - ratio * d) ** 2 for n, d in pairs) / total_d ** 2)


def tally(kind, rows):
    """One window's numbers from its (numerator, denominator) rows, and the "sums" that cautious ranges ask for."""
    total_n = sum((Fraction(n) for n, _ in rows), Fraction(0))
    squares = sum((Fraction(n) ** 2 for n, _ in rows), Fraction(0))
    result = {"rows": len(rows), "numerator": float(total_n), "denominator": None, "value": None,
              "standard_error": None, "sums": (len(rows), total_n, squares)}
    if kind == "sum":
        return {**result, "value": float(total_n), "standard_error": exact_root(squares)}
    pairs = [(Fraction(n), Fraction(d)) for n, d in rows]
    total_d = sum((d for _, d in pairs), Fraction(0))
    sums = (len(rows), total_n, squares, total_d, sum(n * d for n, d in pairs), sum(d * d for _, d in pairs))
    result.update(denominator=float(total_d), sums=sums)
    if pairs and total_d > 0:
        result["value"] = float(total_n / total_d)
        result["standard_error"] = (share_error if kind == "share" else ratio_error)(pairs, total_n, total_d)
    return result


def shown(numbers):
    """A tally as nodes publish it, without its sums."""
    return numbers and {key: value for key, value in numbers.items() if key != "sums"}


def score_at(scale, x):
    """Piecewise linear between the points, flat outside."""
    if x <= scale[0][0]:
        return scale[0][1]
    for (x0, y0), (x1, y1) in zip(scale, scale[1:]):
        if x <= x1:
            return float(Fraction(y0) + (Fraction(y1) - Fraction(y0)) * (Fraction(x) - Fraction(x0))
                         / (Fraction(x1) - Fraction(x0)))
    return scale[-1][1]


def score_error(scale, x, error):
    return abs(score_at(scale, x + error) - score_at(scale, x - error)) / 2


def basis_of(measure, basis, now, before, days):
    """(basis value, its standard error), None without a baseline; days are those of the two windows, or None."""
    value, error = now["value"], now["standard_error"]
    if basis == "value":
        return value, error
    if before is None or before["value"] is None:
        return None
    base, base_error = before["value"], before["standard_error"]
    if measure.growth_per_day if basis == "growth" else measure.per_day:
        if days[1] is None:
            return None
        value, error, base, base_error = value / days[0], error / days[0], base / days[1], base_error / days[1]
    if basis == "change":
        return value - base, math.hypot(error, base_error)
    if base <= 0:
        return None
    return value / base - 1, math.hypot(error / base, value * base_error / base ** 2)


class Rating:
    """What a node hands to its parent: score, before, and gained's two halves, each as (points, standard error,
    None or the cautious spread)."""

    def __init__(self, weight):
        self.weight = weight
        self.score = self.before = self.both = None
        self.handed_before = None  # before as the parent sees it
        self.coverage = 0.0
        self.reason = None

    def publish(self):
        """The keys of a node, points rounded to ten decimals."""
        node = {"weight": self.weight, "score": None, "low": None, "high": None, "before": None, "gained": None,
                "gained_low": None, "gained_high": None}
        if self.score is not None:
            node["score"], node["low"], node["high"] = interval(self.score[0], edges(self.score), 0.0)
        if self.before is not None:
            node["before"] = round(self.before[0], 10)
        if self.both is not None:
            now, before = self.both
            node["gained"], node["gained_low"], node["gained_high"] = interval(
                now[0] - before[0], gained_edges(now, before), -100.0)
        if self.score is None:
            node["reason"] = self.reason
        return node


def edges(rated):
    """(low, high) of (points, standard error, spread or None)."""
    points, error, spread = rated
    return (spread.low, spread.high) if spread else (points - QUANTILE * error, points + QUANTILE * error)


def gained_edges(now, before):
    if now[2]:
        return cautious.gained(now[2], before[2])
    return edges((now[0] - before[0], math.hypot(now[1], before[1]), None))


def interval(points, reach, floor):
    """What is published of points and (low, high)."""
    return tuple(round(min(max(edge, floor), 100.0), 10)
                 for edge in (points, min(points, reach[0]), max(points, reach[1])))


def combine(children, geometric):
    """The weighted mean of [(weight, (score, error)), ...] and its standard error, None without weight."""
    total = math.fsum(weight for weight, _ in children)
    if total <= 0:
        return None
    shares = [(weight / total, *rated) for weight, rated in children]
    if not geometric:
        return (math.fsum(weight * score for weight, score, _ in shares),
                math.sqrt(math.fsum((weight * error) ** 2 for weight, _, error in shares)))
    mean = math.exp(math.fsum(weight * math.log(max(score, 1.0)) for weight, score, _ in shares))
    return mean, math.sqrt(math.fsum((weight * mean / max(score, 1.0) * error) ** 2 for weight, score, error in shares))


def with_policy(children, policy, zero):
    """[(weight, rated or None)] after the policy for missing children; None where the node must miss too."""
    if policy == "zero":
        return [(weight, rated or zero) for weight, rated in children]
    present = [(weight, rated) for weight, rated in children if rated is not None]
    if policy == "fail" and any(weight > 0 for weight, rated in children if rated is None):
        return None
    return present


class Scorer:
    """Scores one set of tallies: the company's, or one unit's."""

    def __init__(self, job, days, company):
        self.job = job
        self.days = days
        self.company = company
        self.missing = []
        score = job.get("score") or {}
        self.policy = score.get("missing", "renormalise")
        self.geometric = score.get("aggregation", "arithmetic") == "geometric"
        self.min_coverage = score.get("min_coverage", 0.0)
        self.cautious = score.get("ranges", "model") == "cautious"
        self.zero = 0.0, 0.0, cautious.certain(0.0) if self.cautious else None

    def combine(self, children):
        """The aggregate of [(weight, rated), ...], None without weight."""
        node = combine([(weight, rated[:2]) for weight, rated in children], self.geometric)
        if node is None or not self.cautious:
            return node and (*node, None)
        return (*node, cautious.of_node([(weight, rated[2]) for weight, rated in children], node[0], self.geometric))

    def up(self, children):
        """children: [(name, rating)]; the rating of their parent, its weight still to come."""
        node = Rating(None)
        ratings = [rating for _, rating in children]
        total = math.fsum(rating.weight for rating in ratings)
        if total > 0:
            node.coverage = math.fsum(rating.weight * rating.coverage for rating in ratings) / total
        parts = {what: with_policy([(rating.weight, getattr(rating, what)) for rating in ratings], self.policy,
                                   self.zero)
                 for what in ("score", "handed_before")}
        node.before = self.combine(parts["handed_before"]) if parts["handed_before"] is not None else None
        node.handed_before = node.before
        both = [rating for rating in ratings if rating.both is not None]
        halves = [self.combine([(rating.weight, rating.both[half]) for rating in both]) for half in (0, 1)]
        node.reason = "no data"
        if parts["score"] is None:
            node.reason = "missing: " + ", ".join(name for name, rating in children
                                                  if rating.score is None and rating.weight > 0)
            self.missing.append(node.reason)
        elif node.coverage < self.min_coverage:
            node.reason = "coverage %g is under min_coverage" % node.coverage
            node.handed_before = None
        else:
            node.score = self.combine(parts["score"])
            node.both = tuple(halves) if node.score is not None and None not in halves else None
        return node

    def spread(self, scale, at, score):
        return cautious.of_measure(scale, at, score, self.geometric) if self.cautious else None

    def basis_at(self, entry, basis, now, before):
        """How the basis of a measure spreads."""
        if basis == "value":
            return cautious.value_at(entry.kind, now, before)
        windows = [cautious.estimate(entry.kind, now, before), cautious.estimate(entry.kind, before, now)]
        if entry.growth_per_day if basis == "growth" else entry.per_day:
            windows = [(value / days, error / days) for (value, error), days in zip(windows, self.days)]
        return cautious.against(basis, *windows)

    def measure(self, entry, settings, state, now, before):
        """(rating, node) of a measure; state is the reason why it has no data at all, or None."""
        rating = Rating(None)
        basis = settings.get("basis") or entry.default_basis
        scale = settings.get("scale") or entry.default_scale(basis)
        if scale is None:
            raise ValueError("%s: basis `value` needs a scale" % entry.id)
        stated = settings.get("baseline") if self.company else None
        if stated is not None:
            before = {"rows": None, "numerator": None, "denominator": None, "value": float(stated),
                      "standard_error": 0.0}
        node = {"id": entry.id, "title": entry.id, "better": entry.better, "status": "no_data", **shown(now),
                "baseline": shown(before), "basis": basis, "basis_value": None}
        known = None
        if now["value"] is None:
            rating.reason = state or ("no applicable row" if not now["rows"] else "the denominators add up to nothing")
        else:
            known = basis_of(entry, basis, now, before, self.days)
            rating.reason = "no baseline"
        if known is not None:
            node["status"], node["basis_value"], rating.coverage = "ok", known[0], 1.0
            score = score_at(scale, known[0])
            rating.score = (score, score_error(scale, *known),
                            self.spread(scale, self.basis_at(entry, basis, now, before), score))
        if basis == "value" and before is not None and before["value"] is not None:
            score = score_at(scale, before["value"])
            rating.before = (score, score_error(scale, before["value"], before["standard_error"]),
                             self.spread(scale, cautious.value_at(entry.kind, before, now), score))
        elif basis != "value" and known is not None:
            score = score_at(scale, 0.0)
            rating.before = score, 0.0, cautious.certain(score) if self.cautious else None
        rating.handed_before = rating.before
        if rating.score is not None and rating.before is not None:
            rating.both = rating.score, rating.before
        return rating, node

    def dimension(self, setting, tallies):
        """(rating, node) of a dimension as the job lists it."""
        measure_settings, indicator_settings = setting.get("measures") or {}, setting.get("indicators") or {}
        indicator_nodes, indicator_ratings = [], []
        for indicator, entries in indicators(setting["plugin"]).items():
            rated = [self.measure(entry, measure_settings.get(entry.id) or {}, *tallies[entry.id]) for entry in entries]
            self.weigh(rated, [measure_settings.get(entry.id) or {} for entry in entries])
            rating = self.up([(entry.id, rating) for entry, (rating, _) in zip(entries, rated)])
            indicator_ratings.append((rating, {"id": indicator, "title": indicator, "coverage": rating.coverage}))
            indicator_nodes.append((rated, rating))
        self.weigh(indicator_ratings, [indicator_settings.get(node["id"]) or {} for _, node in indicator_ratings])
        for (rating, node), (rated, _) in zip(indicator_ratings, indicator_nodes):
            node.update(rating.publish(), measures=[{**child, **part.publish()} for part, child in rated])
        rating = self.up([(node["id"], rating) for rating, node in indicator_ratings])
        return rating, {"id": setting["plugin"], "title": setting["plugin"], "coverage": rating.coverage,
                        "indicators": [node for _, node in indicator_ratings]}

    def weigh(self, rated, settings):
        """Gives the children of one parent their normalised weights."""
        weights = [1.0 if setting.get("weight") is None else float(setting["weight"]) for setting in settings]
        total = math.fsum(weights)
        for (rating, _), weight in zip(rated, weights):
            rating.weight = weight / total if total > 0 else 0.0

    def tree(self, tallies):
        """{"overall": ..., "dimensions": [...]}; raises MissingData where the job wants that."""
        rated = [self.dimension(setting, tallies) for setting in self.job["dimensions"]]
        self.weigh(rated, self.job["dimensions"])
        dimensions = [{**node, **rating.publish()} for rating, node in rated]
        rating = self.up([(node["id"], rating) for rating, node in rated])
        if self.company and self.missing and rating.score is None:  # what has no weight in the whole may miss
            raise MissingData("; ".join(self.missing))
        overall = rating.publish()
        del overall["weight"]
        return {"overall": {**overall, "coverage": rating.coverage}, "dimensions": dimensions}
