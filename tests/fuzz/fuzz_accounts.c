/* SPDX-License-Identifier: Apache-2.0 */
/* Any notes about one letter, each after its length in four bytes: accounts, the same for the set in the opposite order. Signatures
 * are not verified here: what follows from notes must hold up whoever signed them. */
#include <assert.h>
#include <stdlib.h>

#include "base/cursor.h"
#include "evidence/evidence.h"
#include "evidence_dump.h"

#define NOTES 200u

struct notes {
	struct verified_seal *seal;
	struct verified_entry *entries[NOTES];
	struct witnessed_statement said[NOTES];
	struct verified_statement *statements[NOTES];
	struct witnessed_report reported[NOTES];
	struct verified_report *reports[NOTES];
	size_t n_entries, n_statements, n_reports;
};

static void take_note(struct notes *n, struct str note)
{
	if (!n->seal && seal_from_intake(note.at, note.len, &n->seal, NULL) == 0)
		return;
	if (n->n_entries < NOTES &&
	    register_entry_from_intake(note.at, note.len, &n->entries[n->n_entries], NULL) == 0) {
		n->n_entries++;
	} else if (n->n_statements < NOTES &&
		   statement_from_intake(note.at, note.len, &n->statements[n->n_statements], NULL) == 0) {
		n->said[n->n_statements] = (struct witnessed_statement){n->statements[n->n_statements], 0};
		n->n_statements++;
	} else if (n->n_reports < NOTES &&
		   report_from_intake(note.at, note.len, &n->reports[n->n_reports], NULL) == 0) {
		n->reported[n->n_reports] = (struct witnessed_report){n->reports[n->n_reports], 0};
		n->n_reports++;
	}
}

/* Pieces at the places that reports name, of whatever the input is, in either order. */
static size_t excerpts_of(const struct notes *n, struct str bytes, bool backwards, struct exhibit_bytes *ret)
{
	size_t made = 0;
	for (size_t i = 0; i < n->n_reports; i++) {
		const struct report_span *s = &n->reports[backwards ? n->n_reports - 1 - i : i]->r.spans[0];
		uint64_t room = s->exhibit_bytes - s->offset;
		struct str piece = {bytes.at, bytes.len < room ? bytes.len : (size_t)room};
		bool is_whole = s->offset == 0 && piece.len == s->exhibit_bytes;
		ret[made++] = (struct exhibit_bytes){s->exhibit, s->exhibit_bytes, s->offset, piece, is_whole};
	}
	return made;
}

static void account(const struct notes *n, struct str input, bool backwards, struct buf *dump)
{
	CLEAN_REGISTERS struct registers *r = NULL;
	int code = registers_new(&r, NULL);
	for (size_t i = 0; !code && i < n->n_entries; i++)
		code = registers_add(r, n->entries[backwards ? n->n_entries - 1 - i : i], NULL);
	struct witnessed_statement said[NOTES];
	for (size_t i = 0; i < n->n_statements; i++)
		said[i] = n->said[backwards ? n->n_statements - 1 - i : i];
	struct witnessed_report reported[NOTES];
	for (size_t i = 0; i < n->n_reports; i++)
		reported[i] = n->reported[backwards ? n->n_reports - 1 - i : i];
	struct exhibit_bytes excerpts[NOTES];
	size_t n_excerpts = excerpts_of(n, input, backwards, excerpts);
	const struct evidence e = {.seal = n->seal,
				   .registers = r,
				   .statements = said,
				   .n_statements = n->n_statements,
				   .reports = reported,
				   .n_reports = n->n_reports,
				   .excerpts = excerpts,
				   .n_excerpts = n_excerpts,
				   .bytes = VALISE_BYTES_NOT_HERE,
				   .now_s = INT64_C(1800000000),
				   .is_dossier = true};
	struct valise_accounts *a = NULL;
	if (!code)
		code = registers_judge(r, NULL);
	if (!code)
		code = evidence_accounts(&e, &a, NULL);
	assert(code == 0);
	dump_accounts(dump, a);
	valise_accounts_free(a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct notes *n = calloc(1, sizeof *n);
	assert(n);
	struct cursor c = cursor_of(data, size);
	while (cursor_left(&c) > 0) {
		uint32_t len = cursor_u32be(&c);
		const uint8_t *note = cursor_take(&c, len);
		if (note)
			take_note(n, (struct str){(const char *)note, len});
	}
	if (n->seal) {
		CLEAN_BUF struct buf forwards = BUF_INIT(64u << 20);
		CLEAN_BUF struct buf backwards = BUF_INIT(64u << 20);
		account(n, (struct str){(const char *)data, size}, false, &forwards);
		account(n, (struct str){(const char *)data, size}, true, &backwards);
		assert(!forwards.error && str_eq(buf_str(&forwards), buf_str(&backwards)));
	}
	verified_seal_free(n->seal);
	for (size_t i = 0; i < NOTES; i++) {
		verified_entry_free(n->entries[i]);
		verified_statement_free(n->statements[i]);
		verified_report_free(n->reports[i]);
	}
	free(n);
	return 0;
}
