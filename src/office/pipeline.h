/* SPDX-License-Identifier: Apache-2.0 */
/* An ordered pipeline: jobs are filled by the caller in order, worked on by any thread, and finished by the caller in order. */
#ifndef OFFICE_PIPELINE_H
#define OFFICE_PIPELINE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct pipeline;

struct pipeline_spec {
	/* The disk is waited for, past the page cache: a thread more keeps all processors busy. Elsewhere it would only take time from the
	 * caller's, for which all others wait. */
	bool waits;
	void **jobs; /* n_jobs of them, the caller's; as many are under way at most */
	size_t n_jobs;
	void *context;
	/* On any thread, jobs in any order, several at once. A failure stops the pipeline. NULL: what is submitted is finished, and
	 * there is only `after`. */
	int (*work)(void *context, void *job, struct valise_err *err);
	/* On the caller's thread, in the order of submission. NULL where the caller pulls by pipeline_oldest. */
	int (*finish)(void *context, void *job, struct valise_err *err);
	/* On any thread, in the order of submission, one at a time, once the job is finished or released; only then is its place free
	 * again. NULL: there is nothing left to do. A failure stops the pipeline. */
	int (*after)(void *context, void *job, struct valise_err *err);
};

/* Threads start with the second job: what fits into one is done without any. Where none can be started the caller works alone. */
CHECKED int pipeline_new(const struct pipeline_spec *spec, struct pipeline **ret, struct valise_err *err);
/* Whether pipeline_job would not wait. */
bool pipeline_is_ready(struct pipeline *p);
/* A free job to fill. While there is none the caller's thread works and finishes. */
CHECKED int pipeline_job(struct pipeline *p, void **ret_job, struct valise_err *err);
/* Hands over the job that pipeline_job gave. */
CHECKED int pipeline_submit(struct pipeline *p, struct valise_err *err);
/* Until everything submitted is finished, and what comes after it done. */
CHECKED int pipeline_drain(struct pipeline *p, struct valise_err *err);
/* Pulling: the oldest job, once it was worked on; *ret_job is NULL when none is under way. It stays the caller's until
 * pipeline_release gives its place back. No more than n_jobs may be submitted and not released: pipeline_job waits for places that `after` holds only. */
CHECKED int pipeline_oldest(struct pipeline *p, void **ret_job, struct valise_err *err);
void pipeline_release(struct pipeline *p);
/* Until `after` was done for every job released. */
CHECKED int pipeline_settle(struct pipeline *p, struct valise_err *err);
bool pipeline_has_room(struct pipeline *p);
/* Whether every job submitted was finished or released. */
bool pipeline_is_idle(struct pipeline *p);
/* Stops the threads; jobs not finished are dropped. */
void pipeline_free(struct pipeline *p);
void pipeline_freep(struct pipeline **p);

/* How many jobs suit this machine: enough for each processor, at most 8. */
size_t pipeline_jobs_here(void);
#define PIPELINE_JOBS_MAX 8

#endif
