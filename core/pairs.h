/* SPDX-License-Identifier: MIT */
/* A set of pairs of numbers, that several threads fill. */
#ifndef PAIRS_H
#define PAIRS_H

#include "data.h"

struct pairs {
	_Atomic uint64_t *slots; /* 0: empty, else the first number + 1 over the second */
	uint64_t mask;
	struct region memory;
};

/* For at most so many pairs.  0, or -1: out of memory. */
int pairs_open(struct pairs *pairs, uint64_t most);
void pairs_close(struct pairs *pairs);
/* What they take. */
uint64_t pairs_bytes(uint64_t most);

/* Enters a pair; 1: it was not there yet, 0: it was.  `first` is less than UINT32_MAX.  [worker] */
int pairs_add(struct pairs *pairs, uint32_t first, uint32_t second);

#endif
