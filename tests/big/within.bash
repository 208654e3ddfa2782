# SPDX-License-Identifier: Apache-2.0
# Memory that is watched: `load within`, after offices.

# within MIB COMMAND...: fails when the command does, or has held more memory at once.
within() {
	/usr/bin/env python3 - "$@" <<-'END'
		import os, resource, subprocess, sys
		os.environ.pop("MALLOC_PERTURB_", None)  # it touches memory that nobody else would
		done = subprocess.run(sys.argv[2:], stdin=subprocess.DEVNULL)
		held = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
		if done.returncode:
		    sys.exit(f"{sys.argv[2:]}: exit status {done.returncode}")
		if held > float(sys.argv[1]):
		    sys.exit(f"{sys.argv[2:]}: {held:.0f} MiB, and {sys.argv[1]} may be")
		print(f"# {held:.0f} MiB: {' '.join(sys.argv[2:4])}", file=sys.stderr)
	END
}

# Of a program under a sanitizer memory says nothing.
MIB=64
! is_sanitized || MIB=100000

# as_within OFFICE WORD...
as_within() {
	within "$MIB" valise "${@:2}" --dir "$BATS_TEST_TMPDIR/offices/$1"
}

# as many, or as few where the whole is not asked for
if [ -n "${BIG_ALL-}" ]; then
	pick() { echo "$1"; } # ALL FEW
else
	pick() { echo "$2"; }
fi
