/* SPDX-License-Identifier: Apache-2.0 */
/* The one file here that knows the JSON library. */
#include "cli/json.h"

#include <jansson.h>
#include <stdlib.h>

#include <valise/valise.h>

#include "cli/moment.h"

#define DEPTH_MAX 8

struct json {
	json_t *open[DEPTH_MAX]; /* the outermost first; only that one is owned */
	size_t depth;
	bool failed;
};

struct json *json_new(void)
{
	struct json *j = calloc(1, sizeof *j);
	if (!j)
		return NULL;
	j->open[0] = json_object();
	j->depth = 1;
	j->failed = !j->open[0];
	return j;
}

void json_free(struct json *j)
{
	if (!j)
		return;
	json_decref(j->open[0]);
	free(j);
}

void json_freep(struct json **j)
{
	json_free(*j);
}

/* Takes the value, also when it fails. */
static void put(struct json *j, const char *key, json_t *value)
{
	if (!j || j->failed) {
		json_decref(value);
		return;
	}
	json_t *into = j->open[j->depth - 1];
	int r = key ? json_object_set_new(into, key, value) : json_array_append_new(into, value);
	j->failed = r != 0;
}

void json_text(struct json *j, const char *key, const char *text)
{
	put(j, key, text ? json_string(text) : json_null());
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
	put(j, key, json_integer((json_int_t)(n > INT64_MAX ? INT64_MAX : n)));
}

void json_bool(struct json *j, const char *key, bool b)
{
	put(j, key, json_boolean(b));
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

static void open_value(struct json *j, const char *key, json_t *value)
{
	if (j && j->depth == DEPTH_MAX)
		j->failed = true;
	put(j, key, value);
	if (j && !j->failed)
		j->open[j->depth++] = value;
}

void json_open_object(struct json *j, const char *key)
{
	open_value(j, key, json_object());
}

void json_open_list(struct json *j, const char *key)
{
	open_value(j, key, json_array());
}

void json_close(struct json *j)
{
	if (j && !j->failed && j->depth > 1)
		j->depth--;
}

bool json_write(struct json *j, FILE *out)
{
	if (!j || j->failed)
		return false;
	if (json_dumpf(j->open[0], out, JSON_INDENT(2)))
		return ferror(out) != 0;
	fputc('\n', out);
	return true;
}
