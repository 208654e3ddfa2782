/* SPDX-License-Identifier: Apache-2.0 */
/* Reports, held against spec/report.md and its vectors. */
#include "vectors.h"

#include "base/limits.h"
#include "failing.h"
#include "format/report.h"

static struct report_span spans[LIMIT_REPORT_SPANS + 1];
static struct str via[LIMIT_REPORT_VIA + 1];

static struct report press(void)
{
	struct hash exhibit = vector_hash("exhibit");
	spans[0] = (struct report_span){exhibit, 2000, 310, 77};
	spans[1] = (struct report_span){exhibit, 2000, 1200, 90};
	via[0] = STR("the evening news");
	via[1] = STR("a press agency");
	return (struct report){
		.letter = vector_id("tests/vectors/seal/letter.note"),
		.says = STR("received"),
		.speaker = STR("a spokesman of the mission"),
		.has_speaker_office = true,
		.speaker_office = vector_id("tests/vectors/register/oslo-0.note"),
		.via = via,
		.n_via = 2,
		.verb = STR("confirmed"),
		.medium = STR("interview"),
		.when = STR("Wednesday"),
		.has_resolved = true,
		.resolved_from_s = 1795564800,
		.resolved_to_s = 1795651199,
		.spans = spans,
		.n_spans = 2,
		.office = {vector_id("tests/vectors/register/harbour-0.note"),
			   vector_id("tests/vectors/register/harbour-1.note")},
		.role = ROLE_SPOKESPERSON,
		.nth = 1,
		.time_s = 1795685400,
		.by = vector_vkey(0x05),
	};
}

static void example_is_made(void **state)
{
	(void)state;
	struct report p = press();
	CLEAN_BUF struct buf text = BUF_INIT(LIMIT_REPORT_BYTES);
	assert_int_equal(report_write(&p, &text, NULL), 0);
	vector_signed_is(buf_str(&text), (const uint8_t[]){0x05}, 1, "report.md", "report");
}

/* Every line that a report can have. */
static void whole_grammar_is_made(void **state)
{
	(void)state;
	const struct report_span whole = {vector_hash("slip"), 90000, 0, 90000};
	struct hash oslo = vector_id("tests/vectors/register/oslo-0.note");
	const struct hash regarding[LIMIT_REGARDING + 1] = {vector_id("tests/vectors/report/press.note"),
							    vector_id("tests/vectors/statement/example-received.note")};
	struct report p = {
		.letter = vector_id("tests/vectors/seal/letter.note"),
		.says = STR("delivered"),
		.speaker = STR("the postman"),
		.speaker_addressee = STR("The Quay, third door"),
		.of = STR("a boy on a bicycle"),
		.via = (struct str[]){STR("the neighbour")},
		.n_via = 1,
		.verb = STR("told"),
		.medium = STR("over the fence"),
		.carriage = STR("in a bag of fish"),
		.when = STR("this morning"),
		.regarding = regarding,
		.n_regarding = 2,
		.spans = &whole,
		.n_spans = 1,
		.where = STR("the back, second line"),
		.quoted = true,
		.office = {oslo, oslo},
		.role = ROLE_CLERK,
		.nth = 2,
		.time_s = 1795771800,
		.by = vector_vkey(0x13),
	};
	CLEAN_BUF struct buf text = BUF_INIT(LIMIT_REPORT_BYTES), good = {0};
	assert_int_equal(report_write(&p, &text, NULL), 0);
	vector_read("tests/vectors/report/slip.note", &good);
	assert_true(str_eq(vector_text(buf_str(&good)), buf_str(&text)));
	struct report_room room;
	struct report back;
	assert_int_equal(report_parse(buf_str(&text), &room, &back, NULL), 0);
	assert_str(back.via[0], "the neighbour");
	assert_str(back.speaker_addressee, "The Quay, third door");
	assert_str(back.of, "a boy on a bicycle");
	assert_str(back.carriage, "in a bag of fish");
	assert_str(back.where, "the back, second line");
	assert_int_equal(back.n_regarding, 2);
	p.has_speaker_office = true;
	struct valise_err err = {0};
	assert_int_equal(report_write(&p, &text, &err), VALISE_E_USAGE);
	p.has_speaker_office = false;
	p.n_regarding = LIMIT_REGARDING + 1;
	assert_int_equal(report_write(&p, &text, &err), VALISE_E_USAGE);
}

static int parse(struct str text, struct valise_err *err)
{
	struct report_room room;
	struct report p;
	return report_parse(text, &room, &p, err);
}

static void good_vector_verifies(void **state)
{
	(void)state;
	CLEAN_BUF struct buf b = {0};
	vector_read("tests/vectors/report/press.note", &b);
	CLEAN_REPORT struct verified_report *v = NULL, *again = NULL;
	assert_int_equal(report_verify(b.data, b.len, &v, NULL), 0);
	assert_int_equal(report_from_intake(b.data, b.len, &again, NULL), 0);
	assert_str(v->r.via[0], "the evening news");
	assert_str(v->r.verb, "confirmed");
	assert_false(v->r.quoted);
	/* Byte order: 1200 before 310. */
	assert_int_equal(v->r.spans[0].offset, 1200);
	assert_int_equal(again->r.spans[1].length, 77);
}

static void check_refused(const char *name, struct str bytes)
{
	struct valise_err err = {0};
	struct verified_report *v = NULL;
	int r = report_verify(bytes.at, bytes.len, &v, &err);
	if (r != VALISE_E_BAD || err.code != r || !err.text[0] || v)
		fail_msg("%s is not refused", name);
}

static void refused_vectors_are(void **state)
{
	(void)state;
	assert_true(vector_each("tests/vectors/report/refused", ".note", check_refused) >= 15);
	assert_true(vector_each("tests/vectors/statement", ".note", check_refused) > 0);
}

static void refusals_say_why(void **state)
{
	(void)state;
	CLEAN_BUF struct buf good = {0};
	vector_read("tests/vectors/report/press.note", &good);
	static const struct wrong table[] = {
		{"says received", "says served", "`says` is neither"},
		{"speaker a ", "Speaker a ", "`speaker` should stand here"},
		{"speaker-office ", "speaker-office 0", "`speaker-office` is not 64"},
		{"verb confirmed\n", "", "`verb` should stand here"},
		{"verb confirmed\n", "medium interview\nverb confirmed\n", "`verb` should stand here"},
		{"when Wednesday\n", "", "`resolved` may stand only after `when`"},
		{"25T23:59:59Z", "24T23:59:59Z", "`resolved` is not two times"},
		{"T00:00:00Z 2026", "T00:00:00Z  2026", "`resolved` is not two times"},
		{"2000 1200 90", "2000 1911 90", "`exhibit` is not"},
		{"2000 1200 90", "2000 1200 0", "`exhibit` is not"},
		{"2000 1200 90", "2000 1200 090", "`exhibit` is not"},
		{"2000 1200 90", "2000 1200 90 ", "`exhibit` is not"},
		{"2000 1200 90", "2000 1200", "`exhibit` is not"},
		{"2000 1200 90", "2000 400 90", "not sorted"},
		{"2000 1200 90", "2000 310 77", "there twice"},
		{"quoted no", "quoted false", "`quoted` is neither"},
		{"quoted no\n", "", "`quoted` should stand here"},
		{"nth 1", "nth 0", "`nth`"},
		{"role spokesperson", "role machine", "`role`"},
	};
	vector_refuses(vector_text(buf_str(&good)), table, sizeof table / sizeof table[0], parse);
	CLEAN_BUF struct buf slip = {0};
	vector_read("tests/vectors/report/slip.note", &slip);
	static const struct wrong more[] = {
		{"of a boy", "speaker-office x\nof a boy", "`verb` should"},
		{"of a boy on a bicycle\nvia the neighbour\n", "via the neighbour\nof a boy on a bicycle\n",
		 "`verb` should"},
		{"carriage in a bag of fish\nwhen this morning\n", "when this morning\ncarriage in a bag of fish\n",
		 "`exhibit` should"},
		{"regarding ", "regarding x", "`regarding` is not the id"},
		{"where the back, second line\nquoted yes\n", "quoted yes\nwhere the back, second line\n",
		 "`office` should"},
	};
	vector_refuses(vector_text(buf_str(&slip)), more, sizeof more / sizeof more[0], parse);
}

static int write_code(const struct report *p)
{
	CLEAN_BUF struct buf text = BUF_INIT(LIMIT_REPORT_BYTES);
	struct valise_err err = {0};
	int r = report_write(p, &text, &err);
	assert_int_equal(err.code, r);
	if (!r) {
		struct report_room room;
		struct report back;
		assert_int_equal(report_parse(buf_str(&text), &room, &back, NULL), 0);
	}
	return r;
}

static void limits_at_and_over(void **state)
{
	(void)state;
	struct report p = press();
	for (size_t i = 0; i < LIMIT_REPORT_SPANS; i++)
		spans[i] = (struct report_span){vector_hash("x"), LIMIT_EXHIBIT_BYTES, i, LIMIT_EXHIBIT_BYTES - i};
	for (size_t i = 0; i < LIMIT_REPORT_VIA; i++)
		via[i] = STR("x");
	p.n_spans = LIMIT_REPORT_SPANS;
	p.n_via = LIMIT_REPORT_VIA;
	assert_int_equal(write_code(&p), 0);
	p.n_spans++;
	assert_int_equal(write_code(&p), VALISE_E_USAGE);
	p.n_spans--;
	p.n_via++;
	assert_int_equal(write_code(&p), VALISE_E_USAGE);
	p.n_via--;
	spans[7].length++;
	assert_int_equal(write_code(&p), VALISE_E_USAGE);
	spans[7] = spans[8];
	assert_int_equal(write_code(&p), VALISE_E_USAGE);
	p = press();
	p.n_spans = 0;
	assert_int_equal(write_code(&p), VALISE_E_USAGE);
	p = press();
	spans[0] = (struct report_span){vector_hash("x"), LIMIT_EXHIBIT_BYTES + 1, 0, 1};
	assert_int_equal(write_code(&p), VALISE_E_USAGE);
	spans[0] = (struct report_span){vector_hash("x"), 1, 0, 1};
	assert_int_equal(write_code(&p), 0);
	/* An offset that would wrap round. */
	spans[0] = (struct report_span){vector_hash("x"), 10, UINT64_MAX, 2};
	assert_int_equal(write_code(&p), VALISE_E_USAGE);
}

static void the_writer_refuses(void **state)
{
	(void)state;
	struct report p = press();
	p.says = STR("other");
	assert_int_equal(write_code(&p), 0);
	p.says = STR("served");
	assert_int_equal(write_code(&p), VALISE_E_USAGE);
	p = press();
	p.speaker = (struct str){0};
	assert_int_equal(write_code(&p), VALISE_E_USAGE);
	p = press();
	p.verb = STR("confirmed\nquoted yes");
	assert_int_equal(write_code(&p), VALISE_E_USAGE);
	p = press();
	p.when = (struct str){0};
	assert_int_equal(write_code(&p), VALISE_E_USAGE);
	p = press();
	p.resolved_to_s = p.resolved_from_s;
	assert_int_equal(write_code(&p), 0);
	p.resolved_to_s--;
	assert_int_equal(write_code(&p), VALISE_E_USAGE);
	p = press();
	p.role = ROLE_MACHINE;
	assert_int_equal(write_code(&p), VALISE_E_USAGE);
}

static int work_verify(struct str bytes, struct valise_err *err)
{
	CLEAN_REPORT struct verified_report *v = NULL;
	return report_verify(bytes.at, bytes.len, &v, err);
}

static void failed_allocations(void **state)
{
	(void)state;
	CLEAN_BUF struct buf good = {0};
	vector_read("tests/vectors/report/press.note", &good);
	failing_in_turn(work_verify, buf_str(&good));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(example_is_made),      cmocka_unit_test(whole_grammar_is_made),
		cmocka_unit_test(good_vector_verifies), cmocka_unit_test(refused_vectors_are),
		cmocka_unit_test(refusals_say_why),     cmocka_unit_test(limits_at_and_over),
		cmocka_unit_test(the_writer_refuses),   cmocka_unit_test(failed_allocations),
	};
	return cmocka_run_group_tests_name("format_report", tests, NULL, NULL);
}
