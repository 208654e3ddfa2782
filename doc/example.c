/* SPDX-License-Identifier: Apache-2.0 */
/* A program on libvalise: lists the letters of a spool, shows who says what of the newest, and judges its dossier. To build it:
 * cc example.c $(pkg-config --cflags --libs valise) (and to run it: ./a.out SPOOL_DIR). */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <valise/valise.h>

static int list_letter(void *context, const struct valise_letter_line *l)
{
	char *newest = context; /* what a callback is given is gone after it: copied */
	if (!*newest)
		(void)snprintf(newest, 65, "%s", l->letter);
	return printf("%s from %s: %s\n", l->short_id, l->from, l->state) < 0;
}

static int show_accounts(struct valise *v, const char *letter, struct valise_err *err)
{
	struct valise_accounts *a = NULL;
	int r = valise_track(v, letter, &a, err);
	for (size_t i = 0; !r && i < a->n_said; i++)
		printf("%s says %s at %" PRId64 "%s\n", a->offices[a->said[i].office].label, a->said[i].says,
		       a->said[i].time_s, a->said[i].counts ? "" : ", which does not count");
	valise_accounts_free(a);
	return r;
}

static int judge_dossier(struct valise *v, const char *letter, struct valise_err *err)
{
	struct valise_accounts *a = NULL;
	char *bytes = NULL;
	size_t len = 0;
	int r = valise_dossier(v, &(struct valise_dossier){.letter = letter}, &bytes, &len, err);
	if (!r)
		r = valise_verify(bytes, len, &(struct valise_verifying){.now_s = time(NULL)}, &a, err);
	if (!r)
		printf("%s\n%s\n", a->sentence, a->signatures_text);
	valise_accounts_free(a);
	free(bytes);
	return r;
}

int main(int argc, char **argv)
{
	char newest[65] = "";
	struct valise_err err = {0};
	struct valise *v = NULL;
	int r = valise_open(argc > 1 ? argv[1] : ".", false, NULL, &v, &err);
	if (!r)
		r = valise_letters(v, list_letter, newest, &err);
	if (!r && *newest)
		r = show_accounts(v, newest, &err);
	if (!r && *newest)
		r = judge_dossier(v, newest, &err);
	valise_close(v);
	if (r)
		fprintf(stderr, "%s\n", err.text);
	return r ? 1 : 0;
}
