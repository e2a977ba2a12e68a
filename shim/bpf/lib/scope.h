/* SPDX-License-Identifier: Apache-2.0 */
/* Layer 2: whether the current process is watched. The first thing that every program asks. */
#ifndef LICTOR_SCOPE_H
#define LICTOR_SCOPE_H

#include "maps.h"

/* How deep a watched cgroup may lie. Its processes may be in any cgroup below, however deep. */
#define SCOPE_LEVELS 32

#define KIND_BIT(kind) (1ULL << (kind))

/* Returns the workload's key, 0 where the process is not watched. Walks from the root, so depth is no way out. */
static __always_inline __u64 workload_of_current(void)
{
	for (int level = 0; level < SCOPE_LEVELS; level++) {
		__u64 id = bpf_get_current_ancestor_cgroup_id(level);
		__u64 *workload;

		if (!id)
			return 0;
		workload = bpf_map_lookup_elem(&scope, &id);
		if (workload)
			return *workload;
	}
	return 0;
}

/* The same for the socket of a packet: it belongs to the cgroup in which it was made. */
static __always_inline __u64 workload_of_socket(struct __sk_buff *skb)
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

/* Of a set of kinds, a bit each, those that records are wanted of. asked: fanotify asks about the operation as well. */
static __always_inline __u64 wanted_of(__u64 kinds, int asked)
{
	__u32 zero = 0;
	struct lictor_settings *s = bpf_map_lookup_elem(&settings, &zero);

	return s ? kinds & s->kinds & ~(asked ? s->unasked : 0) : 0;
}

static __always_inline int wanted(__u32 kind)
{
	return wanted_of(KIND_BIT(kind), 0) != 0;
}

#endif
