/* SPDX-License-Identifier: MIT */
/* A counter that threads take items from. */
#include "parallel.h"

#include "error.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

struct team {
	atomic_uint_fast64_t next;
	uint64_t count;
	atomic_int stopped;
	int (*item)(void *, unsigned, uint64_t, struct crmval_error *);
	void *context;
	pthread_mutex_t lock;
	int code;
	uint64_t failed_item;
	struct crmval_error error;
};

struct member {
	struct team *team;
	unsigned number;
	pthread_t thread;
	char *stack; /* with a page below it that nobody may touch */
	size_t stack_size;
};

static void *member_run(void *argument)
{
	struct member *member = argument;
	struct team *team = member->team;
	struct crmval_error error = {.struct_size = sizeof error};
	while (!atomic_load_explicit(&team->stopped, memory_order_relaxed)) {
		uint64_t i = atomic_fetch_add(&team->next, 1);
		if (i >= team->count)
			break;
		int code = team->item(team->context, member->number, i, &error);
		if (code == CRMVAL_OK)
			continue;
		pthread_mutex_lock(&team->lock);
		/* Of several failures the one of the lowest item is reported: the same one more often than not. */
		if (team->code == CRMVAL_OK ||
		    (code != CRMVAL_ESTOP && (team->code == CRMVAL_ESTOP || i < team->failed_item))) {
			team->code = code;
			team->failed_item = i;
			team->error = error;
		}
		pthread_mutex_unlock(&team->lock);
		atomic_store(&team->stopped, 1);
	}
	return NULL;
}

/*
 * A thread's stack is ours, since the C library keeps those of ended threads, and confined processes are not to inherit what
 * is on them.
 */
static int member_start(struct member *member)
{
	pthread_attr_t attributes;
	size_t page = (size_t)sysconf(_SC_PAGESIZE), size = 0;
	if (pthread_attr_init(&attributes) != 0)
		return -1;
	pthread_attr_getstacksize(&attributes, &size);
	member->stack_size = (size + page - 1) / page * page + page;
	member->stack = mmap(NULL, member->stack_size, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
	int failed = member->stack == MAP_FAILED;
	if (!failed)
		failed = madvise(member->stack, member->stack_size, MADV_DONTFORK) < 0 ||
			 mprotect(member->stack, page, PROT_NONE) < 0 ||
			 pthread_attr_setstack(&attributes, member->stack + page, member->stack_size - page) != 0 ||
			 pthread_create(&member->thread, &attributes, member_run, member) != 0;
	if (failed && member->stack != MAP_FAILED)
		munmap(member->stack, member->stack_size);
	pthread_attr_destroy(&attributes);
	return failed ? -1 : 0;
}

static void member_join(const struct member *member)
{
	pthread_join(member->thread, NULL);
	munmap(member->stack, member->stack_size);
}

int parallel_run(unsigned threads, uint64_t count,
		 int (*item)(void *context, unsigned thread, uint64_t i, struct crmval_error *error), void *context,
		 struct crmval_error *error)
{
	struct team team = {.count = count, .item = item, .context = context, .lock = PTHREAD_MUTEX_INITIALIZER};
	if (threads > count)
		threads = (unsigned)count;
	if (threads < 1)
		threads = 1;
	struct member *members = calloc(threads, sizeof *members);
	if (!members)
		return fail_memory(error);
	unsigned started = 1;
	for (unsigned i = 0; i < threads; i++)
		members[i] = (struct member){.team = &team, .number = i};
	/* Fewer threads than wanted are slower, not wrong. */
	while (started < threads && member_start(&members[started]) == 0)
		started++;
	member_run(&members[0]);
	for (unsigned i = 1; i < started; i++)
		member_join(&members[i]);
	free(members);
	if (team.code != CRMVAL_OK && error) {
		*error = team.error;
		error->code = team.code;
	}
	return team.code;
}
