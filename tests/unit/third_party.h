/* SPDX-License-Identifier: Apache-2.0 */
/* For tests that read third-party vectors in place: where they are, and reading them; without them the test is skipped, aloud. */
#ifndef TEST_THIRD_PARTY_H
#define TEST_THIRD_PARTY_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/encode.h"

#define THIRD_PARTY_PATH_BYTES 4096

/* The path of `name` among the vectors. Skips the running test when there are none. */
static inline void third_party_path(const char *name, char ret[static THIRD_PARTY_PATH_BYTES])
{
	const char *root = getenv("VALISE_TEST_DATA");
	if (!root || !*root)
		root = "../shared/data";
	(void)snprintf(ret, THIRD_PARTY_PATH_BYTES, "%s/README.md", root);
	if (access(ret, R_OK) != 0) {
		print_message("# SKIP: no third-party vectors in %s; set VALISE_TEST_DATA to their directory\n", root);
		skip();
	}
	(void)snprintf(ret, THIRD_PARTY_PATH_BYTES, "%s/%s", root, name);
}

/* To be released with json_decref. */
static inline json_t *third_party_json(const char *name)
{
	char path[THIRD_PARTY_PATH_BYTES];
	third_party_path(name, path);
	json_error_t e;
	json_t *j = json_load_file(path, 0, &e);
	if (!j)
		fail_msg("%s: %s", path, e.text);
	return j;
}

static inline const char *third_party_text(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));
	if (!text)
		fail_msg("no text \"%s\" in a vector", key);
	return text;
}

/* Replaces what is in *ret with the bytes whose hex is object[key]; its data is never NULL afterwards. */
static inline void third_party_hex(const json_t *object, const char *key, struct buf *ret)
{
	struct str s = str_of(third_party_text(object, key));
	buf_clear(ret);
	buf_add_char(ret, '\0'); /* so that there is memory for no bytes too */
	buf_truncate(ret, 0);
	uint8_t *to = buf_grow(ret, s.len / 2);
	if (s.len > 0 && (!to || !hex_decode(s, to, s.len / 2)))
		fail_msg("\"%s\" of a vector is no hex", key);
}

static inline bool third_party_flag(const json_t *object, const char *flag)
{
	size_t i;
	json_t *f;
	json_array_foreach(json_object_get(object, "flags"), i,
			   f) if (strcmp(json_string_value(f), flag) == 0) return true;
	return false;
}

#endif
