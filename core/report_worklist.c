/* SPDX-License-Identifier: MIT */
/* The work list as CSV, JSON, text and HTML. */
#include "report_worklist.h"

#include "csv_out.h"
#include "error.h"
#include "html.h"
#include "json.h"
#include "screen.h"
#include "text.h"
#include "worklist_line.h"

#include <stdlib.h>
#include <string.h>

/* ---- CSV ---- */

static void put_csv_header(const struct worklist *list, struct csv_out *csv)
{
	output_text(csv->output, "points,");
	for (int b = 0; b < BREAKDOWN_COUNT; b++)
		if (list->run->units.counts[b]) {
			output_text(csv->output, "points_");
			csv_out_text(csv, breakdown_names[b], ",");
		}
	output_text(
		csv->output,
		"entity,id,name,owner,owner_name,team,measures,missing,wrong,elsewhere,beyond,also_read_by_others\r\n");
}

static void put_csv(const struct worklist *list, const struct worklist_item *item, const struct worklist_line *line,
		    struct csv_out *csv)
{
	csv_out_number(csv, item->points, ",");
	for (int b = 0; b < BREAKDOWN_COUNT; b++)
		if (list->run->units.counts[b])
			csv_out_number(csv, item->unit_points[b], ",");
	csv_out_text(csv, line->entity, ",");
	csv_out_text(csv, line->id, ",");
	csv_out_text(csv, line->name, ",");
	csv_out_text(csv, line->owner, ",");
	csv_out_text(csv, line->owner_name, ",");
	csv_out_text(csv, line->team, ",");
	csv_out_text(csv, line->measures, ",");
	csv_out_text(csv, line->missing, ",");
	csv_out_text(csv, line->wrong, ",");
	csv_out_text(csv, line->elsewhere, ",");
	csv_out_text(csv, line->beyond, ",");
	csv_out_text(csv, line->reaches, "\r\n");
}

/* ---- JSON ---- */

static void put_json(const struct worklist *list, const struct worklist_item *item, const struct worklist_line *line,
		     struct json *json)
{
	json_map_open(json);
	json_key_number(json, "points", item->points);
	json_text(json, "unit_points");
	json_map_open(json);
	for (int b = 0; b < BREAKDOWN_COUNT; b++)
		if (list->run->units.counts[b])
			json_key_number(json, breakdown_names[b], item->unit_points[b]);
	json_map_close(json);
	json_key_text(json, "entity", line->entity);
	json_key_text(json, "id", line->id);
	json_key_text(json, "name", line->name);
	json_key_text(json, "owner", line->owner);
	json_key_text(json, "owner_name", line->owner_name);
	json_key_text(json, "team", line->team);
	json_key_text(json, "measures", line->measures);
	json_key_text(json, "missing", line->missing);
	json_key_text(json, "wrong", line->wrong);
	json_key_text(json, "elsewhere", line->elsewhere);
	json_key_text(json, "beyond", line->beyond);
	json_key_text(json, "also_read_by_others", line->reaches);
	json_map_close(json);
}

/* ---- text ---- */

static void put_part(struct screen *screen, const char *label, enum tone tone, const char *text)
{
	if (!*text)
		return;
	screen->indent = 25;
	screen_left(screen, TONE_PLAIN, "", 10);
	screen_left(screen, TONE_DIM, label, 15);
	screen_flow(screen, tone, text);
	screen_newline(screen);
}

static void put_text(const struct worklist_item *item, const struct worklist_line *line, struct screen *screen)
{
	char points[32];
	snprintf(points, sizeof points, "%+.4f", item->points);
	screen->indent = 10;
	screen_left(screen, TONE_GOOD, points, 10);
	screen_flow_format(screen, TONE_BOLD, "%s %s", line->entity, line->id);
	screen_flow(screen, TONE_PLAIN, " ");
	screen_flow(screen, TONE_PLAIN, line->name);
	if (*line->owner) {
		screen_flow(screen, TONE_DIM, " · ");
		screen_flow(screen, TONE_PLAIN, *line->owner_name ? line->owner_name : line->owner);
	}
	if (*line->team) {
		screen_flow(screen, TONE_DIM, " · ");
		screen_flow(screen, TONE_PLAIN, line->team);
	}
	screen_newline(screen);
	put_part(screen, _("missing"), TONE_PLAIN, line->missing);
	put_part(screen, _("wrong"), TONE_PLAIN, line->wrong);
	put_part(screen, _("in other rows"), TONE_PLAIN, line->elsewhere);
	put_part(screen, _("not by fields"), TONE_PLAIN, line->beyond);
	put_part(screen, _("short in"), TONE_DIM, line->measures);
}

static void put_text_head(const struct worklist *list, struct screen *screen)
{
	char shown[SCREEN_COUNT_SIZE], all[SCREEN_COUNT_SIZE];
	screen_flow_format(screen, TONE_BOLD, "%s of %s rows that fall short, and the points that mending each brings",
			   screen_count_text(list->item_count, shown), screen_count_text((double)list->row_count, all));
	screen_newline(screen);
	screen_newline(screen);
}

/* ---- HTML ---- */

static void put_html_head(const struct worklist *list, struct html *html, struct output *output)
{
	static const char *const columns[] = {N_("points"),  N_("row"),   N_("owner"),         N_("team"),
					      N_("missing"), N_("wrong"), N_("in other rows"), N_("short in")};
	const struct result *result = &list->run->result;
	char title[256], shown[SCREEN_COUNT_SIZE], all[SCREEN_COUNT_SIZE];
	snprintf(title, sizeof title, _("Work list, %s"), result->name);
	html_open(html, output, title, result->language, 0);
	html_element(html, "h1", title);
	html_raw(html, "<p class=dim>");
	html_format(html, "%s of %s rows that fall short, and the points that mending each brings",
		    screen_count_text(list->item_count, shown), screen_count_text((double)list->row_count, all));
	html_raw(html, "</p>\n<div class=scroll tabindex=0><table class=\"work sortable\">\n<thead><tr>");
	for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++)
		html_element(html, i == 0 ? "th scope=col class=n" : "th scope=col", _(columns[i]));
	html_raw(html, "</tr></thead>\n<tbody>\n");
}

static void put_html(const struct worklist_item *item, const struct worklist_line *line, struct html *html)
{
	html_raw(html, "<tr><td class=\"n good strong\">");
	html_format(html, "%+.4f", item->points);
	html_raw(html, "</td><th scope=row>");
	html_text(html, *line->name ? line->name : line->id);
	html_raw(html, "<small>");
	html_format(html, "%s %s", line->entity, line->id);
	html_raw(html, "</small></th>");
	html_element(html, "td", *line->owner_name ? line->owner_name : line->owner);
	html_element(html, "td", line->team);
	html_element(html, "td", line->missing);
	html_element(html, "td", line->wrong);
	html_element(html, "td", line->elsewhere);
	html_element(html, "td class=dim", line->measures);
	html_raw(html, "</tr>\n");
}

/* ---- the whole ---- */

struct writer {
	const struct worklist *list;
	enum job_format format;
	struct csv_out csv;
	struct json json;
	struct screen screen;
	struct html html;
};

static int put_items(struct writer *writer, int64_t owner, struct crmval_error *error)
{
	const struct worklist *list = writer->list;
	for (uint32_t i = 0; i < list->item_count; i++) {
		const struct worklist_item *item = &list->items[i];
		struct worklist_line line;
		if (owner >= 0 && item->unit[BREAKDOWN_EMPLOYEE] != owner)
			continue;
		int code = worklist_line_of(list, item, &line, error);
		if (code != CRMVAL_OK)
			return code;
		if (writer->format == FORMAT_CSV)
			put_csv(list, item, &line, &writer->csv);
		else if (writer->format == FORMAT_JSON)
			put_json(list, item, &line, &writer->json);
		else if (writer->format == FORMAT_HTML)
			put_html(item, &line, &writer->html);
		else
			put_text(item, &line, &writer->screen);
		worklist_line_free(&line);
	}
	return writer->csv.is_out_of_memory ? fail_memory(error) : CRMVAL_OK;
}

static int put_json_list(struct writer *writer, int64_t owner, struct output *output, struct crmval_error *error)
{
	int code = json_open(&writer->json, output, JSON_LINES, error);
	if (code != CRMVAL_OK)
		return code;
	json_map_open(&writer->json);
	json_key_text(&writer->json, "format", "crmval-worklist-1");
	json_key_count(&writer->json, "rows", writer->list->row_count);
	json_text(&writer->json, "items");
	json_array_open(&writer->json);
	code = put_items(writer, owner, error);
	json_array_close(&writer->json);
	json_map_close(&writer->json);
	int closed = json_close(&writer->json, error);
	return code == CRMVAL_OK ? closed : code;
}

int report_worklist(const struct worklist *list, int64_t owner, enum job_format format, struct output *output,
		    const struct report_style *style, struct crmval_error *error)
{
	struct writer *writer = calloc(1, sizeof *writer);
	int code;
	if (!writer)
		return fail_memory(error);
	writer->list = list;
	writer->format = format;
	writer->csv.output = output;
	writer->screen = (struct screen){.output = output,
					 .width = style && style->width > 80 ? style->width : 80,
					 .colour = style && style->colour};
	if (format == FORMAT_JSON) {
		code = put_json_list(writer, owner, output, error);
	} else if (format == FORMAT_HTML) {
		put_html_head(list, &writer->html, output);
		code = put_items(writer, owner, error);
		html_raw(&writer->html, "</tbody></table></div>\n");
		int closed = html_close(&writer->html, error);
		code = code == CRMVAL_OK ? closed : code;
	} else {
		if (format == FORMAT_CSV)
			put_csv_header(list, &writer->csv);
		else
			put_text_head(list, &writer->screen);
		code = put_items(writer, owner, error);
	}
	free(writer->csv.copy);
	free(writer);
	return code == CRMVAL_OK ? output_finish(output, error) : code;
}
