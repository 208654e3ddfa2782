#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# A brief to an envoy: a letter to deliver, a message to convey, a meeting; and who besides the envoy confirms each.

load offices

setup() {
	cd "$BATS_TEST_TMPDIR"
	mkdir stick
	echo "Tell them that the quay closes." >brief
	echo "The quay closes." >letter
	found_two
	found envoy "Envoy's Office"
	introduce harbour envoy Envoy
	introduce envoy harbour Harbour
	introduce envoy oslo Oslo
	introduce oslo envoy Envoy
	brief=$(as harbour seal -t Envoy --ref brief/1 brief)
	letter=$(as harbour seal -t Oslo --ref quay/1 letter)
	as harbour sync stick "$brief" "$letter" --via Envoy
	as harbour say handed quay/1 --to Envoy --regarding brief/1 --yes
	visit=$(as harbour say proposed brief/1 --text "A visit to the new quay." --when "in May" --yes)
	as harbour sync stick
	as envoy sync stick
	as envoy say received brief/1 --yes
}

exchange() {
	for office in envoy oslo harbour envoy; do
		as $office sync stick >/dev/null
	done
}

errand() { # KIND EXPRESSION: of the errand e of Harbour's brief
	as harbour track brief/1 --json | json_at "[($2) for e in d['errands'] if e['kind'] == '$1'][0]"
}

@test "each errand, its words, and who confirms it besides the envoy" {
	as envoy say delivered quay/1 --to Oslo --medium "by hand" --yes
	as envoy say conveyed brief/1 --to Oslo --medium "over dinner" --yes
	exchange
	[ "$(as harbour track brief/1 --json | json_at 'len(d["errands"])')" = 2 ]
	[ "$(errand deliver 'e["letter"]')" = "$letter" ]
	[ "$(errand deliver 'e["to"], e["state"], e["others"]')" = "('Oslo', 'nothing', 0)" ]
	[ "$(errand deliver '[w["says"] for w in e["words"]]')" = "['handed', 'delivered']" ]
	[ "$(errand deliver '[w["by_envoy"] for w in e["words"]]')" = "[False, True]" ]
	[ "$(errand deliver '[(w["office"], w["office_id"]) for w in e["words"]][1]')" = \
		"('Envoy', '$(as envoy card show --json | json_at 'd["office"]["id"]')')" ]
	[ "$(errand convey 'e["letter"], e["to"], e["others"]')" = "('$brief', 'Oslo', 0)" ]
	[ "$(as harbour track brief/1 | grep -c "Nobody but the envoy and the sender of the brief says so here")" = 2 ]

	as oslo say received quay/1 --yes
	exchange
	[ "$(errand deliver 'e["state"], e["others"]')" = "('received', 1)" ]
	as harbour track brief/1 >shown
	grep -q "deliver .*, ref quay/1 to Oslo: received" shown
	grep -q "delivered .* Envoy, the envoy, \"by hand\"" shown
	[ "$(grep -c "Nobody but the envoy" shown)" = 1 ]
	# Hearsay of it is shown with it, and confirms nothing.
	echo "Their porter said that the letter came." >notes
	report=$(as harbour report quay/1 --says received -s "their porter" --verb said -e notes -q "the letter came" --yes)
	[ "$(errand deliver 'e["reported"], e["others"]')" = "(['$report'], 1)" ]
	[ "$(errand convey 'e["reported"], e["others"]')" = "([], 0)" ]
	as harbour track brief/1 | grep -q 'reported  *"their porter" is reported to have said ("said")'
	[ "$(as harbour track brief/1 --json | json_at '[(p["id"], p["state"]) for p in d["meetings"]]')" = "[('$visit', 'proposed')]" ]
}

@test "a letter that regards another is not said to regard what is missing; its dossier is" {
	as harbour track quay/1 --json >tracked
	[ "$(json_at '[x["kind"] for x in d["accounts"]["disagreements"]]' <tracked)" = "[]" ]
	as harbour dossier quay/1 -o dossier
	valise-verify dossier --know harbour.card --know oslo.card --know envoy.card --json >verified
	[ "$(json_at '[x["kind"] for x in d["accounts"]["disagreements"]]' <verified)" = "['regarding-missing']" ]
}

@test "a letter that sent nobody anywhere has no errands; nor does a stranger's word make one" {
	[ "$(as harbour track quay/1 --json | json_at '(d["errands"], d["meetings"])')" = "([], [])" ]
	refute grep -q Errands <(as harbour track quay/1)
	# Oslo says of its letter that it regards the brief, which it was never sent.
	as envoy sync stick
	as oslo sync stick
	as oslo say received quay/1 --yes
	mkdir other
	as harbour sync other brief/1 --bare
	as oslo sync other --all
	as oslo say seen quay/1 --regarding "$brief" --yes
	another=$(as harbour seal -t Oslo letter)
	as harbour sync stick "$another"
	as oslo sync stick
	as oslo say seen "$another" --regarding "$brief" --yes
	exchange
	[ "$(as harbour track brief/1 --json | json_at '[e["letter"] for e in d["errands"]]')" = "['$letter']" ]
}
