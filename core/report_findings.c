/* SPDX-License-Identifier: MIT */
/* The parts of the text report that say what to make of it: what is good, what to do next, what is missing and why. */
#include "report_findings.h"

#include <string.h>

enum { FINDINGS = 3, ITEM_INDENT = 12, TEXT_INDENT = 4 };

void report_heading(struct screen *screen, const char *title)
{
	screen_newline(screen);
	screen->indent = 0;
	screen_flow(screen, TONE_BOLD, title);
	screen_newline(screen);
}

static void start_item(struct screen *screen, int column, int indent)
{
	screen_left(screen, TONE_PLAIN, "", column);
	screen->indent = indent;
}

/* ---- findings ---- */

/* An indicator and what it is ranked by. */
struct finding {
	uint32_t dimension, indicator;
	double rank;
};

static const struct score *finding_score(const struct scorecard *card, const struct finding *finding)
{
	return &card->indicators[card->first_indicator[finding->dimension] + finding->indicator];
}

static const char *finding_title(const struct scorecard *card, const struct finding *finding)
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

/* The indicators that rank highest, best first; NaN: does not rank at all.  Returns how many. */
static int find(const struct scorecard *card, double (*rank)(const struct scorecard *, uint32_t, uint32_t),
		struct finding findings[FINDINGS])
{
	int count = 0;

	for (uint32_t d = 0; d < card->result->dimension_count; d++) {
		for (uint32_t i = 0; i < card->result->dimensions[d].table->indicator_count; i++) {
			struct finding finding = {d, i, rank(card, d, i)};
			int place = count;
			if (isnan(finding.rank))
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

static void write_list(struct screen *screen, const struct scorecard *card, const char *label, enum tone tone,
		       int is_gain, double (*rank)(const struct scorecard *, uint32_t, uint32_t))
{
	struct finding findings[FINDINGS];
	int count = find(card, rank, findings);
	char points[SCREEN_POINTS_SIZE];

	if (count == 0)
		return;
	start_item(screen, 2, ITEM_INDENT);
	screen_left(screen, TONE_PLAIN, label, ITEM_INDENT - 2);
	for (int f = 0; f < count; f++) {
		const struct score *score = finding_score(card, &findings[f]);
		screen_flow_format(screen, TONE_PLAIN, "%s ", finding_title(card, &findings[f]));
		screen_flow_format(screen, tone, "%s",
				   screen_points_text(is_gain ? score->gained : score->score, is_gain, points));
		screen_flow(screen, TONE_PLAIN, f + 1 < count ? ", " : "");
	}
	screen_newline(screen);
}

void report_value_text(const struct result *result, const struct crmval_measure *table, double value, char text[80])
{
	char count[SCREEN_COUNT_SIZE];

	if (strcmp(table->unit, "share") == 0)
		snprintf(text, 80, "%.1f%%", 100 * value);
	else if (strcmp(table->unit, "money") == 0)
		snprintf(text, 80, "%s%s%.10s", screen_count_text(value, count), result->currency ? " " : "",
			 result->currency ? result->currency : "");
	else if (strcmp(table->unit, "count") == 0)
		snprintf(text, 80, "%s", screen_count_text(value, count));
	else
		snprintf(text, 80, "%.4g", value);
}

static void write_cause(struct screen *screen, const struct result *result, uint32_t place,
			const struct scored_measure *scored)
{
	const struct crmval_measure *table = result->measures[place].table;
	char value[80], rows[SCREEN_COUNT_SIZE], points[SCREEN_POINTS_SIZE];

	report_value_text(result, table, scored->period.value.value, value);
	start_item(screen, 5, 7);
	screen_flow_format(screen, TONE_PLAIN, "%s ", table->title);
	screen_flow(screen, TONE_BOLD, screen_points_text(scored->score.score, 0, points));
	screen_flow_format(screen, TONE_DIM, " (%s", value);
	if (estimate_is_known(scored->baseline.value)) {
		report_value_text(result, table, scored->baseline.value.value, value);
		screen_flow_format(screen, TONE_DIM, ", was %s", value);
	}
	screen_flow_format(screen, TONE_DIM, ", rows %s)", screen_count_text((double)scored->period.rows, rows));
	screen_newline(screen);
}

/* The measures that hold an indicator down, the worst first. */
static void write_causes(struct screen *screen, const struct scorecard *card, const struct finding *finding)
{
	const struct result *result = card->result;
	double last_score = -1;
	uint32_t last = 0;

	for (int shown = 0; shown < FINDINGS; shown++) {
		uint32_t worst = result->measure_count;
		for (uint32_t m = 0; m < result->measure_count; m++) {
			const struct result_measure *measure = &result->measures[m];
			const struct score *score = &card->measures[m].score;
			int is_its =
				measure->dimension == finding->dimension && measure->indicator == finding->indicator;
			int is_next = score->score > last_score || (score->score == last_score && m > last);
			if (is_its && is_next && score->weight > 0 && score->score < 100 &&
			    (worst == result->measure_count || score->score < card->measures[worst].score.score))
				worst = m;
		}
		if (worst == result->measure_count)
			return;
		write_cause(screen, result, worst, &card->measures[worst]);
		last_score = card->measures[worst].score.score;
		last = worst;
	}
}

void report_findings(struct screen *screen, const struct scorecard *card)
{
	struct finding findings[FINDINGS];
	int count = find(card, rank_lift, findings);

	if (card->overall.reason)
		return;
	report_heading(screen, "What stands out");
	write_list(screen, card, "strong", TONE_GOOD, 0, rank_score);
	write_list(screen, card, "gained", TONE_GOOD, 1, rank_gain);
	write_list(screen, card, "lost", TONE_BAD, 1, rank_loss);
	if (count == 0)
		return;
	report_heading(screen, "What would raise the score most");
	for (int f = 0; f < count; f++) {
		char now[SCREEN_POINTS_SIZE], points[SCREEN_POINTS_SIZE];
		start_item(screen, 2, TEXT_INDENT + 1);
		screen_flow_format(screen, TONE_BOLD, "%d. %s ", f + 1, finding_title(card, &findings[f]));
		screen_flow_format(screen, TONE_PLAIN, "stands at %s; ",
				   screen_points_text(finding_score(card, &findings[f])->score, 0, now));
		screen_flow_format(screen, TONE_PLAIN, "at 100 it would bring %s points overall",
				   screen_points_text(findings[f].rank, 1, points));
		screen_newline(screen);
		write_causes(screen, card, &findings[f]);
	}
}

/* ---- missing ---- */

/* How much of the total weight a measure carries, all the way down. */
static double total_weight(const struct scorecard *card, uint32_t place)
{
	const struct result_measure *measure = &card->result->measures[place];

	return card->dimensions[measure->dimension].weight *
	       card->indicators[card->first_indicator[measure->dimension] + measure->indicator].weight *
	       card->measures[place].score.weight;
}

/* What one item of the list is for: one reason, and of failures one dimension. */
static int is_same(const struct scorecard *card, uint32_t one, uint32_t other)
{
	const struct scored_measure *a = &card->measures[one], *b = &card->measures[other];
	const struct result_measure *measures = card->result->measures;

	if (a->status == MEASURE_OK || a->status != b->status || strcmp(a->score.reason, b->score.reason) != 0)
		return 0;
	return a->status == MEASURE_NO_DATA || measures[one].dimension == measures[other].dimension;
}

static void write_failed(struct screen *screen, const struct scorecard *card, uint32_t first, double weight)
{
	const struct result *result = card->result;

	screen_flow_format(screen, TONE_BAD,
			   "%s failed: ", result->dimensions[result->measures[first].dimension].table->title);
	screen_flow(screen, TONE_PLAIN, card->measures[first].score.reason);
	screen_flow_format(screen, TONE_DIM, " (%.1f%% of the weight)", 100 * weight);
}

static void write_no_data(struct screen *screen, const struct scorecard *card, uint32_t first, double weight)
{
	const struct result *result = card->result;

	screen_flow(screen, TONE_BOLD, card->measures[first].score.reason);
	screen_flow_format(screen, TONE_DIM, " (%.1f%% of the weight)", 100 * weight);
	for (uint32_t m = first; m < result->measure_count; m++) {
		if (!is_same(card, first, m))
			continue;
		screen_flow_format(screen, TONE_PLAIN, "%s%s", m == first ? ": " : ", ",
				   result->measures[m].table->title);
		/* Why there is no baseline is known only where the plugin said so. */
		if (estimate_is_known(card->measures[m].period.value) && result->measures[m].no_data[1])
			screen_flow_format(screen, TONE_DIM, " (%s)", result->measures[m].no_data[1]);
	}
}

static uint32_t first_same(const struct scorecard *card, uint32_t place)
{
	uint32_t first = 0;

	while (!is_same(card, first, place))
		first++;
	return first;
}

static void write_status(struct screen *screen, const struct scorecard *card, enum measure_status status)
{
	uint32_t count = card->result->measure_count;

	for (uint32_t m = 0; m < count; m++) {
		double weight = 0;
		if (card->measures[m].status != status || first_same(card, m) < m)
			continue;
		for (uint32_t other = m; other < count; other++)
			if (is_same(card, m, other))
				weight += total_weight(card, other);
		start_item(screen, 2, TEXT_INDENT);
		if (status == MEASURE_FAILED)
			write_failed(screen, card, m, weight);
		else
			write_no_data(screen, card, m, weight);
		screen_newline(screen);
	}
}

void report_missing(struct screen *screen, const struct scorecard *card)
{
	uint32_t missing = 0;

	for (uint32_t m = 0; m < card->result->measure_count; m++)
		missing += card->measures[m].status != MEASURE_OK;
	if (missing == 0)
		return;
	report_heading(screen, "Not scored");
	write_status(screen, card, MEASURE_FAILED);
	write_status(screen, card, MEASURE_NO_DATA);
}

/* ---- data ---- */

static void write_counts(struct screen *screen, const char *what, uint64_t count)
{
	char text[SCREEN_COUNT_SIZE];

	if (count > 0)
		screen_flow_format(screen, TONE_PLAIN, ", %s %s", screen_count_text((double)count, text), what);
}

static int has_trouble(const struct result_entity *entity)
{
	return entity->rejected || entity->duplicates || entity->field_count || entity->skipped_count;
}

static void write_entity(struct screen *screen, const struct result_entity *entity)
{
	char text[SCREEN_COUNT_SIZE];

	start_item(screen, 2, TEXT_INDENT);
	screen_flow_format(screen, TONE_BOLD, "%s", entity->entity);
	screen_flow_format(screen, TONE_PLAIN, ": %s row%s", screen_count_text((double)entity->rows, text),
			   entity->rows == 1 ? "" : "s");
	write_counts(screen, "rejected", entity->rejected);
	write_counts(screen, entity->duplicates == 1 ? "duplicate" : "duplicates", entity->duplicates);
	for (uint32_t i = 0; i < entity->field_count; i++) {
		const struct result_field_count *field = &entity->fields[i];
		if (field->dangling > 0)
			screen_flow_format(screen, TONE_PLAIN, ", %s dangling %s",
					   screen_count_text((double)field->dangling, text), field->field);
		if (field->unreadable > 0)
			screen_flow_format(screen, TONE_PLAIN, ", %s unreadable %s",
					   screen_count_text((double)field->unreadable, text), field->field);
	}
	for (uint32_t i = 0; i < entity->skipped_count; i++)
		screen_flow_format(screen, TONE_PLAIN, ", passed over: %s %s",
				   screen_count_text((double)entity->skipped[i].count, text), entity->skipped[i].what);
	screen_newline(screen);
	for (uint32_t i = 0; i < entity->example_count; i++) {
		start_item(screen, TEXT_INDENT, TEXT_INDENT + 2);
		screen_flow(screen, TONE_DIM, entity->examples[i]);
		screen_newline(screen);
	}
}

void report_data(struct screen *screen, const struct result *result)
{
	double rows = 0;
	uint32_t mapped = 0, troubled = 0;
	char text[SCREEN_COUNT_SIZE];

	for (uint32_t i = 0; i < result->entity_count; i++) {
		rows += (double)result->entities[i].rows;
		mapped += result->entities[i].source != NULL;
		troubled += has_trouble(&result->entities[i]);
	}
	report_heading(screen, "Data");
	start_item(screen, 2, TEXT_INDENT);
	screen_flow_format(screen, TONE_PLAIN, "%s rows; %u of %u entities mapped%s", screen_count_text(rows, text),
			   mapped, result->entity_count,
			   troubled ? "" : "; nothing rejected, duplicate, dangling or unreadable");
	if (mapped < result->entity_count)
		screen_flow(screen, TONE_PLAIN, "; not mapped: ");
	for (uint32_t i = 0, unmapped = 0; i < result->entity_count; i++)
		if (!result->entities[i].source)
			screen_flow_format(screen, TONE_BOLD, "%s%s", unmapped++ ? ", " : "",
					   result->entities[i].entity);
	screen_newline(screen);
	for (uint32_t i = 0; i < result->entity_count; i++)
		if (has_trouble(&result->entities[i]))
			write_entity(screen, &result->entities[i]);
}
