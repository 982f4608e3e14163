/* SPDX-License-Identifier: MIT */
/* The overall score under any weights. */
#include "weighing.h"

#include "error.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A node's score and how much of its weight rests on data. */
struct weighed {
	double score, coverage; /* score NaN: none */
};

/* What the children of a node have added up to so far. */
struct sum_up {
	double mean, known, total, coverage;
	int is_complete;
};

static void add(const struct result *result, struct sum_up *sum, double weight, struct weighed child)
{
	sum->total += weight;
	sum->coverage += weight * child.coverage;
	if (isnan(child.score)) {
		sum->is_complete &= !(weight > 0);
		return;
	}
	sum->known += weight;
	sum->mean += weight * (result->aggregation == AGGREGATE_GEOMETRIC ? log(fmax(child.score, 1)) : child.score);
}

/* As score.c has it: what is missing is left out, counts as 0, or leaves the node without a score. */
static struct weighed node_of(const struct result *result, const struct sum_up *sum)
{
	double counted = result->missing == MISSING_RENORMALISE                ? sum->known
			 : result->missing == MISSING_ZERO || sum->is_complete ? sum->total
									       : 0;
	struct weighed node = {NAN, sum->coverage};
	if (!(counted > 0) || score_rounded(sum->coverage) < result->min_coverage)
		return node;
	node.score = sum->mean / counted;
	if (result->aggregation == AGGREGATE_GEOMETRIC)
		node.score = exp(node.score);
	return node;
}

static const struct sum_up nothing = {.is_complete = 1};

static struct weighed measures_score(const struct weighing *weighing, const struct weighing_family *family,
				     const double *weights, const double *scores)
{
	struct sum_up sum = nothing;
	for (uint32_t i = 0; i < family->count; i++)
		add(weighing->result, &sum, weights[family->first + i], (struct weighed){scores[i], !isnan(scores[i])});
	return node_of(weighing->result, &sum);
}

double weighing_score(const struct weighing *weighing, const double *weights, const double *scores, double *dimensions)
{
	const struct weighing_family *family = &weighing->families[1];
	struct sum_up overall = nothing;
	for (uint32_t d = 0; d < weighing->dimension_count; d++) {
		const struct weighing_family *indicators = family++;
		struct sum_up sum = nothing;
		for (uint32_t i = 0; i < indicators->count; i++, family++) {
			add(weighing->result, &sum, weights[indicators->first + i],
			    measures_score(weighing, family, weights, scores));
			scores += family->count;
		}
		struct weighed dimension = node_of(weighing->result, &sum);
		add(weighing->result, &overall, weights[d], dimension);
		if (dimensions)
			dimensions[d] = dimension.score;
	}
	return score_rounded(node_of(weighing->result, &overall).score);
}

void weighing_take(const struct weighing *weighing, const struct scorecard *card, double *scores)
{
	for (uint32_t i = 0; i < weighing->result->measure_count; i++)
		scores[i] = card->measures[weighing->measures[i]].score.parts[SCORE_NOW].value;
}

/* ---- the families ---- */

static struct weighing_family *add_family(struct weighing *weighing, uint32_t count)
{
	struct weighing_family *family = &weighing->families[weighing->family_count++];
	*family = (struct weighing_family){weighing->weight_count, count};
	weighing->weight_count += count;
	return family;
}

static void lay_out(struct weighing *weighing, const struct scorecard *card)
{
	const struct result *result = weighing->result;
	uint32_t measures = 0;
	add_family(weighing, result->dimension_count);
	for (uint32_t d = 0; d < result->dimension_count; d++)
		weighing->weights[d] = card->dimensions[d].weight;
	for (uint32_t d = 0; d < result->dimension_count; d++) {
		uint32_t count = result->dimensions[d].table->indicator_count;
		const struct score *indicators = card->indicators + card->first_indicator[d];
		const struct weighing_family *family = add_family(weighing, count);
		for (uint32_t i = 0; i < count; i++)
			weighing->weights[family->first + i] = indicators[i].weight;
		for (uint32_t i = 0; i < count; i++) {
			struct weighing_family *children = add_family(weighing, 0);
			for (uint32_t m = 0; m < result->measure_count; m++) {
				if (result->measures[m].dimension != d || result->measures[m].indicator != i)
					continue;
				weighing->measures[measures++] = m;
				weighing->weights[weighing->weight_count++] = card->measures[m].score.weight;
				children->count++;
			}
		}
	}
}

int weighing_open(struct weighing *weighing, const struct result *result, struct crmval_error *error)
{
	struct scorecard *card;
	int code = score_new(result, &card, error);
	*weighing = (struct weighing){.result = result, .dimension_count = result->dimension_count};
	if (code != CRMVAL_OK)
		return code;
	size_t indicators = card->first_indicator[result->dimension_count], dimensions = result->dimension_count;
	weighing->families = calloc(1 + dimensions + indicators, sizeof *weighing->families);
	weighing->measures = calloc((size_t)result->measure_count + 1, sizeof *weighing->measures);
	weighing->weights = calloc(dimensions + indicators + result->measure_count + 1, sizeof *weighing->weights);
	if (!weighing->families || !weighing->measures || !weighing->weights)
		code = fail_memory(error);
	else
		lay_out(weighing, card);
	score_free(card);
	return code;
}

void weighing_close(struct weighing *weighing)
{
	free(weighing->families);
	free(weighing->measures);
	free(weighing->weights);
}
