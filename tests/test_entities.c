/* SPDX-License-Identifier: MIT */
/* Entities and fields that plugins add to the model. */
#include "suite.h"

#include "describe.h"
#include "model.h"
#include "tables.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

static const char *const urgencies[] = {"low", "high", NULL};

/* A source, of which nothing else is looked at, in tables that a test can spoil. */
static struct fixture {
	struct crmval_source source;
	struct crmval_field fields[5], further[1];
	struct crmval_entity entities[2];
	struct crmval_plugin plugin;
} t;

static void nothing(void)
{
}

static void set_up(void)
{
	memset(&t, 0, sizeof t);
	t.source = (struct crmval_source){.struct_size = sizeof t.source};
	t.source.open = (int (*)(const struct crmval_value *, void **, struct crmval_error *))nothing;
	t.source.table = (__typeof__(t.source.table))nothing;
	t.source.plan = (__typeof__(t.source.plan))nothing;
	t.source.read = (__typeof__(t.source.read))nothing;
	t.source.close = (void (*)(void *))nothing;
	t.fields[0] = (struct crmval_field){"account", CRMVAL_REFERENCE, 0, "account", NULL, "whose it is"};
	t.fields[1] = (struct crmval_field){"urgency", CRMVAL_SYMBOL, CRMVAL_OPTIONAL, NULL, urgencies, "how urgent"};
	t.fields[2] = (struct crmval_field){"opened_on", CRMVAL_DATE, 0, NULL, NULL, "when"};
	t.fields[3] = (struct crmval_field){"cost", CRMVAL_MONEY, 0, NULL, NULL, "how much"};
	t.fields[4] = (struct crmval_field){"follows", CRMVAL_REFERENCE, 0, "ticket", NULL, "the ticket before"};
	t.further[0] = (struct crmval_field){"tier", CRMVAL_SYMBOL, CRMVAL_FOLDED, NULL, NULL, "what they pay for"};
	t.entities[0] = (struct crmval_entity){"ticket", "A ticket", t.fields, 5, "opened_on"};
	t.entities[1] = (struct crmval_entity){"account", "Support", t.further, 1, NULL};
	t.plugin = (struct crmval_plugin){.magic = CRMVAL_MAGIC,
					  .abi_major = 1,
					  .abi_minor = 2,
					  .struct_size = sizeof t.plugin,
					  .name = "support",
					  .version = "1",
					  .summary = "tests",
					  .source = &t.source,
					  .entities = t.entities,
					  .entity_count = 2};
}

/* As a plugin goes from its file into a job's model. */
static int add(struct crmval_error *error)
{
	struct arena arena = {0};
	const struct crmval_plugin *plugin;
	unsigned char *bytes = NULL;
	size_t size;
	int code = describe_pack(&t.plugin, &bytes, &size, error);
	if (!code)
		code = describe_unpack(bytes, size, &arena, &plugin, error);
	if (!code)
		code = tables_check(plugin, error);
	if (!code)
		code = model_extend(plugin, error);
	free(bytes);
	arena_free(&arena); /* the model keeps nothing of it */
	return code;
}

static void expect(const char *message)
{
	struct crmval_error error = {.struct_size = sizeof error};
	uint32_t before = model_entity_count;
	CU_ASSERT_EQUAL(add(&error), CRMVAL_ECONF);
	CU_ASSERT_EQUAL(model_entity_count, before);
	int is_as_expected = fnmatch(message, error.message, 0) == 0;
	CU_ASSERT(is_as_expected);
	if (!is_as_expected)
		printf("expected %s\nfound    %s\n", message, error.message);
	set_up();
}

#define SPOIL(what, value, message)                                                                                    \
	do {                                                                                                           \
		(what) = (value);                                                                                      \
		expect(message);                                                                                       \
	} while (0)

static const struct field *field_named(const char *entity, const char *field)
{
	int e = model_entity_index(entity);
	CU_ASSERT_FATAL(e >= 0);
	int f = model_field_index(&model_entities[e], field);
	CU_ASSERT_FATAL(f >= 0);
	return &model_entities[e].fields[f];
}

static void test_added(void)
{
	uint32_t own = model_entity_count, account = model_entities[0].field_count;
	set_up();
	CU_ASSERT_EQUAL_FATAL(add(NULL), CRMVAL_OK);
	CU_ASSERT_EQUAL_FATAL(model_entity_count, own + 1);
	const struct entity *ticket = &model_entities[own];
	CU_ASSERT_STRING_EQUAL(ticket->name, "ticket");
	CU_ASSERT_STRING_EQUAL(ticket->money_date, "opened_on");
	CU_ASSERT_EQUAL(ticket->field_count, 7);
	CU_ASSERT_EQUAL(field_named("ticket", "id")->type, FIELD_KEY);
	CU_ASSERT(field_named("ticket", "currency")->is_optional && field_named("ticket", "currency")->is_folded);
	CU_ASSERT_STRING_EQUAL(field_named("ticket", "account")->target, "account");
	CU_ASSERT(field_named("ticket", "urgency")->is_optional && field_named("ticket", "urgency")->is_folded);
	CU_ASSERT_STRING_EQUAL(field_named("ticket", "urgency")->words[1], "high");
	CU_ASSERT_PTR_NULL(field_named("ticket", "urgency")->words[2]);
	CU_ASSERT_EQUAL(field_named("ticket", "cost")->type, FIELD_MONEY);
	CU_ASSERT_EQUAL(model_entities[0].field_count, account + 1);
	CU_ASSERT(field_named("account", "tier")->is_folded && !field_named("account", "tier")->is_optional);
	CU_ASSERT_STRING_EQUAL(field_named("account", "tier")->plugin, "support");
	CU_ASSERT_PTR_NULL(field_named("account", "name")->plugin);
	model_reset();
	CU_ASSERT_EQUAL(model_entity_count, own);
	CU_ASSERT_EQUAL(model_entities[0].field_count, account);
}

/* Two plugins: what both say is there once, and each adds what it alone says. */
static void test_merged(void)
{
	set_up();
	uint32_t own = model_entity_count;
	CU_ASSERT_EQUAL_FATAL(add(NULL), CRMVAL_OK);
	CU_ASSERT_EQUAL_FATAL(add(NULL), CRMVAL_OK);
	t.plugin.name = "other";
	t.fields[3].name = "price";
	CU_ASSERT_EQUAL_FATAL(add(NULL), CRMVAL_OK);
	CU_ASSERT_EQUAL(model_entity_count, own + 1);
	CU_ASSERT_EQUAL(model_entities[own].field_count, 8);
	CU_ASSERT_STRING_EQUAL(field_named("ticket", "cost")->plugin, "support");
	CU_ASSERT_STRING_EQUAL(field_named("ticket", "price")->plugin, "other");
	model_reset();
}

static void test_conflicts(void)
{
	static const char *const others[] = {"low", "medium", NULL};
	set_up();
	CU_ASSERT_EQUAL_FATAL(add(NULL), CRMVAL_OK);
	t.plugin.name = "other";
#define OTHERWISE(field) "plugin other declares ticket." field " otherwise than plugin support does: *"
	SPOIL(t.fields[2].type, CRMVAL_NUMBER, OTHERWISE("opened_on"));
	t.plugin.name = "other";
	SPOIL(t.fields[0].target, "contact", OTHERWISE("account"));
	t.plugin.name = "other";
	SPOIL(t.fields[1].words, others, OTHERWISE("urgency"));
	t.plugin.name = "other";
	SPOIL(t.fields[1].flags, 0, OTHERWISE("urgency"));
	t.plugin.name = "other";
	SPOIL(t.further[0].flags, 0, "plugin other declares account.tier otherwise than plugin support does: *");
	SPOIL(t.further[0].name, "region", "plugin support declares account.region otherwise than the model does: *");
	SPOIL(t.entities[0].money_date, "closed_on",
	      "plugin support declares the money_date of ticket otherwise than plugin support does: *");
	model_reset();
}

static void test_references(void)
{
	set_up();
	SPOIL(t.fields[0].target, "nothing",
	      "plugin support: ticket.account refers to \"nothing\", and there is no such*");
	t.further[0] = (struct crmval_field){"first", CRMVAL_REFERENCE, 0, "ticket", NULL, "circle"};
	expect("plugin support: account.first refers to ticket, which refers back: *");
	t.further[0] = (struct crmval_field){"first", CRMVAL_REFERENCE, 0, "contact", NULL, "circle"};
	expect("plugin support: account.first refers to contact, which refers back: *");
	t.further[0] = (struct crmval_field){"opportunity", CRMVAL_REFERENCE, 0, "opportunity", NULL, "breakdowns"};
	expect("plugin support adds opportunity to account, an entity of the model whose breakdowns it would change: "
	       "*");
	t.entities[1].name = "exchange_rate";
	t.further[0] = (struct crmval_field){"set_by", CRMVAL_REFERENCE, 0, "employee", NULL, "no circle"};
	CU_ASSERT_EQUAL(add(NULL), CRMVAL_OK);
	model_reset();
}

/* As many references as fit, from each of many entities to the one before: as many ways as no computer could follow. */
static void test_many_ways(void)
{
	static struct crmval_entity entities[40];
	static struct crmval_field fields[40][46];
	static char names[41][8], references[46][8];
	struct crmval_error error = {.struct_size = sizeof error};
	set_up();
	strcpy(names[0], "account");
	for (int e = 0; e < 40; e++) {
		snprintf(names[e + 1], sizeof names[0], "e%d", e);
		entities[e] = (struct crmval_entity){names[e + 1], "One of many", fields[e], 46, NULL};
		for (int f = 0; f < 46; f++) {
			snprintf(references[f], sizeof references[0], "r%d", f);
			fields[e][f] =
				(struct crmval_field){references[f], CRMVAL_REFERENCE, 0, names[e], NULL, "a way"};
		}
	}
	t.plugin.entities = entities;
	t.plugin.entity_count = 40;
	CU_ASSERT_EQUAL(add(&error), CRMVAL_OK);
	fields[3][0].target = "e39";
	t.plugin.name = "other";
	CU_ASSERT_EQUAL(add(&error), CRMVAL_ECONF);
	model_reset();
	t.plugin.name = "support";
	CU_ASSERT_EQUAL(add(&error), CRMVAL_ECONF);
	CU_ASSERT(strstr(error.message, "circle") != NULL);
	model_reset();
}

static void test_rules(void)
{
	static const char *const loud[] = {"High", NULL}, *const twice[] = {"low", "low", NULL}, *const none[] = {NULL};
	set_up();
	SPOIL(t.entities[0].name, "Ticket", "an entity has the name \"Ticket\": *");
	SPOIL(t.entities[0].title, NULL, "entity \"ticket\": there is no title");
	SPOIL(t.entities[0].field_count, 0, "entity \"ticket\": there are no fields");
	SPOIL(t.entities[1].name, "ticket", "there are two of the entities named \"ticket\"");
	SPOIL(t.fields[0].name, "id", "field \"ticket.id\": it is there by itself");
	SPOIL(t.fields[0].name, "opened_on", "entity \"ticket\": there are two of the fields named \"opened_on\"");
	SPOIL(t.fields[0].type, CRMVAL_FILLED, "field \"ticket.account\": its type is none of *");
	SPOIL(t.fields[0].target, NULL, "field \"ticket.account\": a reference needs a target");
	SPOIL(t.fields[2].target, "account", "field \"ticket.opened_on\": only a reference has a target");
	SPOIL(t.fields[2].flags, CRMVAL_FOLDED, "field \"ticket.opened_on\": only a symbol is CRMVAL_FOLDED");
	SPOIL(t.fields[2].flags, 8, "field \"ticket.opened_on\": its flags are none of *");
	SPOIL(t.fields[2].help, NULL, "field \"ticket.opened_on\": there is no help");
	SPOIL(t.fields[2].words, urgencies, "field \"ticket.opened_on\": only a symbol has words");
	SPOIL(t.fields[1].words, loud, "field \"ticket.urgency\": the word \"High\" is not in lower case");
	SPOIL(t.fields[1].words, twice, "field \"ticket.urgency\": the word \"low\" stands twice");
	SPOIL(t.fields[1].words, none, "field \"ticket.urgency\": its set of words is empty");
	SPOIL(t.entities[0].money_date, NULL,
	      "plugin support: ticket.cost is money, and the entity names no money_date");
	SPOIL(t.entities[0].money_date, "urgency", "plugin support: ticket has no date \"urgency\", *");
	SPOIL(t.entities[0].field_count, 257, "announces 257 fields in its tables: at most 256 are allowed");
	SPOIL(t.plugin.entity_count, 65, "announces 65 entities in its tables: at most 64 are allowed");
	model_reset();
}

/* One that was built when there were no entities: behind its table is something else. */
static void test_older_minor(void)
{
	uint32_t own = model_entity_count;
	set_up();
	t.plugin.abi_minor = 1;
	t.plugin.struct_size = offsetof(struct crmval_plugin, entities);
	t.plugin.entities = (const struct crmval_entity *)16;
	t.plugin.entity_count = UINT32_MAX;
	CU_ASSERT_EQUAL(add(NULL), CRMVAL_OK);
	CU_ASSERT_EQUAL(model_entity_count, own);
	model_reset();
}

static const struct test tests[] = {{"added", test_added},
				    {"merged", test_merged},
				    {"conflicts", test_conflicts},
				    {"references", test_references},
				    {"many ways", test_many_ways},
				    {"rules", test_rules},
				    {"older minor", test_older_minor},
				    {NULL, NULL}};

const struct suite suite_entities = {"entities", tests};
