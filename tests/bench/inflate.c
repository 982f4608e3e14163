/* SPDX-License-Identifier: MIT */
/*
 * The peer of reading an archive: decompresses all of its tables on some threads, checks them, and does nothing else.
 *
 * usage: inflate THREADS ARCHIVE
 */
#include "../../core/parallel.h"
#include "../../plugins/sources/zip_archive.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PIECE = 1 << 20 };

static int read_entry(const struct zip_archive *archive, const struct zip_entry *entry, uint8_t *piece,
		      struct crmval_error *error)
{
	struct zip_stream *stream;
	uint32_t checksum = 0;
	size_t got = 1;
	int status = zip_stream_open(&stream, archive, entry, &zip_inflaters[0], error);
	while (!status && got) {
		status = zip_stream_read(stream, piece, PIECE, &got, error);
		checksum = zip_inflaters[0].checksum(checksum, piece, got);
	}
	zip_stream_close(stream);
	return status ? status : zip_archive_verify(archive, entry, checksum, error);
}

static int read_item(void *context, unsigned thread, uint64_t item, struct crmval_error *error)
{
	const struct zip_archive *archive = context;
	uint8_t *piece = malloc(PIECE);
	(void)thread;
	if (!piece)
		return CRMVAL_ENOMEM;
	int status = read_entry(archive, &archive->directory.entries[item], piece, error);
	free(piece);
	return status;
}

static int larger_first(const void *a, const void *b)
{
	const struct zip_entry *x = a, *y = b;
	return (x->packed < y->packed) - (x->packed > y->packed);
}

int main(int count, char **words)
{
	static const struct zip_limits limits = {UINT64_MAX, 1032, 100000};
	struct crmval_error error = {.struct_size = sizeof error};
	struct zip_archive archive;
	char *path = count == 3 ? strdup(words[2]) : NULL;
	if (!path) {
		fputs("usage: inflate THREADS ARCHIVE\n", stderr);
		return 64;
	}
	int status = zip_archive_open(&archive, path, &limits, &error);
	if (!status) {
		qsort(archive.directory.entries, archive.directory.count, sizeof *archive.directory.entries,
		      larger_first);
		status = parallel_run((unsigned)atoi(words[1]), archive.directory.count, read_item, &archive, &error);
	}
	zip_archive_close(&archive);
	if (status)
		fprintf(stderr, "inflate: %s\n", error.message);
	return status != 0;
}
