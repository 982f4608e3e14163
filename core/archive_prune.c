/* SPDX-License-Identifier: MIT */
/* What keep rules make of an archive. */
#include "archive_prune.h"

#include "error.h"
#include "snapshot.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Fills an item from the file's first line; one that cannot be read is no failure. */
static int read_item(const struct archive *archive, struct prune_item *item, struct crmval_error *error)
{
	struct snapshot_header header = {0};
	struct crmval_error found = {.struct_size = sizeof found};
	char path[ARCHIVE_PATH_SIZE];
	int fd = -1, code = archive_open_snapshot(archive, item->entry.name, &fd, &found);
	archive_path(archive, item->entry.name, path);
	if (code == CRMVAL_OK)
		code = snapshot_read_header(fd, path, &header, &found);
	if (fd >= 0)
		close(fd);
	if (code == CRMVAL_OK) {
		item->made = header.made;
		item->job = strdup(header.job);
	} else if (code != CRMVAL_ENOMEM) {
		item->problem = strdup(found.message);
	}
	snapshot_header_free(&header);
	return item->job || item->problem ? CRMVAL_OK : fail_memory(error);
}

static int compare_items(const void *one, const void *other)
{
	const struct prune_item *a = one, *b = other;
	if (!a->job || !b->job)
		return a->job ? 1 : b->job ? -1 : strcmp(a->entry.name, b->entry.name);
	int order = strcmp(a->job, b->job);
	if (order != 0)
		return order;
	if (a->made != b->made)
		return a->made < b->made ? -1 : 1;
	if (a->entry.sequence != b->entry.sequence)
		return a->entry.sequence < b->entry.sequence ? -1 : 1;
	return strcmp(a->entry.name, b->entry.name);
}

static void item_free(struct prune_item *item)
{
	free(item->job);
	free(item->problem);
}

static int read_all(const struct archive *archive, const struct archive_entries *entries, const char *job,
		    struct prune_plan *plan, struct crmval_error *error)
{
	plan->items = calloc(entries->count + 1, sizeof *plan->items);
	if (!plan->items)
		return fail_memory(error);
	for (size_t i = 0; i < entries->count; i++) {
		struct prune_item *item = &plan->items[plan->count];
		*item = (struct prune_item){.entry = entries->entries[i]};
		int code = read_item(archive, item, error);
		if (code != CRMVAL_OK)
			return code;
		if (job && item->job && strcmp(item->job, job) != 0)
			item_free(item);
		else
			plan->count++;
	}
	qsort(plan->items, plan->count, sizeof *plan->items, compare_items);
	return CRMVAL_OK;
}

/* Each job by itself. */
static int decide(struct prune_plan *plan, const struct keep *keep, int64_t now, struct crmval_error *error)
{
	int64_t *instants = calloc(plan->count + 1, sizeof *instants);
	uint32_t *reasons = calloc(plan->count + 1, sizeof *reasons);
	for (size_t first = 0, next; instants && reasons && first < plan->count; first = next) {
		for (next = first; next < plan->count && plan->items[next].job &&
				   strcmp(plan->items[next].job, plan->items[first].job) == 0;
		     next++)
			instants[next - first] = plan->items[next].made;
		keep_decide(keep, instants, next - first, now, reasons);
		for (size_t i = first; i < next; i++)
			plan->items[i].reasons = reasons[i - first];
		if (next == first) /* one that cannot be read */
			next++;
	}
	int code = instants && reasons ? CRMVAL_OK : fail_memory(error);
	free(instants);
	free(reasons);
	return code;
}

int prune_plan(const struct archive *archive, const struct keep *keep, const char *job, int64_t now,
	       struct prune_plan *plan, struct crmval_error *error)
{
	struct archive_entries entries;
	*plan = (struct prune_plan){NULL, 0};
	int code = archive_list(archive, &entries, error);
	if (code == CRMVAL_OK)
		code = read_all(archive, &entries, job, plan, error);
	if (code == CRMVAL_OK)
		code = decide(plan, keep, now, error);
	free(entries.entries);
	return code;
}

void prune_free(struct prune_plan *plan)
{
	for (size_t i = 0; i < plan->count; i++)
		item_free(&plan->items[i]);
	free(plan->items);
}

int prune_carry_out(struct archive *archive, const struct prune_plan *plan, struct crmval_error *error)
{
	int code = CRMVAL_OK, is_changed = 0;
	for (size_t i = 0; i < plan->count && code == CRMVAL_OK; i++)
		if (prune_removes(&plan->items[i])) {
			code = archive_remove(archive, plan->items[i].entry.name, error);
			is_changed = 1;
		}
	if (code == CRMVAL_OK && is_changed)
		code = archive_sync(archive, error);
	return code;
}
