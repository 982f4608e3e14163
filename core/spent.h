/* SPDX-License-Identifier: MIT */
/* What work takes: time by the clock, and time of processors.  For those who ask where it goes; nothing is computed from it. */
#ifndef SPENT_H
#define SPENT_H

#include <stdint.h>

struct spent {
	double wall, cpu; /* seconds */
};

/* So far: of this process with all its threads, and of its children that have ended. */
struct spent spent_so_far(void);

/* What was spent since then. */
struct spent spent_since(struct spent then);

/* Nanoseconds of a processor that this thread alone has had.  [worker] */
uint64_t spent_by_thread(void);

/* The most memory that this process, or one of its children, has held at a time: bytes. */
uint64_t spent_memory(void);

#endif
