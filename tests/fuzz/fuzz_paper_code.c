/* SPDX-License-Identifier: Apache-2.0 */
/* A code that is taken is what would have been written, and is of one kind. */
#include <assert.h>
#include <string.h>

#include "format/paper_code.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str s = {(const char *)data, size};
	struct hash h;
	bool is_office = paper_code_parse(VALISE_PAPER_OFFICE, s, &h);
	bool is_letter = paper_code_parse(VALISE_PAPER_LETTER, s, &h);
	assert(!is_office || !is_letter);
	if (is_office || is_letter) {
		enum valise_paper_of of = is_letter ? VALISE_PAPER_LETTER : VALISE_PAPER_OFFICE;
		assert(size == PAPER_CODE_BYTES &&
		       memcmp(valise_paper_code(of, hash_hex(&h).text).text, data, size) == 0);
	}
	return 0;
}
