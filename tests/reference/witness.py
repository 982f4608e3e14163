#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Reads a snapshot as anybody could, with gzip, JSON and SHA-256, and computes the scores anew from its sums, in fractions.

usage: witness.py SNAPSHOT     exit 1 where the result in it does not follow from its tallies
"""

import gzip
import hashlib
import json
import math
import sys
import zlib
from fractions import Fraction

import scoring
from load import parse_day

FIRST_BYTES = bytes.fromhex("1f8b08000000000000ff")


def number(value):
    """A sum as the snapshot writes it: a whole number, or a hexadecimal one as in C."""
    if isinstance(value, int):
        return Fraction(value)
    sign, _, rest = value.partition("0x")
    digits, _, exponent = rest.partition("p")
    return (-1 if sign else 1) * Fraction(int(digits, 16)) * Fraction(2) ** int(exponent)


def two_members(raw):
    """The sizes of the two gzip members, found without what the first line tells."""
    first = zlib.decompressobj(wbits=31)
    first.decompress(raw)
    return len(raw) - len(first.unused_data), len(first.unused_data)


class Entry:
    """A measure's definition, as scoring.Scorer asks for it."""

    def __init__(self, line, shares):
        self.id = line["id"]
        self.better = line["better"]
        self.default_basis = line["default_basis"]
        self.kind = "sum" if line["kind"] == "sum" else "share" if "share" in shares else "ratio"
        self.per_day = self.kind == "sum"
        self.growth_per_day = self.per_day or "daily" in line["flags"]
        self.is_state = "state" in line["flags"]
        self.settings = {"basis": line["basis"], "scale": [tuple(point) for point in line["scale"]],
                         "weight": line["weight"], "baseline": line["stated_baseline"]}


def tally(kind, entry):
    """What scoring.tally() makes of the rows, from their sums alone."""
    if entry is None:
        return scoring.tally("sum" if kind == "sum" else "ratio", [])
    rows, n, d, nn, nd, dd = entry
    result = {"rows": rows, "numerator": float(n), "denominator": None, "value": None, "standard_error": None,
              "sums": (rows, n, nn, d, nd, dd)}
    if kind == "sum":
        return {**result, "value": float(n), "standard_error": scoring.exact_root(nn)}
    result["denominator"] = float(d)
    if d <= 0:
        return result

    def residuals(ratio):
        return nn - 2 * ratio * nd + ratio * ratio * dd

    result["value"] = float(n / d)
    if kind == "share":
        mean = d / rows
        ratio = (n + 2 * mean) / (d + 4 * mean)
        squares = residuals(ratio) + 2 * (mean - ratio * mean) ** 2 + 2 * (ratio * mean) ** 2
        square = Fraction(rows + 4, rows + 3) * squares / (d + 4 * mean) ** 2
    elif rows == 1:
        square = (n / d) ** 2
    else:
        square = Fraction(rows, rows - 1) * residuals(n / d) / d ** 2
    return {**result, "standard_error": scoring.exact_root(square)}


class Witness:
    """A snapshot, its framing and hashes verified."""

    def __init__(self, path):
        with open(path, "rb") as file:
            raw = file.read()
        text = gzip.decompress(raw)
        line, _, payload = text.partition(b"\n")
        self.header = json.loads(line)
        end = payload.index(b"\n}\n") + 3
        self.result_bytes, lines = payload[:end], payload[end:]
        self.result = json.loads(self.result_bytes)
        self.lines = [tuple(json.loads(each).items())[0] for each in lines.splitlines()]
        self.check_framing(raw, line, payload, lines)
        self.settings = dict(self.lines)["settings"]
        self.scoring = dict(self.lines)["scoring"]
        self.dimensions = self.read_definitions()
        self.lacks = {value["measure"]: value for kind, value in self.lines if kind == "lack"}
        self.sums = self.read_tallies()

    def check_framing(self, raw, line, payload, lines):
        first, second = two_members(raw)
        assert raw.startswith(FIRST_BYTES) and line in raw[:first]
        assert self.header["format"] == "crmval-snapshot-1"
        assert self.header["payload"] == {"bytes": len(payload), "sha256": hashlib.sha256(payload).hexdigest()}
        assert self.header["gzip"] == {"bytes": second, "sha256": hashlib.sha256(raw[first:]).hexdigest()}
        kinds = ("scoring", "dimension", "parameter", "indicator", "measure")
        defined = b"".join(each + b"\n" for each in lines.split(b"\n")
                           if each.startswith(tuple(b'{"%s":' % kind.encode() for kind in kinds)))
        assert self.header["definitions"] == hashlib.sha256(defined).hexdigest()

    def read_definitions(self):
        """[(dimension, {indicator: (weight, [(number, Entry)])})]"""
        dimensions, count = [], 0
        for kind, value in self.lines:
            if kind == "dimension":
                dimensions.append((value, {}))
            elif kind == "indicator":
                dimensions[-1][1][value["id"]] = value["weight"], []
            elif kind == "measure":
                dimensions[-1][1][value["indicator"]][1].append((count, Entry(value, value["flags"])))
                count += 1
        return dimensions

    def read_tallies(self):
        """{(breakdown, unit's number): {(measure, window): (rows, n, d, nn, nd, dd)}}"""
        sums = {}
        for kind, value in self.lines:
            if kind == "tally":
                unit = sums.setdefault((value["breakdown"], value["number"]), {})
                for measure, window, rows, *five in value["sums"]:
                    unit[measure, window] = (rows, *map(number, five))
        return sums

    def units(self, breakdown):
        return [value["unit"] for kind, value in self.lines if kind == "tally" and value["breakdown"] == breakdown]

    def days(self, which):
        window = self.settings[which]
        return parse_day(window["to"]) - parse_day(window["from"]) + 1 if window else None

    def states(self, sums, place, entry):
        """(reason or None, the period's numbers, the baseline's or None) of a measure of a unit."""
        lack = self.lacks.get(place, {})
        gone = lack.get("failed") or lack.get("period")
        now = dict(scoring.ABSENT) if gone else tally(entry.kind, sums.get((place, 0)))
        before = None
        if self.settings["baseline"] and not entry.is_state:
            gone_before = lack.get("failed") or lack.get("baseline")
            before = dict(scoring.ABSENT) if gone_before else tally(entry.kind, sums.get((place, 1)))
        return gone, now, before

    def tree(self, breakdown=None, unit=0):
        """The scores of the company or of a unit, as scoring.Scorer.tree() gives them."""
        scorer = scoring.Scorer({"score": self.scoring}, [self.days("period"), self.days("baseline")],
                                breakdown is None)
        sums = self.sums[breakdown, unit]
        rated = []
        for dimension, indicators in self.dimensions:
            nodes = []
            for indicator, (weight, entries) in indicators.items():
                measured = [scorer.measure(entry, entry.settings, *self.states(sums, place, entry))
                            for place, entry in entries]
                scorer.weigh(measured, [entry.settings for _, entry in entries])
                rating = scorer.up([(node["id"], rating) for rating, node in measured])
                nodes.append((rating, {"id": indicator, "weight": weight, "coverage": rating.coverage, "measures": [
                    {**node, **part.publish()} for part, node in measured]}))
            scorer.weigh(nodes, [node for _, node in nodes])
            rating = scorer.up([(node["id"], rating) for rating, node in nodes])
            rated.append((rating, {"id": dimension["id"], "coverage": rating.coverage, "indicators": [
                {**node, **part.publish()} for part, node in nodes]}))
        scorer.weigh(rated, [dimension for dimension, _ in self.dimensions])
        rating = scorer.up([(node["id"], rating) for rating, node in rated])
        return {"overall": {**rating.publish(), "coverage": rating.coverage, "weight": None},
                "dimensions": [{**node, **part.publish()} for part, node in rated]}

    def differences(self):
        """Where the result says something else than its tallies come to."""
        found = []
        compare(self.result, self.tree(), "company", found)
        for breakdown, units in self.result["breakdowns"].items():
            if [each["unit"] for each in units] != self.units(breakdown):
                found.append(breakdown + ": other units")
            for place, unit in enumerate(units):
                compare(unit, self.tree(breakdown, place), "%s %s" % (breakdown, unit["unit"]), found)
        overall = {key: self.result["overall"][key] for key in ("score", "low", "high", "coverage")}
        if self.header["overall"] != overall:
            found.append("the first line: another overall score")
        return found


def compare(told, computed, place, found):
    """Notes each number that is told and not what was computed; titles, reasons and units of measure are not compared."""
    if isinstance(computed, dict):
        for key, value in computed.items():
            if key not in ("title", "reason") and not (key == "weight" and value is None):
                compare(told.get(key, "nothing"), value, place + "." + key, found)
    elif isinstance(computed, list):
        if len(told) != len(computed):
            found.append(place + ": another length")
        for one, other in zip(told, computed):
            compare(one, other, "%s %s" % (place, other["id"]), found)
    elif isinstance(computed, float) and isinstance(told, (int, float)):
        if not math.isclose(told, computed, rel_tol=1e-9, abs_tol=1e-9):
            found.append("%s: told %r, computed %r" % (place, told, computed))
    elif told != computed:
        found.append("%s: told %r, computed %r" % (place, told, computed))


def main():
    witness = Witness(sys.argv[1])
    differences = witness.differences()
    print("\n".join(differences[:20]) or "%d scopes follow from their tallies" % len(witness.sums))
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
