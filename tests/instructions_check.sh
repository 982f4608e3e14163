#!/bin/sh
# SPDX-License-Identifier: MIT
# Counts instructions a row, which, unlike times, are the same on a busy machine: tests/instructions has what they may be.
set -eu

skip()
{
	echo "skipped: $*"
	echo "0 passed, 0 failed, 1 skipped"
	exit 77
}

HOT=$BUILDDIR/tests/hot
ROWS=20480
command -v valgrind >/dev/null || skip "valgrind is not installed"
[ "$(uname -m)" = x86_64 ] || skip "the counts are of x86-64"
grep -qw avx2 /proc/cpuinfo || skip "the counts are of machines with AVX2"
if grep -q -e __asan_init -e __tsan_init -e __gcov_dump "$CRMVAL"; then
	skip "sanitizers and coverage have instructions of their own"
fi
if grep -a -q 'clang version' "$HOT" || ! grep -a -q 'GCC: (.*) 12\.' "$HOT"; then
	skip "the counts are of gcc 12"
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset GLIBC_TUNABLES LD_BIND_NOW

valgrind --quiet --tool=callgrind --callgrind-out-file="$work/hot" "$HOT" "$ROWS"
callgrind_annotate --inclusive=yes --threshold=100 --show-percs=no "$work/hot" |
	sed -n "s/^ *\([0-9,]*\) .*:hot_\([a-z]*\)[ ['].*/\2 \1/p" | tr -d , | sort -u >"$work/counts"
sed -i "s/\$/ $ROWS/" "$work/counts"

# Reading and linking on one thread: what three times as many rows take on top.  Confined children may write no file, so
# what they do is not in it.
rows_of() { cat "$1"/*.csv | wc -l; }
instructions_at() # SCALE
{
	"$CRMVAL" demo --scale "$1" "$work/demo$1"
	valgrind --quiet --tool=callgrind --callgrind-out-file="$work/run$1" "$CRMVAL" run --threads 1 --dry-run \
		--set 'plugins.sandbox="off"' --set 'limits.hash_inputs="never"' "$work/demo$1/job.conf" 2>/dev/null
	sed -n 's/^summary: //p' "$work/run$1"
}
few=$(instructions_at 1)
many=$(instructions_at 3)
echo "load $((many - few)) $(($(rows_of "$work/demo3") - $(rows_of "$work/demo1")))" >>"$work/counts"

awk '
	FNR == NR { if ($1 !~ /^#/) most[$1] = $2; next }
	{ seen[$1] = $2 / $3 }
	END {
		for (name in most)
			if (!(name in seen)) {
				print "FAILED: " name ": was not counted"
				failed++
			} else if (seen[name] > most[name]) {
				printf "FAILED: %s: %.1f instructions a row, more than %s\n", name, seen[name], most[name]
				failed++
			} else {
				printf "%s: %.1f of %s\n", name, seen[name], most[name]
				passed++
			}
		printf "%d passed, %d failed\n", passed, failed
		exit failed > 0
	}' "$SRCDIR/tests/instructions" "$work/counts"
