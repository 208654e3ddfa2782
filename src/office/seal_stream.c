/* SPDX-License-Identifier: Apache-2.0 */
/* Sealing a stream: jobs of sixteen age chunks, each encrypted and hashed by any thread, and written one after the other. */
#include "office/seal_stream.h"

#include "base/direct.h"
#include "base/file.h"
#include "base/limits.h"
#include "crypto/aead.h"
#include "office/age_job.h"
#include "office/body_hash.h"
#include "office/pipeline.h"

struct job {
	struct aead *aead; /* of its own: a context serves one thread at a time */
	struct mac *mac;   /* likewise; NULL: the span is hashed */
	uint64_t first_chunk;
	uint64_t offset; /* of its ciphertext in the result */
	bool last;       /* holds the last chunk */
	bool in_memory;  /* the whole is this job and small: it is not written to a file */
	size_t in_len, out_len;
	size_t filled; /* how far plaintext ever reached: what there is to wipe */
	struct body_span span;
	uint8_t tag[MAC_TAG_BYTES];
	uint8_t *in; /* `room` bytes */
	size_t room; /* one chunk, or JOB_PLAIN_BYTES */
	/* A block and what `room` becomes, the ciphertext as far behind the start of a block as in the file: so the end of the job
	 * before fits in front of it, and whole blocks are written. */
	uint8_t *blocks;
	size_t lead;      /* before the ciphertext in blocks */
	size_t write_len; /* of blocks */
};

struct stream_sealer {
	struct stream_target target;
	size_t sealed_chunk_bytes; /* a whole chunk as it is written */
	struct pipeline *pipeline;
	struct job jobs[PIPELINE_JOBS_MAX];
	void *job_list[PIPELINE_JOBS_MAX];
	size_t n_jobs;
	uint8_t file_key[AGE_FILE_KEY_BYTES], nonce[AGE_NONCE_BYTES];
	struct buf prefix; /* age header and nonce */
	struct newfile file;
	bool has_file;
	uint8_t tail[DIRECT_BLOCK_BYTES]; /* what the last whole block left of what is to be written */
	size_t n_tail;
	bool is_direct;      /* what is written goes past the page cache */
	struct job *filling; /* NULL: none in hand */
	bool lent;           /* its room is with the caller, who may have put plaintext there and not told of it */
	uint64_t offset;     /* of the plaintext so far */
	uint64_t next_chunk;
	/* In order, on the caller's thread. */
	struct body_hash hash;
	struct buf small; /* the whole when it is small */
};

/* ---- Any thread ---- */

static uint8_t *out_of(const struct job *j)
{
	return j->blocks + j->lead;
}

static int seal_chunks(struct job *j, struct valise_err *err)
{
	if (!j->aead) { /* nobody to encrypt to */
		memcpy(out_of(j), j->in, j->in_len);
		j->out_len = j->in_len;
		return 0;
	}
	size_t in = 0, out = 0;
	uint64_t chunk = j->first_chunk;
	do {
		size_t len = j->in_len - in < AGE_CHUNK_BYTES ? j->in_len - in : AGE_CHUNK_BYTES;
		bool last = j->last && in + len == j->in_len;
		int r = age_chunk_seal(j->aead, chunk++, last, j->in + in, len, out_of(j) + out, err);
		if (r)
			return r;
		in += len;
		out += len + AEAD_TAG_BYTES;
	} while (in < j->in_len);
	j->out_len = out;
	return 0;
}

static int seal_job(void *context, void *job, struct valise_err *err)
{
	struct job *j = job;
	(void)context;
	int r = seal_chunks(j, err);
	if (r)
		return r;
	if (j->mac)
		return mac_tag(j->mac, out_of(j), j->out_len, j->tag, err);
	body_span_hash(out_of(j), j->out_len, j->offset, &j->span);
	return 0;
}

/* One at a time and in order: some filesystems of sticks take no byte beyond the end, and others make two writers of a file wait. */
static int write_job(void *context, void *job, struct valise_err *err)
{
	struct stream_sealer *s = context;
	const struct job *j = job;
	uint64_t at = j->offset - j->lead;
	if (j->in_memory)
		return 0;
	if (s->target.past_cache && at >= DIRECT_FROM_BYTES && !s->is_direct) {
		s->is_direct = true;
		direct_begin(s->file.fd);
	}
	int r = file_pwrite_all(s->file.fd, j->blocks, j->write_len, at, s->target.what, err);
	if (!r)
		file_start_sync(s->file.fd, at, j->write_len);
	return r;
}

/* ---- The caller's thread, in order ---- */

/* What whole blocks there are, with what the job before left; the rest waits for the next. */
static void cut_blocks(struct stream_sealer *s, struct job *j)
{
	size_t len = j->lead + j->out_len;
	memcpy(j->blocks, s->tail, s->n_tail);
	s->n_tail = j->last ? 0 : len % DIRECT_BLOCK_BYTES;
	j->write_len = len - s->n_tail;
	memcpy(s->tail, j->blocks + j->write_len, s->n_tail);
}

static int finish_job(void *context, void *job, struct valise_err *err)
{
	struct stream_sealer *s = context;
	struct job *j = job;
	int r = 0;
	if (j->mac)
		r = imprint_add(s->target.imprint, j->out_len, j->tag, err);
	else
		body_hash_add(&s->hash, out_of(j), j->out_len, &j->span);
	if (j->in_memory) {
		buf_add(&s->small, s->prefix.data, s->prefix.len);
		buf_add(&s->small, out_of(j), j->out_len);
	} else {
		cut_blocks(s, j);
	}
	return r ? r : buf_check(&s->hash.tally, "the tally", err);
}

static int make_file(struct stream_sealer *s, struct valise_err *err)
{
	int r = newfile_begin(s->target.dirfd, s->target.for_others ? 0666 : 0600, &s->file, err);
	if (r)
		return r;
	s->has_file = true;
	size_t whole = s->prefix.len - s->prefix.len % DIRECT_BLOCK_BYTES;
	s->n_tail = s->prefix.len - whole;
	if (s->n_tail)
		memcpy(s->tail, s->prefix.data + whole, s->n_tail);
	return file_pwrite_all(s->file.fd, s->prefix.data, whole, 0, s->target.what, err);
}

/* A stream begins with room for one chunk: most letters need no more, and a large room would be mapped and unmapped for each, at which all
 * threads stop. */
static int grow(struct job *j, size_t chunks, struct valise_err *err)
{
	uint8_t *in = malloc(chunks * AGE_CHUNK_BYTES);
	uint8_t *blocks = direct_buffer(DIRECT_BLOCK_BYTES + chunks * AGE_SEALED_CHUNK_BYTES);
	if (!in || !blocks) {
		free(in);
		free(blocks);
		return err_nomem(err);
	}
	if (j->in) {
		memcpy(in, j->in, j->in_len);
		secret_wipe(j->in, j->room);
	}
	free(j->in);
	free(j->blocks);
	j->in = in;
	j->blocks = blocks;
	j->room = chunks * AGE_CHUNK_BYTES;
	return 0;
}

static int take_job(struct stream_sealer *s, struct valise_err *err)
{
	void *job;
	int r = pipeline_job(s->pipeline, &job, err);
	if (r)
		return r;
	struct job *j = job;
	if (!j->in) {
		r = grow(j, s->next_chunk ? JOB_CHUNKS : 1, err);
		if (!r && s->target.n_to)
			r = age_payload_key(s->file_key, s->nonce, &j->aead, err);
		if (!r && s->target.imprint)
			r = mac_new(s->target.imprint->key, &j->mac, err);
		if (r)
			return r;
	}
	j->in_len = 0;
	j->first_chunk = s->next_chunk;
	j->offset = s->prefix.len + s->next_chunk * s->sealed_chunk_bytes;
	j->lead = j->offset % DIRECT_BLOCK_BYTES;
	s->next_chunk += JOB_CHUNKS;
	s->filling = j;
	return 0;
}

/* Of a whole stream of `plain` bytes. */
static uint64_t result_bytes(const struct stream_sealer *s, uint64_t plain)
{
	return s->target.n_to ? s->prefix.len - AGE_NONCE_BYTES + age_payload_bytes(plain) : plain;
}

static int submit(struct stream_sealer *s, bool last, struct valise_err *err)
{
	struct job *j = s->filling;
	s->filling = NULL;
	j->last = last;
	j->in_memory = last && j->first_chunk == 0 && result_bytes(s, j->in_len) <= s->target.in_memory_bytes;
	if (!j->in_memory && !s->has_file) {
		int r = make_file(s, err);
		if (r)
			return r;
	}
	return pipeline_submit(s->pipeline, err);
}

/* ---- The sealer ---- */

static int take_prefix_imprint(struct stream_sealer *s, struct valise_err *err)
{
	CLEAN_MAC struct mac *mac = NULL;
	uint8_t tag[MAC_TAG_BYTES];
	int r = mac_new(s->target.imprint->key, &mac, err);
	if (!r)
		r = mac_tag(mac, s->prefix.data, s->prefix.len, tag, err);
	return r ? r : imprint_add(s->target.imprint, s->prefix.len, tag, err);
}

/* The age header and nonce; nothing when there is nobody to encrypt to. */
static int write_prefix(struct stream_sealer *s, const uint8_t *randomness, struct valise_err *err)
{
	struct body_span span;
	if (!s->target.n_to)
		return 0;
	memcpy(s->file_key, randomness, AGE_FILE_KEY_BYTES);
	memcpy(s->nonce, randomness + AGE_FILE_KEY_BYTES, AGE_NONCE_BYTES);
	int r = age_header_seal(s->file_key, s->target.to, s->target.n_to,
				randomness + AGE_FILE_KEY_BYTES + AGE_NONCE_BYTES, &s->prefix, err);
	buf_add(&s->prefix, s->nonce, sizeof s->nonce);
	if (!r)
		r = buf_check(&s->prefix, "the age header", err);
	if (r)
		return r;
	if (s->target.imprint)
		return take_prefix_imprint(s, err);
	body_span_hash(s->prefix.data, s->prefix.len, 0, &span);
	body_hash_add(&s->hash, s->prefix.data, s->prefix.len, &span);
	return 0;
}

int stream_sealer_new(const struct stream_target *target, const uint8_t *randomness, struct stream_sealer **ret,
		      struct valise_err *err)
{
	CLEAN_STREAM_SEALER struct stream_sealer *s = calloc(1, sizeof *s);
	if (!s)
		return err_nomem(err);
	s->target = *target;
	s->sealed_chunk_bytes = target->n_to ? AGE_SEALED_CHUNK_BYTES : AGE_CHUNK_BYTES;
	s->file = (struct newfile)NEWFILE_NONE;
	s->n_jobs = pipeline_jobs_here();
	for (size_t i = 0; i < s->n_jobs; i++)
		s->job_list[i] = &s->jobs[i];
	buf_init(&s->prefix, LIMIT_AGE_HEADER_BYTES);
	buf_init(&s->small, target->in_memory_bytes);
	body_hash_init(&s->hash);
	int r = write_prefix(s, randomness, err);
	struct pipeline_spec spec = {.jobs = s->job_list,
				     .n_jobs = s->n_jobs,
				     .waits = target->past_cache,
				     .context = s,
				     .work = seal_job,
				     .finish = finish_job,
				     .after = write_job};
	if (!r)
		r = pipeline_new(&spec, &s->pipeline, err);
	if (!r)
		*ret = TAKE(s);
	return r;
}

void stream_sealer_free(struct stream_sealer *s)
{
	if (!s)
		return;
	pipeline_free(s->pipeline);
	for (size_t i = 0; i < s->n_jobs; i++) {
		struct job *j = &s->jobs[i];
		aead_free(j->aead);
		mac_free(j->mac);
		/* No further than need be: touching a whole job's memory costs a small letter more than sealing it. */
		if (j->in)
			secret_wipe(j->in, j == s->filling && s->lent ? j->room : j->filled);
		free(j->in);
		free(j->blocks);
	}
	newfile_abandon(&s->file);
	secret_wipe(s->file_key, sizeof s->file_key);
	buf_release(&s->prefix);
	body_hash_release(&s->hash);
	buf_release(&s->small);
	free(s);
}

void stream_sealer_freep(struct stream_sealer **s)
{
	stream_sealer_free(*s);
}

int stream_sealer_room(struct stream_sealer *s, uint8_t **ret, size_t *ret_len, struct valise_err *err)
{
	int r = 0;
	/* A full job waits until more plaintext comes: only then is it known not to be the last. */
	if (s->filling && s->filling->in_len == JOB_PLAIN_BYTES)
		r = submit(s, false, err);
	if (!r && !s->filling)
		r = take_job(s, err);
	else if (!r && s->filling->in_len == s->filling->room)
		r = grow(s->filling, JOB_CHUNKS, err);
	if (r)
		return r;
	*ret = s->filling->in + s->filling->in_len;
	*ret_len = s->filling->room - s->filling->in_len;
	s->lent = true;
	return 0;
}

static void fill(struct stream_sealer *s, size_t n)
{
	struct job *j = s->filling;
	j->in_len += n;
	s->offset += n;
	s->lent = false;
	if (j->filled < j->in_len)
		j->filled = j->in_len;
}

int stream_sealer_add(struct stream_sealer *s, const uint8_t *data, size_t len, struct valise_err *err)
{
	while (len) {
		uint8_t *room;
		size_t n;
		int r = stream_sealer_room(s, &room, &n, err);
		if (r)
			return r;
		if (n > len)
			n = len;
		if (data != room)
			memcpy(room, data, n);
		fill(s, n);
		data += n;
		len -= n;
	}
	return 0;
}

int stream_sealer_zeros(struct stream_sealer *s, uint64_t len, struct valise_err *err)
{
	while (len) {
		uint8_t *room;
		size_t n;
		int r = stream_sealer_room(s, &room, &n, err);
		if (r)
			return r;
		if (n > len)
			n = (size_t)len;
		memset(room, 0, n);
		fill(s, n);
		len -= n;
	}
	return 0;
}

uint64_t stream_sealer_offset(const struct stream_sealer *s)
{
	return s->offset;
}

int stream_sealer_end(struct stream_sealer *s, struct sealed_stream *ret, struct valise_err *err)
{
	uint8_t *room;
	size_t n;
	struct hash root = {{0}};
	int r = s->filling ? 0 : stream_sealer_room(s, &room, &n, err);
	if (!r)
		r = submit(s, true, err);
	if (!r)
		r = pipeline_drain(s->pipeline, err);
	if (r)
		return r;
	r = s->target.imprint ? 0 : body_hash_end(&s->hash, &root, err);
	if (!r)
		r = buf_check(&s->small, s->target.what, err);
	if (!r && s->has_file) /* here, so that the spool's lock is not held while it lasts */
		r = file_sync(s->file.fd, s->target.what, err);
	if (r)
		return r;
	*ret = (struct sealed_stream){root, result_bytes(s, s->offset), buf_str(&s->hash.tally)};
	return 0;
}

struct newfile *stream_sealer_file(struct stream_sealer *s)
{
	return s->has_file ? &s->file : NULL;
}

struct str stream_sealer_memory(const struct stream_sealer *s)
{
	return buf_str(&s->small);
}
