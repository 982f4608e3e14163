/* SPDX-License-Identifier: MIT */
/*
 * A job, read from its file and checked whole.
 *
 * In two steps, since what a plugin's section may hold is known only from the plugin's table: job_read() takes the file
 * and all that is the core's; then job_bind_source() and job_bind_dimension() check each section against its plugin.
 * Problems are collected; the job is good when there are none after both.
 */
#ifndef JOB_H
#define JOB_H

#include "crmval/plugin.h"
#include "job_mapping.h"
#include "keep.h"
#include "problems.h"

#include <math.h>
#include <stdint.h>

enum { BREAKDOWN_TEAM, BREAKDOWN_EMPLOYEE, BREAKDOWN_REGION, BREAKDOWN_SIZE_CLASS, BREAKDOWN_COUNT };
extern const char *const breakdown_names[BREAKDOWN_COUNT];    /* "team", "employee", "region", "size_class" */
extern const char *const breakdown_headings[BREAKDOWN_COUNT]; /* for people, by _() */

enum job_aggregation { AGGREGATE_ARITHMETIC, AGGREGATE_GEOMETRIC };
enum job_missing { MISSING_RENORMALISE, MISSING_ZERO, MISSING_FAIL };
enum job_ranges { RANGES_MODEL, RANGES_CAUTIOUS };
/* As jobs, results and snapshots call them, each list ended by NULL. */
extern const char *const aggregation_names[], *const missing_names[], *const ranges_names[];
enum job_sandbox { SANDBOX_DEFAULT, SANDBOX_REQUIRE, SANDBOX_BEST_EFFORT, SANDBOX_OFF };
enum job_format { FORMAT_TEXT, FORMAT_JSON, FORMAT_CSV, FORMAT_HTML, FORMAT_PROMETHEUS, FORMAT_SNAPSHOT, FORMAT_NONE };
extern const char *const format_names[], *const format_endings[]; /* "text" and ".txt" ..., ended by NULL */
enum job_hashing { HASH_AUTO, HASH_ALWAYS, HASH_NEVER };

struct job_source {
	const char *plugin;
	int line;
	struct crmval_value *options;               /* bound */
	struct job_mapping mapping;                 /* bound */
	struct crmval_value *default_table_options; /* bound: for an entity that the job does not list */
	void *setting;                              /* the core's own: its place in the job's tree */
};

struct job_measure {
	double weight;   /* NaN: not set */
	int basis;       /* 0: not set */
	double baseline; /* the stated baseline value; NaN: none */
	uint32_t scale_count;
	struct crmval_point *scale;
};

struct job_dimension {
	const char *plugin;
	int line;
	double weight;                   /* 1 where not set */
	struct crmval_value *parameters; /* bound; one per parameter */
	double *indicator_weights;       /* bound; one per indicator, 1 where not set */
	struct job_measure *measures;    /* bound; one per measure */
	void *setting;
};

/* An output that every run writes: a file, or what a plugin stores. */
struct job_report {
	const char *plugin;           /* NULL: a file */
	struct crmval_value *options; /* of the plugin's source, bound */
	int line;
	void *setting;    /* the core's own: its place in the job's tree */
	const char *file; /* NULL: a plugin stores it */
	enum job_format format;
	const char *language; /* the job's where it sets none; NULL: neither does */
};

struct job_archive {
	const char *directory; /* NULL: no snapshots are kept */
	struct keep keep;      /* empty: nothing is pruned */
};

/* A rule that tells when somebody should look. */
enum alert_kind {
	ALERT_SCORE_BELOW,
	ALERT_DROPPED_BY, /* by more than these points, and by more than noise, since the snapshot before */
	ALERT_COVERAGE_BELOW,
	ALERT_VALUE_BELOW, /* of a measure */
	ALERT_VALUE_ABOVE,
	ALERT_OLDER_THAN, /* days, of an entity's newest date; from here on rules are about the data */
	ALERT_REJECTED_ABOVE,
	ALERT_REJECTED_SHARE_ABOVE,
	ALERT_ROWS_LOST, /* as a share of the rows in the snapshot before */
	ALERT_KINDS
};
enum alert_severity { ALERT_WARNING, ALERT_CRITICAL };
struct job_alert {
	const char *name; /* or NULL */
	enum alert_kind kind;
	enum alert_severity severity;
	double limit;
	const char *node;   /* of a rule on scores: as result_node_find() takes it; NULL: the overall score */
	int breakdown;      /* its units are meant; -1: the company */
	const char *unit;   /* of the breakdown; NULL: each */
	const char *entity; /* of a rule on data; NULL: each */
	int line;
};

/* Is it about an entity, not about scores? */
int alert_is_of_data(enum alert_kind kind);

/* Past these a run fails; shares are from 0 to 1. */
struct job_limits {
	double rejected_share;   /* per entity, of all its rows */
	double unreadable_share; /* per field, of the entity's rows */
	double dangling_share;   /* per reference */
};

#define SHARD_MOST 9999

/* One of the parts into which the rows are shared out; count 0: there are none. */
struct job_shard {
	uint32_t number, count; /* number from 0 */
};

struct job {
	const char *path, *directory; /* of the job file; the folder absolute */
	char sha256[65];              /* of the file's bytes and the settings that override it */
	const char *name;
	struct crmval_window period, baseline;
	int has_baseline;
	int breakdowns[BREAKDOWN_COUNT]; /* wanted, in the order of breakdown_names */
	int shows_rows;                  /* what is made of it names single rows, their owners and teams */
	const char *currency;            /* upper case, or NULL */
	const char *language;            /* or NULL */

	enum job_aggregation aggregation;
	enum job_missing missing;
	enum job_ranges ranges;
	double min_coverage;
	double target; /* for the overall score; 0: none */

	uint64_t max_rejected_rows; /* per entity */
	struct job_limits limits;
	double max_rows_lost_share; /* per entity, of its rows in the snapshot before */
	uint32_t max_units;         /* per breakdown */
	uint32_t max_examples;      /* rejected rows and unreadable cells that are shown, per entity */
	enum job_hashing hashing;   /* SHA-256 of the inputs */
	uint64_t max_memory;        /* bytes; 0: any */

	const char *const *plugin_directories; /* absolute */
	uint32_t plugin_directory_count;
	const char *const *plugin_sha256; /* of the files that are allowed; NULL: all are */
	uint32_t plugin_sha256_count;
	enum job_sandbox sandbox;
	double plugin_deadline; /* seconds */
	uint64_t plugin_memory; /* bytes on top of what the data take */

	struct job_source *sources;
	uint32_t source_count;
	struct job_dimension *dimensions;
	uint32_t dimension_count;
	struct job_report *reports;
	uint32_t report_count;
	struct job_shard shard;
	struct job_archive archive;
	struct job_alert *alerts;
	uint32_t alert_count;
	int32_t today; /* the day of the run */
	void *config;  /* the core's own: the job's tree of settings */
	void *arena;
};

/* Settings from the command line, which win over the file. */
struct job_overrides {
	const char *period, *baseline; /* "FROM..TO" or a window's name; baseline also "none"; NULL: as in the file */
	const char *breakdown;         /* "team,employee"; "" : none; NULL: as in the file */
	const char *const *settings;   /* "key.path=value" */
	uint32_t setting_count;
	struct job_shard shard;
	int shows_rows; /* ids and names of all rows are kept */
	int32_t today;  /* the day that named windows start from, days since 1970 */
	int64_t now;    /* the moment that the run is dated, seconds since 1970 */
};

/*
 * Reads and checks the job file.  Fails only where there is nothing to check (file missing: CRMVAL_ENOINPUT, not readable:
 * CRMVAL_EPERM or CRMVAL_EIO, memory); whatever is wrong in it goes into problems and *job may then be NULL.
 */
int job_read(const char *path, const struct job_overrides *overrides, struct job **job, struct problems *problems,
	     struct crmval_error *error);

/*
 * Check the section of source (or dimension) number i against the plugin's table, and fill what is marked "bound".  A source
 * that cannot be had is NULL: its mapping is still checked.
 */
void job_bind_source(struct job *job, uint32_t i, const struct crmval_source *source, struct problems *problems);
void job_bind_dimension(struct job *job, uint32_t i, const struct crmval_dimension *dimension,
			struct problems *problems);

/* The same of a report that a plugin stores. */
void job_bind_report(struct job *job, uint32_t i, const struct crmval_source *source, struct problems *problems);

/* A path as seen from the job file's folder, where it lies in it: so that results do not depend on where a job is kept. */
const char *job_relative(const struct job *job, const char *path);

void job_free(struct job *job);

#endif
