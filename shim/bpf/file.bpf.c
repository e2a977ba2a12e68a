/* SPDX-License-Identifier: Apache-2.0 */
/*
 * File operations that took effect, seen when their system call returns. How a call names its object stands in `calls`
 * (shim/sensors/calls.ts); here is one way of reading for each shape.
 */
#include "lib/object.h"
#include "lib/process.h"
#include "lib/scope.h"
#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "GPL";

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, LICTOR_CALL_NUMBERS);
	__type(key, __u32);
	__type(value, struct lictor_call);
} calls SEC(".maps");

#define O_ACCMODE 3
#define O_WRONLY 1
#define O_CREAT 0100
#define O_TRUNC 01000
#define O_TMPFILE 020200000
#define MAP_ANONYMOUS 0x20
#define MMAP_FLAGS 3
#define FS_OPEN_PERM 0x10000 /* linux/fsnotify_backend.h */
#define MODE_BITS 07777
#define NO_OWNER 0xffffffffU /* chown leaves the owner as it is */

struct flag {
	__u32 kernel;
	__u32 ours;
};

static const struct flag FLAGS[] = {
	{O_CREAT, LICTOR_FILE_FLAGS_CREAT},	 {0200, LICTOR_FILE_FLAGS_EXCL},
	{O_TRUNC, LICTOR_FILE_FLAGS_TRUNC},	 {02000, LICTOR_FILE_FLAGS_APPEND},
	{O_TMPFILE, LICTOR_FILE_FLAGS_TMPFILE},	 {0200000, LICTOR_FILE_FLAGS_DIRECTORY},
	{0400000, LICTOR_FILE_FLAGS_NOFOLLOW},	 {040000, LICTOR_FILE_FLAGS_DIRECT},
	{04010000, LICTOR_FILE_FLAGS_SYNC},	 {02000000, LICTOR_FILE_FLAGS_CLOEXEC},
};

static __always_inline __u64 open_flags(__u32 flags)
{
	__u64 ours = (flags & O_ACCMODE) == O_WRONLY ? LICTOR_FILE_FLAGS_WRONLY
		     : (flags & O_ACCMODE) == 0	    ? LICTOR_FILE_FLAGS_RDONLY
						    : LICTOR_FILE_FLAGS_RDWR;

#pragma unroll
	for (int i = 0; i < (int)(sizeof(FLAGS) / sizeof(FLAGS[0])); i++)
		if ((flags & FLAGS[i].kernel) == FLAGS[i].kernel)
			ours |= FLAGS[i].ours;
	return ours;
}

static __always_inline void emit_as(struct builder *b, __u32 kind, struct task_struct *task, __u64 workload)
{
	b->kind = kind;
	b->count = counters_of(kind);
	if (b->count && wanted(kind))
		emit(b, subject_of(task), workload, 0);
}

/* What openat2's struct open_how begins with. It is memory of the process, read after the call. */
struct how {
	__u64 flags;
	__u64 mode;
};

/* Two slots that only a change of attributes has: which, and whom it makes the owner. */
static __always_inline void put_change(struct builder *b, struct pt_regs *regs, struct lictor_call *call)
{
	__u32 length = call->attribute_length & 7;
	__u8 *item = next_item(b);
	__u32 owner = argument(regs, call->new_owner);

	if (length && item) {
		__builtin_memcpy(item, call->attribute, sizeof(call->attribute));
		put_item(b, LICTOR_FIELD_FILE_ATTRIBUTE, item, length);
	} else {
		put_nothing(b);
	}
	if (call->new_owner != LICTOR_NO_ARGUMENT && owner != NO_OWNER)
		put_number(b, LICTOR_FIELD_FILE_NEW_OWNER_UID, owner);
	else
		put_nothing(b);
}

/* One slot: the mode that is asked for, where an argument has it. */
static __always_inline void put_new_mode(struct builder *b, struct pt_regs *regs, struct lictor_call *call)
{
	if (call->new_mode == LICTOR_NO_ARGUMENT)
		put_nothing(b);
	else
		put_number(b, LICTOR_FIELD_FILE_NEW_MODE, argument(regs, call->new_mode) & MODE_BITS);
}

/* Whether fanotify asks about its opens: permission events are of files and folders, on mounts that have a mark. */
static __always_inline int is_asked(struct file *file)
{
	__u32 type = BPF_CORE_READ(file, f_inode, i_mode) & S_IFMT;
	struct mount *mount = mount_of(BPF_CORE_READ(file, f_path.mnt));

	return (type == S_IFREG || type == S_IFDIR) && BPF_CORE_READ(mount, mnt_fsnotify_mask) & FS_OPEN_PERM;
}

/* Asks for each thing that the open does. The file is at hand: its path is exact. */
static __always_inline void on_open(struct builder *b, struct task_struct *task, struct pt_regs *regs,
				    struct lictor_call *call, long descriptor, __u64 workload)
{
	struct file *file = file_of(task, descriptor);
	__u32 mode = BPF_CORE_READ(file, f_mode);
	struct how how = {argument(regs, call->flags), argument(regs, call->new_mode)};
	long unread = 0;
	__u64 kinds = 0;
	__u32 flags;

	if (!file || mode & FMODE_PATH)
		return;
	if (call->shape == LICTOR_SHAPE_CREAT)
		how.flags = O_WRONLY | O_CREAT | O_TRUNC;
	else if (call->shape == LICTOR_SHAPE_OPENAT2)
		unread = bpf_probe_read_user(&how, sizeof(how), (const void *)how.flags);
	if (unread)
		b->count->unread++;
	flags = how.flags;
	if (mode & FMODE_READ)
		kinds |= KIND_BIT(LICTOR_KIND_FILE_READ);
	if (mode & FMODE_WRITE || flags & O_TRUNC)
		kinds |= KIND_BIT(LICTOR_KIND_FILE_WRITE);
	if (mode & FMODE_CREATED || (flags & O_TMPFILE) == O_TMPFILE)
		kinds |= KIND_BIT(LICTOR_KIND_FILE_CREATE);
	kinds = wanted_of(kinds, is_asked(file));
	if (!kinds)
		return;
	put_file_path(b, LICTOR_FIELD_FILE_PATH, file);
	put_user_path(b, LICTOR_FIELD_FILE_INVOKED, argument(regs, call->path));
	put_inode(b, BPF_CORE_READ(file, f_inode));
	put_number(b, LICTOR_FIELD_FILE_FLAGS, open_flags(flags));
	put_actor(b, task);
	if (kinds & KIND_BIT(LICTOR_KIND_FILE_READ))
		emit_as(b, LICTOR_KIND_FILE_READ, task, workload);
	if (kinds & KIND_BIT(LICTOR_KIND_FILE_WRITE))
		emit_as(b, LICTOR_KIND_FILE_WRITE, task, workload);
	if (kinds & KIND_BIT(LICTOR_KIND_FILE_CREATE)) {
		if (!unread)
			put_number(b, LICTOR_FIELD_FILE_NEW_MODE, how.mode & MODE_BITS);
		emit_as(b, LICTOR_KIND_FILE_CREATE, task, workload);
	}
}

static __always_inline void on_file(struct builder *b, struct task_struct *task, struct pt_regs *regs,
				    struct file *file, struct lictor_call *call, __u64 workload)
{
	if (!file)
		return;
	put_file_path(b, LICTOR_FIELD_FILE_PATH, file);
	put_inode(b, BPF_CORE_READ(file, f_inode));
	put_change(b, regs, call);
	put_new_mode(b, regs, call);
	put_actor(b, task);
	emit_as(b, call->kind, task, workload);
}

/* bind(2) of a unix socket made a file, which the socket knows. */
static __always_inline void on_bind(struct builder *b, struct task_struct *task, __s32 descriptor,
				    struct lictor_call *call, __u64 workload)
{
	struct sock *sk = sock_of(task, descriptor);
	struct unix_sock *unix = (struct unix_sock *)sk;
	struct dentry *dentry;

	if (!sk || BPF_CORE_READ(sk, __sk_common.skc_family) != AF_UNIX)
		return;
	dentry = BPF_CORE_READ(unix, path.dentry);
	if (!dentry)
		return;
	put_path(b, LICTOR_FIELD_FILE_PATH, BPF_CORE_READ(unix, path.mnt), dentry);
	put_inode(b, BPF_CORE_READ(dentry, d_inode));
	put_actor(b, task);
	emit_as(b, call->kind, task, workload);
}

static long mapped_file(struct task_struct *task, struct vm_area_struct *area, void *context)
{
	*(struct file **)context = BPF_CORE_READ(area, vm_file);
	return 0;
}

static __always_inline __s64 folder_of(struct pt_regs *regs, __u8 n)
{
	return n == LICTOR_NO_ARGUMENT ? AT_FDCWD : (__s32)argument(regs, n);
}

static __always_inline void mark_follow(struct builder *b, struct lictor_call *call, __u32 flags)
{
	int set = (flags & call->follow_bits) != 0;

	if (call->follow == LICTOR_FOLLOW_ALWAYS || (call->follow == LICTOR_FOLLOW_UNLESS && !set) ||
	    (call->follow == LICTOR_FOLLOW_WHEN && set))
		b->flags |= LICTOR_FLAG_FOLLOW;
}

static __always_inline __u64 written_type(struct lictor_call *call, __u32 flags)
{
	return call->type == LICTOR_MODE_TYPE ? type_of(flags) : 1ULL << (call->type & 15);
}

static __always_inline void on_path(struct builder *b, struct task_struct *task, struct pt_regs *regs,
				    struct lictor_call *call, __u32 flags, __u64 workload)
{
	put_written(b, LICTOR_FIELD_FILE_PATH, folder_of(regs, call->folder), argument(regs, call->path));
	mark_follow(b, call, flags);
	if (call->type != LICTOR_ANY_TYPE)
		put_number(b, LICTOR_FIELD_FILE_TYPE, written_type(call, flags));
	else
		put_nothing(b);
	if (call->shape == LICTOR_SHAPE_SYMLINK)
		put_user_path(b, LICTOR_FIELD_FILE_LINK_TARGET, argument(regs, call->path2));
	else
		put_nothing(b);
	put_change(b, regs, call);
	put_new_mode(b, regs, call);
	put_actor(b, task);
	emit_as(b, call->kind, task, workload);
}

/* Fields of the four slots of a pair, seen from either side; a slot that stayed empty stays so. */
static __always_inline void face(struct builder *b, int n, __u16 field)
{
	struct lictor_slot *slot = slot_at(b, n);

	if (slot->value)
		slot->field = field;
}

static __always_inline void on_pair(struct builder *b, struct task_struct *task, struct pt_regs *regs,
				    struct lictor_call *call, __u32 flags, __u64 workload)
{
	put_written(b, LICTOR_FIELD_FILE_PATH, folder_of(regs, call->folder), argument(regs, call->path));
	put_written(b, LICTOR_FIELD_FILE_OTHER_PATH, folder_of(regs, call->folder2), argument(regs, call->path2));
	mark_follow(b, call, flags);
	face(b, 2, 0);
	put_text(b, LICTOR_FIELD_FILE_SIDE, "source");
	put_text(b, 0, "target");
	put_actor(b, task);
	emit_as(b, call->kind, task, workload);
	face(b, 0, 0);
	face(b, 1, LICTOR_FIELD_FILE_OTHER_PATH);
	face(b, 2, LICTOR_FIELD_FILE_INVOKED);
	face(b, 3, LICTOR_FIELD_FILE_PATH);
	face(b, 4, 0);
	face(b, 5, LICTOR_FIELD_FILE_SIDE);
	emit_as(b, call->kind, task, workload);
}

/* A path that is missing or empty means the folder's descriptor itself. */
static __always_inline int names_nothing(__u64 from)
{
	char first = 0;

	return !from || (bpf_probe_read_user(&first, 1, (void *)from) == 0 && !first);
}

SEC("tp_btf/sys_exit")
int BPF_PROG(file_exit, struct pt_regs *regs, long ret)
{
	struct task_struct *task = current_task();
	__u32 number = regs->orig_ax;
	struct lictor_call *call = bpf_map_lookup_elem(&calls, &number);
	struct file *file = NULL;
	struct builder b;
	__u64 workload;
	__u32 flags;

	if (!call || !call->kind || (ret < 0 && ret > -4096))
		return 0;
	flags = argument(regs, call->flags);
	if ((flags & call->test) != call->value && (flags & call->test) != call->value2)
		return 0;
	workload = workload_of_current();
	if (!workload || is_compat(task) || begin(&b, call->kind, ACTOR_SLOTS + 11))
		return 0;
	switch (call->shape) {
	case LICTOR_SHAPE_OPEN:
	case LICTOR_SHAPE_CREAT:
	case LICTOR_SHAPE_OPENAT2:
		on_open(&b, task, regs, call, ret, workload);
		return 0;
	case LICTOR_SHAPE_SOCKET:
		on_bind(&b, task, (__s32)argument(regs, call->path), call, workload);
		return 0;
	case LICTOR_SHAPE_MAPPING:
		bpf_find_vma(task, argument(regs, call->path), mapped_file, &file, 0);
		on_file(&b, task, regs, file, call, workload);
		return 0;
	case LICTOR_SHAPE_DESCRIPTOR:
		if (call->kind == LICTOR_KIND_FILE_MAP_EXEC && argument(regs, MMAP_FLAGS) & MAP_ANONYMOUS)
			return 0;
		on_file(&b, task, regs, file_of(task, (__s32)argument(regs, call->path)), call, workload);
		return 0;
	case LICTOR_SHAPE_PAIR:
		on_pair(&b, task, regs, call, flags, workload);
		return 0;
	}
	if (call->folder != LICTOR_NO_ARGUMENT && names_nothing(argument(regs, call->path)))
		on_file(&b, task, regs, file_of(task, (__s32)argument(regs, call->folder)), call, workload);
	else
		on_path(&b, task, regs, call, flags, workload);
	return 0;
}
