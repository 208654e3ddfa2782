# SPDX-License-Identifier: Apache-2.0
"""Registers as trees, and how a signer stands: spec/register.md "Across entries" and spec/accounts.md "Registers", "Standing"."""


class Register:
    """One office's accepted entries, of whatever verified entries are given, in any order and with repeats."""

    def __init__(self, office, entries):
        self.office = office
        self.entries = {}  # accepted, by id
        waiting = {e.id: e for e in entries if e.office == office}
        while True:
            taken = [e for e in waiting.values() if self.accepts(e)]
            if not taken:
                break
            for e in taken:
                self.entries[e.id] = waiting.pop(e.id)
        for e in self.entries.values():
            e.chain = {a.id for a in self.way(e)}
            e.generation = sum(a.has_keepers for a in self.way(e)) - 1
        authorities = [e for e in self.entries.values() if e.has_keepers and e.seq > 0]
        for e in self.entries.values():
            e.void = any(self.opener(self.entries[a.previous]) is self.opener(e) and e.id not in a.chain for a in authorities)
        alive = [e for e in self.entries.values() if not e.void]
        self.head = min(alive, key=lambda e: (-e.generation, -e.seq, e.id), default=None)
        names = [e.name for e in self.way(self.head) if e.name is not None] if self.head else []
        self.name = names[-1] if names else None
        previous = [e.previous for e in alive]
        opened = [self.opener(self.entries[a.previous]).id for a in authorities]
        self.forked = len(previous) > len(set(previous)) or len(opened) > len(set(opened))

    def way(self, e):
        """From entry 0 to e, e included."""
        out = [e]
        while out[-1].seq > 0:
            out.append(self.entries[out[-1].previous])
        return out[::-1]

    def opener(self, e):
        return [a for a in self.way(e) if a.has_keepers][-1]

    def accepts(self, e):
        if e.seq == 0:
            return e.id == self.office
        if e.previous not in self.entries or e.seq != self.entries[e.previous].seq + 1:
            return False
        way = self.way(self.entries[e.previous])
        if sum(len(a.data) for a in way) + len(e.data) > 2**24:
            return False
        standing = [a for a in way if a.has_keepers][-1]
        signers = {k.commitment for k in e.by}
        keepers = {k.commitment for k in standing.keepers}
        if e.has_keepers:
            answering = signers & set(standing.next)
            new = {k.commitment for k in e.keepers}
            if len(answering) < standing.next_quorum or not new <= signers or signers - answering - new:
                return False
        elif len(signers) < standing.quorum or signers - keepers:
            return False
        return self.keys_fit(way, e)

    @staticmethod
    def keys_fit(way, e):
        """A key is keeper, next or officer, never two; appointed once; dismissed once, and after it was appointed."""
        kept = {k.commitment for a in way + [e] for k in a.keepers}
        following = {c for a in way + [e] for c in a.next}
        earlier = [o["key"].commitment for a in way for o in a.appoint]
        officers = earlier + [o["key"].commitment for o in e.appoint]
        gone = {k.commitment for a in way for k, _ in a.dismiss}
        if kept & following or (kept | following) & set(officers) or len(officers) > len(set(officers)):
            return False
        return all(k.commitment in earlier and k.commitment not in gone for k, _ in e.dismiss)

    def stand(self, head, key, role, time, note):
        """The standing, and the appointment: at the cited head, or, where that has none, at this register's head, or None."""
        if self.office not in self.entries:
            return "no-register", None
        otherwise = next((o for a in self.way(self.head) for o in a.appoint if o["key"].text == key.text), None)
        if head not in self.entries:
            return "incomplete", otherwise
        h = [a for a in self.way(self.entries[head]) if not a.void][-1]
        way = self.way(h)
        found = [(a, o) for a in way for o in a.appoint if o["key"].text == key.text]
        if not found:
            return "not-appointed", otherwise
        begun, appointment = found[0]
        if any(k.text == key.text for a in way for k, _ in a.dismiss):
            return "dismissed", appointment
        later = [d for d in self.entries.values() if not d.void and begun.id in d.chain and any(k.text == key.text for k, _ in d.dismiss)]
        d = min(later, key=lambda d: (d.time, d.id), default=None)
        if d and time >= d.time and not any(note in a.seen for a in self.way(d)):
            return "dismissed", appointment
        if appointment["until"] is not None and time > appointment["until"]:
            return "expired", appointment
        if role not in appointment["roles"]:
            return "wrong-role", appointment
        return ("dismissed-since" if d else "good"), appointment
