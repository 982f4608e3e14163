/* SPDX-License-Identifier: MIT */
/* Loops without a jump, so that compilers make use of what wide registers there are. */
#include "lanes.h"

#include "data.h"
#include "window.h"

#include <math.h>

#define INLINE static inline __attribute__((always_inline))

/* As cell_plain_date(), but that it knows leap days, too. */
INLINE int take_dates(const struct date_lanes *restrict in, int32_t *restrict out, int32_t limit, int32_t *newest)
{
	const uint32_t zeros = 0x30303030, hyphens = '-' | (uint32_t)'-' << 24, of_31_days = 0x15aa;
	uint32_t has_odd = 0;
	int32_t latest = *newest;
	for (uint32_t i = 0; i < LANES; i++) {
		uint32_t year = in->years[i] ^ zeros, month = in->months[i] ^ ((zeros & 0x00ffff00) | hyphens);
		uint32_t day = in->days[i] ^ (zeros & 0xffff), none = in->days[i] >> 16;
		uint32_t odd = (year | (year + 0x76767676)) & 0x80808080;
		odd |= (month | (month + 0x00767600)) & 0x80808080;
		odd |= (month & 0xff0000ff) | ((day | (day + 0x7676)) & 0xffff8080);
		year = year * 10 + (year >> 8);
		uint32_t century = year & 0xff, of_century = year >> 16 & 0xff;
		month = (month >> 8 & 0xff) * 10 + (month >> 16 & 0xff);
		day = (day & 0xff) * 10 + (day >> 8 & 0xff);
		uint32_t is_leap = ((of_century + (of_century == 0) * century) & 3) == 0, is_february = month == 2;
		uint32_t last = 30 + (of_31_days >> (month & 31) & 1) - is_february * (2 - is_leap);
		odd = (odd != 0) | (month - 1 > 11) | (day - 1 >= last) | (century + of_century == 0);
		int32_t value = days_from_civil((int)(century * 100 + of_century), month, day);
		int32_t other = UNREADABLE_DATE - (int32_t)none; /* or CRMVAL_NO_DATE */
		value = odd ? other : value;
		has_odd |= odd * (1 - none);
		int32_t past = -(value > limit), seen = (value & ~past) | (CRMVAL_NO_DATE & past);
		latest = seen > latest ? seen : latest;
		out[i] = value;
	}
	*newest = latest;
	return (int)has_odd;
}

/* Eight digits, the first byte the lowest. */
INLINE uint64_t number_of(uint64_t digits)
{
	const uint64_t every_other = UINT64_C(0x00ff00ff00ff00ff), every_fourth = UINT64_C(0x0000ffff0000ffff);
	digits = (digits & every_other) * 10 + (digits >> 8 & every_other);
	digits = (digits & every_fourth) * 100 + (digits >> 16 & every_fourth);
	return (digits & UINT32_MAX) * 10000 + (digits >> 32);
}

union bits {
	double number;
	uint64_t whole;
};

/* As cell_number(): digits, perhaps with a point, of which the place is read as the number to divide by. */
INLINE int take_numbers(const struct number_lanes *restrict in, double *restrict out)
{
	const uint64_t point = '.' ^ '0';
	const union bits none = {NAN}, infinite = {INFINITY};
	uint64_t has_odd = 0;
	for (uint32_t i = 0; i < LANES; i++) {
		uint64_t length = in->lengths[i], word = in->digits[i];
		uint64_t high = (word | (word + IDENT_EACH(0x76))) & IDENT_EACH(0x80), at = (high & -high) >> 7;
		uint64_t is_whole = at == 0, before = (at - 1) & ~-is_whole;
		uint64_t digits = (word & before) << 8 | (word & ~before & ~(at * 0xff));
		uint64_t odd = (high ^ at << 7) | ((word ^ at * point) & at * 0xff);
		odd = (odd != 0) | (length > 8) | ((length == 1) & !is_whole);
		double value = (double)(int32_t)number_of(digits) / (double)(int32_t)(number_of(at) + is_whole);
		union bits bits = {value};
		uint64_t is_empty = -(uint64_t)(length == 0), is_odd = -odd;
		bits.whole = (bits.whole & ~(is_empty | is_odd)) | (none.whole & is_empty) | (infinite.whole & is_odd);
		out[i] = bits.number;
		has_odd |= odd;
	}
	return has_odd != 0;
}

/* As dense_slot() and ident_is_checked(). */
INLINE void take_slots(const struct id_lanes *restrict in, const struct dense_form *form, uint64_t *restrict out)
{
	const uint64_t ones = IDENT_EACH(1), zeros = IDENT_EACH('0'), every_other = UINT64_C(0x00ff00ff00ff00ff),
		       every_fourth = UINT64_C(0x0000ffff0000ffff), moved = UINT64_C(0x0102040810204080);
	const struct dense_form f = *form;
	const uint32_t left = f.shift & 63, right = -f.shift & 63;
	const uint64_t is_long = f.shift < 64 ? ~(uint64_t)0 : 0;
	for (uint32_t i = 0; i < LANES; i++) {
		uint64_t low = in->low[i], high = in->high[i], end = in->ends[i];
		uint64_t capitals = ((low >> 6 & ~(low >> 5)) & ones) * moved >> 56 |
				    ((high >> 6 & ~(high >> 5)) & ones) * moved >> 56 << 8;
		uint64_t fives = (capitals & 31) | (capitals << 3 & 31 << 8) | (capitals << 6 & 31 << 16);
		uint64_t is_digit = (fives + 0x666666) >> 7 & 0x010101;
		uint64_t check = fives + 0x414141 - is_digit * ('A' + 26 - '0');
		uint64_t odd = ((end >> 8) ^ check) * !(end & LANE_WHOLE);

		uint64_t word = ((high << left | low >> right) & is_long) | (low << left & ~is_long);
		word = (word & f.digits) | (zeros & ~f.digits);
		uint64_t letters = word >> 6 & ones, small = word >> 5 & letters;
		word -= zeros + letters * ('A' - '0') + small * ('a' - 'A');
		odd |= (word | (word + IDENT_EACH(0x7f - 9) - letters * (25 - 9))) & IDENT_EACH(0x80);
		odd |= (letters & f.no_letters) | (small & f.no_small);
		odd |= ((low ^ f.same.low) & f.which.low) | ((high ^ f.same.high) & f.which.high);
		word += letters * 10 + small * 26;
		word = (word & every_other) * f.base + (word >> 8 & every_other);
		word = (word & every_fourth) * f.squared + (word >> 16 & every_fourth);
		word = (word & UINT32_MAX) * f.fourth + (word >> 32) - f.least;
		uint64_t slot = ((odd == 0) & (word < f.count)) ? f.first + word : LANE_ODD;
		out[i] = (end & LANE_EMPTY) ? LANE_MISSING : slot;
	}
}

#define VARIANT(name, target)                                                                                          \
	target static int dates_##name(const struct date_lanes *in, int32_t *out, int32_t limit, int32_t *newest)      \
	{                                                                                                              \
		return take_dates(in, out, limit, newest);                                                             \
	}                                                                                                              \
	target static int numbers_##name(const struct number_lanes *in, double *out)                                   \
	{                                                                                                              \
		return take_numbers(in, out);                                                                          \
	}                                                                                                              \
	target static void slots_##name(const struct id_lanes *in, const struct dense_form *form, uint64_t *out)       \
	{                                                                                                              \
		take_slots(in, form, out);                                                                             \
	}

#ifdef __x86_64__
VARIANT(avx512, __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,bmi,bmi2,popcnt"))))
VARIANT(avx2, __attribute__((target("avx2,bmi,bmi2,popcnt"))))
#endif
VARIANT(plain, )

const struct lanes lanes_all[] = {
#ifdef __x86_64__
	{"avx512", dates_avx512, numbers_avx512, slots_avx512},
	{"avx2", dates_avx2, numbers_avx2, slots_avx2},
#endif
	{"plain", dates_plain, numbers_plain, slots_plain},
	{0}};

#ifdef __x86_64__
#define HAS(name) __builtin_cpu_supports(name)
#endif

int lanes_work(const struct lanes *lanes)
{
#ifdef __x86_64__
	int has_avx2 = HAS("avx2") && HAS("bmi") && HAS("bmi2") && HAS("popcnt");
	if (lanes->slots == slots_avx512)
		return has_avx2 && HAS("avx512f") && HAS("avx512bw") && HAS("avx512dq") && HAS("avx512vl");
	if (lanes->slots == slots_avx2)
		return has_avx2;
#endif
	return lanes->slots == slots_plain;
}

const struct lanes *lanes_best(void)
{
	const struct lanes *lanes = lanes_all;
	while (!lanes_work(lanes))
		lanes++;
	return lanes;
}
