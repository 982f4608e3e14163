/* SPDX-License-Identifier: MIT */
/* Rollups: each way to reduce, bounds, ties, groups; all expected values are worked by hand from the tables here. */
#include "../core/sweep.h"
#include "fixture.h"
#include "suite.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct fixture_table tables[] = {
	{0, "employee",
	 "id,hired_on,left_on\n"
	 "e1,2020-01-01,\n"
	 "e2,2025-05-01,2025-06-30\n"
	 "e3,,2026-01-15\n"
	 "e4,2019-01-01,2025-12-31\n"},
	{0, "account", "id\na1\na2\na3\na4\n"},
	{0, "opportunity", "id,account\nt1,a2\n"},
	{0, "product", "id,category\np1,A\np2,a\np3,\np4,B\n"},
	{0, "order",
	 "id,account,opportunity,product,signed_on,quantity,amount\n"
	 "o1,a1,,p1,2024-12-31,1,\n"
	 "o2,a1,,p2,2025-01-01,2.5,\n"
	 "o3,a1,,p1,2025-12-31,-4,\n"
	 "o4,a1,,p3,2026-01-01,8,\n"
	 "o5,a1,,p2,,16,\n"
	 "o6,a2,,p1,2025-06-01,,\n"
	 "o7,,t1,p3,2025-06-02,32,\n"
	 "o8,zz,t1,p1,2025-06-03,64,\n"
	 "o9,,,p1,2025-06-04,128,\n"
	 "o2,a2,,p4,2025-06-05,256,\n"
	 "o10,a4,,p1,2025-01-01,-3,\n"
	 "o11,a4,,p4,2025-01-01,-7,\n"},
	{0, "growth_record",
	 "id,employee,stage,entered_on\n"
	 "g1,e1,fulfilled,2024-01-01\n"
	 "g2,e1,comfortable,2024-06-01\n"
	 "g3,e1,affluent,2025-03-01\n"
	 "g4,e1,subsistence,2025-03-01\n"
	 "g5,e1,fulfilled,2026-01-01\n"
	 "g6,e2,subsistence,2025-05-01\n"
	 "g7,e2,comfortable,2025-05-02\n"
	 "g8,e3,affluent,2025-02-01\n"
	 "g9,e3,,2025-02-02\n"
	 "g10,e3,fulfilled,\n"},
	{0, "contact", "id\nc1\nc2\nc3\nc4\n"},
	{0, "relationship",
	 "id,employee,contact,level,recorded_on\n"
	 "r1,e1,c1,2,2025-01-05\n"
	 "r2,e1,c1,1,2025-06-01\n"
	 "r3,e2,c1,5,2025-06-02\n"
	 "r4,e3,c1,3,2025-03-01\n"
	 "r5,e4,c1,4,2025-03-01\n"
	 "r6,,c2,4,2025-02-01\n"
	 "r7,,c2,,2025-02-01\n"
	 "r8,,c2,5,2026-02-01\n"
	 "r9,e1,c3,,2025-02-01\n"
	 "r10,e1,,5,2025-02-01\n"
	 "r11,e9,c2,3,2025-01-31\n"
	 "r12,e1,c2,-2,2025-01-31\n"
	 "r2,e2,c2,5,2025-07-01\n"},
	{0, NULL, NULL},
};

static const char *const stages[] = {"subsistence", "comfortable", "affluent", "fulfilled", NULL};

/* A rollup over the tables, both windows. */
struct rolled {
	struct fixture f;
	struct rollup rollup;
	const char *view;
};

static void roll_over(struct rolled *rolled, const struct fixture_table *from, const char *view,
		      const struct crmval_rollup *table, const char *const *words, unsigned threads)
{
	struct fixture *f = &rolled->f;
	fixture_open(f, from);
	f->split_rows = threads > 1 ? 300 : 0;
	rolled->view = view;
	int code = rollup_bind(&rolled->rollup, table, (uint32_t)model_entity_index(view), "test", &f->error);
	CU_ASSERT_EQUAL_FATAL(code, CRMVAL_OK);
	rolled->rollup.words = words;
	while (words && words[rolled->rollup.word_count])
		rolled->rollup.word_count++;
	CU_ASSERT_EQUAL(rollup_want(&rolled->rollup, &f->data, &f->error), CRMVAL_OK);
	fixture_map(f);
	fixture_read(f, threads);
	struct sweep_task tasks[] = {{&rolled->rollup, 0}, {&rolled->rollup, 1}};
	code = sweep_run(tasks, 2, &f->data, &f->job.period, &f->job.baseline, threads, &f->error);
	CU_ASSERT_EQUAL_FATAL(code, CRMVAL_OK);
}

static void roll(struct rolled *rolled, const char *view, const struct crmval_rollup *table, const char *const *words)
{
	roll_over(rolled, tables, view, table, words, 1);
}

static void rolled_close(struct rolled *rolled)
{
	rollup_close(&rolled->rollup);
	fixture_close(&rolled->f);
}

static const void *value_of(struct rolled *rolled, int window, const char *id)
{
	int32_t row = id ? fixture_row(&rolled->f, rolled->view, id) : 0;
	CU_ASSERT_FATAL(row >= 0);
	return (const char *)rolled->rollup.values[window].bytes + (size_t)row * data_width(rolled->rollup.type);
}

/* Fails the test unless the numbers of a1, a2, ... (or e1, ... of an entity) are these; NaN: missing. */
static void expect(struct rolled *rolled, int window, char letter, const double *expected, int count)
{
	for (int i = 0; i < count; i++) {
		char id[] = {letter, (char)('1' + i), 0}, text[100];
		const void *value = value_of(rolled, window, id);
		double is = rolled->rollup.type == FIELD_SYMBOL ? *(const uint32_t *)value
			    : rolled->rollup.type == FIELD_FLAG ? *(const int8_t *)value
								: *(const double *)value;
		int holds = isnan(expected[i]) ? isnan(is) : is == expected[i];
		snprintf(text, sizeof text, "window %d, %s: %g, expected %g", window, id, is, expected[i]);
		CU_assertImplementation(holds, __LINE__, text, __FILE__, "", CU_FALSE);
	}
}

#define NUMBERS(...)                                                                                                   \
	(const double[])                                                                                               \
	{                                                                                                              \
		__VA_ARGS__                                                                                            \
	}
#define DIRECT "account"
#define REACH "account|opportunity.account"

static void orders(const struct crmval_rollup *table, const double *expected)
{
	struct rolled rolled;
	roll(&rolled, "account", table, NULL);
	expect(&rolled, 0, 'a', expected, 4);
	rolled_close(&rolled);
}

/* The second o2 is dropped; o9 has no account, o8 one that is not there, o7 only its opportunity's. */
static void test_reductions(void)
{
	orders(&(struct crmval_rollup){CRMVAL_COUNT, 0, 0, "order", DIRECT, NULL, NULL, NULL, NULL, NULL},
	       NUMBERS(5, 1, 0, 2));
	orders(&(struct crmval_rollup){CRMVAL_COUNT, 0, 0, "order", REACH, NULL, NULL, NULL, NULL, NULL},
	       NUMBERS(5, 3, 0, 2));
	/* 1 + 2.5 - 4 + 8 + 16; o6 has no quantity */
	orders(&(struct crmval_rollup){CRMVAL_SUM, 0, 0, "order", DIRECT, "quantity", NULL, NULL, NULL, NULL},
	       NUMBERS(23.5, 0, 0, -10));
	orders(&(struct crmval_rollup){CRMVAL_SUM, 0, 0, "order", REACH, "quantity", NULL, NULL, NULL, NULL},
	       NUMBERS(23.5, 96, 0, -10));
	orders(&(struct crmval_rollup){CRMVAL_MIN, 0, 0, "order", REACH, "quantity", NULL, NULL, NULL, NULL},
	       NUMBERS(-4, 32, NAN, -7));
	orders(&(struct crmval_rollup){CRMVAL_MAX, 0, 0, "order", REACH, "quantity", NULL, NULL, NULL, NULL},
	       NUMBERS(16, 64, NAN, -3));
	orders(&(struct crmval_rollup){CRMVAL_MAX, 0, 0, "order", DIRECT, "quantity", NULL, NULL, NULL, NULL},
	       NUMBERS(16, NAN, NAN, -3));
	/* A and a are two categories, p3 has none */
	orders(&(struct crmval_rollup){CRMVAL_DISTINCT, 0, 0, "order", REACH, "product.category", NULL, NULL, NULL,
				       NULL},
	       NUMBERS(2, 1, 0, 2));
}

static void test_dates(void)
{
	static const char *const expected[2][4] = {{"2024-12-31", "2025-06-01", "", "2025-01-01"},
						   {"2026-01-01", "2025-06-03", "", "2025-01-01"}};
	for (int i = 0; i < 2; i++) {
		struct rolled rolled;
		const struct crmval_rollup table = {
			i ? CRMVAL_MAX : CRMVAL_MIN, 0, 0, "order", REACH, "signed_on", NULL, NULL, NULL, NULL};
		roll(&rolled, "account", &table, NULL);
		CU_ASSERT_EQUAL(rolled.rollup.type, FIELD_DATE);
		for (int a = 0; a < 4; a++) {
			char id[] = {'a', (char)('1' + a), 0};
			CU_ASSERT_EQUAL(*(const int32_t *)value_of(&rolled, 0, id), fixture_day(expected[i][a]));
		}
		rolled_close(&rolled);
	}
}

/* a1 has orders on the day before the period, on its first and last days, on the day after, and one without a day. */
static void test_bounds(void)
{
	static const struct {
		int32_t since, until;
		double period, baseline; /* of a1 */
	} cases[] = {
		{CRMVAL_ANY, CRMVAL_ANY, 4, 4},          {CRMVAL_FROM, CRMVAL_TO, 2, 1},
		{CRMVAL_ANY, CRMVAL_TO, 3, 1},           {CRMVAL_FROM, CRMVAL_ANY, 3, 4},
		{CRMVAL_ANY, CRMVAL_BEFORE_FROM, 1, 0},  {CRMVAL_ANY, CRMVAL_FROM, 2, 0},
		{CRMVAL_BEFORE_FROM, CRMVAL_FROM, 2, 0}, {CRMVAL_BEFORE_FROM, CRMVAL_BEFORE_FROM, 1, 0},
		{CRMVAL_TO, CRMVAL_ANY, 2, 4},           {CRMVAL_TO, CRMVAL_TO, 1, 1},
		{CRMVAL_TO, CRMVAL_FROM, 0, 0},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct rolled rolled;
		const struct crmval_rollup table = {CRMVAL_COUNT, cases[i].since, cases[i].until, "order", DIRECT,
						    NULL,         "signed_on",    NULL,           NULL,    NULL};
		roll(&rolled, "account", &table, NULL);
		expect(&rolled, 0, 'a', &cases[i].period, 1);
		expect(&rolled, 1, 'a', &cases[i].baseline, 1);
		rolled_close(&rolled);
	}
}

/* e1: two on 2025-03-01, the later of the words; e3: the latest has none. */
static void test_last(void)
{
	struct rolled rolled;
	struct crmval_rollup table = {CRMVAL_LAST, 0,    CRMVAL_TO, "growth_record", "employee", "stage", "entered_on",
				      NULL,        NULL, NULL};
	roll(&rolled, "employee", &table, stages);
	expect(&rolled, 0, 'e', NUMBERS(3, 2, 0, 0), 4);
	expect(&rolled, 1, 'e', NUMBERS(2, 0, 0, 0), 4);
	rolled_close(&rolled);
	table.until = CRMVAL_BEFORE_FROM;
	roll(&rolled, "employee", &table, stages);
	expect(&rolled, 0, 'e', NUMBERS(2, 0, 0, 0), 4);
	rolled_close(&rolled);
	/* Other words have the number after the last. */
	static const char *const few[] = {"fulfilled", "subsistence", NULL};
	table.until = CRMVAL_ANY;
	roll(&rolled, "employee", &table, few);
	expect(&rolled, 0, 'e', NUMBERS(1, 3, 0, 0), 4);
	rolled_close(&rolled);
}

/* Up to the later of the day before the period and the day on which somebody was hired. */
static void test_until_own(void)
{
	struct rolled rolled;
	const struct crmval_rollup table = {CRMVAL_LAST, 0,         CRMVAL_BEFORE_FROM, "growth_record",
					    "employee",  "stage",   "entered_on",       NULL,
					    NULL,        "hired_on"};
	roll(&rolled, "employee", &table, stages);
	expect(&rolled, 0, 'e', NUMBERS(2, 1, 0, 0), 4);
	/* The baseline: before 2024 there is nothing, but e2's own day is as late as ever. */
	expect(&rolled, 1, 'e', NUMBERS(0, 1, 0, 0), 4);
	rolled_close(&rolled);
}

static void test_distinct_words(void)
{
	static const struct fixture_table members[] = {
		{0, "opportunity", "id\nt1\nt2\n"},
		{0, "decision_member",
		 "id,opportunity,role\nd1,t1,Economic\nd2,t1,economic\nd3,t1,COACH\nd4,t1,buyer\nd5,t1,\nd6,t2,"
		 "buyer\n"},
		{0, NULL, NULL},
	};
	static const char *const roles[] = {"economic", "technical", "coach", NULL};
	const struct crmval_rollup table = {
		CRMVAL_DISTINCT, 0, 0, "decision_member", "opportunity", "role", NULL, NULL, NULL, NULL};
	struct rolled rolled;
	roll_over(&rolled, members, "opportunity", &table, roles, 1);
	expect(&rolled, 0, 't', NUMBERS(2, 0), 2);
	rolled_close(&rolled);
	roll_over(&rolled, members, "opportunity", &table, NULL, 1); /* any word, but in any case */
	expect(&rolled, 0, 't', NUMBERS(3, 1), 2);
	rolled_close(&rolled);
}

/*
 * c1: of e1 the latest, 1; e2 left before the period's end, e4 on its last day; e3 leaves later: 3.
 * c2: without an employee, r11 (e9 is not there) is older; r6 and r7 are of one day, the greatest is 4; e1's is -2.
 * c3: its only level is missing.  r10 has no contact, the second r2 is dropped, r8 is of 2026.
 */
static void test_groups(void)
{
	struct rolled rolled;
	struct crmval_rollup table = {CRMVAL_MAX,         0,       CRMVAL_TO,     "relationship",
				      "contact",          "level", "recorded_on", "employee",
				      "employee.left_on", NULL};
	roll(&rolled, "contact", &table, NULL);
	expect(&rolled, 0, 'c', NUMBERS(3, 4, NAN, NAN), 4);
	expect(&rolled, 1, 'c', NUMBERS(NAN, NAN, NAN, NAN), 4);
	rolled_close(&rolled);
	table.ended = NULL;
	roll(&rolled, "contact", &table, NULL);
	expect(&rolled, 0, 'c', NUMBERS(5, 4, NAN, NAN), 4);
	rolled_close(&rolled);
	table.since = CRMVAL_FROM; /* of 2026 and later: nothing until the end of 2025 */
	table.until = CRMVAL_ANY;
	roll(&rolled, "contact", &table, NULL);
	expect(&rolled, 0, 'c', NUMBERS(5, 5, NAN, NAN), 4);
	rolled_close(&rolled);
}

/*
 * More groups of a contact than there are places near: c1 and c4 have 24 each.  Of employee k first comes 100 + k, later k for
 * c1 and -k for c4, so that the greatest are 24 and -1.
 */
static void test_many_groups(void)
{
	enum { GROUPS = 24 };
	char employees[GROUPS * 8], rows[GROUPS * 4 * 48], *e = employees, *r = rows;
	e += sprintf(e, "id\n");
	r += sprintf(r, "id,employee,contact,level,recorded_on\n");
	for (int k = 1; k <= GROUPS; k++) {
		e += sprintf(e, "e%d\n", k);
		r += sprintf(r, "r%d,e%d,c1,%d,2025-01-01\n", 4 * k, k, 100 + k);
		r += sprintf(r, "r%d,e%d,c4,%d,2025-01-01\n", 4 * k + 1, k, 100 + k);
	}
	for (int k = 1; k <= GROUPS; k++) {
		r += sprintf(r, "r%d,e%d,c1,%d,2025-02-01\n", 4 * k + 2, k, k);
		r += sprintf(r, "r%d,e%d,c4,%d,2025-02-01\n", 4 * k + 3, k, -k);
	}
	const struct fixture_table many[] = {{0, "employee", employees},
					     {0, "contact", "id\nc1\nc2\nc3\nc4\n"},
					     {0, "relationship", rows},
					     {0, NULL, NULL}};
	struct crmval_rollup table = {CRMVAL_MAX, 0,    CRMVAL_TO, "relationship", "contact", "level", "recorded_on",
				      "employee", NULL, NULL};
	struct rolled rolled;
	roll_over(&rolled, many, "contact", &table, NULL, 1);
	expect(&rolled, 0, 'c', NUMBERS(GROUPS, NAN, NAN, -1), 4);
	rolled_close(&rolled);
	table.op = CRMVAL_CURRENT;
	roll_over(&rolled, many, "relationship", &table, NULL, 1);
	const int8_t *marks = rolled.rollup.values[0].bytes;
	for (int row = 0; row < 4 * GROUPS; row++)
		CU_ASSERT_EQUAL(marks[row], row >= 2 * GROUPS);
	rolled_close(&rolled);
}

/* Rows that were dropped stay so where each parent has a last day of its own; the last row of all is one. */
static void test_until_own_dropped(void)
{
	static const struct fixture_table dropped[] = {{0, "employee", "id,hired_on\ne1,2025-02-01\ne2,2025-02-01\n"},
						       {0, "growth_record",
							"id,employee,stage,entered_on\n"
							"g1,e1,subsistence,2024-01-01\n"
							"g1,e1,fulfilled,2024-03-01\n"
							"g2,e2,comfortable,2024-01-01\n"
							"g2,e2,affluent,2024-03-01\n"},
						       {0, NULL, NULL}};
	struct crmval_rollup table = {CRMVAL_LAST, 0,         CRMVAL_BEFORE_FROM, "growth_record",
				      "employee",  "stage",   "entered_on",       NULL,
				      NULL,        "hired_on"};
	struct rolled rolled;
	roll_over(&rolled, dropped, "employee", &table, stages, 1);
	expect(&rolled, 0, 'e', NUMBERS(1, 2), 2);
	rolled_close(&rolled);
	table.op = CRMVAL_COUNT;
	table.of = NULL;
	roll_over(&rolled, dropped, "employee", &table, NULL, 1);
	expect(&rolled, 0, 'e', NUMBERS(1, 1), 2);
	rolled_close(&rolled);
}

/* The same without groups: every row counts. */
static void test_ended(void)
{
	struct rolled rolled;
	const struct crmval_rollup table = {CRMVAL_MAX,         0,       CRMVAL_TO,     "relationship",
					    "contact",          "level", "recorded_on", NULL,
					    "employee.left_on", NULL};
	roll(&rolled, "contact", &table, NULL);
	expect(&rolled, 0, 'c', NUMBERS(3, 4, NAN, NAN), 4);
	rolled_close(&rolled);
}

static void test_current(void)
{
	/* r1 to r12: the latest of (c1, e1), (c1, e2), (c1, e3), (c1, e4), (c2, nobody), (c3, e1), (c2, e1) */
	static const int expected[] = {0, 1, 1, 1, 1, 1, 0, 0, 1, 0, 0, 1};
	struct rolled rolled;
	const struct crmval_rollup table = {CRMVAL_CURRENT, 0,       CRMVAL_TO,     "relationship",
					    "contact",      "level", "recorded_on", "employee",
					    NULL,           NULL};
	roll(&rolled, "relationship", &table, NULL);
	for (int i = 0; i < 12; i++) {
		char id[16];
		snprintf(id, sizeof id, "r%d", i + 1);
		CU_ASSERT_EQUAL(*(const int8_t *)value_of(&rolled, 0, id), expected[i]);
		CU_ASSERT_EQUAL(*(const int8_t *)value_of(&rolled, 1, id), 0);
	}
	int marked = 0;
	for (int row = 0; row < 13; row++)
		marked += ((const int8_t *)rolled.rollup.values[0].bytes)[row];
	CU_ASSERT_EQUAL(marked, 7); /* not the dropped row */
	rolled_close(&rolled);
}

/*
 * In one sweep those with the same groups share them, whatever each of them says of the groups that ended: the first with what
 * left_on says (as above), with nothing, and with what hired_on says, by which e1, e2 and e4 have ended; not the last one, whose
 * groups are of other rows.  Each comes first once.
 */
static void test_shared_groups(void)
{
	enum { COUNT = 5 };
	struct crmval_rollup rollups[COUNT];
	for (int i = 0; i < COUNT; i++)
		rollups[i] = (struct crmval_rollup){.op = CRMVAL_MAX,
						    .until = CRMVAL_TO,
						    .entity = "relationship",
						    .by = "contact",
						    .of = "level",
						    .date = "recorded_on",
						    .per = "employee"};
	rollups[0].ended = "employee.left_on";
	rollups[1].op = CRMVAL_CURRENT;
	rollups[3].op = CRMVAL_CURRENT;
	rollups[3].ended = "employee.hired_on";
	rollups[4].until = CRMVAL_BEFORE_FROM;
	static const char *const views[] = {"contact", "relationship", "contact", "relationship", "contact"};
	const double *const expected[] = {NUMBERS(3, 4, NAN, NAN), NUMBERS(0, 1, 1, 1, 1, 1, 0, 0, 1, 0, 0, 1),
					  NUMBERS(5, 4, NAN, NAN), NUMBERS(0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0),
					  NUMBERS(NAN, NAN, NAN, NAN)};
	for (int first = 0; first < COUNT; first++) {
		struct fixture f;
		struct rollup bound[COUNT];
		struct sweep_task tasks[COUNT];
		fixture_open(&f, tables);
		for (int i = 0; i < COUNT; i++) {
			uint32_t view = (uint32_t)model_entity_index(views[i]);
			CU_ASSERT_EQUAL_FATAL(rollup_bind(&bound[i], &rollups[i], view, "test", &f.error), CRMVAL_OK);
			CU_ASSERT_EQUAL(rollup_want(&bound[i], &f.data, &f.error), CRMVAL_OK);
			tasks[(i + COUNT - first) % COUNT] = (struct sweep_task){&bound[i], 0};
		}
		fixture_map(&f);
		fixture_read(&f, 1);
		CU_ASSERT_EQUAL_FATAL(sweep_run(tasks, COUNT, &f.data, &f.job.period, &f.job.baseline, 1, &f.error),
				      CRMVAL_OK);
		for (int i = 0; i < COUNT; i++) {
			struct rolled rolled = {.f = f, .rollup = bound[i], .view = views[i]};
			expect(&rolled, 0, views[i][0], expected[i], rollups[i].op == CRMVAL_CURRENT ? 9 : 4);
			rollup_close(&bound[i]);
		}
		fixture_close(&f);
	}
}

/* The view's rows are those of the rollup: each is bound by its own day, here the very day that is asked about. */
static void test_current_until_own(void)
{
	static const int expected[] = {0, 1, 1, 1, 1, 0, 0, 1, 1, 0, 0, 1};
	struct rolled rolled;
	const struct crmval_rollup table = {
		CRMVAL_CURRENT, 0,    CRMVAL_BEFORE_FROM, "relationship", "contact", "level", "recorded_on",
		"employee",     NULL, "recorded_on"};
	roll(&rolled, "relationship", &table, NULL);
	for (int i = 0; i < 12; i++) {
		char id[16];
		snprintf(id, sizeof id, "r%d", i + 1);
		CU_ASSERT_EQUAL(*(const int8_t *)value_of(&rolled, 0, id), expected[i]);
	}
	rolled_close(&rolled);
}

static void test_all_rows(void)
{
	struct rolled rolled;
	struct crmval_rollup table = {CRMVAL_DISTINCT, 0, 0, "product", NULL, "category", NULL, NULL, NULL, NULL};
	roll(&rolled, "account", &table, NULL);
	CU_ASSERT_EQUAL(*(const double *)value_of(&rolled, 0, NULL), 3);
	rolled_close(&rolled);
	table = (struct crmval_rollup){CRMVAL_MIN, 0, 0, "order", NULL, "signed_on", NULL, NULL, NULL, NULL};
	roll(&rolled, "account", &table, NULL);
	CU_ASSERT_EQUAL(*(const int32_t *)value_of(&rolled, 0, NULL), fixture_day("2024-12-31"));
	rolled_close(&rolled);
	table = (struct crmval_rollup){CRMVAL_COUNT, 0, 0, "activity", NULL, NULL, NULL, NULL, NULL, NULL};
	roll(&rolled, "account", &table, NULL);
	CU_ASSERT_EQUAL(*(const double *)value_of(&rolled, 0, NULL), 0);
	rolled_close(&rolled);
}

/* More rows than a batch, more words than a machine word has bits, several threads. */
static void test_many_rows(void)
{
	enum { ROWS = 9000, CATEGORIES = 151 };
	char *order_text = malloc(ROWS * 48 + 64), *p = order_text, *product_text = malloc(CATEGORIES * 32),
	     *q = product_text;
	p += sprintf(p, "id,account,product,quantity\n");
	for (int i = 0; i < ROWS; i++)
		p += sprintf(p, "o%d,a%d,p%d,%s%d.25\n", i, i % 3 + 1, i % CATEGORIES, i % 2 ? "-" : "", i);
	q += sprintf(q, "id,category\n");
	for (int i = 0; i < CATEGORIES; i++)
		q += sprintf(q, "p%d,k%d\n", i, i);
	const struct fixture_table many[] = {{0, "account", "id\na1\na2\na3\na4\n"},
					     {0, "product", product_text},
					     {0, "order", order_text},
					     {0, NULL, NULL}};
	/* a1 has the orders 0, 3, 6, ...: of 3k the sign is that of k; 0.25 - 3.25 + 6.25 - ... = 1500 pairs of -3.  a2 has
	   1, 4, 7, ...: -1.25 + 4.25 - ...: 1500 pairs of 3.  a3 has 2, 5, 8, ...: 2.25 - 5.25: 1500 pairs of -3. */
	struct crmval_rollup table = {CRMVAL_SUM, 0, 0, "order", "account", "quantity", NULL, NULL, NULL, NULL};
	struct rolled rolled;
	roll_over(&rolled, many, "account", &table, NULL, 4);
	expect(&rolled, 0, 'a', NUMBERS(-4500, 4500, -4500, 0), 4);
	rolled_close(&rolled);
	/* 151 and 3 have no common factor: each account has every category. */
	table.op = CRMVAL_DISTINCT;
	table.of = "product.category";
	roll_over(&rolled, many, "account", &table, NULL, 4);
	expect(&rolled, 0, 'a', NUMBERS(151, 151, 151, 0), 4);
	rolled_close(&rolled);
	table.op = CRMVAL_COUNT;
	table.of = NULL;
	roll_over(&rolled, many, "account", &table, NULL, 4);
	expect(&rolled, 0, 'a', NUMBERS(3000, 3000, 3000, 0), 4);
	rolled_close(&rolled);
	table.op = CRMVAL_MAX;
	table.of = "quantity";
	roll_over(&rolled, many, "account", &table, NULL, 4);
	expect(&rolled, 0, 'a', NUMBERS(8994.25, 8998.25, 8996.25, NAN), 4);
	rolled_close(&rolled);
	free(order_text);
	free(product_text);
}

/* Great and small terms that cancel: the order in which threads add them must not show. */
static void test_exact_sums(void)
{
	static const struct fixture_table cancelling[] = {
		{0, "account", "id\na1\na2\n"},
		{0, "order",
		 "id,account,quantity\no1,a1,9e18\no2,a1,0.5\no3,a1,9e18\no4,a1,-9e18\no5,a1,-9e18\n"
		 "o6,a2,-9e18\no7,a2,-0.0625\no8,a2,9e18\n"},
		{0, NULL, NULL},
	};
	const struct crmval_rollup table = {CRMVAL_SUM, 0, 0, "order", "account", "quantity", NULL, NULL, NULL, NULL};
	struct rolled rolled;
	roll_over(&rolled, cancelling, "account", &table, NULL, 1);
	expect(&rolled, 0, 'a', NUMBERS(0.5, -0.0625), 2);
	rolled_close(&rolled);
}

/* Sums beyond what 128 bits hold come out right, in both directions, and back. */
static void test_huge_sums(void)
{
	enum { ROWS = 200 };
	char *text = malloc(4 * ROWS * 40 + 64), *p = text;
	p += sprintf(p, "id,account,quantity\n");
	for (int i = 0; i < ROWS; i++)
		p += sprintf(p, "o%d,a1,9e18\np%d,a2,-9e18\nq%d,a3,9e18\nr%d,a3,-9e18\n", i, i, i, i);
	sprintf(p, "s,a3,-0.75\n");
	const struct fixture_table huge[] = {{0, "account", "id\na1\na2\na3\n"}, {0, "order", text}, {0, NULL, NULL}};
	const struct crmval_rollup table = {CRMVAL_SUM, 0, 0, "order", "account", "quantity", NULL, NULL, NULL, NULL};
	struct rolled rolled;
	roll_over(&rolled, huge, "account", &table, NULL, 4);
	expect(&rolled, 0, 'a', NUMBERS(1.8e21, -1.8e21, -0.75), 3);
	rolled_close(&rolled);
	free(text);
}

/* Many words and few rows, where sets of bits would take too much: a1 has the categories 0, 3, 6, 9, 12, each 4 times. */
static void test_many_words(void)
{
	enum { ROWS = 60, CATEGORIES = 9000 };
	char *order_text = malloc(ROWS * 48 + 64), *p = order_text, *product_text = malloc(CATEGORIES * 32),
	     *q = product_text;
	p += sprintf(p, "id,account,product\n");
	for (int i = 0; i < ROWS; i++)
		p += sprintf(p, "o%d,a%d,p%d\n", i, i % 3 + 1, i % 15 * 600);
	q += sprintf(q, "id,category\n");
	for (int i = 0; i < CATEGORIES; i++)
		q += sprintf(q, "p%d,k%d\n", i, i);
	const struct fixture_table many[] = {{0, "account", "id\na1\na2\na3\na4\n"},
					     {0, "product", product_text},
					     {0, "order", order_text},
					     {0, NULL, NULL}};
	const struct crmval_rollup table = {CRMVAL_DISTINCT,    0,    0,    "order", "account",
					    "product.category", NULL, NULL, NULL,    NULL};
	struct rolled rolled;
	roll_over(&rolled, many, "account", &table, NULL, 4);
	expect(&rolled, 0, 'a', NUMBERS(5, 5, 5, 0), 4);
	rolled_close(&rolled);
	free(order_text);
	free(product_text);
}

static void test_refused(void)
{
	static const struct {
		struct crmval_rollup table;
		const char *message;
	} cases[] = {
		{{CRMVAL_COUNT, 0, 0, "orders", "account", NULL, NULL, NULL, NULL, NULL},
		 "test: there is no entity \"orders\""},
		{{CRMVAL_COUNT, 0, 0, "order", "product", NULL, NULL, NULL, NULL, NULL},
		 "test: rollup by \"product\" does not refer to account"},
		{{CRMVAL_COUNT, 0, 0, "order", "quantity", NULL, NULL, NULL, NULL, NULL},
		 "test: rollup by \"quantity\" does not refer to account"},
		{{CRMVAL_COUNT, 0, 0, "order", "acount", NULL, NULL, NULL, NULL, NULL},
		 "test: path \"acount\": order has no field \"acount\""},
		{{CRMVAL_SUM, 0, 0, "order", "account", "signed_on", NULL, NULL, NULL, NULL},
		 "test: the rollup's of \"signed_on\" is of a type that its op does not take"},
		{{CRMVAL_DISTINCT, 0, 0, "order", "account", "quantity", NULL, NULL, NULL, NULL},
		 "test: the rollup's of \"quantity\" is of a type that its op does not take"},
		{{CRMVAL_MAX, 0, 0, "order", "account", "product", NULL, NULL, NULL, NULL},
		 "test: the rollup's of \"product\" is of a type that its op does not take"},
		{{CRMVAL_LAST, 0, 0, "order", "account", "amount", "signed_on", NULL, NULL, NULL},
		 "test: the rollup's of \"amount\" is of a type that its op does not take"},
		{{CRMVAL_COUNT, 0, CRMVAL_TO, "order", "account", NULL, "amount", NULL, NULL, NULL},
		 "test: the rollup's date \"amount\" is not a date"},
		{{CRMVAL_COUNT, 0, CRMVAL_TO, "order", "account", NULL, "signed_on", NULL, "account", NULL},
		 "test: the rollup's ended \"account\" is not a date"},
		{{CRMVAL_COUNT, 0, CRMVAL_TO, "order", "account", NULL, "signed_on", NULL, NULL, "owner"},
		 "test: the rollup's until_own \"owner\" is not a date"},
		{{CRMVAL_MAX, 0, 0, "order", "account", "amount", "signed_on", "quantity", NULL, NULL},
		 "test: the rollup's per \"quantity\" is not a reference"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct rollup rollup;
		struct crmval_error error = {.struct_size = sizeof error};
		CU_ASSERT_EQUAL(
			rollup_bind(&rollup, &cases[i].table, (uint32_t)model_entity_index("account"), "test", &error),
			CRMVAL_ECONF);
		CU_ASSERT_STRING_EQUAL(error.message, cases[i].message);
	}
}

static const struct test tests[] = {
	{"reductions", test_reductions},
	{"least and greatest dates", test_dates},
	{"bounds", test_bounds},
	{"the last word", test_last},
	{"rows' own bounds", test_until_own},
	{"rows' own bounds, dropped", test_until_own_dropped},
	{"different words", test_distinct_words},
	{"groups", test_groups},
	{"many groups", test_many_groups},
	{"what has ended", test_ended},
	{"groups that several rollups share", test_shared_groups},
	{"current rows", test_current},
	{"current rows' own bounds", test_current_until_own},
	{"all rows", test_all_rows},
	{"many rows", test_many_rows},
	{"many words", test_many_words},
	{"huge sums", test_huge_sums},
	{"exact sums", test_exact_sums},
	{"what is no rollup", test_refused},
	{NULL, NULL},
};

const struct suite suite_rollup = {"rollup", tests};
