/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a fuzz target, once each, on the files given and those in the directories given: the corpus without a fuzzer. */
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay_file(const char *path, size_t size)
{
	/* Exactly as large as the input, so that a sanitizer sees the first byte read past it. */
	uint8_t *data = malloc(size ? size : 1);
	FILE *f = fopen(path, "rb");
	int r = -1;

	if (data && f && fread(data, 1, size, f) == size) {
		(void)LLVMFuzzerTestOneInput(data, size);
		r = 0;
	} else {
		fprintf(stderr, "%s: cannot be read: %s\n", path, strerror(errno));
	}
	if (f)
		(void)fclose(f);
	free(data);
	return r;
}

static int replay_path(const char *path, size_t *n_done);

static int replay_dir(const char *path, size_t *n_done)
{
	struct dirent **entries = NULL;
	int n = scandir(path, &entries, NULL, alphasort);
	int r = n < 0 ? -1 : 0;

	for (int i = 0; i < n; i++) {
		char *inner = NULL;
		if (entries[i]->d_name[0] != '.') {
			if (asprintf(&inner, "%s/%s", path, entries[i]->d_name) < 0 || replay_path(inner, n_done) < 0)
				r = -1;
			free(inner);
		}
		free(entries[i]);
	}
	free(entries);
	return r;
}

static int replay_path(const char *path, size_t *n_done)
{
	struct stat st;

	if (stat(path, &st) < 0) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		return -1;
	}
	if (S_ISDIR(st.st_mode))
		return replay_dir(path, n_done);
	(*n_done)++;
	return replay_file(path, (size_t)st.st_size);
}

int main(int argc, char **argv)
{
	size_t n_done = 0;
	int r = 0;

	for (int i = 1; i < argc; i++)
		if (replay_path(argv[i], &n_done) < 0)
			r = -1;
	/* The empty input belongs to every corpus, and an empty corpus is a mistake. */
	(void)LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
	printf("%zu inputs\n", n_done);
	return r == 0 && n_done > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
