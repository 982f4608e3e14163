/* SPDX-License-Identifier: MIT */
/* Counting by kind, and keeping the first examples in their order, whichever thread comes first. */
#include "ledger.h"

#include "error.h"

#include <stdlib.h>
#include <string.h>

int ledger_init(struct ledger *ledger, struct crmval_error *error)
{
	*ledger = (struct ledger){.arena.kind = ARENA_HIDDEN}; /* examples are rows of the data */
	return pthread_mutex_init(&ledger->lock, NULL) == 0 ? CRMVAL_OK : fail_memory(error);
}

void ledger_free(struct ledger *ledger)
{
	free(ledger->examples);
	arena_free(&ledger->arena);
	pthread_mutex_destroy(&ledger->lock);
}

uint64_t ledger_reject(struct ledger *ledger)
{
	pthread_mutex_lock(&ledger->lock);
	uint64_t rejected = ++ledger->rejected;
	pthread_mutex_unlock(&ledger->lock);
	return rejected;
}

void ledger_skip(struct ledger *ledger, const char *what, uint64_t count)
{
	struct ledger_skip **place = &ledger->skipped, *skip;
	if (count == 0)
		return;
	pthread_mutex_lock(&ledger->lock);
	while (*place && strcmp((*place)->what, what) < 0)
		place = &(*place)->next;
	if (!*place || strcmp((*place)->what, what) != 0) {
		skip = arena_alloc(&ledger->arena, sizeof *skip);
		char *copy = arena_strdup(&ledger->arena, what);
		if (!skip || !copy) {
			ledger->is_full = 1;
			goto out;
		}
		*skip = (struct ledger_skip){*place, copy, 0};
		*place = skip;
	}
	(*place)->count += count;
out:
	pthread_mutex_unlock(&ledger->lock);
}

int ledger_wants(struct ledger *ledger, uint64_t split)
{
	uint32_t most = ledger->example_most;
	pthread_mutex_lock(&ledger->lock);
	int wants = ledger->example_count < most || (most > 0 && ledger->examples[most - 1].place.split >= split);
	pthread_mutex_unlock(&ledger->lock);
	return wants;
}

int ledger_compare(const struct ledger_place *x, const char *x_text, const struct ledger_place *y, const char *y_text)
{
	if (x->split != y->split)
		return x->split < y->split ? -1 : 1;
	if (x->input != y->input)
		return x->input < y->input ? -1 : 1;
	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	return strcmp(x_text, y_text);
}

void ledger_example(struct ledger *ledger, const struct ledger_place *place, int is_reject, const char *file,
		    const char *text)
{
	uint32_t most = ledger->example_most;
	struct ledger_example example = {.place = *place, .is_reject = is_reject};
	char *made = NULL;
	if (most == 0)
		return;
	if (asprintf(&made, "%s:%llu: %s", file, (unsigned long long)place->line, text) < 0)
		made = NULL;
	pthread_mutex_lock(&ledger->lock);
	if (made && !ledger->examples)
		ledger->examples = calloc((size_t)most + 1, sizeof *ledger->examples);
	uint32_t i = ledger->example_count;
	struct ledger_example *examples = ledger->examples;
	if (!made || !examples) {
		ledger->is_full = 1;
		goto out;
	}
	while (i > 0 && ledger_compare(&examples[i - 1].place, examples[i - 1].text, place, made) > 0)
		i--;
	if (i >= most)
		goto out;
	example.text = arena_strdup(&ledger->arena, made);
	if (!example.text) {
		ledger->is_full = 1;
		goto out;
	}
	memmove(&examples[i + 1], &examples[i], (ledger->example_count - i) * sizeof *examples);
	examples[i] = example;
	if (ledger->example_count < most)
		ledger->example_count++;
out:
	pthread_mutex_unlock(&ledger->lock);
	free(made);
}
