/* SPDX-License-Identifier: Apache-2.0 */
/*
 * exec, after the new image stands: the program's resolved path and everything that is known of a process from then on.
 * A script is seen as its interpreter alone: the kernel keeps no other file. `token` is the parent's subject key.
 */
#include "lib/object.h"
#include "lib/process.h"
#include "lib/scope.h"
#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "GPL";

#define STRINGS 2048
#define WORD(n) (((n) + 3) & ~3U)

/* List: a count, then for each string its length and its bytes, padded to 4. */
struct strings {
	__u8 *list;
	__u64 from; /* user memory */
	__u64 until;
	__u32 at;
	__u32 count;
	__u8 cut;
	__u8 failed;
};

static long read_string(__u32 step, void *context)
{
	struct strings *a = context;
	__u32 at = a->at;
	__u32 room;
	long length;

	if (a->from >= a->until)
		return 1;
	keep(at);
	/* Length, at least one byte with its final zero, padding. */
	if (at > LICTOR_MAX_TEXT_BYTES - 12) {
		a->cut = 1;
		return 1;
	}
	room = LICTOR_MAX_TEXT_BYTES - 8 - at;
	keep(room);
	if (room > LICTOR_MAX_TEXT_BYTES)
		return 1;
	length = bpf_probe_read_user_str(a->list + at + 4, room, (void *)a->from);
	if (length <= 0) {
		a->failed = 1;
		return 1;
	}
	a->from += length;
	if (length == room && a->from < a->until) {
		__u8 last = 1;

		/* Full to the brim: was that the end of the string? */
		bpf_probe_read_user(&last, 1, (void *)(a->from - 1));
		a->cut = last != 0;
	}
	*(__u32 *)(a->list + at) = length - 1;
	a->count++;
	at += 4 + WORD(length - 1);
	a->at = at;
	return a->cut != 0;
}

/* Returns whether some of it was left out. */
static __always_inline int put_strings(struct builder *b, __u16 field, __u64 from, __u64 until)
{
	struct strings a = {.from = from, .until = until, .at = 4};
	__u32 length;

	a.list = next_item(b);
	if (!a.list)
		return incomplete(b), 0;
	bpf_loop(STRINGS, read_string, &a, 0);
	if (!a.cut && !a.failed && a.from < a.until)
		a.cut = 1;
	if (a.failed)
		b->count->unread++;
	*(__u32 *)a.list = a.count;
	length = a.at;
	keep(length);
	if (length > LICTOR_MAX_TEXT_BYTES)
		return incomplete(b), 0;
	put_item(b, field, a.list, length);
	if (!a.cut && !a.failed)
		return 0;
	b->count->cut++;
	return 1;
}

/*
 * Lists of what is cut: 1 the arguments, 2 the environment, 3 both. In one table, because the compiler puts a constant of
 * 16 or 32 bytes into a section of its own, which the loader does not know.
 */
static const struct {
	__u32 size;
	struct {
		__u32 count, length;
		char name[12];
		__u32 length2;
		char name2[8];
	} list;
} truncated[] = {
	{},
	{20, {1, 9, "proc.args", 0, {}}},
	{16, {1, 8, "proc.env", 0, {}}},
	{32, {2, 9, "proc.args", 8, {'p', 'r', 'o', 'c', '.', 'e', 'n', 'v'}}},
};

static __always_inline void put_truncated(struct builder *b, __u32 cut)
{
	__u8 *item = next_item(b);
	__u64 size;

	keep(cut);
	if (!cut || cut >= sizeof(truncated) / sizeof(truncated[0]))
		return put_nothing(b);
	if (!item)
		return incomplete(b);
	size = truncated[cut].size;
	__builtin_memcpy(item, &truncated[cut].list, sizeof(truncated[cut].list));
	keep(size);
	if (size > sizeof(truncated[cut].list))
		return put_nothing(b);
	put_item(b, LICTOR_FIELD_EVENT_TRUNCATED, item, size);
}

/* The longest items come first: behind them a path still fits, whatever was written. */
static __always_inline void put_start(struct builder *b, struct mm_struct *mm)
{
	__u32 cut = put_strings(b, LICTOR_FIELD_PROC_ARGS, BPF_CORE_READ(mm, arg_start), BPF_CORE_READ(mm, arg_end));
	__u64 from = BPF_CORE_READ(mm, env_start);
	__u64 until = BPF_CORE_READ(mm, env_end);

	if (is_wanted(LICTOR_WANTED_PROC_ENV))
		cut |= put_strings(b, LICTOR_FIELD_PROC_ENV, from, until) << 1;
	else
		put_nothing(b);
	put_truncated(b, cut);
}

/* A memfd's dentry stands alone and the kernel names it `memfd:` and what the program asked for. */
static __always_inline int is_memfd(struct dentry *dentry)
{
	char name[7] = {};

	if (BPF_CORE_READ(dentry, d_parent) != dentry)
		return 0;
	bpf_probe_read_kernel(name, 6, BPF_CORE_READ(dentry, d_name.name));
	return name[0] == 'm' && name[1] == 'e' && name[2] == 'm' && name[3] == 'f' && name[4] == 'd' && name[5] == ':';
}

/* A process id in the namespace of the process itself, where it is numbered last. */
static __always_inline __u32 innermost_id(struct pid *pid)
{
	__u32 level = BPF_CORE_READ(pid, level);
	__u32 each = bpf_core_type_size(struct upid); /* the kernel's is longer than the part that is declared */
	__u32 id = 0;

	bpf_probe_read_kernel(&id, sizeof(id), (char *)&pid->numbers[0] + level * each);
	return id;
}

static __always_inline void put_identity(struct builder *b, struct task_struct *task)
{
	struct signal_struct *signal = BPF_CORE_READ(task, signal);
	struct task_struct *parent = BPF_CORE_READ(task, real_parent);
	const struct cred *cred = BPF_CORE_READ(task, cred);
	__u64 caps = 0;
	__s64 login = -1;

	if (bpf_core_field_exists(task->loginuid))
		login = (__s32)BPF_CORE_READ(task, loginuid.val);
	put_number(b, LICTOR_FIELD_PROC_PPID, BPF_CORE_READ(parent, tgid));
	put_number(b, LICTOR_FIELD_PROC_LOGINUID, login);
	put_number(b, LICTOR_FIELD_PROC_SESSION, BPF_CORE_READ(signal, pids[PIDTYPE_SID], numbers[0].nr));
	put_number(b, LICTOR_FIELD_PROC_INTERACTIVE, BPF_CORE_READ(signal, tty) != NULL);
	put_number(b, LICTOR_FIELD_PROC_GROUP_LEADER,
		   BPF_CORE_READ(signal, pids[PIDTYPE_PGID]) == BPF_CORE_READ(task, thread_pid));
	bpf_probe_read_kernel(&caps, sizeof(caps), &cred->cap_effective);
	put_number(b, LICTOR_FIELD_PROC_CAPS, caps);
	bpf_probe_read_kernel(&caps, sizeof(caps), &cred->cap_permitted);
	put_number(b, LICTOR_FIELD_PROC_PERMITTED, caps);
	put_number(b, LICTOR_FIELD_PROC_VPID, innermost_id(BPF_CORE_READ(task, thread_pid)));
}

/* The owner is the one that the file system keeps; an idmapped mount may show another. */
static __always_inline void put_program(struct builder *b, struct linux_binprm *bprm)
{
	struct file *file = BPF_CORE_READ(bprm, file);
	struct inode *inode = BPF_CORE_READ(file, f_inode);

	put_file_path(b, LICTOR_FIELD_PROC_PATH, file);
	put_kernel_string(b, LICTOR_FIELD_PROC_INVOKED, BPF_CORE_READ(bprm, filename));
	put_number(b, LICTOR_FIELD_PROC_MEMFD, is_memfd(BPF_CORE_READ(file, f_path.dentry)));
	put_number(b, LICTOR_FIELD_PROC_UPPER_LAYER, is_upper_layer(inode));
	put_number(b, LICTOR_FIELD_PROC_FILE_OWNER_UID, BPF_CORE_READ(inode, i_uid.val));
	put_number(b, LICTOR_FIELD_PROC_FILE_MODE, BPF_CORE_READ(inode, i_mode) & 07777);
}

/* The descriptors that exec closes are closed by now. */
static __always_inline void put_streams(struct builder *b, struct task_struct *task)
{
	static const __u16 fields[STREAMS] = {LICTOR_FIELD_PROC_STDIN_TYPE, LICTOR_FIELD_PROC_STDOUT_TYPE,
					      LICTOR_FIELD_PROC_STDERR_TYPE};
#pragma unroll
	for (int n = 0; n < STREAMS; n++)
		put_descriptor_type(b, fields[n], descriptor_type(task, n));
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(exec, struct task_struct *task, int old_pid, struct linux_binprm *bprm)
{
	__u64 workload = workload_of_current();
	struct file *parent_file = BPF_CORE_READ(task, real_parent, mm, exe_file);
	struct fs_struct *fs = BPF_CORE_READ(task, fs);
	struct builder b;

	if (!workload || begin(&b, LICTOR_KIND_EXEC, ACTOR_SLOTS + 22))
		return 0;
	put_start(&b, BPF_CORE_READ(task, mm));
	put_actor(&b, task);
	put_identity(&b, task);
	put_program(&b, bprm);
	put_streams(&b, task);
	put_path(&b, LICTOR_FIELD_PROC_CWD, BPF_CORE_READ(fs, pwd.mnt), BPF_CORE_READ(fs, pwd.dentry));
	if (parent_file)
		put_file_path(&b, LICTOR_FIELD_PROC_PPATH, parent_file);
	else
		put_nothing(&b);
	emit(&b, subject_of(task), workload, subject_of(BPF_CORE_READ(task, real_parent)));
	return 0;
}
