/* SPDX-License-Identifier: MIT */
/* The demo's own company: its products, its people and how far they have come, and the goals that they answer for. */
#include "demo_entities.h"
#include "demo_words.h"

void demo_product_rows(const struct demo_world *world, struct demo_sheet *s, uint64_t product)
{
	struct demo_text name;
	sheet_begin(s, world, DEMO_PRODUCT, product, 1);
	words_product(product, &name);
	put_id(s, DEMO_PRODUCT, product);
	put_text(s, &name, 0);
	put_word(s, words_category(world_category(product)), 0);
	put_flag(s, world_is_strategic(product), 0);
	sheet_end(s);
}

/* A person's way through the company; entered[0..3]: subsistence, comfortable, affluent, fulfilled, or NO_DAY. */
struct career {
	int32_t hired_on, left_on;
	int32_t entered[4];
};

/* A stage entered in one of two years, with a chance each; before it is NO_DAY, so is what follows. */
static int32_t promotion(struct demo_random *random, unsigned in_2024, unsigned in_2025)
{
	if (random_chance(random, in_2024))
		return DAY_2024 + (int32_t)random_between(random, 30, 330);
	if (random_chance(random, in_2025))
		return DAY_2025 + (int32_t)random_between(random, 30, 330);
	return NO_DAY;
}

/*
 * Five sorts of career, by the last digit of the number, so that even a small firm has people on every rung; the first
 * ten people stay, and the very first is not fulfilled before 2025: no seed leaves a growth measure without a row.
 */
static void career_of(const struct demo_world *world, uint64_t employee, struct career *career)
{
	struct demo_random random = world_random(world, DEMO_EMPLOYEE, employee);
	unsigned digit = employee % 10;
	unsigned leaves = digit < 3 ? 40 : digit < 6 ? 70 : 120;
	career->entered[1] = career->entered[2] = career->entered[3] = NO_DAY;
	if (digit < 3) {
		career->hired_on = random_date(&random, DAY_2014, DAY_2018);
		career->entered[1] = random_date(&random, DAY_2018, DAY_2020);
		career->entered[2] = random_date(&random, DAY_2021, DAY_2024);
		career->entered[3] = promotion(&random, employee ? 160 : 0, 500);
	} else if (digit < 6) {
		career->hired_on = random_date(&random, DAY_2018, DAY_2021);
		career->entered[1] = random_date(&random, DAY_2021, DAY_2024);
		career->entered[2] = promotion(&random, 260, 420);
	} else if (digit < 8) {
		career->hired_on = random_date(&random, DAY_2022 + 180, DAY_2024);
		career->entered[1] = promotion(&random, 300, 500);
	} else {
		career->hired_on =
			random_date(&random, digit == 8 ? DAY_2024 : DAY_2025, (digit == 8 ? DAY_2025 : DAY_2026) - 30);
		career->entered[1] = digit == 8 ? promotion(&random, 0, 450) : NO_DAY;
		leaves = 160;
	}
	career->entered[0] = career->hired_on;
	career->left_on = employee < 10 ? NO_DAY : promotion(&random, digit == 9 ? 0 : leaves * 3 / 2, leaves);
	if (career->left_on != NO_DAY && career->left_on <= career->hired_on)
		career->left_on = career->hired_on + 60 > DAY_EXPORT ? NO_DAY : career->hired_on + 60;
	for (int stage = 1; stage < 4; stage++)
		if (career->left_on != NO_DAY && career->entered[stage] >= career->left_on)
			career->entered[stage] = NO_DAY;
}

void demo_employee_rows(const struct demo_world *world, struct demo_sheet *s, uint64_t number)
{
	struct career career;
	struct demo_person person;
	struct demo_text team;
	unsigned place = world_team(world, number);
	career_of(world, number, &career);
	words_team(place, &team);
	sheet_begin(s, world, DEMO_EMPLOYEE, number, number < DEMO_CLEAN);
	words_person(&s->random, &person);
	put_id(s, DEMO_EMPLOYEE, number);
	put_text(s, &person.name, 5);
	put_text(s, &team, 12);
	put_word(s, words_region((int)(place % DEMO_REGIONS)), 20);
	/* The first of each team leads it; the very first leads the leaders. */
	if (number)
		put_reference(s, DEMO_EMPLOYEE, number < world->teams ? 0 : place, 20);
	else
		put_empty(s);
	put_date(s, career.hired_on, 8);
	put_date(s, career.left_on, 0);
	put_flag(s, world_is_sales(number), 15);
	sheet_end(s);
}

void demo_growth_record_rows(const struct demo_world *world, struct demo_sheet *s, uint64_t number)
{
	static const char *const stages[] = {"subsistence", "comfortable", "affluent", "fulfilled"};
	struct career career;
	career_of(world, number, &career);
	for (unsigned stage = 0; stage < 4; stage++) {
		if (career.entered[stage] == NO_DAY)
			continue;
		sheet_begin(s, world, DEMO_GROWTH_RECORD, 4 * number + stage, number < DEMO_CLEAN);
		put_id(s, DEMO_GROWTH_RECORD, 4 * number + stage);
		put_reference(s, DEMO_EMPLOYEE, number, 6);
		put_symbol(s, stages[stage], 8);
		put_date(s, career.entered[stage], 8);
		sheet_end(s);
	}
}

void demo_strategic_goal_rows(const struct demo_world *world, struct demo_sheet *s, uint64_t number)
{
	static const char *const aims[] = {"Share of services", "重点市场覆盖", "Reference customers, strategic",
					   "战略产品销售额", "Certified engineers"};
	struct demo_text name = {0};
	sheet_begin(s, world, DEMO_STRATEGIC_GOAL, number, number < DEMO_CLEAN);
	int64_t baseline = random_between(&s->random, 10, 60), target = baseline + random_between(&s->random, 20, 80);
	/* A goal may be to bring something down. */
	if (random_chance(&s->random, 200))
		target = baseline / 2;
	int64_t actual = baseline + (target - baseline) * random_between(&s->random, -10, 115) / 100;
	text_add(&name, aims[number % (sizeof aims / sizeof aims[0])]);
	text_add(&name, " ");
	text_add_number(&name, number / (sizeof aims / sizeof aims[0]) + 1);
	put_id(s, DEMO_STRATEGIC_GOAL, number);
	put_text(s, &name, 0);
	put_reference(s, DEMO_EMPLOYEE, number % world->employees, 15);
	put_number(s, baseline, 20);
	put_number(s, target, 20);
	put_number(s, actual, 60);
	put_number(s, random_between(&s->random, 1, 3), 300);
	sheet_end(s);
}
