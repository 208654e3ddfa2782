#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# A courier who alters, loses, doubles, renames, swaps and adds: whatever he does, what is whole comes in, and nothing else.
load forging

# What Oslo must hold in the end.
oslo_has_it() {
	is "bytes" intact "$(track oslo "$letter" .bytes)"
	runs 0 oslo open "$letter" -o opened
	cmp notice.txt opened/notice.txt
	rm -r opened
}

# The records of Harbour's bag, as files of ./records.
take_apart() {
	seal_notice
	put_out harbour stick "$letter"
	forge unbag "$bag" records "$(officer_key oslo)"
	rm -r stick
	mkdir stick
}

@test "each bit of a bag flipped: nothing comes out that was not put in, at most one record is lost" {
	take_apart
	forge bag small.bag $(printf 'taken:%s ' records/*)
	runs 0 forge flip-bag small.bag
	says "5 records"
}

@test "bytes of a bag flipped: said, exit 4, and the good bag brings the rest" {
	take_apart
	forge bag good.bag $(printf 'taken:%s ' records/*)
	size=$(stat -c %s good.bag)
	for at in 3 20 34 60 90 $((size / 3)) $((size / 2)) $((size - 600)) $((size - 40)) $((size - 1)); do
		cp good.bag "bad-$at.bag"
		byte=$(od -An -tu1 -j "$at" -N 1 good.bag)
		printf "\\$(printf %o $((byte ^ 4)))" | dd of="bad-$at.bag" bs=1 seek="$at" conv=notrunc status=none
		rm -rf stick
		lay stick "bad-$at.bag"
		cp -a oslo before
		status=0
		output=$(oslo sync stick 2>&1) || status=$?
		if test "$at" != 20; then
			is "status of a flip at $at" 4 "$status"
			says "bad-$at.bag"
		fi
		lay stick good.bag
		oslo sync stick >/dev/null 2>&1 || true
		oslo_has_it
		rm -rf oslo
		mv before oslo
	done
}

@test "a wrapped bag flipped anywhere: said, exit 4, and the good one brings the letter" {
	seal_notice
	put_out harbour stick "$letter"
	size=$(stat -c %s "$bag")
	cp "$bag" good.bag
	for at in 40 100 170 200 $((size / 2)) $((size - 1)); do
		cp -a oslo before
		cp good.bag "$bag"
		byte=$(od -An -tu1 -j "$at" -N 1 good.bag)
		printf "\\$(printf %o $((byte ^ 4)))" | dd of="$bag" bs=1 seek="$at" conv=notrunc status=none
		status=0
		output=$(oslo sync stick 2>&1) || status=$?
		# A stanza for somebody else is no damage: the bag is not for us.
		test "$status" = 4 || { test "$status" = 0 && says "wrapped for others"; } || { echo "$at: $status: $output"; false; }
		cp good.bag "$bag"
		runs 0 oslo sync stick
		oslo_has_it
		rm -rf oslo
		mv before oslo
	done
}

@test "records altered and framed anew, every bit of them: all refused, nothing kept, and none keeps the true ones out" {
	take_apart
	args=()
	for r in records/*; do
		IFS=. read -r _ kind of at <<<"${r##*/}"
		args+=("$kind:$of:$at:$r")
	done
	forge flipped-records "${args[@]}" >flipped.bag
	lay stick flipped.bag
	runs 4 oslo sync stick --json
	is "statements" 0 "$(jq .statements_in <<<"$output")"
	is "entries" 0 "$(jq .entries_in <<<"$output")"
	is "letters" 0 "$(jq '.in | length' <<<"$output")"
	is "letters held" 0 "$(oslo track --json | jq '.letters | length')"
	# With the seal, the flipped covers and bodies are held against it.
	forge bag seal.bag $(printf 'taken:%s ' records/*.note.*)
	lay stick seal.bag
	runs 4 oslo sync stick
	says "does not match its seal"
	is "bytes" not-here "$(track oslo "$letter" .bytes)"
	runs 1 oslo say received "$letter" --yes
	says "not every byte"
	forge bag good.bag $(printf 'taken:%s ' records/*)
	lay stick good.bag
	oslo sync stick >/dev/null 2>&1 || true
	oslo_has_it
}

@test "records dropped, doubled, reordered: what is missing is told, and comes with the next bag" {
	take_apart
	forge bag none.bag
	forge bag reversed.bag $(printf 'taken:%s\n' records/* | tac) $(printf 'taken:%s ' records/*)
	forge bag no-body.bag $(printf 'taken:%s\n' records/* | grep -v body)
	forge bag no-seal.bag $(printf 'taken:%s\n' records/* | grep -v note)
	lay stick none.bag
	runs 0 oslo sync stick
	lay stick no-seal.bag
	runs 0 oslo sync stick
	is "letters held" 0 "$(oslo track --json | jq '.letters | length')"
	lay stick no-body.bag
	runs 0 oslo sync stick
	# The body of the bag before has found its seal by now.
	oslo_has_it
	rm -r oslo
	cp -a "$PLACE/world/oslo" oslo
	rm -r stick
	lay stick reversed.bag
	runs 0 oslo sync stick
	oslo_has_it
	runs 0 oslo sync stick --json
	is "statements" 0 "$(jq .statements_in <<<"$output")"
}

@test "a bag cut off anywhere yields what is whole, and the rest of it later" {
	take_apart
	forge bag good.bag $(printf 'taken:%s ' records/*)
	size=$(stat -c %s good.bag)
	for at in 0 10 30 100 $((size / 4)) $((size / 2)) $((size - 86)) $((size - 85)) $((size - 1)); do
		rm -rf stick
		lay stick good.bag
		truncate -s "$at" stick/valise/aaaaaaaa/good.bag
		status=0
		output=$(oslo sync stick 2>&1) || status=$?
		test "$status" = 0 || test "$status" = 4
		says "good.bag: it is"
	done
	cp good.bag stick/valise/aaaaaaaa/
	runs 0 oslo sync stick
	oslo_has_it
}

@test "names are nothing: conflict copies, folded case, any writer, newlines and escapes" {
	seal_notice
	put_out harbour stick "$letter"
	mkdir "stick/valise/$(printf 'a\033[31m\nb')"
	cp "$bag" "stick/valise/$(printf 'a\033[31m\nb')/$(printf 'x\r\n\033]0;y\007')"
	printf junk >"stick/valise/$(printf 'a\033[31m\nb')/$(printf 'x\r\n\033]0;z\007')"
	truncate -s 700 "$bag"
	mv "$bag" "$bag.sync-conflict-20261122-091200-ABCDEFG"
	cp "$bag".sync* "$(dirname "$bag")/$(basename "$bag" | tr a-z A-Z) (1)"
	runs 4 oslo sync stick
	printf %s "$output" | LC_ALL=C tr -d '\n\t' | LC_ALL=C grep -q '[[:cntrl:]]' && false
	says '\x1b'
	oslo_has_it
	# As a directory of Oslo's own name: he who moves bags must not hide them.
	rm -r oslo
	cp -a "$PLACE/world/oslo" oslo
	oslo sync stick --look >/dev/null 2>&1 || true
	mkdir own
	oslo sync own >/dev/null 2>&1 || true
	letter=$(oslo seal -t Harbour notice.txt 2>/dev/null)
	oslo sync own "$letter" >/dev/null 2>&1
	seal_notice
	put_out harbour other "$letter"
	cp "$bag" own/valise/*/
	runs 0 oslo sync own
	oslo_has_it
}

@test "junk on the stick: files, directories, links, FIFOs, devices, and a bag that is a directory" {
	seal_notice
	put_out harbour stick "$letter"
	d=stick/valise/zzzzzzzz
	mkdir -p "$d/aaaaaaaaaaaaaaaaaaaaaaaaaa" "$d/deep/er/still"
	mkfifo "$d/fifo"
	ln -s /dev/zero "$d/zero"
	ln -s /etc/passwd "$d/passwd"
	ln -s . "$d/loop"
	ln -s "$PWD/nowhere" stick/valise/dangling
	ln -s / stick/valise/root
	mkfifo stick/valise/fifo
	printf 'junk' >"$d/junk"
	printf '' >"$d/empty"
	head -c 100000 /dev/urandom >"$d/random"
	printf 'valise/bag@v1\n' >"$d/header"
	printf 'age-encryption.org/v1\n' >"$d/age"
	printf '.' >"$d/.hidden"
	printf 'x' >stick/valise/file
	status=0
	output=$(timeout 20 "$(command -v valise)" sync stick --dir oslo 2>&1) || status=$?
	is "status" 4 "$status"
	says "zzzzzzzz/junk: it is no bag"
	says "zzzzzzzz/age"
	lacks passwd
	oslo_has_it
}

@test "valise/ on the stick is a link, or a file" {
	seal_notice
	mkdir stick elsewhere
	ln -s ../elsewhere stick/valise
	runs 1 harbour sync stick "$letter"
	test -z "$(ls elsewhere)"
	rm stick/valise
	printf x >stick/valise
	runs 1 harbour sync stick "$letter"
	is "the file" x "$(cat stick/valise)"
}

@test "a huge sparse file is left where it lies, and told of" {
	seal_notice
	put_out harbour stick "$letter"
	mkdir stick/valise/zzzzzzzz
	truncate -s 8E stick/valise/zzzzzzzz/huge 2>/dev/null || truncate -s 8T stick/valise/zzzzzzzz/huge
	truncate -s 100M stick/valise/zzzzzzzz/zeros
	status=0
	output=$(timeout 20 "$(command -v valise)" sync stick --dir oslo 2>&1) || status=$?
	test "$status" = 0 || test "$status" = 4
	says "zzzzzzzz/huge: it is larger than a bag can be"
	says "zzzzzzzz/zeros: it is no bag"
	oslo_has_it
}

@test "a bag on a pipe that says it has 2^63 bytes, or none, or is junk" {
	seal_notice
	put_out harbour stick "$letter"
	for n in 9223372036854775808 18446744073709551616 99999999999999999999999 -1 1e9 '' 00; do
		{ printf 'bag %s\n' "$n"; cat "$bag"; } >stream
		status=0
		output=$(oslo sync - --in <stream 2>&1) || status=$?
		is "status of a bag of $n bytes" 4 "$status"
	done
	is "letters held" 0 "$(oslo track --json | jq '.letters | length')"
	{ printf 'bag %s\n' "$(stat -c %s "$bag")"; cat "$bag"; } | runs 0 oslo sync - --in
	oslo_has_it
	test -z "$(find oslo/tmp -mindepth 1)"
}

@test "endless pipes end, or can be ended, and leave nothing" {
	runs 4 timeout --preserve-status -k 10 -s INT 60 bash -c 'yes | valise sync - --in --dir oslo'
	says "no bag"
	# Bags without an end: the one who waits can stop it.
	runs 130 timeout --preserve-status -k 10 -s INT 2 valise sync - --in --dir oslo < <(yes 'bag 0')
	runs 130 timeout --preserve-status -k 10 -s INT 2 valise sync - --in --dir oslo < <(sleep 20)
	test -z "$(find oslo/tmp -mindepth 1)"
}

@test "a register replayed without its last entries takes nothing back" {
	seal_notice
	cp harbour.card old.card
	harbour doctor --only-copy >/dev/null
	harbour officer add -t "Second" -r clerk --no-passphrase >/dev/null
	put_out harbour stick "$letter"
	runs 0 oslo sync stick
	head=$(office_head harbour)
	is "head" "$head" "$(valise card show Harbour --json --dir oslo | jq -r .office.head)"
	harbour officer dismiss Second --reason gone >/dev/null
	runs 0 oslo card add old.card --as Harbour --unchecked
	is "head" "$head" "$(valise card show Harbour --json --dir oslo | jq -r .office.head)"
	# The old entries in a bag of their own.
	forge unbag "$bag" records "$(officer_key oslo)"
	forge bag replay.bag $(grep -l '^seq 0$' records/*.note.* | sed 's/^/taken:/')
	lay replay replay.bag
	runs 0 oslo sync replay
	is "head" "$head" "$(valise card show Harbour --json --dir oslo | jq -r .office.head)"
}

@test "an id occupied by other signatures over the same text does not keep the good note out" {
	take_apart
	seal=$(record_with '^valise/seal@v1')
	sed '/^$/q' "$seal" | sed '$d' | forge missign "$(officer_key harbour)" >missigned
	is "its id" "$letter" "$(forge id missigned)"
	# Another's key in the signature line, none, two, and the right one twice.
	sed '/^$/q' "$seal" >unsigned
	sed '/^$/q' "$seal" | sed '$d' | forge sign evil-all >stranger
	{ cat "$seal"; tail -n 1 "$seal"; } >twice
	{ cat "$seal"; tail -n 1 stranger; } >two
	forge bag occupy.bag note:missigned note:unsigned note:stranger note:twice note:two
	lay stick occupy.bag
	runs 4 oslo sync stick
	is "letters held" 0 "$(oslo track --json | jq '.letters | length')"
	forge bag good.bag $(printf 'taken:%s ' records/*)
	lay stick good.bag
	oslo sync stick >/dev/null 2>&1 || true
	oslo_has_it
}

@test "records under the names of others keep nothing out" {
	take_apart
	seal=$(record_with '^valise/seal@v1')
	# Any note under the letter's id, and the cover under another's.
	forge bag names.bag "note:$letter:0:evil.0" "note:$(id_of_office evil):0:$seal" "cover:$letter:0:notice.txt"
	lay stick names.bag
	runs 4 oslo sync stick
	forge bag good.bag $(printf 'taken:%s ' records/*)
	lay stick good.bag
	oslo sync stick >/dev/null 2>&1 || true
	oslo_has_it
}

@test "statements of one letter do not speak of another, wherever they are put" {
	take_apart
	one=$letter
	letter=$(harbour seal -t Oslo notice.txt 2>/dev/null)
	two=$letter
	put_out harbour both "$one" "$two"
	runs 0 oslo sync both
	runs 0 oslo say received "$one" --yes
	id=$output
	put_out oslo back
	forge unbag "$bag" answers "$(officer_key harbour)"
	answer=$(grep -l '^says received' answers/*.note.*)
	# Under the other letter's id, and with the other letter in its text.
	sed "s/^letter .*/letter $two/" "$answer" >moved
	forge bag swapped.bag "note:$two:0:$answer" note:moved
	lay answered swapped.bag
	runs 4 harbour sync answered
	is "state of the one" received "$(state harbour "$one")"
	is "state of the other" nothing "$(state harbour "$two")"
}

@test "a bag full of frames that claim the same megabyte costs no more than reading it" {
	args=()
	for i in $(seq 20000); do args+=("length:1048576"); done
	forge bag claims.bag cut "${args[@]}" junk:1000000
	lay stick claims.bag
	start=$(date +%s%N)
	runs 4 oslo sync stick
	test $((($(date +%s%N) - start) / 1000000)) -lt 5000
}

@test "unknown kinds, exhibits and later versions pass by" {
	take_apart
	printf 'valise/treaty@v9\nkey value\nby x\n\nnone\n' >later
	forge bag later.bag note:later "exhibit:$(sha256sum notice.txt | cut -c1-64):0:notice.txt" $(printf 'taken:%s ' records/*)
	lay stick later.bag
	runs 0 oslo sync stick
	oslo_has_it
}

@test "a large body in pieces: swapped, altered, doubled and missing pieces are named, and it resumes" {
	head -c 3500000 /dev/zero | openssl enc -aes-128-ctr -K 00 -iv 00 -nosalt >big 2>/dev/null || head -c 3500000 /dev/urandom >big
	letter=$(harbour seal -t Oslo big 2>/dev/null)
	put_out harbour stick "$letter"
	forge unbag "$bag" records "$(officer_key oslo)"
	rm -r stick
	pieces=(records/*.piece.*)
	is "pieces" 4 "${#pieces[@]}"
	root=$(basename "${pieces[0]}" | cut -d. -f3)
	forge bag swapped.bag $(printf 'taken:%s\n' records/* | grep -v piece) \
		"piece:$root:0:${pieces[1]}" "piece:$root:1:${pieces[0]}" "piece:$root:3:${pieces[2]}" "piece:$root:9:${pieces[2]}" \
		"taken:${pieces[2]}" "taken:${pieces[2]}"
	lay stick swapped.bag
	runs 4 oslo sync stick
	says "a piece of the body"
	runs 1 oslo say received "$letter" --yes
	forge bag tally.bag "tally:$root:0:notice.txt"
	lay stick tally.bag
	oslo sync stick >/dev/null 2>&1 || true
	forge bag rest.bag $(printf 'taken:%s\n' records/* | grep -v 'piece.*\.2$')
	lay stick rest.bag
	oslo sync stick >/dev/null 2>&1 || true
	is "bytes" intact "$(track oslo "$letter" .bytes)"
	runs 0 oslo open "$letter" -o opened
	cmp big opened/big
}

# one_by_one FILE...: records as bags of their own, read in that order.
one_by_one() {
	local record n=0
	rm -rf stick
	for record; do
		forge bag "$(printf %04d "$n").bag" "taken:$record"
		n=$((n + 1))
	done
	lay stick [0-9]*.bag
	rm [0-9]*.bag
}

@test "letters whose every record comes in a bag of its own: each comes in whole, and is told of once" {
	local size letters=() one order
	for size in 10 70000 10 2500000 10; do
		head -c "$size" /dev/urandom >"of-$size"
		letters+=("$(harbour seal -t Oslo "of-$size" 2>/dev/null)")
	done
	put_out harbour stick --all
	mkdir records
	for one in $bag; do
		forge unbag "$one" "records/${one##*/}" "$(officer_key oslo)"
	done
	cp -a oslo oslo-before
	for order in sort 'sort -r'; do
		one_by_one $(find records -type f | $order)
		output=$(oslo sync stick --json)
		is "letters" "$(printf '%s\n' "${letters[@]}" | sort)" "$(jq -r '.in[] | select(.is_new and .is_whole).letter' <<<"$output" | sort)"
		is "told of, findings" "5 0" "$(jq -r '"\(.in | length) \(.findings | length)"' <<<"$output")"
		runs 0 oslo open --all -o opened
		cmp of-2500000 "$(find opened -name of-2500000)"
		rm -rf oslo opened
		cp -a oslo-before oslo
	done
}
