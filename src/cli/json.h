/* SPDX-License-Identifier: Apache-2.0 */
/* What a program prints for programs (spec/json.md): built whole, then written, so that nobody reads half a document. */
#ifndef CLI_JSON_H
#define CLI_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* A document under construction; its first error sticks. The outermost value is an object. */
struct json;
struct json *json_new(void); /* NULL: no memory; every function below takes that */
void json_free(struct json *j);
void json_freep(struct json **j);
#define CLEAN_JSON __attribute__((cleanup(json_freep)))

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

/* Writes the document and a newline. False when it could not be built; the stream has its own error flag. */
bool json_write(struct json *j, FILE *out);

#endif
