/* SPDX-License-Identifier: MIT */
/* What is freed is wiped, in the whole program and every library in it: see forget.c. */
#ifndef FORGET_H
#define FORGET_H

/* From now on it is not: in a confined child, which has nothing to hide from itself. */
void forget_nothing(void);

#endif
