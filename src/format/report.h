/* SPDX-License-Identifier: Apache-2.0 */
/* Reports: an officer's signed note of what somebody else said elsewhere. Hearsay: never a statement (spec/report.md). */
#ifndef FORMAT_REPORT_H
#define FORMAT_REPORT_H

#include "format/statement.h"

struct report_span {
	struct hash exhibit;
	uint64_t exhibit_bytes, offset, length;
};

struct report {
	struct hash letter;
	struct str says; /* a name of says_table, or "other" */
	struct str speaker;
	bool has_speaker_office;
	struct hash speaker_office;
	struct str
		speaker_addressee; /* an `addressee` of the letter; NULL when absent, as the next; not both it and an office */
	struct str of;             /* who did it, where that is not the speaker */
	const struct str *via; /* outermost first; in the caller's room, as the other lists */
	size_t n_via;
	struct str verb;
	struct str medium, carriage, when; /* NULL when absent; carriage: how the letter travelled */
	bool has_resolved;
	int64_t resolved_from_s, resolved_to_s;
	const struct hash *regarding; /* sorted */
	size_t n_regarding;
	const struct report_span *spans;
	size_t n_spans;
	struct str where; /* in words, where bytes say little: "page 3, line 5"; NULL when absent */
	bool quoted;
	struct office_ref office;
	unsigned role;
	uint64_t nth;
	int64_t time_s;
	struct vkey by;
};
/* For all that a report may list. */
struct report_room {
	struct report_span spans[LIMIT_REPORT_SPANS];
	struct str via[LIMIT_REPORT_VIA];
	struct hash regarding[LIMIT_REGARDING];
};
/* Its strs borrow from the text, its lists from the room. */
CHECKED int report_parse(struct str text, struct report_room *room, struct report *ret, struct valise_err *err);
CHECKED int report_write(const struct report *r, struct buf *ret_text, struct valise_err *err);

/* Its lists stand behind it, no longer than they are: an account may need a great many reports at once. */
struct verified_report {
	struct note note;
	struct report r;
};
CHECKED int report_verify(const void *bytes, size_t len, struct verified_report **ret, struct valise_err *err);
CHECKED int report_from_intake(const void *bytes, size_t len, struct verified_report **ret, struct valise_err *err);
void verified_report_free(struct verified_report *v);
void verified_report_freep(struct verified_report **v);
#define CLEAN_REPORT CLEANUP(verified_report_freep)

#endif
