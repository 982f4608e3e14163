/* SPDX-License-Identifier: MIT */
/* crmval merge: one result of the parts that crmval run --shard wrote, and what a run does with its result. */
#include "command.h"

#include "alert.h"
#include "archive.h"
#include "error.h"
#include "history.h"
#include "merge.h"
#include "snapshot.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct parts {
	struct snapshot **snapshots;
	struct merge_part *parts;
	uint32_t count;
};

static void close_parts(struct parts *parts)
{
	for (uint32_t i = 0; i < parts->count; i++)
		snapshot_free(parts->snapshots[i]);
	free(parts->snapshots);
	free(parts->parts);
}

static int open_parts(struct parts *parts, int count, char **words, struct crmval_error *error)
{
	*parts = (struct parts){calloc((size_t)count, sizeof *parts->snapshots),
				calloc((size_t)count, sizeof *parts->parts), 0};
	int code = parts->snapshots && parts->parts ? CRMVAL_OK : fail_memory(error);
	for (int i = 0; i < count && code == CRMVAL_OK; i++) {
		code = snapshot_open_part(words[i], &parts->snapshots[i], error);
		if (code == CRMVAL_OK)
			parts->parts[parts->count++] = (struct merge_part){words[i], &parts->snapshots[i]->result};
	}
	return code;
}

/* The job whose reports, archive and alerts it is about; without --job it has none but the alerts of the parts. */
static int open_job(const struct options *options, const struct parts *parts, struct run *run, struct job *none,
		    struct crmval_error *error)
{
	const struct result *first = parts->parts[0].result;
	if (!options->job) {
		none->path = none->directory = "";
		none->language = first->language;
		run->job = none;
		return CRMVAL_OK;
	}
	int code = run_open_outputs(run, options->job, &options->overrides, error);
	log_problems(options, &run->problems);
	if (code == CRMVAL_OK && strcmp(run->job->sha256, first->job_sha256) != 0)
		code = fail(error, CRMVAL_ECONF,
			    "%s is not the job that %s is a part of, or its settings were overridden in another way: "
			    "use the same file and options as for crmval run",
			    options->job, parts->parts[0].name);
	return code;
}

static int merge(const struct options *options, const struct parts *parts, struct run *run, struct crmval_error *error)
{
	const struct result_shard *shard = parts->parts[0].result->shard;
	int code = merge_results(parts->parts, parts->count, &run->arena, &run->result, error);
	if (code != CRMVAL_OK)
		return code;
	struct job_alert *rules = arena_array(&run->arena, (size_t)shard->rule_count + 1, sizeof *rules);
	if (!rules)
		return fail_memory(error);
	if (shard->rule_count)
		memcpy(rules, shard->rules, shard->rule_count * sizeof *rules);
	const struct job job = {.alerts = rules,
				.alert_count = shard->rule_count,
				.max_rows_lost_share = run->job->directory[0] ? run->job->max_rows_lost_share : 1};
	run->result.made = options->overrides.now;
	return judge_alerts(options, run, &job, error);
}

/* Would the output replace a part? */
static int check_output(const struct options *options, int count, char **words)
{
	struct stat output, part;
	if (!options->output || stat(options->output, &output) < 0)
		return 0;
	for (int i = 0; i < count; i++)
		if (stat(words[i], &part) == 0 && output.st_dev == part.st_dev && output.st_ino == part.st_ino)
			return usage_error("--output %s would replace a part", options->output);
	return 0;
}

/* Each dimension that failed, once; returns how many. */
static uint32_t log_failures(const struct options *options, const struct result *result)
{
	uint32_t failed = 0;
	for (uint32_t m = 0; m < result->measure_count; m++) {
		int is_first = m == 0 || result->measures[m - 1].dimension != result->measures[m].dimension;
		if (!is_first || !result->measures[m].failed)
			continue;
		log_error(options, result->measures[m].failed);
		failed++;
	}
	return failed;
}

static int finish(const struct options *options, struct run *run, struct archive *archive)
{
	struct history *history;
	int status = read_history(options, run, &history);
	if (status == 0)
		status = put_snapshot(options, run, archive);
	if (status == 0)
		status = write_all(options, run);
	history_free(history);
	run->result.history = NULL;
	if (status == 0)
		status = prune_archive(options, run->job, archive);
	if (status != 0)
		return status;
	uint32_t failed = log_failures(options, &run->result);
	log_alerts(options, &run->result);
	return failed || alerts_fired(&run->result) > 0 ? EXIT_DEGRADED : 0;
}

int command_merge(const struct options *options, int count, char **words)
{
	static struct run run;
	static struct job none;
	struct archive archive = ARCHIVE_CLOSED;
	struct parts parts;
	struct crmval_error error = {.struct_size = sizeof error};
	if (count < 1)
		return usage_error("crmval merge takes all parts of a run");
	int status = check_output(options, count, words);
	if (status != 0)
		return status;
	int code = open_parts(&parts, count, words, &error);
	if (code == CRMVAL_OK)
		code = open_job(options, &parts, &run, &none, &error);
	if (code == CRMVAL_OK)
		status = hold_archive(options, run.job, &archive);
	if (code == CRMVAL_OK && status == 0)
		code = merge(options, &parts, &run, &error);
	if (code != CRMVAL_OK) {
		log_error(options, error.message);
		status = exit_status(code);
	}
	if (status == 0)
		status = finish(options, &run, &archive);
	archive_close(&archive);
	if (run.job == &none)
		run.job = NULL; /* not read, and so not to be freed */
	run_close(&run);
	close_parts(&parts);
	return status;
}
