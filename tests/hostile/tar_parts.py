# SPDX-License-Identifier: Apache-2.0
# Prints a tar's top-level members as settings of `forge letter`: their kinds, ranges and names, as spec/body.md counts them.
#
# usage: tar_parts.py TAR
import sys
import tarfile

with tarfile.open(sys.argv[1]) as tar:
    members = tar.getmembers()
tops = [i for i, m in enumerate(members) if "/" not in m.name]
for n, i in enumerate(tops):
    m = members[i]
    last = members[(tops + [len(members)])[n + 1] - 1]
    end = last.offset_data + (last.size + 511) // 512 * 512
    if m.isdir():
        print(f"part=dir:{m.offset}:{end - m.offset}:{m.name}")
    else:
        print(f"part=file:{m.offset_data}:{m.size}:{m.name}")
