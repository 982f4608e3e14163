/* SPDX-License-Identifier: MIT */
/* Why a mean moved: the difference of two weighted means as a sum of effects of each child. */
#include "compare_mean.h"

#include <math.h>

enum { OLD, NEW };

/* ---- f ---- */

static double f_of(int is_geometric, double x)
{
	return is_geometric ? log(fmax(x, 1)) : x;
}

/* As in the standard error of a score: of what is under 1 as at 1. */
static double f_slope(int is_geometric, double x)
{
	return is_geometric ? 1 / fmax(x, 1) : 1;
}

/* (f(b) - f(a)) / (b - a). */
static double f_secant(int is_geometric, double a, double b)
{
	double low = fmin(a, b), high = fmax(a, b);

	if (!is_geometric)
		return 1;
	if (high <= 1)
		return 0;
	if (low <= 1)
		return log(high) / (high - low);
	/* Near each other, log1p keeps what the difference of two logarithms would lose. */
	return high > low ? log1p((high - low) / low) / (high - low) : 1 / low;
}

/* (f^-1(b) - f^-1(a)) / (b - a). */
static double inverse_secant(int is_geometric, double a, double b)
{
	double low = fmin(a, b), high = fmax(a, b);

	if (!is_geometric)
		return 1;
	return exp(low) * (high > low ? expm1(high - low) / (high - low) : 1);
}

/* ---- means ---- */

static int stays(const struct mean_child *child)
{
	return child->counts[OLD] && child->counts[NEW];
}

static double sum_of(const struct mean_child *children, uint32_t count, int side, int is_geometric)
{
	double sum = 0;

	for (uint32_t i = 0; i < count; i++)
		if (children[i].counts[side])
			sum += children[i].share[side] * f_of(is_geometric, children[i].score[side]);
	return sum;
}

static double mean_of(const struct mean_child *children, uint32_t count, int side, int is_geometric)
{
	double sum = sum_of(children, count, side, is_geometric);

	return is_geometric ? exp(sum) : sum;
}

/* Those that stay. */
struct stayers {
	double part[2];  /* P: what their shares add up to */
	double level;    /* g */
	double variance; /* of g */
};

/* q of both sides: a side where none of those that stay has weight says nothing of how it is spread. */
static void get_q(const struct stayers *stayers, const struct mean_child *child, double q[2])
{
	for (int side = OLD; side <= NEW; side++) {
		int from = stayers->part[side] > 0 ? side : !side;
		q[side] = stayers->part[from] > 0 ? child->share[from] / stayers->part[from] : 0;
	}
}

/* f̄ of a child that stays. */
static double level_of(const struct mean_child *child, int is_geometric)
{
	return (f_of(is_geometric, child->score[OLD]) + f_of(is_geometric, child->score[NEW])) / 2;
}

/* The standard error of f on a side. */
static double side_error(const struct mean_child *child, int side, int is_geometric)
{
	return child->se[side] * f_slope(is_geometric, child->score[side]);
}

/* That of f̄: the two sides may be of the same rows, so nothing is taken to cancel out. */
static double level_error(const struct mean_child *child, int is_geometric)
{
	return (side_error(child, OLD, is_geometric) + side_error(child, NEW, is_geometric)) / 2;
}

static struct stayers find_stayers(const struct mean_child *children, uint32_t count, int is_geometric)
{
	struct stayers stayers = {.level = 0};

	for (uint32_t i = 0; i < count; i++)
		for (int side = OLD; side <= NEW && stays(&children[i]); side++)
			stayers.part[side] += children[i].share[side];
	if (!(stayers.part[OLD] > 0 || stayers.part[NEW] > 0)) {
		/* All was replaced: half of the change is by what came, half by what went. */
		stayers.level =
			(sum_of(children, count, OLD, is_geometric) + sum_of(children, count, NEW, is_geometric)) / 2;
		return stayers;
	}
	for (uint32_t i = 0; i < count; i++) {
		double q[2], error = level_error(&children[i], is_geometric);
		if (!stays(&children[i]))
			continue;
		get_q(&stayers, &children[i], q);
		stayers.level += (q[OLD] + q[NEW]) / 2 * level_of(&children[i], is_geometric);
		stayers.variance += (q[OLD] + q[NEW]) / 2 * error * (q[OLD] + q[NEW]) / 2 * error;
	}
	return stayers;
}

/* ---- the split ---- */

static void split_stayer(const struct stayers *stayers, struct mean_child *child, int is_geometric, double factor)
{
	double q[2], error = level_error(child, is_geometric), slope, variance;

	get_q(stayers, child, q);
	child->slope += factor * (child->share[OLD] + child->share[NEW]) / 2 *
			f_secant(is_geometric, child->score[OLD], child->score[NEW]);
	slope = factor * (stayers->part[OLD] + stayers->part[NEW]) / 2 * (q[NEW] - q[OLD]);
	child->weight += slope * (level_of(child, is_geometric) - stayers->level);
	/* The level holds the child itself by q̄. */
	variance = stayers->variance + (1 - q[OLD] - q[NEW]) * error * error;
	child->weight_se += fabs(slope) * sqrt(fmax(variance, 0));
}

static void split_other(const struct stayers *stayers, struct mean_child *child, int is_geometric, double factor)
{
	int side = child->counts[NEW] ? NEW : OLD;
	double slope = factor * child->share[side];
	double distance = f_of(is_geometric, child->score[side]) - stayers->level;

	child->presence += side == NEW ? slope * distance : -slope * distance;
	child->presence_se += slope * hypot(side_error(child, side, is_geometric), sqrt(stayers->variance));
}

/* Adds the split by one kind of mean, in this part. */
static void split_by(struct mean_child *children, uint32_t count, int is_geometric, double part)
{
	struct stayers stayers = find_stayers(children, count, is_geometric);
	double factor = part * inverse_secant(is_geometric, sum_of(children, count, OLD, is_geometric),
					      sum_of(children, count, NEW, is_geometric));

	for (uint32_t i = 0; i < count; i++) {
		if (stays(&children[i]))
			split_stayer(&stayers, &children[i], is_geometric, factor);
		else if (children[i].counts[OLD] || children[i].counts[NEW])
			split_other(&stayers, &children[i], is_geometric, factor);
	}
}

/* What other means of the same children differ by, averaged over the two sides. */
static void split_kinds(const struct mean_child *children, uint32_t count, struct mean_kinds *kinds)
{
	double variance = 0, means[2][2];

	for (int side = OLD; side <= NEW; side++)
		for (int kind = OLD; kind <= NEW; kind++)
			means[side][kind] = mean_of(children, count, side, kinds->is_geometric[kind]);
	kinds->effect = (means[OLD][NEW] - means[OLD][OLD] + means[NEW][NEW] - means[NEW][OLD]) / 2;
	for (uint32_t i = 0; i < count; i++) {
		double error = 0;
		for (int side = OLD; side <= NEW; side++)
			for (int kind = OLD; kind <= NEW && children[i].counts[side]; kind++) {
				int is_geometric = kinds->is_geometric[kind];
				double slope = children[i].share[side] * (is_geometric ? means[side][kind] : 1);
				error += (kind == NEW ? slope : -slope) * side_error(&children[i], side, is_geometric);
			}
		variance += error / 2 * error / 2;
	}
	kinds->se = sqrt(variance);
}

void mean_split(struct mean_child *children, uint32_t count, struct mean_kinds *kinds)
{
	for (uint32_t i = 0; i < count; i++) {
		struct mean_child *child = &children[i];
		child->slope = child->weight = child->weight_se = child->presence = child->presence_se = 0;
	}
	kinds->effect = kinds->se = 0;
	if (kinds->is_geometric[OLD] == kinds->is_geometric[NEW]) {
		split_by(children, count, kinds->is_geometric[NEW], 1);
		return;
	}
	split_by(children, count, 0, 0.5);
	split_by(children, count, 1, 0.5);
	split_kinds(children, count, kinds);
}
