/* By sockets: helpers outside, and protocols whose addresses nobody compares. */
#include "attempts.h"

#include <linux/audit.h>
#include <linux/if_alg.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/xfrm.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

static int reach(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	strcpy(address.sun_path, path);
	return connect(fd, (struct sockaddr *)&address, sizeof address) < 0 ? -1 : fd;
}
int by_outside_helper(void) { return result(reach("helper")); }
/* Any that no rule is about: cron, at, a service manager, a container engine; this one says what it reads for us. */
int by_unasked_helper(void) { return read_it(reach("passing")); }
int by_packet_socket(void) { return result(socket(AF_PACKET, SOCK_RAW, 0x300)); }
int by_raw_socket(void) { return result(socket(AF_INET, SOCK_RAW, 255)); }
int by_vsock(void) { return result(socket(AF_VSOCK, SOCK_STREAM, 0)); }
int by_key_socket(void) { return result(socket(15 /* AF_KEY */, SOCK_RAW, 2)); }
int by_sctp(void) { return result(socket(AF_INET, SOCK_STREAM, 132)); }
int by_socket_pair(void)
{
	int ends[2];
	return result(socketpair(30 /* AF_TIPC */, SOCK_RDM, 0, ends));
}
int by_cipher(void)
{
	struct sockaddr_alg address = {.salg_family = AF_ALG, .salg_type = "hash", .salg_name = "sha256"};
	int fd = socket(AF_ALG, SOCK_SEQPACKET, 0);
	return fd < 0 ? errno : result(bind(fd, (struct sockaddr *)&address, sizeof address));
}
int by_netlink_peer(void) { return result(socket(AF_NETLINK, SOCK_RAW, NETLINK_USERSOCK)); }

/* What the kernel answers to a request. */
static int request(int protocol, int type, const void *body, size_t size)
{
	union {
		struct nlmsghdr header;
		char room[4096];
	} message = {.header = {NLMSG_LENGTH(size), type, NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE, 1, 0}};
	struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
	int fd = socket(AF_NETLINK, SOCK_RAW, protocol);
	memcpy(NLMSG_DATA(&message.header), body, size);
	if (fd < 0 || sendto(fd, &message, message.header.nlmsg_len, 0, (struct sockaddr *)&kernel, sizeof kernel) < 0)
		return errno;
	struct pollfd answered = {.fd = fd, .events = POLLIN};
	if (poll(&answered, 1, 5000) != 1 || recv(fd, &message, sizeof message, 0) < (ssize_t)NLMSG_LENGTH(sizeof(int)))
		return ENOMSG;
	return message.header.nlmsg_type == NLMSG_ERROR ? -((struct nlmsgerr *)NLMSG_DATA(&message.header))->error : 0;
}
int by_route(void)
{
	struct rtmsg route = {.rtm_family = AF_INET, .rtm_dst_len = 32, .rtm_table = RT_TABLE_MAIN, .rtm_type = RTN_BLACKHOLE};
	return request(NETLINK_ROUTE, RTM_NEWROUTE, &route, sizeof route);
}
int by_transformation(void)
{
	struct xfrm_userpolicy_info policy = {.dir = XFRM_POLICY_OUT};
	return request(NETLINK_XFRM, XFRM_MSG_NEWPOLICY, &policy, sizeof policy);
}
int by_destroyed_socket(void)
{
	struct sockaddr_in name = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t length = sizeof name;
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	if (bind(fd, (struct sockaddr *)&name, length) < 0 || listen(fd, 1) < 0)
		return ENOMSG;
	getsockname(fd, (struct sockaddr *)&name, &length);
	struct inet_diag_req_v2 victim = {.sdiag_family = AF_INET, .sdiag_protocol = IPPROTO_TCP, .idiag_states = -1};
	victim.id.idiag_sport = name.sin_port;
	victim.id.idiag_src[0] = name.sin_addr.s_addr;
	memset(victim.id.idiag_cookie, 0xff, sizeof victim.id.idiag_cookie);
	return request(NETLINK_SOCK_DIAG, 21 /* SOCK_DESTROY */, &victim, sizeof victim);
}
int by_audit(void)
{
	struct audit_status status = {.mask = 0};
	return request(NETLINK_AUDIT, AUDIT_SET, &status, sizeof status);
}

/* Hands the secret to whoever connects, open and read. */
_Noreturn void pass(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "passing"};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	int secret = open("secret", O_RDONLY);
	char byte[1];
	umask(0);
	if (secret < 0 || read(secret, byte, 1) != 1 || lseek(secret, 0, SEEK_SET) < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || listen(fd, 5) < 0)
		exit(1);
	for (;;) {
		int peer = accept(fd, NULL, NULL);
		char room[CMSG_SPACE(sizeof(int))] = {0};
		struct iovec data = {byte, 1};
		struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof room};
		struct cmsghdr *header = CMSG_FIRSTHDR(&message);
		header->cmsg_level = SOL_SOCKET;
		header->cmsg_type = SCM_RIGHTS;
		header->cmsg_len = CMSG_LEN(sizeof secret);
		*(int *)CMSG_DATA(header) = secret;
		sendmsg(peer, &message, 0);
		close(peer);
	}
}
