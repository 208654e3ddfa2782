#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Offices with long histories, and letters to many of them.

load ../e2e/offices
load within

setup() {
	cd "$BATS_TEST_TMPDIR"
	found harbour "Harbour Legal"
	echo "You are hereby notified." >notice
	mkdir stick
}

# Sealed to it, put out, tracked, and its dossier judged, each in little memory.
serve() { # PETNAME
	letter=$(as_within harbour seal -t "$1" notice)
	as_within harbour sync stick "$letter"
	as_within harbour track "$letter" >/dev/null
	as_within harbour dossier "$letter" -o dossier
	status=0
	within "$MIB" valise-verify dossier --json >verdict || status=$?
	[ "$(json_at 'd["exit"]' <verdict)" -eq 5 ]
	as_within harbour doctor
}

@test "a register as long as it may be" {
	forge register Old "$(pick 16384 1500)" 2 1 >old.card
	as_within harbour card add old.card --as Old --unchecked
	[ "$(as harbour card show Old --json | json_at 'd["office"]["entries"]')" -eq "$(pick 16384 1500)" ]
	serve Old
	as_within harbour card export Old -o again.card
	cmp old.card again.card
}

@test "10,000 officers over time" {
	forge register Old "$(pick 102 20)" 1 200 >old.card
	as_within harbour card add old.card --as Old --unchecked
	serve Old
}

@test "one letter to 256 offices with 1,024 readers" {
	local offices=$(pick 256 40) to=() i
	for i in $(seq "$offices"); do
		forge register "Office$i" 5 4 1 >card
		as harbour card add card --as "Office $i" --unchecked >/dev/null
		to+=(-t "Office $i")
	done
	as_within harbour seal "${to[@]}" --keep-no-copy notice >id
	as_within harbour sync stick "$(cat id)"
	as_within harbour track "$(cat id)" >/dev/null
	as_within harbour dossier "$(cat id)" -o dossier
	[ "$(as harbour track "$(cat id)" --json | json_at 'sum(p["is_recipient"] for p in d["accounts"]["parties"])')" -eq "$offices" ]
	if [ -n "${BIG_ALL-}" ]; then
		# Our own reader is one too many.
		[ "$(status_of as harbour seal "${to[@]}" notice)" -eq 1 ]
		as harbour seal "${to[@]}" notice 2>err || true
		grep -q "keep-no-copy" err
		forge register One 5 1 1 >card
		as harbour card add card --as One --unchecked >/dev/null
		[ "$(status_of as harbour seal "${to[@]}" -t One --keep-no-copy notice)" -ne 0 ]
	fi
}
