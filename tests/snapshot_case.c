/* SPDX-License-Identifier: MIT */
/* Snapshots in memory. */
#include "snapshot_case.h"

#include "../core/snapshot_frame.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void must(int is_true)
{
	if (!is_true)
		abort(); /* out of memory */
}

int snapshot_case_file(const void *bytes, size_t size)
{
	int fd = memfd_create("snapshot", MFD_CLOEXEC);
	must(fd >= 0 && write(fd, bytes, size) == (ssize_t)size);
	return fd;
}

char *snapshot_case_pack_text(const char *payload, size_t size, size_t *file_size)
{
	struct pack *pack = malloc(sizeof *pack);
	struct snapshot_hash inside, outside;
	struct snapshot_lines lines;
	char *line = NULL, *file = NULL;
	must(pack && pack_open(pack, NULL) == CRMVAL_OK);
	must(fwrite(payload, 1, size, pack->in) == size);
	must(pack_finish(pack, &inside, &outside, &lines, NULL) == CRMVAL_OK);
	int length = asprintf(
		&line,
		"{\"format\":\"crmval-snapshot-1\",\"job\":\"case\",\"period\":{\"from\":\"2025-01-01\",\"to\":\"2025-"
		"12-31\"},"
		"\"baseline\":null,\"made\":\"2026-01-01T00:00:00Z\",\"program\":\"crmval\",\"part\":null,\"overall\":"
		"{\"score\":null,\"low\":null,\"high\":null,\"coverage\":0},\"dimensions\":[],\"definitions\":\"%s\","
		"\"payload\":{\"bytes\":%llu,\"sha256\":\"%s\"},\"gzip\":{\"bytes\":%llu,\"sha256\":\"%s\"}}\n",
		inside.sha256, (unsigned long long)inside.bytes, inside.sha256, (unsigned long long)outside.bytes,
		outside.sha256);
	FILE *stream = open_memstream(&file, file_size);
	must(length > 0 && stream && pack_write(pack, line, (size_t)length, stream, NULL) == CRMVAL_OK);
	must(fclose(stream) == 0);
	pack_close(pack);
	free(pack);
	free(line);
	return file;
}

int snapshot_case_pack(const char *payload, size_t size)
{
	char *file = snapshot_case_pack_text(payload, size, &size);
	int fd = snapshot_case_file(file, size);
	free(file);
	return fd;
}

int snapshot_case_write(const struct result *result)
{
	char *file = NULL;
	size_t size;
	FILE *stream = open_memstream(&file, &size);
	must(stream && snapshot_write(result, stream, NULL) == CRMVAL_OK && fclose(stream) == 0);
	int fd = snapshot_case_file(file, size);
	free(file);
	return fd;
}

uint32_t snapshot_case_crc(const unsigned char *bytes, size_t size)
{
	return (uint32_t)crc32_z(0, bytes, size);
}
