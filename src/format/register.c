/* SPDX-License-Identifier: Apache-2.0 */
/* Reads and writes register entries (spec/register.md). */
#include "format/register.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/cursor.h"
#include "base/limits.h"
#include "base/text.h"
#include "format/age.h"
#include "format/line.h"

static const char *const role_names[ROLE_COUNT] = {"principal", "clerk",        "reader",
						   "courier",   "spokesperson", "machine"};

const char *role_name(unsigned role)
{
	for (unsigned i = 0; i < ROLE_COUNT; i++) {
		if (role == 1u << i)
			return role_names[i];
	}
	return NULL;
}

void roles_write(struct buf *b, unsigned roles)
{
	const char *comma = "";
	for (unsigned i = 0; i < ROLE_COUNT; i++) {
		if (roles & 1u << i) {
			buf_addf(b, "%s%s", comma, role_names[i]);
			comma = ",";
		}
	}
}

bool roles_parse(struct str s, unsigned *ret_roles)
{
	unsigned roles = 0;
	for (unsigned i = 0; i < ROLE_COUNT; i++) {
		if (word_listed(s, str_of(role_names[i])))
			roles |= 1u << i;
	}
	char place[64];
	struct buf b = BUF_AT(place);
	roles_write(&b, roles);
	/* A machine that may say nothing has nothing to sign. */
	if ((roles & ~(unsigned)ROLE_MACHINE) == 0 || !str_eq(buf_str(&b), s))
		return false;
	*ret_roles = roles;
	return true;
}

void register_entry_release(struct register_entry *e)
{
	free(e->keepers);
	free(e->next);
	free(e->dismissals);
	free(e->appointments);
	free(e->seen);
	free(e->relays);
	free(e->by);
	*e = (struct register_entry){0};
}

/* "-" or a hash. */
static bool parse_dash_or_hash(struct str v, bool *ret_dash, struct hash *ret)
{
	*ret_dash = str_eq(v, STR("-"));
	return *ret_dash || hash_parse(v, ret);
}

static void read_place(struct note_reader *r, struct register_entry *e)
{
	struct str v;
	bool first_office = false, first_previous = false;
	if (note_required(r, "office", &v) && !parse_dash_or_hash(v, &first_office, &e->office))
		(void)note_bad(r, "office", "is neither - nor an office's id");
	line_decimal(r, "seq", 0, LIMIT_REGISTER_ENTRIES - 1, &e->seq);
	if (note_required(r, "previous", &v) && !parse_dash_or_hash(v, &first_previous, &e->previous))
		(void)note_bad(r, "previous", "is neither - nor the id of an entry");
	e->is_first = first_office;
	if (first_office != first_previous || first_office != (e->seq == 0))
		(void)note_bad(r, "seq", "is 0 exactly where office and previous are -");
}

static bool parse_vkey_item(struct str s, void *ret)
{
	return vkey_parse(s, ret);
}

static bool parse_hash_item(struct str s, void *ret)
{
	return hash_parse(s, ret);
}

/* A quorum and its members: "2 <item> <item> <item>". Returns the members, which the caller owns, or NULL on an error. */
static void *read_quorum(struct note_reader *r, const char *key, size_t item_bytes,
			 bool (*parse)(struct str s, void *ret), uint64_t *ret_quorum, size_t *ret_n)
{
	struct str rest, word, previous = {0};
	if (!note_required(r, key, &rest))
		return NULL;
	size_t n = 0;
	for (size_t i = 0; i < rest.len; i++)
		n += rest.at[i] == ' ';
	if (n == 0 || n > LIMIT_KEEPERS || !str_word(&rest, &word) || !text_decimal(word, n, ret_quorum) ||
	    *ret_quorum * 2 <= n) {
		(void)note_bad(r, key, "is not a number of more than half, and 1 to 64 keys");
		return NULL;
	}
	CLEAN_FREE uint8_t *items = calloc(n, item_bytes);
	if (!items) {
		r->code = err_nomem(r->err);
		return NULL;
	}
	for (size_t i = 0; i < n; i++) {
		if (!str_word(&rest, &word) || !parse(word, items + i * item_bytes)) {
			(void)note_bad(r, key, "has a malformed key");
			return NULL;
		}
		line_sorted(r, key, &previous, word);
	}
	*ret_n = n;
	return TAKE(items);
}

static void read_dismissals(struct note_reader *r, struct register_entry *e)
{
	e->dismissals = line_array(r, "dismiss", LIMIT_OFFICERS_PER_ENTRY, sizeof *e->dismissals, &e->n_dismissals);
	struct str v, word = {0}, previous = {0};
	for (size_t i = 0; i < e->n_dismissals && note_required(r, "dismiss", &v); i++) {
		struct dismissal *d = &e->dismissals[i];
		if (!str_word(&v, &word) || !vkey_parse(word, &d->key) || !text_is_free(v))
			(void)note_bad(r, "dismiss", "is not an officer's key and a reason");
		d->reason = v;
		line_sorted(r, "dismiss", &previous, word);
	}
}

/* Readers must have a recipient, because covers are encrypted to it; who opens nothing may not. */
bool recipient_fits(struct str recipient, unsigned roles)
{
	struct age_recipient parsed;
	if (recipient.at)
		return (roles & (ROLE_READER | ROLE_CLERK | ROLE_COURIER)) && age_recipient_parse(recipient, &parsed);
	return !(roles & ROLE_READER);
}

static bool parse_appointment(struct str v, struct appointment *a, struct str *ret_key)
{
	struct str recipient, roles, until;
	if (!str_word(&v, ret_key) || !str_word(&v, &recipient) || !str_word(&v, &roles) || !str_word(&v, &until))
		return false;
	if (!str_eq(recipient, STR("-")))
		a->recipient = recipient;
	a->has_until = !str_eq(until, STR("-"));
	a->title = v;
	return vkey_parse(*ret_key, &a->key) && roles_parse(roles, &a->roles) &&
	       recipient_fits(a->recipient, a->roles) && (!a->has_until || text_time(until, &a->until_s)) &&
	       text_is_free(v);
}

static void read_appointments(struct note_reader *r, struct register_entry *e)
{
	e->appointments =
		line_array(r, "appoint", LIMIT_OFFICERS_PER_ENTRY, sizeof *e->appointments, &e->n_appointments);
	struct str v, key = {0}, previous = {0};
	for (size_t i = 0; i < e->n_appointments && note_required(r, "appoint", &v); i++) {
		if (!parse_appointment(v, &e->appointments[i], &key))
			(void)note_bad(r, "appoint",
				       "is not a key, a recipient that fits the roles, roles, until, and a title");
		line_sorted(r, "appoint", &previous, key);
	}
}

static bool is_url(struct str s)
{
	static const struct str schemes[] = {{"https://", 8}, {"http://", 7}};
	for (size_t i = 0; i < s.len; i++) {
		if (s.at[i] < 0x21 || s.at[i] > 0x7e)
			return false;
	}
	for (size_t i = 0; i < 2; i++) {
		if (str_starts(s, schemes[i]) && s.len > schemes[i].len)
			return s.len <= LIMIT_URL_BYTES;
	}
	return false;
}

static void read_seen_and_relays(struct note_reader *r, struct register_entry *e)
{
	e->seen = line_array(r, "seen", LIMIT_SEEN_PER_ENTRY, sizeof *e->seen, &e->n_seen);
	struct str v, previous = {0};
	for (size_t i = 0; i < e->n_seen && note_required(r, "seen", &v); i++) {
		if (!hash_parse(v, &e->seen[i]))
			(void)note_bad(r, "seen", "is not the id of a note");
		line_sorted(r, "seen", &previous, v);
	}
	previous = (struct str){0};
	e->relays = line_array(r, "relay", LIMIT_RELAYS_PER_ENTRY, sizeof *e->relays, &e->n_relays);
	for (size_t i = 0; i < e->n_relays && note_required(r, "relay", &v); i++) {
		if (!is_url(v))
			(void)note_bad(r, "relay", "is not an http:// or https:// URL of at most 500 printable bytes");
		e->relays[i] = v;
		line_sorted(r, "relay", &previous, v);
	}
}

/* Some keys of an entry, wherever they stand in their structs. */
struct keys {
	const void *first;
	size_t n, stride;
};

static const struct vkey *key_at(struct keys k, size_t i)
{
	return (const struct vkey *)(const void *)((const char *)k.first + i * k.stride);
}

static bool has_key(struct keys keys, const struct vkey *key)
{
	for (size_t i = 0; i < keys.n; i++) {
		if (vkey_eq(key_at(keys, i), key))
			return true;
	}
	return false;
}

static bool keys_meet(struct keys a, struct keys b)
{
	for (size_t i = 0; i < a.n; i++) {
		if (has_key(b, key_at(a, i)))
			return true;
	}
	return false;
}

static bool keys_committed(struct keys keys, const struct hash *next, size_t n)
{
	for (size_t i = 0; n > 0 && i < keys.n; i++) {
		struct hash commitment;
		vkey_commitment(key_at(keys, i), &commitment);
		for (size_t j = 0; j < n; j++) {
			if (hash_eq(&commitment, &next[j]))
				return true;
		}
	}
	return false;
}

/* A key is keeper, next or officer, never two, as far as one entry shows; and who must sign it is among its signers. */
static void check_keys(struct note_reader *r, const struct register_entry *e)
{
	struct keys keepers = {e->keepers, e->n_keepers, sizeof *e->keepers};
	struct keys dismissed = {e->dismissals, e->n_dismissals, sizeof *e->dismissals};
	struct keys appointed = {e->appointments, e->n_appointments, sizeof *e->appointments};
	struct keys by = {e->by, e->n_by, sizeof *e->by};
	if (keys_committed(keepers, e->next, e->n_next) || keys_committed(dismissed, e->next, e->n_next) ||
	    keys_committed(appointed, e->next, e->n_next))
		(void)note_bad(r, "next", "has a key that is a keeper's or an officer's");
	if (keys_meet(keepers, dismissed) || keys_meet(keepers, appointed))
		(void)note_bad(r, "keepers", "has a key that is an officer's");
	if (keys_meet(dismissed, appointed))
		(void)note_bad(r, "appoint", "has a key that is dismissed here: a key is appointed once");
	if (keys_meet(by, dismissed) || keys_meet(by, appointed))
		(void)note_bad(r, "by", "has a key that is an officer's");
	for (size_t i = 0; i < e->n_keepers; i++) {
		if (!has_key(by, &e->keepers[i]))
			(void)note_bad(r, "by", "lacks a key of keepers, all of whom must sign");
	}
	if (e->is_first && e->n_by != e->n_keepers)
		(void)note_bad(r, "by", "has a key that is not a keeper's");
}

/* Everything but that the text is the only one for these values. */
static int read_entry(struct str text, struct register_entry *e, struct valise_err *err)
{
	if (text.len > LIMIT_REGISTER_ENTRY_BYTES)
		return err_set(err, VALISE_E_BAD, "the register entry is longer than %u bytes",
			       LIMIT_REGISTER_ENTRY_BYTES);
	struct note_reader r;
	note_reader_init(&r, text, note_kinds[NOTE_REGISTER].first_line, err);
	read_place(&r, e);
	line_time(&r, "time", &e->time_s);
	if (e->is_first)
		line_free_text(&r, "name", &e->name);
	else
		line_optional_free_text(&r, "name", &e->name);
	e->has_keepers = e->is_first || line_count(&r, "keepers") > 0;
	if (e->has_keepers) {
		e->keepers = read_quorum(&r, "keepers", sizeof *e->keepers, parse_vkey_item, &e->keepers_quorum,
					 &e->n_keepers);
		e->next = read_quorum(&r, "next", sizeof *e->next, parse_hash_item, &e->next_quorum, &e->n_next);
	}
	read_dismissals(&r, e);
	read_appointments(&r, e);
	read_seen_and_relays(&r, e);
	line_signers(&r, &e->by, &e->n_by);
	if (!r.code)
		check_keys(&r, e);
	return note_reader_end(&r);
}

static void put_place(struct line_writer *w, const struct register_entry *e)
{
	if (e->is_first)
		line_put_text(w, "office", "-");
	else
		line_put_hash(w, "office", &e->office);
	line_put_decimal(w, "seq", e->seq);
	if (e->is_first)
		line_put_text(w, "previous", "-");
	else
		line_put_hash(w, "previous", &e->previous);
}

static void put_quorums(struct line_writer *w, const struct register_entry *e)
{
	CLEAN_BUF struct buf words = BUF_INIT(LIMIT_REGISTER_ENTRY_BYTES);
	for (size_t i = 0; i < e->n_keepers; i++)
		buf_addf(&words, "%s\n", vkey_text(&e->keepers[i]).text);
	buf_addf(w->b, "keepers %" PRIu64, e->keepers_quorum);
	line_put_sorted(w, &words, ' ', '\0');
	for (size_t i = 0; i < e->n_next; i++)
		buf_addf(&words, "%s\n", hash_hex(&e->next[i]).text);
	buf_addf(w->b, "\nnext %" PRIu64, e->next_quorum);
	line_put_sorted(w, &words, ' ', '\0');
	buf_add_char(w->b, '\n');
}

static void put_officers(struct line_writer *w, const struct register_entry *e)
{
	CLEAN_BUF struct buf lines = BUF_INIT(LIMIT_REGISTER_ENTRY_BYTES);
	for (size_t i = 0; i < e->n_dismissals; i++) {
		const struct dismissal *d = &e->dismissals[i];
		if (!text_is_free(d->reason))
			line_put_bad(w, "dismiss", "needs a reason: one line of plain text");
		buf_addf(&lines, "dismiss %s ", vkey_text(&d->key).text);
		buf_add_str(&lines, d->reason);
		buf_add_char(&lines, '\n');
	}
	line_put_sorted(w, &lines, '\0', '\n');
	for (size_t i = 0; i < e->n_appointments; i++) {
		const struct appointment *a = &e->appointments[i];
		if (!recipient_fits(a->recipient, a->roles))
			line_put_bad(w, "appoint",
				     "needs a recipient for a reader, and has none for who opens nothing");
		if (!text_is_free(a->title))
			line_put_bad(w, "appoint", "needs a title: one line of plain text");
		if (a->has_until && (a->until_s < 0 || a->until_s > TIME_MAX_S))
			line_put_bad(w, "appoint", "has an end before 1970 or after 9999");
		buf_addf(&lines, "appoint %s ", vkey_text(&a->key).text);
		buf_add_str(&lines, a->recipient.at ? a->recipient : STR("-"));
		buf_add_char(&lines, ' ');
		roles_write(&lines, a->roles);
		buf_addf(&lines, " %s ", a->has_until ? time_text(a->until_s).text : "-");
		buf_add_str(&lines, a->title);
		buf_add_char(&lines, '\n');
	}
	line_put_sorted(w, &lines, '\0', '\n');
}

static void put_seen_and_relays(struct line_writer *w, const struct register_entry *e)
{
	CLEAN_BUF struct buf lines = BUF_INIT(LIMIT_REGISTER_ENTRY_BYTES);
	for (size_t i = 0; i < e->n_seen; i++)
		buf_addf(&lines, "seen %s\n", hash_hex(&e->seen[i]).text);
	line_put_sorted(w, &lines, '\0', '\n');
	for (size_t i = 0; i < e->n_relays; i++) {
		if (!is_url(e->relays[i]))
			line_put_bad(w, "relay", "is not an http:// or https:// URL of at most 500 printable bytes");
		buf_add_text(&lines, "relay ");
		buf_add_str(&lines, e->relays[i]);
		buf_add_char(&lines, '\n');
	}
	line_put_sorted(w, &lines, '\0', '\n');
}

static int put_entry(const struct register_entry *e, struct buf *b, struct valise_err *err)
{
	struct line_writer w = {.b = b, .what = "the register entry", .err = err};
	buf_addf(b, "%s\n", note_kinds[NOTE_REGISTER].first_line);
	put_place(&w, e);
	line_put_time(&w, "time", e->time_s);
	line_put_optional_free_text(&w, "name", e->name);
	if (e->has_keepers)
		put_quorums(&w, e);
	put_officers(&w, e);
	put_seen_and_relays(&w, e);
	CLEAN_BUF struct buf lines = BUF_INIT(LIMIT_REGISTER_ENTRY_BYTES);
	for (size_t i = 0; i < e->n_by; i++)
		buf_addf(&lines, "by %s\n", vkey_text(&e->by[i]).text);
	line_put_sorted(&w, &lines, '\0', '\n');
	return line_writer_end(&w);
}

int register_entry_parse(struct str text, struct register_entry *ret, struct valise_err *err)
{
	CLEAN_REGISTER_ENTRY struct register_entry e = {0};
	int r = read_entry(text, &e, err);
	if (r)
		return r;
	CLEAN_BUF struct buf again = BUF_INIT(LIMIT_REGISTER_ENTRY_BYTES);
	r = put_entry(&e, &again, err);
	if (!r)
		r = line_same(&again, text, "the register entry", err);
	if (r)
		return r;
	*ret = e;
	e = (struct register_entry){0};
	return 0;
}

int register_entry_write(const struct register_entry *e, struct buf *ret_text, struct valise_err *err)
{
	CLEAN_BUF struct buf b = BUF_INIT(LIMIT_REGISTER_ENTRY_BYTES);
	int r = put_entry(e, &b, err);
	if (r)
		return r;
	CLEAN_REGISTER_ENTRY struct register_entry again = {0};
	r = read_entry(buf_str(&b), &again, err);
	if (r)
		return line_usage(r, "the register entry cannot be written", err);
	buf_add_str(ret_text, buf_str(&b));
	return buf_check(ret_text, "the register entry", err);
}

static int load_entry(const void *bytes, size_t len, bool verify, struct verified_entry **ret, struct valise_err *err)
{
	CLEAN_ENTRY struct verified_entry *v = calloc(1, sizeof *v);
	if (!v)
		return err_nomem(err);
	int r = note_split(bytes, len, &v->note, err);
	if (!r)
		r = register_entry_parse(v->note.text, &v->e, err);
	if (!r && verify)
		r = note_verify(&v->note, err);
	if (r)
		return r;
	*ret = TAKE(v);
	return 0;
}

int register_entry_verify(const void *bytes, size_t len, struct verified_entry **ret, struct valise_err *err)
{
	return load_entry(bytes, len, true, ret, err);
}

int register_entry_from_intake(const void *bytes, size_t len, struct verified_entry **ret, struct valise_err *err)
{
	return load_entry(bytes, len, false, ret, err);
}

void verified_entry_free(struct verified_entry *v)
{
	if (!v)
		return;
	register_entry_release(&v->e);
	note_release(&v->note);
	free(v);
}

void verified_entry_freep(struct verified_entry **v)
{
	verified_entry_free(*v);
}

const struct hash *verified_entry_office(const struct verified_entry *v)
{
	return v->e.is_first ? &v->note.id : &v->e.office;
}
