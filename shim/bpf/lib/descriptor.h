/* SPDX-License-Identifier: Apache-2.0 */
/* Layer 2: what a descriptor refers to. User space tells it in the same way (shim/workloads/descriptor-types.ts). */
#ifndef LICTOR_DESCRIPTOR_H
#define LICTOR_DESCRIPTOR_H

#include "file.h"
#include "../generated/lictor_spec.h"

#define ANON_INODE_FS_MAGIC 0x09041934
#define PIDFS_MAGIC 0x50494446
#define STREAMS 3 /* standard input, output and error */

static const struct {
	char name[15];
	__u8 length;
} descriptor_names[] = {
#define NAME(text) {text, sizeof(text) - 1},
	LICTOR_DESCRIPTOR_NAMES(NAME)
#undef NAME
};

#define DESCRIPTOR_TYPES (sizeof(descriptor_names) / sizeof(descriptor_names[0]))

/* Consoles, /dev/tty and the like, and pseudo terminals (Documentation/admin-guide/devices.txt of the kernel). */
static __always_inline int is_terminal(__u32 dev)
{
	__u32 major = dev >> 20;

	return major == 4 || major == 5 || (major >= 136 && major <= 143);
}

static __always_inline __u32 socket_type(struct file *file)
{
	struct socket *socket = BPF_CORE_READ(file, private_data);

	switch (BPF_CORE_READ(socket, sk, __sk_common.skc_family)) {
	case AF_INET:
		return LICTOR_DESCRIPTOR_IPV4;
	case AF_INET6:
		return LICTOR_DESCRIPTOR_IPV6;
	case AF_UNIX:
		return LICTOR_DESCRIPTOR_UNIX;
	}
	return LICTOR_DESCRIPTOR_SOCKET;
}

/* LICTOR_DESCRIPTOR_*, or LICTOR_DESCRIPTOR_CLOSED. */
static __always_inline __u32 descriptor_type(struct task_struct *task, __s64 descriptor)
{
	struct file *file = file_of(task, descriptor);
	struct inode *inode;
	unsigned long file_system;

	if (!file)
		return LICTOR_DESCRIPTOR_CLOSED;
	inode = BPF_CORE_READ(file, f_inode);
	file_system = BPF_CORE_READ(inode, i_sb, s_magic);
	/* Since Linux 6.16 these have the mode of a file here, which stat(2) does not show. */
	if (file_system == ANON_INODE_FS_MAGIC || file_system == PIDFS_MAGIC)
		return LICTOR_DESCRIPTOR_ANONYMOUS;
	switch (BPF_CORE_READ(inode, i_mode) & S_IFMT) {
	case S_IFREG:
		return LICTOR_DESCRIPTOR_FILE;
	case S_IFDIR:
		return LICTOR_DESCRIPTOR_DIRECTORY;
	case S_IFIFO:
		return LICTOR_DESCRIPTOR_PIPE;
	case S_IFCHR:
		return is_terminal(BPF_CORE_READ(inode, i_rdev)) ? LICTOR_DESCRIPTOR_TERMINAL : LICTOR_DESCRIPTOR_DEVICE;
	case S_IFBLK:
		return LICTOR_DESCRIPTOR_DEVICE;
	case S_IFSOCK:
		return socket_type(file);
	}
	return LICTOR_DESCRIPTOR_ANONYMOUS;
}

#endif
