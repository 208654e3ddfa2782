#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# A spool whose disk is full: it is never stuck. What is here is delivered, said, heard of, and let go of.

load offices
load sticks

# harbour's spool lies on a disk of its own, of so many MiB; what its friend oslo has is elsewhere.
on_disk() { # MEGABYTES
	need_mounts
	cd "$BATS_TEST_TMPDIR"
	found_two
	mount_at full -t tmpfs -o "size=$1m" none
	cp -a offices/harbour full/spool
	mkdir stick
}

full() {
	valise "$@" --dir "$BATS_TEST_TMPDIR/full/spool" </dev/null
}

list_of() { # COUNT KIBIBYTES: letters to oslo, ref R/1 and on
	head -c "$2K" /dev/urandom >part
	printf 'to\tref\tfile\n' >list
	for n in $(seq "$1"); do
		printf 'Oslo\tR/%d\tpart\n' "$n"
	done >>list
}

fill() { # what others leave of the disk: nothing
	head -c 300m /dev/zero >full/filler 2>/dev/null || true
	[ "$(df --output=avail full | tail -n 1)" -eq 0 ]
}

@test "letters that fill the disk leave room to deliver them, and to let go of them" {
	on_disk 48
	list_of 4000 30
	status=0
	full seal --from-list list >ids 2>err || status=$?
	[ "$status" -eq 1 ]
	grep -q "stay free, so that what is here can be delivered" err
	[ "$(wc -l <ids)" -gt 300 ]
	[ "$(df --output=avail full | tail -n 1)" -gt 6000 ]
	full sync stick --all >/dev/null
	full doctor
	as oslo sync stick >/dev/null
	as oslo say received --all --yes >/dev/null
	as oslo sync stick >/dev/null
	full sync stick >/dev/null
	for id in $(head -n 60 ids); do
		full forget "$id" --yes >/dev/null
	done
	full forget --all --yes >/dev/null
	full seal -t Oslo part >/dev/null
	full doctor
}

@test "where others have filled the disk, much can be said and let go of, in small steps" {
	on_disk 160
	list_of 1200 18
	full seal --from-list list >ids
	full sync stick --all >/dev/null
	fill
	full say comment $(head -n 500 ids) --text "Our disk is full." --yes >/dev/null
	full forget $(head -n 500 ids) --anyway --yes >gone
	[ "$(wc -l <gone)" -eq 500 ]
	[ -s full/spool/reserve ]
	full doctor
}

@test "receipts come in on a full disk, and what they are of can go then" {
	on_disk 80
	list_of 600 18
	full seal --from-list list >/dev/null
	full sync stick --all >/dev/null
	as oslo sync stick >/dev/null
	as oslo say received --all --yes >/dev/null
	as oslo sync stick >/dev/null
	fill
	full sync stick >told 2>&1 || cat told
	grep -q "600 statements came" told
	full forget --all --yes >gone
	[ "$(wc -l <gone)" -eq 600 ]
	full doctor
}

@test "a small disk keeps a reserve as well, and so does one where the database has lost its locks" {
	on_disk 40
	head -c 5m /dev/urandom >big
	for n in 1 2 3; do
		full seal -t Oslo --ref "B/$n" big >/dev/null
	done
	[ -s full/spool/reserve ]
	rm -f full/spool/valise.db-shm
	fill
	full forget B/1 --anyway --yes
	rm -f full/spool/valise.db-shm
	fill
	full say comment B/2 --text "Our disk is full." --yes >/dev/null
	full forget B/2 B/3 --anyway --yes
	[ -z "$(find full/spool/bodies -type f)" ]
	full doctor
}

@test "the way out is told where it is one" {
	on_disk 40
	mount_at little -t tmpfs -o size=1m none
	head -c 5m /dev/urandom >big
	full seal -t Oslo big >/dev/null 2>&1
	as harbour seal -t Oslo big >/dev/null 2>&1
	# A stick is full, and this machine's disk is not.
	[ "$(status_of as harbour sync little --all)" -eq 1 ]
	as harbour sync little --all 2>err || true
	grep -q "not everything went into" err
	refute grep -q "valise forget" err
	# This machine's disk is, and the stick is not.
	fill
	full seal -t Oslo big 2>err || true
	grep -q "valise forget --all --dry-run" err
	refute grep -q "not everything went into" err
}

@test "letters by the thousand without room are told of in a few lines, and come when there is some" {
	on_disk 40
	list_of 1000 30
	sed -i s/Oslo/Harbour/ list
	as oslo seal --from-list list >ids
	as oslo sync stick --all >/dev/null
	[ "$(status_of full sync stick)" -eq 1 ]
	full sync stick >/dev/null 2>err || [ $? -eq 1 ]
	[ "$(grep -c 'lacks .* here' err)" -eq 3 ]
	[ "$(grep -c 'more letters have no room here' err)" -eq 1 ]
	mount -o remount,size=200m full
	full sync stick >/dev/null
	[ "$(full say received --all --dry-run 2>/dev/null | grep -c '^letter ')" -eq 1000 ]
}
