/*
 * Ways round a guard, each tried in a process of its own: prints a line for each, `NAME reached` or
 * `NAME ERRNO`. What the policy keeps in the folder is said where it is tried.
 */
#include "attempts.h"

#include <sys/prctl.h>
#include <sys/wait.h>

int result(long value) { return value < 0 ? errno : 0; }

int read_it(int fd)
{
	char byte;
	if (fd < 0)
		return errno;
	return read(fd, &byte, 1) == 1 ? 0 : errno ? errno : EIO;
}
int read_path(const char *path) { return read_it(open(path, O_RDONLY)); }

static const struct {
	const char *name;
	int (*attempt)(void);
} ATTEMPTS[] = {
#define ATTEMPT(name) {#name, name},
#include "list.h"
};

int main(int argc, char **argv)
{
	const char *name = strrchr(argv[0], '/') ? strrchr(argv[0], '/') + 1 : argv[0];
	if (!strcmp(name, "setuid")) /* by_setuid_program */
		return plain_read() ? errno : RAN;
	if (strcmp(name, "attempts")) /* `program`, `forbidden` */
		return RAN;
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
