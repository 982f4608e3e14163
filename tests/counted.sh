#!/bin/sh
# SPDX-License-Identifier: MIT
# For scripts that check one thing after another: counts what passed and what failed.
# shellcheck disable=SC2034
passed=0 failed=0

check() # WHAT COMMAND...
{
	what=$1
	shift
	if "$@"; then
		passed=$((passed + 1))
	else
		echo "FAILED: $what"
		failed=$((failed + 1))
	fi
}
