/* SPDX-License-Identifier: MIT */
/* Units: every rule of how a row of each entity finds its team, employee, region and size class. */
#include "../core/unit.h"
#include "fixture.h"
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const int all[BREAKDOWN_COUNT] = {1, 1, 1, 1};

static const char employees[] = "id,team,region\n"
				"e1,North,R1\n"
				"e2,South,R2\n"
				"e3,,\n"
				"e4,North,r1\n";

static const struct fixture_table tables[] = {
	{0, "employee", employees},
	{0, "account", "id,owner,region,size_class\na1,e1,R9,large\na2,e2,,Small\na3,,R1,\na4,e9,R9,huge\n"},
	{0, "contact", "id,account\nc1,a1\nc2,\nc3,a3\n"},
	{0, "relationship", "id,employee,contact\nr1,e2,c1\nr2,,c1\nr3,e2,c2\nr4,,c2\nr5,e9,c1\nr6,e4,\n"},
	{0, "project_history", "id,account\nh1,a1\nh2,a9\n"},
	{0, "opportunity", "id,account,owner\nt1,a1,e2\nt2,a1,\nt3,,e2\nt4,,\nt5,a1,e9\nt6,a3,\nt7,,e3\n"},
	{0, "order",
	 "id,account,opportunity\no1,a2,t1\no2,,t1\no3,,t3\no4,a2,t2\no5,a9,t1\no6,a2,t9\no7,,\no8,a2,t4\n"},
	{0, "decision_member", "id,opportunity,contact\nd1,t1,c3\nd2,t3,c1\nd3,,c1\nd4,t4,c3\n"},
	{0, "activity", "id,opportunity,account,employee\nv1,t1,a2,e4\nv2,,a2,e4\nv3,,,e4\n"},
	{0, "resource_request", "id,opportunity\nq1,t1\nq2,\n"},
	{0, "participant", "id,opportunity,employee\np1,t1,e4\np2,t4,e4\n"},
	{0, "expense", "id,opportunity\nx1,t2\nx2,t3\n"},
	{0, "product", "id\ng1\n"},
	{0, "strategic_goal", "id,owner\ns1,e1\ns2,\ns3,e9\n"},
	{0, NULL, NULL},
};

struct unit_case {
	const char *entity, *id;
	const char *names[BREAKDOWN_COUNT]; /* team, employee, region, size class */
};

static void check(struct fixture *f, const struct units *units, const struct unit_case *c)
{
	struct gather *gather = malloc(sizeof *gather);
	uint32_t(*unit)[BATCH_ROWS] = calloc(BREAKDOWN_COUNT, sizeof *unit);
	int32_t row = fixture_row(f, c->entity, c->id);
	CU_ASSERT_FATAL(row >= 0);
	struct rows rows = {.row = (const uint32_t *)&row, .count = 1};
	units_of(units, (uint32_t)model_entity_index(c->entity), &rows, gather, unit);
	for (int b = 0; b < BREAKDOWN_COUNT; b++) {
		char text[160];
		const char *name = units->wanted[b] ? unit_name(units, b, unit[b][0]) : c->names[b];
		snprintf(text, sizeof text, "%s %s: %s \"%s\", expected \"%s\"", c->entity, c->id, breakdown_names[b],
			 name, c->names[b]);
		CU_assertImplementation(strcmp(name, c->names[b]) == 0, __LINE__, text, __FILE__, "", CU_FALSE);
		if (units->wanted[b])
			CU_ASSERT(unit[b][0] < units->counts[b]);
	}
	free(unit);
	free(gather);
}

static void open_units(struct fixture *f, struct units *units, const struct fixture_table *from, const int *wanted)
{
	fixture_open(f, from);
	CU_ASSERT_EQUAL_FATAL(units_want(units, wanted, &f->data, &f->error), CRMVAL_OK);
	fixture_map(f);
	fixture_read(f, 1);
	CU_ASSERT_EQUAL_FATAL(units_open(units, 1000, &f->error), CRMVAL_OK);
}

static void check_all(const struct fixture_table *from, const struct unit_case *cases, size_t count)
{
	struct fixture f;
	struct units units;
	open_units(&f, &units, from, all);
	for (size_t i = 0; i < count; i++)
		check(&f, &units, &cases[i]);
	units_close(&units);
	fixture_close(&f);
}

#define NONE UNIT_NONE
#define CHECK_ALL(from, cases) check_all(from, cases, sizeof cases / sizeof cases[0])

static void test_own(void)
{
	static const struct unit_case cases[] = {
		{"account", "a1", {"North", "e1", "R9", "large"}},
		{"account", "a2", {"South", "e2", NONE, "small"}}, /* its account has no region: not the employee's */
		{"account", "a3", {NONE, NONE, "R1", NONE}},
		{"account", "a4", {NONE, NONE, "R9", NONE}}, /* its owner is not there */
		{"employee", "e1", {"North", "e1", "R1", NONE}},
		{"employee", "e3", {NONE, "e3", NONE, NONE}},
		{"employee", "e4", {"North", "e4", "r1", NONE}}, /* regions are exact */
		{"opportunity", "t1", {"South", "e2", "R9", "large"}},
		{"opportunity", "t2", {"North", "e1", "R9", "large"}}, /* the owner of its account */
		{"opportunity", "t3", {"South", "e2", "R2", NONE}},    /* no account: the employee's region */
		{"opportunity", "t4", {NONE, NONE, NONE, NONE}},
		{"opportunity", "t5", {"North", "e1", "R9", "large"}}, /* an owner who is not there is none */
		{"opportunity", "t6", {NONE, NONE, "R1", NONE}},
		{"opportunity", "t7", {NONE, "e3", NONE, NONE}},
		{"strategic_goal", "s1", {"North", "e1", "R1", NONE}},
		{"strategic_goal", "s2", {NONE, NONE, NONE, NONE}},
		{"strategic_goal", "s3", {NONE, NONE, NONE, NONE}},
		{"relationship", "r1", {"South", "e2", "R9", "large"}},
		{"relationship", "r2", {"North", "e1", "R9", "large"}},
		{"relationship", "r3", {"South", "e2", "R2", NONE}},
		{"relationship", "r4", {NONE, NONE, NONE, NONE}},
		{"relationship", "r5", {"North", "e1", "R9", "large"}},
		{"relationship", "r6", {"North", "e4", "r1", NONE}},
	};
	CHECK_ALL(tables, cases);
}

/* The owner of the opportunity goes before that of the account; the account of the row before the opportunity's. */
static void test_reached(void)
{
	static const struct unit_case cases[] = {
		{"contact", "c1", {"North", "e1", "R9", "large"}},
		{"contact", "c2", {NONE, NONE, NONE, NONE}},
		{"project_history", "h1", {"North", "e1", "R9", "large"}},
		{"project_history", "h2", {NONE, NONE, NONE, NONE}},
		{"order", "o1", {"South", "e2", NONE, "small"}}, /* a2, the owner of t1 */
		{"order", "o2", {"South", "e2", "R9", "large"}}, /* t1's account */
		{"order", "o3", {"South", "e2", "R2", NONE}},    /* t3 has none */
		{"order", "o4", {"South", "e2", NONE, "small"}}, /* t2 has no owner: that of a2 */
		{"order", "o5", {"South", "e2", "R9", "large"}}, /* its account is not there */
		{"order", "o6", {"South", "e2", NONE, "small"}},
		{"order", "o7", {NONE, NONE, NONE, NONE}},
		{"order", "o8", {"South", "e2", NONE, "small"}},
		{"decision_member", "d1", {"South", "e2", "R9", "large"}}, /* t1's account before c3's */
		{"decision_member", "d2", {"South", "e2", "R9", "large"}}, /* t3 has none: c1's */
		{"decision_member", "d3", {"North", "e1", "R9", "large"}},
		{"decision_member", "d4", {NONE, NONE, "R1", NONE}},
		{"activity", "v1", {"South", "e2", NONE, "small"}}, /* not who did it */
		{"activity", "v2", {"South", "e2", NONE, "small"}},
		{"activity", "v3", {NONE, NONE, NONE, NONE}},
		{"resource_request", "q1", {"South", "e2", "R9", "large"}},
		{"resource_request", "q2", {NONE, NONE, NONE, NONE}},
		{"participant", "p1", {"South", "e2", "R9", "large"}},
		{"participant", "p2", {NONE, NONE, NONE, NONE}},
		{"expense", "x1", {"North", "e1", "R9", "large"}},
		{"expense", "x2", {"South", "e2", "R2", NONE}},
		{"product", "g1", {NONE, NONE, NONE, NONE}},
	};
	CHECK_ALL(tables, cases);
}

/* Accounts that no source maps are not in reach; employees that none maps have no team, but a name. */
static void test_not_mapped(void)
{
	static const struct fixture_table no_accounts[] = {{0, "employee", employees},
							   {0, "opportunity", "id,account,owner\nt1,a1,e2\nt2,a1,\n"},
							   {0, NULL, NULL}};
	static const struct unit_case without_accounts[] = {
		{"opportunity", "t1", {"South", "e2", "R2", NONE}},
		{"opportunity", "t2", {NONE, NONE, NONE, NONE}},
	};
	CHECK_ALL(no_accounts, without_accounts);
	static const struct fixture_table no_employees[] = {
		{0, "account", "id,owner,region\na1,e1,R9\n"},
		{0, "opportunity", "id,account,owner\nt1,a1,e2\nt2,a1,\nt3,,e2\n"},
		{0, NULL, NULL}};
	static const struct unit_case without_employees[] = {
		{"opportunity", "t1", {NONE, "e2", "R9", NONE}},
		{"opportunity", "t2", {NONE, "e1", "R9", NONE}},
		{"opportunity", "t3", {NONE, "e2", NONE, NONE}},
	};
	CHECK_ALL(no_employees, without_employees);
	static const struct fixture_table no_region[] = {
		{0, "employee", employees}, {0, "account", "id,owner\na1,e1\n"}, {0, NULL, NULL}};
	static const struct unit_case without_region[] = {
		{"account", "a1", {"North", "e1", NONE, NONE}}, /* in reach, so that the employee's does not count */
	};
	CHECK_ALL(no_region, without_region);
}

/* Only what is wanted has units: number 0, and one for each team, employee, region and size. */
static void test_counts(void)
{
	static const int few[BREAKDOWN_COUNT] = {1, 0, 0, 1}, none[BREAKDOWN_COUNT] = {0};
	static const uint32_t counts[BREAKDOWN_COUNT] = {3, 5, 5, 4}; /* R1, R2, r1, R9 */
	struct fixture f;
	struct units units;
	open_units(&f, &units, tables, all);
	for (int b = 0; b < BREAKDOWN_COUNT; b++)
		CU_ASSERT_EQUAL(units.counts[b], counts[b]);
	units_close(&units);
	fixture_close(&f);
	open_units(&f, &units, tables, few);
	for (int b = 0; b < BREAKDOWN_COUNT; b++)
		CU_ASSERT_EQUAL(units.counts[b], few[b] ? counts[b] : 0);
	units_close(&units);
	fixture_close(&f);
	open_units(&f, &units, tables, none);
	for (int b = 0; b < BREAKDOWN_COUNT; b++)
		CU_ASSERT_EQUAL(units.counts[b], 0);
	CU_ASSERT_EQUAL(fixture_column(&f, "account.owner")->wants, 0); /* and nothing is asked for */
	units_close(&units);
	fixture_close(&f);
}

static const struct test tests[] = {
	{"rows of their own", test_own},
	{"rows that reach an account", test_reached},
	{"what is not mapped", test_not_mapped},
	{"counts", test_counts},
	{NULL, NULL},
};

const struct suite suite_unit = {"unit", tests};
