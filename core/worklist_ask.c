/* SPDX-License-Identifier: MIT */
/* A child for each dimension, or several, each with a question of its own. */
#include "worklist_ask.h"

#include "error.h"
#include "hide.h"
#include "worklist_rank.h"

#include <stdlib.h>
#include <string.h>

/* ---- questions ---- */

static int reads_entity(const struct bound_dimension *dimension, uint32_t entity)
{
	for (uint32_t v = 0; v < dimension->table->view_count; v++)
		if (dimension->views[v].entity == entity)
			return 1;
	return 0;
}

/* Does a mend of a row change what the dimension's views read of it? */
static int reads_mended(const struct bound_dimension *dimension, uint32_t entity, const struct bound_input *mended)
{
	for (uint32_t v = 0; v < dimension->table->view_count; v++) {
		const struct bound_view *view = &dimension->views[v];
		for (uint32_t i = 0; i < view->table->input_count && view->entity == entity; i++)
			if (mend_is_same(mended, &view->inputs[i]) || mend_is_behind(mended, &view->inputs[i]))
				return 1;
	}
	return 0;
}

/* A copy of a mend, with the one word that is put there. */
static int copy_put(struct arena *arena, const struct mend_value *value, const struct bound_input *mended,
		    struct worklist_put *put)
{
	const char **words = arena_array(arena, (size_t)value->word + 1, sizeof *words);
	if (!words)
		return -1;
	if (value->kind == MEND_WORD && !(words[value->word] = arena_strdup(arena, mended->words[value->word])))
		return -1;
	*put = (struct worklist_put){*value, *mended};
	put->input.words = words;
	return 0;
}

static int add_puts(const struct worklist_work *work, const struct bound_dimension *dimension, struct arena *arena,
		    struct worklist_row *row)
{
	const struct worklist_item *item = &work->items[row->item];
	row->puts = arena_array(arena, item->mend_count, sizeof *row->puts);
	for (uint32_t m = 0; m < item->mend_count && row->puts; m++) {
		const struct mend *mend = &item->mends[m];
		const struct bound_input *mended =
			&work->run->dimensions[mend->dimension].views[mend->view].inputs[mend->input];
		if (!reads_mended(dimension, item->entity, mended))
			continue;
		if (copy_put(arena, &mend->value, mended, &row->puts[row->put_count++]) < 0)
			return -1;
	}
	return row->puts ? 0 : -1;
}

static const struct worklist_question *make_question(const struct worklist_work *work, enum worklist_task task,
						     uint32_t d, struct arena *arena)
{
	const struct bound_dimension *dimension = &work->run->dimensions[d];
	struct worklist_question *question = arena_alloc(arena, sizeof *question);
	struct probe_measure *measures = arena_array(arena, dimension->table->measure_count, sizeof *measures);
	struct worklist_row *rows = arena_array(arena, work->item_count, sizeof *rows);
	if (!question || !measures || !rows)
		return NULL;
	memcpy(measures, work->measures + work->first[d], dimension->table->measure_count * sizeof *measures);
	*question = (struct worklist_question){.task = task, .measures = measures, .rows = rows};
	for (uint32_t i = 0; i < work->item_count; i++) {
		const struct worklist_item *item = &work->items[i];
		struct worklist_row *row = &rows[question->row_count];
		if (!reads_entity(dimension, item->entity))
			continue;
		*row = (struct worklist_row){.item = i, .entity = item->entity, .row = item->row};
		if (task == WORKLIST_TRY && add_puts(work, dimension, arena, row) < 0)
			return NULL;
		question->row_count++;
	}
	return question;
}

/* ---- asking ---- */

/* What is being asked, of all dimensions. */
struct asking {
	const struct worklist_work *work;
	enum worklist_task task;
	struct hidden hidden;
	struct arena *arenas; /* by dimension: its question */
	const struct worklist_question **questions;
	struct confine_range **ranges; /* by dimension: what its children inherit */
	size_t *range_counts;
	struct worklist_ranking *rankings; /* or NULL */
	struct arena rankers;
	struct worklist_answer *answers; /* or NULL */
	size_t element;
};

/* Where no row of a dimension is wanted, it is only asked what becomes of rows. */
static int is_asked(const struct asking *asking, uint32_t d)
{
	const struct worklist_work *work = asking->work;
	int is_wanted = asking->task == WORKLIST_TRY;
	for (uint32_t m = work->first[d]; m < work->first[d + 1]; m++)
		is_wanted |= work->measures[m].is_wanted;
	return is_wanted && !work->run->evaluations[d].failed;
}

static int list_ranges(struct asking *asking, uint32_t d)
{
	const struct hidden *hidden = &asking->hidden;
	struct confine_range *ranges;
	size_t count = hidden->needed_counts[d], blocks = 0;
	const struct arena_block *block = NULL;
	void *bytes;
	size_t size;
	while ((block = arena_next(&asking->arenas[d], block, &bytes, &size)) != NULL)
		blocks++;
	ranges = calloc(count + blocks + 1, sizeof *ranges);
	if (!ranges)
		return -1;
	if (count)
		memcpy(ranges, hidden->needed[d], count * sizeof *ranges);
	while ((block = arena_next(&asking->arenas[d], block, &bytes, &size)) != NULL)
		ranges[count++] = (struct confine_range){bytes, size};
	asking->ranges[d] = ranges;
	asking->range_counts[d] = count;
	return 0;
}

static int open_asking(struct asking *asking, struct crmval_error *error)
{
	const struct run *run = asking->work->run;
	size_t dimensions = run->job->dimension_count;
	asking->rankers.kind = ARENA_HIDDEN;
	asking->arenas = calloc(dimensions + 1, sizeof *asking->arenas);
	asking->questions = calloc(dimensions + 1, sizeof *asking->questions);
	asking->ranges = calloc(dimensions + 1, sizeof *asking->ranges);
	asking->range_counts = calloc(dimensions + 1, sizeof *asking->range_counts);
	if (!asking->arenas || !asking->questions || !asking->ranges || !asking->range_counts)
		return fail_memory(error);
	int code =
		hide_open(&asking->hidden, run->dimensions, run->job->dimension_count, run->data, &run->units, error);
	for (uint32_t d = 0; d < dimensions && code == CRMVAL_OK; d++) {
		asking->arenas[d].kind = ARENA_HIDDEN;
		if (!is_asked(asking, d))
			continue;
		asking->questions[d] = make_question(asking->work, asking->task, d, &asking->arenas[d]);
		if (!asking->questions[d] || list_ranges(asking, d) < 0)
			code = fail_memory(error);
	}
	return code;
}

static void close_asking(struct asking *asking)
{
	hide_close(&asking->hidden);
	for (uint32_t d = 0; d < asking->work->run->job->dimension_count; d++) {
		if (asking->arenas)
			arena_free(&asking->arenas[d]);
		if (asking->ranges)
			free(asking->ranges[d]);
	}
	arena_free(&asking->rankers);
	free(asking->arenas);
	free(asking->questions);
	free(asking->ranges);
	free(asking->range_counts);
}

/* ---- children ---- */

/* Adds what a child answered. */
static int take_answer(const struct confine_task *task, size_t element, struct worklist_answer *answer,
		       struct crmval_error *error)
{
	if (task->answer.size % element != 0)
		return fail(error, CRMVAL_EBUG, "work list: plugin %s answered in another form", task->name);
	size_t count = task->answer.size / element;
	char *grown = realloc(answer->elements, (answer->count + count) * element + 1);
	if (!grown)
		return fail_memory(error);
	if (count)
		memcpy(grown + answer->count * element, task->answer.bytes, task->answer.size);
	*answer = (struct worklist_answer){grown, answer->count + count};
	return CRMVAL_OK;
}

static int take_ranked(struct worklist_ranker *ranker, struct crmval_error *error)
{
	worklist_rank_end(ranker);
	return ranker->ranking->is_wrong ? fail(error, CRMVAL_EBUG, "work list: a plugin named a row that is not there")
					 : CRMVAL_OK;
}

static int conclude(const struct asking *asking, const struct confine_task *task, uint32_t dimension,
		    struct crmval_error *error)
{
	if (task->code != CRMVAL_OK)
		return fail(error, task->code, "work list: %s", task->error.message);
	return asking->rankings ? take_ranked(task->taker, error)
				: take_answer(task, asking->element, &asking->answers[dimension], error);
}

/* Says all that a dimension may say of its rows. */
static size_t most_found(const struct worklist_work *work, uint32_t d)
{
	const struct bound_dimension *dimension = &work->run->dimensions[d];
	size_t most = 0;
	for (uint32_t v = 0; v < dimension->table->view_count; v++)
		most += (size_t)atomic_load(&work->run->data->tables[dimension->views[v].entity].rows) *
			dimension->views[v].table->answer_count;
	return most;
}

static struct confine_task make_task(struct asking *asking, uint32_t d, struct worklist_part *part)
{
	const struct bound_dimension *dimension = &asking->work->run->dimensions[d];
	struct confine_task task = {
		.plugin_fd = dimension->plugin->fd,
		.name = dimension->plugin->table->name,
		.body = worklist_body,
		.context = part,
		.ranges = asking->ranges[d],
		.range_count = asking->range_counts[d],
	};
	struct worklist_ranker *ranker = NULL;
	if (asking->rankings && (ranker = arena_alloc(&asking->rankers, sizeof *ranker))) {
		*ranker = worklist_ranker(&asking->rankings[d]);
		task.take = worklist_rank;
		task.taker = ranker;
		task.element = sizeof(struct worklist_short);
	}
	return task;
}

/* The dimensions that are confined alike: our own, or others'. */
static int ask_group(struct asking *asking, int is_ours, struct crmval_error *error)
{
	const struct run *run = asking->work->run;
	uint32_t dimensions = run->job->dimension_count;
	size_t count = 0, most = 1;
	for (uint32_t d = 0; d < dimensions; d++)
		most += run->evaluations[d].tally_count + 1;
	struct worklist_part *parts = calloc(most, sizeof *parts);
	struct confine_task *tasks = calloc(most, sizeof *tasks);
	struct confine_limits limits = run->plugin_settings.limits;
	int code = parts && tasks ? CRMVAL_OK : fail_memory(error);
	for (uint32_t d = 0; d < dimensions && code == CRMVAL_OK; d++) {
		const struct bound_dimension *dimension = &run->dimensions[d];
		uint32_t children = asking->rankings ? run->evaluations[d].tally_count : 1;
		if (!asking->questions[d] || dimension->plugin->is_ours != is_ours)
			continue;
		for (uint32_t p = 0; p < children && code == CRMVAL_OK; p++, count++) {
			parts[count] = (struct worklist_part){
				.question = asking->questions[d],
				.dimension = d,
				.run = {.windows = {run->job->period, run->job->baseline},
					.has_baseline = run->job->has_baseline,
					.data = run->data,
					.units = &run->units,
					.dimension = dimension,
					.part = p,
					.parts = children},
			};
			tasks[count] = make_task(asking, d, &parts[count]);
			if (asking->rankings && !tasks[count].taker)
				code = fail_memory(error);
		}
		if (asking->rankings && most_found(asking->work, d) * asking->element > limits.answer_limit)
			limits.answer_limit = most_found(asking->work, d) * asking->element;
	}
	if (limits.sandbox == SANDBOX_DEFAULT)
		limits.sandbox = is_ours ? SANDBOX_BEST_EFFORT : SANDBOX_REQUIRE;
	if (code == CRMVAL_OK && count > 0)
		code = confine_run(tasks, count, run->load.run.threads ? run->load.run.threads : 1, &limits, error);
	for (size_t i = 0; i < count; i++) {
		if (code == CRMVAL_OK)
			code = conclude(asking, &tasks[i], parts[i].dimension, error);
		confine_answer_free(&tasks[i].answer);
	}
	free(parts);
	free(tasks);
	return code;
}

static int ask(struct asking *asking, struct crmval_error *error)
{
	int code = open_asking(asking, error);
	for (int is_ours = 0; is_ours <= 1 && code == CRMVAL_OK; is_ours++)
		code = ask_group(asking, is_ours, error);
	close_asking(asking);
	return code;
}

int worklist_ask(const struct worklist_work *work, enum worklist_task task, size_t element,
		 struct worklist_answer *answers, struct crmval_error *error)
{
	struct asking asking = {.work = work, .task = task, .element = element, .answers = answers};
	return ask(&asking, error);
}

int worklist_find(const struct worklist_work *work, struct worklist_ranking *rankings, struct crmval_error *error)
{
	struct asking asking = {
		.work = work,
		.task = WORKLIST_FIND,
		.element = sizeof(struct worklist_short),
		.rankings = rankings,
	};
	return ask(&asking, error);
}
