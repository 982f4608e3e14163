/* SPDX-License-Identifier: MIT */
/*
 * The peer of reading an archive: decompresses all of its tables on some threads, checks them, and does nothing else; with
 * "scan", finds their separators, too, which is the least that any reader of CSV does.
 *
 * usage: inflate THREADS ARCHIVE [scan]
 */
#include "../../core/parallel.h"
#include "../../plugins/sources/csv_scan.h"
#include "../../plugins/sources/zip_archive.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PIECE = 1 << 20, BLOCK = 1 << 16 };

struct work {
	const struct zip_archive *archive;
	int is_scanned;
};

/* Finds the separators of a piece, block by block, as the reader does.  bytes[-1] is there. */
static void scan(const uint8_t *bytes, size_t count, uint64_t *inside)
{
	static _Thread_local struct csv_word words[BLOCK / CSV_WORD];
	static _Thread_local uint32_t separators[BLOCK + CSV_LIST_SLACK], ends[BLOCK + CSV_LIST_SLACK];
	const struct csv_scanner *scanner = csv_scanner_best(csv_processor());
	for (size_t at = 0; at < count; at += BLOCK) {
		size_t left = (count - at < BLOCK ? count - at : BLOCK) / CSV_WORD, separator_count = 0, end_count = 0;
		struct csv_found found = {0};
		scanner->scan(bytes + at, left, ',', words, &found);
		scanner->list(words, left, 0, inside, separators, &separator_count, ends, &end_count);
	}
}

static int read_entry(const struct work *work, const struct zip_entry *entry, uint8_t *piece,
		      struct crmval_error *error)
{
	const struct zip_archive *archive = work->archive;
	uint64_t inside = 0;
	struct zip_stream *stream;
	uint32_t checksum = 0;
	size_t got = 1;
	int status = zip_stream_open(&stream, archive, entry, &zip_inflaters[0], error);
	while (!status && got) {
		status = zip_stream_read(stream, piece, PIECE, &got, error);
		checksum = zip_inflaters[0].checksum(checksum, piece, got);
		if (work->is_scanned)
			scan(piece, got, &inside);
	}
	zip_stream_close(stream);
	return status ? status : zip_archive_verify(archive, entry, checksum, error);
}

static int read_item(void *context, unsigned thread, uint64_t item, struct crmval_error *error)
{
	const struct work *work = context;
	uint8_t *room = malloc(CSV_WORD + PIECE);
	(void)thread;
	if (!room)
		return CRMVAL_ENOMEM;
	memset(room, 0, CSV_WORD);
	int status = read_entry(work, &work->archive->directory.entries[item], room + CSV_WORD, error);
	free(room);
	return status;
}

static int larger_first(const void *a, const void *b)
{
	const struct zip_entry *x = a, *y = b;
	return (x->packed < y->packed) - (x->packed > y->packed);
}

int main(int count, char **words)
{
	static const struct zip_limits limits = {UINT64_MAX, 1032, 100000, 0};
	struct crmval_error error = {.struct_size = sizeof error};
	struct zip_archive archive;
	struct work work = {&archive, count == 4 && strcmp(words[3], "scan") == 0};
	char *path = count == 3 || work.is_scanned ? strdup(words[2]) : NULL;
	if (!path) {
		fputs("usage: inflate THREADS ARCHIVE [scan]\n", stderr);
		return 64;
	}
	int status = zip_archive_open(&archive, path, &limits, &error);
	if (!status) {
		qsort(archive.directory.entries, archive.directory.count, sizeof *archive.directory.entries,
		      larger_first);
		status = parallel_run((unsigned)atoi(words[1]), archive.directory.count, read_item, &work, &error);
	}
	zip_archive_close(&archive);
	if (status)
		fprintf(stderr, "inflate: %s\n", error.message);
	return status != 0;
}
