/* SPDX-License-Identifier: Apache-2.0 */
/* Hashing the scans of a paper letter: its seal commits to them, and the files stay with whoever made them. */
#include "office/seal_scans.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/limits.h"
#include "base/text.h"
#include "crypto/digest.h"

#define READ_BYTES (256u * 1024)

/* A FIFO that took its place must not hang us. */
static int open_scan(const struct planned_part *p, int *ret_fd, struct stat *ret_st, struct valise_err *err)
{
	const struct shown_text name = text_shown(str_of(p->path));
	int fd = file_openat(AT_FDCWD, p->path, O_RDONLY | O_NOCTTY | O_NONBLOCK, 0);
	if (fd < 0)
		return err_errno(err, errno, "cannot read the scan %s", name.text);
	*ret_fd = fd;
	if (fstat(fd, ret_st) < 0)
		return err_errno(err, errno, "cannot read the scan %s", name.text);
	return S_ISREG(ret_st->st_mode)
		       ? 0
		       : err_set(err, VALISE_E_USAGE, "--scan %s: a scan is a file; name each one", name.text);
}

static int hash_scan(struct valise *v, const struct part_plan *plan, const struct planned_part *p, uint8_t *room,
		     struct part *part, struct valise_err *err)
{
	CLEAN_DIGEST struct digest *digest = NULL;
	CLEAN_CLOSE int fd = -1;
	const struct shown_text name = text_shown(str_of(p->path));
	struct stat st;
	if (strcmp(p->path, "-") == 0)
		return err_set(err, VALISE_E_USAGE, "--scan -: a scan is a file; name each one");
	int r = open_scan(p, &fd, &st, err);
	if (!r)
		r = digest_new(&digest, err);
	for (size_t got = 1; !r && got;) {
		r = file_pread_full(fd, room, READ_BYTES, part->length, &got, name.text, err);
		if (!r)
			r = digest_add(digest, room, got, err);
		part->length += r ? 0 : got;
		if (!r && part->offset + part->length > LIMIT_BODY_BYTES)
			r = err_set(err, VALISE_E_LIMIT, "the scans are too large together");
		if (!r)
			r = office_progress(v, "hashing", part->offset + part->length, plan->bytes, err);
	}
	if (!r && !file_is_unchanged(fd, &st))
		r = err_set(err, VALISE_E_CHANGED,
			    "the scan %s changed while it was read; nothing was sealed, try again when it is at rest",
			    name.text);
	if (!r && !part->length)
		r = err_set(err, VALISE_E_LIMIT, "the scan %s is empty: look whether the scanner wrote it", name.text);
	return r ? r : digest_end(digest, &part->digest, err);
}

int scans_hash(struct valise *v, const struct part_plan *plan, struct part *ret_parts, struct valise_err *err)
{
	CLEAN_FREE uint8_t *room = malloc(READ_BYTES);
	uint64_t offset = 0;
	int r = room ? 0 : err_nomem(err);
	for (size_t i = 0; i < plan->n && !r; i++) {
		ret_parts[i] =
			(struct part){.kind = PART_FILE, .offset = offset, .name = buf_str(&plan->parts[i].name)};
		r = hash_scan(v, plan, &plan->parts[i], room, &ret_parts[i], err);
		offset += ret_parts[i].length;
	}
	return r;
}
