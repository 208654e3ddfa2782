/* SPDX-License-Identifier: Apache-2.0 */
/* Register entries, held against spec/register.md and its vectors. */
#include "vectors.h"

#include "base/limits.h"
#include "base/text.h"
#include "crypto/x25519.h"
#include "failing.h"
#include "format/age.h"
#include "format/register.h"

/* The recipient of the secret of 32 equal bytes, in memory that lives as long as the test. */
static struct str recipient(uint8_t byte)
{
	static char texts[256][AGE_RECIPIENT_TEXT_BYTES + 1];
	uint8_t secret[32];
	memset(secret, byte, sizeof secret);
	struct age_recipient r;
	assert_int_equal(x25519_public(secret, r.point, NULL), 0);
	struct buf b = BUF_AT(texts[byte]);
	age_recipient_write(&b, &r);
	assert_int_equal(b.len, AGE_RECIPIENT_TEXT_BYTES);
	return buf_str(&b);
}

static struct hash commitment(uint8_t byte)
{
	struct vkey k = vector_vkey(byte);
	struct hash h;
	vkey_commitment(&k, &h);
	return h;
}

/* What the specification's entries are made of. */
struct made {
	struct register_entry e;
	struct vkey keepers[3], by[4];
	struct hash next[3], seen[1];
	struct appointment appointments[2];
	struct dismissal dismissals[1];
	struct str relays[1];
};

static void make_first(struct made *m)
{
	*m = (struct made){
		.keepers = {vector_vkey(0x01)},
		.next = {commitment(0x02)},
		/* In this order, whatever the keys': the writer sorts. */
		.appointments = {{.key = vector_vkey(0x03), .roles = ROLE_PRINCIPAL, .title = STR("Registry")},
				 {.key = vector_vkey(0x04),
				  .recipient = recipient(0x24),
				  .roles = ROLE_READER,
				  .has_until = true,
				  .until_s = 1830297599,
				  .title = STR("Reading room")}},
		.by = {vector_vkey(0x01)},
	};
	m->e = (struct register_entry){
		.is_first = true,
		.time_s = 1795161600,
		.name = STR("Harbour Legal"),
		.has_keepers = true,
		.keepers_quorum = 1,
		.keepers = m->keepers,
		.n_keepers = 1,
		.next_quorum = 1,
		.next = m->next,
		.n_next = 1,
		.appointments = m->appointments,
		.n_appointments = 2,
		.by = m->by,
		.n_by = 1,
	};
}

static void make_routine(struct made *m)
{
	struct hash harbour = vector_id("tests/vectors/register/harbour-0.note");
	*m = (struct made){
		.dismissals = {{vector_vkey(0x04), STR("moved to another post")}},
		.appointments = {{.key = vector_vkey(0x05),
				  .recipient = recipient(0x25),
				  .roles = (unsigned)ROLE_READER | ROLE_SPOKESPERSON,
				  .title = STR("Press office")}},
		.seen = {vector_hash("seen")},
		.relays = {STR("https://relay.example/harbour")},
		.by = {vector_vkey(0x01)},
	};
	m->e = (struct register_entry){
		.office = harbour,
		.seq = 1,
		.previous = harbour,
		.time_s = 1795248000,
		.dismissals = m->dismissals,
		.n_dismissals = 1,
		.appointments = m->appointments,
		.n_appointments = 1,
		.seen = m->seen,
		.n_seen = 1,
		.relays = m->relays,
		.n_relays = 1,
		.by = m->by,
		.n_by = 1,
	};
}

static void make_authority(struct made *m)
{
	struct hash harbour = vector_id("tests/vectors/register/harbour-0.note");
	*m = (struct made){
		.keepers = {vector_vkey(0x06), vector_vkey(0x07)},
		.next = {commitment(0x08), commitment(0x09), commitment(0x0a)},
		.by = {vector_vkey(0x02), vector_vkey(0x06), vector_vkey(0x07)},
	};
	m->e = (struct register_entry){
		.office = harbour,
		.seq = 1,
		.previous = harbour,
		.time_s = 1795334400,
		.name = STR("Harbour Legal LLP"),
		.has_keepers = true,
		.keepers_quorum = 2,
		.keepers = m->keepers,
		.n_keepers = 2,
		.next_quorum = 2,
		.next = m->next,
		.n_next = 3,
		.by = m->by,
		.n_by = 3,
	};
}

static void examples_are_made(void **state)
{
	(void)state;
	struct made m;
	CLEAN_BUF struct buf text = BUF_INIT(LIMIT_REGISTER_ENTRY_BYTES);
	make_first(&m);
	assert_int_equal(register_entry_write(&m.e, &text, NULL), 0);
	vector_signed_is(buf_str(&text), (const uint8_t[]){0x01}, 1, "register.md", "register-0");
	buf_clear(&text);
	make_routine(&m);
	assert_int_equal(register_entry_write(&m.e, &text, NULL), 0);
	vector_signed_is(buf_str(&text), (const uint8_t[]){0x01}, 1, "register.md", "register-1");
	buf_clear(&text);
	make_authority(&m);
	assert_int_equal(register_entry_write(&m.e, &text, NULL), 0);
	vector_signed_is(buf_str(&text), (const uint8_t[]){0x02, 0x06, 0x07}, 3, "register.md", "register-2");
}

static int parse(struct str text, struct valise_err *err)
{
	CLEAN_REGISTER_ENTRY struct register_entry e = {0};
	return register_entry_parse(text, &e, err);
}

static void check_good(const char *name, struct str bytes)
{
	struct valise_err err = {0};
	CLEAN_ENTRY struct verified_entry *v = NULL, *again = NULL;
	if (register_entry_verify(bytes.at, bytes.len, &v, &err) ||
	    register_entry_from_intake(bytes.at, bytes.len, &again, &err))
		fail_msg("%s: %s", name, err.text);
	const struct hash *office = verified_entry_office(v);
	assert_true(v->e.is_first ? hash_eq(office, &v->note.id) : hash_eq(office, &v->e.office));
	assert_int_equal(v->e.n_by, again->note.n_by);
}

static void good_vectors_verify(void **state)
{
	(void)state;
	assert_int_equal(vector_each("tests/vectors/register", ".note", check_good), 5);
}

static void values_come_back(void **state)
{
	(void)state;
	CLEAN_BUF struct buf b = {0};
	vector_read("tests/vectors/register/oslo-0.note", &b);
	CLEAN_ENTRY struct verified_entry *v = NULL;
	assert_int_equal(register_entry_verify(b.data, b.len, &v, NULL), 0);
	assert_str(v->e.name, "Mission Oslo");
	assert_int_equal(v->e.n_appointments, 4);
	struct vkey night = vector_vkey(0x16);
	bool found = false;
	for (size_t i = 0; i < v->e.n_appointments; i++) {
		const struct appointment *a = &v->e.appointments[i];
		if (!vkey_eq(&a->key, &night))
			continue;
		found = true;
		assert_int_equal(a->roles, (unsigned)ROLE_CLERK | ROLE_COURIER | ROLE_MACHINE);
		assert_true(str_eq(a->recipient, recipient(0x36)));
		assert_str(a->title, "Mail room, at night");
		assert_false(a->has_until);
	}
	assert_true(found);
}

static void check_refused(const char *name, struct str bytes)
{
	struct valise_err err = {0};
	struct verified_entry *v = NULL;
	int r = register_entry_verify(bytes.at, bytes.len, &v, &err);
	if (r != VALISE_E_BAD || err.code != r || !err.text[0] || v)
		fail_msg("%s is not refused", name);
}

static void refused_vectors_are(void **state)
{
	(void)state;
	assert_true(vector_each("tests/vectors/register/refused", ".note", check_refused) >= 40);
	assert_true(vector_each("tests/vectors/seal", ".note", check_refused) > 0);
}

static void refusals_say_why(void **state)
{
	(void)state;
	CLEAN_BUF struct buf first = {0}, routine = {0};
	vector_read("tests/vectors/register/harbour-0.note", &first);
	static const struct wrong in_first[] = {
		{"office -", "office --", "`office` is neither"},
		{"seq 0", "seq 1", "`seq` is 0 exactly where"},
		{"seq 0", "seq 00", "`seq` is not a plain decimal"},
		{"previous -", "previous ", "`previous` has no value"},
		{"name Harbour Legal\n", "", "`name` should stand here"},
		{"keepers 1 ", "keepers 0 ", "`keepers` is not a number of more than half"},
		{"keepers 1 ", "keepers 2 ", "`keepers` is not a number of more than half"},
		{"keepers 1 ", "keepers ", "`keepers` is not a number of more than half"},
		{"keepers 1 ", "keepers 1  ", "`keepers`"},
		{"keepers 1 valise", "keepers 1 Valise", "`keepers` has a malformed key"},
		{"\nnext 1 ", "\nnext 1 0", "`next` has a malformed key"},
		{"\nnext 1 ", "\nnext 01 ", "`next` is not a number"},
		{" principal - Registry", " principal -", "`appoint` is not a key"},
		{" - principal - Registry", " - principal - Registry ", "`appoint` is not a key"},
		{" principal ", " machine ", "`appoint` is not a key"},
		{" principal ", " principal,principal ", "`appoint` is not a key"},
		{" principal ", " spokesperson,principal ", "`appoint` is not a key"},
		{" principal ", " principal, ", "`appoint` is not a key"},
		{" principal ", " reader ", "`appoint` is not a key"},
		{" reader ", " principal ", "`appoint` is not a key"},
		{"2027-12-31T23:59:59Z", "2027-12-31T23:59:59", "`appoint` is not a key"},
		{"age1", "AGE1", "`appoint` is not a key"},
		{"\nby ", "\nrelay ftp://x\nby ", "`relay` is not"},
		{"\nby ", "\nrelay https://b\nrelay https://a\nby ", "`relay` is there twice or not sorted"},
		{"\nby ", "\nseen 00\nby ", "`seen` is not"},
	};
	vector_refuses(vector_text(buf_str(&first)), in_first, sizeof in_first / sizeof in_first[0], parse);
	vector_read("tests/vectors/register/harbour-1.note", &routine);
	static const struct wrong in_routine[] = {
		{"seq 1", "seq 0", "`seq` is 0 exactly where"},
		{"seq 1", "seq 16384", "`seq` is not a plain decimal"},
		{" moved to another post", "", "`dismiss` is not an officer's key"},
		{"\ndismiss ", "\nnext 1 00\ndismiss ", "should stand here"},
		{"\nby ", "\nby x\nby ", "`by`"},
	};
	vector_refuses(vector_text(buf_str(&routine)), in_routine, sizeof in_routine / sizeof in_routine[0], parse);
}

static int write_code(const struct register_entry *e, const char *says)
{
	CLEAN_BUF struct buf text = BUF_INIT(2 * LIMIT_REGISTER_ENTRY_BYTES);
	struct valise_err err = {0};
	int r = register_entry_write(e, &text, &err);
	assert_int_equal(err.code, r);
	if (r) {
		assert_int_equal(text.len, 0);
		if (!says || !strstr(err.text, says))
			fail_msg("%s", err.text);
		return r;
	}
	assert_null(says);
	CLEAN_REGISTER_ENTRY struct register_entry back = {0};
	assert_int_equal(register_entry_parse(buf_str(&text), &back, NULL), 0);
	return 0;
}

/* A key is keeper, next or officer, never two. */
static void keys_have_one_place(void **state)
{
	(void)state;
	struct made m;
	make_first(&m);
	assert_int_equal(write_code(&m.e, NULL), 0);
	m.next[0] = commitment(0x01);
	assert_int_equal(write_code(&m.e, "`next` has a key that is"), VALISE_E_USAGE);
	m.next[0] = commitment(0x03);
	assert_int_equal(write_code(&m.e, "`next` has a key that is"), VALISE_E_USAGE);
	make_first(&m);
	m.appointments[0].key = vector_vkey(0x01);
	assert_int_equal(write_code(&m.e, "`keepers` has a key that is"), VALISE_E_USAGE);
	make_first(&m);
	m.appointments[0].key = m.appointments[1].key;
	assert_int_equal(write_code(&m.e, "`appoint` is there twice"), VALISE_E_USAGE);
	make_routine(&m);
	assert_int_equal(write_code(&m.e, NULL), 0);
	m.dismissals[0].key = m.appointments[0].key;
	assert_int_equal(write_code(&m.e, "a key is appointed once"), VALISE_E_USAGE);
	make_routine(&m);
	m.by[0] = vector_vkey(0x05);
	assert_int_equal(write_code(&m.e, "`by` has a key that is an officer's"), VALISE_E_USAGE);
	m.by[0] = vector_vkey(0x04);
	assert_int_equal(write_code(&m.e, "`by` has a key that is an officer's"), VALISE_E_USAGE);
	make_authority(&m);
	assert_int_equal(write_code(&m.e, NULL), 0);
	m.dismissals[0] = (struct dismissal){vector_vkey(0x07), STR("gone")};
	m.e.dismissals = m.dismissals;
	m.e.n_dismissals = 1;
	assert_int_equal(write_code(&m.e, "`keepers` has a key that is"), VALISE_E_USAGE);
	m.dismissals[0].key = vector_vkey(0x09);
	assert_int_equal(write_code(&m.e, "`next` has a key that is"), VALISE_E_USAGE);
}

static void keepers_sign(void **state)
{
	(void)state;
	struct made m;
	make_first(&m);
	m.by[1] = vector_vkey(0x0b);
	m.e.n_by = 2;
	assert_int_equal(write_code(&m.e, "`by` has a key that is not a keeper's"), VALISE_E_USAGE);
	make_first(&m);
	m.by[0] = vector_vkey(0x0b);
	assert_int_equal(write_code(&m.e, "`by` lacks a key of keepers"), VALISE_E_USAGE);
	make_authority(&m);
	m.e.n_by = 2;
	assert_int_equal(write_code(&m.e, "`by` lacks a key of keepers"), VALISE_E_USAGE);
	m.e.n_by = 0;
	assert_int_equal(write_code(&m.e, "`by` should stand here"), VALISE_E_USAGE);
}

/* More than half, at most all. */
static void quorums(void **state)
{
	(void)state;
	static const uint64_t least[] = {0, 1, 2, 2, 3};
	for (size_t n = 1; n <= 4; n++) {
		for (uint64_t quorum = 0; quorum <= n + 1; quorum++) {
			struct made m;
			make_routine(&m);
			struct vkey keepers[4] = {vector_vkey(0x0a), vector_vkey(0x0b), vector_vkey(0x0c),
						  vector_vkey(0x0d)};
			struct hash next[1] = {commitment(0x02)};
			m.e.has_keepers = true;
			m.e.keepers = m.e.by = keepers;
			m.e.n_keepers = m.e.n_by = n;
			m.e.keepers_quorum = quorum;
			m.e.next = next;
			m.e.n_next = m.e.next_quorum = 1;
			bool fits = quorum >= least[n] && quorum <= n;
			assert_int_equal(write_code(&m.e, fits ? NULL : "`keepers` is not a number of more than half"),
					 fits ? 0 : VALISE_E_USAGE);
		}
	}
}

static void recipients_fit_roles(void **state)
{
	(void)state;
	for (unsigned roles = 0; roles <= ROLE_ALL + 1u; roles++) {
		for (int with = 0; with < 2; with++) {
			struct made m;
			make_routine(&m);
			m.appointments[0].roles = roles;
			m.appointments[0].recipient = with ? recipient(0x25) : (struct str){0};
			unsigned opens = (unsigned)ROLE_READER | ROLE_CLERK | ROLE_COURIER;
			bool fits = roles <= ROLE_ALL && (roles & ~(unsigned)ROLE_MACHINE) &&
				    (with ? (roles & opens) != 0 : !(roles & ROLE_READER));
			assert_int_equal(write_code(&m.e, fits ? NULL : "appoint"), fits ? 0 : VALISE_E_USAGE);
		}
	}
}

static void roles_have_one_spelling(void **state)
{
	(void)state;
	for (unsigned roles = 1; roles <= ROLE_ALL; roles++) {
		CLEAN_BUF struct buf b = BUF_INIT(100);
		roles_write(&b, roles);
		unsigned back = 0;
		assert_int_equal(roles_parse(buf_str(&b), &back), roles != ROLE_MACHINE);
		assert_true(roles == ROLE_MACHINE || back == roles);
	}
	static const char *const bad[] = {
		"", ",", "clerk,", ",clerk", "clerk,clerk", "reader,clerk", "Clerk", "clerk, reader", "clerk,king"};
	unsigned back;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(roles_parse(str_of(bad[i]), &back));
	assert_string_equal(role_name(ROLE_SPOKESPERSON), "spokesperson");
	assert_null(role_name(0));
	assert_null(role_name(ROLE_ALL));
	assert_null(role_name(1u << ROLE_COUNT));
}

#define MANY 600

/* Lists at their limits and one over. */
static void list_limits(void **state)
{
	(void)state;
	static struct hash seen[MANY];
	static char urls[16][LIMIT_URL_BYTES + 2];
	static struct str relays[16];
	for (size_t i = 0; i < MANY; i++)
		digest_once(&i, sizeof i, &seen[i]);
	for (size_t i = 0; i < 16; i++) {
		memset(urls[i], 'x', sizeof urls[i] - 1);
		memcpy(urls[i], "http://", 7);
		urls[i][7] = (char)('p' - i);
		relays[i] = (struct str){urls[i], LIMIT_URL_BYTES};
	}
	struct made m;
	make_routine(&m);
	m.e.seen = seen;
	m.e.n_seen = LIMIT_SEEN_PER_ENTRY;
	m.e.relays = relays;
	m.e.n_relays = LIMIT_RELAYS_PER_ENTRY;
	assert_int_equal(write_code(&m.e, NULL), 0);
	m.e.n_seen++;
	assert_int_equal(write_code(&m.e, "`seen` stands there more often"), VALISE_E_USAGE);
	m.e.n_seen--;
	m.e.n_relays++;
	assert_int_equal(write_code(&m.e, "`relay` stands there more often"), VALISE_E_USAGE);
	m.e.n_relays--;
	relays[3].len++;
	assert_int_equal(write_code(&m.e, "`relay` is not"), VALISE_E_USAGE);
	relays[3] = STR("https://");
	assert_int_equal(write_code(&m.e, "`relay` is not"), VALISE_E_USAGE);
	relays[3] = STR("http://a\nby x");
	assert_int_equal(write_code(&m.e, "`relay` is not"), VALISE_E_USAGE);
	relays[3] = relays[2];
	assert_int_equal(write_code(&m.e, "`relay` is there twice"), VALISE_E_USAGE);
	make_routine(&m);
	m.e.seq = LIMIT_REGISTER_ENTRIES - 1;
	assert_int_equal(write_code(&m.e, NULL), 0);
	m.e.seq++;
	assert_int_equal(write_code(&m.e, "`seq`"), VALISE_E_USAGE);
}

/* Sound public keys in number: the public halves of seeds that count up. */
static struct vkey numbered_vkey(size_t i)
{
	uint8_t seed[ED25519_SEED_BYTES] = {0xee, (uint8_t)(i >> 8), (uint8_t)i};
	CLEAN_SIGNER struct ed25519_signer *s = NULL;
	assert_int_equal(ed25519_signer_new(seed, &s, NULL), 0);
	struct vkey k;
	ed25519_signer_public(s, k.key);
	return k;
}

static void officer_and_keeper_limits(void **state)
{
	(void)state;
	static struct appointment appointments[LIMIT_OFFICERS_PER_ENTRY + 1];
	static struct dismissal dismissals[LIMIT_OFFICERS_PER_ENTRY + 1];
	for (size_t i = 0; i <= LIMIT_OFFICERS_PER_ENTRY; i++) {
		appointments[i] =
			(struct appointment){.key = numbered_vkey(i), .roles = ROLE_PRINCIPAL, .title = STR("x")};
		dismissals[i] = (struct dismissal){numbered_vkey(1000 + i), STR("x")};
	}
	struct made m;
	make_routine(&m);
	m.e.appointments = appointments;
	m.e.dismissals = dismissals;
	m.e.n_appointments = m.e.n_dismissals = LIMIT_OFFICERS_PER_ENTRY;
	assert_int_equal(write_code(&m.e, NULL), 0);
	m.e.n_appointments++;
	assert_int_equal(write_code(&m.e, "`appoint` stands there more often"), VALISE_E_USAGE);
	m.e.n_appointments--;
	m.e.n_dismissals++;
	assert_int_equal(write_code(&m.e, "`dismiss` stands there more often"), VALISE_E_USAGE);

	static struct vkey keepers[LIMIT_KEEPERS + 1];
	static struct hash next[LIMIT_KEEPERS + 1];
	for (size_t i = 0; i <= LIMIT_KEEPERS; i++) {
		keepers[i] = numbered_vkey(2000 + i);
		struct vkey k = numbered_vkey(3000 + i);
		vkey_commitment(&k, &next[i]);
	}
	make_authority(&m);
	m.e.keepers = m.e.by = keepers;
	m.e.next = next;
	m.e.n_keepers = m.e.n_next = m.e.n_by = LIMIT_KEEPERS;
	m.e.keepers_quorum = m.e.next_quorum = LIMIT_KEEPERS / 2 + 1;
	assert_int_equal(write_code(&m.e, NULL), 0);
	m.e.n_next++;
	assert_int_equal(write_code(&m.e, "`next` is not a number of more than half"), VALISE_E_USAGE);
	m.e.n_next--;
	m.e.n_keepers++;
	assert_int_equal(write_code(&m.e, "`keepers` is not a number of more than half"), VALISE_E_USAGE);
	m.e.n_keepers--;
	m.e.n_by++;
	assert_int_equal(write_code(&m.e, "`by` stands there more often"), VALISE_E_USAGE);
}

/* The text alone may not be over the limit of the note. */
static void text_limit(void **state)
{
	(void)state;
	static struct appointment appointments[60];
	static char titles[60][LIMIT_FREE_TEXT_BYTES];
	memset(titles, 'x', sizeof titles);
	for (size_t i = 0; i < 60; i++)
		appointments[i] = (struct appointment){
			.key = numbered_vkey(i), .roles = ROLE_PRINCIPAL, .title = {titles[i], 900}};
	struct made m;
	make_routine(&m);
	m.e.appointments = appointments;
	m.e.n_appointments = 60;
	CLEAN_BUF struct buf text = BUF_INIT(2 * LIMIT_REGISTER_ENTRY_BYTES);
	assert_int_equal(register_entry_write(&m.e, &text, NULL), 0);
	size_t left = LIMIT_REGISTER_ENTRY_BYTES - text.len;
	for (size_t i = 0; left > 0; i++) {
		size_t more = left < 100 ? left : 100;
		appointments[i].title.len += more;
		left -= more;
	}
	assert_int_equal(write_code(&m.e, NULL), 0);
	appointments[59].title.len++;
	assert_int_equal(register_entry_write(&m.e, &text, NULL), VALISE_E_LIMIT);
}

static void the_writer_refuses(void **state)
{
	(void)state;
	struct made m;
	make_first(&m);
	m.e.name = STR("Harbour\nkeepers 1 x");
	assert_int_equal(write_code(&m.e, "`name`"), VALISE_E_USAGE);
	make_first(&m);
	m.e.has_keepers = false;
	assert_int_equal(write_code(&m.e, "`keepers` should stand here"), VALISE_E_USAGE);
	make_first(&m);
	m.e.seq = 1;
	assert_int_equal(write_code(&m.e, "`seq`"), VALISE_E_USAGE);
	make_first(&m);
	m.e.time_s = -1;
	assert_int_equal(write_code(&m.e, "`time`"), VALISE_E_USAGE);
	make_first(&m);
	m.appointments[1].until_s = TIME_MAX_S + 1;
	assert_int_equal(write_code(&m.e, "`appoint` has an end"), VALISE_E_USAGE);
	make_first(&m);
	m.appointments[1].title = STR("a\nb");
	assert_int_equal(write_code(&m.e, "`appoint` needs a title"), VALISE_E_USAGE);
	make_first(&m);
	m.appointments[1].recipient = STR("age1 x");
	assert_int_equal(write_code(&m.e, "`appoint` needs a recipient"), VALISE_E_USAGE);
	make_routine(&m);
	m.dismissals[0].reason = (struct str){0};
	assert_int_equal(write_code(&m.e, "`dismiss` needs a reason"), VALISE_E_USAGE);
}

static int work_verify(struct str bytes, struct valise_err *err)
{
	CLEAN_ENTRY struct verified_entry *v = NULL;
	return register_entry_verify(bytes.at, bytes.len, &v, err);
}

static struct made written;

static int work_write(struct str unused, struct valise_err *err)
{
	(void)unused;
	CLEAN_BUF struct buf b = BUF_INIT(LIMIT_REGISTER_ENTRY_BYTES);
	return register_entry_write(&written.e, &b, err);
}

static void failed_allocations(void **state)
{
	(void)state;
	static const char *const paths[] = {
		"tests/vectors/register/harbour-0.note", "tests/vectors/register/harbour-1.note",
		"tests/vectors/register/harbour-2.note", "tests/vectors/register/oslo-0.note"};
	for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
		CLEAN_BUF struct buf good = {0};
		vector_read(paths[i], &good);
		failing_in_turn(work_verify, buf_str(&good));
	}
	make_routine(&written);
	failing_in_turn(work_write, STR(""));
	make_authority(&written);
	failing_in_turn(work_write, STR(""));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(examples_are_made),    cmocka_unit_test(good_vectors_verify),
		cmocka_unit_test(values_come_back),     cmocka_unit_test(refused_vectors_are),
		cmocka_unit_test(refusals_say_why),     cmocka_unit_test(keys_have_one_place),
		cmocka_unit_test(keepers_sign),         cmocka_unit_test(quorums),
		cmocka_unit_test(recipients_fit_roles), cmocka_unit_test(roles_have_one_spelling),
		cmocka_unit_test(list_limits),          cmocka_unit_test(officer_and_keeper_limits),
		cmocka_unit_test(text_limit),           cmocka_unit_test(the_writer_refuses),
		cmocka_unit_test(failed_allocations),
	};
	return cmocka_run_group_tests_name("format_register", tests, NULL, NULL);
}
