/*
 * Follows a path as the kernel would for the caller. The kernel cannot be asked to, because /proc/self is this thread's
 * there, and this thread is nobody in the workload's PID namespace: component by component, with the caller's numbers.
 * The thread's root is the workload's.
 */
#define _GNU_SOURCE
#include "performer.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

enum { LINKS = 40 };

struct walk {
	const struct job *job;
	int fd;                  /* where it stands */
	bool own;                /* below the caller's own /proc/self, which it may enter whatever its credentials are */
	int links;               /* that were followed */
	bool folder;             /* a slash at the end: what is found has to be one */
	char rest[2 * PATH_ROOM + 2]; /* what is still to be walked */
};

static bool is_proc(int fd)
{
	struct statfs fs;

	return fstatfs(fd, &fs) == 0 && fs.f_type == PROC_SUPER_MAGIC;
}

/* Stands at `fd` from here on. */
static int stand(struct walk *w, int fd)
{
	if (fd < 0)
		return -errno;
	close(w->fd);
	w->fd = fd;
	return 0;
}

static int open_at(const struct walk *w, const char *name, int flags)
{
	if (w->own)
		leave(w->job);
	int fd = openat(w->fd, name, flags | O_PATH | O_CLOEXEC);
	int error = errno;
	if (w->own)
		enter(w->job);
	errno = error;
	return fd;
}

static ssize_t read_link_at(const struct walk *w, const char *name, char *text)
{
	if (w->own)
		leave(w->job);
	ssize_t length = readlinkat(w->fd, name, text, PATH_ROOM);
	int error = errno;
	if (w->own)
		enter(w->job);
	errno = error;
	return length;
}

static int go_to_root(struct walk *w)
{
	return stand(w, open("/", O_PATH | O_CLOEXEC));
}

/* Puts the text of a symlink before what is left. */
static int put_before(struct walk *w, const char *text)
{
	char rest[sizeof w->rest];
	int length = snprintf(rest, sizeof rest, "%s%s%s", text, w->rest[0] ? "/" : "", w->rest);

	if (length >= (int)sizeof rest)
		return -ENAMETOOLONG;
	strcpy(w->rest, rest);
	return text[0] == '/' ? go_to_root(w) : 0;
}

static int follow(struct walk *w, const char *name)
{
	char text[PATH_ROOM + 1];
	bool proc = is_proc(w->fd);

	if (++w->links > LINKS)
		return -ELOOP;
	w->own = proc && (!strcmp(name, "self") || !strcmp(name, "thread-self") || w->own);
	if (proc && !strcmp(name, "self"))
		snprintf(text, sizeof text, "%d", w->job->caller.inner_tgid);
	else if (proc && !strcmp(name, "thread-self"))
		snprintf(text, sizeof text, "%d/task/%d", w->job->caller.inner_tgid, w->job->caller.inner_tid);
	else {
		ssize_t length = read_link_at(w, name, text);
		if (length < 0)
			return -errno;
		text[length] = 0;
		/* links of /proc lead to the thing itself, whatever their text says; those with a relative one are plain */
		if (proc && (text[0] == '/' || strchr(text, ':'))) {
			int fd = open_at(w, name, 0);
			w->own = false;
			return stand(w, fd);
		}
		if (length == 0)
			return -ENOENT;
	}
	return put_before(w, text);
}

/* One component; `last`: nothing follows it, not even a slash. */
static int step(struct walk *w, const char *name, bool last, uint64_t flags)
{
	struct stat status;
	int fd = open_at(w, name, O_NOFOLLOW);

	if (fd < 0)
		return -errno;
	if (fstat(fd, &status) < 0 || !S_ISLNK(status.st_mode) || (last && flags & O_NOFOLLOW && !w->folder))
		return stand(w, fd);
	close(fd);
	return follow(w, name);
}

static int advance(struct walk *w, uint64_t flags)
{
	while (w->rest[0]) {
		char name[PATH_ROOM + 1];
		size_t length = strcspn(w->rest, "/"), slashes = strspn(w->rest + length, "/");

		memcpy(name, w->rest, length);
		name[length] = 0;
		bool last = !w->rest[length];
		memmove(w->rest, w->rest + length + slashes, strlen(w->rest + length + slashes) + 1);
		w->folder |= slashes && !w->rest[0];
		int error = length ? step(w, name, last, flags) : 0;
		if (error)
			return error;
	}
	return 0;
}

int walk_as_caller(const struct job *job, int base, const char *path, uint64_t flags)
{
	struct walk w = {.job = job};
	struct stat status;

	w.fd = path[0] == '/' ? open("/", O_PATH | O_CLOEXEC) : fcntl(base, F_DUPFD_CLOEXEC, 0);
	if (w.fd < 0)
		return -errno;
	strcpy(w.rest, path + strspn(path, "/"));
	int error = advance(&w, flags);
	if (!error && (flags & O_DIRECTORY || w.folder) && (fstat(w.fd, &status) < 0 || !S_ISDIR(status.st_mode)))
		error = -ENOTDIR;
	if (!error)
		return w.fd;
	close(w.fd);
	return error;
}
