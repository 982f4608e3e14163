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
/* The same, of several files: which is one of INPUT_FILES. */
enum { INPUT_FILES = 2 };
int input_descriptor(int which, const void *bytes, size_t size);
const char *input_path(int which);

/*
 * A search comes to the same again and again, since changes to a recipe often make the same of it: has the process met what
 * has this hash of late?  The hash goes on from another, or from 0.
 */
uint64_t input_hash(const void *bytes, size_t size, uint64_t hash);
int input_is_known(uint64_t hash);

/* Called once by libFuzzer and AFL++, not where inputs are replayed. */
int LLVMFuzzerInitialize(int *argc, char ***argv);

#endif
