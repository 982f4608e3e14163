/* SPDX-License-Identifier: MIT */
/* crmval show: one archived result, in any format of run. */
#include "command.h"

#include "error.h"
#include "history.h"
#include "replace.h"
#include "snapshot.h"
#include "text.h"
#include "translate.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The result as the run printed it, byte for byte, whatever this program would print now. */
static int write_witness(void *context, FILE *stream, struct crmval_error *error)
{
	return snapshot_copy_result(context, stream, error);
}

static void say_damaged(void *context, const char *message)
{
	log_warning(context, message);
}

/* What lies beside it of its job, made before it; a page can do without. */
static void read_past(const struct options *options, const char *path, struct snapshot *snapshot,
		      struct history **history)
{
	struct crmval_error error = {.struct_size = sizeof error};
	const char *slash = strrchr(path, '/');
	char *folder = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
	int code = folder ? history_open(folder, snapshot->result.name, snapshot->result.made - 1, say_damaged,
					 (void *)(uintptr_t)options, history, &error)
			  : fail_memory(&error);
	if (code != CRMVAL_OK)
		log_warning(options, error.message);
	snapshot->result.history = *history;
	free(folder);
}

int command_show(const struct options *options, int count, char **words)
{
	struct crmval_error error = {.struct_size = sizeof error};
	struct snapshot *snapshot = NULL;
	struct history *history = NULL;
	enum job_format format = output_format(options);
	int status;
	if (count != 1)
		return usage_error("crmval show takes one snapshot");
	int code = snapshot_open(words[0], &snapshot, &error);
	const char *language = NULL;
	if (code == CRMVAL_OK) {
		language = options->language ? options->language : snapshot->result.language;
		use_language(format, language);
		code = result_translate(&snapshot->result, &snapshot->arena, text_language(), &error);
	}
	if (code != CRMVAL_OK) {
		log_error(options, error.message);
		status = exit_status(code);
	} else if (format == FORMAT_JSON && !options->language) {
		status = write_to(options, options->output, &(struct replace_content){write_witness, words[0]});
	} else {
		if (format == FORMAT_HTML)
			read_past(options, words[0], snapshot, &history);
		status = write_output(options, options->output, format, &snapshot->result);
	}
	text_use_messages();
	snapshot_free(snapshot);
	history_free(history);
	return status;
}
