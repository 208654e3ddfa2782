/* SPDX-License-Identifier: Apache-2.0 */
/* Checking signatures ahead of the records' turn. */
#include "office/take_ahead.h"

#include "office/pipeline.h"

#define SMALL_RECORD_BYTES (16u * 1024)
#define JOB_RECORDS 32u
#define JOB_BYTES (128u * 1024)

struct ahead_record {
	struct bag_record rec;
	size_t at; /* of its bytes in the job's */
	struct checked_note checked;
	bool wanted; /* it is not here, as far as its id says */
};

struct job {
	struct ahead_record records[JOB_RECORDS];
	size_t n;
	struct buf bytes;
};

struct take_ahead {
	struct take_in *t;
	int (*take)(struct take_in *, const struct bag_record *);
	struct pipeline *pipeline;
	struct job jobs[PIPELINE_JOBS_MAX];
	void *job_list[PIPELINE_JOBS_MAX];
	struct job *filling; /* NULL: none in hand */
};

void checked_note_release(struct checked_note *c)
{
	verified_seal_free(c->seal);
	verified_statement_free(c->statement);
	*c = (struct checked_note){0};
}

static void empty(struct job *j)
{
	for (size_t i = 0; i < j->n; i++)
		checked_note_release(&j->records[i].checked);
	j->n = 0;
	buf_clear(&j->bytes);
}

/* ---- Any thread ---- */

static int check_note(void *context, void *job, struct valise_err *err)
{
	struct job *j = job;
	(void)context;
	(void)err;
	for (size_t i = 0; i < j->n; i++) {
		struct ahead_record *one = &j->records[i];
		struct checked_note *c = &one->checked;
		struct str bytes = {(const char *)one->rec.data, one->rec.len};
		if (one->rec.kind != BAG_NOTE || !one->wanted)
			continue;
		if (str_starts(bytes, str_of(note_kinds[NOTE_SEAL].first_line)))
			c->code = seal_verify(one->rec.data, one->rec.len, &c->seal, &c->why);
		else if (str_starts(bytes, str_of(note_kinds[NOTE_STATEMENT].first_line)))
			c->code = statement_verify(one->rec.data, one->rec.len, &c->statement, &c->why);
	}
	return 0;
}

/* ---- The caller's ---- */

static int take_job(void *context, void *job, struct valise_err *err)
{
	struct take_ahead *a = context;
	struct job *j = job;
	int r = 0;
	(void)err; /* it is the intake's own */
	for (size_t i = 0; i < j->n && !r; i++) {
		a->t->checked = &j->records[i].checked;
		r = a->take(a->t, &j->records[i].rec);
		a->t->checked = NULL;
	}
	empty(j);
	return r;
}

int take_ahead_new(struct take_in *t, int (*take)(struct take_in *, const struct bag_record *), struct take_ahead **ret,
		   struct valise_err *err)
{
	CLEAN_TAKE_AHEAD struct take_ahead *a = calloc(1, sizeof *a);
	if (!a)
		return err_nomem(err);
	a->t = t;
	a->take = take;
	for (size_t i = 0; i < PIPELINE_JOBS_MAX; i++) {
		buf_init(&a->jobs[i].bytes, JOB_BYTES);
		a->job_list[i] = &a->jobs[i];
	}
	struct pipeline_spec spec = {.jobs = a->job_list,
				     .n_jobs = pipeline_jobs_here(),
				     .context = a,
				     .work = check_note,
				     .finish = take_job};
	int r = pipeline_new(&spec, &a->pipeline, err);
	if (!r)
		*ret = TAKE(a);
	return r;
}

void take_ahead_free(struct take_ahead *a)
{
	if (!a)
		return;
	pipeline_free(a->pipeline); /* first: its threads are at the jobs */
	for (size_t i = 0; i < PIPELINE_JOBS_MAX; i++) {
		empty(&a->jobs[i]);
		buf_release(&a->jobs[i].bytes);
	}
	free(a);
}

void take_ahead_freep(struct take_ahead **a)
{
	take_ahead_free(*a);
}

/* Spans are set once the buffer no longer moves. */
static int submit(struct take_ahead *a)
{
	struct job *j = TAKE(a->filling);
	int r = buf_check(&j->bytes, "records of a bag", a->t->err);
	for (size_t i = 0; i < j->n && !r; i++)
		j->records[i].rec.data = j->bytes.data + j->records[i].at;
	return r ? r : pipeline_submit(a->pipeline, a->t->err);
}

int take_ahead_drain(struct take_ahead *a)
{
	int r = a->filling ? submit(a) : 0;
	return r ? r : pipeline_drain(a->pipeline, a->t->err);
}

static int begin_job(struct take_ahead *a)
{
	void *job;
	int r = pipeline_job(a->pipeline, &job, a->t->err);
	if (!r)
		a->filling = job;
	return r;
}

int take_ahead_record(struct take_ahead *a, const struct bag_record *rec)
{
	int r = 0;
	if (rec->len > SMALL_RECORD_BYTES || rec->kind == BAG_PIECE) {
		r = take_ahead_drain(a);
		return r ? r : a->take(a->t, rec);
	}
	if (a->filling && (a->filling->n == JOB_RECORDS || a->filling->bytes.len + rec->len > JOB_BYTES))
		r = submit(a);
	if (!r && !a->filling)
		r = begin_job(a);
	if (r)
		return r;
	struct job *j = a->filling;
	struct ahead_record *one = &j->records[j->n];
	bool here = false;
	/* Nobody checks the signature of what he has: its id, if it is that, says so when its turn comes too. */
	if (rec->kind == BAG_NOTE)
		r = note_has(a->t->v->spool, &rec->of, &here, a->t->err);
	if (r)
		return r;
	*one = (struct ahead_record){.rec = *rec, .at = j->bytes.len, .wanted = !here};
	buf_add(&j->bytes, rec->data, rec->len);
	j->n++;
	return 0;
}
