/* SPDX-License-Identifier: MIT */
/* The parts of the text report that say what to make of it: what is good, what to do next, what is missing and why. */
#include "report_findings.h"

#include "findings.h"
#include "text.h"

#include <string.h>

enum { ITEM_INDENT = 12, TEXT_INDENT = 4 };

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

static void write_list(struct screen *screen, const struct scorecard *card, const char *label, enum tone tone,
		       int is_gain, enum finding_kind kind)
{
	struct finding findings[FINDINGS];
	int count = findings_find(card, kind, findings);
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
	int cause = -1;

	for (int shown = 0; shown < FINDINGS; shown++) {
		cause = finding_next_cause(card, finding, cause);
		if (cause < 0)
			return;
		write_cause(screen, card->result, (uint32_t)cause, &card->measures[cause]);
	}
}

void report_findings(struct screen *screen, const struct scorecard *card)
{
	struct finding findings[FINDINGS];
	int count = findings_find(card, FINDING_LIFT, findings);

	if (card->overall.reason)
		return;
	report_heading(screen, _("What stands out"));
	write_list(screen, card, _("strong"), TONE_GOOD, 0, FINDING_STRONG);
	write_list(screen, card, _("gained"), TONE_GOOD, 1, FINDING_GAINED);
	write_list(screen, card, _("lost"), TONE_BAD, 1, FINDING_LOST);
	if (count == 0)
		return;
	report_heading(screen, _("What would raise the score most"));
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
	char reason[TEXT_REASON_SIZE];

	screen_flow(screen, TONE_BOLD, text_reason(card->measures[first].score.reason, reason));
	screen_flow_format(screen, TONE_DIM, " (%.1f%% of the weight)", 100 * weight);
	for (uint32_t m = first; m < result->measure_count; m++) {
		if (!is_same(card, first, m))
			continue;
		screen_flow_format(screen, TONE_PLAIN, "%s%s", m == first ? ": " : ", ",
				   result->measures[m].table->title);
		/* Why there is no baseline is known only where the plugin said so. */
		if (estimate_is_known(card->measures[m].period.value) && result->measures[m].no_data[1])
			screen_flow_format(screen, TONE_DIM, " (%s)",
					   text_reason(result->measures[m].no_data[1], reason));
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
	report_heading(screen, _("Not scored"));
	write_status(screen, card, MEASURE_FAILED);
	write_status(screen, card, MEASURE_NO_DATA);
}

/* ---- data ---- */

static int has_trouble(const struct result_entity *entity)
{
	return entity->rejected || entity->duplicates || entity->field_count || entity->skipped_count;
}

static void write_entity(struct screen *screen, const struct result_entity *entity)
{
	char text[SCREEN_COUNT_SIZE], said[TEXT_REASON_SIZE];

	start_item(screen, 2, TEXT_INDENT);
	screen_flow_format(screen, TONE_BOLD, "%s", entity->entity);
	screen_flow_format(screen, TONE_PLAIN, entity->rows == 1 ? N_(": %s row") : N_(": %s rows"),
			   screen_count_text((double)entity->rows, text));
	if (entity->rejected > 0)
		screen_flow_format(screen, TONE_PLAIN, ", %s rejected",
				   screen_count_text((double)entity->rejected, text));
	if (entity->duplicates > 0)
		screen_flow_format(screen, TONE_PLAIN,
				   entity->duplicates == 1 ? N_(", %s duplicate") : N_(", %s duplicates"),
				   screen_count_text((double)entity->duplicates, text));
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
				   screen_count_text((double)entity->skipped[i].count, text),
				   text_reason(entity->skipped[i].what, said));
	screen_newline(screen);
	for (uint32_t i = 0; i < entity->example_count; i++) {
		start_item(screen, TEXT_INDENT, TEXT_INDENT + 2);
		screen_flow(screen, TONE_DIM, text_reason(entity->examples[i], said));
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
	report_heading(screen, _("Data"));
	start_item(screen, 2, TEXT_INDENT);
	screen_flow_format(screen, TONE_PLAIN, "%s rows; %u of %u entities mapped", screen_count_text(rows, text),
			   mapped, result->entity_count);
	if (!troubled)
		screen_flow(screen, TONE_PLAIN, _("; nothing rejected, duplicate, dangling or unreadable"));
	if (mapped < result->entity_count)
		screen_flow(screen, TONE_PLAIN, _("; not mapped: "));
	for (uint32_t i = 0, unmapped = 0; i < result->entity_count; i++)
		if (!result->entities[i].source)
			screen_flow_format(screen, TONE_BOLD, "%s%s", unmapped++ ? ", " : "",
					   result->entities[i].entity);
	screen_newline(screen);
	for (uint32_t i = 0; i < result->entity_count; i++)
		if (has_trouble(&result->entities[i]))
			write_entity(screen, &result->entities[i]);
}
