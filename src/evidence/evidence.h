/* SPDX-License-Identifier: Apache-2.0 */
/* A set of verified items about one letter, and the accounts that follow from it: pure, no clock, no spool. */
#ifndef EVIDENCE_EVIDENCE_H
#define EVIDENCE_EVIDENCE_H

#include <valise/accounts.h>

#include "evidence/standing.h"
#include "format/cover.h"
#include "format/report.h"
#include "format/seal.h"
#include "format/statement.h"

/* What whoever asks knows of an office beforehand. */
struct acquaintance {
	struct hash office;
	struct str petname;
	bool checked;
	bool is_self;
};

struct witnessed_statement {
	const struct verified_statement *statement;
	int64_t taken_in_s; /* 0: unknown */
};

struct witnessed_report {
	const struct verified_report *report;
	int64_t taken_in_s; /* 0: unknown */
};

/* Bytes of an exhibit, at their place in it. */
struct exhibit_bytes {
	struct hash exhibit;
	uint64_t size, offset; /* of the exhibit; of the bytes within it */
	struct str bytes;      /* none, at offset 0: the exhibit is here, and some of it was not read */
	bool is_whole;         /* read from all of it, whose hash whoever says so has checked */
};

/* Everything is borrowed and must outlive the call. Order does not matter: the same set gives the same accounts, byte for byte. */
struct evidence {
	const struct verified_seal *seal;
	const struct registers *registers;
	const struct witnessed_statement *statements;
	size_t n_statements;
	const struct witnessed_report *reports; /* shown, never counted */
	size_t n_reports;
	const struct hash *
		elsewhere; /* notes of other letters that are at hand, sorted: who regards one regards nothing missing */
	size_t n_elsewhere;
	const struct exhibit_bytes *excerpts; /* what is here of the exhibits that reports name */
	size_t n_excerpts;
	const struct hash *damaged; /* exhibits that are here, and not what they were; sorted */
	size_t n_damaged;
	const struct acquaintance *acquaintances;
	size_t n_acquaintances;
	enum valise_bytes_verdict bytes;
	struct str bytes_note;                  /* why broken or partial; NULL */
	const struct disclosed_leaf *disclosed; /* one an index, in any order */
	size_t n_disclosed;
	const struct str *broken; /* a sentence for each item that did not verify; they make signatures_valid false */
	size_t n_broken;
	int64_t now_s;   /* only for what is past its answer-by */
	bool looks_back; /* the set is what was here at as_of_s, by the intake log of a spool */
	int64_t as_of_s;
	uint64_t n_set_back; /* items of that log that its clock dates before an earlier one */
	bool is_dossier;     /* "this dossier holds no statement by X" instead of "nothing has reached you" */
};

/* Reports stand by claimed time, then nth, then id. */
int report_order(const struct verified_report *a, const struct verified_report *b);

/* The one pure function that track, verify and the desk share. */
CHECKED int evidence_accounts(const struct evidence *e, struct valise_accounts **ret, struct valise_err *err);

#endif
