/* SPDX-License-Identifier: Apache-2.0 */
/* Opening a stream: jobs of sixteen age chunks, each read, decrypted and hashed by any thread, handed out in order. */
#include "office/unseal_stream.h"

#include "base/direct.h"
#include "base/file.h"
#include "base/limits.h"
#include "crypto/aead.h"
#include "office/age_job.h"
#include "office/body_hash.h"
#include "office/pipeline.h"

#define LATE_MIN_BYTES 65536u
#define FIRST_BYTES (LIMIT_AGE_HEADER_BYTES + AGE_NONCE_BYTES)

/* Plaintext on its way out: a write that may be done after the caller is through with the job. */
struct late_write {
	int fd;
	uint64_t at;
	const uint8_t *data; /* within the job's plaintext; NULL: there is none to do */
	size_t len;
	const char *what;
};

struct job {
	struct aead *aead;
	uint64_t first_chunk;
	uint64_t offset; /* of its ciphertext in the file */
	bool last;
	size_t in_len, out_len;
	size_t filled; /* how far plaintext may ever have reached: what there is to wipe */
	struct body_span span;
	uint8_t *blocks; /* around its ciphertext, in `blocks` */
	uint8_t *in;     /* in them */
	uint8_t *out;    /* job_plain_bytes */
	struct late_write late;
};

struct stream_opener {
	const struct body *file;
	bool hashed;
	struct pipeline *pipeline;
	struct job jobs[PIPELINE_JOBS_MAX];
	void *job_list[PIPELINE_JOBS_MAX];
	size_t n_jobs;
	uint8_t *blocks; /* of all jobs; NULL until the first */
	uint8_t file_key[AGE_FILE_KEY_BYTES], nonce[AGE_NONCE_BYTES];
	uint64_t chunks_at; /* where the chunks begin in the file */
	uint64_t plain_bytes;
	size_t job_plain_bytes; /* what a job holds at most: all, when there is but one */
	uint64_t next_chunk;
	bool all_submitted;
	struct job *held; /* what the caller reads from; NULL: none */
	struct body_hash hash;
};

static int open_chunks(struct job *j, struct valise_err *err)
{
	size_t in = 0, out = 0;
	uint64_t chunk = j->first_chunk;
	while (in < j->in_len) {
		size_t len = j->in_len - in < AGE_SEALED_CHUNK_BYTES ? j->in_len - in : AGE_SEALED_CHUNK_BYTES;
		bool last = j->last && in + len == j->in_len;
		int r = age_chunk_open(j->aead, chunk++, last, j->in + in, len, j->out + out, err);
		if (r)
			return r;
		in += len;
		out += len - AEAD_TAG_BYTES;
	}
	j->out_len = out;
	return 0;
}

static int open_job(void *context, void *job, struct valise_err *err)
{
	struct stream_opener *o = context;
	struct job *j = job;
	int r = body_read_blocks(o->file, j->offset, j->in_len, j->blocks, &j->in, err);
	if (r)
		return r;
	if (o->hashed)
		body_span_hash(j->in, j->in_len, j->offset, &j->span);
	return open_chunks(j, err);
}

static int write_late(void *context, void *job, struct valise_err *err)
{
	struct late_write *w = &((struct job *)job)->late;
	(void)context;
	if (!w->data)
		return 0;
	const uint8_t *data = TAKE(w->data);
	int r = file_pwrite_all(w->fd, data, w->len, w->at, w->what, err);
	if (!r)
		file_start_sync(w->fd, w->at, w->len);
	return r;
}

static int read_header(struct stream_opener *o, const struct age_identity *identities, size_t n_identities,
		       struct valise_err *err)
{
	CLEAN_BUF struct buf first = BUF_INIT(FIRST_BYTES);
	size_t header_len = 0;
	struct body_span span;
	size_t n = o->file->size < FIRST_BYTES ? (size_t)o->file->size : FIRST_BYTES;
	uint8_t *at = buf_grow(&first, n);
	if (!at)
		return n ? err_nomem(err) : err_set(err, VALISE_E_BAD, "the age file is empty");
	int r = body_read(o->file, 0, at, n, err);
	if (!r)
		r = age_header_length(at, n, &header_len, err);
	if (!r && (header_len == 0 || header_len + AGE_NONCE_BYTES > n))
		r = err_set(err, VALISE_E_BAD, "the age file ends within its header");
	if (!r)
		r = age_header_open(at, header_len, identities, n_identities, o->file_key, NULL, err);
	if (r)
		return r;
	memcpy(o->nonce, at + header_len, AGE_NONCE_BYTES);
	o->chunks_at = header_len + AGE_NONCE_BYTES;
	if (o->hashed) {
		body_span_hash(at, (size_t)o->chunks_at, 0, &span);
		body_hash_add(&o->hash, at, (size_t)o->chunks_at, &span);
	}
	r = age_plain_bytes(o->file->size - header_len, &o->plain_bytes, err);
	o->job_plain_bytes = o->plain_bytes < JOB_PLAIN_BYTES ? (size_t)o->plain_bytes : JOB_PLAIN_BYTES;
	return r;
}

int stream_opener_new(const struct body *file, const struct age_identity *identities, size_t n, bool hashed,
		      struct stream_opener **ret, struct valise_err *err)
{
	CLEAN_STREAM_OPENER struct stream_opener *o = calloc(1, sizeof *o);
	if (!o)
		return err_nomem(err);
	o->file = file;
	o->hashed = hashed;
	o->n_jobs = pipeline_jobs_here();
	for (size_t i = 0; i < o->n_jobs; i++)
		o->job_list[i] = &o->jobs[i];
	body_hash_init(&o->hash);
	struct pipeline_spec spec = {.waits = file->past_cache,
				     .jobs = o->job_list,
				     .n_jobs = o->n_jobs,
				     .context = o,
				     .work = open_job,
				     .after = write_late};
	int r = read_header(o, identities, n, err);
	if (!r)
		r = pipeline_new(&spec, &o->pipeline, err);
	if (!r)
		*ret = TAKE(o);
	return r;
}

void stream_opener_free(struct stream_opener *o)
{
	if (!o)
		return;
	pipeline_free(o->pipeline);
	for (size_t i = 0; i < o->n_jobs; i++) {
		aead_free(o->jobs[i].aead);
		if (o->jobs[i].out)
			secret_wipe(o->jobs[i].out, o->jobs[i].filled);
		free(o->jobs[i].out);
	}
	free(o->blocks);
	secret_wipe(o->file_key, sizeof o->file_key);
	body_hash_release(&o->hash);
	free(o);
}

void stream_opener_freep(struct stream_opener **o)
{
	stream_opener_free(*o);
}

uint64_t stream_opener_plain_bytes(const struct stream_opener *o)
{
	return o->plain_bytes;
}

static int begin_reading(struct stream_opener *o, struct valise_err *err)
{
	bool direct = o->file->past_cache && o->file->size > DIRECT_FROM_BYTES;
	if (direct)
		direct_begin(o->file->fd);
	uint64_t sealed = o->file->size - o->chunks_at;
	size_t n = sealed <= JOB_SEALED_BYTES ? 1 : o->n_jobs;
	size_t room = DIRECT_ROOM_BYTES(n == 1 ? (size_t)sealed : JOB_SEALED_BYTES);
	o->blocks = direct ? direct_buffer_large(n * room) : direct_buffer(n * room);
	for (size_t i = 0; o->blocks && i < n; i++)
		o->jobs[i].blocks = o->blocks + i * room;
	return o->blocks ? 0 : err_nomem(err);
}

static int submit_next(struct stream_opener *o, struct valise_err *err)
{
	void *job;
	int r = o->blocks ? 0 : begin_reading(o, err);
	if (!r)
		r = pipeline_job(o->pipeline, &job, err);
	if (r)
		return r;
	struct job *j = job;
	if (!j->out) {
		j->out = malloc(o->job_plain_bytes + 1); /* not none of an empty letter */
		if (!j->out)
			return err_nomem(err);
		r = age_payload_key(o->file_key, o->nonce, &j->aead, err);
		if (r)
			return r;
	}
	j->first_chunk = o->next_chunk;
	j->offset = o->chunks_at + o->next_chunk * AGE_SEALED_CHUNK_BYTES;
	uint64_t left = o->file->size - j->offset;
	j->last = left <= JOB_SEALED_BYTES;
	j->in_len = j->last ? (size_t)left : JOB_SEALED_BYTES;
	if (j->filled < j->in_len)
		j->filled = j->in_len < o->job_plain_bytes ? j->in_len : o->job_plain_bytes;
	o->next_chunk += JOB_CHUNKS;
	o->all_submitted = j->last;
	return pipeline_submit(o->pipeline, err);
}

int stream_opener_next(struct stream_opener *o, const uint8_t **ret, size_t *ret_len, struct valise_err *err)
{
	void *job;
	int r = 0;
	if (o->held)
		pipeline_release(o->pipeline);
	o->held = NULL;
	/* The pipeline is kept full, and never empty: while every place is taken by what is written out, the next is waited for. */
	while (!r && !o->all_submitted && (pipeline_has_room(o->pipeline) || pipeline_is_idle(o->pipeline)))
		r = submit_next(o, err);
	if (!r)
		r = pipeline_oldest(o->pipeline, &job, err);
	if (r)
		return r;
	if (!job) {
		*ret_len = 0;
		return 0;
	}
	struct job *j = job;
	if (o->hashed)
		body_hash_add(&o->hash, j->in, j->in_len, &j->span);
	o->held = j;
	*ret = j->out;
	*ret_len = j->out_len;
	return 0;
}

int stream_opener_write(struct stream_opener *o, int fd, uint64_t at, const uint8_t *data, size_t len, const char *what,
			struct valise_err *err)
{
	/* What reaches to the end of a job goes on in the next: a file large enough for a thread of its own. */
	if (len < LATE_MIN_BYTES || data + len != o->held->out + o->held->out_len)
		return file_pwrite_all(fd, data, len, at, what, err);
	o->held->late = (struct late_write){fd, at, data, len, what};
	return 0;
}

int stream_opener_settle(struct stream_opener *o, struct valise_err *err)
{
	int r = pipeline_settle(o->pipeline, err);
	return r || !o->held ? r : write_late(o, o->held, err);
}

int stream_opener_root(struct stream_opener *o, struct hash *ret, struct valise_err *err)
{
	return body_hash_end(&o->hash, ret, err);
}
