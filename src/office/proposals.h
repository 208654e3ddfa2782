/* SPDX-License-Identifier: Apache-2.0 */
/* Proposals out of accounts that are at hand. */
#ifndef OFFICE_PROPOSALS_H
#define OFFICE_PROPOSALS_H

#include "office/office.h"

/* Of one letter alone; borrows from its accounts. */
CHECKED int proposals_of(const struct valise_accounts *a, struct valise_proposals **ret, struct valise_err *err);

#endif
