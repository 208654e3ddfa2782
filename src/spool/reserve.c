/* SPDX-License-Identifier: Apache-2.0 */
/* Room on the spool's disk: what fills it leaves some, and a reserve is kept for the day when others have filled it, so that a spool can
 * still say so, deliver, and let go of something. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "spool/inside.h"

#define RESERVE_NAME "reserve"
#define RESERVE_BYTES (2 * 1024 * 1024)
#define RESERVE_STEP_BYTES (64 * 1024)
#define RESERVE_PART_BYTES (256 * 1024) /* at a time: whoever else fills the disk shall not have all of it at once */
#define RESERVE_OF_BYTES (8u * 1024 * 1024)
#define LEFT_BYTES (8u * 1024 * 1024) /* by what fills the disk, beside what the log needs to be merged */
#define TIGHT_BYTES (1024u * 1024)

uint64_t spool_free_bytes(const struct spool *s)
{
	struct statvfs st;
	return fstatvfs(s->dirfd, &st) < 0 || !st.f_blocks ? UINT64_MAX : (uint64_t)st.f_bavail * st.f_frsize;
}

/* Failing at this is no failure: it may be had another time. */
void reserve_keep(const struct spool *s)
{
	struct stat st;
	if (fstatat(s->dirfd, RESERVE_NAME, &st, AT_SYMLINK_NOFOLLOW) == 0 && st.st_size >= RESERVE_BYTES)
		return;
	if (spool_free_bytes(s) < RESERVE_OF_BYTES)
		return;
	CLEAN_CLOSE int fd = file_openat(s->dirfd, RESERVE_NAME, O_WRONLY | O_CREAT | O_NOFOLLOW, 0600);
	static const uint8_t nothing[RESERVE_STEP_BYTES];
	for (off_t at = 0; fd >= 0 && at < RESERVE_BYTES; at += RESERVE_STEP_BYTES)
		if (pwrite(fd, nothing, sizeof nothing, at) != (ssize_t)sizeof nothing) {
			(void)!ftruncate(fd, 0);
			return;
		}
}

bool reserve_give(const struct spool *s, uint64_t but)
{
	struct stat st;
	CLEAN_CLOSE int fd = file_openat(s->dirfd, RESERVE_NAME, O_WRONLY | O_NOFOLLOW, 0);
	if (fd < 0 || fstat(fd, &st) || st.st_size <= 0 || (uint64_t)st.st_size <= but)
		return false;
	return ftruncate(fd, st.st_size > RESERVE_PART_BYTES ? st.st_size - RESERVE_PART_BYTES : 0) == 0;
}

/* What merging it may add to the database. */
static uint64_t log_bytes(const struct spool *s)
{
	struct stat st;
	return fstatat(s->dirfd, SPOOL_DB_NAME "-wal", &st, AT_SYMLINK_NOFOLLOW) ? 0 : (uint64_t)st.st_size;
}

bool spool_has_room(const struct spool *s, uint64_t bytes)
{
	uint64_t free = spool_free_bytes(s);
	return free >= bytes && free - bytes >= LEFT_BYTES + log_bytes(s);
}

int spool_need_room(const struct spool *s, uint64_t bytes, struct valise_err *err)
{
	if (spool_has_room(s, bytes))
		return 0;
	return err_set(
		err, VALISE_E_FULL,
		"the disk of the spool %s has %s left, and this takes %s; the last %s stay free, so that what is here can be "
		"delivered and let go of. Make room (`valise forget --all --dry-run` shows which letters' bytes could go), and do it again",
		text_shown(str_of(s->dir)).text, size_text(spool_free_bytes(s)).text, size_text(bytes).text,
		size_text(LEFT_BYTES + log_bytes(s)).text);
}

bool spool_save_room(struct spool *s)
{
	uint64_t free = spool_free_bytes(s);
	if (free >= TIGHT_BYTES)
		return false;
	db_merge_log(&s->db);
	if (free < RESERVE_PART_BYTES)
		(void)!reserve_give(s, RESERVE_BYTES / 2);
	return true;
}

/* The log is merged between small transactions: then it begins anew, and needs no room. */
int spool_in_steps(struct spool *s, size_t n, size_t most, spool_step *step, void *context, size_t *ret_done,
		   struct valise_err *err)
{
	size_t at_once = most;
	int r = 0;
	for (*ret_done = 0; *ret_done < n && !r;) {
		size_t end = n - *ret_done < at_once ? n : *ret_done + at_once;
		r = step(context, *ret_done, end, err);
		if (!r)
			*ret_done = end;
		if (r == VALISE_E_FULL || at_once < most)
			db_merge_log(&s->db);
		if (r == VALISE_E_FULL && (at_once > 1 || reserve_give(s, 0))) {
			at_once = (at_once + 15) / 16;
			r = 0;
		}
	}
	return r;
}
