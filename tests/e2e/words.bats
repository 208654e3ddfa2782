#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The words that reports point at: read from the exhibits here, and carried in dossiers.

load offices
load clock

setup() {
	cd "$BATS_TEST_TMPDIR"
	found harbour "Harbour Legal"
	echo hello >file
	letter=$(as harbour seal -t self file)
	{
		seq -f 'Before, line %g.' 1 100
		echo "The porter told us that it came."
		seq -f 'Behind, line %g.' 1 100
	} >notes
	as harbour report "$letter" --says received -s "the porter" --verb told -e notes -q "The porter told us that it came." --yes
}

span() { # EXPRESSION: of the one span s, in the accounts on standard input
	json_at "[($1) for s in d['accounts']['reported'][0]['spans']][0]"
}

@test "track shows the words, read from an exhibit whose every byte was checked" {
	as harbour track "$letter" --json >json
	[ "$(span 's["words"], s["check"]' <json)" = "('The porter told us that it came.', 'checked')" ]
}

@test "an exhibit that was damaged, or lost, here: that is said, and the accounts are there all the same" {
	head -c 200000 /dev/urandom | base64 >large
	printf 'It came.\n' >>large
	as harbour report "$letter" --says received -s "somebody" --verb said -e large -q "It came." --yes
	file=$(find offices/harbour/exhibits -type f)
	chmod u+w "$file"
	printf 'damaged!' | dd of="$file" bs=1 seek=5 conv=notrunc status=none
	checks='[s["check"] for r in d["accounts"]["reported"] for s in r["spans"]]'
	run as harbour track "$letter" --json
	[ "$status" -eq 4 ]
	[ "$(json_at "$checks" <<<"$output")" = "['checked', 'damaged']" ]
	rm "$file"
	run as harbour track "$letter" --json
	[ "$status" -eq 4 ]
	[ "$(json_at "$checks" <<<"$output")" = "['checked', 'damaged']" ]
	as harbour dossier "$letter" -o d
	[ "$(status_of as harbour dossier "$letter" --exhibits -o whole)" = 4 ]
	[ ! -e whole ]
	[ "$(status_of as harbour doctor)" = 4 ]
}

@test "what came while the clock was ahead is here all the same, once it is right" {
	needs_clock
	ago -9 harbour exhibit add notes --letter "$letter" --note "how it came" 2>/dev/null
	echo "The porter told us that he had it from the boy." >later
	ago -9 harbour report "$letter" --says received -s "the porter" --verb told -e later -q "had it from the boy" --yes
	as harbour track "$letter" --json >json
	[ "$(json_at '[s["check"] for r in d["accounts"]["reported"] for s in r["spans"]]' <json)" = "['checked', 'checked']" ]
	[ "$(as harbour track --thread "$letter" --json | json_at '[e["note"] for e in d["events"] if e["kind"] == "exhibit"]')" = "['how it came']" ]
}

@test "a dossier has the span with 200 bytes on either side; with --exhibits the whole, which proves itself" {
	as harbour dossier "$letter" -o with-words
	as harbour dossier "$letter" --exhibits -o whole
	as harbour card export -o card
	valise-verify with-words --know card --json >json
	[ "$(span 's["words"], s["check"]' <json)" = "('The porter told us that it came.', 'excerpt')" ]
	valise-verify whole --know card --json >json
	[ "$(span 's["words"], s["check"]' <json)" = "('The porter told us that it came.', 'checked')" ]
	# What it carries: those bytes of the file, and no others.
	python3 - with-words notes whole <<-'END'
		import base64, re, sys
		words, notes, whole = (open(p, "rb").read() for p in sys.argv[1:])
		def excerpts(dossier):
		    for length, body in re.findall(rb"\nexcerpt (\d+)\n(exhibit .*?)(?=\nend\n|\nexcerpt )", dossier, re.S):
		        head, offset, text = body.split(b"\n", 2)
		        yield int(offset.split()[1]), base64.b64decode(text)
		at = notes.index(b"The porter")
		assert list(excerpts(words)) == [(at - 200, notes[at - 200 : at + 32 + 200])], list(excerpts(words))
		assert list(excerpts(whole)) == [(0, notes)]
	END
	[ "$(status_of valise-verify whole --know card)" = 0 ]
	# A byte of it altered is found.
	sed 's/^QmVmb3Jl/QmVmb3Jm/' whole >altered
	refute cmp -s whole altered
	[ "$(status_of valise-verify altered --know card)" = 4 ]
}

@test "a whole binary file as the source, and a span at its very beginning and end" {
	head -c 300000 /dev/urandom >scan.bin
	as harbour report "$letter" --says delivered -s "the slip" --verb stamped -e scan.bin --where "the back" --yes
	printf 'First word' >short
	as harbour report "$letter" --says handed -s "a note" --verb says -e short -q "First word" --yes
	as harbour dossier "$letter" -o d
	as harbour card export -o card
	valise-verify d --know card --file scan.bin --file short --json >json
	[ "$(json_at 'sorted(s["check"] for r in d["accounts"]["reported"] for s in r["spans"])' <json)" = "['checked', 'checked', 'excerpt']" ]
	[ "$(json_at '[r["where"] for r in d["accounts"]["reported"]]' <json)" = "[None, 'the back', None]" ]
	[ "$(stat -c %s d)" -lt 200000 ]
	as harbour dossier "$letter" --exhibits -o whole
	valise-verify whole --know card --json >json
	[ "$(json_at 'sorted(s["check"] for r in d["accounts"]["reported"] for s in r["spans"])' <json)" = "['checked', 'checked', 'checked']" ]
}

@test "reports whose exhibits stayed at home: their words are not here" {
	found oslo "Mission Oslo"
	introduce harbour oslo Oslo
	introduce oslo harbour Harbour
	letter=$(as harbour seal -t Oslo file)
	as harbour report "$letter" --says handed -s "the porter" --verb told -e notes -q "The porter told us that it came." --yes
	mkdir stick other
	as harbour sync stick "$letter"
	as oslo sync stick
	[ "$(as oslo track "$letter" --json | json_at 'd["accounts"]["reported"]')" = "[]" ]
	as harbour sync other "$letter" --reports
	as oslo sync other
	[ "$(as oslo track "$letter" --json | span 's["check"]')" = checked ]
	exhibit=$(as oslo exhibit list --json | json_at 'd["exhibits"][0]["exhibit"]')
	[ "$exhibit" = "$(sha256sum notes | cut -d' ' -f1)" ]
}

@test "a dossier without reports has nothing of them, nor of who filed them" {
	as harbour dossier "$letter" --no-reports -o d
	refute grep -q -e "valise/report@v1" -e "^exhibit " d
	[ "$(status_of as harbour dossier "$letter" --no-reports --exhibits)" = 2 ]
}
