#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs each fuzz target over every file of its corpus: fuzz_NAME over tests/fuzz/corpus/NAME.
set -eu

passed=0 failed=0
for target in $FUZZ_TARGETS; do
	name=${target##*/fuzz_}
	# Without any file, this is the pattern itself, which fails: a target has a corpus.
	set -- "$SRCDIR/tests/fuzz/corpus/$name"/*
	if "$BUILDDIR/$target" "$@" >"$BUILDDIR/$target.out" 2>&1; then
		passed=$((passed + $#))
	else
		# One by one, to tell which.
		for input in "$@"; do
			if "$BUILDDIR/$target" "$input" >"$BUILDDIR/$target.out" 2>&1; then
				passed=$((passed + 1))
			else
				cat "$BUILDDIR/$target.out"
				echo "FAILED: $target $input"
				failed=$((failed + 1))
			fi
		done
	fi
	rm -f "$BUILDDIR/$target.out"
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
