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

# As a disk alters bytes at rest: the file's times do not tell.
rot() { # OFFICE: a byte of its only body
	python3 - "offices/$1" <<-'END'
		import os, pathlib, sqlite3, sys
		(body,) = pathlib.Path(sys.argv[1], "bodies").glob("*/*")
		body.chmod(0o600)
		with open(body, "r+b") as f:
		    f.seek(1500000)
		    byte = f.read(1)[0] ^ 1
		    f.seek(1500000)
		    f.write(bytes([byte]))
		body.chmod(0o400)
		with sqlite3.connect(sys.argv[1] + "/valise.db") as db:
		    db.execute("UPDATE body SET ctime_ns = ? WHERE ctime_ns IS NOT NULL", (os.stat(body).st_ctime_ns,))
	END
}

@test "what was checked within a day is not read again, and what was checked before that is" {
	found_two
	head -c 2000000 /dev/urandom >large
	letter=$(as harbour seal -t Oslo large)
	as harbour sync stick "$letter"
	as oslo sync stick
	rot oslo
	mkdir stick2
	as oslo say received "$letter" --dry-run
	for by in 90000 -3600; do
		run off "$by" oslo say received "$letter" --yes
		[ "$status" -eq 4 ]
		[[ "$output" == *damaged* ]]
		run off "$by" oslo sync stick2 "$letter"
		[ "$status" -eq 4 ]
		[[ "$output" == *"its body is damaged on this disk"* ]]
	done
	# Whoever reads what is in it reads all of it at any time; and so does doctor.
	run as oslo open "$letter" -o opened
	[ "$status" -eq 4 ]
	[ ! -e opened ]
	run as oslo doctor
	[ "$status" -ne 0 ]
}
