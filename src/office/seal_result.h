/* SPDX-License-Identifier: Apache-2.0 */
/* A sealing, done or only tried, as its caller is told of it. */
#ifndef OFFICE_SEAL_RESULT_H
#define OFFICE_SEAL_RESULT_H

#include "office/office.h"

/* Everything is borrowed. */
struct seal_facts {
	const struct register_set *set;
	const struct hashes *to;   /* offices */
	const struct seal *seal;   /* as far as it is filled in: addressees, what the paper is, the size of the body */
	const struct hash *letter; /* NULL: a dry run */
	const struct hash *same_ref;
	size_t n_parts;
	uint64_t plain_bytes;
	int64_t now_s;
};
CHECKED int seal_result(struct valise *v, const struct seal_facts *f, struct valise_sealed **ret,
			struct valise_err *err);

#endif
