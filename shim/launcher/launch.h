/*
 * lictor-launch: starts one workload in its own cgroup, PID and mount namespace, under guard from its first instruction.
 *
 *     lictor (Node) ── spawns ──► launcher ── clone3(PID, mounts, cgroup) ──► init (PID 1) ── fork ──► workload
 *
 * It reads the workload's seccomp filter, `struct sock_filter[]`, from descriptor 4: shim/enforcers/filter makes it. It
 * talks to Lictor in lines over descriptor 3 and reads one byte from it:
 *     init PID FD        host pid of init; the fanotify group in its descriptor table, -1: none
 *     workload FD        about to be guarded, then waiting for `g`; where its descriptor table will have the seccomp listener
 *     exec ERRNO         the command could not be executed
 *     exit STATUS        wait status of the command
 *     note TEXT          something that is weaker than it should be
 *     error TEXT         the workload was not started
 *
 * INVARIANT (fail closed): a process of the workload never outlives the launcher, and the fanotify group never dies
 * before the last process of the workload: the launcher and init both hold it and both end the workload when Lictor dies.
 */
#ifndef LICTOR_LAUNCH_H
#define LICTOR_LAUNCH_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define CONTROL_FD 3
#define FILTER_FD 4
#define EXIT_NOT_GUARDED 125

struct options {
	const char *cgroup; /* directory in a cgroup2 file system, made by Lictor, removed here */
	pid_t parent;       /* Lictor: checked once, so that its death between fork and prctl is seen */
	bool guard_open, guard_exec;
	size_t filter; /* instructions of the seccomp filter */
	bool floor;    /* the workload itself may not change the tree of files */
	bool wait_all;
	uint64_t dropped; /* capabilities that are gone, as bits */
	bool user;        /* the command runs as another user */
	uid_t uid;
	gid_t gid, *groups;
	size_t group_count;
	char **command;
	sigset_t mask; /* what the command shall start with */
};

/* control.c */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
_Noreturn void fail(const char *what); /* `error what: strerror(errno)` */
bool wait_for_go(void);

/* init.c: the body of PID 1; `lifeline` reads end of file once the launcher is gone */
_Noreturn void run_init(const struct options *o, int fanotify, int lifeline);

/* mountinfo.c */
struct mount {
	uint64_t id;
	const char *point, *type;
};
void for_each_mount(void (*each)(const struct mount *mount, void *context), void *context);

/* mounts.c */
void make_mounts_private(void);

/* marks.c: `fanotify` asks about every open on every mount of this namespace from here on */
void mark_mounts(int fanotify, const struct options *o);

/* floor.c */
void stand_on_floor(void);

/* privileges.c */
void drop_privileges(const struct options *o);

/* filter.c: reads the seccomp filter; installs it and returns its listener */
void read_filter(size_t instructions);
int install_filter(void);

#endif
