#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Sticks and spools on every kind of filesystem: FAT, exFAT, full, read-only, gone half-way.

load offices
load sticks

# A letter there and its receipt back, all by that stick.
journey_by() { # STICK
	local letter
	cd "$BATS_TEST_TMPDIR"
	found_two
	mkdir annex
	echo "You are hereby notified." >notice.txt
	head -c 3000000 /dev/urandom >annex/map
	letter=$(as harbour seal -t Oslo -s "Notice 14" notice.txt annex)
	as harbour sync "$1" "$letter" >out.txt 2>&1
	grep -q "Put out 1 letter" out.txt
	[ -e "$1/README.txt" ]
	[ -z "$(find "$1" -name '.valise*')" ]
	# Nothing new: nothing more is written.
	files=$(find "$1" -type f | wc -l)
	as harbour sync "$1" "$letter"
	[ "$(find "$1" -type f | wc -l)" -eq "$files" ]
	as oslo sync "$1" | grep -q "whole and checked"
	as oslo say received "$letter" --yes
	as oslo sync "$1"
	as oslo open "$letter" -o opened
	cmp notice.txt opened/notice.txt
	cmp annex/map opened/annex/map
	as harbour sync "$1"
	as harbour track "$letter" --json | json_at '[s["says"] for s in d["accounts"]["said"]]' | grep -q received
	as harbour doctor
	as oslo doctor
	[ -z "$(find "$1" -name '.valise*')" ]
}

@test "a whole journey by a FAT stick" {
	need_mounts
	mount_fat "$BATS_TEST_TMPDIR/stick" 64
	echo "# by FAT (fusefat)" >&3
	journey_by "$BATS_TEST_TMPDIR/stick"
}

@test "a whole journey by an exFAT stick" {
	need_mounts
	mount_exfat "$BATS_TEST_TMPDIR/stick" 64
	echo "# by exFAT (exfat-fuse)" >&3
	journey_by "$BATS_TEST_TMPDIR/stick"
}

# Not onto FAT: fusefat loses the subdirectories of a directory that is renamed (so does mv), and there is no other FAT here.
@test "a letter is opened onto an exFAT stick" {
	need_mounts
	cd "$BATS_TEST_TMPDIR"
	found_two
	mount_exfat "$BATS_TEST_TMPDIR/stick" 64
	mkdir annex exchange
	echo "You are hereby notified." >annex/notice.txt
	letter=$(as harbour seal -t Oslo annex)
	as harbour sync exchange "$letter"
	as oslo sync exchange
	as oslo open "$letter" -o stick/letter
	cmp annex/notice.txt stick/letter/annex/notice.txt
	[ -z "$(find stick -name '.valise*')" ]
	as oslo doctor
}

@test "two names that FAT takes for one are refused, and nothing is left" {
	need_mounts
	cd "$BATS_TEST_TMPDIR"
	found_two
	mount_fat "$BATS_TEST_TMPDIR/stick" 64
	mkdir annex exchange
	echo one >annex/notice
	echo two >annex/NOTICE
	letter=$(as harbour seal -t Oslo annex)
	as harbour sync exchange "$letter"
	as oslo sync exchange
	run as oslo open "$letter" -o stick/letter
	[ "$status" -ne 0 ]
	[ "$status" -lt 126 ]
	[ -n "$output" ]
	[ -z "$(ls -A stick)" ]
	as oslo open "$letter" -o elsewhere
	cmp annex/NOTICE elsewhere/annex/NOTICE
}

@test "a full stick: a clear failure, and what was there stays whole" {
	need_mounts
	cd "$BATS_TEST_TMPDIR"
	found_two
	mount_at "$BATS_TEST_TMPDIR/stick" -t tmpfs -o size=2m none
	echo small >small
	head -c 3000000 /dev/urandom >big
	small=$(as harbour seal -t Oslo small)
	big=$(as harbour seal -t Oslo big)
	as harbour sync stick "$small"
	run as harbour sync stick "$big"
	[ "$status" -eq 1 ]
	[[ "$output" == *"not everything went into stick, and what lies there stays good; make room or use another, and sync again: "*"No space left"* ]]
	[ -z "$(find stick -name '.valise*')" ]
	as oslo sync stick
	[ "$(as oslo track --json | json_at '[l["is_whole"] for l in d["letters"]]')" = "[True]" ]
	# With room it goes.
	mount -o remount,size=20m "$BATS_TEST_TMPDIR/stick"
	as harbour sync stick "$big"
	as oslo sync stick
	[ "$(as oslo track --json | json_at '[l["is_whole"] for l in d["letters"]]')" = "[True, True]" ]
}

@test "a stick that is full after some bags: they count, and it goes on after them" {
	need_mounts
	cd "$BATS_TEST_TMPDIR"
	found_two
	mount_at "$BATS_TEST_TMPDIR/stick" -t tmpfs -o size=270m none
	head -c 290000000 /dev/urandom >deeds
	letter=$(as harbour seal -t Oslo deeds)
	[ "$(status_of as harbour sync stick "$letter")" -ne 0 ]
	bags=(stick/valise/*/*)
	[ ${#bags[@]} -eq 1 ]
	mount -o remount,size=600m "$BATS_TEST_TMPDIR/stick"
	as harbour sync stick "$letter"
	[ -e "${bags[0]}" ]
	bags=(stick/valise/*/*)
	[ ${#bags[@]} -eq 2 ]
	as oslo sync stick | grep -q "whole and checked"
	# Interrupted, a bag that is not on record yet is taken away: nothing lies there twice in the end.
	rm -r stick/valise
	valise sync stick "$letter" --dir offices/harbour &
	until compgen -G "stick/valise/*/*" >there.txt; do sleep 0.01; done
	kill -TERM $!
	wait $! || true
	as harbour sync stick "$letter"
	bags=(stick/valise/*/*)
	[ ${#bags[@]} -eq 2 ]
}

@test "a stick without room even for a directory" {
	need_mounts
	cd "$BATS_TEST_TMPDIR"
	found_two
	mount_at "$BATS_TEST_TMPDIR/stick" -t tmpfs -o nr_inodes=2 none
	touch stick/full
	echo small >small
	letter=$(as harbour seal -t Oslo small)
	run as harbour sync stick "$letter"
	[ "$status" -eq 1 ]
	[[ "$output" == *"o space left"* ]]
	[ "$(ls -A stick)" = full ]
}

@test "a full disk under the spool: sealing and taking in fail whole, and go on once there is room" {
	need_mounts
	cd "$BATS_TEST_TMPDIR"
	mkdir offices stick
	mount_at "$BATS_TEST_TMPDIR/offices" -t tmpfs -o size=40m none
	found_two
	head -c 3000000 /dev/urandom >big
	letter=$(as harbour seal -t Oslo big)
	as harbour sync stick "$letter"
	dd if=/dev/zero of=offices/ballast bs=64k 2>/dev/null || true
	truncate -s -1M offices/ballast
	run as harbour seal -t Oslo big
	[ "$status" -eq 1 ]
	[[ "$output" == *"stay free, so that what is here can be delivered"* ]]
	run as harbour exhibit add big
	[ "$status" -eq 1 ]
	[[ "$output" == *"no space is left for big in the spool "*"make room and do it again"*"valise forget --all --dry-run"* ]]
	run as oslo sync stick
	[ "$status" -eq 1 ]
	[[ "$output" == *"lacks 3.1 MB here, and "*" are free"* ]]
	as harbour doctor
	as oslo doctor
	[ "$(as harbour track --json | json_at 'len(d["letters"])')" -eq 1 ]
	run as oslo say received "$letter" --yes
	[ "$status" -ne 0 ]
	rm offices/ballast
	as harbour seal -t Oslo big
	as oslo sync stick
	as oslo say received "$letter" --yes
	[ -z "$(find offices/*/tmp offices/*/partial -type f)" ]
}

@test "a read-only stick is read, and said to be so when something should go out" {
	need_mounts
	cd "$BATS_TEST_TMPDIR"
	found_two
	mkdir stick
	echo small >small
	letter=$(as harbour seal -t Oslo small)
	as harbour sync stick "$letter"
	before=$(find stick -type f -exec sha256sum {} +)
	mount_read_only "$BATS_TEST_TMPDIR/stick"
	as oslo sync stick
	as oslo say received "$letter" --yes
	run as oslo sync stick
	[ "$status" -eq 1 ]
	[[ "$output" == *"what lies in stick was read, but nothing can be put there; make it writable or use another"*"ead-only"* ]]
	unmount "$BATS_TEST_TMPDIR/stick"
	[ "$(find stick -type f -exec sha256sum {} +)" = "$before" ]
	as oslo sync stick
	as harbour sync stick
	as harbour track "$letter" --json | json_at '[s["says"] for s in d["accounts"]["said"]]' | grep -q received
}

@test "a stick that vanishes while it is read, and one that is not there" {
	need_mounts
	cd "$BATS_TEST_TMPDIR"
	found_two
	mkdir real
	head -c 30000000 /dev/urandom >big
	letter=$(as harbour seal -t Oslo big)
	as harbour sync real "$letter"
	run as oslo sync stick
	[ "$status" -eq 1 ]
	[ -n "$output" ]
	# Gone after some of it was read: the names are there, the bytes are not.
	mkdir torn
	cp -r real/. torn
	bag=$(find torn -type f -path '*valise*')
	truncate -s 12000000 "$bag"
	run as oslo sync torn
	[ "$status" -lt 126 ]
	run as oslo say received "$letter" --yes
	[ "$status" -ne 0 ]
	as oslo doctor
	as oslo sync real
	as oslo say received "$letter" --yes
	as oslo open "$letter" -o opened
	cmp big opened/big
	[ -z "$(find offices/oslo/partial offices/oslo/tmp -type f)" ]
}

@test "a read-only spool answers, and changes nothing" {
	need_mounts
	cd "$BATS_TEST_TMPDIR"
	found_two
	echo small >small
	letter=$(as harbour seal -t Oslo small)
	as harbour track --json >before.json
	mount_read_only "$BATS_TEST_TMPDIR/offices/harbour"
	as harbour track --json | cmp - before.json
	as harbour track "$letter" --json >/dev/null
	as harbour dossier "$letter" -o dossier
	as harbour card export >card
	as harbour open "$letter" --dry-run
	mkdir stick
	echo answer >answer
	answer=$(as oslo seal -t Harbour answer)
	as oslo sync stick "$answer" >/dev/null
	as harbour sync stick --look "$letter" "$answer" >look
	grep -q "lies there whole, not taken in yet" look
	grep -q "Would put out 1 letter" look
	for command in "seal -t Oslo small" "say comment $letter --text x --yes" "sync ." "officer add --title X --roles clerk --no-passphrase"; do
		# shellcheck disable=SC2086
		run as harbour $command
		[ "$status" -eq 1 ]
		[[ "$output" == *"cannot be written"* || "$output" == *"ead-only"* ]]
	done
	unmount "$BATS_TEST_TMPDIR/offices/harbour"
	as harbour track --json | cmp - before.json
}

@test "a read-only spool with a log that nobody merged shows what is in the log" {
	need_mounts
	command -v sqlite3 >/dev/null || /usr/bin/env python3 -c 'import sqlite3' || cannot "no sqlite3"
	cd "$BATS_TEST_TMPDIR"
	found_two
	echo small >small
	# A copy taken while another program holds the spool open: what was sealed is only in the log.
	/usr/bin/env python3 - "$BATS_TEST_TMPDIR/offices/harbour" "$BATS_TEST_TMPDIR/small" <<-'END'
		import os, shutil, sqlite3, subprocess, sys
		spool, small = sys.argv[1:]
		held = sqlite3.connect(spool + "/valise.db")
		held.execute("BEGIN")
		held.execute("SELECT count(*) FROM sqlite_schema").fetchone()
		subprocess.run(["valise", "seal", "-t", "Oslo", small, "--dir", spool], check=True, stdin=subprocess.DEVNULL)
		assert os.path.getsize(spool + "/valise.db-wal") > 0
		shutil.copytree(spool, spool + "-copy")
	END
	rm -f offices/harbour-copy/valise.db-shm
	cp -r offices/harbour-copy before
	mount_read_only "$BATS_TEST_TMPDIR/offices/harbour-copy"
	[ "$(as harbour-copy track --json | json_at 'len(d["letters"])')" -eq 1 ]
	as harbour-copy doctor
	unmount "$BATS_TEST_TMPDIR/offices/harbour-copy"
	diff -r before offices/harbour-copy
	# Where it can be written the log is merged.
	[ "$(as harbour-copy track --json | json_at 'len(d["letters"])')" -eq 1 ]
}
