/* SPDX-License-Identifier: Apache-2.0 */
/* Register entries: who is appointed to what in an office, who was dismissed, who keeps the register (spec/register.md). */
#ifndef FORMAT_REGISTER_H
#define FORMAT_REGISTER_H

#include "format/note.h"

enum role {
	ROLE_PRINCIPAL = 1u << 0,
	ROLE_CLERK = 1u << 1,
	ROLE_READER = 1u << 2,
	ROLE_COURIER = 1u << 3,
	ROLE_SPOKESPERSON = 1u << 4,
	ROLE_MACHINE = 1u << 5, /* signs unattended; never alone */
	ROLE_ALL = (1u << 6) - 1
};
#define ROLE_COUNT 6
/* "principal" ...; NULL when it is not exactly one role. */
const char *role_name(unsigned role);
/* A comma list in the order of enum role, without repeats, at least one; false otherwise. */
CHECKED bool roles_parse(struct str s, unsigned *ret_roles);
void roles_write(struct buf *b, unsigned roles);
/* Whether an officer of those roles may, and where it must, have that age recipient (.at NULL: none). */
CHECKED bool recipient_fits(struct str recipient, unsigned roles);

struct dismissal {
	struct vkey key;
	struct str reason; /* free text */
};

struct appointment {
	struct vkey key;
	struct str recipient; /* "age1...", NULL for "-" */
	unsigned roles;       /* of enum role */
	bool has_until;
	int64_t until_s;
	struct str title; /* free text */
};

struct register_entry {
	bool is_first; /* entry 0: office and previous are "-" */
	struct hash office;
	uint64_t seq;
	struct hash previous;
	int64_t time_s;
	struct str name;  /* NULL when absent; always there in entry 0 */
	bool has_keepers; /* entry 0 and authority entries: keepers and next are there */
	uint64_t keepers_quorum;
	struct vkey *keepers;
	size_t n_keepers;
	uint64_t next_quorum;
	struct hash *next; /* commitments to keys */
	size_t n_next;
	struct dismissal *dismissals;
	size_t n_dismissals;
	struct appointment *appointments;
	size_t n_appointments;
	struct hash *seen;
	size_t n_seen;
	struct str *relays;
	size_t n_relays;
	struct vkey *by; /* sorted, distinct */
	size_t n_by;
};
/* The arrays of a parsed entry are owned by it; its strs borrow from the text. */
void register_entry_release(struct register_entry *e);
#define CLEAN_REGISTER_ENTRY CLEANUP(register_entry_release)

CHECKED int register_entry_parse(struct str text, struct register_entry *ret, struct valise_err *err);
/* Appends the text. VALISE_E_USAGE when the values are none that parse. Lists are sorted by the writer; e is not changed. */
CHECKED int register_entry_write(const struct register_entry *e, struct buf *ret_text, struct valise_err *err);

/* An entry whose signatures were checked: by register_entry_verify, or at intake. Whether they suffice is for evidence/standing. */
struct verified_entry {
	struct note note;
	struct register_entry e;
};
CHECKED int register_entry_verify(const void *bytes, size_t len, struct verified_entry **ret, struct valise_err *err);
/* Only for bytes that register_entry_verify accepted when they were taken into the spool. */
CHECKED int register_entry_from_intake(const void *bytes, size_t len, struct verified_entry **ret,
				       struct valise_err *err);
void verified_entry_free(struct verified_entry *v);
void verified_entry_freep(struct verified_entry **v);
#define CLEAN_ENTRY CLEANUP(verified_entry_freep)
/* The office that the entry belongs to: for entry 0 the entry's own id. */
const struct hash *verified_entry_office(const struct verified_entry *v);

#endif
