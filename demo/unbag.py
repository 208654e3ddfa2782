#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Takes a bag apart without Valise: written from spec/bag.md alone, to show that a page of any language is enough.

usage: unbag.py DIR <BAG

BAG is a bare bag: what `age -d` makes of a wrapped one. DIR gets ID.note, LETTER.cover.age and ROOT.body.age.
"""
import hashlib
import os
import struct
import sys

HEADER = b"valise/bag@v1\n"
NOTE, COVER, BODY, PIECE = 1, 2, 3, 5
SUFFIX = {NOTE: "note", COVER: "cover.age", BODY: "body.age", PIECE: "body.age"}
MIB = 1 << 20


def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def tree(leaves):
    """RFC 6962: the left side of a node has the largest power of two of leaves below their number."""
    if len(leaves) == 1:
        return leaves[0]
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return sha(b"\x01", tree(leaves[:half]), tree(leaves[half:]))


def root_of(data):
    leaves = [sha(b"\x00", data[at:at + 32768]) for at in range(0, len(data), 32768)]
    return tree(leaves) if leaves else sha(b"")


def records(bag):
    """Kind, place, name and data of each record, in order. Stops at the first thing that is not right."""
    if bag.read(30)[:14] != HEADER:
        sys.exit("This is no bare bag. A wrapped one goes through `age -d` first.")
    while frame := bag.read(85):
        if len(frame) != 85 or frame[:4] != b"\xffVBF" or sha(frame[:77])[:8] != frame[77:]:
            sys.exit("Here the bag is damaged.")
        kind, at, length = struct.unpack(">BII", frame[4:13])
        data = bag.read(length)
        if root_of(data) != frame[45:77] and kind != 0:
            sys.exit("Here the bag is damaged.")
        yield kind, at, frame[13:45].hex(), data
        if kind == 0:
            return
    sys.exit("The bag is cut off.")


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    os.makedirs(sys.argv[1], exist_ok=True)
    for kind, at, name, data in records(sys.stdin.buffer):
        if kind not in SUFFIX:
            continue
        path = os.path.join(sys.argv[1], f"{name}.{SUFFIX[kind]}")
        with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o644), "wb") as out:
            out.seek(at * MIB)
            out.write(data)


if __name__ == "__main__":
    main()
