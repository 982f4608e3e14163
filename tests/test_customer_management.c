/* SPDX-License-Identifier: MIT */
/* The measures of customer management, row by row, worked by hand from the model. */
#define crmval_plugin_v1 customer_management_plugin
#include "../plugins/dimensions/customer_management.c"

#include "suite.h"
#include "trial.h"

static const struct crmval_plugin *const plugin = &customer_management_plugin;

static void test_company_relationship(void)
{
	struct trial trial;
	trial_open(&trial, plugin, "contact", 7);
	FLAGS(&trial, "is_key", 1, 1, 0, -1, 1, 1, 1);
	NUMBERS(&trial, "influence", 3, NONE, 3, 3, 9, 0, 2);
	NUMBERS(&trial, "best_level", 4, 5, 5, 5, NONE, 7, -3);
	trial_run(&trial);
	NUMERATORS(&trial, "company_relationship", 2.4, 1, NONE, NONE, 0, 1, 0);
	DENOMINATORS(&trial, "company_relationship", 3, 1, 0, 0, 5, 1, 2);

	trial_number(&trial, "level_max", 10);
	trial_run(&trial);
	NUMERATORS(&trial, "company_relationship", 1.2, 0.5, NONE, NONE, 0, 0.7, 0);
}

static void test_employee_relationship(void)
{
	struct trial trial;
	trial_open(&trial, plugin, "relationship", 6);
	FLAGS(&trial, "current", 1, 0, -1, 1, 1, 1);
	NUMBERS(&trial, "level", 3, 3, 3, NONE, 8, -1);
	NUMBERS(&trial, "influence", 2, 2, 2, 5, NONE, 0.5);
	trial_run(&trial);
	NUMERATORS(&trial, "employee_relationship", 1.2, NONE, NONE, 0, 1, 0);
	DENOMINATORS(&trial, "employee_relationship", 2, 0, 0, 5, 1, 1);

	trial_number(&trial, "level_max", 6);
	trial_run(&trial);
	NUMERATORS(&trial, "employee_relationship", 1, NONE, NONE, 0, 1, 0);
}

static void test_network_completeness(void)
{
	struct trial trial;
	trial_open(&trial, plugin, "contact", 10);
	/* everything · nothing · bad e-mail · both · only a phone · has reports · dangling · both lines · later, row 0 · own */
	FILLED(&trial, "title", 1, 0, 0, 0, 0, 0, 0, 0, 0, 1);
	FILLED(&trial, "department", 1, 0, 0, 0, 0, 0, 0, 0, 1, 0);
	EMAILS(&trial, "email", 2, 0, 1, 2, 0, 0, 0, 0, 0, 0);
	PHONES(&trial, "phone", 2, 0, 0, 1, 2, 0, 0, 0, 0, 0);
	NUMBERS(&trial, "influence", 3, NONE, NONE, NONE, NONE, NONE, NONE, 99, NONE, NONE);
	REFERENCES(&trial, "reports_to", 4, GONE, GONE, GONE, GONE, GONE, DANGLING, 0, 0, 9);
	NUMBERS(&trial, "reports", 0, 0, 0, 0, 0, 2, 0, 1, 0, 1);
	DATES(&trial, "verified_on", 1, NO, NO, NO, NO, NO, NO, NO, 2000, NO);
	trial_run(&trial);
	NUMERATORS(&trial, "network_completeness", 6, 0, 1, 1, 1, 1, 0, 2, 3, 2);
	DENOMINATORS(&trial, "network_completeness", 6, 6, 6, 6, 6, 6, 6, 6, 6, 6);
}

static void test_network_accuracy(void)
{
	struct trial trial;
	trial_open(&trial, plugin, "contact", 8);
	REFERENCES(&trial, "self", 10, 11, 12, 13, 14, 15, 16, 17);
	REFERENCES(&trial, "account", 7, 7, 7, 7, GONE, 7, DANGLING, 0);
	EMAILS(&trial, "email", 2, 0, 1, 0, 0, 2, 0, 0);
	PHONES(&trial, "phone", 2, 0, 1, 0, 0, 0, 0, 0);
	NUMBERS(&trial, "influence", 3, NONE, 0.5, 5, 1, 5.5, NONE, NONE);
	REFERENCES(&trial, "reports_to", 11, GONE, 12, DANGLING, 15, 16, 17, 0);
	REFERENCES(&trial, "reports_to_account", 7, GONE, 7, GONE, GONE, 8, DANGLING, 0);
	DATES(&trial, "verified_on", 1099, NO, 919, 918, 1100, 1000, NO, NO);
	trial_run(&trial);
	NUMERATORS(&trial, "network_accuracy", 5, 0, 1, 1, 1, 2, 0, 1);
	DENOMINATORS(&trial, "network_accuracy", 5, 1, 5, 3, 3, 4, 2, 2);

	trial_number(&trial, "verify_within_days", 0);
	trial_run(&trial);
	NUMERATORS(&trial, "network_accuracy", 5, 0, 0, 1, 1, 1, 0, 1);
}

static void test_network_accumulation(void)
{
	struct trial trial;
	trial_open(&trial, plugin, "contact", 5);
	DATES(&trial, "created_on", 999, 1000, 1099, 1100, NO);
	trial_run(&trial);
	NUMERATORS(&trial, "network_accumulation", NONE, 1, 1, NONE, NONE);
}

static void test_category_penetration(void)
{
	struct trial trial;
	trial_open(&trial, plugin, "account", 4);
	DATES(&trial, "latest_order", 1099, NO, 5, -400);
	NUMBERS(&trial, "categories", 2, 0, 4, 0);
	NUMBERS(&trial, "all_categories", 4, 4, 4, 4);
	trial_run(&trial);
	NUMERATORS(&trial, "category_penetration", 2, NONE, 4, 0);
	DENOMINATORS(&trial, "category_penetration", 4, 0, 4, 4);
}

static void test_units_per_customer(void)
{
	struct trial trial;
	trial_open(&trial, plugin, "account", 4);
	NUMBERS(&trial, "orders", 2, 0, 1, 3);
	NUMBERS(&trial, "quantity", 7.5, 0, 0, -2);
	trial_run(&trial);
	NUMERATORS(&trial, "units_per_customer", 7.5, NONE, 0, -2);
	DENOMINATORS(&trial, "units_per_customer", 1, 0, 1, 1);
}

static void test_new_customers(void)
{
	struct trial trial;
	trial_open(&trial, plugin, "account", 5);
	/* 635 is the last day on which orders may start: 365 days before the window. */
	DATES(&trial, "history_start", 635, 635, 635, 635, 635);
	DATES(&trial, "first_order", 999, 1000, 1099, 1100, NO);
	trial_run(&trial);
	NUMERATORS(&trial, "new_customers", NONE, 1, 1, NONE, NONE);
}

static void test_lost_customers(void)
{
	struct trial trial;
	trial_open(&trial, plugin, "account", 11);
	DATES(&trial, "history_start", 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1);
	/* A customer at 1000 has an order since 635; lost by 1099 is one without any after 734. */
	DATES(&trial, "order_before", 635, 634, 734, 735, 700, 999, 999, 999, 999, NO, 640);
	DATES(&trial, "latest_order", 635, 634, 734, 735, 1050, 999, 999, 1099, 999, 1050, 640);
	DATES(&trial, "churned_on", NO, NO, NO, NO, NO, 999, 1000, 1099, 1100, NO, 1200);
	trial_run(&trial);
	NUMERATORS(&trial, "lost_customers", 1, NONE, 1, 0, 0, NONE, 1, 1, 0, NONE, 0);
	DENOMINATORS(&trial, "lost_customers", 1, 0, 1, 1, 1, 0, 1, 1, 1, 0, 1);

	trial_number(&trial, "churn_after_days", 265);
	trial_run(&trial);
	NUMERATORS(&trial, "lost_customers", NONE, NONE, NONE, 1, NONE, NONE, 1, 1, 0, NONE, NONE);
}

static void test_history_start(void)
{
	/* Days as date(1) counts them: date -ud 2000-02-29 +%s, divided by 86400. */
	static const struct {
		int32_t day;
		const char *reason;
	} cases[] = {
		{636, "orders start on 1971-09-29"},    {0, "orders start on 1970-01-01"},
		{-1, "orders start on 1969-12-31"},     {11015, "orders start on 2000-02-28"},
		{11016, "orders start on 2000-02-29"},  {11017, "orders start on 2000-03-01"},
		{20088, "orders start on 2024-12-31"},  {20089, "orders start on 2025-01-01"},
		{-25508, "orders start on 1900-03-01"}, {-25509, "orders start on 1900-02-28"},
	};
	struct trial trial;
	trial_open(&trial, plugin, "account", 1);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		int32_t day = cases[i].day;
		trial.window = (struct crmval_window){day + 364, day + 464, 1};
		DATES(&trial, "history_start", day);
		DATES(&trial, "first_order", day + 400);
		DATES(&trial, "order_before", day + 300);
		DATES(&trial, "latest_order", day + 400);
		trial_run_no_data(&trial, "new_customers", cases[i].reason);
		trial_run_no_data(&trial, "lost_customers", cases[i].reason);
		trial_run_no_data(&trial, "units_per_customer", "");
		NUMERATORS(&trial, "new_customers", NONE);
		NUMERATORS(&trial, "lost_customers", NONE);

		trial.window.from++;
		trial_run(&trial);
		NUMERATORS(&trial, "new_customers", 1);
		NUMERATORS(&trial, "lost_customers", 0);
	}
}

static void test_no_orders(void)
{
	struct trial trial;
	trial_open(&trial, plugin, "account", 2);
	trial_run(&trial);
	NUMERATORS(&trial, "new_customers", NONE, NONE);
	NUMERATORS(&trial, "lost_customers", NONE, NONE);
	NUMERATORS(&trial, "category_penetration", NONE, NONE);
}

static void test_solution_win_rate(void)
{
	struct trial trial;
	trial_open(&trial, plugin, "project_history", 6);
	DATES(&trial, "signed_on", 999, 1000, 1099, 1100, NO, 1050);
	FLAGS(&trial, "ours", 1, 1, 0, 1, 1, -1);
	trial_run(&trial);
	NUMERATORS(&trial, "solution_win_rate", NONE, 1, 0, NONE, NONE, 0);
	DENOMINATORS(&trial, "solution_win_rate", 0, 1, 1, 0, 0, 1);
}

static void test_history_completeness(void)
{
	struct trial trial;
	trial_open(&trial, plugin, "project_history", 5);
	REFERENCES(&trial, "product", 0, GONE, DANGLING, 1, 1);
	FILLED(&trial, "has_vendor", 1, 0, 0, 1, 0);
	NUMBERS(&trial, "amount", 5, NONE, NONE, 5, -1);
	DATES(&trial, "signed_on", 1099, NO, 3, 1100, NO);
	REFERENCES(&trial, "decision_maker", 0, GONE, DANGLING, 1, 1);
	DATES(&trial, "verified_on", 1, NO, NO, 1, 3000);
	trial_run(&trial);
	NUMERATORS(&trial, "history_completeness", 6, 0, 1, NONE, 4);
	DENOMINATORS(&trial, "history_completeness", 6, 6, 6, 0, 6);
}

static void test_history_accuracy(void)
{
	struct trial trial;
	trial_open(&trial, plugin, "project_history", 6);
	REFERENCES(&trial, "account", 3, GONE, 3, 3, 3, GONE);
	REFERENCES(&trial, "product", 5, GONE, DANGLING, 1, 5, GONE);
	NUMBERS(&trial, "amount", 10, NONE, 0, -5, 10, NONE);
	DATES(&trial, "signed_on", 1000, NO, 1099, 1, 1100, 1);
	REFERENCES(&trial, "decision_maker", 0, GONE, DANGLING, 8, 8, 9);
	REFERENCES(&trial, "decision_maker_account", 3, GONE, GONE, 4, 3, GONE);
	DATES(&trial, "verified_on", 1000, NO, NO, 919, 1000, 1100);
	trial_run(&trial);
	NUMERATORS(&trial, "history_accuracy", 4, 0, 0, 2, NONE, 0);
	DENOMINATORS(&trial, "history_accuracy", 4, 1, 4, 4, 0, 2);

	/* No source maps products: whether one exists cannot be checked. */
	trial_input(&trial, "product")->is_checked = 0;
	trial_run(&trial);
	NUMERATORS(&trial, "history_accuracy", 3, 0, 0, 1, NONE, 0);
	DENOMINATORS(&trial, "history_accuracy", 3, 1, 3, 3, 0, 2);
}

static void test_history_accumulation(void)
{
	struct trial trial;
	trial_open(&trial, plugin, "project_history", 5);
	DATES(&trial, "created_on", 999, 1000, 1099, 1100, NO);
	trial_run(&trial);
	NUMERATORS(&trial, "history_accumulation", NONE, 1, 1, NONE, NONE);
}

static void test_incubation(void)
{
	struct trial trial;
	trial_open(&trial, plugin, "opportunity", 7);
	DATES(&trial, "approved_on", 1000, 1000, 1099, 999, 1100, NO, 1050);
	DATES(&trial, "created_on", 999, 1000, NO, 5, 5, 5, 1051);
	NUMBERS(&trial, "amount", 50, 60, NONE, 70, 80, 90, 100);
	trial_run(&trial);
	NUMERATORS(&trial, "incubated_count", 1, NONE, 1, NONE, NONE, NONE, NONE);
	NUMERATORS(&trial, "incubated_amount", 50, NONE, 0, NONE, NONE, NONE, NONE);
}

static const struct test tests[] = {
	{"company relationship", test_company_relationship},
	{"employee relationship", test_employee_relationship},
	{"network completeness", test_network_completeness},
	{"network accuracy", test_network_accuracy},
	{"network accumulation", test_network_accumulation},
	{"category penetration", test_category_penetration},
	{"units per customer", test_units_per_customer},
	{"new customers", test_new_customers},
	{"lost customers", test_lost_customers},
	{"orders start too late", test_history_start},
	{"no orders", test_no_orders},
	{"solution win rate", test_solution_win_rate},
	{"history completeness", test_history_completeness},
	{"history accuracy", test_history_accuracy},
	{"history accumulation", test_history_accumulation},
	{"incubation", test_incubation},
	{NULL, NULL},
};

extern const struct suite suite_customer_management;
const struct suite suite_customer_management = {"customer_management", tests};
