/* SPDX-License-Identifier: Apache-2.0 */
/* A place where bags lie: listed, read, published, removed, whatever is behind it. A folder today; a relay is another row. */
#ifndef CHANNEL_STORE_H
#define CHANNEL_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/file.h"
#include "base/newfile.h"
#include "base/str.h"

/* One bag as it lies there. Names are the writer's and prove nothing. */
struct store_bag {
	const char *writer; /* raw bytes */
	const char *name;
	uint64_t bytes;
	bool is_own; /* in our writer's place */
};
typedef int store_each(void *context, const struct store_bag *bag);

/* What became of a published bag. */
struct publication {
	bool durable; /* the place confirmed its syncs */
	bool evicted; /* it could be dropped from the page cache, so that reading it again reads the medium */
};

struct store;
struct store_ops {
	/* By writer, then name; what comes meanwhile may or may not be seen. */
	int (*list)(struct store *s, store_each *each, void *context, struct valise_err *err);
	/* A descriptor to read from, at *ret_bytes of size now. */
	int (*open)(struct store *s, const char *writer, const char *name, int *ret_fd, uint64_t *ret_bytes,
		    struct valise_err *err);
	/* Where our bags are made: a directory for newfile_begin, made on the first call. Borrowed. */
	int (*place)(struct store *s, int *ret_dirfd, struct valise_err *err);
	/* Gives a written file (its bytes complete) its name, durably. The newfile is spent. */
	int (*publish)(struct store *s, struct newfile *file, const char *name, struct publication *ret,
		       struct valise_err *err);
	/* Whether the place confirms that all that lies there by now, whoever put it, is durable; no less than publish does. */
	bool (*confirm)(struct store *s);
	/* One of our own. */
	int (*remove)(struct store *s, const char *name, struct valise_err *err);
	/* The text for whoever finds the place, unless the same, or somebody else's, is there. */
	int (*readme)(struct store *s, struct str text, struct valise_err *err);
	void (*close)(struct store *s);
};
struct store {
	const struct store_ops *ops;
};

/* A folder: `dir`/valise/WRITER/BAG. `writer`: our name there, of [a-z2-7]. `dir` must be there; VALISE_E_IO when it cannot be read. */
CHECKED int folder_open(const char *dir, const char *writer, struct store **ret, struct valise_err *err);

/* Whether a bag can begin with these bytes, one that was damaged there too. */
typedef bool pipe_look(const uint8_t *first, size_t len);
/* A pipe: bags from in_fd, each listed as it comes and readable only then; bags to out_fd. -1 for none. Both stay the caller's.
 * Bags on their way lie unnamed in dirfd, which is borrowed. `patience`: who is asked while nothing comes. Of a stream without a line
 * that `may_be_bag` says no to, only the beginning is read, and listed as a bag. */
CHECKED int pipe_open(int in_fd, int out_fd, int dirfd, const struct file_patience *patience, pipe_look *may_be_bag,
		      struct store **ret, struct valise_err *err);

#endif
