#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# `make install` puts everything where it belongs, and what it puts there works.

setup_file() {
	export root=$BATS_FILE_TMPDIR/root
	# Quickly built: what is asked here is where things go.
	env -u CFLAGS -u LDFLAGS make -C "$VALISE_TEST_SOURCE" install BUILD="$BATS_FILE_TMPDIR/build" PREFIX=/opt/valise \
		DESTDIR="$root" MESON_OPTIONS="-Doptimization=0 -Ddebug=false" >"$BATS_FILE_TMPDIR/log" 2>&1 || {
		tail -n 40 "$BATS_FILE_TMPDIR/log"
		return 1
	}
}

@test "the programs are installed and run" {
	"$root/opt/valise/bin/valise" --version | grep -q '^valise [0-9]'
	"$root/opt/valise/bin/valise-verify" --version | grep -q '^valise-verify [0-9]'
}

@test "an office is founded with what was installed" {
	export HOME=$BATS_TEST_TMPDIR VALISE_DIR=$BATS_TEST_TMPDIR/office
	valise=$root/opt/valise/bin/valise
	"$valise" init "Harbour Legal" --title Registry --no-passphrase --no-recovery
	"$valise" card export -o "$HOME/card"
	"$valise" doctor
}

@test "the manual is installed for every program and command" {
	command -v scdoc >/dev/null || skip "scdoc is not installed, so there are no man pages"
	cd "$VALISE_TEST_SOURCE/doc"
	for page in *.scd; do
		page=${page%.scd}
		test -s "$root/opt/valise/share/man/man${page##*.}/$page" || {
			echo "missing: $page"
			return 1
		}
	done
	test -s "$root/opt/valise/share/man/man1/valise.1"
	test -s "$root/opt/valise/share/man/man1/valise-verify.1"
}

@test "licence and README are installed" {
	for file in README.md CHANGELOG.md LICENSE; do
		cmp "$VALISE_TEST_SOURCE/$file" "$root/opt/valise/share/doc/valise/$file"
	done
}

@test "completions are installed where each shell looks for them" {
	share=$root/opt/valise/share
	for program in valise valise-verify; do
		cmp "$VALISE_TEST_SOURCE/completions/valise.bash" "$share/bash-completion/completions/$program"
		cmp "$VALISE_TEST_SOURCE/completions/valise.fish" "$share/fish/vendor_completions.d/$program.fish"
	done
	cmp "$VALISE_TEST_SOURCE/completions/_valise" "$share/zsh/site-functions/_valise"
}

@test "the formats are installed, where README and manual name them" {
	doc=$root/opt/valise/share/doc/valise
	diff -r "$VALISE_TEST_SOURCE/spec" "$doc/spec"
	grep -o '](\(spec\|demo\)/[^)#]*' "$doc/README.md" | cut -c 3- | sort -u >"$BATS_TEST_TMPDIR/links"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/links")" -ge 5 ]
	while read -r link; do
		cmp "$VALISE_TEST_SOURCE/$link" "$doc/$link"
	done <"$BATS_TEST_TMPDIR/links"
}

# The flags of what was installed: where it lies, and nothing that it is itself made of.
installed() { # PKG-CONFIG'S OPTION...
	local pc
	pc=$(find "$root" -name valise.pc)
	test -n "$pc"
	PKG_CONFIG_SYSROOT_DIR=$root PKG_CONFIG_LIBDIR=${pc%/*} pkg-config "$@" valise
}

@test "the library is installed under its soname, with its headers, and no archive" {
	libraries=$(dirname "$(find "$root" -name libvalise.so)")
	version=$("$root/opt/valise/bin/valise" --version | cut -d ' ' -f 2)
	[ "$(installed --modversion)" = "$version" ]
	[ "$(readlink "$libraries/libvalise.so")" = "libvalise.so.${version%.*}" ]
	[ "$(readlink "$libraries/libvalise.so.${version%.*}")" = "libvalise.so.$version" ]
	readelf --dynamic "$libraries/libvalise.so" | grep -q "(SONAME).*\[libvalise.so.${version%.*}\]"
	[ -z "$(find "$root" -name '*.a')" ]
	diff <(ls "$VALISE_TEST_SOURCE/include/valise" | grep '\.h$') <(ls "$root/opt/valise/include/valise")
	"$VALISE_TEST_SOURCE/tests/symbols.py" "$VALISE_TEST_SOURCE" readelf "$libraries/libvalise.so"
}

@test "the programs hold the library in themselves, and stand alone" {
	for program in valise valise-verify; do
		readelf --dynamic "$root/opt/valise/bin/$program" >"$BATS_TEST_TMPDIR/needed"
		grep -q NEEDED "$BATS_TEST_TMPDIR/needed"
		[ "$(grep -c libvalise "$BATS_TEST_TMPDIR/needed")" -eq 0 ]
	done
}

@test "the example builds against what was installed, and does what it says" {
	example=$root/opt/valise/share/doc/valise/example.c
	cmp "$VALISE_TEST_SOURCE/doc/example.c" "$example"
	[ "$(installed --static --libs)" = "$(installed --libs)" ]
	# shellcheck disable=SC2046
	cc -std=c17 -Wall -Wextra -pedantic -Werror -o "$BATS_TEST_TMPDIR/example" "$example" $(installed --cflags --libs)
	export LD_LIBRARY_PATH HOME=$BATS_TEST_TMPDIR VALISE_DIR=$BATS_TEST_TMPDIR/office
	LD_LIBRARY_PATH=$(dirname "$(find "$root" -name libvalise.so)")
	run "$BATS_TEST_TMPDIR/example" "$VALISE_DIR"
	[ "$status" -eq 1 ]
	[[ $output == *"there is no office"* ]]
	valise=$root/opt/valise/bin/valise
	"$valise" init "Harbour Legal" --title Registry --no-passphrase --no-recovery
	"$valise" seal -t "The tenant" --no-card --paper "letter 17" --ref 17/26
	"$valise" say handed 17/26 --text "to the porter" --yes
	run "$BATS_TEST_TMPDIR/example" "$VALISE_DIR"
	echo "$output"
	[ "$status" -eq 0 ]
	[[ ${lines[0]} =~ ^[a-z2-7]{4}-[a-z2-7]{4}\ from\ Harbour\ Legal:\ nothing$ ]]
	[[ ${lines[1]} == "Harbour Legal says handed" ]]
	[[ $output == *'Addressed to "The tenant"'*"those of 1 statement are valid"* ]]
}

@test "a program in C++ links and runs" {
	command -v c++ >/dev/null || skip "there is no C++ compiler here"
	printf '#include <valise/valise.h>\n#include <cstdio>\nint main() { return std::puts(valise_version()) < 0; }\n' >"$BATS_TEST_TMPDIR/program.cc"
	# shellcheck disable=SC2046
	c++ -Wall -Wextra -pedantic -Werror -o "$BATS_TEST_TMPDIR/program" "$BATS_TEST_TMPDIR/program.cc" $(installed --cflags --libs)
	LD_LIBRARY_PATH=$(dirname "$(find "$root" -name libvalise.so)") "$BATS_TEST_TMPDIR/program" | grep -q '^[0-9]'
}

@test "nothing lies outside of the prefix" {
	test "$(ls -A "$root")" = opt
	test "$(ls -A "$root/opt")" = valise
}
