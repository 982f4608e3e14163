/* SPDX-License-Identifier: MIT */
/* Pairs of results made at random, in which anything may differ that two results can differ in. */
#include "change_case.h"

#include "sample.h"

#include <string.h>

struct random {
	uint64_t state;
};

static uint64_t draw(struct random *random)
{
	/* splitmix64 */
	uint64_t z = random->state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

static uint32_t below(struct random *random, uint32_t count)
{
	return (uint32_t)(draw(random) % count);
}

static int once_in(struct random *random, uint32_t count)
{
	return below(random, count) == 0;
}

static double between(struct random *random, double least, double most)
{
	return least + (most - least) * ((double)(draw(random) >> 11) / 9007199254740992.0);
}

/* ---- one side ---- */

static double draw_weight(struct random *random)
{
	static const double weights[] = {0, 1, 1, 1, 2, 0.3, 5, 1e-6};

	return weights[below(random, sizeof weights / sizeof *weights)];
}

static void draw_scale(struct random *random, struct result_measure *measure, struct crmval_point points[3])
{
	double from = between(random, -1, 1), to = from + between(random, 1e-6, 2);
	int is_rising = !once_in(random, 3);

	points[0] = (struct crmval_point){from, is_rising ? 0 : 100};
	points[1] = (struct crmval_point){(from + to) / 2, between(random, 0, 100)};
	points[2] = (struct crmval_point){to, is_rising ? 100 : 0};
	measure->scale = points;
	measure->scale_count = once_in(random, 20) ? 0 : 3;
}

static struct moments draw_moments(struct random *random, const struct crmval_measure *table)
{
	double rows[6][2], size = once_in(random, 12) ? 1e15 : once_in(random, 12) ? 1e-12 : 10;
	int count = (int)below(random, 7), is_share = table->flags & CRMVAL_SHARE;

	if (once_in(random, 10))
		count = 0;
	for (int i = 0; i < count; i++) {
		rows[i][1] = table->kind == CRMVAL_SUM_OF     ? 0
			     : is_share || once_in(random, 2) ? 1
							      : between(random, once_in(random, 9) ? -1 : 0, size);
		rows[i][0] = is_share             ? below(random, 2)
			     : once_in(random, 4) ? 0
						  : between(random, once_in(random, 9) ? -size : 0, size);
	}
	return sample_rows((const double(*)[2])rows, count);
}

static void draw_measure(struct random *random, struct result_measure *measure, struct crmval_measure *table)
{
	*table = (struct crmval_measure){.title = "A measure", .unit = "ratio"};
	table->kind = once_in(random, 3) ? CRMVAL_SUM_OF : CRMVAL_RATIO;
	table->flags = table->kind == CRMVAL_RATIO && once_in(random, 2) ? CRMVAL_SHARE : 0;
	table->flags |= once_in(random, 4) ? CRMVAL_STATE : 0;
	table->flags |= once_in(random, 5) ? CRMVAL_DAILY : 0;
	*measure = (struct result_measure){.table = table, .weight = draw_weight(random), .stated_baseline = NAN};
	measure->basis = CRMVAL_VALUE + (int)below(random, 3);
}

/* Anything a measure may lack. */
static void draw_lack(struct random *random, struct result_measure *measure)
{
	measure->failed = once_in(random, 30) ? "the plugin hung" : NULL;
	measure->no_data[0] = once_in(random, 15) ? "a field is not mapped" : NULL;
	measure->no_data[1] = once_in(random, 15) ? "a field is not mapped" : NULL;
	measure->stated_baseline = once_in(random, 8) ? between(random, -0.1, 2) : NAN;
}

static void case_moments(const struct result *result, uint32_t measure, int window, int breakdown, uint32_t unit,
			 struct moments *moments)
{
	const struct case_side *side = result->tallies;

	*moments = side->moments[breakdown < 0 ? 0 : 1 + unit][measure][window];
}

static struct crmval_window draw_window(struct random *random, int32_t around)
{
	struct crmval_window window = {around + (int32_t)below(random, 40), 0, 0};

	window.to = window.from + (int32_t)below(random, 60);
	return window;
}

static void draw_job(struct random *random, struct result *result)
{
	result->period = draw_window(random, 20000);
	result->has_baseline = !once_in(random, 8);
	result->baseline = draw_window(random, 19700);
	result->aggregation = once_in(random, 2) ? AGGREGATE_GEOMETRIC : AGGREGATE_ARITHMETIC;
	result->missing = once_in(random, 10) ? MISSING_FAIL : once_in(random, 2) ? MISSING_ZERO : MISSING_RENORMALISE;
	result->min_coverage = once_in(random, 3) ? between(random, 0, 0.8) : 0;
}

/* ---- a whole side, and another that differs from it ---- */

static void add_measures(struct case_side *side, uint32_t d, uint32_t i, uint32_t first, uint32_t kept)
{
	for (uint32_t m = 0; m < CASE_MEASURES; m++) {
		if (!(kept >> m & 1))
			continue;
		struct result_measure *measure = &side->measures[side->result.measure_count];
		uint32_t to = side->result.measure_count++;
		if (to != first + m) {
			*measure = side->measures[first + m];
			side->measure_tables[to] = side->measure_tables[first + m];
			memcpy(side->points[to], side->points[first + m], sizeof side->points[to]);
			for (int scope = 0; scope <= CASE_UNITS; scope++)
				memcpy(side->moments[scope][to], side->moments[scope][first + m],
				       sizeof side->moments[scope][to]);
		}
		measure->table = &side->measure_tables[to];
		measure->scale = side->points[to];
		measure->dimension = d;
		measure->indicator = i;
	}
}

/* What is there of all that could be: mostly all of it. */
static uint32_t draw_kept(struct random *random, int is_whole, uint32_t count)
{
	uint32_t all = (1u << count) - 1;

	return is_whole || !once_in(random, 3) ? all : below(random, all + 1);
}

static void draw_units(struct random *random, struct case_side *side, int is_whole)
{
	static const char *const names[CASE_UNITS] = {"East", "North", "West", "(none)"};
	uint32_t kept = draw_kept(random, is_whole, CASE_UNITS), count = 0;

	for (uint32_t u = 0; u < CASE_UNITS; u++)
		if (kept >> u & 1)
			side->unit_names[count++] = names[u];
	side->result.unit_counts[BREAKDOWN_TEAM] = count;
	side->result.unit_names[BREAKDOWN_TEAM] = side->unit_names;
	side->result.breakdowns[BREAKDOWN_TEAM] = 1;
}

/* The measures stand in their full places; this drops some, and dimensions and indicators too. */
static void finish_side(struct random *random, struct case_side *side, int is_whole)
{
	uint32_t dimensions = draw_kept(random, is_whole, CASE_DIMENSIONS), count = 0;

	side->result.measure_count = 0;
	for (uint32_t d = 0; d < CASE_DIMENSIONS; d++) {
		static const char *const ids[] = {"d0", "d1", "d2", "d3"};
		static const char *const indicator_ids[] = {"i0", "i1", "i2"};
		uint32_t indicators = draw_kept(random, is_whole, CASE_INDICATORS), indicator_count = 0;
		if (!(dimensions >> d & 1))
			continue;
		for (uint32_t i = 0; i < CASE_INDICATORS; i++) {
			if (!(indicators >> i & 1))
				continue;
			side->indicators[count][indicator_count] =
				(struct crmval_indicator){indicator_ids[i], "Indicator"};
			side->indicator_weights[count][indicator_count] = side->indicator_weights[d][i];
			add_measures(side, count, indicator_count, (d * CASE_INDICATORS + i) * CASE_MEASURES,
				     draw_kept(random, is_whole, CASE_MEASURES));
			indicator_count++;
		}
		side->tables[count] = (struct crmval_dimension){.title = "A dimension",
								.indicators = side->indicators[count],
								.indicator_count = indicator_count};
		side->dimensions[count] =
			(struct result_dimension){.id = ids[d],
						  .table = &side->tables[count],
						  .weight = side->dimensions[d].weight,
						  .indicator_weights = side->indicator_weights[count]};
		count++;
	}
	side->result.dimension_count = count;
	side->result.dimensions = side->dimensions;
	side->result.measures = side->measures;
	side->result.moments = case_moments;
	side->result.tallies = side;
	draw_units(random, side, is_whole);
}

static void draw_full(struct random *random, struct case_side *side)
{
	static const char *const ids[] = {"m0", "m1", "m2"};

	side->result.name = "case";
	draw_job(random, &side->result);
	for (uint32_t d = 0; d < CASE_DIMENSIONS; d++) {
		side->dimensions[d].weight = draw_weight(random);
		for (uint32_t i = 0; i < CASE_INDICATORS; i++)
			side->indicator_weights[d][i] = draw_weight(random);
	}
	for (uint32_t m = 0; m < CASE_ALL; m++) {
		draw_measure(random, &side->measures[m], &side->measure_tables[m]);
		side->measure_tables[m].id = ids[m % CASE_MEASURES];
		draw_scale(random, &side->measures[m], side->points[m]);
		draw_lack(random, &side->measures[m]);
		for (int scope = 0; scope <= CASE_UNITS; scope++)
			for (int window = 0; window < 2; window++)
				side->moments[scope][m][window] = draw_moments(random, &side->measure_tables[m]);
	}
}

/* Takes from another draw what is to differ: in `of` one place in so many; 0: nothing. */
static void differ(struct random *random, struct case_side *side, const struct case_side *other, uint32_t of)
{
	for (uint32_t d = 0; d < CASE_DIMENSIONS && of; d++) {
		if (once_in(random, of))
			side->dimensions[d].weight = other->dimensions[d].weight;
		for (uint32_t i = 0; i < CASE_INDICATORS; i++)
			if (once_in(random, of))
				side->indicator_weights[d][i] = other->indicator_weights[d][i];
	}
	for (uint32_t m = 0; m < CASE_ALL && of; m++) {
		if (once_in(random, of))
			side->measures[m].weight = other->measures[m].weight;
		if (once_in(random, of))
			memcpy(side->points[m], other->points[m], sizeof side->points[m]);
		if (once_in(random, 4 * of)) {
			side->measures[m].basis = other->measures[m].basis;
			side->measures[m].scale_count = other->measures[m].scale_count;
		}
		if (once_in(random, 6 * of))
			side->measure_tables[m] = other->measure_tables[m];
		if (once_in(random, of))
			side->measures[m].stated_baseline = other->measures[m].stated_baseline;
		if (once_in(random, of))
			side->measures[m].no_data[0] = other->measures[m].no_data[0];
	}
}

/* All sums, or some. */
static void differ_data(struct random *random, struct case_side *side, const struct case_side *other, uint32_t of)
{
	for (int scope = 0; scope <= CASE_UNITS; scope++)
		for (uint32_t m = 0; m < CASE_ALL; m++)
			for (int window = 0; window < 2; window++)
				if (once_in(random, of))
					side->moments[scope][m][window] = other->moments[scope][m][window];
}

void change_case_make(struct change_case *pair, uint64_t seed)
{
	static struct case_side other;
	struct random random = {seed};
	uint32_t kind = below(&random, 6), of = below(&random, 5);
	int is_whole = once_in(&random, 2);

	memset(pair, 0, sizeof *pair);
	memset(&other, 0, sizeof other);
	draw_full(&random, &pair->sides[0]);
	pair->sides[1] = pair->sides[0];
	draw_full(&random, &other);
	differ(&random, &pair->sides[1], &other, of);
	differ_data(&random, &pair->sides[1], &other, 1 + below(&random, 3));
	if (kind & 1) {
		pair->sides[1].result.period = other.result.period;
		pair->sides[1].result.baseline = other.result.baseline;
	}
	if (kind == 2 || kind == 3)
		pair->sides[1].result.aggregation = other.result.aggregation;
	if (kind == 4 || kind == 3) {
		pair->sides[1].result.missing = other.result.missing;
		pair->sides[1].result.min_coverage = other.result.min_coverage;
		pair->sides[1].result.has_baseline = other.result.has_baseline;
	}
	finish_side(&random, &pair->sides[0], is_whole);
	finish_side(&random, &pair->sides[1], is_whole);
}
