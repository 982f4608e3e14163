/* SPDX-License-Identifier: MIT */
/* The rooms of the house, one after the other. */
#include "run.h"

#include "alert.h"
#include "budget.h"
#include "error.h"
#include "rates.h"
#include "shard.h"
#include "text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *const run_room_names[ROOM_COUNT] = {N_("prepare"),  N_("load"),  N_("link"),
						N_("evaluate"), N_("score"), N_("write")};

/* A plugin that cannot be had is a problem of the job: the others are still tried, and its table stays NULL. */
static int open_plugin(struct run *run, struct plugin *plugin, const char *name, int line, int is_source,
		       struct crmval_error *error)
{
	int code = plugin->table ? CRMVAL_OK : plugin_open(name, &run->plugin_settings, plugin, error);
	if (code == CRMVAL_OK && is_source && !plugin->table->source)
		code = fail(error, CRMVAL_ECONF, "plugin %s (%s) is a dimension, not a source", name, plugin->path);
	if (code == CRMVAL_OK && !is_source && !plugin->table->dimension)
		code = fail(error, CRMVAL_ECONF, "plugin %s (%s) is a source, not a dimension", name, plugin->path);
	if (code == CRMVAL_OK)
		code = model_extend(plugin->table, error);
	if (code == CRMVAL_OK && is_source)
		code = plugin_load_source(plugin, error);
	if (code == CRMVAL_OK)
		return code;
	plugin_close(plugin);
	/* One that crashes as soon as it is loaded is no reason to be silent about the others. */
	if (code != CRMVAL_ECONF && code != CRMVAL_EBUG)
		return code;
	problems_add(&run->problems, run->job->path, line, "%s", error->message);
	return CRMVAL_OK;
}

/* Whoever asked for best effort is to know how good it was. */
static void warn_of_sandbox(struct run *run)
{
	for (uint32_t d = 0; d < run->job->dimension_count && run->job->sandbox == SANDBOX_BEST_EFFORT; d++) {
		const struct plugin *plugin = &run->dimension_plugins[d];
		if (plugin->table && !plugin_is_confined(plugin))
			problems_warn(&run->problems, run->job->path, run->job->dimensions[d].line,
				      "plugin %s runs less confined than it could be (%s), since the kernel lacks "
				      "Landlock or "
				      "seccomp filters: set plugins.sandbox = \"require\" to refuse that",
				      run->job->dimensions[d].plugin, plugin->sandbox);
	}
}

static void set_up_plugins(struct run *run)
{
	const struct job *job = run->job;
	run->plugin_settings = (struct plugin_settings){
		.directories = job->plugin_directories,
		.directory_count = job->plugin_directory_count,
		.limits = {job->sandbox, job->plugin_deadline, job->plugin_memory, (size_t)16 << 20},
		.sha256 = job->plugin_sha256,
		.sha256_count = job->plugin_sha256_count,
	};
	for (uint32_t i = 0; i < job->plugin_directory_count; i++)
		if (access(job->plugin_directories[i], R_OK | X_OK) < 0)
			problems_warn(&run->problems, job->path, 0, "plugins.directories: %s: %s",
				      job->plugin_directories[i], strerror(errno));
}

/* Our own are opened together, which leaves the others, and what is wrong with any, to open_plugin(). */
static int open_own(struct run *run, struct crmval_error *error)
{
	const struct job *job = run->job;
	uint32_t count = job->source_count + job->dimension_count;
	struct plugin *plugins = calloc((size_t)count + 1, sizeof *plugins);
	const char **names = calloc((size_t)count + 1, sizeof *names);
	int code = plugins && names ? CRMVAL_OK : fail_memory(error);
	for (uint32_t i = 0; i < count && code == CRMVAL_OK; i++)
		names[i] =
			i < job->source_count ? job->sources[i].plugin : job->dimensions[i - job->source_count].plugin;
	if (code == CRMVAL_OK) {
		plugins_open_own(names, count, &run->plugin_settings, plugins);
		memcpy(run->source_plugins, plugins, job->source_count * sizeof *plugins);
		memcpy(run->dimension_plugins, plugins + job->source_count, job->dimension_count * sizeof *plugins);
	}
	free(plugins);
	free(names);
	return code;
}

static int open_plugins(struct run *run, struct crmval_error *error)
{
	struct job *job = run->job;
	run->source_plugins = calloc((size_t)job->source_count + 1, sizeof *run->source_plugins);
	run->dimension_plugins = calloc((size_t)job->dimension_count + 1, sizeof *run->dimension_plugins);
	if (!run->source_plugins || !run->dimension_plugins)
		return fail_memory(error);
	for (uint32_t i = 0; i < job->source_count + job->dimension_count; i++)
		(i < job->source_count ? &run->source_plugins[i] : &run->dimension_plugins[i - job->source_count])->fd =
			-1;
	int code = open_own(run, error);
	for (uint32_t i = 0; i < job->source_count && code == CRMVAL_OK; i++)
		code = open_plugin(run, &run->source_plugins[i], job->sources[i].plugin, job->sources[i].line, 1,
				   error);
	for (uint32_t d = 0; d < job->dimension_count && code == CRMVAL_OK; d++)
		code = open_plugin(run, &run->dimension_plugins[d], job->dimensions[d].plugin, job->dimensions[d].line,
				   0, error);
	if (code != CRMVAL_OK)
		return code;
	warn_of_sandbox(run);
	for (uint32_t i = 0; i < job->source_count; i++) {
		const struct crmval_plugin *table = run->source_plugins[i].table;
		job_bind_source(job, i, table ? table->source : NULL, &run->problems);
	}
	for (uint32_t d = 0; d < job->dimension_count; d++)
		if (run->dimension_plugins[d].table)
			job_bind_dimension(job, d, run->dimension_plugins[d].table->dimension, &run->problems);
	return run->problems.count ? problems_fail(&run->problems, error) : CRMVAL_OK;
}

/* The plugins that store results. */
static int open_report_plugins(struct run *run, struct crmval_error *error)
{
	struct job *job = run->job;
	run->report_plugins = calloc((size_t)job->report_count + 1, sizeof *run->report_plugins);
	if (!run->report_plugins)
		return fail_memory(error);
	for (uint32_t i = 0; i < job->report_count; i++)
		run->report_plugins[i].fd = -1;
	for (uint32_t i = 0; i < job->report_count; i++) {
		const struct job_report *report = &job->reports[i];
		struct plugin *plugin = &run->report_plugins[i];
		if (!report->plugin)
			continue;
		size_t problems = run->problems.count;
		int code = plugin_open(report->plugin, &run->plugin_settings, plugin, error);
		const struct crmval_source *source = code == CRMVAL_OK ? plugin->table->source : NULL;
		if (code == CRMVAL_OK && source)
			code = plugin_load_source(plugin, error);
		source = code == CRMVAL_OK && source ? plugin->table->source : NULL;
		/* One of an older minor version has no such function. */
		if (code == CRMVAL_OK &&
		    (!source || source->struct_size <= offsetof(struct crmval_source, store) || !source->store))
			code = fail(error, CRMVAL_ECONF, "plugin %s (%s) cannot store results", report->plugin,
				    plugin->path);
		if (code == CRMVAL_OK)
			job_bind_report(job, i, source, &run->problems);
		if (code == CRMVAL_OK && run->problems.count == problems)
			code = source->store(report->options, NULL, error);
		if (code != CRMVAL_OK && code != CRMVAL_ECONF && code != CRMVAL_EBUG)
			return code;
		if (code != CRMVAL_OK)
			problems_add(&run->problems, job->path, report->line, "%s", error->message);
	}
	return run->problems.count ? problems_fail(&run->problems, error) : CRMVAL_OK;
}

/* Ids and names, which evaluating does without. */
static int want_names(struct run *run, struct crmval_error *error)
{
	int code = CRMVAL_OK;
	for (uint32_t e = 0; e < model_entity_count && code == CRMVAL_OK; e++) {
		int field = model_field_index(&model_entities[e], "name");
		run->data->tables[e].keeps_texts = 1;
		if (field >= 0)
			code = data_want(run->data, e, (uint32_t)field, WANT_TEXT, error);
	}
	return code;
}

static int bind(struct run *run, struct crmval_error *error)
{
	struct job *job = run->job;
	run->data = calloc(1, sizeof *run->data);
	run->dimensions = calloc((size_t)job->dimension_count + 1, sizeof *run->dimensions);
	run->evaluations = calloc((size_t)job->dimension_count + 1, sizeof *run->evaluations);
	if (!run->data || !run->dimensions || !run->evaluations)
		return fail_memory(error);
	int code = data_init(run->data, error);
	run->data->fresh_on = job->today < job->period.to ? job->today : job->period.to;
	for (uint32_t d = 0; d < job->dimension_count && code == CRMVAL_OK; d++)
		code = bind_dimension(&run->dimensions[d], &run->dimension_plugins[d], job->dimensions[d].parameters,
				      run->data, error);
	if (code == CRMVAL_OK && job->shows_rows) {
		job->breakdowns[BREAKDOWN_TEAM] = job->breakdowns[BREAKDOWN_EMPLOYEE] = 1;
		code = want_names(run, error);
	}
	if (code == CRMVAL_OK)
		code = units_want(&run->units, job->breakdowns, run->data, error);
	if (code == CRMVAL_OK)
		code = load_open(&run->load, job, run->source_plugins, run->data, &run->problems, error);
	if (code == CRMVAL_OK && run->problems.count)
		code = problems_fail(&run->problems, error);
	for (uint32_t d = 0; d < job->dimension_count && code == CRMVAL_OK; d++)
		code = bind_mapped(&run->dimensions[d], run->data, error);
	if (code == CRMVAL_OK && job->shard.count)
		shard_plan(run->data, run->dimensions, job->dimension_count);
	return code;
}

int run_open(struct run *run, const char *path, const struct job_overrides *overrides, struct crmval_error *error)
{
	struct spent start = spent_so_far();
	*run = (struct run){.arena.kind = ARENA_HIDDEN};
	int code = job_read(path, overrides, &run->job, &run->problems, error);
	if (code == CRMVAL_OK && !run->job)
		code = problems_fail(&run->problems, error);
	if (code == CRMVAL_OK)
		set_up_plugins(run);
	if (code == CRMVAL_OK)
		code = open_plugins(run, error);
	if (code == CRMVAL_OK)
		code = open_report_plugins(run, error);
	if (code == CRMVAL_OK)
		code = bind(run, error);
	if (code == CRMVAL_OK)
		code = run_describe(run, error);
	if (code == CRMVAL_OK)
		alerts_check(run->job, &run->result, &run->problems);
	if (code == CRMVAL_OK && run->problems.count)
		code = problems_fail(&run->problems, error);
	run->spent[ROOM_PREPARE] = spent_since(start);
	return code;
}

int run_open_outputs(struct run *run, const char *path, const struct job_overrides *overrides,
		     struct crmval_error *error)
{
	*run = (struct run){.arena.kind = ARENA_HIDDEN};
	int code = job_read(path, overrides, &run->job, &run->problems, error);
	if (code == CRMVAL_OK && (!run->job || run->problems.count))
		code = problems_fail(&run->problems, error);
	if (code == CRMVAL_OK) {
		set_up_plugins(run);
		code = open_report_plugins(run, error);
	}
	return code;
}

static int link_data(struct run *run, unsigned threads, struct crmval_error *error)
{
	int code = rates_open(run->data, run->job, error);
	if (code == CRMVAL_OK)
		code = units_open(&run->units, run->job->max_units, error);
	if (code == CRMVAL_OK && !run->job->shard.count) /* those of shards are for the whole */
		code = load_check_limits(&run->load, error);
	if (code == CRMVAL_OK)
		code = bind_loaded(run->dimensions, run->job->dimension_count, run->data, run->job, threads, error);
	region_spare_none();
	return code;
}

int run_evaluate(struct run *run, unsigned threads, struct crmval_error *error)
{
	struct spent start = spent_so_far();
	int code = load_start(&run->load, threads, error);
	if (code == CRMVAL_OK)
		code = budget_check(&run->load, run->dimensions, threads, error);
	if (code == CRMVAL_OK)
		code = load_read(&run->load, error);
	run->spent[ROOM_LOAD] = spent_since(start);
	start = spent_so_far();
	if (code == CRMVAL_OK)
		code = link_data(run, threads, error);
	run->spent[ROOM_LINK] = spent_since(start);
	start = spent_so_far();
	const struct evaluate evaluate = {
		.job = run->job,
		.data = run->data,
		.units = &run->units,
		.dimensions = run->dimensions,
		.dimension_count = run->job->dimension_count,
		.limits = run->plugin_settings.limits,
		.threads = threads,
		.arena = &run->arena,
	};
	if (code == CRMVAL_OK)
		code = evaluate_run(&evaluate, run->evaluations, error);
	run->spent[ROOM_EVALUATE] = spent_since(start);
	start = spent_so_far();
	if (code == CRMVAL_OK)
		code = run_describe(run, error);
	run->result.threads = threads;
	if (code == CRMVAL_OK)
		code = run_account(run, error);
	run->spent[ROOM_SCORE] = spent_since(start);
	return code;
}

int run_is_degraded(const struct run *run)
{
	for (uint32_t d = 0; d < run->job->dimension_count; d++)
		if (run->evaluations[d].failed)
			return 1;
	return 0;
}

void run_close(struct run *run)
{
	uint32_t sources = run->job ? run->job->source_count : 0, dimensions = run->job ? run->job->dimension_count : 0;
	if (run->load.job)
		load_close(&run->load);
	for (uint32_t d = 0; run->dimensions && d < dimensions; d++)
		if (run->dimensions[d].table)
			bind_free(&run->dimensions[d]);
	for (uint32_t d = 0; run->evaluations && d < dimensions; d++)
		evaluation_free(&run->evaluations[d]);
	for (uint32_t i = 0; run->source_plugins && i < sources; i++)
		plugin_close(&run->source_plugins[i]);
	for (uint32_t i = 0; run->dimension_plugins && i < dimensions; i++)
		plugin_close(&run->dimension_plugins[i]);
	for (uint32_t i = 0; run->report_plugins && i < run->job->report_count; i++)
		plugin_close(&run->report_plugins[i]);
	units_close(&run->units);
	if (run->data)
		data_free(run->data);
	for (int b = 0; b < BREAKDOWN_COUNT; b++)
		free(run->unit_order[b]);
	model_reset();
	free(run->data);
	free(run->dimensions);
	free(run->evaluations);
	free(run->source_plugins);
	free(run->dimension_plugins);
	free(run->report_plugins);
	arena_free(&run->arena);
	problems_free(&run->problems);
	job_free(run->job);
}
