/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Layer 1: the maps that all sensors share. The first object that is loaded creates them, the others reuse them, so
 * there is one ring, one scope and one set of counters.
 */
#ifndef LICTOR_MAPS_H
#define LICTOR_MAPS_H

#include "kernel.h"
#include "../generated/lictor_spec.h"

#define SCOPES 4096
#define SLOTS 32 /* of the record that needs most */
#define CPUS 1024 /* the shim sets the number of CPUs that there are */

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 22); /* the shim sets its own size */
} events SEC(".maps");

/* Cgroup id to workload key: processes in this cgroup, or below it, are watched. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, SCOPES);
	__type(key, __u64);
	__type(value, __u64);
} scope SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct lictor_settings);
} settings SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, LICTOR_KIND_COUNT);
	__type(key, __u32);
	__type(value, struct lictor_counters);
} counters SEC(".maps");

/*
 * Where a record is put together, one place a CPU: tracepoints run with preemption off, and not in interrupts.
 * An ordinary array with an element a CPU, because a per-CPU value may not pass 32 KiB.
 */
struct scratch {
	union {
		struct {
			struct lictor_record head;
			struct lictor_slot slots[SLOTS];
		};
		__u8 record[LICTOR_MAX_RECORD_BYTES];
	};
	__u8 path[LICTOR_MAX_PATH_BYTES + NAME_MAX + 1];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, CPUS);
	__type(key, __u32);
	__type(value, struct scratch);
} scratches SEC(".maps");

static __always_inline struct scratch *scratch(void)
{
	__u32 cpu = bpf_get_smp_processor_id();

	return bpf_map_lookup_elem(&scratches, &cpu);
}

#endif
