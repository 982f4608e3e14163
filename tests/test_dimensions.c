/* SPDX-License-Identifier: MIT */
/* The tables of the five dimensions: against the model's list, against the contract, and under rows at random. */
#include "suite.h"
#include "trial.h"

#include <stdio.h>
#include <string.h>

/* ---- the model's list: indicators and measures in its order, with kind, basis and flags ---- */

/* s state, e event · r ratio, s sum · v value, g growth, c change · S share · D daily · L lower is better */
static const char model_list[] =
	"customer_management\n"
	"relationship_closeness company_relationship srvS\nrelationship_closeness employee_relationship srvS\n"
	"solution_penetration category_penetration ervS\nsolution_penetration units_per_customer ergD\n"
	"solution_penetration solution_win_rate ervS\nopportunity_incubation incubated_count esg\n"
	"opportunity_incubation incubated_amount esg\ncustomer_coverage new_customers esg\n"
	"customer_coverage lost_customers ervSL\ncustomer_insight network_completeness srvS\n"
	"customer_insight network_accuracy srvS\ncustomer_insight network_accumulation esg\n"
	"customer_insight history_completeness srvS\ncustomer_insight history_accuracy srvS\n"
	"customer_insight history_accumulation esg\n"
	"deal_control\n"
	"conversion approved_to_won ervS\nprocess_control customer_time_lead ervS\n"
	"process_control budget_participation ervS\nprocess_control tender_participation ervS\n"
	"relationship_control decision_role_coverage srvS\nrelationship_control decision_chain_completeness srvS\n"
	"relationship_control decision_chain_accuracy srvS\nrelationship_control value_projection srvS\n"
	"relationship_control opportunity_completeness srvS\nrelationship_control opportunity_accuracy srvS\n"
	"resource_management\n"
	"resource_matching large_on_time ervS\nresource_matching small_on_time ervS\n"
	"resource_matching large_skill_match ervS\nresource_matching small_skill_match ervS\n"
	"resource_matching presales_cost_ratio ervL\nprocess_collaboration dispatch_timeliness ervS\n"
	"process_collaboration role_clarity ervS\nprocess_collaboration scoring_coverage ervS\n"
	"process_collaboration scoring_acceptance ervS\nresource_integration function_coverage ervS\n"
	"resource_return presales_roi erg\nresource_return sales esg\n"
	"employee_growth\n"
	"newcomer_survival newcomer_retention ervS\nadvancement advancement_rate ervS\n"
	"fulfilment fulfilment_rate ervS\n"
	"strategic_alignment\n"
	"direction_achievement goal_attainment srvS\ndirection_achievement strategic_sales esg\n"
	"direction_achievement strategic_market_share ercS\n";

static void test_model_list(void)
{
	static char list[sizeof model_list + 1024];
	size_t length = 0, indicators = 0;
	for (int p = 0; p < TRIAL_PLUGINS; p++) {
		const struct crmval_dimension *dimension = trial_plugins[p]->dimension;
		length += (size_t)snprintf(list + length, sizeof list - length, "%s\n", trial_plugins[p]->name);
		indicators += dimension->indicator_count;
		for (uint32_t m = 0; m < dimension->measure_count; m++) {
			const struct crmval_measure *measure = &dimension->measures[m];
			length += (size_t)snprintf(
				list + length, sizeof list - length, "%s %s %c%c%c%s%s%s\n", measure->indicator,
				measure->id, measure->flags & CRMVAL_STATE ? 's' : 'e',
				measure->kind == CRMVAL_RATIO ? 'r' : 's', " vgc"[measure->basis],
				measure -> flags &CRMVAL_SHARE ? "S" : "", measure->flags &CRMVAL_DAILY ? "D" : "",
				measure->better == CRMVAL_LOWER ? "L" : "");
		}
	}
	CU_ASSERT_STRING_EQUAL(list, model_list);
	CU_ASSERT_EQUAL(indicators, 16);
}

static void check_scale(const struct crmval_measure *measure)
{
	if (measure->better == CRMVAL_HIGHER) {
		trial_check(measure->scale_count == 0 && !measure->scale, "has a scale", measure->id);
		return;
	}
	CU_ASSERT_EQUAL_FATAL(measure->scale_count, 2);
	CU_ASSERT(measure->scale[0].x == 0 && measure->scale[0].y == 100);
	CU_ASSERT(measure->scale[1].x == 0.2 && measure->scale[1].y == 0);
}

static void test_parameters(void)
{
	static const char expected[] = "level_max=5 churn_after_days=365 verify_within_days=180 "
				       "required_roles=economic,technical,user,coach verify_within_days=180 "
				       "large_project_amount= dispatch_days=2 "
				       "required_functions=presales,test,delivery,aftersales,development ";
	char list[sizeof expected + 256];
	size_t length = 0;
	for (int p = 0; p < TRIAL_PLUGINS; p++) {
		const struct crmval_dimension *dimension = trial_plugins[p]->dimension;
		for (uint32_t o = 0; o < dimension->parameter_count; o++) {
			const struct crmval_option *option = &dimension->parameters[o];
			length += (size_t)snprintf(list + length, sizeof list - length, "%s=%s ", option->name,
						   option->initial ? option->initial : "");
		}
	}
	CU_ASSERT_STRING_EQUAL(list, expected);
}

/* ---- against the contract ---- */

static int count_answers(const struct crmval_dimension *dimension, const char *measure)
{
	int count = 0;
	for (uint32_t v = 0; v < dimension->view_count; v++)
		for (uint32_t a = 0; a < dimension->views[v].answer_count; a++)
			count += strcmp(dimension->views[v].answers[a].measure, measure) == 0;
	return count;
}

static void check_measure(const struct crmval_dimension *dimension, const struct crmval_measure *measure)
{
	int indicators = 0, same = 0;
	const char *first = strchr(measure->formula, ';');
	for (uint32_t i = 0; i < dimension->indicator_count; i++)
		indicators += strcmp(dimension->indicators[i].id, measure->indicator) == 0;
	for (uint32_t m = 0; m < dimension->measure_count; m++)
		same += strcmp(dimension->measures[m].id, measure->id) == 0;
	trial_check(count_answers(dimension, measure->id) >= 1, "no view answers it", measure->id);
	trial_check(indicators == 1, "has not one indicator", measure->id);
	trial_check(same == 1, "is not unique", measure->id);
	trial_check(measure->definition[0] != '\0', "has no definition", measure->id);
	/* Rows, numerator and, of a ratio, denominator. */
	trial_check(first && !!strchr(first + 1, ';') == (measure->kind == CRMVAL_RATIO), "formula", measure->id);
	check_scale(measure);
}

static int is_needed(const struct crmval_view *view, const char *input)
{
	for (uint32_t a = 0; a < view->answer_count; a++) {
		char words[512];
		snprintf(words, sizeof words, "%s", view->answers[a].needs);
		for (char *rest = NULL, *word = strtok_r(words, " |+", &rest); word;
		     word = strtok_r(NULL, " |+", &rest))
			if (strcmp(word, input) == 0)
				return 1;
	}
	return 0;
}

static void check_input(const struct crmval_view *view, const struct crmval_input *input)
{
	const struct crmval_rollup *rollup = input->rollup;
	int same = 0;
	for (uint32_t i = 0; i < view->input_count; i++)
		same += strcmp(view->inputs[i].name, input->name) == 0;
	trial_check(same == 1, "is not unique", input->name);
	trial_check(is_needed(view, input->name) == !(input->flags & CRMVAL_OPTIONAL),
		    "is needed or optional, not both", input->name);
	trial_check(!input->path == !!rollup, "has not one of path and rollup", input->name);
	if (!rollup)
		return;
	trial_check(!rollup->of == (rollup->op == CRMVAL_COUNT), "of", input->name);
	trial_check(rollup->date || (!rollup->since && !rollup->until), "bounds without date", input->name);
	trial_check(rollup->op != CRMVAL_CURRENT || strcmp(rollup->entity, view->entity) == 0, "entity", input->name);
	trial_check(rollup->op != CRMVAL_LAST || input->words, "has no words", input->name);
}

static void test_contract(void)
{
	for (int p = 0; p < TRIAL_PLUGINS; p++) {
		const struct crmval_plugin *plugin = trial_plugins[p];
		const struct crmval_dimension *dimension = plugin->dimension;
		CU_ASSERT_EQUAL(plugin->magic, CRMVAL_MAGIC);
		CU_ASSERT_EQUAL(plugin->abi_major, CRMVAL_ABI_MAJOR);
		CU_ASSERT_EQUAL(plugin->struct_size, sizeof *plugin);
		CU_ASSERT_EQUAL(dimension->struct_size, sizeof *dimension);
		CU_ASSERT_PTR_NULL(plugin->source);
		for (uint32_t m = 0; m < dimension->measure_count; m++)
			check_measure(dimension, &dimension->measures[m]);
		for (uint32_t v = 0; v < dimension->view_count; v++)
			for (uint32_t i = 0; i < dimension->views[v].input_count; i++)
				check_input(&dimension->views[v], &dimension->views[v].inputs[i]);
	}
}

/* ---- translations: each text has one, and each belongs to a text ---- */

/* A text has one translation, which is counted. */
static void check_translated(const struct crmval_plugin *plugin, const char *text, uint32_t *count)
{
	uint32_t found = 0;
	for (uint32_t i = 0; i < plugin->translation_count; i++) {
		const struct crmval_translation *translation = &plugin->translations[i];
		if (strcmp(translation->text, text) != 0)
			continue;
		found++;
		CU_ASSERT_STRING_EQUAL(translation->language, "zh_CN");
		/* In UTF-8, Chinese characters begin with bytes from 0xe4 to 0xe9. */
		trial_check(strpbrk(translation->translated, "\xe4\xe5\xe6\xe7\xe8\xe9") != NULL, "is not translated",
			    text);
	}
	trial_check(found == 1, "has not one translation", text);
	*count += found;
}

static void test_translations(void)
{
	for (int p = 0; p < TRIAL_PLUGINS; p++) {
		const struct crmval_dimension *dimension = trial_plugins[p]->dimension;
		uint32_t count = 0;
		check_translated(trial_plugins[p], dimension->title, &count);
		check_translated(trial_plugins[p], trial_plugins[p]->summary, &count);
		for (uint32_t i = 0; i < dimension->indicator_count; i++)
			check_translated(trial_plugins[p], dimension->indicators[i].title, &count);
		for (uint32_t m = 0; m < dimension->measure_count; m++) {
			check_translated(trial_plugins[p], dimension->measures[m].title, &count);
			check_translated(trial_plugins[p], dimension->measures[m].definition, &count);
			check_translated(trial_plugins[p], dimension->measures[m].formula, &count);
		}
		for (uint32_t o = 0; o < dimension->parameter_count; o++)
			check_translated(trial_plugins[p], dimension->parameters[o].help, &count);
		CU_ASSERT_EQUAL(trial_plugins[p]->translation_count, count);
	}
}

/* ---- rows at random ---- */

static uint32_t pick(uint32_t below)
{
	static uint64_t state = 20250101;
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(state >> 33) % below;
}

static double pick_number(const struct crmval_input *input)
{
	static const double numbers[] = {NAN, 0, -0.0, 1, 2.5, 5, 6, -1, -7e14, 1e15, 1e-300};
	int is_distinct = input->rollup && input->rollup->op == CRMVAL_DISTINCT;
	if (is_distinct && !input->rollup->by)
		return 4;
	if (is_distinct || (input->rollup && input->rollup->op == CRMVAL_COUNT))
		return pick(5);
	return numbers[pick(sizeof numbers / sizeof numbers[0])];
}

union cells {
	double numbers[TRIAL_ROWS];
	int32_t days[TRIAL_ROWS], references[TRIAL_ROWS];
	uint32_t symbols[TRIAL_ROWS];
	int8_t flags[TRIAL_ROWS];
	uint8_t texts[TRIAL_ROWS];
};

static void fill(const struct crmval_input *input, union cells *cells)
{
	static const int32_t days[] = {NO, 5, 634, 735, 919, 999, 1000, 1001, 1050, 1098, 1099, 1100, 2000, -900000};
	int is_history = input->rollup && !input->rollup->by && input->as == CRMVAL_DATE;
	for (uint32_t i = 0; i < TRIAL_ROWS; i++) {
		switch (input->as) {
		case CRMVAL_NUMBER:
			cells->numbers[i] = pick_number(input);
			break;
		case CRMVAL_DATE:
			cells->days[i] = is_history ? 100 : days[pick(sizeof days / sizeof days[0])];
			break;
		case CRMVAL_REFERENCE:
			cells->references[i] = (int32_t)pick(5) - 2;
			break;
		case CRMVAL_SYMBOL:
			cells->symbols[i] = pick(5);
			break;
		case CRMVAL_FLAG:
			cells->flags[i] = (int8_t)((int)pick(3) - 1);
			break;
		default:
			cells->texts[i] = (uint8_t)pick(input->as == CRMVAL_FILLED ? 2 : 3);
		}
	}
}

/* Observations stay in range, shares stay shares, and batches do not matter: trial_run() checks. */
static void run_random(const struct crmval_plugin *plugin, const struct crmval_view *view)
{
	static union cells cells[TRIAL_COLUMNS];
	struct trial trial;
	trial_open(&trial, plugin, view->entity, TRIAL_ROWS);
	for (uint32_t i = 0; i < view->input_count; i++) {
		fill(&view->inputs[i], &cells[i]);
		trial.columns[i].data = &cells[i];
		trial.columns[i].is_checked = pick(2);
		trial.columns[i].is_mapped = pick(2);
	}
	if (strcmp(plugin->name, "resource_management") == 0 && pick(2))
		trial_number(&trial, "large_project_amount", 2.5);
	trial_run(&trial);
}

static void test_random_rows(void)
{
	for (int p = 0; p < TRIAL_PLUGINS; p++) {
		const struct crmval_dimension *dimension = trial_plugins[p]->dimension;
		for (uint32_t v = 0; v < dimension->view_count; v++)
			for (int round = 0; round < 300; round++)
				run_random(trial_plugins[p], &dimension->views[v]);
	}
}

static const struct test tests[] = {
	{"the model's list", test_model_list}, {"parameters", test_parameters},      {"contract", test_contract},
	{"translations", test_translations},   {"rows at random", test_random_rows}, {NULL, NULL},
};

extern const struct suite suite_dimensions;
const struct suite suite_dimensions = {"dimensions", tests};
