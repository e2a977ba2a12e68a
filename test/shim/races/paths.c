/*
 * Races against the verdict: one thread makes a call on a path while another exchanges what the path says, or a process
 * exchanges the symlink that it leads through.
 *
 *     paths TRIES ALLOWED DENIED        two folders of paths of the same length, with a program `tool` and a file `kept`
 *
 * Prints a line for each row: name, tries, how many calls succeeded, how many reached the denied object as far as the
 * caller can see. What was changed below DENIED is for the one who looks at it afterwards.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <signal.h>
#include <unistd.h>

static const char *allowed, *denied;
/* The address of a unix socket, whose path is what every row is about. */
static struct {
	sa_family_t family;
	char path[600];
} address = {.family = AF_UNIX};
static char *const path = address.path;
static char good[600], bad[600], other[512];
static atomic_bool stop;
static long reached;

static void *flip(void *unused)
{
	size_t length = strlen(good);

	(void)unused;
	while (!stop) {
		memcpy(path, bad, length);
		atomic_signal_fence(memory_order_seq_cst);
		memcpy(path, good, length);
		atomic_signal_fence(memory_order_seq_cst);
	}
	return NULL;
}

static long read_first(int fd)
{
	char byte = 0;

	if (fd < 0)
		return -1;
	if (read(fd, &byte, 1) == 1 && byte == 's') /* `secret` */
		reached++;
	close(fd);
	return 0;
}
static long closed(int fd)
{
	return fd < 0 ? -1 : close(fd);
}
static long run(void)
{
	int status;
	pid_t pid = vfork();

	if (pid == 0) {
		char *arguments[] = {"tool", NULL};
		syscall(SYS_execve, path, arguments, NULL);
		_exit(1);
	}
	waitpid(pid, &status, 0);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 42)
		reached++;
	return WIFEXITED(status) && WEXITSTATUS(status) == 1 ? -1 : 0;
}

struct row {
	const char *name, *last; /* last component: `kept` is there on both sides, `made` on neither, `tool` runs */
	long (*call)(void);
};

static long do_read(void) { return read_first(open(path, O_RDONLY)); }
static long do_write(void) { return closed(open(path, O_WRONLY | O_APPEND)); }
static long do_truncate_open(void) { return closed(open(path, O_WRONLY | O_TRUNC)); }
static long do_create_existing(void) { return closed(open(path, O_CREAT | O_TRUNC | O_WRONLY, 0600)); }
static long do_create(void) { return closed(open(path, O_CREAT | O_WRONLY, 0600)); }
static long do_create_excl(void) { return closed(open(path, O_CREAT | O_EXCL | O_WRONLY, 0600)); }
static long do_creat(void) { return closed(creat(path, 0600)); }
static long do_mkdir(void) { return mkdir(path, 0700); }
static long do_mknod(void) { return mknod(path, S_IFIFO | 0600, 0); }
static long do_symlink(void) { return symlink("nowhere", path); }
static long do_bind(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	long done = bind(fd, (struct sockaddr *)&address, sizeof address.family + strlen(good) + 1);

	close(fd);
	return done;
}
static long do_unlink(void) { return unlink(path); }
static long do_rename_from(void) { return rename(path, other); }
static long do_rename_to(void) { return rename(other, path); }
static long do_link_from(void) { return link(path, other); }
static long do_link_to(void) { return link(other, path); }
static long do_chmod(void) { return chmod(path, 0640); }
static long do_chown(void) { return chown(path, -1, -1) | chown(path, getuid(), getgid()); }
static long do_truncate(void) { return truncate(path, 3); }
static long do_utimes(void) { return utimensat(AT_FDCWD, path, (struct timespec[2]){{1, 0}, {1, 0}}, 0); }
static long do_setxattr(void) { return setxattr(path, "user.raced", "1", 1, 0); }

static const struct row ROWS[] = {
	{"open for reading", "kept", do_read},
	{"open for writing", "kept", do_write},
	{"open with O_TRUNC", "kept", do_truncate_open},
	{"open with O_CREAT, existing", "kept", do_create_existing},
	{"open with O_CREAT, missing", "made", do_create},
	{"open with O_EXCL", "made", do_create_excl},
	{"creat", "made", do_creat},
	{"mkdir", "made", do_mkdir},
	{"mknod", "made", do_mknod},
	{"symlink", "made", do_symlink},
	{"bind", "made", do_bind},
	{"unlink", "kept", do_unlink},
	{"rename, source", "kept", do_rename_from},
	{"rename, target", "made", do_rename_to},
	{"link, source", "kept", do_link_from},
	{"link, target", "made", do_link_to},
	{"chmod", "kept", do_chmod},
	{"chown", "kept", do_chown},
	{"truncate", "kept", do_truncate},
	{"utimes", "kept", do_utimes},
	{"setxattr", "kept", do_setxattr},
	{"exec", "tool", run},
};

static void write_file(const char *at)
{
	int fd = open(at, O_CREAT | O_WRONLY, 0600);

	if (fd < 0 || write(fd, "plain", 5) != 5)
		perror(at);
	close(fd);
}

/* The allowed side as the row expects it. */
static void prepare(const struct row *row)
{
	char at[512];

	snprintf(at, sizeof at, "%s/made", allowed);
	if (unlink(at) < 0)
		rmdir(at);
	snprintf(at, sizeof at, "%s/kept", allowed);
	if (access(at, F_OK) < 0)
		write_file(at);
	bool takes = row->call == do_rename_to || row->call == do_link_to;
	if (takes && access(other, F_OK) < 0)
		write_file(other);
	if (!takes)
		unlink(other);
}

static void race(const struct row *row, const char *way, long tries)
{
	long succeeded = 0;

	reached = 0;
	for (long i = 0; i < tries; i++) {
		prepare(row);
		succeeded += row->call() >= 0;
	}
	printf("%s, %s: %ld tries, %ld succeeded, %ld reached\n", row->name, way, tries, succeeded, reached);
	fflush(stdout);
}

/* Exchanges a symlink between the two folders until it is killed. */
static pid_t exchange(const char *link_path, const char *spare)
{
	pid_t parent = getpid(), pid = fork();

	if (pid)
		return pid;
	for (int i = 0; getppid() == parent; i++)
		if (symlink(i & 1 ? allowed : denied, spare) == 0)
			rename(spare, link_path);
	_exit(0);
}

int main(int argc, char **argv)
{
	pthread_t thread;

	if (argc < 4)
		return 64;
	long tries = atol(argv[1]);
	allowed = argv[2];
	denied = argv[3];
	snprintf(other, sizeof other, "%s/other", allowed);
	for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
		snprintf(good, sizeof good, "%s/%s", allowed, ROWS[i].last);
		snprintf(bad, sizeof bad, "%s/%s", denied, ROWS[i].last);
		strcpy(path, good);
		stop = false;
		pthread_create(&thread, NULL, flip, NULL);
		race(&ROWS[i], "text", tries);
		stop = true;
		pthread_join(thread, NULL);
	}
	char door[512], spare[512];
	snprintf(door, sizeof door, "%s/door", allowed);
	snprintf(spare, sizeof spare, "%s/spare", allowed);
	if (symlink(allowed, door) < 0)
		perror(door);
	pid_t pid = exchange(door, spare);
	for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
		snprintf(good, sizeof good, "%s/%s", door, ROWS[i].last);
		strcpy(path, good);
		race(&ROWS[i], "symlink", tries);
	}
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return 0;
}
