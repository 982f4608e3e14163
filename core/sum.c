/* SPDX-License-Identifier: MIT */
/* Reading exact sums as floating-point numbers. */
#include "sum.h"

quad sum_value(const struct sum *sum)
{
	uint64_t word[4];
	int is_negative = sum->word[3] >> 63;
	unsigned carry = 1;
	for (int i = 0; i < 4; i++) {
		word[i] = is_negative ? ~sum->word[i] + carry : sum->word[i];
		carry = carry && word[i] == 0;
	}
	/* From the top down: the words after the leading one add less than the rounding of a quad. */
	quad value = 0;
	for (int i = 3; i >= 0; i--)
		value = value * 0x1p64 + (quad)word[i];
	value *= (quad)0x1p-92;
	return is_negative ? -value : value;
}

void sums_moments(const struct sums *sums, struct moments *moments)
{
	*moments = (struct moments){
		.rows = sums->rows,
		.n = sum_value(&sums->n),
		.d = sum_value(&sums->d),
		.nn = sum_value(&sums->nn),
		.nd = sum_value(&sums->nd),
		.dd = sum_value(&sums->dd),
	};
}
