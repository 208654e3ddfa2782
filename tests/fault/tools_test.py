#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Shows that the tools of this folder see what they should: the logger misses no call, the replayer loses what was not synced."""
import collections
import os
import re
import shutil
import subprocess
import sys
import tempfile
import traceback

import campaign
import power
import world as worlds

# What each word of the log is to the kernel.
CALLS = {
    "write": ("write", "pwrite64", "writev", "pwritev"),
    "truncate": ("ftruncate",),
    "fsync": ("fsync",),
    "fdatasync": ("fdatasync",),
    "syncfs": ("syncfs",),
    "rename": ("rename", "renameat", "renameat2"),
    "link": ("link", "linkat"),
    "symlink": ("symlink", "symlinkat"),
    "unlink": ("unlink", "unlinkat", "rmdir"),
    "mkdir": ("mkdir", "mkdirat"),
    "mmap": ("mmap",),
}
OTHERWISE_WRITING = ("fallocate", "copy_file_range", "sendfile", "splice", "pwritev2", "io_uring_setup", "truncate", "sync", "msync")
LINE = re.compile(r"^(\d+) +(\w+)\((.*)$")
RESUMED = re.compile(r"^(\d+) +<\.\.\. (\w+) resumed>(.*)$")


def whole_calls(path):
    """(call, text with its result) of each finished call."""
    pending = {}
    with open(path, encoding="utf-8", errors="surrogateescape") as f:
        for line in f:
            line = line.rstrip("\n")
            if match := RESUMED.match(line):
                thread, call, rest = match.groups()
                yield call, pending.pop((thread, call), "") + rest
            elif match := LINE.match(line):
                thread, call, text = match.groups()
                if text.endswith("<unfinished ...>"):
                    pending[thread, call] = text.removesuffix("<unfinished ...>")
                else:
                    yield call, text


def went_well(text):
    return re.search(r"\) += (?!-1|0x0\b)", text)


def count_kernel(path, root):
    """How often the kernel was asked for what each word means, below the root and with success."""
    found = collections.Counter()
    for call, text in whole_calls(path):
        if root not in text or not went_well(text):
            continue
        if call in OTHERWISE_WRITING:
            found[f"unmodelled {call}"] += 1
        if call == "mmap" and not ("PROT_WRITE" in text and "MAP_SHARED" in text):
            continue
        for word, calls in CALLS.items():
            if call in calls and not (word == "write" and re.search(r"\) += 0$", text)):
                found[word] += 1
    return found


def logger_misses_nothing(world):
    """Of one run of each command strace and the log tell the same."""
    for scenario in worlds.all_scenarios(world):
        scenario.begin()
        log, traced = f"{world.moments}/../log", f"{world.moments}/../traced"
        for path in (log, traced):
            if os.path.exists(path):
                os.unlink(path)
        library = f"{os.environ['FAULT_LIBRARIES']}/preload_log.so"
        names = ",".join([call for calls in CALLS.values() for call in calls] + list(OTHERWISE_WRITING))
        done = scenario.run(
            ("strace", "-f", "-y", "-qq", "-A", "-o", traced, "-e", f"trace={names}")
            + ("-E", f"LD_PRELOAD={library}", "-E", f"FAULT_LOG={log}", "-E", f"FAULT_LOG_ROOT={world.root}")
        )
        assert done.returncode == 0, worlds.tell(done)
        kernel = count_kernel(traced, world.root)
        logged = collections.Counter(word for word, _, _ in power.read_log(log))
        for word in set(kernel) | set(logged) & set(CALLS):
            assert kernel[word] == logged[word], f"{scenario.name}: {word}: {kernel[word]} calls, {logged[word]} in the log"
        assert kernel["write"] > 0 and kernel["fdatasync"] + kernel["fsync"] > 0, f"{scenario.name}: nothing was seen"


def replay_makes_what_is_there(world):
    """Everything surviving, the log makes the very directory that the command left."""
    for scenario in worlds.all_scenarios(world):
        scenario.begin()
        log = f"{world.moments}/../log"
        if os.path.exists(log):
            os.unlink(log)
        disk = power.Disk(world.root)
        library = f"{os.environ['FAULT_LIBRARIES']}/preload_log.so"
        scenario.run(environment={"LD_PRELOAD": library, "FAULT_LOG": log, "FAULT_LOG_ROOT": world.root})
        for line in power.read_log(log):
            disk.do(*line)
        different = power.differences(disk.image("all"), world.root)
        assert not different, f"{scenario.name}: {different}"


# ---- The replayer, on histories of a few lines: inode 1 is the root, 2 a file in it ----


def disk_after(*lines):
    with tempfile.TemporaryDirectory() as root:
        disk = power.Disk(root)
    disk.nodes = {1: disk.root}
    for line in lines:
        word, *args = line.split(" ")
        data = b""
        if word == "write":
            data = args.pop().encode()
            args.append(str(len(data)))
        disk.do(word, args, data)
    return disk


def replay_loses_what_was_not_synced(world):
    cases = [
        # No fsync at all: nothing.
        (["create 1 a 2", "write 2 0 abc"], {}),
        # The name without the bytes: an empty file.
        (["create 1 a 2", "write 2 0 abc", "fsync 1"], {b"a": b""}),
        # The bytes without the name: nothing.
        (["create 1 a 2", "write 2 0 abc", "fsync 2"], {}),
        (["create 1 a 2", "write 2 0 abc", "fsync 2", "fsync 1"], {b"a": b"abc"}),
        # Written once more after its sync.
        (["create 1 a 2", "write 2 0 abc", "fdatasync 2", "write 2 1 XX", "fsync 1"], {b"a": b"abc"}),
        (["create 1 a 2", "write 2 0 abc", "truncate 2 1", "fsync 2", "fsync 1"], {b"a": b"a"}),
        # A rename whose directory was not synced.
        (["create 1 t 2", "write 2 0 abc", "fsync 2", "fsync 1", "rename 1 t 1 a 2"], {b"t": b"abc"}),
        (["create 1 t 2", "write 2 0 abc", "fsync 2", "rename 1 t 1 a 2", "fsync 1"], {b"a": b"abc"}),
        # Unnamed until it is linked.
        (["tmpfile 1 2", "write 2 0 abc", "fsync 2", "link 1 a 2"], {}),
        (["tmpfile 1 2", "write 2 0 abc", "fsync 2", "link 1 a 2", "fsync 1"], {b"a": b"abc"}),
        # Between two directories, of which one was synced: both names.
        (["mkdir 1 d 3", "create 1 a 2", "fsync 1", "rename 1 a 3 b 2", "fsync 3"], {b"a": b"", b"d": {b"b": b""}}),
        # What was removed comes back.
        (["create 1 a 2", "fsync 1", "unlink 1 a 2"], {b"a": b""}),
        (["mkdir 1 d 3", "create 3 a 2", "write 2 0 abc", "syncfs 1"], {b"d": {b"a": b"abc"}}),
        # sync_file_range is no sync.
        (["create 1 a 2", "fsync 1", "write 2 0 abc", "sync_file_range 2"], {b"a": b""}),
    ]
    for lines, wanted in cases:
        image = disk_after(*lines).image("strict")
        assert image == wanted, f"{lines}: {image} instead of {wanted}"


def replay_tears_and_orders(world):
    lines = ["create 1 a 2", "fsync 1", "write 2 0 " + "x" * 4096, "create 1 b 3", "rename 1 b 1 c 3", "unlink 1 a 2"]
    disk = disk_after(*lines)
    torn = [disk.image("torn", seed) for seed in range(200)]
    assert {len(i[b"a"]) for i in torn if b"a" in i} >= {0, 4096}, "a write is never lost, or never survives"
    assert any(i.get(b"a", b"").strip(b"x").strip(b"\0") == b"" and b"\0" in i.get(b"a", b"") for i in torn), "no write is torn"
    assert any(b"a" not in i for i in torn) and any(b"a" in i for i in torn), "a removal always or never survives"
    ordered = {tuple(sorted(disk.image("ordered", seed))) for seed in range(200)}
    assert ordered == {(b"a",), (b"a", b"b"), (b"a", b"c"), (b"c",)}, ordered
    # A sync of anything takes the journal along.
    disk.do("fsync", ["3"], b"")
    assert {tuple(sorted(disk.image("ordered", seed))) for seed in range(50)} == {(b"c",)}


def preload(library, code, **environment):
    path = f"{os.environ['FAULT_LIBRARIES']}/{library}"
    return subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "LD_PRELOAD": path, **environment}, capture_output=True, check=False
    )


def writes_are_short(world):
    code = "import os, sys; sys.exit(os.write(1, b'12345678'))"
    assert preload("preload_short.so", code).returncode == 8
    assert preload("preload_short.so", code, FAULT_SHORT_AT="1").returncode == 4
    assert preload("preload_short.so", code, FAULT_SHORT_AT="all", FAULT_SHORT_BYTES="1").returncode == 1
    assert preload("preload_short.so", code, FAULT_SHORT_AT="2").returncode == 8
    code = "import os, sys; sys.exit(os.writev(1, [b'', b'12345678', b'9']))"
    assert preload("preload_short.so", code, FAULT_SHORT_AT="1").returncode == 4


def allocations_fail(world):
    code = "import ctypes, sys; sys.exit(sum(ctypes.CDLL(None).malloc(5) == 0 for _ in range(50)))"
    assert preload("preload_alloc.so", code).returncode == 0
    world.go_to("taken-in")
    counter = f"{world.moments}/../count"
    library = {"LD_PRELOAD": f"{os.environ['FAULT_LIBRARIES']}/preload_alloc.so", "FAULT_COUNT": counter}
    assert world.valise.run("oslo", ["track"], environment=library).returncode == 0
    with open(counter, "rb") as f:
        assert int.from_bytes(f.read(8), sys.byteorder) > 100, "it sees no allocations"
    done = world.valise.run("oslo", ["track"], environment={**library, "FAULT_ALLOC_AT": "1", "FAULT_ALLOC_ON": "1"})
    assert done.returncode == 1 and done.stderr, worlds.tell(done)


def plaintext_is_found(world):
    """The judge's search for plaintext is no search for nothing."""
    world.go_to("taken-in")
    for place in ("oslo/tmp/x", "stick/x", "tmp/x", "out/x"):
        path = f"{world.root}/{place}"
        with open(path, "wb") as f:
            f.write(worlds.plaintext("small")[1000:2000])
        try:
            worlds.check_no_plaintext(world)
        except worlds.Broken:
            os.unlink(path)
            continue
        raise AssertionError(f"plaintext in {place} is not seen")
    worlds.check_no_plaintext(world)


TESTS = [
    replay_loses_what_was_not_synced,
    replay_tears_and_orders,
    replay_makes_what_is_there,
    logger_misses_nothing,
    writes_are_short,
    allocations_fail,
    plaintext_is_found,
]


def main():
    failed = 0
    print(f"1..{len(TESTS)}")
    with tempfile.TemporaryDirectory(prefix="valise-fault-", dir=campaign.directory_in_memory()) as directory:
        world = worlds.World(shutil.which("valise"), directory)
        for number, test in enumerate(TESTS, 1):
            try:
                test(world)
                print(f"ok {number} - {test.__name__}", flush=True)
            except Exception:
                failed += 1
                for line in traceback.format_exc().splitlines():
                    print(f"# {line}")
                print(f"not ok {number} - {test.__name__}", flush=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
