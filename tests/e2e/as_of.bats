#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What an office knew, and when: track and dossier as of a time that is past.

load offices
load clock

setup() {
	needs_clock
	cd "$BATS_TEST_TMPDIR"
	mkdir stick
	echo small >small
}

# Sealed 60 hours ago, received 50 hours ago by Oslo's clock, known at Harbour 40 hours ago.
story() {
	found_ago 100 harbour "Harbour Legal"
	found_ago 100 oslo "Mission Oslo"
	introduce_ago 90 harbour oslo Oslo
	introduce_ago 90 oslo harbour Harbour
	letter=$(ago 60 harbour seal -t Oslo small)
	ago 59 harbour sync stick "$letter"
	ago 50 oslo sync stick
	ago 50 oslo say received "$letter" --yes
	ago 49 oslo sync stick
	ago 40 harbour sync stick
}

state_of() { # WORD...: of the one recipient
	as harbour track "$letter" "$@" --json | json_at '[p["state"] for p in d["accounts"]["parties"] if p["is_recipient"]][0]'
}

@test "what came later is not there; what had come is" {
	story
	[ "$(state_of)" = received ]
	[ "$(state_of --as-of "$(moment 41)")" = nothing ]
	[ "$(state_of --as-of "$(moment 39)")" = received ]
	as harbour track "$letter" --as-of "$(moment 41)" >shown
	grep -q "^As it was known here on .* UTC, by this machine's clock" shown
	grep -q "Nothing from Oslo had reached you by then" shown
	grep -q "nothing had reached you by then" shown
	grep -q "That it was so: what had come by then is told by this spool's own log" shown
	refute grep -q "clock of this machine was set back" shown
	as harbour track "$letter" --as-of "$(moment 41)" --json >json
	[ "$(json_at 'd["accounts"]["as_of"] is not None' <json)" = True ]
	[ "$(json_at 'len(d["accounts"]["said"])' <json)" = 0 ]
	[ "$(as harbour track "$letter" --json | json_at 'd["accounts"]["as_of"]')" = None ]
}

@test "a letter that was not here yet is said to have come later, and is in no list" {
	story
	run as oslo track "$letter" --as-of "$(moment 55)"
	[ "$status" -eq 1 ]
	[[ "$output" == *"was not here by then: it was taken in at "* ]]
	[ "$(as oslo track --as-of "$(moment 55)" --json | json_at 'len(d["letters"])')" = 0 ]
	[ "$(as oslo track --as-of "$(moment 45)" --json | json_at 'len(d["letters"])')" = 1 ]
}

@test "a dossier as of then verifies, and holds no later word" {
	story
	as harbour dossier "$letter" --as-of "$(moment 41)" -o then.dossier
	as harbour dossier "$letter" -o now.dossier
	refute grep -q "^says received" then.dossier
	grep -q "^says received" now.dossier
	[ "$(status_of valise-verify then.dossier --know oslo.card --know harbour.card --require received)" = 3 ]
	[ "$(status_of valise-verify now.dossier --know oslo.card --know harbour.card --require received)" = 0 ]
}

@test "bytes, registers and names are those of then" {
	story
	[ "$(as oslo track "$letter" --as-of "$(moment 45)" --json | json_at 'd["accounts"]["bytes"]')" = intact ]
	# A letter of two pieces, of which the second came 8 hours ago.
	head -c 1500000 /dev/urandom >large
	large=$(ago 12 harbour seal -t Oslo large)
	mkdir whole part
	ago 12 harbour sync whole "$large" --bare
	bag=$(find whole/valise -type f)
	mkdir -p "part/valise/$(basename "$(dirname "$bag")")"
	head -c 1300000 "$bag" >"part/valise/$(basename "$(dirname "$bag")")/cut"
	ago 10 oslo sync part || true
	ago 8 oslo sync whole
	[ "$(as oslo track "$large" --json | json_at 'd["accounts"]["bytes"]')" = intact ]
	[ "$(as oslo track "$large" --as-of "$(moment 9)" --json | json_at 'd["accounts"]["bytes"]')" = partial ]
	# A dismissal that Harbour heard of 20 hours ago was no matter before.
	ago 30 oslo officer add --title Desk --roles clerk --no-passphrase >/dev/null
	ago 29 oslo officer dismiss Registry --reason gone
	ago 28 oslo card export >oslo2.card
	ago 20 harbour card add oslo2.card --as Oslo --digits "$(digits oslo)" >/dev/null
	standing='d["accounts"]["said"][0]["standing"]'
	[ "$(as harbour track "$letter" --json | json_at "$standing")" = dismissed-since ]
	[ "$(as harbour track "$letter" --as-of "$(moment 25)" --json | json_at "$standing")" = good ]
}

@test "an office that had no name by then has none" {
	found_ago 100 harbour "Harbour Legal"
	found_ago 100 oslo "Mission Oslo"
	introduce_ago 90 harbour oslo Oslo
	letter=$(ago 60 harbour seal -t Oslo small)
	ago 59 harbour sync stick "$letter"
	ago 50 oslo sync stick
	introduce_ago 20 oslo harbour Harbour
	[ "$(as oslo track "$letter" --json | json_at 'd["accounts"]["keys_known"]')" = True ]
	[ "$(as oslo track "$letter" --as-of "$(moment 25)" --json | json_at 'd["accounts"]["keys_known"]')" = False ]
	[ "$(as oslo track "$letter" --as-of "$(moment 25)" --json | json_at '[o["petname"] for o in d["accounts"]["offices"]]')" = "[None, None]" ]
}

@test "a clock that was set back is told of, and a time to come is refused" {
	story
	ago 45 harbour say comment "$letter" --text "Nothing to add." --yes >/dev/null
	as harbour track "$letter" --as-of "$(moment 10)" | grep -q "the clock of this machine was set back, and 1 item of the log bears an earlier time"
	run as harbour track "$letter" --as-of +2d
	[ "$status" -eq 2 ]
	[[ "$output" == *"is yet to come"* ]]
	run as harbour track "$letter" --as-of yesterday
	[ "$status" -eq 2 ]
	[[ "$output" == *"give a time as 2026-12-22T00:00:00Z, a day as 2026-12-22, or, for one to come, +30d"* ]]
}

@test "a clock that goes on while a command works was not set back" {
	export FAULT_CLOCK_TICKS=1
	story
	unset FAULT_CLOCK_TICKS
	for office in harbour oslo; do
		as "$office" track "$letter" --as-of "$(moment 10)" >shown
		head -n 1 shown | grep -q "^As it was known here on "
		refute grep -q "set back" shown
	done
}

@test "it works on a spool that cannot be written, and answer-by is judged as of then" {
	found_ago 100 harbour "Harbour Legal"
	found_ago 100 oslo "Mission Oslo"
	introduce_ago 90 harbour oslo Oslo
	letter=$(ago 60 harbour seal -t Oslo --answer-by "$(moment 30)" small)
	past='[p["past_answer_by"] for p in d["accounts"]["parties"] if p["is_recipient"]][0]'
	chmod -R a-w offices/harbour
	[ "$(as harbour track "$letter" --json | json_at "$past")" = True ]
	[ "$(as harbour track "$letter" --as-of "$(moment 31)" --json | json_at "$past")" = False ]
	chmod -R u+w offices/harbour
}

@test "lists, threads and proposals say as of when they are, and that a clock was set back" {
	story
	ago 45 harbour say comment "$letter" --text "Nothing to add." --yes >/dev/null
	for words in "" "--thread $letter" --proposals "--last held"; do
		as harbour track $words --as-of "$(moment 10)" >shown
		head -n 1 shown | grep -q "^As it was known here on .* UTC, by this spool's own log and this machine's clock.$"
		grep -q "^That clock was set back: 1 item of the log bears" shown
		[ "$(as harbour track $words --as-of "$(moment 10)" --json | json_at 'd["as_of"] is not None')" = True ]
		[ "$(as harbour track $words --json | json_at 'd["as_of"]')" = None ]
	done
	# Where there is nothing to show, nothing is said of when.
	for words in "nowhere" "--thread nowhere" "--last nonsense" "--proposals --with nobody"; do
		status=0
		as harbour track $words --as-of "$(moment 10)" >shown 2>err || status=$?
		[ "$status" -ne 0 ]
		[ -s err ]
		[ ! -s shown ]
	done
}
