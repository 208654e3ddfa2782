#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# A letter's whole way between three offices, from cards to a dossier that anybody can check.

load offices

# Whether that letter's accounts in that office hold a counted statement.
counts() { # OFFICE LETTER SAYS
	as "$1" track "$2" --json |
		json_at '"'"$3"'" in [s["says"] for s in d["accounts"]["said"] if s["counts"]]' | grep -qx True
}

@test "seal, carry, deliver, receive, open, review, and prove it" {
	found_two
	found blue "Blue Couriers"
	introduce harbour blue Blue
	introduce blue harbour Harbour
	introduce blue oslo Oslo
	introduce oslo blue Blue
	cd "$BATS_TEST_TMPDIR"
	mkdir stick annex
	echo "You are hereby notified." >notice.txt
	head -c 300000 /dev/urandom >annex/map
	letter=$(as harbour seal -t Oslo -s "Notice 14" --ref 14/2026 --answer-by +30d notice.txt annex)

	# Onto a stick, by a courier: sealed for all but Oslo's readers.
	as harbour say handed 14/2026 --to Blue --medium "by hand" --yes
	as harbour sync stick "$letter" --via Blue
	refute grep -rq "14/2026" stick
	as blue sync stick | grep -q "whole and checked"
	as blue say carrying --all --yes
	run as blue open "$letter"
	[ "$status" -eq 1 ]
	run as blue say received "$letter" --yes
	[ "$status" -eq 1 ]
	mkdir stick2
	as blue sync stick2 "$letter"
	as blue say delivered "$letter" --to Oslo --yes

	# Oslo takes it in, says so, opens it.
	as oslo sync stick2 | grep -q "ref 14/2026"
	run as oslo say opened "$letter" --to Blue --yes
	[ "$status" -ne 0 ]
	as oslo say received --all --medium "through diplomatic channels" --yes
	[ -z "$(as oslo say received --all --yes)" ]
	as oslo open "$letter" -o opened
	cmp notice.txt opened/notice.txt
	cmp annex/map opened/annex/map
	as oslo say opened 14/2026 --yes
	as oslo say reviewed 14/2026 --text "We have read it." --text "Nothing more." --yes
	as oslo say comment 14/2026 --text "No comment on details." --yes

	# Home again, by the folder and by a pipe.
	as oslo sync stick2
	as blue sync stick2
	as blue say delivered "$letter" --to Oslo --yes >/dev/null
	valise sync - --out "$letter" --dir offices/oslo </dev/null >bag
	valise sync - --in --dir offices/harbour <bag >/dev/null
	for says in handed received opened reviewed comment; do
		counts harbour "$letter" $says
	done
	as harbour track | grep -q "reviewed.*14/2026"

	# What anybody can check.
	as harbour dossier 14/2026 --disclose notice.txt --disclose subject -o dossier
	valise-verify dossier --know oslo.card --know harbour.card --know blue.card \
		--require "Mission Oslo:reviewed" --require handed >verdict
	grep -q "Notice 14" verdict
	grep -q "$(sha256sum <notice.txt | cut -c1-64)" verdict
	refute grep -q "hereby notified" dossier
	as oslo verify dossier --require received >/dev/null
	[ "$(status_of as oslo verify dossier --require service-accepted)" -eq 3 ]
	for office in harbour oslo blue; do
		run as "$office" doctor
		[ "$status" -eq 0 ]
		[ "$output" = "Everything is in order." ]
	done
}

@test "an unchecked card is named each time something is sealed to it" {
	found harbour "Harbour Legal"
	found oslo "Mission Oslo"
	cd "$BATS_TEST_TMPDIR"
	as oslo card export -o oslo.card
	as harbour card add oslo.card --as Oslo --unchecked
	echo text >f
	run as harbour seal -t Oslo f
	[ "$status" -eq 0 ]
	[[ $output == *"warning"*"Oslo"*"never checked"* ]]
	as harbour card add oslo.card --as Oslo --digits "$(digits oslo)" >/dev/null
	run as harbour seal -t Oslo f
	[[ $output != *warning* ]]
}

@test "a dismissed officer's word does not count, and no more is signed with its key" {
	found_two
	cd "$BATS_TEST_TMPDIR"
	echo text >f
	as oslo officer add --title Desk --roles clerk --no-passphrase >/dev/null
	as oslo officer dismiss Desk --reason left
	run as oslo officer dismiss Desk --reason left
	[ "$status" -eq 1 ]
	as oslo officer list | grep -q "Desk: clerk; dismissed .*, left"
	letter=$(as harbour seal -t Oslo f)
	mkdir stick
	as harbour sync stick "$letter" >/dev/null
	as oslo sync stick >/dev/null
	as oslo say received "$letter" --yes --json | json_at 'd["statements"][0]["title"]' | grep -qx Registry
}

@test "several letters are opened even when one of them cannot be" {
	found_two
	cd "$BATS_TEST_TMPDIR"
	mkdir stick
	for i in 1 2 3; do
		echo "text $i" >f
		as harbour seal -t Oslo f --ref "nr $i" >/dev/null
	done
	as harbour sync stick --all >/dev/null
	as oslo sync stick >/dev/null
	mkdir out
	short=$(as oslo track --json | json_at '[l["short"] for l in d["letters"] if l["ref"] == "nr 2"][0]')
	mkdir "out/$short"
	run as oslo open --all -o out
	[ "$status" -eq 0 ]
	[[ $output == *"in their places already: 1 letter;"* ]]
	[ "$(cat out/*/f | sort)" = "text 1
text 3" ]
	rmdir "out/$short"
	as oslo open "nr 2" -o "out/$short" --say opened
	[ "$(cat "out/$short/f")" = "text 2" ]
	[ "$(as oslo say opened --all --yes | wc -l)" -eq 2 ]
}

@test "standard input is a part, and --keep-no-copy keeps the sender out" {
	found_two
	cd "$BATS_TEST_TMPDIR"
	mkdir stick
	letter=$(echo "from a pipe" | valise seal -t Oslo - --keep-no-copy --dir offices/harbour)
	run as harbour open "$letter"
	[ "$status" -eq 1 ]
	as harbour sync stick "$letter" >/dev/null
	as oslo sync stick >/dev/null
	as oslo open "$letter" -o out
	[ "$(cat out/stdin)" = "from a pipe" ]
}

@test "dry runs change nothing" {
	found_two
	cd "$BATS_TEST_TMPDIR"
	echo text >f
	letter=$(as harbour seal -t Oslo f)
	before=$(as harbour card export | sha256sum; as harbour track "$letter" | sha256sum)
	as harbour officer add --title Desk --roles clerk --dry-run
	as harbour officer dismiss Registry --reason x --dry-run
	as harbour seal -t Oslo f --dry-run
	as harbour say handed "$letter" --to Oslo --dry-run | grep -q "^says handed$"
	as harbour say handed "$letter" --to Oslo --medium "by hand" --text "A. by car" --dry-run |
		grep -q 'To: "Oslo". Medium: "by hand". In your words: "A. by car". It does not mean: that they took it.'
	refute grep -q "To:" <<<"$(as harbour say no-comment "$letter" --dry-run)"
	as harbour open "$letter" --dry-run
	mkdir stick
	as harbour sync stick --all --look
	[ "$before" = "$(as harbour card export | sha256sum; as harbour track "$letter" | sha256sum)" ]
	[ -z "$(ls -A stick)" ]
	as harbour sync stick --all
	as oslo sync stick
	as oslo open "$letter" --dry-run --say opened
	[ "$(as oslo track "$letter" --json | json_at 'd["accounts"]["said"]')" = "[]" ]
	[ "$(as harbour track --json | json_at 'len(d["letters"])')" -eq 1 ]
}

@test "a dossier discloses what was asked for, and no more" {
	found_two
	cd "$BATS_TEST_TMPDIR"
	echo one >a
	echo two >b
	letter=$(as harbour seal -t Oslo -s "The subject" a b)
	as harbour dossier "$letter" -o nothing
	as harbour dossier "$letter" -o subject --disclose subject
	as harbour dossier "$letter" -o part --disclose b
	as harbour dossier "$letter" -o all --disclose cover 2>warned
	grep -q "holds the letter's key: whoever has it, and the sealed body, can open the letter" warned
	as harbour dossier "$letter" -o some --disclose subject 2>warned
	[ ! -s warned ]
	disclosed() {
		as harbour verify "$1" --json | json_at 'sorted(x["name"] or x["subject"] for x in d["accounts"]["disclosed"])'
	}
	[ "$(disclosed nothing)" = "[]" ]
	[ "$(disclosed subject)" = "['The subject']" ]
	[ "$(disclosed part)" = "['b']" ]
	[ "$(disclosed all)" = "['The subject', 'a', 'b']" ]
	[ "$(as harbour verify all --json | json_at 'd["accounts"]["disclosed"][0]["confirmed_by"]')" = None ]
	run as harbour dossier "$letter" --disclose nothing-like-it
	[ "$status" -eq 1 ]
	refute grep -q "The subject" part
	# What was disclosed cannot be altered, nor put into another letter's dossier.
	sed 's/The subject/The sabject/' subject >altered
	[ "$(status_of as harbour verify altered)" -eq 4 ]
}

@test "an office is known only to whoever has its card" {
	cd "$BATS_TEST_TMPDIR"
	found_two
	echo hello >note.txt
	letter=$(as harbour seal -t Oslo note.txt)
	mkdir stick
	as harbour sync stick "$letter"
	found third "Third Party"
	as harbour dossier "$letter" -o d.txt
	# Its register came with the letter, and makes nobody known.
	as harbour sync - "$letter" --out --bare >bag
	as third sync - --in --all <bag || true
	valise sync - --in --all --dir "$BATS_TEST_TMPDIR/offices/third" <bag || true
	run as third verify "$PWD/d.txt"
	[ "$status" -eq 5 ]
	# Two cards of one name: a name alone is not enough.
	found twin "Harbour Legal"
	as harbour card export >h.card
	as twin card export >t.card
	run valise-verify d.txt --know h.card --know t.card --require "Harbour Legal:handed"
	[ "$status" -ne 0 ]
	[ "$status" -ne 5 ]
}

@test "of several readers on one machine the one that is named says opened; who cannot say it is told before anything is opened" {
	found_two
	as oslo officer add --title "Night reader" --roles reader,machine --no-passphrase >/dev/null
	as oslo officer add --title "Second reader" --roles reader --no-passphrase >/dev/null
	introduce harbour oslo Oslo
	cd "$BATS_TEST_TMPDIR"
	mkdir stick
	echo "the contract" >contract.txt
	letter=$(as harbour seal -t Oslo contract.txt)
	as harbour sync stick "$letter" >/dev/null
	as oslo sync stick >/dev/null
	for words in "--as Nobody" "--as 0000"; do
		[ "$(status_of as oslo open "$letter" -o opened --say opened $words)" -ne 0 ]
		[ ! -e opened ]
	done
	run as oslo open "$letter" -o opened --as "Second reader"
	[ "$status" -eq 2 ]
	[[ $output == *"say --say opened"* ]]
	[ ! -e opened ]
	as oslo open "$letter" --say opened --as "Second reader" --dry-run --json | json_at 'd["statements"][0]["title"]' | grep -qx "Second reader"
	as oslo open "$letter" -o opened --say opened --as "Night reader" >/dev/null
	as oslo track "$letter" --json | json_at '[(s["says"], s["title"], s["unattended"]) for s in d["accounts"]["said"]]' |
		grep -qxF "[('opened', 'Night reader', True)]"
	# Where nobody could say it, the words say who could, and where.
	as oslo officer dismiss Registry --reason left >/dev/null
	as oslo officer dismiss "Second reader" --reason left >/dev/null
	rm -r opened
	run as oslo open "$letter" -o opened --say opened
	[ "$status" -eq 1 ]
	[[ $output == *"the only such key here is of a machine, Night reader"* ]]
	[ ! -e opened ]
}

@test "what became of a letter that came with no word of its handing over is its recipient's to say" {
	found_two
	cd "$BATS_TEST_TMPDIR"
	mkdir stick
	echo "the contract" >contract.txt
	letter=$(as harbour seal -t Oslo contract.txt)
	as harbour sync stick "$letter" >/dev/null
	as oslo sync stick >/dev/null
	as oslo say received "$letter" --yes >/dev/null
	as oslo say lost "$letter" --reason stolen --yes >/dev/null
	as oslo say damaged "$letter" --yes >/dev/null
	as oslo sync stick >/dev/null
	as harbour sync stick >/dev/null
	counts harbour "$letter" lost
	counts harbour "$letter" damaged
	as harbour track "$letter" >accounts
	head -n 1 accounts | grep -q "received this exact letter .* Later it says: lost on .*, damaged on "
	[ "$(as harbour track "$letter" --json | json_at 'd["accounts"]["parties"][1]["state"], d["accounts"]["disagreements"]')" = "('received', [])" ]
	as harbour dossier "$letter" -o dossier
	valise-verify dossier --require lost --require damaged >/dev/null || [ $? -eq 5 ]
	[ "$(status_of valise-verify dossier --require destroyed)" -eq 3 ]
}
