#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Holds the house's table: who may include whom, where each third-party header may be, and how every file opens.
#
# usage: layers.py SOURCE_ROOT
#
# Prints one line for each thing that is wrong; exit status 1 when there was any.
import os
import re
import subprocess
import sys

# Which rooms each room may include, besides itself and <valise/...>.
ROOMS = {
    "base": [],
    "crypto": ["base"],
    "format": ["crypto", "base"],
    "evidence": ["format", "crypto", "base"],
    "spool": ["format", "base"],
    "channel": ["base"],
    "serve": ["base"],
    "office": ["evidence", "spool", "format", "channel", "crypto", "base"],
    # Faces know the public headers only; those with a server also serve.
    "cli": [],
    # The small verifier is one command of cli, with a main of its own.
    "verify": ["cli"],
    "relay": ["serve"],
    "desk": ["serve"],
}
FACES = ["cli", "verify", "relay", "desk"]

# Where each third-party header may be: a pattern of the header, a pattern of the files.
THIRD_PARTY = [
    (r"openssl/.*", r"src/crypto/"),
    (r"(intel-)?ipsec-mb\.h", r"src/crypto/"),
    (r"isa-l(/.*|\.h)", r"src/crypto/"),
    (r"sqlite3\.h", r"src/spool/|tests/unit/test_spool_"),
    (r"utf8proc\.h", r"src/base/(nfc|shown)\.c$"),
    (r"curl/.*", r"src/channel/"),
    (r"microhttpd\.h", r"src/serve/"),
    (r"(linux/)?seccomp\.h|linux/(landlock|filter|audit)\.h", r"src/serve/"),
    (r"jansson\.h", r"src/(cli|desk|verify)/"),
    (r"qrencode\.h", r"src/(cli|desk)/"),
    # crypto/lanes.c starts no thread: it keeps something for each.
    (r"(pthread|semaphore|threads)\.h", r"src/(office/|crypto/lanes\.c$)"),
    (r"(cmocka|zlib)\.h", r"tests/"),
]

# The C library and the kernel.
SYSTEM = re.compile(
    r"(assert|ctype|dirent|dlfcn|elf|endian|errno|fcntl|fnmatch|float|getopt|glob|grp|inttypes|limits|locale|math|poll|pwd"
    r"|regex|sched|setjmp|signal|spawn|stdalign|stdarg|stdatomic|stdbool|stddef|stdint|stdio|stdlib|stdnoreturn|string"
    r"|strings|termios|time|uchar|unistd|utime|wchar|wctype|immintrin|cpuid|paths|langinfo"
    r"|sys/[a-z0-9_]+|linux/[a-z0-9_]+|netinet/[a-z]+|arpa/inet|sanitizer/[a-z_]+)\.h$"
)
# What a public header may show of the system.
PUBLIC_SYSTEM = re.compile(r"(stdarg|stdbool|stddef|stdint|stdio|sys/types)\.h$")

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
C_SPDX = "/* SPDX-License-Identifier: Apache-2.0 */"
HASH_SPDX = "# SPDX-License-Identifier: Apache-2.0"
MAX_LINES = 600

# Spelt in halves, so that this file may be searched as well.
BANNED = re.compile(
    r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b"
    r"|(?i:\bsess" r"ions?\b|\biss" r"ue [0-9])"
    r"|/wo" r"rk/|/tmp" r"/v/"
)
BYTES = re.compile(r"^(LICENSE$|tests/(vectors|\w+/corpus)/(?!.*\.(py|sh|md|[ch])$))")


def tracked_files(root):
    """Everything that is or would be in the repository; in an unpacked archive, everything."""
    git = subprocess.run(
        ["git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    if git.returncode == 0:
        names = git.stdout.decode("utf-8", "surrogateescape").split("\0")
        return sorted(n for n in set(names) if n and os.path.isfile(os.path.join(root, n)))
    found = []
    for where, dirs, names in os.walk(root):
        dirs[:] = [d for d in dirs if not d.startswith(("build", ".git"))]
        found += [os.path.relpath(os.path.join(where, n), root) for n in names]
    return sorted(found)


def room_of(path):
    parts = path.split("/")
    if parts[0] == "src" and len(parts) > 2:
        return parts[1]
    return None


def third_party_wrong(path, header):
    """None when the header may be here, otherwise why not."""
    for pattern, where in THIRD_PARTY:
        if re.fullmatch(pattern, header):
            # Tests may look into everything that the library is made of.
            if re.match(where, path) or path.startswith("tests/"):
                return None
            return f"<{header}> belongs to {where}"
    if not SYSTEM.match(header):
        return f"<{header}> is in no table of tests/layers.py"
    if path.startswith("include/") and not PUBLIC_SYSTEM.match(header):
        return f"<{header}> has no place in a public header"
    return None


def include_wrong(path, kind, header):
    room = room_of(path)
    if kind == "<":
        if header.startswith("valise/"):
            return None
        return third_party_wrong(path, header)
    if path.startswith("include/"):
        return f'a public header includes "{header}"'
    target = header.split("/")[0]
    if path.startswith(("tests/", "bench/")):
        beside = "/" not in header
        return None if beside or target in ROOMS and target not in FACES else f'"{header}" is no room'
    if target not in ROOMS:
        return f'"{header}" is not written from src/'
    if target == room or target in ROOMS.get(room, []):
        return None
    return f'{room} may not include "{header}"'


def opening_wrong(path, lines):
    """Every file says whose it is and, in a sentence, what for."""
    if path.endswith((".c", ".h")):
        if not lines or lines[0] != C_SPDX:
            return f"line 1 is not {C_SPDX}"
        opening = " ".join(lines[1:6])
        match = re.match(r"/\* (.+?) ?\*/", opening)
        if not match or not re.search(r"[.!:)]$", match.group(1)):
            return "line 2 is no comment of one sentence that says what the file is for"
        return None
    if path.endswith((".sh", ".py", ".bats")) or os.path.basename(path) in ("meson.build", "Makefile"):
        start = 1 if lines and lines[0].startswith("#!") else 0
        if len(lines) < start + 2 or lines[start] != HASH_SPDX:
            return f"the first line (after #!) is not {HASH_SPDX}"
        if not re.match(r'(# |""")\S.*', lines[start + 1]):
            return "no comment says what the file is for"
    return None


def listed_wrong(root, path):
    """A file that no meson.build names is not built, and a test that is not run tests nothing."""
    where, name = os.path.split(path)
    stem = None
    if where == "include/valise" and name.endswith(".h") or room_of(path) and name.endswith(".c"):
        stem = name
    elif match := re.fullmatch(r"(?:test|fuzz|bench)_(\w+)\.c", name):
        stem = match.group(1)
    elif match := re.fullmatch(r"(\w[\w-]*)\.bats", name):
        stem = match.group(1)
    elif match := re.fullmatch(r"(\w[\w-]*\.[1-8])\.scd", name):
        stem = match.group(1)
    if stem is None:
        return None
    try:
        with open(os.path.join(root, where, "meson.build"), encoding="utf-8") as f:
            if f"'{stem}'" in f.read():
                return None
    except FileNotFoundError:
        pass
    return f"{where}/meson.build does not name '{stem}'"


def check_file(root, path):
    with open(os.path.join(root, path), "rb") as f:
        data = f.read()
    if BYTES.match(path) or b"\0" in data:
        return
    text = data.decode("utf-8", "replace")
    lines = text.splitlines()
    if path != "tests/layers.py" and path != "tests/layers_test.py":
        for number, line in enumerate(lines, 1):
            for match in BANNED.finditer(line):
                yield number, f"the word {match.group(0)!r} has no place here"
    if path.endswith((".c", ".h")) and path.startswith(("src/", "include/", "tests/", "bench/")):
        for number, line in enumerate(lines, 1):
            if match := INCLUDE.match(line):
                if wrong := include_wrong(path, match.group(1), match.group(2)):
                    yield number, wrong
        if len(lines) > MAX_LINES:
            yield len(lines), f"more than {MAX_LINES} lines: two nouns in one file?"
    if path.endswith((".c", ".h")) and room_of(path) and room_of(path) not in ROOMS:
        yield 1, f"src/{room_of(path)} is no room of the table"
    if re.fullmatch(r"(util|misc|common|helper|type)s?\.[ch]", os.path.basename(path)):
        yield 1, "a file is named after its noun"
    for wrong in (opening_wrong(path, lines), listed_wrong(root, path)):
        if wrong:
            yield 1, wrong


def check(root):
    wrong = []
    files = tracked_files(root)
    for path in files:
        wrong += [f"{path}:{number}: {text}" for number, text in check_file(root, path)]
    if not any(path.startswith("src/") for path in files):
        wrong.append(f"{root}: there is no src/ here: nothing was checked")
    return wrong


def main():
    wrong = check(sys.argv[1] if len(sys.argv) > 1 else ".")
    for line in wrong:
        print(line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
