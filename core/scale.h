/* SPDX-License-Identifier: MIT */
/* Scales: piecewise-linear points from a measure's basis to 0..100, flat outside. */
#ifndef SCALE_H
#define SCALE_H

#include "crmval/plugin.h"

/* The scale that a measure has on a basis (CRMVAL_VALUE ...) where the job gives none; NULL with *count 0: there is none. */
const struct crmval_point *scale_default(const struct crmval_measure *measure, int basis, uint32_t *count);

/* The score of x.  count is at least 1; x may be infinite. */
double scale_score(const struct crmval_point *points, uint32_t count, double x);

/* The standard error of the score of x, from that of x. */
double scale_error(const struct crmval_point *points, uint32_t count, double x, double standard_error);

#endif
