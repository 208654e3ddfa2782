/* SPDX-License-Identifier: Apache-2.0 */
/* Statements that nobody looks at before they are signed: by keys that the register marks as machines, so that every account says so. */
#include "office/unattended.h"

#include <stdio.h>

#include "base/array.h"
#include "base/clock.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "office/saying.h"
#include "spool/settled.h"

#define BATCH 500u
#define RULES "valise/unattended@1" /* raised when it is decided otherwise of which letters it can be said */

void unattended_release(struct unattended *u)
{
	findings_release(&u->findings);
	free(u->said);
	free(u->title);
	hashes_release(&u->open);
	*u = (struct unattended){.title = NULL};
}

/* ---- Who ---- */

static const struct {
	enum says says;
	enum valise_all which;
} can_be_said[] = {{SAYS_RECEIVED, VALISE_ALL_UNRECEIVED}, {SAYS_CARRYING, VALISE_ALL_UNCARRIED}};

static int find_word(const char *says, struct unattended *u, struct valise_err *err)
{
	for (size_t i = 0; i < sizeof can_be_said / sizeof can_be_said[0]; i++)
		if (strcmp(says, says_table[can_be_said[i].says].name) == 0) {
			u->says = can_be_said[i].says;
			u->which = can_be_said[i].which;
			return 0;
		}
	return err_set(
		err, VALISE_E_USAGE,
		"unattended only received and carrying can be said: that every byte is here is what a machine can "
		"see. Say %s with `valise say`",
		text_shown(str_of(says)).text);
}

int unattended_begin(struct valise *v, const char *says, const char *as, struct unattended *ret, struct valise_err *err)
{
	CLEAN_REGISTER_SET struct register_set set = REGISTER_SET_NONE;
	CLEANUP(unattended_release) struct unattended u = {.title = NULL};
	struct officer officer;
	const struct key *key;
	unsigned role;
	int r = find_word(says, &u, err);
	if (!r)
		r = register_set_self(v, &set, err);
	struct signer_wish wish = {.roles = says_table[u.says].roles, .as = as};
	if (!r)
		r = office_signer(v, &set, &wish, &officer, &role, err);
	if (r)
		return r;
	struct shown_text title = text_shown(officer.title);
	if (!(officer.roles & ROLE_MACHINE))
		return err_set(
			err, VALISE_E_NOT_ALLOWED,
			"%s is no machine by your register, so nothing is signed with its key unless a person looks: say it with "
			"`valise say %s`, or appoint a key for this machine (`valise officer request --roles %s,machine`)",
			title.text, says_table[u.says].name, role_name(role));
	if (valise_is_copy(v))
		return err_set(
			err, VALISE_E_NOT_ALLOWED,
			"this spool is a copy of another, or was restored from a backup: %s may have said things that are not known "
			"here, and would contradict itself. When all of them have come back, and no other copy says anything, let a "
			"person say so with `valise doctor --only-copy`",
			title.text);
	r = key_unlock(v, &officer.key, title.text, &key, err);
	if (r)
		return r;
	u.as = vkey_text(&officer.key);
	u.title = strdup(title.text);
	if (!u.title)
		return err_nomem(err);
	*ret = u;
	u = (struct unattended){.title = NULL};
	return 0;
}

/* ---- Which ---- */

/* That somebody hands a stranger's letter to us makes it none that we were handed: a party of it has to say so. */
static int was_handed(struct valise *v, const struct hash *letter, bool *ret, struct valise_err *err)
{
	CLEAN_GATHERED struct gathered g = {0};
	CLEANUP(hashes_release) struct hashes holders = {0};
	int r = gather(v, letter, &g, err);
	if (r == VALISE_E_BAD) { /* damaged here: that is told where it is to be said */
		*ret = true;
		return 0;
	}
	if (!r)
		r = hashes_add(&holders, &g.seal->s.from.office, err);
	if (!r)
		r = gathered_recipients(&g, &holders, err);
	if (!r)
		r = gathered_add_holders(&g, &holders, err);
	if (!r)
		*ret = hashes_have(&holders, &v->self);
	return r;
}

struct ids {
	char **at; /* hex */
	size_t n;
};

static void ids_release(struct ids *i)
{
	valise_ids_free(i->at, i->n);
	*i = (struct ids){NULL, 0};
}

struct adding {
	struct hashes letters;
	struct valise_err *err;
};

static int add_letter(void *context, const struct hash *letter)
{
	struct adding *a = context;
	return hashes_add(&a->letters, letter, a->err);
}

/* What was known when all letters were last seen to, and where the log ends now. It is filed under the word: which officer says it makes no
 * difference to which letters it can be said of. */
struct seen_to {
	struct settled then;
	bool is_known;
	struct log_end end;
};

/* Of which letters there is something new since then, as a put-out has it (office/settled.h); or all. */
static int find_news(struct valise *v, const struct unattended *u, struct seen_to *seen, struct adding *news)
{
	const struct str word = str_of(says_table[u->says].name);
	const struct span spans[] = {{RULES, sizeof RULES}, {word.at, word.len}};
	struct hash place;
	bool all = false;
	digest_spans(spans, 2, &place);
	int r = log_end(v->spool, &seen->end, news->err);
	if (!r)
		r = settled_get(v->spool, &place, &seen->end, clock_now_s(), &seen->then, add_letter, news,
				&seen->is_known, news->err);
	if (!r && seen->is_known)
		r = letters_touched(v->spool, seen->then.upto.seq, add_letter, news, &all, news->err);
	seen->then.place = place;
	if (r || (seen->is_known && !all))
		return r;
	hashes_release(&news->letters);
	return office_letters(v, &news->letters, news->err);
}

/* For next time; where that fails, all letters are seen to again. */
static void remember(struct valise *v, const struct unattended *u, const struct seen_to *seen)
{
	const struct settled now = {.place = seen->then.place,
				    .upto = seen->end,
				    .since_s = INT64_MIN,
				    .until_s = INT64_MAX,
				    .open = u->open.at,
				    .n_open = u->open.n};
	if (!seen->is_known || seen->then.upto.seq != seen->end.seq)
		(void)!settled_put(v->spool, &now, NULL);
}

static int find_letters(struct valise *v, const struct unattended *u, struct seen_to *seen, struct ids *ret,
			struct valise_err *err)
{
	CLEANUP(ids_release) struct ids all = {NULL, 0};
	struct adding news = {.err = err};
	size_t kept = 0;
	int r = find_news(v, u, seen, &news);
	if (!r)
		r = office_letters_which(v, &news.letters, u->which, &all.at, &all.n, err);
	hashes_release(&news.letters);
	for (size_t i = 0; i < all.n && !r; i++) {
		struct hash id;
		bool meant = u->says != SAYS_CARRYING;
		if (!meant && hash_parse(str_of(all.at[i]), &id))
			r = was_handed(v, &id, &meant, err);
		if (r || !meant)
			continue;
		char *swap = all.at[kept];
		all.at[kept++] = all.at[i];
		all.at[i] = swap;
	}
	if (r)
		return r;
	for (size_t i = kept; i < all.n; i++)
		free(all.at[i]);
	all.n = kept;
	*ret = all;
	all = (struct ids){NULL, 0};
	return 0;
}

/* ---- Saying ---- */

static int note_said(struct unattended *u, const struct hash *letter, const char *note, struct valise_err *err)
{
	struct unattended_statement *grown = array_room(u->said, u->n, &u->cap, sizeof *grown);
	if (!grown)
		return err_nomem(err);
	u->said = grown;
	grown[u->n].letter = *letter;
	u->n += hash_parse(str_of(note), &grown[u->n].note);
	return 0;
}

/* Of one that is damaged here, nothing; the others are none the worse for it. */
static int tell(struct unattended *u, const char *letter, const char *why, struct valise_err *err)
{
	CLEAN_BUF struct buf b = BUF_INIT(8192);
	struct hash id;
	int r = hash_parse(str_of(letter), &id) ? hashes_add(&u->open, &id, err) : 0;
	if (r)
		return r;
	buf_addf(&b, "%s was not said: %s", says_table[u->says].name, why);
	return findings_add(&u->findings, &b, err);
}

struct leaving {
	struct unattended *u;
	struct valise_err *err;
};

static int leave_out(void *context, const char *letter, const struct valise_err *why)
{
	struct leaving *l = context;
	bool is_its_own = why->code == VALISE_E_BAD || why->code == VALISE_E_NOT_ALLOWED ||
			  why->code == VALISE_E_NOT_FOUND || why->code == VALISE_E_IO;
	return is_its_own ? tell(l->u, letter, why->text, l->err) : why->code;
}

/* As `say` does, but for the question. */
static int say_of(struct valise *v, struct unattended *u, char *const *letters, size_t n, struct valise_err *err)
{
	struct leaving leaving = {u, err};
	struct valise_draft *d = NULL;
	const char *const *ids = NULL;
	CLEAN_FREE struct valise_statement *s = calloc(n, sizeof *s);
	if (!s)
		return err_nomem(err);
	for (size_t i = 0; i < n; i++)
		s[i] = (struct valise_statement){
			.says = says_table[u->says].name, .letter = letters[i], .as = u->as.text};
	int r = valise_say_look_round(v, s, n, leave_out, &leaving, &d, err);
	if (!r)
		r = valise_say_sign(v, d, &ids, err);
	for (size_t i = 0; !r && i < d->n; i++)
		if (ids[i])
			r = note_said(u, &d->drafts[i].letter, ids[i], err);
	valise_draft_free(d);
	return r;
}

int unattended_say(struct valise *v, struct unattended *u, struct valise_err *err)
{
	CLEANUP(ids_release) struct ids letters = {NULL, 0};
	struct seen_to seen = {.is_known = false};
	int r = find_letters(v, u, &seen, &letters, err);
	for (size_t i = 0; i < letters.n && !r; i += BATCH)
		r = say_of(v, u, letters.at + i, letters.n - i < BATCH ? letters.n - i : BATCH, err);
	if (!r)
		remember(v, u, &seen);
	return r;
}
