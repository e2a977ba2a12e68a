/*
 * A workload that races with its guard: while one thread makes a system call again and again, another exchanges what the
 * call is about between something that is allowed and something that is denied.
 *
 *     sockets ROW TRIES PORT        prints how often the denied object was reached, and the allowed one
 *
 * PORT is denied and PORT + 1 is allowed; in the working directory the unix socket `denied` is denied and `agreed` is
 * allowed. Receivers for both belong to this process.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { DENIED, ALLOWED };

/* What the racing thread copies over `address` in turn, or the descriptors that it puts at `shared`. */
static struct sockaddr_storage choice[2];
static struct sockaddr_storage address;
static socklen_t length;
static int descriptors[2] = {-1, -1}, shared = -1;
static atomic_bool over;

static int receivers[2];
static int tries, port;
static long reached[2];

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static int must(int result, const char *what)
{
	if (result < 0)
		fail(what);
	return result;
}

static void *exchange(void *unused)
{
	(void)unused;
	for (int which = 0; !over; which ^= 1) {
		if (shared >= 0)
			dup2(descriptors[which], shared);
		else
			memcpy(&address, &choice[which], sizeof address);
		for (volatile int i = rand() & 255; i > 0; i--)
			;
	}
	return NULL;
}

static void ip4(struct sockaddr_storage *at, int number)
{
	struct sockaddr_in *in = (void *)at;
	memset(at, 0, sizeof *at);
	in->sin_family = AF_INET;
	in->sin_port = htons(number);
	in->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	length = sizeof *in;
}

static void ip6(struct sockaddr_storage *at, int number, const char *text)
{
	struct sockaddr_in6 *in = (void *)at;
	memset(at, 0, sizeof *at);
	in->sin6_family = AF_INET6;
	in->sin6_port = htons(number);
	inet_pton(AF_INET6, text, &in->sin6_addr);
	length = sizeof *in;
}

static void path(struct sockaddr_storage *at, const char *name, bool abstract)
{
	struct sockaddr_un *un = (void *)at;
	memset(at, 0, sizeof *at);
	un->sun_family = AF_UNIX;
	strcpy(un->sun_path + abstract, name);
	length = offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name);
}

static void choose_ip4(void)
{
	ip4(&choice[DENIED], port);
	ip4(&choice[ALLOWED], port + 1);
}

static void choose_ip6(const char *text)
{
	ip6(&choice[DENIED], port, text);
	ip6(&choice[ALLOWED], port + 1, text);
}

static void choose_unix(bool abstract)
{
	path(&choice[DENIED], "denied", abstract);
	path(&choice[ALLOWED], "agreed", abstract);
}

static void receive(int family, int type)
{
	for (int which = 0; which < 2; which++) {
		receivers[which] = must(socket(family, type | SOCK_NONBLOCK, 0), "socket");
		setsockopt(receivers[which], SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
		must(bind(receivers[which], (void *)&choice[which], length), "bind");
		if (type != SOCK_DGRAM)
			must(listen(receivers[which], 4096), "listen");
	}
}

/* Counts what has come to the receivers. */
static void collect(bool stream)
{
	for (int which = 0; which < 2; which++)
		for (;;) {
			char byte;
			int got = stream ? accept4(receivers[which], NULL, NULL, SOCK_CLOEXEC) : recv(receivers[which], &byte, 1, 0);
			if (got < 0)
				break;
			if (stream)
				close(got);
			reached[which]++;
		}
}

static void count_name(int fd, bool peer)
{
	struct sockaddr_storage name;
	socklen_t size = sizeof name;
	memset(&name, 0, sizeof name);
	if ((peer ? getpeername : getsockname)(fd, (void *)&name, &size) < 0)
		return;
	int number = ntohs(((struct sockaddr_in *)&name)->sin_port);
	if (number == port)
		reached[DENIED]++;
	if (number == port + 1)
		reached[ALLOWED]++;
}

/* connect(2) of datagram sockets: which peer they have then. */
static void connect_datagram(int family)
{
	for (int i = 0; i < tries; i++) {
		int fd = must(socket(family, SOCK_DGRAM, 0), "socket");
		if (connect(fd, (void *)&address, length) == 0)
			count_name(fd, true);
		close(fd);
	}
}

static void bind_datagram(int family)
{
	for (int i = 0; i < tries; i++) {
		int fd = must(socket(family, SOCK_DGRAM, 0), "socket");
		if (bind(fd, (void *)&address, length) == 0)
			count_name(fd, false);
		close(fd);
	}
}

static void bind_abstract(void)
{
	for (int i = 0; i < tries; i++) {
		int fd = must(socket(AF_UNIX, SOCK_DGRAM, 0), "socket");
		struct sockaddr_un name;
		socklen_t size = sizeof name;
		if (bind(fd, (void *)&address, length) == 0 && getsockname(fd, (void *)&name, &size) == 0)
			reached[memcmp(name.sun_path + 1, "taboo", 5) == 0 ? DENIED : ALLOWED]++;
		close(fd);
	}
}

static void connect_unix(void)
{
	for (int i = 0; i < tries; i++) {
		int fd = must(socket(AF_UNIX, SOCK_STREAM, 0), "socket");
		connect(fd, (void *)&address, length);
		close(fd);
		collect(true);
	}
}

enum { SENDTO, SENDMSG, SENDMMSG };

static void send_datagram(int family, int how)
{
	int fd = must(socket(family, SOCK_DGRAM, 0), "socket");
	struct iovec one = {"x", 1};
	for (int i = 0; i < tries; i++) {
		struct mmsghdr messages[3];
		memset(messages, 0, sizeof messages);
		for (int m = 0; m < 3; m++)
			messages[m].msg_hdr = (struct msghdr){.msg_name = &address, .msg_namelen = length, .msg_iov = &one, .msg_iovlen = 1};
		if (how == SENDTO)
			sendto(fd, "x", 1, 0, (void *)&address, length);
		else if (how == SENDMSG)
			sendmsg(fd, &messages[0].msg_hdr, 0);
		else
			sendmmsg(fd, messages, 3, 0);
		collect(false);
	}
	close(fd);
}

/* It ends in a reset: thousands of closed connections would use up the ports. */
static int stream_socket(void)
{
	int fd = must(socket(AF_INET, SOCK_STREAM, 0), "socket");
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &(struct linger){.l_onoff = 1}, sizeof(struct linger));
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
	return fd;
}

static void fast_open(void)
{
	for (int i = 0; i < tries; i++) {
		int fd = stream_socket();
		sendto(fd, "x", 1, MSG_FASTOPEN, (void *)&address, length);
		close(fd);
		collect(true);
	}
}

/* With TCP_FASTOPEN_CONNECT the handshake waits for the first write. */
static void deferred(void)
{
	for (int i = 0; i < tries; i++) {
		int fd = stream_socket();
		setsockopt(fd, IPPROTO_TCP, TCP_FASTOPEN_CONNECT, &(int){1}, sizeof(int));
		connect(fd, (void *)&address, length);
		write(fd, "x", 1);
		close(fd);
		collect(true);
	}
}

/* TCP to PORT is denied and UDP is not: the descriptor is exchanged. */
static void protocol(void)
{
	int datagram = must(socket(AF_INET, SOCK_DGRAM, 0), "socket");
	dup2(datagram, descriptors[ALLOWED]);
	for (int i = 0; i < tries; i++) {
		int stream = stream_socket();
		dup2(stream, descriptors[DENIED]);
		close(stream);
		reached[ALLOWED] += connect(shared, (void *)&choice[DENIED], length) == 0;
		collect(true);
	}
}

/* Sockets that are bound to PORT must not listen. */
static void listening(void)
{
	for (int which = 0; which < 2; which++) {
		int fd = stream_socket();
		must(bind(fd, (void *)&choice[which], length), "bind");
		dup2(fd, descriptors[which]);
	}
	for (int i = 0; i < tries; i++) {
		listen(shared, 1);
		for (int which = 0; which < 2; which++) {
			int on = 0;
			socklen_t size = sizeof on;
			getsockopt(descriptors[which], SOL_SOCKET, SO_ACCEPTCONN, &on, &size);
			reached[which] += on;
			if (on)
				shutdown(descriptors[which], SHUT_RDWR);
		}
	}
}

/* Connections to PORT must not be accepted. Both sockets always have one that waits. */
static void accepting(void)
{
	bool waits[2] = {false, false};
	receive(AF_INET, SOCK_STREAM);
	for (int which = 0; which < 2; which++)
		dup2(receivers[which], descriptors[which]);
	for (int i = 0; i < tries; i++) {
		for (int which = 0; which < 2; which++) {
			if (waits[which])
				continue;
			int fd = stream_socket();
			waits[which] = connect(fd, (void *)&choice[which], length) == 0;
			close(fd);
		}
		int fd = accept(shared, NULL, NULL);
		if (fd < 0) {
			waits[DENIED] &= errno != EPERM;
			continue;
		}
		long before = reached[DENIED];
		count_name(fd, false);
		waits[reached[DENIED] == before ? ALLOWED : DENIED] = false;
		close(fd);
	}
}

static void exchange_descriptors(void)
{
	descriptors[DENIED] = 100;
	descriptors[ALLOWED] = 101;
	for (int which = 0; which < 2; which++)
		must(dup2(0, descriptors[which]), "dup2");
	shared = must(dup2(0, 102), "dup2");
}

int main(int argc, char **argv)
{
	if (argc != 4)
		return 2;
	const char *row = argv[1];
	pthread_t thread;
	signal(SIGPIPE, SIG_IGN);
	tries = atoi(argv[2]);
	port = atoi(argv[3]);
	bool v6 = strchr(row, '6') != NULL;
	int family = v6 ? AF_INET6 : AF_INET;

	if (!strcmp(row, "bind-abstract")) {
		path(&choice[DENIED], "taboo", true);
		path(&choice[ALLOWED], "usual", true);
	} else if (strstr(row, "unix") || strstr(row, "abstract")) {
		choose_unix(strstr(row, "abstract") != NULL);
		family = AF_UNIX;
	} else if (strstr(row, "mapped")) {
		choose_ip6("::ffff:127.0.0.1");
		family = AF_INET6;
	} else if (v6)
		choose_ip6("::1");
	else
		choose_ip4();
	if (strstr(row, "family")) /* allowed: an address of the other family, or none */
		memcpy(&choice[ALLOWED], &(struct sockaddr_in){.sin_family = AF_UNSPEC}, sizeof(struct sockaddr_in));

	bool datagram = strstr(row, "send");
	bool stream = !strncmp(row, "fast", 4) || !strncmp(row, "deferred", 8) || !strncmp(row, "protocol", 8);
	if (datagram)
		receive(family, SOCK_DGRAM);
	else if (stream || !strncmp(row, "connect-unix", 12) || !strncmp(row, "connect-abstract", 16))
		receive(family, SOCK_STREAM);
	if (!strcmp(row, "protocol") || !strcmp(row, "listen") || !strcmp(row, "accept"))
		exchange_descriptors();
	memcpy(&address, &choice[ALLOWED], sizeof address);
	if ((errno = pthread_create(&thread, NULL, exchange, NULL)))
		fail("pthread_create");

	if (!strncmp(row, "sendto", 6))
		send_datagram(family, SENDTO);
	else if (!strncmp(row, "sendmsg", 7))
		send_datagram(family, SENDMSG);
	else if (!strncmp(row, "sendmmsg", 8))
		send_datagram(family, SENDMMSG);
	else if (!strcmp(row, "bind-abstract"))
		bind_abstract();
	else if (!strncmp(row, "bind", 4))
		bind_datagram(family);
	else if (!strncmp(row, "fast", 4))
		fast_open();
	else if (!strncmp(row, "deferred", 8))
		deferred();
	else if (!strncmp(row, "protocol", 8))
		protocol();
	else if (!strncmp(row, "listen", 6))
		listening();
	else if (!strncmp(row, "accept", 6))
		accepting();
	else if (family == AF_UNIX)
		connect_unix();
	else
		connect_datagram(family);

	over = true;
	pthread_join(thread, NULL);
	printf("%ld %ld\n", reached[DENIED], reached[ALLOWED]);
	return 0;
}
