/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a statement is our office's to make, and one that the letter can have. */
#include "office/may_say.h"

#include "base/limits.h"
#include "base/text.h"

int may_say_party(struct valise *v, const struct statement *s, const char *short_id, const struct verified_seal *seal,
		  struct valise_err *err)
{
	const struct says_row *row = &says_table[s->says];
	bool sender = hash_eq(&seal->s.from.office, &v->self), recipient;
	int r = office_addressed(v, seal, &v->self, &recipient, err);
	if (r)
		return r;
	if (row->counts == COUNTS_FROM_SENDER && !sender)
		return err_set(err, VALISE_E_NOT_ALLOWED, "%s is the sender's to say, and your office did not seal %s",
			       row->name, short_id);
	if (row->counts == COUNTS_FROM_RECIPIENT && !recipient)
		return err_set(err, VALISE_E_NOT_ALLOWED,
			       "%s is a recipient's to say, and %s is not addressed to your office", row->name,
			       short_id);
	return 0;
}

int may_say_paper(const struct statement *s, const char *short_id, const struct verified_seal *seal,
		  struct valise_err *err)
{
	const struct says_row *row = &says_table[s->says];
	CLEAN_BUF struct buf names = BUF_INIT(LIMIT_SEAL_BYTES * 8);
	if (seal->s.paper.at && row->not_of_paper)
		return err_set(
			err, VALISE_E_NOT_ALLOWED,
			"%s is paper: %s states that a program checked bytes, and there are none; say reviewed of what a "
			"person has considered, refused or damaged of what is not as described",
			short_id, row->name);
	if (s->says != SAYS_IDENTIFIED || statement_identifies(s, &seal->s))
		return 0;
	if (!seal->s.n_addressees)
		return err_set(err, VALISE_E_USAGE,
			       "%s has no addressee without a card, so that there is nobody to identify", short_id);
	if (hash_eq(&s->to, &seal->s.from.office))
		return err_set(
			err, VALISE_E_USAGE,
			"your office sealed %s, and an addressee is somebody else; name with --to the office that "
			"the addressee is, or say nothing while it has no card",
			short_id);
	for (size_t i = 0; i < seal->s.n_addressees; i++) {
		buf_add_text(&names, i ? ", " : "");
		text_quote(&names, seal->s.addressees[i]);
	}
	int r = buf_check(&names, "the addressees", err);
	if (r)
		return r;
	return err_set(err, VALISE_E_USAGE, "--text names no addressee of %s, exactly as the seal has it: %s", short_id,
		       (char *)names.data);
}
