/* Memory of the caller, which another of its threads may change at the same time: each byte is read once. */
#define _GNU_SOURCE
#include "performer.h"

#include <errno.h>
#include <string.h>
#include <sys/uio.h>

enum { PAGE = 4096 };

int read_caller_memory(pid_t tid, uint64_t address, void *into, size_t size)
{
	struct iovec to = {into, size}, from = {(void *)address, size};
	ssize_t got = process_vm_readv(tid, &to, 1, &from, 1, 0);

	if (got < 0)
		return -errno;
	return (size_t)got == size ? 0 : -EFAULT;
}

/* Page by page, because the text may end before memory that is not mapped. -ENAMETOOLONG where `room` has no end. */
int read_caller_text(pid_t tid, uint64_t address, char *into, size_t room)
{
	size_t length = 0;

	while (length < room) {
		size_t left = PAGE - (address + length) % PAGE;
		struct iovec to = {into + length, left < room - length ? left : room - length};
		struct iovec from = {(void *)(address + length), to.iov_len};
		ssize_t got = process_vm_readv(tid, &to, 1, &from, 1, 0);

		if (got <= 0)
			return got < 0 && errno == ESRCH ? -ESRCH : -EFAULT;
		if (memchr(into + length, 0, got))
			return 0;
		length += got;
	}
	return -ENAMETOOLONG;
}
