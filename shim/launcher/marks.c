/* A fanotify mark on every mount of this namespace. No mount can be added later: the filter refuses it. */
#define _GNU_SOURCE
#include "launch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fanotify.h>
#include <unistd.h>

/* proc(5): space, tab, newline and backslash are written as three octal digits. */
static void unescape(char *text)
{
	char *to = text;
	for (char *from = text; *from; to++) {
		if (from[0] == '\\' && from[1] >= '0' && from[1] <= '3' && from[2] && from[3]) {
			*to = (char)((from[1] - '0') << 6 | (from[2] - '0') << 3 | (from[3] - '0'));
			from += 4;
		} else {
			*to = *from++;
		}
	}
	*to = 0;
}

void mark_mounts(int fanotify, const struct options *o)
{
	/* Read whole before the first mark: an open of this process on a marked mount would wait for Lictor. */
	FILE *file = fopen("/proc/self/mountinfo", "re");
	if (!file)
		fail("open /proc/self/mountinfo");
	char *text = NULL;
	size_t room = 0;
	if (getdelim(&text, &room, 0, file) < 0)
		fail("read /proc/self/mountinfo");
	fclose(file);

	uint64_t mask = FAN_ONDIR;
	if (o->guard_open)
		mask |= FAN_OPEN_PERM;
	if (o->guard_exec)
		mask |= FAN_OPEN_EXEC_PERM;
	char *rest = NULL;
	for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		/* ID PARENT MAJOR:MINOR ROOT MOUNTPOINT … */
		char *point = line;
		for (int i = 0; i < 4 && point; i++)
			point = strchr(point, ' ') ? strchr(point, ' ') + 1 : NULL;
		const char *type = strstr(line, " - ");
		if (!point || !type)
			continue;
		bool proc = !strncmp(type, " - proc ", 8);
		point[strcspn(point, " ")] = 0;
		unescape(point);
		if (fanotify_mark(fanotify, FAN_MARK_ADD | FAN_MARK_MOUNT, mask, AT_FDCWD, point) == 0)
			continue;
		if (errno == EINVAL && proc)
			continue; /* the kernel has no permission events for proc (FS_DISALLOW_NOTIFY_PERM): doctor says so */
		if (errno == ENOENT || errno == ENOTDIR)
			continue; /* hidden below another mount: nobody reaches it by a path */
		int error = errno;
		char what[4200];
		snprintf(what, sizeof what, "mark the mount %s", point);
		errno = error;
		fail(what);
	}
	free(text);
}
