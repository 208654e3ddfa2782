#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes a picture of the code (QR) in block characters that a text holds, as a person's eyes would have it, for a real reader.

usage: qr_image.py [--light-on-dark] <TEXT >PICTURE.pgm

Escape sequences that set black on white are followed, and no others are known; without them a block is ink on paper, or with
--light-on-dark a light block on a dark screen.
"""
import re
import sys

SCALE = 8
BLOCKS = {" ": (0, 0), "\u2580": (1, 0), "\u2584": (0, 1), "\u2588": (1, 1)}
BLACK_ON_WHITE = re.compile("^\x1b\\[0;30;47;107m(.*)\x1b\\[0m$")


def main():
    drawn_is_light = "--light-on-dark" in sys.argv[1:]
    rows = []
    for line in sys.stdin.read().split("\n"):
        coloured = BLACK_ON_WHITE.match(line.rstrip("\r"))
        line = coloured.group(1) if coloured else line.rstrip("\r")
        if coloured and drawn_is_light:
            sys.exit("the text says itself what is dark")
        if len(line) < 29 or set(line) - set(BLOCKS):
            continue
        for half in (0, 1):
            rows.append([BLOCKS[c][half] != drawn_is_light for c in line])
    if not rows or len({len(row) for row in rows}) != 1:
        sys.exit("there is no one code in this text")
    # What is around it is no border: a code must bring its own.
    edge = [[True] * (len(rows[0]) + 2)]
    rows = edge + [[True] + row + [True] for row in rows] + edge
    out = sys.stdout.buffer
    out.write(b"P5 %d %d 255\n" % (len(rows[0]) * SCALE, len(rows) * SCALE))
    for row in rows:
        line = b"".join((b"\x00" if dark else b"\xff") * SCALE for dark in row)
        out.write(line * SCALE)


if __name__ == "__main__":
    main()
