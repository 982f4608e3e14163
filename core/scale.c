/* SPDX-License-Identifier: MIT */
/* Scales: piecewise-linear points from a measure's basis to 0..100, flat outside. */
#include "scale.h"

#include <math.h>

static const struct crmval_point share_scale[2][2] = {{{0, 0}, {1, 100}}, {{0, 100}, {1, 0}}};
static const struct crmval_point growth_scale[2][3] = {{{-0.3, 0}, {0, 50}, {0.3, 100}},
						       {{-0.3, 100}, {0, 50}, {0.3, 0}}};
static const struct crmval_point change_scale[2][3] = {{{-0.1, 0}, {0, 50}, {0.1, 100}},
						       {{-0.1, 100}, {0, 50}, {0.1, 0}}};

const struct crmval_point *scale_default(const struct crmval_measure *measure, int basis, uint32_t *count)
{
	int is_lower = measure->better == CRMVAL_LOWER;

	*count = 3;
	if (basis == CRMVAL_GROWTH)
		return growth_scale[is_lower];
	if (basis == CRMVAL_CHANGE)
		return change_scale[is_lower];
	*count = measure->scale_count;
	if (measure->scale_count > 0)
		return measure->scale;
	if (!(measure->flags & CRMVAL_SHARE))
		return NULL;
	*count = 2;
	return share_scale[is_lower];
}

double scale_score(const struct crmval_point *points, uint32_t count, double x)
{
	uint32_t i = 0;

	while (i < count && x > points[i].x)
		i++;
	if (i == 0)
		return points[0].y;
	if (i == count)
		return points[count - 1].y;
	const struct crmval_point *left = &points[i - 1], *right = &points[i];
	return left->y + (right->y - left->y) * ((x - left->x) / (right->x - left->x));
}

double scale_error(const struct crmval_point *points, uint32_t count, double x, double standard_error)
{
	return fabs(scale_score(points, count, x + standard_error) - scale_score(points, count, x - standard_error)) /
	       2;
}
