/* SPDX-License-Identifier: MIT */
/* The same files for the whole process: nothing is written to a disk. */
#include "input.h"

#include "forget.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Not all targets are linked with it. */
__attribute__((weak)) void forget_nothing(void);

static struct input {
	int descriptor;
	size_t size;
	char path[32];
} inputs[INPUT_FILES];

void check(int is_so, const char *what)
{
	if (is_so)
		return;
	fprintf(stderr, "%s\n", what);
	abort();
}

int input_descriptor(int which, const void *bytes, size_t size)
{
	struct input *input = &inputs[which];
	if (!input->descriptor) {
		input->descriptor = memfd_create("input", MFD_CLOEXEC);
		snprintf(input->path, sizeof input->path, "/proc/self/fd/%d", input->descriptor);
	}
	check(pwrite(input->descriptor, bytes, size, 0) == (ssize_t)size, "no file in memory");
	if (size < input->size)
		check(ftruncate(input->descriptor, (off_t)size) == 0, "no file in memory");
	input->size = size;
	return input->descriptor;
}

const char *input_path(int which)
{
	return inputs[which].path;
}

const char *input_file(const void *bytes, size_t size)
{
	input_descriptor(0, bytes, size);
	return input_path(0);
}

uint64_t input_hash(const void *bytes, size_t size, uint64_t hash)
{
	hash += size + 1;
	for (size_t at = 0; at < size; at += sizeof hash) {
		uint64_t word = 0;
		memcpy(&word, (const char *)bytes + at, size - at < sizeof word ? size - at : sizeof word);
		hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
		hash ^= hash >> 29;
	}
	return hash;
}

int input_is_known(uint64_t hash)
{
#ifdef __AFL_COMPILER
	/* It runs an input several times, to see that all of them go the same way. */
	(void)hash;
	return 0;
#else
	enum { SLOTS = 1 << 20 };
	static uint64_t known[SLOTS];
	uint64_t *slot = &known[hash % SLOTS];
	int is_known = *slot == hash;
	*slot = hash;
	return is_known;
#endif
}

/* The heap does not go back to the kernel after each input, nor is it wiped; a sanitizer has a heap of its own. */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	mallopt(M_MMAP_THRESHOLD, 32 << 20);
	mallopt(M_TRIM_THRESHOLD, 256 << 20);
	if (forget_nothing)
		forget_nothing();
	return 0;
}
