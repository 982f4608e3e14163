/* SPDX-License-Identifier: MIT */
/* Ranking indicators. */
#include "findings.h"

#include <math.h>
#include <string.h>

const struct score *finding_score(const struct scorecard *card, const struct finding *finding)
{
	return &card->indicators[card->first_indicator[finding->dimension] + finding->indicator];
}

const char *finding_title(const struct scorecard *card, const struct finding *finding)
{
	return card->result->dimensions[finding->dimension].table->indicators[finding->indicator].title;
}

/* The share of a node in its parent's score: where missing ones are left out, the others have more. */
static double share_in_parent(const struct result *result, const struct score *nodes, uint32_t count, uint32_t place)
{
	double known = 0;

	if (result->missing == MISSING_ZERO)
		return nodes[place].weight;
	for (uint32_t i = 0; i < count; i++)
		known += nodes[i].reason ? 0 : nodes[i].weight;
	return known > 0 ? nodes[place].weight / known : 0;
}

/* By how much the overall score would rise if the indicator came to 100. */
static double lift(const struct scorecard *card, uint32_t d, uint32_t i)
{
	const struct result *result = card->result;
	const struct score *indicators = card->indicators + card->first_indicator[d];
	double share = share_in_parent(result, card->dimensions, result->dimension_count, d) *
		       share_in_parent(result, indicators, result->dimensions[d].table->indicator_count, i);

	if (card->dimensions[d].reason)
		return 0;
	if (result->aggregation == AGGREGATE_GEOMETRIC)
		return card->overall.score * (pow(100 / fmax(indicators[i].score, 1), share) - 1);
	return share * (100 - indicators[i].score);
}

static double rank_score(const struct scorecard *card, uint32_t d, uint32_t i)
{
	double score = card->indicators[card->first_indicator[d] + i].score;

	return score > card->overall.score ? score : NAN;
}

static double rank_gain(const struct scorecard *card, uint32_t d, uint32_t i)
{
	const struct score *score = &card->indicators[card->first_indicator[d] + i];

	return score->gained_low > 0 ? score->gained : NAN;
}

static double rank_loss(const struct scorecard *card, uint32_t d, uint32_t i)
{
	const struct score *score = &card->indicators[card->first_indicator[d] + i];

	return score->gained_high < 0 ? -score->gained : NAN;
}

static double rank_lift(const struct scorecard *card, uint32_t d, uint32_t i)
{
	double points = lift(card, d, i);

	return points >= 0.05 ? points : NAN;
}

static double rank_of(const struct scorecard *card, enum finding_kind kind, uint32_t d, uint32_t i)
{
	switch (kind) {
	case FINDING_STRONG:
		return rank_score(card, d, i);
	case FINDING_GAINED:
		return rank_gain(card, d, i);
	case FINDING_LOST:
		return rank_loss(card, d, i);
	default:
		return rank_lift(card, d, i);
	}
}

int findings_find(const struct scorecard *card, enum finding_kind kind, struct finding findings[FINDINGS])
{
	int count = 0;

	for (uint32_t d = 0; d < card->result->dimension_count; d++) {
		for (uint32_t i = 0; i < card->result->dimensions[d].table->indicator_count; i++) {
			struct finding finding = {d, i, rank_of(card, kind, d, i)};
			int place = count;
			if (isnan(finding.rank)) /* does not rank at all */
				continue;
			while (place > 0 && findings[place - 1].rank < finding.rank)
				place--;
			if (place == FINDINGS)
				continue;
			count += count < FINDINGS;
			memmove(findings + place + 1, findings + place, sizeof *findings * (size_t)(count - place - 1));
			findings[place] = finding;
		}
	}
	return count;
}

int finding_next_cause(const struct scorecard *card, const struct finding *finding, int after)
{
	double last = after < 0 ? -1 : card->measures[after].score.score;
	int worst = -1;

	for (uint32_t m = 0; m < card->result->measure_count; m++) {
		const struct result_measure *measure = &card->result->measures[m];
		const struct score *score = &card->measures[m].score;
		int is_its = measure->dimension == finding->dimension && measure->indicator == finding->indicator;
		int is_next = score->score > last || (score->score == last && (int)m > after);
		if (is_its && is_next && score->weight > 0 && score->score < 100 &&
		    (worst < 0 || score->score < card->measures[worst].score.score))
			worst = (int)m;
	}
	return worst;
}
