/* What the guard's thread calls. All of it from that one thread. */
#define _GNU_SOURCE
#include "performer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { NOT_OURS = -2, HANDLED = -1 };

/*
 * listener: of seccomp. proc: /proc of the host. root: folder that is the workload's root. wake: an eventfd that becomes
 * readable when a job is ready to be decided. layers: the program that tells layers of overlays, negative: nobody asks.
 * All of them stay the caller's. NULL: errno says why not.
 */
EXPORT struct performer *lictor_performer_open(int listener, int proc, int root, int wake, int layers)
{
	struct performer *p = malloc(sizeof *p);

	if (!p)
		return NULL;
	*p = (struct performer){.listener = listener, .proc = proc, .root = root, .wake = wake, .layers = layers};
	p->own_files = openat(proc, "self/fd", O_PATH | O_DIRECTORY | O_CLOEXEC);
	p->pool = p->own_files < 0 ? NULL : pool_open(p);
	/* umask and working folder of this thread alone (CLONE_FS) */
	if (!p->pool || syscall(SYS_unshare, 0x200) < 0 || fchdir(proc) < 0) {
		if (p->own_files >= 0)
			close(p->own_files);
		free(p->pool);
		free(p);
		return NULL;
	}
	kept_start(&p->statuses, proc, "status");
	prepare_credentials();
	return p;
}

EXPORT void lictor_performer_close(struct performer *p)
{
	pool_close(p->pool);
	kept_end(&p->statuses);
	close(p->own_files);
	free(p);
}

static void refuse(struct performer *p, struct job *job, int error)
{
	answer(p, job, -error);
	job_free(p->pool, job);
}

/*
 * Takes a call that waits.
 * call: struct seccomp_notif. Returns the index of a job to be decided, HANDLED, or NOT_OURS.
 */
EXPORT int lictor_performer_take(struct performer *p, const struct seccomp_notif *call)
{
	struct job *job = job_new(p->pool);

	if (!job) {
		struct seccomp_notif_resp reply = {.id = call->id, .error = -ENOMEM};
		ioctl(p->listener, SECCOMP_IOCTL_NOTIF_SEND, &reply);
		return HANDLED;
	}
	job->call = *call;
	if (!describe(job)) {
		job_free(p->pool, job);
		return NOT_OURS;
	}
	job->shared.tid = call->pid;
	int error = job->harmless ? -EINVAL : read_arguments(job);
	if (!error)
		error = read_caller(p, job);
	if (error || !still_waits(p, job)) {
		give_up(p, job, -error);
		job_free(p->pool, job);
		return HANDLED;
	}
	job->shared.owner = job->caller.fsuid;
	job->shared.umask = job->caller.umask;
	enter(job);
	error = resolve(p, job, false);
	leave(job);
	if (!error)
		error = say_layers(p, job);
	if (error == 0)
		return job->index;
	if (error != -EAGAIN) {
		give_up(p, job, error);
		job_free(p->pool, job);
		return HANDLED;
	}
	job->stage = RESOLVE;
	if (!pool_submit(p->pool, job))
		refuse(p, job, ENOMEM);
	return HANDLED;
}

/* A job that a thread has resolved, -1: none. To be called until there is none, once `wake` was readable and read. */
EXPORT int lictor_performer_ready(struct performer *p)
{
	return pool_ready(p->pool);
}

/* struct lictor_operation of a job that waits to be decided. */
EXPORT struct lictor_operation *lictor_performer_operation(struct performer *p, int index)
{
	return &job_at(p->pool, index)->shared;
}

/* Carries out what was decided. error: 0: to be performed; else an errno, with which it fails. */
EXPORT void lictor_performer_finish(struct performer *p, int index, int error)
{
	struct job *job = job_at(p->pool, index);

	if (error) {
		refuse(p, job, error);
	} else if (job->direct) {
		bool answered;
		enter(job);
		long result = perform(p, job, &answered);
		leave(job);
		if (!answered)
			answer(p, job, result);
		job_free(p->pool, job);
	} else {
		job->stage = PERFORM;
		if (!pool_submit(p->pool, job))
			refuse(p, job, ENOMEM);
	}
}

/* Whether a thread is one of the performer's. */
EXPORT int lictor_performer_owns(struct performer *p, int tid)
{
	return pool_owns(p->pool, tid);
}
