/* SPDX-License-Identifier: MIT */
/* The split of one scope, from the measures upward: parts are made where something differs, and raised from node to node. */
#include "compare_nodes.h"

#include "compare_mean.h"
#include "compare_measure.h"
#include "error.h"
#include "window.h"

#include <stdlib.h>

enum { OLD, NEW };

int change_make_room(struct change *change, struct crmval_error *error)
{
	/* Of a node: each effect within a measure, two on the way to its parent, that of the kind of mean. */
	change->parts = calloc((size_t)change->node_count * (MEASURE_EFFECTS + 3), sizeof *change->parts);
	change->children = calloc(change->node_count, sizeof *change->children);
	change->room = calloc(change->node_count, sizeof *change->room);
	return change->parts && change->children && change->room ? CRMVAL_OK : fail_memory(error);
}

static struct estimate score_of(const struct change_node *node, int side)
{
	return node->score[side] ? node->score[side]->parts[SCORE_NOW] : estimate_none;
}

static int is_known(const struct change_node *node, int side)
{
	return estimate_is_known(score_of(node, side));
}

/* What one effect does in two ways, such as weights of a node and those in it, is one part. */
static struct change_part *add_part(struct change *change, const struct change_node *node, enum change_effect effect,
				    enum change_level level, struct estimate points)
{
	struct change_part *part = &change->parts[change->part_count];
	struct change_part *last = change->part_count > 0 ? part - 1 : NULL;

	if (last && last->node == node && last->effect == effect && estimate_is_known(last->points[level])) {
		last->points[level].value += points.value;
		last->points[level].se += points.se;
		return last;
	}
	change->part_count++;
	*part = (struct change_part){.node = node, .effect = effect, .numbers = {NAN, NAN}};
	for (int l = 0; l < CHANGE_LEVELS; l++)
		part->points[l] = estimate_none;
	part->points[level] = points;
	return part;
}

static void set_numbers(struct change_part *part, double old, double new)
{
	part->numbers[OLD] = old;
	part->numbers[NEW] = new;
}

/* ---- a measure ---- */

static const struct result_measure *measure_of(const struct change *change, const struct change_node *node, int side)
{
	return &change->results[side]->measures[node->places[side]];
}

static const struct scored_measure *scored_of(const struct change *change, const struct change_node *node, int side)
{
	return &change->cards[side]->measures[node->places[side]];
}

/* The share of a window's days that another one does not have. */
static double new_days(const struct crmval_window *window, const struct crmval_window *other)
{
	int32_t from = window->from > other->from ? window->from : other->from;
	int32_t to = window->to < other->to ? window->to : other->to;

	return from > to ? 1 : 1 - (double)(to - from + 1) / window_days(window);
}

/* Rows of days that both windows have are the same rows; so are those of states of the same day, and of no other. */
static void find_new_rows(const struct change *change, const struct result_measure *measure, int side,
			  struct measure_side *out)
{
	const struct result *result = change->results[side], *other = change->results[!side];

	if (measure->table->flags & CRMVAL_STATE)
		out->new_rows[0] = result->period.to != other->period.to;
	else
		out->new_rows[0] = new_days(&result->period, &other->period);
	out->new_rows[1] =
		result->has_baseline && other->has_baseline ? new_days(&result->baseline, &other->baseline) : 1;
}

static void find_side(const struct change *change, const struct change_node *node, int side, int breakdown, int unit,
		      struct measure_side *out)
{
	const struct result *result = change->results[side];
	const struct result_measure *measure = measure_of(change, node, side);
	const struct scored_measure *scored = scored_of(change, node, side);
	struct moments moments = {0};

	result->moments(result, (uint32_t)node->places[side], 0, breakdown, unit < 0 ? 0 : (uint32_t)unit, &moments);
	*out = (struct measure_side){
		.kind = measure->table->kind,
		.basis = measure->basis,
		.is_daily = score_is_daily(measure),
		.n = (double)moments.n,
		.d = (double)moments.d,
		.nn = (double)moments.nn,
		.nd = (double)moments.nd,
		.dd = (double)moments.dd,
		.value = scored->period.value.value,
		.baseline = scored->baseline.value,
		.score = scored->score.parts[SCORE_NOW],
		.scale_count = measure->scale_count,
		.scale = measure->scale,
	};
	out->days[0] = window_days(&result->period);
	out->days[1] = result->has_baseline ? window_days(&result->baseline) : 1;
	find_new_rows(change, measure, side, out);
}

static int is_stated(const struct change *change, const struct change_node *node, int side, int breakdown)
{
	return breakdown < 0 && !isnan(measure_of(change, node, side)->stated_baseline);
}

static enum change_effect effect_of(enum measure_effect effect, int is_stated)
{
	static const enum change_effect effects[MEASURE_EFFECTS] = {
		[MEASURE_NUMERATOR] = CHANGE_NUMERATOR,  [MEASURE_DENOMINATOR] = CHANGE_DENOMINATOR,
		[MEASURE_BASELINE] = CHANGE_BASELINE,    [MEASURE_DAYS] = CHANGE_DAYS,
		[MEASURE_SCALE] = CHANGE_SCALE,          [MEASURE_BASIS] = CHANGE_BASIS,
		[MEASURE_DEFINITION] = CHANGE_DEFINITION};

	return effect == MEASURE_BASELINE && is_stated ? CHANGE_STATED_BASELINE : effects[effect];
}

static void number_effect(struct change_part *part, enum measure_effect effect, const struct measure_side sides[2])
{
	int window = sides[OLD].days[0] == sides[NEW].days[0];

	if (effect == MEASURE_NUMERATOR)
		set_numbers(part, sides[OLD].n, sides[NEW].n);
	else if (effect == MEASURE_DENOMINATOR)
		set_numbers(part, sides[OLD].d, sides[NEW].d);
	else if (effect == MEASURE_BASELINE)
		set_numbers(part, sides[OLD].baseline.value, sides[NEW].baseline.value);
	else if (effect == MEASURE_DAYS)
		set_numbers(part, sides[OLD].days[window], sides[NEW].days[window]);
}

/* It has a score on both sides. */
static void compare_measure(struct change *change, struct change_node *node, int breakdown, struct change_unit unit)
{
	struct measure_side sides[2];
	struct measure_split split;

	for (int side = OLD; side <= NEW; side++)
		find_side(change, node, side, breakdown, unit.places[side], &sides[side]);
	measure_split(sides, &split);
	node->change = split.change;
	int stated = is_stated(change, node, OLD, breakdown) || is_stated(change, node, NEW, breakdown);
	for (int e = 0; e < MEASURE_EFFECTS; e++) {
		if (split.effects[e].value == 0)
			continue;
		struct change_part *part = add_part(change, node, effect_of((enum measure_effect)e, stated),
						    CHANGE_MEASURE, split.effects[e]);
		number_effect(part, (enum measure_effect)e, sides);
	}
}

/* ---- a node from its children ---- */

/* Whether an unknown child counts as 0. */
static int counts_missing(const struct change *change, int side)
{
	return change->results[side]->missing == MISSING_ZERO;
}

static void find_shares(const struct change *change, struct change_node *const *children, uint32_t count, int side)
{
	double total = 0;

	for (uint32_t i = 0; i < count; i++) {
		const struct score *score = children[i]->score[side];
		struct mean_child *child = &change->room[i];
		child->counts[side] = score && (is_known(children[i], side) || counts_missing(change, side));
		child->share[side] = child->counts[side] ? score->weight : 0;
		child->score[side] = child->se[side] = 0;
		if (is_known(children[i], side)) {
			child->score[side] = score->parts[SCORE_NOW].value;
			child->se[side] = score->parts[SCORE_NOW].se;
		}
		total += child->share[side];
	}
	for (uint32_t i = 0; i < count; i++)
		change->room[i].share[side] /= total;
}

/* Why a measure that is in both results has no score on this side, and one on the other. */
static enum change_effect missing_measure(const struct change *change, const struct change_node *node, int side)
{
	const struct result_measure *measure = measure_of(change, node, side);
	const struct scored_measure *scored = scored_of(change, node, side);

	if (!estimate_is_known(scored->period.value))
		return CHANGE_MISSING;
	if (measure->basis != measure_of(change, node, !side)->basis)
		return CHANGE_BASIS;
	return measure->scale_count == 0 ? CHANGE_SCALE : CHANGE_MISSING;
}

static enum change_effect missing_effect(const struct change *change, const struct change_node *node);

/* A node misses what its children miss, if they all do for the same reason. */
static enum change_effect missing_children(const struct change *change, const struct change_node *node, int side)
{
	enum change_effect common = CHANGE_EFFECTS;

	for (const struct change_node *at = node + 1; at->level > node->level; at++) {
		if (at->level != node->level + 1 || !is_known(at, !side) || is_known(at, side))
			continue;
		enum change_effect effect = missing_effect(change, at);
		if (common != CHANGE_EFFECTS && common != effect)
			return CHANGE_MISSING;
		common = effect;
	}
	return common != CHANGE_EFFECTS ? common : CHANGE_MISSING;
}

/* What is deeper is there with its parent. */
static int has_children(const struct change_node *node, int side)
{
	for (const struct change_node *at = node + 1; at->level > node->level; at++)
		if (at->score[side])
			return 1;
	return 0;
}

/* Why a node counts on one side only, or has a score on one side only. */
static enum change_effect missing_effect(const struct change *change, const struct change_node *node)
{
	const struct result *old = change->results[OLD], *new = change->results[NEW];
	int side = is_known(node, NEW) ? OLD : NEW; /* without it */

	if (!node->score[OLD] || !node->score[NEW])
		return CHANGE_ABSENT;
	if (!is_known(node, OLD) && !is_known(node, NEW))
		return CHANGE_POLICY; /* as 0 on one side */
	if (node->level == CHANGE_MEASURE)
		return missing_measure(change, node, side);
	const struct score *without = node->score[side], *with = node->score[!side];
	if (without->reason == score_no_weight && has_children(node, side))
		return CHANGE_WEIGHT;
	if (without->reason == score_no_coverage && without->coverage >= change->results[!side]->min_coverage)
		return CHANGE_MIN_COVERAGE;
	/* A part missing that the other side would not miss, or all of it that counts as 0 there. */
	if (old->missing != new->missing && (without->reason == score_incomplete || with->coverage == 0))
		return CHANGE_POLICY;
	return missing_children(change, node, side);
}

/* Parts of a child, which are in its points, become parts of its parent. */
static void raise_parts(struct change *change, const struct change_node *child, double slope)
{
	for (uint32_t i = child->first_part; i < child->end_part; i++) {
		struct estimate *points = change->parts[i].points;
		points[child->level - 1] =
			(struct estimate){points[child->level].value * slope, points[child->level].se * fabs(slope)};
	}
}

static double published(const struct change_node *node, int side)
{
	return node->score[side] ? node->score[side]->score : NAN;
}

/* What a child does to its parent beside what it is itself. */
static void add_child(struct change *change, const struct change_node *node, const struct mean_child *child)
{
	enum change_level level = node->parent->level;
	struct change_part *part;

	if (child->presence != 0) {
		part = add_part(change, node, missing_effect(change, node), level,
				(struct estimate){child->presence, child->presence_se});
		set_numbers(part, published(node, OLD), published(node, NEW));
	}
	if (child->weight != 0) {
		part = add_part(change, node, CHANGE_WEIGHT, level, (struct estimate){child->weight, child->weight_se});
		set_numbers(part, node->score[OLD]->weight, node->score[NEW]->weight);
	}
}

/* A child that counts on both sides, but on one as 0 for want of a score. */
static void add_zero(struct change *change, const struct change_node *node, const struct mean_child *child)
{
	double slope = child->slope, se = hypot(child->se[OLD], child->se[NEW]);
	struct change_part *part;

	if (slope * (child->score[NEW] - child->score[OLD]) == 0)
		return;
	part = add_part(change, node, missing_effect(change, node), node->parent->level,
			(struct estimate){slope * (child->score[NEW] - child->score[OLD]), fabs(slope) * se});
	set_numbers(part, published(node, OLD), published(node, NEW));
}

static uint32_t list_children(struct change *change, const struct change_node *node)
{
	uint32_t count = 0;

	for (struct change_node *at = change->nodes + (node - change->nodes) + 1; at->level > node->level; at++)
		if (at->level == node->level + 1)
			change->children[count++] = at;
	return count;
}

static double square(double x)
{
	return x * x;
}

/* The parts of the children's own changes are there. */
static void compare_children(struct change *change, struct change_node *node)
{
	uint32_t count = list_children(change, node);
	struct mean_kinds kinds = {.is_geometric = {change->results[OLD]->aggregation == AGGREGATE_GEOMETRIC,
						    change->results[NEW]->aggregation == AGGREGATE_GEOMETRIC}};
	double variance = 0;

	find_shares(change, change->children, count, OLD);
	find_shares(change, change->children, count, NEW);
	mean_split(change->room, count, &kinds);
	for (uint32_t i = 0; i < count; i++) {
		const struct mean_child *part = &change->room[i];
		const struct change_node *child = change->children[i];
		if (is_known(child, OLD) && is_known(child, NEW)) {
			raise_parts(change, child, part->slope);
			variance += square(part->slope * child->change.se);
		} else { /* whose slope is 0, unless it counts on both sides */
			add_zero(change, child, part);
			variance += square(part->slope * hypot(part->se[OLD], part->se[NEW]));
		}
		add_child(change, child, part);
		variance += square(part->weight_se) + square(part->presence_se);
	}
	if (kinds.effect != 0)
		add_part(change, node, CHANGE_AGGREGATION, node->level, (struct estimate){kinds.effect, kinds.se});
	node->change.value = score_of(node, NEW).value - score_of(node, OLD).value;
	node->change.se = sqrt(variance + square(kinds.se));
}

static void compare_node(struct change *change, struct change_node *node, int breakdown, struct change_unit unit)
{
	node->first_part = change->part_count;
	node->change = node->points = estimate_none;
	for (struct change_node *at = node + 1; at->level > node->level; at++)
		if (at->level == node->level + 1)
			compare_node(change, at, breakdown, unit);
	if (is_known(node, OLD) && is_known(node, NEW)) {
		if (node->level == CHANGE_MEASURE)
			compare_measure(change, node, breakdown, unit);
		else
			compare_children(change, node);
	}
	node->end_part = change->part_count;
}

void change_split(struct change *change, int breakdown, struct change_unit unit)
{
	change->part_count = 0;
	compare_node(change, &change->nodes[0], breakdown, unit);
}
