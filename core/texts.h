/* SPDX-License-Identifier: MIT */
/*
 * Texts of the data that are kept: ids of units, ids and names of rows.  No confined child inherits them: a plugin has no
 * business with what people and customers are called.
 */
#ifndef TEXTS_H
#define TEXTS_H

#include <stddef.h>

struct texts_chunk;

/* {0} is empty.  Not to be shared by threads. */
struct texts {
	struct texts_chunk *chunks;
	char *at;
	size_t left;
};

/* A copy, ended by NUL; NULL: out of memory. */
char *texts_keep(struct texts *texts, const char *text, size_t length);
void texts_free(struct texts *texts);

#endif
