/* SPDX-License-Identifier: Apache-2.0 */
/* Times as people give them, and as they are shown to people and to programs. */
#ifndef CLI_MOMENT_H
#define CLI_MOMENT_H

#include <stdbool.h>
#include <stdint.h>

/* "2026-12-22T00:00:00Z"; "2026-12-22", its first second, UTC; "+30d" from now (s, m, h, d, w). */
bool moment_parse(const char *text, int64_t *ret_s);

struct moment_text {
	char text[32];
};
struct moment_text moment_show(int64_t s);     /* "22 Nov 2026 09:12", UTC */
struct moment_text moment_show_day(int64_t s); /* "22 Nov 2026" */
struct moment_text moment_iso(int64_t s);      /* "2026-11-22T09:12:00Z" */

#endif
