/* SPDX-License-Identifier: MIT */
/* The part of tables_check() that is about the entities which a plugin adds to the model. */
#ifndef TABLES_ENTITY_H
#define TABLES_ENTITY_H

#include "crmval/plugin.h"

/* What they refer to, and what others say of them, is known only in a job: model_extend(). */
int tables_check_entities(const struct crmval_plugin *plugin, struct crmval_error *error);

#endif
