#!/bin/sh
# SPDX-License-Identifier: MIT
# The units: systemd finds nothing to say about them, and rates their exposure 2.0 or less.
set -eu

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck source=tests/counted.sh
. "$(dirname "$0")/counted.sh"

if ! command -v systemd-analyze >/dev/null; then
	echo "systemd-analyze is not installed"
	echo "0 passed, 0 failed, 4 skipped"
	exit 0
fi

# It wants the programs to be there, which are not before make install.
for unit in "crmval@.service" "crmval-failed@.service"; do
	sed 's,^ExecStart=[^ ]*,ExecStart=/bin/true,' "$BUILDDIR/conf/systemd/$unit" >"$work/$unit"
done
cp "$SRCDIR/conf/systemd/crmval@.timer" "$work"

# verify returns 0 for unknown keys, too: what counts is that it is silent.
silent()
{
	said=$(cd "$work" && systemd-analyze verify --man=no "$@" 2>&1) || said="status $? $said"
	echo "$said" | sed '/^$/d'
	[ -z "$said" ]
}

# In tenths, at the end of the last line.
exposed_at_most()
{
	said=$(cd "$work" && systemd-analyze security --offline=true --no-pager "./crmval@.service")
	level=$(echo "$said" | sed -n 's/.*exposure level for .*: \([0-9]*\)\.\([0-9]\).*/\1\2/p')
	if [ -z "$level" ] || [ "$level" -gt "$1" ]; then
		echo "$said"
		return 1
	fi
}

in_utc()
{
	grep -q '^OnCalendar=.* UTC$' "$work/crmval@.timer"
}

check "nothing to say of a service and its timer" silent ./crmval@weekly.service ./crmval@weekly.timer
check "nothing to say of the message of a failure" silent ./crmval-failed@weekly.service
check "exposure at most 2.0" exposed_at_most 20
check "the timer is in UTC" in_utc

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
