/* SPDX-License-Identifier: MIT */
/*
 * Snapshots: a run's result in a file that is its witness for ever.  crmval-snapshot(5) describes the format.
 *
 * Two gzip members.  The first holds one line, the header, not compressed, so that every byte of it is known from the line
 * itself; the line tells the size and hash of the second, which holds the result as JSON, then the definitions and the
 * exact tallies that it follows from, a JSON object a line.
 */
#ifndef SNAPSHOT_H
#define SNAPSHOT_H

#include "arena.h"
#include "result.h"

#include <stdio.h>

enum { SNAPSHOT_VERSION = 1 }; /* the format that is written; all up to it are read */

/* Writes a result whole.  What the stream cannot take is told by the stream's owner, too. */
int snapshot_write(const struct result *result, FILE *stream, struct crmval_error *error);

/* Of one node.  NaN where there is none. */
struct snapshot_score {
	const char *id; /* of a dimension */
	double score, low, high, coverage;
};

struct snapshot_hash {
	uint64_t bytes;
	char sha256[65];
};

/* The lines after the result, which can be read without it. */
struct snapshot_lines {
	uint64_t place; /* in the second member as it lies in the file, where decompressing may begin */
	uint64_t line;  /* the number of the first */
	struct snapshot_hash hash;
};

/* What the first line says. */
struct snapshot_header {
	uint32_t version;
	const char *job, *program; /* the program with its version */
	int64_t made;              /* when the run was, in seconds since 1970 */
	struct crmval_window period, baseline;
	int has_baseline;
	uint32_t part, part_count; /* of a run in parts; 0 of 0: the whole */
	struct snapshot_score overall;
	uint32_t dimension_count;
	const struct snapshot_score *dimensions;
	char definitions[65];               /* SHA-256 of all that was defined, without its texts */
	struct snapshot_hash payload, gzip; /* of what follows the line, and of the same as it lies in the file */
	struct snapshot_lines lines;        /* its hash of 0 bytes: they cannot be read alone */
	uint64_t size;                      /* of the first member */
	struct arena arena;
};

/*
 * Reads the first line alone; a file whose size is not what it says is refused, but only reading all shows that nothing is
 * damaged.  name is for messages.  CRMVAL_EDATA: it is no snapshot, damaged, or of a newer format; CRMVAL_EIO.
 * The header is to be freed in any case.
 */
int snapshot_read_header(int fd, const char *name, struct snapshot_header *header, struct crmval_error *error);
void snapshot_header_free(struct snapshot_header *header);

struct snapshot {
	struct snapshot_header header;
	struct result result; /* whose texts are in the language of the run */
	struct arena arena;
};

/* Reads and verifies all of it.  *snapshot is NULL where it fails. */
int snapshot_read(int fd, const char *name, struct snapshot **snapshot, struct crmval_error *error);
void snapshot_free(struct snapshot *snapshot);

/*
 * The same, of a file: CRMVAL_ENOINPUT, CRMVAL_EPERM.  What is read is verified, which is all but the result as it was
 * printed, most of the file.  A part of a run is refused, since its result is none by itself.
 */
int snapshot_open(const char *path, struct snapshot **snapshot, struct crmval_error *error);

/* Of a part; what is a whole is refused. */
int snapshot_open_part(const char *path, struct snapshot **snapshot, struct crmval_error *error);

/* Finds any byte that is not as it was written; reads as a run would read it. */
int snapshot_verify(int fd, const char *name, struct crmval_error *error);

/* Copies the result as the run printed it, verified once more on the way. */
int snapshot_copy_result(const char *path, FILE *stream, struct crmval_error *error);

#endif
