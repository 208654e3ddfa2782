/* SPDX-License-Identifier: Apache-2.0 */
/* Key files. */
#include "spool/keys.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/text.h"
#include "spool/inside.h"

#define KEY_NAME_CHARS 32
#define KEYS_MAX 100000u

static bool is_key_name(const char *name)
{
	return strlen(name) == KEY_NAME_CHARS && strspn(name, "0123456789abcdef") == KEY_NAME_CHARS;
}

static int look_at_name(const struct spool *s, const char *name, struct valise_err *err)
{
	if (!is_key_name(name))
		return err_set(err, VALISE_E_USAGE, "\"%s\" is no key's name: it has 32 lowercase hex digits",
			       text_shown(str_of(name)).text);
	if (s->keysfd < 0)
		return err_set(err, VALISE_E_NOT_FOUND, "the spool %s holds no keys", text_shown(str_of(s->dir)).text);
	return 0;
}

static int refuse_read_only(const struct spool *s, struct valise_err *err)
{
	if (s->is_read_only)
		return err_set(err, VALISE_E_READ_ONLY, "the spool %s is open for reading only",
			       text_shown(str_of(s->dir)).text);
	return 0;
}

int key_file_put(struct spool *s, const char *name, struct str bytes, struct valise_err *err)
{
	int r = look_at_name(s, name, err);
	if (!r)
		r = refuse_read_only(s, err);
	if (!r && bytes.len > LIMIT_KEY_FILE_BYTES)
		return err_set(err, VALISE_E_LIMIT, "the key file %s is larger than %u bytes", name,
			       LIMIT_KEY_FILE_BYTES);
	if (!r)
		r = file_write_new(s->keysfd, name, 0600, bytes.at, bytes.len, true, err);
	return r;
}

int key_file_get(struct spool *s, const char *name, struct buf *ret, struct valise_err *err)
{
	int r = look_at_name(s, name, err);
	if (r)
		return r;
	r = file_read_all(s->keysfd, name, ret, err);
	if (r == VALISE_E_NOT_FOUND)
		return err_set(err, r, "the key %s is not in the spool %s", name, text_shown(str_of(s->dir)).text);
	return r ? err_prefix(err, r, "a key of the spool %s", text_shown(str_of(s->dir)).text) : 0;
}

int key_file_remove(struct spool *s, const char *name, struct valise_err *err)
{
	int r = look_at_name(s, name, err);
	if (!r)
		r = refuse_read_only(s, err);
	if (r)
		return r;
	if (unlinkat(s->keysfd, name, 0) < 0)
		return err_errno(err, errno, "cannot remove the key %s", name);
	return file_sync_dir(s->keysfd, "keys", NULL, err);
}

int key_files(struct spool *s, struct names *ret, struct valise_err *err)
{
	CLEAN_NAMES struct names all = {NULL, 0};
	int r = s->keysfd < 0 ? 0 : names_read(s->keysfd, KEYS_MAX, &all, err);
	if (r)
		return r;
	size_t n = 0;
	for (size_t i = 0; i < all.count; i++) {
		if (is_key_name(all.names[i]))
			all.names[n++] = all.names[i];
		else
			free(all.names[i]);
	}
	all.count = n;
	*ret = all;
	all = (struct names){NULL, 0};
	return 0;
}
