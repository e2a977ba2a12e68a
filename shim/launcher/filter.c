/* The seccomp filter of the workload. Lictor has made it (shim/enforcers/filter); here it is only read and installed. */
#define _GNU_SOURCE
#include "launch.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif

static struct sock_filter code[BPF_MAXINSNS];
static unsigned short length;

void read_filter(size_t instructions)
{
	size_t size = instructions * sizeof *code, got = 0;
	if (size == 0 || size > sizeof code) {
		errno = EINVAL;
		fail("read the seccomp filter");
	}
	while (got < size) {
		ssize_t n = read(FILTER_FD, (char *)code + got, size - got);
		if (n < 0 && errno == EINTR)
			continue;
		if (n == 0)
			errno = EPIPE;
		if (n <= 0)
			fail("read the seccomp filter");
		got += n;
	}
	close(FILTER_FD);
	length = instructions;
}

int install_filter(void)
{
	struct sock_fprog program = {.len = length, .filter = code};
	unsigned long flags = SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV;
	int listener = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
	if (listener < 0)
		fail("install the seccomp filter");
	return listener;
}
