/* SPDX-License-Identifier: Apache-2.0 */
/* Layer 5: what the headers of a packet say that leaves by IPv4 or IPv6, over UDP or TCP. */
#ifndef LICTOR_PACKET_H
#define LICTOR_PACKET_H

#include "kernel.h"

#define IPV4 0x0800
#define IPV6 0x86dd
#define TCP 6
#define UDP 17
#define TCP_SYN 0x02
#define EXTENSIONS 8
#define MAPPED bpf_htonl(0xffff)

struct packet {
	struct __sk_buff *skb;
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

/* Returns 0, 1 for another transport, or -1 where the headers cannot be read. */
static __always_inline int read_headers(struct packet *p, struct __sk_buff *skb)
{
	int status = -1;

	p->skb = skb;
	if (skb->protocol == bpf_htons(IPV4))
		status = read_ipv4(p);
	else if (skb->protocol == bpf_htons(IPV6))
		status = read_ipv6(p);
	if (status)
		return -1;
	if (p->protocol != UDP && p->protocol != TCP)
		return 1;
	return read_transport(p);
}

#endif
