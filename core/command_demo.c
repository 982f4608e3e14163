/* SPDX-License-Identifier: MIT */
/* crmval demo: a data set to try things on. */
#include "command.h"

#include "demo.h"

int command_demo(const struct options *options, int count, char **words)
{
	struct crmval_error error = {.struct_size = sizeof error};
	if (count != 1)
		return usage_error("crmval demo takes one directory");
	int code = demo_write(words[0], options->scale, options->seed, &error);
	if (code != CRMVAL_OK)
		log_error(options, error.message);
	else if (options->verbose)
		log_note(options, "%s: written; next: crmval run %s/job.conf", words[0], words[0]);
	return exit_status(code);
}
