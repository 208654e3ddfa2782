/* SPDX-License-Identifier: Apache-2.0 */
/* The list of letters as people and programs read it, and when offices were last heard of. */
#include "cli/show_list.h"

#include <inttypes.h>

#include "cli/moment.h"

#define PAGE 50u
#define LIMIT_MOST 1000000u

bool list_asked(const struct list_options *o)
{
	return o->from || o->to || o->ref || o->words || o->before || o->limit || o->unanswered || o->all ||
	       o->since.given || o->until.given;
}

/* Which letters, not how many of them. */
static bool is_filtered(const struct list_options *o)
{
	return o->from || o->to || o->ref || o->words || o->unanswered || o->since.given || o->until.given;
}

static int read_limit(struct cli *c, const char *text, size_t *ret)
{
	size_t n = 0;
	for (const char *at = text; *at; at++) {
		if (*at < '0' || *at > '9' || n > LIMIT_MOST)
			n = LIMIT_MOST + 1;
		else
			n = 10 * n + (size_t)(*at - '0');
	}
	if (n == 0 || n > LIMIT_MOST)
		return cli_fail(c, VALISE_E_USAGE, "--limit takes a number from 1 to %u, not %s", LIMIT_MOST,
				SHOW(text));
	*ret = n;
	return 0;
}

static int read_listing(struct cli *c, const struct list_options *o, struct valise_listing *ret)
{
	*ret = (struct valise_listing){
		.from = o->from,
		.to = o->to,
		.ref = o->ref,
		.unanswered = o->unanswered,
		.has_since = o->since.given,
		.since_s = o->since.at_s,
		.has_until = o->until.given,
		.until_s = o->until.at_s,
		.words = o->words,
		.before = o->before,
		.most = o->all ? 0 : PAGE,
	};
	if (o->all && o->limit)
		return cli_fail(c, VALISE_E_USAGE, "--all and --limit do not go together");
	return o->limit ? read_limit(c, o->limit, &ret->most) : 0;
}

/* ---- For people ---- */

static int list_text(void *context, const struct valise_letter_line *l)
{
	struct cli *c = context;
	progress_clear(&c->progress);
	printf("%s  %11s  ", l->short_id, moment_show_day(l->date_s).text);
	if (l->is_unread) {
		paint(c, PAINT_BROKEN, "damaged");
		puts("  on this machine's disk: `valise doctor` says what, and what to do");
		return ferror(stdout) ? cli_fail(c, VALISE_E_IO, "cannot write") : 0;
	}
	if (l->is_broken)
		paint(c, PAINT_BROKEN, "broken");
	else
		fputs(l->state, stdout);
	printf("  %s to %s", l->from, l->to);
	show_ref(stdout, l->ref);
	if (l->subject) {
		fputs(", subject ", stdout);
		show_quoted(stdout, l->subject);
	}
	fputs(l->is_whole || l->is_broken ? "" : "; not all of it is here", stdout);
	if (l->is_past)
		printf("; unanswered since %s", moment_show_day(l->answer_by_s).text);
	if (l->n_reported)
		printf("; %zu report%s, hearsay", l->n_reported, PLURAL(l->n_reported));
	putchar('\n');
	return ferror(stdout) ? cli_fail(c, VALISE_E_IO, "cannot write") : 0;
}

/* " (3 unopened, 1 unanswered)": what there is none of is left out. */
struct part_of_total {
	uint64_t n;
	const char *what;
};

static void show_total(const char *whose, uint64_t n, const struct part_of_total *parts, size_t n_parts)
{
	const char *before = " (";
	if (!n)
		return;
	printf(" %s: %" PRIu64, whose, n);
	for (size_t i = 0; i < n_parts; i++) {
		if (!parts[i].n)
			continue;
		printf("%s%" PRIu64 " %s", before, parts[i].n, parts[i].what);
		before = ", ";
	}
	fputs(*before == ',' ? ")." : ".", stdout);
}

static void show_totals(const struct valise_totals *t)
{
	const struct part_of_total own[] = {{t->own_unreceived, "not received by all"},
					    {t->own_unanswered, "unanswered"},
					    {t->own_past, "of them past the time asked for"}};
	const struct part_of_total for_us[] = {{t->for_us_unopened, "unopened"},
					       {t->for_us_unanswered, "unanswered"},
					       {t->for_us_past, "of them past the time asked for"}};
	if (!t->letters)
		return;
	printf("\n%" PRIu64 " letter%s, as far as is known here.", t->letters, PLURAL(t->letters));
	show_total("Yours", t->own, own, 3);
	show_total("For you", t->for_us, for_us, 3);
	show_total("Others'", t->others, NULL, 0);
	show_total("Damaged here", t->unread, NULL, 0);
	putchar('\n');
}

static void show_search(const struct valise_listed *l)
{
	if (!l->reads_subjects)
		puts("No reading key of your office is here: subjects were not looked at.");
	else if (l->n_closed_covers)
		printf("Of %" PRIu64 " letter%s the subject could not be read here.\n", l->n_closed_covers,
		       PLURAL(l->n_closed_covers));
}

static int print_list(struct cli *c, struct valise *v, const struct list_options *o, const struct valise_listing *l,
		      const struct look_back *back)
{
	struct valise_listed listed;
	struct valise_totals t = {0};
	show_look_back(back);
	int r = valise_letters(v, l, list_text, c, &listed, &c->err);
	progress_clear(&c->progress);
	if (r)
		return r;
	if (o->words)
		show_search(&listed);
	if (listed.more)
		printf("There are more: the same with --before %s.\n", listed.last_short);
	if (!is_filtered(o)) {
		(void)fflush(stdout); /* the page at once, whatever has to be counted */
		r = valise_totals(v, &t, &c->err);
		progress_clear(&c->progress);
		if (r)
			return r;
		show_totals(&t);
	}
	return listed.n_unread || t.unread ? cli_shown(c, VALISE_E_BAD) : 0;
}

/* ---- For programs ---- */

static int list_json(void *context, const struct valise_letter_line *l)
{
	struct cli *c = context;
	struct json *j = c->json;
	json_open_object(j, NULL);
	json_text(j, "letter", l->letter);
	json_text(j, "short", l->short_id);
	json_text(j, "from", l->from);
	json_text(j, "to", l->to);
	json_text(j, "ref", l->ref);
	json_text(j, "subject", l->subject);
	json_time(j, "date", true, l->date_s);
	json_bool(j, "is_own", l->is_own);
	json_bool(j, "is_for_us", l->is_for_us);
	json_bool(j, "is_whole", l->is_whole);
	json_bool(j, "is_broken", l->is_broken);
	json_bool(j, "is_unread", l->is_unread);
	json_text(j, "state", l->state);
	json_bool(j, "is_unanswered", l->is_unanswered);
	json_time(j, "answer_by", l->has_answer_by, l->answer_by_s);
	json_bool(j, "is_past", l->is_past);
	json_number(j, "reported", l->n_reported);
	json_text(j, "sentence", l->sentence);
	json_close(j);
	return json_goes_on(j) ? 0 : cli_fail(c, VALISE_E_IO, "cannot write");
}

static void json_totals(struct json *j, const struct valise_totals *t)
{
	json_open_object(j, "totals");
	json_number(j, "letters", t->letters);
	json_number(j, "own", t->own);
	json_number(j, "own_unreceived", t->own_unreceived);
	json_number(j, "own_unanswered", t->own_unanswered);
	json_number(j, "own_past", t->own_past);
	json_number(j, "for_us", t->for_us);
	json_number(j, "for_us_unopened", t->for_us_unopened);
	json_number(j, "for_us_unanswered", t->for_us_unanswered);
	json_number(j, "for_us_past", t->for_us_past);
	json_number(j, "others", t->others);
	json_number(j, "reported", t->reported);
	json_number(j, "unread", t->unread);
	json_close(j);
}

static int print_list_json(struct cli *c, struct valise *v, const struct list_options *o,
			   const struct valise_listing *l, const struct look_back *back)
{
	struct json *j = c->json;
	struct valise_listed listed;
	struct valise_totals t = {0};
	json_time(j, "as_of", back->as_of.given, back->as_of.at_s);
	json_open_list(j, "letters");
	int r = valise_letters(v, l, list_json, c, &listed, &c->err);
	json_close(j);
	if (!r && !is_filtered(o))
		r = valise_totals(v, &t, &c->err);
	progress_clear(&c->progress);
	if (r)
		return r;
	json_text(j, "next", listed.more ? listed.last : NULL);
	if (o->words) {
		json_bool(j, "reads_subjects", listed.reads_subjects);
		json_number(j, "closed_covers", listed.n_closed_covers);
	}
	if (is_filtered(o))
		json_text(j, "totals", NULL);
	else
		json_totals(j, &t);
	r = print_json(c);
	return !r && (listed.n_unread || t.unread) ? cli_shown(c, VALISE_E_BAD) : r;
}

int track_list(struct cli *c, struct valise *v, const struct list_options *o, const struct look_back *back)
{
	struct valise_listing l;
	int r = read_listing(c, o, &l);
	if (r)
		return r;
	return c->shared.json ? print_list_json(c, v, o, &l, back) : print_list(c, v, o, &l, back);
}

/* ---- When they were last heard of ---- */

struct hearing {
	struct cli *c;
	bool any_unread;
};

static int heard_text(void *context, const struct valise_heard *h)
{
	struct hearing *hearing = context;
	struct cli *c = hearing->c;
	hearing->any_unread |= h->is_unread;
	progress_clear(&c->progress);
	printf("%s: ", h->office);
	if (!h->any) {
		puts("nothing that it sealed or said is here");
	} else if (h->is_unread) {
		printf("in %s, which is damaged on this machine's disk: `valise doctor` says what, and what to do\n",
		       h->short_id);
	} else {
		printf("%s %s", h->says, h->short_id);
		show_ref(stdout, h->ref);
		printf(" on %s UTC (own clock)", moment_show(h->time_s).text);
		if (h->title) {
			fputs(", by ", stdout);
			show_quoted(stdout, h->title);
		}
		fputs(h->unattended ? " (unattended)" : "", stdout);
		printf("; here since %s UTC\n", moment_show(h->taken_in_s).text);
	}
	return ferror(stdout) ? cli_fail(c, VALISE_E_IO, "cannot write") : 0;
}

static int heard_json(void *context, const struct valise_heard *h)
{
	struct hearing *hearing = context;
	struct json *j = hearing->c->json;
	hearing->any_unread |= h->is_unread;
	json_open_object(j, NULL);
	json_text(j, "office", h->office);
	json_text(j, "office_id", h->office_id);
	json_text(j, "says", h->says);
	json_text(j, "note", h->note);
	json_text(j, "letter", h->letter);
	json_text(j, "short", h->short_id);
	json_text(j, "ref", h->ref);
	json_text(j, "title", h->title);
	json_bool(j, "is_unread", h->is_unread);
	json_bool(j, "unattended", h->unattended);
	json_time(j, "time", h->any, h->time_s);
	json_time(j, "taken_in", h->any, h->taken_in_s);
	json_close(j);
	return 0;
}

int track_heard(struct cli *c, struct valise *v, const char *const *offices, size_t n, const struct look_back *back)
{
	struct hearing hearing = {.c = c};
	struct json *j = c->json;
	int r;
	if (c->shared.json) {
		json_time(j, "as_of", back->as_of.given, back->as_of.at_s);
		json_open_list(j, "heard");
		r = valise_heard(v, offices, n, heard_json, &hearing, &c->err);
		json_close(j);
	} else {
		show_look_back(back);
		r = valise_heard(v, offices, n, heard_text, &hearing, &c->err);
	}
	progress_clear(&c->progress);
	if (!r && c->shared.json)
		r = print_json(c);
	else if (!r)
		tell(c, "Only what they signed themselves: what reports have of them is hearsay, and left out.");
	return !r && hearing.any_unread ? cli_shown(c, VALISE_E_BAD) : r;
}
