/*
 * Ways round a guard, each tried in a process of its own: attempts FOLDER prints a line for each, `NAME reached` or
 * `NAME ERRNO`. In the folder the policy keeps `secret` from being read or written, and `forbidden` from being executed.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* All attempts: 0 where what is kept was reached, else the errno. */
static int result(long value) { return value < 0 ? errno : 0; }

static int read_it(int fd)
{
	char byte;
	if (fd < 0)
		return errno;
	return read(fd, &byte, 1) == 1 ? 0 : errno ? errno : EIO;
}
static int read_path(const char *path) { return read_it(open(path, O_RDONLY)); }

/* The program that is kept exits with 77. */
static int run(const char *path, char **args, int fd)
{
	pid_t pid = fork();
	if (pid == 0) {
		if (fd >= 0)
			syscall(SYS_execveat, fd, "", args, environ, AT_EMPTY_PATH);
		else
			execve(path, args, environ);
		_exit(errno);
	}
	int status;
	waitpid(pid, &status, 0);
	return !WIFEXITED(status) ? EINTR : WEXITSTATUS(status) == 77 ? 0 : WEXITSTATUS(status);
}
static int run_path(const char *path)
{
	char *args[] = {(char *)path, NULL};
	return run(path, args, -1);
}

static int plain_read(void) { return read_path("secret"); }
static int plain_write(void) { return result(open("secret", O_WRONLY)); }
static int plain_truncation(void) { return result(open("secret", O_RDONLY | O_TRUNC)); }
static int truncation_by_path(void) { return result(truncate("secret", 0)); }
static int plain_exec(void) { return run_path("./forbidden"); }
static int through_symlink(void) { return read_path("symlink"); }
static int by_openat2(void)
{
	uint64_t how[3] = {O_RDONLY, 0, 0};
	return read_it(syscall(SYS_openat2, AT_FDCWD, "secret", how, sizeof how));
}
static int by_handle(void)
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
static int by_io_uring(void)
{
	char parameters[256] = {0};
	return result(syscall(SYS_io_uring_setup, 8, parameters));
}
static int by_32_bit_call(void)
{
	char *path = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	strcpy(path, "secret");
	long fd;
	__asm__ volatile("int $0x80" : "=a"(fd) : "a"(5L), "b"(path), "c"(0L), "d"(0L) : "memory", "r8", "r9", "r10", "r11");
	if (fd < 0)
		return -fd;
	return read_it(fd);
}
static int by_x32_call(void) { return read_it(syscall(0x40000000 | SYS_open, "secret", O_RDONLY)); }
static int by_new_mount(void) { return result(mount("none", ".", "tmpfs", 0, NULL)); }
static int by_bind_mount(void) { return result(mount(".", "place", NULL, MS_BIND, NULL)); }
static int by_mount_descriptor(void) { return result(syscall(SYS_open_tree, AT_FDCWD, ".", 1 /* OPEN_TREE_CLONE */)); }
static int by_new_file_system(void) { return result(syscall(SYS_fsopen, "tmpfs", 0)); }
static int by_unshared_mounts(void) { return result(unshare(CLONE_NEWNS)); }
static int by_user_namespace(void) { return result(unshare(CLONE_NEWUSER)); }
static int by_cloned_namespace(void)
{
	long pid = syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0);
	if (pid == 0)
		_exit(0);
	return result(pid);
}
static int by_clone3(void)
{
	uint64_t args[11] = {CLONE_NEWUSER, 0, 0, 0, SIGCHLD};
	long pid = syscall(SYS_clone3, args, sizeof args);
	if (pid == 0)
		_exit(0);
	return result(pid);
}
static int by_setns(void) { return result(setns(open("/proc/self/ns/mnt", O_RDONLY), 0)); }
static int by_chroot(void) { return result(chroot(".")); }
static int by_pivot_root(void) { return result(syscall(SYS_pivot_root, ".", ".")); }
static int by_own_root(void)
{
	char path[4200] = "/proc/self/root";
	if (!getcwd(path + strlen(path), 4096))
		return errno;
	return read_path(strcat(path, "/secret"));
}
static int by_other_folder(void)
{
	char path[64];
	snprintf(path, sizeof path, "/proc/%d/cwd/secret", getppid());
	return read_path(path);
}

/* Takes the memory of its parent, which runs the same program as the same user. */
static volatile long taken;
static int by_memory_file(void)
{
	char path[64];
	snprintf(path, sizeof path, "/proc/%d/mem", getppid());
	int fd = open(path, O_RDWR);
	return fd < 0 ? errno : pread(fd, (void *)&taken, sizeof taken, (off_t)&taken) < 0 ? errno : 0;
}
static int by_ptrace(void) { return result(ptrace(PTRACE_ATTACH, getppid(), 0, 0)); }
static int by_foreign_write(void)
{
	long value = 0;
	struct iovec local = {&value, sizeof value}, remote = {(void *)&taken, sizeof taken};
	return result(process_vm_writev(getppid(), &local, 1, &remote, 1, 0));
}
static int by_foreign_descriptor(void)
{
	return result(syscall(SYS_pidfd_getfd, syscall(SYS_pidfd_open, getppid(), 0), 0, 0));
}

static int copy_into(int to)
{
	char room[65536];
	int from = open("program", O_RDONLY);
	for (ssize_t n; (n = read(from, room, sizeof room)) > 0;)
		if (write(to, room, n) != n)
			return -1;
	return to;
}
static int memory_program(unsigned int flags)
{
	char *args[] = {"program", NULL};
	int fd = memfd_create("program", flags);
	if (fd < 0)
		return errno;
	return run(NULL, args, copy_into(fd));
}
static int by_executable_memory(void) { return memory_program(0x10 /* MFD_EXEC */ | MFD_CLOEXEC); }
static int by_plain_memory(void) { return memory_program(MFD_CLOEXEC); }
static int by_deleted_program(void)
{
	char *args[] = {"forbidden", NULL};
	int fd = open("deleted/forbidden", O_RDONLY | O_CLOEXEC);
	unlink("deleted/forbidden");
	return fd < 0 ? errno : run(NULL, args, fd);
}
static int by_loader(void)
{
	char *args[] = {"ld.so", "./forbidden", NULL};
	int error = run("/lib64/ld-linux-x86-64.so.2", args, -1);
	return error == 127 ? EPERM : error; /* it says itself that it could not open the program */
}
static int by_script(void) { return run_path("./script"); }
static int by_link_from_before(void) { return read_path("linked-before"); }
static int by_new_link(void)
{
	if (link("linkable/secret", "linkable/linked") < 0)
		return errno;
	return read_path("linkable/linked");
}
static int by_rename(void)
{
	if (rename("renamed/secret", "renamed/other") < 0)
		return errno;
	return read_path("renamed/other");
}
static int by_open_descriptor(void) { return fcntl(9, F_GETFD) < 0 ? errno : 0; }
static int by_passed_descriptor(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "passing"};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0)
		return errno;
	char byte, room[CMSG_SPACE(sizeof(int))];
	struct iovec data = {&byte, 1};
	struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof room};
	if (recvmsg(fd, &message, 0) < 0)
		return errno;
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);
	return header ? read_it(*(int *)CMSG_DATA(header)) : ENOMSG;
}
static int by_outside_helper(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "helper"};
	return result(connect(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&address, sizeof address));
}
static int by_packet_socket(void) { return result(socket(AF_PACKET, SOCK_RAW, 0x300)); }
static int by_raw_socket(void) { return result(socket(AF_INET, SOCK_RAW, 255)); }
static int by_vsock(void) { return result(socket(AF_VSOCK, SOCK_STREAM, 0)); }
static int by_sctp(void) { return result(socket(AF_INET, SOCK_STREAM, 132)); }
static int by_routes(void) { return prctl(PR_CAPBSET_READ, CAP_NET_ADMIN) == 1 ? 0 : EPERM; }
static int by_setuid_program(void) { return run_path("./setuid"); }
static int by_core_pattern(void) { return result(open("/proc/sys/kernel/core_pattern", O_WRONLY)); }
static int by_cgroup(void)
{
	int fd = open("/sys/fs/cgroup/unified/cgroup.procs", O_WRONLY);
	return result(fd < 0 && errno == ENOENT ? open("/sys/fs/cgroup/cgroup.procs", O_WRONLY) : fd);
}
static int by_userfaultfd(void) { return result(syscall(SYS_userfaultfd, 1)); }
static int by_fanotify(void) { return result(syscall(SYS_fanotify_init, 0, 0)); }
static int by_bpf(void) { return result(syscall(SYS_bpf, 0, NULL, 0)); }
static int by_keyring(void) { return result(syscall(SYS_keyctl, 0, -3, 0)); }
static int by_key_request(void) { return result(syscall(SYS_request_key, "user", "name", "info", 0)); }
static int by_device_node(void) { return result(mknod("device", S_IFCHR | 0600, makedev(1, 1))); }
static int by_raw_memory(void) { return result(open("/dev/mem", O_RDWR)); }
static int by_terminal(void) { return result(ioctl(0, TIOCSTI, "x")); }
static int by_shared_memory(void) { return result(shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600)); }

static const struct {
	const char *name;
	int (*attempt)(void);
} ATTEMPTS[] = {
#define ATTEMPT(name) {#name, name}
	ATTEMPT(plain_read), ATTEMPT(plain_write), ATTEMPT(plain_truncation), ATTEMPT(truncation_by_path), ATTEMPT(plain_exec),
	ATTEMPT(through_symlink), ATTEMPT(by_openat2), ATTEMPT(by_handle), ATTEMPT(by_io_uring), ATTEMPT(by_32_bit_call),
	ATTEMPT(by_x32_call), ATTEMPT(by_new_mount), ATTEMPT(by_bind_mount), ATTEMPT(by_mount_descriptor),
	ATTEMPT(by_new_file_system), ATTEMPT(by_unshared_mounts), ATTEMPT(by_user_namespace), ATTEMPT(by_cloned_namespace),
	ATTEMPT(by_clone3), ATTEMPT(by_setns), ATTEMPT(by_chroot), ATTEMPT(by_pivot_root), ATTEMPT(by_own_root),
	ATTEMPT(by_other_folder), ATTEMPT(by_memory_file), ATTEMPT(by_ptrace), ATTEMPT(by_foreign_write),
	ATTEMPT(by_foreign_descriptor), ATTEMPT(by_executable_memory), ATTEMPT(by_plain_memory), ATTEMPT(by_deleted_program),
	ATTEMPT(by_loader), ATTEMPT(by_script), ATTEMPT(by_link_from_before), ATTEMPT(by_new_link), ATTEMPT(by_rename),
	ATTEMPT(by_open_descriptor), ATTEMPT(by_passed_descriptor), ATTEMPT(by_outside_helper), ATTEMPT(by_packet_socket),
	ATTEMPT(by_raw_socket), ATTEMPT(by_vsock), ATTEMPT(by_sctp), ATTEMPT(by_routes), ATTEMPT(by_setuid_program),
	ATTEMPT(by_core_pattern), ATTEMPT(by_cgroup), ATTEMPT(by_userfaultfd), ATTEMPT(by_fanotify), ATTEMPT(by_bpf),
	ATTEMPT(by_keyring), ATTEMPT(by_key_request), ATTEMPT(by_device_node), ATTEMPT(by_raw_memory), ATTEMPT(by_terminal),
	ATTEMPT(by_shared_memory),
};

/* Outside: hands the secret to whoever connects. */
static void pass(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "passing"};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	int secret = open("secret", O_RDONLY);
	umask(0);
	if (secret < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || listen(fd, 5) < 0)
		exit(1);
	for (;;) {
		int peer = accept(fd, NULL, NULL);
		char room[CMSG_SPACE(sizeof(int))] = {0};
		struct iovec data = {"x", 1};
		struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof room};
		struct cmsghdr *header = CMSG_FIRSTHDR(&message);
		header->cmsg_level = SOL_SOCKET;
		header->cmsg_type = SCM_RIGHTS;
		header->cmsg_len = CMSG_LEN(sizeof secret);
		*(int *)CMSG_DATA(header) = secret;
		sendmsg(peer, &message, 0);
		close(peer);
	}
}

int main(int argc, char **argv)
{
	const char *name = strrchr(argv[0], '/') ? strrchr(argv[0], '/') + 1 : argv[0];
	if (!strcmp(name, "setuid")) /* by_setuid_program */
		return plain_read() ? errno : 77;
	if (strcmp(name, "attempts")) /* `program`, `forbidden` */
		return 77;
	if (argc > 1)
		pass();
	prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY);
	for (size_t i = 0; i < sizeof ATTEMPTS / sizeof *ATTEMPTS; i++) {
		pid_t pid = fork();
		if (pid == 0) {
			alarm(20);
			errno = 0;
			_exit(ATTEMPTS[i].attempt());
		}
		int status;
		waitpid(pid, &status, 0);
		int error = WEXITSTATUS(status);
		if (!WIFEXITED(status))
			printf("%s signal %d\n", ATTEMPTS[i].name, WTERMSIG(status));
		else
			printf("%s %s\n", ATTEMPTS[i].name, error ? strerrorname_np(error) : "reached");
		fflush(stdout);
	}
	return 0;
}
