/* SPDX-License-Identifier: Apache-2.0 */
/* Requests: what an officer's own machine asks the keeper to appoint, signed by the very key (spec/request.md). */
#ifndef FORMAT_REQUEST_H
#define FORMAT_REQUEST_H

#include "format/register.h"

struct request {
	int64_t time_s;
	struct str title;     /* free text, wished for */
	unsigned roles;       /* of enum role, wished for; at least one besides machine */
	struct str recipient; /* "age1...", NULL for "-"; fits the roles */
	struct vkey by;       /* the key that asks to be appointed */
};

/* VALISE_E_BAD: not a request, byte for byte, that request_write would have written. Strs borrow from the text. */
CHECKED int request_parse(struct str text, struct request *ret, struct valise_err *err);
/* Appends the text. VALISE_E_USAGE when the values are none that parse. */
CHECKED int request_write(const struct request *r, struct buf *ret_text, struct valise_err *err);

/* A request whose signature was checked: whoever made it holds the key. */
struct verified_request {
	struct note note;
	struct request r;
};
CHECKED int request_verify(const void *bytes, size_t len, struct verified_request **ret, struct valise_err *err);
void verified_request_free(struct verified_request *v);
void verified_request_freep(struct verified_request **v);
#define CLEAN_REQUEST CLEANUP(verified_request_freep)

#endif
