/* Performs a call on what was resolved, with the caller's credentials. */
#define _GNU_SOURCE
#include "performer.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

enum { NR_FILE_SETATTR = 469 }; /* newer than the headers of Debian 12 */
#define KIND(name) LICTOR_OPERATION_##name

static long result(long value)
{
	return value < 0 ? -errno : value;
}

/* The object as a path below /proc, for calls that take no descriptor of this kind. */
static const char *own_path(const struct place *place, char room[32])
{
	snprintf(room, 32, "self/fd/%d", place->fd);
	return room;
}

/* Creates the file; where somebody was faster and the caller minds not, the kernel opens what is there. */
static long create(const struct performer *p, struct job *job, bool *answered)
{
	struct place *place = &job->place[0];
	uint32_t flags = job->shared.flags;
	bool temporary = job->shared.kind == KIND(TMPFILE);
	int fd = openat(place->fd, temporary ? "." : place->name,
			temporary ? flags | O_CLOEXEC : flags | O_EXCL | O_CLOEXEC, job->shared.mode);

	if (fd < 0) {
		if (errno != EEXIST || flags & O_EXCL || temporary)
			return -errno;
		let_continue(p, job);
		*answered = true;
		return 0;
	}
	long given = hand_over(p, job, fd, flags & O_CLOEXEC);
	/* the caller has no room for a descriptor: the kernel sees that before it creates anything */
	if (given < 0 && given != -ENOENT && !temporary)
		unlinkat(place->fd, place->name, 0);
	/* before the caller goes on: a file that somebody has open for writing is not executed (ETXTBSY) */
	close(fd);
	return given;
}

static long make_link(const struct performer *p, struct job *job)
{
	struct place *from = &job->place[0], *to = &job->place[1];
	char room[32];

	if (from->by_name)
		return linkat(from->fd, from->name, to->fd, to->name, 0);
	return linkat(p->proc, own_path(from, room), to->fd, to->name, AT_SYMLINK_FOLLOW);
}

/* RLIMIT_FSIZE is the caller's, and so is the signal. prlimit(2) would need CAP_SYS_RESOURCE. */
static bool is_beyond_limit(const struct performer *p, const struct job *job)
{
	static const char NAME[] = "Max file size";
	char path[32], text[4096];

	snprintf(path, sizeof path, "%d/limits", job->caller.tid);
	int fd = openat(p->proc, path, O_RDONLY | O_CLOEXEC);
	ssize_t size = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
	if (fd >= 0)
		close(fd);
	text[size < 0 ? 0 : size] = 0;
	const char *line = strstr(text, NAME);
	if (!line)
		return true;
	line += strlen(NAME);
	line += strspn(line, " ");
	return *line != 'u' && job->length > strtoull(line, NULL, 10); /* `unlimited` */
}

static long truncate_to(const struct performer *p, struct job *job)
{
	char room[32];

	if ((int64_t)job->length > job->place[0].status.st_size && is_beyond_limit(p, job)) {
		syscall(SYS_tgkill, job->caller.tgid, job->caller.tid, SIGXFSZ);
		errno = EFBIG;
		return -1;
	}
	/* no open, so that nobody is asked a second time; these threads work in /proc */
	return syscall(SYS_truncate, own_path(&job->place[0], room), job->length);
}

static long set_attribute(struct job *job)
{
	struct place *place = &job->place[0];
	char room[32];

	if (job->call.data.nr == SYS_fsetxattr)
		return fsetxattr(place->fd, job->attribute, job->value, job->value_size, job->value_flags);
	/* setxattrat takes no O_PATH descriptor (EBADF) */
	return setxattr(own_path(place, room), job->attribute, job->value, job->value_size, job->value_flags);
}

static long remove_attribute(struct job *job)
{
	char room[32];

	if (job->call.data.nr == SYS_fremovexattr)
		return fremovexattr(job->place[0].fd, job->attribute);
	return removexattr(own_path(&job->place[0], room), job->attribute);
}

static long change(const struct performer *p, struct job *job)
{
	struct place *one = &job->place[0], *two = &job->place[1];
	int nr = job->call.data.nr;
	char room[32];

	switch (job->shared.kind) {
	case KIND(MKDIR):
		return mkdirat(one->fd, one->name, job->shared.mode);
	case KIND(MKNOD):
		return syscall(SYS_mknodat, one->fd, one->name, job->shared.mode, job->device);
	case KIND(SYMLINK):
		return symlinkat((const char *)job->shared.link, one->fd, one->name);
	case KIND(DELETE):
		return unlinkat(one->fd, one->name, job->at_flags);
	case KIND(RENAME):
		return syscall(SYS_renameat2, one->fd, one->name, two->fd, two->name, job->shared.flags);
	case KIND(LINK):
		return make_link(p, job);
	case KIND(TRUNCATE):
		return truncate_to(p, job);
	case KIND(CHMOD):
		/* fchmodat2 with AT_EMPTY_PATH needs Linux 6.6 */
		return nr == SYS_fchmod ? fchmod(one->fd, job->shared.mode) : chmod(own_path(one, room), job->shared.mode);
	case KIND(CHOWN):
		return nr == SYS_fchown ? fchown(one->fd, job->shared.new_owner, job->gid)
					: fchownat(one->fd, "", job->shared.new_owner, job->gid, AT_EMPTY_PATH);
	case KIND(UTIMES):
		return utimensat(one->fd, "", job->now ? NULL : job->times, AT_EMPTY_PATH);
	case KIND(SETXATTR):
		return set_attribute(job);
	case KIND(REMOVEXATTR):
		return remove_attribute(job);
	case KIND(FLAGS):
		return nr == SYS_ioctl ? ioctl(one->fd, job->command, job->value)
				       : syscall(NR_FILE_SETATTR, AT_FDCWD, own_path(one, room), job->value, job->value_size, 0);
	}
	errno = ENOSYS;
	return -1;
}

long perform(const struct performer *p, struct job *job, bool *answered)
{
	*answered = false;
	if (job->shared.kind == KIND(OPEN) || job->shared.kind == KIND(TMPFILE))
		return create(p, job, answered);
	if (job->shared.kind == KIND(BIND))
		return bind_path(p, job);
	return result(change(p, job));
}
