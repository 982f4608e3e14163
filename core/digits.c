/* SPDX-License-Identifier: MIT */
/* Digits of numbers, by whole numbers of 128 bits, in which no step rounds. */
#include "digits.h"

#include <math.h>
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

/* Eight digits of a number below 10^8: four divisions none of which waits for the one before. */
static void put_eight(uint32_t number, char *to)
{
	uint32_t high = number / 10000, low = number % 10000;
	memcpy(to, pairs + 2 * (high / 100), 2);
	memcpy(to + 2, pairs + 2 * (high % 100), 2);
	memcpy(to + 4, pairs + 2 * (low / 100), 2);
	memcpy(to + 6, pairs + 2 * (low % 100), 2);
}

int digits_whole(uint64_t number, char text[DIGITS_SIZE])
{
	char digits[DIGITS_SIZE], *end = digits + sizeof digits, *begin = put(number, end);
	int length = (int)(end - begin);
	memcpy(text, begin, (size_t)length);
	text[length] = '\0';
	return length;
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

/* A number of `count` digits, the first of which stands at `place`; it has a fraction. */
static int put_fraction(uint64_t number, int count, int place, char text[DIGITS_SIZE])
{
	char digits[1 + 16], *begin = digits + sizeof digits - count, *to = text;
	uint64_t high = number / 100000000;
	digits[0] = (char)('0' + high / 100000000);
	put_eight((uint32_t)(high % 100000000), digits + 1);
	put_eight((uint32_t)(number % 100000000), digits + 9);
	while (begin[count - 1] == '0')
		count--;
	if (place < 0) {
		memcpy(to, "0.000", 5);
		to += 1 - place;
	} else {
		memcpy(to, begin, (size_t)place + 1);
		to += place + 1;
		begin += place + 1;
		count -= place + 1;
		*to++ = '.';
	}
	memcpy(to, begin, (size_t)count);
	to[count] = '\0';
	return (int)(to - text) + count;
}

int digits_fraction(double number, char text[DIGITS_SIZE])
{
	if (!(number >= 1e-4 && number < 1e15) || number == rint(number))
		return 0;
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
			return put_fraction(digits, count, place, text);
		if (2 * off == unit)
			return 0;
	}
	return 0;
}
