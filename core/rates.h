/* SPDX-License-Identifier: MIT */
/* Exchange rates: amounts into the job's currency, at the rate of each row's own day. */
#ifndef RATES_H
#define RATES_H

#include "data.h"

struct rate {
	uint32_t currency; /* symbol code */
	int32_t from;      /* day */
	uint32_t base; /* the third currency that the rate is in, as a symbol code; 0: the job's, or it names none */
	double rate;
};

struct rates {
	uint32_t home; /* the job's currency as a symbol code; 0: no row has it */
	uint32_t count;
	struct rate rates[]; /* by currency, then day; of several on a day the last counts */
};

/* Asks for what converting an entity's money needs. */
int rates_want(struct data *data, const struct entity *entity, struct crmval_error *error);

/*
 * After loading: sorts the rates, and counts amounts without a rate as unreadable, in the period's terms.  Where no entity
 * maps a currency there is nothing to convert.
 */
int rates_open(struct data *data, const struct job *job, struct crmval_error *error);

/* Amounts of rows `at` of an entity into the job's currency, in place; NaN where there is no rate. */
void rates_convert(const struct data *data, uint32_t entity, const struct crmval_window *window, const int32_t *at,
		   uint32_t count, double *amounts);

#endif
