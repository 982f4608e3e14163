/* SPDX-License-Identifier: MIT */
/* crmval run: the main job. */
#include "command.h"

#include <unistd.h>

/* Where the time went, for those who ask. */
static void show_times(const struct options *options, const struct run *run)
{
	for (int room = 0; room < ROOM_COUNT; room++)
		log_note(options, "%-8s %8.3f s", run_room_names[room], run->seconds[room]);
}

/* All that the run is to leave behind. */
static int write_all(const struct options *options, const struct run *run)
{
	enum job_format format = options->format;
	int status = 0;
	if (!options->has_format)
		format = options->output || isatty(STDOUT_FILENO) ? FORMAT_TEXT : FORMAT_NONE;
	for (uint32_t i = 0; i < run->job->report_count && !options->dry_run && status == 0; i++)
		status = write_output(options, run->job->reports[i].file, run->job->reports[i].format, &run->result);
	if (status == 0 && !(options->output && options->dry_run))
		status = write_output(options, options->output, format, &run->result);
	return status;
}

int command_run(const struct options *options, int count, char **words)
{
	static struct run run;
	struct crmval_error error = {.struct_size = sizeof error};
	if (count != 1)
		return usage_error("crmval run takes one job file");
	int status = open_run(options, &run, words[0]);
	if (status == 0) {
		progress_start(options, &run);
		int code = run_evaluate(&run, options->threads, &error);
		progress_end();
		if (code != CRMVAL_OK)
			log_error(options, error.message);
		status = exit_status(code);
	}
	if (status == 0)
		status = write_all(options, &run);
	for (uint32_t d = 0; status == 0 && d < run.job->dimension_count; d++)
		if (run.evaluations[d].failed)
			log_error(options, run.evaluations[d].failed);
	if (status == 0 && options->verbose)
		show_times(options, &run);
	if (status == 0 && run_is_degraded(&run))
		status = EXIT_DEGRADED;
	run_close(&run);
	return status;
}
