/* SPDX-License-Identifier: MIT */
/* The latest rate at or before a day, by binary search. */
#include "rates.h"

#include "error.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* An opportunity that is open has no day yet; -1: of this entity there is no such thing. */
static int outcome_of(const struct entity *entity)
{
	return strcmp(entity->name, "opportunity") == 0 ? model_field_index(entity, "outcome") : -1;
}

int rates_want(struct data *data, const struct entity *entity, struct crmval_error *error)
{
	uint32_t self = (uint32_t)model_entity_index(entity->name);
	uint32_t rate = (uint32_t)model_entity_index("exchange_rate");
	static const char *const fields[] = {"currency", "from_on", "rate", "base"};
	int currency = model_field_index(entity, "currency"), outcome = outcome_of(entity);
	int code = data_want(data, self, (uint32_t)currency, WANT_VALUE, error);
	if (code == CRMVAL_OK)
		code = data_want(data, self, (uint32_t)model_field_index(entity, entity->money_date), WANT_VALUE,
				 error);
	if (code == CRMVAL_OK && outcome >= 0)
		code = data_want(data, self, (uint32_t)outcome, WANT_VALUE, error);
	for (size_t i = 0; i < sizeof fields / sizeof fields[0] && code == CRMVAL_OK; i++)
		code = data_want(data, rate, (uint32_t)model_field_index(&model_entities[rate], fields[i]), WANT_VALUE,
				 error);
	return code;
}

static const char *base_text(const struct symbols *symbols, uint32_t base)
{
	return base ? symbol_word(symbols, base)->text : "";
}

static int by_currency_and_day(const void *a, const void *b, void *symbols)
{
	const struct rate *x = a, *y = b;
	if (x->currency != y->currency)
		return x->currency < y->currency ? -1 : 1;
	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	if (x->rate != y->rate)
		return x->rate < y->rate ? -1 : 1; /* two on a day: the higher comes last, and is found */
	return strcmp(base_text(symbols, x->base), base_text(symbols, y->base)); /* codes differ from run to run */
}

/* The column of a field; its values are NULL where it is not mapped. */
static const void *values_of(const struct data *data, uint32_t entity, const char *field)
{
	int f = model_field_index(&model_entities[entity], field);
	return f < 0 ? NULL : data->tables[entity].columns[f].values.bytes;
}

/* The job's currency as rows spell it: codes compare in any case. */
static uint32_t home_code(const struct symbols *symbols, const char *currency)
{
	char folded[64];
	size_t length = currency ? strlen(currency) : 0;
	if (length == 0 || length >= sizeof folded)
		return 0;
	for (size_t i = 0; i <= length; i++)
		folded[i] = (char)(currency[i] >= 'A' && currency[i] <= 'Z' ? currency[i] | 32 : currency[i]);
	for (uint32_t code = 1; code <= atomic_load(&symbols->count); code++)
		if (strcmp(symbol_word(symbols, code)->text, folded) == 0)
			return code;
	return 0;
}

static const struct rate *rate_on(const struct rates *rates, uint32_t currency, int32_t day)
{
	uint32_t low = 0, high = rates->count; /* the first that is past (currency, day) is at high */
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		const struct rate *rate = &rates->rates[middle];
		if (rate->currency < currency || (rate->currency == currency && rate->from <= day))
			low = middle + 1;
		else
			high = middle;
	}
	return low > 0 && rates->rates[low - 1].currency == currency ? &rates->rates[low - 1] : NULL;
}

/* What one unit of a currency is worth on a day; by way of a third currency where rates are in that. */
static double worth(const struct rates *rates, uint32_t currency, int32_t day)
{
	const struct rate *rate = rate_on(rates, currency, day);
	if (!rate)
		return NAN;
	if (!rate->base)
		return rate->rate;
	const struct rate *home = rate_on(rates, rates->home, day);
	return home && home->base == rate->base ? rate->rate / home->rate : NAN;
}

void rates_convert(const struct data *data, uint32_t entity, const struct crmval_window *window, const int32_t *at,
		   uint32_t count, double *amounts)
{
	const uint32_t *currencies = values_of(data, entity, "currency");
	int outcome = outcome_of(&model_entities[entity]);
	const uint32_t *outcomes = outcome < 0 ? NULL : data->tables[entity].columns[outcome].values.bytes;
	const int32_t *days = values_of(data, entity, model_entities[entity].money_date);
	if (!currencies)
		return;
	for (uint32_t i = 0; i < count; i++) {
		uint32_t currency = at[i] < 0 ? 0 : currencies[at[i]];
		if (currency == 0 || currency == data->rates->home || isnan(amounts[i]))
			continue;
		int32_t day = days ? days[at[i]] : CRMVAL_NO_DATE;
		if (outcome >= 0 && (!outcomes || outcomes[at[i]] == 0))
			day = window->to; /* still open: as it stands at the end of the window */
		amounts[i] *= day == CRMVAL_NO_DATE ? NAN : worth(data->rates, currency, day);
		if (!(fabs(amounts[i]) < 0x1p63))
			amounts[i] = NAN;
	}
}

/* The words of rates' bases; NULL where no rate has any. */
static struct symbols *base_symbols(const struct data *data)
{
	uint32_t entity = (uint32_t)model_entity_index("exchange_rate");
	int f = model_field_index(&model_entities[entity], "base");
	return data->tables[entity].columns[f].symbols;
}

/* What the rate of a row is in. */
static uint32_t base_of(const struct data *data, const struct job *job, uint32_t row)
{
	uint32_t entity = (uint32_t)model_entity_index("exchange_rate");
	const uint32_t *bases = values_of(data, entity, "base");
	if (!bases || !bases[row] || !job->currency || !*job->currency)
		return 0;
	return bases[row] == home_code(base_symbols(data), job->currency) ? 0 : bases[row];
}

static int read_rates(struct data *data, const struct job *job, struct crmval_error *error)
{
	uint32_t entity = (uint32_t)model_entity_index("exchange_rate");
	uint32_t rows = atomic_load(&data->tables[entity].rows);
	const uint32_t *currencies = values_of(data, entity, "currency");
	const int32_t *days = values_of(data, entity, "from_on");
	const double *values = values_of(data, entity, "rate");
	struct rates *rates = calloc(1, sizeof *rates + (rows + (size_t)1) * sizeof rates->rates[0]);
	if (!rates)
		return fail_memory(error);
	for (uint32_t i = 0; i < rows && currencies && days && values; i++)
		if (currencies[i] && days[i] != CRMVAL_NO_DATE && values[i] > 0)
			rates->rates[rates->count++] =
				(struct rate){currencies[i], days[i], base_of(data, job, i), values[i]};
	qsort_r(rates->rates, rates->count, sizeof rates->rates[0], by_currency_and_day, base_symbols(data));
	data->rates = rates;
	return CRMVAL_OK;
}

/* Amounts that have a currency and no rate count as unreadable. */
static void count_without_rate(struct data *data, uint32_t e, uint32_t f, const struct job *job)
{
	struct table *table = &data->tables[e];
	uint32_t rows = atomic_load(&table->rows);
	const double *amounts = table->columns[f].values.bytes;
	for (uint32_t row = 0; amounts && row < rows; row++) {
		double amount = amounts[row];
		int32_t at = (int32_t)row;
		if (isnan(amount) || table_is_dropped(table, row))
			continue;
		rates_convert(data, e, &job->period, &at, 1, &amount);
		if (isnan(amount))
			atomic_fetch_add(&table->columns[f].unreadable, 1);
	}
}

int rates_open(struct data *data, const struct job *job, struct crmval_error *error)
{
	struct symbols *symbols = NULL;
	for (uint32_t e = 0; e < model_entity_count; e++) {
		int f = model_field_index(&model_entities[e], "currency");
		if (model_entities[e].money_date && data->tables[e].columns[f].values.bytes)
			symbols = data->tables[e].columns[f].symbols;
	}
	if (!symbols)
		return CRMVAL_OK;
	int code = read_rates(data, job, error);
	if (code != CRMVAL_OK)
		return code;
	data->rates->home = home_code(symbols, job->currency);
	for (uint32_t e = 0; e < model_entity_count; e++)
		for (uint32_t f = 0; f < model_entities[e].field_count; f++)
			if (model_entities[e].fields[f].type == FIELD_MONEY && values_of(data, e, "currency"))
				count_without_rate(data, e, f, job);
	return CRMVAL_OK;
}
