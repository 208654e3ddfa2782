#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Passphrases from a descriptor, a command and a terminal; and what a person at a terminal is asked.

load offices

terminal() {
	/usr/bin/env python3 "$BATS_TEST_DIRNAME/terminal.py" "$@"
}

@test "a passphrase comes from a descriptor, and the right one is needed" {
	export VALISE_DIR=$BATS_TEST_TMPDIR/h
	valise init Harbour --title Registry --no-recovery --passphrase-fd 3 3< <(echo "correct horse") </dev/null
	head -c 21 "$VALISE_DIR"/keys/* | grep -q age-encryption.org/v1
	cd "$BATS_TEST_TMPDIR"
	echo text >f
	run valise seal -t self f </dev/null
	[ "$status" -eq 11 ]
	run bash -c 'valise seal -t self f --passphrase-fd 3 3< <(echo wrong) </dev/null'
	[ "$status" -eq 11 ]
	[[ $output == *"wrong passphrase"* ]]
	run bash -c 'valise seal -t self f --json --passphrase-fd 3 3< <(echo wrong) </dev/null'
	[ "$status" -eq 11 ]
	[ "$(json_at 'd["error"]["code"]' <<<"$output")" = locked ]
	run valise seal -t self f --passphrase-fd 3 3< <(echo "correct horse") </dev/null
	[ "$status" -eq 0 ]
	[ ${#output} -eq 64 ]
	# The first line only; no newline is needed; standard input serves as well.
	run bash -c 'printf "correct horse\nmore" | valise seal -t self f --passphrase-fd 0'
	[ "$status" -eq 0 ]
	run bash -c 'printf "correct horse" | valise seal -t self f --passphrase-fd 0'
	[ "$status" -eq 0 ]
	run bash -c ': | valise seal -t self f --passphrase-fd 0'
	[ "$status" -eq 11 ]
}

@test "a passphrase that is wrong or missing says nothing of the letter" {
	export VALISE_DIR=$BATS_TEST_TMPDIR/h
	valise init Harbour --title Registry --no-recovery --passphrase-fd 3 3< <(echo right) </dev/null
	cd "$BATS_TEST_TMPDIR"
	echo text >f
	letter=$(valise seal -t self f --passphrase-fd 3 3< <(echo right) </dev/null)
	for words in "open $letter -o out" "open $letter --dry-run" "say opened $letter --yes" \
		"dossier $letter --disclose f -o d" "seal -t self f"; do
		run valise $words --passphrase-fd 3 3< <(echo wrong) </dev/null
		echo "$words: $output"
		[ "$status" -eq 11 ]
		[[ $output == *"wrong passphrase for the key of Registry"* ]]
		[[ $output != *"key-not-held"* ]]
		run valise $words </dev/null
		echo "$words: $output"
		[ "$status" -eq 11 ]
		[[ $output == *"the key of Registry is locked and no passphrase was given"* ]]
		[[ $output != *"key-not-held"* ]]
	done
	[ ! -e out ] && [ ! -e d ]
	valise open "$letter" -o out --passphrase-fd 3 3< <(echo right) </dev/null
	cmp f out/f
}

@test "what needs no key asks for none" {
	export VALISE_DIR=$BATS_TEST_TMPDIR/h
	valise init Harbour --title Registry --no-recovery --passphrase-fd 3 3< <(echo x) </dev/null
	cd "$BATS_TEST_TMPDIR"
	echo text >f
	for words in "card show" "card export" "officer list" "track" "doctor" "seal -t self f --dry-run"; do
		[ "$(status_of valise $words)" -eq 0 ]
	done
}

@test "each key may have a passphrase of its own: a line for each" {
	export VALISE_DIR=$BATS_TEST_TMPDIR/h
	valise init Harbour --title Registry --no-recovery --passphrase-fd 3 3< <(echo one) </dev/null
	valise officer add --title Desk --roles clerk --passphrase-fd 3 3< <(printf 'one\ntwo\n') </dev/null
	valise officer list | grep -q "Desk: clerk; key here"
}

@test "a passphrase comes from a command, which is told whose" {
	export VALISE_DIR=$BATS_TEST_TMPDIR/h
	export VALISE_PASSPHRASE_COMMAND='echo "$VALISE_PASSPHRASE_TITLE" >>"$HOME/asked"; echo from the command; echo more'
	valise init Harbour --title Registry --no-recovery </dev/null
	cd "$BATS_TEST_TMPDIR"
	echo text >f
	run valise seal -t self f
	[ "$status" -eq 0 ]
	[ "$(sort -u "$HOME/asked")" = Registry ]
	VALISE_PASSPHRASE_COMMAND='echo wrong' run valise seal -t self f
	[ "$status" -eq 11 ]
	VALISE_PASSPHRASE_COMMAND='exit 1' run valise seal -t self f
	[ "$status" -eq 11 ]
	VALISE_PASSPHRASE_COMMAND='echo from the command; exit 1' run valise seal -t self f
	[ "$status" -eq 11 ]
	VALISE_PASSPHRASE_COMMAND=/no/such/thing run valise seal -t self f
	[ "$status" -eq 11 ]
	# The descriptor goes first.
	VALISE_PASSPHRASE_COMMAND='echo wrong' run valise seal -t self f --passphrase-fd 3 3< <(echo "from the command")
	[ "$status" -eq 0 ]
}

@test "a passphrase is never taken from an argument, nor left in the process's arguments or environment" {
	run valise help init
	[[ $output != *"--passphrase "* ]]
	run valise init x --passphrase secret
	[ "$status" -eq 2 ]
}

@test "init at a terminal asks for what is missing, shows no passphrase, and says what is next" {
	export VALISE_DIR=$BATS_TEST_TMPDIR/h
	run terminal "Your title?" Registry "recovery sheet" y "Passphrase" "" "Passphrase" "a secret" "again" another \
		"Passphrase" "a secret" "again" "a secret" -- valise init "Harbour Legal"
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == *"It cannot be empty."*"They differ."* ]]
	[[ $output == *"VALISE RECOVERY SHEET"* ]]
	[[ $output == *"Office ready: Harbour Legal, fingerprint "* ]]
	[[ $output == *"Next: "* ]]
	[[ $output != *"a secret"* ]]
	[[ $output != *another* ]]
	echo text >"$BATS_TEST_TMPDIR/f"
	run terminal "Passphrase for Registry?" "a secret" -- valise seal -t self "$BATS_TEST_TMPDIR/f"
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == *"Sealed "* ]]
	[[ $output == *"Next: "* ]]
	run terminal "Passphrase for Registry?" wrong "Passphrase" "wrong too" -- valise seal -t self "$BATS_TEST_TMPDIR/f"
	[ "$status" -eq 11 ]
	[[ $output == *"wrong passphrase"* ]] || [[ $output == *"locked"* ]]
}

@test "a person who declines the recovery sheet is told what that means" {
	export VALISE_DIR=$BATS_TEST_TMPDIR/h
	run terminal "recovery sheet" n -- valise init Harbour --title Registry --no-passphrase
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output != *"VALISE RECOVERY SHEET"* ]]
	[[ $output == *"the office is lost"* ]]
}

@test "the terminal has its echo back after an interrupt" {
	export VALISE_DIR=$BATS_TEST_TMPDIR/h
	valise init Harbour --title Registry --no-recovery --passphrase-fd 3 3< <(echo x) </dev/null
	echo text >"$BATS_TEST_TMPDIR/f"
	run terminal "Passphrase" $'half\003' -- \
		sh -c 'trap : INT; stty -a | grep -o "[-]*echo " ; valise seal -t self '"$BATS_TEST_TMPDIR/f"'; echo "status $?"; stty -a | grep -o "[-]*echo "'
	echo "$output"
	[[ $output == *"status 130"* ]]
	[ "$(grep -c '^echo ' <<<"$output")" -eq 2 ]
	[[ $output != *half* ]]
}

@test "card add at a terminal takes the digits, and keeps nothing when they are wrong" {
	found harbour "Harbour Legal"
	found oslo "Mission Oslo"
	as oslo card export >"$BATS_TEST_TMPDIR/oslo.card"
	digits=$(digits oslo)
	export VALISE_DIR=$BATS_TEST_TMPDIR/offices/harbour
	run terminal "30 digits" "00000 00000 00000 00000 00000 00000" -- valise card add "$BATS_TEST_TMPDIR/oslo.card" --as Oslo
	[ "$status" -eq 4 ]
	run terminal "30 digits" "123" -- valise card add "$BATS_TEST_TMPDIR/oslo.card" --as Oslo
	[ "$status" -eq 2 ]
	run terminal "30 digits" "" "unchecked?" n -- valise card add "$BATS_TEST_TMPDIR/oslo.card" --as Oslo
	[ "$status" -eq 1 ]
	[ -z "$(valise card list)" ]
	run terminal "30 digits" "${digits// /}" "call this office" "" -- valise card add "$BATS_TEST_TMPDIR/oslo.card"
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == *'The digits match. Kept as "Mission Oslo".'* ]]
	valise card list | grep -q "checked .*Mission Oslo"
	# A scanned code.
	id=$(valise card show "Mission Oslo" --json | json_at 'd["office"]["id"].upper()')
	run valise card add "$BATS_TEST_TMPDIR/oslo.card" --as Oslo --digits "VALISE:$id" </dev/null
	[ "$status" -eq 0 ]
	run valise card add "$BATS_TEST_TMPDIR/oslo.card" --as Oslo --digits "VALISE:${id//[A-F]/0}" </dev/null
	[ "$status" -eq 4 ]
}

@test "say shows what would be stated, and signs on yes only" {
	found_two
	cd "$BATS_TEST_TMPDIR"
	echo text >f
	letter=$(as harbour seal -t Oslo f)
	mkdir stick
	as harbour sync stick "$letter" >/dev/null
	as oslo sync stick >/dev/null
	export VALISE_DIR=$BATS_TEST_TMPDIR/offices/oslo
	run terminal "Sign? [y/N]" "" -- valise say received "$letter"
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output == *"holds every byte"* ]]
	[[ $output == *"accepts no service"* ]]
	[ "$(valise track "$letter" --json | json_at 'len(d["accounts"]["said"])')" -eq 0 ]
	run terminal --signal SIGINT "Sign? [y/N]" -- valise say received "$letter"
	[ "$status" -eq 130 ]
	run terminal "Sign? [y/N]" perhaps "Sign? [y/N]" y -- valise say received "$letter"
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == *"Signed 1 statement."* ]]
	[[ $output == *"Next: "* ]]
	[ "$(valise track "$letter" --json | json_at 'd["accounts"]["said"][0]["says"]')" = received ]
	# Said before: nothing to ask, nothing to sign.
	run terminal -- valise say received "$letter"
	[ "$status" -eq 0 ]
	[[ $output == *"nothing needs to be signed"* ]]
}

@test "colour is for terminals that want it" {
	found harbour "Harbour Legal"
	export VALISE_DIR=$BATS_TEST_TMPDIR/offices/harbour
	run terminal -- valise card show
	grep -q $'\033\[1m' <<<"$output"
	run terminal -- env NO_COLOR=1 valise card show
	refute grep -q $'\033' <<<"$output"
	run terminal -- env TERM=dumb valise card show
	refute grep -q $'\033' <<<"$output"
	run valise card show
	refute grep -q $'\033' <<<"$output"
}
