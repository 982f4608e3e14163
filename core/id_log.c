/* SPDX-License-Identifier: MIT */
/*
 * A row is written as: a byte for the number of bytes at the front that it shares with the id before it, and whether it
 * ends as that does, at the same length; the number of bytes in between, or else of all that follow, in one byte or
 * five; these.
 */
#include "id_log.h"

#include <stdlib.h>
#include <string.h>

enum { SHARED_MOST = 127, SAME_END = 128, LONG = 255, HEAD_MOST = 6 };

/* So many bytes at the front are the same in both. */
static uint32_t shared_bytes(const char *a, const char *b, uint32_t length)
{
	uint32_t i = 0;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	for (; i + 8 <= length; i += 8) {
		uint64_t differ = ident_load(a + i) ^ ident_load(b + i);
		if (differ)
			return i + (uint32_t)__builtin_ctzll(differ) / 8;
	}
#endif
	while (i < length && a[i] == b[i])
		i++;
	return i;
}

/* So many bytes at the end are the same, up to 7; both are of one length. */
static uint32_t shared_end(const char *a, const char *b, uint32_t length)
{
	uint32_t same = 0;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	if (length >= 8) {
		uint64_t differ = ident_load(a + length - 8) ^ ident_load(b + length - 8);
		return (uint32_t)__builtin_clzll(differ | 0x80) / 8;
	}
#endif
	while (same < 7 && same < length && a[length - 1 - same] == b[length - 1 - same])
		same++;
	return same;
}

/* Copies `size` bytes of a text from `first` on; there is room for eight more. */
static void put_bytes(unsigned char *to, const char *text, uint32_t length, uint32_t first, uint32_t size)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	if (size <= 8 && length >= 8) { /* the eight that begin there, or else the last of the text */
		uint32_t from = first < length - 8 ? first : length - 8;
		uint64_t bytes = first - from < 8 ? ident_load(text + from) >> (first - from) * 8 : 0;
		memcpy(to, &bytes, sizeof bytes);
		return;
	}
#endif
	if (size)
		memcpy(to, text + first, size);
}

static int comes_after(const char *text, uint32_t length, const char *other, uint32_t other_length, uint32_t shared)
{
	if (shared == length || shared == other_length)
		return length > other_length;
	return (unsigned char)text[shared] > (unsigned char)other[shared];
}

void id_log_begin(struct id_log_writer *writer)
{
	writer->size = 0;
	writer->run = (struct id_run){.ascends = 1};
}

static int make_room(struct id_log_writer *writer, size_t more)
{
	if (writer->size + more <= writer->capacity)
		return 0;
	size_t capacity = 2 * writer->capacity + more + 4096;
	char *bytes = realloc(writer->bytes, capacity);
	if (!bytes)
		return -1;
	writer->bytes = bytes;
	writer->capacity = capacity;
	return 0;
}

int id_log_put(struct id_log_writer *writer, const char *text, uint32_t length)
{
	struct id_run *run = &writer->run;
	uint32_t least = length < run->last_length ? length : run->last_length;
	uint32_t same = length ? shared_bytes(text, run->last, least) : 0;
	uint32_t shared = same < SHARED_MOST ? same : SHARED_MOST, rest = length - shared, end = 0;
	if (length && length == run->last_length)
		end = shared_end(text, run->last, length);
	end = end < rest ? end : rest;
	rest -= end;
	if (make_room(writer, (size_t)rest + HEAD_MOST + sizeof(uint64_t)) < 0)
		return -1;
	unsigned char *to = (unsigned char *)writer->bytes + writer->size;
	*to++ = (unsigned char)(shared | (end ? SAME_END : 0));
	*to++ = (unsigned char)(rest < LONG ? rest : LONG);
	if (rest >= LONG) {
		memcpy(to, &rest, sizeof rest);
		to += sizeof rest;
	}
	put_bytes(to, text, length, shared, rest);
	writer->size = (size_t)((char *)to - writer->bytes) + rest;
	if (length == 0)
		return 0;
	if (run->first_length == 0) {
		writer->first_at = writer->size - rest;
		run->first_length = length;
	} else if (!comes_after(text, length, run->last, run->last_length, same)) {
		run->ascends = 0;
	}
	run->last = text;
	run->last_length = length;
	return 0;
}

int id_log_end(const struct id_log_writer *writer, struct texts *texts, struct id_run *run)
{
	*run = writer->run;
	run->bytes = texts_keep(texts, writer->bytes, writer->size);
	if (!run->bytes || run->first_length == 0)
		return run->bytes ? 0 : -1;
	run->first = run->bytes + writer->first_at;
	run->last = texts_keep(texts, writer->run.last, run->last_length);
	return run->last ? 0 : -1;
}

void id_log_free(struct id_log_writer *writer)
{
	free(writer->bytes);
	*writer = (struct id_log_writer){0};
}

static int compare(const char *a, uint32_t a_length, const char *b, uint32_t b_length)
{
	uint32_t least = a_length < b_length ? a_length : b_length;
	int order = memcmp(a, b, least);
	return order ? order : (a_length > b_length) - (a_length < b_length);
}

static int by_first(const void *a, const void *b)
{
	const struct id_run *x = *(const struct id_run *const *)a, *y = *(const struct id_run *const *)b;
	return compare(x->first, x->first_length, y->first, y->first_length);
}

int id_log_ascends(const struct id_run **runs, size_t count)
{
	size_t used = 0;
	for (size_t i = 0; i < count; i++) {
		if (runs[i]->bytes && !runs[i]->ascends)
			return 0;
		if (runs[i]->first)
			runs[used++] = runs[i];
	}
	if (used)
		qsort(runs, used, sizeof(struct id_run *), by_first);
	for (size_t i = 1; i < used; i++)
		if (compare(runs[i - 1]->last, runs[i - 1]->last_length, runs[i]->first, runs[i]->first_length) >= 0)
			return 0;
	return 1;
}

int id_log_read(const struct id_run *run, uint32_t row_count, struct ident *out)
{
	const unsigned char *from = (const unsigned char *)run->bytes;
	size_t capacity = 256;
	uint32_t length = 0; /* of the last id */
	if (!from) {
		memset(out, 0, row_count * sizeof *out);
		return 0;
	}
	char *text = malloc(capacity); /* of the last row that has an id */
	for (uint32_t i = 0; i < row_count && text; i++) {
		uint32_t shared = *from & SHARED_MOST, same_end = *from++ & SAME_END, rest = *from++;
		if (rest == LONG) {
			memcpy(&rest, from, sizeof rest);
			from += sizeof rest;
		}
		out[i] = (struct ident){0, 0};
		if (shared + rest + same_end == 0)
			continue;
		length = same_end ? length : shared + rest;
		if (length > capacity) {
			capacity = length;
			char *larger = realloc(text, capacity);
			if (!larger)
				free(text);
			text = larger;
			if (!text)
				break;
		}
		memcpy(text + shared, from, rest);
		from += rest;
		out[i] = ident_of(text, length);
	}
	free(text);
	return text ? 0 : -1;
}
