/* SPDX-License-Identifier: MIT */
/* The parts of a change in words: what did it, the largest first. */
#include "report_change_parts.h"

#include "report_findings.h"
#include "text.h"

#include <math.h>
#include <string.h>

enum { OLD, NEW };
enum { PARTS_SHOWN = 12, INDENT = 2, TEXT_INDENT = 12 };

enum tone change_tone(struct estimate points)
{
	if (!estimate_is_known(points) || points.value == 0 || !change_is_moved(points))
		return TONE_DIM;
	return points.value > 0 ? TONE_GOOD : TONE_BAD;
}

/* ---- words ---- */

static const char *number_text(double number, char text[SCREEN_COUNT_SIZE])
{
	if (isnan(number))
		snprintf(text, SCREEN_COUNT_SIZE, "–");
	else if (fabs(number) >= 1000 && fabs(number) < 1e15)
		screen_count_text(number, text);
	else
		snprintf(text, SCREEN_COUNT_SIZE, "%.4g", number);
	return text;
}

/* What one side has and the other has not. */
static void write_presence(struct screen *screen, const struct change_part *part)
{
	char score[SCREEN_POINTS_SIZE];
	int is_there = !isnan(part->numbers[NEW]);

	screen_points_text(part->numbers[is_there ? NEW : OLD], 0, score);
	if (part->effect == CHANGE_ABSENT)
		screen_flow_format(screen, TONE_PLAIN,
				   is_there ? N_(": not in the old result (%s)") : N_(": not in the new result (%s)"),
				   score);
	else if (part->effect == CHANGE_MIN_COVERAGE)
		screen_flow_format(screen, TONE_PLAIN,
				   is_there ? N_(": rated now, by score.min_coverage (%s)")
					    : N_(": not rated now, by score.min_coverage (%s)"),
				   score);
	else
		screen_flow_format(screen, TONE_PLAIN,
				   is_there ? N_(": has data now (%s)") : N_(": has no data now (was %s)"), score);
}

/* What has another number on either side. */
static void write_numbers(struct screen *screen, const struct change_part *part)
{
	char from[SCREEN_COUNT_SIZE], to[SCREEN_COUNT_SIZE];

	number_text(part->numbers[OLD], from);
	number_text(part->numbers[NEW], to);
	if (part->effect == CHANGE_NUMERATOR)
		screen_flow_format(screen, TONE_PLAIN, ": numerator %s to %s", from, to);
	else if (part->effect == CHANGE_DENOMINATOR)
		screen_flow_format(screen, TONE_PLAIN, ": denominator %s to %s", from, to);
	else if (part->effect == CHANGE_BASELINE)
		screen_flow_format(screen, TONE_PLAIN, ": baseline %s to %s", from, to);
	else if (part->effect == CHANGE_STATED_BASELINE)
		screen_flow_format(screen, TONE_PLAIN, ": stated baseline %s to %s", from, to);
	else if (part->effect == CHANGE_DAYS)
		screen_flow_format(screen, TONE_PLAIN, ": days of the window %s to %s", from, to);
	else
		screen_flow_format(screen, TONE_PLAIN, ": weight %s to %s", from, to);
}

static void write_effect(struct screen *screen, const struct change_part *part)
{
	switch (part->effect) {
	case CHANGE_MISSING:
	case CHANGE_ABSENT:
	case CHANGE_MIN_COVERAGE:
		write_presence(screen, part);
		break;
	case CHANGE_SCALE:
		screen_flow(screen, TONE_PLAIN, _(": another scale"));
		break;
	case CHANGE_BASIS:
		screen_flow(screen, TONE_PLAIN, _(": another basis"));
		break;
	case CHANGE_DEFINITION:
		screen_flow(screen, TONE_PLAIN, _(": another kind of measure"));
		break;
	case CHANGE_POLICY:
		screen_flow(screen, TONE_PLAIN, _(": score.missing says otherwise what counts"));
		break;
	case CHANGE_AGGREGATION:
		screen_flow(screen, TONE_PLAIN, _(": another kind of mean"));
		break;
	default:
		write_numbers(screen, part);
	}
}

static void write_part(struct screen *screen, const struct change_part *part)
{
	screen_flow(screen, TONE_PLAIN, part->node->title ? part->node->title : _("Overall score"));
	write_effect(screen, part);
}

static void write_dimension(struct screen *screen, const struct change_part *part)
{
	const struct change_node *dimension = part->node;

	while (dimension->level > CHANGE_DIMENSION)
		dimension = dimension->parent;
	if (dimension != part->node)
		screen_flow_format(screen, TONE_DIM, " (%s)", dimension->title);
}

/* ---- the largest ---- */

/* Of two as large, the one that comes first. */
static int is_larger(const struct change_part *a, const struct change_part *b)
{
	double left = fabs(a->points[CHANGE_OVERALL].value), right = fabs(b->points[CHANGE_OVERALL].value);

	return left != right ? left > right : a < b;
}

/* The largest after this one; NULL: there is none. */
static const struct change_part *next_part(const struct change *change, const struct change_part *last)
{
	const struct change_part *largest = NULL;

	for (uint32_t i = 0; i < change->part_count; i++) {
		const struct change_part *part = &change->parts[i];
		if (estimate_is_known(part->points[CHANGE_OVERALL]) && (!last || is_larger(last, part)) &&
		    (!largest || is_larger(part, largest)))
			largest = part;
	}
	return largest;
}

static void start_part(struct screen *screen, struct estimate points)
{
	screen_left(screen, TONE_PLAIN, "", INDENT);
	screen_points(screen, change_tone(points), points.value, 1, 6);
	screen_left(screen, TONE_DIM, points.value == 0 || change_is_moved(points) ? "" : "~",
		    TEXT_INDENT - INDENT - 6);
	screen->indent = TEXT_INDENT;
}

void change_write_parts(struct screen *screen, const struct change *change)
{
	const struct change_part *part = next_part(change, NULL);
	struct estimate rest = {0, 0};
	uint32_t shown = 0, others = 0;

	if (!part)
		return;
	report_heading(screen, _("What did it"));
	for (; part; part = next_part(change, part)) {
		struct estimate points = part->points[CHANGE_OVERALL];
		if (shown == PARTS_SHOWN) {
			rest.value += points.value;
			rest.se = hypot(rest.se, points.se);
			others++;
			continue;
		}
		start_part(screen, points);
		write_part(screen, part);
		write_dimension(screen, part);
		screen_newline(screen);
		shown++;
	}
	if (others == 0)
		return;
	start_part(screen, rest);
	screen_flow_format(screen, TONE_DIM, "%u smaller parts together", others);
	screen_newline(screen);
}

void change_write_largest(struct screen *screen, const struct change *change)
{
	const struct change_part *part = next_part(change, NULL);

	if (part)
		write_part(screen, part);
}
