/* SPDX-License-Identifier: Apache-2.0 */
/* Words looked for in references and subjects; what is under seal is opened on the fly, and kept nowhere. */
#include "office/search.h"

#include "base/nfc.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "office/unlock_cover.h"

#define WORDS_MAX 16u
#define FOLDED_BYTES (LIMIT_FREE_TEXT_BYTES * 8) /* folding may lengthen a text */

struct search {
	struct valise *v;
	struct buf folded; /* the words, which borrow from it */
	struct str words[WORDS_MAX];
	size_t n_words;
	struct identities keys; /* none: no reading key of ours is here */
	struct locked_cover locked;
	uint64_t n_closed;
};

void search_free(struct search *s)
{
	if (!s)
		return;
	buf_release(&s->folded);
	locked_cover_release(&s->locked);
	identities_release(&s->keys);
	free(s);
}

void search_freep(struct search **s)
{
	search_free(*s);
}

uint64_t search_closed(const struct search *s)
{
	return s->n_closed;
}

bool search_reads(const struct search *s)
{
	return s->keys.n > 0;
}

static int split(struct search *s, const char *words, struct valise_err *err)
{
	int r = nfc_fold_append(&s->folded, str_of(words), err);
	const char *at = r || !s->folded.len ? "" : (const char *)s->folded.data;
	while (!r && *at) {
		size_t len = strcspn(at, " \t\n");
		if (len && s->n_words == WORDS_MAX)
			return err_set(err, VALISE_E_LIMIT, "at most %u words can be looked for at once", WORDS_MAX);
		if (len)
			s->words[s->n_words++] = (struct str){at, len};
		at += len + strspn(at + len, " \t\n");
	}
	if (!r && !s->n_words)
		r = err_set(err, VALISE_E_USAGE, "there is no word to look for");
	return r;
}

int search_begin(struct valise *v, const char *words, struct search **ret, struct valise_err *err)
{
	CLEAN_REGISTER_SET struct register_set set = REGISTER_SET_NONE;
	CLEAN_SEARCH struct search *s = calloc(1, sizeof *s);
	if (!s)
		return err_nomem(err);
	s->v = v;
	buf_init(&s->folded, FOLDED_BYTES);
	buf_init(&s->locked.file, LIMIT_COVER_BYTES);
	s->locked.keys = &s->keys;
	int r = split(s, words, err);
	if (!r)
		r = register_set_self(v, &set, err);
	if (!r)
		r = office_identities(v, &set, ROLE_READER, &s->keys, err);
	if (r)
		return r;
	*ret = TAKE(s);
	return 0;
}

/* Takes the words that stand in `text` out of `missing`, a bit for each. */
static int strike(const struct search *s, struct str text, unsigned *missing, struct valise_err *err)
{
	CLEAN_BUF_SECRET struct buf folded = BUF_INIT(FOLDED_BYTES);
	if (!text.at || !text.len)
		return 0;
	int r = nfc_fold_append(&folded, text, err);
	for (size_t i = 0; i < s->n_words && !r && folded.len; i++) {
		if (memmem(folded.data, folded.len, s->words[i].at, s->words[i].len))
			*missing &= ~(1u << i);
	}
	return r;
}

static int strike_subject(struct search *s, const struct verified_seal *seal, unsigned *missing, struct buf *subject,
			  struct valise_err *err)
{
	CLEAN_BUF_SECRET struct buf text = BUF_INIT(LIMIT_COVER_BYTES);
	CLEAN_COVER struct cover c = {0};
	struct hash digest;
	buf_clear(&s->locked.file);
	if (seal->s.paper.at)
		return 0;
	int r = cover_get(s->v->spool, &seal->note.id, &s->locked.file, err);
	if (r == VALISE_E_NOT_FOUND)
		return 0;
	if (!r) {
		digest_once(s->locked.file.data, s->locked.file.len, &digest);
		r = hash_eq(&digest, &seal->s.cover) ? 0 : VALISE_E_BAD;
	}
	if (!r)
		r = search_reads(s) ? unlock_cover(&s->locked, seal, &c, &text, err) : VALISE_E_NOT_ALLOWED;
	if (r == VALISE_E_BAD || r == VALISE_E_NOT_ALLOWED || r == VALISE_E_LIMIT) {
		s->n_closed++;
		return 0;
	}
	if (r)
		return r;
	text_show(subject, c.subject);
	r = buf_check(subject, "a subject", err);
	return r ? r : strike(s, c.subject, missing, err);
}

/* One that is damaged here, or that was sealed to others, is no failure of the search: it is counted. */
int search_letter(struct search *s, const struct hash *letter, bool *ret_found, struct buf *subject,
		  struct valise_err *err)
{
	CLEAN_SEAL struct verified_seal *seal = NULL;
	unsigned missing = (1u << s->n_words) - 1;
	int r = letter_seal(s->v->spool, letter, &seal, err);
	if (r == VALISE_E_BAD) {
		s->n_closed++;
		*ret_found = false;
		return 0;
	}
	if (!r)
		r = strike(s, seal->s.ref, &missing, err);
	if (!r)
		r = strike(s, seal->s.paper, &missing, err);
	if (!r)
		r = strike_subject(s, seal, &missing, subject, err);
	if (!r)
		*ret_found = missing == 0;
	return r;
}
