/* SPDX-License-Identifier: MIT */
/* The hand-over between the chunks of a file that several threads read. */
#include "csv_chain.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#define FAILED 3    /* in the place of a state */
#define PATIENCE 64 /* looks at a link before the thread goes to sleep */

struct csv_chain {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	/* How each chunk begins, and how the last ends: line << 2 | state, plus 1 so that 0 is not known yet. */
	_Atomic uint64_t links[];
};

struct csv_chain *csv_chain_new(uint32_t count, uint64_t line)
{
	struct csv_chain *chain = calloc(1, sizeof *chain + ((size_t)count + 1) * sizeof *chain->links);
	if (!chain)
		return NULL;
	pthread_mutex_init(&chain->lock, NULL);
	pthread_cond_init(&chain->changed, NULL);
	atomic_store(&chain->links[0], (line << 2 | CSV_OUTSIDE) + 1);
	return chain;
}

void csv_chain_free(struct csv_chain *chain)
{
	if (!chain)
		return;
	pthread_cond_destroy(&chain->changed);
	pthread_mutex_destroy(&chain->lock);
	free(chain);
}

int csv_chain_wait(struct csv_chain *chain, uint32_t index, enum csv_state *state, uint64_t *line)
{
	uint64_t link = 0;
	for (int i = 0; i < PATIENCE && !link; i++)
		link = atomic_load_explicit(&chain->links[index], memory_order_acquire);
	if (!link) {
		pthread_mutex_lock(&chain->lock);
		while (!(link = atomic_load_explicit(&chain->links[index], memory_order_acquire)))
			pthread_cond_wait(&chain->changed, &chain->lock);
		pthread_mutex_unlock(&chain->lock);
	}
	link--;
	if ((link & 3) == FAILED)
		return -1;
	*state = (enum csv_state)(link & 3);
	*line = link >> 2;
	return 0;
}

static void publish(struct csv_chain *chain, uint32_t index, uint64_t link)
{
	pthread_mutex_lock(&chain->lock);
	atomic_store_explicit(&chain->links[index + 1], link + 1, memory_order_release);
	pthread_cond_broadcast(&chain->changed);
	pthread_mutex_unlock(&chain->lock);
}

void csv_chain_publish(struct csv_chain *chain, uint32_t index, enum csv_state state, uint64_t line)
{
	publish(chain, index, line << 2 | state);
}

void csv_chain_fail(struct csv_chain *chain, uint32_t index)
{
	publish(chain, index, FAILED);
}
