/* SPDX-License-Identifier: Apache-2.0 */
/* Layer 5: who acts. */
#ifndef LICTOR_PROCESS_H
#define LICTOR_PROCESS_H

#include "record.h"

#define NS_A_TICK 10000000ULL /* /proc counts in USER_HZ = 100 */
#define PID_BITS 22 /* PID_MAX_LIMIT is 2^22 */

/*
 * The subject's key: start time in ticks above the process id. Both stand in /proc/PID/stat, so user space makes the
 * same key without asking us; a process id that is used again has another start time.
 */
static __always_inline __u64 subject_of(struct task_struct *task)
{
	__u64 start = BPF_CORE_READ(task, group_leader, start_boottime);

	return start / NS_A_TICK << PID_BITS | (__u32)BPF_CORE_READ(task, tgid);
}

static __always_inline struct task_struct *current_task(void)
{
	return (struct task_struct *)bpf_get_current_task_btf();
}

#define ACTOR_SLOTS 5

/* Slots that every record has: what can change without an exec. */
static __always_inline void put_actor(struct builder *b, struct task_struct *task)
{
	const struct cred *cred = BPF_CORE_READ(task, cred);

	put_number(b, LICTOR_FIELD_PROC_PID, BPF_CORE_READ(task, tgid));
	put_number(b, LICTOR_FIELD_PROC_UID, BPF_CORE_READ(cred, uid.val));
	put_number(b, LICTOR_FIELD_PROC_EUID, BPF_CORE_READ(cred, euid.val));
	put_number(b, LICTOR_FIELD_PROC_GID, BPF_CORE_READ(cred, gid.val));
	put_kernel_string(b, LICTOR_FIELD_PROC_COMM, BPF_CORE_READ(task, group_leader)->comm);
}

#endif
