/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keeps a guarded cgroup from the devices that hold file systems: whoever opens one reads and writes past every rule about
 * a path. Block devices are refused, and those character devices whose major numbers are in `storage`.
 */
#include "lib/kernel.h"

char LICENSE[] SEC("license") = "GPL";

#define REFUSE 0
#define PASS 1
#define TYPE 0xffff
#define MAJORS 512

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MAJORS);
	__type(key, __u32); /* major number */
	__type(value, __u8);
} storage SEC(".maps");

SEC("cgroup/dev")
int devices(struct bpf_cgroup_dev_ctx *ctx)
{
	__u32 major = ctx->major;

	if ((ctx->access_type & TYPE) == BPF_DEVCG_DEV_BLOCK)
		return REFUSE;
	return bpf_map_lookup_elem(&storage, &major) ? REFUSE : PASS;
}
