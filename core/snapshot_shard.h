/* SPDX-License-Identifier: MIT */
/* What a snapshot of a part says beyond that of a whole. */
#ifndef SNAPSHOT_SHARD_H
#define SNAPSHOT_SHARD_H

#include "json.h"
#include "snapshot_tables.h"

/* Lines of the kinds shard, shard_entity and shard_rule. */
void snapshot_put_shard(struct json *json, const struct result *result);

void snapshot_take_shard(struct drafts *drafts, struct line *line, const struct json_node *map);
void snapshot_take_shard_entity(struct drafts *drafts, struct line *line, const struct json_node *map);
void snapshot_take_shard_rule(struct drafts *drafts, struct line *line, const struct json_node *map);

/* All was read: a part has said all of it, a whole nothing. */
int snapshot_finish_shard(struct drafts *drafts, const char *name, struct crmval_error *error);

#endif
