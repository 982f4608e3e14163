/* SPDX-License-Identifier: MIT */
/*
 * Reading a member in chunks.  A chunk is decompressed in its turn, and scanned once the chunk before has told how it
 * ends and left what it had of its last record; then the same is told to the chunk behind, before rows are made.
 */
#include "salesforce_member.h"

#include "error.h"

#include <stdlib.h>
#include <string.h>

#define LEAD (16 << 10)  /* bytes left free in front of a chunk, for what the one before leaves */
#define PIECE (64 << 10) /* bytes decompressed at a time where it is ahead of the chunk */

/* ---- opening ---- */

int salesforce_member_open(struct salesforce_member *member, struct csv_file *file, const struct csv_dialect *dialect,
			   const char *encoding, struct crmval_error *error)
{
	struct csv_input *input = NULL;
	*file = (struct csv_file){
		.container = member->archive->path, .seen = member->archive->seen, .size = member->entry->size};
	if (asprintf(&file->path, "%s/%s", member->archive->path, member->entry->name) < 0) {
		file->path = NULL;
		return fail_memory(error);
	}
	int status = zip_stream_open(&member->stream, member->archive, member->entry, member->inflater, error);
	if (!status)
		status = csv_input_of_bytes((struct csv_bytes){zip_stream_read, member->stream}, file->path, encoding,
					    &input, error);
	if (!status)
		status = csv_file_begin(file, input, dialect, error);
	csv_input_close(input);
	zip_stream_close(member->stream);
	member->stream = NULL;
	return status;
}

void salesforce_member_free(struct salesforce_member *member)
{
	if (!member)
		return;
	csv_chain_free(member->turns);
	zip_stream_close(member->stream);
	free(member->ahead);
	free(member->tail);
	free(member);
}

int salesforce_member_plan(struct salesforce_member *member, const struct csv_file *file, struct crmval_error *error)
{
	csv_chain_free(member->turns);
	zip_stream_close(member->stream);
	member->stream = NULL;
	member->turns = csv_chain_new(file->split_count, 0);
	member->ahead_begin = member->ahead_end = 0;
	member->checksum = 0;
	member->offset = file->data;
	csv_guess_start(&member->guess);
	if (file->dialect.text != CSV_TEXT_UNKNOWN)
		member->guess.text = file->dialect.text;
	return member->turns ? CRMVAL_OK : fail_memory(error);
}

/* ---- streams ---- */

/* A member that is read in one go, and its checksum on the way. */
struct checked {
	struct salesforce_member *member;
	struct zip_stream *stream;
	uint32_t checksum;
};

static int read_checked(void *context, uint8_t *to, size_t room, size_t *got, struct crmval_error *error)
{
	struct checked *checked = context;
	int status = zip_stream_read(checked->stream, to, room, got, error);
	checked->checksum = checked->member->inflater->checksum(checked->checksum, to, *got);
	return status;
}

/* Begins to read the member anew, apart from its chunks. */
static int open_input(struct salesforce_member *member, const struct csv_file *file, const char *encoding,
		      struct checked *checked, struct csv_input **input, struct crmval_error *error)
{
	*checked = (struct checked){.member = member};
	int status = zip_stream_open(&checked->stream, member->archive, member->entry, member->inflater, error);
	if (!status)
		status = csv_input_of_bytes((struct csv_bytes){read_checked, checked}, file->path, encoding, input,
					    error);
	return status;
}

static int fail_open_quote(struct salesforce_member *member, const struct csv_table *table, const struct csv_file *file,
			   struct crmval_error *error)
{
	struct checked checked;
	struct csv_input *input = NULL;
	int status = open_input(member, file, table->encoding, &checked, &input, error);
	if (!status)
		status = csv_worker_fail_open(input, file, error);
	csv_input_close(input);
	zip_stream_close(checked.stream);
	return status;
}

static int read_stream(struct salesforce_member *member, struct csv_worker *worker, const struct csv_scanner *scanner,
		       const struct csv_table *table, const struct csv_file *file, struct crmval_error *error)
{
	struct checked checked;
	struct csv_input *input = NULL;
	int is_open = 0;
	int status = open_input(member, file, table->encoding, &checked, &input, error);
	if (!status)
		status = csv_worker_stream(worker, scanner, table, file, input, &is_open, error);
	if (!status)
		status = zip_archive_verify(member->archive, member->entry, checked.checksum, error);
	csv_input_close(input);
	zip_stream_close(checked.stream);
	return !status && is_open ? fail_open_quote(member, table, file, error) : status;
}

/* ---- chunks: decompressing ---- */

/* A chunk that is being read. */
struct chunk {
	struct salesforce_member *member;
	struct csv_worker *worker;
	const struct csv_file *file;
	uint32_t index;
	int is_last;
	uint64_t begin, end; /* its bytes in the file; the first has the header too */
	uint32_t checksum;
};

/* Delivers what was decompressed ahead, and then goes on. */
static int read_member(void *context, uint8_t *to, size_t room, size_t *got, struct crmval_error *error)
{
	struct salesforce_member *member = context;
	size_t there = member->ahead_end - member->ahead_begin;
	if (!there)
		return zip_stream_read(member->stream, to, room, got, error);
	*got = there < room ? there : room;
	memcpy(to, member->ahead + member->ahead_begin, *got);
	member->ahead_begin += *got;
	return CRMVAL_OK;
}

/* Decompresses on behind the chunk until the encoding can be told. */
static int look_ahead(struct salesforce_member *member, struct crmval_error *error)
{
	struct csv_guess *guess = &member->guess;
	member->ahead_begin = member->ahead_end = 0;
	while (guess->text == CSV_TEXT_UNKNOWN) {
		size_t got, needed = member->ahead_end + PIECE;
		if (needed > member->ahead_capacity) {
			uint8_t *ahead = realloc(member->ahead, 2 * needed);
			if (!ahead)
				return fail_memory(error);
			member->ahead = ahead;
			member->ahead_capacity = 2 * needed;
		}
		int status = zip_stream_read(member->stream, member->ahead + member->ahead_end, PIECE, &got, error);
		if (status)
			return status;
		csv_guess_feed(guess, member->ahead + member->ahead_end, got);
		member->ahead_end += got;
		if (!got)
			csv_guess_end(guess);
	}
	return CRMVAL_OK;
}

/* What is to be done in turn.  *text: the encoding, as far as it matters to this chunk. */
static int take_turn(const struct chunk *chunk, enum csv_text *text, struct crmval_error *error)
{
	struct salesforce_member *member = chunk->member;
	struct csv_window *window = &chunk->worker->window;
	size_t size = (size_t)(chunk->end - chunk->begin), header = chunk->index ? 0 : (size_t)chunk->file->data;
	int status = CRMVAL_OK;
	if (!member->stream)
		status = zip_stream_open(&member->stream, member->archive, member->entry, member->inflater, error);
	if (!status) /* one more than there is, for the end to be seen */
		status = csv_window_fill(window, size + (size_t)chunk->is_last, error);
	if (status)
		return status;
	csv_guess_feed(&member->guess, csv_window_bytes(window) + header, size - header);
	if (chunk->is_last)
		csv_guess_end(&member->guess);
	else if (member->guess.has_begun && member->guess.text == CSV_TEXT_UNKNOWN)
		status = look_ahead(member, error);
	*text = member->guess.text == CSV_TEXT_UNKNOWN ? CSV_TEXT_AS_IS : member->guess.text;
	if (chunk->is_last && !status) {
		zip_stream_close(member->stream);
		member->stream = NULL;
	}
	return status;
}

static int stopped(const struct csv_file *file, struct crmval_error *error)
{
	return fail(error, CRMVAL_ESTOP, "%s: stopped, since an earlier part of it failed", file->path);
}

/* Decompresses the chunk into the window, with nothing in front of it yet. */
static int decompress(struct chunk *chunk, const struct csv_scanner *scanner, enum csv_text *text,
		      struct crmval_error *error)
{
	struct salesforce_member *member = chunk->member;
	struct csv_window *window = &chunk->worker->window;
	enum csv_state state;
	uint64_t line;
	int status = csv_window_start(window, scanner, (struct csv_bytes){read_member, member},
				      chunk->file->dialect.delimiter, 0, error);
	if (!status && chunk->index)
		status = csv_window_leave(window, LEAD, error);
	if (!status && csv_chain_wait(member->turns, chunk->index, &state, &line))
		status = stopped(chunk->file, error);
	if (!status)
		status = take_turn(chunk, text, error);
	if (status) {
		csv_chain_fail(member->turns, chunk->index);
		return status;
	}
	csv_chain_publish(member->turns, chunk->index, CSV_OUTSIDE, 0);
	chunk->checksum = member->inflater->checksum(0, csv_window_bytes(window), (size_t)(chunk->end - chunk->begin));
	if (!chunk->index)
		csv_window_advance(window, (size_t)chunk->file->data);
	return CRMVAL_OK;
}

/* ---- chunks: scanning ---- */

/* Leaves what is in the window from `from` on to the next chunk. */
static int leave(struct salesforce_member *member, const struct csv_window *window, size_t from,
		 struct crmval_error *error)
{
	size_t size = csv_window_size(window) - from + 1;
	if (size > member->tail_capacity) {
		uint8_t *tail = realloc(member->tail, size + size / 2);
		if (!tail)
			return fail_memory(error);
		member->tail = tail;
		member->tail_capacity = size + size / 2;
	}
	memcpy(member->tail, csv_window_bytes(window) + from - 1, size);
	member->tail_size = size;
	member->offset = window->offset + from;
	return CRMVAL_OK;
}

/* How a chunk ends. */
struct ending {
	size_t done;         /* bytes of the window whose records are complete */
	size_t too_long;     /* SIZE_MAX, or where the record begins that is longer than it may be */
	enum csv_state next; /* how the next chunk begins, */
	uint64_t line;       /* and in which line */
};

/*
 * Where no record ends in the window, all of it is left to the next chunk; unless the record is too long anyway, or
 * was already: then it goes on in the next chunk, and is none of its own.
 */
static int end_chunk(const struct chunk *chunk, enum csv_state first, struct ending *ending, struct crmval_error *error)
{
	struct csv_window *window = &chunk->worker->window;
	const uint8_t *bytes = csv_window_bytes(window);
	size_t from = csv_window_last_end(window), to = window->scanned;
	*ending = (struct ending){.done = from, .too_long = SIZE_MAX, .next = CSV_OUTSIDE};
	if (!from) {
		int is_foreign = first != CSV_OUTSIDE || (bytes[-1] != '\n' && bytes[-1] != '\r');
		size_t begin = to && bytes[-1] == '\r' && bytes[0] == '\n';
		int is_too_long = !is_foreign && to - begin > chunk->file->dialect.max_row_bytes;
		if (is_too_long)
			ending->too_long = begin;
		from = is_foreign || is_too_long ? to : 0;
		ending->next = from ? window->state : first;
	}
	ending->line = csv_window_line(window, from);
	return leave(chunk->member, window, from, error);
}

/* Puts what the chunk before left in front of this one, and finds out how it ends. */
static int join(const struct chunk *chunk, struct ending *ending, struct crmval_error *error)
{
	struct salesforce_member *member = chunk->member;
	struct csv_window *window = &chunk->worker->window;
	enum csv_state state;
	if (csv_chain_wait(chunk->file->chain, chunk->index, &state, &window->line))
		return stopped(chunk->file, error);
	member->checksum = zip_checksum_join(member->checksum, chunk->checksum, chunk->end - chunk->begin);
	int status = CRMVAL_OK;
	if (chunk->index)
		status = csv_window_prepend(window, member->tail, member->tail_size, error);
	window->offset = member->offset;
	size_t size = csv_window_size(window), to = window->at_end ? size : size - size % CSV_WORD;
	if (!status)
		status = csv_window_scan(window, to, error);
	if (status)
		return status;
	csv_window_settle(window, state);
	if (!chunk->is_last)
		return end_chunk(chunk, state, ending, error);
	*ending = (struct ending){.done = size, .too_long = SIZE_MAX};
	return zip_archive_verify(member->archive, member->entry, member->checksum, error);
}

static int read_chunk(struct chunk *chunk, const struct csv_table *table, const struct crmval_sink *sink,
		      struct crmval_error *error)
{
	const struct csv_file *file = chunk->file;
	struct csv_window *window = &chunk->worker->window;
	struct ending ending = {0};
	int status = join(chunk, &ending, error);
	if (status) {
		csv_chain_fail(file->chain, chunk->index);
		return status;
	}
	csv_chain_publish(file->chain, chunk->index, ending.next, ending.line);
	if (chunk->is_last && window->state == CSV_INSIDE)
		return fail_open_quote(chunk->member, table, file, error);
	if (ending.too_long != SIZE_MAX) {
		char rule[64];
		snprintf(rule, sizeof rule, "a row of more than %u bytes", file->dialect.max_row_bytes);
		return sink->reject(sink, chunk->worker->rows.view->input, csv_window_line(window, ending.too_long),
				    window->offset + ending.too_long, rule, error);
	}
	return csv_rows_read(&chunk->worker->rows, window, ending.done, error);
}

/* ---- splits ---- */

static int read_split(struct salesforce_member *member, struct csv_worker *worker, const struct csv_scanner *scanner,
		      const struct csv_table *table, struct csv_view *view, uint32_t split,
		      const struct crmval_sink *sink, struct crmval_error *error)
{
	const struct csv_file *file = &table->files[view->input];
	uint32_t index = split - file->first_split;
	int status = csv_rows_start(&worker->rows, view, sink, error);
	if (!status && index == 0 && file->header.blank_lines)
		sink->skip(sink, "blank lines", file->header.blank_lines);
	if (!file->is_plain)
		return status ? status : read_stream(member, worker, scanner, table, file, error);
	struct chunk chunk = {.member = member,
			      .worker = worker,
			      .file = file,
			      .index = index,
			      .is_last = index + 1 == file->split_count};
	chunk.begin = index ? file->data + (uint64_t)index * table->chunk_bytes : 0;
	chunk.end = chunk.is_last ? file->size : file->data + ((uint64_t)index + 1) * table->chunk_bytes;
	if (status)
		csv_chain_fail(member->turns, index);
	else
		status = decompress(&chunk, scanner, &view->text, error);
	if (status) {
		csv_chain_fail(file->chain, index);
		return status;
	}
	return read_chunk(&chunk, table, sink, error);
}

int salesforce_member_read(struct salesforce_member *member, struct csv_worker *worker,
			   const struct csv_scanner *scanner, const struct csv_table *table, uint32_t number,
			   uint32_t split, const struct crmval_sink *sink, struct crmval_error *error)
{
	const struct csv_file *file = &table->files[number];
	struct csv_view view = csv_table_view(table, number);
	int status = read_split(member, worker, scanner, table, &view, split, sink, error);
	/* What is wrong with an archive that is still being written will not be when it is complete. */
	if (status == CRMVAL_EDATA && csv_file_check(file, NULL))
		status = csv_file_check(file, error);
	return status;
}
