/* SPDX-License-Identifier: MIT */
/* Reports: a result written as JSON, CSV or text, scope by scope, so that no number of units fills the memory. */
#ifndef REPORT_H
#define REPORT_H

#include "output.h"
#include "result.h"

/* Of text alone. */
struct report_style {
	int width;  /* columns of the reader's screen; under 80 counts as 80 */
	int colour; /* whether to use ANSI colours */
};

/* Writes nothing for FORMAT_NONE.  Fails with CRMVAL_EIO, or CRMVAL_EDATA where the job allows nothing to be missing. */
int report_write(enum job_format format, const struct result *result, FILE *stream, const struct report_style *style,
		 struct crmval_error *error);

/* One for each format. */
int report_json(const struct result *result, struct output *output, struct crmval_error *error);
int report_csv(const struct result *result, struct output *output, struct crmval_error *error);
int report_html(const struct result *result, struct output *output, struct crmval_error *error);
int report_prometheus(const struct result *result, struct output *output, struct crmval_error *error);
int report_text(const struct result *result, struct output *output, const struct report_style *style,
		struct crmval_error *error);

#endif
