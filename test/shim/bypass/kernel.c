/* By settings of the kernel, its probes, and devices. */
#include "attempts.h"

#include <dirent.h>
#include <linux/loop.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

int by_core_pattern(void) { return result(open("/proc/sys/kernel/core_pattern", O_WRONLY)); }
int by_kernel_file(void) { return result(open("/proc/irq/default_smp_affinity", O_WRONLY)); }
int by_cgroup(void)
{
	int fd = open("/sys/fs/cgroup/unified/cgroup.procs", O_WRONLY);
	return result(fd < 0 && errno == ENOENT ? open("/sys/fs/cgroup/cgroup.procs", O_WRONLY) : fd);
}
int by_bpf(void) { return result(syscall(SYS_bpf, 0, NULL, 0)); }
int by_performance_event(void)
{
	char attributes[128] = {0};
	return result(syscall(SYS_perf_event_open, attributes, 0, -1, -1, 0));
}
int by_keyring(void) { return result(syscall(SYS_keyctl, 0, -3, 0)); }
int by_key_request(void) { return result(syscall(SYS_request_key, "user", "name", "info", 0)); }
int by_device_node(void) { return result(mknod("device", S_IFCHR | 0600, makedev(1, 1))); }

/* Below a file system are its files. */
int by_block_device(void)
{
	DIR *folder = opendir("/dev");
	int error = ENOENT;
	for (struct dirent *entry; error && folder && (entry = readdir(folder));)
		if (entry->d_type == DT_BLK)
			error = result(openat(dirfd(folder), entry->d_name, O_RDONLY | O_NONBLOCK));
	return error;
}
int by_loop_device(void)
{
	char path[32];
	int control = open("/dev/loop-control", O_RDWR);
	if (control < 0)
		return errno;
	snprintf(path, sizeof path, "/dev/loop%d", ioctl(control, LOOP_CTL_GET_FREE));
	return result(open(path, O_RDWR));
}
int by_raw_memory(void) { return result(open("/dev/mem", O_RDWR)); }
int by_memory_of_kernel(void) { return read_path("/proc/kcore"); }
int by_kernel_log(void) { return result(open("/dev/kmsg", O_WRONLY)); }
int by_fifo(void)
{
	mkfifo("fifo", 0600);
	return result(open("fifo", O_RDWR));
}
