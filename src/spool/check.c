/* SPDX-License-Identifier: Apache-2.0 */
/* A spool's health: the database itself, its notes, and whether rows and files speak of each other. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/text.h"
#include "format/tally.h"
#include "spool/bags.h"
#include "spool/inside.h"
#include "spool/items.h"
#include "spool/mend.h"
#include "spool/shelf.h"

#define FINDING_BYTES 1024u
#define NAMES_MAX 4000000u /* of one directory */

struct check {
	struct spool *s;
	bool mend;
	spool_finding *found;
	void *context;
	struct damaged_note {
		struct hash id;
		enum item_kind kind;
	} * damaged;
	size_t n_damaged, cap_damaged;
};

static void check_release(struct check *c)
{
	free(c->damaged);
}

PRINTF_LIKE(3, 4) static void say(const struct check *c, bool is_broken, const char *fmt, ...)
{
	char text[FINDING_BYTES];
	va_list args;
	va_start(args, fmt);
	(void)vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	c->found(c->context, is_broken, text);
}

/* ---- The database ---- */

static int check_integrity(struct check *c, struct valise_err *err)
{
	CLEAN_QUERY struct query q = query_of(&c->s->db, "PRAGMA integrity_check");
	int r = 0;
	while (query_row(&q, &r, err)) {
		if (!str_eq(row_bytes(&q, 0), STR("ok")))
			say(c, true, "the database is damaged: %s", text_shown(row_bytes(&q, 0)).text);
	}
	return r;
}

static int check_references(struct check *c, struct valise_err *err)
{
	CLEAN_QUERY struct query q = query_of(&c->s->db, "PRAGMA foreign_key_check");
	int r = 0;
	while (query_row(&q, &r, err)) {
		say(c, true, "a row of the table %s speaks of one that is not there",
		    text_shown(row_bytes(&q, 0)).text);
	}
	return r;
}

static const char *const kind_names[] = {[ITEM_REGISTER] = "register entry",
					 [ITEM_SEAL] = "seal",
					 [ITEM_STATEMENT] = "statement",
					 [ITEM_REPORT] = "report"};

static void tell_note(const struct check *c, const struct damaged_note *d, const struct hash *letter, const char *why)
{
	const char *remedy = d->kind == ITEM_REGISTER ? "give a card of its office to `valise card add` again"
			     : c->mend
				     ? "sync again with a stick or folder that holds it"
				     : "run `valise doctor --mend` and sync again with a stick or folder that holds it";
	say(c, true, "%s%s %s %s was damaged on this disk (%s); %s, or restore a backup",
	    letter ? hash_short(letter).text : "", letter ? ": its" : "the", kind_names[d->kind], hash_hex(&d->id).text,
	    why, remedy);
}

static int keep_damaged(struct check *c, const struct damaged_note *d, struct valise_err *err)
{
	struct damaged_note *grown = array_room(c->damaged, c->n_damaged, &c->cap_damaged, sizeof *grown);
	if (!grown)
		return err_nomem(err);
	c->damaged = grown;
	c->damaged[c->n_damaged++] = *d;
	return 0;
}

static int check_note(struct check *c, const struct query *q, struct valise_err *err)
{
	struct damaged_note d = {.kind = (enum item_kind)row_int(q, 2)};
	struct valise_err why = {0};
	struct hash letter;
	bool has_letter = false;
	int r = row_hash(q, 0, &d.id, err);
	if (r)
		return r;
	r = note_check(note_kind_of(d.kind), &d.id, row_bytes(q, 1), &why);
	if (r != VALISE_E_BAD) {
		if (r)
			err_copy(err, &why);
		return r;
	}
	r = d.kind == ITEM_REGISTER ? 0 : note_letter(c->s, &d.id, &letter, &has_letter, err);
	if (r)
		return r;
	tell_note(c, &d, has_letter ? &letter : NULL, why.text);
	return keep_damaged(c, &d, err);
}

static int check_notes(struct check *c, struct valise_err *err)
{
	CLEAN_QUERY struct query q =
		query_of(&c->s->db, "SELECT id, bytes, kind FROM item WHERE kind BETWEEN 1 AND 4 ORDER BY seq");
	int r = 0;
	while (query_row(&q, &r, err)) {
		r = check_note(c, &q, err);
	}
	return r;
}

/* ---- Rows that speak of files ---- */

static void check_file(const struct check *c, const struct shelf *shelf, const struct hash *id, uint64_t bytes)
{
	CLEAN_CLOSE int room = -1;
	struct stat st;
	struct hash_hex name = hash_hex(id);
	if (shelf_room(c->s, shelf, id, false, &room, NULL) || fstatat(room, name.text, &st, AT_SYMLINK_NOFOLLOW) < 0)
		say(c, true, "the %s %s has lost its file", shelf->noun, name.text);
	else if (!S_ISREG(st.st_mode) || (uint64_t)st.st_size != bytes)
		say(c, true, "the file of the %s %s is not of its size", shelf->noun, name.text);
	else if ((st.st_mode & 0222) != 0)
		say(c, false, "the file of the %s %s can be written", shelf->noun, name.text);
}

static int check_bodies(struct check *c, struct valise_err *err)
{
	const struct shelf shelf = shelf_bodies(c->s);
	CLEAN_QUERY struct query q = query_of(
		&c->s->db,
		"SELECT b.root, b.bytes, length(b.tally), length(n.bytes) FROM body b LEFT JOIN small_body n ON n.item = b.item "
		"ORDER BY b.root");
	int r = 0;
	while (query_row(&q, &r, err)) {
		struct hash root;
		uint64_t bytes;
		r = row_hash(&q, 0, &root, err);
		if (!r)
			r = row_size(&q, 1, &bytes, err);
		if (r)
			return r;
		if ((uint64_t)row_int(&q, 2) != tally_pieces(bytes) * sizeof(struct hash))
			say(c, true, "the tally of the body %s is not of its size", hash_hex(&root).text);
		if (row_is_null(&q, 3))
			check_file(c, &shelf, &root, bytes);
		else if ((uint64_t)row_int(&q, 3) != bytes)
			say(c, true, "the body %s is not of its size", hash_hex(&root).text);
	}
	return r;
}

static int check_exhibits(struct check *c, struct valise_err *err)
{
	const struct shelf shelf = shelf_exhibits(c->s);
	CLEAN_QUERY struct query q = query_of(
		&c->s->db,
		"SELECT e.id, e.bytes, length(n.bytes) FROM exhibit e LEFT JOIN small_exhibit n ON n.item = e.item "
		"ORDER BY e.id");
	int r = 0;
	while (query_row(&q, &r, err)) {
		struct hash id;
		uint64_t bytes;
		r = row_hash(&q, 0, &id, err);
		if (!r)
			r = row_size(&q, 1, &bytes, err);
		if (r)
			return r;
		if (row_is_null(&q, 2))
			check_file(c, &shelf, &id, bytes);
		else if ((uint64_t)row_int(&q, 2) != bytes)
			say(c, true, "the exhibit %s is not of its size", hash_hex(&id).text);
	}
	return r;
}

static int check_partials(struct check *c, struct valise_err *err)
{
	CLEAN_QUERY struct query q = query_of(
		&c->s->db, "SELECT p.root, p.pieces, (SELECT count(*) FROM partial_piece n WHERE n.root = p.root AND "
			   "n.pieces = p.pieces) FROM partial p ORDER BY p.root, p.pieces");
	int r = 0;
	while (query_row(&q, &r, err)) {
		struct hash root;
		r = row_hash(&q, 0, &root, err);
		if (!r)
			say(c, false, "the body %s is here in part: %" PRId64 " of %" PRId64 " pieces",
			    hash_hex(&root).text, row_int(&q, 2), row_int(&q, 1));
	}
	return r;
}

/* ---- Files that no row speaks of ---- */

/* Whether a row does, by the id that the file's name is. */
static int is_known(const struct check *c, const char *sql, const struct hash *id, bool *ret, struct valise_err *err)
{
	CLEAN_QUERY struct query q = query_of(&c->s->db, sql);
	query_hash(&q, id);
	return query_next(&q, ret, err);
}

/* True when another process holds it. */
static bool is_held(int dirfd, const char *name)
{
	CLEAN_CLOSE int fd = file_openat(dirfd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0);
	return fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) < 0;
}

static void check_litter(const struct check *c, int dirfd, const char *where, const char *name)
{
	if (is_held(dirfd, name))
		return;
	bool removed = c->mend && unlinkat(dirfd, name, 0) == 0;
	say(c, false, "%s/%s is litter of something that was cut off%s", where, text_shown(str_of(name)).text,
	    removed ? ": removed" : "");
}

static bool is_temporary(const char *name)
{
	return str_starts(str_of(name), STR(".valise-tmp-"));
}

/* The name is partial_name()'s. */
static bool parse_partial(const char *name, struct hash *ret_root, uint64_t *ret_pieces)
{
	struct str s = str_of(name);
	if (s.len < HASH_HEX_BYTES + 2 || s.at[HASH_HEX_BYTES] != '.')
		return false;
	struct str pieces = {s.at + HASH_HEX_BYTES + 1, s.len - HASH_HEX_BYTES - 1};
	return hash_parse((struct str){s.at, HASH_HEX_BYTES}, ret_root) &&
	       text_decimal(pieces, LIMIT_BODY_BYTES, ret_pieces);
}

static int check_partial_file(const struct check *c, const char *name, struct valise_err *err)
{
	struct hash root;
	uint64_t pieces;
	bool known = false;
	if (!parse_partial(name, &root, &pieces)) {
		say(c, false, "partial/%s is nothing of ours", text_shown(str_of(name)).text);
		return 0;
	}
	CLEAN_QUERY struct query q = query_of(&c->s->db, "SELECT 1 FROM partial WHERE root = ? AND pieces = ?");
	query_hash(&q, &root);
	query_int(&q, (int64_t)pieces);
	int r = query_next(&q, &known, err);
	if (!r && !known)
		check_litter(c, c->s->partialfd, "partial", name);
	return r;
}

/* A shelf, and the rows that speak of what lies on it: of the thing itself, and of something that is here and lacks it (NULL: nothing
 * does). */
struct rows_of {
	const struct shelf shelf;
	const char *itself, *wanted;
	const char *wanting; /* what to take in again then */
};

static int check_name(const struct check *c, const struct rows_of *of, int room, const char *room_name,
		      const char *name, struct valise_err *err)
{
	struct hash id;
	bool has_row = false;
	bool is_wanted = false;
	char where[sizeof "exhibits/ab"];
	(void)snprintf(where, sizeof where, "%s/%.2s", of->shelf.name, room_name);
	if (is_temporary(name)) {
		check_litter(c, room, where, name);
		return 0;
	}
	if (!hash_parse(str_of(name), &id) || strncmp(name, room_name, 2) != 0) {
		say(c, false, "%s/%s is nothing of ours", where, text_shown(str_of(name)).text);
		return 0;
	}
	int r = is_known(c, of->itself, &id, &has_row, err);
	if (r || has_row)
		return r;
	r = of->wanted ? is_known(c, of->wanted, &id, &is_wanted, err) : 0;
	if (r)
		return r;
	/* Of what is here it may be the only copy. */
	if (is_wanted)
		say(c, false, "%s/%s was cut off before it counted: take the %s in again", where, name, of->wanting);
	else
		check_litter(c, room, where, name);
	return 0;
}

static int check_room(const struct check *c, const struct rows_of *of, const char *room_name, struct valise_err *err)
{
	CLEAN_CLOSE int room = file_openat(of->shelf.fd, room_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
	CLEAN_NAMES struct names names = {NULL, 0};
	if (room < 0 || strlen(room_name) != 2) {
		say(c, false, "%s/%s is nothing of ours", of->shelf.name, text_shown(str_of(room_name)).text);
		return 0;
	}
	int r = names_read(room, NAMES_MAX, &names, err);
	for (size_t i = 0; !r && i < names.count; i++)
		r = check_name(c, of, room, room_name, names.names[i], err);
	return r;
}

static int check_shelf(const struct check *c, const struct rows_of *of, struct valise_err *err)
{
	CLEAN_NAMES struct names rooms = {NULL, 0};
	int r = of->shelf.fd < 0 ? 0 : names_read(of->shelf.fd, NAMES_MAX, &rooms, err);
	for (size_t i = 0; !r && i < rooms.count; i++)
		r = check_room(c, of, rooms.names[i], err);
	return r;
}

static int check_body_files(struct check *c, struct valise_err *err)
{
	const struct rows_of of = {
		shelf_bodies(c->s), "SELECT 1 FROM body WHERE root = ?",
		"SELECT 1 FROM partial WHERE root = ?1 UNION ALL SELECT 1 FROM letter WHERE body = ?1", "letter"};
	return check_shelf(c, &of, err);
}

/* The file that it was made of is still where it was: one that does not count yet is litter. */
static int check_exhibit_files(struct check *c, struct valise_err *err)
{
	const struct rows_of of = {shelf_exhibits(c->s), "SELECT 1 FROM exhibit WHERE id = ?", NULL, NULL};
	return check_shelf(c, &of, err);
}

static int check_partial_files(struct check *c, struct valise_err *err)
{
	CLEAN_NAMES struct names names = {NULL, 0};
	int r = c->s->partialfd < 0 ? 0 : names_read(c->s->partialfd, NAMES_MAX, &names, err);
	for (size_t i = 0; !r && i < names.count; i++)
		r = check_partial_file(c, names.names[i], err);
	return r;
}

static int check_temporaries(struct check *c, struct valise_err *err)
{
	const struct {
		int fd;
		const char *name;
	} places[] = {{c->s->tmpfd, "tmp"}, {c->s->keysfd, "keys"}};
	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
		CLEAN_NAMES struct names names = {NULL, 0};
		int r = places[i].fd < 0 ? 0 : names_read(places[i].fd, NAMES_MAX, &names, err);
		if (r)
			return r;
		for (size_t k = 0; k < names.count; k++) {
			if (is_temporary(names.names[k]))
				check_litter(c, places[i].fd, places[i].name, names.names[k]);
		}
	}
	return 0;
}

/* A spool that cannot be read to the end is a finding like others; what is left may still be looked at. */
static int check_part(struct check *c, int (*part)(struct check *c, struct valise_err *err), struct valise_err *err)
{
	struct valise_err why = {0};
	int r = part(c, &why);
	if (r == VALISE_E_BAD) {
		say(c, true, "%s", why.text);
		return 0;
	}
	if (r)
		err_copy(err, &why);
	return r;
}

/* For the next sync: bags that were read before may hold what is damaged here. What was counted before it was damaged is counted again. */
static int await_damaged(struct check *c, struct valise_err *err)
{
	int r = c->n_damaged ? spool_begin(c->s, err) : 0;
	if (r || !c->n_damaged)
		return r;
	r = bag_seen_forget(c->s, err);
	for (size_t i = 0; i < c->n_damaged && !r; i++)
		r = note_changed(c->s, note_kind_of(c->damaged[i].kind), &c->damaged[i].id, err);
	return spool_end(c->s, r, err);
}

int spool_check(struct spool *s, bool mend, spool_finding *found, void *context, struct valise_err *err)
{
	static int (*const of_rows[])(struct check *, struct valise_err *) = {
		check_integrity, check_references, check_notes, check_bodies, check_exhibits, check_partials,
	};
	static int (*const of_files[])(struct check *, struct valise_err *) = {
		check_body_files,
		check_exhibit_files,
		check_partial_files,
		check_temporaries,
	};
	CLEANUP(check_release) struct check c = {.s = s, .mend = mend, .found = found, .context = context};
	int r = 0;
	if (mend && s->is_read_only)
		return err_set(err, VALISE_E_READ_ONLY,
			       "the spool %s cannot be written here: it can be looked at, not mended",
			       text_shown(str_of(s->dir)).text);
	for (size_t i = 0; !r && i < sizeof of_rows / sizeof of_rows[0]; i++)
		r = check_part(&c, of_rows[i], err);
	if (!r && mend)
		r = check_part(&c, await_damaged, err);
	if (r)
		return r;
	/* Files get their rows within a transaction: while this one is open none is between the two. */
	if (!s->is_read_only)
		r = spool_begin(s, err);
	for (size_t i = 0; !r && i < sizeof of_files / sizeof of_files[0]; i++)
		r = check_part(&c, of_files[i], err);
	if (!s->is_read_only)
		spool_rollback(s);
	return r;
}
