/* SPDX-License-Identifier: MIT */
/* A child that sees less can tell less, and is sooner made: the kernel copies the page tables of what it inherits. */
#include "hide.h"

#include "error.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

struct needs {
	unsigned char columns[DATA_MAX_ENTITIES][DATA_MAX_FIELDS];
};

static void need_field(struct needs *needs, uint32_t entity, const char *field)
{
	int place = model_field_index(&model_entities[entity], field);
	if (place >= 0)
		needs->columns[entity][place] = 1;
}

static void need_route(struct needs *needs, const struct route *route)
{
	for (uint32_t p = 0; p < route->count; p++) {
		const struct path *path = &route->paths[p];
		uint32_t entity = path->start;
		for (uint32_t h = 0; h < path->hop_count; h++) {
			needs->columns[entity][path->hops[h]] = 1;
			entity = (uint32_t)model_entity_index(model_entities[entity].fields[path->hops[h]].target);
		}
		needs->columns[entity][path->field] = 1;
		if (route->field->type != FIELD_MONEY)
			continue;
		need_field(needs, entity, "currency");
		need_field(needs, entity, "outcome");
		need_field(needs, entity, model_entities[entity].money_date);
	}
}

/* How a view's rows find their units. */
static void need_units(struct needs *needs, const struct units *units, uint32_t entity)
{
	uint32_t account = (uint32_t)model_entity_index("account"), employee = (uint32_t)model_entity_index("employee");
	need_route(needs, &units->routes[entity].account);
	need_route(needs, &units->routes[entity].employee);
	need_field(needs, account, "owner");
	need_field(needs, account, "region");
	need_field(needs, account, "size_class");
	need_field(needs, employee, "team");
	need_field(needs, employee, "region");
}

static void need_dimension(struct needs *needs, const struct bound_dimension *dimension, const struct units *units)
{
	for (uint32_t v = 0; v < dimension->table->view_count; v++) {
		const struct bound_view *view = &dimension->views[v];
		for (uint32_t i = 0; i < view->table->input_count; i++)
			if (!view->inputs[i].rollup)
				need_route(needs, &view->inputs[i].route);
		need_units(needs, units, view->entity);
	}
}

struct list {
	struct confine_range *ranges; /* NULL: they are only counted */
	size_t count;
};

static void add(struct list *list, const struct region *region)
{
	if (region->bytes && list->ranges)
		list->ranges[list->count] = (struct confine_range){region->bytes, region->size};
	list->count += region->bytes != NULL;
}

/* needs NULL: all columns, and what only the program itself looks at. */
static void list_columns(struct list *list, const struct needs *needs, const struct data *data)
{
	for (uint32_t e = 0; e < model_entity_count; e++) {
		const struct table *table = &data->tables[e];
		for (uint32_t f = 0; f < table->entity->field_count; f++) {
			const struct column *column = &table->columns[f];
			if (!needs || needs->columns[e][f])
				add(list, &column->values);
			if (!needs)
				add(list, &column->pending);
			if (!needs)
				add(list, &column->texts);
		}
		if (!needs)
			add(list, &table->ids);
		if (!needs || strcmp(table->entity->name, "employee") == 0) /* units_of() looks whether it has one */
			add(list, &table->id_texts);
	}
}

/* How it is bound, with its parameters. */
static void list_arena(struct list *list, const struct bound_dimension *dimension)
{
	struct region region;
	for (const struct arena_block *block = NULL;
	     (block = arena_next(&dimension->arena, block, &region.bytes, &region.size)) != NULL;)
		add(list, &region);
}

static void list_rollups(struct list *list, const struct bound_dimension *dimension)
{
	for (uint32_t v = 0; v < dimension->table->view_count; v++)
		for (uint32_t i = 0; i < dimension->views[v].table->input_count; i++) {
			const struct rollup *rollup = dimension->views[v].inputs[i].rollup;
			for (int window = 0; rollup && window < 2; window++)
				add(list, &rollup->values[window]);
		}
}

static int by_address(const void *a, const void *b)
{
	const struct confine_range *x = a, *y = b;
	return x->bytes < y->bytes ? -1 : x->bytes > y->bytes;
}

/* What lies side by side takes one call: columns of a table mostly do. */
static void join(struct list *list)
{
	size_t kept = 0;
	qsort(list->ranges, list->count, sizeof *list->ranges, by_address);
	for (size_t i = 0; i < list->count; i++) {
		struct confine_range *last = kept ? &list->ranges[kept - 1] : NULL;
		if (last && (char *)last->bytes + last->size == list->ranges[i].bytes)
			last->size += list->ranges[i].size;
		else
			list->ranges[kept++] = list->ranges[i];
	}
	list->count = kept;
}

/* Of some dimensions, all of their columns or those that they need: counted first, then listed. */
static int make_list(struct list *list, const struct needs *needs, const struct bound_dimension *dimensions,
		     uint32_t count, const struct data *data, struct crmval_error *error)
{
	*list = (struct list){NULL, 0};
	for (int is_counted = 0; is_counted < 2; is_counted++) {
		if (is_counted && !(list->ranges = calloc(list->count + 1, sizeof *list->ranges)))
			return fail_memory(error);
		list->count = 0;
		list_columns(list, needs, data);
		for (uint32_t d = 0; d < count; d++) {
			list_arena(list, &dimensions[d]);
			list_rollups(list, &dimensions[d]);
		}
	}
	join(list);
	return CRMVAL_OK;
}

int hide_open(struct hidden *hidden, const struct bound_dimension *dimensions, uint32_t count, const struct data *data,
	      const struct units *units, struct crmval_error *error)
{
	struct list list;
	int failed = 0;
	*hidden = (struct hidden){.dimension_count = count};
	hidden->needed = calloc((size_t)count + 1, sizeof *hidden->needed);
	hidden->needed_counts = calloc((size_t)count + 1, sizeof *hidden->needed_counts);
	int code = hidden->needed && hidden->needed_counts ? CRMVAL_OK : fail_memory(error);
	for (uint32_t d = 0; d < count && code == CRMVAL_OK; d++) {
		struct needs needs = {0};
		need_dimension(&needs, &dimensions[d], units);
		code = make_list(&list, &needs, &dimensions[d], 1, data, error);
		hidden->needed[d] = list.ranges;
		hidden->needed_counts[d] = list.count;
	}
	if (code == CRMVAL_OK)
		code = make_list(&list, NULL, dimensions, count, data, error);
	if (code != CRMVAL_OK)
		return code;
	for (size_t i = 0; i < list.count; i++)
		failed |= madvise(list.ranges[i].bytes, list.ranges[i].size, MADV_DONTFORK) < 0;
	free(list.ranges);
	return failed ? fail(error, CRMVAL_ENOMEM, "cannot keep columns from confined processes: %s", strerror(errno))
		      : CRMVAL_OK;
}

void hide_close(struct hidden *hidden)
{
	for (uint32_t d = 0; hidden->needed && d < hidden->dimension_count; d++)
		free(hidden->needed[d]);
	free(hidden->needed);
	free(hidden->needed_counts);
}
