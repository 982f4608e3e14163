/* SPDX-License-Identifier: MIT */
/* The control: does nothing wrong. */
#include "hostile.h"

CRMVAL_EXPORT const struct crmval_plugin crmval_plugin_v1 = HOSTILE_PLUGIN("well_behaved", "does no harm");
