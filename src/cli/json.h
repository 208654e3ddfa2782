/* SPDX-License-Identifier: Apache-2.0 */
/* What a program prints for programs (spec/json.md): one document, kept until it is whole, or, when it is long, written as it comes. */
#ifndef CLI_JSON_H
#define CLI_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* A document on its way to a stream; its first error sticks. The outermost value is an object. Every function takes NULL, and does nothing
 * then. No member may be put twice. */
struct json;
struct json *json_new(FILE *out); /* NULL: no memory */
void json_free(struct json *j);

/* `key` is NULL within a list. A NULL text is null. */
void json_text(struct json *j, const char *key, const char *text);
/* Bytes from outside, shown as --help and errors do. */
void json_bytes(struct json *j, const char *key, const char *bytes);
void json_number(struct json *j, const char *key, uint64_t n);
void json_bool(struct json *j, const char *key, bool b);
void json_time(struct json *j, const char *key, bool given, int64_t s);
void json_texts(struct json *j, const char *key, const char *const *texts, size_t n);

/* "error": {"code": ..., "exit": ..., "text": ...}, or null for NULL (cli.c, where the names of codes are). */
struct valise_err;
void json_error(struct json *j, const struct valise_err *err);

void json_open_object(struct json *j, const char *key);
void json_open_list(struct json *j, const char *key);
void json_close(struct json *j);

/* Whether there is any use in going on: false when it could not be built, or the stream takes no more. */
bool json_goes_on(const struct json *j);
/* Ends lists and objects that are open, for an error to stand beside them; without `keep` what is not written yet goes. */
void json_end_early(struct json *j, bool keep);
/* Writes the rest and a newline. False when it could not be built, or has ended before; the stream has its own error flag. */
bool json_end(struct json *j);

#endif
