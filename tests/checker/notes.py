# SPDX-License-Identifier: Apache-2.0
"""Notes of the four kinds that are evidence, read strictly as spec/note.md, register.md, seal.md, statement.md and report.md have them."""
import base64
import calendar
import hashlib
import re

import ed25519

ROLES = ["principal", "clerk", "reader", "courier", "spokesperson", "machine"]
LIMITS = {"register": 65536, "seal": 131072, "statement": 32768, "report": 32768}
FORBIDDEN = [(0, 0x1F), (0x7F, 0x9F), (0x2028, 0x2029), (0x61C, 0x61C), (0x200E, 0x200F), (0x202A, 0x202E), (0x2066, 0x2069), (0xFEFF, 0xFEFF)]
HOLDER_ROLES = "principal,clerk,reader,courier"
# says: roles, lines it must have (to/text: one of the two at least), lines it may have, reason codes
SAYS = {row.split("|")[0].strip(): [c.strip() for c in row.split("|")[1:]] for row in """
handed            | any                            | to/text        | regarding to medium text           |
carrying          | courier                        |                | regarding medium text              |
delivered         | courier                        | to             | regarding medium text              |
attempted         | courier                        |                | regarding to medium reason text    | nobody-there no-access refused wrong-place
received          | clerk                          |                | regarding medium text              |
refused           | clerk,reader                   | reason         | regarding medium text              | full not-ours key-not-held stale-head policy sender
opened            | reader                         |                | regarding text                     |
defect            | clerk,reader                   | reason         | regarding text                     | bytes cover key contents
reviewed          | reader                         |                | regarding text                     |
service-accepted  | principal                      |                | regarding text                     |
service-declined  | principal                      |                | regarding reason text              | not-entitled not-addressee language form late policy
comment           | spokesperson                   | text           | regarding                          |
no-comment        | spokesperson                   |                | regarding                          |
conveyed          | courier,principal              | to             | regarding medium text              |
proposed          | principal                      | when text      | regarding                          |
agreed            | principal,clerk                | regarding      | when text                          |
held              | principal,clerk                | regarding      | when text                          |
called-off        | principal,clerk                | regarding      | text                               |
summary           | spokesperson,courier,principal | text           | regarding                          |
lost              | holders                        |                | regarding reason text              | mislaid stolen seized accident
damaged           | holders                        |                | regarding text                     |
returned          | holders                        |                | regarding medium reason text       | refused undeliverable expired on-request
destroyed         | holders                        |                | regarding text                     |
withdrawn         | principal                      |                | regarding text                     |
identified        | principal,clerk                | to text        | regarding                          |
seen              | any                            | regarding      |                                    |
""".strip().split("\n")}


class Bad(Exception):
    """These bytes are not what they should be; the text says why."""


def need(condition, why):
    if not condition:
        raise Bad(why)


def sha(data):
    return hashlib.sha256(data).digest()


def is_hash(s):
    return re.fullmatch("[0-9a-f]{64}", s) is not None


def hash_of(s):
    need(is_hash(s), "a hash is 64 lower-case hex digits")
    return s


def decimal(s, low, high):
    need(re.fullmatch("0|[1-9][0-9]{0,19}", s) is not None and low <= int(s) <= high, "a number is malformed or out of range")
    return int(s)


def time(s):
    m = re.fullmatch("([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})Z", s)
    need(m is not None, "a time is malformed")
    year, month, day, hour, minute, second = map(int, m.groups())
    need(1970 <= year and 1 <= month <= 12 and 1 <= day and hour < 24 and minute < 60 and second < 60, "a time does not exist")
    need(day <= calendar.monthrange(year, month)[1], "a day does not exist")
    return calendar.timegm((year, month, day, hour, minute, second))


def free(s):
    need(1 <= len(s.encode()) <= 1000 and s[0] != " " and s[-1] != " ", "free text is empty, too long or has spaces around it")
    need(not any(low <= ord(c) <= high for c in s for low, high in FORBIDDEN), "free text has a control character")
    return s


def word_in(words):
    def parse(s):
        need(s in words, "a word is not one of those allowed")
        return s
    return parse


class Key:
    """A vkey; equal when the text is."""

    def __init__(self, text):
        need(re.fullmatch(r"valise/[0-9a-f]{32}\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}", text) is not None, "a vkey is malformed")
        self.text, (self.name, mark, digits) = text, text.split("+", 2)
        typed = base64.b64decode(digits)
        need(len(typed) == 33 and typed[0] == 1 and base64.b64encode(typed).decode() == digits, "a vkey is not Ed25519")
        self.public = typed[1:]
        need(ed25519.key_ok(self.public), "a key is weak")
        need(self.name == "valise/" + sha(self.public).hex()[:32], "a vkey has another's name")
        self.mark = sha(self.name.encode() + b"\n" + typed)[:4]
        need(self.mark.hex() == mark, "a vkey has another's hash")
        self.commitment = sha(text.encode()).hex()


def words(s, count, rest=False):
    """Exactly so many words, the last of which is the whole rest when `rest`."""
    got = s.split(" ", count - 1) if rest else s.split(" ")
    need(len(got) == count and all(got), "a line has too few or too many words")
    return got


class Fields:
    """The `key value` lines of a text, taken in their order."""

    def __init__(self, text):
        need(text.endswith("\n"), "the last line has no end")
        self.lines = text[:-1].split("\n")
        self.at = 0

    def first(self, line):
        need(self.lines[0] == line, "the first line is another")
        self.at = 1

    def optional(self, key, parse):
        if self.at == len(self.lines) or not self.lines[self.at].startswith(key + " "):
            return None
        value = self.lines[self.at][len(key) + 1:]
        self.at += 1
        need(value != "", "a line has no value")
        return parse(value)

    def required(self, key, parse):
        value = self.optional(key, parse)
        need(value is not None, f"there is no `{key}` line in its place")
        return value

    def many(self, key, parse, least, most, in_order=True):
        out, begin = [], self.at
        while (value := self.optional(key, parse)) is not None:
            out.append(value)
        raw = [line.encode() for line in self.lines[begin:self.at]]
        need(least <= len(out) <= most, f"too few or too many `{key}` lines")
        need(not in_order or all(a < b for a, b in zip(raw, raw[1:])), f"`{key}` lines are unsorted or doubled")
        return out

    def end(self):
        need(self.at == len(self.lines), "a line is unknown, doubled, or out of place")


class Note:
    """One note, its form checked and every signature verified."""

    def __init__(self, data, kind):
        need(len(data) <= LIMITS[kind], "a note is too long")
        try:
            whole = data.decode()
        except UnicodeDecodeError:
            raise Bad("a note is not UTF-8") from None
        need("\n\n" in whole, "a note has no empty line")
        text, block = whole.split("\n\n", 1)
        self.text = text + "\n"
        self.id = sha(self.text.encode()).hex()
        self.kind = kind
        self.fields = Fields(self.text)
        self.fields.first(f"valise/{kind}@v1")
        READERS[kind](self, self.fields)
        self.by = self.fields.many("by", Key, 1, 64)
        self.fields.end()
        need(kind == "register" or len(self.by) == 1, "there is more than one signer")
        need(block.endswith("\n"), "the last signature line has no end")
        lines = block[:-1].split("\n")
        need(len(lines) == len(self.by), "there is not one signature for each signer")
        for line, key in zip(lines, self.by):
            begin = "\u2014 " + key.name + " "
            need(line.startswith(begin) and re.fullmatch("[A-Za-z0-9+/]{91}=", line[len(begin):]) is not None, "a signature line is malformed")
            packed = base64.b64decode(line[len(begin):])
            need(base64.b64encode(packed).decode() == line[len(begin):] and packed[:4] == key.mark, "a signature line is malformed")
            need(ed25519.verify(key.public, self.text.encode(), packed[4:]), "a signature is wrong")
        if kind == "register":
            self.judge_entry()

    def judge_entry(self):
        """What one register entry shows by itself (register.md, "Within one entry")."""
        keepers = [k.commitment for k in self.keepers]
        officers = [a["key"].commitment for a in self.appoint] + [k.commitment for k, _ in self.dismiss]
        everybody = keepers + self.next + officers
        need(len(everybody) == len(set(everybody)), "a key has two places in one entry")
        signers = [k.commitment for k in self.by]
        need(not set(signers) & set(officers), "an officer signs a register entry")
        if self.seq == 0:
            need(signers == keepers, "entry 0 is not signed by exactly its keepers")
        need(set(keepers) <= set(signers), "a new keeper does not sign")


def quorum(parse):
    def read(s):
        got = s.split(" ")
        need(2 <= len(got) <= 65 and all(got), "a quorum line is malformed")
        rest = got[1:]
        need(all(a.encode() < b.encode() for a, b in zip(rest, rest[1:])), "keys are unsorted or doubled")
        count = decimal(got[0], 1, len(rest))
        need(2 * count > len(rest), "a quorum is not more than half of its keys")
        return count, [parse(w) for w in rest]
    return read


def bech32_decode(s, hrp):
    digits = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
    need(s.startswith(hrp + "1") and all(c in digits for c in s[len(hrp) + 1:]), "an age recipient is malformed")
    values = [digits.index(c) for c in s[len(hrp) + 1:]]
    check = 1
    for v in [ord(c) >> 5 for c in hrp] + [0] + [ord(c) & 31 for c in hrp] + values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ v
        for i, g in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            check ^= g if top >> i & 1 else 0
    need(check == 1 and len(values) == 58, "an age recipient is malformed")
    n = 0
    for v in values[:52]:
        n = n << 5 | v
    need(n & 15 == 0, "an age recipient is malformed")
    return (n >> 4).to_bytes(32, "big")


def recipient(s):
    need(ed25519.recipient_ok(bech32_decode(s, "age")), "an age recipient is weak")
    return s


def appointment(s):
    key, age, roles, until, title = words(s, 5, rest=True)
    roles = roles.split(",")
    need(all(r in ROLES for r in roles) and [r for r in ROLES if r in roles] == roles and roles != ["machine"], "roles are malformed")
    reads = set(roles) & {"reader", "clerk", "courier"}
    need("reader" not in roles or age != "-", "a reader has no recipient")
    need(reads or age == "-", "who reads nothing has a recipient")
    return {"key": Key(key), "recipient": None if age == "-" else recipient(age), "roles": roles,
            "until": None if until == "-" else time(until), "title": free(title)}


def dismissal(s):
    key, reason = words(s, 2, rest=True)
    return Key(key), free(reason)


def url(s):
    need(len(s) <= 500 and re.fullmatch("https?://[!-~]+", s) is not None, "a relay is no URL")
    return s


def register(n, f):
    def dash_or_hash(s):
        return s if s == "-" else hash_of(s)
    n.office = f.required("office", dash_or_hash)
    n.seq = f.required("seq", lambda s: decimal(s, 0, 16383))
    n.previous = f.required("previous", dash_or_hash)
    need((n.office == "-") == (n.seq == 0) == (n.previous == "-"), "`office`, `seq` and `previous` do not fit")
    need(n.seq != 0 or n.office == "-" == n.previous, "`office`, `seq` and `previous` do not fit")
    n.time = f.required("time", time)
    n.name = f.optional("name", free)
    keepers, following = f.optional("keepers", quorum(Key)), f.optional("next", quorum(hash_of))
    need((keepers is None) == (following is None), "`keepers` and `next` stand both or not at all")
    need(n.seq != 0 or (keepers and n.name is not None), "entry 0 has no keepers or no name")
    n.quorum, n.keepers = keepers or (0, [])
    n.next_quorum, n.next = following or (0, [])
    n.has_keepers = keepers is not None
    n.dismiss = f.many("dismiss", dismissal, 0, 256)
    n.appoint = f.many("appoint", appointment, 0, 256)
    n.seen = f.many("seen", hash_of, 0, 512)
    n.relays = f.many("relay", url, 0, 8)
    for keys in ([k.text for k, _ in n.dismiss], [a["key"].text for a in n.appoint]):
        need(len(keys) == len(set(keys)), "a key is dismissed or appointed twice")
    if n.office == "-":
        n.office = n.id


def reference(s):
    return tuple(hash_of(w) for w in words(s, 2))


def seal(n, f):
    def root_and(low, high):
        def parse(s):
            digest, number = words(s, 2)
            return hash_of(digest), decimal(number, low, high)
        return parse
    n.nonce = f.required("nonce", hash_of)
    n.sender = f.required("from", reference)
    n.to = f.many("to", reference, 0, 256)
    need(len({office for office, _ in n.to}) == len(n.to), "an office is in `to` twice")
    n.addressees = f.many("addressee", free, 0, 256)
    n.ref = f.optional("ref", free)
    n.date = f.required("date", time)
    n.answer_by = f.optional("answer-by", time)
    n.keep_until = f.optional("keep-until", time)
    n.contents = f.optional("contents", root_and(2, 1001))
    n.paper = f.optional("paper", free)
    n.body = n.cover = None
    n.core = sha("".join(line + "\n" for line in f.lines[:f.at]).encode()).hex()
    if n.paper is None:
        need(n.contents is not None and n.to and not n.addressees, "an electronic letter needs `to` and `contents`, and has no `addressee`")
        n.body = f.required("body", root_and(1, 2**40))
        n.core = sha("".join(line + "\n" for line in f.lines[:f.at]).encode()).hex()
        n.cover = f.required("cover", root_and(1, 524288))
    need(1 <= len(n.to) + len(n.addressees) <= 256, "nobody or too many are named")


def speaker(n, f):
    n.office, n.head = f.required("office", reference)
    n.role = f.required("role", word_in(ROLES[:-1]))
    n.nth = f.required("nth", lambda s: decimal(s, 1, 1000000))
    n.time = f.required("time", time)


def statement(n, f):
    n.letter = f.required("letter", hash_of)
    n.says = f.required("says", word_in(SAYS))
    speaker(n, f)
    n.regarding = f.many("regarding", hash_of, 0, 8)
    n.to = f.optional("to", hash_of)
    n.medium = f.optional("medium", free)
    n.when = f.optional("when", free)
    n.reason = f.optional("reason", str)
    n.said = f.many("text", free, 0, 20, in_order=False)
    roles, must, may, codes = SAYS[n.says]
    roles = {"any": ",".join(ROLES[:-1]), "holders": HOLDER_ROLES}.get(roles, roles).split(",")
    need(n.role in roles, "this is not said in that role")
    there = {k for k, v in (("regarding", n.regarding), ("to", n.to), ("medium", n.medium), ("when", n.when), ("reason", n.reason), ("text", n.said)) if v}
    need(all(there & set(one.split("/")) for one in must.split()), "a line is missing for what it says")
    need(there <= set(must.replace("/", " ").split()) | set(may.split()), "there is a line too many for what it says")
    need(n.reason is None or n.reason in codes.split(), "the reason is none of its codes")


def report(n, f):
    def span(s):
        digest, size, offset, length = words(s, 4)
        got = hash_of(digest), decimal(size, 1, 2**30), decimal(offset, 0, 2**30), decimal(length, 1, 2**30)
        need(got[2] + got[3] <= got[1], "a span is not within its exhibit")
        return got
    n.letter = f.required("letter", hash_of)
    n.says = f.required("says", word_in(list(SAYS) + ["other"]))
    n.speaker = f.required("speaker", free)
    n.speaker_office = f.optional("speaker-office", hash_of)
    n.speaker_addressee = f.optional("speaker-addressee", free)
    need(n.speaker_office is None or n.speaker_addressee is None, "a speaker speaks for an office and for an addressee")
    n.of = f.optional("of", free)
    n.via = f.many("via", free, 0, 16, in_order=False)
    n.verb = f.required("verb", free)
    n.medium = f.optional("medium", free)
    n.carriage = f.optional("carriage", free)
    n.when = f.optional("when", free)
    n.resolved = f.optional("resolved", lambda s: tuple(time(w) for w in words(s, 2)))
    need(n.resolved is None or (n.when is not None and n.resolved[0] <= n.resolved[1]), "`resolved` is without `when` or backwards")
    n.regarding = f.many("regarding", hash_of, 0, 8)
    n.spans = f.many("exhibit", span, 1, 64)
    n.where = f.optional("where", free)
    n.quoted = f.required("quoted", word_in(["yes", "no"]))
    speaker(n, f)


READERS = {"register": register, "seal": seal, "statement": statement, "report": report}
