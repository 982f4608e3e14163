/* SPDX-License-Identifier: MIT */
/* The measures of employee growth, row by row, worked by hand from the model. */
#define crmval_plugin_v1 employee_growth_plugin
#include "../plugins/dimensions/employee_growth.c"

#include "suite.h"
#include "trial.h"

static const struct crmval_plugin *const plugin = &employee_growth_plugin;

enum { UNKNOWN, SUBSISTENCE, COMFORTABLE, AFFLUENT, FULFILLED };

static void open_trial(struct trial *trial, uint32_t rows)
{
	trial_open(trial, plugin, "employee", rows);
	trial_input(trial, "sales")->is_mapped = 0;
}

static void test_newcomer_retention(void)
{
	struct trial trial;
	open_trial(&trial, 14);
	/* stays · leaves on the last day · leaves after it · left on the first day · hired then · hired last day ·
	   hired later · hired above subsistence · no record, old · no record, hired · hired and left at once · never ·
	   subsistence, hired on the first day and left then · hired, a record without stage */
	DATES(&trial, "hired_on", 5, 5, 5, 5, 1000, 1099, 1100, 1050, 5, 1050, 1050, NO, 1000, 1050);
	DATES(&trial, "left_on", NO, 1099, 1100, 1000, NO, NO, NO, NO, NO, 1060, 1050, NO, 1000, NO);
	SYMBOLS(&trial, "first_stage", SUBSISTENCE, SUBSISTENCE, SUBSISTENCE, SUBSISTENCE, SUBSISTENCE, UNKNOWN,
		SUBSISTENCE, COMFORTABLE, UNKNOWN, UNKNOWN, UNKNOWN, SUBSISTENCE, SUBSISTENCE, UNKNOWN);
	NUMBERS(&trial, "first_records", 1, 2, 1, 1, 1, 0, 1, 1, 0, 0, 0, 1, 1, 1);
	trial_run(&trial);
	NUMERATORS(&trial, "newcomer_retention", 1, 0, 1, NONE, 1, 1, NONE, NONE, NONE, 0, 0, NONE, 0, NONE);
	DENOMINATORS(&trial, "newcomer_retention", 1, 1, 1, 0, 1, 1, 0, 0, 0, 1, 1, 0, 1, 0);
}

static void test_advancement_rate(void)
{
	struct trial trial;
	open_trial(&trial, 12);
	/* rises · stays · rises twice · falls · rises, gone by the end · rises, leaves later · affluent before ·
	   no stage before · hired in the window · on its first day · left on its first day · record lost */
	DATES(&trial, "hired_on", 5, 5, 5, 5, 5, 5, 5, 5, 1001, 1000, 5, 5);
	DATES(&trial, "left_on", NO, NO, NO, NO, 1099, 1100, NO, NO, NO, NO, 1000, NO);
	SYMBOLS(&trial, "stage_from", SUBSISTENCE, COMFORTABLE, SUBSISTENCE, COMFORTABLE, SUBSISTENCE, COMFORTABLE,
		AFFLUENT, UNKNOWN, SUBSISTENCE, SUBSISTENCE, SUBSISTENCE, SUBSISTENCE);
	SYMBOLS(&trial, "stage_to", COMFORTABLE, COMFORTABLE, FULFILLED, SUBSISTENCE, COMFORTABLE, AFFLUENT, FULFILLED,
		COMFORTABLE, COMFORTABLE, COMFORTABLE, COMFORTABLE, UNKNOWN);
	trial_run(&trial);
	NUMERATORS(&trial, "advancement_rate", 1, 0, 1, 0, 0, 1, NONE, NONE, NONE, 1, NONE, 0);
	DENOMINATORS(&trial, "advancement_rate", 1, 1, 1, 1, 1, 1, 0, 0, 0, 1, 0, 1);
}

static void test_fulfilment_rate(void)
{
	struct trial trial;
	open_trial(&trial, 7);
	DATES(&trial, "hired_on", 5, 5, 5, 5, 5, 1050, 5);
	DATES(&trial, "left_on", NO, NO, 1050, 999, NO, NO, NO);
	SYMBOLS(&trial, "stage_from", AFFLUENT, AFFLUENT, AFFLUENT, AFFLUENT, COMFORTABLE, AFFLUENT, FULFILLED);
	SYMBOLS(&trial, "stage_to", FULFILLED, AFFLUENT, FULFILLED, FULFILLED, FULFILLED, FULFILLED, FULFILLED);
	trial_run(&trial);
	NUMERATORS(&trial, "fulfilment_rate", 1, 0, 0, NONE, NONE, NONE, NONE);
	DENOMINATORS(&trial, "fulfilment_rate", 1, 1, 1, 0, 0, 0, 0);
}

static void test_sales_only(void)
{
	struct trial trial;
	trial_open(&trial, plugin, "employee", 6);
	DATES(&trial, "hired_on", 5, 5, 5, 1050, 1050, 5);
	SYMBOLS(&trial, "first_stage", SUBSISTENCE, SUBSISTENCE, SUBSISTENCE, UNKNOWN, UNKNOWN, AFFLUENT);
	NUMBERS(&trial, "first_records", 1, 1, 1, 0, 0, 1);
	SYMBOLS(&trial, "stage_from", SUBSISTENCE, SUBSISTENCE, SUBSISTENCE, UNKNOWN, UNKNOWN, AFFLUENT);
	SYMBOLS(&trial, "stage_to", AFFLUENT, AFFLUENT, AFFLUENT, UNKNOWN, UNKNOWN, FULFILLED);
	FLAGS(&trial, "sales", 1, 0, -1, 1, 0, 0);
	trial_run(&trial);
	NUMERATORS(&trial, "newcomer_retention", 1, NONE, NONE, 1, NONE, NONE);
	NUMERATORS(&trial, "advancement_rate", 1, NONE, NONE, NONE, NONE, NONE);
	NUMERATORS(&trial, "fulfilment_rate", NONE, NONE, NONE, NONE, NONE, NONE);

	/* No source maps the flag: everybody counts. */
	trial_input(&trial, "sales")->is_mapped = 0;
	FLAGS(&trial, "sales", -1, -1, -1, -1, -1, -1);
	trial_run(&trial);
	NUMERATORS(&trial, "newcomer_retention", 1, 1, 1, 1, 1, NONE);
	NUMERATORS(&trial, "advancement_rate", 1, 1, 1, NONE, NONE, NONE);
	NUMERATORS(&trial, "fulfilment_rate", NONE, NONE, NONE, NONE, NONE, 1);
}

static const struct test tests[] = {
	{"newcomer retention", test_newcomer_retention},
	{"advancement rate", test_advancement_rate},
	{"fulfilment rate", test_fulfilment_rate},
	{"sales only", test_sales_only},
	{NULL, NULL},
};

extern const struct suite suite_employee_growth;
const struct suite suite_employee_growth = {"employee_growth", tests};
