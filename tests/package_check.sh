#!/bin/sh
# SPDX-License-Identifier: MIT
# Debian packages: built from the release tarball twice, bit for bit the same, and lintian has nothing to say.
# usage: tests/package_check.sh [FOLDER]   in a configured tree; the packages stay in FOLDER
set -eu

top=$(cd "$(dirname "$0")/.." && pwd)
build=${BUILD:-$top/build}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
out=${1:-$work/out}
# shellcheck source=tests/counted.sh
. "$(dirname "$0")/counted.sh"

for tool in dpkg-buildpackage dh lintian; do
	if ! command -v "$tool" >/dev/null; then
		echo "$tool is not installed"
		echo "0 passed, 0 failed, 5 skipped"
		exit 0
	fi
done

# The second time from another folder, as another day, in another locale and time zone, and with another umask.
packages() # FOLDER
{
	mkdir -p "$1"
	tar -C "$1" -xf "$work"/crmval-*.tar.gz
	cp "$work"/crmval-*.tar.gz "$1"
	(cd "$1"/crmval-*/ && DEB_BUILD_OPTIONS="nocheck parallel=$(nproc)" dpkg-buildpackage -us -uc -b) \
		>"$1/log" 2>&1 || { tail -n 60 "$1/log"; return 1; }
}

second_time()
{
	(umask 077 && LC_ALL=C.UTF-8 TZ=Asia/Shanghai packages "$work/another/place")
}

same()
{
	for package in "$out"/*.deb; do
		cmp "$package" "$work/another/place/${package##*/}" || return 1
	done
}

clean()
{
	[ -f "$(echo "$out"/*.changes)" ] || return 1
	said=$(lintian --tag-display-limit 0 --fail-on none --suppress-tags initial-upload-closes-no-bugs "$out"/*.changes 2>&1) || true
	echo "$said" | sed '/^$/d'
	! echo "$said" | grep -q '^[EW]:'
}

runs()
{
	dpkg -x "$(echo "$out"/crmval_*.deb)" "$work/tree" &&
		"$work/tree/usr/bin/crmval" demo --quiet "$work/demo" &&
		CRMVAL_PLUGIN_PATH=$(find "$work/tree/usr/lib" -path '*/crmval/plugins') \
			"$work/tree/usr/bin/crmval" run --quiet --format text --output "$work/report" "$work/demo/job.conf" &&
		[ -s "$work/report" ]
}

(cd "$build" && make -s dist distdir="crmval-$(sed -n 's/^AC_INIT(\[crmval\], \[\(.*\)\])$/\1/p' "$top/configure.ac")" \
	>/dev/null && mv crmval-*.tar.gz "$work")
check "the packages are built" packages "$out"
check "and again" second_time
check "both are the same, bit for bit" same
check "what is installed runs" runs
check "lintian has nothing to say" clean

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
