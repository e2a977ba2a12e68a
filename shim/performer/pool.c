/*
 * Jobs, and the threads that take over what may block: nobody waits for another's slow disk, network file system or
 * file system in user space. A thread is made when all are busy; what is beyond the last one waits.
 */
#define _GNU_SOURCE
#include "performer.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { THREADS = 64, JOBS = 4096 };

struct pool {
	struct performer *performer;
	pthread_mutex_t lock;
	pthread_cond_t work, gone;
	struct job *first, *last;   /* to be taken by a thread */
	struct job *ready, *ready_last; /* to be decided */
	struct job *free;
	struct job *jobs[JOBS];
	int made;
	int threads, idle;
	pid_t tid[THREADS];
	bool closing;
};

static void append(struct job **first, struct job **last, struct job *job)
{
	job->next = NULL;
	if (*first)
		(*last)->next = job;
	else
		*first = job;
	*last = job;
}

static void wake_guard(const struct performer *p)
{
	uint64_t one = 1;

	while (write(p->wake, &one, sizeof one) < 0 && errno == EINTR)
		;
}

static void do_resolve(struct pool *pool, struct job *job)
{
	struct performer *p = pool->performer;

	enter(job);
	int error = resolve(p, job, true);
	leave(job);
	if (!error)
		error = say_layers(p, job);
	if (error) {
		give_up(p, job, error);
		job_free(pool, job);
		return;
	}
	pthread_mutex_lock(&pool->lock);
	append(&pool->ready, &pool->ready_last, job);
	pthread_mutex_unlock(&pool->lock);
	wake_guard(p);
}

static void do_perform(struct pool *pool, struct job *job)
{
	bool answered;

	enter(job);
	long result = perform(pool->performer, job, &answered);
	leave(job);
	if (!answered)
		answer(pool->performer, job, result);
	job_free(pool, job);
}

static void *body(void *argument)
{
	struct pool *pool = argument;
	int slot = -1;

	/* a root of one's own: CLONE_FS */
	prepare_credentials();
	if (syscall(SYS_unshare, 0x200) < 0 || become_workload_root(pool->performer) < 0)
		abort();
	pthread_mutex_lock(&pool->lock);
	for (int i = 0; i < THREADS && slot < 0; i++)
		if (pool->tid[i] == 0)
			pool->tid[slot = i] = syscall(SYS_gettid);
	for (;;) {
		while (!pool->first && !pool->closing) {
			pool->idle++;
			pthread_cond_wait(&pool->work, &pool->lock);
			pool->idle--;
		}
		struct job *job = pool->first;
		if (!job)
			break;
		pool->first = job->next;
		pthread_mutex_unlock(&pool->lock);
		if (job->stage == RESOLVE)
			do_resolve(pool, job);
		else
			do_perform(pool, job);
		pthread_mutex_lock(&pool->lock);
	}
	pool->tid[slot] = 0;
	pool->threads--;
	pthread_cond_signal(&pool->gone);
	pthread_mutex_unlock(&pool->lock);
	return NULL;
}

static bool start_thread(struct pool *pool)
{
	pthread_attr_t attributes;
	pthread_t thread;

	pthread_attr_init(&attributes);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attributes, 256 << 10);
	bool made = pthread_create(&thread, &attributes, body, pool) == 0;
	pthread_attr_destroy(&attributes);
	pool->threads += made;
	return made;
}

/* False: no thread can take it, so it must be refused. */
bool pool_submit(struct pool *pool, struct job *job)
{
	pthread_mutex_lock(&pool->lock);
	int waiting = 1;
	for (struct job *at = pool->first; at; at = at->next)
		waiting++;
	bool able = true;
	if (pool->idle < waiting && pool->threads < THREADS)
		able = start_thread(pool) || pool->threads > 0;
	if (able) {
		append(&pool->first, &pool->last, job);
		pthread_cond_signal(&pool->work);
	}
	pthread_mutex_unlock(&pool->lock);
	return able;
}

/* Index of a job that waits to be decided, -1: none. */
int pool_ready(struct pool *pool)
{
	pthread_mutex_lock(&pool->lock);
	struct job *job = pool->ready;
	if (job)
		pool->ready = job->next;
	pthread_mutex_unlock(&pool->lock);
	return job ? job->index : -1;
}

/* Whether a thread is one of these: the files that it opens were decided. */
bool pool_owns(const struct pool *pool, pid_t tid)
{
	for (int i = 0; i < THREADS; i++)
		if (pool->tid[i] == tid)
			return true;
	return false;
}

struct job *job_at(struct pool *pool, int index)
{
	return index >= 0 && index < pool->made ? pool->jobs[index] : NULL;
}

/* Called by the guard's thread alone. NULL: as many as there may be are under way. */
struct job *job_new(struct pool *pool)
{
	pthread_mutex_lock(&pool->lock);
	struct job *job = pool->free;
	if (job)
		pool->free = job->next;
	pthread_mutex_unlock(&pool->lock);
	if (!job && pool->made < JOBS && (job = malloc(sizeof *job))) {
		job->index = pool->made;
		pool->jobs[pool->made++] = job;
	}
	if (!job)
		return NULL;
	job->places = 0;
	job->value = NULL;
	job->value_size = 0;
	job->socket = NO_FD;
	job->at_flags = 0;
	job->tree = job->direct = job->harmless = false;
	job->shared.flags = job->shared.mode = job->shared.exists = job->shared.link_length = 0;
	return job;
}

void job_free(struct pool *pool, struct job *job)
{
	release(job);
	for (int i = 0; i < job->places; i++)
		if (job->place[i].base >= 0)
			close(job->place[i].base);
	if (job->socket >= 0)
		close(job->socket);
	job->socket = NO_FD;
	free(job->value);
	job->value = NULL;
	job->places = 0;
	pthread_mutex_lock(&pool->lock);
	job->next = pool->free;
	pool->free = job;
	pthread_mutex_unlock(&pool->lock);
}

struct pool *pool_open(struct performer *p)
{
	struct pool *pool = calloc(1, sizeof *pool);

	if (!pool)
		return NULL;
	pool->performer = p;
	pthread_mutex_init(&pool->lock, NULL);
	pthread_cond_init(&pool->work, NULL);
	pthread_cond_init(&pool->gone, NULL);
	return pool;
}

/* Waits for its threads; the workload is gone by then, so that what blocked them has failed or is about to end. */
void pool_close(struct pool *pool)
{
	pthread_mutex_lock(&pool->lock);
	pool->closing = true;
	pthread_cond_broadcast(&pool->work);
	while (pool->threads > 0)
		pthread_cond_wait(&pool->gone, &pool->lock);
	pthread_mutex_unlock(&pool->lock);
	for (int i = 0; i < pool->made; i++) {
		job_free(pool, pool->jobs[i]);
		free(pool->jobs[i]);
	}
	free(pool);
}
