/* SPDX-License-Identifier: MIT */
/* What a score may be by chance. */
#include "reach.h"

#include "scale.h"

/* What a measure's basis may be: bell-shaped, or its logarithm is. */
struct bell {
	struct estimate of;
	int is_of_logarithm;
	double less; /* taken off at the end */
};

static double bell_at(const struct bell *bell, double z)
{
	if (bell->is_of_logarithm)
		return bell->of.value * exp(z * (bell->of.se / bell->of.value)) - bell->less;
	return bell->of.value + z * bell->of.se - bell->less;
}

/* Sums and ratios that can't be below 0 are nearer to the bell curve by their logarithm, most of all those of few rows. */
static struct bell bell_of_logarithm(struct estimate of, double less)
{
	return (struct bell){of, of.value > 0, less};
}

/*
 * A value and its error so that few rows promise little: of a share with four rows more, as the model has it for the error; of
 * a sum with half a row more, which is like its own or, without any, like the other window's.
 */
static struct estimate cautious(const struct crmval_measure *measure, const struct moments *moments,
				const struct moments *other)
{
	struct estimate value = estimate_value(measure, moments);

	if (measure->kind == CRMVAL_SUM_OF) {
		const struct moments *like = moments->rows > 0 ? moments : other;
		if (like->rows > 0) {
			quad rows = like->rows;
			value.value = (double)(moments->n + like->n / rows / 2);
			value.se = sqrt((double)(moments->nn + 2 * (like->nn / rows)));
		}
	} else if (measure->flags & CRMVAL_SHARE) {
		quad mean = moments->d / moments->rows;
		value.value = (double)((moments->n + 2 * mean) / (moments->d + 4 * mean));
	}
	return value;
}

static struct estimate of_window(const struct crmval_measure *measure, const struct reach_window *window,
				 const struct moments *other)
{
	struct estimate value = {window->stated, 0};

	if (isnan(window->stated))
		value = cautious(measure, &window->moments, other);
	return (struct estimate){value.value / window->days, value.se / window->days};
}

/* Places that cut the bell curve in parts of the same weight, stretched so that their squares have the mean 1; and below 0. */
static const double places[] = {0.039959931067561, 0.120126245631249, 0.201042695326394, 0.283246544183527,
				0.367335466687742, 0.454002134935755, 0.544082309869472, 0.638626168325381,
				0.739010660458199, 0.847127961299831, 0.965725218126305, 1.099074785809024,
				1.254466101194429, 1.446164801167688, 1.709472371610943, 2.196969993238694};
enum { PLACES = sizeof places / sizeof *places };

double reach_level(double score, int is_geometric)
{
	return is_geometric ? log(fmax(score, 1)) : score;
}

static struct reach scaled(const struct result_measure *measure, const struct bell *bell, int is_geometric)
{
	double low = scale_score(measure->scale, measure->scale_count, bell_at(bell, -Z95));
	double high = scale_score(measure->scale, measure->scale_count, bell_at(bell, Z95));
	double levels[2 * PLACES], points = 0, mean = 0, squares = 0;

	for (int i = 0; i < 2 * PLACES; i++) {
		double x = bell_at(bell, i % 2 ? places[i / 2] : -places[i / 2]);
		double score = scale_score(measure->scale, measure->scale_count, x);
		levels[i] = reach_level(score, is_geometric);
		points += score / (2 * PLACES);
		mean += levels[i] / (2 * PLACES);
	}
	for (int i = 0; i < 2 * PLACES; i++)
		squares += (levels[i] - mean) * (levels[i] - mean);
	return (struct reach){fmin(low, high), points, fmax(low, high), mean, sqrt(squares / (2 * PLACES))};
}

struct reach reach_of_value(const struct result_measure *measure, const struct reach_window *window,
			    const struct reach_window *other, int is_geometric)
{
	struct estimate value = of_window(measure->table, window, &other->moments);
	struct bell bell =
		measure->table->flags & CRMVAL_SHARE ? (struct bell){.of = value} : bell_of_logarithm(value, 0);

	return scaled(measure, &bell, is_geometric);
}

struct reach reach_of_move(const struct result_measure *measure, const struct reach_window windows[2], int is_geometric)
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
	return scaled(measure, &bell, is_geometric);
}

static double score_of_level(double level, int is_geometric)
{
	return is_geometric ? exp(level) : level;
}

struct reach reach_of_mean(double mean, double error, double score, int is_geometric)
{
	double level = reach_level(score, is_geometric);

	return (struct reach){
		.low = score_of_level(fmin(level, mean) - Z95 * error, is_geometric),
		.middle = score_of_level(mean, is_geometric),
		.high = score_of_level(fmax(level, mean) + Z95 * error, is_geometric),
		.mean = mean,
		.error = error,
	};
}

struct reach reach_of_certain(double score, int is_geometric)
{
	return (struct reach){score, score, score, reach_level(score, is_geometric), 0};
}

/* The root of squares, of what is there. */
static double joined(double a, double b)
{
	return hypot(fmax(0, a), fmax(0, b));
}

struct reach reach_of_difference(const struct reach *after, const struct reach *before)
{
	double middle = after->middle - before->middle;

	return (struct reach){
		.low = middle - joined(after->middle - after->low, before->high - before->middle),
		.middle = middle,
		.high = middle + joined(after->high - after->middle, before->middle - before->low),
	};
}
