/* SPDX-License-Identifier: MIT */
/* The demo's world, computed afresh from (seed, entity, row), in integers only, so that no row waits for another. */
#include "demo_world.h"

#define GOLDEN 0x9e3779b97f4a7c15u

static uint64_t mix(uint64_t bits)
{
	bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9u;
	bits = (bits ^ (bits >> 27)) * 0x94d049bb133111ebu;
	return bits ^ (bits >> 31);
}

struct demo_random world_random(const struct demo_world *world, unsigned purpose, uint64_t row)
{
	return (struct demo_random){mix(mix(mix(world->seed + GOLDEN) + purpose) + row)};
}

uint64_t random_next(struct demo_random *random)
{
	random->state += GOLDEN;
	return mix(random->state);
}

uint64_t random_below(struct demo_random *random, uint64_t limit)
{
	/* Limits stay far below 2^31, so the bias does not matter and the product cannot overflow. */
	return (random_next(random) >> 32) * limit >> 32;
}

int64_t random_between(struct demo_random *random, int64_t least, int64_t most)
{
	return least + (int64_t)random_below(random, (uint64_t)(most - least + 1));
}

int random_chance(struct demo_random *random, unsigned permille)
{
	return random_below(random, 1000) < permille;
}

int64_t random_amount(struct demo_random *random, int64_t median)
{
	/* Quantiles of exp(0.7 z), z normal, in thousandths: a table, because libm's last bits differ between machines. */
	static const int16_t quantiles[] = {220,  306,  366,  418,  464,  508,  551,  592,  634,  676,  718,
					    761,  806,  851,  899,  948,  1000, 1055, 1113, 1175, 1241, 1313,
					    1392, 1480, 1577, 1688, 1816, 1968, 2155, 2395, 2729, 3266, 4555};
	enum { STEPS = sizeof quantiles / sizeof quantiles[0] - 1 };
	uint64_t step = random_below(random, STEPS);
	int64_t within = (int64_t)random_below(random, 1000);
	int64_t factor = quantiles[step] * (1000 - within) + quantiles[step + 1] * within;
	return median * (factor / 1000) / 100000 * 100;
}

static int32_t working_day(int32_t day)
{
	int weekday = (day + 3) % 7; /* 1970-01-01 was a Thursday; 0 is Monday */
	return weekday == 5 ? day - 1 : weekday == 6 ? day - 2 : day;
}

int32_t random_day(struct demo_random *random, int32_t year)
{
	static const int32_t quarter_of[] = {0, 0, 0, 0, 1, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3};
	int32_t quarter = quarter_of[random_below(random, sizeof quarter_of / sizeof quarter_of[0])];
	int32_t one = (int32_t)random_below(random, 91), other = (int32_t)random_below(random, 91);
	return working_day(year + quarter * 91 + (one > other ? one : other));
}

int32_t random_date(struct demo_random *random, int32_t from, int32_t before)
{
	return working_day((int32_t)random_between(random, from, before - 1));
}

unsigned world_improved(int32_t day, unsigned before, unsigned after)
{
	return day < DAY_2025 ? before : after;
}

static uint64_t square_root(uint64_t value)
{
	uint64_t root = 0;
	for (uint64_t bit = (uint64_t)1 << 31; bit; bit >>= 1)
		if ((root + bit) * (root + bit) <= value)
			root += bit;
	return root;
}

static uint64_t at_least(uint64_t least, uint64_t value)
{
	return value < least ? least : value;
}

struct demo_world world_of(double scale, uint64_t seed)
{
	uint64_t thousandths = (uint64_t)(scale * 1000 + 0.5);
	struct demo_world world = {.seed = seed};
	world.accounts = at_least(20, 350 * thousandths / 1000);
	world.opportunities = at_least(30, 600 * thousandths / 1000);
	/* A firm with a hundred times the customers gets along with ten times the people: 40 of them at scale 1. */
	world.employees = at_least(12, square_root(1600 * thousandths / 1000));
	world.teams = at_least(3, world.employees / 6);
	if (world.teams > 24)
		world.teams = 24;
	world.goals = at_least(8, world.employees / 3);
	return world;
}

int world_is_sales(uint64_t employee)
{
	return employee < 10 || employee % 7 != 6;
}

uint64_t world_salesperson(const struct demo_world *world, struct demo_random *random)
{
	uint64_t employee = random_below(random, world->employees);
	return world_is_sales(employee) ? employee : employee - 1;
}

unsigned world_team(const struct demo_world *world, uint64_t employee)
{
	return (unsigned)(employee % world->teams);
}

unsigned world_category(uint64_t product)
{
	return (unsigned)(product % DEMO_CATEGORIES);
}

int world_is_strategic(uint64_t product)
{
	return product % 5 < 2;
}

/* When the account became a customer, and when and how it ceased to be one. */
static void account_life(struct demo_random *random, struct demo_account *account)
{
	static const int32_t years[] = {DAY_2021, DAY_2022, DAY_2023, DAY_2024, DAY_2025};
	static const unsigned until[] = {250, 430, 510, 610, 720}; /* permille; the rest never buys */
	static const unsigned loss[] = {0, 40, 60, 105, 70};
	enum { YEARS = sizeof years / sizeof years[0] };
	uint64_t draw = random_below(random, 1000);
	int year = 0;
	account->first_day = account->last_day = account->churned_on = NO_DAY;
	while (year < YEARS && draw >= until[year])
		year++;
	if (year == YEARS)
		return;
	account->first_day = random_day(random, years[year]);
	account->last_day = DAY_EXPORT;
	while (++year < YEARS) {
		if (!random_chance(random, loss[year]))
			continue;
		account->last_day = years[year] - 1;
		if (random_chance(random, 600))
			account->last_day = account->churned_on = years[year] + (int32_t)random_below(random, 365);
		return;
	}
}

void world_account(const struct demo_world *world, uint64_t number, struct demo_account *account)
{
	struct demo_random random = world_random(world, DEMO_ACCOUNT, number);
	static const int sizes[] = {SIZE_LARGE,  SIZE_LARGE, SIZE_MEDIUM, SIZE_MEDIUM,
				    SIZE_MEDIUM, SIZE_SMALL, SIZE_SMALL,  SIZE_SMALL};
	account->owner = world_salesperson(world, &random);
	account->size = sizes[random_below(&random, sizeof sizes / sizeof sizes[0])];
	account->region = (int)(world_team(world, account->owner) % DEMO_REGIONS);
	if (random_chance(&random, 100))
		account->region = (int)random_below(&random, DEMO_REGIONS);
	account->industry = (int)random_below(&random, DEMO_INDUSTRIES);
	account->key_market = random_chance(&random, 350);
	account->contacts = (unsigned)random_between(&random, 1, account->size == SIZE_SMALL ? 3 : 4);
	if (account->size == SIZE_LARGE)
		account->contacts += 2;
	account_life(&random, account);
}

/* Which account an opportunity is of.  A deal is won only with a customer, so that buying and winning agree. */
static void opportunity_account(const struct demo_world *world, struct demo_random *random,
				struct demo_opportunity *opportunity)
{
	struct demo_account account;
	for (int tries = 0;; tries++) {
		opportunity->account = random_below(random, world->accounts);
		world_account(world, opportunity->account, &account);
		if (opportunity->outcome != OUTCOME_WON)
			break;
		if (account.first_day <= opportunity->closed_on && opportunity->closed_on <= account.last_day)
			break;
		if (tries == 16) {
			opportunity->outcome = OUTCOME_LOST;
			break;
		}
	}
	opportunity->contacts = account.contacts;
	opportunity->owner = random_chance(random, 800) ? account.owner : world_salesperson(world, random);
}

static int32_t closing_day(struct demo_random *random, const struct demo_opportunity *opportunity)
{
	int32_t day = opportunity->begun_on +
		      (int32_t)(opportunity->large ? random_between(random, 80, 290) : random_between(random, 30, 190));
	/* The end of the quarter speeds many a signature. */
	if (random_chance(random, 400))
		day = DAY_2023 + (day - DAY_2023) / 91 * 91 + 90 - (int32_t)random_below(random, 10);
	return working_day(day);
}

static int outcome(struct demo_random *random, const struct demo_opportunity *opportunity)
{
	unsigned won = world_improved(opportunity->closed_on, 390, 460);
	unsigned abandoned = world_improved(opportunity->closed_on, 170, 120);
	uint64_t draw = random_below(random, 1000);
	if (opportunity->approved_on == NO_DAY)
		return draw < 500 ? OUTCOME_ABANDONED : OUTCOME_OPEN;
	if (opportunity->closed_on > DAY_EXPORT)
		return OUTCOME_OPEN;
	return draw < won ? OUTCOME_WON : draw < won + abandoned ? OUTCOME_ABANDONED : OUTCOME_LOST;
}

void world_opportunity(const struct demo_world *world, uint64_t number, struct demo_opportunity *opportunity)
{
	struct demo_random random = world_random(world, DEMO_OPPORTUNITY, number);
	uint64_t draw = random_below(&random, 1000);
	int32_t year = draw < 100 ? DAY_2022 : draw < 380 ? DAY_2023 : draw < 690 ? DAY_2024 : DAY_2025;
	int32_t day = random_day(&random, year);
	opportunity->begun_on = opportunity->approved_on = day;
	opportunity->large = random_chance(&random, 350);
	opportunity->created_on = day - (int32_t)random_between(&random, 10, 120);
	if (random_chance(&random, world_improved(day, 220, 160)))
		opportunity->created_on = day + (int32_t)random_below(&random, 20);
	if (random_chance(&random, 40))
		opportunity->approved_on = NO_DAY;
	opportunity->closed_on = closing_day(&random, opportunity);
	opportunity->outcome = outcome(&random, opportunity);
	if (opportunity->outcome == OUTCOME_ABANDONED && opportunity->closed_on > DAY_EXPORT)
		opportunity->outcome = OUTCOME_OPEN;
	opportunity_account(world, &random, opportunity);
	opportunity->ended_on = opportunity->outcome == OUTCOME_OPEN ? DAY_EXPORT : opportunity->closed_on;
	opportunity->product = random_below(&random, DEMO_PRODUCTS);
	opportunity->amount = random_amount(&random, opportunity->large ? 900000 : 160000);
	opportunity->amount = opportunity->amount * (int64_t)world_improved(day, 100, 106) / 100;
}
