/* SPDX-License-Identifier: MIT */
/*
 * Shards: the K-th of N parts of the rows.
 *
 * Each row of an entity belongs to one shard, by a hash of its id, or of a reference that it holds.  Rows of others are
 * evaluated there.  Where nothing needs them here they are not even kept: the entity is shared out.  Else they stay, as
 * what others look up and add up, and are marked as foreign.
 */
#ifndef SHARD_H
#define SHARD_H

#include "bind.h"
#include "reading.h"

/* Of an id's text, trimmed, the first 32 bits of its MD5, which databases can tell as well: its shard is that modulo the
   number of shards.  [worker] */
uint32_t shard_hash(const char *text, uint32_t length);

/*
 * Once it is known what is mapped: sets table.shard_by.  An entity is shared out by a reference if rows are added up by it
 * and by nothing else, by its id if all that refer to it are shared out by the same, and not at all where in doubt.
 */
void shard_plan(struct data *data, const struct bound_dimension *dimensions, uint32_t count);

/* Rows of a batch that are this shard's, and working storage for them; one per thread. */
struct shard_scratch;
struct shard_scratch *shard_scratch_new(void);
void shard_scratch_free(struct shard_scratch *scratch);

/* Where to find what a row's shard depends on: places among a batch's columns, -1 for what the source does not have. */
struct shard_key {
	const struct job_mapping *mapping;
	int32_t reference, id;
};

/* What decides on the shard of a row: the hash of its reference, or where it is missing, of its id. */
uint32_t shard_hash_row(const struct shard_key *key, const struct crmval_rows *rows, uint32_t row);

static inline int shard_has(const struct job_shard *shard, uint32_t hash)
{
	return hash % shard->count == shard->number;
}

/* Of a batch the rows of one shard; *out lives in scratch until the next call.  checksum: the sum of the hashes of all. */
int shard_choose(const struct shard_key *key, const struct job_shard *shard, struct shard_scratch *scratch,
		 const struct crmval_rows *in, uint32_t column_count, struct crmval_rows *out, uint64_t *checksum,
		 struct crmval_error *error);

#endif
