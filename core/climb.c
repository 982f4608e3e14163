/* SPDX-License-Identifier: MIT */
/* The least sum of squared changes that reaches a target, by the price of a point. */
#include "climb.h"

#include "error.h"
#include "scale.h"
#include "window.h"

#include <stdlib.h>
#include <string.h>

/* A measure on its way: with a relative change r of its value, its basis is at + slope * r. */
struct mover {
	uint32_t measure;
	double at, slope, most; /* r is at most this */
	double weight;          /* in the overall score, all the way down */
	double change;
};

struct way {
	const struct scorecard *card;
	struct mover *movers;
	uint32_t count;
	int is_geometric;
};

/* The share of one of several children in their parent. */
static double share(const struct result *result, double weight, double known)
{
	return result->missing == MISSING_ZERO ? weight : known > 0 ? weight / known : 0;
}

static double weight_of(const struct scorecard *card, uint32_t place)
{
	const struct result *result = card->result;
	const struct result_measure *measure = &result->measures[place];
	const struct score *indicators = card->indicators + card->first_indicator[measure->dimension];
	uint32_t indicator_count =
		card->first_indicator[measure->dimension + 1] - card->first_indicator[measure->dimension];
	double measures = 0, known_indicators = 0, dimensions = 0;
	if (card->measures[place].score.reason || indicators[measure->indicator].reason ||
	    card->dimensions[measure->dimension].reason)
		return 0;
	for (uint32_t m = 0; m < result->measure_count; m++)
		if (result->measures[m].dimension == measure->dimension &&
		    result->measures[m].indicator == measure->indicator && !card->measures[m].score.reason)
			measures += card->measures[m].score.weight;
	for (uint32_t i = 0; i < indicator_count; i++)
		known_indicators += indicators[i].reason ? 0 : indicators[i].weight;
	for (uint32_t d = 0; d < result->dimension_count; d++)
		dimensions += card->dimensions[d].reason ? 0 : card->dimensions[d].weight;
	return share(result, card->measures[place].score.weight, measures) *
	       share(result, indicators[measure->indicator].weight, known_indicators) *
	       share(result, card->dimensions[measure->dimension].weight, dimensions);
}

static int find_mover(const struct scorecard *card, uint32_t place, struct mover *mover)
{
	const struct result *result = card->result;
	const struct result_measure *measure = &result->measures[place];
	const struct scored_measure *scored = &card->measures[place];
	double value = scored->period.value.value;
	int is_lower = measure->table->better == CRMVAL_LOWER;
	*mover = (struct mover){.measure = place, .at = scored->basis_value, .weight = weight_of(card, place)};
	if (!(mover->weight > 0) || scored->status != MEASURE_OK || !(value > 0))
		return 0;
	if (measure->basis == CRMVAL_GROWTH)
		mover->slope = scored->basis_value + 1;
	else if (measure->basis == CRMVAL_CHANGE && measure->table->kind == CRMVAL_SUM_OF)
		mover->slope = value / window_days(&result->period);
	else
		mover->slope = value;
	mover->most = is_lower ? 1 : measure->table->flags & CRMVAL_SHARE ? 1 / value - 1 : INFINITY;
	if (is_lower)
		mover->slope = -mover->slope;
	return mover->slope != 0 && mover->most > 0;
}

static double score_at(const struct way *way, const struct mover *mover, double change)
{
	const struct result_measure *measure = &way->card->result->measures[mover->measure];
	return scale_score(measure->scale, measure->scale_count, mover->at + mover->slope * change);
}

/* What a measure adds to the overall score, or to its logarithm where scores are multiplied. */
static double worth(const struct way *way, const struct mover *mover, double change)
{
	double score = score_at(way, mover, change);
	return mover->weight * (way->is_geometric ? log(fmax(score, 1)) : score);
}

/* The best change on the segment from..to, where the score is a straight line: most of price * worth - change^2 / 2. */
static double best_between(const struct way *way, const struct mover *mover, double price, double from, double to)
{
	double a = score_at(way, mover, from), b = (score_at(way, mover, to) - a) / (to - from), best;
	a -= b * from;
	if (!way->is_geometric)
		best = price * mover->weight * b;
	else if (b > 0)
		best = (-a + sqrt(a * a + 4 * b * b * mover->weight * price)) / (2 * b);
	else
		best = from;
	return best < from ? from : best > to ? to : best;
}

/* Over all segments of the scale that bettering the measure crosses. */
static double best_change(const struct way *way, const struct mover *mover, double price)
{
	const struct result_measure *measure = &way->card->result->measures[mover->measure];
	double from = 0, best = 0, most = price * worth(way, mover, 0);
	for (uint32_t i = 0; i < measure->scale_count; i++) {
		uint32_t p = mover->slope > 0 ? i : measure->scale_count - 1 - i;
		double to = fmin((measure->scale[p].x - mover->at) / mover->slope, mover->most);
		if (!(to > from))
			continue;
		double change = best_between(way, mover, price, from, to);
		double gain = price * worth(way, mover, change) - change * change / 2;
		if (gain > most + 1e-15 * fabs(most)) {
			most = gain;
			best = change;
		}
		from = to;
	}
	return best;
}

/* The overall score after all changes: from what they add to the one that there is. */
static double reached(const struct way *way)
{
	double score = way->card->overall.parts[SCORE_NOW].value, sum = 0;
	for (uint32_t i = 0; i < way->count; i++)
		sum += worth(way, &way->movers[i], way->movers[i].change) - worth(way, &way->movers[i], 0);
	return way->is_geometric ? score * exp(sum) : score + sum;
}

static double climb_at(const struct way *way, double price)
{
	for (uint32_t i = 0; i < way->count; i++)
		way->movers[i].change = best_change(way, &way->movers[i], price);
	return reached(way);
}

static void find_price(const struct way *way, double target)
{
	double low = 0, high = 1e-6;
	while (climb_at(way, high) < target && high < 1e12)
		high *= 4;
	if (reached(way) < target)
		return; /* no way leads there: this one goes furthest */
	for (int i = 0; i < 200 && high - low > 1e-15 * high; i++) {
		double middle = (low + high) / 2;
		if (climb_at(way, middle) < target)
			low = middle;
		else
			high = middle;
	}
	climb_at(way, high);
}

static int by_points(const void *a, const void *b)
{
	const struct climb_step *x = a, *y = b;
	if (x->points != y->points)
		return x->points > y->points ? -1 : 1;
	return x->measure < y->measure ? -1 : 1;
}

static void list_steps(const struct way *way, struct climb *climb)
{
	for (uint32_t i = 0; i < way->count; i++) {
		struct mover *mover = &way->movers[i];
		int is_lower = mover->slope < 0;
		double change = mover->change, value = way->card->measures[mover->measure].period.value.value;
		if (!(change > 1e-9))
			continue;
		climb->steps[climb->count] = (struct climb_step){
			.measure = mover->measure,
			.change = is_lower ? -change : change,
			.value = value,
			.value_to = value * (1 + (is_lower ? -change : change)),
			.score = score_at(way, mover, 0),
			.score_to = score_at(way, mover, change),
		};
		double added = worth(way, mover, change) - worth(way, mover, 0);
		climb->steps[climb->count++].points = way->is_geometric ? climb->score * (exp(added) - 1) : added;
	}
	qsort(climb->steps, climb->count, sizeof *climb->steps, by_points);
}

int climb_find(const struct scorecard *card, double target, struct climb *climb, struct crmval_error *error)
{
	const struct result *result = card->result;
	struct way way = {.card = card, .is_geometric = result->aggregation == AGGREGATE_GEOMETRIC};
	double score = card->overall.parts[SCORE_NOW].value;
	*climb = (struct climb){.target = target, .score = score, .reached = score};
	if (!(score < target))
		return CRMVAL_OK;
	way.movers = calloc((size_t)result->measure_count + 1, sizeof *way.movers);
	climb->steps = calloc((size_t)result->measure_count + 1, sizeof *climb->steps);
	if (!way.movers || !climb->steps) {
		free(way.movers);
		climb_free(climb);
		return fail_memory(error);
	}
	for (uint32_t m = 0; m < result->measure_count; m++)
		way.count += (uint32_t)find_mover(card, m, &way.movers[way.count]);
	find_price(&way, target);
	climb->reached = reached(&way);
	list_steps(&way, climb);
	free(way.movers);
	return CRMVAL_OK;
}

void climb_free(struct climb *climb)
{
	free(climb->steps);
	climb->steps = NULL;
}
