/* SPDX-License-Identifier: Apache-2.0 */
/* The attacker's tool: offices, letters, bags and dossiers with any contents, signed with any key that he has. */
#include "forge.h"

#include <fcntl.h>
#include <stdarg.h>
#include <string.h>

#include "base/encode.h"
#include "base/file.h"
#include "base/text.h"
#include "crypto/digest.h"

static const struct forgery forgeries[] = {
	{"key", "NAME", "the verifier key of that name", forge_key},
	{"recipient", "NAME", "the age recipient of that name", forge_recipient},
	{"identity", "NAME", "the age identity of that name", forge_identity},
	{"sign", "KEY... <TEXT", "a note: the text, signed by the keys as given", forge_sign},
	{"missign", "KEY... <TEXT", "the same with signatures of something else", forge_missign},
	{"id", "<NOTE", "the note's id", forge_id},
	{"card", "NOTE...", "a card of these entries in this order", forge_card},
	{"register", "NAME ENTRIES READERS PER-ENTRY", "the card of an office with so long a register", forge_register},
	{"wrap", "RECIPIENT... <FILE", "an age file", forge_wrap},
	{"tar", "MEMBER...", "members of a tar, without an end", forge_tar},
	{"letter", "DIR SETTING=VALUE...", "seal, cover, body, and what opens them", forge_letter},
	{"bag", "FILE RECORD...", "a bag of these records in this order", forge_bag},
	{"unbag", "FILE DIR [KEY...]", "the records of a bag as files that bag takes", forge_unbag},
	{"flipped-records", "RECORD...", "a bag of every one-bit change of the records, each framed soundly",
	 forge_flipped_records},
	{"flip-bag", "FILE", "reads a bag with each bit flipped: nothing new may come out", forge_flip_bag},
	{"dossier", "LETTER KIND:FILE...", "a dossier of these items in this order", forge_dossier},
	{"undossier", "FILE DIR", "the items of a dossier as files", forge_undossier},
	{"flip-dossier", "FILE CARD...", "verifies a dossier with each byte changed: its meaning may only shrink",
	 forge_flip_dossier},
};

void give_up(const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	(void)fputs("forge: ", stderr);
	(void)vfprintf(stderr, fmt, args);
	(void)fputc('\n', stderr);
	va_end(args);
	exit(1);
}

/* ---- Bytes ---- */

void slurp(const char *path, struct buf *ret)
{
	if (strcmp(path, "-") == 0)
		MUST(file_read_all_fd(STDIN_FILENO, "standard input", ret, &err));
	else
		MUST(file_read_all(AT_FDCWD, path, ret, &err));
}

void spit(const char *path, struct str bytes)
{
	bool is_stdout = strcmp(path, "-") == 0;
	CLEAN_CLOSE int opened = is_stdout ? -1 : open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	int fd = is_stdout ? STDOUT_FILENO : opened;
	if (fd < 0)
		give_up("cannot write %s: %m", path);
	MUST(file_write_all(fd, bytes.at, bytes.len, path, &err));
}

struct hash hash_of(struct str bytes)
{
	struct hash h;
	digest_once(bytes.at, bytes.len, &h);
	return h;
}

struct hash hash_arg(const char *hex)
{
	struct hash h;
	if (!hash_parse(str_of(hex), &h))
		give_up("%s is no hash", hex);
	return h;
}

uint64_t number_arg(const char *digits)
{
	uint64_t v;
	if (!text_decimal(str_of(digits), UINT64_MAX, &v))
		give_up("%s is no number", digits);
	return v;
}

struct hash derive(const char *what, const char *from)
{
	struct span spans[] = {{what, strlen(what) + 1}, {from, strlen(from)}};
	struct hash h;
	digest_spans(spans, 2, &h);
	return h;
}

const char *path_in(const char *dir, const char *name)
{
	static char path[4096];
	(void)snprintf(path, sizeof path, "%s/%s", dir, name);
	return path;
}

size_t split(char *arg, char **ret, size_t max)
{
	size_t n = 0;
	while (arg && n < max) {
		char *colon = n + 1 < max ? strchr(arg, ':') : NULL;
		ret[n++] = arg;
		if (colon)
			*colon++ = 0;
		arg = colon;
	}
	return n;
}

/* ---- Keys ---- */

/* The value of the line `key` in a spool's key file. */
static struct str key_line(const struct buf *file, const char *key)
{
	const char *at = (const char *)file->data;
	size_t len = strlen(key);
	while (at) {
		if (strncmp(at, key, len) == 0)
			return (struct str){at + len, strcspn(at + len, "\n")};
		at = strchr(at, '\n');
		at = at ? at + 1 : NULL;
	}
	return (struct str){NULL, 0};
}

static void load_file(const char *path, struct hash *seed, struct hash *reading)
{
	CLEAN_BUF struct buf file = FORGE_BUF;
	slurp(path, &file);
	if (!hex_decode(key_line(&file, "signing "), seed->bytes, 32))
		give_up("%s has no signing key in the clear", path);
	struct str identity = key_line(&file, "reading ");
	if (identity.at && !age_identity_parse(identity, reading->bytes))
		give_up("%s has a reading key that is none", path);
}

void attacker_load(const char *spec, struct attacker *ret)
{
	struct hash seed = derive("signing", spec), reading = derive("reading", spec);
	if (strchr(spec, '/'))
		load_file(spec, &seed, &reading);
	MUST(ed25519_signer_new(seed.bytes, &ret->signer, &err));
	ed25519_signer_public(ret->signer, ret->vkey.key);
	MUST(age_identity_x25519(reading.bytes, &ret->reading, &err));
	memcpy(ret->recipient.point, ret->reading.point, sizeof ret->recipient.point);
}

void attacker_release(struct attacker *a)
{
	ed25519_signer_free(a->signer);
}

struct age_recipient recipient_of(const char *spec)
{
	CLEAN_ATTACKER struct attacker a = {0};
	struct age_recipient r;
	if (age_recipient_parse(str_of(spec), &r))
		return r;
	attacker_load(spec, &a);
	return a.recipient;
}

struct age_identity identity_of(const char *spec)
{
	CLEAN_ATTACKER struct attacker a = {0};
	struct age_identity id;
	uint8_t secret[32];
	if (age_identity_parse(str_of(spec), secret)) {
		MUST(age_identity_x25519(secret, &id, &err));
		return id;
	}
	attacker_load(spec, &a);
	return a.reading;
}

/* ---- The table ---- */

int main(int argc, char **argv)
{
	for (size_t i = 0; argc > 1 && i < sizeof forgeries / sizeof forgeries[0]; i++)
		if (strcmp(argv[1], forgeries[i].name) == 0)
			return forgeries[i].run(argc - 2, argv + 2);
	for (size_t i = 0; i < sizeof forgeries / sizeof forgeries[0]; i++)
		(void)fprintf(stderr, "forge %s %s: %s\n", forgeries[i].name, forgeries[i].takes, forgeries[i].makes);
	return 2;
}
