/* SPDX-License-Identifier: Apache-2.0 */
/* Layer 5: the file that an operation is about. */
#ifndef LICTOR_OBJECT_H
#define LICTOR_OBJECT_H

#include "file.h"
#include "path.h"
#include "syscall.h"

/* The socket behind a descriptor, or NULL where it is something else. */
static __always_inline struct sock *sock_of(struct task_struct *task, __s64 descriptor)
{
	struct file *file = file_of(task, descriptor);
	struct socket *socket;

	if (!file || (BPF_CORE_READ(file, f_inode, i_mode) & S_IFMT) != S_IFSOCK)
		return NULL;
	socket = BPF_CORE_READ(file, private_data);
	return BPF_CORE_READ(socket, sk);
}

static __always_inline __u64 type_of(__u32 mode)
{
	switch (mode & S_IFMT) {
	case S_IFREG:
	case 0:
		return LICTOR_FILE_TYPE_REGULAR;
	case S_IFDIR:
		return LICTOR_FILE_TYPE_FOLDER;
	case S_IFLNK:
		return LICTOR_FILE_TYPE_SYMLINK;
	case S_IFSOCK:
		return LICTOR_FILE_TYPE_SOCKET;
	case S_IFIFO:
		return LICTOR_FILE_TYPE_PIPE;
	}
	return LICTOR_FILE_TYPE_DEVICE;
}

/* A device number as stat(2) gives it: the kernel keeps 12 bits of major above 20 of minor. */
static __always_inline __u64 device_of(__u32 dev)
{
	__u32 major = dev >> 20;
	__u32 minor = dev & 0xfffff;

	return (minor & 0xff) | major << 8 | (__u64)(minor & ~0xffU) << 12;
}

/* Six slots, of an object that is at hand. */
static __always_inline void put_inode(struct builder *b, struct inode *inode)
{
	__u32 mode = BPF_CORE_READ(inode, i_mode);

	put_number(b, LICTOR_FIELD_FILE_TYPE, type_of(mode));
	put_number(b, LICTOR_FIELD_FILE_MODE, mode & 07777);
	put_number(b, LICTOR_FIELD_FILE_OWNER_UID, BPF_CORE_READ(inode, i_uid.val));
	put_number(b, LICTOR_FIELD_FILE_DEV, device_of(BPF_CORE_READ(inode, i_sb, s_dev)));
	put_number(b, LICTOR_FIELD_FILE_INO, BPF_CORE_READ(inode, i_ino));
	put_number(b, LICTOR_FIELD_FILE_UPPER_LAYER, is_upper_layer(inode));
}

/*
 * Two slots: the path as it was written (file.invoked) and, joined with the folder that it is relative to, `field`.
 * Nobody looks the path up a second time here, so symlinks in it are not followed: the record is `lexical`, and the
 * path has room for LICTOR_MAX_PATH_BYTES, so that the shim can settle it in place.
 */
static __always_inline void put_written(struct builder *b, __u16 field, __s64 folder, __u64 from)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task_btf();
	__u8 *written = next_item(b);
	long length = put_user_path(b, LICTOR_FIELD_FILE_INVOKED, from);
	__u8 *item = next_item(b);
	long base = 0;
	struct walk w;

	if (length < 0 || !written || !item)
		return incomplete(b);
	if (*written != '/') {
		struct path *at = &BPF_CORE_READ(task, fs)->pwd;
		struct file *file = folder == AT_FDCWD ? NULL : file_of(task, folder);

		if (folder != AT_FDCWD)
			at = file ? &file->f_path : NULL;
		if (!at)
			return incomplete(b);
		base = walk_path(b, &w, BPF_CORE_READ(at, mnt), BPF_CORE_READ(at, dentry));
		if (base < 0 || copy_walked(&w, item, base))
			return incomplete(b);
		keep(base);
		if (base < 1 || base > LICTOR_MAX_PATH_BYTES)
			return incomplete(b);
		if (base > 1)
			item[base++] = '/';
	}
	keep(length);
	keep(base);
	if (length < 0 || length > LICTOR_MAX_PATH_BYTES || base < 0 || base > LICTOR_MAX_PATH_BYTES + 1)
		return incomplete(b);
	if (base + length > LICTOR_MAX_PATH_BYTES) {
		b->count->unresolved++;
		return incomplete(b);
	}
	bpf_probe_read_kernel(item + base, length, written);
	b->flags |= LICTOR_FLAG_LEXICAL;
	put_slot(b, field, base + length, b->end);
	b->end += LICTOR_MAX_PATH_BYTES;
}

#endif
