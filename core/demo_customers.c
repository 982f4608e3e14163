/* SPDX-License-Identifier: MIT */
/* The demo's customers: accounts, their people and how close we are to them, what they chose, orders. */
#include "demo_entities.h"
#include "demo_words.h"

int32_t demo_verified_day(struct demo_sheet *sheet, int32_t created_on)
{
	uint64_t draw = random_below(&sheet->random, 100);
	int32_t day = NO_DAY;
	if (draw < 60)
		day = DAY_2026 - 1 - (int32_t)random_below(&sheet->random, 175);
	else if (draw < 84)
		day = DAY_2026 - 190 - (int32_t)random_below(&sheet->random, 400);
	else if (draw < 87)
		day = DAY_EXPORT - (int32_t)random_below(&sheet->random, 10);
	return day != NO_DAY && day < created_on ? created_on : day;
}

static void account_row(const struct demo_world *world, struct demo_sheet *s, uint64_t number)
{
	static const char *const sizes[] = {"large", "medium", "small"};
	struct demo_account account;
	struct demo_text name;
	world_account(world, number, &account);
	words_company(&s->random, account.industry, &name);
	put_id(s, DEMO_ACCOUNT, number);
	put_text(s, &name, 3);
	put_reference(s, DEMO_EMPLOYEE, account.owner, 15);
	put_symbol(s, sizes[account.size], 20);
	put_word(s, words_region(account.region), 20);
	put_word(s, words_industry(account.industry), 40);
	put_flag(s, account.key_market, 25);
	put_date(s, account.churned_on, 0);
	sheet_end(s);
}

void demo_account_rows(const struct demo_world *world, struct demo_sheet *s, uint64_t account)
{
	sheet_begin(s, world, DEMO_ACCOUNT, account, account < DEMO_CLEAN);
	account_row(world, s, account);
	if (sheet_again(s))
		account_row(world, s, account);
}

/* The contact's name, and ways to reach it: some good, some not. */
static void contact_reach(struct demo_sheet *s, const struct demo_person *person)
{
	static const char *const bad_phones[] = {"ext. 12", "555-01", "see card", "0123456/7"};
	struct demo_text email = person->email, phone;
	words_phone(&s->random, &phone);
	if (!s->clean && random_chance(&s->random, 25))
		email.bytes[email.length / 2] = ' ';
	else if (!s->clean && random_chance(&s->random, 20))
		text_add(&email, "@");
	if (!s->clean && random_chance(&s->random, 35)) {
		phone.length = 0;
		text_add(&phone, words_pick(&s->random, bad_phones));
	}
	put_text(s, &email, 110);
	put_text(s, &phone, 150);
}

static void contact_reports_to(struct demo_sheet *s, const struct demo_world *world, uint64_t account, unsigned place)
{
	uint64_t boss = 8 * account + (place > 3 ? place / 2 : 0);
	if (!s->clean && random_chance(&s->random, 15)) /* copied from another customer */
		boss = 8 * random_below(&s->random, world->accounts);
	if (place)
		put_reference(s, DEMO_CONTACT, boss, 250);
	else
		put_empty(s);
}

static int32_t contact_created(struct demo_sheet *s)
{
	uint64_t draw = random_below(&s->random, 1000);
	return random_day(&s->random, draw < 210 ? DAY_2022 : draw < 430 ? DAY_2023 : draw < 700 ? DAY_2024 : DAY_2025);
}

static void contact_row(const struct demo_world *world, struct demo_sheet *s, uint64_t account, unsigned place)
{
	static const char *const titles[] = {"CEO",           "CTO",    "总经理",   "采购经理",    "Purchasing Manager",
					     "Plant Manager", "工程师", "Engineer", "IT Director", "财务总监"};
	static const char *const departments[] = {"Purchasing", "IT",     "Production",
						  "生产部",     "技术部", "Finance, Control"};
	struct demo_person person;
	struct demo_text department = {0};
	int32_t created_on = contact_created(s);
	int64_t influence = place ? random_between(&s->random, 1, 4) : random_between(&s->random, 4, 5);
	words_person(&s->random, &person);
	text_add(&department, words_pick(&s->random, departments));
	if (!s->clean && random_chance(&s->random, 12))
		influence += 6;
	put_id(s, DEMO_CONTACT, 8 * account + place);
	put_reference(s, DEMO_ACCOUNT, account, 6);
	put_text(s, &person.name, 5);
	put_word(s, words_pick(&s->random, titles), 90);
	put_text(s, &department, 160);
	contact_reach(s, &person);
	put_flag(s, random_chance(&s->random, place ? 250 : 900), 40);
	put_number(s, influence, 70);
	contact_reports_to(s, world, account, place);
	put_date(s, created_on, 15);
	put_date(s, demo_verified_day(s, created_on), 0);
	sheet_end(s);
}

void demo_contact_rows(const struct demo_world *world, struct demo_sheet *s, uint64_t number)
{
	struct demo_account account;
	world_account(world, number, &account);
	for (unsigned place = 0; place < account.contacts; place++) {
		sheet_begin(s, world, DEMO_CONTACT, 8 * number + place, number < DEMO_CLEAN);
		contact_row(world, s, number, place);
		if (sheet_again(s))
			contact_row(world, s, number, place);
	}
}

static void relationship_row(struct demo_sheet *s, uint64_t number, uint64_t contact, uint64_t employee, int64_t level,
			     int32_t day)
{
	put_id(s, DEMO_RELATIONSHIP, number);
	put_reference(s, DEMO_EMPLOYEE, employee, 30);
	put_reference(s, DEMO_CONTACT, contact, 6);
	put_number(s, level, 15);
	put_date(s, day, 12);
	sheet_end(s);
}

/* How one employee gets on with one contact: a first record, and for half of the pairs a later one, mostly better. */
static void relationship_pair(struct demo_sheet *s, uint64_t number, uint64_t contact, uint64_t employee)
{
	int64_t level = random_between(&s->random, 1, 4);
	int32_t day = random_day(&s->random, random_chance(&s->random, 600) ? DAY_2024 : DAY_2023);
	relationship_row(s, number, contact, employee, level, day);
	if (random_chance(&s->random, 450)) {
		level += random_chance(&s->random, 700) ? 1 : -1;
		relationship_row(s, number + 1, contact, employee, level, random_day(&s->random, DAY_2025));
	}
}

void demo_relationship_rows(const struct demo_world *world, struct demo_sheet *s, uint64_t number)
{
	struct demo_account account;
	world_account(world, number, &account);
	for (unsigned place = 0; place < account.contacts; place++) {
		uint64_t contact = 8 * number + place;
		sheet_begin(s, world, DEMO_RELATIONSHIP, 4 * contact, number < DEMO_CLEAN);
		if (random_chance(&s->random, place ? 520 : 850))
			relationship_pair(s, 4 * contact, contact, account.owner);
		if (random_chance(&s->random, 120))
			relationship_pair(s, 4 * contact + 2, contact, world_salesperson(world, &s->random));
	}
}

static void project_history_row(const struct demo_world *world, struct demo_sheet *s, uint64_t account,
				unsigned contacts, unsigned place)
{
	static const char *const vendors[] = {"Astrix", "Boreal Systems", "Cobalt", "Delphin", "埃索科技"};
	uint64_t draw = random_below(&s->random, 1000), product = random_below(&s->random, DEMO_PRODUCTS);
	int32_t signed_on = random_day(&s->random, draw < 110   ? DAY_2022
						   : draw < 250 ? DAY_2023
						   : draw < 640 ? DAY_2024
								: DAY_2025);
	int32_t created_on = signed_on + (int32_t)random_below(&s->random, 40);
	int ours = random_chance(&s->random, world_improved(signed_on, 430, 510));
	uint64_t decider = 8 * account + random_below(&s->random, contacts);
	struct demo_text name;
	words_project(&s->random, product, &name);
	if (!s->clean && random_chance(&s->random, 20))
		decider = 8 * random_below(&s->random, world->accounts);
	put_id(s, DEMO_PROJECT_HISTORY, 4 * account + place);
	put_reference(s, DEMO_ACCOUNT, account, 6);
	put_text(s, &name, 10);
	put_reference(s, DEMO_PRODUCT, product, 50);
	put_word(s, ours ? "us" : words_pick(&s->random, vendors), 120);
	put_flag(s, ours, 10);
	put_amount(s, random_amount(&s->random, 300000), 60);
	put_date(s, signed_on, 20);
	put_reference(s, DEMO_CONTACT, decider, 180);
	put_date(s, created_on < DAY_EXPORT ? created_on : DAY_EXPORT, 15);
	put_date(s, demo_verified_day(s, created_on), 0);
	sheet_end(s);
}

void demo_project_history_rows(const struct demo_world *world, struct demo_sheet *s, uint64_t number)
{
	struct demo_account account;
	world_account(world, number, &account);
	unsigned rows = (unsigned)(number % 2) + (account.size != SIZE_SMALL) + 1;
	for (unsigned place = 0; place < rows; place++) {
		sheet_begin(s, world, DEMO_PROJECT_HISTORY, 4 * number + place, number < DEMO_CLEAN);
		project_history_row(world, s, number, account.contacts, place);
		if (sheet_again(s))
			project_history_row(world, s, number, account.contacts, place);
	}
}

struct order {
	uint64_t number, account, opportunity, product;
	int from_opportunity;
	int32_t signed_on;
	int64_t amount;
};

static void order_row(struct demo_sheet *s, const struct order *order)
{
	put_id(s, DEMO_ORDER, order->number);
	/* An order may leave its account to its opportunity. */
	put_reference(s, DEMO_ACCOUNT, order->account, order->from_opportunity ? 100 : 5);
	if (order->from_opportunity)
		put_reference(s, DEMO_OPPORTUNITY, order->opportunity, 10);
	else
		put_empty(s);
	put_reference(s, DEMO_PRODUCT, order->product, 12);
	put_date(s, order->signed_on, 5);
	put_amount(s, order->amount, 6);
	put_number(s, random_between(&s->random, 1, world_improved(order->signed_on, 20, 21)), 15);
	sheet_end(s);
}

static void order_rows(const struct demo_world *world, struct demo_sheet *s, struct order *order, uint64_t parent)
{
	sheet_begin(s, world, DEMO_ORDER, order->number, parent < DEMO_CLEAN);
	if (!order->from_opportunity)
		order->product = random_below(&s->random, DEMO_PRODUCTS);
	order_row(s, order);
	if (sheet_again(s))
		order_row(s, order);
}

/* A customer orders at least once in every year, so that only those who left look as if they had. */
static void repeat_orders(const struct demo_world *world, struct demo_sheet *s, uint64_t number)
{
	static const int32_t years[] = {DAY_2021, DAY_2022, DAY_2023, DAY_2024, DAY_2025, DAY_2026};
	struct demo_account account;
	struct demo_random random = world_random(world, 2 * DEMO_ENTITIES, number);
	world_account(world, number, &account);
	if (account.first_day == NO_DAY)
		return;
	for (unsigned year = 0; years[year] < DAY_2026 && years[year] <= account.last_day; year++) {
		unsigned more = world_improved(years[year], 320, 380) * (account.size == SIZE_LARGE ? 2 : 1);
		unsigned orders = years[year] < DAY_2024 ? 1 : 1 + (unsigned)random_chance(&random, more);
		if (account.first_day >= years[year + 1])
			continue;
		for (unsigned place = 0; place < orders; place++) {
			struct order order = {.number = 2 * (16 * number + 2 * year + place), .account = number};
			order.signed_on = random_day(&random, years[year]);
			if (order.signed_on < account.first_day || (!place && account.first_day >= years[year]))
				order.signed_on = account.first_day;
			order.amount = random_amount(&random, world_improved(years[year], 60000, 62000));
			if (order.signed_on <= account.last_day)
				order_rows(world, s, &order, number);
		}
	}
}

void demo_order_rows(const struct demo_world *world, struct demo_sheet *s, uint64_t parent)
{
	struct demo_opportunity opportunity;
	if (parent < world->accounts) {
		repeat_orders(world, s, parent);
		return;
	}
	parent -= world->accounts;
	world_opportunity(world, parent, &opportunity);
	if (opportunity.outcome != OUTCOME_WON)
		return;
	struct order order = {.number = 2 * parent + 1,
			      .account = opportunity.account,
			      .opportunity = parent,
			      .product = opportunity.product,
			      .from_opportunity = 1,
			      .amount = opportunity.amount * 95 / 100};
	order.signed_on = opportunity.closed_on + (int32_t)(parent % 12);
	if (order.signed_on > DAY_EXPORT)
		order.signed_on = DAY_EXPORT;
	order_rows(world, s, &order, parent);
}
