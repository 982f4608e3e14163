/* SPDX-License-Identifier: MIT */
/* Paths: from a row of an entity, over references, to a field; and the values that batches of rows find there. */
#ifndef PATH_H
#define PATH_H

#include "data.h"

#define PATH_MAX_HOPS 4
#define PATH_MAX_ALTERNATIVES 3

struct path {
	uint32_t start; /* entity */
	uint32_t hop_count;
	uint32_t hops[PATH_MAX_HOPS]; /* fields, references, each of the entity that the one before leads to */
	uint32_t entity, field;       /* where it ends */
};

/* A path and what stands in for it where it is missing: "account|opportunity.account". */
struct route {
	struct path paths[PATH_MAX_ALTERNATIVES];
	uint32_t count;
	const struct field *field; /* what it ends in; alternatives agree in type */
};

/* Parses a path of the contract.  owner: whose path it is, for the message. */
int route_parse(const char *text, uint32_t entity, const char *owner, struct route *route, struct crmval_error *error);

/* Asks for all columns on the way; for the last one `wants`. */
int route_want(const struct route *route, uint32_t wants, struct data *data, struct crmval_error *error);

/*
 * The first field of the route's first path that is needed and not mapped, as entity and field; NULL: none.  With
 * any = 1 optional fields count as well.
 */
const struct field *path_unmapped(const struct path *path, const struct data *data, int any, uint32_t *entity);

/* Rows of one entity, as a batch: numbers row[0..count). */
struct rows {
	const uint32_t *row;
	uint32_t count;
	int is_run; /* each is the one after the row before it */
};

/* A batch's working storage: as many values as a batch may have rows. */
#define BATCH_ROWS 2048 /* as TALLY_BATCH */
struct gather {
	int32_t at[BATCH_ROWS];
	int32_t other[BATCH_ROWS];
	int32_t days[BATCH_ROWS];
};

/*
 * Values at the end of a route, in the type of its field: as a column holds them (text: TEXT_... bits; a
 * key: the row's number).  Money is in the
 * job's currency, by the window.  A reference on the way that is missing or dangling makes the value missing; a reference at
 * the end keeps CRMVAL_DANGLING.
 */
void route_gather(const struct route *route, const struct data *data, const struct crmval_window *window,
		  const struct rows *rows, struct gather *gather, void *out);

/* Where the same values lie already, one after the other; NULL: they have to be gathered. */
const void *route_in_place(const struct route *route, const struct data *data, const struct rows *rows);

#endif
