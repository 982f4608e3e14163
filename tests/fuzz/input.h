/* SPDX-License-Identifier: MIT */
/* What fuzz targets share: a file in memory, and a process that wastes no time between inputs. */
#ifndef INPUT_H
#define INPUT_H

#include <stddef.h>
#include <stdint.h>

/* Ends the process, with a word, where something is not so. */
void check(int is_so, const char *what);

/* The path of a file that holds these bytes, until the next call. */
const char *input_file(const void *bytes, size_t size);

/* Called once by libFuzzer and AFL++, not where inputs are replayed. */
int LLVMFuzzerInitialize(int *argc, char ***argv);

#endif
