/* SPDX-License-Identifier: MIT */
/* Resource management: whether projects get the right people in time, how these work together, and what it yields. */
#include "common.h"
#include "resource_management_zh.h"

enum { LARGE_PROJECT_AMOUNT, DISPATCH_DAYS, REQUIRED_FUNCTIONS };

static const struct crmval_option parameters[] = {
	[LARGE_PROJECT_AMOUNT] = {"large_project_amount", CRMVAL_OPTION_NUMBER, 0, NULL, 0, 1e15,
				  "a project without project_size is large from this amount on, small below"},
	[DISPATCH_DAYS] = {"dispatch_days", CRMVAL_OPTION_INTEGER, 0, "2", 0, 36500,
			   "days within which a resource request should be assigned"},
	[REQUIRED_FUNCTIONS] = {"required_functions", CRMVAL_OPTION_WORDS, 0,
				"presales,test,delivery,aftersales,development", 0, 0,
				"functions that a large project should bring together"},
};

static const struct crmval_indicator indicators[] = {
	{"resource_matching", "Resource matching"},
	{"process_collaboration", "Process collaboration"},
	{"resource_integration", "Resource integration"},
	{"resource_return", "Return on resources"},
};

static const struct crmval_point presales_cost_scale[] = {{0, 100}, {0.2, 0}};

/* A line each for name, meaning, formula and kind. */
/* clang-format off */
static const struct crmval_measure measures[] = {
	{"large_on_time", "Large projects on time", "resource_matching", "share",
	 "How often large projects get their resources by the day they need them",
	 "resource requests of large projects needed in the window; 1 if ready by then; 1",
	 CRMVAL_RATIO, CRMVAL_HIGHER, CRMVAL_VALUE, CRMVAL_SHARE, 0, NULL},
	{"small_on_time", "Small projects on time", "resource_matching", "share",
	 "How often small projects get their resources by the day they need them",
	 "resource requests of small projects needed in the window; 1 if ready by then; 1",
	 CRMVAL_RATIO, CRMVAL_HIGHER, CRMVAL_VALUE, CRMVAL_SHARE, 0, NULL},
	{"large_skill_match", "Skill match of large projects", "resource_matching", "share",
	 "How well the skills of the resources fit what large projects ask for",
	 "resource requests of large projects ready in the window; skill_match; 1",
	 CRMVAL_RATIO, CRMVAL_HIGHER, CRMVAL_VALUE, CRMVAL_SHARE, 0, NULL},
	{"small_skill_match", "Skill match of small projects", "resource_matching", "share",
	 "How well the skills of the resources fit what small projects ask for",
	 "resource requests of small projects ready in the window; skill_match; 1",
	 CRMVAL_RATIO, CRMVAL_HIGHER, CRMVAL_VALUE, CRMVAL_SHARE, 0, NULL},
	{"presales_cost_ratio", "Presales cost ratio", "resource_matching", "ratio",
	 "What presales costs for each unit of money won",
	 "presales expenses and opportunities won in the window; amount spent; amount won",
	 CRMVAL_RATIO, CRMVAL_LOWER, CRMVAL_VALUE, 0, COUNT(presales_cost_scale), presales_cost_scale},
	{"dispatch_timeliness", "Timeliness of dispatch", "process_collaboration", "share",
	 "How often a resource request is assigned without delay",
	 "resource requests whose dispatch_days lie in the window; 1 if assigned within them; 1",
	 CRMVAL_RATIO, CRMVAL_HIGHER, CRMVAL_VALUE, CRMVAL_SHARE, 0, NULL},
	{"role_clarity", "Clarity of roles", "process_collaboration", "share",
	 "How many of those who take part in projects have a defined function and responsibility",
	 "participants of active opportunities; 1 if function and responsibility are filled; 1",
	 CRMVAL_RATIO, CRMVAL_HIGHER, CRMVAL_VALUE, CRMVAL_SHARE, 0, NULL},
	{"scoring_coverage", "Scoring coverage", "process_collaboration", "share",
	 "How many of those who took part in finished projects had their work scored",
	 "participants of opportunities closed in the window; 1 if scored; 1",
	 CRMVAL_RATIO, CRMVAL_HIGHER, CRMVAL_VALUE, CRMVAL_SHARE, 0, NULL},
	{"scoring_acceptance", "Scoring acceptance", "process_collaboration", "share",
	 "How many of those who were scored accept their score",
	 "scored participants of opportunities closed in the window; 1 if acknowledged and not disputed; 1",
	 CRMVAL_RATIO, CRMVAL_HIGHER, CRMVAL_VALUE, CRMVAL_SHARE, 0, NULL},
	{"function_coverage", "Function coverage", "resource_integration", "share",
	 "How many of the functions that a large project should bring together take part in it",
	 "active large opportunities; different required_functions among participants; number of required_functions",
	 CRMVAL_RATIO, CRMVAL_HIGHER, CRMVAL_VALUE, CRMVAL_SHARE, 0, NULL},
	{"presales_roi", "Return on presales", "resource_return", "ratio",
	 "What is won for each unit of money that presales costs",
	 "opportunities won and presales expenses in the window; amount won; amount spent",
	 CRMVAL_RATIO, CRMVAL_HIGHER, CRMVAL_GROWTH, 0, 0, NULL},
	{"sales", "Sales", "resource_return", "money",
	 "What customers ordered",
	 "orders signed in the window; amount",
	 CRMVAL_SUM_OF, CRMVAL_HIGHER, CRMVAL_GROWTH, 0, 0, NULL},
};
/* clang-format on */

/* ---- large and small projects ---- */

enum { SIZE_NONE, SIZE_LARGE, SIZE_SMALL };
#define SIZE_WORDS ((const char *const[]){"large", "small", NULL})
/* What the size is known from: the amount stands in only where the job says from which on a project is large. */
#define NEEDS_SIZE "size|$large_project_amount+amount"

static inline uint32_t project_size(uint32_t size, double amount, const struct crmval_value *large_from)
{
	int is_known = (size != SIZE_NONE) | !large_from->is_set | (isnan(amount) != 0);
	uint32_t by_amount = amount >= large_from->number ? SIZE_LARGE : SIZE_SMALL;
	return is_known ? size : by_amount;
}

/* ---- resource requests ---- */

enum {
	REQUEST_SIZE,
	REQUEST_AMOUNT,
	REQUEST_REQUESTED_ON,
	REQUEST_ASSIGNED_ON,
	REQUEST_NEEDED_ON,
	REQUEST_READY_ON,
	REQUEST_SKILL_MATCH
};

static const struct crmval_input request_inputs[] = {
	[REQUEST_SIZE] = {"size", "opportunity.project_size", .as = CRMVAL_SYMBOL, .words = SIZE_WORDS},
	[REQUEST_AMOUNT] = {"amount", "opportunity.amount", .as = CRMVAL_NUMBER},
	[REQUEST_REQUESTED_ON] = {"requested_on", "requested_on", .as = CRMVAL_DATE},
	[REQUEST_ASSIGNED_ON] = {"assigned_on", "assigned_on", .as = CRMVAL_DATE},
	[REQUEST_NEEDED_ON] = {"needed_on", "needed_on", .as = CRMVAL_DATE},
	[REQUEST_READY_ON] = {"ready_on", "ready_on", .as = CRMVAL_DATE},
	[REQUEST_SKILL_MATCH] = {"skill_match", "skill_match", .as = CRMVAL_NUMBER},
};

static void on_time(const struct crmval_batch *batch, const struct crmval_observations *out, uint32_t wanted)
{
	const uint32_t *size = symbols(batch, REQUEST_SIZE);
	const double *amount = numbers(batch, REQUEST_AMOUNT);
	const int32_t *needed_on = dates(batch, REQUEST_NEEDED_ON);
	const int32_t *ready_on = dates(batch, REQUEST_READY_ON);
	const struct crmval_value *large_from = &batch->parameters[LARGE_PROJECT_AMOUNT];
	for (uint32_t i = 0; i < batch->row_count; i++) {
		int applies = is_within(needed_on[i], batch->window) &
			      (project_size(size[i], amount[i], large_from) == wanted);
		observe_ratio(out, i, applies, (ready_on[i] != CRMVAL_NO_DATE) & (ready_on[i] <= needed_on[i]), 1);
	}
}

static void skill_match(const struct crmval_batch *batch, const struct crmval_observations *out, uint32_t wanted)
{
	const uint32_t *size = symbols(batch, REQUEST_SIZE);
	const double *amount = numbers(batch, REQUEST_AMOUNT);
	const int32_t *ready_on = dates(batch, REQUEST_READY_ON);
	const double *match = numbers(batch, REQUEST_SKILL_MATCH);
	const struct crmval_value *large_from = &batch->parameters[LARGE_PROJECT_AMOUNT];
	for (uint32_t i = 0; i < batch->row_count; i++) {
		int applies = is_within(ready_on[i], batch->window) &
			      (project_size(size[i], amount[i], large_from) == wanted);
		observe_ratio(out, i, applies, clamp(match[i], 0, 1), 1);
	}
}

static void dispatch_timeliness(const struct crmval_batch *batch, const struct crmval_observations *out)
{
	const int32_t *requested_on = dates(batch, REQUEST_REQUESTED_ON);
	const int32_t *assigned_on = dates(batch, REQUEST_ASSIGNED_ON);
	int32_t days = (int32_t)batch->parameters[DISPATCH_DAYS].number;
	for (uint32_t i = 0; i < batch->row_count; i++) {
		int applies = (requested_on[i] >= batch->window->from) & (requested_on[i] <= batch->window->to - days);
		int is_timely = (assigned_on[i] != CRMVAL_NO_DATE) & (assigned_on[i] <= requested_on[i] + days);
		observe_ratio(out, i, applies, is_timely, 1);
	}
}

static const struct crmval_answer request_answers[] = {
	{"large_on_time", "needed_on ready_on " NEEDS_SIZE},
	{"small_on_time", "needed_on ready_on " NEEDS_SIZE},
	{"large_skill_match", "ready_on skill_match " NEEDS_SIZE},
	{"small_skill_match", "ready_on skill_match " NEEDS_SIZE},
	{"dispatch_timeliness", "requested_on assigned_on"},
};

WIDE static int evaluate_requests(const struct crmval_batch *batch, const struct crmval_observations *out,
				  struct crmval_error *error)
{
	(void)error;
	on_time(batch, &out[0], SIZE_LARGE);
	on_time(batch, &out[1], SIZE_SMALL);
	skill_match(batch, &out[2], SIZE_LARGE);
	skill_match(batch, &out[3], SIZE_SMALL);
	dispatch_timeliness(batch, &out[4]);
	return CRMVAL_OK;
}

/* ---- expenses ---- */

enum { EXPENSE_KIND, EXPENSE_SPENT_ON, EXPENSE_AMOUNT };
enum { KIND_PRESALES = 1 };

static const struct crmval_input expense_inputs[] = {
	[EXPENSE_KIND] = {"kind", "kind", .as = CRMVAL_SYMBOL, .words = (const char *const[]){"presales", NULL}},
	[EXPENSE_SPENT_ON] = {"spent_on", "spent_on", .as = CRMVAL_DATE},
	[EXPENSE_AMOUNT] = {"amount", "amount", .as = CRMVAL_NUMBER},
};

static const struct crmval_answer expense_answers[] = {
	{"presales_cost_ratio", "kind spent_on amount"},
	{"presales_roi", "kind spent_on amount"},
};

/* The two measures are one another's inverse: what is spent here, and what is won among the opportunities. */
WIDE static int evaluate_expenses(const struct crmval_batch *batch, const struct crmval_observations *out,
				  struct crmval_error *error)
{
	const uint32_t *kind = symbols(batch, EXPENSE_KIND);
	const int32_t *spent_on = dates(batch, EXPENSE_SPENT_ON);
	const double *amount = numbers(batch, EXPENSE_AMOUNT);
	(void)error;
	for (uint32_t i = 0; i < batch->row_count; i++) {
		int applies = (kind[i] == KIND_PRESALES) & is_within(spent_on[i], batch->window);
		observe_ratio(&out[0], i, applies, or_zero(amount[i]), 0);
		observe_ratio(&out[1], i, applies, 0, or_zero(amount[i]));
	}
	return CRMVAL_OK;
}

/* ---- opportunities ---- */

enum {
	OPPORTUNITY_APPROVED_ON,
	OPPORTUNITY_CLOSED_ON,
	OPPORTUNITY_OUTCOME,
	OPPORTUNITY_SIZE,
	OPPORTUNITY_AMOUNT,
	OPPORTUNITY_FUNCTIONS
};

static const struct crmval_rollup functions_rollup = {
	.op = CRMVAL_DISTINCT, .entity = "participant", .by = "opportunity", .of = "function"};

static const struct crmval_input opportunity_inputs[] = {
	[OPPORTUNITY_APPROVED_ON] = {"approved_on", "approved_on", .as = CRMVAL_DATE},
	[OPPORTUNITY_CLOSED_ON] = {"closed_on", "closed_on", .as = CRMVAL_DATE},
	[OPPORTUNITY_OUTCOME] = {"outcome", "outcome", .as = CRMVAL_SYMBOL, .words = OUTCOME_WORDS},
	[OPPORTUNITY_SIZE] = {"size", "project_size", .as = CRMVAL_SYMBOL, .words = SIZE_WORDS},
	[OPPORTUNITY_AMOUNT] = {"amount", "amount", .as = CRMVAL_NUMBER},
	[OPPORTUNITY_FUNCTIONS] = {"functions", .as = CRMVAL_NUMBER, .words_from = "required_functions",
				   .rollup = &functions_rollup},
};

static void amount_won(const struct crmval_batch *batch, const struct crmval_observations *cost_ratio,
		       const struct crmval_observations *roi)
{
	const int32_t *closed_on = dates(batch, OPPORTUNITY_CLOSED_ON);
	const uint32_t *outcome = symbols(batch, OPPORTUNITY_OUTCOME);
	const double *amount = numbers(batch, OPPORTUNITY_AMOUNT);
	for (uint32_t i = 0; i < batch->row_count; i++) {
		int applies = (outcome[i] == OUTCOME_WON) & is_within(closed_on[i], batch->window);
		observe_ratio(cost_ratio, i, applies, 0, or_zero(amount[i]));
		observe_ratio(roi, i, applies, or_zero(amount[i]), 0);
	}
}

static void function_coverage(const struct crmval_batch *batch, const struct crmval_observations *out)
{
	const int32_t *approved_on = dates(batch, OPPORTUNITY_APPROVED_ON);
	const int32_t *closed_on = dates(batch, OPPORTUNITY_CLOSED_ON);
	const uint32_t *outcome = symbols(batch, OPPORTUNITY_OUTCOME);
	const uint32_t *size = symbols(batch, OPPORTUNITY_SIZE);
	const double *amount = numbers(batch, OPPORTUNITY_AMOUNT);
	const double *functions = numbers(batch, OPPORTUNITY_FUNCTIONS);
	const struct crmval_value *large_from = &batch->parameters[LARGE_PROJECT_AMOUNT];
	double required = count_words(&batch->parameters[REQUIRED_FUNCTIONS]);
	for (uint32_t i = 0; i < batch->row_count; i++) {
		int applies = is_active(approved_on[i], closed_on[i], outcome[i], batch->window) &
			      (project_size(size[i], amount[i], large_from) == SIZE_LARGE);
		observe_ratio(out, i, applies, functions[i], required);
	}
}

static const struct crmval_answer opportunity_answers[] = {
	{"presales_cost_ratio", "closed_on outcome amount"},
	{"presales_roi", "closed_on outcome amount"},
	{"function_coverage", "approved_on closed_on outcome functions " NEEDS_SIZE},
};

WIDE static int evaluate_opportunities(const struct crmval_batch *batch, const struct crmval_observations *out,
				       struct crmval_error *error)
{
	(void)error;
	amount_won(batch, &out[0], &out[1]);
	function_coverage(batch, &out[2]);
	return CRMVAL_OK;
}

/* ---- participants ---- */

enum {
	PARTICIPANT_APPROVED_ON,
	PARTICIPANT_CLOSED_ON,
	PARTICIPANT_OUTCOME,
	PARTICIPANT_HAS_FUNCTION,
	PARTICIPANT_HAS_RESPONSIBILITY,
	PARTICIPANT_HAS_SCORE,
	PARTICIPANT_ACKNOWLEDGED,
	PARTICIPANT_DISPUTED
};

static const struct crmval_input participant_inputs[] = {
	[PARTICIPANT_APPROVED_ON] = {"approved_on", "opportunity.approved_on", .as = CRMVAL_DATE},
	[PARTICIPANT_CLOSED_ON] = {"closed_on", "opportunity.closed_on", .as = CRMVAL_DATE},
	[PARTICIPANT_OUTCOME] = {"outcome", "opportunity.outcome", .as = CRMVAL_SYMBOL, .words = OUTCOME_WORDS},
	[PARTICIPANT_HAS_FUNCTION] = {"has_function", "function", .as = CRMVAL_FILLED},
	[PARTICIPANT_HAS_RESPONSIBILITY] = {"has_responsibility", "responsibility", .as = CRMVAL_FILLED},
	[PARTICIPANT_HAS_SCORE] = {"has_score", "score", .as = CRMVAL_FILLED},
	[PARTICIPANT_ACKNOWLEDGED] = {"acknowledged", "acknowledged", .as = CRMVAL_FLAG},
	[PARTICIPANT_DISPUTED] = {"disputed", "disputed", .as = CRMVAL_FLAG},
};

static const struct crmval_answer participant_answers[] = {
	{"role_clarity", "approved_on closed_on outcome has_function has_responsibility"},
	{"scoring_coverage", "closed_on outcome has_score"},
	{"scoring_acceptance", "closed_on outcome has_score acknowledged disputed"},
};

WIDE static int evaluate_participants(const struct crmval_batch *batch, const struct crmval_observations *out,
				      struct crmval_error *error)
{
	const int32_t *approved_on = dates(batch, PARTICIPANT_APPROVED_ON);
	const int32_t *closed_on = dates(batch, PARTICIPANT_CLOSED_ON);
	const uint32_t *outcome = symbols(batch, PARTICIPANT_OUTCOME);
	const uint8_t *has_function = texts(batch, PARTICIPANT_HAS_FUNCTION);
	const uint8_t *has_responsibility = texts(batch, PARTICIPANT_HAS_RESPONSIBILITY);
	const uint8_t *has_score = texts(batch, PARTICIPANT_HAS_SCORE);
	const int8_t *acknowledged = flags(batch, PARTICIPANT_ACKNOWLEDGED);
	const int8_t *disputed = flags(batch, PARTICIPANT_DISPUTED);
	(void)error;
	for (uint32_t i = 0; i < batch->row_count; i++) {
		int was_active = is_active(approved_on[i], closed_on[i], outcome[i], batch->window);
		int was_closed = is_closed(closed_on[i], outcome[i], batch->window);
		observe_ratio(&out[0], i, was_active, (has_function[i] != 0) & (has_responsibility[i] != 0), 1);
		observe_ratio(&out[1], i, was_closed, has_score[i] != 0, 1);
		observe_ratio(&out[2], i, was_closed & (has_score[i] != 0), (acknowledged[i] == 1) & (disputed[i] != 1),
			      1);
	}
	return CRMVAL_OK;
}

/* ---- orders ---- */

enum { ORDER_SIGNED_ON, ORDER_AMOUNT };

static const struct crmval_input order_inputs[] = {
	[ORDER_SIGNED_ON] = {"signed_on", "signed_on", .as = CRMVAL_DATE},
	[ORDER_AMOUNT] = {"amount", "amount", .as = CRMVAL_NUMBER},
};

static const struct crmval_answer order_answers[] = {{"sales", "signed_on amount"}};

WIDE static int evaluate_orders(const struct crmval_batch *batch, const struct crmval_observations *out,
				struct crmval_error *error)
{
	const int32_t *signed_on = dates(batch, ORDER_SIGNED_ON);
	const double *amount = numbers(batch, ORDER_AMOUNT);
	(void)error;
	for (uint32_t i = 0; i < batch->row_count; i++)
		observe_sum(out, i, is_within(signed_on[i], batch->window), or_zero(amount[i]));
	return CRMVAL_OK;
}

/* ---- the plugin ---- */

static const struct crmval_view views[] = {
	{"resource_request", request_inputs, COUNT(request_inputs), COUNT(request_answers), request_answers,
	 evaluate_requests},
	{"expense", expense_inputs, COUNT(expense_inputs), COUNT(expense_answers), expense_answers, evaluate_expenses},
	{"opportunity", opportunity_inputs, COUNT(opportunity_inputs), COUNT(opportunity_answers), opportunity_answers,
	 evaluate_opportunities},
	{"participant", participant_inputs, COUNT(participant_inputs), COUNT(participant_answers), participant_answers,
	 evaluate_participants},
	{"order", order_inputs, COUNT(order_inputs), COUNT(order_answers), order_answers, evaluate_orders},
};

static const struct crmval_dimension dimension = {
	.struct_size = sizeof dimension,
	.title = "Resource management",
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
	.name = "resource_management",
	.version = "1.0",
	.summary = "whether projects get the right people in time, how these work together, and what it yields",
	.dimension = &dimension,
	.translation_count = COUNT(translations),
	.translations = translations,
};
