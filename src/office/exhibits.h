/* SPDX-License-Identifier: Apache-2.0 */
/* Exhibits for the workflows: taken in from files, read with every byte checked, wherever their bytes are. */
#ifndef OFFICE_EXHIBITS_H
#define OFFICE_EXHIBITS_H

#include "office/office.h"
#include "spool/exhibits.h"

/* An exhibit whose bytes are those of its SHA-256, as of now. */
struct exhibit_source {
	struct hash id;
	struct body body;
	struct buf name; /* of its file, raw; empty: none */
};
#define EXHIBIT_SOURCE_NONE \
	{ \
		.body = BODY_NONE, .name = BUF_INIT(EXHIBIT_NAME_BYTES) \
	}
#define CLEAN_EXHIBIT_SOURCE CLEANUP(exhibit_source_release)
void exhibit_source_release(struct exhibit_source *s);

/* One that is here, by its id, by what a report says of it, and by what people type. VALISE_E_BAD when it was damaged; one that has
 * another size than the report says is not found, and not read. */
CHECKED int exhibit_source_of(struct valise *v, const struct hash *id, struct exhibit_source *ret,
			      struct valise_err *err);
CHECKED int exhibit_source_at(struct valise *v, const struct hash *id, uint64_t bytes, struct exhibit_source *ret,
			      struct valise_err *err);
CHECKED int exhibit_source_here(struct valise *v, const char *name, struct exhibit_source *ret, struct valise_err *err);
/* A whole id; else the file at that path, which is taken in unless `look`; else as exhibit_source_here. *ret_new: it was, and was not here. */
CHECKED int exhibit_source(struct valise *v, const char *name, bool look, struct exhibit_source *ret, bool *ret_new,
			   struct valise_err *err);

/* The file is durable and has its row when this returns; nothing is copied when its bytes are here. "-": standard input. `tag` (may be
 * NULL): its letter and note. */
CHECKED int exhibit_take_file(struct valise *v, const char *path, const struct exhibit_tag *tag,
			      struct exhibit_source *ret, bool *ret_new, struct valise_err *err);

/* Portions of a span, in order; non-zero stops. */
typedef int exhibit_portion(void *context, const uint8_t *data, size_t len);
CHECKED int exhibit_read(struct valise *v, const struct body *body, const struct valise_span *span, const char *doing,
			 exhibit_portion *each, void *context, struct valise_err *err);
/* VALISE_E_USAGE when the span is empty or does not end within the exhibit. */
CHECKED int exhibit_check_span(const struct body *body, const struct valise_span *span, struct valise_err *err);
/* So many bytes from there on as text that is safe to show: all of them, but for characters that the caller's own choice of an end cuts.
 * *ret_text is false, and nothing is appended, when they are no text. */
#define EXHIBIT_LINES 1u /* line breaks stay; otherwise they are spaces */
#define EXHIBIT_CUT_BEFORE 2u
#define EXHIBIT_CUT_AFTER 4u
CHECKED int exhibit_show(const struct body *body, const struct valise_span *span, unsigned how, struct buf *ret,
			 bool *ret_text, struct valise_err *err);

#endif
