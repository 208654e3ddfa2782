/* SPDX-License-Identifier: Apache-2.0 */
/* What follows from reports: shown under those whose words they have, always marked as hearsay, and counted for nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <valise/valise.h>

#include "evidence_dump.h"
#include "evidence_report.h"

static const struct valise_reported *reported_of(const struct valise_accounts *a, const struct verified_report *v)
{
	for (size_t i = 0; i < a->n_reported; i++) {
		if (strcmp(a->reported[i].id, hash_hex(&v->note.id).text) == 0)
			return &a->reported[i];
	}
	fail_msg("a report is not in the accounts");
	return NULL;
}

/* The report of the story that this program is for. */
#define CONFIRMED(scene) \
	REPORT(scene, "received", the_letter()->harbour, HARBOUR, 96, .of_office = the_letter()->oslo, \
	       .speaker = "a spokesman of the mission", .via = {"the evening news", "a press agency"}, \
	       .verb = "confirmed", .medium = "interview", .when = "Wednesday", .from_s = T0 + 63 * HOUR - 12 * 60, \
	       .to_s = T0 + 87 * HOUR - 12 * 60 - 1)

static void test_sentence(void **state)
{
	(void)state;
	struct scene *s = scene_new(the_letter()->seal);
	const struct verified_report *v = CONFIRMED(s);
	CLEAN_ACCOUNTS struct valise_accounts *a = scene_accounts(s);
	static const char told[] =
		"Mission Oslo is reported to have said (\"confirmed\") that it received the letter, after words of \"a spokesman of "
		"the mission\", through \"the evening news\" and \"a press agency\", medium: \"interview\", when: "
		"\"Wednesday\" (read by the reporter as 25 Nov 2026 00:00 to 23:59 UTC) (in exhibit 2cc7e7e9..., filed by "
		"\"Registry\" of Harbour Legal).";
	assert_string_equal(reported_of(a, v)->sentence, told);
	char whole[1024];
	(void)snprintf(whole, sizeof whole, "Nothing from Mission Oslo itself has reached you. %s", told);
	assert_string_equal(a->sentence, whole);
	assert_string_equal(a->parties[1].sentence, whole);
	/* It moves nothing. */
	assert_int_equal(a->parties[1].state, VALISE_STATE_NOTHING);
	assert_int_equal(a->n_said, 0);
	assert_int_equal(a->n_disagreements, 0);
	assert_int_equal(valise_require(a, "received", cast_err()), VALISE_E_UNMET);
	assert_string_equal(
		a->signatures_text,
		"The seal's signature and those of 0 statements and 1 report are valid. The seal's signer: in "
		"standing.");
	assert_string_equal(
		a->not_shown[a->n_not_shown - 2],
		"Whether 1 report of what was said elsewhere is true, or its speaker said so: hearsay, kept "
		"apart, counted for nothing.");
	/* Once it says so itself, hearsay of that is not told. */
	SAY(s, SAYS_RECEIVED, the_letter()->oslo, OSLO_CLERK, 47, );
	CLEAN_ACCOUNTS struct valise_accounts *b = scene_accounts(s);
	assert_null(strstr(b->sentence, "reported"));
	assert_int_equal(b->parties[1].n_reported, 1);
}

static void test_values(void **state)
{
	(void)state;
	const struct letter *l = the_letter();
	struct scene *s = scene_new(l->seal);
	const struct verified_report *v =
		REPORT(s, "other", l->northline, NORTHLINE, 9, .of_office = l->oslo, .of = "the envoy",
		       .verb = "stressed", .medium = "post", .carriage = "by train", .when = "lately",
		       .where = "page 3", .quoted = true, .nth = 3);
	CLEAN_ACCOUNTS struct valise_accounts *a = scene_accounts(s);
	const struct valise_reported *r = reported_of(a, v);
	assert_string_equal(r->says, "other");
	assert_string_equal(r->speaker, "a spokesman");
	assert_true(r->has_speaker_office && r->quoted && r->counts_as_filed && !r->unattended && !r->has_resolved);
	assert_string_equal(a->offices[r->speaker_office].petname, "Mission Oslo");
	assert_string_equal(a->offices[r->office].petname, "Northline");
	assert_string_equal(r->of, "the envoy");
	assert_string_equal(r->verb, "stressed");
	assert_string_equal(r->medium, "post");
	assert_string_equal(r->carriage, "by train");
	assert_string_equal(r->when, "lately");
	assert_string_equal(r->where, "page 3");
	assert_string_equal(r->title, "Registry");
	assert_string_equal(r->role, "spokesperson");
	assert_string_equal(r->standing_text, "in standing");
	assert_int_equal(r->nth, 3);
	assert_int_equal(r->time_s, T0 + 9 * HOUR);
	assert_int_equal(r->n_via, 0);
	assert_string_equal(
		r->sentence,
		"Mission Oslo is reported to have said (\"stressed\") something else about the letter, of \"the envoy\", "
		"which travelled \"by train\", in the words of \"a spokesman\", medium: \"post\", when: \"lately\" "
		"(not resolved) (in exhibit 2cc7e7e9..., filed by \"Registry\" of Northline).");
	/* A word that is no step does not stand in the first sentence, but in the party's own. */
	assert_null(strstr(a->sentence, "stressed"));
	assert_non_null(strstr(a->parties[1].sentence, "stressed"));
}

/* Every word has a clause, and each is marked as reported. */
static void test_every_word(void **state)
{
	(void)state;
	const struct letter *l = the_letter();
	for (int i = 0; i <= SAYS_COUNT; i++) {
		struct scene *s = scene_new(l->seal);
		const char *says = i == SAYS_COUNT ? "other" : says_table[i].name;
		const struct verified_report *v = REPORT(s, says, l->harbour, HARBOUR, 1, .speaker = "the envoy");
		CLEAN_ACCOUNTS struct valise_accounts *a = scene_accounts(s);
		const struct valise_reported *r = reported_of(a, v);
		assert_string_equal(r->says, says);
		assert_true(strncmp(r->sentence, "\"the envoy\" is reported to have said (\"said\") ", 44) == 0);
		assert_null(strstr(r->sentence, "(null)"));
		assert_int_equal(a->n_speakers, 1);
		assert_string_equal(a->sentence, "Nothing from Mission Oslo has reached you.");
	}
}

static void test_whose(void **state)
{
	(void)state;
	const struct letter *l = the_letter();
	struct scene *s = scene_new(l->paper);
	const struct verified_report *captain =
		REPORT(s, "received", l->harbour, HARBOUR, 2, .addressee = "The captain of the port", .nth = 2);
	const struct verified_report *envoy = REPORT(s, "delivered", l->harbour, HARBOUR, 3, .speaker = "B", .nth = 3);
	REPORT(s, "delivered", l->harbour, HARBOUR, 4, .speaker = "A", .addressee = "Somebody else", .nth = 4);
	REPORT(s, "comment", l->harbour, HARBOUR, 5, .speaker = "B", .of_office = l->bergen, .nth = 5);
	REPORT(s, "no-comment", l->harbour, HARBOUR, 6, .speaker = "b", .of_office = l->harbour, .nth = 6);
	/* The same report twice is one; another letter's is none. */
	scene_report(s, captain);
	scene_report(s, cast_report(&(struct cast_reported){
				.seal = l->seal, .says = "received", .head = l->harbour, .by = HARBOUR, .time_s = T0}));
	CLEAN_ACCOUNTS struct valise_accounts *a = scene_accounts(s);
	assert_int_equal(a->n_reported, 5);
	assert_string_equal(a->reported[1].id, hash_hex(&envoy->note.id).text);
	assert_int_equal(a->parties[0].n_reported, 1); /* the sender */
	assert_int_equal(a->parties[0].reported[0], 4);
	assert_int_equal(a->parties[1].n_reported, 0);
	assert_int_equal(a->parties[2].n_reported, 1); /* the addressee */
	assert_int_equal(a->parties[2].reported[0], 0);
	assert_non_null(
		strstr(a->parties[2].sentence,
		       "only others can say what became of the letter. \"The captain of the port\" is reported to "
		       "have said (\"said\") that it received the letter"));
	assert_non_null(strstr(a->sentence, " Reports, which are hearsay, say more of \"The captain of the port\"."));
	assert_non_null(strstr(a->parties[0].sentence, "it had no comment on the letter"));
	assert_int_equal(a->n_speakers, 2);
	assert_string_equal(a->speakers[0].speaker, "A");
	assert_string_equal(a->speakers[1].speaker, "B");
	assert_int_equal(a->speakers[1].n_reported, 2);
	assert_int_equal(a->speakers[1].reported[0], 1);
	assert_int_equal(a->speakers[1].reported[1], 3);
	/* An office that only reports, or is only reported of, is named and no party. */
	assert_int_equal(a->n_parties, 3);
	assert_int_equal(a->n_offices, 3);
}

static void test_corrections(void **state)
{
	(void)state;
	const struct letter *l = the_letter();
	struct scene *s = scene_new(l->seal);
	const struct verified_report *first = CONFIRMED(s);
	/* Another office, and one without standing, correct nothing. */
	REPORT(s, "refused", l->northline, NORTHLINE, 97, .of_office = l->oslo, .regarding = &first->note.id);
	REPORT(s, "refused", l->harbour, STRANGER, 97, .of_office = l->oslo, .regarding = &first->note.id);
	CLEAN_ACCOUNTS struct valise_accounts *a = scene_accounts(s);
	assert_int_equal(reported_of(a, first)->n_corrected_by, 0);
	assert_non_null(strstr(a->sentence, "confirmed"));
	assert_non_null(row_of(a, "reports-contrary"));

	const struct verified_report *second = REPORT(s, "opened", l->harbour, HARBOUR, 98, .of_office = l->oslo,
						      .regarding = &first->note.id, .nth = 2);
	CLEAN_ACCOUNTS struct valise_accounts *b = scene_accounts(s);
	assert_int_equal(reported_of(b, first)->n_corrected_by, 1);
	assert_string_equal(reported_of(b, first)->corrected_by[0], hash_hex(&second->note.id).text);
	assert_string_equal(reported_of(b, second)->regarding[0], hash_hex(&first->note.id).text);
	assert_non_null(strstr(reported_of(b, first)->sentence, ". A later report of the same office corrects it."));
	assert_null(strstr(b->sentence, "confirmed"));
	assert_non_null(strstr(b->sentence, "that it opened the letter"));
	assert_int_equal(b->n_reported, 4);
	/* What is corrected is contrary to nothing. */
	const struct verified_report *third = REPORT(s, "refused", l->harbour, HARBOUR, 99, .of_office = l->oslo,
						     .regarding = &second->note.id, .nth = 3);
	CLEAN_ACCOUNTS struct valise_accounts *c = scene_accounts(s);
	assert_null(row_of(c, "reports-contrary"));
	assert_non_null(strstr(c->sentence, "that it did not take the letter"));
	assert_non_null(strstr(c->sentence, " 1 more report of its words is here, perhaps of one and the same event."));
	assert_int_equal(reported_of(c, third)->n_corrected_by, 0);
}

static void test_standing(void **state)
{
	(void)state;
	const struct letter *l = the_letter();
	struct scene *s = scene_new(l->seal);
	const struct verified_report *forged =
		REPORT(s, "received", l->harbour, STRANGER, 2, .of_office = l->oslo, .carriage = "by post");
	REPORT(s, "received", l->harbour, HARBOUR, 3, .of_office = l->oslo, .carriage = "by hand", .nth = 1);
	CLEAN_ACCOUNTS struct valise_accounts *a = scene_accounts(s);
	const struct valise_reported *r = reported_of(a, forged);
	assert_false(r->counts_as_filed);
	assert_int_equal(r->standing, VALISE_STANDING_NOT_APPOINTED);
	assert_string_equal(r->standing_text, "no such key at the register entry that it cites");
	assert_non_null(strstr(r->sentence, "It was filed by a signer whose standing does not hold"));
	assert_int_equal(a->n_disagreements, 0);
	assert_null(strstr(a->sentence, "by post"));
	/* Whoever takes part is told before whoever does not, however much that one says. */
	REPORT(s, "reviewed", l->stranger, STRANGER, 1, .of_office = l->oslo);
	CLEAN_ACCOUNTS struct valise_accounts *b = scene_accounts(s);
	assert_non_null(strstr(b->sentence, "by hand"));
	assert_null(strstr(b->sentence, "that it reviewed"));
}

static void test_carriage(void **state)
{
	(void)state;
	const struct letter *l = the_letter();
	struct scene *s = scene_new(l->seal);
	const struct verified_report *one =
		REPORT(s, "received", l->harbour, HARBOUR, 3, .of_office = l->oslo, .carriage = "by hand");
	CLEAN_ACCOUNTS struct valise_accounts *a = scene_accounts(s);
	assert_null(row_of(a, "reported-differs"));
	/* The envoy is no party: of the letter's one recipient. */
	const struct verified_report *two = REPORT(s, "delivered", l->harbour, HARBOUR, 4, .speaker = "the envoy",
						   .via = {"a newspaper"}, .carriage = "in person", .nth = 2);
	const struct verified_statement *said = SAY(s, SAYS_RECEIVED, l->oslo, OSLO_CLERK, 5, .medium = "by post");
	CLEAN_ACCOUNTS struct valise_accounts *b = scene_accounts(s);
	const struct valise_disagreement *d = row_of(b, "reported-differs");
	assert_non_null(d);
	assert_int_equal(d->n_notes, 3);
	note_is(d, 0, &said->note);
	note_is(d, 1, &one->note);
	note_is(d, 2, &two->note);
	assert_string_equal(
		d->text,
		"How the letter came to Mission Oslo is told differently: \"by post\" says Mission Oslo; \"by "
		"hand\" is reported in words of \"a spokesman\", filed by Harbour Legal; \"in person\" is reported "
		"in words of \"the envoy\", through \"a newspaper\", filed by Harbour Legal. What is reported is "
		"hearsay; nothing is chosen here.");
	assert_null(row_of(b, "media-differ"));

	/* Signed media alone are no matter of reports. */
	s = scene_new(l->seal);
	SAY(s, SAYS_RECEIVED, l->oslo, OSLO_CLERK, 5, .medium = "by post");
	SAY(s, SAYS_RECEIVED, l->oslo, OSLO_SECOND, 6, .medium = "by hand");
	REPORT(s, "received", l->harbour, STRANGER, 7, .of_office = l->oslo, .carriage = "by car");
	CLEAN_ACCOUNTS struct valise_accounts *f = scene_accounts(s);
	assert_non_null(row_of(f, "media-differ"));
	assert_null(row_of(f, "reported-differs"));

	/* With two recipients nobody knows whose hand-over somebody else means. */
	s = scene_new(l->both);
	REPORT(s, "received", l->harbour, HARBOUR, 3, .of_office = l->oslo, .carriage = "by hand");
	REPORT(s, "received", l->harbour, HARBOUR, 4, .of_office = l->bergen, .carriage = "by post", .nth = 2);
	REPORT(s, "delivered", l->harbour, HARBOUR, 4, .speaker = "the envoy", .carriage = "in person", .nth = 3);
	REPORT(s, "handed", l->harbour, HARBOUR, 5, .of_office = l->oslo, .carriage = "by car", .nth = 4);
	CLEAN_ACCOUNTS struct valise_accounts *c = scene_accounts(s);
	assert_int_equal(c->n_disagreements, 0);
	REPORT(s, "reviewed", l->harbour, HARBOUR, 6, .of_office = l->oslo, .carriage = "by pigeon", .nth = 5);
	CLEAN_ACCOUNTS struct valise_accounts *e = scene_accounts(s);
	d = row_of(e, "reported-differs");
	assert_non_null(d);
	assert_int_equal(d->n_notes, 2);
	assert_non_null(
		strstr(e->sentence,
		       " Reports, which are hearsay, say more of Mission Oslo, \"Consulate Bergen\" (own name)."));
}

static void test_contrary(void **state)
{
	(void)state;
	static const struct {
		const char *reported;
		enum says said;
	} pairs[] = {{"received", SAYS_REFUSED},
		     {"refused", SAYS_RECEIVED},
		     {"opened", SAYS_DEFECT},
		     {"defect", SAYS_OPENED},
		     {"service-accepted", SAYS_SERVICE_DECLINED},
		     {"service-declined", SAYS_SERVICE_ACCEPTED}};
	const struct letter *l = the_letter();
	for (size_t i = 0; i < 6; i++) {
		struct scene *s = scene_new(l->both);
		const struct verified_statement *said = SAY(s, pairs[i].said, l->bergen, BERGEN, 5, );
		REPORT(s, pairs[i].reported, l->harbour, HARBOUR, 6, .of_office = l->oslo);
		REPORT(s, pairs[i].reported, l->harbour, HARBOUR, 7, .of_office = l->bergen, .of = "the envoy",
		       .nth = 2);
		CLEAN_ACCOUNTS struct valise_accounts *a = scene_accounts(s);
		assert_null(row_of(a, "reported-and-said"));
		const struct verified_report *r =
			REPORT(s, pairs[i].reported, l->harbour, HARBOUR, 8, .of_office = l->bergen, .nth = 3);
		CLEAN_ACCOUNTS struct valise_accounts *b = scene_accounts(s);
		const struct valise_disagreement *d = row_of(b, "reported-and-said");
		assert_non_null(d);
		assert_int_equal(d->n_notes, 2);
		note_is(d, 0, &said->note);
		note_is(d, 1, &r->note);
		assert_non_null(strstr(d->text, " is reported to have said (\"said\") that "));
		assert_non_null(strstr(d->text, "; signed is the contrary: "));
	}
}

static void test_numbers(void **state)
{
	(void)state;
	const struct letter *l = the_letter();
	struct scene *s = scene_new(l->seal);
	REPORT(s, "received", l->stranger, STRANGER, 2, .nth = 7);
	CLEAN_ACCOUNTS struct valise_accounts *a = scene_accounts(s);
	assert_int_equal(a->n_disagreements, 0);
	const struct verified_report *two = REPORT(s, "received", l->harbour, HARBOUR, 9, .nth = 2);
	const struct verified_report *again = REPORT(s, "opened", l->harbour, HARBOUR, 3, .nth = 2);
	const struct verified_report *five =
		REPORT(s, "opened", l->harbour, HARBOUR, 1, .nth = 5, .regarding = &(const struct hash){{7}});
	CLEAN_ACCOUNTS struct valise_accounts *b = scene_accounts(s);
	const struct valise_disagreement *d = row_of(b, "reports-gap");
	assert_non_null(d);
	assert_string_equal(d->text,
			    "\"Registry\" of Harbour Legal numbers reports about this letter, and here are missing: "
			    "1, 3 to 4 (3 in all).");
	note_is(d, 0, &again->note);
	note_is(d, 1, &two->note);
	note_is(d, 2, &five->note);
	d = row_of(b, "report-nth-twice");
	assert_non_null(d);
	assert_int_equal(d->n_notes, 2);
	note_is(d, 0, &again->note);
	note_is(d, 1, &two->note);
	d = row_of(b, "regarding-missing");
	assert_non_null(d);
	assert_int_equal(d->n_notes, 2);
	note_is(d, 0, &five->note);
	assert_int_equal(b->n_disagreements, 3);
}

/* A statement and a report of one key are numbered apart; a statement may regard a report. */
static void test_beside_statements(void **state)
{
	(void)state;
	const struct letter *l = the_letter();
	struct scene *s = scene_new(l->seal);
	const struct verified_report *r = REPORT(s, "received", l->harbour, HARBOUR, 2, .of_office = l->oslo);
	SAY(s, SAYS_SEEN, l->harbour, HARBOUR, 3, .regarding = &r->note.id);
	CLEAN_ACCOUNTS struct valise_accounts *a = scene_accounts(s);
	assert_int_equal(a->n_disagreements, 0);
}

/* ---- What stands in the exhibits ---- */

#define ARTICLE \
	"The mission confirmed on Wednesday that it received the letter \x1b[31mthrough\xff diplomatic channels."

static struct hash hash_of_text(struct str s)
{
	struct hash h;
	digest_once(s.at, s.len, &h);
	return h;
}

static void test_words(void **state)
{
	(void)state;
	const struct letter *l = the_letter();
	const struct str article = STR(ARTICLE);
	const struct hash exhibit = hash_of_text(article), other = hash_of_text(STR("other"));
	struct scene *s = scene_new(l->seal);
	const struct verified_report *v = REPORT(s, "received", l->harbour, HARBOUR, 2, .exhibit = &exhibit,
						 .exhibit_bytes = article.len, .offset = 4, .length = 17);
	CLEAN_ACCOUNTS struct valise_accounts *a = scene_accounts(s);
	assert_int_equal(reported_of(a, v)->spans[0].check, VALISE_SPAN_NOT_HERE);
	assert_null(reported_of(a, v)->spans[0].words);

	/* Of another exhibit, of another size, and beside the span. */
	scene_excerpt(s, (struct exhibit_bytes){other, article.len, 0, article, false});
	scene_excerpt(s, (struct exhibit_bytes){exhibit, article.len + 1, 0, article, false});
	scene_excerpt(s, (struct exhibit_bytes){exhibit, article.len, 21, STR("otherwise"), false});
	scene_excerpt(s, (struct exhibit_bytes){exhibit, article.len, 0, STR("The "), false});
	CLEAN_ACCOUNTS struct valise_accounts *b = scene_accounts(s);
	assert_int_equal(reported_of(b, v)->spans[0].check, VALISE_SPAN_NOT_HERE);

	/* The piece that has most of it, however many begin nearer. */
	scene_excerpt(s, (struct exhibit_bytes){exhibit, article.len, 2, STR("e mission"), false});
	scene_excerpt(s, (struct exhibit_bytes){exhibit, article.len, 3, STR(" mis"), false});
	CLEAN_ACCOUNTS struct valise_accounts *c = scene_accounts(s);
	assert_int_equal(reported_of(c, v)->spans[0].check, VALISE_SPAN_EXCERPT);
	assert_string_equal(reported_of(c, v)->spans[0].words, "mission");
	assert_true(reported_of(c, v)->spans[0].is_cut);

	scene_excerpt(s, (struct exhibit_bytes){exhibit, article.len, 0, article, true});
	CLEAN_ACCOUNTS struct valise_accounts *d = scene_accounts(s);
	assert_int_equal(reported_of(d, v)->spans[0].check, VALISE_SPAN_CHECKED);
	assert_string_equal(reported_of(d, v)->spans[0].words, "mission confirmed");
	assert_false(reported_of(d, v)->spans[0].is_cut);
	assert_string_equal(valise_span_check_name(VALISE_SPAN_CHECKED), "checked");
}

/* An exhibit that is here, of which too much is named to read it all: its words are not shown, and it is not told to be missing. */
static void test_words_not_read(void **state)
{
	(void)state;
	const struct letter *l = the_letter();
	const struct str article = STR(ARTICLE);
	const struct hash exhibit = hash_of_text(article);
	struct scene *s = scene_new(l->seal);
	const struct verified_report *v = REPORT(s, "received", l->harbour, HARBOUR, 2, .exhibit = &exhibit,
						 .exhibit_bytes = article.len, .offset = 4, .length = 17);
	const struct verified_report *w = REPORT(s, "received", l->harbour, HARBOUR, 3, .exhibit = &exhibit, .nth = 2,
						 .exhibit_bytes = article.len + 1, .offset = 4, .length = 17);
	scene_excerpt(s, (struct exhibit_bytes){exhibit, article.len, 0, {NULL, 0}, true});
	CLEAN_ACCOUNTS struct valise_accounts *a = scene_accounts(s);
	assert_int_equal(reported_of(a, v)->spans[0].check, VALISE_SPAN_CHECKED);
	assert_null(reported_of(a, v)->spans[0].words);
	assert_false(reported_of(a, v)->spans[0].is_cut);
	assert_int_equal(reported_of(a, w)->spans[0].check, VALISE_SPAN_NOT_HERE);

	scene_excerpt(s, (struct exhibit_bytes){exhibit, article.len, 0, STR("The mission"), true});
	CLEAN_ACCOUNTS struct valise_accounts *b = scene_accounts(s);
	assert_string_equal(reported_of(b, v)->spans[0].words, "mission");
}

static void test_words_shown(void **state)
{
	(void)state;
	const struct letter *l = the_letter();
	static char long_text[3000];
	struct str article = STR(ARTICLE);
	struct hash exhibit = hash_of_text(article);
	struct scene *s = scene_new(l->seal);
	const struct verified_report *v = REPORT(s, "received", l->harbour, HARBOUR, 2, .exhibit = &exhibit,
						 .exhibit_bytes = article.len, .offset = 63, .length = 20);
	scene_excerpt(s, (struct exhibit_bytes){exhibit, article.len, 0, article, true});
	CLEAN_ACCOUNTS struct valise_accounts *a = scene_accounts(s);
	assert_string_equal(reported_of(a, v)->spans[0].words, "\\x1b[31mthrough\\xff diplom");

	/* Cut between two characters. */
	for (size_t i = 0; i < sizeof long_text; i += 3)
		memcpy(long_text + i, "\xe2\x82\xac", 3);
	article = (struct str){long_text, sizeof long_text};
	exhibit = hash_of_text(article);
	const struct verified_report *w = REPORT(s, "received", l->harbour, HARBOUR, 3, .exhibit = &exhibit, .nth = 2,
						 .exhibit_bytes = article.len, .offset = 0, .length = article.len);
	scene_excerpt(s, (struct exhibit_bytes){exhibit, article.len, 0, article, true});
	CLEAN_ACCOUNTS struct valise_accounts *b = scene_accounts(s);
	assert_int_equal(strlen(reported_of(b, w)->spans[0].words), LIMIT_SPAN_WORDS_BYTES - 1);
	assert_true(reported_of(b, w)->spans[0].is_cut);
	assert_null(strstr(reported_of(b, w)->spans[0].words, "\\x"));
}

/* The set decides, not its order. */
static void test_any_order(void **state)
{
	(void)state;
	const struct letter *l = the_letter();
	const struct str article = STR(ARTICLE);
	const struct hash exhibit = hash_of_text(article);
	struct scene *s = scene_new(l->both);
	const struct verified_report *first = CONFIRMED(s);
	for (int i = 0; i < 12; i++)
		REPORT(s, i % 3 ? "received" : "refused", l->harbour, HARBOUR, i % 5,
		       .of_office = i % 2 ? l->oslo : NULL, .speaker = i % 4 ? "A" : "B", .nth = (uint64_t)i / 2 + 1,
		       .regarding = i == 7 ? &first->note.id : NULL, .carriage = i % 4 == 1 ? "by hand" : "by post",
		       .exhibit = &exhibit, .exhibit_bytes = article.len, .offset = (uint64_t)i, .length = 20);
	SAY(s, SAYS_REFUSED, l->oslo, OSLO_CLERK, 4, .medium = "by car");
	for (size_t i = 0; i < 6; i++)
		scene_excerpt(s,
			      (struct exhibit_bytes){exhibit, article.len, i * 2, {article.at + i * 2, 5 + i}, false});
	CLEAN_BUF struct buf wanted = BUF_INIT(1 << 20);
	uint64_t chance = 5;
	for (int i = 0; i < 40; i++) {
		CLEAN_BUF struct buf got = BUF_INIT(1 << 20);
		CLEAN_ACCOUNTS struct valise_accounts *a = scene_accounts(s);
		assert_true(a->n_disagreements >= 4);
		dump_accounts(&got, a);
		if (i == 0)
			buf_add_str(&wanted, buf_str(&got));
		assert_true(str_eq(buf_str(&got), buf_str(&wanted)));
		struct scene_reports *all = scene_reports(s);
		CAST_SHUFFLE(&chance, all->at, s->e.n_reports);
		CAST_SHUFFLE(&chance, all->excerpts, s->e.n_excerpts);
	}
}

static void test_taken_in(void **state)
{
	(void)state;
	struct scene *s = scene_new(the_letter()->seal);
	const struct verified_report *v = CONFIRMED(s);
	scene_report(s, v);
	scene_report(s, v);
	scene_reports(s)->at[1].taken_in_s = 77;
	scene_reports(s)->at[2].taken_in_s = 55;
	CLEAN_ACCOUNTS struct valise_accounts *a = scene_accounts(s);
	assert_int_equal(a->n_reported, 1);
	assert_int_equal(a->reported[0].taken_in_s, 55);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_sentence),    cmocka_unit_test(test_values),
	cmocka_unit_test(test_every_word),  cmocka_unit_test(test_whose),
	cmocka_unit_test(test_corrections), cmocka_unit_test(test_standing),
	cmocka_unit_test(test_carriage),    cmocka_unit_test(test_contrary),
	cmocka_unit_test(test_numbers),     cmocka_unit_test(test_beside_statements),
	cmocka_unit_test(test_words),       cmocka_unit_test(test_words_not_read),
	cmocka_unit_test(test_words_shown), cmocka_unit_test(test_any_order),
	cmocka_unit_test(test_taken_in),
};

int main(void)
{
	return cmocka_run_group_tests_name("evidence_reports", tests, NULL, NULL);
}
