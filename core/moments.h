/* SPDX-License-Identifier: MIT */
/* What scoring needs to know of a measure's rows: how many, and exact sums of their numerators and denominators. */
#ifndef MOMENTS_H
#define MOMENTS_H

#include <stdint.h>

/*
 * Residuals like sum (n - R d)^2 are taken from sums of squares.  The sums are exact; 113 bits of mantissa keep what is
 * left after the subtraction good to a double.
 */
#ifdef __SIZEOF_FLOAT128__
typedef __float128 quad;
#else
typedef long double quad;
#endif

struct moments {
	uint64_t rows;
	quad n, d;       /* sum of numerators, of denominators */
	quad nn, nd, dd; /* sums of n*n, n*d, d*d */
};

/* The same where all of them are whole, as most are. */
struct whole_moments {
	uint64_t rows;
	int64_t n, d, nn, nd, dd;
};

static inline struct moments moments_of_whole(const struct whole_moments *whole)
{
	return (struct moments){whole->rows, whole->n, whole->d, whole->nn, whole->nd, whole->dd};
}

#endif
