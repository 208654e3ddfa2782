/* SPDX-License-Identifier: Apache-2.0 */
/* Missions: a brief, the letters that it sent somebody to deliver, and who besides the envoy confirms it. */
#include "base/text.h"
#include "office/proposals.h"

#include <stdio.h>

struct errand {
	struct valise_errand pub;
	const struct valise_said **words;
	const struct valise_office_view **offices;
	bool *by_envoy;
	const struct valise_reported **reported;
	char *to;
};

struct mission {
	struct valise_mission pub;        /* first: freed through it */
	struct valise_accounts **letters; /* the errands'; what they borrow from */
	size_t n_letters, n_unread;
	struct valise_proposals *meetings;
	const struct valise_accounts *brief; /* the caller's */
	struct errand *errands;
	struct valise_errand *shown;
	size_t n_errands;
};

void valise_mission_free(struct valise_mission *pub)
{
	struct mission *m = (struct mission *)pub;
	if (!m)
		return;
	for (size_t i = 0; i < m->n_letters; i++)
		valise_accounts_free(m->letters[i]);
	for (size_t i = 0; i < m->n_errands; i++) {
		free(m->errands[i].words);
		free(m->errands[i].offices);
		free(m->errands[i].by_envoy);
		free(m->errands[i].reported);
		free(m->errands[i].to);
	}
	valise_proposals_free(m->meetings);
	free(m->letters);
	free(m->errands);
	free(m->shown);
	free(m);
}

static void mission_freep(struct mission **m)
{
	if (*m)
		valise_mission_free(&(*m)->pub);
}

/* ---- Who is who ---- */

enum brief_part { PART_NONE, PART_SENDER, PART_ENVOY };

/* What an office of some letter is to the brief. */
static enum brief_part part_in(const struct valise_accounts *brief, const char *id)
{
	enum brief_part part = PART_NONE;
	for (size_t i = 0; i < brief->n_parties; i++) {
		const struct valise_party *p = &brief->parties[i];
		if (p->office == SIZE_MAX || strcmp(brief->offices[p->office].id, id) != 0)
			continue;
		if (p->is_recipient)
			return PART_ENVOY;
		part = p->is_sender ? PART_SENDER : part;
	}
	return part;
}

static bool regards(const struct valise_said *s, const char *note)
{
	for (size_t i = 0; i < s->n_regarding; i++)
		if (strcmp(s->regarding[i], note) == 0)
			return true;
	return false;
}

static bool is_errand(const struct valise_accounts *brief, const struct valise_accounts *a)
{
	for (size_t i = 0; i < a->n_said; i++)
		if (a->said[i].counts && regards(&a->said[i], brief->letter) &&
		    part_in(brief, a->offices[a->said[i].office].id) != PART_NONE)
			return true;
	return false;
}

/* ---- One errand ---- */

static void add_word(const struct mission *m, struct errand *e, const struct valise_accounts *a,
		     const struct valise_said *s)
{
	enum brief_part part = part_in(m->brief, a->offices[s->office].id);
	size_t n = e->pub.n_words++;
	e->words[n] = s;
	e->offices[n] = &a->offices[s->office];
	e->by_envoy[n] = part == PART_ENVOY;
	e->pub.n_others += part == PART_NONE;
}

static struct errand *new_errand(struct mission *m, const struct valise_accounts *a)
{
	struct errand *e = &m->errands[m->n_errands];
	*e = (struct errand){.pub = {.letter = a->letter, .short_id = a->short_id, .ref = a->ref}};
	e->words = calloc(a->n_said + 1, sizeof(*e->words));
	e->offices = calloc(a->n_said + 1, sizeof(*e->offices));
	e->by_envoy = calloc(a->n_said + 1, sizeof *e->by_envoy);
	e->reported = calloc(a->n_reported + 1, sizeof(*e->reported));
	m->n_errands++;
	return e->words && e->offices && e->by_envoy && e->reported ? e : NULL;
}

/* Its recipients: the first, and how many more; and how far the least far of them is. */
static int address(const struct valise_accounts *a, struct errand *e)
{
	enum valise_state least = VALISE_STATE_REVIEWED;
	const char *first = "";
	size_t n = 0;
	for (size_t i = 0; i < a->n_parties; i++) {
		const struct valise_party *p = &a->parties[i];
		if (!p->is_recipient)
			continue;
		if (!n++)
			first = p->office == SIZE_MAX ? p->addressee : a->offices[p->office].label;
		least = p->state < least ? p->state : least;
	}
	e->pub.kind = "deliver";
	e->pub.state = valise_state_name(least);
	return asprintf(&e->to, n > 1 ? "%s and %zu more" : "%s", first, n - 1) < 0 ? -1 : 0;
}

/* What is said of the letter's way; words about its contents or a meeting are no part of the errand. */
static bool tells_of_way(const char *says)
{
	static const enum says way[] = {SAYS_HANDED,   SAYS_CARRYING, SAYS_DELIVERED, SAYS_ATTEMPTED,
					SAYS_RECEIVED, SAYS_REFUSED,  SAYS_OPENED,    SAYS_REVIEWED,
					SAYS_LOST,     SAYS_DAMAGED,  SAYS_RETURNED,  SAYS_DESTROYED};
	for (size_t i = 0; i < sizeof way / sizeof *way; i++)
		if (strcmp(says, says_table[way[i]].name) == 0)
			return true;
	return false;
}

/* What is reported of it, in such words. */
static void add_reports(struct errand *e, const struct valise_accounts *a, bool (*tells)(const char *says))
{
	for (size_t i = 0; i < a->n_reported; i++) {
		const struct valise_reported *r = &a->reported[i];
		if (r->counts_as_filed && !r->n_corrected_by && tells(r->says))
			e->reported[e->pub.n_reported++] = r;
	}
}

static int add_delivery(struct mission *m, const struct valise_accounts *a, struct valise_err *err)
{
	struct errand *e = new_errand(m, a);
	if (!e || address(a, e) < 0)
		return err_nomem(err);
	for (size_t i = 0; i < a->n_said; i++)
		if (a->said[i].counts && tells_of_way(a->said[i].says))
			add_word(m, e, a, &a->said[i]);
	add_reports(e, a, tells_of_way);
	return 0;
}

static bool tells_of_message(const char *says)
{
	return strcmp(says, says_table[SAYS_CONVEYED].name) == 0;
}

/* The brief's message, passed on to one office: who says so, and what regards that. */
static int add_message(struct mission *m, size_t first, struct valise_err *err)
{
	const struct valise_accounts *a = m->brief;
	struct errand *e = new_errand(m, a);
	size_t to = a->said[first].to;
	if (!e || !(e->to = strdup(a->offices[to].label)))
		return err_nomem(err);
	e->pub.kind = "convey";
	e->pub.state = says_table[SAYS_CONVEYED].name;
	for (size_t i = 0; i < a->n_said; i++) {
		const struct valise_said *s = &a->said[i];
		bool conveys = strcmp(s->says, says_table[SAYS_CONVEYED].name) == 0 && s->to == to;
		bool answers = s->office == to;
		for (size_t k = 0; k < e->pub.n_words && answers; k++)
			if (regards(s, e->words[k]->id))
				conveys = true;
		if (s->counts && conveys)
			add_word(m, e, a, s);
	}
	add_reports(e, a, tells_of_message); /* a report does not name to whom */
	return 0;
}

/* ---- The whole ---- */

static bool is_first_to(const struct valise_accounts *a, size_t said)
{
	const struct valise_said *s = &a->said[said];
	if (!s->counts || strcmp(s->says, says_table[SAYS_CONVEYED].name) != 0)
		return false;
	for (size_t i = 0; i < said; i++)
		if (a->said[i].counts && strcmp(a->said[i].says, s->says) == 0 && a->said[i].to == s->to)
			return false;
	return true;
}

static int take_letter(void *context, const struct hash *letter)
{
	struct hashes *ids = context;
	return hashes_add(ids, letter, NULL);
}

static int find_letters(struct valise *v, struct mission *m, const struct hash *brief, struct valise_err *err)
{
	CLEANUP(hashes_release) struct hashes ids = {0};
	int r = letters_regarding(v->spool, brief, take_letter, &ids, err);
	m->letters = calloc(ids.n + 1, sizeof(*m->letters));
	m->errands = calloc(ids.n + m->brief->n_said + 1, sizeof *m->errands);
	if (r == VALISE_E_NOMEM || !m->letters || !m->errands)
		return err_nomem(err);
	for (size_t i = 0; i < ids.n && !r; i++) {
		struct valise_accounts *a = NULL;
		r = office_accounts_if_read(v, &ids.at[i], &a, err);
		if (r)
			return r;
		if (!a) {
			m->n_unread++;
			continue;
		}
		m->letters[m->n_letters++] = a;
		if (is_errand(m->brief, a))
			r = add_delivery(m, a, err);
	}
	for (size_t i = 0; i < m->brief->n_said && !r; i++)
		if (is_first_to(m->brief, i))
			r = add_message(m, i, err);
	return r;
}

static int show_all(struct mission *m, struct valise_err *err)
{
	m->shown = calloc(m->n_errands + 1, sizeof *m->shown);
	if (!m->shown)
		return err_nomem(err);
	for (size_t i = 0; i < m->n_errands; i++) {
		struct errand *e = &m->errands[i];
		m->shown[i] = e->pub;
		m->shown[i].to = e->to;
		m->shown[i].words = e->words;
		m->shown[i].offices = e->offices;
		m->shown[i].by_envoy = e->by_envoy;
		m->shown[i].reported = e->reported;
	}
	m->pub = (struct valise_mission){m->shown, m->n_errands, m->meetings, m->n_unread};
	return 0;
}

int valise_mission(struct valise *v, const struct valise_accounts *brief, struct valise_mission **ret,
		   struct valise_err *err)
{
	CLEANUP(mission_freep) struct mission *m = calloc(1, sizeof *m);
	struct hash id;
	if (!m)
		return err_nomem(err);
	m->brief = brief;
	int r = office_letter(v, brief->letter, &id, err);
	if (!r)
		r = proposals_of(brief, &m->meetings, err);
	if (!r)
		r = find_letters(v, m, &id, err);
	if (!r)
		r = show_all(m, err);
	if (!r)
		*ret = &TAKE(m)->pub;
	return r;
}
