/* SPDX-License-Identifier: MIT */
/* Exact sums as text, each in one way only: a whole number, or like C's hexadecimal numbers, "-0x1afp-12". */
#ifndef SUM_TEXT_H
#define SUM_TEXT_H

#include "sum.h"

#include <stddef.h>

enum { SUM_TEXT_SIZE = 80 };

/* 1: the sum is a whole number below 2^53 in magnitude, and the text is its digits; 0: the text is hexadecimal. */
int sum_text(const struct sum *sum, char text[SUM_TEXT_SIZE]);

/* Takes what sum_text() makes of its kind, and nothing else.  0: *sum is set; -1: it is no such text. */
int sum_parse(const char *text, int is_whole, struct sum *sum);

#endif
