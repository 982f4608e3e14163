/* SPDX-License-Identifier: MIT */
/* Deal control: how well opportunities are led, their people known, and their records kept, up to the win. */
#include "common.h"
#include "deal_control_zh.h"

enum { REQUIRED_ROLES, VERIFY_WITHIN_DAYS };

static const struct crmval_option parameters[] = {
	[REQUIRED_ROLES] = {"required_roles", CRMVAL_OPTION_WORDS, 0, "economic,technical,user,coach", 0, 0,
			    "roles that a decision chain should have"},
	[VERIFY_WITHIN_DAYS] = {"verify_within_days", CRMVAL_OPTION_INTEGER, 0, "180", 0, 36500,
				"days for which a record counts as accurate after it was verified"},
};

static const struct crmval_indicator indicators[] = {
	{"conversion", "Conversion"},
	{"process_control", "Process control"},
	{"relationship_control", "Relationship control"},
};

/* A line each for name, meaning, formula and kind. */
/* clang-format off */
static const struct crmval_measure measures[] = {
	{"approved_to_won", "Approved to won", "conversion", "share",
	 "How many of the approved projects that came to an end were won",
	 "approved opportunities closed in the window; 1 if won; 1",
	 CRMVAL_RATIO, CRMVAL_HIGHER, CRMVAL_VALUE, CRMVAL_SHARE, 0, NULL},
	{"customer_time_lead", "Lead in customer time", "process_control", "share",
	 "How often no vendor has more of the customer's time than we have",
	 "active opportunities; 1 if customer_time_rank is 1 or, without rank, our minutes > competitor_minutes; 1",
	 CRMVAL_RATIO, CRMVAL_HIGHER, CRMVAL_VALUE, CRMVAL_SHARE, 0, NULL},
	{"budget_participation", "Budget participation", "process_control", "share",
	 "How often we take part when the customer makes the budget",
	 "active opportunities; 1 if budget_participation; 1",
	 CRMVAL_RATIO, CRMVAL_HIGHER, CRMVAL_VALUE, CRMVAL_SHARE, 0, NULL},
	{"tender_participation", "Tender participation", "process_control", "share",
	 "How often we take part when the customer writes the tender",
	 "active opportunities; 1 if tender_participation; 1",
	 CRMVAL_RATIO, CRMVAL_HIGHER, CRMVAL_VALUE, CRMVAL_SHARE, 0, NULL},
	{"decision_role_coverage", "Decision role coverage", "relationship_control", "share",
	 "How many of the roles that decide on a project we know",
	 "active opportunities; different required_roles among their decision members; number of required_roles",
	 CRMVAL_RATIO, CRMVAL_HIGHER, CRMVAL_VALUE, CRMVAL_STATE | CRMVAL_SHARE, 0, NULL},
	{"decision_chain_completeness", "Decision chain completeness", "relationship_control", "share",
	 "How complete the records of the people who decide are",
	 "decision members of active opportunities; filled of contact, role, stance, value_proposition, verified_on; 5",
	 CRMVAL_RATIO, CRMVAL_HIGHER, CRMVAL_VALUE, CRMVAL_STATE | CRMVAL_SHARE, 0, NULL},
	{"decision_chain_accuracy", "Decision chain accuracy", "relationship_control", "share",
	 "How much of what the records of the people who decide say stands up to checks",
	 "decision members of active opportunities; checks passed of contact, stance, verified_on; checks that apply",
	 CRMVAL_RATIO, CRMVAL_HIGHER, CRMVAL_VALUE, CRMVAL_STATE | CRMVAL_SHARE, 0, NULL},
	{"value_projection", "Value projection", "relationship_control", "share",
	 "How well our value proposition fits the people who decide, the influential counting more",
	 "decision members of active opportunities; influence * value_fit; influence",
	 CRMVAL_RATIO, CRMVAL_HIGHER, CRMVAL_VALUE, CRMVAL_STATE | CRMVAL_SHARE, 0, NULL},
	{"opportunity_completeness", "Opportunity completeness", "relationship_control", "share",
	 "How complete the records of opportunities are",
	 "active opportunities; filled of amount, product, need, competitor, next_step, expected_close_on; 6",
	 CRMVAL_RATIO, CRMVAL_HIGHER, CRMVAL_VALUE, CRMVAL_STATE | CRMVAL_SHARE, 0, NULL},
	{"opportunity_accuracy", "Opportunity accuracy", "relationship_control", "share",
	 "How much of what the records of opportunities say stands up to checks",
	 "active opportunities; checks passed of amount and the order of the dates; checks that apply",
	 CRMVAL_RATIO, CRMVAL_HIGHER, CRMVAL_VALUE, CRMVAL_STATE | CRMVAL_SHARE, 0, NULL},
};
/* clang-format on */

/* ---- opportunities ---- */

enum {
	OPPORTUNITY_APPROVED_ON,
	OPPORTUNITY_CLOSED_ON,
	OPPORTUNITY_OUTCOME,
	OPPORTUNITY_CREATED_ON,
	OPPORTUNITY_TIME_RANK,
	OPPORTUNITY_COMPETITOR_MINUTES,
	OPPORTUNITY_MINUTES,
	OPPORTUNITY_BUDGET,
	OPPORTUNITY_TENDER,
	OPPORTUNITY_ROLES,
	OPPORTUNITY_AMOUNT,
	OPPORTUNITY_HAS_PRODUCT,
	OPPORTUNITY_HAS_NEED,
	OPPORTUNITY_HAS_COMPETITOR,
	OPPORTUNITY_HAS_NEXT_STEP,
	OPPORTUNITY_EXPECTED_CLOSE_ON
};

static const struct crmval_rollup minutes_rollup = {.op = CRMVAL_SUM,
						    .until = CRMVAL_TO,
						    .entity = "activity",
						    .by = "opportunity",
						    .of = "minutes",
						    .date = "occurred_on"};
static const struct crmval_rollup roles_rollup = {
	.op = CRMVAL_DISTINCT, .entity = "decision_member", .by = "opportunity", .of = "role"};

static const struct crmval_input opportunity_inputs[] = {
	[OPPORTUNITY_APPROVED_ON] = {"approved_on", "approved_on", .as = CRMVAL_DATE},
	[OPPORTUNITY_CLOSED_ON] = {"closed_on", "closed_on", .as = CRMVAL_DATE},
	[OPPORTUNITY_OUTCOME] = {"outcome", "outcome", .as = CRMVAL_SYMBOL, .words = OUTCOME_WORDS},
	[OPPORTUNITY_CREATED_ON] = {"created_on", "created_on", .as = CRMVAL_DATE, .flags = CRMVAL_OPTIONAL},
	[OPPORTUNITY_TIME_RANK] = {"time_rank", "customer_time_rank", .as = CRMVAL_NUMBER},
	[OPPORTUNITY_COMPETITOR_MINUTES] = {"competitor_minutes", "competitor_minutes", .as = CRMVAL_NUMBER},
	[OPPORTUNITY_MINUTES] = {"minutes", .as = CRMVAL_NUMBER, .rollup = &minutes_rollup},
	[OPPORTUNITY_BUDGET] = {"budget", "budget_participation", .as = CRMVAL_FLAG},
	[OPPORTUNITY_TENDER] = {"tender", "tender_participation", .as = CRMVAL_FLAG},
	[OPPORTUNITY_ROLES] = {"roles", .as = CRMVAL_NUMBER, .words_from = "required_roles", .rollup = &roles_rollup},
	[OPPORTUNITY_AMOUNT] = {"amount", "amount", .as = CRMVAL_NUMBER},
	[OPPORTUNITY_HAS_PRODUCT] = {"has_product", "product", .as = CRMVAL_FILLED},
	[OPPORTUNITY_HAS_NEED] = {"has_need", "need", .as = CRMVAL_FILLED},
	[OPPORTUNITY_HAS_COMPETITOR] = {"has_competitor", "competitor", .as = CRMVAL_FILLED},
	[OPPORTUNITY_HAS_NEXT_STEP] = {"has_next_step", "next_step", .as = CRMVAL_FILLED},
	[OPPORTUNITY_EXPECTED_CLOSE_ON] = {"expected_close_on", "expected_close_on", .as = CRMVAL_DATE},
};

/* What says whether an opportunity is active. */
struct course {
	const int32_t *approved_on, *closed_on;
	const uint32_t *outcome;
	const struct crmval_window *window;
};

static struct course opportunity_course(const struct crmval_batch *batch)
{
	return (struct course){dates(batch, OPPORTUNITY_APPROVED_ON), dates(batch, OPPORTUNITY_CLOSED_ON),
			       symbols(batch, OPPORTUNITY_OUTCOME), batch->window};
}

static inline int is_row_active(const struct course *course, uint32_t row)
{
	return is_active(course->approved_on[row], course->closed_on[row], course->outcome[row], course->window);
}

static void approved_to_won(const struct crmval_batch *batch, const struct crmval_observations *out)
{
	struct course course = opportunity_course(batch);
	for (uint32_t i = 0; i < batch->row_count; i++) {
		int applies = (course.approved_on[i] != CRMVAL_NO_DATE) &
			      is_closed(course.closed_on[i], course.outcome[i], batch->window);
		observe_ratio(out, i, applies, course.outcome[i] == OUTCOME_WON, 1);
	}
}

static void customer_time_lead(const struct crmval_batch *batch, const struct crmval_observations *out)
{
	struct course course = opportunity_course(batch);
	const double *time_rank = numbers(batch, OPPORTUNITY_TIME_RANK);
	const double *competitor_minutes = numbers(batch, OPPORTUNITY_COMPETITOR_MINUTES);
	const double *minutes = numbers(batch, OPPORTUNITY_MINUTES);
	for (uint32_t i = 0; i < batch->row_count; i++) {
		/* Nothing is greater than a number that is missing. */
		int leads = (time_rank[i] == 1) | ((isnan(time_rank[i]) != 0) & (minutes[i] > competitor_minutes[i]));
		observe_ratio(out, i, is_row_active(&course, i), leads, 1);
	}
}

static void participation(const struct crmval_batch *batch, const struct crmval_observations *out, uint32_t input)
{
	struct course course = opportunity_course(batch);
	const int8_t *takes_part = flags(batch, input);
	for (uint32_t i = 0; i < batch->row_count; i++)
		observe_ratio(out, i, is_row_active(&course, i), takes_part[i] == 1, 1);
}

static void decision_role_coverage(const struct crmval_batch *batch, const struct crmval_observations *out)
{
	struct course course = opportunity_course(batch);
	const double *roles = numbers(batch, OPPORTUNITY_ROLES);
	double required = count_words(&batch->parameters[REQUIRED_ROLES]);
	for (uint32_t i = 0; i < batch->row_count; i++)
		observe_ratio(out, i, is_row_active(&course, i), roles[i], required);
}

static void opportunity_completeness(const struct crmval_batch *batch, const struct crmval_observations *out)
{
	struct course course = opportunity_course(batch);
	const double *amount = numbers(batch, OPPORTUNITY_AMOUNT);
	const uint8_t *has_product = texts(batch, OPPORTUNITY_HAS_PRODUCT);
	const uint8_t *has_need = texts(batch, OPPORTUNITY_HAS_NEED);
	const uint8_t *has_competitor = texts(batch, OPPORTUNITY_HAS_COMPETITOR);
	const uint8_t *has_next_step = texts(batch, OPPORTUNITY_HAS_NEXT_STEP);
	const int32_t *expected_close_on = dates(batch, OPPORTUNITY_EXPECTED_CLOSE_ON);
	for (uint32_t i = 0; i < batch->row_count; i++) {
		int filled = !isnan(amount[i]) + (has_product[i] != 0) + (has_need[i] != 0) + (has_competitor[i] != 0) +
			     (has_next_step[i] != 0) + (expected_close_on[i] != CRMVAL_NO_DATE);
		observe_ratio(out, i, is_row_active(&course, i), filled, 6);
	}
}

static void opportunity_accuracy(const struct crmval_batch *batch, const struct crmval_observations *out)
{
	struct course course = opportunity_course(batch);
	const int32_t *created_on = dates(batch, OPPORTUNITY_CREATED_ON);
	const double *amount = numbers(batch, OPPORTUNITY_AMOUNT);
	const int32_t *expected_close_on = dates(batch, OPPORTUNITY_EXPECTED_CLOSE_ON);
	int32_t to = batch->window->to;
	for (uint32_t i = 0; i < batch->row_count; i++) {
		int32_t approved_on = course.approved_on[i], closed_on = course.closed_on[i];
		int has_outcome = course.outcome[i] != OUTCOME_NONE;
		int is_open = !has_outcome | (closed_on > to);
		/* An active opportunity was approved, so only the other day of each pair can be missing. */
		int checks_creation = created_on[i] != CRMVAL_NO_DATE;
		int checks_closing = has_outcome & (closed_on != CRMVAL_NO_DATE);
		int checks_expectation = is_open & (expected_close_on[i] != CRMVAL_NO_DATE);
		int applies = !isnan(amount[i]) + checks_creation + checks_closing + checks_expectation;
		int passed = (amount[i] > 0) + (checks_creation & (approved_on >= created_on[i])) +
			     (checks_closing & (closed_on >= approved_on)) +
			     (checks_expectation & (expected_close_on[i] >= to));
		observe_ratio(out, i, is_row_active(&course, i), passed, applies);
	}
}

static const struct crmval_answer opportunity_answers[] = {
	{"approved_to_won", "approved_on closed_on outcome"},
	{"customer_time_lead", "approved_on closed_on outcome time_rank|competitor_minutes+minutes"},
	{"budget_participation", "approved_on closed_on outcome budget"},
	{"tender_participation", "approved_on closed_on outcome tender"},
	{"decision_role_coverage", "approved_on closed_on outcome roles"},
	{"opportunity_completeness", "approved_on closed_on outcome amount has_product has_need has_competitor "
				     "has_next_step expected_close_on"},
	{"opportunity_accuracy", "approved_on closed_on outcome amount expected_close_on"},
};

WIDE static int evaluate_opportunities(const struct crmval_batch *batch, const struct crmval_observations *out,
				       struct crmval_error *error)
{
	(void)error;
	approved_to_won(batch, &out[0]);
	customer_time_lead(batch, &out[1]);
	participation(batch, &out[2], OPPORTUNITY_BUDGET);
	participation(batch, &out[3], OPPORTUNITY_TENDER);
	if (!batch->window->is_baseline) { /* nobody asks for the state then */
		decision_role_coverage(batch, &out[4]);
		opportunity_completeness(batch, &out[5]);
		opportunity_accuracy(batch, &out[6]);
	}
	return CRMVAL_OK;
}

/* ---- decision members ---- */

enum {
	MEMBER_APPROVED_ON,
	MEMBER_CLOSED_ON,
	MEMBER_OUTCOME,
	MEMBER_ACCOUNT,
	MEMBER_CONTACT,
	MEMBER_CONTACT_ACCOUNT,
	MEMBER_INFLUENCE,
	MEMBER_HAS_ROLE,
	MEMBER_STANCE,
	MEMBER_HAS_VALUE_PROPOSITION,
	MEMBER_VALUE_FIT,
	MEMBER_VERIFIED_ON
};

static const struct crmval_input member_inputs[] = {
	[MEMBER_APPROVED_ON] = {"approved_on", "opportunity.approved_on", .as = CRMVAL_DATE},
	[MEMBER_CLOSED_ON] = {"closed_on", "opportunity.closed_on", .as = CRMVAL_DATE},
	[MEMBER_OUTCOME] = {"outcome", "opportunity.outcome", .as = CRMVAL_SYMBOL, .words = OUTCOME_WORDS},
	[MEMBER_ACCOUNT] = {"account", "opportunity.account", .as = CRMVAL_REFERENCE},
	[MEMBER_CONTACT] = {"contact", "contact", .as = CRMVAL_REFERENCE},
	[MEMBER_CONTACT_ACCOUNT] = {"contact_account", "contact.account", .as = CRMVAL_REFERENCE},
	[MEMBER_INFLUENCE] = {"influence", "contact.influence", .as = CRMVAL_NUMBER, .flags = CRMVAL_OPTIONAL},
	[MEMBER_HAS_ROLE] = {"has_role", "role", .as = CRMVAL_FILLED},
	[MEMBER_STANCE] = {"stance", "stance", .as = CRMVAL_NUMBER},
	[MEMBER_HAS_VALUE_PROPOSITION] = {"has_value_proposition", "value_proposition", .as = CRMVAL_FILLED},
	[MEMBER_VALUE_FIT] = {"value_fit", "value_fit", .as = CRMVAL_NUMBER},
	[MEMBER_VERIFIED_ON] = {"verified_on", "verified_on", .as = CRMVAL_DATE},
};

static struct course member_course(const struct crmval_batch *batch)
{
	return (struct course){dates(batch, MEMBER_APPROVED_ON), dates(batch, MEMBER_CLOSED_ON),
			       symbols(batch, MEMBER_OUTCOME), batch->window};
}

static void decision_chain_completeness(const struct crmval_batch *batch, const struct crmval_observations *out)
{
	struct course course = member_course(batch);
	const int32_t *contact = references(batch, MEMBER_CONTACT);
	const uint8_t *has_role = texts(batch, MEMBER_HAS_ROLE);
	const double *stance = numbers(batch, MEMBER_STANCE);
	const uint8_t *has_value_proposition = texts(batch, MEMBER_HAS_VALUE_PROPOSITION);
	const int32_t *verified_on = dates(batch, MEMBER_VERIFIED_ON);
	for (uint32_t i = 0; i < batch->row_count; i++) {
		int filled = (contact[i] >= 0) + (has_role[i] != 0) + !isnan(stance[i]) +
			     (has_value_proposition[i] != 0) + (verified_on[i] != CRMVAL_NO_DATE);
		observe_ratio(out, i, is_row_active(&course, i), filled, 5);
	}
}

static void decision_chain_accuracy(const struct crmval_batch *batch, const struct crmval_observations *out)
{
	struct course course = member_course(batch);
	const int32_t *account = references(batch, MEMBER_ACCOUNT);
	const int32_t *contact = references(batch, MEMBER_CONTACT);
	const int32_t *contact_account = references(batch, MEMBER_CONTACT_ACCOUNT);
	const double *stance = numbers(batch, MEMBER_STANCE);
	const int32_t *verified_on = dates(batch, MEMBER_VERIFIED_ON);
	int32_t within_days = (int32_t)batch->parameters[VERIFY_WITHIN_DAYS].number;
	for (uint32_t i = 0; i < batch->row_count; i++) {
		int applies = (contact[i] != CRMVAL_MISSING) + !isnan(stance[i]) + 1;
		int passed = ((contact[i] >= 0) & is_same_account(contact_account[i], account[i])) +
			     ((stance[i] >= -2) & (stance[i] <= 2)) +
			     is_verified(verified_on[i], batch->window, within_days);
		observe_ratio(out, i, is_row_active(&course, i), passed, applies);
	}
}

static void value_projection(const struct crmval_batch *batch, const struct crmval_observations *out)
{
	struct course course = member_course(batch);
	const double *influence = numbers(batch, MEMBER_INFLUENCE);
	const double *value_fit = numbers(batch, MEMBER_VALUE_FIT);
	for (uint32_t i = 0; i < batch->row_count; i++) {
		double weight = influence_weight(influence[i]);
		observe_ratio(out, i, is_row_active(&course, i), weight * clamp(value_fit[i], 0, 1), weight);
	}
}

static const struct crmval_answer member_answers[] = {
	{"decision_chain_completeness",
	 "approved_on closed_on outcome contact has_role stance has_value_proposition verified_on"},
	{"decision_chain_accuracy", "approved_on closed_on outcome account contact contact_account stance verified_on"},
	{"value_projection", "approved_on closed_on outcome contact value_fit"},
};

WIDE static int evaluate_members(const struct crmval_batch *batch, const struct crmval_observations *out,
				 struct crmval_error *error)
{
	(void)error;
	decision_chain_completeness(batch, &out[0]);
	decision_chain_accuracy(batch, &out[1]);
	value_projection(batch, &out[2]);
	return CRMVAL_OK;
}

/* ---- the plugin ---- */

static const struct crmval_view views[] = {
	{"opportunity", opportunity_inputs, COUNT(opportunity_inputs), COUNT(opportunity_answers), opportunity_answers,
	 evaluate_opportunities},
	{"decision_member", member_inputs, COUNT(member_inputs), COUNT(member_answers), member_answers,
	 evaluate_members},
};

static const struct crmval_dimension dimension = {
	.struct_size = sizeof dimension,
	.title = "Deal control",
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
	.name = "deal_control",
	.version = "1.0",
	.summary = "how well opportunities are led, their people known, and their records kept, up to the win",
	.dimension = &dimension,
	.translation_count = COUNT(translations),
	.translations = translations,
};
