/*
 * Capabilities with which root could leave the guard: mounts and namespaces, modules, raw memory and devices, BPF,
 * handles instead of paths, other processes' memory. Gone from the bounding set, so that no exec brings them back.
 */
#define _GNU_SOURCE
#include "launch.h"

#include <errno.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef CAP_BPF
#define CAP_BPF 39
#endif

static const int DROPPED[] = {CAP_SYS_ADMIN, CAP_SYS_MODULE, CAP_SYS_RAWIO,     CAP_SYS_PTRACE,
			      CAP_SYS_BOOT,  CAP_BPF,        CAP_DAC_READ_SEARCH};

void drop_privileges(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2];
	if (syscall(SYS_capget, &header, data) < 0)
		fail("capget");
	for (size_t i = 0; i < sizeof DROPPED / sizeof *DROPPED; i++) {
		int cap = DROPPED[i];
		if (prctl(PR_CAPBSET_DROP, cap) < 0 && errno != EINVAL)
			fail("drop a capability");
		__u32 bit = 1U << (cap % 32);
		data[cap / 32].effective &= ~bit;
		data[cap / 32].permitted &= ~bit;
		data[cap / 32].inheritable &= ~bit;
	}
	if (syscall(SYS_capset, &header, data) < 0)
		fail("capset");
}
