/* SPDX-License-Identifier: MIT */
/* Binding a dimension: what its inputs are, and the reasons why a measure has no data. */
#include "../core/bind.h"
#include "fixture.h"
#include "suite.h"

#include <stdlib.h>
#include <string.h>

static const char *const sizes[] = {"small", "large", NULL};
static const struct crmval_rollup minutes = {CRMVAL_SUM,    0,    CRMVAL_TO, "activity", "opportunity", "minutes",
					     "occurred_on", NULL, NULL,      NULL};
static const struct crmval_rollup visits = {CRMVAL_COUNT,  0,    CRMVAL_TO, "activity", "opportunity", NULL,
					    "occurred_on", NULL, NULL,      NULL};
static const struct crmval_rollup products = {CRMVAL_COUNT, 0, 0, "product", NULL, NULL, NULL, NULL, NULL, NULL};
static const struct crmval_rollup kinds = {CRMVAL_DISTINCT, 0,    0,    "activity", "opportunity",
					   "kind",          NULL, NULL, NULL,       NULL};

static const struct crmval_input inputs[] = {
	{"amount", "amount", CRMVAL_NUMBER, 0, NULL, NULL, NULL},
	{"closed", "closed_on", CRMVAL_DATE, 0, NULL, NULL, NULL},
	{"is_closed", "closed_on", CRMVAL_FILLED, 0, NULL, NULL, NULL},
	{"created", "created_on", CRMVAL_AUTO, 0, NULL, NULL, NULL},
	{"team", "owner.team", CRMVAL_AUTO, 0, NULL, NULL, NULL},
	{"region", "account.region", CRMVAL_AUTO, 0, NULL, NULL, NULL},
	{"day", "approved_on|created_on", CRMVAL_AUTO, 0, NULL, NULL, NULL},
	{"size", "project_size", CRMVAL_SYMBOL, 0, sizes, NULL, NULL},
	{"stage", "stage", CRMVAL_SYMBOL, 0, NULL, "stages", NULL},
	{"account", "account", CRMVAL_REFERENCE, 0, NULL, NULL, NULL},
	{"owner", "owner", CRMVAL_AUTO, 0, NULL, NULL, NULL},
	{"minutes", NULL, CRMVAL_NUMBER, 0, NULL, NULL, &minutes},
	{"visits", NULL, CRMVAL_AUTO, 0, NULL, NULL, &visits},
	{"products", NULL, CRMVAL_AUTO, 0, NULL, NULL, &products},
	{"kinds", NULL, CRMVAL_NUMBER, 0, NULL, "stages", &kinds},
};
enum { INPUTS = sizeof inputs / sizeof inputs[0] };

static int evaluate(const struct crmval_batch *batch, const struct crmval_observations *out, struct crmval_error *error)
{
	(void)batch, (void)out, (void)error;
	return CRMVAL_OK;
}

static const struct crmval_option options[] = {
	{"limit", CRMVAL_OPTION_NUMBER, 0, NULL, 0, 0, ""},
	{"floor", CRMVAL_OPTION_NUMBER, 0, "0", 0, 0, ""},
	{"stages", CRMVAL_OPTION_WORDS, 0, NULL, 0, 0, ""},
};
static const char *const words[] = {"Open", "CLOSED", "open"};
static const struct crmval_value parameters[] = {{.is_set = 0}, {.is_set = 1, .number = 0}, {1, 3, 0, NULL, words}};

static char plugin_path[] = "trial.so";

/* A dimension of one view that answers measures a and b. */
struct trial {
	struct crmval_measure measures[2];
	struct crmval_answer answers[2];
	struct crmval_view view;
	struct crmval_dimension dimension;
	struct crmval_plugin table;
	struct plugin plugin;
	struct bound_dimension bound;
	struct fixture f;
};

static void prepare(struct trial *t, const struct fixture_table *tables, const char *needs, const char *other_needs)
{
	memset(t, 0, sizeof *t);
	t->measures[0] = (struct crmval_measure){.id = "a", .kind = CRMVAL_RATIO, .flags = CRMVAL_STATE};
	t->measures[1] = (struct crmval_measure){.id = "b", .kind = CRMVAL_RATIO, .flags = CRMVAL_STATE};
	/* Not in the order of the measures. */
	t->answers[0] = (struct crmval_answer){"b", other_needs};
	t->answers[1] = (struct crmval_answer){"a", needs};
	t->view = (struct crmval_view){"opportunity", inputs, INPUTS, 2, t->answers, evaluate};
	t->dimension = (struct crmval_dimension){.measure_count = 2,
						 .parameter_count = 3,
						 .view_count = 1,
						 .measures = t->measures,
						 .parameters = options,
						 .views = &t->view};
	t->table = (struct crmval_plugin){.name = "trial", .dimension = &t->dimension};
	t->plugin = (struct plugin){.path = plugin_path, .table = &t->table};
	fixture_open(&t->f, tables);
}

static void bind(struct trial *t)
{
	int code = bind_dimension(&t->bound, &t->plugin, parameters, &t->f.data, &t->f.error);
	CU_ASSERT_EQUAL_FATAL(code, CRMVAL_OK);
	fixture_map(&t->f);
	CU_ASSERT_EQUAL_FATAL(bind_mapped(&t->bound, &t->f.data, &t->f.error), CRMVAL_OK);
}

static void done(struct trial *t)
{
	bind_free(&t->bound);
	fixture_close(&t->f);
}

static const struct fixture_table some[] = {
	{0, "opportunity", "id,amount,owner\nt1,1,e1\n"}, {0, "employee", "id\ne1\n"}, {0, NULL, NULL}};

static void test_needs(void)
{
	static const struct {
		const char *needs, *reason;
	} cases[] = {
		{"", NULL},
		{NULL, NULL},
		{"amount", NULL},
		{"amount owner", NULL},
		{"closed", "not mapped: opportunity.closed_on"},
		{"amount closed owner", "not mapped: opportunity.closed_on"},
		{" closed  amount ", "not mapped: opportunity.closed_on"},
		{"closed is_closed", "not mapped: opportunity.closed_on"},
		{"closed size", "not mapped: opportunity.closed_on, opportunity.project_size"},
		{"created", NULL}, /* an optional field */
		{"team", "not mapped: employee.team"},
		{"region", "not mapped: opportunity.account"},  /* the first on the way */
		{"day", "not mapped: opportunity.approved_on"}, /* what stands in is not needed, nor enough */
		{"minutes", "not mapped: activity.opportunity, activity.minutes, activity.occurred_on"},
		{"visits", "not mapped: activity.opportunity, activity.occurred_on"},
		{"minutes visits", "not mapped: activity.opportunity, activity.minutes, activity.occurred_on"},
		{"visits minutes", "not mapped: activity.opportunity, activity.occurred_on, activity.minutes"},
		{"products", "not mapped: product.id"},
		{"amount|closed", NULL},
		{"closed|amount", NULL},
		{"closed|size|amount", NULL},
		{"closed|size", "not mapped: opportunity.closed_on or opportunity.project_size"},
		{"closed|size closed|size", "not mapped: opportunity.closed_on or opportunity.project_size"},
		{"closed|size|team", "not mapped: opportunity.closed_on or opportunity.project_size or employee.team"},
		{"closed|amount+owner", NULL},
		{"closed+amount|owner", NULL},
		{"closed|amount+team", "not mapped: opportunity.closed_on or employee.team"},
		{"closed+team|size", "not mapped: opportunity.closed_on, employee.team or opportunity.project_size"},
		{"team+closed|size+amount",
		 "not mapped: employee.team, opportunity.closed_on or opportunity.project_size"},
		{"$floor", NULL},
		{"$limit", "not mapped: parameter limit"},
		{"closed|$floor", NULL},
		{"closed|$floor+amount", NULL},
		{"closed|$floor+team", "not mapped: opportunity.closed_on or employee.team"},
		{"closed|$limit+amount", "not mapped: opportunity.closed_on or parameter limit"},
		{"amount|$limit", NULL},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct trial t;
		prepare(&t, some, cases[i].needs, "amount");
		bind(&t);
		const char *reason = t.bound.no_data[0];
		CU_ASSERT_STRING_EQUAL(reason ? reason : "", cases[i].reason ? cases[i].reason : "");
		CU_ASSERT_EQUAL(!reason, !cases[i].reason);
		CU_ASSERT_PTR_NULL(t.bound.no_data[1]);
		done(&t);
	}
}

/* The view's own entity has to be there, even where nothing else is needed. */
static void test_entity(void)
{
	static const struct fixture_table none[] = {
		{0, "opportunity", "amount\n1\n"}, {0, "employee", "id\ne1\n"}, {0, NULL, NULL}};
	struct trial t;
	prepare(&t, none, "", "amount");
	bind(&t);
	CU_ASSERT_STRING_EQUAL(t.bound.no_data[0], "not mapped: opportunity.id");
	CU_ASSERT_STRING_EQUAL(t.bound.no_data[1], "not mapped: opportunity.id, opportunity.amount");
	done(&t);
}

/* Two views that answer one measure: what either lacks. */
static void test_two_views(void)
{
	struct trial t;
	prepare(&t, some, "closed", "size");
	t.answers[0].measure = "a";
	struct crmval_view views[2] = {t.view, t.view};
	views[0].answer_count = 1;
	views[1].answers = &t.answers[1];
	views[1].answer_count = 1;
	t.dimension.views = views;
	t.dimension.view_count = 2;
	bind(&t);
	CU_ASSERT_STRING_EQUAL(t.bound.no_data[0], "not mapped: opportunity.project_size, opportunity.closed_on");
	CU_ASSERT_PTR_NULL(t.bound.no_data[1]);
	done(&t);
}

static const struct bound_input *input_named(const struct trial *t, const char *name)
{
	for (uint32_t i = 0; i < INPUTS; i++)
		if (strcmp(inputs[i].name, name) == 0)
			return &t->bound.views[0].inputs[i];
	abort();
}

static void test_inputs(void)
{
	static const struct {
		const char *name;
		int as, is_mapped, is_checked;
	} cases[] = {
		{"amount", CRMVAL_NUMBER, 1, 0},     {"closed", CRMVAL_DATE, 0, 0},
		{"is_closed", CRMVAL_FILLED, 0, 0},  {"created", CRMVAL_DATE, 1, 0},
		{"team", CRMVAL_SYMBOL, 0, 0},       {"region", CRMVAL_SYMBOL, 0, 0},
		{"day", CRMVAL_DATE, 1, 0},          /* by what stands in */
		{"account", CRMVAL_REFERENCE, 1, 0}, /* no source maps accounts */
		{"owner", CRMVAL_REFERENCE, 1, 1},   {"minutes", CRMVAL_NUMBER, 0, 0},
		{"visits", CRMVAL_NUMBER, 1, 0},     {"products", CRMVAL_NUMBER, 1, 0},
		{"stage", CRMVAL_SYMBOL, 1, 0},
	};
	static const struct fixture_table more[] = {
		{0, "opportunity",
		 "id,amount,owner,account,created_on,stage\nt1,1,e1,a1,2025-01-01,OPEN\nt2,,,,,closed\nt3,,,,,other\n"},
		{0, "employee", "id\ne1\n"},
		{0, "activity", "id,opportunity,occurred_on\nv1,t1,2025-01-01\nv2,t1,2026-01-01\n"},
		{0, NULL, NULL}};
	struct trial t;
	prepare(&t, more, "", "");
	bind(&t);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const struct bound_input *input = input_named(&t, cases[i].name);
		CU_ASSERT_EQUAL(input->as, cases[i].as);
		CU_ASSERT_EQUAL(input->is_mapped, cases[i].is_mapped);
		CU_ASSERT_EQUAL(input->is_checked, cases[i].is_checked);
	}
	CU_ASSERT_EQUAL(t.bound.views[0].measures[0], 1);
	CU_ASSERT_EQUAL(t.bound.views[0].measures[1], 0);
	CU_ASSERT(!t.bound.views[0].is_event);
	/* Words of a parameter, in lower case, each once. */
	const struct bound_input *stage = input_named(&t, "stage");
	CU_ASSERT_STRING_EQUAL(stage->words[0], "open");
	CU_ASSERT_STRING_EQUAL(stage->words[1], "closed");
	CU_ASSERT_PTR_NULL(stage->words[2]);
	CU_ASSERT_EQUAL(input_named(&t, "kinds")->rollup->word_count, 2);
	fixture_read(&t.f, 2);
	CU_ASSERT_EQUAL_FATAL(bind_loaded(&t.bound, 1, &t.f.data, &t.f.job, 2, &t.f.error), CRMVAL_OK);
	const uint32_t expected[] = {1, 2, 3};
	for (int i = 0; i < 3; i++) {
		char id[] = {'t', (char)('1' + i), 0};
		uint32_t code = *(const uint32_t *)fixture_value(&t.f, "opportunity.stage", id);
		CU_ASSERT_EQUAL(stage->translation[code], expected[i]);
	}
	CU_ASSERT_EQUAL(stage->translation[0], 0);
	/* Of state measures alone there is no baseline. */
	const struct rollup *rollup = input_named(&t, "visits")->rollup;
	CU_ASSERT_EQUAL(((const double *)rollup->values[0].bytes)[fixture_row(&t.f, "opportunity", "t1")], 1);
	CU_ASSERT_PTR_NULL(rollup->values[1].bytes);
	done(&t);
}

/* One event measure is enough for a baseline. */
static void test_event(void)
{
	static const struct fixture_table visited[] = {
		{0, "opportunity", "id\nt1\n"},
		{0, "activity", "id,opportunity,occurred_on\nv1,t1,2024-12-31\nv2,t1,2025-12-31\n"},
		{0, NULL, NULL}};
	for (int has_baseline = 0; has_baseline <= 1; has_baseline++) {
		struct trial t;
		prepare(&t, visited, "", "");
		t.measures[0].flags = 0;
		t.f.job.has_baseline = has_baseline;
		bind(&t);
		CU_ASSERT(t.bound.views[0].is_event);
		fixture_read(&t.f, 1);
		CU_ASSERT_EQUAL_FATAL(bind_loaded(&t.bound, 1, &t.f.data, &t.f.job, 1, &t.f.error), CRMVAL_OK);
		const struct rollup *rollup = input_named(&t, "visits")->rollup;
		CU_ASSERT_EQUAL(*(const double *)rollup->values[0].bytes, 2);
		CU_ASSERT_EQUAL(rollup->values[1].bytes != NULL, has_baseline);
		if (has_baseline)
			CU_ASSERT_EQUAL(*(const double *)rollup->values[1].bytes, 1);
		done(&t);
	}
}

static void refuse(const struct crmval_input *input, const char *entity, const char *message)
{
	struct trial t;
	prepare(&t, some, "", "");
	t.view.entity = entity;
	t.view.inputs = input;
	t.view.input_count = 1;
	CU_ASSERT_EQUAL(bind_dimension(&t.bound, &t.plugin, parameters, &t.f.data, &t.f.error), CRMVAL_ECONF);
	CU_ASSERT_STRING_EQUAL(t.f.error.message, message);
	done(&t);
}

static void test_refused(void)
{
	refuse(inputs, "deal", "plugin trial (trial.so): there is no entity \"deal\"");
	refuse(&(struct crmval_input){"x", "amuont", 0, 0, NULL, NULL, NULL}, "opportunity",
	       "plugin trial (trial.so), view of opportunity, input x: path \"amuont\": opportunity has no field "
	       "\"amuont\"");
	refuse(&(struct crmval_input){"x", "amount", CRMVAL_DATE, 0, NULL, NULL, NULL}, "opportunity",
	       "plugin trial (trial.so), view of opportunity, input x: a field of this type cannot be delivered as "
	       "asked");
	refuse(&(struct crmval_input){"x", "amount", CRMVAL_EMAIL, 0, NULL, NULL, NULL}, "opportunity",
	       "plugin trial (trial.so), view of opportunity, input x: a field of this type cannot be delivered as "
	       "asked");
	refuse(&(struct crmval_input){"x", NULL, CRMVAL_FLAG, 0, NULL, NULL, &minutes}, "opportunity",
	       "plugin trial (trial.so), view of opportunity, input x: a field of this type cannot be delivered as "
	       "asked");
	refuse(&(struct crmval_input){"x", NULL, 0, 0, NULL, NULL, &minutes}, "account",
	       "plugin trial (trial.so), view of account, input x: rollup by \"opportunity\" does not refer to "
	       "account");
}

static const struct test tests[] = {
	{"needs", test_needs},
	{"the view's entity", test_entity},
	{"two views of one measure", test_two_views},
	{"inputs", test_inputs},
	{"baselines", test_event},
	{"what cannot be bound", test_refused},
	{NULL, NULL},
};

const struct suite suite_bind = {"bind", tests};
