/* SPDX-License-Identifier: MIT */
/*
 * Ids of rows to which nobody refers.  They serve one purpose, to find rows that come twice, and most files are in the
 * order of their ids: then nothing needs to be looked up.  So ids are written down in short, each as far as it differs
 * from the one before it, and are only made whole again where some stand out of order.
 */
#ifndef ID_LOG_H
#define ID_LOG_H

#include "ident.h"
#include "texts.h"

#include <stdint.h>

/* What an id takes, about: of 18 characters, few in the middle differ. */
#define ID_LOG_ROW 4

/* The ids of rows that came together. */
struct id_run {
	const char *bytes;        /* NULL: they have none */
	const char *first, *last; /* ids, as texts; NULL: no row has one */
	uint32_t first_length, last_length;
	int ascends; /* strictly, rows without an id aside */
};

/* Writes one run; memory is kept for the next one.  {0} is empty. */
struct id_log_writer {
	char *bytes;
	size_t size, capacity, first_at; /* where the first id stands, which is written whole */
	struct id_run run;
};

void id_log_begin(struct id_log_writer *writer);
/* An id, trimmed and in its one form; of length 0: none.  The text must stay until the next one, or
   id_log_end().  -1: out of memory. */
int id_log_put(struct id_log_writer *writer, const char *text, uint32_t length);
/* Copies what was written into texts.  -1: out of memory. */
int id_log_end(const struct id_log_writer *writer, struct texts *texts, struct id_run *run);
void id_log_free(struct id_log_writer *writer);

/* Are all ids of these runs different, as their order shows?  Sorts the pointers. */
int id_log_ascends(const struct id_run **runs, size_t count);

/* The idents of a run's rows.  -1: out of memory. */
int id_log_read(const struct id_run *run, uint32_t row_count, struct ident *out);

#endif
