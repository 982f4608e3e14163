#!/bin/sh
# SPDX-License-Identifier: MIT
# Holds the program against the reference implementation on random data sets of every kind; DIFFER_SEEDS says on how
# many of each.
set -eu

exec "$PYTHON" "$SRCDIR/tests/reference/differ.py" "$CRMVAL" 1 "${DIFFER_SEEDS:-40}"
