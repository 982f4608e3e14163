#!/bin/sh
# SPDX-License-Identifier: MIT
# What make install put in place is all there, and a vendor can build against it; run by make installcheck.
set -eu

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck source=tests/counted.sh
. "$(dirname "$0")/counted.sh"
export PKG_CONFIG_PATH="$DESTDIR$PKGCONFIGDIR"

says_version()
{
	"$DESTDIR$BINDIR/crmval" --version | grep -Fq "$VERSION"
}

no_la()
{
	! ls "$DESTDIR$PLUGINSDIR"/*.la 2>/dev/null
}

exports_one()
{
	[ "$(nm -D --defined-only "$1" | awk '{print $NF}')" = crmval_plugin_v1 ]
}

no_open_place()
{
	! grep "@[a-z]*@/" "$DESTDIR$UNITDIR"/crmval*
}

vendor_builds()
{
	# The example of the manual page, which is what a vendor starts from.
	awk '/^\.Bd -literal$/ { inside = 1; next } /^\.Ed$/ { inside = 0 } inside' \
		"$DESTDIR$MANDIR/man3/crmval-plugin.3" | sed 's/\\e/\\/g' >"$work/punctuality.c"
	flags=$(PKG_CONFIG_SYSROOT_DIR=$DESTDIR PKG_CONFIG_ALLOW_SYSTEM_CFLAGS=1 pkg-config --cflags crmval) || return 1
	# shellcheck disable=SC2086 # a list of words
	cc -std=c11 -fPIC -shared -fvisibility=hidden -Wl,-z,defs $flags -o "$work/punctuality.so" "$work/punctuality.c"
}

# The way of the README, with each compiler that is here, in C and in C++.
vendor_project() # COMPILER FLAGS
{
	rm -rf "$work/service"
	(cd "$work" && "$DESTDIR$BINDIR/crmval" plugin new service) || return 1
	PKG_CONFIG_SYSROOT_DIR=$DESTDIR PKG_CONFIG_ALLOW_SYSTEM_CFLAGS=1 CRMVAL_PLUGIN_PATH=$DESTDIR$PLUGINSDIR \
		make -s -C "$work/service" check CC="$1" CFLAGS="$2 -pedantic -Wall -Wextra -Werror" \
		CRMVAL="$DESTDIR$BINDIR/crmval"
}

check "crmval is a program" test -x "$DESTDIR$BINDIR/crmval"
check "crmval says its version" says_version
for plugin in $PLUGINS; do
	file=$DESTDIR$PLUGINSDIR/$(basename "$plugin" .la).so
	check "$file is there" test -f "$file"
	check "$file exports crmval_plugin_v1 and nothing else" exports_one "$file"
done
check "no .la stays behind" no_la
for page in $PAGES; do
	check "$page is there" test -f "$DESTDIR$MANDIR/man${page##*.}/$(basename "$page")"
done
check "the service starts the installed program" grep -q "^ExecStart=$BINDIR/crmval run" \
	"$DESTDIR$UNITDIR/crmval@.service"
check "no place stays open in the units" no_open_place
check "nobody but root reads the passwords" test \
	"$(stat -c %a "$DESTDIR$SYSCONFDIR/crmval/secrets")" = 700
check "the header is there" test -f "$DESTDIR$INCLUDEDIR/crmval/plugin.h"
check "pkg-config names the folder of the plugins" test \
	"$(pkg-config --variable=pluginsdir crmval)" = "$PLUGINSDIR"
check "a vendor's plugin builds" vendor_builds
check "which exports crmval_plugin_v1 and nothing else" exports_one "$work/punctuality.so"
for compiler in gcc clang; do
	if command -v "$compiler" >/dev/null; then
		check "a new project passes its own check with $compiler" vendor_project "$compiler" "-O2 -std=c99"
	fi
done
for compiler in g++ clang++; do
	if command -v "$compiler" >/dev/null; then
		check "a new project passes its own check with $compiler" \
			vendor_project "$compiler -x c++ -Wno-deprecated" "-O2 -std=c++17"
	fi
done

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
