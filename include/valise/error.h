/* SPDX-License-Identifier: Apache-2.0 */
/* What went wrong, to which thing, and what to do next: the one error type of the library and of everything below it. */
#ifndef VALISE_ERROR_H
#define VALISE_ERROR_H

/* Every fallible function returns 0 or one of these. The text for a person is in the caller's struct valise_err. */
enum valise_error {
	VALISE_E_FAILURE = -1,      /* nothing more exact fits */
	VALISE_E_USAGE = -2,        /* the caller asked for something that makes no sense */
	VALISE_E_UNMET = -3,        /* sound, but what was required does not stand */
	VALISE_E_BAD = -4,          /* bytes from outside are malformed, altered, or badly signed */
	VALISE_E_UNKNOWN = -5,      /* sound, but the signer is not known to this spool */
	VALISE_E_NO_OFFICE = -10,   /* there is no office in this spool directory */
	VALISE_E_LOCKED = -11,      /* a key is needed, and no or a wrong passphrase was given */
	VALISE_E_NOMEM = -20,       /* an allocation failed */
	VALISE_E_IO = -21,          /* the system refused a read or write */
	VALISE_E_FULL = -22,        /* no space left where something should be written */
	VALISE_E_READ_ONLY = -23,   /* the spool or filesystem cannot be written */
	VALISE_E_NOT_FOUND = -24,   /* nothing here has that name */
	VALISE_E_AMBIGUOUS = -25,   /* several things here have that prefix */
	VALISE_E_NOT_ALLOWED = -26, /* no key here has the role that this takes */
	VALISE_E_EXISTS = -27,      /* it is there already */
	VALISE_E_LIMIT = -28,       /* more than a limit allows, which the text names */
	VALISE_E_BUSY = -29,        /* another process holds what this one needs */
	VALISE_E_CHANGED = -30,     /* a file changed while it was read */
	VALISE_E_INTERRUPTED = -130 /* a signal or the caller's progress callback asked to stop */
};

#define VALISE_ERR_TEXT_BYTES 1024

/* Owned by the caller; the last parameter of every fallible function; NULL where the caller wants no text.
 * It means something only after a failure; after one that a function of the caller's own returned, what that put there. The text
 * is one or more sentences of UTF-8 with every byte from outside escaped. */
struct valise_err {
	int code;
	char text[VALISE_ERR_TEXT_BYTES];
};

#endif
