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
#include "input.h"
#include "snapshot_edits.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* Nothing is compressed, which took a quarter of the time: how that is done is zlib's affair. */
int __real_deflateInit2_(z_streamp stream, int level, int method, int bits, int memory, int strategy,
			 const char *version, int size);
int __wrap_deflateInit2_(z_streamp stream, int level, int method, int bits, int memory, int strategy,
			 const char *version, int size);

int __wrap_deflateInit2_(z_streamp stream, int level, int method, int bits, int memory, int strategy,
			 const char *version, int size)
{
	(void)level;
	return __real_deflateInit2_(stream, Z_NO_COMPRESSION, method, bits, memory, strategy, version, size);
}

/* NULL: something is missing, and must not be. */
static char *write_text(const struct result *result, size_t *size)
{
	struct crmval_error error = {.struct_size = sizeof error};
	char *text = NULL;
	FILE *stream = open_memstream(&text, size);
	check(stream != NULL, "out of memory");
	int code = snapshot_write(result, stream, &error);
	check(fclose(stream) == 0 && (code == CRMVAL_OK || code == CRMVAL_EDATA), "not written");
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
	int fd = input_descriptor(1, text, size);
	check(snapshot_read(fd, "again", &snapshot, &error) == CRMVAL_OK, "written, not read");
	char *text_again = write_text(&snapshot->result, &size_again);
	check(text_again && size == size_again && memcmp(text, text_again, size) == 0, "written otherwise");
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
	check(code == CRMVAL_OK || (code == CRMVAL_EDATA && *error.message), "not merged, without a word");
	if (code == CRMVAL_OK) {
		struct output output = {.stream = open_memstream(&text, &size)};
		check(output.stream != NULL, "out of memory");
		code = report_json(&merged, &output, &error);
		check(code == CRMVAL_OK || code == CRMVAL_EDATA, "no report");
		fclose(output.stream);
		free(text);
	}
	arena_free(&arena);
}

static void check_read(int code, const struct snapshot *snapshot, const struct crmval_error *error)
{
	check(code == CRMVAL_OK ? snapshot != NULL : code < 0 && !snapshot && *error->message,
	      "neither read nor refused");
}

/* Without its result. */
static void check_lines(const char *path)
{
	struct crmval_error error = {.struct_size = sizeof error};
	struct snapshot *snapshot;
	int code = snapshot_open(path, &snapshot, &error);
	check_read(code, snapshot, &error);
	snapshot_free(snapshot);
}

/* The input's file; -1: there was one of the same payload. */
static int file_of(const uint8_t *bytes, size_t size)
{
	const char *payload = (const char *)bytes + 1;
	if (!size || !memchr("emp", bytes[0], 3))
		return input_descriptor(0, bytes, size);
	size--;
	if (bytes[0] != 'p')
		payload = snapshot_edits(bytes + 1, size, bytes[0] == 'm', &size);
	if (input_is_known(input_hash(payload, size, 0)))
		return -1;
	char *file = snapshot_case_pack_text(payload, size, &size);
	int fd = input_descriptor(0, file, size);
	free(file);
	return fd;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct crmval_error error = {.struct_size = sizeof error};
	struct snapshot *snapshot;
	int fd = file_of(bytes, size);
	if (fd < 0)
		return 0;
	int code = snapshot_read(fd, "fuzz", &snapshot, &error);
	check_read(code, snapshot, &error);
	if (snapshot)
		check_again(&snapshot->result);
	check_lines(input_path(0));
	if (snapshot && snapshot->result.part_count == 1)
		check_merge(&snapshot->result);
	snapshot_free(snapshot);
	return 0;
}
