#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Filesystems on which files do not go past the page cache as elsewhere: large letters go through them whole all the same.

load ../e2e/offices

setup() {
	[ -e "$FAULT_LIBRARIES/preload_direct.so" ] || skip "preload_direct.so was not built"
	if ldd "$(command -v valise)" 2>/dev/null | grep -q 'lib.san' || grep -aq __asan_init "$(command -v valise)"; then
		skip "a sanitizer does not go with a preloaded library"
	fi
	cd "$BATS_TEST_TMPDIR"
	dd if=/dev/zero of=probe bs=4096 count=1 oflag=direct status=none 2>/dev/null ||
		skip "no file goes past the page cache here"
	mkdir stick
	# Neither they nor what is made of them ends at a block.
	head -c 21000001 /dev/urandom >deeds
	head -c 19000777 /dev/urandom >plans
	found_two
}

on() { # all|4096 OFFICE WORD...: the command, with the count of its refusals in `refused`
	local which=$1
	shift
	rm -f refused
	FAULT_DIRECT=$which FAULT_COUNT=$PWD/refused LD_PRELOAD=$FAULT_LIBRARIES/preload_direct.so as "$@"
}

some_refused() {
	[ "$(od -An -t u8 refused | tr -d ' ')" -gt 0 ]
}

journey_on() { # all|4096
	letter=$(on "$1" harbour seal -t Oslo deeds plans)
	on "$1" harbour sync stick "$letter" | grep -q "Put out 1 letter"
	some_refused
	on "$1" oslo sync stick | grep -q "whole and checked"
	some_refused
	on "$1" oslo say received "$letter" --yes
	on "$1" oslo open "$letter" -o opened
	cmp deeds opened/deeds
	cmp plans opened/plans
	on "$1" oslo doctor
	as harbour doctor
}

@test "a filesystem that wants blocks of 4096 bytes" {
	journey_on 4096
}

@test "a filesystem that refuses every such transfer" {
	journey_on all
}

rotten() { # OFFSET OFFICE WORD...: the command, on a medium that alters the byte there of what it gives back
	local at=$1
	shift
	rm -f refused
	FAULT_ROT=$at FAULT_COUNT=$PWD/refused LD_PRELOAD=$FAULT_LIBRARIES/preload_direct.so as "$@"
}

@test "a medium that gives back other bytes than were written: the bag is taken away again" {
	letter=$(as harbour seal -t Oslo deeds plans)
	for at in 0 4096 1000000 20000000 30000000; do
		run rotten "$at" harbour sync stick "$letter"
		[ "$status" -eq 1 ]
		[[ "$output" == *"reads back differently: the medium is faulty, use another"* ]]
		some_refused
		[ -z "$(find stick/valise -mindepth 2 -type f)" ]
	done
	# Nothing of it counts as put: on a sound one it goes whole.
	as harbour sync stick "$letter" | grep -q "Put out 1 letter"
	as oslo sync stick | grep -q "whole and checked"
}

@test "a body that was as checked, and cannot be read: the next time other letters go without it" {
	letter=$(as harbour seal -t Oslo deeds plans)
	lost() { # the command, where a part of that body is lost
		rm -f refused
		FAULT_LOST=30000000 FAULT_COUNT=$PWD/refused LD_PRELOAD=$FAULT_LIBRARIES/preload_direct.so as harbour sync stick --all
	}
	run lost
	[ "$status" -eq 1 ]
	[[ "$output" == *"cannot read a body"* ]]
	some_refused
	[ -z "$(find stick/valise -mindepth 2 -type f)" ]
	small=$(as harbour seal -t Oslo --ref small probe)
	run lost
	[ "$status" -eq 4 ]
	some_refused
	[[ "$output" == *"did not go out whole: cannot read a body"* ]]
	[[ "$output" == *"Put out 1 letter"* ]]
	as oslo sync stick | grep -q "ref small.*whole and checked"
	# Read again after all, it goes.
	as harbour sync stick "$letter"
	as oslo sync stick | grep -q "whole and checked"
}
