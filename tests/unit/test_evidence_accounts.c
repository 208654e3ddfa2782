/* SPDX-License-Identifier: Apache-2.0 */
/* What follows from a set of statements: whose word counts, how far each recipient has come, and the words for it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "evidence_dump.h"
#include "evidence_letter.h"

/* Whose word counts, written down once more from the specification. S sender, R recipient, H holder, X anybody. */
static const struct {
	const char *says, *counts;
} whose[SAYS_COUNT] = {
	{"handed", "SRH"},     {"carrying", "H"},         {"delivered", "H"},        {"attempted", "H"},
	{"received", "R"},     {"refused", "RH"},         {"opened", "R"},           {"defect", "R"},
	{"reviewed", "R"},     {"service-accepted", "R"}, {"service-declined", "R"}, {"comment", "SRH"},
	{"no-comment", "SRH"}, {"conveyed", "R"},         {"proposed", "SRH"},       {"agreed", "SRH"},
	{"held", "SRH"},       {"called-off", "SRH"},     {"summary", "SRH"},        {"lost", "RH"},
	{"damaged", "RH"},     {"returned", "RH"},        {"destroyed", "SRH"},      {"withdrawn", "S"},
	{"identified", "S"},   {"seen", "SRHX"},
};

/* Bergen stands for a recipient with one officer of every role. */
static void test_whose_word_counts(void **state)
{
	(void)state;
	const struct letter *l = the_letter();
	const struct {
		char kind;
		const struct verified_entry *office;
		unsigned key;
	} speakers[] = {{'S', l->harbour, HARBOUR},
			{'R', l->bergen, BERGEN},
			{'H', l->northline, NORTHLINE},
			{'X', l->stranger, STRANGER}};
	for (int i = 0; i < SAYS_COUNT; i++) {
		enum says says;
		assert_true(says_of(str_of(whose[i].says), &says));
		for (size_t k = 0; k < 4; k++) {
			struct scene *s = scene_new(l->both);
			SAY(s, SAYS_HANDED, l->harbour, HARBOUR, 1, .to = l->northline, .nth = 1);
			const struct verified_statement *v =
				SAY(s, says, speakers[k].office, speakers[k].key, 2, .nth = 2);
			CLEAN_ACCOUNTS struct valise_accounts *a = scene_accounts(s);
			const struct valise_said *shown = said_of(a, v);
			bool counts = strchr(whose[i].counts, speakers[k].kind);
			if (shown->counts != counts || shown->bystander == counts ||
			    shown->standing != VALISE_STANDING_GOOD)
				fail_msg("%s by %c", whose[i].says, speakers[k].kind);
			const struct valise_party *p = party_of(a, speakers[k].office);
			assert_non_null(p);
			assert_int_equal(p->is_sender, k == 0);
			assert_int_equal(p->is_recipient, k == 1);
			assert_int_equal(p->is_holder, k == 2);
			assert_int_equal(p->is_bystander, k == 3);
		}
	}
}

static void test_states(void **state)
{
	(void)state;
	static const struct {
		enum says says;
		enum valise_state state;
	} moves[] = {{SAYS_REFUSED, VALISE_STATE_REFUSED},
		     {SAYS_RECEIVED, VALISE_STATE_RECEIVED},
		     {SAYS_DEFECT, VALISE_STATE_DEFECT},
		     {SAYS_OPENED, VALISE_STATE_OPENED},
		     {SAYS_REVIEWED, VALISE_STATE_REVIEWED}};
	const struct letter *l = the_letter();
	for (size_t i = 0; i < 5; i++) {
		for (size_t k = 0; k < 5; k++) {
			struct scene *s = scene_new(l->both);
			SAY(s, moves[i].says, l->bergen, BERGEN, 5, .nth = 1);
			SAY(s, moves[k].says, l->bergen, BERGEN, 4, .nth = 2);
			CLEAN_ACCOUNTS struct valise_accounts *a = scene_accounts(s);
			assert_int_equal(party_of(a, l->bergen)->state, moves[i > k ? i : k].state);
			assert_int_equal(party_of(a, l->oslo)->state, VALISE_STATE_NOTHING);
		}
	}
	assert_string_equal(valise_state_name(VALISE_STATE_REVIEWED), "reviewed");
	assert_string_equal(valise_standing_name(VALISE_STANDING_DISMISSED_SINCE), "dismissed-since");
	assert_string_equal(valise_bytes_name(VALISE_BYTES_NOT_HERE), "not-here");
}

static void test_whole_journey(void **state)
{
	(void)state;
	const struct letter *l = the_letter();
	struct scene *s = scene_new(l->seal);
	CLEAN_ACCOUNTS struct valise_accounts *a = scene_accounts(s);
	assert_string_equal(a->sentence, "Nothing from Mission Oslo has reached you.");
	assert_string_equal(a->parties[0].sentence,
			    "Harbour Legal sealed it on 22 Nov 2026 09:12 UTC (own clock), signed by \"Registry\".");
	assert_string_equal(
		a->signatures_text,
		"The seal's signature and those of 0 statements are valid. The seal's signer: in standing.");
	assert_string_equal(a->keys_text, "Every office that takes part is known to you.");
	assert_string_equal(a->sealed_by, "Registry");
	assert_true(a->signatures_valid && a->sender_standing_good && a->keys_known);
	assert_int_equal(a->n_parties, 2);

	SAY(s, SAYS_HANDED, l->harbour, HARBOUR, 0, .to = NULL, .text = "A. by car");
	SAY(s, SAYS_HANDED, l->harbour, HARBOUR, 1, .to = l->northline, .nth = 2);
	SAY(s, SAYS_CARRYING, l->northline, NORTHLINE, 2, .nth = 1);
	CLEAN_ACCOUNTS struct valise_accounts *b = scene_accounts(s);
	assert_string_equal(b->sentence, "Nothing from Mission Oslo has reached you.");
	assert_string_equal(
		b->parties[0].sentence,
		"Harbour Legal sealed it on 22 Nov 2026 09:12 UTC (own clock), signed by \"Registry\". Harbour Legal's principal "
		"says that it handed the sealed letter to Northline on 22 Nov 2026 10:12 UTC (own clock).");
	assert_string_equal(
		b->parties[2].sentence,
		"Northline's courier says that it held every byte of this exact letter, sealed, on 22 Nov 2026 11:12 UTC (own "
		"clock). Nothing later has reached you.");
	assert_string_equal(
		b->keys_text,
		"Every office that takes part is known to you. Known from a file only, the digits never checked: "
		"Northline.");
	assert_int_equal(b->n_disagreements, 0);

	const struct verified_statement *received = SAY(s, SAYS_RECEIVED, l->oslo, OSLO_CLERK, 47, .medium = "by hand");
	CLEAN_ACCOUNTS struct valise_accounts *c = scene_accounts(s);
	assert_string_equal(
		c->sentence,
		"Mission Oslo's clerk says that it received this exact letter on 24 Nov 2026 08:12 UTC (own clock). "
		"Nothing later has reached you.");
	assert_string_equal(said_of(c, received)->standing_text, "appointed without a reading key");
	assert_string_equal(said_of(c, received)->title, "Front desk");
	assert_string_equal(said_of(c, received)->role, "clerk");
	assert_string_equal(said_of(c, received)->medium, "by hand");

	SAY(s, SAYS_OPENED, l->oslo, OSLO_READER, 50);
	SAY(s, SAYS_REVIEWED, l->oslo, OSLO_READER, 60, .nth = 2);
	SAY(s, SAYS_COMMENT, l->oslo, OSLO_SPEAKER, 61, .text = "We welcome it.");
	SAY(s, SAYS_SERVICE_DECLINED, l->oslo, OSLO_SPEAKER, 62, .nth = 2);
	CLEAN_ACCOUNTS struct valise_accounts *d = scene_accounts(s);
	assert_string_equal(
		d->sentence,
		"Mission Oslo's reader says that it reviewed this exact letter on 24 Nov 2026 21:12 UTC (own clock). "
		"Later it says: comment on 24 Nov 2026 22:12 UTC, service-declined on 24 Nov 2026 23:12 UTC.");
	assert_string_equal(d->parties[1].service, "service-declined");
	assert_int_equal(d->n_disagreements, 0);
	assert_int_equal(d->parties[1].n_said, 5);
	for (size_t i = 1; i < d->parties[1].n_said; i++)
		assert_true(d->said[d->parties[1].said[i - 1]].time_s <= d->said[d->parties[1].said[i]].time_s);
}

static void test_dossier_words(void **state)
{
	(void)state;
	const struct letter *l = the_letter();
	struct scene *s = scene_new(l->seal);
	s->e.is_dossier = true;
	s->e.bytes = VALISE_BYTES_NOT_HERE;
	s->e.n_acquaintances = 0;
	CLEAN_ACCOUNTS struct valise_accounts *a = scene_accounts(s);
	assert_string_equal(a->sentence, "This dossier holds no statement by \"Mission Oslo\" (own name).");
	assert_false(a->keys_known);
	assert_string_equal(
		a->keys_text,
		"Not known to you: \"Harbour Legal\" (own name) and \"Mission Oslo\" (own name). Whose keys these are, "
		"nothing here shows; ask for the office's paper card.");
	assert_string_equal(a->bytes_text,
			    "The letter's bytes are not part of this, and nothing about them was checked.");
	SAY(s, SAYS_RECEIVED, l->oslo, OSLO_MACHINE, 47, );
	CLEAN_ACCOUNTS struct valise_accounts *b = scene_accounts(s);
	assert_string_equal(
		b->sentence,
		"The clerk of \"Mission Oslo\" (own name) (unattended) says that it received this exact letter on 24 Nov "
		"2026 08:12 UTC (own clock). This dossier holds nothing later by \"Mission Oslo\" (own name).");
	assert_true(b->said[0].unattended);
	/* Without a single entry of its register an office is its digits. */
	s->entries[1] = s->entries[0];
	CLEAN_ACCOUNTS struct valise_accounts *c = scene_accounts(s);
	assert_non_null(strstr(c->sentence, "This dossier holds no statement that counts by the office "));
	assert_null(c->offices[1].name);
	assert_int_equal(strlen(c->offices[1].fingerprint), 35);
	bool told = false;
	for (size_t i = 0; i < c->n_not_shown; i++)
		told = told || strstr(c->not_shown[i], "Standing where a register is incomplete here: of the office ");
	assert_true(told);
}

/* Of one's own office nothing has "reached" anybody. */
static void test_own_words(void **state)
{
	(void)state;
	const struct letter *l = the_letter();
	struct scene *s = scene_new(l->seal);
	s->known[0].is_self = false;
	s->known[1].is_self = true;
	CLEAN_ACCOUNTS struct valise_accounts *a = scene_accounts(s);
	assert_string_equal(a->sentence, "Nothing by Mission Oslo is here.");
	SAY(s, SAYS_RECEIVED, l->oslo, OSLO_CLERK, 47, );
	CLEAN_ACCOUNTS struct valise_accounts *b = scene_accounts(s);
	assert_non_null(strstr(b->sentence, "(own clock). Nothing later is here."));
}

static void test_answer_by(void **state)
{
	(void)state;
	const struct letter *l = the_letter();
	struct scene *s = scene_new(l->seal);
	s->e.now_s = T0 + 30 * DAY;
	CLEAN_ACCOUNTS struct valise_accounts *a = scene_accounts(s);
	assert_false(a->parties[1].past_answer_by);
	s->e.now_s++;
	CLEAN_ACCOUNTS struct valise_accounts *b = scene_accounts(s);
	assert_true(b->parties[1].past_answer_by && !b->parties[0].past_answer_by);
	assert_string_equal(
		b->sentence,
		"Nothing from Mission Oslo has reached you. No answer by 22 Dec 2026 09:12 UTC has reached you.");
	SAY(s, SAYS_RECEIVED, l->oslo, OSLO_CLERK, 47, );
	CLEAN_ACCOUNTS struct valise_accounts *c = scene_accounts(s);
	assert_non_null(strstr(c->sentence, "No word of a review by 22 Dec 2026 09:12 UTC has reached you."));
	SAY(s, SAYS_REVIEWED, l->oslo, OSLO_READER, 31 * 24, );
	CLEAN_ACCOUNTS struct valise_accounts *d = scene_accounts(s);
	assert_true(d->parties[1].past_answer_by);
	assert_non_null(strstr(d->sentence, "An answer was asked for by 22 Dec 2026 09:12 UTC."));
	SAY(s, SAYS_REVIEWED, l->oslo, OSLO_READER, 48, .nth = 2);
	CLEAN_ACCOUNTS struct valise_accounts *e = scene_accounts(s);
	assert_false(e->parties[1].past_answer_by);
	assert_int_equal(e->n_disagreements, 1); /* the numbers ran against the clock, nothing else */
}

static void test_several_recipients(void **state)
{
	(void)state;
	const struct letter *l = the_letter();
	struct scene *s = scene_new(l->both);
	CLEAN_ACCOUNTS struct valise_accounts *a = scene_accounts(s);
	assert_non_null(strstr(a->sentence, "Of 2 recipients: no receipt has reached you from "));
	SAY(s, SAYS_RECEIVED, l->oslo, OSLO_CLERK, 47, );
	SAY(s, SAYS_RECEIVED, l->oslo, OSLO_SECOND, 46, );
	CLEAN_ACCOUNTS struct valise_accounts *b = scene_accounts(s);
	assert_string_equal(
		b->sentence,
		"Of 2 recipients, 1 says that it received it; no receipt has reached you from \"Consulate Bergen\" (own "
		"name).");
	/* Two clerks' receipts are one event, told by the earlier. */
	assert_non_null(strstr(party_of(b, l->oslo)->sentence, "on 24 Nov 2026 07:12 UTC (own clock). Nothing later"));
	SAY(s, SAYS_REVIEWED, l->bergen, BERGEN, 48, );
	CLEAN_ACCOUNTS struct valise_accounts *c = scene_accounts(s);
	assert_string_equal(c->sentence, "Of 2 recipients, 1 says that it reviewed it, 1 says that it received it.");
	assert_int_equal(c->n_parties, 3);
	assert_true(c->parties[0].is_sender && c->parties[1].is_recipient && c->parties[2].is_recipient);
}

/* What is said in bad standing, or about another letter, moves nothing. */
static void test_standing_counts(void **state)
{
	(void)state;
	const struct letter *l = the_letter();
	struct cast_entry dismissal = {
		.previous = l->oslo, .time_s = T0 + 10 * HOUR, .dismiss = {OSLO_CLERK}, .by = {2}};
	const struct verified_entry *after = cast_entry(&dismissal);
	static const struct {
		unsigned key, role;
		int hours;
		bool knows_dismissal, cites_it, counts;
		enum valise_standing standing;
		const char *text;
	} cases[] = {
		{OSLO_CLERK, 0, 5, false, false, true, VALISE_STANDING_GOOD, "appointed without a reading key"},
		{OSLO_READER, ROLE_CLERK, 5, false, false, true, VALISE_STANDING_GOOD, "in standing"},
		{OSLO_CLERK, 0, 5, true, false, true, VALISE_STANDING_DISMISSED_SINCE,
		 "dismissed 22 Nov 2026; that this is older, only its own clock says"},
		{OSLO_CLERK, 0, 11, true, false, false, VALISE_STANDING_DISMISSED, "dismissed 22 Nov 2026"},
		{OSLO_CLERK, 0, 5, true, true, false, VALISE_STANDING_DISMISSED,
		 "dismissed 22 Nov 2026, in the register that it cites"},
		{OSLO_CLERK, 0, 5, false, true, false, VALISE_STANDING_INCOMPLETE,
		 "the register here does not reach the entry that it cites"},
		{OSLO_LAPSED, 0, 30, false, false, false, VALISE_STANDING_EXPIRED, "appointed until 23 Nov 2026 only"},
		{OSLO_SPEAKER, 0, 5, false, false, false, VALISE_STANDING_WRONG_ROLE, "appointed, but not as clerk"},
		{STRANGER, 0, 5, false, false, false, VALISE_STANDING_NOT_APPOINTED,
		 "no such key at the register entry that it cites"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct scene *s = scene_new(l->seal);
		if (cases[i].knows_dismissal)
			s->entries[s->n_entries++] = after;
		const struct verified_statement *v = SAY(s, SAYS_RECEIVED, cases[i].cites_it ? after : l->oslo,
							 cases[i].key, cases[i].hours, .role = cases[i].role);
		CLEAN_ACCOUNTS struct valise_accounts *a = scene_accounts(s);
		assert_int_equal(said_of(a, v)->standing, cases[i].standing);
		assert_string_equal(said_of(a, v)->standing_text, cases[i].text);
		assert_int_equal(said_of(a, v)->counts, cases[i].counts);
		assert_int_equal(a->parties[1].state, cases[i].counts ? VALISE_STATE_RECEIVED : VALISE_STATE_NOTHING);
		assert_int_equal(strncmp(a->sentence, "Nothing that counts from Mission Oslo has reached you; ", 55) ==
					 0,
				 !cases[i].counts);
		assert_int_equal(strstr(a->sentence, "by an officer who was dismissed since then") != NULL,
				 cases[i].standing == VALISE_STANDING_DISMISSED_SINCE);
	}
	struct scene *s = scene_new(l->seal);
	scene_add(s, cast_say(&(struct cast_said){
			     .seal = l->both, .says = SAYS_RECEIVED, .head = l->oslo, .by = OSLO_CLERK, .time_s = T0}));
	CLEAN_ACCOUNTS struct valise_accounts *a = scene_accounts(s);
	assert_int_equal(a->n_said, 0);
}

static void test_seal_standing(void **state)
{
	(void)state;
	const struct letter *l = the_letter();
	struct scene *s = scene_new(cast_seal(l->harbour, &l->oslo, 1, STRANGER, 0));
	CLEAN_ACCOUNTS struct valise_accounts *a = scene_accounts(s);
	assert_false(a->signatures_valid || a->sender_standing_good);
	assert_int_equal(a->sender_standing, VALISE_STANDING_NOT_APPOINTED);
	assert_non_null(strstr(a->sentence, "The seal's signer was not in standing. "));
	assert_int_equal(a->n_disagreements, 1);
	assert_string_equal(a->disagreements[0].kind, "seal-no-standing");
	s->n_entries = 0;
	CLEAN_ACCOUNTS struct valise_accounts *b = scene_accounts(s);
	assert_int_equal(b->sender_standing, VALISE_STANDING_NO_REGISTER);
	assert_non_null(
		strstr(b->sentence, "Whether the seal's signer may sign for its office cannot be judged here. "));
	assert_int_equal(b->n_disagreements, 0);
	s->e.bytes = VALISE_BYTES_BROKEN;
	s->e.bytes_note = STR("piece 3 of the body");
	CLEAN_ACCOUNTS struct valise_accounts *c = scene_accounts(s);
	assert_string_equal(c->bytes_text, "The bytes here do not match the seal: piece 3 of the body.");
	assert_int_equal(strncmp(c->sentence, "The bytes here do not match the seal. ", 38), 0);
}

/* A relay takes deposits, which nobody hands it: its carrying counts, and nothing else. */
static void test_relay(void **state)
{
	(void)state;
	const struct letter *l = the_letter();
	struct scene *s = scene_new(l->seal);
	const struct verified_statement *carrying = SAY(s, SAYS_CARRYING, l->relay, RELAY, 2, );
	const struct verified_statement *delivered =
		SAY(s, SAYS_DELIVERED, l->relay, RELAY, 3, .to = l->oslo, .nth = 2);
	const struct verified_statement *stray = SAY(s, SAYS_CARRYING, l->northline, NORTHLINE, 3, );
	CLEAN_ACCOUNTS struct valise_accounts *a = scene_accounts(s);
	assert_true(said_of(a, carrying)->counts && said_of(a, carrying)->unattended);
	assert_false(said_of(a, delivered)->counts || said_of(a, stray)->counts);
	assert_true(party_of(a, l->relay)->is_holder && !party_of(a, l->relay)->is_bystander);
	assert_true(party_of(a, l->northline)->is_bystander && !party_of(a, l->northline)->is_holder);
	/* A chain of hands: whom a holder handed or delivered to is a holder, whom a bystander handed to is not. */
	SAY(s, SAYS_HANDED, l->harbour, HARBOUR, 1, .to = l->relay);
	SAY(s, SAYS_HANDED, l->stranger, STRANGER, 1, .to = l->bergen);
	CLEAN_ACCOUNTS struct valise_accounts *b = scene_accounts(s);
	assert_true(said_of(b, delivered)->counts);
	assert_true(party_of(b, l->oslo)->is_holder && party_of(b, l->oslo)->is_recipient);
	assert_null(party_of(b, l->bergen));
	SAY(s, SAYS_DELIVERED, l->relay, RELAY, 3, .to = l->northline, .nth = 3);
	CLEAN_ACCOUNTS struct valise_accounts *c = scene_accounts(s);
	assert_true(said_of(c, stray)->counts && party_of(c, l->northline)->is_holder);
}

static void test_names_are_not_trusted(void **state)
{
	(void)state;
	const struct letter *l = the_letter();
	struct scene *s = scene_new(cast_seal(l->harbour, &l->stranger, 1, HARBOUR, 0));
	CLEAN_ACCOUNTS struct valise_accounts *a = scene_accounts(s);
	assert_string_equal(a->sentence, "Nothing from \"Mission \\\"Oslo\\\"\" (own name) has reached you.");
	assert_string_equal(a->offices[1].name, "Mission \"Oslo\"");
	assert_null(a->offices[1].petname);
}

static void test_disclosed(void **state)
{
	(void)state;
	const struct letter *l = the_letter();
	struct scene *s = scene_new(l->seal);
	struct disclosed_leaf leaves[4] = {
		{.index = 2, .part = {.kind = PART_FILE, .offset = 1536, .length = 10, .name = STR("b\nc")}},
		{.is_subject = true, .subject = STR("Notice 14")},
		{.index = 1, .part = {.kind = PART_DIR, .offset = 512, .length = 99, .name = STR("annex")}},
		{.is_subject = true, .subject = STR("Another's")},
	};
	for (size_t i = 0; i < 4; i++) {
		memcpy(leaves[i].nonce, l->seal->s.nonce, 32);
		leaves[i].from = i == 3 ? l->stranger->note.id : l->harbour->note.id;
	}
	s->e.disclosed = leaves;
	s->e.n_disclosed = 4;
	CLEAN_ACCOUNTS struct valise_accounts *a = scene_accounts(s);
	assert_int_equal(a->n_disclosed, 3);
	assert_string_equal(a->subject, "Notice 14");
	assert_true(a->disclosed[0].is_subject && !a->disclosed[0].confirmed_by);
	assert_string_equal(a->disclosed[1].name, "annex");
	assert_string_equal(a->disclosed[1].kind, "dir");
	assert_string_equal(a->disclosed[2].name, "b\\x0ac");
	assert_int_equal(a->disclosed[2].number, 2);
	SAY(s, SAYS_OPENED, l->oslo, OSLO_READER, 5, );
	CLEAN_ACCOUNTS struct valise_accounts *b = scene_accounts(s);
	assert_string_equal(b->disclosed[2].confirmed_by, "Mission Oslo");
}

/* What did not verify is not passed over in silence. */
static void test_broken(void **state)
{
	(void)state;
	struct scene *s = scene_new(the_letter()->seal);
	const struct str broken[] = {STR("statement 0011: its signature is not valid"), STR("leaf 2\n: malformed")};
	CLEAN_ACCOUNTS struct valise_accounts *sound = scene_accounts(s);
	assert_true(sound->signatures_valid && sound->n_broken == 0);
	s->e.broken = broken;
	s->e.n_broken = 2;
	CLEAN_ACCOUNTS struct valise_accounts *a = scene_accounts(s);
	assert_false(a->signatures_valid);
	assert_int_equal(a->n_broken, 2);
	assert_string_equal(a->broken[0], "statement 0011: its signature is not valid");
	assert_string_equal(a->broken[1], "leaf 2\\x0a: malformed");
	assert_non_null(strstr(a->signatures_text, "2 items here do not verify, and count for nothing."));
}

/* ---- Properties, by chance ---- */

static const struct verified_statement *random_statement(const struct verified_seal *seal, uint64_t *random)
{
	const struct letter *l = the_letter();
	const struct {
		const struct verified_entry *office;
		unsigned first, n;
	} speakers[] = {{l->harbour, HARBOUR, 1},  {l->oslo, OSLO_CLERK, 4}, {l->northline, NORTHLINE, 1},
			{l->bergen, BERGEN, 1},    {l->relay, RELAY, 1},     {l->oslo, OSLO_LAPSED, 2},
			{l->stranger, STRANGER, 1}};
	static const char *const media[] = {NULL, NULL, "by hand", "through diplomatic channels"};
	size_t who = cast_below(random, 7);
	enum says says = (enum says)cast_below(random, SAYS_COUNT);
	const struct says_row *row = &says_table[says];
	const struct verified_entry *offices[] = {l->harbour, l->oslo, l->northline, l->bergen, l->relay};
	bool to = ((row->needs | row->needs_one_of) & FIELD_TO) || ((row->allows & FIELD_TO) && cast_below(random, 2));
	return cast_say(&(struct cast_said){
		.seal = seal,
		.says = says,
		.head = speakers[who].office,
		.by = speakers[who].first + (unsigned)cast_below(random, speakers[who].n),
		.time_s = T0 - 2 * HOUR + (int64_t)cast_below(random, 100) * HOUR,
		.nth = 1 + cast_below(random, 6),
		.to = to ? offices[cast_below(random, 5)] : NULL,
		.medium = row->allows & FIELD_MEDIUM ? media[cast_below(random, 4)] : NULL,
	});
}

static void test_order_does_not_matter(void **state)
{
	(void)state;
	uint64_t random = 5;
	for (unsigned round = 0; round < 60; round++) {
		struct scene *s = scene_new(the_letter()->both);
		s->e.is_dossier = round & 1;
		s->e.now_s = T0 + 99 * DAY;
		for (unsigned i = 0; i < 25; i++)
			scene_add(s, random_statement(s->e.seal, &random));
		CLEAN_ACCOUNTS struct valise_accounts *first = scene_accounts(s);
		CLEAN_BUF struct buf wanted = BUF_INIT(1 << 20);
		dump_accounts(&wanted, first);
		s->known[3] = s->known[1];
		s->e.n_acquaintances = 4;
		for (unsigned turn = 0; turn < 4; turn++) {
			for (unsigned k = 0; k < 7; k++) { /* some twice */
				s->said[s->e.n_statements++] = s->said[cast_below(&random, 25)];
				s->entries[s->n_entries++] = s->entries[cast_below(&random, 6)];
			}
			CAST_SHUFFLE(&random, s->said, s->e.n_statements);
			CAST_SHUFFLE(&random, s->entries, s->n_entries);
			CAST_SHUFFLE(&random, s->known, 4);
			CLEAN_ACCOUNTS struct valise_accounts *a = scene_accounts(s);
			CLEAN_BUF struct buf got = BUF_INIT(1 << 20);
			dump_accounts(&got, a);
			assert_int_equal(wanted.error || got.error, 0);
			assert_string_equal(got.data, wanted.data);
		}
	}
}

/* Statements are only ever added; so a state only ever moves forward, and what counted goes on counting. */
static void test_states_never_move_back(void **state)
{
	(void)state;
	uint64_t random = 11;
	size_t n_moves = 0;
	for (unsigned round = 0; round < 60; round++) {
		struct scene *s = scene_new(the_letter()->both);
		enum valise_state before[2] = {VALISE_STATE_NOTHING, VALISE_STATE_NOTHING};
		bool held_before = false;
		size_t counted = 0;
		for (unsigned i = 0; i < 30; i++) {
			scene_add(s, random_statement(s->e.seal, &random));
			CLEAN_ACCOUNTS struct valise_accounts *a = scene_accounts(s);
			size_t now = 0;
			for (size_t k = 0; k < a->n_said; k++)
				now += a->said[k].counts;
			assert_true(now >= counted);
			counted = now;
			for (size_t k = 0; k < 2; k++) {
				assert_true(a->parties[1 + k].state >= before[k]);
				n_moves += a->parties[1 + k].state > before[k];
				before[k] = a->parties[1 + k].state;
			}
			const struct valise_party *northline = party_of(a, the_letter()->northline);
			bool holds = northline && northline->is_holder;
			assert_true(holds || !held_before);
			held_before = holds;
		}
	}
	assert_true(n_moves > 60);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_whose_word_counts),
	cmocka_unit_test(test_states),
	cmocka_unit_test(test_whole_journey),
	cmocka_unit_test(test_dossier_words),
	cmocka_unit_test(test_own_words),
	cmocka_unit_test(test_answer_by),
	cmocka_unit_test(test_several_recipients),
	cmocka_unit_test(test_standing_counts),
	cmocka_unit_test(test_seal_standing),
	cmocka_unit_test(test_relay),
	cmocka_unit_test(test_names_are_not_trusted),
	cmocka_unit_test(test_disclosed),
	cmocka_unit_test(test_broken),
	cmocka_unit_test(test_order_does_not_matter),
	cmocka_unit_test(test_states_never_move_back),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
