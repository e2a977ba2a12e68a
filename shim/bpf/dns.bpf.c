/* SPDX-License-Identifier: Apache-2.0 */
/*
 * DNS queries as they leave: packets to port 53, of sockets that were made in a watched cgroup. The record carries what
 * the headers say and a copy of the message; user space reads the question from the copy and writes it into the record,
 * for which there is room (`domain`, `type`).
 *
 * Where queries are held, none leaves from here. A UDP query is dropped and sent by the shim from the copy, so nobody can
 * change what was decided. TCP sends a segment again until it gets through: once each of its messages is `answered`.
 * A packet that nobody can read is held for good: without the shim, no query leaves.
 *
 * The program runs before packets are fragmented, and after their addresses were rewritten (NAT).
 */
#include "lib/process.h"
#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "GPL";

#define DROP 0
#define PASS 1
#define DROP_QUIETLY 2 /* NET_XMIT_DROP: the sender of a datagram takes it for sent, TCP sends again */

#define DNS_PORT 53
#define IPV4 0x0800
#define IPV6 0x86dd
#define TCP 6
#define UDP 17
#define HEADERS_MAX 256
#define MESSAGE_MAX (sizeof(((struct lictor_query *)0)->packet) - HEADERS_MAX)
#define EXTENSIONS 8
#define MESSAGES 8 /* of a TCP segment */
#define TCP_SYN 0x02
#define SCOPE_LEVELS 32
#define MAPPED bpf_htonl(0xffff)

#define DOMAIN_ROOM 1024 /* 253 characters, each of them at most four as text */
#define TYPE_ROOM 16
#define SLOT_COUNT 13

/* The record and, behind what its size says, the packet. */
struct entry {
	struct lictor_record head;
	struct lictor_slot slots[SLOT_COUNT];
	__u8 remote[16];
	__u8 local[16];
	__u8 protocol[8];
	__u8 comm[16];
	__u8 type[TYPE_ROOM];
	__u8 domain[DOMAIN_ROOM];
	struct lictor_query query;
};

struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct lictor_stream);
} streams SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct lictor_answered_key);
	__type(value, __u32);
} answered SEC(".maps");

struct packet {
	struct __sk_buff *skb;
	__u64 workload;
	__u64 subject;
	__u32 remote[4];
	__u32 local[4];
	__u32 transport; /* place of the transport header */
	__u32 payload; /* place behind it */
	__u32 sequence;
	__u16 remote_port;
	__u16 local_port;
	__u8 protocol;
	__u8 flags; /* of TCP */
	__u8 unreadable; /* headers that make it doubtful where it goes or what it holds */
};

/* The watched cgroup that the packet's socket was made in. */
static __always_inline __u64 workload_of(struct __sk_buff *skb)
{
	for (int level = 0; level < SCOPE_LEVELS; level++) {
		__u64 id = bpf_skb_ancestor_cgroup_id(skb, level);
		__u64 *workload;

		if (!id)
			return 0;
		workload = bpf_map_lookup_elem(&scope, &id);
		if (workload)
			return *workload;
	}
	return 0;
}

static __always_inline int is_held(void)
{
	struct lictor_settings *s = settings_now();

	return !s || (s->held >> LICTOR_KIND_NET_DNS & 1);
}

static __always_inline int read_ipv4(struct packet *p)
{
	struct {
		__u8 version;
		__u8 rest[5];
		__be16 fragment;
		__u8 ttl;
		__u8 protocol;
		__u16 check;
		__be32 from, to;
	} header;

	if (bpf_skb_load_bytes(p->skb, 0, &header, sizeof(header)))
		return -1;
	p->local[2] = p->remote[2] = MAPPED;
	p->local[3] = header.from;
	p->remote[3] = header.to;
	p->protocol = header.protocol;
	p->transport = (header.version & 15) * 4;
	/* options can lead it elsewhere; the shim sends no fragments */
	p->unreadable = p->transport != sizeof(header) || (header.fragment & bpf_htons(0x3fff));
	return 0;
}

static __always_inline int is_extension(__u8 next)
{
	return next == 0 || next == 43 || next == 44 || next == 60; /* options, a route, a fragment, options */
}

static __always_inline int read_ipv6(struct packet *p)
{
	struct {
		__u32 flow;
		__u16 length;
		__u8 next;
		__u8 hops;
		__u32 from[4], to[4];
	} header;
	__u8 next;

	if (bpf_skb_load_bytes(p->skb, 0, &header, sizeof(header)))
		return -1;
	__builtin_memcpy(p->local, header.from, 16);
	__builtin_memcpy(p->remote, header.to, 16);
	p->transport = sizeof(header);
	next = header.next;
	for (int i = 0; i < EXTENSIONS; i++) {
		__u8 extension[2];

		if (!is_extension(next))
			break;
		/* where it goes and what it holds is not said by what follows alone */
		p->unreadable = 1;
		if (bpf_skb_load_bytes(p->skb, p->transport, extension, 2))
			return -1;
		p->transport += next == 44 ? 8 : (extension[1] + 1) * 8;
		next = extension[0];
	}
	p->protocol = next;
	return is_extension(next) ? -1 : 0;
}

static __always_inline int read_transport(struct packet *p)
{
	struct {
		__be16 from, to;
		__be32 sequence, acknowledged;
		__u8 offset, flags;
	} header = {};

	if (p->protocol == UDP) {
		if (bpf_skb_load_bytes(p->skb, p->transport, &header, 4))
			return -1;
		p->payload = p->transport + 8;
		/* several datagrams in one (UDP_SEGMENT) */
		if (p->skb->gso_segs > 1 || p->skb->gso_size)
			p->unreadable = 1;
	} else {
		if (bpf_skb_load_bytes(p->skb, p->transport, &header, sizeof(header)))
			return -1;
		p->payload = p->transport + (header.offset >> 4) * 4;
		p->sequence = bpf_ntohl(header.sequence);
		p->flags = header.flags;
	}
	p->local_port = bpf_ntohs(header.from);
	p->remote_port = bpf_ntohs(header.to);
	return 0;
}

static __always_inline void put(struct entry *e, __u32 n, __u16 field, __u32 length, __u64 value)
{
	e->slots[n].field = field;
	e->slots[n].reserved = 0;
	e->slots[n].length = length;
	e->slots[n].value = value;
}

/* TCP can send when anybody runs: then all that is known of the subject are its facts. */
static __always_inline void put_sender(struct entry *e, __u64 subject)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	const struct cred *cred = BPF_CORE_READ(task, cred);
	struct lictor_settings *s = settings_now();
	long length;

	if (subject_of(task) != subject) {
		for (int n = 7; n < SLOT_COUNT; n++)
			put(e, n, 0, 0, 0);
		return;
	}
	put(e, 7, LICTOR_FIELD_PROC_PID, 8, BPF_CORE_READ(task, tgid));
	put(e, 8, LICTOR_FIELD_PROC_UID, 8, BPF_CORE_READ(cred, uid.val));
	put(e, 9, LICTOR_FIELD_PROC_EUID, 8, BPF_CORE_READ(cred, euid.val));
	put(e, 10, LICTOR_FIELD_PROC_GID, 8, BPF_CORE_READ(cred, gid.val));
	length = bpf_probe_read_kernel_str(e->comm, sizeof(e->comm), BPF_CORE_READ(task, group_leader)->comm);
	put(e, 11, LICTOR_FIELD_PROC_COMM, length > 0 ? length - 1 : 0, __builtin_offsetof(struct entry, comm));
	if (s && s->fields & LICTOR_WANTED_PROC_AGE)
		put(e, 12, LICTOR_FIELD_PROC_AGE, 8,
		    bpf_ktime_get_boot_ns() - BPF_CORE_READ(task, group_leader, start_boottime));
	else
		put(e, 12, 0, 0, 0);
}

/*
 * Copies the headers and one message. Returns 0, or -1 where they do not fit. A function of its own, so that BTF names the
 * struct, which a test compares with the specification.
 */
static __noinline int copy(struct packet *p, struct lictor_query *query, __u32 at, __u32 length)
{
	__u32 headers = p->payload;

	keep(headers);
	keep(length);
	if (headers < 28 || headers > HEADERS_MAX || length < 1 || length > MESSAGE_MAX)
		return -1;
	if (bpf_skb_load_bytes(p->skb, 0, query->packet, headers) ||
	    bpf_skb_load_bytes(p->skb, at, query->packet + headers, length))
		return -1;
	query->length = headers + length;
	return 0;
}

/* `at`, `length`: of one message in the packet. Returns whether a record was handed over. */
static __always_inline int tell(struct packet *p, __u32 at, __u32 length, __u32 sequence, int held)
{
	struct lictor_counters *count = counters_of(LICTOR_KIND_NET_DNS);
	struct entry *e;

	if (!count)
		return 0;
	e = bpf_ringbuf_reserve(&events, sizeof(*e), 0);
	if (!e) {
		count->lost++;
		return 0;
	}
	e->head.size = __builtin_offsetof(struct entry, query);
	e->head.kind = LICTOR_KIND_NET_DNS;
	e->head.version = LICTOR_RECORD_VERSION;
	e->head.slots = SLOT_COUNT;
	e->head.time = now();
	e->head.subject = p->subject;
	e->head.workload = p->workload;
	e->head.token = 0;
	e->head.flags = held ? LICTOR_FLAG_SYNCHRONOUS : LICTOR_FLAG_AFTER;
	e->head.reserved = 0;
	__builtin_memcpy(e->remote, p->remote, 16);
	__builtin_memcpy(e->local, p->local, 16);
	__builtin_memcpy(e->protocol, p->protocol == UDP ? "udp\0\0\0\0" : "tcp\0\0\0\0", 8);
	put(e, 0, LICTOR_FIELD_NET_REMOTE_IP, 16, __builtin_offsetof(struct entry, remote));
	put(e, 1, LICTOR_FIELD_NET_REMOTE_PORT, 8, p->remote_port);
	put(e, 2, LICTOR_FIELD_NET_LOCAL_IP, 16, __builtin_offsetof(struct entry, local));
	put(e, 3, LICTOR_FIELD_NET_LOCAL_PORT, 8, p->local_port);
	put(e, 4, LICTOR_FIELD_NET_PROTOCOL, 3, __builtin_offsetof(struct entry, protocol));
	put(e, 5, LICTOR_FIELD_NET_DOMAIN, 0, __builtin_offsetof(struct entry, domain));
	put(e, 6, LICTOR_FIELD_NET_QUERY_TYPE, 0, __builtin_offsetof(struct entry, type));
	put_sender(e, p->subject);
	e->query.cookie = bpf_get_socket_cookie(p->skb);
	e->query.sequence = sequence;
	e->query.interface = p->skb->ifindex;
	e->query.transport = p->transport;
	e->query.message = p->payload;
	e->query.length = 0;
	e->query.protocol = p->protocol;
	if (p->unreadable || copy(p, &e->query, at, length)) {
		e->head.flags |= LICTOR_FLAG_INCOMPLETE;
		count->unread++;
	}
	count->emitted++;
	bpf_ringbuf_submit(e, 0);
	return 1;
}

static __always_inline int on_datagram(struct packet *p, int held)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();

	p->subject = subject_of(task);
	tell(p, p->payload, p->skb->len - p->payload, 0, held);
	return held ? DROP_QUIETLY : PASS;
}

/* The data of the segment can be changed by the sender until it has left. */
static __always_inline int is_shared(struct __sk_buff *skb)
{
	struct sk_buff *kernel = (void *)skb;
	struct skb_shared_info *shared = (void *)BPF_CORE_READ(kernel, head) + BPF_CORE_READ(kernel, end);

	return (BPF_CORE_READ(shared, flags) & SKB_DATA_SHARED) != 0;
}

/* Messages of a TCP stream, each behind its length. One that is spread over segments cannot be read. */
static __always_inline int on_segment(struct packet *p, struct bpf_sock *sk, int held)
{
	struct lictor_stream *stream;
	struct lictor_answered_key key = {.cookie = bpf_get_socket_cookie(p->skb)};
	__u32 first = p->sequence + !!(p->flags & TCP_SYN);
	__u32 end, at;
	int open = 1;

	stream = bpf_sk_storage_get(&streams, sk, NULL, 0);
	if (!stream) {
		/* the first packet of a connection leaves in connect(2); of one that was there before, nothing is known */
		if (held && !(p->flags & TCP_SYN))
			return DROP;
		stream = bpf_sk_storage_get(&streams, sk, NULL, BPF_SK_STORAGE_GET_F_CREATE);
		if (!stream)
			return held ? DROP : PASS;
		stream->subject = subject_of((struct task_struct *)bpf_get_current_task());
		stream->next = stream->asked = first;
	}
	p->subject = stream->subject;
	if (p->skb->len <= p->payload)
		return PASS; /* a SYN alone */
	end = first + (p->skb->len - p->payload);
	at = stream->next;
	if ((__s32)(end - at) <= 0)
		return PASS; /* sent once more */
	if ((__s32)(first - at) > 0)
		return held ? DROP_QUIETLY : PASS;
	for (int i = 0; i < MESSAGES && at != end; i++) {
		__u32 place = p->payload + (at - first);
		__u32 rest = end - at;
		__be16 prefix = 0;
		__u32 length = rest;

		if (rest >= 2 && bpf_skb_load_bytes(p->skb, place, &prefix, 2) == 0)
			length = 2 + bpf_ntohs(prefix);
		if (rest < 2 || length > rest || length == 2 || (held && is_shared(p->skb))) {
			p->unreadable = 1;
			length = rest;
			open = 0;
		}
		key.sequence = at;
		if (held && !bpf_map_lookup_elem(&answered, &key))
			open = 0;
		if ((__s32)(at - stream->asked) >= 0 && tell(p, place + 2, length - 2, at, held) && !p->unreadable)
			stream->asked = at + length;
		at += length;
	}
	if (held && (!open || at != end))
		return DROP_QUIETLY;
	stream->next = at;
	return PASS;
}

SEC("cgroup_skb/egress")
int dns_egress(struct __sk_buff *skb)
{
	struct packet p = {.skb = skb};
	struct bpf_sock *sk = skb->sk;
	int held = is_held();
	int status = -1;

	if (skb->protocol == bpf_htons(IPV4))
		status = read_ipv4(&p);
	else if (skb->protocol == bpf_htons(IPV6))
		status = read_ipv6(&p);
	if (status)
		return held ? DROP : PASS;
	if (p.protocol != UDP && p.protocol != TCP)
		return PASS;
	if (read_transport(&p))
		return held ? DROP : PASS;
	if (sk)
		sk = bpf_sk_fullsock(sk);
	if (p.remote_port != DNS_PORT) {
		if (!sk || sk->dst_port != bpf_htons(DNS_PORT))
			return PASS;
		/* rewritten on its way here: sent by the shim, its answer would not find back */
		p.unreadable = held;
	}
	if (p.protocol == TCP && !(p.flags & TCP_SYN) && skb->len <= p.payload)
		return PASS;
	p.workload = workload_of(skb);
	if (!p.workload || !sk)
		return held ? DROP : PASS;
	return p.protocol == UDP ? on_datagram(&p, held) : on_segment(&p, sk, held);
}
