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
	if (card_parse(data, size, &card, NULL))
		return 0;
	if (card_write(card.entries, card.n_entries, &again, NULL))
		abort();
	assert(again.len == size && memcmp(again.data, data, size) == 0);
	return 0;
}
