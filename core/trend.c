/* SPDX-License-Identifier: MIT */
/* Reading the first lines of an archive's snapshots. */
#include "trend.h"

#include "archive.h"
#include "error.h"
#include "translate.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int by_job(const void *a, const void *b)
{
	const struct trend_point *x = a, *y = b;
	int order = strcmp(x->header.job, y->header.job);
	if (order == 0 && x->header.period.to != y->header.period.to)
		order = x->header.period.to < y->header.period.to ? -1 : 1;
	if (order == 0 && x->header.made != y->header.made)
		order = x->header.made < y->header.made ? -1 : 1;
	return order ? order : strcmp(x->file, y->file);
}

static int read_point(const struct archive *archive, const char *name, struct trend_point *point,
		      struct crmval_error *error)
{
	char *path = NULL;
	if (asprintf(&path, "%s%s", archive->folder.prefix, name) < 0)
		return fail_memory(error);
	int fd = openat(archive->folder.fd, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
	int code = fd < 0 ? fail(error, CRMVAL_EIO, "%s: cannot open it: %s", path, strerror(errno))
			  : snapshot_read_header(fd, path, &point->header, error);
	if (fd >= 0)
		close(fd);
	free(path);
	point->file = strdup(name);
	return code == CRMVAL_OK && !point->file ? fail_memory(error) : code;
}

static void free_point(struct trend_point *point)
{
	snapshot_header_free(&point->header);
	snapshot_free(point->snapshot);
	free(point->file);
	memset(point, 0, sizeof *point);
}

int trend_open(struct trend *trend, const char *path, void (*damaged)(void *context, const char *message),
	       void *context, struct crmval_error *error)
{
	struct archive archive = ARCHIVE_CLOSED;
	struct archive_entries entries = {0};
	*trend = (struct trend){0};
	int code = archive_open(&archive, path, error);
	if (code == CRMVAL_OK)
		code = archive_list(&archive, &entries, error);
	if (code == CRMVAL_OK && !(trend->points = calloc(entries.count + 1, sizeof *trend->points)))
		code = fail_memory(error);
	for (size_t i = 0; code == CRMVAL_OK && i < entries.count; i++) {
		struct trend_point *point = &trend->points[trend->count];
		code = read_point(&archive, entries.entries[i].name, point, error);
		if (code == CRMVAL_OK) {
			trend->count++;
			continue;
		}
		free_point(point);
		if (code == CRMVAL_ENOMEM)
			break;
		damaged(context, error->message);
		code = CRMVAL_OK;
	}
	if (trend->count > 0)
		qsort(trend->points, trend->count, sizeof *trend->points, by_job);
	free(entries.entries);
	archive_close(&archive);
	return code;
}

static int read_titles(struct trend_point *point, const char *path, const char *language, struct crmval_error *error)
{
	char *file;
	if (asprintf(&file, "%s/%s", path, point->file) < 0)
		return fail_memory(error);
	int code = snapshot_open(file, &point->snapshot, error);
	if (code == CRMVAL_OK)
		code = result_translate(&point->snapshot->result, &point->snapshot->arena, language, error);
	free(file);
	return code;
}

int trend_read_titles(struct trend *trend, const char *path, const char *language,
		      void (*damaged)(void *context, const char *message), void *context, struct crmval_error *error)
{
	for (size_t i = 0; i < trend->count; i++) {
		struct trend_point *point = &trend->points[i];
		int is_last = i + 1 == trend->count || strcmp(point[1].header.job, point->header.job) != 0;
		if (!is_last || point->header.part_count)
			continue;
		int code = read_titles(point, path, language, error);
		if (code == CRMVAL_ENOMEM)
			return code;
		if (code != CRMVAL_OK)
			damaged(context, error->message);
	}
	return CRMVAL_OK;
}

void trend_close(struct trend *trend)
{
	for (size_t i = 0; i < trend->count; i++)
		free_point(&trend->points[i]);
	free(trend->points);
}
