/* SPDX-License-Identifier: MIT */
/* The header line of a snapshot, as text. */
#ifndef SNAPSHOT_HEADER_H
#define SNAPSHOT_HEADER_H

#include "json.h"
#include "snapshot.h"

/* What the header says besides the result. */
struct snapshot_seal {
	char definitions[65];
	struct snapshot_hash payload, gzip;
	struct snapshot_lines lines;
};

/* The line with its end, which the caller frees. */
int snapshot_header_text(const struct result *result, const struct snapshot_seal *seal, char **line, size_t *length,
			 struct crmval_error *error);

/* {"from": ..., "to": ...}, or null. */
void snapshot_put_window(struct json *json, const char *key, const struct crmval_window *window);

/* {"part": ..., "of": ...}, or null. */
void snapshot_put_part(struct json *json, const struct result *result);

#endif
