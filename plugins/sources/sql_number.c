/* SPDX-License-Identifier: MIT */
/* Numbers as text: what CRMs hold, whole numbers and those with few decimals, without printf. */
#include "sql_number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t put_digits(char *text, uint64_t value)
{
	char reversed[20];
	size_t count = 0;
	do {
		reversed[count++] = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	for (size_t i = 0; i < count; i++)
		text[i] = reversed[count - 1 - i];
	return count;
}

size_t sql_number_integer(char text[SQL_NUMBER_ROOM], int64_t value)
{
	uint64_t size = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
	*text = '-';
	return put_digits(text + (value < 0), size) + (value < 0);
}

/* A whole number of at most 15 digits over a power of ten. */
static size_t put_scaled(char *text, int64_t value, unsigned decimals)
{
	static const int64_t powers[] = {1, 10, 100, 1000, 10000};
	int64_t size = value < 0 ? -value : value, rest = size % powers[decimals];
	size_t length = value < 0;
	*text = '-';
	length += put_digits(text + length, (uint64_t)(size / powers[decimals]));
	text[length++] = '.';
	for (unsigned i = decimals; i-- > 0;)
		text[length++] = (char)('0' + rest / powers[i] % 10);
	return length;
}

size_t sql_number_double(char text[SQL_NUMBER_ROOM], double value)
{
	static const double powers[] = {1, 10, 100, 1000, 10000};
	char printed[SQL_NUMBER_ROOM];
	/* A quotient of two exact doubles is rounded as the decimal is when it is read. */
	for (unsigned i = 0; fabs(value) < 1e11 && i < sizeof powers / sizeof *powers; i++) {
		int64_t scaled = (int64_t)(value * powers[i] + (value < 0 ? -0.5 : 0.5));
		if ((double)scaled / powers[i] == value)
			return i ? put_scaled(text, scaled, i) : sql_number_integer(text, scaled);
	}
	for (int digits = 15;; digits++) {
		int length = snprintf(printed, sizeof printed, "%.*g", digits, value);
		if (digits == 17 || strtod(printed, NULL) == value || isnan(value)) {
			memcpy(text, printed, (size_t)length);
			return (size_t)length;
		}
	}
}

size_t sql_number_float(char text[SQL_NUMBER_ROOM], float value)
{
	char printed[SQL_NUMBER_ROOM];
	for (int digits = 6;; digits++) {
		int length = snprintf(printed, sizeof printed, "%.*g", digits, (double)value);
		if (digits == 9 || strtof(printed, NULL) == value || isnan(value)) {
			memcpy(text, printed, (size_t)length);
			return (size_t)length;
		}
	}
}
