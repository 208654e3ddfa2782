#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The world as it is: names of every kind in the C locale, empty files, files that change under the pen, clocks that are wrong.

load offices

exchange() { # LETTER...: from Harbour to Oslo
	mkdir -p "$BATS_TEST_TMPDIR/stick"
	as harbour sync "$BATS_TEST_TMPDIR/stick" "$@" >/dev/null
	as oslo sync "$BATS_TEST_TMPDIR/stick" >/dev/null
}

setup() {
	cd "$BATS_TEST_TMPDIR"
	found_two
}

# Every byte that a name may have, and what people call their files.
odd_names() { # DIR
	local i
	mkdir -p "$1"
	for name in ' ' '  two  ' 'a b' $'new\nline' $'tab\there' '-rf' '--help' '*' '$(reboot)' 'back\slash' '"quoted"' "it's" \
		'%41' '#' $'\xff\xfe not UTF-8' $'\xed\xa0\x80 surrogate' $'e\u0301 combining' $'\u00e9 composed' \
		$'\u202etxt.exe right to left' $'\u05e9\u05dc\u05d5\u05dd' $'\u200bzero width' $'bell\a' $'escape\e[31m' \
		.hidden ... "$(printf 'x%.0s' $(seq 255))"; do
		printf '%s' "in $name" >"$1/$name"
	done
	for i in $(seq 1 255); do
		[ "$i" -eq 47 ] || printf x >"$1/byte $(printf "\\x$(printf %x "$i")") $i"
	done
}

@test "names with spaces, newlines, every byte, in the C locale: each comes back as it was" {
	export LC_ALL=C LANG=C
	unset LC_CTYPE LANGUAGE
	odd_names odd
	odd_names "odd/dir $(printf '\xff')/below"
	letter=$(as harbour seal -t Oslo odd)
	exchange "$letter"
	as oslo open "$letter" -o opened >shown
	diff -r odd opened/odd
	# What is shown could not have moved a cursor or turned the line around.
	refute grep -q '[[:cntrl:]]' <(tr -d '\n' <shown)
	refute grep -q "$(printf '\xe2\x80\xae')" shown
	as oslo open "$letter" --dry-run --json | is_json
}

@test "each odd name as a part of its own" {
	export LC_ALL=C LANG=C
	odd_names odd
	letter=$(as harbour seal -t Oslo -s Odd odd/* odd/.hidden odd/...)
	exchange "$letter"
	as oslo open "$letter" -o opened >shown
	diff -r odd opened
	refute grep -q '[[:cntrl:]]' <(tr -d '\n' <shown)
	as oslo dossier "$letter" --disclose "$(printf 'new\nline')" -o dossier
	valise-verify dossier >verdict || [ $? -eq 5 ]
	grep -q "$(printf 'in new\nline' | sha256sum | cut -c1-64)" verdict
	refute grep -q '[[:cntrl:]]' <(tr -d '\n' <verdict)
}

@test "the same letter in another locale" {
	odd_names odd
	letter=$(LC_ALL=C as harbour seal -t Oslo odd)
	exchange "$letter"
	LC_ALL=C.UTF-8 as oslo open "$letter" -o opened
	diff -r odd opened/odd
}

@test "an empty file, an empty directory, an empty standard input" {
	mkdir empty
	: >nothing
	letter=$(as harbour seal -t Oslo nothing empty)
	piped=$(: | valise seal -t Oslo - --dir offices/harbour)
	exchange "$letter" "$piped"
	as oslo open "$letter" -o opened
	[ -f opened/nothing ] && [ ! -s opened/nothing ]
	[ -d opened/empty ] && [ -z "$(ls -A opened/empty)" ]
	as oslo open "$piped" -o piped
	[ -f piped/stdin ] && [ ! -s piped/stdin ]
	as oslo doctor
}

@test "a standard input of any length: within memory, past it, in whole chunks and not" {
	head -c 5000000 /dev/urandom >data
	letters=()
	sizes=(65536 65537 1048575 1048576 1048577 1114112 1114113 5000000)
	for size in "${sizes[@]}"; do
		letters+=("$(head -c "$size" data | valise seal -t Oslo - --dir offices/harbour)")
	done
	exchange "${letters[@]}"
	for i in "${!sizes[@]}"; do
		as oslo open "${letters[i]}" -o "opened-${sizes[i]}"
		head -c "${sizes[i]}" data | cmp - "opened-${sizes[i]}/stdin"
	done
	[ -z "$(ls -A offices/harbour/tmp)" ]
	as oslo doctor
}

# Seals a file and what a pipe gives; the pipe gives nothing before the file has changed.
seal_while() { # CHANGE
	mkfifo pipe
	valise seal -t Oslo changing - --dir offices/harbour <pipe >sealed 2>told &
	local sealing=$! status=0
	exec 9>pipe
	# It has looked at the file before it waits for the pipe, or looks after: either way it may not mix the two.
	sleep 0.3
	eval "$1"
	echo "the rest" >&9
	exec 9>&-
	wait $sealing || status=$?
	rm pipe
	return $status
}

# Either it was refused, and said so, or what was sealed is one state of the file, whole.
whole_or_refused() { # STATUS BEFORE
	if [ "$1" -eq 0 ]; then
		letter=$(cat sealed)
		exchange "$letter"
		as oslo open "$letter" -o opened
		cmp opened/changing "$2" || cmp opened/changing changing
	else
		[ "$1" -eq 1 ]
		grep -q changing told
		[ ! -s sealed ]
		[ "$(as harbour track --json | json_at 'len(d["letters"])')" -eq 0 ]
		[ -z "$(find offices/harbour/tmp offices/harbour/bodies -type f)" ]
	fi
	as harbour doctor
}

@test "a file that grows while it is sealed" {
	head -c 2000000 /dev/urandom >changing
	cp changing before
	status=0
	seal_while "cat before >>changing" || status=$?
	whole_or_refused $status before
}

@test "a file that shrinks while it is sealed" {
	head -c 2000000 /dev/urandom >changing
	cp changing before
	status=0
	seal_while "truncate -s 1000 changing" || status=$?
	whole_or_refused $status before
}

@test "a file that goes away while it is sealed" {
	head -c 2000000 /dev/urandom >changing
	cp changing before
	status=0
	seal_while "rm changing" || status=$?
	whole_or_refused $status before
}

@test "a file that never ends" {
	run timeout 60 valise seal -t Oslo /dev/zero --dir offices/harbour
	[ "$status" -eq 1 ] || [ "$status" -eq 2 ]
	[[ "$output" == */dev/zero* ]]
	mkfifo pipe
	run timeout 60 valise seal -t Oslo pipe --dir offices/harbour
	[ "$status" -eq 1 ] || [ "$status" -eq 2 ]
	[[ "$output" == *pipe* ]]
}

@test "what cannot be read is named, and nothing is sealed" {
	echo here >here
	run as harbour seal -t Oslo here not-there
	[ "$status" -eq 1 ]
	[[ "$output" == *not-there* ]]
	ln -s /nowhere dangling
	run as harbour seal -t Oslo here dangling
	[ "$status" -lt 126 ]
	if [ "$(id -u)" -ne 0 ]; then
		chmod 0 here
		run as harbour seal -t Oslo here
		[ "$status" -eq 1 ]
		[[ "$output" == *here* ]]
	fi
	[ "$(as harbour track --json | json_at 'len(d["letters"])')" -le 1 ]
}

@test "standard output that is closed or full is a failure that is told" {
	echo small >small
	run bash -c 'valise track --json --dir offices/harbour >/dev/full'
	[ "$status" -eq 1 ]
	[ -n "$output" ]
	run bash -c 'valise card export --dir offices/harbour >/dev/full'
	[ "$status" -eq 1 ]
	[ -n "$output" ]
	# Whoever reads no further is no reason to die without a word.
	run bash -c 'valise track --json --dir offices/harbour | true; exit "${PIPESTATUS[0]}"'
	[ "$status" -lt 126 ]
	run bash -c 'valise seal -t Oslo small --dir offices/harbour >&-'
	[ "$status" -lt 126 ]
}

@test "a spool of a directory that is not one, or is somebody else's" {
	echo file >file
	run valise track --dir file
	[ "$status" -eq 10 ]
	[ -n "$output" ]
	mkdir other
	echo "no database" >other/valise.db
	run valise track --dir other
	[ "$status" -eq 4 ] || [ "$status" -eq 10 ]
	[ -n "$output" ]
	[ "$(cat other/valise.db)" = "no database" ]
	run valise init Other --title Desk --no-passphrase --no-recovery --dir other
	[ "$status" -ne 0 ]
	[ "$(cat other/valise.db)" = "no database" ]
}

@test "few file descriptors, little memory, small files" {
	mkdir many
	for i in $(seq 1 300); do echo "$i" >many/$i; done
	letter=$(ulimit -n 24 && as harbour seal -t Oslo many)
	exchange "$letter"
	(ulimit -n 24 && as oslo open "$letter" -o opened)
	diff -r many opened/many
	head -c 3000000 /dev/urandom >big
	run bash -c 'ulimit -f 1000; trap "" XFSZ; valise seal -t Oslo big --dir offices/harbour'
	[ "$status" -eq 1 ]
	[ -n "$output" ]
	[ "$(as harbour track --json | json_at 'len(d["letters"])')" -eq 1 ]
	[ -z "$(find offices/harbour/tmp -type f)" ]
	as harbour doctor
}
