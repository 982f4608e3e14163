/* SPDX-License-Identifier: MIT */
/* Exchange rates: which one an amount is converted at, and what becomes of it where there is none. */
#include "../core/path.h"
#include "fixture.h"
#include "suite.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* The dollar has a second, lower and a third, higher rate on 2025-03-01; rows of rates are in no order. */
static const char rate_text[] = "currency,from_on,rate\n"
				"usd,2025-06-01,8\n"
				"USD,2025-01-01,7\n"
				"EUR,2025-01-01,10\n"
				"USD,2025-03-01,4\n"
				" Usd ,2025-03-01,5\n"
				"USD,2025-03-01,4.5\n"
				"GBP,,9\n"
				",2025-01-01,11\n"
				"JPY,2025-01-01,0\n"
				"CHF,2025-01-01,-2\n"
				"SEK,2025-01-01,\n"
				"BIG,2025-01-01,9e18\n";

static const struct fixture_table orders[] = {
	{0, "exchange_rate", rate_text},
	{0, "order",
	 "id,amount,currency,signed_on\n"
	 "o1,100,USD,2025-01-01\n"  /* on the first day: 7 */
	 "o2,100,usd,2025-02-28\n"  /* 7 still */
	 "o3,100,USD,2025-03-01\n"  /* the highest of the day: 5 */
	 "o4,100,USD,2025-05-31\n"  /* 5 */
	 "o5,100,USD,2026-06-01\n"  /* 8 */
	 "o6,100,USD,2024-12-31\n"  /* before any rate */
	 "o7,100,EUR,2025-12-31\n"  /* 10 */
	 "o8,100,cny,2025-01-01\n"  /* the job's own */
	 "o9,100,,2025-01-01\n"     /* none: the job's own */
	 "o10,100,USD,\n"           /* on no day */
	 "o11,100,CNY,\n"           /* no rate is needed */
	 "o12,,USD,2025-01-01\n"    /* missing, not unreadable */
	 "o13,100,GBP,2025-01-01\n" /* a rate from no day on is none */
	 "o14,100,JPY,2025-01-01\n" /* nor is 0 */
	 "o15,100,CHF,2025-01-01\n" /* nor less */
	 "o16,100,SEK,2025-01-01\n"
	 "o17,100,ZZZ,2025-01-01\n"
	 "o18,-3,EUR,2025-01-02\n"
	 "o19,x,EUR,2025-01-02\n" /* unreadable by itself, once */
	 "o20,2,BIG,2025-01-02\n" /* 1.8e19: past what is a number */
	 "o6,100,ZZZ,2025-01-01\n" /* dropped */},
	{0, NULL, NULL},
};

/* Values of a money path of an entity, for the rows ID1, ID2, ...; NaN: missing. */
static void check(const struct fixture_table *tables, const char *currency, int window, const char *entity,
		  const char *path, char letter, const double *expected, int count, unsigned unreadable)
{
	struct fixture f;
	struct route route;
	struct gather *gather = malloc(sizeof *gather);
	double *values = malloc(BATCH_ROWS * sizeof *values);
	uint32_t row[64];
	char name[64];
	fixture_open(&f, tables);
	f.job.currency = currency;
	CU_ASSERT_EQUAL_FATAL(route_parse(path, (uint32_t)model_entity_index(entity), "test", &route, &f.error),
			      CRMVAL_OK);
	CU_ASSERT_EQUAL(route_want(&route, WANT_VALUE, &f.data, &f.error), CRMVAL_OK);
	fixture_map(&f);
	fixture_read(&f, 1);
	for (int i = 0; i < count; i++) {
		char id[16];
		snprintf(id, sizeof id, "%c%d", letter, i + 1);
		row[i] = (uint32_t)fixture_row(&f, entity, id);
	}
	struct rows rows = {.row = row, .count = (uint32_t)count};
	route_gather(&route, &f.data, window ? &f.job.baseline : &f.job.period, &rows, gather, values);
	for (int i = 0; i < count; i++) {
		char text[100];
		int holds = isnan(expected[i]) ? isnan(values[i]) : values[i] == expected[i];
		snprintf(text, sizeof text, "%s, row %d: %g, expected %g", path, i + 1, values[i], expected[i]);
		CU_assertImplementation(holds, __LINE__, text, __FILE__, "", CU_FALSE);
	}
	snprintf(name, sizeof name, "%s.amount", model_entities[route.paths[0].entity].name);
	CU_ASSERT_EQUAL(atomic_load(&fixture_column(&f, name)->unreadable), unreadable);
	fixture_close(&f);
	free(values);
	free(gather);
}

static void test_orders(void)
{
	static const double expected[] = {700, 700, 500, 500, 800, NAN, 1000, 100, 100, NAN,
					  100, NAN, NAN, NAN, NAN, NAN, NAN,  -30, NAN, NAN};
	/* o6, o10, o13, o14, o15, o16, o17, o19, o20 */
	check(orders, "CNY", 0, "order", "amount", 'o', expected, 20, 9);
	check(orders, "CNY", 1, "order", "amount", 'o', expected, 20, 9);
}

/* The job's currency is another, or not set: then its own code needs a rate, too. */
static void test_home(void)
{
	static const double euros[] = {700, 700, 500, 500, 800, NAN, 100, NAN, 100, NAN, NAN};
	static const double none[] = {700, 700, 500, 500, 800, NAN, 1000, NAN, 100, NAN, NAN};
	/* o6, o8, o10, o11, o13 ... o17, o19, o20 */
	check(orders, "EUR", 0, "order", "amount", 'o', euros, 11, 11);
	check(orders, NULL, 0, "order", "amount", 'o', none, 11, 11);
	check(orders, "AUD", 0, "order", "amount", 'o', none, 11, 11);
}

/* Without an outcome an opportunity stands at the rate of the window's end, whatever its closed_on. */
static void test_opportunities(void)
{
	static const struct fixture_table tables[] = {
		{0, "exchange_rate",
		 "currency,from_on,rate\nUSD,2024-06-01,6\nUSD,2025-03-01,7\nUSD,2025-12-31,8\nUSD,2026-01-01,9\n"
		 "EUR,2025-01-01,10\n"},
		{0, "opportunity",
		 "id,amount,currency,closed_on,outcome\n"
		 "t1,1,USD,2025-03-01,won\n"
		 "t2,1,USD,2025-02-28,lost\n"
		 "t3,1,USD,,\n"
		 "t4,1,USD,2025-03-01,\n"
		 "t5,1,USD,,won\n"
		 "t6,1,EUR,,\n"
		 "t7,1,,,\n"},
		{0, "decision_member", "id,opportunity\nd1,t3\nd2,t1\nd3,\n"},
		{0, NULL, NULL},
	};
	static const double period[] = {7, 6, 8, 8, NAN, 10, 1}, baseline[] = {7, 6, 6, 6, NAN, NAN, 1};
	static const double members[] = {8, 7, NAN};
	/* Counted in the period's terms: t5 only. */
	check(tables, "CNY", 0, "opportunity", "amount", 't', period, 7, 1);
	check(tables, "CNY", 1, "opportunity", "amount", 't', baseline, 7, 1);
	/* The same over a reference: the day is that of the row which has the amount. */
	check(tables, "CNY", 0, "decision_member", "opportunity.amount", 'd', members, 3, 1);
}

static void test_other_days(void)
{
	static const struct fixture_table tables[] = {
		{0, "exchange_rate", "currency,from_on,rate\nUSD,2025-01-01,7\nUSD,2025-02-01,8\n"},
		{0, "expense", "id,amount,currency,spent_on\nx1,1,USD,2025-01-31\nx2,1,USD,2025-02-01\n"},
		{0, "project_history", "id,amount,currency,signed_on,created_on\nh1,1,USD,2025-01-31,2025-02-01\n"},
		{0, NULL, NULL},
	};
	static const double expenses[] = {7, 8}, history[] = {7};
	check(tables, "CNY", 0, "expense", "amount", 'x', expenses, 2, 0);
	check(tables, "CNY", 0, "project_history", "amount", 'h', history, 1, 0);
}

/* Rates in a third currency, of which that of the job's currency begins on other days; numbers that divide exactly. */
static void test_base(void)
{
	static const char text[] = "currency,from_on,rate,base\n"
				   "USD,2025-01-01,1,usd\n"
				   "EUR,2025-01-01,2,USD\n"
				   "EUR,2025-03-01,4,USD\n"
				   "MXN,2025-01-01,0.5,Usd\n"
				   "MXN,2025-02-01,0.25,USD\n"
				   "GBP,2025-01-01,8,\n"
				   "SEK,2025-01-01,8,EUR\n"
				   "SEK,2025-01-01,8,\n"
				   "JPY,2025-01-01,8,CHF\n";
	static const struct fixture_table tables[] = {
		{0, "exchange_rate", text},
		{0, "order",
		 "id,amount,currency,signed_on\n"
		 "o1,100,MXN,2025-01-15\n"
		 "o2,100,mxn,2025-02-15\n"
		 "o3,100,MXN,2025-03-15\n"
		 "o4,100,USD,2025-02-28\n"
		 "o5,100,USD,2025-03-01\n"
		 "o6,100,EUR,2025-03-01\n" /* the job's own, or of a rate */
		 "o7,100,GBP,2025-03-01\n" /* in the job's currency */
		 "o8,100,SEK,2025-03-01\n" /* of two equal rates on a day, that in euros counts */
		 "o9,100,JPY,2025-03-01\n" /* of the job's currency there is no rate in francs */
		 "o10,100,MXN,2024-12-31\n"},
		{0, NULL, NULL},
	};
	static const double euros[] = {25, 12.5, 6.25, 50, 25, 100, 800, 800, NAN, NAN};
	static const double dollars[] = {50, 25, 25, 100, 100, 400, 800, NAN, NAN, NAN};
	static const double none[] = {50, 25, 25, 100, 100, 400, 800, 800, 800, NAN};
	static const double pesos[] = {100, 100, 100, 400, 400, 1600, 800, NAN, NAN, 100};
	static const double yen[] = {NAN, NAN, NAN, NAN, NAN, NAN, 800, NAN, 100, NAN};
	check(tables, "EUR", 0, "order", "amount", 'o', euros, 10, 2);
	check(tables, "USD", 0, "order", "amount", 'o', dollars, 10, 3);
	check(tables, NULL, 0, "order", "amount", 'o', none, 10, 1);
	check(tables, "MXN", 0, "order", "amount", 'o', pesos, 10, 2);
	check(tables, "JPY", 0, "order", "amount", 'o', yen, 10, 8);
	check(tables, "AUD", 0, "order", "amount", 'o', (double[]){NAN, NAN, NAN, NAN, NAN, NAN, 800, NAN, NAN, NAN},
	      10, 9);
}

/* No table of rates, or no currency. */
static void test_not_mapped(void)
{
	static const struct fixture_table no_rates[] = {
		{0, "order", "id,amount,currency,signed_on\no1,1,USD,2025-01-01\no2,2,CNY,2025-01-01\no3,3,,\n"},
		{0, NULL, NULL}};
	static const struct fixture_table no_currency[] = {{0, "exchange_rate", rate_text},
							   {0, "order", "id,amount,signed_on\no1,1,2025-01-01\n"},
							   {0, NULL, NULL}};
	static const struct fixture_table no_day[] = {{0, "exchange_rate", rate_text},
						      {0, "order", "id,amount,currency\no1,1,USD\no2,2,CNY\n"},
						      {0, NULL, NULL}};
	static const double own[] = {NAN, 2, 3}, plain[] = {1}, dayless[] = {NAN, 2};
	check(no_rates, "CNY", 0, "order", "amount", 'o', own, 3, 1);
	check(no_currency, "CNY", 0, "order", "amount", 'o', plain, 1, 0);
	check(no_day, "CNY", 0, "order", "amount", 'o', dayless, 2, 1);
}

static const struct test tests[] = {
	{"orders", test_orders},
	{"the job's currency", test_home},
	{"opportunities", test_opportunities},
	{"expenses and history", test_other_days},
	{"rates in a third currency", test_base},
	{"what is not mapped", test_not_mapped},
	{NULL, NULL},
};

const struct suite suite_rates = {"rates", tests};
