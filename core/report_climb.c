/* SPDX-License-Identifier: MIT */
/* The cheapest way to the target, as text. */
#include "climb.h"
#include "report_findings.h"
#include "text.h"

#include <math.h>

enum { STEPS_SHOWN = 12 };

static void write_step(struct screen *screen, const struct scorecard *card, const struct climb_step *step)
{
	const struct result *result = card->result;
	const struct crmval_measure *table = result->measures[step->measure].table;
	char value[80], text[SCREEN_POINTS_SIZE];

	screen_left(screen, TONE_PLAIN, "", 4);
	screen_left(screen, TONE_PLAIN, table->title, screen->width - 4 - 53);
	report_value_text(result, table, step->value, value);
	screen_right(screen, TONE_PLAIN, value, 15);
	report_value_text(result, table, step->value_to, value);
	screen_right(screen, TONE_BOLD, value, 15);
	screen_right(screen, TONE_DIM, screen_points_text(100 * step->change, 1, text), 8);
	screen_left(screen, TONE_DIM, "%", 1);
	screen_points(screen, TONE_PLAIN, step->score_to, 0, 7);
	screen_points(screen, TONE_GOOD, step->points, 1, 7);
	screen_newline(screen);
}

static void write_rest(struct screen *screen, const struct climb *climb, uint32_t first)
{
	char points[SCREEN_POINTS_SIZE], change[SCREEN_POINTS_SIZE];
	double sum = 0, most = 0;

	for (uint32_t i = first; i < climb->count; i++) {
		sum += climb->steps[i].points;
		most = fmax(most, fabs(climb->steps[i].change));
	}
	screen->indent = 4;
	screen_left(screen, TONE_PLAIN, "", 4);
	screen_flow_format(screen, TONE_DIM, "and %u more, none by more than %s%%: %s points", climb->count - first,
			   screen_points_text(100 * most, 0, change), screen_points_text(sum, 1, points));
	screen_newline(screen);
}

int report_climb(struct screen *screen, const struct scorecard *card, double target, struct crmval_error *error)
{
	struct climb climb;
	char text[SCREEN_POINTS_SIZE], heading[160];
	int code = climb_find(card, target, &climb, error);

	if (code != CRMVAL_OK || isnan(climb.score))
		return code;
	screen_points_text(target, 0, text);
	snprintf(heading, sizeof heading,
		 climb.score >= target ? _("The target of %s is reached") : _("The least changes that lead to %s"),
		 text);
	report_heading(screen, heading);
	if (climb.count > 0) {
		screen_left(screen, TONE_DIM, "", screen->width - 53);
		screen_right(screen, TONE_DIM, _("value"), 15);
		screen_right(screen, TONE_DIM, _("needed"), 15);
		screen_right(screen, TONE_DIM, _("change"), 9);
		screen_right(screen, TONE_DIM, _("score"), 7);
		screen_right(screen, TONE_DIM, _("points"), 7);
		screen_newline(screen);
	}
	uint32_t shown = climb.count > STEPS_SHOWN ? STEPS_SHOWN : climb.count;
	for (uint32_t i = 0; i < shown; i++)
		write_step(screen, card, &climb.steps[i]);
	if (shown < climb.count)
		write_rest(screen, &climb, shown);
	if (climb.reached < target - 1e-6) {
		screen->indent = 4;
		screen_left(screen, TONE_PLAIN, "", 4);
		screen_flow_format(screen, TONE_BAD,
				   "No way leads there: with every value at its best the score is %s.",
				   screen_points_text(climb.reached, 0, text));
		screen_newline(screen);
	}
	climb_free(&climb);
	return CRMVAL_OK;
}
