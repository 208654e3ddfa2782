#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Spools of every version of the tables that a program kept (cases/spools: those between were never more than steps on the way), and what
# today's program makes of them.

load offices

cases=${VALISE_TEST_SOURCE:-$BATS_TEST_DIRNAME/../..}/tests/e2e/cases/spools

setup() {
	cd "$BATS_TEST_TMPDIR"
	mkdir offices
}

old() { # VERSION PLACE: a spool as it was
	rm -rf "$2"
	cp -r "$cases/$1" "$2"
	chmod -R go= "$2"
	chmod 0400 "$2"/bodies/*/*
	[ ! -d "$2/exhibits" ] || find "$2/exhibits" -type f -exec chmod 0400 {} +
	/usr/bin/env python3 - "$2" <<-'PYTHON'
	import sqlite3, sys
	db = sqlite3.connect(sys.argv[1] + "/valise.db")
	db.executescript(open(sys.argv[1] + "/valise.sql").read())
	db.execute("PRAGMA journal_mode = WAL")
	db.close()
	PYTHON
	rm "$2/valise.sql" "$2/listed"
}

version() { # PLACE: of its tables; it must be sound
	/usr/bin/env python3 - "$1" <<-'PYTHON'
	import sqlite3, sys
	db = sqlite3.connect(sys.argv[1] + "/valise.db")
	assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
	print(db.execute("PRAGMA user_version").fetchone()[0], db.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0])
	PYTHON
}

@test "an old spool lists, opens, says, and is in order" {
	found new "New"
	now=$(version offices/new)
	for path in "$cases"/v*; do
		v=${path##*/}
		old "$v" "offices/$v"
		[ "$(version "offices/$v" | cut -d' ' -f1)" = "${v#v}" ]
		as "$v" track --json | json_at '"\n".join(sorted(" ".join((l["ref"], l["state"], str(l["reported"]))) for l in d["letters"]))' |
			diff "$path/listed" -
		[ "$(version "offices/$v")" = "$now" ]
		# From the eighth on a spool knows when it was copied.
		as "$v" doctor --only-copy >/dev/null
		[ "$(as "$v" doctor)" = "Everything is in order." ]
		as "$v" open big 2/oslo -o "opened-$v" >/dev/null
		[ "$(stat -c %s opened-$v/*/large)" -eq 66000 ]
		grep -q "the text of the notice" opened-$v/*/notice.txt
		as "$v" track 1/2026 | grep -q "Oslo's reader says that it reviewed this exact letter"
		[ "$(grep -c gone "$path/listed")" -eq "$(as "$v" track | grep -c gone/1)" ]
		if grep -q gone "$path/listed"; then as "$v" track gone/1 | grep -q "let go of here"; fi
		as "$v" say comment 2/oslo --text "still here" --yes >/dev/null
		as "$v" say reviewed 2/oslo --yes >/dev/null
		[ "$(as "$v" track --json --from Oslo | json_at 'd["letters"][0]["state"]')" = reviewed ]
		as "$v" track --heard | grep -Eq '^Oslo: (received|reviewed) '
		echo new >file
		as "$v" seal -t Oslo --ref "after/$v" file >/dev/null
		as "$v" export "$v.tar" 2>/dev/null
		valise import "$v.tar" --dir "offices/$v-again" 2>/dev/null
		diff <(as "$v" track --json) <(as "$v-again" track --json)
	done
}

@test "a migration that is killed leaves the old version, or the new one, and the next goes on" {
	found new "New"
	now=$(version offices/new)
	v=v1
	old "$v" sound
	was=$(version sound)
	n_old=0
	# From before it begins to after its end, wherever that is on this machine.
	for ((ms = 0; ms < 30; ms += 2)); do
		rm -rf offices/killed
		cp -a sound offices/killed
		/usr/bin/env python3 - "$ms" <<-'PYTHON'
		import subprocess, sys, time
		p = subprocess.Popen(["valise", "track", "--dir", "offices/killed"], stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
		time.sleep(int(sys.argv[1]) / 1000)
		p.kill()
		p.wait()
		PYTHON
		is=$(version offices/killed)
		[ "$is" = "$was" ] || [ "$is" = "$now" ]
		[ "$is" = "$now" ] || n_old=$((n_old + 1))
		[ "$(as killed track --json | json_at 'len(d["letters"])')" -eq 4 ]
		[ "$(version offices/killed)" = "$now" ]
	done
	[ "$n_old" -gt 0 ]
}

@test "a spool of a newer version is refused, and not touched" {
	found new "New"
	/usr/bin/env python3 -c 'import sqlite3; d = sqlite3.connect("offices/new/valise.db"); d.execute("PRAGMA user_version = 9999"); d.commit()'
	was=$(version offices/new)
	for words in "track" "doctor" "doctor --rebuild" "export x.tar"; do
		[ "$(status_of as new $words)" -eq 1 ]
	done
	as new track 2>&1 | grep -q "newer Valise"
	[ "$(version offices/new)" = "$was" ]
}
