/* SPDX-License-Identifier: MIT */
/* Three stages, each feeding the next through a buffer: the file, what inflates it, iconv. */
#include "csv_input.h"

#include "csv_gzip.h"
#include "error.h"

#include <errno.h>
#include <iconv.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define BUFFER 65536
#define FIRST CSV_HEADER_PIECE     /* bytes in which a mark is looked for, and most headers end */
#define LONGEST 64                 /* no character of any encoding takes so many bytes, before or after conversion */
#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

struct csv_input {
	struct csv_bytes given; /* where the bytes come from, if not from a file: */
	int descriptor;
	const char *path;
	uint64_t offset;       /* in the file */
	struct csv_gzip *gzip; /* NULL: it is none */
	iconv_t converter;
	int is_converted;
	unsigned unit; /* bytes to the smallest unit of the encoding: what is passed over where one is invalid */
	const char *encoding;
	unsigned mark;
	uint64_t invalid;
	size_t text_begin, text_end, converted_begin, converted_end;
	int text_ended, is_flushed;
	/* What follows is not zeroed: most inputs are small or plain, and use little of it. */
	uint8_t text[BUFFER], converted[BUFFER]; /* before conversion and after */
};

static const struct {
	unsigned size;
	char bytes[5];
	const char *encoding;
} marks[] = {
	{3, "\xef\xbb\xbf", "UTF-8"}, {4, "\xff\xfe\0\0", "UTF-32LE"},    {4, "\0\0\xfe\xff", "UTF-32BE"},
	{2, "\xff\xfe", "UTF-16LE"},  {4, "\x84\x31\x95\x33", "GB18030"}, {2, "\xfe\xff", "UTF-16BE"},
};

int csv_pread(int descriptor, const char *path, uint64_t offset, void *to, size_t room, size_t *got,
	      struct crmval_error *error)
{
	*got = 0;
	while (*got < room) {
		ssize_t n = pread(descriptor, (char *)to + *got, room - *got, (off_t)(offset + *got));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail(error, CRMVAL_EIO, "%s: reading failed at byte %llu: %s", path,
				    (unsigned long long)(offset + *got), strerror(errno));
		if (n == 0)
			break;
		*got += (size_t)n;
	}
	return CRMVAL_OK;
}

static int read_raw(struct csv_input *input, void *to, size_t room, size_t *got, struct crmval_error *error)
{
	int status = csv_pread(input->descriptor, input->path, input->offset, to, room, got, error);
	input->offset += *got;
	return status;
}

static int read_stage(struct csv_input *input, uint8_t *to, size_t room, size_t *got, struct crmval_error *error)
{
	if (input->given.read)
		return input->given.read(input->given.context, to, room, got, error);
	if (input->gzip)
		return csv_gzip_read(input->gzip, to, room, got, error);
	return read_raw(input, to, room, got, error);
}

/* Moves what is left in the text buffer to its front and reads on, so that it has so many bytes at most. */
static int fill_text(struct csv_input *input, size_t most, struct crmval_error *error)
{
	memmove(input->text, input->text + input->text_begin, input->text_end - input->text_begin);
	input->text_end -= input->text_begin;
	input->text_begin = 0;
	size_t got;
	int status = read_stage(input, input->text + input->text_end, most - input->text_end, &got, error);
	if (status)
		return status;
	input->text_end += got;
	input->text_ended = !got;
	return CRMVAL_OK;
}

/* Delivers from a buffer. */
static int take(uint8_t *to, size_t room, size_t *got, const uint8_t *buffer, size_t *begin, size_t end)
{
	*got = end - *begin < room ? end - *begin : room;
	memcpy(to, buffer + *begin, *got);
	*begin += *got;
	return CRMVAL_OK;
}

/* Puts U+FFFD in the place of what cannot be converted. */
static void replace(struct csv_input *input, char **out, size_t *room)
{
	size_t left = input->text_end - input->text_begin, count = left < input->unit ? left : input->unit;
	memcpy(*out, REPLACEMENT, sizeof REPLACEMENT - 1);
	*out += sizeof REPLACEMENT - 1;
	*room -= sizeof REPLACEMENT - 1;
	input->text_begin += count;
	input->invalid += count;
}

/* Fills the empty buffer of converted text, unless all is converted. */
static int convert(struct csv_input *input, struct crmval_error *error)
{
	char *out = (char *)input->converted;
	size_t room = sizeof input->converted;
	while (room > LONGEST && !input->is_flushed) {
		if (!input->text_ended && input->text_end - input->text_begin < LONGEST) {
			int status = fill_text(input, sizeof input->text, error);
			if (status)
				return status;
		}
		char *in = (char *)input->text + input->text_begin;
		size_t left = input->text_end - input->text_begin;
		input->is_flushed = !left && input->text_ended;
		size_t result = iconv(input->converter, input->is_flushed ? NULL : &in, &left, &out, &room);
		input->text_begin = input->text_end - left;
		int incomplete = result == (size_t)-1 && errno == EINVAL;
		if ((result == (size_t)-1 && errno == EILSEQ) || (incomplete && input->text_ended))
			replace(input, &out, &room);
	}
	input->converted_begin = 0;
	input->converted_end = sizeof input->converted - room;
	return CRMVAL_OK;
}

static int read_text(void *context, uint8_t *to, size_t room, size_t *got, struct crmval_error *error)
{
	struct csv_input *input = context;
	*got = 0;
	if (!input->is_converted && input->text_begin == input->text_end)
		return read_stage(input, to, room, got, error);
	if (!input->is_converted)
		return take(to, room, got, input->text, &input->text_begin, input->text_end);
	if (input->converted_begin == input->converted_end) {
		int status = convert(input, error);
		if (status)
			return status;
	}
	return take(to, room, got, input->converted, &input->converted_begin, input->converted_end);
}

/* ---- opening ---- */

static int starts_with(const char *name, const char *prefix)
{
	return !strncasecmp(name, prefix, strlen(prefix));
}

/* Sees whether there is a byte order mark, and prepares for the encoding. */
static int choose_encoding(struct csv_input *input, const char *encoding, struct crmval_error *error)
{
	const char *path = input->path;
	for (size_t i = 0; i < sizeof marks / sizeof *marks && !input->mark; i++) {
		if (input->text_end < marks[i].size || memcmp(input->text, marks[i].bytes, marks[i].size))
			continue;
		encoding = marks[i].encoding;
		input->mark = marks[i].size;
	}
	input->text_begin = input->mark;
	input->encoding = encoding;
	if (!strcasecmp(encoding, "UTF-8") || !strcasecmp(encoding, "UTF8"))
		return CRMVAL_OK;
	if (starts_with(encoding, "UTF-16") || starts_with(encoding, "UTF16") || starts_with(encoding, "UCS-2"))
		input->unit = 2;
	if (starts_with(encoding, "UTF-32") || starts_with(encoding, "UTF32") || starts_with(encoding, "UCS-4"))
		input->unit = 4;
	input->converter = iconv_open("UTF-8", encoding);
	if (input->converter == (iconv_t)-1 && errno == EINVAL)
		return fail(error, CRMVAL_ECONF, "%s: unknown encoding \"%s\"; `iconv -l` lists those that are known",
			    path, encoding);
	if (input->converter == (iconv_t)-1)
		return fail(error, CRMVAL_ENOMEM, "%s: encoding \"%s\": %s", path, encoding, strerror(errno));
	input->is_converted = 1;
	return CRMVAL_OK;
}

/* gzip is known by its first bytes, whatever the file's name; but a name that promises it must hold. */
static int choose_compression(struct csv_input *input, struct crmval_error *error)
{
	uint8_t magic[2] = {0};
	size_t got, length = strlen(input->path);
	int status = csv_pread(input->descriptor, input->path, 0, magic, sizeof magic, &got, error);
	if (status)
		return status;
	if (magic[0] != 0x1f || magic[1] != 0x8b) {
		if (length > 3 && !strcasecmp(input->path + length - 3, ".gz"))
			return fail(error, CRMVAL_EDATA, "%s: not a gzip file, in spite of its name", input->path);
		return CRMVAL_OK;
	}
	return csv_gzip_open(input->descriptor, input->path, &input->gzip, error);
}

static struct csv_input *allocate(void)
{
	struct csv_input *input = malloc(sizeof *input);
	if (input)
		memset(input, 0, offsetof(struct csv_input, text));
	return input;
}

/* Takes the input over, even where it fails. */
static int start(struct csv_input *input, const char *path, const char *encoding, struct csv_input **opened,
		 struct crmval_error *error)
{
	input->path = path;
	input->unit = 1;
	int status = input->given.read ? CRMVAL_OK : choose_compression(input, error);
	while (!status && !input->text_ended && input->text_end < LONGEST)
		status = fill_text(input, FIRST, error);
	if (!status)
		status = choose_encoding(input, encoding, error);
	if (status) {
		csv_input_close(input);
		return status;
	}
	*opened = input;
	return CRMVAL_OK;
}

int csv_input_open(int descriptor, const char *path, const char *encoding, struct csv_input **opened,
		   struct crmval_error *error)
{
	struct csv_input *input = allocate();
	if (!input)
		return fail_memory(error);
	input->descriptor = descriptor;
	return start(input, path, encoding, opened, error);
}

int csv_input_of_bytes(struct csv_bytes bytes, const char *path, const char *encoding, struct csv_input **opened,
		       struct crmval_error *error)
{
	struct csv_input *input = allocate();
	if (!input)
		return fail_memory(error);
	input->given = bytes;
	return start(input, path, encoding, opened, error);
}

void csv_input_limit(struct csv_input *input, uint32_t max_gzip_ratio)
{
	if (input->gzip)
		csv_gzip_limit(input->gzip, max_gzip_ratio);
}

void csv_input_close(struct csv_input *input)
{
	if (!input)
		return;
	csv_gzip_close(input->gzip);
	if (input->is_converted)
		iconv_close(input->converter);
	free(input);
}

struct csv_bytes csv_input_bytes(struct csv_input *input)
{
	return (struct csv_bytes){read_text, input};
}

int csv_input_is_gzip(const struct csv_input *input)
{
	return input->gzip != NULL;
}

int csv_input_is_plain(const struct csv_input *input)
{
	return !input->gzip && !input->is_converted;
}

unsigned csv_input_mark(const struct csv_input *input)
{
	return input->mark;
}

uint64_t csv_input_invalid(const struct csv_input *input, const char **encoding)
{
	*encoding = input->encoding;
	return input->invalid;
}
