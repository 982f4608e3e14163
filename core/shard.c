/* SPDX-License-Identifier: MIT */
/* Choosing the rows of a shard, batch by batch. */
#include "shard.h"

#include "cell.h"
#include "derive.h"
#include "error.h"

#include <nettle/md5.h>
#include <stdlib.h>

uint32_t shard_hash(const char *text, uint32_t length)
{
	struct md5_ctx context;
	uint8_t digest[4];
	md5_init(&context);
	md5_update(&context, length, (const uint8_t *)text);
	md5_digest(&context, sizeof digest, digest);
	return (uint32_t)digest[0] << 24 | (uint32_t)digest[1] << 16 | (uint32_t)digest[2] << 8 | digest[3];
}

/* A cell as ids are compared; of length 0: missing. */
static const char *key_text(const struct shard_key *key, const struct crmval_rows *rows, int32_t column, uint32_t row,
			    char buffer[18], uint32_t *length)
{
	struct ident id;
	*length = 0;
	if (column < 0)
		return "";
	const struct crmval_cells *cells = &rows->columns[column];
	if (cells->length[row] == CRMVAL_NULL)
		return "";
	const char *text = cells->base + cells->start[row];
	*length = cells->length[row];
	cell_trim(&text, length);
	if (derive_id(key->mapping, &text, length, buffer, &id) == CELL_MISSING)
		*length = 0;
	return text;
}

uint32_t shard_hash_row(const struct shard_key *key, const struct crmval_rows *rows, uint32_t row)
{
	char buffer[18];
	uint32_t length;
	const char *text = key_text(key, rows, key->reference, row, buffer, &length);
	if (length == 0)
		text = key_text(key, rows, key->id, row, buffer, &length);
	return shard_hash(text, length);
}

struct shard_scratch {
	uint32_t *kept; /* which rows of in */
	uint32_t row_capacity;
	struct crmval_cells *columns;
	uint32_t column_capacity;
	uint32_t *numbers; /* starts and lengths of the columns */
	size_t number_capacity;
	const struct crmval_rows *in; /* that *out came from */
};

struct shard_scratch *shard_scratch_new(void)
{
	return calloc(1, sizeof(struct shard_scratch));
}

void shard_scratch_free(struct shard_scratch *scratch)
{
	if (!scratch)
		return;
	free(scratch->kept);
	free(scratch->columns);
	free(scratch->numbers);
	free(scratch);
}

static uint64_t line_of(const void *context, uint32_t row, uint32_t *input)
{
	const struct shard_scratch *scratch = context;
	return scratch->in->line ? scratch->in->line(scratch->in->context, scratch->kept[row], input) : 0;
}

static int reserve(struct shard_scratch *scratch, uint32_t rows, uint32_t columns, struct crmval_error *error)
{
	size_t numbers = 2 * (size_t)rows * columns;
	if (rows > scratch->row_capacity) {
		free(scratch->kept);
		scratch->kept = calloc(rows, sizeof *scratch->kept);
		scratch->row_capacity = scratch->kept ? rows : 0;
	}
	if (columns > scratch->column_capacity) {
		free(scratch->columns);
		scratch->columns = calloc(columns, sizeof *scratch->columns);
		scratch->column_capacity = scratch->columns ? columns : 0;
	}
	if (numbers > scratch->number_capacity) {
		free(scratch->numbers);
		scratch->numbers = calloc(numbers, sizeof *scratch->numbers);
		scratch->number_capacity = scratch->numbers ? numbers : 0;
	}
	if (rows > scratch->row_capacity || columns > scratch->column_capacity || numbers > scratch->number_capacity)
		return fail_memory(error);
	return CRMVAL_OK;
}

int shard_choose(const struct shard_key *key, const struct job_shard *shard, struct shard_scratch *scratch,
		 const struct crmval_rows *in, uint32_t column_count, struct crmval_rows *out, uint64_t *checksum,
		 struct crmval_error *error)
{
	int code = reserve(scratch, in->row_count, column_count, error);
	if (code != CRMVAL_OK)
		return code;
	uint32_t count = 0;
	*checksum = 0;
	for (uint32_t row = 0; row < in->row_count; row++) {
		uint32_t hash = shard_hash_row(key, in, row);
		*checksum += hash;
		if (shard_has(shard, hash))
			scratch->kept[count++] = row;
	}
	for (uint32_t c = 0; c < column_count; c++) {
		const struct crmval_cells *cells = &in->columns[c];
		uint32_t *starts = scratch->numbers + (size_t)2 * c * in->row_count, *lengths = starts + in->row_count;
		for (uint32_t i = 0; i < count; i++) {
			starts[i] = cells->start[scratch->kept[i]];
			lengths[i] = cells->length[scratch->kept[i]];
		}
		scratch->columns[c] = (struct crmval_cells){cells->base, starts, lengths};
	}
	scratch->in = in;
	*out = *in;
	out->row_count = count;
	out->columns = scratch->columns;
	out->line = line_of;
	out->context = scratch;
	return CRMVAL_OK;
}
