/* SPDX-License-Identifier: MIT */
/* Reports: which format, and whether all of it could be written. */
#include "report.h"

#include "error.h"
#include "snapshot.h"

int report_write(enum job_format format, const struct result *result, FILE *stream, const struct report_style *style,
		 struct crmval_error *error)
{
	struct output output = {.stream = stream};
	int status = CRMVAL_OK;

	switch (format) {
	case FORMAT_JSON:
		status = report_json(result, &output, error);
		break;
	case FORMAT_CSV:
		status = report_csv(result, &output, error);
		break;
	case FORMAT_HTML:
		status = report_html(result, &output, error);
		break;
	case FORMAT_PROMETHEUS:
		status = report_prometheus(result, &output, error);
		break;
	case FORMAT_TEXT:
		status = report_text(result, &output, style, error);
		break;
	case FORMAT_SNAPSHOT:
		return snapshot_write(result, stream, error);
	case FORMAT_NONE:
		break;
	}
	return status ? status : output_finish(&output, error);
}
