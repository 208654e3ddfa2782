/* SPDX-License-Identifier: Apache-2.0 */
/* The 512-byte block of tar, as POSIX lays it out, and what reader and writer both hold of a member (spec/body.md). */
#ifndef FORMAT_TAR_BLOCK_H
#define FORMAT_TAR_BLOCK_H

#include "format/tar.h"

#define TAR_BLOCK_BYTES 512u

/* All characters, so a block that was read is one of these wherever it lies. */
struct tar_header {
	char name[100];
	char mode[8];
	char uid[8];
	char gid[8];
	char size[12];
	char mtime[12];
	char checksum[8];
	char type;
	char link[100];
	char magic[8]; /* with the version */
	char uname[32];
	char gname[32];
	char major[8];
	char minor[8];
	char prefix[155];
	char unused[12];
};
_Static_assert(sizeof(struct tar_header) == TAR_BLOCK_BYTES, "a tar header is a block");

#define TAR_MAGIC_POSIX "ustar\00000"
#define TAR_MAGIC_GNU "ustar  "

/* The sum of all bytes, the checksum's own counted as spaces. */
unsigned tar_header_sum(const struct tar_header *h);

/* The bytes from the end of the data to the end of its last block. */
static inline uint64_t tar_padding(uint64_t bytes)
{
	return (TAR_BLOCK_BYTES - bytes % TAR_BLOCK_BYTES) % TAR_BLOCK_BYTES;
}

/* 0, or `code` with a text: the rules for paths, depths and links that hold for every member, whoever made it. */
CHECKED int tar_member_check(const struct tar_member *m, int code, struct valise_err *err);

#endif
