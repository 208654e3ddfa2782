/* SPDX-License-Identifier: Apache-2.0 */
/* Re-reading a body piece by piece, by the pipeline: what was put on a medium, for doctor, and to tell damage here from a defect that
 * came so. */
#include "office/body_root.h"

#include "base/direct.h"
#include "crypto/tree.h"
#include "office/pipeline.h"

struct job {
	uint64_t at;
	size_t len;
	struct hash root;
	uint8_t *piece; /* TREE_PIECE_BYTES of `pieces` */
};

struct body_reader {
	struct valise *v;
	const struct body *body;
	const char *doing;
	struct pipeline *pipeline;
	uint8_t *pieces; /* of all jobs */
	struct job jobs[PIPELINE_JOBS_MAX];
	void *job_list[PIPELINE_JOBS_MAX];
	uint64_t at; /* submitted up to here */
	struct tree tree;
};

static int read_piece(void *context, void *job, struct valise_err *err)
{
	struct body_reader *b = context;
	struct job *j = job;
	int r = body_read(b->body, j->at, j->piece, j->len, err);
	if (!r)
		tree_piece(j->piece, j->len, &j->root);
	return r;
}

static int add_piece(void *context, void *job, struct valise_err *err)
{
	struct body_reader *b = context;
	const struct job *j = job;
	(void)err;
	tree_add(&b->tree, &j->root);
	return 0;
}

int body_reader_new(struct valise *v, const struct body *body, const char *doing, struct body_reader **ret,
		    struct valise_err *err)
{
	CLEAN_BODY_READER struct body_reader *b = calloc(1, sizeof *b);
	size_t n_jobs = pipeline_jobs_here();
	bool direct = body->past_cache && body->size > DIRECT_FROM_BYTES;
	if (!b)
		return err_nomem(err);
	b->v = v;
	b->body = body;
	b->doing = doing;
	b->pieces = direct ? direct_buffer_large(n_jobs * TREE_PIECE_BYTES) : direct_buffer(n_jobs * TREE_PIECE_BYTES);
	if (!b->pieces)
		return err_nomem(err);
	if (direct)
		direct_begin(body->fd);
	for (size_t i = 0; i < n_jobs; i++) {
		b->jobs[i].piece = b->pieces + i * TREE_PIECE_BYTES;
		b->job_list[i] = &b->jobs[i];
	}
	tree_init(&b->tree);
	struct pipeline_spec spec = {.waits = direct,
				     .jobs = b->job_list,
				     .n_jobs = n_jobs,
				     .context = b,
				     .work = read_piece,
				     .finish = add_piece};
	int r = pipeline_new(&spec, &b->pipeline, err);
	if (!r)
		*ret = TAKE(b);
	return r;
}

void body_reader_free(struct body_reader *b)
{
	if (!b)
		return;
	pipeline_free(b->pipeline);
	free(b->pieces);
	free(b);
}

void body_reader_freep(struct body_reader **b)
{
	body_reader_free(*b);
}

static int submit_piece(struct body_reader *b, struct valise_err *err)
{
	uint64_t left = b->body->size - b->at;
	void *job;
	int r = pipeline_job(b->pipeline, &job, err);
	if (r)
		return r;
	struct job *j = job;
	j->at = b->at;
	j->len = left < TREE_PIECE_BYTES ? (size_t)left : TREE_PIECE_BYTES;
	b->at += j->len;
	return pipeline_submit(b->pipeline, err);
}

int body_reader_ahead(struct body_reader *b, struct valise_err *err)
{
	int r = 0;
	while (!r && b->at < b->body->size && pipeline_is_ready(b->pipeline))
		r = submit_piece(b, err);
	return r;
}

int body_reader_end(struct body_reader *b, struct hash *ret, struct valise_err *err)
{
	int r = 0;
	while (!r && b->at < b->body->size) {
		r = submit_piece(b, err);
		if (!r)
			r = office_progress(b->v, b->doing, b->at, b->body->size, err);
	}
	if (!r)
		r = pipeline_drain(b->pipeline, err);
	if (!r)
		tree_end(&b->tree, ret);
	return r;
}

int body_root(struct valise *v, const struct body *body, const char *doing, struct hash *ret, struct valise_err *err)
{
	CLEAN_BODY_READER struct body_reader *b = NULL;
	int r = body_reader_new(v, body, doing, &b, err);
	return r ? r : body_reader_end(b, ret, err);
}
