/* SPDX-License-Identifier: Apache-2.0 */
/* Re-reading a body piece by piece, by the pipeline: what was put on a medium, for doctor, and to tell damage here from a defect that
 * came so. */
#include "office/body_root.h"

#include "crypto/tree.h"
#include "office/pipeline.h"

struct job {
	uint64_t at;
	size_t len;
	struct hash root;
	uint8_t *piece; /* TREE_PIECE_BYTES */
};

struct reading {
	struct valise *v;
	const struct body *body;
	const char *doing;
	struct pipeline *pipeline;
	struct job jobs[PIPELINE_JOBS_MAX];
	void *job_list[PIPELINE_JOBS_MAX];
	struct tree tree;
};

static int read_piece(void *context, void *job, struct valise_err *err)
{
	struct reading *b = context;
	struct job *j = job;
	int r = body_read(b->body, j->at, j->piece, j->len, err);
	if (!r)
		tree_piece(j->piece, j->len, &j->root);
	return r;
}

static int add_piece(void *context, void *job, struct valise_err *err)
{
	struct reading *b = context;
	struct job *j = job;
	tree_add(&b->tree, &j->root);
	return office_progress(b->v, b->doing, j->at, b->body->size, err);
}

static void reading_release(struct reading *b)
{
	pipeline_free(b->pipeline);
	for (size_t i = 0; i < PIPELINE_JOBS_MAX; i++)
		free(b->jobs[i].piece);
}

static int read_all(struct reading *b, struct valise_err *err)
{
	int r = 0;
	for (uint64_t at = 0; at < b->body->size && !r; at += TREE_PIECE_BYTES) {
		uint64_t left = b->body->size - at;
		void *job;
		r = pipeline_job(b->pipeline, &job, err);
		if (r)
			return r;
		struct job *j = job;
		if (!j->piece && !(j->piece = malloc(TREE_PIECE_BYTES)))
			return err_nomem(err);
		j->at = at;
		j->len = left < TREE_PIECE_BYTES ? (size_t)left : TREE_PIECE_BYTES;
		r = pipeline_submit(b->pipeline, err);
	}
	return r ? r : pipeline_drain(b->pipeline, err);
}

int body_root(struct valise *v, const struct body *body, const char *doing, struct hash *ret, struct valise_err *err)
{
	CLEANUP(reading_release) struct reading b = {.v = v, .body = body, .doing = doing};
	for (size_t i = 0; i < PIPELINE_JOBS_MAX; i++)
		b.job_list[i] = &b.jobs[i];
	tree_init(&b.tree);
	struct pipeline_spec spec = {.jobs = b.job_list,
				     .n_jobs = pipeline_jobs_here(),
				     .context = &b,
				     .work = read_piece,
				     .finish = add_piece};
	int r = pipeline_new(&spec, &b.pipeline, err);
	if (!r)
		r = read_all(&b, err);
	if (!r)
		tree_end(&b.tree, ret);
	return r;
}
