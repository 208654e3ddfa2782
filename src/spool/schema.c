/* SPDX-License-Identifier: Apache-2.0 */
/* The tables, version by version. */
#include "spool/schema.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/text.h"

/* The set of items, and what is needed to find them. `item` is also the log: its rows are only ever added, in order of intake.
 * Every other table of evidence can be computed again from `item`. */
static const char version_1[] =
	"CREATE TABLE setting (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;"

	/* bytes is NULL for bodies, and for covers that were damaged: those may have to go one day, and the log stays. */
	"CREATE TABLE item ("
	"	seq INTEGER PRIMARY KEY,"
	"	kind INTEGER NOT NULL CHECK (kind > 0),"
	"	id BLOB NOT NULL CHECK (length(id) = 32),"
	"	taken_in_s INTEGER NOT NULL,"
	"	bytes BLOB"
	") STRICT;"
	"CREATE UNIQUE INDEX item_id ON item (id, kind);"

	/* How much of each office's register is here: a limit must not cost a scan for every entry. */
	"CREATE TABLE register ("
	"	office BLOB PRIMARY KEY CHECK (length(office) = 32),"
	"	entries INTEGER NOT NULL CHECK (entries > 0),"
	"	bytes INTEGER NOT NULL CHECK (bytes > 0)"
	") STRICT, WITHOUT ROWID;"
	"CREATE TABLE entry ("
	"	office BLOB NOT NULL REFERENCES register (office),"
	"	seq INTEGER NOT NULL CHECK (seq >= 0),"
	"	id BLOB NOT NULL CHECK (length(id) = 32),"
	"	item INTEGER NOT NULL REFERENCES item (seq),"
	"	PRIMARY KEY (office, seq, id)"
	") STRICT, WITHOUT ROWID;"

	/* body, cover and their sizes are NULL for paper. */
	"CREATE TABLE letter ("
	"	id BLOB PRIMARY KEY CHECK (length(id) = 32),"
	"	item INTEGER NOT NULL REFERENCES item (seq),"
	"	sender BLOB NOT NULL CHECK (length(sender) = 32),"
	"	date_s INTEGER NOT NULL,"
	"	taken_in_s INTEGER NOT NULL,"
	"	body BLOB CHECK (length(body) = 32),"
	"	body_bytes INTEGER CHECK (body_bytes >= 0),"
	"	cover BLOB CHECK (length(cover) = 32),"
	"	cover_bytes INTEGER CHECK (cover_bytes >= 0),"
	"	ref TEXT,"
	"	is_own INTEGER NOT NULL CHECK (is_own IN (0, 1)),"
	"	CHECK ((body IS NULL) = (cover IS NULL) AND (body IS NULL) = (body_bytes IS NULL)"
	"		AND (cover IS NULL) = (cover_bytes IS NULL))"
	") STRICT, WITHOUT ROWID;"
	"CREATE INDEX letter_date ON letter (date_s);"
	"CREATE INDEX letter_ref ON letter (ref) WHERE ref IS NOT NULL;"

	/* No reference to the letter: items come in any order. */
	"CREATE TABLE statement ("
	"	letter BLOB NOT NULL CHECK (length(letter) = 32),"
	"	signer BLOB NOT NULL CHECK (length(signer) = 32),"
	"	nth INTEGER NOT NULL CHECK (nth > 0),"
	"	item INTEGER NOT NULL REFERENCES item (seq),"
	"	PRIMARY KEY (letter, signer, nth, item)"
	") STRICT, WITHOUT ROWID;"
	"CREATE TABLE report ("
	"	letter BLOB NOT NULL CHECK (length(letter) = 32),"
	"	signer BLOB NOT NULL CHECK (length(signer) = 32),"
	"	nth INTEGER NOT NULL CHECK (nth > 0),"
	"	item INTEGER NOT NULL REFERENCES item (seq),"
	"	PRIMARY KEY (letter, signer, nth, item)"
	") STRICT, WITHOUT ROWID;"

	/* Whole bodies: files, unless the bytes are in small_body. */
	"CREATE TABLE body ("
	"	root BLOB PRIMARY KEY CHECK (length(root) = 32),"
	"	item INTEGER NOT NULL REFERENCES item (seq),"
	"	bytes INTEGER NOT NULL CHECK (bytes >= 0),"
	"	tally BLOB NOT NULL CHECK (length(tally) % 32 = 0)"
	") STRICT, WITHOUT ROWID;"
	"CREATE TABLE small_body ("
	"	item INTEGER PRIMARY KEY REFERENCES item (seq),"
	"	bytes BLOB NOT NULL"
	") STRICT;"
	/* Bodies that are here in part, and the pieces of theirs that are durable. A root may have several: of different numbers of
	 * pieces, of which one can ever be whole. bytes: once the last piece is here. */
	"CREATE TABLE partial ("
	"	root BLOB NOT NULL CHECK (length(root) = 32),"
	"	pieces INTEGER NOT NULL CHECK (pieces >= 0),"
	"	bytes INTEGER CHECK (bytes > 0),"
	"	PRIMARY KEY (root, pieces)"
	") STRICT, WITHOUT ROWID;"
	"CREATE TABLE partial_piece ("
	"	root BLOB NOT NULL,"
	"	pieces INTEGER NOT NULL,"
	"	piece INTEGER NOT NULL CHECK (piece >= 0),"
	"	PRIMARY KEY (root, pieces, piece),"
	"	FOREIGN KEY (root, pieces) REFERENCES partial (root, pieces)"
	") STRICT, WITHOUT ROWID;"

	"CREATE TABLE contact ("
	"	office BLOB PRIMARY KEY CHECK (length(office) = 32),"
	"	petname TEXT NOT NULL UNIQUE,"
	"	checked INTEGER NOT NULL CHECK (checked IN (0, 1)),"
	"	added_s INTEGER NOT NULL"
	") STRICT, WITHOUT ROWID;"

	/* items: ids, one after the other. */
	"CREATE TABLE bag ("
	"	name TEXT NOT NULL UNIQUE,"
	"	written_s INTEGER NOT NULL,"
	"	bytes INTEGER NOT NULL CHECK (bytes >= 0),"
	"	items BLOB NOT NULL CHECK (length(items) % 32 = 0)"
	") STRICT;"
	"CREATE TABLE bag_seen ("
	"	mark BLOB PRIMARY KEY CHECK (length(mark) = 32),"
	"	seen_s INTEGER NOT NULL"
	") STRICT, WITHOUT ROWID;"
	"CREATE TABLE opening (path BLOB PRIMARY KEY) STRICT, WITHOUT ROWID;";

/* Of a body in a file, whole or in part: since when its bytes are known to be those of its root, and what the system said of the file
 * then, to see whether anybody has written to it since. NULL: not known. */
static const char version_2[] = "ALTER TABLE body ADD COLUMN checked_s INTEGER;"
				"ALTER TABLE body ADD COLUMN inode INTEGER;"
				"ALTER TABLE body ADD COLUMN ctime_ns INTEGER;"
				"ALTER TABLE partial ADD COLUMN checked_s INTEGER;"
				"ALTER TABLE partial ADD COLUMN inode INTEGER;"
				"ALTER TABLE partial ADD COLUMN ctime_ns INTEGER;";

/* Exhibits: the files that reports point at. What is not evidence, the name that a file had here and the letters that it belongs to, is
 * of this machine alone. */
static const char exhibits[] =
	/* name: NULL when it came from a pipe or in a bag. */
	"CREATE TABLE exhibit ("
	"	id BLOB PRIMARY KEY CHECK (length(id) = 32),"
	"	item INTEGER NOT NULL REFERENCES item (seq),"
	"	bytes INTEGER NOT NULL CHECK (bytes > 0),"
	"	name BLOB CHECK (length(name) > 0)"
	") STRICT, WITHOUT ROWID;"
	"CREATE INDEX exhibit_name ON exhibit (name) WHERE name IS NOT NULL;"
	/* Files, unless the bytes are here. */
	"CREATE TABLE small_exhibit ("
	"	item INTEGER PRIMARY KEY REFERENCES item (seq),"
	"	bytes BLOB NOT NULL"
	") STRICT;"
	/* Of a pair the newest note stands; the others are what was known before it. */
	"CREATE TABLE exhibit_tag ("
	"	tag INTEGER PRIMARY KEY,"
	"	letter BLOB NOT NULL CHECK (length(letter) = 32),"
	"	exhibit BLOB NOT NULL CHECK (length(exhibit) = 32),"
	"	tagged_s INTEGER NOT NULL,"
	"	note TEXT"
	") STRICT;"
	"CREATE INDEX exhibit_tag_letter ON exhibit_tag (letter, exhibit);"
	"CREATE INDEX exhibit_tag_exhibit ON exhibit_tag (exhibit);";

/* What opens the commitments of paper letters sealed here: of an electronic letter, its cover does. */
static const char sheets[] = "CREATE TABLE sheet ("
			     "	letter BLOB PRIMARY KEY CHECK (length(letter) = 32),"
			     "	bytes BLOB NOT NULL"
			     ") STRICT, WITHOUT ROWID;";

/* Letters whose bytes were let go of here on purpose, so that no sync brings them again. body: also where another letter names it. */
static const char let_go[] = "CREATE TABLE let_go ("
			     "	letter BLOB PRIMARY KEY CHECK (length(letter) = 32),"
			     "	body BLOB NOT NULL CHECK (length(body) = 32),"
			     "	cover INTEGER NOT NULL CHECK (cover IN (0, 1)),"
			     "	let_go_s INTEGER NOT NULL"
			     ") STRICT, WITHOUT ROWID;"
			     "CREATE INDEX let_go_body ON let_go (body);"
			     "CREATE INDEX letter_body ON letter (body) WHERE body IS NOT NULL;"
			     "CREATE INDEX letter_cover ON letter (cover) WHERE cover IS NOT NULL;"
			     /* Letters whose bytes a bag of ours carries, one id after the other. NULL: not known. */
			     "ALTER TABLE bag ADD COLUMN letters BLOB CHECK (length(letters) % 32 = 0);";

/* Which letter each line of a list became, so that a list goes on where it was cut off: list is the SHA-256 of its bytes, and a round each
 * time that it was sealed. */
static const char sealed_lines[] = "CREATE TABLE sealed_line ("
				   "	list BLOB NOT NULL CHECK (length(list) = 32),"
				   "	round INTEGER NOT NULL CHECK (round > 0),"
				   "	line INTEGER NOT NULL CHECK (line > 0),"
				   "	letter BLOB NOT NULL CHECK (length(letter) = 32),"
				   "	PRIMARY KEY (list, round, line)"
				   ") STRICT, WITHOUT ROWID;";

/* Outlines: of each letter, what listing and counting need, so that neither goes through all accounts. All of it follows from the other
 * tables and may go at any time. Whatever is put about a letter marks its outline as stale in the same transaction, by triggers, so that
 * nobody who puts anything can forget it; office/outline.c makes it again. Letters are known here by the rows of their seals, which is
 * also the order within one second of their dates. */
static const char outlines[] =
	"DROP INDEX letter_date;"
	"CREATE INDEX letter_when ON letter (date_s, item);"

	/* class: the bits of spool/outlines.h. answer_by_s: while somebody has yet to answer. */
	"CREATE TABLE outline ("
	"	letter INTEGER PRIMARY KEY,"
	"	date_s INTEGER NOT NULL,"
	"	class INTEGER NOT NULL,"
	"	answer_by_s INTEGER"
	") STRICT;"
	"CREATE INDEX outline_unanswered ON outline (date_s, letter) WHERE class & 16;"
	"CREATE INDEX outline_answer_by ON outline (class, answer_by_s) WHERE answer_by_s IS NOT NULL;"
	/* A number of a few bytes for an office: there is a row with it for each part that an office has in a letter. */
	"CREATE TABLE outline_office ("
	"	number INTEGER PRIMARY KEY,"
	"	office BLOB NOT NULL UNIQUE CHECK (length(office) = 32)"
	") STRICT;"
	/* part: 0 it sealed the letter, 1 it is a recipient, 2 it says something of it. is_loose: whether its register needs to grow by no more
	 * than an appointment for this to change. heard: the last note of its that stands. */
	"CREATE TABLE outline_part ("
	"	letter INTEGER NOT NULL,"
	"	part INTEGER NOT NULL CHECK (part BETWEEN 0 AND 2),"
	"	office INTEGER NOT NULL,"
	"	date_s INTEGER NOT NULL,"
	"	is_loose INTEGER NOT NULL CHECK (is_loose IN (0, 1)),"
	"	heard_s INTEGER,"
	"	heard_item INTEGER,"
	"	PRIMARY KEY (letter, part, office)"
	") STRICT, WITHOUT ROWID;"
	"CREATE INDEX outline_part_office ON outline_part (office, part, date_s, letter);"
	"CREATE INDEX outline_part_loose ON outline_part (office) WHERE is_loose = 1;"
	"CREATE INDEX outline_part_heard ON outline_part (office, heard_s, heard_item) WHERE heard_s IS NOT NULL;"
	/* How many outlines there are of each class. */
	"CREATE TABLE outline_total (class INTEGER PRIMARY KEY, letters INTEGER NOT NULL) STRICT;"
	"CREATE TRIGGER outline_counted AFTER INSERT ON outline BEGIN "
	"	INSERT INTO outline_total (class, letters) VALUES (new.class, 1)"
	"		ON CONFLICT (class) DO UPDATE SET letters = letters + 1;"
	"END;"
	"CREATE TRIGGER outline_discounted AFTER DELETE ON outline BEGIN "
	"	UPDATE outline_total SET letters = letters - 1 WHERE class = old.class;"
	"END;"

	"CREATE TABLE outline_stale (letter INTEGER PRIMARY KEY) STRICT;"
	/* Offices whose registers have grown; is_all: all outlines that they have a part in are stale, else the loose ones. */
	"CREATE TABLE outline_stale_office (office BLOB PRIMARY KEY, is_all INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
	"CREATE TRIGGER outline_of_letter AFTER INSERT ON letter BEGIN "
	"	INSERT OR IGNORE INTO outline_stale (letter) VALUES (new.item);"
	"END;"
	"CREATE TRIGGER outline_of_no_letter AFTER DELETE ON letter BEGIN "
	"	DELETE FROM outline WHERE letter = old.item;"
	"	DELETE FROM outline_part WHERE letter = old.item;"
	"	DELETE FROM outline_stale WHERE letter = old.item;"
	"END;"
	"CREATE TRIGGER outline_said AFTER INSERT ON statement BEGIN "
	"	INSERT OR IGNORE INTO outline_stale (letter) SELECT item FROM letter WHERE id = new.letter;"
	"END;"
	"CREATE TRIGGER outline_unsaid AFTER DELETE ON statement BEGIN "
	"	INSERT OR IGNORE INTO outline_stale (letter) SELECT item FROM letter WHERE id = old.letter;"
	"END;"
	"CREATE TRIGGER outline_reported AFTER INSERT ON report BEGIN "
	"	INSERT OR IGNORE INTO outline_stale (letter) SELECT item FROM letter WHERE id = new.letter;"
	"END;"
	"CREATE TRIGGER outline_unreported AFTER DELETE ON report BEGIN "
	"	INSERT OR IGNORE INTO outline_stale (letter) SELECT item FROM letter WHERE id = old.letter;"
	"END;"
	"INSERT INTO outline_stale (letter) SELECT item FROM letter;";

/* Which statements regard a note, by its id in hex: found by their `regarding` lines, of statements that were here before as well. */
#define REGARDING "char(10) || 'regarding '"
static const char regarded[] =
	"CREATE TABLE regarding ("
	"	note TEXT NOT NULL CHECK (length(note) = 64),"
	"	item INTEGER NOT NULL REFERENCES item (seq),"
	"	letter BLOB NOT NULL CHECK (length(letter) = 32),"
	"	PRIMARY KEY (note, item)"
	") STRICT, WITHOUT ROWID;"
	"CREATE INDEX regarding_item ON regarding (item);"
	"CREATE TRIGGER regarding_unsaid AFTER DELETE ON statement BEGIN "
	"	DELETE FROM regarding WHERE item = old.item;"
	"END;"
	"INSERT OR IGNORE INTO regarding (note, item, letter) "
	"WITH RECURSIVE line (item, letter, rest) AS ("
	"	SELECT n.item, n.letter, CAST(i.bytes AS TEXT) FROM statement n JOIN item i ON i.seq = n.item"
	"		WHERE instr(CAST(i.bytes AS TEXT), " REGARDING ") > 0"
	"	UNION ALL"
	"	SELECT item, letter, substr(rest, instr(rest, " REGARDING ") + 11) FROM line"
	"		WHERE instr(rest, " REGARDING ") > 0) "
	"SELECT substr(rest, 1, 64), item, letter FROM line WHERE rest GLOB replace(hex(zeroblob(32)), '0', '[0-9a-f]') || '*'"
	"	AND substr(rest, 65, 1) = char(10);";

/* Places where nothing more had to be put, so that a sync looks only at letters of which there is something new: as spool/settled.h has them.
 * All of it may go at any time. came_back: how often bytes came that were here before, and so have an old row in the log. */
static const char settled[] = "CREATE TABLE settled ("
			      "	number INTEGER PRIMARY KEY,"
			      "	place BLOB NOT NULL UNIQUE CHECK (length(place) = 32),"
			      "	seq INTEGER NOT NULL,"
			      "	came_back INTEGER NOT NULL,"
			      "	since_s INTEGER NOT NULL,"
			      "	until_s INTEGER NOT NULL,"
			      "	open BLOB NOT NULL CHECK (length(open) % 32 = 0)"
			      ") STRICT;"
			      "CREATE TABLE came_back (times INTEGER NOT NULL) STRICT;"
			      "INSERT INTO came_back (times) VALUES (0);";

/* audience: of a bag inside our office, by which digest of keys it goes. Its items are then what it holds, and not hashed with that, so that
 * it can be told whether all of them lie in other bags too. voucher: of another machine's, whose key vouches for it. */
static const char bags_inside[] = "ALTER TABLE bag ADD COLUMN audience BLOB CHECK (length(audience) = 32);"
				  "ALTER TABLE bag ADD COLUMN voucher BLOB CHECK (length(voucher) = 32);";

/* upto: of a bag of ours, where the log ended before it was looked at what goes into it. Of one from before this was known, by the clock. */
static const char bags_by_log[] = "ALTER TABLE bag ADD COLUMN upto INTEGER NOT NULL DEFAULT 0;"
				  "UPDATE bag SET upto = coalesce("
				  "(SELECT seq FROM item WHERE taken_in_s < written_s ORDER BY seq DESC LIMIT 1), 0);";

/* Of another machine's bag it was not on record for whom it is, or nothing at all: it is read again, and then that is. */
static const char bags_again[] = "DELETE FROM bag WHERE voucher IS NOT NULL AND audience IS NULL;"
				 "DELETE FROM bag_seen;";

const char *const schema_steps[] = {version_1, version_2, exhibits, sheets,      let_go,      sealed_lines,
				    outlines,  regarded,  settled,  bags_inside, bags_by_log, bags_again};
const size_t schema_version = sizeof schema_steps / sizeof schema_steps[0];

static int look_number(struct db *db, const char *sql, int64_t *ret, struct valise_err *err)
{
	bool row = false;
	CLEAN_QUERY struct query q = query_of(db, sql);
	int r = query_next(&q, &row, err);
	if (!r)
		*ret = row ? row_int(&q, 0) : 0;
	return r;
}

int schema_look(struct db *db, uint64_t *ret_version, struct valise_err *err)
{
	int64_t application = 0;
	int64_t version = 0;
	int64_t tables = 0;
	int r = look_number(db, "PRAGMA application_id", &application, err);
	if (!r)
		r = look_number(db, "PRAGMA user_version", &version, err);
	if (!r)
		r = look_number(db, "SELECT count(*) FROM sqlite_schema", &tables, err);
	if (r)
		return r;
	bool is_empty = application == 0 && version == 0 && tables == 0;
	if (!is_empty && (application != SCHEMA_APPLICATION_ID || version <= 0))
		return err_set(err, VALISE_E_BAD, "the database in %s is no spool: name another directory",
			       text_shown(str_of(db->place)).text);
	*ret_version = (uint64_t)version;
	return 0;
}

int schema_too_new(const struct db *db, uint64_t version, struct valise_err *err)
{
	return err_set(err, VALISE_E_FAILURE,
		       "the spool %s was written by a newer Valise (version %" PRIu64 " of its tables): use that one",
		       text_shown(str_of(db->place)).text, version);
}

/* Inside of the transaction, so that of two programs that migrate at once the second finds it done. */
static int migrate(struct db *db, const char *const *steps, size_t n_steps, struct valise_err *err)
{
	uint64_t version;
	int r = schema_look(db, &version, err);
	if (r)
		return r;
	if (version > n_steps)
		return schema_too_new(db, version, err);
	for (size_t i = (size_t)version; i < n_steps; i++) {
		r = db_exec(db, steps[i], err);
		if (r)
			return err_prefix(err, r, "bringing the spool to version %zu of its tables", i + 1);
	}
	char mark[96]; /* a PRAGMA takes no bound values; both are our own numbers */
	(void)snprintf(mark, sizeof mark, "PRAGMA application_id = %d; PRAGMA user_version = %zu",
		       SCHEMA_APPLICATION_ID, n_steps);
	return db_exec(db, mark, err);
}

int schema_migrate(struct db *db, const char *const *steps, size_t n_steps, struct valise_err *err)
{
	int r = db_exec(db, "BEGIN IMMEDIATE", err);
	if (r)
		return r;
	r = migrate(db, steps, n_steps, err);
	if (!r)
		r = db_exec(db, "COMMIT", err);
	if (r && db_in_transaction(db)) {
		struct valise_err ignored = {0}; /* the first error says what happened */
		(void)!db_exec(db, "ROLLBACK", &ignored);
	}
	return r;
}
