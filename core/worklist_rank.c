/* SPDX-License-Identifier: MIT */
/* Ranking is done here, since sums, scores and weights of the whole are not for a plugin to see. */
#include "worklist_rank.h"

#include <stdlib.h>
#include <string.h>

enum { MEMO = 8192 };

/* Most rows fall short in one of a few ways. */
struct worklist_memo {
	uint32_t measure;
	struct observation from;
	double points;
	int is_known;
};

/* What a row's shortfall in a measure is worth. */
static double worth(const struct worklist_ranking *ranking, uint32_t measure, const struct observation *from)
{
	struct whatif *whatif = ranking->work->whatif;
	uint64_t bits[2];
	memcpy(bits, from, sizeof bits);
	uint64_t hash =
		(bits[0] * 31 + bits[1]) * UINT64_C(0x9e3779b97f4a7c15) + measure * UINT64_C(0xd1b54a32d192ed03);
	struct worklist_memo *known = &ranking->memo[hash >> 51];
	if (!known->is_known || known->measure != measure || known->from.n != from->n || known->from.d != from->d) {
		const struct crmval_measure *table = ranking->work->run->result.measures[measure].table;
		const struct observation to = {table->better == CRMVAL_LOWER ? 0 : from->d, from->d};
		const struct whatif_change change = {measure, 0, *from, to};
		*known = (struct worklist_memo){measure, *from, whatif_score(whatif, &change, 1) - whatif->score, 1};
	}
	return known->points;
}

static int by_points(const void *a, const void *b, void *context)
{
	const struct worklist_work *work = context;
	const struct worklist_found *x = a, *y = b;
	if (x->points != y->points)
		return x->points > y->points ? -1 : 1;
	if (x->entity != y->entity)
		return x->entity < y->entity ? -1 : 1;
	uint64_t one = work->ties[x->entity][x->row], two = work->ties[y->entity][y->row];
	if (one != two)
		return one < two ? -1 : 1;
	return x->row < y->row ? -1 : x->row > y->row; /* qsort() keeps no order by itself */
}

size_t worklist_best(const struct worklist_work *work, struct worklist_found *found, size_t count, size_t most)
{
	qsort_r(found, count, sizeof *found, by_points, (void *)(uintptr_t)work);
	return count < most ? count : most;
}

struct worklist_ranking *worklist_rankings(const struct worklist_work *work, struct arena *arena)
{
	uint32_t dimensions = work->run->job->dimension_count;
	struct worklist_ranking *rankings = arena_array(arena, dimensions, sizeof *rankings);
	struct worklist_memo *memo = arena_array(arena, MEMO, sizeof *memo);
	if (!rankings || !memo)
		return NULL;
	for (uint32_t d = 0; d < dimensions; d++) {
		struct worklist_found *found = arena_array(arena, 2 * (size_t)WORKLIST_KEPT, sizeof *found);
		if (!found)
			return NULL;
		rankings[d] = (struct worklist_ranking){.work = work, .dimension = d, .memo = memo, .found = found};
	}
	return rankings;
}

struct worklist_ranker worklist_ranker(struct worklist_ranking *ranking)
{
	return (struct worklist_ranker){.ranking = ranking, .row = {.row = UINT32_MAX}};
}

void worklist_rank_end(struct worklist_ranker *ranker)
{
	struct worklist_ranking *ranking = ranker->ranking;
	if (!(ranker->row.points > 0))
		return;
	ranking->found[ranking->count++] = ranker->row;
	ranking->is_cut |= ranking->count >= WORKLIST_KEPT;
	if (ranking->count == 2 * WORKLIST_KEPT)
		ranking->count = worklist_best(ranking->work, ranking->found, ranking->count, WORKLIST_KEPT);
}

/* A child cannot be trusted to name what is there. */
static int is_possible(const struct worklist_ranking *ranking, const struct worklist_short *said)
{
	const struct run *run = ranking->work->run;
	const struct bound_dimension *dimension = &run->dimensions[ranking->dimension];
	if (said->view >= dimension->table->view_count ||
	    said->answer >= dimension->views[said->view].table->answer_count)
		return 0;
	const struct bound_view *view = &dimension->views[said->view];
	uint32_t measure = view->measures[said->answer];
	const struct crmval_measure *table = &dimension->table->measures[measure];
	return said->row < atomic_load(&run->data->tables[view->entity].rows) &&
	       ranking->work->measures[ranking->work->first[ranking->dimension] + measure].is_wanted &&
	       view_allows(table, said->is.n, said->is.d) && probe_shortfall(table, &said->is) > 0;
}

static void rank_one(struct worklist_ranker *ranker, const struct worklist_short *said)
{
	struct worklist_ranking *ranking = ranker->ranking;
	struct worklist_found *row = &ranker->row;
	if (!is_possible(ranking, said)) {
		ranking->is_wrong = 1;
		return;
	}
	const struct bound_view *view = &ranking->work->run->dimensions[ranking->dimension].views[said->view];
	if (said->row != row->row || said->view != ranker->view) {
		worklist_rank_end(ranker);
		ranker->view = said->view;
		*row = (struct worklist_found){.entity = view->entity, .row = said->row};
	}
	uint32_t measure = ranking->work->first[ranking->dimension] + view->measures[said->answer];
	double points = worth(ranking, measure, &said->is);
	row->points += points;
	if (points > row->most) {
		row->most = points;
		row->measure = measure;
	}
}

void worklist_rank(void *ranker, const void *elements, size_t count)
{
	const struct worklist_short *said = elements;
	for (size_t i = 0; i < count; i++)
		rank_one(ranker, &said[i]);
}
