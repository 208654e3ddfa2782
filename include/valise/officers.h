/* SPDX-License-Identifier: Apache-2.0 */
/* Officers and cards: who may speak for an office, on which machines, and what others know of it. Conventions are those of valise.h. */
#ifndef VALISE_OFFICERS_H
#define VALISE_OFFICERS_H

#include <valise/accounts.h>
#include <valise/error.h>
#include <valise/visibility.h>

VALISE_BEGIN_C

struct valise;        /* an open spool: valise.h */
struct valise_caller; /* what the library asks of its caller: valise.h */

/* ---- Officers and cards ---- */

struct valise_officer {
	const char *key;       /* C2SP verifier key */
	const char *title;     /* as the next, of the register: own words */
	const char *roles;     /* "clerk,courier" */
	const char *recipient; /* age recipient; NULL: none */
	bool has_until;
	int64_t until_s;
	bool dismissed;
	int64_t dismissed_s; /* of a dismissed one, by the clock of its office, as the next */
	const char *reason;  /* NULL: not dismissed */
	bool is_here;        /* its secret key is in this spool */
};
struct valise_office {
	struct valise_office_view view;
	const char *head; /* id of the newest entry */
	uint64_t entries;
	int64_t since_s;                       /* time of entry 0, own clock */
	const struct valise_officer *officers; /* all that ever were, in order of appointment */
	size_t n_officers;
};
VALISE_PUBLIC void valise_office_free(struct valise_office *o);

struct valise_appointment {
	const char *title;
	const char *
		roles; /* some of principal,clerk,reader,courier,spokesperson,machine, each once; at least one besides machine */
	bool has_until;
	int64_t until_s;
	bool no_passphrase;
	const char *reading_identity; /* as in struct valise_founding */
	/* The request that the officer's own machine made: its key is appointed, and none is made here. Title and roles may then be NULL:
	 * as it asks for. NULL: the key is made here. */
	const void *request;
	size_t request_len;
	const char *digits; /* read out by whoever made it, as typed; NULL: nobody compared them */
	bool dry_run;
};
/* Appoints an officer: the register entry, signed by the keeper's key of this spool, and, without a request, the officer's key.
 * VALISE_E_BAD when the request or its digits are not sound, VALISE_E_EXISTS when its key is in the register already. *ret_key (may be
 * NULL): the verifier key, freed by free(). */
VALISE_CHECKED int valise_officer_add(struct valise *v, const struct valise_appointment *a, char **ret_key,
				      struct valise_err *err);
/* The register entry that ends the appointment, from now on, of an officer in standing; takes the keeper's key. `officer`: a title, or four
 * or more of the first characters of the key or of its name. `reason`: free text. dry_run: checks everything, changes nothing. */
VALISE_CHECKED int valise_officer_dismiss(struct valise *v, const char *officer, const char *reason, bool dry_run,
					  struct valise_err *err);
/* Our own office (`name` NULL), or another whose register is here, as its newest entry has it. */
VALISE_CHECKED int valise_office(struct valise *v, const char *name, struct valise_office **ret,
				 struct valise_err *err);

/* The card of our own office (`name` NULL), or of another: *ret is *ret_len bytes of text, freed by free(). */
VALISE_CHECKED int valise_card_export(struct valise *v, const char *name, char **ret, size_t *ret_len,
				      struct valise_err *err);
/* Reads a card without taking it: whose it is. Works without a spool (v NULL). VALISE_E_BAD when it is no card, or holds an entry that is
 * not properly signed. */
VALISE_CHECKED int valise_card_look(struct valise *v, const void *card, size_t len, struct valise_office **ret,
				    struct valise_err *err);
/* Takes it in under a name of yours (NULL: what it calls itself); a newer card of an office that is here extends what is here, also of our
 * own, which takes neither name nor digits. `digits` (spaces allowed) from the paper card, or the text of its scanned code, VALISE:...:
 * VALISE_E_BAD when they do not match, nothing is kept; NULL: kept as unchecked. VALISE_E_EXISTS when you call another office by that name.
 * *ret (may be NULL): the office as it is then. */
VALISE_CHECKED int valise_card_add(struct valise *v, const void *card, size_t len, const char *petname,
				   const char *digits, struct valise_office **ret, struct valise_err *err);
/* Calls back for each office that you named, by that name. */
VALISE_CHECKED int valise_card_each(struct valise *v, int (*each)(void *context, const struct valise_office *o),
				    void *context, struct valise_err *err);

/* ---- Officers on their own machines ---- */

/* A key that was made on an officer's own machine, and what it asks a keeper to appoint it to (spec/request.md). */
struct valise_request {
	const char *digits; /* 30: to be read out to the keeper by voice */
	const char *key, *title, *roles;
	const char *recipient; /* NULL: none */
	int64_t time_s;        /* the machine's own clock */
	const char *bytes;     /* the request itself */
	size_t len;
	bool is_new; /* made by this call */
};
struct valise_wish {
	const char *title, *roles; /* both NULL: the request that waits is asked for once more */
	bool no_passphrase;
	const char *reading_identity; /* as in struct valise_founding; only where the roles have a use for one */
	bool dry_run;                 /* *ret stays untouched */
};
/* Makes the key, durably, in the spool of `dir`, which is made where there is none, and the request. While one waits to be appointed it
 * is that one; VALISE_E_EXISTS when another title or other roles are wished for. */
VALISE_CHECKED int valise_request_make(const char *dir, const struct valise_wish *w, const struct valise_caller *caller,
				       struct valise_request **ret, struct valise_err *err);
/* The one that waits there. VALISE_E_NOT_FOUND. */
VALISE_CHECKED int valise_request_waiting(const char *dir, struct valise_request **ret, struct valise_err *err);
/* Forgets it, and its key with it. VALISE_E_NOT_FOUND. */
VALISE_CHECKED int valise_request_withdraw(const char *dir, struct valise_err *err);
/* Reads one, without a spool: VALISE_E_BAD when it is not sound. */
VALISE_CHECKED int valise_request_look(const void *bytes, size_t len, struct valise_request **ret,
				       struct valise_err *err);
VALISE_PUBLIC void valise_request_free(struct valise_request *r);
/* The spool of `dir`, which has no office yet, becomes one of the office whose card appoints the key that waits there; *ret is then open
 * for writing. VALISE_E_NOT_ALLOWED when the card does not. `digits` as in valise_card_add; NULL: unchecked. */
VALISE_CHECKED int valise_join(const char *dir, const void *card, size_t len, const char *digits,
			       const struct valise_caller *caller, struct valise **ret, struct valise_err *err);

VALISE_END_C

#endif
