/*
 * The seccomp filter of the workload: what is absent (ENOSYS), what is refused (EPERM), what asks Lictor (notify).
 * It looks at numbers and register values only, never at memory.
 *
 * ENOSYS makes libraries fall back to what is guarded: clone3 → clone, openat2 → openat, io_uring → system calls.
 */
#define _GNU_SOURCE
#include "launch.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef __x86_64__
#error "the launcher knows the system calls of x86-64 only"
#endif
#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif

enum { X32_BIT = 0x40000000, SCTP = 132, DCCP = 33, MPTCP = 262 };

static struct sock_filter code[512];
static unsigned short length;

static void emit(uint16_t op, uint32_t k, uint8_t yes, uint8_t no)
{
	if (length == sizeof code / sizeof *code) {
		errno = E2BIG;
		fail("seccomp filter");
	}
	code[length++] = (struct sock_filter)BPF_JUMP(op, k, yes, no);
}
static void load(uint32_t offset) { emit(BPF_LD | BPF_W | BPF_ABS, offset, 0, 0); }
static void answer(uint32_t action) { emit(BPF_RET | BPF_K, action, 0, 0); }
static uint32_t low(int arg) { return offsetof(struct seccomp_data, args) + 8 * arg; }
static void load_number(void) { load(offsetof(struct seccomp_data, nr)); }

/* if the loaded word is `value`, `action` */
static void on(uint32_t value, uint32_t action)
{
	emit(BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1);
	answer(action);
}

static void on_each(const uint32_t *numbers, size_t count, uint32_t action)
{
	for (size_t i = 0; i < count; i++)
		on(numbers[i], action);
}
#define EACH(list, action) on_each(list, sizeof list / sizeof *list, action)

#define REFUSE(error) (SECCOMP_RET_ERRNO | (error))

static const uint32_t ABSENT[] = {SYS_io_uring_setup, SYS_io_uring_enter, SYS_io_uring_register, SYS_openat2, SYS_clone3};

static const uint32_t FORBIDDEN[] = {
	SYS_mount, SYS_umount2, SYS_pivot_root, SYS_chroot, SYS_unshare, SYS_setns, SYS_open_tree, SYS_move_mount,
	SYS_fsopen, SYS_fsconfig, SYS_fsmount, SYS_fspick, SYS_mount_setattr, SYS_open_by_handle_at, SYS_userfaultfd,
	SYS_process_vm_readv, SYS_process_vm_writev, SYS_fanotify_init, SYS_bpf, SYS_init_module, SYS_finit_module,
	SYS_delete_module, SYS_kexec_load, SYS_kexec_file_load, SYS_acct, SYS_swapon, SYS_swapoff, SYS_reboot, SYS_uselib,
	SYS_quotactl, SYS_perf_event_open,
};

enum { NAMESPACES = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET };

/* clone with a namespace bit */
static void forbid_namespaces(void)
{
	emit(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 4);
	load(low(0));
	emit(BPF_JMP | BPF_JSET | BPF_K, NAMESPACES, 0, 1);
	answer(REFUSE(EPERM));
	answer(SECCOMP_RET_ALLOW);
}

/*
 * Sockets whose addresses no cgroup program sees: packet, vsock and raw ones; transports other than TCP and UDP.
 * Exactly 20 instructions follow the first test, which skips them all.
 */
static void forbid_unseen_sockets(void)
{
	emit(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 20);
	load(low(0));
	on(AF_PACKET, REFUSE(EPERM));
	on(AF_VSOCK, REFUSE(EPERM));
	emit(BPF_JMP | BPF_JEQ | BPF_K, AF_INET, 2, 0);
	emit(BPF_JMP | BPF_JEQ | BPF_K, AF_INET6, 1, 0);
	answer(SECCOMP_RET_ALLOW);
	load(low(1));
	emit(BPF_ALU | BPF_AND | BPF_K, 0xf, 0, 0);
	on(SOCK_RAW, REFUSE(EPERM));
	load(low(2));
	on(SCTP, REFUSE(EPROTONOSUPPORT));
	on(DCCP, REFUSE(EPROTONOSUPPORT));
	on(MPTCP, REFUSE(EPROTONOSUPPORT));
	answer(SECCOMP_RET_ALLOW);
}

/* sendto asks only where it names an address (a pointer of 64 bits, its halves apart) */
static void notify_sendto(void)
{
	emit(BPF_JMP | BPF_JEQ | BPF_K, SYS_sendto, 0, 6);
	load(low(4));
	emit(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 2);
	load(low(4) + 4);
	emit(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0);
	answer(SECCOMP_RET_USER_NOTIF);
	answer(SECCOMP_RET_ALLOW);
}

static void build(const struct options *o)
{
	load(offsetof(struct seccomp_data, arch));
	emit(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 1, 0);
	answer(REFUSE(ENOSYS));
	load_number();
	emit(BPF_JMP | BPF_JGE | BPF_K, X32_BIT, 0, 1);
	answer(REFUSE(ENOSYS));
	EACH(ABSENT, REFUSE(ENOSYS));
	EACH(FORBIDDEN, REFUSE(EPERM));
	forbid_namespaces();
	if (o->notify_connect || o->notify_bind || o->notify_send)
		forbid_unseen_sockets();
	if (o->guard_write) /* opens nothing, so fanotify does not ask; ftruncate of an opened file stays */
		on(SYS_truncate, REFUSE(EPERM));
	if (o->notify_exec) {
		on(SYS_execve, SECCOMP_RET_USER_NOTIF);
		on(SYS_execveat, SECCOMP_RET_USER_NOTIF);
	}
	if (o->notify_connect)
		on(SYS_connect, SECCOMP_RET_USER_NOTIF);
	if (o->notify_bind)
		on(SYS_bind, SECCOMP_RET_USER_NOTIF);
	if (o->notify_send) {
		notify_sendto();
		on(SYS_sendmsg, SECCOMP_RET_USER_NOTIF);
		on(SYS_sendmmsg, SECCOMP_RET_USER_NOTIF);
	}
	answer(SECCOMP_RET_ALLOW);
}

int install_filter(const struct options *o)
{
	build(o);
	struct sock_fprog program = {.len = length, .filter = code};
	bool asks = o->notify_exec || o->notify_connect || o->notify_bind || o->notify_send;
	unsigned long flags = asks ? SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV : 0;
	int result = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
	if (result < 0)
		fail("install the seccomp filter");
	return asks ? result : -1;
}
