/* SPDX-License-Identifier: MIT */
/* One file for the whole process: nothing is written to a disk. */
#include "input.h"

#include "forget.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* Not all targets are linked with it. */
__attribute__((weak)) void forget_nothing(void);

void check(int is_so, const char *what)
{
	if (is_so)
		return;
	fprintf(stderr, "%s\n", what);
	abort();
}

const char *input_file(const void *bytes, size_t size)
{
	static int descriptor;
	static char path[64];
	if (!descriptor) {
		descriptor = memfd_create("input", MFD_CLOEXEC);
		snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
	}
	if (ftruncate(descriptor, 0) < 0 || pwrite(descriptor, bytes, size, 0) != (ssize_t)size)
		abort();
	return path;
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
