/* SPDX-License-Identifier: MIT */
/* The measures of resource management, row by row, worked by hand from the model. */
#define crmval_plugin_v1 resource_management_plugin
#include "../plugins/dimensions/resource_management.c"

#include "suite.h"
#include "trial.h"

static const struct crmval_plugin *const plugin = &resource_management_plugin;

enum { OPEN, WON, LOST };
enum { UNKNOWN, LARGE, SMALL, OTHER };

static void test_on_time(void)
{
	struct trial trial;
	trial_open(&trial, plugin, "resource_request", 9);
	SYMBOLS(&trial, "size", LARGE, LARGE, LARGE, SMALL, SMALL, UNKNOWN, LARGE, LARGE, SMALL);
	DATES(&trial, "needed_on", 1000, 1099, 1050, 1050, 1050, 1050, 999, 1100, NO);
	DATES(&trial, "ready_on", 1000, 1100, NO, 900, 1051, 1000, 900, 900, 900);
	trial_run(&trial);
	NUMERATORS(&trial, "large_on_time", 1, 0, 0, NONE, NONE, NONE, NONE, NONE, NONE);
	DENOMINATORS(&trial, "large_on_time", 1, 1, 1, 0, 0, 0, 0, 0, 0);
	NUMERATORS(&trial, "small_on_time", NONE, NONE, NONE, 1, 0, NONE, NONE, NONE, NONE);
	DENOMINATORS(&trial, "small_on_time", 0, 0, 0, 1, 1, 0, 0, 0, 0);
}

static void test_skill_match(void)
{
	struct trial trial;
	trial_open(&trial, plugin, "resource_request", 9);
	SYMBOLS(&trial, "size", LARGE, LARGE, LARGE, SMALL, SMALL, UNKNOWN, LARGE, LARGE, LARGE);
	DATES(&trial, "ready_on", 1000, 1099, 1050, 1050, 1050, 1050, 999, 1100, NO);
	NUMBERS(&trial, "skill_match", 0.75, NONE, 1.5, -1, 0.5, 1, 1, 1, 1);
	trial_run(&trial);
	NUMERATORS(&trial, "large_skill_match", 0.75, 0, 1, NONE, NONE, NONE, NONE, NONE, NONE);
	DENOMINATORS(&trial, "large_skill_match", 1, 1, 1, 0, 0, 0, 0, 0, 0);
	NUMERATORS(&trial, "small_skill_match", NONE, NONE, NONE, 0, 0.5, NONE, NONE, NONE, NONE);
	DENOMINATORS(&trial, "small_skill_match", 0, 0, 0, 1, 1, 0, 0, 0, 0);
}

static void test_project_size(void)
{
	struct trial trial;
	trial_open(&trial, plugin, "resource_request", 6);
	SYMBOLS(&trial, "size", UNKNOWN, UNKNOWN, UNKNOWN, SMALL, LARGE, OTHER);
	NUMBERS(&trial, "amount", 500, 499.5, NONE, 900, 1, 900);
	DATES(&trial, "needed_on", 1050, 1050, 1050, 1050, 1050, 1050);
	DATES(&trial, "ready_on", 1050, 1050, 1050, 1050, 1050, 1050);
	trial_run(&trial);
	NUMERATORS(&trial, "large_on_time", NONE, NONE, NONE, NONE, 1, NONE);
	NUMERATORS(&trial, "small_on_time", NONE, NONE, NONE, 1, NONE, NONE);

	trial_number(&trial, "large_project_amount", 500);
	trial_run(&trial);
	NUMERATORS(&trial, "large_on_time", 1, NONE, NONE, NONE, 1, NONE);
	NUMERATORS(&trial, "small_on_time", NONE, 1, NONE, 1, NONE, NONE);
	NUMERATORS(&trial, "large_skill_match", 0, NONE, NONE, NONE, 0, NONE);
	NUMERATORS(&trial, "small_skill_match", NONE, 0, NONE, 0, NONE, NONE);
}

static void test_dispatch_timeliness(void)
{
	struct trial trial;
	trial_open(&trial, plugin, "resource_request", 8);
	DATES(&trial, "requested_on", 1000, 1097, 1098, 999, 1050, 1050, NO, 1050);
	DATES(&trial, "assigned_on", 1002, 1100, 1098, 999, NO, 1049, 1000, 1052);
	trial_run(&trial);
	NUMERATORS(&trial, "dispatch_timeliness", 1, 0, NONE, NONE, 0, 1, NONE, 1);
	DENOMINATORS(&trial, "dispatch_timeliness", 1, 1, 0, 0, 1, 1, 0, 1);

	trial_number(&trial, "dispatch_days", 1);
	trial_run(&trial);
	NUMERATORS(&trial, "dispatch_timeliness", 0, 0, 1, NONE, 0, 1, NONE, 0);
}

static void test_presales(void)
{
	enum { NO_KIND, PRESALES, OTHER_KIND };
	struct trial trial;
	trial_open(&trial, plugin, "expense", 7);
	SYMBOLS(&trial, "kind", PRESALES, PRESALES, PRESALES, OTHER_KIND, NO_KIND, PRESALES, PRESALES);
	DATES(&trial, "spent_on", 1000, 1099, 999, 1050, 1050, 1100, NO);
	NUMBERS(&trial, "amount", 30, NONE, 30, 30, 30, 30, 30);
	trial_run(&trial);
	NUMERATORS(&trial, "presales_cost_ratio", 30, 0, NONE, NONE, NONE, NONE, NONE);
	DENOMINATORS(&trial, "presales_cost_ratio", 0, 0, 0, 0, 0, 0, 0);
	NUMERATORS(&trial, "presales_roi", 0, 0, NONE, NONE, NONE, NONE, NONE);
	DENOMINATORS(&trial, "presales_roi", 30, 0, 0, 0, 0, 0, 0);

	trial_open(&trial, plugin, "opportunity", 7);
	SYMBOLS(&trial, "outcome", WON, WON, WON, LOST, OPEN, WON, WON);
	DATES(&trial, "closed_on", 1000, 1099, 999, 1050, 1050, 1100, NO);
	NUMBERS(&trial, "amount", 200, NONE, 200, 200, 200, 200, 200);
	trial_run(&trial);
	NUMERATORS(&trial, "presales_cost_ratio", 0, 0, NONE, NONE, NONE, NONE, NONE);
	DENOMINATORS(&trial, "presales_cost_ratio", 200, 0, 0, 0, 0, 0, 0);
	NUMERATORS(&trial, "presales_roi", 200, 0, NONE, NONE, NONE, NONE, NONE);
	DENOMINATORS(&trial, "presales_roi", 0, 0, 0, 0, 0, 0, 0);
}

static void test_function_coverage(void)
{
	struct trial trial;
	trial_open(&trial, plugin, "opportunity", 7);
	DATES(&trial, "approved_on", 5, 1099, 5, 5, 1100, NO, 5);
	DATES(&trial, "closed_on", NO, NO, 999, 1000, NO, NO, NO);
	SYMBOLS(&trial, "outcome", OPEN, OPEN, LOST, WON, OPEN, OPEN, OPEN);
	SYMBOLS(&trial, "size", LARGE, UNKNOWN, LARGE, LARGE, LARGE, LARGE, SMALL);
	NUMBERS(&trial, "amount", 1, 100, 100, NONE, 100, 100, 100);
	NUMBERS(&trial, "functions", 5, 3, 1, 0, 1, 1, 1);
	trial_run(&trial);
	NUMERATORS(&trial, "function_coverage", 5, NONE, NONE, 0, NONE, NONE, NONE);
	DENOMINATORS(&trial, "function_coverage", 5, 0, 0, 5, 0, 0, 0);

	trial_number(&trial, "large_project_amount", 100);
	trial_words(&trial, "required_functions", "presales,test,Presales,delivery,legal,hr,pr");
	trial_run(&trial);
	NUMERATORS(&trial, "function_coverage", 5, 3, NONE, 0, NONE, NONE, NONE);
	DENOMINATORS(&trial, "function_coverage", 6, 6, 0, 6, 0, 0, 0);
}

static void test_participants(void)
{
	struct trial trial;
	trial_open(&trial, plugin, "participant", 9);
	/* Closed in the window are 0..4 and 8, which are active as well as 5. */
	DATES(&trial, "approved_on", 5, 5, 5, 5, 5, 5, NO, 5, 5);
	DATES(&trial, "closed_on", 1000, 1099, 1050, 1050, 1050, 1100, NO, 999, 1050);
	SYMBOLS(&trial, "outcome", WON, LOST, WON, WON, WON, WON, OPEN, WON, WON);
	FILLED(&trial, "has_function", 1, 1, 0, 0, 1, 1, 1, 1, 1);
	FILLED(&trial, "has_responsibility", 1, 0, 1, 0, 1, 1, 1, 1, 1);
	FILLED(&trial, "has_score", 1, 1, 1, 1, 0, 1, 1, 1, 1);
	FLAGS(&trial, "acknowledged", 1, 1, 0, -1, 1, 1, 1, 1, 1);
	FLAGS(&trial, "disputed", 0, 1, 0, 0, 0, 0, 0, 0, -1);
	trial_run(&trial);
	NUMERATORS(&trial, "role_clarity", 1, 0, 0, 0, 1, 1, NONE, NONE, 1);
	DENOMINATORS(&trial, "role_clarity", 1, 1, 1, 1, 1, 1, 0, 0, 1);
	NUMERATORS(&trial, "scoring_coverage", 1, 1, 1, 1, 0, NONE, NONE, NONE, 1);
	DENOMINATORS(&trial, "scoring_coverage", 1, 1, 1, 1, 1, 0, 0, 0, 1);
	NUMERATORS(&trial, "scoring_acceptance", 1, 0, 0, 0, NONE, NONE, NONE, NONE, 1);
	DENOMINATORS(&trial, "scoring_acceptance", 1, 1, 1, 1, 0, 0, 0, 0, 1);
}

static void test_sales(void)
{
	struct trial trial;
	trial_open(&trial, plugin, "order", 7);
	DATES(&trial, "signed_on", 999, 1000, 1099, 1100, NO, 1050, 1050);
	NUMBERS(&trial, "amount", 1, 2.5, 3, 4, 5, NONE, -6);
	trial_run(&trial);
	NUMERATORS(&trial, "sales", NONE, 2.5, 3, NONE, NONE, 0, -6);
}

static const struct test tests[] = {
	{"on time", test_on_time},
	{"skill match", test_skill_match},
	{"large and small projects", test_project_size},
	{"dispatch timeliness", test_dispatch_timeliness},
	{"presales", test_presales},
	{"function coverage", test_function_coverage},
	{"participants", test_participants},
	{"sales", test_sales},
	{NULL, NULL},
};

extern const struct suite suite_resource_management;
const struct suite suite_resource_management = {"resource_management", tests};
