/* SPDX-License-Identifier: Apache-2.0 */
/* A megabyte that is kept for the day the disk is full, so that a spool can still say so, and let go of something. */
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/file.h"
#include "spool/inside.h"

#define RESERVE_NAME "reserve"
#define RESERVE_BYTES (1024 * 1024)
#define RESERVE_STEP_BYTES (64 * 1024)
#define RESERVE_PART_BYTES \
	(RESERVE_BYTES / 4) /* at a time: whoever else fills the disk shall not have all of it at once */
#define RESERVE_OF_BYTES \
	(64u * 1024 * 1024) /* only where there is plenty: on a small disk it would be what is missing */

uint64_t spool_free_bytes(const struct spool *s)
{
	struct statvfs st;
	return fstatvfs(s->dirfd, &st) < 0 ? 0 : (uint64_t)st.f_bavail * st.f_frsize;
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

bool spool_use_reserve(struct spool *s)
{
	struct stat st;
	if (s->is_read_only || spool_free_bytes(s) >= RESERVE_BYTES)
		return false;
	CLEAN_CLOSE int fd = file_openat(s->dirfd, RESERVE_NAME, O_WRONLY | O_NOFOLLOW, 0);
	if (fd >= 0 && fstat(fd, &st) == 0)
		(void)!ftruncate(fd, st.st_size > RESERVE_PART_BYTES ? st.st_size - RESERVE_PART_BYTES : 0);
	return true;
}
