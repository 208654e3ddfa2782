# SPDX-License-Identifier: Apache-2.0
"""Two offices, a stick, and commands to disturb: how each begins, what may be found after it was disturbed, and how it must end.

Everything lies below one directory: `harbour` and `oslo` are spools, `desk` is an officer's own machine at Harbour, `fresh` is none yet, `stick` a stick, `in` what is sealed, `out` where letters are
opened, `tmp` is TMPDIR. Each scenario starts from a copy of the same moment, so that what an undisturbed run makes of it can be
compared with what is there after a disturbed one and a second run.
"""
import base64
import json
import os
import re
import shutil
import sqlite3
import subprocess

# In every plaintext: contents, subjects, and names of parts.
MARKS = (b"MARK-OF-THE-PLAINTEXT", b"MARK-OF-THE-SUBJECT", b"MARK-OF-THE-NAME")
EXIT_CODES = (0, 1, 2, 3, 4, 5, 10, 11, 130)
EXIT_NO_OFFICE = 10
SIZES = {"small": 3000, "big": 3_000_000}
PATIENCE_S = 120


class Broken(Exception):
    """An invariant that does not hold."""


def part_name(size):
    return f"MARK-OF-THE-NAME {size}"


def plaintext(size):
    line = b"%08d MARK-OF-THE-PLAINTEXT of a letter that nobody else may read\n"
    return b"".join(line % i for i in range(SIZES[size] // 60 + 1))[: SIZES[size]]


class Valise:
    """The program, told where its spool is, and watched for what it may never do."""

    def __init__(self, program, root):
        self.program = program
        self.root = root

    def environment(self, office):
        kept = {name: os.environ[name] for name in ("PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS") if name in os.environ}
        return {
            **kept,
            "HOME": f"{self.root}/tmp",
            "LC_ALL": "C",
            "TMPDIR": f"{self.root}/tmp",
            "VALISE_DIR": f"{self.root}/{office}",
        }

    def run(self, office, args, before=(), environment=None):
        """The finished process; `before` are words before the program's own, such as those of strace."""
        return subprocess.run(
            [*before, self.program, *args],
            cwd=f"{self.root}/out",
            env={**self.environment(office), **(environment or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=PATIENCE_S,
        )

    def must(self, office, *args):
        done = self.run(office, args)
        if done.returncode != 0:
            raise Broken(f"`valise {' '.join(args)}` of {office} exits {done.returncode}: {tell(done)}")
        return done.stdout.decode()

    def letters(self, office):
        """By id: the line of `track`, with what has been said and by whom."""
        if office in ("fresh", "desk"):
            return {}
        lines = json.loads(self.must(office, "track", "--all", "--json"))["letters"]
        for line in lines:
            accounts = json.loads(self.must(office, "track", line["letter"], "--json"))["accounts"]
            line["said"] = sorted((s["says"], s["nth"]) for s in accounts["said"])
            line["is_let_go"] = "let go of here" in accounts["bytes_text"]
        return {line["letter"]: line for line in lines}


def tell(done):
    return f"{done.stderr.decode(errors='replace').strip()!r} {done.stdout.decode(errors='replace').strip()[:300]!r}"


def files_below(path):
    for where, _, names in os.walk(path):
        for name in names:
            yield os.path.join(where, name)


def tree(path):
    """What a directory holds: names and bytes."""
    return {os.path.relpath(name, path): open(name, "rb").read() for name in files_below(path)}


class World:
    """The moments that scenarios start from, and the one that is being played with."""

    def __init__(self, program, directory):
        self.root = f"{directory}/world"
        self.moments = f"{directory}/moments"
        self.copy = f"{directory}/copy-of-the-stick"
        self.valise = Valise(program, self.root)
        self.ids = []
        for name in ("stick", "inside", "in", "out", "tmp"):
            os.makedirs(f"{self.root}/{name}")
        os.mkdir(self.moments)
        for size in SIZES:
            with open(f"{self.root}/in/{part_name(size)}", "wb") as f:
                f.write(plaintext(size))
        with open(f"{self.root}/in/list", "w", encoding="utf-8") as f:
            f.write("to\tsubject\tfile\n")
            for size in SIZES:
                f.write(f"oslo\tMARK-OF-THE-SUBJECT {size}\t{self.root}/in/{part_name(size)}\n")
        self.live()

    def live(self):
        """The journey of two letters, each moment kept."""
        must = self.valise.must
        for office, other in (("harbour", "oslo"), ("oslo", "harbour")):
            must(office, "init", office, "--title", "Desk", "--no-passphrase", "--no-recovery")
            must(office, "card", "export", "-o", f"{self.root}/tmp/{office}.card")
        for office, other in (("harbour", "oslo"), ("oslo", "harbour")):
            must(office, "card", "add", f"{self.root}/tmp/{other}.card", "--as", other, "--unchecked")
            os.unlink(f"{self.root}/tmp/{other}.card")
        # An officer's own machine, whose request waits; and its appointment.
        request = f"{self.root}/in/request"
        must("desk", "officer", "request", "--title", "Front desk", "--roles", "clerk", "--no-passphrase", "-o", request)
        self.keep("acquainted")
        must("harbour", "officer", "add", request, "--unchecked")
        must("harbour", "card", "export", "-o", f"{self.root}/in/own.card")
        self.keep("appointed")
        self.live_inside()
        self.go_to("acquainted")
        for size in SIZES:
            self.ids.append(json.loads(must("harbour", *seal_words(self, size), "--json"))["letter"])
        self.keep("sealed")
        must("harbour", "sync", f"{self.root}/stick", *self.ids)
        self.keep("on-the-stick")
        must("oslo", "sync", f"{self.root}/stick")
        self.keep("taken-in")
        must("oslo", "say", "received", *self.ids, "--yes")
        self.keep("received")
        self.go_to("taken-in")
        opening = ("open", self.ids[1], "-o", f"{self.root}/out/letter")
        killed = self.valise.run("oslo", opening, ("strace", "-qq", "-e", "inject=renameat2:signal=KILL", "-o", "/dev/null"))
        if killed.returncode == 0 or not openings(self):
            raise Broken(f"an opening was to be killed before its end: {tell(killed)}")
        self.keep("opening-killed")

    def live_inside(self):
        """Eight small bags between the machines of Harbour; then one more officer, for whom none of them is."""
        must = self.valise.must
        must("desk", "card", "add", f"{self.root}/in/own.card", "--unchecked")
        self.inside_id = json.loads(must("harbour", *seal_words(self, "small"), "--json"))["letter"]
        while len(self.bags_inside()) < 8:
            must("harbour", "say", "comment", self.inside_id, "--text", "another", "--yes")
            must("harbour", "sync", "--inside", f"{self.root}/inside")
        self.keep("many-inside")
        must("harbour", "doctor", "--only-copy")
        must("harbour", "officer", "add", "--title", "Two", "--roles", "clerk", "--no-passphrase")
        self.keep("one-more-inside")

    def bags_inside(self):
        return sorted(files_below(f"{self.root}/inside/valise"))

    def keep(self, moment):
        shutil.copytree(self.root, f"{self.moments}/{moment}")

    def go_to(self, moment, only=None):
        """Back to that moment; `only` some of the directories."""
        for name in only or os.listdir(self.root):
            shutil.rmtree(f"{self.root}/{name}", ignore_errors=True)
        for name in only or os.listdir(f"{self.moments}/{moment}"):
            if os.path.isdir(f"{self.moments}/{moment}/{name}"):
                shutil.copytree(f"{self.moments}/{moment}/{name}", f"{self.root}/{name}")

    def letters_from_stick(self, office, moment):
        """What an office as it was then gets from the stick; from a copy of it, for asking must not answer."""
        self.go_to(moment, [office])
        shutil.rmtree(self.copy, ignore_errors=True)
        shutil.copytree(f"{self.root}/stick", self.copy)
        self.valise.must(office, "sync", self.copy)
        return self.valise.letters(office)


def seal_words(world, size):
    return ("seal", "-t", "oslo", "-s", f"MARK-OF-THE-SUBJECT {size}", f"{world.root}/in/{part_name(size)}")


# ---- What must hold at any time ----


def check_sound(world, office):
    """The doctor finds nothing broken; what is only litter it may name. An office that is not there yet is none."""
    done = world.valise.run(office, ["doctor", "--json"])
    if done.returncode != 0 and not (office in ("fresh", "desk") and done.returncode == EXIT_NO_OFFICE):
        raise Broken(f"the doctor of {office} exits {done.returncode}: {tell(done)}")


def check_statements(world, office):
    """Nothing was said of bytes that are not here, and were not let go of: the doctor has hashed what counts as whole."""
    letters = world.valise.letters(office)
    for letter, line in letters.items():
        said = {says for says, _ in line["said"]}
        if said & {"received", "carrying"} and line["is_for_us"] and not (line["is_whole"] or line["is_let_go"]):
            raise Broken(f"{office} has said {said} of {letter}, which is not whole here: {line}")
    return letters


def openings(world):
    """Where plaintext is being written, or was."""
    return [name for name in os.listdir(f"{world.root}/out") if name.startswith(".valise-open-")]


def check_no_plaintext(world, destination=None):
    """Outside of `in`, of finished openings, and of the one recorded place no file holds a word of the letters."""
    for place in ("harbour", "oslo", "fresh", "stick", "tmp", "out"):
        for path in files_below(f"{world.root}/{place}"):
            inside = os.path.relpath(path, f"{world.root}/out").split("/")[0]
            if place == "out" and (inside in (destination or ()) or inside.startswith(".valise-open-")):
                continue
            with open(path, "rb") as f:
                data = f.read()
            found = [mark for mark in MARKS if mark in data or mark in os.fsencode(path)]
            if found:
                raise Broken(f"plaintext in {path}: {found}")


def check_no_litter(world, offices):
    for office in offices:
        for room in ("tmp", "partial"):
            if left := os.listdir(f"{world.root}/{office}/{room}"):
                raise Broken(f"litter in {office}/{room}: {left}")
    for path in files_below(world.root):
        if ".valise-tmp-" in path:
            raise Broken(f"litter: {path}")
    if left := openings(world) + os.listdir(f"{world.root}/tmp"):
        raise Broken(f"litter: {left}")


# ---- The scenarios ----


class Scenario:
    """One command of one office. `probe` says what is there of what it does: "nothing", "all", or "some" where parts may be."""

    office = "harbour"
    moment = "acquainted"
    touches = ("harbour", "out", "tmp")
    finishes_twice = True  # a second run of a command that is done does nothing more
    may_be_partial = False

    def __init__(self, world):
        self.world = world
        self.root = world.root
        self.valise = world.valise

    def commands(self):
        """One after the other, until one fails."""
        raise NotImplementedError

    def begin(self):
        self.world.go_to(self.moment, self.touches)

    def end(self):
        """After the run, before anything is judged."""

    def run(self, before=(), environment=None):
        for words in self.commands():
            done = self.valise.run(self.office, words, before, environment)
            if done.returncode != 0:
                break
        return done

    def spools(self):
        return [name for name in self.touches if name in ("harbour", "oslo", "fresh", "desk")]

    def destination(self):
        return None

    def state(self):
        """Everything that an undisturbed run would have made the same."""
        letters = self.valise.letters(self.office)
        shown = [(l["is_whole"], l["is_broken"], l["state"], tuple(l["said"])) for l in letters.values()]
        bodies = [os.path.getsize(path) for path in files_below(f"{self.root}/{self.office}/bodies")]
        keys = len(os.listdir(f"{self.root}/{self.office}/keys"))
        # The mark's name is random; one of an earlier mark may stay until the next.
        rooms = sorted({re.sub(r"^(only-copy)\..*", r"\1", name) for name in os.listdir(f"{self.root}/{self.office}")})
        return {"letters": sorted(shown), "bodies": sorted(bodies), "keys": keys, "rooms": rooms}


class Seal(Scenario):
    finishes_twice = False

    def __init__(self, world, size):
        super().__init__(world)
        self.name = f"seal {size}"
        self.size = size

    def commands(self):
        return [seal_words(self.world, self.size)]

    def probe(self):
        letters = self.valise.letters("harbour")
        if not letters:
            return "nothing"
        (line,) = letters.values()
        if not line["is_whole"]:
            raise Broken(f"a letter of our own without its body: {line}")
        self.valise.must("harbour", "open", line["letter"], "--dry-run")
        return "all"


class SealList(Scenario):
    """Letters out of a list: each that is there is whole, and the same command goes on with the rest."""

    name = "seal --from-list"
    may_be_partial = True

    def commands(self):
        return [("seal", "--from-list", f"{self.root}/in/list")]

    def probe(self):
        letters = self.valise.letters("harbour")
        if any(not line["is_whole"] for line in letters.values()):
            raise Broken(f"a letter of our own without its body: {letters}")
        for line in letters.values():
            self.valise.must("harbour", "open", line["letter"], "--dry-run")
        return "all" if len(letters) == len(SIZES) else "some" if letters else "nothing"


class Out(Scenario):
    moment = "sealed"
    touches = ("harbour", "stick", "out", "tmp")
    name = "sync out"

    def commands(self):
        return [("sync", f"{self.root}/stick", *self.world.ids)]

    def probe(self):
        letters = self.world.letters_from_stick("oslo", "on-the-stick")
        if any(not line["is_whole"] for line in letters.values()):
            raise Broken(f"half a letter is on the stick: {letters}")
        check_sound(self.world, "oslo")
        if letters and not os.path.exists(f"{self.root}/stick/README.txt"):
            raise Broken("whoever finds this stick is not told what lies on it")
        return "all" if set(letters) == set(self.world.ids) else "some" if letters else "nothing"


class In(Scenario):
    office = "oslo"
    moment = "on-the-stick"
    touches = ("oslo", "stick", "out", "tmp")
    name = "sync in"
    may_be_partial = True

    def commands(self):
        return [("sync", f"{self.root}/stick")]

    def probe(self):
        letters = self.valise.letters("oslo")
        whole = [line for line in letters.values() if line["is_whole"]]
        return "all" if len(whole) == len(SIZES) else "some" if letters else "nothing"


class Inside(Scenario):
    """Bags between the machines of an office are written anew, and the old ones removed: at no time does another machine miss anything."""

    touches = ("harbour", "inside", "out", "tmp")

    def __init__(self, world, name, moment):
        super().__init__(world)
        self.name = name
        self.moment = moment

    def commands(self):
        return [("sync", "--inside", f"{self.root}/inside")]

    def probe(self):
        """Out of a copy, and read by a machine that has seen none of it."""
        self.world.go_to("many-inside", ["desk"])
        shutil.rmtree(self.world.copy, ignore_errors=True)
        shutil.copytree(f"{self.root}/inside", self.world.copy)
        self.valise.must("desk", "sync", "--inside", self.world.copy)
        there, here = [json.loads(self.valise.must(office, "track", self.world.inside_id, "--json"))["accounts"] for office in ("desk", "harbour")]
        if len(there["said"]) != len(here["said"]) or there["bytes"] != here["bytes"]:
            raise Broken(f"another machine gets {len(there['said'])} of {len(here['said'])} statements, bytes {there['bytes']}")
        return "all"

    def state(self):
        old = {os.path.basename(path) for path in files_below(f"{self.world.moments}/{self.moment}/inside/valise")}
        left = old & {os.path.basename(path) for path in self.world.bags_inside()}
        return {**super().state(), "left": sorted(left)}


class Say(Scenario):
    office = "oslo"
    moment = "taken-in"
    touches = ("oslo", "out", "tmp")
    name = "say"

    def commands(self):
        return [("say", "received", *self.world.ids, "--yes")]

    def probe(self):
        said = [("received", 1) in line["said"] for line in self.valise.letters("oslo").values()]
        if any(said) != all(said):
            raise Broken("one command said it of one letter, and not of the other")
        return "all" if all(said) else "nothing"


class Open(Scenario):
    office = "oslo"
    moment = "taken-in"
    touches = ("oslo", "out", "tmp")
    finishes_twice = False

    def __init__(self, world, size):
        super().__init__(world)
        self.name = f"open {size}"
        self.size = size

    def destination(self):
        return ["letter"]

    def commands(self):
        letter = self.world.ids[list(SIZES).index(self.size)]
        return [("open", letter, "-o", f"{self.root}/out/letter")]

    def probe(self):
        where = f"{self.root}/out/letter"
        if not os.path.lexists(where):
            return "nothing"
        if tree(where) != {part_name(self.size): plaintext(self.size)}:
            raise Broken(f"half of a letter is in {where}: {[(n, len(b)) for n, b in tree(where).items()]}")
        return "all"


class SayBesideReader(Say):
    """While another program reads, nothing is merged from the log at the end: what was said stands or falls with its own sync."""

    name = "say, beside a reader"
    held = None

    def begin(self):
        self.end()
        super().begin()
        self.held = sqlite3.connect(f"{self.root}/oslo/valise.db", isolation_level=None)
        self.held.execute("BEGIN")
        self.held.execute("SELECT count(*) FROM sqlite_schema").fetchone()

    def end(self):
        if self.held:
            self.held.close()
            self.held = None


class Home(Scenario):
    """The receipts go home on the stick."""

    office = "oslo"
    moment = "received"
    touches = ("oslo", "stick", "out", "tmp")
    name = "sync home"

    def commands(self):
        return [("sync", f"{self.root}/stick")]

    def probe(self):
        """What Harbour hears; nothing that Oslo does not stand to."""
        letters = self.world.letters_from_stick("harbour", "received")
        heard = {letter for letter, line in letters.items() if ("received", 1) in line["said"]}
        held = self.valise.letters("oslo")
        for letter in heard:
            if letter not in held or not held[letter]["is_whole"] or ("received", 1) not in held[letter]["said"]:
                raise Broken(f"the stick says received of {letter}, and Oslo holds {held.get(letter)}")
        return "all" if heard == set(self.world.ids) else "some" if heard else "nothing"


class Journey(Home):
    """Taken in, acknowledged, and the receipt on its way, in a row."""

    moment = "on-the-stick"
    name = "in, say, home"
    may_be_partial = True

    def commands(self):
        say = ("say", "received", *self.world.ids, "--yes")
        return [("sync", f"{self.root}/stick"), say, ("sync", f"{self.root}/stick")]


class Forget(Scenario):
    """Both letters go, or neither; what a kill leaves of their files, the second run takes."""

    office = "oslo"
    moment = "received"
    touches = ("oslo", "out", "tmp")
    name = "forget"

    def commands(self):
        return [("forget", "--anyway", "--yes", *self.world.ids)]

    def probe(self):
        gone = [not line["is_whole"] for line in self.valise.letters("oslo").values()]
        if any(gone) != all(gone):
            raise Broken("one letter was let go of, and the other not")
        return "all" if all(gone) else "nothing"


class Mend(Scenario):
    """What a killed opening left is removed."""

    office = "oslo"
    moment = "opening-killed"
    touches = ("oslo", "out", "tmp")
    name = "doctor --mend"

    def commands(self):
        return [("doctor", "--mend")]

    def probe(self):
        return "nothing" if openings(self.world) else "all"


class Init(Scenario):
    """An office that was not there."""

    office = "fresh"
    touches = ("fresh", "out", "tmp")
    name = "init"
    finishes_twice = False

    def commands(self):
        return [("init", "Fresh", "--title", "Desk", "--no-passphrase", "--no-recovery")]

    def probe(self):
        if self.valise.run("fresh", ["track"]).returncode == EXIT_NO_OFFICE:
            return "nothing"
        # Both keys work, on a copy: the keeper's, and the officer's.
        shutil.rmtree(self.world.copy, ignore_errors=True)
        shutil.copytree(f"{self.root}/fresh", self.world.copy)
        self.valise.must("fresh", "doctor", "--only-copy", "--dir", self.world.copy)
        self.valise.must("fresh", "officer", "add", "--title", "Two", "--roles", "clerk", "--no-passphrase", "--dir", self.world.copy)
        own = json.loads(self.valise.must("fresh", "card", "show", "--json"))["office"]["id"]
        self.valise.must("fresh", "seal", "-t", own, f"{self.root}/in/{part_name('small')}", "--dir", self.world.copy)
        return "all"


class Request(Scenario):
    """A key and a request on an officer's own machine: the request only with its key."""

    office = "fresh"
    touches = ("fresh", "out", "tmp")
    name = "officer request"

    def commands(self):
        return [("officer", "request", "--title", "Two", "--roles", "clerk", "--no-passphrase")]

    def probe(self):
        waiting = self.valise.run("fresh", ["officer", "request"])
        if waiting.returncode != 0:
            return "nothing"
        name = re.search(rb"^by valise/([0-9a-f]{32})", waiting.stdout, re.M).group(1).decode()
        if not os.path.exists(f"{self.root}/fresh/keys/{name}"):
            raise Broken("a request waits, and its key is not here")
        return "all"

    def state(self):
        return {"keys": len(os.listdir(f"{self.root}/fresh/keys"))}


class Appoint(Scenario):
    """An appointment by request. What the spool was copied from is gone: it is the only one."""

    name = "officer add REQUEST"
    finishes_twice = False

    def commands(self):
        return [("doctor", "--only-copy"), ("officer", "add", f"{self.root}/in/request", "--unchecked")]

    def probe(self):
        own = json.loads(self.valise.must("harbour", "card", "show", "--json"))["office"]
        if own["forked"]:
            raise Broken("the register is forked")
        return "all" if own["entries"] == 2 else "nothing"


class Join(Scenario):
    """An officer's own spool becomes one of the office."""

    office = "desk"
    moment = "appointed"
    touches = ("desk", "in", "out", "tmp")
    name = "card add (joining)"

    def commands(self):
        return [("card", "add", f"{self.root}/in/own.card", "--unchecked")]

    def probe(self):
        shown = self.valise.run("desk", ["card", "show", "--json"])
        waits = self.valise.run("desk", ["officer", "request"]).returncode == 0
        if shown.returncode == EXIT_NO_OFFICE:
            if not waits:
                raise Broken("there is no office, and no request waits any more")
            return "nothing"
        own = json.loads(shown.stdout)["office"]
        if waits or own["entries"] != 2 or not any(o["is_here"] for o in own["officers"]):
            raise Broken(f"it joined, and not all is there: {own}")
        return "all"


class OpenSeveral(Scenario):
    """Each is in its place whole, or not at all."""

    office = "oslo"
    moment = "taken-in"
    touches = ("oslo", "out", "tmp")
    name = "open several"
    finishes_twice = False
    may_be_partial = True

    def shorts(self):
        """By their ids alone: asking the program would write to the spool that is to be disturbed."""
        words = {letter: base64.b32encode(bytes.fromhex(letter)[:5]).decode().lower() for letter in self.world.ids}
        return {f"{word[:4]}-{word[4:]}": letter for letter, word in words.items()}

    def destination(self):
        return list(self.shorts())

    def commands(self):
        # What is in its place already is an error; a person names the others.
        missing = [letter for short, letter in self.shorts().items() if not os.path.lexists(f"{self.root}/out/{short}")]
        return [("open", "-o", f"{self.root}/out", "--all") if len(missing) == len(SIZES) else ("open", "-o", f"{self.root}/out/{self.short_of(missing[0])}", missing[0])]

    def short_of(self, letter):
        return next(short for short, one in self.shorts().items() if one == letter)

    def probe(self):
        opened = 0
        for short, letter in self.shorts().items():
            where = f"{self.root}/out/{short}"
            size = list(SIZES)[self.world.ids.index(letter)]
            if os.path.lexists(where):
                opened += 1
                if tree(where) != {part_name(size): plaintext(size)}:
                    raise Broken(f"half of a letter is in {where}: {[(n, len(b)) for n, b in tree(where).items()]}")
        return "all" if opened == len(SIZES) else "some" if opened else "nothing"


def all_scenarios(world):
    return [
        Seal(world, "small"),
        Seal(world, "big"),
        SealList(world),
        Out(world),
        In(world),
        Inside(world, "merge inside", "many-inside"),
        Inside(world, "wrap anew inside", "one-more-inside"),
        Say(world),
        SayBesideReader(world),
        Home(world),
        Journey(world),
        Forget(world),
        Mend(world),
        Init(world),
        Request(world),
        Appoint(world),
        Join(world),
        Open(world, "small"),
        Open(world, "big"),
        OpenSeveral(world),
    ]


# ---- After a disturbance ----


class Judge:
    """Holds what a disturbance left against what may be, then lets the command finish and compares with an undisturbed run."""

    def __init__(self, scenario):
        self.scenario = scenario
        self.world = scenario.world
        scenario.begin()
        done = scenario.run()
        scenario.end()
        if done.returncode != 0 or scenario.probe() != "all":
            raise Broken(f"undisturbed, {scenario.name} exits {done.returncode}: {tell(done)}")
        self.wanted = scenario.state()

    def judge_exit(self, done, killed=False, deaf=False):
        """A clear failure or success; `deaf` when it was the report itself that was disturbed."""
        if killed and done.returncode in (-9, 137):
            return
        if done.returncode not in EXIT_CODES:
            raise Broken(f"exit status {done.returncode}: {tell(done)}")
        if done.returncode != 0 and not deaf and not done.stderr.decode().strip():
            raise Broken(f"fails with {done.returncode} and says nothing")

    def judge(self, done=None, mend=False):
        """What is there now, and after a second run; `done` is the disturbed process, None when everything was cut."""
        s = self.scenario
        for office in s.spools():
            check_sound(self.world, office)
            check_statements(self.world, office)
        found = s.probe()
        if found == "some" and not s.may_be_partial:
            raise Broken("half of it has happened")
        if done is not None and done.returncode == 0 and found != "all":
            raise Broken(f"it said that it was done, and {found} is there: {tell(done)}")
        check_no_plaintext(self.world, s.destination())
        self.judge_second_run(found, mend)
        return found

    def judge_second_run(self, found, mend):
        s = self.scenario
        if mend:
            self.valise_mends()
        if found != "all" or s.finishes_twice:
            done = s.run()
            if done.returncode != 0:
                raise Broken(f"the second run exits {done.returncode}: {tell(done)}")
        elif not mend:
            self.valise_mends()
        if s.probe() != "all":
            raise Broken("the second run did not complete it")
        check_no_litter(self.world, s.spools())
        check_no_plaintext(self.world, s.destination())
        # A sealed body that no row speaks of is the doctor's to remove.
        self.valise_mends()
        for office in s.spools():
            check_sound(self.world, office)
        if (state := s.state()) != self.wanted:
            raise Broken(f"it ends otherwise than undisturbed: {state} instead of {self.wanted}")

    def valise_mends(self):
        """What a kill left is gone, and so is its plaintext."""
        for office in self.scenario.spools():
            if self.world.valise.run(office, ["card", "show"]).returncode == EXIT_NO_OFFICE:
                continue  # not yet, or only a request waits
            self.world.valise.must(office, "doctor", "--mend")
        if left := openings(self.world):
            raise Broken(f"the doctor left {left}: nobody had recorded it")
