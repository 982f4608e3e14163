/* SPDX-License-Identifier: MIT */
/* The demo's world: chance, the calendar, and the facts on which rows of several entities must agree. */
#ifndef DEMO_WORLD_H
#define DEMO_WORLD_H

#include <stdint.h>

/* Days since 1970-01-01. */
enum {
	DAY_2014 = 16071,
	DAY_2018 = 17532,
	DAY_2020 = 18262,
	DAY_2021 = 18628,
	DAY_2022 = 18993,
	DAY_2023 = 19358,
	DAY_2024 = 19723, /* the baseline is 2024 */
	DAY_2025 = 20089, /* the period is 2025 */
	DAY_2026 = 20454,
	DAY_EXPORT = DAY_2026 + 14 /* when the data were taken; nothing has happened after it */
};
#define NO_DAY INT32_MIN

/* In the order of the model. */
enum demo_entity_number {
	DEMO_ACCOUNT,
	DEMO_CONTACT,
	DEMO_RELATIONSHIP,
	DEMO_PROJECT_HISTORY,
	DEMO_PRODUCT,
	DEMO_ORDER,
	DEMO_OPPORTUNITY,
	DEMO_DECISION_MEMBER,
	DEMO_ACTIVITY,
	DEMO_RESOURCE_REQUEST,
	DEMO_PARTICIPANT,
	DEMO_EXPENSE,
	DEMO_EMPLOYEE,
	DEMO_GROWTH_RECORD,
	DEMO_STRATEGIC_GOAL,
	DEMO_ENTITIES
};

enum { DEMO_PRODUCTS = 24, DEMO_CATEGORIES = 8, DEMO_REGIONS = 6, DEMO_INDUSTRIES = 8 };

struct demo_world {
	uint64_t seed;
	uint64_t accounts, opportunities, employees, teams, goals;
};

struct demo_random {
	uint64_t state;
};

enum { SIZE_LARGE, SIZE_MEDIUM, SIZE_SMALL };

struct demo_account {
	uint64_t owner;
	int size, region, industry, key_market;
	unsigned contacts;           /* contact k of account n has the number 8n + k */
	int32_t first_day, last_day; /* orders fall on days from first to last; NO_DAY: never a customer */
	int32_t churned_on;          /* NO_DAY: still there, or left without a word */
};

enum { OUTCOME_OPEN, OUTCOME_WON, OUTCOME_LOST, OUTCOME_ABANDONED };

struct demo_opportunity {
	uint64_t account, owner, product;
	int large, outcome;
	int64_t amount;
	int32_t created_on, approved_on,
		closed_on;          /* approved_on may be NO_DAY; closed_on: planned, while it is open */
	int32_t begun_on, ended_on; /* work on it falls in between: up to closed_on, or to the day of the export */
	unsigned contacts;          /* of its account */
};

struct demo_world world_of(double scale, uint64_t seed);

/* The random numbers of one row; purpose tells apart the several streams of an entity's row. */
struct demo_random world_random(const struct demo_world *world, unsigned purpose, uint64_t row);

uint64_t random_next(struct demo_random *random);
uint64_t random_below(struct demo_random *random, uint64_t limit);
int64_t random_between(struct demo_random *random, int64_t least, int64_t most);
int random_chance(struct demo_random *random, unsigned permille);
/* A sum of money whose logarithm is about normal, with this median. */
int64_t random_amount(struct demo_random *random, int64_t median);
/* A working day of a year that starts on `year`; business is brisker late in a quarter and late in the year. */
int32_t random_day(struct demo_random *random, int32_t year);
/* A working day, any as likely as the other. */
int32_t random_date(struct demo_random *random, int32_t from, int32_t before);

/* What a rate was until the end of 2024, and what the new CRM made of it from 2025 on. */
unsigned world_improved(int32_t day, unsigned before, unsigned after);

void world_account(const struct demo_world *world, uint64_t number, struct demo_account *account);
void world_opportunity(const struct demo_world *world, uint64_t number, struct demo_opportunity *opportunity);

int world_is_sales(uint64_t employee);
uint64_t world_salesperson(const struct demo_world *world, struct demo_random *random);
unsigned world_team(const struct demo_world *world, uint64_t employee);
unsigned world_category(uint64_t product);
int world_is_strategic(uint64_t product);

#endif
