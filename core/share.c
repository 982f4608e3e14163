/* SPDX-License-Identifier: MIT */
/* All batches of a dimension lie on a line, view by view, each as long as it takes to evaluate; the line is cut in parts. */
#include "share.h"

#include "error.h"
#include "view.h"

#include <stdlib.h>

/* A cut is moved to where a view ends if it is no farther than this part of a share: a child waits less than a view's memory costs. */
enum { NEAR = 8 }; /* and that much longer than the others a thread may be at work */

static uint64_t batches_of(const struct bound_dimension *dimension, const struct data *data, uint32_t v)
{
	const struct table *table = &data->tables[dimension->views[v].entity];
	return table->is_mapped ? view_batches(atomic_load(&table->rows)) : 0;
}

/* How long a batch is: its answers, and what there is to do for all of them. */
static uint64_t length_of(const struct bound_dimension *dimension, uint32_t v)
{
	return (uint64_t)dimension->views[v].table->answer_count + 1;
}

uint64_t share_length(const struct bound_dimension *dimension, const struct data *data)
{
	uint64_t length = 0;
	for (uint32_t v = 0; v < dimension->table->view_count; v++)
		length += batches_of(dimension, data, v) * length_of(dimension, v);
	return length;
}

static uint64_t distance(uint64_t a, uint64_t b)
{
	return a < b ? b - a : a - b;
}

/* Where the share of a part begins; of the one after the last: where the line ends. */
static uint64_t cut(const struct bound_dimension *dimension, const struct data *data, uint32_t part, uint32_t parts)
{
	uint64_t total = share_length(dimension, data), border = 0, nearest = 0;
	uint64_t place = total * part / parts;
	for (uint32_t v = 0; v < dimension->table->view_count; v++) {
		border += batches_of(dimension, data, v) * length_of(dimension, v);
		if (distance(border, place) < distance(nearest, place))
			nearest = border;
	}
	return distance(nearest, place) <= total / parts / NEAR ? nearest : place;
}

/* The view's first batch that begins at the place or after it. */
static uint64_t batch_at(uint64_t place, uint64_t start, uint64_t length, uint64_t batches)
{
	uint64_t batch = place > start ? (place - start + length - 1) / length : 0;
	return batch < batches ? batch : batches;
}

struct share share_of(const struct bound_dimension *dimension, const struct data *data, uint32_t v, uint32_t part,
		      uint32_t parts)
{
	uint64_t start = 0, length = length_of(dimension, v), batches = batches_of(dimension, data, v);
	for (uint32_t before = 0; before < v; before++)
		start += batches_of(dimension, data, before) * length_of(dimension, before);
	return (struct share){batch_at(cut(dimension, data, part, parts), start, length, batches),
			      batch_at(cut(dimension, data, part + 1, parts), start, length, batches)};
}

/* ---- how many parts ---- */

static int longest_first(const void *a, const void *b)
{
	const struct share_plan *x = a, *y = b;
	if (x->length != y->length)
		return x->length > y->length ? -1 : 1;
	return x->dimension < y->dimension ? -1 : 1;
}

static int by_size(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;
	return *x < *y ? -1 : *x > *y;
}

/* As few as let threads end within the limit; else as let them end first.  ends: when each has done what it has, sorted. */
static uint32_t choose_parts(const struct share_plan *plan, const uint64_t *ends, uint64_t limit)
{
	uint32_t best = 1;
	uint64_t first = ends[0] + plan->length;
	for (uint32_t parts = 2; parts <= plan->parts && first > limit; parts++) {
		uint64_t end = ends[parts - 1] + plan->length / parts;
		if (end < first) {
			best = parts;
			first = end;
		}
	}
	return best;
}

int share_out(struct share_plan *plans, uint32_t count, unsigned threads, struct crmval_error *error)
{
	uint64_t total = 0, *ends = calloc(threads, sizeof *ends);
	if (!ends)
		return fail_memory(error);
	for (uint32_t i = 0; i < count; i++)
		total += plans[i].length;
	qsort(plans, count, sizeof *plans, longest_first);
	for (uint32_t i = 0; i < count; i++) {
		plans[i].parts = choose_parts(&plans[i], ends, total / threads + total / threads / NEAR);
		for (uint32_t part = 0; part < plans[i].parts; part++)
			ends[part] += plans[i].length / plans[i].parts;
		qsort(ends, threads, sizeof *ends, by_size);
	}
	free(ends);
	return CRMVAL_OK;
}
