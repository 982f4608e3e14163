# SPDX-License-Identifier: MIT
"""Cautious ranges, from crmval.conf(5), CAUTIOUS RANGES; what they leave open is decided in scoring.py."""

import math
import statistics
from typing import NamedTuple

QUANTILE = 1.959963984540054
CUTS = [statistics.NormalDist().inv_cdf(number / 64) for number in range(1, 64, 2)]
STEPS = [cut / math.sqrt(math.fsum(other ** 2 for other in CUTS) / len(CUTS)) for cut in CUTS]


class Spread(NamedTuple):
    """mean and error are what parents take, of logarithms under geometric aggregation; the others are points."""

    mean: float
    error: float
    low: float
    middle: float
    high: float


def handed(points, geometric):
    return math.log(max(points, 1.0)) if geometric else points


def certain(points, geometric):
    return Spread(handed(points, geometric), 0.0, points, points, points)


def power(exponent):
    try:
        return math.exp(exponent)
    except OverflowError:
        return math.inf


def points_at(scale, x):
    """As scoring.score_at() of the exact numbers, but fast."""
    if x <= scale[0][0]:
        return scale[0][1]
    for (x0, y0), (x1, y1) in zip(scale, scale[1:]):
        if x <= x1:
            return y0 + (y1 - y0) * (x - x0) / (x1 - x0)
    return scale[-1][1]


def added(tally):
    """What the rows of a sum are joined by: (numerator, its square), None without rows."""
    if tally is None or not tally.get("sums") or not tally["rows"]:
        return None
    rows, numerator, squares, _ = tally["sums"]
    return numerator / (2 * rows), 2 * squares / rows


def estimate(kind, tally, other):
    """(value, error) of a window; other is the tally of the other window, or None."""
    value, error = tally["value"], tally["standard_error"]
    if kind == "ratio" or tally.get("sums") is None:
        return value, error
    rows, numerator, squares, denominator = tally["sums"]
    if kind == "share":
        mean = denominator / rows
        return float((numerator + 2 * mean) / (denominator + 4 * mean)), error
    more, more_squares = added(tally) or added(other) or (0, 0)
    return float(numerator + more), math.sqrt(squares + more_squares)


def bell(value, error):
    return lambda z: value + z * error


def by_logarithm(value, error):
    return lambda z: value * power(z * error)


def value_at(kind, tally, other):
    """The function from errors off the middle to the value of one window."""
    value, error = estimate(kind, tally, other)
    return bell(value, error) if kind == "share" or value <= 0 else by_logarithm(value, error / value)


def against(basis, now, before):
    """The same of growth or change, from two windows' (value, error)."""
    (value, error), (base, base_error) = now, before
    if basis == "change":
        return bell(value - base, math.hypot(error, base_error))
    if value <= 0:
        return bell(value / base - 1, math.hypot(error / base, value * base_error / base ** 2))
    quotient = by_logarithm(value / base, math.hypot(error / value, base_error / base))
    return lambda z: quotient(z) - 1


def of_measure(scale, at, geometric):
    """The spread of a measure whose basis is at(z) at z errors off."""
    low, high = sorted(points_at(scale, at(side * QUANTILE)) for side in (-1, 1))
    scores = [points_at(scale, at(step)) for step in STEPS]
    parts = [handed(score, geometric) for score in scores]
    mean = math.fsum(parts) / len(parts)
    error = math.sqrt(math.fsum((part - mean) ** 2 for part in parts) / len(parts))
    return Spread(mean, error, low, math.fsum(scores) / len(scores), high)


def of_node(children, score, geometric):
    """The spread of a node from [(weight, spread), ...] that have some weight, and its score."""
    total = math.fsum(weight for weight, _ in children)
    mean = math.fsum(weight / total * spread.mean for weight, spread in children)
    error = math.sqrt(math.fsum((weight / total * spread.error) ** 2 for weight, spread in children))
    lesser, greater = sorted((mean, handed(score, geometric)))
    ends = lesser - QUANTILE * error, mean, greater + QUANTILE * error
    return Spread(mean, error, *(map(power, ends) if geometric else ends))


def gained(now, before):
    """(low, high) of what was gained."""
    middle = now.middle - before.middle
    return (middle - math.hypot(max(now.middle - now.low, 0.0), max(before.high - before.middle, 0.0)),
            middle + math.hypot(max(now.high - now.middle, 0.0), max(before.middle - before.low, 0.0)))
