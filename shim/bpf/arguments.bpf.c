/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Binds an exec to the arguments that were decided. The supervisor reads them from the caller's memory, where another
 * thread can exchange them before the kernel copies them. It leaves what it decided on here, by thread; when the new
 * program stands, and before its first instruction, its own arguments are compared. Others, or none: SIGKILL.
 */
#include "lib/kernel.h"
#include "generated/lictor_spec.h"
#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "GPL";

#define EXECS 4096
#define CHUNK 256
#define CHUNKS (LICTOR_MAX_TEXT_BYTES / CHUNK)
#define SIGKILL 9

struct {
	__uint(type, BPF_MAP_TYPE_CGROUP_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} guarded SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, EXECS);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u32); /* thread id, before the exec */
	__type(value, struct lictor_arguments);
} decided SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct lictor_argument_counters);
} argument_counters SEC(".maps");

struct comparison {
	const struct lictor_arguments *decided;
	__u64 from; /* user memory */
	__u8 differs;
};

static long compare_chunk(__u32 step, void *context)
{
	struct comparison *c = context;
	__u64 bytes[CHUNK / 8] = {};
	__u32 at = step * CHUNK;
	__u32 left = c->decided->length - at;
	const __u64 *expected;
	__u64 differs = 0;

	if (at >= c->decided->length)
		return 1;
	if (left > CHUNK)
		left = CHUNK;
	keep(at);
	if (at > LICTOR_MAX_TEXT_BYTES - CHUNK)
		return 1;
	keep(left);
	if (left > CHUNK || bpf_probe_read_user(bytes, left, (void *)(c->from + at))) {
		c->differs = 1;
		return 1;
	}
	expected = (const __u64 *)(c->decided->bytes + at);
	for (int i = 0; i < CHUNK / 8; i++)
		differs |= bytes[i] ^ expected[i];
	c->differs = differs != 0;
	return c->differs;
}

static __always_inline int is_same(const struct lictor_arguments *decided, struct mm_struct *mm)
{
	struct comparison c = {.decided = decided, .from = BPF_CORE_READ(mm, arg_start)};
	__u64 length = BPF_CORE_READ(mm, arg_end) - c.from;

	if (decided->cut ? length < decided->length : length != decided->length)
		return 0;
	bpf_loop(CHUNKS, compare_chunk, &c, 0);
	return !c.differs;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(bind_arguments, struct task_struct *task, int old_pid, struct linux_binprm *bprm)
{
	__u32 zero = 0;
	__u32 thread = old_pid;
	struct lictor_argument_counters *count = bpf_map_lookup_elem(&argument_counters, &zero);
	struct lictor_arguments *arguments;

	if (bpf_current_task_under_cgroup(&guarded, 0) != 1)
		return 0;
	arguments = bpf_map_lookup_elem(&decided, &thread);
	if (arguments && is_same(arguments, BPF_CORE_READ(task, mm))) {
		if (count)
			count->same++;
	} else {
		bpf_send_signal(SIGKILL);
		if (count && arguments)
			count->changed++;
		else if (count)
			count->undecided++;
	}
	bpf_map_delete_elem(&decided, &thread);
	return 0;
}
