/* SPDX-License-Identifier: Apache-2.0 */
/* Signing what was drafted: held once more against what is here, signed on all processors, and committed. */
#include "base/clock.h"
#include "base/limits.h"
#include "base/text.h"
#include "office/pipeline.h"
#include "office/saying.h"

/* A statement on its way, on any thread. */
struct job {
	struct draft *draft; /* NULL: the job is empty */
	const struct ed25519_signer *signer;
	struct verified_statement *verified;
};

struct signing {
	struct valise *v;
	struct valise_draft *all;
	struct register_set now; /* our register, as of the transaction */
	bool is_as_looked_at;    /* nobody has written to the spool since the look */
	struct pipeline *pipeline;
	struct job jobs[PIPELINE_JOBS_MAX];
	void *job_list[PIPELINE_JOBS_MAX];
};

static void end_jobs(struct signing *s)
{
	pipeline_free(TAKE(s->pipeline)); /* first: its threads are at the jobs */
	for (size_t i = 0; i < PIPELINE_JOBS_MAX; i++)
		verified_statement_free(TAKE(s->jobs[i].verified));
}

static void signing_release(struct signing *s)
{
	end_jobs(s);
	register_set_release(&s->now);
}

/* ---- What may have changed ---- */

/* A person thinks about the answer, and meanwhile an officer is dismissed, or a body removed: what costs little is looked at again. */
static int check_signer(struct signing *s, const struct draft *d, struct valise_err *err)
{
	return draft_signer_again(s->v, &s->now, &d->signer, err);
}

static int check_bytes(struct valise *v, const struct draft *d, struct valise_err *err)
{
	CLEAN_BODY struct body body = BODY_NONE;
	CLEAN_SEAL struct verified_seal *seal = NULL;
	struct letter_row row;
	int r = letter_row(v->spool, &d->letter, &row, err);
	if (r || !draft_is_of_bytes(d) || row.is_paper)
		return r;
	r = letter_seal(v->spool, &d->letter, &seal, err);
	return r ? r : draft_check_here(v, d, &row, seal, &body, err);
}

/* nth and what was said already are of the moment of signing: other processes may have signed since the look, perhaps this very statement.
 * Where nobody has written anything, only what goes before it in this command may be new. */
static int check_again(struct signing *s, struct draft *d, struct valise_err *err)
{
	struct statement drafted;
	uint64_t nth;
	int r = 0;
	if (s->is_as_looked_at && !d->follows)
		return draft_is_of_bytes(d) && !d->in_rows ? check_bytes(s->v, d, err) : 0;
	r = pipeline_drain(s->pipeline, err);
	if (!r)
		r = statement_parse(str_of(d->text), &drafted, err);
	if (!r)
		r = draft_check_history(s->v, &s->now, &drafted, d, err);
	d->view.already = d->already;
	if (r || d->already)
		return r;
	r = check_bytes(s->v, d, err);
	if (!r)
		r = statement_last_nth(s->v->spool, &d->letter, &d->signer.key, &nth, err);
	if (!r)
		d->nth = nth + 1;
	return r;
}

/* ---- One statement ---- */

/* On any thread. */
static int sign_draft(void *context, void *job, struct valise_err *err)
{
	struct job *j = job;
	struct statement s;
	(void)context;
	int r = statement_parse(str_of(j->draft->text), &s, err);
	s.nth = j->draft->nth;
	s.time_s = j->draft->time_s;
	return r ? r : statement_sign(&s, j->signer, &j->verified, err);
}

static int put_statement(void *context, void *job, struct valise_err *err)
{
	struct signing *s = context;
	struct job *j = job;
	struct draft *d = j->draft;
	int r = statement_put(s->v->spool, j->verified, NULL, err);
	if (!r)
		memcpy(d->id, hash_hex(&j->verified->note.id).text, sizeof d->id);
	verified_statement_free(TAKE(j->verified));
	return r;
}

static int sign_one(struct signing *s, struct draft *d, struct valise_err *err)
{
	const struct key *key;
	void *free_job;
	int r = check_again(s, d, err);
	if (r || d->already)
		return r;
	r = key_unlock(s->v, &d->signer.key, d->title, &key, err);
	if (!r)
		r = pipeline_job(s->pipeline, &free_job, err);
	if (r)
		return r;
	struct job *j = free_job;
	d->time_s = clock_now_s();
	*j = (struct job){.draft = d, .signer = key->signer};
	return pipeline_submit(s->pipeline, err);
}

/* ---- The batch ---- */

/* In an open transaction. */
static int sign_these(struct signing *s, size_t begin, size_t end, struct valise_err *err)
{
	struct spool_changes now = {0};
	const struct draft *checked = NULL;
	int r = spool_changes(s->v->spool, &now, err);
	s->is_as_looked_at = now.foreign == s->all->looked_at.foreign;
	register_set_release(&s->now);
	if (!r)
		r = register_set_self(s->v, &s->now, err);
	for (size_t i = begin; i < end && !r; i++) {
		struct draft *d = &s->all->drafts[i];
		if (d->already)
			continue;
		if (!checked || checked->signer.role != d->signer.role ||
		    !vkey_eq(&checked->signer.key, &d->signer.key))
			r = check_signer(s, d, err);
		checked = d;
		if (!r)
			r = sign_one(s, d, err);
	}
	return r ? r : pipeline_drain(s->pipeline, err);
}

static int sign_batch(void *context, size_t begin, size_t end, struct valise_err *err)
{
	struct signing *s = context;
	struct pipeline_spec spec = {.jobs = s->job_list,
				     .n_jobs = pipeline_jobs_here(),
				     .context = s,
				     .work = sign_draft,
				     .finish = put_statement};
	int r = spool_begin(s->v->spool, err);
	if (r)
		return r;
	r = pipeline_new(&spec, &s->pipeline, err);
	if (!r)
		r = sign_these(s, begin, end, err);
	end_jobs(s);
	r = spool_end(s->v->spool, r, err);
	for (size_t i = begin; i < end && !r; i++)
		s->all->ids[i] = s->all->drafts[i].already ? NULL : s->all->drafts[i].id;
	return r;
}

/* Passphrases are asked for before the spool's lock is taken. */
static int unlock_all(struct valise *v, struct valise_draft *d, struct valise_err *err)
{
	const struct key *key;
	int r = 0;
	for (size_t i = 0; i < d->n && !r; i++)
		if (!d->drafts[i].already)
			r = key_unlock(v, &d->drafts[i].signer.key, d->drafts[i].title, &key, err);
	return r;
}

int valise_say_sign(struct valise *v, struct valise_draft *d, const char *const **ret_ids, struct valise_err *err)
{
	CLEANUP(signing_release) struct signing s = {.v = v, .all = d, .now = REGISTER_SET_NONE};
	size_t done = 0;
	for (size_t i = 0; i < PIPELINE_JOBS_MAX; i++)
		s.job_list[i] = &s.jobs[i];
	int r = unlock_all(v, d, err);
	if (!r)
		r = spool_in_steps(v->spool, d->n, LIMIT_BATCH_LETTERS, sign_batch, &s, &done, err);
	if (r && done)
		return err_prefix(err, r, "the first %zu statements are signed, and no more", done);
	if (!r && ret_ids)
		*ret_ids = d->ids;
	return r;
}
