#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Shows that the layer check can fail: each bad tree is refused for its own reason, and a good one is not.
import os
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import layers

OPENING = "/* SPDX-License-Identifier: Apache-2.0 */\n/* A file that shows something. */\n"
MESON = "# SPDX-License-Identifier: Apache-2.0\n# The files.\n"

# what is shown, the file, its text, part of the complaint ("" for none)
CASES = [
    ("a good file", "src/format/note.c", OPENING + '#include "base/buf.h"\n#include <stdint.h>\n', ""),
    ("a face on the public header", "src/cli/main.c", OPENING + "#include <valise/error.h>\n", ""),
    ("an arrow that points up", "src/base/buf.c", OPENING + '#include "spool/item.h"\n', "base may not include"),
    ("a face that looks inside", "src/cli/main.c", OPENING + '#include "office/seal.h"\n', "cli may not include"),
    ("a face that takes base", "src/verify/main.c", OPENING + '#include "base/buf.h"\n', "verify may not include"),
    ("SQL outside the spool", "src/office/x.c", OPENING + "#include <sqlite3.h>\n", "<sqlite3.h> belongs to"),
    ("OpenSSL outside crypto", "src/format/x.c", OPENING + "#include <openssl/evp.h>\n", "belongs to"),
    ("SQL in the spool", "src/spool/x.c", OPENING + "#include <sqlite3.h>\n", ""),
    ("threads outside office", "src/spool/x.c", OPENING + "#include <pthread.h>\n", "belongs to"),
    ("a library in no table", "src/base/x.c", OPENING + "#include <glib.h>\n", "is in no table"),
    ("a path not from src/", "src/base/x.c", OPENING + '#include "buf.h"\n', "is not written from src/"),
    ("a public header on an inner one", "include/valise/x.h", OPENING + '#include "base/buf.h"\n', "public header"),
    ("a public header on unistd", "include/valise/x.h", OPENING + "#include <unistd.h>\n", "public header"),
    ("a test on an inner header", "tests/unit/test_x.c", OPENING + '#include "base/buf.h"\n', ""),
    ("a room of no name", "src/things/x.c", OPENING, "no room of the table"),
    ("a file without licence", "src/base/x.c", "/* A file that shows something. */\n", "line 1 is not"),
    ("a file without purpose", "src/base/x.c", OPENING.splitlines()[0] + "\nint x;\n", "line 2 is no comment"),
    ("a script without licence", "tests/x.sh", "#!/bin/sh\necho\n", "is not # SPDX"),
    ("a file too long", "src/base/x.c", OPENING + "int x;\n" * 600, "more than 600 lines"),
    ("a word of later", "src/base/x.c", OPENING + "/* TO" "DO: mend. */\n", "has no place here"),
    ("a path of one machine", "doc/x.md", "see /wo" "rk/main\n", "has no place here"),
    ("a template of mkstemp", "src/base/x.c", OPENING + '#define T "tmp-XXXXXX"\n', ""),
    ("bytes of a vector", "tests/vectors/note/x.txt", "TO" "DO\n", ""),
    ("a script among vectors", "tests/vectors/make.py", "import os\n", "is not # SPDX"),
    ("a drawer for everything", "src/base/util.c", OPENING, "named after its noun"),
]
UNLISTED = [
    ("a source that is not built", "src/base/x.c", OPENING),
    ("a test that is not run", "tests/unit/test_x.c", OPENING),
    ("a story that is not run", "tests/e2e/x.bats", "# SPDX-License-Identifier: Apache-2.0\n# A story.\n"),
    ("a header that is not installed", "include/valise/x.h", OPENING),
]


def complaints(path, text, listed):
    with tempfile.TemporaryDirectory() as root:
        for name in ("src/base", os.path.dirname(path)):
            os.makedirs(os.path.join(root, name), exist_ok=True)
        with open(os.path.join(root, "src/base/str.h"), "w", encoding="utf-8") as f:
            f.write(OPENING)
        with open(os.path.join(root, path), "w", encoding="utf-8") as f:
            f.write(text)
        stem = os.path.basename(path) if not path.startswith("tests/") else "x"
        with open(os.path.join(root, os.path.dirname(path), "meson.build"), "w", encoding="utf-8") as f:
            f.write(MESON + (f"names = ['{stem}']\n" if listed else "names = []\n"))
        return layers.check(root)


def main():
    results = []
    for what, path, text, expected in CASES:
        got = complaints(path, text, True)
        results.append((what, len(got) == 1 and expected in got[0] if expected else not got, got))
    for what, path, text in UNLISTED:
        got = complaints(path, text, False)
        results.append((what, len(got) == 1 and "does not name" in got[0], got))
    with tempfile.TemporaryDirectory() as root:
        results.append(("an empty tree", layers.check(root) != [], []))
    print(f"1..{len(results)}")
    for number, (what, good, got) in enumerate(results, 1):
        print(f"{'ok' if good else 'not ok'} {number} - {what}")
        if not good:
            print(f"# got {got}")
    return 0 if all(good for _, good, _ in results) else 1


if __name__ == "__main__":
    sys.exit(main())
