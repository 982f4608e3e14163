/* SPDX-License-Identifier: MIT */
/* Has a table that lies where nothing is. */
#include "hostile.h"

static const struct crmval_dimension bad = {.struct_size = sizeof bad,
					    .indicator_count = 1,
					    .measure_count = 1,
					    .view_count = 1,
					    .title = "Bad",
					    .indicators = (const struct crmval_indicator *)16,
					    .measures = measures,
					    .views = views};

CRMVAL_EXPORT const struct crmval_plugin crmval_plugin_v1 = {.magic = CRMVAL_MAGIC,
							     .abi_major = CRMVAL_ABI_MAJOR,
							     .struct_size = sizeof crmval_plugin_v1,
							     .name = "bad_pointer",
							     .version = "1.0",
							     .summary = "points nowhere",
							     .dimension = sizeof dimension ? &bad : &dimension};
