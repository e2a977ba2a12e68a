/* The launcher: outside of the workload's cgroup and namespaces, between Lictor and PID 1. */
#define _GNU_SOURCE
#include "launch.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fanotify.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef FAN_REPORT_FD_ERROR
#define FAN_REPORT_FD_ERROR 0x2000
#endif

static bool has(const char *list, const char *word)
{
	size_t length = strlen(word);
	for (const char *at = list; at && *at;) {
		const char *end = strchrnul(at, ',');
		if ((size_t)(end - at) == length && !memcmp(at, word, length))
			return true;
		at = *end ? end + 1 : end;
	}
	return false;
}

/* UID,GID,GROUP… */
static void parse_user(struct options *o, const char *text)
{
	size_t room = strlen(text) / 2 + 1;
	o->groups = calloc(room, sizeof *o->groups);
	if (!o->groups)
		fail("read the groups");
	char *rest;
	o->user = true;
	o->uid = strtoul(text, &rest, 10);
	o->gid = strtoul(*rest ? rest + 1 : "", &rest, 10);
	while (*rest == ',')
		o->groups[o->group_count++] = strtoul(rest + 1, &rest, 10);
}

static struct options parse(int argc, char **argv)
{
	struct options o = {0};
	int i = 1;
	for (; i < argc && strcmp(argv[i], "--"); i++) {
		const char *value = i + 1 < argc ? argv[i + 1] : "";
		if (!strcmp(argv[i], "--floor")) {
			o.floor = true;
			continue;
		}
		if (!strcmp(argv[i], "--wait-all")) {
			o.wait_all = true;
			continue;
		}
		if (!strcmp(argv[i], "--cgroup"))
			o.cgroup = value;
		else if (!strcmp(argv[i], "--parent"))
			o.parent = atoi(value);
		else if (!strcmp(argv[i], "--filter"))
			o.filter = strtoul(value, NULL, 10);
		else if (!strcmp(argv[i], "--drop"))
			o.dropped = strtoull(value, NULL, 16);
		else if (!strcmp(argv[i], "--user"))
			parse_user(&o, value);
		else if (!strcmp(argv[i], "--ask")) {
			o.guard_open = has(value, "open");
			o.guard_exec = has(value, "exec");
		} else {
			errno = EINVAL;
			fail(argv[i]);
		}
		i++;
	}
	o.command = argv + i + 1;
	if (!o.cgroup || i + 1 >= argc) {
		errno = EINVAL;
		fail("usage");
	}
	return o;
}

/*
 * Descriptors of events are opened by whoever reads the group, here Lictor. O_NONBLOCK, so that a FIFO does not block
 * it; FD_ERROR (6.13), so that an object that cannot be opened is a question and not a failed read of the group.
 */
static int open_group(void)
{
	unsigned int flags = FAN_CLASS_CONTENT | FAN_CLOEXEC | FAN_NONBLOCK | FAN_UNLIMITED_QUEUE | FAN_UNLIMITED_MARKS |
			     FAN_REPORT_TID;
	unsigned int events = O_RDONLY | O_LARGEFILE | O_CLOEXEC | O_NONBLOCK;
	int fd = fanotify_init(flags | FAN_REPORT_FD_ERROR, events);
	if (fd < 0 && errno == EINVAL)
		fd = fanotify_init(flags, events);
	if (fd < 0)
		fail("fanotify_init");
	return fd;
}

static pid_t clone_into(const struct options *o)
{
	int cgroup = open(o->cgroup, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (cgroup < 0)
		fail("open the cgroup");
	struct clone_args args = {
		.flags = CLONE_NEWPID | CLONE_NEWNS | CLONE_INTO_CGROUP,
		.exit_signal = SIGCHLD,
		.cgroup = cgroup,
	};
	pid_t pid = syscall(SYS_clone3, &args, sizeof args);
	if (pid < 0)
		fail("clone into own PID and mount namespace and cgroup");
	close(cgroup);
	return pid;
}

/* Empty as soon as the last process is reaped; the kernel may need a moment to notice. */
static void remove_cgroup(const char *path)
{
	for (int i = 0; i < 100 && rmdir(path) < 0 && errno == EBUSY; i++)
		usleep(2000);
}

/* A path that begins at a folder of the host leads along its mounts, which have no marks. */
static void refuse_folders(void)
{
	struct stat status;
	for (int fd = 0; fd < CONTROL_FD; fd++)
		if (fstat(fd, &status) == 0 && S_ISDIR(status.st_mode)) {
			errno = EISDIR;
			fail("guard a workload with a folder as standard stream");
		}
}

int main(int argc, char **argv)
{
	struct options o = parse(argc, argv);
	sigset_t all;
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &o.mask);
	if (prctl(PR_SET_PDEATHSIG, SIGRTMIN) < 0)
		fail("prctl(PR_SET_PDEATHSIG)");
	if (getppid() != o.parent)
		_exit(EXIT_NOT_GUARDED);
	refuse_folders();
	read_filter(o.filter);

	/* made here, not by Lictor: whenever Lictor dies, this process goes on and removes it */
	if (mkdir(o.cgroup, 0755) < 0)
		fail("make the cgroup");
	char kill_path[4096];
	snprintf(kill_path, sizeof kill_path, "%s/cgroup.kill", o.cgroup);
	int kill_fd = open(kill_path, O_WRONLY | O_CLOEXEC);
	if (kill_fd < 0)
		fail("open cgroup.kill");
	int fanotify = o.guard_open || o.guard_exec ? open_group() : -1;
	int lifeline[2];
	if (pipe2(lifeline, O_CLOEXEC) < 0)
		fail("pipe");

	pid_t init = clone_into(&o);
	if (init == 0) {
		close(lifeline[1]);
		close(kill_fd);
		run_init(&o, fanotify, lifeline[0]);
	}
	say("init %d %d", init, fanotify);

	for (;;) {
		siginfo_t info;
		int signal = sigwaitinfo(&all, &info);
		if (signal == SIGRTMIN) {
			/*
			 * Lictor's main thread is gone: nobody answers any more. This process keeps the fanotify group until all are
			 * dead. Not asked is whether the parent is another one by now: a thread of Lictor that cannot die before an open
			 * was answered (fsnotify_destroy_group of a second group) keeps the process, and so this one's parent, as it was.
			 */
			while (write(kill_fd, "1", 1) < 0 && errno == EINTR)
				;
		}
		int status;
		if (signal == SIGCHLD && waitpid(init, &status, WNOHANG) == init) {
			remove_cgroup(o.cgroup);
			_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
		}
	}
}
