/* SPDX-License-Identifier: MIT */
/* What a run came to, laid out for reports. */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "result.h"

#include "error.h"
#include "input_hash.h"
#include "inputs.h"
#include "job_digest.h"
#include "run.h"
#include "scale.h"
#include "translate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Where the sums of a measure are: of which window and place in the tallies of its dimension's children; NULL: there are none. */
static const struct evaluation *find(const struct result *result, uint32_t measure, int window, int breakdown,
				     uint32_t unit, uint32_t *of, uint32_t *place)
{
	const struct run *run = result->tallies;
	uint32_t d = result->measures[measure].dimension;
	const struct evaluation *evaluation = &run->evaluations[d];
	if (evaluation->tally_count == 0 || evaluation->failed)
		return NULL;
	const struct tally_shape *shape = &evaluation->tallies[0].shape;
	*place = breakdown < 0 ? 0 : shape->first[breakdown] + run->unit_order[breakdown][unit];
	*of = tally_window((uint32_t)(result->measures[measure].table - result->dimensions[d].table->measures), window);
	return evaluation;
}

static void read_sums(const struct result *result, uint32_t measure, int window, int breakdown, uint32_t unit,
		      struct sums *sums)
{
	uint32_t of, place;
	const struct evaluation *evaluation = find(result, measure, window, breakdown, unit, &of, &place);
	if (evaluation)
		tally_read(evaluation->tallies, evaluation->tally_count, of, place, sums);
	else
		*sums = (struct sums){0};
}

static void read_moments(const struct result *result, uint32_t measure, int window, int breakdown, uint32_t unit,
			 struct moments *moments)
{
	struct sums sums;
	read_sums(result, measure, window, breakdown, unit, &sums);
	sums_moments(&sums, moments);
}

static int read_whole(const struct result *result, uint32_t measure, int window, int breakdown, uint32_t unit,
		      struct whole_moments *moments)
{
	uint32_t of, place;
	const struct evaluation *evaluation = find(result, measure, window, breakdown, unit, &of, &place);
	return evaluation && tally_whole(evaluation->tallies, evaluation->tally_count, of, place, moments);
}

static void expect_unit(const struct result *result, int breakdown, uint32_t unit)
{
	const struct run *run = result->tallies;
	for (uint32_t d = 0; d < result->dimension_count; d++) {
		const struct evaluation *evaluation = &run->evaluations[d];
		if (evaluation->tally_count == 0 || evaluation->failed)
			continue;
		tally_expect(evaluation->tallies, evaluation->tally_count,
			     evaluation->tallies[0].shape.first[breakdown] + run->unit_order[breakdown][unit]);
	}
}

void result_measure_apply(struct result_measure *measure, const struct job_measure *said)
{
	measure->weight = isnan(said->weight) ? 1 : said->weight;
	measure->basis = said->basis ? said->basis : measure->table->basis;
	measure->stated_baseline = said->baseline;
	measure->scale = said->scale;
	measure->scale_count = said->scale_count;
	if (said->scale_count == 0)
		measure->scale = scale_default(measure->table, measure->basis, &measure->scale_count);
}

static void describe_measure(const struct run *run, const struct crmval_dimension *table, uint32_t d, uint32_t m,
			     struct result_measure *out)
{
	const struct job_measure *said = &run->job->dimensions[d].measures[m];
	const struct evaluation *evaluation = &run->evaluations[d];
	*out = (struct result_measure){
		.table = &table->measures[m],
		.dimension = d,
		.failed = evaluation->failed,
	};
	while (strcmp(table->indicators[out->indicator].id, table->measures[m].indicator) != 0)
		out->indicator++;
	result_measure_apply(out, said);
	for (int window = 0; window < 2; window++) {
		out->no_data[window] = run->dimensions[d].no_data[m];
		if (!out->no_data[window] && evaluation->no_data && evaluation->no_data[m][window][0])
			out->no_data[window] = evaluation->no_data[m][window];
	}
}

static int describe_plugins(struct run *run, struct crmval_error *error)
{
	const struct job *job = run->job;
	uint32_t count = job->source_count + job->dimension_count;
	struct result_plugin *plugins = arena_array(&run->arena, (size_t)count + 1, sizeof *plugins);
	if (!plugins)
		return fail_memory(error);
	for (uint32_t i = 0; i < count; i++) {
		int is_source = i < job->source_count;
		const struct plugin *plugin =
			is_source ? &run->source_plugins[i] : &run->dimension_plugins[i - job->source_count];
		plugins[i] = (struct result_plugin){plugin->table->name, plugin->table->version,
						    is_source ? "source" : "dimension", NULL};
		if (!is_source)
			plugins[i].sandbox = run->evaluations[i - job->source_count].sandbox[0]
						     ? run->evaluations[i - job->source_count].sandbox
						     : plugin->sandbox;
	}
	run->result.plugins = plugins;
	run->result.plugin_count = count;
	return CRMVAL_OK;
}

int run_describe(struct run *run, struct crmval_error *error)
{
	struct result *result = &run->result;
	const struct job *job = run->job;
	uint32_t count = 0;
	int code = CRMVAL_OK;
	for (uint32_t d = 0; d < job->dimension_count; d++)
		count += run->dimensions[d].table->measure_count;
	struct result_dimension *dimensions =
		arena_array(&run->arena, (size_t)job->dimension_count + 1, sizeof *dimensions);
	struct result_measure *measures = arena_array(&run->arena, (size_t)count + 1, sizeof *measures);
	if (!dimensions || !measures)
		return fail_memory(error);
	*result = (struct result){
		.name = job->name,
		.program = "crmval " PACKAGE_VERSION,
		.currency = job->currency,
		.period = job->period,
		.baseline = job->baseline,
		.has_baseline = job->has_baseline,
		.aggregation = job->aggregation,
		.missing = job->missing,
		.ranges = job->ranges,
		.min_coverage = job->min_coverage,
		.target = job->target,
		.part = job->shard.count ? job->shard.number + 1 : 0,
		.part_count = job->shard.count,
		.fresh_on = job->today < job->period.to ? job->today : job->period.to,
		.dimension_count = job->dimension_count,
		.dimensions = dimensions,
		.measures = measures,
		.moments = read_moments,
		.sums = read_sums,
		.whole = read_whole,
		.expect = expect_unit,
		.tallies = run,
	};
	memcpy(result->job_sha256, job->sha256, sizeof result->job_sha256);
	job_digest_reading(job, result->reading_sha256);
	memcpy(result->breakdowns, job->breakdowns, sizeof result->breakdowns);
	for (uint32_t d = 0; d < job->dimension_count; d++) {
		const struct job_dimension *said = &job->dimensions[d];
		const struct crmval_dimension *table = run->dimensions[d].table;
		dimensions[d] = (struct result_dimension){
			.id = said->plugin,
			.table = table,
			.weight = said->weight,
			.indicator_weights = said->indicator_weights,
			.parameters = said->parameters,
			.original = table,
			.translation_count = run->dimension_plugins[d].table->translation_count,
			.translations = run->dimension_plugins[d].table->translations,
		};
		for (uint32_t m = 0; m < table->measure_count; m++)
			describe_measure(run, table, d, m, &measures[result->measure_count++]);
	}
	code = result_translate(result, &run->arena, job->language, error);
	return code == CRMVAL_OK ? describe_plugins(run, error) : code;
}

/* ---- the data ------------------------------------------------------------------------------------------------------ */

static int account_fields(struct run *run, const struct table *table, struct result_entity *out,
			  struct crmval_error *error)
{
	uint32_t fields = table->entity->field_count;
	struct result_field_count *counts = arena_array(&run->arena, fields, sizeof *counts);
	const char **missing = arena_array(&run->arena, fields, sizeof *missing);
	if (!counts || !missing)
		return fail_memory(error);
	for (uint32_t f = 0; f < fields; f++) {
		const struct column *column = &table->columns[f];
		uint64_t dangling = atomic_load(&column->dangling), unreadable = atomic_load(&column->unreadable);
		if (dangling || unreadable)
			counts[out->field_count++] =
				(struct result_field_count){table->entity->fields[f].name, dangling, unreadable};
		if (!column->is_mapped)
			missing[out->missing_field_count++] = table->entity->fields[f].name;
	}
	out->fields = counts;
	out->missing_fields = missing;
	return CRMVAL_OK;
}

static int account_ledger(struct run *run, const struct ledger *ledger, struct result_entity *out,
			  struct crmval_error *error)
{
	uint32_t kinds = 0;
	for (const struct ledger_skip *skip = ledger->skipped; skip; skip = skip->next)
		kinds++;
	struct result_count *skipped = arena_array(&run->arena, (size_t)kinds + 1, sizeof *skipped);
	const char **examples = arena_array(&run->arena, (size_t)ledger->example_count + 1, sizeof *examples);
	if (!skipped || !examples)
		return fail_memory(error);
	out->rejected = ledger->rejected;
	for (const struct ledger_skip *skip = ledger->skipped; skip; skip = skip->next)
		skipped[out->skipped_count++] = (struct result_count){skip->what, skip->count};
	for (uint32_t i = 0; i < ledger->example_count; i++)
		examples[out->example_count++] = ledger->examples[i].text;
	out->skipped = skipped;
	out->examples = examples;
	return CRMVAL_OK;
}

/* The names of the sources that feed an entity, each once: "csv+sql"; NULL: none does, or memory ran out. */
static const char *source_names(struct run *run, uint32_t entity)
{
	const char *names = NULL;
	uint32_t last = UINT32_MAX;
	for (uint32_t i = 0; i < run->load.feed_count; i++) {
		const struct feed *feed = &run->load.feeds[i];
		const char *name = run->job->sources[feed->reading.source].plugin;
		if (feed->entity != entity || feed->reading.source == last)
			continue; /* another part of it */
		last = feed->reading.source;
		names = names ? arena_printf(&run->arena, "%s+%s", names, name) : arena_strdup(&run->arena, name);
	}
	return names;
}

/* Lookups stand with the entities, since what is said of their rows is the same. */
static int account_lookup(struct run *run, const struct lookup *lookup, struct result_entity *out,
			  struct crmval_error *error)
{
	const char *name = lookup->reading.what;
	if (run->job->source_count > 1)
		name = arena_printf(&run->arena, "%s of sources.[%u]", name, lookup->reading.source);
	*out = (struct result_entity){.entity = name,
				      .source = run->job->sources[lookup->reading.source].plugin,
				      .rows = lookup->maps[0].count, /* those that can be found */
				      .newest = CRMVAL_NO_DATE};
	return name ? account_ledger(run, &lookup->ledger, out, error) : fail_memory(error);
}

static int account_entities(struct run *run, struct crmval_error *error)
{
	uint32_t count = model_entity_count;
	struct result_entity *entities =
		arena_array(&run->arena, (size_t)count + run->load.lookup_count, sizeof *entities);
	if (!entities)
		return fail_memory(error);
	for (uint32_t e = 0; e < model_entity_count; e++) {
		const struct table *table = &run->data->tables[e];
		struct result_entity *out = &entities[e];
		*out = (struct result_entity){.entity = table->entity->name, .newest = CRMVAL_NO_DATE};
		if (table->is_mapped) {
			out->source = source_names(run, e);
			out->rows = atomic_load(&table->rows) - table->duplicates;
			out->duplicates = table->duplicates;
			out->newest = table->newest;
		}
		int code = account_fields(run, table, out, error);
		if (code == CRMVAL_OK)
			code = account_ledger(run, &table->ledger, out, error);
		if (code != CRMVAL_OK)
			return code;
	}
	for (uint32_t i = 0; i < run->load.lookup_count; i++) {
		if (!run->load.lookups[i].is_used)
			continue;
		int code = account_lookup(run, &run->load.lookups[i], &entities[count++], error);
		if (code != CRMVAL_OK)
			return code;
	}
	run->result.entities = entities;
	run->result.entity_count = count;
	return CRMVAL_OK;
}

/* ---- units --------------------------------------------------------------------------------------------------------- */

struct named_unit {
	const char *name;
	uint32_t unit;
};

static int by_name(const void *a, const void *b)
{
	const struct named_unit *x = a, *y = b;
	if ((x->unit == 0) != (y->unit == 0))
		return x->unit == 0 ? 1 : -1; /* what cannot be told comes last */
	return strcmp(x->name, y->name);
}

static int is_listed(const struct run *run, int breakdown, uint32_t unit)
{
	for (uint32_t d = 0; d < run->job->dimension_count; d++) {
		const struct evaluation *evaluation = &run->evaluations[d];
		if (evaluation->tally_count && !evaluation->failed &&
		    tally_has_rows(evaluation->tallies, evaluation->tally_count,
				   evaluation->tallies[0].shape.first[breakdown] + unit))
			return 1;
	}
	return 0;
}

static int account_units(struct run *run, int b, struct crmval_error *error)
{
	uint32_t units = run->units.counts[b], count = 0;
	struct named_unit *named = calloc((size_t)units + 1, sizeof *named);
	const char **names = arena_array(&run->arena, (size_t)units + 1, sizeof *names);
	run->unit_order[b] = calloc((size_t)units + 1, sizeof *run->unit_order[b]);
	if (!named || !names || !run->unit_order[b]) {
		free(named);
		return fail_memory(error);
	}
	for (uint32_t unit = 0; unit < units; unit++)
		if (is_listed(run, b, unit))
			named[count++] = (struct named_unit){unit_name(&run->units, b, unit), unit};
	qsort(named, count, sizeof *named, by_name);
	for (uint32_t i = 0; i < count; i++) {
		names[i] = named[i].name;
		run->unit_order[b][i] = named[i].unit;
	}
	run->result.unit_counts[b] = count;
	run->result.unit_names[b] = names;
	free(named);
	return CRMVAL_OK;
}

/* ---- inputs -------------------------------------------------------------------------------------------------------- */

static int by_input_name(const void *a, const void *b)
{
	const struct result_input *x = a, *y = b;
	int order = strcmp(x->name, y->name);
	if (order == 0 && x->bytes != y->bytes)
		order = x->bytes < y->bytes ? -1 : 1;
	return order ? order : strcmp(x->sha256, y->sha256); /* qsort() keeps no order by itself */
}

static int account_inputs(struct run *run, struct crmval_error *error)
{
	struct inputs found;
	uint32_t count = 0;
	int code = inputs_find(run, &found, error);
	if (code != CRMVAL_OK)
		return code;
	struct result_input *inputs = arena_array(&run->arena, (size_t)found.count + 1, sizeof *inputs);
	if (!inputs)
		return fail_memory(error);
	for (uint32_t i = 0; i < found.count; i++) {
		inputs[count].name = job_relative(run->job, found.paths[i]);
		code = input_hash(found.paths[i], run->job->hashing, &inputs[count], error);
		if (code != CRMVAL_OK)
			return code;
		count++;
	}
	qsort(inputs, count, sizeof *inputs, by_input_name);
	run->result.inputs = inputs;
	run->result.input_count = count;
	return CRMVAL_OK;
}

int run_account(struct run *run, struct crmval_error *error)
{
	int code = account_entities(run, error);
	if (code == CRMVAL_OK && run->job->shard.count)
		code = run_account_shard(run, error);
	for (int b = 0; b < BREAKDOWN_COUNT && code == CRMVAL_OK; b++)
		if (run->units.counts[b])
			code = account_units(run, b, error);
	if (code == CRMVAL_OK)
		code = account_inputs(run, error);
	return code;
}
