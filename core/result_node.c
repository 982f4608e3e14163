/* SPDX-License-Identifier: MIT */
/* Finding nodes: each has a path of ids, and the last id alone will do where it is the only one. */
#include "result_node.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { PATH_SIZE = 320 };

/* Calls visit for every node, the overall score first; stops where it returns 0. */
static void visit_all(const struct result *result, int (*visit)(void *context, struct result_node node), void *context)
{
	if (!visit(context, (struct result_node){.kind = RESULT_NODE_OVERALL}))
		return;
	for (uint32_t d = 0; d < result->dimension_count; d++) {
		if (!visit(context, (struct result_node){.kind = RESULT_NODE_DIMENSION, .dimension = d}))
			return;
		for (uint32_t i = 0; i < result->dimensions[d].table->indicator_count; i++)
			if (!visit(context, (struct result_node){RESULT_NODE_INDICATOR, d, i, 0}))
				return;
	}
	for (uint32_t m = 0; m < result->measure_count; m++)
		if (!visit(context, (struct result_node){RESULT_NODE_MEASURE, result->measures[m].dimension,
							 result->measures[m].indicator, m}))
			return;
}

static const char *last_id(const struct result *result, struct result_node node)
{
	switch (node.kind) {
	case RESULT_NODE_DIMENSION:
		return result->dimensions[node.dimension].id;
	case RESULT_NODE_INDICATOR:
		return result->dimensions[node.dimension].table->indicators[node.indicator].id;
	case RESULT_NODE_MEASURE:
		return result->measures[node.measure].table->id;
	default:
		return "overall";
	}
}

static void path_of(const struct result *result, struct result_node node, char path[PATH_SIZE])
{
	const struct result_dimension *dimension = &result->dimensions[node.dimension];
	const char *id = last_id(result, node);
	if (node.kind == RESULT_NODE_INDICATOR)
		snprintf(path, PATH_SIZE, "%s.%s", dimension->id, id);
	else if (node.kind == RESULT_NODE_MEASURE)
		snprintf(path, PATH_SIZE, "%s.%s.%s", dimension->id, dimension->table->indicators[node.indicator].id,
			 id);
	else
		snprintf(path, PATH_SIZE, "%s", id);
}

struct search {
	const struct result *result;
	const char *name;
	struct result_node found;
};

static int visit_path(void *context, struct result_node node)
{
	struct search *search = context;
	char path[PATH_SIZE];
	path_of(search->result, node, path);
	if (strcmp(path, search->name) != 0)
		return 1;
	search->found = node;
	return 0;
}

static int visit_last(void *context, struct result_node node)
{
	struct search *search = context;
	if (strcmp(last_id(search->result, node), search->name) != 0)
		return 1;
	if (search->found.kind != RESULT_NODE_ABSENT)
		node.kind = RESULT_NODE_DOUBTFUL;
	search->found = node;
	return node.kind != RESULT_NODE_DOUBTFUL;
}

struct result_node result_node_find(const struct result *result, const char *name)
{
	struct search search = {.result = result, .name = name ? name : "overall"};
	visit_all(result, visit_path, &search);
	if (search.found.kind == RESULT_NODE_ABSENT)
		visit_all(result, visit_last, &search);
	return search.found;
}

struct result_node result_node_match(const struct result *result, struct result_node node, const struct result *other)
{
	char path[PATH_SIZE];
	struct search search = {.result = other, .name = path};
	if (node.kind <= RESULT_NODE_DOUBTFUL)
		return node;
	path_of(result, node, path);
	visit_all(other, visit_path, &search);
	return search.found;
}

const char *result_node_title(const struct result *result, struct result_node node)
{
	switch (node.kind) {
	case RESULT_NODE_DIMENSION:
		return result->dimensions[node.dimension].table->title;
	case RESULT_NODE_INDICATOR:
		return result->dimensions[node.dimension].table->indicators[node.indicator].title;
	case RESULT_NODE_MEASURE:
		return result->measures[node.measure].table->title;
	default:
		return "overall";
	}
}

const struct score *result_node_score(const struct scorecard *card, struct result_node node)
{
	switch (node.kind) {
	case RESULT_NODE_DIMENSION:
		return &card->dimensions[node.dimension];
	case RESULT_NODE_INDICATOR:
		return &card->indicators[card->first_indicator[node.dimension] + node.indicator];
	case RESULT_NODE_MEASURE:
		return &card->measures[node.measure].score;
	default:
		return &card->overall;
	}
}

double result_node_value(const struct scorecard *card, struct result_node node)
{
	return node.kind == RESULT_NODE_MEASURE ? card->measures[node.measure].period.value.value : NAN;
}

struct offer {
	const struct result *result;
	struct near *near;
};

static int visit_offer(void *context, struct result_node node)
{
	struct offer *offer = context;
	near_offer(offer->near, last_id(offer->result, node));
	return 1;
}

void result_node_offer(const struct result *result, struct near *near)
{
	struct offer offer = {result, near};
	visit_all(result, visit_offer, &offer);
}
