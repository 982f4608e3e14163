/* SPDX-License-Identifier: MIT */
/* Tests of alerts: each condition on this side of its limit and on the other, of the company, of units, and of data. */
#include "suite.h"

#include "../core/alert.h"
#include "sample.h"

static struct sample sample, earlier;
static struct result_entity entity, entity_before;
static struct crmval_error error;
static struct arena arena;
static struct job_alert rules[4];
static struct job job = {.alerts = rules};

/* Judges the first rules; returns the first one's outcome. */
static const struct result_alert *judge(uint32_t count, int with_earlier)
{
	job.alert_count = count;
	CU_ASSERT_EQUAL(alerts_judge(&job, &sample.result, with_earlier ? &earlier.result : NULL, &arena, &error),
			CRMVAL_OK);
	CU_ASSERT_EQUAL_FATAL(sample.result.alert_count, count);
	return sample.result.alerts;
}

static void begin(enum alert_kind kind, double limit)
{
	sample_init(&sample);
	sample_init(&earlier);
	entity = (struct result_entity){.entity = "account", .source = "csv", .newest = CRMVAL_NO_DATE};
	entity_before = entity;
	sample.result.entities = &entity;
	earlier.result.entities = &entity_before;
	sample.result.entity_count = earlier.result.entity_count = 1;
	rules[0] = (struct job_alert){.kind = kind, .limit = limit, .breakdown = -1, .severity = ALERT_CRITICAL};
}

static void fires(const struct result_alert *alert, uint32_t times, const char *message)
{
	CU_ASSERT_EQUAL(alert->fired, times);
	SAME(alert->message, message);
}

/* All measures have the value 0.5, so all scores are 50. */
static void test_company(void)
{
	begin(ALERT_SCORE_BELOW, 50);
	fires(judge(1, 0), 0, "");
	SAME(sample.result.alerts[0].rule, "score_below 50");
	CU_ASSERT_EQUAL(alerts_fired(&sample.result), 0);
	rules[0].limit = 50.5;
	rules[0].name = "low";
	fires(judge(1, 0), 1, "overall: the score of 50.00 is below 50.5");
	SAME(sample.result.alerts[0].rule, "low");
	CU_ASSERT_EQUAL(alerts_fired(&sample.result), 1);
	/* One indicator of alpha at 100, the other two measures at 50: (50 + 100) / 2. */
	sample.moments[0][2][0] = sample_value(1, 0);
	rules[0].node = "alpha";
	rules[0].limit = 75;
	fires(judge(1, 0), 0, "");
	rules[0].limit = 76;
	fires(judge(1, 0), 1, "Alpha, first: the score of 75.00 is below 76");
}

/* What has no score is told where it was asked for by name. */
static void test_no_score(void)
{
	begin(ALERT_SCORE_BELOW, 10);
	for (int m = 0; m < SAMPLE_MEASURES; m++)
		sample.moments[0][m][0] = sample.moments[1][m][0] = (struct moments){0};
	CU_ASSERT_EQUAL(judge(1, 0)->fired, 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(sample.result.alerts[0].message, "overall: there is no score ("));
	rules[0].breakdown = BREAKDOWN_TEAM;
	fires(judge(1, 0), 0, "");
	rules[0].unit = sample.unit_names[0];
	CU_ASSERT_EQUAL(judge(1, 0)->fired, 1);
	rules[0].unit = "Nowhere";
	fires(judge(1, 0), 1, "team Nowhere: nothing in the data belongs to it");
}

static void test_values(void)
{
	begin(ALERT_VALUE_ABOVE, 0.5);
	rules[0].node = sample.tables[1].id;
	fires(judge(1, 0), 0, "");
	rules[0].limit = 0.49;
	CU_ASSERT_EQUAL(judge(1, 0)->fired, 1);
	rules[0].kind = ALERT_VALUE_BELOW;
	fires(judge(1, 0), 0, "");
	rules[0].limit = 0.51;
	CU_ASSERT_EQUAL(judge(1, 0)->fired, 1);
}

static void test_coverage(void)
{
	begin(ALERT_COVERAGE_BELOW, 0.75);
	/* Beta's second indicator has no data: half of half the weight. */
	sample.moments[0][4][0] = (struct moments){0};
	fires(judge(1, 0), 0, "");
	rules[0].limit = 0.8;
	fires(judge(1, 0), 1, "overall: the coverage of 0.75 is below 0.8");
}

/* Units 0 and 2 are at 50, unit 1 at 40. */
static void test_units(void)
{
	char message[100];
	begin(ALERT_SCORE_BELOW, 45);
	rules[0].breakdown = BREAKDOWN_TEAM;
	for (int m = 0; m < SAMPLE_MEASURES; m++)
		sample.moments[2][m][0] = sample_value(0.4, 0);
	snprintf(message, sizeof message, "team %s: overall: the score of 40.00 is below 45", sample.unit_names[1]);
	fires(judge(1, 0), 1, message);
	rules[0].limit = 60;
	CU_ASSERT_EQUAL(judge(1, 0)->fired, 3);
	rules[0].unit = sample.unit_names[1];
	fires(judge(1, 0), 1, "team West: overall: the score of 40.00 is below 60");
}

static void test_drop(void)
{
	begin(ALERT_DROPPED_BY, 0);
	fires(judge(1, 0), 0, "");
	fires(judge(1, 1), 0, "");
	for (int m = 0; m < SAMPLE_MEASURES; m++)
		earlier.moments[0][m][0] = sample_value(0.6, 0);
	fires(judge(1, 1), 1, "overall: the score fell by 10.00 points, from 60.00 to 50.00");
	rules[0].limit = 10.5;
	fires(judge(1, 1), 0, "");
	/* A fall of 10 points in one measure whose standard errors are 4 and 4 points: 1.96 * 5.66 is more. */
	begin(ALERT_DROPPED_BY, 0);
	rules[0].node = sample.tables[3].id;
	sample.moments[0][3][0] = sample_value(0.5, 0.04);
	earlier.moments[0][3][0] = sample_value(0.6, 0.04);
	fires(judge(1, 1), 0, "");
	/* With 3 and 3 it is less: 1.96 * 4.24 = 8.3. */
	sample.moments[0][3][0] = sample_value(0.5, 0.03);
	earlier.moments[0][3][0] = sample_value(0.6, 0.03);
	CU_ASSERT_EQUAL(judge(1, 1)->fired, 1);
}

static void test_drop_of_units(void)
{
	begin(ALERT_DROPPED_BY, 5);
	rules[0].breakdown = BREAKDOWN_TEAM;
	for (int m = 0; m < SAMPLE_MEASURES; m++)
		earlier.moments[3][m][0] = sample_value(0.6, 0);
	CU_ASSERT_EQUAL(judge(1, 1)->fired, 1);
	/* A unit that was not there before has not dropped. */
	earlier.unit_names[2] = "Another";
	fires(judge(1, 1), 0, "");
}

static void test_data(void)
{
	begin(ALERT_REJECTED_ABOVE, 3);
	rules[0].entity = "account";
	entity.rejected = 3;
	entity.rows = 97;
	fires(judge(1, 0), 0, "");
	rules[0].limit = 2;
	CU_ASSERT_EQUAL(judge(1, 0)->fired, 1);
	rules[0].kind = ALERT_REJECTED_SHARE_ABOVE;
	rules[0].limit = 0.03;
	fires(judge(1, 0), 0, "");
	rules[0].limit = 0.029;
	CU_ASSERT_EQUAL(judge(1, 0)->fired, 1);

	/* 97 of 194 rows are left: one half is gone, not more. */
	rules[0].kind = ALERT_ROWS_LOST;
	rules[0].limit = 0.5;
	entity_before.rows = 194;
	fires(judge(1, 1), 0, "");
	entity_before.rows = 195;
	CU_ASSERT_EQUAL(judge(1, 1)->fired, 1);
	fires(judge(1, 0), 0, "");

	rules[0].kind = ALERT_OLDER_THAN;
	rules[0].limit = 7;
	sample.result.fresh_on = 20000;
	entity.newest = 19993;
	fires(judge(1, 0), 0, "");
	entity.newest = 19992;
	CU_ASSERT_EQUAL(judge(1, 0)->fired, 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(sample.result.alerts[0].message, "2024-09-26"));
	entity.newest = CRMVAL_NO_DATE;
	fires(judge(1, 0), 1, "account: no date is known, which should be no more than 7 days old");
	entity.source = NULL; /* it is missing altogether */
	CU_ASSERT_EQUAL(judge(1, 0)->fired, 1);
	rules[0].entity = NULL;
	fires(judge(1, 0), 0, "");
}

static void test_check(void)
{
	struct problems problems = {0};
	begin(ALERT_SCORE_BELOW, 50);
	job.path = "job.conf";
	job.alert_count = 1;
	rules[0].line = 7;
	rules[0].node = "alpah";
	alerts_check(&job, &sample.result, &problems);
	CU_ASSERT_EQUAL_FATAL(problems.count, 1);
	SAME(problems.texts[0],
	     "job.conf:7: alerts: node \"alpah\" is no dimension, indicator or measure of this job; did "
	     "you mean alpha?");
	rules[0].node = "alpha";
	rules[0].kind = ALERT_VALUE_ABOVE;
	alerts_check(&job, &sample.result, &problems);
	CU_ASSERT_EQUAL_FATAL(problems.count, 2);
	SAME(problems.texts[1], "job.conf:7: alerts: value_above is for a measure, which node must name");
	problems_free(&problems);
	arena_free(&arena);
	arena = (struct arena){0};
}

static const struct test tests[] = {
	{"the company and its nodes", test_company},
	{"what has no score", test_no_score},
	{"values", test_values},
	{"coverage", test_coverage},
	{"units", test_units},
	{"a drop", test_drop},
	{"a drop of units", test_drop_of_units},
	{"data", test_data},
	{"checking", test_check},
	{NULL, NULL},
};
const struct suite suite_alert = {"alert", tests};
