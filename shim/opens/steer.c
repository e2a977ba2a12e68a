#define _GNU_SOURCE
#include "steer.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Field of /proc/TID/stat, counted behind the command's closing parenthesis (proc_pid_stat(5): 39) */
enum { PROCESSOR = 37 };

void steer_start(struct steering *s, int proc)
{
	*s = (struct steering){.proc = proc, .interval = LOOK_SOON};
}

static int processor_of(const struct steering *s, pid_t tid)
{
	char path[32], stat[1024];

	snprintf(path, sizeof path, "%d/stat", tid);
	int fd = openat(s->proc, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	ssize_t size = read(fd, stat, sizeof stat - 1);
	close(fd);
	if (size <= 0)
		return -1;
	stat[size] = 0;
	char *at = strrchr(stat, ')');
	for (int i = 0; i < PROCESSOR && at; i++)
		at = strchr(at + 1, ' ');
	return at ? atoi(at) : -1;
}

/* Goes to a processor, and may be moved to every other one again that this thread is allowed. */
static void go(int processor)
{
	cpu_set_t allowed, only;

	/* fails where there are more processors than fit: then it stays where it is put */
	if (sched_getaffinity(0, sizeof allowed, &allowed) < 0 || !CPU_ISSET(processor, &allowed))
		return;
	CPU_ZERO(&only);
	CPU_SET(processor, &only);
	if (sched_setaffinity(0, sizeof only, &only) == 0)
		sched_setaffinity(0, sizeof allowed, &allowed);
}

void steer(struct steering *s, pid_t tid)
{
	if (++s->questions < s->interval)
		return;
	s->questions = 0;
	int there = processor_of(s, tid);
	if (there < 0 || there >= CPU_SETSIZE || there == sched_getcpu()) {
		s->interval = LOOK_SOON;
		return;
	}
	go(there);
	s->interval = s->interval < LOOK_LATE ? 2 * s->interval : LOOK_LATE;
}
