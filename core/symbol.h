/* SPDX-License-Identifier: MIT */
/* Words as small numbers: a dictionary that many threads read and few extend. */
#ifndef SYMBOL_H
#define SYMBOL_H

#include "arena.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

struct symbol_word {
	uint32_t length;
	uint32_t code;
	char text[]; /* ended by NUL for messages; may hold NUL bytes itself */
};

#define SYMBOL_SEGMENTS 22
#define SYMBOL_LIMIT (UINT32_C(1) << 24)

struct symbols {
	_Atomic(struct symbol_slots *) slots;
	_Atomic(struct symbol_word **) segments[SYMBOL_SEGMENTS]; /* words by code, segment k holds 1024 << k of them */
	atomic_uint count; /* codes are 1 .. count, in the order of arrival: not the same in every run */
	pthread_mutex_t lock;
	struct arena texts; /* the words, which are not for confined children to read */
};

int symbols_init(struct symbols *symbols); /* 0, or -1: out of memory */
void symbols_free(struct symbols *symbols);

/* The code of a word, entered where it is new; 0: out of memory, or more than SYMBOL_LIMIT words.  [worker] */
uint32_t symbol_code(struct symbols *symbols, const char *text, uint32_t length);

/* The word of a code from 1 to count. */
const struct symbol_word *symbol_word(const struct symbols *symbols, uint32_t code);

#endif
