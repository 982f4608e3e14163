/* SPDX-License-Identifier: MIT */
/* What reading a table found besides its rows: how many were rejected or passed over, and the first few things to show. */
#ifndef LEDGER_H
#define LEDGER_H

#include "arena.h"
#include "crmval/plugin.h"

#include <pthread.h>

struct ledger_skip {
	struct ledger_skip *next;
	char *what;
	uint64_t count;
};

/* Where something was found. */
struct ledger_place {
	uint64_t split; /* among all splits that feed the same */
	uint32_t input; /* of its table */
	uint64_t line;  /* 0: the source does not number its rows */
};

struct ledger_example {
	struct ledger_place place;
	int is_reject; /* a row, not a cell of one */
	char *text;
};

struct ledger {
	pthread_mutex_t lock; /* of all below */
	struct arena arena;
	uint64_t rejected;
	struct ledger_skip *skipped;     /* by what, sorted */
	struct ledger_example *examples; /* the first, by place, then by text */
	uint32_t example_count, example_most;
	int is_full; /* for something there was no memory */
};

int ledger_init(struct ledger *ledger, struct crmval_error *error);
void ledger_free(struct ledger *ledger);

/* Counts a row, and returns how many there are by now.  [worker] */
uint64_t ledger_reject(struct ledger *ledger);

/* Counts what was passed over; what is copied.  [worker] */
void ledger_skip(struct ledger *ledger, const char *what, uint64_t count);

/* Could an example of this split be among the first?  [worker] */
int ledger_wants(struct ledger *ledger, uint64_t split);

/* Remembers an example if it is among the first: "FILE:LINE: text"; file and text are copied.  [worker] */
void ledger_example(struct ledger *ledger, const struct ledger_place *place, int is_reject, const char *file,
		    const char *text);

/* Which of two examples comes first, by their place and text: below 0, 0 or above. */
int ledger_compare(const struct ledger_place *x, const char *x_text, const struct ledger_place *y, const char *y_text);

#endif
