/* SPDX-License-Identifier: Apache-2.0 */
/* A card that is taken is, written again from its entries, the same bytes. */
#include <assert.h>
#include <stdlib.h>

#include "format/card.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEAN_CARD struct card card = {0};
	CLEAN_BUF struct buf again = BUF_INIT(size);
	struct hash office;
	if (card_code_parse((struct str){(const char *)data, size}, &office))
		assert(size == 71 && memcmp(card_code(&office).text, data, size) == 0);
	if (card_parse(data, size, &card, NULL))
		return 0;
	if (card_write(card.entries, card.n_entries, &again, NULL))
		abort();
	assert(again.len == size && memcmp(again.data, data, size) == 0);
	return 0;
}
