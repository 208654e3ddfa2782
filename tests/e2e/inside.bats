#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The folder between the machines of an office over time: dismissals and appointments, bags that nobody needs any more, and many small ones.

load offices
load mission
load sticks

of() { # MACHINE: its directory in the folder
	/usr/bin/env python3 -c 'import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute("SELECT value FROM setting WHERE name = ?", ("writer",)).fetchone()[0].decode(), end="")' "offices/$1/valise.db"
}

bags_of() { # MACHINE
	find "inside/valise/$(of "$1")" -type f | wc -l
}

vouched_at() { # MACHINE: how many bags there it knows to be by another machine
	/usr/bin/env python3 -c 'import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute("SELECT count(voucher) FROM bag").fetchone()[0])' "offices/$1/valise.db"
}

puts_nothing() { # MACHINE...
	local machine n
	for machine in "$@"; do
		n=$(bags inside)
		as "$machine" sync --inside inside >out
		refute grep -q "Put out" out
		[ "$(bags inside)" -eq "$n" ]
	done
}

# A letter that the front desk acknowledged, the reader reviewed, and the second desk spoke of; it all lies in the folder.
reviewed() {
	mission
	head -c 2500000 /dev/urandom >annex
	send notice.txt annex
	as desk sync stick >/dev/null
	as desk say received "$letter" --yes >/dev/null
	inside oslo desk room
	as room say reviewed "$letter" --yes >/dev/null
	inside room second
	as second say refused "$letter" --reason full --yes >/dev/null
	inside second desk room second
}

said() { # MACHINE: how much is said of the letter, as far as it knows
	as "$1" track "$letter" --json | json_at 'len(d["accounts"]["said"])'
}

@test "a dismissal wraps nothing again, and tells the machine that was dismissed" {
	reviewed
	puts_nothing desk second room
	as oslo officer dismiss "Second desk" --reason "it was stolen"
	as oslo sync --inside inside >out
	grep -q "Put out 1 entry of your register" out
	grep -q "your own officers alone: a finder learns sizes only" out
	# The keeper's machine has no key to vouch with: who has puts the entry there once more, and nothing else.
	as desk sync --inside inside >out
	grep -q "Put out 1 entry of your register, " out
	puts_nothing desk room oslo
	[ "$(entries room)" -eq "$(entries oslo)" ]
	# What the other one put there serves as well.
	join third "Third desk" clerk
	as oslo officer dismiss "Third desk" --reason "left"
	inside oslo desk
	puts_nothing desk room
	# It learns so from the folder alone, each time, and goes on as far as it may.
	as second sync --inside inside >out 2>warning
	cat warning
	grep -q "Second desk, whose key is here, was dismissed on 20.*(it was stolen): what it signs counts no more" warning
	[ "$(entries second)" -eq "$(entries oslo)" ]
	as second officer list | grep -q "Second desk.*dismissed"
	as second sync --inside inside --json | json_at '"was dismissed" in d["findings"][0]' | grep -qx True
	as oslo sync --inside inside --json | json_at 'd["findings"]' | grep -qx "\[\]"
	# But of letters it learns nothing more.
	as desk say refused "$letter" --reason not-ours --yes >/dev/null
	inside desk room second
	[ "$(said room)" -eq 4 ]
	[ "$(said second)" -eq 3 ]
}

@test "an appointment that has run out wraps nothing again either" {
	reviewed
	request third "Third desk" clerk >/dev/null
	as oslo officer add third.request --unchecked --until "$(date -u -d "+1 hour" +%Y-%m-%dT%H:%M:%SZ)" >/dev/null
	new_card
	as third card add oslo.card --unchecked >/dev/null 2>&1
	inside oslo desk room second third
	load clock
	needs_clock
	local n
	n=$(bags inside)
	for machine in desk room second; do
		off 7200 "$machine" sync --inside inside >out
		refute grep -q "Put out" out
	done
	[ "$(bags inside)" -eq "$n" ]
	off 7200 third sync --inside inside 2>&1 | grep -q "Third desk, whose key is here, was appointed until"
}

@test "after an appointment everything is wrapped once, and bags that nobody needs are taken away by their writer" {
	reviewed
	old=$(find inside/valise -type f)
	join third "Third desk" clerk
	inside oslo
	as desk sync --inside inside >out
	grep -q "Put out 1 letter" out
	as third sync --inside inside | grep -q "whole and checked"
	[ "$(said third)" -eq 3 ]
	[ "$(bags_of desk)" -eq 2 ] # the register in one of its own
	# The front desk vouches for what it put there: nobody puts it there once more, and theirs from before go.
	for machine in second room; do
		[ "$(bags_of $machine)" -gt 0 ]
		as "$machine" sync --inside inside --json >out
		json_at 'd["bags_out"], d["bags_removed"] > 0' <out | grep -qx "(0, True)"
	done
	puts_nothing desk second room third oslo
	for bag in $old; do
		[ ! -e "$bag" ]
	done
	# What is left is enough for a machine that has nothing.
	join fourth "Fourth desk" clerk
	as fourth sync --inside inside --json | json_at 'd["bags_read"]' | grep -qx 0
	inside oslo room
	as fourth sync --inside inside | grep -q "whole and checked"
	[ "$(said fourth)" -eq 3 ]
}

@test "what nobody in standing vouches for is wrapped once more before a bag goes for its sake" {
	reviewed
	join third "Third desk" clerk
	inside oslo
	# The second desk wraps everything for the third one, and is dismissed.
	as second sync --inside inside | grep -q "Put out 1 letter"
	inside third
	as oslo officer dismiss "Second desk" --reason "it was stolen"
	inside oslo
	old=$(find "inside/valise/$(of desk)" -type f)
	as desk sync --inside inside >out
	grep -q "Put out 1 letter" out
	for bag in $old; do
		[ ! -e "$bag" ]
	done
	# The desk vouches for all of it.
	as room sync --inside inside --json >out
	json_at 'len([l for l in d["out"] if l["is_whole"]]), d["statements_out"], d["bags_removed"] > 0' <out | grep -qx "(0, 0, True)"
	puts_nothing desk room third
}

@test "a machine whose key is locked puts out what it has without asking, and vouches for nothing" {
	mission
	VALISE_PASSPHRASE_COMMAND="echo secret" as night officer request --title "Night desk" --roles clerk -o night.request >/dev/null
	as oslo officer add night.request --unchecked >/dev/null
	new_card
	as night card add oslo.card --unchecked 2>/dev/null
	acquaint night
	send notice.txt
	VALISE_PASSPHRASE_COMMAND="echo secret" as night sync stick >/dev/null
	as night sync --inside inside | grep -q "Put out 1 letter"
	inside desk room
	[ "$(vouched_at desk)" -eq 0 ]
	join third "Third desk" clerk
	inside oslo
	[ "$(status_of as night sync --inside inside)" -eq 11 ]
	VALISE_PASSPHRASE_COMMAND="echo secret" as night sync --inside inside >/dev/null
	inside desk third
	[ "$(vouched_at desk)" -gt 0 ]
	as third track "$letter" >/dev/null
}

@test "a bag stays while something in it lies nowhere else for the keys of today" {
	reviewed
	# The desk lets go of the letter's bytes: nobody but the room has them now, apart from the desk's bag.
	as desk forget "$letter" --anyway --yes >/dev/null
	held=$(find "inside/valise/$(of desk)" -type f -size +2000k)
	join third "Third desk" clerk
	inside oslo desk
	[ -e "$held" ]
	as third sync --inside inside | grep -q "not whole yet"
	# Whoever has them puts them there.
	as room sync --inside inside | grep -q "Put out 1 letter"
	as third sync --inside inside | grep -q "whole and checked"
}

@test "where nothing can be written or removed, nothing changes, and nothing fails for it" {
	need_mounts
	reviewed
	join third "Third desk" clerk
	inside oslo desk
	find inside -type f | sort >before
	# The second desk's own old bags would go.
	mount_read_only "$BATS_TEST_TMPDIR/inside"
	run as second sync --inside inside
	echo "$output"
	[ "$status" -eq 0 ]
	find inside -type f | sort | cmp - before
	unmount "$BATS_TEST_TMPDIR/inside"
	run as second sync --inside inside --look
	[ "$status" -eq 0 ]
	find inside -type f | sort | cmp - before
	inside second room
	[ "$(find inside -type f | sort | comm -13 - before | wc -l)" -gt 0 ]
}

@test "bags of every day do not pile up: small ones become one, and nothing is lost" {
	mission
	send notice.txt
	as desk sync stick >/dev/null
	inside oslo
	days=${VALISE_TEST_SHORT:+20}
	days=${days:-70}
	for ((day = 1; day <= days; day++)); do
		as desk say refused "$letter" --reason full --text "day $day" --yes >/dev/null
		as desk sync --inside inside --json >out
		json_at 'd["bags_removed"]' <out >>removed
		# Of each power of eight fewer than eight, and what came since.
		[ "$(bags_of desk)" -le 24 ]
	done
	grep -qv '^0$' removed
	desk_said=$(said desk)
	[ "$desk_said" -ge "$days" ]
	inside room second
	[ "$(said room)" -eq "$desk_said" ]
	puts_nothing room desk second
	as room open "$letter" -o opened >/dev/null
	cmp opened/notice.txt notice.txt
}

@test "a bag that is on record for more than it holds stays when others become one" {
	mission
	send notice.txt
	as desk sync stick >/dev/null
	inside desk
	for ((day = 1; ; day++)); do
		as desk say refused "$letter" --reason full --text "day $day" --yes >/dev/null
		[ "$day" -ne 3 ] || /usr/bin/env python3 -c '
import os, sqlite3
db = sqlite3.connect("offices/desk/valise.db")
last, = db.execute("SELECT max(rowid) FROM bag").fetchone()
db.execute("UPDATE bag SET items = CAST(items || ? AS BLOB) WHERE rowid = ?", (os.urandom(32), last))
db.commit()
print(*db.execute("SELECT name FROM bag WHERE rowid = ?", (last,)).fetchone())' >more
		as desk sync --inside inside --json >out
		[ "$(json_at 'd["bags_removed"]' <out)" -eq 0 ] || break
	done
	[ "$day" -gt 3 ]
	[ -e "inside/valise/$(of desk)/$(cat more)" ]
}

@test "a look reckons with what other machines have put there" {
	reviewed
	mkdir elsewhere
	as desk sync --inside elsewhere >/dev/null
	as second sync --inside elsewhere --look >out
	refute grep -q "Would put out" out
	as second say refused "$letter" --reason full --text "Once more." --yes >/dev/null
	as second sync --inside elsewhere --look | grep -q "Would put out 1 statement"
}

@test "what another machine put there counts, also where a sync was cut short, was another kind, or had no room for all" {
	need_mounts
	mission
	mkdir parts
	for n in 1 2 3; do
		echo "$n" >"parts/$n"
		as harbour seal -t Oslo "parts/$n" >/dev/null
	done
	head -c 6000000 /dev/urandom >parts/large
	as harbour seal -t Oslo parts/large >/dev/null
	as harbour sync stick --all >/dev/null
	as desk sync stick >/dev/null
	inside desk
	before=$(bags inside)
	cp -a offices/second offices/again
	[ "$(status_of as second sync --inside inside no-such-letter)" -eq 1 ]
	puts_nothing second
	rm -rf offices/second
	cp -a offices/again offices/second
	as second sync inside >/dev/null
	puts_nothing second
	mount_at little -t tmpfs -o size=14m none
	cp -a offices/again little/spool
	valise sync --inside inside --dir "$PWD/little/spool" >out 2>err </dev/null || [ $? -eq 1 ]
	grep -q "lacks 6.*here" err
	refute grep -q "Put out" out
	[ "$(bags inside)" -eq "$before" ]
}

@test "a further pass reads again only what waits for another bag" {
	mission
	send notice.txt
	as desk sync stick >/dev/null
	inside desk second
	rm -r inside
	mkdir inside
	# What is said of the letter comes before it.
	set -- second desk
	[[ $(of second) < $(of desk) ]] || set -- desk second
	as "$2" sync --inside inside >/dev/null
	n=$(bags inside)
	as "$1" say refused "$letter" --reason full --yes >/dev/null
	as "$1" sync --inside inside >/dev/null
	as room sync --inside inside --json >out
	[ "$(json_at 'd["bags_read"], d["bags_skipped"], d["statements_in"], len(d["in"])' <out)" = "($((n + 2)), $n, 1, 1)" ]
	as room sync --inside inside --json | json_at 'd["bags_read"], d["bags_skipped"], d["bags_out"]' | grep -qx "(0, $((n + 1)), 0)"
}

@test "pieces, exhibits and what was let go of are copied as they are" {
	mission
	mkdir parts
	for ((n = 1; n <= 9; n++)); do
		head -c 300000 /dev/urandom >"parts/$n"
		letter=$(as harbour seal -t Oslo --ref "$n/2026" "parts/$n")
		as harbour sync stick "$letter" >/dev/null
		as desk sync stick >/dev/null
		if [ "$n" -eq 1 ]; then
			echo 'A spokesman said: "We got it on Wednesday."' >article.txt
			head -c 1500000 /dev/zero | tr '\0' 'x' >>article.txt
			as desk report "$letter" --speaker "a spokesman" --verb said --says received --exhibit article.txt --quote "We got it on Wednesday." --yes >/dev/null
		fi
		as desk sync --inside inside --json >out
		[ "$n" -ne 2 ] || as desk forget "$letter" --anyway --yes >/dev/null
	done
	inside desk
	[ "$(bags_of desk)" -le 4 ]
	as room sync --inside inside --json >out
	json_at 'd["exhibits_in"], len([l for l in d["in"] if l["is_whole"]]), d["is_damaged"]' <out | grep -qx "(1, 9, False)"
	as room open --all -o opened >/dev/null
	[ "$(cat opened/*/* | wc -c)" -eq 2700000 ]
	puts_nothing room desk
}

@test "a damaged bag of ours is not merged with others, but named" {
	mission
	send notice.txt
	as desk sync stick >/dev/null
	for ((day = 1; day <= 7; day++)); do
		as desk say refused "$letter" --reason full --text "day $day" --yes >/dev/null
		inside desk
	done
	# What is in them, by what they hold: the smallest are one statement each.
	broken=$(find "inside/valise/$(of desk)" -type f -printf '%s %p\n' | sort -n | head -n 1 | cut -d' ' -f2)
	size=$(stat -c %s "$broken")
	printf X | dd of="$broken" bs=1 seek=$((size - 20)) conv=notrunc 2>/dev/null
	find inside -type f | sort >before
	for ((day = 8; day <= 9; day++)); do
		as desk say refused "$letter" --reason full --text "day $day" --yes >/dev/null
		run as desk sync --inside inside
	done
	[ "$status" -eq 4 ]
	[[ $output == *"the bag ${broken##*/} of ours there is damaged: remove it, and sync again"* ]]
	[ "$(find inside -type f | sort | comm -13 - before | wc -l)" -eq 0 ]
	rm "$broken"
	inside desk
	inside desk room
	[ "$(said room)" -eq 9 ]
	[ "$(bags_of desk)" -lt 9 ]
}
