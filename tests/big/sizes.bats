#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Letters of every size and shape, from seal to open.

load ../e2e/offices
load within

setup() {
	cd "$BATS_TEST_TMPDIR"
	mkdir stick
	found_two
}

# Sealed, carried and opened in little memory; what comes out is what went in.
carry() { # PATH...
	letter=$(as_within harbour seal -t Oslo "$@")
	as_within harbour sync stick "$letter"
	as_within oslo sync stick
	as_within oslo say received "$letter" --yes
	as_within oslo open "$letter" -o opened >/dev/null
	local path
	for path; do
		diff -r "$path" "opened/$(basename "$path")"
	done
	as_within oslo doctor
}

@test "an empty file, and a name of 255 bytes" {
	local name
	name=$(printf 'x%.0s' $(seq 255))
	: >empty
	echo long >"$name"
	carry empty "$name"
}

@test "1,000 parts, and not one more" {
	mkdir parts
	for i in $(seq 1000); do
		echo "$i" >"parts/$i"
	done
	carry parts/*
	echo one more >parts/1001
	[ "$(status_of as harbour seal -t Oslo parts/*)" -ne 0 ]
	as harbour seal -t Oslo parts/* 2>err || true
	grep -q "1,000\|1000" err
}

@test "a directory of 100,000 files" {
	mkdir archive
	(cd archive && seq "$(pick 100000 3000)" | xargs touch)
	carry archive
}

@test "a file of 3 GB, most of it a hole" {
	truncate -s "$(pick 3G 200M)" hole
	printf 'the end' >>hole
	carry hole
}

@test "a file of 20 GB is sealed, and let go of" {
	[ -n "${BIG_ALL-}" ] || skip "takes minutes and 20 GB; make big does it"
	[ "$(df --output=avail -B1 . | tail -n 1)" -gt 30000000000 ] || skip "there are no 30 GB here"
	truncate -s 20G hole
	letter=$(as_within harbour seal -t Oslo hole)
	as_within harbour forget "$letter" --anyway --yes
	[ "$(du -s offices/harbour | cut -f 1)" -lt 100000 ]
}

@test "an exhibit of 1 GB is taken in, reported, and checked" {
	size=$(pick 999999000 100000000)
	truncate -s "$size" exhibit
	printf 'The spokesman confirmed that the letter was received.\n' >>exhibit
	echo "the contract" >contract
	letter=$(as harbour seal -t Oslo contract)
	as_within harbour exhibit add exhibit
	as_within harbour report "$letter" --says received --speaker spokesman --verb confirmed --exhibit exhibit --quote "was received" --yes
	as_within harbour dossier "$letter" -o dossier
	within "$MIB" valise verify dossier --file exhibit --dir "$BATS_TEST_TMPDIR/offices/harbour" >accounts
	grep -q "1 place that reports name was read from it" accounts
	grep -q '"was received"' accounts
	# Whole it goes into a dossier while it fits into one text file.
	run as harbour dossier "$letter" --exhibits -o whole
	if [ "$size" -lt 700000000 ]; then
		as_within harbour dossier "$letter" --exhibits -o whole --force
		valise-verify whole >accounts || [ $? -eq 5 ]
		grep -q '"was received"' accounts
	else
		[[ $output == *"too large for one text file"* ]]
		[ "$(ls -A | grep -c valise-tmp)" -eq 0 ]
	fi
}
