/* SPDX-License-Identifier: MIT */
/* Text for a screen of so many columns: cells that align whatever the script, flowing text, bars, colour. */
#ifndef SCREEN_H
#define SCREEN_H

#include "output.h"

enum tone { TONE_PLAIN, TONE_BOLD, TONE_DIM, TONE_GOOD, TONE_FAIR, TONE_BAD };

struct screen {
	struct output *output;
	int width;
	int colour;
	int column; /* where the next character goes */
	int indent; /* where flowing text goes on after a line is full */
	int space;  /* flowing text owes a space, to the next word if it stands in the same line */
};

/*
 * Texts may come from the data: control characters, which could drive the terminal, are shown as U+FFFD, like bytes that
 * are not UTF-8.
 */
int screen_text_width(const char *text);

/* Exactly `width` columns: cut with an ellipsis where the text is longer, filled with spaces where it is shorter. */
void screen_left(struct screen *screen, enum tone tone, const char *text, int width);
void screen_right(struct screen *screen, enum tone tone, const char *text, int width);

/* A number in one decimal at the right of so many columns, with its sign if it is a difference; NaN: a dash. */
void screen_points(struct screen *screen, enum tone tone, double points, int is_difference, int width);

/* Text that goes on in the next line, at the screen's indent, where this one is full. */
void screen_flow(struct screen *screen, enum tone tone, const char *text);

__attribute__((format(printf, 3, 4))) void screen_flow_format(struct screen *screen, enum tone tone, const char *format,
							      ...);

void screen_newline(struct screen *screen);

/* A bar filled to share (0..1); NaN: nothing, not even an empty one. */
void screen_bar(struct screen *screen, enum tone tone, double share, int width);

/* A bar from one share (0..1) to another of the width, at least half a column long, and no space after it; NaN: nothing. */
void screen_span(struct screen *screen, enum tone tone, double from, double to, int width);

/* A line right across. */
void screen_rule(struct screen *screen);

/* "1,234,567" */
#define SCREEN_COUNT_SIZE 48
const char *screen_count_text(double count, char text[SCREEN_COUNT_SIZE]);

/* "61.2", "+6.2", "–" */
#define SCREEN_POINTS_SIZE 32
const char *screen_points_text(double points, int is_difference, char text[SCREEN_POINTS_SIZE]);

#endif
