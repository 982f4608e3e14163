/* SPDX-License-Identifier: MIT */
/* The header line of a snapshot: written from a result, and read by itself. */
#include "snapshot_header.h"

#include "archive.h"
#include "error.h"
#include "score.h"
#include "snapshot_frame.h"
#include "snapshot_line.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define FORMAT_PREFIX "crmval-snapshot-"

/* ---- writing ---- */

void snapshot_put_window(struct json *json, const char *key, const struct crmval_window *window)
{
	json_text(json, key);
	if (!window) {
		json_text(json, NULL);
		return;
	}
	json_map_open(json);
	json_text(json, "from");
	json_day(json, window->from);
	json_text(json, "to");
	json_day(json, window->to);
	json_map_close(json);
}

void snapshot_put_part(struct json *json, const struct result *result)
{
	json_text(json, "part");
	if (result->part_count == 0) {
		json_text(json, NULL);
		return;
	}
	json_map_open(json);
	json_key_count(json, "number", result->part);
	json_key_count(json, "of", result->part_count);
	json_map_close(json);
}

static void put_score(struct json *json, const struct score *score)
{
	json_key_number(json, "score", score->score);
	json_key_number(json, "low", score->low);
	json_key_number(json, "high", score->high);
	json_key_number(json, "coverage", score->coverage);
}

static void put_hash(struct json *json, const char *key, const struct snapshot_hash *hash)
{
	json_text(json, key);
	json_map_open(json);
	json_key_count(json, "bytes", hash->bytes);
	json_key_text(json, "sha256", hash->sha256);
	json_map_close(json);
}

static void put_lines(struct json *json, const struct snapshot_lines *lines)
{
	json_text(json, "lines");
	json_map_open(json);
	json_key_count(json, "place", lines->place);
	json_key_count(json, "line", lines->line);
	json_key_count(json, "bytes", lines->hash.bytes);
	json_key_text(json, "sha256", lines->hash.sha256);
	json_map_close(json);
}

static void put_header(struct json *json, const struct scorecard *card, const struct snapshot_seal *seal)
{
	const struct result *result = card->result;
	char made[INSTANT_SIZE];
	instant_format(result->made, made);
	json_map_open(json);
	json_key_text(json, "format", FORMAT_PREFIX "1");
	json_key_text(json, "job", result->name);
	snapshot_put_window(json, "period", &result->period);
	snapshot_put_window(json, "baseline", result->has_baseline ? &result->baseline : NULL);
	json_key_text(json, "made", made);
	json_key_text(json, "program", result->program);
	snapshot_put_part(json, result);
	json_text(json, "overall");
	json_map_open(json);
	put_score(json, &card->overall);
	json_map_close(json);
	json_text(json, "dimensions");
	json_array_open(json);
	for (uint32_t d = 0; d < result->dimension_count; d++) {
		json_map_open(json);
		json_key_text(json, "id", result->dimensions[d].id);
		put_score(json, &card->dimensions[d]);
		json_map_close(json);
	}
	json_array_close(json);
	json_key_text(json, "definitions", seal->definitions);
	put_hash(json, "payload", &seal->payload);
	put_hash(json, "gzip", &seal->gzip);
	put_lines(json, &seal->lines);
	json_map_close(json);
	json_end_line(json);
}

int snapshot_header_text(const struct result *result, const struct snapshot_seal *seal, char **line, size_t *length,
			 struct crmval_error *error)
{
	struct output output = {.stream = open_memstream(line, length)};
	struct scorecard *card = NULL;
	struct result lenient = *result;
	struct json json;
	if (!output.stream)
		return fail_memory(error);
	if (result->part_count) /* what is missing in a part may well be in another */
		lenient.missing = MISSING_RENORMALISE;
	int code = score_new(&lenient, &card, error);
	if (code == CRMVAL_OK)
		code = score_scope(card, -1, 0, error);
	if (code == CRMVAL_OK)
		code = json_open(&json, &output, JSON_LINE, error);
	if (code == CRMVAL_OK) {
		put_header(&json, card, seal);
		code = json_close(&json, error);
	}
	score_free(card);
	if (code == CRMVAL_OK && output_finish(&output, NULL) != CRMVAL_OK)
		code = fail_memory(error);
	if ((fclose(output.stream) != 0 || !*line) && code == CRMVAL_OK) /* for which there may be no room at the end */
		code = fail_memory(error);
	if (code == CRMVAL_OK && *length > SNAPSHOT_HEADER_MOST)
		code = fail(error, CRMVAL_EBUG, "the snapshot's first line has more than %d bytes",
			    SNAPSHOT_HEADER_MOST);
	return code;
}

/* ---- reading ---- */

static void read_score(struct line *line, const struct json_node *map, struct snapshot_score *score)
{
	score->score = line_number_or_null(line, map, "score");
	score->low = line_number_or_null(line, map, "low");
	score->high = line_number_or_null(line, map, "high");
	score->coverage = line_number_or_null(line, map, "coverage");
}

static void read_hash(struct line *line, const char *key, struct snapshot_hash *hash)
{
	const struct json_node *map = line_map(line, line->tree.nodes, key);
	hash->bytes = line_count(line, map, "bytes", UINT64_C(1) << 48);
	line_sha256(line, map, "sha256", hash->sha256);
}

/* Which older snapshots do not have. */
static void read_lines(struct line *line, struct snapshot_header *header)
{
	struct snapshot_lines *lines = &header->lines;
	if (!json_get(&line->tree, line->tree.nodes, "lines"))
		return;
	const struct json_node *map = line_map(line, line->tree.nodes, "lines");
	lines->place = line_count(line, map, "place", header->gzip.bytes);
	lines->line = line_count(line, map, "line", header->payload.bytes);
	read_hash(line, "lines", &lines->hash);
	if (lines->hash.bytes > header->payload.bytes)
		line_is_wrong(line, "lines");
}

static void read_made(struct line *line, struct snapshot_header *header)
{
	const char *text = line_text(line, line->tree.nodes, "made");
	struct tm tm = {0};
	const char *end = text ? strptime(text, "%Y-%m-%dT%H:%M:%SZ", &tm) : NULL;
	if (!end || *end)
		line_is_wrong(line, "made");
	else
		header->made = timegm(&tm);
}

static void read_dimensions(struct line *line, struct snapshot_header *header)
{
	const struct json_node *list = line_array(line, line->tree.nodes, "dimensions");
	uint32_t count = list ? list->count : 0;
	struct snapshot_score *scores = arena_array(&header->arena, (size_t)count + 1, sizeof *scores);
	if (!scores) {
		line->code = fail_memory(line->error);
		return;
	}
	const struct json_node *at = list ? json_first(list) : NULL;
	for (uint32_t i = 0; i < count; i++, at = json_next(&line->tree, at)) {
		scores[i].id = line_text(line, at, "id");
		read_score(line, at, &scores[i]);
	}
	header->dimensions = scores;
	header->dimension_count = count;
}

/* The version, before anything else is believed. */
static int read_version(struct line *line, struct snapshot_header *header)
{
	const struct json_node *format = json_get(&line->tree, line->tree.nodes, "format");
	unsigned long version = 0;
	char *end = NULL;
	if (format && format->kind == JSON_TEXT && strncmp(format->text, FORMAT_PREFIX, strlen(FORMAT_PREFIX)) == 0)
		version = strtoul(format->text + strlen(FORMAT_PREFIX), &end, 10);
	if (!end || *end || version == 0)
		return fail(line->error, CRMVAL_EDATA, "%s: it is not a snapshot", line->name);
	if (version > SNAPSHOT_VERSION)
		return fail(line->error, CRMVAL_EDATA,
			    "%s: it is a snapshot of format %lu, and this crmval reads up to format %d; read it with a "
			    "newer crmval",
			    line->name, version, SNAPSHOT_VERSION);
	header->version = (uint32_t)version;
	return CRMVAL_OK;
}

static int read_header(struct line *line, struct snapshot_header *header)
{
	const struct json_node *root = line->tree.nodes;
	int code = read_version(line, header);
	if (code != CRMVAL_OK)
		return code;
	header->job = line_text(line, root, "job");
	header->program = line_text(line, root, "program");
	read_made(line, header);
	line_window(line, root, "period", 0, &header->period);
	header->has_baseline = line_window(line, root, "baseline", 1, &header->baseline);
	line_part(line, root, &header->part, &header->part_count);
	read_score(line, line_map(line, root, "overall"), &header->overall);
	read_dimensions(line, header);
	line_sha256(line, root, "definitions", header->definitions);
	read_hash(line, "payload", &header->payload);
	read_hash(line, "gzip", &header->gzip);
	read_lines(line, header);
	return line->code;
}

int snapshot_read_header(int fd, const char *name, struct snapshot_header *header, struct crmval_error *error)
{
	char *text;
	size_t length;
	memset(header, 0, sizeof *header);
	struct line line = {.name = name, .number = 1, .arena = &header->arena, .error = error};
	int code = frame_read_header(fd, name, &text, &length, &header->size, error);
	if (code == CRMVAL_OK)
		code = line_parse(&line, text, length);
	if (code == CRMVAL_OK)
		code = read_header(&line, header);
	json_tree_free(&line.tree);
	free(text);
	return code;
}

void snapshot_header_free(struct snapshot_header *header)
{
	arena_free(&header->arena);
}
