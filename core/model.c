/* SPDX-License-Identifier: MIT */
/* The model's entities, as its reference lists them. */
#include "model.h"

#include <string.h>

static const char *const size_words[] = {"small", "medium", "large", NULL};
static const char *const project_words[] = {"small", "large", NULL};
static const char *const outcome_words[] = {"won", "lost", "abandoned", NULL};
static const char *const stage_words[] = {"subsistence", "comfortable", "affluent", "fulfilled", NULL};

#define KEY                                                                                                            \
	{                                                                                                              \
		"id", FIELD_KEY, NULL, NULL, 0, 0, 0, NULL, NULL                                                       \
	}
#define REF(name, to)                                                                                                  \
	{                                                                                                              \
		name, FIELD_REFERENCE, to, NULL, 0, 0, 0, NULL, NULL                                                   \
	}
#define REF_OPTIONAL(name, to)                                                                                         \
	{                                                                                                              \
		name, FIELD_REFERENCE, to, NULL, 1, 0, 0, NULL, NULL                                                   \
	}
#define SYMBOL(name)                                                                                                   \
	{                                                                                                              \
		name, FIELD_SYMBOL, NULL, NULL, 0, 0, 0, NULL, NULL                                                    \
	}
#define SYMBOL_FOLDED(name)                                                                                            \
	{                                                                                                              \
		name, FIELD_SYMBOL, NULL, NULL, 0, 1, 0, NULL, NULL                                                    \
	}
#define SYMBOL_FOLDED_OPTIONAL(name)                                                                                   \
	{                                                                                                              \
		name, FIELD_SYMBOL, NULL, NULL, 1, 1, 0, NULL, NULL                                                    \
	}
#define CURRENCY SYMBOL_FOLDED_OPTIONAL("currency")
#define WORD_OF(name, words)                                                                                           \
	{                                                                                                              \
		name, FIELD_SYMBOL, NULL, words, 0, 1, 0, NULL, NULL                                                   \
	}
#define DATE(name)                                                                                                     \
	{                                                                                                              \
		name, FIELD_DATE, NULL, NULL, 0, 0, 0, NULL, NULL                                                      \
	}
#define DATE_OPTIONAL(name)                                                                                            \
	{                                                                                                              \
		name, FIELD_DATE, NULL, NULL, 1, 0, 0, NULL, NULL                                                      \
	}
#define DATE_PLANNED(name)                                                                                             \
	{                                                                                                              \
		name, FIELD_DATE, NULL, NULL, 0, 0, 1, NULL, NULL                                                      \
	}
#define NUMBER(name)                                                                                                   \
	{                                                                                                              \
		name, FIELD_NUMBER, NULL, NULL, 0, 0, 0, NULL, NULL                                                    \
	}
#define NUMBER_OPTIONAL(name)                                                                                          \
	{                                                                                                              \
		name, FIELD_NUMBER, NULL, NULL, 1, 0, 0, NULL, NULL                                                    \
	}
#define MONEY(name)                                                                                                    \
	{                                                                                                              \
		name, FIELD_MONEY, NULL, NULL, 0, 0, 0, NULL, NULL                                                     \
	}
#define FLAG(name)                                                                                                     \
	{                                                                                                              \
		name, FIELD_FLAG, NULL, NULL, 0, 0, 0, NULL, NULL                                                      \
	}
#define FLAG_OPTIONAL(name)                                                                                            \
	{                                                                                                              \
		name, FIELD_FLAG, NULL, NULL, 1, 0, 0, NULL, NULL                                                      \
	}
#define TEXT(name)                                                                                                     \
	{                                                                                                              \
		name, FIELD_TEXT, NULL, NULL, 0, 0, 0, NULL, NULL                                                      \
	}

static const struct field account[] = {
	KEY,
	TEXT("name"),
	REF("owner", "employee"),
	WORD_OF("size_class", size_words),
	SYMBOL("region"),
	SYMBOL("industry"),
	FLAG("key_market"),
	DATE_OPTIONAL("churned_on"),
};

static const struct field contact[] = {
	KEY,
	REF("account", "account"),
	TEXT("name"),
	TEXT("title"),
	TEXT("department"),
	TEXT("email"),
	TEXT("phone"),
	FLAG("is_key"),
	NUMBER("influence"),
	REF("reports_to", "contact"),
	DATE("created_on"),
	DATE("verified_on"),
};

static const struct field relationship[] = {
	KEY, REF_OPTIONAL("employee", "employee"), REF("contact", "contact"), NUMBER("level"), DATE("recorded_on"),
};

static const struct field project_history[] = {
	KEY,
	REF("account", "account"),
	TEXT("name"),
	REF("product", "product"),
	TEXT("vendor"),
	FLAG("ours"),
	MONEY("amount"),
	DATE("signed_on"),
	REF("decision_maker", "contact"),
	DATE("created_on"),
	DATE("verified_on"),
	CURRENCY,
};

static const struct field product[] = {
	KEY,
	TEXT("name"),
	SYMBOL("category"),
	FLAG("strategic"),
};

static const struct field order[] = {
	KEY,
	REF("account", "account"),
	REF_OPTIONAL("opportunity", "opportunity"),
	REF("product", "product"),
	DATE("signed_on"),
	MONEY("amount"),
	NUMBER("quantity"),
	CURRENCY,
};

static const struct field opportunity[] = {
	KEY,
	REF("account", "account"),
	REF("owner", "employee"),
	TEXT("name"),
	REF("product", "product"),
	SYMBOL_FOLDED("stage"),
	WORD_OF("project_size", project_words),
	MONEY("amount"),
	DATE_OPTIONAL("created_on"),
	DATE("approved_on"),
	DATE("closed_on"),
	WORD_OF("outcome", outcome_words),
	TEXT("need"),
	TEXT("competitor"),
	TEXT("next_step"),
	DATE_PLANNED("expected_close_on"),
	FLAG("budget_participation"),
	FLAG("tender_participation"),
	NUMBER("customer_time_rank"),
	NUMBER("competitor_minutes"),
	CURRENCY,
};

static const struct field decision_member[] = {
	KEY,
	REF("opportunity", "opportunity"),
	REF("contact", "contact"),
	SYMBOL_FOLDED("role"),
	NUMBER("stance"),
	TEXT("value_proposition"),
	NUMBER("value_fit"),
	DATE("verified_on"),
};

static const struct field activity[] = {
	KEY,
	REF("opportunity", "opportunity"),
	REF("account", "account"),
	REF("employee", "employee"),
	SYMBOL_FOLDED("kind"),
	DATE("occurred_on"),
	NUMBER("minutes"),
};

static const struct field resource_request[] = {
	KEY,
	REF("opportunity", "opportunity"),
	SYMBOL_FOLDED("function"),
	DATE("requested_on"),
	DATE("assigned_on"),
	DATE_PLANNED("needed_on"),
	DATE("ready_on"),
	NUMBER("skill_match"),
};

static const struct field participant[] = {
	KEY,
	REF("opportunity", "opportunity"),
	REF("employee", "employee"),
	SYMBOL_FOLDED("function"),
	TEXT("responsibility"),
	NUMBER("score"),
	FLAG("acknowledged"),
	FLAG("disputed"),
};

static const struct field expense[] = {
	KEY, REF("opportunity", "opportunity"), SYMBOL_FOLDED("kind"), MONEY("amount"), DATE("spent_on"), CURRENCY,
};

static const struct field employee[] = {
	KEY,
	TEXT("name"),
	SYMBOL("team"),
	SYMBOL("region"),
	REF("manager", "employee"),
	DATE("hired_on"),
	DATE_OPTIONAL("left_on"),
	FLAG_OPTIONAL("sales"),
};

static const struct field growth_record[] = {
	KEY,
	REF("employee", "employee"),
	WORD_OF("stage", stage_words),
	DATE("entered_on"),
};

static const struct field strategic_goal[] = {
	KEY,
	TEXT("name"),
	REF("owner", "employee"),
	NUMBER("baseline"),
	NUMBER("target"),
	NUMBER("actual"),
	NUMBER_OPTIONAL("weight"),
};

static const struct field exchange_rate[] = {
	SYMBOL_FOLDED("currency"),
	DATE("from_on"),
	NUMBER("rate"),
	SYMBOL_FOLDED_OPTIONAL("base"),
};

#define ENTITY(e, day)                                                                                                 \
	{                                                                                                              \
#e, e, sizeof e / sizeof e[0], day, NULL                                                               \
	}

static const struct entity own[] = {
	ENTITY(account, NULL),
	ENTITY(contact, NULL),
	ENTITY(relationship, NULL),
	ENTITY(project_history, "signed_on"),
	ENTITY(product, NULL),
	ENTITY(order, "signed_on"),
	ENTITY(opportunity, "closed_on"),
	ENTITY(decision_member, NULL),
	ENTITY(activity, NULL),
	ENTITY(resource_request, NULL),
	ENTITY(participant, NULL),
	ENTITY(expense, "spent_on"),
	ENTITY(employee, NULL),
	ENTITY(growth_record, NULL),
	ENTITY(strategic_goal, NULL),
	ENTITY(exchange_rate, NULL),
};

const struct entity *model_entities = own;
uint32_t model_entity_count = sizeof own / sizeof own[0];

int model_entity_index(const char *name)
{
	for (uint32_t i = 0; i < model_entity_count; i++)
		if (strcmp(model_entities[i].name, name) == 0)
			return (int)i;
	return -1;
}

int model_field_index(const struct entity *entity, const char *name)
{
	for (uint32_t i = 0; i < entity->field_count; i++)
		if (strcmp(entity->fields[i].name, name) == 0)
			return (int)i;
	return -1;
}
