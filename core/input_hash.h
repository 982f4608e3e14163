/* SPDX-License-Identifier: MIT */
/* The size and SHA-256 of an input file, so that months later it can be told what a result was made from. */
#ifndef INPUT_HASH_H
#define INPUT_HASH_H

#include "result.h"

/* Under HASH_AUTO files up to this size are hashed: hashing takes as long as reading and evaluating together. */
#define INPUT_HASH_AUTO_BYTES (UINT64_C(64) << 20)

/* Fills bytes and sha256 of an input that is a file; of others nothing is known. */
int input_hash(const char *path, enum job_hashing hashing, struct result_input *input, struct crmval_error *error);

#endif
