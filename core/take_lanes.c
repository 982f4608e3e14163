/* SPDX-License-Identifier: MIT */
/* Taking dates and numbers: the common forms many at a time, the others one by one. */
#include "take.h"

#include "cell.h"
#include "lanes.h"

#include <endian.h>
#include <math.h>
#include <string.h>

/* ---- dates ---- */

static void note_newest(struct taking *t, int32_t newest)
{
	int32_t seen = atomic_load(&t->column->newest);
	while (newest > seen && !atomic_compare_exchange_weak(&t->column->newest, &seen, newest))
		;
}

/* All that is not the common form of a date. */
static __attribute__((noinline)) int32_t take_odd_date(struct taking *t, uint32_t i)
{
	uint32_t length;
	int32_t day;
	const char *text = cell_at(t->cells, i, &length), *format = t->how->date_format;
	enum cell_state state = format ? cell_date_as(text, length, format, &day) : cell_date(text, length, &day);
	if (state == CELL_UNREADABLE)
		take_unreadable(t, i);
	return state == CELL_OK ? day : state == CELL_MISSING ? CRMVAL_NO_DATE : UNREADABLE_DATE;
}

/* Whether a cell is filled is no pattern that a processor could learn: so all are taken as if they were. */
static void gather_dates(const struct crmval_cells *cells, uint32_t first, uint32_t count, struct date_lanes *in)
{
	static const char none[10];
	for (uint32_t i = 0; i < count; i++) {
		uint32_t length = cells->length[first + i], year, month;
		uint16_t day;
		const char *text = length == sizeof none ? cells->base + cells->start[first + i] : none;
		memcpy(&year, text, sizeof year);
		memcpy(&month, text + 4, sizeof month);
		memcpy(&day, text + 8, sizeof day);
		in->years[i] = le32toh(year);
		in->months[i] = le32toh(month);
		in->days[i] = le16toh(day) | (uint32_t)(length == 0 || length == CRMVAL_NULL) * LANE_EMPTY << 16;
	}
	for (uint32_t i = count; i < LANES; i++) {
		in->years[i] = in->months[i] = 0;
		in->days[i] = LANE_EMPTY << 16;
	}
}

static int32_t take_odd_dates(struct taking *t, uint32_t first, uint32_t count, int32_t *out, int32_t newest)
{
	for (uint32_t i = 0; i < count; i++) {
		if (out[i] != UNREADABLE_DATE)
			continue;
		out[i] = take_odd_date(t, first + i);
		newest = data_newer(out[i], t->load->data->fresh_on, newest);
	}
	return newest;
}

static void take_plain_dates(struct taking *t)
{
	int32_t *out = (int32_t *)t->column->values.bytes + t->first, newest = CRMVAL_NO_DATE;
	const struct lanes *lanes = lanes_best();
	struct date_lanes in;
	int32_t some[LANES];
	for (uint32_t first = 0; first < t->rows->row_count; first += LANES) {
		uint32_t count = t->rows->row_count - first < LANES ? t->rows->row_count - first : LANES;
		int32_t *to = count == LANES ? out + first : some;
		gather_dates(t->cells, first, count, &in);
		if (lanes->dates(&in, to, t->load->data->fresh_on, &newest))
			newest = take_odd_dates(t, first, count, to, newest);
		if (to == some)
			memcpy(out + first, some, count * sizeof *out);
	}
	note_newest(t, newest);
}

/* The job says how they are written. */
static void take_formatted_dates(struct taking *t)
{
	int32_t *out = (int32_t *)t->column->values.bytes + t->first, newest = CRMVAL_NO_DATE;
	for (uint32_t i = 0; i < t->rows->row_count; i++) {
		out[i] = take_odd_date(t, i);
		newest = data_newer(out[i], t->load->data->fresh_on, newest);
	}
	note_newest(t, newest);
}

void take_dates(struct taking *t)
{
	if (t->how->date_format)
		take_formatted_dates(t);
	else
		take_plain_dates(t);
}

/* ---- numbers ---- */

/* Making texts of what was computed, only to read them, would take longer than computing it. */
static void take_computed(struct taking *t)
{
	double *out = (double *)t->column->values.bytes + t->first;
	for (uint32_t i = 0; i < t->rows->row_count; i++) {
		uint32_t length;
		const char *bytes = cell_at(t->cells, i, &length);
		out[i] = NAN;
		if (length)
			memcpy(&out[i], bytes, sizeof out[i]);
	}
}

/* All bytes of a column are in one piece, so that those before a cell may be read. */
static void gather_numbers(const struct crmval_cells *cells, uint32_t first, uint32_t count, struct number_lanes *in)
{
	enum { MOST = 8 };
	static const char none[MOST];
	static const uint64_t masks[MOST + 2] = {0,
						 UINT64_MAX << 56,
						 UINT64_MAX << 48,
						 UINT64_MAX << 40,
						 UINT64_MAX << 32,
						 UINT64_MAX << 24,
						 UINT64_MAX << 16,
						 UINT64_MAX << 8,
						 UINT64_MAX,
						 0};
	for (uint32_t i = 0; i < count; i++) {
		uint32_t length = cells->length[first + i];
		size_t end = (size_t)cells->start[first + i] + length;
		if (length == CRMVAL_NULL)
			length = 0;
		if (length > (end < MOST ? 0 : MOST))
			length = MOST + 1;
		uint64_t word = ident_load(length - 1 < MOST ? cells->base + end - MOST : none);
		in->digits[i] = (le64toh(word) ^ IDENT_EACH('0')) & masks[length];
		in->lengths[i] = length;
	}
	for (uint32_t i = count; i < LANES; i++)
		in->digits[i] = in->lengths[i] = 0;
}

static void take_odd_numbers(struct taking *t, uint32_t first, uint32_t count, double *out)
{
	for (uint32_t i = 0; i < count; i++) {
		uint32_t length;
		if (!isinf(out[i]))
			continue;
		const char *text = cell_at(t->cells, first + i, &length);
		enum cell_state state = cell_number(text, length, &out[i]);
		out[i] = state == CELL_OK ? out[i] : state == CELL_MISSING ? NAN : INFINITY;
		if (state == CELL_UNREADABLE)
			take_unreadable(t, first + i);
	}
}

static void take_plain_numbers(struct taking *t)
{
	double *out = (double *)t->column->values.bytes + t->first, some[LANES];
	const struct lanes *lanes = lanes_best();
	struct number_lanes in;
	for (uint32_t first = 0; first < t->rows->row_count; first += LANES) {
		uint32_t count = t->rows->row_count - first < LANES ? t->rows->row_count - first : LANES;
		double *to = count == LANES ? out + first : some;
		gather_numbers(t->cells, first, count, &in);
		if (lanes->numbers(&in, to))
			take_odd_numbers(t, first, count, to);
		if (to == some)
			memcpy(out + first, some, count * sizeof *out);
	}
}

void take_numbers(struct taking *t)
{
	if (t->how->is_computed)
		take_computed(t);
	else
		take_plain_numbers(t);
}
