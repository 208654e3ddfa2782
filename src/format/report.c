/* SPDX-License-Identifier: Apache-2.0 */
/* Reads and writes reports (spec/report.md). */
#include "format/report.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/cursor.h"
#include "base/text.h"
#include "format/line.h"

static bool says_is_known(struct str s)
{
	enum says says;
	return str_eq(s, STR("other")) || says_of(s, &says);
}

static void read_speaker(struct note_reader *r, struct str *room, struct report *p)
{
	struct str v;
	if (note_required(r, "says", &v) && !says_is_known(v))
		(void)note_bad(r, "says", "is neither a word of the statements' table nor other");
	p->says = v;
	line_free_text(r, "speaker", &p->speaker);
	line_optional_hash(r, "speaker-office", &p->has_speaker_office, &p->speaker_office);
	line_optional_free_text(r, "speaker-addressee", &p->speaker_addressee);
	if (p->has_speaker_office && p->speaker_addressee.at)
		(void)note_bad(r, "speaker-addressee", "may not stand beside `speaker-office`");
	line_optional_free_text(r, "of", &p->of);
	size_t n = line_count(r, "via");
	if (n > LIMIT_REPORT_VIA) {
		(void)note_bad(r, "via", "stands in more than 16 lines from here on");
		return;
	}
	p->via = room;
	while (p->n_via < n)
		line_free_text(r, "via", &room[p->n_via++]);
	line_free_text(r, "verb", &p->verb);
}

static void read_when(struct note_reader *r, struct report *p)
{
	line_optional_free_text(r, "medium", &p->medium);
	line_optional_free_text(r, "carriage", &p->carriage);
	line_optional_free_text(r, "when", &p->when);
	struct str v, from;
	if (!note_optional(r, "resolved", &v))
		return;
	p->has_resolved = true;
	if (!str_word(&v, &from) || !text_time(from, &p->resolved_from_s) || !text_time(v, &p->resolved_to_s) ||
	    p->resolved_from_s > p->resolved_to_s)
		(void)note_bad(r, "resolved", "is not two times, the earlier first");
	if (!p->when.at)
		(void)note_bad(r, "resolved", "may stand only after `when`, whose reading it is");
}

static bool span_parse(struct str v, struct report_span *ret)
{
	struct report_span s;
	struct str exhibit, size, offset;
	if (!str_word(&v, &exhibit) || !str_word(&v, &size) || !str_word(&v, &offset))
		return false;
	if (!hash_parse(exhibit, &s.exhibit) || !text_decimal(size, LIMIT_EXHIBIT_BYTES, &s.exhibit_bytes) ||
	    !text_decimal(offset, LIMIT_EXHIBIT_BYTES, &s.offset) || !text_decimal(v, LIMIT_EXHIBIT_BYTES, &s.length))
		return false;
	if (s.length == 0 || s.offset + s.length > s.exhibit_bytes)
		return false;
	*ret = s;
	return true;
}

static void read_spans(struct note_reader *r, struct report_span *room, struct report *p)
{
	size_t n = line_count(r, "exhibit");
	struct str v, previous = {0};
	if (n == 0)
		(void)note_required(r, "exhibit", &v);
	if (n > LIMIT_REPORT_SPANS)
		(void)note_bad(r, "exhibit", "stands in more than 64 lines from here on");
	p->spans = room;
	while (p->n_spans < n && note_required(r, "exhibit", &v)) {
		if (!span_parse(v, &room[p->n_spans++]))
			(void)note_bad(r, "exhibit", "is not a SHA-256 value, a size, and a span within it");
		line_sorted(r, "exhibit", &previous, v);
	}
	line_optional_free_text(r, "where", &p->where);
	if (note_required(r, "quoted", &v)) {
		p->quoted = str_eq(v, STR("yes"));
		if (!p->quoted && !str_eq(v, STR("no")))
			(void)note_bad(r, "quoted", "is neither yes nor no");
	}
}

/* Everything but that the text is the only one for these values. */
static int read_report(struct str text, struct report_room *room, struct report *p, struct valise_err *err)
{
	if (text.len > LIMIT_REPORT_BYTES)
		return err_set(err, VALISE_E_BAD, "the report is longer than %u bytes", LIMIT_REPORT_BYTES);
	struct note_reader r;
	note_reader_init(&r, text, note_kinds[NOTE_REPORT].first_line, err);
	line_hash(&r, "letter", &p->letter);
	read_speaker(&r, room->via, p);
	read_when(&r, p);
	p->regarding = room->regarding;
	line_regarding(&r, room->regarding, &p->n_regarding);
	read_spans(&r, room->spans, p);
	line_office(&r, "office", &p->office);
	line_role(&r, &p->role);
	line_decimal(&r, "nth", 1, LIMIT_NTH, &p->nth);
	line_time(&r, "time", &p->time_s);
	line_signer(&r, &p->by);
	return note_reader_end(&r);
}

static void put_spans(struct line_writer *w, const struct report *p)
{
	CLEAN_BUF struct buf lines = BUF_INIT(LIMIT_REPORT_BYTES);
	for (size_t i = 0; i < p->n_spans; i++) {
		const struct report_span *s = &p->spans[i];
		buf_addf(&lines, "exhibit %s %" PRIu64 " %" PRIu64 " %" PRIu64 "\n", hash_hex(&s->exhibit).text,
			 s->exhibit_bytes, s->offset, s->length);
	}
	line_put_sorted(w, &lines, '\0', '\n');
	line_put_optional_free_text(w, "where", p->where);
	line_put_text(w, "quoted", p->quoted ? "yes" : "no");
}

static void put_resolved(struct line_writer *w, const struct report *p)
{
	if (p->resolved_from_s < 0 || p->resolved_to_s > TIME_MAX_S || p->resolved_from_s > p->resolved_to_s)
		line_put_bad(w, "resolved", "is not two times between 1970 and 9999, the earlier first");
	buf_addf(w->b, "resolved %s %s\n", time_text(p->resolved_from_s).text, time_text(p->resolved_to_s).text);
}

static int put_report(const struct report *p, struct buf *b, struct valise_err *err)
{
	struct line_writer w = {.b = b, .what = "the report", .err = err};
	if (!says_is_known(p->says) || p->n_via > LIMIT_REPORT_VIA || p->n_spans > LIMIT_REPORT_SPANS) {
		line_put_bad(
			&w, "says",
			"is no word of the table, or there are more `via` or `exhibit` lines than a report may have");
		return w.code;
	}
	buf_addf(b, "%s\n", note_kinds[NOTE_REPORT].first_line);
	line_put_hash(&w, "letter", &p->letter);
	line_put_free_text(&w, "says", p->says);
	line_put_free_text(&w, "speaker", p->speaker);
	if (p->has_speaker_office)
		line_put_hash(&w, "speaker-office", &p->speaker_office);
	line_put_optional_free_text(&w, "speaker-addressee", p->speaker_addressee);
	line_put_optional_free_text(&w, "of", p->of);
	for (size_t i = 0; i < p->n_via; i++)
		line_put_free_text(&w, "via", p->via[i]);
	line_put_free_text(&w, "verb", p->verb);
	line_put_optional_free_text(&w, "medium", p->medium);
	line_put_optional_free_text(&w, "carriage", p->carriage);
	line_put_optional_free_text(&w, "when", p->when);
	if (p->has_resolved)
		put_resolved(&w, p);
	line_put_regarding(&w, p->regarding, p->n_regarding);
	put_spans(&w, p);
	line_put_office(&w, "office", &p->office);
	line_put_role(&w, p->role);
	line_put_decimal(&w, "nth", p->nth);
	line_put_time(&w, "time", p->time_s);
	line_put_vkey(&w, "by", &p->by);
	return line_writer_end(&w);
}

int report_parse(struct str text, struct report_room *room, struct report *ret, struct valise_err *err)
{
	struct report p = {0};
	int r = read_report(text, room, &p, err);
	if (r)
		return r;
	CLEAN_BUF struct buf again = BUF_INIT(LIMIT_REPORT_BYTES);
	r = put_report(&p, &again, err);
	if (!r)
		r = line_same(&again, text, "the report", err);
	if (r)
		return r;
	*ret = p;
	return 0;
}

int report_write(const struct report *p, struct buf *ret_text, struct valise_err *err)
{
	CLEAN_BUF struct buf b = BUF_INIT(LIMIT_REPORT_BYTES);
	int r = put_report(p, &b, err);
	if (r)
		return r;
	struct report_room room;
	struct report again = {0};
	r = read_report(buf_str(&b), &room, &again, err);
	if (r)
		return line_usage(r, "the report cannot be written", err);
	buf_add_str(ret_text, buf_str(&b));
	return buf_check(ret_text, "the report", err);
}

/* One allocation for the report and its lists; takes the note. */
static int keep_report(struct note *note, const struct report *p, struct verified_report **ret, struct valise_err *err)
{
	size_t spans = p->n_spans * sizeof *p->spans, via = p->n_via * sizeof *p->via;
	size_t regarding = p->n_regarding * sizeof *p->regarding;
	struct verified_report *v = malloc(sizeof *v + spans + via + regarding);
	if (!v)
		return err_nomem(err);
	char *at = (char *)(v + 1);
	*v = (struct verified_report){*note, *p};
	v->r.spans = memcpy(at, p->spans, spans);
	v->r.via = memcpy(at + spans, p->via, via);
	v->r.regarding = memcpy(at + spans + via, p->regarding, regarding);
	*note = (struct note){0};
	*ret = v;
	return 0;
}

static int load_report(const void *bytes, size_t len, bool verify, struct verified_report **ret, struct valise_err *err)
{
	CLEAN_NOTE struct note note = {0};
	struct report_room room;
	struct report p;
	int r = note_split(bytes, len, &note, err);
	if (!r)
		r = report_parse(note.text, &room, &p, err);
	if (!r && verify)
		r = note_verify(&note, err);
	return r ? r : keep_report(&note, &p, ret, err);
}

int report_verify(const void *bytes, size_t len, struct verified_report **ret, struct valise_err *err)
{
	return load_report(bytes, len, true, ret, err);
}

int report_from_intake(const void *bytes, size_t len, struct verified_report **ret, struct valise_err *err)
{
	return load_report(bytes, len, false, ret, err);
}

void verified_report_free(struct verified_report *v)
{
	if (!v)
		return;
	note_release(&v->note);
	free(v);
}

void verified_report_freep(struct verified_report **v)
{
	verified_report_free(*v);
}
