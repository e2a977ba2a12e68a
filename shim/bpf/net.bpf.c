/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Socket operations that succeeded, seen when their system call returns. Addresses are the kernel's own copies, from
 * the socket; only where a datagram went stands nowhere but in the caller's memory.
 */
#include "lib/object.h"
#include "lib/process.h"
#include "lib/scope.h"
#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "GPL";

#define NR_CONNECT 42
#define NR_ACCEPT 43
#define NR_SENDTO 44
#define NR_SENDMSG 46
#define NR_BIND 49
#define NR_LISTEN 50
#define NR_ACCEPT4 288
#define NR_SENDMMSG 307
#define MESSAGES 1024 /* UIO_MAXIOV: sendmmsg takes no more */

#define SUN_PATH_BYTES 108
#define SUN_PATH_AT 2

/* Layouts of the user-space interface. */
struct message {
	__u64 name;
	__u32 name_length;
	__u32 pad;
	__u64 rest[5]; /* vectors, their number, control data, its length, flags */
};
struct messages {
	struct message message;
	__u32 length;
	__u32 pad;
};
struct address {
	__u16 family;
	__be16 port;
	__be32 in4; /* sockaddr_in; of sockaddr_in6 the flow */
	__u32 in6[4];
};

static __always_inline __u32 kind_of(__u32 number)
{
	switch (number) {
	case NR_CONNECT:
		return LICTOR_KIND_NET_CONNECT;
	case NR_BIND:
		return LICTOR_KIND_NET_BIND;
	case NR_LISTEN:
		return LICTOR_KIND_NET_LISTEN;
	case NR_ACCEPT:
	case NR_ACCEPT4:
		return LICTOR_KIND_NET_ACCEPT;
	case NR_SENDTO:
	case NR_SENDMSG:
	case NR_SENDMMSG:
		return LICTOR_KIND_NET_SEND;
	}
	return 0;
}

static __always_inline void put_protocol(struct builder *b, struct sock *sk)
{
	switch (BPF_CORE_READ(sk, sk_protocol)) {
	case 6:
	case 262: /* MPTCP */
		put_text(b, LICTOR_FIELD_NET_PROTOCOL, "tcp");
		return;
	case 17:
		put_text(b, LICTOR_FIELD_NET_PROTOCOL, "udp");
		return;
	case 1:
		put_text(b, LICTOR_FIELD_NET_PROTOCOL, "icmp");
		return;
	case 58:
		put_text(b, LICTOR_FIELD_NET_PROTOCOL, "icmpv6");
		return;
	case 132:
		put_text(b, LICTOR_FIELD_NET_PROTOCOL, "sctp");
		return;
	}
	put_text(b, LICTOR_FIELD_NET_PROTOCOL, "raw");
}

#define MAPPED bpf_htonl(0xffff)

/* Address and port: two slots. `in6` is of the kernel or our stack. */
static __always_inline void put_end(struct builder *b, __u16 ip, __u16 port_field, __u32 in4, const void *in6, __u16 port)
{
	__u32 address[4] = {0, 0, MAPPED, in4};

	if (in6)
		bpf_probe_read_kernel(address, sizeof(address), in6);
	put_address(b, ip, address);
	put_number(b, port_field, port);
}

static __always_inline void put_local(struct builder *b, struct sock *sk, int v6)
{
	put_end(b, LICTOR_FIELD_NET_LOCAL_IP, LICTOR_FIELD_NET_LOCAL_PORT, BPF_CORE_READ(sk, __sk_common.skc_rcv_saddr),
		v6 ? &sk->__sk_common.skc_v6_rcv_saddr : NULL, BPF_CORE_READ(sk, __sk_common.skc_num));
}

static __always_inline void put_remote(struct builder *b, struct sock *sk, int v6)
{
	put_end(b, LICTOR_FIELD_NET_REMOTE_IP, LICTOR_FIELD_NET_REMOTE_PORT, BPF_CORE_READ(sk, __sk_common.skc_daddr),
		v6 ? &sk->__sk_common.skc_v6_daddr : NULL, bpf_ntohs(BPF_CORE_READ(sk, __sk_common.skc_dport)));
}

/*
 * A unix socket's path: where it lies, as the kernel resolved it, or its abstract name with `@` for the leading zero.
 * One slot.
 */
static __always_inline void put_unix(struct builder *b, struct sock *sk)
{
	struct unix_sock *unix = (struct unix_sock *)sk;
	struct dentry *dentry = BPF_CORE_READ(unix, path.dentry);
	struct unix_address *address = BPF_CORE_READ(unix, addr);
	__u32 length = address ? BPF_CORE_READ(address, len) : 0;
	__u8 *item;

	if (dentry)
		return put_path(b, LICTOR_FIELD_NET_PATH, BPF_CORE_READ(unix, path.mnt), dentry);
	item = next_item(b);
	if (length <= SUN_PATH_AT || !item)
		return put_nothing(b); /* a socket without a name */
	length -= SUN_PATH_AT;
	keep(length);
	if (length > SUN_PATH_BYTES)
		return incomplete(b);
	bpf_probe_read_kernel(item, length, (const char *)&address->name + SUN_PATH_AT);
	if (!*item)
		*item = '@';
	put_item(b, LICTOR_FIELD_NET_PATH, item, length);
}

static __always_inline void put_family(struct builder *b, int family)
{
	if (family == AF_UNIX)
		put_text(b, LICTOR_FIELD_NET_FAMILY, "unix");
	else
		put_nothing(b); /* follows from the address */
}

/* connect(2) to AF_UNSPEC dissolves an association. */
static __always_inline int unconnected(struct sock *sk, int v6)
{
	__u32 to[4] = {BPF_CORE_READ(sk, __sk_common.skc_daddr)};

	if (v6)
		bpf_probe_read_kernel(to, sizeof(to), &sk->__sk_common.skc_v6_daddr);
	return !(to[0] | to[1] | to[2] | to[3]) && !BPF_CORE_READ(sk, __sk_common.skc_dport);
}

/* connect, bind, listen, accept: what the socket says now. */
static __always_inline void on_socket(struct builder *b, struct task_struct *task, struct sock *sk, __u64 workload)
{
	int family = BPF_CORE_READ(sk, __sk_common.skc_family);
	int v6 = family == AF_INET6;

	if (family == AF_UNIX) {
		struct sock *peer = BPF_CORE_READ((struct unix_sock *)sk, peer);

		if (b->kind == LICTOR_KIND_NET_CONNECT && peer)
			put_unix(b, peer);
		else
			put_unix(b, sk);
	} else if (family == AF_INET || v6) {
		if (b->kind == LICTOR_KIND_NET_CONNECT && unconnected(sk, v6))
			return;
		put_local(b, sk, v6);
		if (b->kind == LICTOR_KIND_NET_CONNECT || b->kind == LICTOR_KIND_NET_ACCEPT)
			put_remote(b, sk, v6);
		put_protocol(b, sk);
	} else {
		return; /* netlink, packet and others have no kind */
	}
	put_family(b, family);
	put_actor(b, task);
	emit(b, subject_of(task), workload, 0);
}

/* The path that a datagram went to, as it was written; `@` for the leading zero of an abstract name. One slot. */
static __always_inline void put_written_unix(struct builder *b, __u64 path)
{
	__u8 *item = next_item(b);
	char first = 0;
	long length = -1;
	int abstract;

	bpf_probe_read_user(&first, 1, (void *)path);
	abstract = !first;
	if (item) {
		*item = '@';
		length = bpf_probe_read_user_str(item + abstract, SUN_PATH_BYTES, (void *)(path + abstract));
	}
	keep(length);
	if (length <= 0 || length > SUN_PATH_BYTES) {
		b->count->unread++;
		return incomplete(b);
	}
	put_item(b, LICTOR_FIELD_NET_PATH, item, length - 1 + abstract);
}

/* A datagram with an address of its own. */
static __always_inline void on_datagram(struct builder *b, struct task_struct *task, struct sock *sk, __u64 name,
					__u64 workload)
{
	struct address to = {};
	int family = BPF_CORE_READ(sk, __sk_common.skc_family);
	int v6 = family == AF_INET6;

	if (!name || (family != AF_UNIX && family != AF_INET && !v6))
		return;
	if (family == AF_UNIX) {
		put_written_unix(b, name + SUN_PATH_AT);
	} else if (bpf_probe_read_user(&to, v6 ? sizeof(to) : 8, (void *)name)) {
		b->count->unread++;
		incomplete(b);
	} else {
		put_end(b, LICTOR_FIELD_NET_REMOTE_IP, LICTOR_FIELD_NET_REMOTE_PORT, to.in4,
			to.family == AF_INET6 ? to.in6 : NULL, bpf_ntohs(to.port));
		put_protocol(b, sk);
	}
	put_family(b, family);
	put_actor(b, task);
	emit(b, subject_of(task), workload, 0);
}

struct sent {
	struct task_struct *task;
	struct sock *sk;
	__u64 messages;
	__u64 workload;
};

static __always_inline void on_sent(struct sent *s, __u64 name)
{
	struct builder b;

	if (begin(&b, LICTOR_KIND_NET_SEND, ACTOR_SLOTS + 4) == 0)
		on_datagram(&b, s->task, s->sk, name, s->workload);
}

static __always_inline void on_message(struct sent *s, __u64 from)
{
	struct message message = {};

	if (bpf_probe_read_user(&message, sizeof(message), (void *)from) == 0)
		on_sent(s, message.name_length ? message.name : 0);
}

static long each_message(__u32 n, void *context)
{
	struct sent *s = context;

	on_message(s, s->messages + n * sizeof(struct messages));
	return 0;
}

SEC("tp_btf/sys_exit")
int BPF_PROG(net_exit, struct pt_regs *regs, long ret)
{
	struct task_struct *task = current_task();
	__u32 number = regs->orig_ax;
	__u32 kind = kind_of(number);
	struct sent sent = {.task = task};
	struct sock *sk;
	struct builder b;

	if (!kind || !wanted(kind) || (ret < 0 && ret > -4096 && ret != -EINPROGRESS))
		return 0;
	sent.workload = workload_of_current();
	if (!sent.workload || is_compat(task))
		return 0;
	sk = sock_of(task, kind == LICTOR_KIND_NET_ACCEPT ? ret : (__s32)argument(regs, 0));
	if (!sk)
		return 0;
	sent.sk = sk;
	switch (number) {
	case NR_SENDTO:
		on_sent(&sent, argument(regs, 4));
		return 0;
	case NR_SENDMSG:
		on_message(&sent, argument(regs, 1));
		return 0;
	case NR_SENDMMSG:
		sent.messages = argument(regs, 1);
		bpf_loop(ret < MESSAGES ? ret : MESSAGES, each_message, &sent, 0);
		return 0;
	}
	if (begin(&b, kind, ACTOR_SLOTS + 6) == 0)
		on_socket(&b, task, sk, sent.workload);
	return 0;
}
