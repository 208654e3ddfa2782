/* SPDX-License-Identifier: Apache-2.0 */
/* Opening letters, one or thousands: small ones on all processors, and in batches that wait for the disk once. Only when all of a batch is
 * durable do its letters get their places, and are told of. */
#include "office/opening.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/text.h"
#include "office/pipeline.h"

/* What came of a letter. */
struct outcome {
	struct hash letter;
	char *name, *destination; /* owned */
	struct valise_opened *opened;
	bool synced;
	int code;
	struct valise_err err;
};

/* A letter that is being read, on any thread. */
struct job {
	struct opening opening;
	struct extract_place place;
	bool writes;
	struct outcome *outcome;
	int code;
	struct valise_err err;
};

struct batch {
	struct valise *v;
	const struct valise_openings *want;
	const char *parent; /* where the letters' directories get their names */
	const char *name;   /* of the one; NULL: the short id of each */
	struct staging *staging;
	struct pipeline *pipeline;
	struct job jobs[PIPELINE_JOBS_MAX];
	void *job_list[PIPELINE_JOBS_MAX];
	struct outcome *outcomes; /* of the batch, in order */
	size_t n, begun;          /* begun: letters of the whole, before this batch */
	int64_t began_ms;
};

static void job_clear(struct job *j)
{
	opening_release(&j->opening);
	*j = (struct job){.opening = OPENING_NONE};
}

static void outcomes_clear(struct batch *b)
{
	for (size_t i = 0; i < b->n; i++) {
		valise_opened_free(b->outcomes[i].opened);
		free(b->outcomes[i].name);
		free(b->outcomes[i].destination);
		b->outcomes[i] = (struct outcome){0};
	}
	b->n = 0;
}

static void batch_release(struct batch *b)
{
	if (!b)
		return;
	pipeline_free(b->pipeline); /* first: its threads are at the jobs */
	for (size_t i = 0; i < PIPELINE_JOBS_MAX; i++)
		job_clear(&b->jobs[i]);
	outcomes_clear(b);
	free(b->outcomes);
	staging_free(b->staging);
	free(b);
}

static void batch_releasep(struct batch **b)
{
	batch_release(*b);
}

/* After these nothing more is tried; any other failure is one letter's. */
static bool ends_all(int code)
{
	return code == VALISE_E_INTERRUPTED || code == VALISE_E_LOCKED || code == VALISE_E_NOMEM;
}

/* ---- One letter ---- */

/* On any thread. */
static int read_letter(void *context, void *job, struct valise_err *err)
{
	struct job *j = job;
	(void)context;
	(void)err;
	j->code = opening_read(&j->opening, j->writes ? &j->place : NULL, &j->err);
	return 0;
}

static int finish_letter(void *context, void *job, struct valise_err *err)
{
	struct job *j = job;
	struct outcome *o = j->outcome;
	(void)context;
	o->code = j->code;
	err_copy(&o->err, &j->err);
	if (!o->code)
		o->code = opening_result(&j->opening, j->writes ? o->destination : NULL, &o->opened, &o->err);
	if (o->code == VALISE_E_BAD)
		o->code = opening_defect(&j->opening, &o->err);
	o->synced = j->opening.synced;
	int r = ends_all(o->code) ? o->code : 0;
	if (r)
		err_copy(err, &o->err);
	job_clear(j);
	return r;
}

/* Where it will be. */
static int name_letter(const struct batch *b, struct outcome *o, struct valise_err *err)
{
	struct hash_short short_id = hash_short(&o->letter);
	o->name = strdup(b->name ? b->name : short_id.text);
	if (b->name)
		o->destination = strdup(b->want->destination);
	else if (!b->want->destination)
		o->destination = strdup(short_id.text);
	else if (asprintf(&o->destination, "%s/%s", b->want->destination, short_id.text) < 0)
		o->destination = NULL;
	return o->name && o->destination ? 0 : err_nomem(err);
}

static int begin_letter(struct batch *b, struct job *j, const char *letter, struct valise_err *err)
{
	struct outcome *o = j->outcome;
	int r = spool_begin_read(b->v->spool, err);
	if (r)
		return r;
	r = office_letter(b->v, letter, &o->letter, err);
	if (!r)
		r = name_letter(b, o, err);
	if (!r)
		r = opening_begin(&j->opening, b->v, &o->letter, err);
	spool_rollback(b->v->spool);
	if (r || b->want->dry_run)
		return r;
	if (!b->staging)
		r = staging_begin(b->v, b->parent, &o->letter, &b->staging, err);
	j->writes = true;
	j->place = (struct extract_place){b->staging, o->name, o->destination, b->want->n > 1};
	return r;
}

static int open_one(struct batch *b, const char *letter, struct valise_err *err)
{
	void *free_job;
	int r = pipeline_job(b->pipeline, &free_job, err);
	if (r)
		return r;
	struct job *j = free_job;
	job_clear(j);
	struct outcome *o = j->outcome = &b->outcomes[b->n++];
	o->code = begin_letter(b, j, letter, &o->err);
	if (o->code) {
		r = ends_all(o->code) ? o->code : 0;
		if (r)
			err_copy(err, &o->err);
		job_clear(j);
		return r;
	}
	if (j->opening.is_small)
		return pipeline_submit(b->pipeline, err);
	/* What takes long is read here, by a pipeline of its own. */
	r = pipeline_drain(b->pipeline, err);
	if (!r)
		r = read_letter(b, j, err);
	if (!r)
		r = finish_letter(b, j, err);
	job_clear(j);
	return r;
}

/* ---- The batch ---- */

static void fail_all(struct batch *b, int code, const struct valise_err *why)
{
	for (size_t i = 0; i < b->n; i++) {
		struct outcome *o = &b->outcomes[i];
		if (!o->opened)
			continue;
		valise_opened_free(TAKE(o->opened));
		o->code = code;
		err_copy(&o->err, why);
	}
}

/* Durable first, then the names; what gets none is removed. */
static void publish(struct batch *b)
{
	struct valise_err why = {0};
	int r = 0;
	bool synced = true;
	if (!b->staging)
		return;
	for (size_t i = 0; i < b->n; i++)
		synced &= !b->outcomes[i].opened || b->outcomes[i].synced;
	if (!synced)
		r = staging_sync(b->staging, &why);
	for (size_t i = 0; i < b->n && !r; i++) {
		struct outcome *o = &b->outcomes[i];
		if (o->opened)
			o->code = staging_publish(b->staging, o->name, &o->err);
		if (o->code)
			valise_opened_free(TAKE(o->opened));
	}
	if (!r)
		r = staging_end(b->staging, &why);
	if (r)
		fail_all(b, r, &why);
	staging_free(TAKE(b->staging));
}

static int end_batch(struct batch *b, struct valise_err *err)
{
	int r = pipeline_drain(b->pipeline, err);
	if (r)
		return r;
	publish(b);
	for (size_t i = 0; i < b->n && !r; i++) {
		struct outcome *o = &b->outcomes[i];
		if (ends_all(o->code)) {
			err_copy(err, &o->err);
			return o->code;
		}
		o->err.code = o->code;
		r = b->want->opened(b->want->context, b->begun + i, TAKE(o->opened), o->code ? &o->err : NULL);
	}
	b->begun += b->n;
	outcomes_clear(b);
	return r;
}

static bool is_full(const struct batch *b)
{
	return b->n == LIMIT_BATCH_LETTERS || (b->n && clock_monotonic_ms() - b->began_ms >= LIMIT_BATCH_MS);
}

static int open_all(struct batch *b, struct valise_err *err)
{
	int r = 0;
	for (size_t i = 0; i < b->want->n && !r; i++) {
		if (is_full(b))
			r = end_batch(b, err);
		if (!b->n)
			b->began_ms = clock_monotonic_ms();
		if (!r)
			r = office_progress(b->v, "opening", 0, 0, err);
		if (!r)
			r = open_one(b, b->want->letters[i], err);
	}
	return r ? r : end_batch(b, err);
}

/* ---- The workflow ---- */

/* Splits the destination of one letter into its directory and its last component, both in `copy`. */
static int find_place(struct batch *b, char *copy, struct valise_err *err)
{
	size_t len = strlen(copy);
	while (len > 1 && copy[len - 1] == '/')
		copy[--len] = 0;
	char *slash = strrchr(copy, '/');
	b->name = slash ? slash + 1 : copy;
	b->parent = slash ? copy : ".";
	if (!*b->name || strcmp(b->name, ".") == 0 || strcmp(b->name, "..") == 0)
		return err_set(err, VALISE_E_USAGE,
			       "%s cannot be the place of an opened letter: name a directory that is not there yet",
			       text_shown(str_of(copy)).text);
	if (slash == copy)
		b->parent = "/";
	else if (slash)
		*slash = 0;
	return 0;
}

static int begin(struct batch *b, struct valise_err *err)
{
	size_t room = b->want->n < LIMIT_BATCH_LETTERS ? b->want->n : LIMIT_BATCH_LETTERS;
	b->outcomes = calloc(room + 1, sizeof *b->outcomes);
	if (!b->outcomes)
		return err_nomem(err);
	for (size_t i = 0; i < PIPELINE_JOBS_MAX; i++) {
		job_clear(&b->jobs[i]);
		b->job_list[i] = &b->jobs[i];
	}
	struct pipeline_spec spec = {.jobs = b->job_list,
				     .n_jobs = pipeline_jobs_here(),
				     .context = b,
				     .work = read_letter,
				     .finish = finish_letter};
	int r = pipeline_new(&spec, &b->pipeline, err);
	return r ? r : staging_sweep(b->v, !b->want->dry_run, NULL, NULL, err);
}

int valise_open_letters(struct valise *v, const struct valise_openings *want, struct valise_err *err)
{
	CLEANUP(batch_releasep) struct batch *b = calloc(1, sizeof *b);
	CLEAN_FREE char *copy = strdup(want->destination ? want->destination : ".");
	if (!b || !copy)
		return err_nomem(err);
	b->v = v;
	b->want = want;
	b->parent = copy;
	int r = want->destination && !want->below ? find_place(b, copy, err) : 0;
	if (!r)
		r = begin(b, err);
	return r ? r : open_all(b, err);
}

/* ---- One alone ---- */

struct single {
	struct valise_opened *opened;
	struct valise_err why;
};

static int take_single(void *context, size_t i, struct valise_opened *opened, const struct valise_err *why)
{
	struct single *s = context;
	(void)i;
	s->opened = opened;
	if (why)
		s->why = *why;
	return why ? why->code : 0;
}

int valise_open_letter(struct valise *v, const struct valise_opening *one, struct valise_opened **ret,
		       struct valise_err *err)
{
	struct single s = {.opened = NULL};
	struct valise_openings want = {.letters = &one->letter,
				       .n = 1,
				       .destination = one->destination,
				       .below = one->below,
				       .dry_run = one->dry_run,
				       .context = &s,
				       .opened = take_single};
	int r = valise_open_letters(v, &want, err);
	if (r && s.why.code)
		err_copy(err, &s.why);
	if (!r)
		*ret = s.opened;
	return r;
}
