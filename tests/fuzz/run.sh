#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs every fuzz target for FUZZ_SECONDS, as many at once as there are processors; exit status 1 when one found something.
#
# usage: run.sh BUILD_DIR [TARGET...]
#
# New inputs go to BUILD_DIR/corpus/TARGET, findings to BUILD_DIR/found/TARGET-*; nothing is written into the source tree.
set -eu
cd "$(dirname "$0")/../.."
build=$1
shift
seconds=${FUZZ_SECONDS:-300}

test -e "$build/build.ninja" ||
	CC=${CLANG:-clang-14} meson setup "$build" -Dfuzz=true -Dtests=true -Db_sanitize=address,undefined \
		-Db_lundef=false -Doptimization=1 -Dc_args=-fno-sanitize-recover=all
ninja -C "$build"
mkdir -p "$build/found"

still=
setarch --addr-no-randomize true 2>/dev/null && still="setarch --addr-no-randomize"

fuzz_one() {
	local name=$1
	mkdir -p "$build/corpus/$name"
	$still "$build/tests/fuzz/fuzz_$name" -max_total_time="$seconds" -timeout=25 -rss_limit_mb=2048 -print_final_stats=1 \
		-artifact_prefix="$build/found/$name-" "$build/corpus/$name" "tests/fuzz/corpus/$name" \
		>"$build/$name.log" 2>&1 || {
		tail -n 40 "$build/$name.log"
		echo "fuzz: $name: FOUND something: see $build/found/$name-* and $build/$name.log"
		return 1
	}
	echo "fuzz: $name: $(sed -n 's/^stat::number_of_executed_units: *//p' "$build/$name.log") runs in $seconds s, nothing found"
}
export -f fuzz_one
export build seconds still

if test $# -eq 0; then
	mapfile -t targets < <(find "$build/tests/fuzz" -maxdepth 1 -type f -name 'fuzz_*' -executable -printf '%f\n' | sed 's/^fuzz_//' | sort)
	set -- "${targets[@]}"
fi
test $# -gt 0 || {
	echo "fuzz: there is no target in $build/tests/fuzz" >&2
	exit 1
}
printf '%s\n' "$@" | xargs -P "$(nproc)" -I{} bash -c 'fuzz_one "$1"' - {}
