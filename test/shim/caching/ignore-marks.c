/*
 * What an ignore mark on a directory silences, on this kernel: prints `WHAT: asks` or `WHAT: silent` for each open of a
 * fixed list. In a mount namespace of its own, on a tmpfs of its own; the argument is an empty directory to mount it on.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fanotify.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef FAN_MARK_EVICTABLE
#define FAN_MARK_EVICTABLE 0x200
#endif
#ifndef FAN_MARK_IGNORE
#define FAN_MARK_IGNORE 0x400
#endif

static int group;

static void need(int result, const char *what)
{
	if (result >= 0)
		return;
	perror(what);
	exit(2);
}

static void make(const char *path)
{
	int fd = open(path, O_CREAT | O_RDWR, 0755);
	need(fd, path);
	close(fd);
}

/* A child works, and every event that its work raises is allowed; returns the bits of the events. */
static uint64_t events_of(void (*work)(const char *), const char *path)
{
	uint64_t seen = 0;
	pid_t child = fork();
	if (child == 0) {
		work(path);
		_exit(0);
	}
	for (;;) {
		int status;
		struct pollfd ready = {.fd = group, .events = POLLIN};
		if (poll(&ready, 1, 5) > 0) {
			char buffer[4096];
			ssize_t size = read(group, buffer, sizeof buffer);
			struct fanotify_event_metadata *event = (void *)buffer;
			for (; FAN_EVENT_OK(event, size); event = FAN_EVENT_NEXT(event, size)) {
				struct fanotify_response allow = {.fd = event->fd, .response = FAN_ALLOW};
				seen |= event->mask;
				need(write(group, &allow, sizeof allow), "answer");
				close(event->fd);
			}
		} else if (waitpid(child, &status, WNOHANG) == child) {
			return seen;
		}
	}
}

static void open_to_read(const char *path)
{
	close(open(path, O_RDONLY));
}
static void open_to_write(const char *path)
{
	close(open(path, O_RDWR | O_CREAT | O_TRUNC, 0644));
}
static void execute(const char *path)
{
	char *args[] = {(char *)path, NULL};
	execv(path, args);
}
static void make_again(const char *path)
{
	char file[64];
	snprintf(file, sizeof file, "%s/x", path);
	unlink(file);
	rmdir(path);
	mkdir(path, 0755);
	make(file);
}

static void show(const char *what, void (*work)(const char *), const char *path)
{
	printf("%s: %s\n", what, events_of(work, path) & FAN_OPEN_PERM ? "asks" : "silent");
}

static void mark_mount(const char *path)
{
	uint64_t mask = FAN_OPEN_PERM | FAN_OPEN_EXEC_PERM | FAN_ONDIR;
	need(fanotify_mark(group, FAN_MARK_ADD | FAN_MARK_MOUNT, mask, AT_FDCWD, path), "mark a mount");
}

static void ignore(const char *path)
{
	unsigned int flags = FAN_MARK_ADD | FAN_MARK_IGNORE | FAN_MARK_IGNORED_SURV_MODIFY | FAN_MARK_EVICTABLE;
	int fd = open(path, O_PATH | O_DIRECTORY);
	need(fanotify_mark(group, flags, FAN_OPEN_PERM | FAN_EVENT_ON_CHILD | FAN_ONDIR, fd, "."), "ignore a directory");
	close(fd);
}

int main(int argc, char **argv)
{
	if (argc != 2)
		return 64;
	need(unshare(CLONE_NEWNS), "unshare");
	need(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), "make mounts private");
	need(mount("tree", argv[1], "tmpfs", 0, NULL), "mount");
	need(chdir(argv[1]), "chdir");
	for (const char **dir = (const char *[]){"d", "d/sub", "e", "again", "bind", NULL}; *dir; dir++)
		need(mkdir(*dir, 0755), *dir);
	for (const char **file = (const char *[]){"d/f", "d/m", "d/sub/g", "e/h", "again/x", "file", NULL}; *file; file++)
		make(*file);
	need(link("d/f", "e/link"), "link");
	need(system("cp /bin/true d/program"), "copy");
	need(mount("d", "bind", NULL, MS_BIND, NULL), "bind a directory");
	need(mount("d/m", "file", NULL, MS_BIND, NULL), "bind a file");
	group = fanotify_init(FAN_CLASS_CONTENT | FAN_CLOEXEC | FAN_UNLIMITED_MARKS, O_RDONLY | O_CLOEXEC);
	need(group, "fanotify_init");
	mark_mount(".");
	mark_mount("bind");
	mark_mount("file");

	show("before", open_to_read, "d/f");
	ignore("d");
	ignore("again");
	show("a child", open_to_read, "d/f");
	show("a child for writing", open_to_write, "d/f");
	show("a child that is made", open_to_write, "d/new");
	show("the directory", open_to_read, "d");
	show("a directory in it", open_to_read, "d/sub");
	show("what stands in that", open_to_read, "d/sub/g");
	show("a child by way of another", open_to_read, "d/sub/../m");
	show("another directory", open_to_read, "e/h");
	show("a hard link elsewhere", open_to_read, "e/link");
	printf("an exec of a child: %s\n", events_of(execute, "d/program") & FAN_OPEN_EXEC_PERM ? "asks" : "silent");
	rename("d/f", "e/f");
	show("a child that was moved out", open_to_read, "e/f");
	rename("e/h", "d/h");
	show("what was moved in", open_to_read, "d/h");
	rename("d", "moved");
	show("a child after the directory moved", open_to_read, "moved/m");
	rename("moved", "d");
	show("a child in another mount", open_to_read, "bind/m");
	show("a child that is a mount elsewhere", open_to_read, "file");
	show("before the directory is made again", open_to_read, "again/x");
	events_of(make_again, "again");
	show("after it is made again", open_to_read, "again/x");
	need(fanotify_mark(group, FAN_MARK_FLUSH, 0, AT_FDCWD, "/"), "flush");
	show("after the marks are flushed", open_to_read, "d/m");
	return 0;
}
