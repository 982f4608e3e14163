/* SPDX-License-Identifier: MIT */
/* CSV cells of the demo data set.  One random number per cell decides, by its bits, everything that is odd about it. */
#include "demo_sheet.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* No row is longer: at most 20 cells, texts of at most 252 bytes, doubled at worst by quoting. */
enum { ROW_MOST = 20 * (2 * 252 + 8) };

/* How many cells in 1024 are odd in some way. */
enum {
	STRAY_SPACE = 8,
	DANGLING = 5,
	UNREADABLE = 5,
	BAD_AMOUNT = 5,
	WITH_TIME = 40,
	OTHER_CASE = 30,
	OTHER_FLAG = 120
};

static void sheet_flush(struct demo_sheet *sheet)
{
	const char *from = sheet->buffer;
	if (!sheet->failed && atomic_load_explicit(sheet->stop, memory_order_relaxed))
		sheet->failed = ECANCELED;
	while (!sheet->failed && from < sheet->at) {
		ssize_t written = write(sheet->fd, from, (size_t)(sheet->at - from));
		if (written >= 0)
			from += written;
		else if (errno != EINTR)
			sheet->failed = errno;
	}
	sheet->at = sheet->buffer;
}

void sheet_open(struct demo_sheet *sheet, int fd, char *buffer, const atomic_int *stop)
{
	*sheet = (struct demo_sheet){.fd = fd, .stop = stop, .buffer = buffer, .at = buffer};
}

int sheet_close(struct demo_sheet *sheet)
{
	sheet_flush(sheet);
	return sheet->failed;
}

static void put(struct demo_sheet *sheet, const char *bytes, size_t length)
{
	memcpy(sheet->at, bytes, length);
	sheet->at += length;
}

void sheet_line(struct demo_sheet *sheet, const char *line)
{
	put(sheet, line, strlen(line));
	*sheet->at++ = '\n';
}

void sheet_begin(struct demo_sheet *sheet, const struct demo_world *world, enum demo_entity_number entity, uint64_t row,
		 int clean)
{
	/* The streams of the first DEMO_ENTITIES purposes are the facts. */
	sheet->random = world_random(world, DEMO_ENTITIES + entity, row);
	sheet->clean = clean;
}

void sheet_end(struct demo_sheet *sheet)
{
	sheet->at[-1] = '\n'; /* in place of the last comma */
	if (sheet->at - sheet->buffer > SHEET_BUFFER - ROW_MOST)
		sheet_flush(sheet);
}

int sheet_again(struct demo_sheet *sheet)
{
	return !sheet->clean && random_chance(&sheet->random, 2);
}

/* The number whose bits say what is odd about a cell; each `odd` looks at ten of its own. */
static uint64_t luck(struct demo_sheet *sheet)
{
	uint64_t bits = random_next(&sheet->random);
	return sheet->clean ? UINT64_MAX : bits;
}

static int odd(uint64_t bits, unsigned place, unsigned in_1024)
{
	return (bits >> (10 * place) & 1023) < in_1024;
}

static void put_cell(struct demo_sheet *sheet, uint64_t bits, const char *bytes, size_t length)
{
	int stray = odd(bits, 1, STRAY_SPACE);
	if (stray)
		*sheet->at++ = ' ';
	put(sheet, bytes, length);
	if (stray)
		put(sheet, "  ", bits >> 63 ? 2 : 1);
	*sheet->at++ = ',';
}

void put_empty(struct demo_sheet *sheet)
{
	*sheet->at++ = ',';
}

/* 18 characters as Salesforce has them: 3 for the entity, 12 for the row, 3 that keep the case of the 15. */
static void format_id(char *id, enum demo_entity_number entity, uint64_t row)
{
	static const char prefixes[DEMO_ENTITIES][4] = {"001", "003", "a01", "a02", "01t", "801", "006", "a03",
							"00T", "a04", "a05", "a06", "005", "a07", "a08"};
	static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	memcpy(id, prefixes[entity], 3);
	memcpy(id + 3, "5gX0", 4);
	for (int place = 14; place >= 7; place--, row /= 62)
		id[place] = digits[row % 62];
	for (int chunk = 0; chunk < 3; chunk++) {
		unsigned capitals = 0;
		for (int place = 0; place < 5; place++) {
			char letter = id[5 * chunk + place];
			capitals |= (unsigned)(letter >= 'A' && letter <= 'Z') << place;
		}
		id[15 + chunk] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"[capitals];
	}
}

void put_id(struct demo_sheet *sheet, enum demo_entity_number entity, uint64_t row)
{
	format_id(sheet->at, entity, row);
	sheet->at[18] = ',';
	sheet->at += 19;
}

void put_reference(struct demo_sheet *sheet, enum demo_entity_number entity, uint64_t row, unsigned gap)
{
	uint64_t bits = luck(sheet);
	char id[18];
	if (odd(bits, 0, gap)) {
		put_empty(sheet);
		return;
	}
	/* No entity has so many rows: an id like any other, of a row that was deleted. */
	if (odd(bits, 2, DANGLING))
		row += (uint64_t)1 << 44;
	format_id(id, entity, row);
	put_cell(sheet, bits, id, sizeof id);
}

void put_word(struct demo_sheet *sheet, const char *word, unsigned gap)
{
	uint64_t bits = luck(sheet);
	if (odd(bits, 0, gap))
		put_empty(sheet);
	else
		put_cell(sheet, bits, word, strlen(word));
}

void put_symbol(struct demo_sheet *sheet, const char *word, unsigned gap)
{
	uint64_t bits = luck(sheet);
	size_t length = strlen(word);
	char *cell = sheet->at;
	if (odd(bits, 0, gap)) {
		put_empty(sheet);
		return;
	}
	put_cell(sheet, bits, word, length);
	if (!odd(bits, 2, OTHER_CASE))
		return;
	for (size_t i = 0; i < (bits >> 62 ? length : 1); i++)
		if (cell[i] >= 'a' && cell[i] <= 'z')
			cell[i] = (char)(cell[i] - 'a' + 'A');
}

void put_text(struct demo_sheet *sheet, const struct demo_text *text, unsigned gap)
{
	uint64_t bits = luck(sheet);
	int quoted = 0;
	if (odd(bits, 0, gap)) {
		put_empty(sheet);
		return;
	}
	for (unsigned i = 0; i < text->length; i++)
		quoted |= text->bytes[i] == ',' || text->bytes[i] == '"' || text->bytes[i] == '\n';
	if (!quoted) {
		put_cell(sheet, bits, text->bytes, text->length);
		return;
	}
	*sheet->at++ = '"';
	for (unsigned i = 0; i < text->length; i++) {
		if (text->bytes[i] == '"')
			*sheet->at++ = '"';
		*sheet->at++ = text->bytes[i];
	}
	put(sheet, "\",", 2);
}

static void format_two(char *at, int number)
{
	at[0] = (char)('0' + number / 10);
	at[1] = (char)('0' + number % 10);
}

/* For 2001 to 2099, when every fourth year is a leap year. Years are counted from March: the leap day comes last. */
static void format_date(char *at, int32_t day)
{
	int days = day - 11017; /* since 2000-03-01 */
	int year = (4 * days + 3) / 1461;
	int of_year = days - 1461 * year / 4;
	int month = (5 * of_year + 2) / 153;
	memcpy(at, "20yy-mm-dd", 10);
	format_two(at + 2, year + (month >= 10));
	format_two(at + 5, month < 10 ? month + 3 : month - 9);
	format_two(at + 8, of_year - (153 * month + 2) / 5 + 1);
}

void put_date(struct demo_sheet *sheet, int32_t day, unsigned gap)
{
	static const char times[][16] = {"T16:20:00+08:00", "T08:05:59Z", " 23:30:00", "T00:00:00.000Z"};
	static const char unreadable[][12] = {"31/12/2024", "2025-02-30", "n/a", "2025/03/01"};
	uint64_t bits = luck(sheet);
	unsigned kind = bits >> 61 & 3;
	char date[32];
	size_t length = 10;
	if (day == NO_DAY || odd(bits, 0, gap)) {
		put_empty(sheet);
		return;
	}
	if (odd(bits, 3, UNREADABLE)) {
		put_cell(sheet, bits, unreadable[kind], strlen(unreadable[kind]));
		return;
	}
	format_date(date, day);
	if (odd(bits, 2, WITH_TIME)) {
		memcpy(date + length, times[kind], strlen(times[kind]));
		length += strlen(times[kind]);
	}
	put_cell(sheet, bits, date, length);
}

void put_flag(struct demo_sheet *sheet, int yes, unsigned gap)
{
	static const char spellings[][2][8] = {{"no", "yes"}, {"N", "Y"}, {"0", "1"}, {"FALSE", "True"}};
	uint64_t bits = luck(sheet);
	const char *word = yes ? "true" : "false";
	if (odd(bits, 0, gap)) {
		put_empty(sheet);
		return;
	}
	if (odd(bits, 2, OTHER_FLAG))
		word = spellings[bits >> 61 & 3][yes != 0];
	put_cell(sheet, bits, word, strlen(word));
}

static void put_unreadable(struct demo_sheet *sheet, uint64_t bits)
{
	static const char words[][12] = {"n/a", "TBD", "\"1,250\"", "-"};
	const char *word = words[bits >> 61 & 3];
	put(sheet, word, strlen(word));
	*sheet->at++ = ',';
}

/* Returns where the digits start in number[24], which they fill to the end. */
static size_t format_number(char number[24], int64_t value)
{
	uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;
	size_t at = 24;
	do
		number[--at] = (char)('0' + rest % 10);
	while (rest /= 10);
	if (value < 0)
		number[--at] = '-';
	return at;
}

static void put_digits(struct demo_sheet *sheet, uint64_t bits, int64_t value)
{
	char number[24];
	size_t at = format_number(number, value);
	put_cell(sheet, bits, number + at, sizeof number - at);
}

void put_number(struct demo_sheet *sheet, int64_t number, unsigned gap)
{
	uint64_t bits = luck(sheet);
	if (odd(bits, 0, gap))
		put_empty(sheet);
	else if (odd(bits, 3, UNREADABLE))
		put_unreadable(sheet, bits);
	else
		put_digits(sheet, bits, number);
}

void put_hundredths(struct demo_sheet *sheet, unsigned hundredths, unsigned gap)
{
	uint64_t bits = luck(sheet);
	char number[4] = {(char)('0' + hundredths / 100), '.'};
	format_two(number + 2, (int)(hundredths % 100));
	if (odd(bits, 0, gap))
		put_empty(sheet);
	else if (odd(bits, 3, UNREADABLE))
		put_unreadable(sheet, bits);
	else
		put_cell(sheet, bits, number, sizeof number);
}

void put_amount(struct demo_sheet *sheet, int64_t amount, unsigned gap)
{
	uint64_t bits = luck(sheet);
	if (odd(bits, 0, gap))
		put_empty(sheet);
	else if (odd(bits, 3, UNREADABLE))
		put_unreadable(sheet, bits);
	else if (odd(bits, 2, BAD_AMOUNT))
		put_digits(sheet, bits, bits >> 63 ? 0 : -amount);
	else
		put_digits(sheet, bits, amount);
}

void text_add(struct demo_text *text, const char *more)
{
	size_t length = strlen(more), room = sizeof text->bytes - text->length;
	if (length > room)
		length = room;
	memcpy(text->bytes + text->length, more, length);
	text->length += (unsigned)length;
}

void text_add_number(struct demo_text *text, uint64_t number)
{
	char digits[25];
	size_t at = format_number(digits, (int64_t)number);
	digits[24] = '\0';
	text_add(text, digits + at);
}
