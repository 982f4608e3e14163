/* SPDX-License-Identifier: MIT */
/* Mends: which inputs they change, and what they put there. */
#include "mend.h"

#include <math.h>
#include <string.h>

/* Rows that are in no table, for references that fit: numbers of rows compare, and mean no more. */
#define FITTING_ROW (INT32_MAX - 1)

static int is_same_path(const struct path *one, const struct path *other, uint32_t hops)
{
	return one->start == other->start && one->hop_count >= hops && other->hop_count >= hops &&
	       memcmp(one->hops, other->hops, hops * sizeof one->hops[0]) == 0;
}

int mend_is_same(const struct bound_input *mended, const struct bound_input *other)
{
	if (mended->rollup || other->rollup)
		return mended->rollup == other->rollup;
	const struct path *one = &mended->route.paths[0], *two = &other->route.paths[0];
	return one->hop_count == two->hop_count && is_same_path(one, two, one->hop_count) && one->field == two->field;
}

int mend_is_behind(const struct bound_input *mended, const struct bound_input *other)
{
	if (mended->rollup || other->rollup || mended->route.field->type != FIELD_REFERENCE)
		return 0;
	const struct path *one = &mended->route.paths[0], *two = &other->route.paths[0];
	return two->hop_count > one->hop_count && is_same_path(one, two, one->hop_count) &&
	       two->hops[one->hop_count] == one->field;
}

size_t mend_width(const struct bound_input *input)
{
	switch (input->as) {
	case CRMVAL_NUMBER:
		return sizeof(double);
	case CRMVAL_FLAG:
	case CRMVAL_FILLED:
	case CRMVAL_EMAIL:
	case CRMVAL_PHONE:
		return 1;
	default:
		return 4;
	}
}

int mend_is_missing(const struct bound_input *input, const void *column, uint32_t i)
{
	switch (input->as) {
	case CRMVAL_REFERENCE:
		return ((const int32_t *)column)[i] == CRMVAL_MISSING;
	case CRMVAL_SYMBOL:
		return ((const uint32_t *)column)[i] == 0;
	case CRMVAL_DATE:
		return ((const int32_t *)column)[i] == CRMVAL_NO_DATE;
	case CRMVAL_NUMBER:
		return isnan(((const double *)column)[i]);
	case CRMVAL_FLAG:
		return ((const int8_t *)column)[i] < 0;
	default:
		return ((const uint8_t *)column)[i] == 0;
	}
}

/* The number of a word in an input's set; one more than there are for any other; without a set what stands there, or 1. */
static uint32_t word_code(const struct bound_input *input, const char *word, uint32_t held)
{
	uint32_t count = 0;
	if (!input->words)
		return held ? held : 1;
	for (; input->words[count]; count++)
		if (word && strcmp(input->words[count], word) == 0)
			return count + 1;
	return count + 1;
}

void mend_put(const struct bound_input *input, const struct mend_value *value, const char *const *words, void *column,
	      uint32_t i)
{
	uint32_t *codes = column;
	switch (input->as) {
	case CRMVAL_REFERENCE:
		((int32_t *)column)[i] = FITTING_ROW;
		break;
	case CRMVAL_SYMBOL:
		codes[i] = word_code(input, value->kind == MEND_WORD ? words[value->word] : NULL, codes[i]);
		break;
	case CRMVAL_DATE:
		((int32_t *)column)[i] = value->date;
		break;
	case CRMVAL_NUMBER:
		((double *)column)[i] = value->number;
		break;
	case CRMVAL_FLAG:
		((int8_t *)column)[i] = value->number != 0;
		break;
	case CRMVAL_FILLED:
		((uint8_t *)column)[i] = 1;
		break;
	default: /* an e-mail address, a phone number */
		((uint8_t *)column)[i] = 2;
		break;
	}
}

/* What rows of one entity this view reads of the row otherwise, such as the account of its opportunity. */
static int32_t fitting_row(const struct bound_view *view, const struct bound_input *mended,
			   const struct bound_input *behind, void *const *columns, uint32_t i)
{
	for (uint32_t p = 0; p < view->table->input_count; p++) {
		const struct bound_input *peer = &view->inputs[p];
		if (peer->rollup || peer->as != CRMVAL_REFERENCE || peer->route.field->type != FIELD_REFERENCE ||
		    mend_is_behind(mended, peer) || mend_is_same(mended, peer) ||
		    strcmp(peer->route.field->target, behind->route.field->target) != 0)
			continue;
		int32_t row = ((const int32_t *)columns[p])[i];
		if (row >= 0)
			return row;
	}
	return FITTING_ROW;
}

void mend_put_behind(const struct bound_view *view, const struct bound_input *mended, void *const *columns, uint32_t i)
{
	for (uint32_t b = 0; b < view->table->input_count; b++) {
		const struct bound_input *behind = &view->inputs[b];
		if (mend_is_behind(mended, behind) && behind->as == CRMVAL_REFERENCE)
			((int32_t *)columns[b])[i] = fitting_row(view, mended, behind, columns, i);
	}
}

static int path_reads(const struct path *path, uint32_t entity, uint32_t field, int from_its_own_row)
{
	uint32_t at = path->start;
	for (uint32_t h = 0; h <= path->hop_count; h++) {
		uint32_t f = h < path->hop_count ? path->hops[h] : path->field;
		if (at == entity && f == field && (h > 0 || from_its_own_row))
			return 1;
		if (h < path->hop_count)
			at = (uint32_t)model_entity_index(model_entities[at].fields[f].target);
	}
	return 0;
}

static int route_reads(const struct route *route, uint32_t entity, uint32_t field, int from_its_own_row)
{
	for (uint32_t p = 0; p < route->count; p++)
		if (path_reads(&route->paths[p], entity, field, from_its_own_row))
			return 1;
	return 0;
}

static int input_reads(const struct bound_input *input, uint32_t entity, uint32_t field)
{
	const struct rollup *rollup = input->rollup;
	if (!rollup)
		return route_reads(&input->route, entity, field, 0);
	/* Which of the view's own rows are current depends on the others, too. */
	return route_reads(&rollup->by, entity, field, 1) || route_reads(&rollup->of, entity, field, 1) ||
	       route_reads(&rollup->date, entity, field, 1) || route_reads(&rollup->per, entity, field, 1) ||
	       route_reads(&rollup->ended, entity, field, 1) || route_reads(&rollup->until_own, entity, field, 0);
}

int mend_reaches_others(const struct bound_dimension *dimensions, uint32_t count, const struct bound_input *mended)
{
	if (!mend_is_own(mended))
		return 0; /* that it is others' is said anyway */
	uint32_t entity = mended->route.paths[0].start, field = mended->route.paths[0].field;
	for (uint32_t d = 0; d < count; d++)
		for (uint32_t v = 0; v < dimensions[d].table->view_count; v++)
			for (uint32_t i = 0; i < dimensions[d].views[v].table->input_count; i++)
				if (input_reads(&dimensions[d].views[v].inputs[i], entity, field))
					return 1;
	return 0;
}
