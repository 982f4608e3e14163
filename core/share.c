/* SPDX-License-Identifier: MIT */
/* All batches of a dimension lie on a line, view by view, each as long as it takes to evaluate; the line is cut in parts. */
#include "share.h"

#include "view.h"

/* A cut is moved to where a view ends if it is no farther than this part of a share: a child waits less than a view's memory costs. */
enum { NEAR = 8 };

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

static uint64_t distance(uint64_t a, uint64_t b)
{
	return a < b ? b - a : a - b;
}

/* Where the share of a part begins; of the one after the last: where the line ends. */
static uint64_t cut(const struct bound_dimension *dimension, const struct data *data, uint32_t part, uint32_t parts)
{
	uint64_t total = 0, border = 0, nearest = 0;
	for (uint32_t v = 0; v < dimension->table->view_count; v++)
		total += batches_of(dimension, data, v) * length_of(dimension, v);
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
