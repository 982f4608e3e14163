/* SPDX-License-Identifier: MIT */
/* Which of the names that are known was probably meant by one that is not. */
#ifndef NEAR_H
#define NEAR_H

struct near {
	const char *wanted;
	const char *best; /* NULL: none is near */
	unsigned distance;
	char known[400]; /* the names on offer, separated by ", " */
};

void near_start(struct near *near, const char *wanted);
void near_offer(struct near *near, const char *candidate);
/* What to say of it: did you mean ..., or else what is known. */
void near_advice(const struct near *near, char *out, unsigned long size);

#endif
