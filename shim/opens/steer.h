/*
 * The guard and a thread that waits for its answer take turns. On one processor a turn is a switch; on two it wakes one
 * that has gone idle, which in a virtual machine takes 30 µs, each way. The kernel keeps both together for seccomp's
 * questions (SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP), not for fanotify's: there everybody wakes where he slept. So now and
 * then the guard looks where the thread runs, and goes there. It stays free to be moved again.
 */
#ifndef LICTOR_STEER_H
#define LICTOR_STEER_H

#include <sys/types.h>

/* Questions from one look to the next; more where going there did not last. */
enum { LOOK_SOON = 32, LOOK_LATE = 128 };

struct steering {
	int proc; /* a folder, /proc of the host; the owner's */
	unsigned int questions, interval;
};

void steer_start(struct steering *s, int proc);
/* To be called once for each question of a thread, when it was answered. */
void steer(struct steering *s, pid_t tid);

#endif
