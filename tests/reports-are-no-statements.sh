#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The compiler refuses each call that passes a report for a statement, and takes the same call with a statement: SOURCE-ROOT CC...
set -eu
root=$1
shift
both='struct verified_statement *statement, struct verified_report *report, const struct valise_said *said,
	const struct valise_reported *reported, const struct work_said *judged, const struct work_report *hearsay, struct work *work,
	const struct witnessed_statement *witnessed, const struct witnessed_report *heard'

# compiles CODE CC...: in a function that is given both.
compiles() {
	code=$1
	shift
	printf '#include "evidence/work.h"\n#include "office/office.h"\nvoid f(%s);\nvoid f(%s) { bool own; %s }\n' "$both" "$both" "$code" |
		"$@" -std=gnu17 -D_GNU_SOURCE -I"$root/src" -I"$root/include" -fsyntax-only -Werror=incompatible-pointer-types -x c -
}

# Each place, with what it takes and what it must not.
while read -r takes refuses place; do
	good=$(printf %s "$place" | sed "s/@/$takes/")
	bad=$(printf %s "$place" | sed "s/@/$refuses/")
	compiles "$good" "$@" || {
		echo "This should compile: $good" >&2
		exit 1
	}
	if compiles "$bad" "$@" 2>/dev/null; then
		echo "A $refuses passes for a $takes: $bad" >&2
		exit 1
	fi
done <<'END'
statement report verified_statement_free(@);
statement report (void)statement_stands(NULL, @);
judged hearsay (void)medium_taker(work, @, &own);
said reported const struct valise_said *s = @; (void)s;
said reported work->a->said = @;
witnessed heard work->said[0].v = @->statement;
witnessed heard struct evidence e = {.statements = @}; (void)e;
hearsay judged say_report(work, @);
hearsay judged (void)report_is_heeded(@);
report statement verified_report_free(@);
END
