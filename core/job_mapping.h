/* SPDX-License-Identifier: MIT */
/*
 * How the tables of one source become entities: what its job says, over the defaults that a mapping file or the source's
 * plugin gives.
 */
#ifndef JOB_MAPPING_H
#define JOB_MAPPING_H

#include "crmval/plugin.h"
#include "expression.h"

#include <stdint.h>

enum job_ids { IDS_EXACT, IDS_SALESFORCE };

/* How a cell's words become the model's: `values = ( ("outcome", ( ("Closed Won", "won"), ... )) )`. */
struct job_value_map {
	const char *field;
	uint32_t count;
	const char *const *from, *const *to;
};

struct job_field {
	const char *field;
	const char *column;                  /* "": not mapped, even where a column has the field's name */
	const struct expression *expression; /* instead of a column; or NULL */
	int line;
	int is_default; /* of a mapping: where its column is not there, the field is not mapped */
};

struct job_date_format {
	const char *field;  /* NULL: all dates of the entity; it comes last, so that the first that fits is the one */
	const char *format; /* as of strptime(3), of which %Y %y %m %d %H %I %M %S %p %b %T %% and literals are known */
};

/* Rows that are passed over, and counted under a name. */
struct job_skip {
	const char *what;
	const struct expression *when; /* NULL: none */
	int line, is_default;
};

/* One table that feeds an entity: all of it, or one of its parts. */
struct job_part {
	const char *entity;
	const char *name;   /* NULL: the entity has no parts */
	const char *from;   /* the table; "" : none */
	const char *unless; /* used only where this table is absent or empty; NULL: always */
	int line;
	int is_default; /* its table is named by a mapping, not the job, and so need not be there */
	uint32_t field_count, value_map_count, date_format_count, skip_count;
	struct job_field *fields;
	struct job_value_map *value_maps;
	struct job_date_format *date_formats;
	struct job_skip *skips;
	struct crmval_value *table_options; /* one per table option of the plugin */
};

/* Rows of a table that are found by a key: the first or the last of each. */
struct job_lookup {
	const char *name, *from;
	const struct expression *by, *order; /* order NULL: as they stand */
	int is_last;
	int line, is_default;                /* its table is named by a mapping, and so need not be there, */
	int is_by_default, is_order_default; /* nor the columns of these */
	uint32_t skip_count;
	struct job_skip *skips;
	struct crmval_value *table_options;
};

/* What to tell where a field, or with "id" an entity, is not mapped. */
struct job_advice {
	const char *entity, *field, *text;
};

struct job_mapping {
	const char *file; /* of its defaults; NULL: the plugin's own, or none */
	char sha256[65];  /* of all that the job and the defaults say of the source, but for where it lies */
	enum job_ids ids;
	int ignore_case;          /* names of columns compare in any case */
	const char *const *nulls; /* cells that are missing */
	uint32_t null_count;
	uint32_t part_count, lookup_count, advice_count;
	struct job_part *parts; /* by entity, in the model's order */
	struct job_lookup *lookups;
	struct job_advice *advice;
};

#endif
