#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs a command on a terminal of its own and answers its questions.

usage: terminal.py [--signal NAME EXPECTED] [EXPECTED ANSWER]... -- COMMAND...

Each ANSWER is typed once its EXPECTED text has come. Prints what the terminal showed, and ends as the command did. The
answers that a terminal without an echo does not show are not in it.
"""
import os
import pty
import select
import signal
import sys
import time

PATIENCE_S = 60


def main():
    split = sys.argv.index("--")
    script, command = sys.argv[1:split], sys.argv[split + 1 :]
    steps = []
    while script:
        if script[0] == "--signal":
            steps.append((script[2].encode(), getattr(signal, script[1])))
            script = script[3:]
        else:
            steps.append((script[0].encode(), script[1].encode() + b"\n"))
            script = script[2:]
    pid, fd = pty.fork()
    if pid == 0:
        os.execvp(command[0], command)
    shown, looked, end = b"", 0, time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        if not select.select([fd], [], [], 1)[0]:
            continue
        try:
            got = os.read(fd, 65536)
        except OSError:
            break
        if not got:
            break
        shown += got
        while steps and (at := shown.find(steps[0][0], looked)) >= 0:
            looked = at + len(steps[0][0])
            what = steps.pop(0)[1]
            time.sleep(0.05)
            if isinstance(what, bytes):
                os.write(fd, what)
            else:
                os.kill(pid, what)
    else:
        os.kill(pid, signal.SIGKILL)
    sys.stdout.buffer.write(shown.replace(b"\r\n", b"\n"))
    if steps:
        sys.stdout.write(f"\nnever asked: {steps[0][0]!r}\n")
        sys.stdout.flush()
        os.waitpid(pid, 0)
        return 99
    status = os.waitpid(pid, 0)[1]
    return os.waitstatus_to_exitcode(status) & 0xFF


if __name__ == "__main__":
    sys.exit(main())
