/* SPDX-License-Identifier: Apache-2.0 */
/* The ordered pipeline: every job once, finished in order, on whatever number of threads; failures stop it; pulling works too. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/err.h"
#include "office/pipeline.h"

#define JOBS 4u

struct job {
	uint64_t number;
	uint64_t result;
};

struct run {
	struct job jobs[JOBS];
	void *list[JOBS];
	uint64_t finished;
	uint64_t fail_work_at, fail_finish_at; /* 0: never */
};

/* Uneven work, so that later jobs overtake earlier ones. */
static int work(void *context, void *job, struct valise_err *err)
{
	struct run *r = context;
	struct job *j = job;
	volatile uint64_t x = j->number;
	for (unsigned i = 0; i < (j->number % 7) * 2000; i++)
		x = x * 6364136223846793005u + 1;
	j->result = j->number * j->number;
	if (r->fail_work_at && j->number == r->fail_work_at)
		return err_set(err, VALISE_E_IO, "work %u failed", (unsigned)j->number);
	return 0;
}

static int finish(void *context, void *job, struct valise_err *err)
{
	struct run *r = context;
	struct job *j = job;
	assert_int_equal(j->number, r->finished + 1);
	assert_int_equal(j->result, j->number * j->number);
	if (r->fail_finish_at && j->number == r->fail_finish_at)
		return err_set(err, VALISE_E_FULL, "finish failed");
	r->finished++;
	return 0;
}

static struct pipeline *start(struct run *r, bool pull)
{
	struct pipeline *p = NULL;
	for (size_t i = 0; i < JOBS; i++)
		r->list[i] = &r->jobs[i];
	struct pipeline_spec spec = {r->list, JOBS, r, work, pull ? NULL : finish};
	assert_int_equal(pipeline_new(&spec, &p, NULL), 0);
	return p;
}

static int push(struct pipeline *p, uint64_t n, struct valise_err *err)
{
	for (uint64_t i = 1; i <= n; i++) {
		void *job;
		int e = pipeline_job(p, &job, err);
		if (e)
			return e;
		((struct job *)job)->number = i;
		e = pipeline_submit(p, err);
		if (e)
			return e;
	}
	return pipeline_drain(p, err);
}

static void finishes_in_order(void **state)
{
	(void)state;
	const uint64_t counts[] = {0, 1, 2, JOBS, JOBS + 1, 1000};
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
		struct run r = {0};
		struct pipeline *p = start(&r, false);
		assert_int_equal(push(p, counts[i], NULL), 0);
		assert_int_equal(r.finished, counts[i]);
		pipeline_free(p);
	}
}

static void failing_work_stops_it(void **state)
{
	(void)state;
	for (uint64_t at = 1; at < 40; at += 3) {
		struct run r = {.fail_work_at = at};
		struct valise_err err = {0};
		struct pipeline *p = start(&r, false);
		assert_int_equal(push(p, 50, &err), VALISE_E_IO);
		assert_string_not_equal(err.text, "");
		assert_true(r.finished < at);
		pipeline_free(p);
	}
}

static void failing_finish_stops_it(void **state)
{
	(void)state;
	struct run r = {.fail_finish_at = 9};
	struct pipeline *p = start(&r, false);
	assert_int_equal(push(p, 50, NULL), VALISE_E_FULL);
	assert_int_equal(r.finished, 8);
	pipeline_free(p);
}

static void can_be_pulled_from(void **state)
{
	(void)state;
	struct run r = {0};
	struct pipeline *p = start(&r, true);
	uint64_t submitted = 0, taken = 0;
	for (;;) {
		void *job;
		while (submitted < 500 && pipeline_has_room(p)) {
			assert_int_equal(pipeline_job(p, &job, NULL), 0);
			((struct job *)job)->number = ++submitted;
			assert_int_equal(pipeline_submit(p, NULL), 0);
		}
		assert_int_equal(pipeline_oldest(p, &job, NULL), 0);
		if (!job)
			break;
		assert_int_equal(((struct job *)job)->number, ++taken);
		assert_int_equal(((struct job *)job)->result, taken * taken);
		pipeline_release(p);
	}
	assert_int_equal(taken, 500);
	pipeline_free(p);
}

static void can_be_dropped_half_way(void **state)
{
	(void)state;
	for (uint64_t n = 1; n < 20; n++) {
		struct run r = {0};
		struct pipeline *p = start(&r, true);
		for (uint64_t i = 1; i <= n && pipeline_has_room(p); i++) {
			void *job;
			assert_int_equal(pipeline_job(p, &job, NULL), 0);
			((struct job *)job)->number = i;
			assert_int_equal(pipeline_submit(p, NULL), 0);
		}
		pipeline_free(p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finishes_in_order),       cmocka_unit_test(failing_work_stops_it),
		cmocka_unit_test(failing_finish_stops_it), cmocka_unit_test(can_be_pulled_from),
		cmocka_unit_test(can_be_dropped_half_way),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
