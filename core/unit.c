/* SPDX-License-Identifier: MIT */
/*
 * A row's employee is its own (owner; for relationships, and entities of plugins, employee; of an employee itself), else the
 * owner of its opportunity, else the owner of the account in reach.  The account in reach is its own, else its opportunity's, else its contact's.
 */
#include "unit.h"

#include "error.h"
#include "text.h"

#include <stdio.h>
#include <string.h>

/* Adds a path to a route if the model has it, and it leads to rows of the target. */
static void add_path(struct route *route, uint32_t entity, const char *text, const char *target)
{
	struct route one;
	if (route_parse(text, entity, "", &one, NULL) != CRMVAL_OK || one.field->type != FIELD_REFERENCE ||
	    strcmp(one.field->target, target) != 0)
		return;
	if (route->count == 0)
		route->field = one.field;
	route->paths[route->count++] = one.paths[0];
}

static void find_routes(struct unit_routes *routes, uint32_t e)
{
	const struct entity *entity = &model_entities[e];
	static const char *const accounts[] = {"account", "opportunity.account", "contact.account"};
	for (size_t i = 0; i < sizeof accounts / sizeof accounts[0]; i++)
		add_path(&routes->account, e, accounts[i], "account");
	add_path(&routes->employee, e, "owner", "employee");
	if (entity->plugin ||
	    strcmp(entity->name, "relationship") == 0) /* the model's others go by their opportunity */
		add_path(&routes->employee, e, "employee", "employee");
	add_path(&routes->employee, e, "opportunity.owner", "employee");
}

int units_want(struct units *units, const int *wanted, struct data *data, struct crmval_error *error)
{
	*units = (struct units){.data = data};
	memcpy(units->wanted, wanted, sizeof units->wanted);
	static const struct {
		const char *entity, *field;
	} needed[] = {{"employee", "team"},
		      {"employee", "region"},
		      {"account", "region"},
		      {"account", "size_class"},
		      {"account", "owner"}};
	int any = 0, code = CRMVAL_OK;
	for (int b = 0; b < BREAKDOWN_COUNT; b++)
		any |= wanted[b];
	for (uint32_t e = 0; any && e < model_entity_count && code == CRMVAL_OK; e++) {
		find_routes(&units->routes[e], e);
		if (units->routes[e].account.count)
			code = route_want(&units->routes[e].account, WANT_VALUE, data, error);
		if (units->routes[e].employee.count && code == CRMVAL_OK)
			code = route_want(&units->routes[e].employee, WANT_VALUE, data, error);
	}
	for (size_t i = 0; any && i < sizeof needed / sizeof needed[0] && code == CRMVAL_OK; i++) {
		int e = model_entity_index(needed[i].entity);
		code = data_want(data, (uint32_t)e, (uint32_t)model_field_index(&model_entities[e], needed[i].field),
				 WANT_VALUE, error);
	}
	if (wanted[BREAKDOWN_EMPLOYEE])
		data->tables[model_entity_index("employee")].keeps_texts = 1;
	return code;
}

static const struct column *column_of(const struct data *data, const char *entity, const char *field)
{
	int e = model_entity_index(entity);
	return &data->tables[e].columns[model_field_index(&model_entities[e], field)];
}

/* Rows look at their account, which lies anywhere: what is wanted of it takes one look, and little room in the caches. */
static int pack_accounts(struct units *units, struct crmval_error *error)
{
	const uint32_t *region = column_of(units->data, "account", "region")->values.bytes;
	const uint32_t *size = column_of(units->data, "account", "size_class")->values.bytes;
	uint32_t rows = atomic_load(&units->data->tables[model_entity_index("account")].rows);
	units->size_bits = units->wanted[BREAKDOWN_SIZE_CLASS] ? 2 : 0;
	if (!region || (units->size_bits && !size) ||
	    units->counts[BREAKDOWN_REGION] > (uint32_t)UINT16_MAX >> units->size_bits)
		return CRMVAL_OK;
	int code = region_open(&units->accounts, rows * sizeof(uint16_t), error);
	uint16_t *packed = units->accounts.bytes;
	for (uint32_t i = 0; i < rows && code == CRMVAL_OK; i++)
		packed[i] = (uint16_t)(region[i] << units->size_bits | (units->size_bits ? size[i] : 0));
	return code;
}

void units_close(struct units *units)
{
	region_close(&units->accounts);
}

int units_open(struct units *units, uint32_t most, struct crmval_error *error)
{
	const struct column *team = column_of(units->data, "employee", "team");
	const struct column *region = column_of(units->data, "account", "region");
	const struct table *employee = &units->data->tables[model_entity_index("employee")];
	if (units->wanted[BREAKDOWN_TEAM])
		units->counts[BREAKDOWN_TEAM] = atomic_load(&team->symbols->count) + 1;
	if (units->wanted[BREAKDOWN_REGION]) /* one dictionary serves the regions of accounts and employees */
		units->counts[BREAKDOWN_REGION] = atomic_load(&region->symbols->count) + 1;
	if (units->wanted[BREAKDOWN_EMPLOYEE])
		units->counts[BREAKDOWN_EMPLOYEE] = atomic_load(&employee->rows) + 1;
	if (units->wanted[BREAKDOWN_SIZE_CLASS])
		units->counts[BREAKDOWN_SIZE_CLASS] = 4;
	char *const *names = employee->id_texts.bytes;
	units->team = names ? team->values.bytes : NULL;
	for (uint32_t e = 0; units->team && e < atomic_load(&employee->rows); e++)
		if (!names[e])
			units->team = NULL; /* it belongs to its team, but is no unit */
	for (int b = 0; b < BREAKDOWN_COUNT; b++)
		if (units->counts[b] && units->counts[b] - 1 > most)
			return fail(
				error, CRMVAL_EDATA,
				"the breakdown %s has %u units, more than limits.units lets pass (%u); look whether "
				"the "
				"right field is mapped, leave it out, or raise the limit if there is memory for some "
				"10 kB each",
				breakdown_names[b], units->counts[b] - 1, most);
	return units->counts[BREAKDOWN_REGION] ? pack_accounts(units, error) : CRMVAL_OK;
}

/* The account of each row; a batch of accounts is its own.  Returns whether each has one. */
static int reach_accounts(const struct units *units, uint32_t entity, const struct rows *rows, struct gather *gather,
			  int32_t *account)
{
	const struct route *route = &units->routes[entity].account;
	int is_account = strcmp(model_entities[entity].name, "account") == 0, all = ~0;
	int is_told = units->data->tables[model_entity_index("account")].is_mapped && route->count > 0;
	if (!is_account && is_told)
		route_gather(route, units->data, NULL, rows, gather, account);
	for (uint32_t i = 0; (is_account || !is_told) && i < rows->count; i++)
		account[i] = is_account ? (int32_t)rows->row[i] : CRMVAL_MISSING;
	for (uint32_t i = 0; i < rows->count; i++)
		all &= ~account[i];
	return all < 0;
}

/* The employee of each row; a batch of employees is its own. */
static void reach_employees(const struct units *units, uint32_t entity, const struct rows *rows, struct gather *gather,
			    const int32_t *account, int32_t *employee)
{
	const struct route *route = &units->routes[entity].employee;
	const int32_t *owner = column_of(units->data, "account", "owner")->values.bytes;
	int is_employee = strcmp(model_entities[entity].name, "employee") == 0;
	if (!is_employee && route->count)
		route_gather(route, units->data, NULL, rows, gather, employee);
	for (uint32_t i = 0; (is_employee || !route->count) && i < rows->count; i++)
		employee[i] = is_employee ? (int32_t)rows->row[i] : CRMVAL_MISSING;
	for (uint32_t i = 0; owner && i < rows->count; i++)
		if (employee[i] < 0 && account[i] >= 0)
			employee[i] = owner[account[i]];
}

static void units_of_employees(const struct units *units, const int32_t *employee, uint32_t rows,
			       uint32_t unit[BREAKDOWN_COUNT][BATCH_ROWS])
{
	const uint32_t *team = column_of(units->data, "employee", "team")->values.bytes;
	char *const *names = units->data->tables[model_entity_index("employee")].id_texts.bytes;
	for (uint32_t i = 0; i < rows; i++) {
		int32_t e = employee[i];
		unit[BREAKDOWN_TEAM][i] = e >= 0 && team ? team[e] : 0;
		unit[BREAKDOWN_EMPLOYEE][i] = e >= 0 && names && names[e] ? (uint32_t)e + 1 : 0;
	}
}

/* Accounts are many, and far apart: a loop of its own has more of them under way at a time. */
static void units_of_accounts(const struct units *units, const int32_t *account, uint32_t rows,
			      uint32_t unit[BREAKDOWN_COUNT][BATCH_ROWS])
{
	const uint16_t *packed = units->accounts.bytes;
	const uint32_t *region = column_of(units->data, "account", "region")->values.bytes;
	const uint32_t *size = column_of(units->data, "account", "size_class")->values.bytes;
	uint32_t size_mask = (1U << units->size_bits) - 1;
	for (uint32_t i = 0; packed && i < rows; i++) {
		uint32_t both = account[i] >= 0 ? packed[account[i]] : 0;
		unit[BREAKDOWN_SIZE_CLASS][i] = both & size_mask;
		unit[BREAKDOWN_REGION][i] = both >> units->size_bits;
	}
	for (uint32_t i = 0; !packed && i < rows; i++) {
		int32_t a = account[i];
		unit[BREAKDOWN_SIZE_CLASS][i] = a >= 0 && size ? size[a] : 0;
		unit[BREAKDOWN_REGION][i] = a >= 0 && region ? region[a] : 0;
	}
}

/* Rows without an account are in the region of their employee. */
static void regions_of_employees(const struct units *units, const int32_t *account, const int32_t *employee,
				 uint32_t rows, uint32_t *unit)
{
	const uint32_t *region = column_of(units->data, "employee", "region")->values.bytes;
	for (uint32_t i = 0; i < rows; i++)
		if (account[i] < 0)
			unit[i] = employee[i] >= 0 && region ? region[employee[i]] : 0;
}

/* The same, where nobody asks for the employees of all rows. */
static void regions_of_few(const struct units *units, uint32_t entity, const struct rows *rows, struct gather *gather,
			   int32_t *account, uint32_t *unit)
{
	uint32_t row[BATCH_ROWS], at[BATCH_ROWS], region[BATCH_ROWS], count = 0;
	for (uint32_t i = 0; i < rows->count; i++) {
		row[count] = rows->row[i];
		at[count] = i;
		count += account[i] < 0;
	}
	const struct rows few = {row, count, 0};
	for (uint32_t i = 0; i < count; i++)
		account[i] = CRMVAL_MISSING;
	reach_employees(units, entity, &few, gather, account, gather->days);
	regions_of_employees(units, account, gather->days, count, region);
	for (uint32_t i = 0; i < count; i++)
		unit[at[i]] = region[i];
}

void units_of(const struct units *units, uint32_t entity, const struct rows *rows, struct gather *gather,
	      uint32_t unit[BREAKDOWN_COUNT][BATCH_ROWS])
{
	int32_t *account = gather->other, *employee = gather->days;
	int have_accounts = reach_accounts(units, entity, rows, gather, account);
	units_of_accounts(units, account, rows->count, unit);
	if (units->wanted[BREAKDOWN_TEAM] || units->wanted[BREAKDOWN_EMPLOYEE]) {
		reach_employees(units, entity, rows, gather, account, employee);
		units_of_employees(units, employee, rows->count, unit);
		regions_of_employees(units, account, employee, rows->count, unit[BREAKDOWN_REGION]);
	} else if (units->wanted[BREAKDOWN_REGION] && !have_accounts) {
		regions_of_few(units, entity, rows, gather, account, unit[BREAKDOWN_REGION]);
	}
}

const char *unit_title(const char *name)
{
	return strcmp(name, UNIT_NONE) == 0 ? _("(none)") : name;
}

const char *unit_name(const struct units *units, int breakdown, uint32_t unit)
{
	const struct data *data = units->data;
	if (unit == 0)
		return UNIT_NONE;
	switch (breakdown) {
	case BREAKDOWN_TEAM:
		return symbol_word(column_of(data, "employee", "team")->symbols, unit)->text;
	case BREAKDOWN_REGION:
		return symbol_word(column_of(data, "account", "region")->symbols, unit)->text;
	case BREAKDOWN_SIZE_CLASS: {
		int e = model_entity_index("account");
		return model_entities[e].fields[model_field_index(&model_entities[e], "size_class")].words[unit - 1];
	}
	default:
		return ((char *const *)data->tables[model_entity_index("employee")].id_texts.bytes)[unit - 1];
	}
}
