/* SPDX-License-Identifier: MIT */
/* The demo's deals: opportunities, who decides on them, the work done for them, and what it took. */
#include "demo_entities.h"
#include "demo_words.h"

/* Distinct functions first, so that the first five of a large project are the five that are asked for. */
static const char *const functions[] = {"presales",    "delivery", "test",   "aftersales",
					"development", "sales",    "finance"};
enum { FUNCTIONS = sizeof functions / sizeof functions[0] };

static int32_t not_after(int32_t most, int32_t day)
{
	return day > most ? most : day;
}

/* A day between the start of the work and its end so far. */
static int32_t work_day(struct demo_sheet *s, const struct demo_opportunity *o)
{
	return o->begun_on + (int32_t)random_below(&s->random, (uint64_t)(o->ended_on - o->begun_on + 1));
}

static const char *opportunity_stage(const struct demo_opportunity *o)
{
	static const char *const closed[] = {"", "closed_won", "closed_lost", "abandoned"};
	static const char *const open[] = {"qualification", "proposal", "tender", "negotiation"};
	if (o->outcome != OUTCOME_OPEN)
		return closed[o->outcome];
	if (o->approved_on == NO_DAY)
		return "prospecting";
	/* How far along, in quarters of the time that it is planned to take. */
	int32_t quarter = 4 * (DAY_EXPORT - o->begun_on) / (o->closed_on - o->begun_on + 1);
	return open[quarter > 3 ? 3 : quarter];
}

static void opportunity_needs(struct demo_sheet *s)
{
	static const char *const needs[] = {
		"降本增效",     "Replace the old line", "Audit findings, due by year's end",
		"统一数据平台", "Capacity +20 %",       "They said: \"never again downtime\""};
	static const char *const competitors[] = {"Astrix", "Boreal Systems", "Cobalt", "Delphin", "埃索科技"};
	static const char *const steps[] = {"Call the CTO", "方案演示", "Send the offer",
					    "Site visit",   "商务谈判", "Ask for the tender documents"};
	struct demo_text need = {0};
	text_add(&need, words_pick(&s->random, needs));
	if (random_chance(&s->random, 40))
		text_add(&need, "\n(see the minutes)");
	put_text(s, &need, 150);
	put_word(s, words_pick(&s->random, competitors), 280);
	put_word(s, words_pick(&s->random, steps), 220);
}

static void opportunity_control(struct demo_sheet *s, const struct demo_opportunity *o)
{
	int32_t day = o->begun_on;
	put_flag(s, random_chance(&s->random, world_improved(day, 400, 520)), 60);
	put_flag(s, random_chance(&s->random, world_improved(day, 360, 340)), 60);
	/* Some teams know their rank with the customer, others how long the competitor was there. */
	if (random_chance(&s->random, 550)) {
		int first = random_chance(&s->random, world_improved(day, 380, 500));
		put_number(s, first ? 1 : random_between(&s->random, 2, 4), 40);
		put_empty(s);
	} else {
		put_empty(s);
		put_number(s, random_between(&s->random, 0, 60) * 10, 120);
	}
}

static void opportunity_row(struct demo_sheet *s, uint64_t number, const struct demo_opportunity *o)
{
	static const char *const outcomes[] = {"", "won", "lost", "abandoned"};
	struct demo_text name;
	int32_t expected = o->closed_on + (int32_t)random_between(&s->random, -20, 30);
	words_project(&s->random, o->product, &name);
	put_id(s, DEMO_OPPORTUNITY, number);
	put_reference(s, DEMO_ACCOUNT, o->account, 5);
	put_reference(s, DEMO_EMPLOYEE, o->owner, 8);
	put_text(s, &name, 10);
	put_reference(s, DEMO_PRODUCT, o->product, 60);
	put_symbol(s, opportunity_stage(o), 10);
	put_symbol(s, o->large ? "large" : "small", 25);
	put_amount(s, o->amount, 50);
	put_date(s, o->created_on, 20);
	put_date(s, o->approved_on, 5);
	put_date(s, o->outcome == OUTCOME_OPEN ? NO_DAY : o->closed_on, 5);
	if (o->outcome == OUTCOME_OPEN)
		put_empty(s);
	else
		put_symbol(s, outcomes[o->outcome], 0);
	opportunity_needs(s);
	put_date(s, expected, 140);
	opportunity_control(s, o);
	sheet_end(s);
}

void demo_opportunity_rows(const struct demo_world *world, struct demo_sheet *s, uint64_t number)
{
	struct demo_opportunity o;
	world_opportunity(world, number, &o);
	sheet_begin(s, world, DEMO_OPPORTUNITY, number, number < DEMO_CLEAN);
	opportunity_row(s, number, &o);
	if (sheet_again(s))
		opportunity_row(s, number, &o);
}

static void member_row(const struct demo_world *world, struct demo_sheet *s, uint64_t number, uint64_t contact,
		       const char *role, const struct demo_opportunity *o)
{
	static const char *const propositions[] = {"交期缩短一半", "Lower total cost", "One vendor, one contract",
						   "Fewer night shifts", "合规有保障"};
	struct demo_text proposition = {0};
	int64_t stance = random_between(&s->random, -2, 2);
	if (stance < 0 && random_chance(&s->random, 500))
		stance = -stance;
	if (!s->clean && random_chance(&s->random, 12))
		stance = 5;
	if (!s->clean && random_chance(&s->random, 25)) /* somebody of another firm */
		contact = 8 * random_below(&s->random, world->accounts);
	text_add(&proposition, words_pick(&s->random, propositions));
	put_id(s, DEMO_DECISION_MEMBER, number);
	put_reference(s, DEMO_OPPORTUNITY, number / 8, 4);
	put_reference(s, DEMO_CONTACT, contact, 50);
	put_symbol(s, role, 40);
	put_number(s, stance, 120);
	put_text(s, &proposition, 330);
	put_hundredths(s, (unsigned)random_between(&s->random, 20, 100), 180);
	put_date(s, demo_verified_day(s, o->created_on), 0);
	sheet_end(s);
}

void demo_decision_member_rows(const struct demo_world *world, struct demo_sheet *s, uint64_t number)
{
	static const char *const roles[] = {"economic", "technical", "user", "coach"};
	static const char *const others[] = {"legal", "purchasing", "influencer"};
	struct demo_opportunity o;
	world_opportunity(world, number, &o);
	sheet_begin(s, world, DEMO_DECISION_MEMBER, 8 * number, number < DEMO_CLEAN);
	unsigned members = (unsigned)random_between(&s->random, 2, o.large ? 5 : 4);
	uint64_t turn = random_below(&s->random, 4);
	for (unsigned place = 0; place < members; place++) {
		sheet_begin(s, world, DEMO_DECISION_MEMBER, 8 * number + place + 1, number < DEMO_CLEAN);
		int other = place > 3 || random_chance(&s->random, 100);
		const char *role = other ? words_pick(&s->random, others) : roles[(turn + place) % 4];
		member_row(world, s, 8 * number + place, 8 * o.account + place % o.contacts, role, &o);
		if (sheet_again(s))
			member_row(world, s, 8 * number + place, 8 * o.account + place % o.contacts, role, &o);
	}
}

static void activity_row(struct demo_sheet *s, uint64_t number, const struct demo_opportunity *o, uint64_t employee,
			 int32_t day)
{
	static const char *const kinds[] = {"visit", "call", "meeting", "demo", "email", "dinner"};
	static const uint8_t minutes[] = {15, 20, 30, 30, 45, 60, 60, 90, 120, 180, 240};
	put_id(s, DEMO_ACTIVITY, number);
	put_reference(s, DEMO_OPPORTUNITY, number / 32, 30);
	put_reference(s, DEMO_ACCOUNT, o->account, 40);
	put_reference(s, DEMO_EMPLOYEE, employee, 10);
	put_symbol(s, words_pick(&s->random, kinds), 15);
	put_date(s, day, 5);
	put_number(s, words_pick(&s->random, minutes), 30);
	sheet_end(s);
}

void demo_activity_rows(const struct demo_world *world, struct demo_sheet *s, uint64_t number)
{
	struct demo_opportunity o;
	world_opportunity(world, number, &o);
	sheet_begin(s, world, DEMO_ACTIVITY, 32 * number, number < DEMO_CLEAN);
	unsigned rows = (unsigned)random_between(&s->random, 1, o.large ? 8 : 5) + (o.outcome == OUTCOME_WON);
	int32_t start = work_day(s, &o); /* visits come in bursts */
	for (unsigned place = 0; place < rows; place++) {
		sheet_begin(s, world, DEMO_ACTIVITY, 32 * number + place + 1, number < DEMO_CLEAN);
		uint64_t employee =
			random_chance(&s->random, 800) ? o.owner : random_below(&s->random, world->employees);
		int32_t day = random_chance(&s->random, 500) ? start + (int32_t)random_below(&s->random, 21)
							     : work_day(s, &o);
		activity_row(s, 32 * number + place, &o, employee, not_after(o.ended_on, day));
		if (sheet_again(s))
			activity_row(s, 32 * number + place, &o, employee, not_after(o.ended_on, day));
	}
}

static void request_row(struct demo_sheet *s, uint64_t number, const char *function, int32_t requested)
{
	int prompt = random_chance(&s->random, world_improved(requested, 680, 790));
	int32_t assigned = requested + (int32_t)random_between(&s->random, prompt ? 0 : 3, prompt ? 2 : 9);
	int32_t needed = requested + (int32_t)random_between(&s->random, 8, 40);
	int on_time = random_chance(&s->random, world_improved(needed, 660, 770));
	int32_t ready = needed + (int32_t)random_between(&s->random, on_time ? -4 : 1, on_time ? 0 : 15);
	put_id(s, DEMO_RESOURCE_REQUEST, number);
	put_reference(s, DEMO_OPPORTUNITY, number / 8, 5);
	put_symbol(s, function, 15);
	put_date(s, requested, 8);
	put_date(s, assigned > DAY_EXPORT ? NO_DAY : assigned, 40);
	put_date(s, needed, 20);
	put_date(s, ready > DAY_EXPORT ? NO_DAY : ready, 30);
	put_hundredths(s, (unsigned)random_between(&s->random, world_improved(ready, 40, 50), 100), 70);
	sheet_end(s);
}

void demo_resource_request_rows(const struct demo_world *world, struct demo_sheet *s, uint64_t number)
{
	struct demo_opportunity o;
	world_opportunity(world, number, &o);
	sheet_begin(s, world, DEMO_RESOURCE_REQUEST, 8 * number, number < DEMO_CLEAN);
	unsigned rows = (unsigned)random_between(&s->random, o.large, o.large ? 3 : 1);
	for (unsigned place = 0; place < rows; place++) {
		sheet_begin(s, world, DEMO_RESOURCE_REQUEST, 8 * number + place + 1, number < DEMO_CLEAN);
		const char *function = functions[random_below(&s->random, 5)];
		int32_t requested = work_day(s, &o);
		request_row(s, 8 * number + place, function, requested);
		if (sheet_again(s))
			request_row(s, 8 * number + place, function, requested);
	}
}

static void participant_row(struct demo_sheet *s, uint64_t number, const struct demo_opportunity *o, uint64_t employee,
			    const char *function)
{
	static const char *const duties[] = {"Writes the offer", "方案设计",        "Runs the test",
					     "项目交付",         "Service concept", "Prices, terms"};
	struct demo_text duty = {0};
	int32_t day = o->ended_on;
	int scored = o->outcome != OUTCOME_OPEN && random_chance(&s->random, world_improved(day, 640, 760));
	int accepted = random_chance(&s->random, world_improved(day, 800, 870));
	text_add(&duty, words_pick(&s->random, duties));
	put_id(s, DEMO_PARTICIPANT, number);
	put_reference(s, DEMO_OPPORTUNITY, number / 8, 5);
	put_reference(s, DEMO_EMPLOYEE, employee, 8);
	put_symbol(s, function, 20);
	put_text(s, &duty, world_improved(o->begun_on, 200, 120));
	if (scored)
		put_number(s, random_between(&s->random, 45, 100), 0);
	else
		put_empty(s);
	put_flag(s, scored && accepted, 40);
	put_flag(s, scored && random_chance(&s->random, accepted ? 40 : 300), 40);
	sheet_end(s);
}

void demo_participant_rows(const struct demo_world *world, struct demo_sheet *s, uint64_t number)
{
	struct demo_opportunity o;
	world_opportunity(world, number, &o);
	sheet_begin(s, world, DEMO_PARTICIPANT, 8 * number, number < DEMO_CLEAN);
	unsigned few = world_improved(o.begun_on, 2, 3);
	unsigned rows = (unsigned)(o.large ? random_between(&s->random, few, 5) : random_between(&s->random, 0, 1));
	for (unsigned place = 0; place < rows; place++) {
		sheet_begin(s, world, DEMO_PARTICIPANT, 8 * number + place + 1, number < DEMO_CLEAN);
		uint64_t employee = random_below(&s->random, world->employees);
		const char *function = functions[random_chance(&s->random, 100) ? FUNCTIONS - 1 : place];
		participant_row(s, 8 * number + place, &o, employee, function);
		if (sheet_again(s))
			participant_row(s, 8 * number + place, &o, employee, function);
	}
}

void demo_expense_rows(const struct demo_world *world, struct demo_sheet *s, uint64_t number)
{
	static const char *const kinds[] = {"presales", "presales", "presales", "travel", "entertainment"};
	struct demo_opportunity o;
	world_opportunity(world, number, &o);
	sheet_begin(s, world, DEMO_EXPENSE, 8 * number, number < DEMO_CLEAN);
	unsigned rows = (unsigned)random_between(&s->random, 0, 2);
	for (unsigned place = 0; place < rows; place++) {
		sheet_begin(s, world, DEMO_EXPENSE, 8 * number + place + 1, number < DEMO_CLEAN);
		int32_t day = work_day(s, &o);
		int64_t permille = random_between(&s->random, 8, world_improved(day, 62, 50));
		put_id(s, DEMO_EXPENSE, 8 * number + place);
		put_reference(s, DEMO_OPPORTUNITY, number, 8);
		put_symbol(s, words_pick(&s->random, kinds), 15);
		put_amount(s, o.amount * permille / 1000, 10);
		put_date(s, day, 8);
		sheet_end(s);
	}
}
