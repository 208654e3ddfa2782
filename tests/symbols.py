#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds libvalise.so against the committed list of what it shows, and that list against the public headers.

usage: symbols.py SOURCE_ROOT READELF LIBRARY

What was in a version must stay in it; what is new needs its line. Prints each name that is in one place and not in another; exit
status 1 when there was any.
"""
import glob
import re
import subprocess
import sys

COMMENT = re.compile(r"/\*.*?\*/", re.S)


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def of_headers(root):
    names = set()
    for path in glob.glob(f"{root}/include/valise/*.h"):
        text = re.sub(r"^\s*#.*$", "", COMMENT.sub("", read(path)), flags=re.M)
        names |= set(re.findall(r"\bVALISE_(?:PUBLIC|CHECKED)\s[^;(]*?(\w+)\(", text))
    return names


def of_map(root):
    """{name: version} of every line of the map; a name stands once."""
    names = {}
    for version, body in re.findall(r"(\w+\.\w+) \{(.*?)\}", COMMENT.sub("", read(f"{root}/src/valise.map")), re.S):
        for name in re.findall(r"(\w+);", body.split("local:")[0]):
            if name in names:
                print(f"src/valise.map: {name} stands twice")
                sys.exit(1)
            names[name] = version
    return names


def of_library(readelf, library):
    """{name: version} of every dynamic symbol that the library defines, and its soname."""
    run = lambda *options: subprocess.run(
        [readelf, "--wide", *options, library], check=True, stdout=subprocess.PIPE, text=True
    ).stdout
    names = {}
    for line in run("--dyn-syms").splitlines():
        field = line.split()
        if len(field) < 8 or not field[0][:-1].isdigit() or field[6] in ("UND", "ABS"):
            continue
        name, _, version = field[7].partition("@@")
        names[name] = version
    return names, re.search(r"\(SONAME\).*\[(.*)\]", run("--dynamic")).group(1)


def main():
    root, readelf, library = sys.argv[1:4]
    headers, committed = of_headers(root), of_map(root)
    shown, soname = of_library(readelf, library)
    wrong = [f"{n}: declared in include/valise, and src/valise.map has no line for it" for n in headers - set(committed)]
    wrong += [f"{n}: in src/valise.map, and no header declares it" for n in set(committed) - headers]
    wrong += [
        f"{n}: the library shows {n}@{shown.get(n)}, src/valise.map has {n}@{committed.get(n)}"
        for n in set(shown) | set(committed)
        if shown.get(n) != committed.get(n)
    ]
    if not re.fullmatch(r"libvalise\.so\.(0\.\d+|[1-9]\d*)", soname):
        wrong.append(f"{soname}: before 1.0 a soname has both numbers of the version, later the first")
    if not headers:
        wrong.append("no public function was found: nothing was checked")
    print("\n".join(sorted(wrong)), end="\n" if wrong else "")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
