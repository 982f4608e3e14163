/* SPDX-License-Identifier: MIT */
/*
 * From a window to rows.  Separators are listed for all columns, but the bytes of cells are looked at only in columns
 * that are wanted, and there only for quotes.  A record is known to be whole by one comparison: its line end is its
 * n-th separator.  All that is odd takes the slow path, take_odd().
 */
#include "csv_rows.h"

#include "error.h"

#include <stdlib.h>
#include <string.h>

#define BLOCK 256 /* words listed at a time: their separators stay in the first-level cache */
#define LISTED (BLOCK * CSV_WORD + CSV_LIST_SLACK)
#define ROWS_MOST 2048       /* rows in a batch; where they are wide fewer: */
#define ROWS_LEAST 64        /* so many at least, */
#define CELLS_MOST (1 << 18) /* and so many cells at most */
#define APART 48      /* a row's cells would all fall into one set of the cache, were they a power of two apart */
#define TAIL_FIRST 16 /* words read at first behind the chunk for the end of its last record */
#define TAIL_MOST 4096
#define NOT_MADE SIZE_MAX

void csv_rows_free(struct csv_rows *rows)
{
	free(rows->memory);
	free(rows->text);
	*rows = (struct csv_rows){0};
}

int csv_rows_start(struct csv_rows *rows, const struct csv_view *view, const struct crmval_sink *sink,
		   struct crmval_error *error)
{
	size_t batch = CELLS_MOST / ((size_t)view->place_count + 1);
	batch = batch > ROWS_MOST ? ROWS_MOST : batch < ROWS_LEAST ? ROWS_LEAST : batch;
	size_t separators = 1 + (size_t)view->column_count + LISTED, stride = batch + APART,
	       cells = view->place_count * stride;
	size_t numbers = separators + LISTED + 4 * batch + 1 + 2 * cells;
	size_t bytes = view->answer_count * sizeof *rows->columns + view->place_count * sizeof *rows->made +
		       numbers * sizeof(uint32_t);
	if (bytes > rows->capacity) {
		free(rows->memory);
		rows->capacity = 0;
		rows->memory = malloc(bytes);
		if (!rows->memory)
			return fail_memory(error);
		rows->capacity = bytes;
	}
	rows->columns = rows->memory;
	rows->made = (size_t *)(rows->columns + view->answer_count);
	rows->separators = (uint32_t *)(rows->made + view->place_count) + 1;
	rows->ends = rows->separators - 1 + separators;
	rows->begins = rows->ends + LISTED;
	rows->records = rows->begins + batch;
	rows->quoted = rows->records + batch;
	rows->starts = rows->quoted + batch + 1;
	rows->lengths = rows->starts + cells;
	rows->nulls = rows->lengths + cells;
	memset(rows->nulls, 0xff, batch * sizeof *rows->nulls); /* CRMVAL_NULL */
	rows->batch_size = (uint32_t)batch;
	rows->stride = (uint32_t)stride;
	rows->view = view;
	rows->sink = sink;
	return CRMVAL_OK;
}

static uint64_t row_line(const void *context, uint32_t row, uint32_t *input)
{
	const struct csv_rows *rows = context;
	*input = rows->view->input;
	return csv_window_line(rows->window, rows->begins[row]);
}

/* ---- text ---- */

/* Counts the cells of a column that were encoded twice; *has_any: some are not ASCII. */
static uint64_t count_twice(const struct csv_rows *rows, size_t first, int *has_any)
{
	const uint8_t *bytes = csv_window_bytes(rows->window);
	uint64_t twice = 0;
	*has_any = 0;
	for (size_t i = first; i < first + rows->row_count; i++) {
		if (csv_text_is_ascii(bytes + rows->starts[i], rows->lengths[i]))
			continue;
		*has_any = 1;
		twice += (uint64_t)csv_text_is_twice(rows->view->text, bytes + rows->starts[i], rows->lengths[i]);
	}
	return twice;
}

/* Makes UTF-8 of a column, in memory of its own, since it grows. */
static int make_column(struct csv_rows *rows, size_t first, struct crmval_error *error)
{
	const uint8_t *bytes = csv_window_bytes(rows->window);
	size_t size = 0, begin = rows->text_size;
	for (size_t i = first; i < first + rows->row_count; i++)
		size += rows->lengths[i];
	size_t needed = begin + CSV_TEXT_GROWTH * size + 1;
	if (needed > rows->text_capacity) {
		uint8_t *text = realloc(rows->text, needed + needed / 2);
		if (!text)
			return fail_memory(error);
		rows->text = text;
		rows->text_capacity = needed + needed / 2;
	}
	for (size_t i = first; i < first + rows->row_count; i++) {
		uint8_t *to = rows->text + rows->text_size;
		size_t length = csv_text_from_windows(bytes + rows->starts[i], rows->lengths[i], to);
		rows->starts[i] = (uint32_t)(rows->text_size - begin);
		rows->lengths[i] = (uint32_t)length;
		rows->text_size += length;
	}
	return CRMVAL_OK;
}

/* Sees to the columns of the batch that are not all ASCII. */
static int make_text(struct csv_rows *rows, struct crmval_error *error)
{
	int status = CRMVAL_OK;
	rows->text_size = 0;
	for (uint32_t place = 0; place < rows->view->place_count && !status; place++) {
		size_t first = (size_t)place * rows->stride;
		int has_any;
		rows->twice += count_twice(rows, first, &has_any);
		rows->made[place] = NOT_MADE;
		if (!has_any || rows->view->text != CSV_TEXT_WINDOWS)
			continue;
		rows->made[place] = rows->text_size;
		status = make_column(rows, first, error);
	}
	return status;
}

/* ---- batches ---- */

static int flush(struct csv_rows *rows, struct crmval_error *error)
{
	if (!rows->row_count)
		return CRMVAL_OK;
	const struct csv_view *view = rows->view;
	const uint8_t *bytes = csv_window_bytes(rows->window);
	int is_made =
		view->text != CSV_TEXT_AS_IS && !csv_text_is_ascii(bytes + *rows->begins, rows->begin - *rows->begins);
	if (is_made) {
		int failed = make_text(rows, error);
		if (failed)
			return failed;
	}
	for (uint32_t i = 0; i < view->answer_count; i++) {
		uint32_t place = view->answers[i];
		if (place == CSV_ABSENT) {
			rows->columns[i] = (struct crmval_cells){(const char *)bytes, rows->begins, rows->nulls};
			continue;
		}
		size_t first = (size_t)place * rows->stride;
		const uint8_t *base = is_made && rows->made[place] != NOT_MADE ? rows->text + rows->made[place] : bytes;
		rows->columns[i] = (struct crmval_cells){
			.base = (const char *)base, .start = rows->starts + first, .length = rows->lengths + first};
	}
	struct crmval_rows batch = {.struct_size = sizeof batch,
				    .row_count = rows->row_count,
				    .columns = rows->columns,
				    .line = row_line,
				    .context = rows};
	int status = rows->sink->take(rows->sink, &batch, error);
	rows->row_count = 0;
	return status;
}

static int reject(struct csv_rows *rows, const char *rule, struct crmval_error *error)
{
	/* What came before goes first, so that a sink learns of everything in the order of the file. */
	int status = flush(rows, error);
	if (status)
		return status;
	return rows->sink->reject(rows->sink, rows->view->input, csv_window_line(rows->window, rows->begin),
				  rows->window->offset + rows->begin, rule, error);
}

/* ---- cells ---- */

static int has_quote(const struct csv_word *words, uint32_t from, uint32_t to)
{
	uint32_t word = from / CSV_WORD, last = to / CSV_WORD;
	uint64_t bits = words[word].quote & ~(uint64_t)0 << from % CSV_WORD;
	for (; word < last && !bits; bits = words[++word].quote)
		;
	if (word == last)
		bits &= ((uint64_t)1 << to % CSV_WORD) - 1;
	return bits != 0;
}

/* Takes the second quote of each pair out, in place. */
static uint32_t unescape(uint8_t *cell, uint32_t length)
{
	uint8_t *to = cell;
	const uint8_t *from = cell, *end = cell + length;
	while (from < end) {
		const uint8_t *quote = memchr(from, '"', (size_t)(end - from));
		size_t count = (size_t)((quote ? quote + 1 : end) - from);
		memmove(to, from, count);
		to += count;
		from += count + (quote != NULL);
	}
	return (uint32_t)(to - cell);
}

/* The record at hand has all its separators, and ends at `end`: note it, for add_cells(). */
static inline void add_record(struct csv_rows *rows, uint32_t end)
{
	uint32_t row = rows->listed++;
	rows->begins[rows->row_count + row] = rows->begin;
	rows->records[row] = (uint32_t)rows->next;
	rows->quoted[rows->quoted_count] = row;
	if (rows->window->has_quote)
		rows->quoted_count += (uint32_t)has_quote(rows->window->words, rows->begin, end);
}

static void unquote(const struct csv_window *window, uint32_t *start, uint32_t *length)
{
	uint8_t *bytes = csv_window_bytes(window);
	if (!*length || bytes[*start] != '"')
		return;
	++*start;
	*length -= 2;
	if (has_quote(window->words, *start, *start + *length))
		*length = unescape(bytes + *start, *length);
}

/* Adds the records noted to the batch, column by column. */
static void add_cells(struct csv_rows *rows)
{
	const uint32_t *records = rows->records, *begins = rows->begins + rows->row_count;
	uint32_t count = rows->listed, quoted_count = rows->quoted_count;
	for (uint32_t place = 0; place < rows->view->place_count; place++) {
		uint32_t column = rows->view->places[place];
		const uint32_t *separators = rows->separators + column;
		size_t first = (size_t)place * rows->stride + rows->row_count;
		uint32_t *start = rows->starts + first, *length = rows->lengths + first;
		for (uint32_t i = 0; i < count && column; i++) {
			const uint32_t *separator = separators + records[i];
			start[i] = separator[-1] + 1;
			length[i] = separator[0] - start[i];
		}
		for (uint32_t i = 0; i < count && !column; i++) {
			start[i] = begins[i];
			length[i] = separators[records[i]] - start[i];
		}
		for (uint32_t i = 0; i < quoted_count; i++)
			unquote(rows->window, &start[rows->quoted[i]], &length[rows->quoted[i]]);
	}
	rows->row_count += rows->listed;
	rows->listed = rows->quoted_count = 0;
}

/* ---- records ---- */

static int has_text_after_quote(const uint8_t *byte, const uint8_t *end, uint8_t delimiter)
{
	while (byte < end) {
		if (*byte == '"') {
			do {
				byte = memchr(byte + 1, '"', (size_t)(end - byte - 1));
				byte = byte ? byte + 1 : end;
			} while (byte < end && *byte == '"');
			if (byte < end && *byte != delimiter)
				return 1;
		} else {
			const uint8_t *next = memchr(byte, delimiter, (size_t)(end - byte));
			byte = next ? next : end;
		}
		byte++;
	}
	return 0;
}

/* The rule that the record breaks, in `rule`; 0 if none.  It ends at `end`, and has `fields`. */
static int broken_rule(const struct csv_rows *rows, uint32_t end, uint64_t fields, char *rule, size_t room)
{
	const struct csv_dialect *dialect = rows->view->dialect;
	const uint8_t *bytes = csv_window_bytes(rows->window);
	uint32_t size = end - rows->begin, longest = 0;
	if (size > dialect->max_row_bytes)
		return snprintf(rule, room, "a row of more than %u bytes", dialect->max_row_bytes);
	if (rows->window->has_nul && memchr(bytes + rows->begin, 0, size))
		return snprintf(rule, room, "NUL byte");
	if (rows->window->is_broken && has_text_after_quote(bytes + rows->begin, bytes + end, dialect->delimiter))
		return snprintf(rule, room, "text after a closing quote");
	if (fields != rows->view->column_count)
		return snprintf(rule, room,
				fields == 1 ? "%llu field where the header has %u"
					    : "%llu fields where the header has %u",
				(unsigned long long)fields, rows->view->column_count);
	const uint32_t *separator = rows->separators + rows->next;
	for (uint64_t i = 0; i < fields; i++, separator++) {
		uint32_t length = separator[0] - separator[-1] - 1;
		longest = length > longest ? length : longest;
	}
	if (longest > dialect->max_field_bytes)
		return snprintf(rule, room, "a field of more than %u bytes", dialect->max_field_bytes);
	return 0;
}

/* The record at hand ends at `end`, but there is something odd about it or its window.  *last: its last separator. */
static int take_odd(struct csv_rows *rows, uint32_t end, size_t *last, struct crmval_error *error)
{
	*last = rows->next;
	while (rows->separators[*last] != end)
		++*last;
	uint64_t fields = *last - rows->next + 1 + rows->dropped;
	char rule[128];
	rows->dropped = 0;
	if (rows->is_foreign)
		rows->is_foreign = 0;
	else if (end == rows->begin)
		rows->blank_lines++;
	else if (broken_rule(rows, end, fields, rule, sizeof rule))
		return reject(rows, rule, error);
	else
		add_record(rows, end);
	return CRMVAL_OK;
}

/* Takes the `count` records that end in the separators listed. */
static int take_records(struct csv_rows *rows, size_t count, struct crmval_error *error)
{
	const struct csv_dialect *dialect = rows->view->dialect;
	const struct csv_window *window = rows->window;
	const uint8_t *bytes = csv_window_bytes(window);
	uint32_t columns = rows->view->column_count;
	/* A record that is no longer than a field may be cannot have one that is. */
	uint32_t most =
		dialect->max_field_bytes < dialect->max_row_bytes ? dialect->max_field_bytes : dialect->max_row_bytes;
	int is_odd = window->has_nul || window->is_broken;
	for (size_t i = 0; i < count; i++) {
		uint32_t end = rows->ends[i];
		size_t last = rows->next + columns - 1;
		if (last < rows->fill && rows->separators[last] == end && end - rows->begin - 1 < most && !is_odd &&
		    !rows->is_foreign) {
			add_record(rows, end);
		} else {
			add_cells(rows);
			rows->separators[(ptrdiff_t)rows->next - 1] = rows->begin - 1;
			int status = take_odd(rows, end, &last, error);
			if (status)
				return status;
		}
		rows->begin = end + 1;
		if (window->has_cr && bytes[end] == '\r' && end + 1 < csv_window_size(window) && bytes[end + 1] == '\n')
			rows->begin++;
		rows->next = last + 1;
		if (rows->row_count + rows->listed == rows->batch_size) {
			add_cells(rows);
			int status = flush(rows, error);
			if (status)
				return status;
		}
	}
	add_cells(rows);
	rows->separators[(ptrdiff_t)rows->next - 1] = rows->begin - 1;
	return CRMVAL_OK;
}

/* Lists the separators of `count` words from `word` on behind those that are left; returns how many are line ends. */
static size_t list_words(struct csv_rows *rows, size_t word, size_t count)
{
	size_t keep = rows->fill - rows->next, separators, ends;
	if (keep > rows->view->column_count) {
		rows->dropped += keep - rows->view->column_count;
		keep = rows->view->column_count;
	}
	memmove(rows->separators - 1, rows->separators + rows->next - 1, (keep + 1) * sizeof *rows->separators);
	rows->window->scanner->list(rows->window->words + word, count, (uint32_t)(word * CSV_WORD), &rows->inside,
				    rows->separators + keep, &separators, rows->ends, &ends);
	rows->next = 0;
	rows->fill = keep + separators;
	return ends;
}

/* Reads on behind the chunk until its last record is complete. */
static int read_tail(struct csv_rows *rows, struct crmval_error *error)
{
	struct csv_window *window = rows->window;
	char rule[64];
	for (size_t piece = TAIL_FIRST;; piece += piece < TAIL_MOST ? piece : 0) {
		if (window->scanned > rows->begin + (size_t)rows->view->dialect->max_row_bytes) {
			snprintf(rule, sizeof rule, "a row of more than %u bytes", rows->view->dialect->max_row_bytes);
			return reject(rows, rule, error);
		}
		size_t from = window->scanned, to = from + piece * CSV_WORD;
		int status = csv_window_fill(window, to, error);
		if (status)
			return status;
		if (to > csv_window_size(window))
			to = csv_window_size(window);
		if (to == from)
			return CRMVAL_OK;
		status = csv_window_scan(window, to, error);
		if (status)
			return status;
		csv_window_settle(window, window->state);
		for (size_t word = from / CSV_WORD; word * CSV_WORD < to; word += BLOCK) {
			size_t left = (to + CSV_WORD - 1) / CSV_WORD - word;
			if (list_words(rows, word, left < BLOCK ? left : BLOCK))
				return take_records(rows, 1, error);
		}
	}
}

int csv_rows_read(struct csv_rows *rows, struct csv_window *window, size_t size, struct crmval_error *error)
{
	const uint8_t *bytes = csv_window_bytes(window);
	uint8_t before = bytes[-1];
	rows->window = window;
	rows->next = rows->fill = 0;
	rows->dropped = 0;
	rows->blank_lines = rows->twice = 0;
	rows->row_count = rows->listed = rows->quoted_count = 0;
	rows->inside = window->first == CSV_INSIDE;
	rows->is_foreign = window->first != CSV_OUTSIDE || (before != '\n' && before != '\r');
	rows->begin = !rows->is_foreign && size && before == '\r' && bytes[0] == '\n';
	rows->separators[-1] = rows->begin - 1;
	int status = CRMVAL_OK;
	size_t count = (size + CSV_WORD - 1) / CSV_WORD;
	for (size_t word = 0; word < count && !status; word += BLOCK)
		status = take_records(rows, list_words(rows, word, count - word < BLOCK ? count - word : BLOCK), error);
	if (!status && !rows->is_foreign && rows->begin < size)
		status = read_tail(rows, error);
	if (!status)
		status = flush(rows, error);
	if (!status && rows->blank_lines)
		rows->sink->skip(rows->sink, "blank lines", rows->blank_lines);
	if (!status && rows->twice)
		rows->sink->skip(rows->sink, "cells with text encoded twice", rows->twice);
	return status;
}
