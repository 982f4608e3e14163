/* SPDX-License-Identifier: MIT */
/* Weights drawn at random around given ones. */
#ifndef DIRICHLET_H
#define DIRICHLET_H

#include <stdint.h>

/*
 * Draws from the Dirichlet distribution whose means are the given weights, which add up to 1 (or are all 0, and stay it).
 * A weight w varies by sqrt(w (1 - w) / (concentration + 1)); one of 0 stays 0.  first: the number of the first of them among
 * all weights of a draw; each has random numbers of its own.
 */
void dirichlet_draw(uint64_t seed, uint64_t draw, uint32_t first, const double *weights, uint32_t count,
		    double concentration, double *drawn);

#endif
