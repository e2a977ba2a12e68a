/* By another way to run a program. `forbidden` is not to be executed. */
#include "attempts.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

/* Runs a program, by descriptor where that is given. */
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
	return !WIFEXITED(status) ? EINTR : WEXITSTATUS(status) == RAN ? 0 : WEXITSTATUS(status);
}
static int run_path(const char *path)
{
	char *args[] = {(char *)path, NULL};
	return run(path, args, -1);
}
static int load(const char *loader)
{
	char *args[] = {"ld.so", "./forbidden", NULL};
	int error = run(loader, args, -1);
	return error == 127 ? EPERM : error; /* it says itself that it could not open the program */
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

int plain_exec(void) { return run_path("./forbidden"); }
int by_deleted_program(void)
{
	char *args[] = {"forbidden", NULL};
	int fd = open("deleted/forbidden", O_RDONLY | O_CLOEXEC);
	unlink("deleted/forbidden");
	return fd < 0 ? errno : run(NULL, args, fd);
}
int by_script(void) { return run_path("./script"); }
int by_loader(void) { return load("/lib64/ld-linux-x86-64.so.2"); }
int by_loader_copy(void) { return load("./loader"); }
int by_executable_memory(void) { return memory_program(0x10 /* MFD_EXEC */ | MFD_CLOEXEC); }
int by_plain_memory(void) { return memory_program(MFD_CLOEXEC); }
int by_secret_memory(void)
{
	char *args[] = {"program", NULL};
	int fd = syscall(SYS_memfd_secret, 0);
	if (fd < 0)
		return errno;
	if (ftruncate(fd, 1 << 20) < 0)
		return errno;
	char *at = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (at == MAP_FAILED || read(open("program", O_RDONLY), at, 1 << 20) < 0)
		return errno;
	fchmod(fd, 0700);
	return run(NULL, args, fd);
}
int by_setuid_program(void) { return run_path("./setuid"); }
