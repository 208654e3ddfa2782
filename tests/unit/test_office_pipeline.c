/* SPDX-License-Identifier: Apache-2.0 */
/* The ordered pipeline: every job once, finished in order, on whatever number of threads; failures stop it; pulling works too. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
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
	uint64_t cleared; /* by any thread, but one at a time */
	atomic_flag clearing;
	uint64_t fail_work_at, fail_finish_at, fail_after_at; /* 0: never */
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

static int after(void *context, void *job, struct valise_err *err)
{
	struct run *r = context;
	struct job *j = job;
	if (atomic_flag_test_and_set(&r->clearing) || j->number != r->cleared + 1 || j->result != j->number * j->number)
		return err_set(err, VALISE_E_FAILURE, "out of order");
	if (r->fail_after_at && j->number == r->fail_after_at)
		return err_set(err, VALISE_E_FULL, "after %u failed", (unsigned)j->number);
	r->cleared++;
	j->number = 0; /* its place is free only now */
	atomic_flag_clear(&r->clearing);
	return 0;
}

static struct pipeline *start_with_after(struct run *r, bool pull)
{
	struct pipeline *p = NULL;
	for (size_t i = 0; i < JOBS; i++)
		r->list[i] = &r->jobs[i];
	struct pipeline_spec spec = {.jobs = r->list,
				     .n_jobs = JOBS,
				     .context = r,
				     .work = work,
				     .finish = pull ? NULL : finish,
				     .after = after};
	assert_int_equal(pipeline_new(&spec, &p, NULL), 0);
	return p;
}

static struct pipeline *start(struct run *r, bool pull)
{
	struct pipeline *p = NULL;
	for (size_t i = 0; i < JOBS; i++)
		r->list[i] = &r->jobs[i];
	struct pipeline_spec spec = {
		.jobs = r->list, .n_jobs = JOBS, .context = r, .work = work, .finish = pull ? NULL : finish};
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

static void does_what_comes_after(void **state)
{
	(void)state;
	const uint64_t counts[] = {0, 1, 2, JOBS, JOBS + 1, 1000};
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
		struct run r = {.clearing = ATOMIC_FLAG_INIT};
		struct pipeline *p = start_with_after(&r, false);
		assert_int_equal(push(p, counts[i], NULL), 0);
		assert_int_equal(r.finished, counts[i]);
		assert_int_equal(r.cleared, counts[i]);
		pipeline_free(p);
	}
}

/* As many as there are places may wait for what comes after, none of them taken again before it was done. */
static uint64_t pull(struct run *r, struct pipeline *p, uint64_t n, int *ret, struct valise_err *err)
{
	uint64_t submitted = 0, taken = 0;
	*ret = 0;
	for (;;) {
		void *job;
		while (!*ret && submitted < n && (pipeline_has_room(p) || pipeline_is_idle(p))) {
			*ret = pipeline_job(p, &job, err);
			if (*ret)
				return taken;
			if (r->fail_after_at == 0)
				assert_int_equal(((struct job *)job)->number, 0);
			((struct job *)job)->number = ++submitted;
			*ret = pipeline_submit(p, err);
		}
		if (!*ret)
			*ret = pipeline_oldest(p, &job, err);
		if (*ret || !job)
			return taken;
		assert_int_equal(((struct job *)job)->number, ++taken);
		pipeline_release(p);
		if (taken % 50 == 0)
			*ret = pipeline_settle(p, err);
		if (!*ret && taken % 50 == 0)
			assert_int_equal(r->cleared, taken);
	}
}

/* Without work or finish what is submitted only waits for what comes after. */
static int after_alone(void *context, void *job, struct valise_err *err)
{
	struct run *r = context;
	struct job *j = job;
	if (atomic_flag_test_and_set(&r->clearing) || j->number != r->cleared + 1)
		return err_set(err, VALISE_E_FAILURE, "out of order");
	if (r->fail_after_at && j->number == r->fail_after_at)
		return err_set(err, VALISE_E_FULL, "after %u failed", (unsigned)j->number);
	r->cleared++;
	j->number = 0;
	atomic_flag_clear(&r->clearing);
	return 0;
}

static void does_only_what_comes_after(void **state)
{
	(void)state;
	for (uint64_t n = 0; n < 300; n += 1 + n / 3) {
		for (uint64_t fail_at = 0; fail_at <= n; fail_at += 1 + n / 2) {
			struct run r = {.clearing = ATOMIC_FLAG_INIT, .fail_after_at = fail_at};
			struct pipeline *p = NULL;
			for (size_t i = 0; i < JOBS; i++)
				r.list[i] = &r.jobs[i];
			struct pipeline_spec spec = {
				.jobs = r.list, .n_jobs = JOBS, .context = &r, .after = after_alone};
			assert_int_equal(pipeline_new(&spec, &p, NULL), 0);
			assert_int_equal(push(p, n, NULL), fail_at ? VALISE_E_FULL : 0);
			assert_int_equal(r.cleared, fail_at ? fail_at - 1 : n);
			pipeline_free(p);
		}
	}
}

static void does_what_comes_after_pulling(void **state)
{
	(void)state;
	struct run r = {.clearing = ATOMIC_FLAG_INIT};
	struct pipeline *p = start_with_after(&r, true);
	int e;
	assert_int_equal(pull(&r, p, 500, &e, NULL), 500);
	assert_int_equal(e, 0);
	assert_int_equal(pipeline_settle(p, NULL), 0);
	assert_int_equal(r.cleared, 500);
	pipeline_free(p);
}

static void failing_after_stops_it(void **state)
{
	(void)state;
	for (uint64_t at = 1; at <= 60; at++) {
		struct run r = {.clearing = ATOMIC_FLAG_INIT, .fail_after_at = at};
		struct valise_err err = {0};
		struct pipeline *p = start_with_after(&r, true);
		int e;
		(void)pull(&r, p, 60, &e, &err);
		if (!e) /* the last few may fail after all were taken */
			e = pipeline_settle(p, &err);
		assert_int_equal(e, VALISE_E_FULL);
		assert_int_equal(r.cleared, at - 1);
		pipeline_free(p);
	}
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
		cmocka_unit_test(finishes_in_order),          cmocka_unit_test(failing_work_stops_it),
		cmocka_unit_test(failing_finish_stops_it),    cmocka_unit_test(does_what_comes_after),
		cmocka_unit_test(does_only_what_comes_after), cmocka_unit_test(does_what_comes_after_pulling),
		cmocka_unit_test(failing_after_stops_it),     cmocka_unit_test(can_be_pulled_from),
		cmocka_unit_test(can_be_dropped_half_way),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
