/* SPDX-License-Identifier: Apache-2.0 */
/* Re-reading by the pipeline: a body piece by piece, for doctor, and to tell damage here from a defect that came so; what was put on a
 * medium in the ranges in which it was written. */
#include "office/body_root.h"

#include "base/direct.h"
#include "crypto/tree.h"
#include "office/pipeline.h"

struct job {
	uint64_t at;
	size_t len;
	const struct imprint_range *range; /* NULL: a piece to hash */
	struct mac *mac;
	struct hash root;
	uint8_t *blocks; /* around the longest range, or piece; in `blocks` of the reader */
};

struct body_reader {
	struct valise *v;
	const struct body *body;
	const struct imprint *imprint; /* NULL: to be hashed */
	const char *doing;
	struct pipeline *pipeline;
	size_t n_jobs;
	uint8_t *blocks; /* of all jobs */
	struct job jobs[PIPELINE_JOBS_MAX];
	void *job_list[PIPELINE_JOBS_MAX];
	uint64_t at;  /* submitted up to here */
	size_t range; /* of the imprint, the next to submit */
	struct tree tree;
};

static int read_piece(void *context, void *job, struct valise_err *err)
{
	struct body_reader *b = context;
	struct job *j = job;
	uint8_t *data;
	int r = body_read_blocks(b->body, j->at, j->len, j->blocks, &data, err);
	if (r)
		return r;
	if (j->range)
		return imprint_compare(j->range, j->mac, data, err);
	tree_piece(data, j->len, &j->root);
	return 0;
}

static int add_piece(void *context, void *job, struct valise_err *err)
{
	struct body_reader *b = context;
	const struct job *j = job;
	(void)err;
	if (!j->range)
		tree_add(&b->tree, &j->root);
	return 0;
}

static int make_jobs(struct body_reader *b, bool direct, struct valise_err *err)
{
	bool is_piece = !b->imprint && b->body->size <= TREE_PIECE_BYTES;
	size_t longest = b->imprint ? imprint_longest(b->imprint) : is_piece ? (size_t)b->body->size : TREE_PIECE_BYTES;
	size_t room = DIRECT_ROOM_BYTES(longest);
	int r = 0;
	b->n_jobs = is_piece ? 1 : pipeline_jobs_here();
	b->blocks = direct ? direct_buffer_large(b->n_jobs * room) : direct_buffer(b->n_jobs * room);
	if (!b->blocks)
		return err_nomem(err);
	for (size_t i = 0; i < b->n_jobs && !r; i++) {
		b->jobs[i].blocks = b->blocks + i * room;
		b->job_list[i] = &b->jobs[i];
		if (b->imprint)
			r = mac_new(b->imprint->key, &b->jobs[i].mac, err);
	}
	return r;
}

int body_reader_new(struct valise *v, const struct body *body, const struct imprint *imprint, const char *doing,
		    struct body_reader **ret, struct valise_err *err)
{
	CLEAN_BODY_READER struct body_reader *b = calloc(1, sizeof *b);
	bool direct = body->past_cache && body->size > DIRECT_FROM_BYTES;
	if (!b)
		return err_nomem(err);
	b->v = v;
	b->body = body;
	b->imprint = imprint;
	b->doing = doing;
	tree_init(&b->tree);
	int r = make_jobs(b, direct, err);
	if (r)
		return r;
	if (direct)
		direct_begin(body->fd);
	struct pipeline_spec spec = {.waits = direct,
				     .jobs = b->job_list,
				     .n_jobs = b->n_jobs,
				     .context = b,
				     .work = read_piece,
				     .finish = add_piece};
	r = pipeline_new(&spec, &b->pipeline, err);
	if (!r)
		*ret = TAKE(b);
	return r;
}

void body_reader_free(struct body_reader *b)
{
	if (!b)
		return;
	pipeline_free(b->pipeline);
	for (size_t i = 0; i < b->n_jobs; i++)
		mac_free(b->jobs[i].mac);
	free(b->blocks);
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
	j->range = b->imprint ? &b->imprint->ranges[b->range++] : NULL;
	j->len = j->range ? j->range->len : left < TREE_PIECE_BYTES ? (size_t)left : TREE_PIECE_BYTES;
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

int body_reader_end(struct body_reader *b, struct hash *ret_root, struct valise_err *err)
{
	int r = 0;
	while (!r && b->at < b->body->size) {
		r = submit_piece(b, err);
		if (!r)
			r = office_progress(b->v, b->doing, b->at, b->body->size, err);
	}
	if (!r)
		r = pipeline_drain(b->pipeline, err);
	if (!r && !b->imprint)
		tree_end(&b->tree, ret_root);
	return r;
}

int body_root(struct valise *v, const struct body *body, const char *doing, struct hash *ret, struct valise_err *err)
{
	CLEAN_BODY_READER struct body_reader *b = NULL;
	int r = body_reader_new(v, body, NULL, doing, &b, err);
	return r ? r : body_reader_end(b, ret, err);
}
