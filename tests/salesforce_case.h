/* SPDX-License-Identifier: MIT */
/* Exports for tests, in the folder of tests of CSV, and what is expected of their table X. */
#ifndef SALESFORCE_CASE_H
#define SALESFORCE_CASE_H

#include "csv_case.h"
#include "zip_case.h"

#define ORG "00D5e000000HEcP"
#define ZIP_1 "WE_" ORG "EAU_1.ZIP"
#define ZIP_2 "WE_" ORG "EAU_2.ZIP"

void write_zip(const char *name, const struct zip_case *members);

#define ZIP(name, ...) write_zip(name, (const struct zip_case[]){__VA_ARGS__, {0}})
#define CSV(object, text)                                                                                              \
	{                                                                                                              \
		.name = object ".csv", .content = text, .size = sizeof(text) - 1                                       \
	}

extern const struct crmval_plugin salesforce_plugin;

/* A trial of the table X in the folder. */
struct csv_trial trial_in_folder(void);

/* The table X in the folder, in chunks of some sizes, by one thread and more. */
void expect_table(const char *expected, unsigned line);

#define TABLE(expected) expect_table(expected, __LINE__)

/* The same bytes as a file in an archive and as one in a folder. */
void expect_both(const void *bytes, size_t size, const char *expected, unsigned line);

#define BOTH(text, expected) expect_both(text, sizeof(text) - 1, expected, __LINE__)

#endif
