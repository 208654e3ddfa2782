# SPDX-License-Identifier: Apache-2.0
# Offices in temporary directories, for the tests beside this file: `load offices`.

# Nothing of the machine's owner is read or written.
unset VALISE_DIR VALISE_PASSPHRASE_COMMAND NO_COLOR
export HOME=$BATS_TEST_TMPDIR/home XDG_DATA_HOME=$BATS_TEST_TMPDIR/data LC_ALL=C.UTF-8 TERM=xterm
mkdir -p "$HOME"

as() { # OFFICE WORD...: valise in that office's directory, with nobody at the terminal
	local office=$1
	shift
	valise "$@" --dir "$BATS_TEST_TMPDIR/offices/$office" </dev/null
}

found() { # OFFICE NAME
	mkdir -p "$BATS_TEST_TMPDIR/offices"
	as "$1" init "$2" --title Registry --no-passphrase --no-recovery >/dev/null
}

digits() { # OFFICE
	as "$1" card show --digits
}

introduce() { # OFFICE OTHER NAME: the first takes the other's card in under that name
	as "$2" card export >"$BATS_TEST_TMPDIR/$2.card"
	as "$1" card add "$BATS_TEST_TMPDIR/$2.card" --as "$3" --digits "$(digits "$2")" >/dev/null
}

# Two offices that know each other.
found_two() {
	found harbour "Harbour Legal"
	found oslo "Mission Oslo"
	introduce harbour oslo Oslo
	introduce oslo harbour Harbour
}

is_json() {
	/usr/bin/env python3 -c 'import json,sys; d=json.load(sys.stdin); sys.exit(not isinstance(d, dict))'
}

json_at() { # EXPRESSION: of the document d on standard input
	/usr/bin/env python3 -c 'import json,sys; d=json.load(sys.stdin); print(eval(sys.argv[1]))' "$1"
}

refute() { # COMMAND...: fails when that succeeds, where "!" would go unnoticed
	if "$@"; then
		echo "should have failed: $*"
		return 1
	fi
}

status_of() { # COMMAND...: its exit status, whatever it is
	local status=0
	"$@" >/dev/null 2>&1 || status=$?
	echo $status
}

is_sanitized() { # whether the programs run under a sanitizer
	ldd "$(command -v valise)" 2>/dev/null | grep -q 'lib.san' || grep -aq __asan_init "$(command -v valise)"
}
