/* SPDX-License-Identifier: MIT */
/* What is to be compared with what: nodes and units of two results, by their ids. */
#include "compare_nodes.h"

#include "error.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

enum { OLD, NEW };

/* ---- nodes ---- */

/* The list of one side's children of a node, by their ids. */
struct list {
	const struct result *result;
	enum change_level level;
	int dimension, indicator; /* whose children; -1: of what is not there */
	int begin, end;           /* places in the scorecard's list */
};

static struct list list_of(const struct change *change, const struct change_node *parent, int side)
{
	const struct scorecard *card = change->cards[side];
	struct list list = {
		.result = change->results[side], .level = parent->level + 1, .dimension = -1, .indicator = -1};

	if (parent->places[side] < 0)
		return list;
	if (parent->level == CHANGE_OVERALL) {
		list.end = (int)list.result->dimension_count;
	} else if (parent->level == CHANGE_DIMENSION) {
		list.dimension = parent->places[side];
		list.begin = (int)card->first_indicator[list.dimension];
		list.end = (int)card->first_indicator[list.dimension + 1];
	} else {
		list.dimension = parent->parent->places[side];
		list.indicator = parent->places[side] - (int)card->first_indicator[list.dimension];
		list.end = (int)list.result->measure_count;
	}
	return list;
}

static int is_in(const struct list *list, int place)
{
	const struct result_measure *measure = &list->result->measures[place];

	return list->level != CHANGE_MEASURE ||
	       ((int)measure->dimension == list->dimension && (int)measure->indicator == list->indicator);
}

static const char *id_of(const struct list *list, int place, const char **title)
{
	const struct result *result = list->result;

	if (list->level == CHANGE_DIMENSION) {
		*title = result->dimensions[place].table->title;
		return result->dimensions[place].id;
	}
	if (list->level == CHANGE_INDICATOR) {
		const struct crmval_indicator *indicator =
			&result->dimensions[list->dimension].table->indicators[place - list->begin];
		*title = indicator->title;
		return indicator->id;
	}
	*title = result->measures[place].table->title;
	return result->measures[place].table->id;
}

static int find_id(const struct list *list, const char *id)
{
	const char *title;

	for (int place = list->begin; place < list->end; place++)
		if (is_in(list, place) && strcmp(id_of(list, place, &title), id) == 0)
			return place;
	return -1;
}

static void add_children(struct change *change, struct change_node *parent);

static void add_node(struct change *change, struct change_node *parent, const struct list *list, int place, int other)
{
	struct change_node *node = &change->nodes[change->node_count++];
	int side = list->result == change->results[NEW] ? NEW : OLD;

	*node = (struct change_node){.level = list->level, .parent = parent, .places = {other, other}};
	node->places[side] = place;
	node->id = id_of(list, place, &node->title);
	if (node->level < CHANGE_MEASURE)
		add_children(change, node);
}

/* Those of the new result in its order, then those of the old one alone. */
static void add_children(struct change *change, struct change_node *parent)
{
	struct list old = list_of(change, parent, OLD), new = list_of(change, parent, NEW);
	const char *title;

	for (int place = new.begin; place < new.end; place++)
		if (is_in(&new, place))
			add_node(change, parent, &new, place, find_id(&old, id_of(&new, place, &title)));
	for (int place = old.begin; place < old.end; place++)
		if (is_in(&old, place) && find_id(&new, id_of(&old, place, &title)) < 0)
			add_node(change, parent, &old, place, -1);
}

int change_find_nodes(struct change *change, struct crmval_error *error)
{
	size_t most = 2; /* the overall score, and an empty node behind the last */
	uint32_t common = 0;

	for (int side = OLD; side <= NEW; side++) {
		const struct result *result = change->results[side];
		most += result->dimension_count + change->cards[side]->first_indicator[result->dimension_count] +
			result->measure_count;
	}
	change->nodes = calloc(most, sizeof *change->nodes);
	if (!change->nodes)
		return fail_memory(error);
	change->node_count = 1;
	add_children(change, change->nodes);
	for (uint32_t n = 0; n < change->node_count; n++)
		common += change->nodes[n].level == CHANGE_MEASURE && change->nodes[n].places[OLD] >= 0 &&
			  change->nodes[n].places[NEW] >= 0;
	if (common == 0)
		return fail(error, CRMVAL_EDATA,
			    "the two results have no measure in common, so there is nothing to compare; are they of "
			    "jobs with "
			    "the same dimensions?");
	return CRMVAL_OK;
}

/* ---- units ---- */

int change_has_breakdown(const struct change *change, int breakdown)
{
	return change->results[OLD]->breakdowns[breakdown] && change->results[NEW]->breakdowns[breakdown];
}

/* As units are sorted: by bytes, but what cannot be told is last. */
static int compare_units(const char *a, const char *b)
{
	int is_last[2] = {strcmp(a, UNIT_NONE) == 0, strcmp(b, UNIT_NONE) == 0};

	return is_last[0] != is_last[1] ? is_last[0] - is_last[1] : strcmp(a, b);
}

int change_next_unit(const struct change *change, int breakdown, uint32_t next[2], struct change_unit *unit)
{
	const char *names[2];
	int order;

	for (int side = OLD; side <= NEW; side++) {
		const struct result *result = change->results[side];
		names[side] =
			next[side] < result->unit_counts[breakdown] ? result->unit_names[breakdown][next[side]] : NULL;
	}
	if (!names[OLD] && !names[NEW])
		return 0;
	order = !names[OLD] ? 1 : !names[NEW] ? -1 : compare_units(names[OLD], names[NEW]);
	unit->places[OLD] = order <= 0 ? (int)next[OLD]++ : -1;
	unit->places[NEW] = order >= 0 ? (int)next[NEW]++ : -1;
	unit->name = order <= 0 ? names[OLD] : names[NEW];
	return 1;
}
