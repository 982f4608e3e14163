/* SPDX-License-Identifier: MIT */
/* crmval check: everything that can be known before all data are read, as a page that its reader can act on. */
#include "command.h"

#include "report_check.h"
#include "text.h"

enum { PAGE_WIDTH = 110 };

int command_check(const struct options *options, int count, char **words)
{
	static struct run run;
	static struct output output;
	struct crmval_error error = {.struct_size = sizeof error};
	if (options->is_nagios)
		return command_nagios(options, count, words);
	if (count != 1)
		return usage_error("crmval check takes one job file");
	int status = open_run(options, &run, words[0]);
	if (status == 0) {
		output = (struct output){.stream = stdout};
		int code = load_probe(&run.load, &error);
		if (code == CRMVAL_OK) {
			text_use(run.job->language);
			report_check(&run, &output, PAGE_WIDTH);
			text_use_messages();
			code = output_finish(&output, &error);
		}
		if (code != CRMVAL_OK) {
			log_error(options, error.message);
			status = exit_status(code);
		}
	}
	run_close(&run);
	return status;
}
