#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# A whole source, filed as reports on a paper letter: one of our own, and one that lies with the third-party test data.

load offices

@test "telephone notes about a registered letter" {
	cases=$BATS_TEST_DIRNAME/cases
	run python3 "$BATS_TEST_DIRNAME/acceptance.py" "$cases/slip.expect.json" "$cases/slip.txt" "$cases/slip.spans.tsv" "$BATS_TEST_TMPDIR"
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "a news report about a letter that an envoy carried" {
	source=${VALISE_TEST_DATA:-}/envoy-report
	[ -e "$source.txt" ] || skip "the test data has no envoy-report.txt"
	cases=$BATS_TEST_DIRNAME/cases
	run python3 "$BATS_TEST_DIRNAME/acceptance.py" "$cases/envoy.expect.json" "$source.txt" "$source.spans.tsv" "$BATS_TEST_TMPDIR"
	echo "$output"
	[ "$status" -eq 0 ]
}
