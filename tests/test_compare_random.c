/* SPDX-License-Identifier: MIT */
/* What always holds of a comparison, on random pairs of results: sums, symmetry, no number that is none. */
#include "suite.h"

#include "change_case.h"
#include "sample.h"

#include <stdlib.h>
#include <string.h>

enum { SCOPES = 1 + 2 * CASE_UNITS };

/* CRMVAL_TEST_PAIRS=100000 looks longer. */
static uint64_t pair_count(void)
{
	const char *text = getenv("CRMVAL_TEST_PAIRS");

	return text ? strtoull(text, NULL, 10) : 1000;
}

static struct change *compare(const struct result *old, const struct result *new)
{
	struct crmval_error error = {.struct_size = sizeof error};
	struct change *change = NULL;
	int status = change_new(old, new, &change, &error);

	CU_ASSERT(status == CRMVAL_OK || status == CRMVAL_EDATA);
	return change;
}

/* Fills both for the same scope: the company, then the teams; 0: there are no more. */
static int next_scope(struct change *change, struct change *back, uint32_t next[2], int *is_company)
{
	struct change_unit unit, swapped;

	if (*is_company) {
		*is_company = 0;
		change_company(change);
		change_company(back);
		return 1;
	}
	if (!change_next_unit(change, BREAKDOWN_TEAM, next, &unit))
		return 0;
	swapped = (struct change_unit){{unit.places[1], unit.places[0]}, unit.name};
	change_scope(change, BREAKDOWN_TEAM, unit);
	change_scope(back, BREAKDOWN_TEAM, swapped);
	return 1;
}

static uint64_t seen[CHANGE_EFFECTS], failures, sums;

static void expect(int holds, uint64_t seed, const char *what)
{
	if (!holds && failures++ < 10)
		printf("pair %llu: %s\n", (unsigned long long)seed, what);
}

static int is_in(const struct change_node *node, const struct change_node *root)
{
	for (; node; node = node->parent)
		if (node == root)
			return 1;
	return 0;
}

/* Each node's parts make up the change of its published score. */
static void check_sums(const struct change *change, uint64_t seed)
{
	for (uint32_t n = 0; n < change->node_count; n++) {
		const struct change_node *node = &change->nodes[n];
		double sum = 0;
		int has_both = node->score[0] && node->score[1] && !isnan(node->score[0]->score) &&
			       !isnan(node->score[1]->score);
		expect(has_both == !isnan(node->change.value), seed, "a change where there is none");
		for (uint32_t i = 0; i < change->part_count; i++) {
			double points = change->parts[i].points[node->level].value;
			if (is_in(change->parts[i].node, node) && !isnan(points))
				sum += points;
		}
		if (!has_both)
			continue;
		sums++;
		/* Rounding leaves nothing behind, but where no part is as large as what it leaves. */
		expect(fabs(sum - (node->score[1]->score - node->score[0]->score)) <= 1.1e-10, seed,
		       "parts do not add up");
		expect(node->change.se >= 0, seed, "a change without a standard error");
	}
}

static void check_parts(const struct change *change, uint64_t seed)
{
	for (uint32_t i = 0; i < change->part_count; i++) {
		const struct change_part *part = &change->parts[i];
		int known = 0, moves = 0;
		seen[part->effect]++;
		for (int level = 0; level < CHANGE_LEVELS; level++) {
			struct estimate points = part->points[level];
			if (isnan(points.value))
				continue;
			known++;
			moves |= points.value != 0;
			expect(isfinite(points.value) && isfinite(points.se) && points.se >= 0, seed, "no number");
			expect(level <= (int)part->node->level, seed, "a part of what it is not in");
		}
		expect(known > 0 && moves, seed, "a part of nothing");
	}
}

/* What nodes bring is rounded as scores are. */
static void check_nodes(const struct change *change, uint64_t seed)
{
	for (uint32_t n = 0; n < change->node_count; n++) {
		double value = change->nodes[n].points.value;
		expect(isnan(value) || value == score_rounded(value), seed, "not rounded");
	}
}

static int is_same_node(const struct change_node *a, const struct change_node *b)
{
	for (; a && b; a = a->parent, b = b->parent)
		if (a->level != b->level || (a->id && strcmp(a->id, b->id) != 0))
			return 0;
	return a == b;
}

static const struct change_part *find_part(const struct change *change, const struct change_part *like)
{
	const struct change_part *found = NULL;

	for (uint32_t i = 0; i < change->part_count; i++)
		if (change->parts[i].effect == like->effect && is_same_node(change->parts[i].node, like->node))
			found = &change->parts[i];
	return found;
}

/* What is there in one direction only is nothing but what rounding left. */
static void check_symmetry(const struct change *change, const struct change *back, uint64_t seed)
{
	for (uint32_t i = 0; i < change->part_count; i++) {
		const struct change_part *part = &change->parts[i], *other = find_part(back, part);
		for (int level = 0; level < CHANGE_LEVELS; level++) {
			struct estimate a = part->points[level], b = other ? other->points[level] : estimate_none;
			if (!other || isnan(a.value)) {
				expect(isnan(a.value) || fabs(a.value) < 1e-9, seed, "a part in one direction only");
				continue;
			}
			expect(fabs(a.value + b.value) <= 1e-9, seed, "not negated");
			expect(fabs(a.se - b.se) <= 1e-6 * (1 + a.se), seed, "another standard error");
		}
	}
}

static void test_pairs(void)
{
	static struct change_case pair;
	uint64_t compared = 0;

	failures = 0;
	for (uint64_t seed = 1; seed <= pair_count(); seed++) {
		uint32_t next[2] = {0, 0};
		int is_company = 1;
		change_case_make(&pair, seed);
		struct change *change = compare(&pair.sides[0].result, &pair.sides[1].result);
		struct change *back = compare(&pair.sides[1].result, &pair.sides[0].result);
		CU_ASSERT_EQUAL(!change, !back);
		while (change && next_scope(change, back, next, &is_company)) {
			compared++;
			check_sums(change, seed);
			check_parts(change, seed);
			check_nodes(change, seed);
			check_symmetry(change, back, seed);
		}
		change_free(change);
		change_free(back);
	}
	CU_ASSERT_EQUAL(failures, 0);
	/* The pairs are worth it: every effect is met. */
	for (int e = 0; e < CHANGE_EFFECTS; e++) {
		if (seen[e] < pair_count() / 100)
			printf("%s: only %llu times\n", change_effect_names[e], (unsigned long long)seen[e]);
		CU_ASSERT(seen[e] >= pair_count() / 100);
	}
	CU_ASSERT(compared >= pair_count());
	CU_ASSERT(sums >= pair_count());
}

/* A result against itself: nothing. */
static void test_same(void)
{
	static struct change_case pair;

	for (uint64_t seed = 1; seed <= 100; seed++) {
		uint32_t next[2] = {0, 0};
		int is_company = 1;
		change_case_make(&pair, seed);
		struct change *change = compare(&pair.sides[1].result, &pair.sides[1].result);
		struct change *back = compare(&pair.sides[1].result, &pair.sides[1].result);
		while (change && next_scope(change, back, next, &is_company)) {
			expect(change->part_count == 0, seed, "a difference from itself");
			expect(!(change->nodes[0].change.value != 0) || isnan(change->nodes[0].change.value), seed,
			       "a change from itself");
		}
		change_free(change);
		change_free(back);
	}
	CU_ASSERT_EQUAL(failures, 0);
}

static const struct test tests[] = {{"random pairs", test_pairs}, {"no change", test_same}, {NULL, NULL}};

const struct suite suite_compare_random = {"compare_random", tests};
