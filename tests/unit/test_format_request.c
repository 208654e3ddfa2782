/* SPDX-License-Identifier: Apache-2.0 */
/* Requests for appointments, held against spec/request.md and its vectors. */
#include "vectors.h"

#include "base/limits.h"
#include "format/request.h"

#define RECIPIENT "age1qj7d9cxspukvuhlg78rv97lvtsrl54hr4fwg3ftgn96a3zeleczsea8f26"

static struct request reading_room(void)
{
	return (struct request){
		.time_s = 1795105200,
		.title = STR("Reading room"),
		.roles = ROLE_READER,
		.recipient = STR(RECIPIENT),
		.by = vector_vkey(0x04),
	};
}

static void the_example_is_made(void **state)
{
	(void)state;
	struct request q = reading_room();
	CLEAN_BUF struct buf text = BUF_INIT(LIMIT_REQUEST_BYTES);
	assert_int_equal(request_write(&q, &text, NULL), 0);
	vector_signed_is(buf_str(&text), (const uint8_t[]){0x04}, 1, "request.md", "request");
}

static void check_good(const char *name, struct str bytes)
{
	struct valise_err err = {0};
	CLEAN_REQUEST struct verified_request *v = NULL;
	CLEAN_BUF struct buf again = BUF_INIT(LIMIT_REQUEST_BYTES);
	if (request_verify(bytes.at, bytes.len, &v, &err))
		fail_msg("%s: %s", name, err.text);
	assert_true(v->note.kind == NOTE_REQUEST && v->note.n_by == 1 && vkey_eq(&v->note.by[0], &v->r.by));
	assert_int_equal(request_write(&v->r, &again, NULL), 0);
	assert_true(str_eq(buf_str(&again), vector_text(bytes)));
}

static void good_vectors_verify(void **state)
{
	(void)state;
	assert_int_equal(vector_each("tests/vectors/request", ".note", check_good), 4);
}

static void check_refused(const char *name, struct str bytes)
{
	struct valise_err err = {0};
	struct verified_request *v = NULL;
	int r = request_verify(bytes.at, bytes.len, &v, &err);
	if (r != VALISE_E_BAD || err.code != r || !err.text[0] || v)
		fail_msg("%s is not refused", name);
}

static void refused_vectors_are(void **state)
{
	(void)state;
	assert_true(vector_each("tests/vectors/request/refused", ".note", check_refused) >= 30);
	assert_true(vector_each("tests/vectors/note/refused", ".note", check_refused) >= 20);
	assert_true(vector_each("tests/vectors/statement", ".note", check_refused) > 0);
	assert_true(vector_each("tests/vectors/register", ".note", check_refused) > 0);
}

static int parse(struct str text, struct valise_err *err)
{
	struct request q;
	return request_parse(text, &q, err);
}

static void refusals_say_why(void **state)
{
	(void)state;
	CLEAN_BUF struct buf good = {0};
	vector_read("tests/vectors/request/reader.note", &good);
	static const struct wrong table[] = {
		{"valise/request@v1", "valise/register@v1", "another kind"},
		{"title Reading room\n", "", "`title` should stand here"},
		{"roles reader", "roles machine", "`roles`"},
		{"roles reader", "roles reader,clerk", "`roles`"},
		{"roles reader", "roles principal", "`recipient`"},
		{"recipient " RECIPIENT, "recipient -", "`recipient`"},
		{"recipient age1q", "recipient age1p", "`recipient`"},
		{"2026-11-19T", "2026-02-29T", "`time`"},
		{"by valise/", "by harbour/", "`by` is not the one spelling"},
	};
	vector_refuses(vector_text(buf_str(&good)), table, sizeof table / sizeof table[0], parse);
}

/* What cannot be read again is not written. */
static void values_that_do_not_fit_are_not_written(void **state)
{
	(void)state;
	static const struct {
		unsigned roles;
		struct str title, recipient;
		int64_t time_s;
	} table[] = {
		{ROLE_MACHINE, {"x", 1}, {NULL, 0}, 1},
		{0, {"x", 1}, {NULL, 0}, 1},
		{ROLE_READER, {"x", 1}, {NULL, 0}, 1},
		{ROLE_PRINCIPAL, {"x", 1}, {RECIPIENT, sizeof RECIPIENT - 1}, 1},
		{ROLE_PRINCIPAL, {"x\nroles reader", 14}, {NULL, 0}, 1},
		{ROLE_PRINCIPAL, {NULL, 0}, {NULL, 0}, 1},
		{ROLE_PRINCIPAL, {"x", 1}, {NULL, 0}, -1},
	};
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		struct request q = reading_room();
		CLEAN_BUF struct buf text = BUF_INIT(LIMIT_REQUEST_BYTES);
		struct valise_err err = {0};
		q.roles = table[i].roles;
		q.title = table[i].title;
		q.recipient = table[i].recipient;
		q.time_s = table[i].time_s;
		assert_int_equal(request_write(&q, &text, &err), VALISE_E_USAGE);
		assert_true(text.len == 0 && err.text[0]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_example_is_made),
		cmocka_unit_test(good_vectors_verify),
		cmocka_unit_test(refused_vectors_are),
		cmocka_unit_test(refusals_say_why),
		cmocka_unit_test(values_that_do_not_fit_are_not_written),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
