/* SPDX-License-Identifier: MIT */
/* crmval run: the main job. */
#include "command.h"

#include "alert.h"
#include "archive_last.h"
#include "error.h"
#include "history.h"
#include "inputs.h"
#include "job_list.h"
#include "profile.h"
#include "report_store.h"
#include "score.h"
#include "snapshot.h"
#include "text.h"
#include "translate.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void log_to(void *options, const char *line)
{
	log_line(options, line);
}

/* Which rows a part has of which entities. */
static void show_part(const struct options *options, const struct result *result)
{
	for (uint32_t e = 0; e < result->entity_count; e++) {
		const struct result_shard_entity *shard = &result->shard->entities[e];
		if (!result->entities[e].source)
			continue;
		if (!shard->by)
			log_note(options, "%s: all %llu rows", result->entities[e].entity,
				 (unsigned long long)shard->rows);
		else if (shard->is_chosen)
			log_note(options, "%s: %llu rows, chosen by the source, by %s", result->entities[e].entity,
				 (unsigned long long)shard->rows, shard->by);
		else
			log_note(options, "%s: %llu of %llu rows, by %s", result->entities[e].entity,
				 (unsigned long long)shard->rows, (unsigned long long)shard->seen, shard->by);
	}
}

/* Is there a measure with a score?  Rows alone do not give one where a baseline is wanted, too. */
static int has_data(const struct run *run)
{
	struct scorecard *card;
	uint32_t m = 0;
	if (score_new(&run->result, &card, NULL) != CRMVAL_OK)
		return 1;
	score_scope(card, -1, 0, NULL);
	while (m < run->result.measure_count && card->measures[m].status != MEASURE_OK)
		m++;
	score_free(card);
	return m < run->result.measure_count;
}

/* Would an output replace what the run reads? */
static int is_input(struct run *run, const char *path)
{
	struct stat output, input;
	struct inputs inputs;
	struct crmval_error error = {.struct_size = sizeof error};
	if (!path || stat(path, &output) < 0)
		return 0;
	if (stat(run->job->path, &input) == 0 && input.st_dev == output.st_dev && input.st_ino == output.st_ino)
		return 1;
	if (inputs_find(run, &inputs, &error) != CRMVAL_OK)
		return 0; /* the run itself meets it again, before it writes */
	for (uint32_t i = 0; i < inputs.count; i++)
		if (stat(inputs.paths[i], &input) == 0 && input.st_dev == output.st_dev &&
		    input.st_ino == output.st_ino)
			return 1;
	return 0;
}

/* Refuses before anything is read. */
static int check_outputs(const struct options *options, struct run *run)
{
	const char *path = is_input(run, options->output) ? options->output : NULL;
	char message[1024];
	for (uint32_t i = 0; i < run->job->report_count && !path; i++)
		if (is_input(run, run->job->reports[i].file))
			path = run->job->reports[i].file;
	if (!path)
		return 0;
	snprintf(message, sizeof message, _("%s: this output would replace an input of the job; name another file"),
		 path);
	log_error(options, message);
	return exit_status(CRMVAL_ECREATE);
}

enum job_format format_of(const char *path)
{
	const char *dot = strrchr(path, '.');
	for (int i = 0; dot && format_endings[i]; i++)
		if (strcmp(dot, format_endings[i]) == 0)
			return (enum job_format)i;
	return FORMAT_TEXT;
}

/* One output, in its language. */
static int write_one(const struct options *options, struct run *run, const char *path, enum job_format format,
		     const char *language)
{
	struct crmval_error error = {.struct_size = sizeof error};
	use_language(format, language);
	int code = result_translate(&run->result, &run->arena, text_language(), &error);
	if (code != CRMVAL_OK) {
		text_use_messages();
		log_error(options, error.message);
		return exit_status(code);
	}
	if (options->target > 0)
		run->result.target = options->target;
	int status = write_output(options, path, format, &run->result);
	text_use_messages();
	return status;
}

/* What a plugin stores. */
static int store_one(const struct options *options, struct run *run, uint32_t i)
{
	struct crmval_error error = {.struct_size = sizeof error};
	const struct job_report *report = &run->job->reports[i];
	use_language(FORMAT_JSON, report->language);
	int code = result_translate(&run->result, &run->arena, text_language(), &error);
	if (code == CRMVAL_OK)
		code = report_store(&run->result, run->report_plugins[i].table->source, report->options, &error);
	text_use_messages();
	if (code != CRMVAL_OK)
		log_error(options, error.message);
	return exit_status(code);
}

/* A snapshot of the archive that cannot be read. */
static void say_damaged(void *context, const char *message)
{
	log_warning(context, message);
}

static int wants_history(const struct options *options, const struct job *job)
{
	int is_wanted = output_format(options) == FORMAT_HTML;
	for (uint32_t i = 0; i < job->report_count; i++)
		is_wanted |= !job->reports[i].plugin && job->reports[i].format == FORMAT_HTML;
	return job->archive.directory && is_wanted;
}

/* Before this run's own snapshot is there. */
int read_history(const struct options *options, struct run *run, struct history **history)
{
	struct crmval_error error = {.struct_size = sizeof error};
	*history = NULL;
	if (!wants_history(options, run->job))
		return 0;
	int code = history_open(run->job->archive.directory, run->result.name, run->result.made, say_damaged,
				(void *)(uintptr_t)options, history, &error);
	run->result.history = *history;
	if (code != CRMVAL_OK)
		log_error(options, error.message);
	return exit_status(code);
}

/* All that the run is to leave behind. */
int write_all(const struct options *options, struct run *run)
{
	const struct job *job = run->job;
	enum job_format format = options->format;
	int status = 0;
	if (!options->has_format)
		format = options->output         ? format_of(options->output)
			 : isatty(STDOUT_FILENO) ? FORMAT_TEXT
						 : FORMAT_NONE;
	for (uint32_t i = 0; i < job->report_count && !options->dry_run && status == 0; i++) {
		const struct job_report *report = &job->reports[i];
		status = report->plugin ? store_one(options, run, i)
					: write_one(options, run, report->file, report->format, report->language);
	}
	if (status == 0 && !(options->output && options->dry_run))
		status = write_one(options, run, options->output, format, job->language);
	return status;
}

void log_alerts(const struct options *options, const struct result *result)
{
	char message[1400];
	for (uint32_t i = 0; i < result->alert_count; i++) {
		const struct result_alert *alert = &result->alerts[i];
		if (alert->fired == 0)
			continue;
		snprintf(message, sizeof message, _("alert \"%s\": %s"), alert->rule, alert->message);
		if (alert->is_critical)
			log_error(options, message);
		else
			log_warning(options, message);
	}
}

int hold_archive(const struct options *options, const struct job *job, struct archive *archive)
{
	struct crmval_error error = {.struct_size = sizeof error};
	if (!job->archive.directory || options->dry_run)
		return 0;
	int code = archive_lock(archive, job->archive.directory, options->wait, &error);
	if (code != CRMVAL_OK)
		log_error(options, error.message);
	return exit_status(code);
}

/* What the alerts compare with, where there is any; a dry run takes no lock, but reads. */
static int read_before(const struct options *options, const struct run *run, const struct job *rules,
		       struct snapshot **before, struct crmval_error *error)
{
	struct archive archive = ARCHIVE_CLOSED;
	int code;
	*before = NULL;
	if (!run->job->archive.directory || !alerts_need_before(rules))
		return CRMVAL_OK;
	code = archive_open(&archive, run->job->archive.directory, error);
	if (code == CRMVAL_ENOINPUT)
		return CRMVAL_OK;
	if (code == CRMVAL_OK)
		code = archive_last(&archive, run->result.name, run->result.made, say_damaged, (void *)options, before,
				    error);
	archive_close(&archive);
	return code;
}

int judge_alerts(const struct options *options, struct run *run, const struct job *rules, struct crmval_error *error)
{
	struct snapshot *before;
	int code = read_before(options, run, rules, &before, error);
	if (code == CRMVAL_OK && before)
		code = alerts_check_rows(rules, &run->result, &before->result, error);
	use_language(FORMAT_JSON, rules->language); /* what is found goes into reports, and those for programs too */
	if (code == CRMVAL_OK)
		code = alerts_judge(rules, &run->result, before ? &before->result : NULL, &run->arena, error);
	text_use_messages();
	if (before)
		snapshot_free(before);
	return code;
}

static int write_snapshot(void *context, FILE *stream, struct crmval_error *error)
{
	return snapshot_write(context, stream, error);
}

/* Before any report, since all of them can be made from it. */
int put_snapshot(const struct options *options, struct run *run, struct archive *archive)
{
	struct crmval_error error = {.struct_size = sizeof error};
	struct replace_content content = {write_snapshot, &run->result};
	char name[ARCHIVE_NAME_SIZE];
	if (!run->job->archive.directory || options->dry_run)
		return 0;
	int code = archive_put(archive, run->job->name, run->result.made, &content, name, &error);
	if (code != CRMVAL_OK)
		log_error(options, error.message);
	else if (options->verbose)
		log_note(options, "snapshot %s/%s", run->job->archive.directory, name);
	return exit_status(code);
}

/* A part is nothing but what merging takes: no reports, no snapshot in the archive, no alerts. */
static int write_part(const struct options *options, const struct run *run)
{
	return options->dry_run ? 0 : write_output(options, options->output, FORMAT_SNAPSHOT, &run->result);
}

/* What comes of an evaluation: files, and what is told of it. */
static int leave_behind(const struct options *options, struct run *run, struct archive *archive,
			struct history **history)
{
	if (options->overrides.shard.count > 0)
		return write_part(options, run);
	int status = read_history(options, run, history);
	if (status == 0)
		status = put_snapshot(options, run, archive);
	if (status == 0)
		status = write_all(options, run);
	if (status == 0)
		status = prune_archive(options, run->job, archive);
	return status;
}

/* Reads, evaluates, and judges. */
static int evaluate(const struct options *options, struct run *run)
{
	struct crmval_error error = {.struct_size = sizeof error};
	run->load.run.is_profiled = options->is_profiled;
	progress_start(options, run);
	int code = run_evaluate(run, options->threads, &error);
	progress_end();
	run->result.made = options->overrides.now;
	struct spent start = spent_so_far();
	if (code == CRMVAL_OK && !options->overrides.shard.count)
		code = judge_alerts(options, run, run->job, &error);
	struct spent judging = spent_since(start);
	run->spent[ROOM_SCORE].wall += judging.wall;
	run->spent[ROOM_SCORE].cpu += judging.cpu;
	if (code != CRMVAL_OK)
		log_error(options, error.message);
	return exit_status(code);
}

static int run_one(const struct options *options, const char *path)
{
	int is_part = options->overrides.shard.count > 0;
	static struct run run;
	struct archive archive = ARCHIVE_CLOSED;
	struct history *history = NULL;
	int status = open_run(options, &run, path);
	if (status == 0)
		status = check_outputs(options, &run);
	if (status == 0 && !is_part)
		status = hold_archive(options, run.job, &archive);
	if (status == 0)
		status = evaluate(options, &run);
	if (status == 0) {
		struct spent start = spent_so_far();
		status = leave_behind(options, &run, &archive, &history);
		run.spent[ROOM_WRITE] = spent_since(start);
	}
	int is_degraded = status == 0 && tell_failed(options, &run) != 0;
	if (status == 0 && !is_part && !is_degraded && !has_data(&run))
		log_note(options, "no measure has data, so there is no score; crmval check %s tells what is missing",
			 path);
	if (status == 0 && options->verbose)
		profile_rooms(&run, log_to, (void *)(uintptr_t)options);
	if (status == 0 && options->is_profiled)
		profile_all(&run, log_to, (void *)(uintptr_t)options);
	if (status == 0 && options->verbose && is_part)
		show_part(options, &run.result);
	if (status == 0)
		log_alerts(options, &run.result);
	if (status == 0 && (is_degraded || alerts_fired(&run.result) > 0))
		status = EXIT_DEGRADED;
	history_free(history);
	archive_close(&archive);
	run_close(&run);
	return status;
}

/* What came of several; the worst status is the highest number. */
static int sum_up(const struct options *options, const struct job_list *list, const int *statuses)
{
	uint32_t bad = 0;
	int worst = 0;
	char message[PATH_MAX + 64];
	for (uint32_t i = 0; i < list->count; i++) {
		if (statuses[i] == 0)
			continue;
		bad++;
		worst = statuses[i] > worst ? statuses[i] : worst;
		snprintf(message, sizeof message, _("%s: ended with status %d"), list->paths[i], statuses[i]);
		log_error(options, message);
	}
	snprintf(message, sizeof message, _("%u of %u jobs need attention"), bad, list->count);
	if (bad > 0)
		log_error(options, message);
	else if (options->verbose)
		log_note(options, "%u jobs are done", list->count);
	return worst;
}

static int run_several(const struct options *options, const struct job_list *list, struct crmval_error *error)
{
	int *statuses = calloc(list->count + 1, sizeof *statuses);
	if (!statuses)
		return exit_status(fail_memory(error));
	error->message[0] = '\0';
	int place = job_list_fork(list, statuses, error);
	int status = place >= 0 ? run_one(options, list->paths[place]) : 0;
	if (place < 0) {
		if (error->message[0])
			log_error(options, error->message);
		status = sum_up(options, list, statuses);
	}
	free(statuses);
	return status;
}

int command_run(const struct options *options, int count, char **words)
{
	struct crmval_error error = {.struct_size = sizeof error};
	struct job_list list = {0};
	if (count < 1)
		return usage_error("crmval run takes job files, or folders of them");
	int code = job_list_open(&list, count, words, &error), status = exit_status(code);
	if (code != CRMVAL_OK)
		log_error(options, error.message);
	else if (options->overrides.shard.count && (list.count > 1 || !options->output))
		status = usage_error("--shard takes one job, and --output with the file that the part is written to");
	else if (options->overrides.shard.count && options->has_format && options->format != FORMAT_SNAPSHOT)
		status = usage_error("--shard writes a part for crmval merge, in no other format; take out --format");
	else if (list.count > 1 && options->output)
		status = usage_error("--output: %u jobs cannot write to one file; let the jobs name reports",
				     list.count);
	else
		status = list.count == 1 ? run_one(options, list.paths[0]) : run_several(options, &list, &error);
	job_list_free(&list);
	return status;
}
