/* SPDX-License-Identifier: Apache-2.0 */
/* A program on libvalise: lists the letters of a spool, shows who says what of the newest, and judges its dossier. To build it:
 * cc example.c $(pkg-config --cflags --libs valise) (and to run it: ./a.out SPOOL_DIR). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <valise/valise.h>

static int list_letter(void *newest, const struct valise_letter_line *l)
{
	if (!*(char *)newest) /* what a callback is given is gone after it: copied */
		(void)snprintf(newest, 65, "%s", l->letter);
	return printf("%s from %s: %s\n", l->short_id, l->from, l->state) < 0;
}

struct text {
	char *at;
	size_t len;
};

static int add(void *text, const void *bytes, size_t len)
{
	struct text *t = text;
	char *grown = realloc(t->at, t->len + len);
	if (!grown)
		return VALISE_E_NOMEM;
	memcpy(grown + t->len, bytes, len);
	*t = (struct text){grown, t->len + len};
	return 0;
}

static int show_letter(struct valise *v, const char *letter, struct valise_err *err)
{
	struct text dossier = {0};
	struct valise_dossier want = {.letter = letter, .write = add, .context = &dossier};
	struct valise_verifying with = {.now_s = time(NULL)};
	struct valise_accounts *here = NULL, *judged = NULL;
	bool has_key;
	int r = valise_track(v, letter, &here, err);
	for (size_t i = 0; !r && i < here->n_said; i++)
		printf("%s says %s%s\n", here->offices[here->said[i].office].label, here->said[i].says,
		       here->said[i].counts ? "" : ", which does not count");
	if (!r)
		r = valise_dossier(v, &want, &has_key, err);
	if (!r)
		r = valise_verify(dossier.at, dossier.len, &with, &judged, err);
	if (!r)
		printf("%s\n%s\n", judged->sentence, judged->signatures_text);
	valise_accounts_free(here);
	valise_accounts_free(judged);
	free(dossier.at);
	return r;
}

int main(int argc, char **argv)
{
	char newest[65] = "";
	struct valise_listing wanted = {.most = 50};
	struct valise_listed listed;
	struct valise_err err = {0};
	struct valise *v = NULL;
	int r = valise_open(argc > 1 ? argv[1] : ".", false, NULL, &v, &err);
	if (!r)
		r = valise_letters(v, &wanted, list_letter, newest, &listed, &err);
	if (!r && *newest)
		r = show_letter(v, newest, &err);
	valise_close(v);
	if (r)
		fprintf(stderr, "%s\n", err.text);
	return r ? 1 : 0;
}
