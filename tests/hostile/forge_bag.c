/* SPDX-License-Identifier: Apache-2.0 */
/* Bags taken apart and put together: records dropped, doubled, reordered, renamed, altered, and framed as if nothing were. */
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include "base/encode.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "crypto/tree.h"
#include "forge.h"
#include "format/bag_frame.h"

#define KEYS_MAX 16u

static const char *const kinds[BAG_KINDS] = {"end", "note", "cover", "body", "tally", "piece", "exhibit"};

/* ---- Writing ---- */

static struct hash data_root(struct str data)
{
	struct hash root;
	if (data.len && data.len <= TREE_PIECE_BYTES)
		tree_piece((const uint8_t *)data.at, data.len, &root);
	else
		digest_once("", 0, &root);
	return root;
}

void frame_record(struct buf *b, unsigned kind, const struct hash *of, uint32_t at, const struct hash *root,
		  struct str data)
{
	uint8_t frame[BAG_FRAME_BYTES];
	struct bag_record r = {.kind = kind, .of = *of, .at = at, .len = data.len};
	r.root = root ? *root : data_root(data);
	bag_frame_write(&r, frame);
	buf_add(b, frame, sizeof frame);
	buf_add_str(b, data);
}

static void begin(struct buf *bag, const char *id)
{
	struct hash h = derive("bag", id);
	buf_add(bag, bag_first_line, BAG_HEADER_BYTES - BAG_ID_BYTES);
	buf_add(bag, h.bytes, BAG_ID_BYTES);
}

/* The right trailer: the digest of the header and the frames. */
static void end(struct buf *bag)
{
	CLEAN_BUF struct buf closed = FORGE_BUF;
	uint32_t n = 0;
	buf_add(&closed, bag->data, BAG_HEADER_BYTES);
	for (size_t at = BAG_HEADER_BYTES; at + BAG_FRAME_BYTES <= bag->len; n++) {
		struct bag_record r;
		if (!bag_frame_read(bag->data + at, &r))
			give_up("a bag whose frames cannot be read has no trailer");
		buf_add(&closed, bag->data + at, BAG_FRAME_BYTES);
		at += BAG_FRAME_BYTES + r.len;
	}
	struct hash digest = hash_of(buf_str(&closed));
	frame_record(bag, BAG_END, &digest, n, NULL, STR(""));
}

static unsigned kind_of(const char *name)
{
	for (unsigned k = 0; k < BAG_KINDS; k++)
		if (strcmp(kinds[k], name) == 0)
			return k;
	give_up("no record is a %s", name);
}

static struct hash note_id(const struct buf *note)
{
	const char *stop = note->data ? strstr((char *)note->data, "\n\n") : NULL;
	size_t len = stop ? (size_t)(stop + 1 - (char *)note->data) : note->len;
	return hash_of((struct str){(char *)note->data, len});
}

/* A body of any size: whole, or its tally and pieces. `of`: what it is said to be. */
static void add_body(struct buf *bag, const struct hash *of, const struct buf *body)
{
	CLEAN_BUF struct buf tally = FORGE_BUF;
	if (body->len <= BAG_BODY_BYTES) {
		frame_record(bag, BAG_BODY, of, 0, NULL, buf_str(body));
		return;
	}
	for (size_t at = 0; at < body->len; at += TREE_PIECE_BYTES) {
		size_t len = body->len - at < TREE_PIECE_BYTES ? body->len - at : TREE_PIECE_BYTES;
		struct hash root = data_root((struct str){(char *)body->data + at, len});
		buf_add(&tally, root.bytes, sizeof root.bytes);
	}
	frame_record(bag, BAG_TALLY, of, 0, NULL, buf_str(&tally));
	for (size_t at = 0; at < body->len; at += TREE_PIECE_BYTES) {
		size_t len = body->len - at < TREE_PIECE_BYTES ? body->len - at : TREE_PIECE_BYTES;
		frame_record(bag, BAG_PIECE, of, (uint32_t)(at / TREE_PIECE_BYTES), NULL,
			     (struct str){(char *)body->data + at, len});
	}
}

/* The root that the seal in that directory has for its body. */
static struct hash sealed_body(const struct buf *seal)
{
	char hex[HASH_HEX_BYTES + 1] = "";
	const char *at = strstr((char *)seal->data, "\nbody ");
	if (at)
		memcpy(hex, at + 6, HASH_HEX_BYTES);
	return hash_arg(hex);
}

static void add_letter(struct buf *bag, const char *dir)
{
	CLEAN_BUF struct buf seal = FORGE_BUF;
	CLEAN_BUF struct buf cover = FORGE_BUF;
	CLEAN_BUF struct buf body = FORGE_BUF;
	slurp(path_in(dir, "seal"), &seal);
	slurp(path_in(dir, "cover"), &cover);
	slurp(path_in(dir, "body"), &body);
	struct hash id = note_id(&seal), root = sealed_body(&seal);
	frame_record(bag, BAG_NOTE, &id, 0, NULL, buf_str(&seal));
	frame_record(bag, BAG_COVER, &id, 0, NULL, buf_str(&cover));
	add_body(bag, &root, &body);
}

/* A file that unbag wrote: NUMBER.KIND.OF.AT. */
static void add_taken(struct buf *bag, const char *path)
{
	CLEAN_BUF struct buf data = FORGE_BUF;
	char name[256], *w[4];
	const char *slash = strrchr(path, '/');
	(void)snprintf(name, sizeof name, "%s", slash ? slash + 1 : path);
	for (char *c = name; *c; c++)
		if (*c == '.')
			*c = ':';
	if (split(name, w, 4) != 4)
		give_up("%s is not named as a record", path);
	struct hash of = hash_arg(w[2]);
	slurp(path, &data);
	frame_record(bag, kind_of(w[1]), &of, (uint32_t)number_arg(w[3]), NULL, buf_str(&data));
}

/* As many notes as are asked for, which differ by their number: FILE is the text of the first, unsigned, with nth 1. */
static void add_flood(struct buf *bag, char *number, char *key, const char *path)
{
	CLEAN_BUF struct buf text = FORGE_BUF;
	static const char line[] = "\nnth 1\n";
	slurp(path, &text);
	const char *at = strstr((char *)text.data, line);
	if (!at)
		give_up("%s has no line nth 1", path);
	for (uint64_t i = 1, n = number_arg(number); i <= n; i++) {
		CLEAN_BUF struct buf one = FORGE_BUF, note = FORGE_BUF;
		buf_add(&one, text.data, (size_t)(at - (char *)text.data));
		buf_addf(&one, "\nnth %" PRIu64 "\n%s", i, at + sizeof line - 1);
		sign_text(buf_str(&one), &key, 1, false, &note);
		struct hash of = hash_of(buf_str(&one));
		frame_record(bag, BAG_NOTE, &of, 0, NULL, buf_str(&note));
	}
}

/* note:FILE · flood:N:KEY:FILE · letter:DIR · KIND:OF:AT:FILE · length:N (a frame that says so, without data) · text:WORDS · junk:N · taken:PATH */
static void add_record(struct buf *bag, char *arg)
{
	CLEAN_BUF struct buf data = FORGE_BUF;
	char *w[4];
	size_t n = split(arg, w, strncmp(arg, "taken:", 6) == 0 ? 2 : 4);
	struct hash of = {{0}};
	if (strcmp(w[0], "letter") == 0) {
		add_letter(bag, w[1]);
	} else if (strcmp(w[0], "taken") == 0) {
		add_taken(bag, w[1]);
	} else if (strcmp(w[0], "flood") == 0) {
		add_flood(bag, w[1], w[2], w[3]);
	} else if (strcmp(w[0], "text") == 0) {
		buf_add_text(bag, w[1]);
	} else if (strcmp(w[0], "junk") == 0) {
		for (uint64_t i = number_arg(w[1]); i; i--)
			buf_add_char(bag, (char)(i * 2654435761u >> 13));
	} else if (strcmp(w[0], "length") == 0) {
		uint8_t frame[BAG_FRAME_BYTES];
		struct bag_record r = {.kind = BAG_NOTE, .len = (size_t)number_arg(w[1])};
		bag_frame_write(&r, frame);
		buf_add(bag, frame, sizeof frame);
	} else if (n == 2) {
		slurp(w[1], &data);
		of = note_id(&data);
		frame_record(bag, kind_of(w[0]), &of, 0, NULL, buf_str(&data));
	} else {
		slurp(w[3], &data);
		of = hash_arg(w[1]);
		frame_record(bag, kind_of(w[0]), &of, (uint32_t)number_arg(w[2]), NULL, buf_str(&data));
	}
}

/* Options before the records: wrap=RECIPIENT, id=WORD, cut (no trailer). */
int forge_bag(int n, char **args)
{
	CLEAN_BUF struct buf bag = FORGE_BUF;
	CLEAN_BUF struct buf wrapped = FORGE_BUF;
	struct age_recipient to[KEYS_MAX];
	size_t n_to = 0;
	bool cut = false;
	int i = 1;
	if (n < 1)
		give_up("a file is needed");
	const char *id = args[0];
	for (; i < n; i++)
		if (strncmp(args[i], "wrap=", 5) == 0 && n_to < KEYS_MAX)
			to[n_to++] = recipient_of(args[i] + 5);
		else if (strncmp(args[i], "id=", 3) == 0)
			id = args[i] + 3;
		else if (strcmp(args[i], "cut") == 0)
			cut = true;
		else
			break;
	begin(&bag, id);
	for (; i < n; i++)
		add_record(&bag, args[i]);
	if (!cut)
		end(&bag);
	if (n_to)
		age_wrap(buf_str(&bag), to, n_to, NULL, 0, id, &wrapped);
	spit(args[0], n_to ? buf_str(&wrapped) : buf_str(&bag));
	return 0;
}

/* ---- Reading ---- */

void read_bag(const char *path, const struct age_identity *keys, size_t n, bag_each *each, void *context)
{
	CLEAN_BUF struct buf file = FORGE_BUF;
	CLEAN_BUF struct buf plain = FORGE_BUF;
	CLEAN_BAG_READER struct bag_reader *r = NULL;
	struct bag_result result;
	slurp(path, &file);
	bool wrapped = bag_look(file.data, file.len) == BAG_WRAPPED;
	if (wrapped)
		MUST(age_file_open(file.data, file.len, keys, n, &plain, NULL, &err));
	const struct buf *bag = wrapped ? &plain : &file;
	MUST(bag_reader_new(each, context, &r, &err));
	MUST(bag_reader_push(r, bag->data, bag->len, &err));
	MUST(bag_reader_end(r, &result, &err));
}

struct unbagging {
	const char *dir;
	unsigned n;
};

static int write_record(void *context, const struct bag_record *r)
{
	struct unbagging *u = context;
	char name[160];
	(void)snprintf(name, sizeof name, "%04u.%s.%s.%" PRIu32, u->n++, kinds[r->kind], hash_hex(&r->of).text, r->at);
	spit(path_in(u->dir, name), (struct str){(const char *)r->data, r->len});
	return 0;
}

int forge_unbag(int n, char **args)
{
	struct age_identity keys[KEYS_MAX];
	size_t n_keys = 0;
	if (n < 2 || n > (int)KEYS_MAX)
		give_up("a bag and a directory are needed");
	for (int i = 2; i < n; i++)
		keys[n_keys++] = identity_of(args[i]);
	struct unbagging u = {.dir = args[1]};
	(void)mkdir(args[1], 0777);
	read_bag(args[0], keys, n_keys, write_record, &u);
	return 0;
}
