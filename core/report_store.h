/* SPDX-License-Identifier: MIT */
/* A result as rows of tables, for a source that can store it. */
#ifndef REPORT_STORE_H
#define REPORT_STORE_H

#include "result.h"

/* The shape of the tables: crmval-sql(5). */
enum { REPORT_STORE_VERSION = 1 };

int report_store(const struct result *result, const struct crmval_source *source, const struct crmval_value *options,
		 struct crmval_error *error);

#endif
