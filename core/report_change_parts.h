/* SPDX-License-Identifier: MIT */
/* The parts of a change in words: what did it, the largest first. */
#ifndef REPORT_CHANGE_PARTS_H
#define REPORT_CHANGE_PARTS_H

#include "compare.h"
#include "screen.h"

/* Green or red only where it is more than chance. */
enum tone change_tone(struct estimate points);

/* The largest parts, each on a line, and the others added up. */
void change_write_parts(struct screen *screen, const struct change *change);

/* The largest part of all, flowing. */
void change_write_largest(struct screen *screen, const struct change *change);

#endif
