/* SPDX-License-Identifier: MIT */
/* What the commands share: exit statuses, messages, output files, progress. */
#include "command.h"

#include "error.h"
#include "replace.h"
#include "text.h"
#include "utf8.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

int exit_status(int code)
{
	switch (code) {
	case CRMVAL_OK:
		return 0;
	case CRMVAL_ECONF:
		return 78;
	case CRMVAL_EDATA:
		return 65;
	case CRMVAL_EIO:
		return 74;
	case CRMVAL_ENOMEM:
		return 71;
	case CRMVAL_EUNREACHABLE:
		return 69;
	case CRMVAL_ENOINPUT:
		return 66;
	case CRMVAL_EPERM:
		return 77;
	case CRMVAL_EAGAIN:
		return 75;
	case CRMVAL_ECREATE:
		return 73;
	default:
		return 70;
	}
}

/* A printable text as a JSON string, without its quotes. */
static void put_json(FILE *stream, const char *text)
{
	for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
		if (*p == '"' || *p == '\\')
			putc('\\', stream);
		putc(*p, stream);
	}
}

/* Is standard error the journal's, which takes a priority before each line? */
static int is_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	unsigned long long device, inode;
	struct stat status;
	return stream && sscanf(stream, "%llu:%llu", &device, &inode) == 2 && fstat(STDERR_FILENO, &status) == 0 &&
	       status.st_dev == device && status.st_ino == inode;
}

/* As in syslog(3). */
static int priority_of(const char *level)
{
	return strcmp(level, "error") == 0 ? 3 : strcmp(level, "warning") == 0 ? 4 : 6;
}

static void put_log(const struct options *options, const char *level, const char *message)
{
	/* Names of columns, files and plugins are others' texts, and may hold what terminals obey. */
	char text[8192];
	utf8_printable(text, sizeof text, message, strlen(message));
	int to_journal = is_journal();
	if (to_journal)
		fprintf(stderr, "<%d>", priority_of(level));
	if (options->logs_json) {
		fprintf(stderr, "{\"level\":\"%s\",\"message\":\"", level);
		put_json(stderr, text);
		fprintf(stderr, "\"}\n");
	} else {
		/* The journal knows already who speaks. */
		fprintf(stderr, "%s%s\n", to_journal ? "" : "crmval: ", text);
	}
}

void log_error(const struct options *options, const char *message)
{
	put_log(options, "error", message);
}

void log_warning(const struct options *options, const char *message)
{
	if (!options->quiet)
		put_log(options, "warning", message);
}

void log_line(const struct options *options, const char *text)
{
	put_log(options, "info", text);
}

void log_note(const struct options *options, const char *format, ...)
{
	char message[1024];
	va_list arguments;
	if (options->quiet)
		return;
	va_start(arguments, format);
	vsnprintf(message, sizeof message, _(format), arguments);
	va_end(arguments);
	put_log(options, "info", message);
}

/* Texts that memory did not suffice for are only counted: they may be past the array's end. */
static void put_problems(const struct options *options, const char *level, char *const *texts, size_t count,
			 size_t capacity)
{
	size_t dropped = 0;
	char message[80];
	for (size_t i = 0; i < count; i++) {
		if (i < capacity && texts[i])
			put_log(options, level, texts[i]);
		else
			dropped++;
	}
	snprintf(message, sizeof message, _("%zu more, for which memory did not suffice"), dropped);
	if (dropped)
		put_log(options, level, message);
}

void log_problems(const struct options *options, const struct problems *problems)
{
	if (!options->quiet)
		put_problems(options, "warning", problems->warnings, problems->warning_count,
			     problems->warning_capacity);
	put_problems(options, "error", problems->texts, problems->count, problems->capacity);
}

void use_language(enum job_format format, const char *language)
{
	int is_for_people = format == FORMAT_TEXT || format == FORMAT_HTML;
	text_use(language || is_for_people ? language : "en");
}

int usage_error(const char *format, ...)
{
	va_list arguments;
	fputs("crmval: ", stderr);
	va_start(arguments, format);
	vfprintf(stderr, _(format), arguments);
	va_end(arguments);
	fprintf(stderr, "\n%s: crmval --help\n", _("Try"));
	return EXIT_USAGE;
}

struct report_style style_of(FILE *stream)
{
	struct winsize size;
	const char *no_colour = getenv("NO_COLOR"), *terminal = getenv("TERM");
	struct report_style style = {80, 0};
	if (!isatty(fileno(stream)))
		return style;
	if (ioctl(fileno(stream), TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		style.width = size.ws_col;
	style.colour = !(no_colour && *no_colour) && terminal && strcmp(terminal, "dumb") != 0;
	return style;
}

static int create_failed(const struct options *options, const char *path)
{
	struct crmval_error error = {.struct_size = sizeof error};
	int code = fail(&error, errno == EACCES || errno == EPERM ? CRMVAL_EPERM : CRMVAL_ECREATE,
			"%s: cannot create it: %s", path, strerror(errno));
	log_error(options, error.message);
	return exit_status(code);
}

/* A pipe, a terminal, /dev/full: it is written to as it stands, since it cannot be replaced. */
static int is_device(const char *path)
{
	struct stat status;
	return stat(path, &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode);
}

static int write_in_place(const struct options *options, const char *path, const struct replace_content *content)
{
	struct crmval_error error = {.struct_size = sizeof error};
	FILE *stream = path ? fopen(path, "we") : stdout;
	if (!stream)
		return create_failed(options, path);
	int code = content->write(content->context, stream, &error);
	if (path && code == CRMVAL_EIO) {
		struct crmval_error why = error;
		fail(&error, code, "%s: %s", path, why.message);
	}
	if (path && fclose(stream) != 0 && code == CRMVAL_OK)
		code = fail(&error, CRMVAL_EIO, "%s: cannot write it: %s", path, strerror(errno));
	if (code != CRMVAL_OK)
		log_error(options, error.message);
	return exit_status(code);
}

int write_to(const struct options *options, const char *path, const struct replace_content *content)
{
	struct crmval_error error = {.struct_size = sizeof error};
	if (!path || is_device(path))
		return write_in_place(options, path, content);
	int code = replace_file(path, 0666, content, &error);
	if (code != CRMVAL_OK)
		log_error(options, error.message);
	return exit_status(code);
}

/* A result in a format, as the content of a file. */
struct report {
	enum job_format format;
	const struct result *result;
};

static int write_report(void *context, FILE *stream, struct crmval_error *error)
{
	const struct report *report = context;
	struct report_style style = style_of(stream);
	return report_write(report->format, report->result, stream, &style, error);
}

int write_output(const struct options *options, const char *path, enum job_format format, const struct result *result)
{
	struct report report = {format, result};
	return write_to(options, path, &(struct replace_content){write_report, &report});
}

enum job_format output_format(const struct options *options)
{
	if (options->has_format)
		return options->format;
	return options->output ? format_of(options->output) : FORMAT_TEXT;
}

int open_run(const struct options *options, struct run *run, const char *path)
{
	struct crmval_error error = {.struct_size = sizeof error};
	int code = run_open(run, path, &options->overrides, &error);
	log_problems(options, &run->problems);
	if (code != CRMVAL_OK)
		log_error(options, error.message);
	return exit_status(code);
}

int tell_failed(const struct options *options, const struct run *run)
{
	for (uint32_t d = 0; d < run->job->dimension_count; d++)
		if (run->evaluations[d].failed)
			log_error(options, run->evaluations[d].failed);
	return run_is_degraded(run) ? EXIT_DEGRADED : 0;
}

/* ---- progress ------------------------------------------------------------------------------------------------------ */

static atomic_int progress_shown; /* per mille, or -1: none is to be shown */
static double progress_begin;

static double clock_seconds(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static void show_progress(void *context, uint64_t done, uint64_t total)
{
	(void)context;
	int shown = atomic_load(&progress_shown), now = (int)(done * 100 / (total ? total : 1)) * 10;
	char bar[41];
	if (shown < 0 || now <= shown || clock_seconds() - progress_begin < 0.5)
		return; /* short work needs no bar */
	if (!atomic_compare_exchange_strong(&progress_shown, &shown, now))
		return; /* another thread is at it */
	for (int i = 0; i < 40; i++)
		bar[i] = i < now / 25 ? '#' : '.';
	bar[40] = 0;
	fprintf(stderr, "\r%s [%s] %3d %%", _("reading"), bar, now / 10);
}

void progress_start(const struct options *options, struct run *run)
{
	atomic_store(&progress_shown, options->quiet || options->logs_json || !isatty(STDERR_FILENO) ? -1 : 0);
	progress_begin = clock_seconds();
	run->load.run.progress = show_progress;
}

void progress_end(void)
{
	if (atomic_load(&progress_shown) > 0)
		fprintf(stderr, "\r%60s\r", "");
}
