/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Layer 3: puts a record together and hands it to the ring.
 *
 *     | header 48 | slots, as many as the program says | data ...            |
 *                                                        ^ start of an item, 8-aligned
 *
 * Every put takes exactly one slot, also where it fails: then the slot stays empty (field 0). So a slot's place is known
 * when the program is compiled.
 */
#ifndef LICTOR_RECORD_H
#define LICTOR_RECORD_H

#include "descriptor.h"
#include "maps.h"

/* One item at most; an item may begin where it still fits. */
#define ITEM_MAX LICTOR_MAX_TEXT_BYTES
#define LAST_START (LICTOR_MAX_RECORD_BYTES - ITEM_MAX - 8)

struct builder {
	struct scratch *scratch;
	struct lictor_counters *count;
	__u64 end; /* bytes of the record so far, a multiple of 8 */
	__u32 slots; /* that the table has room for, and */
	__u32 used; /* that are taken */
	__u32 flags;
	__u32 kind;
};

static __always_inline struct lictor_counters *counters_of(__u32 kind)
{
	return bpf_map_lookup_elem(&counters, &kind);
}

/* `slots`: how many the program puts at most. Returns 0, or -1 where a record cannot be built at all. */
static __always_inline int begin(struct builder *b, __u32 kind, __u32 slots)
{
	b->scratch = scratch();
	b->count = counters_of(kind);
	if (!b->scratch || !b->count)
		return -1;
	slots++; /* proc.age */
	b->end = sizeof(b->scratch->head) + slots * sizeof(b->scratch->slots[0]);
	b->slots = slots;
	b->used = 0;
	b->flags = LICTOR_FLAG_AFTER;
	b->kind = kind;
	return 0;
}

static __always_inline struct lictor_slot *slot_at(struct builder *b, __u32 n)
{
	return &b->scratch->slots[n];
}

static __always_inline void put_slot(struct builder *b, __u16 field, __u32 length, __u64 value)
{
	struct lictor_slot *slot = slot_at(b, b->used);

	if (b->used >= b->slots) {
		b->flags |= LICTOR_FLAG_INCOMPLETE;
		return;
	}
	b->used++;
	slot->field = field;
	slot->reserved = 0;
	slot->length = length;
	slot->value = value;
}

static __always_inline void put_number(struct builder *b, __u16 field, __u64 value)
{
	put_slot(b, field, 8, value);
}

static __always_inline void put_nothing(struct builder *b)
{
	put_slot(b, 0, 0, 0);
}

/* The kind cannot be judged without this: the record says so, and whoever acts fails closed. */
static __always_inline void incomplete(struct builder *b)
{
	b->flags |= LICTOR_FLAG_INCOMPLETE;
	put_nothing(b);
}

/* Where the next item begins, or NULL where the record is full. At least ITEM_MAX + 8 bytes may be written there. */
static __always_inline __u8 *next_item(struct builder *b)
{
	__u64 at = b->end;

	keep(at);
	if (at > LAST_START)
		return NULL;
	return b->scratch->record + at;
}

/* Ends an item of `length` bytes at the place that next_item gave: zeros up to the next multiple of 8. */
static __always_inline void put_item(struct builder *b, __u16 field, __u8 *item, __u64 length)
{
	__builtin_memset(item + length, 0, 8);
	put_slot(b, field, length, b->end);
	b->end += (length + 7) & ~7ULL;
}

/* A constant text. */
#define put_text(b, field, text)                                                                                       \
	do {                                                                                                           \
		__u8 *item = next_item(b);                                                                             \
		if (item) {                                                                                            \
			__builtin_memcpy(item, text, sizeof(text) - 1);                                                \
			put_item(b, field, item, sizeof(text) - 1);                                                    \
		} else {                                                                                               \
			put_nothing(b);                                                                                \
		}                                                                                                      \
	} while (0)

/* A string of the kernel with a final zero, at most a path long; what is longer is no string that we know. */
static __always_inline void put_kernel_string(struct builder *b, __u16 field, const void *from)
{
	__u8 *item = next_item(b);
	long length;

	if (!item)
		return incomplete(b);
	length = bpf_probe_read_kernel_str(item, LICTOR_MAX_PATH_BYTES + 1, from);
	keep(length);
	if (length <= 0 || length > LICTOR_MAX_PATH_BYTES) {
		b->count->unread++;
		return incomplete(b);
	}
	put_item(b, field, item, length - 1);
}

/* A path as the process wrote it. Returns its length, or -1. */
static __always_inline long put_user_path(struct builder *b, __u16 field, __u64 from)
{
	__u8 *item = next_item(b);
	long length = -1;

	if (item)
		length = bpf_probe_read_user_str(item, LICTOR_MAX_PATH_BYTES, (void *)from);
	keep(length);
	if (length <= 0 || length > LICTOR_MAX_PATH_BYTES) {
		b->count->unread++;
		incomplete(b);
		return -1;
	}
	put_item(b, field, item, length - 1);
	return length - 1;
}

/* `address` is 16 bytes, IPv4 as ::ffff:a.b.c.d. */
static __always_inline void put_address(struct builder *b, __u16 field, const __u32 address[4])
{
	__u8 *item = next_item(b);

	if (!item)
		return incomplete(b);
	__builtin_memcpy(item, address, 16);
	put_item(b, field, item, 16);
}

/* What a descriptor refers to; nothing of one that is closed. */
static __always_inline void put_descriptor_type(struct builder *b, __u16 field, __u32 type)
{
	__u8 *item = next_item(b);
	__u64 length;

	keep(type);
	if (!item || type >= DESCRIPTOR_TYPES)
		return put_nothing(b);
	length = descriptor_names[type].length;
	__builtin_memcpy(item, descriptor_names[type].name, sizeof(descriptor_names[type].name));
	keep(length);
	if (length > sizeof(descriptor_names[type].name))
		return put_nothing(b);
	put_item(b, field, item, length);
}

static __always_inline struct lictor_settings *settings_now(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&settings, &zero);
}

static __always_inline __u64 now(void)
{
	struct lictor_settings *s = settings_now();

	return s ? bpf_ktime_get_tai_ns() - s->tai_offset : 0;
}

/* Whether somebody reads a field that records carry only then (LICTOR_WANTED_*). */
static __always_inline int is_wanted(__u64 field)
{
	struct lictor_settings *s = settings_now();

	return s && s->fields & field;
}

/* Where somebody reads it, how old the process is that acts, the current one. */
static __always_inline void put_age(struct builder *b)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task_btf();

	if (is_wanted(LICTOR_WANTED_PROC_AGE))
		put_number(b, LICTOR_FIELD_PROC_AGE,
			   bpf_ktime_get_boot_ns() - BPF_CORE_READ(task, group_leader, start_boottime));
}

/* Copies the record into the ring. May be called again after changing kind or slots. */
static __always_inline void emit(struct builder *b, __u64 subject, __u64 workload, __u64 token)
{
	struct lictor_record *head = &b->scratch->head;
	__u64 size = b->end;
	__u32 used = b->used;

	put_age(b);
	head->size = size;
	head->kind = b->kind;
	head->version = LICTOR_RECORD_VERSION;
	head->slots = b->used;
	head->time = now();
	head->subject = subject;
	head->workload = workload;
	head->token = token;
	head->flags = b->flags;
	head->reserved = 0;
	keep(size);
	if (size > LICTOR_MAX_RECORD_BYTES || bpf_ringbuf_output(&events, head, size, 0) != 0)
		b->count->lost++;
	else
		b->count->emitted++;
	b->used = used;
}

#endif
