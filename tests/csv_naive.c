/* SPDX-License-Identifier: MIT */
/* One character after the other, the whole file in memory. */
#include "csv_naive.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct record {
	size_t begin, end; /* without its line end */
	uint64_t line;
	size_t cells, capacity;
	struct cell {
		char *text;
		size_t size, raw; /* raw: as it stands in the file */
	} * cell;
	int has_nul, has_text_after_quote;
};

struct naive {
	const uint8_t *bytes;
	size_t size, at;
	uint64_t line, blank_lines, open_quote;
	char delimiter;
};

static int at_line_end(const struct naive *naive)
{
	return naive->bytes[naive->at] == '\n' || naive->bytes[naive->at] == '\r';
}

/* Steps over a byte, or over CR LF as one. */
static void step(struct naive *naive)
{
	if (at_line_end(naive))
		naive->line++;
	if (naive->bytes[naive->at] == '\r' && naive->at + 1 < naive->size && naive->bytes[naive->at + 1] == '\n')
		naive->at++;
	naive->at++;
}

static int at_field_end(const struct naive *naive)
{
	return naive->at == naive->size || at_line_end(naive) || naive->bytes[naive->at] == (uint8_t)naive->delimiter;
}

/* Reads a quoted field's text; 0 if its quote is never closed. */
static int read_quoted(struct naive *naive, FILE *text)
{
	naive->open_quote = naive->line;
	naive->at++;
	while (naive->at < naive->size) {
		if (naive->bytes[naive->at] == '"') {
			naive->at++;
			if (naive->at == naive->size || naive->bytes[naive->at] != '"')
				return 1;
		}
		size_t from = naive->at;
		step(naive);
		fwrite(naive->bytes + from, 1, naive->at - from, text);
	}
	return 0;
}

static int read_field(struct naive *naive, struct record *record)
{
	if (record->cells == record->capacity) {
		record->capacity = record->capacity * 2 + 8;
		record->cell = realloc(record->cell, record->capacity * sizeof *record->cell);
	}
	struct cell *cell = &record->cell[record->cells++];
	size_t from = naive->at;
	int is_closed = 1;
	FILE *text = open_memstream(&cell->text, &cell->size);
	if (naive->at < naive->size && naive->bytes[naive->at] == '"') {
		is_closed = read_quoted(naive, text);
		if (is_closed && !at_field_end(naive))
			record->has_text_after_quote = 1;
	}
	while (is_closed && !at_field_end(naive))
		fputc(naive->bytes[naive->at++], text);
	fclose(text);
	cell->raw = naive->at - from;
	return is_closed;
}

static void free_record(struct record *record)
{
	for (size_t i = 0; i < record->cells; i++)
		free(record->cell[i].text);
	free(record->cell);
}

/* 1 a record, 0 the end, -1 a quote that is never closed. */
static int read_record(struct naive *naive, struct record *record)
{
	*record = (struct record){0};
	while (naive->at < naive->size && at_line_end(naive)) {
		naive->blank_lines++;
		step(naive);
	}
	if (naive->at == naive->size)
		return 0;
	record->begin = naive->at;
	record->line = naive->line;
	int goes_on = 1;
	while (goes_on) {
		if (!read_field(naive, record))
			return -1;
		goes_on = naive->at < naive->size && naive->bytes[naive->at] == (uint8_t)naive->delimiter;
		naive->at += (size_t)goes_on;
	}
	record->end = naive->at;
	record->has_nul = memchr(naive->bytes + record->begin, 0, record->end - record->begin) != NULL;
	if (naive->at < naive->size)
		step(naive);
	return 1;
}

/* ---- judging ---- */

static int is_utf8(const char *text, size_t size)
{
	for (size_t i = 0; i < size;) {
		unsigned char c = (unsigned char)text[i++];
		int more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : c >= 0xc0 ? 1 : 0;
		static const unsigned long least[] = {0, 0x80, 0x800, 0x10000};
		unsigned long code = more == 3 ? c & 7 : more == 2 ? c & 15 : more == 1 ? c & 31 : c;
		if (c >= 0xf8 || (c >= 0x80 && c < 0xc0))
			return 0;
		for (int j = 0; j < more; j++, i++) {
			if (i == size || (text[i] & 0xc0) != 0x80)
				return 0;
			code = code * 64 + (text[i] & 63);
		}
		if (code < least[more] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
			return 0;
	}
	return 1;
}

static void trim(struct cell *cell)
{
	static const char space[] = " \t\n\v\f\r";
	size_t from = 0;
	while (cell->size && strchr(space, cell->text[cell->size - 1]) && cell->text[cell->size - 1])
		cell->size--;
	while (from < cell->size && strchr(space, cell->text[from]) && cell->text[from])
		from++;
	cell->size -= from;
	memmove(cell->text, cell->text + from, cell->size);
}

/* Tells the names; 0 if they cannot be a header's. */
static int tell_header(struct record *record, const struct naive_limits *limits, FILE *out)
{
	if (record->has_text_after_quote || record->has_nul || record->cells > limits->columns)
		return 0;
	for (size_t i = 0; i < record->cells; i++) {
		struct cell *cell = &record->cell[i];
		trim(cell);
		if (!is_utf8(cell->text, cell->size))
			return 0;
		if (!cell->size) {
			free(cell->text);
			cell->size = (size_t)asprintf(&cell->text, "(column %zu)", i + 1);
		}
		for (size_t j = 0; j < i; j++) {
			if (cell->size == record->cell[j].size && !memcmp(cell->text, record->cell[j].text, cell->size))
				return 0;
		}
		fprintf(out, "column %.*s\n", (int)cell->size, cell->text);
	}
	return 1;
}

static void tell_record(const struct record *record, const struct naive_limits *limits, size_t columns, uint64_t first,
			FILE *out)
{
	char rule[128] = "";
	for (size_t i = 0; i < record->cells; i++) {
		if (record->cell[i].raw > limits->field)
			snprintf(rule, sizeof rule, "a field of more than %zu bytes", limits->field);
	}
	if (record->cells != columns)
		snprintf(rule, sizeof rule, "%zu field%s where the header has %zu", record->cells,
			 record->cells == 1 ? "" : "s", columns);
	if (record->has_text_after_quote)
		snprintf(rule, sizeof rule, "text after a closing quote");
	if (record->has_nul)
		snprintf(rule, sizeof rule, "NUL byte");
	if (record->end - record->begin > limits->row)
		snprintf(rule, sizeof rule, "a row of more than %zu bytes", limits->row);
	if (*rule) {
		fprintf(out, "reject %llu at %llu: %s\n", (unsigned long long)record->line,
			(unsigned long long)(record->begin + first), rule);
		return;
	}
	fprintf(out, "row %llu", (unsigned long long)record->line);
	for (size_t i = 0; i < record->cells; i++) {
		fputs(" [", out);
		fwrite(record->cell[i].text, 1, record->cell[i].size, out);
		fputc(']', out);
	}
	fputc('\n', out);
}

char *naive_read(const uint8_t *bytes, size_t size, char delimiter, const struct naive_limits *limits, uint64_t first,
		 size_t *length)
{
	struct naive naive = {.bytes = bytes, .size = size, .delimiter = delimiter, .line = 1};
	struct record record;
	size_t columns = 0;
	char *text;
	FILE *out = open_memstream(&text, length);
	int found = read_record(&naive, &record);
	size_t header = record.end + (record.end < size);
	int is_refused = found == 0 || (found > 0 && (header > limits->header || !tell_header(&record, limits, out)));
	while (found > 0 && !is_refused) {
		if (columns)
			tell_record(&record, limits, columns, first, out);
		else
			columns = record.cells;
		free_record(&record);
		found = read_record(&naive, &record);
	}
	free_record(&record);
	if (naive.blank_lines)
		fprintf(out, "skip %llu blank lines\n", (unsigned long long)naive.blank_lines);
	if (found < 0 || is_refused) { /* and nothing else counts */
		fflush(out);
		rewind(out);
		fputs("refused", out);
		if (columns)
			fprintf(out, " in line %llu", (unsigned long long)naive.open_quote);
		fputc('\n', out);
	}
	fclose(out);
	return text;
}
