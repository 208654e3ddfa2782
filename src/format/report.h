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
	struct str via[LIMIT_REPORT_VIA]; /* outermost first */
	size_t n_via;
	struct str verb;
	struct str medium, carriage, when; /* NULL when absent; carriage: how the letter travelled */
	bool has_resolved;
	int64_t resolved_from_s, resolved_to_s;
	struct hash regarding[LIMIT_REGARDING]; /* sorted */
	size_t n_regarding;
	const struct report_span *spans; /* in the caller's room */
	size_t n_spans;
	struct str where; /* in words, where bytes say little: "page 3, line 5"; NULL when absent */
	bool quoted;
	struct office_ref office;
	unsigned role;
	uint64_t nth;
	int64_t time_s;
	struct vkey by;
};
/* Its strs borrow from the text; `room` is for its spans. */
CHECKED int report_parse(struct str text, struct report_span room[static LIMIT_REPORT_SPANS], struct report *ret,
			 struct valise_err *err);
CHECKED int report_write(const struct report *r, struct buf *ret_text, struct valise_err *err);

struct verified_report {
	struct note note;
	struct report r;
	struct report_span *spans; /* as many as it has: an account may need a great many reports at once */
};
CHECKED int report_verify(const void *bytes, size_t len, struct verified_report **ret, struct valise_err *err);
CHECKED int report_from_intake(const void *bytes, size_t len, struct verified_report **ret, struct valise_err *err);
void verified_report_free(struct verified_report *v);
void verified_report_freep(struct verified_report **v);
#define CLEAN_REPORT CLEANUP(verified_report_freep)

#endif
