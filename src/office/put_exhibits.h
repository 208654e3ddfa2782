/* SPDX-License-Identifier: Apache-2.0 */
/* Reports, and the exhibits that they point at, into the bags of the letters that they are about: only when that is asked for. */
#ifndef OFFICE_PUT_EXHIBITS_H
#define OFFICE_PUT_EXHIBITS_H

#include "office/write_bags.h"

/* The reports first, then the exhibits, as far as these are here; those that are damaged are added to the place's list. */
CHECKED int put_reports(struct bag_group *g, struct bag_place *place, const struct gathered *letter, bool *ret_put,
			struct valise_err *err);
CHECKED int put_exhibits(struct bag_group *g, struct bag_place *place, const struct gathered *letter, bool *ret_put,
			 struct valise_err *err);

/* How many records an exhibit of that size goes in. */
uint32_t exhibit_records(uint64_t bytes);
/* As a bag's list of items names a record of an exhibit: whoever loses one bag of several loses no more than that. */
struct hash exhibit_record_item(const struct hash *exhibit, uint32_t at);

#endif
