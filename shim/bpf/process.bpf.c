/* SPDX-License-Identifier: Apache-2.0 */
/* fork and exit of processes, not of threads, so that subjects are known from their first to their last event. */
#include "lib/process.h"
#include "lib/scope.h"
#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "GPL";

/* The acting process is the parent; `token` is the child's subject key, which gets its facts. */
SEC("tp_btf/sched_process_fork")
int BPF_PROG(fork, struct task_struct *parent, struct task_struct *child)
{
	__u64 workload;
	struct builder b;

	if (BPF_CORE_READ(child, pid) != BPF_CORE_READ(child, tgid))
		return 0;
	workload = workload_of_current();
	if (!workload || begin(&b, LICTOR_KIND_PROC_FORK, ACTOR_SLOTS))
		return 0;
	put_actor(&b, parent);
	emit(&b, subject_of(parent), workload, subject_of(child));
	return 0;
}

/* When the last thread goes: `live` has been counted down already. */
SEC("tp_btf/sched_process_exit")
int BPF_PROG(exit_process, struct task_struct *task)
{
	__u64 workload;
	struct builder b;

	if (BPF_CORE_READ(task, signal, live.counter) != 0)
		return 0;
	workload = workload_of_current();
	if (!workload || begin(&b, LICTOR_KIND_PROC_EXIT, ACTOR_SLOTS))
		return 0;
	put_actor(&b, task);
	emit(&b, subject_of(task), workload, 0);
	return 0;
}
