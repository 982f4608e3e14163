/* SPDX-License-Identifier: MIT */
/* Shares of a dimension's rows: each batch is one child's, and views are whole where they can be. */
#include "../core/share.h"
#include "../core/view.h"
#include "failing.h"
#include "suite.h"

#include <errno.h>

enum { VIEWS = 4, MOST_PARTS = 9 };

/* Views of the first entities, one each, of so many batches and answers; the last row of each begins a batch. */
struct shared {
	struct data data;
	struct crmval_view tables[VIEWS];
	struct bound_view views[VIEWS];
	struct crmval_dimension table;
	struct bound_dimension dimension;
};

static void set(struct shared *shared, uint32_t count, const uint32_t *batches, const uint32_t *answers)
{
	struct crmval_error error = {.struct_size = sizeof error};
	CU_ASSERT_EQUAL_FATAL(data_init(&shared->data, &error), CRMVAL_OK);
	shared->table = (struct crmval_dimension){.view_count = count};
	shared->dimension = (struct bound_dimension){.table = &shared->table, .views = shared->views};
	for (uint32_t v = 0; v < count; v++) {
		shared->tables[v] = (struct crmval_view){.answer_count = answers[v]};
		shared->views[v] = (struct bound_view){.table = &shared->tables[v], .entity = v};
		shared->data.tables[v].is_mapped = 1;
		atomic_store(&shared->data.tables[v].rows, batches[v] ? (batches[v] - 1) * BATCH_ROWS + 1 : 0);
	}
}

static void check(const struct shared *shared, uint32_t v, uint32_t part, uint32_t parts, uint64_t first, uint64_t end)
{
	struct share share = share_of(&shared->dimension, &shared->data, v, part, parts);
	CU_ASSERT_EQUAL(share.first, first);
	CU_ASSERT_EQUAL(share.end, end);
}

/* Of two views and two children: where the second child begins in each. */
static void test_two(void)
{
	static const struct {
		uint32_t batches[2], answers[2], begins[2];
	} cases[] = {
		{{10, 10}, {3, 3}, {10, 0}}, /* as long as each other */
		{{10, 20}, {3, 1}, {10, 0}}, /* the same, by answers */
		{{18, 14}, {1, 1}, {18, 0}}, /* 36 of 64: the border is the eighth part of 32 away */
		{{19, 13}, {1, 1}, {16, 0}}, /* 38: farther than that */
		{{14, 18}, {1, 1}, {14, 0}}, /* 28: as near, from before */
		{{13, 19}, {1, 1}, {13, 3}}, /* 26: 6 are left for the first child */
		{{3, 0}, {2, 2}, {2, 0}},    /* 4 of 9 are within the second batch, which is the first child's */
		{{0, 3}, {2, 2}, {0, 2}},    /* the same, after a view of nothing */
		{{1, 0}, {0, 5}, {0, 0}},    /* a single batch is the last child's */
		{{0, 0}, {1, 1}, {0, 0}},    /* no row at all */
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		static struct shared shared;
		set(&shared, 2, cases[i].batches, cases[i].answers);
		for (uint32_t v = 0; v < 2; v++) {
			check(&shared, v, 0, 1, 0, cases[i].batches[v]);
			check(&shared, v, 0, 2, 0, cases[i].begins[v]);
			check(&shared, v, 1, 2, cases[i].begins[v], cases[i].batches[v]);
		}
		data_free(&shared.data);
	}
}

/* A view whose entity is not mapped has no batches, whatever its table says. */
static void test_unmapped(void)
{
	static struct shared shared;
	set(&shared, 2, (const uint32_t[]){8, 8}, (const uint32_t[]){1, 1});
	shared.data.tables[0].is_mapped = 0;
	for (uint32_t part = 0; part < 2; part++) {
		check(&shared, 0, part, 2, 0, 0);
		check(&shared, 1, part, 2, part ? 4 : 0, part ? 8 : 4);
	}
	data_free(&shared.data);
}

/* The shares of a view follow on each other, and no child's is much longer than another's. */
static void check_all(const struct shared *shared, const uint32_t *batches, uint32_t parts)
{
	uint64_t next[VIEWS] = {0}, total = 0, longest = 0;
	for (uint32_t v = 0; v < VIEWS; v++) {
		uint64_t length = shared->tables[v].answer_count + 1;
		total += batches[v] * length;
		longest = length > longest ? length : longest;
	}
	for (uint32_t part = 0; part < parts; part++) {
		uint64_t taken = 0;
		for (uint32_t v = 0; v < VIEWS; v++) {
			struct share share = share_of(&shared->dimension, &shared->data, v, part, parts);
			CU_ASSERT_EQUAL(share.first, next[v]);
			CU_ASSERT(share.end >= share.first);
			next[v] = share.end;
			taken += (share.end - share.first) * (shared->tables[v].answer_count + 1);
		}
		CU_ASSERT(taken <= total / parts + total / parts / 4 + longest + 1);
	}
	for (uint32_t v = 0; v < VIEWS; v++)
		CU_ASSERT_EQUAL(next[v], batches[v]);
}

static void test_all(void)
{
	uint32_t random = 1;
	for (int trial = 0; trial < 300; trial++) {
		static struct shared shared;
		uint32_t batches[VIEWS], answers[VIEWS];
		for (uint32_t v = 0; v < VIEWS; v++) {
			random = random * 1664525 + 1013904223;
			batches[v] = random >> 8 & (trial % 2 ? 15 : 1023);
			answers[v] = random >> 28;
		}
		set(&shared, VIEWS, batches, answers);
		for (uint32_t parts = 1; parts <= MOST_PARTS; parts++)
			check_all(&shared, batches, parts);
		data_free(&shared.data);
	}
}

/* Dimensions of such lengths, and how many children each has: the longest first, of those as long the first. */
static void test_plans(void)
{
	enum { MOST = 5 };
	static const struct {
		unsigned threads;
		uint32_t most; /* children of each */
		uint64_t lengths[MOST];
		uint32_t order[MOST], parts[MOST];
	} cases[] = {
		{1, 1, {5, 9, 7, 0, 0}, {1, 2, 0, 3, 4}, {1, 1, 1, 1, 1}},
		/* 40 and 40 end together. */
		{2, 2, {20, 40, 20, 0, 0}, {1, 0, 2, 3, 4}, {1, 1, 1, 1, 1}},
		/* 90 and 90, then half of 90 each. */
		{2, 2, {90, 90, 90, 0, 0}, {0, 1, 2, 3, 4}, {1, 1, 2, 1, 1}},
		/* A thread may work until 162, the eighth part more than half of 288. */
		{2, 2, {126, 126, 36, 0, 0}, {0, 1, 2, 3, 4}, {1, 1, 1, 1, 1}},
		{2, 2, {125, 125, 38, 0, 0}, {0, 1, 2, 3, 4}, {1, 1, 2, 1, 1}},
		/* Nothing but one dimension. */
		{4, 4, {0, 0, 1000, 0, 0}, {2, 0, 1, 3, 4}, {4, 1, 1, 1, 1}},
		/* It may have no more, and another takes the thread that is left. */
		{4, 3, {0, 0, 1000, 0, 200}, {2, 4, 0, 1, 3}, {3, 1, 1, 1, 1}},
		/* The last would end at 200, which is late, but no sooner in two parts, of which one came after 152. */
		{2, 2, {152, 100, 100, 0, 0}, {0, 1, 2, 3, 4}, {1, 1, 1, 1, 1}},
		{3, 3, {0, 0, 0, 0, 0}, {0, 1, 2, 3, 4}, {1, 1, 1, 1, 1}},
	};
	for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
		struct crmval_error error = {.struct_size = sizeof error};
		struct share_plan plans[MOST];
		for (uint32_t i = 0; i < MOST; i++) /* wherever they stood */
			plans[i * 2 % MOST] = (struct share_plan){i, cases[c].lengths[i], cases[c].most};
		CU_ASSERT_EQUAL(share_out(plans, MOST, cases[c].threads, &error), CRMVAL_OK);
		for (uint32_t i = 0; i < MOST; i++) {
			CU_ASSERT_EQUAL(plans[i].dimension, cases[c].order[i]);
			CU_ASSERT_EQUAL(plans[i].length, cases[c].lengths[cases[c].order[i]]);
			CU_ASSERT_EQUAL(plans[i].parts, cases[c].parts[i]);
		}
	}
}

static void test_length(void)
{
	static struct shared shared;
	set(&shared, 3, (const uint32_t[]){4, 5, 6}, (const uint32_t[]){0, 1, 2});
	CU_ASSERT_EQUAL(share_length(&shared.dimension, &shared.data), 4 + 10 + 18);
	shared.data.tables[1].is_mapped = 0;
	CU_ASSERT_EQUAL(share_length(&shared.dimension, &shared.data), 4 + 18);
	data_free(&shared.data);
}

static void test_no_memory(void)
{
	struct crmval_error error = {.struct_size = sizeof error};
	struct share_plan plan = {0, 1, 1};
	failing_begin(FAILING_MEMORY, 1, ENOMEM);
	CU_ASSERT_EQUAL(share_out(&plan, 1, 1, &error), CRMVAL_ENOMEM);
	CU_ASSERT_EQUAL(failing_end(), 1);
}

static const struct test tests[] = {{"two", test_two},     {"unmapped", test_unmapped}, {"all", test_all},
				    {"plans", test_plans}, {"length", test_length},     {"no memory", test_no_memory},
				    {NULL, NULL}};

const struct suite suite_share = {"share", tests};
