#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What is filled to the brim, by a program whose bags hold a little more than a piece, and whose looks keep little in mind.

load ../e2e/offices

@test "a bag has room for a piece and for what vouches for it, wherever the one before ends" {
	cd "$BATS_TEST_TMPDIR"
	found_two
	cp -a offices/oslo before
	# A body is filled up to steps of 2 KiB, and what vouches for one takes more.
	for kib in $(seq 96 2 110); do
		head -c "${kib}K" /dev/zero >first
		firsts+=("$(as harbour seal -t Oslo --subject First first)")
	done
	head -c 100K /dev/zero >rest
	for n in $(seq 12); do
		rests+=("$(as harbour seal -t Oslo --subject "Rest $n" rest)")
	done
	for first in "${firsts[@]}"; do
		rm -rf stick offices/oslo
		mkdir stick
		cp -a before offices/oslo
		as harbour sync stick "$first" "${rests[@]}" >put 2>&1 || { cat put; false; }
		[ "$(find stick -type f -path '*/??????????????????????????' | wc -l)" -ge 2 ]
		as oslo sync stick >took 2>&1 || { cat took; false; }
		[ "$(grep -c "whole and checked" took)" -eq 13 ]
	done
}

@test "a look at more than it keeps in mind says so, and a sync takes it in" {
	cd "$BATS_TEST_TMPDIR"
	found_two
	mkdir stick
	echo words >part
	for n in $(seq 22); do
		as harbour seal -t Oslo part >/dev/null
	done
	as harbour sync stick --all >/dev/null
	[ "$(as oslo sync stick --look --json | json_at 'len([l for l in d["in"] if l["is_whole"]])')" -eq 22 ]
	as harbour seal -t Oslo part >/dev/null
	as harbour seal -t Oslo part >/dev/null
	as harbour sync stick --all >/dev/null
	[ "$(status_of as oslo sync stick --look)" -ne 0 ]
	as oslo sync stick --look 2>err || true
	grep -q "more lies there than a look keeps in mind" err
	as oslo sync stick >out
	[ "$(grep -c "whole and checked" out)" -eq 24 ]
	as oslo sync stick --look
}
