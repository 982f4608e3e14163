/* SPDX-License-Identifier: MIT */
/* The result as text for a terminal: the score, where it comes from, what to make of it, how the units do. */
#include "report.h"

#include "alert.h"
#include "error.h"
#include "report_findings.h"
#include "text.h"
#include "unit.h"
#include "window.h"

#include <math.h>
#include <string.h>

enum { UNITS_SHOWN = 10, LOWEST_SHOWN = 3 };

static enum tone score_tone(double score)
{
	return isnan(score) ? TONE_DIM : score < 40 ? TONE_BAD : score < 70 ? TONE_FAIR : TONE_GOOD;
}

/* A gain is green or red only where it is more than chance. */
static enum tone gain_tone(const struct score *score)
{
	return score->gained_low > 0 ? TONE_GOOD : score->gained_high < 0 ? TONE_BAD : TONE_DIM;
}

static int is_chance(const struct score *score)
{
	return score->gained_low <= 0 && score->gained_high >= 0;
}

/* ---- head ---- */

static void write_title(struct screen *screen, const struct result *result)
{
	char from[11], to[11];

	screen_flow_format(screen, TONE_BOLD, "CRM value, %s", result->name);
	screen_newline(screen);
	date_format(result->period.from, from);
	date_format(result->period.to, to);
	screen_flow_format(screen, TONE_PLAIN, "%s to %s", from, to);
	if (result->has_baseline) {
		date_format(result->baseline.from, from);
		date_format(result->baseline.to, to);
		screen_flow_format(screen, TONE_PLAIN, ", compared with %s to %s", from, to);
	} else {
		screen_flow(screen, TONE_PLAIN, _(", without a baseline"));
	}
	screen_newline(screen);
	screen_rule(screen);
}

static void write_overall(struct screen *screen, const struct score *overall)
{
	char points[SCREEN_POINTS_SIZE], low[SCREEN_POINTS_SIZE], high[SCREEN_POINTS_SIZE];
	char reason[TEXT_REASON_SIZE];

	screen_newline(screen);
	screen->indent = 2;
	screen_left(screen, TONE_PLAIN, "", 2);
	if (overall->reason) {
		screen_flow_format(screen, TONE_BOLD, "No score: %s", text_reason(overall->reason, reason));
	} else {
		screen_flow_format(screen, TONE_BOLD, "%s", screen_points_text(overall->score, 0, points));
		screen_flow(screen, TONE_PLAIN, _(" of 100  "));
		screen_left(screen, TONE_PLAIN, "", 3);
		screen_bar(screen, score_tone(overall->score), overall->score / 100,
			   screen->width - screen->column - 2);
	}
	screen_newline(screen);
	screen_left(screen, TONE_PLAIN, "", 2);
	if (!overall->reason)
		screen_flow_format(screen, TONE_PLAIN, "95%% range %s to %s, ",
				   screen_points_text(overall->low, 0, low),
				   screen_points_text(overall->high, 0, high));
	screen_flow_format(screen, TONE_PLAIN, "resting on %.0f%% of the weight", 100 * overall->coverage);
	/* Where a missing before counts as 0, a before without a gain says nothing. */
	if (!isnan(overall->gained))
		screen_flow_format(screen, TONE_PLAIN, "; before %s", screen_points_text(overall->before, 0, points));
	screen_newline(screen);
	if (isnan(overall->gained))
		return;
	screen_left(screen, TONE_PLAIN, "", 2);
	screen_flow_format(screen, gain_tone(overall), "gained %s", screen_points_text(overall->gained, 1, points));
	screen_flow_format(
		screen, TONE_PLAIN,
		is_chance(overall) ? N_(" (95%% range %s to %s, maybe chance)") : N_(" (95%% range %s to %s)"),
		screen_points_text(overall->gained_low, 1, low), screen_points_text(overall->gained_high, 1, high));
	screen_newline(screen);
}

/* ---- alerts ---- */

static void write_alerts(struct screen *screen, const struct result *result)
{
	if (alerts_fired(result) == 0)
		return;
	report_heading(screen, _("Alerts"));
	for (uint32_t i = 0; i < result->alert_count; i++) {
		const struct result_alert *alert = &result->alerts[i];
		if (alert->fired == 0)
			continue;
		screen_left(screen, TONE_PLAIN, "", 2);
		screen->indent = 4;
		screen_flow(screen, alert->is_critical ? TONE_BAD : TONE_FAIR, alert->message);
		if (alert->fired > 1)
			screen_flow_format(screen, TONE_PLAIN, ", and %u more like it", alert->fired - 1);
		screen_flow_format(screen, TONE_DIM, "  (%s)", alert->rule);
		screen_newline(screen);
	}
}

/* ---- where it comes from ---- */

struct columns {
	int title, bar; /* what a wider screen widens; the figures take 39 */
};

static void write_row(struct screen *screen, const struct columns *columns, enum tone tone, const char *lead,
		      const char *title, const struct score *score)
{
	char range[2 * SCREEN_POINTS_SIZE + 8], coverage[32];

	screen_left(screen, tone, lead, screen_text_width(lead));
	screen_left(screen, tone, title, columns->title - screen_text_width(lead));
	screen_left(screen, TONE_PLAIN, "", 2);
	screen_bar(screen, score_tone(score->score), score->score / 100, columns->bar);
	screen_points(screen, tone, score->score, 0, 7);
	if (isnan(score->score))
		snprintf(range, sizeof range, "–");
	else
		snprintf(range, sizeof range, "%5.1f–%5.1f", score->low, score->high);
	screen_right(screen, TONE_DIM, range, 13);
	screen_points(screen, TONE_PLAIN, score->before, 0, 7);
	screen_points(screen, gain_tone(score), score->gained, 1, 7);
	screen_left(screen, TONE_DIM, is_chance(score) ? "~" : "", 1);
	snprintf(coverage, sizeof coverage, "%.0f%%", 100 * score->coverage);
	screen_right(screen, score->coverage < 1 ? TONE_FAIR : TONE_DIM, coverage, 5);
	screen_newline(screen);
}

static void write_table_head(struct screen *screen, const struct columns *columns)
{
	screen_newline(screen);
	screen_left(screen, TONE_DIM, "", columns->title + 2 + columns->bar);
	screen_right(screen, TONE_DIM, _("score"), 7);
	screen_right(screen, TONE_DIM, _("95% range"), 13);
	screen_right(screen, TONE_DIM, _("before"), 7);
	screen_right(screen, TONE_DIM, _("gained"), 7);
	screen_right(screen, TONE_DIM, _("data"), 6);
	screen_newline(screen);
}

static void write_note(struct screen *screen, const char *note)
{
	screen->indent = 2;
	screen_flow(screen, TONE_DIM, note);
	screen_newline(screen);
}

/* Whether the gain is not the difference that a reader would take it for. */
static int is_partial(const struct score *score)
{
	return fabs(score->gained - (score->score - score->before)) >= 0.05;
}

static void write_table(struct screen *screen, const struct scorecard *card)
{
	const struct result *result = card->result;
	int wider = screen->width - 80, bar = wider < 60 ? wider / 3 : 20;
	struct columns columns = {28 + (wider - bar < 24 ? wider - bar : 24), 10 + bar};
	int has_chance = is_chance(&card->overall), has_partial = is_partial(&card->overall);

	write_table_head(screen, &columns);
	for (uint32_t d = 0; d < result->dimension_count; d++) {
		const struct crmval_dimension *table = result->dimensions[d].table;
		char lead[16];
		snprintf(lead, sizeof lead, "%u ", d + 1);
		write_row(screen, &columns, TONE_BOLD, lead, table->title, &card->dimensions[d]);
		has_chance |= is_chance(&card->dimensions[d]);
		has_partial |= is_partial(&card->dimensions[d]);
		for (uint32_t i = 0; i < table->indicator_count; i++) {
			const struct score *score = &card->indicators[card->first_indicator[d] + i];
			write_row(screen, &columns, TONE_PLAIN, "    ", table->indicators[i].title, score);
			has_chance |= is_chance(score);
			has_partial |= is_partial(score);
		}
	}
	if (has_chance)
		write_note(screen, _("~ may be chance: the 95% range of what was gained holds 0"));
	if (has_partial)
		write_note(screen, _("gained: over the measures that have both a score and a before, so not always the "
				     "difference of the two"));
}

/* ---- breakdowns ---- */

struct ranked_unit {
	uint32_t unit;
	double score; /* -1: none */
};

/* Puts a unit into a list of at most `most`, highest first; of equals the earlier stays ahead. */
static void rank(struct ranked_unit *list, uint32_t *count, uint32_t most, struct ranked_unit unit)
{
	uint32_t place = *count;

	while (place > 0 && list[place - 1].score < unit.score)
		place--;
	if (place == most)
		return;
	*count += *count < most;
	memmove(list + place + 1, list + place, sizeof *list * (*count - place - 1));
	list[place] = unit;
}

static uint32_t dimension_columns(const struct screen *screen, const struct result *result)
{
	uint32_t most = (uint32_t)(screen->width - 2 - 20 - 16) / 6;

	return result->dimension_count < most ? result->dimension_count : most;
}

static int write_unit(struct screen *screen, struct scorecard *card, int breakdown, uint32_t unit,
		      struct crmval_error *error)
{
	const struct result *result = card->result;
	uint32_t dimensions = dimension_columns(screen, result);
	char half[SCREEN_POINTS_SIZE], range[SCREEN_POINTS_SIZE + 8];
	int status = score_scope(card, breakdown, unit, error);

	if (status)
		return status;
	screen_left(screen, TONE_PLAIN, "", 2);
	screen_left(screen, TONE_PLAIN, unit_title(result->unit_names[breakdown][unit]),
		    screen->width - 2 - 16 - 6 * (int)dimensions);
	screen_points(screen, score_tone(card->overall.score), card->overall.score, 0, 8);
	snprintf(range, sizeof range, "±%s", screen_points_text((card->overall.high - card->overall.low) / 2, 0, half));
	screen_right(screen, TONE_DIM, isnan(card->overall.score) ? "" : range, 8);
	for (uint32_t d = 0; d < dimensions; d++)
		screen_points(screen, score_tone(card->dimensions[d].score), card->dimensions[d].score, 0, 6);
	screen_newline(screen);
	return CRMVAL_OK;
}

static void write_units_head(struct screen *screen, const struct result *result, int breakdown)
{
	uint32_t dimensions = dimension_columns(screen, result);
	char head[32];

	screen_newline(screen);
	screen_left(screen, TONE_BOLD, _(breakdown_headings[breakdown]), screen->width - 16 - 6 * (int)dimensions);
	screen_right(screen, TONE_DIM, _("overall"), 8);
	screen_right(screen, TONE_DIM, "", 8);
	for (uint32_t d = 0; d < dimensions; d++) {
		snprintf(head, sizeof head, "%u", d + 1);
		screen_right(screen, TONE_DIM, head, 6);
	}
	screen_newline(screen);
}

/* The best units, and where there are more than can be shown, the lowest too: both are worth a look. */
static int write_breakdown(struct screen *screen, struct scorecard *card, int breakdown, struct crmval_error *error)
{
	const struct result *result = card->result;
	struct ranked_unit best[UNITS_SHOWN], lowest[LOWEST_SHOWN];
	uint32_t best_count = 0, lowest_count = 0, rated = 0, count = result->unit_counts[breakdown];
	char text[SCREEN_COUNT_SIZE];

	for (uint32_t u = 0; u < count; u++) {
		int status = score_scope(card, breakdown, u, error);
		if (status)
			return status;
		double score = card->overall.score;
		rated += !isnan(score);
		rank(best, &best_count, UNITS_SHOWN, (struct ranked_unit){u, isnan(score) ? -1 : score});
		if (!isnan(score))
			rank(lowest, &lowest_count, LOWEST_SHOWN, (struct ranked_unit){u, -score});
	}
	if (rated <= UNITS_SHOWN)
		lowest_count = 0;
	write_units_head(screen, result, breakdown);
	for (uint32_t u = 0; u < best_count && u < UNITS_SHOWN - lowest_count; u++) {
		int status = write_unit(screen, card, breakdown, best[u].unit, error);
		if (status)
			return status;
	}
	if (count <= UNITS_SHOWN)
		return CRMVAL_OK;
	screen_left(screen, TONE_PLAIN, "", 2);
	screen_flow_format(screen, TONE_DIM, lowest_count ? N_("%s more; the lowest:") : N_("%s more"),
			   screen_count_text(count - UNITS_SHOWN, text));
	screen_newline(screen);
	for (uint32_t u = lowest_count; u > 0; u--) {
		int status = write_unit(screen, card, breakdown, lowest[u - 1].unit, error);
		if (status)
			return status;
	}
	return CRMVAL_OK;
}

int report_text(const struct result *result, struct output *output, const struct report_style *style,
		struct crmval_error *error)
{
	struct screen screen = {.output = output, .width = 80};
	struct scorecard *card;
	int status = score_new(result, &card, error);

	if (status)
		return status;
	if (style) {
		screen.width = style->width > 80 ? style->width : 80;
		screen.colour = style->colour;
	}
	status = score_scope(card, -1, 0, error);
	if (status)
		goto out;
	write_title(&screen, result);
	write_overall(&screen, &card->overall);
	write_alerts(&screen, result);
	write_table(&screen, card);
	report_findings(&screen, card);
	if (result->target > 0)
		status = report_climb(&screen, card, result->target, error);
	report_missing(&screen, card);
	for (int b = 0; b < BREAKDOWN_COUNT && !status; b++)
		if (result->breakdowns[b] && result->unit_counts[b] > 0)
			status = write_breakdown(&screen, card, b, error);
	if (!status)
		report_data(&screen, result);
out:
	score_free(card);
	return status;
}
