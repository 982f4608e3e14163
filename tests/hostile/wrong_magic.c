/* SPDX-License-Identifier: MIT */
/* Exports the right symbol, of something else. */
#include <crmval/plugin.h>

CRMVAL_EXPORT const struct crmval_plugin crmval_plugin_v1 = {.magic = 0x12345678};
