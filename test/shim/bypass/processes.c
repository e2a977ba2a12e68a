/* By another process of the workload, by the guard itself, or by memory. */
#include "attempts.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/uio.h>

/* Taken is the memory of the parent, which runs the same program as the same user. */
static volatile long taken;
int by_memory_file(void)
{
	char path[64];
	snprintf(path, sizeof path, "/proc/%d/mem", getppid());
	int fd = open(path, O_RDWR);
	return fd < 0 ? errno : pread(fd, (void *)&taken, sizeof taken, (off_t)&taken) < 0 ? errno : 0;
}
int by_ptrace(void) { return result(ptrace(PTRACE_ATTACH, getppid(), 0, 0)); }
int by_foreign_write(void)
{
	long value = 0;
	struct iovec local = {&value, sizeof value}, remote = {(void *)&taken, sizeof taken};
	return result(process_vm_writev(getppid(), &local, 1, &remote, 1, 0));
}
int by_foreign_descriptor(void)
{
	return result(syscall(SYS_pidfd_getfd, syscall(SYS_pidfd_open, getppid(), 0), 0, 0));
}
int by_descriptors_of_init(void) { return result(open("/proc/1/fd/3", O_RDONLY)); }
int by_userfaultfd(void) { return result(syscall(SYS_userfaultfd, 1)); }
int by_fanotify(void) { return result(syscall(SYS_fanotify_init, 0, 0)); }

static int install(unsigned int action, unsigned int flags)
{
	struct sock_filter code[] = {{BPF_RET | BPF_K, 0, 0, action}};
	struct sock_fprog program = {1, code};
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -1;
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
}
int by_own_filter(void)
{
	if (install(SECCOMP_RET_ALLOW, 0) < 0)
		return ENOMSG;
	return plain_read();
}
/* With a listener it would be asked first, and could let calls continue. */
int by_own_listener(void) { return result(install(SECCOMP_RET_USER_NOTIF, SECCOMP_FILTER_FLAG_NEW_LISTENER)); }

/* A Landlock domain of the workload's own: what Lictor performs for it is outside of that. */
int by_own_domain(void)
{
	uint64_t handled = 1 << 7; /* LANDLOCK_ACCESS_FS_MAKE_DIR */
	int rules = syscall(SYS_landlock_create_ruleset, &handled, sizeof handled, 0);
	if (rules < 0)
		return errno;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || syscall(SYS_landlock_restrict_self, rules, 0) < 0)
		return ENOMSG;
	return result(mkdir("against-own-domain", 0700));
}
int by_terminal(void) { return result(ioctl(0, TIOCSTI, "x")); }
int by_shared_memory(void) { return result(shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600)); }
