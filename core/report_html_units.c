/* SPDX-License-Identifier: MIT */
/* Units in the HTML report: the best of each breakdown stand in a table, all of them in data that the script shows. */
#include "report_html.h"

#include "error.h"
#include "text.h"
#include "unit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { UNITS_SHOWN = 50 };

static const char *breakdown_title(int breakdown)
{
	switch (breakdown) {
	case BREAKDOWN_TEAM:
		return _("Teams");
	case BREAKDOWN_EMPLOYEE:
		return _("Employees");
	case BREAKDOWN_REGION:
		return _("Regions");
	default:
		return _("Size classes");
	}
}

static double tenths(double x)
{
	return round(x * 10) / 10;
}

/* ["East", 61.2, 59.9, 62.4, +3.1, is chance, 97, 60.1, ...]: score, low, high, gained, its chance, data, dimensions. */
static void put_unit_data(struct json *json, const struct scorecard *card, const char *name)
{
	const struct score *overall = &card->overall;

	json_array_open(json);
	json_text(json, name);
	json_number(json, tenths(overall->score));
	json_number(json, tenths(overall->low));
	json_number(json, tenths(overall->high));
	json_number(json, tenths(overall->gained));
	json_number(json, overall->gained_low <= 0 && overall->gained_high >= 0);
	json_number(json, round(100 * overall->coverage));
	for (uint32_t d = 0; d < card->result->dimension_count; d++)
		json_number(json, tenths(card->dimensions[d].score));
	json_array_close(json);
}

static void put_unit_row(struct html *html, const struct scorecard *card, const char *name)
{
	html_raw(html, "<tr>");
	html_element(html, "th scope=row", name);
	html_raw(html, "<td class=\"n strong ");
	html_raw(html, html_score_class(card->overall.score));
	html_raw(html, "\">");
	html_points(html, card->overall.score, 0);
	html_raw(html, "</td><td class=\"n dim\">");
	if (!isnan(card->overall.score)) {
		html_points(html, card->overall.low, 0);
		html_raw(html, "–");
		html_points(html, card->overall.high, 0);
	}
	html_raw(html, "</td><td class=n>");
	html_points(html, card->overall.gained, 1);
	html_raw(html, "</td>");
	for (uint32_t d = 0; d < card->result->dimension_count; d++) {
		html_raw(html, "<td class=n>");
		html_points(html, card->dimensions[d].score, 0);
		html_raw(html, "</td>");
	}
	html_raw(html, "<td class=\"n dim\">");
	html_format(html, "%.0f%%", 100 * card->overall.coverage);
	html_raw(html, "</td></tr>\n");
}

static void put_head(struct html *html, const struct result *result)
{
	html_raw(html, "<thead><tr>");
	html_element(html, "th scope=col", _("unit"));
	html_element(html, "th scope=col class=n", _("score"));
	html_element(html, "th scope=col class=n", _("95% range"));
	html_element(html, "th scope=col class=n", _("gained"));
	for (uint32_t d = 0; d < result->dimension_count; d++)
		html_element(html, "th scope=col class=n", result->dimensions[d].table->title);
	html_element(html, "th scope=col class=n", _("data"));
	html_raw(html, "</tr></thead>\n");
}

static void put_texts(struct json *json)
{
	json_key_text(json, "search", _("Search"));
	json_key_text(json, "more", _("Show more"));
	json_key_text(json, "all", _("Show all"));
	json_key_text(json, "shown", _("{0} of {1} shown"));
	json_key_text(json, "none", _("Nothing matches."));
}

/* Writes the table as it goes, and gathers the data. */
static int put_units(struct html *html, struct json *json, struct scorecard *card, int breakdown,
		     struct crmval_error *error)
{
	const struct result *result = card->result;
	uint32_t count = result->unit_counts[breakdown];
	char text[32];

	snprintf(text, sizeof text, "units-%s", breakdown_names[breakdown]);
	html_raw(html, "<section class=units id=\"");
	html_text(html, text);
	html_raw(html, "\">\n<h3>");
	html_text(html, breakdown_title(breakdown));
	html_raw(html, " <small class=dim>");
	html_count(html, count);
	html_raw(html, "</small></h3>\n<div class=scroll tabindex=0><table>\n");
	put_head(html, result);
	html_raw(html, "<tbody>\n");
	json_map_open(json);
	json_key_text(json, "id", text);
	json_key_count(json, "dimensions", result->dimension_count);
	put_texts(json);
	json_text(json, "units");
	json_array_open(json);
	for (uint32_t u = 0; u < count; u++) {
		const char *name = unit_title(result->unit_names[breakdown][u]);
		int code = score_scope(card, breakdown, u, error);
		if (code != CRMVAL_OK)
			return code;
		if (u < UNITS_SHOWN)
			put_unit_row(html, card, name);
		put_unit_data(json, card, name);
	}
	json_array_close(json);
	json_map_close(json);
	html_raw(html, "</tbody></table></div></section>\n");
	return CRMVAL_OK;
}

static int put_breakdown(struct html *html, struct scorecard *card, int breakdown, struct crmval_error *error)
{
	char *text = NULL, id[32];
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
	if (code == CRMVAL_OK)
		code = put_units(html, json, card, breakdown, error);
	int closed = json_close(json, error);
	if (code == CRMVAL_OK)
		code = closed == CRMVAL_OK ? output_finish(output, error) : closed;
out:
	if (stream)
		fclose(stream);
	if (code == CRMVAL_OK && !text) /* for which there was no room at the end, of which fclose() says nothing */
		code = fail_memory(error);
	snprintf(id, sizeof id, "data-%s", breakdown_names[breakdown]);
	if (code == CRMVAL_OK)
		html_json(html, id, text, size);
	free(text);
	free(output);
	free(json);
	return code;
}

int html_units(struct html *html, struct scorecard *card, struct crmval_error *error)
{
	const struct result *result = card->result;
	int code = CRMVAL_OK, any = 0;

	for (int b = 0; b < BREAKDOWN_COUNT && code == CRMVAL_OK; b++) {
		if (!result->breakdowns[b] || result->unit_counts[b] == 0)
			continue;
		if (!any++) {
			html_raw(html, "<section id=units>\n");
			html_element(html, "h2", _("Units"));
			html_raw(html, "</section>\n");
		}
		code = put_breakdown(html, card, b, error);
	}
	return code;
}
