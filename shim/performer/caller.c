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
/* What the checks of ordinary calls ask for; CAP_SYS_RESOURCE too, which these threads have given up for good. */
#define FILE_CAPS (BIT(CAP_CHOWN) | BIT(CAP_DAC_OVERRIDE) | BIT(CAP_FOWNER) | BIT(CAP_FSETID))
/* A file system id other than 0 takes these off, and 0 puts them on again (CAP_FS_MASK). */
#define ID_CAPS (FILE_CAPS | BIT(CAP_DAC_READ_SEARCH) | BIT(CAP_MKNOD) | BIT(CAP_LINUX_IMMUTABLE))

/* The value behind a name, which is looked for from `*at` on: fields are read in the order in which they stand. */
static const char *field(const char **at, const char *name)
{
	const char *found = *at ? strstr(*at, name) : NULL;

	*at = found ? found + strlen(name) : NULL;
	return *at;
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
	const char *at = status;
	const char *umask = field(&at, "\nUmask:"), *tgid = field(&at, "\nTgid:"), *uid = field(&at, "\nUid:");
	const char *gid = field(&at, "\nGid:"), *groups = field(&at, "\nGroups:");
	const char *inner_tgid = field(&at, "\nNStgid:"), *inner_tid = field(&at, "\nNSpid:");
	const char *caps = field(&at, "\nCapEff:");

	if (!caps) /* one that is not there hides those behind it */
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

/* Only the guard's thread reads callers. */
static int read_status(struct performer *p, struct caller *c)
{
	char status[16384];
	bool same;
	ssize_t size = kept_read(&p->statuses, c->tid, status, sizeof status - 1, &same);

	if (size < 0)
		return size;
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

int read_caller(struct performer *p, struct job *job)
{
	job->caller.tid = job->call.pid;
	int error = read_status(p, &job->caller);

	for (int i = 0; i < job->places && error == 0; i++) {
		struct place *place = &job->place[i];
		if (place->text[0] == '/')
			continue;
		bool itself = place->text[0] == 0 && place->empty && place->folder != AT_FDCWD;
		if (itself)
			place->base = duplicate(job->caller.tid, place->folder);
		else if (i > 0 && place->folder == AT_FDCWD && job->place[0].folder == AT_FDCWD && job->place[0].base >= 0)
			place->base = fcntl(job->place[0].base, F_DUPFD_CLOEXEC, 0); /* a fifth of what finding it costs */
		else
			place->base = base_of(p, &job->caller, place->folder);
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

static __thread mode_t own_umask = (mode_t)-1;
static __thread int own_groups = -1;
static __thread gid_t own_group[GROUPS];
static __thread uid_t known_uid;
static __thread gid_t known_gid;
static __thread struct __user_cap_data_struct own_caps[2];
static struct __user_cap_header_struct caps_header = {.version = _LINUX_CAPABILITY_VERSION_3};

static void set_effective(uint64_t caps)
{
	struct __user_cap_data_struct data[2] = {own_caps[0], own_caps[1]};

	data[0].effective &= (uint32_t)caps;
	data[1].effective &= (uint32_t)(caps >> 32);
	must(syscall(SYS_capset, &caps_header, data) == 0);
}

/* Once in each thread, before all else. */
void prepare_credentials(void)
{
	must(syscall(SYS_capget, &caps_header, own_caps) == 0);
	/* blocks that a file system keeps for root: nobody gets them because Lictor acts for him */
	own_caps[0].effective &= ~(uint32_t)BIT(CAP_SYS_RESOURCE);
	set_effective(~0ULL);
}

/* What a thread has to change to be the caller, as far as this call's checks can tell. */
static enum { NOTHING, IDS, ALL } difference(const struct job *job)
{
	const struct caller *c = &job->caller;

	switch (job->shared.kind) {
	case LICTOR_OPERATION_SETXATTR: /* CAP_SYS_ADMIN, CAP_SETFCAP */
	case LICTOR_OPERATION_REMOVEXATTR:
	case LICTOR_OPERATION_FLAGS: /* CAP_LINUX_IMMUTABLE */
	case LICTOR_OPERATION_MKNOD: /* CAP_MKNOD, also of a rename that leaves a whiteout */
		return ALL;
	case LICTOR_OPERATION_RENAME:
		if (job->shared.flags)
			return ALL;
	}
	if (c->fsuid == 0)
		return c->fsgid == 0 && (c->caps & FILE_CAPS) == FILE_CAPS ? NOTHING : ALL;
	return c->caps & ID_CAPS ? ALL : IDS;
}

static void set_ids(uid_t uid, gid_t gid)
{
	syscall(SYS_setfsgid, gid);
	syscall(SYS_setfsuid, uid);
	/* they say nothing when they fail; what worked once works again */
	if (known_uid != uid || known_gid != gid)
		must((gid_t)syscall(SYS_setfsgid, -1) == gid && (uid_t)syscall(SYS_setfsuid, -1) == uid);
	known_uid = uid;
	known_gid = gid;
}

void enter(const struct job *job)
{
	const struct caller *c = &job->caller;
	int differs = difference(job);

	if (own_umask != c->umask) {
		umask(c->umask);
		own_umask = c->umask;
	}
	if (differs == NOTHING)
		return;
	if (own_groups != c->groups || memcmp(own_group, c->group, c->groups * sizeof *c->group)) {
		must(syscall(SYS_setgroups, c->groups, c->group) == 0);
		memcpy(own_group, c->group, c->groups * sizeof *c->group);
		own_groups = c->groups;
	}
	set_ids(c->fsuid, c->fsgid);
	if (differs == ALL)
		set_effective(c->caps);
}

void leave(const struct job *job)
{
	int differs = difference(job);

	if (differs == ALL)
		set_effective(~0ULL);
	if (differs != NOTHING) {
		must((uid_t)syscall(SYS_setfsuid, 0) == job->caller.fsuid);
		syscall(SYS_setfsgid, 0);
	}
}
