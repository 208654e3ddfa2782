#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A second checker of dossiers, written from spec/*.md alone, which shares no code with the program: where the two differ, one of them,
or the specification, is wrong.

usage: check_dossier.py [--know CARD]... [--now TIME] DOSSIER

Prints what `valise verify --json` prints (spec/json.md), without the sentences. Exit status: 0 sound, 4 bad, 5 sound but a party is unknown.
"""
import argparse
import datetime
import json
import sys

sys.dont_write_bytecode = True  # the source tree stays as it is

from accounts import Accounts, IN_STANDING, STATES
from containers import Cover, read_card, read_dossier
from notes import Bad, Note, need, sha, time


def when(seconds):
    return None if seconds is None else datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def fingerprint(office):
    return " ".join(f"{int(office[i:i + 10], 16) % 100000:05d}" for i in range(0, 60, 10))


def shown(name):
    """A part's name for a person: what is not UTF-8 or steers a terminal, escaped."""
    out = ""
    while name:
        for size in (1, 2, 3, 4):
            try:
                c = name[:size].decode()
                break
            except UnicodeDecodeError:
                c = ""
        n = ord(c) if c else 0
        if not c or n < 0x20 or n == 0x7F:
            c, size = f"\\x{name[0]:02x}", 1
        elif 0x80 <= n <= 0x9F or n in (0x61C, 0x200E, 0x200F, 0xFEFF) or 0x2028 <= n <= 0x202E or 0x2066 <= n <= 0x2069:
            c = f"\\u{{{n:x}}}"
        out, name = out + c, name[size:]
    return out


class Dossier:
    """The items that hold, and a sentence for each that does not."""

    def __init__(self, data):
        letter, items = read_dossier(data)
        self.broken, self.entries, self.statements, self.reports, self.leaves, self.excerpts, self.cover = [], [], [], [], [], [], None
        self.words_left = 16 << 20
        self.seal = Note(items[0][1], "seal")
        for number, (kind, body, value) in enumerate(items[1:], 2):
            try:
                self.take(kind, body, value)
            except Bad as e:
                self.broken.append(f"item {number}, a {kind}: {e}")

    def take(self, kind, body, value):
        if kind in ("register", "statement", "report"):
            note = Note(body, kind)
            note.data = body
            need(kind == "register" or note.letter == self.seal.id, "it is about another letter")
            {"register": self.entries, "statement": self.statements, "report": self.reports}[kind].append(note)
        elif kind == "leaf":
            value.check(self.seal)
            self.leaves.append(value)
        elif kind == "cover":
            self.cover = Cover(body, self.seal)
        else:
            value.check()
            self.excerpts.append(value)

    def words_at(self, span):
        """What is here of a span's words, cut at 1,000 bytes, and what that is worth."""
        exhibit, size, offset, length = span
        # Of several the whole exhibit, else the one that reaches furthest; of those the first.
        holding = [x for x in self.excerpts if (x.exhibit, x.size) == (exhibit, size) and x.offset <= offset < x.offset + len(x.bytes)]
        if not holding:
            return {"words": None, "is_cut": False, "check": "not-here"}
        best = min(holding, key=lambda x: (-(x.offset + len(x.bytes)), x.offset))
        found = best.bytes[offset - best.offset:][:length]
        end = min(len(found), 1000)
        while 997 < end < len(found) and found[end] & 0xC0 == 0x80:
            end -= 1
        check = "checked" if len(best.bytes) == size else "excerpt"
        # Asked for in the reports' order: 16 MiB of words are shown, and no more.
        if end > self.words_left:
            return {"words": None, "is_cut": False, "check": check}
        self.words_left -= end
        return {"words": shown(found[:end].translate(bytes.maketrans(b"\n\r\t", b"   "))), "is_cut": end < length, "check": check}

    def disclosed(self, confirmed_by):
        subjects = [self.cover.subject] if self.cover else [leaf.subject for leaf in self.leaves if leaf.subject is not None]
        parts = enumerate(self.cover.parts, 1) if self.cover else [(leaf.index, leaf.part) for leaf in self.leaves if leaf.part]
        out = [{"number": 0, "kind": "subject", "subject": s, "name": None, "sha256": None, "bytes": 0} for s in subjects]
        out += [{"number": i, "kind": p["kind"], "subject": None, "name": shown(p["name"]), "sha256": p["sha256"], "bytes": p["length"]} for i, p in parts]
        return [{**one, "confirmed_by": confirmed_by} for one in out]


def office_facts(a, office, known):
    register = a.registers[office]
    return {"id": office, "fingerprint": fingerprint(office), "name": register.name, "forked": register.forked, "known": office in known}


def party_facts(a, office, seen):
    return {"office": office, "addressee": None, "identified_as": a.identified_as(office), "is_sender": office == a.sender, "is_recipient": office in a.recipients,
            "is_holder": office in a.holders | a.on_deposit, "is_bystander": office in a.bystanders, "state": STATES[a.state(office)] if office in a.recipients else None,
            "service": a.service(office), "past_answer_by": office in a.recipients and a.past_answer_by(office),
            "said": [s.id for s in a.statements if s.office == office], "reported": a.reported_of("office", office)} if office not in seen and not seen.add(office) else None


def parties(a):
    seen = set()
    named = [party_facts(a, office, seen) for office in [a.sender, *a.recipients]]
    cardless = [{"office": None, "addressee": name, "is_recipient": True, "reported": a.reported_of("addressee", name)} for name in a.seal.addressees if name not in a.identified]
    others = [party_facts(a, office, seen) for group in (a.holders | a.on_deposit, a.bystanders) for office in sorted(group)]
    return [p for p in named + cardless + others if p]


def said_facts(s):
    return {"id": s.id, "says": s.says, "office": s.office, "title": s.officer["title"] if s.officer else None, "role": s.role, "key": s.by[0].text,
            "time": when(s.time), "nth": s.nth, "to": s.to, "medium": s.medium, "when": s.when, "reason": s.reason, "text": s.said,
            "regarding": s.regarding, "standing": s.standing, "counts": s.counts, "bystander": s.bystander, "unattended": s.unattended}


def reported_facts(r, d):
    resolved = r.resolved or (None, None)
    return {"id": r.id, "says": r.says, "speaker": r.speaker, "speaker_office": r.speaker_office, "speaker_addressee": r.speaker_addressee, "of": r.of,
            "via": r.via, "verb": r.verb, "medium": r.medium, "carriage": r.carriage, "when": r.when, "resolved_from": when(resolved[0]),
            "resolved_to": when(resolved[1]), "quoted": r.quoted == "yes", "where": r.where, "office": r.office,
            "spans": [{**dict(zip(("exhibit", "exhibit_bytes", "offset", "length"), span)), **d.words_at(span)} for span in r.spans],
            "title": r.officer["title"] if r.officer else None, "role": r.role, "key": r.by[0].text, "time": when(r.time), "nth": r.nth,
            "regarding": r.regarding, "corrected_by": r.corrected_by, "standing": r.standing, "counts_as_filed": r.stands, "unattended": r.unattended}


def check(data, known, now):
    d = Dossier(data)
    seal = d.seal
    a = Accounts(seal, d.entries, d.statements, d.reports, now)
    disclosed = d.disclosed(a.confirmed_by())
    facts = {
        "letter": seal.id, "date": when(seal.date), "answer_by": when(seal.answer_by), "ref": seal.ref, "paper": seal.paper,
        "subject": next((one["subject"] for one in disclosed if one["kind"] == "subject"), None),
        "body_bytes": seal.body[1] if seal.body else 0, "cover_bytes": seal.cover[1] if seal.cover else 0,
        "bytes": "not-here" if seal.paper is None else "paper", "signatures_valid": not d.broken and a.sender_standing in IN_STANDING,
        "sender_standing": a.sender_standing, "sealed_by": a.sealed_by, "keys_known": a.taking_part <= known, "broken": d.broken,
        "offices": [office_facts(a, office, known) for office in sorted(a.registers)], "parties": parties(a), "said": [said_facts(s) for s in a.statements],
        "reported": [reported_facts(r, d) for r in a.reports], "speakers": a.speakers(),
        "disagreements": [{"kind": kind, "notes": list(notes)} for kind, notes in a.disagreements()], "disclosed": disclosed,
    }
    cannot_judge = a.sender_standing in ("incomplete", "no-register")
    bad = d.broken or not (cannot_judge or a.sender_standing in IN_STANDING)
    verdict = "bad" if bad else "unknown" if cannot_judge or not facts["keys_known"] else "sound"
    return {"accounts": facts, "verdict": verdict, "exit": {"sound": 0, "bad": 4, "unknown": 5}[verdict]}


def office_of_card(path):
    """The office of a card whose entries are all sound and reach from entry 0."""
    with open(path, "rb") as f:
        office, entries = read_card(f.read())
    for body in entries:
        Note(body, "register")
    return office


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--know", action="append", default=[], metavar="CARD")
    options.add_argument("--now", type=time, default=int(datetime.datetime.now().timestamp()), metavar="TIME")
    options.add_argument("dossier")
    o = options.parse_args()
    try:
        known = {office_of_card(path) for path in o.know}
        with open(o.dossier, "rb") as f:
            result = check(f.read(), known, o.now)
    except Bad as e:
        result = {"error": {"code": "bad", "exit": 4, "text": str(e)}, "exit": 4}
    status = result.pop("exit") if "error" in result else result["exit"]
    json.dump(result, sys.stdout, indent=1, ensure_ascii=False)
    print()
    return status


if __name__ == "__main__":
    sys.exit(main())
