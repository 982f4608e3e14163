/* SPDX-License-Identifier: MIT */
/* The answers of a sensitivity analysis as text, JSON and CSV. */
#include "csv_out.h"
#include "error.h"
#include "json.h"
#include "screen.h"
#include "sensitivity.h"
#include "text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { UNITS_SHOWN = 20 };

static const char *unit_of(const struct sensitivity *sensitivity, int b, uint32_t place)
{
	return sensitivity->result->unit_names[b][sensitivity->ranked[b][place].unit];
}

/* ---- text ---- */

/* Which dimensions give weight, and which one gets it. */
static void write_moves(struct screen *screen, const struct sensitivity *sensitivity, const struct ranked *ranked)
{
	const struct result *result = sensitivity->result;
	uint32_t left = 0;
	for (uint32_t d = 0; d < result->dimension_count; d++)
		left += ranked->weights[d] != sensitivity->weighing.weights[d];
	for (uint32_t d = 0; d < result->dimension_count; d++) {
		double change = ranked->weights[d] - sensitivity->weighing.weights[d];
		if (change != 0)
			screen_flow_format(screen, TONE_DIM, "%s %+.1f%%%s", result->dimensions[d].table->title,
					   100 * change, --left ? ", " : "");
	}
}

static void write_swap(struct screen *screen, const struct sensitivity *sensitivity, int b, uint32_t place)
{
	const struct ranked *ranked = &sensitivity->ranked[b][place];
	screen_left(screen, TONE_PLAIN, "", 4);
	screen->indent = 6;
	if (ranked->score == ranked[1].score) {
		screen_flow_format(screen, TONE_DIM, _("%s has the same score"), unit_of(sensitivity, b, place + 1));
	} else if (!ranked->weights) {
		screen_flow_format(screen, TONE_DIM, _("no weights of the dimensions put %s ahead of it"),
				   unit_of(sensitivity, b, place + 1));
	} else {
		screen_flow_format(screen, TONE_DIM,
				   "%.1f%% of the weight would put %s ahead of it: ", 100 * ranked->swap.moved,
				   unit_of(sensitivity, b, place + 1));
		write_moves(screen, sensitivity, ranked);
	}
	screen_newline(screen);
}

static void write_unit(struct screen *screen, const struct sensitivity *sensitivity, int b, uint32_t place)
{
	const struct ranked *ranked = &sensitivity->ranked[b][place];
	char text[64];
	snprintf(text, sizeof text, "%u", ranked->rank);
	screen_right(screen, TONE_PLAIN, text, 6);
	screen_left(screen, TONE_PLAIN, "", 2);
	screen_left(screen, TONE_PLAIN, unit_of(sensitivity, b, place), screen->width - 44);
	screen_points(screen, TONE_BOLD, ranked->score, 0, 8);
	snprintf(text, sizeof text, "%.1f%%", 100 * ranked->first);
	screen_right(screen, TONE_PLAIN, text, 12);
	if (ranked->rank_low == 0)
		strcpy(text, "–");
	else
		snprintf(text, sizeof text, "%u–%u", ranked->rank_low, ranked->rank_high);
	screen_right(screen, TONE_PLAIN, text, 14);
	screen_newline(screen);
	if (place + 1 < sensitivity->counts[b])
		write_swap(screen, sensitivity, b, place);
}

static void write_breakdown(struct screen *screen, const struct sensitivity *sensitivity, int b)
{
	uint32_t count = sensitivity->counts[b], shown = count < UNITS_SHOWN ? count : UNITS_SHOWN;
	char text[SCREEN_COUNT_SIZE];
	screen_newline(screen);
	screen_left(screen, TONE_BOLD, _(breakdown_headings[b]), screen->width - 36);
	screen_right(screen, TONE_DIM, _("overall"), 8);
	screen_right(screen, TONE_DIM, _("first in"), 12);
	screen_right(screen, TONE_DIM, _("95% ranks"), 14);
	screen_newline(screen);
	for (uint32_t i = 0; i < shown; i++)
		write_unit(screen, sensitivity, b, i);
	if (shown < count) {
		screen_left(screen, TONE_PLAIN, "", 2);
		screen_flow_format(screen, TONE_DIM, "%s more", screen_count_text((double)(count - shown), text));
		screen_newline(screen);
	}
}

static void write_text(const struct sensitivity *sensitivity, struct output *output, const struct report_style *style)
{
	struct screen screen = {
		.output = output, .width = style->width > 80 ? style->width : 80, .colour = style->colour};
	char score[SCREEN_POINTS_SIZE], low[SCREEN_POINTS_SIZE], high[SCREEN_POINTS_SIZE], draws[SCREEN_COUNT_SIZE];
	screen_flow_format(&screen, TONE_BOLD, "CRM value, %s, under other weights", sensitivity->result->name);
	screen_newline(&screen);
	screen_flow_format(&screen, TONE_PLAIN, "%s draws around the given weights, concentration %g, seed %llu",
			   screen_count_text((double)sensitivity->settings.draws, draws),
			   sensitivity->settings.concentration, (unsigned long long)sensitivity->settings.seed);
	screen_newline(&screen);
	screen_rule(&screen);
	screen_newline(&screen);
	screen_left(&screen, TONE_PLAIN, "", 2);
	screen_flow_format(&screen, TONE_BOLD, "%s", screen_points_text(sensitivity->score, 0, score));
	screen_flow_format(&screen, TONE_PLAIN, " of 100 under the given weights; %s to %s in 95%% of the draws",
			   screen_points_text(sensitivity->low, 0, low),
			   screen_points_text(sensitivity->high, 0, high));
	screen_newline(&screen);
	for (int b = 0; b < BREAKDOWN_COUNT; b++)
		if (sensitivity->counts[b] > 0)
			write_breakdown(&screen, sensitivity, b);
}

/* ---- JSON ---- */

static void put_weights(struct json *json, const char *key, const struct sensitivity *sensitivity,
			const double *weights)
{
	json_text(json, key);
	if (!weights) {
		json_text(json, NULL);
		return;
	}
	json_map_open(json);
	for (uint32_t d = 0; d < sensitivity->result->dimension_count; d++)
		json_key_number(json, sensitivity->result->dimensions[d].id, weights[d]);
	json_map_close(json);
}

static void put_rank(struct json *json, const char *key, uint32_t rank)
{
	json_key_number(json, key, rank ? rank : NAN);
}

static void put_unit(struct json *json, const struct sensitivity *sensitivity, int b, uint32_t place)
{
	const struct ranked *ranked = &sensitivity->ranked[b][place];
	json_map_open(json);
	json_key_text(json, "unit", unit_of(sensitivity, b, place));
	json_key_number(json, "score", ranked->score);
	json_key_count(json, "rank", ranked->rank);
	json_key_number(json, "first", ranked->first);
	put_rank(json, "rank_low", ranked->rank_low);
	put_rank(json, "rank_median", ranked->rank_median);
	put_rank(json, "rank_high", ranked->rank_high);
	json_text(json, "swap");
	if (place + 1 == sensitivity->counts[b]) {
		json_text(json, NULL);
	} else {
		json_map_open(json);
		json_key_text(json, "with", unit_of(sensitivity, b, place + 1));
		json_key_number(json, "moved", score_rounded(ranked->swap.moved));
		json_key_text(json, "kind", ranked->swap.is_least ? "least" : "single");
		put_weights(json, "weights", sensitivity, ranked->weights);
		json_map_close(json);
	}
	json_map_close(json);
}

static void put_all(struct json *json, const struct sensitivity *sensitivity)
{
	json_map_open(json);
	json_key_text(json, "format", "crmval-sensitivity-1");
	json_key_text(json, "job", sensitivity->result->name);
	json_key_count(json, "draws", sensitivity->settings.draws);
	json_key_count(json, "seed", sensitivity->settings.seed);
	json_key_number(json, "concentration", sensitivity->settings.concentration);
	put_weights(json, "weights", sensitivity, sensitivity->weighing.weights);
	json_text(json, "overall");
	json_map_open(json);
	json_key_number(json, "score", sensitivity->score);
	json_key_count(json, "rated", sensitivity->rated);
	json_key_number(json, "low", sensitivity->low);
	json_key_number(json, "median", sensitivity->median);
	json_key_number(json, "high", sensitivity->high);
	json_map_close(json);
	json_text(json, "breakdowns");
	json_map_open(json);
	for (int b = 0; b < BREAKDOWN_COUNT; b++) {
		if (!sensitivity->result->breakdowns[b])
			continue;
		json_text(json, breakdown_names[b]);
		json_array_open(json);
		for (uint32_t i = 0; i < sensitivity->counts[b]; i++)
			put_unit(json, sensitivity, b, i);
		json_array_close(json);
	}
	json_map_close(json);
	json_map_close(json);
}

static int write_json(const struct sensitivity *sensitivity, struct output *output, struct crmval_error *error)
{
	struct json json;
	int code = json_open(&json, output, JSON_LINES, error);
	if (code == CRMVAL_OK)
		put_all(&json, sensitivity);
	int closed = json_close(&json, code == CRMVAL_OK ? error : NULL);
	return code == CRMVAL_OK ? closed : code;
}

/* ---- CSV ---- */

static int write_csv(const struct sensitivity *sensitivity, struct output *output, struct crmval_error *error)
{
	struct csv_out csv = {.output = output};
	output_text(output, "breakdown,unit,score,low,median,high,rank,first,rank_low,rank_median,rank_high,swaps_with,"
			    "moved\r\n,,");
	csv_out_number(&csv, sensitivity->score, ",");
	csv_out_number(&csv, sensitivity->low, ",");
	csv_out_number(&csv, sensitivity->median, ",");
	csv_out_number(&csv, sensitivity->high, ",,,,,,,\r\n");
	for (int b = 0; b < BREAKDOWN_COUNT; b++) {
		for (uint32_t i = 0; i < sensitivity->counts[b]; i++) {
			const struct ranked *ranked = &sensitivity->ranked[b][i];
			int is_last = i + 1 == sensitivity->counts[b];
			csv_out_text(&csv, breakdown_names[b], ",");
			csv_out_text(&csv, unit_of(sensitivity, b, i), ",");
			csv_out_number(&csv, ranked->score, ",,,,");
			csv_out_number(&csv, ranked->rank, ",");
			csv_out_number(&csv, ranked->first, ",");
			csv_out_number(&csv, ranked->rank_low ? ranked->rank_low : NAN, ",");
			csv_out_number(&csv, ranked->rank_low ? ranked->rank_median : NAN, ",");
			csv_out_number(&csv, ranked->rank_low ? ranked->rank_high : NAN, ",");
			csv_out_text(&csv, is_last ? NULL : unit_of(sensitivity, b, i + 1), ",");
			csv_out_number(&csv, score_rounded(ranked->swap.moved), "\r\n");
		}
	}
	free(csv.copy);
	return csv.is_out_of_memory ? fail_memory(error) : CRMVAL_OK;
}

int sensitivity_write(const struct sensitivity *sensitivity, enum job_format format, FILE *stream,
		      const struct report_style *style, struct crmval_error *error)
{
	struct output output = {.stream = stream};
	int code = CRMVAL_OK;
	if (format == FORMAT_JSON)
		code = write_json(sensitivity, &output, error);
	else if (format == FORMAT_CSV)
		code = write_csv(sensitivity, &output, error);
	else
		write_text(sensitivity, &output, style);
	return code == CRMVAL_OK ? output_finish(&output, error) : code;
}
