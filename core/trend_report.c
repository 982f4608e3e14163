/* SPDX-License-Identifier: MIT */
/* A trend as text, JSON and CSV. */
#include "archive.h"
#include "csv_out.h"
#include "error.h"
#include "json.h"
#include "screen.h"
#include "text.h"
#include "trend.h"
#include "window.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Of the table; and how much two scores differ at least, for the line to use its full height. */
enum { ROWS_SHOWN = 24, SPARKS_SHOWN = 32, SPARK_SPAN = 5 };

void trend_sparkline(const double *values, size_t count, double span, char *text)
{
	double least = INFINITY, greatest = -INFINITY;
	for (size_t i = 0; i < count; i++) {
		if (isnan(values[i]))
			continue;
		least = fmin(least, values[i]);
		greatest = fmax(greatest, values[i]);
	}
	double missing = fmax(0, span - (greatest - least));
	least -= missing / 2;
	span = greatest + missing / 2 - least;
	for (size_t i = 0; i < count; i++) {
		if (isnan(values[i])) {
			*text++ = ' ';
			continue;
		}
		/* U+2581 to U+2588 */
		int height = (int)fmin(7, floor(8 * (values[i] - least) / span));
		memcpy(text, "\xe2\x96", 2);
		text[2] = (char)(0x81 + height);
		text += 3;
	}
	*text = 0;
}

/* The points of one job. */
struct series {
	const struct trend_point *points;
	size_t count;
};

static struct series series_from(const struct trend *trend, size_t first)
{
	struct series series = {trend->points + first, 1};
	while (first + series.count < trend->count &&
	       strcmp(trend->points[first + series.count].header.job, series.points->header.job) == 0)
		series.count++;
	return series;
}

/* ---- text ---- */

/* A dimension's score, or the overall one where id is NULL. */
static double score_of(const struct trend_point *point, const char *id)
{
	if (!id)
		return point->header.overall.score;
	for (uint32_t d = 0; d < point->header.dimension_count; d++)
		if (strcmp(point->header.dimensions[d].id, id) == 0)
			return point->header.dimensions[d].score;
	return NAN;
}

static void write_line(struct screen *screen, const struct series *series, const char *id, const char *title)
{
	double values[SPARKS_SHOWN], first = NAN, last = NAN;
	char sparks[3 * SPARKS_SHOWN + 1];
	size_t count = 0;
	for (size_t i = 0; i < series->count; i++) {
		double score = score_of(&series->points[i], id);
		if (isnan(first))
			first = score;
		if (!isnan(score))
			last = score;
		if (i + SPARKS_SHOWN >= series->count)
			values[count++] = score;
	}
	trend_sparkline(values, count, SPARK_SPAN, sparks);
	screen_left(screen, TONE_PLAIN, "", 2);
	screen_left(screen, id ? TONE_PLAIN : TONE_BOLD, title, 22);
	screen_points(screen, TONE_DIM, first, 0, 7);
	screen_left(screen, TONE_PLAIN, "", 2);
	screen_left(screen, TONE_PLAIN, sparks, SPARKS_SHOWN);
	screen_points(screen, TONE_BOLD, last, 0, 7);
	screen_points(screen, TONE_PLAIN, last - first, 1, 8);
	screen_newline(screen);
}

static void write_row(struct screen *screen, const struct series *series, size_t place, int dimensions)
{
	const struct trend_point *point = &series->points[place];
	const struct snapshot_header *latest = &series->points[series->count - 1].header;
	char made[INSTANT_SIZE], from[11], to[11], window[32];
	int has_changed = place > 0 && strcmp(point->header.definitions, point[-1].header.definitions) != 0;
	instant_format(point->header.made, made);
	made[10] = 0; /* the day */
	date_format(point->header.period.from, from);
	date_format(point->header.period.to, to);
	snprintf(window, sizeof window, "%s–%s", from, to);
	screen_left(screen, TONE_PLAIN, has_changed ? "* " : "", 2);
	screen_left(screen, TONE_DIM, made, 12);
	screen_left(screen, TONE_PLAIN, window, 21);
	screen_points(screen, TONE_BOLD, point->header.overall.score, 0, 8);
	for (int d = 0; d < dimensions; d++)
		screen_points(screen, TONE_PLAIN, score_of(point, latest->dimensions[d].id), 0, 6);
	screen_newline(screen);
}

static void write_table(struct screen *screen, const struct series *series)
{
	const struct snapshot_header *latest = &series->points[series->count - 1].header;
	int most = (screen->width - 43) / 6, has_changed = 0;
	int dimensions = (int)latest->dimension_count < most ? (int)latest->dimension_count : most;
	size_t first = series->count > ROWS_SHOWN ? series->count - ROWS_SHOWN : 0;
	char number[16], text[SCREEN_COUNT_SIZE];
	screen_newline(screen);
	screen_left(screen, TONE_DIM, "", 2);
	screen_left(screen, TONE_DIM, _("run"), 12);
	screen_left(screen, TONE_DIM, _("period"), 21);
	screen_right(screen, TONE_DIM, _("overall"), 8);
	for (int d = 0; d < dimensions; d++) {
		snprintf(number, sizeof number, "%d", d + 1);
		screen_right(screen, TONE_DIM, number, 6);
	}
	screen_newline(screen);
	if (first > 0) {
		screen_left(screen, TONE_PLAIN, "", 2);
		screen_flow_format(screen, TONE_DIM, "%s earlier", screen_count_text((double)first, text));
		screen_newline(screen);
	}
	for (size_t i = first; i < series->count; i++) {
		write_row(screen, series, i, dimensions);
		has_changed |= i > 0 && strcmp(series->points[i].header.definitions,
					       series->points[i - 1].header.definitions) != 0;
	}
	if (has_changed) {
		screen->indent = 2;
		screen_flow(screen, TONE_DIM,
			    _("* measured or scored in another way than the one before it: crmval compare tells how"));
		screen_newline(screen);
	}
}

/* What people call a dimension, where that is known. */
static const char *title_of(const struct trend_point *latest, const char *id)
{
	const struct result *result = latest->snapshot ? &latest->snapshot->result : NULL;
	for (uint32_t d = 0; result && d < result->dimension_count; d++)
		if (strcmp(result->dimensions[d].id, id) == 0)
			return result->dimensions[d].table->title;
	return id;
}

static void write_series(struct screen *screen, const struct series *series)
{
	const struct trend_point *last = &series->points[series->count - 1];
	const struct snapshot_header *latest = &last->header;
	char text[SCREEN_COUNT_SIZE], title[256];
	screen->indent = 0;
	screen_flow_format(screen, TONE_BOLD, "%s", latest->job);
	screen_flow_format(screen, TONE_DIM, series->count == 1 ? _(" %s snapshot") : _(" %s snapshots"),
			   screen_count_text((double)series->count, text));
	screen_newline(screen);
	screen_rule(screen);
	write_line(screen, series, NULL, _("overall"));
	for (uint32_t d = 0; d < latest->dimension_count; d++) {
		snprintf(title, sizeof title, "%u %s", d + 1, title_of(last, latest->dimensions[d].id));
		write_line(screen, series, latest->dimensions[d].id, title);
	}
	write_table(screen, series);
}

void trend_text(const struct trend *trend, struct output *output, const struct report_style *style)
{
	struct screen screen = {.output = output, .width = 80};
	if (style) {
		screen.width = style->width > 80 ? style->width : 80;
		screen.colour = style->colour;
	}
	if (trend->count == 0) {
		screen_flow(&screen, TONE_PLAIN, _("There is no snapshot."));
		screen_newline(&screen);
	}
	for (size_t i = 0; i < trend->count;) {
		struct series series = series_from(trend, i);
		if (i > 0)
			screen_newline(&screen);
		write_series(&screen, &series);
		i += series.count;
	}
}

/* ---- JSON ---- */

static void put_score(struct json *json, const struct snapshot_score *score)
{
	json_map_open(json);
	if (score->id)
		json_key_text(json, "id", score->id);
	json_key_number(json, "score", score->score);
	json_key_number(json, "low", score->low);
	json_key_number(json, "high", score->high);
	json_key_number(json, "coverage", score->coverage);
	json_map_close(json);
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

static void put_point(struct json *json, const struct trend_point *point)
{
	const struct snapshot_header *header = &point->header;
	char made[INSTANT_SIZE];
	instant_format(header->made, made);
	json_map_open(json);
	json_key_text(json, "file", point->file);
	json_key_text(json, "job", header->job);
	json_key_text(json, "made", made);
	put_window(json, "period", &header->period);
	if (header->has_baseline)
		put_window(json, "baseline", &header->baseline);
	else
		json_key_text(json, "baseline", NULL);
	json_key_text(json, "definitions", header->definitions);
	json_text(json, "overall");
	put_score(json, &header->overall);
	json_text(json, "dimensions");
	json_array_open(json);
	for (uint32_t d = 0; d < header->dimension_count; d++)
		put_score(json, &header->dimensions[d]);
	json_array_close(json);
	json_map_close(json);
}

int trend_json(const struct trend *trend, struct output *output, struct crmval_error *error)
{
	struct json json;
	int code = json_open(&json, output, JSON_LINES, error);
	if (code == CRMVAL_OK) {
		json_map_open(&json);
		json_key_text(&json, "format", "crmval-trend-1");
		json_text(&json, "snapshots");
		json_array_open(&json);
		for (size_t i = 0; i < trend->count; i++)
			put_point(&json, &trend->points[i]);
		json_array_close(&json);
		json_map_close(&json);
	}
	int closed = json_close(&json, code == CRMVAL_OK ? error : NULL);
	return code == CRMVAL_OK ? closed : code;
}

/* ---- CSV: a row for each overall score and each dimension ---- */

static void put_cells(struct csv_out *csv, const struct trend_point *point, const struct snapshot_score *score)
{
	char made[INSTANT_SIZE], from[11], to[11];
	instant_format(point->header.made, made);
	date_format(point->header.period.from, from);
	date_format(point->header.period.to, to);
	csv_out_text(csv, point->file, ",");
	csv_out_text(csv, point->header.job, ",");
	csv_out_text(csv, made, ",");
	csv_out_text(csv, from, ",");
	csv_out_text(csv, to, ",");
	csv_out_text(csv, score->id, ",");
	csv_out_number(csv, score->score, ",");
	csv_out_number(csv, score->low, ",");
	csv_out_number(csv, score->high, ",");
	csv_out_number(csv, score->coverage, ",");
	csv_out_text(csv, point->header.definitions, "\r\n");
}

int trend_csv(const struct trend *trend, struct output *output, struct crmval_error *error)
{
	struct csv_out csv = {.output = output};
	output_text(output, "file,job,made,from,to,dimension,score,low,high,coverage,definitions\r\n");
	for (size_t i = 0; i < trend->count; i++) {
		const struct trend_point *point = &trend->points[i];
		put_cells(&csv, point, &point->header.overall);
		for (uint32_t d = 0; d < point->header.dimension_count; d++)
			put_cells(&csv, point, &point->header.dimensions[d]);
	}
	free(csv.copy);
	return csv.is_out_of_memory ? fail_memory(error) : CRMVAL_OK;
}
