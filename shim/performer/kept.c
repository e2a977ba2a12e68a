#define _GNU_SOURCE
#include "kept.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

void kept_start(struct kept_files *kept, int proc, const char *name)
{
	kept->proc = proc;
	kept->name = name;
	for (int i = 0; i < KEPT_FILES; i++)
		kept->of[i] = (struct kept){0, -1};
}

static int keep_open(struct kept_files *kept, struct kept *one, pid_t tid)
{
	char path[48];

	if (one->fd >= 0)
		close(one->fd);
	snprintf(path, sizeof path, "%d/%s", tid, kept->name);
	one->tid = tid;
	one->fd = openat(kept->proc, path, O_RDONLY | O_CLOEXEC);
	return one->fd < 0 ? -errno : one->fd;
}

ssize_t kept_read(struct kept_files *kept, pid_t tid, void *into, size_t room, bool *same)
{
	struct kept *one = &kept->of[(unsigned int)tid % KEPT_FILES];
	ssize_t size = -1;

	if (one->tid == tid && one->fd >= 0)
		size = pread(one->fd, into, room, 0);
	*same = size >= 0;
	if (size >= 0)
		return size;
	int fd = keep_open(kept, one, tid);
	if (fd < 0)
		return fd;
	size = pread(fd, into, room, 0);
	return size < 0 ? -errno : size;
}

void kept_end(struct kept_files *kept)
{
	for (int i = 0; i < KEPT_FILES; i++)
		if (kept->of[i].fd >= 0)
			close(kept->of[i].fd);
}
