/* SPDX-License-Identifier: Apache-2.0 */
/* Use of a capability: a check that was passed. The tracepoint is there since Linux 6.14. */
#include "lib/process.h"
#include "lib/scope.h"
#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "GPL";

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 64);
	__type(key, __u32);
	__type(value, struct lictor_name);
} capabilities SEC(".maps");

struct user_namespace;

SEC("tp_btf/cap_capable")
int BPF_PROG(capable, const struct cred *cred, struct user_namespace *target, const struct user_namespace *owner, int cap,
	     int ret)
{
	struct task_struct *task = current_task();
	__u32 number = cap;
	struct lictor_name *name;
	__u64 workload, length;
	struct builder b;
	__u8 *item;

	if (ret != 0)
		return 0;
	workload = workload_of_current();
	if (!workload || begin(&b, LICTOR_KIND_CAP, ACTOR_SLOTS + 1))
		return 0;
	name = bpf_map_lookup_elem(&capabilities, &number);
	item = next_item(&b);
	if (!name || !item)
		return 0;
	length = name->length;
	keep(length);
	if (!length || length > sizeof(name->name))
		return 0;
	bpf_probe_read_kernel(item, length, name->name);
	put_item(&b, LICTOR_FIELD_CAP_NAME, item, length);
	put_actor(&b, task);
	emit(&b, subject_of(task), workload, 0);
	return 0;
}
