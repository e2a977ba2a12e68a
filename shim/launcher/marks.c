/* A fanotify mark on every mount of this namespace. No mount can be added later: the filter refuses it. */
#define _GNU_SOURCE
#include "launch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/fanotify.h>

struct group {
	int fd;
	uint64_t mask;
};

static void mark(const struct mount *mount, void *context)
{
	const struct group *group = context;
	if (fanotify_mark(group->fd, FAN_MARK_ADD | FAN_MARK_MOUNT, group->mask, AT_FDCWD, mount->point) == 0)
		return;
	if (errno == EINVAL && !strcmp(mount->type, "proc"))
		return; /* the kernel has no permission events for proc (FS_DISALLOW_NOTIFY_PERM): doctor says so */
	if (errno == ENOENT || errno == ENOTDIR)
		return; /* hidden below another mount: nobody reaches it by a path */
	int error = errno;
	char what[4200];
	snprintf(what, sizeof what, "mark the mount %s", mount->point);
	errno = error;
	fail(what);
}

void mark_mounts(int fanotify, const struct options *o)
{
	struct group group = {.fd = fanotify, .mask = FAN_ONDIR};
	if (o->guard_open)
		group.mask |= FAN_OPEN_PERM;
	if (o->guard_exec)
		group.mask |= FAN_OPEN_EXEC_PERM;
	for_each_mount(mark, &group);
}
