/* SPDX-License-Identifier: MIT */
/* Digits of numbers, by whole numbers of 128 bits, in which no step rounds. */
#include "digits.h"

#include <endian.h>
#include <string.h>

static const char pairs[] = "0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243"
			    "4445464748495051525354555657585960616263646566676869707172737475767778798081828384858687"
			    "888990919293949596979899";

/* From the last digit to the first, so that they end at `end`.  Returns where they begin. */
static char *put(uint64_t number, char *end)
{
	while (number >= 100) {
		end -= 2;
		memcpy(end, pairs + 2 * (number % 100), 2);
		number /= 100;
	}
	if (number >= 10)
		return memcpy(end - 2, pairs + 2 * number, 2);
	*--end = (char)('0' + number);
	return end;
}

/* Eight digits of a number below 10^8, the first in the lowest byte: two, four, and all eight of them at a time. */
static uint64_t eight_digits(uint32_t number)
{
	uint64_t fours = number / 10000 | (uint64_t)(number % 10000) << 32;
	uint64_t hundreds = (fours * 10486 >> 20) & UINT64_C(0x7f0000007f);
	uint64_t pairs_of = hundreds | (fours - 100 * hundreds) << 16;
	uint64_t tens = (pairs_of * 103 >> 10) & UINT64_C(0xf000f000f000f);
	return tens | (pairs_of - 10 * tens) << 8;
}

/* The lowest byte first. */
static void put_word(uint64_t word, char *to)
{
	word = htole64(word);
	memcpy(to, &word, sizeof word);
}

int digits_whole(uint64_t number, char text[DIGITS_SIZE])
{
	if (number < 100) { /* as most are */
		int length = number < 10 ? 1 : 2;
		memcpy(text, pairs + 2 * number + 2 - length, 2);
		text[length] = '\0';
		return length;
	}
	char digits[20 + 20] = "", *end = digits + 20, *begin = put(number, end);
	memcpy(text, begin, 20);
	text[end - begin] = '\0';
	return (int)(end - begin);
}

/* ---- fractions ---- */

/* What the 52 bits of a double between 1e-4 and 1e15 stand for is mantissa / 2^shift. */
struct parts {
	uint64_t mantissa;
	unsigned shift;
};

static struct parts parts_of(double number)
{
	uint64_t bits;
	memcpy(&bits, &number, sizeof bits);
	return (struct parts){(bits & ((UINT64_C(1) << 52) - 1)) | UINT64_C(1) << 52, 1075 - (unsigned)(bits >> 52)};
}

/* The place of the first digit: 0 for units, -1 for tenths. */
static int first_place(double number, unsigned shift)
{
	static const double powers[] = {1e-4, 1e-3, 1e-2, 1e-1, 1e0,  1e1,  1e2,  1e3,  1e4,  1e5,
					1e6,  1e7,  1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
	/* log10(2) is 1233 / 4096 and a little: of the power of 2, it is that of the number, or one less. */
	int place = ((52 - (int)shift) * 1233) >> 12;
	if (place < -4)
		place = -4;
	return place + (number >= powers[place + 5]);
}

/* Up to 10^20. */
static unsigned __int128 power_of_ten(unsigned exponent)
{
	static const uint64_t powers[] = {1,       10,       100,       1000,       10000,      100000,
					  1000000, 10000000, 100000000, 1000000000, 10000000000};
	unsigned half = exponent / 2;
	return (unsigned __int128)powers[half] * powers[exponent - half];
}

/*
 * Puts a number of 17 digits, the first of which stands at `place`, without the zeros it ends with; it has a fraction.  All
 * digits are put after where the point will be, and those before it once more.
 */
static int put_fraction(uint64_t digits, int place, char text[DIGITS_SIZE])
{
	const uint64_t zeros = UINT64_C(0x3030303030303030);
	uint64_t high = digits / 100000000, first = high / 100000000;
	uint64_t next = eight_digits((uint32_t)(high % 100000000)), last = eight_digits((uint32_t)(digits % 100000000));
	int count = last ? 17 - __builtin_clzll(last) / 8 : next ? 9 - __builtin_clzll(next) / 8 : 1;
	char *to = text + (place < 0 ? 1 - place : 1);
	memcpy(text, "0.000", 5);
	*to = (char)('0' + first);
	put_word(next + zeros, to + 1);
	put_word(last + zeros, to + 9);
	if (place >= 0 && place < 7) { /* what stands before the point lies in one word with it */
		uint64_t word = ('0' + first) | (next + zeros) << 8, before = (UINT64_C(256) << 8 * place) - 1;
		uint64_t point = (before + 1) * '.', after = ~before - (before + 1) * 255;
		put_word((word & before) | point | (word << 8 & after), text);
	} else if (place >= 0) {
		memmove(text, to, (size_t)place + 1);
		text[place + 1] = '.';
	}
	to[count] = '\0';
	return (int)(to - text) + count;
}

/* So many in 10^10, as all scores are. */
static int put_decimals(uint64_t number, char text[DIGITS_SIZE])
{
	uint64_t whole = number / 10000000000, part = number % 10000000000;
	uint64_t first = part / 100000000, last = eight_digits((uint32_t)(part % 100000000));
	char *to = text + digits_whole(whole, text);
	*to++ = '.';
	memcpy(to, pairs + 2 * first, 2);
	put_word(last + UINT64_C(0x3030303030303030), to + 2);
	to += last ? 10 - __builtin_clzll(last) / 8 : first % 10 ? 2 : 1;
	*to = '\0';
	return (int)(to - text);
}

int digits_fraction(double number, char text[DIGITS_SIZE])
{
	static const uint64_t tens[] = {100, 10, 1};
	if (!(number >= 1e-4 && number < 1e15) || number == (double)(int64_t)number)
		return 0;
	/* What is so many in 10^10, and has 15 digits at most, needs no more. */
	uint64_t decimals = number < 1e5 ? (uint64_t)(number * 1e10 + 0.5) : 0;
	if ((double)decimals / 1e10 == number && decimals < 1000000000000000)
		return put_decimals(decimals, text);
	struct parts parts = parts_of(number);
	int place = first_place(number, parts.shift);
	unsigned __int128 one = (unsigned __int128)1 << parts.shift;
	for (int count = 15; count <= 17; count++) {
		/* Of mantissa * 10^n / 2^shift the next whole number, of two as near the even one; and how far it is off. */
		unsigned __int128 unit = power_of_ten((unsigned)(count - 1 - place)), exact = parts.mantissa * unit;
		uint64_t digits = (uint64_t)(exact >> parts.shift);
		unsigned __int128 off = exact & (one - 1);
		if (2 * off > one || (2 * off == one && digits % 2)) {
			digits++;
			off = one - off;
		}
		/* It reads back if it is within half of the distance to the next double.  (A power of 2 is nearer to the one
		   below; all of these have 15 digits at most.) */
		if (count == 17 || 2 * off < unit)
			return put_fraction(digits * tens[count - 15], place, text);
		if (2 * off == unit)
			return 0;
	}
	return 0;
}
