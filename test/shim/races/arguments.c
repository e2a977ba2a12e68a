/*
 * A workload that races with its guard: while a child executes this program again and again, another thread exchanges
 * its last argument and a variable of its environment between `denied` and `agreed`, in the string and in the list.
 *
 *     arguments TRIES        prints how many programs ran with `denied` in one of them, and how many with `agreed`
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PIPE = 100 };

static char word[] = "agreed", variable[] = "WORD=agreed";
static char *arguments[] = {"arguments", "say", word, NULL};
static char *variables[] = {variable, NULL};
static atomic_bool over;

static void *exchange(void *unused)
{
	(void)unused;
	while (!over) {
		memcpy(word, "denied", sizeof word);
		for (volatile int i = rand() & 1023; i > 0; i--)
			;
		memcpy(word, "agreed", sizeof word);
		arguments[2] = rand() & 1 ? "denied" : word;
		for (volatile int i = rand() & 1023; i > 0; i--)
			;
		arguments[2] = word;
		memcpy(variable + 5, "denied", sizeof word);
		for (volatile int i = rand() & 1023; i > 0; i--)
			;
		memcpy(variable + 5, "agreed", sizeof word);
		variables[0] = rand() & 1 ? "WORD=denied" : variable;
		for (volatile int i = rand() & 1023; i > 0; i--)
			;
		variables[0] = variable;
	}
	return NULL;
}

int main(int argc, char **argv)
{
	if (argc == 3)
		return write(PIPE, strcmp(getenv("WORD"), "denied") ? argv[2] : "d", 1) != 1;
	int ends[2], tries = atoi(argv[1]);
	long ran[256] = {0};
	pthread_t thread;
	if (argc != 2 || pipe(ends) < 0 || dup2(ends[1], PIPE) < 0 || pthread_create(&thread, NULL, exchange, NULL))
		return 2;
	close(ends[1]);
	for (int i = 0; i < tries; i++) {
		pid_t child = vfork();
		if (child == 0) {
			execve("/proc/self/exe", arguments, variables);
			_exit(1);
		}
		int status;
		waitpid(child, &status, 0);
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
