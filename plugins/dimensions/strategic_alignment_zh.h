/* SPDX-License-Identifier: MIT */
/* The texts of strategic_alignment.c in Chinese. */
#ifndef STRATEGIC_ALIGNMENT_ZH_H
#define STRATEGIC_ALIGNMENT_ZH_H

#include <crmval/plugin.h>

/* clang-format off */
static const struct crmval_translation translations[] = {
	{"zh_CN", "Strategic alignment",
	 "企业方向的匹配能力"},
	{"zh_CN", "Achievement of the business direction",
	 "集团业务方向的实现能力"},
	{"zh_CN", "Goal attainment",
	 "战略目标达成度"},
	{"zh_CN", "How far the strategic goals have come from their baselines to their targets",
	 "战略目标从基线向目标值前进了多远"},
	{"zh_CN", "goals with baseline and target; weight * (actual - baseline) / (target - baseline), within 0..1; weight",
	 "有基线和目标值的目标；权重 ×（实际 − 基线）/（目标 − 基线），限于 0..1；权重"},
	{"zh_CN", "Strategic sales",
	 "战略产品销售额"},
	{"zh_CN", "What customers ordered of the strategic products",
	 "客户订购了多少战略产品"},
	{"zh_CN", "orders of a strategic product signed in the window; amount",
	 "窗口内签订的战略产品订单；金额"},
	{"zh_CN", "Strategic market share",
	 "战略市场份额"},
	{"zh_CN", "How much of what key markets spend on strategic products goes to us",
	 "重点市场在战略产品上的支出有多少归于我方"},
	{"zh_CN", "project history of a strategic product in a key market, signed in the window; amount if ours; amount",
	 "重点市场中窗口内签约的战略产品项目历史；属我方的金额；金额"},
	{"zh_CN", "whether sales go where the company wants to go",
	 "销售是否朝着企业想去的方向前进"},
};
/* clang-format on */

#endif
