/* SPDX-License-Identifier: MIT */
/* What the dimensions ask of the data, fields, rollups and words, against lists made from the model's reference. */
#include "model.h"
#include "suite.h"
#include "trial.h"

#include <stdio.h>
#include <string.h>

struct need {
	const char *measure, *entity;
	const char *fields;       /* needed of all */
	const char *alternatives; /* the token that offers a choice, or NULL */
};

#define ACTIVE "opportunity.approved_on opportunity.closed_on opportunity.outcome "
#define MEMBER "decision_member.opportunity " ACTIVE
#define SIZE "size|$large_project_amount+amount"

static const struct need needs[] = {
	{"company_relationship", "contact",
	 "contact.is_key relationship.contact relationship.level relationship.recorded_on", NULL},
	{"network_completeness", "contact",
	 "contact.title contact.department contact.influence contact.reports_to contact.verified_on", "email|phone"},
	{"network_accuracy", "contact", "contact.account contact.influence contact.reports_to contact.verified_on",
	 "email|phone"},
	{"network_accumulation", "contact", "contact.created_on", NULL},
	{"employee_relationship", "relationship", "relationship.contact relationship.level relationship.recorded_on",
	 NULL},
	{"category_penetration", "account", "order.account order.product order.signed_on product.category", NULL},
	{"units_per_customer", "account", "order.account order.quantity order.signed_on", NULL},
	{"new_customers", "account", "order.account order.signed_on", NULL},
	{"lost_customers", "account", "order.account order.signed_on", NULL},
	{"solution_win_rate", "project_history", "project_history.ours project_history.signed_on", NULL},
	{"history_completeness", "project_history",
	 "project_history.product project_history.vendor project_history.amount project_history.signed_on "
	 "project_history.decision_maker project_history.verified_on",
	 NULL},
	{"history_accuracy", "project_history",
	 "project_history.account project_history.product project_history.amount project_history.signed_on "
	 "project_history.decision_maker project_history.verified_on contact.account",
	 NULL},
	{"history_accumulation", "project_history", "project_history.created_on", NULL},
	{"incubated_count", "opportunity", "opportunity.approved_on", NULL},
	{"incubated_amount", "opportunity", "opportunity.approved_on opportunity.amount", NULL},
	{"approved_to_won", "opportunity", ACTIVE, NULL},
	{"customer_time_lead", "opportunity", ACTIVE, "time_rank|competitor_minutes+minutes"},
	{"budget_participation", "opportunity", ACTIVE "opportunity.budget_participation", NULL},
	{"tender_participation", "opportunity", ACTIVE "opportunity.tender_participation", NULL},
	{"decision_role_coverage", "opportunity", ACTIVE "decision_member.opportunity decision_member.role", NULL},
	{"opportunity_completeness", "opportunity",
	 ACTIVE "opportunity.amount opportunity.product opportunity.need opportunity.competitor opportunity.next_step "
		"opportunity.expected_close_on",
	 NULL},
	{"opportunity_accuracy", "opportunity", ACTIVE "opportunity.amount opportunity.expected_close_on", NULL},
	{"decision_chain_completeness", "decision_member",
	 MEMBER "decision_member.contact decision_member.role decision_member.stance "
		"decision_member.value_proposition decision_member.verified_on",
	 NULL},
	{"decision_chain_accuracy", "decision_member",
	 MEMBER "opportunity.account decision_member.contact contact.account decision_member.stance "
		"decision_member.verified_on",
	 NULL},
	{"value_projection", "decision_member", MEMBER "decision_member.contact decision_member.value_fit", NULL},
	{"large_on_time", "resource_request", "resource_request.needed_on resource_request.ready_on", SIZE},
	{"small_on_time", "resource_request", "resource_request.needed_on resource_request.ready_on", SIZE},
	{"large_skill_match", "resource_request", "resource_request.ready_on resource_request.skill_match", SIZE},
	{"small_skill_match", "resource_request", "resource_request.ready_on resource_request.skill_match", SIZE},
	{"dispatch_timeliness", "resource_request", "resource_request.requested_on resource_request.assigned_on", NULL},
	{"presales_cost_ratio", "expense", "expense.kind expense.spent_on expense.amount", NULL},
	{"presales_roi", "expense", "expense.kind expense.spent_on expense.amount", NULL},
	{"presales_cost_ratio", "opportunity", "opportunity.closed_on opportunity.outcome opportunity.amount", NULL},
	{"presales_roi", "opportunity", "opportunity.closed_on opportunity.outcome opportunity.amount", NULL},
	{"function_coverage", "opportunity", ACTIVE "participant.opportunity participant.function", SIZE},
	{"role_clarity", "participant",
	 "participant.opportunity " ACTIVE "participant.function participant.responsibility", NULL},
	{"scoring_coverage", "participant",
	 "participant.opportunity opportunity.closed_on opportunity.outcome participant.score", NULL},
	{"scoring_acceptance", "participant",
	 "participant.opportunity opportunity.closed_on opportunity.outcome participant.score "
	 "participant.acknowledged participant.disputed",
	 NULL},
	{"sales", "order", "order.signed_on order.amount", NULL},
	{"newcomer_retention", "employee",
	 "employee.hired_on growth_record.employee growth_record.stage growth_record.entered_on", NULL},
	{"advancement_rate", "employee",
	 "employee.hired_on growth_record.employee growth_record.stage growth_record.entered_on", NULL},
	{"fulfilment_rate", "employee",
	 "employee.hired_on growth_record.employee growth_record.stage growth_record.entered_on", NULL},
	{"goal_attainment", "strategic_goal", "strategic_goal.baseline strategic_goal.target strategic_goal.actual",
	 NULL},
	{"strategic_sales", "order", "order.signed_on order.product product.strategic order.amount", NULL},
	{"strategic_market_share", "project_history",
	 "project_history.signed_on project_history.product product.strategic project_history.account "
	 "account.key_market project_history.ours project_history.amount",
	 NULL},
};

/* A set of names, separated by spaces. */
struct names {
	char text[1024];
};

static int has_name(const char *names, const char *name)
{
	size_t length = strlen(name);
	for (const char *at = strstr(names, name); at; at = strstr(at + 1, name))
		if ((at == names || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0'))
			return 1;
	return 0;
}

static void add_name(struct names *names, const char *name)
{
	size_t length = strlen(names->text);
	if (!has_name(names->text, name))
		snprintf(names->text + length, sizeof names->text - length, "%s ", name);
}

static int is_same_set(const char *set, const char *other)
{
	char words[1024];
	for (int turn = 0; turn < 2; turn++) {
		snprintf(words, sizeof words, "%s", turn ? other : set);
		for (char *rest = NULL, *word = strtok_r(words, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
			if (!has_name(turn ? set : other, word))
				return 0;
	}
	return 1;
}

/* Adds the fields that the first of a path's alternatives goes through; the ids of entities go without saying. */
static void add_path(struct names *names, const char *entity_name, const char *path)
{
	char words[128], full[128];
	if (!path)
		return;
	snprintf(words, sizeof words, "%.*s", (int)strcspn(path, "|"), path);
	for (char *rest = NULL, *word = strtok_r(words, ".", &rest); word; word = strtok_r(NULL, ".", &rest)) {
		int place = entity_name ? model_entity_index(entity_name) : -1;
		int field = place < 0 ? -1 : model_field_index(&model_entities[place], word);
		trial_check(field >= 0, "is not a path of the model", path);
		if (field < 0)
			return;
		snprintf(full, sizeof full, "%s.%s", entity_name, word);
		if (!model_entities[place].fields[field].is_optional && strcmp(word, "id") != 0)
			add_name(names, full);
		entity_name = model_entities[place].fields[field].target;
	}
}

static const struct crmval_input *find_input(const struct crmval_view *view, const char *name)
{
	for (uint32_t i = 0; i < view->input_count; i++)
		if (strcmp(view->inputs[i].name, name) == 0)
			return &view->inputs[i];
	return NULL;
}

static void add_input(struct names *names, const struct crmval_view *view, const struct crmval_input *input)
{
	add_path(names, view->entity, input->path);
	if (input->rollup) {
		add_path(names, input->rollup->entity, input->rollup->by);
		add_path(names, input->rollup->entity, input->rollup->of);
		add_path(names, input->rollup->entity, input->rollup->date);
		add_path(names, input->rollup->entity, input->rollup->per);
		add_path(names, input->rollup->entity, input->rollup->ended);
		add_path(names, view->entity, input->rollup->until_own);
	}
}

static void check_needs(const struct crmval_view *view, const struct crmval_answer *answer)
{
	char words[512];
	struct names names = {""};
	const char *alternatives = NULL;
	const struct need *need = needs;
	while (need < needs + sizeof needs / sizeof needs[0] &&
	       (strcmp(need->measure, answer->measure) != 0 || strcmp(need->entity, view->entity) != 0))
		need++;
	trial_check(need < needs + sizeof needs / sizeof needs[0], "is not in the model", answer->measure);
	snprintf(words, sizeof words, "%s", answer->needs);
	for (char *rest = NULL, *word = strtok_r(words, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
		if (strpbrk(word, "|+$")) {
			alternatives = word;
		} else {
			const struct crmval_input *input = find_input(view, word);
			trial_check(input != NULL, "needs what is no input", answer->measure);
			if (input)
				add_input(&names, view, input);
		}
	}
	trial_check(is_same_set(names.text, need->fields), "needs other fields than the model says", answer->measure);
	trial_check(strcmp(alternatives ? alternatives : "", need->alternatives ? need->alternatives : "") == 0,
		    "offers another choice than the model", answer->measure);
}

static void test_needs(void)
{
	size_t count = 0;
	for (int p = 0; p < TRIAL_PLUGINS; p++) {
		const struct crmval_dimension *dimension = trial_plugins[p]->dimension;
		for (uint32_t v = 0; v < dimension->view_count; v++)
			for (uint32_t a = 0; a < dimension->views[v].answer_count; a++, count++)
				check_needs(&dimension->views[v], &dimension->views[v].answers[a]);
	}
	CU_ASSERT_EQUAL(count, sizeof needs / sizeof needs[0]);
}

/* What a choice names are inputs, and they lead where the model says. */
static void test_choices(void)
{
	static const struct {
		int plugin;
		const char *entity, *input, *fields;
	} cases[] = {
		{0, "contact", "email", "contact.email"},
		{0, "contact", "phone", "contact.phone"},
		{1, "opportunity", "time_rank", "opportunity.customer_time_rank"},
		{1, "opportunity", "competitor_minutes", "opportunity.competitor_minutes"},
		{1, "opportunity", "minutes", "activity.opportunity activity.occurred_on activity.minutes"},
		{2, "resource_request", "size", "resource_request.opportunity opportunity.project_size"},
		{2, "resource_request", "amount", "resource_request.opportunity opportunity.amount"},
		{2, "opportunity", "size", "opportunity.project_size"},
		{2, "opportunity", "amount", "opportunity.amount"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct trial trial;
		struct names names = {""};
		trial_open(&trial, trial_plugins[cases[i].plugin], cases[i].entity, 1);
		trial_input(&trial, cases[i].input);
		add_input(&names, trial.view, find_input(trial.view, cases[i].input));
		trial_check(is_same_set(names.text, cases[i].fields), "leads elsewhere", cases[i].input);
	}
}

/* ---- what the rollups ask for, from the model's reference ---- */

static const char *const rollups[][3] = {
	{"contact", "best_level",
	 "max level of relationship by contact, recorded_on until to, per employee, ended employee.left_on"},
	{"contact", "reports", "count of contact by reports_to"},
	{"relationship", "current", "current level of relationship by contact, recorded_on until to, per employee"},
	{"account", "first_order", "min signed_on of order by account|opportunity.account"},
	{"account", "order_before", "max signed_on of order by account|opportunity.account, signed_on until before"},
	{"account", "latest_order", "max signed_on of order by account|opportunity.account, signed_on until to"},
	{"account", "orders", "count of order by account|opportunity.account, signed_on since from until to"},
	{"account", "quantity", "sum quantity of order by account|opportunity.account, signed_on since from until to"},
	{"account", "categories",
	 "distinct product.category of order by account|opportunity.account, signed_on until to"},
	{"account", "all_categories", "distinct category of product"},
	{"account", "history_start", "min signed_on of order"},
	{"opportunity", "minutes", "sum minutes of activity by opportunity, occurred_on until to"},
	{"opportunity", "roles", "distinct role of decision_member by opportunity, words required_roles"},
	{"opportunity", "functions", "distinct function of participant by opportunity, words required_functions"},
	{"employee", "first_stage",
	 "last stage of growth_record by employee, entered_on until from, or hired_on, words subsistence"},
	{"employee", "first_records", "count of growth_record by employee, entered_on until from, or hired_on"},
	{"employee", "stage_from", "last stage of growth_record by employee, entered_on until from, words subsistence"},
	{"employee", "stage_to", "last stage of growth_record by employee, entered_on until to, words subsistence"},
};

static void add(char *text, size_t size, const char *before, const char *name)
{
	size_t length = strlen(text);
	if (name)
		snprintf(text + length, size - length, "%s%s", before, name);
}

static void describe(char *text, size_t size, const struct crmval_input *input)
{
	static const char *const ops[] = {"", "count", "sum", "min", "max", "last", "distinct", "current"};
	static const char *const bounds[] = {NULL, "from", "to", "before"};
	const struct crmval_rollup *rollup = input->rollup;
	snprintf(text, size, "%s", ops[rollup->op]);
	add(text, size, " ", rollup->of);
	add(text, size, " of ", rollup->entity);
	add(text, size, " by ", rollup->by);
	add(text, size, ", ", rollup->date);
	add(text, size, " since ", bounds[rollup->since]);
	add(text, size, " until ", bounds[rollup->until]);
	add(text, size, ", or ", rollup->until_own);
	add(text, size, ", per ", rollup->per);
	add(text, size, ", ended ", rollup->ended);
	add(text, size, ", words ", input->words ? input->words[0] : input->words_from);
}

static void check_rollup(const struct crmval_view *view, const struct crmval_input *input)
{
	char text[256];
	describe(text, sizeof text, input);
	for (size_t i = 0; i < sizeof rollups / sizeof rollups[0]; i++)
		if (strcmp(rollups[i][0], view->entity) == 0 && strcmp(rollups[i][1], input->name) == 0) {
			CU_ASSERT_STRING_EQUAL(text, rollups[i][2]);
			return;
		}
	trial_check(0, "is not in the list", input->name);
}

static void test_rollups(void)
{
	size_t count = 0;
	for (int p = 0; p < TRIAL_PLUGINS; p++) {
		const struct crmval_dimension *dimension = trial_plugins[p]->dimension;
		for (uint32_t v = 0; v < dimension->view_count; v++)
			for (uint32_t i = 0; i < dimension->views[v].input_count; i++)
				if (dimension->views[v].inputs[i].rollup) {
					check_rollup(&dimension->views[v], &dimension->views[v].inputs[i]);
					count++;
				}
	}
	CU_ASSERT_EQUAL(count, sizeof rollups / sizeof rollups[0]);
}

/* ---- words are numbered in the order that the evaluation counts on ---- */

static void test_words(void)
{
	static const char *const cases[][4] = {
		{"1", "opportunity", "outcome", "won lost abandoned "},
		{"1", "decision_member", "outcome", "won lost abandoned "},
		{"2", "opportunity", "outcome", "won lost abandoned "},
		{"2", "participant", "outcome", "won lost abandoned "},
		{"2", "opportunity", "size", "large small "},
		{"2", "resource_request", "size", "large small "},
		{"2", "expense", "kind", "presales "},
		{"3", "employee", "first_stage", "subsistence comfortable affluent fulfilled "},
		{"3", "employee", "stage_from", "subsistence comfortable affluent fulfilled "},
		{"3", "employee", "stage_to", "subsistence comfortable affluent fulfilled "},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct trial trial;
		struct names names = {""};
		const struct crmval_input *input;
		trial_open(&trial, trial_plugins[cases[i][0][0] - '0'], cases[i][1], 1);
		input = find_input(trial.view, cases[i][2]);
		CU_ASSERT_PTR_NOT_NULL_FATAL(input);
		for (const char *const *word = input->words; *word; word++)
			add_name(&names, *word);
		CU_ASSERT_STRING_EQUAL(names.text, cases[i][3]);
	}
}

static const struct test tests[] = {
	{"needed fields", test_needs},
	{"choices", test_choices},
	{"rollups", test_rollups},
	{"words", test_words},
	{NULL, NULL},
};

extern const struct suite suite_dimension_needs;
const struct suite suite_dimension_needs = {"dimension_needs", tests};
