/* SPDX-License-Identifier: Apache-2.0 */
/* Large files past the page cache: no copy, nothing else pushed out of memory, and what is read comes from the medium. */
#ifndef BASE_DIRECT_H
#define BASE_DIRECT_H

#include <stddef.h>

/* Files up to here stay in the cache: whoever wrote one soon reads it again. */
#define DIRECT_FROM_BYTES (16u * 1024 * 1024)
/* What transfers begin and end at, in the file and in memory. Others go through the cache, and all after them. */
#define DIRECT_BLOCK_BYTES 4096u
/* Of the whole blocks around any `len` bytes. */
#define DIRECT_ROOM_BYTES(len) (((len) / DIRECT_BLOCK_BYTES + 2) * DIRECT_BLOCK_BYTES)

/* From now on fd goes past the cache, where the filesystem has such a thing. A transfer that does not fit ends it in file_pread_full
 * and file_pwrite_all: begin it once for an open file, not again while others use it. */
void direct_begin(int fd);
void direct_end(int fd);
/* Room for such transfers, not touched yet. free(). */
void *direct_buffer(size_t bytes);
/* The same in large pages, which make one request of many: for what will be used from end to end. */
void *direct_buffer_large(size_t bytes);

#endif
