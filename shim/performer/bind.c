/*
 * bind(2) of a unix socket to a path. getsockname, and the peers of the socket, learn the text that it was bound by, so it
 * has to be bound by the caller's own; but followed as it is, that text could lead elsewhere by now than was decided. So it
 * is followed in a tree of this thread's own, which has a folder for each component and, in place of the last one, a link
 * to the descriptor of the folder that was decided: there it leads to that folder, or nowhere.
 */
#define _GNU_SOURCE
#include "performer.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

enum { TEXT_ROOM = sizeof((struct sockaddr_un *)0)->sun_path, PROC_NAME = TEXT_ROOM + 1 };

/* The tree: a mount that only this thread's namespace has, and that ends with it. */
static __thread int tree = NO_FD;

/* /proc in the tree, under a name that is too long to be a component of a socket's path. */
static const char *proc_name(void)
{
	static __thread char name[PROC_NAME + 1];

	memset(name, 'p', PROC_NAME);
	return name;
}

/* These threads work in /proc of the host, and `fs` is a folder there. MS_SLAVE: what the host unmounts goes here too. */
static bool open_tree_of_own(void)
{
	if (tree >= 0)
		return true;
	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, ".", NULL, MS_REC | MS_SLAVE, NULL) < 0 ||
	    mount("lictor", "fs", "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=711") < 0)
		return false;
	int fd = open("fs", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fchdir(fd) < 0 || mkdir(proc_name(), 0700) < 0 ||
	    mount("lictor", proc_name(), "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0)
		return false;
	tree = fd;
	return true;
}

/* Of the folder of a socket, the part of its text before the last component: where each component of it ends. */
struct folder {
	const char *text;
	size_t end[TEXT_ROOM / 2 + 1];
	int count;              /* up to the last that is not `.` */
};

/* False: it ends in `..`, and no link can stand for that. */
static bool split_folder(const char *text, struct folder *folder)
{
	bool up = false;
	int count = 0;

	folder->text = text;
	folder->count = 0;
	for (size_t at = strspn(text, "/"); ; ) {
		size_t length = strcspn(text + at, "/"), next = at + length + strspn(text + at + length, "/");
		if (!text[next])
			return !up;
		folder->end[count++] = at + length;
		if (length != 1 || text[at] != '.') {
			folder->count = count;
			up = length == 2 && !memcmp(text + at, "..", 2);
		}
		at = next;
	}
}

static const char *component(const struct folder *folder, int i, char path[TEXT_ROOM + 1])
{
	snprintf(path, TEXT_ROOM + 1, "%.*s", (int)folder->end[i], folder->text);
	return path;
}

static void clear(const struct folder *folder)
{
	char path[TEXT_ROOM + 1];

	for (int i = folder->count - 1; i >= 0; i--)
		if (unlink(component(folder, i, path)) < 0)
			rmdir(path);
}

/* Makes the tree this thread's root, in which `folder` leads to the descriptor `decided`. */
static bool lay_out(const struct folder *folder, int decided)
{
	char path[TEXT_ROOM + 1], link[PROC_NAME + 32];

	if (folder->count == 0) /* the root, or the working folder */
		return fchdir(decided) == 0 && chroot(".") == 0;
	if (!open_tree_of_own() || fchdir(tree) < 0 || chroot(".") < 0)
		return false;
	for (int i = 0; i < folder->count - 1; i++)
		if (mkdir(component(folder, i, path), 0711) == 0)
			chmod(path, 0711); /* the umask is the caller's */
	snprintf(link, sizeof link, "/%s/self/fd/%d", proc_name(), decided);
	if (symlink(link, component(folder, folder->count - 1, path)) == 0)
		return true;
	clear(folder);
	return false;
}

/* Binds by `text`. False: it is too long or cannot be laid out, and nothing was done. */
static bool bind_by(const struct performer *p, struct job *job, const char *text, long *done)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct folder folder;
	size_t length = strlen(text);

	if (length > TEXT_ROOM || !split_folder(text, &folder))
		return false;
	memcpy(address.sun_path, text, length);
	bool laid = lay_out(&folder, job->place[0].fd);
	if (laid) {
		enter(job);
		*done = bind(job->socket, (struct sockaddr *)&address,
			     offsetof(struct sockaddr_un, sun_path) + length + (length < TEXT_ROOM));
		*done = *done < 0 ? -errno : 0;
		leave(job);
		clear(&folder);
	}
	if (become_workload_root(p) < 0)
		abort(); /* elsewhere the next call would be another one */
	return laid;
}

/*
 * By the text of the caller; where that cannot be laid out, by the path that was decided; where that is too long, by the
 * name alone. Lictor itself lays out, the caller binds.
 */
long bind_path(const struct performer *p, struct job *job)
{
	const struct place *place = &job->place[0];
	const char *slashes = strchr(place->name, '/');
	char decided[PATH_ROOM + TEXT_ROOM];
	long done = -EPERM;

	snprintf(decided, sizeof decided, "%.*s%s", (int)job->shared.path_length[0], (const char *)job->shared.path,
		 slashes ? slashes : "");
	leave(job);
	if (!bind_by(p, job, place->text, &done) && !bind_by(p, job, decided, &done))
		bind_by(p, job, place->name, &done);
	enter(job);
	return done;
}
