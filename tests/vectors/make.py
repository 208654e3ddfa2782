#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the vectors of the text formats and the example blocks in spec/ from the pages alone: it shares no code with src/."""
import base64
import hashlib
import hmac
import pathlib
import re
import sys

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

HERE = pathlib.Path(__file__).resolve().parent
SPEC = HERE.parent.parent / "spec"


def sha(data):
    return hashlib.sha256(data).digest()


def sha_hex(data):
    return sha(data).hex()


class Key:
    """An Ed25519 key whose seed is 32 equal bytes."""

    def __init__(self, byte):
        self.private = Ed25519PrivateKey.from_private_bytes(bytes([byte]) * 32)
        self.public = self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.name = "valise/" + sha_hex(self.public)[:32]
        self.hash = sha(self.name.encode() + b"\n\x01" + self.public)[:4]
        self.vkey = f"{self.name}+{self.hash.hex()}+{base64.b64encode(b'%c' % 1 + self.public).decode()}"
        self.commitment = sha_hex(self.vkey.encode())

    def line(self, text, name=None, key_hash=None):
        signature = self.private.sign(text if isinstance(text, bytes) else text.encode())
        return signature_line(name or self.name, key_hash or self.hash, signature)


def signature_line(name, key_hash, signature):
    return f"\u2014 {name} {base64.b64encode(key_hash + signature).decode()}\n"


K = {byte: Key(byte) for byte in range(1, 0x60)}
BY_VKEY = {k.vkey: k for k in K.values()}


def bech32(hrp, data):
    digits = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
    bits = int.from_bytes(data, "big") << (-8 * len(data) % 5)
    count = -(-8 * len(data) // 5)
    values = [bits >> 5 * (count - 1 - i) & 31 for i in range(count)]

    def checksum(vs):
        c = 1
        for v in vs:
            top = c >> 25
            c = (c & 0x1FFFFFF) << 5 ^ v
            for i, g in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
                c ^= g if top >> i & 1 else 0
        return c

    expanded = [ord(c) >> 5 for c in hrp] + [0] + [ord(c) & 31 for c in hrp]
    c = checksum(expanded + values + [0] * 6) ^ 1
    return hrp + "1" + "".join(digits[v] for v in values + [c >> 5 * (5 - i) & 31 for i in range(6)])


def recipient(byte):
    secret = X25519PrivateKey.from_private_bytes(bytes([byte]) * 32)
    return bech32("age", secret.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))


def signers(text):
    return [BY_VKEY[line[3:]] for line in text.split("\n") if line.startswith("by ") and line[3:] in BY_VKEY]


def sign(text):
    return text + "\n" + "".join(k.line(text) for k in signers(text))


def note_id(text):
    return sha_hex(text.encode())


def lines(*items):
    return "".join(item + "\n" for item in items if item is not None)


def by(*bytes_):
    return [f"by {v}" for v in sorted(K[b].vkey for b in bytes_)]


def quorum(key, n, items):
    return f"{key} {n} " + " ".join(sorted(items))


def appoint(byte, age, roles, until, title):
    return f"appoint {K[byte].vkey} {age} {roles} {until} {title}"


# Registers.

def first_entry(name, keeper, following, officers):
    return lines("valise/register@v1", "office -", "seq 0", "previous -", "time 2026-11-20T08:00:00Z", f"name {name}",
                 quorum("keepers", 1, [K[keeper].vkey]), quorum("next", 1, [K[following].commitment]),
                 *sorted(officers), *by(keeper))


HARBOUR_0 = first_entry("Harbour Legal", 0x01, 0x02, [
    appoint(0x03, "-", "principal", "-", "Registry"),
    appoint(0x04, recipient(0x24), "reader", "2027-12-31T23:59:59Z", "Reading room")])
HARBOUR = note_id(HARBOUR_0)
OSLO_0 = first_entry("Mission Oslo", 0x11, 0x12, [
    appoint(0x13, "-", "clerk", "-", "Front desk"),
    appoint(0x14, recipient(0x34), "reader", "-", "Second secretary"),
    appoint(0x15, "-", "principal,spokesperson", "-", "Head of mission"),
    appoint(0x16, recipient(0x36), "clerk,courier,machine", "-", "Mail room, at night")])
OSLO = note_id(OSLO_0)
HARBOUR_1 = lines(
    "valise/register@v1", f"office {HARBOUR}", "seq 1", f"previous {HARBOUR}", "time 2026-11-21T08:00:00Z",
    f"dismiss {K[4].vkey} moved to another post", appoint(0x05, recipient(0x25), "reader,spokesperson", "-", "Press office"),
    f"seen {sha_hex(b'seen')}", "relay https://relay.example/harbour", *by(0x01))
HARBOUR_2 = lines(
    "valise/register@v1", f"office {HARBOUR}", "seq 1", f"previous {HARBOUR}", "time 2026-11-22T08:00:00Z",
    "name Harbour Legal LLP", quorum("keepers", 2, [K[6].vkey, K[7].vkey]),
    quorum("next", 2, [K[b].commitment for b in (8, 9, 10)]), *by(0x02, 0x06, 0x07))

# The cover, and the seal that commits to it.

NONCE, SEED = bytes([0x51]) * 32, bytes([0x41]) * 32
SUBJECT = ["subject Notice 14"]
PARTS = [f"part dir 0 3146752 {sha_hex(b'annex')} annex", f"part file 3148288 21504 {sha_hex(b'notice')} notice%2014.pdf"]


def leaf(i, nonce, office, seed):
    salt = hmac.new(seed, b"valise/salt@v1\n" + i.to_bytes(4, "big"), hashlib.sha256).digest()
    own = SUBJECT if i == 0 else [PARTS[i - 1]]
    return salt + lines("valise/leaf@v1", f"nonce {nonce.hex()}", f"from {office}", *own).encode()


def root(hashes):
    if len(hashes) == 1:
        return hashes[0]
    k = 1 << (len(hashes) - 1).bit_length() - 1
    return sha(b"\x01" + root(hashes[:k]) + root(hashes[k:]))


LEAVES = [leaf(i, NONCE, HARBOUR, SEED) for i in range(1 + len(PARTS))]
ROOT = root([sha(b"\x00" + one) for one in LEAVES]).hex()
CORE = lines("valise/seal@v1", f"nonce {NONCE.hex()}", f"from {HARBOUR} {HARBOUR}", f"to {OSLO} {OSLO}", "ref 14/2026",
             "date 2026-11-22T09:12:00Z", "answer-by 2026-12-22T00:00:00Z", "keep-until 2027-02-01T00:00:00Z",
             f"contents {ROOT} {len(LEAVES)}", f"body {sha_hex(b'example body')} 3276800")
SEAL = CORE + lines(f"cover {sha_hex(b'example cover')} 1024", *by(0x03))
LETTER = note_id(SEAL)
PAPER = lines("valise/seal@v1", f"nonce {'52' * 32}", f"from {HARBOUR} {HARBOUR}", "addressee Office of the Envoy",
              "addressee Petitions, room 4", "date 2026-11-22T10:00:00Z", "paper envelope 17, two sheets, red wax", *by(0x03))


def cover(core, subject, parts, reply=None):
    text = lines("valise/cover@v1", f"core {core}", f"key {bech32('age-secret-key-', bytes([0x31]) * 32).upper()}",
                 f"seed {SEED.hex()}", *subject, None if reply is None else f"in-reply-to {reply}", *parts)
    zeros = 512 - (len(text.encode()) + 5) % 512
    return text + "pad " + "0" * zeros + "\n"


COVER = cover(note_id(CORE), SUBJECT, PARTS)

# Statements and reports.


def statement(says, role, key, office, *optional, nth=1, time="2026-11-24T08:40:00Z"):
    return lines("valise/statement@v1", f"letter {LETTER}", f"says {says}", f"office {office} {office}", f"role {role}",
                 f"nth {nth}", f"time {time}", *optional, *by(key))


RECEIVED = statement("received", "clerk", 0x13, OSLO, "medium by hand")
PROPOSED = statement("proposed", "principal", 0x03, HARBOUR, f"regarding {note_id(RECEIVED)}", "when the second week of December",
                     "text A meeting in Oslo, two persons from each side.", time="2026-11-25T10:00:00Z")
SAID = {
    "handed": ("principal", [f"to {OSLO}"]), "carrying": ("courier", []), "delivered": ("courier", [f"to {OSLO}"]),
    "attempted": ("courier", ["reason nobody-there"]), "received": ("clerk", []), "refused": ("clerk", ["reason full"]),
    "opened": ("reader", []), "defect": ("reader", ["reason contents"]), "reviewed": ("reader", []),
    "service-accepted": ("principal", []), "service-declined": ("principal", ["reason language"]),
    "comment": ("spokesperson", ["text It is being considered."]), "no-comment": ("spokesperson", []),
    "conveyed": ("principal", [f"to {HARBOUR}", "medium by telephone"]),
    "proposed": ("principal", ["when tomorrow", "text A call."]), "agreed": ("clerk", [f"regarding {note_id(PROPOSED)}"]),
    "held": ("clerk", [f"regarding {note_id(PROPOSED)}", "when 9 December"]),
    "called-off": ("principal", [f"regarding {note_id(PROPOSED)}"]), "summary": ("spokesperson", ["text It asks for a date."]),
    "lost": ("courier", ["reason stolen"]), "damaged": ("courier", []), "returned": ("courier", ["reason expired"]),
    "destroyed": ("courier", []), "withdrawn": ("principal", []),
    "identified": ("principal", [f"to {OSLO}", "text Petitions, room 4"]), "seen": ("clerk", [f"regarding {note_id(RECEIVED)}"]),
}
REPORT = lines(
    "valise/report@v1", f"letter {LETTER}", "says received", "speaker a spokesman of the mission", f"speaker-office {OSLO}",
    "via the evening news", "via a press agency", "verb confirmed", "medium interview", "when Wednesday",
    "resolved 2026-11-25T00:00:00Z 2026-11-25T23:59:59Z", f"exhibit {sha_hex(b'exhibit')} 2000 1200 90",
    f"exhibit {sha_hex(b'exhibit')} 2000 310 77", "quoted no", f"office {HARBOUR} {note_id(HARBOUR_1)}", "role spokesperson", "nth 1",
    "time 2026-11-26T09:30:00Z", *by(0x05))
# Every line there is.
SLIP = lines(
    "valise/report@v1", f"letter {LETTER}", "says delivered", "speaker the postman", "speaker-addressee The Quay, third door",
    "of a boy on a bicycle", "via the neighbour", "verb told", "medium over the fence", "carriage in a bag of fish", "when this morning",
    f"regarding {note_id(RECEIVED)}", f"regarding {note_id(REPORT)}", f"exhibit {sha_hex(b'slip')} 90000 0 90000", "where the back, second line",
    "quoted yes", f"office {OSLO} {OSLO}", "role clerk", "nth 2", "time 2026-11-27T09:30:00Z", *by(0x13))
SLIP = SLIP.replace(f"regarding {note_id(RECEIVED)}\nregarding {note_id(REPORT)}",
                    "\n".join(sorted(f"regarding {note_id(n)}" for n in (RECEIVED, REPORT))))


# Notes of exactly so many bytes, signatures included: 137 for each signer, and the empty line.


def large_entry(size):
    def made(titles):
        return lines("valise/register@v1", f"office {HARBOUR}", "seq 1", f"previous {HARBOUR}", "time 2026-11-21T08:00:00Z",
                     *sorted(appoint(0x10 + i, "-", "principal", "-", title) for i, title in enumerate(titles)), *by(0x01))
    return filled(made, 60, size - 138)


def large_seal(size):
    def made(names):
        return lines("valise/seal@v1", f"nonce {'52' * 32}", f"from {HARBOUR} {HARBOUR}", *sorted(f"addressee {n}" for n in names),
                     "date 2026-11-22T10:00:00Z", "paper envelope 18", *by(0x03))
    return filled(made, 130, size - 138)


def filled(made, count, size):
    texts = [f"{i:03d}" for i in range(count)]
    left = size - len(made(texts))
    for i in range(count):
        more = min(left, 997)
        texts[i] += "x" * more
        left -= more
    assert left == 0 and len(made(texts)) == size
    return made(texts)


# What must be refused: a text with one thing wrong, signed anew, so that nothing else is wrong with it.

ONE, TWO = sha_hex(b"one"), sha_hex(b"two")
SMALL, BIG = sorted([ONE, TWO])
WEAK = bytes([1]) + bytes(31)  # y = 1: the neutral element


def weak_vkey():
    name = "valise/" + sha_hex(WEAK)[:32]
    return f"{name}+{sha(name.encode() + bytes([10, 1]) + WEAK)[:4].hex()}+{base64.b64encode(bytes([1]) + WEAK).decode()}"


def changes(text, table):
    for name, old, new in table:
        assert text.count(old) >= 1, (name, old)
        yield name, sign(text.replace(old, new, 1))


def refused_statements():
    t = RECEIVED
    medium = "medium by hand\n"
    yield from changes(t, [
        ("unknown-key", medium, "mood good\n"), ("unknown-says", "says received", "says recieved"),
        ("blank-line", medium, medium + "\n"), ("crlf", medium, "medium by hand\r\n"), ("trailing-space", medium, "medium by hand \n"),
        ("two-spaces", "medium by", "medium  by"), ("tab", "medium by hand", "medium by\thand"), ("no-value", medium, "medium\n"),
        ("empty-value", medium, "medium \n"), ("doubled", medium, medium * 2), ("missing-role", "role clerk\n", ""),
        ("wrong-role", "role clerk", "role reader"), ("machine-role", "role clerk", "role machine"), ("two-roles", "role clerk", "role clerk,reader"),
        ("nth-zero", "nth 1", "nth 0"), ("nth-leading-zero", "nth 1", "nth 01"), ("nth-over", "nth 1", "nth 1000001"), ("nth-plus", "nth 1", "nth +1"),
        ("upper-hex", f"letter {LETTER}", f"letter {LETTER.upper()}"), ("short-hex", f"letter {LETTER}", f"letter {LETTER[:-1]}"),
        ("no-head", f"office {OSLO} {OSLO}", f"office {OSLO}"), ("time-day", "11-24T", "11-31T"), ("time-second", "08:40:00Z", "08:40:60Z"),
        ("time-offset", "08:40:00Z", "08:40:00+00:00"), ("out-of-order", "role clerk\nnth 1\n", "nth 1\nrole clerk\n"),
        ("line-of-another", medium, medium + "when today\n"), ("reason-of-another", medium, medium + "reason full\n"),
        ("regarding-unsorted", medium, f"regarding {BIG}\nregarding {SMALL}\n" + medium),
        ("regarding-doubled", medium, f"regarding {SMALL}\nregarding {SMALL}\n" + medium),
        ("regarding-9", medium, "".join(f"regarding {i:064x}\n" for i in range(9)) + medium),
        ("text-21", medium, medium + "text x\n" * 21), ("free-1001", "by hand", "x" * 1001), ("bidi", "by hand", "by \u202ehand"),
        ("c1", "by hand", "by \u0085hand"), ("bom", "by hand", "\ufeffby hand"), ("line-separator", "by hand", "by\u2028hand"),
        ("del", "by hand", "by\x7fhand"), ("other-kind", "valise/statement@v1", "valise/report@v1"), ("version-2", "@v1", "@v2"),
    ])
    raw = t.encode().replace(b"by hand", b"by \xffhand")
    yield "not-utf8", raw + b"\n" + K[0x13].line(raw).encode()
    two = t.replace(by(0x13)[0], "\n".join(by(0x13, 0x15)))
    yield "two-signers", sign(two)
    yield "handed-to-nobody", sign(statement("handed", "principal", 3, HARBOUR))
    yield "delivered-without-to", sign(statement("delivered", "courier", 0x16, OSLO))
    yield "refused-without-reason", sign(statement("refused", "clerk", 0x13, OSLO))
    yield "refused-with-another-code", sign(statement("refused", "clerk", 0x13, OSLO, "reason nobody-there"))
    yield "seen-nothing", sign(statement("seen", "clerk", 0x13, OSLO))
    yield "proposed-without-when", sign(statement("proposed", "principal", 3, HARBOUR, "text A call."))
    yield "no-comment-with-text", sign(statement("no-comment", "spokesperson", 0x15, OSLO, "text None at this stage."))


def request(title="Reading room", roles="reader", to=None, time="2026-11-19T16:20:00Z", key=0x04):
    return lines("valise/request@v1", f"time {time}", f"title {title}", f"roles {roles}", f"recipient {to or recipient(0x24)}", *by(key))


REQUEST = request()


def refused_requests():
    to = recipient(0x24)
    yield from changes(REQUEST, [
        ("statement", "valise/request@v1", "valise/statement@v1"), ("version-2", "@v1", "@v2"), ("no-time", "time 2026-11-19T16:20:00Z\n", ""), ("time-day", "11-19T", "11-31T"),
        ("no-title", "title Reading room\n", ""), ("empty-title", "Reading room", ""), ("free-title", "Reading", "Read\u200fing"), ("title-1001", "Reading room", "x" * 1001),
        ("title-twice", "title Reading room\n", "title Reading room\n" * 2), ("no-roles", "roles reader\n", ""), ("roles-empty", "roles reader", "roles "),
        ("roles-machine-alone", "roles reader", "roles machine"), ("roles-unsorted", "roles reader", "roles reader,clerk"), ("roles-doubled", "roles reader", "roles reader,reader"),
        ("roles-unknown", "roles reader", "roles reader,ambassador"), ("roles-keeper", "roles reader", "roles keeper"), ("no-recipient", f"recipient {to}\n", ""),
        ("reader-without-recipient", to, "-"), ("principal-with-recipient", "roles reader", "roles principal"), ("recipient-upper", to, to.upper()),
        ("recipient-checksum", to, to[:-1] + "q"), ("recipient-low-order", to, bech32("age", bytes(32))), ("recipient-not-canonical", to, bech32("age", b"\xee" + b"\xff" * 30 + b"\x7f")),
        ("out-of-order", f"roles reader\nrecipient {to}\n", f"recipient {to}\nroles reader\n"), ("line-of-another", "roles reader\n", "roles reader\nuntil 2027-12-31T23:59:59Z\n"),
        ("crlf", "roles reader\n", "roles reader\r\n"), ("trailing-space", "roles reader\n", "roles reader \n"),
    ])
    yield "two-signers", sign(REQUEST.replace(by(0x04)[0], "\n".join(by(0x04, 0x05))))
    good = sign(REQUEST)
    yield "another-signs", REQUEST + "\n" + K[0x05].line(REQUEST)
    yield "altered", good.replace("Reading room", "Reading rook")
    yield "trailing-newline", good + "\n"
    yield "cut", good[:-1]


def refused_notes():
    good = sign(RECEIVED)
    text, block = good.split("\n\n")
    text += "\n"
    other = K[0x15].line(text)
    yield "no-signature", text + "\n"
    yield "no-empty-line", text + block
    yield "cut", good[:-1]
    yield "trailing-newline", good + "\n"
    yield "foreign-signature-added", good + other
    yield "foreign-signature", text + "\n" + other
    yield "doubled-signature", good + block
    yield "altered-text", good.replace("by hand", "by band")
    yield "hyphen-for-dash", good.replace("\u2014", "-")
    yield "another-name", good.replace("\u2014 " + K[0x13].name, "\u2014 " + K[0x15].name)
    yield "another-hash", text + "\n" + K[0x13].line(text, key_hash=K[0x15].hash)
    signature = K[0x13].private.sign(text.encode())
    order = 2**252 + 27742317777372353535851937790883648493
    high = signature[:32] + (int.from_bytes(signature[32:], "little") + order).to_bytes(32, "little")
    yield "s-plus-order", text + "\n" + signature_line(K[0x13].name, K[0x13].hash, high)
    yield "base64-unpadded", good[:-2] + "\n"
    yield "base64-spare-bits", good[:-3] + chr(ord(good[-3]) + 1) + good[-2:]
    # Sound C2SP notes by a key under a name or in a spelling that is not its own.
    mine = K[0x13].vkey
    name, key_hash, key = mine.split("+", 2)
    harbour = sha(b"harbour\n\x01" + K[0x13].public)[:4]
    renamed = text.replace(mine, f"harbour+{harbour.hex()}+{key}")
    yield "vkey-other-name", renamed + "\n" + K[0x13].line(renamed, "harbour", harbour)
    other = sha(K[0x15].name.encode() + b"\n\x01" + K[0x13].public)[:4]
    renamed = text.replace(mine, f"{K[0x15].name}+{other.hex()}+{key}")
    yield "vkey-name-of-another", renamed + "\n" + K[0x13].line(renamed, K[0x15].name, other)
    spelled = text.replace(mine, f"{name}+{key_hash.upper()}+{key}")
    yield "vkey-upper-hash", spelled + "\n" + K[0x13].line(spelled)
    # With R the neutral element and S = 0 some libraries take this for every message.
    weak = weak_vkey()
    name, key_hash, _ = weak.split("+", 2)
    yield "vkey-weak", text.replace(mine, weak) + "\n" + signature_line(name, bytes.fromhex(key_hash), b"\x01" + bytes(63))
    two = sign(HARBOUR_2)
    text, block = two.split("\n\n")
    one_by_one = block.splitlines(keepends=True)
    yield "swapped-signatures", text + "\n\n" + one_by_one[1] + one_by_one[0] + one_by_one[2]
    yield "missing-signature", text + "\n\n" + "".join(one_by_one[:2])
    by_lines = [line for line in text.split("\n") if line.startswith("by ")]
    unsorted = text.replace("\n".join(by_lines), "\n".join(by_lines[::-1])) + "\n"
    yield "by-unsorted", sign(unsorted)
    yield "by-doubled", sign(text.replace(by_lines[0], by_lines[0] + "\n" + by_lines[0]) + "\n")


def refused_registers():
    keeper, one = K[1].vkey, K[2].commitment
    yield from changes(HARBOUR_0, [
        ("seq-not-0", "seq 0", "seq 1"), ("office-there", "office -", f"office {ONE}"), ("previous-there", "previous -", f"previous {ONE}"),
        ("no-name", "name Harbour Legal\n", ""), ("no-next", f"next 1 {one}\n", ""), ("no-keepers", f"keepers 1 {keeper}\n", ""),
        ("quorum-0", f"keepers 1 {keeper}", f"keepers 0 {keeper}"), ("quorum-over", f"keepers 1 {keeper}", f"keepers 2 {keeper}"),
        ("next-quorum-half", f"next 1 {one}", f"next 1 {' '.join(sorted([one, ONE]))}"),
        ("next-unsorted", f"next 1 {one}", f"next 2 {' '.join(sorted([one, ONE])[::-1])}"), ("next-doubled", f"next 1 {one}", f"next 2 {one} {one}"),
        ("next-is-keeper", one, K[1].commitment), ("next-is-officer", one, K[3].commitment),
        ("keepers-unsorted", f"keepers 1 {keeper}", "keepers 2 " + " ".join(sorted([keeper, K[2].vkey])[::-1])),
        ("reader-without-recipient", recipient(0x24), "-"), ("principal-with-recipient", f"{K[3].vkey} -", f"{K[3].vkey} {recipient(0x24)}"),
        ("recipient-upper", recipient(0x24), recipient(0x24).upper()), ("recipient-checksum", recipient(0x24), recipient(0x24)[:-1] + "q"),
        ("recipient-low-order", recipient(0x24), bech32("age", bytes(32))), ("recipient-not-canonical", recipient(0x24), bech32("age", b"\xee" + b"\xff" * 30 + b"\x7f")),
        ("roles-machine-alone", " principal ", " machine "), ("roles-unsorted", " principal ", " spokesperson,principal "),
        ("roles-doubled", " principal ", " principal,principal "), ("roles-unknown", " principal ", " ambassador "), ("until-malformed", "2027-12-31T23:59:59Z", "2027-12-31"),
        ("no-title", " - Registry", " -"), ("officer-is-keeper", K[3].vkey, keeper), ("free-title", "Registry", "Regi\u200fstry"),
    ])
    officers = sorted(line for line in HARBOUR_0.split("\n") if line.startswith("appoint "))
    yield "appoint-unsorted", sign(HARBOUR_0.replace("\n".join(officers), "\n".join(officers[::-1])))
    yield "appoint-twice", sign(HARBOUR_0.replace(officers[0], officers[0] + "\n" + officers[0]))
    extra = sorted([keeper, K[2].vkey])
    yield "extra-signer", sign(HARBOUR_0.replace(f"by {keeper}", f"by {extra[0]}\nby {extra[1]}"))
    yield "keeper-does-not-sign", sign(HARBOUR_2.replace(f"by {K[7].vkey}\n", ""))
    yield from changes(HARBOUR_1, [
        ("office-missing", f"office {HARBOUR}", "office -"), ("previous-missing", f"previous {HARBOUR}", "previous -"), ("seq-0", "seq 1", "seq 0"), ("seq-over", "seq 1", "seq 16384"),
        ("dismiss-and-appoint", K[4].vkey, K[5].vkey), ("dismiss-without-reason", " moved to another post", ""),
        ("relay-scheme", "https://relay", "gopher://relay"), ("relay-bare", "https://relay.example/harbour", "https://"), ("relay-space", "example/harbour", "example/ harbour"),
        ("relay-long", "example/harbour", "example/" + "x" * 479), ("relay-not-ascii", "example/harbour", "example/h\u00e5rbour"),
        ("officer-signs", f"by {keeper}", f"by {K[5].vkey}"), ("seen-short", sha_hex(b"seen"), sha_hex(b"seen")[:-2]),
        ("next-without-keepers", f"dismiss {K[4].vkey}", f"next 1 {one}\ndismiss {K[4].vkey}"),
    ])
    yield "over-64-KiB", sign(large_entry(65537))


def refused_seals():
    cover_line = f"cover {sha_hex(b'example cover')} 1024"
    to = f"to {OSLO} {OSLO}\n"
    other = f"to {ONE} {TWO}\n"
    yield from changes(SEAL, [
        ("no-to", to, ""), ("to-twice", to, to * 2), ("to-twice-other-head", to, "".join(sorted([to, f"to {OSLO} {ONE}\n"]))),
        ("to-unsorted", to, "".join(sorted([to, other], reverse=True))), ("addressee", to, to + "addressee The envoy\n"),
        ("to-257", to, "".join(f"to {i:064x} {ONE}\n" for i in range(257))),
        ("no-contents", f"contents {ROOT} 3\n", ""), ("one-leaf", f"contents {ROOT} 3", f"contents {ROOT} 1"), ("leaves-1002", f"contents {ROOT} 3", f"contents {ROOT} 1002"),
        ("no-body", f"body {sha_hex(b'example body')} 3276800\n", ""), ("body-0", "3276800", "0"), ("body-over", "3276800", str(2**40 + 1)),
        ("no-cover", cover_line + "\n", ""), ("cover-over", cover_line, cover_line.replace("1024", "524289")), ("cover-0", cover_line, cover_line.replace("1024", "0")),
        ("nonce-short", NONCE.hex(), NONCE.hex()[2:]), ("nonce-upper", NONCE.hex(), "AB" * 32), ("no-date", "date 2026-11-22T09:12:00Z\n", ""),
        ("answer-by-malformed", "2026-12-22T00:00:00Z", "2026-12-22T24:00:00Z"), ("ref-empty", "ref 14/2026", "ref "),
        ("body-and-paper", "body ", "paper envelope 17\nbody "),
    ])
    yield from changes(PAPER, [("addressee-unsorted", "addressee Office of the Envoy\n", "addressee Z\n"), ("nobody", "addressee Office of the Envoy\naddressee Petitions, room 4\n", ""),
                               ("addressee-twice", "addressee Office of the Envoy\n", "addressee Office of the Envoy\n" * 2),
                               ("paper-with-cover", "red wax\n", "red wax\n" + cover_line + "\n")])
    yield "over-128-KiB", sign(large_seal(131073))


def refused_reports():
    span = f"exhibit {sha_hex(b'exhibit')} 2000 1200 90\n"
    yield from changes(REPORT, [
        ("unknown-says", "says received", "says served"), ("no-speaker", "speaker a spokesman of the mission\n", ""), ("no-verb", "verb confirmed\n", ""),
        ("resolved-without-when", "when Wednesday\n", ""), ("resolved-backwards", "2026-11-25T23:59:59Z", "2026-11-24T23:59:59Z"),
        ("span-beyond", "2000 1200 90", "2000 1911 90"), ("span-empty", "2000 1200 90", "2000 1200 0"), ("exhibit-0", "2000 1200 90", "0 0 0"), ("exhibit-over", "2000 1200 90", f"{2**30 + 1} 1200 90"),
        ("exhibit-unsorted", span, span.replace("1200", "400")), ("exhibit-twice", span, span * 2), ("quoted-maybe", "quoted no", "quoted maybe"), ("no-quoted", "quoted no\n", ""),
        ("machine-role", "role spokesperson", "role machine"), ("via-17", "via the evening news\n", "via x\n" * 16), ("statement", "valise/report@v1", "valise/statement@v1"),
        ("exhibit-65", span, "".join(f"exhibit {i:064x} 9 0 1\n" for i in range(64))),
    ])
    yield from changes(SLIP, [
        ("office-and-addressee", "speaker-addressee ", f"speaker-office {OSLO}\nspeaker-addressee "), ("where-before-exhibit", "where the back, second line\nquoted yes", "quoted yes\nwhere the back, second line"),
        ("regarding-9", f"exhibit {sha_hex(b'slip')}", "".join(f"regarding ff{i:062x}\n" for i in range(7)) + f"exhibit {sha_hex(b'slip')}"),
        ("regarding-unsorted", "regarding ", f"regarding {'f' * 64}\nregarding "), ("carriage-after-when", "carriage in a bag of fish\nwhen this morning\n", "when this morning\ncarriage in a bag of fish\n"),
        ("of-empty", "of a boy on a bicycle", "of "),
    ])
    without = "\n".join(line for line in REPORT.split("\n") if not line.startswith("exhibit "))
    yield "no-exhibit", sign(without)


def refused_covers():
    core = note_id(CORE)
    notice, annex = PARTS[1], PARTS[0]

    def repad(old, new, text=COVER):
        assert old in text, old
        text = text[:text.index("pad ")].replace(old, new, 1)
        return text + "pad " + "0" * (512 - (len(text.encode()) + 5) % 512) + "\n"

    zeros = COVER[COVER.index("pad ") + 4:-1]
    yield "pad-missing", COVER[:COVER.index("pad ")]
    yield "pad-short", COVER.replace("pad " + zeros, "pad " + zeros[1:])
    yield "pad-one-block-more", COVER.replace("pad " + zeros, "pad " + zeros + "0" * 512)
    yield "pad-not-zero", COVER.replace("pad 00", "pad 01")
    yield "after-pad", COVER + "x" * 511 + "\n"
    yield "key-lower", COVER.replace("AGE-SECRET-KEY-1", "age-secret-key-1")
    yield "key-checksum", re.sub(r"(AGE-SECRET-KEY-1\S*)\S\n", lambda m: m.group(1) + ("Q" if m.group(0)[-2] != "Q" else "P") + "\n", COVER, count=1)
    yield "seed-upper", COVER.replace(SEED.hex(), "AB" * 32)
    yield "core-short", repad(core, core[:-1])
    yield "no-subject", repad("subject Notice 14\n", "")
    yield "no-parts", repad(annex + "\n" + notice + "\n", "")
    yield "parts-unsorted", repad(annex + "\n" + notice, notice.replace("3148288", "0") + "\n" + annex.replace("dir 0", "dir 40000"))
    yield "name-twice", repad(notice, notice.replace("notice%2014.pdf", "annex"))
    yield "overlap", repad("3148288", "3146751")
    yield "name-unescaped-space", repad("notice%2014.pdf", "notice 14.pdf")
    yield "name-lower-escape", repad("notice%2014.pdf", "notice%c3.pdf")
    yield "name-needless-escape", repad("notice%2014.pdf", "%6Eotice")
    yield "name-slash", repad("notice%2014.pdf", "notice%2F14.pdf")
    yield "name-nul", repad("notice%2014.pdf", "notice%0014.pdf")
    yield "name-dot", repad(annex, annex.replace(" annex", " ."))
    yield "name-dot-dot", repad(annex, annex.replace(" annex", " .."))
    yield "name-256", repad("notice%2014.pdf", "n" * 256)
    yield "kind", repad("part file", "part link")
    yield "range-over", repad("3148288 21504", f"3148288 {2**40}")
    yield "leading-zero", repad("dir 0 ", "dir 00 ")
    yield "parts-1001", cover(core, SUBJECT, [f"part file {i} 1 {ONE} p{i:04d}" for i in range(1001)])
    yield "reply-before-subject", repad("subject Notice 14\n", f"in-reply-to {ONE}\nsubject Notice 14\n")


def refused_leaves():
    one, two = LEAVES[0], LEAVES[2]
    yield "salt-only", one[:32]
    yield "cut", two[:-1]
    yield "no-salt", two[32:]
    yield "two-parts", two + PARTS[0].encode() + b"\n"
    yield "subject-and-part", one + PARTS[0].encode() + b"\n"
    yield "no-nonce", two.replace(b"nonce " + NONCE.hex().encode() + b"\n", b"")
    yield "no-from", two.replace(b"from " + HARBOUR.encode() + b"\n", b"")
    yield "from-with-head", two.replace(HARBOUR.encode(), HARBOUR.encode() + b" " + HARBOUR.encode())
    yield "upper-nonce", two.replace(NONCE.hex().encode(), b"AB" * 32)
    yield "empty", two[:two.index(b"part ")]
    yield "kind", two.replace(b"valise/leaf@v1", b"valise/leaf@v2")


def files():
    for name, text in (("harbour-0", HARBOUR_0), ("harbour-1", HARBOUR_1), ("harbour-2", HARBOUR_2), ("oslo-0", OSLO_0)):
        yield f"register/{name}.note", sign(text)
    yield "seal/letter.note", sign(SEAL)
    yield "seal/paper.note", sign(PAPER)
    yield "seal/largest.note", sign(large_seal(131072))
    yield "register/largest.note", sign(large_entry(65536))
    yield "report/press.note", sign(REPORT)
    yield "report/slip.note", sign(SLIP)
    yield "request/reader.note", sign(REQUEST)
    yield "request/machine.note", sign(request("Mail room, at night", "clerk,courier,machine", recipient(0x36), key=0x16))
    yield "request/clerk.note", sign(request("Front desk", "clerk", recipient(0x33), key=0x13))
    yield "request/speaker.note", sign(request("Press office", "spokesperson", "-", key=0x15))
    yield "statement/example-received.note", sign(RECEIVED)
    yield "statement/example-proposed.note", sign(PROPOSED)
    for says, (role, optional) in SAID.items():
        yield f"statement/{says}.note", sign(statement(says, role, 0x16, OSLO, *optional, nth=2))
    yield "cover/letter.cover", COVER
    for i, one in enumerate(LEAVES):
        yield f"cover/letter-{i}.leaf", one
    for folder, ending, table in (("note", "note", refused_notes()), ("register", "note", refused_registers()), ("seal", "note", refused_seals()),
                                  ("statement", "note", refused_statements()), ("report", "note", refused_reports()), ("request", "note", refused_requests()),
                                  ("cover", "cover", refused_covers()), ("cover", "leaf", refused_leaves())):
        for name, data in table:
            if data is not None:
                yield f"{folder}/refused/{name}.{ending}", data


def examples():
    return {
        "vkey": K[1].vkey + "\n" + K[1].commitment + "\n",
        "register-0": sign(HARBOUR_0), "register-1": sign(HARBOUR_1), "register-2": sign(HARBOUR_2),
        "seal": sign(SEAL), "seal-paper": sign(PAPER), "cover": COVER, "cover-leaves": "".join(one.hex() + "\n" for one in LEAVES),
        "cover-contents": f"{ROOT} {len(LEAVES)}\n", "statement-received": sign(RECEIVED), "statement-proposed": sign(PROPOSED),
        "report": sign(REPORT), "request": sign(REQUEST),
    }


def main():
    for path, data in files():
        where = HERE / path
        where.parent.mkdir(parents=True, exist_ok=True)
        where.write_bytes(data if isinstance(data, bytes) else data.encode())
    left = examples()
    for page in sorted(SPEC.glob("*.md")):
        text = page.read_text()
        for name in re.findall(r"^```example (\S+)$", text, re.M):
            block = left.pop(name, None)
            if block is None:
                continue
            text = re.sub(rf"(?ms)^(```example {name}\n).*?^(```)$", lambda m: m.group(1) + block + m.group(2), text, count=1)
        page.write_text(text)
    if left:
        sys.exit(f"no example block in spec/ for {', '.join(left)}")


if __name__ == "__main__":
    main()
