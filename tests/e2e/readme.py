#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs every `console` block of a page, in order, on a terminal of its own, and compares what it shows.

usage: readme.py [--update] PAGE DIRECTORY

With --update the page gets what was shown: all of it from this one run, and whole where it has something else; look at it before you keep it.

DIRECTORY is empty and the home of all commands; what `cd` and `export` do in one lasts to the next. A line after `$ ` is a
command. In the page an output line `...` stands for any number of lines; a line that ends in a question and an answer, like
`Sign? [y/N] y`, is typed so. Ids, digits, times and names of bags differ from run to run: two of one kind are equal here.
"""
import difflib
import os
import re
import subprocess
import sys

TERMINAL = os.path.join(os.path.dirname(os.path.abspath(__file__)), "terminal.py")
QUESTION = re.compile(r"^(.*\[[yYnN/]+\]) (\S+)$")
PLACEHOLDERS = [
    (r"\x1b\[[0-9;]*[A-Za-z]", ""),
    (r"AGE-SECRET-KEY-1[A-Z0-9]{58}", "AGE-KEY"),
    (r"valise/[0-9a-f]{32}\+[0-9a-f]{8}\+[A-Za-z0-9+/=]{44}", "VKEY"),
    (r"\b[a-z2-7]{16}/[a-z2-7]{26}\b", "WRITER/BAG"),
    (r"\b[0-9a-f]{64}\b", "ID"),
    (r"\breport [0-9a-f]{8}\.\.\.", "report ID..."),
    (r"\b[0-9]{5}(?: [0-9]{5}){5}\b", "DIGITS"),
    (r"\b(?=[a-z2-7-]{9}\b)[a-z2-7]{4}-[a-z2-7]{4}\b", "SHORT-ID"),
    (r"\b[0-9]{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [0-9]{4}(?: [0-9]{2}:[0-9]{2})?", "TIME"),
    (r" {2,}", "  "),
    (r" +$", ""),
]


def same_kind(line):
    for pattern, placeholder in PLACEHOLDERS:
        line = re.sub(pattern, placeholder, line)
    return line


def examples(page):
    """Line number, command and expected lines of each command."""
    found, inside = [], False
    for number, line in enumerate(page.split("\n"), 1):
        if not inside:
            inside = line == "```console"
        elif line == "```":
            inside = False
        elif line.startswith("$ "):
            found.append((number, line[2:], []))
        elif not found:
            sys.exit(f"line {number}: output before any command")
        else:
            found[-1][2].append(line)
    return found


def run(command, expected, home, before):
    """What the terminal shows, and the exit status; `before` is the last command's."""
    state, cwd = os.path.join(home, ".state"), os.path.join(home, ".cwd")
    script = (f"test -e '{state}' && . '{state}' && cd \"$(cat '{cwd}')\"; (exit {before})\n{command}\n"
              f"code=$?; export -p >'{state}'; pwd >'{cwd}'; exit $code")
    answers = [m.groups() for line in expected if (m := QUESTION.match(line))]
    steps = [word for question, answer in answers for word in (question, answer)]
    done = subprocess.run([sys.executable, TERMINAL, *steps, "--", "bash", "--noprofile", "--norc", "-c", script],
                          stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, timeout=120, check=False)
    shown = done.stdout.decode("utf-8", "replace").split("\n")
    return (shown[:-1] if shown[-1] == "" else shown), done.returncode


def aligned(expected, shown):
    """The lines shown in the place of those expected, where `...` is any number of lines and stays; None where they differ in kind."""
    if not expected:
        return None if shown else []
    if expected[0] == "...":
        rests = (aligned(expected[1:], shown[n:]) for n in range(len(shown) + 1))
        return next((["..."] + rest for rest in rests if rest is not None), None)
    if not shown or same_kind(expected[0]) != same_kind(shown[0]):
        return None
    rest = aligned(expected[1:], shown[1:])
    return None if rest is None else shown[:1] + rest


def replace(page, changes):
    """Puts other lines after a command, from the last command to the first."""
    with open(page, encoding="utf-8") as f:
        lines = f.read().split("\n")
    for at, old, new in reversed(changes):
        lines[at:at + old] = new
    with open(page, "w", encoding="utf-8") as f:
        f.write("\n".join(lines))


def main():
    update = sys.argv[1:2] == ["--update"]
    words = sys.argv[1 + update:]
    if len(words) != 2 or os.listdir(words[1]):
        sys.exit(__doc__)
    home = os.path.abspath(words[1])
    page = os.path.abspath(words[0])
    changes = []
    os.environ.update(HOME=home, NO_COLOR="1", TERM="xterm", LC_ALL="C.UTF-8", TZ="UTC")
    for name in ("VALISE_DIR", "XDG_DATA_HOME", "VALISE_PASSPHRASE_COMMAND"):
        os.environ.pop(name, None)
    with open(page, encoding="utf-8") as f:
        found = examples(f.read())
    os.symlink(os.path.join(os.path.dirname(page), "demo"), os.path.join(home, "demo"))
    os.chdir(home)
    code = failed = 0
    for number, command, expected in found:
        shown, code = run(command, expected, home, code)
        fits = aligned(expected, shown)
        changes.append((number, len(expected), shown if fits is None else fits))
        if fits is None:
            want, got = [same_kind(line) for line in expected], [same_kind(line) for line in shown]
            failed += 1
            print(f"line {number}: $ {command}\nended with {code}, and shows something else than the page:")
            print("\n".join(difflib.unified_diff(want, got, "page", "run", lineterm="", n=2)))
            print("as it was shown:", *shown, sep="\n")
    if update:
        replace(page, changes)
    print(f"{len(found)} commands, {failed} not as the page has them")
    return 1 if failed or not found else 0


if __name__ == "__main__":
    sys.exit(main())
