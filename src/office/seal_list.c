/* SPDX-License-Identifier: Apache-2.0 */
/* Many letters at once: every line of a list is checked, and told of, before one letter is sealed; then they are made on all processors and
 * committed in batches, each with the line that it came from. */
#include "format/seal_list.h"

#include "base/array.h"
#include "base/clock.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "format/cells.h"
#include "office/pipeline.h"
#include "office/sealing.h"
#include "spool/sealed_lines.h"

/* A letter of the list. */
struct entry {
	struct str text; /* borrowed from the list */
	size_t line;
	bool before; /* `letter` was sealed by an earlier run */
	bool done;   /* or by this one: it is in the spool, or in the open batch */
	struct hash letter;
};

/* A letter that is being made, on any thread. */
struct job {
	struct seal_row row;
	struct valise_letter letter;
	struct sealing sealing;
	struct entry *entry; /* NULL: the job is empty */
	int code;
	struct valise_err err;
};

struct listing {
	struct valise *v;
	const struct valise_seal_list *l;
	struct hash list; /* its digest */
	struct seal_columns columns;
	struct entry *entries;
	size_t n, cap;
	size_t n_before;
	uint64_t round;
	struct seal_desk desk;
	struct hash_index names; /* what was typed, by its digest, to the number of an office in the desk */
	size_t wrong;            /* lines */
	int first;               /* why the first of them is */
	struct pipeline *pipeline;
	struct job jobs[PIPELINE_JOBS_MAX];
	void *job_list[PIPELINE_JOBS_MAX];
	bool stopped; /* a letter was not finished: nothing after it is */
	/* The batch: entries from `told` on that are done. */
	bool is_open;
	size_t in_batch, told;
	uint64_t batch_bytes;
	int64_t began_ms;
	bool broken; /* it could not be written: it is not to be committed */
	size_t n_same_ref, n_sealed;
	uint64_t plain_bytes;
};

static void empty_job(struct job *j)
{
	if (!j->entry)
		return;
	sealing_release(&j->sealing);
	seal_row_release(&j->row);
	j->entry = NULL;
}

static void listing_release(struct listing *g)
{
	pipeline_free(g->pipeline); /* first: its threads are at the jobs */
	for (size_t i = 0; i < PIPELINE_JOBS_MAX; i++)
		empty_job(&g->jobs[i]);
	seal_desk_release(&g->desk);
	hash_index_release(&g->names);
	free(g->entries);
	free(g);
}

static void listing_releasep(struct listing **g)
{
	if (*g)
		listing_release(*g);
}

/* ---- The lines ---- */

static void tell_wrong(struct listing *g, size_t line, int code, const struct valise_err *why)
{
	g->l->wrong(g->l->context, line, why->text);
	if (g->wrong++ == 0)
		g->first = code;
}

/* Of an error that is this line's own, the others may be told of too. */
static bool is_of_the_line(int code)
{
	return code != VALISE_E_NOMEM && code != VALISE_E_INTERRUPTED;
}

static int add_entry(struct listing *g, struct str text, size_t line, struct valise_err *err)
{
	struct entry *grown = array_room(g->entries, g->n, &g->cap, sizeof *grown);
	if (!grown)
		return err_nomem(err);
	g->entries = grown;
	g->entries[g->n++] = (struct entry){.text = text, .line = line};
	return 0;
}

static int read_lines(struct listing *g, struct valise_err *err)
{
	static const struct str mark = STR("\xef\xbb\xbf"); /* as spreadsheets put it first */
	struct str rest = {g->l->bytes, g->l->len}, line;
	struct valise_err why = {0};
	int r = 0;
	if (str_starts(rest, mark))
		rest = (struct str){rest.at + mark.len, rest.len - mark.len};
	if (!cells_line(&rest, &line))
		return err_set(
			err, VALISE_E_USAGE,
			"the list is empty: its first line names the columns, and each further line is a letter");
	int code = seal_columns_parse(line, &g->columns, &why);
	if (code) {
		tell_wrong(g, 1, code, &why);
		return 0;
	}
	for (size_t n = 2; !r && cells_line(&rest, &line); n++)
		if (!cells_is_passed_over(line))
			r = add_entry(g, line, n, err);
	if (!r && !g->n)
		r = err_set(err, VALISE_E_USAGE,
			    "there is no letter in the list, only the names of columns: add a line for each");
	return r;
}

struct recall {
	struct listing *g;
	size_t next; /* entry; lines come in order */
};

static int recall_line(void *context, uint64_t line, const struct hash *letter)
{
	struct recall *recall = context;
	struct listing *g = recall->g;
	while (recall->next < g->n && g->entries[recall->next].line < line)
		recall->next++;
	if (recall->next < g->n && g->entries[recall->next].line == line) {
		struct entry *e = &g->entries[recall->next];
		e->before = e->done = true;
		e->letter = *letter;
		g->n_before++;
	}
	return 0;
}

/* What earlier runs have sealed of this list. */
static int recall_lines(struct listing *g, struct valise_err *err)
{
	struct recall recall = {.g = g};
	digest_once(g->l->bytes, g->l->len, &g->list);
	int r = sealed_lines_of(g->v->spool, &g->list, &g->round, recall_line, &recall, err);
	if (r)
		return r;
	bool whole = g->n && g->n_before == g->n;
	if (whole && g->l->again) {
		for (size_t i = 0; i < g->n; i++)
			g->entries[i].before = g->entries[i].done = false;
		g->n_before = 0;
	}
	if (!g->round || (whole && g->l->again))
		g->round++;
	return 0;
}

/* ---- Whom they go to ---- */

/* The number of an office by the name in the list, looked up once: letters go to those that were checked. */
static int find_office(struct listing *g, const char *typed, size_t *ret, struct valise_err *err)
{
	CLEAN_BUF struct buf name = BUF_INIT(LIMIT_FREE_TEXT_BYTES);
	struct hash key, office;
	digest_once(typed, strlen(typed), &key);
	if (hash_index_get(&g->names, &key, ret))
		return 0;
	int r = text_free_of(str_of(typed), "the office's name", &name, err);
	if (!r)
		r = office_find(g->v, (const char *)name.data, &office, err);
	if (!r)
		r = hashes_add(&g->desk.offices, &office, err);
	if (r)
		return r;
	(void)hashes_find(&g->desk.offices, &office, ret);
	return hash_index_put(&g->names, &key, *ret, err);
}

/* A line's letter: its words, and whom it goes to. The job is to be emptied, also on failure. */
static int begin_job(struct listing *g, struct job *j, struct entry *e, struct valise_err *err)
{
	j->entry = e;
	j->code = 0;
	sealing_init(&j->sealing, &g->desk, &j->letter);
	int r = seal_row_parse(&g->columns, e->text, &j->row, err);
	if (r)
		return r;
	j->letter = *g->l->common;
	j->letter.to = j->row.to;
	j->letter.n_to = j->row.n_to;
	j->letter.ref = j->row.ref;
	j->letter.subject = j->row.subject;
	j->letter.paths = j->row.paths;
	j->letter.n_paths = j->row.n_paths;
	for (size_t i = 0; i < j->row.n_to && !r; i++) {
		size_t number;
		r = find_office(g, j->row.to[i], &number, err);
		if (!r)
			r = hashes_add(&j->sealing.to, &g->desk.offices.at[number], err);
	}
	return r;
}

/* ---- The first pass: all is checked, and nothing changed ---- */

/* Once for whom all lines go to, and once, beside the open desk, for all else: only then is told what is wrong, in order. */
static int check_lines(struct listing *g, bool look, struct valise_err *err)
{
	struct job *j = &g->jobs[0];
	for (size_t i = 0; i < g->n; i++) {
		struct entry *e = &g->entries[i];
		struct valise_err why = {0};
		if (e->before)
			continue;
		int r = begin_job(g, j, e, &why);
		if (look && !r)
			r = sealing_look(&j->sealing, &why);
		if (look && !r) {
			g->plain_bytes += j->sealing.plan.bytes;
			g->n_same_ref += j->sealing.has_same_ref;
		}
		empty_job(j);
		if (r && is_of_the_line(r)) {
			if (look)
				tell_wrong(g, e->line, r, &why);
		} else if (r) {
			(void)err_prefix(&why, r, "line %zu", e->line);
			err_copy(err, &why);
			return r;
		}
		r = office_progress(g->v, "checking", 0, 0, err);
		if (r)
			return r;
	}
	return 0;
}

static int check_all(struct listing *g, struct valise_err *err)
{
	int r = g->wrong ? 0 : check_lines(g, false, err); /* its first line is wrong: it has no letters */
	if (!r)
		r = seal_desk_open(&g->desk, false, err);
	if (!r && !g->wrong)
		r = check_lines(g, true, err);
	if (!r && g->wrong)
		r = err_set(
			err, g->first,
			"%zu line%s of the list %s wrong, and nothing is sealed now: mend %s, and give the list again",
			g->wrong, g->wrong == 1 ? "" : "s", g->wrong == 1 ? "is" : "are",
			g->wrong == 1 ? "it" : "them");
	return r;
}

/* ---- Batches ---- */

/* The letters that are durable now, in order. */
static int tell_sealed(struct listing *g)
{
	int r = 0;
	while (!r && g->told < g->n && g->entries[g->told].done) {
		const struct entry *e = &g->entries[g->told++];
		struct hash_hex id = hash_hex(&e->letter);
		struct hash_short short_id = hash_short(&e->letter);
		struct valise_sealed_line line = {e->line, id.text, short_id.text, e->before};
		r = g->l->sealed(g->l->context, &line);
	}
	return r;
}

static int commit_batch(struct listing *g, struct valise_err *err)
{
	if (!g->is_open)
		return 0;
	g->is_open = false;
	int r = spool_commit(g->v->spool, err);
	if (r)
		return r;
	g->n_sealed += g->in_batch;
	g->in_batch = 0;
	return tell_sealed(g);
}

static int begin_batch(struct listing *g, struct valise_err *err)
{
	g->began_ms = clock_monotonic_ms();
	g->batch_bytes = 0;
	int r = spool_begin(g->v->spool, err);
	g->is_open = r == 0;
	return r;
}

static bool batch_is_full(const struct listing *g)
{
	return g->is_open && (g->in_batch >= LIMIT_BATCH_LETTERS || g->batch_bytes >= LIMIT_BATCH_BYTES ||
			      clock_monotonic_ms() - g->began_ms >= LIMIT_BATCH_MS);
}

/* Into the batch, with the line that it came from. */
static int put_letter(struct listing *g, struct job *j, struct valise_err *err)
{
	const struct hash *id = &j->sealing.verified->note.id;
	int r = g->is_open ? 0 : begin_batch(g, err);
	if (!r)
		r = sealing_put(&j->sealing, err);
	if (!r)
		r = sealed_line_put(g->v->spool, &g->list, g->round, j->entry->line, id, err);
	g->broken = r != 0;
	if (r)
		return r;
	j->entry->letter = *id;
	j->entry->done = true;
	g->in_batch++;
	g->batch_bytes += j->sealing.body.bytes;
	g->n_same_ref += j->sealing.has_same_ref;
	g->plain_bytes += stream_sealer_offset(j->sealing.sealer);
	return 0;
}

/* ---- The second pass ---- */

/* On any thread. A failure is the line's, and waits for its turn: what stands before it in the list is sealed. */
static int make_letter(void *context, void *job, struct valise_err *err)
{
	struct job *j = job;
	(void)context;
	(void)err;
	j->code = sealing_make(&j->sealing, &j->err);
	return 0;
}

static int finish_letter(void *context, void *job, struct valise_err *err)
{
	struct listing *g = context;
	struct job *j = job;
	int r = j->code;
	if (r)
		err_copy(err, &j->err);
	else
		r = put_letter(g, j, err);
	g->stopped = r != 0;
	if (r)
		(void)err_prefix(err, r, "line %zu", j->entry->line);
	empty_job(j);
	return r;
}

/* What takes long is made while no batch is open: nobody waits for the spool meanwhile. */
static int seal_alone(struct listing *g, struct job *j, struct valise_err *err)
{
	int r = pipeline_drain(g->pipeline, err);
	if (!r)
		r = commit_batch(g, err);
	if (!r)
		r = make_letter(g, j, err);
	return r ? r : finish_letter(g, j, err);
}

static int seal_entry(struct listing *g, struct entry *e, struct valise_err *err)
{
	void *free_job;
	int r = pipeline_job(g->pipeline, &free_job, err);
	if (r)
		return r;
	struct job *j = free_job;
	r = begin_job(g, j, e, err);
	if (!r)
		r = sealing_look(&j->sealing, err);
	if (r) {
		empty_job(j);
		return err_prefix(err, r, "line %zu", e->line);
	}
	if (j->sealing.plan.is_small)
		return pipeline_submit(g->pipeline, err);
	r = seal_alone(g, j, err);
	empty_job(j);
	return r ? r : commit_batch(g, err);
}

/* Between two batches nothing is under way: registers that came meanwhile count for the next. */
static int next_batch(struct listing *g, struct valise_err *err)
{
	int r = pipeline_drain(g->pipeline, err);
	if (!r)
		r = commit_batch(g, err);
	return r ? r : seal_desk_refresh(&g->desk, err);
}

static int seal_entries(struct listing *g, struct valise_err *err)
{
	int r = 0;
	for (size_t i = 0; i < g->n && !r; i++) {
		if (g->entries[i].done)
			continue;
		if (batch_is_full(g))
			r = next_batch(g, err);
		if (!r)
			r = office_progress(g->v, "sealing", 0, 0, err);
		if (!r)
			r = seal_entry(g, &g->entries[i], err);
	}
	return r ? r : pipeline_drain(g->pipeline, err);
}

static int start_pipeline(struct listing *g, struct valise_err *err)
{
	for (size_t i = 0; i < PIPELINE_JOBS_MAX; i++)
		g->job_list[i] = &g->jobs[i];
	struct pipeline_spec spec = {.jobs = g->job_list,
				     .n_jobs = pipeline_jobs_here(),
				     .context = g,
				     .work = make_letter,
				     .finish = finish_letter};
	return pipeline_new(&spec, &g->pipeline, err);
}

/* What was made before the failure is whole and is kept; a batch that could not be written is not. */
static int keep_what_is_done(struct listing *g, int code, struct valise_err *err)
{
	struct valise_err why = {0}, first = {0};
	err_copy(&why, err);
	if (g->pipeline && !g->stopped) {
		int r = pipeline_drain(g->pipeline, &first);
		if (r) { /* of a line that comes before */
			code = r;
			why = first;
		}
	}
	int r = g->broken ? VALISE_E_FAILURE : commit_batch(g, &first);
	if (r)
		spool_rollback(g->v->spool);
	if (!g->n_sealed && !g->n_before)
		return err_set(err, code, "%s", why.text);
	return err_set(
		err, code,
		"%s. %zu of %zu letters are sealed: give the list again as it is, and it goes on with the others; altered "
		"it is another list, of which every line is sealed",
		why.text, g->n_before + g->n_sealed, g->n);
}

static int seal_all(struct listing *g, struct valise_err *err)
{
	g->plain_bytes = g->n_same_ref = 0;
	int r = g->n_before < g->n ? seal_desk_unlock(&g->desk, err) : 0;
	if (r)
		return r;
	r = start_pipeline(g, err);
	if (!r)
		r = seal_entries(g, err);
	if (!r)
		r = commit_batch(g, err);
	return r ? keep_what_is_done(g, r, err) : tell_sealed(g);
}

/* ---- The result ---- */

struct list_result {
	struct valise_sealed_list pub; /* first: freed through it */
	char **unchecked;
};

void valise_sealed_list_free(struct valise_sealed_list *pub)
{
	struct list_result *res = (struct list_result *)pub;
	if (!res)
		return;
	for (size_t i = 0; i < pub->n_unchecked; i++)
		free(res->unchecked[i]);
	free(res->unchecked);
	free(res);
}

static int add_unchecked(struct listing *g, struct list_result *res, const struct hash *office, struct valise_err *err)
{
	CLEAN_BUF struct buf petname = BUF_INIT(LIMIT_FREE_TEXT_BYTES);
	CLEAN_BUF struct buf shown = BUF_INIT(LIMIT_FREE_TEXT_BYTES * 8);
	struct contact c = {0};
	int r = contact_get(g->v->spool, office, &c, &petname, err);
	if (r == VALISE_E_NOT_FOUND || (!r && c.checked))
		return 0;
	text_show(&shown, buf_str(&petname));
	if (!r)
		r = buf_check(&shown, "a name", err);
	if (!r)
		res->unchecked[res->pub.n_unchecked++] = (char *)buf_take(&shown, NULL);
	return r;
}

/* Before anything is sealed: nothing fails afterwards. */
static int begin_result(struct listing *g, struct list_result **ret, struct valise_err *err)
{
	struct list_result *res = calloc(1, sizeof *res);
	if (!res)
		return err_nomem(err);
	res->unchecked = calloc(g->desk.offices.n, sizeof *res->unchecked);
	int r = res->unchecked ? 0 : err_nomem(err);
	for (size_t i = 0; i < g->desk.offices.n && !r; i++)
		r = add_unchecked(g, res, &g->desk.offices.at[i], err);
	if (r) {
		valise_sealed_list_free(&res->pub);
		return r;
	}
	*ret = res;
	return 0;
}

static void end_result(const struct listing *g, struct list_result *res)
{
	res->pub.n_letters = g->n;
	res->pub.n_before = g->n_before;
	res->pub.n_same_ref = g->n_same_ref;
	res->pub.plain_bytes = g->plain_bytes;
	res->pub.unchecked = (const char *const *)res->unchecked;
}

/* ---- The workflow ---- */

static int begin(struct listing *g, struct valise_err *err)
{
	struct str bytes = {g->l->bytes, g->l->len};
	const struct valise_letter *common = g->l->common;
	if (bytes.len > VALISE_SEAL_LIST_BYTES || cells_count_lines(bytes) > LIMIT_SEAL_LIST_LINES)
		return err_set(err, VALISE_E_LIMIT, "a list has at most %u lines and %u bytes: make several of it",
			       LIMIT_SEAL_LIST_LINES, VALISE_SEAL_LIST_BYTES);
	if (common->n_to || common->subject || common->ref || common->n_paths || common->in_reply_to || common->paper)
		return err_set(
			err, VALISE_E_USAGE,
			"offices, subjects, references and files of a list stand in its lines, and paper in none");
	int r = seal_desk_init(&g->desk, g->v, err);
	if (!r)
		r = read_lines(g, err);
	return r ? r : recall_lines(g, err);
}

int valise_seal_from_list(struct valise *v, const struct valise_seal_list *l, struct valise_sealed_list **ret,
			  struct valise_err *err)
{
	CLEANUP(listing_releasep) struct listing *g = calloc(1, sizeof *g);
	struct list_result *res = NULL;
	if (!g)
		return err_nomem(err);
	g->v = v;
	g->l = l;
	int r = begin(g, err);
	if (!r)
		r = check_all(g, err);
	if (!r)
		r = begin_result(g, &res, err);
	if (!r && !l->common->dry_run)
		r = seal_all(g, err);
	if (r) {
		valise_sealed_list_free(res ? &res->pub : NULL);
		return r;
	}
	end_result(g, res);
	*ret = &res->pub;
	return 0;
}
