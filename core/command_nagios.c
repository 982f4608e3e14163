/* SPDX-License-Identifier: MIT */
/* crmval check --nagios: a snapshot, or the newest one of an archive, for a monitoring system. */
#include "command.h"

#include "archive_last.h"
#include "error.h"
#include "nagios.h"
#include "text.h"

#include <sys/stat.h>

static void say_damaged(void *context, const char *message)
{
	log_warning(context, message);
}

static int read_newest(const struct options *options, const char *path, struct snapshot **snapshot,
		       struct crmval_error *error)
{
	struct archive archive = ARCHIVE_CLOSED;
	int code = archive_open(&archive, path, error);
	if (code == CRMVAL_OK)
		code = archive_last(&archive, options->job, INT64_MAX, say_damaged, (void *)options, snapshot, error);
	if (code == CRMVAL_OK && !*snapshot)
		code = fail(error, CRMVAL_ENOINPUT, "%s: there is no snapshot in this archive", path);
	archive_close(&archive);
	return code;
}

int command_nagios(const struct options *options, int count, char **words)
{
	static struct output output = {0};
	struct crmval_error error = {.struct_size = sizeof error};
	struct snapshot *snapshot = NULL;
	struct stat status;
	int code, state;
	output.stream = stdout;
	if (count != 1) {
		nagios_unknown(_("crmval check --nagios takes one snapshot, or an archive"), &output);
		output_finish(&output, &error);
		return NAGIOS_UNKNOWN;
	}
	if (stat(words[0], &status) == 0 && S_ISDIR(status.st_mode))
		code = read_newest(options, words[0], &snapshot, &error);
	else
		code = snapshot_open(words[0], &snapshot, &error);
	if (code == CRMVAL_OK)
		state = nagios_report(&snapshot->result, options->overrides.now, options->max_age, &output, &error);
	else
		state = nagios_unknown(error.message, &output);
	if (output_finish(&output, &error) != CRMVAL_OK)
		state = NAGIOS_UNKNOWN;
	snapshot_free(snapshot);
	return state;
}
