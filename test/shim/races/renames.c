/*
 * A directory is renamed to and fro between a name that is open to all and one that is not, while other threads open what
 * stands in it. After each rename to the second name an open there has to fail, whatever the others made known before.
 *
 * Arguments: the first name, the second, tries. Prints how often an open of the first name succeeded, and of the second.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char open_file[PATH_MAX], closed_file[PATH_MAX];
static atomic_bool done;

static int opens(const char *path)
{
	int fd = open(path, O_RDONLY);
	if (fd < 0)
		return 0;
	close(fd);
	return 1;
}

static void *disturb(void *path)
{
	while (!atomic_load(&done))
		opens(path);
	return NULL;
}

int main(int argc, char **argv)
{
	if (argc != 4)
		return 64;
	snprintf(open_file, sizeof open_file, "%s/inner/x", argv[1]);
	snprintf(closed_file, sizeof closed_file, "%s/inner/x", argv[2]);
	pthread_t threads[2];
	for (int i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, disturb, i ? closed_file : open_file);
	int allowed = 0, reached = 0;
	for (int i = atoi(argv[3]); i > 0; i--) {
		allowed += opens(open_file);
		if (rename(argv[1], argv[2]) < 0)
			return 1;
		reached += opens(closed_file);
		if (rename(argv[2], argv[1]) < 0)
			return 1;
	}
	atomic_store(&done, true);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	printf("%d %d\n", allowed, reached);
	return 0;
}
