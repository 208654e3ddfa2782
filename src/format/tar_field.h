/* SPDX-License-Identifier: Apache-2.0 */
/* What a tar header and the extensions before it say of their member: numbers, names, and which extensions may be there. */
#ifndef FORMAT_TAR_FIELD_H
#define FORMAT_TAR_FIELD_H

#include "format/tar_block.h"

/* Octal digits, with spaces before and spaces or NULs after them; or GNU's base-256 of a number that is not negative. */
CHECKED bool tar_field_number(const char *field, size_t size, uint64_t *ret);

/* Gathered from pax headers and GNU's long names; each may come once for a member. */
struct tar_extensions {
	struct buf path; /* with the last '/' of a directory */
	struct buf target;
	bool has_path, has_target, has_bytes, has_mtime;
	bool has_pax, has_global; /* headers seen */
	uint64_t bytes;
	int64_t mtime_s;
};
void tar_extensions_init(struct tar_extensions *x);
void tar_extensions_release(struct tar_extensions *x);
/* For the next member; keeps the memory. */
void tar_extensions_clear(struct tar_extensions *x);

/* True for the header types that tar_extension_read takes. */
bool tar_type_extends(char type);
/* The text of one extension of that type: VALISE_E_BAD when it is malformed, repeated, or changes more than names, size and time. */
CHECKED int tar_extension_read(struct tar_extensions *x, char type, struct str text, struct valise_err *err);
/* The member that header and extensions describe together; its texts lie in *x. */
CHECKED int tar_extensions_member(struct tar_extensions *x, const struct tar_header *h, struct tar_member *ret,
				  struct valise_err *err);

#endif
