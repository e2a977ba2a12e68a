/*
 * The caller's credentials, from /proc/TID/status, taken on by this thread for as long as it acts for the caller.
 * System calls are made directly: the C library's functions change every thread of the process.
 */
#define _GNU_SOURCE
#include "performer.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define BIT(cap) (1ULL << (cap))
/* With these, and as root, no check of a call of the tree asks for anything that this thread has and the caller has not. */
#define FILE_CAPS                                                                                                      \
	(BIT(CAP_CHOWN) | BIT(CAP_DAC_OVERRIDE) | BIT(CAP_FOWNER) | BIT(CAP_FSETID) | BIT(CAP_MKNOD) |                 \
	 BIT(CAP_SETFCAP) | BIT(CAP_LINUX_IMMUTABLE) | BIT(CAP_SYS_RESOURCE))

static const char *field(const char *status, const char *name)
{
	const char *at = strstr(status, name);

	return at ? at + strlen(name) : NULL;
}

static long last_number(const char *line)
{
	long value = 0;

	for (char *end; *line && *line != '\n'; line = end) {
		long next = strtol(line, &end, 10);
		if (end == line)
			break;
		value = next;
	}
	return value;
}

static int parse(struct caller *c, const char *status)
{
	const char *umask = field(status, "\nUmask:"), *tgid = field(status, "\nTgid:"), *uid = field(status, "\nUid:");
	const char *gid = field(status, "\nGid:"), *groups = field(status, "\nGroups:");
	const char *inner_tgid = field(status, "\nNStgid:"), *inner_tid = field(status, "\nNSpid:");
	const char *caps = field(status, "\nCapEff:");

	if (!umask || !tgid || !uid || !gid || !groups || !inner_tgid || !inner_tid || !caps)
		return -ESRCH;
	c->umask = strtoul(umask, NULL, 8);
	c->tgid = strtol(tgid, NULL, 10);
	if (sscanf(uid, "%*u %*u %*u %u", &c->fsuid) != 1 || sscanf(gid, "%*u %*u %*u %u", &c->fsgid) != 1)
		return -ESRCH;
	c->inner_tgid = last_number(inner_tgid);
	c->inner_tid = last_number(inner_tid);
	c->caps = strtoull(caps, NULL, 16);
	c->groups = 0;
	for (char *end; *groups && *groups != '\n'; groups = end) {
		unsigned long group = strtoul(groups, &end, 10);
		if (end == groups)
			break;
		if (c->groups == GROUPS)
			return -EPERM;
		c->group[c->groups++] = group;
	}
	return 0;
}

static int read_status(const struct performer *p, struct caller *c)
{
	char path[32], status[16384];
	snprintf(path, sizeof path, "%d/status", c->tid);
	int fd = openat(p->proc, path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	ssize_t size = read(fd, status, sizeof status - 1);
	int error = errno;
	close(fd);
	if (size < 0)
		return -error;
	status[size] = 0;
	return parse(c, status);
}

/* A file of the caller's table itself: what a call on a descriptor acts on. */
int duplicate(pid_t tid, int fd)
{
	int pidfd = syscall(SYS_pidfd_open, tid, O_EXCL); /* PIDFD_THREAD, Linux 6.9: threads may have tables of their own */
	if (pidfd < 0)
		pidfd = syscall(SYS_pidfd_open, tid, 0);
	if (pidfd < 0)
		return -errno;
	int own = syscall(SYS_pidfd_getfd, pidfd, fd, 0);
	int error = errno;
	close(pidfd);
	return own < 0 ? -error : own;
}

/* Where a relative path begins. */
static int base_of(const struct performer *p, const struct caller *c, int folder)
{
	char path[48];

	if (folder == AT_FDCWD)
		snprintf(path, sizeof path, "%d/cwd", c->tid);
	else
		snprintf(path, sizeof path, "%d/fd/%d", c->tid, folder);
	int fd = openat(p->proc, path, O_PATH | O_CLOEXEC);
	if (fd >= 0)
		return fd;
	return errno == ENOENT && folder != AT_FDCWD ? -EBADF : -errno;
}

int read_caller(const struct performer *p, struct job *job)
{
	job->caller.tid = job->call.pid;
	int error = read_status(p, &job->caller);

	for (int i = 0; i < job->places && error == 0; i++) {
		struct place *place = &job->place[i];
		if (place->text[0] == '/')
			continue;
		bool itself = place->text[0] == 0 && place->empty && place->folder != AT_FDCWD;
		place->base = itself ? duplicate(job->caller.tid, place->folder) : base_of(p, &job->caller, place->folder);
		if (place->base < 0)
			error = place->base;
	}
	if (!error && job->shared.kind == LICTOR_OPERATION_BIND) {
		job->socket = duplicate(job->caller.tid, (int)job->call.data.args[0]);
		error = job->socket < 0 ? job->socket : 0;
	}
	return error;
}

static void must(bool ok)
{
	if (!ok)
		abort(); /* a thread with wrong credentials may do nothing at all, least of all go on */
}

static void set_effective(uint64_t caps)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2];

	must(syscall(SYS_capget, &header, data) == 0);
	data[0].effective = data[0].permitted & (uint32_t)caps;
	data[1].effective = data[1].permitted & (uint32_t)(caps >> 32);
	must(syscall(SYS_capset, &header, data) == 0);
}

static bool is_plain_root(const struct job *job)
{
	const struct caller *c = &job->caller;
	bool trusted = job->shared.kind == LICTOR_OPERATION_SETXATTR || job->shared.kind == LICTOR_OPERATION_REMOVEXATTR;

	return c->fsuid == 0 && c->fsgid == 0 && (c->caps & FILE_CAPS) == FILE_CAPS && !trusted;
}

static __thread mode_t own_umask = (mode_t)-1;
static __thread int own_groups = -1;
static __thread gid_t own_group[GROUPS];

void enter(const struct job *job)
{
	const struct caller *c = &job->caller;

	if (own_umask != c->umask) {
		umask(c->umask);
		own_umask = c->umask;
	}
	if (is_plain_root(job))
		return;
	if (own_groups != c->groups || memcmp(own_group, c->group, c->groups * sizeof *c->group)) {
		must(syscall(SYS_setgroups, c->groups, c->group) == 0);
		memcpy(own_group, c->group, c->groups * sizeof *c->group);
		own_groups = c->groups;
	}
	syscall(SYS_setfsgid, c->fsgid);
	must((gid_t)syscall(SYS_setfsgid, -1) == c->fsgid);
	syscall(SYS_setfsuid, c->fsuid);
	must((uid_t)syscall(SYS_setfsuid, -1) == c->fsuid);
	set_effective(c->caps);
}

void leave(const struct job *job)
{
	if (is_plain_root(job))
		return;
	set_effective(~0ULL);
	syscall(SYS_setfsuid, 0);
	syscall(SYS_setfsgid, 0);
	must(syscall(SYS_setfsuid, -1) == 0);
}
