#!/bin/sh
# SPDX-License-Identifier: MIT
# Searches from the corpora, for so many seconds with each target: FUZZ_SECONDS, by default 60.  What is found is left in
# BUILDDIR/tests/fuzz/found.  Without a word it goes through all targets, as many at a time as there are processors.
set -eu

found=$BUILDDIR/tests/fuzz/found
seconds=${FUZZ_SECONDS:-60}

# The same from each engine: whether something was found.
by_libfuzzer() # TARGET NAME ARGUMENT...
{
	target=$1 name=$2
	shift 2
	"$target" -max_total_time="$seconds" -max_len=4096 -print_final_stats=1 -artifact_prefix="$found/$name-" "$@" \
		"$work" "$SRCDIR/tests/fuzz/corpus/$name"
}

by_afl() # TARGET NAME ARGUMENT...
{
	target=$1 name=$2
	shift 2
	unset LSAN_OPTIONS # there is no such sanitizer, and AFL++ wants a say in it
	AFL_NO_UI=1 AFL_NO_AFFINITY=1 AFL_SKIP_CPUFREQ=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 \
		afl-fuzz -V "$seconds" -i "$SRCDIR/tests/fuzz/corpus/$name" -o "$work" "$@" -- "$target" || return 1
	cat "$work/default/fuzzer_stats"
	grep -q '^saved_crashes *: 0$' "$work/default/fuzzer_stats" && return 0
	for input in "$work"/default/crashes/id*; do
		cp "$input" "$found/$name-$(basename "$input" | cut -d, -f1 | tr ':' '-')"
	done
	return 1
}

# PASS or FAIL, for one target.
search() # TARGET
{
	target=$BUILDDIR/$1 name=${1##*/fuzz_} engine=by_libfuzzer
	dictionary=$SRCDIR/tests/fuzz/$name.dict
	work=$(mktemp -d)
	trap 'rm -rf "$work"' EXIT
	set --
	if grep -q __AFL_SHM_ID "$target"; then
		engine=by_afl
		[ ! -f "$dictionary" ] || set -- -x "$dictionary"
	elif [ -f "$dictionary" ]; then
		set -- "-dict=$dictionary"
	fi
	if $engine "$target" "$name" "$@" >"$found/$name.log" 2>&1; then
		echo "PASS: $name, $(grep -a -E 'number_of_executed_units|execs_done' "$found/$name.log" | tr -dc 0-9) inputs"
	else
		cat "$found/$name.log"
		echo "FAIL: $name"
	fi
}

if [ $# -eq 1 ]; then
	search "$1"
	exit
fi
mkdir -p "$found"
echo "$FUZZ_TARGETS" | xargs -n 1 -P "$(nproc)" "$SHELL" "$0" | tee "$found/all.log"
passed=$(grep -a -c '^PASS: ' "$found/all.log") || true
failed=$(grep -a -c '^FAIL: ' "$found/all.log") || true
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
