/* SPDX-License-Identifier: MIT */
/* The part of tables_check() that is about views: inputs, rollups, needs. */
#ifndef TABLES_VIEW_H
#define TABLES_VIEW_H

#include "crmval/plugin.h"

int tables_check_view(const struct crmval_dimension *dimension, const struct crmval_view *view,
		      struct crmval_error *error);

#endif
