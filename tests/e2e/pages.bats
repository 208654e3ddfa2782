#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What goes on paper: cards, dockets and recovery sheets fit their pages, and their codes are read by somebody else's reader.

load offices

source=${VALISE_TEST_SOURCE:-$BATS_TEST_DIRNAME/../..}

setup() {
	cd "$BATS_TEST_TMPDIR"
}

scan() { # [--light-on-dark]: what a reader has of the code on standard input
	/usr/bin/env python3 "$source/tests/e2e/qr_image.py" "$@" >code.pgm || return 1
	zbarimg --quiet --raw -Sdisable -Sqrcode.enable code.pgm 2>/dev/null
}

need_reader() {
	command -v zbarimg >/dev/null || skip "there is no zbarimg here, so no code was read"
}

# No line of a file is wider than 76 columns, nor a page of it longer than 60 lines; prints how many pages there are.
pages_of() { # FILE
	/usr/bin/env python3 - "$1" <<-'END'
		import sys, unicodedata
		text = open(sys.argv[1], encoding="utf-8", newline="").read()
		for page in text.split("\f"):
		    assert page.endswith("\n") and page.count("\n") <= 60, page
		    for line in page.splitlines():
		        width = sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)
		        assert width <= 76, (width, line)
		        assert all(c == "\f" or unicodedata.category(c) != "Cc" for c in line), line
		print(len(text.split("\f")))
	END
}

upper_id() { # OFFICE
	as "$1" card show --json | json_at 'd["office"]["id"].upper()'
}

@test "the code of a card is read from a pipe, from a terminal with colours, and from one without" {
	need_reader
	found harbour "Harbour Legal"
	want=VALISE:$(upper_id harbour)
	[ "$(as harbour card show --qr | scan)" = "$want" ]
	export VALISE_DIR=$BATS_TEST_TMPDIR/offices/harbour
	terminal=$source/tests/e2e/terminal.py
	/usr/bin/env python3 "$terminal" -- valise card show --qr >coloured
	grep -q $'^\e\[0;30;47;107m ' coloured
	[ "$(scan <coloured)" = "$want" ]
	NO_COLOR=1 /usr/bin/env python3 "$terminal" -- valise card show --qr >plain
	[ "$(grep -c $'\e' plain)" -eq 0 ]
	grep -q "drawn for light text on a dark ground" plain
	[ "$(scan --light-on-dark <plain)" = "$want" ]
	# As ink it would be light on dark, which this reader takes as well: what is dark is looked at.
	[ "$(grep -m 1 -c '^██*$' plain)" -eq 1 ]
	[ "$(as harbour card show --qr | grep -c '^██*$')" -eq 0 ]
}

@test "a scanned code is taken in place of the digits, and another's, or half of one, is not" {
	need_reader
	found harbour "Harbour Legal"
	found oslo "Mission Oslo"
	as oslo card export >oslo.card
	code=$(as oslo card show --print | scan)
	[ "$(status_of as harbour card add oslo.card --as Oslo --digits "$(as harbour card show --print | scan)")" -eq 4 ]
	[ "$(status_of as harbour card add oslo.card --as Oslo --digits "${code:0:70}")" -eq 2 ]
	[ "$(status_of as harbour card add oslo.card --as Oslo --digits "VALISE:")" -eq 2 ]
	[ -z "$(as harbour card list)" ]
	as harbour card add oslo.card --as Oslo --digits "$code"$'\r\n'
	as harbour card list | grep -q " checked .*Oslo"
}

@test "the paper card: one page with name, digits and id, and no other office's that nobody checked" {
	found harbour "Harbour Legal"
	found oslo "Mission Oslo"
	as harbour card show --print >page
	[ "$(pages_of page)" -eq 1 ]
	grep -q "^Office  *Harbour Legal$" page
	[ "$(grep -c "$(digits harbour)" page)" -eq 2 ]
	grep -q "^Id  *$(upper_id harbour | tr A-F a-f)$" page
	refute grep -q SECRET page
	for with in --qr --digits --json; do
		[ "$(status_of as harbour card show --print $with)" -eq 2 ]
	done
	as oslo card export >oslo.card
	as harbour card add oslo.card --as Oslo --unchecked
	run as harbour card show Oslo --print
	[ "$status" -eq 1 ]
	[[ $output == *"never checked"*"prove nothing"* ]]
	as harbour card add oslo.card --as Oslo --digits "$(digits oslo)"
	as harbour card show Oslo --print | grep -q "^Office  *Mission Oslo$"
}

@test "long and wide names wrap, and none is cut without a mark" {
	long="Office $(printf 'Всё%.0s' {1..60}) $(printf '記事%.0s' {1..60}) $(printf 'e\xcc\x81%.0s' {1..90})"
	valise init "$long" --title T --no-passphrase --recovery sheet --dir offices/long </dev/null
	as long card show --print >page
	as long seal -t "The tenant" --no-card --paper x --ref 1 >/dev/null
	as long docket 1 >docket
	whole=$(as long card show --json | json_at 'd["office"]["name"].replace(" ", "")')
	for file in page sheet docket; do
		[ "$(pages_of "$file")" -eq 1 ]
	done
	for file in page sheet; do
		tr -d ' \n' <"$file" | grep -qF "$whole"
	done
	# Accounts cut a name of that length, and show that they did.
	tr -d ' \n' <docket | grep -q "OfficeВсё.*\.\.\.fingerprint"
}

@test "the docket: a code of the whole id, and as many pages as its recipients need, none torn apart" {
	found harbour "Harbour Legal"
	to=()
	for i in {1..70}; do
		to+=(-t "Addressee number $i")
	done
	letter=$(as harbour seal "${to[@]}" --no-card --paper "a bundle" --ref 7)
	as harbour docket 7 >page
	[ "$(pages_of page)" -eq 4 ]
	[ "$(grep -c $'^\fVALISE DOCKET of ....-...., page [234]$' page)" -eq 3 ]
	[ "$(grep -c "Addressee number" page)" -eq 70 ]
	# A name and what it is stand on one page; what is signed, and what that means, too.
	/usr/bin/env python3 - page <<-'END'
		import sys
		pages = open(sys.argv[1], encoding="utf-8").read().split("\f")
		for page in pages:
		    assert page.count("Addressee number") == page.count("a name, without a card")
		    assert ("Signature of who takes" in page) == ("Who signs states" in page)
	END
	short=$(as harbour track --json | json_at 'd["letters"][0]["short"]')
	grep -q "VALISE DOCKET of $short, page 2" page
	need_reader
	code=$(scan <page)
	[ "$code" = "LETTER:${letter^^}" ]
	# What was scanned names the letter, and nothing else does that begins so.
	[ "$(as harbour track "$code" --json | json_at 'd["accounts"]["letter"]')" = "$letter" ]
	[ "$(status_of as harbour track "${code:0:40}")" -eq 1 ]
	[ "$(status_of as harbour track "LETTER:$letter")" -eq 1 ]
}

@test "the recovery sheet: a page whose secret is there once, checks itself, and is the key that entry 0 commits to" {
	valise init "Harbour Legal" --title T --no-passphrase --recovery sheet --dir offices/harbour </dev/null
	[ "$(pages_of sheet)" -eq 1 ]
	grep -q "^Office  *Harbour Legal$" sheet
	[ "$(grep -c '^  VALISE-KEEPER-1[0-9A-Z]*$' sheet)" -eq 1 ]
	[ "$(grep -c "[▀▄█]" sheet)" -eq 0 ]
	grep -q "^next 1 $(sed -n 's/^Next  *//p' sheet)$" <(as harbour card export)
	/usr/bin/env python3 - "$source" sheet <<-'END'
		import hashlib, re, sys
		sys.path.insert(0, sys.argv[1] + "/tests/checker")
		import ed25519
		text = open(sys.argv[2], encoding="utf-8").read()
		word = re.search(r"^  (VALISE-KEEPER-1\w+)$", text, re.M).group(1)
		LETTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
		def check(word):
		    human, _, data = word.lower().rpartition("1")
		    values = [LETTERS.index(c) for c in data]
		    sum_ = 1
		    for v in [ord(c) >> 5 for c in human] + [0] + [ord(c) & 31 for c in human] + values:
		        top = sum_ >> 25
		        sum_ = (sum_ & 0x1FFFFFF) << 5 ^ v
		        for i, g in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
		            sum_ ^= g if top >> i & 1 else 0
		    return sum_ == 1, values[:-6]
		sound, values = check(word)
		assert sound
		for at in range(len("VALISE-KEEPER-1"), len(word)):
		    assert not check(word[:at] + ("Q" if word[at] != "Q" else "P") + word[at + 1 :])[0]
		bits = "".join(f"{v:05b}" for v in values)[:256]
		secret = bytearray(hashlib.sha512(int(bits, 2).to_bytes(32, "big")).digest()[:32])
		secret[0] &= 248
		secret[31] = secret[31] & 63 | 64
		public = ed25519.encode(ed25519.multiply(int.from_bytes(secret, "little"), ed25519.BASE))
		assert "valise/" + hashlib.sha256(public).hexdigest()[:32] == re.search(r"^Key +(\S+)$", text, re.M).group(1)
	END
}
