/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Layer 5: system calls when they return. The registers still hold what the kernel was given, so one hook is enough;
 * memory that they point to may have changed meanwhile.
 */
#ifndef LICTOR_SYSCALL_H
#define LICTOR_SYSCALL_H

#include "record.h"

static __always_inline __u64 argument(struct pt_regs *regs, __u8 n)
{
	switch (n) {
	case 0:
		return regs->di;
	case 1:
		return regs->si;
	case 2:
		return regs->dx;
	case 3:
		return regs->r10;
	case 4:
		return regs->r8;
	case 5:
		return regs->r9;
	}
	return 0;
}

/* The numbers of 32-bit calls mean other calls: they are not ours. */
static __always_inline int is_compat(struct task_struct *task)
{
	return BPF_CORE_READ(task, thread_info.status) & TS_COMPAT;
}

#endif
