#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Filing reports: quotes found or told why not, drafts, lists, corrections; nothing is signed that is not whole.

load offices

setup() {
	cd "$BATS_TEST_TMPDIR"
	found_two
	echo "The quay closes." >notice.txt
	letter=$(as harbour seal -t Oslo --ref 14/2026 notice.txt 2>/dev/null)
	printf 'A spokesman said on Wednesday: “We have\nreceived the letter.”\nWe got it. Naïve. We got it.\n' >news.txt
}

report() { # WORD...
	as harbour report 14/2026 --says received --speaker "a spokesman" --verb said --exhibit news.txt "$@"
}

refused() { # STATUS TEXT WORD...: of a report; nothing is signed
	local status=0
	report "${@:3}" --yes >out 2>err || status=$?
	[ "$status" -eq "$1" ]
	grep -qF -e "$2" err
	[ ! -s out ]
}

# How many reports there are, by what doctor and the database agree on.
reports() {
	/usr/bin/env python3 -c 'import sqlite3; print(sqlite3.connect("file:offices/harbour/valise.db?mode=ro", uri=True).execute("select count(*) from report").fetchone()[0])'
}

# The text of the report with that id.
note() {
	/usr/bin/env python3 -c 'import sqlite3,sys; print(sqlite3.connect("file:offices/harbour/valise.db?mode=ro", uri=True).execute("select bytes from item where id = ?", (bytes.fromhex(sys.argv[1]),)).fetchone()[0].decode(), end="")' "$1"
}

@test "a quote over a line break becomes a span, with all that was said of it" {
	id=$(report --quote "We have received the letter." --quoted --when Wednesday --resolved 2026-11-25 \
		--speaker-office Oslo --via "an agency" --via "a paper" --of "the mission" --medium interview \
		--carriage "through diplomatic channels" --where "page 3" --yes 2>/dev/null)
	note "$id" >note
	for line in "says received" "speaker a spokesman" "verb said" "via an agency" "via a paper" "of the mission" "medium interview" \
		"carriage through diplomatic channels" "when Wednesday" "resolved 2026-11-25T00:00:00Z 2026-11-25T23:59:59Z" \
		"where page 3" "quoted yes" "role principal" "nth 1" \
		"exhibit $(sha256sum <news.txt | cut -c1-64) $(wc -c <news.txt) 34 28"; do
		grep -qxF "$line" note
	done
	grep -qx "speaker-office [0-9a-f]*" note
	[ "$(as harbour exhibit show news.txt --span 34:28 -o -)" = $'We have\nreceived the letter.' ]
	as harbour track 14/2026 | grep -q "1 report"
	[ "$(status_of as harbour doctor)" -eq 0 ]
}

@test "refused and received, both reported of one office: a row says so, and neither is told alone" {
	one=$(report --quote "We have received the letter." --speaker-office Oslo --yes 2>/dev/null)
	two=$(as harbour report 14/2026 --says refused --speaker "the porter" --verb denied --exhibit news.txt --span 0:4 \
		--speaker-office Oslo --yes 2>/dev/null)
	as harbour dossier 14/2026 -o d 2>/dev/null
	for json in "$(as harbour track 14/2026 --json)" "$(valise-verify d --json)"; do
		[ "$(json_at '[(x["kind"], sorted(x["notes"])) for x in d["accounts"]["disagreements"]] == [("reports-contrary", sorted("'"$one $two"'".split()))]' <<<"$json")" = True ]
		json_at 'd["accounts"]["sentence"]' <<<"$json" |
			grep -q "is reported to have said both that it did not take the letter and that it received the letter; neither is chosen here"
	done
}

@test "a dry run shows what would be signed, and keeps nothing" {
	report --quote "We have received" --dry-run >dry
	grep -q '^You state, as Registry of Harbour Legal, of .* from Harbour Legal, ref 14/2026: that the source "news.txt"' dry
	grep -qF '"We have received".' dry
	grep -q "It does not mean: that it is so" dry
	grep -qx "valise/report@v1" dry
	report --quote "We have received" --dry-run --json >dry.json
	json_at 'd["dry_run"], d["reports"][0]["note"]' <dry.json | grep -qx "(True, None)"
	json_at 'd["reports"][0]["draft"]' <dry.json | grep -qx "quoted no"
	[ -z "$(as harbour exhibit list)" ]
	[ "$(reports)" -eq 0 ]
	[ "$(status_of report --quote "We have received")" -eq 2 ]
	[ -z "$(as harbour exhibit list)" ]
}

@test "several places: named, chosen by a span, or all of them" {
	refused 1 '--span 66:10 "' --quote "We got it."
	grep -qF -e "--span 85:10" err
	grep -q "2 places" err
	id=$(report --span 85:10 --yes 2>/dev/null)
	note "$id" | grep -q "^exhibit .* 85 10$"
	id=$(report --quote "We got it." --every --yes 2>/dev/null)
	[ "$(note "$id" | grep -c "^exhibit ")" -eq 2 ]
	yes "again" | head -n 70 >many
	as harbour report 14/2026 --says other --speaker x --verb y --exhibit many --quote again --every --yes 2>err || status=$?
	[ "$status" -eq 1 ]
	grep -q "more than the 64 places" err
}

@test "no place: the nearest cause is told" {
	refused 1 "capital or small: --span 34:16" --quote "we have received"
	refused 1 "quotation marks, apostrophes or dashes: --span 31:19" --quote '"We have received'
	refused 1 "other white space" --quote "We  got it"
	printf 'They have confir-\nmed it, after\nall.' >>news.txt
	refused 1 "other hyphens, as at the end of a line: --span 96:24 " --quote "They have confirmed it"
	refused 1 "the quote is not there: " --quote elephant
	refused 2 "the quote is empty" --quote " "
	refused 2 "not valid UTF-8" --quote $'\xff'
	[ "$(reports)" -eq 0 ]
}

@test "spans that point at nothing, or cut a character" {
	size=$(wc -c <news.txt)
	refused 2 "does not end within the exhibit, which has $size" --span "$((size - 1)):2"
	refused 2 "at least 1 byte" --span 5:0
	refused 2 "does not end within" --span 1073741824:1
	refused 2 "give OFFSET:LENGTH" --span 5-6
	refused 2 "the span begins within a character: byte 32" --span 32:5
	refused 2 "the span ends within a character: byte 33" --span 20:13
	refused 2 "exclude each other" --span 5:6 --quote We
	refused 2 "say where the exhibit has it"
	report --span 31:3 --yes >/dev/null 2>&1
	# In what is no text there are no characters to cut.
	printf '\xff\xfe\xc3\xa9\xff' >bytes
	as harbour report 14/2026 --says other --speaker x --verb y --exhibit bytes --span 3:1 --yes >/dev/null 2>&1
}

@test "what is no text is reported whole, with words for where" {
	head -c 70000 /dev/urandom >scan.png
	id=$(as harbour report 14/2026 --says other --speaker "the mission" --verb "stamped" --exhibit scan.png --where "the stamp" --yes 2>/dev/null)
	note "$id" | grep -qx "exhibit $(sha256sum <scan.png | cut -c1-64) 70000 0 70000"
	note "$id" | grep -qx "where the stamp"
	# By its hash and by its name, once it is here.
	rm scan.png
	as harbour report 14/2026 --says other --speaker x --verb y --exhibit scan.png --where z --yes >/dev/null 2>&1
	as harbour report 14/2026 --says other --speaker x --verb y --exhibit "$(as harbour exhibit list | cut -c1-8)" --where "the seal" --yes >/dev/null 2>&1
	[ "$(reports)" -eq 3 ]
	as harbour exhibit show scan.png | grep -c "^report " | grep -qx 3
}

@test "what is shown before it is signed is all of what is pointed at" {
	printf 'received\xff' >bytes
	run as harbour report 14/2026 --says received --speaker x --verb y --exhibit bytes --span 0:9 --dry-run
	[[ "$output" == *"At byte 0: 9 bytes that are no text."* ]]
	# A character that the exhibit's own end breaks off is no character.
	printf 'received\xe2\x82' >bytes
	run as harbour report 14/2026 --says received --speaker x --verb y --exhibit bytes --span 0:10 --dry-run
	[[ "$output" == *"At byte 0: 10 bytes that are no text."* ]]
	run as harbour report 14/2026 --says received --speaker x --verb y --exhibit bytes --span 0:8 --dry-run
	[[ "$output" == *"At byte 0: \"received\"."* ]]
	# A word within another is told of.
	echo "Nobody disagreed, and she received it not." >words.txt
	run as harbour report 14/2026 --says agreed --speaker x --verb y --exhibit words.txt --quote agreed --dry-run
	[[ "$output" == *'"agreed", which begins within a word there. It'* ]]
	run as harbour report 14/2026 --says received --speaker x --verb y --exhibit words.txt --quote "he received it no" --dry-run
	[[ "$output" == *'"he received it no", which begins and ends within a word there. It'* ]]
	run as harbour report 14/2026 --says received --speaker x --verb y --exhibit words.txt --quote "received it not" --dry-run
	[[ "$output" == *'"received it not". It'* ]]
	# By the name that was typed, whatever its bytes were called before.
	cp words.txt release.txt
	as harbour report 14/2026 --says other --speaker x --verb y --exhibit words.txt --quote Nobody --yes >/dev/null 2>&1
	run as harbour report 14/2026 --says other --speaker x --verb z --exhibit release.txt --quote Nobody --dry-run
	[[ "$output" == *'the source "release.txt" '* ]]
	# Where a long one is cut for the question, it is still text.
	for n in 0 1 2; do
		printf '%*s' "$n" "" >long
		yes '€' | tr -d '\n' | head -c 3000 >>long
		run as harbour report 14/2026 --says received --speaker x --verb y --exhibit long --span "0:$((3000 + n))" --dry-run
		[[ "$output" == *"€\", and so on."* ]]
	done
}

@test "a file that is there wins over an exhibit of its name" {
	report --quote "We have received" --yes >/dev/null 2>&1
	echo "Now it says something else." >news.txt
	id=$(report --quote "something else" --yes 2>/dev/null)
	note "$id" | grep -q "^exhibit $(sha256sum <news.txt | cut -c1-64) "
}

@test "what is missing or makes no sense is said" {
	refused 2 "--resolved is your reading" --quote We --resolved 2026-11-25
	refused 2 "ends before it begins" --quote We --when now --resolved 2026-11-25..2026-11-24
	refused 2 "give FROM..TO" --quote We --when now --resolved soon
	refused 2 "is no addressee of" --quote We --speaker-addressee "Mr Nobody"
	refused 1 "no note about this letter begins so" --quote We --regarding abcd1234
	refused 2 "not for the role machine" --quote We --role machine
	refused 2 "has the control character" --quote We --of $'two\nlines'
	as harbour report 14/2026 --says received --verb said --exhibit news.txt --quote We --yes 2>err || true
	grep -q "a report needs --speaker" err
	as harbour report 14/2026 --says received --speaker x --exhibit news.txt --quote We --yes 2>err || true
	grep -q "a report needs --verb" err
	as harbour report 14/2026 --says receivd --speaker x --verb y --exhibit news.txt --quote We --yes 2>err || true
	grep -q "receivd is nothing that can be said" err
	as harbour report 14/2026 --says other --speaker x --verb y --exhibit nowhere --quote We --yes 2>err || true
	grep -q 'no exhibit here is named "nowhere"' err
	[ "$(status_of as harbour report 99/2026 --says other --speaker x --verb y --exhibit news.txt --quote We --yes)" -eq 1 ]
	[ "$(reports)" -eq 0 ]
}

@test "a correction is a new report; numbers run apart from statements'" {
	first=$(report --quote "We have received" --yes 2>/dev/null)
	second=$(report --quote "We have received the letter" --regarding "${first:0:10}" --yes 2>/dev/null)
	note "$second" | grep -qx "regarding $first"
	[ "$(report --quote "Naïve" --regarding "$first" --regarding "${first:0:12}" --dry-run | grep -c "^regarding ")" -eq 1 ]
	note "$second" | grep -qx "nth 2"
	[ "$(reports)" -eq 2 ]
	as harbour say comment 14/2026 --text "We note it." --yes >/dev/null 2>&1
	as harbour track 14/2026 --json | json_at '[(s["says"], s["nth"]) for s in d["accounts"]["said"]]' | grep -q "('comment', 1)"
	third=$(report --quote "Naïve" --yes 2>/dev/null)
	note "$third" | grep -qx "nth 3"
}

@test "the same is filed once; a list that grew files what is new" {
	first=$(report --quote "We have received" --yes 2>/dev/null)
	[ -z "$(report --quote "We have received" --yes)" ]
	run report --quote "We have received" --dry-run
	[[ "$output" == "your office filed the same of "*", as ${first:0:16}...; nothing needs to be signed" ]]
	[ "$(reports)" -eq 1 ]
	[ "$(report --quote "We have received" --dry-run --json | json_at '[r["note"] for r in d["reports"]], d["reports"][0]["already"][:23]')" = "([None], 'your office filed the s')" ]
	# What was corrected may be found again.
	report --quote "We have received the" --regarding "$first" --yes >/dev/null 2>&1
	report --quote "We have received" --yes >/dev/null 2>&1
	[ "$(reports)" -eq 3 ]
	# In other words, or of other bytes, it is another report.
	report --quote "We have received" --when Wednesday --yes >/dev/null 2>&1
	report --span 31:16 --medium post --yes >/dev/null 2>&1
	[ "$(reports)" -eq 5 ]
	printf 'says\tspeaker\tverb\tquote\nreceived\ta man\tsaid\tNaïve.\nreceived\ta man\tsaid\tNaïve.\n' >list
	as harbour report 14/2026 --from-list list --exhibit news.txt --dry-run | grep -q "^an earlier line of the list says the same"
	as harbour report 14/2026 --from-list list --exhibit news.txt --yes >ids 2>/dev/null
	[ "$(wc -l <ids)" -eq 1 ]
	printf 'received\ta woman\tsaid\tNaïve.\n' >>list
	as harbour report 14/2026 --from-list list --exhibit news.txt --yes >ids 2>/dev/null
	[ "$(wc -l <ids)" -eq 1 ]
	[ "$(reports)" -eq 7 ]
	# Another office's report of the same is its own.
	mkdir stick
	as harbour sync stick 14/2026 --reports >/dev/null
	as oslo sync stick >/dev/null
	as oslo report 14/2026 --says received --speaker "a spokesman" --verb said --exhibit news.txt --quote "We have received" --yes >id 2>/dev/null
	[ -s id ]
}

@test "a list of more exhibits than a process may have open" {
	printf 'says\tspeaker\tverb\tquote\texhibit\n' >list
	for i in $(seq 150); do
		echo "paper $i has it" >"paper$i"
		printf 'received\ta man\tsaid\thas it\tpaper%s\n' "$i" >>list
	done
	(ulimit -n 110 && as harbour report 14/2026 --from-list list --yes >ids 2>/dev/null)
	[ "$(wc -l <ids)" -eq 150 ]
}

@test "whoever has no key that can sign in a role files nothing in it" {
	as harbour officer add --title Clerk --roles clerk --no-passphrase >/dev/null
	as harbour officer dismiss Registry --reason left >/dev/null 2>&1
	refused 1 "a report: " --quote We --role spokesperson
	id=$(report --quote "We have" --yes 2>/dev/null)
	note "$id" | grep -qx "role clerk"
}

@test "a list is filed whole" {
	printf '# offset\tlength\tsays\tvia\tspeaker\tverb\tmedium\twhen (as reported)   spans of news.txt\r\n34\t28\treceived\tan agency < a paper\ta spokesman\tsaid\t-\tWednesday\n\n# a note of mine\n66\t10\tother\t-\ta man\twrote\tpost\t-' >list.tsv
	as harbour report 14/2026 --from-list list.tsv --exhibit news.txt --dry-run | grep -c "^You state" | grep -qx 2
	[ "$(reports)" -eq 0 ]
	as harbour report 14/2026 --from-list list.tsv --exhibit news.txt --yes >ids 2>/dev/null
	[ "$(wc -l <ids)" -eq 2 ]
	note "$(head -n 1 ids)" >one
	[ "$(grep "^via" one | tr '\n' ,)" = "via an agency,via a paper," ]
	grep -qx "nth 1" one
	note "$(tail -n 1 ids)" | grep -qx "nth 2"
	printf 'quote\tsays\tspeaker\tverb\tquoted\texhibit\tregarding\tresolved\twhen\tcarriage\tof\twhere\tspeaker-office\nWe have received\tother\tx\ty\tyes\tnews.txt\t%s\t2026-11-25..2026-11-26\tthen\ton foot\tz\tthere\tOslo\n' "$(head -n 1 ids)" >list.tsv
	valise report 14/2026 --from-list - --yes --dir offices/harbour <list.tsv >ids
	note "$(cat ids)" | grep -qx "quoted yes"
	note "$(cat ids)" | grep -qx "carriage on foot"
}

@test "a list with a wrong line is not filed at all, and each is told" {
	printf 'offset\tlength\tsays\tspeaker\tverb\n34\t28\treceived\ta spokesman\tsaid\n34\t2800\treceived\ta spokesman\tsaid\n34\t28\treceivd\ta spokesman\tsaid\n34\t28\treceived\ta spokesman\n34\t28\treceived\ta spokesman\t\n' >list.tsv
	as harbour report 14/2026 --from-list list.tsv --exhibit news.txt --yes >out 2>err || status=$?
	[ "$status" -eq 2 ]
	[ ! -s out ]
	grep -q "^valise: line 3: the span of 2800 bytes" err
	grep -q "^valise: line 4: receivd is nothing" err
	grep -q "^valise: line 5: there are 4 cells, and the first line names 5" err
	grep -q "^valise: line 6: the cell verb is empty" err
	grep -qx "valise: 4 lines of the list are wrong, and nothing is signed: mend them, and give the list again; what it was to point at is kept: 1 new exhibit" err
	[ "$(reports)" -eq 0 ]
	as harbour report 14/2026 --from-list list.tsv --exhibit news.txt --yes --json >out 2>err || [ $? -eq 2 ]
	[ ! -s err ]
	json_at 'd["error"]["code"], [w["line"] for w in d["wrong"]], d["wrong"][2]["why"][:18]' <out | grep -qx "('usage', \[3, 4, 5, 6\], 'there are 4 cells,')"
	# One that is wrong is told once; where it is no line of a list, the status is that of a wrong command line.
	for wrong in 'offset\tcolour\n' 'says\nreceived\tx\n' 'offset\n1\n' 'offset\tlength\n1\tx\n' 'quoted\nmaybe\n' 'via\na < \n' 'says\n\377\n'; do
		printf "$wrong" >list.tsv
		status=0
		as harbour report 14/2026 --from-list list.tsv --exhibit news.txt --yes 2>err || status=$?
		[ "$status" -eq 2 ]
		[ "$(grep -c "line [12]: " err)" -eq 1 ]
		grep -qx "valise: 1 line of the list is wrong, and nothing is signed: mend it, and give the list again" err
	done
	printf 'quote\tsays\tspeaker\tverb\nno such words\tother\tx\ty\n' >list.tsv
	[ "$(status_of as harbour report 14/2026 --from-list list.tsv --exhibit news.txt --yes)" -eq 1 ]
	: >list.tsv
	[ "$(status_of as harbour report 14/2026 --from-list list.tsv --exhibit news.txt --yes)" -eq 2 ]
	printf 'offset\tlength\tsays\tspeaker\tverb\n' >list.tsv
	[ "$(status_of as harbour report 14/2026 --from-list list.tsv --exhibit news.txt --yes)" -eq 2 ]
	[ "$(status_of as harbour report 14/2026 --from-list list.tsv --exhibit news.txt --says other --yes)" -eq 2 ]
	refused 2 "--every is each place of a quote" --span 34:28 --every
}

@test "on a terminal the question is asked, and which of several places" {
	/usr/bin/env python3 "$BATS_TEST_DIRNAME/terminal.py" -- valise report 14/2026 --says receivd \
		--speaker x --verb y --exhibit news.txt --quote "We got it." --dir offices/harbour >said || true
	grep -q "receivd is nothing that can be said" said
	[ -z "$(as harbour exhibit list)" ]
	/usr/bin/env python3 "$BATS_TEST_DIRNAME/terminal.py" "Which one? [1-2]" 2 "Sign? [y/N]" y -- valise report 14/2026 --says received \
		--speaker x --verb y --exhibit news.txt --quote "We got it." --dir offices/harbour >said
	grep -q "2  at byte 85" said
	[ "$(reports)" -eq 1 ]
	id=$(grep -oE '^[0-9a-f]{64}' said | tail -n 1)
	note "$id" | grep -q "^exhibit .* 85 10$"
	/usr/bin/env python3 "$BATS_TEST_DIRNAME/terminal.py" "Sign? [y/N]" n -- valise report 14/2026 --says received \
		--speaker x --verb y --exhibit news.txt --quote "Naïve" --dir offices/harbour >said || true
	grep -q "nothing was signed" said
	[ "$(reports)" -eq 1 ]
}

@test "what a report was to point at is kept, and where nothing is filed the error says so" {
	refused 1 "; what it was to point at is kept: 1 new exhibit" --quote "not a word of it"
	[ "$(as harbour exhibit list | wc -l)" -eq 1 ]
	report --quote "not a word of it" --yes 2>err || true
	refute grep -q "is kept" err
	# What is wrong before a file is looked at keeps none, and says nothing of it.
	echo other >other.txt
	as harbour report 14/2026 --says nothing --speaker S --verb said --exhibit other.txt --quote other --yes 2>err || true
	refute grep -q "is kept" err
	printf 'says\tspeaker\tverb\tquote\texhibit\nreceived\tS\tsaid\tother\tother.txt\nreceived\tS\tsaid\tthird\tthird.txt\nnonsense\tS\tsaid\tother\tother.txt\n' >list
	echo third >third.txt
	run as harbour report 14/2026 --from-list list --yes
	[ "$status" -eq 2 ]
	[[ $output == *"nothing is signed"*"is kept: 2 new exhibits"* ]]
	[ "$(reports)" -eq 0 ]
	[ "$(as harbour exhibit list | wc -l)" -eq 3 ]
}
