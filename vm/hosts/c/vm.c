/* The module, as wasm2c wrote it, and instances of it with a bundle each. */
#include "lictor.h"
#include "private.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "build/lictor-vm.h"
#include "wasm-rt-impl.h"

#define CALL(name) Z_lictorZ_##name

struct lictor_vm {
	const lictor_bundle *bundle;
	Z_lictor_instance_t instance;
	uint32_t handle;
	uint32_t input, out, notes;
	size_t input_size, cap, notes_cap;
};

/* A trap of the module jumps here: the function ends, and the VM must only be freed. wasm2c's own place to jump to is one for all threads. */
static _Thread_local jmp_buf trapped;

#define TRAPS_RETURN(result)         \
	do {                         \
		if (setjmp(trapped)) \
			return (result); \
	} while (0)

/* WASM_RT_TRAP_HANDLER */
void lictor_trap(wasm_rt_trap_t code)
{
	longjmp(trapped, code);
}

static pthread_once_t started = PTHREAD_ONCE_INIT;

static void start(void)
{
	wasm_rt_init();
	Z_lictor_init_module();
}

/* Memory that grows moves: taken anew each time. */
static uint8_t *memory(lictor_vm *vm)
{
	return CALL(memory)(&vm->instance)->data;
}

static uint32_t allocate(lictor_vm *vm, size_t size)
{
	if (size > UINT32_MAX)
		return 0;
	return CALL(alloc)(&vm->instance, size < LICTOR_VERDICT_BYTES ? LICTOR_VERDICT_BYTES : size);
}

const char *lictor_error(int error)
{
	if (error == LICTOR_ERROR_BUNDLE)
		return "not a sound bundle";
	if (error == LICTOR_ERROR_TRAP)
		return "the module trapped";
	for (size_t i = 0; i < sizeof lictor_statuses / sizeof *lictor_statuses; i++)
		if (lictor_statuses[i].status == error)
			return lictor_statuses[i].text;
	return "unknown";
}

static int load(lictor_vm *vm, const lictor_bundle *bundle)
{
	TRAPS_RETURN(LICTOR_ERROR_TRAP);
	if (CALL(abi_version)(&vm->instance) != LICTOR_ABI_VERSION)
		return LICTOR_STATUS_VERSION;
	uint32_t program = allocate(vm, bundle->program_size);
	if (!program)
		return LICTOR_STATUS_MEMORY;
	memcpy(memory(vm) + program, bundle->program, bundle->program_size);
	int32_t handle = (int32_t)CALL(load)(&vm->instance, program, bundle->program_size);
	if (handle < 0)
		return handle;
	vm->handle = handle;
	return 0;
}

int lictor_vm_new(const lictor_bundle *bundle, lictor_vm **made)
{
	*made = NULL;
	pthread_once(&started, start);
	lictor_vm *vm = calloc(1, sizeof *vm);
	if (!vm)
		return LICTOR_STATUS_MEMORY;
	vm->bundle = bundle;
	Z_lictor_instantiate(&vm->instance);
	int error = load(vm, bundle);
	if (error) {
		lictor_vm_free(vm);
		return error;
	}
	*made = vm;
	return 0;
}

void lictor_vm_free(lictor_vm *vm)
{
	if (!vm)
		return;
	Z_lictor_free(&vm->instance);
	free(vm);
}

const lictor_bundle *lictor_vm_bundle(const lictor_vm *vm)
{
	return vm->bundle;
}

static int put(lictor_vm *vm, uint32_t (*call)(Z_lictor_instance_t *, uint32_t, uint64_t, uint32_t, uint32_t), uint64_t key,
	       const void *facts, size_t size)
{
	TRAPS_RETURN(LICTOR_ERROR_TRAP);
	uint32_t at = allocate(vm, size);
	if (!at)
		return LICTOR_STATUS_MEMORY;
	memcpy(memory(vm) + at, facts, size);
	int32_t status = (int32_t)call(&vm->instance, vm->handle, key, at, size);
	CALL(free)(&vm->instance, at);
	return status;
}

int lictor_put_subject(lictor_vm *vm, uint64_t key, const void *facts, size_t size)
{
	return put(vm, CALL(subject_put), key, facts, size);
}

int lictor_put_workload(lictor_vm *vm, uint64_t key, const void *facts, size_t size)
{
	return put(vm, CALL(workload_put), key, facts, size);
}

static int drop(lictor_vm *vm, uint32_t (*call)(Z_lictor_instance_t *, uint32_t, uint64_t), uint64_t key)
{
	TRAPS_RETURN(LICTOR_ERROR_TRAP);
	int32_t status = (int32_t)call(&vm->instance, vm->handle, key);
	return status == LICTOR_STATUS_KEY ? 0 : status;
}

int lictor_drop_subject(lictor_vm *vm, uint64_t key)
{
	return drop(vm, CALL(subject_drop), key);
}

int lictor_drop_workload(lictor_vm *vm, uint64_t key)
{
	return drop(vm, CALL(workload_drop), key);
}

static void release(lictor_vm *vm, uint32_t *at)
{
	if (*at)
		CALL(free)(&vm->instance, *at);
	*at = 0;
}

void *lictor_input(lictor_vm *vm, size_t size)
{
	TRAPS_RETURN(NULL);
	if (size > vm->input_size || !vm->input) {
		/* a record of a ring may be a header and nothing else */
		size_t cap = size / LICTOR_RING_HEADER + 2;
		release(vm, &vm->input);
		release(vm, &vm->out);
		vm->input_size = vm->cap = 0;
		vm->input = allocate(vm, size);
		vm->out = allocate(vm, cap * LICTOR_VERDICT_BYTES);
		if (!vm->input || !vm->out)
			return NULL;
		vm->input_size = size;
		vm->cap = cap;
	}
	return memory(vm) + vm->input;
}

static int evaluate(lictor_vm *vm, uint32_t (*call)(Z_lictor_instance_t *, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t),
		    size_t offset, size_t size, const lictor_verdict **verdicts)
{
	_Static_assert(sizeof(lictor_verdict) == LICTOR_VERDICT_BYTES, "a verdict is read where it lies");
	TRAPS_RETURN(LICTOR_ERROR_TRAP);
	if (size > vm->input_size || offset > size)
		return LICTOR_STATUS_SPAN;
	int32_t count = (int32_t)call(&vm->instance, vm->handle, vm->input + offset, size - offset, vm->out, vm->cap);
	*verdicts = (const lictor_verdict *)(memory(vm) + vm->out);
	return count;
}

int lictor_evaluate(lictor_vm *vm, size_t offset, size_t size, const lictor_verdict **verdicts)
{
	return evaluate(vm, CALL(evaluate), offset, size, verdicts);
}

int lictor_evaluate_ring(lictor_vm *vm, size_t offset, size_t size, const lictor_verdict **verdicts)
{
	return evaluate(vm, CALL(evaluate_ring), offset, size, verdicts);
}

static int notes(lictor_vm *vm, uint32_t (*call)(Z_lictor_instance_t *, uint32_t, uint32_t, uint32_t, uint32_t), uint32_t i,
		 uint32_t *into, size_t most)
{
	TRAPS_RETURN(LICTOR_ERROR_TRAP);
	if (most > vm->notes_cap || !vm->notes) {
		release(vm, &vm->notes);
		vm->notes_cap = 0;
		vm->notes = allocate(vm, most * sizeof *into);
		if (!vm->notes)
			return LICTOR_STATUS_MEMORY;
		vm->notes_cap = most;
	}
	int32_t count = (int32_t)call(&vm->instance, vm->handle, i, vm->notes, most);
	if (count > 0)
		memcpy(into, memory(vm) + vm->notes, ((size_t)count < most ? (size_t)count : most) * sizeof *into);
	return count;
}

int lictor_matches(lictor_vm *vm, uint32_t i, uint32_t *into, size_t most)
{
	return notes(vm, CALL(matches), i, into, most);
}

int lictor_assumed(lictor_vm *vm, uint32_t i, uint32_t *into, size_t most)
{
	return notes(vm, CALL(assumed), i, into, most);
}
