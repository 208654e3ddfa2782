/* SPDX-License-Identifier: Apache-2.0 */
/* The one file with threads: workers that block all signals and touch nothing but their job. */
#include "office/pipeline.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#define WORKERS_MAX (PIPELINE_JOBS_MAX - 1)

struct pipeline {
	struct pipeline_spec spec;
	pthread_mutex_t lock;
	pthread_cond_t work_there; /* a job was submitted or finished, or the end */
	pthread_cond_t work_done;  /* a job was worked on, or its place is free */
	/* Jobs by sequence number; job k is spec.jobs[k % n_jobs]. cleared <= finished <= started <= submitted, all under the lock. */
	uint64_t submitted, started, finished, cleared;
	bool done[PIPELINE_JOBS_MAX];
	bool clearing; /* a thread is doing what comes after the job `cleared` */
	bool stopping;
	int failed; /* the first failure's code; its text in `err` */
	struct valise_err err;
	pthread_t workers[WORKERS_MAX];
	size_t n_workers;
	size_t n_waiting; /* workers that have nothing to do */
	bool tried_to_start;
};

static void *job_at(struct pipeline *p, uint64_t k)
{
	return p->spec.jobs[k % p->spec.n_jobs];
}

/* With the lock held, which is released meanwhile: one call of the caller's, unless the pipeline has failed. */
static void call(struct pipeline *p, int (*step)(void *, void *, struct valise_err *), void *job)
{
	struct valise_err err = {0};
	if (p->failed)
		return;
	pthread_mutex_unlock(&p->lock);
	int r = step(p->spec.context, job, &err);
	pthread_mutex_lock(&p->lock);
	if (r && !p->failed) {
		p->failed = r;
		p->err = err;
	}
}

static bool can_clear(const struct pipeline *p)
{
	return p->spec.after && !p->clearing && p->cleared < p->finished;
}

/* With the lock held: clears the job whose turn it is. */
static void clear_next(struct pipeline *p)
{
	p->clearing = true;
	call(p, p->spec.after, job_at(p, p->cleared));
	p->clearing = false;
	p->cleared++;
	if (can_clear(p))
		pthread_cond_signal(&p->work_there);
	pthread_cond_signal(&p->work_done);
}

/* With the lock held: works on the next job that nobody has begun. */
static void work_on_next(struct pipeline *p)
{
	uint64_t k = p->started++;
	call(p, p->spec.work, job_at(p, k));
	p->done[k % p->spec.n_jobs] = true;
	pthread_cond_signal(&p->work_done);
}

static void *worker(void *context)
{
	struct pipeline *p = context;
	pthread_mutex_lock(&p->lock);
	while (!p->stopping) {
		if (can_clear(p)) /* first: it frees a place */
			clear_next(p);
		else if (p->started < p->submitted)
			work_on_next(p);
		else {
			p->n_waiting++;
			pthread_cond_wait(&p->work_there, &p->lock);
			p->n_waiting--;
		}
	}
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

/* Asked for once: each time takes a file of the system's to be read. */
static size_t processors(void)
{
	static atomic_size_t known;
	size_t n = atomic_load(&known);
	if (!n) {
		long online = sysconf(_SC_NPROCESSORS_ONLN);
		n = online > 1 ? (size_t)online : 1;
		atomic_store(&known, n);
	}
	return n;
}

static void start_workers(struct pipeline *p)
{
	sigset_t all, before;
	size_t wanted = processors() > 1 ? processors() - 1 + p->spec.waits : 1;
	if (wanted >= p->spec.n_jobs)
		wanted = p->spec.n_jobs - 1;
	p->tried_to_start = true;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	while (p->n_workers < wanted && pthread_create(&p->workers[p->n_workers], NULL, worker, p) == 0)
		p->n_workers++;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

int pipeline_new(const struct pipeline_spec *spec, struct pipeline **ret, struct valise_err *err)
{
	struct pipeline *p = calloc(1, sizeof *p);
	if (!p)
		return err_nomem(err);
	p->spec = *spec;
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->work_there, NULL);
	pthread_cond_init(&p->work_done, NULL);
	*ret = p;
	return 0;
}

/* With the lock held. */
static int failure(const struct pipeline *p, struct valise_err *err)
{
	if (p->failed)
		err_copy(err, &p->err);
	return p->failed;
}

/* With the lock held: works on what no other thread is free for, or waits until one has done something. The caller's thread is the one
 * that all others wait for. What comes after a job, which waits for a disk as a rule, it does only when it is alone. */
static int help(struct pipeline *p, struct valise_err *err)
{
	if (p->submitted - p->started > p->n_waiting)
		work_on_next(p);
	else if (!p->n_workers && can_clear(p))
		clear_next(p);
	else
		pthread_cond_wait(&p->work_done, &p->lock);
	return failure(p, err);
}

/* With the lock held: until the oldest job was worked on, by whichever thread. */
static int await_oldest(struct pipeline *p, struct valise_err *err)
{
	int r = failure(p, err);
	while (!r && !p->done[p->finished % p->spec.n_jobs])
		r = help(p, err);
	return r;
}

static void release_oldest(struct pipeline *p)
{
	p->done[p->finished % p->spec.n_jobs] = false;
	p->finished++;
	if (p->spec.after)
		pthread_cond_signal(&p->work_there);
	else
		p->cleared = p->finished;
}

/* With the lock held: finishes the oldest job. */
static int finish_oldest(struct pipeline *p, struct valise_err *err)
{
	int r = await_oldest(p, err);
	if (r)
		return r;
	pthread_mutex_unlock(&p->lock);
	r = p->spec.finish(p->spec.context, job_at(p, p->finished), err);
	pthread_mutex_lock(&p->lock);
	if (!r)
		release_oldest(p);
	return r;
}

bool pipeline_is_ready(struct pipeline *p)
{
	pthread_mutex_lock(&p->lock);
	bool ready = p->failed || p->submitted - p->cleared < p->spec.n_jobs ||
		     (p->spec.finish && !p->spec.after && p->done[p->finished % p->spec.n_jobs]);
	pthread_mutex_unlock(&p->lock);
	return ready;
}

int pipeline_job(struct pipeline *p, void **ret_job, struct valise_err *err)
{
	int r = 0;
	pthread_mutex_lock(&p->lock);
	/* Not only when there is no place left: what comes after them would only begin then, and be waited for. */
	while (!r && p->spec.finish && p->finished < p->submitted && p->done[p->finished % p->spec.n_jobs])
		r = finish_oldest(p, err);
	while (!r && p->submitted - p->cleared == p->spec.n_jobs)
		r = p->spec.finish && p->finished < p->submitted ? finish_oldest(p, err) : help(p, err);
	if (!r)
		*ret_job = job_at(p, p->submitted);
	pthread_mutex_unlock(&p->lock);
	return r;
}

int pipeline_submit(struct pipeline *p, struct valise_err *err)
{
	int r;
	pthread_mutex_lock(&p->lock);
	p->submitted++;
	if (!p->spec.work)
		p->started = p->finished = p->submitted;
	if (p->submitted >= 2 && !p->tried_to_start)
		start_workers(p);
	pthread_cond_signal(&p->work_there);
	r = failure(p, err);
	pthread_mutex_unlock(&p->lock);
	return r;
}

int pipeline_drain(struct pipeline *p, struct valise_err *err)
{
	pthread_mutex_lock(&p->lock);
	int r = failure(p, err);
	while (!r && p->finished < p->submitted)
		r = finish_oldest(p, err);
	while (!r && p->cleared < p->finished)
		r = help(p, err);
	pthread_mutex_unlock(&p->lock);
	return r;
}

int pipeline_oldest(struct pipeline *p, void **ret_job, struct valise_err *err)
{
	int r = 0;
	pthread_mutex_lock(&p->lock);
	bool any = p->finished < p->submitted;
	if (any)
		r = await_oldest(p, err);
	if (!r)
		*ret_job = any ? job_at(p, p->finished) : NULL;
	pthread_mutex_unlock(&p->lock);
	return r;
}

void pipeline_release(struct pipeline *p)
{
	pthread_mutex_lock(&p->lock);
	release_oldest(p);
	pthread_mutex_unlock(&p->lock);
}

int pipeline_settle(struct pipeline *p, struct valise_err *err)
{
	pthread_mutex_lock(&p->lock);
	int r = failure(p, err);
	while (!r && p->cleared < p->finished)
		r = help(p, err);
	pthread_mutex_unlock(&p->lock);
	return r;
}

bool pipeline_has_room(struct pipeline *p)
{
	pthread_mutex_lock(&p->lock);
	bool room = p->submitted - p->cleared < p->spec.n_jobs;
	pthread_mutex_unlock(&p->lock);
	return room;
}

bool pipeline_is_idle(struct pipeline *p)
{
	pthread_mutex_lock(&p->lock);
	bool idle = p->finished == p->submitted;
	pthread_mutex_unlock(&p->lock);
	return idle;
}

void pipeline_free(struct pipeline *p)
{
	if (!p)
		return;
	pthread_mutex_lock(&p->lock);
	p->stopping = true;
	pthread_cond_broadcast(&p->work_there);
	pthread_mutex_unlock(&p->lock);
	for (size_t i = 0; i < p->n_workers; i++)
		pthread_join(p->workers[i], NULL);
	pthread_cond_destroy(&p->work_there);
	pthread_cond_destroy(&p->work_done);
	pthread_mutex_destroy(&p->lock);
	free(p);
}

void pipeline_freep(struct pipeline **p)
{
	pipeline_free(*p);
}

size_t pipeline_jobs_here(void)
{
	size_t wanted = 3 * processors();
	return wanted > PIPELINE_JOBS_MAX ? PIPELINE_JOBS_MAX : wanted;
}
