# SPDX-License-Identifier: MIT
"""For scripts that hold files of the project against each other: reads them, counts what passed and what failed."""

import os

ROOT = os.environ.get("SRCDIR") or os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
counts = {True: 0, False: 0}


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


def check(holds, complaint):
    counts[holds] += 1
    if not holds:
        print("FAILED:", complaint)
