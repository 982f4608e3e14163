/* SPDX-License-Identifier: MIT */
/* A result as a Nagios plugin tells it: one line, performance data, and an exit status of 0 to 3. */
#ifndef NAGIOS_H
#define NAGIOS_H

#include "output.h"
#include "result.h"

enum nagios_state { NAGIOS_OK, NAGIOS_WARNING, NAGIOS_CRITICAL, NAGIOS_UNKNOWN };

/*
 * now: seconds since 1970, for the result's age; max_age: seconds past which it is critical, NaN: none.  Critical, too, is
 * an alert that fired as critical, and that there is no score; a warning, an alert of that severity or a dimension that
 * failed.
 */
enum nagios_state nagios_report(const struct result *result, int64_t now, double max_age, struct output *output,
				struct crmval_error *error);

/* What there is to say where there is no result. */
enum nagios_state nagios_unknown(const char *message, struct output *output);

#endif
