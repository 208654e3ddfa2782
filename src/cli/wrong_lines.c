/* SPDX-License-Identifier: Apache-2.0 */
/* Telling of a list's lines that are wrong. */
#include "cli/wrong_lines.h"

void wrong_line(void *context, size_t line, const char *text)
{
	struct cli *c = context;
	progress_clear(&c->progress);
	if (!c->shared.json) {
		fprintf(stderr, "%s: line %zu: %s\n", c->program, line, text);
		return;
	}
	if (!c->beside_error) {
		c->beside_error = json_new();
		json_open_list(c->beside_error, "wrong");
	}
	json_open_object(c->beside_error, NULL);
	json_number(c->beside_error, "line", line);
	json_text(c->beside_error, "why", text);
	json_close(c->beside_error);
}

void wrong_lines_end(struct cli *c)
{
	json_close(c->beside_error);
}
