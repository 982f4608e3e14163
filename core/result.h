/* SPDX-License-Identifier: MIT */
/*
 * A run's result: all that reports are made from, whether it comes from a run or from a snapshot, so it refers to neither a
 * job nor a plugin.  Scores are computed scope by scope (the company, then each unit of each breakdown) when a report
 * asks, so that twenty thousand units need no more memory than one.
 */
#ifndef RESULT_H
#define RESULT_H

#include "job.h"
#include "ledger.h"
#include "moments.h"
#include "sum.h"

/* What is known of one measure, the same for all scopes. */
struct result_measure {
	const struct crmval_measure *table;
	uint32_t dimension, indicator;    /* places in result.dimensions and in that dimension's indicators */
	double weight;                    /* as the job gives it, not normalised */
	int basis;                        /* CRMVAL_VALUE ... */
	uint32_t scale_count;             /* 0: basis `value`, and neither table nor job gives a scale */
	const struct crmval_point *scale; /* of that basis */
	double stated_baseline;           /* NaN: none */
	const char *no_data
		[2]; /* why a window (0 period, 1 baseline) has none: an unmapped field, what the plugin said; or NULL */
	const char *failed; /* why its dimension failed, or NULL */
};

struct result_dimension {
	const char *id;                       /* the plugin's name */
	const struct crmval_dimension *table; /* its texts in the job's language */
	double weight;
	const double *indicator_weights;
	const struct crmval_value *parameters;   /* one per parameter of the table */
	const struct crmval_dimension *original; /* the table with its own texts */
	uint32_t translation_count;
	const struct crmval_translation *translations; /* of those, into all languages */
};

/* Counts of one entity's data. */
struct result_field_count {
	const char *field;
	uint64_t dangling, unreadable;
};
struct result_count {
	const char *what;
	uint64_t count;
};
struct result_entity {
	const char *entity;
	const char *source; /* plugin names, joined by "+"; NULL: no source maps it */
	uint64_t rows;      /* that count: neither rejected nor duplicate */
	uint64_t rejected, duplicates;
	int32_t newest;       /* the latest of its dates up to result.fresh_on; CRMVAL_NO_DATE: none is known */
	uint32_t field_count; /* of fields with a count above 0, in the model's order */
	const struct result_field_count *fields;
	uint32_t skipped_count; /* what a source passed over, by kind, sorted */
	const struct result_count *skipped;
	uint32_t missing_field_count; /* the model's fields that no source maps */
	const char *const *missing_fields;
	uint32_t example_count; /* the first rejected rows and unreadable cells: "FILE:LINE: what" */
	const char *const *examples;
};

struct result_input {
	const char *name;
	uint64_t bytes;
	char sha256[65]; /* "" where not computed */
};

struct result_plugin {
	const char *name, *version, *kind; /* "dimension" or "source" */
	const char *sandbox;               /* what was in force, for a dimension: "landlock 7, seccomp"; else NULL */
};

/* A rule of the job that says when somebody should look, and what came of it. */
struct result_alert {
	const char *rule; /* its name, or what it says */
	int is_critical;
	uint32_t fired;      /* how often: for how many units, or entities */
	const char *message; /* of the first time; "" where it has not */
};

/* What is known of a part of a run alone: how its rows were chosen, and what only the whole can be judged by. */
struct result_shard_example {
	struct ledger_place place;
	int is_reject; /* a row, not a cell of one */
};
struct result_shard_entity {
	const char *by;          /* the field by which its rows are shared out; NULL: each part has them all */
	int is_chosen;           /* by the source: rows of other parts never came */
	uint64_t seen, checksum; /* rows that came, and the sum of the hashes that tell their parts */
	uint64_t rows;           /* that the limits are shares of */
	uint32_t field_count;    /* all of its fields, in their order */
	const char *const *fields;
	const struct result_shard_example *examples; /* as result_entity.examples */
};
struct result_shard {
	struct job_limits limits;
	uint32_t example_most;
	const struct result_shard_entity *entities; /* as result.entities */
	uint32_t rule_count;                        /* alerts to be judged */
	const struct job_alert *rules;
};

struct history;

struct result {
	const char *name;        /* of the job */
	char job_sha256[65];     /* of the job file's bytes and the settings that override it */
	char reading_sha256[65]; /* of what decides how the data are read; "": not known */
	const char *program;     /* which made it, with its version */
	int64_t made;            /* when, in seconds since 1970: shown beside it, never computed with */
	const char *currency;    /* upper case, or NULL */
	const char *language;    /* of the texts, or NULL: the plugins' own */
	struct crmval_window period, baseline;
	int has_baseline;
	int breakdowns[BREAKDOWN_COUNT]; /* wanted, in the order of breakdown_names */
	enum job_aggregation aggregation;
	enum job_missing missing;
	enum job_ranges ranges;
	double min_coverage;
	double target;                 /* for the overall score; 0: none */
	const struct history *history; /* what its archive holds from before; NULL: not known */
	int32_t fresh_on; /* data should reach up to here: the period's end, or the day of the run, if earlier */
	unsigned threads; /* that may write reports of it: without influence on what they say; 0: one */
	uint32_t part, part_count; /* of a run in parts, the first is 1; 0 of 0: the whole */

	uint32_t dimension_count, measure_count;
	const struct result_dimension *dimensions;
	const struct result_measure *measures; /* by dimension, then in the order of its table */

	uint32_t unit_counts[BREAKDOWN_COUNT];          /* units that are listed, per breakdown; 0 where not wanted */
	const char *const *unit_names[BREAKDOWN_COUNT]; /* sorted by bytes, "(none)" last */

	/* Sums of a measure in a window (0 period, 1 baseline).  breakdown -1: the company. */
	void (*moments)(const struct result *result, uint32_t measure, int window, int breakdown, uint32_t unit,
			struct moments *moments);
	/* The same, exactly. */
	void (*sums)(const struct result *result, uint32_t measure, int window, int breakdown, uint32_t unit,
		     struct sums *sums);
	/* 1: the same, where whole numbers are at hand.  0, or NULL: the moments are to be asked for. */
	int (*whole)(const struct result *result, uint32_t measure, int window, int breakdown, uint32_t unit,
		     struct whole_moments *moments);
	/* All measures of a unit will be asked for soon.  NULL: no matter. */
	void (*expect)(const struct result *result, int breakdown, uint32_t unit);
	const void *tallies; /* for all of these */

	uint32_t entity_count, input_count, plugin_count;
	const struct result_entity *entities;
	const struct result_input *inputs; /* sorted by name */
	const struct result_plugin *plugins;

	const struct result_shard *shard; /* NULL: not a part */

	uint32_t alert_count; /* in the job's order */
	const struct result_alert *alerts;
};

/* What a job says of a measure whose table is set: weight, basis, scale, stated baseline. */
void result_measure_apply(struct result_measure *measure, const struct job_measure *said);

#endif
