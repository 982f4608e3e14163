/* SPDX-License-Identifier: MIT */
/* The children of a work list: which there are, how they are confined, and what they answer. */
#include "worklist_child.h"

#include "error.h"
#include "hide.h"

#include <stdlib.h>
#include <string.h>

static int by_points(const void *a, const void *b, void *context)
{
	const struct worklist_work *work = context;
	const struct worklist_found *x = a, *y = b;
	if (x->points != y->points)
		return x->points > y->points ? -1 : 1;
	if (x->entity != y->entity)
		return x->entity < y->entity ? -1 : 1;
	uint64_t one = work->ties[x->entity][x->row], two = work->ties[y->entity][y->row];
	return one < two ? -1 : one > two;
}

size_t worklist_best(const struct worklist_work *work, struct worklist_found *found, size_t count, size_t most)
{
	qsort_r(found, count, sizeof *found, by_points, (void *)(uintptr_t)work);
	return count < most ? count : most;
}

/* Adds what a child answered. */
static int take_answer(const struct confine_task *task, size_t element, struct worklist_answer *answer,
		       struct crmval_error *error)
{
	if (task->code != CRMVAL_OK)
		return fail(error, task->code, "work list: %s", task->error.message);
	if (task->answer.size % element != 0)
		return fail(error, CRMVAL_EBUG, "work list: plugin %s answered in another form", task->name);
	size_t count = task->answer.size / element;
	char *grown = realloc(answer->elements, (answer->count + count) * element + 1);
	if (!grown)
		return fail_memory(error);
	memcpy(grown + answer->count * element, task->answer.bytes, task->answer.size);
	*answer = (struct worklist_answer){grown, answer->count + count};
	return CRMVAL_OK;
}

/* The dimensions that are confined alike: our own, or others'. */
static int ask_group(const struct worklist_work *work, const struct hidden *hidden, int task, int is_ours,
		     size_t element, struct worklist_answer *answers, struct crmval_error *error)
{
	const struct run *run = work->run;
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
		uint32_t children = task == WORKLIST_FIND ? run->evaluations[d].tally_count : 1;
		if (run->evaluations[d].failed || dimension->plugin->is_ours != is_ours)
			continue;
		for (uint32_t p = 0; p < children; p++, count++) {
			parts[count] = (struct worklist_part){
				.work = work,
				.task = task,
				.dimension = d,
				.run = {.windows = {run->job->period, run->job->baseline},
					.has_baseline = run->job->has_baseline,
					.data = run->data,
					.units = &run->units,
					.dimension = dimension,
					.part = p,
					.parts = children},
			};
			tasks[count] = (struct confine_task){
				.plugin_fd = dimension->plugin->fd,
				.name = dimension->plugin->table->name,
				.body = worklist_body,
				.context = &parts[count],
				.ranges = hidden->needed[d],
				.range_count = hidden->needed_counts[d],
			};
		}
	}
	if (limits.sandbox == SANDBOX_DEFAULT)
		limits.sandbox = is_ours ? SANDBOX_BEST_EFFORT : SANDBOX_REQUIRE;
	if (code == CRMVAL_OK && count > 0)
		code = confine_run(tasks, count, run->load.run.threads ? run->load.run.threads : 1, &limits, error);
	for (size_t i = 0; i < count; i++) {
		if (code == CRMVAL_OK)
			code = take_answer(&tasks[i], element, &answers[parts[i].dimension], error);
		confine_answer_free(&tasks[i].answer);
	}
	free(parts);
	free(tasks);
	return code;
}

int worklist_ask(const struct worklist_work *work, int task, size_t element, struct worklist_answer *answers,
		 struct crmval_error *error)
{
	const struct run *run = work->run;
	struct hidden hidden;
	int code = hide_open(&hidden, run->dimensions, run->job->dimension_count, run->data, &run->units, error);
	for (int is_ours = 0; is_ours <= 1 && code == CRMVAL_OK; is_ours++)
		code = ask_group(work, &hidden, task, is_ours, element, answers, error);
	hide_close(&hidden);
	return code;
}
