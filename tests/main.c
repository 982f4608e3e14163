/* SPDX-License-Identifier: MIT */
/* Runs the suites under CUnit: all of them, or those named as arguments. */
#include "suite.h"

#include <CUnit/TestRun.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SUITES(SUITE)                                                                                                  \
	SUITE(abi)                                                                                                     \
	SUITE(aggregate)                                                                                               \
	SUITE(archive)                                                                                                 \
	SUITE(archive_fails)                                                                                           \
	SUITE(archive_last)                                                                                            \
	SUITE(archive_table)                                                                                           \
	SUITE(alert)                                                                                                   \
	SUITE(arena)                                                                                                   \
	SUITE(bind)                                                                                                    \
	SUITE(cell)                                                                                                    \
	SUITE(compare)                                                                                                 \
	SUITE(compare_measure)                                                                                         \
	SUITE(compare_parts)                                                                                           \
	SUITE(compare_random)                                                                                          \
	SUITE(compare_split)                                                                                           \
	SUITE(climb)                                                                                                   \
	SUITE(confine)                                                                                                 \
	SUITE(cover)                                                                                                   \
	SUITE(csv)                                                                                                     \
	SUITE(csv_chunks)                                                                                              \
	SUITE(csv_fails)                                                                                               \
	SUITE(csv_file)                                                                                                \
	SUITE(csv_files)                                                                                               \
	SUITE(csv_gzip)                                                                                                \
	SUITE(csv_header)                                                                                              \
	SUITE(csv_text)                                                                                                \
	SUITE(csv_window)                                                                                              \
	SUITE(customer_management)                                                                                     \
	SUITE(deal_control)                                                                                            \
	SUITE(demo)                                                                                                    \
	SUITE(dense)                                                                                                   \
	SUITE(describe)                                                                                                \
	SUITE(dimension_needs)                                                                                         \
	SUITE(dimensions)                                                                                              \
	SUITE(employee_growth)                                                                                         \
	SUITE(entities)                                                                                                \
	SUITE(estimate)                                                                                                \
	SUITE(expression)                                                                                              \
	SUITE(expression_parse)                                                                                        \
	SUITE(forget)                                                                                                  \
	SUITE(hostile)                                                                                                 \
	SUITE(id_log)                                                                                                  \
	SUITE(ident)                                                                                                   \
	SUITE(job)                                                                                                     \
	SUITE(job_file)                                                                                                \
	SUITE(job_problems)                                                                                            \
	SUITE(json_tree)                                                                                               \
	SUITE(keep)                                                                                                    \
	SUITE(lanes)                                                                                                   \
	SUITE(lockdown)                                                                                                \
	SUITE(lookup)                                                                                                  \
	SUITE(parallel)                                                                                                \
	SUITE(path)                                                                                                    \
	SUITE(plugin_trust)                                                                                            \
	SUITE(plugins)                                                                                                 \
	SUITE(properties)                                                                                              \
	SUITE(prune)                                                                                                   \
	SUITE(rates)                                                                                                   \
	SUITE(reach)                                                                                                   \
	SUITE(region)                                                                                                  \
	SUITE(replace)                                                                                                 \
	SUITE(replace_fails)                                                                                           \
	SUITE(report)                                                                                                  \
	SUITE(report_change)                                                                                           \
	SUITE(report_text)                                                                                             \
	SUITE(resource_management)                                                                                     \
	SUITE(rollup)                                                                                                  \
	SUITE(salesforce)                                                                                              \
	SUITE(salesforce_id)                                                                                           \
	SUITE(salesforce_text)                                                                                         \
	SUITE(score)                                                                                                   \
	SUITE(sensitivity)                                                                                             \
	SUITE(snapshot)                                                                                                \
	SUITE(shard)                                                                                                   \
	SUITE(share)                                                                                                   \
	SUITE(store)                                                                                                   \
	SUITE(sql_number)                                                                                              \
	SUITE(strategic_alignment)                                                                                     \
	SUITE(sum)                                                                                                     \
	SUITE(sum_text)                                                                                                \
	SUITE(symbol)                                                                                                  \
	SUITE(table)                                                                                                   \
	SUITE(tally)                                                                                                   \
	SUITE(trend)                                                                                                   \
	SUITE(unit)                                                                                                    \
	SUITE(window)                                                                                                  \
	SUITE(zip)

#define DECLARE(name) extern const struct suite suite_##name;
SUITES(DECLARE)

#define ADDRESS(name) &suite_##name,
static const struct suite *const suites[] = {SUITES(ADDRESS)};

enum { SUITE_COUNT = sizeof suites / sizeof *suites };

static unsigned passed, failed, skipped;
static const char *skip_reason;

void suite_skip(const char *why)
{
	skip_reason = why;
}

static void test_complete(const CU_pTest test, const CU_pSuite suite, const CU_pFailureRecord first)
{
	for (const struct CU_FailureRecord *failure = first; failure; failure = failure->pNext)
		printf("FAILED %s: %s: %s:%u: %s\n", suite->pName, test->pName, failure->strFileName,
		       failure->uiLineNumber, failure->strCondition);
	if (first) {
		failed++;
	} else if (skip_reason) {
		printf("skipped %s: %s: %s\n", suite->pName, test->pName, skip_reason);
		skipped++;
	} else {
		passed++;
	}
	skip_reason = NULL;
	/* A later test may crash; what is known by then must be out. */
	fflush(stdout);
}

static void stop(const char *what)
{
	fprintf(stderr, "unit: %s: %s\n", what, CU_get_error_msg());
	exit(99);
}

static void add(const struct suite *suite)
{
	CU_pSuite added = CU_add_suite(suite->name, NULL, NULL);
	if (!added)
		stop(suite->name);
	for (const struct test *test = suite->tests; test->name; test++) {
		if (!CU_add_test(added, test->name, test->run))
			stop(test->name);
	}
}

static const struct suite *find(const char *name)
{
	for (size_t i = 0; i < SUITE_COUNT; i++) {
		if (!strcmp(suites[i]->name, name))
			return suites[i];
	}
	return NULL;
}

static int add_named(char *const names[])
{
	for (; *names; names++) {
		const struct suite *suite = find(*names);
		if (!suite) {
			fprintf(stderr, "unit: no suite %s; there are:", *names);
			for (size_t i = 0; i < SUITE_COUNT; i++)
				fprintf(stderr, " %s", suites[i]->name);
			fprintf(stderr, "\n");
			return -1;
		}
		add(suite);
	}
	return 0;
}

int main(int argc, char **argv)
{
	if (CU_initialize_registry() != CUE_SUCCESS)
		stop("CUnit");
	if (argc > 1) {
		if (add_named(argv + 1) < 0)
			return 64;
	} else {
		for (size_t i = 0; i < SUITE_COUNT; i++)
			add(suites[i]);
	}
	CU_set_test_complete_handler(test_complete);
	if (CU_run_all_tests() != CUE_SUCCESS)
		stop("run");
	CU_cleanup_registry();
	printf("%u passed, %u failed", passed, failed);
	if (skipped)
		printf(", %u skipped", skipped);
	printf("\n");
	return failed ? 1 : 0;
}
