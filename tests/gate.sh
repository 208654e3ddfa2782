#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What every change must pass besides the tests: layers, format, headers, two compilers without a warning, sanitizers.
#
# usage: gate.sh BUILD_DIR [STEP...]
#
# Leaves the results as TAP in BUILD_DIR/results.tap and each step's output in BUILD_DIR/STEP.log.
set -u
cd "$(dirname "$0")/.." || exit 1
mkdir -p "$1" || exit 1
dir=$(realpath "$1")
shift

all_steps="layers format headers gcc clang sanitizers threads"
clang=${CLANG:-clang-14}
clang_format=${CLANG_FORMAT:-clang-format-14}
# The sanitizers of clang 14 do not know how far newer kernels scatter addresses.
still=
setarch --addr-no-randomize true 2>/dev/null && still="setarch --addr-no-randomize"

sources() {
	git ls-files --cached --others --exclude-standard -- '*.c' '*.h' | grep -E '^(src|include|tests|bench)/' | sort -u |
		while read -r file; do test -e "$file" && echo "$file"; done
}

configure() { # DIR COMPILER OPTION...
	local build=$1 compiler=$2
	shift 2
	test -e "$build/build.ninja" && return
	CC=$compiler meson setup "$build" -Dwerror=true -Dtests=true ${VALISE_TEST_DATA:+"-Dtest_data=$VALISE_TEST_DATA"} "$@" \
		>"$build-setup.log" || {
		cat "$build-setup.log"
		return 1
	}
}

# Runs the suites under sanitizers that stop at the first finding; to run no test is a failure.
run_tests() { # DIR SUITE...
	local build=$1 suites=()
	shift
	for suite; do suites+=(--suite "$suite"); done
	rm -f "$build/meson-logs/testlog.json"
	ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=1:strict_string_checks=1 \
		UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 \
		TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1 \
		VALISE_TEST_SHORT=1 \
		$still meson test -C "$build" --print-errorlogs --timeout-multiplier 5 "${suites[@]}" || return 1
	test -s "$build/meson-logs/testlog.json"
}

step_layers() {
	python3 tests/layers.py .
}

step_format() {
	sources | xargs "$clang_format" --dry-run -Werror
}

# Every header compiles alone, first and twice.
step_headers() {
	local failed=0
	for header in $(sources | grep -E '^(src|include)/.*\.h$'); do
		local name=${header#src/}
		name=${name#include/}
		for compiler in gcc "$clang"; do
			printf '#include "%s"\n#include "%s"\n' "$name" "$name" |
				$compiler -std=gnu17 -D_GNU_SOURCE -Wall -Wextra -Werror -Iinclude -Isrc -fsyntax-only -x c - || {
				echo "$header does not compile alone with $compiler."
				failed=1
			}
		done
	done
	return $failed
}

step_gcc() {
	configure "$dir/gcc" gcc && ninja -k 0 --quiet -C "$dir/gcc"
}

step_clang() {
	configure "$dir/clang" "$clang" -Db_sanitize=address,undefined -Db_lundef=false -Doptimization=1 \
		-Dc_args=-fno-sanitize-recover=all && ninja -k 0 --quiet -C "$dir/clang"
}

# Not the faults: strace and the leak checker cannot both trace a process.
step_sanitizers() {
	step_clang >/dev/null && run_tests "$dir/clang" unit vectors threads hostile replay e2e
}

step_threads() {
	configure "$dir/threads" "$clang" -Db_sanitize=thread -Db_lundef=false -Doptimization=1 || return 1
	if ! grep -q -r 'pthread\.h' src/office; then
		echo "No thread anywhere: nothing to run."
		return 0
	fi
	run_tests "$dir/threads" threads
}

steps=${*:-$all_steps}
# shellcheck disable=SC2086
set -- $steps
echo "1..$#" >"$dir/results.tap"
number=0
failed=0
for step; do
	number=$((number + 1))
	started=$SECONDS
	if "step_$step" >"$dir/$step.log" 2>&1; then
		echo "ok $number - $step" >>"$dir/results.tap"
		echo "gate: $step: passed in $((SECONDS - started)) s"
	else
		echo "not ok $number - $step" >>"$dir/results.tap"
		failed=1
		tail -n 100 "$dir/$step.log"
		echo "gate: $step: FAILED; all of it is in $dir/$step.log"
	fi
done
exit $failed
