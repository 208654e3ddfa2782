/* SPDX-License-Identifier: Apache-2.0 */
/* Reads and writes requests (spec/request.md). */
#include "format/request.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "format/line.h"

/* Everything but that the text is the only one for these values. */
static int read_request(struct str text, struct request *q, struct valise_err *err)
{
	struct note_reader r;
	struct str v;
	if (text.len > LIMIT_REQUEST_BYTES)
		return err_set(err, VALISE_E_BAD, "the request is longer than %u bytes", LIMIT_REQUEST_BYTES);
	note_reader_init(&r, text, note_kinds[NOTE_REQUEST].first_line, err);
	line_time(&r, "time", &q->time_s);
	line_free_text(&r, "title", &q->title);
	if (note_required(&r, "roles", &v) && (!roles_parse(v, &q->roles) || q->roles == ROLE_MACHINE))
		(void)note_bad(&r, "roles", "is not a list of roles in their order, or is machine alone");
	if (note_required(&r, "recipient", &v)) {
		if (!str_eq(v, STR("-")))
			q->recipient = v;
		if (!recipient_fits(q->recipient, q->roles))
			(void)note_bad(&r, "recipient", "is not an age recipient, or does not fit the roles");
	}
	line_signer(&r, &q->by);
	return note_reader_end(&r);
}

static int put_request(const struct request *q, struct buf *b, struct valise_err *err)
{
	struct line_writer w = {.b = b, .what = "the request", .err = err};
	buf_addf(b, "%s\n", note_kinds[NOTE_REQUEST].first_line);
	line_put_time(&w, "time", q->time_s);
	line_put_free_text(&w, "title", q->title);
	buf_add_text(b, "roles ");
	roles_write(b, q->roles);
	buf_add_text(b, "\nrecipient ");
	buf_add_str(b, q->recipient.at ? q->recipient : STR("-"));
	buf_add_char(b, '\n');
	line_put_vkey(&w, "by", &q->by);
	return line_writer_end(&w);
}

int request_parse(struct str text, struct request *ret, struct valise_err *err)
{
	struct request q = {0};
	CLEAN_BUF struct buf again = BUF_INIT(LIMIT_REQUEST_BYTES);
	int r = read_request(text, &q, err);
	if (!r)
		r = put_request(&q, &again, err);
	if (!r)
		r = line_same(&again, text, "the request", err);
	if (!r)
		*ret = q;
	return r;
}

int request_write(const struct request *q, struct buf *ret_text, struct valise_err *err)
{
	CLEAN_BUF struct buf b = BUF_INIT(LIMIT_REQUEST_BYTES);
	struct request again = {0};
	int r = put_request(q, &b, err);
	if (r)
		return r;
	r = read_request(buf_str(&b), &again, err);
	if (r)
		return line_usage(r, "the request cannot be written", err);
	buf_add_str(ret_text, buf_str(&b));
	return buf_check(ret_text, "the request", err);
}

int request_verify(const void *bytes, size_t len, struct verified_request **ret, struct valise_err *err)
{
	CLEAN_REQUEST struct verified_request *v = calloc(1, sizeof *v);
	if (!v)
		return err_nomem(err);
	int r = note_split(bytes, len, &v->note, err);
	if (!r)
		r = request_parse(v->note.text, &v->r, err);
	if (!r)
		r = note_verify(&v->note, err);
	if (!r)
		*ret = TAKE(v);
	return r;
}

void verified_request_free(struct verified_request *v)
{
	if (!v)
		return;
	note_release(&v->note);
	free(v);
}

void verified_request_freep(struct verified_request **v)
{
	verified_request_free(*v);
}
