/* SPDX-License-Identifier: MIT */
/*
 * The memory that a run may take (limits.memory): what it will need is told before the data are read, from a part of each
 * table, so that a machine is never brought to swap.
 */
#ifndef BUDGET_H
#define BUDGET_H

#include "load.h"

struct bound_dimension;

/* After load_start().  What is above the job's limit is CRMVAL_EDATA; the message says how many shards would fit. */
int budget_check(struct load *load, const struct bound_dimension *dimensions, unsigned threads,
		 struct crmval_error *error);

/* Takes note of rows that are kept; past the limit: CRMVAL_EDATA.  [worker] */
int budget_take(struct load *load, const struct table *table, uint32_t rows, struct crmval_error *error);

/* Bytes that a run over tables of so many rows will hold at its peak.  shards: as one of so many. */
uint64_t budget_need(const struct data *data, const struct job *job, const struct bound_dimension *dimensions,
		     const uint64_t *rows, uint32_t shards, unsigned threads);

#endif
