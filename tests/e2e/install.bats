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

@test "the formats are installed, where README and manual name them" {
	doc=$root/opt/valise/share/doc/valise
	diff -r "$VALISE_TEST_SOURCE/spec" "$doc/spec"
	grep -o '](\(spec\|demo\)/[^)#]*' "$doc/README.md" | cut -c 3- | sort -u >"$BATS_TEST_TMPDIR/links"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/links")" -ge 5 ]
	while read -r link; do
		cmp "$VALISE_TEST_SOURCE/$link" "$doc/$link"
	done <"$BATS_TEST_TMPDIR/links"
}

@test "a program builds against what was installed" {
	cat >"$BATS_TEST_TMPDIR/program.c" <<-'END'
		#include <stdio.h>
		#include <valise/valise.h>
		int main(void)
		{
			struct valise_err err = {0};
			struct valise *v = NULL;
			int r = valise_open("/nonexistent", false, NULL, &v, &err);
			printf("%s\n%s\n", valise_version(), err.text);
			return r == VALISE_E_NO_OFFICE ? 0 : 1;
		}
	END
	pc=$(find "$root" -name valise.pc)
	test -n "$pc"
	export PKG_CONFIG_SYSROOT_DIR=$root PKG_CONFIG_PATH=${pc%/*}
	# shellcheck disable=SC2046
	cc -std=c17 -Wall -Wextra -Werror -o "$BATS_TEST_TMPDIR/program" "$BATS_TEST_TMPDIR/program.c" \
		$(pkg-config --static --cflags --libs valise)
	run "$BATS_TEST_TMPDIR/program"
	echo "$output"
	test "$status" -eq 0
	[[ $output == *"there is no office"* ]]
}

@test "nothing lies outside of the prefix" {
	test "$(ls -A "$root")" = opt
	test "$(ls -A "$root/opt")" = valise
}
