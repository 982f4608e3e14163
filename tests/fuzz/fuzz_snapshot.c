/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as a snapshot's file, or where the first is 'p', the rest as its payload in a framing that is right; where it is
 * 'e', the rest are edits of a whole snapshot, and where it is 'm', of a run's only part.  It is refused, or what was read
 * can be written and read again, to the same bytes; the only part of a run is merged as well.
 */
#include "../../core/merge.h"
#include "../../core/report.h"
#include "../sample.h"
#include "../snapshot_case.h"
#include "snapshot_edits.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void check(int is_true)
{
	if (!is_true)
		abort();
}

/* NULL: something is missing, and must not be. */
static char *write_text(const struct result *result, size_t *size)
{
	struct crmval_error error = {.struct_size = sizeof error};
	char *text = NULL;
	FILE *stream = open_memstream(&text, size);
	check(stream != NULL);
	int code = snapshot_write(result, stream, &error);
	check(fclose(stream) == 0 && (code == CRMVAL_OK || code == CRMVAL_EDATA));
	if (code == CRMVAL_OK)
		return text;
	free(text);
	return NULL;
}

static void check_again(const struct result *result)
{
	struct crmval_error error = {.struct_size = sizeof error};
	struct snapshot *snapshot;
	size_t size, size_again;
	char *text = write_text(result, &size);
	if (!text)
		return;
	int fd = snapshot_case_file(text, size);
	check(snapshot_read(fd, "again", &snapshot, &error) == CRMVAL_OK);
	close(fd);
	char *text_again = write_text(&snapshot->result, &size_again);
	check(text_again && size == size_again && memcmp(text, text_again, size) == 0);
	snapshot_free(snapshot);
	free(text);
	free(text_again);
}

static void check_merge(const struct result *result)
{
	struct crmval_error error = {.struct_size = sizeof error};
	const struct merge_part part = {"part", result};
	struct result merged;
	struct arena arena = {0};
	char *text = NULL;
	size_t size;
	int code = merge_results(&part, 1, &arena, &merged, &error);
	check(code == CRMVAL_OK || (code == CRMVAL_EDATA && *error.message));
	if (code == CRMVAL_OK) {
		struct output output = {.stream = open_memstream(&text, &size)};
		check(output.stream != NULL);
		code = report_json(&merged, &output, &error);
		check(code == CRMVAL_OK || code == CRMVAL_EDATA);
		fclose(output.stream);
		free(text);
	}
	arena_free(&arena);
}

/* Without its result. */
static void check_lines(int fd)
{
	struct crmval_error error = {.struct_size = sizeof error};
	struct snapshot *snapshot;
	char path[64];
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	int code = snapshot_open(path, &snapshot, &error);
	check(code == CRMVAL_OK ? snapshot != NULL : code < 0 && !snapshot && *error.message);
	snapshot_free(snapshot);
}

static int file_of(const uint8_t *bytes, size_t size)
{
	if (size && (bytes[0] == 'e' || bytes[0] == 'm'))
		return snapshot_edits(bytes + 1, size - 1, bytes[0] == 'm');
	if (size && bytes[0] == 'p')
		return snapshot_case_pack((const char *)bytes + 1, size - 1);
	return snapshot_case_file(bytes, size);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct crmval_error error = {.struct_size = sizeof error};
	struct snapshot *snapshot;
	int fd = file_of(bytes, size);
	int code = snapshot_read(fd, "fuzz", &snapshot, &error);
	check(code == CRMVAL_OK ? snapshot != NULL : code < 0 && !snapshot && *error.message);
	if (snapshot)
		check_again(&snapshot->result);
	check_lines(fd);
	close(fd);
	if (snapshot && snapshot->result.part_count == 1)
		check_merge(&snapshot->result);
	snapshot_free(snapshot);
	return 0;
}
