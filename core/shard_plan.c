/* SPDX-License-Identifier: MIT */
/* Which entities can be shared out to shards, by what, so that every shard still finds all that its rows look at. */
#include "shard.h"

#include <string.h>

enum { ANY = -1, NONE = -2 };

struct planning {
	struct data *data;
	int32_t by[DATA_MAX_ENTITIES]; /* the field; ANY: nothing is added up from it, NONE: it cannot be shared out */
};

/* A reference that is read, and its ids checked. */
static int is_followed(const struct data *data, uint32_t entity, uint32_t f)
{
	const struct field *field = &model_entities[entity].fields[f];
	const struct column *column = &data->tables[entity].columns[f];
	return field->type == FIELD_REFERENCE && column->wants && column->is_mapped;
}

static int is_path_mapped(const struct path *path, const struct data *data)
{
	uint32_t entity;
	return path_unmapped(path, data, 1, &entity) == NULL;
}

/* Rows are added up by one way: all that are added up together must be in one shard. */
static void add_rollup(struct planning *p, const struct rollup *rollup)
{
	int32_t *by = &p->by[rollup->entity];
	const struct path *only = NULL;
	if (!rollup->by.count)
		*by = NONE; /* one value of all rows */
	for (uint32_t i = 0; i < rollup->by.count; i++) {
		const struct path *path = &rollup->by.paths[i];
		if (!is_path_mapped(path, p->data))
			continue; /* nothing is added up this way */
		if (only || path->hop_count > 0)
			*by = NONE;
		only = path;
	}
	if (!only || *by == NONE)
		return;
	*by = *by == ANY || *by == (int32_t)only->field ? (int32_t)only->field : NONE;
}

static int refers_to(const struct data *data, uint32_t entity, uint32_t f, uint32_t target)
{
	return is_followed(data, entity, f) &&
	       (uint32_t)model_entity_index(model_entities[entity].fields[f].target) == target;
}

static int is_referred_to(const struct data *data, uint32_t target)
{
	for (uint32_t e = 0; e < model_entity_count; e++)
		for (uint32_t f = 0; f < model_entities[e].field_count; f++)
			if (refers_to(data, e, f, target))
				return 1;
	return 0;
}

/* Can an entity be shared out by a reference? */
static int can_follow(const struct planning *p, uint32_t entity, uint32_t f)
{
	return p->by[entity] == (int32_t)f || (p->by[entity] == ANY && !is_referred_to(p->data, entity));
}

/* Shares out by their references all that refer to an entity, so that its rows and theirs are together; 0: they cannot be. */
static int gather_followers(struct planning *p, uint32_t target)
{
	struct planning tried = *p;
	for (uint32_t e = 0; e < model_entity_count; e++)
		for (uint32_t f = 0; f < model_entities[e].field_count; f++) {
			if (!refers_to(p->data, e, f, target))
				continue;
			if (!can_follow(&tried, e, f))
				return 0;
			tried.by[e] = (int32_t)f;
		}
	*p = tried;
	return 1;
}

void shard_plan(struct data *data, const struct bound_dimension *dimensions, uint32_t count)
{
	struct planning p = {.data = data};
	for (uint32_t e = 0; e < model_entity_count; e++)
		p.by[e] = data->tables[e].is_mapped && model_field_index(&model_entities[e], "id") >= 0 ? ANY : NONE;
	for (uint32_t d = 0; d < count; d++)
		for (uint32_t v = 0; v < dimensions[d].table->view_count; v++)
			for (uint32_t i = 0; i < dimensions[d].views[v].table->input_count; i++)
				if (dimensions[d].views[v].inputs[i].rollup)
					add_rollup(&p, dimensions[d].views[v].inputs[i].rollup);
	/* What is referred to is found by its id alone, and stays whole unless all that refer to it go with it. */
	for (uint32_t e = 0; e < model_entity_count; e++)
		if (p.by[e] >= 0 && is_referred_to(data, e))
			p.by[e] = NONE;
	for (uint32_t e = 0; e < model_entity_count; e++)
		if (p.by[e] == ANY && is_referred_to(data, e) && !gather_followers(&p, e))
			p.by[e] = NONE;
	for (uint32_t e = 0; e < model_entity_count; e++) {
		int key = model_field_index(&model_entities[e], "id");
		data->tables[e].shard_by = p.by[e] == NONE ? 0 : 1 + (uint32_t)(p.by[e] == ANY ? key : p.by[e]);
	}
}
