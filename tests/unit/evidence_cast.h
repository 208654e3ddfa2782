/* SPDX-License-Identifier: Apache-2.0 */
/* Keys, registers, seals and statements made to order, for tests of what follows from them. */
#ifndef TESTS_EVIDENCE_CAST_H
#define TESTS_EVIDENCE_CAST_H

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "crypto/digest.h"
#include "evidence/evidence.h"
#include "format/age.h"

static inline struct valise_err *cast_err(void)
{
	static struct valise_err err;
	return &err;
}

/* A test that cannot make what it tests has nothing to say. */
#define CAST_MUST(code) \
	do { \
		if (code) { \
			(void)fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, cast_err()->text); \
			abort(); \
		} \
	} while (0)

#define CAST_KEYS 12000u
#define T0 INT64_C(1795338720) /* 2026-11-22T09:12:00Z */
#define HOUR 3600
#define DAY 86400

/* Key number n, for ever the same: n is what its seed says. */
struct cast_key {
	struct ed25519_signer *signer;
	struct vkey v;
};

static inline const struct cast_key *cast_key(unsigned n)
{
	static struct cast_key *keys;
	if (!keys)
		keys = calloc(CAST_KEYS, sizeof *keys);
	assert(keys && n < CAST_KEYS);
	if (!keys[n].signer) {
		uint8_t seed[32] = {(uint8_t)n, (uint8_t)(n >> 8), 7};
		CAST_MUST(ed25519_signer_new(seed, &keys[n].signer, cast_err()));
		ed25519_signer_public(keys[n].signer, keys[n].v.key);
	}
	return &keys[n];
}

static inline struct str cast_recipient(void)
{
	static char text[AGE_RECIPIENT_TEXT_BYTES + 1];
	if (!text[0]) {
		struct age_identity id;
		CAST_MUST(age_identity_x25519((const uint8_t *)"thirty-two bytes that are secret", &id, cast_err()));
		struct age_recipient r;
		memcpy(r.point, id.point, sizeof r.point);
		struct buf b = BUF_AT(text);
		age_recipient_write(&b, &r);
		assert(!b.error);
	}
	return str_of(text);
}

static inline struct vkey cast_vkey(unsigned n)
{
	return cast_key(n)->v;
}

/* Everything made is kept to the end of the program, where a leak checker finds it: tests share it. */
static inline void *cast_keep(void *made)
{
	static void **kept;
	static size_t n;
	if ((n & (n - 1)) == 0)
		kept = reallocarray(kept, n ? 2 * n : 1, sizeof *kept);
	assert(kept && made);
	kept[n++] = made;
	return made;
}

static inline void *cast_sign(struct str text, const unsigned *by, size_t n, int (*load)(const void *, size_t, void **))
{
	const struct ed25519_signer *signers[64];
	for (size_t i = 0; i < n; i++)
		signers[i] = cast_key(by[i])->signer;
	CLEAN_BUF struct buf note = BUF_INIT(LIMIT_NOTE_BYTES);
	CAST_MUST(note_sign(text, signers, n, &note, cast_err()));
	void *made = NULL;
	CAST_MUST(load(note.data, note.len, &made));
	return cast_keep(made);
}

/* ---- Registers ---- */

struct cast_appointment {
	unsigned key, roles;
	const char *title;
	int64_t until_s; /* 0: none */
};

/* Lists end with 0: key 0 is nobody's. */
struct cast_entry {
	const struct verified_entry *previous; /* NULL: entry 0 */
	int64_t time_s;
	const char *name;
	unsigned keepers[8], quorum, next[8], next_quorum;
	unsigned dismiss[8];
	struct cast_appointment appoint[8];
	struct hash seen[8];
	size_t n_seen;
	unsigned by[16];
};

static inline int cast_load_entry(const void *bytes, size_t len, void **ret)
{
	struct verified_entry *v = NULL;
	int r = register_entry_from_intake(bytes, len, &v, NULL);
	*ret = v;
	return r;
}

static inline size_t cast_count(const unsigned *list)
{
	size_t n = 0;
	while (list[n])
		n++;
	return n;
}

static inline struct verified_entry *cast_entry_of(const struct register_entry *e, const unsigned *by, size_t n_by)
{
	CLEAN_BUF struct buf text = BUF_INIT(LIMIT_REGISTER_ENTRY_BYTES);
	CAST_MUST(register_entry_write(e, &text, cast_err()));
	return cast_sign(buf_str(&text), by, n_by, cast_load_entry);
}

static inline struct verified_entry *cast_entry(const struct cast_entry *c)
{
	struct vkey keepers[8], by[16];
	struct hash next[8];
	struct dismissal dismissals[8];
	struct appointment appointments[8];
	struct register_entry e = {
		.is_first = !c->previous,
		.time_s = c->time_s,
		.name = str_of(c->name),
		.has_keepers = c->keepers[0],
		.keepers_quorum = c->quorum ? c->quorum : cast_count(c->keepers),
		.keepers = keepers,
		.n_keepers = cast_count(c->keepers),
		.next_quorum = c->next_quorum ? c->next_quorum : cast_count(c->next),
		.next = next,
		.n_next = cast_count(c->next),
		.dismissals = dismissals,
		.n_dismissals = cast_count(c->dismiss),
		.appointments = appointments,
		.seen = (struct hash *)c->seen,
		.n_seen = c->n_seen,
		.by = by,
		.n_by = cast_count(c->by),
	};
	if (c->previous) {
		e.office = *verified_entry_office(c->previous);
		e.seq = c->previous->e.seq + 1;
		e.previous = c->previous->note.id;
	}
	for (size_t i = 0; i < e.n_keepers; i++)
		keepers[i] = cast_vkey(c->keepers[i]);
	for (size_t i = 0; i < e.n_next; i++)
		vkey_commitment(&cast_key(c->next[i])->v, &next[i]);
	for (size_t i = 0; i < e.n_dismissals; i++)
		dismissals[i] = (struct dismissal){cast_vkey(c->dismiss[i]), STR("left")};
	for (; e.n_appointments < 8 && c->appoint[e.n_appointments].key; e.n_appointments++) {
		const struct cast_appointment *a = &c->appoint[e.n_appointments];
		appointments[e.n_appointments] = (struct appointment){
			.key = cast_vkey(a->key),
			.recipient = a->roles & ROLE_READER ? cast_recipient() : (struct str){0},
			.roles = a->roles,
			.has_until = a->until_s,
			.until_s = a->until_s,
			.title = str_of(a->title),
		};
	}
	for (size_t i = 0; i < e.n_by; i++)
		by[i] = cast_vkey(c->by[i]);
	return cast_entry_of(&e, c->by, e.n_by);
}

/* Judged; the caller's. */
static inline struct registers *cast_registers(const struct verified_entry *const *entries, size_t n)
{
	struct registers *r = NULL;
	CAST_MUST(registers_new(&r, cast_err()));
	for (size_t i = 0; i < n; i++)
		CAST_MUST(registers_add(r, entries[i], cast_err()));
	CAST_MUST(registers_judge(r, cast_err()));
	return r;
}

/* ---- Seals and statements ---- */

static inline struct office_ref cast_ref(const struct verified_entry *head)
{
	return (struct office_ref){*verified_entry_office(head), head->note.id};
}

static inline int cast_load_seal(const void *bytes, size_t len, void **ret)
{
	struct verified_seal *v = NULL;
	int r = seal_from_intake(bytes, len, &v, NULL);
	*ret = v;
	return r;
}

static inline struct verified_seal *cast_seal_of(const struct seal *s, unsigned by)
{
	CLEAN_BUF struct buf text = BUF_INIT(LIMIT_SEAL_BYTES);
	CAST_MUST(seal_write(s, &text, cast_err()));
	return cast_sign(buf_str(&text), &by, 1, cast_load_seal);
}

static inline struct verified_seal *cast_seal(const struct verified_entry *from, const struct verified_entry *const *to,
					      size_t n_to, unsigned by, int64_t answer_by_s)
{
	struct office_ref refs[LIMIT_RECIPIENTS];
	for (size_t i = 0; i < n_to; i++)
		refs[i] = cast_ref(to[i]);
	const struct seal s = {
		.nonce = {9},
		.from = cast_ref(from),
		.to = refs,
		.n_to = n_to,
		.ref = STR("14/2026"),
		.date_s = T0,
		.has_answer_by = answer_by_s,
		.answer_by_s = answer_by_s,
		.has_contents = true,
		.contents = {{1}},
		.n_leaves = 3,
		.body = {{2}},
		.body_bytes = 40000,
		.cover = {{3}},
		.cover_bytes = 900,
		.by = cast_vkey(by),
	};
	return cast_seal_of(&s, by);
}

struct cast_said {
	const struct verified_seal *seal;
	enum says says;
	const struct verified_entry *head; /* of the speaker's office */
	unsigned by;
	unsigned role; /* 0: the first that may say it */
	int64_t time_s;
	uint64_t nth;                 /* 0: 1 */
	const struct hash *regarding; /* NULL: the letter, where the word needs one */
	const struct verified_entry *to;
	const char *medium, *reason, *text;
};

static inline int cast_load_statement(const void *bytes, size_t len, void **ret)
{
	struct verified_statement *v = NULL;
	int r = statement_from_intake(bytes, len, &v, NULL);
	*ret = v;
	return r;
}

/* What the word needs and the caller does not give is filled in. */
static inline struct verified_statement *cast_say(const struct cast_said *c)
{
	const struct says_row *row = &says_table[c->says];
	unsigned needs = row->needs;
	if (row->needs_one_of && !c->to && !c->text)
		needs |= FIELD_TEXT;
	struct statement s = {
		.letter = c->seal->note.id,
		.says = c->says,
		.office = cast_ref(c->head),
		.role = c->role ? c->role : row->roles & -row->roles,
		.nth = c->nth ? c->nth : 1,
		.time_s = c->time_s,
		.has_to = c->to || (needs & FIELD_TO),
		.medium = str_of(c->medium),
		.when = needs & FIELD_WHEN ? STR("Wednesday") : (struct str){0},
		.by = cast_vkey(c->by),
	};
	if (c->regarding || (needs & FIELD_REGARDING))
		s.regarding[s.n_regarding++] = c->regarding ? *c->regarding : c->seal->note.id;
	if (s.has_to)
		s.to = c->to ? *verified_entry_office(c->to) : c->seal->s.from.office;
	if (c->text || (needs & FIELD_TEXT))
		s.text[s.n_text++] = c->text ? str_of(c->text) : STR("some words");
	if (c->reason)
		s.reason = str_of(c->reason);
	else if (needs & FIELD_REASON)
		s.reason = (struct str){row->reasons, strcspn(row->reasons, ",")};
	CLEAN_BUF struct buf text = BUF_INIT(LIMIT_STATEMENT_BYTES);
	CAST_MUST(statement_write(&s, &text, cast_err()));
	return cast_sign(buf_str(&text), &c->by, 1, cast_load_statement);
}

/* ---- Chance that repeats ---- */

static inline uint64_t cast_random(uint64_t *state)
{
	*state += UINT64_C(0x9e3779b97f4a7c15);
	uint64_t z = *state;
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static inline size_t cast_below(uint64_t *state, size_t n)
{
	return (size_t)(cast_random(state) % n);
}

#define CAST_SHUFFLE(state, array, n) \
	do { \
		for (size_t cast_i = (n); cast_i > 1; cast_i--) { \
			size_t cast_j = cast_below(state, cast_i); \
			__typeof__((array)[0]) cast_t = (array)[cast_i - 1]; \
			(array)[cast_i - 1] = (array)[cast_j]; \
			(array)[cast_j] = cast_t; \
		} \
	} while (0)

#endif
