/* SPDX-License-Identifier: MIT */
/*
 * Deriving: the cells of an entity's fields, or of a lookup's rows, from those of a table's columns, as a mapping says.
 */
#ifndef DERIVE_H
#define DERIVE_H

#include "cell.h"
#include "ident.h"
#include "job_mapping.h"
#include "ledger.h"
#include "reading.h"
#include "salesforce_id.h"

struct lookup;

/* Where what an expression uses is to be found. */
struct derived_use {
	int32_t column;  /* of the table, or of the lookup's values; -1: not there, or only whether a row is found */
	uint32_t wanted; /* its place among the columns that are read */
	struct lookup *lookup;
};

/* An expression, bound to a table. */
struct derived {
	const struct expression *expression;
	struct derived_use *uses;
	uint8_t *is_present; /* by use */
	int is_available, has_lookup;
	int32_t flag; /* the use that is all of it, of a column; -1: it is more */
};

/* How a table's rows are made into others. */
struct derivation {
	const struct job_mapping *mapping;
	uint64_t null_lengths;     /* a bit for each length that a null has, modulo 64 */
	struct cell_text currency; /* of the job */
	uint32_t skip_count, column_count;
	const char **skip_names;
	struct derived *skips;
	struct derived_column {
		struct derived expression; /* of NULL: the column itself */
		uint32_t wanted;
		int is_number; /* it is computed by arithmetic, and its cells are doubles, not texts of them */
	} * columns;
};

/* Sets the mapping. */
void derive_by(struct derivation *derivation, const struct job_mapping *mapping);

struct derive_scratch;
struct derive_scratch *derive_scratch_new(void);
void derive_scratch_free(struct derive_scratch *scratch);

/*
 * Makes the rows: one column for each of the derivation's, without those that are skipped, which are counted in ledger.
 * *out lives in scratch until the next call.  [worker]
 */
int derive_rows(const struct derivation *derivation, struct derive_scratch *scratch, const struct crmval_rows *in,
		struct ledger *ledger, struct crmval_rows *out, struct crmval_error *error);

/* The text of an id in a trimmed cell, as the mapping compares ids: *text and *length may be set to what is in buffer. */
static inline enum cell_state derive_id_text(const struct job_mapping *mapping, const char **text, uint32_t *length,
					     char buffer[18])
{
	if (*length == 0)
		return CELL_MISSING;
	return mapping->ids == IDS_SALESFORCE ? salesforce_id_read(text, length, buffer) : CELL_OK;
}

/* The same, and the id.  Missing and unreadable ones are none. */
static inline enum cell_state derive_id(const struct job_mapping *mapping, const char **text, uint32_t *length,
					char buffer[18], struct ident *id)
{
	enum cell_state state = derive_id_text(mapping, text, length, buffer);
	*id = state == CELL_OK ? ident_of(*text, *length) : (struct ident){0, 0};
	return state;
}

#endif
