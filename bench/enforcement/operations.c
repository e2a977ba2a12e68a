/*
 * The measured workload: does what it is asked on standard input, in its current folder, and says nanoseconds.
 *     time OPERATION NAME COUNT     → REFUSED SUCCEEDED NS NS …     one call each; NAME is what it is done to
 *     busy PROCESSES MILLISECONDS   → OPENS P50 P99                 processes that open files all the time
 *     quiet PROCESSES MILLISECONDS  → OPENS P50 P99                 of one that opens now and then beside such processes
 *     run COMMAND                   → NS STATUS                     a shell's command from its start to its end
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

enum { MOST_SAMPLES = 1 << 16, MOST_PROCESSES = 64, QUIET_PAUSE_US = 2000 };

static uint64_t now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

/* what `before` made for one call and `after` takes away */
static int made = -1, other = -1;
static char beside[300];

static void drop(void)
{
	if (made >= 0)
		close(made);
	if (other >= 0)
		close(other);
	made = other = -1;
}
static struct sockaddr_in port_of(const char *name)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET, .sin_port = htons(atoi(name)), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}
static void nothing(const char *name) { (void)name; }
static void create(const char *name) { close(open(name, O_WRONLY | O_CREAT | O_CLOEXEC, 0644)); }
static void drop_it(const char *name) { (void)name, drop(); }
static void remove_it(const char *name) { drop(), unlink(name); }
static void remove_beside(const char *name) { (void)name, unlink(beside); }
static void name_beside(const char *name) { snprintf(beside, sizeof beside, "%s-beside", name); }

static int open_read(const char *name) { return made = open(name, O_RDONLY | O_CLOEXEC); }
static int open_write(const char *name) { return made = open(name, O_WRONLY | O_CLOEXEC); }
static int open_new(const char *name) { return made = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644); }
static int open_existing(const char *name) { return made = open(name, O_WRONLY | O_CREAT | O_CLOEXEC, 0644); }
static int make_folder(const char *name) { return mkdir(name, 0755) < 0 ? -1 : rmdir(name); }
static int rename_it(const char *name) { return rename(name, beside); }
static void rename_back(const char *name) { rename(beside, name); }
static int link_it(const char *name) { return link(name, beside); }
static int symlink_it(const char *name) { return symlink("nowhere", name); }
static int chmod_it(const char *name) { return chmod(name, 0644); }
static int chown_it(const char *name) { return chown(name, getuid(), getgid()); }
static int truncate_it(const char *name) { return truncate(name, 0); }
static int utimes_it(const char *name) { return utimensat(AT_FDCWD, name, NULL, 0); }
static int setxattr_it(const char *name) { return setxattr(name, "user.bench", "1", 1, 0); }

static void tcp(const char *name)
{
	(void)name;
	made = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int on = 1;
	struct linger reset = {.l_onoff = 1};
	setsockopt(made, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	setsockopt(made, SOL_SOCKET, SO_LINGER, &reset, sizeof reset); /* no port is left waiting */
}
static void udp(const char *name) { (void)name, made = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0); }
static int connect_it(const char *name)
{
	struct sockaddr_in to = port_of(name);
	return connect(made, (struct sockaddr *)&to, sizeof to);
}
static int send_it(const char *name)
{
	struct sockaddr_in to = port_of(name);
	return sendto(made, "x", 1, 0, (struct sockaddr *)&to, sizeof to) < 0 ? -1 : 0;
}
static int bind_it(const char *name)
{
	struct sockaddr_in to = port_of(name);
	return bind(made, (struct sockaddr *)&to, sizeof to);
}
static void bound(const char *name) { tcp(name), bind_it(name); }
static int listen_it(const char *name) { return (void)name, listen(made, 8); }
static int accepted = -1;
static void one_waits(const char *name)
{
	bound(name);
	listen(made, 8);
	fcntl(made, F_SETFL, O_NONBLOCK); /* where connecting fails nobody waits */
	other = made;
	tcp(name);
	connect_it(name);
}
static int accept_it(const char *name) { return (void)name, accepted = accept4(other, NULL, NULL, SOCK_CLOEXEC); }
static void drop_accepted(const char *name)
{
	(void)name;
	drop();
	if (accepted >= 0)
		close(accepted);
	accepted = -1;
}

static int exec_it(const char *name)
{
	pid_t child = vfork();
	if (child == 0) {
		execl(name, name, NULL);
		_exit(126);
	}
	int status;
	waitpid(child, &status, 0);
	errno = EPERM; /* 126: refused */
	return status == 0 ? 0 : -1;
}
static int by_registers(const char *name)
{
	errno = 0;
	return getpriority(atoi(name), 0) == -1 && errno ? -1 : 0;
}
static int notified(const char *name)
{
	struct rusage usage;
	return getrusage(atoi(name), &usage);
}

static const struct operation {
	const char *name;
	void (*before)(const char *);
	int (*act)(const char *);
	void (*after)(const char *);
} OPERATIONS[] = {
	{"open-read", nothing, open_read, drop_it},
	{"open-write", nothing, open_write, drop_it},
	{"open-new", nothing, open_new, remove_it},
	{"open-existing", nothing, open_existing, drop_it},
	{"mkdir-rmdir", nothing, make_folder, nothing},
	{"unlink", create, unlink, nothing},
	{"rename", name_beside, rename_it, rename_back},
	{"link", name_beside, link_it, remove_beside},
	{"symlink", nothing, symlink_it, remove_it},
	{"chmod", nothing, chmod_it, nothing},
	{"chown", nothing, chown_it, nothing},
	{"truncate", nothing, truncate_it, nothing},
	{"utimes", nothing, utimes_it, nothing},
	{"setxattr", nothing, setxattr_it, nothing},
	{"connect-tcp", tcp, connect_it, drop_it},
	{"connect-udp", udp, connect_it, drop_it},
	{"sendto", udp, send_it, drop_it},
	{"bind", tcp, bind_it, drop_it},
	{"listen", bound, listen_it, drop_it},
	{"accept", one_waits, accept_it, drop_accepted},
	{"exec", nothing, exec_it, nothing},
	{"syscall-registers", nothing, by_registers, nothing},
	{"syscall-notified", nothing, notified, nothing},
};

static void time_operation(const char *what, const char *name, int count)
{
	const struct operation *o = OPERATIONS;
	while (strcmp(o->name, what))
		if (++o == OPERATIONS + sizeof OPERATIONS / sizeof *OPERATIONS)
			exit(2);
	static uint32_t samples[MOST_SAMPLES];
	int refused = 0, succeeded = 0;
	for (int i = 0; i < count && i < MOST_SAMPLES; i++) {
		o->before(name);
		uint64_t start = now();
		int status = o->act(name);
		samples[i] = (uint32_t)(now() - start);
		if (status < 0 && (errno == EPERM || errno == EACCES))
			refused++;
		else if (status >= 0)
			succeeded++;
		o->after(name);
	}
	printf("%d %d", refused, succeeded);
	for (int i = 0; i < count && i < MOST_SAMPLES; i++)
		printf(" %u", samples[i]);
	putchar('\n');
}

/* samples of one process, the last ones where there are more */
struct share {
	uint64_t count;
	uint32_t samples[MOST_SAMPLES];
};
static struct share *shares;

static void open_until(struct share *share, uint64_t end, int pause)
{
	for (uint64_t start = now(); start < end; start = now()) {
		int fd = open("plain", O_RDONLY | O_CLOEXEC);
		share->samples[share->count++ % MOST_SAMPLES] = (uint32_t)(now() - start);
		close(fd);
		if (pause)
			usleep(pause);
	}
	_exit(0);
}

static int ascending(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return x < y ? -1 : x > y;
}

/* `quiet`: one process more, which alone is counted */
static void busy(int processes, int milliseconds, int quiet)
{
	uint64_t end = now() + (uint64_t)milliseconds * 1000000u;
	for (int i = 0; i < processes + quiet; i++) {
		shares[i].count = 0;
		if (fork() == 0)
			open_until(&shares[i], end, i < processes ? 0 : QUIET_PAUSE_US);
	}
	while (wait(NULL) > 0)
		;
	uint32_t *all = malloc((size_t)(processes + quiet) * sizeof shares->samples);
	uint64_t opens = 0, count = 0;
	for (int i = quiet ? processes : 0; i < processes + quiet; i++) {
		opens += shares[i].count;
		for (uint64_t k = 0; k < shares[i].count && k < MOST_SAMPLES; k++)
			all[count++] = shares[i].samples[k];
	}
	qsort(all, count, sizeof *all, ascending);
	printf("%lu %u %u\n", opens, all[count / 2], all[count - 1 - count / 100]);
	free(all);
}

static void run(const char *command)
{
	uint64_t start = now();
	int status = system(command);
	printf("%lu %d\n", now() - start, status);
}

int main(void)
{
	shares = mmap(NULL, MOST_PROCESSES * sizeof *shares, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shares == MAP_FAILED)
		return 2;
	setvbuf(stdout, NULL, _IOLBF, 1 << 20);
	char line[4096], what[64], name[256];
	int count, milliseconds;
	while (fgets(line, sizeof line, stdin)) {
		line[strcspn(line, "\n")] = 0;
		if (sscanf(line, "time %63s %255s %d", what, name, &count) == 3)
			time_operation(what, name, count);
		else if (sscanf(line, "busy %d %d", &count, &milliseconds) == 2 && count <= MOST_PROCESSES)
			busy(count, milliseconds, 0);
		else if (sscanf(line, "quiet %d %d", &count, &milliseconds) == 2 && count < MOST_PROCESSES)
			busy(count, milliseconds, 1);
		else if (!strncmp(line, "run ", 4))
			run(line + 4);
		else
			return 2;
		fflush(stdout);
	}
}
