#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# A source whose every attributed word is filed as a report on one paper letter, and the accounts that must come of it.
#
# usage: acceptance.py EXPECT TEXT SPANS DIR
#
# TEXT is the source, SPANS the list of places in it (`valise report --from-list`), DIR an empty directory for the offices. EXPECT is
# JSON that names rows of SPANS by number, from 1, and no words of the source:
#   addressee, sender  rows whose speakers speak for the letter's addressee, or for its sender
#   of                 row: the row whose speaker it speaks of
#   carriage           row: how the letter travelled: words of ours, or the number of the quotation within the row's own span
#   apart              rows whose accounts of the way disagree
#   agreed             rows that tell of a visit agreed to; none tells that it was held
import json
import os
import pathlib
import re
import subprocess
import sys

expect = json.loads(pathlib.Path(sys.argv[1]).read_text())
text_path, spans_path, place = (pathlib.Path(p) for p in sys.argv[2:5])
source = text_path.read_bytes()
ADDRESSEE = "The Addressee"


def fail(why):
    sys.exit(f"{sys.argv[1]}: {why}")


def check(holds, why):
    if not holds:
        fail(why)


def run(*words, office="registry", program="valise"):
    env = {k: v for k, v in os.environ.items() if not k.startswith("VALISE_")} | {"VALISE_DIR": str(place / office)}
    done = subprocess.run([program, *map(str, words)], env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode:
        fail(f"{program} {' '.join(map(str, words))}: exit status {done.returncode}\n{done.stderr}{done.stdout}")
    return done.stdout


def asked(*words, **more):
    return json.loads(run(*words, "--json", **more))


# ---- The list, with what the rows' own words do not tell ----


class Row:
    def __init__(self, number, cells):
        self.number = number
        self.offset, self.length = int(cells["offset"]), int(cells["length"])
        self.says, self.speaker, self.verb = cells["says"], cells["speaker"], cells["verb"]
        self.via = [] if cells["via"] == "-" else cells["via"].split(" < ")
        self.medium, self.when = ((None if cells[k] == "-" else cells[k]) for k in ("medium", "when"))
        self.words = source[self.offset : self.offset + self.length].decode()
        self.addressee = number in expect["addressee"]
        self.sender = number in expect["sender"]

    def carriage(self):
        how = expect["carriage"].get(str(self.number))
        if isinstance(how, int):
            return re.findall("[\"\u201c]([^\"\u201d]+)[\"\u201d]", self.words)[how - 1]
        return how


def read_rows():
    lines = spans_path.read_text().splitlines()
    names = [cell.lstrip("# ").split(" ")[0] for cell in lines[0].split("\t")]
    return [Row(i, dict(zip(names, line.split("\t")))) for i, line in enumerate(lines[1:], 1)]


rows = read_rows()
by_number = {row.number: row for row in rows}


def write_list(path, sender):
    names = ["offset", "length", "says", "via", "speaker", "verb", "medium", "when", "of", "carriage", "speaker-office", "speaker-addressee"]
    lines = ["\t".join(names)]
    for row in rows:
        of = expect["of"].get(str(row.number))
        cells = [row.offset, row.length, row.says, " < ".join(row.via), row.speaker, row.verb, row.medium, row.when,
                 of and by_number[of].speaker, row.carriage(), row.sender and sender, row.addressee and ADDRESSEE]
        lines.append("\t".join(str(cell) if cell else "-" for cell in cells))
    path.write_text("\n".join(lines) + "\n")


# ---- The story ----

run("init", "The Registry", "--title", "Desk", "--no-passphrase", "--no-recovery")
self_id = asked("card", "show")["office"]["id"]
letter = run("seal", "--paper", "one letter, in one envelope", "-t", ADDRESSEE, "--no-card").strip()
exhibit = run("exhibit", "add", text_path, "--letter", letter).split()[0]
whole_list = place / "list.tsv"
write_list(whole_list, self_id)
ids = run("report", letter, "--from-list", whole_list, "--exhibit", exhibit, "--yes").split()
check(len(ids) == len(rows) == len(set(ids)), "not every row was filed once")

a = asked("track", letter)["accounts"]
report = {r["id"]: r for r in a["reported"]}
check(set(report) == set(ids), "the accounts do not have just these reports")
check([r["id"] for r in a["reported"]] == ids, "the reports do not stand in the order in which they were filed")
check(a["said"] == [], "a report was taken for a statement")
check(a["bytes"] == "paper" and a["paper"], "the letter is not paper")

for row, one in zip(rows, (report[i] for i in ids)):
    n = f"row {row.number}: "
    check(one["says"] == row.says and one["speaker"] == row.speaker and one["verb"] == row.verb, n + "who says what")
    check(one["via"] == row.via and one["medium"] == row.medium, n + "through whom, and how")
    check(one["when"] == row.when and one["resolved_from"] is None, n + "a day was resolved that the source does not anchor")
    check(len(one["spans"]) == 1 and one["spans"][0]["check"] == "checked", n + "its words were not read from the exhibit")
    check(one["spans"][0]["words"].split() == row.words.split(), n + "its words are not those of the source")
    check(one["carriage"] == row.carriage(), n + "how the letter travelled")

# Author, carrier, addressee and whoever speaks for somebody, apart.
parties = {p["addressee"] or p["office"]: p for p in a["parties"]}
check(set(parties) == {self_id, ADDRESSEE}, "the parties are not sender and addressee")


def numbers(list_of_ids):
    return sorted(ids.index(i) + 1 for i in list_of_ids)


check(numbers(parties[ADDRESSEE]["reported"]) == sorted(expect["addressee"]), "the addressee's account")
check(numbers(parties[self_id]["reported"]) == sorted(expect["sender"]), "the sender's account")
others = sorted(r.number for r in rows if not r.addressee and not r.sender)
check(sorted(n for s in a["speakers"] for n in numbers(s["reported"])) == others, "those who speak for nobody")
for speaker in a["speakers"]:
    check({by_number[n].speaker for n in numbers(speaker["reported"])} == {speaker["speaker"]}, "two speakers made one")

# Nothing moved: what is reported is not said, agreed is not held, and nobody says reviewed.
check(all(p["said"] == [] for p in a["parties"]), "somebody is said to have said something")
check(parties[ADDRESSEE]["state"] == "nothing", "a report moved a state")
check(not any(r["says"] in ("reviewed", "held") for r in a["reported"]), "reviewed or held came from nowhere")
sentence = parties[ADDRESSEE]["sentence"]
check("is reported to have" in sentence, "the addressee's sentence does not say that it is reported")
check(any(row.via and all(v in sentence for v in row.via) for row in rows if row.addressee), "through whom the addressee's account came")
proposals = asked("track", "--proposals")
check(proposals["proposals"] == [], "a report became a proposal")
check(sorted(set(numbers(r["id"] for r in proposals["reported"] if r["says"] == "agreed"))) == expect["agreed"], "what was agreed")
check(asked("track", "--last", "held")["last"] is None, "agreed was taken for held")

# Two ways of the letter are told: both stay, and the difference is shown.
differ = [d for d in a["disagreements"] if d["kind"] == "reported-differs"]
check(len(differ) == 1 and numbers(differ[0]["notes"]) == sorted(expect["apart"]), "the two ways of the letter")
for n in expect["apart"]:
    check(by_number[n].carriage() in differ[0]["text"], "both ways are told")

# The dossier says the same to a stranger, who looks the words up in the source itself.
dossier = place / "dossier"
run("dossier", letter, "-o", dossier)
run("card", "export", "-o", place / "card")
seen = asked(dossier, "--know", place / "card", "--file", text_path, program="valise-verify")["accounts"]
check([r["id"] for r in seen["reported"]] == ids, "the dossier's reports")
check(all(s["check"] == "checked" for r in seen["reported"] for s in r["spans"]), "the stranger could not check the words")
unproved = asked(dossier, "--know", place / "card", program="valise-verify")["accounts"]
check(all(s["check"] == "excerpt" for r in unproved["reported"] for s in r["spans"]), "an excerpt was taken for the whole")
check([d["kind"] for d in seen["disagreements"]] == [d["kind"] for d in a["disagreements"]], "the dossier's disagreements")

# A source that was altered by one byte is another file.
altered = place / "altered"
altered.write_bytes(source[:-1] + bytes([source[-1] ^ 1]))
other = asked(dossier, "--know", place / "card", "--file", altered, program="valise-verify")["accounts"]
check(all(s["check"] == "excerpt" for r in other["reported"] for s in r["spans"]), "another file was taken for the source")

print(f"{len(rows)} rows, {len(a['speakers'])} speakers besides the parties, {len(differ)} difference shown")
