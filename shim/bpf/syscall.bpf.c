/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kind `syscall`: calls by number, where a policy asks for them. A record is made when the call returns, with what
 * it returned; of a call that does not come back, when it begins. exec changes the registers, so it counts as such.
 */
#include "lib/process.h"
#include "lib/scope.h"
#include "lib/syscall.h"
#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "GPL";

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, LICTOR_CALL_NUMBERS);
	__type(key, __u32);
	__type(value, struct lictor_traced);
} traced SEC(".maps");

static __always_inline void put_name(struct builder *b, struct lictor_traced *call)
{
	__u64 length = call->length;
	__u8 *item = next_item(b);

	keep(length);
	if (!item || !length || length > sizeof(call->name))
		return put_nothing(b);
	bpf_probe_read_kernel(item, length, call->name);
	put_item(b, LICTOR_FIELD_SYSCALL_NAME, item, length);
}

static __always_inline void report(struct task_struct *task, struct pt_regs *regs, __u32 number,
				   struct lictor_traced *call, long ret)
{
	__u64 workload = workload_of_current();
	struct builder b;

	if (!workload || is_compat(task) || begin(&b, LICTOR_KIND_SYSCALL, ACTOR_SLOTS + 16))
		return;
	put_number(&b, LICTOR_FIELD_SYSCALL_NR, number);
	put_name(&b, call);
	if (call->returns)
		put_number(&b, LICTOR_FIELD_SYSCALL_RET, ret);
	else
		put_nothing(&b);
	if (!call->returns)
		b.flags &= ~LICTOR_FLAG_AFTER;
#pragma unroll
	for (int n = 0; n < 6; n++) {
		put_number(&b, LICTOR_FIELD_SYSCALL_ARG0 + n, argument(regs, n));
		if (call->strings >> n & 1 && argument(regs, n))
			put_user_path(&b, LICTOR_FIELD_SYSCALL_SARG0 + n, argument(regs, n));
		else
			put_nothing(&b);
	}
	if (call->descriptor)
		put_descriptor_type(&b, LICTOR_FIELD_SYSCALL_FD_TYPE, descriptor_type(task, (__s32)argument(regs, 0)));
	else
		put_nothing(&b);
	put_actor(&b, task);
	emit(&b, subject_of(task), workload, 0);
}

static __always_inline void consider(struct pt_regs *regs, __u32 number, long ret, int returns)
{
	struct lictor_traced *call = bpf_map_lookup_elem(&traced, &number);

	if (call && call->traced && call->returns == returns)
		report(current_task(), regs, number, call, ret);
}

SEC("tp_btf/sys_enter")
int BPF_PROG(syscall_enter, struct pt_regs *regs, long number)
{
	consider(regs, number, 0, 0);
	return 0;
}

SEC("tp_btf/sys_exit")
int BPF_PROG(syscall_exit, struct pt_regs *regs, long ret)
{
	consider(regs, regs->orig_ax, ret, 1);
	return 0;
}
