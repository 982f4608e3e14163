/* SPDX-License-Identifier: MIT */
/* Why the score moved: the difference of two results' scores as a sum of effects, from the measures upward. */
#include "compare.h"

#include "compare_nodes.h"
#include "error.h"

#include <stdlib.h>

enum { OLD, NEW };

const char *const change_effect_names[CHANGE_EFFECTS] = {
	"numerator", "denominator", "baseline", "missing", "stated_baseline", "days",   "scale",
	"basis",     "definition",  "weight",   "absent",  "min_coverage",    "policy", "aggregation",
};

int change_is_of_data(enum change_effect effect)
{
	return effect <= CHANGE_MISSING;
}

int change_is_moved(struct estimate points)
{
	return fabs(points.value) > Z95 * points.se;
}

/* ---- beginning and end ---- */

int change_new(const struct result *old, const struct result *new, struct change **out, struct crmval_error *error)
{
	struct change *change = calloc(1, sizeof *change);
	int status;

	if (!change)
		return fail_memory(error);
	change->results[OLD] = old;
	change->results[NEW] = new;
	status = score_new(old, &change->cards[OLD], error);
	if (!status)
		status = score_new(new, &change->cards[NEW], error);
	if (!status)
		status = change_find_nodes(change, error);
	if (!status)
		status = change_make_room(change, error);
	if (status) {
		change_free(change);
		return status;
	}
	*out = change;
	return CRMVAL_OK;
}

void change_free(struct change *change)
{
	if (!change)
		return;
	score_free(change->cards[OLD]);
	score_free(change->cards[NEW]);
	free(change->nodes);
	free(change->parts);
	free(change->children);
	free(change->room);
	free(change);
}

/* ---- as published ---- */

/* Rounds the parts of a node so that they still add up to the difference of its published scores. */
static void publish_parts(struct change *change, struct change_node *node)
{
	struct estimate *largest = NULL;
	double rest;

	if (!estimate_is_known(node->change))
		return;
	node->change.value = score_rounded(node->score[NEW]->score - node->score[OLD]->score);
	rest = node->change.value;
	for (uint32_t i = node->first_part; i < node->end_part; i++) {
		struct estimate *points = &change->parts[i].points[node->level];
		if (!estimate_is_known(*points))
			continue;
		points->value = score_rounded(points->value);
		rest -= points->value;
		if (!largest || fabs(points->value) > fabs(largest->value))
			largest = points;
	}
	if (largest)
		largest->value = score_rounded(largest->value + rest);
}

static int is_nothing(const struct change_part *part)
{
	for (int level = 0; level < CHANGE_LEVELS; level++)
		if (estimate_is_known(part->points[level]) && part->points[level].value != 0)
			return 0;
	return 1;
}

static void publish(struct change *change)
{
	uint32_t kept = 0;

	for (uint32_t n = 0; n < change->node_count; n++)
		publish_parts(change, &change->nodes[n]);
	for (uint32_t i = 0; i < change->part_count; i++)
		if (!is_nothing(&change->parts[i]))
			change->parts[kept++] = change->parts[i];
	change->part_count = kept;
}

/* Adds up what each node, its weight and presence included, brings to the overall score. */
static void add_up(struct change *change)
{
	if (!estimate_is_known(change->nodes[0].change))
		return;
	for (uint32_t n = 0; n < change->node_count; n++)
		change->nodes[n].points = (struct estimate){0, 0};
	for (uint32_t i = 0; i < change->part_count; i++) {
		struct estimate points = change->parts[i].points[CHANGE_OVERALL];
		if (!estimate_is_known(points))
			continue;
		for (struct change_node *node = change->nodes + (change->parts[i].node - change->nodes); node;
		     node = node->parent) {
			node->points.value += points.value;
			node->points.se = hypot(node->points.se, points.se);
		}
	}
	for (uint32_t n = 0; n < change->node_count; n++)
		change->nodes[n].points.value = score_rounded(change->nodes[n].points.value);
}

/* ---- a scope ---- */

static const struct score *find_score(const struct scorecard *card, enum change_level level, int place)
{
	const struct score *const lists[] = {&card->overall, card->dimensions, card->indicators};

	if (place < 0)
		return NULL;
	return level == CHANGE_MEASURE ? &card->measures[place].score : lists[level] + place;
}

void change_scope(struct change *change, int breakdown, struct change_unit unit)
{
	for (int side = OLD; side <= NEW; side++) {
		int is_there = unit.places[side] >= 0;
		/* What is missing though nothing may be, which is all that it fails with, shows in the card. */
		if (is_there)
			score_scope(change->cards[side], breakdown, (uint32_t)unit.places[side], NULL);
		for (uint32_t n = 0; n < change->node_count; n++)
			change->nodes[n].score[side] = is_there
							       ? find_score(change->cards[side], change->nodes[n].level,
									    change->nodes[n].places[side])
							       : NULL;
	}
	change_split(change, breakdown, unit);
	publish(change);
	add_up(change);
}

void change_company(struct change *change)
{
	change_scope(change, -1, (struct change_unit){.name = NULL});
}
