#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# A seal, statement or report whose bytes were lost on this machine's disk: its letter is named, no other is left out, and a sync mends it.

load offices
load sticks
load damage

# Three letters to oslo by one stick, the second of them proposing a visit and the third answering the first.
setup() {
	cd "$BATS_TEST_TMPDIR"
	found_two
	mkdir stick
	for n in 1 2 3; do
		echo "notice $n" >notice
		letters[n]=$(as harbour seal -t Oslo --ref "N/$n" --subject "Notice $n" notice ${letters[1]:+--in-reply-to "${letters[1]}"})
	done
	as harbour say proposed "${letters[2]}" --text "a visit" --when Monday --yes >/dev/null
	as harbour sync stick --all
	as oslo sync stick
}

cut_note() { # OFFICE ID
	sql "$1" "UPDATE item SET bytes = substr(bytes, 1, 100) WHERE id = x'$2'"
}

flip_note() { # OFFICE ID OFFSET: one bit of one byte; from the end, below zero
	local bytes
	bytes=$(sql "$1" "SELECT hex(bytes) FROM item WHERE id = x'$2'")
	sql "$1" "UPDATE item SET bytes = x'$(python3 -c 'import sys
b = bytearray.fromhex(sys.argv[1]); b[int(sys.argv[2])] ^= 1; print(b.hex())' "$bytes" "$3")' WHERE id = x'$2'"
}

@test "a letter that is damaged here keeps no other from being listed" {
	cut_note oslo "${letters[2]}"
	run as oslo track
	echo "$output"
	[ "$status" -eq 4 ]
	grep -q "N/1" <<<"$output"
	grep -q "N/3" <<<"$output"
	grep -q "damaged .*valise doctor" <<<"$output"
	grep -q "^3 letters, .*For you: 2 .*Damaged here: 1\.$" <<<"$output"
	[ "$(status_of as oslo track --json)" -eq 4 ]
	as oslo track --json >list || true
	[ "$(json_at '[l["letter"] for l in d["letters"] if l["is_unread"]], d["totals"]["letters"], d["totals"]["for_us"], d["totals"]["others"], d["totals"]["unread"]' <list)" = \
		"(['${letters[2]}'], 3, 2, 0, 1)" ]
	[ "$(json_at '[(l["from"], l["state"]) for l in d["letters"] if l["is_unread"]]' <list)" = "[(None, None)]" ]
	# It is not what it is not known to be.
	for words in --unanswered '--from Harbour' '--to self' '--search notice'; do
		[ "$(as oslo track --json $words | json_at 'len(d["letters"])')" -eq 2 ]
	done
	[ "$(as oslo track --json --search notice | json_at 'd["closed_covers"]')" -eq 1 ]
	# Page by page, each once.
	{
		as oslo track --json --limit 1 || true
		as oslo track --json --limit 2 --before "$(json_at 'd["letters"][0]["letter"]' <list)" || true
	} | grep '"letter":' | sort -u >pages
	[ "$(wc -l <pages)" -eq 3 ]
	# What is kept of all is made, and is right for the others.
	as oslo doctor --rebuild >found || [ $? -eq 4 ]
	cat found
	[ "$(grep -c "damaged on this disk" found)" -eq 1 ]
	refute grep -q "what was counted" found
	# Also where nothing can be kept.
	if [ "$(id -u)" -ne 0 ]; then
		chmod -R a-w offices/oslo
		[ "$(status_of as oslo track)" -eq 4 ]
		[ "$(as oslo track --unanswered | grep -c Harbour)" -eq 2 ]
		chmod -R u+w offices/oslo
	fi
}

@test "a letter that is damaged here is left out of threads, proposals and what was heard, which say so" {
	cut_note oslo "${letters[3]}"
	run as oslo track --thread "${letters[1]}"
	echo "$output"
	[ "$status" -eq 4 ] # its cover says whose reply it is, and is not opened without its seal
	[[ $output == *"1 letter is left out, damaged on this machine's disk"* ]]
	[[ $output == *"N/1, \"Notice 1\""* && $output == *"N/2, \"Notice 2\", in reply to"* ]]
	[ "$(as oslo track --thread "${letters[1]}" --json | json_at 'len(d["letters"]), d["unread"]')" = "(2, 1)" ]
	run as oslo track --heard
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == *"Harbour: "* ]]
	run as oslo track --proposals
	echo "$output"
	[ "$status" -eq 4 ]
	grep -q "when: \"Monday\"" <<<"$output"
	grep -q "1 letter is left out, damaged on this machine's disk: .valise doctor." <<<"$output"
	[ "$(as oslo track --proposals --json | json_at 'len(d["proposals"]), d["unread"]')" = "(1, 1)" ]
	# The last that was heard, kept from before.
	as oslo track >/dev/null || true
	for id in "${letters[@]}"; do
		cut_note oslo "$id"
	done
	run as oslo track --heard
	echo "$output"
	[ "$status" -eq 4 ]
	[[ $output == *"Harbour: in "*"damaged on this machine's disk"* ]]
	[ "$(status_of as oslo track --heard --json)" -eq 4 ]
	[ "$(as oslo track --heard --json | json_at 'd["heard"][0]["is_unread"], d["heard"][0]["ref"]')" = "(True, None)" ]
	# Asked for by name it is an error that names it.
	for command in 'track' 'track --thread' 'dossier -o dossier' 'say reviewed --yes' 'open -o opened'; do
		run as oslo $command "${letters[2]}"
		echo "$output"
		[ "$status" -eq 4 ]
		[[ $output == *"is damaged at "*"valise doctor"* ]]
	done
}

@test "a letter that is damaged here keeps no other from being acknowledged, opened or let go of" {
	cut_note oslo "${letters[2]}"
	[ "$(as oslo say received --all --yes 2>errors | wc -l)" -eq 2 ]
	grep -q "is damaged at .*valise doctor" errors
	[ "$(status_of as oslo say received --all --yes)" -eq 4 ]
	run as oslo open --all -o opened
	echo "$output"
	[ "$status" -eq 4 ]
	[ "$(find opened -type f | wc -l)" -eq 2 ]
	as oslo say reviewed "${letters[1]}" --yes
	for dry in --dry-run ''; do
		run as oslo forget --all --yes $dry
		echo "$output"
		[ "$status" -eq 4 ]
		[[ $output == *"1 letter is left out, damaged"* ]]
	done
	[ "$(as oslo track --json "${letters[1]}" | json_at 'd["accounts"]["bytes"]')" != intact ]
	[ "$(as oslo track --json | json_at 'len(d["letters"])')" -eq 3 ]
}

@test "what still looks like a note, and is another, is not shown, acknowledged or handed on" {
	as oslo say received "${letters[3]}" --yes >/dev/null
	as oslo track >/dev/null # counted before
	sql oslo "UPDATE item SET bytes = CAST(replace(CAST(bytes AS TEXT), 'ref N/1', 'ref N/8') AS BLOB) WHERE id = x'${letters[1]}'"
	sql oslo "UPDATE item SET bytes = CAST(replace(CAST(bytes AS TEXT), 'time 20', 'time 19') AS BLOB) WHERE kind = 3"
	run as oslo track
	echo "$output"
	[ "$status" -eq 4 ]
	[ "$(grep -c "damaged .*valise doctor" <<<"$output")" -eq 3 ]
	refute grep -q "N/8" <<<"$output"
	for words in --unanswered '--from Harbour' '--to self'; do
		[ "$(as oslo track --json $words | json_at 'len(d["letters"])')" -eq 0 ]
	done
	for command in track 'track --thread' 'say received --yes' 'dossier -o dossier'; do
		run as oslo $command "${letters[1]}"
		echo "$output"
		[ "$status" -eq 4 ]
		[[ $output == *"was altered in place"* ]]
	done
	[ "$(as oslo say received --all --yes 2>errors | wc -l)" -eq 0 ]
	mkdir away
	run as oslo sync away --all
	echo "$output"
	[ "$status" -eq 4 ]
	[ "$(grep -c "nothing of .* went out" <<<"$output")" -ge 2 ]
	as oslo doctor --mend >found || [ $? -eq 4 ]
	cat found
	[ "$(grep -c "was damaged on this disk" found)" -eq 3 ] # the seal, and the statements of the two others
	# The two that are Harbour's come again; what Oslo said itself lies nowhere but here.
	as oslo sync stick || [ $? -eq 4 ]
	[ "$(as oslo track --json | json_at '[l["letter"] for l in d["letters"] if l["is_unread"]]')" = "['${letters[3]}']" ]
}

@test "a damaged statement keeps no other letter from going, and what came is told of all the same" {
	# The newest that is here, where it is known what was put there before.
	as harbour say comment "${letters[1]}" --text "of one" --yes >said
	cut_note harbour "$(cat said)"
	fourth=$(as harbour seal -t Oslo --ref N/4 notice)
	for look in --look ''; do
		run as harbour sync stick --all $look
		echo "$output"
		[ "$status" -eq 4 ]
		[[ $output == *"ut out 1 letter"* ]]
		[ "$(grep -c "nothing of .* went out" <<<"$output")" -eq 1 ]
	done
	as oslo sync stick
	as oslo track "$fourth"
	# Bytes that come again, of a letter of which our own word is damaged.
	as oslo say received "${letters[1]}" --yes >said
	as oslo forget "${letters[1]}" --anyway --yes
	as oslo forget --undo "${letters[1]}"
	cut_note oslo "$(cat said)"
	as oslo sync stick --json >report || [ $? -eq 4 ]
	[ "$(json_at '[(l["letter"], l["is_whole"]) for l in d["in"]]' <report)" = "[('${letters[1]}', True)]" ]
}

@test "a machine says carrying of all but what is damaged on its disk" {
	found danube "Danube Couriers"
	as truck officer request --title Truck --roles courier,machine --no-passphrase -o truck.request >/dev/null
	as danube officer add truck.request --unchecked >/dev/null
	as danube card export -o office.card
	as truck card add office.card --digits "$(digits danube)" >/dev/null
	introduce harbour danube Danube
	for id in "${letters[@]}"; do
		as harbour say handed "$id" --to Danube --yes >/dev/null
	done
	mkdir hand
	as harbour sync hand "${letters[@]}" --via Danube >/dev/null
	as truck sync hand >/dev/null
	cut_note truck "${letters[2]}"
	run as truck sync hand --say carrying --as Truck
	echo "$output"
	[ "$status" -eq 4 ]
	[ "$(grep -c "Truck said carrying, unattended" <<<"$output")" -eq 2 ]
	grep -q "carrying was not said.*damaged" <<<"$output"
}

@test "a damaged report keeps no exhibit, no stick and no other letter from coming" {
	echo 'A spokesman said: "We got it on Wednesday."' >article.txt
	for n in 1 3; do
		as oslo report "${letters[n]}" --speaker "a spokesman" --verb said --says received --exhibit article.txt --quote "We got it on Wednesday." --yes >/dev/null
	done
	as oslo sync stick --reports "${letters[1]}" "${letters[3]}"
	as harbour sync stick
	sql harbour "UPDATE item SET bytes = substr(bytes, 1, 100) WHERE kind = 4 AND seq = (SELECT max(seq) FROM item WHERE kind = 4)"
	exhibit=$(as harbour exhibit list --json | json_at 'd["exhibits"][0]["exhibit"]')
	as harbour exhibit show "$exhibit"
	as oslo say refused "${letters[2]}" --reason full --yes >/dev/null
	as oslo sync stick
	run as harbour sync stick
	echo "$output"
	[[ $output == *"1 statement came"* ]]
	[ "$(as harbour track --json | json_at 'sum(l["is_unread"] for l in d["letters"])')" -eq 1 ]
}

@test "a damaged register is mended by a card, or by a sync, whoever's it is" {
	mkdir stick2
	as oslo say received --all --yes >/dev/null
	as oslo sync stick2
	for office in oslo harbour; do
		as harbour track >/dev/null # counted before the damage, and again after it
		id=$(sql harbour "SELECT lower(hex(id)) FROM entry WHERE office = x'$(as "$office" card show --json | json_at 'd["office"]["id"]')'")
		for way in card stick; do
			[ "$office $way" != "harbour stick" ] || continue # without our own register nothing can be unwrapped
			cut_note harbour "$id"
			run as harbour track
			[ "$status" -eq 4 ]
			[ "$(grep -c "damaged .*valise doctor" <<<"$output")" -eq 3 ]
			as harbour doctor --mend >found || [ $? -eq 4 ]
			cat found
			[ "$(grep -c "^broken: the register entry $id was damaged .*valise card add" found)" -eq 1 ]
			[ "$(grep -c "^broken: the register entry" found)" -eq 1 ]
			as harbour card list --json >cards || [ $? -eq 4 ]
			as harbour sync stick2 --look || [ $? -eq 4 ]
			[ "$(sql harbour "SELECT length(bytes) FROM item WHERE id = x'$id'")" -eq 100 ]
			if [ "$way" = stick ]; then
				run as harbour sync stick2
				echo "$output"
				[[ $output == *"a register: what was damaged of it on this disk came again"* ]]
			elif [ "$office" = oslo ]; then
				introduce harbour oslo Oslo
			else
				as oslo card export Harbour >own.card
				as harbour card add own.card --unchecked
			fi
			as harbour doctor
			as harbour track
			as harbour track | grep -q "^3 letters.*Yours: 3 (.*unanswered)\.$"
		done
	done
}

@test "what is damaged of a letter is named by doctor, and put right by a sync that brings it again" {
	as oslo say received "${letters[2]}" --yes >/dev/null
	as oslo sync stick
	as harbour sync stick
	statement=$(sql harbour "SELECT lower(hex(i.id)) FROM item i JOIN statement s ON s.item = i.seq WHERE s.letter = x'${letters[2]}' AND s.nth = 1 ORDER BY i.seq DESC LIMIT 1")
	as oslo doctor
	n=0
	# A seal of another office, what it said, and a seal of our own: it comes back with what was said of it.
	for what in "oslo ${letters[2]}" "harbour $statement" "harbour ${letters[2]}"; do
		read -r office id <<<"$what"
		for harm in 'cut_note' 'flip_note:200' 'flip_note:-9'; do
			before=$(sql "$office" "SELECT hex(bytes) FROM item WHERE id = x'$id'")
			offset=${harm#*:}
			${harm%:*} "$office" "$id" "$offset"
			[ "$(sql "$office" "SELECT hex(bytes) FROM item WHERE id = x'$id'")" != "$before" ]
			run as "$office" doctor
			echo "$office $harm: $output"
			[ "$status" -eq 4 ]
			[[ $output == *"$id was damaged on this disk ("*"valise doctor --mend"* ]]
			[ "$(grep -c "damaged on this disk" <<<"$output")" -eq 1 ]
			# What was read before is read again, and nothing is written by a look.
			run as "$office" doctor --mend
			[ "$status" -eq 4 ]
			[[ $output == *"sync again with a stick or folder that holds it"* ]]
			# What was counted before is not what is counted now; what is left out is left out of it.
			as "$office" track >listed || [ $? -eq 4 ]
			[ "$harm" = flip_note:-9 ] || grep -q "Damaged here: 1\.$" listed
			as "$office" sync stick --look || [ $? -eq 4 ] # what cannot be read does not go out
			[ "$(sql "$office" "SELECT hex(bytes) FROM item WHERE id = x'$id'")" != "$before" ]
			run as "$office" sync stick
			echo "$output"
			[[ $output == *"what was damaged of it on this disk came again, and is whole"* ]]
			[ "$(sql "$office" "SELECT hex(bytes) FROM item WHERE id = x'$id'")" = "$before" ]
			as "$office" doctor --rebuild
			as "$office" track
			((++n))
		done
	done
	[ "$n" -eq 9 ]
	# With nothing damaged the same stick changes nothing.
	as oslo doctor --mend
	run as oslo sync stick
	refute grep -q "came again" <<<"$output"
}

@test "what an office said itself comes back with the letter, from whoever was told" {
	cp -a offices/oslo before
	as oslo say received "${letters[2]}" --yes >/dev/null
	as oslo say comment "${letters[2]}" --text "On Monday." --yes >/dev/null
	as oslo sync stick
	as harbour sync stick
	comment=$(sql oslo "SELECT lower(hex(i.id)) FROM item i JOIN statement s ON s.item = i.seq WHERE s.letter = x'${letters[2]}' AND s.nth = 2")
	whole=$(sql oslo "SELECT hex(bytes) FROM item WHERE id = x'$comment'")

	# One bit of it: a letter that is named goes with all that was said of it.
	flip_note oslo "$comment" 200
	as oslo doctor --mend || [ $? -eq 4 ]
	mkdir again
	as harbour sync again "${letters[2]}"
	as oslo sync again
	[ "$(sql oslo "SELECT hex(bytes) FROM item WHERE id = x'$comment'")" = "$whole" ]
	as oslo doctor

	# All of it: a backup from before, which then says nothing under a number that it has used.
	rm -r offices/oslo
	mv before offices/oslo
	as oslo say received "${letters[1]}" --dry-run 2>err >/dev/null
	grep -q "comes back when a party names the letter to you" err
	as oslo sync again
	as oslo say received "${letters[2]}" --yes # once
	as oslo say comment "${letters[2]}" --text "Or on Tuesday." --yes >/dev/null
	[ "$(sql oslo "SELECT group_concat(nth) FROM (SELECT nth FROM statement WHERE letter = x'${letters[2]}' AND signer = (SELECT s.signer FROM statement s JOIN item i ON i.seq = s.item WHERE i.id = x'$comment') ORDER BY nth)")" = 1,2,3 ]
	as oslo sync again
	as harbour sync again
	as harbour track "${letters[2]}" >told
	cat told
	grep -q "On Monday" told
	grep -q "Or on Tuesday" told
}
