#!/bin/sh
# SPDX-License-Identifier: MIT
# The public header stands alone, as C99 and as C++17, under each compiler that is here.
set -eu

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0 skipped=0

cat >"$work/vendor.c" <<'C'
#include <crmval/plugin.h>
/* Every struct is complete, and every enumerator usable in a constant expression. */
struct crmval_error error = {sizeof error, CRMVAL_OK, ""};
char any[sizeof(struct crmval_plugin) + sizeof(struct crmval_source) + sizeof(struct crmval_dimension)];
C
cp "$work/vendor.c" "$work/vendor.cc"

try() # COMPILER STANDARD SOURCE
{
	if ! command -v "$1" >/dev/null; then
		echo "skipped: $1 is not here"
		skipped=$((skipped + 1))
	elif "$1" "-std=$2" -pedantic-errors -Wall -Wextra -Werror -I"$SRCDIR/core" -c "$work/$3" -o "$work/out.o"; then
		passed=$((passed + 1))
	else
		echo "FAILED: $1 -std=$2"
		failed=$((failed + 1))
	fi
}

try gcc c99 vendor.c
try clang c99 vendor.c
try g++ c++17 vendor.cc
try clang++ c++17 vendor.cc

summary="$passed passed, $failed failed"
[ "$skipped" -eq 0 ] || summary="$summary, $skipped skipped"
echo "$summary"
[ "$failed" -eq 0 ]
