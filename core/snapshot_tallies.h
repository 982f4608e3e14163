/* SPDX-License-Identifier: MIT */
/* The exact sums of a snapshot, per unit: as lines of JSON, and in memory, where most of them take 56 bytes. */
#ifndef SNAPSHOT_TALLIES_H
#define SNAPSHOT_TALLIES_H

#include "json.h"
#include "snapshot.h"
#include "snapshot_line.h"

void tallies_put(struct json *json, const struct result *result);

/* The sums of a measure in a window, if there is any row. */
struct kept {
	uint32_t place; /* 2 * measure + window */
	int is_whole;
	uint64_t rows;
	union {
		int64_t whole[5];        /* n, d, nn, nd, dd */
		const struct sums *wide; /* where they are no whole numbers of 64 bits */
	};
};

struct kept_unit {
	uint32_t count;
	const struct kept *kept; /* by place, rising */
};

/* Of the company, and of the units of each breakdown, as result.unit_names. */
struct tallies {
	struct kept_unit company;
	const struct kept_unit *units[BREAKDOWN_COUNT];
};

/* While the lines are read. */
struct tallies_draft {
	struct arena *arena; /* of what is kept */
	struct tallies *tallies;
	uint32_t measure_count;
	int breakdowns[BREAKDOWN_COUNT];
	int breakdown; /* of the last line; TALLIES_NONE_YET; -1: the company */
	uint32_t kept_count, kept_capacity;
	struct kept *kept; /* of the unit of the last line */
	uint32_t unit_counts[BREAKDOWN_COUNT], unit_capacity;
	struct kept_unit *units; /* of that breakdown */
	const char **names;
	int has_last;                                   /* no unit may come after it */
	uint64_t bytes;                                 /* that are kept */
	const char *const *unit_names[BREAKDOWN_COUNT]; /* of the breakdowns that are done */
};

/* More than this is no honest snapshot, and would take the machine's memory. */
#define TALLIES_BYTES_MOST (UINT64_C(8) << 30)

enum { TALLIES_NONE_YET = -2 };

int tallies_take(struct tallies_draft *draft, struct line *line, const struct json_node *tally);
/* The last line was read: gives the result its units and sums. */
int tallies_finish(struct tallies_draft *draft, struct result *result, struct crmval_error *error);
void tallies_free(struct tallies_draft *draft);

#endif
