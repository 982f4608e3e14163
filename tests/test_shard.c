/* SPDX-License-Identifier: MIT */
/* Shards: which is whose, which entities are shared out, and what is loaded of them. */
#include "../core/shard.h"
#include "fixture.h"
#include "suite.h"

#include <string.h>

/* What md5sum(1) says, its first 8 digits modulo N. */
static void test_number(void)
{
	static const struct {
		const char *text;
		uint32_t of_2, of_3, of_7, of_9999;
	} cases[] = {
		{"", 1, 1, 4, 2299},     {"a", 1, 0, 1, 6579},
		{"abc", 0, 2, 2, 6896},  {"0015gX000000000ABA", 0, 2, 5, 9227},
		{"客户", 1, 0, 6, 7221},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		uint32_t length = (uint32_t)strlen(cases[i].text);
		uint32_t hash = shard_hash(cases[i].text, length);
		CU_ASSERT_EQUAL(hash % 2, cases[i].of_2);
		CU_ASSERT_EQUAL(hash % 3, cases[i].of_3);
		CU_ASSERT_EQUAL(hash % 7, cases[i].of_7);
		CU_ASSERT_EQUAL(hash % 9999, cases[i].of_9999);
	}
}

/* ---- the plan ---- */

static const struct fixture_table crm[] = {
	{0, "account", "id,owner\n"},
	{0, "contact", "id,account,reports_to\n"},
	{0, "order", "id,account,opportunity,signed_on\n"},
	{0, "opportunity", "id,account,owner\n"},
	{0, "decision_member", "id,opportunity,contact\n"},
	{0, "activity", "id,opportunity,account,employee,minutes\n"},
	{0, "expense", "id,opportunity,amount\n"},
	{0, "employee", "id\n"},
	{0, "strategic_goal", "id,actual\n"},
	{0, "exchange_rate", "currency,from_on,rate\n"},
	{0, NULL, NULL},
};

enum { ROLLUPS = 4, WANTS = 8 };

struct planned {
	const char *wants[WANTS];
	struct {
		const char *view;
		struct crmval_rollup table;
	} rollups[ROLLUPS];
	const char *plan; /* what is shared out, by what */
};

static void name_plan(const struct data *data, char *text, size_t size)
{
	*text = 0;
	for (uint32_t e = 0; e < model_entity_count; e++)
		if (data->tables[e].shard_by)
			snprintf(text + strlen(text), size - strlen(text), "%s%s.%s", *text ? " " : "",
				 model_entities[e].name, model_entities[e].fields[data->tables[e].shard_by - 1].name);
}

static void check_plan(const struct planned *planned)
{
	struct fixture f;
	struct rollup rollups[ROLLUPS];
	struct bound_input inputs[ROLLUPS] = {{.rollup = NULL}};
	uint32_t count = 0;
	char plan[512];
	fixture_open(&f, crm);
	for (int i = 0; i < WANTS && planned->wants[i]; i++)
		fixture_want(&f, planned->wants[i]);
	for (; count < ROLLUPS && planned->rollups[count].view; count++) {
		uint32_t view = (uint32_t)model_entity_index(planned->rollups[count].view);
		CU_ASSERT_EQUAL_FATAL(
			rollup_bind(&rollups[count], &planned->rollups[count].table, view, "test", &f.error),
			CRMVAL_OK);
		CU_ASSERT_EQUAL_FATAL(rollup_want(&rollups[count], &f.data, &f.error), CRMVAL_OK);
		inputs[count].rollup = &rollups[count];
	}
	fixture_map(&f);
	struct crmval_view view_table = {.input_count = count};
	struct bound_view view = {.table = &view_table, .inputs = inputs};
	struct crmval_dimension table = {.view_count = 1};
	struct bound_dimension dimension = {.table = &table, .views = &view};
	shard_plan(&f.data, &dimension, 1);
	name_plan(&f.data, plan, sizeof plan);
	CU_ASSERT_STRING_EQUAL(plan, planned->plan);
	fixture_close(&f);
}

#define ROLLUP(of_view, ...)                                                                                           \
	{                                                                                                              \
		of_view,                                                                                               \
		{                                                                                                      \
			__VA_ARGS__                                                                                    \
		}                                                                                                      \
	}
#define ALL_BY_ID                                                                                                      \
	"account.id contact.id order.id opportunity.id decision_member.id activity.id expense.id employee.id "         \
	"strategic_goal.id"
#define MINUTES ROLLUP("opportunity", .op = CRMVAL_SUM, .entity = "activity", .by = "opportunity", .of = "minutes")

static void test_plan(void)
{
	static const struct planned cases[] = {
		/* Nobody looks at anybody.  Rates have no id. */
		{.plan = ALL_BY_ID},
		/* Deals stay together with their activities. */
		{{"strategic_goal.actual"},
		 {MINUTES},
		 "account.id contact.id order.id opportunity.id decision_member.id activity.opportunity expense.id "
		 "employee.id strategic_goal.id"},
		/* So do their expenses, which nobody adds up. */
		{{"expense.opportunity"},
		 {MINUTES},
		 "account.id contact.id order.id opportunity.id decision_member.id activity.opportunity "
		 "expense.opportunity employee.id strategic_goal.id"},
		/* Orders are added up by account, and look at deals: these are needed everywhere. */
		{{"order.opportunity"},
		 {MINUTES, ROLLUP("account", .op = CRMVAL_MIN, .entity = "order", .by = "account", .of = "signed_on")},
		 "account.id contact.id order.account decision_member.id activity.opportunity expense.id employee.id "
		 "strategic_goal.id"},
		/* Of all orders one value. */
		{{NULL},
		 {ROLLUP("account", .op = CRMVAL_MIN, .entity = "order", .of = "signed_on")},
		 "account.id contact.id opportunity.id decision_member.id activity.id expense.id employee.id "
		 "strategic_goal.id"},
		/* By a way over deals. */
		{{NULL},
		 {ROLLUP("account", .op = CRMVAL_MIN, .entity = "order", .by = "account|opportunity.account",
			 .of = "signed_on")},
		 "contact.id decision_member.id activity.id expense.id employee.id strategic_goal.id"},
		/* By two references. */
		{{NULL},
		 {MINUTES, ROLLUP("account", .op = CRMVAL_SUM, .entity = "activity", .by = "account", .of = "minutes")},
		 "contact.id order.id decision_member.id expense.id employee.id strategic_goal.id"},
		/* Contacts report to contacts. */
		{.wants = {"contact.reports_to", "contact.account"},
		 .plan = "order.id opportunity.id decision_member.id activity.id expense.id employee.id "
			 "strategic_goal.id"},
		/* What is referred to, and refers to others, cannot go with them. */
		{.wants = {"activity.opportunity", "opportunity.account"},
		 .plan = "contact.id order.id opportunity.id decision_member.id activity.opportunity expense.id "
			 "employee.id strategic_goal.id"},
		/* Groups within a reference. */
		{{NULL},
		 {ROLLUP("decision_member", .op = CRMVAL_CURRENT, .entity = "decision_member", .by = "contact",
			 .of = "stance", .date = "verified_on", .per = "opportunity")},
		 "account.id contact.id order.id decision_member.contact activity.id expense.id employee.id "
		 "strategic_goal.id"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		check_plan(&cases[i]);
}

/* ---- what is loaded ---- */

/* Ids twice within a shard, and in several: the first rows stay. */
static const struct fixture_table deals[] = {
	{0, "opportunity", "id\np1\np2\np3\np4\np5\np6\np7\np8\np9\n"},
	{0, "activity",
	 "id,opportunity,minutes\n"
	 "a1,p1,1\na2,p2,2\na1,p3,4\na3, p4 ,8\na2,p2,16\na4,,32\na4,p5,64\n,p6,128\n,,256\na5,gone,512\na5,p7,1024\n"
	 "a6,p8,2048\na7,p9,x\na3,p9,8192\na1,p1,16384\na8,p6,32768\na9,p7,65536\na9,p8,131072\n"},
	{0, NULL, NULL},
};

static double minutes_of(struct fixture *f, uint64_t *rows)
{
	const struct table *table = fixture_table(f, "activity");
	const double *minutes = fixture_column(f, "activity.minutes")->values.bytes;
	double sum = 0;
	for (uint32_t row = 0; row < atomic_load(&table->rows); row++)
		if (!table_is_dropped(table, row)) {
			++*rows;
			sum += minutes[row] == minutes[row] ? minutes[row] : 0;
		}
	return sum;
}

struct loaded {
	double minutes;
	uint64_t rows, duplicates, unreadable, dangling, owned, kept;
};

static void load_shard(struct loaded *all, uint32_t number, uint32_t count, uint32_t split_rows)
{
	struct fixture f;
	fixture_open(&f, deals);
	f.job.shard = (struct job_shard){number, count};
	f.split_rows = split_rows;
	fixture_want(&f, "activity.opportunity");
	fixture_want(&f, "activity.minutes");
	fixture_map(&f);
	fixture_table(&f, "activity")->shard_by =
		count ? 1 + (uint32_t)model_field_index(fixture_table(&f, "activity")->entity, "opportunity") : 0;
	fixture_read(&f, 2);
	const struct table *activity = fixture_table(&f, "activity"), *opportunity = fixture_table(&f, "opportunity");
	all->minutes += minutes_of(&f, &all->rows);
	all->duplicates += activity->duplicates;
	all->unreadable += atomic_load(&fixture_column(&f, "activity.minutes")->unreadable);
	all->dangling += atomic_load(&fixture_column(&f, "activity.opportunity")->dangling);
	all->kept += atomic_load(&activity->rows);
	CU_ASSERT_EQUAL(atomic_load(&opportunity->rows), 9);
	for (uint32_t row = 0; row < 9; row++)
		all->owned += !table_is_foreign(opportunity, row);
	fixture_close(&f);
}

/* First rows: a1 1, a2 2, a3 8, a4 32, a5 512, a6 2048, a7 x, a8 32768, a9 65536; without id 128 and 256. */
static void check_loaded(const struct loaded *all)
{
	CU_ASSERT_EQUAL(all->minutes, 1 + 2 + 8 + 32 + 512 + 2048 + 32768 + 65536 + 128 + 256);
	CU_ASSERT_EQUAL(all->rows, 11);
	CU_ASSERT_EQUAL(all->duplicates, 7);
	CU_ASSERT_EQUAL(all->unreadable, 1);
	CU_ASSERT_EQUAL(all->dangling, 1);
	CU_ASSERT_EQUAL(all->kept, 18);
	CU_ASSERT_EQUAL(all->owned, 9);
}

static void test_load(void)
{
	static const uint32_t split_rows[] = {0, 1, 2, 3, 5};
	for (uint32_t count = 0; count <= 9; count++)
		for (size_t i = 0; i < sizeof split_rows / sizeof split_rows[0]; i++) {
			struct loaded all = {0};
			for (uint32_t number = 0; number < (count ? count : 1); number++)
				load_shard(&all, number, count, split_rows[i]);
			check_loaded(&all);
		}
}

/* A source that chooses the rows itself, since no id stands twice: it is read but once. */
static void test_parts(void)
{
	static const struct fixture_table unique[] = {
		{0, "opportunity", "id\np1\np2\np3\n"},
		{0, "activity",
		 "id,minutes,opportunity\na1,1,p1\na2,2,p2\na3,4, p3\na4,8,\n,16,p1\na5,32,p2\na6,64,NULL\n"},
		{0, NULL, NULL},
	};
	for (int chooses = 0; chooses < 2; chooses++) {
		double minutes = 0;
		for (uint32_t number = 0; number < 3; number++) {
			struct fixture f;
			uint64_t rows = 0;
			fixture_open(&f, unique);
			f.job.shard = (struct job_shard){number, 3};
			f.chooses_parts = chooses;
			fixture_want(&f, "activity.opportunity");
			fixture_want(&f, "activity.minutes");
			fixture_map(&f);
			const struct entity *entity = fixture_table(&f, "activity")->entity;
			fixture_table(&f, "activity")->shard_by =
				1 + (uint32_t)model_field_index(entity, "opportunity");
			fixture_read(&f, 1);
			minutes += minutes_of(&f, &rows);
			CU_ASSERT_EQUAL(f.sheets[1].part.count, chooses ? 3 : 0);
			CU_ASSERT_EQUAL(f.sheets[1].splits_done, chooses ? 1 : 2);
			fixture_close(&f);
		}
		CU_ASSERT_EQUAL(minutes, 127);
	}
}

/* But not where what it would go by is not what the loader goes by. */
static void test_no_parts(void)
{
	static const struct fixture_table twice[] = {
		{0, "product", "id,category\np1,x\np2,y\n"}, {1, "product", "id\np1\np3\n"}, {0, NULL, NULL}};
	static const char *const nulls[] = {"p1"};
	for (int way = 0; way < 4; way++) {
		struct fixture f;
		fixture_open(&f, twice);
		f.job.source_count = way == 0 ? 2 : 1;
		f.job.shard = (struct job_shard){0, 2};
		f.chooses_parts = 1;
		f.job_sources[0].mapping.ids = way == 1 ? IDS_SALESFORCE : IDS_EXACT;
		f.job_sources[0].mapping.nulls = nulls;
		f.job_sources[0].mapping.null_count = way == 2;
		fixture_want(&f, "product.category");
		fixture_map(&f);
		fixture_table(&f, "product")->shard_by = 1;
		fixture_read(&f, 1);
		CU_ASSERT_EQUAL(f.sheets[0].part.count, way == 3 ? 2 : 0);
		fixture_close(&f);
	}
}

static const struct test tests[] = {{"number", test_number},           {"plan", test_plan},         {"load", test_load},
				    {"parts of a source", test_parts}, {"no parts", test_no_parts}, {NULL, NULL}};

const struct suite suite_shard = {"shard", tests};
