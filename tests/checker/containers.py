# SPDX-License-Identifier: Apache-2.0
"""Dossiers and cards, covers and disclosed leaves, read strictly as spec/dossier.md, card.md and cover.md have them."""
import base64
import hmac
import re

from notes import Bad, Fields, LIMITS, bech32_decode, decimal, free, hash_of, need, sha, word_in, words

KINDS = ["seal", "register", "statement", "report", "leaf", "cover", "excerpt"]
LIMIT_BYTES = {**LIMITS, "leaf": 8192, "cover": 524288, "excerpt": 2**30}


def line_of(data, at):
    end = data.find(b"\n", at)
    need(end >= 0, "a line has no end")
    return data[at:end], end + 1


def items(data, at):
    """The framed items from there to `end`, which must be the last line."""
    while True:
        line, at = line_of(data, at)
        if line == b"end":
            need(at == len(data), "there is something after `end`")
            return
        m = re.fullmatch(rb"([a-z]+) (0|[1-9][0-9]{0,19})", line)
        need(m is not None, "an item's line is malformed")
        kind, size = m[1].decode(), int(m[2])
        need(size <= len(data) - at, "an item is cut off")
        yield kind, data[at:at + size]
        at += size


def note_id(data, kind):
    need(data.startswith(f"valise/{kind}@v1\n".encode()), "a note has another first line")
    end = data.find(b"\n\n")
    need(end >= 0, "a note has no empty line")
    return sha(data[:end + 1]).hex()


def entry_place(data):
    own = note_id(data, "register")
    m = re.match(rb"valise/register@v1\noffice (-|[0-9a-f]{64})\nseq (0|[1-9][0-9]{0,4})\n", data)
    need(m is not None and int(m[2]) <= 16383, "a register entry does not say its place")
    return own if m[1] == b"-" else m[1].decode(), int(m[2]), own


class Leaf:
    """A disclosed leaf: its item's form, and later whether the seal commits to it."""

    def __init__(self, data):
        try:
            f = Fields(data.decode("latin-1"))
        except Bad:
            raise Bad("a leaf is malformed") from None
        self.index = f.required("index", lambda s: decimal(s, 0, 1000))
        self.salt = bytes.fromhex(f.required("salt", hash_of))
        begin = f.at
        need(begin < len(f.lines) and f.lines[begin] == "valise/leaf@v1", "a leaf item has no leaf")
        while f.at < len(f.lines) and not f.lines[f.at].startswith("path "):
            f.at += 1
        self.text = "".join(line + "\n" for line in f.lines[begin:f.at]).encode("latin-1")
        self.path = [bytes.fromhex(h) for h in f.many("path", hash_of, 0, 10, in_order=False)]
        f.end()

    def check(self, seal):
        """Raises Bad unless it is what that seal commits to; fills in what it discloses."""
        need(seal.contents is not None, "the seal commits to no contents")
        read_leaf(self, self.text, self.index, seal)
        need(inclusion(sha(b"\x00" + self.salt + self.text), self.index, seal.contents[1], self.path) == bytes.fromhex(seal.contents[0]),
             "a leaf is not what the seal commits to")


def read_leaf(leaf, text, index, seal):
    try:
        f = Fields(text.decode())
    except UnicodeDecodeError:
        raise Bad("a leaf is not UTF-8") from None
    f.first("valise/leaf@v1")
    need(f.required("nonce", hash_of) == seal.nonce and f.required("from", hash_of) == seal.sender[0], "a leaf is another letter's")
    leaf.subject = leaf.reply = leaf.part = None
    if index == 0:
        leaf.subject = f.required("subject", free)
        leaf.reply = f.optional("in-reply-to", hash_of)
    else:
        leaf.part = f.required("part", part)
    f.end()


def inclusion(h, index, size, path):
    """The root that a path leads to (RFC 6962, 2.1.1), by the recursion that defines it."""
    if size == 1:
        need(index == 0 and not path, "a path is too long")
        return h
    need(index < size and path, "a path is too short")
    k = 1 << (size - 1).bit_length() - 1
    if index < k:
        return sha(b"\x01" + inclusion(h, index, k, path[:-1]) + path[-1])
    return sha(b"\x01" + path[-1] + inclusion(h, index - k, size - k, path[:-1]))


def tree_root(hashes):
    if len(hashes) == 1:
        return hashes[0]
    k = 1 << (len(hashes) - 1).bit_length() - 1
    return sha(b"\x01" + tree_root(hashes[:k]) + tree_root(hashes[k:]))


def part(s):
    kind, offset, length, digest, name = words(s, 5)
    offset, length = decimal(offset, 0, 2**40), decimal(length, 0, 2**40)
    need(offset + length <= 2**40, "a part is out of range")
    need(re.fullmatch("(?:[A-Za-z0-9._~-]|%[0-9A-F]{2})+", name) is not None, "a part's name is malformed")
    raw = re.sub("%(..)", lambda m: chr(int(m[1], 16)), name).encode("latin-1")
    again = "".join(chr(b) if re.fullmatch("[A-Za-z0-9._~-]", chr(b)) else f"%{b:02X}" for b in raw)
    need(again == name and len(raw) <= 255 and b"\0" not in raw and b"/" not in raw and raw not in (b".", b".."), "a part's name is malformed")
    return {"kind": word_in(["file", "dir"])(kind), "offset": offset, "length": length, "sha256": hash_of(digest), "name": raw}


class Cover:
    """A cover's plaintext that is disclosed whole."""

    def __init__(self, data, seal):
        need(len(data) <= 524288 and len(data) % 512 == 0, "a cover has no whole blocks")
        try:
            f = Fields(data.decode())
        except UnicodeDecodeError:
            raise Bad("a cover is not UTF-8") from None
        f.first("valise/cover@v1")
        need(f.required("core", hash_of) == seal.core, "a cover is another letter's")
        f.required("key", identity)
        seed = bytes.fromhex(f.required("seed", hash_of))
        at = f.at
        self.subject = f.required("subject", free)
        f.optional("in-reply-to", hash_of)
        leaves, begin = ["".join(line + "\n" for line in f.lines[at:f.at])], f.at
        self.parts = f.many("part", part, 1, 1000, in_order=False)
        leaves += [line + "\n" for line in f.lines[begin:f.at]]
        pad = f.required("pad", str)
        need(re.fullmatch("0{1,512}", pad) is not None, "a cover's pad is malformed")
        f.end()
        end, names = 0, [p["name"] for p in self.parts]
        for p in self.parts:
            need(p["offset"] >= end, "parts overlap")
            end = p["offset"] + p["length"]
        need(all(a < b for a, b in zip(names, names[1:])), "parts are unsorted or doubled")
        head = f"valise/leaf@v1\nnonce {seal.nonce}\nfrom {seal.sender[0]}\n"
        salts = [hmac.digest(seed, b"valise/salt@v1\n" + i.to_bytes(4, "big"), "sha256") for i in range(len(leaves))]
        hashes = [sha(b"\x00" + salt + (head + own).encode()) for salt, own in zip(salts, leaves)]
        need(seal.contents == (tree_root(hashes).hex(), len(hashes)), "a cover is not what the seal commits to")


def identity(s):
    need(s == s.upper(), "an age identity is malformed")
    return bech32_decode(s.lower(), "age-secret-key-")


class Excerpt:
    """A piece of an exhibit."""

    def __init__(self, data):
        line, at = line_of(data, 0)
        m = re.fullmatch(rb"exhibit ([0-9a-f]{64}) (0|[1-9][0-9]{0,9})", line)
        line, at = line_of(data, at)
        n = re.fullmatch(rb"offset (0|[1-9][0-9]{0,9})", line)
        need(m is not None and n is not None, "an excerpt is malformed")
        self.exhibit, self.size, self.offset = m[1].decode(), int(m[2]), int(n[1])
        lines = data[at:].split(b"\n")
        need(lines.pop() == b"" and lines and all(len(one) == 64 for one in lines[:-1]) and 1 <= len(lines[-1]) <= 64, "an excerpt's lines are malformed")
        digits = b"".join(lines)
        need(re.fullmatch(rb"[A-Za-z0-9+/]+={0,2}", digits) is not None and len(digits) % 4 == 0, "an excerpt's base64 is malformed")
        self.bytes = base64.b64decode(digits)
        need(base64.b64encode(self.bytes) == digits, "an excerpt's base64 is malformed")
        need(self.size <= 2**30 and self.offset + len(self.bytes) <= self.size, "an excerpt is not within its exhibit")
        self.place = self.exhibit, self.offset, len(self.bytes)

    def check(self):
        need(len(self.bytes) < self.size or sha(self.bytes).hex() == self.exhibit, "an exhibit's bytes are others")


def read_dossier(data):
    """The letter's id and the items, each with its kind, bytes, and what its outer form has. Raises Bad: then it is no dossier."""
    need(len(data) <= 2**30, "it is too large")
    line, at = line_of(data, 0)
    need(line == b"valise/dossier@v1", "the first line is another")
    line, at = line_of(data, at)
    need(line.startswith(b"letter "), "the second line is another")
    letter = hash_of(line[7:].decode("latin-1"))
    out, places = [], []
    for kind, body in items(data, at):
        need(kind in KINDS, "an item is of an unknown kind")
        need(len(body) <= LIMIT_BYTES[kind] and len(out) < 1000000, "an item is too large, or they are too many")
        value, place = None, ()
        if kind == "register":
            place = entry_place(body)
        elif kind in LIMITS:
            place = (note_id(body, kind),)
        elif kind == "leaf":
            value = Leaf(body)
            place = (value.index,)
        elif kind == "excerpt":
            value = Excerpt(body)
            place = value.place
        places.append((KINDS.index(kind), place))
        out.append((kind, body, value))
    need(all(a < b for a, b in zip(places, places[1:])), "items are out of order or doubled")
    kinds = [kind for kind, _, _ in out]
    need(kinds.count("seal") == 1 and kinds.count("cover") <= 1 and places[0] == (0, (letter,)), "it does not begin with its letter's one seal")
    need("cover" not in kinds or "leaf" not in kinds, "a leaf stands beside the cover")
    return letter, out


def read_card(data):
    """The office and its entries' bytes."""
    line, at = line_of(data, 0)
    need(line == b"valise/card@v1", "the first line is another")
    line, at = line_of(data, at)
    need(line.startswith(b"office "), "the second line is another")
    office = hash_of(line[7:].decode("latin-1"))
    got = []
    for kind, body in items(data, at):
        need(kind == "register" and len(body) <= 65536, "an item is no register entry")
        got.append((entry_place(body), body))
    need(got and got[0][0] == (office, 0, office), "the first entry is not entry 0 of the office")
    need(all(a[0] < b[0] and b[0][0] == office for a, b in zip(got, got[1:])), "entries are out of order, doubled, or another's")
    need(len(got) <= 16384 and sum(len(body) for _, body in got) <= 2**24, "it is larger than a register may be")
    return office, [body for _, body in got]
