/* SPDX-License-Identifier: MIT */
/*
 * Block by block: what several rollups look at is gathered once, and whose rows count alike are chosen once; then each adds
 * the rows to its parents' places.  A rollup is one thread's alone.
 */
#include "sweep.h"

#include "error.h"
#include "groups.h"
#include "parallel.h"
#include "reduce.h"

#include <stdlib.h>
#include <string.h>

/* What is gathered of a block. */
struct gathered {
	const struct route *route;
	const struct crmval_window *window; /* of money */
	const void *values;                 /* where they lie, or `room` */
	double *room;
};

/* One rollup under way; what it looks at stands among what is gathered, -1: it does not look at that. */
struct rolling {
	struct rollup *rollup;
	const struct crmval_window *window;
	int by, of, date, per, ended;
	int32_t since, until; /* days; no bound: INT32_MIN + 1, INT32_MAX */
	int32_t *until_own;   /* by parent, or NULL */
	struct reduction reduction;
	struct groups groups;   /* where it has any, */
	struct rolling *shared; /* and no rollup before it has the same; else that */
	int group_ended;        /* what tells of a group in `groups` whether it ended */
};

struct sweep {
	const struct data *data;
	uint32_t entity;
	struct rolling *rolling;
	uint32_t count;
	struct gathered *gathered;
	uint32_t gathered_count;
	struct gather gather;
	uint32_t row[BATCH_ROWS];
	uint32_t chosen[BATCH_ROWS], chosen_count; /* places in the block */
};

static int32_t bound(int32_t which, const struct crmval_window *window, int32_t none)
{
	switch (which) {
	case CRMVAL_FROM:
		return window->from;
	case CRMVAL_TO:
		return window->to;
	case CRMVAL_BEFORE_FROM:
		return window->from - 1;
	default:
		return none;
	}
}

/* ---- what is gathered ---- */

static int is_same_route(const struct route *a, const struct route *b)
{
	if (a->count != b->count)
		return 0;
	for (uint32_t p = 0; p < a->count; p++)
		if (a->paths[p].hop_count != b->paths[p].hop_count || a->paths[p].field != b->paths[p].field ||
		    memcmp(a->paths[p].hops, b->paths[p].hops, a->paths[p].hop_count * sizeof a->paths[p].hops[0]) != 0)
			return 0;
	return 1;
}

/* The place of a route's values among what is gathered; -1: there is no route. */
static int find_gathered(struct sweep *sweep, const struct route *route, const struct crmval_window *window)
{
	if (route->count == 0)
		return -1;
	int is_money = route->field->type == FIELD_MONEY && sweep->data->rates;
	for (uint32_t i = 0; i < sweep->gathered_count; i++)
		if (is_same_route(sweep->gathered[i].route, route) &&
		    (!is_money || sweep->gathered[i].window == window))
			return (int)i;
	sweep->gathered[sweep->gathered_count] = (struct gathered){.route = route, .window = window};
	return (int)sweep->gathered_count++;
}

static int gather_block(struct sweep *sweep, const struct rows *rows, struct crmval_error *error)
{
	for (uint32_t i = 0; i < sweep->gathered_count; i++) {
		struct gathered *one = &sweep->gathered[i];
		one->values = route_in_place(one->route, sweep->data, rows);
		if (one->values)
			continue;
		if (!one->room)
			one->room = malloc(BATCH_ROWS * sizeof *one->room);
		if (!one->room)
			return fail_memory(error);
		route_gather(one->route, sweep->data, one->window, rows, &sweep->gather, one->room);
		one->values = one->room;
	}
	return CRMVAL_OK;
}

static const void *values_of(const struct sweep *sweep, int gathered)
{
	return gathered < 0 ? NULL : sweep->gathered[gathered].values;
}

/* ---- groups ---- */

/* Does a rollup's `ended` tell of what `per` refers to, and so of its groups, no matter of which of their rows? */
static int is_ended_by_group(const struct rollup *rollup)
{
	const struct path *per = &rollup->per.paths[0], *ended = &rollup->ended.paths[0];
	return rollup->per.count == 1 && rollup->ended.count == 1 && ended->hop_count == per->hop_count + 1 &&
	       memcmp(ended->hops, per->hops, per->hop_count * sizeof per->hops[0]) == 0 &&
	       ended->hops[per->hop_count] == per->field;
}

static int has_same_groups(const struct rolling *a, const struct rolling *b)
{
	return a->by == b->by && a->of == b->of && a->date == b->date && a->per == b->per && a->ended == b->ended &&
	       a->since == b->since && a->until == b->until && !a->until_own && !b->until_own &&
	       (a->group_ended < 0 || b->group_ended < 0 || a->group_ended == b->group_ended);
}

/* Finds one before it with the same groups, which then tell for both which of them ended. */
static struct rolling *find_same_groups(struct sweep *sweep, const struct rolling *r)
{
	for (struct rolling *other = sweep->rolling; other < r; other++) {
		if (!other->rollup->per.count || other->shared || !has_same_groups(other, r))
			continue;
		if (other->group_ended < 0)
			other->group_ended = r->group_ended;
		return other;
	}
	return NULL;
}

static void reduce_groups(struct rolling *r)
{
	groups_reduce(r->shared ? &r->shared->groups : &r->groups, &r->reduction, is_ended_by_group(r->rollup));
}

/* ---- which rows count ---- */

static int is_chosen_alike(const struct rolling *a, const struct rolling *b)
{
	return a->by == b->by && a->date == b->date && a->ended == b->ended && a->since == b->since &&
	       a->until == b->until && !a->until_own && !b->until_own;
}

/* Keeps those of the chosen for which something holds of i, a place in the block. */
#define KEEP(holds)                                                                                                    \
	do {                                                                                                           \
		uint32_t kept = 0;                                                                                     \
		for (uint32_t c = 0; c < sweep->chosen_count; c++) {                                                   \
			uint32_t i = sweep->chosen[c];                                                                 \
			sweep->chosen[kept] = i;                                                                       \
			kept += (holds);                                                                               \
		}                                                                                                      \
		sweep->chosen_count = kept;                                                                            \
	} while (0)

/* The last day of what counts for a parent. */
static int32_t own_until(const struct rolling *r, int32_t parent)
{
	return r->until_own[parent] > r->until ? r->until_own[parent] : r->until;
}

static void choose(struct sweep *sweep, const struct rolling *r, const struct rows *rows)
{
	const struct table *table = &sweep->data->tables[sweep->entity];
	const int32_t *by = values_of(sweep, r->by), *date = values_of(sweep, r->date),
		      *ended = values_of(sweep, r->ended);
	int is_current = r->rollup->table->op == CRMVAL_CURRENT; /* of which the rows are the view's own */
	int32_t since = r->since, until = r->until;
	uint32_t count = 0;
	for (uint32_t i = 0; i < rows->count; i++) {
		sweep->chosen[count] = i;
		count += !by || by[i] >= 0;
	}
	sweep->chosen_count = count;
	if (table->dropped)
		KEEP(!table_is_dropped(table, rows->row[i]));
	if (date && !r->until_own)
		KEEP((date[i] >= since) & (date[i] <= until));
	if (date && r->until_own)
		KEEP((date[i] >= since) & (date[i] <= own_until(r, is_current ? (int32_t)rows->row[i] : by[i])));
	if (ended)
		KEEP(!is_ended(ended[i], until));
}

static int sweep_block(struct sweep *sweep, uint32_t first, uint32_t count, struct crmval_error *error)
{
	const struct rows rows = {.row = sweep->row, .count = count, .is_run = 1};
	for (uint32_t i = 0; i < count; i++)
		sweep->row[i] = first + i;
	int code = gather_block(sweep, &rows, error);
	for (uint32_t i = 0; i < sweep->count && code == CRMVAL_OK; i++) {
		struct rolling *r = &sweep->rolling[i];
		const int32_t *by = values_of(sweep, r->by), *date = values_of(sweep, r->date);
		const void *of = values_of(sweep, r->of);
		if (i == 0 || !is_chosen_alike(r, r - 1))
			choose(sweep, r, &rows);
		const struct children children = {sweep->chosen, sweep->chosen_count, by, date, of};
		const struct ending ending = {values_of(sweep, r->group_ended), r->until};
		if (!r->rollup->per.count)
			code = reduction_add(&r->reduction, &children, error);
		else if (!r->shared)
			groups_add(&r->groups, r->rollup, &children, values_of(sweep, r->per), &ending, first);
	}
	return code;
}

/* ---- a rollup from its beginning to its end ---- */

/* The view's rows' own bounds. */
static int own_bounds(struct sweep *sweep, struct rolling *r, uint32_t parents, struct crmval_error *error)
{
	r->until_own = malloc(((size_t)parents + BATCH_ROWS) * sizeof *r->until_own);
	if (!r->until_own)
		return fail_memory(error);
	for (uint32_t first = 0; first < parents; first += BATCH_ROWS) {
		const struct rows rows = {.row = sweep->row,
					  .count = parents - first < BATCH_ROWS ? parents - first : BATCH_ROWS,
					  .is_run = 1};
		for (uint32_t i = 0; i < rows.count; i++)
			sweep->row[i] = first + i;
		route_gather(&r->rollup->until_own, sweep->data, r->window, &rows, &sweep->gather,
			     r->until_own + first);
	}
	return CRMVAL_OK;
}

/* How many rows there are that `by` refers to: of CRMVAL_CURRENT they are not the view's. */
static uint32_t targets_of(const struct rollup *rollup, const struct data *data)
{
	if (!rollup->by.count)
		return 1;
	return atomic_load(&data->tables[model_entity_index(rollup->by.field->target)].rows);
}

static int open_rolling(struct sweep *sweep, struct rolling *r, struct crmval_error *error)
{
	struct rollup *rollup = r->rollup;
	const struct data *data = sweep->data;
	uint32_t children = atomic_load(&data->tables[rollup->entity].rows);
	uint32_t parents = rollup->by.count ? atomic_load(&data->tables[rollup->view_entity].rows) : 1;
	r->by = find_gathered(sweep, &rollup->by, r->window);
	r->of = find_gathered(sweep, &rollup->of, r->window);
	r->date = find_gathered(sweep, &rollup->date, r->window);
	r->per = find_gathered(sweep, &rollup->per, r->window);
	r->ended = r->group_ended = find_gathered(sweep, &rollup->ended, r->window);
	if (is_ended_by_group(rollup))
		r->ended = -1;
	else
		r->group_ended = -1;
	r->since = bound(rollup->table->since, r->window, INT32_MIN + 1);
	r->until = bound(rollup->table->until, r->window, INT32_MAX);
	int code = rollup->until_own.count ? own_bounds(sweep, r, parents, error) : CRMVAL_OK;
	if (code == CRMVAL_OK)
		code = reduction_open(&r->reduction, rollup, data, parents, children, error);
	if (rollup->per.count)
		r->shared = find_same_groups(sweep, r);
	if (code == CRMVAL_OK && rollup->per.count && !r->shared)
		code = groups_open(&r->groups, children, targets_of(rollup, data), error);
	return code;
}

static void close_rolling(struct rolling *r)
{
	groups_close(&r->groups);
	reduction_close(&r->reduction);
	free(r->until_own);
}

/* ---- sharing out ---- */

/* Tasks of one entity. */
struct part {
	struct sweep_task *tasks;
	uint32_t count;
	uint64_t cost;
};

struct sharing {
	const struct data *data;
	const struct crmval_window *windows[2];
	struct part *parts;
};

static int sweep_part(void *context, unsigned thread, uint64_t number, struct crmval_error *error)
{
	(void)thread;
	const struct sharing *sharing = context;
	const struct part *part = &sharing->parts[number];
	struct sweep *sweep = calloc(1, sizeof *sweep);
	enum { ROUTES = 5 }; /* of a rollup */
	int code = CRMVAL_OK;
	if (!sweep)
		return fail_memory(error);
	sweep->data = sharing->data;
	sweep->entity = part->tasks[0].rollup->entity;
	sweep->rolling = calloc(part->count, sizeof *sweep->rolling);
	sweep->gathered = calloc((size_t)part->count * ROUTES, sizeof *sweep->gathered);
	if (!sweep->rolling || !sweep->gathered)
		code = fail_memory(error);
	for (uint32_t i = 0; i < part->count && code == CRMVAL_OK; i++, sweep->count++) {
		sweep->rolling[i].rollup = part->tasks[i].rollup;
		sweep->rolling[i].window = sharing->windows[part->tasks[i].window];
		code = open_rolling(sweep, &sweep->rolling[i], error);
	}
	uint32_t rows = atomic_load(&sweep->data->tables[sweep->entity].rows);
	for (uint32_t first = 0; first < rows && code == CRMVAL_OK; first += BATCH_ROWS)
		code = sweep_block(sweep, first, rows - first < BATCH_ROWS ? rows - first : BATCH_ROWS, error);
	for (uint32_t i = 0; i < sweep->count; i++) {
		struct rolling *r = &sweep->rolling[i];
		if (code == CRMVAL_OK && r->rollup->per.count)
			reduce_groups(r);
		if (code == CRMVAL_OK)
			reduction_finish(&r->reduction, &r->rollup->values[part->tasks[i].window]);
	}
	for (uint32_t i = 0; i < sweep->count; i++)
		close_rolling(&sweep->rolling[i]);
	for (uint32_t i = 0; i < sweep->gathered_count; i++)
		free(sweep->gathered[i].room);
	free(sweep->gathered);
	free(sweep->rolling);
	free(sweep);
	return code;
}

/* Those that choose the same rows next to each other. */
static int by_entity(const void *a, const void *b)
{
	const struct sweep_task *x = a, *y = b;
	const struct rollup *of = x->rollup, *than = y->rollup;
	const int64_t keys[][2] = {{of->entity, than->entity},
				   {x->window, y->window},
				   {of->table->until, than->table->until},
				   {of->table->since, than->table->since}};
	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
		if (keys[i][0] != keys[i][1])
			return keys[i][0] < keys[i][1] ? -1 : 1;
	return 0;
}

static int by_cost(const void *a, const void *b)
{
	const struct part *x = a, *y = b;
	return (x->cost < y->cost) - (x->cost > y->cost);
}

/* No part has more than its thread's share of the tasks. */
static uint32_t make_parts(struct part *parts, struct sweep_task *tasks, uint32_t count, const struct data *data,
			   unsigned threads)
{
	uint32_t made = 0, most = threads > 1 ? count / threads + 1 : count;
	qsort(tasks, count, sizeof *tasks, by_entity);
	for (uint32_t i = 0; i < count; i++) {
		struct part *part = made ? &parts[made - 1] : NULL;
		uint32_t entity = tasks[i].rollup->entity;
		if (!part || part->tasks[0].rollup->entity != entity || part->count == most) {
			part = &parts[made++];
			*part = (struct part){.tasks = &tasks[i]};
		}
		part->count++;
		part->cost += atomic_load(&data->tables[entity].rows);
	}
	qsort(parts, made, sizeof *parts, by_cost);
	return made;
}

int sweep_run(struct sweep_task *tasks, uint32_t count, const struct data *data, const struct crmval_window *period,
	      const struct crmval_window *baseline, unsigned threads, struct crmval_error *error)
{
	struct sharing sharing = {.data = data, .windows = {period, baseline}};
	uint32_t first = 0;
	for (uint32_t i = 0; i < count; i++) /* what need not be computed comes first */
		if (tasks[i].window && rollup_is_timeless(tasks[i].rollup, data)) {
			struct sweep_task task = tasks[i];
			tasks[i] = tasks[first];
			tasks[first++] = task;
		}
	sharing.parts = calloc((size_t)count + 1, sizeof *sharing.parts);
	if (!sharing.parts)
		return fail_memory(error);
	uint32_t parts = make_parts(sharing.parts, tasks + first, count - first, data, threads);
	int code = parallel_run(threads, parts, sweep_part, &sharing, error);
	for (uint32_t i = 0; i < first && code == CRMVAL_OK; i++)
		tasks[i].rollup->values[1] = tasks[i].rollup->values[0];
	free(sharing.parts);
	return code;
}
