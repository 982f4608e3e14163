/* SPDX-License-Identifier: MIT */
/* Mappings at work: rows found by lookups, cells that are computed, rows passed over, whatever the splits and threads. */
#include "../core/rates.h"
#include "fixture.h"
#include "job_text.h"
#include "suite.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AMOUNT(fixture, id) (*(const double *)fixture_value(fixture, "order.amount", id))

/* A fixture whose first source has the mapping that this text of a source says. */
struct mapped {
	struct fixture fixture;
	struct job_text job;
};

static void mapped_open(struct mapped *m, const struct fixture_table *tables, const char *mapping)
{
	static const char *const no_problem[] = {NULL};
	char text[4096];
	snprintf(text, sizeof text, JOB_LINE "sources = ( { plugin = \"fake\"; directory = \"in\"; %s } );\n", mapping);
	m->job = job_text_of(text);
	job_text_expect(&m->job, no_problem);
	fixture_open(&m->fixture, tables);
	m->fixture.job_sources[0].mapping = m->job.job->sources[0].mapping;
	fixture_want(&m->fixture, "order.amount");
	fixture_want(&m->fixture, "order.account");
}

static void mapped_read(struct mapped *m, unsigned threads)
{
	fixture_map(&m->fixture);
	fixture_read(&m->fixture, threads);
}

static void mapped_close(struct mapped *m)
{
	fixture_close(&m->fixture);
	job_text_free(&m->job);
}

static uint64_t skipped(struct mapped *m, const char *entity, const char *what)
{
	const struct ledger_skip *skip = fixture_table(&m->fixture, entity)->ledger.skipped;
	while (skip && strcmp(skip->what, what) != 0)
		skip = skip->next;
	return skip ? skip->count : 0;
}

static const struct fixture_table histories[] = {
	{0, "history",
	 "key,day,v\n"
	 "a,2025-03-01,1\na,2025-01-01,2\na,,3\na,2025-01-01,4\n" /* a tie: the one that stands first */
	 "b,,5\nb,,6\n"                                           /* no order at all */
	 "c,9,7\nc,10,8\n"                                        /* numbers compare as such */
	 "d,text,9\nd,11,10\n"                                    /* and come before texts */
	 ",2025-01-01,11\n"                                       /* no key */
	 "e,2025-01-01,12\ne,2024-01-01,13\n"},                   /* 13 is passed over */
	{0, "order", "id\na\nb\nc\nd\ne\nf\n"},
	{0, NULL, NULL},
};

static void check_pick(const char *pick, const double *expected)
{
	static const char *const ids[] = {"a", "b", "c", "d", "e"};
	char mapping[512];
	struct mapped m;
	snprintf(mapping, sizeof mapping,
		 "lookups = { h = { from = \"history\"; by = \"key\"; order = \"day\"; pick = \"%s\";"
		 " skip = ( (\"old\", \"v = 13\") ); }; };"
		 "entities = { order = { fields = ( (\"amount\", \"=h(id).v\") ); }; };",
		 pick);
	for (uint32_t split = 0; split < 3; split++) {
		mapped_open(&m, histories, mapping);
		m.fixture.split_rows = split;
		mapped_read(&m, 1 + 2 * split);
		for (int i = 0; i < 5; i++)
			CU_ASSERT_EQUAL(AMOUNT(&m.fixture, ids[i]), expected[i]);
		CU_ASSERT(isnan(AMOUNT(&m.fixture, "f")));
		CU_ASSERT_EQUAL_FATAL(m.fixture.load.lookup_count, 1);
		CU_ASSERT_EQUAL(atomic_load(&m.fixture.load.lookups[0].rows), 12);
		CU_ASSERT_EQUAL(m.fixture.load.lookups[0].ledger.skipped->count, 1);
		mapped_close(&m);
	}
}

static void test_pick(void)
{
	static const double first[] = {2, 5, 7, 10, 12}, last[] = {1, 5, 8, 9, 12};
	check_pick("first", first);
	check_pick("last", last);
}

/* Thousands of rows to a few keys, from many splits, against a plain loop. */
static void test_many(void)
{
	enum { ROWS = 6000, KEYS = 7 };
	char *text = malloc(ROWS * 32 + 64), *p = text;
	double best_order[KEYS], best_value[KEYS];
	CU_ASSERT_PTR_NOT_NULL_FATAL(text);
	p += sprintf(p, "key,day,v\n");
	for (int k = 0; k < KEYS; k++)
		best_order[k] = INFINITY;
	for (int i = 0; i < ROWS; i++) {
		int key = i % KEYS, order = i * 7919 % 997; /* with ties, of which the first counts */
		p += sprintf(p, "k%d,%d,%d\n", key, order, i);
		if (order < best_order[key]) {
			best_order[key] = order;
			best_value[key] = i;
		}
	}
	const struct fixture_table tables[] = {
		{0, "history", text}, {0, "order", "id\nk0\nk1\nk2\nk3\nk4\nk5\nk6\n"}, {0, NULL, NULL}};
	for (unsigned threads = 1; threads <= 8; threads *= 2) {
		struct mapped m;
		mapped_open(&m, tables,
			    "lookups = { h = { from = \"history\"; by = \"key\"; order = \"day\"; }; };"
			    "entities = { order = { fields = ( (\"amount\", \"=h(id).v\") ); }; };");
		m.fixture.split_rows = 11;
		mapped_read(&m, threads);
		for (int k = 0; k < KEYS; k++) {
			char id[16];
			snprintf(id, sizeof id, "k%d", k);
			CU_ASSERT_EQUAL(AMOUNT(&m.fixture, id), best_value[k]);
		}
		mapped_close(&m);
	}
	free(text);
}

/* A table that nobody needs is not read; one that is not there makes its fields unmapped. */
static void test_unused(void)
{
	static const char mapping[] = "lookups = { h = { from = \"history\"; by = \"key\"; }; gone = { from = "
				      "\"nowhere\"; by = \"key\"; }; };"
				      "entities = { order = { fields = ( (\"quantity\", \"=h(id).v\"), (\"amount\", "
				      "\"=gone(id).v\") ); }; };";
	struct mapped m;
	mapped_open(&m, histories, mapping);
	mapped_read(&m, 1);
	CU_ASSERT(!m.fixture.load.lookups[0].is_used && m.fixture.load.lookups[0].is_there);
	CU_ASSERT(!m.fixture.load.lookups[1].is_there);
	CU_ASSERT(fixture_column(&m.fixture, "order.quantity")->is_mapped);
	CU_ASSERT(!fixture_column(&m.fixture, "order.amount")->is_mapped);
	mapped_close(&m);
}

static void test_cells(void)
{
	static const struct fixture_table tables[] = {
		{0, "order",
		 "id,amount,n,gone\no1, 5 ,2,0\no2,#N/A,2,0\no3,x#N/A,2,0\no4,7,2,1\no5,7,0,true\no6, #N/A ,-3,\n"},
		{0, NULL, NULL},
	};
	static const char mapping[] =
		"nulls = ( \"#N/A\" ); entities = { order = { skip = ( (\"gone\", \"gone\"), (\"both\", \"n = 0\") );"
		" fields = ( (\"quantity\", \"=coalesce(amount, 1) * n + 0.5\") ); }; };";
	struct mapped m;
	mapped_open(&m, tables, mapping);
	fixture_want(&m.fixture, "order.quantity");
	mapped_read(&m, 1);
	CU_ASSERT_EQUAL(atomic_load(&fixture_table(&m.fixture, "order")->rows), 4);
	CU_ASSERT_EQUAL(skipped(&m, "order", "gone"), 2); /* the first rule that holds counts the row */
	CU_ASSERT_EQUAL(skipped(&m, "order", "both"), 0);
	CU_ASSERT_EQUAL(atomic_load(&fixture_column(&m.fixture, "order.amount")->unreadable), 1);
	CU_ASSERT_STRING_EQUAL(fixture_table(&m.fixture, "order")->ledger.examples[0].text,
			       "here:4: amount \"x#N/A\" is not a number");
	CU_ASSERT_EQUAL(AMOUNT(&m.fixture, "o1"), 5);
	CU_ASSERT(isnan(AMOUNT(&m.fixture, "o2")) && isnan(AMOUNT(&m.fixture, "o6")));
	CU_ASSERT_EQUAL(*(const double *)fixture_value(&m.fixture, "order.quantity", "o1"), 10.5);
	CU_ASSERT_EQUAL(*(const double *)fixture_value(&m.fixture, "order.quantity", "o2"), 2.5);
	CU_ASSERT(isnan(*(const double *)fixture_value(&m.fixture, "order.quantity", "o3")));
	CU_ASSERT_EQUAL(*(const double *)fixture_value(&m.fixture, "order.quantity", "o6"), -2.5);
	mapped_close(&m);
}

/* 001Ec00000FzlUd is 001Ec00000FzlUdIAJ: capitals E; F; U at places 4; 1; 3 of the groups 001Ec, 00000, FzlUd. */
static void test_ids(void)
{
	static const struct fixture_table tables[] = {
		{0, "account", "id\n001Ec00000FzlUdIAJ\n001Ec00000FzlUd\nplain\n000000000000000AAA\n"},
		{0, "order",
		 "id,account,amount\no1,001Ec00000FzlUd,1\no2,001Ec00000FzlUdIAJ,2\no3,001Ec00000FzlUdIAK,3\n"
		 "o4,000000000000000AAA,4\no5,plain,5\no6,001ec00000fzlud,6\n"},
		{0, NULL, NULL},
	};
	struct mapped m;
	mapped_open(&m, tables, "ids = \"salesforce\";");
	mapped_read(&m, 2);
	int32_t account = fixture_row(&m.fixture, "account", "001Ec00000FzlUdIAJ");
	CU_ASSERT(account >= 0);
	CU_ASSERT_EQUAL(fixture_table(&m.fixture, "account")->duplicates, 1);
	CU_ASSERT_EQUAL(*(const int32_t *)fixture_value(&m.fixture, "order.account", "o1"), account);
	CU_ASSERT_EQUAL(*(const int32_t *)fixture_value(&m.fixture, "order.account", "o2"), account);
	CU_ASSERT_EQUAL(*(const int32_t *)fixture_value(&m.fixture, "order.account", "o3"), CRMVAL_MISSING);
	CU_ASSERT_EQUAL(*(const int32_t *)fixture_value(&m.fixture, "order.account", "o4"), CRMVAL_MISSING);
	CU_ASSERT_EQUAL(*(const int32_t *)fixture_value(&m.fixture, "order.account", "o5"),
			fixture_row(&m.fixture, "account", "plain"));
	CU_ASSERT_EQUAL(*(const int32_t *)fixture_value(&m.fixture, "order.account", "o6"), CRMVAL_DANGLING);
	CU_ASSERT_EQUAL(atomic_load(&fixture_column(&m.fixture, "order.account")->unreadable), 1);
	CU_ASSERT_EQUAL(atomic_load(&fixture_column(&m.fixture, "order.account")->dangling), 1);
	mapped_close(&m);
}

/* Three tables make one entity; a part is left out where another table has rows, and one column is in one part only. */
static void test_parts(void)
{
	static const struct fixture_table tables[] = {
		{0, "lines", "id,sum\n1,10\n2,20\n"},
		{0, "heads", "id,total\n2,99\n3,30\n"},
		{0, "deals", "id,total\n4,40\n"},
		{0, "empty", "id\n"},
		{0, NULL, NULL},
	};
	static const char mapping[] =
		"entities = { order = { parts = {"
		" lines = { from = \"lines\"; fields = ( (\"amount\", \"sum\") ); };"
		" heads = { from = \"heads\"; unless = \"empty\"; fields = ( (\"amount\", \"total\") ); };"
		" deals = { from = \"deals\"; unless = \"lines\"; fields = ( (\"amount\", \"total\") ); }; }; }; };";
	struct mapped m;
	mapped_open(&m, tables, mapping);
	mapped_read(&m, 3);
	CU_ASSERT_EQUAL(fixture_table(&m.fixture, "order")->duplicates, 1);
	CU_ASSERT_EQUAL(AMOUNT(&m.fixture, "1"), 10);
	CU_ASSERT_EQUAL(AMOUNT(&m.fixture, "2"), 20); /* of two rows the one of the first part */
	CU_ASSERT_EQUAL(AMOUNT(&m.fixture, "3"), 30);
	CU_ASSERT_EQUAL(fixture_row(&m.fixture, "order", "4"), -1);
	CU_ASSERT_EQUAL_FATAL(m.fixture.load.note_count, 1);
	CU_ASSERT_STRING_EQUAL(m.fixture.load.notes[0].unless, "lines");
	mapped_close(&m);
}

static const struct test tests[] = {
	{"which row is found", test_pick},
	{"many rows, many threads", test_many},
	{"lookups that are not used", test_unused},
	{"computed cells, nulls, rows passed over", test_cells},
	{"ids of Salesforce", test_ids},
	{"parts of an entity", test_parts},
	{NULL, NULL},
};

const struct suite suite_lookup = {"lookup", tests};
