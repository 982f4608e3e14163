/* SPDX-License-Identifier: MIT */
/*
 * Reading a header, byte by byte: it is short and read once, and much more can be wrong with it than with the rows.
 * The same small machine finds the quote that was left open, when there is one.
 */
#include "csv_header.h"

#include "error.h"
#include "utf8.h"

#include <stdlib.h>
#include <string.h>

#define PIECE 65536

/* What a byte is to the machine that reads records. */
enum token { DATA, SKIPPED, FIELD_END, RECORD_END, BLANK_LINE, BROKEN };

struct machine {
	enum csv_state state;
	uint8_t delimiter, previous;
	int field_begins, record_begins;
	uint64_t line, quote_line; /* of the next byte; of the last quote that opened */
};

static struct machine machine_start(uint8_t delimiter)
{
	return (struct machine){.delimiter = delimiter, .field_begins = 1, .record_begins = 1, .line = 1};
}

static enum token take_outside(struct machine *machine, uint8_t byte, uint8_t previous)
{
	int was_closed = machine->state == CSV_CLOSED, begins = machine->field_begins;
	int record_begins = machine->record_begins;
	if (byte == '\n' && previous == '\r')
		return SKIPPED;
	machine->state = CSV_OUTSIDE;
	machine->field_begins = machine->record_begins = 0;
	if (byte == '"' && (begins || was_closed)) {
		machine->state = CSV_INSIDE;
		if (begins)
			machine->quote_line = machine->line;
		return begins ? SKIPPED : DATA;
	}
	if (byte == machine->delimiter) {
		machine->field_begins = 1;
		return FIELD_END;
	}
	if (byte == '\n' || byte == '\r') {
		machine->field_begins = machine->record_begins = 1;
		return record_begins ? BLANK_LINE : RECORD_END;
	}
	return was_closed ? BROKEN : DATA;
}

static enum token take_byte(struct machine *machine, uint8_t byte)
{
	enum token token = DATA;
	uint8_t previous = machine->previous;
	machine->previous = byte;
	if (machine->state != CSV_INSIDE) {
		token = take_outside(machine, byte, previous);
	} else if (byte == '"') {
		machine->state = CSV_CLOSED;
		token = SKIPPED;
	}
	machine->line += byte == '\r' || (byte == '\n' && previous != '\r');
	return token;
}

/* ---- the header ---- */

/* One that is being read. */
struct reading {
	struct machine machine;
	const struct csv_dialect *dialect;
	const char *path;
	struct csv_header *header;
	uint32_t capacity; /* of header->names */
	char *cell;
	size_t length, room; /* of the cell */
};

void csv_header_free(struct csv_header *header)
{
	for (uint32_t i = 0; i < header->count; i++)
		free(header->names[i]);
	free(header->names);
	*header = (struct csv_header){0};
}

static int is_utf8(const char *text, size_t length)
{
	size_t size = 1;
	for (; length && size; text += size, length -= size)
		size = utf8_length((const unsigned char *)text, length);
	return size != 0;
}

static int is_space(char byte)
{
	return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

/* Adds a name, which is trimmed and UTF-8. */
static int add_name(struct reading *reading, const char *name, size_t length, struct crmval_error *error)
{
	struct csv_header *header = reading->header;
	char nameless[32];
	if (header->count == reading->capacity) {
		uint32_t capacity = reading->capacity ? 2 * reading->capacity : 32;
		char **names = realloc(header->names, capacity * sizeof *names);
		if (!names)
			return fail_memory(error);
		header->names = names;
		reading->capacity = capacity;
	}
	if (!length) {
		length = (size_t)snprintf(nameless, sizeof nameless, "(column %u)", header->count + 1);
		name = nameless;
	}
	if (!(header->names[header->count] = strndup(name, length)))
		return fail_memory(error);
	header->count++;
	return CRMVAL_OK;
}

/* As add_name(), of one that is not UTF-8. */
static int add_windows_name(struct reading *reading, const char *name, size_t length, struct crmval_error *error)
{
	uint8_t *made = malloc(CSV_TEXT_GROWTH * length);
	if (!made)
		return fail_memory(error);
	size_t size = csv_text_from_windows((const uint8_t *)name, length, made);
	int status = add_name(reading, (const char *)made, size, error);
	free(made);
	return status;
}

static int end_cell(struct reading *reading, struct crmval_error *error)
{
	const struct csv_header *header = reading->header;
	const char *cell = reading->cell;
	size_t length = reading->length;
	reading->length = 0;
	for (; length && is_space(*cell); length--)
		cell++;
	for (; length && is_space(cell[length - 1]); length--)
		;
	if (header->count == reading->dialect->max_columns)
		return fail(error, CRMVAL_EDATA,
			    "%s: the header has more than %u columns; is the delimiter right? "
			    "Else raise max_columns",
			    reading->path, reading->dialect->max_columns);
	if (memchr(cell, 0, length))
		return fail(error, CRMVAL_EDATA,
			    "%s: NUL byte in the header, column %u; if the file is UTF-16, set its "
			    "encoding",
			    reading->path, header->count + 1);
	if (is_utf8(cell, length))
		return add_name(reading, cell, length, error);
	/* Names are few and short: where the encoding is to be told, it is for each by itself. */
	if (reading->dialect->text == CSV_TEXT_WINDOWS || reading->dialect->text == CSV_TEXT_UNKNOWN)
		return add_windows_name(reading, cell, length, error);
	return fail(error, CRMVAL_EDATA, "%s: the header is not UTF-8 in column %u; set the file's encoding",
		    reading->path, header->count + 1);
}

static int add_to_cell(struct reading *reading, uint8_t byte, struct crmval_error *error)
{
	if (reading->length == reading->room) {
		size_t room = 2 * reading->room;
		char *cell = realloc(reading->cell, room);
		if (!cell)
			return fail_memory(error);
		reading->cell = cell;
		reading->room = room;
	}
	reading->cell[reading->length++] = (char)byte;
	return CRMVAL_OK;
}

/* Takes one byte; *ended: the header ended with it. */
static int take_header_byte(struct reading *reading, uint8_t byte, int *ended, struct crmval_error *error)
{
	switch (take_byte(&reading->machine, byte)) {
	case DATA:
		return add_to_cell(reading, byte, error);
	case SKIPPED:
		break;
	case BLANK_LINE:
		reading->header->blank_lines++;
		break;
	case BROKEN:
		return fail(error, CRMVAL_EDATA, "%s:%llu: text after a closing quote in the header, column %u",
			    reading->path, (unsigned long long)reading->machine.line, reading->header->count + 1);
	case RECORD_END:
		*ended = 1;
		return end_cell(reading, error);
	case FIELD_END:
		return end_cell(reading, error);
	}
	return CRMVAL_OK;
}

/* The file ends within its header, or with it. */
static int end_file(struct reading *reading, struct crmval_error *error)
{
	const struct machine *machine = &reading->machine;
	if (machine->state == CSV_INSIDE)
		return fail(error, CRMVAL_EDATA,
			    "%s:%llu: a quote is opened and never closed; close it, or get the file again",
			    reading->path, (unsigned long long)machine->quote_line);
	if (machine->record_begins)
		return fail(error, CRMVAL_EDATA, "%s: no header: the file is empty; get it again", reading->path);
	return end_cell(reading, error);
}

/* The delimiter behind the first name of a header, of which these are the first bytes; a comma where there is none. */
static uint8_t find_delimiter(const char *text)
{
	text += strspn(text, "\r\n");
	if (*text == '"') {
		const char *closing = strchr(text + 1, '"');
		text = closing ? closing : "";
	}
	text += strcspn(text, ",;\t|^`\r\n");
	return *text && *text != '\r' && *text != '\n' ? (uint8_t)*text : ',';
}

static int read_record(struct reading *reading, struct csv_bytes bytes, uint8_t *piece, struct crmval_error *error)
{
	struct csv_header *header = reading->header;
	int ended = 0;
	for (;;) {
		size_t got;
		int status = bytes.read(bytes.context, piece, CSV_HEADER_PIECE, &got, error);
		if (status || (!got && ended))
			return status;
		if (!got)
			return end_file(reading, error);
		piece[got] = 0;
		if (!reading->machine.delimiter)
			reading->machine.delimiter = find_delimiter((const char *)piece);
		for (size_t i = 0; i < got; i++) {
			if (ended) { /* one byte more: the line end may be CR LF */
				header->size += piece[i] == '\n' && reading->machine.previous == '\r';
				return CRMVAL_OK;
			}
			if (header->size == reading->dialect->max_header_bytes)
				return fail(error, CRMVAL_EDATA, "%s: the header has more than %u bytes", reading->path,
					    reading->dialect->max_header_bytes);
			header->size++;
			status = take_header_byte(reading, piece[i], &ended, error);
			if (status)
				return status;
		}
	}
}

static int compare_names(const void *a, const void *b)
{
	char *const *left = *(char **const *)a, *const *right = *(char **const *)b;
	int order = strcmp(*left, *right);
	return order ? order : left < right ? -1 : 1;
}

static int refuse_duplicates(const struct csv_header *header, const char *path, struct crmval_error *error)
{
	char ***sorted = malloc(header->count * sizeof *sorted);
	if (!sorted)
		return fail_memory(error);
	for (uint32_t i = 0; i < header->count; i++)
		sorted[i] = &header->names[i];
	qsort(sorted, header->count, sizeof *sorted, compare_names);
	int status = CRMVAL_OK;
	for (uint32_t i = 1; i < header->count && !status; i++) {
		if (!strcmp(*sorted[i - 1], *sorted[i]))
			status = fail(error, CRMVAL_EDATA,
				      "%s: columns %lld and %lld of the header are both called "
				      "\"%.200s\"; rename one",
				      path, (long long)(sorted[i - 1] - header->names + 1),
				      (long long)(sorted[i] - header->names + 1), *sorted[i]);
	}
	free(sorted);
	return status;
}

int csv_header_read(struct csv_bytes bytes, const struct csv_dialect *dialect, const char *path,
		    struct csv_header *header, struct crmval_error *error)
{
	struct reading reading = {.machine = machine_start(dialect->delimiter),
				  .dialect = dialect,
				  .path = path,
				  .header = header,
				  .room = 256};
	uint8_t *piece = malloc(CSV_HEADER_PIECE + 1); /* as text, it ends in NUL */
	int status = CRMVAL_OK;
	*header = (struct csv_header){0};
	reading.cell = malloc(reading.room);
	if (!piece || !reading.cell)
		status = fail_memory(error);
	if (!status)
		status = read_record(&reading, bytes, piece, error);
	if (!status)
		status = refuse_duplicates(header, path, error);
	header->line = reading.machine.line;
	header->delimiter = reading.machine.delimiter;
	free(piece);
	free(reading.cell);
	if (status)
		csv_header_free(header);
	return status;
}

int csv_open_quote(struct csv_bytes bytes, uint8_t delimiter, uint64_t *line, struct crmval_error *error)
{
	struct machine machine = machine_start(delimiter);
	uint8_t *piece = malloc(PIECE);
	size_t got = 1;
	int status = piece ? CRMVAL_OK : fail_memory(error);
	while (!status && got) {
		status = bytes.read(bytes.context, piece, PIECE, &got, error);
		for (size_t i = 0; i < got && !status; i++)
			take_byte(&machine, piece[i]);
	}
	*line = machine.quote_line;
	free(piece);
	return status;
}
