/* SPDX-License-Identifier: Apache-2.0 */
/* valise seal --from-list: wrong lines are told of, and each letter once it is durable. */
#include "cli/seal_list.h"

#include "cli/files.h"
#include "cli/show.h"
#include "cli/wrong_lines.h"

struct telling {
	struct cli *c;
	bool any; /* was told of */
};

static void tell_wrong(void *context, size_t line, const char *text)
{
	struct telling *t = context;
	wrong_line(t->c, line, text);
}

static int tell_sealed(void *context, const struct valise_sealed_line *line)
{
	struct telling *t = context;
	struct json *j = t->c->json;
	if (!t->any)
		json_open_list(j, "letters");
	t->any = true;
	if (!j) { /* as soon as it is so: whoever reads a file of them after a kill has all of them */
		puts(line->letter);
		(void)fflush(stdout);
		return 0;
	}
	json_open_object(j, NULL);
	json_number(j, "line", line->line);
	json_text(j, "letter", line->letter);
	json_text(j, "short", line->short_id);
	json_bool(j, "before", line->before);
	json_close(j);
	return 0;
}

static int show_json(struct telling *t, const struct valise_sealed_list *s)
{
	struct json *j = t->c->json;
	if (!t->any)
		json_open_list(j, "letters");
	json_close(j);
	json_bool(j, "dry_run", t->c->shared.dry_run);
	json_number(j, "lines", s->n_letters);
	json_number(j, "before", s->n_before);
	json_number(j, "plain_bytes", s->plain_bytes);
	json_number(j, "same_ref", s->n_same_ref);
	json_texts(j, "unchecked", s->unchecked, s->n_unchecked);
	return print_json(t->c);
}

static void show(struct cli *c, const struct valise_sealed_list *s)
{
	size_t n = s->n_letters - s->n_before;
	for (size_t i = 0; i < s->n_unchecked && n; i++)
		warn(c, "the card of %s came as a file only, and its digits were never checked", s->unchecked[i]);
	if (s->n_same_ref)
		warn(c, "%zu reference%s also that of a letter that you sealed before: name each by its id",
		     s->n_same_ref, s->n_same_ref == 1 ? " is" : "s are");
	if (c->shared.dry_run) {
		printf("Would seal %zu letter%s, %s.\n", n, PLURAL(n), show_size(s->plain_bytes).text);
		if (s->n_before)
			printf("%zu of the list %s sealed already.\n", s->n_before, s->n_before == 1 ? "is" : "are");
		return;
	}
	if (!n) {
		tell(c, "This list was sealed before, and nothing is sealed now; --again seals it once more.");
		return;
	}
	tell(c, "Sealed %zu letter%s, %s.", n, PLURAL(n), show_size(s->plain_bytes).text);
	if (s->n_before)
		tell(c, "The other%s of the list, %zu, %s sealed already.", PLURAL(s->n_before), s->n_before,
		     s->n_before == 1 ? "was" : "were");
	hint(c, "`valise sync DIR --all` puts them on a stick or into a folder.");
}

int seal_from_list(struct cli *c, const char *path, const struct valise_letter *common, bool again)
{
	CLEAN_VALISE struct valise *v = NULL;
	CLEAN_FREE char *bytes = NULL;
	struct telling t = {.c = c};
	struct valise_sealed_list *sealed = NULL;
	struct valise_seal_list list = {
		.common = common, .again = again, .context = &t, .wrong = tell_wrong, .sealed = tell_sealed};
	int r = file_read_at_most(c, path, VALISE_SEAL_LIST_BYTES, &bytes, &list.len);
	list.bytes = bytes;
	if (!r)
		r = cli_open(c, !c->shared.dry_run, &v);
	if (!r)
		r = valise_seal_from_list(v, &list, &sealed, &c->err);
	progress_clear(&c->progress);
	if (r)
		c->beside_error |= t.any; /* what was sealed before the failure */
	else if (c->json)
		r = show_json(&t, sealed);
	else
		show(c, sealed);
	valise_sealed_list_free(sealed);
	return r;
}
