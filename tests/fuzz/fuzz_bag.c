/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever is pushed, in whatever portions, the same records and the same verdict come out. */
#include <assert.h>

#include "crypto/digest.h"
#include "crypto/tree.h"
#include "format/bag.h"
#include "format/bag_frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct reading {
	struct hash run;
	struct bag_reader *reader;
};

static int run(void *context, const struct bag_record *r)
{
	uint8_t frame[BAG_FRAME_BYTES];
	struct reading *reading = context;
	struct hash *h = &reading->run;
	assert(r->len <= BAG_DATA_BYTES && bag_record_ok(r));
	bag_frame_write(r, frame);
	digest_spans((const struct span[]){{h, sizeof *h}, {frame, sizeof frame}, {r->data, r->len}}, 3, h);
	uint8_t *spare = malloc(BAG_ROOM_BYTES);
	if (!spare)
		abort();
	uint8_t *whole = bag_reader_exchange(reading->reader, r, spare);
	free(whole ? whole : spare);
	return 0;
}

static struct bag_result read_all(const uint8_t *data, size_t size, uint32_t portions, struct hash *ret_run)
{
	CLEAN_BAG_READER struct bag_reader *r = NULL;
	struct bag_result result = {0};
	struct reading reading = {0};
	if (bag_reader_new(run, &reading, &r, NULL))
		abort();
	reading.reader = r;
	for (size_t at = 0; at < size;) {
		portions = portions * 1664525 + 1013904223;
		size_t len = portions ? 1 + (portions >> 16) % 200 : size;
		if (len > size - at)
			len = size - at;
		if (bag_reader_push(r, data + at, len, NULL))
			abort();
		at += len;
	}
	if (bag_reader_end(r, &result, NULL))
		abort();
	*ret_run = reading.run;
	return result;
}

/* Gives frames the roots and checks that they should have, which no mutation would find: all but those whose `of`
 * begins with an odd byte. */
static void mend(uint8_t *data, size_t size)
{
	for (size_t at = 0; at + BAG_FRAME_BYTES <= size; at++) {
		uint8_t *frame = data + at;
		if (memcmp(frame, bag_magic, BAG_MAGIC_BYTES) != 0 || (frame[13] & 1))
			continue;
		size_t len = (size_t)frame[11] << 8 | frame[12];
		struct hash h;
		if (len <= size - at - BAG_FRAME_BYTES && !(frame[14] & 1)) {
			tree_piece(frame + BAG_FRAME_BYTES, len, &h);
			memcpy(frame + 45, h.bytes, sizeof h.bytes);
		}
		digest_once(frame, 77, &h);
		memcpy(frame + 77, h.bytes, 8);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size + 1);
	struct hash whole, parts;
	if (!copy || size < 4)
		return free(copy), 0;
	size -= 4;
	memcpy(copy, data + 4, size);
	if (data[0] & 1)
		mend(copy, size);
	struct bag_result a = read_all(copy, size, 0, &whole);
	struct bag_result b =
		read_all(copy, size, (uint32_t)data[1] << 16 | (uint32_t)data[2] << 8 | data[3] | 1, &parts);
	assert(a.verdict == b.verdict && a.records == b.records && a.unknown == b.unknown && a.bags == b.bags &&
	       a.bad == b.bad);
	assert(hash_eq(&whole, &parts));
	free(copy);
	return 0;
}
