/* SPDX-License-Identifier: Apache-2.0 */
/* Where accounts do not fit together, and signers or registers are not in order (spec/accounts.md, "Disagreements"). */
#include <stdlib.h>

#include "evidence/work.h"

static int number_order(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

void sort_list(struct work *w, size_t n)
{
	qsort(w->list, n, sizeof *w->list, number_order);
}

void add_disagreement(struct work *w, const char *kind, const uint32_t *said, size_t n_said, const struct hash *others,
		      size_t n_others)
{
	struct work_found *f = ARENA_NEW(&w->scratch, struct work_found, 1);
	const char **notes = ARENA_NEW(w->out, const char *, n_said + n_others);
	const char *text = arena_take(w->out, &w->text);
	if (!f || !notes || !text || (n_said && !w->a->said))
		return;
	for (size_t i = 0; i < n_said; i++)
		notes[i] = w->a->said[said[i]].id;
	for (size_t i = 0; i < n_others; i++)
		notes[n_said + i] = arena_text(w->out, str_of(hash_hex(&others[i]).text));
	f->d = (struct valise_disagreement){kind, text, notes, n_said + n_others};
	*w->found_end = f;
	w->found_end = &f->next;
}

/* A seal whose signer's standing cannot be judged contradicts nothing: that stands in the verdict. */
static void find_seal_signer(struct work *w)
{
	enum valise_standing s = w->a->sender_standing;
	if (w->a->sender_standing_good || s == VALISE_STANDING_INCOMPLETE || s == VALISE_STANDING_NO_REGISTER)
		return;
	buf_add_text(&w->text, "The seal's signer may not sign for ");
	say_name(w, w->shown[0]);
	buf_add_text(&w->text, ": ");
	say_standing(w, s, &w->sealer, ROLE_PRINCIPAL, w->seal->date_s);
	buf_add_char(&w->text, '.');
	add_disagreement(w, "seal-no-standing", NULL, 0, &w->e->seal->note.id, 1);
}

static const struct {
	enum valise_standing standing;
	const char *kind;
	const char *why;
} without[] = {
	{VALISE_STANDING_NOT_APPOINTED, "no-standing",
	 "signed with a key that was not appointed in the register that it cites"},
	{VALISE_STANDING_WRONG_ROLE, "no-standing",
	 "signed by an officer who is not appointed to the role that it states"},
	{VALISE_STANDING_DISMISSED, "no-standing", "signed by an officer who had been dismissed"},
	{VALISE_STANDING_EXPIRED, "expired", "signed by an officer whose appointment had ended"},
};

/* One for each office and cause, however many notes: anybody can make notes in anybody's name. */
static void find_signers(struct work *w)
{
	for (uint32_t i = 0; i < w->n_parties; i++) {
		const struct work_office *o = taking_part(w, i);
		for (size_t k = 0; o && k < sizeof without / sizeof without[0]; k++) {
			size_t n = 0;
			for (uint32_t j = 0; j < o->n_said; j++) {
				if (w->said[o->said[j]].standing == without[k].standing)
					w->list[n++] = o->said[j];
			}
			if (!n)
				continue;
			if (n == 1)
				buf_addf(&w->text, "The statement \"%s\" in the name of ",
					 says_table[w->said[w->list[0]].v->s.says].name);
			else
				buf_addf(&w->text, "Each of %zu statements in the name of ", n);
			say_name(w, w->shown[i]);
			buf_addf(&w->text, " is %s. It does not count.", without[k].why);
			add_disagreement(w, without[k].kind, w->list, n, NULL, 0);
		}
	}
}

static void find_forks(struct work *w)
{
	for (uint32_t i = 0; i < w->n_parties; i++) {
		const struct work_office *o = taking_part(w, i);
		const struct verified_entry *a, *b;
		if (!o || !o->reg || !office_fork(o->reg, &a, &b))
			continue;
		buf_add_text(&w->text, "The register of ");
		say_name(w, w->shown[i]);
		buf_addf(
			&w->text,
			" forked: two entries, each signed as it must be, %s. Who is appointed there depends on whom you ask.",
			!a->e.has_keepers || hash_eq(&a->e.previous, &b->e.previous)
				? "follow one and the same entry"
				: "each claim to open what follows one generation");
		const struct hash entries[2] = {a->note.id, b->note.id};
		add_disagreement(w, "fork", NULL, 0, entries, 2);
	}
}

void find_disagreements(struct work *w)
{
	static void (*const checks[])(struct work * w) = {
		find_seal_signer,
		find_signers,
		find_forks,
		find_older_than_seal,
		find_steps_out_of_order,
		find_numbers,
		find_regarding,
		find_unconfirmed,
		find_media,
		find_withdrawn,
		find_lost,
		find_opposites,
		find_reported_carriage,
		find_reported_and_said,
		find_reports_contrary,
		find_report_numbers,
		find_report_regarding,
		find_identified_twice,
	};
	w->list = ARENA_NEW(&w->scratch, uint32_t, w->n_said);
	for (size_t i = 0; w->list && i < sizeof checks / sizeof checks[0]; i++)
		checks[i](w);
}
