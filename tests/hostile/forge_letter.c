/* SPDX-License-Identifier: Apache-2.0 */
/* A letter out of parts that need not fit together: each thing that the seal or the cover says can be said otherwise. */
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include "base/encode.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "crypto/tree.h"
#include "forge.h"
#include "format/tar.h"

#define READERS_MAX 16u
#define TO_MAX 8u
#define PARTS_MAX 1001u

struct forged_part {
	char *kind, *name;
	uint64_t offset, length;
	char *digest; /* NULL: the right one */
};

struct forged_letter {
	char *dir, *key, *from, *to[TO_MAX], *salt, *subject, *date, *ref;
	size_t n_to;
	struct age_recipient readers[READERS_MAX], others[READERS_MAX];
	size_t n_readers, n_others;
	struct forged_part parts[PARTS_MAX];
	size_t n_parts;
	/* Given instead of made. */
	char *tail, *body_file, *body_key, *cover_file, *cover_line;
	char *core, *contents, *body, *cover, *nonce;
	bool plain_as_is;
	/* Made. */
	struct buf plain, body_bytes, cover_text, cover_bytes, core_text, seal;
	struct age_identity opens_body;
	struct hash seed;
};

/* ---- Settings ---- */

static void set_reader(struct forged_letter *l, char *value)
{
	l->readers[l->n_readers++] = recipient_of(value);
}

static void set_other(struct forged_letter *l, char *value)
{
	l->others[l->n_others++] = recipient_of(value);
}

static void set_to(struct forged_letter *l, char *value)
{
	l->to[l->n_to++] = value;
}

static void set_tar(struct forged_letter *l, char *value)
{
	slurp(value, &l->plain);
}

/* A whole plaintext: no end and no zeros are added to it. */
static void set_plain(struct forged_letter *l, char *value)
{
	slurp(value, &l->plain);
	l->plain_as_is = true;
}

/* part=KIND:OFFSET:LENGTH:NAME; an empty LENGTH is all that there is of the tar. */
static void set_part(struct forged_letter *l, char *value)
{
	char *w[4];
	if (split(value, w, 4) != 4 || l->n_parts == PARTS_MAX)
		give_up("part=KIND:OFFSET:LENGTH:NAME");
	uint64_t offset = number_arg(w[1]);
	l->parts[l->n_parts++] = (struct forged_part){.kind = w[0],
						      .name = w[3],
						      .offset = offset,
						      .length = w[2][0] ? number_arg(w[2]) : l->plain.len - offset};
}

static void set_digest(struct forged_letter *l, char *value)
{
	l->parts[l->n_parts - 1].digest = value;
}

#define TEXT_SETTING(name, field) \
	{ \
		name, NULL, offsetof(struct forged_letter, field) \
	}
static const struct {
	const char *name;
	void (*set)(struct forged_letter *l, char *value);
	size_t at; /* of a char *, where set is NULL */
} settings[] = {
	{"reader", set_reader, 0},
	{"other", set_other, 0},
	{"to", set_to, 0},
	{"tar", set_tar, 0},
	{"plain", set_plain, 0},
	{"part", set_part, 0},
	{"digest", set_digest, 0},
	TEXT_SETTING("key", key),
	TEXT_SETTING("from", from),
	TEXT_SETTING("salt", salt),
	TEXT_SETTING("nonce", nonce),
	TEXT_SETTING("subject", subject),
	TEXT_SETTING("ref", ref),
	TEXT_SETTING("date", date),
	TEXT_SETTING("tail", tail),
	TEXT_SETTING("body-file", body_file),
	TEXT_SETTING("body-key", body_key),
	TEXT_SETTING("cover-file", cover_file),
	TEXT_SETTING("cover-line", cover_line),
	TEXT_SETTING("core", core),
	TEXT_SETTING("contents", contents),
	TEXT_SETTING("body", body),
	TEXT_SETTING("cover", cover),
};

static void set_one(struct forged_letter *l, char *arg)
{
	char *equals = strchr(arg, '=');
	if (!equals)
		give_up("%s is no setting", arg);
	*equals = 0;
	for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++)
		if (strcmp(settings[i].name, arg) == 0) {
			if (settings[i].set)
				settings[i].set(l, equals + 1);
			else
				memcpy((char *)l + settings[i].at, &(char *){equals + 1}, sizeof(char *));
			return;
		}
	give_up("there is no setting %s", arg);
}

/* ---- Body ---- */

static void make_body(struct forged_letter *l)
{
	struct age_recipient to;
	struct hash secret = derive("body key", l->salt);
	MUST(age_identity_x25519(secret.bytes, &l->opens_body, &err));
	if (l->body_key)
		l->opens_body = identity_of(l->body_key);
	memcpy(to.point, l->opens_body.point, sizeof to.point);
	if (!l->plain_as_is) {
		uint64_t zeros = 1024;
		if (l->tail)
			slurp(l->tail, &l->plain);
		else
			zeros = padme_bytes(l->plain.len + 1024) - l->plain.len;
		uint8_t *room = l->tail ? NULL : buf_grow(&l->plain, (size_t)zeros);
		if (room)
			memset(room, 0, (size_t)zeros);
	}
	if (l->body_file)
		slurp(l->body_file, &l->body_bytes);
	else
		age_wrap(buf_str(&l->plain), &to, 1, NULL, 0, l->salt, &l->body_bytes);
}

static struct hash root_of(const struct buf *b)
{
	struct tree t;
	struct hash leaf, root;
	tree_init(&t);
	for (size_t at = 0; at < b->len; at += TREE_BLOCK_BYTES) {
		tree_leaf(b->data + at, b->len - at < TREE_BLOCK_BYTES ? b->len - at : TREE_BLOCK_BYTES, &leaf);
		tree_add(&t, &leaf);
	}
	tree_end(&t, &root);
	return root;
}

/* ---- Cover ---- */

static struct hash digest_of(const struct forged_letter *l, const struct forged_part *p)
{
	if (p->digest)
		return hash_arg(p->digest);
	uint64_t from = p->offset < l->plain.len ? p->offset : l->plain.len;
	uint64_t len = p->length < l->plain.len - from ? p->length : l->plain.len - from;
	return hash_of((struct str){(char *)l->plain.data + from, (size_t)len});
}

static void add_part_line(const struct forged_letter *l, const struct forged_part *p, struct buf *b)
{
	struct hash digest = digest_of(l, p);
	buf_addf(b, "part %s %" PRIu64 " %" PRIu64 " %s ", p->kind, p->offset, p->length, hash_hex(&digest).text);
	text_escape_name(b, str_of(p->name));
	buf_add_char(b, '\n');
}

static void make_cover_text(struct forged_letter *l)
{
	struct hash core = hash_of(buf_str(&l->core_text));
	struct buf *b = &l->cover_text;
	buf_addf(b, "valise/cover@v1\ncore %s\nkey ", l->core ? l->core : hash_hex(&core).text);
	age_identity_write(b, l->opens_body.secret);
	buf_addf(b, "\nseed %s\nsubject %s\n", hash_hex(&l->seed).text, l->subject);
	for (size_t i = 0; i < l->n_parts; i++)
		add_part_line(l, &l->parts[i], b);
	if (l->cover_line)
		buf_addf(b, "%s\n", l->cover_line);
	buf_add_text(b, "pad 0");
	while ((b->len + 1) % 512)
		buf_add_char(b, '0');
	buf_add_char(b, '\n');
}

/* ---- Contents ---- */

static struct hash leaf_hash(const struct forged_letter *l, uint32_t i)
{
	CLEAN_BUF struct buf label = FORGE_BUF;
	CLEAN_BUF struct buf leaf = FORGE_BUF;
	uint8_t salt[32];
	struct hash h;
	buf_add_text(&label, "valise/salt@v1\n");
	buf_add_u32be(&label, i);
	hmac_sha256(l->seed.bytes, sizeof l->seed.bytes, label.data, label.len, salt);
	buf_add(&leaf, salt, sizeof salt);
	buf_addf(&leaf, "valise/leaf@v1\nnonce %s\nfrom %.64s\n", l->nonce, l->from);
	if (i == 0)
		buf_addf(&leaf, "subject %s\n", l->subject);
	else
		add_part_line(l, &l->parts[i - 1], &leaf);
	tree_leaf(leaf.data, leaf.len, &h);
	return h;
}

static void add_contents(struct forged_letter *l)
{
	static struct hash leaves[PARTS_MAX + 1];
	struct hash root;
	if (l->contents) {
		buf_addf(&l->core_text, "contents %s\n", l->contents);
		return;
	}
	for (uint32_t i = 0; i <= l->n_parts; i++)
		leaves[i] = leaf_hash(l, i);
	tree_root(leaves, l->n_parts + 1, &root);
	buf_addf(&l->core_text, "contents %s %zu\n", hash_hex(&root).text, l->n_parts + 1);
}

/* ---- Seal ---- */

/* ID:HEAD, or ID alone, whose head is entry 0. */
static void add_office(struct buf *b, const char *key, const char *office)
{
	const char *colon = strchr(office, ':');
	buf_addf(b, "%s %.64s %s\n", key, office, colon ? colon + 1 : office);
}

static void make_core(struct forged_letter *l)
{
	struct hash root = root_of(&l->body_bytes);
	struct buf *b = &l->core_text;
	buf_addf(b, "valise/seal@v1\nnonce %s\n", l->nonce);
	add_office(b, "from", l->from);
	for (size_t i = 0; i < l->n_to; i++)
		add_office(b, "to", l->to[i]);
	if (l->ref)
		buf_addf(b, "ref %s\n", l->ref);
	buf_addf(b, "date %s\n", l->date);
	add_contents(l);
	if (l->body)
		buf_addf(b, "body %s\n", l->body);
	else
		buf_addf(b, "body %s %zu\n", hash_hex(&root).text, l->body_bytes.len);
}

static void make_seal(struct forged_letter *l)
{
	CLEAN_BUF struct buf text = FORGE_BUF;
	struct hash cover = hash_of(buf_str(&l->cover_bytes));
	buf_add(&text, l->core_text.data, l->core_text.len);
	if (l->cover)
		buf_addf(&text, "cover %s\n", l->cover);
	else
		buf_addf(&text, "cover %s %zu\n", hash_hex(&cover).text, l->cover_bytes.len);
	sign_text(buf_str(&text), &l->key, 1, false, &l->seal);
}

/* ---- The whole ---- */

static void write_letter(struct forged_letter *l)
{
	CLEAN_BUF struct buf key = FORGE_BUF;
	CLEAN_BUF struct buf id = FORGE_BUF;
	const char *end = strstr((char *)l->seal.data, "\n\n");
	struct hash letter = hash_of((struct str){(char *)l->seal.data, (size_t)(end + 1 - (char *)l->seal.data)});
	buf_addf(&id, "%s\n", hash_hex(&letter).text);
	age_identity_write(&key, l->opens_body.secret);
	buf_add_char(&key, '\n');
	(void)mkdir(l->dir, 0777);
	spit(path_in(l->dir, "seal"), buf_str(&l->seal));
	spit(path_in(l->dir, "cover"), buf_str(&l->cover_bytes));
	spit(path_in(l->dir, "cover.txt"), buf_str(&l->cover_text));
	spit(path_in(l->dir, "body"), buf_str(&l->body_bytes));
	spit(path_in(l->dir, "letterkey"), buf_str(&key));
	spit(path_in(l->dir, "id"), buf_str(&id));
	spit("-", buf_str(&id));
}

static void release(struct forged_letter *l)
{
	struct buf *all[] = {&l->plain, &l->body_bytes, &l->cover_text, &l->cover_bytes, &l->core_text, &l->seal};
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		buf_release(all[i]);
}

int forge_letter(int n, char **args)
{
	static struct forged_letter l = {.plain = FORGE_BUF,
					 .body_bytes = FORGE_BUF,
					 .cover_text = FORGE_BUF,
					 .cover_bytes = FORGE_BUF,
					 .core_text = FORGE_BUF,
					 .seal = FORGE_BUF};
	if (n < 1)
		give_up("a directory is needed");
	l.dir = l.salt = args[0];
	l.subject = (char *)(uintptr_t) "Forged";
	l.date = (char *)(uintptr_t) "2026-11-22T09:12:00Z";
	for (int i = 1; i < n; i++)
		set_one(&l, args[i]);
	struct hash nonce = derive("nonce", l.salt);
	struct hash_hex nonce_hex = hash_hex(&nonce);
	if (!l.nonce)
		l.nonce = nonce_hex.text;
	l.seed = derive("seed", l.salt);
	if (!l.key || !l.from || !l.n_to)
		give_up("key, from and to are needed");
	make_body(&l);
	make_core(&l);
	make_cover_text(&l);
	if (l.cover_file)
		slurp(l.cover_file, &l.cover_bytes);
	else
		age_wrap(buf_str(&l.cover_text), l.readers, l.n_readers, l.others, l.n_others, l.dir, &l.cover_bytes);
	make_seal(&l);
	write_letter(&l);
	release(&l);
	return 0;
}
