/* SPDX-License-Identifier: Apache-2.0 */
/* Statements: what one officer says about one letter, and the table of what can be said (spec/statement.md). */
#ifndef FORMAT_STATEMENT_H
#define FORMAT_STATEMENT_H

#include "base/limits.h"
#include "format/register.h"
#include "format/seal.h"

enum says {
	SAYS_HANDED,
	SAYS_CARRYING,
	SAYS_DELIVERED,
	SAYS_ATTEMPTED,
	SAYS_RECEIVED,
	SAYS_REFUSED,
	SAYS_OPENED,
	SAYS_DEFECT,
	SAYS_REVIEWED,
	SAYS_SERVICE_ACCEPTED,
	SAYS_SERVICE_DECLINED,
	SAYS_COMMENT,
	SAYS_NO_COMMENT,
	SAYS_CONVEYED,
	SAYS_PROPOSED,
	SAYS_AGREED,
	SAYS_HELD,
	SAYS_CALLED_OFF,
	SAYS_SUMMARY,
	SAYS_LOST,
	SAYS_DAMAGED,
	SAYS_RETURNED,
	SAYS_DESTROYED,
	SAYS_WITHDRAWN,
	SAYS_IDENTIFIED,
	SAYS_SEEN,
	SAYS_COUNT
};

/* Optional lines; which of them a row needs or may have. */
enum statement_field {
	FIELD_REGARDING = 1u << 0,
	FIELD_TO = 1u << 1,
	FIELD_MEDIUM = 1u << 2,
	FIELD_WHEN = 1u << 3,
	FIELD_REASON = 1u << 4,
	FIELD_TEXT = 1u << 5
};

/* Whose word counts; others are bystanders, shown apart. */
enum counts_from {
	COUNTS_FROM_SENDER,           /* the seal's `from` */
	COUNTS_FROM_RECIPIENT,        /* an office in `to` */
	COUNTS_FROM_HOLDER,           /* an office that a party handed to */
	COUNTS_FROM_RECIPIENT_HOLDER, /* either */
	COUNTS_FROM_PARTY,            /* sender, recipients, holders */
	COUNTS_FROM_ANYBODY
};

struct says_row {
	const char *name;       /* "service-accepted" */
	unsigned roles;         /* of enum role: any one of them may say it */
	unsigned needs, allows; /* of enum statement_field; allows includes needs */
	const char *reasons;    /* comma list of codes, NULL when there is no `reason` */
	enum counts_from counts;
	const char *means;         /* for help and for the question before signing */
	const char *means_paper;   /* of a paper letter; NULL: the same */
	const char *does_not_mean; /* NULL when the table has nothing there */
	unsigned needs_one_of;     /* of enum statement_field: at least one of them; 0 when nothing of the kind */
	bool not_of_paper;         /* it states something of bytes, so of a paper letter it is nobody's to say */
};
extern const struct says_row says_table[SAYS_COUNT];
/* False when there is no such row. */
CHECKED bool says_of(struct str name, enum says *ret);

struct statement {
	struct hash letter;
	enum says says;
	struct office_ref office;
	unsigned role; /* exactly one of enum role, never ROLE_MACHINE */
	uint64_t nth;
	int64_t time_s;
	struct hash regarding[LIMIT_REGARDING]; /* sorted */
	size_t n_regarding;
	bool has_to;
	struct hash to;
	struct str medium, when, reason; /* NULL when absent */
	struct str text[LIMIT_TEXT_LINES];
	size_t n_text;
	struct vkey by;
};
CHECKED int statement_parse(struct str text, struct statement *ret, struct valise_err *err);
CHECKED int statement_write(const struct statement *s, struct buf *ret_text, struct valise_err *err);
/* Whether it is an `identified` in the name of the seal's sender, of an office that is not the sender itself, of which every text
 * line is an addressee of that seal. Whoever seals a letter would otherwise confirm its receipt himself. */
bool statement_identifies(const struct statement *s, const struct seal *seal);

/* The only kind of statement that is shown or counted. */
struct verified_statement {
	struct note note;
	struct statement s;
};
CHECKED int statement_verify(const void *bytes, size_t len, struct verified_statement **ret, struct valise_err *err);
/* As seal_from_intake. */
CHECKED int statement_from_intake(const void *bytes, size_t len, struct verified_statement **ret,
				  struct valise_err *err);
/* Writes the statement and signs it, as seal_sign does. */
CHECKED int statement_sign(const struct statement *s, const struct ed25519_signer *signer,
			   struct verified_statement **ret, struct valise_err *err);
void verified_statement_free(struct verified_statement *v);
void verified_statement_freep(struct verified_statement **v);
#define CLEAN_STATEMENT CLEANUP(verified_statement_freep)

#endif
