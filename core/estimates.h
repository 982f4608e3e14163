/* SPDX-License-Identifier: MIT */
/*
 * Estimates that were made before: among thousands of units most have few rows, and so the same counts again and again, while
 * each estimate takes dozens of operations on numbers of 113 bits.
 */
#ifndef ESTIMATES_H
#define ESTIMATES_H

#include "estimate.h"

enum { ESTIMATES_KEPT = 4096 };

struct estimates {
	struct kept_estimate *kept; /* ESTIMATES_KEPT of them; NULL: none are kept */
};

/* Begins to keep them, if there is memory. */
void estimates_open(struct estimates *estimates);

/* As estimate_value(), where each of so many rows has the denominator 1, and the numerator 1 or, but for `yes` of them, 0. */
struct estimate estimates_of_counts(struct estimates *estimates, const struct crmval_measure *measure, uint64_t rows,
				    uint64_t yes);

void estimates_free(struct estimates *estimates);

#endif
