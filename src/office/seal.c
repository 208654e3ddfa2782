/* SPDX-License-Identifier: Apache-2.0 */
/* Sealing a letter: all of it in the spool, or nothing. */
#include "office/sealing.h"

/* What an electronic letter has and paper has not, or the other way round. */
int valise_letter_check(const struct valise_letter *l, struct valise_err *err)
{
	if (l->n_to == 0)
		return err_set(err, VALISE_E_USAGE, "say with -t which office the letter goes to");
	if (!l->paper && l->n_scans)
		return err_set(err, VALISE_E_USAGE,
			       "--scan goes with --paper; without it, name the files to seal them");
	if (!l->paper && l->no_card)
		return err_set(err, VALISE_E_USAGE,
			       "--no-card goes with --paper: an electronic letter is sealed to the keys on a card");
	if (!l->paper && l->n_paths == 0)
		return err_set(
			err, VALISE_E_USAGE,
			"name the files to seal, or - for standard input, or say with --paper what the paper is");
	if (!l->paper)
		return 0;
	if (l->n_paths)
		return err_set(
			err, VALISE_E_USAGE,
			"--paper and files exclude each other: nothing of a paper letter is sealed but its description; "
			"--scan FILE commits to the digest of a scan");
	if (l->subject)
		return err_set(err, VALISE_E_USAGE,
			       "a paper letter has no --subject: that stands under seal, and paper has no such place; "
			       "what everybody may read goes into --paper or --ref");
	if (l->in_reply_to)
		return err_set(
			err, VALISE_E_USAGE,
			"a paper letter has no --in-reply-to: that stands under seal, and paper has no such place; "
			"what everybody may read goes into --paper or --ref");
	if (l->keep_no_copy)
		return err_set(err, VALISE_E_USAGE, "--keep-no-copy says nothing of paper: no copy of it is made");
	return 0;
}

/* ---- The workflow ---- */

static int commit_letter(struct sealing *s, struct valise_err *err)
{
	int r = spool_begin(s->desk->v->spool, err);
	if (r)
		return r;
	r = sealing_put(s, err);
	return spool_end(s->desk->v->spool, r, err);
}

/* Everything that can fail comes before the commit. */
static int look_and_make(struct sealing *s, struct seal_desk *desk, struct valise_err *err)
{
	int r = sealing_find(s, err);
	for (size_t i = 0; i < s->to.n && !r; i++)
		r = hashes_add(&desk->offices, &s->to.at[i], err);
	if (!r)
		r = seal_desk_open(desk, s->l->paper != NULL, err);
	if (!r)
		r = sealing_look(s, err);
	if (r || s->l->dry_run)
		return r;
	r = seal_desk_unlock(desk, err);
	return r ? r : sealing_make(s, err);
}

int valise_seal(struct valise *v, const struct valise_letter *l, struct valise_sealed **ret, struct valise_err *err)
{
	CLEAN_SEAL_DESK struct seal_desk desk = {0};
	CLEANUP(sealing_release) struct sealing s;
	struct valise_sealed *result = NULL;
	sealing_init(&s, &desk, l);
	int r = valise_letter_check(l, err);
	if (!r)
		r = seal_desk_init(&desk, v, err);
	if (!r)
		r = look_and_make(&s, &desk, err);
	const struct seal_facts facts = sealing_facts(&s);
	if (!r)
		r = seal_result(v, &facts, &result, err);
	if (!r && !l->dry_run)
		r = commit_letter(&s, err);
	if (r) {
		valise_sealed_free(result);
		return r;
	}
	*ret = result;
	return 0;
}
