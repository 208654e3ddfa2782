#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# An export that is not what it says: refused, and nothing is left of it, here or anywhere else.

load ../e2e/offices

setup() {
	cd "$BATS_TEST_TMPDIR"
	found_two
	head -c 100000 /dev/urandom >big
	as harbour seal -t Oslo big >/dev/null
	as harbour export sound.tar 2>/dev/null
	mkdir place
}

forge_export() { # WHAT
	rm -f forged.tar
	/usr/bin/env python3 "${VALISE_TEST_SOURCE:-$BATS_TEST_DIRNAME/../..}/tests/hostile/export_forge.py" "$1" sound.tar forged.tar
}

refused() { # STATUS FILE
	local status=0
	timeout 60 valise import "$2" --dir place/new >said 2>&1 </dev/null || status=$?
	if [ "$status" -ne "$1" ]; then
		echo "$what: exit status $status instead of $1"
		cat said
		return 1
	fi
	[ -s said ]
	[ -z "$(ls -A place)" ]
	[ ! -e planted ] && [ ! -e /tmp/planted ]
}

@test "a sound one, written by another program, is taken" {
	forge_export sound
	valise import forged.tar --dir place/new </dev/null
	valise doctor --dir place/new | grep -q "copy of another"
}

@test "names that are no spool's, links, and what is no file" {
	for what in up absolute stranger log link hardlink fifo directory; do
		forge_export "$what"
		refused 4 forged.tar
	done
}

@test "what is out of its order, comes twice, or is missing" {
	for what in twice order headless no-database newer other-office; do
		forge_export "$what"
		refused 4 forged.tar
	done
}

@test "bytes and names that the manifest has otherwise" {
	for what in altered left-out added manifest-short manifest-long no-manifest after-manifest; do
		forge_export "$what"
		refused 4 forged.tar
	done
}

@test "a database that is no spool, or of a newer Valise" {
	for what in no-spool foreign no-office; do
		forge_export "$what"
		refused 4 forged.tar
	done
	what=newer-tables
	forge_export newer-tables
	refused 1 forged.tar
	grep -q "newer Valise" said
}

@test "one that is cut off anywhere, or goes on" {
	size=$(stat -c %s sound.tar)
	for ((at = 0; at < size; at += size / 23)); do
		what="cut at $at"
		head -c "$at" sound.tar >forged.tar
		refused 4 forged.tar
	done
	what="one byte more"
	{ cat sound.tar; printf x; } >forged.tar
	refused 4 forged.tar
	what="no tar"
	head -c 100000 /dev/urandom >forged.tar
	refused 4 forged.tar
}

@test "no size is believed" {
	# The first body is said to be of 8 TiB, in a header whose sum fits.
	/usr/bin/env python3 - <<-'PYTHON'
	import tarfile
	data = bytearray(open("sound.tar", "rb").read())
	with tarfile.open("sound.tar") as t:
	    m = next(m for m in t.getmembers() if m.name.startswith("bodies/"))
	m.size = 1 << 43
	header = m.tobuf(tarfile.GNU_FORMAT)
	data[m.offset : m.offset + 512] = header[-512:]
	open("forged.tar", "wb").write(data)
	PYTHON
	what="a size of 8 TiB"
	refused 4 forged.tar
}

@test "a full disk leaves nothing" {
	if ! unshare -rm true 2>/dev/null; then
		skip "no mounts may be made here"
	fi
	what="a full disk"
	unshare -rm bash -c 'mount -t tmpfs -o size=128k tmpfs place && ! valise import sound.tar --dir place/new </dev/null >said 2>&1 && [ -z "$(ls -A place)" ]'
	grep -q "space" said
}
