/* SPDX-License-Identifier: MIT */
/*
 * Values are drawn from the seed, the row, and the path of the input alone, so that an address is filled in just those rows
 * in which it may also be an e-mail address: what is delivered of one field in several ways belongs together.
 */
#include "conform_rows.h"

#include "error.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* ---- memory ---- */

int guarded_open(struct guarded *guarded, size_t size, struct crmval_error *error)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), mapped = (size + page - 1) / page * page + page;
	unsigned char *bytes = mmap(NULL, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (bytes == MAP_FAILED)
		return fail_memory(error);
	*guarded = (struct guarded){bytes + mapped - page - size, size, bytes, mapped};
	if (mprotect(bytes + mapped - page, page, PROT_NONE) == 0)
		return CRMVAL_OK;
	guarded_close(guarded);
	return fail(error, CRMVAL_EBUG, "cannot protect memory: %s", strerror(errno));
}

void guarded_protect(const struct guarded *guarded)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	mprotect(guarded->mapping, guarded->mapped - page, PROT_READ);
}

void guarded_close(struct guarded *guarded)
{
	if (guarded->mapping)
		munmap(guarded->mapping, guarded->mapped);
	*guarded = (struct guarded){0};
}

/* ---- chance: splitmix64, by Sebastiano Vigna, in the public domain ---- */

static uint64_t mix(uint64_t state)
{
	state += UINT64_C(0x9e3779b97f4a7c15);
	state = (state ^ (state >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	state = (state ^ (state >> 27)) * UINT64_C(0x94d049bb133111eb);
	return state ^ (state >> 31);
}

static uint64_t hash_text(uint64_t sum, const char *text)
{
	for (; text && *text; text++)
		sum = mix(sum ^ (unsigned char)*text);
	return mix(sum);
}

/* What a column is made of. */
struct maker {
	const struct bound_input *input;
	enum rows_kind kind;
	const struct crmval_window *period;
	uint64_t seed;                /* of its path */
	uint32_t words;               /* of a symbol; 0: any */
	int is_count, is_key, is_one; /* is_one: the same for all rows */
};

/* One in so many, drawn anew for each purpose. */
static uint64_t draw(const struct maker *maker, uint32_t row, uint32_t purpose, uint64_t range)
{
	return mix(maker->seed ^ mix(((uint64_t)row << 8) + purpose)) % range;
}

static int is_missing(const struct maker *maker, uint32_t row)
{
	return maker->kind >= ROWS_MISSING || draw(maker, row, 0, 8) == 0;
}

/*
 * What is counted keeps to what counting gives: no more different words than there are, and none for one row that all rows
 * together do not have.
 */
static double count_of(const struct maker *maker, uint32_t row)
{
	static const double extremes[] = {0, 1, 2, 2147483647};
	double all = maker->kind == ROWS_EXTREME ? 2147483647 : 20;
	uint64_t chance = draw(maker, row, 1, 1 << 20);
	double count = maker->is_one ? all : maker->kind == ROWS_EXTREME ? extremes[chance % 4] : (double)(chance % 6);
	return maker->words && count > maker->words ? maker->words : count;
}

static double number_of(const struct maker *maker, uint32_t row)
{
	static const double extremes[] = {
		0, -0.0, 1, -1, 0.1, 5e-324, 1e-300, 4503599627370497.5, 0x1.fffffffffffffp62, -0x1.fffffffffffffp62};
	uint64_t chance = draw(maker, row, 1, 1 << 20);
	if (maker->kind == ROWS_EXTREME)
		return extremes[chance % 10];
	switch (draw(maker, row, 2, 4)) {
	case 0:
		return (double)(chance % 11);
	case 1:
		return (double)chance / (1 << 20);
	case 2:
		return (double)chance - 1000;
	default:
		return (double)(chance * 977) / 100;
	}
}

static int32_t date_of(const struct maker *maker, uint32_t row)
{
	enum { FIRST = -719162, LAST = 2932896 }; /* of the years 1 and 9999 */
	const struct crmval_window *period = maker->period;
	const int32_t extremes[] = {FIRST, LAST, 0, period->from - 1, period->from, period->to, period->to + 1};
	if (maker->kind == ROWS_EXTREME)
		return extremes[draw(maker, row, 1, 7)];
	return period->from - 800 + (int32_t)draw(maker, row, 1, 2000);
}

/* ---- a value as it is delivered ---- */

static void put(const struct maker *maker, uint32_t row, void *out)
{
	int missing = is_missing(maker, row);
	switch (maker->input->as) {
	case CRMVAL_REFERENCE: {
		int32_t to = draw(maker, row, 3, 16) == 0 ? CRMVAL_DANGLING : (int32_t)draw(maker, row, 1, 1000);
		*(int32_t *)out = maker->is_key ? (int32_t)row : missing ? CRMVAL_MISSING : to;
		break;
	}
	case CRMVAL_SYMBOL:
		*(uint32_t *)out =
			missing ? 0 : 1 + (uint32_t)draw(maker, row, 1, maker->words ? maker->words + 1 : 20);
		break;
	case CRMVAL_DATE:
		*(int32_t *)out = missing ? CRMVAL_NO_DATE : date_of(maker, row);
		break;
	case CRMVAL_NUMBER:
		*(double *)out = maker->is_count && maker->kind < ROWS_MISSING     ? count_of(maker, row)
				 : !missing                                        ? number_of(maker, row)
				 : maker->is_count && maker->kind != ROWS_UNMAPPED ? 0
										   : NAN;
		break;
	case CRMVAL_FLAG:
		*(int8_t *)out = missing ? -1 : (int8_t)draw(maker, row, 1, 2);
		break;
	case CRMVAL_FILLED:
		*(uint8_t *)out = maker->is_key ? 1 : !missing;
		break;
	default: /* an e-mail address, a phone number */
		*(uint8_t *)out = missing ? 0 : 1 + (uint8_t)draw(maker, row, 1, 2);
	}
}

static uint32_t width_of(int32_t as)
{
	switch (as) {
	case CRMVAL_NUMBER:
		return sizeof(double);
	case CRMVAL_REFERENCE:
	case CRMVAL_SYMBOL:
	case CRMVAL_DATE:
		return 4;
	default:
		return 1;
	}
}

static struct maker maker_of(const struct bound_input *input, enum rows_kind kind, const struct crmval_window *period,
			     uint64_t seed)
{
	const struct crmval_rollup *rollup = input->table->rollup;
	struct maker maker = {.input = input, .kind = kind, .period = period};
	maker.seed = hash_text(mix(seed ^ (uint64_t)kind), rollup ? input->table->name : input->table->path);
	maker.is_count =
		rollup && (rollup->op == CRMVAL_COUNT || rollup->op == CRMVAL_DISTINCT || rollup->op == CRMVAL_SUM);
	maker.is_one = rollup && !rollup->by;
	maker.is_key = !rollup && input->route.field->type == FIELD_KEY && input->route.paths[0].hop_count == 0;
	const char *const *words = input->words ? input->words : rollup ? NULL : input->route.field->words;
	while (words && words[maker.words])
		maker.words++;
	return maker;
}

int made_rows_open(struct made_rows *rows, const struct bound_view *view, enum rows_kind kind, uint32_t row_count,
		   const struct crmval_window *period, uint64_t seed, struct crmval_error *error)
{
	uint32_t columns = view->table->input_count;
	*rows = (struct made_rows){.row_count = row_count, .column_count = columns};
	rows->values = arena_array(&rows->arena, (size_t)columns + 1, sizeof *rows->values);
	rows->widths = arena_array(&rows->arena, (size_t)columns + 1, sizeof *rows->widths);
	rows->are_mapped = arena_array(&rows->arena, (size_t)columns + 1, sizeof *rows->are_mapped);
	if (!rows->values || !rows->widths || !rows->are_mapped)
		return fail_memory(error);
	for (uint32_t c = 0; c < columns; c++) {
		const struct bound_input *input = &view->inputs[c];
		struct maker maker = maker_of(input, kind, period, seed);
		uint32_t width = width_of(input->as);
		int code = guarded_open(&rows->values[c], (size_t)row_count * width, error);
		if (code != CRMVAL_OK)
			return code;
		for (uint32_t row = 0; row < row_count; row++)
			put(&maker, maker.is_one ? 0 : row, rows->values[c].bytes + (size_t)row * width);
		guarded_protect(&rows->values[c]);
		rows->widths[c] = width;
		rows->are_mapped[c] = kind != ROWS_UNMAPPED;
	}
	return CRMVAL_OK;
}

void made_rows_close(struct made_rows *rows)
{
	for (uint32_t c = 0; rows->values && c < rows->column_count; c++)
		guarded_close(&rows->values[c]);
	arena_free(&rows->arena);
}

void made_rows_columns(const struct made_rows *rows, uint32_t first, struct crmval_column *columns)
{
	for (uint32_t c = 0; c < rows->column_count; c++)
		columns[c] = (struct crmval_column){rows->values[c].bytes + (size_t)first * rows->widths[c],
						    rows->are_mapped[c], rows->are_mapped[c]};
}
