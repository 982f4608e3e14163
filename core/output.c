/* SPDX-License-Identifier: MIT */
/* Where a report goes: a stream that remembers its first error, and the texts that all reports share. */
#include "output.h"

#include "digits.h"
#include "error.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistr.h>

static void write_out(struct output *output, const char *bytes, size_t length)
{
	if (!output->failure && fwrite(bytes, 1, length, output->stream) != length)
		output->failure = errno ? errno : EIO;
}

void output_empty(struct output *output)
{
	write_out(output, output->buffer, output->used);
	output->used = 0;
}

void output_many(struct output *output, const char *bytes, size_t length)
{
	output_empty(output);
	write_out(output, bytes, length);
}

/* Files have a name, which whoever opened them adds. */
int output_failed(const FILE *stream, int number, struct crmval_error *error)
{
	if (stream == stdout)
		return fail(error, CRMVAL_EIO, "standard output: cannot write it: %s", strerror(number));
	return fail(error, CRMVAL_EIO, "writing failed: %s", strerror(number));
}

int output_finish(struct output *output, struct crmval_error *error)
{
	output_empty(output);
	if (!output->failure && fflush(output->stream) != 0)
		output->failure = errno ? errno : EIO;
	return output->failure ? output_failed(output->stream, output->failure, error) : CRMVAL_OK;
}

int output_number_text(double number, char text[OUTPUT_NUMBER_SIZE])
{
	int sign = number < 0, length;
	double positive = fabs(number);

	text[0] = '\0';
	if (!isfinite(number))
		return 0;
	if (sign)
		*text++ = '-';
	if (positive < 0x1p53 && positive == (double)(int64_t)positive)
		return sign + digits_whole((uint64_t)positive, text);
	length = digits_fraction(positive, text);
	if (length > 0)
		return sign + length;
	for (int digits = 15; length == 0 || strtod(text, NULL) != positive; digits++)
		length = snprintf(text, OUTPUT_NUMBER_SIZE - 1, "%.*g", digits, positive);
	return sign + length;
}

const char *output_valid_text(const char *text, char **copy)
{
	size_t length = strlen(text);
	const uint8_t *from = (const uint8_t *)text, *end = from + length;
	char *to;

	if (!u8_check(from, length))
		return text;
	/* Each byte becomes three at most. */
	to = realloc(*copy, 3 * length + 1);
	if (!to)
		return NULL;
	*copy = to;
	while (from < end) {
		ucs4_t character;
		int bytes = u8_mbtouc(&character, from, (size_t)(end - from));
		to += u8_uctomb((uint8_t *)to, character, 4);
		from += bytes;
	}
	*to = '\0';
	return *copy;
}
