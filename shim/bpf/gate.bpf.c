/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The gate: socket operations of a guarded cgroup pass only with a token. The supervisor decides on its own copy of
 * the arguments, writes {operation, address, port} for the thread and lets the call continue; here the kernel's copy,
 * which no other thread can change any more, is compared. No token, or another address: EPERM. A token is used once.
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

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, TOKENS);
	__type(key, __u32); /* thread id */
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

/* `address` is 16 bytes in four words, network order, as the kernel holds it. */
static __always_inline int gate(__u32 operation, __u32 port, const __u32 address[4])
{
	struct task_struct *task = (void *)bpf_get_current_task();
	__u32 thread = BPF_CORE_READ(task, pid);
	struct lictor_gate_counters *count = counters();
	struct lictor_token *token = bpf_map_lookup_elem(&tokens, &thread);
	const __u32 *allowed;
	int same;

	if (!count)
		return REFUSE;
	if (!token) {
		count->missing++;
		return REFUSE;
	}
	allowed = (const __u32 *)token->address;
	same = token->operation == operation && token->port == port && allowed[0] == address[0] &&
	       allowed[1] == address[1] && allowed[2] == address[2] && allowed[3] == address[3];
	bpf_map_delete_elem(&tokens, &thread);
	if (same)
		count->passed++;
	else
		count->mismatch++;
	return same ? PASS : REFUSE;
}

static __always_inline int gate4(__u32 operation, struct bpf_sock_addr *ctx)
{
	__u32 address[4] = {0, 0, MAPPED, ctx->user_ip4};

	return gate(operation, bpf_ntohs((__u16)ctx->user_port), address);
}

static __always_inline int gate6(__u32 operation, struct bpf_sock_addr *ctx)
{
	__u32 address[4] = {ctx->user_ip6[0], ctx->user_ip6[1], ctx->user_ip6[2], ctx->user_ip6[3]};

	return gate(operation, bpf_ntohs((__u16)ctx->user_port), address);
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
