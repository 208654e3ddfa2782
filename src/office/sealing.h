/* SPDX-License-Identifier: Apache-2.0 */
/* One letter on its way to its seal: looked at, made, put into the spool. */
#ifndef OFFICE_SEALING_H
#define OFFICE_SEALING_H

#include "office/seal_desk.h"
#include "office/seal_parts.h"
#include "office/seal_result.h"

/* Everything that one sealing holds; released as a whole. */
struct sealing {
	const struct seal_desk *desk;
	const struct valise_letter *l;
	int64_t now_s;
	struct hashes to;
	struct buf names; /* of addressees, one after the other, each with a NUL */
	size_t n_names;
	struct hash reply;
	struct recipients readers;
	struct part_plan plan;
	struct part *parts;
	struct stream_sealer *sealer;
	struct sealed_stream body;
	struct buf subject, ref; /* of paper: its description */
	bool has_same_ref;
	struct hash same_ref; /* a letter that has that ref already */
	struct cover cover;
	struct buf cover_file; /* of paper: the sheet */
	struct seal seal;
	struct verified_seal *verified;
};
/* Both are borrowed. */
void sealing_init(struct sealing *s, const struct seal_desk *desk, const struct valise_letter *l);
void sealing_release(struct sealing *s);

/* Whom it goes to, by the names in the letter, into s->to and the seal: before the desk is opened, which has to know them. */
CHECKED int sealing_find(struct sealing *s, struct valise_err *err);
/* Checks, beside an open desk, all that can be checked before anything is read of the files: who reads it, what it holds, its words. */
CHECKED int sealing_look(struct sealing *s, struct valise_err *err);
/* After that: body, cover, seal. It touches nothing of the desk but who signs, and where s->plan.is_small nothing of the spool but its
 * place for temporary files: so such letters are made on any thread. */
CHECKED int sealing_make(struct sealing *s, struct valise_err *err);
/* Its rows, in an open transaction. */
CHECKED int sealing_put(struct sealing *s, struct valise_err *err);
/* What its caller is told; everything in it is borrowed. */
struct seal_facts sealing_facts(const struct sealing *s);

#endif
