/* SPDX-License-Identifier: MIT */
/* Exact sums as text and back. */
#include "sum_text.h"

#include <stdio.h>
#include <stdlib.h>

#define WHOLE_MOST (INT64_C(1) << 53)

static void negate(uint64_t word[4])
{
	unsigned carry = 1;
	for (int i = 0; i < 4; i++) {
		word[i] = ~word[i] + carry;
		carry = carry && word[i] == 0;
	}
}

static int is_zero(const struct sum *sum)
{
	return (sum->word[0] | sum->word[1] | sum->word[2] | sum->word[3]) == 0;
}

static void shift_right(uint64_t word[4], unsigned bits)
{
	unsigned words = bits / 64, rest = bits % 64;
	for (unsigned i = 0; i < 4; i++) {
		uint64_t low = i + words < 4 ? word[i + words] : 0, high = i + words + 1 < 4 ? word[i + words + 1] : 0;
		word[i] = rest ? low >> rest | high << (64 - rest) : low;
	}
}

static unsigned trailing_zeros(const uint64_t word[4])
{
	unsigned i = 0;
	while (word[i] == 0)
		i++;
	return i * 64 + (unsigned)__builtin_ctzll(word[i]);
}

static unsigned bit_length(const uint64_t word[4])
{
	for (int i = 3; i >= 0; i--)
		if (word[i])
			return (unsigned)i * 64 + 64 - (unsigned)__builtin_clzll(word[i]);
	return 0;
}

int sum_text(const struct sum *sum, char text[SUM_TEXT_SIZE])
{
	int64_t number;
	uint64_t word[4];
	int is_negative = sum->word[3] >> 63, length;
	if (sum_is_whole(sum, &number) && number > -WHOLE_MOST && number < WHOLE_MOST) {
		snprintf(text, SUM_TEXT_SIZE, "%lld", (long long)number);
		return 1;
	}
	memcpy(word, sum->word, sizeof word);
	if (is_negative)
		negate(word);
	unsigned zeros = trailing_zeros(word);
	shift_right(word, zeros);
	length = snprintf(text, SUM_TEXT_SIZE, "%s0x", is_negative ? "-" : "");
	int top = 3;
	while (word[top] == 0)
		top--;
	length += snprintf(text + length, SUM_TEXT_SIZE - (size_t)length, "%llx", (unsigned long long)word[top]);
	while (top-- > 0)
		length += snprintf(text + length, SUM_TEXT_SIZE - (size_t)length, "%016llx",
				   (unsigned long long)word[top]);
	snprintf(text + length, SUM_TEXT_SIZE - (size_t)length, "p%d", (int)zeros - SUM_UNIT_EXPONENT);
	return 0;
}

static int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Hexadecimal digits; NULL: there are more than fit. */
static const char *parse_digits(const char *text, uint64_t word[4])
{
	memset(word, 0, 4 * sizeof *word);
	for (int digit; (digit = digit_of(*text)) >= 0; text++) {
		if (word[3] >> 60)
			return NULL;
		for (int i = 3; i > 0; i--)
			word[i] = word[i] << 4 | word[i - 1] >> 60;
		word[0] = word[0] << 4 | (uint64_t)digit;
	}
	return text;
}

static void shift_left(uint64_t word[4], unsigned bits)
{
	unsigned words = bits / 64, rest = bits % 64;
	for (int i = 3; i >= 0; i--) {
		int from = i - (int)words;
		uint64_t high = from >= 0 ? word[from] : 0, low = from >= 1 ? word[from - 1] : 0;
		word[i] = rest ? high << rest | low >> (64 - rest) : high;
	}
}

static int parse_whole(const char *text, struct sum *sum)
{
	int is_negative = *text == '-';
	const char *at = text + is_negative;
	int64_t number = 0;
	/* What is written in another way than ours was not written by us. */
	if (!*at || (*at == '0' && (is_negative || at[1])))
		return -1;
	for (; *at; at++) {
		if (*at < '0' || *at > '9')
			return -1;
		number = 10 * number + (*at - '0');
		if (number >= WHOLE_MOST)
			return -1;
	}
	*sum = (struct sum){{0}};
	sum_add_integer(sum, is_negative ? -number : number);
	return 0;
}

int sum_parse(const char *text, int is_whole, struct sum *sum)
{
	char again[SUM_TEXT_SIZE];
	if (is_whole)
		return parse_whole(text, sum);
	int is_negative = *text == '-';
	const char *at = text + is_negative;
	if (strncmp(at, "0x", 2) != 0 || !(at = parse_digits(at + 2, sum->word)) || *at != 'p')
		return -1;
	char *end;
	long exponent = strtol(at + 1, &end, 10);
	unsigned bits = bit_length(sum->word);
	if (end == at + 1 || *end || bits == 0 || exponent < -SUM_UNIT_EXPONENT || exponent > 255 ||
	    exponent + SUM_UNIT_EXPONENT + (long)bits > 255)
		return -1;
	shift_left(sum->word, (unsigned)(exponent + SUM_UNIT_EXPONENT));
	if (is_negative)
		negate(sum->word);
	return !is_zero(sum) && !sum_text(sum, again) && strcmp(text, again) == 0 ? 0 : -1;
}
