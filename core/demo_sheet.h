/* SPDX-License-Identifier: MIT */
/* A CSV file of the demo on its way to disk: cells, formatted by hand for speed, and the mess that real data have. */
#ifndef DEMO_SHEET_H
#define DEMO_SHEET_H

#include "demo_world.h"

#include <stdatomic.h>
#include <stddef.h>

/* A text under construction; what does not fit is cut off, so tables must be short. */
struct demo_text {
	unsigned length;
	char bytes[252];
};

struct demo_sheet {
	int fd;
	int failed;                /* errno of the first write that failed; from then on nothing is written */
	const atomic_int *stop;    /* set by another thread: fail with ECANCELED */
	int clean;                 /* this row is free of mess */
	struct demo_random random; /* of this row */
	char *buffer, *at;
};

/* buffer is the caller's, of SHEET_BUFFER bytes. */
enum { SHEET_BUFFER = 1 << 20 };

void sheet_open(struct demo_sheet *sheet, int fd, char *buffer, const atomic_int *stop);
void sheet_line(struct demo_sheet *sheet, const char *line);
/* Writes out what is buffered; returns 0, or the errno of the first failure. */
int sheet_close(struct demo_sheet *sheet);

/* A row: begin, one call per cell, end.  sheet_again says, rarely, that the row is to come twice. */
void sheet_begin(struct demo_sheet *sheet, const struct demo_world *world, enum demo_entity_number entity, uint64_t row,
		 int clean);
void sheet_end(struct demo_sheet *sheet);
int sheet_again(struct demo_sheet *sheet);

/* Cells.  gap: how many in 1024 are left empty. */
void put_id(struct demo_sheet *sheet, enum demo_entity_number entity, uint64_t row);
void put_reference(struct demo_sheet *sheet, enum demo_entity_number entity, uint64_t row, unsigned gap);
void put_empty(struct demo_sheet *sheet);
void put_word(struct demo_sheet *sheet, const char *word, unsigned gap);
void put_symbol(struct demo_sheet *sheet, const char *word, unsigned gap); /* now and then in other case */
void put_text(struct demo_sheet *sheet, const struct demo_text *text, unsigned gap);
void put_date(struct demo_sheet *sheet, int32_t day, unsigned gap); /* NO_DAY: empty */
void put_flag(struct demo_sheet *sheet, int yes, unsigned gap);
void put_number(struct demo_sheet *sheet, int64_t number, unsigned gap);
void put_hundredths(struct demo_sheet *sheet, unsigned hundredths, unsigned gap);
void put_amount(struct demo_sheet *sheet, int64_t amount, unsigned gap); /* now and then 0 or negative */

void text_add(struct demo_text *text, const char *more);
void text_add_number(struct demo_text *text, uint64_t number);

#endif
