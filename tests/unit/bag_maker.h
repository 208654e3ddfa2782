/* SPDX-License-Identifier: Apache-2.0 */
/* For tests of bags: making them in memory, and noting what a reader hands out. */
#ifndef TEST_BAG_MAKER_H
#define TEST_BAG_MAKER_H

#include "vectors.h"

#include "format/bag.h"
#include "format/bag_frame.h"

static inline void bag_maker_begin(uint8_t id_byte, struct bag_writer **ret, struct buf *out)
{
	uint8_t id[BAG_ID_BYTES];
	uint8_t header[BAG_HEADER_BYTES];
	memset(id, id_byte, sizeof id);
	assert_int_equal(bag_writer_new(id, ret, header, NULL), 0);
	buf_add(out, header, sizeof header);
}

static inline void bag_maker_add(struct bag_writer *w, struct buf *out, unsigned kind, struct hash of, uint32_t at,
				 const void *data, size_t len)
{
	struct bag_record r = {.kind = kind, .of = of, .at = at, .data = data, .len = len};
	uint8_t frame[BAG_FRAME_BYTES];
	struct valise_err err = {0};
	if (bag_writer_frame(w, &r, false, frame, &err))
		fail_msg("%s", err.text);
	buf_add(out, frame, sizeof frame);
	buf_add(out, data, len);
}

static inline void bag_maker_end(struct bag_writer *w, struct buf *out)
{
	uint8_t frame[BAG_FRAME_BYTES];
	assert_int_equal(bag_writer_end(w, frame, NULL), 0);
	buf_add(out, frame, sizeof frame);
	assert_int_equal(out->error, 0);
}

/* The record as any writer could frame it, also one that ours would not write. */
static inline void bag_maker_raw(struct buf *out, const struct bag_record *r)
{
	uint8_t frame[BAG_FRAME_BYTES];
	bag_frame_write(r, frame);
	buf_add(out, frame, sizeof frame);
	buf_add(out, r->data, r->len);
}

/* What came out, as marks: one digest a record, in order. */
#define BAG_MARKS 64u
struct bag_marks {
	struct hash mark[BAG_MARKS];
	size_t n;
	struct bag_reader *reader;
	size_t exchanged;
	struct bag_result result;
};

static inline int bag_marks_add(void *context, const struct bag_record *r)
{
	struct bag_marks *m = context;
	uint8_t frame[BAG_FRAME_BYTES];
	bag_frame_write(r, frame);
	if (m->n < BAG_MARKS)
		digest_spans((const struct span[]){{frame, sizeof frame}, {r->data, r->len}}, 2, &m->mark[m->n]);
	m->n++;
	/* Taken where it can be, and gone: the reader goes on without it. */
	uint8_t *spare = malloc(BAG_ROOM_BYTES);
	assert_non_null(spare);
	uint8_t *whole = bag_reader_exchange(m->reader, r, spare);
	assert_true(!whole || (whole != spare && r->data == whole + BAG_FRAME_BYTES));
	m->exchanged += whole != NULL;
	free(whole ? whole : spare);
	return 0;
}

/* Reads all of `bytes` in portions of `portion` (0: at once). */
static inline void bag_marks_read(struct str bytes, size_t portion, struct bag_marks *ret)
{
	CLEAN_BAG_READER struct bag_reader *r = NULL;
	*ret = (struct bag_marks){0};
	assert_int_equal(bag_reader_new(bag_marks_add, ret, &r, NULL), 0);
	ret->reader = r;
	for (size_t at = 0; at < bytes.len;) {
		size_t len = portion && portion < bytes.len - at ? portion : bytes.len - at;
		/* Memory of just that size, so that a sanitizer sees what reads past it. */
		uint8_t *exact = malloc(len);
		assert_non_null(exact);
		memcpy(exact, bytes.at + at, len);
		assert_int_equal(bag_reader_push(r, exact, len, NULL), 0);
		free(exact);
		at += len;
	}
	assert_int_equal(bag_reader_end(r, &ret->result, NULL), 0);
	ret->reader = NULL;
	assert_int_equal(ret->result.records, ret->n);
	assert_int_equal(ret->result.bytes, bytes.len);
}

static inline bool bag_marks_has(const struct bag_marks *m, const struct hash *mark)
{
	for (size_t i = 0; i < m->n && i < BAG_MARKS; i++) {
		if (hash_eq(&m->mark[i], mark))
			return true;
	}
	return false;
}

#endif
