/* SPDX-License-Identifier: MIT */
/* Sums add up exactly, in any order, to the same bits; units are found by their names. */
#include "merge.h"

#include "error.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#define ABSENT UINT32_MAX

struct merged {
	const struct merge_part *parts;
	uint32_t count;
	uint32_t *units[BREAKDOWN_COUNT]; /* of the merged unit u the place in part i: [u * count + i]; ABSENT: none */
};

/* ---- sums ---- */

static void add_sums(struct sums *into, const struct sums *from)
{
	into->rows += from->rows;
	sum_merge(&into->n, &from->n);
	sum_merge(&into->d, &from->d);
	sum_merge(&into->nn, &from->nn);
	sum_merge(&into->nd, &from->nd);
	sum_merge(&into->dd, &from->dd);
}

static void merged_sums(const struct result *result, uint32_t measure, int window, int breakdown, uint32_t unit,
			struct sums *sums)
{
	const struct merged *merged = result->tallies;
	*sums = (struct sums){0};
	if (result->measures[measure].failed)
		return; /* as of a dimension that failed in one run */
	for (uint32_t i = 0; i < merged->count; i++) {
		const struct result *part = merged->parts[i].result;
		struct sums own;
		uint32_t place = breakdown < 0 ? 0 : merged->units[breakdown][(size_t)unit * merged->count + i];
		if (place == ABSENT)
			continue;
		part->sums(part, measure, window, breakdown, place, &own);
		add_sums(sums, &own);
	}
}

static void merged_moments(const struct result *result, uint32_t measure, int window, int breakdown, uint32_t unit,
			   struct moments *moments)
{
	struct sums sums;
	merged_sums(result, measure, window, breakdown, unit, &sums);
	sums_moments(&sums, moments);
}

/* ---- units ---- */

struct named_unit {
	const char *name;
	uint32_t part, place;
};

static int is_none(const char *name)
{
	return strcmp(name, UNIT_NONE) == 0;
}

static int by_name(const void *a, const void *b)
{
	const struct named_unit *x = a, *y = b;
	if (is_none(x->name) != is_none(y->name))
		return is_none(x->name) ? 1 : -1;
	int order = strcmp(x->name, y->name);
	return order ? order : (x->part > y->part) - (x->part < y->part);
}

/* Units that only a dimension has rows of which failed in another part are none. */
static int has_rows(const struct result *result, int b, uint32_t unit)
{
	for (uint32_t m = 0; m < result->measure_count; m++)
		for (int window = 0; window < 2; window++) {
			struct sums sums;
			merged_sums(result, m, window, b, unit, &sums);
			if (sums.rows)
				return 1;
		}
	return 0;
}

/* Gives each name a row of places, then drops those without rows. */
static int place_units(struct result *result, int b, const struct named_unit *named, uint32_t all, uint32_t *places,
		       const char **names, struct crmval_error *error)
{
	const struct merged *merged = result->tallies;
	uint32_t count = 0;
	for (uint32_t i = 0; i < all;) {
		uint32_t *row = places + (size_t)count * merged->count, first = i;
		memset(row, 0xff, merged->count * sizeof *row);
		for (; i < all && strcmp(named[i].name, named[first].name) == 0; i++) {
			if (row[named[i].part] != ABSENT)
				return fail(error, CRMVAL_EDATA,
					    "%s: two units of %s are called \"%s\", so that parts cannot be joined",
					    merged->parts[named[i].part].name, breakdown_names[b], named[i].name);
			row[named[i].part] = named[i].place;
		}
		names[count] = named[first].name;
		count += (uint32_t)has_rows(result, b, count);
	}
	result->unit_counts[b] = count;
	result->unit_names[b] = names;
	return CRMVAL_OK;
}

static int merge_units(struct result *result, struct merged *merged, int b, struct arena *arena,
		       struct crmval_error *error)
{
	size_t all = 0, used = 0;
	for (uint32_t i = 0; i < merged->count; i++)
		all += merged->parts[i].result->unit_counts[b];
	struct named_unit *named = calloc(all + 1, sizeof *named);
	const char **names = arena_array(arena, all + 1, sizeof *names);
	merged->units[b] = arena_array(arena, (all + 1) * merged->count, sizeof *merged->units[b]);
	if (!named || !names || !merged->units[b]) {
		free(named);
		return fail_memory(error);
	}
	for (uint32_t i = 0; i < merged->count; i++)
		for (uint32_t u = 0; u < merged->parts[i].result->unit_counts[b]; u++)
			named[used++] = (struct named_unit){merged->parts[i].result->unit_names[b][u], i, u};
	qsort(named, used, sizeof *named, by_name);
	int code = place_units(result, b, named, (uint32_t)used, merged->units[b], names, error);
	free(named);
	return code;
}

/* ---- the whole ---- */

/* A dimension that failed in any part has failed. */
static int merge_measures(struct result *result, const struct merged *merged, struct arena *arena,
			  struct crmval_error *error)
{
	struct result_measure *measures = arena_array(arena, (size_t)result->measure_count + 1, sizeof *measures);
	if (!measures)
		return fail_memory(error);
	for (uint32_t m = 0; m < result->measure_count; m++) {
		measures[m] = result->measures[m];
		for (uint32_t i = 0; i < merged->count && !measures[m].failed; i++)
			measures[m].failed = merged->parts[i].result->measures[m].failed;
	}
	result->measures = measures;
	return CRMVAL_OK;
}

int merge_results(const struct merge_part *parts, uint32_t count, struct arena *arena, struct result *result,
		  struct crmval_error *error)
{
	struct merge_part *ordered = arena_array(arena, (size_t)count + 1, sizeof *ordered);
	struct merged *merged = arena_alloc(arena, sizeof *merged);
	if (!ordered || !merged)
		return fail_memory(error);
	memcpy(ordered, parts, count * sizeof *ordered);
	int code = merge_check(ordered, count, error);
	if (code != CRMVAL_OK)
		return code;
	*merged = (struct merged){.parts = ordered, .count = count};
	*result = *ordered[0].result;
	result->part = result->part_count = 0;
	result->shard = NULL;
	result->tallies = merged;
	result->moments = merged_moments;
	result->sums = merged_sums;
	code = merge_measures(result, merged, arena, error);
	if (code == CRMVAL_OK)
		code = merge_entities(ordered, count, arena, result, error);
	for (int b = 0; b < BREAKDOWN_COUNT && code == CRMVAL_OK; b++)
		if (result->breakdowns[b])
			code = merge_units(result, merged, b, arena, error);
	return code;
}
