/* Bundles are exchanged while four threads decide: each verdict is of the bundle that its VM has. */
#include "lictor.h"

#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define THREADS 4
#define EXCHANGES 200

static lictor_bundle *bundles[2];
static lictor_verdict expected[2];
static lictor_pool *pool;
static uint8_t event[256];
static size_t event_size;
static uint32_t decided[2], stopping;

static void fail(const char *what)
{
	fprintf(stderr, "pool: %s\n", what);
	exit(1);
}

static lictor_bundle *read_bundle(const char *folder, const char *name)
{
	static uint8_t bytes[1 << 20];
	char path[4096];
	lictor_bundle *bundle;

	snprintf(path, sizeof path, "%s/%s.lictor", folder, name);
	FILE *file = fopen(path, "rb");
	if (!file)
		fail(path);
	size_t size = fread(bytes, 1, sizeof bytes, file);
	fclose(file);
	if (lictor_bundle_read(bytes, size, &bundle))
		fail(path);
	return bundle;
}

/* Evaluates one event that names the facts that every VM was given. */
static lictor_verdict decide(lictor_vm *vm)
{
	const lictor_verdict *verdict;

	memcpy(lictor_input(vm, event_size), event, event_size);
	if (lictor_evaluate(vm, 0, event_size, &verdict) != 1)
		fail("no verdict");
	return *verdict;
}

static int put_facts(lictor_vm *vm, void *key)
{
	uint8_t facts[128];
	lictor_record r;

	lictor_record_begin(&r, facts, sizeof facts, LICTOR_KIND_FACTS, 1);
	lictor_record_text(&r, LICTOR_FIELD_PROC_PATH, "/bin/sh", 7);
	return lictor_put_subject(vm, *(uint64_t *)key, facts, lictor_record_end(&r));
}

static void *work(void *unused)
{
	(void)unused;
	while (!__atomic_load_n(&stopping, __ATOMIC_RELAXED)) {
		lictor_vm *vm = lictor_pool_take(pool);
		int which = lictor_vm_bundle(vm) == bundles[1];
		lictor_verdict verdict = decide(vm);
		lictor_pool_give(pool, vm);
		if (memcmp(&verdict, &expected[which], sizeof verdict))
			fail("a verdict of the other bundle");
		__atomic_add_fetch(&decided[which], 1, __ATOMIC_RELAXED);
	}
	return NULL;
}

int main(int count, char **args)
{
	pthread_t threads[THREADS];
	lictor_record r;
	uint64_t key = 7, none = 0;

	if (count != 2)
		fail("usage: pool_test FOLDER");
	lictor_record_begin(&r, event, sizeof event, LICTOR_KIND_FILE_READ, 1);
	lictor_record_subject(&r, key);
	lictor_record_text(&r, LICTOR_FIELD_FILE_PATH, "/etc/shadow", 11);
	event_size = lictor_record_end(&r);
	for (int i = 0; i < 2; i++) {
		lictor_vm *vm;
		bundles[i] = read_bundle(args[1], i ? "allow-shadow" : "kill-shadow");
		if (lictor_vm_new(bundles[i], &vm) || put_facts(vm, &key))
			fail("no VM");
		expected[i] = decide(vm);
		lictor_vm_free(vm);
	}
	if (!memcmp(&expected[0], &expected[1], sizeof *expected))
		fail("bundles that cannot be told apart");
	if (lictor_pool_new(bundles[0], 2, &pool) || lictor_pool_each(pool, put_facts, &key))
		fail("no pool");
	for (int i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, work, NULL);
	for (int i = 1; i <= EXCHANGES; i++) {
		if (lictor_pool_exchange(pool, bundles[i % 2], put_facts, &key))
			fail("a bundle is not exchanged");
		/* the threads decide in their own time */
		for (uint32_t before = __atomic_load_n(&decided[i % 2], __ATOMIC_RELAXED);
		     __atomic_load_n(&decided[i % 2], __ATOMIC_RELAXED) == before;)
			sched_yield();
		if (lictor_pool_exchange(pool, bundles[(i + 1) % 2], put_facts, &none) != LICTOR_STATUS_KEY)
			fail("facts without a key are put");
	}
	__atomic_store_n(&stopping, 1, __ATOMIC_RELAXED);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	lictor_vm *vm = lictor_pool_take(pool);
	if (lictor_vm_bundle(vm) != bundles[EXCHANGES % 2])
		fail("an exchange that failed took the place of the bundle");
	lictor_pool_give(pool, vm);
	lictor_pool_free(pool);
	for (int i = 0; i < 2; i++)
		lictor_bundle_free(bundles[i]);
	printf("2 bundles exchanged %d times while %d threads decided\n", EXCHANGES, THREADS);
	return 0;
}
