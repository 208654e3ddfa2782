#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Register entries as they come on sticks: in any order, over several bags, signed by whom they may not, of offices nobody asked about.

load forging

# Evil's register goes on: name by name, each entry signed by its keeper, as evil.1 and so on.
extend() { # UNTIL
	local i
	evil=$(id_of_office evil)
	for ((i = 1; i <= $1; i++)); do
		follows "$evil" "$i" "evil.$((i - 1))" "2026-11-21T00:0$i:00Z" evil-keeper "name Evil $i" >"evil.$i"
	done
}

entries_of_evil() { valise card show Evil --json --dir oslo | jq -r .office.entries; }
head_of_evil() { valise card show Evil --json --dir oslo | jq -r .office.head; }

@test "entries in any order, doubled, over several bags: all are kept, once, and the newest is the head" {
	extend 6
	forge bag backwards.bag note:evil.3 note:evil.2 note:evil.1 note:evil.2
	lay stick backwards.bag
	runs 0 oslo sync stick --look --json
	is "lie there" 3 "$(jq .entries_in <<<"$output")"
	is "kept by a look" 1 "$(entries_of_evil)"
	runs 0 oslo sync stick --json
	is "came" 3 "$(jq .entries_in <<<"$output")"
	is "entries" 4 "$(entries_of_evil)"
	is "head" "$(forge id evil.3)" "$(head_of_evil)"
	# What comes before its predecessors, in a bag that is read first, waits for them; and it is done with when it has them.
	forge bag later.bag note:evil.6
	forge bag sooner.bag note:evil.5 note:evil.4
	mkdir -p order/valise/aaaaaaaa order/valise/bbbbbbbb
	cp later.bag order/valise/aaaaaaaa/a
	cp sooner.bag order/valise/bbbbbbbb/b
	runs 0 oslo sync order --json
	is "came" 3 "$(jq .entries_in <<<"$output")"
	is "head" "$(forge id evil.6)" "$(head_of_evil)"
	runs 0 oslo sync order --json
	is "nothing twice" 0 "$(jq .entries_in <<<"$output")"
	is "done with" 2 "$(jq .bags_skipped <<<"$output")"
	# Alone it waits for ever, and stops nothing.
	rm -r oslo
	cp -a "$PLACE/world/oslo" oslo
	lay alone later.bag
	runs 0 oslo sync alone --json
	is "came" 0 "$(jq .entries_in <<<"$output")"
	runs 0 oslo sync order
	is "entries" 1 "$(entries_of_evil)"
	runs 0 oslo sync stick
	is "head" "$(forge id evil.3)" "$(head_of_evil)"
	runs 0 oslo sync order
	is "head" "$(forge id evil.6)" "$(head_of_evil)"
}

@test "entries that their keepers did not sign are not kept, and keep none out that follow the true ones" {
	extend 2
	evil=$(id_of_office evil)
	# By an officer, by a stranger, on top of that, and in another's register.
	follows "$evil" 1 evil.0 2026-11-21T00:00:00Z evil-all "name By an officer" >officer.1
	follows "$evil" 1 evil.0 2026-11-21T00:00:00Z stranger "name By a stranger" >stranger.1
	follows "$evil" 2 stranger.1 2026-11-21T00:01:00Z evil-keeper "name On sand" >sand.2
	harbour_id=$(office_id harbour)
	follows "$harbour_id" 1 evil.0 2026-11-21T00:00:00Z evil-keeper "name Not Harbour" >harbour.1
	forge bag bad.bag note:officer.1 note:stranger.1 note:sand.2 note:harbour.1 note:evil.2 note:evil.1
	lay stick bad.bag
	runs 0 oslo sync stick --json
	is "came" 2 "$(jq .entries_in <<<"$output")"
	is "head" "$(forge id evil.2)" "$(head_of_evil)"
	is "own name" "Evil 2" "$(valise card show Evil --json --dir oslo | jq -r .office.name)"
	is "Harbour's head" "$(office_head harbour)" "$(valise card show Harbour --json --dir oslo | jq -r .office.head)"
	runs 0 oslo doctor
}

@test "a fork is kept with both its entries, whichever came first, and shown" {
	evil=$(id_of_office evil)
	follows "$evil" 1 evil.0 2026-11-21T00:00:00Z evil-keeper "name Evil A" >evil.a
	follows "$evil" 1 evil.0 2026-11-21T00:00:00Z evil-keeper "name Evil B" >evil.b
	forge bag a.bag note:evil.a
	forge bag b.bag note:evil.b
	lay stick a.bag
	runs 0 oslo sync stick
	is "forked" false "$(valise card show Evil --json --dir oslo | jq -r .office.forked)"
	lay stick b.bag
	runs 0 oslo sync stick
	is "entries" 3 "$(entries_of_evil)"
	is "forked" true "$(valise card show Evil --json --dir oslo | jq -r .office.forked)"
}

@test "the register of an office that nobody asked about is left; with a letter that names it, it is taken" {
	found other Other "$(appoint other-all principal,clerk,reader,courier - Front)"
	other=$(id_of_office other)
	follows "$other" 1 other.0 2026-11-21T00:00:00Z other-keeper "name Other 1" >other.1
	forge bag other.bag note:other.1 note:other.0
	lay stick other.bag
	runs 0 oslo sync stick --json
	is "came" 0 "$(jq .entries_in <<<"$output")"
	runs 1 oslo card show "$other"
	letter=$(forge letter unasked key=other-all from="$other" to="$(office_id oslo)" reader="$(officer_key oslo)" \
		plain=notice.txt part=file:0:1:x)
	forge bag with.bag note:other.1 letter:unasked note:other.0
	lay stick with.bag
	runs 0 oslo sync stick --json
	is "came" 2 "$(jq .entries_in <<<"$output")"
	is "head" "$(forge id other.1)" "$(valise card show "$other" --json --dir oslo | jq -r .office.head)"
	is "the letter" intact "$(track oslo "$letter" .bytes)"
}
