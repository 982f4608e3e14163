/* SPDX-License-Identifier: MIT */
/* A result's titles, definitions and formulas in a language. */
#ifndef TRANSLATE_H
#define TRANSLATE_H

#include "arena.h"
#include "result.h"

/* NULL: as the dimensions' tables have them.  What is not translated stays as it is.  The arena must outlive the result. */
int result_translate(struct result *result, struct arena *arena, const char *language, struct crmval_error *error);

#endif
