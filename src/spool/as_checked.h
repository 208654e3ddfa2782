/* SPDX-License-Identifier: Apache-2.0 */
/* Since when a file's bytes are known to be those that its root says, and how to see that nobody has written to it since. */
#ifndef SPOOL_AS_CHECKED_H
#define SPOOL_AS_CHECKED_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

struct as_checked {
	bool is_known;
	int64_t checked_s; /* when the first of its bytes was compared */
	int64_t inode, ctime_ns;
};

/* A write to a file alters its ctime, which no program can set, and a copy is another inode. What a disk does to bytes at rest neither
 * shows: so this holds for a day, and not at all for a clock that was ahead. */
bool as_checked_is_recent(const struct as_checked *c);
bool as_checked_is_of(const struct as_checked *c, const struct stat *st);
/* Of a file that has its name and mode, since both alter its ctime. */
struct as_checked as_checked_at(int64_t checked_s, const struct stat *st);

#endif
