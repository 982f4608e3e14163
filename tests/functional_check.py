#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs the functional tests, which use the program as people do: environment CRMVAL, CRMVAL_PLUGIN_PATH."""

import os
import sys
import unittest

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "functional")
sys.path.insert(0, FOLDER)

import kit  # noqa: E402

suite = unittest.defaultTestLoader.discover(FOLDER, pattern="test_*.py")
sys.exit(kit.close(unittest.TextTestRunner(stream=sys.stdout).run(suite)))
