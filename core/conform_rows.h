/* SPDX-License-Identifier: MIT */
/* Columns of made-up rows, as the contract delivers them, at the ends of pages that nobody may touch. */
#ifndef CONFORM_ROWS_H
#define CONFORM_ROWS_H

#include "bind.h"

enum rows_kind { ROWS_RANDOM, ROWS_EXTREME, ROWS_MISSING, ROWS_UNMAPPED, ROWS_KINDS };

/* Memory that ends where a page begins that nobody may touch. */
struct guarded {
	unsigned char *bytes; /* `size` of them end there */
	size_t size;
	void *mapping;
	size_t mapped;
};
int guarded_open(struct guarded *guarded, size_t size, struct crmval_error *error);
void guarded_protect(const struct guarded *guarded); /* from now on, it may only be read */
void guarded_close(struct guarded *guarded);

/* The columns of a view, filled, and read-only. */
struct made_rows {
	uint32_t row_count, column_count;
	struct guarded *values;
	uint32_t *widths; /* bytes of a value */
	uint32_t *are_mapped;
	struct arena arena;
};
int made_rows_open(struct made_rows *rows, const struct bound_view *view, enum rows_kind kind, uint32_t row_count,
		   const struct crmval_window *period, uint64_t seed, struct crmval_error *error);
void made_rows_close(struct made_rows *rows);

/* The columns from a row on. */
void made_rows_columns(const struct made_rows *rows, uint32_t first, struct crmval_column *columns);

#endif
