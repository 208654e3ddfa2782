/* SPDX-License-Identifier: Apache-2.0 */
/* Files that a command reads, whole or from beginning to end, and files that it writes whole or not at all. */
#ifndef CLI_FILES_H
#define CLI_FILES_H

#include <stdbool.h>
#include <stddef.h>

struct cli;

/* A file, or standard input for "-". *ret is to be freed. At most FILES_MAX_BYTES. */
#define FILES_MAX_BYTES (1025u * 1024 * 1024)
int file_read(struct cli *c, const char *path, char **ret, size_t *ret_len);
/* max: at least 64 KiB. */
int file_read_at_most(struct cli *c, const char *path, size_t max, char **ret, size_t *ret_len);

/* A file that is read from its beginning to its end, however long it is; "-": standard input. */
struct file_source {
	struct cli *c;
	const char *path;
	int fd;
};
int file_source_open(struct cli *c, const char *path, struct file_source *ret);
/* *ret_len is 0 at the end. */
int file_source_read(struct file_source *f, void *ret, size_t room, size_t *ret_len);
void file_source_close(struct file_source *f);

/* Standard output for NULL and "-"; otherwise a file that appears complete and durable, and that replaces another only when `force`. Of one
 * that does not come to its end nothing is left. */
struct file_target {
	struct cli *c;
	const char *path;
	bool force;
	int fd;          /* -1: standard output */
	char *temporary; /* NULL: written to as it is */
	size_t bytes;    /* so far */
};
int file_target_begin(struct cli *c, const char *path, bool force,
		      struct file_target *ret); /* released also after a failure */
int file_target_put(struct file_target *t, const void *bytes, size_t len);
int file_target_end(struct file_target *t);
void file_target_release(struct file_target *t);
#define CLEAN_FILE_TARGET __attribute__((cleanup(file_target_release)))
/* The same at once. */
int file_write(struct cli *c, const char *path, const char *bytes, size_t len, bool force);
/* Of a file so written, for --json. */
int print_written(struct cli *c, const char *path, size_t len);

/* The AGE-SECRET-KEY-1... line of a file as age-keygen writes it, to be wiped and freed; *ret stays NULL for a NULL path. */
int identity_read(struct cli *c, const char *path, char **ret);
void identity_wipe(char *identity); /* does not free */

/* A file for a secret, made before the secret is: mode 0600, room reserved. Refuses one that is there. */
struct secret_file {
	const char *path;
	int fd;
};
#define SECRET_FILE_NONE \
	{ \
		.fd = -1 \
	}
int secret_file_begin(struct cli *c, const char *path, struct secret_file *ret);
int secret_file_write(struct cli *c, struct secret_file *f, const char *text);
/* Removes what was begun and not written. */
void secret_file_abandon(struct secret_file *f);

#endif
