/* SPDX-License-Identifier: MIT */
/* Where a run's time went, as lines for people. */
#ifndef PROFILE_H
#define PROFILE_H

#include "run.h"

typedef void profile_line(void *context, const char *line);

/* How long each room took. */
void profile_rooms(const struct run *run, profile_line *line, void *context);

/*
 * And what it was spent on: seconds by the clock and of processors, rows and bytes, by room, by table that was read, and by
 * dimension.  run->load.run.is_profiled was set before the run was evaluated.
 */
void profile_all(const struct run *run, profile_line *line, void *context);

#endif
