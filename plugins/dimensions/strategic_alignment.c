/* SPDX-License-Identifier: MIT */
/* Strategic alignment: whether sales go where the company wants to go. */
#include "common.h"
#include "strategic_alignment_zh.h"

static const struct crmval_indicator indicators[] = {
	{"direction_achievement", "Achievement of the business direction"},
};

/* A line each for name, meaning, formula and kind. */
/* clang-format off */
static const struct crmval_measure measures[] = {
	{"goal_attainment", "Goal attainment", "direction_achievement", "share",
	 "How far the strategic goals have come from their baselines to their targets",
	 "goals with baseline and target; weight * (actual - baseline) / (target - baseline), within 0..1; weight",
	 CRMVAL_RATIO, CRMVAL_HIGHER, CRMVAL_VALUE, CRMVAL_STATE | CRMVAL_SHARE, 0, NULL},
	{"strategic_sales", "Strategic sales", "direction_achievement", "money",
	 "What customers ordered of the strategic products",
	 "orders of a strategic product signed in the window; amount",
	 CRMVAL_SUM_OF, CRMVAL_HIGHER, CRMVAL_GROWTH, 0, 0, NULL},
	{"strategic_market_share", "Strategic market share", "direction_achievement", "share",
	 "How much of what key markets spend on strategic products goes to us",
	 "project history of a strategic product in a key market, signed in the window; amount if ours; amount",
	 CRMVAL_RATIO, CRMVAL_HIGHER, CRMVAL_CHANGE, CRMVAL_SHARE, 0, NULL},
};
/* clang-format on */

/* ---- goals ---- */

enum { GOAL_BASELINE, GOAL_TARGET, GOAL_ACTUAL, GOAL_WEIGHT };

static const struct crmval_input goal_inputs[] = {
	[GOAL_BASELINE] = {"baseline", "baseline", .as = CRMVAL_NUMBER},
	[GOAL_TARGET] = {"target", "target", .as = CRMVAL_NUMBER},
	[GOAL_ACTUAL] = {"actual", "actual", .as = CRMVAL_NUMBER},
	[GOAL_WEIGHT] = {"weight", "weight", .as = CRMVAL_NUMBER, .flags = CRMVAL_OPTIONAL},
};

static const struct crmval_answer goal_answers[] = {{"goal_attainment", "baseline target actual"}};

WIDE static int evaluate_goals(const struct crmval_batch *batch, const struct crmval_observations *out,
			       struct crmval_error *error)
{
	const double *baseline = numbers(batch, GOAL_BASELINE);
	const double *target = numbers(batch, GOAL_TARGET);
	const double *actual = numbers(batch, GOAL_ACTUAL);
	const double *weight = numbers(batch, GOAL_WEIGHT);
	(void)error;
	for (uint32_t i = 0; i < batch->row_count; i++) {
		int applies = !isnan(baseline[i]) && !isnan(target[i]) && baseline[i] != target[i];
		/* A goal without actual has come nowhere, also where the target lies below the baseline. */
		double attained = clamp((actual[i] - baseline[i]) / (target[i] - baseline[i]), 0, 1);
		double counts = isnan(weight[i]) ? 1 : weight[i] > 0 ? weight[i] : 0;
		observe_ratio(out, i, applies, counts * attained, counts);
	}
	return CRMVAL_OK;
}

/* ---- orders ---- */

enum { ORDER_SIGNED_ON, ORDER_STRATEGIC, ORDER_AMOUNT };

static const struct crmval_input order_inputs[] = {
	[ORDER_SIGNED_ON] = {"signed_on", "signed_on", .as = CRMVAL_DATE},
	[ORDER_STRATEGIC] = {"strategic", "product.strategic", .as = CRMVAL_FLAG},
	[ORDER_AMOUNT] = {"amount", "amount", .as = CRMVAL_NUMBER},
};

static const struct crmval_answer order_answers[] = {{"strategic_sales", "signed_on strategic amount"}};

WIDE static int evaluate_orders(const struct crmval_batch *batch, const struct crmval_observations *out,
				struct crmval_error *error)
{
	const int32_t *signed_on = dates(batch, ORDER_SIGNED_ON);
	const int8_t *strategic = flags(batch, ORDER_STRATEGIC);
	const double *amount = numbers(batch, ORDER_AMOUNT);
	(void)error;
	for (uint32_t i = 0; i < batch->row_count; i++)
		observe_sum(out, i, (strategic[i] == 1) & is_within(signed_on[i], batch->window), or_zero(amount[i]));
	return CRMVAL_OK;
}

/* ---- project history ---- */

enum { HISTORY_SIGNED_ON, HISTORY_STRATEGIC, HISTORY_KEY_MARKET, HISTORY_OURS, HISTORY_AMOUNT };

static const struct crmval_input history_inputs[] = {
	[HISTORY_SIGNED_ON] = {"signed_on", "signed_on", .as = CRMVAL_DATE},
	[HISTORY_STRATEGIC] = {"strategic", "product.strategic", .as = CRMVAL_FLAG},
	[HISTORY_KEY_MARKET] = {"key_market", "account.key_market", .as = CRMVAL_FLAG},
	[HISTORY_OURS] = {"ours", "ours", .as = CRMVAL_FLAG},
	[HISTORY_AMOUNT] = {"amount", "amount", .as = CRMVAL_NUMBER},
};

static const struct crmval_answer history_answers[] = {
	{"strategic_market_share", "signed_on strategic key_market ours amount"}};

WIDE static int evaluate_history(const struct crmval_batch *batch, const struct crmval_observations *out,
				 struct crmval_error *error)
{
	const int32_t *signed_on = dates(batch, HISTORY_SIGNED_ON);
	const int8_t *strategic = flags(batch, HISTORY_STRATEGIC);
	const int8_t *key_market = flags(batch, HISTORY_KEY_MARKET);
	const int8_t *ours = flags(batch, HISTORY_OURS);
	const double *amount = numbers(batch, HISTORY_AMOUNT);
	(void)error;
	for (uint32_t i = 0; i < batch->row_count; i++) {
		int applies = (strategic[i] == 1) & (key_market[i] == 1) & is_within(signed_on[i], batch->window);
		double spent = or_zero(amount[i]);
		observe_ratio(out, i, applies, choose(ours[i] == 1, spent, 0), spent);
	}
	return CRMVAL_OK;
}

/* ---- the plugin ---- */

static const struct crmval_view views[] = {
	{"strategic_goal", goal_inputs, COUNT(goal_inputs), COUNT(goal_answers), goal_answers, evaluate_goals},
	{"order", order_inputs, COUNT(order_inputs), COUNT(order_answers), order_answers, evaluate_orders},
	{"project_history", history_inputs, COUNT(history_inputs), COUNT(history_answers), history_answers,
	 evaluate_history},
};

static const struct crmval_dimension dimension = {
	.struct_size = sizeof dimension,
	.title = "Strategic alignment",
	.indicator_count = COUNT(indicators),
	.indicators = indicators,
	.measure_count = COUNT(measures),
	.measures = measures,
	.view_count = COUNT(views),
	.views = views,
};

CRMVAL_EXPORT const struct crmval_plugin crmval_plugin_v1 = {
	.magic = CRMVAL_MAGIC,
	.abi_major = CRMVAL_ABI_MAJOR,
	.abi_minor = CRMVAL_ABI_MINOR,
	.struct_size = sizeof crmval_plugin_v1,
	.name = "strategic_alignment",
	.version = "1.0",
	.summary = "whether sales go where the company wants to go",
	.dimension = &dimension,
	.translation_count = COUNT(translations),
	.translations = translations,
};
