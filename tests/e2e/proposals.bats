#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Visits, meetings and replies: proposed, agreed, held, called off; and when the last was held.

load offices
load clock

setup() {
	cd "$BATS_TEST_TMPDIR"
	mkdir stick
	echo small >small
}

# A letter of Harbour's to Oslo, that hour ago, on both sides.
letter_ago() { # HOURS
	local letter
	letter=$(ago "$1" harbour seal -t Oslo small)
	ago "$1" harbour sync stick "$letter" >&2
	ago "$1" oslo sync stick >&2
	ago "$1" oslo say received "$letter" --yes >&2
	echo "$letter"
}

exchange() { # HOURS: what was said goes both ways
	for office in oslo harbour oslo; do
		ago "$1" $office sync stick >/dev/null
	done
}

@test "agreed is not held; each answer stands at its proposal, the furthest is its state" {
	found_two
	letter=$(as harbour seal -t Oslo small)
	as harbour sync stick "$letter"
	as oslo sync stick
	visit=$(as harbour say proposed "$letter" --text "A visit of two." --text "Lunch." --when "the second week of May" --yes)
	call=$(as harbour say proposed "$letter" --text "A call." --when 2026-12-09 --yes)
	as harbour sync stick
	as oslo sync stick
	as oslo say agreed "$letter" --regarding "$visit" --yes
	as oslo say called-off "$letter" --regarding "$call" --text "The line is down." --yes
	as oslo sync stick
	as harbour sync stick
	as harbour track --proposals --json >json
	[ "$(json_at 'len(d["proposals"])' <json)" = 2 ]
	state='[p["state"] for p in d["proposals"] if p["id"] == '
	[ "$(json_at "$state'$visit'][0]" <json)" = agreed ]
	[ "$(json_at "$state'$call'][0]" <json)" = called-off ]
	[ "$(json_at "[[a['says'] for a in p['answers']] for p in d['proposals'] if p['id'] == '$call'][0]" <json)" = "['called-off']" ]
	[ "$(json_at "[(p['office_id'], p['answers'][0]['office_id']) for p in d['proposals'] if p['id'] == '$call'][0]" <json)" = \
		"('$(as oslo card show Harbour --json | json_at 'd["office"]["id"]')', '$(as oslo card show --json | json_at 'd["office"]["id"]')')" ]
	[ "$(json_at "[p['text'] for p in d['proposals'] if p['id'] == '$visit'][0]" <json)" = "['A visit of two.', 'Lunch.']" ]
	as harbour track --proposals >shown
	[ "$(grep -c "held        nothing here says so" shown)" = 2 ]
	grep -q '"The line is down."' shown
	as harbour say held "$letter" --regarding "$visit" --when "$(date -u +%F)" --yes
	[ "$(as harbour track --proposals --json | json_at "$state'$visit'][0]")" = held ]
	[ "$(as harbour track --last held --json | json_at 'd["last"]')" = "$(date -u +%F)T00:00:00Z" ]
}

@test "the last that was held with an office: years and months before the newest proposal" {
	needs_clock
	found_ago 40000 harbour "Harbour Legal"
	found_ago 40000 oslo "Mission Oslo"
	found_ago 40000 delta "Delta Agency"
	introduce_ago 39999 harbour oslo Oslo
	introduce_ago 39999 oslo harbour Harbour
	introduce_ago 39999 harbour delta Delta
	old=$(letter_ago 39000)
	first=$(ago 38000 harbour say proposed "$old" --text "A first visit." --when soon --yes)
	exchange 37999
	# What was held is dated by its day, where the statement has one: 3 years and 2 months before now.
	day=$(date -u -d "$(date -u -d "19 hours ago" +%Y-%m-01) -38 months" +%F)
	ago 27000 oslo say held "$old" --regarding "$first" --when "$day" --yes
	exchange 26000
	new=$(letter_ago 20)
	second=$(ago 19 harbour say proposed "$new" --text "A second visit." --when "in spring" --yes)
	as harbour track --last held --with Oslo >shown
	grep -q "^The last held with Oslo: .*, 3 years and 2 months before the newest proposal (" shown
	[ "$(as harbour track --proposals --with Oslo --json | json_at "[p['since_held'] for p in d['proposals'] if p['id'] == '$second'][0]")" = "3 years and 2 months" ]
	[ "$(as harbour track --proposals --with Oslo --json | json_at "[p['last_held'] for p in d['proposals'] if p['id'] == '$first'][0]")" = None ]
	# With another office nothing was; and as of before it was said, nothing was held.
	as harbour track --last held --with Delta | grep -q "^Nothing here says held of anything with Delta.$"
	as harbour track --last held --with Oslo --as-of "$(moment 30000)" | grep -q "^Nothing here says held"
	[ "$(as harbour track --last proposed --json | json_at 'd["proposals"][0]["id"]')" = "$second" ]
}

@test "a stranger's word is no proposal, a dismissed officer's no holding" {
	found_two
	found mallory "Mallory"
	introduce mallory harbour Harbour
	introduce mallory oslo Oslo
	letter=$(as harbour seal -t Oslo small)
	as harbour sync stick "$letter" --bare
	as oslo sync stick
	as mallory sync stick --all
	as mallory say proposed "$letter" --text "Come to us." --when now --yes
	mkdir stick2
	as mallory sync stick2 "$letter" --bare
	as harbour sync stick2
	[ "$(as harbour track "$letter" --json | json_at 'len(d["accounts"]["said"])')" = 1 ]
	[ "$(as harbour track --proposals --json | json_at 'd["proposals"]')" = "[]" ]
}

@test "what was held before it was entered is dated as it was; a day is over before what is proposed on it" {
	found_two
	letter=$(as harbour seal -t Oslo small)
	visit=$(as harbour say proposed "$letter" --text "A state visit." --when "September 2023" --yes)
	day=$(date -u -d "$(date -u +%Y-%m-15) -38 months" +%F)
	as harbour say held "$letter" --regarding "$visit" --when "$day" --yes
	as harbour track --last held --with Oslo >shown
	grep -q "^The last held with Oslo: $(LC_ALL=C date -u -d "$day" "+%-d %b %Y"), as Harbour Legal says" shown
	second=$(as harbour seal -t Oslo small)
	sleep 1.1 # of two in one second neither is the newest
	new=$(as harbour say proposed "$second" --text "Another." --when soon --yes)
	as harbour track --last held --with Oslo | grep -q ", 3 years and [12] month.* before the newest proposal"
	as harbour say held "$second" --regarding "$new" --when "$(date -u +%F)" --yes
	[ "$(as harbour track --proposals --json | json_at "[p['last_held'] for p in d['proposals'] if p['id'] == '$visit'][0]")" = None ]
}

@test "who carries a letter neither agrees nor holds: only its sender and recipients do" {
	found_two
	found danube "Danube Couriers"
	introduce harbour danube Danube
	introduce danube harbour Harbour
	letter=$(as harbour seal -t Oslo small)
	visit=$(as harbour say proposed "$letter" --text "A visit." --when soon --yes)
	run as harbour say held "$letter" --regarding "$visit" --when today --dry-run
	[[ "$output" == *'Regarding: Harbour Legal says proposed, "A visit.", when: "soon" ('"${visit:0:16})."* ]]
	as harbour say handed "$letter" --to Danube --yes
	as harbour sync stick "$letter" --via Danube
	as danube sync stick
	as danube say agreed "$letter" --regarding "$visit" --yes
	as danube say held "$letter" --regarding "$visit" --yes
	as danube sync stick "$letter"
	as harbour sync stick
	[ "$(as harbour track "$letter" --json | json_at '[s["says"] for s in d["accounts"]["said"] if s["counts"]][-1]')" = held ]
	[ "$(as harbour track --proposals --json | json_at '(d["proposals"][0]["state"], len(d["proposals"][0]["answers"]))')" = "('proposed', 0)" ]
	as harbour track --last held --with Danube | grep -q "^Nothing here says held"
}

@test "what makes no sense together is refused" {
	found_two
	for words in "--proposals abcd" "--last often" "--with Nobody --proposals"; do
		# shellcheck disable=SC2086
		[ "$(status_of as harbour track $words)" != 0 ]
	done
	run as harbour track --last often
	[ "$status" -eq 2 ]
	[[ "$output" == *"proposed, agreed, held, called-off"* ]]
}

@test "held and called off is disputed; who proposed agrees with nobody; a day that cannot be is none" {
	found_two
	letter=$(as harbour seal -t Oslo small)
	as harbour sync stick "$letter"
	as oslo sync stick
	visit=$(as harbour say proposed "$letter" --text "A visit." --when soon --yes)
	as harbour say agreed "$letter" --regarding "$visit" --yes
	[ "$(as harbour track --proposals --json | json_at 'd["proposals"][0]["state"]')" = proposed ]
	as harbour say held "$letter" --regarding "$visit" --when 2098-01-01 --yes
	as harbour track --last held --json >json
	[ "$(json_at '[(x["is_day"], x["at"] == x["time"]) for x in d["proposals"][0]["answers"] if x["says"] == "held"]' <json)" = "[(False, True)]" ]
	[ "$(json_at 'd["holds"]' <json)" = "This is what this spool holds; what has not reached it is not counted." ]
	as harbour say held "$letter" --regarding "$visit" --when 1998-01-01 --yes
	[ "$(as harbour track --proposals --json | json_at 'sorted((x["when"], x["is_day"]) for x in d["proposals"][0]["answers"] if x["says"] == "held")')" = "[('1998-01-01', True), ('2098-01-01', False)]" ]
	as harbour sync stick
	as oslo sync stick
	as oslo say called-off "$letter" --regarding "$visit" --yes
	[ "$(as oslo track --proposals --json | json_at 'd["proposals"][0]["state"]')" = disputed ]
	as oslo track --proposals | grep -q "Held, and called off: neither is chosen here"
}
