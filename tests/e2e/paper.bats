#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Letters of paper: described, carried, received, disclosed by their scans; and addressees without a card, one of whom gets one.

load offices

at() { # OFFICE LETTER EXPRESSION: of its accounts
	as "$1" track "$2" --json | json_at "(lambda a: $3)(d['accounts'])"
}

# A paper letter of harbour's to Oslo; its id is in $letter.
seal_paper() {
	letter=$(as harbour seal -t Oslo --paper "envelope 17, two sheets, red wax" --ref 9/26 "$@")
}

@test "a paper letter from office to office by a courier, and back to a stranger with its scan" {
	found_two
	found blue "Blue Couriers"
	introduce harbour blue Blue
	introduce blue harbour Harbour
	introduce blue oslo Oslo
	cd "$BATS_TEST_TMPDIR"
	mkdir stick
	echo "the first sheet" >"sheet one.pdf"
	echo "the second" >b.pdf
	seal_paper --scan "sheet one.pdf" --scan b.pdf --answer-by +30d
	as harbour say handed 9/26 --to Blue --yes
	run as harbour sync stick 9/26 --via Blue
	[ "$status" -eq 0 ]
	[[ $output == *"wrapped for the parties' clerks and couriers"* ]]
	refute grep -rq "red wax" stick

	run as blue sync stick
	[[ $output == *"ref 9/26: a paper letter's seal, checked"* ]]
	[ "$(at blue 9/26 'a["bytes"]')" = paper ]
	run as blue say carrying 9/26 --dry-run
	[[ $output == *'a paper letter described as "envelope 17, two sheets, red wax": we hold the paper described.'* ]]
	[[ $output != *byte* ]]
	as blue say carrying 9/26 --yes
	as blue say attempted 9/26 --to Oslo --reason nobody-there --yes
	as blue say delivered 9/26 --to Oslo --medium "by hand" --yes
	as blue sync stick

	as oslo sync stick
	run as oslo say received 9/26 --dry-run
	[[ $output == *"the office holds the paper described. It does not mean:"*"This accepts no service."* ]]
	[[ $output != *byte* ]]
	as oslo say received 9/26 --yes
	run as oslo track 9/26
	[[ $output == *'it received the paper letter described as "envelope 17, two sheets, red wax" on'* ]]
	[[ $output == *"Paper: bytes cannot be checked."* ]]
	[[ $output != *"this exact letter"* ]]
	as oslo say reviewed 9/26 --yes
	as oslo say comment 9/26 --text "We have it." --yes
	as oslo sync stick
	as harbour sync stick
	[ "$(at harbour 9/26 'a["parties"][1]["state"]')" = reviewed ]
	[ "$(at harbour 9/26 'a["disagreements"]')" = "[]" ]

	as harbour dossier 9/26 --disclose b.pdf -o dossier
	valise-verify dossier --know oslo.card --know harbour.card --know blue.card --require received >verdict
	grep -q "Paper: bytes cannot be checked." verdict
	grep -A 2 "Disclosed of the contents" verdict | grep -q "file b.pdf, 11 B, sha256 $(sha256sum <b.pdf | cut -c1-64)"
	refute grep -q "sheet one" verdict
	/usr/bin/env python3 "$VALISE_TEST_SOURCE/tests/checker/check_dossier.py" --know oslo.card --know harbour.card --know blue.card \
		dossier | json_at '[x["name"] for x in d["accounts"]["disclosed"]], d["verdict"]' | grep -qx "(\['b.pdf'\], 'sound')"
	# A file in hand is said to be the scan that it is, and nothing else is said to be one.
	printf "the second?" >other.pdf
	valise-verify dossier --file b.pdf --file other.pdf --file "sheet one.pdf" >verdict || true
	grep -q "^  - b.pdf, sha256 .*: by its SHA-256 and its size it is scan 1 of this letter: b.pdf$" verdict
	grep -q "^  - other.pdf, sha256 .*: nothing here names this file$" verdict
	grep -q "^  - sheet one.pdf, sha256 .*: nothing here names this file$" verdict
	as harbour dossier 9/26 --disclose "sheet one.pdf" --disclose subject -o more
	cp "sheet one.pdf" copy.pdf
	valise-verify more --file copy.pdf --file b.pdf --json |
		json_at '[(f["part"], f["places"]) for f in d["files"]], [x["number"] for x in d["accounts"]["disclosed"]]' | grep -qx "(\[(2, 0), (None, 0)\], \[0, 2\])"
	valise-verify more --json | json_at '[(x["kind"], x["name"] or x["subject"], x["bytes"]) for x in d["accounts"]["disclosed"]]' |
		grep -qx "\[('subject', 'envelope 17, two sheets, red wax', 0), ('file', 'sheet one.pdf', 16)\]"
	valise-verify more | grep -q "What the letter says\."
	as harbour dossier 9/26 --disclose cover -o whole
	valise-verify whole | grep -q "What the letter says\."
	[ "$(valise-verify whole --json | json_at 'len(d["accounts"]["disclosed"])')" -eq 3 ]
	[ "$(valise-verify whole --file b.pdf --file "sheet one.pdf" --json | json_at '[f["part"] for f in d["files"]]')" = "[1, 2]" ]
	run as oslo dossier 9/26 --disclose b.pdf
	[ "$status" -eq 1 ]
	[[ $output == *"only who sealed it with --scan"* ]]
	for office in harbour oslo blue; do
		run as "$office" doctor
		[ "$status" -eq 0 ]
		[ "$output" = "Everything is in order." ]
	done
}

@test "an addressee without a card, who gets one later" {
	found_two
	found envoy "Office of the Envoy"
	found other "Another Office"
	cd "$BATS_TEST_TMPDIR"
	mkdir stick bare
	seal_paper -t "Petitions, room 4" -t "Канцелярия Жук" -t "Petitions, room 4" --no-card
	[ "$(at harbour 9/26 '[p["addressee"] for p in a["parties"] if p["addressee"]]')" = "['Petitions, room 4', 'Канцелярия Жук']" ]
	[[ "$(as harbour track 9/26)" == *"Petitions, room 4"*"not asked"* ]]
	introduce harbour envoy Envoy
	introduce envoy harbour Harbour
	as harbour sync bare 9/26 --bare

	# Its claim alone is nothing.
	as envoy sync bare --all
	run as envoy say received 9/26 --yes
	[ "$status" -eq 1 ]
	[[ $output == *"not addressed to your office"* ]]

	# Only an addressee, letter by letter as the seal has it, and only by the sender.
	for wrong in "Petitions" "petitions, room 4" "Oslo"; do
		run as harbour say identified 9/26 --to Envoy --text "$wrong" --yes
		[ "$status" -eq 2 ]
		[[ $output == *'"Petitions, room 4", "Канцелярия Жук"'* ]]
	done
	run as harbour say identified 9/26 --to self --text "Petitions, room 4" --yes
	[ "$status" -eq 2 ]
	[[ $output == *"an addressee is somebody else"* ]]
	run as envoy say identified 9/26 --to self --text "Petitions, room 4" --yes
	[ "$status" -eq 1 ]
	[[ $output == *"is the sender's to say"* ]]
	run as harbour say identified 9/26 --to Envoy --text "Petitions, room 4" --dry-run
	[[ $output == *'To: "Envoy". Addressee: "Petitions, room 4". It does not mean: that the office agrees.'* ]]
	as harbour say identified 9/26 --to Envoy --text "Petitions, room 4" --yes

	# It goes to that office now, wrapped for it, and its word counts.
	as harbour sync stick 9/26
	as envoy sync stick
	as envoy say received 9/26 --yes
	as envoy sync stick
	as harbour sync stick
	[ "$(at harbour 9/26 '[(p["identified_as"], p["state"]) for p in a["parties"] if p["is_recipient"] and p["office"]]')" = \
		"[([], 'nothing'), (['Petitions, room 4'], 'received')]" ]
	[ "$(at harbour 9/26 '[p["addressee"] for p in a["parties"] if p["addressee"]]')" = "['Канцелярия Жук']" ]
	[[ "$(as harbour track 9/26)" == *'Known to the sender as the addressee "Petitions, room 4".'* ]]
	[ "$(as envoy track --json | json_at 'd["letters"][0]["is_for_us"]')" = True ]

	# Two offices for one name: neither is chosen.
	introduce harbour other Other
	as harbour say identified 9/26 --to Other --text "Petitions, room 4" --yes
	[ "$(at harbour 9/26 '[(x["kind"], len(x["notes"])) for x in a["disagreements"]]')" = "[('identified-twice', 2)]" ]
	as harbour dossier 9/26 -o dossier
	[ "$(valise-verify dossier --json | json_at '[x["kind"] for x in d["accounts"]["disagreements"]]')" = "['identified-twice']" ]
}

@test "an addressee without a card is never taken for an office whose name begins so" {
	found_two
	seal_beside() { # NAME: to Oslo and to that name
		as harbour seal -t Oslo -t "$1" --no-card --paper "envelope 17" --dry-run
	}
	id=$(as harbour card show Oslo --json | json_at 'd["office"]["id"]')
	for beginning in O "${id:0:8}"; do
		run seal_beside "$beginning"
		[ "$status" -eq 1 ]
		[[ $output == *"\"$beginning\" may be \"Oslo\": type all of the name, or for somebody without a card a name that is no beginning"* ]]
	done
	for whole in Oslo "$id" "${id^^}"; do
		[[ "$(seal_beside "$whole")" == "Would seal a paper letter to Oslo: "* ]]
	done
	[[ "$(seal_beside self)" == "Would seal a paper letter to Oslo, Harbour Legal: "* ]]
	[[ "$(seal_beside "Oslo harbour master")" == 'Would seal a paper letter to Oslo, "Oslo harbour master" (no card): '* ]]
	# What is typed in another form of the same letters is the same name.
	introduce oslo harbour "École"
	[[ "$(as oslo seal -t "E$(printf '\u0301')cole" --no-card --paper x --dry-run)" == "Would seal a paper letter to École: "* ]]
}

@test "a reference that was given before is told of, and not refused" {
	found_two
	seal_paper 2>err
	refute grep -q warning err
	first=$letter
	run as oslo seal -t Harbour --paper x --ref 9/26 --dry-run
	[[ $output != *warning* ]]
	for dry in --dry-run ""; do
		run as harbour seal -t Oslo --paper "envelope 18" --ref 9/26 $dry
		[ "$status" -eq 0 ]
		[[ $output == *"warning: the reference 9/26 is also that of $(as harbour track "$first" --json | json_at 'd["accounts"]["short"]'), which"* ]]
		[ "$(as harbour seal -t Oslo --paper "envelope 18" --ref 9/27 --json --dry-run | json_at 'd["same_ref"]')" = None ]
	done
	as harbour seal -t Oslo --paper "envelope 19" --ref 9/26 --json --dry-run >json 2>err
	[ ! -s err ]
	[ "$(json_at 'len(d["same_ref"])' <json)" -eq 64 ]
}

@test "an open folder: the letter is left until a statement says that an addressee is this office" {
	found_two
	found envoy "Office of the Envoy"
	introduce harbour envoy Envoy
	introduce envoy harbour Harbour
	cd "$BATS_TEST_TMPDIR"
	mkdir first second
	seal_paper -t "The Envoy himself" --no-card
	as harbour sync first 9/26 --bare
	run as envoy sync first
	[ "$(as envoy track --json | json_at 'len(d["letters"])')" -eq 0 ]
	as harbour say identified 9/26 --to Envoy --text "The Envoy himself" --yes
	as harbour sync second 9/26 --bare
	as envoy sync second --json | json_at '[(l["is_for_us"], l["is_whole"]) for l in d["in"]]' | grep -qx "\[(True, True)\]"
	as envoy say received 9/26 --yes
}

@test "what nobody could unwrap goes only when it is named, and a finder's view is told" {
	found_two
	cd "$BATS_TEST_TMPDIR"
	mkdir stick
	aunt=$(as harbour seal -t "Nobody's Aunt" --no-card --paper "a parcel")
	as harbour say handed "$aunt" --text "the postman" --yes
	seal_paper
	run as harbour sync stick --all
	[ "$status" -eq 0 ]
	[[ $output == *"Put out 1 letter,"*"a finder learns sizes only"* ]]
	[ "$(grep -rlc "a parcel" stick | wc -l)" -eq 0 ]
	run as harbour sync stick "$aunt"
	[ "$status" -eq 0 ]
	[[ $output == *"goes unwrapped"* ]]
	[[ $output == *", not wrapped: a finder can read"* ]]
	[[ $output == *"Put out 1 letter and 1 statement,"* ]]
	grep -rq "a parcel" stick
	grep -rq "the postman" stick
	run as harbour track "$aunt"
	[[ $output == 'Addressed to "Nobody'"'"'s Aunt", without a card: nobody can sign for that name.'* ]]
}

@test "nothing about paper is said by --all, and nothing about bytes" {
	found_two
	cd "$BATS_TEST_TMPDIR"
	mkdir stick
	seal_paper
	as harbour sync stick --all
	as oslo sync stick
	[ -z "$(as oslo say received --all --yes)" ]
	[ -z "$(as oslo say opened --all --yes)" ]
	run as oslo say opened 9/26 --yes
	[ "$status" -eq 1 ]
	[[ $output == *"is paper: opened states that a program checked bytes"* ]]
	run as oslo say defect 9/26 --reason contents --yes
	[ "$status" -eq 1 ]
	run as oslo open 9/26
	[ "$status" -eq 2 ]
	[[ $output == *"is a paper letter: there are no bytes to open. Who holds the paper says received"* ]]
	as oslo say refused 9/26 --reason not-ours --yes
	[ "$(at oslo 9/26 'a["parties"][1]["state"]')" = refused ]
	run valise say --help
	[[ $output == *"of paper: the office holds the paper described"*"of paper: nobody says it"* ]]
	# There is nobody to identify where everybody has a card.
	run as harbour say identified 9/26 --to Oslo --text Oslo --yes
	[ "$status" -eq 2 ]
	[[ $output == *"no addressee without a card"* ]]
}

@test "what has no place on paper is refused, and why" {
	found_two
	cd "$BATS_TEST_TMPDIR"
	echo text >f
	refused() { # TEXT WORD...
		local text=$1
		shift
		run as harbour seal -t Oslo "$@"
		[ "$status" -eq 2 ]
		[[ $output == *"$text"* ]]
	}
	refused "exclude each other" --paper x f
	refused "no --subject" --paper x -s y
	refused "no --in-reply-to" --paper x --in-reply-to abcd
	refused "--keep-no-copy says nothing of paper" --paper x --keep-no-copy
	refused "--scan goes with --paper" --scan f f
	refused "--no-card goes with --paper" --no-card f
	refused "say with --paper what the paper is"
	run valise seal -t Oslo --scan f f --dir nowhere
	[ "$status" -eq 2 ]
	[[ $output == *"--scan goes with --paper"* ]]
	refused "--paper" --paper $'two\nlines'
	refused "--paper" --paper ""
	refused "--paper" --paper $'right to left \u202e tfel'
	refused "the addressee's name" --paper x -t $'a\nb' --no-card
	refused "a scan is a file" --paper x --scan .
	refused "a scan is a file" --paper x --scan -
	run as harbour seal -t Oslo --paper x --scan nowhere.pdf
	[ "$status" -eq 1 ]
	run as harbour seal -t "The Envoy" --paper x
	[ "$status" -eq 1 ]
	[[ $output == *"can be named on a paper letter: --paper DESCRIPTION --no-card"* ]]
	[ "$(as harbour track --json | json_at 'len(d["letters"])')" -eq 0 ]
}

@test "a scan that is empty, or grows while it is read, is signed for by nobody" {
	found_two
	cd "$BATS_TEST_TMPDIR"
	: >"nothing yet.pdf"
	[ "$(status_of seal_paper --scan "nothing yet.pdf")" -eq 1 ]
	as harbour seal -t Oslo --paper note --scan "nothing yet.pdf" 2>err || true
	grep -q "the scan nothing yet.pdf is empty" err
	head -c 100000000 /dev/zero >growing
	(while test -e growing; do echo more >>growing; sleep 0.01; done) &
	writer=$!
	as harbour seal -t Oslo --paper note --scan growing 2>err || status=$?
	rm growing
	wait $writer || true
	[ "$status" -eq 1 ]
	grep -q "the scan growing changed while it was read; nothing was sealed" err
	[ "$(as harbour track --json | json_at 'len(d["letters"])')" = 0 ]
}

@test "words of any script, a dry run, JSON, and no scan's name in the store" {
	found_two
	cd "$BATS_TEST_TMPDIR"
	echo text >"secret name.pdf"
	run as harbour seal -t Oslo -t "e$(printf '\u0301')cole" --no-card --paper "конверт № 17 — 封筒" --scan "secret name.pdf" --dry-run
	[ "$status" -eq 0 ]
	[[ $output == *'to Oslo, "école" (no card): "конверт № 17 — 封筒". 1 scan.'* ]]
	[ "$(as harbour track --json | json_at 'len(d["letters"])')" -eq 0 ]
	json=$(as harbour seal -t Oslo -t "e$(printf '\u0301')cole" --no-card --paper "конверт № 17 — 封筒" --scan "secret name.pdf" --json)
	[ "$(json_at 'd["paper"], d["to"], d["addressees"], d["parts"], d["body_bytes"], d["readers"]' <<<"$json")" = \
		"('конверт № 17 — 封筒', ['Oslo'], ['école'], 1, 0, [])" ]
	letter=$(json_at 'd["letter"]' <<<"$json")
	[ "$(at harbour "$letter" 'a["paper"]')" = "конверт № 17 — 封筒" ]
	refute grep -rq "secret.name" offices/harbour
	# Wide characters take two columns, and those that combine none.
	as harbour track "$(as harbour seal -t Oslo -t "駐ノルウェー" -t "q$(printf '\u0303')" --no-card --paper x)" >shown
	columns='{sum(int(unicodedata.combining(c) == 0) + (unicodedata.east_asian_width(c) in "WF") for c in l.split("  not")[0]) for l in open("shown", encoding="utf-8") if "  not asked" in l or "  nothing has" in l}'
	[ "$(/usr/bin/env python3 -c "import unicodedata; print(len($columns))")" -eq 1 ]
	as harbour dossier "$letter" --disclose "secret name.pdf" | grep -q "secret%20name.pdf"
	# Without a scan nothing is committed to.
	letter=$(as harbour seal -t Oslo --paper "a postcard")
	run as harbour dossier "$letter" --disclose subject
	[ "$status" -eq 1 ]
	refute grep -q "^contents" <(as harbour dossier "$letter")
}

@test "the docket: a page for a pen, of paper and of an electronic letter" {
	found_two
	cd "$BATS_TEST_TMPDIR"
	long=$(printf 'Всё%.0s' {1..60})
	wide=$(printf '記事%.0s' {1..25})
	seal_paper -t "The $long Envoy" -t "駐ノルウェー大使館の郵便係御中 $wide" --no-card
	as harbour docket 9/26 >page
	[ "$(sed -n '3,4{s/^Letter//;p}' page | tr -d ' \n')" = "$letter" ]
	grep -q "$(as harbour card show --digits)" page
	grep -q "^Paper  *envelope 17, two sheets, red wax$" page
	grep -q "^Ref  *9/26$" page
	grep -q "^Signature of who takes  ____" page
	grep -q "\[ \] intact   \[ \] not intact" page
	tr '\n' ' ' <page | grep -q "It is not stated that anybody opened, read or agreed to it"
	tr '\n' ' ' <page | grep -q "valise exhibit add SCAN --letter $(as harbour track --json | json_at 'd["letters"][0]["short"]')"
	[ "$(tr -d ' \n' <page | grep -c "The${long}Envoyaname,withoutacard")" -eq 1 ]
	[ "$(tr -d ' \n' <page | grep -c "郵便係御中${wide}aname,withoutacard")" -eq 1 ]
	columns='max(sum(1 + (unicodedata.east_asian_width(c) in "WF") for c in l.rstrip("\n")) for l in open("page", encoding="utf-8"))'
	[ "$(/usr/bin/env python3 -c "import unicodedata; print($columns)")" -eq 76 ]
	refute grep -q "byte" page

	echo text >f
	letter=$(as harbour seal -t Oslo f)
	as harbour docket "$letter" -o electronic
	grep -q "^What it is  electronic, " electronic
	tr '\n' ' ' <electronic | grep -q "It is not stated that a byte of it was checked"
	[ "$(status_of as harbour docket "$letter" -o electronic)" -eq 1 ]
	as harbour docket "$letter" -o electronic --force --json | json_at 'd["file"]' | grep -qx electronic
	[ "$(status_of as harbour docket "$letter" --json)" -eq 2 ]
	for force in "" --force; do
		run as harbour docket "$letter" -o . $force
		[ "$status" -eq 1 ]
		[[ $output == *". is a directory: name a file in it" ]]
	done
	[ "$(status_of as harbour docket nothing-of-that-name)" -eq 1 ]
	[ "$(status_of as harbour docket)" -eq 2 ]
}
