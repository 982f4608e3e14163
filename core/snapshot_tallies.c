/* SPDX-License-Identifier: MIT */
/* The exact sums of a snapshot. */
#include "snapshot_tallies.h"

#include "error.h"
#include "sum_text.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

enum { ENTRIES_MOST = 256, ENTRY_COUNT = 8 }; /* entries in a line; numbers in an entry */

/* ---- writing ---- */

static void put_sum(struct json *json, const struct sum *sum)
{
	char text[SUM_TEXT_SIZE];
	if (sum_text(sum, text))
		json_digits(json, text);
	else
		json_text(json, text);
}

static void put_entry(struct json *json, uint32_t measure, int window, const struct sums *sums)
{
	json_array_open(json);
	json_count(json, measure);
	json_count(json, (uint64_t)window);
	json_count(json, sums->rows);
	put_sum(json, &sums->n);
	put_sum(json, &sums->d);
	put_sum(json, &sums->nn);
	put_sum(json, &sums->nd);
	put_sum(json, &sums->dd);
	json_array_close(json);
}

static void begin_line(struct json *json, const struct result *result, int breakdown, uint32_t unit)
{
	json_map_open(json);
	json_text(json, "tally");
	json_map_open(json);
	json_key_text(json, "breakdown", breakdown < 0 ? NULL : breakdown_names[breakdown]);
	json_key_count(json, "number", unit);
	json_key_text(json, "unit", breakdown < 0 ? NULL : result->unit_names[breakdown][unit]);
	json_text(json, "sums");
	json_array_open(json);
}

static void end_line(struct json *json)
{
	json_array_close(json);
	json_map_close(json);
	json_map_close(json);
	json_end_line(json);
}

/* A unit, over as many lines as its sums take. */
static void put_unit(struct json *json, const struct result *result, int breakdown, uint32_t unit)
{
	uint32_t entries = 0;
	begin_line(json, result, breakdown, unit);
	for (uint32_t m = 0; m < result->measure_count; m++) {
		for (int window = 0; window < 2; window++) {
			struct sums sums;
			result->sums(result, m, window, breakdown, unit, &sums);
			if (sums.rows == 0)
				continue;
			if (entries++ == ENTRIES_MOST) {
				end_line(json);
				begin_line(json, result, breakdown, unit);
				entries = 1;
			}
			put_entry(json, m, window, &sums);
		}
	}
	end_line(json);
}

void tallies_put(struct json *json, const struct result *result)
{
	put_unit(json, result, -1, 0);
	for (int b = 0; b < BREAKDOWN_COUNT; b++)
		for (uint32_t u = 0; result->breakdowns[b] && u < result->unit_counts[b]; u++)
			put_unit(json, result, b, u);
}

/* ---- reading ---- */

static int no_memory(struct line *line)
{
	return line->code = fail_memory(line->error);
}

/* Room for one more item; NULL: out of memory. */
static void *grown(void *items, uint32_t count, uint32_t *capacity, size_t size)
{
	if (count < *capacity)
		return items;
	uint32_t more = *capacity ? 2 * *capacity : 64;
	void *grown_items = more > *capacity ? reallocarray(items, more, size) : NULL;
	if (grown_items)
		*capacity = more;
	return grown_items;
}

static int charge(struct tallies_draft *draft, struct line *line, size_t bytes)
{
	draft->bytes += bytes;
	if (draft->bytes > TALLIES_BYTES_MOST)
		return line->code =
			       fail(line->error, CRMVAL_EDATA, "%s: it has more tallies than crmval reads", line->name);
	return CRMVAL_OK;
}

/* The unit of the lines so far is complete. */
static int end_unit(struct tallies_draft *draft, struct line *line)
{
	struct kept_unit unit = {.count = draft->kept_count};
	if (draft->breakdown == TALLIES_NONE_YET)
		return CRMVAL_OK;
	struct kept *kept = arena_array(draft->arena, draft->kept_count, sizeof *kept);
	if (!kept)
		return no_memory(line);
	if (draft->kept_count)
		memcpy(kept, draft->kept, draft->kept_count * sizeof *kept);
	unit.kept = kept;
	draft->kept_count = 0;
	if (draft->breakdown < 0)
		draft->tallies->company = unit;
	else
		draft->units[draft->unit_counts[draft->breakdown] - 1] = unit;
	return charge(draft, line, unit.count * sizeof *kept);
}

/* The breakdown of the lines so far is complete. */
static int end_breakdown(struct tallies_draft *draft, struct line *line)
{
	if (draft->breakdown < 0)
		return CRMVAL_OK;
	uint32_t count = draft->unit_counts[draft->breakdown];
	struct kept_unit *units = arena_array(draft->arena, count, sizeof *units);
	const char **names = arena_array(draft->arena, count, sizeof *names);
	if (!units || !names)
		return no_memory(line);
	memcpy(units, draft->units, count * sizeof *units);
	memcpy(names, draft->names, count * sizeof *names);
	draft->tallies->units[draft->breakdown] = units;
	draft->unit_names[draft->breakdown] = names;
	return CRMVAL_OK;
}

/* Units rise by name, but for the last, which is what cannot be told. */
static int begin_unit(struct tallies_draft *draft, struct line *line, const char *name)
{
	uint32_t *count = &draft->unit_counts[draft->breakdown];
	const char *last = *count ? draft->names[*count - 1] : NULL;
	if (draft->has_last || (last && strcmp(last, name) >= 0 && strcmp(name, UNIT_NONE) != 0)) {
		line_is_wrong(line, "unit");
		return line->code;
	}
	draft->has_last = last && strcmp(last, name) >= 0;
	uint32_t capacity = draft->unit_capacity;
	struct kept_unit *units = grown(draft->units, *count, &capacity, sizeof *units);
	if (!units)
		return no_memory(line);
	draft->units = units;
	const char **names = grown(draft->names, *count, &draft->unit_capacity, sizeof *names);
	if (!names)
		return no_memory(line);
	draft->names = names;
	names[*count] = arena_strdup(draft->arena, name);
	if (!names[*count])
		return no_memory(line);
	++*count;
	return charge(draft, line, strlen(name) + sizeof *units + sizeof *names + 32);
}

/* Which breakdown a line is of, -1: the company; BREAKDOWN_COUNT: none that the settings name. */
static int breakdown_of(const struct tallies_draft *draft, const struct json_node *said)
{
	int breakdown = 0;
	if (said->kind == JSON_NULL)
		return -1;
	while (breakdown < BREAKDOWN_COUNT &&
	       !(draft->breakdowns[breakdown] && strcmp(said->text, breakdown_names[breakdown]) == 0))
		breakdown++;
	return breakdown;
}

/* Goes over to the unit of a line, if it is another than that of the line before. */
static int find_unit(struct tallies_draft *draft, struct line *line, const struct json_node *tally)
{
	const struct json_node *said = json_get(&line->tree, tally, "breakdown");
	const struct json_node *name = json_get(&line->tree, tally, "unit");
	uint64_t number = line_count(line, tally, "number", UINT32_MAX);
	if (!said || (said->kind != JSON_NULL && said->kind != JSON_TEXT) || !name || name->kind != said->kind)
		line_is_wrong(line, "breakdown");
	if (line->code != CRMVAL_OK)
		return line->code;
	int breakdown = breakdown_of(draft, said), is_same = breakdown == draft->breakdown;
	uint32_t count = is_same && breakdown >= 0 ? draft->unit_counts[breakdown] : 0;
	if (is_same && number + 1 == (breakdown < 0 ? 1 : count))
		return CRMVAL_OK; /* the unit goes on */
	if (breakdown == BREAKDOWN_COUNT || breakdown < draft->breakdown || (is_same && breakdown < 0) ||
	    (draft->breakdown == TALLIES_NONE_YET && breakdown >= 0) || number != count) {
		line_is_wrong(line, "number");
		return line->code;
	}
	if (end_unit(draft, line) != CRMVAL_OK || (!is_same && end_breakdown(draft, line) != CRMVAL_OK))
		return line->code;
	if (!is_same)
		draft->has_last = 0;
	draft->breakdown = breakdown;
	return breakdown < 0 ? CRMVAL_OK : begin_unit(draft, line, name->text);
}

static int read_sum(const struct json_node *node, struct sum *sum)
{
	if (node->kind != JSON_NUMBER && node->kind != JSON_TEXT)
		return -1;
	return sum_parse(node->text, node->kind == JSON_NUMBER, sum);
}

static int read_entry(struct tallies_draft *draft, struct line *line, const struct json_node *entry)
{
	struct kept kept = {.is_whole = 1};
	struct sums sums;
	struct sum *values[] = {&sums.n, &sums.d, &sums.nn, &sums.nd, &sums.dd};
	uint64_t numbers[3];
	int64_t whole[5];
	if (entry->kind != JSON_ARRAY || entry->count != ENTRY_COUNT)
		return -1;
	const struct json_node *at = json_first(entry);
	for (int i = 0; i < 3; i++, at = json_next(&line->tree, at))
		if (!json_is_count(at, &numbers[i]))
			return -1;
	if (numbers[0] >= draft->measure_count || numbers[1] > 1 || numbers[2] == 0)
		return -1;
	kept.place = (uint32_t)(2 * numbers[0] + numbers[1]);
	kept.rows = sums.rows = numbers[2];
	if (draft->kept_count && draft->kept[draft->kept_count - 1].place >= kept.place)
		return -1;
	for (int i = 0; i < 5; i++, at = json_next(&line->tree, at)) {
		if (read_sum(at, values[i]) < 0)
			return -1;
		kept.is_whole &= sum_is_whole(values[i], &whole[i]);
	}
	if (kept.is_whole) {
		memcpy(kept.whole, whole, sizeof whole);
	} else {
		struct sums *wide = arena_alloc(draft->arena, sizeof *wide);
		if (!wide)
			return no_memory(line);
		*wide = sums;
		kept.wide = wide;
		charge(draft, line, sizeof *wide + 16);
	}
	struct kept *room = grown(draft->kept, draft->kept_count, &draft->kept_capacity, sizeof *room);
	if (!room)
		return no_memory(line);
	draft->kept = room;
	room[draft->kept_count++] = kept;
	return 0;
}

int tallies_take(struct tallies_draft *draft, struct line *line, const struct json_node *tally)
{
	const struct json_node *list = line_array(line, tally, "sums");
	if (!list || find_unit(draft, line, tally) != CRMVAL_OK)
		return line->code;
	const struct json_node *at = json_first(list);
	for (uint32_t i = 0; i < list->count && line->code == CRMVAL_OK; i++, at = json_next(&line->tree, at))
		if (read_entry(draft, line, at) < 0)
			line_is_wrong(line, "sums");
	return line->code;
}

/* ---- a result's ---- */

/* NULL: there are no rows. */
static const struct kept *find_kept(const struct result *result, uint32_t measure, int window, int breakdown,
				    uint32_t unit)
{
	const struct tallies *tallies = result->tallies;
	const struct kept_unit *in = breakdown < 0 ? &tallies->company : &tallies->units[breakdown][unit];
	uint32_t place = 2 * measure + (uint32_t)window, first = 0, end = in->count;
	while (first < end) {
		uint32_t middle = first + (end - first) / 2;
		if (in->kept[middle].place < place)
			first = middle + 1;
		else
			end = middle;
	}
	return first < in->count && in->kept[first].place == place ? &in->kept[first] : NULL;
}

static void read_sums(const struct result *result, uint32_t measure, int window, int breakdown, uint32_t unit,
		      struct sums *sums)
{
	const struct kept *kept = find_kept(result, measure, window, breakdown, unit);
	*sums = (struct sums){0};
	if (!kept)
		return;
	struct sum *values[] = {&sums->n, &sums->d, &sums->nn, &sums->nd, &sums->dd};
	if (!kept->is_whole)
		*sums = *kept->wide;
	for (int i = 0; kept->is_whole && i < 5; i++)
		sum_add_integer(values[i], kept->whole[i]);
	sums->rows = kept->rows;
}

static void read_moments(const struct result *result, uint32_t measure, int window, int breakdown, uint32_t unit,
			 struct moments *moments)
{
	const struct kept *kept = find_kept(result, measure, window, breakdown, unit);
	if (!kept)
		*moments = (struct moments){0};
	else if (kept->is_whole)
		*moments = (struct moments){kept->rows,           (quad)kept->whole[0], (quad)kept->whole[1],
					    (quad)kept->whole[2], (quad)kept->whole[3], (quad)kept->whole[4]};
	else
		sums_moments(kept->wide, moments);
}

int tallies_finish(struct tallies_draft *draft, struct result *result, struct crmval_error *error)
{
	struct line line = {.error = error};
	if (end_unit(draft, &line) != CRMVAL_OK || end_breakdown(draft, &line) != CRMVAL_OK)
		return line.code;
	memcpy(result->unit_counts, draft->unit_counts, sizeof result->unit_counts);
	memcpy(result->unit_names, draft->unit_names, sizeof result->unit_names);
	result->sums = read_sums;
	result->moments = read_moments;
	result->tallies = draft->tallies;
	return CRMVAL_OK;
}

void tallies_free(struct tallies_draft *draft)
{
	free(draft->kept);
	free(draft->units);
	free(draft->names);
}
