/* SPDX-License-Identifier: Apache-2.0 */
/* Records by the hundred thousand in little memory. */
#include "office/roll.h"

#include "base/file.h"

#ifndef ROLL_BYTES
#define ROLL_BYTES (64u * 1024) /* in memory before they go to the file */
#endif
#define RECORD_MAX_BYTES (32u * 1024)
#define READ_BYTES (64u * 1024) /* at once; no record is longer */
#define ALL_BYTES (1024u * 1024 * 1024)
#define WHAT "a list that is kept while a command runs"

/* Before each: how long its two parts are. Both end on a multiple of 8 bytes. */
struct head {
	uint32_t record, text;
};

static size_t padded(size_t len)
{
	return (len + 7) / 8 * 8;
}

static size_t bytes_of(const struct head *h)
{
	return sizeof *h + padded(h->record) + padded(h->text);
}

void roll_release(struct roll *r)
{
	if (r->has_file)
		newfile_abandon(&r->file);
	buf_release(&r->last);
	*r = (struct roll){.n = 0};
}

/* A full disk is no reason to lose them: then they stay where they are. */
static void file_them(struct roll *r)
{
	int failed = r->has_file ? 0 : newfile_begin(spool_tmpfd(r->spool), 0600, &r->file, NULL);
	r->has_file |= !failed;
	if (!failed)
		failed = file_pwrite_all(r->file.fd, r->last.data, r->last.len, r->filed, WHAT, NULL);
	if (failed) {
		r->spool = NULL;
		return;
	}
	r->filed += r->last.len;
	buf_clear(&r->last);
}

static void add_padded(struct buf *b, const void *data, size_t len)
{
	static const uint8_t zeros[8];
	if (len)
		buf_add(b, data, len);
	buf_add(b, zeros, padded(len) - len);
}

int roll_add(struct roll *r, const void *record, size_t len, struct str text, struct valise_err *err)
{
	if (len + text.len > RECORD_MAX_BYTES)
		return err_set(err, VALISE_E_LIMIT, "%s has too long a record", WHAT);
	const struct head h = {(uint32_t)len, (uint32_t)text.len};
	r->last.max = ALL_BYTES;
	if (r->spool && r->last.len >= ROLL_BYTES)
		file_them(r);
	buf_add(&r->last, &h, sizeof h);
	add_padded(&r->last, record, len);
	add_padded(&r->last, text.at, text.len);
	r->n++;
	return buf_check(&r->last, WHAT, err);
}

struct roll_end roll_end(const struct roll *r)
{
	return (struct roll_end){r->filed + r->last.len, r->n};
}

void roll_cut(struct roll *r, const struct roll_end *end)
{
	if (end->bytes >= r->filed) {
		r->last.len = (size_t)(end->bytes - r->filed);
	} else {
		r->filed = end->bytes;
		buf_clear(&r->last);
	}
	r->n = end->n;
}

/* Those that are whole within the bytes; *ret_used: how far they go. */
static int each_within(const uint8_t *at, size_t len, roll_each *each, void *context, size_t *ret_used)
{
	struct head h;
	int r = 0;
	*ret_used = 0;
	while (!r && len - *ret_used >= sizeof h) {
		const uint8_t *here = at + *ret_used;
		memcpy(&h, here, sizeof h);
		if (len - *ret_used < bytes_of(&h))
			break;
		const struct str text = {(const char *)here + sizeof h + padded(h.record), h.text};
		r = each(context, here + sizeof h, text);
		*ret_used += bytes_of(&h);
	}
	return r;
}

static int each_filed(const struct roll *r, roll_each *each, void *context, struct valise_err *err)
{
	CLEAN_FREE uint8_t *data = malloc(READ_BYTES);
	size_t used = 0, got;
	int result = data ? 0 : err_nomem(err);
	for (uint64_t at = 0; !result && at < r->filed; at += used) {
		uint64_t left = r->filed - at;
		result = file_pread_full(r->file.fd, data, left < READ_BYTES ? (size_t)left : READ_BYTES, at, &got,
					 WHAT, err);
		if (!result)
			result = each_within(data, got, each, context, &used);
		if (!result && !used)
			result = err_set(err, VALISE_E_IO, "%s got shorter while it was read", WHAT);
	}
	return result;
}

int roll_each_record(const struct roll *r, roll_each *each, void *context, struct valise_err *err)
{
	size_t used;
	int result = r->filed ? each_filed(r, each, context, err) : 0;
	return result || !r->last.len ? result : each_within(r->last.data, r->last.len, each, context, &used);
}
