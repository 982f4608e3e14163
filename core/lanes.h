/* SPDX-License-Identifier: MIT */
/*
 * Cells of the common forms, many at a time: the same loops, compiled for AVX-512, for AVX2, and for any machine.  What is
 * of another form is left to those who read cell by cell.
 */
#ifndef LANES_H
#define LANES_H

#include "dense.h"

enum {
	LANES = 128, /* cells at a time */
	LANE_FILLED = 0,
	LANE_EMPTY = 1,
	LANE_WHOLE = 2 /* an id that has no check characters, or of which they were looked at */
};

/* Cells of ten bytes, as numbers of which the first byte is the lowest; others are zeros. */
struct date_lanes {
	uint32_t years[LANES];  /* YYYY */
	uint32_t months[LANES]; /* -MM- */
	uint32_t days[LANES];   /* DD; above them LANE_EMPTY, or LANE_FILLED */
};

/* Cells of up to eight bytes; others are of none. */
struct number_lanes {
	uint64_t digits
		[LANES]; /* the last byte is the highest; '0' was taken by exclusive or, and what is before it is 0 */
	uint64_t lengths[LANES]; /* 0: an empty cell; more than eight: another */
};

/* Ids, and how they end. */
struct id_lanes {
	uint64_t low[LANES], high[LANES];
	uint32_t ends[LANES]; /* above the lowest byte the check characters; there, whether there is an id */
};

#define LANE_ODD DENSE_NONE
#define LANE_MISSING (DENSE_NONE - 1)

struct lanes {
	const char *name;
	/* The days of dates, CRMVAL_NO_DATE where there are none, and UNREADABLE_DATE where they are odd; *newest as
	   data_newer() has it.  Are any odd? */
	int (*dates)(const struct date_lanes *in, int32_t *out, int32_t limit, int32_t *newest);
	/* Numbers, NAN where there are none, and INFINITY where they are odd.  Are any? */
	int (*numbers)(const struct number_lanes *in, double *out);
	/* The slots of ids; LANE_MISSING where there are none, and LANE_ODD where they may be of another form. */
	void (*slots)(const struct id_lanes *in, const struct dense_form *form, uint64_t *out);
};

/* The fastest first, ended by one without name; the last works anywhere. */
extern const struct lanes lanes_all[];

/* Can this machine's processor do it? */
int lanes_work(const struct lanes *lanes);

/* The fastest of this machine. */
const struct lanes *lanes_best(void);

#endif
