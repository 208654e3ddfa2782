# SPDX-License-Identifier: Apache-2.0
"""What follows from a letter's verified notes: spec/accounts.md."""
from notes import SAYS
from registers import Register

STATES = ["nothing", "refused", "received", "defect", "opened", "reviewed"]
SERVICES = ["service-accepted", "service-declined"]
FROM_RECIPIENT = {"received", "opened", "defect", "reviewed", "conveyed", *SERVICES}
FROM_HOLDER = {"carrying", "delivered", "attempted", "lost", "damaged"}
FROM_BOTH = {"refused", "returned"}
IN_STANDING = {"good", "dismissed-since"}
HOW_IT_CAME = {"received", "carrying", "refused"}
ROW = {says: i for i, says in enumerate(SAYS)}


class Accounts:
    def __init__(self, seal, entries, statements, reports, now):
        self.seal, self.reports, self.now = seal, reports, now
        self.sender, self.recipients = seal.sender[0], [office for office, _ in seal.to]
        offices = {self.sender, *self.recipients, *(s.office for s in statements), *(s.to for s in statements if s.to)}
        self.registers = {o: Register(o, entries) for o in offices}
        self.statements = sorted({s.id: s for s in statements}.values(), key=lambda s: (s.time, ROW[s.says], s.nth, s.id))
        self.sender_standing, officer = self.registers[self.sender].stand(seal.sender[1], seal.by[0], "principal", seal.date, seal.id)
        self.sealed_by = officer["title"] if officer else None
        for s in self.statements:
            s.standing, s.officer = self.registers[s.office].stand(s.head, s.by[0], s.role, s.time, s.id)
            s.stands = s.standing in IN_STANDING
            s.unattended = bool(s.officer) and "machine" in s.officer["roles"]
        self.find_holders()
        for s in self.statements:
            s.counts = s.stands and self.may_say(s)
            s.bystander = not self.may_say(s) and not (s.says == "carrying" and s.unattended)

    def find_holders(self):
        self.holders, before = set(), None
        while before != self.holders:
            before = set(self.holders)
            parties = {self.sender, *self.recipients} | before
            self.holders |= {s.to for s in self.statements if s.stands and s.to and (
                (s.says == "handed" and s.office in parties) or (s.says == "delivered" and s.office in before))}
        self.parties = {self.sender, *self.recipients} | self.holders
        self.on_deposit = {s.office for s in self.statements if s.says == "carrying" and s.stands and s.unattended} - self.holders
        self.taking_part = self.parties | self.on_deposit
        self.bystanders = {s.office for s in self.statements} - self.taking_part

    def may_say(self, s):
        holds = s.office in self.holders
        if s.says == "withdrawn":
            return s.office == self.sender
        if s.says in FROM_RECIPIENT:
            return s.office in self.recipients
        if s.says in FROM_HOLDER:
            return holds or (s.says == "carrying" and s.unattended and s.office in self.on_deposit)
        if s.says in FROM_BOTH:
            return holds or s.office in self.recipients
        return s.says == "seen" or s.office in self.parties

    def counted(self, says, office=None):
        return [s for s in self.statements if s.counts and s.says == says and office in (None, s.office)]

    def state(self, office):
        return max((STATES.index(s.says) for s in self.statements if s.counts and s.office == office and s.says in STATES), default=0)

    def service(self, office):
        return next((one for one in SERVICES if self.counted(one, office)), None)

    def past_answer_by(self, office):
        by = self.seal.answer_by
        return by is not None and self.now > by and not any(s.time <= by for s in self.counted("reviewed", office))

    def confirmed_by(self):
        return next((office for office in self.recipients if self.counted("opened", office)), None)

    def disagreements(self):
        """(kind, ids or offices concerned), sorted."""
        found = set()
        if self.sender_standing not in IN_STANDING | {"incomplete", "no-register"}:
            found.add(("seal-no-standing", self.seal.id))
        for s in self.statements:
            if s.office in self.taking_part and s.standing in ("not-appointed", "wrong-role", "dismissed"):
                found.add(("no-standing", s.office + " " + s.standing))
            if s.office in self.taking_part and s.standing == "expired":
                found.add(("expired", s.office))
        for office in self.taking_part:
            if self.registers[office].forked:
                found.add(("fork", office))
            for one, other, kind in (("refused", "received", "refused-and-received"), ("defect", "opened", "defect-and-opened"), (*SERVICES, "service-both")):
                if self.counted(one, office) and self.counted(other, office):
                    found.add((kind, office))
        self.disagree_in_time(found)
        self.disagree_in_numbers(found)
        self.disagree_in_course(found)
        return sorted(found)

    def disagree_in_time(self, found):
        known = {s.id: s for s in self.statements}
        for s in self.statements:
            if not s.counts or s.office not in self.taking_part:
                continue
            if s.time < self.seal.date:
                found.add(("older-than-seal", s.office))
            if any(s.time < known[r].time for r in s.regarding if r in known and known[r].counts) or s.time < self.registers[s.office].entries[s.head].time:
                found.add(("times-out-of-order", s.office))
        for office in self.taking_part:
            first = {says: self.counted(says, office)[0].time for says in ("received", "opened", "reviewed") if self.counted(says, office)}
            for early, late in (("received", "opened"), ("opened", "reviewed"), ("received", "reviewed")):
                if early in first and late in first and first[late] < first[early]:
                    found.add(("times-out-of-order", office))

    def by_key(self):
        """Every signer's statements by nth, where one of them counts and the office takes part."""
        keys = {}
        for s in self.statements:
            keys.setdefault((s.office, s.by[0].text), {}).setdefault(s.nth, []).append(s)
        return {key: nths for key, nths in keys.items() if key[0] in self.taking_part and any(s.counts for one in nths.values() for s in one)}

    def disagree_in_numbers(self, found):
        for (office, key), nths in self.by_key().items():
            numbers = sorted(nths)
            if numbers != list(range(1, numbers[-1] + 1)):
                found.add(("gap", key))
            if any(len(one) > 1 for one in nths.values()):
                found.add(("nth-twice", key))
            if any(nths[b][0].time < nths[a][0].time for a, b in zip(numbers, numbers[1:])):
                found.add(("times-out-of-order", office))

    def disagree_in_course(self, found):
        here = {self.seal.id} | {s.id for s in self.statements} | {r.id for r in self.reports}
        for s in self.statements:
            if s.counts and s.office in self.taking_part and set(s.regarding) - here:
                found.add(("regarding-missing", s.id))
        for s in self.counted("delivered"):
            silent = self.state(s.to) == 0 if s.to in self.recipients else not any(o.counts and o.office == s.to for o in self.statements)
            if silent:
                found.add(("delivered-unconfirmed", s.to))
            if s.to in self.recipients and self.state(s.to) == 1:
                found.add(("delivered-refused", s.to))
        for office in self.taking_part:
            own = {s.medium for s in self.statements if s.counts and s.office == office and s.says in HOW_IT_CAME and s.medium}
            givers = {}
            for s in self.statements:
                if s.counts and s.to == office and s.says in ("handed", "delivered") and s.medium:
                    givers.setdefault(s.office, set()).add(s.medium)
            if len(own) > 1 or any(len(g) > 1 or (own and g != own) for g in givers.values()):
                found.add(("media-differ", office))
        self.disagree_after_receipt(found)

    def disagree_after_receipt(self, found):
        if self.counted("withdrawn"):
            void = [o for o in self.recipients if any(self.counted(says, o) for says in ("received", "opened", "reviewed"))]
            if void:
                found.add(("withdrawn-late", self.sender))
            if set(self.recipients) - set(void):
                found.add(("withdrawn", self.sender))
        for says in ("lost", "damaged", "returned"):
            for s in self.counted(says):
                if any(r.office != s.office for r in self.counted("received")):
                    found.add((says + "-but-received", s.office))
        for p in self.statements:
            if p.says == "proposed" and all(any(p.id in s.regarding for s in self.counted(says)) for says in ("held", "called-off")):
                found.add(("held-and-called-off", p.id))
