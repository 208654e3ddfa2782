#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Clocks that are wrong: nothing is refused for its time, and what cannot be so is shown.

load ../e2e/offices
load ../e2e/clock

setup() {
	needs_clock
	cd "$BATS_TEST_TMPDIR"
	mkdir stick
	echo small >small
}

# Harbour's clock is right, Oslo's is off by that much: found, sealed, received, and home.
journey_with() { # SECONDS
	found harbour "Harbour Legal"
	mkdir -p offices
	off "$1" oslo init "Mission Oslo" --title Desk --no-passphrase --no-recovery
	introduce harbour oslo Oslo
	introduce oslo harbour Harbour
	letter=$(as harbour seal -t Oslo small)
	as harbour sync stick "$letter"
	off "$1" oslo sync stick
	off "$1" oslo open "$letter" -o opened
	cmp small opened/small
	off "$1" oslo say received "$letter" --yes
	off "$1" oslo sync stick
	as harbour sync stick
	as harbour track "$letter" --json >tracked
	[ "$(json_at '[s["says"] for s in d["accounts"]["said"] if s["counts"]]' <tracked)" = "['received']" ]
}

@test "the library moves the clock" {
	found_two
	letter=$(off 7200 harbour seal -t Oslo small)
	sealed=$(as harbour track "$letter" --json | json_at 'd["accounts"]["date"]')
	[ "$(($(date -d "$sealed" +%s) - $(date +%s)))" -gt 7000 ]
}

@test "the recipient's clock is an hour behind: the receipt is older than the seal, counts, and is pointed out" {
	journey_with -3600
	[ "$(json_at 'len(d["accounts"]["disagreements"])' <tracked)" -ge 1 ]
}

@test "the recipient's clock is an hour ahead: nothing is held against it" {
	journey_with 3600
}

@test "a clock that was never set, and one that is decades ahead" {
	journey_with -1500000000
	[ "$(json_at 'len(d["accounts"]["disagreements"])' <tracked)" -ge 1 ]
}

@test "a register entry of a clock that was ahead does not lock its office out" {
	found_two
	off 86400 harbour officer add --title "Second desk" --roles clerk --no-passphrase
	run as harbour doctor
	[ "$status" -eq 0 ]
	[[ "$output" == *clock* ]]
	letter=$(as harbour seal -t Oslo small)
	as harbour officer add --title "Third desk" --roles clerk --no-passphrase || [ $? -eq 1 ]
	as harbour sync stick "$letter"
	as oslo sync stick
	as oslo open "$letter" -o opened
	cmp small opened/small
}
