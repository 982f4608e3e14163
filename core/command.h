/* SPDX-License-Identifier: MIT */
/* The commands of the program, and what they share. */
#ifndef COMMAND_H
#define COMMAND_H

#include "archive.h"
#include "report.h"
#include "run.h"

/* Options that several commands take. */
struct options {
	struct job_overrides overrides;
	const char *settings[64];
	enum job_format format;
	int has_format;
	const char *output; /* NULL: standard output */
	unsigned threads;
	double target;    /* for the overall score; 0: the job's */
	double wait;      /* for the archive, in seconds */
	struct keep keep; /* of archive prune */
	const char *only; /* of archive list and prune: only this one's snapshots */
	int dry_run, quiet, verbose, is_profiled;
	int logs_json;
	double scale; /* of demo */
	uint64_t seed;
	int is_sensitivity; /* of rescore, and the two below */
	uint64_t draws;
	double concentration;
	uint32_t limit, per_owner, per_measure; /* of worklist: rows; 0: as it sees fit */
	int per_owner_files;
	const char *measure;
	const char *job; /* of merge; with --nagios: the job's name */
	int is_nagios;
	double max_age;              /* with --nagios: in seconds; NaN: none */
	const char *directories[16]; /* of plugin */
	uint32_t directory_count;
	int is_junit;         /* of plugin: the format that a check has */
	const char *language; /* of show and plugin */
};

/* Each gets the words after the command and returns the exit status. */
int command_run(const struct options *options, int count, char **words);
int command_check(const struct options *options, int count, char **words);
int command_nagios(const struct options *options, int count, char **words);
int command_compare(const struct options *options, int count, char **words);
int command_explain(const struct options *options, int count, char **words);
int command_plugin(const struct options *options, int count, char **words);
int command_rescore(const struct options *options, int count, char **words);
int command_show(const struct options *options, int count, char **words);
int command_trend(const struct options *options, int count, char **words);
int command_worklist(const struct options *options, int count, char **words);
int command_merge(const struct options *options, int count, char **words);
int command_archive(const struct options *options, int count, char **words);
int command_demo(const struct options *options, int count, char **words);

/* The exit status for an error's code. */
int exit_status(int code);

enum { EXIT_DEGRADED = 1, EXIT_USAGE = 64 };

/* Says what went wrong, on standard error: text, or a JSON object a line. */
void log_error(const struct options *options, const char *message);
void log_warning(const struct options *options, const char *message); /* unless --quiet */
__attribute__((format(printf, 2, 3))) void log_note(const struct options *options, const char *format, ...);
/* A line that was asked for, as it is, --quiet or not. */
void log_line(const struct options *options, const char *text);
void log_problems(const struct options *options, const struct problems *problems);

/* Wrong words: says so and how it goes; returns EXIT_USAGE. */
__attribute__((format(printf, 1, 2))) int usage_error(const char *format, ...);

/* How text is to look on a stream: its width and whether in colour. */
struct report_style style_of(FILE *stream);

/*
 * Writes a file whole or not at all: beside it, synced, renamed, its folder synced.  path NULL: standard output.
 * Returns an exit status, after logging what failed.
 */
int write_to(const struct options *options, const char *path, const struct replace_content *content);
int write_output(const struct options *options, const char *path, enum job_format format, const struct result *result);

/* Opens a run and logs what is wrong; returns an exit status.  The run is to be closed in any case. */
int open_run(const struct options *options, struct run *run, const char *path);

/* Says which dimensions failed; the status of a run that is else well. */
int tell_failed(const struct options *options, const struct run *run);

/* What a file's name says of its format. */
enum job_format format_of(const char *path);

/*
 * From now on texts are in a report's language.  Where none is set, people read the environment's; what programs read is
 * English, so that it is the same bytes everywhere.
 */
void use_language(enum job_format format, const char *language);

/* The format that a command which prints text by default is to write. */
enum job_format output_format(const struct options *options);

/*
 * What a run does in the end, and merging as well: each returns an exit status, after logging what failed.  The archive is
 * held from before the data are read, so that of two runs the second does not work in vain.
 */
int hold_archive(const struct options *options, const struct job *job, struct archive *archive);
int put_snapshot(const struct options *options, struct run *run, struct archive *archive);
/* Fills run->result.history, where an HTML report is to be written; it is the caller's to free. */
struct history;
int read_history(const struct options *options, struct run *run, struct history **history);
/* Last, by the job's rules; names what cannot be read. */
int prune_archive(const struct options *options, const struct job *job, struct archive *archive);
int write_all(const struct options *options, struct run *run);
/* result.made must be known: rules may compare with the snapshot before.  Returns an error's code. */
int judge_alerts(const struct options *options, struct run *run, const struct job *rules, struct crmval_error *error);
void log_alerts(const struct options *options, const struct result *result);

/* The place of a measure in run->result.measures; -1 after saying which there are. */
int find_measure(const struct options *options, const struct run *run, const char *name);

/* A bar on a terminal while the data are read. */
void progress_start(const struct options *options, struct run *run);
void progress_end(void);

#endif
