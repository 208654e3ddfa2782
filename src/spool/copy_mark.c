/* SPDX-License-Identifier: Apache-2.0 */
/* The file that a spool has of its own, and the row that remembers it. */
#include "spool/copy_mark.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/encode.h"
#include "base/file.h"
#include "base/text.h"
#include "spool/inside.h"

#define SETTING "copy-mark"
#define PREFIX "only-copy."
#define RANDOM_BYTES 8u
#define NAMES_MAX 10000u

static const char says[] =
	"This file tells this spool from copies of it. A copy has another, and so cannot fork the register of its "
	"office:\nsee valise-doctor(1), --only-copy.\n";

struct copy_mark {
	char text[96];
};

static int write_mark(const struct spool *s, const char *name, struct copy_mark *ret, struct valise_err *err)
{
	struct stat st;
	if (fstatat(s->dirfd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return err_errno(err, errno, "cannot look at %s in the spool %s", name,
				 text_shown(str_of(s->dir)).text);
	(void)snprintf(ret->text, sizeof ret->text, "%s %" PRIu64 " %" PRId64 ".%09ld", name, (uint64_t)st.st_ino,
		       (int64_t)st.st_ctim.tv_sec, st.st_ctim.tv_nsec);
	return 0;
}

int copy_mark_renew(struct spool *s, struct valise_err *err)
{
	uint8_t random[RANDOM_BYTES];
	CLEAN_BUF struct buf name = BUF_INIT(64);
	struct copy_mark m;
	int r = spool_need_transaction(s, err);
	if (!r)
		r = random_fill(random, sizeof random, err);
	if (r)
		return r;
	buf_add_text(&name, PREFIX);
	hex_encode(&name, random, sizeof random);
	r = buf_check(&name, "a mark's name", err);
	if (!r)
		r = file_write_new(s->dirfd, (char *)name.data, 0600, says, sizeof says - 1, false, err);
	if (!r)
		r = write_mark(s, (char *)name.data, &m, err);
	return r ? r : setting_put(s, SETTING, str_of(m.text), err);
}

void copy_mark_sweep(struct spool *s)
{
	CLEAN_BUF struct buf kept = BUF_INIT(sizeof((struct copy_mark *)NULL)->text);
	CLEAN_NAMES struct names names = {NULL, 0};
	if (spool_begin(s, NULL))
		return;
	bool known = setting_get(s, SETTING, &kept, NULL) == 0 && names_read(s->dirfd, NAMES_MAX, &names, NULL) == 0;
	for (size_t i = 0; known && i < names.count; i++) {
		struct str name = str_of(names.names[i]);
		bool is_kept = str_starts(buf_str(&kept), name) && kept.len > name.len && kept.data[name.len] == ' ';
		if (str_starts(name, STR(PREFIX)) && !is_kept)
			(void)unlinkat(s->dirfd, names.names[i], 0);
	}
	spool_rollback(s);
	newfile_sweep(s->dirfd);
}

/* Whether what the row says is so. */
static int look_at_file(const struct spool *s, struct str kept, enum copy_mark_state *ret, struct valise_err *err)
{
	struct copy_mark now;
	const char *space = memchr(kept.at, ' ', kept.len);
	*ret = COPY_MARK_OTHER;
	if (!space || !str_starts(kept, STR(PREFIX)))
		return 0;
	CLEAN_FREE char *name = strndup(kept.at, (size_t)(space - kept.at));
	if (!name)
		return err_nomem(err);
	if (strchr(name, '/') || write_mark(s, name, &now, NULL))
		return 0;
	if (str_eq(kept, str_of(now.text)))
		*ret = COPY_MARK_FITS;
	return 0;
}

/* Another program may renew it meanwhile, and remove the file that the row named a moment ago: then the row is another. */
int copy_mark_look(struct spool *s, enum copy_mark_state *ret, struct valise_err *err)
{
	CLEAN_BUF struct buf kept = BUF_INIT(sizeof((struct copy_mark *)NULL)->text);
	CLEAN_BUF struct buf before = BUF_INIT(sizeof((struct copy_mark *)NULL)->text);
	int r = setting_get(s, SETTING, &kept, err);
	*ret = COPY_MARK_NONE;
	if (r)
		return r == VALISE_E_NOT_FOUND ? 0 : r;
	do {
		buf_clear(&before);
		buf_add_str(&before, buf_str(&kept));
		r = buf_check(&before, "a mark", err);
		if (!r)
			r = look_at_file(s, buf_str(&before), ret, err);
		buf_clear(&kept);
		if (!r && *ret == COPY_MARK_OTHER)
			r = setting_get(s, SETTING, &kept, err);
	} while (!r && *ret == COPY_MARK_OTHER && !str_eq(buf_str(&kept), buf_str(&before)));
	return r;
}
