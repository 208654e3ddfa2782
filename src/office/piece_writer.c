/* SPDX-License-Identifier: Apache-2.0 */
/* Writing pieces behind: each is a job of the pipeline. */
#include "office/piece_writer.h"

#include "base/limits.h"
#include "office/pipeline.h"

#define JOBS 3u /* one being written, one waiting, one being filled */

struct job {
	uint64_t piece;
	size_t len;
	uint8_t *room; /* BAG_ROOM_BYTES: its data where it is in a record */
};

struct piece_writer {
	struct body_intake *to;
	struct pipeline *pipeline;
	struct job jobs[JOBS];
	void *job_list[JOBS];
};

static int write_piece(void *context, void *job, struct valise_err *err)
{
	const struct piece_writer *w = context;
	const struct job *j = job;
	return body_intake_piece(w->to, j->piece, j->room + BAG_FRAME_BYTES, j->len, err);
}

int piece_writer_new(struct body_intake *to, struct piece_writer **ret, struct valise_err *err)
{
	CLEAN_PIECE_WRITER struct piece_writer *w = calloc(1, sizeof *w);
	if (!w)
		return err_nomem(err);
	w->to = to;
	for (size_t i = 0; i < JOBS; i++)
		w->job_list[i] = &w->jobs[i];
	/* One at a time: two writes to one file only wait for each other, and burn a processor each while they do. */
	struct pipeline_spec spec = {.jobs = w->job_list, .n_jobs = JOBS, .context = w, .after = write_piece};
	int r = pipeline_new(&spec, &w->pipeline, err);
	if (!r)
		*ret = TAKE(w);
	return r;
}

int piece_writer_put(struct piece_writer *w, struct bag_reader *from, const struct bag_record *rec,
		     struct valise_err *err)
{
	void *job;
	if (rec->len > TREE_PIECE_BYTES)
		return err_set(err, VALISE_E_USAGE, "a piece is larger than pieces are");
	int r = pipeline_job(w->pipeline, &job, err);
	if (r)
		return r;
	struct job *j = job;
	if (!j->room && !(j->room = malloc(BAG_ROOM_BYTES)))
		return err_nomem(err);
	uint8_t *whole = bag_reader_exchange(from, rec, j->room);
	if (whole)
		j->room = whole;
	else
		memcpy(j->room + BAG_FRAME_BYTES, rec->data, rec->len);
	j->piece = rec->at;
	j->len = rec->len;
	return pipeline_submit(w->pipeline, err);
}

int piece_writer_settle(struct piece_writer *w, struct valise_err *err)
{
	return pipeline_drain(w->pipeline, err);
}

void piece_writer_free(struct piece_writer *w)
{
	if (!w)
		return;
	pipeline_free(w->pipeline);
	for (size_t i = 0; i < JOBS; i++)
		free(w->jobs[i].room);
	free(w);
}

void piece_writer_freep(struct piece_writer **w)
{
	piece_writer_free(*w);
}
