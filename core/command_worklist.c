/* SPDX-License-Identifier: MIT */
/* crmval worklist: the rows whose mending would raise the score most. */
#include "command.h"

#include "error.h"
#include "replace.h"
#include "report_worklist.h"
#include "text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The list, or one owner's part of it, as the content of a file. */
struct content {
	const struct worklist *list;
	int64_t owner;
	enum job_format format;
};

static int write_content(void *context, FILE *stream, struct crmval_error *error)
{
	const struct content *content = context;
	struct report_style style = style_of(stream);
	struct output *output = calloc(1, sizeof *output);
	if (!output)
		return fail_memory(error);
	output->stream = stream;
	int code = report_worklist(content->list, content->owner, content->format, output, &style, error);
	free(output);
	return code;
}

/* An owner's file is named after its id, in letters, digits, - and _; any other byte as %XX. */
static void name_of(const char *owner, const char *ending, char *name, size_t size)
{
	size_t used = 0;
	for (const unsigned char *p = (const unsigned char *)owner; *p && used + 16 < size; p++) {
		int is_plain = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || (*p >= '0' && *p <= '9') ||
			       *p == '-' || *p == '_';
		used += (size_t)snprintf(name + used, size - used, is_plain ? "%c" : "%%%02X", *p);
	}
	snprintf(name + used, size - used, "%s", ending);
}

/* Does the list hold something of the owner of item i that no earlier item was? */
static int is_first_of_owner(const struct worklist *list, uint32_t i)
{
	for (uint32_t earlier = 0; earlier < i; earlier++)
		if (list->items[earlier].unit[BREAKDOWN_EMPLOYEE] == list->items[i].unit[BREAKDOWN_EMPLOYEE])
			return 0;
	return 1;
}

/* One file for each owner that the list names; rows of nobody are in none.csv. */
static int write_folder(const struct worklist *list, enum job_format format, const char *folder,
			struct crmval_error *error)
{
	int code = CRMVAL_OK;
	if (mkdir(folder, 0777) < 0 && errno != EEXIST)
		return fail(error, errno == EACCES ? CRMVAL_EPERM : CRMVAL_ECREATE, "%s: cannot create the folder: %s",
			    folder, strerror(errno));
	for (uint32_t i = 0; i < list->item_count && code == CRMVAL_OK; i++) {
		uint32_t owner = list->items[i].unit[BREAKDOWN_EMPLOYEE];
		struct content content = {list, owner, format};
		const struct replace_content source = {write_content, &content};
		char name[256], *path = NULL;
		if (!is_first_of_owner(list, i))
			continue;
		name_of(owner ? unit_name(&list->run->units, BREAKDOWN_EMPLOYEE, owner) : "none",
			format_endings[format], name, sizeof name);
		if (asprintf(&path, "%s/%s", folder, name) < 0)
			return fail_memory(error);
		code = replace_file(path, 0666, &source, error);
		free(path);
	}
	return code;
}

static int write_list(const struct options *options, const struct worklist *list, struct crmval_error *error)
{
	struct content content = {list, -1, options->format};
	if (!options->has_format)
		content.format = options->output         ? format_of(options->output)
				 : isatty(STDOUT_FILENO) ? FORMAT_TEXT
							 : FORMAT_CSV;
	if (options->per_owner_files)
		return write_folder(list, options->has_format ? options->format : FORMAT_CSV, options->output, error);
	if (!options->output)
		return write_content(&content, stdout, error);
	return replace_file(options->output, 0666, &(struct replace_content){write_content, &content}, error);
}

int command_worklist(const struct options *given, int count, char **words)
{
	static struct run run;
	static struct options options;
	struct worklist list = {0};
	struct crmval_error error = {.struct_size = sizeof error};
	int code = CRMVAL_OK, status, degraded = 0, measure = -1;
	options = *given;
	options.overrides.shows_rows = 1;
	if (count != 1)
		return usage_error("crmval worklist takes one job file");
	if (options.per_owner_files && !options.output)
		return usage_error("--per owner writes a folder: name it by --output");
	if (options.has_format && options.format > FORMAT_HTML)
		return usage_error("--format %s: a work list comes as text, json, csv or html",
				   format_names[options.format]);
	status = open_run(&options, &run, words[0]);
	if (status == 0 && options.measure && (measure = find_measure(&options, &run, options.measure)) < 0)
		status = EXIT_USAGE;
	if (status == 0) {
		const struct worklist_limits limits = {options.limit ? options.limit : 100, options.per_owner,
						       options.per_measure, measure};
		progress_start(&options, &run);
		code = run_evaluate(&run, options.threads, &error);
		progress_end();
		if (code == CRMVAL_OK)
			degraded = tell_failed(&options, &run);
		text_use(run.job->language);
		if (code == CRMVAL_OK)
			code = worklist_make(&list, &run, &limits, &error);
		if (code == CRMVAL_OK)
			code = write_list(&options, &list, &error);
		text_use_messages();
		if (code != CRMVAL_OK)
			log_error(&options, error.message);
		/* Where dimensions failed, there may be no score to raise: that is theirs, not the data's. */
		status = degraded && (code == CRMVAL_OK || code == CRMVAL_EDATA) ? degraded : exit_status(code);
	}
	worklist_free(&list);
	run_close(&run);
	return status;
}
