#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What damage, kills and races may not do: cost the last copy of something, or make an office say what is not so.

load offices
load sticks
load damage

setup() {
	cd "$BATS_TEST_TMPDIR"
	found_two
	mkdir exchange
	head -c 200000 /dev/urandom >big
}

# One letter of 200,000 bytes from harbour to oslo, by the directory exchange.
deliver() {
	letter=$(as harbour seal -t Oslo big)
	as harbour sync exchange "$letter" >/dev/null
	as oslo sync exchange >/dev/null
}

body_of() { # OFFICE: the file of its only body
	find "offices/$1/bodies" -mindepth 2 | grep .
}

# Other bytes, as many.
damage() { # FILE
	chmod u+w "$1"
	dd if=/dev/zero of="$1" bs=1000 seek=100 count=1 conv=notrunc status=none
}

# One bit of one byte; from the end, below zero.
flip() { # FILE OFFSET
	python3 -c 'import sys
with open(sys.argv[1], "r+b") as file:
	file.seek(int(sys.argv[2]), 0 if int(sys.argv[2]) >= 0 else 2)
	byte = file.read(1)[0]
	file.seek(-1, 1)
	file.write(bytes([byte ^ 1]))' "$1" "$2"
}

# The file of the key whose name stands in that line of the newest register entry.
key_file() { # OFFICE WORD
	local word
	word=$(as "$1" card export | grep -a "^$2 " | grep -o 'valise/[0-9a-f]\{32\}' | head -1)
	echo "offices/$1/keys/${word#valise/}"
}

@test "a damaged key or register is named, and nothing is said of the letter" {
	VALISE_PASSPHRASE_COMMAND='echo secret' as bergen init Bergen --title Registry --no-recovery
	introduce harbour bergen Bergen
	letter=$(as harbour seal -t Oslo -t Bergen big)
	as harbour sync exchange "$letter"
	as oslo sync exchange
	export VALISE_PASSPHRASE_COMMAND='echo secret'
	as bergen sync exchange
	for office in oslo bergen; do
		key=$(key_file $office appoint)
		cp "$key" whole
		places=(0 16 20 30 130 180 200 -2)
		[ $office = oslo ] || places=(0 21 30 -1 -100)
		for place in "${places[@]}"; do
			flip "$key" "$place"
			run as $office open "$letter" -o opened
			echo "$office, byte $place: $output"
			[ "$status" -eq 4 ]
			[[ $output == *"the key of Registry is damaged"*"keys/${key##*/}"*"backup"* ]]
			[[ $output != *"defect"* ]]
			[ ! -e opened ]
			run as $office say received "$letter" --yes
			[ "$status" -eq 4 ]
			[[ $output == *"the key of Registry is damaged"* ]]
			cp whole "$key"
		done
		as $office open "$letter" -o "opened-$office"
	done
	sql oslo 'UPDATE item SET bytes = zeroblob(length(bytes)) WHERE kind = 1'
	run as oslo open "$letter" -o opened
	echo "$output"
	[ "$status" -eq 4 ]
	[[ $output == *"doctor"* ]]
	[[ $output != *"defect"* ]]
}

@test "doctor looks at the keys, and asks for no passphrase" {
	VALISE_PASSPHRASE_COMMAND='echo secret' as bergen init Bergen --title Registry --no-recovery
	export VALISE_PASSPHRASE_COMMAND='echo asked >&2; echo secret'
	# Office, line of the register, whose, bytes of the file.
	while read office line whose places; do
		key=$(key_file $office $line)
		[ "$(as $office doctor)" = "Everything is in order." ]
		[ "$places" != all ] || places=$(seq 0 11 $(($(wc -c <"$key") - 1)))
		cp "$key" whole
		for place in $places; do
			flip "$key" "$place"
			run as $office doctor --mend
			echo "$office, $line, byte $place: $output"
			[ "$status" -eq 4 ]
			[[ $output == *"the key of $whose is damaged; restore its file, keys/${key##*/}, from a backup"* ]]
			[[ $output != *asked* ]]
			cp whole "$key"
		done
		truncate -s -1 "$key"
		[ "$(status_of as $office doctor)" -eq 4 ]
		rm "$key"
		run as $office doctor
		[ "$status" -eq 0 ]
		[[ $output == *"the key of $whose is not in this spool"*"keys/${key##*/}"* ]]
		cp whole "$key"
	done <<-'END'
		harbour keepers the\ keeper all
		harbour appoint Registry all
		bergen keepers the\ keeper 0 21 25 30
		bergen appoint Registry 0 21 25 30
	END
	# A whole file whose reading key is another's.
	reading=$(grep ^reading "$(key_file oslo appoint)")
	sed -i "s/^reading.*/$reading/" "$(key_file harbour appoint)"
	run as harbour doctor
	[ "$status" -eq 4 ]
	[[ $output == *"the key of Registry is damaged"* ]]
}

@test "doctor removes no body that it could not read" {
	deliver
	body=$(body_of oslo)
	mv "$body" aside
	ln -s "$PWD/aside" "$body"
	run as oslo doctor --mend
	echo "$output"
	[ "$status" -eq 4 ]
	[[ $output == *"its body could not be checked"* ]]
	[ -L "$body" ]
	rm "$body"
	mv aside "$body"
	as oslo doctor
	as oslo open "$letter" -o opened
	cmp big opened/big
}

@test "doctor --mend removes a damaged body from elsewhere, and sync brings it again" {
	deliver
	body=$(body_of oslo)
	damage "$body"
	run as oslo doctor
	[ "$status" -eq 4 ]
	[[ $output == *"doctor --mend"* ]]
	[ -e "$body" ]
	[ "$(status_of as oslo doctor --mend)" -eq 4 ]
	[ ! -e "$body" ]
	as oslo sync exchange
	as oslo doctor
	as oslo open "$letter" -o opened
	cmp big opened/big
}

@test "doctor --mend removes nothing of a letter that was sealed here" {
	deliver
	body=$(body_of harbour)
	cp "$body" whole
	damage "$body"
	cp "$body" damaged
	run as harbour doctor --mend
	echo "$output"
	[ "$status" -eq 4 ]
	[[ $output == *"restore a backup, or ask a recipient"* ]]
	cmp damaged "$body"
	cp whole "$body"
	chmod 400 "$body"
	as harbour doctor
}

@test "doctor --mend removes a damaged cover from elsewhere, and sync brings it again" {
	deliver
	for damaged in 'zeroblob(length(bytes))' "x'00'" 'zeroblob(20000000)'; do
		sql oslo "UPDATE item SET bytes = $damaged WHERE kind = 5"
		[ "$(status_of as oslo doctor)" -eq 4 ]
		run as oslo doctor --mend
		echo "$output"
		[ "$status" -eq 4 ]
		[[ $output == *"its cover was damaged on this disk and is removed now"* ]]
		as oslo sync exchange
		as oslo doctor
	done
	as oslo open "$letter" -o opened
	cmp big opened/big
}

@test "doctor --mend keeps even the damaged cover of a letter that was sealed here" {
	deliver
	sql harbour 'UPDATE item SET bytes = zeroblob(length(bytes)) WHERE kind = 5'
	run as harbour doctor --mend
	[ "$status" -eq 4 ]
	[[ $output == *"restore a backup, or ask a recipient"* ]]
	[ "$(sql harbour 'SELECT count(*) FROM item WHERE kind = 5 AND length(bytes) > 0')" -eq 1 ]
}

@test "a letter whose seal is damaged keeps no other from going" {
	echo notice >notice
	first=$(as harbour seal -t Oslo notice)
	arrived=$(as harbour seal -t Oslo notice)
	mkdir stick away
	as harbour sync stick --all # both in one bag
	cp -r offices/oslo offices/reader
	as reader sync stick
	as reader say received "$arrived" --yes
	as reader sync away
	rm -r stick/valise
	as harbour sync stick --all
	sql harbour "UPDATE item SET bytes = substr(bytes, 1, 100) WHERE id = x'$first'"
	run as harbour sync away
	echo "$output"
	[ "$status" -eq 4 ]
	[[ $output == *"nothing of "*" went out: "*"valise doctor"* ]]
	second=$(as harbour seal -t Oslo notice)
	as harbour sync stick --all
	as oslo sync stick
	as oslo track "$second"
}

@test "an officer's key is gone again when its appointment lost a race" {
	keys=$(ls offices/harbour/keys)
	run env VALISE_PASSPHRASE_COMMAND='valise officer add -t First -r clerk --no-passphrase >&2; echo secret' \
		VALISE_DIR="$PWD/offices/harbour" valise officer add -t Second -r clerk </dev/null
	echo "$output"
	[ "$status" -ne 0 ]
	[[ $output == *"try again"* ]]
	as harbour officer list | grep -q First
	refute grep -q Second <(as harbour officer list)
	[ "$(ls offices/harbour/keys | wc -l)" -eq $(($(wc -l <<<"$keys") + 1)) ]
	as harbour doctor
}

@test "an office's own directory is never sealed" {
	mkdir -p a/papers
	cp big a/papers
	mv offices/harbour a/spool
	# It is told before anything is read.
	truncate -s 500G a/0
	for words in a a/spool a/spool/keys .; do
		run timeout 60 valise seal -t Oslo --dir a/spool $words </dev/null
		echo "$output"
		[ "$status" -eq 2 ]
		[[ $output == *"your office's own directory"* ]]
	done
	(cd a/spool && run valise seal -t Oslo --dir . . && [ "$status" -eq 2 ])
	[ "$(valise track --json --dir a/spool | json_at 'len(d["letters"])')" -eq 0 ]
	valise seal -t Oslo --dir a/spool a/papers </dev/null
}

@test "who names the whole disk is told at once" {
	{
		printf 'to\tfile\n'
		printf 'Oslo\t/\n%.0s' $(seq 50)
	} >list.tsv
	run timeout 60 valise seal --from-list list.tsv --dry-run --dir offices/harbour
	[ "$status" -eq 2 ]
	[ "$(grep -c "/: has no name to give to a part; name what is in it" <<<"$output")" -eq 50 ]
	run timeout 60 valise seal -t Oslo / --dry-run --dir offices/harbour
	[ "$status" -eq 2 ]
}

@test "nobody says received or carrying of bytes that are gone" {
	deliver
	body=$(body_of oslo)
	cp "$body" whole
	for harm in damage rm; do
		"$harm" "$body"
		for says in received opened; do
			run as oslo say "$says" "$letter" --yes
			echo "$output"
			[ "$status" -ne 0 ]
			[ -n "$output" ]
		done
		rm -f "$body"
		cp whole "$body"
		chmod 400 "$body"
	done
	cover=$(sql oslo 'SELECT hex(bytes) FROM item WHERE kind = 5')
	sql oslo 'UPDATE item SET bytes = zeroblob(length(bytes)) WHERE kind = 5'
	run as oslo say received "$letter" --yes
	[ "$status" -eq 4 ]
	[[ $output == *"the cover of "*" was damaged"* ]]
	sql oslo "UPDATE item SET bytes = x'$cover' WHERE kind = 5"
	[ "$(as oslo track "$letter" --json | json_at 'len(d["accounts"]["said"])')" -eq 0 ]
	as oslo say received "$letter" --yes
}

# What happens while a person finds the passphrase.
say_while() { # OFFICE COMMAND LETTER
	VALISE_PASSPHRASE_COMMAND="VALISE_PASSPHRASE_COMMAND='echo secret'; ($2) >&2; echo secret" \
		valise say received "$3" --yes --dir "offices/$1" </dev/null
}

@test "a statement looks again before it is signed: the register, the officer, the bytes" {
	VALISE_PASSPHRASE_COMMAND='echo secret' as bergen init Bergen --title Registry --no-recovery
	introduce harbour bergen Bergen
	letter=$(as harbour seal -t Bergen big)
	as harbour sync exchange "$letter" >/dev/null
	VALISE_PASSPHRASE_COMMAND='echo secret' as bergen sync exchange
	body=$(body_of bergen)
	run say_while bergen "mv $body aside" "$letter"
	echo "$output"
	[ "$status" -ne 0 ]
	mv aside "$body"
	export VALISE_PASSPHRASE_COMMAND='echo secret'
	run say_while bergen 'valise officer add -t Desk -r clerk --no-passphrase --dir offices/bergen' "$letter"
	echo "$output"
	[ "$status" -ne 0 ]
	[[ $output == *"try again"* ]]
	run say_while bergen 'valise officer dismiss Registry --reason left --dir offices/bergen' "$letter"
	echo "$output"
	[ "$status" -ne 0 ]
	[[ $output == *"try again"* ]]
	[ "$(as bergen track "$letter" --json | json_at 'len(d["accounts"]["said"])')" -eq 0 ]
	as bergen say received "$letter" --yes
}

# The private directory of an open that was killed below media/stick.
killed_open() {
	command -v strace >/dev/null || cannot "no strace"
	deliver
	mkdir -p media/stick
	strace -qq -o /dev/null -e inject=renameat2:signal=KILL valise open "$letter" -o media/stick/opened \
		--dir offices/oslo </dev/null || true
	find media/stick -name big | grep .
}

@test "plaintext on a stick is not forgotten while the stick is away" {
	killed_open
	mv media/stick away
	for there in nothing another; do
		[ "$there" = nothing ] || mkdir media/stick
		# Each of these looks for what killed ones left.
		as oslo open "$letter" -o "opened-$there"
		run as oslo doctor --mend
		echo "$output"
		[ "$status" -eq 0 ]
		[[ $output == *"$PWD/media/stick/.valise-open-"*"not here now"* ]]
	done
	rmdir media/stick
	mv away media/stick
	run as oslo doctor --mend
	[ "$status" -eq 0 ]
	[[ $output == *"removed what an interrupted open had left"* ]]
	[ -z "$(ls -A media/stick)" ]
	[ "$(as oslo doctor)" = "Everything is in order." ]
}

@test "plaintext that somebody else removed is forgotten" {
	killed_open
	rm -r media/stick/.valise-open-*
	as oslo doctor --mend
	rm -r media
	[ "$(as oslo doctor)" = "Everything is in order." ]
}

@test "nobody's words end before he has ended them: quotation marks within them are escaped" {
	found liar 'Oslo" (own name), your friend'
	introduce liar oslo Oslo
	introduce oslo liar Liar
	as oslo card list | grep -qF '(calls itself "Oslo\" (own name), your friend")'
	letter=$(as liar seal -t Oslo big)
	as liar sync exchange "$letter" >/dev/null
	as oslo sync exchange >/dev/null
	as oslo say received "$letter" --medium 'by hand", and read' --yes >/dev/null
	as oslo track "$letter" | grep -qF '"by hand\", and read"'
	# Of an office that one has no name for, by the cards of others: its own name is marked, to the end.
	as liar sync exchange "$(as liar seal -t Oslo big)" --bare >/dev/null
	as harbour sync exchange --all >/dev/null
	id=$(as liar card show --json | json_at 'd["office"]["id"]')
	as harbour card show "$id" | grep -qxF '"Oslo\" (own name), your friend" (own name)'
}

@test "a letter has so many files and no more, and is told what to do with more" {
	[ -z "${VALISE_TEST_SHORT:-}" ] || skip "half a million files"
	[ -w /dev/shm ] || skip "no memory to make them in"
	many=$(mktemp -d /dev/shm/valise-many-XXXXXX)
	/usr/bin/env python3 -c '
import os, sys
for half in "ab":
    os.mkdir(f"{sys.argv[1]}/{half}")
    for i in range(249999):
        os.close(os.open(f"{sys.argv[1]}/{half}/{i}", os.O_CREAT))' "$many"
	# The directory, its two, and what they hold: one more than may be.
	run as harbour seal -t Oslo "$many"
	rm -rf "$many"
	[ "$status" -eq 1 ]
	grep -q "at most 500000 files, directories and links; pack them" <<<"$output"
	[ -z "$(find offices/harbour/tmp -type f)" ]
}
