/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Layer 4: paths. bpf_d_path is not there for tracepoints, so this is d_path by hand: from a dentry up to the process's
 * root, across mounts, component by component, filled from the back.
 *
 *     scratch->path:  | ............ free ............ |/usr|/bin|/dash|  slack  |
 *                                                      ^ at            ^ PATH_END
 *
 * As d_path does: an object without a name any more gets ` (deleted)`, one outside the root its path from where the
 * walk ends. A path that does not fit is never cut: the field stays away and the record says `incomplete`.
 */
#ifndef LICTOR_PATH_H
#define LICTOR_PATH_H

#include "record.h"

#define PATH_END LICTOR_MAX_PATH_BYTES
/* A path of one-letter names has half as many components as bytes; mounts come on top. */
#define WALK_STEPS (LICTOR_MAX_PATH_BYTES / 2 + 512)

struct walk {
	struct scratch *scratch;
	struct dentry *dentry;
	struct mount *mount;
	struct dentry *root;
	struct mount *root_mount;
	__u32 at;
	__u8 done;
	__u8 failed;
	__u8 alone; /* the dentry has no parent and is no mount's root: pipes, sockets, memfd */
};

static __always_inline struct mount *mount_of(struct vfsmount *mnt)
{
	return (struct mount *)((void *)mnt - bpf_core_field_offset(struct mount, mnt));
}

/* Puts `/name` before what is there. Returns 0, or 1 where it does not fit or cannot be read. */
static __always_inline int prepend(struct walk *w, struct dentry *dentry)
{
	__u32 length = BPF_CORE_READ(dentry, d_name.len);
	const unsigned char *name = BPF_CORE_READ(dentry, d_name.name);
	__u32 at = w->at;

	if (length > NAME_MAX || length + 1 > at || at > PATH_END)
		return 1;
	at -= length + 1;
	keep(at);
	if (at >= PATH_END)
		return 1;
	w->scratch->path[at] = '/';
	length &= NAME_MAX;
	if (bpf_probe_read_kernel(w->scratch->path + at + 1, length, name))
		return 1;
	w->at = at;
	return 0;
}

static long walk_step(__u32 step, void *context)
{
	struct walk *w = context;
	struct dentry *dentry = w->dentry;
	struct mount *mount = w->mount;
	struct dentry *parent;

	if (dentry == w->root && mount == w->root_mount) {
		w->done = 1;
		return 1;
	}
	if (dentry == BPF_CORE_READ(mount, mnt.mnt_root)) {
		struct mount *above = BPF_CORE_READ(mount, mnt_parent);

		if (above == mount || !above) {
			w->done = 1;
			return 1;
		}
		w->dentry = BPF_CORE_READ(mount, mnt_mountpoint);
		w->mount = above;
		return 0;
	}
	if (prepend(w, dentry)) {
		w->failed = 1;
		return 1;
	}
	parent = BPF_CORE_READ(dentry, d_parent);
	if (parent == dentry || !parent) {
		w->alone = 1;
		w->done = 1;
		return 1;
	}
	w->dentry = parent;
	return 0;
}

/* A name that was removed: not in the hash any more, and not the root of its file system. */
static __always_inline int unlinked(struct dentry *dentry)
{
	return !BPF_CORE_READ(dentry, d_hash.pprev) && BPF_CORE_READ(dentry, d_parent) != dentry;
}

#define DELETED " (deleted)"

/*
 * Fills w->scratch->path. Returns the length, or -1 (counted). w->at is where the path begins.
 * `b` gives scratch and counters.
 */
static __always_inline long walk_path(struct builder *b, struct walk *w, struct vfsmount *mnt, struct dentry *dentry)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task_btf();
	struct fs_struct *fs = BPF_CORE_READ(task, fs);
	int gone = unlinked(dentry);
	__u32 at;

	__builtin_memset(w, 0, sizeof(*w));
	w->scratch = b->scratch;
	w->dentry = dentry;
	w->mount = mount_of(mnt);
	w->root = BPF_CORE_READ(fs, root.dentry);
	w->root_mount = mount_of(BPF_CORE_READ(fs, root.mnt));
	w->at = PATH_END;
	if (BPF_CORE_READ(dentry, d_parent) == dentry && BPF_CORE_READ(mnt, mnt_root) != dentry)
		gone = 1;
	if (gone) {
		w->at -= sizeof(DELETED) - 1;
		__builtin_memcpy(b->scratch->path + PATH_END - (sizeof(DELETED) - 1), DELETED, sizeof(DELETED) - 1);
		b->count->unlinked++;
	}
	bpf_loop(WALK_STEPS, walk_step, w, 0);
	at = w->at;
	if (w->done && !w->failed && at == PATH_END) {
		b->scratch->path[PATH_END - 1] = '/';
		w->at = at = PATH_END - 1;
	}
	keep(at);
	if (!w->done || w->failed || at >= PATH_END) {
		b->count->unresolved++;
		return -1;
	}
	return PATH_END - at;
}

/* Copies the walked path to `to`, where at least ITEM_MAX bytes are free. */
static __always_inline long copy_walked(struct walk *w, __u8 *to, long length)
{
	__u32 at = w->at;
	__u32 bytes = length;

	keep(at);
	keep(bytes);
	if (at >= PATH_END || bytes > LICTOR_MAX_PATH_BYTES)
		return -1;
	/* The slack behind PATH_END is short; a read beyond it is refused by the bound on `at` + `bytes`. */
	return bpf_probe_read_kernel(to, bytes, w->scratch->path + at);
}

static __always_inline void put_path(struct builder *b, __u16 field, struct vfsmount *mnt, struct dentry *dentry)
{
	struct walk w;
	long length = walk_path(b, &w, mnt, dentry);
	__u8 *item = next_item(b);

	if (length < 0 || !item || copy_walked(&w, item, length))
		return incomplete(b);
	put_item(b, field, item, length & 0x1fff);
}

static __always_inline void put_file_path(struct builder *b, __u16 field, struct file *file)
{
	put_path(b, field, BPF_CORE_READ(file, f_path.mnt), BPF_CORE_READ(file, f_path.dentry));
}

#endif
