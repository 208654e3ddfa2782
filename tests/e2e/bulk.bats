#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Letters by the hundred: sealed out of a list, acknowledged and opened at once; and one letter to as many offices as it can have.

load offices
load ../big/within

setup() {
	cd "$BATS_TEST_TMPDIR"
}

letters_of() { # OFFICE
	as "$1" track --json | json_at 'd["totals"]["letters"]'
}

list_of() { # COUNT: a list of as many letters, and their files
	mkdir -p files
	printf 'to\tref\tsubject\tfile\n'
	for i in $(seq "$1"); do
		echo "letter $i" >"files/$i.txt"
		printf 'Oslo\tN/%s\tLetter %s\tfiles/%s.txt\n' "$i" "$i" "$i"
	done
}

sealed_by_stdin() { # LIST [OPTION...]
	local list=$1
	shift
	valise seal --from-list - "$@" --dir offices/harbour <"$list"
}

@test "three hundred letters out of a list, to the other side, acknowledged and opened" {
	found_two
	list_of 300 >list.tsv
	as harbour seal --from-list list.tsv --answer-by +30d >ids 2>err
	[ ! -s err ]
	[ "$(sort -u ids | grep -cE '^[0-9a-f]{64}$')" -eq 300 ]
	[ "$(letters_of harbour)" -eq 300 ]
	# In the order of the list.
	[ "$(as harbour track "$(sed -n 7p ids)" --json | json_at 'd["accounts"]["ref"]')" = N/7 ]
	mkdir stick opened
	as harbour sync stick --all >/dev/null
	as oslo sync stick >/dev/null
	as oslo say received --all --yes >said 2>/dev/null
	[ "$(sort -u said | wc -l)" -eq 300 ]
	as oslo say received --all --yes >said 2>/dev/null
	[ ! -s said ]
	as oslo open --all -o opened >out
	[ "$(ls opened | wc -l)" -eq 300 ]
	[ "$(cat opened/*/*.txt | sort)" = "$(cat files/*.txt | sort)" ]
	grep -q ": Letter 300$" out
	[ -z "$(find opened -name '.valise-*')" ]
	# Cut off, it goes on, and what is in its place already is told of once.
	rm -r "opened/$(ls opened | head -n 1)"
	run as oslo open --all -o opened --say opened
	[ "$status" -eq 0 ]
	[[ $output == *"in their places already: 299 letters; "*"say opened --all"* ]]
	[ "$(ls opened | wc -l)" -eq 300 ]
	[ "$(as oslo say opened --all --yes 2>/dev/null | wc -l)" -eq 299 ]
	run as oslo open "$(sed -n 7p ids)" -o "opened/$(ls opened | head -n 1)"
	[ "$status" -eq 1 ]
	[[ $output == *"is there already; choose another place"* ]]
}

@test "a letter that is damaged here does not keep the others from being opened" {
	found_two
	list_of 20 >list.tsv
	as harbour seal --from-list list.tsv >ids
	sqlite3 offices/harbour/valise.db "UPDATE small_body SET bytes = zeroblob(length(bytes)) WHERE item = (SELECT item FROM body ORDER BY item LIMIT 1 OFFSET 9)"
	mkdir opened
	run as harbour open $(cat ids) -o opened
	[ "$status" -eq 4 ]
	[[ $output == *"was damaged on this machine's disk"* ]]
	[ "$(ls -A opened | wc -l)" -eq 19 ]
	as harbour open $(cat ids) -o opened2 --json >json || true
	[ "$(json_at 'len([l for l in d["letters"] if l["error"]])' <json)" -eq 1 ]
}

@test "wrong lines are told of each with its number, and nothing is sealed" {
	found_two
	echo text >a.txt
	printf '# to\tref and more\tfile\r\nOslo\t-\ta.txt\r\n\n# a note\nNobody\t-\ta.txt\nOslo\t-\tmissing.txt\nOslo\t-\nOslo\t-\t-\n\t-\ta.txt\nOslo\t\ta.txt\nOslo,\t-\ta.txt\nOslo\ta\\qb\ta.txt\nOslo\t-\ta.txt\ta.txt\n' >list.tsv
	as harbour seal --from-list list.tsv >out 2>err || status=$?
	[ "$status" -eq 1 ]
	[ ! -s out ]
	cat err
	grep -q '^valise: line 5: .*Nobody' err
	grep -q '^valise: line 6: cannot seal missing.txt: No such file' err
	grep -q '^valise: line 7: there are 2 cells, and the first line names 3' err
	grep -q '^valise: line 8: standard input cannot be sealed out of a list' err
	grep -q '^valise: line 9: the cell to is empty' err
	grep -q '^valise: line 10: the cell ref is empty: write - where there is nothing' err
	grep -q '^valise: line 11: an office is missing beside a comma' err
	grep -q '^valise: line 12: a \\ stands before t, n, r, \\ or , only' err
	grep -q '^valise: line 13: a.txt: two parts of a letter cannot have the same name' err
	grep -q '^valise: 9 lines of the list are wrong, and nothing is sealed now' err
	[ "$(letters_of harbour)" -eq 0 ]
	as harbour seal --from-list list.tsv --json >json || status=$?
	[ "$(json_at '[w["line"] for w in d["wrong"]]' <json)" = "[5, 6, 7, 8, 9, 10, 11, 12, 13]" ]
	[ "$(json_at 'd["error"]["exit"]' <json)" -eq 1 ]
}

@test "a first line that names no columns is told of" {
	found_two
	for first in 'Oslo\t-\ta.txt' 'to\tto\tfile' 'ref\tfile' 'to\tfile\tref' 'to'; do
		printf "$first\\n" >list.tsv
		run as harbour seal --from-list list.tsv
		[ "$status" -eq 2 ]
		[[ $output == *"line 1: "* ]]
	done
	: >list.tsv
	run as harbour seal --from-list list.tsv
	[ "$status" -eq 2 ]
	[[ $output == *"the list is empty"* ]]
	printf 'to\tfile\n# nothing\n' >list.tsv
	run as harbour seal --from-list list.tsv
	[ "$status" -eq 2 ]
	[[ $output == *"there is no letter in the list"* ]]
}

@test "what is of one letter does not go with a list" {
	found_two
	list_of 1 >list.tsv
	for words in "-t Oslo" "--subject x" "--ref x" "--in-reply-to abcd" "--paper x" "--scan x" "file"; do
		run as harbour seal --from-list list.tsv $words
		[ "$status" -eq 2 ]
	done
	run as harbour seal -t Oslo --again files/1.txt
	[ "$status" -eq 2 ]
	[[ $output == *"--again goes with --from-list"* ]]
}

@test "names of every kind, several files in a letter, several offices in a line" {
	found harbour "Harbour Legal"
	found oslo "Mission Oslo"
	found athens "Athens"
	introduce harbour oslo "Oslo, the mission"
	introduce harbour athens Αθήνα
	mkdir "a directory"
	echo one >"a directory/one"
	echo two >'ein Brief.txt'
	echo three >Ἐπιστολή.txt
	echo four >$'tab\tand\nline'
	echo five >'back\slash'
	echo six >$'no\xffutf8'
	printf 'to\tsubject\tfile\nOslo\\, the mission, Αθήνα\tПисьмо\ta directory/\tein Brief.txt\tἘπιστολή.txt\nΑθήνα\t-\ttab\\tand\\nline\tback\\\\slash\tno\xffutf8' >list.tsv
	sealed_by_stdin list.tsv >ids
	[ "$(wc -l <ids)" -eq 2 ]
	as harbour open "$(head -n 1 ids)" -o opened >out
	grep -q ": Письмо$" out
	diff -r "a directory" "opened/a directory"
	cmp Ἐπιστολή.txt opened/Ἐπιστολή.txt
	[ "$(as harbour track "$(head -n 1 ids)" --json | json_at 'len([p for p in d["accounts"]["parties"] if p["is_recipient"]])')" -eq 2 ]
	as harbour open "$(tail -n 1 ids)" -o other >/dev/null
	cmp $'tab\tand\nline' $'other/tab\tand\nline'
	cmp 'back\slash' 'other/back\slash'
	cmp $'no\xffutf8' $'other/no\xffutf8'
}

@test "the same list is sealed once, and once more only when asked" {
	found_two
	list_of 5 >list.tsv
	as harbour seal --from-list list.tsv >ids
	valise seal --from-list list.tsv --dir offices/harbour >again
	cmp ids again
	[ "$(letters_of harbour)" -eq 5 ]
	sealed_by_stdin list.tsv --json >json
	[ "$(json_at 'd["before"]' <json)" -eq 5 ]
	[ "$(json_at '[l["letter"] for l in d["letters"]] == open("ids").read().split()' <json)" = True ]
	# The files need not be here any more: the letters are.
	rm -r files
	as harbour seal --from-list list.tsv | cmp - ids
	list_of 5 >list.tsv
	as harbour seal --from-list list.tsv --again >again 2>err
	grep -q "5 references are also" err
	[ "$(cat ids again | sort -u | wc -l)" -eq 10 ]
	as harbour seal --from-list list.tsv 2>/dev/null | cmp - again
	[ "$(letters_of harbour)" -eq 10 ]
	# Another list is another, though one line more is all that differs.
	echo more >more.txt
	printf 'Oslo\t-\t-\tmore.txt\n' >>list.tsv
	as harbour seal --from-list list.tsv --dry-run | grep -qx "Would seal 6 letters, 50 B."
	[ "$(letters_of harbour)" -eq 10 ]
}

@test "a list that was cut off goes on, and no letter is sealed twice" {
	command -v strace >/dev/null || skip "strace is not installed"
	found_two
	list_of 6 >list.tsv
	mkdir big
	echo x >big/x
	# A directory is sealed by itself: what stands before it is committed first.
	printf 'Oslo\tbig\t-\tbig\n' >>list.tsv
	echo end >end.txt
	printf 'Oslo\tend\t-\tend.txt\n' >>list.tsv
	for n in $(seq 1 20); do
		strace -f -qq -o /dev/null -e "inject=fdatasync:signal=KILL:when=$n" valise seal --from-list list.tsv --dir offices/harbour >part 2>/dev/null || true
		some=$(letters_of harbour)
		[ "$some" -eq 0 ] || break
	done
	[ "$some" -ge 6 ]
	[ "$some" -lt 8 ]
	as harbour seal --from-list list.tsv --json >json
	[ "$(json_at 'd["before"]' <json)" -eq "$some" ]
	[ "$(json_at 'len(set(l["letter"] for l in d["letters"]))' <json)" -eq 8 ]
	[ "$(letters_of harbour)" -eq 8 ]
}

@test "a list that was mended is another one, and a dry run says what it would seal twice" {
	found_two
	list_of 3 >list.tsv
	as harbour seal --from-list list.tsv >/dev/null
	# As a spreadsheet writes it.
	{ printf '\xef\xbb\xbf' && cat list.tsv && printf 'Oslo\tmore\t-\tlist.tsv\n'; } >mended.tsv
	run as harbour seal --from-list mended.tsv --dry-run
	[ "$status" -eq 0 ]
	[[ $output == *"3 references are also that of a letter that you sealed before"*"Would seal 4 letters"* ]]
}

@test "a list that is stopped says how far it is, and what goes on with the others" {
	found_two
	list_of 3000 >list.tsv
	valise seal --from-list list.tsv --dir offices/harbour </dev/null >ids 2>err &
	while [ ! -s ids ]; do
		kill -0 $!
	done
	kill -TERM $!
	status=0
	wait $! || status=$?
	[ "$status" -eq 130 ]
	grep -q "of 3000 letters are sealed: give the list again as it is" err
	# Every id that was told is a whole one, of a letter that is here.
	[ "$(wc -l <ids)" -eq "$(letters_of harbour)" ]
	[ "$(as harbour seal --from-list list.tsv 2>/dev/null | sort -u | wc -l)" -eq 3000 ]
}

@test "a file that is gone when its turn comes: what stands before it is sealed, and the list goes on" {
	command -v strace >/dev/null || skip "strace is not installed"
	found_two
	list_of 4 >list.tsv
	# The one open of the third file fails: the check only looked at it.
	run strace -f -qq -o /dev/null -P "$PWD/files/3.txt" -P files/3.txt -e "inject=openat:error=EIO" valise seal --from-list list.tsv --dir offices/harbour
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output == *"line 4: cannot read files/3.txt"*"2 of 4 letters are sealed: give the list again"* ]]
	[ "$(letters_of harbour)" -eq 2 ]
	[ "$(as harbour seal --from-list list.tsv | sort -u | wc -l)" -eq 4 ]
	[ "$(letters_of harbour)" -eq 4 ]
}

@test "two programs at one list: each letter once" {
	found_two
	list_of 120 >list.tsv
	valise seal --from-list list.tsv --dir offices/harbour >one 2>one.err </dev/null &
	valise seal --from-list list.tsv --dir offices/harbour >two 2>two.err </dev/null || grep -q "another program is sealing this list" two.err
	wait $! || grep -q "another program is sealing this list" one.err
	as harbour seal --from-list list.tsv >ids
	[ "$(letters_of harbour)" -eq 120 ]
	[ "$(sort -u ids | wc -l)" -eq 120 ]
}

@test "who cannot open a letter is told of by line, and so is a card that is only a file" {
	found_two
	found athens Athens
	as athens officer add --title Clerk --roles clerk --no-passphrase >/dev/null
	as athens officer dismiss Registry --reason left >/dev/null 2>&1
	introduce harbour athens Athens
	list_of 2 >list.tsv
	printf 'Athens\t-\t-\tfiles/1.txt\nOslo,Athens\t-\t-\tfiles/1.txt\n' >>list.tsv
	run as harbour seal --from-list list.tsv
	[ "$status" -eq 1 ]
	[[ $output == *"line 4: Athens has no reader in standing"*"line 5: Athens has no reader in standing"* ]]
	found bergen Bergen
	as bergen card export >bergen.card
	as harbour card add bergen.card --as Bergen --unchecked >/dev/null
	printf 'to\tfile\nBergen\tfiles/1.txt\nOslo\tfiles/2.txt\n' >list.tsv
	as harbour seal --from-list list.tsv 2>err >/dev/null
	[ "$(grep -c "the card of Bergen came as a file only" err)" -eq 1 ]
	refute grep -q Oslo err
}

@test "a hostile list: bytes that are no text, lines and columns without end" {
	found_two
	echo text >a.txt
	refused() { # LINE-NUMBER TEXT
		run as harbour seal --from-list list.tsv
		[ "$status" -eq "${3:-2}" ]
		grep -q "line $1: $2" <<<"$output"
	}
	printf 'to\tfile\nOslo\ta.txt\0b\n' >list.tsv
	refused 2 "there is a NUL byte"
	printf 'to\tsubject\tfile\nOslo\tno\xfftext\ta.txt\n' >list.tsv
	refused 2 "the subject"
	printf 'to\tfile\n%s\ta.txt\n' "$(head -c 100000 /dev/zero | tr '\0' x)" >list.tsv
	refused 2 "the office's name"
	printf 'to\tfile\nOslo\t%s\n' "$(head -c 100000 /dev/zero | tr '\0' x)" >list.tsv
	refused 2 "cannot seal" 1
	{
		printf 'to\tfile\nOslo'
		head -c 2000000 /dev/zero | sed 's/\x0\x0/\tf/g'
	} >list.tsv
	refused 2 "a letter has at most 1000 parts" 1
	{
		printf 'to\tfile\n'
		yes '# a note' | head -n 100000
	} >list.tsv
	run as harbour seal --from-list list.tsv
	[[ $output == *"at most 100000 lines"* ]]
	run valise seal --from-list - --dir offices/harbour < <(yes Oslo)
	[ "$status" -eq 1 ]
	[[ $output == *"is too long"* ]]
	printf 'to\tfile\x1b[2J\n' >list.tsv
	run as harbour seal --from-list list.tsv
	refute grep -q $'\x1b' <<<"$output"
	[ "$(letters_of harbour)" -eq 0 ]
}

@test "more statements than are looked at before any is signed are refused" {
	found_two
	run as harbour say comment $(yes h7qk | head -n 20001) --text "Mind the annex." --yes
	[ "$status" -eq 1 ]
	[[ $output == *"at most 20000 statements"*"name fewer letters"* ]]
}

@test "a list of thousands takes no more memory than it has to" {
	found_two
	echo text >a.txt
	{
		printf 'to\tfile\n'
		yes $'Oslo\ta.txt' | head -n 3000
	} >list.tsv
	as_within harbour seal --from-list list.tsv >/dev/null
	mkdir opened
	as_within harbour open $(as harbour seal --from-list list.tsv) -o opened >/dev/null
	[ "$(ls opened | wc -l)" -eq 3000 ]
}

@test "thousands of statements are looked at and signed a thousand at a time" {
	found_two
	list_of 2100 >list.tsv
	as harbour seal --from-list list.tsv >/dev/null 2>&1
	mkdir stick
	as harbour sync stick --all >/dev/null
	as oslo sync stick >/dev/null
	# Shown alike, however many there are.
	as oslo say received --all --dry-run >shown
	[ "$(grep -c '^says received$' shown)" -eq 2100 ]
	refute grep -qzP '\n\n\n' shown
	# One of them is damaged here: it is told of, and keeps no other from being signed.
	last=$(as oslo track --all --json | json_at 'd["letters"][0]["letter"]')
	/usr/bin/env python3 - offices/oslo/valise.db "$last" <<-'END'
		import sqlite3, sys
		db = sqlite3.connect(sys.argv[1])
		bad = "update item set bytes = zeroblob(length(bytes)) where kind = 5 and id = (select cover from letter where id = ?)"
		at = [row[0] for row in db.execute("select id from letter order by date_s desc, item desc limit 1 offset 2050")]
		assert db.execute(bad, at).rowcount == 1
		db.commit()
	END
	run bash -c 'valise say received --all --yes --json --dir offices/oslo 2>/dev/null'
	[ "$status" -eq 4 ]
	[ "$(json_at 'len(d["statements"]), d["error"]["code"]' <<<"$output")" = "(2099, 'bad')" ]
	as oslo say received "$last" --yes 2>/dev/null >again
	[ ! -s again ]
	run as oslo say received --all --yes
	[ "$status" -eq 4 ]
	[ "$(grep -c "was damaged on this machine's disk" <<<"$output")" -eq 1 ]
}

@test "one letter to 256 offices with four readers each, and not one more" {
	found harbour "Harbour Legal"
	readers=4
	[ -z "${VALISE_TEST_SHORT:-}" ] || readers=1
	for i in $(seq 257); do
		found "o$i" "Office $i"
		for n in $(seq 2 "$readers"); do
			as "o$i" officer add --title "Reader $n" --roles reader --no-passphrase >/dev/null
		done
		as "o$i" card export >card
		as harbour card add card --as "Office $i." --unchecked >/dev/null
	done
	to=()
	for i in $(seq 256); do to+=(-t "Office $i."); done
	echo text >letter.txt
	run as harbour seal "${to[@]}" -t "Office 257." letter.txt
	[ "$status" -eq 1 ]
	[[ $output == *"a letter goes to at most 256 offices"* ]]
	if [ "$readers" -eq 4 ]; then
		run as harbour seal "${to[@]}" letter.txt
		[ "$status" -eq 1 ]
		[[ $output == *"have 1025 readers together, and a letter has at most 1024"* ]]
	fi
	letter=$(as harbour seal "${to[@]}" --keep-no-copy letter.txt 2>/dev/null)
	[ -n "$letter" ]
	mkdir stick
	as harbour sync stick "$letter" >/dev/null
	for i in 1 128 256; do
		as "o$i" sync stick >/dev/null
		as "o$i" open "$letter" -o "opened$i" >/dev/null
		cmp letter.txt "opened$i/letter.txt"
	done
	# The same out of a list.
	{
		printf 'to\tfile\nOffice 1.'
		for i in $(seq 2 256); do printf ',Office %s.' "$i"; done
		printf '\tletter.txt\n'
	} >list.tsv
	as harbour seal --from-list list.tsv --keep-no-copy >id 2>/dev/null
	[ "$(wc -l <id)" -eq 1 ]
	sed -i 's/\tletter/,Office 257.\tletter/' list.tsv
	run as harbour seal --from-list list.tsv --keep-no-copy
	[[ $output == *"line 2: a letter goes to at most 256 offices"* ]]
}

# The list of letters as a program reads it; `lay_out` writes what a reader of JSON has read just as it should stand there.
lay_out() {
	/usr/bin/env python3 -c 'import json,sys; print(json.dumps(json.load(sys.stdin), indent=2, ensure_ascii=False))'
}

@test "a list for programs that is longer than is kept goes out as it comes, to the same letter" {
	found_two
	list_of 2000 >list.tsv
	as harbour seal --from-list list.tsv --json >sealed 2>/dev/null
	as harbour track --all --json >all
	[ "$(stat -c %s all)" -gt 1048576 ]
	lay_out <all | cmp - all
	[ "$(json_at 'len(d["letters"]), d["totals"]["letters"], d["next"]' <all)" = "(2000, 2000, None)" ]
	as harbour track --json --limit 3 >few
	lay_out <few | cmp - few
	# Who reads no further makes nobody work on.
	as harbour track --all --json 2>err | head -c 10 >/dev/null
	# The row of the last of the list is no row: those before it have gone out, and beside them stands why.
	/usr/bin/env python3 - offices/harbour/valise.db "$(json_at 'd["letters"][-1]["letter"]' <all)" <<-'END'
		import sqlite3, sys
		db = sqlite3.connect(sys.argv[1])
		db.execute("pragma ignore_check_constraints = on")
		assert db.execute("update letter set sender = x'00' where id = ?", (bytes.fromhex(sys.argv[2]),)).rowcount == 1
		db.commit()
	END
	run bash -c 'valise track --all --json --dir offices/harbour 2>/dev/null'
	[ "$status" -eq 4 ]
	lay_out <<<"$output" | cmp - <(echo "$output")
	[ "$(json_at '1900 < len(d["letters"]) < 2000, list(d)[-1], d["error"]["code"]' <<<"$output")" = "(True, 'error', 'bad')" ]
	# A short one is an error alone.
	last=$(json_at 'd["letters"][-1]["letter"]' <<<"$output")
	run as harbour track --json --limit 200 --before "$last"
	[ "$status" -eq 4 ]
	[ "$(json_at 'list(d), d["error"]["exit"]' <<<"$output")" = "(['error'], 4)" ]
}
