#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Each public header compiles alone, as C and as C++, strictly and without a warning: SOURCE_ROOT CC...
set -eu
root=$1
shift
failed=0
compile() { # HEADER COMPILER...
	header=$1
	shift
	printf '#include <valise/%s>\n#include <valise/%s>\nextern int nothing;\n' "$header" "$header" |
		"$@" -Wall -Wextra -pedantic -Werror -I "$root/include" -fsyntax-only - || {
		echo "$header does not compile alone with $*" >&2
		failed=1
	}
}
# What a header declares is C to C++, too: declared so again, it is the same.
linked() { # HEADER
	{
		printf '#include <valise/%s>\n' "$1"
		sed -n 's/^\t\t*\(valise_[a-z0-9_]*\);$/\1/p' "$root/src/valise.map" | while read -r name; do
			! grep -q "[ *]$name(" "$root/include/valise/$1" || printf 'extern "C" decltype(%s) %s;\n' "$name" "$name"
		done
	} | "$cxx" -x c++ -std=c++17 -I "$root/include" -fsyntax-only - || {
		echo "$1 declares functions of another language to C++" >&2
		failed=1
	}
}

cxx=
for compiler in c++ g++ clang++ clang++-14; do
	test -n "$cxx" || ! command -v "$compiler" >/dev/null || cxx=$compiler
done
test -n "$cxx" || echo "skipped: there is no C++ compiler here, so nothing is known of C++" >&2
for path in "$root"/include/valise/*.h; do
	header=${path##*/}
	for standard in c11 c17; do
		compile "$header" "$@" -x c -std=$standard
	done
	for standard in c++11 c++17; do
		test -z "$cxx" || compile "$header" "$cxx" -x c++ -std=$standard
	done
	test -z "$cxx" || linked "$header"
done
exit $failed
