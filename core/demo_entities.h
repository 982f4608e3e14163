/* SPDX-License-Identifier: MIT */
/* What the demo writes for each entity of the model: the header, and the rows, parent by parent. */
#ifndef DEMO_ENTITIES_H
#define DEMO_ENTITIES_H

#include "demo_sheet.h"

/* Up to so many parents, rows come without mess: with few rows no measure may be left without any. */
enum { DEMO_CLEAN = 10 };

/*
 * Each writes the rows that belong to one parent: an account, an opportunity, an employee, or the row itself.
 * Rows have numbers made of their parent's and their place below it, so that no parent needs to know of another.
 */
void demo_account_rows(const struct demo_world *world, struct demo_sheet *sheet, uint64_t account);
void demo_contact_rows(const struct demo_world *world, struct demo_sheet *sheet, uint64_t account);
void demo_relationship_rows(const struct demo_world *world, struct demo_sheet *sheet, uint64_t account);
void demo_project_history_rows(const struct demo_world *world, struct demo_sheet *sheet, uint64_t account);
/* First the accounts, then the opportunities. */
void demo_order_rows(const struct demo_world *world, struct demo_sheet *sheet, uint64_t parent);

void demo_opportunity_rows(const struct demo_world *world, struct demo_sheet *sheet, uint64_t opportunity);
void demo_decision_member_rows(const struct demo_world *world, struct demo_sheet *sheet, uint64_t opportunity);
void demo_activity_rows(const struct demo_world *world, struct demo_sheet *sheet, uint64_t opportunity);
void demo_resource_request_rows(const struct demo_world *world, struct demo_sheet *sheet, uint64_t opportunity);
void demo_participant_rows(const struct demo_world *world, struct demo_sheet *sheet, uint64_t opportunity);
void demo_expense_rows(const struct demo_world *world, struct demo_sheet *sheet, uint64_t opportunity);

void demo_product_rows(const struct demo_world *world, struct demo_sheet *sheet, uint64_t product);
void demo_employee_rows(const struct demo_world *world, struct demo_sheet *sheet, uint64_t employee);
void demo_growth_record_rows(const struct demo_world *world, struct demo_sheet *sheet, uint64_t employee);
void demo_strategic_goal_rows(const struct demo_world *world, struct demo_sheet *sheet, uint64_t goal);

/* When somebody last verified what was created on a day: in time, late, never, or after the period. */
int32_t demo_verified_day(struct demo_sheet *sheet, int32_t created_on);

#endif
