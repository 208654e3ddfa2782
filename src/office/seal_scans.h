/* SPDX-License-Identifier: Apache-2.0 */
/* The scans of a paper letter: read once and hashed, kept nowhere. */
#ifndef OFFICE_SEAL_SCANS_H
#define OFFICE_SEAL_SCANS_H

#include "format/cover.h"
#include "office/seal_parts.h"

/* ret_parts: plan->n of them, their names borrowed from the plan, their offsets counted one after the other. VALISE_E_USAGE for what is
 * no file. */
CHECKED int scans_hash(struct valise *v, const struct part_plan *plan, struct part *ret_parts, struct valise_err *err);

#endif
