/*
 * A workload that tries what its policy denies, as often as it can, in several processes.
 * Usage: storm FOLDER ALLOWED-PORT DENIED-PORT RESOLVER              runs until it is killed
 *        storm FOLDER ALLOWED-PORT DENIED-PORT RESOLVER CUT-PORT     asks to be isolated first, and sends to this port all the time
 *        storm FOLDER                                                a program that is denied: leaves evidence that it ran
 *
 * Whatever denied thing succeeds leaves a line in FOLDER/evidence. FOLDER/sealed loses its content at the open itself, the
 * denied port and the RESOLVER (an address) have a listener outside, and FOLDER/kept and FOLDER/shut are looked at afterwards, so that a success shows
 * even where its process dies at once.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORKERS = 8 };

static int evidence;
static struct sockaddr_in allowed_port, denied_port, resolver;
static ino_t secret;
/* "secret" and "public" in turns, exchanged by a second thread */
static char flipped[8] = "public";

static void reached(const char *what)
{
	if (write(evidence, what, strlen(what)) < 0)
		abort();
}

static void *flip(void *unused)
{
	(void)unused;
	for (;;) {
		memcpy(flipped, "secret", 6);
		memcpy(flipped, "public", 6);
	}
	return NULL;
}

static void try_open(const char *name, int flags, const char *what)
{
	int fd = open(name, flags | O_CLOEXEC, 0600);
	if (fd < 0)
		return;
	struct stat status;
	if (what && (strcmp(what, "race\n") || (fstat(fd, &status) == 0 && status.st_ino == secret)))
		reached(what);
	close(fd);
}

static void try_connect(const struct sockaddr_in *to, int type, const char *what)
{
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
	if (connect(fd, (const struct sockaddr *)to, sizeof *to) == 0 && what)
		reached(what);
	close(fd);
}

/* Asks for the address of one name under `test`. */
static void ask(const char *name)
{
	unsigned char query[64] = {0, 7, 1, 0, 0, 1};
	size_t length = strlen(name), at = 12;
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	query[at++] = length;
	memcpy(query + at, name, length);
	memcpy(query + at + length, "\4test\0\0\1\0\1", 10);
	sendto(fd, query, at + length + 10, 0, (struct sockaddr *)&resolver, sizeof resolver);
	close(fd);
}

static void run(const char *program, char *argument)
{
	pid_t child = vfork();
	if (child == 0) {
		execl(program, program, argument, NULL);
		_exit(0);
	}
	waitpid(child, NULL, 0);
}

/* a process without parent and session, which only its cgroup and namespace hold */
static void leave_daemon(void)
{
	if (fork() > 0) {
		wait(NULL);
		return;
	}
	setsid();
	if (fork() > 0)
		_exit(0);
	for (;;)
		pause();
}

/* Calls that Lictor performs: all are denied but those on `free`, on `public` and, half of the time, on what is flipped. */
static void change(unsigned int which, unsigned int worker)
{
	char own[32], other[32];
	snprintf(own, sizeof own, "free/%u", worker);
	snprintf(other, sizeof other, "free/other%u", worker);
	switch (which) {
	case 0:
		try_open("shut/made", O_WRONLY | O_CREAT, "create\n");
		return;
	case 1:
		if (mkdir("shut/folder", 0700) == 0)
			reached("mkdir\n");
		return;
	case 2:
		if (unlink("kept") == 0)
			reached("unlink\n");
		return;
	case 3:
		if (rename("kept", other) == 0)
			reached("rename\n");
		return;
	case 4:
		if (rename(own, "kept") == 0)
			reached("rename over\n");
		return;
	case 5:
		if (link("kept", other) == 0)
			reached("link\n");
		return;
	case 6:
		if (chmod("kept", 0777) == 0)
			reached("chmod\n");
		return;
	case 7:
		if (truncate("kept", 0) == 0)
			reached("truncate\n");
		return;
	case 8:
		chmod(flipped, 0640);
		return;
	case 9:
		truncate(flipped, 100);
		return;
	case 10:
		try_open(own, O_WRONLY | O_CREAT, NULL);
		return;
	case 11:
		rename(own, other);
		return;
	default:
		unlink(other);
	}
}

static void work(unsigned int worker)
{
	unsigned int seed = worker;
	pthread_t thread;
	if (seed == 0) /* one is enough: it takes a processor for itself */
		pthread_create(&thread, NULL, flip, NULL);
	for (;;) {
		/* mostly opens that are denied: at any moment some of them wait for an answer */
		switch (rand_r(&seed) % 32) {
		case 0:
			try_open("public", O_RDONLY, NULL);
			break;
		case 1:
			try_connect(&denied_port, SOCK_STREAM, "connect\n");
			break;
		case 2:
			try_connect(&allowed_port, SOCK_DGRAM, NULL);
			break;
		case 3:
			run("./forbidden", ".");
			break;
		case 4:
			run("/bin/true", NULL);
			break;
		case 5:
		case 6:
			try_open(flipped, O_RDONLY, "race\n");
			break;
		case 7:
		case 8:
		case 9:
		case 10:
			try_open("sealed", O_WRONLY | O_TRUNC, "write\n");
			break;
		case 11:
		case 12:
		case 13:
		case 14:
		case 15:
		case 16:
		case 17:
		case 18:
		case 19:
			change(rand_r(&seed) % 13, worker);
			break;
		case 20:
			ask("denied");
			ask("allowed");
			break;
		default:
			try_open("secret", O_RDONLY, "read\n");
		}
	}
}

static struct sockaddr_in loopback(const char *port)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET, .sin_port = htons(atoi(port)), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

/* opening `trigger` cuts the network: whatever arrives at the port was sent after that */
static void send_isolated(const char *port)
{
	struct sockaddr_in to = loopback(port);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (connect(fd, (const struct sockaddr *)&to, sizeof to) < 0)
		return;
	try_open("trigger", O_RDONLY, "trigger\n");
	for (;;)
		send(fd, "x", 1, MSG_DONTWAIT);
}

int main(int argc, char **argv)
{
	if (argc < 2 || chdir(argv[1]) < 0)
		return 2;
	evidence = open("evidence", O_WRONLY | O_APPEND | O_CLOEXEC);
	if (argc < 5) {
		reached("exec\n");
		return 0;
	}
	struct stat status;
	if (stat("secret", &status) < 0)
		return 2;
	secret = status.st_ino;
	allowed_port = loopback(argv[2]);
	denied_port = loopback(argv[3]);
	resolver = loopback("53");
	resolver.sin_addr.s_addr = inet_addr(argv[4]);
	leave_daemon();
	for (unsigned int i = 0; i < WORKERS; i++)
		if (fork() == 0)
			work(i);
	if (argc > 5 && fork() == 0)
		send_isolated(argv[5]);
	close(creat("started", 0600));
	for (;;)
		pause();
}
