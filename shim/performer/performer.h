/*
 * The performer: system calls that change the tree of files or attributes of files, performed for a workload that may
 * not change them itself. The guard's thread loads it; TypeScript decides, this library reads, resolves and performs.
 *
 *     take ──► describe ─► read the caller ─► resolve ──► (TypeScript decides) ──► finish ─► perform ─► answer
 *                                                │ would block                        │ would block
 *                                                └────────► a thread of the pool ◄────┘
 *
 * INVARIANT: an argument is read once. What is decided and what is performed are the same descriptor of the parent
 * folder and the same name, so another thread of the caller, or a symlink that is exchanged, changes nothing.
 * INVARIANT: a call of the tree is continued only where the kernel is to say why it fails: the Landlock floor of the
 * workload refuses it if it would succeed after all. A call about attributes is never continued.
 */
#ifndef LICTOR_PERFORMER_H
#define LICTOR_PERFORMER_H

#include <linux/seccomp.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>
#include <time.h>

#include "generated/operation.h"
#include "kept.h"

#define PATH_ROOM 4096
#define GROUPS 1024
#define NO_FD (-1)
#define EXPORT __attribute__((visibility("default")))

/* Whose call it is: what the kernel would check it against. */
struct caller {
	pid_t tid, tgid;
	/* in the workload's own PID namespace */
	pid_t inner_tid, inner_tgid;
	uid_t fsuid;
	gid_t fsgid;
	mode_t umask;
	uint64_t caps;
	int groups;
	gid_t group[GROUPS];
};

/* One path of a call, from its text to what it names. */
struct place {
	uint64_t address;    /* of the text in the caller's memory; 0: none */
	int folder;          /* the caller's descriptor, AT_FDCWD */
	bool follow;         /* a symlink at the end is followed */
	bool by_name;        /* parent and name are wanted, not the object */
	bool empty;          /* an empty or absent path means the descriptor itself */
	char text[PATH_ROOM + 1];
	int base;            /* own descriptor where a relative path begins */
	int fd;              /* the parent folder, or the object */
	const char *name;    /* last component, with its trailing slashes */
	bool exists;
	struct stat status;  /* of what the name means */
};

struct job {
	struct lictor_operation shared; /* first: TypeScript sees it */
	struct seccomp_notif call;
	struct caller caller;
	struct place place[2];
	int places;
	bool tree;           /* of the tree: may be continued */
	bool harmless;       /* after all it changes nothing */
	bool direct;         /* may be performed by the guard's own thread */
	uint64_t length;     /* truncate */
	gid_t gid;           /* of a chown */
	dev_t device;
	int at_flags;
	bool now;            /* utimes without times */
	struct timespec times[2];
	char attribute[256];
	void *value;         /* of an attribute */
	size_t value_size;
	uint32_t value_flags;
	unsigned int command; /* ioctl */
	struct sockaddr_un address; /* bind */
	int socket;                 /* own descriptor of it */
	int index;
	enum { RESOLVE, PERFORM } stage;
	struct job *next;
};

struct pool;

struct performer {
	int listener, proc, root, wake;
	int layers; /* descriptor of the program that tells layers; NO_FD: nobody asks */
	int own_files; /* a folder: this process's descriptors, as links */
	struct kept_files statuses;
	struct pool *pool;
};

/* memory.c: 0, or a negative errno */
int read_caller_memory(pid_t tid, uint64_t address, void *into, size_t size);
int read_caller_text(pid_t tid, uint64_t address, char *into, size_t room);

/* describe.c: what a call asks for; false: not one of ours */
bool describe(struct job *job);
/* copies what the arguments point to; 0, or a negative errno */
int read_arguments(struct job *job);

/* caller.c */
int read_caller(struct performer *p, struct job *job);
int duplicate(pid_t tid, int fd); /* of the caller's table; or a negative errno */
void prepare_credentials(void); /* once in each thread */
void enter(const struct job *job); /* this thread gets the caller's credentials; aborts where it cannot */
void leave(const struct job *job);

/* walk.c: an O_PATH descriptor, or a negative errno; may block */
int walk_as_caller(const struct job *job, int base, const char *path, uint64_t flags);

/* resolve.c: 0: to be decided; a positive errno: it fails so, or is continued; -EAGAIN: another thread must */
int resolve(const struct performer *p, struct job *job, bool may_block);
int become_workload_root(const struct performer *p);
void release(struct job *job);

/* perform.c: the result of the call, or a negative errno; descriptors of opens are handed over there */
long perform(const struct performer *p, struct job *job, bool *answered);

/* layer.c */
int lictor_layer(int program, int descriptor, int made);
int say_layers(const struct performer *p, struct job *job);

/* bind.c: 0, or a negative errno; in a thread of the pool */
long bind_path(const struct performer *p, struct job *job);

/* answer.c */
bool still_waits(const struct performer *p, const struct job *job);
void answer(const struct performer *p, const struct job *job, long result);
void let_continue(const struct performer *p, const struct job *job);
void give_up(const struct performer *p, const struct job *job, int error);
long hand_over(const struct performer *p, const struct job *job, int fd, bool cloexec);

/* pool.c */
struct pool *pool_open(struct performer *p);
void pool_close(struct pool *pool);
struct job *job_at(struct pool *pool, int index);
struct job *job_new(struct pool *pool);
void job_free(struct pool *pool, struct job *job);
bool pool_submit(struct pool *pool, struct job *job);
int pool_ready(struct pool *pool);
bool pool_owns(const struct pool *pool, pid_t tid);

#endif
