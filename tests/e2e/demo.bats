#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The demo plays to its end, alone and twice at once, leaves nothing behind, and fails where a step does.

setup() {
	build=$(cd "$(dirname "$(command -v valise)")/.." && pwd)
	demo=$VALISE_TEST_SOURCE/demo/run.sh
	export TMPDIR=$BATS_TEST_TMPDIR/tmp HOME=$BATS_TEST_TMPDIR/home
	mkdir "$TMPDIR" "$HOME"
}

@test "the demo plays to its end and leaves nothing behind" {
	run "$demo" "$build"
	echo "$output"
	test "$status" -eq 0
	[[ $output == *"Mission Oslo's reader says that it reviewed this exact letter"* ]]
	[[ $output == *"Mission Oslo:received: stands"* ]]
	[[ $output == *"What to read next"* ]]
	for code in 3 4 5; do
		[[ $output == *"(exit status $code)"* ]]
	done
	if command -v age >/dev/null; then
		[[ $output == *"the same"* ]]
	fi
	# Off a terminal there are no colours.
	[[ $output != *$'\033'* ]]
	test -z "$(ls -A "$TMPDIR")"
	test -z "$(ls -A "$HOME")"
}

@test "two demos at once do not meet" {
	"$demo" "$build" >"$BATS_TEST_TMPDIR/first" 2>&1 &
	first=$!
	"$demo" "$build" >"$BATS_TEST_TMPDIR/second" 2>&1
	wait $first
	tail -n 3 "$BATS_TEST_TMPDIR/first" "$BATS_TEST_TMPDIR/second"
}

@test "--keep keeps everything, and names it" {
	run "$demo" --keep "$build"
	test "$status" -eq 0
	kept=${lines[-1]#Kept: }
	test -f "$kept/court/dossier.txt"
	test -d "$kept/stick/valise"
	cmp "$kept/harbour/annex/plan.png" "$kept/oslo/letter/annex/plan.png"
}

@test "a step that does not do what the story says fails the demo, and nothing is left" {
	false_build=$BATS_TEST_TMPDIR/false
	mkdir -p "$false_build/src"
	ln -s "$(command -v valise-verify)" "$false_build/src/valise-verify"
	# This one opens nothing and says that all is well.
	cat >"$false_build/src/valise" <<-END
		#!/bin/sh
		test "\$1" = open && exit 0
		exec "$(command -v valise)" "\$@"
	END
	chmod +x "$false_build/src/valise"
	run "$demo" "$false_build"
	test "$status" -eq 1
	[[ $output == *"The demo fails here"* ]]
	test -z "$(ls -A "$TMPDIR")"
}

@test "a directory without the programs is refused" {
	run "$demo" "$BATS_TEST_TMPDIR"
	test "$status" -eq 2
	run "$demo"
	test "$status" -eq 2
}
