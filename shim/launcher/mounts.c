/*
 * The mount namespace: private, with its own /proc as the only one, and without a way to write to kernel settings.
 * A core_pattern or a uevent helper would let a root workload run a program outside of its cgroup, and another proc file
 * system leads along its processes' roots to mounts without marks.
 */
#define _GNU_SOURCE
#include "launch.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* sys/mount.h clashes with linux/mount.h in glibc 2.36 */
int mount(const char *source, const char *target, const char *type, unsigned long flags, const void *data);
int umount2(const char *target, int flags);
enum { REC = 16384, BIND = 4096, PRIVATE = 1 << 18, NOSUID = 2, NODEV = 4, NOEXEC = 8, DETACH = 2 };

/* What of /proc is the host's, and not of processes. */
static const char *const PROC_SETTINGS[] = {
	"/proc/sys", "/proc/sysrq-trigger", "/proc/acpi", "/proc/bus", "/proc/driver", "/proc/fs", "/proc/irq", "/proc/scsi",
};

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

/* File systems that are settings of the kernel. */
static const char *const SETTINGS[] = {
	"sysfs", "cgroup", "cgroup2", "debugfs", "tracefs", "securityfs", "configfs", "bpf", "efivarfs", "pstore",
	"binfmt_misc", "selinuxfs", "smackfs", "fusectl", "nfsd", "resctrl",
};

static bool is_settings(const char *type)
{
	for (size_t i = 0; i < sizeof SETTINGS / sizeof *SETTINGS; i++)
		if (!strcmp(type, SETTINGS[i]))
			return true;
	return false;
}

static bool is_below(const char *path, const char *folder)
{
	size_t length = strlen(folder);
	return !strncmp(path, folder, length) && (path[length] == 0 || path[length] == '/');
}

/* Not where another mount hides it: that one would be changed. */
static bool is_reached(const struct mount *mount)
{
	struct statx status;
	return statx(AT_FDCWD, mount->point, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, STATX_MNT_ID, &status) == 0 &&
	       status.stx_mask & STATX_MNT_ID && status.stx_mnt_id == mount->id;
}

static void remove_other_proc(const struct mount *mount, void *removed)
{
	if (strcmp(mount->type, "proc") || is_below(mount->point, "/proc") || !is_reached(mount))
		return;
	if (umount2(mount->point, DETACH) < 0)
		say("note %s shows processes of the host: %s", mount->point, strerror(errno));
	else
		*(bool *)removed = true;
}

static void protect_settings(const struct mount *mount, void *unused)
{
	(void)unused;
	if (is_below(mount->point, "/sys") || is_below(mount->point, "/proc"))
		return;
	if (is_settings(mount->type) && is_reached(mount) && make_read_only(mount->point, 0) < 0)
		say("note %s stays writable: %s", mount->point, strerror(errno));
}

void make_mounts_private(void)
{
	if (mount(NULL, "/", NULL, REC | PRIVATE, NULL) < 0)
		fail("make mounts private");
	if (mount("proc", "/proc", "proc", NOSUID | NODEV | NOEXEC, NULL) < 0)
		fail("mount /proc");
	refuse_executable_memory();
	for (size_t i = 0; i < sizeof PROC_SETTINGS / sizeof *PROC_SETTINGS; i++)
		protect_proc(PROC_SETTINGS[i]);
	if (make_read_only("/sys", AT_RECURSIVE) < 0)
		say("note /sys stays writable: %s", strerror(errno));
	for_each_mount(protect_settings, NULL);
	/* below one there may be another */
	for (bool removed = true; removed;) {
		removed = false;
		for_each_mount(remove_other_proc, &removed);
	}
}
