/* SPDX-License-Identifier: MIT */
/* crmval plugin: which plugins are there, and what is in one; all from its own tables, read in confinement. */
#include "command.h"

#include "conform_source.h"
#include "error.h"
#include "kit.h"
#include "replace.h"
#include "report_plugin.h"
#include "screen.h"
#include "text.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static struct plugin_settings settings_of(const struct options *options)
{
	return (struct plugin_settings){
		.directories = options->directories,
		.directory_count = options->directory_count,
		.limits = {SANDBOX_DEFAULT, 60, (uint64_t)1 << 30, (size_t)16 << 20},
	};
}

static int list(const struct options *options)
{
	struct plugin_settings settings = settings_of(options);
	struct crmval_error error = {.struct_size = sizeof error};
	char **names;
	size_t count;
	int status = exit_status(plugin_names(&settings, &names, &count, &error));
	if (status != 0) {
		log_error(options, error.message);
		return status;
	}
	for (size_t i = 0; i < count; i++) {
		struct plugin plugin = {.fd = -1};
		int code = plugin_open(names[i], &settings, &plugin, &error);
		if (code == CRMVAL_OK) {
			const char *kind = plugin.table->dimension ? _("dimension") : _("source");
			printf("%s%*s %-22s %-8s %s\n", kind, 10 - screen_text_width(kind), "", plugin.table->name,
			       plugin.table->version,
			       plugin_text(plugin.table, text_language(), plugin.table->summary));
		} else {
			log_error(options, error.message);
			status = EXIT_DEGRADED;
		}
		plugin_close(&plugin);
	}
	plugin_names_free(names, count);
	return status;
}

static int describe(const struct options *options, const char *name)
{
	struct plugin_settings settings = settings_of(options);
	struct crmval_error error = {.struct_size = sizeof error};
	struct plugin plugin = {.fd = -1};
	int status = exit_status(plugin_open(name, &settings, &plugin, &error));
	if (status == 0) {
		const char *language = options->language ? options->language : text_language();
		text_use(language);
		report_plugin(&plugin, language, stdout);
		text_use_messages();
	} else {
		log_error(options, error.message);
	}
	plugin_close(&plugin);
	return status;
}

/* A check's report on its way into a file. */
struct check_report {
	const struct conformance *conformance;
	int is_junit;
};

static int put_check(void *context, FILE *stream, struct crmval_error *error)
{
	const struct check_report *report = context;
	(void)error;
	(report->is_junit ? conformance_junit : conformance_text)(report->conformance, stream);
	return CRMVAL_OK;
}

static int write_check(const struct options *options, const struct conformance *conformance, struct crmval_error *error)
{
	const char *dot = options->output ? strrchr(options->output, '.') : NULL;
	struct check_report report = {conformance, options->is_junit};
	const struct replace_content content = {put_check, &report};
	if (!options->has_format && dot && strcmp(dot, ".xml") == 0)
		report.is_junit = 1;
	if (options->output)
		return replace_file(options->output, 0666, &content, error);
	return put_check(&report, stdout, error);
}

/* What a source does is seen where it has something to read: in a job. */
static int check_job(const struct options *options, struct conformance *conformance, const char *path,
		     struct crmval_error *error)
{
	static struct run run;
	if (!conformance->is_source) {
		conformance_add(conformance, "job", path, TRIAL_SKIPPED, _("a dimension is tried without one"));
		return CRMVAL_OK;
	}
	int status = open_run(options, &run, path);
	int code = status == 0 ? source_trials(conformance, &run.load, conformance->sha256, error)
			       : fail(error, CRMVAL_ECONF, "%s: the job is not as it should be", path);
	run_close(&run);
	return code;
}

static int check(const struct options *options, const char *path, const char *job)
{
	struct plugin_settings settings = settings_of(options);
	struct crmval_error error = {.struct_size = sizeof error};
	struct conformance conformance;
	if (options->is_junit)
		text_use("en"); /* names are the same for whoever collects them */
	int code = conformance_try(&conformance, path, &settings, options->seed, &error);
	if (code == CRMVAL_OK && job)
		code = check_job(options, &conformance, job, &error);
	if (code == CRMVAL_OK)
		code = write_check(options, &conformance, &error);
	if (code != CRMVAL_OK)
		log_error(options, error.message);
	int status = code ? exit_status(code) : conformance.failed ? EXIT_DEGRADED : 0;
	conformance_free(&conformance);
	return status;
}

static int new_project(const struct options *options, const char *name)
{
	struct crmval_error error = {.struct_size = sizeof error};
	int code = kit_write(name, &error);
	if (code != CRMVAL_OK)
		log_error(options, error.message);
	else if (isatty(STDERR_FILENO))
		log_note(options, "the project is in %s; go on with: cd %s && make check", name, name);
	return exit_status(code);
}

int command_plugin(const struct options *options, int count, char **words)
{
	for (uint32_t i = 0; i < options->directory_count; i++)
		if (access(options->directories[i], R_OK | X_OK) < 0) {
			struct crmval_error error = {.struct_size = sizeof error};
			int code = fail(&error, errno == EACCES ? CRMVAL_EPERM : CRMVAL_ENOINPUT, "--directory %s: %s",
					options->directories[i], strerror(errno));
			log_error(options, error.message);
			return exit_status(code);
		}
	if (count == 1 && strcmp(words[0], "list") == 0)
		return list(options);
	if (count == 2 && strcmp(words[0], "describe") == 0)
		return describe(options, words[1]);
	if ((count == 2 || count == 3) && strcmp(words[0], "check") == 0)
		return check(options, words[1], count == 3 ? words[2] : NULL);
	if (count == 2 && strcmp(words[0], "new") == 0)
		return new_project(options, words[1]);
	return usage_error("crmval plugin takes: list; or describe and a plugin's name; or check, a plugin's file and "
			   "perhaps a job; or new and "
			   "a name");
}
