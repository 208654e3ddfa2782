/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of a spool, and the steps that bring an older database to them. */
#ifndef SPOOL_SCHEMA_H
#define SPOOL_SCHEMA_H

#include "spool/db.h"

#define SCHEMA_APPLICATION_ID 0x56616c73 /* "Vals" */

/* schema_steps[v] is the SQL that makes version v + 1 out of version v; version 0 is an empty database. */
extern const char *const schema_steps[];
extern const size_t schema_version; /* of this program: how many steps there are */

/* What the database says it is. VALISE_E_BAD when it is no spool. 0: empty, a creation that was cut off. */
CHECKED int schema_look(struct db *db, uint64_t *ret_version, struct valise_err *err);
/* Brings it to version n_steps in one transaction. VALISE_E_FAILURE when it is newer than that. */
CHECKED int schema_migrate(struct db *db, const char *const *steps, size_t n_steps, struct valise_err *err);
/* The refusal of a newer database. */
int schema_too_new(const struct db *db, uint64_t version, struct valise_err *err);

#endif
