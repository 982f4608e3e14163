/* SPDX-License-Identifier: MIT */
/*
 * A CSV file within a ZIP archive.  A member can only be decompressed from its beginning, so its chunks are
 * decompressed one after the other, each by the thread that reads it; all the rest they do at the same time.
 */
#ifndef SALESFORCE_MEMBER_H
#define SALESFORCE_MEMBER_H

#include "csv_worker.h"
#include "zip_archive.h"

struct salesforce_member {
	const struct zip_archive *archive;
	const struct zip_entry *entry;
	const struct zip_inflater *inflater;
	/* Whose chunk's turn it is to be decompressed; what is theirs who have it: */
	struct csv_chain *turns;
	struct zip_stream *stream;
	struct csv_guess guess;
	uint8_t *ahead; /* what was decompressed ahead, for the guess */
	size_t ahead_begin, ahead_end, ahead_capacity;
	/* Chunks learn from each other how they begin by the file's chain; what goes with that: */
	uint32_t checksum; /* of all bytes before */
	uint8_t *tail;     /* what belongs in front of the next chunk, and the byte before that */
	size_t tail_size, tail_capacity;
	uint64_t offset; /* of that in the file */
};

/* Opens a member as a file of a table: reads its header.  Archive and inflater are set before. */
int salesforce_member_open(struct salesforce_member *member, struct csv_file *file, const struct csv_dialect *dialect,
			   const char *encoding, struct crmval_error *error);
void salesforce_member_free(struct salesforce_member *member);

/* Gets ready for being read from the beginning on, after the file was planned. */
int salesforce_member_plan(struct salesforce_member *member, const struct csv_file *file, struct crmval_error *error);

/* Reads one split of a table, which is of the table's file of that number. */
int salesforce_member_read(struct salesforce_member *member, struct csv_worker *worker,
			   const struct csv_scanner *scanner, const struct csv_table *table, uint32_t number,
			   uint32_t split, const struct crmval_sink *sink, struct crmval_error *error);

#endif
