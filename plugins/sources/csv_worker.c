/* SPDX-License-Identifier: MIT */
/*
 * Reading the splits of a table.  A split is a chunk of a plain file, or all of a file that has to be decompressed or
 * converted.  A chunk goes through four steps: read it; scan it, not knowing yet whether it begins within quotes; learn
 * that from the one before, and tell the one behind; make rows of those records that begin in it.
 */
#include "csv_worker.h"

#include "error.h"

#include <stdlib.h>
#include <unistd.h>

#define AHEAD 4096 /* bytes read with a chunk for the end of its last record; most records are shorter */

int csv_worker_open(struct csv_worker **opened, struct crmval_error *error)
{
	struct csv_worker *worker = calloc(1, sizeof *worker);
	if (!worker)
		return fail_memory(error);
	worker->descriptor = -1;
	*opened = worker;
	return CRMVAL_OK;
}

static void drop_file(struct csv_worker *worker)
{
	if (worker->descriptor >= 0)
		close(worker->descriptor);
	worker->descriptor = -1;
	worker->file = NULL;
}

void csv_worker_close(struct csv_worker *worker)
{
	if (!worker)
		return;
	drop_file(worker);
	csv_rows_free(&worker->rows);
	csv_window_free(&worker->window);
	free(worker);
}

static int take_file(struct csv_worker *worker, const struct csv_file *file, struct crmval_error *error)
{
	if (worker->file == file)
		return CRMVAL_OK;
	drop_file(worker);
	int status = csv_file_reopen(file, &worker->descriptor, error);
	if (!status)
		worker->file = file;
	return status;
}

int csv_worker_fail_open(struct csv_input *input, const struct csv_file *file, struct crmval_error *error)
{
	uint64_t line = 0;
	int status = csv_open_quote(csv_input_bytes(input), file->dialect.delimiter, &line, error);
	if (status)
		return status;
	return fail(error, CRMVAL_EDATA,
		    "%s:%llu: a quote is opened here and never closed; close it, or get the file again", file->path,
		    (unsigned long long)line);
}

static int fail_open_quote(struct csv_worker *worker, const struct csv_table *table, struct crmval_error *error)
{
	struct csv_input *input;
	int status = csv_input_open(worker->descriptor, worker->file->path, table->encoding, &input, error);
	if (status)
		return status;
	status = csv_worker_fail_open(input, worker->file, error);
	csv_input_close(input);
	return status;
}

/* ---- plain files ---- */

static int read_plain(void *context, uint8_t *to, size_t room, size_t *got, struct crmval_error *error)
{
	struct csv_worker *worker = context;
	uint64_t left = worker->end - worker->offset;
	if (room > left)
		room = left;
	int status = csv_pread(worker->descriptor, worker->file->path, worker->offset, to, room, got, error);
	worker->offset += *got;
	if (!status && *got < room)
		return csv_file_changed(worker->file, error);
	return status;
}

/* Reads and scans a chunk. */
static int scan_chunk(struct csv_worker *worker, const struct csv_scanner *scanner, const struct csv_table *table,
		      const struct csv_file *file, uint32_t index, size_t *size, struct crmval_error *error)
{
	struct csv_window *window = &worker->window;
	uint64_t begin = file->data + (uint64_t)index * table->chunk_bytes;
	int status = take_file(worker, file, error);
	if (status)
		return status;
	worker->offset = begin - (index > 0);
	worker->end = file->size;
	status = csv_window_start(window, scanner, (struct csv_bytes){read_plain, worker}, file->dialect.delimiter,
				  index > 0, error);
	if (!status)
		status = csv_window_fill(window, (size_t)table->chunk_bytes + AHEAD, error);
	if (status)
		return status;
	window->offset = begin;
	*size = csv_window_size(window) < table->chunk_bytes ? csv_window_size(window) : table->chunk_bytes;
	return csv_window_scan(window, *size, error);
}

static int read_chunk(struct csv_worker *worker, const struct csv_scanner *scanner, const struct csv_table *table,
		      const struct csv_file *file, uint32_t index, struct crmval_error *error)
{
	struct csv_window *window = &worker->window;
	enum csv_state state;
	size_t size;
	int status = scan_chunk(worker, scanner, table, file, index, &size, error);
	if (!status && csv_chain_wait(file->chain, index, &state, &window->line))
		status = fail(error, CRMVAL_ESTOP, "%s: stopped, since an earlier part of it failed", file->path);
	if (status) {
		csv_chain_fail(file->chain, index);
		return status;
	}
	csv_window_settle(window, state);
	csv_chain_publish(file->chain, index, window->state, window->line + window->found.lines);
	if (index + 1 == file->split_count && window->state == CSV_INSIDE)
		return fail_open_quote(worker, table, error);
	return csv_rows_read(&worker->rows, window, size, error);
}

/* ---- streams ---- */

/* Reads the window's next chunk of a stream, and lets it begin behind it. */
static int read_next(struct csv_rows *rows, struct csv_window *window, size_t size, struct crmval_error *error)
{
	int status = csv_window_scan(window, size, error);
	if (status)
		return status;
	csv_window_settle(window, window->state);
	enum csv_state state = window->state;
	status = csv_rows_read(rows, window, size, error);
	if (status)
		return status;
	/* Go on behind the last record, since its cells may have been changed in place; if it is complete. */
	if (!rows->is_foreign && rows->begin > size) {
		size = rows->begin;
		state = CSV_OUTSIDE;
	}
	window->line = csv_window_line(window, size < window->scanned ? size : window->scanned);
	csv_window_advance(window, size);
	window->state = state;
	return CRMVAL_OK;
}

/* Tells the sink of bytes that were none of the encoding. */
static void skip_invalid(const struct csv_input *input, const struct crmval_sink *sink)
{
	const char *encoding;
	uint64_t invalid = csv_input_invalid(input, &encoding);
	char what[128];
	if (!invalid)
		return;
	snprintf(what, sizeof what, "bytes that are not %s", encoding);
	sink->skip(sink, what, invalid);
}

int csv_worker_stream(struct csv_worker *worker, const struct csv_scanner *scanner, const struct csv_table *table,
		      const struct csv_file *file, struct csv_input *input, int *is_open, struct crmval_error *error)
{
	struct csv_window *window = &worker->window;
	csv_input_limit(input, file->dialect.max_gzip_ratio);
	int status = csv_window_start(window, scanner, csv_input_bytes(input), file->dialect.delimiter, 0, error);
	if (!status)
		status = csv_window_fill(window, file->data, error);
	if (!status) {
		window->offset = 0;
		window->line = file->header.line;
		csv_window_advance(window, file->data);
	}
	for (size_t size = 1; !status && size;) {
		status = csv_window_fill(window, table->chunk_bytes, error);
		size = csv_window_size(window) < table->chunk_bytes ? csv_window_size(window) : table->chunk_bytes;
		if (!status && size)
			status = read_next(&worker->rows, window, size, error);
	}
	*is_open = window->state == CSV_INSIDE;
	if (!status && !*is_open)
		skip_invalid(input, worker->rows.sink);
	return status;
}

static int read_stream(struct csv_worker *worker, const struct csv_scanner *scanner, const struct csv_table *table,
		       const struct csv_file *file, struct crmval_error *error)
{
	struct csv_input *input = NULL;
	int is_open = 0;
	int status = take_file(worker, file, error);
	if (!status)
		status = csv_input_open(worker->descriptor, file->path, table->encoding, &input, error);
	if (!status)
		status = csv_worker_stream(worker, scanner, table, file, input, &is_open, error);
	csv_input_close(input);
	return !status && is_open ? fail_open_quote(worker, table, error) : status;
}

int csv_worker_read(struct csv_worker *worker, const struct csv_scanner *scanner, const struct csv_table *table,
		    uint32_t split, const struct crmval_sink *sink, struct crmval_error *error)
{
	uint32_t number = csv_table_find(table, split);
	const struct csv_file *file = &table->files[number];
	struct csv_view view = csv_table_view(table, number);
	int status = csv_rows_start(&worker->rows, &view, sink, error);
	if (status && file->is_plain)
		csv_chain_fail(file->chain, split - file->first_split);
	if (status)
		return status;
	if (split == file->first_split && file->header.blank_lines)
		sink->skip(sink, "blank lines", file->header.blank_lines);
	if (file->is_plain)
		status = read_chunk(worker, scanner, table, file, split - file->first_split, error);
	else
		status = read_stream(worker, scanner, table, file, error);
	/* What is wrong with a file that is still being written will not be when it is complete. */
	if (status == CRMVAL_EDATA && csv_file_check(file, NULL))
		status = csv_file_check(file, error);
	return status;
}
