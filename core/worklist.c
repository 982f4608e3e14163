/* SPDX-License-Identifier: MIT */
/* From rows that fall short to a list: which are listed, what mending them brings. */
#include "worklist_rank.h"

#include "error.h"

#include <stdlib.h>
#include <string.h>

static const char *text_at(const struct region *texts, uint32_t row)
{
	const char *text = texts->bytes ? ((char *const *)texts->bytes)[row] : NULL;
	return text ? text : "";
}

const char *worklist_id(const struct run *run, uint32_t entity, uint32_t row)
{
	return text_at(&run->data->tables[entity].id_texts, row);
}

const char *worklist_name(const struct run *run, uint32_t entity, uint32_t row)
{
	int field = model_field_index(&model_entities[entity], "name");
	return field < 0 ? "" : text_at(&run->data->tables[entity].columns[field].texts, row);
}

/* ---- finding ---- */

/* What one more in the numerator of each measure brings to its dimension, about; only those that rows are wanted for.  More
   than its own dimension is not for a child to know. */
static void weigh(const struct worklist_work *work)
{
	const struct result *result = &work->run->result;
	struct whatif *whatif = work->whatif;
	for (uint32_t m = 0; m < result->measure_count; m++) {
		const struct result_measure *measure = &result->measures[m];
		const struct estimate *dimension = &whatif->card->dimensions[measure->dimension].parts[SCORE_NOW];
		struct moments moments = whatif->scope[(size_t)2 * m];
		int is_lower = measure->table->better == CRMVAL_LOWER;
		double lift = (double)(is_lower ? -moments.n : moments.d - moments.n);
		const struct whatif_change change = {m, 0, {0, 0}, {lift, 0}};
		if (!(measure->table->flags & CRMVAL_SHARE) || measure->failed || measure->no_data[0] ||
		    (work->measure >= 0 && (uint32_t)work->measure != m) || !(fabs(lift) > 0))
			continue;
		whatif_score(whatif, NULL, 0);
		double before = dimension->value, points = whatif_score(whatif, &change, 1) - whatif->score;
		work->measures[m] = (struct probe_measure){points > 0, (dimension->value - before) / fabs(lift)};
	}
}

static int by_row(const void *a, const void *b)
{
	const struct worklist_found *x = a, *y = b;
	if (x->entity != y->entity)
		return x->entity < y->entity ? -1 : 1;
	return x->row < y->row ? -1 : x->row > y->row;
}

static int by_row_and_measure(const void *a, const void *b)
{
	const struct worklist_found *x = a, *y = b;
	int order = by_row(a, b);
	return order ? order : x->measure < y->measure ? -1 : x->measure > y->measure;
}

/* A row that several views see counts once.  The order in which its points are added up is that of the dimensions. */
static size_t join_rows(struct worklist_found *found, size_t count)
{
	size_t kept = 0;
	for (size_t i = 0; i < count; i++) {
		struct worklist_found *last = kept ? &found[kept - 1] : NULL;
		if (!last || by_row(last, &found[i]) != 0) {
			found[kept++] = found[i];
			continue;
		}
		last->points += found[i].points;
		if (found[i].most > last->most) {
			last->most = found[i].most;
			last->measure = found[i].measure;
		}
	}
	return kept;
}

/* Adds the best of a dimension. */
static int add_rows(const struct worklist_ranking *ranking, struct worklist_found **all, size_t *count,
		    struct crmval_error *error)
{
	size_t kept = worklist_best(ranking->work, ranking->found, ranking->count, WORKLIST_KEPT);
	struct worklist_found *grown = realloc(*all, (*count + kept) * sizeof *grown + 1);
	if (!grown)
		return fail_memory(error);
	if (kept)
		memcpy(grown + *count, ranking->found, kept * sizeof *grown);
	*all = grown;
	*count += kept;
	return CRMVAL_OK;
}

static int find_rows(const struct worklist_work *work, struct worklist *list, struct worklist_found **out,
		     size_t *out_count, struct crmval_error *error)
{
	struct arena arena = {.kind = ARENA_HIDDEN};
	struct worklist_ranking *rankings = worklist_rankings(work, &arena);
	struct worklist_found *all = NULL;
	size_t count = 0;
	int code = rankings ? worklist_find(work, rankings, error) : fail_memory(error);
	for (uint32_t d = 0; d < work->run->job->dimension_count && code == CRMVAL_OK; d++) {
		list->is_cut |= rankings[d].is_cut;
		code = add_rows(&rankings[d], &all, &count, error);
	}
	arena_free(&arena);
	if (count)
		qsort(all, count, sizeof *all, by_row_and_measure);
	*out_count = join_rows(all, count);
	*out = all;
	list->row_count = *out_count;
	return code;
}

/* ---- choosing ---- */

/* The units of single rows. */
static int find_units(const struct run *run, struct worklist_found *found, size_t count,
		      uint32_t (*units)[BREAKDOWN_COUNT], struct crmval_error *error)
{
	struct gather *gather = malloc(sizeof *gather);
	uint32_t(*unit)[BATCH_ROWS] = calloc(BREAKDOWN_COUNT, sizeof *unit);
	if (!gather || !unit) {
		free(gather);
		free(unit);
		return fail_memory(error);
	}
	for (size_t i = 0; i < count; i++) {
		const struct rows rows = {.row = &found[i].row, .count = 1};
		units_of(&run->units, found[i].entity, &rows, gather, unit);
		for (int b = 0; b < BREAKDOWN_COUNT; b++)
			units[i][b] = run->units.counts[b] ? unit[b][0] : 0;
	}
	free(gather);
	free(unit);
	return CRMVAL_OK;
}

/* Takes the best rows within the limits. */
static int choose(struct worklist *list, const struct worklist_work *work, const struct worklist_limits *limits,
		  struct worklist_found *found, size_t count, struct crmval_error *error)
{
	const struct run *run = list->run;
	uint32_t(*units)[BREAKDOWN_COUNT] = calloc(count + 1, sizeof *units);
	uint32_t *of_owner = calloc((size_t)run->units.counts[BREAKDOWN_EMPLOYEE] + 1, sizeof *of_owner);
	uint32_t *of_measure = calloc((size_t)run->result.measure_count + 1, sizeof *of_measure);
	list->items = arena_array(&list->arena, limits->rows < count ? limits->rows : count, sizeof *list->items);
	int code = units && of_owner && of_measure && list->items ? CRMVAL_OK : fail_memory(error);
	if (code == CRMVAL_OK && count) {
		worklist_best(work, found, count, count);
		code = find_units(run, found, count, units, error);
	}
	for (size_t i = 0; i < count && list->item_count < limits->rows && code == CRMVAL_OK; i++) {
		uint32_t owner = units[i][BREAKDOWN_EMPLOYEE];
		if ((limits->per_owner && of_owner[owner] == limits->per_owner) ||
		    (limits->per_measure && of_measure[found[i].measure] == limits->per_measure))
			continue;
		of_owner[owner]++;
		of_measure[found[i].measure]++;
		struct worklist_item *item = &list->items[list->item_count++];
		*item = (struct worklist_item){.entity = found[i].entity,
					       .row = found[i].row,
					       .measure = found[i].measure,
					       .expected = found[i].points};
		memcpy(item->unit, units[i], sizeof item->unit);
	}
	free(units);
	free(of_owner);
	free(of_measure);
	return code;
}

static int item_by_row(const void *a, const void *b)
{
	const struct worklist_item *x = a, *y = b;
	if (x->entity != y->entity)
		return x->entity < y->entity ? -1 : 1;
	return x->row < y->row ? -1 : x->row > y->row;
}

/* ---- mending ---- */

static int is_mend(const struct run *run, uint32_t dimension, const struct mend *mend)
{
	const struct bound_dimension *bound = &run->dimensions[dimension];
	if (mend->dimension != dimension || mend->view >= bound->table->view_count ||
	    mend->input >= bound->views[mend->view].table->input_count || mend->value.kind > MEND_WORD)
		return 0;
	const struct bound_input *input = &bound->views[mend->view].inputs[mend->input];
	uint32_t words = 0;
	while (input->words && input->words[words])
		words++;
	return mend->value.kind != MEND_WORD || mend->value.word < words;
}

/* Of two dimensions that mend the same field, the first has its way. */
static int is_mended(const struct run *run, const struct worklist_item *item, const struct bound_input *input)
{
	for (uint32_t m = 0; m < item->mend_count; m++) {
		const struct mend *mend = &item->mends[m];
		if (mend_is_same(&run->dimensions[mend->dimension].views[mend->view].inputs[mend->input], input))
			return 1;
	}
	return 0;
}

static int add_mend(struct worklist *list, struct worklist_item *item, const struct mend *mend)
{
	enum { MORE = 16 };
	uint32_t count = item->mend_count;
	if (count % MORE == 0) {
		struct mend *mends = arena_array(&list->arena, (size_t)count + MORE, sizeof *mends);
		if (!mends)
			return -1;
		if (count)
			memcpy(mends, item->mends, count * sizeof *mends);
		item->mends = mends;
	}
	item->mends[item->mend_count++] = *mend;
	return 0;
}

static int take_mends(struct worklist *list, uint32_t dimension, const struct worklist_answer *answer,
		      struct crmval_error *error)
{
	const struct worklist_mend *said = answer->elements;
	const struct run *run = list->run;
	for (size_t i = 0; i < answer->count; i++) {
		struct worklist_item *item = said[i].item < list->item_count ? &list->items[said[i].item] : NULL;
		if (!item || !is_mend(run, dimension, &said[i].mend))
			return fail(error, CRMVAL_EBUG, "work list: plugin %s answered in another form",
				    run->dimension_plugins[dimension].table->name);
		const struct mend *mend = &said[i].mend;
		const struct bound_input *input = &run->dimensions[dimension].views[mend->view].inputs[mend->input];
		if (!is_mended(run, item, input) && add_mend(list, item, mend) < 0)
			return fail_memory(error);
	}
	return CRMVAL_OK;
}

/* What becomes of a row; where it is short even then, its best is counted on all the same. */
static void take_change(const struct worklist_work *work, struct worklist_item *item, struct whatif_change change)
{
	const struct crmval_measure *table = work->run->result.measures[change.measure].table;
	int is_wanted = change.window == 0 && work->measures[change.measure].is_wanted;
	int is_beyond = is_wanted && probe_shortfall(table, &change.to) > 0;
	if (is_wanted && probe_shortfall(table, &change.from) > 0)
		item->shortfalls[item->shortfall_count++] =
			(struct worklist_shortfall){change.measure, change.from, is_beyond};
	if (is_beyond)
		change.to.n = table->better == CRMVAL_LOWER ? 0 : change.to.d;
	item->changes[item->change_count++] = change;
}

static int take_changes(const struct worklist_work *work, struct worklist *list, const struct worklist_answer *answers,
			struct crmval_error *error)
{
	uint32_t dimensions = work->run->job->dimension_count;
	uint32_t *counts = calloc((size_t)list->item_count + 1, sizeof *counts);
	int code = counts ? CRMVAL_OK : fail_memory(error);
	for (uint32_t d = 0; d < dimensions && code == CRMVAL_OK; d++) {
		const struct worklist_change *said = answers[d].elements;
		uint32_t measures = work->first[d + 1] - work->first[d];
		for (size_t i = 0; i < answers[d].count && code == CRMVAL_OK; i++) {
			if (said[i].item >= list->item_count || said[i].measure >= measures ||
			    (unsigned)said[i].window > 1)
				code = fail(error, CRMVAL_EBUG, "work list: plugin %s answered in another form",
					    work->run->dimension_plugins[d].table->name);
			else
				counts[said[i].item]++;
		}
	}
	for (uint32_t i = 0; i < list->item_count && code == CRMVAL_OK; i++) {
		list->items[i].changes = arena_array(&list->arena, counts[i], sizeof(struct whatif_change));
		list->items[i].shortfalls = arena_array(&list->arena, counts[i], sizeof(struct worklist_shortfall));
		if (!list->items[i].changes || !list->items[i].shortfalls)
			code = fail_memory(error);
	}
	free(counts);
	for (uint32_t d = 0; d < dimensions && code == CRMVAL_OK; d++) {
		const struct worklist_change *said = answers[d].elements;
		for (size_t i = 0; i < answers[d].count; i++) {
			const struct whatif_change change = {work->first[d] + said[i].measure, said[i].window,
							     said[i].from, said[i].to};
			if (!work->run->result.measures[change.measure].no_data[change.window])
				take_change(work, &list->items[said[i].item], change);
		}
	}
	return code;
}

static int ask_about_items(const struct worklist_work *work, struct worklist *list, enum worklist_task task,
			   struct crmval_error *error)
{
	uint32_t dimensions = work->run->job->dimension_count;
	struct worklist_answer *answers = calloc((size_t)dimensions + 1, sizeof *answers);
	size_t element = task == WORKLIST_PROBE ? sizeof(struct worklist_mend) : sizeof(struct worklist_change);
	int code = answers ? worklist_ask(work, task, element, answers, error) : fail_memory(error);
	for (uint32_t d = 0; d < dimensions && code == CRMVAL_OK && task == WORKLIST_PROBE; d++)
		code = take_mends(list, d, &answers[d], error);
	if (code == CRMVAL_OK && task == WORKLIST_TRY)
		code = take_changes(work, list, answers, error);
	for (uint32_t d = 0; answers && d < dimensions; d++)
		free(answers[d].elements);
	free(answers);
	return code;
}

/* ---- points ---- */

/* The place of a unit among those that the result lists. */
static int listed_unit(const struct run *run, int breakdown, uint32_t unit, uint32_t *place)
{
	for (uint32_t i = 0; i < run->result.unit_counts[breakdown]; i++)
		if (run->unit_order[breakdown][i] == unit) {
			*place = i;
			return 1;
		}
	return 0;
}

static int by_item_points(const void *a, const void *b, void *run)
{
	const struct worklist_item *x = a, *y = b;
	if (x->points != y->points)
		return x->points > y->points ? -1 : 1;
	if (x->entity != y->entity)
		return x->entity < y->entity ? -1 : 1;
	int order = strcmp(worklist_id(run, x->entity, x->row), worklist_id(run, y->entity, y->row));
	return order ? order : x->row < y->row ? -1 : x->row > y->row; /* qsort() keeps no order by itself */
}

/* As scores are published. */
static double rounded(double points)
{
	return round(points * 1e10) / 1e10 + 0.0;
}

static void score_items(struct worklist *list, struct whatif *whatif)
{
	const struct run *run = list->run;
	for (uint32_t i = 0; i < list->item_count; i++) {
		struct worklist_item *item = &list->items[i];
		item->points = rounded(whatif_score(whatif, item->changes, item->change_count) - whatif->score);
	}
	for (int b = 0; b < BREAKDOWN_COUNT; b++)
		for (uint32_t i = 0; i < list->item_count; i++) {
			struct worklist_item *item = &list->items[i];
			uint32_t place;
			item->unit_points[b] = NAN;
			if (!run->units.counts[b] || !listed_unit(run, b, item->unit[b], &place))
				continue;
			whatif_scope(whatif, b, place);
			item->unit_points[b] =
				rounded(whatif_score(whatif, item->changes, item->change_count) - whatif->score);
		}
	qsort_r(list->items, list->item_count, sizeof *list->items, by_item_points, (void *)(uintptr_t)run);
}

/* ---- the whole ---- */

/* By the id's bytes (FNV-1a), so that it is the same in every run. */
static uint64_t tie_of(const char *id)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	for (; *id; id++)
		hash = (hash ^ (unsigned char)*id) * UINT64_C(0x100000001b3);
	return hash;
}

static int make_ties(struct worklist_work *work, struct arena *arena, struct crmval_error *error)
{
	const struct run *run = work->run;
	for (uint32_t e = 0; e < model_entity_count; e++) {
		uint32_t rows = atomic_load(&run->data->tables[e].rows);
		uint64_t *ties = arena_array(arena, (size_t)rows + 1, sizeof *ties);
		if (!ties)
			return fail_memory(error);
		for (uint32_t row = 0; row < rows; row++)
			ties[row] = tie_of(worklist_id(run, e, row));
		work->ties[e] = ties;
	}
	return CRMVAL_OK;
}

static int open_work(struct worklist_work *work, struct arena *arena, struct crmval_error *error)
{
	const struct run *run = work->run;
	uint32_t *first = arena_array(arena, (size_t)run->job->dimension_count + 1, sizeof *first);
	work->measures = arena_array(arena, (size_t)run->result.measure_count + 1, sizeof *work->measures);
	if (!first || !work->measures)
		return fail_memory(error);
	for (uint32_t d = 0; d < run->job->dimension_count; d++)
		first[d + 1] = first[d] + run->dimensions[d].table->measure_count;
	work->first = first;
	int code = whatif_new(&run->result, &work->whatif, error);
	if (code == CRMVAL_OK && isnan(work->whatif->score) && run_is_degraded(run))
		code = fail(error, CRMVAL_EDATA,
			    "there is no overall score, since dimensions failed, so nothing can be said to raise it");
	else if (code == CRMVAL_OK && isnan(work->whatif->score))
		code = fail(error, CRMVAL_EDATA,
			    "there is no overall score, so nothing can be said to raise it; crmval check %s tells what "
			    "is missing",
			    run->job->path);
	if (code == CRMVAL_OK)
		weigh(work);
	return code == CRMVAL_OK ? make_ties(work, arena, error) : code;
}

int worklist_make(struct worklist *list, struct run *run, const struct worklist_limits *limits,
		  struct crmval_error *error)
{
	struct worklist_work work = {.run = run, .measure = limits->measure};
	struct worklist_found *found = NULL;
	size_t count = 0;
	*list = (struct worklist){.run = run, .arena.kind = ARENA_HIDDEN};
	int code = open_work(&work, &list->arena, error);
	if (code == CRMVAL_OK)
		code = find_rows(&work, list, &found, &count, error);
	if (code == CRMVAL_OK)
		code = choose(list, &work, limits, found, count, error);
	free(found);
	if (code == CRMVAL_OK) {
		qsort(list->items, list->item_count, sizeof *list->items, item_by_row);
		work.items = list->items;
		work.item_count = list->item_count;
		code = ask_about_items(&work, list, WORKLIST_PROBE, error);
	}
	if (code == CRMVAL_OK)
		code = ask_about_items(&work, list, WORKLIST_TRY, error);
	if (code == CRMVAL_OK)
		score_items(list, work.whatif);
	whatif_free(work.whatif);
	return code;
}

void worklist_free(struct worklist *list)
{
	arena_free(&list->arena);
}
