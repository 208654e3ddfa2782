#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Taking in and putting out: looks, damaged sticks and disks, other people's accounts, pipes.

load offices

setup() {
	cd "$BATS_TEST_TMPDIR"
	found_two
	mkdir stick
}

# Harbour seals a letter of that many bytes to Oslo; its id is in $letter.
seal_bytes() { # BYTES REF
	head -c "$1" /dev/urandom >"file-$2"
	letter=$(as harbour seal -t Oslo --ref "$2" -s "Of $1 bytes" "file-$2" 2>/dev/null)
}

bags() { # STICK: how many
	find "$1/valise" -type f | wc -l
}

@test "a look says what lies there, and takes nothing in" {
	seal_bytes 100 small
	as harbour sync stick "$letter" >/dev/null
	seal_bytes 3000000 large
	as harbour sync stick "$letter" >/dev/null
	as oslo sync stick --look >look
	[ "$(grep -c "lies there whole, not taken in yet" look)" -eq 2 ]
	refute grep -q "not whole" look
	as oslo sync stick --look --json >look.json
	[ "$(json_at 'd["out_error"] is None and all(l["is_whole"] for l in d["in"])' <look.json)" = True ]
	[ "$(as oslo track --json | json_at 'len(d["letters"])')" -eq 0 ]
	[ "$(as oslo sync stick | grep -c "whole and checked")" -eq 2 ]
	# A look puts out nothing either, and says what would go.
	as oslo say received --all --yes >/dev/null
	before=$(bags stick)
	as oslo sync stick --look | grep -q "Would put out 2 statements"
	[ "$(bags stick)" -eq "$before" ]
}

@test "a look at a part of a letter says that it is one" {
	seal_bytes 3000000 large
	as harbour sync stick "$letter" --bare >/dev/null
	bag=$(find stick/valise -type f)
	truncate -s 2500000 "$bag"
	as oslo sync stick --look >look || true
	grep -q "part of it lies there, not taken in yet" look
}

# Words for forge: a letter from Harbour to Oslo of which the seal says that its body is that one, of that size.
claim() { # DIR NONCE ROOT BYTES
	forge letter "$1" key="$key" nonce="$(printf '%064x' "$2")" from="$harbour" to="$oslo" reader=anybody body="$3 $4" \
		contents="$3 2" >/dev/null
}

office_of() { # OFFICE: its id
	as "$1" card show --json | json_at 'd["office"]["id"]'
}

@test "many seals that name one body: the sizes that are looked at are few, and twins have it all" {
	seal_bytes 3000000 large
	as harbour sync stick "$letter" --bare >/dev/null
	mkdir records other
	forge unbag "$(find stick/valise -type f)" records
	record=$(ls records/*.tally.* | head -n 1)
	root=$(basename "$record" | cut -d. -f3)
	size=$(sed -n "s/^body $root //p" records/*.note.* | head -n 1)
	key=$(grep -l '^reading ' "$PWD"/offices/harbour/keys/*)
	harbour=$(office_of harbour)
	oslo=$(office_of oslo)
	words=()
	for i in $(seq 60); do
		# Twenty of the same size, forty of sizes that the tally is wrong for.
		claim "claim$i" "$i" "$root" $((i <= 20 ? size : 1500000 + i))
		words+=("note:claim$i/seal" "cover:$(forge id <"claim$i/seal"):0:claim$i/cover")
	done
	mkdir -p other/valise/aaaaaaaa
	forge bag other/valise/aaaaaaaa/bag "${words[@]}" $(printf 'taken:%s ' records/*.tally.* records/*.piece.*)
	run as oslo sync other
	[ "$status" -eq 4 ]
	[ "$(grep -c "whole and checked" <<<"$output")" -eq 20 ]
	[ "$(grep -c "the tally that came does not match" <<<"$output")" -le 32 ] # fifteen in each of two passes
	# Letters that were not looked at are not forgotten: the bag is no bag that is done with.
	run as oslo sync other --json
	[ "$(json_at 'd["bags_skipped"]' <<<"$output")" -eq 0 ]
	as oslo doctor
}

@test "whoever the umask lets, may read a bag" {
	seal_bytes 100 small
	umask 022
	as harbour sync stick "$letter" >/dev/null
	[ "$(stat -c %a stick/valise/*/*)" = 644 ]
	[ -z "$(find offices/harbour -type f -perm /077)" ]
	umask 077
	mkdir other
	as harbour sync other "$letter" >/dev/null
	[ "$(stat -c %a other/valise/*/*)" = 600 ]
}

@test "a bag of ours that was damaged on the stick is put out again" {
	seal_bytes 300000 large
	as harbour sync stick "$letter" >/dev/null
	as harbour sync stick "$letter" >/dev/null
	[ "$(bags stick)" -eq 1 ]
	truncate -s 1000 stick/valise/*/*
	as harbour sync stick "$letter" >/dev/null || true
	[ "$(bags stick)" -eq 2 ]
	as oslo sync stick >out || true
	grep -q "whole and checked" out
}

# The file of the newest letter's body.
body_file() { # OFFICE
	find "offices/$1/bodies" -type f -printf '%T@ %p\n' | sort -n | tail -n 1 | cut -d' ' -f2
}

@test "a lost body is named, and keeps no other letter from going out" {
	seal_bytes 3000000 lost
	file=$(body_file harbour)
	seal_bytes 2000000 large
	seal_bytes 100 small
	rm -f "$file"
	run as harbour sync stick --all
	[ "$status" -eq 4 ]
	grep -q "did not go out whole" <<<"$output"
	grep -q "Put out 2 letters" <<<"$output"
	run as oslo sync stick
	[ "$status" -eq 0 ]
	[ "$(grep -c "whole and checked" <<<"$output")" -eq 2 ]
}

@test "a damaged body does not go out, and nobody is told that it was checked" {
	seal_bytes 3000000 damaged
	file=$(body_file harbour)
	cp "$file" good
	chmod u+w good "$file"
	printf 'x' | dd of="$file" bs=1 seek=2500000 conv=notrunc status=none
	run as harbour sync stick "$letter"
	[ "$status" -eq 4 ]
	grep -q "did not go out whole: its body is damaged on this disk: run .valise doctor." <<<"$output"
	refute grep -q "Put out 1 letter" <<<"$output"
	run as oslo sync stick
	[ "$status" -eq 0 ]
	grep -q "not whole yet" <<<"$output"
	# Mended, the rest of it goes.
	cat good >"$file"
	as harbour sync stick "$letter" >/dev/null
	as oslo sync stick | grep -q "whole and checked"
}

@test "a damaged small letter does not go out either" {
	seal_bytes 100 small
	/usr/bin/env python3 -c 'import sqlite3
db = sqlite3.connect("offices/harbour/valise.db")
db.execute("UPDATE small_body SET bytes = zeroblob(length(bytes))")
db.commit()'
	run as harbour sync stick "$letter"
	[ "$status" -eq 4 ]
	grep -q "did not go out whole: its body is damaged on this disk" <<<"$output"
	run as oslo sync stick
	grep -q "not whole yet" <<<"$output"
}

sync_in() { # OFFICE WORD...: a bag from standard input
	valise sync - --in --dir "offices/$1" "${@:2}"
}

@test "on a pipe, nothing, junk, and half a bag are no success" {
	seal_bytes 300000 large
	valise sync - --out "$letter" --dir offices/harbour </dev/null >bag 2>/dev/null
	run sync_in oslo </dev/null
	[ "$status" -eq 4 ]
	grep -q "nothing came on standard input" <<<"$output"
	echo "ssh: no route to host" >junk
	run sync_in oslo <junk
	[ "$status" -eq 4 ]
	grep -q "it is no bag" <<<"$output"
	for bytes in 3 12 100 1000 200000 $(($(stat -c %s bag) - 1)); do
		head -c "$bytes" bag >cut
		run sync_in oslo <cut
		[ "$status" -eq 4 ]
	done
	# A bare one, cut at a record's end too.
	valise sync - --out "$letter" --bare --dir offices/harbour </dev/null >bare 2>/dev/null
	head -c 150000 bare >cut
	run sync_in oslo --look <cut
	[ "$status" -eq 4 ]
	grep -q "it is cut off" <<<"$output"
	sync_in oslo <bag | grep -q "whole and checked"
	# What should go out goes, whatever came.
	status=0
	valise sync - --in --out --dir offices/harbour "$letter" </dev/null >again 2>said || status=$?
	[ "$status" -eq 4 ]
	grep -q "nothing came" said
	grep -q "Put out 1 letter" said
	cmp <(head -c 4 again) <(printf 'bag ')
	# A folder in which nothing lies is as it should be.
	mkdir none
	as oslo sync none
}
