#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs the unit tests of the reference implementation, and closes with a line like every other test program."""

import os
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
FOLDER = os.path.join(HERE, "reference")

sys.path.insert(0, FOLDER)
suite = unittest.defaultTestLoader.discover(FOLDER, pattern="test_*.py")
result = unittest.TextTestRunner(stream=sys.stdout).run(suite)
failed = len(result.failures) + len(result.errors)
skipped = len(result.skipped)
line = f"{result.testsRun - failed - skipped} passed, {failed} failed"
print(line + (f", {skipped} skipped" if skipped else ""))
sys.exit(1 if failed or not result.testsRun else 0)
