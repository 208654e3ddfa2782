/* SPDX-License-Identifier: Apache-2.0 */
/* A dossier that is taken is, written again from its items, the same bytes; so are its leaves and excerpts. */
#include <assert.h>
#include <stdlib.h>

#include "format/disclosure.h"
#include "format/dossier.h"
#include "format/excerpt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void leaf(struct str item)
{
	CLEAN_BUF struct buf again = BUF_INIT(DISCLOSURE_BYTES);
	struct disclosure d;
	if (disclosure_parse(item, &d, NULL) || disclosure_write(&d, &again, NULL))
		abort();
	assert(str_eq(buf_str(&again), item));
	(void)!disclosure_check(&d, &(struct hash){{1}}, 5, NULL);
}

static void excerpt(struct str item)
{
	CLEAN_BUF struct buf again = BUF_INIT(item.len);
	CLEAN_BUF struct buf bytes = BUF_INIT(item.len);
	struct excerpt e;
	bool whole;
	if (excerpt_parse(item, &e, NULL) || excerpt_bytes(&e, &bytes, NULL))
		abort();
	assert(bytes.len == e.length);
	if (excerpt_write(&e.exhibit, e.exhibit_bytes, e.offset, buf_str(&bytes), &again, NULL))
		abort();
	assert(str_eq(buf_str(&again), item));
	(void)!excerpt_check(&e, &whole, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEAN_DOSSIER struct dossier d = {0};
	CLEAN_BUF struct buf again = BUF_INIT(size);
	if (dossier_parse(data, size, &d, NULL))
		return 0;
	for (size_t i = 0; i < d.n_items; i++) {
		if (d.items[i].kind == DOSSIER_LEAF)
			leaf(d.items[i].bytes);
		else if (d.items[i].kind == DOSSIER_EXCERPT)
			excerpt(d.items[i].bytes);
	}
	if (dossier_write(d.items, d.n_items, &again, NULL))
		abort();
	assert(again.len == size && memcmp(again.data, data, size) == 0);
	return 0;
}
