#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Taking in and putting out: looks, damaged sticks and disks, other people's accounts, pipes.

load offices

setup() {
	cd "$BATS_TEST_TMPDIR"
	found_two
	mkdir stick
}

# Harbour seals a letter of that many bytes to Oslo; its id is in $letter.
seal_bytes() { # BYTES REF
	head -c "$1" /dev/urandom >"file-$2"
	letter=$(as harbour seal -t Oslo --ref "$2" -s "Of $1 bytes" "file-$2" 2>/dev/null)
}

bags() { # STICK: how many
	find "$1/valise" -type f | wc -l
}

@test "a look says what lies there, and takes nothing in" {
	seal_bytes 100 small
	as harbour sync stick "$letter" >/dev/null
	seal_bytes 3000000 large
	as harbour sync stick "$letter" >/dev/null
	as oslo sync stick --look >look
	[ "$(grep -c "lies there whole, not taken in yet" look)" -eq 2 ]
	refute grep -q "not whole" look
	as oslo sync stick --look --json >look.json
	[ "$(json_at 'd["out_error"] is None and all(l["is_whole"] for l in d["in"])' <look.json)" = True ]
	[ "$(as oslo track --json | json_at 'len(d["letters"])')" -eq 0 ]
	[ "$(as oslo sync stick | grep -c "whole and checked")" -eq 2 ]
	# A look puts out nothing either, and says what would go.
	as oslo say received --all --yes >/dev/null
	before=$(bags stick)
	as oslo sync stick --look | grep -q "Would put out 2 statements"
	[ "$(bags stick)" -eq "$before" ]
}

@test "a look at a part of a letter says that it is one" {
	seal_bytes 3000000 large
	as harbour sync stick "$letter" --bare >/dev/null
	bag=$(find stick/valise -type f)
	truncate -s 2500000 "$bag"
	as oslo sync stick --look >look || true
	grep -q "part of it lies there, not taken in yet" look
}
