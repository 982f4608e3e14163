#!/bin/sh
# SPDX-License-Identifier: MIT
# Holds the program against the reference implementation on random data sets; DIFFER_SEEDS says on how many.
set -eu

exec "$PYTHON" "$SRCDIR/tests/reference/differ.py" "$CRMVAL" 1 "${DIFFER_SEEDS:-40}"
