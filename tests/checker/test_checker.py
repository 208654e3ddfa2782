#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The second checker against the vectors, and against valise-verify: on the vectors, on worlds made by chance, and on spoiled dossiers.

CHECKER_SEEDS=FIRST-LAST chooses the worlds (default 0-40). Prints TAP.
"""
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True  # the source tree stays as it is

import check_dossier
import containers
import ed25519
import notes

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
VECTORS = ROOT / "tests" / "vectors"
LETTER = ["letter", "date", "answer_by", "ref", "subject", "paper", "body_bytes", "cover_bytes", "bytes", "signatures_valid", "sender_standing", "sealed_by", "keys_known"]
SAID = ["id", "says", "office", "title", "role", "key", "time", "nth", "to", "medium", "when", "reason", "text", "regarding", "standing", "counts", "bystander", "unattended"]
PARTY = ["office", "addressee", "identified_as", "is_sender", "is_recipient", "is_holder", "is_bystander", "state", "service", "past_answer_by", "said", "reported"]
REPORTED = ["id", "says", "speaker", "speaker_office", "speaker_addressee", "of", "via", "verb", "medium", "carriage", "when", "resolved_from", "resolved_to", "quoted", "where",
            "spans", "office", "title", "role", "key", "time", "nth", "regarding", "corrected_by", "standing", "counts_as_filed", "unattended"]
SPEAKER = ["speaker", "reported"]
DISCLOSED = ["number", "kind", "subject", "name", "sha256", "bytes"]


class Skip(Exception):
    pass


def refused(read, path):
    try:
        read(path.read_bytes())
    except notes.Bad:
        return True
    return False


def all_of(read, good, bad):
    """Everything good is taken, and everything bad refused; and there is something of each."""
    assert len(good) > 0 and len(bad) > 0
    for path in good:
        assert not refused(read, path), f"{path} is refused"
    for path in bad:
        assert refused(read, path), f"{path} is taken"


def vectors_of_notes():
    for kind in notes.LIMITS:
        folder = VECTORS / kind
        all_of(lambda data, kind=kind: notes.Note(data, kind), list(folder.glob("*.note")), list((folder / "refused").glob("*.note")))
    for path in (VECTORS / "note" / "refused").glob("*.note"):
        kind = path.read_bytes().split(b"@")[0].decode()[len("valise/"):]
        assert refused(lambda data, kind=kind: notes.Note(data, kind), path), f"{path} is taken"


def vectors_of_containers():
    all_of(containers.read_card, list((VECTORS / "card").glob("*.card")), list((VECTORS / "card/refused").glob("*.card")))
    all_of(containers.read_dossier, list((VECTORS / "dossier").glob("*.dossier")), list((VECTORS / "dossier/refused").glob("*.dossier")))


def vectors_of_covers():
    seal = notes.Note((VECTORS / "seal/letter.note").read_bytes(), "seal")
    all_of(lambda data: containers.Cover(data, seal), [VECTORS / "cover/letter.cover"], list((VECTORS / "cover/refused").glob("*.cover")))


def edges_of_ed25519():
    data = pathlib.Path(os.environ.get("VALISE_TEST_DATA", ROOT.parent / "shared" / "data")) / "ed25519vectors.json"
    if not data.exists():
        raise Skip(f"no third-party vectors at {data}; set VALISE_TEST_DATA to their directory")
    refusing = {"low_order_A", "non_canonical_A", "low_order_residue", "non_canonical_R", "reencoded_k"}
    for one in json.loads(data.read_text()):
        taken = ed25519.verify(bytes.fromhex(one["key"]), one["msg"].encode(), bytes.fromhex(one["sig"]))
        assert taken == (not refusing & set(one["flags"] or [])), one


def what_full_says():
    facts = check_dossier.check((VECTORS / "dossier/full.dossier").read_bytes(), set(), 1796000000)["accounts"]
    said = {(s["says"], s["standing"], s["counts"], s["unattended"]) for s in facts["said"]}
    assert said == {("carrying", "good", True, True), ("handed", "good", True, False), ("received", "good", True, False), ("opened", "good", True, False),
                    ("reviewed", "wrong-role", False, False), ("comment", "good", True, False), ("proposed", "good", True, False)}, said
    assert [p["state"] for p in facts["parties"]] == [None, "opened"] and facts["signatures_valid"] and not facts["broken"]
    assert [d["name"] or d["subject"] for d in facts["disclosed"]] == ["Notice 14", "notice 14.pdf"]


def differences(verify, data):
    """What the two do not agree on."""
    with tempfile.NamedTemporaryFile(suffix=".dossier") as f:
        f.write(data)
        f.flush()
        run = subprocess.run([verify, "--json", f.name], capture_output=True, encoding="utf-8")
    theirs = json.loads(run.stdout)
    try:
        mine = check_dossier.check(data, set(), int(time.time()))
    except notes.Bad as e:
        return [] if run.returncode == 4 and "error" in theirs else [f"no dossier: {e}; but exit status {run.returncode}"]
    if "error" in theirs:
        return [f"it is a dossier; but {theirs['error']}"]
    a, b = mine["accounts"], theirs["accounts"]
    pairs = [("exit", mine["exit"], run.returncode), ("verdict", mine["verdict"], theirs["verdict"]), ("broken", len(a["broken"]), len(b["broken"]))]
    pairs += [(k, a[k], b[k]) for k in LETTER]
    offices = {o["id"]: o for o in b["offices"]}
    pairs += [(f"office {o['id']} {k}", o[k], offices.get(o["id"], {}).get(k)) for o in a["offices"] for k in ("name", "fingerprint", "forked")]
    for name, members in (("said", SAID), ("reported", REPORTED), ("speakers", SPEAKER), ("parties", PARTY), ("disclosed", DISCLOSED)):
        pairs.append((name, len(a[name]), len(b[name])))
        pairs += [(f"{name} {i} {k}", x[k], y[k]) for i, (x, y) in enumerate(zip(a[name], b[name])) for k in members if k in x]
    pairs += [(f"disclosed {i} is confirmed", x["confirmed_by"] is None, y["confirmed_by"] is None) for i, (x, y) in enumerate(zip(a["disclosed"], b["disclosed"]))]
    # Which two entries prove a fork is left open, so that of forks only the number is compared.
    pairs.append(("disagreements", *(sorted((d["kind"], [] if d["kind"] == "fork" else d["notes"]) for d in both["disagreements"]) for both in (a, b))))
    return [f"{what}: {x!r} here, {y!r} there" for what, x, y in pairs if x != y]


def same_as_verify(cases):
    verify = shutil.which("valise-verify")
    if not verify:
        raise Skip("no valise-verify in PATH")
    count = 0
    for name, data in cases:
        found = differences(verify, data)
        assert not found, f"{name}: " + "; ".join(found)
        count += 1
    assert count > 0


def vectors_as_verify():
    same_as_verify((path, path.read_bytes()) for path in sorted((VECTORS / "dossier").rglob("*.dossier")))


def worlds_as_verify():
    try:
        import worlds
    except ImportError as e:
        raise Skip(f"making worlds needs python3-cryptography: {e}") from None
    first, last = map(int, os.environ.get("CHECKER_SEEDS", "0-40").split("-"))
    same_as_verify((f"world {seed}", worlds.World(seed).dossier()) for seed in range(first, last))


def spoil(rng, data):
    """One thing wrong, somewhere."""
    lines = data.split(b"\n")
    i, j, at = rng.randrange(len(lines)), rng.randrange(len(lines)), rng.randrange(len(data))
    return rng.choice([
        lambda: data[:at] + bytes([data[at] ^ 1 << rng.randrange(8)]) + data[at + 1:], lambda: data[:at] + data[at + rng.randrange(1, 4):],
        lambda: data[:at] + rng.randbytes(1) + data[at:], lambda: b"\n".join(lines[:i] + lines[i:i + 1] + lines[i:]),
        lambda: b"\n".join(lines[:i] + lines[i + 1:]), lambda: b"\n".join(lines[j] if k == i else lines[i] if k == j else line for k, line in enumerate(lines))])()


def spoiled_as_verify():
    def cases():
        rng = random.Random(1)
        sources = [(VECTORS / f"dossier/{name}.dossier").read_bytes() for name in ("received", "full", "cover")]
        for n in range(200):
            data = rng.choice(sources)
            if rng.random() < 0.3:
                yield f"spoiled {n}", spoil(rng, data)
                continue
            # Within an item, whose length is right again, so that the item is what is wrong.
            head = data.index(b"\n", data.index(b"\n") + 1) + 1
            items = list(containers.items(data, head))
            which = rng.randrange(len(items))
            items[which] = items[which][0], spoil(rng, items[which][1])
            yield f"spoiled {n}", data[:head] + b"".join(b"%s %d\n" % (kind.encode(), len(body)) + body for kind, body in items) + b"end\n"
    same_as_verify(cases())


TESTS = [vectors_of_notes, vectors_of_containers, vectors_of_covers, edges_of_ed25519, what_full_says, vectors_as_verify, worlds_as_verify, spoiled_as_verify]


def main():
    print(f"1..{len(TESTS)}")
    failed = 0
    for number, test in enumerate(TESTS, 1):
        try:
            test()
            print(f"ok {number} - {test.__name__}")
        except Skip as e:
            print(f"ok {number} - {test.__name__} # SKIP {e}")
        except AssertionError as e:
            failed += 1
            print(f"not ok {number} - {test.__name__}\n# {e}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
