/* SPDX-License-Identifier: MIT */
/* Reads a table through the contract of a source, as the program does, and tells in text what came of it. */
#ifndef CSV_TRIAL_H
#define CSV_TRIAL_H

#include "crmval/plugin.h"

struct csv_trial {
	/* What to do; all 0 is a good start. */
	const struct crmval_plugin *plugin;
	const char *directory;            /* NULL: /; of a source that has such an option, as are */
	const char *const *paths;         /* ended by NULL */
	const char *entity;               /* NULL: "it" */
	const char *const *files;         /* ended by NULL; NULL: the entity's own */
	const char *delimiter, *encoding; /* NULL: the default, as are numbers that are 0 */
	double max_field, max_row, max_columns, max_header, chunk, max_ratio, max_member, max_members;
	const uint32_t *wanted; /* NULL: all columns in their order */
	uint32_t wanted_count;
	int is_optional;                /* the job does not name the entity */
	int is_probed;                  /* see first whether there is a row, and only then read */
	unsigned threads;               /* 0: as many as 1 */
	uint64_t stop_after;            /* rows after which the sink stops; 0: never */
	void (*on_rows)(void *context); /* called when rows come */
	void *context;
	/* What came of it. */
	int status;
	struct crmval_error error;
	char *text; /* "column NAME", "row LINE [CELL] ..." with "-" for no cell, "reject LINE at OFFSET: RULE",
		       "skip COUNT WHAT" */
	size_t size;
	uint64_t rows;
	struct crmval_plan plan;
};

/*
 * Runs it and returns its status.  The text holds columns, then rows and rejects in their order, then what was skipped;
 * of a table of several files, "row" and "reject" are followed by the file's number and a colon.  Where the data are
 * refused it is "refused", with " in line N" where a quote was never closed.
 */
int csv_trial_run(struct csv_trial *trial);
void csv_trial_free(struct csv_trial *trial);

/* Options, of a source or of a table, as the trial sets them. */
enum { CSV_TRIAL_OPTIONS = 16 };
void csv_trial_options(const struct csv_trial *trial, const struct crmval_option *options, uint32_t count,
		       struct crmval_value values[CSV_TRIAL_OPTIONS]);

#endif
