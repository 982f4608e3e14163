/* SPDX-License-Identifier: MIT */
/* The program: finds the command, reads the options, hands over. */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "command.h"
#include "ident.h"
#include "syscalls.h"
#include "text.h"
#include "window.h"

#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const struct command {
	const char *name;
	int (*run)(const struct options *options, int count, char **words);
	const char *words, *summary;
	const char *letters; /* of the options that it takes, as in option_table; *: --format may be snapshot */
} commands[] = {
	{"run", command_run, "JOB...", N_("read, evaluate, score, archive, report"), "dTf*opBbstwKuDqvl"},
	{"check", command_check, "JOB", N_("all that can be known before the data are read"), "pBbsDNAjqvl"},
	{"explain", command_explain, "JOB MEASURE", N_("a measure's definition, formula, numbers and rows"),
	 "npBbstDqvl"},
	{"show", command_show, "SNAPSHOT", N_("an archived result, in any format"), "fo*Lqvl"},
	{"compare", command_compare, "OLD NEW", N_("why the score moved from one snapshot to another"), "foLqvl"},
	{"trend", command_trend, "ARCHIVE", N_("scores over time"), "foqvl"},
	{"rescore", command_rescore, "SNAPSHOT JOB", N_("what if: other weights, scales, aggregation"),
	 "fo*bsyWEctDqvl"},
	{"worklist", command_worklist, "JOB", N_("the rows whose mending raises the score most"), "fonrOMmpBbstDqvl"},
	{"plugin", command_plugin, "list | describe | check | new", N_("the plugins that are there; and for vendors"),
	 "JfoEPLqvl"},
	{"merge", command_merge, "PART...", N_("one result from what run --shard wrote"), "jdTf*oLpBbswDqvl"},
	{"archive", command_archive, "list | verify | prune DIR", N_("snapshots: which, are they whole, which to keep"),
	 "dfgkwqvl"},
	{"demo", command_demo, "DIR", N_("write a demo data set and its job"), "SEqvl"},
};

static const struct option option_table[] = {
	{"dry-run", no_argument, NULL, 'd'},
	{"profile", no_argument, NULL, 'u'},
	{"format", required_argument, NULL, 'f'},
	{"output", required_argument, NULL, 'o'},
	{"period", required_argument, NULL, 'p'},
	{"baseline", required_argument, NULL, 'B'},
	{"breakdown", required_argument, NULL, 'b'},
	{"set", required_argument, NULL, 's'},
	{"threads", required_argument, NULL, 't'},
	{"date", required_argument, NULL, 'D'},
	{"quiet", no_argument, NULL, 'q'},
	{"verbose", no_argument, NULL, 'v'},
	{"log-format", required_argument, NULL, 'l'},
	{"scale", required_argument, NULL, 'S'},
	{"seed", required_argument, NULL, 'E'},
	{"sensitivity", no_argument, NULL, 'y'},
	{"draws", required_argument, NULL, 'W'},
	{"concentration", required_argument, NULL, 'c'},
	{"language", required_argument, NULL, 'L'},
	{"directory", required_argument, NULL, 'P'},
	{"help", no_argument, NULL, 'h'},
	{"wait", required_argument, NULL, 'w'},
	{"target", required_argument, NULL, 'T'},
	{"limit", required_argument, NULL, 'n'},
	{"per", required_argument, NULL, 'r'},
	{"per-owner", required_argument, NULL, 'O'},
	{"per-measure", required_argument, NULL, 'M'},
	{"measure", required_argument, NULL, 'm'},
	{"shard", required_argument, NULL, 'K'},
	{"keep", required_argument, NULL, 'k'},
	{"only", required_argument, NULL, 'g'},
	{"job", required_argument, NULL, 'j'},
	{"nagios", no_argument, NULL, 'N'},
	{"max-age", required_argument, NULL, 'A'},
	{"version", no_argument, NULL, 'V'},
	{NULL, 0, NULL, 0},
};

static const char *const help_lines[] = {
	N_("      --period FROM..TO      the window that is evaluated: two dates, or a name such as last-quarter\n"),
	N_("      --baseline FROM..TO    the time before it, or: previous, year-earlier, none\n"),
	N_("      --breakdown LIST       team,employee,region,size_class\n"),
	N_("      --set KEY=VALUE        override any setting of the job; may be repeated\n"),
	N_("      --date YYYY-MM-DD      the day that named windows start from (default: today)\n"),
	N_("      --format FORMAT        text, json, csv, html, prometheus or snapshot\n"
	   "                             (default: text on a terminal, else nothing)\n"),
	N_("      --output FILE          write there instead of standard output\n"),
	N_("      --threads N            default: one per processor\n"),
	N_("      --shard K/N            evaluate the K-th of N parts of the rows, and write them for crmval merge\n"),
	N_("      --job JOB              of merge: archive, report and alert as this job says\n"),
	N_("      --dry-run              write no file\n"),
	N_("      --profile              tell where time, rows and bytes went, on standard error\n"),
	N_("      --wait SECONDS         for another run that holds the archive (default: 0)\n"),
	N_("      --quiet, --verbose     say less, or where the time goes\n"),
	N_("      --log-format FORMAT    text or json: of messages on standard error\n"),
	N_("      --scale N, --seed N    of demo: scale 1 is about 10,000 rows\n"),
	N_("      --sensitivity          of rescore: how scores and ranks respond to other weights, drawn at random\n"),
	N_("      --draws N, --seed N    how many; the same seed draws the same\n"),
	N_("      --concentration C      how near to the given weights (default 50)\n"),
	N_("      --target SCORE         tell the least changes that lead to this overall score\n"),
	N_("      --limit N              of worklist, explain: rows in all (default: 100, 10)\n"),
	N_("      --per-owner N, --per-measure N\n"
	   "                             of worklist: rows of one employee, and for one measure\n"),
	N_("      --measure MEASURE      of worklist: only what that measure wants\n"),
	N_("      --per owner            of worklist: --output is a folder, with a file for each employee\n"),
	N_("      --nagios               of check: tell a monitoring system of a snapshot, or of an archive's last\n"),
	N_("      --max-age HOURS        with --nagios: an older one is critical\n"),
	N_("      --only NAME            of archive list and prune: only this job's snapshots\n"),
	N_("      --keep RULE=N          of archive prune: last, hourly, daily, weekly, monthly, quarterly, yearly,\n"
	   "                             within=90days; may be repeated\n"),
	N_("      --directory DIR        of plugin: look there too\n"),
	N_("      --language LANGUAGE    of plugin describe: as in zh_CN\n"),
};

static void print_help(FILE *stream)
{
	fputs(_("Usage: crmval COMMAND [OPTION]... [WORD]...\n\nIs our CRM worth anything, and what should we do "
		"next?  A score from 0 to 100, and why.\n\n"),
	      stream);
	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
		fprintf(stream, "  crmval %-8s %-21s %s\n", commands[i].name, commands[i].words,
			_(commands[i].summary));
	putc('\n', stream);
	for (size_t i = 0; i < sizeof help_lines / sizeof help_lines[0]; i++)
		fputs(_(help_lines[i]), stream);
	fputs(_("\nSee crmval(1), crmval.conf(5), crmval-plugin(3).\n"), stream);
}

static int number_of(const char *text, double least, double most, double *number)
{
	char *end;
	errno = 0;
	*number = strtod(text, &end);
	return *text && !*end && errno == 0 && *number >= least && *number <= most;
}

/* The moment of the run: SOURCE_DATE_EPOCH, else now; and its day in the machine's own time zone. */
static int find_now(struct job_overrides *overrides)
{
	const char *epoch = getenv("SOURCE_DATE_EPOCH");
	time_t seconds = time(NULL);
	struct tm tm;
	double number;
	if (epoch) {
		if (epoch[strspn(epoch, "0123456789")] || !number_of(epoch, 0, 253402300799.0, &number))
			return usage_error("SOURCE_DATE_EPOCH \"%s\" is not a number of seconds since 1970", epoch);
		seconds = (time_t)number;
		gmtime_r(&seconds, &tm);
	} else {
		localtime_r(&seconds, &tm);
	}
	overrides->now = seconds;
	overrides->today = days_from_civil(tm.tm_year + 1900, (unsigned)tm.tm_mon + 1, (unsigned)tm.tm_mday);
	return 0;
}

static int take_format(struct options *options, const char *text)
{
	for (int i = 0; format_names[i]; i++)
		if (strcmp(format_names[i], text) == 0) {
			options->format = (enum job_format)i;
			options->has_format = 1;
			return 0;
		}
	return usage_error("--format %s: there are text, json, csv, html, prometheus and snapshot", text);
}

static int take_count(const char *option, const char *text, double most, uint32_t *count)
{
	double number;
	if (!number_of(text, 1, most, &number) || number != (double)(uint32_t)number)
		return usage_error("--%s %s: a whole number from 1 to %.0f", option, text, most);
	*count = (uint32_t)number;
	return 0;
}

/* Of a plugin's check, which is no result. */
static int take_check_format(struct options *options, const char *text)
{
	options->is_junit = strcmp(text, "junit") == 0;
	options->has_format = 1;
	return options->is_junit || strcmp(text, "text") == 0
		       ? 0
		       : usage_error("--format %s: a plugin's check is text or junit", text);
}

/* "2/4" */
static int take_shard(struct job_shard *shard, const char *text)
{
	const char *slash = strchr(text, '/');
	char first[16];
	double number, count;
	size_t length = slash ? (size_t)(slash - text) : sizeof first;
	if (length >= sizeof first)
		return usage_error("--shard %s: two numbers as in 2/4", text);
	memcpy(first, text, length);
	first[length] = 0;
	if (!number_of(slash + 1, 1, SHARD_MOST, &count) || count != (uint32_t)count ||
	    !number_of(first, 1, count, &number) || number != (uint32_t)number)
		return usage_error("--shard %s: as in 2/4, the second from 1 to %d, the first from 1 to the second",
				   text, SHARD_MOST);
	*shard = (struct job_shard){(uint32_t)number - 1, (uint32_t)count};
	return 0;
}

static int take_keep(struct options *options, const char *text)
{
	const char *wrong = keep_parse(text, &options->keep);
	return wrong ? usage_error("--keep %s %s", text, wrong) : 0;
}

static int take_option(struct options *options, int letter, const char *text)
{
	double number;
	switch (letter) {
	case 'd':
		options->dry_run = 1;
		return 0;
	case 'u':
		options->is_profiled = 1;
		return 0;
	case 'f':
		return take_format(options, text);
	case 'o':
		options->output = text;
		return *text ? 0 : usage_error("--output: the name of a file is missing");
	case 'p':
		options->overrides.period = text;
		return 0;
	case 'B':
		options->overrides.baseline = text;
		return 0;
	case 'b':
		options->overrides.breakdown = text;
		return 0;
	case 's':
		if (options->overrides.setting_count == sizeof options->settings / sizeof options->settings[0])
			return usage_error("--set: no more than 64 times");
		options->settings[options->overrides.setting_count++] = text;
		return 0;
	case 't':
		if (!number_of(text, 1, 256, &number) || number != (unsigned)number)
			return usage_error("--threads %s: a whole number from 1 to 256", text);
		options->threads = (unsigned)number;
		return 0;
	case 'w':
		return number_of(text, 0, 1e9, &options->wait)
			       ? 0
			       : usage_error("--wait %s: a number of seconds from 0 to 1000000000", text);
	case 'g':
		options->only = text;
		return 0;
	case 'k':
		return take_keep(options, text);
	case 'D':
		if (date_parse(text, &options->overrides.today) < 0)
			return usage_error("--date %s: a day as YYYY-MM-DD", text);
		return 0;
	case 'N':
		options->is_nagios = 1;
		return 0;
	case 'A':
		if (!number_of(text, 0, 1e6, &number))
			return usage_error("--max-age %s: hours, from 0 to 1000000", text);
		options->max_age = number * 3600;
		return 0;
	case 'q':
		options->quiet = 1;
		return 0;
	case 'v':
		options->verbose = 1;
		return 0;
	case 'l':
		options->logs_json = strcmp(text, "json") == 0;
		if (options->logs_json)
			text_messages_are_for_programs();
		return options->logs_json || strcmp(text, "text") == 0
			       ? 0
			       : usage_error("--log-format %s: there are text and json", text);
	case 'K':
		return take_shard(&options->overrides.shard, text);
	case 'j':
		options->job = text;
		return 0;
	case 'S':
		return number_of(text, 0.01, 100000, &options->scale)
			       ? 0
			       : usage_error("--scale %s: a number from 0.01 to 100000", text);
	case 'E':
		if (!number_of(text, 0, 9007199254740992.0, &number) || number != (double)(uint64_t)number)
			return usage_error("--seed %s: a whole number from 0 to 2^53", text);
		options->seed = (uint64_t)number;
		return 0;
	case 'y':
		options->is_sensitivity = 1;
		return 0;
	case 'W':
		if (!number_of(text, 1, 1e6, &number) || number != (double)(uint64_t)number)
			return usage_error("--draws %s: a whole number from 1 to 1000000", text);
		options->draws = (uint64_t)number;
		return 0;
	case 'c':
		return number_of(text, 0.1, 1e6, &options->concentration)
			       ? 0
			       : usage_error("--concentration %s: a number from 0.1 to 1000000", text);
	case 'L':
		options->language = text;
		return 0;
	case 'T':
		return number_of(text, 0, 100, &options->target)
			       ? 0
			       : usage_error("--target %s: a number from 0 to 100", text);
	case 'n':
		return take_count("limit", text, 10000, &options->limit);
	case 'O':
		return take_count("per-owner", text, 10000, &options->per_owner);
	case 'M':
		return take_count("per-measure", text, 10000, &options->per_measure);
	case 'm':
		options->measure = text;
		return 0;
	case 'r':
		options->per_owner_files = strcmp(text, "owner") == 0;
		return options->per_owner_files ? 0 : usage_error("--per %s: there is owner", text);
	case 'P':
		if (options->directory_count == sizeof options->directories / sizeof options->directories[0])
			return usage_error("--directory: no more than 16 times");
		options->directories[options->directory_count++] = text;
		return 0;
	default: /* getopt has said what is wrong */
		fprintf(stderr, "%s: crmval --help\n", _("Try"));
		return EXIT_USAGE;
	}
}

static void print_version(void)
{
	puts("crmval " PACKAGE_VERSION);
}

/* What was printed may still be on its way to a full disk. */
static int finish(const struct options *options, int status)
{
	char message[128];
	errno = 0;
	if ((fflush(stdout) == 0 && !ferror(stdout)) || status > EXIT_DEGRADED)
		return status;
	snprintf(message, sizeof message, _("standard output: cannot write it: %s"), strerror(errno ? errno : EIO));
	log_error(options, message);
	return exit_status(CRMVAL_EIO);
}

static int run_command(const struct command *command, struct options *options, int argc, char **argv)
{
	int letter, place = 0, status;
	optind = 1;
	argv[0] = (char *)"crmval"; /* whose name getopt's messages begin with */
	while ((letter = getopt_long(argc, argv, "hV", option_table, &place)) != -1) {
		if (letter == 'h' || letter == 'V') {
			if (letter == 'h')
				print_help(stdout);
			else
				print_version();
			return finish(options, 0);
		}
		if (letter != '?' && !strchr(command->letters, letter))
			return usage_error("crmval %s takes no option --%s", command->name, option_table[place].name);
		status = letter == 'f' && strchr(command->letters, 'J') ? take_check_format(options, optarg)
									: take_option(options, letter, optarg);
		if (status != 0)
			return status;
	}
	if (options->has_format && options->format == FORMAT_SNAPSHOT && !strchr(command->letters, '*'))
		return usage_error("crmval %s writes no snapshots; --format: there are text, json and csv",
				   command->name);
	if (options->has_format && options->format == FORMAT_SNAPSHOT && !options->output && isatty(STDOUT_FILENO))
		return usage_error("a snapshot is not for a terminal to show; name a file by --output");
	return finish(options, command->run(options, argc - optind, argv + optind));
}

/*
 * Libraries that a source brought in may want memory for their own endings, and abort where there is none, whatever the run
 * came to.  All files are closed by now, and what was printed is out.
 */
static int leave(int status)
{
#ifndef CRMVAL_COVERAGE
	if (!is_instrumented())
		_exit(status);
#endif
	return status;
}

int main(int argc, char **argv)
{
	static struct options options; /* its arrays are large for a stack */
	text_use_messages();
	options.overrides.settings = options.settings;
	options.scale = 1;
	options.max_age = NAN;
	options.seed = 1;
	options.draws = 1000;
	options.concentration = 50;
	options.format = FORMAT_NONE;
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	options.threads = processors > 0 && processors <= 256 ? (unsigned)processors : 1;
	int status = find_now(&options.overrides);
	if (status != 0)
		return status;
	ident_draw_key();
	if (argc < 2)
		return usage_error("a command is missing");
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
		print_help(stdout);
		return finish(&options, 0);
	}
	if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0) {
		print_version();
		return finish(&options, 0);
	}
	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
		if (strcmp(argv[1], commands[i].name) == 0)
			return leave(run_command(&commands[i], &options, argc - 1, argv + 1));
	return usage_error("there is no command \"%s\"", argv[1]);
}
