/* SPDX-License-Identifier: Apache-2.0 */
/* A directory of its own for each test, removed with all in it afterwards. */
#ifndef TESTS_SCRATCH_H
#define TESTS_SCRATCH_H

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

struct scratch {
	char path[256];
	int fd;
};

static inline int scratch_setup(void **state)
{
	struct scratch *s = calloc(1, sizeof *s);
	const char *where = getenv("TMPDIR");
	if (!s)
		return -1;
	(void)snprintf(s->path, sizeof s->path, "%s/valise-test-XXXXXX", where ? where : "/tmp");
	if (!mkdtemp(s->path)) {
		perror(s->path);
		free(s);
		return -1;
	}
	s->fd = open(s->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	*state = s;
	return s->fd < 0 ? -1 : 0;
}

static inline int scratch_teardown(void **state)
{
	struct scratch *s = *state;
	struct valise_err err;
	int r = file_remove_tree(AT_FDCWD, s->path, &err);
	if (r)
		(void)fprintf(stderr, "%s\n", err.text);
	(void)close(s->fd);
	free(s);
	return r;
}

/* For cmocka_run_group_tests: a test with a scratch directory. */
#define scratch_test(f) cmocka_unit_test_setup_teardown(f, scratch_setup, scratch_teardown)

#endif
