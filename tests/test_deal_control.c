/* SPDX-License-Identifier: MIT */
/* The measures of deal control, row by row, worked by hand from the model. */
#define crmval_plugin_v1 deal_control_plugin
#include "../plugins/dimensions/deal_control.c"

#include "suite.h"
#include "trial.h"

static const struct crmval_plugin *const plugin = &deal_control_plugin;

enum { OPEN, WON, LOST, ABANDONED };

static void test_approved_to_won(void)
{
	struct trial trial;
	trial_open(&trial, plugin, "opportunity", 8);
	DATES(&trial, "approved_on", 5, 5, 5, NO, 1050, 5, 5, 5);
	DATES(&trial, "closed_on", 1000, 1099, 1050, 1050, 1050, 999, 1100, NO);
	SYMBOLS(&trial, "outcome", WON, LOST, OPEN, WON, ABANDONED, WON, WON, WON);
	trial_run(&trial);
	NUMERATORS(&trial, "approved_to_won", 1, 0, NONE, NONE, 0, NONE, NONE, NONE);
	DENOMINATORS(&trial, "approved_to_won", 1, 1, 0, 0, 1, 0, 0, 0);
}

/* Which opportunities are active shows in any measure of the active ones. */
static void test_active(void)
{
	struct trial trial;
	trial_open(&trial, plugin, "opportunity", 9);
	/* at the end · too late · never · closed before · on the first day · no day · day but no outcome · later · open */
	DATES(&trial, "approved_on", 1099, 1100, NO, 5, 5, 5, 5, 5, 5);
	DATES(&trial, "closed_on", NO, NO, NO, 999, 1000, NO, 999, 1500, NO);
	SYMBOLS(&trial, "outcome", OPEN, OPEN, OPEN, LOST, WON, ABANDONED, OPEN, WON, OPEN);
	FLAGS(&trial, "budget", 1, 1, 1, 1, 0, -1, 1, 1, 1);
	FLAGS(&trial, "tender", 0, 1, 1, 1, 1, 0, -1, 0, 1);
	trial_run(&trial);
	NUMERATORS(&trial, "budget_participation", 1, NONE, NONE, NONE, 0, 0, 1, 1, 1);
	DENOMINATORS(&trial, "budget_participation", 1, 0, 0, 0, 1, 1, 1, 1, 1);
	NUMERATORS(&trial, "tender_participation", 0, NONE, NONE, NONE, 1, 0, 0, 0, 1);
	NUMERATORS(&trial, "customer_time_lead", 0, NONE, NONE, NONE, 0, 0, 0, 0, 0);
	NUMERATORS(&trial, "decision_role_coverage", NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE);
	NUMERATORS(&trial, "opportunity_completeness", 0, NONE, NONE, NONE, 0, 0, 0, 0, 0);
	NUMERATORS(&trial, "opportunity_accuracy", 0, NONE, NONE, NONE, 1, 0, 0, 1, 0);
	DENOMINATORS(&trial, "opportunity_accuracy", 0, 0, 0, 0, 1, 0, 0, 1, 0);

	/* The same of decision members, by their opportunity. */
	trial_open(&trial, plugin, "decision_member", 9);
	DATES(&trial, "approved_on", 1099, 1100, NO, 5, 5, 5, 5, 5, 5);
	DATES(&trial, "closed_on", NO, NO, NO, 999, 1000, NO, 999, 1500, NO);
	SYMBOLS(&trial, "outcome", OPEN, OPEN, OPEN, LOST, WON, ABANDONED, OPEN, WON, OPEN);
	trial_run(&trial);
	NUMERATORS(&trial, "decision_chain_completeness", 0, NONE, NONE, NONE, 0, 0, 0, 0, 0);
	NUMERATORS(&trial, "decision_chain_accuracy", 0, NONE, NONE, NONE, 0, 0, 0, 0, 0);
	NUMERATORS(&trial, "value_projection", 0, NONE, NONE, NONE, 0, 0, 0, 0, 0);
}

static void test_customer_time_lead(void)
{
	struct trial trial;
	trial_open(&trial, plugin, "opportunity", 9);
	DATES(&trial, "approved_on", 5, 5, 5, 5, 5, 5, 5, 5, 5);
	NUMBERS(&trial, "time_rank", 1, 2, NONE, NONE, NONE, NONE, 2, 1.5, NONE);
	NUMBERS(&trial, "minutes", 0, 90, 61, 60, 90, NONE, 90, 90, 0);
	NUMBERS(&trial, "competitor_minutes", 60, 60, 60, 60, NONE, 60, NONE, 1, -1);
	trial_run(&trial);
	NUMERATORS(&trial, "customer_time_lead", 1, 0, 1, 0, 0, 0, 0, 0, 1);
	DENOMINATORS(&trial, "customer_time_lead", 1, 1, 1, 1, 1, 1, 1, 1, 1);
}

static void test_decision_role_coverage(void)
{
	struct trial trial;
	trial_open(&trial, plugin, "opportunity", 3);
	DATES(&trial, "approved_on", 5, 5, NO);
	NUMBERS(&trial, "roles", 3, 0, 2);
	trial_run(&trial);
	NUMERATORS(&trial, "decision_role_coverage", 3, 0, NONE);
	DENOMINATORS(&trial, "decision_role_coverage", 4, 4, 0);

	/* A word that stands twice is one role. */
	trial_words(&trial, "required_roles", "user,coach,USER,users,Coach,aZ,Az,a,Ab,ab,cz,cZ");
	trial_run(&trial);
	DENOMINATORS(&trial, "decision_role_coverage", 7, 7, 0);
	trial_words(&trial, "required_roles", "user");
	NUMBERS(&trial, "roles", 1, 0, 1);
	trial_run(&trial);
	DENOMINATORS(&trial, "decision_role_coverage", 1, 1, 0);
}

static void test_opportunity_completeness(void)
{
	struct trial trial;
	trial_open(&trial, plugin, "opportunity", 8);
	DATES(&trial, "approved_on", 5, 5, 5, 5, 5, 5, 5, NO);
	NUMBERS(&trial, "amount", 0, 5, NONE, NONE, NONE, NONE, NONE, 1);
	FILLED(&trial, "has_product", 1, 0, 1, 0, 0, 0, 0, 1);
	FILLED(&trial, "has_need", 1, 0, 0, 1, 0, 0, 0, 1);
	FILLED(&trial, "has_competitor", 1, 0, 0, 1, 1, 0, 0, 1);
	FILLED(&trial, "has_next_step", 1, 0, 0, 1, 1, 1, 0, 1);
	DATES(&trial, "expected_close_on", 1, NO, NO, NO, NO, 2000, NO, 1);
	trial_run(&trial);
	NUMERATORS(&trial, "opportunity_completeness", 6, 1, 1, 3, 2, 2, 0, NONE);
	DENOMINATORS(&trial, "opportunity_completeness", 6, 6, 6, 6, 6, 6, 6, 0);
}

static void test_opportunity_accuracy(void)
{
	struct trial trial;
	trial_open(&trial, plugin, "opportunity", 10);
	/* all right · all wrong · closed, so no expectation · closed later · no day of closing · nothing to check ·
	   open with a day of closing · never approved · equal days ·
	   closed on the last day */
	DATES(&trial, "approved_on", 900, 900, 900, 900, 900, 900, 900, NO, 1000, 900);
	DATES(&trial, "created_on", 899, 901, NO, NO, NO, NO, NO, 5, 1000, NO);
	DATES(&trial, "closed_on", NO, NO, 1050, 1100, NO, NO, 800, 1050, 1000, 1099);
	SYMBOLS(&trial, "outcome", OPEN, OPEN, WON, LOST, WON, OPEN, OPEN, WON, LOST, WON);
	NUMBERS(&trial, "amount", 1, 0, -1, NONE, NONE, NONE, NONE, 1, 0.5, NONE);
	DATES(&trial, "expected_close_on", 1099, 1098, 5, 1098, 1200, NO, 1200, 1200, 1200, 1200);
	trial_run(&trial);
	NUMERATORS(&trial, "opportunity_accuracy", 3, 0, 1, 1, 0, 0, 1, NONE, 3, 1);
	DENOMINATORS(&trial, "opportunity_accuracy", 3, 3, 2, 2, 0, 0, 1, 0, 3, 1);

	DATES(&trial, "approved_on", 900, 900, 1060, 900, 900, 900, 900, NO, 1000, 900);
	trial_run(&trial);
	NUMERATORS(&trial, "opportunity_accuracy", 3, 0, 0, 1, 0, 0, 1, NONE, 3, 1);
}

static void test_decision_chain_completeness(void)
{
	struct trial trial;
	trial_open(&trial, plugin, "decision_member", 5);
	DATES(&trial, "approved_on", 5, 5, 5, 5, NO);
	REFERENCES(&trial, "contact", 0, DANGLING, GONE, 3, 3);
	FILLED(&trial, "has_role", 1, 0, 1, 0, 1);
	NUMBERS(&trial, "stance", 0, 7, NONE, NONE, 1);
	FILLED(&trial, "has_value_proposition", 1, 0, 1, 0, 1);
	DATES(&trial, "verified_on", 1, NO, NO, 2000, 1);
	trial_run(&trial);
	NUMERATORS(&trial, "decision_chain_completeness", 5, 1, 2, 2, NONE);
	DENOMINATORS(&trial, "decision_chain_completeness", 5, 5, 5, 5, 0);
}

static void test_decision_chain_accuracy(void)
{
	struct trial trial;
	trial_open(&trial, plugin, "decision_member", 8);
	DATES(&trial, "approved_on", 5, 5, 5, 5, 5, 5, 5, NO);
	REFERENCES(&trial, "account", 4, 4, 4, 4, GONE, DANGLING, 0, 4);
	REFERENCES(&trial, "contact", 9, GONE, DANGLING, 9, 9, 9, 0, 9);
	REFERENCES(&trial, "contact_account", 4, GONE, GONE, 5, GONE, DANGLING, 0, 4);
	NUMBERS(&trial, "stance", 2, NONE, -2, 2.5, -3, NONE, NONE, 1);
	DATES(&trial, "verified_on", 919, NO, 1099, 918, 1100, NO, 1000, 1000);
	trial_run(&trial);
	NUMERATORS(&trial, "decision_chain_accuracy", 3, 0, 2, 0, 0, 0, 2, NONE);
	DENOMINATORS(&trial, "decision_chain_accuracy", 3, 1, 3, 3, 3, 2, 2, 0);

	trial_number(&trial, "verify_within_days", 181);
	trial_run(&trial);
	NUMERATORS(&trial, "decision_chain_accuracy", 3, 0, 2, 1, 0, 0, 2, NONE);
}

static void test_value_projection(void)
{
	struct trial trial;
	trial_open(&trial, plugin, "decision_member", 6);
	DATES(&trial, "approved_on", 5, 5, 5, 5, 5, NO);
	NUMBERS(&trial, "influence", 4, NONE, 9, 0, 2, 3);
	NUMBERS(&trial, "value_fit", 0.25, 0.5, 1.5, -1, NONE, 1);
	trial_run(&trial);
	NUMERATORS(&trial, "value_projection", 1, 0.5, 5, 0, 0, NONE);
	DENOMINATORS(&trial, "value_projection", 4, 1, 5, 1, 2, 0);
}

static const struct test tests[] = {
	{"approved to won", test_approved_to_won},
	{"which are active", test_active},
	{"customer time lead", test_customer_time_lead},
	{"decision role coverage", test_decision_role_coverage},
	{"opportunity completeness", test_opportunity_completeness},
	{"opportunity accuracy", test_opportunity_accuracy},
	{"decision chain completeness", test_decision_chain_completeness},
	{"decision chain accuracy", test_decision_chain_accuracy},
	{"value projection", test_value_projection},
	{NULL, NULL},
};

extern const struct suite suite_deal_control;
const struct suite suite_deal_control = {"deal_control", tests};
