/* PID 1 of the workload's namespace: makes its mounts, marks them, starts the command, reaps, ends everything. */
#define _GNU_SOURCE
#include "launch.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef CLOSE_RANGE_CLOEXEC
#define CLOSE_RANGE_CLOEXEC (1U << 2)
#endif
int close_range(unsigned int first, unsigned int last, int flags);

/*
 * The launcher died. SIGKILL as death signal would fail open: PID 1 would drop the fanotify group before the kernel
 * kills the namespace, and a waiting open would be allowed. So everything is killed first, while the group is held.
 */
static void end_workload(int signal)
{
	(void)signal;
	kill(-1, SIGKILL);
	while (waitpid(-1, NULL, __WALL) > 0 || errno == EINTR)
		;
	_exit(128 + SIGKILL);
}

static void follow_launcher(int lifeline)
{
	struct sigaction action = {.sa_handler = end_workload};
	sigaction(SIGRTMIN, &action, NULL);
	sigset_t one;
	sigemptyset(&one);
	sigaddset(&one, SIGRTMIN);
	sigprocmask(SIG_UNBLOCK, &one, NULL);
	if (prctl(PR_SET_PDEATHSIG, SIGRTMIN) < 0)
		fail("prctl(PR_SET_PDEATHSIG)");
	struct pollfd hangup = {.fd = lifeline, .events = 0};
	if (poll(&hangup, 1, 0) != 0) /* died before the signal was asked for */
		_exit(EXIT_NOT_GUARDED);
}

static _Noreturn void run_command(const struct options *o)
{
	signal(SIGRTMIN, SIG_DFL);
	prctl(PR_SET_PDEATHSIG, 0);
	close_range(CONTROL_FD, ~0U, CLOSE_RANGE_CLOEXEC);
	if (o->floor)
		stand_on_floor();
	/*
	 * Said before it is true: what the filter notifies waits for Lictor, which waits for this line. The listener gets the
	 * lowest descriptor that is free.
	 */
	int listener = dup(CONTROL_FD);
	close(listener);
	say("workload %d", listener);
	if (install_filter() != listener) {
		errno = EBADF;
		fail("install the seccomp filter");
	}
	drop_privileges(o);
	if (!wait_for_go())
		_exit(EXIT_NOT_GUARDED);
	close(listener);
	sigprocmask(SIG_SETMASK, &o->mask, NULL);
	execvp(o->command[0], o->command);
	int error = errno;
	say("exec %d", error);
	_exit(error == ENOENT ? 127 : 126);
}

_Noreturn void run_init(const struct options *o, int fanotify, int lifeline)
{
	follow_launcher(lifeline);
	make_mounts_private();
	if (fanotify >= 0)
		mark_mounts(fanotify, o);

	pid_t command = fork();
	if (command < 0)
		fail("fork");
	if (command == 0)
		run_command(o);

	int first = 0;
	for (;;) {
		int status;
		pid_t pid = waitpid(-1, &status, __WALL);
		if (pid < 0 && errno == ECHILD)
			break;
		if (pid != command)
			continue;
		first = status;
		say("exit %d", status);
		if (!o->wait_all)
			kill(-1, SIGKILL);
	}
	_exit(WIFEXITED(first) ? WEXITSTATUS(first) : 128 + WTERMSIG(first));
}
