/* SPDX-License-Identifier: Apache-2.0 */
/* A stream of plaintext in, a file out: encrypted with age, hashed and written by the pipeline while the caller reads on. Bodies of
 * letters are made so, and bags. */
#ifndef OFFICE_SEAL_STREAM_H
#define OFFICE_SEAL_STREAM_H

#include "base/newfile.h"
#include "format/age.h"
#include "office/imprint.h"

struct stream_sealer;

struct stream_target {
	const struct age_recipient *to;
	size_t n_to;            /* 0: the stream is written as it is */
	int dirfd;              /* where the file will get its name; borrowed */
	size_t in_memory_bytes; /* a result up to this size is not written to a file at all */
	const char *what;       /* for error texts: "the sealed body" */
	bool past_cache;        /* a large result is not read again soon: it goes past the page cache */
	bool for_others;        /* whom the umask lets, may read the file; otherwise its owner alone */
	/* Begun: taken of what is written, in place of root and tally. Borrowed; NULL: root and tally. */
	struct imprint *imprint;
};
/* randomness: AGE_RANDOM_BYTES(n_to), NULL when there is nobody to encrypt to. */
CHECKED int stream_sealer_new(const struct stream_target *target, const uint8_t *randomness, struct stream_sealer **ret,
			      struct valise_err *err);
void stream_sealer_free(struct stream_sealer *s);
void stream_sealer_freep(struct stream_sealer **s);
#define CLEAN_STREAM_SEALER CLEANUP(stream_sealer_freep)

/* Room for the next plaintext bytes, at least one; to be filled from its start and told of by stream_sealer_add with the same
 * pointer: so large files are read straight into place. */
CHECKED int stream_sealer_room(struct stream_sealer *s, uint8_t **ret, size_t *ret_len, struct valise_err *err);
/* The next bytes of the stream; copied unless they lie where stream_sealer_room said. */
CHECKED int stream_sealer_add(struct stream_sealer *s, const uint8_t *data, size_t len, struct valise_err *err);
CHECKED int stream_sealer_zeros(struct stream_sealer *s, uint64_t len, struct valise_err *err);
uint64_t stream_sealer_offset(const struct stream_sealer *s);

/* The whole: its size; its tree root, and its tally, which the sealer keeps, unless an imprint was wanted. The file is synced. */
struct sealed_stream {
	struct hash root;
	uint64_t bytes;
	struct str tally;
};
CHECKED int stream_sealer_end(struct stream_sealer *s, struct sealed_stream *ret, struct valise_err *err);
/* After stream_sealer_end: the file, to be given its name; NULL when the result is small and in memory. */
struct newfile *stream_sealer_file(struct stream_sealer *s);
struct str stream_sealer_memory(const struct stream_sealer *s);

#endif
