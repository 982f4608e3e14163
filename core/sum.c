/* SPDX-License-Identifier: MIT */
/* Reading exact sums as floating-point numbers. */
#include "sum.h"

enum { WHOLE_WORD = SUM_UNIT_EXPONENT / 64, WHOLE_BIT = SUM_UNIT_EXPONENT % 64 }; /* where 1 stands */

int sum_is_whole(const struct sum *sum, int64_t *number)
{
	const uint64_t *word = sum->word;
	uint64_t bits = word[WHOLE_WORD] >> WHOLE_BIT | word[WHOLE_WORD + 1] << (64 - WHOLE_BIT);
	uint64_t sign = bits >> 63 ? UINT64_MAX : 0;
	*number = (int64_t)bits;
	return word[0] == 0 && word[WHOLE_WORD] << (64 - WHOLE_BIT) == 0 &&
	       word[WHOLE_WORD + 1] >> WHOLE_BIT == sign >> WHOLE_BIT && word[3] == sign;
}

quad sum_value(const struct sum *sum)
{
	uint64_t word[4];
	int64_t number;
	if (sum_is_whole(sum, &number)) /* as most are */
		return (quad)number;
	int is_negative = sum->word[3] >> 63;
	unsigned carry = 1;
	for (int i = 0; i < 4; i++) {
		word[i] = is_negative ? ~sum->word[i] + carry : sum->word[i];
		carry = carry && word[i] == 0;
	}
	/* From the top down, where each step rounds: the words after the leading ones add less than the rounding of a quad. */
	quad value = (quad)((unsigned __int128)word[3] << 64 | word[2]);
	if (word[2] | word[3])
		value = (value * (quad)0x1p64 + (quad)word[1]) * (quad)0x1p64 + (quad)word[0];
	else /* as most fractions are */
		value = (quad)((unsigned __int128)word[1] << 64 | word[0]);
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
