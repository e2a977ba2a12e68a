/* SPDX-License-Identifier: Apache-2.0 */
/* Layer 1: files that are open. */
#ifndef LICTOR_FILE_H
#define LICTOR_FILE_H

#include "kernel.h"

#define OVERLAYFS_SUPER_MAGIC 0x794c7630

/* What a descriptor stands for now, or NULL. */
static __always_inline struct file *file_of(struct task_struct *task, __s64 descriptor)
{
	struct fdtable *table = BPF_CORE_READ(task, files, fdt);
	struct file **files = BPF_CORE_READ(table, fd);
	struct file *file = NULL;

	if (descriptor < 0 || descriptor >= BPF_CORE_READ(table, max_fds))
		return NULL;
	bpf_probe_read_kernel(&file, sizeof(file), files + descriptor);
	return file;
}

static __always_inline int is_overlay(struct inode *inode)
{
	return BPF_CORE_READ(inode, i_sb, s_magic) == OVERLAYFS_SUPER_MAGIC;
}

/*
 * Whether a file lies in the writable layer of its overlay. What overlayfs knows of an inode stands around it: behind it,
 * the dentry in the writable layer, where there is one (fs/overlayfs/ovl_entry.h, struct ovl_inode).
 */
static __always_inline int is_upper_layer(struct inode *inode)
{
	void *upper = NULL;

	if (!is_overlay(inode))
		return 0;
	bpf_probe_read_kernel(&upper, sizeof(upper), (char *)inode + bpf_core_type_size(struct inode));
	return upper != NULL;
}

#endif
