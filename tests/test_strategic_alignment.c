/* SPDX-License-Identifier: MIT */
/* The measures of strategic alignment, row by row, worked by hand from the model. */
#define crmval_plugin_v1 strategic_alignment_plugin
#include "../plugins/dimensions/strategic_alignment.c"

#include "suite.h"
#include "trial.h"

static const struct crmval_plugin *const plugin = &strategic_alignment_plugin;

static void test_goal_attainment(void)
{
	struct trial trial;
	trial_open(&trial, plugin, "strategic_goal", 12);
	/* three quarters · downward · beyond · behind · no actual · downward without actual · equal · no baseline ·
	   no target · weight below zero · weight zero · differences beyond a double: finite at least */
	NUMBERS(&trial, "baseline", 100, 50, 0, 10, 10, 50, 7, NONE, 1, 0, 0, -1.7e308);
	NUMBERS(&trial, "target", 200, 30, 10, 20, 20, 30, 7, 1, NONE, 10, 10, 1.7e308);
	NUMBERS(&trial, "actual", 175, 40, 25, 5, NONE, NONE, 7, 1, 1, 10, 10, 1.7e308);
	NUMBERS(&trial, "weight", 2, NONE, 3, 4, 5, NONE, 1, 1, 1, -1, 0, 1);
	trial_run(&trial);
	NUMERATORS(&trial, "goal_attainment", 1.5, 0.5, 3, 0, 0, 0, NONE, NONE, NONE, 0, 0, 0);
	DENOMINATORS(&trial, "goal_attainment", 2, 1, 3, 4, 5, 1, 0, 0, 0, 0, 0, 1);
}

static void test_strategic_sales(void)
{
	struct trial trial;
	trial_open(&trial, plugin, "order", 8);
	DATES(&trial, "signed_on", 999, 1000, 1099, 1100, NO, 1050, 1050, 1050);
	FLAGS(&trial, "strategic", 1, 1, 1, 1, 1, 0, -1, 1);
	NUMBERS(&trial, "amount", 1, 2, 3.5, 4, 5, 6, 7, NONE);
	trial_run(&trial);
	NUMERATORS(&trial, "strategic_sales", NONE, 2, 3.5, NONE, NONE, NONE, NONE, 0);
}

static void test_strategic_market_share(void)
{
	struct trial trial;
	trial_open(&trial, plugin, "project_history", 11);
	DATES(&trial, "signed_on", 999, 1000, 1099, 1100, NO, 1050, 1050, 1050, 1050, 1050, 1050);
	FLAGS(&trial, "strategic", 1, 1, 1, 1, 1, 0, 1, -1, 1, 1, 1);
	FLAGS(&trial, "key_market", 1, 1, 1, 1, 1, 1, 0, 1, -1, 1, 1);
	FLAGS(&trial, "ours", 1, 1, 0, 1, 1, 1, 1, 1, 1, 1, -1);
	NUMBERS(&trial, "amount", 5, 6, 7, 8, 9, 10, 11, 12, 13, NONE, 14);
	trial_run(&trial);
	NUMERATORS(&trial, "strategic_market_share", NONE, 6, 0, NONE, NONE, NONE, NONE, NONE, NONE, 0, 0);
	DENOMINATORS(&trial, "strategic_market_share", 0, 6, 7, 0, 0, 0, 0, 0, 0, 0, 14);

	NUMBERS(&trial, "amount", 5, -6, -7, 8, 9, 10, 11, 12, 13, NONE, 14);
	trial_run(&trial);
	NUMERATORS(&trial, "strategic_market_share", NONE, -6, 0, NONE, NONE, NONE, NONE, NONE, NONE, 0, 0);
	DENOMINATORS(&trial, "strategic_market_share", 0, -6, -7, 0, 0, 0, 0, 0, 0, 0, 14);
}

static const struct test tests[] = {
	{"goal attainment", test_goal_attainment},
	{"strategic sales", test_strategic_sales},
	{"strategic market share", test_strategic_market_share},
	{NULL, NULL},
};

extern const struct suite suite_strategic_alignment;
const struct suite suite_strategic_alignment = {"strategic_alignment", tests};
