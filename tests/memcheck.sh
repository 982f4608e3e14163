#!/bin/sh
# SPDX-License-Identifier: MIT
# A whole run under valgrind, children included: no invalid access, nothing lost.
set -eu

skip()
{
	echo "skipped: $*"
	echo "0 passed, 0 failed, 1 skipped"
	exit 77
}

command -v valgrind >/dev/null || skip "valgrind is not installed"
if grep -q __asan_init "$CRMVAL" || grep -q __tsan_init "$CRMVAL"; then
	skip "a sanitizer and valgrind do not go together"
fi
if grep -q __gcov_ "$CRMVAL"; then
	skip "where coverage is counted, children end as if they had leaked"
fi
if valgrind --quiet "$CRMVAL" --version 2>&1 | grep -q 'debuginfo reader'; then
	skip "this valgrind cannot read what this compiler writes for debuggers"
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$CRMVAL" demo --scale 0.2 "$work/demo"
# The sandbox does not know the system calls that valgrind makes for itself.
status=0
for command in run check; do
	valgrind --quiet --error-exitcode=99 --leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite \
		--suppressions="$SRCDIR/tests/valgrind.supp" \
		"$CRMVAL" "$command" --set 'plugins.sandbox="off"' "$work/demo/job.conf" \
		>/dev/null 2>"$work/log" || status=$?
	if [ "$status" -ne 0 ] || grep -q '^==' "$work/log"; then
		cat "$work/log"
		echo "FAILED: crmval $command, exit status $status"
		echo "0 passed, 1 failed"
		exit 1
	fi
done
echo "2 passed, 0 failed"
