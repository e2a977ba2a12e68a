/* By another name of the file, or by another call. `secret` is kept wholly, `forged` and `core` are not to be made. */
#include "attempts.h"

#include <dirent.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

int plain_read(void) { return read_path("secret"); }
int plain_write(void) { return result(open("secret", O_WRONLY)); }
int plain_truncation(void) { return result(open("secret", O_RDONLY | O_TRUNC)); }
int truncation_by_path(void) { return result(truncate("secret", 0)); }
int through_symlink(void) { return read_path("symlink"); }
int by_openat2(void)
{
	uint64_t how[3] = {O_RDONLY, 0, 0};
	return read_it(syscall(SYS_openat2, AT_FDCWD, "secret", how, sizeof how));
}
int by_handle(void)
{
	struct {
		struct file_handle handle;
		char room[128];
	} at = {.handle.handle_bytes = 128};
	int id;
	if (name_to_handle_at(AT_FDCWD, "secret", &at.handle, &id, 0) < 0 && errno != EOPNOTSUPP)
		return errno;
	return read_it(syscall(SYS_open_by_handle_at, open(".", O_RDONLY), &at, O_RDONLY));
}
int by_io_uring(void)
{
	char parameters[256] = {0};
	return result(syscall(SYS_io_uring_setup, 8, parameters));
}
int by_io_uring_entry(void) { return result(syscall(SYS_io_uring_enter, 0, 1, 0, 0, NULL, 0)); }
int by_io_uring_descriptors(void) { return result(syscall(SYS_io_uring_register, 0, 2 /* IORING_REGISTER_FILES */, NULL, 0)); }
int by_32_bit_call(void)
{
	char *path = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	strcpy(path, "secret");
	long fd;
	__asm__ volatile("int $0x80" : "=a"(fd) : "a"(5L), "b"(path), "c"(0L), "d"(0L) : "memory", "r8", "r9", "r10", "r11");
	if (fd < 0)
		return -fd;
	return read_it(fd);
}
int by_x32_call(void) { return read_it(syscall(0x40000000 | SYS_open, "secret", O_RDONLY)); }
int by_own_root(void)
{
	char path[4200] = "/proc/self/root";
	if (!getcwd(path + strlen(path), 4096))
		return errno;
	return read_path(strcat(path, "/secret"));
}
int by_other_folder(void)
{
	char path[64];
	snprintf(path, sizeof path, "/proc/%d/cwd/secret", getppid());
	return read_path(path);
}
int by_link_from_before(void) { return read_path("linked-before"); }
int by_new_link(void)
{
	if (link("linkable/secret", "linkable/linked") < 0)
		return errno;
	return read_path("linkable/linked");
}
int by_linked_descriptor(void)
{
	char path[32];
	snprintf(path, sizeof path, "/proc/self/fd/%d", open("linkable/secret", O_PATH));
	if (linkat(AT_FDCWD, path, AT_FDCWD, "linkable/other", AT_SYMLINK_FOLLOW) < 0)
		return errno;
	return read_path("linkable/other");
}
int by_unnamed_file(void)
{
	char path[32];
	snprintf(path, sizeof path, "/proc/self/fd/%d", open(".", O_TMPFILE | O_RDWR, 0600));
	return result(linkat(AT_FDCWD, path, AT_FDCWD, "forged", AT_SYMLINK_FOLLOW));
}
int by_rename(void)
{
	if (rename("renamed/secret", "renamed/other") < 0)
		return errno;
	return read_path("renamed/other");
}
int by_exchange(void)
{
	if (syscall(SYS_renameat2, AT_FDCWD, "plain", AT_FDCWD, "renamed/secret", 2 /* RENAME_EXCHANGE */) < 0)
		return errno;
	return read_path("plain");
}
int by_whiteout(void)
{
	if (syscall(SYS_renameat2, AT_FDCWD, "renamed/secret", AT_FDCWD, "renamed/other", 4 /* RENAME_WHITEOUT */) < 0)
		return errno;
	return read_path("renamed/other");
}
int by_mode(void) { return result(syscall(452 /* fchmodat2 */, AT_FDCWD, "secret", 0777, 0)); }

/* What has no write permission for the file, but changes it for good. */
int by_verity(void)
{
	char request[128] = {1};
	return result(ioctl(open("sealed", O_RDONLY), 0x40806685 /* FS_IOC_ENABLE_VERITY */, request));
}
int by_snapshot(void)
{
	char request[4096] = {0};
	return result(ioctl(open(".", O_RDONLY), 0x50009417 /* BTRFS_IOC_SNAP_CREATE_V2 */, request));
}
/* Written by the kernel, where core_pattern is a name. */
int by_core_file(void)
{
	struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};
	pid_t pid = fork();
	if (pid == 0) {
		setrlimit(RLIMIT_CORE, &limit);
		if (chdir("dumps") == 0)
			abort();
		_exit(1);
	}
	waitpid(pid, NULL, 0);
	DIR *folder = opendir("dumps");
	for (struct dirent *entry; folder && (entry = readdir(folder));)
		if (entry->d_name[0] != '.')
			return 0;
	return EPERM;
}
int by_status(void)
{
	struct stat status;
	return result(stat("secret", &status));
}
