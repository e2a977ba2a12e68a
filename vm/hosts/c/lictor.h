/*
 * Lictor for C: decides on events by compiled policies. The core module, translated to C by wasm2c: no runtime, no
 * interpreter, no code made at run time.
 *
 * A bundle is read once and may be used by many threads. A VM is one instance with one bundle in it, for one thread at a
 * time. Functions that return int return 0, or a count, or one of the negative errors below.
 */
#ifndef LICTOR_H
#define LICTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lictor_spec.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Beside the statuses of lictor_spec.h. */
enum {
	LICTOR_ERROR_BUNDLE = -100, /* not a sound bundle */
	LICTOR_ERROR_TRAP = -101,   /* the module trapped: the VM must only be freed */
};

typedef struct lictor_bundle lictor_bundle;
typedef struct lictor_vm lictor_vm;

/* What the policies say of one event: 16 bytes, as the module writes them. */
typedef struct lictor_verdict {
	uint8_t action; /* LICTOR_ACTION_…; up to LICTOR_ACTION_AUDIT the operation passes */
	uint8_t flags;  /* LICTOR_FLAG_… */
	uint8_t error;  /* errno with which the operation fails, 0 where it passes */
	uint8_t as_if_action;
	uint32_t rule; /* LICTOR_NO_RULE for a default, or where nothing applies */
	uint32_t as_if_rule;
	uint16_t policy; /* LICTOR_NO_POLICY where nothing applies */
	uint16_t as_if_policy;
} lictor_verdict;

/* What an error number means. */
const char *lictor_error(int error);

/*
 * Reads a bundle file, whose sections have to have the digests that it states. Signatures are checked by `lictor verify`.
 * file: not needed any more afterwards.
 */
int lictor_bundle_read(const void *file, size_t size, lictor_bundle **bundle);
/* VMs that were made of it do not need it but for `lictor_vm_bundle`. */
void lictor_bundle_free(lictor_bundle *bundle);
/* SHA-256 of the file, hexadecimal: the bundle's identity. */
const char *lictor_bundle_digest(const lictor_bundle *bundle);
/* POLICY/RULE of a verdict's rule; NULL for LICTOR_NO_RULE. The bundle's. */
const char *lictor_rule_name(const lictor_bundle *bundle, uint32_t rule);
/* Number of a rule's policy; LICTOR_NO_POLICY for none. */
uint32_t lictor_rule_policy(const lictor_bundle *bundle, uint32_t rule);

/* Verifies the bundle's program and makes a VM with it. */
int lictor_vm_new(const lictor_bundle *bundle, lictor_vm **vm);
void lictor_vm_free(lictor_vm *vm);

/* The bundle that it was made with. */
const lictor_bundle *lictor_vm_bundle(const lictor_vm *vm);

/* Keeps the facts of a process, or of a workload, under a key other than 0, which later records name. */
int lictor_put_subject(lictor_vm *vm, uint64_t key, const void *facts, size_t size);
int lictor_put_workload(lictor_vm *vm, uint64_t key, const void *facts, size_t size);
/* Forgets them. One that is not there is no error. */
int lictor_drop_subject(lictor_vm *vm, uint64_t key);
int lictor_drop_workload(lictor_vm *vm, uint64_t key);

/*
 * Room in the VM to write records into. Valid until facts are put, or more room is asked for.
 * NULL: there is no memory.
 */
void *lictor_input(lictor_vm *vm, size_t size);

/*
 * Decides on the records in [offset, size) of the input.
 * verdicts: the VM's, valid until its next call.
 * Returns how many there are: fewer than records where notes fill their room: go on behind the last one.
 */
int lictor_evaluate(lictor_vm *vm, size_t offset, size_t size, const lictor_verdict **verdicts);
/* The same over a copied span of a BPF ring buffer, headers included. */
int lictor_evaluate_ring(lictor_vm *vm, size_t offset, size_t size, const lictor_verdict **verdicts);

/*
 * Rules that the i-th verdict of the last batch noted (LICTOR_NOTE_ACTUAL, LICTOR_NOTE_AS_IF are bits beside the number), and
 * policies that it took to hold. Returns how many there are; `most` of them are copied.
 */
int lictor_matches(lictor_vm *vm, uint32_t i, uint32_t *into, size_t most);
int lictor_assumed(lictor_vm *vm, uint32_t i, uint32_t *into, size_t most);

/* VMs with the same bundle for several threads. Every function of it may be called by any of them. */
typedef struct lictor_pool lictor_pool;
/* What is done with a VM that nobody else has. An error, which is not 0, ends what called it. */
typedef int lictor_use(lictor_vm *vm, void *argument);

/* size: how many threads can decide at once; others wait */
int lictor_pool_new(const lictor_bundle *bundle, size_t size, lictor_pool **pool);
/* Nobody may have a VM of it. */
void lictor_pool_free(lictor_pool *pool);
/* A VM for the caller alone, until it gives it back. Waits for one. */
lictor_vm *lictor_pool_take(lictor_pool *pool);
void lictor_pool_give(lictor_pool *pool, lictor_vm *vm);
/* Calls `use` with each VM while nobody has one: to put facts, which all of them have to know. The caller must not have one. */
int lictor_pool_each(lictor_pool *pool, lictor_use *use, void *argument);
/*
 * Makes VMs with another bundle, lets `prepare` (or NULL) put facts into each, and then decides by it: who takes a VM afterwards gets
 * one of them. Where it fails the old bundle stays. Returns when the old VMs were given back: the caller must not have one.
 */
int lictor_pool_exchange(lictor_pool *pool, const lictor_bundle *bundle, lictor_use *prepare, void *argument);

/* A record in the making: one event, or facts (LICTOR_KIND_FACTS). */
typedef struct lictor_record {
	uint8_t *bytes;
	size_t room, slot, slots_end, data;
	bool failed;
} lictor_record;

/*
 * Begins a record in `bytes`. What does not fit, a field that stands twice, or a text that is longer than its field may be makes
 * `lictor_record_end` fail: nothing of such an event may be decided (fail closed).
 * slots: at most how many fields follow
 */
void lictor_record_begin(lictor_record *record, void *bytes, size_t room, uint8_t kind, unsigned int slots);
/* Nanoseconds since 1970; keys of facts that were put. */
void lictor_record_time(lictor_record *record, uint64_t ns);
void lictor_record_subject(lictor_record *record, uint64_t key);
void lictor_record_workload(lictor_record *record, uint64_t key);
/* Numbers of either sign, truth values, the bits of a set of flags. */
void lictor_record_number(lictor_record *record, uint16_t field, uint64_t value);
void lictor_record_text(lictor_record *record, uint16_t field, const char *text, size_t length);
/* 16 bytes; IPv4 is ::ffff:a.b.c.d. */
void lictor_record_address(lictor_record *record, uint16_t field, const uint8_t address[16]);
/* Texts that end in zero bytes; of a map, keys and values in turns. */
void lictor_record_list(lictor_record *record, uint16_t field, const char *const *texts, size_t count);
/* Size of the record, 0: it does not fit. */
size_t lictor_record_end(lictor_record *record);

#ifdef __cplusplus
}
#endif

#endif
