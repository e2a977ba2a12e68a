/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Says which threads that wait for the supervisor have got a signal. Such a thread sleeps until it is answered or killed
 * (SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV), so a signal that it has a handler for would wait as well.
 *
 * INVARIANT: a thread is named only when its TIF_SIGPENDING is set: only then the kernel takes the answer ERESTARTSYS for
 * what it is. complete_signal has chosen the thread by now, under a lock that is still held: of a process its first
 * thread if that takes the signal, else the one in `curr_target`; where that had signals already, the flag was set.
 *
 * A signal that stops is for all threads, but each is told by the one that takes it, later: here only its process is
 * named, and the supervisor looks when that has happened.
 */
#include "lib/kernel.h"
#include "generated/lictor_spec.h"
#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "GPL";

#define THREADS 65536
#define TRACE_SIGNAL_IGNORED 1
#define PF_EXITING 4
/* SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU */
#define STOPPING 0x003c0000ULL
#define STOPS (1ULL << 63)

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, THREADS);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u32); /* thread id */
	__type(value, __u64); /* number of the wait */
} waits SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 16);
} interrupted SEC(".maps");

static __always_inline int takes(struct task_struct *task, int signal)
{
	return !(BPF_CORE_READ(task, blocked.sig[0]) >> (signal - 1) & 1) && !(BPF_CORE_READ(task, flags) & PF_EXITING);
}

SEC("tp_btf/signal_generate")
int BPF_PROG(interrupt, int signal, void *info, struct task_struct *task, int group, int result)
{
	struct task_struct *chosen = task;
	__u32 thread;
	__u64 *wait, stop;

	if (result == TRACE_SIGNAL_IGNORED || signal < 1 || signal > 64)
		return 0;
	if (STOPPING >> (signal - 1) & 1) {
		stop = STOPS | (__u32)BPF_CORE_READ(task, tgid);
		bpf_ringbuf_output(&interrupted, &stop, sizeof(stop), 0);
	}
	if (group && !takes(task, signal))
		chosen = BPF_CORE_READ(task, signal, curr_target);
	if (!chosen || !takes(chosen, signal))
		return 0;
	thread = BPF_CORE_READ(chosen, pid);
	wait = bpf_map_lookup_elem(&waits, &thread);
	if (wait)
		bpf_ringbuf_output(&interrupted, wait, sizeof(*wait), 0);
	return 0;
}
