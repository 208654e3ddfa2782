#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# A dossier in the hands of somebody who would like it to say something else.
load forging

# A letter that was handed over, received and opened; the dossier `d` discloses one part; its items are in $items.
make_dossier() {
	printf 'Annex.\n' >annex.txt
	letter=$(harbour seal -t Oslo --ref 14/2026 -s Notice notice.txt annex.txt 2>/dev/null)
	put_out harbour stick "$letter"
	oslo sync stick >/dev/null 2>&1
	oslo say received "$letter" --medium "by hand" --yes >/dev/null
	oslo say opened "$letter" --yes >/dev/null
	harbour say handed "$letter" --to Oslo --yes >/dev/null
	oslo sync stick >/dev/null 2>&1
	harbour sync stick >/dev/null 2>&1
	harbour dossier "$letter" --disclose notice.txt "$@" -o d
	items=$(forge undossier d items)
	runs 0 judge d
}

judge() { valise-verify "$@" --know harbour.card --know oslo.card; }
count() { valise-verify "$1" --know harbour.card --know oslo.card --json | jq "$2"; }

# together LETTER KIND:FILE...: a dossier of these, in the order that the format wants.
together() {
	local letter=$1 one kind file rank
	shift
	forge dossier "$letter" $(for one in "$@"; do
		kind=${one%%:*} file=${one#*:}
		case $kind in
		seal) rank=0 ;;
		register)
			office=$(sed -n 's/^office //p' "$file" | head -n 1)
			test "$office" != - || office=$(forge id "$file")
			rank="1 $office $(printf %05d "$(sed -n 's/^seq //p' "$file")")"
			;;
		statement) rank="2 $(forge id "$file")" ;;
		leaf) rank="4 $(sed -n 's/^index //p' "$file")" ;;
		*) rank=5 ;;
		esac
		printf '%s\t%s\n' "$rank" "$one"
	done | LC_ALL=C sort | cut -f2)
}

only() { printf '%s\n' $items | grep "$1"; }
without() { printf '%s\n' $items | grep -v "$1"; }

@test "each byte of a dossier changed: its meaning never grows" {
	make_dossier
	runs 0 forge flip-dossier d harbour.card oslo.card
	says "flips of 4 lines of meaning"
	harbour dossier "$letter" --disclose cover -o whole
	runs 0 judge whole
	runs 0 forge flip-dossier whole harbour.card oslo.card
}

@test "a statement whose signature is another's, or of other bytes: broken, exit 4, and counts for nothing" {
	make_dossier
	file=$(grep -l '^says received' items/*.statement)
	sed '/^$/q' "$file" | sed '$d' >text
	forge missign "$(officer_key oslo)" <text >items/forged
	together "$letter" $(without "$file") statement:items/forged >forged
	runs 4 judge forged
	says "broken"
	is "received" 0 "$(count forged '[.accounts.said[] | select(.says == "received")] | length')"
	is "opened still" 1 "$(count forged '[.accounts.said[] | select(.says == "opened" and .counts)] | length')"
	# Another time under the old signature.
	sed 's/^time 2026/time 2025/' "$file" >items/altered
	together "$letter" $(without "$file") statement:items/altered >altered
	runs 4 judge altered
	is "received" 0 "$(count altered '[.accounts.said[] | select(.says == "received")] | length')"
}

@test "a statement in the office's name by a key that it never appointed: no standing" {
	make_dossier
	oslo=$(office_id oslo)
	statement "$letter" reviewed "$oslo:$oslo" reader 9 2026-12-01T00:00:00Z evil-all >items/reviewed
	together "$letter" $items statement:items/reviewed >claimed
	runs 3 judge claimed --require reviewed
	says "does not count"
	is "state" '"opened"' "$(count claimed '[.accounts.parties[] | select(.is_recipient)][0].state')"
}

@test "items reordered, doubled, of other kinds, with other lengths: refused whole" {
	make_dossier
	refused() {
		runs 4 judge "$1"
		is "words on standard output" "" "$(judge "$1" 2>/dev/null)"
	}
	forge dossier "$letter" $(printf '%s\n' $items | tac) >x; refused x
	forge dossier "$letter" $items $(only statement | tail -n 1) >x; refused x
	forge dossier "$letter" $(only seal) $items >x; refused x
	forge dossier "$letter" $(without seal) >x; refused x
	forge dossier "$letter" $items treaty:notice.txt >x; refused x
	forge dossier "$(printf x | sha256sum | cut -c1-64)" $items >x; refused x
	sed 's/^statement /statement 0/' d >x; refused x
	sed 's/^statement [0-9]*/statement 99999999999999999999/' d >x; refused x
	{ cat d; echo; } >x; refused x
	sed '$d' d >x; refused x
	sed 's/^end$/End/' d >x; refused x
	: >x; refused x
	sed 's/$/\r/' d >x; refused x
}

@test "cut off anywhere: refused" {
	make_dossier
	size=$(stat -c %s d)
	for at in $(seq 0 211 $((size - 1))) $((size - 1)); do
		head -c "$at" d >cut
		runs 4 judge cut
	done
}

@test "a register that lacks an entry is incomplete, and whoever cites it is unknown" {
	harbour doctor --only-copy >/dev/null
	harbour officer add -t Second -r clerk --no-passphrase >/dev/null
	valise card export --dir harbour -o harbour.card --force
	make_dossier
	head=$(office_head harbour)
	file=$(for f in items/*.register; do test "$(forge id "$f")" != "$head" || echo "$f"; done)
	together "$letter" $(without "$file") >shorter
	runs 5 valise-verify shorter --know oslo.card
	says "incomplete"
	is "sender" '"incomplete"' "$(valise-verify shorter --json | jq .accounts.sender_standing)"
	together "$letter" $(without register) >none
	runs 5 valise-verify none
	is "sender" '"no-register"' "$(valise-verify none --json | jq .accounts.sender_standing)"
	is "counted" 0 "$(valise-verify none --json | jq '[.accounts.said[] | select(.counts)] | length')"
}

@test "another letter's statement, disclosure and cover: broken" {
	make_dossier
	mkdir first && cp -r items d first/
	one=$letter ours=$items
	rm -rf stick items d
	make_dossier
	two=$letter
	printf '%s\n' $items | sed 's/:items/:other/' >other.list
	mv items other
	mv first/items items
	swap() { together "$one" $(printf '%s\n' $ours | grep -v "^$1") $(grep "^$1" other.list); }
	forge dossier "$one" $(printf '%s\n' $ours | grep -v '^leaf\|^statement') $(grep ^statement other.list | while IFS=: read -r k f; do echo "$(forge id "$f") $k:$f"; done | sort | cut -d' ' -f2) >x
	runs 4 judge x
	says "another letter"
	is "counted" 0 "$(count x '[.accounts.said[] | select(.counts)] | length')"
	swap leaf >x
	runs 4 judge x
	is "disclosed" 0 "$(count x '.accounts.disclosed | length')"
	harbour dossier "$two" --disclose cover -o whole
	forge undossier whole whole.items >whole.list
	forge dossier "$one" $(printf '%s\n' $ours | grep -v ^leaf) $(grep ^cover: whole.list) >x
	runs 4 judge x
	says "another seal"
	is "disclosed" 0 "$(count x '.accounts.disclosed | length')"
}

@test "a disclosed leaf at another place, with a shorter or longer path" {
	make_dossier
	leaf=$(only leaf) leaf=${leaf#leaf:}
	for change in 's/^index .*/index 0/' 's/^index .*/index 1/;s/^salt ./salt 0/' '$d' '$p' 's/^nonce ./nonce 0/' 's/^from ./from 0/'; do
		sed "$change" "$leaf" >items/changed
		cmp -s items/changed "$leaf" && continue
		forge dossier "$letter" $(without leaf) leaf:items/changed >x
		runs 4 judge x
	done
}

@test "a seal signed by somebody who is no principal of the sender: exit 4" {
	make_dossier
	seal=$(only seal) seal=${seal#seal:}
	sed '/^by /,$d' "$seal" | forge sign evil-all >items/seal
	forge dossier "$(forge id items/seal)" seal:items/seal $(only register) >x
	runs 4 judge x
	is "sender" '"not-appointed"' "$(count x .accounts.sender_standing)"
	{ sed '/^$/q' "$seal" | sed '$d'; } | forge missign "$(officer_key harbour)" >items/seal
	forge dossier "$letter" seal:items/seal $(only register) >x
	runs 4 judge x
}

@test "a register that forked is shown as forked, with both entries" {
	evil=$(id_of_office evil)
	follows "$evil" 1 evil.0 2026-11-21T00:00:00Z evil-keeper "name Evil A" >evil.a
	follows "$evil" 1 evil.0 2026-11-21T00:00:00Z evil-keeper "name Evil B" >evil.b
	letter=$(forge letter forked key=evil-all from="$evil" to="$(office_id oslo)" reader=evil-all plain=notice.txt part=file:0:1:x)
	forge card "$PWD/evil.0" $(for f in evil.a evil.b; do echo "$(forge id $f) $f"; done | sort | cut -d' ' -f2) >forked.card
	together "$letter" seal:forked/seal register:evil.0 register:evil.a register:evil.b >x
	runs 5 valise-verify x
	says "fork"
	is "kind" 1 "$(valise-verify x --json | jq '[.accounts.disagreements[] | select(.kind == "fork")] | length')"
	runs 0 oslo card add forked.card --as Evil --unchecked
	runs 0 oslo card list
	says "forked"
}

@test "no control character, and nothing that turns text around, reaches whoever reads" {
	printf 'x' >"$(printf 'a\033]0;owned\007\r\n\xe2\x80\xaeb')"
	letter=$(harbour seal -t Oslo --ref 14/2026 -s Notice "$(printf 'a\033]0;owned\007\r\n\xe2\x80\xaeb')" 2>/dev/null)
	put_out harbour stick "$letter"
	harbour dossier "$letter" --disclose cover -o d
	forge undossier d items >list
	evil=$(id_of_office evil)
	statement "$letter" seen "$evil:$evil" clerk 1 2026-12-01T00:00:00Z evil-all "regarding $letter" | sed 's/^role.*/role \x1b[2J/' >items/escape
	found loud "$(printf 'Loud \xe2\x80\xaeesrever')" "$(appoint loud-all clerk - Desk)"
	together "$letter" $(cat list) statement:items/escape register:loud.0 >x
	clean() {
		printf %s "$output" | LC_ALL=C tr -d '\n\t' | LC_ALL=C grep -q '[[:cntrl:]]' && return 1
		printf %s "$output" | LC_ALL=C grep -q "$(printf '\xe2\x80\xae')" && return 1
		return 0
	}
	runs 4 judge x
	clean
	says 'a\x1b]0;owned\x07'
	runs 4 judge x --json
	clean
	runs 0 oslo sync stick
	runs 0 oslo open "$letter" -o opened
	clean
	runs 0 oslo track "$letter"
	clean
	runs 1 oslo track "$(printf 'no\033[31m')"
	clean
	printf 'valise/dossier@v1\nletter \033[31m\n' >y
	runs 4 judge y
	clean
	runs 1 judge "$(printf 'no\033[31m')"
	clean
}

@test "a part that is called as the cover is gives nobody the letter's key" {
	echo public >cover
	echo secret >other
	letter=$(harbour seal -t Oslo cover other 2>/dev/null)
	runs 1 harbour dossier "$letter" --disclose cover -o d
	says "a part of the letter is called cover too: say part:cover for that part, or letter:cover for all, with the letter's key"
	runs 0 harbour dossier "$letter" --disclose part:cover -o d
	fails grep -q AGE-SECRET d
	runs 5 valise-verify d --file cover
	says "it is part 1 of this letter: cover"
	runs 0 harbour dossier "$letter" --disclose letter:cover -o all
	grep -q AGE-SECRET all
	runs 0 harbour dossier "$letter" --disclose subject -o one
	runs 1 harbour dossier "$letter" --disclose part:subject -o two
	says "the letter has no part subject"
}

@test "no office before the colon is not any office" {
	make_dossier
	runs 2 valise-verify d --require ":received"
	says "no office stands before the colon"
}

@test "a million items, a gigabyte said, an item without an end: refused quickly" {
	make_dossier
	{ printf 'valise/dossier@v1\nletter %s\n' "$letter"; yes 'statement 0' | head -n 1100000; echo end; } >x
	runs 4 timeout 20 valise-verify x
	{ printf 'valise/dossier@v1\nletter %s\nseal 1073741824\n' "$letter"; head -c 1000 /dev/zero; } >x
	runs 4 timeout 20 valise-verify x
	head -c 3000000 /dev/zero >x
	runs 4 timeout 20 valise-verify x
}

@test "of an addressee without a card nobody says that it could have answered" {
	paper=$VALISE_TEST_SOURCE/tests/vectors/seal/paper.note
	forge dossier "$(forge id <"$paper")" "seal:$paper" >paper.dossier
	runs 5 valise verify paper.dossier
	is "not asked" 4 "$(grep -c 'Office of the Envoy \|Petitions, room 4 ' <<<"$output")"
	is "not asked" 4 "$(grep -c 'not asked: without a card nobody can sign' <<<"$output")"
	lacks "holds nothing"
}
