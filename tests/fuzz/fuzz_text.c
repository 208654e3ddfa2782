/* SPDX-License-Identifier: Apache-2.0 */
/* Strict text: whatever is taken is written again as the same bytes, and whatever is shown is harmless. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cursor.h"
#include "base/limits.h"
#include "base/text.h"

#define HOLDS(condition) ((condition) ? (void)0 : abort())

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_values(struct str s)
{
	int64_t seconds;
	uint64_t number;
	char decimal[24];
	if (text_time(s, &seconds))
		HOLDS(str_eq(s, str_of(time_text(seconds).text)));
	if (text_decimal(s, UINT64_MAX, &number)) {
		(void)snprintf(decimal, sizeof decimal, "%" PRIu64, number);
		HOLDS(str_eq(s, str_of(decimal)));
		HOLDS(!number || !text_decimal(s, number - 1, &number));
		HOLDS(size_text(number).text[0]);
	}
}

static void check_free_text(struct str s)
{
	CLEAN_BUF struct buf once = BUF_INIT(LIMIT_FREE_TEXT_BYTES);
	CLEAN_BUF struct buf twice = BUF_INIT(LIMIT_FREE_TEXT_BYTES);
	struct valise_err err;
	if (text_free_of(s, "the text", &once, &err)) {
		HOLDS(text_is_free(str_of(err.text)) && once.len == 0);
		return;
	}
	HOLDS(text_is_free(buf_str(&once)));
	HOLDS(text_free_of(buf_str(&once), "the text", &twice, &err) == 0);
	HOLDS(str_eq(buf_str(&once), buf_str(&twice)));
}

static void check_name(struct str s)
{
	CLEAN_BUF struct buf name = BUF_INIT(SIZE_MAX / 4);
	CLEAN_BUF struct buf again = BUF_INIT(SIZE_MAX / 4);
	if (text_unescape_name(s, &name)) {
		text_escape_name(&again, buf_str(&name));
		HOLDS(str_eq(s, buf_str(&again)));
	}
	/* And the other way round, for all that has no NUL in it. */
	buf_clear(&name);
	buf_clear(&again);
	text_escape_name(&again, s);
	HOLDS(text_unescape_name(buf_str(&again), &name) == (s.len == 0 || !memchr(s.at, 0, s.len)));
	HOLDS(name.len == 0 || str_eq(s, buf_str(&name)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str s = {(const char *)data, size};
	check_values(s);
	check_free_text(s);
	check_name(s);

	CLEAN_BUF struct buf shown = BUF_INIT(SIZE_MAX / 4);
	text_show(&shown, s);
	buf_truncate(&shown,
		     shown.len < 900 ? shown.len : 0); /* free text has a length, too, which is not the matter here */
	buf_add_char(&shown, '.');
	struct str rest = buf_str(&shown);
	for (; rest.len && rest.at[0] == ' '; rest.len--)
		rest.at++;
	HOLDS(text_is_free(rest));
	HOLDS(text_is_utf8(str_of(text_shown(s).text)));

	struct cursor c = cursor_of(data, size);
	struct str line;
	struct str word;
	size_t total = 0;
	while (cursor_line(&c, &line)) {
		size_t words = 0;
		total += line.len + 1;
		for (struct str left = line; str_word(&left, &word); words += word.len + 1)
			HOLDS(word.len > 0 && !memchr(word.at, ' ', word.len));
		HOLDS(words <= line.len + 1);
	}
	HOLDS(total <= size && c.failed);
	return 0;
}
