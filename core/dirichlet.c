/* SPDX-License-Identifier: MIT */
/* Weights at random: shares of gamma variates. */
#include "dirichlet.h"

#include "philox.h"

#include <math.h>

struct stream {
	uint32_t key[2], counter[4]; /* the first word counts the blocks */
};

static void next(struct stream *stream, double out[2])
{
	philox_uniform(stream->key, stream->counter, out);
	stream->counter[0]++;
}

static double normal(struct stream *stream)
{
	double u[2];
	next(stream, u);
	return sqrt(-2 * log(u[0])) * cos(2 * M_PI * u[1]);
}

/* The logarithm of a gamma variate (Marsaglia and Tsang, 2000), which of a small shape is too small for a double itself. */
static double log_gamma_variate(struct stream *stream, double shape)
{
	double lift = 0, u[2];
	if (shape < 1) {
		next(stream, u);
		lift = log(u[0]) / shape;
		shape += 1;
	}
	double d = shape - 1.0 / 3, c = 1 / sqrt(9 * d);
	for (;;) {
		double x = normal(stream), v = 1 + c * x;
		next(stream, u);
		if (v <= 0)
			continue;
		v = v * v * v;
		if (log(u[0]) < x * x / 2 + d - d * v + d * log(v))
			return lift + log(d * v);
	}
}

void dirichlet_draw(uint64_t seed, uint64_t draw, uint32_t first, const double *weights, uint32_t count,
		    double concentration, double *drawn)
{
	double greatest = -INFINITY, total = 0;
	for (uint32_t i = 0; i < count; i++) {
		struct stream stream = {{(uint32_t)seed, (uint32_t)(seed >> 32)},
					{0, first + i, (uint32_t)draw, (uint32_t)(draw >> 32)}};
		drawn[i] = weights[i] > 0 ? log_gamma_variate(&stream, concentration * weights[i]) : -INFINITY;
		greatest = fmax(greatest, drawn[i]);
	}
	for (uint32_t i = 0; i < count; i++) {
		drawn[i] = weights[i] > 0 ? exp(drawn[i] - greatest) : 0;
		total += drawn[i];
	}
	for (uint32_t i = 0; i < count && total > 0; i++)
		drawn[i] /= total;
}
