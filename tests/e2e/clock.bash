# SPDX-License-Identifier: Apache-2.0
# Programs whose clock is wrong, or stands in the past: `load clock`, after offices.

needs_clock() {
	[ -e "$FAULT_LIBRARIES/preload_clock.so" ] || skip "preload_clock.so was not built"
	if is_sanitized; then
		skip "a sanitizer does not go with a preloaded library"
	fi
}

off() { # SECONDS OFFICE WORD...: with a clock that is that much off
	local by=$1
	shift
	FAULT_CLOCK_S=$by LD_PRELOAD=$FAULT_LIBRARIES/preload_clock.so as "$@"
}

ago() { # HOURS OFFICE WORD...: so many hours ago
	local hours=$1
	shift
	off $((-3600 * hours)) "$@"
}

moment() { # HOURS: ago
	date -u -d "$1 hours ago" +%Y-%m-%dT%H:%M:%SZ
}

found_ago() { # HOURS OFFICE NAME
	mkdir -p "$BATS_TEST_TMPDIR/offices"
	ago "$1" "$2" init "$3" --title Registry --no-passphrase --no-recovery >/dev/null
}

introduce_ago() { # HOURS OFFICE OTHER NAME
	as "$3" card export >"$BATS_TEST_TMPDIR/$3.card"
	ago "$1" "$2" card add "$BATS_TEST_TMPDIR/$3.card" --as "$4" --digits "$(digits "$3")" >/dev/null
}
