/* SPDX-License-Identifier: MIT */
/* Reading bytes into a window, and settling what is quoted in it. */
#include "csv_window.h"

#include "error.h"

#include <stdlib.h>
#include <string.h>

#define PADDING 0x80 /* behind the last byte, up to a full word: nothing that a scanner looks for */

void csv_window_free(struct csv_window *window)
{
	free(window->buffer);
	free(window->words);
	*window = (struct csv_window){0};
}

/* Room for `size` bytes of the buffer, and the padding. */
static int reserve(struct csv_window *window, size_t size, struct crmval_error *error)
{
	size += 2 * CSV_WORD;
	if (size <= window->capacity)
		return CRMVAL_OK;
	size_t capacity = window->capacity + window->capacity / 2;
	if (capacity < size)
		capacity = size;
	uint8_t *buffer = realloc(window->buffer, capacity);
	if (!buffer)
		return fail_memory(error);
	window->buffer = buffer;
	window->capacity = capacity;
	return CRMVAL_OK;
}

int csv_window_start(struct csv_window *window, const struct csv_scanner *scanner, struct csv_bytes source,
		     uint8_t delimiter, int has_previous, struct crmval_error *error)
{
	int status = reserve(window, CSV_WORD, error);
	if (status)
		return status;
	window->scanner = scanner;
	window->source = source;
	window->delimiter = delimiter;
	window->begin = CSV_WORD;
	window->filled = has_previous ? CSV_WORD - 1 : CSV_WORD;
	window->buffer[CSV_WORD - 1] = '\n';
	window->at_end = 0;
	window->state = CSV_OUTSIDE;
	csv_window_advance(window, 0);
	return CRMVAL_OK;
}

int csv_window_leave(struct csv_window *window, size_t room, struct crmval_error *error)
{
	int status = reserve(window, window->begin + room, error);
	if (status)
		return status;
	window->buffer[window->begin + room - 1] = '\n';
	window->begin += room;
	window->filled = window->begin;
	return CRMVAL_OK;
}

int csv_window_prepend(struct csv_window *window, const uint8_t *bytes, size_t size, struct crmval_error *error)
{
	if (size > window->begin) {
		size_t more = size - window->begin;
		int status = reserve(window, window->filled + more, error);
		if (status)
			return status;
		memmove(window->buffer + size, window->buffer + window->begin, window->filled - window->begin);
		window->begin += more;
		window->filled += more;
		if (window->at_end)
			memset(window->buffer + window->filled, PADDING, CSV_WORD);
	}
	memcpy(window->buffer + window->begin - size, bytes, size);
	window->begin -= size - 1;
	return CRMVAL_OK;
}

/* The last record has no line end of its own: give it one, so that nobody else must think of it. */
static void end_bytes(struct csv_window *window)
{
	uint8_t last = window->buffer[window->filled - 1];
	if (last != '\n' && last != '\r')
		window->buffer[window->filled++] = '\n';
	memset(window->buffer + window->filled, PADDING, CSV_WORD);
	window->at_end = 1;
}

int csv_window_fill(struct csv_window *window, size_t size, struct crmval_error *error)
{
	size_t until = window->begin + size;
	if (window->filled >= until || window->at_end)
		return CRMVAL_OK;
	int status = reserve(window, until, error);
	while (!status && window->filled < until && !window->at_end) {
		size_t got = 0;
		status = window->source.read(window->source.context, window->buffer + window->filled,
					     until - window->filled, &got, error);
		window->filled += got;
		if (!status && !got)
			end_bytes(window);
	}
	return status;
}

int csv_window_scan(struct csv_window *window, size_t to, struct crmval_error *error)
{
	size_t from = window->scanned / CSV_WORD, until = (to + CSV_WORD - 1) / CSV_WORD;
	if (until >= window->word_capacity) {
		size_t capacity = until + until / 2 + 1;
		struct csv_word *words = realloc(window->words, capacity * sizeof *words);
		if (!words)
			return fail_memory(error);
		window->words = words;
		window->word_capacity = capacity;
	}
	window->scanner->scan(csv_window_bytes(window) + window->scanned, until - from, window->delimiter,
			      window->words + from, &window->found);
	window->has_quote |= window->found.has_quote;
	window->has_nul |= window->found.has_nul;
	window->has_cr |= window->found.has_cr;
	window->scanned = to;
	return CRMVAL_OK;
}

/* Goes from quote to quote, as the dialect says, and takes those that are data out of the words. */
static int walk_quotes(struct csv_window *window, int inside)
{
	const uint8_t *bytes = csv_window_bytes(window);
	uint8_t delimiter = window->delimiter;
	/* A quote here is the second of a pair. */
	size_t reopens = window->state == CSV_CLOSED ? window->settled : SIZE_MAX;
	for (size_t i = window->settled / CSV_WORD; i * CSV_WORD < window->scanned; i++) {
		for (uint64_t bits = window->words[i].quote; bits; bits &= bits - 1) {
			size_t place = i * CSV_WORD + (size_t)__builtin_ctzll(bits);
			if (inside) {
				inside = 0;
				reopens = place + 1;
				if (reopens < window->scanned && bytes[reopens] != '"' &&
				    !csv_is_separator(bytes[reopens], delimiter))
					window->is_broken = 1;
			} else if (place == reopens || csv_is_separator(bytes[(ptrdiff_t)place - 1], delimiter)) {
				inside = 1;
			} else {
				window->words[i].quote &= ~(bits & -bits);
			}
		}
	}
	return inside;
}

void csv_window_settle(struct csv_window *window, enum csv_state state)
{
	size_t from = window->settled, to = window->scanned;
	if (from == 0)
		window->first = state;
	window->state = state;
	if (from == to)
		return;
	const uint8_t *bytes = csv_window_bytes(window);
	int inside = state == CSV_INSIDE;
	int is_regular = !(inside ? window->found.bad_inside : window->found.bad_outside);
	int starts_with_separator = csv_is_separator(bytes[from], window->delimiter);
	if (state == CSV_CLOSED && bytes[from] != '"' && !starts_with_separator)
		window->is_broken = 1;
	if (state == CSV_OUTSIDE && bytes[from] == '"' &&
	    !csv_is_separator(bytes[(ptrdiff_t)from - 1], window->delimiter))
		is_regular = 0;
	inside = is_regular ? inside ^ window->found.is_odd : walk_quotes(window, inside);

	int ends_with_quote = (window->words[(to - 1) / CSV_WORD].quote >> (to - 1) % CSV_WORD) & 1;
	window->state = inside ? CSV_INSIDE : ends_with_quote ? CSV_CLOSED : CSV_OUTSIDE;
	window->settled = to;
}

void csv_window_advance(struct csv_window *window, size_t size)
{
	window->begin += size;
	window->offset += size;
	window->scanned = window->settled = 0;
	window->counted = window->lines_counted = 0;
	window->has_quote = window->has_nul = window->has_cr = window->is_broken = 0;
	/* Move the rest to the front only where it is less than what is gone, so that moving costs little. */
	size_t rest = window->filled - window->begin;
	if (size && rest + CSV_WORD <= window->begin) {
		memmove(window->buffer + CSV_WORD - 1, window->buffer + window->begin - 1, rest + 1);
		window->begin = CSV_WORD;
		window->filled = CSV_WORD + rest;
		if (window->at_end)
			memset(window->buffer + window->filled, PADDING, CSV_WORD);
	}
}

size_t csv_window_last_end(const struct csv_window *window)
{
	uint64_t inside = window->state == CSV_INSIDE ? ~(uint64_t)0 : 0;
	for (size_t i = (window->scanned + CSV_WORD - 1) / CSV_WORD; i-- > 0;) {
		const struct csv_word *word = &window->words[i];
		if (__builtin_parityll(word->quote))
			inside = ~inside;
		uint64_t ends = word->line & ~(csv_prefix_xor(word->quote) ^ inside);
		if (ends)
			return (i + 1) * CSV_WORD - (size_t)__builtin_clzll(ends);
	}
	return 0;
}

uint64_t csv_window_line(struct csv_window *window, size_t place)
{
	size_t word = place / CSV_WORD, bit = place % CSV_WORD;
	if (word < window->counted)
		window->counted = window->lines_counted = 0;
	for (; window->counted < word; window->counted++)
		window->lines_counted += (uint64_t)__builtin_popcountll(window->words[window->counted].line);
	uint64_t rest = bit ? window->words[word].line << (CSV_WORD - bit) : 0;
	return window->line + window->lines_counted + (uint64_t)__builtin_popcountll(rest);
}
