/* SPDX-License-Identifier: MIT */
/* crmval show: one archived result, in any format of run. */
#include "command.h"

#include "error.h"
#include "replace.h"
#include "snapshot.h"
#include "text.h"
#include "translate.h"

#include <unistd.h>

/* The result as the run printed it, byte for byte, whatever this program would print now. */
static int write_witness(void *context, FILE *stream, struct crmval_error *error)
{
	return snapshot_copy_result(context, stream, error);
}

int command_show(const struct options *options, int count, char **words)
{
	struct crmval_error error = {.struct_size = sizeof error};
	struct snapshot *snapshot = NULL;
	enum job_format format = output_format(options);
	int status;
	if (count != 1)
		return usage_error("crmval show takes one snapshot");
	int code = snapshot_open(words[0], &snapshot, &error);
	const char *language = NULL;
	if (code == CRMVAL_OK) {
		language = options->language ? options->language : snapshot->result.language;
		code = result_translate(&snapshot->result, &snapshot->arena, language, &error);
	}
	if (code != CRMVAL_OK) {
		log_error(options, error.message);
		status = exit_status(code);
	} else if (format == FORMAT_JSON && !options->language) {
		status = write_to(options, options->output, &(struct replace_content){write_witness, words[0]});
	} else {
		text_use(language);
		status = write_output(options, options->output, format, &snapshot->result);
		text_use(NULL);
	}
	snapshot_free(snapshot);
	return status;
}
