/*
 * Permission events of a fanotify group, one after the other: the object that the kernel resolved, and the system call of
 * the thread that waits. What the guard's thread calls; all of it from that one thread.
 *
 *     take ─► resolve ─► read_call ─► answer
 */
#define _GNU_SOURCE
#include "../performer/kept.h"
#include "generated/opened.h"
#include "steer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fanotify.h>
#include <sys/stat.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))

/* A thread that has just been woken, or not gone to sleep yet, is "running": its registers cannot be seen. */
enum { TRIES = 50, PATH_MOST = 4096, ANSWERS = 32 };
static const char DELETED[] = " (deleted)";

struct opens {
	int group, proc, own_files;
	struct kept_files calls;
	struct steering steering;
	struct lictor_opened event;
	size_t at, size;
	int answered;
	struct fanotify_response answer[ANSWERS];
	alignas(struct fanotify_event_metadata) char buffer[4096];
};

/* group: of fanotify, not blocking; stays the caller's. NULL: errno says why not. */
EXPORT struct opens *lictor_opens_open(int group)
{
	struct opens *o = calloc(1, sizeof *o);

	if (!o)
		return NULL;
	o->group = group;
	o->proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	o->own_files = open("/proc/self/fd", O_PATH | O_DIRECTORY | O_CLOEXEC);
	kept_start(&o->calls, o->proc, "syscall");
	steer_start(&o->steering, o->proc);
	if (o->proc >= 0 && o->own_files >= 0)
		return o;
	int error = errno;
	close(o->proc);
	free(o);
	errno = error;
	return NULL;
}

EXPORT void lictor_opens_close(struct opens *o)
{
	kept_end(&o->calls);
	close(o->own_files);
	close(o->proc);
	free(o);
}

/* What `take`, `resolve` and `read_call` fill in. */
EXPORT struct lictor_opened *lictor_opens_event(struct opens *o)
{
	return &o->event;
}

static uint32_t meaning(uint64_t mask)
{
	if (mask & FAN_OPEN_EXEC_PERM)
		return LICTOR_OPENED_EXEC;
	if (mask & FAN_OPEN_PERM)
		return LICTOR_OPENED_OPEN;
	return mask & FAN_Q_OVERFLOW ? LICTOR_OPENED_OVERFLOW : LICTOR_OPENED_OTHER;
}

/* Each answer wakes every thread that waits in the group: given one behind the other, most wake once, with their own. */
static void give_answers(struct opens *o)
{
	for (int i = 0; i < o->answered; i++)
		write(o->group, &o->answer[i], sizeof o->answer[i]); /* fails where nobody waits any more */
	for (int i = 0; i < o->answered; i++)
		if (o->answer[i].fd >= 0)
			close(o->answer[i].fd);
	o->answered = 0;
}

/*
 * The next event: 1. 0 when those that were read are all taken and answered: the next call reads what came meanwhile.
 * Negative errno: the group is of no use any more.
 */
EXPORT int lictor_opens_take(struct opens *o)
{
	struct fanotify_event_metadata *metadata = (void *)(o->buffer + o->at);

	if (o->at == o->size) {
		bool taken = o->size > 0;
		o->at = o->size = 0;
		give_answers(o);
		if (taken)
			return 0;
		ssize_t size = read(o->group, o->buffer, sizeof o->buffer);
		if (size <= 0)
			return size == 0 || errno == EAGAIN || errno == EINTR ? 0 : -errno;
		o->size = size;
		metadata = (void *)o->buffer;
	}
	if (!FAN_EVENT_OK(metadata, (long)(o->size - o->at)) || metadata->vers != FANOTIFY_METADATA_VERSION)
		return -EINVAL;
	o->at += metadata->event_len;
	o->event.what = meaning(metadata->mask);
	o->event.fd = metadata->fd;
	o->event.tid = metadata->pid;
	o->event.call = LICTOR_NO_CALL;
	o->event.path_length = 0;
	return 1;
}

/* Status and path of the object; 0, or a negative errno where they cannot be had. */
EXPORT int lictor_opens_resolve(struct opens *o)
{
	struct lictor_opened *event = &o->event;
	char name[16];

	if (fstat((int)event->fd, (struct stat *)event->status) < 0)
		return -errno;
	snprintf(name, sizeof name, "%d", (int)event->fd);
	ssize_t length = readlinkat(o->own_files, name, (char *)event->path, sizeof event->path);
	if (length <= 0)
		return length < 0 ? -errno : -ENOENT;
	/* an object without a name has the path that it had */
	ssize_t bare = length - (ssize_t)(sizeof DELETED - 1);
	if (((struct stat *)event->status)->st_nlink == 0 && bare > 0 && !memcmp(event->path + bare, DELETED, sizeof DELETED - 1))
		length = bare;
	if (length > PATH_MOST)
		return -ENAMETOOLONG;
	event->path_length = length;
	return 0;
}

/* "NUMBER 0xARG0 … 0xARG5 0xSP 0xPC"; "running", or "-1 0xSP 0xPC" outside of a call */
static bool parse(struct lictor_opened *event, const char *text)
{
	char *at;

	if (*text < '0' || *text > '9')
		return false;
	unsigned long number = strtoul(text, &at, 10);
	for (int i = 0; i < 6; i++) {
		if (*at != ' ')
			return false;
		event->argument[i] = strtoull(at, &at, 16);
	}
	event->call = number;
	return true;
}

/*
 * The system call of the thread, from /proc/TID/syscall: the kernel's own copy, which a thread that waits for an answer
 * cannot change. 0, with LICTOR_NO_CALL where it cannot be seen; a negative errno: the thread is gone.
 */
EXPORT int lictor_opens_read_call(struct opens *o)
{
	struct lictor_opened *event = &o->event;
	char text[256];
	bool same;

	event->call = LICTOR_NO_CALL;
	for (int tries = 0; tries < TRIES; tries++) {
		ssize_t size = kept_read(&o->calls, event->tid, text, sizeof text - 1, &same);
		if (size < 0)
			return size;
		if (tries == 0)
			event->same_thread = same;
		text[size] = 0;
		if (parse(event, text))
			return 0;
	}
	return 0;
}

/* Answers, at the latest when those that were read are all taken. The object is closed then. */
EXPORT void lictor_opens_answer(struct opens *o, int allow)
{
	o->answer[o->answered++] =
		(struct fanotify_response){.fd = (int)o->event.fd, .response = allow ? FAN_ALLOW : FAN_DENY};
	if (o->answered == ANSWERS)
		give_answers(o);
	steer(&o->steering, (pid_t)o->event.tid);
}
