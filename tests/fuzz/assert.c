/* SPDX-License-Identifier: MIT */
/* What fixtures of the suites assert by CUnit, which is not there in a fuzz target: what does not hold ends it. */
#include "../suite.h"

#include <stdio.h>
#include <stdlib.h>

CU_BOOL CU_assertImplementation(CU_BOOL value, unsigned int line, const char *condition, const char *file,
				const char *function, CU_BOOL is_fatal)
{
	(void)function, (void)is_fatal;
	if (!value) {
		fprintf(stderr, "%s:%u: %s\n", file, line, condition);
		abort();
	}
	return value;
}
