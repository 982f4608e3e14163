/* SPDX-License-Identifier: MIT */
/* Shares of the rows, and what is said where one is too large. */
#include "limit.h"

#include "error.h"
#include "text.h"

int limit_rejected(const struct job_limits *limits, const char *what, uint64_t rejected, double rows,
		   const char *example, struct crmval_error *error)
{
	double all = rows + (double)rejected;
	if ((double)rejected > limits->rejected_share * all)
		return fail(error, CRMVAL_EDATA,
			    "%s: %.0f of %.0f rows rejected, more than limits.rejected_share allows; the first: %s",
			    what, (double)rejected, all, example ? example : _("(limits.examples is 0)"));
	return CRMVAL_OK;
}

int limit_field(const struct job_limits *limits, const char *entity, const char *field, uint64_t unreadable,
		uint64_t dangling, double rows, struct crmval_error *error)
{
	if ((double)unreadable > limits->unreadable_share * rows)
		return fail(error, CRMVAL_EDATA,
			    "%s.%s: %.0f of %.0f cells unreadable, more than limits.unreadable_share allows", entity,
			    field, (double)unreadable, rows);
	if ((double)dangling > limits->dangling_share * rows)
		return fail(error, CRMVAL_EDATA,
			    "%s.%s: %.0f of %.0f references dangling, more than limits.dangling_share allows", entity,
			    field, (double)dangling, rows);
	return CRMVAL_OK;
}
