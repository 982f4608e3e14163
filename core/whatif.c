/* SPDX-License-Identifier: MIT */
/* A result whose sums are laid out in an array, where a row's may be replaced. */
#include "whatif.h"

#include "error.h"

#include <string.h>

static void read_changed(const struct result *result, uint32_t measure, int window, int breakdown, uint32_t unit,
			 struct moments *moments)
{
	const struct whatif *whatif = result->tallies;
	(void)breakdown;
	(void)unit;
	*moments = whatif->changed[2 * measure + (uint32_t)window];
}

int whatif_new(const struct result *result, struct whatif **out, struct crmval_error *error)
{
	struct arena arena = {.kind = ARENA_HIDDEN};
	struct whatif *whatif = arena_alloc(&arena, sizeof *whatif);
	size_t places = 2 * (size_t)result->measure_count;
	int code = CRMVAL_OK;
	if (!whatif)
		return fail_memory(error);
	whatif->given = result;
	whatif->result = *result;
	whatif->result.moments = read_changed;
	whatif->result.sums = NULL;
	whatif->result.whole = NULL;
	whatif->result.expect = NULL;
	whatif->result.tallies = whatif;
	whatif->scope = arena_array(&arena, places, sizeof *whatif->scope);
	whatif->changed = arena_array(&arena, places, sizeof *whatif->changed);
	whatif->arena = arena;
	if (!whatif->scope || !whatif->changed)
		code = fail_memory(error);
	if (code == CRMVAL_OK)
		code = score_new(&whatif->result, &whatif->card, error);
	if (code != CRMVAL_OK) {
		whatif_free(whatif);
		return code;
	}
	whatif_scope(whatif, -1, 0);
	*out = whatif;
	return CRMVAL_OK;
}

void whatif_free(struct whatif *whatif)
{
	if (!whatif)
		return;
	struct arena arena = whatif->arena;
	score_free(whatif->card);
	arena_free(&arena);
}

void whatif_scope(struct whatif *whatif, int breakdown, uint32_t unit)
{
	const struct result *given = whatif->given;
	for (uint32_t m = 0; m < given->measure_count; m++)
		for (int window = 0; window < 2; window++) {
			struct moments *moments = &whatif->scope[2 * m + (uint32_t)window];
			*moments = (struct moments){0};
			if (!given->measures[m].failed && !given->measures[m].no_data[window])
				given->moments(given, m, window, breakdown, unit, moments);
		}
	whatif->breakdown = breakdown;
	whatif->unit = unit;
	whatif->score = whatif_score(whatif, NULL, 0);
}

/* Adds an observation to the sums, or takes it out of them. */
static void add(struct moments *moments, const struct observation *observation, int sign)
{
	quad n = observation->n, d = observation->d;
	if (isnan(observation->n))
		return;
	moments->rows += (uint64_t)(int64_t)sign;
	moments->n += sign * n;
	moments->d += sign * d;
	moments->nn += sign * n * n;
	moments->nd += sign * n * d;
	moments->dd += sign * d * d;
}

double whatif_score(struct whatif *whatif, const struct whatif_change *changes, size_t count)
{
	memcpy(whatif->changed, whatif->scope, 2 * (size_t)whatif->result.measure_count * sizeof *whatif->scope);
	for (size_t i = 0; i < count; i++) {
		struct moments *moments = &whatif->changed[2 * changes[i].measure + (uint32_t)changes[i].window];
		add(moments, &changes[i].from, -1);
		add(moments, &changes[i].to, 1);
	}
	/* Where the job allows nothing to be missing, this fails, and there is no score. */
	score_scope(whatif->card, whatif->breakdown, whatif->unit, NULL);
	return whatif->card->overall.parts[SCORE_NOW].value;
}
