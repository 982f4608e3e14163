#!/bin/sh
# SPDX-License-Identifier: MIT
# What was built against an older minor version of the contract runs today; and no type has changed in a way that a minor
# version must not: abidiff says so, and is shown to notice.  tests/contract has a header of each version that is kept.
set -eu

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0 skipped=0
contract=$SRCDIR/tests/contract

check() # WHAT COMMAND...
{
	what=$1
	shift
	if "$@" >"$work/log" 2>&1; then
		passed=$((passed + 1))
	else
		echo "FAILED: $what"
		cat "$work/log"
		failed=$((failed + 1))
	fi
}

skip() # WHAT
{
	echo "skipped: $1"
	skipped=$((skipped + 1))
}

build() # VERSION NAME
{
	# shellcheck disable=SC2086 # a list of words
	${CC:-cc} -w -shared -fPIC -fvisibility=hidden -I"$contract/$1" -o "$work/plugins/$2.so" "$contract/$2.c"
}

# Two of three accounts have a name.
old_plugins_run() # VERSION
{
	rm -rf "$work/plugins"
	mkdir "$work/plugins"
	build "$1" old_dimension && build "$1" old_source || return 1
	cat >"$work/job.conf" <<-'CONF'
		job = { name = "old"; period = [ "2025-01-01", "2025-12-31" ]; };
		sources = ( { plugin = "old_source"; } );
		dimensions = ( { plugin = "old_dimension"; } );
		plugins = { directories = "plugins"; sandbox = "best-effort"; };
	CONF
	"$CRMVAL" run --format csv --quiet "$work/job.conf" >"$work/result.csv" || return 1
	grep -q '^,,old_dimension,names,named,ok,3,2,3,' "$work/result.csv"
}

types() # INCLUDES OUTPUT
{
	# shellcheck disable=SC2086 # a list of words
	${CC:-cc} -g -w -shared -fPIC -I"$1" -o "$2" "$contract/types.c"
}

same_types() # OLD NEW
{
	abidiff "$1" "$2" >"$work/report" || [ $(($? & 3)) -eq 0 ] || return 1
	"${PYTHON:-python3}" "$contract/judge.py" <"$work/report" || {
		cat "$work/report"
		return 1
	}
}

# A header with one line changed must not pass.
notices() # SED-SCRIPT
{
	mkdir -p "$work/changed/crmval"
	sed "$1" "$SRCDIR/core/crmval/plugin.h" >"$work/changed/crmval/plugin.h"
	! cmp -s "$SRCDIR/core/crmval/plugin.h" "$work/changed/crmval/plugin.h" || return 1
	types "$work/changed" "$work/changed.so" && ! same_types "$work/now.so" "$work/changed.so"
}

for folder in "$contract"/[0-9]*; do
	version=$(basename "$folder")
	check "plugins of contract $version run" old_plugins_run "$version"
done

if command -v abidiff >/dev/null; then
	check "the types compile" types "$SRCDIR/core" "$work/now.so"
	for folder in "$contract"/[0-9]*; do
		version=$(basename "$folder")
		check "the types of contract $version compile" types "$folder" "$work/old.so"
		check "no type has changed since contract $version but at its end" same_types "$work/old.so" "$work/now.so"
	done
	check "an element struct that grows is noticed" notices 's/^struct crmval_point { double x, y; };/struct crmval_point { double x, y, z; };/'
	check "a struct that grows in the middle is noticed" notices 's/^	uint32_t translation_count;/	uint32_t translation_count, more;/'
	check "a member of another type is noticed" notices 's/^	double least, most; /	float least, most; /'
	check "an argument that is new is noticed" notices 's/^	void (\*close)(void \*source);/	void (*close)(void *source, int how);/'
	check "a member that is gone is noticed" notices '/^	const char \*summary; /d'
else
	skip "abidiff is not here (abigail-tools)"
fi

printf '%d passed, %d failed' "$passed" "$failed"
[ "$skipped" -eq 0 ] || printf ', %d skipped' "$skipped"
echo
[ "$failed" -eq 0 ]
