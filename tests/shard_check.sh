#!/bin/sh
# SPDX-License-Identifier: MIT
# Holds merged shards against one run on random data sets of every kind; SHARD_SEEDS says on how many of each.
set -eu

exec "$PYTHON" "$SRCDIR/tests/reference/shards.py" "$CRMVAL" 1 "${SHARD_SEEDS:-3}"
