/* SPDX-License-Identifier: MIT */
/* The bytes of a job file, and whether libconfig can be trusted with them. */
#ifndef JOB_FILE_H
#define JOB_FILE_H

#include "arena.h"
#include "crmval/plugin.h"
#include "problems.h"

/*
 * Reads the file whole.  Where it is no regular file, too large or no text, that is a problem, and *text is NULL.
 * Otherwise the text ends in NUL, and *size counts the bytes before it.
 */
int job_file_read(const char *path, struct arena *arena, char **text, size_t *size, struct problems *problems,
		  struct crmval_error *error);

/* Cuts off a byte order mark. */
char *job_file_text(char *text);

/*
 * Finds what libconfig reads without a word as something else (numbers that overflow, texts cut at \x00), and what it must
 * never see (@include, unended texts and comments, endless nesting).  Line 0: lines have no number.  An integer that
 * overflows is then overwritten by about the same number, \x00 by a space, so that the rest can be checked.  problems NULL: only looks.
 * Returns 1 if the text must not be parsed.
 */
int job_file_scan(char *text, const char *file, int line, struct problems *problems);

#endif
