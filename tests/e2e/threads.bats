#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Threads: a letter, its replies, and the letters that statements tie to it, on one line of time.

load offices
load clock

setup() {
	cd "$BATS_TEST_TMPDIR"
	mkdir stick
	echo "Will you come?" >ask
	echo "We will." >answer
}

exchange() {
	for office in oslo harbour oslo; do
		as $office sync stick --all >/dev/null
	done
}

# A letter of Harbour's, Oslo's reply to it, and Harbour's to that.
three() {
	found_two
	first=$(as harbour seal -t Oslo -s "An invitation" ask)
	exchange
	second=$(as oslo seal -t Harbour -s "Re: An invitation" --in-reply-to "$first" answer)
	exchange
	third=$(as harbour seal -t Oslo -s "Thanks" --in-reply-to "$second" answer)
	other=$(as harbour seal -t Oslo -s "Something else" ask)
	exchange
}

letters() { # OFFICE LETTER
	as "$1" track --thread "$2" --json | json_at 'sorted(x["letter"] for x in d["letters"])'
}

sorted_ids() {
	printf '%s\n' "$@" | LC_ALL=C sort | python3 -c 'import sys; print([l.strip() for l in sys.stdin])'
}

@test "from any letter of it the thread is the same, and no other letter is in it" {
	three
	want=$(sorted_ids "$first" "$second" "$third")
	for office in harbour oslo; do
		for letter in "$first" "$second" "$third"; do
			[ "$(letters $office "$letter")" = "$want" ]
		done
		[ "$(letters $office "$other")" = "['$other']" ]
	done
	as oslo track --thread "$second" >shown
	grep -q '"Re: An invitation", in reply to ' shown
	[ "$(grep -c "  sealed  " shown)" = 3 ]
	refute grep -q "Something else" shown
}

@test "one line of time, with when it came here" {
	needs_clock
	found_ago 100 harbour "Harbour Legal"
	found_ago 100 oslo "Mission Oslo"
	introduce_ago 99 harbour oslo Oslo
	introduce_ago 99 oslo harbour Harbour
	first=$(ago 90 harbour seal -t Oslo ask)
	ago 89 harbour sync stick --all
	ago 80 oslo sync stick
	ago 79 oslo say received "$first" --yes
	second=$(ago 70 oslo seal -t Harbour --in-reply-to "$first" answer)
	ago 69 oslo sync stick --all
	ago 60 harbour sync stick
	as harbour track --thread "$first" --json >json
	[ "$(json_at '[(e["kind"], e["says"], e["letter"] == "'"$first"'") for e in d["events"]]' <json)" = \
		"[('sealed', None, True), ('said', 'received', True), ('sealed', None, False)]" ]
	[ "$(json_at 'sorted(e["time"] for e in d["events"]) == [e["time"] for e in d["events"]]' <json)" = True ]
	# The receipt was said 79 hours ago, and known here 60 hours ago.
	hours='[(__import__("datetime").datetime.strptime(e["taken_in"], "%Y-%m-%dT%H:%M:%SZ") - __import__("datetime").datetime.strptime(e["time"], "%Y-%m-%dT%H:%M:%SZ")).total_seconds() // 3600 for e in d["events"] if e["says"]]'
	[ "$(json_at "$hours" <json)" = "[19.0]" ]
	as harbour track --thread "$first" --as-of "$(moment 65)" --json >then
	[ "$(json_at '[e["kind"] for e in d["events"]]' <then)" = "['sealed']" ]
}

@test "a statement ties letters together when it counts; a stranger's does not" {
	three
	as harbour say handed "$other" --text "the doorman" --regarding "$first" --yes
	[ "$(letters harbour "$first")" = "$(sorted_ids "$first" "$second" "$third" "$other")" ]
	[ "$(letters harbour "$other")" = "$(letters harbour "$first")" ]
	found mallory Mallory
	introduce mallory harbour Harbour
	introduce mallory oslo Oslo
	far=$(as harbour seal -t Oslo ask)
	mkdir bare
	as harbour sync bare "$far" "$first" --bare
	as mallory sync bare --all
	as mallory say comment "$far" --text "So I say." --regarding "$first" --yes
	as mallory sync bare "$far" --bare
	as harbour sync bare
	[ "$(as harbour track "$far" --json | json_at 'len(d["accounts"]["said"])')" = 1 ]
	[ "$(letters harbour "$far")" = "['$far']" ]
	[[ "$(letters harbour "$first")" != *"$far"* ]]
}

@test "without a reading key replies are not known, and that is said; a letter that is not here is named" {
	three
	as oslo officer add --title Desk --roles clerk --no-passphrase >/dev/null
	as oslo officer add --title Reader --roles reader --no-passphrase >/dev/null
	desk=$(as oslo officer list --json | json_at '[o["key"] for o in d["office"]["officers"] if o["title"] == "Desk"][0]')
	mkdir kept
	for key in offices/oslo/keys/*; do
		grep -q "$desk" "$key" || mv "$key" kept/
	done
	as oslo track --thread "$second" >shown
	grep -q "No reading key of your office is here: which letter answers which is not known" shown
	[ "$(letters oslo "$second")" = "['$second']" ]
	# Delta gets the last letter only.
	found delta "Delta Agency"
	introduce harbour delta Delta
	introduce delta harbour Harbour
	fourth=$(as harbour seal -t Delta --in-reply-to "$second" ask)
	mkdir new
	as harbour sync new "$fourth"
	as delta sync new
	as delta track --thread "$fourth" | grep -q "in reply to ${second:0:16}..., which is not here"
}

@test "a passphrase is asked for where the keys need one" {
	mkdir -p offices
	echo secret >pass
	valise init "Harbour Legal" --title Registry --no-recovery --passphrase-fd 3 --dir offices/harbour 3<pass </dev/null
	first=$(valise seal -t self ask --dir offices/harbour </dev/null 3<pass --passphrase-fd 3)
	[ "$(status_of as harbour track --thread "$first")" = 11 ]
	valise track --thread "$first" --dir offices/harbour --passphrase-fd 3 3<pass </dev/null | grep -q sealed
	[ "$(status_of as harbour track "$first")" = 0 ]
}

@test "reports and exhibits stand on the line of time, and a weekday is no place on it" {
	needs_clock
	found_ago 100 harbour "Harbour Legal"
	letter=$(ago 90 harbour seal -t self ask)
	printf 'The porter said on Wednesday that it came.\nHe said so again.\n' >notes
	printf 'slip\033[31m' >"a slip"
	ago 80 harbour exhibit add "a slip" --letter "$letter" --note "the postal slip"
	ago 70 harbour report "$letter" --says received -s "the porter" --verb said -e notes -q "The porter said on Wednesday that it came" --when Wednesday --yes
	ago 60 harbour report "$letter" --says received -s "the porter" --verb said -e notes -q "He said so again" \
		--when "the day before" --resolved "$(moment 85)..$(moment 84)" --yes
	as harbour track --thread "$letter" --json >json
	[ "$(json_at '[e["kind"] for e in d["events"]]' <json)" = "['sealed', 'reported', 'exhibit', 'reported']" ]
	[ "$(json_at '[(e["resolved"], e["when"]) for e in d["events"] if e["kind"] == "reported"]' <json)" = \
		"[(True, 'the day before'), (False, 'Wednesday')]" ]
	[ "$(json_at '[(e["name"], e["note"]) for e in d["events"] if e["kind"] == "exhibit"]' <json)" = "[('a slip', 'the postal slip')]" ]
	as harbour track --thread "$letter" >shown
	grep -q "It stands here by the reporter's reading" shown
	grep -q "(not resolved).*It stands here by when it was filed" shown
	[ "$(as harbour track --thread "$letter" --as-of "$(moment 75)" --json | json_at '[e["kind"] for e in d["events"]]')" = "['sealed', 'exhibit']" ]
}
