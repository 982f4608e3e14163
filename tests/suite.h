/* SPDX-License-Identifier: MIT */
/* A suite is a table of tests; tests/main.c lists the suites, runs them under CUnit and prints the closing line. */
#ifndef SUITE_H
#define SUITE_H

#include <CUnit/CUnit.h>

struct test {
	const char *name;
	void (*run)(void);
};

struct suite {
	const char *name;
	const struct test *tests; /* ended by an entry without name */
};

/* Called by a test that cannot run here, which then returns: it counts as skipped unless an assertion failed. */
void suite_skip(const char *why);

#endif
