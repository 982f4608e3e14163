/* SPDX-License-Identifier: MIT */
/* What a score may be by chance. */
#include "reach.h"

#include "scale.h"

#include <float.h>

/* What a measure's basis may be: bell-shaped, or its logarithm is. */
struct bell {
	struct estimate of;
	int is_of_logarithm;
	double less; /* taken off at the end */
};

static double bell_at(const struct bell *bell, double z)
{
	double away = z * fmin(bell->of.se, DBL_MAX);

	if (bell->is_of_logarithm)
		return bell->of.value * exp(away / bell->of.value) - bell->less;
	return bell->of.value + away - bell->less;
}

/* Sums and ratios that can't be below 0 are nearer to the bell curve by their logarithm, most of all those of few rows. */
static struct bell bell_of_logarithm(struct estimate of, double less)
{
	return (struct bell){of, of.value > 0, less};
}

/*
 * Of a share with four rows more, half of them whole and half nothing.  They weigh as what an average unit of denominator is
 * part of, so that a few heavy rows among many light ones pass for few.
 */
static struct estimate cautious_share(const struct moments *moments)
{
	quad row = moments->dd / moments->d, rows = moments->d / row;
	quad total = moments->d + 4 * row, r = (moments->n + 2 * row) / total;
	quad whole = row - r * row, nothing = r * row;
	quad squares = moments->nn - 2 * r * moments->nd + r * r * moments->dd;

	squares += 2 * whole * whole + 2 * nothing * nothing;
	return (struct estimate){(double)r, sqrt((double)((rows + 4) / (rows + 2) * squares / (total * total)))};
}

/* Of a sum with half a row more, and the error of four, which are like its own or, without any, like the other window's. */
static struct estimate cautious_sum(const struct moments *moments, const struct moments *other)
{
	const struct moments *like = moments->rows > 0 ? moments : other;
	quad rows = like->rows > 0 ? like->rows : 1;

	return (struct estimate){(double)(moments->n + like->n / rows / 2),
				 sqrt((double)(moments->nn + 4 * (like->nn / rows)))};
}

/* A value and its error so that few rows promise little. */
static struct estimate cautious(const struct crmval_measure *measure, const struct moments *moments,
				const struct moments *other)
{
	if (measure->kind == CRMVAL_SUM_OF)
		return cautious_sum(moments, other);
	return measure->flags & CRMVAL_SHARE ? cautious_share(moments) : estimate_value(measure, moments);
}

static struct estimate of_window(const struct crmval_measure *measure, const struct reach_window *window,
				 const struct moments *other)
{
	struct estimate value = {window->stated, 0};

	if (isnan(window->stated))
		value = cautious(measure, &window->moments, other);
	return (struct estimate){value.value / window->days, value.se / window->days};
}

static double level_of(double score, int is_geometric)
{
	return is_geometric ? log(fmax(score, 1)) : score;
}

static double score_of(double level, int is_geometric)
{
	return is_geometric ? exp(level) : level;
}

enum { STEPS = 13, STEPS_AN_ERROR = 2 }; /* to three errors on both sides */

/*
 * Truths of the same kind, one error to either side of a place, have on average the score of the place itself only where the
 * scale is straight.  Which places within reach differ most from that?
 */
static void find_bends(const double levels[STEPS], struct reach *reach)
{
	for (int i = STEPS_AN_ERROR; i < STEPS - STEPS_AN_ERROR; i++) {
		double bend = levels[i] - (levels[i - STEPS_AN_ERROR] + levels[i + STEPS_AN_ERROR]) / 2;
		reach->drop = fmax(reach->drop, -bend);
		reach->lift = fmax(reach->lift, bend);
	}
}

static double score_at(const struct result_measure *measure, const struct bell *bell, double z)
{
	return scale_score(measure->scale, measure->scale_count, bell_at(bell, z));
}

static struct reach scaled(const struct result_measure *measure, const struct bell *bell, double score,
			   int is_geometric)
{
	double ends[] = {score_at(measure, bell, -Z95), score_at(measure, bell, Z95)}, levels[STEPS];
	struct reach reach = {.low = fmin(score, fmin(ends[0], ends[1])),
			      .score = score,
			      .high = fmax(score, fmax(ends[0], ends[1]))};

	reach.below = level_of(score, is_geometric) - level_of(reach.low, is_geometric);
	reach.above = level_of(reach.high, is_geometric) - level_of(score, is_geometric);
	for (int i = 0; i < STEPS; i++) {
		double z = (double)(i - STEPS / 2) / STEPS_AN_ERROR;
		levels[i] = level_of(score_at(measure, bell, z), is_geometric);
	}
	find_bends(levels, &reach);
	return reach;
}

struct reach reach_of_value(const struct result_measure *measure, const struct reach_window *window,
			    const struct reach_window *other, double score, int is_geometric)
{
	struct estimate value = of_window(measure->table, window, &other->moments);
	struct bell bell =
		measure->table->flags & CRMVAL_SHARE ? (struct bell){.of = value} : bell_of_logarithm(value, 0);

	return scaled(measure, &bell, score, is_geometric);
}

struct reach reach_of_move(const struct result_measure *measure, const struct reach_window windows[2], double score,
			   int is_geometric)
{
	struct estimate now = of_window(measure->table, &windows[0], &windows[1].moments);
	struct estimate then = of_window(measure->table, &windows[1], &windows[0].moments);
	struct bell bell;

	if (measure->basis == CRMVAL_CHANGE)
		bell = (struct bell){.of = estimate_change(now, then)};
	else if (!(now.value > 0))
		bell = (struct bell){.of = estimate_growth(now, then)};
	else {
		double ratio = now.value / then.value;
		double error = ratio * hypot(now.se / now.value, then.se / then.value);
		bell = bell_of_logarithm((struct estimate){ratio, error}, 1);
	}
	return scaled(measure, &bell, score, is_geometric);
}

struct reach reach_of_certain(double score)
{
	return (struct reach){.low = score, .score = score, .high = score};
}

void reach_add(struct reach *reach, double weight, const struct reach *child)
{
	reach->below = hypot(reach->below, weight * child->below);
	reach->above = hypot(reach->above, weight * child->above);
	reach->drop += weight * child->drop;
	reach->lift += weight * child->lift;
}

void reach_end(struct reach *reach, double score, int is_geometric)
{
	double level = level_of(score, is_geometric);

	reach->score = score;
	reach->low = fmax(0, score_of(level - reach->drop - reach->below, is_geometric));
	reach->high = fmin(100, score_of(level + reach->lift + reach->above, is_geometric));
}

struct reach reach_of_difference(const struct reach *after, const struct reach *before)
{
	double score = after->score - before->score;

	return (struct reach){
		.low = score - hypot(after->score - after->low, before->high - before->score),
		.score = score,
		.high = score + hypot(after->high - after->score, before->score - before->low),
	};
}
