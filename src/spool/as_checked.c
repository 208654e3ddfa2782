/* SPDX-License-Identifier: Apache-2.0 */
/* What a file was when it was checked, against what it is. */
#include "spool/as_checked.h"

#include "base/clock.h"

#define HOLDS_S (24 * 60 * 60)

static int64_t ctime_ns(const struct stat *st)
{
	return (int64_t)st->st_ctim.tv_sec * 1000000000 + st->st_ctim.tv_nsec;
}

bool as_checked_is_recent(const struct as_checked *c)
{
	int64_t now_s = clock_now_s();
	return c->is_known && c->checked_s <= now_s && now_s - c->checked_s <= HOLDS_S;
}

bool as_checked_is_of(const struct as_checked *c, const struct stat *st)
{
	return c->is_known && c->inode == (int64_t)st->st_ino && c->ctime_ns == ctime_ns(st);
}

struct as_checked as_checked_at(int64_t checked_s, const struct stat *st)
{
	return (struct as_checked){true, checked_s, (int64_t)st->st_ino, ctime_ns(st)};
}
