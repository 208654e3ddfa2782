#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the vectors of bags, cards and dossiers, and their example block in spec/, from the pages alone: it shares no code with src/."""
import base64
import hashlib
import hmac
import pathlib
import re

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

import make

HERE = pathlib.Path(__file__).resolve().parent


def sha(data):
    return hashlib.sha256(data).digest()


# Bags.

BLOCK = 32 * 1024


def tree(leaves):
    if not leaves:
        return sha(b"")
    if len(leaves) == 1:
        return leaves[0]
    k = 1 << (len(leaves) - 1).bit_length() - 1
    return sha(b"\x01" + tree(leaves[:k]) + tree(leaves[k:]))


def data_root(data):
    return tree([sha(b"\x00" + data[i:i + BLOCK]) for i in range(0, len(data), BLOCK)])


def frame(kind, at, length, of, root):
    checked = b"\xffVBF" + bytes([kind]) + at.to_bytes(4, "big") + length.to_bytes(4, "big") + of + root
    return checked + sha(checked)[:8]


def bag(identity, records):
    out = running = b"valise/bag@v1\n" + identity
    for kind, at, of, data in records:
        head = frame(kind, at, len(data), of, data_root(data))
        out += head + data
        running += head
    return out + frame(0, len(records), 0, sha(running), sha(b""))


SMALL = [(1, 0, sha(b"note"), b"note\n"), (3, 0, data_root(b"body"), b"body"), (5, 0, sha(b"big"), b"abc")]
SMALL_BAG = bag(b"\x42" * 16, SMALL)
EVERY_BAG = bag(b"\x43" * 16, SMALL + [
    (2, 0, sha(b"letter"), b"age-encryption.org/v1\n..."), (4, 0, sha(b"big"), sha(b"1") + sha(b"2")), (6, 0, sha(b"exhibit"), b"exhibit"),
    (6, 1, sha(b"exhibit"), b""), (200, 7, sha(b"later"), b"a kind of a later version"), (1, 0, sha(b"x"), bytes(70000))])


def bags():
    yield "small", SMALL_BAG
    yield "every-kind", EVERY_BAG
    yield "empty", bag(b"\x44" * 16, [])
    yield "two", SMALL_BAG + EVERY_BAG
    yield "cut", SMALL_BAG[:-90]
    yield "nested", bag(b"\x45" * 16, [(6, 0, sha(SMALL_BAG), SMALL_BAG), (1, 0, sha(b"note"), b"note\n")])


# What vouches for a bag inside an office: by the secret of 32 bytes of 0x11, to those of 0x22 and 0x33.


def vouches(frames):
    secret = X25519PrivateKey.from_private_bytes(b"\x11" * 32)
    by = secret.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    lines = [b"valise/inside-by@v1", b"by " + make.recipient(0x11).encode()]
    keys = [X25519PrivateKey.from_private_bytes(bytes([byte]) * 32).public_key() for byte in (0x22, 0x33)]
    for key in sorted(keys, key=lambda k: k.public_bytes(Encoding.Raw, PublicFormat.Raw)):
        to = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
        extracted = hmac.digest(by + to, secret.exchange(key), "sha256")
        expanded = hmac.digest(extracted, b"valise/inside-by@v1" + b"\x01", "sha256")
        tag = hmac.digest(expanded, frames, "sha256")[:16]
        lines.append(b"for " + make.bech32("age", to).encode() + b" " + tag.hex().encode())
    return b"\n".join(lines) + b"\n"


INSIDE_BY = vouches(sha(b"frames"))

# Cards and dossiers.


def item(kind, data):
    data = data if isinstance(data, bytes) else data.encode()
    return b"%s %d\n" % (kind.encode(), len(data)) + data


def entry(text):
    return item("register", make.sign(text))


OSLO_1 = make.lines(
    "valise/register@v1", f"office {make.OSLO}", "seq 1", f"previous {make.OSLO}", "time 2026-11-21T08:00:00Z",
    make.appoint(0x17, "-", "courier", "-", "Driver"), *make.by(0x11))


def card(office, *texts):
    return f"valise/card@v1\noffice {office}\n".encode() + b"".join(entry(t) for t in texts) + b"end\n"


FORK = sorted([make.HARBOUR_1, make.HARBOUR_2], key=make.note_id)
CARD = card(make.OSLO, make.OSLO_0, OSLO_1)


def dossier(*items, letter=make.LETTER):
    return f"valise/dossier@v1\nletter {letter}\n".encode() + b"".join(items) + b"end\n"


def leaf(index):
    bytes_ = make.LEAVES[index]
    hashes = [sha(b"\x00" + one) for one in make.LEAVES]
    path = {0: [hashes[1], hashes[2]], 1: [hashes[0], hashes[2]], 2: [sha(b"\x01" + hashes[0] + hashes[1])]}[index]
    return item("leaf", f"index {index}\nsalt {bytes_[:32].hex()}\n" + bytes_[32:].decode() + "".join(f"path {h.hex()}\n" for h in path))


EXHIBIT = b"The spokesman confirmed on Wednesday that a letter came.\n" * 40


def excerpt(offset, length, exhibit=EXHIBIT):
    digits = base64.b64encode(exhibit[offset:offset + length]).decode()
    text = f"exhibit {sha(exhibit).hex()} {len(exhibit)}\noffset {offset}\n"
    return item("excerpt", text + "".join(digits[i:i + 64] + "\n" for i in range(0, len(digits), 64)))


SEAL = item("seal", make.sign(make.SEAL))
REGISTERS = [entry(text) for office, text in sorted([(make.HARBOUR, make.HARBOUR_0), (make.OSLO, make.OSLO_0)])]
RECEIVED = item("statement", make.sign(make.RECEIVED))
STATEMENTS = sorted([make.RECEIVED, make.PROPOSED, make.statement("handed", "principal", 0x03, make.HARBOUR, f"to {make.OSLO}", nth=2),
                     make.statement("opened", "reader", 0x14, make.OSLO, time="2026-11-24T10:00:00Z"),
                     make.statement("reviewed", "reader", 0x13, make.OSLO, nth=2, time="2026-11-24T11:00:00Z"),
                     make.statement("comment", "spokesperson", 0x15, make.OSLO, "text We are considering it.", time="2026-11-25T09:00:00Z"),
                     make.statement("carrying", "courier", 0x16, make.OSLO, time="2026-11-24T08:00:00Z")], key=make.note_id)
GOOD = dossier(SEAL, *REGISTERS, RECEIVED)
FULL = dossier(SEAL, *[entry(t) for t in ([make.HARBOUR_0] + FORK + [make.OSLO_0, OSLO_1] if make.HARBOUR < make.OSLO else
                                          [make.OSLO_0, OSLO_1, make.HARBOUR_0] + FORK)],
               *[item("statement", make.sign(t)) for t in STATEMENTS], item("report", make.sign(make.REPORT)), leaf(0), leaf(2),
               excerpt(0, len(EXHIBIT)), excerpt(57, 57))
COVER = dossier(SEAL, *REGISTERS, RECEIVED, item("cover", make.COVER))


def replaced(data, old, new):
    old, new = (x if isinstance(x, bytes) else x.encode() for x in (old, new))
    assert data.count(old) >= 1, old
    return data.replace(old, new, 1)


def refused_framing(good, kind):
    """What cards and dossiers have in common."""
    first = re.search(rb"\n(%s) (\d+)\n" % kind.encode(), good)
    size = int(first[2])
    line = first[0]
    yield "cut-in-item", good[:-100]
    yield "cut-before-end", good[:-4]
    yield "end-without-newline", good[:-1]
    yield "after-end", good + b"\n"
    yield "crlf", good.replace(b"\n", b"\r\n")
    yield "version-2", replaced(good, "@v1\n", "@v2\n")
    yield "junk-before", b"\n" + good
    yield "leading-zero", replaced(good, line, b"\n%s 0%d\n" % (first[1], size))
    yield "plus", replaced(good, line, b"\n%s +%d\n" % (first[1], size))
    yield "no-length", replaced(good, line, b"\n%s\n" % first[1])
    yield "two-spaces", replaced(good, line, b"\n%s  %d\n" % (first[1], size))
    yield "trailing-space", replaced(good, line, b"\n%s %d \n" % (first[1], size))
    yield "upper-kind", replaced(good, line, b"\n%s %d\n" % (first[1].upper(), size))
    yield "one-longer", replaced(good, line, b"\n%s %d\n" % (first[1], size + 1))
    yield "one-shorter", replaced(good, line, b"\n%s %d\n" % (first[1], size - 1))
    yield "length-2-64", replaced(good, line, b"\n%s %d\n" % (first[1], 2**64))
    yield "length-below-2-64", replaced(good, line, b"\n%s %d\n" % (first[1], 2**64 - 1))
    yield "no-first-line", good[good.index(b"\n") + 1:]
    yield "no-second-line", good[:good.index(b"\n") + 1] + good[good.index(b"\n", good.index(b"\n") + 1) + 1:]
    yield "empty-line", replaced(good, line, b"\n" + line)


def refused_cards():
    yield from refused_framing(CARD, "register")
    yield "no-entry", card(make.OSLO)
    yield "without-entry-0", card(make.OSLO, OSLO_1)
    yield "unsorted", card(make.OSLO, OSLO_1, make.OSLO_0)
    yield "doubled", card(make.OSLO, make.OSLO_0, make.OSLO_0)
    yield "fork-unsorted", card(make.HARBOUR, make.HARBOUR_0, *FORK[::-1])
    yield "two-offices", card(make.OSLO, make.OSLO_0, make.HARBOUR_1)
    yield "another-office", card(make.HARBOUR, make.OSLO_0)
    yield "office-upper", replaced(CARD, f"office {make.OSLO}", f"office {make.OSLO.upper()}")
    yield "another-kind", replaced(CARD, b"\nregister ", b"\nstatement ")
    yield "statement", f"valise/card@v1\noffice {make.OSLO}\n".encode() + item("register", make.sign(make.RECEIVED)) + b"end\n"
    yield "no-empty-line", f"valise/card@v1\noffice {make.OSLO}\n".encode() + item("register", make.OSLO_0) + b"end\n"
    yield "seq-16384", card(make.OSLO, make.OSLO_0, OSLO_1.replace("seq 1", "seq 16384"))


def refused_dossiers():
    yield from refused_framing(GOOD, "seal")
    yield "no-item", dossier()
    yield "no-seal", dossier(*REGISTERS, RECEIVED)
    yield "seal-last", dossier(*REGISTERS, RECEIVED, SEAL)
    yield "two-seals", dossier(SEAL, SEAL)
    yield "two-letters", dossier(SEAL, item("seal", make.sign(make.PAPER)))
    yield "another-letter", dossier(SEAL, letter=make.note_id(make.PAPER))
    yield "letter-upper", dossier(SEAL, letter=make.LETTER.upper())
    yield "unknown-kind", dossier(SEAL, item("rumour", "it is said\n"))
    yield "statement-before-register", dossier(SEAL, RECEIVED, *REGISTERS)
    yield "registers-unsorted", dossier(SEAL, *REGISTERS[::-1])
    yield "register-twice", dossier(SEAL, REGISTERS[0], REGISTERS[0])
    yield "seq-unsorted", dossier(SEAL, entry(OSLO_1), entry(make.OSLO_0))
    yield "fork-unsorted", dossier(SEAL, entry(make.HARBOUR_0), *[entry(t) for t in FORK[::-1]])
    yield "statements-unsorted", dossier(SEAL, *[item("statement", make.sign(t)) for t in STATEMENTS[::-1]])
    yield "statement-twice", dossier(SEAL, RECEIVED, RECEIVED)
    yield "report-as-statement", dossier(SEAL, item("statement", make.sign(make.REPORT)))
    yield "statement-as-report", dossier(SEAL, item("report", make.sign(make.RECEIVED)))
    yield "no-empty-line", dossier(SEAL, item("statement", make.RECEIVED))
    yield "empty-statement", dossier(SEAL, item("statement", ""))
    yield "leaves-unsorted", dossier(SEAL, leaf(2), leaf(0))
    yield "leaf-twice", dossier(SEAL, leaf(2), leaf(2))
    yield "leaf-beside-cover", dossier(SEAL, leaf(2), item("cover", make.COVER))
    yield "two-covers", dossier(SEAL, *sorted([item("cover", make.COVER), item("cover", make.COVER + "x")], key=lambda i: sha(i.split(b"\n", 1)[1])))
    whole, shown = leaf(2), b""
    text = whole.split(b"\n", 1)[1].decode()
    index, salt = text.split("\n")[:2]
    path = text[text.index("path "):]
    own = text[text.index("valise/leaf"):text.index("path ")]
    for name, changed in (
            ("no-index", text.replace(index + "\n", "")), ("index-zero-first", text.replace("index 2", "index 02")), ("index-1001", text.replace("index 2", "index 1001")),
            ("no-salt", text.replace(salt + "\n", "")), ("salt-upper", text.replace(salt, "salt " + "AB" * 32)), ("salt-short", text.replace(salt, salt[:-2])),
            ("no-leaf", text.replace(own, "")), ("another-leaf", text.replace("valise/leaf@v1", "valise/leaf@v2")), ("path-11", text.replace(path, path * 11)),
            ("path-upper", text.replace(path, "path " + "AB" * 32 + "\n")), ("path-short", text.replace(path, path[:-3] + "\n")), ("line-after-path", text + "part\n"),
            ("cut", text[:-1])):
        yield "leaf-" + name, dossier(SEAL, item("leaf", changed))
    shown = excerpt(57, 57).split(b"\n", 1)[1].decode()
    base = shown.split("\n", 2)[2]
    for name, changed in (
            ("no-offset", shown.replace("offset 57\n", "")), ("beyond", shown.replace("offset 57", f"offset {len(EXHIBIT) - 56}")), ("offset-over", shown.replace("offset 57", f"offset {len(EXHIBIT) + 1}")),
            ("empty", shown.replace(base, "")), ("exhibit-upper", shown.replace(sha(EXHIBIT).hex(), "AB" * 32)), ("size-over", shown.replace(f" {len(EXHIBIT)}\n", f" {2**30 + 1}\n")),
            ("lines-short", shown.replace(base, base[:32] + "\n" + base[32:])), ("lines-long", shown.replace(base, base.replace("\n", "") + "\n")),
            ("unpadded", shown.replace(base, base.rstrip("\n").rstrip("=") + "A\n")), ("blank", shown + "\n"), ("cut", shown[:-1]), ("padding-within", shown.replace(base, "QQ==" * 16 + "\n" + base))):
        yield "excerpt-" + name, dossier(SEAL, item("excerpt", changed))
    yield "excerpts-unsorted", dossier(SEAL, excerpt(57, 57), excerpt(0, len(EXHIBIT)))
    yield "excerpt-twice", dossier(SEAL, excerpt(57, 57), excerpt(57, 57))


def main():
    def put(path, data):
        where = HERE / path
        where.parent.mkdir(parents=True, exist_ok=True)
        where.write_bytes(data)

    for name, data in bags():
        put(f"bag/{name}.bag", data)
    put("bag/inside-by", INSIDE_BY)
    put("card/oslo.card", CARD)
    put("card/harbour.card", card(make.HARBOUR, make.HARBOUR_0, *FORK))
    for name, data in (("received", GOOD), ("full", FULL), ("cover", COVER), ("seal-only", dossier(SEAL))):
        put(f"dossier/{name}.dossier", data)
    for name, data in refused_cards():
        assert data != CARD, name
        put(f"card/refused/{name}.card", data)
    for name, data in refused_dossiers():
        assert data != GOOD, name
        put(f"dossier/refused/{name}.dossier", data)
    page = make.SPEC / "bag.md"
    shown = re.sub(r"(?ms)^(```example bag-small\n).*?^(```)$",
                   lambda m: m[1] + "".join(SMALL_BAG.hex()[i:i + 128] + "\n" for i in range(0, 2 * len(SMALL_BAG), 128)) + m[2], page.read_text(), count=1)
    page.write_text(re.sub(r"(?ms)^(```example inside-by\n).*?^(```)$", lambda m: m[1] + INSIDE_BY.decode() + m[2], shown, count=1))


if __name__ == "__main__":
    main()
