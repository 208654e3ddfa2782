/* SPDX-License-Identifier: Apache-2.0 */
/* Accounts of a letter on standard output, for a person and for a program. */
#ifndef CLI_SHOW_ACCOUNTS_H
#define CLI_SHOW_ACCOUNTS_H

#include <valise/accounts.h>

#include "cli/json.h"

struct cli;

/* The sentence; the three verdicts; the table; what is reported; where accounts disagree; what this does not show. */
void show_accounts(const struct cli *c, const struct valise_accounts *a, bool is_dossier);
/* Hearsay, below and apart from the table: nothing where there is none. */
void show_reported(const struct cli *c, const struct valise_accounts *a);
/* A body, a note or an exhibit that is here is not what it was. */
bool accounts_broken(const struct valise_accounts *a);
/* As spec/json.md "accounts". */
void json_accounts(struct json *j, const char *key, const struct valise_accounts *a);

#endif
