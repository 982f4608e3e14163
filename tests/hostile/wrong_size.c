/* SPDX-License-Identifier: MIT */
/* Has a struct_size that the struct never had. */
#include <crmval/plugin.h>

CRMVAL_EXPORT const struct crmval_plugin crmval_plugin_v1 = {
	.magic = CRMVAL_MAGIC, .abi_major = CRMVAL_ABI_MAJOR, .struct_size = 8, .name = "wrong_size"};
