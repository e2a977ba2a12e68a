/* VMs with the same bundle for several threads, and exchanging that bundle while they decide. */
#include "lictor.h"

#include <pthread.h>
#include <stdlib.h>

/* The VMs of one bundle. */
struct generation {
	size_t size, taken;
	struct {
		lictor_vm *vm;
		bool taken;
	} vms[];
};

struct lictor_pool {
	size_t size;
	pthread_mutex_t change; /* one at a time exchanges, or has all VMs */
	pthread_mutex_t lock;	/* of what follows */
	pthread_cond_t changed;
	bool all_wanted; /* nobody takes one until whoever wants all has had them */
	struct generation *current, *old;
};

static void generation_free(struct generation *g)
{
	for (size_t i = 0; g && i < g->size; i++)
		lictor_vm_free(g->vms[i].vm);
	free(g);
}

static int generation_new(const lictor_bundle *bundle, size_t size, lictor_use *prepare, void *argument, struct generation **made)
{
	struct generation *g = calloc(1, sizeof *g + size * sizeof *g->vms);
	int error = g ? 0 : LICTOR_STATUS_MEMORY;

	while (!error && g->size < size) {
		lictor_vm **vm = &g->vms[g->size].vm;
		error = lictor_vm_new(bundle, vm);
		if (error)
			break;
		g->size++;
		if (prepare)
			error = prepare(*vm, argument);
	}
	if (error)
		generation_free(g);
	else
		*made = g;
	return error;
}

int lictor_pool_new(const lictor_bundle *bundle, size_t size, lictor_pool **made)
{
	*made = NULL;
	lictor_pool *pool = calloc(1, sizeof *pool);
	if (!pool)
		return LICTOR_STATUS_MEMORY;
	pool->size = size ? size : 1;
	int error = generation_new(bundle, pool->size, NULL, NULL, &pool->current);
	if (error) {
		free(pool);
		return error;
	}
	pthread_mutex_init(&pool->change, NULL);
	pthread_mutex_init(&pool->lock, NULL);
	pthread_cond_init(&pool->changed, NULL);
	*made = pool;
	return 0;
}

void lictor_pool_free(lictor_pool *pool)
{
	if (!pool)
		return;
	generation_free(pool->current);
	pthread_cond_destroy(&pool->changed);
	pthread_mutex_destroy(&pool->lock);
	pthread_mutex_destroy(&pool->change);
	free(pool);
}

lictor_vm *lictor_pool_take(lictor_pool *pool)
{
	pthread_mutex_lock(&pool->lock);
	while (pool->all_wanted || pool->current->taken == pool->current->size)
		pthread_cond_wait(&pool->changed, &pool->lock);
	struct generation *g = pool->current;
	size_t i = 0;
	while (g->vms[i].taken)
		i++;
	g->vms[i].taken = true;
	g->taken++;
	pthread_mutex_unlock(&pool->lock);
	return g->vms[i].vm;
}

static bool give(struct generation *g, const lictor_vm *vm)
{
	for (size_t i = 0; g && i < g->size; i++)
		if (g->vms[i].vm == vm && g->vms[i].taken) {
			g->vms[i].taken = false;
			g->taken--;
			return true;
		}
	return false;
}

void lictor_pool_give(lictor_pool *pool, lictor_vm *vm)
{
	pthread_mutex_lock(&pool->lock);
	if (!give(pool->current, vm))
		give(pool->old, vm);
	pthread_cond_broadcast(&pool->changed);
	pthread_mutex_unlock(&pool->lock);
}

int lictor_pool_each(lictor_pool *pool, lictor_use *use, void *argument)
{
	int error = 0;

	pthread_mutex_lock(&pool->change);
	pthread_mutex_lock(&pool->lock);
	pool->all_wanted = true;
	while (pool->current->taken)
		pthread_cond_wait(&pool->changed, &pool->lock);
	pthread_mutex_unlock(&pool->lock);
	for (size_t i = 0; !error && i < pool->size; i++)
		error = use(pool->current->vms[i].vm, argument);
	pthread_mutex_lock(&pool->lock);
	pool->all_wanted = false;
	pthread_cond_broadcast(&pool->changed);
	pthread_mutex_unlock(&pool->lock);
	pthread_mutex_unlock(&pool->change);
	return error;
}

int lictor_pool_exchange(lictor_pool *pool, const lictor_bundle *bundle, lictor_use *prepare, void *argument)
{
	struct generation *next;

	pthread_mutex_lock(&pool->change);
	int error = generation_new(bundle, pool->size, prepare, argument, &next);
	if (!error) {
		pthread_mutex_lock(&pool->lock);
		pool->old = pool->current;
		pool->current = next;
		pthread_cond_broadcast(&pool->changed);
		while (pool->old->taken)
			pthread_cond_wait(&pool->changed, &pool->lock);
		next = pool->old;
		pool->old = NULL;
		pthread_mutex_unlock(&pool->lock);
		generation_free(next);
	}
	pthread_mutex_unlock(&pool->change);
	return error;
}
