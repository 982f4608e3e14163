/* SPDX-License-Identifier: MIT */
/* Digits of numbers as printf() writes them, in a fraction of its time: reports have millions. */
#ifndef DIGITS_H
#define DIGITS_H

#include <stdint.h>

/* Writes a whole number, and ends it.  Returns its length; after the end may be anything. */
enum { DIGITS_SIZE = 40 };
int digits_whole(uint64_t number, char text[DIGITS_SIZE]);

/*
 * Writes the number with the fewest of 15, 16 or 17 significant digits that read back as the same double, as "%.15g" and so
 * on would, and ends it.  Returns its length; 0: the number is negative, whole, under 1e-4, or 1e15 and more, or lies just
 * between what could be told apart by so many digits: printf() has to do it.
 */
int digits_fraction(double number, char text[DIGITS_SIZE]);

#endif
