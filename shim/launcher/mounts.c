/*
 * The mount namespace: private, with its own /proc, and without a way to write to kernel settings.
 * A core_pattern or a uevent helper would let a root workload run a program outside of its cgroup.
 */
#define _GNU_SOURCE
#include "launch.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* sys/mount.h clashes with linux/mount.h in glibc 2.36 */
int mount(const char *source, const char *target, const char *type, unsigned long flags, const void *data);
enum { REC = 16384, BIND = 4096, PRIVATE = 1 << 18, NOSUID = 2, NODEV = 4, NOEXEC = 8 };

static int make_read_only(const char *path, unsigned int flags)
{
	struct mount_attr attr = {.attr_set = MOUNT_ATTR_RDONLY};
	return syscall(SYS_mount_setattr, AT_FDCWD, path, flags, &attr, sizeof attr);
}

static void protect_proc(const char *path)
{
	if (access(path, F_OK) < 0)
		return;
	if (mount(path, path, NULL, BIND | REC, NULL) < 0 || make_read_only(path, AT_RECURSIVE) < 0)
		say("note %s stays writable: %s", path, strerror(errno));
}

/*
 * Programs in anonymous memory raise no fanotify event: it is not executable in this PID namespace unless its maker says
 * MFD_EXEC, which the filter refuses (Linux 6.3). 2 instead of 1 would refuse memory of those who say neither.
 */
static void refuse_executable_memory(void)
{
	int fd = open("/proc/sys/vm/memfd_noexec", O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, "1", 1) != 1)
		say("note programs in anonymous memory can run unseen: %s", strerror(errno));
	if (fd >= 0)
		close(fd);
}

void make_mounts_private(void)
{
	if (mount(NULL, "/", NULL, REC | PRIVATE, NULL) < 0)
		fail("make mounts private");
	if (mount("proc", "/proc", "proc", NOSUID | NODEV | NOEXEC, NULL) < 0)
		fail("mount /proc");
	refuse_executable_memory();
	protect_proc("/proc/sys");
	protect_proc("/proc/sysrq-trigger");
	if (make_read_only("/sys", AT_RECURSIVE) < 0)
		say("note /sys stays writable: %s", strerror(errno));
}
