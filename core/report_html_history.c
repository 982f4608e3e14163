/* SPDX-License-Identifier: MIT */
/* How the score came here: its trend over the archive, and what moved it since the result before. */
#include "report_html.h"

#include "compare.h"
#include "error.h"
#include "history.h"
#include "screen.h"
#include "text.h"
#include "window.h"

#include <stdlib.h>
#include <string.h>

enum { PARTS_SHOWN = 12, POINTS_SHOWN = 60 };

static double tenths(double x)
{
	return round(x * 10) / 10;
}

/* ---- trend ---- */

static void put_point(struct html *html, struct json *json, int32_t to, double score, double low, double high)
{
	char day[11];

	date_format(to, day);
	html_raw(html, "<tr>");
	html_element(html, "th scope=row", day);
	html_raw(html, "<td class=n>");
	html_points(html, score, 0);
	html_raw(html, "</td><td class=\"n dim\">");
	html_points(html, low, 0);
	html_raw(html, "–");
	html_points(html, high, 0);
	html_raw(html, "</td></tr>\n");
	json_array_open(json);
	json_text(json, day);
	json_number(json, tenths(score));
	json_number(json, tenths(low));
	json_number(json, tenths(high));
	json_array_close(json);
}

/* The table that a chart has, for those who cannot see it. */
static void open_numbers(struct html *html)
{
	html_raw(html, "<details><summary>");
	html_text(html, _("The numbers"));
	html_raw(html, "</summary><div class=scroll tabindex=0><table>\n<thead><tr>");
}

static void put_trend(struct html *html, struct json *json, const struct scorecard *card)
{
	const struct result *result = card->result;
	const struct history *history = result->history;
	uint32_t first = history->count > POINTS_SHOWN ? history->count - POINTS_SHOWN : 0;

	html_raw(html, "<section id=trend>\n");
	html_element(html, "h2", _("Trend"));
	html_chart(html, "trend-chart", _("The score over time; the table below has its numbers"), 1);
	open_numbers(html);
	html_element(html, "th scope=col", _("end of the period"));
	html_element(html, "th scope=col class=n", _("score"));
	html_element(html, "th scope=col class=n", _("95% range"));
	html_raw(html, "</tr></thead>\n<tbody>\n");
	json_text(json, "trend");
	json_array_open(json);
	for (uint32_t i = first; i < history->count; i++)
		/* The result itself may have been archived for the same period before. */
		if (history->points[i].to < result->period.to)
			put_point(html, json, history->points[i].to, history->points[i].score, history->points[i].low,
				  history->points[i].high);
	put_point(html, json, result->period.to, card->overall.score, card->overall.low, card->overall.high);
	json_array_close(json);
	html_raw(html, "</tbody></table></div></details></section>\n");
}

/* ---- change ---- */

static const char *node_title(const struct change_node *node)
{
	return node->level == CHANGE_OVERALL ? _("Overall") : node->title;
}

static const char *effect_text(enum change_effect effect)
{
	static const char *const texts[CHANGE_EFFECTS] = {
		[CHANGE_NUMERATOR] = N_("numerator"),
		[CHANGE_DENOMINATOR] = N_("denominator"),
		[CHANGE_BASELINE] = N_("baseline"),
		[CHANGE_MISSING] = N_("data that are missing"),
		[CHANGE_STATED_BASELINE] = N_("stated baseline"),
		[CHANGE_DAYS] = N_("length of the windows"),
		[CHANGE_SCALE] = N_("scale"),
		[CHANGE_BASIS] = N_("basis"),
		[CHANGE_DEFINITION] = N_("definition"),
		[CHANGE_WEIGHT] = N_("weight"),
		[CHANGE_ABSENT] = N_("present in one only"),
		[CHANGE_MIN_COVERAGE] = N_("least coverage"),
		[CHANGE_POLICY] = N_("what missing data count"),
		[CHANGE_AGGREGATION] = N_("aggregation"),
	};

	return _(texts[effect]);
}

static int by_size(const void *a, const void *b)
{
	const struct change_part *const *x = a, *const *y = b;
	double one = fabs((*x)->points[CHANGE_OVERALL].value), two = fabs((*y)->points[CHANGE_OVERALL].value);

	if (one != two)
		return one > two ? -1 : 1;
	return *x < *y ? -1 : 1;
}

static void put_part(struct html *html, const struct change_part *part)
{
	struct estimate points = part->points[CHANGE_OVERALL];

	html_raw(html, "<tr>");
	html_element(html, "th scope=row", node_title(part->node));
	html_element(html, "td", effect_text(part->effect));
	html_raw(html, points.value > 0 ? "<td class=\"n good\">" : "<td class=\"n bad\">");
	html_format(html, "%+.2f", points.value);
	html_raw(html, "</td><td class=dim>");
	html_text(html, change_is_moved(points) ? _("moved") : _("may be chance"));
	html_raw(html, "</td></tr>\n");
}

/* Is there a part that shows in two decimals? */
static int is_shown(const struct change_part *part)
{
	struct estimate points = part->points[CHANGE_OVERALL];

	return estimate_is_known(points) && fabs(points.value) >= 0.005;
}

static int has_moved(const struct change *change)
{
	for (uint32_t i = 0; i < change->part_count; i++)
		if (is_shown(&change->parts[i]))
			return 1;
	return 0;
}

static int put_parts(struct html *html, const struct change *change, struct crmval_error *error)
{
	const struct change_part **parts = calloc((size_t)change->part_count + 1, sizeof *parts);
	uint32_t count = 0;

	if (!parts)
		return fail_memory(error);
	for (uint32_t i = 0; i < change->part_count; i++)
		if (is_shown(&change->parts[i]))
			parts[count++] = &change->parts[i];
	qsort(parts, count, sizeof *parts, by_size);
	html_raw(html, "<div class=scroll tabindex=0><table class=sortable>\n<thead><tr>");
	html_element(html, "th scope=col", _("what changed"));
	html_element(html, "th scope=col", _("its part"));
	html_element(html, "th scope=col class=n", _("points"));
	html_element(html, "th scope=col", _("verdict"));
	html_raw(html, "</tr></thead>\n<tbody>\n");
	for (uint32_t i = 0; i < count && i < PARTS_SHOWN; i++)
		put_part(html, parts[i]);
	html_raw(html, "</tbody></table></div>\n");
	free(parts);
	return CRMVAL_OK;
}

/* One step of the waterfall: what it is called, from where to where it goes; the first and the last begin at 0. */
static void put_step(struct html *html, struct json *json, const char *title, double from, double to, int is_end)
{
	html_raw(html, "<tr>");
	html_element(html, "th scope=row", title);
	html_raw(html, "<td class=n>");
	if (!is_end)
		html_format(html, "%+.2f", round(100 * (to - from)) / 100 + 0.0); /* never -0.00 */
	html_raw(html, "</td><td class=n>");
	html_format(html, "%.2f", to);
	html_raw(html, "</td></tr>\n");
	json_array_open(json);
	json_text(json, title);
	json_number(json, round(from * 100) / 100);
	json_number(json, round(to * 100) / 100);
	json_array_close(json);
}

static void put_steps(struct html *html, struct json *json, const struct change *change)
{
	double at = change->nodes[0].score[0]->score, from = at;

	open_numbers(html);
	html_element(html, "th scope=col", _("what changed"));
	html_element(html, "th scope=col class=n", _("points"));
	html_element(html, "th scope=col class=n", _("score"));
	html_raw(html, "</tr></thead>\n<tbody>\n");
	json_text(json, "waterfall");
	json_array_open(json);
	put_step(html, json, _("was"), 0, at, 1);
	for (uint32_t n = 0; n < change->node_count; n++) {
		const struct change_node *node = &change->nodes[n];
		if (node->level != CHANGE_DIMENSION)
			continue;
		put_step(html, json, node_title(node), at, at + node->points.value, 0);
		at += node->points.value;
	}
	/* What belongs to no dimension: how they are put together. */
	if (fabs(from + change->nodes[0].change.value - at) >= 0.005)
		put_step(html, json, _("weights and rules"), at, from + change->nodes[0].change.value, 0);
	put_step(html, json, _("now"), 0, change->nodes[0].score[1]->score, 1);
	json_array_close(json);
	html_raw(html, "</tbody></table></div></details>\n");
}

static int put_change(struct html *html, struct json *json, const struct scorecard *card, struct crmval_error *error)
{
	const struct result *result = card->result, *before = &result->history->before->result;
	struct change *change = NULL;
	char from[11], to[11], score[SCREEN_POINTS_SIZE], points[SCREEN_POINTS_SIZE];
	int code = change_new(before, result, &change, error);

	if (code != CRMVAL_OK)
		return code == CRMVAL_EDATA ? CRMVAL_OK : code; /* nothing to compare */
	change_company(change);
	if (estimate_is_known(change->nodes[0].change)) {
		html_raw(html, "<section id=change>\n");
		html_element(html, "h2", _("Since the result before"));
		html_raw(html, "<p>");
		date_format(before->period.from, from);
		date_format(before->period.to, to);
		html_format(html, _("The score was %s (%s to %s); %s points since."),
			    screen_points_text(change->nodes[0].score[0]->score, 0, score), from, to,
			    screen_points_text(change->nodes[0].change.value, 1, points));
		html_raw(html, "</p>\n");
		if (has_moved(change)) {
			html_chart(html, "waterfall",
				   _("Steps from the score before to this one; the table below has their numbers"), 1);
			put_steps(html, json, change);
			code = put_parts(html, change, error);
		}
		html_raw(html, "</section>\n");
	}
	change_free(change);
	return code;
}

int html_history(struct html *html, struct json *json, const struct scorecard *card, struct crmval_error *error)
{
	const struct history *history = card->result->history;
	int code = CRMVAL_OK;

	if (!history || card->overall.reason)
		return CRMVAL_OK;
	if (history->count > 0)
		put_trend(html, json, card);
	if (history->before)
		code = put_change(html, json, card, error);
	return code;
}
