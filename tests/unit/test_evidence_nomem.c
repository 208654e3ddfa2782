/* SPDX-License-Identifier: Apache-2.0 */
/* Every allocation of judging and of accounts fails once: an error each time, no crash, no leak, no half an account. */
#include "failing.h"

#include <valise/valise.h>

#include "evidence_dump.h"
#include "evidence_report.h"
#include "format/dossier.h"
#include "format/excerpt.h"

static const struct verified_entry *const *entries;
static size_t n_entries;
static const struct evidence *evidence;
static struct buf wanted = BUF_INIT(1 << 20);

static int judge_all(struct str unused, struct valise_err *err)
{
	(void)unused;
	CLEAN_REGISTERS struct registers *r = NULL;
	int code = registers_new(&r, err);
	for (size_t i = 0; !code && i < n_entries; i++)
		code = registers_add(r, entries[i], err);
	if (!code)
		code = registers_judge(r, err);
	if (code)
		return code;
	struct evidence e = *evidence;
	e.registers = r;
	CLEAN_ACCOUNTS struct valise_accounts *a = NULL;
	code = evidence_accounts(&e, &a, err);
	assert_int_equal(a != NULL, code == 0);
	if (code)
		return code;
	/* The comparison is the test's own. */
	size_t made = allocations;
	failing_at = 0;
	CLEAN_BUF struct buf got = BUF_INIT(1 << 20);
	dump_accounts(&got, a);
	if (!wanted.len)
		buf_add_str(&wanted, buf_str(&got));
	assert_true(str_eq(buf_str(&got), buf_str(&wanted)));
	allocations = made;
	return 0;
}

/* Questions of the register that allocate. */
static const struct registers *judged;
static const struct verified_entry *next;

static int ask(struct str unused, struct valise_err *err)
{
	(void)unused;
	return office_may_follow(registers_office(judged, verified_entry_office(next)), next, err);
}

/* A scene in which everything is said, so that every list is made. */
static struct scene *full_scene(void)
{
	const struct letter *l = the_letter();
	static struct disclosed_leaf leaf = {.is_subject = true, .subject = {"Notice 14", 9}};
	struct scene *s = scene_new(l->both);
	memcpy(leaf.nonce, l->both->s.nonce, 32);
	leaf.from = l->harbour->note.id;
	s->e.disclosed = &leaf;
	s->e.n_disclosed = 1;
	s->e.now_s = T0 + 99 * DAY;
	s->entries[s->n_entries++] = cast_entry(&(struct cast_entry){
		.previous = l->oslo, .time_s = T0, .dismiss = {OSLO_SECOND}, .seen = {{{1}}}, .n_seen = 1, .by = {2}});
	s->entries[s->n_entries++] = cast_entry(&(struct cast_entry){.previous = l->oslo, .time_s = T0 + 1, .by = {2}});
	SAY(s, SAYS_HANDED, l->harbour, HARBOUR, 1, .to = l->northline, .medium = "by hand");
	SAY(s, SAYS_CARRYING, l->northline, NORTHLINE, 2, .medium = "by post");
	SAY(s, SAYS_DELIVERED, l->northline, NORTHLINE, 2, .to = l->bergen, .nth = 3);
	SAY(s, SAYS_LOST, l->northline, NORTHLINE, 1, .role = ROLE_COURIER, .nth = 3);
	SAY(s, SAYS_RECEIVED, l->oslo, OSLO_CLERK, -2, );
	SAY(s, SAYS_REFUSED, l->oslo, OSLO_CLERK, 3, .nth = 2);
	SAY(s, SAYS_RECEIVED, l->oslo, OSLO_SECOND, 3, );
	SAY(s, SAYS_REVIEWED, l->oslo, STRANGER, 3, );
	SAY(s, SAYS_WITHDRAWN, l->harbour, HARBOUR, 4, .nth = 2);
	const struct verified_statement *p = SAY(s, SAYS_PROPOSED, l->harbour, HARBOUR, 4, .nth = 3);
	SAY(s, SAYS_HELD, l->bergen, BERGEN, 5, .regarding = &p->note.id);
	SAY(s, SAYS_CALLED_OFF, l->bergen, BERGEN, 5, .regarding = &p->note.id, .nth = 2);
	SAY(s, SAYS_COMMENT, l->bergen, BERGEN, 5, .regarding = &(const struct hash){{7}}, .nth = 3);
	SAY(s, SAYS_COMMENT, l->stranger, STRANGER, 5, );
	const struct hash exhibit = {{5}};
	const struct verified_report *r =
		REPORT(s, "received", l->harbour, HARBOUR, 5, .of_office = l->oslo, .carriage = "by car",
		       .of = "the envoy", .via = {"an agency"}, .nth = 2);
	REPORT(s, "refused", l->harbour, HARBOUR, 6, .of_office = l->oslo, .carriage = "by train", .nth = 2,
	       .exhibit = &exhibit, .exhibit_bytes = 9, .offset = 2, .length = 3);
	REPORT(s, "opened", l->harbour, HARBOUR, 7, .of_office = l->bergen, .regarding = &r->note.id, .nth = 4);
	REPORT(s, "other", l->harbour, HARBOUR, 8, .speaker = "somebody", .regarding = &exhibit, .nth = 5);
	scene_excerpt(s, (struct exhibit_bytes){exhibit, 9, 0, STR("\x1bhearsay"), true});
	return s;
}

static void test_accounts(void **state)
{
	(void)state;
	struct scene *s = full_scene();
	entries = s->entries;
	n_entries = s->n_entries;
	evidence = &s->e;
	CLEAN_ACCOUNTS struct valise_accounts *a = scene_accounts(s);
	assert_true(a->n_disagreements >= 10);
	failing_in_turn(judge_all, STR(""));
	buf_release(&wanted);
}

/* One of paper, with an addressee that is taken to be two offices. */
static void test_paper(void **state)
{
	(void)state;
	const struct letter *l = the_letter();
	struct scene *s = scene_new(l->paper);
	SAY(s, SAYS_IDENTIFIED, l->harbour, HARBOUR, 1, .to = l->bergen, .text = "The captain of the port");
	SAY(s, SAYS_IDENTIFIED, l->harbour, HARBOUR, 2, .to = l->relay, .text = "The captain of the port", .nth = 2);
	SAY(s, SAYS_RECEIVED, l->bergen, BERGEN, 3, );
	entries = s->entries;
	n_entries = s->n_entries;
	evidence = &s->e;
	CLEAN_ACCOUNTS struct valise_accounts *a = scene_accounts(s);
	assert_true(a->n_disagreements == 1 && a->n_parties == 4);
	failing_in_turn(judge_all, STR(""));
	buf_release(&wanted);
}

static void test_questions(void **state)
{
	(void)state;
	const struct letter *l = the_letter();
	CLEAN_REGISTERS struct registers *r = cast_registers(&l->oslo, 1);
	judged = r;
	next = cast_entry(&(struct cast_entry){.previous = l->oslo, .time_s = T0, .dismiss = {OSLO_SECOND}, .by = {2}});
	failing_in_turn(ask, STR(""));
}

/* ---- A dossier ---- */

static struct str file_left;

static int read_file(void *context, void *ret, size_t room, size_t *ret_len, struct valise_err *err)
{
	(void)context;
	(void)err;
	room = room < 3 ? room : 3; /* words lie across what comes at once */
	*ret_len = file_left.len < room ? file_left.len : room;
	memcpy(ret, file_left.at, *ret_len);
	file_left = (struct str){file_left.at + *ret_len, file_left.len - *ret_len};
	return 0;
}

static struct str file_text;
static struct valise_file file = {.read = read_file};

static int verify(struct str dossier, struct valise_err *err)
{
	const struct valise_verifying with = {.files = &file, .n_files = 1, .now_s = T0};
	CLEAN_ACCOUNTS struct valise_accounts *a = NULL;
	file_left = file_text;
	int code = valise_verify(dossier.at, dossier.len, &with, &a, err);
	assert_int_equal(a != NULL, code == 0);
	if (code)
		return code;
	assert_int_equal(a->n_broken, 0);
	assert_int_equal(file.spans, 1);
	assert_int_equal(a->reported[0].spans[0].check, VALISE_SPAN_CHECKED);
	assert_string_equal(a->reported[0].spans[0].words, "was");
	assert_int_equal(a->reported[1].spans[0].check, VALISE_SPAN_EXCERPT);
	return 0;
}

static struct dossier_item note_item(enum dossier_kind kind, const struct note *note)
{
	return (struct dossier_item){.kind = kind, .bytes = {note->bytes, note->len}};
}

/* Pieces of the exhibits that two reports name, one that none names, and a file of the asker's. */
static void test_dossier(void **state)
{
	(void)state;
	const struct letter *l = the_letter();
	const struct str text = STR("what was said elsewhere"), other = STR("another article");
	struct hash exhibits[2];
	digest_once(text.at, text.len, &exhibits[0]);
	digest_once(other.at, other.len, &exhibits[1]);
	file_text = text;
	struct cast_reported c = {.seal = l->seal,
				  .says = "received",
				  .head = l->harbour,
				  .by = HARBOUR,
				  .time_s = T0,
				  .exhibit = &exhibits[0],
				  .exhibit_bytes = text.len,
				  .offset = 5,
				  .length = 3};
	const struct verified_report *one = cast_report(&c);
	c.exhibit = &exhibits[1];
	c.exhibit_bytes = other.len;
	c.time_s++;
	c.nth = 2;
	const struct verified_report *two = cast_report(&c);
	CLEAN_BUF struct buf read = BUF_INIT(1 << 12), unread = BUF_INIT(1 << 12), dossier = BUF_INIT(1 << 16);
	CAST_MUST(excerpt_write(&exhibits[1], other.len, 1, (struct str){other.at + 1, 9}, &read, cast_err()));
	CAST_MUST(excerpt_write(&exhibits[1], other.len, 10, (struct str){other.at + 10, 3}, &unread, cast_err()));
	const struct dossier_item items[] = {
		note_item(DOSSIER_SEAL, &l->seal->note),
		note_item(DOSSIER_REGISTER, &l->harbour->note),
		note_item(DOSSIER_REPORT, &one->note),
		note_item(DOSSIER_REPORT, &two->note),
		{.kind = DOSSIER_EXCERPT, .bytes = buf_str(&read)},
		{.kind = DOSSIER_EXCERPT, .bytes = buf_str(&unread)},
	};
	CAST_MUST(dossier_write(items, sizeof items / sizeof items[0], &dossier, cast_err()));
	failing_in_turn(verify, buf_str(&dossier));
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_accounts), cmocka_unit_test(test_paper),
					  cmocka_unit_test(test_questions), cmocka_unit_test(test_dossier)};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
