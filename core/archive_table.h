/* SPDX-License-Identifier: MIT */
/* Lists of snapshots, as text, JSON or CSV: what is in an archive, and what is to become of it. */
#ifndef ARCHIVE_TABLE_H
#define ARCHIVE_TABLE_H

#include "archive_prune.h"
#include "csv_out.h"
#include "json.h"
#include "snapshot.h"

enum archive_table_kind { ARCHIVE_CONTENT, ARCHIVE_PLAN };

struct archive_table {
	enum archive_table_kind kind;
	enum job_format format;
	struct output output;
	struct json json;
	struct csv_out csv;
};

int archive_table_open(struct archive_table *table, enum archive_table_kind kind, enum job_format format, FILE *stream,
		       struct crmval_error *error);
/* A row of the one kind and of the other. */
void archive_table_snapshot(struct archive_table *table, const char *file, const struct snapshot_header *header);
void archive_table_item(struct archive_table *table, const struct prune_item *item);
int archive_table_close(struct archive_table *table, struct crmval_error *error);

#endif
