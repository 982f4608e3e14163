/* SPDX-License-Identifier: MIT */
/* A snapshot's tallies under another job. */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "rescore.h"

#include "error.h"
#include "near.h"
#include "text.h"
#include "translate.h"
#include "window.h"

#include <string.h>

/* ---- sums: those of the snapshot, whose measures may stand in another order ---- */

static void read_moments(const struct result *result, uint32_t measure, int window, int breakdown, uint32_t unit,
			 struct moments *moments)
{
	const struct rescore *rescore = result->tallies;
	rescore->from->moments(rescore->from, rescore->measures[measure], window, breakdown, unit, moments);
}

static void read_sums(const struct result *result, uint32_t measure, int window, int breakdown, uint32_t unit,
		      struct sums *sums)
{
	const struct rescore *rescore = result->tallies;
	rescore->from->sums(rescore->from, rescore->measures[measure], window, breakdown, unit, sums);
}

/* ---- dimensions ---- */

static const struct result_dimension *find(const struct result *from, const char *id)
{
	for (uint32_t d = 0; d < from->dimension_count; d++)
		if (strcmp(from->dimensions[d].id, id) == 0)
			return &from->dimensions[d];
	return NULL;
}

static uint32_t first_measure(const struct result *from, const struct result_dimension *dimension)
{
	uint32_t first = 0;
	while (first < from->measure_count && from->measures[first].dimension != dimension - from->dimensions)
		first++;
	return first;
}

static void no_such_dimension(const struct job *job, uint32_t d, const struct result *from, struct problems *problems)
{
	struct near near;
	char advice[600];
	near_start(&near, job->dimensions[d].plugin);
	for (uint32_t i = 0; i < from->dimension_count; i++)
		near_offer(&near, from->dimensions[i].id);
	near_advice(&near, advice, sizeof advice);
	problems_add(problems, job->path, job->dimensions[d].line, "dimension %s is not in the snapshot; %s",
		     job->dimensions[d].plugin, advice);
}

static void add_dimension(struct rescore *rescore, const struct job_dimension *said,
			  const struct result_dimension *dimension, struct result_dimension *out,
			  struct result_measure *measures)
{
	struct result *result = &rescore->result;
	uint32_t first = first_measure(rescore->from, dimension);
	*out = *dimension;
	out->table = dimension->original;
	out->weight = said->weight;
	out->indicator_weights = said->indicator_weights;
	for (uint32_t m = 0; m < dimension->original->measure_count; m++) {
		uint32_t place = result->measure_count++;
		measures[place] = rescore->from->measures[first + m];
		measures[place].table = &dimension->original->measures[m];
		measures[place].dimension = result->dimension_count;
		result_measure_apply(&measures[place], &said->measures[m]);
		rescore->measures[place] = first + m;
	}
	result->dimension_count++;
}

/* Each once, and the job does not name one twice. */
static int add_dimensions(struct rescore *rescore, struct job *job, struct problems *problems,
			  struct crmval_error *error)
{
	const struct result *from = rescore->from;
	struct result_dimension *dimensions =
		arena_array(&rescore->arena, (size_t)job->dimension_count + 1, sizeof *dimensions);
	struct result_measure *measures =
		arena_array(&rescore->arena, (size_t)from->measure_count + 1, sizeof *measures);
	rescore->measures = arena_array(&rescore->arena, (size_t)from->measure_count + 1, sizeof *rescore->measures);
	if (!dimensions || !measures || !rescore->measures)
		return fail_memory(error);
	for (uint32_t d = 0; d < job->dimension_count; d++) {
		const struct result_dimension *dimension = find(from, job->dimensions[d].plugin);
		if (!dimension) {
			no_such_dimension(job, d, from, problems);
			continue;
		}
		job_bind_dimension(job, d, dimension->original, problems);
		if (problems->count == 0)
			add_dimension(rescore, &job->dimensions[d], dimension, &dimensions[d], measures);
	}
	rescore->result.dimensions = dimensions;
	rescore->result.measures = measures;
	return problems->count == 0 ? CRMVAL_OK : problems_fail(problems, error);
}

/* ---- what the job says in vain; what it leaves out is as in the snapshot ---- */

static int is_same_window(const struct crmval_window *a, const struct crmval_window *b)
{
	return a->from == b->from && a->to == b->to;
}

static void note_windows(const struct job *job, const struct result *from, struct problems *problems)
{
	char from_day[11], to_day[11];
	date_format(from->period.from, from_day);
	date_format(from->period.to, to_day);
	if (!is_same_window(&job->period, &from->period))
		problems_warn(problems, job->path, 0, "job.period is not applied: the tallies are of %s to %s",
			      from_day, to_day);
	if (job->has_baseline && !(from->has_baseline && is_same_window(&job->baseline, &from->baseline)))
		problems_warn(problems, job->path, 0,
			      "job.baseline is not applied: it stays as it was in the snapshot");
	if (job->currency && strcmp(job->currency, from->currency ? from->currency : "") != 0)
		problems_warn(problems, job->path, 0, "job.currency is not applied: the tallies are in %s",
			      from->currency ? from->currency : _("the currency of the data"));
}

static int is_same_value(const struct crmval_value *a, const struct crmval_value *b)
{
	if (a->word_count != b->word_count || (a->text && (!b->text || strcmp(a->text, b->text) != 0)))
		return 0;
	for (uint32_t i = 0; i < a->word_count; i++)
		if (strcmp(a->words[i], b->words[i]) != 0)
			return 0;
	return a->text || a->word_count || a->number == b->number;
}

static void note_parameters(const struct job *job, const struct result *result, struct problems *problems)
{
	for (uint32_t d = 0; d < result->dimension_count; d++) {
		const struct crmval_dimension *table = result->dimensions[d].table;
		for (uint32_t i = 0; i < table->parameter_count; i++) {
			const struct crmval_value *said = &job->dimensions[d].parameters[i];
			if (said->is_set && !is_same_value(said, &result->dimensions[d].parameters[i]))
				problems_warn(problems, job->path, job->dimensions[d].line,
					      "params.%s of %s is not applied: it decides what the tallies are of; run "
					      "the job on the data",
					      table->parameters[i].name, result->dimensions[d].id);
		}
	}
}

/* A breakdown that the job does not want is left out; one that the snapshot does not have cannot be made. */
static void take_breakdowns(struct result *result, const struct job *job, struct problems *problems)
{
	for (int b = 0; b < BREAKDOWN_COUNT; b++) {
		if (job->breakdowns[b] && !result->breakdowns[b])
			problems_warn(problems, job->path, 0,
				      "job.breakdown is not applied for %s: the snapshot has no tallies of it",
				      breakdown_names[b]);
		result->breakdowns[b] = result->breakdowns[b] && job->breakdowns[b];
		if (!result->breakdowns[b])
			result->unit_counts[b] = 0;
	}
}

int rescore_open(struct rescore *rescore, const struct snapshot *snapshot, struct job *job, struct problems *problems,
		 struct crmval_error *error)
{
	const struct result *from = &snapshot->result;
	struct result *result = &rescore->result;
	*rescore = (struct rescore){.from = from};
	*result = *from;
	result->name = job->name;
	memcpy(result->job_sha256, job->sha256, sizeof result->job_sha256);
	result->program = "crmval " PACKAGE_VERSION;
	result->aggregation = job->aggregation;
	result->missing = job->missing;
	result->ranges = job->ranges;
	result->min_coverage = job->min_coverage;
	result->target = job->target;
	result->moments = read_moments;
	result->sums = read_sums;
	result->tallies = rescore;
	result->dimension_count = result->measure_count = 0;
	result->alert_count = 0; /* which were judged on the scores as they were */
	int code = add_dimensions(rescore, job, problems, error);
	if (code != CRMVAL_OK)
		return code;
	note_windows(job, from, problems);
	note_parameters(job, result, problems);
	take_breakdowns(result, job, problems);
	return result_translate(result, &rescore->arena, job->language, error);
}

void rescore_close(struct rescore *rescore)
{
	arena_free(&rescore->arena);
}
