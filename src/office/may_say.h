/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a statement is our office's to make of a letter, by the letter's seal: refused before anybody is asked to sign it. */
#ifndef OFFICE_MAY_SAY_H
#define OFFICE_MAY_SAY_H

#include "office/office.h"

/* What is the sender's or a recipient's to say, by them alone. VALISE_E_NOT_ALLOWED. */
CHECKED int may_say_party(struct valise *v, const struct statement *s, const char *short_id,
			  const struct verified_seal *seal, struct valise_err *err);
/* Of paper no program can say what it says of bytes; and whom an addressee is taken to be, is said of an addressee.
 * VALISE_E_NOT_ALLOWED, VALISE_E_USAGE. */
CHECKED int may_say_paper(const struct statement *s, const char *short_id, const struct verified_seal *seal,
			  struct valise_err *err);

#endif
