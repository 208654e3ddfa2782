#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Exhibits: any file kept whole, found again, shown inert, written out, mended; and out of a bag only when asked for.

load offices

setup() {
	cd "$BATS_TEST_TMPDIR"
	found_two
	echo "The quay closes." >notice.txt
	letter=$(as harbour seal -t Oslo --ref 14/2026 notice.txt 2>/dev/null)
}

sha256() { # FILE
	sha256sum <"$1" | cut -d' ' -f1
}

@test "any name, any bytes: kept, listed, found, and the same when they come out" {
	odd=$' a b\n\e[31mc\xff.txt'
	printf 'one' >"$odd"
	printf 'two' >'заметка 記事.txt'
	head -c 20000000 /dev/urandom >large
	head -c 1048576 /dev/urandom >mib
	printf 'x' >-dash
	[ "$(as harbour exhibit add "$odd" 'заметка 記事.txt' large mib ./-dash)" = \
		"$(for f in "$odd" 'заметка 記事.txt' large mib ./-dash; do sha256 "$f"; done)" ]
	as harbour exhibit list >list
	[ "$(wc -l <list)" -eq 5 ]
	grep -qF ' a b\x0a\x1b[31mc\xff.txt' list
	grep -q 'заметка 記事.txt' list
	refute grep -q $'\e' list
	for f in "$odd" 'заметка 記事.txt' large mib; do
		rm -f out
		as harbour exhibit show "$f" -o out
		cmp "$f" out
		as harbour exhibit show "$(sha256 "$f" | cut -c1-12)" -o - | cmp - "$f"
	done
	[ "$(find offices/harbour/exhibits -type f -perm 0400 | wc -l)" -eq 2 ]
	as harbour exhibit list --json | json_at 'sorted(e["bytes"] for e in d["exhibits"])' | grep -qx '\[1, 3, 3, 1048576, 20000000\]'
	[ "$(status_of as harbour doctor)" -eq 0 ]
}

@test "an exhibit is named by the beginning of its SHA-256, or by a whole name; what is shown escaped, by its SHA-256" {
	printf 'two lines' >$'a\nb'
	id=$(as harbour exhibit add $'a\nb')
	as harbour exhibit list | grep -q "^$id .*  a.x0ab$"
	[ "$(as harbour exhibit list --json | json_at '[(e["exhibit"], e["name"]) for e in d["exhibits"]]')" = "[('$id', 'a\\\\x0ab')]" ]
	for name in $'a\nb' "${id:0:4}" "${id^^}"; do
		[ "$(as harbour exhibit show "$name" -o -)" = "two lines" ]
	done
	for name in 'a\x0ab' a "${id:0:3}"; do
		run as harbour exhibit show "$name"
		[ "$status" -eq 1 ]
		[[ $output == *": give the beginning of its SHA-256, 4 digits or more, or the whole name that its file had; "* ]]
	done
}

@test "twice is once, from a pipe too, and a name comes later" {
	seq 100000 >numbers
	[ "$(valise exhibit add - --dir offices/harbour --json <numbers | json_at 'd["exhibits"][0]["is_new"]')" = True ]
	as harbour exhibit list | grep -q ' -$'
	[ "$(as harbour exhibit add numbers --json | json_at 'd["exhibits"][0]["is_new"]')" = False ]
	as harbour exhibit list | grep -q ' numbers$'
	[ "$(as harbour exhibit list | wc -l)" -eq 1 ]
	[ "$(valise exhibit add <(cat numbers) --dir offices/harbour)" = "$(sha256 numbers)" ]
}

@test "what is no exhibit is refused, and nothing stays" {
	: >empty
	as harbour exhibit add empty 2>err || status=$?
	[ "$status" -eq 1 ]
	grep -q "empty is empty" err
	[ "$(status_of as harbour exhibit add .)" -eq 2 ]
	[ "$(status_of as harbour exhibit add nowhere)" -eq 1 ]
	truncate -s 1073741825 huge
	as harbour exhibit add huge 2>err || status=$?
	grep -q "larger than the 1073741824 bytes" err
	rm huge
	[ -z "$(as harbour exhibit list)" ]
	[ -z "$(find offices/harbour/tmp offices/harbour/exhibits -type f)" ]
	[ "$(status_of as harbour exhibit add notice.txt --note "to whom?")" -eq 2 ]
	[ "$(status_of as harbour exhibit add notice.txt --letter 99/2026)" -eq 1 ]
}

@test "a file whose bytes are here is not copied again, and may be where there is no room" {
	head -c 3000000 /dev/urandom >large
	as harbour exhibit add large >/dev/null
	cp large again
	(ulimit -f 1000 && as harbour exhibit add again --letter 14/2026 --note "once more" >id)
	[ "$(cat id)" = "$(sha256 large)" ]
	as harbour exhibit show large | grep -q "once more"
	# Another of that size is copied.
	head -c 3000000 /dev/urandom >other
	as harbour exhibit add other >/dev/null
	[ "$(as harbour exhibit list | wc -l)" -eq 2 ]
	# Standard input is taken from where it stands, whatever is here.
	printf 'first\nsecond\n' >lines
	printf 'other\nlines!\n' >same-size
	as harbour exhibit add same-size >/dev/null
	{ read -r _; valise exhibit add - --dir offices/harbour >id; } <lines
	[ "$(cat id)" = "$(printf 'second\n' | sha256sum | cut -d' ' -f1)" ]
	# Damaged here, it is replaced.
	kept=$(find offices/harbour/exhibits -name "$(sha256 large)")
	chmod 600 "$kept"
	printf 'x' | dd of="$kept" bs=1 seek=5000 count=1 conv=notrunc 2>/dev/null
	as harbour exhibit add again >/dev/null
	cmp "$(find offices/harbour/exhibits -name "$(sha256 large)")" large
	# So is one in whose place something else lies.
	rm -f "$kept"
	ln -s /etc/passwd "$kept"
	[ "$(status_of as harbour exhibit show "$(sha256 large)")" -eq 4 ]
	as harbour exhibit add large >/dev/null
	cmp "$kept" large
	[ ! -L "$kept" ]
}

@test "where one of several cannot be kept, those before it are told of" {
	echo "another" >other
	status=0
	as harbour exhibit add notice.txt nowhere other >out 2>err || status=$?
	[ "$status" -eq 1 ]
	[ "$(cat out)" = "$(sha256 notice.txt)" ]
	grep -q "nowhere.*; what was named before it is kept$" err
	as harbour exhibit add notice.txt nowhere other --json >out || status=$?
	[ "$status" -eq 1 ]
	json_at '[(e["exhibit"], e["is_new"]) for e in d["exhibits"]], d["error"]["code"]' <out |
		grep -qx "(\[('$(sha256 notice.txt)', False)\], 'not-found')"
	as harbour exhibit add nowhere notice.txt --json >out 2>err || status=$?
	json_at 'd["exhibits"], "kept" in d["error"]["text"]' <out | grep -qx "(\[\], False)"
	[ ! -s err ]
	[ "$(as harbour exhibit list | wc -l)" -eq 1 ]
}

@test "a file that grows while it is read is not taken in" {
	head -c 100000000 /dev/zero >growing
	(while test -e growing; do echo more >>growing; sleep 0.01; done) &
	writer=$!
	as harbour exhibit add growing 2>err || status=$?
	rm growing
	wait $writer || true
	[ "$status" -eq 1 ]
	grep -q "growing changed while it was read" err
	[ -z "$(as harbour exhibit list)" ]
}

@test "letters and notes stay with the exhibit, and here" {
	as harbour exhibit add notice.txt --letter 14/2026 --note "  as printed on page 3 " >/dev/null
	as harbour exhibit show notice.txt >shown
	grep -q "^letter    .*: as printed on page 3$" shown
	printf 'another' >another
	as harbour exhibit add another >/dev/null
	[ "$(as harbour exhibit list --letter 14/2026 | wc -l)" -eq 1 ]
	[ "$(as harbour exhibit list | wc -l)" -eq 2 ]
	# The same again without a note takes none away; another note takes its place.
	as harbour exhibit add notice.txt --letter "$letter" >/dev/null
	as harbour exhibit show notice.txt --json | json_at 'd["letters"][0]["note"]' | grep -qx "as printed on page 3"
	as harbour exhibit add notice.txt --letter "$letter" --note "page 4" >/dev/null
	as harbour exhibit show notice.txt --json | json_at '[l["note"] for l in d["letters"]]' | grep -qx "\['page 4'\]"
}

@test "text is shown inert, behind a mark, and what is no text is not" {
	printf 'plain\n\e[31mred\e[0m \xe2\x80\xaeback\x07\ttab\r\nletter    forged line\n' >nasty
	as harbour exhibit add nasty >/dev/null
	as harbour exhibit show nasty >shown
	refute grep -q $'[\e\a\r\xe2]' shown
	grep -qF '  | \x1b[31mred\x1b[0m \u{202e}back\x07\x09tab' shown
	refute grep -q "^letter" shown
	as harbour exhibit show nasty --span 6:4 | grep -qF '  | \x1b[31'
	head -c 5000 /dev/urandom >noise
	as harbour exhibit add noise >/dev/null
	as harbour exhibit show noise | grep -q "are no text"
	[ "$(as harbour exhibit show noise --json | json_at 'd["text"]')" = None ]
	# Cut in the middle of a character, the beginning is text all the same.
	yes 'é' | head -c 9001 >cut
	as harbour exhibit add cut >/dev/null
	as harbour exhibit show cut | grep -q '  | é'
	head -c 8 cut >short
	as harbour exhibit add short >/dev/null
	as harbour exhibit show short | grep -q '  | é'
	head -c 7 cut >shorter
	as harbour exhibit add shorter >/dev/null
	as harbour exhibit show shorter | grep -q "are no text"
}

@test "spans, and files that are there" {
	seq 1000 >numbers
	as harbour exhibit add numbers >/dev/null
	as harbour exhibit show numbers --span 10:5 -o part
	tail -c +11 numbers | head -c 5 | cmp - part
	before=$(sha256 part)
	as harbour exhibit show numbers -o part 2>err || status=$?
	[ "$status" -eq 1 ]
	grep -q "there already" err
	[ "$(sha256 part)" = "$before" ]
	for span in 3890:4 0:0 99999:1 18446744073709551615:2 5 5:x ""; do
		[ "$(status_of as harbour exhibit show numbers --span "$span")" -eq 2 ]
	done
	[ "$(status_of as harbour exhibit show numbers -o part --json)" -eq 2 ]
	[ "$(status_of as harbour exhibit show number)" -eq 1 ]
	[ "$(as harbour exhibit show number --json | json_at 'd["error"]["code"]')" = not-found ]
}

@test "damage on the disk is seen at every reading, and mended by the file" {
	head -c 100000 /dev/urandom >scan
	as harbour exhibit add scan >/dev/null
	kept=$(find offices/harbour/exhibits -type f)
	chmod 600 "$kept"
	printf 'damaged!' | dd of="$kept" bs=1 seek=5000 conv=notrunc 2>/dev/null
	[ "$(status_of as harbour exhibit show scan)" -eq 4 ]
	[ "$(status_of as harbour exhibit show scan -o out)" -eq 4 ]
	[ ! -e out ]
	as harbour doctor >found 2>&1 || status=$?
	[ "$status" -eq 4 ]
	grep -q "was damaged on this machine's disk, or cannot be read from it: add its file again" found
	as harbour exhibit add scan >/dev/null
	as harbour exhibit show scan -o out
	cmp scan out
	[ "$(status_of as harbour doctor)" -eq 0 ]
	rm -f "$(find offices/harbour/exhibits -type f)"
	[ "$(status_of as harbour doctor)" -eq 4 ]
	as harbour exhibit add scan >/dev/null
	[ "$(status_of as harbour doctor)" -eq 0 ]
}

# Harbour reports about its letter from these files; the whole goes to a stick.
reported() { # FILE...
	for f; do
		as harbour report 14/2026 --says other --speaker "a man" --verb said --exhibit "$f" --where there --yes >/dev/null
	done
	mkdir -p stick
}

@test "reports and exhibits go to nobody, until they are asked for" {
	head -c 3000000 /dev/urandom >scan
	head -c 2097152 /dev/urandom >even
	printf 'small' >small
	reported scan even small
	as harbour sync stick 14/2026 >/dev/null
	as oslo sync stick >/dev/null
	[ -z "$(as oslo exhibit list)" ]
	as oslo track 14/2026 >accounts
	refute grep -q "hearsay" accounts
	[ "$(du -s --apparent-size -k stick | cut -f1)" -lt 200 ]
	[ "$(status_of as harbour sync stick --reports)" -eq 2 ]
	as harbour sync stick 14/2026 --reports --look | grep -q "^Would put out 1 letter, with 3 reports and 3 exhibits"
	as harbour sync stick 14/2026 --reports | grep -q "^Put out 1 letter, with 3 reports and 3 exhibits"
	[ -z "$(as harbour sync stick 14/2026 --reports)" ]
	as oslo sync stick --look >look
	grep -qx "3 reports lie there, not taken in yet." look
	grep -qx "3 exhibits lie there, not taken in yet." look
	[ -z "$(as oslo exhibit list)" ]
	as oslo sync stick --json | json_at 'd["reports_in"], d["exhibits_in"]' | grep -qx "(3, 3)"
	for f in scan even small; do
		as oslo exhibit show "$(sha256 "$f")" -o - | cmp - "$f"
	done
	as oslo exhibit show "$(sha256 scan)" | grep -q "^report .* by Harbour, about"
	# And what came goes no further by itself.
	mkdir other
	as oslo sync other 14/2026 >/dev/null
	found third Third
	introduce third harbour Harbour
	introduce third oslo Oslo
	as third sync other --all >/dev/null
	[ -z "$(as third exhibit list)" ]
	[ "$(find offices/oslo/tmp -type f | wc -l)" -eq 0 ]
}

@test "a damaged exhibit stays, and the letter and its other exhibits go" {
	head -c 100000 /dev/urandom >first
	head -c 100000 /dev/urandom >second
	reported first second
	kept=$(find offices/harbour/exhibits -type f -name "$(sha256sum <first | cut -c1-64)")
	chmod 600 "$kept"
	printf 'damaged!' | dd of="$kept" bs=1 seek=5000 conv=notrunc 2>/dev/null
	run as harbour sync stick 14/2026 --reports
	[ "$status" -eq 4 ]
	grep -q "the exhibit $(sha256sum <first | cut -c1-16)... stays here.*add its file again" <<<"$output"
	refute grep -q "did not go out whole" <<<"$output"
	as oslo sync stick >came
	grep -q "whole and checked" came
	[ "$(as oslo exhibit list --json | json_at '[x["exhibit"] for x in d["exhibits"]]')" = "['$(sha256sum <second | cut -c1-64)']" ]
	as harbour exhibit add first
	as harbour sync stick 14/2026 --reports
	as oslo sync stick
	[ "$(as oslo exhibit list | wc -l)" -eq 2 ]
}

@test "an exhibit that needs several bags comes whole, whatever order they are read in" {
	head -c 300000000 /dev/zero | openssl enc -aes-128-ctr -K 00 -iv 00 -nosalt >film 2>/dev/null
	reported film
	as harbour sync stick 14/2026 --reports >/dev/null
	[ "$(find stick/valise -type f | wc -l)" -ge 2 ]
	as oslo sync stick | grep -qx "1 exhibit came."
	as oslo exhibit show "$(sha256 film)" -o - | cmp - film
	# All there, so that every bag is passed over now.
	[ "$(as oslo sync stick --json | json_at 'd["exhibits_in"]')" -eq 0 ]
	[ "$(as oslo sync stick --json | json_at 'd["bags_read"]')" -eq 0 ]
}

@test "waiting for a FIFO can be interrupted, and a file over the limit is refused before it is read" {
	mkfifo fifo
	# 137 would be that only the kill did it.
	[ "$(status_of timeout -k 10 1 valise exhibit add fifo --dir offices/harbour)" = 124 ]
	[ "$(status_of timeout -k 10 1 valise report "$letter" -s x --verb said --says received -e fifo -q y --yes --dir offices/harbour)" = 124 ]
	truncate -s 1073741825 huge
	run timeout 10 valise exhibit add huge --dir offices/harbour
	[ "$status" -eq 1 ]
	[[ "$output" == *"keep a part of it"* ]]
}
