/* SPDX-License-Identifier: MIT */
/* Announces four billion measures. */
#include "hostile.h"

static const struct crmval_dimension huge = {.struct_size = sizeof huge,
					     .indicator_count = 1,
					     .measure_count = 4000000000,
					     .view_count = 1,
					     .title = "Huge",
					     .indicators = indicators,
					     .measures = measures,
					     .views = views};

CRMVAL_EXPORT const struct crmval_plugin crmval_plugin_v1 = {.magic = CRMVAL_MAGIC,
							     .abi_major = CRMVAL_ABI_MAJOR,
							     .struct_size = sizeof crmval_plugin_v1,
							     .name = "huge_counts",
							     .version = "1.0",
							     .summary = "counts wrong",
							     .dimension = &huge};
