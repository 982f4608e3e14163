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
	size_t width = rollup->table->op == CRMVAL_CURRENT ? 1 : sizeof(uint64_t);
	return region_open_whole(&reduction->state,
				 parents * width * (reduction->mask_words ? reduction->mask_words : 1), error);
}

uint64_t reduction_bytes(const struct rollup *rollup, uint64_t parents, uint64_t children)
{
	uint64_t bytes = parents * (sizeof(uint64_t) - data_width(rollup->type));
	if (rollup->table->op == CRMVAL_SUM)
		bytes += parents * sizeof(struct fixed);
	if (rollup->table->op == CRMVAL_DISTINCT && !rollup->word_count && !rollup->per.count)
		bytes += pairs_bytes(children);
	return bytes;
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

/* Values take the place of the words that they come from, none of them wider than its words. */
static inline uint64_t word_at(const struct reduction *reduction, uint64_t at)
{
	uint64_t word;
	memcpy(&word, (const char *)reduction->state.bytes + at * sizeof word, sizeof word);
	return word;
}

static inline void put(const struct reduction *reduction, uint32_t parent, const void *value, size_t width)
{
	memcpy((char *)reduction->state.bytes + parent * width, value, width);
}

static inline void put_number(const struct reduction *reduction, uint32_t parent, double number)
{
	put(reduction, parent, &number, sizeof number);
}

static void finish_sums(const struct reduction *reduction)
{
	const struct fixed *fixed = reduction->fixed.bytes;
	for (uint32_t parent = 0; parent < reduction->parents; parent++) {
		int64_t whole = (int64_t)word_at(reduction, parent);
		double value = (double)whole;
		if (fixed && (fixed[parent].low | fixed[parent].middle | fixed[parent].high)) {
			struct fixed sum = fixed[parent];
			fixed_add_whole(&sum, whole);
			value = fixed_value(&sum);
		}
		put_number(reduction, parent, value);
	}
}

static void finish_sets(const struct reduction *reduction)
{
	uint64_t most = reduction->mask_words;
	for (uint32_t parent = 0; parent < reduction->parents; parent++) {
		uint64_t count = most ? 0 : word_at(reduction, parent);
		for (uint64_t i = 0; i < most; i++)
			count += (uint64_t)__builtin_popcountll(word_at(reduction, parent * most + i));
		put_number(reduction, parent, (double)count);
	}
}

static void finish_extremes(const struct reduction *reduction)
{
	uint64_t turn = reduction->rollup->table->op == CRMVAL_MIN ? UINT64_MAX : 0;
	int is_date = reduction->rollup->type == FIELD_DATE;
	for (uint32_t parent = 0; parent < reduction->parents; parent++) {
		uint64_t word = word_at(reduction, parent), rank = word ? word ^ turn : 0;
		int32_t day = rank ? (int32_t)((uint32_t)rank ^ UINT32_C(0x80000000)) : CRMVAL_NO_DATE;
		if (is_date)
			put(reduction, parent, &day, sizeof day);
		else
			put_number(reduction, parent, rank ? rank_number(rank) : NAN);
	}
}

void reduction_finish(struct reduction *reduction, struct region *values)
{
	switch (reduction->rollup->table->op) {
	case CRMVAL_COUNT:
		for (uint32_t parent = 0; parent < reduction->parents; parent++)
			put_number(reduction, parent, (double)word_at(reduction, parent));
		break;
	case CRMVAL_SUM:
		finish_sums(reduction);
		break;
	case CRMVAL_DISTINCT:
		finish_sets(reduction);
		break;
	case CRMVAL_LAST:
		for (uint32_t parent = 0; parent < reduction->parents; parent++) {
			uint32_t symbol = (uint32_t)word_at(reduction, parent);
			put(reduction, parent, &symbol, sizeof symbol);
		}
		break;
	case CRMVAL_CURRENT:
		break; /* flags from the beginning */
	default:
		finish_extremes(reduction);
	}
	*values = reduction->state;
	reduction->state = (struct region){NULL, 0};
	region_trim(values, reduction->parents * data_width(reduction->rollup->type));
}
