/* SPDX-License-Identifier: MIT */
/* Employee growth: whether salespeople stay, advance, and reach fulfilment. */
#include "common.h"
#include "employee_growth_zh.h"

static const struct crmval_indicator indicators[] = {
	{"newcomer_survival", "Newcomer survival"},
	{"advancement", "Advancement"},
	{"fulfilment", "Fulfilment"},
};

/* A line each for name, meaning, formula and kind. */
/* clang-format off */
static const struct crmval_measure measures[] = {
	{"newcomer_retention", "Newcomer retention", "newcomer_survival", "share",
	 "How many of those who are still at the first stage stay",
	 "employees there at the window's start or hired in it, at subsistence then; 1 if there at its end; 1",
	 CRMVAL_RATIO, CRMVAL_HIGHER, CRMVAL_VALUE, CRMVAL_SHARE, 0, NULL},
	{"advancement_rate", "Advancement rate", "advancement", "share",
	 "How many of those at the first two stages rise to a higher one",
	 "employees at subsistence or comfortable at the window's start; 1 if there and higher at its end; 1",
	 CRMVAL_RATIO, CRMVAL_HIGHER, CRMVAL_VALUE, CRMVAL_SHARE, 0, NULL},
	{"fulfilment_rate", "Fulfilment rate", "fulfilment", "share",
	 "How many of the affluent reach fulfilment",
	 "employees who are affluent at the window's start; 1 if there and fulfilled at its end; 1",
	 CRMVAL_RATIO, CRMVAL_HIGHER, CRMVAL_VALUE, CRMVAL_SHARE, 0, NULL},
};
/* clang-format on */

enum { STAGE_SUBSISTENCE = 1, STAGE_COMFORTABLE, STAGE_AFFLUENT, STAGE_FULFILLED };
#define STAGE_WORDS ((const char *const[]){"subsistence", "comfortable", "affluent", "fulfilled", NULL})

enum {
	EMPLOYEE_HIRED_ON,
	EMPLOYEE_LEFT_ON,
	EMPLOYEE_SALES,
	EMPLOYEE_FIRST_STAGE,   /* at the window's start or, if later, on the day of hiring */
	EMPLOYEE_FIRST_RECORDS, /* growth records up to that day */
	EMPLOYEE_STAGE_FROM,
	EMPLOYEE_STAGE_TO
};

static const struct crmval_rollup first_stage_rollup = {.op = CRMVAL_LAST,
							.until = CRMVAL_FROM,
							.entity = "growth_record",
							.by = "employee",
							.of = "stage",
							.date = "entered_on",
							.until_own = "hired_on"};
static const struct crmval_rollup first_records_rollup = {.op = CRMVAL_COUNT,
							  .until = CRMVAL_FROM,
							  .entity = "growth_record",
							  .by = "employee",
							  .date = "entered_on",
							  .until_own = "hired_on"};
static const struct crmval_rollup stage_from_rollup = {.op = CRMVAL_LAST,
						       .until = CRMVAL_FROM,
						       .entity = "growth_record",
						       .by = "employee",
						       .of = "stage",
						       .date = "entered_on"};
static const struct crmval_rollup stage_to_rollup = {.op = CRMVAL_LAST,
						     .until = CRMVAL_TO,
						     .entity = "growth_record",
						     .by = "employee",
						     .of = "stage",
						     .date = "entered_on"};

static const struct crmval_input inputs[] = {
	[EMPLOYEE_HIRED_ON] = {"hired_on", "hired_on", .as = CRMVAL_DATE},
	[EMPLOYEE_LEFT_ON] = {"left_on", "left_on", .as = CRMVAL_DATE, .flags = CRMVAL_OPTIONAL},
	[EMPLOYEE_SALES] = {"sales", "sales", .as = CRMVAL_FLAG, .flags = CRMVAL_OPTIONAL},
	[EMPLOYEE_FIRST_STAGE] = {"first_stage", .as = CRMVAL_SYMBOL, .words = STAGE_WORDS,
				  .rollup = &first_stage_rollup},
	[EMPLOYEE_FIRST_RECORDS] = {"first_records", .as = CRMVAL_NUMBER, .rollup = &first_records_rollup},
	[EMPLOYEE_STAGE_FROM] = {"stage_from", .as = CRMVAL_SYMBOL, .words = STAGE_WORDS, .rollup = &stage_from_rollup},
	[EMPLOYEE_STAGE_TO] = {"stage_to", .as = CRMVAL_SYMBOL, .words = STAGE_WORDS, .rollup = &stage_to_rollup},
};

static const struct crmval_answer answers[] = {
	{"newcomer_retention", "hired_on first_stage first_records"},
	{"advancement_rate", "hired_on stage_from stage_to"},
	{"fulfilment_rate", "hired_on stage_from stage_to"},
};

static inline int is_employed(int32_t hired_on, int32_t left_on, int32_t day)
{
	return hired_on != CRMVAL_NO_DATE && hired_on <= day && (left_on == CRMVAL_NO_DATE || left_on > day);
}

static int evaluate(const struct crmval_batch *batch, const struct crmval_observations *out, struct crmval_error *error)
{
	const int32_t *hired_on = dates(batch, EMPLOYEE_HIRED_ON);
	const int32_t *left_on = dates(batch, EMPLOYEE_LEFT_ON);
	const int8_t *sales = flags(batch, EMPLOYEE_SALES);
	const uint32_t *first_stage = symbols(batch, EMPLOYEE_FIRST_STAGE);
	const double *first_records = numbers(batch, EMPLOYEE_FIRST_RECORDS);
	const uint32_t *stage_from = symbols(batch, EMPLOYEE_STAGE_FROM);
	const uint32_t *stage_to = symbols(batch, EMPLOYEE_STAGE_TO);
	int knows_sales = batch->columns[EMPLOYEE_SALES].is_mapped != 0;
	const struct crmval_window *window = batch->window;
	(void)error;
	for (uint32_t i = 0; i < batch->row_count; i++) {
		int counts = !knows_sales || sales[i] == 1;
		int was_there = counts && is_employed(hired_on[i], left_on[i], window->from);
		int is_hired = counts && is_within(hired_on[i], window);
		int is_there = is_employed(hired_on[i], left_on[i], window->to);
		/* Who was hired in the window and has no record by then starts at subsistence. */
		int is_newcomer = ((was_there || is_hired) && first_stage[i] == STAGE_SUBSISTENCE) ||
				  (is_hired && first_records[i] == 0);
		int can_advance =
			was_there && (stage_from[i] == STAGE_SUBSISTENCE || stage_from[i] == STAGE_COMFORTABLE);
		observe_ratio(&out[0], i, is_newcomer, is_there, 1);
		observe_ratio(&out[1], i, can_advance, is_there && stage_to[i] > stage_from[i], 1);
		observe_ratio(&out[2], i, was_there && stage_from[i] == STAGE_AFFLUENT,
			      is_there && stage_to[i] == STAGE_FULFILLED, 1);
	}
	return CRMVAL_OK;
}

static const struct crmval_view views[] = {{"employee", inputs, COUNT(inputs), COUNT(answers), answers, evaluate}};

static const struct crmval_dimension dimension = {
	.struct_size = sizeof dimension,
	.title = "Employee growth",
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
	.name = "employee_growth",
	.version = "1.0",
	.summary = "whether salespeople stay, advance, and reach fulfilment",
	.dimension = &dimension,
	.translation_count = COUNT(translations),
	.translations = translations,
};
