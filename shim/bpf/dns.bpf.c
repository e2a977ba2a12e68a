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
#include "lib/packet.h"
#include "lib/process.h"
#include "lib/scope.h"

char LICENSE[] SEC("license") = "GPL";

#define DROP 0
#define PASS 1
#define DROP_QUIETLY 2 /* NET_XMIT_DROP: the sender of a datagram takes it for sent, TCP sends again */

#define DNS_PORT 53
#define HEADERS_MAX 256
#define MESSAGE_MAX (sizeof(((struct lictor_query *)0)->packet) - HEADERS_MAX)
#define MESSAGES 8 /* of a TCP segment */

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

/* What one packet asks, and who. */
struct asking {
	struct packet packet;
	__u64 workload;
	__u64 subject;
	__u32 connection;
	int held;
};

static __always_inline int is_held(void)
{
	struct lictor_settings *s = settings_now();

	return !s || (s->held >> LICTOR_KIND_NET_DNS & 1);
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
static __always_inline int tell(struct asking *a, __u32 at, __u32 length, __u32 sequence)
{
	struct packet *p = &a->packet;
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
	e->head.subject = a->subject;
	e->head.workload = a->workload;
	e->head.token = 0;
	e->head.flags = a->held ? LICTOR_FLAG_SYNCHRONOUS : LICTOR_FLAG_AFTER;
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
	put_sender(e, a->subject);
	e->query.cookie = bpf_get_socket_cookie(p->skb);
	e->query.sequence = sequence;
	e->query.connection = a->connection;
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

static __always_inline int on_datagram(struct asking *a)
{
	struct packet *p = &a->packet;

	a->subject = subject_of((struct task_struct *)bpf_get_current_task());
	tell(a, p->payload, p->skb->len - p->payload, 0);
	return a->held ? DROP_QUIETLY : PASS;
}

/* The data of the segment can be changed by the sender until it has left. */
static __always_inline int is_shared(struct __sk_buff *skb)
{
	struct sk_buff *kernel = (void *)skb;
	struct skb_shared_info *shared = (void *)BPF_CORE_READ(kernel, head) + BPF_CORE_READ(kernel, end);

	return (BPF_CORE_READ(shared, flags) & SKB_DATA_SHARED) != 0;
}

/* The first packet of a connection leaves in connect(2). */
static __always_inline void begin_stream(struct lictor_stream *stream, __u32 first)
{
	stream->subject = subject_of((struct task_struct *)bpf_get_current_task());
	stream->next = stream->asked = first;
	stream->connection++;
}

/* Messages of a TCP stream, each behind its length. One that is spread over segments cannot be read. */
static __always_inline int on_segment(struct asking *a, struct bpf_sock *sk)
{
	struct packet *p = &a->packet;
	struct lictor_stream *stream;
	struct lictor_answered_key key = {.cookie = bpf_get_socket_cookie(p->skb)};
	__u32 first = p->sequence + !!(p->flags & TCP_SYN);
	__u32 end, at;
	int open = 1;

	stream = bpf_sk_storage_get(&streams, sk, NULL, 0);
	if (!stream) {
		/* of a connection that was there before, nothing is known */
		if (a->held && !(p->flags & TCP_SYN))
			return DROP;
		stream = bpf_sk_storage_get(&streams, sk, NULL, BPF_SK_STORAGE_GET_F_CREATE);
		if (!stream)
			return a->held ? DROP : PASS;
		begin_stream(stream, first);
	} else if (p->flags & TCP_SYN && stream->next != first) {
		begin_stream(stream, first); /* a socket can have one connection after the other */
	}
	a->subject = stream->subject;
	key.connection = a->connection = stream->connection;
	if (p->skb->len <= p->payload)
		return PASS; /* a SYN alone */
	end = first + (p->skb->len - p->payload);
	at = stream->next;
	if ((__s32)(end - at) <= 0)
		return PASS; /* sent once more */
	if ((__s32)(first - at) > 0)
		return a->held ? DROP_QUIETLY : PASS;
	for (int i = 0; i < MESSAGES && at != end; i++) {
		__u32 place = p->payload + (at - first);
		__u32 rest = end - at;
		__be16 prefix = 0;
		__u32 length = rest;

		if (rest >= 2 && bpf_skb_load_bytes(p->skb, place, &prefix, 2) == 0)
			length = 2 + bpf_ntohs(prefix);
		if (rest < 2 || length > rest || length == 2 || (a->held && is_shared(p->skb))) {
			p->unreadable = 1;
			length = rest;
			open = 0;
		}
		key.sequence = at;
		if (a->held && !bpf_map_lookup_elem(&answered, &key))
			open = 0;
		if ((__s32)(at - stream->asked) >= 0 && tell(a, place + 2, length - 2, at) && !p->unreadable)
			stream->asked = at + length;
		at += length;
	}
	if (a->held && (!open || at != end))
		return DROP_QUIETLY;
	stream->next = at;
	return PASS;
}

SEC("cgroup_skb/egress")
int dns_egress(struct __sk_buff *skb)
{
	struct asking a = {.held = is_held()};
	struct packet *p = &a.packet;
	struct bpf_sock *sk = skb->sk;
	int refused = a.held ? DROP : PASS;
	int status = read_headers(p, skb);

	if (status)
		return status < 0 ? refused : PASS;
	if (sk)
		sk = bpf_sk_fullsock(sk);
	if (p->remote_port != DNS_PORT) {
		if (!sk || sk->dst_port != bpf_htons(DNS_PORT))
			return PASS;
		/* rewritten on its way here: sent by the shim, its answer would not find back */
		p->unreadable = a.held;
	}
	if (p->protocol == TCP && !(p->flags & TCP_SYN) && skb->len <= p->payload)
		return PASS;
	a.workload = workload_of_socket(skb);
	if (!a.workload || !sk)
		return refused;
	return p->protocol == UDP ? on_datagram(&a) : on_segment(&a, sk);
}
