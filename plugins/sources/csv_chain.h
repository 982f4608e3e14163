/* SPDX-License-Identifier: MIT */
/* The chain along which each chunk of a file tells the next how it ends: within quotes or not, and in which line. */
#ifndef CSV_CHAIN_H
#define CSV_CHAIN_H

#include "csv_dialect.h"

struct csv_chain;

/* The chain of `count` chunks, of which the first begins outside of quotes in `line`; NULL: out of memory. */
struct csv_chain *csv_chain_new(uint32_t count, uint64_t line);
void csv_chain_free(struct csv_chain *chain);

/* Waits for how chunk `index` begins.  Not 0: whoever had to say it failed. */
int csv_chain_wait(struct csv_chain *chain, uint32_t index, enum csv_state *state, uint64_t *line);

/* Says how chunk `index` ends, and so how the next begins. */
void csv_chain_publish(struct csv_chain *chain, uint32_t index, enum csv_state state, uint64_t line);

/* Says that it will never be known. */
void csv_chain_fail(struct csv_chain *chain, uint32_t index);

#endif
