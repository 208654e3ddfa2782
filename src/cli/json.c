/* SPDX-License-Identifier: Apache-2.0 */
/* The one file here that knows the JSON library, which spells texts; what stands around them is written as it comes. */
#include "cli/json.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include <valise/valise.h>

#include "cli/moment.h"

#define DEPTH_MAX 8
#define HELD_BYTES ((size_t)1024 * 1024) /* a shorter document is written whole, or not at all (spec/json.md) */

struct json {
	FILE *out;
	char *held; /* what is not written yet */
	size_t len, cap;
	struct {
		bool is_list, has_any;
	} open[DEPTH_MAX]; /* the outermost first */
	size_t depth;
	bool begun; /* some of it is written */
	bool failed;
};

/* ---- Bytes ---- */

static int add(const char *bytes, size_t len, void *context)
{
	struct json *j = context;
	if (j->failed)
		return -1;
	if (len > j->cap - j->len) {
		size_t cap = 2 * (j->len + len);
		char *grown = realloc(j->held, cap);
		j->failed = !grown;
		if (!grown)
			return -1;
		j->held = grown;
		j->cap = cap;
	}
	if (len)
		memcpy(j->held + j->len, bytes, len);
	j->len += len;
	return 0;
}

static void add_text(struct json *j, const char *text)
{
	(void)add(text, strlen(text), j);
}

static void write_held(struct json *j)
{
	j->begun = true;
	(void)fwrite(j->held, 1, j->len, j->out);
	j->len = 0;
}

static void add_line(struct json *j)
{
	if (j->len >= HELD_BYTES)
		write_held(j);
	add_text(j, "\n");
	for (size_t i = 0; i < j->depth; i++)
		add_text(j, "  ");
}

/* What stands before a value. False: it has no place. */
static bool begin_value(struct json *j, const char *key)
{
	if (!j || j->failed || j->depth == 0)
		return false;
	if (j->open[j->depth - 1].has_any)
		add_text(j, ",");
	j->open[j->depth - 1].has_any = true;
	add_line(j);
	if (key) {
		add_text(j, "\"");
		add_text(j, key);
		add_text(j, "\": ");
	}
	return true;
}

static void open_value(struct json *j, bool is_list)
{
	j->failed = j->failed || j->depth == DEPTH_MAX;
	if (j->failed)
		return;
	add_text(j, is_list ? "[" : "{");
	j->open[j->depth].is_list = is_list;
	j->open[j->depth++].has_any = false;
}

static void close_value(struct json *j)
{
	bool is_list = j->open[--j->depth].is_list;
	if (j->open[j->depth].has_any)
		add_line(j);
	add_text(j, is_list ? "]" : "}");
}

/* ---- The document ---- */

struct json *json_new(FILE *out)
{
	struct json *j = calloc(1, sizeof *j);
	if (!j)
		return NULL;
	j->out = out;
	open_value(j, false);
	return j;
}

void json_free(struct json *j)
{
	if (!j)
		return;
	free(j->held);
	free(j);
}

bool json_goes_on(const struct json *j)
{
	return j && !j->failed && !ferror(j->out);
}

void json_end_early(struct json *j, bool keep)
{
	if (!j || j->depth == 0)
		return;
	if (!keep && !j->begun) {
		j->failed = false;
		j->len = j->depth = 0;
		open_value(j, false);
	}
	while (j->depth > 1)
		close_value(j);
}

bool json_end(struct json *j)
{
	if (!j || j->failed || j->depth == 0)
		return false;
	while (j->depth)
		close_value(j);
	add_text(j, "\n");
	if (j->failed)
		return false;
	write_held(j);
	return true;
}

/* ---- Values ---- */

void json_text(struct json *j, const char *key, const char *text)
{
	if (!begin_value(j, key))
		return;
	if (!text) {
		add_text(j, "null");
		return;
	}
	json_t *value = json_string(text);
	if (!value || json_dump_callback(value, add, j, JSON_ENCODE_ANY))
		j->failed = true;
	json_decref(value);
}

void json_bytes(struct json *j, const char *key, const char *bytes)
{
	char *shown = bytes ? valise_shown(bytes) : NULL;
	if (bytes && !shown && j)
		j->failed = true;
	json_text(j, key, shown);
	free(shown);
}

void json_number(struct json *j, const char *key, uint64_t n)
{
	char text[24];
	(void)snprintf(text, sizeof text, "%" PRIu64, n > INT64_MAX ? (uint64_t)INT64_MAX : n);
	if (begin_value(j, key))
		add_text(j, text);
}

void json_bool(struct json *j, const char *key, bool b)
{
	if (begin_value(j, key))
		add_text(j, b ? "true" : "false");
}

void json_time(struct json *j, const char *key, bool given, int64_t s)
{
	json_text(j, key, given ? moment_iso(s).text : NULL);
}

void json_texts(struct json *j, const char *key, const char *const *texts, size_t n)
{
	json_open_list(j, key);
	for (size_t i = 0; i < n; i++)
		json_text(j, NULL, texts[i]);
	json_close(j);
}

void json_open_object(struct json *j, const char *key)
{
	if (begin_value(j, key))
		open_value(j, false);
}

void json_open_list(struct json *j, const char *key)
{
	if (begin_value(j, key))
		open_value(j, true);
}

void json_close(struct json *j)
{
	if (j && !j->failed && j->depth > 1)
		close_value(j);
}
