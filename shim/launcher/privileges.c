/*
 * What the command may do, and as whom. Capabilities with which root could leave the guard go from the bounding set, so
 * that no exec brings them back: a setuid program has at most the others.
 */
#define _GNU_SOURCE
#include "launch.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static void bound_capabilities(uint64_t dropped)
{
	for (int cap = 0; cap < 64; cap++)
		/* EINVAL: this kernel does not have it */
		if (dropped >> cap & 1 && prctl(PR_CAPBSET_DROP, cap) < 0 && errno != EINVAL)
			fail("drop a capability");
}

static void keep_capabilities(uint64_t kept)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2];
	if (syscall(SYS_capget, &header, data) < 0)
		fail("capget");
	for (int half = 0; half < 2; half++) {
		data[half].effective &= (__u32)(kept >> 32 * half);
		data[half].permitted &= (__u32)(kept >> 32 * half);
		data[half].inheritable &= (__u32)(kept >> 32 * half);
	}
	/* the kernel takes from the ambient set what is neither permitted nor inheritable */
	if (syscall(SYS_capset, &header, data) < 0)
		fail("capset");
}

void drop_privileges(const struct options *o)
{
	bound_capabilities(o->dropped);
	if (o->user) {
		if (setgroups(o->group_count, o->groups) < 0)
			fail("set the groups");
		if (setresgid(o->gid, o->gid, o->gid) < 0)
			fail("set the group");
		if (setresuid(o->uid, o->uid, o->uid) < 0)
			fail("set the user");
	}
	/* another user keeps none, not even what an exec could inherit */
	keep_capabilities(o->user && o->uid != 0 ? 0 : ~o->dropped);
}
