/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The gate: socket operations of a guarded cgroup pass only with a token. The supervisor decides on its own copy of
 * the arguments, writes {operation, protocol, address, port} for the thread and lets the call continue; here the socket
 * and the kernel's copy of the address, which no other thread can change any more, are compared. No token, or another
 * address: EPERM. A token is used once. sendmmsg has one for each message that names an address, used in their order.
 *
 * Unix sockets (Linux 6.7) are compared by the bytes of their path, as the caller wrote it.
 *
 * Isolation: while `isolated` says so, no packet passes but from and to `management` prefixes.
 */
#include "lib/kernel.h"
#include "generated/lictor_spec.h"

char LICENSE[] SEC("license") = "GPL";

#define REFUSE 0
#define PASS 1
#define TOKENS 16384
#define PREFIXES 1024
#define MAPPED bpf_htonl(0xffff)
#define NAME_WORDS (sizeof(((struct lictor_token *)0)->name) / sizeof(__u32))

struct {
	/* the oldest make room: a call that fails before it comes here leaves its token behind */
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, TOKENS);
	__type(key, struct lictor_token_key);
	__type(value, struct lictor_token);
} tokens SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32); /* not 0: isolated */
} isolated SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(max_entries, PREFIXES);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct lictor_prefix);
	__type(value, __u32);
} management SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct lictor_gate_counters);
} gate_counters SEC(".maps");

static __always_inline struct lictor_gate_counters *counters(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&gate_counters, &zero);
}

/* What the kernel is about to reach: `name` as in a token, zeros behind it. */
struct reached {
	__u16 operation;
	__u16 protocol;
	__u16 port;
	__u16 length;
	__u32 name[NAME_WORDS];
};

/* `words` is a constant: the name's, rounded up. */
static __always_inline int is_same(const struct lictor_token *token, const struct reached *reached, int words)
{
	const __u32 *name = (const __u32 *)token->name;
	__u32 different = (token->operation ^ reached->operation) | (token->protocol ^ reached->protocol) |
			  (token->port ^ reached->port) | (token->length ^ reached->length);

	for (int i = 0; i < words; i++)
		different |= name[i] ^ reached->name[i];
	return different == 0;
}

static __always_inline int gate(const struct reached *reached, int words)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct lictor_token_key key = {.thread = BPF_CORE_READ(task, pid)};
	struct lictor_gate_counters *count = counters();
	struct lictor_token *first = bpf_map_lookup_elem(&tokens, &key);
	struct lictor_token *token = first;
	__u16 place;
	int same;

	if (!count)
		return REFUSE;
	if (first && first->used) {
		key.place = first->used;
		token = bpf_map_lookup_elem(&tokens, &key);
	}
	if (!first || !token) {
		count->missing++;
		return REFUSE;
	}
	same = is_same(token, reached, words);
	if (same)
		count->passed++;
	else
		count->mismatch++;
	place = first->used++;
	if (place)
		bpf_map_delete_elem(&tokens, &key);
	if (!same || place >= first->more) {
		key.place = 0;
		bpf_map_delete_elem(&tokens, &key);
	}
	return same ? PASS : REFUSE;
}

static __always_inline int gate4(__u32 operation, struct bpf_sock_addr *ctx)
{
	struct reached reached = {
		.operation = operation,
		.protocol = ctx->protocol,
		.port = bpf_ntohs((__u16)ctx->user_port),
		.length = 16,
		.name = {0, 0, MAPPED, ctx->user_ip4},
	};

	return gate(&reached, 4);
}

static __always_inline int gate6(__u32 operation, struct bpf_sock_addr *ctx)
{
	struct reached reached = {
		.operation = operation,
		.protocol = ctx->protocol,
		.port = bpf_ntohs((__u16)ctx->user_port),
		.length = 16,
		.name = {ctx->user_ip6[0], ctx->user_ip6[1], ctx->user_ip6[2], ctx->user_ip6[3]},
	};

	return gate(&reached, 4);
}

/* The context has no member for a path: it is read from the kernel's own, of which `ctx` is the address. */
static __always_inline int gate_unix(__u32 operation, struct bpf_sock_addr *ctx)
{
	struct bpf_sock_addr_kern *kern = (void *)ctx;
	struct sockaddr *address = BPF_CORE_READ(kern, uaddr);
	__u32 length = BPF_CORE_READ(kern, uaddrlen);
	struct reached reached = {.operation = operation};

	length -= sizeof(__u16);
	keep(length);
	if (length > sizeof(reached.name) || bpf_probe_read_kernel(reached.name, length, (void *)address + sizeof(__u16)))
		return REFUSE;
	reached.length = length;
	return gate(&reached, NAME_WORDS);
}

SEC("cgroup/connect4")
int gate_connect4(struct bpf_sock_addr *ctx)
{
	return gate4(LICTOR_GATE_CONNECT, ctx);
}

SEC("cgroup/connect6")
int gate_connect6(struct bpf_sock_addr *ctx)
{
	return gate6(LICTOR_GATE_CONNECT, ctx);
}

SEC("cgroup/bind4")
int gate_bind4(struct bpf_sock_addr *ctx)
{
	return gate4(LICTOR_GATE_BIND, ctx);
}

SEC("cgroup/bind6")
int gate_bind6(struct bpf_sock_addr *ctx)
{
	return gate6(LICTOR_GATE_BIND, ctx);
}

SEC("cgroup/sendmsg4")
int gate_sendmsg4(struct bpf_sock_addr *ctx)
{
	return gate4(LICTOR_GATE_SEND, ctx);
}

SEC("cgroup/sendmsg6")
int gate_sendmsg6(struct bpf_sock_addr *ctx)
{
	return gate6(LICTOR_GATE_SEND, ctx);
}

/* libbpf 1.1 has no names for these: the loader sets what they attach to (UNIX_ATTACH of gate.ts). */
SEC("cgroup/connect4")
int gate_unix_connect(struct bpf_sock_addr *ctx)
{
	return gate_unix(LICTOR_GATE_CONNECT, ctx);
}

SEC("cgroup/sendmsg4")
int gate_unix_sendmsg(struct bpf_sock_addr *ctx)
{
	return gate_unix(LICTOR_GATE_SEND, ctx);
}

/* Places in an IP header, which is where a cgroup_skb program's packet begins. */
#define IP4_SOURCE 12
#define IP4_TARGET 16
#define IP6_SOURCE 8
#define IP6_TARGET 24

static __always_inline int isolate(struct __sk_buff *skb, __u32 at4, __u32 at6)
{
	__u32 zero = 0;
	__u32 *on = bpf_map_lookup_elem(&isolated, &zero);
	struct lictor_gate_counters *count = counters();
	struct lictor_prefix peer = {.bits = 128};
	int status = -1;

	if (on && !*on)
		return PASS;
	if (skb->protocol == bpf_htons(0x0800)) {
		peer.address[10] = peer.address[11] = 0xff;
		status = bpf_skb_load_bytes(skb, at4, &peer.address[12], 4);
	} else if (skb->protocol == bpf_htons(0x86dd)) {
		status = bpf_skb_load_bytes(skb, at6, peer.address, 16);
	}
	if (status == 0 && bpf_map_lookup_elem(&management, &peer))
		return PASS;
	if (count)
		count->isolated++;
	return REFUSE;
}

SEC("cgroup_skb/ingress")
int isolate_ingress(struct __sk_buff *skb)
{
	return isolate(skb, IP4_SOURCE, IP6_SOURCE);
}

SEC("cgroup_skb/egress")
int isolate_egress(struct __sk_buff *skb)
{
	return isolate(skb, IP4_TARGET, IP6_TARGET);
}
