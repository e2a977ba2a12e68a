/* By mounts and namespaces in which the guard has no marks. */
#include "attempts.h"

#include <sched.h>
#include <signal.h>
#include <sys/mount.h>

int by_new_mount(void) { return result(mount("none", ".", "tmpfs", 0, NULL)); }
int by_bind_mount(void) { return result(mount(".", "place", NULL, MS_BIND, NULL)); }
int by_removed_mount(void) { return result(umount2("/proc", MNT_DETACH)); }
int by_moved_mount(void) { return result(syscall(SYS_move_mount, AT_FDCWD, "/proc", AT_FDCWD, "place", 0)); }
int by_mount_descriptor(void) { return result(syscall(SYS_open_tree, AT_FDCWD, ".", 1 /* OPEN_TREE_CLONE */)); }
int by_mount_setting(void)
{
	uint64_t attributes[4] = {0};
	return result(syscall(SYS_mount_setattr, AT_FDCWD, "/proc", 0, attributes, sizeof attributes));
}
int by_new_file_system(void) { return result(syscall(SYS_fsopen, "tmpfs", 0)); }
int by_picked_file_system(void) { return result(syscall(SYS_fspick, AT_FDCWD, "/proc", 0)); }
int by_unshared_mounts(void) { return result(unshare(CLONE_NEWNS)); }
int by_user_namespace(void) { return result(unshare(CLONE_NEWUSER)); }
int by_cloned_namespace(void)
{
	long pid = syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0);
	if (pid == 0)
		_exit(0);
	return result(pid);
}
int by_clone3(void)
{
	uint64_t args[11] = {CLONE_NEWUSER, 0, 0, 0, SIGCHLD};
	long pid = syscall(SYS_clone3, args, sizeof args);
	if (pid == 0)
		_exit(0);
	return result(pid);
}
int by_clone_into_cgroup(void)
{
	uint64_t args[11] = {0x200000000 /* CLONE_INTO_CGROUP */, 0, 0, 0, SIGCHLD};
	args[10] = open("/sys/fs/cgroup", O_RDONLY);
	long pid = syscall(SYS_clone3, args, sizeof args);
	if (pid == 0)
		_exit(0);
	return result(pid);
}
int by_setns(void) { return result(setns(open("/proc/self/ns/mnt", O_RDONLY), 0)); }
int by_setns_of_process(void) { return result(setns(syscall(SYS_pidfd_open, getppid(), 0), CLONE_NEWNS)); }
int by_chroot(void) { return result(chroot(".")); }
int by_pivot_root(void) { return result(syscall(SYS_pivot_root, ".", ".")); }
