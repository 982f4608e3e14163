/* SPDX-License-Identifier: MIT */
/* Runs a fuzz target once over each file named, for builds without libFuzzer: what was found once stays mended. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay(const char *path)
{
	int status = -1;
	uint8_t *data = NULL;
	FILE *file = fopen(path, "rb");
	if (!file || fseek(file, 0, SEEK_END) < 0)
		goto out;
	long size = ftell(file);
	/* To the byte, so that a sanitizer sees a read beyond the end. */
	data = size >= 0 ? malloc((size_t)size) : NULL;
	rewind(file);
	if (size < 0 || (size && !data) || fread(data, 1, (size_t)size, file) != (size_t)size)
		goto out;
	LLVMFuzzerTestOneInput(data, (size_t)size);
	status = 0;
out:
	if (status < 0)
		perror(path);
	free(data);
	if (file)
		fclose(file);
	return status;
}

int main(int argc, char **argv)
{
	int status = EXIT_SUCCESS;
	for (int i = 1; i < argc; i++) {
		if (replay(argv[i]) < 0)
			status = EXIT_FAILURE;
	}
	return status;
}
