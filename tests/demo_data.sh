#!/bin/sh
# SPDX-License-Identifier: MIT
# Writes demo data sets of two sizes and seeds, and checks that they are plausible and give every measure data.
set -eu

work=$(mktemp -d "$BUILDDIR/tests/demo.XXXXXX")
trap 'rm -rf "$work"' EXIT

"$CRMVAL" demo "$work/half" --scale 0.5 --seed 7
"$CRMVAL" demo "$work/one"
"$PYTHON" "$SRCDIR/tests/demo_check.py" "$work/half" "$work/one"
