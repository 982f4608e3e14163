/* SPDX-License-Identifier: MIT */
/* Scores under weights at random: draw by draw, each a function of the seed and its number alone. */
#include "sensitivity.h"

#include "dirichlet.h"
#include "error.h"
#include "parallel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Ranks that are kept: of every unit in every draw. */
#define RANKS_MOST (UINT64_C(1) << 28)

/* A unit's score in a draw. */
struct scored {
	double score;
	uint32_t unit;
};

/* What the threads share. */
struct trial {
	struct sensitivity *sensitivity;
	const double *company; /* its measures' scores */
	double *overalls;      /* by draw */
	const double *units;   /* the measures' scores of each unit */
	uint32_t unit_count;
	uint32_t *ranks;     /* by unit, then by draw; 0: no score */
	struct scored *room; /* of each thread, one per unit */
	double *weights;     /* of each thread */
};

static void draw_weights(const struct sensitivity *sensitivity, uint64_t draw, double *weights)
{
	const struct weighing *weighing = &sensitivity->weighing;
	for (uint32_t f = 0; f < weighing->family_count; f++) {
		const struct weighing_family *family = &weighing->families[f];
		dirichlet_draw(sensitivity->settings.seed, draw, family->first, weighing->weights + family->first,
			       family->count, sensitivity->settings.concentration, weights + family->first);
	}
}

/* Highest first, what has none last; of equals in the order of the units. */
static int by_score(const void *a, const void *b)
{
	const struct scored *x = a, *y = b;
	if (isnan(x->score) != isnan(y->score))
		return isnan(x->score) ? 1 : -1;
	if (!isnan(x->score) && x->score != y->score)
		return x->score > y->score ? -1 : 1;
	return x->unit < y->unit ? -1 : 1;
}

/* Scores all units and sorts them; returns how many have a score. */
static uint32_t sort_units(const struct trial *trial, const double *weights, struct scored *room)
{
	const struct weighing *weighing = &trial->sensitivity->weighing;
	uint32_t measures = weighing->result->measure_count, rated = 0;
	for (uint32_t u = 0; u < trial->unit_count; u++) {
		double score = weighing_score(weighing, weights, trial->units + (size_t)u * measures, NULL);
		room[u] = (struct scored){score, u};
		rated += !isnan(score);
	}
	qsort(room, trial->unit_count, sizeof *room, by_score);
	return rated;
}

static int run_draw(void *context, unsigned thread, uint64_t draw, struct crmval_error *error)
{
	const struct trial *trial = context;
	const struct weighing *weighing = &trial->sensitivity->weighing;
	double *weights = trial->weights + (size_t)thread * weighing->weight_count;
	struct scored *room = trial->room + (size_t)thread * trial->unit_count;
	uint64_t draws = trial->sensitivity->settings.draws;
	(void)error;
	draw_weights(trial->sensitivity, draw, weights);
	if (trial->overalls)
		trial->overalls[draw] = weighing_score(weighing, weights, trial->company, NULL);
	uint32_t rated = sort_units(trial, weights, room), rank = 0;
	for (uint32_t place = 0; place < trial->unit_count; place++) {
		if (place == 0 || room[place].score != room[place - 1].score)
			rank = place + 1;
		trial->ranks[room[place].unit * draws + draw] = place < rated ? rank : 0;
	}
	return CRMVAL_OK;
}

static int run_draws(struct trial *trial, struct crmval_error *error)
{
	const struct sensitivity_settings *settings = &trial->sensitivity->settings;
	if (trial->unit_count * settings->draws > RANKS_MOST)
		return fail(error, CRMVAL_ENOMEM,
			    "%u units in %llu draws have more ranks than fit; take at most --draws %llu",
			    trial->unit_count, (unsigned long long)settings->draws,
			    (unsigned long long)(RANKS_MOST / trial->unit_count));
	trial->room = calloc((size_t)settings->threads * trial->unit_count + 1, sizeof *trial->room);
	trial->weights = calloc((size_t)settings->threads * trial->sensitivity->weighing.weight_count + 1,
				sizeof *trial->weights);
	trial->ranks = calloc((size_t)trial->unit_count * settings->draws + 1, sizeof *trial->ranks);
	int code = trial->room && trial->weights && trial->ranks
			   ? parallel_run(settings->threads, settings->draws, run_draw, trial, error)
			   : fail_memory(error);
	free(trial->room);
	free(trial->weights);
	return code;
}

/* ---- what comes of them ---- */

/* The place of a quantile among so many sorted values: the least at or below which there is that share of them. */
static size_t quantile(double share, size_t count)
{
	size_t place = (size_t)ceil(share * (double)count);
	return place > 0 ? place - 1 : 0;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static void take_overalls(struct sensitivity *sensitivity, double *overalls)
{
	size_t rated = 0;
	for (uint64_t i = 0; i < sensitivity->settings.draws; i++)
		if (!isnan(overalls[i]))
			overalls[rated++] = overalls[i];
	qsort(overalls, rated, sizeof *overalls, by_value);
	sensitivity->rated = rated;
	sensitivity->low = rated ? overalls[quantile(0.025, rated)] : NAN;
	sensitivity->median = rated ? overalls[quantile(0.5, rated)] : NAN;
	sensitivity->high = rated ? overalls[quantile(0.975, rated)] : NAN;
}

static int by_rank(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return (x > y) - (x < y);
}

static void take_ranks(struct ranked *ranked, uint32_t *ranks, uint64_t draws)
{
	size_t rated = 0, firsts = 0;
	for (uint64_t i = 0; i < draws; i++) {
		firsts += ranks[i] == 1;
		if (ranks[i] > 0)
			ranks[rated++] = ranks[i];
	}
	ranked->first = (double)firsts / (double)draws;
	if (rated == 0)
		return;
	qsort(ranks, rated, sizeof *ranks, by_rank);
	ranked->rank_low = ranks[quantile(0.025, rated)];
	ranked->rank_median = ranks[quantile(0.5, rated)];
	ranked->rank_high = ranks[quantile(0.975, rated)];
}

static int take_swap(struct sensitivity *sensitivity, const double *ahead, const double *behind, struct ranked *ranked,
		     struct crmval_error *error)
{
	const struct result *result = sensitivity->result;
	const struct weighing *weighing = &sensitivity->weighing;
	double *weights = calloc((size_t)weighing->dimension_count + 1, sizeof *weights);
	if (!weights)
		return fail_memory(error);
	ranked->swap = swap_find(result->aggregation, result->missing, weighing->weights, ahead, behind,
				 weighing->dimension_count, weights);
	if (isnan(ranked->swap.moved))
		free(weights);
	else
		ranked->weights = weights;
	return CRMVAL_OK;
}

/* The units by their score under the given weights, and what the draws made of their ranks. */
static int take_units(struct trial *trial, int b, struct crmval_error *error)
{
	struct sensitivity *sensitivity = trial->sensitivity;
	const struct weighing *weighing = &sensitivity->weighing;
	uint32_t dimensions = weighing->dimension_count, measures = weighing->result->measure_count, rank = 0;
	struct scored *room = calloc((size_t)trial->unit_count + 1, sizeof *room);
	struct ranked *list = calloc((size_t)trial->unit_count + 1, sizeof *list);
	double *scores = calloc(2 * (size_t)dimensions + 1, sizeof *scores), *ahead = scores;
	sensitivity->ranked[b] = list;
	int code = room && list && scores ? CRMVAL_OK : fail_memory(error);
	uint32_t rated = code == CRMVAL_OK ? sort_units(trial, weighing->weights, room) : 0;
	for (uint32_t i = 0; i < rated && code == CRMVAL_OK; i++) {
		double *own = scores + (i % 2) * dimensions;
		if (i == 0 || room[i].score != room[i - 1].score)
			rank = i + 1;
		list[i] = (struct ranked){.unit = room[i].unit, .score = room[i].score, .rank = rank, .swap = {NAN, 1}};
		take_ranks(&list[i], trial->ranks + room[i].unit * sensitivity->settings.draws,
			   sensitivity->settings.draws);
		weighing_score(weighing, weighing->weights, trial->units + (size_t)room[i].unit * measures, own);
		if (i > 0)
			code = take_swap(sensitivity, ahead, own, &list[i - 1], error);
		ahead = own;
		sensitivity->counts[b]++;
	}
	free(room);
	free(scores);
	return code;
}

/* The measures' scores of each unit, from the tallies: the only time that these are looked at. */
static int read_units(struct trial *trial, struct scorecard *card, int b, double *scores, struct crmval_error *error)
{
	const struct weighing *weighing = &trial->sensitivity->weighing;
	for (uint32_t u = 0; u < trial->unit_count; u++) {
		int code = score_scope(card, b, u, error);
		if (code != CRMVAL_OK)
			return code;
		weighing_take(weighing, card, scores + (size_t)u * weighing->result->measure_count);
	}
	return CRMVAL_OK;
}

static int try_breakdown(struct trial *trial, struct scorecard *card, int b, struct crmval_error *error)
{
	const struct result *result = trial->sensitivity->result;
	trial->unit_count = result->unit_counts[b];
	double *scores = calloc((size_t)trial->unit_count * result->measure_count + 1, sizeof *scores);
	int code = scores ? read_units(trial, card, b, scores, error) : fail_memory(error);
	trial->units = scores;
	trial->ranks = NULL;
	if (code == CRMVAL_OK)
		code = run_draws(trial, error);
	if (code == CRMVAL_OK)
		code = take_units(trial, b, error);
	free(trial->ranks);
	free(scores);
	return code;
}

static int try_company(struct trial *trial, struct scorecard *card, struct crmval_error *error)
{
	struct sensitivity *sensitivity = trial->sensitivity;
	double *scores = calloc((size_t)sensitivity->result->measure_count + 1, sizeof *scores);
	trial->overalls = calloc(sensitivity->settings.draws, sizeof *trial->overalls);
	int code = scores && trial->overalls ? score_scope(card, -1, 0, error) : fail_memory(error);
	if (code == CRMVAL_OK) {
		weighing_take(&sensitivity->weighing, card, scores);
		trial->company = scores;
		sensitivity->score =
			weighing_score(&sensitivity->weighing, sensitivity->weighing.weights, scores, NULL);
		code = run_draws(trial, error);
	}
	if (code == CRMVAL_OK)
		take_overalls(sensitivity, trial->overalls);
	free(trial->ranks);
	free(trial->overalls);
	free(scores);
	trial->overalls = NULL;
	return code;
}

int sensitivity_open(struct sensitivity *sensitivity, const struct result *result,
		     const struct sensitivity_settings *settings, struct crmval_error *error)
{
	struct trial trial = {.sensitivity = sensitivity};
	struct scorecard *card = NULL;
	memset(sensitivity, 0, sizeof *sensitivity);
	sensitivity->result = result;
	sensitivity->settings = *settings;
	int code = weighing_open(&sensitivity->weighing, result, error);
	if (code == CRMVAL_OK)
		code = score_new(result, &card, error);
	if (code == CRMVAL_OK)
		code = try_company(&trial, card, error);
	for (int b = 0; b < BREAKDOWN_COUNT && code == CRMVAL_OK; b++)
		if (result->breakdowns[b] && result->unit_counts[b] > 0)
			code = try_breakdown(&trial, card, b, error);
	score_free(card);
	return code;
}

void sensitivity_close(struct sensitivity *sensitivity)
{
	for (int b = 0; b < BREAKDOWN_COUNT; b++) {
		for (uint32_t i = 0; i < sensitivity->counts[b]; i++)
			free(sensitivity->ranked[b][i].weights);
		free(sensitivity->ranked[b]);
	}
	weighing_close(&sensitivity->weighing);
}
