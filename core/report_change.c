/* SPDX-License-Identifier: MIT */
/* Why the score moved: which format, and what all formats share. */
#include "report_change.h"

#include "error.h"

const char *report_change_id(const struct change_node *node, enum change_level level)
{
	while (node && node->level > level)
		node = node->parent;
	return node && node->level == level ? node->id : NULL;
}

double report_change_low(struct estimate points)
{
	double low = points.value - Z95 * points.se;

	return score_rounded(low < -100 ? -100 : low);
}

double report_change_high(struct estimate points)
{
	double high = points.value + Z95 * points.se;

	return score_rounded(high > 100 ? 100 : high);
}

const char *report_change_verdict(struct estimate points)
{
	if (!estimate_is_known(points))
		return NULL;
	return change_is_moved(points) ? "moved" : "noise";
}

static int write_format(enum job_format format, struct change *change, const struct restate *restate,
			struct output *output, const struct report_style *style, struct crmval_error *error)
{
	switch (format) {
	case FORMAT_JSON:
		return report_change_json(change, restate, output, error);
	case FORMAT_CSV:
		return report_change_csv(change, output, error);
	case FORMAT_TEXT:
		return report_change_text(change, restate, output, style, error);
	default:
		return CRMVAL_OK;
	}
}

int report_change_write(enum job_format format, struct change *change, FILE *stream, const struct report_style *style,
			struct crmval_error *error)
{
	struct output output = {.stream = stream};
	struct restate *restate = NULL;
	int status = CRMVAL_OK;

	change_company(change);
	if (restate_is_one(change))
		status = restate_new(change, &restate, error);
	if (!status)
		status = write_format(format, change, restate, &output, style, error);
	restate_free(restate);
	return status ? status : output_finish(&output, error);
}
