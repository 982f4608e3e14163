/* SPDX-License-Identifier: MIT */
/*
 * The loops that every row of a run goes through, on made-up rows, for instructions_check.sh to count what each takes:
 * hot ROWS
 */
#include "../core/cell.h"
#include "../core/data.h"
#include "../core/tally.h"
#include "../plugins/sources/csv_scan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a loop found, so that no compiler leaves it out. */
static volatile uint64_t found;

#define HOT __attribute__((noinline))

void hot_scan(const struct csv_scanner *scanner, const char *bytes, size_t words);
void hot_dates(uint32_t rows);
void hot_numbers(uint32_t rows);
void hot_enter(struct table *table);
void hot_find(struct table *table, uint32_t rows);
void hot_tally(struct tally *tally, const struct tally_places *places, const double *n, const double *d, uint32_t rows);

HOT void hot_scan(const struct csv_scanner *scanner, const char *bytes, size_t words)
{
	enum { BLOCK = 256 };
	static struct csv_word list[BLOCK];
	static uint32_t separators[BLOCK * 64 + CSV_LIST_SLACK], ends[BLOCK * 64 + CSV_LIST_SLACK];
	uint64_t inside = 0;
	for (size_t word = 0; word + BLOCK <= words; word += BLOCK) {
		struct csv_found quotes;
		size_t separator_count, end_count;
		scanner->scan((const uint8_t *)bytes + word * 64, BLOCK, ',', list, &quotes);
		scanner->list(list, BLOCK, 0, &inside, separators, &separator_count, ends, &end_count);
		found += separator_count + end_count;
	}
}

HOT void hot_dates(uint32_t rows)
{
	char text[] = "2025-01-01";
	for (uint32_t i = 0; i < rows; i++) {
		int32_t day = 0;
		text[6] = (char)('1' + i % 9);
		text[9] = (char)('1' + i % 7);
		cell_date(text, 10, &day);
		found += (uint64_t)day;
	}
}

HOT void hot_numbers(uint32_t rows)
{
	char text[] = "104217.50";
	for (uint32_t i = 0; i < rows; i++) {
		double value = 0;
		text[3] = (char)('0' + i % 10);
		cell_number(text, 9, &value);
		found += (uint64_t)value;
	}
}

/* Ids as Salesforce's, of 18 characters. */
static struct ident id_of(uint32_t number)
{
	char text[24];
	snprintf(text, sizeof text, "0065g%010xABQ", number * 2654435761u);
	return ident_of(text, 18);
}

HOT void hot_enter(struct table *table)
{
	struct crmval_error error = {.struct_size = sizeof error};
	if (table_enter(table, 1, &error) != CRMVAL_OK)
		abort();
}

HOT void hot_find(struct table *table, uint32_t rows)
{
	const struct ident *ids = table->ids.bytes;
	for (uint32_t i = 0; i < rows; i++) {
		struct ident id = ids[(i * 7919u) % rows];
		table_prefetch(table, id);
		table_prefetch_id(table, id);
		found += (uint64_t)table_find(table, id, "", 0);
	}
}

HOT void hot_tally(struct tally *tally, const struct tally_places *places, const double *n, const double *d,
		   uint32_t rows)
{
	for (uint32_t done = 0; done + TALLY_BATCH <= rows; done += TALLY_BATCH) {
		tally_add(tally, 0, 0, 1, places, n, d, TALLY_BATCH);
		tally_add(tally, 1, 0, 0, places, n + TALLY_BATCH, NULL, TALLY_BATCH);
	}
}

static void scan(uint32_t rows)
{
	static const char row[] = "0065g000001ABCDEFG,\"Name, quoted\",2025-03-01,1042.50,true,won,,x\n";
	enum { LENGTH = sizeof row - 1 };
	char *bytes = malloc((size_t)rows * LENGTH + 64);
	if (!bytes)
		abort();
	bytes[0] = '\n';
	for (uint32_t i = 0; i < rows; i++)
		memcpy(bytes + 1 + (size_t)i * LENGTH, row, LENGTH);
	hot_scan(csv_scanner_best(csv_processor()), bytes + 1, (size_t)rows * LENGTH / 64);
	free(bytes);
}

static void look_up(uint32_t rows)
{
	struct crmval_error error = {.struct_size = sizeof error};
	struct table table = {.entity = &model_entities[0], .is_mapped = 1, .capacity = rows};
	if (region_open(&table.ids, rows * sizeof(struct ident), &error) != CRMVAL_OK)
		abort();
	for (uint32_t i = 0; i < rows; i++)
		((struct ident *)table.ids.bytes)[i] = id_of(i);
	atomic_store(&table.rows, rows);
	hot_enter(&table);
	hot_find(&table, rows);
	region_close(&table.ids);
	region_close(&table.index.memory);
	free((void *)table.dropped);
}

/* Half of the rows are yes or no, the others money; in teams of employees, and in regions with sizes. */
static void add_up(uint32_t rows)
{
	static double n[2 * TALLY_BATCH], d[TALLY_BATCH];
	static uint32_t unit[BREAKDOWN_COUNT][TALLY_BATCH], team[100];
	static struct tally_places places;
	struct crmval_error error = {.struct_size = sizeof error};
	const uint32_t counts[BREAKDOWN_COUNT] = {
		[BREAKDOWN_TEAM] = 10, [BREAKDOWN_EMPLOYEE] = 101, [BREAKDOWN_REGION] = 6, [BREAKDOWN_SIZE_CLASS] = 4};
	struct tally_shape shape;
	struct tally tally;
	tally_plan(&shape, 2, counts, team);
	if (tally_open(&tally, &shape, &error) != CRMVAL_OK)
		abort();
	for (uint32_t i = 0; i < TALLY_BATCH; i++) {
		n[i] = i % 3 == 0;
		n[TALLY_BATCH + i] = 1000.25 * (i + 1);
		d[i] = 1;
		unit[BREAKDOWN_EMPLOYEE][i] = i % 101;
		unit[BREAKDOWN_REGION][i] = i % 6;
		unit[BREAKDOWN_SIZE_CLASS][i] = i % 4;
	}
	tally_find(&shape, unit, TALLY_BATCH, &places);
	hot_tally(&tally, &places, n, d, rows);
	tally_fold(&tally);
	tally_close(&tally);
}

int main(int count, char **words)
{
	uint32_t rows = count == 2 ? (uint32_t)atoi(words[1]) : 0;
	if (rows < TALLY_BATCH)
		return 64;
	scan(rows);
	hot_dates(rows);
	hot_numbers(rows);
	look_up(rows);
	add_up(rows);
	return 0;
}
