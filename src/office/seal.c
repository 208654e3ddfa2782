/* SPDX-License-Identifier: Apache-2.0 */
/* Sealing a letter: recipients and their readers, the body, the cover to the readers, the seal, all of it in the spool or nothing. */
#include "office/office.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "office/seal_parts.h"

/* Everything that one sealing holds; released as a whole. */
struct sealing {
	struct valise *v;
	const struct valise_letter *l;
	int64_t now_s;
	struct hashes to;
	struct hash reply;
	struct register_set set;
	struct officer principal;
	const struct key *signer;
	struct recipients readers;
	struct part_plan plan;
	struct part *parts;
	struct stream_sealer *sealer;
	struct sealed_stream body;
	struct buf subject, ref;
	struct cover cover;
	struct buf cover_file;
	struct seal seal;
	struct buf note;
	struct verified_seal *verified;
};

static void sealing_release(struct sealing *s)
{
	hashes_release(&s->to);
	register_set_release(&s->set);
	recipients_release(&s->readers);
	stream_sealer_free(s->sealer);
	free(s->parts);
	part_plan_release(&s->plan);
	secret_release(&s->cover.keys); /* its arrays are those above */
	free(s->seal.to);
	buf_release(&s->subject);
	buf_release(&s->ref);
	buf_release(&s->cover_file);
	buf_release(&s->note);
	verified_seal_free(s->verified);
}

/* ---- Who ---- */

static int find_recipients(struct sealing *s, struct valise_err *err)
{
	if (s->l->n_to == 0)
		return err_set(err, VALISE_E_USAGE, "nobody to seal to: name offices with -t");
	if (s->l->n_to > LIMIT_RECIPIENTS)
		return err_set(err, VALISE_E_LIMIT, "a letter goes to at most %u offices", LIMIT_RECIPIENTS);
	for (size_t i = 0; i < s->l->n_to; i++) {
		struct hash office;
		int r = office_find(s->v, s->l->to[i], &office, err);
		if (!r)
			r = hashes_add(&s->to, &office, err);
		if (r)
			return r;
	}
	return 0;
}

static int load_registers(struct sealing *s, struct valise_err *err)
{
	CLEANUP(hashes_release) struct hashes all = {0};
	int r = hashes_add(&all, &s->v->self, err);
	for (size_t i = 0; i < s->to.n && !r; i++)
		r = hashes_add(&all, &s->to.at[i], err);
	return r ? r : register_set_load(s->v, all.at, all.n, &s->set, err);
}

static struct office_ref newest(const struct office_register *o, const struct hash *office)
{
	return (struct office_ref){*office, office_head(o)->note.id};
}

/* The readers of one recipient, and its line of the seal. */
static int add_recipient(struct sealing *s, const struct hash *office, struct valise_err *err)
{
	CLEAN_BUF struct buf name = BUF_INIT(LIMIT_FREE_TEXT_BYTES * 8);
	const struct office_register *o = registers_office(s->set.registers, office);
	size_t before = s->readers.n;
	int r = office_show(s->v, &s->set, office, &name, err);
	if (r)
		return r;
	if (!o)
		return err_set(err, VALISE_E_NOT_FOUND, "the card of %s is not here; add it with `valise card add`",
			       name.data);
	r = office_recipients(o, ROLE_READER, s->now_s, &s->readers, err);
	if (!r && s->readers.n == before && !hash_eq(office, &s->v->self))
		r = err_set(
			err, VALISE_E_NOT_FOUND,
			"%s has no reader in standing with a key, so nobody there could open the letter; ask for a newer card",
			name.data);
	s->seal.to[s->seal.n_to++] = newest(o, office);
	return r;
}

static int choose_readers(struct sealing *s, struct valise_err *err)
{
	const struct office_register *self = registers_office(s->set.registers, &s->v->self);
	int r = 0;
	if (!self)
		return err_set(err, VALISE_E_BAD,
			       "this spool's own register is damaged; run `valise doctor`, or restore a backup");
	s->seal.from = newest(self, &s->v->self);
	s->seal.to = calloc(s->to.n, sizeof *s->seal.to);
	if (!s->seal.to)
		return err_nomem(err);
	for (size_t i = 0; i < s->to.n && !r; i++)
		r = add_recipient(s, &s->to.at[i], err);
	if (!r && !s->l->keep_no_copy)
		r = office_recipients(self, ROLE_READER, s->now_s, &s->readers, err);
	if (!r && s->readers.n > LIMIT_STANZAS)
		r = err_set(err, VALISE_E_LIMIT,
			    "the recipients have %zu readers together, and a letter has at most %u; seal several",
			    s->readers.n, LIMIT_STANZAS);
	return r;
}

static int choose_signer(struct sealing *s, struct valise_err *err)
{
	CLEAN_BUF struct buf title = BUF_INIT(LIMIT_FREE_TEXT_BYTES * 8);
	unsigned role;
	int r = office_signer(s->v, &s->set, ROLE_PRINCIPAL, &s->principal, &role, err);
	if (r)
		return r;
	text_show(&title, s->principal.title);
	r = buf_check(&title, "a title", err);
	return r ? r : key_unlock(s->v, &s->principal.key, (char *)title.data, &s->signer, err);
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

static int take_words(struct sealing *s, struct valise_err *err)
{
	const struct valise_letter *l = s->l;
	int r = 0;
	if (l->subject)
		r = text_free_of(str_of(l->subject), "the subject", &s->subject, err);
	else
		r = default_subject(s, err);
	if (!r && l->ref)
		r = text_free_of(str_of(l->ref), "the ref", &s->ref, err);
	if (!r && l->in_reply_to)
		r = office_letter(s->v, l->in_reply_to, &s->reply, err);
	if (!r && l->has_answer_by && l->answer_by_s <= s->now_s)
		r = err_set(err, VALISE_E_USAGE, "--answer-by %s is past already", time_text(l->answer_by_s).text);
	return r ? r : buf_check(&s->subject, "the subject", err);
}

static int seal_the_body(struct sealing *s, struct valise_err *err)
{
	uint8_t randomness[AGE_RANDOM_BYTES(1)];
	struct age_identity body_key;
	struct age_recipient to;
	int r = secret_alloc(&s->cover.keys, COVER_KEYS_BYTES, err);
	if (!r)
		r = random_fill(s->cover.keys.bytes, s->cover.keys.len, err);
	if (!r)
		r = random_fill(randomness, sizeof randomness, err);
	if (!r)
		r = age_identity_x25519(cover_body_key(&s->cover), &body_key, err);
	if (!r) {
		memcpy(to.point, body_key.point, sizeof to.point);
		struct stream_target target = {.to = &to,
					       .n_to = 1,
					       .dirfd = spool_tmpfd(s->v->spool),
					       .in_memory_bytes = BODY_SMALL_BYTES,
					       .what = "the sealed body"};
		r = stream_sealer_new(&target, randomness, &s->sealer, err);
	}
	secret_wipe(randomness, sizeof randomness);
	secret_wipe(&body_key, sizeof body_key);
	s->parts = calloc(s->plan.n, sizeof *s->parts);
	if (!r && !s->parts)
		r = err_nomem(err);
	if (!r)
		r = parts_write(s->v, &s->plan, s->sealer, s->parts, err);
	return r ? r : stream_sealer_end(s->sealer, &s->body, err);
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
	seal->by = s->principal.key;
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
	if (r)
		return r;
	digest_once(s->cover_file.data, s->cover_file.len, &s->seal.cover);
	s->seal.cover_bytes = s->cover_file.len;
	return 0;
}

static int sign_seal(struct sealing *s, struct valise_err *err)
{
	CLEAN_BUF struct buf text = BUF_INIT(LIMIT_SEAL_BYTES);
	const struct ed25519_signer *signer = s->signer->signer;
	int r = seal_write(&s->seal, &text, err);
	if (!r)
		r = note_sign(buf_str(&text), &signer, 1, &s->note, err);
	if (!r)
		r = seal_verify(s->note.data, s->note.len, &s->verified, err);
	return r;
}

static int commit_letter(struct sealing *s, struct valise_err *err)
{
	struct spool *spool = s->v->spool;
	int r = spool_begin(spool, err);
	if (r)
		return r;
	struct newfile *file = stream_sealer_file(s->sealer);
	r = file ? body_put_file(spool, &s->body.root, s->body.bytes, file, s->body.tally, err)
		 : body_put_small(spool, &s->body.root, stream_sealer_memory(s->sealer), s->body.tally, err);
	if (!r)
		r = letter_put(spool, s->verified, true, s->now_s, NULL, err);
	if (!r)
		r = cover_put(spool, &s->verified->note.id, buf_str(&s->cover_file), s->now_s, err);
	if (!r)
		r = spool_commit(spool, err);
	if (r)
		spool_rollback(spool);
	return r;
}

/* ---- The result ---- */

struct sealed_result {
	struct valise_sealed pub; /* first: freed through it */
	char letter[HASH_HEX_BYTES + 1];
	char short_id[HASH_SHORT_BYTES];
	char **readers, **unchecked;
	size_t n_readers, n_unchecked;
};

void valise_sealed_free(struct valise_sealed *pub)
{
	struct sealed_result *r = (struct sealed_result *)pub;
	if (!r)
		return;
	for (size_t i = 0; i < r->n_readers; i++)
		free(r->readers[i]);
	for (size_t i = 0; i < r->n_unchecked; i++)
		free(r->unchecked[i]);
	free(r->readers);
	free(r->unchecked);
	free(r);
}

/* "Mission Oslo's 2 readers", and whether its card was ever checked. */
static int describe_recipient(struct sealing *s, const struct hash *office, struct sealed_result *res,
			      struct valise_err *err)
{
	CLEAN_BUF struct buf line = BUF_INIT(LIMIT_FREE_TEXT_BYTES * 8);
	CLEAN_BUF struct buf petname = BUF_INIT(LIMIT_FREE_TEXT_BYTES);
	CLEANUP(recipients_release) struct recipients own = {0};
	struct contact c = {0};
	int r = office_recipients(registers_office(s->set.registers, office), ROLE_READER, s->now_s, &own, err);
	if (!r)
		r = office_show(s->v, &s->set, office, &line, err);
	if (r)
		return r;
	if (contact_get(s->v->spool, office, &c, &petname, NULL) == 0 && !c.checked) {
		res->unchecked[res->n_unchecked] = strdup((char *)line.data);
		if (!res->unchecked[res->n_unchecked++])
			return err_nomem(err);
	}
	buf_addf(&line, "'s %zu reader%s", own.n, own.n == 1 ? "" : "s");
	r = buf_check(&line, "the result", err);
	if (r)
		return r;
	res->readers[res->n_readers++] = (char *)buf_take(&line, NULL);
	return 0;
}

static int make_result(struct sealing *s, struct valise_sealed **ret, struct valise_err *err)
{
	struct sealed_result *res = calloc(1, sizeof *res);
	int r = 0;
	if (!res)
		return err_nomem(err);
	res->readers = calloc(s->to.n, sizeof(*res->readers));
	res->unchecked = calloc(s->to.n, sizeof(*res->unchecked));
	if (!res->readers || !res->unchecked)
		r = err_nomem(err);
	for (size_t i = 0; i < s->to.n && !r; i++)
		r = describe_recipient(s, &s->to.at[i], res, err);
	if (r) {
		valise_sealed_free(&res->pub);
		return r;
	}
	if (s->verified) {
		memcpy(res->letter, hash_hex(&s->verified->note.id).text, sizeof res->letter);
		memcpy(res->short_id, hash_short(&s->verified->note.id).text, sizeof res->short_id);
	}
	res->pub = (struct valise_sealed){
		.letter = s->verified ? res->letter : NULL,
		.short_id = s->verified ? res->short_id : NULL,
		.n_parts = s->plan.n,
		.plain_bytes = s->sealer ? stream_sealer_offset(s->sealer) : s->plan.bytes,
		.body_bytes = s->body.bytes,
		.readers = (const char *const *)res->readers,
		.n_readers = res->n_readers,
		.unchecked = (const char *const *)res->unchecked,
		.n_unchecked = res->n_unchecked,
	};
	*ret = &res->pub;
	return 0;
}

int valise_seal(struct valise *v, const struct valise_letter *l, struct valise_sealed **ret, struct valise_err *err)
{
	CLEANUP(sealing_release)
	struct sealing s = {.v = v,
			    .l = l,
			    .now_s = clock_now_s(),
			    .subject = BUF_INIT(LIMIT_FREE_TEXT_BYTES),
			    .ref = BUF_INIT(LIMIT_FREE_TEXT_BYTES),
			    .cover_file = BUF_INIT(LIMIT_COVER_BYTES),
			    .note = BUF_INIT(LIMIT_SEAL_BYTES)};
	int r = find_recipients(&s, err);
	if (!r)
		r = load_registers(&s, err);
	if (!r)
		r = choose_readers(&s, err);
	if (!r)
		r = part_plan_make(l->paths, l->n_paths, v->caller.shows_progress || l->dry_run, &s.plan, err);
	if (!r)
		r = take_words(&s, err);
	if (!r && !l->dry_run) {
		r = choose_signer(&s, err);
		if (!r)
			r = seal_the_body(&s, err);
		if (!r) {
			fill_seal(&s);
			r = write_cover(&s, err);
		}
		if (!r)
			r = sign_seal(&s, err);
		if (!r)
			r = commit_letter(&s, err);
	}
	return r ? r : make_result(&s, ret, err);
}
