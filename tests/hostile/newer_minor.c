/* SPDX-License-Identifier: MIT */
/* A plugin from the near future: made for a later minor version of the interface. */
#include <crmval/plugin.h>

CRMVAL_EXPORT const struct crmval_plugin crmval_plugin_v1 = {.magic = CRMVAL_MAGIC,
							     .abi_major = CRMVAL_ABI_MAJOR,
							     .abi_minor = CRMVAL_ABI_MINOR + 1,
							     .struct_size = sizeof crmval_plugin_v1 + 8,
							     .name = "newer_minor"};
