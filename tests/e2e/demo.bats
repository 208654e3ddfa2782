#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The demo plays to its end, alone and twice at once, leaves nothing behind, and fails where a step does.

setup() {
	build=$(cd "$(dirname "$(command -v valise)")/.." && pwd)
	demo=$VALISE_TEST_SOURCE/demo/run.sh
	export TMPDIR=$BATS_TEST_TMPDIR/tmp HOME=$BATS_TEST_TMPDIR/home
	mkdir "$TMPDIR" "$HOME"
}

@test "the demo plays to its end, two at once do not meet, and only what is to be kept is left behind" {
	"$demo" --keep "$build" >"$BATS_TEST_TMPDIR/first" 2>&1 &
	first=$!
	run "$demo" "$build"
	echo "$output"
	test "$status" -eq 0
	wait $first
	tail -n 3 "$BATS_TEST_TMPDIR/first"
	[[ $output == *"Mission Oslo's reader says that it reviewed this exact letter"* ]]
	[[ $output == *"Mission Oslo:received: stands"* ]]
	[[ $output == *'"The tenant" is reported to have'*'through "the house manager" and "the porter"'* ]]
	[[ $output == *"Nothing here says held"* ]]
	[[ $output == *"As it was known here on "* ]]
	[[ $output == *"8 places that reports name were read from it"* ]]
	[[ $output == *"nothing here names this file"* ]]
	[[ $output == *"valise: the quote is not there"* ]]
	[[ $output == *"What to read next"* ]]
	for code in 3 4 5; do
		[[ $output == *"(exit status $code)"* ]]
	done
	if command -v age >/dev/null; then
		[[ $output == *"the same"* ]]
	fi
	# Off a terminal there are no colours.
	[[ $output != *$'\033'* ]]
	test -z "$(ls -A "$HOME")"
	# The first keeps everything, and names it; the second nothing.
	kept=$(tail -n 1 "$BATS_TEST_TMPDIR/first")
	kept=${kept#Kept: }
	test "$(echo "$TMPDIR"/*)" = "$kept"
	test -f "$kept/court/dossier.txt"
	valise-verify "$kept/court/dossier-17.txt" --file "$kept/court/notes.txt" --know "$kept/harbour.card"
	test -d "$kept/stick/valise"
	cmp "$kept/harbour/annex/plan.png" "$kept/oslo/letter/annex/plan.png"
}

# The demo with a valise that does SHELL_CODE first; it must fail, and leave nothing.
fails_with() { # SHELL_CODE
	false_build=$BATS_TEST_TMPDIR/false
	mkdir -p "$false_build/src"
	ln -sf "$(command -v valise-verify)" "$false_build/src/valise-verify"
	cat >"$false_build/src/valise" <<-END
		#!/bin/bash
		$1
		exec "$(command -v valise)" "\$@"
	END
	chmod +x "$false_build/src/valise"
	run "$demo" "$false_build"
	echo "$output"
	test "$status" -eq 1
	[[ $output == *"The demo fails here"* ]]
	test -z "$(ls -A "$TMPDIR")"
}

@test "a step that does not do what the story says fails the demo, and nothing is left" {
	# This one opens nothing and says that all is well.
	fails_with 'test "$1" = open && exit 0'
	[[ $output != *"Part two"* ]]
}

@test "so does one of the second part" {
	# This one shows what is known now, whenever it is asked of.
	fails_with 'test "$3" = --as-of && set -- track "$2"'
	[[ $output == *"head of the office asked?"*"The demo fails here"* ]]
}

@test "a directory without the programs is refused" {
	run "$demo" "$BATS_TEST_TMPDIR"
	test "$status" -eq 2
	run "$demo"
	test "$status" -eq 2
}
