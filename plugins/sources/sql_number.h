/* SPDX-License-Identifier: MIT */
/* Numbers of a database as text, so that reading it gives the same number. */
#ifndef SQL_NUMBER_H
#define SQL_NUMBER_H

#include <stddef.h>
#include <stdint.h>

enum { SQL_NUMBER_ROOM = 32 };

/* Both return how long the text is, which no NUL ends. */
size_t sql_number_integer(char text[SQL_NUMBER_ROOM], int64_t value);
/* The shortest decimal that is read as the same double; whole ones have no point. */
size_t sql_number_double(char text[SQL_NUMBER_ROOM], double value);
/* The same of a float. */
size_t sql_number_float(char text[SQL_NUMBER_ROOM], float value);

#endif
