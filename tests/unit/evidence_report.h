/* SPDX-License-Identifier: Apache-2.0 */
/* Reports made to order, and a scene that holds them. */
#ifndef TESTS_EVIDENCE_REPORT_H
#define TESTS_EVIDENCE_REPORT_H

#include "evidence_letter.h"

struct cast_reported {
	const struct verified_seal *seal;
	const char *says;
	const struct verified_entry *head; /* of the reporter's office */
	unsigned by;
	int64_t time_s;
	uint64_t nth;        /* 0: 1 */
	const char *speaker; /* NULL: "a spokesman" */
	const struct verified_entry *of_office;
	const char *addressee, *of, *via[4], *verb, *medium, *carriage, *when, *where;
	int64_t from_s, to_s; /* 0: not resolved */
	const struct hash *regarding;
	const struct hash *exhibit; /* NULL: one of a hundred bytes that nobody has, and its bytes 10 to 19 */
	uint64_t exhibit_bytes, offset, length;
	bool quoted;
};

static inline int cast_load_report(const void *bytes, size_t len, void **ret)
{
	struct verified_report *v = NULL;
	int r = report_from_intake(bytes, len, &v, NULL);
	*ret = v;
	return r;
}

static inline struct report cast_report_of(const struct cast_reported *c)
{
	struct report_span *span = cast_keep(malloc(sizeof *span));
	*span = c->exhibit ? (struct report_span){*c->exhibit, c->exhibit_bytes, c->offset, c->length}
			   : (struct report_span){{{0x2c, 0xc7, 0xe7, 0xe9}}, 100, 10, 10};
	struct report r = {
		.letter = c->seal->note.id,
		.says = str_of(c->says),
		.speaker = str_of(c->speaker ? c->speaker : "a spokesman"),
		.has_speaker_office = c->of_office,
		.speaker_addressee = str_of(c->addressee),
		.of = str_of(c->of),
		.verb = str_of(c->verb ? c->verb : "said"),
		.medium = str_of(c->medium),
		.carriage = str_of(c->carriage),
		.when = str_of(c->when),
		.has_resolved = c->from_s,
		.resolved_from_s = c->from_s,
		.resolved_to_s = c->to_s,
		.where = str_of(c->where),
		.spans = span,
		.n_spans = 1,
		.quoted = c->quoted,
		.office = cast_ref(c->head),
		.role = ROLE_SPOKESPERSON,
		.nth = c->nth ? c->nth : 1,
		.time_s = c->time_s,
		.by = cast_vkey(c->by),
	};
	if (c->of_office)
		r.speaker_office = *verified_entry_office(c->of_office);
	struct str *via = cast_keep(calloc(4, sizeof *via));
	for (r.via = via; r.n_via < 4 && c->via[r.n_via]; r.n_via++)
		via[r.n_via] = str_of(c->via[r.n_via]);
	if (c->regarding)
		r.regarding = memcpy(cast_keep(malloc(sizeof *c->regarding)), c->regarding, sizeof *c->regarding);
	r.n_regarding = c->regarding ? 1 : 0;
	return r;
}

static inline struct verified_report *cast_report(const struct cast_reported *c)
{
	const struct report r = cast_report_of(c);
	CLEAN_BUF struct buf text = BUF_INIT(LIMIT_REPORT_BYTES);
	CAST_MUST(report_write(&r, &text, cast_err()));
	return cast_sign(buf_str(&text), &c->by, 1, cast_load_report);
}

/* The reports of a scene; made anew with each scene. */
#define SCENE_REPORTS 64u
struct scene_reports {
	struct witnessed_report at[SCENE_REPORTS];
	struct exhibit_bytes excerpts[8];
};

static inline struct scene_reports *scene_reports(struct scene *s)
{
	static struct scene_reports all;
	if (s->e.reports != all.at) {
		all = (struct scene_reports){0};
		s->e.reports = all.at;
		s->e.excerpts = all.excerpts;
	}
	return &all;
}

static inline const struct verified_report *scene_report(struct scene *s, const struct verified_report *v)
{
	struct scene_reports *all = scene_reports(s);
	assert(s->e.n_reports < SCENE_REPORTS);
	all->at[s->e.n_reports++] = (struct witnessed_report){v, 0};
	return v;
}

static inline void scene_excerpt(struct scene *s, struct exhibit_bytes one)
{
	struct scene_reports *all = scene_reports(s);
	assert(s->e.n_excerpts < 8);
	all->excerpts[s->e.n_excerpts++] = one;
}

/* One report about the scene's letter by an officer of `head`'s office, so many hours after the seal. */
#define REPORT(scene, what, office, key, hours, ...) \
	scene_report(scene, cast_report(&(struct cast_reported){.seal = (scene)->e.seal, \
								.says = (what), \
								.head = (office), \
								.by = (key), \
								.time_s = T0 + (hours)*HOUR, \
								__VA_ARGS__}))

/* The one row of that kind, NULL when there is none; and its i-th note is this one. */
static inline const struct valise_disagreement *row_of(const struct valise_accounts *a, const char *kind)
{
	const struct valise_disagreement *found = NULL;
	for (size_t i = 0; i < a->n_disagreements; i++) {
		if (strcmp(a->disagreements[i].kind, kind) == 0) {
			assert_null(found);
			found = &a->disagreements[i];
		}
	}
	return found;
}

static inline void note_is(const struct valise_disagreement *d, size_t i, const struct note *note)
{
	assert_non_null(d);
	assert_true(i < d->n_notes);
	assert_string_equal(d->notes[i], hash_hex(&note->id).text);
}

#endif
