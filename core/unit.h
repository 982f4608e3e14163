/* SPDX-License-Identifier: MIT */
/* Units of the breakdowns: which team, employee, region and size class a row of any entity belongs to. */
#ifndef UNIT_H
#define UNIT_H

#include "path.h"

/* How rows of one entity find their units. */
struct unit_routes {
	struct route employee; /* count 0: no way leads there */
	struct route account;
};

struct units {
	const struct data *data;
	int wanted[BREAKDOWN_COUNT]; /* job.breakdowns */
	struct unit_routes routes[DATA_MAX_ENTITIES];
	uint32_t counts[BREAKDOWN_COUNT]; /* units, with number 0 for what cannot be told; 0: not wanted */
	const uint32_t *team; /* of each employee, by its row, where all of them are units by themselves; or NULL */
	struct region
		accounts;   /* uint16_t: of each account its region << size_bits | its size class; or it is not open */
	unsigned size_bits; /* 0: size classes are not wanted */
};

/* Finds the routes and asks for their columns. */
int units_want(struct units *units, const int *wanted, struct data *data, struct crmval_error *error);

/* After loading: counts the units; CRMVAL_EDATA: a breakdown has more than `most`. */
int units_open(struct units *units, uint32_t most, struct crmval_error *error);

void units_close(struct units *units);

/* The unit of each row of a batch, for each breakdown that is wanted: unit[b][i]. */
void units_of(const struct units *units, uint32_t entity, const struct rows *rows, struct gather *gather,
	      uint32_t unit[BREAKDOWN_COUNT][BATCH_ROWS]);

/* A unit's name; never NULL. */
const char *unit_name(const struct units *units, int breakdown, uint32_t unit);

#define UNIT_NONE "(none)"

/* A unit's name as people read it. */
const char *unit_title(const char *name);

#endif
