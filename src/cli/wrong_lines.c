/* SPDX-License-Identifier: Apache-2.0 */
/* Telling of a list's lines that are wrong. */
#include "cli/wrong_lines.h"

void wrong_line(void *context, size_t line, const char *text)
{
	struct cli *c = context;
	progress_clear(&c->progress);
	if (!c->json) {
		fprintf(stderr, "%s: line %zu: %s\n", c->program, line, text);
		return;
	}
	if (!c->beside_error)
		json_open_list(c->json, "wrong");
	c->beside_error = true;
	json_open_object(c->json, NULL);
	json_number(c->json, "line", line);
	json_text(c->json, "why", text);
	json_close(c->json);
}
