# SPDX-License-Identifier: MIT
"""Cautious ranges, from crmval.conf(5), CAUTIOUS RANGES; what they leave open is decided in scoring.py."""

import math
from fractions import Fraction
from typing import NamedTuple

QUANTILE = 1.959963984540054
BENDS = [step / 2 for step in range(-4, 5)]


class Spread(NamedTuple):
    """low, score and high are points; the others are what parents take, of logarithms under geometric aggregation."""

    low: float
    score: float
    high: float
    below: float
    above: float
    lower: float
    higher: float


def handed(points, geometric):
    return math.log(max(points, 1.0)) if geometric else points


def certain(points):
    return Spread(points, points, points, 0.0, 0.0, 0.0, 0.0)


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
    rows, numerator, squares = tally["sums"][:3]
    return numerator / (2 * rows), 4 * squares / rows


def share(numerator, squares, denominator, products, weights):
    """(value, error) of exact sums of n, nn, d, nd and dd."""
    row = weights / denominator
    rows = denominator / row
    total = denominator + 4 * row
    value = (numerator + 2 * row) / total
    residuals = squares - 2 * value * products + value ** 2 * weights
    residuals += 2 * (row - value * row) ** 2 + 2 * (value * row) ** 2
    return float(value), math.sqrt(Fraction(rows + 4) / (rows + 2) * residuals / total ** 2)


def estimate(kind, tally, other):
    """(value, error) of a window; other is the tally of the other window, or None."""
    value, error = tally["value"], tally["standard_error"]
    if kind == "ratio" or tally.get("sums") is None:
        return value, error
    _, numerator, squares, *others = tally["sums"]
    if kind == "share":
        return share(numerator, squares, *others)
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


def of_measure(scale, at, score, geometric):
    """The spread of a measure with this score, whose basis is at(z) at z errors off."""
    ends = [points_at(scale, at(side * QUANTILE)) for side in (-1, 1)]
    low, high = min(ends + [score]), max(ends + [score])

    def level(z):
        return handed(points_at(scale, at(z)), geometric)

    bends = [level(z) - (level(z - 1) + level(z + 1)) / 2 for z in BENDS]
    return Spread(low, score, high,
                  handed(score, geometric) - handed(low, geometric), handed(high, geometric) - handed(score, geometric),
                  max(0.0, -min(bends)), max(0.0, max(bends)))


def of_node(children, score, geometric):
    """The spread of a node from [(weight, spread), ...] that have some weight, and its score."""
    total = math.fsum(weight for weight, _ in children)
    parts = [(weight / total, spread) for weight, spread in children]
    below, above = (math.sqrt(math.fsum((weight * getattr(spread, side)) ** 2 for weight, spread in parts))
                    for side in ("below", "above"))
    lower, higher = (math.fsum(weight * getattr(spread, side) for weight, spread in parts)
                     for side in ("lower", "higher"))
    low, high = handed(score, geometric) - lower - below, handed(score, geometric) + higher + above
    if geometric:
        low, high = power(low), power(high)
    return Spread(max(low, 0.0), score, min(high, 100.0), below, above, lower, higher)


def gained(now, before):
    """(low, high) of what was gained."""
    points = now.score - before.score
    return (points - math.hypot(now.score - now.low, before.high - before.score),
            points + math.hypot(now.high - now.score, before.score - before.low))
