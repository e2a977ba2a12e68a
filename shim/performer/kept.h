/*
 * Files below /proc/TID of threads that asked lately stay open: reading one again costs half. One whose thread is gone
 * cannot be read any more (ESRCH), even if its number was given to another. For one thread alone.
 */
#ifndef LICTOR_KEPT_H
#define LICTOR_KEPT_H

#include <stdbool.h>
#include <sys/types.h>

enum { KEPT_FILES = 128 };

struct kept_files {
	int proc;         /* a folder, /proc of the host; the owner's */
	const char *name; /* of the file */
	struct kept {
		pid_t tid;
		int fd;
	} of[KEPT_FILES];
};

void kept_start(struct kept_files *kept, int proc, const char *name);

/*
 * Reads the file of a thread from its beginning.
 * same: set where the thread is the one that was read before under this number, else cleared.
 * Returns the bytes that were read, or a negative errno.
 */
ssize_t kept_read(struct kept_files *kept, pid_t tid, void *into, size_t room, bool *same);

void kept_end(struct kept_files *kept);

#endif
