#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""An independent implementation of the evaluation model, against which crmval is held.

usage: reference.py DIRECTORY JOB.json     prints the result as JSON; exit 65 where `missing = "fail"` ends the run

The directory holds ENTITY.csv files; where the job lists its sources, it is where their paths start.
"""

import json
import sys

import measures  # noqa: F401  (D1 and D5 enter themselves into the registry, in the order of the model)
import processes  # noqa: F401  (so do D2 to D4)
import source
from load import parse_day, read_directory
from registry import MEASURES, PARAMS
from scoring import ABSENT, MissingData, Scorer, tally
from view import NONE, View

BREAKDOWNS = ("team", "employee", "region", "size_class")


class Evaluation:
    """All rows of all measures of a job, and the results made of them."""

    def __init__(self, data, job):
        self.data = data
        self.job = job
        self.job.setdefault("dimensions", [{"plugin": plugin} for plugin in PARAMS])
        windows = [job["period"], job.get("baseline")]
        self.windows = [tuple(parse_day(day) for day in window) if window else None for window in windows]
        self.days = [window[1] - window[0] + 1 if window else None for window in self.windows]
        self.observed = {}
        for setting in self.job["dimensions"]:
            params = {**PARAMS[setting["plugin"]], **(setting.get("params") or {})}
            for entry in MEASURES.values():
                if entry.dimension == setting["plugin"]:
                    self.observed[entry.id] = [self.observe(entry, params, which) for which in (0, 1)]

    def observe(self, entry, params, which):
        """(reason or None, rows) of a measure in one window; rows None where the window is not looked at."""
        window = self.windows[which]
        if window is None or (which == 1 and entry.state):
            return None, None
        need = entry.missing_need(self.data, params)
        if need is not None:
            return "unmapped: " + need, None
        view = View(self.data, params, window)
        if entry.id in ("new_customers", "lost_customers"):
            start = view.history_start()
            if start is not None and start > view.start - params["churn_after_days"]:
                return "orders start on day %d" % start, None
        rows = []
        for row, numerator, denominator in entry.rows(view):
            units = {breakdown: view.unit(breakdown, row) for breakdown in self.job.get("breakdown") or []}
            rows.append((units, numerator, denominator))
        return None, rows

    def tallies(self, breakdown=None, unit=None):
        """{measure: (reason, period's tally, baseline's tally or None)} of the company or of one unit."""
        result = {}
        for name, windows in self.observed.items():
            totals = []
            for _, rows in windows:
                picked = rows and [row[1:] for row in rows if breakdown is None or row[0][breakdown] == unit]
                totals.append(None if rows is None else tally(MEASURES[name].kind, picked))
            result[name] = (windows[0][0], totals[0] or dict(ABSENT), totals[1])
        return result

    def units(self, breakdown):
        names = {row[0][breakdown] for windows in self.observed.values() for _, rows in windows for row in rows or []}
        return sorted(names - {NONE}, key=lambda name: name.encode()) + [NONE] * (NONE in names)

    def result(self):
        job, period = self.job, self.job["period"]
        baseline = job.get("baseline")
        tree = Scorer(job, self.days, True).tree(self.tallies())
        return {
            "format": "crmval-result-1", "job": job.get("name"),
            **({"ranges": "cautious"} if (job.get("score") or {}).get("ranges") == "cautious" else {}),
            "period": {"from": period[0], "to": period[1]},
            "baseline": {"from": baseline[0], "to": baseline[1]} if baseline else None,
            **tree,
            "breakdowns": {breakdown: [{"unit": unit, **Scorer(job, self.days, False).tree(
                self.tallies(breakdown, unit))} for unit in self.units(breakdown)]
                for breakdown in BREAKDOWNS if breakdown in (job.get("breakdown") or [])},
            "data": self.data.counts(self.windows[0][1]),
        }


def evaluate(directory, job):
    """The result of a job over the ENTITY.csv files of a directory, or over the sources that it lists."""
    if "sources" in job:
        return Evaluation(source.read(job, directory), job).result()
    return Evaluation(read_directory(directory, job.get("currency")), job).result()


def main(arguments):
    if len(arguments) != 3:
        print(__doc__, file=sys.stderr)
        return 64
    with open(arguments[2], encoding="utf-8") as stream:
        job = json.load(stream)
    try:
        result = evaluate(arguments[1], job)
    except MissingData as error:
        print(json.dumps({"error": str(error)}))
        return 65
    print(json.dumps(result, ensure_ascii=False, indent=1, allow_nan=False))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
