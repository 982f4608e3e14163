/* SPDX-License-Identifier: MIT */
/* What a snapshot's lines say besides the tallies: the settings, the data, the dimensions' definitions and texts. */
#ifndef SNAPSHOT_TABLES_H
#define SNAPSHOT_TABLES_H

#include "snapshot.h"
#include "snapshot_line.h"

/* What numbers are called, each list ended by NULL; those of the plugin header by their number, so from 1 on. */
extern const char *const snapshot_kinds[], *const snapshot_better[], *const snapshot_bases[];
extern const char *const snapshot_flags[]; /* by bit, from 0 on */
extern const char *const snapshot_option_types[];

/* An array that grows at its end. */
struct list {
	void *items;
	uint32_t count, capacity;
};

/* What the lines have said so far, until all are read and become the result's tables. */
struct drafts {
	struct snapshot *snapshot;
	struct list plugins, inputs, entities, alerts, dimensions;
	struct list parameters, values, indicators, weights, tables, measures; /* of all dimensions, in their order */
	struct list translations;
	struct list shard_entities, shard_rules;
	struct result_shard *shard; /* NULL: no line has said that it is a part */
	int stage;                  /* of the last line: kinds of lines come in a fixed order */
	int has_settings, has_scoring;
};

/* A new item, zeroed; NULL where line->code says why. */
void *drafts_append(struct list *list, size_t size, struct line *line);

/* Takes a line of any of its kinds, and passes over others.  What is wrong with it: line->code. */
void drafts_take(struct drafts *drafts, struct line *line);

/* All was read: fills the result, but for units and sums. */
int drafts_finish(struct drafts *drafts, const char *name, struct crmval_error *error);
void drafts_free(struct drafts *drafts);

#endif
