# SPDX-License-Identifier: Apache-2.0
"""What follows from a letter's verified notes: spec/accounts.md."""
from notes import SAYS
from registers import Register

STATES = ["nothing", "refused", "received", "defect", "opened", "reviewed"]
SERVICES = ["service-accepted", "service-declined"]
FROM_RECIPIENT = {"received", "opened", "defect", "reviewed", "conveyed", *SERVICES}
FROM_HOLDER = {"carrying", "delivered", "attempted"}
FROM_BOTH = {"refused", "lost", "damaged", "returned"}
IN_STANDING = {"good", "dismissed-since"}
HOW_IT_CAME = {"received", "carrying", "refused"}
OPPOSITES = [("received", "refused", "refused-and-received"), ("opened", "defect", "defect-and-opened"), (*SERVICES, "service-both")]
TAKEN = {"received", "opened", "reviewed"}
GIVING = {"handed", "delivered", "attempted", "returned", "conveyed"}
ROW = {says: i for i, says in enumerate(SAYS)}


class Accounts:
    def __init__(self, seal, entries, statements, reports, now):
        self.seal, self.now = seal, now
        self.reports = sorted({r.id: r for r in reports}.values(), key=lambda r: (r.time, r.nth, r.id))
        self.sender, self.recipients = seal.sender[0], [office for office, _ in seal.to]
        offices = {self.sender, *self.recipients, *(s.office for s in statements), *(s.to for s in statements if s.to)}
        offices |= {r.office for r in reports} | {r.speaker_office for r in reports if r.speaker_office}
        self.registers = {o: Register(o, entries) for o in offices}
        self.statements = sorted({s.id: s for s in statements}.values(), key=lambda s: (s.time, ROW[s.says], s.nth, s.id))
        self.sender_standing, officer = self.registers[self.sender].stand(seal.sender[1], seal.by[0], "principal", seal.date, seal.id)
        self.sealed_by = officer["title"] if officer else None
        for s in self.statements:
            s.standing, s.officer = self.registers[s.office].stand(s.head, s.by[0], s.role, s.time, s.id)
            s.stands = s.standing in IN_STANDING
            s.unattended = bool(s.officer) and "machine" in s.officer["roles"]
        self.find_identified()
        self.find_holders()
        for s in self.statements:
            s.counts = s.stands and self.may_say(s)
            s.bystander = not self.may_say(s) and not (s.says == "carrying" and s.unattended)
        self.judge_reports()

    def judge_reports(self):
        """Who stands for each, which of them their own office corrects, and under whom each is listed: an office, an addressee, or nobody."""
        for r in self.reports:
            r.standing, r.officer = self.registers[r.office].stand(r.head, r.by[0], r.role, r.time, r.id)
            r.stands = r.standing in IN_STANDING
            r.unattended = bool(r.officer) and "machine" in r.officer["roles"]
        for r in self.reports:
            r.corrected_by = [c.id for c in self.reports if c.stands and c.office == r.office and r.id in c.regarding]
            r.heeded = r.stands and not r.corrected_by
            r.home = None
            if r.speaker_office in self.taking_part | self.bystanders:
                r.home = ("office", r.speaker_office)
            elif r.speaker_addressee in self.identified:
                offices = list(self.identified[r.speaker_addressee])
                r.home = ("office", offices[0]) if len(offices) == 1 else None
            elif r.speaker_addressee in self.seal.addressees:
                r.home = ("addressee", r.speaker_addressee)

    def reported_of(self, *home):
        return [r.id for r in self.reports if r.home == home]

    def speakers(self):
        apart = [r for r in self.reports if r.home is None]
        names = sorted({r.speaker for r in apart}, key=str.encode)
        return [{"speaker": name, "reported": [r.id for r in apart if r.speaker == name]} for name in names]

    def find_identified(self):
        """Addressees, each with the offices, never itself, that the sender takes it to be; those are recipients, after the seal's, by id."""
        self.identified = {}
        for s in self.statements:
            if s.says == "identified" and s.stands and s.office == self.sender != s.to and set(s.said) <= set(self.seal.addressees):
                for name in s.said:
                    self.identified.setdefault(name, {}).setdefault(s.to, []).append(s)
        self.recipients = self.recipients + sorted({o for offices in self.identified.values() for o in offices} - set(self.recipients))

    def identified_as(self, office):
        return [name for name in self.seal.addressees if office in self.identified.get(name, {})]

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
        if self.seal.paper is not None and s.says in ("opened", "defect"):
            return False
        if s.says in ("withdrawn", "identified"):
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

    def first(self, says, office):
        return next(iter(self.counted(says, office)), None)

    def in_order(self, statements):
        chosen = {s.id for s in statements}
        return tuple(s.id for s in self.statements if s.id in chosen)

    def addressed(self):
        """The recipients, the sender first if it is one."""
        return [self.sender] * (self.sender in self.recipients) + [o for o in self.recipients if o != self.sender]

    def disagreements(self):
        """(kind, ids of notes), sorted. Of a fork the entries are any that prove it: none are named here."""
        found = []
        if self.sender_standing not in IN_STANDING | {"incomplete", "no-register"}:
            found.append(("seal-no-standing", (self.seal.id,)))
        for office in self.taking_part:
            for kind, standing in (("no-standing", "not-appointed"), ("no-standing", "wrong-role"), ("no-standing", "dismissed"), ("expired", "expired")):
                notes = self.in_order(s for s in self.statements if s.office == office and s.standing == standing)
                if notes:
                    found.append((kind, notes))
            if self.registers[office].forked:
                found.append(("fork", (office,)))
            for one, other, kind in OPPOSITES:
                if self.first(one, office) and self.first(other, office):
                    found.append((kind, (self.first(one, office).id, self.first(other, office).id)))
        for offices in self.identified.values():
            if len(offices) > 1:
                found.append(("identified-twice", self.in_order(s for said in offices.values() for s in said)))
        self.disagree_in_time(found)
        self.disagree_in_numbers(found)
        self.disagree_in_course(found)
        self.disagree_in_reports(found)
        self.disagree_in_report_numbers(found)
        return sorted(found)

    def disagree_in_time(self, found):
        known = {s.id: s for s in self.statements}
        for s in self.statements:
            if not s.counts or s.office not in self.taking_part:
                continue
            for r in s.regarding:
                if r in known and known[r].counts and s.time < known[r].time:
                    found.append(("times-out-of-order", (s.id, r)))
            if s.time < self.registers[s.office].entries[s.head].time:
                found.append(("times-out-of-order", (s.id, s.head)))
        for office in self.taking_part:
            older = self.in_order(s for s in self.statements if s.counts and s.office == office and s.time < self.seal.date)
            if older:
                found.append(("older-than-seal", older))
            for early, late in (("received", "opened"), ("opened", "reviewed"), ("received", "reviewed")):
                early, late = self.first(early, office), self.first(late, office)
                if early and late and late.time < early.time:
                    found.append(("times-out-of-order", (late.id, early.id)))

    def by_key(self):
        """Every signer's statements by nth, where one of them counts and the office takes part."""
        keys = {}
        for s in self.statements:
            keys.setdefault((s.office, s.by[0].text), {}).setdefault(s.nth, []).append(s)
        return [nths for key, nths in keys.items() if key[0] in self.taking_part and any(s.counts for one in nths.values() for s in one)]

    def disagree_in_numbers(self, found):
        for nths in self.by_key():
            numbers = sorted(nths)
            if numbers != list(range(1, numbers[-1] + 1)):
                found.append(("gap", tuple(s.id for nth in numbers for s in nths[nth])))
            for one in nths.values():
                if len(one) > 1:
                    found.append(("nth-twice", tuple(s.id for s in one)))
            for a, b in zip(numbers, numbers[1:]):
                if nths[b][0].time < nths[a][0].time:
                    found.append(("times-out-of-order", (nths[b][0].id, nths[a][0].id)))

    def disagree_in_course(self, found):
        here = {self.seal.id} | {s.id for s in self.statements} | {r.id for r in self.reports}
        for s in self.statements:
            missing = tuple(r for r in s.regarding if r not in here)
            if s.counts and s.office in self.taking_part and missing:
                found.append(("regarding-missing", (s.id, *missing)))
        for to in {s.to for s in self.counted("delivered")}:
            delivered = self.in_order(s for s in self.counted("delivered") if s.to == to)
            silent = self.state(to) == 0 if to in self.recipients else not any(o.counts and o.office == to for o in self.statements)
            if silent:
                found.append(("delivered-unconfirmed", delivered))
            if to in self.recipients and self.state(to) == 1:
                found.append(("delivered-refused", (*delivered, self.first("refused", to).id)))
        for office in self.taking_part:
            own = [s for s in self.statements if s.counts and s.office == office and s.says in HOW_IT_CAME and s.medium]
            given = [s for s in self.statements if s.counts and s.to == office and s.says in ("handed", "delivered") and s.medium]
            media = {s.medium for s in own}
            givers = [{s.medium for s in given if s.office == giver} for giver in {s.office for s in given}]
            if len(media) > 1 or any(len(g) > 1 or (media and g != media) for g in givers):
                found.append(("media-differ", self.in_order(own + given)))
        self.disagree_after_receipt(found)

    def disagree_after_receipt(self, found):
        withdrawn = self.first("withdrawn", self.sender)
        if withdrawn:
            has = {o: next((self.first(w, o) for w in ("received", "reviewed", "opened") if self.first(w, o)), None) for o in self.addressed()}
            if any(has.values()):
                found.append(("withdrawn-late", (withdrawn.id, *(s.id for s in has.values() if s))))
            if not all(has.values()):
                found.append(("withdrawn", (withdrawn.id,)))
        receipts = [self.first("received", o) for o in self.addressed() if self.first("received", o)]
        for says in ("lost", "damaged", "returned"):
            for s in (self.first(says, o) for o in self.taking_part - set(self.recipients)):
                if s and receipts:
                    found.append((says + "-but-received", (s.id, *(r.id for r in receipts[:4]))))
        for p in self.statements:
            ends = [next((s for s in self.counted(says) if p.id in s.regarding), None) for says in ("held", "called-off")]
            if p.says == "proposed" and all(ends):
                found.append(("held-and-called-off", (ends[0].id, ends[1].id, p.id)))

    def media_of(self, office):
        """The statements that tell how the letter came to it."""
        return [s for s in self.statements if s.counts and s.medium and (
            (s.office == office and s.says in HOW_IT_CAME) or (s.to == office and s.says in ("handed", "delivered")))]

    def carriage_taker(self, r):
        """To whom the letter came as that report has it."""
        everybody = [("office", o) for o in self.recipients] + [("addressee", name) for name in self.seal.addressees if name not in self.identified]
        if r.home in everybody and r.says not in GIVING:
            return r.home
        return everybody[0] if len(everybody) == 1 else None

    def disagree_in_reports(self, found):
        told = {}
        for r in self.reports:
            taker = self.carriage_taker(r)
            if r.heeded and r.carriage and taker:
                told.setdefault(taker, []).append(r)
        for (kind, who), reports in told.items():
            signed = self.media_of(who) if kind == "office" else []
            if len({s.medium for s in signed} | {r.carriage for r in reports}) > 1:
                found.append(("reported-differs", (*(s.id for s in signed), *(r.id for r in reports))))
        for office in self.taking_part:
            for one, other, _ in OPPOSITES:
                for reported, said in ((one, other), (other, one)):
                    own = self.first(said, office)
                    reports = [r.id for r in self.reports if r.heeded and r.home == ("office", office) and r.says == reported and not r.of]
                    if own and reports:
                        found.append(("reported-and-said", (own.id, *reports)))
        for home in [("office", o) for o in self.taking_part] + [("addressee", name) for name in self.seal.addressees if name not in self.identified]:
            reports = [r for r in self.reports if r.heeded and r.home == home and not r.of and r.says in TAKEN | {"refused"}]
            if {"refused"} < {r.says for r in reports}:
                found.append(("reports-contrary", tuple(r.id for r in reports)))

    def disagree_in_report_numbers(self, found):
        keys = {}
        for r in self.reports:
            keys.setdefault(r.by[0].text, {}).setdefault(r.nth, []).append(r)
        for nths in keys.values():
            if not any(r.stands and r.office in self.taking_part for one in nths.values() for r in one):
                continue
            numbers = sorted(nths)
            if numbers != list(range(1, numbers[-1] + 1)):
                found.append(("reports-gap", tuple(r.id for nth in numbers for r in nths[nth])))
            found += [("report-nth-twice", tuple(r.id for r in one)) for one in nths.values() if len(one) > 1]
        here = {self.seal.id} | {s.id for s in self.statements} | {r.id for r in self.reports}
        for r in self.reports:
            missing = [one for one in r.regarding if one not in here]
            if r.heeded and r.office in self.taking_part and missing:
                found.append(("regarding-missing", (r.id, *missing)))
