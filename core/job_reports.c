/* SPDX-License-Identifier: MIT */
/* The job's list of reports: files that every run writes. */
#include "job_sections.h"

#include "job_options.h"

#include <string.h>

const char *const format_names[] = {"text", "json", "csv", "html", "prometheus", "snapshot", NULL};
const char *const format_endings[] = {".txt", ".json", ".csv", ".html", ".prom", ".gz", NULL};

void job_language_read(struct checker *c, const struct job_node *node, const char **language)
{
	static const char lower[] = "abcdefghijklmnopqrstuvwxyz", upper[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	const char *text;
	if (!check_text(c, node, &text))
		return;
	size_t length = strspn(text, lower);
	if (length < 2 || length > 3 ||
	    (text[length] &&
	     (text[length] != '_' || strlen(text + length) != 3 || strspn(text + length + 1, upper) != 2)))
		check_problem(c, node, "\"%.20s\" is no language; write it as in \"en\" or \"zh_CN\"", text);
	*language = text;
}

/* The format as it is named, or as the file's ending says. */
static enum job_format read_format(struct checker *c, const struct job_node *node, const struct job_node *file_node,
				   const char *file)
{
	const char *dot = file ? strrchr(file, '.') : NULL;
	int place;
	if (node)
		return check_word(c, node, format_names, &place) ? (enum job_format)place : FORMAT_NONE;
	for (int i = 0; dot && format_endings[i]; i++)
		if (strcmp(dot, format_endings[i]) == 0)
			return (enum job_format)i;
	if (file)
		check_problem(
			c, file_node,
			"does not end in .txt, .json, .csv, .html or .prom; add format = \"text\", \"json\", \"csv\", "
			"\"html\" or \"prometheus\"");
	return FORMAT_NONE;
}

static void read_report(struct checker *c, struct job_node *group)
{
	static const char *const keys[] = {"file", "format", "language", NULL};
	const struct job_node *file = node_get(group, "file"), *language = node_get(group, "language");
	const struct job_node *plugin = node_get(group, "plugin");
	struct job_report report = {.language = c->job->language, .line = group->line, .setting = group};
	if (!check_group(c, group))
		return;
	if (language)
		job_language_read(c, language, &report.language);
	if (plugin) {
		if (check_plugin_name(c, plugin, &report.plugin))
			c->job->reports[c->job->report_count++] = report;
		return; /* the rest are options, which the plugin's table tells */
	}
	check_keys(c, group, keys);
	if (!file)
		check_missing(c, group, "file", "name the file to write, or a plugin that stores the result");
	else
		check_path(c, file, &report.file);
	report.format = read_format(c, node_get(group, "format"), file, report.file);
	if (!report.file)
		return;
	for (uint32_t i = 0; i < c->job->report_count; i++)
		if (c->job->reports[i].file && strcmp(c->job->reports[i].file, report.file) == 0)
			check_problem(c, file, "is written by another report, too; name another file");
	c->job->reports[c->job->report_count++] = report;
}

void job_reports_read(struct checker *c, const struct job_node *list)
{
	if (!list || !check_list(c, list, 0, "write ( { file = \"FILE\"; } )") ||
	    !(c->job->reports = check_array(c, list->count, sizeof *c->job->reports)))
		return;
	for (struct job_node *node = list->first; node; node = node->next)
		read_report(c, node);
}

void job_bind_report(struct job *job, uint32_t i, const struct crmval_source *source, struct problems *problems)
{
	static const char *const keys[] = {"plugin", "language", NULL};
	struct checker c = checker_of(job, problems);
	struct job_report *report = &job->reports[i];
	report->options = options_bind(&c, report->setting, NULL, source->options, source->option_count, keys);
	check_memory(&c);
}
