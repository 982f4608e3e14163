/* SPDX-License-Identifier: MIT */
/* The HTML report: head, overall score, dimensions, indicators, what to do. */
#include "report_html.h"

#include "alert.h"
#include "climb.h"
#include "error.h"
#include "findings.h"
#include "history.h"
#include "report.h"
#include "report_findings.h"
#include "screen.h"
#include "text.h"
#include "window.h"

#include <stdlib.h>
#include <string.h>

enum { STEPS_SHOWN = 10 };

/* ---- scores ---- */

const char *html_score_class(double score)
{
	return isnan(score) ? "none" : score < 40 ? "bad" : score < 70 ? "fair" : "good";
}

void html_score_bar(struct html *html, const struct score *score)
{
	char now[SCREEN_POINTS_SIZE], low[SCREEN_POINTS_SIZE], high[SCREEN_POINTS_SIZE], number[OUTPUT_NUMBER_SIZE];

	if (isnan(score->score)) {
		html_raw(html, "<svg class=bar viewBox=\"0 0 100 8\" preserveAspectRatio=none aria-hidden=true>"
			       "<rect class=track width=100 height=8 /></svg>");
		return;
	}
	html_raw(html, "<svg class=bar viewBox=\"0 0 100 8\" preserveAspectRatio=none role=img aria-label=\"");
	html_format(html, "%s of 100, between %s and %s", screen_points_text(score->score, 0, now),
		    screen_points_text(score->low, 0, low), screen_points_text(score->high, 0, high));
	html_raw(html, "\"><rect class=track width=100 height=8 /><rect class=");
	html_raw(html, html_score_class(score->score));
	html_raw(html, " height=8 width=");
	output_number_text(round(score->score * 10) / 10, number);
	html_raw(html, number);
	html_raw(html, " /><rect class=range y=3 height=2 x=");
	output_number_text(round(score->low * 10) / 10, number);
	html_raw(html, number);
	html_raw(html, " width=");
	output_number_text(round((score->high - score->low) * 10) / 10, number);
	html_raw(html, number);
	html_raw(html, " /></svg>");
}

static void put_range(struct html *html, const struct score *score)
{
	if (isnan(score->score)) {
		html_raw(html, "–");
		return;
	}
	html_points(html, score->low, 0);
	html_raw(html, "–");
	html_points(html, score->high, 0);
}

void html_score_cells(struct html *html, const struct score *score)
{
	int is_chance = score->gained_low <= 0 && score->gained_high >= 0;

	html_raw(html, "<td class=\"n strong ");
	html_raw(html, html_score_class(score->score));
	html_raw(html, "\">");
	html_points(html, score->score, 0);
	html_raw(html, "</td><td class=\"n dim\">");
	put_range(html, score);
	html_raw(html, "</td><td class=n>");
	html_points(html, score->before, 0);
	html_raw(html, "</td><td class=\"n ");
	html_raw(html, isnan(score->gained) || is_chance ? "dim" : score->gained > 0 ? "good" : "bad");
	html_raw(html, "\">");
	html_points(html, score->gained, 1);
	html_raw(html, !isnan(score->gained) && is_chance ? "<abbr class=chance>~</abbr></td>" : "</td>");
}

/* ---- head ---- */

static void put_days(struct html *html, const struct result *result)
{
	char from[11], to[11], before_from[11], before_to[11];

	date_format(result->period.from, from);
	date_format(result->period.to, to);
	html_raw(html, "<p class=dim>");
	if (result->has_baseline) {
		date_format(result->baseline.from, before_from);
		date_format(result->baseline.to, before_to);
		html_format(html, "%s to %s, compared with %s to %s", from, to, before_from, before_to);
	} else {
		html_format(html, "%s to %s, without a baseline", from, to);
	}
	html_raw(html, "</p>\n");
}

static void put_gain(struct html *html, const struct score *overall)
{
	char gained[SCREEN_POINTS_SIZE], low[SCREEN_POINTS_SIZE], high[SCREEN_POINTS_SIZE];

	if (isnan(overall->gained))
		return;
	html_raw(html, "<p class=\"gain ");
	html_raw(html, overall->gained_low > 0 ? "good" : overall->gained_high < 0 ? "bad" : "dim");
	html_raw(html, "\">");
	html_format(html, "gained %s (95%% range %s to %s)", screen_points_text(overall->gained, 1, gained),
		    screen_points_text(overall->gained_low, 1, low), screen_points_text(overall->gained_high, 1, high));
	html_raw(html, "</p>\n");
}

static void put_overall(struct html *html, const struct score *overall)
{
	char low[SCREEN_POINTS_SIZE], high[SCREEN_POINTS_SIZE], before[SCREEN_POINTS_SIZE];

	html_raw(html, "<section class=hero id=overall>\n<p class=\"score ");
	html_raw(html, html_score_class(overall->score));
	html_raw(html, "\"><b>");
	html_points(html, overall->score, 0);
	html_raw(html, "</b> <span>");
	html_text(html, _("of 100"));
	html_raw(html, "</span></p>\n<div>");
	html_score_bar(html, overall);
	html_raw(html, "<p>");
	char reason[TEXT_REASON_SIZE];
	if (overall->reason)
		html_text(html, text_reason(overall->reason, reason));
	else if (isnan(overall->before))
		html_format(html, "95%% range %s to %s, resting on %.0f%% of the weight",
			    screen_points_text(overall->low, 0, low), screen_points_text(overall->high, 0, high),
			    100 * overall->coverage);
	else
		html_format(html, "95%% range %s to %s, resting on %.0f%% of the weight; before %s",
			    screen_points_text(overall->low, 0, low), screen_points_text(overall->high, 0, high),
			    100 * overall->coverage, screen_points_text(overall->before, 0, before));
	html_raw(html, "</p>\n");
	put_gain(html, overall);
	html_raw(html, "</div></section>\n");
}

static void put_alerts(struct html *html, const struct result *result)
{
	uint32_t fired = 0;

	for (uint32_t i = 0; i < result->alert_count; i++)
		fired += result->alerts[i].fired != 0;
	if (fired == 0)
		return;
	html_raw(html, "<section class=alerts>\n");
	html_element(html, "h2", _("Alerts"));
	html_raw(html, "<ul>\n");
	for (uint32_t i = 0; i < result->alert_count; i++) {
		const struct result_alert *alert = &result->alerts[i];
		if (!alert->fired)
			continue;
		html_raw(html, alert->is_critical ? "<li class=bad>" : "<li class=fair>");
		html_text(html, alert->message);
		html_raw(html, "</li>\n");
	}
	html_raw(html, "</ul></section>\n");
}

/* ---- dimensions and indicators ---- */

static void put_score_head(struct html *html, const char *first)
{
	html_raw(html, "<thead><tr>");
	html_element(html, "th scope=col", first);
	html_raw(html, "<td class=wide></td>");
	html_element(html, "th scope=col class=n", _("score"));
	html_element(html, "th scope=col class=n", _("95% range"));
	html_element(html, "th scope=col class=n", _("before"));
	html_element(html, "th scope=col class=n", _("gained"));
	html_element(html, "th scope=col class=n", _("weight"));
	html_element(html, "th scope=col class=n", _("data"));
	html_raw(html, "</tr></thead>\n");
}

static void put_score_row(struct html *html, const char *title, const struct score *score)
{
	html_raw(html, "<tr><th scope=row>");
	html_text(html, title);
	if (score->reason) {
		char reason[TEXT_REASON_SIZE];
		html_raw(html, " <small class=dim>");
		html_text(html, text_reason(score->reason, reason));
		html_raw(html, "</small>");
	}
	html_raw(html, "</th><td class=wide>");
	html_score_bar(html, score);
	html_raw(html, "</td>");
	html_score_cells(html, score);
	html_raw(html, "<td class=\"n dim\">");
	html_format(html, "%.1f%%", 100 * score->weight);
	html_raw(html, "</td><td class=\"n dim\">");
	html_format(html, "%.0f%%", 100 * score->coverage);
	html_raw(html, "</td></tr>\n");
}

void html_chart(struct html *html, const char *id, const char *label, int is_low)
{
	html_raw(html, is_low ? "<figure class=low><canvas role=img id=\"" : "<figure><canvas role=img id=\"");
	html_text(html, id);
	html_raw(html, "\" aria-label=\"");
	html_text(html, label);
	html_raw(html, "\"></canvas></figure>\n");
}

static void put_dimensions(struct html *html, const struct scorecard *card)
{
	const struct result *result = card->result;

	html_raw(html, "<section id=dimensions>\n");
	html_element(html, "h2", _("Dimensions"));
	html_raw(html, "<div class=charts>");
	html_chart(html, "radar", _("Radar of the dimensions; the table below has its numbers"), 0);
	html_chart(html, "bars", _("Bars of the dimensions with their ranges; the table below has their numbers"), 0);
	html_raw(html, "</div>\n<div class=scroll tabindex=0><table>\n");
	put_score_head(html, _("dimension"));
	html_raw(html, "<tbody>\n");
	for (uint32_t d = 0; d < result->dimension_count; d++)
		put_score_row(html, result->dimensions[d].table->title, &card->dimensions[d]);
	html_raw(html, "</tbody></table></div></section>\n");
}

static void put_indicators(struct html *html, const struct scorecard *card)
{
	const struct result *result = card->result;

	html_raw(html, "<section id=indicators>\n");
	html_element(html, "h2", _("Indicators"));
	html_raw(html, "<div class=scroll tabindex=0><table>\n");
	put_score_head(html, _("indicator"));
	for (uint32_t d = 0; d < result->dimension_count; d++) {
		const struct crmval_dimension *table = result->dimensions[d].table;
		html_raw(html, "<tbody><tr class=group><th scope=rowgroup colspan=8>");
		html_text(html, table->title);
		html_raw(html, "</th></tr>\n");
		for (uint32_t i = 0; i < table->indicator_count; i++)
			put_score_row(html, table->indicators[i].title,
				      &card->indicators[card->first_indicator[d] + i]);
		html_raw(html, "</tbody>\n");
	}
	html_raw(html, "</table></div>\n<p class=dim>");
	html_text(html, _("~ may be chance: the 95% range of what was gained holds 0. Gained is over the measures that "
			  "have both a "
			  "score and a before, so it is not always the difference of the two."));
	html_raw(html, "</p></section>\n");
}

/* ---- what to make of it ---- */

static void put_list(struct html *html, const struct scorecard *card, const char *title, enum finding_kind kind)
{
	struct finding findings[FINDINGS];
	int count = findings_find(card, kind, findings), is_gain = kind != FINDING_STRONG;

	if (count == 0)
		return;
	html_raw(html, "<div class=card>");
	html_element(html, "h3", title);
	html_raw(html, "<ul>\n");
	for (int f = 0; f < count; f++) {
		const struct score *score = finding_score(card, &findings[f]);
		html_raw(html, "<li>");
		html_text(html, finding_title(card, &findings[f]));
		html_raw(html, kind == FINDING_LOST ? " <b class=bad>" : " <b class=good>");
		html_points(html, is_gain ? score->gained : score->score, is_gain);
		html_raw(html, "</b></li>\n");
	}
	html_raw(html, "</ul></div>\n");
}

static void put_cause(struct html *html, const struct scorecard *card, int cause)
{
	const struct result *result = card->result;
	const struct scored_measure *scored = &card->measures[cause];
	const struct crmval_measure *table = result->measures[cause].table;
	char value[80], before[80], points[SCREEN_POINTS_SIZE];

	report_value_text(result, table, scored->period.value.value, value);
	html_raw(html, "<li>");
	screen_points_text(scored->score.score, 0, points);
	if (estimate_is_known(scored->baseline.value)) {
		report_value_text(result, table, scored->baseline.value.value, before);
		html_format(html, "%s: score %s (%s, was %s)", table->title, points, value, before);
	} else {
		html_format(html, "%s: score %s (%s)", table->title, points, value);
	}
	html_raw(html, "</li>\n");
}

static void put_lifts(struct html *html, const struct scorecard *card)
{
	struct finding findings[FINDINGS];
	int count = findings_find(card, FINDING_LIFT, findings);

	if (count == 0)
		return;
	html_raw(html, "<div class=\"card wide-card\">");
	html_element(html, "h3", _("What would raise the score most"));
	html_raw(html, "<ol>\n");
	for (int f = 0; f < count; f++) {
		char now[SCREEN_POINTS_SIZE], points[SCREEN_POINTS_SIZE];
		int cause = -1;
		html_raw(html, "<li>");
		html_format(html, "%s stands at %s; at 100 it would bring %s points overall",
			    finding_title(card, &findings[f]),
			    screen_points_text(finding_score(card, &findings[f])->score, 0, now),
			    screen_points_text(findings[f].rank, 1, points));
		html_raw(html, "<ul class=dim>\n");
		for (int shown = 0; shown < FINDINGS && (cause = finding_next_cause(card, &findings[f], cause)) >= 0;
		     shown++)
			put_cause(html, card, cause);
		html_raw(html, "</ul></li>\n");
	}
	html_raw(html, "</ol></div>\n");
}

static void put_findings(struct html *html, const struct scorecard *card)
{
	if (card->overall.reason)
		return;
	html_raw(html, "<section id=findings>\n");
	html_element(html, "h2", _("What stands out"));
	html_raw(html, "<div class=cards>\n");
	put_list(html, card, _("Strong"), FINDING_STRONG);
	put_list(html, card, _("Gained"), FINDING_GAINED);
	put_list(html, card, _("Lost"), FINDING_LOST);
	put_lifts(html, card);
	html_raw(html, "</div></section>\n");
}

/* ---- the way to the target ---- */

static void put_step(struct html *html, const struct result *result, const struct climb_step *step)
{
	const struct crmval_measure *table = result->measures[step->measure].table;
	char value[80];

	html_raw(html, "<tr>");
	html_element(html, "th scope=row", table->title);
	report_value_text(result, table, step->value, value);
	html_element(html, "td class=n", value);
	report_value_text(result, table, step->value_to, value);
	html_element(html, "td class=\"n strong\"", value);
	html_raw(html, "<td class=n>");
	html_format(html, "%+.1f%%", 100 * step->change);
	html_raw(html, "</td><td class=n>");
	html_points(html, step->score, 0);
	html_raw(html, " → ");
	html_points(html, step->score_to, 0);
	html_raw(html, "</td><td class=\"n good\">");
	html_format(html, "%+.2f", step->points);
	html_raw(html, "</td></tr>\n");
}

static void put_steps(struct html *html, const struct result *result, const struct climb_step *steps, uint32_t count)
{
	html_raw(html, "<div class=scroll tabindex=0><table class=sortable>\n<thead><tr>");
	html_element(html, "th scope=col", _("measure"));
	html_element(html, "th scope=col class=n", _("value"));
	html_element(html, "th scope=col class=n", _("needed"));
	html_element(html, "th scope=col class=n", _("change"));
	html_element(html, "th scope=col class=n", _("score"));
	html_element(html, "th scope=col class=n", _("points"));
	html_raw(html, "</tr></thead>\n<tbody>\n");
	for (uint32_t i = 0; i < count; i++)
		put_step(html, result, &steps[i]);
	html_raw(html, "</tbody></table></div>\n");
}

static int put_climb(struct html *html, const struct scorecard *card, struct crmval_error *error)
{
	const struct result *result = card->result;
	struct climb climb;
	char target[SCREEN_POINTS_SIZE], reached[SCREEN_POINTS_SIZE];
	int code = result->target > 0 ? climb_find(card, result->target, &climb, error) : CRMVAL_OK;

	if (code != CRMVAL_OK || !(result->target > 0))
		return code;
	screen_points_text(result->target, 0, target);
	html_raw(html, "<section id=target>\n<h2>");
	html_format(html,
		    climb.score >= result->target ? _("The target of %s is reached")
						  : _("The least changes that lead to %s"),
		    target);
	html_raw(html, "</h2>\n");
	if (climb.reached < result->target - 1e-6) {
		html_raw(html, "<p class=bad>");
		html_format(html, "No way leads there: with every value at its best the score is %s.",
			    screen_points_text(climb.reached, 0, reached));
		html_raw(html, "</p>\n");
	}
	if (climb.count > 0) {
		uint32_t first = climb.count > STEPS_SHOWN ? STEPS_SHOWN : climb.count;
		put_steps(html, result, climb.steps, first);
		if (first < climb.count) {
			html_raw(html, "<details><summary>");
			html_format(html, "%u more, none by more than %.1f%%", climb.count - first,
				    100 * fabs(climb.steps[first].change));
			html_raw(html, "</summary>\n");
			put_steps(html, result, climb.steps + first, climb.count - first);
			html_raw(html, "</details>\n");
		}
		html_raw(html, "<p class=dim>");
		html_text(html, _("Of all ways to the target this is the one with the least sum of squared relative "
				  "changes of the "
				  "values. Points are those of a step by itself."));
		html_raw(html, "</p>\n");
	}
	html_raw(html, "</section>\n");
	climb_free(&climb);
	return CRMVAL_OK;
}

/* ---- data for the charts ---- */

static double tenths(double x)
{
	return round(x * 10) / 10;
}

static void put_node(struct json *json, const char *title, const struct score *score)
{
	json_map_open(json);
	json_key_text(json, "title", title);
	json_key_number(json, "score", tenths(score->score));
	json_key_number(json, "low", tenths(score->low));
	json_key_number(json, "high", tenths(score->high));
	json_key_number(json, "before", tenths(score->before));
	json_map_close(json);
}

/* The sections on the past, and the data of all charts. */
static int put_past(struct html *html, const struct scorecard *card, struct crmval_error *error)
{
	const struct result *result = card->result;
	char *text = NULL;
	size_t size;
	struct output *output = calloc(1, sizeof *output);
	struct json *json = calloc(1, sizeof *json);
	FILE *stream = open_memstream(&text, &size);
	int code = CRMVAL_ENOMEM;

	if (!output || !json || !stream) {
		fail_memory(error);
		goto out;
	}
	output->stream = stream;
	code = json_open(json, output, JSON_LINE, error);
	if (code != CRMVAL_OK)
		goto out;
	json_map_open(json);
	json_key_text(json, "now", _("now"));
	json_key_text(json, "before", _("before"));
	json_key_text(json, "range", _("95% range"));
	json_text(json, "dimensions");
	json_array_open(json);
	for (uint32_t d = 0; d < result->dimension_count; d++)
		put_node(json, result->dimensions[d].table->title, &card->dimensions[d]);
	json_array_close(json);
	code = html_history(html, json, card, error);
	json_map_close(json);
	int closed = json_close(json, error);
	if (code == CRMVAL_OK)
		code = closed == CRMVAL_OK ? output_finish(output, error) : closed;
out:
	if (stream)
		fclose(stream);
	if (code == CRMVAL_OK && !text) /* for which there was no room at the end, of which fclose() says nothing */
		code = fail_memory(error);
	if (code == CRMVAL_OK)
		html_json(html, "scores", text, size);
	free(text);
	free(output);
	free(json);
	return code;
}

/* ---- the whole ---- */

static void put_link(struct html *html, const char *id, const char *text)
{
	html_raw(html, "<a href=\"#");
	html_text(html, id);
	html_raw(html, "\">");
	html_text(html, text);
	html_raw(html, "</a>\n");
}

static void put_links(struct html *html, const struct result *result)
{
	int has_units = 0;

	for (int b = 0; b < BREAKDOWN_COUNT; b++)
		has_units |= result->breakdowns[b] && result->unit_counts[b] > 0;
	html_raw(html, "<nav>\n");
	put_link(html, "dimensions", _("Dimensions"));
	put_link(html, "indicators", _("Indicators"));
	put_link(html, "findings", _("What stands out"));
	if (result->history && result->history->count > 0)
		put_link(html, "trend", _("Trend"));
	put_link(html, "measures", _("Measures"));
	if (has_units)
		put_link(html, "units", _("Units"));
	put_link(html, "data", _("Data quality"));
	put_link(html, "provenance", _("Provenance"));
	html_raw(html, "</nav>\n");
}

static int put_page(struct html *html, struct scorecard *card, struct crmval_error *error)
{
	const struct result *result = card->result;

	html_raw(html, "<header>\n<h1>");
	html_format(html, "CRM value, %s", result->name);
	html_raw(html, "</h1>\n");
	put_days(html, result);
	put_links(html, result);
	html_raw(html, "</header>\n");
	put_overall(html, &card->overall);
	put_alerts(html, result);
	put_dimensions(html, card);
	put_indicators(html, card);
	put_findings(html, card);
	int code = put_past(html, card, error);
	if (code == CRMVAL_OK)
		code = put_climb(html, card, error);
	html_measures(html, card);
	if (code == CRMVAL_OK)
		code = html_units(html, card, error);
	html_data(html, result);
	html_provenance(html, result);
	return code;
}

int report_html(const struct result *result, struct output *output, struct crmval_error *error)
{
	struct scorecard *card = NULL;
	struct html html;
	char title[256];
	int code = score_new(result, &card, error);

	if (code == CRMVAL_OK)
		code = score_scope(card, -1, 0, error);
	if (code == CRMVAL_OK) {
		snprintf(title, sizeof title, _("CRM value, %s"), result->name);
		html_open(&html, output, title, result->language, 1);
		code = put_page(&html, card, error);
		int closed = html_close(&html, error);
		code = code == CRMVAL_OK ? closed : code;
	}
	score_free(card);
	return code;
}
