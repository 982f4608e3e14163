#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Holds crmval against what else there is, on the same files and the same work, and writes what came of it as a table.

usage: bench.py CRMVAL INFLATE FOLDER [OPTION=VALUE...]      FOLDER keeps data, peers and figures from run to run

  scales=10,100,1000    of the demo data; 1000 is 1.1 GB of CSV
  threads=1,2           of crmval, DuckDB, Polars
  runs=5                pairs for each figure
  peers=all             or a list of duckdb, polars, sqlite, postgresql, miller, igzip, libdeflate, gzip
  cases=all             or a list of csv, cold, gz, zip, databases, self
  slow=100              the largest scale for SQLite, PostgreSQL, Miller
  archive=1000          megabytes of the Salesforce export
  table=FILE            where to write the table, by default FOLDER/bench.md

Nothing is timed before its results are ours: rows, numerator and denominator of each measure and unit.
"""
import os
import sys

import table
from cases import Bench

DEFAULTS = {"scales": "10,100,1000", "threads": "1,2", "runs": "5", "peers": "all", "cases": "all", "slow": "100",
            "archive": "1000", "table": None}
CASES = ("csv", "cold", "gz", "zip", "databases", "self")


def main(words):
    options = dict(DEFAULTS)
    for word in words[4:]:
        name, is_set, value = word.partition("=")
        if name not in options or not is_set:
            sys.exit(__doc__)
        options[name] = value
    if len(words) < 4:
        sys.exit(__doc__)
    bench = Bench(os.path.abspath(words[1]), os.path.abspath(words[2]), os.path.abspath(words[3]), options)
    cases = CASES if options["cases"] == "all" else options["cases"].split(",")
    try:
        for case in cases:
            getattr(bench, case)()
    finally:
        bench.close()
    table.write(bench.figures, options["table"] or os.path.join(bench.folder, "bench.md"))


if __name__ == "__main__":
    main(sys.argv)
