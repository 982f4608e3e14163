/* SPDX-License-Identifier: MIT */
/* Why the score moved, for a terminal: a waterfall from the old score to the new one, what did it, and who moved. */
#include "report_change.h"

#include "compare_units.h"
#include "error.h"
#include "report_change_parts.h"
#include "report_findings.h"
#include "text.h"
#include "unit.h"
#include "window.h"

#include <stdlib.h>
#include <string.h>

enum { OLD, NEW };
enum { UNITS_SHOWN = 5, NAMES_SHOWN = 5, ITEMS_SHOWN = 8, INDENT = 2 };

static double published(const struct change_node *node, int side)
{
	return node->score[side] ? node->score[side]->score : NAN;
}

static void start_line(struct screen *screen)
{
	screen_left(screen, TONE_PLAIN, "", INDENT);
	screen->indent = INDENT;
}

/* ---- head ---- */

static void write_side(struct screen *screen, const char *label, const struct result *result, int is_named)
{
	char from[11], to[11];

	date_format(result->period.from, from);
	date_format(result->period.to, to);
	screen_left(screen, TONE_DIM, label, 5);
	screen->indent = 5;
	screen_flow_format(screen, TONE_PLAIN, "%s to %s", from, to);
	if (result->has_baseline) {
		date_format(result->baseline.from, from);
		date_format(result->baseline.to, to);
		screen_flow_format(screen, TONE_PLAIN, ", compared with %s to %s", from, to);
	}
	if (is_named)
		screen_flow_format(screen, TONE_PLAIN, ", job %s", result->name);
	screen_newline(screen);
	screen->indent = 0;
}

static void write_title(struct screen *screen, const struct change *change)
{
	const struct result *old = change->results[OLD], *new = change->results[NEW];
	int is_other = strcmp(old->name, new->name) != 0;

	screen_flow_format(screen, TONE_BOLD, "Why the score moved, %s", new->name);
	screen_newline(screen);
	write_side(screen, _("old"), old, is_other);
	write_side(screen, _("new"), new, is_other);
	screen_rule(screen);
}

/* What there is instead of a change. */
static void write_no_change(struct screen *screen, const struct change_node *overall)
{
	for (int side = OLD; side <= NEW; side++) {
		if (!isnan(published(overall, side)))
			continue;
		start_line(screen);
		if (side == OLD)
			screen_flow_format(screen, TONE_BOLD, "The old result has no overall score: %s",
					   overall->score[side]->reason);
		else
			screen_flow_format(screen, TONE_BOLD, "The new result has no overall score: %s",
					   overall->score[side]->reason);
		screen_newline(screen);
	}
}

static void write_overall(struct screen *screen, const struct change *change)
{
	const struct change_node *overall = change->nodes;
	char from[SCREEN_POINTS_SIZE], to[SCREEN_POINTS_SIZE], points[SCREEN_POINTS_SIZE];

	screen_newline(screen);
	if (!estimate_is_known(overall->change)) {
		write_no_change(screen, overall);
		return;
	}
	start_line(screen);
	screen_flow_format(screen, TONE_BOLD, "%s to %s, ", screen_points_text(published(overall, OLD), 0, from),
			   screen_points_text(published(overall, NEW), 0, to));
	screen_flow_format(screen, change_tone(overall->change), "%s",
			   screen_points_text(overall->change.value, 1, points));
	screen_flow_format(screen, TONE_PLAIN, " (95%% range %s to %s%s)",
			   screen_points_text(report_change_low(overall->change), 1, from),
			   screen_points_text(report_change_high(overall->change), 1, to),
			   change_is_moved(overall->change) || overall->change.value == 0 ? "" : _(", maybe chance"));
	screen_newline(screen);
}

/* ---- waterfall ---- */

struct waterfall {
	struct screen *screen;
	int title, bar;
	double axis[2]; /* scores at the ends of the bars */
	double at;      /* the score reached so far */
};

static double share_at(const struct waterfall *waterfall, double score)
{
	return (score - waterfall->axis[0]) / (waterfall->axis[1] - waterfall->axis[0]);
}

static void write_end(struct waterfall *waterfall, const char *title, double score)
{
	struct screen *screen = waterfall->screen;

	screen_left(screen, TONE_BOLD, title, waterfall->title);
	screen_points(screen, TONE_BOLD, score, 0, 8);
	screen_left(screen, TONE_PLAIN, "", 3);
	screen_span(screen, TONE_DIM, 0, share_at(waterfall, score), waterfall->bar);
	screen_newline(screen);
	waterfall->at = score;
}

static void write_step(struct waterfall *waterfall, const char *lead, const char *title, struct estimate points)
{
	struct screen *screen = waterfall->screen;
	enum tone tone = change_tone(points);

	screen_left(screen, TONE_PLAIN, lead, screen_text_width(lead));
	screen_left(screen, TONE_PLAIN, title, waterfall->title - screen_text_width(lead));
	screen_points(screen, tone, points.value, 1, 8);
	screen_left(screen, TONE_DIM, points.value != 0 && !change_is_moved(points) ? "~" : "", 3);
	if (points.value != 0)
		screen_span(screen, tone, share_at(waterfall, waterfall->at),
			    share_at(waterfall, waterfall->at + points.value), waterfall->bar);
	screen_newline(screen);
	waterfall->at += points.value;
}

/* What is of the overall score itself, in no dimension. */
static struct estimate find_rest(const struct change *change)
{
	struct estimate rest = {0, 0};

	for (uint32_t i = 0; i < change->part_count; i++)
		if (change->parts[i].node == change->nodes) {
			rest.value += change->parts[i].points[CHANGE_OVERALL].value;
			rest.se = hypot(rest.se, change->parts[i].points[CHANGE_OVERALL].se);
		}
	return rest;
}

/* From a little under all scores on the way, so that small steps show, to the highest. */
static void find_axis(struct waterfall *waterfall, const struct change *change)
{
	double at = published(change->nodes, OLD), low = at, high = at, step;

	for (uint32_t n = 0; n < change->node_count; n++) {
		if (change->nodes[n].level != CHANGE_DIMENSION)
			continue;
		at += change->nodes[n].points.value;
		low = fmin(low, at);
		high = fmax(high, at);
	}
	at = published(change->nodes, NEW);
	low = fmin(low, at);
	high = fmax(high, at);
	step = fmax((high - low) / 4, 0.5);
	waterfall->axis[0] = fmin(low, fmax(0, low - step));
	waterfall->axis[1] = high;
	if (!(waterfall->axis[1] > waterfall->axis[0]))
		waterfall->axis[1] = waterfall->axis[0] + 1;
}

static void write_waterfall(struct screen *screen, const struct change *change)
{
	struct waterfall waterfall = {.screen = screen, .title = 34 + (screen->width > 100 ? 12 : 0)};
	struct estimate rest = find_rest(change);
	uint32_t number = 0;
	int has_chance = 0;

	waterfall.bar = screen->width - waterfall.title - 12;
	if (waterfall.bar > 80)
		waterfall.bar = 80;
	find_axis(&waterfall, change);
	screen_newline(screen);
	write_end(&waterfall, _("Old score"), published(change->nodes, OLD));
	for (uint32_t n = 0; n < change->node_count; n++) {
		const struct change_node *node = &change->nodes[n];
		char lead[16];
		if (node->level != CHANGE_DIMENSION)
			continue;
		snprintf(lead, sizeof lead, "%u ", ++number);
		write_step(&waterfall, lead, node->title, node->points);
		has_chance |= node->points.value != 0 && !change_is_moved(node->points);
	}
	if (rest.value != 0)
		write_step(&waterfall, "  ", _("Another kind of mean"), rest);
	write_end(&waterfall, _("New score"), published(change->nodes, NEW));
	if (has_chance) {
		start_line(screen);
		screen_flow(screen, TONE_DIM, _("~ may be chance: its 95% range holds 0"));
		screen_newline(screen);
	}
}

/* ---- restated ---- */

static void write_cause(struct screen *screen, double points, const char *text)
{
	if (points == 0)
		return;
	screen_left(screen, TONE_PLAIN, "", INDENT);
	screen_points(screen, points > 0 ? TONE_GOOD : TONE_BAD, points, 1, 6);
	screen_left(screen, TONE_PLAIN, "", 2);
	screen->indent = INDENT + 8;
	screen_flow(screen, TONE_PLAIN, text);
	screen_newline(screen);
}

static void write_item_title(struct screen *screen, const struct restate_item *item)
{
	switch (item->kind) {
	case RESTATE_JOB:
		screen_flow(screen, TONE_PLAIN, _("the job file, or settings that override it, changed"));
		break;
	case RESTATE_BASELINE:
		screen_flow(screen, TONE_PLAIN, _("baseline"));
		break;
	case RESTATE_READING:
		screen_flow(screen, TONE_PLAIN, _("how the data are read: sources, mapping, currency"));
		break;
	case RESTATE_PROGRAM:
		screen_flow(screen, TONE_PLAIN, _("the program"));
		break;
	case RESTATE_PLUGIN:
		screen_flow_format(screen, TONE_PLAIN, "plugin %s", item->name);
		break;
	case RESTATE_PARAMETER:
		screen_flow_format(screen, TONE_PLAIN, "parameter %s", item->name);
		break;
	case RESTATE_INPUT:
		screen_flow_format(screen, TONE_PLAIN, "input %s", item->name);
		break;
	default:
		screen_flow(screen, TONE_PLAIN, item->name);
	}
}

static void write_item(struct screen *screen, const struct restate_item *item)
{
	const char *old = item->values[OLD], *new = item->values[NEW];

	screen_left(screen, TONE_PLAIN, "", INDENT);
	screen->indent = INDENT + 2;
	write_item_title(screen, item);
	if (item->kind == RESTATE_JOB || item->kind == RESTATE_READING)
		;
	else if (!*old)
		screen_flow_format(screen, TONE_DIM, ": new, %s", new);
	else if (!*new)
		screen_flow_format(screen, TONE_DIM, ": gone, was %s", old);
	else if (strcmp(old, new) == 0)
		screen_flow_format(screen, TONE_DIM, ": other content, %s", new);
	else
		screen_flow_format(screen, TONE_DIM, ": %s to %s", old, new);
	screen_newline(screen);
}

static void write_restate(struct screen *screen, const struct restate *restate)
{
	uint32_t shown = 0;

	report_heading(screen, _("Told anew: both are of the same job and period"));
	write_cause(screen, restate->points[RESTATE_DATA], _("by late data: the same definitions, other numbers"));
	write_cause(screen, restate->points[RESTATE_DEFINITIONS], _("by changed definitions"));
	write_cause(screen, restate->points[RESTATE_EITHER],
		    _("by numbers that changed together with what they are made by: late data or changed definitions"));
	if (restate->count == 0) {
		start_line(screen);
		screen_flow(screen, TONE_PLAIN,
			    _("Neither definitions nor data differ in anything that is known of them."));
		screen_newline(screen);
	}
	for (; shown < restate->count && shown < ITEMS_SHOWN; shown++)
		write_item(screen, &restate->items[shown]);
	if (shown < restate->count) {
		start_line(screen);
		screen_flow_format(screen, TONE_DIM, "%u more differences", restate->count - shown);
		screen_newline(screen);
	}
}

/* ---- who moved ---- */

static void write_unit(struct screen *screen, struct change *change, int breakdown, const struct moved_unit *moved)
{
	change_scope(change, breakdown, moved->unit);
	screen_left(screen, TONE_PLAIN, "", INDENT);
	screen_left(screen, TONE_PLAIN, unit_title(moved->unit.name), 24);
	screen_points(screen, TONE_PLAIN, moved->scores[OLD], 0, 7);
	screen_points(screen, TONE_PLAIN, moved->scores[NEW], 0, 7);
	screen_points(screen, change_tone(moved->change), moved->change.value, 1, 7);
	screen_left(screen, TONE_DIM, change_is_moved(moved->change) || moved->change.value == 0 ? "" : "~", 3);
	screen->indent = screen->column;
	change_write_largest(screen, change);
	screen_newline(screen);
}

/* Units that are on one side alone, or have a score on one alone. */
static void write_names(struct screen *screen, const struct moved_units *moved, int side, const char *label)
{
	uint32_t count = 0;

	for (uint32_t u = 0; u < moved->count; u++) {
		const struct moved_unit *unit = &moved->units[u];
		if (isnan(unit->scores[side]) || !isnan(unit->scores[!side]))
			continue;
		if (count++ == 0) {
			start_line(screen);
			screen_flow(screen, TONE_DIM, label);
		}
		if (count <= NAMES_SHOWN)
			screen_flow_format(screen, TONE_PLAIN, "%s%s", count > 1 ? ", " : " ",
					   unit_title(unit->unit.name));
	}
	if (count > NAMES_SHOWN)
		screen_flow_format(screen, TONE_DIM, " and %u more", count - NAMES_SHOWN);
	if (count > 0)
		screen_newline(screen);
}

static void write_units_head(struct screen *screen, int breakdown)
{
	screen_newline(screen);
	screen_left(screen, TONE_BOLD, _(breakdown_headings[breakdown]), INDENT + 24);
	screen_right(screen, TONE_DIM, _("old"), 7);
	screen_right(screen, TONE_DIM, _("new"), 7);
	screen_right(screen, TONE_DIM, _("moved"), 7);
	screen_newline(screen);
}

/* Those that rose most and those that fell most; the others are counted. */
static int write_breakdown(struct screen *screen, struct change *change, int breakdown, struct crmval_error *error)
{
	struct moved_units moved;
	uint32_t known = 0;
	int status = change_rank_units(change, breakdown, &moved, error);

	if (status)
		return status;
	while (known < moved.count && estimate_is_known(moved.units[known].change))
		known++;
	write_units_head(screen, breakdown);
	for (uint32_t u = 0; u < known; u++) {
		uint32_t below = known - u;
		if (known > 2 * UNITS_SHOWN && u == UNITS_SHOWN) {
			char high[SCREEN_POINTS_SIZE], low[SCREEN_POINTS_SIZE];
			start_line(screen);
			screen_flow_format(
				screen, TONE_DIM, "%u more between %s and %s", known - 2 * UNITS_SHOWN,
				screen_points_text(moved.units[u].change.value, 1, high),
				screen_points_text(moved.units[known - UNITS_SHOWN - 1].change.value, 1, low));
			screen_newline(screen);
		}
		if (u < UNITS_SHOWN || below <= UNITS_SHOWN)
			write_unit(screen, change, breakdown, &moved.units[u]);
	}
	write_names(screen, &moved, NEW, _("with a score in the new result only:"));
	write_names(screen, &moved, OLD, _("with a score in the old result only:"));
	free(moved.units);
	return CRMVAL_OK;
}

int report_change_text(struct change *change, const struct restate *restate, struct output *output,
		       const struct report_style *style, struct crmval_error *error)
{
	struct screen screen = {.output = output, .width = 80};
	int status = CRMVAL_OK;

	if (style) {
		screen.width = style->width > 80 ? style->width : 80;
		screen.colour = style->colour;
	}
	write_title(&screen, change);
	write_overall(&screen, change);
	if (estimate_is_known(change->nodes[0].change)) {
		write_waterfall(&screen, change);
		change_write_parts(&screen, change);
	}
	if (restate)
		write_restate(&screen, restate);
	for (int b = 0; b < BREAKDOWN_COUNT && !status; b++)
		if (change_has_breakdown(change, b))
			status = write_breakdown(&screen, change, b, error);
	return status;
}
