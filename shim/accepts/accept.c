/*
 * accept(2) that waits for a moment at most. A connection that was seen can be taken by somebody outside who has the same
 * socket, and then the call would wait for the next one, while nobody else is answered. The kernel has no flag for one
 * call: O_NONBLOCK is of the file, which the workload shares, and SO_RCVTIMEO of the socket. So a timer of this thread
 * interrupts it; it goes off again and again, because the first signal can come before the call waits.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))
enum { MOMENT_NS = 1000000, UNUSED_SIGNAL = 9 };

static __thread timer_t timer;
static __thread int has_timer;

static void ignore(int signal) { (void)signal; }

static int make_timer(void)
{
	int number = SIGRTMIN + UNUSED_SIGNAL;
	struct sigaction action = {.sa_handler = ignore}; /* without SA_RESTART */
	struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = number};
	sigset_t one;

	if (has_timer)
		return 0;
	event._sigev_un._tid = syscall(SYS_gettid);
	sigemptyset(&one);
	sigaddset(&one, number);
	if (sigaction(number, &action, NULL) < 0 || pthread_sigmask(SIG_UNBLOCK, &one, NULL) ||
	    timer_create(CLOCK_MONOTONIC, &event, &timer) < 0)
		return -1;
	has_timer = 1;
	return 0;
}

static int set_timer(long ns)
{
	struct itimerspec times = {.it_value.tv_nsec = ns, .it_interval.tv_nsec = ns};
	return timer_settime(timer, 0, &times, NULL);
}

/* The descriptor, or a negative errno: -EINTR where nothing came. */
EXPORT int lictor_accept(int fd, void *address, socklen_t *size, int flags)
{
	if (make_timer() < 0 || set_timer(MOMENT_NS) < 0)
		return -errno;
	int got = accept4(fd, address, size, flags);
	int error = errno;
	set_timer(0);
	return got < 0 ? -error : got;
}
