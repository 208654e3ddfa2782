/* SPDX-License-Identifier: Apache-2.0 */
/* The steps of a sealing: recipients and their readers, the body, the cover to the readers, the seal. A paper letter has neither body nor
 * cover; a sheet, which stays here, opens what its seal commits to. */
#include "office/sealing.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "office/seal_scans.h"

void sealing_init(struct sealing *s, const struct seal_desk *desk, const struct valise_letter *l)
{
	*s = (struct sealing){.desk = desk,
			      .l = l,
			      .now_s = clock_now_s(),
			      .names = BUF_INIT(LIMIT_SEAL_BYTES),
			      .subject = BUF_INIT(LIMIT_FREE_TEXT_BYTES),
			      .ref = BUF_INIT(LIMIT_FREE_TEXT_BYTES),
			      .cover_file = BUF_INIT(LIMIT_COVER_BYTES)};
}

void sealing_release(struct sealing *s)
{
	hashes_release(&s->to);
	recipients_release(&s->readers);
	stream_sealer_free(s->sealer);
	free(s->parts);
	part_plan_release(&s->plan);
	secret_release(&s->cover.keys); /* its arrays are those above */
	free(s->seal.to);
	free(s->seal.addressees);
	buf_release(&s->names);
	buf_release(&s->subject);
	buf_release(&s->ref);
	buf_release(&s->cover_file);
	verified_seal_free(s->verified);
}

/* ---- Who ---- */

static int add_addressee(struct sealing *s, struct str name, struct valise_err *err)
{
	for (size_t i = 0, at = 0; i < s->n_names; i++) {
		struct str known = str_of((char *)s->names.data + at);
		if (str_eq(known, name))
			return 0;
		at += known.len + 1;
	}
	buf_add_str(&s->names, name);
	buf_add_char(&s->names, 0);
	s->n_names++;
	return buf_check(&s->names, "the addressees", err);
}

static int add_to(struct sealing *s, const char *typed, struct valise_err *err)
{
	CLEAN_BUF struct buf text = BUF_INIT(LIMIT_FREE_TEXT_BYTES);
	struct valise_err why = {0};
	struct hash office;
	int r = text_free_of(str_of(typed), "the addressee's name", &text, err);
	if (r)
		return r;
	const char *name = (const char *)text.data;
	r = s->l->no_card ? office_find_whole(s->desk->v, name, &office, &why)
			  : office_find(s->desk->v, name, &office, &why);
	if (!r)
		return hashes_add(&s->to, &office, err);
	if (r == VALISE_E_NOT_FOUND && s->l->no_card)
		return add_addressee(s, buf_str(&text), err);
	if (r == VALISE_E_NOT_FOUND)
		return err_set(err, r,
			       "%s; who has no card can be named on a paper letter: --paper DESCRIPTION --no-card",
			       why.text);
	if (r == VALISE_E_AMBIGUOUS && s->l->no_card)
		return err_set(err, r, "%s, or for somebody without a card a name that is no beginning of an office's",
			       why.text);
	err_copy(err, &why);
	return r;
}

/* The names stay where they are from now on. */
static int place_addressees(struct sealing *s, struct valise_err *err)
{
	s->seal.addressees = calloc(s->n_names + 1, sizeof *s->seal.addressees);
	if (!s->seal.addressees)
		return err_nomem(err);
	const char *at = (const char *)s->names.data;
	for (; s->seal.n_addressees < s->n_names; at += strlen(at) + 1)
		s->seal.addressees[s->seal.n_addressees++] = str_of(at);
	return 0;
}

int sealing_find(struct sealing *s, struct valise_err *err)
{
	if (s->l->n_to > LIMIT_RECIPIENTS)
		return err_set(err, VALISE_E_LIMIT, "a letter goes to at most %u offices", LIMIT_RECIPIENTS);
	int r = 0;
	for (size_t i = 0; i < s->l->n_to && !r; i++)
		r = add_to(s, s->l->to[i], err);
	return r ? r : place_addressees(s, err);
}

/* Its readers, and its line of the seal. */
static int add_recipient(struct sealing *s, const struct correspondent *c, struct valise_err *err)
{
	if (c->code) {
		err_copy(err, &c->err);
		return c->code;
	}
	s->seal.to[s->seal.n_to++] = c->newest;
	return s->l->paper ? 0 : recipients_join(&s->readers, &c->readers, err);
}

static int choose_readers(struct sealing *s, struct valise_err *err)
{
	const struct correspondent *self = seal_desk_of(s->desk, &s->desk->v->self);
	int r = 0;
	s->seal.from = self->newest;
	s->seal.to = calloc(s->to.n + 1, sizeof *s->seal.to);
	if (!s->seal.to)
		return err_nomem(err);
	for (size_t i = 0; i < s->to.n && !r; i++)
		r = add_recipient(s, seal_desk_of(s->desk, &s->to.at[i]), err);
	if (!r && !s->l->keep_no_copy)
		r = recipients_join(&s->readers, &self->readers, err);
	if (!r && s->l->n_scans && !s->readers.n)
		r = err_set(
			err, VALISE_E_NOT_ALLOWED,
			"your office has no reader with a key, so nobody could ever disclose a scan; appoint one first");
	if (!r && s->readers.n > LIMIT_STANZAS)
		r = err_set(err, VALISE_E_LIMIT,
			    "the recipients have %zu readers together, and a letter has at most %u; seal several%s",
			    s->readers.n, LIMIT_STANZAS, s->l->keep_no_copy ? "" : ", or --keep-no-copy");
	return r;
}

/* ---- What ---- */

/* The first part's name where that can be a subject as it is. */
static int default_subject(struct sealing *s, struct valise_err *err)
{
	if (text_free_of(buf_str(&s->plan.parts[0].name), "the subject", &s->subject, NULL)) {
		buf_clear(&s->subject);
		buf_addf(&s->subject, "%zu part%s", s->plan.n, s->plan.n == 1 ? "" : "s");
	}
	return buf_check(&s->subject, "the subject", err);
}

static int plan_parts(struct sealing *s, struct valise_err *err)
{
	const struct valise_letter *l = s->l;
	if (l->paper)
		return l->n_scans ? part_plan_make(l->scans, l->n_scans, &s->plan, err) : 0;
	int r = part_plan_make(l->paths, l->n_paths, &s->plan, err);
	return r ? r : part_plan_survey(s->desk->v, &s->plan, err);
}

static int take_words(struct sealing *s, struct valise_err *err)
{
	const struct valise_letter *l = s->l;
	int r = 0;
	if (l->paper)
		r = text_free_of(str_of(l->paper), "--paper", &s->subject, err);
	else if (l->subject)
		r = text_free_of(str_of(l->subject), "the subject", &s->subject, err);
	else
		r = default_subject(s, err);
	if (!r && l->ref)
		r = text_free_of(str_of(l->ref), "the ref", &s->ref, err);
	if (!r && l->ref)
		r = letter_own_ref(s->desk->v->spool, buf_str(&s->ref), &s->has_same_ref, &s->same_ref, err);
	if (!r && l->in_reply_to)
		r = office_letter(s->desk->v, l->in_reply_to, &s->reply, err);
	if (!r && l->has_answer_by && l->answer_by_s <= s->now_s)
		r = err_set(err, VALISE_E_USAGE, "--answer-by %s is past already", time_text(l->answer_by_s).text);
	if (!r && l->has_keep_until && l->keep_until_s <= s->now_s)
		r = err_set(err, VALISE_E_USAGE, "--keep-until %s is past already", time_text(l->keep_until_s).text);
	if (!r)
		r = buf_check(&s->subject, "the subject", err);
	if (!r && l->paper)
		s->seal.paper = buf_str(&s->subject);
	return r;
}

int sealing_look(struct sealing *s, struct valise_err *err)
{
	int r = choose_readers(s, err);
	if (!r)
		r = plan_parts(s, err);
	return r ? r : take_words(s, err);
}

/* ---- Making it ---- */

/* The key of the body and the seed of the salts, and room for the parts. */
static int begin_cover(struct sealing *s, struct valise_err *err)
{
	int r = secret_alloc(&s->cover.keys, COVER_KEYS_BYTES, err);
	if (!r)
		r = random_fill(s->cover.keys.bytes, s->cover.keys.len, err);
	s->parts = calloc(s->plan.n + 1, sizeof *s->parts);
	return r || s->parts ? r : err_nomem(err);
}

static int seal_the_body(struct sealing *s, struct valise_err *err)
{
	uint8_t randomness[AGE_RANDOM_BYTES(1)];
	struct age_identity body_key;
	struct age_recipient to;
	int r = begin_cover(s, err);
	if (!r)
		r = random_fill(randomness, sizeof randomness, err);
	if (!r)
		r = age_identity_x25519(cover_body_key(&s->cover), &body_key, err);
	if (!r) {
		memcpy(to.point, body_key.point, sizeof to.point);
		struct stream_target target = {.to = &to,
					       .n_to = 1,
					       .dirfd = spool_tmpfd(s->desk->v->spool),
					       .in_memory_bytes = BODY_SMALL_BYTES,
					       .what = "the sealed body"};
		r = stream_sealer_new(&target, randomness, &s->sealer, err);
	}
	secret_wipe(randomness, sizeof randomness);
	secret_wipe(&body_key, sizeof body_key);
	if (!r)
		r = parts_write(s->desk->v, &s->plan, s->sealer, s->parts, err);
	if (!r)
		r = stream_sealer_end(s->sealer, &s->body, err);
	/* Of a stream nobody knew how much it is. */
	return r || s->plan.is_small ? r : spool_need_room(s->desk->v->spool, 0, err);
}

static void fill_seal(struct sealing *s)
{
	const struct valise_letter *l = s->l;
	struct seal *seal = &s->seal;
	seal->ref = s->ref.len ? buf_str(&s->ref) : (struct str){0};
	seal->date_s = s->now_s;
	seal->has_answer_by = l->has_answer_by;
	seal->answer_by_s = l->answer_by_s;
	seal->has_keep_until = l->has_keep_until;
	seal->keep_until_s = l->keep_until_s;
	seal->body = s->body.root;
	seal->body_bytes = s->body.bytes;
	seal->by = s->desk->principal.key;
}

/* The contents root goes into the core, the core into the cover, the cover's hash into the seal: in that order. */
static int write_cover(struct sealing *s, struct valise_err *err)
{
	CLEAN_BUF_SECRET struct buf text = BUF_INIT(LIMIT_COVER_BYTES);
	CLEAN_BUF_SECRET struct buf randomness = BUF_INIT(AGE_RANDOM_BYTES(LIMIT_STANZAS));
	size_t n_random = AGE_RANDOM_BYTES(s->readers.n);
	struct cover *c = &s->cover;
	c->subject = buf_str(&s->subject);
	c->has_reply = s->l->in_reply_to != NULL;
	c->in_reply_to = s->reply;
	c->parts = s->parts;
	c->n_parts = s->plan.n;
	int r = random_fill(s->seal.nonce, sizeof s->seal.nonce, err);
	if (r || !s->plan.n)
		return r; /* paper without a scan commits to nothing */
	if (!r)
		r = cover_contents(c, &s->seal, &s->seal.contents, &s->seal.n_leaves, err);
	s->seal.has_contents = true;
	if (!r)
		r = seal_core(&s->seal, &c->core, err);
	if (!r)
		r = cover_write(c, &text, err);
	uint8_t *random = buf_grow(&randomness, n_random);
	if (!r && !random)
		r = err_nomem(err);
	if (!r)
		r = random_fill(random, n_random, err);
	if (!r)
		r = age_file_seal(buf_str(&text), s->readers.at, s->readers.n, random, &s->cover_file, err);
	if (r || s->l->paper)
		return r;
	digest_once(s->cover_file.data, s->cover_file.len, &s->seal.cover);
	s->seal.cover_bytes = s->cover_file.len;
	return 0;
}

static int seal_the_paper(struct sealing *s, struct valise_err *err)
{
	int r = s->plan.n ? begin_cover(s, err) : 0;
	return r || !s->plan.n ? r : scans_hash(s->desk->v, &s->plan, s->parts, err);
}

int sealing_make(struct sealing *s, struct valise_err *err)
{
	/* Filled up and encrypted it may be an eighth more. */
	int r = spool_need_room(s->desk->v->spool, s->l->paper ? 0 : s->plan.bytes + s->plan.bytes / 8, err);
	if (!r)
		r = s->l->paper ? seal_the_paper(s, err) : seal_the_body(s, err);
	if (r)
		return r;
	fill_seal(s);
	r = write_cover(s, err);
	return r ? r : seal_sign(&s->seal, s->desk->signer->signer, &s->verified, err);
}

/* ---- Keeping it ---- */

int sealing_put(struct sealing *s, struct valise_err *err)
{
	struct spool *spool = s->desk->v->spool;
	struct newfile *file = s->l->paper ? NULL : stream_sealer_file(s->sealer);
	int r = 0;
	if (!s->l->paper)
		r = file ? body_put_file(spool, &s->body.root, s->body.bytes, file, s->body.tally, err)
			 : body_put_small(spool, &s->body.root, stream_sealer_memory(s->sealer), s->body.tally, err);
	if (!r)
		r = letter_put(spool, s->verified, true, NULL, err);
	if (!r && !s->l->paper)
		r = cover_put(spool, &s->verified->note.id, buf_str(&s->cover_file), err);
	if (!r && s->l->paper && s->plan.n)
		r = sheet_put(spool, &s->verified->note.id, buf_str(&s->cover_file), err);
	return r;
}

struct seal_facts sealing_facts(const struct sealing *s)
{
	return (struct seal_facts){
		.set = &s->desk->set,
		.to = &s->to,
		.seal = &s->seal,
		.letter = s->verified ? &s->verified->note.id : NULL,
		.same_ref = s->has_same_ref ? &s->same_ref : NULL,
		.n_parts = s->plan.n,
		.plain_bytes = s->l->paper ? 0
			       : s->sealer ? stream_sealer_offset(s->sealer)
					   : s->plan.bytes,
		.now_s = s->now_s,
	};
}
