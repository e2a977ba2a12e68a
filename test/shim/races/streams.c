/*
 * A workload that races with its guard: while a child that shares its descriptors executes this program again and again,
 * a thread exchanges standard input between a socket, which is denied, and /dev/null.
 *
 *     streams TRIES        prints how many programs found the socket there, and how many did not
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PIPE = 100 };

static char *arguments[] = {"streams", NULL};
static char stack[65536] __attribute__((aligned(16)));
static atomic_bool over;

static void *exchange(void *unused)
{
	int null = open("/dev/null", O_RDONLY), denied = socket(AF_INET, SOCK_STREAM, 0);

	(void)unused;
	while (!over) {
		dup2(denied, 0);
		for (volatile int i = rand() & 1023; i > 0; i--)
			;
		dup2(null, 0);
		for (volatile int i = rand() & 4095; i > 0; i--)
			;
	}
	return NULL;
}

static int child(void *unused)
{
	(void)unused;
	execve("/proc/self/exe", arguments, environ);
	_exit(1);
}

int main(int argc, char **argv)
{
	if (argc == 1) {
		struct stat found;
		return fstat(0, &found) < 0 || write(PIPE, S_ISSOCK(found.st_mode) ? "d" : "a", 1) != 1;
	}
	int ends[2], tries = atoi(argv[1]);
	long ran[256] = {0};
	pthread_t thread;
	if (argc != 2 || pipe(ends) < 0 || dup2(ends[1], PIPE) < 0 || pthread_create(&thread, NULL, exchange, NULL))
		return 2;
	for (int i = 0; i < tries; i++) {
		int status;
		if (waitpid(clone(child, stack + sizeof stack, CLONE_FILES | CLONE_VM | CLONE_VFORK | SIGCHLD, NULL), &status, 0) < 0)
			return 3;
		if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
			unsigned char said;
			ran[read(ends[0], &said, 1) == 1 ? said : 0]++;
		}
	}
	over = true;
	pthread_join(thread, NULL);
	printf("%ld %ld\n", ran['d'], ran['a']);
	return 0;
}
