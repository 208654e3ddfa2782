#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Several processes on one spool at once: what each says that it did is there, once, and nothing is broken.

load offices

# Runs the words after -- N times at once; {} is the number. Leaves N.out and N.status of each in runs/.
at_once() { # N OFFICE WORD...
	local n=$1 i pids=()
	shift
	rm -rf runs
	mkdir runs
	for ((i = 1; i <= n; i++)); do
		(
			status=0
			as "${@//\{\}/$i}" >runs/$i.out 2>runs/$i.err || status=$?
			echo $status >runs/$i.status
		) 3>&- &
		pids+=($!)
	done
	wait "${pids[@]}"
}

statuses() {
	cat runs/*.status | sort | uniq -c | tr -s ' \n' ' '
}

says_of() { # OFFICE LETTER: "received 1,comment 1", sorted
	as "$1" track "$2" --json | json_at '",".join(sorted(s["says"] + " " + str(s["nth"]) for s in d["accounts"]["said"]))'
}

setup() {
	cd "$BATS_TEST_TMPDIR"
	found_two
	mkdir stick
	head -c 3000000 /dev/urandom >big
	echo small >small
}

sealings() { # N
	at_once "$1" harbour seal -t Oslo -s "number {}" small big
	[ "$(statuses)" = " $1 0 " ]
	[ "$(as harbour track --json | json_at 'sum(l["is_whole"] for l in d["letters"])')" -eq "$1" ]
	[ "$(sort -u runs/*.out | wc -l)" -eq "$1" ]
	for letter in $(sort -u runs/*.out); do
		as harbour open "$letter" --dry-run >/dev/null
	done
	[ "$(as harbour doctor)" = "Everything is in order." ]
	[ -z "$(find offices/harbour/tmp offices/harbour/partial -type f)" ]
}

@test "eight appoint at once: the register stays one, and who came too late is told so" {
	at_once 8 harbour officer add --title "Clerk {}" --roles clerk --no-passphrase
	appointed=$(grep -lx 0 runs/*.status | wc -l)
	[ "$appointed" -ge 1 ]
	for status in $(grep -Lx 0 runs/*.status); do
		cat "${status%.status}.err"
		grep -q "changed the register" "${status%.status}.err"
	done
	[ "$(as harbour officer list --json | json_at 'len(d["office"]["officers"])')" -eq $((appointed + 1)) ]
	[ "$(as harbour doctor)" = "Everything is in order." ]
}

@test "two seal at once" {
	sealings 2
}

@test "eight seal at once" {
	sealings 8
}

takings() { # N
	local letters
	letters="$(as harbour seal -t Oslo small) $(as harbour seal -t Oslo big)"
	# shellcheck disable=SC2086
	as harbour sync stick $letters
	at_once "$1" oslo sync "$BATS_TEST_TMPDIR/stick"
	[ "$(statuses)" = " $1 0 " ]
	# One of them may have left a body to another, and that one done it: now it is whole.
	[ "$(as oslo track --json | json_at '[l["is_whole"] for l in d["letters"]]')" = "[True, True]" ]
	[ "$(as oslo doctor)" = "Everything is in order." ]
	[ -z "$(find offices/oslo/tmp offices/oslo/partial -type f)" ]
}

@test "two take in from one stick at once" {
	takings 2
}

@test "eight take in from one stick at once" {
	takings 8
}

@test "eight put out to one stick at once, and one takes it in" {
	letter=$(as harbour seal -t Oslo big)
	at_once 8 harbour sync "$BATS_TEST_TMPDIR/stick" "$letter"
	[ "$(statuses)" = " 8 0 " ]
	as oslo sync stick
	[ "$(as oslo track --json | json_at '[l["is_whole"] for l in d["letters"]]')" = "[True]" ]
	[ -z "$(find stick -name '.valise*')" ]
	[ "$(as harbour doctor)" = "Everything is in order." ]
	[ "$(as oslo doctor)" = "Everything is in order." ]
}

@test "two offices use one stick at once" {
	first=$(as harbour seal -t Oslo big)
	second=$(as oslo seal -t Harbour big)
	as harbour sync "$BATS_TEST_TMPDIR/stick" "$first" &
	as oslo sync "$BATS_TEST_TMPDIR/stick" "$second"
	wait $!
	as harbour sync stick
	as oslo sync stick
	for office in harbour oslo; do
		[ "$(as $office track --json | json_at '[l["is_whole"] for l in d["letters"]]')" = "[True, True]" ]
		[ "$(as $office doctor)" = "Everything is in order." ]
	done
}

sayings() { # N
	local letter numbers
	letter=$(as harbour seal -t Oslo small)
	as harbour sync stick "$letter"
	as oslo sync stick
	at_once "$1" oslo say received "$letter" --yes
	[ "$(statuses)" = " $1 0 " ]
	[ "$(says_of oslo "$letter")" = "received 1" ]
	# What may be said again is numbered without a gap.
	at_once "$1" oslo say comment "$letter" --text "word {}" --yes
	[ "$(statuses)" = " $1 0 " ]
	numbers=$(as oslo track "$letter" --json | json_at 'sorted(s["nth"] for s in d["accounts"]["said"])')
	[ "$numbers" = "$(seq -s ', ' 1 $(($1 + 1)) | sed 's/.*/[&]/')" ]
	[ "$(as oslo doctor)" = "Everything is in order." ]
}

@test "two say at once" {
	sayings 2
}

@test "eight say at once" {
	sayings 8
}

@test "eight open to one place at once: one does, and nothing else is left" {
	letter=$(as harbour seal -t Oslo big)
	as harbour sync stick "$letter"
	as oslo sync stick
	mkdir out
	at_once 8 oslo open "$letter" -o "$BATS_TEST_TMPDIR/out/letter"
	[ "$(statuses)" = " 1 0 7 1 " ]
	cmp big out/letter/big
	[ "$(ls -A out)" = letter ]
	[ "$(as oslo doctor)" = "Everything is in order." ]
}

@test "eight found an office in one place at once: one does" {
	at_once 8 fresh init "Office {}" --title Desk --no-passphrase --no-recovery
	[ "$(statuses)" = " 1 0 7 1 " ]
	winner=$(grep -lx 0 runs/*.status)
	[ "$(as fresh card show --digits)" = "$(cat "${winner%.status}.out")" ]
	introduce fresh oslo Oslo
	as fresh seal -t Oslo small
	[ "$(as fresh doctor)" = "Everything is in order." ]
}

@test "reading goes on while others write" {
	letter=$(as harbour seal -t Oslo big)
	for i in 1 2 3 4 5; do as harbour seal -t Oslo big; done >sealed 2>&1 &
	sealing=$!
	for i in $(seq 1 10); do
		as harbour track --json | json_at 'all(l["is_whole"] for l in d["letters"])' | grep -qx True
		as harbour doctor
		as harbour dossier "$letter" >/dev/null
	done
	wait $sealing
	[ "$(as harbour track --json | json_at 'len(d["letters"])')" -eq 6 ]
}
