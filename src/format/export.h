/* SPDX-License-Identifier: Apache-2.0 */
/* The members of an export, a whole spool in one tar: what it opens with, and which names stand for which of a spool's files
 * (spec/export.md). */
#ifndef FORMAT_EXPORT_H
#define FORMAT_EXPORT_H

#include "base/buf.h"
#include "base/hash.h"

#define EXPORT_HEAD_NAME "valise-export"
#define EXPORT_DATABASE_NAME "valise.db"
#define EXPORT_MANIFEST_NAME "MANIFEST"
#define EXPORT_HEAD_BYTES 256u
#define EXPORT_PATH_BYTES 128u /* no name is longer */

/* In the order in which they stand; within a kind by the bytes of the path. */
enum export_kind {
	EXPORT_HEAD,
	EXPORT_DATABASE,
	EXPORT_BODY,    /* "bodies/ab/" and 64 hex digits that begin with ab */
	EXPORT_EXHIBIT, /* "exhibits/ab/", the same */
	EXPORT_PARTIAL, /* "partial/", 64 hex digits, "." and a decimal */
	EXPORT_KEY,     /* "keys/" and 32 hex digits */
	EXPORT_MANIFEST,
	EXPORT_KINDS
};
/* False for any other name: nothing else is ever written out. */
CHECKED bool export_kind_of(struct str path, enum export_kind *ret);

struct export_head {
	struct hash office;
	int64_t made_s;
};
void export_head_write(const struct export_head *h, struct buf *ret);
CHECKED int export_head_parse(struct str text, struct export_head *ret, struct valise_err *err);

/* A line of the manifest, as sha256sum has them. */
void export_line_write(const struct hash *sha256, struct str path, struct buf *ret);

#endif
