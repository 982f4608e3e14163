/* SPDX-License-Identifier: MIT */
/* Reading a snapshot. */
#include "error.h"
#include "output.h"
#include "snapshot_frame.h"
#include "snapshot_tables.h"
#include "snapshot_tallies.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct reading {
	struct snapshot *snapshot;
	struct unpack unpack;
	struct line line;
	struct drafts drafts;
	struct tallies_draft tallies;
};

/* JSON has no control characters, which a terminal might obey. */
static int has_control(const char *line, size_t length)
{
	int found = 0;
	for (size_t i = 0; i < length; i++)
		found |= (unsigned char)line[i] < 0x20;
	return found;
}

/* The result as JSON, to the line that ends it, which alone of its lines is a lone bracket.  stream NULL: passed over. */
static int take_result(struct unpack *unpack, FILE *stream, struct crmval_error *error)
{
	char *line;
	size_t length;
	int code;
	do {
		code = unpack_line(unpack, &line, &length, error);
		if (code != CRMVAL_OK)
			return code;
		if (!line)
			return fail(error, CRMVAL_EDATA, "%s: it has no result, so this is not a snapshot",
				    unpack->name);
		if (has_control(line, length))
			return fail(error, CRMVAL_EDATA,
				    "%s:%llu: a control character, so this is not a snapshot that crmval wrote",
				    unpack->name, (unsigned long long)unpack->line);
		if (stream) {
			line[length] = '\n';
			fwrite(line, 1, length + 1, stream);
		}
	} while (length != 1 || line[0] != '}');
	return CRMVAL_OK;
}

/* Before the first tally it must be known what it is of. */
static void take_tally(struct reading *reading, const struct json_node *tally)
{
	const struct result *result = &reading->snapshot->result;
	reading->tallies.measure_count = reading->drafts.measures.count;
	memcpy(reading->tallies.breakdowns, result->breakdowns, sizeof result->breakdowns);
	tallies_take(&reading->tallies, &reading->line, tally);
}

static int take_lines(struct reading *reading, struct crmval_error *error)
{
	char *text;
	size_t length;
	for (;;) {
		int code = unpack_line(&reading->unpack, &text, &length, error);
		if (code != CRMVAL_OK || !text)
			return code;
		reading->line.number = reading->unpack.line;
		code = line_parse(&reading->line, text, length);
		if (code != CRMVAL_OK)
			return code;
		const struct json_node *tally = json_get(&reading->line.tree, reading->line.tree.nodes, "tally");
		if (tally)
			take_tally(reading, tally);
		else if (reading->tallies.breakdown == TALLIES_NONE_YET)
			drafts_take(&reading->drafts, &reading->line);
		if (reading->line.code != CRMVAL_OK)
			return reading->line.code;
	}
}

static int read_all(struct reading *reading, int fd, const char *name, int is_whole, struct crmval_error *error)
{
	struct snapshot *snapshot = reading->snapshot;
	struct tallies *tallies = arena_alloc(&snapshot->arena, sizeof *tallies);
	if (!tallies)
		return fail_memory(error);
	reading->line = (struct line){.name = name, .arena = &snapshot->arena, .error = error};
	reading->drafts.snapshot = snapshot;
	reading->tallies.arena = &snapshot->arena;
	reading->tallies.tallies = tallies;
	reading->tallies.breakdown = TALLIES_NONE_YET;
	is_whole |= snapshot->header.lines.hash.bytes == 0;
	int code = unpack_open(&reading->unpack, fd, name, &snapshot->header, is_whole, error);
	if (code == CRMVAL_OK && is_whole)
		code = take_result(&reading->unpack, NULL, error);
	if (code == CRMVAL_OK)
		code = take_lines(reading, error);
	if (code == CRMVAL_OK)
		code = drafts_finish(&reading->drafts, name, error);
	if (code == CRMVAL_OK)
		code = tallies_finish(&reading->tallies, &snapshot->result, error);
	unpack_close(&reading->unpack);
	json_tree_free(&reading->line.tree);
	drafts_free(&reading->drafts);
	tallies_free(&reading->tallies);
	return code;
}

static int read_file(int fd, const char *name, int is_whole, struct snapshot **out, struct crmval_error *error)
{
	struct reading *reading = calloc(1, sizeof *reading);
	struct snapshot *snapshot = calloc(1, sizeof *snapshot);
	*out = NULL;
	int code = reading && snapshot ? snapshot_read_header(fd, name, &snapshot->header, error) : fail_memory(error);
	if (code == CRMVAL_OK) {
		reading->snapshot = snapshot;
		code = read_all(reading, fd, name, is_whole, error);
	}
	free(reading);
	if (code == CRMVAL_OK)
		*out = snapshot;
	else
		snapshot_free(snapshot);
	return code;
}

int snapshot_read(int fd, const char *name, struct snapshot **snapshot, struct crmval_error *error)
{
	return read_file(fd, name, 1, snapshot, error);
}

void snapshot_free(struct snapshot *snapshot)
{
	if (!snapshot)
		return;
	snapshot_header_free(&snapshot->header);
	arena_free(&snapshot->arena);
	free(snapshot);
}

/* A pipe would hang, and a link is as good as a file. */
static int open_file(const char *path, struct crmval_error *error)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		fail(error,
		     errno == ENOENT || errno == ENOTDIR ? CRMVAL_ENOINPUT
		     : errno == EACCES || errno == EPERM ? CRMVAL_EPERM
							 : CRMVAL_EIO,
		     "%s: cannot open it: %s", path, strerror(errno));
	return fd;
}

static int open_snapshot(const char *path, struct snapshot **snapshot, struct crmval_error *error)
{
	int fd = open_file(path, error);
	*snapshot = NULL;
	if (fd < 0)
		return error->code;
	int code = read_file(fd, path, 0, snapshot, error);
	close(fd);
	return code;
}

int snapshot_open(const char *path, struct snapshot **snapshot, struct crmval_error *error)
{
	int code = open_snapshot(path, snapshot, error);
	if (code != CRMVAL_OK || (*snapshot)->result.part_count == 0)
		return code;
	code = fail(error, CRMVAL_EDATA,
		    "%s: is part %u of %u of a run, and no result by itself; join all by crmval merge", path,
		    (*snapshot)->result.part, (*snapshot)->result.part_count);
	snapshot_free(*snapshot);
	*snapshot = NULL;
	return code;
}

int snapshot_open_part(const char *path, struct snapshot **snapshot, struct crmval_error *error)
{
	int code = open_snapshot(path, snapshot, error);
	if (code != CRMVAL_OK || (*snapshot)->result.part_count)
		return code;
	code = fail(error, CRMVAL_EDATA, "%s: is no part of a run, as crmval run --shard writes them, but a whole",
		    path);
	snapshot_free(*snapshot);
	*snapshot = NULL;
	return code;
}

int snapshot_verify(int fd, const char *name, struct crmval_error *error)
{
	struct snapshot *snapshot;
	int code = snapshot_read(fd, name, &snapshot, error);
	snapshot_free(snapshot);
	return code;
}

/* To the end, so that all of it is verified. */
static int copy_result(struct unpack *unpack, FILE *stream, struct crmval_error *error)
{
	char none[1] = "", *line = none;
	size_t length;
	int code = take_result(unpack, stream, error);
	while (code == CRMVAL_OK && line)
		code = unpack_line(unpack, &line, &length, error);
	if (code == CRMVAL_OK && (fflush(stream) != 0 || ferror(stream)))
		code = output_failed(stream, errno ? errno : EIO, error);
	return code;
}

int snapshot_copy_result(const char *path, FILE *stream, struct crmval_error *error)
{
	struct snapshot_header header = {0};
	struct unpack *unpack = malloc(sizeof *unpack);
	int fd = open_file(path, error), code = fd < 0 ? error->code : CRMVAL_OK;
	errno = 0;
	if (!unpack)
		code = fail_memory(error);
	if (code == CRMVAL_OK)
		code = snapshot_read_header(fd, path, &header, error);
	if (code == CRMVAL_OK) {
		code = unpack_open(unpack, fd, path, &header, 1, error);
		if (code == CRMVAL_OK)
			code = copy_result(unpack, stream, error);
		unpack_close(unpack);
	}
	snapshot_header_free(&header);
	free(unpack);
	if (fd >= 0)
		close(fd);
	return code;
}
