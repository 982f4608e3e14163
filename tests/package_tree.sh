#!/bin/sh
# SPDX-License-Identifier: MIT
# Debian packages in a clean tree: they install, run as the operator's guide says, are removed and purged, and what is the
# administrator's stays: archives, results, jobs, passwords.
# usage: tests/package_tree.sh [FOLDER]   as root; FOLDER holds the packages, else they are built.
# MIRROR is where Debian comes from, by default the one of this machine; SUITE bookworm.
set -eu

top=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
tree=$work/tree
# shellcheck source=tests/counted.sh
. "$(dirname "$0")/counted.sh"
# Nothing of what is mounted below outlives this process.
if [ -z "${INSIDE:-}" ]; then
	trap 'rm -rf --one-file-system "$work"' EXIT
	if [ "$(id -u)" -ne 0 ] || ! command -v debootstrap >/dev/null || ! unshare -m true 2>/dev/null; then
		echo "only root can make a clean tree, and debootstrap is to be installed"
		echo "0 passed, 0 failed, 1 skipped"
		exit 0
	fi
	INSIDE=$work unshare -m --propagation private sh "$0" "$@"
	exit
fi
rmdir "$work"
work=$INSIDE tree=$INSIDE/tree

# ---- the tree

mirror()
{
	found=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null |
		sed -n -e 's/^URIs: *\([^ ]*\).*/\1/p' -e 's/^deb \(\[.*\] \)\{0,1\}\([^ ]*\) .*/\2/p' | grep '/debian/*$' | head -n 1)
	echo "${MIRROR:-${found:-http://deb.debian.org/debian}}"
}

make_tree()
{
	debootstrap --variant=minbase "${SUITE:-bookworm}" "$tree" "$(mirror)" >"$work/log" 2>&1 || return 1
	mount -t proc proc "$tree/proc" && cp "$packages"/crmval_*.deb "$packages"/crmval-dev_*.deb "$packages"/crmval-l10n_*.deb "$tree/var/tmp"
}

inside() # COMMAND...
{
	chroot "$tree" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"
}

# As its user, in the folder that the unit gives it.
as_crmval() # COMMAND...
{
	chroot --userspec=crmval:crmval "$tree" env -i PATH=/usr/bin:/bin LC_ALL=C.UTF-8 SOURCE_DATE_EPOCH="$now" \
		sh -c 'umask 027 && cd /var/lib/crmval && exec "$@"' sh "$@"
}

# ---- what is checked

install()
{
	inside sh -c 'apt-get install -y --no-install-recommends /var/tmp/*.deb' >"$work/log" 2>&1 ||
		{ tail -n 30 "$work/log"; return 1; }
	inside dpkg -L crmval crmval-dev crmval-l10n >"$work/brought"
	[ -z "$(inside dpkg --audit)" ]
}

in_chinese()
{
	inside env LANGUAGE=zh_CN crmval --help | grep -q '用法'
}

# The job is that of the guide; the folder is made as systemd would make it before the service's first start.
administer()
{
	inside install -d -o crmval -g crmval -m 0750 /var/lib/crmval
	inside crmval demo /srv/exports >/dev/null && rm "$tree/srv/exports/job.conf"
	inside sh -c 'umask 077 && echo secret >/etc/crmval/secrets/crm'
	{
		echo 'sources = ( { plugin = "csv"; directory = "/srv/exports"; } );'
		zcat "$tree/usr/share/man/man7/crmval-operations.7.gz" | sed -n -e '/^job = {/,/^};/p' -e '/^archive = {/,/^};/p' \
			-e '/^reports = (/,/^);/p' -e '/^limits = /p' -e '/^alerts = (/,/^);/p'
	} >"$tree/etc/crmval/weekly.conf"
}

job_is_right()
{
	as_crmval crmval check /etc/crmval/weekly.conf >/dev/null
}

# By the unit's own command line.
silent_run()
{
	# shellcheck disable=SC2046 # words
	said=$(as_crmval $(sed -n 's/^ExecStart=//; T; s/%I/weekly/; p' "$tree/lib/systemd/system/crmval@.service") 2>&1) &&
		[ -z "$said" ] && return 0
	echo "$said"
	return 1
}

snapshots() # NUMBER
{
	as_crmval crmval archive verify archive && [ "$(find "$tree/var/lib/crmval/archive" -name 'weekly-*.gz' | wc -l)" -eq "$1" ]
}

mails()
{
	as_crmval env CRMVAL_MAILER=/bin/echo /usr/share/doc/crmval/examples/mail-report weekly.html "CRM value" a@example.org >/dev/null
}

watched()
{
	as_crmval crmval check --nagios --max-age 200 archive | grep -q '^CRMVAL OK: weekly '
}

administrators_own()
{
	(cd "$tree" && find var/lib/crmval etc/crmval/weekly.conf etc/crmval/secrets/crm -type f -exec sha256sum {} + | sort)
}

# It asks nothing, removes what it brought, and nothing else.
goes() # remove | purge
{
	before=$(administrators_own)
	inside apt-get "$1" -y crmval crmval-dev crmval-l10n >"$work/log" 2>&1 || { tail -n 30 "$work/log"; return 1; }
	[ "$(administrators_own)" = "$before" ] && [ -n "$before" ] && [ ! -e "$tree/usr/bin/crmval" ] &&
		[ -z "$(inside dpkg --audit)" ]
}

nothing_left()
{
	left=$(while read -r file; do
		[ -d "$tree$file" ] || ls -d "$tree$file" 2>/dev/null || true
	done <"$work/brought")
	echo "$left" | sed '/^$/d'
	[ -s "$work/brought" ] && [ -z "$left" ]
}

if [ $# -gt 0 ]; then
	packages=$1
else
	packages=$work/packages
	sh "$top/tests/package_check.sh" "$packages"
fi
[ -f "$(echo "$packages"/crmval_*.deb)" ] || { echo "there are no packages in $packages"; exit 66; }
if ! make_tree; then
	tail -n 5 "$work/log"
	echo "no clean tree could be made from $(mirror)"
	echo "0 passed, 0 failed, 1 skipped"
	exit 0
fi
now=1767582000
check "the packages install" install
check "their user is there" inside id -u crmval
check "the folder of passwords is for root alone" [ "$(stat -c '%a %U' "$tree/etc/crmval/secrets")" = "700 root" ]
check "the guide is there" [ -f "$tree/usr/share/man/man7/crmval-operations.7.gz" ]
check "it speaks Chinese" in_chinese
check "an administrator sets it up" administer
check "the job is right" job_is_right
check "it runs and is silent" silent_run
now=$((now + 604800))
check "and a week later" silent_run
check "both snapshots are whole" snapshots 2
check "a monitoring system is told" watched
check "the report is mailed" mails
check "removing leaves what is not its own" goes remove
check "it installs again" install
now=$((now + 604800))
check "and goes on" silent_run
check "with what it had" snapshots 3
check "purging leaves what is not its own" goes purge
check "and nothing that is" nothing_left

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
