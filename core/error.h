/* SPDX-License-Identifier: MIT */
/* Filling a caller-owned error: the one way in which anything in crmval fails. */
#ifndef ERROR_H
#define ERROR_H

#include "crmval/plugin.h"

#include <libintl.h>
#include <stdarg.h>
#include <stdio.h>

/*
 * Fills *error, which may be NULL, and returns code, so that callers write `return fail(error, CRMVAL_EDATA, ...)`.  The
 * format is translated here, in plugins and confined children as well: see text.h.
 */
__attribute__((format(printf, 3, 4))) static inline int fail(struct crmval_error *error, int code, const char *format,
							     ...)
{
	if (error) {
		va_list arguments;
		va_start(arguments, format);
		error->code = code;
		vsnprintf(error->message, sizeof error->message, dgettext("crmval", format), arguments);
		va_end(arguments);
	}
	return code;
}

static inline int fail_memory(struct crmval_error *error)
{
	return fail(error, CRMVAL_ENOMEM, "out of memory");
}

#endif
