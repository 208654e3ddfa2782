/* SPDX-License-Identifier: Apache-2.0 */
/* Reports, and the exhibits that they point at, into the bags of the letters that they are about: only when that is asked for. */
#ifndef OFFICE_PUT_EXHIBITS_H
#define OFFICE_PUT_EXHIBITS_H

#include "office/write_bags.h"

/* The offices whose registers go with a letter: all that its seal and its statements name, and, when its reports go too, those that filed
 * them. Who else files reports is nobody's business. */
CHECKED int put_concerned(const struct gathered *letter, bool reports, struct hashes *ret, struct valise_err *err);
/* The reports first, then the exhibits, as far as these are here. On failure *ret_lost tells that one that is here was damaged. */
CHECKED int put_reports(struct bag_group *g, const struct gathered *letter, bool *ret_put, struct valise_err *err);
CHECKED int put_exhibits(struct bag_group *g, const struct gathered *letter, bool *ret_put, bool *ret_lost,
			 struct valise_err *err);

#endif
