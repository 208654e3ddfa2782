#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Plays two stories, and what is tried against them, with the programs just built: a letter's way from office to office and
# back; and a letter of paper to somebody who has no Valise, of which people only talk.
#
# usage: run.sh [--keep] BUILD_DIR
#
# Needs neither network nor root. Everything lies in a temporary directory, which goes at the end (--keep: stays, and is
# named). Each step is checked: when one does not do what the story says, the demo says which and fails.
set -euo pipefail

keep=no
if test "${1-}" = --keep; then
	keep=yes
	shift
fi
if test $# -ne 1 || ! test -x "$1/src/valise"; then
	echo "usage: run.sh [--keep] BUILD_DIR    (a directory that \`make\` has built valise in)" >&2
	exit 2
fi
build=$(cd "$1" && pwd)
source=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cases=$source/tests/e2e/cases
export PATH="$build/src:$PATH"
unset VALISE_DIR XDG_DATA_HOME VALISE_PASSPHRASE_COMMAND

top=$(mktemp -d "${TMPDIR:-/tmp}/valise-demo.XXXXXX")
finish() {
	local code=$?
	trap - EXIT
	if test $keep = yes; then
		printf '\nKept: %s\n' "$top"
	else
		chmod -R u+w "$top"
		rm -rf "$top"
	fi
	exit $code
}
trap finish EXIT
trap 'exit 130' INT TERM HUP

# ---- How the story is told ----

if test -t 1 && test -z "${NO_COLOR-}" && test "${TERM-dumb}" != dumb; then
	bold=$'\033[1m' faint=$'\033[2m' plain=$'\033[0m'
else
	bold='' faint='' plain=''
	export NO_COLOR=1
fi

part() { # HEADING
	printf '\n%s== %s ==%s\n' "$bold" "$1" "$plain"
}

acts=0
act() { # HEADING
	acts=$((acts + 1))
	printf '\n%s%d. %s%s\n' "$bold" $acts "$1" "$plain"
}

tell() { # SENTENCES
	printf '\n%s\n' "$1" | fold -s -w 96 | sed 's/ *$//'
}

who=
at() { # OFFICE: whose machine, here a folder
	who=$1
	mkdir -p "$top/$who"
	cd "$top/$who"
	export HOME="$top/$who"
}

# On a terminal of its own, so that the programs talk as they do to a person, also where the demo's output goes to a file.
on_terminal() { # COMMAND
	python3 -c '
import os, pty, signal, sys
signal.alarm(120)  # should it ask something that nobody answers
pid, fd = pty.fork()
if pid == 0:
    os.execvp("bash", ["bash", "-o", "pipefail", "-c", sys.argv[1]])
try:
    while shown := os.read(fd, 65536):
        os.write(1, shown.replace(b"\r", b""))
except OSError:
    pass  # its other end is closed: the command has ended, or is about to
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))' "$1"
}

last="$top/last" # what the last command printed
type_exit() { # CODE COMMAND: shows the command as typed, runs it, and wants that exit status
	local want=$1 code=0
	printf '\n%s%s $ %s%s\n' "$bold" "$who" "$2" "$plain"
	on_terminal "$2" | tee "$last" || code=$?
	if test "$code" -ne "$want"; then
		fail "it ended with $code, not with $want"
	fi
	if test "$code" -ne 0; then
		printf '%s(exit status %d)%s\n' "$faint" "$code" "$plain"
	fi
}
type() { # COMMAND
	type_exit 0 "$1"
}
shows() { # TEXT: the last command must have printed it
	grep -q -F -- "$1" "$last" || fail "it did not print \"$1\""
}
shows_not() { # TEXT
	! grep -q -F -- "$1" "$last" || fail "it printed \"$1\""
}
fail() { # WHY
	printf '\nThe demo fails here: %s.\n' "$1" >&2
	exit 1
}

# ---- The props: a text, a picture, a directory; a list ----

make_picture() { # FILE
	python3 - "$1" <<-'END'
		import struct, sys, zlib
		width, height = 160, 120
		rows = b"".join(
		    b"\0" + bytes(v for x in range(width) for v in (x, y, 255 if (x - 80) ** 2 + (y - 60) ** 2 < 900 else 64))
		    for y in range(height))
		def chunk(kind, data):
		    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
		with open(sys.argv[1], "wb") as f:
		    f.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
		            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
	END
}

make_letter() {
	mkdir annex
	make_picture annex/plan.png
	cat >notice.txt <<-'END'
		To the Mission Oslo.

		The quay at the north basin closes on 1 March. The plan is enclosed, with the list of berths.
		We ask for your answer within thirty days.

		Harbour Legal
	END
	seq 1 9000 | awk '{ printf "berth %04d;north basin;%d m;free from 1 April\n", $1, $1 * 7 % 40 + 8 }' >annex/berths.csv
}

# The notes of tests/e2e/cases, place by place, but the first; with who speaks for the addressee, and how the letter travelled.
make_list() {
	awk -F '\t' -v OFS='\t' '
		NR == 1 { print $0, "carriage", "speaker-addressee" }
		NR > 2 { print $0, $5 == "The porter" ? "in a bag of bread" : "-", $5 ~ /^(the tenant|her brother)$/ ? "The tenant" : "-" }
	' "$cases/slip.spans.tsv"
}

# A careful forger: an officer's "reviewed" becomes "service-accepted", with everything else in its right form and order.
forge() { # DOSSIER
	python3 - "$1" <<-'END'
		import hashlib, re, sys
		data = open(sys.argv[1], "rb").read()
		at = data.index(b"\n", data.index(b"\nletter ") + 1) + 1
		out, statements = [data[:at]], []
		def add_all():
		    # Statements stand in the order of their ids, and an id is the SHA-256 of a note's text.
		    for s in sorted(statements, key=lambda s: hashlib.sha256(s[:s.index(b"\n\n") + 1]).digest()):
		        out.append(b"statement %d\n%s" % (len(s), s))
		    statements.clear()
		while m := re.match(rb"([a-z]+) ([0-9]+)\n", data[at:]):
		    item = data[at + m.end():at + m.end() + int(m[2])]
		    if m[1] == b"statement":
		        item = item.replace(b"says reviewed\n", b"says service-accepted\n")
		        if b"says service-accepted\n" in item:
		            item = item.replace(b"role reader\n", b"role principal\n")
		        statements.append(item)
		    else:
		        add_all()
		        out.append(m[0] + item)
		    at += m.end() + int(m[2])
		add_all()
		sys.stdout.buffer.write(b"".join(out) + data[at:])
	END
}

flip_bit() { # FILE: one, in its middle
	python3 - "$1" <<-'END'
		import os, sys
		with open(sys.argv[1], "r+b") as f:
		    f.seek(os.path.getsize(sys.argv[1]) // 2)
		    byte = f.read(1)[0]
		    f.seek(-1, 1)
		    f.write(bytes([byte ^ 1]))
	END
}

# ---- The story ----

mkdir "$top/stick"
part "Part one: from office to office"
echo
echo "One letter, from an office in a harbour to a mission in Oslo, carried by a courier whom neither trusts with it."
echo "Each of them is a folder here; \"../stick\" is what travels."

act "Three offices, and their cards"
tell "An office is a name, a register of its officers, and keys that stay on its own machine. The 30 digits are its fingerprint."
at harbour
type 'valise init "Harbour Legal" --title Registry --no-passphrase --recovery recovery-sheet.txt'
shows "Office ready: Harbour Legal"
at danube
type 'valise init "Danube Couriers" --title Driver --no-passphrase --no-recovery'
at oslo
type 'valise init "Mission Oslo" --title Setup --no-passphrase --no-recovery'
tell "Oslo keeps two duties apart. The front desk acknowledges letters and has no key that opens them; the reading room opens them."
type 'valise officer add --title "Front desk" --roles clerk --no-passphrase'
type 'valise officer add --title "Reading room" --roles principal,reader,spokesperson --no-passphrase'
type 'valise officer dismiss Setup --reason "two officers have its duties"'
shows "Dismissed: Setup"

tell "Cards go by any way, the digits by another (on paper, by voice). A card that does not match its digits is refused."
for office in harbour danube oslo; do
	at $office
	valise card export -o "../$office.card" 2>/dev/null || fail "$office has no card"
done
digits=$(HOME=$top/oslo valise card show --digits)
at harbour
type_exit 4 'valise card add ../oslo.card --as "Mission Oslo" --digits "00000 11111 22222 33333 44444 55555"'
type "valise card add ../oslo.card --as \"Mission Oslo\" --digits \"$digits\""
shows "The digits match"
tell "The others exchange cards in the same way."
add_card() { # OFFICE CARD NAME
	at "$1"
	valise card add "../$2.card" --as "$3" --digits "$(HOME=$top/$2 valise card show --digits)" >/dev/null 2>&1 ||
		fail "$1 could not take the card of $2"
}
add_card harbour danube "Danube Couriers"
add_card danube harbour "Harbour Legal"
add_card danube oslo "Mission Oslo"
add_card oslo harbour "Harbour Legal"
add_card oslo danube "Danube Couriers"

act "The sender seals a letter"
tell "A text, a picture and a table. Sealing encrypts them to Oslo's readers, and signs: this is a proof of authorship, for ever."
at harbour
make_letter
type 'valise seal -t "Mission Oslo" --subject "Closing of the quay" --ref 14/2026 --answer-by +30d notice.txt annex'
shows "Openable by Mission Oslo's 1 reader and your own"
type 'valise sync ../stick 14/2026 --via "Danube Couriers"'
shows "a finder learns sizes only"
tell "Nothing has been claimed so far. That the stick was handed over is a statement, and a person makes it:"
type 'valise say handed 14/2026 --to "Danube Couriers" --yes'
type 'valise sync ../stick'
tell "What somebody sees who finds the stick:"
type 'find ../stick -type f; sed -n "3,4p" ../stick/README.txt'

act "The courier carries what it cannot open"
at danube
type 'valise sync ../stick'
shows "whole and checked, nothing said yet"
type_exit 1 'valise open 14/2026'
type 'valise say carrying 14/2026 --yes'
tell "The courier hands it over, says so, and leaves its word on the stick."
type 'valise say delivered 14/2026 --to "Mission Oslo" --medium "by hand" --yes'
type 'valise sync ../stick'

act "The clerk receives it, sealed"
tell "The front desk checks every byte against the seal before it can say received. What it signs is shown first."
at oslo
type 'valise sync ../stick'
shows "whole and checked, nothing said yet"
type 'valise say received 14/2026 --medium "through diplomatic channels" --yes'
shows "the office holds every byte, sealed"

act "A reader opens it"
tell "Cover against seal, body against seal, every file against the cover: only then do the files get their names."
type 'valise open 14/2026 -o letter --say opened'
shows "Matches the seal"
type 'ls -l letter letter/annex'
cmp "$top/harbour/annex/plan.png" letter/annex/plan.png || fail "the picture is another"
diff -r "$top/harbour/annex" letter/annex || fail "the directory is another"
cmp "$top/harbour/notice.txt" letter/notice.txt || fail "the text is another"
tell "Opened is not reviewed: that word is for when a person has considered the letter. Then all of it goes home on the stick."
type 'valise say reviewed 14/2026 --yes'
type 'valise sync ../stick'

act "The sender learns what is said"
at harbour
type 'valise sync ../stick'
shows "statements came"
tell "One sentence; three verdicts, kept apart; who said what; where they disagree; and what all this does not show. The courier and the clerk name different ways. Both words stay, and Valise picks none."
type 'valise track 14/2026'
shows "Mission Oslo's reader says that it reviewed this exact letter"
shows "Where accounts disagree"

act "A stranger checks it"
tell "The evidence is one text file. It discloses one part here, not the others. Who checks it needs no office, no network, and no trust in who sends it; only cards, to know whose keys these are."
type 'valise dossier 14/2026 -o ../dossier.txt --disclose notice.txt'
at court
cp ../harbour.card ../oslo.card ../danube.card .
mv ../dossier.txt .
cards='--know harbour.card --know oslo.card --know danube.card'
type "valise-verify dossier.txt $cards --require \"Mission Oslo:received\""
shows "Mission Oslo:received: stands"
tell "Exit statuses are for scripts. Nobody accepted service of this letter, so requiring that is not met:"
type_exit 3 "valise-verify dossier.txt $cards --require service-accepted >/dev/null"
tell "And without the cards everything is sound, but whose keys they are is not known:"
type_exit 5 'valise-verify dossier.txt >/dev/null'

act "What does not pass"
tell "Somebody would like the letter to have been served, and makes a \"service-accepted\" out of the reader's \"reviewed\", with care for the form of the file. What was forged is named, and counts for nothing:"
forge dossier.txt >forged.txt
cmp -s dossier.txt forged.txt && fail "nothing was forged"
type_exit 4 "valise-verify forged.txt $cards --require service-accepted | grep -A 1 -e signatures -e service-accepted"
tell "On the stick, one bit of a second letter is flipped:"
at harbour
echo "The quay opens again on 1 April." >second.txt
type 'valise seal -t "Mission Oslo" --ref 15/2026 second.txt'
ls ../stick/valise/* >"$top/before"
type 'valise sync ../stick 15/2026'
bag=$(cd ../stick/valise && for f in */*; do grep -q -x -F "${f#*/}" "$top/before" || echo "$f"; done)
flip_bit "../stick/valise/$bag"
at oslo
type_exit 4 'valise sync ../stick'
tell "It is named, and nothing of it is taken for whole. The sender takes the bag away and puts the letter out again:"
at harbour
type "rm ../stick/valise/$bag"
type 'valise sync ../stick 15/2026'
at oslo
type 'valise sync ../stick'
shows "whole and checked, nothing said yet"

act "Without Valise"
if command -v age >/dev/null 2>&1; then
	tell "The bag with the first letter went from the stick once its receipt was here. It is put there once more:"
	at harbour
	type 'valise sync ../stick 14/2026'
	at oslo
	tell "Should this program be gone one day: bags, covers and bodies are age files, and a body holds a tar. Oslo's own keys, a page of Python for the bag, age and tar open the letter."
	export PATH="$source/demo:$PATH"
	type "sed -n 's/^reading //p' .local/share/valise/keys/* >identities"
	type 'for bag in ../stick/valise/*/*; do age -d -i identities $bag 2>/dev/null >bag && unbag.py items <bag; done; ls items | grep age$'
	letter=$(valise track --json | python3 -c 'import json, sys
print(next(l["letter"] for l in json.load(sys.stdin)["letters"] if l["ref"] == "14/2026"))')
	type "age -d -i identities items/$letter.cover.age | tee cover | grep -v ^pad"
	shows "subject Closing of the quay"
	body=$(awk '/^body /{ print $2 }' "items/$letter.note")
	type "age -d -i <(grep -o 'AGE-SECRET-KEY.*' cover) items/$body.body.age >body.tar; mkdir by-hand; tar xif body.tar -C by-hand"
	type 'diff -r letter by-hand && echo the same'
	shows "the same"
else
	tell "age is not installed here, so this act is left out: with age, tar and a page of Python (demo/unbag.py) the letter opens without Valise."
fi

part "Part two: where the other side has no Valise"
tell "A letter of paper, by registered post, to a tenant who has no card and no key. Nobody who touches it will sign anything here. They talk, and the office keeps notes."

act "A letter of paper"
at harbour
make_picture scan.png
cp "$cases/slip.txt" notes.txt
make_list >list.tsv
tell "The seal says to everybody what the paper is, and commits to a scan of it."
type 'valise seal --paper "registered letter 17, one brown envelope, red stamp" -t "The tenant" --no-card --ref 17/2026 --scan scan.png'
shows 'a paper letter to "The tenant" (no card)'
tell "A docket goes with it, for those who hand it on to sign with a pen. Signed, it comes back as a scan, which a report can point at. It is no statement of theirs."
type 'valise docket 17/2026'
shows "Signature of who takes"
tell "What the office has done itself, it says under signature."
type 'valise say handed 17/2026 --text "the branch at Lark Street" --yes'
shows "we gave the paper described"

act "What people say elsewhere"
tell "Then the telephone rings, and rings. The notes become an exhibit: kept whole, by their SHA-256, and never altered."
type 'valise exhibit add notes.txt --letter 17/2026 --note "telephone notes"; valise exhibit show notes.txt'
shows "  | The carrier, Ms. Odd, rang back."
tell "A report is hearsay, signed by whoever files it: this source has that person say this. It points at the very bytes, found by a quote."
type 'valise report 17/2026 --says handed --speaker "the clerk" --verb said --medium telephone --when "on Thursday" --carriage "with the second round" --exhibit notes.txt --quote "our registered letter \"left with the second round on Thursday\"" --yes'
shows "It does not mean: that it is so, or that the speaker has signed anything"
tell "At this minute the head of the office asks what is known. More of that below. Then a list files the rest of the notes at once, a line a report: all of it is signed, or nothing. (What each states is shown as above, and left out here.)"
known_then=$(date -u +%Y-%m-%dT%H:%M:%SZ)
sleep 1.1 # the log counts in seconds
type 'cut -f 1-6 list.tsv'
type 'valise report 17/2026 --from-list list.tsv --exhibit notes.txt --yes 2>&1 | grep -v "^You state"'
test "$(grep -c -E '^[0-9a-f]{64}$' "$last")" -eq 7 || fail "it did not file seven reports"

act "An account in two grades"
tell "What is said, under signature, and what is reported stand apart. Of the tenant himself there is nothing, and nobody could sign for him. What he is reported to have said is told, and through whom; it moves nothing. Two tell differently how the letter travelled: both stay."
type 'valise track 17/2026'
shows 'without a card: nobody can sign for that name. "The tenant" is reported to have'
shows 'through "the house manager" and "the porter"'
shows "not asked: without a card nobody can sign for that name"
shows '"on Thursday" (not resolved)'
shows 'told differently: "with the second round" is reported in words of "the clerk"'
shows '"in a bag of bread" is reported in words of "The porter"'
tell "A visit is reported to be proposed, and the manager to have agreed to it. Agreed is not held:"
type 'valise track --proposals; valise track --last held'
shows '"the manager" is reported to have said ("wrote") that it agreed to what was proposed'
shows "Nothing here says held"
tell "And at the minute when the head of the office asked? By the office's own log and clock it knew of one call:"
type "valise track 17/2026 --as-of $known_then | grep -e '^As it was' -e signatures -e speaker -e 'own log'"
shows "those of 1 statement and 1 report are valid"
shows_not '"Ms. Odd"'

act "A stranger checks this, too"
at harbour
type 'valise dossier 17/2026 -o ../dossier-17.txt --disclose scan.png'
at court
mv ../dossier-17.txt .
cp ../harbour/notes.txt .
tell "With the notes themselves the court reads every place that a report names, from a file whose hash is the one under signature. And it learns what scan the sender committed to before the letter left."
type 'valise-verify dossier-17.txt --know harbour.card --file notes.txt | grep -A 3 -e "^Disclosed" -e "^Files"'
shows "8 places that reports name were read from it"
shows "file scan.png, "
shows "$(sha256sum <../harbour/scan.png | cut -c 1-64)"
tell "Reported is not said. Two are reported to have received it, and requiring that is not met:"
type_exit 3 'valise-verify dossier-17.txt --know harbour.card --require received | tail -n 1'
shows "no counted statement here says received"

act "What does not pass either"
tell "Somebody would like the tenant to have opened the letter. One byte of the notes does it:"
type_exit 1 'sed "s/has not opened/has now opened/" notes.txt >altered.txt; cmp notes.txt altered.txt'
type 'valise-verify dossier-17.txt --know harbour.card --file altered.txt | grep -e altered.txt -e "bytes from 493"'
shows "nothing here names this file"
shows "as an excerpt has them, which proves nothing by itself"
shows_not "whose hash fits"
tell "Or an officer is to report it, from the notes as they are. But the words have to be in them:"
at harbour
type_exit 1 'valise report 17/2026 --says reviewed --speaker "the tenant" --verb said --exhibit notes.txt --quote "has now opened it" --yes'
shows "the quote is not there"
test "$(valise track 17/2026 --json | python3 -c 'import json, sys; print(len(json.load(sys.stdin)["accounts"]["reported"]))')" -eq 8 ||
	fail "a report was filed all the same"

act "What to read next"
cat <<-'END'

	README.md         what it is for, what it is not for, and how it compares
	valise help       every command, here as build/src/valise; `man valise` once it is installed
	spec/README.md    the formats, byte by byte
	HACKING.md        where things are in the source
END
