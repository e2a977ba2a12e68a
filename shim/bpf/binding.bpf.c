/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Binds an exec to what was decided. The supervisor reads arguments, environment and standard streams of the caller, where another
 * thread can exchange them before the kernel takes them over. It leaves what it decided on here, by thread; when the new
 * program stands, alone and before its first instruction, what it really got is compared. Something else, or no decision:
 * SIGKILL.
 */
#include "lib/descriptor.h"
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

/* By thread id, before the exec. */
#define DECIDED(value_type)                                                                                            \
	{                                                                                                              \
		__uint(type, BPF_MAP_TYPE_HASH);                                                                       \
		__uint(max_entries, EXECS);                                                                            \
		__uint(map_flags, BPF_F_NO_PREALLOC);                                                                  \
		__type(key, __u32);                                                                                    \
		__type(value, value_type);                                                                             \
	}

struct DECIDED(struct lictor_strings) decided_arguments SEC(".maps");
struct DECIDED(struct lictor_strings) decided_environment SEC(".maps");
struct DECIDED(struct lictor_streams) decided_streams SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, LICTOR_BOUND_STREAMS + 1);
	__type(key, __u32);
	__type(value, struct lictor_binding_counters);
} binding_counters SEC(".maps");

struct comparison {
	const struct lictor_strings *decided;
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

/* `from` to `until`: memory of the new program. */
static __always_inline int is_same(const struct lictor_strings *decided, __u64 from, __u64 until)
{
	struct comparison c = {.decided = decided, .from = from};
	__u64 length = until - from;

	if (decided->cut ? length < decided->length : length != decided->length)
		return 0;
	bpf_loop(CHUNKS, compare_chunk, &c, 0);
	return !c.differs;
}

static __always_inline int are_same_streams(const struct lictor_streams *decided, struct task_struct *task)
{
#pragma unroll
	for (int n = 0; n < STREAMS; n++)
		if (decided->types[n] != descriptor_type(task, n))
			return 0;
	return 1;
}

static __always_inline int is_guarded(void)
{
	return bpf_current_task_under_cgroup(&guarded, 0) == 1;
}

/* Counts, and ends a program that is not what was decided. */
static __always_inline void conclude(__u32 bound, int decided, int same)
{
	struct lictor_binding_counters *count = bpf_map_lookup_elem(&binding_counters, &bound);

	if (!same)
		bpf_send_signal(SIGKILL);
	if (!count)
		return;
	if (same)
		count->same++;
	else if (decided)
		count->changed++;
	else
		count->undecided++;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(bind_arguments, struct task_struct *task, int old_pid, struct linux_binprm *bprm)
{
	__u32 thread = old_pid;
	struct mm_struct *mm = BPF_CORE_READ(task, mm);
	struct lictor_strings *decided;

	if (!is_guarded())
		return 0;
	decided = bpf_map_lookup_elem(&decided_arguments, &thread);
	conclude(LICTOR_BOUND_ARGUMENTS, decided != NULL,
		 decided && is_same(decided, BPF_CORE_READ(mm, arg_start), BPF_CORE_READ(mm, arg_end)));
	bpf_map_delete_elem(&decided_arguments, &thread);
	return 0;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(bind_environment, struct task_struct *task, int old_pid, struct linux_binprm *bprm)
{
	__u32 thread = old_pid;
	struct mm_struct *mm = BPF_CORE_READ(task, mm);
	struct lictor_strings *decided;

	if (!is_guarded())
		return 0;
	decided = bpf_map_lookup_elem(&decided_environment, &thread);
	conclude(LICTOR_BOUND_ENVIRONMENT, decided != NULL,
		 decided && is_same(decided, BPF_CORE_READ(mm, env_start), BPF_CORE_READ(mm, env_end)));
	bpf_map_delete_elem(&decided_environment, &thread);
	return 0;
}

/* Nobody shares the table of descriptors any more, and those that exec closes are closed (begin_new_exec of fs/exec.c). */
SEC("tp_btf/sched_process_exec")
int BPF_PROG(bind_streams, struct task_struct *task, int old_pid, struct linux_binprm *bprm)
{
	__u32 thread = old_pid;
	struct lictor_streams *decided;

	if (!is_guarded())
		return 0;
	decided = bpf_map_lookup_elem(&decided_streams, &thread);
	conclude(LICTOR_BOUND_STREAMS, decided != NULL, decided && are_same_streams(decided, task));
	bpf_map_delete_elem(&decided_streams, &thread);
	return 0;
}
