#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Every example in the README runs, and shows what the README says.

setup() {
	home=$BATS_TEST_TMPDIR/home
	mkdir "$home"
	readme=$VALISE_TEST_SOURCE/README.md
	runner=$VALISE_TEST_SOURCE/tests/e2e/readme.py
}

@test "every example in the README runs and shows what it says" {
	command -v age >/dev/null || skip "age is not installed, and one section is about it"
	run python3 "$runner" "$readme" "$home"
	echo "$output"
	test "$status" -eq 0
	[[ $output == *", 0 not as the page has them" ]]
}

@test "an example that shows something else, or does not run, is noticed" {
	cat >"$BATS_TEST_TMPDIR/page.md" <<-'END'
		```console
		$ valise --version | sed 's/ .*//'
		valise
		$ valise card list
		nobody
		$ valise no-such-command; echo $?
		...
		2
		$ printf 'a\nb\nc\n'
		a
		...
		d
		```
	END
	run python3 "$runner" "$BATS_TEST_TMPDIR/page.md" "$home"
	echo "$output"
	test "$status" -eq 1
	[[ $output == *"line 4: "* && $output == *"line 9: "* ]]
	[[ $output != *"line 2: "* && $output != *"line 6: "* ]]
}

@test "the links of the pages lead somewhere" {
	cd "$VALISE_TEST_SOURCE"
	for page in README.md HACKING.md CHANGELOG.md spec/*.md; do
		grep -o '](\([^)# ]*\)' "$page" | sed 's/^](//' | grep -v ^https: | sort -u | while read -r link; do
			test -z "$link" || test -e "$(dirname "$page")/$link" || echo "$page: $link"
		done
	done >"$BATS_TEST_TMPDIR/dead"
	cat "$BATS_TEST_TMPDIR/dead"
	test ! -s "$BATS_TEST_TMPDIR/dead"
}
