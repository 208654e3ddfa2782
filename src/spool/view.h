/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a database where nothing can be written, with the rows that are still in its log. */
#ifndef SPOOL_VIEW_H
#define SPOOL_VIEW_H

#include "base/err.h"

/* SQLite needs to write locks and an index of the log beside a database before it reads one that keeps a log; told to do without, it
 * forgets the log. A view is a file layer for it in which the database is read in place, the log from a private copy in memory, and
 * the index of the log is memory too. Nothing is written anywhere, nothing is left behind, and opening costs no more for a large
 * spool than for a small one. There are no locks: should somebody write the files after all (through another mount), every later
 * read is VALISE_E_CHANGED. */
struct view;
CHECKED int view_new(int dirfd, const char *name, struct view **ret, struct valise_err *err);
/* For db_open. */
const char *view_vfs(const struct view *v);
/* After the db that reads through it is closed. */
void view_free(struct view *v);

#endif
