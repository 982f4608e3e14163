/* SPDX-License-Identifier: MIT */
/* crmval rescore: what a snapshot's tallies come to under another job. */
#include "command.h"

#include "error.h"
#include "rescore.h"
#include "sensitivity.h"
#include "text.h"
#include "translate.h"

struct content {
	const struct sensitivity *sensitivity;
	enum job_format format;
};

static int write_sensitivity(void *context, FILE *stream, struct crmval_error *error)
{
	const struct content *content = context;
	struct report_style style = style_of(stream);
	return sensitivity_write(content->sensitivity, content->format, stream, &style, error);
}

/* How the scores respond to other weights, instead of the scores. */
static int answer(const struct options *options, const struct result *result)
{
	struct crmval_error error = {.struct_size = sizeof error};
	struct sensitivity sensitivity;
	const struct sensitivity_settings settings = {options->seed, options->draws, options->concentration,
						      options->threads};
	int code = sensitivity_open(&sensitivity, result, &settings, &error), status = exit_status(code);
	if (code == CRMVAL_OK) {
		struct content content = {&sensitivity, output_format(options)};
		status = write_to(options, options->output, &(struct replace_content){write_sensitivity, &content});
	} else {
		log_error(options, error.message);
	}
	sensitivity_close(&sensitivity);
	return status;
}

int command_rescore(const struct options *options, int count, char **words)
{
	struct crmval_error error = {.struct_size = sizeof error};
	struct snapshot *snapshot = NULL;
	struct job *job = NULL;
	struct problems problems = {0};
	struct rescore rescore = {0};
	if (count != 2)
		return usage_error("crmval rescore takes a snapshot and a job file");
	if (options->is_sensitivity && options->has_format && options->format == FORMAT_SNAPSHOT)
		return usage_error("--sensitivity has no snapshot; --format: there are text, json and csv");
	int code = snapshot_open(words[0], &snapshot, &error);
	if (code == CRMVAL_OK)
		code = job_read(words[1], &options->overrides, &job, &problems, &error);
	if (code == CRMVAL_OK && !job)
		code = problems_fail(&problems, &error);
	if (code == CRMVAL_OK)
		code = rescore_open(&rescore, snapshot, job, &problems, &error);
	log_problems(options, &problems);
	int status = exit_status(code);
	if (code != CRMVAL_OK) {
		log_error(options, error.message);
	} else {
		rescore.result.made = options->overrides.now;
		use_language(output_format(options), job->language);
		code = result_translate(&rescore.result, &rescore.arena, text_language(), &error);
		if (code != CRMVAL_OK) {
			log_error(options, error.message);
			status = exit_status(code);
		} else if (options->is_sensitivity) {
			status = answer(options, &rescore.result);
		} else {
			status = write_output(options, options->output, output_format(options), &rescore.result);
		}
		text_use_messages();
	}
	rescore_close(&rescore);
	problems_free(&problems);
	job_free(job);
	snapshot_free(snapshot);
	return status;
}
