/* SPDX-License-Identifier: MIT */
/* Paths: what is one, where it leads, and what rows find at its end. */
#include "../core/path.h"
#include "fixture.h"
#include "suite.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static uint32_t entity_named(const char *name)
{
	return (uint32_t)model_entity_index(name);
}

static void refuse(const char *entity, const char *text, const char *message)
{
	struct route route;
	struct crmval_error error = {.struct_size = sizeof error};
	int code = route_parse(text, entity_named(entity), "view of x", &route, &error);
	CU_ASSERT_EQUAL(code, CRMVAL_ECONF);
	CU_ASSERT_STRING_EQUAL(error.message, message);
}

static void test_refused(void)
{
	refuse("order", "amuont", "view of x: path \"amuont\": order has no field \"amuont\"");
	refuse("order", "", "view of x: path \"\": order has no field \"\"");
	refuse("order", "account.", "view of x: path \"account.\": account has no field \"\"");
	refuse("order", ".id", "view of x: path \".id\": order has no field \"\"");
	refuse("order", "account..id", "view of x: path \"account..id\": account has no field \"\"");
	refuse("order", "amount.id", "view of x: path \"amount.id\": order.amount is not a reference");
	refuse("order", "id.account", "view of x: path \"id.account\": order.id is not a reference");
	refuse("order", "account.ownerr", "view of x: path \"account.ownerr\": account has no field \"ownerr\"");
	refuse("order", "account.owner.manager.manager.manager.id",
	       "view of x: path \"account.owner.manager.manager.manager.id\" has more than 4 references");
	refuse("order", "account|", "view of x: path \"\": order has no field \"\"");
	refuse("order", "account|opportunity.amount",
	       "view of x: the alternatives of path \"account|opportunity.amount\" "
	       "differ in type");
	refuse("order", "account|opportunity",
	       "view of x: the alternatives of path \"account|opportunity\" differ in type");
	refuse("opportunity", "stage|project_size",
	       "view of x: the alternatives of path \"stage|project_size\" differ in type");
	refuse("order", "signed_on|signed_on|signed_on|signed_on",
	       "view of x: path \"signed_on|signed_on|signed_on|signed_on\" has more than 3 alternatives");
	char longest[80];
	memset(longest, 'x', sizeof longest - 1);
	longest[sizeof longest - 1] = 0;
	struct route route;
	CU_ASSERT_EQUAL(route_parse(longest, 0, "x", &route, NULL), CRMVAL_ECONF);
}

static void test_parsed(void)
{
	struct route route;
	uint32_t order = entity_named("order");
	CU_ASSERT_EQUAL(route_parse("account.owner.manager.manager.team", order, "", &route, NULL), CRMVAL_OK);
	CU_ASSERT_EQUAL(route.count, 1);
	CU_ASSERT_EQUAL(route.paths[0].hop_count, 4);
	CU_ASSERT_EQUAL(route.paths[0].start, order);
	CU_ASSERT_EQUAL(route.paths[0].entity, entity_named("employee"));
	CU_ASSERT_STRING_EQUAL(route.field->name, "team");
	CU_ASSERT_EQUAL(route_parse("account|opportunity.account", order, "", &route, NULL), CRMVAL_OK);
	CU_ASSERT_EQUAL(route.count, 2);
	CU_ASSERT_EQUAL(route.paths[0].hop_count, 0);
	CU_ASSERT_EQUAL(route.paths[0].entity, order);
	CU_ASSERT_EQUAL(route.paths[1].hop_count, 1);
	CU_ASSERT_EQUAL(route.paths[1].entity, entity_named("opportunity"));
}

static const struct fixture_table tables[] = {
	{0, "employee", "id,team,region,hired_on\ne1,North,r1,2020-01-01\ne2,,r2,\n"},
	{0, "account",
	 "id,owner,region,key_market,size_class,name\na1,e1,R1,yes,large,x\na2,e2,,,,\na3,e9,,no,small,\n"},
	{0, "opportunity", "id,account,amount,closed_on\nt1,a2,100,2025-01-01\nt2,a9,,\n"},
	{0, "order",
	 "id,account,opportunity,amount,signed_on\n"
	 "o1,a1,,1,2025-03-01\n"
	 "o2,,t1,,\n"
	 "o3,a9,t1,3,2025-03-03\n"
	 "o4,a3,t1,4,2025-03-04\n"
	 "o5,,,5,\n"
	 "o6,a9,t2,6,2025-03-06\n"
	 "o7,,t9,7,\n"
	 "o8,a9,,8,\n"},
	{0, NULL, NULL},
};

enum { ORDERS = 8 };

/* Values of a route for the orders o1 .. o8, of so many bytes each.  One thread numbers rows as they stand above: a1 is 0. */
static void gather(const char *text, size_t width, void *out)
{
	struct fixture f;
	struct route route;
	struct gather *storage = malloc(sizeof *storage);
	uint32_t row[ORDERS];
	char *raw = malloc(BATCH_ROWS * 8);
	fixture_open(&f, tables);
	int code = route_parse(text, entity_named("order"), "test", &route, &f.error);
	CU_ASSERT_EQUAL_FATAL(code, CRMVAL_OK);
	CU_ASSERT_EQUAL(route_want(&route, WANT_VALUE, &f.data, &f.error), CRMVAL_OK);
	fixture_map(&f);
	fixture_read(&f, 1);
	for (uint32_t i = 0; i < ORDERS; i++)
		row[i] = i;
	struct rows rows = {.row = row, .count = ORDERS};
	route_gather(&route, &f.data, &f.job.period, &rows, storage, raw);
	memcpy(out, raw, ORDERS * width);
	fixture_close(&f);
	free(raw);
	free(storage);
}

#define SAME(values, ...)                                                                                              \
	CU_ASSERT_EQUAL(memcmp(values, (__typeof__(values)){__VA_ARGS__}, sizeof(__typeof__(values))), 0)

static void test_references(void)
{
	int32_t values[ORDERS];
	gather("account", sizeof *values, values);
	SAME(values, 0, CRMVAL_MISSING, CRMVAL_DANGLING, 2, CRMVAL_MISSING, CRMVAL_DANGLING, CRMVAL_MISSING,
	     CRMVAL_DANGLING);
	/* The first that is filled: a dangling one is not, but is told where nothing stands in for it. */
	gather("account|opportunity.account", sizeof *values, values);
	SAME(values, 0, 1, 1, 2, CRMVAL_MISSING, CRMVAL_DANGLING, CRMVAL_MISSING, CRMVAL_DANGLING);
	/* A reference on the way that dangles makes what follows missing, not dangling. */
	gather("opportunity.account", sizeof *values, values);
	SAME(values, CRMVAL_MISSING, 1, 1, 1, CRMVAL_MISSING, CRMVAL_DANGLING, CRMVAL_MISSING, CRMVAL_MISSING);
	/* An id is the number of its row. */
	gather("id", sizeof *values, values);
	SAME(values, 0, 1, 2, 3, 4, 5, 6, 7);
	gather("account.id", sizeof *values, values);
	SAME(values, 0, CRMVAL_MISSING, CRMVAL_MISSING, 2, CRMVAL_MISSING, CRMVAL_MISSING, CRMVAL_MISSING,
	     CRMVAL_MISSING);
	gather("opportunity.account.id", sizeof *values, values);
	SAME(values, CRMVAL_MISSING, 1, 1, 1, CRMVAL_MISSING, CRMVAL_MISSING, CRMVAL_MISSING, CRMVAL_MISSING);
}

static void test_values(void)
{
	int32_t days[ORDERS], d = fixture_day("2025-03-01"), from = fixture_day("2025-01-01");
	gather("signed_on", sizeof *days, days);
	SAME(days, d, CRMVAL_NO_DATE, d + 2, d + 3, CRMVAL_NO_DATE, d + 5, CRMVAL_NO_DATE, CRMVAL_NO_DATE);
	gather("signed_on|opportunity.closed_on", sizeof *days, days);
	SAME(days, d, from, d + 2, d + 3, CRMVAL_NO_DATE, d + 5, CRMVAL_NO_DATE, CRMVAL_NO_DATE);
	gather("account.owner.hired_on", sizeof *days, days);
	SAME(days, fixture_day("2020-01-01"), CRMVAL_NO_DATE, CRMVAL_NO_DATE, CRMVAL_NO_DATE, CRMVAL_NO_DATE,
	     CRMVAL_NO_DATE, CRMVAL_NO_DATE, CRMVAL_NO_DATE);
	/* A reference that is not mapped leads nowhere. */
	gather("account.owner.manager.hired_on", sizeof *days, days);
	for (int i = 0; i < ORDERS; i++)
		CU_ASSERT_EQUAL(days[i], CRMVAL_NO_DATE);
	double numbers[ORDERS];
	gather("amount|opportunity.amount", sizeof *numbers, numbers);
	SAME(numbers, 1, 100, 3, 4, 5, 6, 7, 8);
	gather("opportunity.amount", sizeof *numbers, numbers);
	CU_ASSERT(isnan(numbers[0]) && numbers[1] == 100 && numbers[3] == 100 && isnan(numbers[5]) &&
		  isnan(numbers[6]));
	int8_t flags[ORDERS];
	gather("account.key_market", sizeof *flags, flags);
	SAME(flags, 1, -1, -1, 0, -1, -1, -1, -1);
	uint32_t symbols[ORDERS]; /* size_class: small, medium, large */
	gather("account.size_class", sizeof *symbols, symbols);
	SAME(symbols, 3, 0, 0, 1, 0, 0, 0, 0);
	uint8_t texts[ORDERS];
	gather("account.name", sizeof *texts, texts);
	SAME(texts, TEXT_FILLED, 0, 0, 0, 0, 0, 0, 0);
}

/* Of a route with alternatives only the first path is needed, of which optional fields are not. */
static void test_unmapped(void)
{
	struct fixture f;
	struct route route;
	uint32_t entity, order = entity_named("order");
	fixture_open(&f, tables);
	fixture_map(&f);
	CU_ASSERT_EQUAL(route_parse("account.owner.manager", order, "", &route, NULL), CRMVAL_OK);
	const struct field *field = path_unmapped(&route.paths[0], &f.data, 0, &entity);
	CU_ASSERT_PTR_NOT_NULL_FATAL(field);
	CU_ASSERT_STRING_EQUAL(field->name, "manager");
	CU_ASSERT_EQUAL(entity, entity_named("employee"));
	CU_ASSERT_EQUAL(route_parse("account.owner.left_on", order, "", &route, NULL), CRMVAL_OK);
	CU_ASSERT_PTR_NULL(path_unmapped(&route.paths[0], &f.data, 0, &entity));
	field = path_unmapped(&route.paths[0], &f.data, 1, &entity);
	CU_ASSERT_PTR_NOT_NULL_FATAL(field);
	CU_ASSERT_STRING_EQUAL(field->name, "left_on");
	CU_ASSERT_EQUAL(route_parse("product.category", order, "", &route, NULL), CRMVAL_OK);
	field = path_unmapped(&route.paths[0], &f.data, 0, &entity); /* the first that is missing */
	CU_ASSERT_PTR_NOT_NULL_FATAL(field);
	CU_ASSERT_STRING_EQUAL(field->name, "product");
	CU_ASSERT_EQUAL(entity, order);
	fixture_close(&f);
}

static const struct test tests[] = {
	{"what is no path", test_refused},          {"paths", test_parsed},
	{"references at the end", test_references}, {"values at the end", test_values},
	{"what is not mapped", test_unmapped},      {NULL, NULL},
};

const struct suite suite_path = {"path", tests};
