/*
 * From texts to descriptors. In the guard's thread nothing may block: names are looked up in the kernel's cache only
 * (RESOLVE_CACHED) and on local file systems; whatever else there is, a thread of the pool follows as the kernel would
 * for the caller: its root is the workload's.
 */
#define _GNU_SOURCE
#include "performer.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <linux/fs.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#ifndef RESOLVE_CACHED
#define RESOLVE_CACHED 0x20
#endif
enum { LINKS = 40, LARGE_FILE = 64 << 20 };
#define KIND(name) LICTOR_OPERATION_##name

static const uint32_t LOCAL[] = {EXT4_SUPER_MAGIC, TMPFS_MAGIC, RAMFS_MAGIC, XFS_SUPER_MAGIC, BTRFS_SUPER_MAGIC,
				 F2FS_SUPER_MAGIC, OVERLAYFS_SUPER_MAGIC, 0x2fc12fc1 /* zfs */, 0xca451a4e /* bcachefs */};

static bool is_local(int fd)
{
	struct statfs fs;

	if (fstatfs(fd, &fs) < 0)
		return false;
	for (size_t i = 0; i < sizeof LOCAL / sizeof *LOCAL; i++)
		if ((uint32_t)fs.f_type == LOCAL[i])
			return true;
	return false;
}

/* This thread's root becomes the workload's; its folder is /proc of the host, where `self/fd/N` names its descriptors. */
int become_workload_root(const struct performer *p)
{
	if (fchdir(p->root) < 0 || chroot(".") < 0 || fchdir(p->proc) < 0)
		return -errno;
	return 0;
}

/* Follows a path as far as the cache knows it. -EAGAIN: somebody who may block must. */
static int walk_cached(const struct performer *p, int base, const char *path, uint64_t flags)
{
	struct open_how how = {.flags = flags | O_PATH | O_CLOEXEC, .resolve = RESOLVE_CACHED};

	/* below the workload's root; from elsewhere nothing may lead back to a root, which here is another one */
	how.resolve |= path[0] == '/' ? RESOLVE_IN_ROOT : RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
	int fd = syscall(SYS_openat2, path[0] == '/' ? p->root : base, path, &how, sizeof how);
	if (fd >= 0)
		return fd;
	/* ENOENT: perhaps /proc/self, which is nobody here */
	return errno == ELOOP || errno == EXDEV || errno == ENOENT || errno == EINVAL ? -EAGAIN : -errno;
}

static int walk(const struct performer *p, const struct job *job, int base, const char *path, uint64_t flags,
		bool may_block)
{
	return may_block ? walk_as_caller(job, base, path, flags) : walk_cached(p, base, path, flags);
}

/* Cuts the last component off: `text` becomes the folder's path. NULL: it ends in `.`, `..` or is the root. */
static const char *split(char *text, const char **folder)
{
	size_t end = strlen(text);

	while (end > 0 && text[end - 1] == '/')
		end--;
	size_t start = end;
	while (start > 0 && text[start - 1] != '/')
		start--;
	size_t length = end - start;
	if (length == 0 || (text[start] == '.' && (length == 1 || (length == 2 && text[start + 1] == '.'))))
		return NULL;
	if (start == 0)
		*folder = ".";
	else if (start == 1)
		*folder = "/";
	else {
		*folder = text;
		text[start - 1] = 0;
	}
	return text + start;
}

static size_t bare_length(const char *name)
{
	size_t length = strlen(name);

	while (length > 0 && name[length - 1] == '/')
		length--;
	return length;
}

/* The path of an own descriptor as the workload names it. */
static int path_of(const struct performer *p, int fd, uint8_t *into, size_t room)
{
	char link[16];

	snprintf(link, sizeof link, "%d", fd);
	ssize_t length = readlinkat(p->own_files, link, (char *)into, room);
	return length < 0 ? -errno : length == (ssize_t)room ? -ENAMETOOLONG : (int)length;
}

static int say_path(const struct performer *p, struct job *job, int i)
{
	struct place *place = &job->place[i];
	uint8_t *into = job->shared.path + i * LICTOR_PATH_ROOM;
	int length = path_of(p, place->fd, into, LICTOR_PATH_ROOM);

	if (length < 0)
		return -length;
	if (place->name) {
		size_t name = bare_length(place->name);
		if (length == 1)
			length = 0; /* the root */
		if (length + 1 + name > PATH_ROOM)
			return ENAMETOOLONG;
		into[length++] = '/';
		memcpy(into + length, place->name, name);
		length += name;
	}
	job->shared.path_length[i] = length;
	memcpy(job->shared.status + i * sizeof place->status, &place->status, sizeof place->status);
	return 0;
}

/* Looks the name up in its folder: `exists`, `status`. */
static int look(struct place *place)
{
	char name[NAME_MAX + 1];
	size_t length = bare_length(place->name);

	if (length > NAME_MAX)
		return ENAMETOOLONG;
	memcpy(name, place->name, length);
	name[length] = 0;
	if (fstatat(place->fd, name, &place->status, AT_SYMLINK_NOFOLLOW) == 0)
		place->exists = true;
	else if (errno != ENOENT)
		return errno;
	return 0;
}

/* An open that creates follows a symlink at the end to what it names, even where that is missing. */
static int follow_end(struct job *job, struct place *place)
{
	char next[PATH_ROOM + 1];

	for (int links = 0; place->exists && S_ISLNK(place->status.st_mode); links++) {
		ssize_t length = readlinkat(place->fd, place->name, next, PATH_ROOM);
		if (length <= 0 || links == LINKS)
			return length < 0 ? errno : ELOOP;
		next[length] = 0;
		strcpy(place->text, next);
		const char *folder;
		place->name = split(place->text, &folder);
		if (!place->name)
			return EISDIR;
		int fd = walk_as_caller(job, place->fd, folder, O_DIRECTORY);
		if (fd < 0)
			return -fd;
		close(place->fd);
		place->fd = fd;
		place->exists = false;
		int error = look(place);
		if (error)
			return error;
	}
	return 0;
}

static int resolve_object(const struct performer *p, struct job *job, struct place *place, bool may_block)
{
	int fd;

	if (!place->text[0])
		fd = fcntl(place->base, F_DUPFD_CLOEXEC, 0);
	else
		fd = walk(p, job, place->base, place->text, place->follow ? 0 : O_NOFOLLOW, may_block);
	if (fd < 0)
		return !place->text[0] ? errno : fd == -EAGAIN && !may_block ? -EAGAIN : -fd;
	place->fd = fd;
	if (!may_block && !is_local(fd))
		return -EAGAIN;
	place->exists = true;
	if (job->shared.kind == KIND(TMPFILE))
		place->name = "#tmpfile"; /* it has none yet: a rule about the folder holds for it */
	return fstat(fd, &place->status) < 0 ? errno : 0;
}

static int resolve_name(const struct performer *p, struct job *job, struct place *place, bool may_block)
{
	char text[PATH_ROOM + 1];
	const char *folder;

	strcpy(text, place->text); /* the text is needed whole should another thread have to try */
	const char *name = split(text, &folder);
	if (!name && job->shared.kind == KIND(LINK) && place == job->place) {
		place->by_name = false; /* a folder, which the kernel refuses to link */
		return resolve_object(p, job, place, may_block);
	}
	if (!name)
		return EINVAL;
	/* most folders are the working one, which is at hand; one that is a file fails with what follows */
	int fd = strcmp(folder, ".") ? walk(p, job, place->base, folder, O_DIRECTORY, may_block)
				     : fcntl(place->base, F_DUPFD_CLOEXEC, 0);
	if (fd < 0)
		return fd == -EAGAIN && !may_block ? -EAGAIN : -fd;
	place->fd = fd;
	place->name = place->text + (name - text);
	if (!may_block && !is_local(fd))
		return -EAGAIN;
	int error = look(place);
	if (error)
		return error;
	if (place->follow && place->exists && S_ISLNK(place->status.st_mode)) {
		if (!may_block)
			return -EAGAIN;
		return follow_end(job, place);
	}
	return 0;
}

/* Calls that fail for what is there, or is not: the kernel says how. */
static int fails_anyway(const struct job *job)
{
	const struct place *last = &job->place[job->places - 1];

	switch (job->shared.kind) {
	case KIND(OPEN):
		return last->exists || last->name[bare_length(last->name)] ? EEXIST : 0;
	case KIND(MKDIR): case KIND(MKNOD): case KIND(SYMLINK): case KIND(BIND):
		return last->exists ? EEXIST : 0;
	case KIND(LINK):
		return !job->place[0].exists ? ENOENT : last->exists ? EEXIST : 0;
	case KIND(DELETE):
		return last->exists ? 0 : ENOENT;
	case KIND(RENAME):
		if (last->exists && job->shared.flags & RENAME_NOREPLACE)
			return EEXIST;
		return job->place[0].exists ? 0 : ENOENT;
	default:
		return 0;
	}
}

static bool is_large(const struct job *job)
{
	const struct stat *s = &job->place[0].status;

	if (job->shared.kind == KIND(RENAME) && job->place[1].exists)
		s = &job->place[1].status;
	return S_ISREG(s->st_mode) && s->st_size > LARGE_FILE &&
	       (job->shared.kind == KIND(DELETE) || job->shared.kind == KIND(RENAME) || job->shared.kind == KIND(TRUNCATE));
}

void release(struct job *job)
{
	for (int i = 0; i < job->places; i++) {
		struct place *place = &job->place[i];
		if (place->fd >= 0)
			close(place->fd);
		place->fd = NO_FD;
		place->name = NULL;
		place->exists = false;
	}
}

int resolve(const struct performer *p, struct job *job, bool may_block)
{
	int error = 0;

	for (int i = 0; i < job->places && !error; i++) {
		struct place *place = &job->place[i];
		error = place->by_name ? resolve_name(p, job, place, may_block) : resolve_object(p, job, place, may_block);
	}
	if (!error)
		error = fails_anyway(job);
	for (int i = 0; i < job->places && !error; i++)
		error = say_path(p, job, i);
	if (error) {
		release(job);
		return error;
	}
	job->shared.exists = job->places == 2 && job->place[1].exists;
	/* an open asks fanotify, that is, the guard's thread: never there; nor a bind, which needs another root */
	job->direct = !may_block && job->shared.kind != KIND(OPEN) && job->shared.kind != KIND(TMPFILE) &&
		      job->shared.kind != KIND(BIND) && !is_large(job);
	job->shared.direct = job->direct;
	return 0;
}
