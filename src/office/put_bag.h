/* SPDX-License-Identifier: Apache-2.0 */
/* A bag that was just published, until it was read again from the medium and is on record. */
#ifndef OFFICE_PUT_BAG_H
#define OFFICE_PUT_BAG_H

#include "format/bag.h"
#include "office/body_root.h"
#include "office/write_bags.h"

struct put_bag {
	bool is_there; /* false: there is none, and every function does nothing */
	struct bag_name name;
	struct hashes items, letters; /* owned */
	struct hash audience;
	struct imprint imprint; /* of what was written; owned */
	uint64_t bytes;
	struct publication how;
	struct body file;           /* as others find it */
	struct body_reader *reader; /* NULL: it could not begin, or need not: the place confirmed no sync */
};
#define PUT_BAG_NONE \
	((struct put_bag){ \
		.file = BODY_NONE, \
	})

CHECKED int put_bag_begin(struct put_bag *b, const struct bag_place *place, struct valise_err *err);
/* Beside other work: reads on and compares as far as goes without waiting. */
CHECKED int put_bag_ahead(struct put_bag *b, struct valise_err *err);
/* Reads and compares the rest, records, and counts it in `place`. Where that fails, or is interrupted, the bag is taken away again: without
 * its row the next sync would put all that is in it once more. *b is PUT_BAG_NONE afterwards. */
CHECKED int put_bag_settle(struct put_bag *b, struct bag_place *place, struct valise_err *err);

#endif
