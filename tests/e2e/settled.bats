#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What a sync remembers of the one before never makes it put out, take away, or say anything else than one that remembers nothing.

load offices
load clock

setup() {
	cd "$BATS_TEST_TMPDIR"
	mkdir stick
	found_two
	echo "The notice." >notice
	head -c 300000 /dev/urandom >plan
}

# Both ways from the same state: with what that office remembers, and a copy of it that remembers nothing. In $did, what the first did:
# letters, statements, bags put out, bags taken away.
both() { # OFFICE STICK WORD...
	local office=$1 stick=$2 status=0 bare=0
	shift 2
	rm -rf offices/bare bare
	cp -a "offices/$office" offices/bare
	cp -a "$stick" bare
	as bare doctor --rebuild --only-copy >/dev/null || as bare doctor --rebuild >/dev/null || true
	sql bare "SELECT count(*) FROM settled" | grep -qx 0
	at bare sync bare "$@" --json >bare.json || bare=$?
	at "$office" sync "$stick" "$@" --json >kept.json || status=$?
	[ "$status" -eq "$bare" ]
	did=$(/usr/bin/env python3 - bare.json kept.json <<-'PYTHON'
	import json, sys
	def read(name):
	    d = json.load(open(name))
	    for key in ("out", "in"):
	        d[key].sort(key=lambda l: l["letter"])
	    d["findings"].sort()
	    for said in (d["said"] or {"statements": []})["statements"]:
	        said["note"] = None # its time is in it
	    return d
	bare, kept = map(read, sys.argv[1:])
	assert bare == kept, (bare, kept)
	print(len(kept["out"]), kept["statements_out"], kept["bags_out"], kept["bags_removed"])
	PYTHON
	)
	diff <(lying bare) <(lying "$stick")
}

lying() { # STICK: the size of each bag
	find "$1/valise" -mindepth 2 -type f -printf '%s\n' | sort
}

sql() { # OFFICE SQL
	/usr/bin/env python3 - "offices/$1/valise.db" "$2" <<-'PYTHON'
	import sqlite3, sys
	with sqlite3.connect(sys.argv[1]) as db:
	    for row in db.execute(sys.argv[2]):
	        print(*row)
	PYTHON
}

send() { # NAME: sealed by harbour; its id is in $letter
	letter=$(as harbour seal -t Oslo --ref "$1" notice)
}

lose() { # STICK OFFICE: all that it put there
	rm "$1/valise/$(sql "$2" "SELECT CAST(value AS TEXT) FROM setting WHERE name = 'writer'")"/*
}

# The first bag there.
bag_of() { # STICK
	find "$1/valise" -mindepth 2 -type f | sort | head -n 1
}

clock=
at() { # OFFICE WORD...: by that clock
	if [ -n "$clock" ]; then off "$clock" "$@"; else as "$@"; fi
}

@test "with nothing new no letter is read, and what was forgotten is found again" {
	send 1
	as harbour sync stick "$letter" >/dev/null
	[ -z "$(as harbour sync stick)" ]
	sql harbour "UPDATE item SET bytes = X'00' WHERE kind = 2" # who reads one says so
	as harbour sync stick
	as harbour sync stick --look
	as harbour doctor --rebuild || true
	[ "$(status_of as harbour sync stick)" -eq 4 ]
}

@test "letters and statements go, by whatever way they came here" {
	mkdir other
	send 1
	both harbour stick
	[ "$did" = "0 0 0 0" ]
	both harbour stick "$letter"
	[ "$did" = "1 0 1 0" ]
	first=$letter
	both harbour stick
	[ "$did" = "0 0 0 0" ]
	as harbour say handed "$letter" --to Oslo --yes >/dev/null
	both harbour stick
	[ "$did" = "1 1 1 0" ]
	both harbour stick
	[ "$did" = "0 0 0 0" ]
	send 2
	both harbour stick
	[ "$did" = "0 0 0 0" ]
	both harbour stick --all
	[ "$did" = "1 0 1 0" ]
	both harbour stick --all
	both harbour stick
	# Oslo's word comes by another stick than the one that it answers to.
	as oslo sync stick >/dev/null
	as oslo say received 1 --yes >/dev/null
	both oslo stick
	[ "$did" = "1 1 1 0" ]
	both oslo stick
	as oslo say comment 1 --text "So it is." --yes >/dev/null
	as oslo sync other >/dev/null
	as harbour sync other >/dev/null
	both harbour stick
	both harbour stick --all
	both harbour stick
	# And one that is whole, from a third, goes on when it is named.
	as oslo sync other "$first" >/dev/null
	both oslo other
	both oslo other --bare
	both oslo other --via Harbour
	both oslo other
}

@test "what was lost from a stick goes there again" {
	for ref in 1 2 3; do
		send "$ref"
		both harbour stick "$letter"
	done
	as harbour say comment 1 --text "Mind the annex." --yes >/dev/null
	both harbour stick
	both harbour stick --all
	[ "$did" = "0 0 0 0" ]
	cp -a stick whole
	rm "$(bag_of stick)"
	both harbour stick --all
	[ "$did" != "0 0 0 0" ]
	both harbour stick --all
	[ "$did" = "0 0 0 0" ]
	truncate -s -1 "$(bag_of stick)"
	both harbour stick --all
	[ "$did" != "0 0 0 0" ]
	both harbour stick --all
	rm -r stick/valise
	both harbour stick
	both harbour stick --all
	[ "${did%% *}" = 3 ]
	both harbour stick --all
	rm -r stick
	mv whole stick
	both harbour stick --all
	[ "$did" = "0 0 0 0" ]
	cp -a stick twin
	both harbour twin --all
	rm "$(bag_of twin)"
	both harbour twin --all
	both harbour stick --all
}

@test "bags go once they are spent, and what is still news in them goes into others" {
	for ref in 1 2 3 4; do
		send "$ref"
		[ "$ref" = 4 ] || refs+=("$letter")
	done
	as harbour sync stick "${refs[@]}" >/dev/null
	as harbour say comment 1 --text "Mind the annex." --yes >/dev/null
	both harbour stick "$letter"
	both harbour stick
	as oslo sync stick >/dev/null
	as oslo say received 1 2 --yes >/dev/null
	as oslo sync stick >/dev/null
	both harbour stick
	[ "$did" = "0 0 0 0" ]
	both harbour stick
	as oslo say received 4 --yes >/dev/null
	as oslo sync stick >/dev/null
	both harbour stick
	[ "$did" = "1 1 1 1" ] # the comment lay in the bag that went
	both harbour stick
	[ "$did" = "0 0 0 0" ]
	as oslo say received 3 --yes >/dev/null
	as oslo sync stick >/dev/null
	chmod a-w stick/valise/* 2>/dev/null
	both harbour stick --look
	chmod u+w stick/valise/*
	both harbour stick
	[ "${did##* }" = 1 ]
	both harbour stick
	[ "$did" = "0 0 0 0" ]
}

@test "a letter that was let go of, and its bytes that come again" {
	letter=$(as oslo seal -t Harbour --ref 1/oslo plan)
	as oslo sync stick "$letter" >/dev/null
	cp -a stick whole
	as harbour sync stick >/dev/null
	as harbour say received 1/oslo --yes >/dev/null
	mkdir other inside
	both harbour other --all
	both harbour inside --inside
	both harbour inside --inside
	[ "$did" = "0 0 0 0" ]
	as harbour forget 1/oslo --anyway --yes >/dev/null
	both harbour other --all
	both harbour inside --inside
	rm -r inside/valise
	both harbour inside --inside
	as harbour forget 1/oslo --undo --yes >/dev/null
	both harbour inside --inside
	both harbour whole
	both harbour inside --inside
	[ "${did%% *}" = 1 ] # whole again
	both harbour inside --inside
	[ "$did" = "0 0 0 0" ]
	both harbour other --all
}

@test "a spool that came back from a backup knows what it knew" {
	send 1
	as harbour sync stick "$letter" >/dev/null
	both harbour stick
	cp -a offices/harbour backup
	cp -a stick then
	send 2
	as harbour say comment 1 --text "Mind the annex." --yes >/dev/null
	both harbour stick "$letter"
	both harbour stick
	rm -r offices/harbour
	mv backup offices/harbour
	both harbour stick --look
	both harbour then
	both harbour stick
	both harbour stick
	both harbour then
	as harbour say comment 1 --text "Once more." --yes >/dev/null
	both harbour stick --all
	both harbour then --all
}

@test "who a letter is wrapped for, by registers and by the clock" {
	needs_clock
	as desk officer request --title Desk --roles clerk --no-passphrase -o desk.request >/dev/null
	send 1
	as harbour sync stick "$letter" >/dev/null
	both harbour stick --all
	[ "$did" = "0 0 0 0" ]
	as oslo officer add desk.request --unchecked --until "$(date -u -d "+2 days" +%Y-%m-%dT%H:%M:%SZ)" >/dev/null 2>&1
	as oslo card export -o oslo.card --force
	as harbour card add oslo.card --as Oslo --unchecked >/dev/null 2>&1
	both harbour stick --all
	[ "$did" = "1 0 1 0" ]
	both harbour stick --all
	[ "$did" = "0 0 0 0" ]
	for clock in 100000 172900 172000 -400000 400000 ""; do
		both harbour stick --all
		both harbour stick --all
		[ "$did" = "0 0 0 0" ]
	done
	as oslo officer dismiss Desk --reason "left" >/dev/null 2>&1
	as oslo card export -o oslo.card --force
	as harbour card add oslo.card --as Oslo --unchecked >/dev/null 2>&1
	both harbour stick --all
	both harbour stick --all
	[ "$did" = "0 0 0 0" ]
	# Nobody of theirs can unwrap it: that is told each time, and once.
	as harbour say handed 1 --to Oslo --yes >/dev/null
	send 2
	as oslo officer dismiss Registry --reason "left" >/dev/null 2>&1
	as oslo card export -o oslo.card --force
	as harbour card add oslo.card --as Oslo --unchecked >/dev/null 2>&1
	both harbour stick "$letter"
	for words in "" --all "" --look; do
		both harbour stick $words
		json_at 'd["findings"]' <kept.json | grep -q "no clerk or courier"
	done
	as harbour card add oslo.card --as "Oslo Mission" --unchecked >/dev/null 2>&1
	both harbour stick
}

@test "reports and their exhibits" {
	send 1
	as harbour sync stick "$letter" >/dev/null
	both harbour stick --all --reports
	both harbour stick --all --reports
	[ "$did" = "0 0 0 0" ]
	as harbour report 1 --says other --speaker "a man" --verb said --exhibit plan --where there --yes >/dev/null
	both harbour stick --all
	[ "$did" = "0 0 0 0" ]
	both harbour stick --all --reports
	[ "$did" = "1 0 1 0" ]
	both harbour stick --all --reports
	[ "$did" = "0 0 0 0" ]
	# One whose file is damaged stays, and is told of each time; put right, it goes.
	as harbour report 1 --says other --speaker "a woman" --verb said --exhibit notice --quote "The notice." --yes >/dev/null
	head -c 200000 /dev/urandom >scan
	as harbour report 1 --says other --speaker "a child" --verb said --exhibit scan --where there --yes >/dev/null
	file=offices/harbour/exhibits/*/$(sha256sum scan | cut -d' ' -f1)
	chmod u+w $file
	printf X | dd of=$(echo $file) conv=notrunc 2>/dev/null
	both harbour stick --all --reports
	both harbour stick --all --reports
	json_at 'd["findings"]' <kept.json | grep -q "stays here"
	cp scan $file
	both harbour stick --all --reports
	[ "$did" = "1 0 1 0" ]
	both harbour stick --all --reports
	[ "$did" = "0 0 0 0" ]
}

@test "a body that is damaged here is told of until it went" {
	letter=$(as harbour seal -t Oslo --ref 1 plan)
	body=$(find offices/harbour/bodies -type f)
	cp "$body" kept
	chmod u+w "$body"
	printf X | dd of="$body" conv=notrunc 2>/dev/null
	both harbour stick --all
	both harbour stick --all
	json_at 'd["findings"]' <kept.json | grep -q "did not go out whole"
	cp kept "$body"
	both harbour stick --all
	both harbour stick --all
	[ "$did" = "0 0 0 0" ]
}

@test "an appointment that ends is found out also after a bag was taken away" {
	needs_clock
	as desk officer request --title Desk --roles clerk --no-passphrase -o desk.request >/dev/null
	as oslo officer add desk.request --unchecked --until "$(date -u -d "+1 hour" +%Y-%m-%dT%H:%M:%SZ)" >/dev/null
	as oslo card export -o oslo.card --force
	as harbour card add oslo.card --as Oslo --unchecked >/dev/null 2>&1
	send 1
	as harbour sync stick "$letter" >/dev/null
	as harbour say comment 1 --text "Mind the answer." --yes >/dev/null
	both harbour stick
	as oslo sync stick >/dev/null
	as oslo say received 1 --yes >/dev/null
	as oslo sync stick >/dev/null
	both harbour stick
	[[ $did = *" 1" ]]
	both harbour stick
	[ "$did" = "0 0 0 0" ]
	clock=7200
	both harbour stick
	[ "$did" = "1 1 1 0" ]
}

@test "between the machines of one office" {
	mkdir inside
	as desk officer request --title Desk --roles clerk,reader --no-passphrase -o desk.request >/dev/null
	as oslo officer add desk.request --unchecked >/dev/null 2>&1
	as oslo card export -o oslo.card --force
	as desk card add oslo.card --unchecked >/dev/null
	send 1
	as harbour sync stick "$letter" >/dev/null
	as oslo sync stick >/dev/null
	both oslo inside --inside
	[ "$did" = "1 0 2 0" ] # the register in one of its own
	both oslo inside --inside
	[ "$did" = "0 0 0 0" ]
	both desk inside --inside
	both desk inside --inside
	as desk say received 1 --yes >/dev/null
	both desk inside --inside
	[ "$did" = "1 1 1 0" ]
	both oslo inside --inside
	[ "$did" = "0 0 0 0" ]
	both oslo inside --inside
	lose inside desk
	both oslo inside --inside
	[ "$did" = "1 1 1 0" ]
	both oslo inside --inside
	[ "$did" = "0 0 0 0" ]
	both oslo inside
	as third officer request --title Third --roles reader --no-passphrase -o third.request >/dev/null
	as oslo officer add third.request --unchecked >/dev/null 2>&1
	both oslo inside --inside
	both oslo inside --inside
	[ "$did" = "0 0 0 0" ]
	both desk inside --inside
	both desk inside --inside
	lose inside oslo
	both oslo inside --inside
	[ "$did" != "0 0 0 0" ]
	both desk inside --inside
	both oslo inside --inside
	both desk inside --inside
	[ "$did" = "0 0 0 0" ]
}

@test "a machine that says received of what is new" {
	said() { # how often it did
		json_at 'len(d["said"]["statements"])' <kept.json
	}
	as night officer request --title Night --roles clerk,machine --no-passphrase -o night.request >/dev/null
	as oslo officer add night.request --unchecked >/dev/null 2>&1
	as oslo card export -o oslo.card --force
	as night card add oslo.card --unchecked >/dev/null
	introduce night harbour Harbour
	as harbour card add oslo.card --as Oslo --unchecked >/dev/null 2>&1
	send 1
	as harbour sync stick "$letter" >/dev/null
	both night stick --say received --as Night
	[ "$(said)" = 1 ]
	both night stick --say received --as Night
	[ "$(said)" = 0 ]
	sql night "UPDATE item SET bytes = X'00' WHERE kind = 2 AND id IN (SELECT id FROM letter WHERE ref = '1')"
	as night sync stick --say received --as Night
	letter=$(as harbour seal -t Oslo --ref 2 plan)
	as harbour sync stick "$letter" >/dev/null
	as night sync stick >/dev/null
	as night sync stick --say received --as Night --json >kept.json
	[ "$(said)" = 1 ]
	# What cannot be said is told of each time.
	as late officer request --title Late --roles clerk,machine --no-passphrase -o late.request >/dev/null
	as oslo officer add late.request --unchecked >/dev/null 2>&1
	as oslo card export -o oslo.card --force
	as late card add oslo.card --unchecked >/dev/null
	introduce late harbour Harbour
	as harbour card add oslo.card --as Oslo --unchecked >/dev/null 2>&1
	rm -r stick/valise
	as harbour sync stick "$letter" >/dev/null
	as late sync stick >/dev/null
	body=$(find offices/late/bodies -type f)
	cp "$body" kept
	chmod u+w "$body"
	printf X | dd of="$body" conv=notrunc 2>/dev/null
	both late stick --say received --as Late
	both late stick --say received --as Late
	json_at 'd["findings"]' <kept.json | grep -q "received was not said"
	cp kept "$body"
	both late stick --say received --as Late
	[ "$(said)" = 1 ]
	both late stick --say received --as Late
	[ "$(said)" = 0 ]
}
