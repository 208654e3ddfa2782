/* SPDX-License-Identifier: Apache-2.0 */
/* Statements between the look and the signature. */
#ifndef OFFICE_SAYING_H
#define OFFICE_SAYING_H

#include "office/drafting.h"

/* As small as it can be: there may be one for each letter of an archive. The statement itself is in its text. */
struct draft {
	struct valise_draft_view view;
	char short_id[HASH_SHORT_BYTES];
	char *text, *question, *title, *already;
	struct hash letter;
	enum says says;
	struct draft_signer signer;
	bool in_rows; /* the letter's body is in the database, and was looked at there */
	bool follows; /* another draft about the same letter comes before it */
	uint64_t nth; /* as of the signing, with its time */
	int64_t time_s;
	char id[HASH_HEX_BYTES + 1];
};

struct valise_draft {
	struct register_set set; /* our own register, as of the look */
	struct draft *drafts;
	size_t n;
	const char **ids;
	/* Who signs what was drafted last: thousands of statements mostly say the same. */
	bool has_signer;
	enum says signer_says;
	struct draft_signer signer;
	struct hashes letters;          /* that drafts are about */
	struct spool_changes looked_at; /* the spool, when it was looked at */
};

/* What our office has said of the letter already: `already` where that was this, and once is enough. */
CHECKED int draft_check_history(struct valise *v, const struct register_set *set, const struct statement *s,
				struct draft *d, struct valise_err *err);
/* Whether it states something of the letter's bytes. */
bool draft_is_of_bytes(const struct draft *d);
/* That the letter is here, as far as this can be told without reading the body, which is returned open. Not for paper. */
CHECKED int draft_check_here(struct valise *v, const struct draft *d, const struct letter_row *row,
			     const struct verified_seal *seal, struct body *ret, struct valise_err *err);

#endif
