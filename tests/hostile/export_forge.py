# SPDX-License-Identifier: Apache-2.0
# Writes an export with one thing wrong, made with Python's tarfile out of a sound one: shares nothing with the programs.
#
# usage: export_forge.py WHAT SOUND OUT
import hashlib
import io
import os
import sqlite3
import sys
import tarfile
import tempfile

what, sound, out = sys.argv[1:]
with tarfile.open(sound) as t:
    members = [(m.name, t.extractfile(m).read()) for m in t.getmembers()]
names = [name for name, _ in members]
kinds = {}  # of members that are to be no plain file: their type, and where a link leads


def at(prefix):
    return next(i for i, name in enumerate(names) if name.startswith(prefix))


def rename(prefix, name):
    members[at(prefix)] = (name, members[at(prefix)][1])


def manifest():
    """The one that fits: what is wrong must be seen without it."""
    lines = [f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in members if name != "MANIFEST"]
    members[-1] = ("MANIFEST", "".join(lines).encode())


def database(*statements):
    i = at("valise.db")
    with tempfile.TemporaryDirectory() as place:
        path = os.path.join(place, "db")
        with open(path, "wb") as f:
            f.write(members[i][1])
        db = sqlite3.connect(path)
        for statement in statements:
            db.execute(statement)
        db.commit()
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.close()
        with open(path, "rb") as f:
            members[i] = ("valise.db", f.read())


body = names[at("bodies/")]
fits = True
if what == "up":
    rename("keys/", "keys/../../planted")
elif what == "absolute":
    rename("keys/", "/tmp/planted")
elif what == "stranger":
    members.insert(-1, ("keys/planted.txt", b"text"))
elif what == "log":
    members.insert(2, ("valise.db-wal", b"log"))
elif what in ("link", "hardlink", "fifo", "directory"):
    kind = {"link": tarfile.SYMTYPE, "hardlink": tarfile.LNKTYPE, "fifo": tarfile.FIFOTYPE, "directory": tarfile.DIRTYPE}
    members[at("bodies/")] = (body, b"")
    kinds[body] = (kind[what], "../../../planted" if what == "link" else "valise.db")
elif what == "twice":
    members.insert(at("bodies/"), members[at("bodies/")])
elif what == "order":
    members[at("bodies/")], members[at("keys/")] = members[at("keys/")], members[at("bodies/")]
elif what == "headless":
    members.pop(0)
elif what == "no-database":
    members.pop(1)
elif what == "newer":
    members[0] = (names[0], members[0][1].replace(b"@v1", b"@v2"))
elif what == "other-office":
    members[0] = (names[0], members[0][1].replace(b"office ", b"office " + b"ab" * 32 + b"\n", 1)[: len(b"valise/export@v1\noffice ") + 65] + b"made 2026-11-27T00:00:00Z\n")
elif what == "altered":
    data = bytearray(members[at("bodies/")][1])
    data[1000] ^= 1
    members[at("bodies/")] = (body, bytes(data))
    fits = False
elif what == "left-out":
    members.pop(at("bodies/"))
    fits = False
elif what == "added":
    i = at("bodies/")
    members.insert(i, ("bodies/00/" + "0" * 64, b"more"))
    fits = False
elif what == "manifest-short":
    members[-1] = ("MANIFEST", members[-1][1][: members[-1][1].rindex(b"\n", 0, -1) + 1])
    fits = False
elif what == "manifest-long":
    members[-1] = ("MANIFEST", members[-1][1] + b"0" * 64 + b"  keys/x\n")
    fits = False
elif what == "no-manifest":
    members.pop()
    fits = False
elif what == "after-manifest":
    members.append(("keys/" + "f" * 32, b"late"))
    fits = False
elif what == "no-spool":
    members[1] = ("valise.db", b"no database at all\n" * 100)
elif what == "newer-tables":
    database("PRAGMA user_version = 9999")
elif what == "foreign":
    database("PRAGMA application_id = 1")
elif what == "no-office":
    database("DELETE FROM setting WHERE name = 'office'")
elif what != "sound":
    sys.exit(f"there is no {what}")
if fits:
    manifest()
with tarfile.open(out, "w", format=tarfile.USTAR_FORMAT) as t:
    for name, data in members:
        info = tarfile.TarInfo(name)
        info.size = len(data)
        if name in kinds:
            info.type, info.linkname = kinds[name]
            info.size = 0
        t.addfile(info, io.BytesIO(data) if info.size else None)
