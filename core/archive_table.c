/* SPDX-License-Identifier: MIT */
/* Lists of snapshots. */
#include "archive_table.h"

#include "error.h"
#include "screen.h"
#include "text.h"
#include "window.h"

#include <math.h>
#include <stdlib.h>

static const char *const formats[] = {[ARCHIVE_CONTENT] = "crmval-archive-1", [ARCHIVE_PLAN] = "crmval-prune-1"};
static const char *const csv_headers[] = {
	[ARCHIVE_CONTENT] = "file,made,job,period_from,period_to,score,low,high,coverage\r\n",
	[ARCHIVE_PLAN] = "file,made,job,action,reasons\r\n",
};

/* ---- what is in an archive ---- */

static void put_score(struct json *json, const struct snapshot_score *score)
{
	json_key_number(json, "score", score->score);
	json_key_number(json, "low", score->low);
	json_key_number(json, "high", score->high);
	json_key_number(json, "coverage", score->coverage);
}

static void put_window(struct json *json, const char *key, const struct crmval_window *window)
{
	json_text(json, key);
	json_map_open(json);
	json_text(json, "from");
	json_day(json, window->from);
	json_text(json, "to");
	json_day(json, window->to);
	json_map_close(json);
}

static void snapshot_json(struct json *json, const char *file, const char *made, const struct snapshot_header *header)
{
	json_map_open(json);
	json_key_text(json, "file", file);
	json_key_text(json, "made", made);
	json_key_text(json, "job", header->job);
	put_window(json, "period", &header->period);
	if (header->has_baseline)
		put_window(json, "baseline", &header->baseline);
	else
		json_key_text(json, "baseline", NULL);
	json_text(json, "overall");
	json_map_open(json);
	put_score(json, &header->overall);
	json_map_close(json);
	json_text(json, "dimensions");
	json_array_open(json);
	for (uint32_t d = 0; d < header->dimension_count; d++) {
		json_map_open(json);
		json_key_text(json, "id", header->dimensions[d].id);
		put_score(json, &header->dimensions[d]);
		json_map_close(json);
	}
	json_array_close(json);
	json_map_close(json);
}

static void snapshot_text(struct archive_table *table, const char *file, const char *made,
			  const struct snapshot_header *header)
{
	struct screen screen = {.output = &table->output, .width = 80};
	char from[11], to[11], low[SCREEN_POINTS_SIZE], high[SCREEN_POINTS_SIZE], text[96];
	date_format(header->period.from, from);
	date_format(header->period.to, to);
	snprintf(text, sizeof text, "%s–%s", screen_points_text(header->overall.low, 0, low),
		 screen_points_text(header->overall.high, 0, high));
	screen_left(&screen, TONE_PLAIN, made, INSTANT_SIZE);
	screen_points(&screen, TONE_PLAIN, header->overall.score, 0, 6);
	screen_right(&screen, TONE_PLAIN, isnan(header->overall.low) ? "" : text, 13);
	snprintf(text, sizeof text, "  %s..%s  ", from, to);
	screen_left(&screen, TONE_PLAIN, text, 26);
	screen_left(&screen, TONE_PLAIN, file, screen_text_width(file));
	output_text(&table->output, "\n");
}

static void snapshot_csv(struct archive_table *table, const char *file, const char *made,
			 const struct snapshot_header *header)
{
	char from[11], to[11];
	date_format(header->period.from, from);
	date_format(header->period.to, to);
	csv_out_text(&table->csv, file, ",");
	csv_out_text(&table->csv, made, ",");
	csv_out_text(&table->csv, header->job, ",");
	csv_out_text(&table->csv, from, ",");
	csv_out_text(&table->csv, to, ",");
	csv_out_number(&table->csv, header->overall.score, ",");
	csv_out_number(&table->csv, header->overall.low, ",");
	csv_out_number(&table->csv, header->overall.high, ",");
	csv_out_number(&table->csv, header->overall.coverage, "\r\n");
}

void archive_table_snapshot(struct archive_table *table, const char *file, const struct snapshot_header *header)
{
	char made[INSTANT_SIZE];
	instant_format(header->made, made);
	if (table->format == FORMAT_JSON)
		snapshot_json(&table->json, file, made, header);
	else if (table->format == FORMAT_CSV)
		snapshot_csv(table, file, made, header);
	else
		snapshot_text(table, file, made, header);
}

/* ---- what is to become of it ---- */

static const char *action_of(const struct prune_item *item)
{
	return item->problem ? "leave" : item->reasons ? "keep" : "remove";
}

/* "last daily", or what is wrong. */
static void format_reasons(const struct prune_item *item, char *text, size_t size)
{
	size_t used = (size_t)snprintf(text, size, "%s", item->problem ? item->problem : "");
	for (int reason = 0; reason < KEEP_REASONS && used < size; reason++)
		if (item->reasons >> reason & 1)
			used += (size_t)snprintf(text + used, size - used, "%s%s", used ? " " : "", keep_names[reason]);
}

static void item_json(struct json *json, const struct prune_item *item, const char *made)
{
	json_map_open(json);
	json_key_text(json, "file", item->entry.name);
	json_key_text(json, "made", item->job ? made : NULL);
	json_key_text(json, "job", item->job);
	json_key_text(json, "action", action_of(item));
	json_text(json, "reasons");
	json_array_open(json);
	if (item->problem)
		json_text(json, item->problem);
	for (int reason = 0; reason < KEEP_REASONS; reason++)
		if (item->reasons >> reason & 1)
			json_text(json, keep_names[reason]);
	json_array_close(json);
	json_map_close(json);
}

static void item_text(struct archive_table *table, const struct prune_item *item, const char *reasons)
{
	struct screen screen = {.output = &table->output, .width = 80};
	screen_left(&screen, TONE_PLAIN, action_of(item), 8);
	screen_left(&screen, TONE_PLAIN, item->entry.name, screen_text_width(item->entry.name));
	if (*reasons) {
		output_text(&table->output, "  (");
		screen_left(&screen, TONE_PLAIN, reasons, screen_text_width(reasons));
		output_text(&table->output, ")");
	}
	output_text(&table->output, "\n");
}

void archive_table_item(struct archive_table *table, const struct prune_item *item)
{
	char made[INSTANT_SIZE], reasons[1200];
	instant_format(item->made, made);
	format_reasons(item, reasons, sizeof reasons);
	if (table->format == FORMAT_JSON) {
		item_json(&table->json, item, made);
	} else if (table->format == FORMAT_CSV) {
		csv_out_text(&table->csv, item->entry.name, ",");
		csv_out_text(&table->csv, item->job ? made : NULL, ",");
		csv_out_text(&table->csv, item->job, ",");
		csv_out_text(&table->csv, action_of(item), ",");
		csv_out_text(&table->csv, reasons, "\r\n");
	} else {
		item_text(table, item, reasons);
	}
}

/* ---- the whole ---- */

int archive_table_open(struct archive_table *table, enum archive_table_kind kind, enum job_format format, FILE *stream,
		       struct crmval_error *error)
{
	*table = (struct archive_table){.kind = kind, .format = format, .output = {.stream = stream}};
	table->csv.output = &table->output;
	if (format == FORMAT_CSV)
		output_text(&table->output, csv_headers[kind]);
	if (format == FORMAT_TEXT && kind == ARCHIVE_CONTENT)
		output_text(&table->output,
			    _("made                  score    95% range  period                  file\n"));
	if (format != FORMAT_JSON)
		return CRMVAL_OK;
	int code = json_open(&table->json, &table->output, JSON_LINES, error);
	if (code != CRMVAL_OK)
		return code;
	json_map_open(&table->json);
	json_key_text(&table->json, "format", formats[kind]);
	json_text(&table->json, "snapshots");
	json_array_open(&table->json);
	return CRMVAL_OK;
}

int archive_table_close(struct archive_table *table, struct crmval_error *error)
{
	int code = table->csv.is_out_of_memory ? fail_memory(error) : CRMVAL_OK;
	free(table->csv.copy);
	if (table->format == FORMAT_JSON) {
		json_array_close(&table->json);
		json_map_close(&table->json);
		code = json_close(&table->json, error);
	}
	return code != CRMVAL_OK ? code : output_finish(&table->output, error);
}
