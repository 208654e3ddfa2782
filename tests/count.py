#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Counts what ran and how it ended: cases where a test says which it had (TAP), otherwise the test.
#
# usage: count.py LOG...     LOG is Meson's testlog.json or a TAP file; one that is missing counts as failed
#
# Prints what failed and what was skipped, then "N passed, N failed"; exit status 1 when anything failed or nothing ran.
import json
import re
import sys

CASE = re.compile(r"^(not )?ok\b\s*\d*\s*(.*)$")
SKIP = re.compile(r"#\s*skip\b", re.IGNORECASE)


class Count:
    def __init__(self):
        self.passed = 0
        self.failed = []
        self.skipped = []

    def tap(self, name, text):
        """Counts the cases in a test's output; False when there were none."""
        found = False
        planned = None
        seen = 0
        for line in text.splitlines():
            if plan := re.match(r"^1\.\.(\d+)", line):
                planned = (planned or 0) + int(plan.group(1))
            match = CASE.match(line)
            if not match:
                continue
            found = True
            seen += 1
            case = f"{name}: {match.group(2).lstrip('- ')}"
            # cmocka says "not ok" of what it skips.
            if SKIP.search(match.group(2)):
                self.skipped.append(case)
            elif match.group(1):
                self.failed.append(case)
            else:
                self.passed += 1
        if found and planned is not None and seen < planned:
            self.failed.append(f"{name}: {planned - seen} of {planned} cases did not run")
        return found

    def meson_test(self, entry):
        name, result = entry["name"], entry["result"]
        failed_before = len(self.failed)
        good = result in ("OK", "EXPECTEDFAIL")
        if self.tap(name, entry.get("stdout", "")):
            # Died outside of its cases, or ran out of time.
            if not good and result != "SKIP" and len(self.failed) == failed_before:
                self.failed.append(f"{name}: {result}")
        elif good:
            self.passed += 1
        elif result == "SKIP":
            self.skipped.append(name)
        else:
            self.failed.append(f"{name}: {result}")

    def log(self, path):
        try:
            with open(path, encoding="utf-8", errors="replace") as f:
                text = f.read()
        except OSError as e:
            self.failed.append(f"{path}: {e.strerror}: what it tells of did not run")
            return
        if path.endswith(".json"):
            for line in text.splitlines():
                self.meson_test(json.loads(line))
        else:
            self.tap(path, text)


def main():
    count = Count()
    for path in sys.argv[1:]:
        count.log(path)
    for what in count.skipped:
        print(f"skipped: {what}")
    for what in count.failed:
        print(f"FAILED: {what}")
    print(f"{count.passed} passed, {len(count.failed)} failed")
    return 1 if count.failed or count.passed == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
