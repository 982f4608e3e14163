/* SPDX-License-Identifier: MIT */
/* Customer management: how close, how complete, how well covered and how well known the customers are. */
#include "common.h"
#include "customer_management_zh.h"

#include <stdio.h>

enum { LEVEL_MAX, CHURN_AFTER_DAYS, VERIFY_WITHIN_DAYS };

static const struct crmval_option parameters[] = {
	[LEVEL_MAX] = {"level_max", CRMVAL_OPTION_NUMBER, 0, "5", 1, 1000, "the closest level of a relationship"},
	[CHURN_AFTER_DAYS] = {"churn_after_days", CRMVAL_OPTION_INTEGER, 0, "365", 1, 36500,
			      "days without an order after which a customer is lost"},
	[VERIFY_WITHIN_DAYS] = {"verify_within_days", CRMVAL_OPTION_INTEGER, 0, "180", 0, 36500,
				"days for which a record counts as accurate after it was verified"},
};

static const struct crmval_indicator indicators[] = {
	{"relationship_closeness", "Relationship closeness"},
	{"solution_penetration", "Solution penetration"},
	{"opportunity_incubation", "Opportunity incubation"},
	{"customer_coverage", "Customer coverage"},
	{"customer_insight", "Customer insight"},
};

static const struct crmval_point lost_customers_scale[] = {{0, 100}, {0.2, 0}};

/* A line each for name, meaning, formula and kind. */
/* clang-format off */
static const struct crmval_measure measures[] = {
	{"company_relationship", "Company relationship", "relationship_closeness", "share",
	 "How close the company is to the key people of its customers, the influential counting more",
	 "key contacts; influence * best current level among present employees / level_max; influence",
	 CRMVAL_RATIO, CRMVAL_HIGHER, CRMVAL_VALUE, CRMVAL_STATE | CRMVAL_SHARE, 0, NULL},
	{"employee_relationship", "Employee relationships", "relationship_closeness", "share",
	 "How close individual employees are to the contacts that they know",
	 "pairs of employee and contact; influence * current level / level_max; influence",
	 CRMVAL_RATIO, CRMVAL_HIGHER, CRMVAL_VALUE, CRMVAL_STATE | CRMVAL_SHARE, 0, NULL},
	{"category_penetration", "Category penetration", "solution_penetration", "share",
	 "How much of the product range customers have bought so far",
	 "accounts with an order up to the window's end; product categories ordered so far; all categories",
	 CRMVAL_RATIO, CRMVAL_HIGHER, CRMVAL_VALUE, CRMVAL_SHARE, 0, NULL},
	{"units_per_customer", "Units per customer", "solution_penetration", "count",
	 "How much a customer who buys takes",
	 "accounts with an order in the window; quantity of their orders in the window; 1",
	 CRMVAL_RATIO, CRMVAL_HIGHER, CRMVAL_GROWTH, CRMVAL_DAILY, 0, NULL},
	{"solution_win_rate", "Solution win rate", "solution_penetration", "share",
	 "How often customers chose us, among all their known projects",
	 "project history signed in the window; 1 if ours; 1",
	 CRMVAL_RATIO, CRMVAL_HIGHER, CRMVAL_VALUE, CRMVAL_SHARE, 0, NULL},
	{"incubated_count", "Incubated opportunities", "opportunity_incubation", "count",
	 "How many projects customers approved that we knew of before",
	 "opportunities approved in the window and created before that; 1",
	 CRMVAL_SUM_OF, CRMVAL_HIGHER, CRMVAL_GROWTH, 0, 0, NULL},
	{"incubated_amount", "Incubated amount", "opportunity_incubation", "money",
	 "What the projects are worth that customers approved and that we knew of before",
	 "opportunities approved in the window and created before that; amount",
	 CRMVAL_SUM_OF, CRMVAL_HIGHER, CRMVAL_GROWTH, 0, 0, NULL},
	{"new_customers", "New customers", "customer_coverage", "count",
	 "How many customers were won",
	 "accounts whose first order is signed in the window; 1",
	 CRMVAL_SUM_OF, CRMVAL_HIGHER, CRMVAL_GROWTH, 0, 0, NULL},
	{"lost_customers", "Lost customers", "customer_coverage", "share",
	 "How many of the customers at the window's start were lost in it",
	 "customers at the window's start; 1 if churned, or without order for churn_after_days; 1",
	 CRMVAL_RATIO, CRMVAL_LOWER, CRMVAL_VALUE, CRMVAL_SHARE, COUNT(lost_customers_scale), lost_customers_scale},
	{"network_completeness", "Network completeness", "customer_insight", "share",
	 "How complete the records of the customers' people are",
	 "contacts; filled of title, department, email or phone, influence, reporting line, verified_on; 6",
	 CRMVAL_RATIO, CRMVAL_HIGHER, CRMVAL_VALUE, CRMVAL_STATE | CRMVAL_SHARE, 0, NULL},
	{"network_accuracy", "Network accuracy", "customer_insight", "share",
	 "How much of what the records of the customers' people say stands up to checks",
	 "contacts; checks passed of email, phone, influence, reports_to, verified_on; checks that apply",
	 CRMVAL_RATIO, CRMVAL_HIGHER, CRMVAL_VALUE, CRMVAL_STATE | CRMVAL_SHARE, 0, NULL},
	{"network_accumulation", "Network accumulation", "customer_insight", "count",
	 "How many people of customers were added to what is known",
	 "contacts created in the window; 1",
	 CRMVAL_SUM_OF, CRMVAL_HIGHER, CRMVAL_GROWTH, 0, 0, NULL},
	{"history_completeness", "History completeness", "customer_insight", "share",
	 "How complete the records of the customers' past projects are",
	 "project history; filled of product, vendor, amount, signed_on, decision_maker, verified_on; 6",
	 CRMVAL_RATIO, CRMVAL_HIGHER, CRMVAL_VALUE, CRMVAL_STATE | CRMVAL_SHARE, 0, NULL},
	{"history_accuracy", "History accuracy", "customer_insight", "share",
	 "How much of what the records of past projects say stands up to checks",
	 "project history; checks passed of amount, product, decision_maker, verified_on; checks that apply",
	 CRMVAL_RATIO, CRMVAL_HIGHER, CRMVAL_VALUE, CRMVAL_STATE | CRMVAL_SHARE, 0, NULL},
	{"history_accumulation", "History accumulation", "customer_insight", "count",
	 "How many past projects of customers were added to what is known",
	 "project history created in the window; 1",
	 CRMVAL_SUM_OF, CRMVAL_HIGHER, CRMVAL_GROWTH, 0, 0, NULL},
};
/* clang-format on */

/* ---- contacts ---- */

enum {
	CONTACT_SELF,
	CONTACT_ACCOUNT,
	CONTACT_IS_KEY,
	CONTACT_INFLUENCE,
	CONTACT_BEST_LEVEL,
	CONTACT_TITLE,
	CONTACT_DEPARTMENT,
	CONTACT_EMAIL,
	CONTACT_PHONE,
	CONTACT_REPORTS_TO,
	CONTACT_REPORTS_TO_ACCOUNT,
	CONTACT_REPORTS,
	CONTACT_CREATED_ON,
	CONTACT_VERIFIED_ON
};

static const struct crmval_rollup best_level_rollup = {.op = CRMVAL_MAX,
						       .until = CRMVAL_TO,
						       .entity = "relationship",
						       .by = "contact",
						       .of = "level",
						       .date = "recorded_on",
						       .per = "employee",
						       .ended = "employee.left_on"};
static const struct crmval_rollup reports_rollup = {.op = CRMVAL_COUNT, .entity = "contact", .by = "reports_to"};

static const struct crmval_input contact_inputs[] = {
	[CONTACT_SELF] = {"self", "id", .as = CRMVAL_REFERENCE},
	[CONTACT_ACCOUNT] = {"account", "account", .as = CRMVAL_REFERENCE},
	[CONTACT_IS_KEY] = {"is_key", "is_key", .as = CRMVAL_FLAG},
	[CONTACT_INFLUENCE] = {"influence", "influence", .as = CRMVAL_NUMBER},
	[CONTACT_BEST_LEVEL] = {"best_level", .as = CRMVAL_NUMBER, .rollup = &best_level_rollup},
	[CONTACT_TITLE] = {"title", "title", .as = CRMVAL_FILLED},
	[CONTACT_DEPARTMENT] = {"department", "department", .as = CRMVAL_FILLED},
	[CONTACT_EMAIL] = {"email", "email", .as = CRMVAL_EMAIL},
	[CONTACT_PHONE] = {"phone", "phone", .as = CRMVAL_PHONE},
	[CONTACT_REPORTS_TO] = {"reports_to", "reports_to", .as = CRMVAL_REFERENCE},
	[CONTACT_REPORTS_TO_ACCOUNT] = {"reports_to_account", "reports_to.account", .as = CRMVAL_REFERENCE},
	[CONTACT_REPORTS] = {"reports", .as = CRMVAL_NUMBER, .rollup = &reports_rollup},
	[CONTACT_CREATED_ON] = {"created_on", "created_on", .as = CRMVAL_DATE},
	[CONTACT_VERIFIED_ON] = {"verified_on", "verified_on", .as = CRMVAL_DATE},
};

static void company_relationship(const struct crmval_batch *batch, const struct crmval_observations *out)
{
	const int8_t *is_key = flags(batch, CONTACT_IS_KEY);
	const double *influence = numbers(batch, CONTACT_INFLUENCE);
	const double *best_level = numbers(batch, CONTACT_BEST_LEVEL);
	double level_max = batch->parameters[LEVEL_MAX].number;
	for (uint32_t i = 0; i < batch->row_count; i++) {
		double weight = influence_weight(influence[i]);
		double closeness = clamp(best_level[i], 0, level_max) / level_max;
		observe_ratio(out, i, is_key[i] == 1, weight * closeness, weight);
	}
}

static void network_completeness(const struct crmval_batch *batch, const struct crmval_observations *out)
{
	const uint8_t *title = texts(batch, CONTACT_TITLE);
	const uint8_t *department = texts(batch, CONTACT_DEPARTMENT);
	const uint8_t *email = texts(batch, CONTACT_EMAIL);
	const uint8_t *phone = texts(batch, CONTACT_PHONE);
	const double *influence = numbers(batch, CONTACT_INFLUENCE);
	const int32_t *reports_to = references(batch, CONTACT_REPORTS_TO);
	const double *reports = numbers(batch, CONTACT_REPORTS);
	const int32_t *verified_on = dates(batch, CONTACT_VERIFIED_ON);
	for (uint32_t i = 0; i < batch->row_count; i++) {
		int filled = (title[i] != 0) + (department[i] != 0) + ((email[i] | phone[i]) != 0) +
			     !isnan(influence[i]) + ((reports_to[i] >= 0) | (reports[i] > 0)) +
			     (verified_on[i] != CRMVAL_NO_DATE);
		observe_ratio(out, i, 1, filled, 6);
	}
}

static void network_accuracy(const struct crmval_batch *batch, const struct crmval_observations *out)
{
	const int32_t *self = references(batch, CONTACT_SELF);
	const int32_t *account = references(batch, CONTACT_ACCOUNT);
	const uint8_t *email = texts(batch, CONTACT_EMAIL);
	const uint8_t *phone = texts(batch, CONTACT_PHONE);
	const double *influence = numbers(batch, CONTACT_INFLUENCE);
	const int32_t *reports_to = references(batch, CONTACT_REPORTS_TO);
	const int32_t *reports_to_account = references(batch, CONTACT_REPORTS_TO_ACCOUNT);
	const int32_t *verified_on = dates(batch, CONTACT_VERIFIED_ON);
	int32_t within_days = (int32_t)batch->parameters[VERIFY_WITHIN_DAYS].number;
	for (uint32_t i = 0; i < batch->row_count; i++) {
		int applies = (email[i] != 0) + (phone[i] != 0) + !isnan(influence[i]) +
			      (reports_to[i] != CRMVAL_MISSING) + 1;
		int passed = (email[i] == 2) + (phone[i] == 2) + ((influence[i] >= 1) & (influence[i] <= 5)) +
			     ((reports_to[i] >= 0) & (reports_to[i] != self[i]) &
			      is_same_account(account[i], reports_to_account[i])) +
			     is_verified(verified_on[i], batch->window, within_days);
		observe_ratio(out, i, 1, passed, applies);
	}
}

static void network_accumulation(const struct crmval_batch *batch, const struct crmval_observations *out)
{
	const int32_t *created_on = dates(batch, CONTACT_CREATED_ON);
	for (uint32_t i = 0; i < batch->row_count; i++)
		observe_sum(out, i, is_within(created_on[i], batch->window), 1);
}

static const struct crmval_answer contact_answers[] = {
	{"company_relationship", "is_key best_level"},
	{"network_completeness", "title department email|phone influence reports_to reports verified_on"},
	{"network_accuracy", "self account email|phone influence reports_to reports_to_account verified_on"},
	{"network_accumulation", "created_on"},
};

WIDE static int evaluate_contacts(const struct crmval_batch *batch, const struct crmval_observations *out,
				  struct crmval_error *error)
{
	(void)error;
	if (!batch->window->is_baseline) { /* nobody asks for the state then */
		company_relationship(batch, &out[0]);
		network_completeness(batch, &out[1]);
		network_accuracy(batch, &out[2]);
	}
	network_accumulation(batch, &out[3]);
	return CRMVAL_OK;
}

/* ---- relationships ---- */

enum { RELATIONSHIP_CURRENT, RELATIONSHIP_LEVEL, RELATIONSHIP_INFLUENCE };

static const struct crmval_rollup current_rollup = {.op = CRMVAL_CURRENT,
						    .until = CRMVAL_TO,
						    .entity = "relationship",
						    .by = "contact",
						    .of = "level",
						    .date = "recorded_on",
						    .per = "employee"};

static const struct crmval_input relationship_inputs[] = {
	[RELATIONSHIP_CURRENT] = {"current", .as = CRMVAL_FLAG, .rollup = &current_rollup},
	[RELATIONSHIP_LEVEL] = {"level", "level", .as = CRMVAL_NUMBER},
	[RELATIONSHIP_INFLUENCE] = {"influence", "contact.influence", .as = CRMVAL_NUMBER, .flags = CRMVAL_OPTIONAL},
};

static const struct crmval_answer relationship_answers[] = {{"employee_relationship", "current level"}};

WIDE static int evaluate_relationships(const struct crmval_batch *batch, const struct crmval_observations *out,
				       struct crmval_error *error)
{
	const int8_t *is_current = flags(batch, RELATIONSHIP_CURRENT);
	const double *level = numbers(batch, RELATIONSHIP_LEVEL);
	const double *influence = numbers(batch, RELATIONSHIP_INFLUENCE);
	double level_max = batch->parameters[LEVEL_MAX].number;
	(void)error;
	for (uint32_t i = 0; i < batch->row_count; i++) {
		double weight = influence_weight(influence[i]);
		observe_ratio(out, i, is_current[i] == 1, weight * (clamp(level[i], 0, level_max) / level_max), weight);
	}
	return CRMVAL_OK;
}

/* ---- accounts ---- */

enum {
	ACCOUNT_FIRST_ORDER,
	ACCOUNT_ORDER_BEFORE, /* the latest before the window */
	ACCOUNT_LATEST_ORDER,
	ACCOUNT_ORDERS,
	ACCOUNT_QUANTITY,
	ACCOUNT_CATEGORIES,
	ACCOUNT_ALL_CATEGORIES,
	ACCOUNT_CHURNED_ON,
	ACCOUNT_HISTORY_START
};

#define ORDER_ACCOUNT "account|opportunity.account"

static const struct crmval_rollup first_order_rollup = {
	.op = CRMVAL_MIN, .entity = "order", .by = ORDER_ACCOUNT, .of = "signed_on"};
static const struct crmval_rollup order_before_rollup = {.op = CRMVAL_MAX,
							 .until = CRMVAL_BEFORE_FROM,
							 .entity = "order",
							 .by = ORDER_ACCOUNT,
							 .of = "signed_on",
							 .date = "signed_on"};
static const struct crmval_rollup latest_order_rollup = {.op = CRMVAL_MAX,
							 .until = CRMVAL_TO,
							 .entity = "order",
							 .by = ORDER_ACCOUNT,
							 .of = "signed_on",
							 .date = "signed_on"};
static const struct crmval_rollup orders_rollup = {.op = CRMVAL_COUNT,
						   .since = CRMVAL_FROM,
						   .until = CRMVAL_TO,
						   .entity = "order",
						   .by = ORDER_ACCOUNT,
						   .date = "signed_on"};
static const struct crmval_rollup quantity_rollup = {.op = CRMVAL_SUM,
						     .since = CRMVAL_FROM,
						     .until = CRMVAL_TO,
						     .entity = "order",
						     .by = ORDER_ACCOUNT,
						     .of = "quantity",
						     .date = "signed_on"};
static const struct crmval_rollup categories_rollup = {.op = CRMVAL_DISTINCT,
						       .until = CRMVAL_TO,
						       .entity = "order",
						       .by = ORDER_ACCOUNT,
						       .of = "product.category",
						       .date = "signed_on"};
static const struct crmval_rollup all_categories_rollup = {
	.op = CRMVAL_DISTINCT, .entity = "product", .of = "category"};
static const struct crmval_rollup history_start_rollup = {.op = CRMVAL_MIN, .entity = "order", .of = "signed_on"};

static const struct crmval_input account_inputs[] = {
	[ACCOUNT_FIRST_ORDER] = {"first_order", .as = CRMVAL_DATE, .rollup = &first_order_rollup},
	[ACCOUNT_ORDER_BEFORE] = {"order_before", .as = CRMVAL_DATE, .rollup = &order_before_rollup},
	[ACCOUNT_LATEST_ORDER] = {"latest_order", .as = CRMVAL_DATE, .rollup = &latest_order_rollup},
	[ACCOUNT_ORDERS] = {"orders", .as = CRMVAL_NUMBER, .rollup = &orders_rollup},
	[ACCOUNT_QUANTITY] = {"quantity", .as = CRMVAL_NUMBER, .rollup = &quantity_rollup},
	[ACCOUNT_CATEGORIES] = {"categories", .as = CRMVAL_NUMBER, .rollup = &categories_rollup},
	[ACCOUNT_ALL_CATEGORIES] = {"all_categories", .as = CRMVAL_NUMBER, .rollup = &all_categories_rollup},
	[ACCOUNT_CHURNED_ON] = {"churned_on", "churned_on", .as = CRMVAL_DATE, .flags = CRMVAL_OPTIONAL},
	[ACCOUNT_HISTORY_START] = {"history_start", .as = CRMVAL_DATE, .rollup = &history_start_rollup},
};

static void category_penetration(const struct crmval_batch *batch, const struct crmval_observations *out)
{
	const int32_t *latest_order = dates(batch, ACCOUNT_LATEST_ORDER);
	const double *categories = numbers(batch, ACCOUNT_CATEGORIES);
	const double *all_categories = numbers(batch, ACCOUNT_ALL_CATEGORIES);
	for (uint32_t i = 0; i < batch->row_count; i++)
		observe_ratio(out, i, latest_order[i] != CRMVAL_NO_DATE, categories[i], all_categories[i]);
}

static void units_per_customer(const struct crmval_batch *batch, const struct crmval_observations *out)
{
	const double *orders = numbers(batch, ACCOUNT_ORDERS);
	const double *quantity = numbers(batch, ACCOUNT_QUANTITY);
	for (uint32_t i = 0; i < batch->row_count; i++)
		observe_ratio(out, i, orders[i] > 0, quantity[i], 1);
}

static int days_of_year(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 366 : 365;
}

static void write_late_start(char *no_data, int32_t start)
{
	static const int month_days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int year = 1970, month = 0;
	while (start < 0)
		start += days_of_year(--year);
	while (start >= days_of_year(year))
		start -= days_of_year(year++);
	for (;; month++) {
		int days = month_days[month] + (month == 1 && days_of_year(year) == 366);
		if (start < days)
			break;
		start -= days;
	}
	snprintf(no_data, 128, "orders start on %04d-%02d-%02d", year, month + 1, (int)start + 1);
}

/*
 * Who is a new or a lost customer can be told only if orders reach back for churn_after_days before the window: else
 * old customers would count as new.  Without any order there is nothing to be wrong about.
 */
static int is_history_short(const struct crmval_batch *batch, const struct crmval_observations *out)
{
	int32_t start = dates(batch, ACCOUNT_HISTORY_START)[0];
	if (start <= batch->window->from - (int32_t)batch->parameters[CHURN_AFTER_DAYS].number)
		return 0;
	write_late_start(out->no_data, start);
	return 1;
}

static void new_customers(const struct crmval_batch *batch, const struct crmval_observations *out)
{
	const int32_t *first_order = dates(batch, ACCOUNT_FIRST_ORDER);
	if (is_history_short(batch, out))
		return;
	for (uint32_t i = 0; i < batch->row_count; i++)
		observe_sum(out, i, is_within(first_order[i], batch->window), 1);
}

static void lost_customers(const struct crmval_batch *batch, const struct crmval_observations *out)
{
	const int32_t *order_before = dates(batch, ACCOUNT_ORDER_BEFORE);
	const int32_t *latest_order = dates(batch, ACCOUNT_LATEST_ORDER);
	const int32_t *churned_on = dates(batch, ACCOUNT_CHURNED_ON);
	const struct crmval_window *window = batch->window;
	int32_t churn_days = (int32_t)batch->parameters[CHURN_AFTER_DAYS].number;
	if (is_history_short(batch, out))
		return;
	for (uint32_t i = 0; i < batch->row_count; i++) {
		int is_unmarked = churned_on[i] == CRMVAL_NO_DATE;
		int was_customer = (order_before[i] >= window->from - churn_days) &
				   (is_unmarked | (churned_on[i] >= window->from));
		int is_lost = (is_unmarked & (latest_order[i] <= window->to - churn_days)) |
			      (!is_unmarked & (churned_on[i] <= window->to));
		observe_ratio(out, i, was_customer, is_lost, 1);
	}
}

static const struct crmval_answer account_answers[] = {
	{"category_penetration", "latest_order categories all_categories"},
	{"units_per_customer", "orders quantity"},
	{"new_customers", "first_order history_start"},
	{"lost_customers", "order_before latest_order history_start"},
};

WIDE static int evaluate_accounts(const struct crmval_batch *batch, const struct crmval_observations *out,
				  struct crmval_error *error)
{
	(void)error;
	category_penetration(batch, &out[0]);
	units_per_customer(batch, &out[1]);
	new_customers(batch, &out[2]);
	lost_customers(batch, &out[3]);
	return CRMVAL_OK;
}

/* ---- project history ---- */

enum {
	HISTORY_ACCOUNT,
	HISTORY_PRODUCT,
	HISTORY_HAS_VENDOR,
	HISTORY_OURS,
	HISTORY_AMOUNT,
	HISTORY_SIGNED_ON,
	HISTORY_DECISION_MAKER,
	HISTORY_DECISION_MAKER_ACCOUNT,
	HISTORY_CREATED_ON,
	HISTORY_VERIFIED_ON
};

static const struct crmval_input history_inputs[] = {
	[HISTORY_ACCOUNT] = {"account", "account", .as = CRMVAL_REFERENCE},
	[HISTORY_PRODUCT] = {"product", "product", .as = CRMVAL_REFERENCE},
	[HISTORY_HAS_VENDOR] = {"has_vendor", "vendor", .as = CRMVAL_FILLED},
	[HISTORY_OURS] = {"ours", "ours", .as = CRMVAL_FLAG},
	[HISTORY_AMOUNT] = {"amount", "amount", .as = CRMVAL_NUMBER},
	[HISTORY_SIGNED_ON] = {"signed_on", "signed_on", .as = CRMVAL_DATE},
	[HISTORY_DECISION_MAKER] = {"decision_maker", "decision_maker", .as = CRMVAL_REFERENCE},
	[HISTORY_DECISION_MAKER_ACCOUNT] = {"decision_maker_account", "decision_maker.account", .as = CRMVAL_REFERENCE},
	[HISTORY_CREATED_ON] = {"created_on", "created_on", .as = CRMVAL_DATE},
	[HISTORY_VERIFIED_ON] = {"verified_on", "verified_on", .as = CRMVAL_DATE},
};

static void solution_win_rate(const struct crmval_batch *batch, const struct crmval_observations *out)
{
	const int32_t *signed_on = dates(batch, HISTORY_SIGNED_ON);
	const int8_t *ours = flags(batch, HISTORY_OURS);
	for (uint32_t i = 0; i < batch->row_count; i++)
		observe_ratio(out, i, is_within(signed_on[i], batch->window), ours[i] == 1, 1);
}

static void history_completeness(const struct crmval_batch *batch, const struct crmval_observations *out)
{
	const int32_t *product = references(batch, HISTORY_PRODUCT);
	const uint8_t *has_vendor = texts(batch, HISTORY_HAS_VENDOR);
	const double *amount = numbers(batch, HISTORY_AMOUNT);
	const int32_t *signed_on = dates(batch, HISTORY_SIGNED_ON);
	const int32_t *decision_maker = references(batch, HISTORY_DECISION_MAKER);
	const int32_t *verified_on = dates(batch, HISTORY_VERIFIED_ON);
	for (uint32_t i = 0; i < batch->row_count; i++) {
		int filled = (product[i] >= 0) + (has_vendor[i] != 0) + !isnan(amount[i]) +
			     (signed_on[i] != CRMVAL_NO_DATE) + (decision_maker[i] >= 0) +
			     (verified_on[i] != CRMVAL_NO_DATE);
		observe_ratio(out, i, signed_on[i] <= batch->window->to, filled, 6);
	}
}

static void history_accuracy(const struct crmval_batch *batch, const struct crmval_observations *out)
{
	const int32_t *account = references(batch, HISTORY_ACCOUNT);
	const int32_t *product = references(batch, HISTORY_PRODUCT);
	const double *amount = numbers(batch, HISTORY_AMOUNT);
	const int32_t *signed_on = dates(batch, HISTORY_SIGNED_ON);
	const int32_t *decision_maker = references(batch, HISTORY_DECISION_MAKER);
	const int32_t *decision_maker_account = references(batch, HISTORY_DECISION_MAKER_ACCOUNT);
	const int32_t *verified_on = dates(batch, HISTORY_VERIFIED_ON);
	int can_check_product = batch->columns[HISTORY_PRODUCT].is_checked != 0;
	int32_t within_days = (int32_t)batch->parameters[VERIFY_WITHIN_DAYS].number;
	for (uint32_t i = 0; i < batch->row_count; i++) {
		int checks_product = can_check_product & (product[i] != CRMVAL_MISSING);
		int applies = !isnan(amount[i]) + checks_product + (decision_maker[i] != CRMVAL_MISSING) + 1;
		int passed = (amount[i] > 0) + (checks_product & (product[i] != CRMVAL_DANGLING)) +
			     ((decision_maker[i] >= 0) & is_same_account(account[i], decision_maker_account[i])) +
			     is_verified(verified_on[i], batch->window, within_days);
		observe_ratio(out, i, signed_on[i] <= batch->window->to, passed, applies);
	}
}

static void history_accumulation(const struct crmval_batch *batch, const struct crmval_observations *out)
{
	const int32_t *created_on = dates(batch, HISTORY_CREATED_ON);
	for (uint32_t i = 0; i < batch->row_count; i++)
		observe_sum(out, i, is_within(created_on[i], batch->window), 1);
}

static const struct crmval_answer history_answers[] = {
	{"solution_win_rate", "signed_on ours"},
	{"history_completeness", "product has_vendor amount signed_on decision_maker verified_on"},
	{"history_accuracy", "account product amount signed_on decision_maker decision_maker_account verified_on"},
	{"history_accumulation", "created_on"},
};

WIDE static int evaluate_history(const struct crmval_batch *batch, const struct crmval_observations *out,
				 struct crmval_error *error)
{
	(void)error;
	solution_win_rate(batch, &out[0]);
	if (!batch->window->is_baseline) {
		history_completeness(batch, &out[1]);
		history_accuracy(batch, &out[2]);
	}
	history_accumulation(batch, &out[3]);
	return CRMVAL_OK;
}

/* ---- opportunities ---- */

enum { OPPORTUNITY_APPROVED_ON, OPPORTUNITY_CREATED_ON, OPPORTUNITY_AMOUNT };

static const struct crmval_input opportunity_inputs[] = {
	[OPPORTUNITY_APPROVED_ON] = {"approved_on", "approved_on", .as = CRMVAL_DATE},
	[OPPORTUNITY_CREATED_ON] = {"created_on", "created_on", .as = CRMVAL_DATE, .flags = CRMVAL_OPTIONAL},
	[OPPORTUNITY_AMOUNT] = {"amount", "amount", .as = CRMVAL_NUMBER},
};

static const struct crmval_answer opportunity_answers[] = {
	{"incubated_count", "approved_on"},
	{"incubated_amount", "approved_on amount"},
};

WIDE static int evaluate_opportunities(const struct crmval_batch *batch, const struct crmval_observations *out,
				       struct crmval_error *error)
{
	const int32_t *approved_on = dates(batch, OPPORTUNITY_APPROVED_ON);
	const int32_t *created_on = dates(batch, OPPORTUNITY_CREATED_ON);
	const double *amount = numbers(batch, OPPORTUNITY_AMOUNT);
	(void)error;
	for (uint32_t i = 0; i < batch->row_count; i++) {
		int is_incubated = is_within(approved_on[i], batch->window) & (created_on[i] < approved_on[i]);
		observe_sum(&out[0], i, is_incubated, 1);
		observe_sum(&out[1], i, is_incubated, or_zero(amount[i]));
	}
	return CRMVAL_OK;
}

/* ---- the plugin ---- */

static const struct crmval_view views[] = {
	{"contact", contact_inputs, COUNT(contact_inputs), COUNT(contact_answers), contact_answers, evaluate_contacts},
	{"relationship", relationship_inputs, COUNT(relationship_inputs), COUNT(relationship_answers),
	 relationship_answers, evaluate_relationships},
	{"account", account_inputs, COUNT(account_inputs), COUNT(account_answers), account_answers, evaluate_accounts},
	{"project_history", history_inputs, COUNT(history_inputs), COUNT(history_answers), history_answers,
	 evaluate_history},
	{"opportunity", opportunity_inputs, COUNT(opportunity_inputs), COUNT(opportunity_answers), opportunity_answers,
	 evaluate_opportunities},
};

static const struct crmval_dimension dimension = {
	.struct_size = sizeof dimension,
	.title = "Customer management",
	.indicator_count = COUNT(indicators),
	.indicators = indicators,
	.measure_count = COUNT(measures),
	.measures = measures,
	.parameter_count = COUNT(parameters),
	.parameters = parameters,
	.view_count = COUNT(views),
	.views = views,
};

CRMVAL_EXPORT const struct crmval_plugin crmval_plugin_v1 = {
	.magic = CRMVAL_MAGIC,
	.abi_major = CRMVAL_ABI_MAJOR,
	.abi_minor = CRMVAL_ABI_MINOR,
	.struct_size = sizeof crmval_plugin_v1,
	.name = "customer_management",
	.version = "1.0",
	.summary = "how close, how complete, how well covered and how well known the customers are",
	.dimension = &dimension,
	.translation_count = COUNT(translations),
	.translations = translations,
};
