#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Sees to it that the Debian packages are there which building, the demo, the tests, the gate or the benches need.
#
# usage: need.sh [--look] build|demo|check|gate|bench|fuzz...
#
# Installs what is missing with apt; with --look it only names it. Says nothing, and needs neither network nor root, when
# all is there.
set -eu

# package               for                                 there when (cmd: in PATH, inc: a header, file: a path)
table='
gcc                     build,demo,check,gate,bench         cmd:gcc
libc6-dev               build,demo,check,gate,bench,fuzz    inc:stdio.h
meson                   build,demo,check,gate,bench,fuzz    cmd:meson
ninja-build             build,demo,check,gate,bench,fuzz    cmd:ninja
pkg-config              build,demo,check,gate,bench,fuzz    cmd:pkg-config
libssl-dev              build,demo,check,gate,bench,fuzz    inc:openssl/evp.h
libsqlite3-dev          build,demo,check,gate,bench,fuzz    inc:sqlite3.h
libutf8proc-dev         build,demo,check,gate,bench,fuzz    inc:utf8proc.h
libjansson-dev          build,demo,check,gate,bench,fuzz    inc:jansson.h
libqrencode-dev         build,demo,check,gate,bench,fuzz    inc:qrencode.h
libcmocka-dev           check,gate,bench,fuzz               inc:cmocka.h
zlib1g-dev              check,gate,bench,fuzz               inc:zlib.h
bats                    check,gate                          cmd:bats
age                     demo,check,gate,bench               cmd:age
nncp                    bench                               cmd:nncp-file
openssl                 bench                               cmd:openssl
jq                      check,gate                          cmd:jq
strace                  check,gate                          cmd:strace
dosfstools              check                               cmd:mkfs.vfat
fusefat                 check                               cmd:fusefat
exfatprogs              check                               cmd:mkfs.exfat
exfat-fuse              check                               cmd:mount.exfat-fuse
clang-14                gate,fuzz                           cmd:clang-14
llvm-14                 gate,fuzz                           cmd:llvm-symbolizer-14
libfuzzer-14-dev        fuzz                                file:/usr/lib/llvm-14/lib/libFuzzer.a
clang-format-14         gate                                cmd:clang-format-14
'
# Better with, but the same without: they ride along when something is installed anyway.
welcome='
libipsec-mb-dev         build,demo,check,gate,bench,fuzz    inc:intel-ipsec-mb.h
scdoc                   build,check                         cmd:scdoc
g++                     check                               cmd:c++
zbar-tools              check                               cmd:zbarimg
zsh                     check                               cmd:zsh
fish                    check                               cmd:fish
'

is_there() {
	case $1 in
	cmd:*) command -v "${1#cmd:}" >/dev/null 2>&1 || test -x "/usr/sbin/${1#cmd:}" ;;
	inc:*)
		for dir in /usr/include /usr/include/*-linux-gnu* /usr/local/include; do
			test -e "$dir/${1#inc:}" && return 0
		done
		return 1
		;;
	file:*) test -e "${1#file:}" ;;
	esac
}

# The packages of table $1 that are missing for the uses $2 (",build,check,").
missing_of() {
	printf '%s' "$1" | while read -r package uses sign; do
		test -n "$package" || continue
		wanted=no
		for use in $(printf '%s' "$uses" | tr ',' ' '); do
			case $2 in *",$use,"*) wanted=yes ;; esac
		done
		if test "$wanted" = yes && ! is_there "$sign"; then
			printf ' %s' "$package"
		fi
	done
}

look=no
uses=,
for arg; do
	case $arg in
	--look) look=yes ;;
	build | demo | check | gate | bench | fuzz) uses=$uses$arg, ;;
	*)
		echo "usage: need.sh [--look] build|demo|check|gate|bench|fuzz..." >&2
		exit 2
		;;
	esac
done

missing=$(missing_of "$table" "$uses")
test -n "$missing" || exit 0

if test $look = yes; then
	echo "These Debian packages are missing:$missing" >&2
	echo "Install them with: apt-get install$missing" >&2
	exit 1
fi

fail() {
	echo "Could not install what is missing: $1" >&2
	echo "Install these packages, then run this again:$missing" >&2
	exit 1
}
command -v apt-get >/dev/null 2>&1 || fail "this machine has no apt-get."
as_root=
if test "$(id -u)" -ne 0; then
	command -v sudo >/dev/null 2>&1 || fail "not root, and there is no sudo."
	as_root=sudo
fi

echo "Installing Debian packages:$missing" >&2
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get -qq update </dev/null >&2 || echo "apt-get update failed; going on with the lists that are here." >&2
# shellcheck disable=SC2086
$as_root apt-get -qq install --no-install-recommends -y $missing </dev/null >&2 || fail "apt-get refused."
for package in $(missing_of "$welcome" "$uses"); do
	$as_root apt-get -qq install --no-install-recommends -y "$package" </dev/null >/dev/null 2>&1 ||
		echo "Going on without $package, which is optional." >&2
done
missing=$(missing_of "$table" "$uses")
test -z "$missing" || fail "installed, but still not to be seen."
