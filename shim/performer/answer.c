/* Answers to a call that waits in the seccomp listener. One that was killed meanwhile needs none: errors are ignored. */
#define _GNU_SOURCE
#include "performer.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>

/* What was read from the memory of a thread is its own only if it still waits. */
bool still_waits(const struct performer *p, const struct job *job)
{
	return ioctl(p->listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &job->call.id) == 0;
}

void answer(const struct performer *p, const struct job *job, long result)
{
	struct seccomp_notif_resp reply = {.id = job->call.id};

	if (result < 0)
		reply.error = (int)result;
	else
		reply.val = result;
	ioctl(p->listener, SECCOMP_IOCTL_NOTIF_SEND, &reply);
}

void let_continue(const struct performer *p, const struct job *job)
{
	struct seccomp_notif_resp reply = {.id = job->call.id, .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE};

	ioctl(p->listener, SECCOMP_IOCTL_NOTIF_SEND, &reply);
}

/* It cannot be resolved here: the kernel says why for calls of the tree, which the floor keeps from succeeding. */
void give_up(const struct performer *p, const struct job *job, int error)
{
	if (job->tree)
		let_continue(p, job);
	else
		answer(p, job, -error);
}

/* Puts an open file into the caller's table: the number there, or a negative errno. The call still waits. */
long hand_over(const struct performer *p, const struct job *job, int fd, bool cloexec)
{
	struct seccomp_notif_addfd add = {
		.id = job->call.id,
		.srcfd = fd,
		.newfd_flags = cloexec ? O_CLOEXEC : 0,
	};
	int given = ioctl(p->listener, SECCOMP_IOCTL_NOTIF_ADDFD, &add);

	return given < 0 ? -errno : given;
}
