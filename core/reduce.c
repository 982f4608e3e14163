/* SPDX-License-Identifier: MIT */
/* Counts, sums, extremes, latest and sets, each in a word a parent while its children come by. */
#include "reduce.h"

#include "error.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- ranks ---- */

static inline uint64_t day_rank(int32_t day)
{
	return (uint32_t)day ^ UINT32_C(0x80000000);
}

static inline uint64_t number_rank(double number)
{
	uint64_t bits;
	memcpy(&bits, &number, sizeof bits);
	return bits >> 63 ? ~bits : bits | UINT64_C(1) << 63;
}

static double rank_number(uint64_t rank)
{
	double number;
	uint64_t bits = rank >> 63 ? rank & ~(UINT64_C(1) << 63) : ~rank;
	memcpy(&number, &bits, sizeof number);
	return number;
}

uint64_t reduction_rank(const struct rollup *rollup, const void *of, uint32_t place)
{
	if (!rollup->of.count)
		return 0;
	if (rollup->of.field->type == FIELD_DATE) {
		int32_t day = ((const int32_t *)of)[place];
		return day == CRMVAL_NO_DATE ? 0 : day_rank(day);
	}
	double number = ((const double *)of)[place];
	return isnan(number) ? 0 : number_rank(number);
}

/* ---- its beginning ---- */

/* How the sets of CRMVAL_DISTINCT are held. */
static int choose_sets(struct reduction *reduction, uint32_t children)
{
	uint32_t most = reduction->rollup->words ? reduction->rollup->word_count : reduction->translation_count;
	reduction->mask_words = most / 64 + 1;
	if (reduction->mask_words <= 2 || reduction->mask_words * reduction->parents <= 8 * (uint64_t)children)
		return 0;
	/* Many parents times many words may be more than any memory, but there are no more pairs than children. */
	reduction->mask_words = 0;
	return pairs_open(&reduction->pairs, children);
}

int reduction_open(struct reduction *reduction, const struct rollup *rollup, const struct data *data, uint32_t parents,
		   uint32_t children, struct crmval_error *error)
{
	*reduction = (struct reduction){.rollup = rollup, .parents = parents};
	if (rollup->of.count && rollup->of.field->type == FIELD_SYMBOL) {
		reduction->translation =
			symbol_translation(data, &rollup->of, rollup->words, &reduction->translation_count);
		if (!reduction->translation)
			return fail_memory(error);
		if (rollup->table->op == CRMVAL_DISTINCT && choose_sets(reduction, children) < 0)
			return fail_memory(error);
	}
	return region_open(&reduction->state,
			   parents * sizeof(uint64_t) * (reduction->mask_words ? reduction->mask_words : 1), error);
}

void reduction_close(struct reduction *reduction)
{
	region_close(&reduction->state);
	region_close(&reduction->fixed);
	pairs_close(&reduction->pairs);
	free(reduction->translation);
}

/* ---- adding ---- */

static int add_sums(struct reduction *reduction, const struct children *children, struct crmval_error *error)
{
	int64_t *words = reduction->state.bytes;
	const double *of = children->of;
	for (uint32_t c = 0; c < children->count; c++) {
		uint32_t i = children->at[c], parent = child_parent(children, i);
		if (isnan(of[i]))
			continue;
		/* As many rows as there may be, of such numbers, do not overflow. */
		if (fabs(of[i]) < 0x1p31 && (double)(int64_t)of[i] == of[i]) {
			words[parent] += (int64_t)of[i];
			continue;
		}
		if (!reduction->fixed.bytes) {
			int code = region_open(&reduction->fixed, reduction->parents * sizeof(struct fixed), error);
			if (code != CRMVAL_OK)
				return code;
		}
		fixed_add((struct fixed *)reduction->fixed.bytes + parent, of[i]);
	}
	return CRMVAL_OK;
}

static void add_to_sets(struct reduction *reduction, const struct children *children)
{
	const uint32_t *of = children->of;
	const struct rollup *rollup = reduction->rollup;
	uint64_t *words = reduction->state.bytes;
	uint32_t most = rollup->words ? rollup->word_count : UINT32_MAX;
	for (uint32_t c = 0; c < children->count; c++) {
		uint32_t i = children->at[c], symbol = reduction->translation[of[i]],
			 parent = child_parent(children, i);
		if (!symbol)
			continue;
		if (!reduction->mask_words)
			words[parent] += (uint64_t)pairs_add(&reduction->pairs, parent, symbol);
		else if (symbol <= most)
			words[parent * reduction->mask_words + (symbol - 1) / 64] |= UINT64_C(1) << (symbol - 1) % 64;
	}
}

static void add_extremes(struct reduction *reduction, const struct children *children)
{
	uint64_t turn = reduction->rollup->table->op == CRMVAL_MIN ? UINT64_MAX
								   : 0; /* the greatest of the ranks turned round */
	int is_date = reduction->rollup->of.field->type == FIELD_DATE;
	const int32_t *days = children->of;
	for (uint32_t c = 0; c < children->count; c++) {
		uint32_t i = children->at[c];
		uint64_t rank = is_date ? days[i] == CRMVAL_NO_DATE ? 0 : day_rank(days[i])
					: reduction_rank(reduction->rollup, children->of, i);
		if (rank)
			reduction_raise(reduction, child_parent(children, i), rank ^ turn);
	}
}

int reduction_add(struct reduction *reduction, const struct children *children, struct crmval_error *error)
{
	uint64_t *words = reduction->state.bytes;
	const uint32_t *symbols = children->of;
	switch (reduction->rollup->table->op) {
	case CRMVAL_COUNT:
		for (uint32_t c = 0; c < children->count; c++)
			words[child_parent(children, children->at[c])]++;
		break;
	case CRMVAL_SUM:
		return add_sums(reduction, children, error);
	case CRMVAL_MIN:
	case CRMVAL_MAX:
		add_extremes(reduction, children);
		break;
	case CRMVAL_LAST:
		for (uint32_t c = 0; c < children->count; c++) {
			uint32_t i = children->at[c];
			reduction_raise(reduction, child_parent(children, i),
					day_rank(children->date[i]) << 32 | reduction->translation[symbols[i]]);
		}
		break;
	case CRMVAL_DISTINCT:
		add_to_sets(reduction, children);
		break;
	default:
		break;
	}
	return CRMVAL_OK;
}

/* ---- its end ---- */

static void finish_sums(const struct reduction *reduction, double *values)
{
	const int64_t *words = reduction->state.bytes;
	const struct fixed *fixed = reduction->fixed.bytes;
	for (uint32_t parent = 0; parent < reduction->parents; parent++) {
		values[parent] = (double)words[parent];
		if (fixed && (fixed[parent].low | fixed[parent].middle | fixed[parent].high)) {
			struct fixed sum = fixed[parent];
			fixed_add_whole(&sum, words[parent]);
			values[parent] = fixed_value(&sum);
		}
	}
}

static void finish_sets(const struct reduction *reduction, double *values)
{
	const uint64_t *words = reduction->state.bytes;
	uint64_t most = reduction->mask_words;
	for (uint32_t parent = 0; parent < reduction->parents; parent++) {
		uint64_t count = most ? 0 : words[parent];
		for (uint64_t i = 0; i < most; i++)
			count += (uint64_t)__builtin_popcountll(words[parent * most + i]);
		values[parent] = (double)count;
	}
}

static void finish_extremes(const struct reduction *reduction, void *values)
{
	const uint64_t *words = reduction->state.bytes;
	uint64_t turn = reduction->rollup->table->op == CRMVAL_MIN ? UINT64_MAX : 0;
	int is_date = reduction->rollup->type == FIELD_DATE;
	for (uint32_t parent = 0; parent < reduction->parents; parent++) {
		uint64_t rank = words[parent] ? words[parent] ^ turn : 0;
		if (is_date)
			((int32_t *)values)[parent] =
				rank ? (int32_t)((uint32_t)rank ^ UINT32_C(0x80000000)) : CRMVAL_NO_DATE;
		else
			((double *)values)[parent] = rank ? rank_number(rank) : NAN;
	}
}

void reduction_finish(const struct reduction *reduction, void *values)
{
	const uint64_t *words = reduction->state.bytes;
	switch (reduction->rollup->table->op) {
	case CRMVAL_COUNT:
		for (uint32_t parent = 0; parent < reduction->parents; parent++)
			((double *)values)[parent] = (double)words[parent];
		break;
	case CRMVAL_SUM:
		finish_sums(reduction, values);
		break;
	case CRMVAL_DISTINCT:
		finish_sets(reduction, values);
		break;
	case CRMVAL_LAST:
		for (uint32_t parent = 0; parent < reduction->parents; parent++)
			((uint32_t *)values)[parent] = (uint32_t)words[parent];
		break;
	case CRMVAL_CURRENT:
		for (uint32_t parent = 0; parent < reduction->parents; parent++)
			((int8_t *)values)[parent] = (int8_t)words[parent];
		break;
	default:
		finish_extremes(reduction, values);
	}
}
