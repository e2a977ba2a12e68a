/* What each system call asks for (x86-64), and copies of what its arguments point to. */
#define _GNU_SOURCE
#include "performer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Newer than the headers of Debian 12. */
enum { NR_FCHMODAT2 = 452, NR_SETXATTRAT = 463, NR_REMOVEXATTRAT = 466, NR_FILE_SETATTR = 469 };
enum { SET_FLAGS = 0x40086602, SET_FSXATTR = 0x401c5820 }; /* FS_IOC_SETFLAGS, FS_IOC_FSSETXATTR */
enum { XATTR_SIZE_MOST = 65536, FILE_ATTR_MOST = 4096 };

#define ARG(n) (job->call.data.args[n])
#define KIND(name) LICTOR_OPERATION_##name

static void path(struct job *job, int folder, uint64_t address, bool by_name, bool follow)
{
	job->place[job->places++] =
		(struct place){.address = address, .folder = folder, .by_name = by_name, .follow = follow, .base = NO_FD, .fd = NO_FD};
}

/* On a descriptor: as a path that is absent, so that nobody follows anything. */
static void itself(struct job *job, int fd)
{
	path(job, fd, 0, false, false);
	job->place[0].empty = true;
	job->at_flags = AT_EMPTY_PATH;
}

static void of_tree(struct job *job, int kind)
{
	job->shared.kind = kind;
	job->tree = true;
}

/* A call about an object whose path may be empty, as `flags` say. */
static void object(struct job *job, int kind, int folder, uint64_t address, uint32_t flags)
{
	job->shared.kind = kind;
	path(job, folder, address, false, !(flags & AT_SYMLINK_NOFOLLOW));
	job->place[0].empty = flags & AT_EMPTY_PATH;
	job->at_flags = flags;
}

static bool opens(struct job *job, int folder, uint64_t address, uint32_t flags, uint32_t mode)
{
	bool temporary = (flags & O_TMPFILE) == O_TMPFILE;

	of_tree(job, temporary ? KIND(TMPFILE) : KIND(OPEN));
	job->harmless = flags & O_PATH || !(flags & O_CREAT || temporary); /* with O_PATH the kernel forgets O_CREAT */
	path(job, folder, address, !temporary, !(flags & (O_NOFOLLOW | O_EXCL)));
	job->shared.flags = flags;
	job->shared.mode = mode & 07777;
	return true;
}

static void makes(struct job *job, int kind, int folder, uint64_t address, uint32_t mode)
{
	of_tree(job, kind);
	path(job, folder, address, true, false);
	job->shared.mode = mode;
}

static void removes(struct job *job, int folder, uint64_t address, uint32_t flags)
{
	of_tree(job, KIND(DELETE));
	path(job, folder, address, true, false);
	job->at_flags = flags;
}

static void pair(struct job *job, int kind, int from, uint64_t source, int to, uint64_t target, uint32_t flags)
{
	of_tree(job, kind);
	path(job, from, source, true, false);
	path(job, to, target, true, false);
	job->shared.flags = flags;
	if (kind == KIND(LINK) && flags & (AT_SYMLINK_FOLLOW | AT_EMPTY_PATH)) {
		job->place[0].by_name = false;
		job->place[0].follow = flags & AT_SYMLINK_FOLLOW;
		job->place[0].empty = flags & AT_EMPTY_PATH;
	}
}

/* A unix socket with a name in the tree; other addresses are not ours. */
static bool binds(struct job *job)
{
	struct sockaddr_un *address = &job->address;
	size_t size = ARG(2) < sizeof *address ? ARG(2) : sizeof *address;

	memset(address, 0, sizeof *address);
	if (read_caller_memory(job->call.pid, ARG(1), address, size) < 0 || address->sun_family != AF_UNIX ||
	    !address->sun_path[0])
		return false;
	of_tree(job, KIND(BIND));
	path(job, AT_FDCWD, ARG(1), true, false);
	return true;
}

static bool describe_tree(struct job *job)
{
	switch (job->call.data.nr) {
	case SYS_open: return opens(job, AT_FDCWD, ARG(0), ARG(1), ARG(2));
	case SYS_openat: return opens(job, ARG(0), ARG(1), ARG(2), ARG(3));
	case SYS_creat: return opens(job, AT_FDCWD, ARG(0), O_CREAT | O_WRONLY | O_TRUNC, ARG(1));
	case SYS_mkdir: makes(job, KIND(MKDIR), AT_FDCWD, ARG(0), ARG(1)); return true;
	case SYS_mkdirat: makes(job, KIND(MKDIR), ARG(0), ARG(1), ARG(2)); return true;
	case SYS_mknod: makes(job, KIND(MKNOD), AT_FDCWD, ARG(0), ARG(1)); job->device = ARG(2); return true;
	case SYS_mknodat: makes(job, KIND(MKNOD), ARG(0), ARG(1), ARG(2)); job->device = ARG(3); return true;
	case SYS_symlink: makes(job, KIND(SYMLINK), AT_FDCWD, ARG(1), 0777); return true;
	case SYS_symlinkat: makes(job, KIND(SYMLINK), ARG(1), ARG(2), 0777); return true;
	case SYS_unlink: removes(job, AT_FDCWD, ARG(0), 0); return true;
	case SYS_unlinkat: removes(job, ARG(0), ARG(1), ARG(2)); return true;
	case SYS_rmdir: removes(job, AT_FDCWD, ARG(0), AT_REMOVEDIR); return true;
	case SYS_rename: pair(job, KIND(RENAME), AT_FDCWD, ARG(0), AT_FDCWD, ARG(1), 0); return true;
	case SYS_renameat: pair(job, KIND(RENAME), ARG(0), ARG(1), ARG(2), ARG(3), 0); return true;
	case SYS_renameat2: pair(job, KIND(RENAME), ARG(0), ARG(1), ARG(2), ARG(3), ARG(4)); return true;
	case SYS_link: pair(job, KIND(LINK), AT_FDCWD, ARG(0), AT_FDCWD, ARG(1), 0); return true;
	case SYS_bind: return binds(job);
	case SYS_linkat: pair(job, KIND(LINK), ARG(0), ARG(1), ARG(2), ARG(3), ARG(4)); return true;
	}
	return false;
}

static bool describe_attributes(struct job *job)
{
	switch (job->call.data.nr) {
	case SYS_chmod: object(job, KIND(CHMOD), AT_FDCWD, ARG(0), 0); job->shared.mode = ARG(1); return true;
	case SYS_fchmodat: object(job, KIND(CHMOD), ARG(0), ARG(1), 0); job->shared.mode = ARG(2); return true;
	case NR_FCHMODAT2: object(job, KIND(CHMOD), ARG(0), ARG(1), ARG(3)); job->shared.mode = ARG(2); return true;
	case SYS_fchmod: job->shared.kind = KIND(CHMOD); itself(job, ARG(0)); job->shared.mode = ARG(1); return true;
	case SYS_chown: object(job, KIND(CHOWN), AT_FDCWD, ARG(0), 0); break;
	case SYS_lchown: object(job, KIND(CHOWN), AT_FDCWD, ARG(0), AT_SYMLINK_NOFOLLOW); break;
	case SYS_fchown: job->shared.kind = KIND(CHOWN); itself(job, ARG(0)); break;
	case SYS_fchownat:
		object(job, KIND(CHOWN), ARG(0), ARG(1), ARG(4));
		job->shared.new_owner = ARG(2);
		job->gid = ARG(3);
		return true;
	case SYS_truncate: object(job, KIND(TRUNCATE), AT_FDCWD, ARG(0), 0); job->length = ARG(1); return true;
	case SYS_utime: case SYS_utimes: object(job, KIND(UTIMES), AT_FDCWD, ARG(0), 0); return true;
	case SYS_futimesat: case SYS_utimensat:
		/* without a path they mean the descriptor, as the C library's futimens */
		if (ARG(1) == 0) {
			job->shared.kind = KIND(UTIMES);
			itself(job, ARG(0));
		} else {
			object(job, KIND(UTIMES), ARG(0), ARG(1), job->call.data.nr == SYS_utimensat ? ARG(3) : 0);
		}
		return true;
	case SYS_setxattr: object(job, KIND(SETXATTR), AT_FDCWD, ARG(0), 0); return true;
	case SYS_lsetxattr: object(job, KIND(SETXATTR), AT_FDCWD, ARG(0), AT_SYMLINK_NOFOLLOW); return true;
	case SYS_fsetxattr: job->shared.kind = KIND(SETXATTR); itself(job, ARG(0)); return true;
	case NR_SETXATTRAT: object(job, KIND(SETXATTR), ARG(0), ARG(1), ARG(2)); return true;
	case SYS_removexattr: object(job, KIND(REMOVEXATTR), AT_FDCWD, ARG(0), 0); return true;
	case SYS_lremovexattr: object(job, KIND(REMOVEXATTR), AT_FDCWD, ARG(0), AT_SYMLINK_NOFOLLOW); return true;
	case SYS_fremovexattr: job->shared.kind = KIND(REMOVEXATTR); itself(job, ARG(0)); return true;
	case NR_REMOVEXATTRAT: object(job, KIND(REMOVEXATTR), ARG(0), ARG(1), ARG(2)); return true;
	case NR_FILE_SETATTR: object(job, KIND(FLAGS), ARG(0), ARG(1), ARG(4)); return true;
	case SYS_ioctl: job->shared.kind = KIND(FLAGS); itself(job, ARG(0)); job->command = ARG(1); return true;
	default: return false;
	}
	job->shared.new_owner = ARG(1);
	job->gid = ARG(2);
	return true;
}

bool describe(struct job *job)
{
	return describe_tree(job) || describe_attributes(job);
}

static int read_value(struct job *job, uint64_t address, size_t size, size_t most)
{
	if (size > most)
		return -E2BIG;
	job->value_size = size;
	if (size == 0)
		return 0;
	job->value = malloc(size);
	return job->value ? read_caller_memory(job->call.pid, address, job->value, size) : -ENOMEM;
}

static int read_times(struct job *job)
{
	int nr = job->call.data.nr;
	uint64_t address = nr == SYS_futimesat || nr == SYS_utimensat ? ARG(2) : ARG(1);
	int64_t raw[4] = {0};

	job->now = address == 0;
	if (job->now)
		return 0;
	int error = read_caller_memory(job->call.pid, address, raw, nr == SYS_utime ? 16 : 32);
	if (error)
		return error;
	if (nr == SYS_utime) { /* struct utimbuf: two times in seconds */
		raw[2] = raw[1];
		raw[1] = 0;
	} else if (nr != SYS_utimensat) { /* microseconds */
		if (raw[1] < 0 || raw[1] >= 1000000 || raw[3] < 0 || raw[3] >= 1000000)
			return -EINVAL;
		raw[1] *= 1000;
		raw[3] *= 1000;
	}
	job->times[0] = (struct timespec){raw[0], raw[1]};
	job->times[1] = (struct timespec){raw[2], raw[3]};
	return 0;
}

static int read_attribute(struct job *job)
{
	int nr = job->call.data.nr;
	bool at = nr == NR_SETXATTRAT || nr == NR_REMOVEXATTRAT;
	struct { uint64_t value; uint32_t size, flags; } args; /* struct xattr_args */
	int error = read_caller_text(job->call.pid, at ? ARG(3) : ARG(1), job->attribute, sizeof job->attribute);

	if (error == -ENAMETOOLONG)
		return -ERANGE;
	if (error || job->shared.kind == KIND(REMOVEXATTR))
		return error;
	if (!at) {
		job->value_flags = ARG(4);
		return read_value(job, ARG(2), ARG(3), XATTR_SIZE_MOST);
	}
	if (ARG(5) != sizeof args)
		return -EINVAL;
	error = read_caller_memory(job->call.pid, ARG(4), &args, sizeof args);
	job->value_flags = args.flags;
	return error ? error : read_value(job, args.value, args.size, XATTR_SIZE_MOST);
}

static int read_flags(struct job *job)
{
	if (job->call.data.nr == NR_FILE_SETATTR)
		return read_value(job, ARG(2), ARG(3), FILE_ATTR_MOST);
	return read_value(job, ARG(2), job->command == SET_FLAGS ? sizeof(int) : 28, FILE_ATTR_MOST);
}

/* The text that a symlink shall have: seen by TypeScript, and what is written. */
static int read_link(struct job *job)
{
	char text[PATH_ROOM + 1];
	int error = read_caller_text(job->call.pid, ARG(0), text, sizeof text);

	if (error)
		return error;
	job->shared.link_length = strlen(text);
	if (job->shared.link_length == sizeof job->shared.link)
		return -ENAMETOOLONG;
	memcpy(job->shared.link, text, job->shared.link_length + 1);
	return 0;
}

static int read_text(struct job *job, struct place *place)
{
	place->text[0] = 0;
	if (job->shared.kind == KIND(BIND)) { /* was read with its family; need not end in a zero byte */
		memcpy(place->text, job->address.sun_path, sizeof job->address.sun_path);
		place->text[sizeof job->address.sun_path] = 0;
		return 0;
	}
	if (!place->address)
		return place->empty ? 0 : -EFAULT;
	return read_caller_text(job->call.pid, place->address, place->text, sizeof place->text);
}

/* In the order in which the kernel looks at them: a wrong argument tells before a wrong path. */
static int read_others(struct job *job)
{
	if (!job->tree && job->at_flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH | AT_NO_AUTOMOUNT))
		return -EINVAL;
	switch (job->shared.kind) {
	case KIND(TRUNCATE): return (int64_t)job->length < 0 ? -EINVAL : 0;
	case KIND(SYMLINK): return read_link(job);
	case KIND(UTIMES): return read_times(job);
	case KIND(SETXATTR): case KIND(REMOVEXATTR): return read_attribute(job);
	case KIND(FLAGS): return read_flags(job);
	default: return 0;
	}
}

int read_arguments(struct job *job)
{
	int error = read_others(job);

	for (int i = 0; i < job->places && !error; i++) {
		struct place *place = &job->place[i];
		error = read_text(job, place);
		if (!error && !place->text[0] && !place->empty)
			error = -ENOENT;
		size_t length = error ? 0 : strlen(place->text);
		job->shared.invoked_length[i] = length;
		memcpy(job->shared.invoked + i * PATH_ROOM, place->text, length);
	}
	return error;
}
