# SPDX-License-Identifier: Apache-2.0
# Takes a letter's cover and body out of a bare bag, as spec/bag.md has it: shares nothing with the programs.
#
# usage: open_bag.py BAG DIR    writes DIR/seal, DIR/cover.age and DIR/body.age
import hashlib
import os
import sys

HEADER, FRAME, BLOCK = 30, 85, 32768


def tree(hashes):
    if len(hashes) == 1:
        return hashes[0]
    k = 1
    while k * 2 < len(hashes):
        k *= 2
    return hashlib.sha256(b"\x01" + tree(hashes[:k]) + tree(hashes[k:])).digest()


def root_of(data):
    leaves = [hashlib.sha256(b"\x00" + data[i:i + BLOCK]).digest() for i in range(0, len(data), BLOCK)]
    return tree(leaves) if leaves else hashlib.sha256().digest()


def records(bag):
    assert bag[:14] == b"valise/bag@v1\n"
    at = HEADER
    closed = hashlib.sha256(bag[:HEADER])
    count = 0
    while True:
        frame = bag[at:at + FRAME]
        assert len(frame) == FRAME and frame[:4] == b"\xffVBF"
        kind, index, length = frame[4], int.from_bytes(frame[5:9], "big"), int.from_bytes(frame[9:13], "big")
        assert hashlib.sha256(frame[:77]).digest()[:8] == frame[77:]
        data = bag[at + FRAME:at + FRAME + length]
        if kind == 0:
            assert index == count and frame[13:45] == closed.digest() and at + FRAME == len(bag)
            return
        assert root_of(data) == frame[45:77]
        closed.update(frame)
        count += 1
        at += FRAME + length
        yield kind, index, data


def main():
    with open(sys.argv[1], "rb") as f:
        bag = f.read()
    os.makedirs(sys.argv[2], exist_ok=True)
    files = {"seal": b"", "cover.age": b"", "body.age": b""}
    for kind, index, data in records(bag):
        if kind == 1 and data.startswith(b"valise/seal@v1\n"):
            files["seal"] = data
        elif kind == 2:
            files["cover.age"] = data
        elif kind in (3, 5):
            assert kind == 3 or index * 1048576 == len(files["body.age"])
            files["body.age"] += data
    lines = dict(line.split(" ", 1) for line in files["seal"].decode().split("\n\n")[0].split("\n")[1:])
    assert lines["cover"] == f"{hashlib.sha256(files['cover.age']).hexdigest()} {len(files['cover.age'])}"
    assert lines["body"] == f"{root_of(files['body.age']).hex()} {len(files['body.age'])}"
    for name, data in files.items():
        with open(os.path.join(sys.argv[2], name), "wb") as f:
            f.write(data)


main()
