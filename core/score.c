/* SPDX-License-Identifier: MIT */
/* From tallies to scores: basis, scale, weights, missing data, intervals, upward to the overall CRM value score. */
#include "score.h"

#include "error.h"
#include "missing.h"
#include "scale.h"
#include "text.h"
#include "window.h"

#include <string.h>

const char *const measure_status_names[] = {N_("ok"), N_("no_data"), N_("failed")};
const char *const basis_names[] = {NULL, N_("value"), N_("growth"), N_("change")};

const char score_no_weight[] = N_("all weights in it are 0");
const char score_no_coverage[] = N_("its coverage is under score.min_coverage");
const char score_incomplete[] = N_("a part of it is missing, and score.missing is \"fail\"");
static const char no_measure[] = N_("no measure in it has data");

/* ---- the card ---- */

static uint32_t list_measures(struct scorecard *card, uint32_t dimension, uint32_t indicator)
{
	const struct result *result = card->result;
	uint32_t count = 0;

	for (uint32_t i = 0; i < result->measure_count; i++)
		if (result->measures[i].dimension == dimension && result->measures[i].indicator == indicator)
			card->children[count++] = &card->measures[i].score;
	return count;
}

static uint32_t list_nodes(struct scorecard *card, struct score *nodes, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		card->children[i] = &nodes[i];
	return count;
}

static void normalise_weights(struct score *const *children, uint32_t count)
{
	double total = 0;

	for (uint32_t i = 0; i < count; i++)
		total += children[i]->weight;
	for (uint32_t i = 0; i < count; i++)
		children[i]->weight = total > 0 ? children[i]->weight / total : 0;
}

static void set_weights(struct scorecard *card)
{
	const struct result *result = card->result;

	for (uint32_t i = 0; i < result->measure_count; i++)
		card->measures[i].score.weight = result->measures[i].weight;
	for (uint32_t d = 0; d < result->dimension_count; d++) {
		const struct result_dimension *dimension = &result->dimensions[d];
		struct score *indicators = card->indicators + card->first_indicator[d];
		for (uint32_t i = 0; i < dimension->table->indicator_count; i++) {
			indicators[i].weight = dimension->indicator_weights[i];
			normalise_weights(card->children, list_measures(card, d, i));
		}
		normalise_weights(card->children, list_nodes(card, indicators, dimension->table->indicator_count));
		card->dimensions[d].weight = dimension->weight;
	}
	normalise_weights(card->children, list_nodes(card, card->dimensions, result->dimension_count));
	card->overall.weight = 1;
}

int score_new(const struct result *result, struct scorecard **out, struct crmval_error *error)
{
	struct arena arena = {.kind = ARENA_HIDDEN};
	struct scorecard *card = arena_alloc(&arena, sizeof *card);
	uint32_t indicators = 0;

	if (!card)
		return fail_memory(error);
	card->result = result;
	card->first_indicator = arena_array(&arena, (size_t)result->dimension_count + 1, sizeof *card->first_indicator);
	for (uint32_t d = 0; d < result->dimension_count && card->first_indicator; d++) {
		indicators += result->dimensions[d].table->indicator_count;
		card->first_indicator[d + 1] = indicators;
	}
	size_t most = (size_t)result->dimension_count + indicators + result->measure_count;
	card->dimensions = arena_array(&arena, result->dimension_count, sizeof *card->dimensions);
	card->indicators = arena_array(&arena, indicators, sizeof *card->indicators);
	card->measures = arena_array(&arena, result->measure_count, sizeof *card->measures);
	card->children = arena_array(&arena, most, sizeof(struct score *));
	card->arena = arena;
	if (!card->first_indicator || !card->dimensions || !card->indicators || !card->measures || !card->children) {
		score_free(card);
		return fail_memory(error);
	}
	set_weights(card);
	*out = card;
	return CRMVAL_OK;
}

void score_free(struct scorecard *card)
{
	if (!card)
		return;
	struct arena arena = card->arena;
	arena_free(&arena);
}

/* ---- a node ---- */

double score_rounded(double x)
{
	double scaled = x * 1e10;
	if (!(fabs(scaled) < 0x1p52))
		return scaled / 1e10; /* NaN, or a whole number */
	/* As round() does, without a call.  Adding 0 makes -0 a 0. */
	int64_t whole = (int64_t)scaled;
	double rest = scaled - (double)whole;
	whole += (rest >= 0.5) - (rest <= -0.5);
	return (double)whole / 1e10 + 0.0;
}

/* Of what is no number, no number. */
static double at_least(double least, double x)
{
	return x < least ? least : x;
}

static double at_most(double most, double x)
{
	return x > most ? most : x;
}

/* The 95 % around a score, and around what was gained: at the end, within so many points. */
static void find_ranges(const struct result *result, struct score *node, double gained)
{
	const struct estimate *now = &node->parts[SCORE_NOW], *both = &node->parts[SCORE_NOW_OF_BOTH];
	const struct reach *reach = &node->reaches[SCORE_NOW];
	const struct reach *after = &node->reaches[SCORE_NOW_OF_BOTH], *before = &node->reaches[SCORE_BEFORE_OF_BOTH];
	double half = Z95 * now->se, half_gained = Z95 * hypot(both->se, node->parts[SCORE_BEFORE_OF_BOTH].se);
	double low = now->value - half, high = now->value + half;
	double gained_low = gained - half_gained, gained_high = gained + half_gained;

	if (result->ranges == RANGES_CAUTIOUS && estimate_is_known(*now)) {
		low = reach->low;
		high = reach->high;
	}
	if (result->ranges == RANGES_CAUTIOUS && estimate_is_known(*both)) {
		struct reach moved = reach_of_difference(after, before);
		gained_low = moved.low;
		gained_high = moved.high;
	}
	node->low = score_rounded(at_least(0, low));
	node->high = score_rounded(at_most(100, high));
	node->gained_low = score_rounded(at_least(-100, gained_low));
	node->gained_high = score_rounded(at_most(100, gained_high));
}

static void publish(const struct result *result, struct score *node)
{
	double gained = node->parts[SCORE_NOW_OF_BOTH].value - node->parts[SCORE_BEFORE_OF_BOTH].value;

	node->coverage = score_rounded(node->exact_coverage);
	node->score = score_rounded(node->parts[SCORE_NOW].value);
	node->before = score_rounded(node->parts[SCORE_BEFORE].value);
	node->gained = score_rounded(gained);
	find_ranges(result, node, gained);
}

/* What the children's shares of a node add up to: all weight, or that of the known ones alone; 0: the node has none. */
static double counted_weight(enum job_missing missing, struct score *const *children, uint32_t count,
			     enum score_part part)
{
	double known = 0, total = 0;
	int is_complete = 1;

	for (uint32_t i = 0; i < count; i++) {
		total += children[i]->weight;
		if (estimate_is_known(children[i]->parts[part]))
			known += children[i]->weight;
		else if (children[i]->weight > 0)
			is_complete = 0;
	}
	/* A gain is of what has both sides, whatever the job says of missing data. */
	if (part == SCORE_NOW_OF_BOTH || part == SCORE_BEFORE_OF_BOTH || missing == MISSING_RENORMALISE)
		return known;
	return missing == MISSING_ZERO || is_complete ? total : 0;
}

/* One part of a node from the same part of its children. */
static struct estimate aggregate(const struct result *result, struct score *const *children, uint32_t count,
				 enum score_part part)
{
	int is_geometric = result->aggregation == AGGREGATE_GEOMETRIC;
	double total = counted_weight(result->missing, children, count, part), mean = 0, squares = 0;

	if (!(total > 0))
		return estimate_none;
	/* What is missing and counted is a score of 0: nothing in either mean, since max(0, 1) has the logarithm 0. */
	for (uint32_t i = 0; i < count; i++) {
		struct estimate child = children[i]->parts[part];
		if (estimate_is_known(child))
			mean += children[i]->weight / total * (is_geometric ? log(fmax(child.value, 1)) : child.value);
	}
	if (is_geometric)
		mean = exp(mean);
	for (uint32_t i = 0; i < count; i++) {
		struct estimate child = children[i]->parts[part];
		double slope = children[i]->weight / total * (is_geometric ? mean / fmax(child.value, 1) : 1);
		if (estimate_is_known(child))
			squares += slope * child.se * slope * child.se;
	}
	return (struct estimate){mean, sqrt(squares)};
}

static struct reach aggregate_reach(const struct result *result, struct score *const *children, uint32_t count,
				    enum score_part part, double score)
{
	double total = counted_weight(result->missing, children, count, part);
	struct reach reach = {0};

	for (uint32_t i = 0; i < count && total > 0; i++)
		if (estimate_is_known(children[i]->parts[part]))
			reach_add(&reach, children[i]->weight / total, &children[i]->reaches[part]);
	reach_end(&reach, score, result->aggregation == AGGREGATE_GEOMETRIC);
	return reach;
}

/* Why a node has no score: what all of its children say, if it is the same. */
static const char *common_reason(struct score *const *children, uint32_t count, const char *otherwise)
{
	const char *reason = NULL;

	for (uint32_t i = 0; i < count; i++) {
		if (!children[i]->reason || (reason && strcmp(reason, children[i]->reason) != 0))
			return otherwise;
		reason = children[i]->reason;
	}
	return reason;
}

static void score_node(const struct scorecard *card, uint32_t count, struct score *node)
{
	const struct result *result = card->result;
	struct score *const *children = card->children;
	double weight = 0;

	node->exact_coverage = 0;
	for (uint32_t i = 0; i < count; i++) {
		weight += children[i]->weight;
		node->exact_coverage += children[i]->weight * children[i]->exact_coverage;
	}
	for (int part = 0; part < SCORE_PARTS; part++)
		node->parts[part] = aggregate(result, children, count, (enum score_part)part);
	for (int part = 0; part < SCORE_PARTS && result->ranges == RANGES_CAUTIOUS; part++)
		node->reaches[part] =
			aggregate_reach(result, children, count, (enum score_part)part, node->parts[part].value);
	node->reason = NULL;
	if (!(weight > 0))
		node->reason = score_no_weight;
	else if (!estimate_is_known(node->parts[SCORE_NOW]))
		node->reason =
			common_reason(children, count, result->missing == MISSING_FAIL ? score_incomplete : no_measure);
	else if (score_rounded(node->exact_coverage) < result->min_coverage)
		node->reason = score_no_coverage;
	if (node->reason) {
		node->parts[SCORE_NOW] = estimate_none;
		node->parts[SCORE_NOW_OF_BOTH] = estimate_none;
		node->parts[SCORE_BEFORE_OF_BOTH] = estimate_none;
	}
	publish(result, node);
	/* Missing to its parent in all; the before is only shown. */
	if (score_rounded(node->exact_coverage) < result->min_coverage)
		node->parts[SCORE_BEFORE] = estimate_none;
}

/* ---- a measure ---- */

int score_is_daily(const struct result_measure *measure)
{
	if (measure->table->kind == CRMVAL_SUM_OF)
		return measure->basis != CRMVAL_VALUE;
	return measure->basis == CRMVAL_GROWTH && (measure->table->flags & CRMVAL_DAILY);
}

/* What a range rests on: sums, or what the job states. */
static struct reach_window reach_window(const struct scored_window *window, double days)
{
	return (struct reach_window){window->moments, window->is_counted ? NAN : window->value.value, days};
}

static void reach_parts(const struct result *result, const struct result_measure *measure, struct scored_measure *out)
{
	const struct estimate *parts = out->score.parts;
	struct reach *reaches = out->score.reaches;
	int is_daily = score_is_daily(measure);
	int is_geometric = result->aggregation == AGGREGATE_GEOMETRIC;
	const struct reach_window windows[] = {
		reach_window(&out->period, is_daily ? window_days(&result->period) : 1),
		reach_window(&out->baseline, is_daily ? window_days(&result->baseline) : 1)};

	/* The before of growth and change is that of no growth and no change, which is certain. */
	memset(reaches, 0, sizeof out->score.reaches);
	reaches[SCORE_BEFORE] = reach_of_certain(parts[SCORE_BEFORE].value);
	if (estimate_is_known(parts[SCORE_NOW]))
		reaches[SCORE_NOW] = measure->basis == CRMVAL_VALUE
					     ? reach_of_value(measure, &windows[0], &windows[1], parts[SCORE_NOW].value,
							      is_geometric)
					     : reach_of_move(measure, windows, parts[SCORE_NOW].value, is_geometric);
	if (estimate_is_known(parts[SCORE_BEFORE]) && measure->basis == CRMVAL_VALUE)
		reaches[SCORE_BEFORE] =
			reach_of_value(measure, &windows[1], &windows[0], parts[SCORE_BEFORE].value, is_geometric);
	reaches[SCORE_NOW_OF_BOTH] = reaches[SCORE_NOW];
	reaches[SCORE_BEFORE_OF_BOTH] = reaches[SCORE_BEFORE];
}

static struct estimate scaled(const struct result_measure *measure, struct estimate basis)
{
	if (!estimate_is_known(basis) || measure->scale_count == 0)
		return estimate_none;
	return (struct estimate){scale_score(measure->scale, measure->scale_count, basis.value),
				 scale_error(measure->scale, measure->scale_count, basis.value, basis.se)};
}

static void count_window(struct scorecard *card, uint32_t place, int window, int breakdown, uint32_t unit,
			 struct scored_window *out)
{
	const struct result *result = card->result;
	const struct result_measure *measure = &result->measures[place];
	struct whole_moments whole;
	struct moments moments = {0};

	*out = (struct scored_window){.numerator = NAN, .denominator = NAN, .value = estimate_none};
	if (measure->failed || measure->no_data[window])
		return;
	if (result->whole && result->whole(result, place, window, breakdown, unit, &whole)) {
		out->is_counted = 1;
		out->rows = whole.rows;
		out->numerator = (double)whole.n;
		if (measure->table->kind == CRMVAL_RATIO)
			out->denominator = (double)whole.d;
		out->value = estimate_whole(measure->table, &whole);
		if (result->ranges == RANGES_CAUTIOUS)
			out->moments = moments_of_whole(&whole);
		return;
	}
	result->moments(result, place, window, breakdown, unit, &moments);
	out->is_counted = 1;
	out->rows = moments.rows;
	out->numerator = (double)moments.n;
	if (measure->table->kind == CRMVAL_RATIO)
		out->denominator = (double)moments.d;
	out->value = estimate_value(measure->table, &moments);
	if (result->ranges == RANGES_CAUTIOUS)
		out->moments = moments;
}

static void find_baseline(struct scorecard *card, uint32_t place, int breakdown, uint32_t unit,
			  struct scored_measure *out)
{
	const struct result *result = card->result;
	const struct result_measure *measure = &result->measures[place];

	out->has_baseline = 1;
	out->baseline = (struct scored_window){.numerator = NAN, .denominator = NAN, .value = estimate_none};
	if (breakdown < 0 && !isnan(measure->stated_baseline))
		out->baseline.value = (struct estimate){measure->stated_baseline, 0};
	else if (result->has_baseline && !(measure->table->flags & CRMVAL_STATE))
		count_window(card, place, 1, breakdown, unit, &out->baseline);
	else
		out->has_baseline = 0;
}

static struct estimate find_basis(const struct result *result, const struct result_measure *measure,
				  const struct scored_measure *scored)
{
	struct estimate value = scored->period.value, baseline = scored->baseline.value;

	if (measure->basis == CRMVAL_VALUE)
		return value;
	if (score_is_daily(measure)) {
		/* A total that the job states without a window is over nobody knows how many days. */
		if (!result->has_baseline)
			return estimate_none;
		value.value /= window_days(&result->period);
		value.se /= window_days(&result->period);
		baseline.value /= window_days(&result->baseline);
		baseline.se /= window_days(&result->baseline);
	}
	return measure->basis == CRMVAL_GROWTH ? estimate_growth(value, baseline) : estimate_change(value, baseline);
}

static const char *value_reason(const struct result_measure *measure, const struct scored_window *period)
{
	if (measure->no_data[0])
		return measure->no_data[0];
	if (period->rows == 0)
		return N_("no applicable row");
	return period->denominator > 0 ? N_("the value is too large for a number")
				       : N_("the denominators do not add up to more than 0");
}

static void score_measure(struct scorecard *card, uint32_t place, int breakdown, uint32_t unit,
			  struct scored_measure *out)
{
	const struct result *result = card->result;
	const struct result_measure *measure = &result->measures[place];
	struct estimate *parts = out->score.parts, basis = estimate_none;
	const char *reason = NULL;

	count_window(card, place, 0, breakdown, unit, &out->period);
	find_baseline(card, place, breakdown, unit, out);
	if (measure->failed)
		reason = measure->failed;
	else if (!estimate_is_known(out->period.value))
		reason = value_reason(measure, &out->period);
	else if (basis = find_basis(result, measure, out), !estimate_is_known(basis))
		reason = N_("no baseline");
	else if (measure->scale_count == 0)
		reason = N_("no scale");
	out->status = measure->failed ? MEASURE_FAILED : reason ? MEASURE_NO_DATA : MEASURE_OK;
	out->basis_value = basis.value;
	parts[SCORE_NOW] = scaled(measure, basis);
	parts[SCORE_BEFORE] = estimate_none;
	if (measure->basis == CRMVAL_VALUE && !measure->failed)
		parts[SCORE_BEFORE] = scaled(measure, out->baseline.value);
	else if (!reason)
		parts[SCORE_BEFORE] = scaled(measure, (struct estimate){0, 0});
	int has_both = estimate_is_known(parts[SCORE_NOW]) && estimate_is_known(parts[SCORE_BEFORE]);
	parts[SCORE_NOW_OF_BOTH] = has_both ? parts[SCORE_NOW] : estimate_none;
	parts[SCORE_BEFORE_OF_BOTH] = has_both ? parts[SCORE_BEFORE] : estimate_none;
	out->score.reason = reason;
	out->score.exact_coverage = out->status == MEASURE_OK;
	if (result->ranges == RANGES_CAUTIOUS)
		reach_parts(result, measure, out);
	publish(result, &out->score);
}

/* ---- a scope ---- */

int score_scope(struct scorecard *card, int breakdown, uint32_t unit, struct crmval_error *error)
{
	const struct result *result = card->result;

	for (uint32_t i = 0; i < result->measure_count; i++)
		score_measure(card, i, breakdown, unit, &card->measures[i]);
	for (uint32_t d = 0; d < result->dimension_count; d++) {
		struct score *indicators = card->indicators + card->first_indicator[d];
		uint32_t count = result->dimensions[d].table->indicator_count;
		for (uint32_t i = 0; i < count; i++)
			score_node(card, list_measures(card, d, i), &indicators[i]);
		score_node(card, list_nodes(card, indicators, count), &card->dimensions[d]);
	}
	score_node(card, list_nodes(card, card->dimensions, result->dimension_count), &card->overall);
	if (breakdown < 0 && result->missing == MISSING_FAIL)
		return missing_refuse(card, error);
	return CRMVAL_OK;
}
