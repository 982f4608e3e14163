/* SPDX-License-Identifier: MIT */
/* Many cells at a time give what each gives by itself, on whatever processor. */
#include "../core/cell.h"
#include "../core/data.h"
#include "../core/lanes.h"
#include "../core/salesforce_id.h"
#include "suite.h"

#include <ctype.h>
#include <endian.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- dates ---- */

struct dates {
	const struct lanes *lanes;
	struct date_lanes in;
	int32_t expected[LANES];
	uint32_t count;
	uint64_t bad;
};

static void end_dates(struct dates *dates)
{
	int32_t out[LANES], newest = CRMVAL_NO_DATE, expected = CRMVAL_NO_DATE, limit = 20000;
	int has_odd = 0;
	for (; dates->count < LANES; dates->count++) {
		uint32_t i = dates->count;
		dates->in.years[i] = dates->in.months[i] = 0;
		dates->in.days[i] = LANE_EMPTY << 16;
		dates->expected[i] = CRMVAL_NO_DATE;
	}
	for (uint32_t i = 0; i < LANES; i++) {
		expected = data_newer(dates->expected[i], limit, expected);
		has_odd |= dates->expected[i] == UNREADABLE_DATE;
	}
	dates->bad += (uint64_t)(!dates->lanes->dates(&dates->in, out, limit, &newest) != !has_odd);
	dates->bad += (uint64_t)(memcmp(out, dates->expected, sizeof out) != 0) + (newest != expected);
	dates->count = 0;
}

static void put_date(struct dates *dates, const char *text)
{
	uint32_t i = dates->count++, year, month;
	uint16_t day;
	memcpy(&year, text, sizeof year);
	memcpy(&month, text + 4, sizeof month);
	memcpy(&day, text + 8, sizeof day);
	dates->in.years[i] = le32toh(year);
	dates->in.months[i] = le32toh(month);
	dates->in.days[i] = le16toh(day);
	if (cell_date(text, 10, &dates->expected[i]) != CELL_OK)
		dates->expected[i] = UNREADABLE_DATE;
	if (dates->count == LANES)
		end_dates(dates);
}

static void check_dates(struct dates *dates)
{
	static const int years[] = {0, 1, 4, 100, 400, 1900, 1970, 2000, 2023, 2024, 2100, 9996, 9999};
	char text[40];
	for (size_t y = 0; y < sizeof years / sizeof years[0]; y++)
		for (int day = 0; day < 10000; day++) {
			snprintf(text, sizeof text, "%04d-%02d-%02d", years[y], day / 100, day % 100);
			put_date(dates, text);
		}
	end_dates(dates);
	for (uint32_t n = 0; n < 10 * 256; n++) {
		memcpy(text, n % 3 ? "2023-11-30" : "0400-02-29", 10);
		text[n / 256] = (char)n;
		put_date(dates, text);
		if (n % 50 == 0)
			end_dates(dates);
	}
	end_dates(dates);
}

static void test_dates(void)
{
	for (const struct lanes *lanes = lanes_all; lanes->name; lanes++) {
		struct dates dates = {.lanes = lanes};
		if (lanes_work(lanes))
			check_dates(&dates);
		CU_ASSERT_EQUAL(dates.bad, 0);
	}
}

/* ---- numbers ---- */

struct numbers {
	const struct lanes *lanes;
	struct number_lanes in;
	double expected[LANES];
	uint32_t count;
	uint64_t bad;
};

static void put_number(struct numbers *numbers, const char *text, uint32_t length)
{
	uint32_t i = numbers->count++;
	double out[LANES];
	uint64_t word = 0;
	memcpy((char *)&word + 8 - (length > 8 ? 0 : length), text, length > 8 ? 0 : length);
	word = le64toh(word) ^ IDENT_EACH('0');
	numbers->in.digits[i] = length && length <= 8 ? word >> (8 - length) * 8 << (8 - length) * 8 : 0;
	numbers->in.lengths[i] = length;
	/* What has a sign, or blanks, is for others to read. */
	int is_odd = length > 8;
	for (uint32_t c = 0; c < length; c++)
		is_odd |= !isdigit((unsigned char)text[c]) && text[c] != '.';
	if (length == 0)
		numbers->expected[i] = NAN;
	else if (is_odd || cell_number(text, length, &numbers->expected[i]) != CELL_OK)
		numbers->expected[i] = INFINITY;
	if (numbers->count < LANES)
		return;
	int has_odd = 0;
	for (i = 0; i < LANES; i++)
		has_odd |= isinf(numbers->expected[i]) != 0;
	numbers->bad += (uint64_t)(!numbers->lanes->numbers(&numbers->in, out) != !has_odd);
	numbers->bad += (uint64_t)(memcmp(out, numbers->expected, sizeof out) != 0);
	numbers->count = 0;
}

static void check_numbers(struct numbers *numbers)
{
	static const char some[] = "00123456789.0987654321.e-+ /:\xae\xb0";
	uint64_t random = 7;
	char text[16];
	for (uint32_t n = 0; n < 1000 * LANES; n++) {
		uint32_t length = n / LANES % 10;
		/* By turns digits, with a point, and anything. */
		for (uint32_t i = 0; i < length; i++) {
			random = random * UINT64_C(6364136223846793005) + 1;
			text[i] = some[(random >> 33) % (n / LANES % 4 < 3 ? 11 : sizeof some - 1)];
			text[i] = text[i] == '.' ? '7' : text[i];
		}
		if (length && n / LANES % 4)
			text[(random >> 40) % length] = '.';
		put_number(numbers, text, n % 100 ? length : 0);
	}
	for (uint32_t n = 0; n < 256 * LANES; n++) {
		memcpy(text, "90.54321", 8);
		text[n / 256 % 8] = (char)n;
		put_number(numbers, text, 8);
	}
}

static void test_numbers(void)
{
	for (const struct lanes *lanes = lanes_all; lanes->name; lanes++) {
		struct numbers numbers = {.lanes = lanes};
		if (lanes_work(lanes))
			check_numbers(&numbers);
		CU_ASSERT_EQUAL(numbers.bad, 0);
	}
}

/* ---- slots ---- */

static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

struct kind {
	const char *prefix;
	uint32_t width, first;
	unsigned base;
	int is_checked;
};

static const struct kind kinds[] = {
	{"", 3, 100, 10, 0},          {"", 8, 12345678, 10, 0},    {"A", 8, 3000, 36, 0},
	{"ACC-", 6, 1, 10, 0},        {"Kunde-", 9, 98765, 62, 0}, {"0065g0zzzz", 5, 3000000, 62, 1},
	{"0065g00000", 5, 20, 36, 1}, {"0000000000", 5, 0, 10, 1},
};

static uint32_t text_of(const struct kind *kind, uint32_t number, char *text)
{
	uint32_t length = (uint32_t)strlen(kind->prefix) + kind->width;
	memcpy(text, kind->prefix, length - kind->width);
	for (uint32_t i = length; i-- > length - kind->width; number /= kind->base)
		text[i] = digits[number % kind->base];
	const char *id = text;
	char buffer[18];
	if (kind->is_checked && salesforce_id_read(&id, &length, buffer) == CELL_OK)
		memcpy(text, buffer, length);
	return length;
}

static void put_id(struct id_lanes *in, uint32_t i, const char *text, uint32_t length)
{
	uint32_t end = 0;
	struct ident id = ident_of(text, length);
	if (length == IDENT_CHECKED) {
		memcpy(&end, text + 14, sizeof end);
		id.low = ident_load(text);
		id.high = ident_load(text + 7) >> 8 | (uint64_t)IDENT_CHECKED << 56;
	}
	in->low[i] = id.low;
	in->high[i] = id.high;
	in->ends[i] = length == IDENT_CHECKED ? end & ~UINT32_C(0xff) : length ? LANE_WHOLE : LANE_EMPTY;
}

/* Ids that are there, that are like these, and none at all. */
static uint64_t check_slots(const struct lanes *lanes, const struct kind *kind, const struct dense *dense)
{
	struct id_lanes in;
	uint64_t out[LANES], expected[LANES], bad = 0;
	uint32_t length = 0;
	char text[40];
	for (uint32_t n = 0; n < 400 * LANES; n++) {
		uint32_t i = n % LANES, place = n / 256 % 18;
		length = text_of(kind, kind->first + n * 7919 % 1100, text);
		if (n % 4 == 1 && place < length)
			text[place] = (char)(n * 11);
		length = n % 16 == 2 ? length - 1 : n % 16 == 3 ? 0 : length;
		put_id(&in, i, text, length);
		uint64_t slot = dense_slot(dense, ident_of(text, length));
		/* Another length may have a form, too, which is looked for elsewhere. */
		int is_other =
			in.high[i] >> 56 != (kind->is_checked ? IDENT_CHECKED : strlen(kind->prefix) + kind->width);
		expected[i] = length == 0 ? LANE_MISSING : is_other ? LANE_ODD : slot;
		if (i < LANES - 1)
			continue;
		lanes->slots(&in, &dense->forms[kind->is_checked ? 18 : strlen(kind->prefix) + kind->width], out);
		bad += (uint64_t)(memcmp(out, expected, sizeof out) != 0);
	}
	return bad;
}

static void test_slots(void)
{
	enum { COUNT = 1000 };
	struct crmval_error error = {.struct_size = sizeof error};
	struct ident ids[COUNT];
	struct dense dense;
	char text[40];
	for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
		for (uint32_t i = 0; i < COUNT; i++)
			ids[i] = ident_of(text, text_of(&kinds[k], kinds[k].first + i % (k ? COUNT : 800), text));
		CU_ASSERT_EQUAL(dense_plan(&dense, ids, COUNT, (uint64_t)8 * COUNT, 1, &error), CRMVAL_OK);
		CU_ASSERT(dense.slots >= 800);
		for (const struct lanes *lanes = lanes_all; lanes->name; lanes++)
			if (lanes_work(lanes))
				CU_ASSERT_EQUAL(check_slots(lanes, &kinds[k], &dense), 0);
	}
}

static void test_best(void)
{
	const struct lanes *best = lanes_best();
	for (const struct lanes *lanes = lanes_all; lanes->name; lanes++) {
		CU_ASSERT(lanes >= best || !lanes_work(lanes));
		CU_ASSERT(lanes[1].name || lanes_work(lanes));
	}
	CU_ASSERT(lanes_work(best));
}

static const struct test tests[] = {
	{"days of dates, and which are odd", test_dates},
	{"numbers, and which are odd", test_numbers},
	{"slots of ids", test_slots},
	{"the best that there is", test_best},
	{NULL, NULL},
};

const struct suite suite_lanes = {"lanes", tests};
