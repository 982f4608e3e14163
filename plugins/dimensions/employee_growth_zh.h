/* SPDX-License-Identifier: MIT */
/* The texts of employee_growth.c in Chinese. */
#ifndef EMPLOYEE_GROWTH_ZH_H
#define EMPLOYEE_GROWTH_ZH_H

#include <crmval/plugin.h>

/* clang-format off */
static const struct crmval_translation translations[] = {
	{"zh_CN", "Employee growth",
	 "员工的提升能力"},
	{"zh_CN", "Newcomer survival",
	 "新员工的存活能力"},
	{"zh_CN", "Advancement",
	 "员工的进阶能力"},
	{"zh_CN", "Fulfilment",
	 "员工的自我实现能力"},
	{"zh_CN", "Newcomer retention",
	 "新员工留存率"},
	{"zh_CN", "How many of those who are still at the first stage stay",
	 "仍处于第一阶段的员工中，留下来的有多少"},
	{"zh_CN", "employees there at the window's start or hired in it, at subsistence then; 1 if there at its end; 1",
	 "窗口开始时在职或窗口内入职、当时处于温饱阶段的员工；窗口末日仍在职则为 1；1"},
	{"zh_CN", "Advancement rate",
	 "员工进阶率"},
	{"zh_CN", "How many of those at the first two stages rise to a higher one",
	 "处于前两个阶段的员工中，升入更高阶段的有多少"},
	{"zh_CN", "employees at subsistence or comfortable at the window's start; 1 if there and higher at its end; 1",
	 "窗口开始时处于温饱或小康阶段的员工；窗口末日在职且阶段更高则为 1；1"},
	{"zh_CN", "Fulfilment rate",
	 "自我实现率"},
	{"zh_CN", "How many of the affluent reach fulfilment",
	 "富裕阶段的员工中，达到自我实现的有多少"},
	{"zh_CN", "employees who are affluent at the window's start; 1 if there and fulfilled at its end; 1",
	 "窗口开始时处于富裕阶段的员工；窗口末日在职且已自我实现则为 1；1"},
	{"zh_CN", "whether salespeople stay, advance, and reach fulfilment",
	 "销售人员能否留下、进阶并达到自我实现"},
};
/* clang-format on */

#endif
