# SPDX-License-Identifier: Apache-2.0
"""Dossiers by chance: offices that appoint, dismiss, fork and come back, and officers who say things in and out of turn."""
import base64
import datetime
import hashlib
import random

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from notes import ROLES, SAYS

EPOCH = 1795000000
SPEAKERS = ["a spokesman", "A spokesman", "the envoy", "der Botschafter \u00d6"]


def sha(data):
    return hashlib.sha256(data).digest()


def when(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def bech32(hrp, data):
    digits = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
    n = int.from_bytes(data, "big") << 4
    values = [n >> 5 * (51 - i) & 31 for i in range(52)]
    check = 1
    for v in [ord(c) >> 5 for c in hrp] + [0] + [ord(c) & 31 for c in hrp] + values + [0] * 6:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ v
        for i, g in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            check ^= g if top >> i & 1 else 0
    return hrp + "1" + "".join(digits[v] for v in values + [(check ^ 1) >> 5 * (5 - i) & 31 for i in range(6)])


class Signer:
    made = 0

    def __init__(self, rng):
        seed = rng.randbytes(32)
        self.private = Ed25519PrivateKey.from_private_bytes(seed)
        public = self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.name = "valise/" + sha(public).hex()[:32]
        self.mark = sha(self.name.encode() + b"\n\x01" + public)[:4]
        self.vkey = f"{self.name}+{self.mark.hex()}+{base64.b64encode(bytes([1]) + public).decode()}"
        self.commitment = sha(self.vkey.encode()).hex()
        self.age = bech32("age", X25519PrivateKey.from_private_bytes(seed).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))


class Signed:
    def __init__(self, lines, signers, spoil=False):
        signers = sorted({s.vkey: s for s in signers}.values(), key=lambda s: s.vkey)
        self.text = "".join(line + "\n" for line in lines if line is not None) + "".join(f"by {s.vkey}\n" for s in signers)
        self.id = sha(self.text.encode()).hex()
        signed = (self.text + ("x" if spoil else "")).encode()
        self.bytes = self.text + "\n" + "".join(
            f"\u2014 {s.name} {base64.b64encode(s.mark + s.private.sign(signed)).decode()}\n" for s in signers)


class Entry(Signed):
    def __init__(self, office, seq, previous, lines, signers, time, **facts):
        super().__init__(["valise/register@v1", f"office {office or '-'}", f"seq {seq}", f"previous {previous or '-'}", f"time {when(time)}", *lines], signers)
        self.office, self.seq, self.time = office or self.id, seq, time
        self.__dict__.update(facts)  # keepers, following, officers: as they stand after it


def quorum_line(word, count, things):
    return f"{word} {count} " + " ".join(sorted(things))


class Office:
    def __init__(self, rng, name, calm):
        self.rng, self.entries, self.calm = rng, [], calm
        keepers, following = self.keys(3), self.keys(2)
        officers = self.officers(rng.randrange(2, 5))
        lines = [f"name {name}", *self.authority(keepers, following), *self.appointments(officers)]
        first = Entry(None, 0, None, lines, keepers, EPOCH, keepers=keepers, following=following, officers=officers, gone=[])
        self.id = first.id
        self.entries.append(first)

    def keys(self, most):
        return [Signer(self.rng) for _ in range(self.rng.randrange(1, most + 1))]

    @staticmethod
    def authority(keepers, following):
        return [quorum_line("keepers", len(keepers) // 2 + 1, [k.vkey for k in keepers]),
                quorum_line("next", len(following) // 2 + 1, [k.commitment for k in following])]

    def officers(self, count):
        out = []
        for _ in range(count):
            roles = [r for r in ROLES[:-1] if self.rng.random() < (0.8 if self.calm else 0.45)] or [self.rng.choice(ROLES[:-1])]
            if self.rng.random() < 0.2:
                roles.append("machine")
            until = EPOCH + self.rng.randrange(1, 400) if not self.calm and self.rng.random() < 0.2 else None
            out.append((Signer(self.rng), roles, until))
        return out

    def appointments(self, officers):
        def line(o):
            key, roles, until = o
            age = key.age if set(roles) & {"reader", "clerk", "courier"} else "-"
            return f"appoint {key.vkey} {age} {','.join(roles)} {when(until) if until else '-'} Desk {key.name[-4:]}"
        return sorted(line(o) for o in officers)

    def grow(self, seen):
        """One more entry behind some entry: mostly as it should be, now and then not."""
        rng = self.rng
        if self.calm and rng.random() < 0.8:
            return
        at = rng.choice(self.entries) if rng.random() < 0.25 else self.entries[-1]
        time = at.time + rng.randrange(0, 60)
        gone = [o for o in at.officers if rng.random() < 0.25]
        if rng.random() < 0.05 and at.gone:
            gone = [rng.choice(at.gone)]
        new = self.officers(1) if rng.random() < 0.6 else []
        if rng.random() < 0.05:
            new = [rng.choice(at.officers + at.gone)] if at.officers + at.gone else new
            gone = [o for o in gone if o not in new]
        lines = [f"name Name {len(self.entries)}"] if rng.random() < 0.2 else []
        keepers, following = at.keepers, at.following
        signers = rng.sample(keepers, len(keepers) // 2 + 1 if rng.random() < 0.8 else rng.randrange(1, len(keepers) + 1))
        if rng.random() < 0.2:
            signers = rng.sample(following, len(following) // 2 + 1 if rng.random() < 0.8 else 1)
            keepers = rng.choice([self.keys(3), self.keys(3), at.keepers, at.keepers[:1] + self.keys(1), at.following])
            following = self.keys(2)
            signers = signers + keepers
            lines += self.authority(keepers, following)
        elif rng.random() < 0.05:
            signers = signers + [Signer(rng)]
        lines += sorted(f"dismiss {o[0].vkey} gone" for o in gone) + self.appointments(new)
        lines += [f"seen {s}" for s in sorted(set(rng.sample(seen, min(len(seen), rng.randrange(0, 3)))))]
        seq = at.seq + (1 if rng.random() < 0.97 else 2)
        self.entries.append(Entry(self.id, seq, at.id, lines, signers, time, keepers=keepers, following=following,
                                  officers=[o for o in at.officers if o not in gone] + new, gone=at.gone + gone))


class World:
    """Everything about one letter, made from one seed, and the dossier of it."""

    def __init__(self, seed):
        self.rng = rng = random.Random(seed)
        self.calm = rng.random() < 0.5  # nearly everybody is in standing, so that more of what is said counts
        self.offices = [Office(rng, f"Office {i}", self.calm) for i in range(rng.randrange(3, 6))]
        for office in self.offices:
            for _ in range(rng.randrange(0, 3)):
                office.grow([])
        self.make_seal()
        self.statements, self.nth = [], {}
        for _ in range(rng.randrange(0, 25)):
            self.say()
        for office in self.offices:
            for _ in range(rng.randrange(0, 3)):
                office.grow([s.id for s in self.statements])
        for _ in range(rng.randrange(0, 6)):
            self.say()
        self.make_reports(random.Random(f"reports {seed}"))

    def pick_head(self, office):
        return self.rng.choice(office.entries) if self.calm or self.rng.random() < 0.95 else None

    def make_seal(self):
        rng, sender = self.rng, self.offices[0]
        recipients = rng.sample(self.offices[1:], rng.randrange(1, len(self.offices) - 1)) + ([sender] if rng.random() < 0.1 else [])
        head = rng.choice(sender.entries)
        principals = [o for o in head.officers if "principal" in o[1]] or head.officers or head.gone
        self.key = rng.choice(principals if rng.random() < 0.9 and principals else [(Signer(rng), [], None)])[0]
        self.salts, nonce = [rng.randbytes(32) for _ in range(3)], rng.randbytes(32).hex()
        own = ["subject A subject\n", f"part file 512 10 {sha(b'a').hex()} a%20b%FF\n", f"part dir 1024 99 {sha(b'b').hex()} b\n"]
        self.leaves = [f"valise/leaf@v1\nnonce {nonce}\nfrom {sender.id}\n" + one for one in own]
        self.hashes = [sha(b"\x00" + salt + leaf.encode()) for salt, leaf in zip(self.salts, self.leaves)]
        root = sha(b"\x01" + sha(b"\x01" + self.hashes[0] + self.hashes[1]) + self.hashes[2]).hex()
        paper = rng.random() < 0.25
        to = sorted(f"to {o.id} {(self.pick_head(o) or head).id}" for o in recipients)
        self.recipients = recipients
        lines = ["valise/seal@v1", f"nonce {nonce}", f"from {sender.id} {head.id if rng.random() < 0.97 else '0' * 64}", *to]
        self.addressees = ["Petitions, room 4", "Somebody without a card"][:rng.randrange(1, 3)] if paper else []
        lines += [f"addressee {name}" for name in self.addressees]
        lines += ["ref 1/2"] if rng.random() < 0.5 else []
        lines += [f"date {when(EPOCH + rng.randrange(0, 100))}"]
        lines += [f"answer-by {rng.choice([when(EPOCH + 150), '2020-01-01T00:00:00Z', '2098-01-01T00:00:00Z'])}"] if rng.random() < 0.5 else []
        lines += [f"contents {root} 3"]
        lines += ["paper an envelope"] if paper else [f"body {sha(b'body').hex()} 9999", f"cover {sha(b'cover').hex()} 777"]
        self.seal = Signed(lines, [self.key])

    def say(self):
        rng = self.rng
        says = rng.choice(["handed", "received", "opened", "reviewed", "delivered", "carrying"] if rng.random() < 0.3 else list(SAYS))
        if self.addressees and rng.random() < 0.2:
            says = "identified"
        office = rng.choice(self.offices[:3] if rng.random() < 0.7 else self.offices)
        if rng.random() < 0.6:
            office = self.offices[0] if says in ("withdrawn", "identified") else rng.choice(self.recipients)
        head = self.pick_head(office)
        officers = (head or office.entries[0]).officers + (office.entries[-1].officers + office.entries[-1].gone if rng.random() < 0.15 else [])
        roles, must, may, codes = SAYS[says]
        roles = {"any": ROLES[:-1], "holders": ROLES[:4]}.get(roles) or roles.split(",")
        fitting = [o for o in officers if set(o[1]) & set(roles)] if self.calm or rng.random() < 0.85 else officers
        key, own, _ = rng.choice(fitting or [(Signer(rng), roles, None)])
        both = [r for r in roles if r in own]
        role = rng.choice(both) if both else rng.choice(roles)
        lines = {m for m in must.replace("to/text", rng.choice(["to", "text", "to text"])).split()} | {m for m in may.split() if rng.random() < 0.4}
        nth = self.nth.get((key.vkey, office.id), 0) + (1 if rng.random() < 0.9 else rng.randrange(0, 3))
        self.nth[key.vkey, office.id] = nth = max(nth, 1)
        ids = [s.id for s in self.statements] + [self.seal.id]
        if says in ("agreed", "held", "called-off"):
            ids = [s.id for s in self.statements if "says proposed\n" in s.text] or ids
        regarding = sorted({rng.choice(ids) if rng.random() < 0.9 else "ab" * 32 for _ in range(rng.randrange(1, 3))})
        letter = self.seal.id if rng.random() < 0.98 else "cd" * 32
        self.statements.append(Signed(
            ["valise/statement@v1", f"letter {letter}", f"says {says}", f"office {office.id} {head.id if head else 'ef' * 32}",
             f"role {role}", f"nth {nth}", f"time {when(EPOCH + (100 if self.calm else 0) + rng.randrange(0, 400))}",
             *([f"regarding {r}" for r in regarding] if "regarding" in lines else []),
             f"to {rng.choice(self.offices).id if rng.random() < 0.95 else '12' * 32}" if "to" in lines else None,
             f"medium {rng.choice(['by hand', 'by post'])}" if "medium" in lines else None,
             "when Wednesday" if "when" in lines else None, f"reason {rng.choice(codes.split())}" if "reason" in lines else None,
             *(self.words(says) if "text" in lines else [])], [key], spoil=rng.random() < 0.01))

    def words(self, says):
        if says != "identified" or not self.addressees or self.rng.random() < 0.15:
            return ["text Words.", "text More."]
        names = [self.rng.choice(self.addressees) for _ in range(self.rng.randrange(1, 4))]
        return [f"text {name}" for name in names + (["Somebody else"] if self.rng.random() < 0.1 else [])]

    def make_reports(self, rng):
        """What officers note of others' words; from a chance of its own, so that a seed's statements stay what they were."""
        self.exhibits = [rng.randbytes(rng.randrange(1, 300)) if rng.random() < 0.3 else "Er hat \u201enichts\u201c gesagt. ".encode() * rng.randrange(1, 80) for _ in range(2)]
        self.reports, self.report_nth = [], {}
        for _ in range(rng.randrange(0, 14)):
            self.report(rng)
        if self.addressees or rng.random() < 0.4:
            # One is reported to have taken the letter and to have refused it.
            whose = rng.choice([f"speaker-office {self.recipients[0].id}", *(f"speaker-addressee {name}" for name in self.addressees * 3)])
            for says in rng.sample(["refused", "refused", "received", "opened", "reviewed"], 5):
                self.report(rng, says, whose)

    def report(self, rng, says=None, whose=None):
        office = rng.choice(self.offices)
        head = rng.choice(office.entries) if rng.random() < 0.97 else None
        officers = (head or office.entries[0]).officers + (office.entries[-1].officers + office.entries[-1].gone if rng.random() < 0.3 else [])
        key, own, _ = rng.choice(officers if officers and rng.random() < 0.95 else [(Signer(rng), ["clerk"], None)])
        role = rng.choice([r for r in own if r != "machine"] or ["clerk"]) if rng.random() < 0.9 else rng.choice(ROLES[:-1])
        nth = self.report_nth.get(key.vkey, 0) + (1 if rng.random() < 0.9 else rng.randrange(0, 3))
        self.report_nth[key.vkey] = nth = max(nth, 1)
        earlier = [r.id for r in self.reports] * 3 + [s.id for s in self.statements] + [self.seal.id]
        regarding = sorted({rng.choice(earlier) if rng.random() < 0.9 else "ab" * 32 for _ in range(rng.choice([0, 0, 1, 2]))})
        speaks_for = rng.random()
        when_lines = [["when Wednesday"], ["when Wednesday", f"resolved {when(EPOCH)} {when(EPOCH + rng.randrange(0, 200000))}"]]

        def some(chance, line):
            return [line] if rng.random() < chance else []
        speaks = [f"speaker-office {rng.choice(self.offices).id if rng.random() < 0.95 else '12' * 32}"] if speaks_for < 0.7 else []
        speaks += [f"speaker-addressee {rng.choice(['Petitions, room 4', 'Somebody without a card', 'Somebody else'])}"] if speaks_for > 0.85 else []
        says = says or rng.choice(['received', 'refused', 'opened', 'defect', 'service-accepted', 'service-declined'] if rng.random() < 0.6 else [*SAYS, 'other'])
        self.reports.append(Signed(
            ["valise/report@v1", f"letter {self.seal.id if rng.random() < 0.98 else 'cd' * 32}",
             f"says {says}", f"speaker {rng.choice(SPEAKERS)}", *([whose] if whose else speaks),
             *some(0.2, "of the envoy"), *[f"via {rng.choice(['a newspaper', 'an agency'])}" for _ in range(rng.randrange(0, 3))],
             f"verb {rng.choice(['confirmed', 'stressed'])}", *some(0.3, "medium interview"),
             *some(0.5, f"carriage {rng.choice(['by hand', 'by post', 'by car'])}"), *rng.choice([[], *when_lines]),
             *[f"regarding {r}" for r in regarding], *sorted({self.span(rng) for _ in range(rng.randrange(1, 4))}), *some(0.2, "where page 3, line 5"),
             f"quoted {rng.choice(['yes', 'no'])}", f"office {office.id} {head.id if head else 'ef' * 32}", f"role {role}", f"nth {nth}",
             f"time {when(EPOCH + (100 if self.calm else 0) + rng.randrange(0, 400))}"], [key], spoil=rng.random() < 0.01))

    def span(self, rng):
        exhibit = rng.choice(self.exhibits)
        offset = rng.randrange(0, len(exhibit))
        length = len(exhibit) - offset if rng.random() < 0.2 else rng.randrange(1, len(exhibit) - offset + 1)
        size = len(exhibit) + (0 if rng.random() < 0.95 else 1)
        return f"exhibit {sha(exhibit).hex()} {size} {offset} {length}"

    def excerpts(self):
        """Pieces of the exhibits, sometimes a whole one; now and then one that lies."""
        rng, places = self.rng, {}
        for exhibit in self.exhibits:
            for _ in range(rng.randrange(0, 4)):
                offset = rng.randrange(0, len(exhibit))
                piece = exhibit[offset:offset + rng.randrange(1, 1500)] if rng.random() < 0.8 else exhibit
                offset = 0 if piece is exhibit else offset
                if rng.random() < 0.05:
                    piece = rng.randbytes(len(piece))
                places[sha(exhibit).hex(), offset, len(piece)] = (len(exhibit), piece)
        for (exhibit, offset, _), (size, piece) in sorted(places.items()):
            digits = base64.b64encode(piece).decode()
            yield f"exhibit {exhibit} {size}\noffset {offset}\n" + "".join(digits[i:i + 64] + "\n" for i in range(0, len(digits), 64))

    def leaf(self, i):
        h = self.hashes
        path = [[h[1], h[2]], [h[0], h[2]], [sha(b"\x01" + h[0] + h[1])]][i]
        if self.rng.random() < 0.1:
            path = path[::-1] + path[:1]
        return f"index {i}\nsalt {self.salts[i].hex()}\n" + self.leaves[i] + "".join(f"path {p.hex()}\n" for p in path)

    def dossier(self):
        rng = self.rng
        complete = self.calm or rng.random() < 0.6
        entries = {e.id: e for o in self.offices for e in o.entries if complete or rng.random() < 0.9}
        if not complete and rng.random() < 0.2:
            entries = {i: e for i, e in entries.items() if e.office != self.offices[-1].id}
        items = [("seal", self.seal.bytes)]
        items += [("register", e.bytes) for e in sorted(entries.values(), key=lambda e: (e.office, e.seq, e.id))]
        items += [("statement", s.bytes) for s in sorted({s.id: s for s in self.statements}.values(), key=lambda s: s.id)]
        items += [("report", r.bytes) for r in sorted({r.id: r for r in self.reports}.values(), key=lambda r: r.id)]
        items += [("leaf", self.leaf(i)) for i in range(3) if rng.random() < 0.4]
        items += [("excerpt", one) for one in self.excerpts()]
        data = f"valise/dossier@v1\nletter {self.seal.id}\n".encode()
        return data + b"".join(b"%s %d\n" % (kind.encode(), len(body.encode())) + body.encode() for kind, body in items) + b"end\n"
