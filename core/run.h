/* SPDX-License-Identifier: MIT */
/* A run: a job from its file to its result, room by room. */
#ifndef RUN_H
#define RUN_H

#include "evaluate.h"
#include "load.h"
#include "result.h"
#include "spent.h"

enum run_room { ROOM_PREPARE, ROOM_LOAD, ROOM_LINK, ROOM_EVALUATE, ROOM_SCORE, ROOM_WRITE, ROOM_COUNT };
extern const char *const run_room_names[ROOM_COUNT];

struct run {
	struct job *job;
	struct problems problems;
	struct plugin_settings plugin_settings;
	struct plugin *source_plugins, *dimension_plugins, *report_plugins; /* as in the job */
	struct data *data;
	struct units units;
	struct load load;
	struct bound_dimension *dimensions;
	struct evaluation *evaluations;
	struct result result;
	uint32_t *unit_order[BREAKDOWN_COUNT]; /* the listed units' numbers, in the order of their names */
	struct arena arena;                    /* which no child inherits */
	struct spent spent[ROOM_COUNT];
};

/*
 * All that comes before reading the data: job file, plugins, sources, which columns are there, which measures will have no
 * data and why.  If the job file is wrong, run->problems says how, and the code is CRMVAL_ECONF.
 */
int run_open(struct run *run, const char *path, const struct job_overrides *overrides, struct crmval_error *error);

/* Of all this only what a result needs that was evaluated elsewhere: the job, and the plugins that store reports. */
int run_open_outputs(struct run *run, const char *path, const struct job_overrides *overrides,
		     struct crmval_error *error);

/* Reads the data and evaluates them: afterwards run->result is whole. */
int run_evaluate(struct run *run, unsigned threads, struct crmval_error *error);

/* A dimension failed: the result stands, degraded. */
int run_is_degraded(const struct run *run);

void run_close(struct run *run);

/* Fills what run->result says of measures, dimensions and plugins; as far as is known before or after the evaluation. */
int run_describe(struct run *run, struct crmval_error *error);

/* Fills what it says of the data: counts, units, inputs. */
int run_account(struct run *run, struct crmval_error *error);

/* Fills what it says of a part alone, once the entities are accounted for. */
int run_account_shard(struct run *run, struct crmval_error *error);

#endif
