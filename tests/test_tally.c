/* SPDX-License-Identifier: MIT */
/* Tallies: observations become moments, whichever way they are kept and shared out. */
#include "../core/tally.h"
#include "../core/tally_repeats.h"
#include "failing.h"
#include "suite.h"

#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const struct tally_shape plain_shape = {.measures = 2, .places = 3};

static void open_tally(struct tally *tally)
{
	struct crmval_error error = {.struct_size = sizeof error};
	CU_ASSERT_EQUAL_FATAL(tally_open(tally, &plain_shape, &error), CRMVAL_OK);
}

/* Adds one row's observation at a place, counted through all measures and windows. */
static void add_at(struct tally *tally, size_t at, double n, double d)
{
	struct tally_places places = {.count = 1};
	places.place[0][0] = (uint32_t)(at % tally->shape.places);
	at /= tally->shape.places;
	tally_add(tally, (uint32_t)at / 2, at % 2, 0, &places, &n, &d, 1);
}

static void check(const struct moments *m, uint64_t rows, quad n, quad d, quad nn, quad nd, quad dd)
{
	CU_ASSERT_EQUAL(m->rows, rows);
	CU_ASSERT(m->n == n);
	CU_ASSERT(m->d == d);
	CU_ASSERT(m->nn == nn);
	CU_ASSERT(m->nd == nd);
	CU_ASSERT(m->dd == dd);
}

static void read_at(const struct tally *tallies, uint32_t count, size_t at, struct moments *moments)
{
	struct sums sums;
	tally_read(tallies, count, (uint32_t)(at / tallies->shape.places), (uint32_t)(at % tallies->shape.places),
		   &sums);
	sums_moments(&sums, moments);
}

/* (1, 2), (-3, 5), (0.5, 4), (0, 0): n = -1.5, d = 11, nn = 1 + 9 + 0.25, nd = 2 - 15 + 2, dd = 4 + 25 + 16. */
static void test_moments(void)
{
	struct tally tally;
	struct moments m;
	open_tally(&tally);
	read_at(&tally, 1, 0, &m);
	check(&m, 0, 0, 0, 0, 0, 0);
	add_at(&tally, 0, 1, 2);
	add_at(&tally, 0, -3, 5);
	add_at(&tally, 0, 0.5, 4);
	add_at(&tally, 0, 0, 0);
	read_at(&tally, 1, 0, &m);
	check(&m, 4, -1.5, 11, 10.25, -11, 45);
	tally_close(&tally);
}

static int is_wide(const struct tally *tally, size_t at)
{
	static const struct tally_wide none;
	return memcmp(&tally->wide[at], &none, sizeof none) != 0;
}

/* Either side of the limit the sums are the same; only small whole numbers are kept small. */
static void test_limit(void)
{
	static const struct {
		double n, d;
		int is_wide;
	} cases[] = {
		{0x7fffffff, 0x7fffffff, 0},
		{-0x7fffffff, 0x7fffffff, 0},
		{0x1p31, 1, 1},
		{-0x1p31, 1, 1},
		{1, 0x1p31, 1},
		{1, -0x1p31, 1},
		{0.5, 0x7fffffff, 1},
		{0.5, 0x1p31, 1},
		{0.5, 0, 1},
		{0.5, 2.5, 1},
		{32767.5, 1, 1},
		{1, 0.5, 1},
		{-0.25, 1, 1},
		{0x1p62, 1, 1},
		{-0x1p62, 1, 1},
		{1, 0x1p62, 1},
		{0x1p40, 0x1p50, 1},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct tally tally;
		struct moments m;
		quad n = cases[i].n, d = cases[i].d;
		open_tally(&tally);
		add_at(&tally, 0, cases[i].n, cases[i].d);
		CU_ASSERT_EQUAL(is_wide(&tally, 0), cases[i].is_wide);
		add_at(&tally, 0, 3, 7);
		read_at(&tally, 1, 0, &m);
		check(&m, 2, n + 3, d + 7, n * n + 9, n * d + 21, d * d + 49);
		tally_close(&tally);
	}
}

/* Numbers of which each fits in words, but not the sum of their squares or products; at a place of a fold, and of several tallies. */
static void test_overflow(void)
{
	enum { ROWS = 9, MOST = 0x7fffffff };
	static const struct {
		double n, d;
	} cases[] = {{MOST, 1}, {1, MOST}, {MOST, MOST}, {-MOST, MOST}, {1, -MOST}};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		static const uint32_t counts[BREAKDOWN_COUNT] = {[BREAKDOWN_SIZE_CLASS] = 5};
		struct crmval_error error = {.struct_size = sizeof error};
		struct tally_shape shape;
		struct tally tallies[2];
		struct moments m;
		struct whole_moments whole;
		quad n = cases[i].n, d = cases[i].d;
		tally_plan(&shape, 1, counts, NULL);
		for (int t = 0; t < 2; t++)
			CU_ASSERT_EQUAL_FATAL(tally_open(&tallies[t], &shape, &error), CRMVAL_OK);
		for (int row = 0; row < ROWS; row++) { /* six at one place in turns, three at another once */
			add_at(&tallies[row % 2], row % 3 ? 1 : 2, cases[i].n, cases[i].d);
			add_at(&tallies[row % 2], row % 3 ? 1 : 2, 5, 1);
		}
		read_at(tallies, 2, 1, &m);
		check(&m, 12, 6 * n + 30, 6 * d + 6, 6 * n * n + 150, 6 * n * d + 30, 6 * d * d + 6);
		CU_ASSERT(!tally_whole(tallies, 2, 0, 1, &whole));
		read_at(tallies, 1, 2, &m); /* rows 0 and 6 */
		check(&m, 4, 2 * n + 10, 2 * d + 2, 2 * n * n + 50, 2 * n * d + 10, 2 * d * d + 2);
		CU_ASSERT(!is_wide(&tallies[0], 2));
		CU_ASSERT(tally_whole(tallies, 1, 0, 2, &whole));
		CU_ASSERT(whole.rows == 4 && whole.nn == (int64_t)(2 * n * n) + 50);
		tally_fold(&tallies[0]);
		tally_fold(&tallies[1]);
		read_at(tallies, 2, 0, &m);
		check(&m, 18, 9 * n + 45, 9 * d + 9, 9 * n * n + 225, 9 * n * d + 45, 9 * d * d + 9);
		CU_ASSERT(is_wide(&tallies[0], 0));
		tally_close(&tallies[0]);
		tally_close(&tallies[1]);
	}
}

/* The same rows in one tally, and shared out to three in another order: the same bits. */
static void test_merging(void)
{
	enum { ROWS = 1000, PARTS = 3 };
	struct tally whole, parts[PARTS];
	struct moments one, merged;
	open_tally(&whole);
	for (int p = 0; p < PARTS; p++)
		open_tally(&parts[p]);
	for (int i = 0; i < ROWS; i++) {
		int j = i * 7 % ROWS;
		add_at(&whole, 4, i % 5 ? i / 3.0 - 100 : i, 1.0 / (i + 1));
		add_at(&parts[i % PARTS], 4, j % 5 ? j / 3.0 - 100 : j, 1.0 / (j + 1));
	}
	read_at(&whole, 1, 4, &one);
	read_at(parts, PARTS, 4, &merged);
	check(&merged, ROWS, one.n, one.d, one.nn, one.nd, one.dd);
	/* The numerators by hand, up to the rounding of i / 3: (0 + 5 + ... + 995) = 99500 of the whole ones; the others are
	   (499500 - 99500) / 3 - 800 * 100. */
	quad difference = one.n - (quad)99500 - ((quad)400000 / 3 - 80000);
	CU_ASSERT(difference < 1e-10 && difference > -1e-10);
	tally_close(&whole);
	for (int p = 0; p < PARTS; p++)
		tally_close(&parts[p]);
}

/* Measure, window and unit have a place of their own. */
static void test_places(void)
{
	struct tally tallies[2];
	struct moments m;
	open_tally(&tallies[0]);
	open_tally(&tallies[1]);
	for (uint32_t place = 0; place < 3; place++)
		CU_ASSERT(!tally_has_rows(tallies, 2, place));
	add_at(&tallies[1], 11, 0.5, 0); /* the last place of all */
	CU_ASSERT(!tally_has_rows(tallies, 1, 2));
	CU_ASSERT(tally_has_rows(tallies, 2, 2));
	CU_ASSERT(!tally_has_rows(tallies, 2, 1));
	add_at(&tallies[0], 1, 0, 0); /* a row, if it adds nothing */
	CU_ASSERT(tally_has_rows(tallies, 2, 1));
	for (size_t at = 0; at < 12; at++) {
		read_at(tallies, 2, at, &m);
		CU_ASSERT_EQUAL(m.rows, at == 11 || at == 1);
		CU_ASSERT(m.n == (at == 11 ? 0.5 : 0));
	}
	tally_close(&tallies[0]);
	tally_close(&tallies[1]);
}

enum { FOLDED_ROWS = 300, FOLDED_UNITS = 70, FOLDED_PLACES = 4 };

/* What the rows of a place come to, by the plainest means. */
struct naive {
	uint64_t rows;
	quad n, nd;
};

/* Whole and halved numbers, so that all sums are exact; and rows that are none. */
static void draw_row(uint32_t i, double *n, double *d)
{
	*d = i % 3 ? 2 + i % 5 : 1;
	*n = i % 11 == 10 ? NAN : i % 4 == 1 ? i / 2.0 : i % 3 ? 40000 + i : i % 2;
}

/* Rows in units of each breakdown; a team is its employee's where teams are added up from those. */
static void draw_units(const uint32_t counts[BREAKDOWN_COUNT], const uint32_t *team,
		       uint32_t unit[BREAKDOWN_COUNT][TALLY_BATCH])
{
	for (uint32_t i = 0; i < FOLDED_ROWS; i++) {
		for (int b = 0; b < BREAKDOWN_COUNT; b++)
			unit[b][i] = counts[b] ? (i * (i + (uint32_t)b + 1) / 2) % counts[b] : 0;
		if (team) {
			uint32_t employee = unit[BREAKDOWN_EMPLOYEE][i];
			unit[BREAKDOWN_TEAM][i] = employee ? team[employee - 1] : 0;
		}
	}
}

static void check_folded(const struct tally *tally, uint32_t measure, int window, uint32_t place,
			 const struct naive *naive)
{
	struct moments m;
	read_at(tally, 1, tally_sums_at(tally, tally_window(measure, window), place), &m);
	CU_ASSERT_EQUAL(m.rows, naive->rows);
	CU_ASSERT(m.n == naive->n);
	CU_ASSERT(m.nd == naive->nd);
}

static void fold_and_check(const uint32_t counts[BREAKDOWN_COUNT], const uint32_t *team)
{
	static uint32_t unit[BREAKDOWN_COUNT][TALLY_BATCH];
	static struct tally_places places;
	struct naive whole[FOLDED_PLACES] = {{0}}, units[FOLDED_PLACES][BREAKDOWN_COUNT][FOLDED_UNITS] = {{{{0}}}};
	struct crmval_error error = {.struct_size = sizeof error};
	double n[FOLDED_ROWS], d[FOLDED_ROWS];
	struct tally_shape shape;
	struct tally tally;
	tally_plan(&shape, 2, counts, team);
	CU_ASSERT_EQUAL_FATAL(tally_open(&tally, &shape, &error), CRMVAL_OK);
	draw_units(counts, shape.team, unit);
	tally_find(&shape, unit, FOLDED_ROWS, &places);
	for (uint32_t place = 0; place < FOLDED_PLACES; place++) {
		for (uint32_t i = 0; i < FOLDED_ROWS; i++) {
			draw_row(i + place, &n[i], &d[i]);
			struct naive row = {1, n[i], (quad)n[i] * d[i]};
			for (int b = -1; b < BREAKDOWN_COUNT && !isnan(n[i]); b++) {
				struct naive *to = b < 0 ? &whole[place] : &units[place][b][unit[b][i]];
				*to = (struct naive){to->rows + row.rows, to->n + row.n, to->nd + row.nd};
			}
		}
		tally_add(&tally, place / 2, place % 2, 0, &places, n, d, FOLDED_ROWS);
	}
	tally_fold(&tally);
	for (uint32_t place = 0; place < FOLDED_PLACES; place++) {
		check_folded(&tally, place / 2, place % 2, 0, &whole[place]);
		for (int b = 0; b < BREAKDOWN_COUNT; b++)
			for (uint32_t u = 0; u < counts[b]; u++)
				check_folded(&tally, place / 2, place % 2, shape.first[b] + u, &units[place][b][u]);
	}
	tally_close(&tally);
}

/* Rows are added where it costs least; in the end each unit has its own, and the units of a breakdown make the whole. */
static void test_folding(void)
{
	static const uint32_t team[] = {2, 0, 1, 1, 2, 0, 0, 1, 2, 2, 1};
	static const uint32_t
		counts[]
		      [BREAKDOWN_COUNT] =
			      {
				      {3, 12, 4, 3}, {3, 5, 0, 0}, {3, 0, 2, 0},  {0, 9, 4, 4},
				      {0, 0, 5, 2},  {0, 0, 0, 7}, {0, 0, 0, 0},  {3, 0, 4, 1},
				      {0, 2, 0, 0},  {7, 0, 0, 9}, {0, 0, 70, 60}}; /* the last are too many to cross */
	for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
		fold_and_check(counts[c], NULL);
		fold_and_check(counts[c], team);
	}
}

/* Sums have no denominators, whatever their observations are. */
static void test_sums(void)
{
	enum { FEW = 5, ROWS = 130 }; /* so many that the last begin a third batch of 64 */
	static double n[ROWS] = {0, 1, -7, 0.5, 0x1p40};
	struct tally_places places = {.count = 1};
	struct tally tally;
	struct moments m;
	open_tally(&tally);
	tally_add(&tally, 1, 0, 0, &places, n, NULL, FEW);
	read_at(&tally, 1, tally_sums_at(&tally, tally_window(1, 0), 0), &m);
	check(&m, FEW, 0x1p40 - 5.5, 0, (quad)0x1p80 + 50.25, 0, 0);
	tally_add(&tally, 0, 1, 0, &places, n, NULL, 2);
	CU_ASSERT_EQUAL(tally.used[tally_window(0, 1)], TALLY_SUM);
	read_at(&tally, 1, tally_sums_at(&tally, tally_window(0, 1), 0), &m);
	check(&m, 2, 1, 0, 1, 0, 0);
	for (int i = FEW; i < ROWS; i++)
		n[i] = 3;
	tally_add(&tally, 1, 1, 0, &places, n, NULL, ROWS);
	read_at(&tally, 1, tally_sums_at(&tally, tally_window(1, 1), 0), &m);
	check(&m, ROWS, (quad)0x1p40 - 5.5 + 3 * 125, 0, (quad)0x1p80 + 50.25 + 9 * 125, 0, 0);
	tally_close(&tally);
}

/* Rows of every kind at once, some many times over, come to what they do one by one. */
static void test_many_at_once(void)
{
	enum { ROWS = 1999 };
	static double n[ROWS], d[ROWS];
	static struct tally_places places = {.count = 1};
	struct tally at_once, one_by_one;
	struct moments m, one;
	open_tally(&at_once);
	open_tally(&one_by_one);
	for (uint32_t i = 0; i < ROWS; i++) {
		const double numbers[] = {0, 1, NAN, i % 7, (i % 101) / 100.0, -(double)i / 3, i * 40000.0};
		const double others[] = {1, 0, i % 3 / 5.0, 1e-9 * i};
		n[i] = numbers[i * 5 / 3 % 7];
		d[i] = others[i % 13 % 4];
		places.place[0][i] = i * 2 / 3 % 3;
		add_at(&one_by_one, places.place[0][i], n[i], d[i]);
	}
	CU_ASSERT_EQUAL(tally_add(&at_once, 0, 0, 0, &places, n, d, ROWS), ROWS);
	for (size_t at = 0; at < 3; at++) {
		read_at(&at_once, 1, at, &m);
		read_at(&one_by_one, 1, at, &one);
		CU_ASSERT(m.rows > 400);
		check(&m, one.rows, one.n, one.d, one.nn, one.nd, one.dd);
	}
	tally_close(&at_once);
	tally_close(&one_by_one);
}

/* The first row that the contract does not allow is told, wherever it stands. */
static void test_not_allowed(void)
{
	enum { ROWS = 200 };
	static const struct {
		double n, d;
		int of_share, of_any; /* allowed of */
	} cases[] = {{2, 1, 0, 1},
		     {-1, 2, 0, 1},
		     {1, -2, 0, 1},
		     {-1, -2, 1, 1},
		     {0.5, 0.25, 0, 1},
		     {1, 2, 1, 1},
		     {3, 5, 1, 1},
		     {-3, -2, 0, 1},
		     {-0.25, -4, 1, 1},
		     {-0.5, -0.25, 0, 1},
		     {-0.5, 3, 0, 1},
		     {0.5, -3, 0, 1},
		     {-5, -5, 1, 1},
		     {0, -0.5, 1, 1},
		     {0.25, 4, 1, 1},
		     {0, 0, 1, 1},
		     {0x1p63, 0, 0, 0},
		     {1, -0x1p63, 0, 0},
		     {INFINITY, INFINITY, 0, 0},
		     {1, NAN, 0, 0},
		     {-0x1p16, -0x1p17, 1, 1},
		     {-0x1p17, -0x1p16, 0, 1},
		     {0x1p16, 0x1p17, 1, 1},
		     {0x1p17, 0x1p16, 0, 1},
		     {NAN, 5, 1, 1}};
	static const uint32_t rows[] = {0, 63, 64, 127, 199};
	for (size_t c = 0; c < sizeof cases / sizeof *cases; c++)
		for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
			double n[ROWS], d[ROWS];
			static struct tally_places places = {.count = 1};
			struct tally tally;
			open_tally(&tally);
			for (uint32_t i = 0; i < ROWS; i++)
				n[i] = i % 2, d[i] = 1;
			n[rows[r]] = cases[c].n;
			d[rows[r]] = cases[c].d;
			CU_ASSERT_EQUAL(tally_add(&tally, 0, 0, 1, &places, n, d, ROWS),
					cases[c].of_share ? ROWS : rows[r]);
			CU_ASSERT_EQUAL(tally_add(&tally, 0, 0, 0, &places, n, d, ROWS),
					cases[c].of_any ? ROWS : rows[r]);
			tally_close(&tally);
		}
}

/* Shares: of five or six, or of halves; either sign; many that differ; and denominators that are too large to be counted. */
enum { SHARES = 2000, SHARE_KINDS = 6 };
static void draw_share(uint32_t kind, uint32_t i, double *n, double *d)
{
	static const double denominators[SHARE_KINDS] = {6, 5, -4, 2.5, 100, 0x1p15};
	*d = denominators[kind] * (kind == 1 ? 1 + i % 5 : 1);
	*n = *d * (kind == 4 ? i % 197 : i % 5) / (kind == 4 ? 197 : 5) * (i % 11 ? 1 : 0);
	if (i % 13 == 12)
		*n = NAN;
}

static void check_same(const struct tally *tally, const struct tally *other)
{
	for (uint32_t window = 0; window < 2 * tally->shape.measures; window++)
		for (uint32_t place = 0; place < tally->shape.places; place++) {
			struct sums sums, others;
			struct whole_moments whole = {.rows = 0}, other_whole = {.rows = 0};
			tally_read(tally, 1, window, place, &sums);
			tally_read(other, 1, window, place, &others);
			CU_ASSERT_EQUAL(memcmp(&sums, &others, sizeof sums), 0);
			CU_ASSERT_EQUAL(tally_whole(tally, 1, window, place, &whole),
					tally_whole(other, 1, window, place, &other_whole));
			CU_ASSERT_EQUAL(memcmp(&whole, &other_whole, sizeof whole), 0);
		}
}

/* What is counted, of shares, comes to what is added, of any ratio; also where there is no memory to count. */
static void test_repeats(void)
{
	static const uint32_t counts[BREAKDOWN_COUNT] = {
		[BREAKDOWN_EMPLOYEE] = 7, [BREAKDOWN_REGION] = 3, [BREAKDOWN_SIZE_CLASS] = 4};
	static uint32_t unit[BREAKDOWN_COUNT][TALLY_BATCH];
	static struct tally_places places;
	static double n[SHARES], d[SHARES];
	struct tally_shape shape;
	tally_plan(&shape, SHARE_KINDS, counts, NULL);
	for (int b = 0; b < BREAKDOWN_COUNT; b++)
		for (uint32_t i = 0; i < SHARES && counts[b]; i++)
			unit[b][i] = i * (i + (uint32_t)b) % counts[b];
	tally_find(&shape, unit, SHARES, &places);
	for (unsigned failing = 0; failing <= 2; failing++) {
		struct crmval_error error = {.struct_size = sizeof error};
		struct tally added, counted;
		long held = failing_held();
		CU_ASSERT_EQUAL_FATAL(tally_open(&added, &shape, &error), CRMVAL_OK);
		CU_ASSERT_EQUAL_FATAL(tally_open(&counted, &shape, &error), CRMVAL_OK);
		for (uint32_t round = 0; round < 3 * SHARE_KINDS; round++) {
			uint32_t kind = round % SHARE_KINDS;
			int window = round % 2;
			for (uint32_t i = 0; i < SHARES; i++)
				draw_share(kind, i + round, &n[i], &d[i]);
			CU_ASSERT_EQUAL(tally_add(&added, kind, window, 0, &places, n, d, SHARES), SHARES);
			failing_begin(FAILING_MEMORY, round ? 0 : failing, ENOMEM);
			CU_ASSERT_EQUAL(tally_add(&counted, kind, window, 1, &places, n, d, SHARES), SHARES);
			failing_end();
		}
		CU_ASSERT_PTR_NULL(added.repeats);
		CU_ASSERT_PTR_NOT_NULL(counted.repeats);
		tally_fold(&added);
		tally_fold(&counted);
		CU_ASSERT_PTR_NULL(counted.repeats);
		check_same(&counted, &added);
		tally_close(&added);
		tally_close(&counted);
		CU_ASSERT_EQUAL(failing_held(), held);
	}
}

/* Each share has a slot of its own, as long as they are few, and their denominators as small as is counted. */
static void test_slots(void)
{
	struct tally_repeats *repeats = repeats_open(1);
	unsigned char is_taken[REPEATS_SLOTS + 1] = {0};
	CU_ASSERT_PTR_NOT_NULL_FATAL(repeats);
	CU_ASSERT_EQUAL(repeats_find(repeats, 2, 0x1p15), REPEATS_SLOTS);
	CU_ASSERT_EQUAL(repeats_find(repeats, 2, 1), REPEATS_SLOTS);
	for (uint32_t i = 0; i < REPEATS_MOST; i++) {
		uint32_t slot = repeats_find(repeats, 2, 2 + i);
		CU_ASSERT_FATAL(slot < REPEATS_SLOTS);
		CU_ASSERT(!is_taken[slot]);
		is_taken[slot] = 1;
		CU_ASSERT_EQUAL(repeats_find(repeats, 2, 2 + i), slot);
	}
	CU_ASSERT(!repeats->is_over);
	CU_ASSERT_EQUAL(repeats_find(repeats, 3, 3), REPEATS_SLOTS);
	CU_ASSERT(repeats->is_over);
	CU_ASSERT(repeats_find(repeats, 2, 2) < REPEATS_SLOTS);
	free(repeats);
}

/* Of many units nothing is counted, which would take more memory than sums; nor of what has no denominators. */
static void test_not_repeated(void)
{
	static const uint32_t counts[BREAKDOWN_COUNT] = {[BREAKDOWN_EMPLOYEE] = 5000};
	struct crmval_error error = {.struct_size = sizeof error};
	struct tally_places places = {.count = 1};
	struct tally_shape shape;
	struct tally tally;
	double n = 0.5, d = 1;
	tally_plan(&shape, 1, counts, NULL);
	CU_ASSERT_EQUAL_FATAL(tally_open(&tally, &shape, &error), CRMVAL_OK);
	CU_ASSERT_EQUAL(tally_add(&tally, 0, 0, 1, &places, &n, &d, 1), 1);
	CU_ASSERT_PTR_NULL(tally.repeats);
	tally_close(&tally);
	open_tally(&tally);
	CU_ASSERT_EQUAL(tally_add(&tally, 0, 0, 1, &places, &n, NULL, 1), 0);
	CU_ASSERT_PTR_NULL(tally.repeats);
	tally_close(&tally);
}

/* So much more often than rows can be drawn here: as often as they can be counted. */
static void test_most_repeats(void)
{
	static const double cases[][2] = {{32767, 32767}, {-32767, -32767}, {0.1, 32767}, {0.3, 0.7}};
	for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
		double n = cases[c][0], d = cases[c][1];
		struct tally_places places = {.count = 1};
		struct tally tally;
		struct sums sums, once;
		open_tally(&tally);
		CU_ASSERT_EQUAL(tally_add(&tally, 0, 1, 1, &places, &n, &d, 1), 1);
		struct tally_repeats *repeats = tally.repeats[1];
		uint32_t slot = repeats_find(repeats, n, d);
		CU_ASSERT_FATAL(slot < REPEATS_SLOTS);
		CU_ASSERT_EQUAL(*repeats_counts(repeats, slot), 1);
		*repeats_counts(repeats, slot) = UINT32_MAX;
		tally_fold(&tally);
		CU_ASSERT_EQUAL(tally_add(&tally, 1, 0, 0, &places, &n, &d, 1), 1);
		tally_read(&tally, 1, 1, 0, &sums);
		tally_read(&tally, 1, 2, 0, &once);
		CU_ASSERT_EQUAL(sums.rows, UINT32_MAX);
		struct sum *parts[] = {&sums.n, &sums.d, &sums.nn, &sums.nd, &sums.dd};
		struct sum *of_one[] = {&once.n, &once.d, &once.nn, &once.nd, &once.dd};
		for (size_t p = 0; p < sizeof parts / sizeof *parts; p++) {
			/* 2^32 times as much is a shift by half a word, and once less than that is so often. */
			struct sum most = {{of_one[p]->word[0] << 32,
					    of_one[p]->word[1] << 32 | of_one[p]->word[0] >> 32,
					    of_one[p]->word[2] << 32 | of_one[p]->word[1] >> 32,
					    of_one[p]->word[3] << 32 | of_one[p]->word[2] >> 32}};
			sum_merge(parts[p], of_one[p]);
			CU_ASSERT_EQUAL(memcmp(parts[p], &most, sizeof most), 0);
		}
		tally_close(&tally);
	}
}

/* Words that are full when what was counted comes to them, or the denominator of a fraction. */
static void test_full(void)
{
	static const double most = 0x7fffffff, counted[] = {32767, -32767};
	struct tally_places places = {.count = 1};
	struct tally tally;
	struct moments m;
	open_tally(&tally);
	CU_ASSERT_EQUAL(tally_add(&tally, 0, 0, 1, &places, &most, &most, 1), 1);
	CU_ASSERT_PTR_NOT_NULL_FATAL(tally.repeats);
	for (int i = 0; i < 2; i++) {
		struct tally_repeats *repeats = tally.repeats[0];
		uint32_t slot = repeats_find(repeats, counted[i], counted[i]);
		CU_ASSERT_FATAL(slot < REPEATS_SLOTS);
		*repeats_counts(repeats, slot) = UINT32_MAX;
	}
	tally_fold(&tally);
	read_at(&tally, 1, 0, &m);
	quad all = (quad)most * most + (quad)2 * UINT32_MAX * 32767 * 32767;
	check(&m, 1 + 2 * (uint64_t)UINT32_MAX, most, most, all, all, all);
	for (int i = 0; i < 3; i++)
		add_at(&tally, 3, 0.5, most);
	read_at(&tally, 1, 3, &m);
	check(&m, 3, 1.5, 3 * (quad)most, 0.75, 1.5 * (quad)most, 3 * (quad)most * most);
	tally_close(&tally);
}

/* Are the sums of a place at hand as whole numbers, and such? */
static int is_whole(const struct tally *tallies, uint32_t count, uint32_t place, struct whole_moments wanted)
{
	struct whole_moments found;
	return tally_whole(tallies, count, 0, place, &found) && found.rows == wanted.rows && found.n == wanted.n &&
	       found.d == wanted.d && found.nn == wanted.nn && found.nd == wanted.nd && found.dd == wanted.dd;
}

/* Adds squares up to the most that a word holds: 2 (2^31 - 1)^2 + 92681^2 + 408^2 + 19^2 + 3 = 2^63 - 1. */
static void fill_word(struct tally *tally, uint32_t place)
{
	static const double n[] = {0x7fffffff, 0x7fffffff, 92681, 408, 19, 1, 1, 1};
	for (size_t i = 0; i < sizeof n / sizeof *n; i++)
		add_at(tally, place, n[i], 0);
}

/* Words of several tallies that do not fit in one: by what one of them counted, or added up. */
static void test_whole_limit(void)
{
	struct tally tallies[2];
	struct whole_moments whole;
	struct moments m;
	open_tally(&tallies[0]);
	open_tally(&tallies[1]);
	for (uint32_t place = 0; place < 3; place++) {
		fill_word(&tallies[0], place);
		CU_ASSERT(tally_whole(tallies, 2, 0, place, &whole));
		CU_ASSERT(whole.nn == INT64_MAX && whole.rows == 8);
	}
	add_at(&tallies[1], 0, 1, 1);
	add_at(&tallies[1], 1, 5, 2);
	add_at(&tallies[0], 2, 1, 1);
	for (uint32_t place = 0; place < 3; place++) {
		quad n = place == 1 ? 5 : 1, d = place == 1 ? 2 : 1;
		CU_ASSERT(!tally_whole(tallies, 2, 0, place, &whole));
		CU_ASSERT(!is_wide(&tallies[0], place) && !is_wide(&tallies[1], place));
		read_at(tallies, 2, place, &m);
		check(&m, 9, 4295060405 + n, d, (quad)INT64_MAX + n * n, n * d, d * d);
	}
	tally_close(&tallies[0]);
	tally_close(&tallies[1]);
}

/* Whether all of a place was counted or small, in however many tallies. */
static void test_whole(void)
{
	struct tally tallies[2];
	struct whole_moments found;
	open_tally(&tallies[0]);
	open_tally(&tallies[1]);
	CU_ASSERT(is_whole(tallies, 2, 0, (struct whole_moments){0}));
	for (int i = 0; i < 5; i++)
		add_at(&tallies[0], 0, i >= 3, 1);
	add_at(&tallies[1], 0, 1, 1);
	CU_ASSERT(is_whole(tallies, 2, 0, (struct whole_moments){6, 3, 6, 3, 3, 6}));
	add_at(&tallies[1], 1, -7, 9); /* of the same measure and window */
	add_at(&tallies[0], 1, 1, 1);
	add_at(&tallies[1], 2, 1, 0.5);
	CU_ASSERT(is_whole(tallies, 2, 0, (struct whole_moments){6, 3, 6, 3, 3, 6}));
	CU_ASSERT(is_whole(tallies, 2, 1, (struct whole_moments){2, -6, 10, 50, -62, 82}));
	CU_ASSERT(!tally_whole(tallies, 2, 0, 2, &found));
	CU_ASSERT(is_whole(tallies, 1, 2, (struct whole_moments){0}));
	tally_close(&tallies[0]);
	tally_close(&tallies[1]);
}

/* Many rows at once that are but 0 or 1 of 1: they are counted, and nothing else. */
static void test_counts_of_many(void)
{
	enum { ROWS = 131 };
	static struct tally_places places = {.count = 1};
	double n[ROWS], d[ROWS];
	struct tally tally;
	open_tally(&tally);
	for (int i = 0; i < ROWS; i++)
		n[i] = i % 3 == 0, d[i] = 1;
	CU_ASSERT_EQUAL(tally_add(&tally, 0, 0, 1, &places, n, d, ROWS), ROWS);
	CU_ASSERT(is_whole(&tally, 1, 0, (struct whole_moments){ROWS, 44, ROWS, 44, 44, ROWS}));
	CU_ASSERT_EQUAL(tally.used[0], 0);
	tally_close(&tally);
}

/* Pages of a range that take memory. */
static size_t resident(const void *from, const void *to)
{
	static unsigned char pages[4096];
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), first = ((uintptr_t)from + page - 1) / page;
	size_t count = (uintptr_t)to / page - first, found = 0;
	CU_ASSERT_FATAL(count > 10 && count < sizeof pages);
	CU_ASSERT_EQUAL_FATAL(mincore((void *)(first * page), count * page, pages), 0);
	for (size_t i = 0; i < count; i++)
		found += pages[i] & 1;
	return found;
}

static void add_and_read_all(struct tally *tally, double n)
{
	struct tally_places places = {.count = 1};
	double d = 1;
	places.place[0][0] = 2500;
	tally_add(tally, 0, 0, 0, &places, &n, &d, 1);
	tally_fold(tally);
	for (uint32_t place = 0; place < tally->shape.places; place++) {
		struct sums sums;
		struct whole_moments whole;
		tally_whole(tally, 1, 1, place, &whole);
		tally_read(tally, 1, 0, place, &sums);
		tally_read(tally, 1, 1, place, &sums);
	}
}

/* Sums that nothing is added to take no memory, however many units there are. */
static void test_untouched(void)
{
	static const uint32_t counts[BREAKDOWN_COUNT] = {[BREAKDOWN_EMPLOYEE] = 5000};
	struct crmval_error error = {.struct_size = sizeof error};
	struct tally_shape shape;
	struct tally tally;
	tally_plan(&shape, 1, counts, NULL);
	CU_ASSERT_EQUAL_FATAL(tally_open(&tally, &shape, &error), CRMVAL_OK);
	add_and_read_all(&tally, 1);
	CU_ASSERT_EQUAL(resident(tally.small, tally.wide), 0);
	CU_ASSERT_EQUAL(resident(tally.wide, tally.note), 0);
	add_and_read_all(&tally, 7);
	CU_ASSERT(resident(tally.small, tally.wide) > 0);
	CU_ASSERT_EQUAL(resident(tally.wide, tally.note), 0);
	add_and_read_all(&tally, 0.5);
	CU_ASSERT(resident(tally.wide, tally.note) > 0);
	add_and_read_all(&tally, 7); /* among what is wide, too */
	tally_close(&tally);
}

/* Teams are added up from employees, regions and size classes from both at once, where there are both, and not too many. */
static void test_plan(void)
{
	static const struct {
		uint32_t counts[BREAKDOWN_COUNT];
		int has_team, has_cross;
	} cases[] = {
		{{[BREAKDOWN_TEAM] = 3, [BREAKDOWN_EMPLOYEE] = 4}, 1, 0},
		{{[BREAKDOWN_TEAM] = 3}, 0, 0},
		{{[BREAKDOWN_EMPLOYEE] = 4}, 0, 0},
		{{[BREAKDOWN_REGION] = 4, [BREAKDOWN_SIZE_CLASS] = 2}, 0, 1},
		{{[BREAKDOWN_REGION] = 4}, 0, 0},
		{{[BREAKDOWN_SIZE_CLASS] = 4}, 0, 0},
		{{[BREAKDOWN_REGION] = TALLY_CROSS_MOST / 4, [BREAKDOWN_SIZE_CLASS] = 4}, 0, 1},
		{{[BREAKDOWN_REGION] = TALLY_CROSS_MOST / 4 + 1, [BREAKDOWN_SIZE_CLASS] = 4}, 0, 0},
	};
	static const uint32_t team[] = {0, 0, 0};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		uint32_t units = 1;
		struct tally_shape shape;
		tally_plan(&shape, 1, cases[i].counts, team);
		for (int b = 0; b < BREAKDOWN_COUNT; b++)
			units += cases[i].counts[b];
		CU_ASSERT_EQUAL(shape.team != NULL, cases[i].has_team);
		CU_ASSERT_EQUAL(shape.cross, cases[i].has_cross ? units : 0);
		uint32_t crossed = cases[i].counts[BREAKDOWN_REGION] * cases[i].counts[BREAKDOWN_SIZE_CLASS];
		CU_ASSERT_EQUAL(shape.places, units + (cases[i].has_cross ? crossed : 0));
	}
}

/* What cannot be had, or kept from other children, is said, and nothing is held. */
static void test_failing(void)
{
	struct crmval_error error = {.struct_size = sizeof error};
	struct tally tally;
	long held = failing_held();
	failing_begin(FAILING_MAP, 1, ENOMEM);
	CU_ASSERT_EQUAL(tally_open(&tally, &plain_shape, &error), CRMVAL_ENOMEM);
	CU_ASSERT_EQUAL(failing_end(), 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(error.message, "bytes for the sums of 2 units"));
	failing_begin(FAILING_ADVICE, 1, EINVAL);
	CU_ASSERT_EQUAL(tally_open(&tally, &plain_shape, &error), CRMVAL_ENOMEM);
	CU_ASSERT_EQUAL(failing_end(), 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(error.message, "cannot keep the sums of one dimension from another: Invalid"));
	CU_ASSERT_EQUAL(failing_held(), held);
	open_tally(&tally);
	CU_ASSERT_EQUAL(failing_held(), held + 1);
	tally_close(&tally);
	tally_close(&tally);
	CU_ASSERT_EQUAL(failing_held(), held);
}

static const struct test tests[] = {
	{"moments", test_moments},
	{"small and wide", test_limit},
	{"overflow", test_overflow},
	{"the most that is whole", test_whole_limit},
	{"merging", test_merging},
	{"places", test_places},
	{"folding", test_folding},
	{"sums", test_sums},
	{"many at once", test_many_at_once},
	{"whole numbers", test_whole},
	{"counts of many", test_counts_of_many},
	{"not allowed", test_not_allowed},
	{"repeats", test_repeats},
	{"slots", test_slots},
	{"not repeated", test_not_repeated},
	{"the most repeats", test_most_repeats},
	{"full", test_full},
	{"failing", test_failing},
	{"untouched", test_untouched},
	{"plan", test_plan},
	{NULL, NULL},
};

const struct suite suite_tally = {"tally", tests};
