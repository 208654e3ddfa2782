#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The manual and --help say the same: every option of one is in the other.

doc=${VALISE_TEST_SOURCE:-$BATS_TEST_DIRNAME/../..}/doc

# "seal", "officer add", ...
commands() {
	valise help | sed -n 's/^  \([a-z]*\( [a-z]*\)\{0,1\}\)  .*/\1/p'
}

options_of_help() { # FAMILY: of all its commands, and of the program of its own
	{
		commands | while read -r command; do
			[ "${command%% *}" != "$1" ] || valise help $command
		done
		[ "$1" != verify ] || valise-verify --help
	} | grep -oE '^ {2,6}(-[a-z], )?--[a-z-]+' | sed 's/^ *//' | sort -u
}

options_of_page() { # FAMILY
	sed -n 's/^\*\(\(-[a-z], \)\{0,1\}--[a-z-]*\)\*.*/\1/p' "$doc/valise-$1.1.scd" | grep -vx -- --version | sort -u
}

@test "every command has a page, and every page a command" {
	[ "$(commands | sed 's/ .*//' | sort -u)" = "$(ls "$doc" | sed -n 's/^valise-\([a-z]*\)\.1\.scd$/\1/p' | sort)" ]
	for family in $(commands | sed 's/ .*//' | sort -u); do
		grep -q "\*valise-$family\*(1)" "$doc/valise.1.scd"
	done
}

@test "every command, each of a family too, is in its page's synopsis, and no other is" {
	synopsis() { # FAMILY: its lines, without the marks
		sed -n '/^# SYNOPSIS/,/^# DESC/p' "$doc/valise-$1.1.scd" | sed -n 's/^\*valise \([^*]*\)\*.*/\1/p'
	}
	for family in $(commands | sed 's/ .*//' | sort -u); do
		diff <(commands | sed 's/ *$//' | grep -E "^$family( |\$)" | sort) <(synopsis "$family" | sort -u)
	done
}

@test "every option of --help is in the page, and the other way round" {
	for family in $(commands | sed 's/ .*//' | sort -u); do
		help=$(options_of_help "$family")
		[ -n "$help" ]
		diff <(echo "$help") <(options_of_page "$family")
	done
}

@test "everything that can be said is in the page" {
	valise help say | sed -n 's/^  \([a-z][a-z-]*\)  *[a-z].*/\1/p' | while read -r says; do
		grep -q "^\*\([a-z-]*\*, \*\)*$says\*" "$doc/valise-say.1.scd"
	done
}

@test "every page is well-formed" {
	command -v scdoc >/dev/null || skip "scdoc is not here"
	for page in "$doc"/*.scd; do
		scdoc <"$page" >"$BATS_TEST_TMPDIR/page"
		grep -q '^\.TH' "$BATS_TEST_TMPDIR/page"
	done
}
