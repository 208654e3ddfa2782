/* SPDX-License-Identifier: Apache-2.0 */
/* Checked pieces of a body that comes, written by another thread while the next are read and checked. */
#ifndef OFFICE_PIECE_WRITER_H
#define OFFICE_PIECE_WRITER_H

#include "format/bag.h"
#include "spool/bodies.h"

struct piece_writer;
/* `to` must outlive the writer, and takes no piece but through it. */
CHECKED int piece_writer_new(struct body_intake *to, struct piece_writer **ret, struct valise_err *err);
/* A record that is a piece, out of the reader that has just handed it on: taken as it lies where that can be, otherwise copied. It counts
 * only after piece_writer_settle and body_intake_sync. */
CHECKED int piece_writer_put(struct piece_writer *w, struct bag_reader *from, const struct bag_record *rec,
			     struct valise_err *err);
/* Until everything put is written. */
CHECKED int piece_writer_settle(struct piece_writer *w, struct valise_err *err);
void piece_writer_free(struct piece_writer *w);
void piece_writer_freep(struct piece_writer **w);
#define CLEAN_PIECE_WRITER CLEANUP(piece_writer_freep)

#endif
