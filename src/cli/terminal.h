/* SPDX-License-Identifier: Apache-2.0 */
/* The person at the terminal: talk, hints, warnings, questions, passphrases. Off a terminal nothing asks and nothing chats. */
#ifndef CLI_TERMINAL_H
#define CLI_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct cli;

struct terminal {
	bool in, out, err; /* which of the standard streams are terminals */
	bool colour;       /* NO_COLOR is unset and TERM is no dumb one */
};
void terminal_look(struct terminal *t);

/* What has been done, for a person: standard error, and only when that is a terminal. */
void tell(const struct cli *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The natural next step: only when a person sees both streams. */
void hint(const struct cli *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* What must not be missed: always, on standard error. */
void warn(const struct cli *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Whether somebody is there to answer. */
bool can_ask(const struct cli *c);
/* Yes or no; an empty answer is `otherwise`. VALISE_E_INTERRUPTED, VALISE_E_IO at the end of input. */
int ask_yes(struct cli *c, const char *question, bool otherwise, bool *ret);
/* One line without its newline. */
int ask_line(struct cli *c, const char *question, char *ret, size_t max);

enum paint { PAINT_HEADING, PAINT_BROKEN };
/* Writes text on standard output, coloured when that is a terminal that wants it. Red is for broken, never for silent. */
void paint(const struct cli *c, enum paint p, const char *text);

/* ---- Passphrases (passphrase.c) ---- */

struct passphrases {
	int fd; /* --passphrase-fd; -1: none */
	char last[1024];
	size_t last_len;
	bool has_last;
};
/* Whether there is anywhere to get one from. */
bool passphrase_can_be_had(const struct cli *c);
/* struct valise_caller's; context is the struct cli. */
int passphrase_give(void *context, const char *title, bool again, char *ret, size_t max, size_t *ret_len);
void passphrases_wipe(struct passphrases *p);

#endif
