/* SPDX-License-Identifier: MIT */
/* crmval rescore: what a snapshot's tallies come to under another job. */
#include "command.h"

#include "error.h"
#include "rescore.h"
#include "text.h"

int command_rescore(const struct options *options, int count, char **words)
{
	struct crmval_error error = {.struct_size = sizeof error};
	struct snapshot *snapshot = NULL;
	struct job *job = NULL;
	struct problems problems = {0};
	struct rescore rescore = {0};
	if (count != 2)
		return usage_error("crmval rescore takes a snapshot and a job file");
	int code = snapshot_open(words[0], &snapshot, &error);
	if (code == CRMVAL_OK)
		code = job_read(words[1], &options->overrides, &job, &problems, &error);
	if (code == CRMVAL_OK && !job)
		code = fail(&error, CRMVAL_ECONF, "%zu problem%s in the job", problems.count,
			    problems.count == 1 ? "" : "s");
	if (code == CRMVAL_OK)
		code = rescore_open(&rescore, snapshot, job, &problems, &error);
	log_problems(options, &problems);
	int status = exit_status(code);
	if (code != CRMVAL_OK) {
		log_error(options, error.message);
	} else {
		rescore.result.made = options->overrides.now;
		text_use(job->language);
		status = write_output(options, options->output, output_format(options), &rescore.result);
		text_use(NULL);
	}
	rescore_close(&rescore);
	problems_free(&problems);
	job_free(job);
	snapshot_free(snapshot);
	return status;
}
