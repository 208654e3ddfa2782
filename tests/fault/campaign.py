#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Disturbs each command at every place where it can be disturbed, and holds what is left against what may be left.

usage: campaign.py KIND [--fat] [--all] [--scenario NAME] [--at PLACE] [--shown]

kill     the process is killed before a call that writes
errors   such a call fails with EIO or ENOSPC, a mapping with ENOMEM
short    a write takes one byte, or half
alloc    an allocation of the program ("own") or of a library fails, or every one from there on ("+")
power    the power is cut between two changes of the disk

Without --all (or FAULT_ALL) a fixed sample of the places; with VALISE_TEST_SHORT a smaller one; of the tens of thousands of
allocations always a sample. --scenario and --at repeat what a failure named.
--fat: on a filesystem without unnamed files. Prints TAP. The program is `valise` in PATH; the preload libraries are in FAULT_LIBRARIES.
"""
import argparse
import collections
import copy
import os
import re
import shutil
import struct
import sys
import tempfile

import power
import world as worlds
from world import Broken

# How many places of each scenario a run without --all tries.
SAMPLES = {"kill": 8, "errors": 8, "short": 5, "alloc": 4, "power": 4}
OWN_ALLOCATIONS = 12
FAT_CUTS = 12
CUTS = 24
SHORT_SAMPLES = 3
# With --all, where trying every place would take a day.
ALL_SAMPLES = {"alloc": 200}
WRITING = (
    "write,pwrite64,writev,pwritev,pwritev2,fsync,fdatasync,syncfs,sync_file_range,rename,renameat,renameat2,link,linkat,symlink,"
    "symlinkat,mkdir,mkdirat,unlink,unlinkat,rmdir,ftruncate,fallocate,copy_file_range,fchmod,fchown,open,openat,openat2,creat,mmap"
)
STARTED = re.compile(r"^(\d+) +(\w+)\((.*)$")


class Place:
    """One call that can be disturbed: the nth of its name in a thread, and what it looked like when nothing was disturbed."""

    def __init__(self, call, nth, text):
        self.call = call
        self.nth = nth
        self.text = text

    def __str__(self):
        return f"{self.call}:{self.nth}"


def strace(log, *more):
    # Not with --seccomp-bpf: it is faster, and no signal arrives.
    return ("strace", "-f", "-y", "-qq", "-o", log, "-e", f"trace={WRITING}", *more)


def changes_something(call, text, root):
    if call in ("open", "openat", "openat2"):
        return root in text and re.search(r"O_(CREAT|TMPFILE|WRONLY|RDWR|TRUNC)", text)
    if call == "mmap":
        return root in text and "PROT_WRITE" in text and "MAP_SHARED" in text
    return root in text or text.startswith("1<")


def read_strace(log):
    """(thread, call, text) of each call, in the order in which they began."""
    with open(log, encoding="utf-8", errors="surrogateescape") as f:
        for line in f:
            if match := STARTED.match(line):
                yield match.groups()


class Campaign:
    def __init__(self, kind, options, directory):
        self.kind = kind
        self.options = options
        self.directory = directory
        self.libraries = os.environ.get("FAULT_LIBRARIES", "")
        program = shutil.which("valise")
        if not program:
            sys.exit("valise is not in PATH")
        self.program = program
        self.world = worlds.World(program, directory)
        self.log = f"{directory}/log"
        self.failures = 0
        self.effects = 0  # disturbances that the program noticed, or did not survive

    def sample(self, places, few=None):
        """All of them, or a fixed few, first and last among them."""
        few = SHORT_SAMPLES if os.environ.get("VALISE_TEST_SHORT") else few or SAMPLES[self.kind]
        if self.options.all:
            few = ALL_SAMPLES.get(self.kind, len(places))
        if len(places) <= few:
            return places
        return [places[i * (len(places) - 1) // (few - 1)] for i in range(few)]

    # ---- Each kind: the places of a scenario, and one disturbance, which gives what a Judge wants to know ----

    def calls(self, scenario):
        scenario.begin()
        if os.path.exists(self.log):
            os.unlink(self.log)
        self.trace(scenario, "-A")
        numbers = collections.Counter()
        places = {}
        for thread, call, text in read_strace(self.log):
            numbers[thread, call] += 1
            if changes_something(call, text, self.world.root):
                place = Place(call, numbers[thread, call], text)
                places.setdefault(str(place), place)
        return list(places.values())

    def kill_places(self, scenario):
        return [(str(place), place.text) for place in self.calls(scenario)]

    def errors_places(self, scenario):
        found = []
        for place in self.calls(scenario):
            errors = ("ENOMEM",) if place.call == "mmap" else ("EIO", "ENOSPC")
            found += [(f"{place}:{error}", place.text) for error in errors]
        return found

    def trace(self, scenario, *more):
        library = ("-E", f"LD_PRELOAD={self.libraries}/preload_fat.so") if self.options.fat else ()
        return scenario.run(strace(self.log, *library, *more))

    def inject(self, scenario, call, nth, how):
        done = self.trace(scenario, "-e", f"inject={call}:{how}:when={nth}")
        self.effects += done.returncode != 0
        with open(self.log, encoding="utf-8", errors="surrogateescape") as f:
            injected = [line for line in f if "(INJECTED)" in line]
        return done, any(re.search(r"write(v|64)?\([12]<", line) for line in injected)

    def kill(self, scenario, judge, place, number):
        call, nth = place.split(":")
        done, _ = self.inject(scenario, call, nth, "signal=KILL")
        judge.judge_exit(done, killed=True)
        judge.judge(done, mend=number % 2 == 1)

    def errors(self, scenario, judge, place, number):
        call, nth, error = place.split(":")
        done, deaf = self.inject(scenario, call, nth, f"error={error}")
        judge.judge_exit(done, deaf=deaf)
        judge.judge(done, mend=number % 2 == 1)

    def count(self, scenario, library, **environment):
        counter = f"{self.directory}/count"
        if os.path.exists(counter):
            os.unlink(counter)
        scenario.begin()
        scenario.run(environment=self.preload(library, FAULT_COUNT=counter, **environment))
        with open(counter, "rb") as f:
            return struct.unpack("=Q", f.read(8))[0]

    def preload(self, library, **environment):
        fat = f"{self.libraries}/preload_fat.so:" if self.options.fat else ""
        return {"LD_PRELOAD": f"{fat}{self.libraries}/{library}", **environment}

    def short_places(self, scenario):
        n = self.count(scenario, "preload_short.so")
        found = [(f"{i}:{part}", "") for i in range(1, n + 1) for part in ("1", "half")]
        return found + [("all:half", "every write")]

    def short(self, scenario, judge, place, number):
        at, part = place.split(":")
        done = scenario.run(environment=self.preload("preload_short.so", FAULT_SHORT_AT=at, FAULT_SHORT_BYTES=part))
        if done.returncode != 0:
            raise Broken(f"a short write is no failure, but it exits {done.returncode}: {worlds.tell(done)}")
        judge.judge(done, mend=number % 2 == 1)

    def alloc_places(self, scenario):
        """Those of the program first: its libraries make a hundred times as many."""
        own = self.count(scenario, "preload_alloc.so", FAULT_ALLOC_OWN="1")
        every = self.count(scenario, "preload_alloc.so")
        return [f"own{i}{on}" for i in range(1, own + 1) for on in ("", "+")], [f"{i}{on}" for i in range(1, every + 1) for on in ("", "+")]

    def alloc_sample(self, scenario):
        own, every = self.alloc_places(scenario)
        chosen = own if self.options.all else self.sample(own, OWN_ALLOCATIONS)
        return [(place, "") for place in chosen + self.sample(every)], len(own) + len(every)

    def alloc(self, scenario, judge, place, number):
        environment = {"FAULT_ALLOC_AT": place.strip("own+")}
        if place.startswith("own"):
            environment["FAULT_ALLOC_OWN"] = "1"
        if place.endswith("+"):
            environment["FAULT_ALLOC_ON"] = "1"
        done = scenario.run(environment=self.preload("preload_alloc.so", **environment))
        self.effects += done.returncode != 0
        judge.judge_exit(done)
        judge.judge(done, mend=number % 2 == 1)

    # ---- Power cuts ----

    def power_run(self, scenario):
        """Runs it under the logger; the disk before, and the log's lines."""
        scenario.begin()
        disk = power.Disk(self.world.root)
        if os.path.exists(self.log):
            os.unlink(self.log)
        done = scenario.run(environment=self.preload("preload_log.so", FAULT_LOG=self.log, FAULT_LOG_ROOT=self.world.root))
        if done.returncode != 0:
            raise Broken(f"undisturbed it exits {done.returncode}: {worlds.tell(done)}")
        return disk, list(power.read_log(self.log)), done

    def power_cuts(self, disk, log):
        """Each image once, however many cuts leave it: where it comes from, since all of them together are gigabytes."""
        cuts = []
        seen = set()
        seeds = range(8 if self.options.all else 1)
        every = 1 if self.options.all or self.options.at else len(log) // CUTS + 1
        for k in range(len(log) + 1):
            if k:
                disk.do(*log[k - 1])
            models = [("strict", 0)] if k % every and k < len(log) and not self.options.fat else []
            if k % every == 0 or k == len(log):
                models = [("strict", 0)] + [(m, s) for m in ("ordered", "torn") for s in seeds]
            for model, seed in models:
                key = power.digest(disk.image(model, k * 1000 + seed))
                if key not in seen or k == len(log):
                    seen.add(key)
                    cuts.append((k, model, seed))
        if different := power.differences(disk.image("all"), self.world.root):
            raise Broken(f"the log does not make what is there: {different}")
        return cuts

    def power_choice(self, cuts, end):
        if self.options.at:
            return [c for c in cuts if "%d:%s:%d" % c == self.options.at]
        if os.environ.get("VALISE_TEST_SHORT"):
            return self.sample(cuts)
        if self.options.fat and not self.options.all:  # it differs in the few places that have no links
            return self.sample(cuts, FAT_CUTS)
        # What is surely lost is always looked at: there are few such images, and a window between two syncs may be one of them.
        is_sure = lambda c: c[0] == end or c[1] == "strict"
        return sorted([c for c in cuts if is_sure(c)] + self.sample([c for c in cuts if not is_sure(c)]))

    def power(self, scenario, judge):
        disk, log, done = self.power_run(scenario)
        cuts = self.power_cuts(copy.deepcopy(disk), log)
        scenario.end()
        chosen = self.power_choice(cuts, len(log))
        at = 0
        for number, (k, model, seed) in enumerate(chosen):
            for line in log[at:k]:
                disk.do(*line)
            at = k
            what = " ".join([log[k - 1][0], *log[k - 1][1][:3]]) if k else "nothing"
            place = f"{k}:{model}:{seed}"
            shutil.rmtree(self.world.root)
            power.write_image(disk.image(model, k * 1000 + seed), self.world.root)
            self.tell(place, f"after {what}")
            try:
                judge.judge(done if k == len(log) else None, mend=number % 2 == 1)
            except Broken as broken:
                self.fail(scenario, place, f"after {what}", broken)
        return len(chosen), len(cuts)

    # ---- Running and reporting ----

    def tell(self, place, what):
        if self.options.shown:
            print(f"# {place} {what}", flush=True)

    def fail(self, scenario, place, what, broken):
        self.failures += 1
        print(f"# {self.kind} --scenario {scenario.name!r} --at {place}: {what.strip()[:200]}")
        print(f"#     {broken}", flush=True)

    def disturb(self, scenario, judge):
        if self.kind == "alloc":
            chosen, n_places = self.alloc_sample(scenario)
        else:
            places = getattr(self, f"{self.kind}_places")(scenario)
            chosen, n_places = self.sample(places), len(places)
        if self.options.at:
            chosen = [(self.options.at, "")]
        before = self.effects
        for number, (place, what) in enumerate(chosen):
            scenario.begin()
            self.tell(place, what)
            try:
                getattr(self, self.kind)(scenario, judge, place, number)
            except Broken as broken:
                self.fail(scenario, place, what, broken)
        if self.kind != "short" and self.effects == before and not self.options.at:
            raise Broken("no disturbance was noticed: was there any?")
        return len(chosen), n_places

    def run(self):
        scenarios = worlds.all_scenarios(self.world)
        if self.options.scenario:
            scenarios = [s for s in scenarios if s.name == self.options.scenario]
        print(f"1..{len(scenarios)}")
        for number, scenario in enumerate(scenarios, 1):
            before = self.failures
            try:
                judge = worlds.Judge(scenario)
                if self.kind == "power":
                    tried, places = self.power(scenario, judge)
                else:
                    tried, places = self.disturb(scenario, judge)
                if tried == 0:
                    raise Broken("there is no place to disturb it")
                words = f"at {tried} of {places} places"
            except (Broken, power.Unmodelled) as broken:
                self.failures += 1
                words = "not at all"
                print(f"# {broken}")
            verdict = "ok" if self.failures == before else "not ok"
            print(f"{verdict} {number} - {scenario.name}, {self.kind}, {words}", flush=True)
        return 1 if self.failures else 0


def directory_in_memory():
    """Where syncing costs nothing: what a sync is worth is the power cuts' question, and they read the log."""
    memory = "/dev/shm" if os.path.isdir("/dev/shm") and shutil.disk_usage("/dev/shm").free > 1 << 30 else None
    return os.environ.get("FAULT_TMPDIR", memory)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", choices=SAMPLES)
    parser.add_argument("--fat", action="store_true")
    parser.add_argument("--all", action="store_true", default=bool(os.environ.get("FAULT_ALL")))
    parser.add_argument("--scenario")
    parser.add_argument("--at")
    parser.add_argument("--shown", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="valise-fault-", dir=directory_in_memory()) as directory:
        sys.exit(Campaign(options.kind, options, directory).run())


if __name__ == "__main__":
    main()
