/* SPDX-License-Identifier: Apache-2.0 */
/* Which names an export may have, and what it opens with. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "format/export.h"

#define DIGITS "ab34567890123456789012345678901234567890123456789012345678901234"

static void names(void **state)
{
	static const struct {
		const char *path;
		enum export_kind kind; /* EXPORT_KINDS: none */
	} table[] = {
		{"valise-export", EXPORT_HEAD},
		{"valise.db", EXPORT_DATABASE},
		{"bodies/ab/" DIGITS, EXPORT_BODY},
		{"exhibits/ab/" DIGITS, EXPORT_EXHIBIT},
		{"partial/" DIGITS ".0", EXPORT_PARTIAL},
		{"partial/" DIGITS ".16777216", EXPORT_PARTIAL},
		{"keys/01234567890123456789012345678abc", EXPORT_KEY},
		{"MANIFEST", EXPORT_MANIFEST},
		{"", EXPORT_KINDS},
		{"valise.db-wal", EXPORT_KINDS},
		{"tmp/x", EXPORT_KINDS},
		{"bodies", EXPORT_KINDS},
		{"bodies/", EXPORT_KINDS},
		{"bodies/ac/" DIGITS, EXPORT_KINDS}, /* not its room */
		{"bodies/ab/" DIGITS "0", EXPORT_KINDS},
		{"bodies/AB/" DIGITS, EXPORT_KINDS},
		{"bodies/../" DIGITS, EXPORT_KINDS},
		{"bodies//ab/" DIGITS, EXPORT_KINDS},
		{"partial/" DIGITS, EXPORT_KINDS},
		{"partial/" DIGITS ".", EXPORT_KINDS},
		{"partial/" DIGITS ".01", EXPORT_KINDS},
		{"partial/" DIGITS ".-1", EXPORT_KINDS},
		{"partial/" DIGITS ".99999999999999999", EXPORT_KINDS},
		{"keys/0123456789012345678901234567/abc", EXPORT_KINDS},
		{"keys/01234567890123456789012345678ABC", EXPORT_KINDS},
		{"keys/../0123456789012345678901234567a", EXPORT_KINDS},
		{"/keys/01234567890123456789012345678abc", EXPORT_KINDS},
	};
	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		enum export_kind kind = EXPORT_KINDS;
		bool yes = export_kind_of(str_of(table[i].path), &kind);
		if (yes != (table[i].kind != EXPORT_KINDS) || kind != table[i].kind)
			fail_msg("%s", table[i].path);
	}
}

static void heads(void **state)
{
	static const char *const refused[] = {
		"",
		"valise/export@v1\n",
		"valise/export@v2\noffice " DIGITS "\nmade 2026-11-27T03:00:00Z\n",
		"valise/export@v1\noffice " DIGITS "\nmade 2026-11-27T03:00:00Z",
		"valise/export@v1\noffice " DIGITS "\nmade 2026-11-27T03:00:00Z\n\n",
		"valise/export@v1\noffice " DIGITS "0\nmade 2026-11-27T03:00:00Z\n",
		"valise/export@v1\noffice  " DIGITS "\nmade 2026-11-27T03:00:00Z\n",
		"valise/export@v1\noffice " DIGITS "\nmade 2026-11-27\n",
	};
	CLEAN_BUF struct buf text = BUF_INIT(EXPORT_HEAD_BYTES);
	struct valise_err err = {0};
	struct export_head head = {.made_s = 1795748400}, back = {0};
	(void)state;
	assert_true(hash_parse(STR(DIGITS), &head.office));
	export_head_write(&head, &text);
	assert_string_equal((char *)text.data, "valise/export@v1\noffice " DIGITS "\nmade 2026-11-27T03:00:00Z\n");
	assert_int_equal(export_head_parse(buf_str(&text), &back, &err), 0);
	assert_true(hash_eq(&back.office, &head.office) && back.made_s == head.made_s);
	for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
		assert_int_equal(export_head_parse(str_of(refused[i]), &back, &err), VALISE_E_BAD);
}

static void lines(void **state)
{
	CLEAN_BUF struct buf text = BUF_INIT(256);
	struct hash h;
	(void)state;
	assert_true(hash_parse(STR(DIGITS), &h));
	export_line_write(&h, STR("valise.db"), &text);
	assert_string_equal((char *)text.data, DIGITS "  valise.db\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(heads),
		cmocka_unit_test(lines),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
