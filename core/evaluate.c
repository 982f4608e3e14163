/* SPDX-License-Identifier: MIT */
/* Children of a dimension: sharing out its rows, and what comes back. */
#include "evaluate.h"

#include "error.h"
#include "hide.h"
#include "share.h"
#include "spent.h"
#include "text.h"
#include "utf8.h"

#include <stdlib.h>
#include <string.h>

/* A dimension with fewer rows than this is not worth a second child. */
#define ROWS_PER_CHILD 200000u

_Static_assert(TALLY_BATCH == BATCH_ROWS, "a batch's rows are added at once");
_Static_assert(TALLY_NOTE == CONFINE_BREADCRUMB, "a tally's note is its child's breadcrumb");

/* One child's part. */
struct part {
	const struct evaluate *evaluate;
	uint32_t dimension;
	struct evaluation *evaluation;
	struct view_run run;
};

static int part_body(void *context, struct crmval_error *error)
{
	struct part *part = context;
	const struct bound_dimension *dimension = &part->evaluate->dimensions[part->dimension];
	const struct crmval_plugin *live;
	size_t size = dimension->table->measure_count * sizeof part->run.no_data[0];
	double evaluating;
	int code = confine_load(&live, error);
	if (code != CRMVAL_OK)
		return code;
	code = plugin_is_unchanged(dimension->plugin, live, error);
	if (code != CRMVAL_OK)
		return code;
	uint64_t start = spent_by_thread();
	part->run.no_data = calloc(1, size + 1);
	if (!part->run.no_data)
		return fail_memory(error);
	for (uint32_t v = 0; v < dimension->table->view_count && code == CRMVAL_OK; v++)
		code = view_run(&part->run, &dimension->views[v], &live->dimension->views[v], error);
	tally_fold(part->run.tally);
	evaluating = (double)(spent_by_thread() - start) * 1e-9;
	if (code == CRMVAL_OK)
		code = confine_write(part->run.no_data, size, error);
	if (code == CRMVAL_OK)
		code = confine_write(&evaluating, sizeof evaluating, error);
	free(part->run.no_data);
	return code;
}

static uint32_t most_parts(const struct evaluate *evaluate, uint32_t d)
{
	uint64_t rows = 0;
	for (uint32_t v = 0; v < evaluate->dimensions[d].table->view_count; v++)
		rows += atomic_load(&evaluate->data->tables[evaluate->dimensions[d].views[v].entity].rows);
	uint64_t parts = rows / ROWS_PER_CHILD + 1;
	return (uint32_t)(parts < evaluate->threads ? parts : evaluate->threads);
}

static int open_evaluation(const struct evaluate *evaluate, const struct share_plan *plan,
			   struct evaluation *evaluation, struct crmval_error *error)
{
	const struct crmval_dimension *table = evaluate->dimensions[plan->dimension].table;
	struct tally_shape shape;
	tally_plan(&shape, table->measure_count, evaluate->units->counts, evaluate->units->team);
	evaluation->tallies = calloc(plan->parts, sizeof *evaluation->tallies);
	evaluation->no_data = arena_array(evaluate->arena, table->measure_count, sizeof *evaluation->no_data);
	if (!evaluation->tallies || !evaluation->no_data)
		return fail_memory(error);
	while (evaluation->tally_count < plan->parts) {
		int code = tally_open(&evaluation->tallies[evaluation->tally_count], &shape, error);
		if (code != CRMVAL_OK)
			return code;
		evaluation->tally_count++;
	}
	return CRMVAL_OK;
}

/* Takes what a child left: its answer, or why there is none. */
static int close_part(struct part *part, struct confine_task *task, struct crmval_error *error)
{
	struct evaluation *evaluation = part->evaluation;
	const struct crmval_dimension *table = part->evaluate->dimensions[part->dimension].table;
	size_t size = table->measure_count * sizeof evaluation->no_data[0];
	int code = CRMVAL_OK;
	evaluation->seconds += task->seconds;
	snprintf(evaluation->sandbox, sizeof evaluation->sandbox, "%s", task->sandbox);
	double evaluating;
	if (task->code == CRMVAL_OK && task->answer.size == size + sizeof evaluating) {
		const char *said = (const char *)task->answer.bytes;
		memcpy(&evaluating, said + size, sizeof evaluating);
		/* A plugin could have made it up. */
		evaluation->evaluating += evaluating >= 0 && evaluating < task->seconds ? evaluating : task->seconds;
		for (size_t i = 0; i < 2 * (size_t)table->measure_count; i++)
			utf8_printable(evaluation->no_data[i / 2][i % 2], NO_DATA_LENGTH, said + i * NO_DATA_LENGTH,
				       NO_DATA_LENGTH);
	} else if (!evaluation->failed) {
		evaluation->failed =
			arena_strdup(part->evaluate->arena,
				     task->code == CRMVAL_OK ? _("answered in another form") : task->error.message);
		code = evaluation->failed ? CRMVAL_OK : fail_memory(error);
	}
	confine_answer_free(&task->answer);
	return code;
}

/* Those dimensions that are confined alike: our own, or others'. */
struct group {
	int is_ours;
	uint32_t count;
	struct share_plan *plans;
};

static int plan_group(const struct evaluate *evaluate, struct group *group, struct evaluation *evaluations,
		      struct crmval_error *error)
{
	group->plans = calloc((size_t)evaluate->dimension_count + 1, sizeof *group->plans);
	if (!group->plans)
		return fail_memory(error);
	for (uint32_t d = 0; d < evaluate->dimension_count; d++)
		if (evaluate->dimensions[d].plugin->is_ours == group->is_ours)
			group->plans[group->count++] = (struct share_plan){
				d, share_length(&evaluate->dimensions[d], evaluate->data), most_parts(evaluate, d)};
	int code = share_out(group->plans, group->count, evaluate->threads, error);
	for (uint32_t i = 0; i < group->count && code == CRMVAL_OK; i++)
		code = open_evaluation(evaluate, &group->plans[i], &evaluations[group->plans[i].dimension], error);
	return code;
}

static int run_group(const struct evaluate *evaluate, const struct hidden *hidden, const struct group *group,
		     struct evaluation *evaluations, struct crmval_error *error)
{
	size_t most = (size_t)evaluate->dimension_count * evaluate->threads, count = 0;
	struct part *parts = calloc(most + 1, sizeof *parts);
	struct confine_task *tasks = calloc(most + 1, sizeof *tasks);
	int code = parts && tasks ? CRMVAL_OK : fail_memory(error);
	for (uint32_t i = 0; i < group->count && code == CRMVAL_OK; i++) {
		uint32_t d = group->plans[i].dimension;
		const struct bound_dimension *dimension = &evaluate->dimensions[d];
		for (uint32_t p = 0; p < evaluations[d].tally_count; p++) {
			struct tally *tally = &evaluations[d].tallies[p];
			parts[count] = (struct part){
				.evaluate = evaluate,
				.dimension = d,
				.evaluation = &evaluations[d],
				.run = {.windows = {evaluate->job->period, evaluate->job->baseline},
					.has_baseline = evaluate->job->has_baseline,
					.data = evaluate->data,
					.units = evaluate->units,
					.dimension = dimension,
					.tally = tally,
					.breadcrumb = tally->note,
					.part = p,
					.parts = evaluations[d].tally_count},
			};
			tasks[count] = (struct confine_task){
				.plugin_fd = dimension->plugin->fd,
				.name = dimension->plugin->table->name,
				.body = part_body,
				.context = &parts[count],
				.breadcrumb = tally->note,
				.shared = tally->counts,
				.shared_size = tally->size,
				.ranges = hidden->needed[d],
				.range_count = hidden->needed_counts[d],
			};
			count++;
		}
	}
	struct confine_limits limits = evaluate->limits;
	if (limits.sandbox == SANDBOX_DEFAULT)
		limits.sandbox = group->is_ours ? SANDBOX_BEST_EFFORT : SANDBOX_REQUIRE;
	uint64_t start = spent_by_thread();
	if (code == CRMVAL_OK && count > 0)
		code = confine_run(tasks, count, evaluate->threads, &limits, error);
	double each = (double)(spent_by_thread() - start) * 1e-9 / (double)(count ? count : 1);
	for (size_t i = 0; i < count && code == CRMVAL_OK; i++) {
		parts[i].evaluation->confining += each;
		code = close_part(&parts[i], &tasks[i], error);
	}
	free(parts);
	free(tasks);
	return code;
}

int evaluate_run(const struct evaluate *evaluate, struct evaluation *evaluations, struct crmval_error *error)
{
	struct hidden hidden;
	struct group groups[] = {{.is_ours = 0},
				 {.is_ours = 1}}; /* others first, so that what ours say does not lie about */
	int code = hide_open(&hidden, evaluate->dimensions, evaluate->dimension_count, evaluate->data, evaluate->units,
			     error);
	for (int g = 0; g < 2 && code == CRMVAL_OK; g++)
		code = plan_group(evaluate, &groups[g], evaluations, error);
	for (int g = 0; g < 2 && code == CRMVAL_OK; g++)
		code = run_group(evaluate, &hidden, &groups[g], evaluations, error);
	for (int g = 0; g < 2; g++)
		free(groups[g].plans);
	hide_close(&hidden);
	return code;
}

void evaluation_free(struct evaluation *evaluation)
{
	for (uint32_t i = 0; i < evaluation->tally_count; i++)
		tally_close(&evaluation->tallies[i]);
	free(evaluation->tallies);
}
